"""Every point of a sweep's grid loaded and checked before any is scored, and what is wrong said at the value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import permutations, product

from sim.analysis.sweep.variations import Value, Variation
from sim.engine.profiles import Case
from sim.files.complaints import Complaint, Complaints
from sim.scenario import edits as editing
from sim.scenario.edit_paths import Edit
from sim.scenario.loading import Loaded, on_day, series
from sim.scenario.schema import Span
from sim.simulation.cases import Progress, compiled

#: Complaints about a sweep that are printed; a grid can go wrong in thousands of points for one reason.
PRINTED = 20


@dataclass(frozen=True)
class SweepGrid:
    """A case a grid point, the values of the last path first; and of each path a case a value with that edit alone.

    A value that cannot stand alone, only together with some of the other path, has None there. A point whose text
    breaks hard constraints is no case but these complaints.
    """

    cases: tuple[Case | tuple[Complaint, ...], ...]
    alone: tuple[tuple[Case | None, ...], ...]


def checked(
    loaded: Loaded, base: Case, variations: Sequence[Variation], *, progress: Progress | None = None
) -> SweepGrid:
    """Load every grid point of a scenario, whose case is ``base``; ``progress`` is called with (points loaded, in all).

    Raises Complaints, each at the value in the ``--vary`` text that it is about, naming the other path's values where
    it arises with some of them only. Texts that break a hard constraint are no fault of the values, unless every one
    does.
    """
    _apart(loaded, variations)
    sizes = [len(v.values) for v in variations]
    places = list(product(*(range(n) for n in sizes)))
    values = [[v.values[k] for v, k in zip(variations, place, strict=True)] for place in places]
    in_order, faults = _cases(loaded, base, values, progress)
    broken = {number: rules for number, complaints in faults.items() if (rules := _broken(complaints))}
    wrong = {number: c for number, c in faults.items() if number not in broken}
    if not in_order and not wrong:
        wrong = faults
    if wrong:
        rooms = {v.place.file: _room(loaded, v) for v in variations}
        complaints = _complaints(variations, places, wrong)
        raise Complaints(c if c.hint else replace(c, hint=rooms.get(c.place.file)) for c in complaints)
    cases = tuple(broken[k] if k in broken else in_order[k] for k in range(len(places)))
    if len(variations) == 1:
        return SweepGrid(cases, (tuple(c if isinstance(c, Case) else None for c in cases),))
    return SweepGrid(cases, tuple(_alone(loaded, base, v) for v in variations))


def _alone(loaded: Loaded, base: Case, variation: Variation) -> tuple[Case | None, ...]:
    in_order, _ = _cases(loaded, base, [[v] for v in variation.values])
    return tuple(in_order.get(k) for k in range(len(variation.values)))


def _broken(complaints: Sequence[Complaint]) -> tuple[Complaint, ...]:
    """The hard constraints that a text breaks, if nothing else is wrong."""
    errors = tuple(c for c in complaints if c.severity == "error")
    return errors if all(c.breaks is not None for c in errors) else ()


def _with_values(loaded: Loaded, edited: Callable[[Sequence[Edit]], Loaded], values: Sequence[Value]) -> Loaded:
    """The scenario with values of a sweep; edits change what is in force on the day. Raises Complaints."""
    edits = [v.edit for v in values if v.edit is not None]
    for value in values:
        if value.day is not None:
            return on_day(loaded, value.day, edits)
    return edited(edits) if edits else loaded


def _cases(
    loaded: Loaded, base: Case, points: Sequence[Sequence[Value]], progress: Progress | None = None
) -> tuple[dict[int, Case], dict[int, list[Complaint]]]:
    """By number, the points that are in order as cases, and the complaints of those that are not."""
    items: dict[int, Loaded] = {}
    edited = series(loaded)
    faults: dict[int, list[Complaint]] = {}
    for number, values in enumerate(points):
        try:
            items[number] = _with_values(loaded, edited, values)
        except Complaints as fault:
            faults[number] = list(fault.complaints)
        if progress is not None:
            progress(number + 1, len(points))
    with suppress(Complaints):
        return dict(zip(items, compiled([*items.values()], base), strict=True)), faults
    cases: dict[int, Case] = {}
    for number, item in items.items():
        try:
            [cases[number]] = compiled([item], base)
        except Complaints as fault:
            faults[number] = list(fault.complaints)
    return cases, faults


def with_ids(loaded: Loaded, variation: Variation) -> Variation:
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
    for one, other in product(first.values, second.values):
        if one.edit is None or other.edit is None or any(_fails(loaded, [e]) for e in (one.edit, other.edit)):
            continue
        trees = [editing.apply(loaded.tree, pair) for pair in permutations((one.edit, other.edit))]
        same = same or trees[0][0] != trees[1][0] or any(wrong for _, wrong in trees)
    if same:
        what = f"{second.path} sets the same cell as {first.path}"
        raise Complaints(
            [Complaint(second.place, "vary", what, "vary two cells that do not replace each other", code="edit")]
        )


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


def _complaints(
    variations: Sequence[Variation], places: Sequence[tuple[int, ...]], faults: dict[int, list[Complaint]]
) -> list[Complaint]:
    """The complaints of all points, each once, at the value it is about."""
    alike: dict[tuple[str, str, str], tuple[Complaint, set[tuple[int, ...]]]] = {}
    for number, complaints in faults.items():
        for c in complaints:
            alike.setdefault((c.where, c.what, str(c.place)), (c, set()))[1].add(places[number])
    return _few(_merged(variations, [x for c, points in alike.values() for x in _located(variations, c, points)]))


def _located(
    variations: Sequence[Variation], complaint: Complaint, points: set[tuple[int, ...]]
) -> Iterator[Complaint]:
    """One complaint at the values that cause it."""
    everywhere = set(product(*(range(len(v.values)) for v in variations)))
    axis = next((a for a, v in enumerate(variations) if v.place.file == complaint.place.file), None)
    before_values = axis is not None and complaint.place.column < variations[axis].values[0].place.column
    if before_values and points == everywhere:
        yield complaint  # the path is wrong, whatever the values
        return
    left = set(points)
    for a in [axis] if axis is not None else range(len(variations)):
        for k, value in enumerate(variations[a].values):
            whole = {p for p in everywhere if p[a] == k}
            if whole <= points and whole & left:
                yield _at(complaint, variations[a], value, axis is not None)
                left -= whole
    a = axis if axis is not None else len(variations) - 1
    for k, value in enumerate(variations[a].values):
        if others := [p for p in sorted(left) if p[a] == k]:
            other = variations[1 - a]
            words = ", ".join(other.values[p[1 - a]].text for p in others)
            yield _at(complaint, variations[a], value, axis is not None, f"{other.path}={words}")


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
