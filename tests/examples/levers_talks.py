"""Findings of levers of talks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.analysis.levers import result as levers
from sim.analysis.levers import talks_result as kinds
from sim.analysis.levers.talks_english import TalksNames, say
from sim.analysis.shared.findings import ConsentLeftOut, MostlyFiller, TalksConduct
from sim.report.english import Names
from sim.results.records import Finding
from sim.results.result import Unsourced
from sim.results.talks import TalksHeld

_EDITS = {
    "us.land.importance=minor": "United States: importance of land major to minor",
    "red.land.red_lines=[ceded]": "Red: new red line against 'ceded' (land)",
    "blue.land=unknown": "Blue: make the position on land unknown",
}
_COMMAND = "sim run deal.yaml --protocol alternating_offers --draws 200"
_HELD = TalksHeld.model_construct(protocol="alternating_offers")


def sentence(finding: Finding, names: Names) -> str:
    """With names for the edits of the examples."""
    return say(finding, TalksNames(names.labels, names.parties, edits=_EDITS, vetoes={}, talks=_HELD, command=_COMMAND))


def _shift(edit: str, kind: Any, basis: Any, before: float, after: float, line_basis: Any = None) -> kinds.TalksShift:
    party = edit.partition(".")[0]
    brief = levers.EditInBrief(party=party, edit=edit, kind=kind, basis=basis, line_basis=line_basis, joint=None)
    return kinds.TalksShift(edit=brief, before=before, after=after)


_UP = _shift("us.land.importance=minor", "importance", "stated", 0.19, 0.24)
_DOWN = _shift("red.land.red_lines=[ceded]", "add_line", "inferred", 0.19, 0.004)
_CELL = _shift("blue.land=unknown", "unknown", "inferred", 0.74, 0.45, "stated")
_ALL = levers.Tried(edits=120, party=None, issue=None)
_ONE = levers.Tried(edits=1, party="us", issue="land")
_EXAMPLES: list[Finding] = [
    kinds.TalksBase(protocol="alternating_offers", agreed=0.19, ratification_failed=0.74),
    kinds.TalksBase(protocol="alternating_offers", agreed=0.75, ratification_failed=0.0),
    kinds.TalksBase(protocol="alternating_offers", agreed=0.0, ratification_failed=0.0),
    Unsourced(),
    MostlyFiller(assumed=9, terms=12),
    levers.NoEdits(party="us", issue="land"),
    kinds.TalksMoves(tried=_ALL, moving=14, by_chance=6, up=_UP, down=_DOWN),
    kinds.TalksMoves(tried=_ONE, moving=1, up=None, down=_DOWN),
    kinds.TalksMoves(tried=_ALL, moving=0, by_chance=6, up=None, down=None),
    kinds.TalksLinesAdded(tried=11, moving=4, furthest=_DOWN),
    kinds.TalksLinesAdded(tried=1, moving=1, furthest=_DOWN),
    kinds.TalksRatification(furthest=_CELL),
    kinds.TalksLinesDropped(parties=("red", "us"), before=0.19, after=0.6),
    kinds.TalksObstacle(party="voters", share=0.74, others={}),
    kinds.TalksObstacle(party="red", share=0.74, others={"us": 12, "blue": 1}),
    TalksConduct(protocol="alternating_offers", proposers=("red", "blue"), rounds=20),
    kinds.TalksKinds(turning_issue=None),
    kinds.TalksKinds(turning_issue="land"),
    levers.CannotMatter(edits={"same_order": 4, "no_weight": 1}),
    levers.CannotBeMade(edits={"numeric": 3}),
    levers.WeightRanges(parties=("us",)),
    levers.OnTopOf(edits=("us.land.importance=minor",)),
    ConsentLeftOut(actors=("turkey",)),
    levers.RunWithEdit(edit="us.land.importance=minor"),
    levers.SameDraws(draws=200, seed=1, drawn=True, alliances=False),
]
EXAMPLES: Sequence[Finding] = tuple(_EXAMPLES)
