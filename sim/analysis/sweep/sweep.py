"""One or two cells, or the day of the positions, varied over values; every grid point scored on the same draws.

Each point is the scenario with one edit a path; its shares are those of ``sim run --set`` with the same edits
(``--as-of`` for a day), to the last digit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Literal

import numpy as np
from pydantic import Field

from sim.analysis.shared.counting import Counts, Verdict, alone, change, counted, interval, verdict_of
from sim.analysis.shared.evidence_alone import Allowed, EvidenceAlone, allowed
from sim.analysis.shared.records import ConstraintRef
from sim.analysis.sweep.days import LineTurn, line_turns
from sim.analysis.sweep.grid import AS_OF, Variation, parse_variations
from sim.analysis.sweep.sweep_checks import checked, with_ids
from sim.engine.profiles import Case, Cell, Profile
from sim.files.complaints import Complaint
from sim.results.records import (
    Document,
    Interval,
    OnEvidence,
    PartyVerdict,
    Record,
    ScenarioInfo,
    Settings,
    Versions,
    versions,
)
from sim.results.verdicts import HALF, stance
from sim.scenario.labels import Labels, labels_of
from sim.scenario.loading import Loaded
from sim.simulation.runner import Progress
from sim.simulation.score import compiled
from sim.simulation.summary import scenario_info, settings


class PartyPoint(Record):
    id: str
    consent_needed: bool
    silent: bool
    acceptability: Interval
    change: Interval
    verdict: PartyVerdict
    on_evidence: OnEvidence


class Point(Record):
    """One grid point; where its text breaks a hard constraint there are no figures, and ``missing`` says why."""

    values: tuple[str, ...]
    own: bool
    joint_acceptability: Interval | None
    change: Interval | None
    verdict: Verdict | None
    on_evidence: EvidenceAlone | None
    weakest_party: str | None
    missing: str | None
    breaks: tuple[ConstraintRef, ...]
    parties: tuple[PartyPoint, ...]

    @property
    def feasible(self) -> bool:
        return not self.breaks

    def party(self, id: str) -> PartyPoint:
        """The row of one party; KeyError where there is none."""
        for row in self.parties:
            if row.id == id:
                return row
        raise KeyError(id)


class Path(Record):
    path: str
    values: tuple[str, ...]
    numbers: tuple[float, ...] | None
    own: tuple[str, ...]


class Boundary(Record):
    """Two neighbouring grid points between which a share crosses one half; ``party`` is None for the joint figure."""

    party: str | None
    path: str
    below: str
    above: str
    elsewhere: str | None


class Sweep(Document):
    """A sweep over one or two paths; ``points`` run over the values of the last path first."""

    schema_: Literal["sim.sweep/1"] = Field("sim.sweep/1", alias="schema")
    scenario: ScenarioInfo
    settings: Settings
    paths: tuple[Path, ...]
    base: Point
    points: tuple[Point, ...]
    boundaries: tuple[Boundary, ...]
    lines: tuple[LineTurn, ...] | None
    assumed_terms: int
    terms: int
    names: dict[str, str]
    consent_not_modelled: tuple[str, ...]
    labels: Labels = Labels()
    versions: Versions

    def point(self, *values: str) -> Point:
        """The point with these values, one a path; KeyError where there is none."""
        for point in self.points:
            if point.values == values:
                return point
        raise KeyError(values)


def sweep(loaded: Loaded, vary: Sequence[str], *, progress: Progress | None = None) -> Sweep:
    """Score a scenario at every combination of the values of one or two paths.

    ``vary`` are texts ``PATH=a,b,c`` or ``PATH=LO:HI:N``; see :mod:`sim.analysis.sweep.grid`. ``progress`` is
    called with (steps done, steps in all). Raises Complaints about the texts or what they lead to, before anything
    is scored; ValueError without a text.
    """
    variations = tuple(with_ids(loaded, variation) for variation in parse_variations(vary))
    if not variations:
        raise ValueError("a sweep needs something to vary")
    [base] = compiled([loaded])
    grid = checked(loaded, variations, progress=_half(progress, 0))
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
    return Sweep(
        scenario=scenario_info(base, loaded.sha256),
        settings=settings(base),
        paths=paths,
        base=stands,
        points=tuple(points),
        boundaries=tuple(_boundaries(paths, points)),
        lines=_lines(loaded, variations),
        assumed_terms=len(base.assumed_issues),
        terms=len(base.space.issues),
        names={p.id: p.name for p in base.profiles},
        consent_not_modelled=base.scenario.proposal.consent_not_modelled,
        labels=labels_of(base.scenario.domain),
        versions=versions(),
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
        and list(map(_scored, one.profiles)) == list(map(_scored, other.profiles))
    )


def _scored(profile: Profile) -> Profile:
    """A profile without what the modelled figures do not hang on."""
    cells = tuple(Cell(c.issue, c.values, "stated", c.importance, "stated", c.weight) for c in profile.cells)
    lines = tuple(replace(x, basis="stated", evidence=(), why=None) for x in profile.lines)
    ordered = tuple(sorted(lines, key=repr))
    return replace(profile, cells=cells, lines=ordered, beliefs_basis="stated", beliefs_evidence=())


def _path(variation: Variation, base: Case, single: Sequence[Case | None]) -> Path:
    numbers = [value.number for value in variation.values]
    return Path(
        path=variation.path,
        values=tuple(value.text for value in variation.values),
        numbers=None if None in numbers else tuple(n for n in numbers if n is not None),
        own=tuple(
            value.text
            for value, case in zip(variation.values, single, strict=True)
            if case is not None and same(case, base)
        ),
    )


def _lines(loaded: Loaded, variations: Sequence[Variation]) -> tuple[LineTurn, ...] | None:
    """Lines that begin or lapse between the days of a sweep over days; None where no day varies."""
    for variation in variations:
        if variation.path == AS_OF:
            days = [loaded.scenario.day if v.day is None else dt.date.fromisoformat(v.text) for v in variation.values]
            return line_turns(loaded, days)
    return None


def _infeasible(broken: Sequence[Complaint], base: Case, values: tuple[str, ...]) -> Point:
    """A point whose text breaks hard constraints."""
    rules = {rule.constraint.id: rule.constraint for rule in base.space.rules}
    found = [rules[name] for name in dict.fromkeys(c.breaks for c in broken) if name is not None]
    return Point(
        values=values,
        own=False,
        joint_acceptability=None,
        change=None,
        verdict=None,
        on_evidence=None,
        weakest_party=None,
        missing=f"the text {'; '.join(dict.fromkeys(c.what for c in broken))}",
        breaks=tuple(ConstraintRef(id=c.id, severity=c.severity, why=c.why) for c in found),
        parties=(),
    )


#: Why a text that equals an outcome of no deal has no joint figure: a yes to it is no agreement.
NO_AGREEMENT = "the text says no more than no deal"
#: Two points scored alike differ in no draw, whatever the sample.
_NOTHING = Interval(estimate=0.0, low=0.0, high=0.0)


def _point(case: Case, count: Counts, evidence: Allowed, base: Case, values: tuple[str, ...]) -> Point:
    draws, need = base.scenario.draws, case.need(case.text)
    alike = same(case, base)
    parties = []
    for p in case.profiles:
        share = interval(count.parties[p.id], draws)
        parties.append(
            PartyPoint(
                id=p.id,
                consent_needed=need[p.id].needed,
                silent=p.silent,
                acceptability=share,
                change=_NOTHING if alike else change(count.parties[p.id], draws),
                verdict=stance(share),
                on_evidence=evidence.parties[p.id],
            )
        )
    missing = _missing(case)
    joint = interval(count.joint, draws) if missing is None else None
    own = alone(case, count, draws)
    moved = _NOTHING if alike else change(count.joint, draws)
    return Point(
        values=values,
        own=alike,
        joint_acceptability=joint,
        change=moved if missing is None and _missing(base) is None else None,
        verdict=None if _no_agreement(case) else verdict_of(joint, [stance(share) for share in own.values()]),
        on_evidence=evidence.alone if missing is None else None,
        weakest_party=min(own, key=lambda p: own[p].estimate) if own else None,
        missing=missing,
        breaks=(),
        parties=tuple(parties),
    )


def _no_agreement(case: Case) -> bool:
    return bool(case.no_agreement(case.text[None])[0])


def _missing(case: Case) -> str | None:
    """Why a text that breaks no constraint has no joint figure; None where it has one."""
    if _no_agreement(case):
        return f"{NO_AGREEMENT} ({', '.join(case.equalled(case.text[None]))})"
    return None if case.asked else "no party with positions has to consent"


def _boundaries(paths: Sequence[Path], points: Sequence[Point]) -> Iterator[Boundary]:
    """Neighbouring points between which the joint figure, or a party's, crosses one half."""
    sizes = [len(p.values) for p in paths]
    at = {place: point for place, point in zip(product(*(range(n) for n in sizes)), points, strict=True)}
    everybody = next((p.parties for p in points if p.parties), ())
    for who in (None, *(p.id for p in everybody)):
        for axis, path in enumerate(paths):
            for place, point in at.items():
                after = at.get((*place[:axis], place[axis] + 1, *place[axis + 1 :]))
                one, other = _share(point, who), None if after is None else _share(after, who)
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


def _share(point: Point, who: str | None) -> float | None:
    if who is None:
        return None if point.joint_acceptability is None else point.joint_acceptability.estimate
    if not point.feasible:
        return None
    row = point.party(who)
    return None if row.silent else row.acceptability.estimate
