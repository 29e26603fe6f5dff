"""Small English: lists, plurals and ranges in sentences, each formed in one place."""

from __future__ import annotations

from collections.abc import Sequence


def listed(items: Sequence[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """A count with its noun: ``1 edit``, ``2 edits``, ``10,000 draws``; ``nouns`` where an ``s`` is not enough."""
    return f"{count:,} {noun if count == 1 else nouns or f'{noun}s'}"


def ending(count: int, singular: str = "", several: str = "s") -> str:
    """The end of a noun (``edit`` or ``edits``) by how many there are; of a verb with the two the other way round."""
    return singular if count == 1 else several


def span(low: str, high: str) -> str:
    """A range of two ends in words: ``10% to 95%``; one of them where they read the same."""
    return low if low == high else f"{low} to {high}"


def first_letters(text: str, most: int) -> str:
    """A text of at most so many letters; of a longer one its first, with a sign that there are more."""
    return text if len(text) <= most else f"{text[: most - 2]} …"
