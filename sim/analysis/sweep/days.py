"""Red lines and refusals that begin or lapse between days, and that a text crosses; issues that begin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from sim.analysis.shared.parties import lines_crossed
from sim.analysis.shared.records import blocking_line
from sim.analysis.sweep.result import LineTurn
from sim.engine.profiles import Case, Line, Profile
from sim.files.complaints import Complaints, Place
from sim.files.nodes import Scalar
from sim.scenario import schema
from sim.scenario.loading import Loaded, on_day
from sim.simulation.cases import compiled

_DAY = dt.timedelta(days=1)


def last_domain(loaded: Loaded, days: Sequence[dt.date]) -> schema.Domain:
    """The domain of the last of the days, where more issues are in force then than on the scenario's; else its own."""
    own = loaded.scenario.domain
    try:
        last = on_day(loaded, _on(max(days))).scenario.domain
    except Complaints:
        return own
    return last if len(last.issues.issues) > len(own.issues.issues) else own


def issues_begun(domain: schema.Domain, days: Sequence[dt.date]) -> dict[str, dt.date]:
    """The issues that begin after the first and up to the last of the days, each with its day."""
    starts = {issue: its.since for issue, its in domain.issues.issues.items() if its.since is not None}
    return {issue: start for issue, start in starts.items() if min(days) < start <= max(days)}


def line_turns(loaded: Loaded, days: Sequence[dt.date], domain: schema.Domain) -> tuple[LineTurn, ...]:
    """Lines crossed by the text that begin or lapse after the first and up to the last of the days, in order.

    ``domain`` is that of the last of them. Days between on which the scenario is not in order are passed over: what
    changes there counts at the next one.
    """
    turns: list[LineTurn] = []
    before: Case | None = None
    for day in _turning_days(domain, min(days), max(days)):
        try:
            [case] = compiled([on_day(loaded, _on(day))])
        except Complaints:
            continue
        if before is not None:
            turns += _turns(before, case, day)
        before = case
    return tuple(turns)


def _on(day: dt.date) -> Scalar:
    return Scalar(day.isoformat(), Place("--vary", 1, 1))


def _turning_days(domain: schema.Domain, first: dt.date, last: dt.date) -> list[dt.date]:
    """The first day, and every later one up to the last on which an entry, refusal or issue begins, or has lapsed."""
    days = {first, *issues_begun(domain, (first, last)).values()}
    for party in domain.positions.values():
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
