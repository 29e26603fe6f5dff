"""Other texts that may be put in place of a scenario's own: those under the same positions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from sim.analysis.shared.texts_beside import texts_beside
from sim.scenario.loading import Loaded


def same_positions(loaded: Loaded, *, domain: Path | None = None, every_text: bool = False) -> list[Loaded]:
    """The texts beside a scenario that are judged by the positions of the same day; or every text, by those of its day.

    ``domain`` is the domain folder that the scenario was loaded with, where it is not its own.
    """
    beside = texts_beside(loaded, domain, of_its_day=not every_text).loaded
    return [text for text in beside if every_text or text.scenario.day == loaded.scenario.day]


def judged_alike(one: Loaded, other: Loaded) -> bool:
    """Whether two texts are judged by the same positions, edits included, of the same day, and by the same rules."""
    a, b = one.scenario, other.scenario
    how = [(x.day, x.lottery, x.evidence, x.rules) for x in (a, b)]
    return how[0] == how[1] and a.domain == b.domain


def by_id(texts: Sequence[Loaded]) -> dict[str, Loaded]:
    """Texts by ids that are all different."""
    return dict(zip(distinct([text.scenario.id for text in texts]), texts, strict=True))


def distinct(ids: Sequence[str], between: str = "_", reserved: Collection[str] = ()) -> list[str]:
    """The ids of texts, later ones of the same, or of one reserved, with a number; capitals count for nothing.

    >>> distinct(["deal", "draft", "deal"])
    ['deal', 'draft', 'deal_2']
    """
    keys = {name.casefold() for name in reserved}
    names: list[str] = []
    for id in ids:
        name, number = id, 1
        while name.casefold() in keys:
            number += 1
            name = f"{id}{between}{number}"
        keys.add(name.casefold())
        names.append(name)
    return names
