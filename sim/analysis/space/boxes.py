"""Boxes: sets of packages that are a product of sets of options, one an issue.

What constraints, effects, red lines, refusals and consent say is a union of boxes, so whatever works on boxes treats
them all alike (:mod:`sim.analysis.space.binding`, :mod:`sim.analysis.space.diagram`). Packages here close every issue.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.packages import Condition, Mask, Packages
from sim.files.errors import SimError

#: More boxes than this, made by splitting, are given up.
MOST_BOXES = 10_000


class TooTangled(SimError, ValueError):
    """What binds ties the issues together in more ways than can be followed."""

    def __init__(self, ways: int) -> None:
        super().__init__(
            f"constraints, red lines, effects and consent tie the issues together in more than {ways:,} ways; "
            "let fewer constraints or lines bind"
        )


@dataclass(frozen=True)
class Box:
    """For some issues, which options are in: pairs of an issue's number and a bit set of options, by issue.

    Issues not named may have any option. No bit set is empty; none is full where it was made by :func:`box`.
    """

    sides: tuple[tuple[int, int], ...]

    def holds(self, packages: Packages) -> Mask:
        """Which packages lie in the box; shape ``(packages,)``. An open issue lies in no side."""
        result = np.ones(len(packages), bool)
        for issue, bits in self.sides:
            column = packages[:, issue]
            result &= (column >= 0) & ((bits >> np.maximum(column, 0).astype(np.int64)) & 1).astype(bool)
        return result

    def meets(self, other: Box) -> Box | None:
        """What lies in both; None where nothing does."""
        sides = dict(self.sides)
        for issue, bits in other.sides:
            sides[issue] = sides.get(issue, bits) & bits
            if not sides[issue]:
                return None
        return Box(tuple(sorted(sides.items())))

    def within(self, other: Box) -> bool:
        """Whether all that lies in this box lies in the other."""
        mine = dict(self.sides)
        return all(issue in mine and mine[issue] & ~bits == 0 for issue, bits in other.sides)

    def without(self, other: Box, sizes: Sequence[int]) -> list[Box]:
        """What lies in this box and not in the other, as boxes of which no two meet."""
        result = []
        rest = dict(self.sides)
        for issue, bits in other.sides:
            here = rest.get(issue, full(sizes[issue]))
            if here & ~bits:
                result.append(Box(tuple(sorted({**rest, issue: here & ~bits}.items()))))
            if not here & bits:
                return result
            rest[issue] = here & bits
        return result


EVERYTHING = Box(())


def full(size: int) -> int:
    """The bit set of all options of an issue."""
    return (1 << size) - 1


def box(sides: Iterable[tuple[int, int]], sizes: Sequence[int]) -> Box | None:
    """A box of sides, without those that let every option in; None where one lets none in."""
    narrow = [(issue, bits) for issue, bits in sides if bits != full(sizes[issue])]
    return Box(tuple(sorted(narrow))) if all(bits for _, bits in narrow) else None


def of(condition: Condition, sizes: Sequence[int]) -> Box | None:
    """The packages for which a condition holds; None where it holds for none."""
    return box(((issue, bits(mask)) for issue, mask in condition.masks), sizes)


def bits(mask: Sequence[bool]) -> int:
    """A row of a condition (one entry an option and a last one for open) as a bit set of options."""
    return sum(1 << option for option, inside in enumerate(mask[:-1]) if inside)


def both(one: Box | None, other: Box | None) -> Box | None:
    """What lies in both of two boxes; None where nothing does, or one of them is nothing."""
    return None if one is None or other is None else one.meets(other)


def some(boxes: Iterable[Box | None]) -> list[Box]:
    """Boxes without those that are nothing."""
    return [b for b in boxes if b is not None]


def outside(boxes: Iterable[Box], sizes: Sequence[int]) -> list[Box]:
    """What lies in none of the boxes, as boxes of which no two meet. Raises :class:`TooTangled` past MOST_BOXES."""
    rest = [EVERYTHING]
    for box in boxes:
        rest = [part for piece in rest for part in piece.without(box, sizes)]
        if len(rest) > MOST_BOXES:
            raise TooTangled(MOST_BOXES)
    return rest


def widest(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """Boxes without those that lie within another, without repeats, in their order."""
    unique = list(dict.fromkeys(boxes))
    return tuple(b for b in unique if not any(b is not other and b.within(other) for other in unique))
