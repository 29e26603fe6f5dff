"""Findings of amendments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.analysis.amend import result as kinds
from sim.analysis.shared.findings import (
    ConsentLeftOut,
    ConstraintsBind,
    EditedBefore,
    MostlyFiller,
    NoDealLeftOut,
    TabledShare,
)
from sim.analysis.shared.records import ConstraintRef
from sim.results.records import Finding, TermChange
from sim.results.result import DrawsTaken, EvidenceSettles, LineName, PartyEvidence, Unsourced


def _brief(*terms: TermChange, share: float = 0.67, change: float = 0.53, **more: Any) -> kinds.AmendmentInBrief:
    plain: dict[str, Any] = {"too_near": False, "no_longer_needed": (), "newly_needed": ()}
    return kinds.AmendmentInBrief(terms=terms, share=share, change=change, **(plain | more))


_OPENED = TermChange(issue="land", before=None, to="frozen")
_EASED = TermChange(issue="sanctions", before="as_they_are", to="phased")
_LINE = LineName(kind="red_line", issue="land", option="ceded", refusal=None, basis="stated")
_SECOND = LineName(kind="red_line", issue="status", option="member", refusal=None, basis="stated")
_REFUSAL = LineName(kind="refusal", issue=None, option=None, refusal="no_bases", basis="assumed")
_RULE = ConstraintRef(id="land_by_vote", severity="legal", why="Land passes by a vote of the people.")
_PAYER = kinds.Payer(party="us", gain_before=0.2, gain=0.1, share=0.7, accepts=True)
_EXAMPLES: list[Finding] = [
    EvidenceSettles(
        verdict="refused",
        parties=(PartyEvidence(party="us", necessary=0.0, possible=0.3, by_inference=False),),
        edited=False,
        no_deal_assumed=False,
    ),
    TabledShare(share=0.14),
    kinds.NoRise(changes=2, reason="no_rise", blockers=()),
    kinds.NoRise(changes=1, reason="within_error", blockers=()),
    kinds.NoRise(changes=3, reason="never", blockers=()),
    kinds.NoRise(
        changes=2,
        reason="never",
        blockers=(
            kinds.Blocker(party="us", lines=(_LINE, _SECOND, _REFUSAL)),
            kinds.Blocker(party="red", lines=(_LINE,)),
            kinds.Blocker(party="blue", lines=()),
        ),
    ),
    kinds.WithoutAnyLine(parties=("us", "red"), share=0.3),
    kinds.WithoutAnyLine(parties=("us",), share=0.6),
    kinds.ListedByWeakest(),
    kinds.BestSingleChange(amendment=_brief(_OPENED, share=0.55, change=0.01, too_near=True)),
    kinds.BestSingleChange(amendment=None),
    kinds.BestAmendment(changes=2, half="tabled", least=None, amendment=_brief(_OPENED, _EASED)),
    kinds.BestAmendment(changes=2, half="reached", least=1, amendment=None),
    kinds.BestAmendment(changes=3, half="reached", least=1, amendment=_brief(_OPENED, _EASED)),
    kinds.BestAmendment(changes=3, half="reached", least=2, amendment=_brief(_OPENED, _EASED)),
    kinds.BestAmendment(changes=2, half="not_reached", least=None, amendment=_brief(_OPENED, _EASED, share=0.3)),
    kinds.BestAmendment(changes=2, half="not_reached", least=None, amendment=None),
    kinds.AskingFewer(amendment=_brief(_EASED, no_longer_needed=("voters",), newly_needed=("us", "red"))),
    kinds.PartySpared(
        party="us",
        ordered=(
            kinds.SparedAmong(among="reaching_half", changes=(2, 3)),
            kinds.SparedAmong(among="nearly_best", changes=(1,)),
        ),
        unordered=(),
    ),
    kinds.PartySpared(party="us", ordered=(kinds.SparedAmong(among="raising", changes=(2,)),), unordered=(1, 3)),
    Unsourced(),
    MostlyFiller(assumed=4, terms=5),
    MostlyFiller(assumed=5, terms=5),
    kinds.IdleIssues(issues=("land", "status")),
    kinds.IdleSizes(changes=(1, 2)),
    kinds.LookFurther(changes=3),
    kinds.StuckIssues(issues=(kinds.StuckIssue(issue="land", constraints=("land_by_vote", "one_map")),)),
    kinds.FillerChanged(issues=("land",)),
    kinds.WhoPays(changes=1, payers=(_PAYER,), moved=()),
    kinds.WhoPays(
        changes=2,
        payers=(_PAYER, _PAYER.model_copy(update={"party": "red", "share": 0.3, "accepts": False})),
        moved=(kinds.MovedShare(party="voters", before=0.0, after=0.6),),
    ),
    kinds.ConstraintTouched(constraint=_RULE),
    kinds.BrokenByText(constraints=(_RULE, _RULE.model_copy(update={"id": "one_map"}))),
    ConstraintsBind(severity="hard"),
    kinds.FewerAsked(amendments=1234),
    kinds.PaddingLeftOut(amendments=1234),
    kinds.WeakestOnlyLeftOut(amendments=1),
    kinds.WeakestOnlyLeftOut(amendments=2),
    kinds.ForComparison(),
    kinds.PickedBest(amendments=1234),
    kinds.ClosingCounts(issues=("land", "status")),
    kinds.NothingOpened(reservation=False),
    kinds.NothingOpened(reservation=True),
    NoDealLeftOut(outcomes=("stalemate",)),
    NoDealLeftOut(outcomes=("stalemate", "red_gains")),
    kinds.TermsStay(issues=("land", "status")),
    EditedBefore(edits=("us.land.importance=minor", "red.land.importance=none")),
    ConsentLeftOut(actors=("france", "china")),
    DrawsTaken(draws=200, seed=1, drawn=True),
]
EXAMPLES: Sequence[Finding] = tuple(_EXAMPLES)
