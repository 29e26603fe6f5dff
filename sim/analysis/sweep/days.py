"""Red lines and refusals that begin or lapse between days, and that a text crosses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from sim.analysis.shared.parties import lines_crossed
from sim.analysis.shared.records import blocking_line
from sim.analysis.sweep.result import LineTurn
from sim.engine.profiles import Case, Line, Profile
from sim.files.complaints import Complaints, Place
from sim.files.nodes import Scalar
from sim.scenario.loading import Loaded, on_day
from sim.simulation.cases import compiled

_DAY = dt.timedelta(days=1)


def line_turns(loaded: Loaded, days: Sequence[dt.date]) -> tuple[LineTurn, ...]:
    """Lines crossed by the text that begin or lapse after the first and up to the last of the days, in order.

    Days between on which the scenario is not in order are passed over: what changes there counts at the next one.
    """
    turns: list[LineTurn] = []
    before: Case | None = None
    for day in _turning_days(loaded, min(days), max(days)):
        try:
            [case] = compiled([on_day(loaded, Scalar(day.isoformat(), Place("--vary", 1, 1)))])
        except Complaints:
            continue
        if before is not None:
            turns += _turns(before, case, day)
        before = case
    return tuple(turns)


def _turning_days(loaded: Loaded, first: dt.date, last: dt.date) -> list[dt.date]:
    """The first day, and every later one up to the last on which an entry or a refusal begins or has just lapsed."""
    days = {first}
    for party in loaded.scenario.domain.positions.values():
        days |= {entry.start for entries in party.positions.values() for entry in entries}
        for refusal in party.refuses:
            days.add(refusal.start)
            if refusal.until is not None and refusal.until < dt.date.max:
                days.add(refusal.until + _DAY)
    return sorted(day for day in days if first <= day <= last)


def _turns(before: Case, after: Case, day: dt.date) -> Iterator[LineTurn]:
    need = after.need(after.text)
    for old, new in zip(before.profiles, after.profiles, strict=True):
        was, now = _crossed(before, old), _crossed(after, new)
        for lines, others, begins in ((was, now, False), (now, was, True)):
            for key, line in lines.items():
                if key not in others:
                    yield LineTurn.copying(
                        blocking_line(line),
                        party=new.id,
                        consent_needed=need[new.id].needed,
                        holds=None if line.holds is None else (line.holds.low, line.holds.high),
                        quota=line.quota,
                        on=day,
                        begins=begins,
                    )


def _crossed(case: Case, profile: Profile) -> dict[object, Line]:
    """Lines in force that the text crosses, by what they bind with."""
    return {(x.kind, x.issue, x.id, x.holds, x.quota): x for x in lines_crossed(case, profile)}
