"""Findings of a search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.analysis.search import result as kinds
from sim.analysis.shared.findings import (
    ConsentLeftOut,
    ConstraintsBind,
    EditedBefore,
    MostlyFiller,
    NoDealLeftOut,
    TabledShare,
)
from sim.analysis.shared.records import ConstraintRef, PartyLine
from sim.results.records import Finding
from sim.results.result import DrawsTaken, EvidenceSettles, PartyEvidence, PartyShare, Unsourced


def _looked_at(**more: Any) -> kinds.LookedAt:
    plain: dict[str, Any] = {"packages": 1302, "feasible": False, "changes": None, "near": None, "keep": ()}
    return kinds.LookedAt(**(plain | {"among": "asking_all", "required": ("us", "red")} | more))


def _proof(**more: Any) -> kinds.ProofState:
    return kinds.ProofState(**({"at_most": 0.67, "proven": True, "unproven_by": None, "as_good": "none"} | more))


def _best(**more: Any) -> kinds.BestPackage:
    plain: dict[str, Any] = {"looked_at": _looked_at(), "apart": False, "share": 0.67, "change": 0.53}
    return kinds.BestPackage(
        **(plain | {"no_longer_needed": (), "newly_needed": (), "proof": _proof()} | more),
    )


def _none(**more: Any) -> kinds.NoPackage:
    plain: dict[str, Any] = {"looked_at": _looked_at(), "apart": False, "proof": _proof(at_most=0.0)}
    return kinds.NoPackage(**(plain | {"rejections": ()} | more))


_LINE = PartyLine(kind="red_line", issue="land", option="ceded", refusal=None, basis="stated", party="red")
_SECOND = PartyLine(kind="red_line", issue="status", option="member", refusal=None, basis="stated", party="red")
_REFUSAL = PartyLine(kind="refusal", issue=None, option=None, refusal="no_bases", basis="assumed", party="us")
_RULE = ConstraintRef(id="land_by_vote", severity="political", why="Land passes by a vote of the people.")
_US = PartyEvidence(party="us", necessary=0.0, possible=0.3, by_inference=False)
_RED = PartyEvidence(party="red", necessary=0.1, possible=0.9, by_inference=True)
_EXAMPLES: list[Finding] = [
    EvidenceSettles(verdict="refused", parties=(_US,), edited=False, no_deal_assumed=False),
    TabledShare(share=0.14),
    _best(),
    _best(change=0.01, proof=_proof(as_good="some"), looked_at=_looked_at(feasible=True, among="all")),
    _best(
        looked_at=_looked_at(among="asking_named", changes=1, keep=("land", "status")),
        newly_needed=("red",),
        proof=_proof(as_good="unknown"),
    ),
    _best(
        looked_at=_looked_at(packages=1, among="asking_fewer", changes=2, near="other_text"),
        proof=_proof(proven=False, at_most=0.58249, unproven_by="effort"),
    ),
    _best(
        looked_at=_looked_at(among="asking_fewer"),
        apart=True,
        no_longer_needed=("voters", "us"),
        newly_needed=("red",),
        proof=_proof(proven=False, at_most=0.582, unproven_by="draws"),
    ),
    _none(rejections=(_LINE, _SECOND, _REFUSAL)),
    _none(proof=_proof(proven=False, at_most=0.02, unproven_by="effort")),
    kinds.NoneBetterAskingFewer(),
    kinds.AllAskFewer(),
    Unsourced(),
    MostlyFiller(assumed=4, terms=5),
    kinds.ProofEffort(
        proven=True, drawn=True, effort=3000, answers=(kinds.Effort(among="asking_all", scored=1302, boxes=1),)
    ),
    kinds.ProofEffort(
        proven=False,
        drawn=True,
        effort=3000,
        answers=(
            kinds.Effort(among="asking_all", scored=1, boxes=3000),
            kinds.Effort(among="asking_fewer", scored=2000, boxes=44),
        ),
    ),
    kinds.LooseBound(draws=16384),
    kinds.AsNoDeal(
        bests=(
            kinds.UnmovedTerms(among="asking_all", issues=("land", "status"), terms=5),
            kinds.UnmovedTerms(among="asking_fewer", issues=("land",), terms=5),
        ),
        tabled=(),
    ),
    kinds.SilentOn(parties=(PartyShare(party="us", share=0.6), PartyShare(party="red", share=0.55))),
    kinds.SoftRankings(
        bests=(
            kinds.SoftShares(among="asking_all", parties=(PartyShare(party="us", share=0.6),)),
            kinds.SoftShares(
                among="asking_fewer", parties=(PartyShare(party="us", share=1.0), PartyShare(party="red", share=0.6))
            ),
        )
    ),
    kinds.SameForAll(
        among="asking_all",
        terms=(
            kinds.PackageTerm(issue="land", option="frozen"),
            kinds.PackageTerm(issue="status", option=None),
        ),
    ),
    kinds.IdleChanges(among="asking_all", issues=("land", "status"), ranked=False, sourced=True),
    kinds.IdleChanges(among="asking_all", issues=("land",), ranked=False, sourced=False),
    kinds.IdleChanges(among="asking_fewer", issues=("land",), ranked=True, sourced=True),
    kinds.BestOnEvidence(among="asking_all", verdict="accepted", parties=(_US, _RED), by_inference=()),
    kinds.BestOnEvidence(among="asking_all", verdict="refused", parties=(_US,), by_inference=()),
    kinds.BestOnEvidence(among="asking_fewer", verdict="not settled", parties=(_US, _RED), by_inference=("red",)),
    kinds.FreshDraws(
        seed=2,
        bests=(
            kinds.FreshShare(among="asking_all", share=0.671, fresh=0.655),
            kinds.FreshShare(among="asking_fewer", share=0.671, fresh=0.671),
        ),
    ),
    kinds.BreaksConstraint(among="asking_all", constraint=_RULE),
    kinds.FewerAreAsked(among="asking_fewer", parties=("voters",)),
    kinds.FewerAreAsked(among="all", parties=("voters",)),
    kinds.LeftOpen(near=None, issues=("land",), closing_counts=False),
    kinds.LeftOpen(near="other_text", issues=("land", "status"), closing_counts=True),
    kinds.StayOpen(issues=("land",), among=("asking_all",)),
    kinds.StayOpen(issues=("land", "status"), among=("asking_all", "asking_fewer")),
    NoDealLeftOut(outcomes=("stalemate",)),
    kinds.NotBinding(near=False, constraints=(_RULE,)),
    kinds.NotBinding(near=True, constraints=(_RULE, _RULE.model_copy(update={"id": "one_map"}))),
    ConstraintsBind(severity="hard"),
    EditedBefore(edits=("us.land.importance=minor",)),
    ConsentLeftOut(actors=("france", "china")),
    kinds.MeanGains(),
    kinds.ClosedForm(),
    DrawsTaken(draws=200, seed=1, drawn=True),
]
EXAMPLES: Sequence[Finding] = tuple(_EXAMPLES)
