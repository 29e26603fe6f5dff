"""Findings of a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sim.results import result as kinds
from sim.results.records import (
    ByTurningClass,
    Completion,
    Filler,
    Finding,
    Objection,
    OnEvidence,
    Open,
    OverallEvidence,
    Ratification,
    Unplaced,
)


def _share(party: str, share: float) -> kinds.PartyShare:
    return kinds.PartyShare(party=party, share=share)


def _demand(id: str, *evidence: str, **terms: str) -> kinds.UnmetDemand:
    return kinds.UnmetDemand(demand=id, evidence=evidence, terms={**terms}, seen_as={}, read_out=())


def _evidence(party: str, low: float, high: float, by_inference: bool = False) -> kinds.PartyEvidence:
    return kinds.PartyEvidence(party=party, necessary=low, possible=high, by_inference=by_inference)


def _objection(**more: Any) -> Objection:
    plain: dict[str, Any] = {
        "kind": "issue",
        "issue": "land",
        "option": "ceded",
        "refusal": None,
        "share": 0.4,
        "mean_loss": 0.1,
        "term_basis": "stated",
        "holds": None,
        "basis": "stated",
        "evidence": ("E1",),
    }
    return Objection(**(plain | more))


def _filler(low: float, high: float, fillings: int = 12, every: bool = True, assumed: int = 2) -> Filler:
    return Filler(
        low=low,
        median=(low + high) / 2,
        high=high,
        assumed_terms=assumed,
        terms=5,
        fillings=fillings,
        every_filling=every,
        draws=100,
    )


def _open(best: float, worst: float, issues: tuple[str, ...] = ("land",), calls: tuple[str, ...] = ()) -> Open:
    def way(share: float, option: str) -> Completion:
        return Completion(terms=dict.fromkeys(issues, option), joint_acceptability=share, calls_on=calls)

    return Open(
        issues=issues,
        completions=9,
        every_completion_listed=len(issues) == 1,
        some_completion=0.8,
        every_completion=0.1,
        best=way(best, "frozen"),
        worst=way(worst, "ceded"),
    )


def _vote(yes: tuple[float, float], several: bool = False) -> Ratification:
    return Ratification(passes=0.4, polls=0.5, mixed=0.0, decided=None, yes=yes, several_polls=several)


def _weakest(outcome: kinds.Outcome, share: float, others: bool = False) -> kinds.JointShare:
    return kinds.JointShare(share=share, outcome=outcome, weakest=_share("red", 0.5), others_not_modelled=others)


def _settles(verdict: Any, *parties: kinds.PartyEvidence, edited: bool = False, no_deal: bool = False) -> Finding:
    return kinds.EvidenceSettles(verdict=verdict, parties=parties, edited=edited, no_deal_assumed=no_deal)


_LINE = kinds.LineName(kind="red_line", issue="land", option="ceded", refusal=None, basis="inferred")
_REFUSAL = kinds.LineName(kind="refusal", issue=None, option=None, refusal="no_bases", basis="assumed")
_EXAMPLES: list[Finding] = [
    kinds.NoVerdict(reason="nothing_filled_in"),
    kinds.NoVerdict(reason="nobody_asked"),
    kinds.NoVerdict(reason="nothing_settled"),
    kinds.NoArticles(),
    kinds.Unsourced(),
    _settles("accepted", _evidence("blue", 0.6, 1.0), _evidence("red", 0.5, 0.9)),
    _settles("refused", _evidence("us", 0.0, 0.3), edited=True),
    _settles("not settled", _evidence("us", 0.1, 0.95), _evidence("red", 0.2, 0.7, True), no_deal=True),
    _settles("not settled", *(_evidence(p, 0.0, 1.0) for p in ("blue", "red", "us", "voters")), edited=True),
    _weakest("accepted", 0.8),
    _weakest("singly", 0.45, others=True),
    _weakest("refused", 0.12, others=True),
    kinds.FillerDecides(filler=_filler(0.3, 0.7)),
    kinds.BelowHalf(party="red", alone=False, share=0.497, objection=None, unknown=None),
    kinds.BelowHalf(party="us", alone=True, share=0.001, objection=_objection(term_basis="assumed"), unknown=None),
    kinds.BelowHalf(
        party="voters",
        alone=False,
        share=0.2,
        objection=_objection(kind="refusal", refusal="no_bases", basis="inferred", holds=(0.45, 0.63)),
        unknown=None,
    ),
    kinds.BelowHalf(
        party="red",
        alone=False,
        share=0.2,
        objection=_objection(kind="red_line", term_basis="inferred", holds=(0.5, 0.5), evidence=()),
        unknown=None,
    ),
    kinds.BelowHalf(
        party="red",
        alone=False,
        share=0.2,
        objection=_objection(basis="unknown"),
        unknown=kinds.UnknownView(issue="land", searched=dt.date(2022, 4, 2), cited=False),
    ),
    kinds.BelowHalf(party="red", alone=False, share=0.2, objection=_objection(basis="unknown"), unknown=None),
    kinds.WithoutLines(party="us", lines=(_LINE, _REFUSAL), share=0.7),
    kinds.WithoutLines(party="us", lines=(_LINE, _REFUSAL, _LINE), share=0.4),
    kinds.AsksForMore(
        parties=(
            kinds.PartyDemands(party="us", share=0.8, demands=(_demand("no_bases", land="frozen"),)),
            kinds.PartyDemands(
                party="red",
                share=0.9,
                demands=(
                    _demand("help", "E3", guarantee="armed").model_copy(
                        update={"seen_as": {"guarantee": "consult"}, "read_out": ("guarantee",)}
                    ),
                ),
            ),
            kinds.PartyDemands(
                party="blue",
                share=0.6,
                demands=tuple(_demand(f"more_{k}", "E1", "E2", land="ceded", army="none") for k in range(4)),
            ),
        )
    ),
    kinds.GradedClaims(
        on_evidence=OverallEvidence(verdict="refused", parties=("us",)),
        without=OverallEvidence(verdict="not settled", parties=("us", "blue")),
        parties=(
            kinds.GradedView(
                party="us",
                claims=("E1",),
                on_evidence=OnEvidence(necessary=0.0, possible=0.3, with_inferred=0.3, verdict="refuses"),
                without=OnEvidence(necessary=0.0, possible=0.9, with_inferred=0.3, verdict="not settled"),
            ),
            kinds.GradedView(
                party="blue",
                claims=("E1", "E2", "E3", "E4", "E5"),
                on_evidence=OnEvidence(necessary=0.6, possible=0.9, with_inferred=0.9, verdict="accepts"),
                without=OnEvidence(necessary=0.1, possible=0.9, with_inferred=0.9, verdict="not settled"),
            ),
        ),
    ),
    kinds.GradedClaims(
        on_evidence=OverallEvidence(verdict="not settled", parties=("red", "voters")),
        without=OverallEvidence(verdict="not settled", parties=("red", "voters")),
        parties=(
            kinds.GradedView(
                party="voters",
                claims=("E1", "E2"),
                on_evidence=OnEvidence(necessary=0.0, possible=0.9, with_inferred=0.3, verdict="not settled"),
                without=OnEvidence(necessary=0.0, possible=0.9, with_inferred=0.9, verdict="not settled"),
            ),
        ),
    ),
    kinds.VoteOutcome(signed=None, votes=(_share("voters", 0.3),)),
    kinds.VoteOutcome(signed=0.7, votes=(_share("voters", 0.3),)),
    kinds.VoteOutcome(signed=0.7, votes=(_share("voters", 0.6),)),
    kinds.VoteOutcome(signed=0.2, votes=(_share("voters", 0.6),)),
    kinds.VoteOutcome(signed=0.2, votes=(_share("voters", 0.3),)),
    kinds.VoteReading(party="voters", polled=False, quota=0.5, ratification=_vote((0.37, 0.55))),
    kinds.VoteReading(party="voters", polled=True, quota=0.5, ratification=_vote((0.37, 0.55))),
    kinds.VoteReading(party="voters", polled=True, quota=0.5, ratification=_vote((0.495, 0.495), several=True)),
    kinds.VoteReading(party="voters", polled=True, quota=0.5, ratification=_vote((0.0, 1.0))),
    kinds.InheritedPoll(party="voters", issue="land", option="ceded", like="frozen"),
    kinds.JointCounts(parties=3, weakest="us", ratified=True),
    kinds.JointCounts(parties=1, weakest="us", ratified=False),
    kinds.SoleBlockers(parties=(_share("us", 0.45), _share("red", 0.05))),
    kinds.ReadOut(parties=("red", "us"), issues=("land", "status"), filler=True),
    kinds.ReadOut(parties=("red",), issues=("land",), filler=False),
    kinds.TurningClass(
        party="us",
        issue="fighting",
        importance="major",
        shares=ByTurningClass(none=0.3, minor=0.4, moderate=0.45, major=0.58, critical=0.76),
    ),
    kinds.UnplacedTerm(term=Unplaced(party="red", issue="land", option="leased", lines="1 red line")),
    kinds.UnplacedTerm(term=Unplaced(party="red", issue="land", option="leased", lines="2 red lines")),
    kinds.LikeTerm(issue="land", option="leased", like="ceded"),
    kinds.OpenIssues(open=_open(0.3, 0.1), asked=True),
    kinds.OpenIssues(open=_open(0.3, 0.3, calls=("us",)), asked=True),
    kinds.OpenIssues(open=_open(0.3, 0.1, ("a", "b", "c", "d")), asked=True),
    kinds.OpenIssues(open=_open(0.3, 0.1), asked=False),
    kinds.OpenIssues(open=_open(0.3, 0.1, ("a", "b", "c", "d")), asked=True, mostly=True),
    kinds.OpenIssues(open=_open(0.3, 0.1).model_copy(update={"best": None}), asked=True),
    kinds.FillerRange(filler=_filler(0.3, 0.7), decides=True),
    kinds.FillerRange(filler=_filler(0.1, 0.2, every=False), decides=False),
    kinds.FillerRange(filler=_filler(0.2, 0.2, fillings=1, assumed=1), decides=False),
    kinds.FillerRange(filler=_filler(0.2, 0.2, fillings=1, every=False), decides=False),
    kinds.ProposedTerms(proposed=1, terms=5),
    kinds.ProposedTerms(proposed=5, terms=5),
    kinds.DefaultTerms(terms={"land": None, "status": "neutral"}),
    kinds.SilentSources(
        sourced=True,
        parties=(
            kinds.SilentWeight(party="us", share=0.6, searched=0.6),
            kinds.SilentWeight(party="red", share=0.7, searched=0.0),
            kinds.SilentWeight(party="blue", share=0.8, searched=0.3),
        ),
    ),
    kinds.SilentSources(sourced=False, parties=(kinds.SilentWeight(party="us", share=0.6, searched=0.0),)),
    kinds.SilentParties(sourced=True, parties=("us", "red")),
    kinds.SilentParties(sourced=False, parties=("us",)),
    kinds.NotModelled(actors=("france", "china")),
    kinds.EditsMade(earlier=(), files=(), edits=("us.land.importance=minor",), changes=None),
    kinds.EditsMade(
        earlier=("red.land.importance=minor",),
        files=(kinds.EditsOfFile(title="Doves", edits=3),),
        edits=("us.land.importance=minor",),
        changes=(
            kinds.ShareChange(measure="joint", party=None, before=0.1, after=0.2),
            kinds.ShareChange(measure="party", party="us", before=0.5, after=0.5),
            kinds.ShareChange(measure="broke_down", party=None, before=0.5, after=0.4),
        ),
    ),
    kinds.EditsMade(
        earlier=(),
        files=(kinds.EditsOfFile(title="Doves", edits=1),),
        edits=(),
        changes=(kinds.ShareChange(measure="joint", party=None, before=0.1, after=0.1),),
    ),
    kinds.FewDraws(parties=("us", "red")),
    kinds.PositionsAge(age="older", parties=(_share("us", 0.4),)),
    kinds.PositionsAge(age="younger", parties=(_share("us", 0.4), _share("red", 0.002))),
    kinds.FileWarning(warning="domain/positions/red.yaml:3:5: warning: red: land: no evidence"),
    kinds.DrawsTaken(draws=10_000, seed=1, drawn=True),
    kinds.DrawsTaken(draws=1, seed=7, drawn=True),
    kinds.DrawsTaken(draws=100, seed=1, drawn=False),
]
EXAMPLES: Sequence[Finding] = tuple(_EXAMPLES)
