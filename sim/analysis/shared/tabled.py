"""How the text as tabled fares, for analyses that set other packages against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.analysis.shared.counting import Counts, Verdict, alone, interval, verdict_of
from sim.analysis.shared.evidence_alone import allowed
from sim.analysis.shared.records import Base, Standing
from sim.engine.packages import OPEN, Packages, Space
from sim.engine.profiles import Case
from sim.results.records import Interval, TermChange
from sim.results.verdicts import stance


def tabled(case: Case, count: Counts, draws: int, gains: Sequence[float]) -> Base:
    """The text's figures from its count; ``gains`` are the parties' expected gains, in the order of the profiles."""
    shares = alone(case, count, draws)
    joint = interval(count.joint, draws)
    return Base(
        joint_acceptability=joint,
        verdict=judged(joint, shares),
        on_evidence=allowed([case], draws, case.scenario.seed)[0].alone,
        weakest_party=min(shares, key=lambda p: shares[p].estimate),
        open_issues=case.open_issues,
        may_be_open=all(p.reservation is None for p in case.profiles),
        assumed_terms=len(case.assumed_issues),
        terms=len(case.space.issues),
        parties=tuple(
            Standing(id=p.id, acceptability=interval(count.parties[p.id], draws), gain=gain)
            for p, gain in zip(case.profiles, gains, strict=True)
            if p.id in case.asked
        ),
    )


def judged(joint: Interval, shares: dict[str, Interval]) -> Verdict:
    """The verdict on a text from the joint figure and the own shares of those asked."""
    return verdict_of(joint, [stance(s) for s in shares.values()])


def amended(case: Case, package: Packages) -> Case:
    """The case with another text (one row)."""
    closed = tuple(i for i in case.open_issues if package[case.space.issue(i)] == OPEN)
    return replace(case, text=package, open_issues=closed)


def differences(space: Space, before: Packages, after: Packages) -> tuple[TermChange, ...]:
    """The terms of a text (one row) that are others in another one, in the order of the issues."""
    old, new = space.terms(before), space.terms(after)
    return tuple(TermChange(issue=i, before=old[i], to=new[i]) for i in space.issues if old[i] != new[i])
