"""One or two cells, or the day of the positions, varied over values; every grid point scored on the same draws.

Each point is the scenario with one edit a path; its shares are those of ``sim run --set`` with the same edits
(``--as-of`` for a day), to the last digit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from sim.analysis.shared.counting import Counts, alone, change, counted, interval, verdict_of
from sim.analysis.shared.evidence_alone import TextOnEvidence, allowed
from sim.analysis.shared.records import about, constraint_ref
from sim.analysis.sweep.days import issues_begun, last_domain, line_turns
from sim.analysis.sweep.grid import checked, with_ids
from sim.analysis.sweep.result import NO_AGREEMENT, Boundary, PartyPoint, Sweep, SweepPath, SweepPoint
from sim.analysis.sweep.variations import AS_OF, Variation, parse_variations
from sim.engine.profiles import Case, Line, Profile
from sim.files.arguments import InvalidArgument, several
from sim.files.complaints import Complaint
from sim.results.records import Interval
from sim.results.verdicts import HALF, stance
from sim.scenario.labels import labels_of, together
from sim.scenario.loading import Loaded
from sim.simulation.cases import Progress, compiled

#: Two points scored alike differ in no draw, whatever the sample.
_NOTHING = Interval(estimate=0.0, low=0.0, high=0.0)


def sweep(loaded: Loaded, vary: Sequence[str], *, progress: Progress | None = None) -> Sweep:
    """Score a scenario at every combination of the values of one or two paths.

    Args:
        loaded: the scenario.
        vary: one or two texts, ``PATH=a,b,c`` or ``PATH=LO:HI:N`` (N values from LO to HI); see
            :mod:`sim.analysis.sweep.variations`.
        progress: called with (steps done, steps in all).

    Returns:
        A point each, with the shares of a run of its own.

    Raises:
        Complaints: about the texts or what they lead to, before anything is scored.
        InvalidArgument: without a text.

    Example:
        >>> import sim
        >>> sweep = sim.sweep(sim.load("istanbul", draws=200), ["us.fighting.importance=minor,major"])
        >>> len(sweep.points)
        2
    """
    vary = several("vary", vary, "'us.no_deal.cost=0:0.2:3'")
    [base] = compiled([loaded])
    variations = tuple(with_ids(loaded, variation) for variation in parse_variations(vary))
    if not variations:
        raise InvalidArgument("a sweep needs something to vary")
    grid = checked(loaded, base, variations, progress=_half(progress, 0))
    cases = [base, *(case for case in grid.cases if isinstance(case, Case))]
    counts = counted(cases, base.scenario.draws, base.scenario.seed, _half(progress, 1))
    evidence = iter(allowed(cases, base.scenario.draws, base.scenario.seed))
    stands = _point(base, next(counts), next(evidence), base, ())
    named = [tuple(v.text for v in values) for values in product(*(variation.values for variation in variations))]
    points = [
        _point(case, next(counts), next(evidence), base, values)
        if isinstance(case, Case)
        else _infeasible(case, base, values)
        for case, values in zip(grid.cases, named, strict=True)
    ]
    paths = tuple(_path(v, base, single) for v, single in zip(variations, grid.alone, strict=True))
    days = _days(loaded, variations)
    domain = last_domain(loaded, days) if days else loaded.scenario.domain
    whole = {**about(base, loaded, Sweep)}
    if domain is not loaded.scenario.domain:
        whole["labels"] = together((whole["labels"], labels_of(domain)))
    return Sweep(
        paths=paths,
        base=stands,
        points=tuple(points),
        boundaries=tuple(_boundaries(paths, points)),
        lines=line_turns(loaded, days, domain) if days else None,
        issues_begun=issues_begun(domain, days) if days else {},
        assumed_terms=len(base.assumed_issues),
        terms=len(base.space.issues),
        **whole,
    )


def _half(progress: Progress | None, half: int) -> Progress | None:
    """Progress of one half of the work, the checks or the scoring, as progress of the whole."""
    return None if progress is None else lambda done, total: progress(half * total + done, 2 * total)


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


def _path(variation: Variation, base: Case, single: Sequence[Case | None]) -> SweepPath:
    numbers = [value.number for value in variation.values]
    cases = zip(variation.values, single, strict=True)
    return SweepPath(
        path=variation.path,
        values=tuple(value.text for value in variation.values),
        numbers=None if None in numbers else tuple(n for n in numbers if n is not None),
        own=tuple(value.text for value, case in cases if case is not None and same(case, base)),
    )


def _days(loaded: Loaded, variations: Sequence[Variation]) -> list[dt.date]:
    """The days of a sweep over days; none where no day varies."""
    for variation in variations:
        if variation.path == AS_OF:
            return [loaded.scenario.day if v.day is None else dt.date.fromisoformat(v.text) for v in variation.values]
    return []


def _infeasible(broken: Sequence[Complaint], base: Case, values: tuple[str, ...]) -> SweepPoint:
    """A point whose text breaks hard constraints."""
    rules = {rule.constraint.id: rule for rule in base.space.rules}
    return SweepPoint(
        values=values,
        own=False,
        missing=f"the text {'; '.join(dict.fromkeys(c.what for c in broken))}",
        breaks=tuple(constraint_ref(rules[id]) for id in dict.fromkeys(c.breaks for c in broken) if id is not None),
    )


def _point(case: Case, count: Counts, evidence: TextOnEvidence, base: Case, values: tuple[str, ...]) -> SweepPoint:
    draws, need = base.scenario.draws, case.need(case.text)
    alike = same(case, base)
    shares = {p.id: interval(count.parties[p.id], draws) for p in case.profiles}
    parties = tuple(
        PartyPoint.copying(
            p,
            consent_needed=need[p.id].needed,
            acceptability=shares[p.id],
            change=_NOTHING if alike else change(count.parties[p.id], draws),
            verdict=stance(shares[p.id]),
            on_evidence=evidence.parties[p.id],
        )
        for p in case.profiles
    )
    missing = _missing(case)
    joint = interval(count.joint, draws) if missing is None else None
    own = alone(case, count, draws)
    moved = _NOTHING if alike else change(count.joint, draws)
    return SweepPoint(
        values=values,
        own=alike,
        joint_acceptability=joint,
        change=moved if missing is None and _missing(base) is None else None,
        verdict=None if case.says_no_more else verdict_of(joint, [stance(share) for share in own.values()]),
        on_evidence=evidence.alone if missing is None else None,
        weakest_party=min(own, key=lambda p: own[p].estimate) if own else None,
        missing=missing,
        parties=parties,
    )


def _missing(case: Case) -> str | None:
    """Why a text that breaks no constraint has no joint figure; None where it has one."""
    if case.says_no_more:
        return f"{NO_AGREEMENT} ({', '.join(case.equalled(case.text[None]))})"
    return None if case.asked else "no party with positions has to consent"


def _boundaries(paths: Sequence[SweepPath], points: Sequence[SweepPoint]) -> Iterator[Boundary]:
    """Neighbouring points between which the joint figure, or a party's, crosses one half."""
    at = dict(zip(product(*(range(len(p.values)) for p in paths)), points, strict=True))
    everybody = next((p.parties for p in points if p.parties), ())
    for who in (None, *(p.id for p in everybody)):
        for axis, path in enumerate(paths):
            for place, point in at.items():
                after = at.get((*place[:axis], place[axis] + 1, *place[axis + 1 :]))
                one, other = point.share(who), None if after is None else after.share(who)
                if after is None or one is None or other is None or (one >= HALF) == (other >= HALF):
                    continue
                low, high = (point, after) if one < HALF else (after, point)
                yield Boundary(
                    party=who,
                    path=path.path,
                    below=low.values[axis],
                    above=high.values[axis],
                    elsewhere=point.values[1 - axis] if len(paths) == 2 else None,
                )
