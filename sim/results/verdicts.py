"""What makes a verdict: the rules that turn shares into what a party does and what becomes of a text, and no words."""

from __future__ import annotations

from collections.abc import Mapping

from sim.results import records
from sim.results.records import Interval, OnEvidence, OverallEvidence, PartyResult, Settings
from sim.results.result import Outcome, Result

#: A share at or above this is acceptance.
HALF = 0.5
#: A drop of this much between layers, and sole refusals of this share of draws, are worth saying.
NOTABLE = 0.05
#: An interval wider than this that holds one half comes of too few draws, not of a party near one half.
WIDE = 0.2
#: Silence of the sources on more than this share of a party's weight is worth saying.
SILENCE = 0.5
#: Positions older than the text by more than this many days are called old.
OLD_DAYS = 180


def stance(share: Interval) -> records.PartyVerdict:
    """Accepts when the interval lies at or above one half, refuses below it, else divided."""
    if share.low >= HALF:
        return "accepts"
    return "refuses" if share.high < HALF else "divided"


def evidence_stance(necessary: float, possible: float) -> records.EvidenceVerdict:
    """Refuses when even the upper figure is below one half, accepts when even the lower is not."""
    if possible < HALF:
        return "refuses"
    return "accepts" if necessary >= HALF else "not settled"


def refuses_by_inference(evidence: OnEvidence) -> bool:
    """No stated line settles it, but with inferred ones even the upper figure is below one half."""
    return evidence.verdict == "not settled" and evidence.with_inferred is not None and evidence.with_inferred < HALF


def overall(asked: Mapping[str, OnEvidence]) -> OverallEvidence:
    """What the evidence settles of a text, from what it settles of the parties asked, by id."""
    unsettled = tuple(p for p, evidence in asked.items() if evidence.verdict == "not settled")
    inferred = tuple(p for p, evidence in asked.items() if refuses_by_inference(evidence))
    if refusing := tuple(p for p, evidence in asked.items() if evidence.verdict == "refuses"):
        return OverallEvidence(verdict="refused", parties=refusing, by_inference=inferred)
    if unsettled or not asked:
        return OverallEvidence(verdict="not settled", parties=unsettled, by_inference=inferred)
    return OverallEvidence(verdict="accepted", parties=tuple(asked))


def unsourced(settings: Settings) -> bool:
    """Whether nothing in the domain rests on a source, so that filler and evidence are no words for it."""
    return settings.sources == "none"


def unfilled(result: Result) -> bool:
    """Nothing is sourced, and nothing is said of any party, as in the files that ``sim new --negotiation`` writes."""
    return unsourced(result.settings) and all(p.silent for p in result.parties)


def settles_nothing(result: Result) -> bool:
    """Every issue is left open, so that the text is no deal itself."""
    return result.open is not None and len(result.open.issues) == sum(result.terms_by_basis.model_dump().values())


def own_share(party: PartyResult) -> float:
    """Acceptability; an alliance's own, since a member's refusal is the member's alone."""
    return (party.own or party).acceptability.estimate


def outcome(result: Result) -> tuple[Outcome, tuple[PartyResult, ...]]:
    """The verdict as modelled and the parties who make it so; nobody where there is no verdict."""
    asked, joint = result.asked, result.joint_acceptability
    if not asked or joint is None or settles_nothing(result):
        return "none", ()
    if refusing := tuple(p for p in asked if (p.own or p).verdict == "refuses"):
        return "refused", refusing
    if divided := tuple(p for p in asked if (p.own or p).verdict == "divided"):
        return "divided", divided
    if joint.low < HALF:
        return "singly", (min(asked, key=own_share),)
    return "with_filler" if depends_on_filler(result) else "accepted", asked


def depends_on_filler(result: Result) -> bool:
    """Whether the joint share crosses one half among the text's own filler and the others looked at."""
    if result.filler is None or result.joint_acceptability is None or unsourced(result.settings):
        return False
    own = result.joint_acceptability.estimate
    return min(own, result.filler.low) < HALF <= max(own, result.filler.high)


def mostly_filler(assumed: int, terms: int) -> bool:
    """Whether more than half of a text is filler, so that its verdict rests on that as much as on the sources."""
    return 2 * assumed > terms
