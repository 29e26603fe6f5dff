"""Points of a sweep as cases: the scenario with a value a path, checked and compiled where they are scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import RLock

import numpy as np

from sim.analysis.shared.ballots import same_space
from sim.analysis.sweep.variations import Value
from sim.engine.profiles import Case, Line, Profile
from sim.files.complaints import Complaint, Complaints
from sim.scenario.edit_paths import Edit
from sim.scenario.loading import Loaded, on_day, series
from sim.simulation.agenda import Agenda, agenda
from sim.simulation.cases import compiled

#: What series of edits share is let go after so many points, so that memory stays flat over large grids.
_SHARED_BY = 4_000


@dataclass
class Ballot:
    """A point that can be scored; ``space`` is one number for all points with the same issues and options."""

    case: Case
    space: int

    @cached_property
    def agenda(self) -> Agenda:
        """What is put to the parties, where they negotiate."""
        return agenda(self.case)


#: A point: what is scored, or what is wrong with it.
Point = Ballot | tuple[Complaint, ...]


def broken(point: Point) -> tuple[Complaint, ...]:
    """The hard constraints that the text of a point breaks, if nothing else is wrong with it."""
    errors = () if isinstance(point, Ballot) else tuple(c for c in point if c.severity == "error")
    return errors if all(c.breaks is not None for c in errors) else ()


class Workshop:
    """Makes points of one scenario; several threads may ask."""

    def __init__(self, loaded: Loaded, *, negotiated: bool) -> None:
        self._loaded = loaded
        self._negotiated = negotiated
        self._lock = RLock()
        self._spaces: list[Case] = []
        [base] = compiled([loaded])
        self.base = self._ballot(base)
        self._begin()

    def points(self, each: Sequence[Sequence[Value]]) -> list[Point]:
        """The points with these values, a value a path."""
        with self._lock:
            if self._points > _SHARED_BY:
                self._begin()
            self._points += len(each)
            return self._all(each)

    def _begin(self) -> None:
        """Share what edits and parties have in common from here on."""
        self._points = 0
        self._edited: Callable[[Sequence[Edit]], Loaded] = series(self._loaded)
        self._parties = self.base.case.compiled_parties

    def _compiled(self, items: Sequence[Loaded]) -> list[Ballot]:
        return [self._ballot(case) for case in compiled(items, self.base.case, self._parties)]

    def _all(self, each: Sequence[Sequence[Value]]) -> list[Point]:
        items: dict[int, Loaded] = {}
        points: dict[int, Point] = {}
        for number, values in enumerate(each):
            try:
                items[number] = self._with_values(values)
            except Complaints as fault:
                points[number] = tuple(fault.complaints)
        try:
            points |= zip(items, self._compiled([*items.values()]), strict=True)
        except Complaints:
            for number, item in items.items():
                try:
                    [points[number]] = self._compiled([item])
                except Complaints as fault:
                    points[number] = tuple(fault.complaints)
        return [points[number] for number in range(len(each))]

    def _with_values(self, values: Sequence[Value]) -> Loaded:
        """The scenario with values of a sweep; edits change what is in force on the day. Raises Complaints."""
        edits = [v.edit for v in values if v.edit is not None]
        day = next((v.day for v in values if v.day is not None), None)
        item = self._loaded
        if day is not None:
            item = on_day(self._loaded, day, edits)
        elif edits:
            item = self._edited(edits)
        if self._negotiated and item.scenario.negotiation.protocol == "vote":
            at = next(v.place for v in values if v.edit is not None and v.edit.parts[0] == "negotiation")
            what = "in a vote there are no talks, which the points of this sweep hold"
            raise Complaints([Complaint(at, "vary", what, "leave vote out; a sweep without talks votes", code="talks")])
        return item

    def _ballot(self, case: Case) -> Ballot:
        space = next((k for k, other in enumerate(self._spaces) if same_space(case, other)), len(self._spaces))
        if space == len(self._spaces):
            self._spaces.append(case)
        return Ballot(case, space)


# --- what is scored alike ----------------------------------------------------------------------------


def same(one: Case, other: Case) -> bool:
    """Whether two cases of one scenario are scored alike as modelled: only bases, dates and notes may differ."""
    return (
        np.array_equal(one.text, other.text)
        and one.asked == other.asked
        and one.consent == other.consent
        and all(map(_scored_alike, one.profiles, other.profiles))
    )


def _scored_alike(one: Profile, other: Profile) -> bool:
    """Whether two profiles of a party differ in what the modelled figures do not hang on at most."""
    return one is other or (
        one.drawn == other.drawn
        and (one.decides, one.acceptance) == (other.decides, other.acceptance)
        and _lines_drawn(one) == _lines_drawn(other)
    )


def _lines_drawn(profile: Profile) -> list[Line]:
    """A party's lines without what they rest on, in an order of their own."""
    return sorted((replace(x, basis="stated", evidence=(), why=None) for x in profile.lines), key=repr)


def negotiated_alike(one: Case, other: Case) -> bool:
    """Whether the talks of two cases that are scored alike go alike too."""
    return one.scenario.negotiation == other.scenario.negotiation
