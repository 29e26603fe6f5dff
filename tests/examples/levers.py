"""Findings of levers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.analysis.levers import result as kinds
from sim.analysis.levers.english import EditNames, say
from sim.analysis.shared.findings import MostlyFiller
from sim.report.english import Names
from sim.results.records import Finding
from sim.results.result import EvidenceSettles, PartyEvidence, PartyShare, Unsourced

#: What the edits of the examples do, and the lines over which a party rejects the text in every draw.
_EDITS = {
    "us.land.importance=minor": "United States: importance of land major to minor",
    "red.land.red_lines=none": "Red: drop red line against 'ceded' (land)",
    "red.refuses.bases=none": "Red: drop refusal 'no bases'",
    "voters.refuses.bases.holds=0.45": "Voters: set the share of voters for refusal 'no bases' (45% to 63%) to 45%",
    "blue.land=unknown": "Blue: make the position on land unknown",
}
_VETOES = {
    "red": ("stated red line against 'ceded' (land)", "assumed refusal 'no bases'"),
    "us": ("stated red line against 'ceded' (land)", "stated red line against 'member' (status)", "refusal 'no bases'"),
}


def sentence(finding: Finding, names: Names) -> str:
    """With names for the edits of the examples."""
    return say(finding, EditNames(names.labels, names.parties, edits=_EDITS, vetoes=_VETOES))


def _move(after: float = 0.62, *, before: float = 0.14, **more: Any) -> kinds.Move:
    plain: dict[str, Any] = {"too_near": False, "verdict": None}
    return kinds.Move(before=before, after=after, **(plain | more))


def _brief(edit: str, kind: Any, basis: Any, joint: kinds.Move | None, line_basis: Any = None) -> kinds.EditInBrief:
    party = edit.partition(".")[0]
    return kinds.EditInBrief(party=party, edit=edit, kind=kind, basis=basis, line_basis=line_basis, joint=joint)


_TURNS = _move(verdict="accepted")
_MINOR = _brief("us.land.importance=minor", "importance", "stated", _TURNS)
_DROP = _brief("red.land.red_lines=none", "drop_line", "inferred", _TURNS)
_REFUSAL = _brief("red.refuses.bases=none", "drop_refusal", "assumed", _move(0.45, verdict="singly"))
_POLL = _brief("voters.refuses.bases.holds=0.45", "holds", "stated", _move(0.49, too_near=True))
_CELL = _brief("blue.land=unknown", "unknown", "inferred", _move(0.3), "stated")
_SILENT = _brief("blue.land=unknown", "unknown", "unknown", None)
_ALL = kinds.Tried(edits=120, party=None, issue=None)
_OF_US = kinds.Tried(edits=12, party="us", issue=None)
_ONE = kinds.Tried(edits=1, party="us", issue="land")
_PAIR = kinds.PairInBrief(edits=("us.land.importance=minor", "red.land.red_lines=none"), joint=_TURNS)
_EXAMPLES: list[Finding] = [
    kinds.NoVerdictToTurn(),
    EvidenceSettles(
        verdict="refused",
        parties=(PartyEvidence(party="us", necessary=0.0, possible=0.3, by_inference=False),),
        edited=False,
        no_deal_assumed=False,
    ),
    kinds.JointVerdict(share=0.14, verdict="refused", parties=("us", "red"), too_near=False),
    kinds.JointVerdict(share=0.4, verdict="divided", parties=("us",), too_near=False),
    kinds.JointVerdict(share=0.49, verdict="singly", parties=(), too_near=True),
    kinds.JointVerdict(share=0.8, verdict="accepted", parties=(), too_near=False),
    Unsourced(),
    MostlyFiller(assumed=4, terms=5),
    MostlyFiller(assumed=5, terms=5),
    kinds.NoEdits(party=None, issue=None),
    kinds.NoEdits(party="us", issue="land"),
    kinds.TurningEdits(tried=_ALL, turning=1, strongest=_MINOR, reaches_half=True, bases={"stated": 1}),
    kinds.TurningEdits(tried=_OF_US, turning=1, strongest=_REFUSAL, reaches_half=False, bases={"assumed": 1}),
    kinds.TurningEdits(
        tried=_ALL, turning=3, strongest=_DROP, reaches_half=False, bases={"stated": 1, "inferred": 1, "unknown": 1}
    ),
    kinds.TurningEdits(tried=_ALL, turning=2, strongest=_SILENT, reaches_half=True, bases={"unknown": 2}),
    kinds.BreakingEdits(tried=_ALL, breaking=1, furthest=(_POLL,), bases={"stated": 1}),
    kinds.BreakingEdits(tried=_ALL, breaking=4, furthest=(_MINOR, _CELL, _DROP), bases={"stated": 3, "edited": 1}),
    kinds.NoEditMoves(tried=_ALL, refusing=(), never_together=True),
    kinds.NoEditMoves(tried=_ONE, refusing=(), never_together=False),
    kinds.NoEditMoves(tried=_ALL, refusing=(kinds.RefusingParty(party="us", lines=1),), never_together=False),
    kinds.NoEditMoves(tried=_ALL, refusing=(kinds.RefusingParty(party="us", lines=3),), never_together=False),
    kinds.NoEditMoves(
        tried=_ALL,
        refusing=(kinds.RefusingParty(party="us", lines=1), kinds.RefusingParty(party="red", lines=2)),
        never_together=False,
    ),
    kinds.FurthestAlone(edit=_MINOR, upward=True, before=0.1, after=0.4),
    kinds.FurthestAlone(edit=_MINOR, upward=False, before=0.9, after=0.4),
    kinds.NoEditTurns(tried=_ALL, new_lines_apart=False, nearest=_POLL),
    kinds.NoEditTurns(tried=_ALL, new_lines_apart=True, nearest=None),
    kinds.FurthestBack(edit=_CELL, upward=True),
    kinds.FurthestBack(edit=_CELL, upward=False),
    kinds.LinesDropped(parties=("us", "red"), joint=_TURNS),
    kinds.LinesDropped(parties=("us",), joint=_move(0.3)),
    kinds.TurningPairs(pairs=1, furthest=_PAIR),
    kinds.TurningPairs(pairs=1234, furthest=_PAIR.model_copy(update={"joint": None})),
    kinds.NoPairTurns(needed=True, nearest=_PAIR),
    kinds.NoPairTurns(needed=False, nearest=_PAIR),
    kinds.NoPairTurns(needed=True, nearest=None),
    kinds.CrossingHalf(edits=120, crossing=3, too_near=0, verdict_differs=False),
    kinds.CrossingHalf(edits=120, crossing=3, too_near=2, verdict_differs=True),
    kinds.SeveralLines(party="red", lines=2),
    kinds.SeveralLines(party="us", lines=3),
    kinds.Ceilings(
        parties=(
            PartyShare(party="us", share=0.14),
            PartyShare(party="red", share=0.3),
            PartyShare(party="blue", share=0.14),
        )
    ),
    kinds.NewLines(edits=4, parties=("us", "red"), breaks=True),
    kinds.NewLines(edits=4, parties=("us",), breaks=False),
    kinds.PairsTried(across=12345, within=67, strongest=16),
    kinds.PairsCeiling(share=0.3),
    kinds.PairsLeft(),
    kinds.KindsTried(turning_issue=None),
    kinds.KindsTried(turning_issue="land"),
    kinds.CannotMatter(
        edits={
            "vetoes_anyway": 9,
            "consent_not_needed": 8,
            "line_not_met": 7,
            "no_term": 6,
            "no_weight": 5,
            "same_order": 4,
            "beliefs_idle": 3,
        }
    ),
    kinds.CannotBeMade(edits={"numeric": 3, "forbidden": 2, "nobody_asked": 1}),
    kinds.WeightRanges(parties=("us", "voters")),
    kinds.OnTopOf(edits=("us.land.importance=minor", "red.land.importance=none")),
    kinds.RunWithoutLines(edits=("us.red_lines=none", "us.refuses=none")),
    kinds.RunWithEdit(edit="us.land.importance=minor"),
    kinds.SameDraws(draws=200, seed=1, drawn=True, alliances=False),
    kinds.SameDraws(draws=200, seed=1, drawn=False, alliances=True),
]
EXAMPLES: Sequence[Finding] = tuple(_EXAMPLES)
