"""One or two cells, or the day of the positions, varied over values; every grid point scored on the same draws.

Each point is the scenario with one edit a path; its shares are those of ``sim run --set`` with the same edits
(``--as-of`` for a day), to the last digit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from sim.analysis.shared.records import about
from sim.analysis.sweep.days import issues_begun, last_domain, line_turns
from sim.analysis.sweep.findings import findings
from sim.analysis.sweep.points import broken
from sim.analysis.sweep.result import Boundary, Sweep, SweepPath, SweepPoint, TalksBoundary
from sim.analysis.sweep.scoring import Checks, SweepPoints
from sim.analysis.sweep.telling import BasePoint
from sim.analysis.sweep.variations import AS_OF, Variation
from sim.execution.fold import fold
from sim.execution.pools import Here
from sim.execution.workers import current
from sim.files.arguments import InvalidArgument, several
from sim.files.ceilings import check_draws
from sim.files.complaints import Complaint
from sim.results.verdicts import HALF
from sim.scenario.labels import labels_of, together
from sim.scenario.loading import Loaded
from sim.simulation.cases import Progress


def sweep(
    loaded: Loaded, vary: Sequence[str], *, protocol: str | None = None, progress: Progress | None = None
) -> Sweep:
    """Score a scenario at every combination of the values of one or two paths.

    Args:
        loaded: the scenario.
        vary: one or two texts, ``PATH=a,b,c`` or ``PATH=LO:HI:N`` (N values from LO to HI); see
            :mod:`sim.analysis.sweep.variations`.
        protocol: negotiate every point by this protocol, beside putting it to the vote; without it, and with ``vote``,
            the text of each point is voted on alone, whatever the scenario's own protocol is.
        progress: called with (steps done, steps in all).

    Returns:
        A point each, with the shares of a run of its own.

    Raises:
        Complaints: about the texts or what they lead to, before anything is scored where it is scored in this process.
        InvalidArgument: without a text.

    Example:
        >>> import sim
        >>> sweep = sim.sweep(sim.load("istanbul", draws=200), ["us.fighting.importance=minor,major"])
        >>> len(sweep.points)
        2
    """
    vary = several("vary", vary, "'us.no_deal.cost=0:0.2:3'")
    negotiated = protocol not in (None, "vote")
    if negotiated and loaded.scenario.negotiation.protocol != protocol:
        loaded = loaded.with_(protocol=protocol)
    if not vary:
        raise InvalidArgument("a sweep needs something to vary")
    job = SweepPoints(loaded, tuple(vary), negotiated)
    check_draws(loaded.scenario.draws, 1 + job.grid.count)
    base, points = _scored(job, progress)
    variations = job.grid.variations
    paths = tuple(_path(v, own) for v, own in zip(variations, _own(job, points), strict=True))
    days = _days(loaded, variations)
    domain = last_domain(loaded, days) if days else loaded.scenario.domain
    case = job.base.case
    whole = {**about(case, loaded, Sweep)}
    if domain is not loaded.scenario.domain:
        whole["labels"] = together((whole["labels"], labels_of(domain)))
    result = Sweep(
        paths=paths,
        base=base.point,
        points=points,
        boundaries=tuple(_boundaries(paths, points)),
        lines=line_turns(loaded, days, domain) if days else None,
        issues_begun=issues_begun(domain, days) if days else {},
        assumed_terms=len(case.assumed_issues),
        terms=len(case.space.issues),
        talks=base.conduct,
        talks_boundaries=tuple(_talks_boundaries(paths, points)),
        **whole,
    )
    return result if base.conduct is None else result.model_copy(update={"findings": findings(result)})


def _scored(job: SweepPoints, progress: Progress | None) -> tuple[BasePoint, tuple[SweepPoint, ...]]:
    """The scenario as it stands, and every point. Raises Complaints about points that are not in order.

    Here all points are checked before any is scored, and stay at hand. Elsewhere each worker checks those that it
    scores, and only where some are not in order all are checked, so that all faults come to light together.
    """
    here = isinstance(current().pool, Here)
    if here:
        _check(job, _half(progress, 0))
    batches = fold(job, _half(progress, 1) if here else progress)
    base: BasePoint | None = None
    points: list[SweepPoint] = []
    for batch in batches:
        for point in batch:
            if isinstance(point, BasePoint):
                base = point
            elif isinstance(point, SweepPoint):
                points.append(point)
            else:
                _check(job, None)
    if base is None or not any(point.feasible for point in points):
        _check(job, None)
    assert base is not None
    return base, tuple(points)


def _check(job: SweepPoints, progress: Progress | None) -> None:
    """Raise Complaints where points are not in order: texts that break hard constraints are, unless every one does."""
    faults: dict[int, Sequence[Complaint]] = {}
    sound, number = False, -1
    for batch in fold(Checks(job), progress):
        for point in batch:
            if isinstance(point, tuple):
                faults[number] = point
            sound = sound or (number >= 0 and isinstance(point, bool))
            number += 1
    wrong = {number: complaints for number, complaints in faults.items() if not broken(tuple(complaints))}
    if wrong or not sound:
        raise job.grid.complaints(job.loaded, wrong or faults)


def _own(job: SweepPoints, points: Sequence[SweepPoint]) -> list[list[bool]]:
    """Of each value of each path, whether by itself it leaves the scenario scored as it stands."""
    if len(job.grid.variations) == 1:
        return [[point.own for point in points]]
    return [[each is True for each in path] for path in fold(Checks(job, alone=True))]


def _half(progress: Progress | None, half: int) -> Progress | None:
    """Progress of one half of the work, the checks or the scoring, as progress of the whole."""
    return None if progress is None else lambda done, total: progress(half * total + done, 2 * total)


def _path(variation: Variation, own: Sequence[bool]) -> SweepPath:
    numbers = [value.number for value in variation.values]
    return SweepPath(
        path=variation.path,
        values=tuple(value.text for value in variation.values),
        numbers=None if None in numbers else tuple(n for n in numbers if n is not None),
        own=tuple(value.text for value, alike in zip(variation.values, own, strict=True) if alike),
    )


def _days(loaded: Loaded, variations: Sequence[Variation]) -> list[dt.date]:
    """The days of a sweep over days; none where no day varies."""
    for variation in variations:
        if variation.path == AS_OF:
            return [loaded.scenario.day if v.day is None else dt.date.fromisoformat(v.text) for v in variation.values]
    return []


def _boundaries(paths: Sequence[SweepPath], points: Sequence[SweepPoint]) -> Iterator[Boundary]:
    """Neighbouring points between which the joint figure, or a party's, crosses one half."""
    everybody = next((p.parties for p in points if p.parties), ())
    for who in (None, *(p.id for p in everybody)):
        for between in _crossings(paths, points, [point.share(who) for point in points]):
            yield Boundary(party=who, **between)


def _talks_boundaries(paths: Sequence[SweepPath], points: Sequence[SweepPoint]) -> Iterator[TalksBoundary]:
    """Neighbouring points between which the share of agreements that stand crosses one half."""
    agreed = [None if point.talks is None else point.talks.agreed.estimate for point in points]
    for between in _crossings(paths, points, agreed):
        yield TalksBoundary(**between)


def _crossings(
    paths: Sequence[SweepPath], points: Sequence[SweepPoint], shares: Sequence[float | None]
) -> Iterator[dict[str, Any]]:
    """Neighbouring points with shares on either side of one half, path by path."""
    at = dict(zip(product(*(range(len(p.values)) for p in paths)), zip(points, shares, strict=True), strict=True))
    for axis, path in enumerate(paths):
        for place, (point, one) in at.items():
            after, other = at.get((*place[:axis], place[axis] + 1, *place[axis + 1 :]), (None, None))
            if after is None or one is None or other is None or (one >= HALF) == (other >= HALF):
                continue
            low, high = (point, after) if one < HALF else (after, point)
            yield {
                "path": path.path,
                "below": low.values[axis],
                "above": high.values[axis],
                "elsewhere": point.values[1 - axis] if len(paths) == 2 else None,
            }
