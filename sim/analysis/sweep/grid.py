"""The grid of a sweep, and what is wrong with its points, told at the values that cause it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product

from sim.analysis.sweep.variations import Value, Variation, parse_variations
from sim.files.complaints import Complaint, Complaints
from sim.scenario import edits as editing
from sim.scenario.edit_paths import Edit
from sim.scenario.loading import Loaded
from sim.scenario.schema import Span

#: Complaints about a sweep that are printed; a grid can go wrong in thousands of points for one reason.
PRINTED = 20


@dataclass(frozen=True)
class Grid:
    """One or two paths with their values; points run over the values of the last path first."""

    variations: tuple[Variation, ...]

    @classmethod
    def of(cls, loaded: Loaded, vary: Sequence[str]) -> Grid:
        """The grid of texts. Raises Complaints about these, and about paths that set the same cell."""
        variations = tuple(_with_ids(loaded, variation) for variation in parse_variations(vary))
        _apart(loaded, variations)
        return cls(variations)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many values each path has."""
        return tuple(len(variation.values) for variation in self.variations)

    @property
    def count(self) -> int:
        """How many points there are."""
        return math.prod(self.sizes)

    def place(self, number: int) -> tuple[int, ...]:
        """The numbers of the values that a point has, by path."""
        if len(self.sizes) == 1:
            return (number,)
        return divmod(number, self.sizes[1])

    def values(self, number: int) -> tuple[Value, ...]:
        """The values that a point has, one a path."""
        return tuple(v.values[k] for v, k in zip(self.variations, self.place(number), strict=True))

    def complaints(self, loaded: Loaded, faults: dict[int, Sequence[Complaint]]) -> Complaints:
        """What is wrong with points, by their numbers: each complaint at the value in the text that it is about.

        It names the other path's values where it arises with some of them only.
        """
        rooms = {v.place.file: _room(loaded, v) for v in self.variations}
        complaints = _complaints(self, faults)
        return Complaints([c if c.hint else replace(c, hint=rooms.get(c.place.file)) for c in complaints])


def _with_ids(loaded: Loaded, variation: Variation) -> Variation:
    """The variation with the id of a party where its name stands."""
    edits = [value.edit for value in variation.values if value.edit is not None]
    if not edits:
        return variation
    parts = editing.by_ids(loaded.tree, edits[:1])[0].parts
    values = tuple(v if v.edit is None else replace(v, edit=replace(v.edit, parts=parts)) for v in variation.values)
    return replace(variation, path=".".join(parts), parts=parts, values=values)


def _apart(loaded: Loaded, variations: Sequence[Variation]) -> None:
    """Raise Complaints where two paths set the same cell: then the order of the edits makes a difference."""
    if len(variations) < 2:
        return
    first, second = variations
    if {first.parts[0], second.parts[0]} <= loaded.scenario.domain.positions.keys() and first.parts[0] != second.parts[
        0
    ]:
        return
    same = first.parts == second.parts
    for one, other in product(_unlike(first), _unlike(second)):
        if one.edit is None or other.edit is None or any(_fails(loaded, [e]) for e in (one.edit, other.edit)):
            continue
        trees = [editing.apply(loaded.tree, pair) for pair in permutations((one.edit, other.edit))]
        same = same or trees[0][0] != trees[1][0] or any(wrong for _, wrong in trees)
    if same:
        what = f"{second.path} sets the same cell as {first.path}"
        raise Complaints(
            [Complaint(second.place, "vary", what, "vary two cells that do not replace each other", code="edit")]
        )


def _unlike(variation: Variation) -> Sequence[Value]:
    """Values of all the forms that a path has: numbers of a range set the same cell."""
    return variation.values[:2] if variation.spaced else variation.values


def _fails(loaded: Loaded, edits: Sequence[Edit]) -> bool:
    return bool(editing.apply(loaded.tree, edits)[1])


def _room(loaded: Loaded, variation: Variation) -> str | None:
    """Of a belief: the numbers that the ranges of the other outcomes leave it."""
    parts, people = variation.parts, loaded.scenario.domain.positions
    if parts[1:3] != ("no_deal", "beliefs") or parts[0] not in people or len(parts) < 4:
        return None
    lottery = parts[3] if len(parts) == 5 else loaded.scenario.lottery
    outcomes = loaded.scenario.domain.issues.no_deal.lotteries.get(lottery or "")
    if outcomes is None or parts[-1] not in outcomes.outcomes:
        return None
    beliefs = people[parts[0]].no_deal.beliefs.get(lottery or "")
    ranges = {} if beliefs is None else beliefs.ranges
    others = [ranges.get(k, Span(0.0, 1.0)) for k in outcomes.outcomes if k != parts[-1]]
    low, high = max(1 - sum(x.high for x in others), 0.0), 1 - sum(x.low for x in others)
    return f"the ranges of the other outcomes leave {low:g} to {high:g} for {parts[-1]}"


# --- what is wrong, and with which values -----------------------------------------------------


def _complaints(grid: Grid, faults: dict[int, Sequence[Complaint]]) -> list[Complaint]:
    """The complaints of all points, each once, at the value it is about."""
    alike: dict[tuple[str, str, str], tuple[Complaint, set[tuple[int, ...]]]] = {}
    for number, complaints in faults.items():
        for c in complaints:
            alike.setdefault((c.where, c.what, str(c.place)), (c, set()))[1].add(grid.place(number))
    each = [x for c, points in alike.values() for x in _located(grid, c, points)]
    return _few(_merged(grid.variations, each))


def _located(grid: Grid, complaint: Complaint, points: set[tuple[int, ...]]) -> Iterator[Complaint]:
    """One complaint at the values that cause it."""
    variations = grid.variations
    axis = next((a for a, v in enumerate(variations) if v.place.file == complaint.place.file), None)
    before_values = axis is not None and complaint.place.column < variations[axis].values[0].place.column
    if before_values and len(points) == grid.count:
        yield complaint  # the path is wrong, whatever the values
        return
    left = set(points)
    for a in [axis] if axis is not None else range(len(variations)):
        for k, number in sorted(Counter(p[a] for p in points).items()):
            whole = number * grid.sizes[a] == grid.count
            if whole and any(p[a] == k for p in left):
                yield _at(complaint, variations[a], variations[a].values[k], axis is not None)
                left = {p for p in left if p[a] != k}
    a = axis if axis is not None else len(variations) - 1
    others: dict[int, list[tuple[int, ...]]] = {}
    for p in sorted(left):
        others.setdefault(p[a], []).append(p)
    for k, some in sorted(others.items()):
        other = variations[1 - a]
        words = ", ".join(other.values[p[1 - a]].text for p in some)
        yield _at(complaint, variations[a], variations[a].values[k], axis is not None, f"{other.path}={words}")


def _at(complaint: Complaint, variation: Variation, value: Value, here: bool, along: str | None = None) -> Complaint:
    """The complaint at a value, which it names where the place alone does not; ``here``: it stands there already."""
    what = complaint.what
    own = f"{variation.path}={value.text}" if variation.spaced or not here else None
    if words := [x for x in (own, along) if x]:
        what = f"{what} (with {' and '.join(words)})"
    if not here:
        what = f"{what}; see {complaint.place}"
    place = complaint.place if here else value.place
    return replace(complaint, place=place, what=what)


def _merged(variations: Sequence[Variation], complaints: Sequence[Complaint]) -> Iterator[Complaint]:
    """Of the numbers of one range that fail in one way, the first, and how many more do."""
    spaced = {v.place.file for v in variations if v.spaced}
    groups: dict[tuple[str, str], list[Complaint]] = {}
    for c in complaints:
        key = (str(c.place), c.where) if c.place.file in spaced else (str(c.place), f"{c.where}\n{c.what}")
        groups.setdefault(key, []).append(c)
    for first, *others in groups.values():
        more = f"; and so for {len(others)} more of the numbers" if others else ""
        yield replace(first, what=first.what + more)


def _few(complaints: Iterable[Complaint]) -> list[Complaint]:
    in_order = sorted(complaints, key=lambda c: (c.place.file, c.place.column))
    if len(in_order) <= PRINTED:
        return in_order
    last = in_order[PRINTED - 1]
    what = f"{last.what}; {len(in_order) - PRINTED} more complaints are not printed"
    return [*in_order[: PRINTED - 1], replace(last, what=what)]
