"""Rankings with one option moved up or down, and rankings in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sim.engine.profiles import Ordinal
from sim.files.nodes import Plain
from sim.scenario import schema

#: Levels of a ranking, best first; None stands where ``rest`` stands.
Items = tuple[tuple[int, ...] | None, ...]


def items_of(values: Ordinal) -> Items:
    """The levels of a ranking, ``rest`` among them."""
    items: list[tuple[int, ...] | None] = list(values.levels)
    if values.rest_at is not None:
        items.insert(values.rest_at, None)
    return tuple(items)


def raised(values: Ordinal, option: int) -> tuple[Items | None, Items | None]:
    """A ranking with an option one level up, and with it alone at the top; None where it cannot be.

    One level up, an option leaves those it is tied with (or ``rest``) behind, or else passes the level above. An
    option at the top, alone or tied, stays there; one of unknown place has no level above, but can go to the top.
    """
    items = list(items_of(values))
    own: tuple[int, ...] = (option,)
    if option in values.unknown or dict(values.alike).get(option) in values.unknown:
        # Where nothing is ranked, the others are all the rest.
        return None, (own, *(items or [None]))
    if values.rest == own and values.rest_at is not None:
        items[values.rest_at] = own
    at = next((k for k, level in enumerate(items) if level is not None and option in level), values.rest_at)
    assert at is not None
    level = items[at]
    if level is None:
        return (*items[:at], own, *items[at:]), (own, *items)
    if at == 0:
        return None, None
    if others := tuple(o for o in level if o != option):
        rest = [*items[:at], others, *items[at + 1 :]]
        return (*rest[:at], own, *rest[at:]), (own, *rest)
    rest = [*items[:at], *items[at + 1 :]]
    return (*rest[: at - 1], own, *rest[at - 1 :]), (own, *rest)


def lowered(values: Ordinal, option: int, refused: Collection[int] = ()) -> tuple[Items | None, Items | None]:
    """A ranking with an option one level down, and with it alone at the bottom; None where it cannot be.

    The mirror image of :func:`raised`, except that lowest levels which hold nothing but ``refused`` options stay
    below: nobody ranks what it could take under what it rejects outright.
    """
    items = items_of(values)
    end = len(items)
    while end and (level := items[end - 1]) is not None and set(level) <= set(refused) - {option}:
        end -= 1
    rest_at = None if values.rest_at is None else end - 1 - values.rest_at
    turned = tuple(level for level in items[:end][::-1] if level is not None)
    down, bottom = raised(Ordinal(turned, rest_at, values.rest, values.unknown, values.alike), option)
    return (
        None if down is None else (*down[::-1], *items[end:]),
        None if bottom is None else (*bottom[::-1], *items[end:]),
    )


def level_names(level: tuple[int, ...] | None, options: Sequence[str]) -> Plain:
    """A level as it stands in a file."""
    if level is None:
        return schema.REST
    names: list[Plain] = [options[o] for o in level]
    return names[0] if len(names) == 1 else names


def ranking_words(items: Items, options: Sequence[str]) -> str:
    """A ranking in words: ``a > b = c > rest``; the word unknown for none."""
    levels = [schema.REST if level is None else " = ".join(options[o] for o in level) for level in items]
    return " > ".join(levels) or "unknown"
