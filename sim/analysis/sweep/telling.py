"""A point of a sweep as a record, from what its draws count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.analysis.shared.counting import alone, change, interval, verdict_of
from sim.analysis.shared.evidence_alone import EvidenceAlone
from sim.analysis.shared.records import NO_CHANGE, TalksEnds, constraint_ref, talks_ends, talks_held
from sim.analysis.sweep.counts import PointCount
from sim.analysis.sweep.points import Ballot, negotiated_alike, same
from sim.analysis.sweep.result import NO_AGREEMENT, PartyPoint, SweepPoint
from sim.bargaining.tally import TalksTally
from sim.engine.profiles import Case
from sim.files.complaints import Complaint
from sim.results.talks import TalksHeld
from sim.results.verdicts import overall, stance
from sim.simulation.summary import on_evidence


@dataclass(frozen=True)
class BasePoint:
    """The scenario as it stands, and by what its talks are held."""

    point: SweepPoint
    conduct: TalksHeld | None


def broken_point(complaints: Sequence[Complaint], base: Case, values: tuple[str, ...]) -> SweepPoint:
    """A point whose text breaks hard constraints."""
    rules = {rule.constraint.id: rule for rule in base.space.rules}
    return SweepPoint(
        values=values,
        own=False,
        missing=f"the text {'; '.join(dict.fromkeys(c.what for c in complaints))}",
        breaks=tuple(constraint_ref(rules[id]) for id in dict.fromkeys(c.breaks for c in complaints) if id is not None),
    )


def scored_point(point: Ballot, count: PointCount, base: Ballot, values: tuple[str, ...]) -> SweepPoint:
    """A point that is scored, against the scenario as it stands."""
    case, votes = point.case, count.votes
    draws, need = case.scenario.draws, case.need(case.text)
    alike = same(case, base.case)
    shares = {p.id: interval(votes.parties[p.id], draws) for p in case.profiles}
    parties = tuple(
        PartyPoint.copying(
            p,
            consent_needed=need[p.id].needed,
            acceptability=shares[p.id],
            change=NO_CHANGE if alike else change(votes.parties[p.id], draws),
            verdict=stance(shares[p.id]),
            on_evidence=on_evidence(count.decided[p.id].tolist(), draws),
        )
        for p in case.profiles
    )
    missing = _missing(case)
    joint = interval(votes.joint, draws) if missing is None else None
    own = alone(case, votes, draws)
    moved = NO_CHANGE if alike else change(votes.joint, draws)
    ranges = {p: on_evidence(count.own[p].tolist(), draws) for p in case.asked}
    talks = None if count.talks is None else _talks(point, count, base)
    return SweepPoint(
        values=values,
        own=alike and (talks is None or negotiated_alike(case, base.case)),
        joint_acceptability=joint,
        change=moved if missing is None and _missing(base.case) is None else None,
        verdict=None if case.says_no_more else verdict_of(joint, [stance(share) for share in own.values()]),
        on_evidence=EvidenceAlone(**overall(ranges).model_dump(), ranges=ranges) if missing is None else None,
        weakest_party=min(own, key=lambda p: own[p].estimate) if own else None,
        missing=missing,
        parties=parties,
        talks=talks,
    )


def base_point(base: Ballot, count: PointCount) -> BasePoint:
    """The scenario as it stands."""
    point = scored_point(base, count, base, ())
    if count.talks is None:
        return BasePoint(point, None)
    return BasePoint(point, talks_held(_with_candidates(base, count)))


def _missing(case: Case) -> str | None:
    """Why a text that breaks no constraint has no joint figure; None where it has one."""
    if case.says_no_more:
        return f"{NO_AGREEMENT} ({', '.join(case.equalled(case.text[None]))})"
    return None if case.asked else "no party with positions has to consent"


def _talks(point: Ballot, count: PointCount, base: Ballot) -> TalksEnds:
    alike = same(point.case, base.case) and negotiated_alike(point.case, base.case)
    return talks_ends(_with_candidates(point, count), None if alike else count.agreed)


def _with_candidates(point: Ballot, count: PointCount) -> TalksTally:
    assert count.talks is not None
    count.talks.candidates = point.agenda.candidates  # which did not travel
    return count.talks
