"""Findings of a comparison."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sim.analysis.compare import result as kinds
from sim.analysis.compare.english import RowNames, say
from sim.report.english import Names
from sim.results.records import Finding
from sim.results.result import Unsourced


def _asked(party: str, *rows: str) -> kinds.AskedBy:
    return kinds.AskedBy(party=party, rows=rows)


def _verdict(row: str, verdict: Any, share: float, needed: bool = True) -> kinds.TextVerdict:
    return kinds.TextVerdict(row=row, verdict=verdict, share=share, consent_needed=needed)


def _turns(
    *lines: kinds.LineShare,
    losses: tuple[kinds.TermLoss, ...] = (),
    revalued: tuple[kinds.IssueGap, ...] = (),
    gains_suffice: bool = False,
    needed: bool = True,
) -> kinds.VerdictTurns:
    return kinds.VerdictTurns(
        party="us",
        better=_verdict("freeze", "accepts", 0.7),
        worse=_verdict("treaty", "divided" if lines else "refuses", 0.3, needed),
        lines=lines,
        losses=losses,
        revalued=revalued,
        gains_suffice=gains_suffice,
    )


def _refusal(name: str, share: float) -> kinds.LineShare:
    return kinds.LineShare(kind="refusal", issue=None, option=None, refusal=name, basis="inferred", share=share)


_RED_LINE = kinds.LineShare(kind="red_line", issue="land", option="ceded", refusal=None, basis="stated", share=1)
_LOSS = kinds.TermLoss(
    issue="guarantee",
    in_better="armed",
    seen_in_better=None,
    in_worse="armed",
    seen_in_worse="consult",
    difference=0.12,
)
_OPENED = kinds.TermLoss(
    issue="status", in_better="neutral", seen_in_better=None, in_worse=None, seen_in_worse=None, difference=0.05
)
_GAP = kinds.IssueGap(issue="fighting", difference=0.031)
_EXAMPLES: list[Finding] = [
    kinds.DifferentDomains(domains=("One war", "Another")),
    kinds.RowByItself(row="freeze", joint=0.4),
    kinds.RowByItself(row="treaty", joint=None),
    kinds.NoRowAsks(),
    kinds.RowsOnEvidence(
        accepted=("freeze",), refused=("treaty",), refused_by_inference=("plan",), unknown=("draft",), edited=False
    ),
    kinds.RowsOnEvidence(
        accepted=(),
        refused=(),
        refused_by_inference=(),
        unknown=("freeze", "treaty", "plan", "draft"),
        edited=True,
    ),
    Unsourced(),
    kinds.BestRows(best=("freeze",), joint=0.62, accepted=2, rows=4),
    kinds.BestRows(best=("freeze",), joint=0.3, accepted=0, rows=4),
    kinds.BestRows(best=("freeze", "treaty"), joint=0.62, accepted=2, rows=2),
    kinds.BestRows(best=("freeze", "treaty"), joint=0.2, accepted=0, rows=2),
    kinds.BestRows(best=("freeze",), joint=0.9, accepted=3, rows=3),
    kinds.SameJointShare(best="freeze", refusing=1, others=("treaty",), refusing_others=(2,)),
    kinds.SameJointShare(best="freeze", refusing=0, others=("treaty", "plan"), refusing_others=(2, 1)),
    kinds.SameJointShare(best="freeze", refusing=1, others=("treaty",), refusing_others=(1,)),
    kinds.SameJointShare(best="freeze", refusing=1, others=("treaty", "plan"), refusing_others=(1, 2)),
    kinds.NotAsked(
        best=("freeze",), level=False, parties=(_asked("voters", "treaty"), _asked("us", "plan", "draft")), fewer=True
    ),
    kinds.NotAsked(best=("freeze",), level=True, parties=(_asked("us", "treaty"),), fewer=False),
    kinds.NotAsked(best=("freeze", "treaty"), level=False, parties=(_asked("us", "plan"),), fewer=True),
    kinds.AskedDifferently(best=("freeze", "treaty")),
    kinds.RowsBehind(
        best=("freeze",),
        rows=(kinds.RowShare(row="treaty", joint=0.4), kinds.RowShare(row="plan", joint=0.002)),
    ),
    kinds.RowsBehind(best=("freeze", "treaty"), rows=(kinds.RowShare(row="plan", joint=0.1),)),
    kinds.ClaimOnFiller(rows=("freeze", "draft"), assumed=3, terms=4, sourced=True),
    kinds.ClaimOnFiller(rows=("freeze",), assumed=4, terms=4, sourced=True),
    kinds.ClaimOnFiller(rows=("freeze",), assumed=0, terms=0, sourced=False),
    kinds.JointChange(before="freeze", after="treaty", change=-0.123, effects=2),
    kinds.JointChange(before="freeze", after="treaty", change=0.05, effects=1),
    kinds.JointChange(before="freeze", after="treaty", change=0, effects=2),
    kinds.LargestPartyChange(party="us", before="freeze", after="treaty", share_before=0.4, share_after=0.9),
    kinds.DifferentDays(days=(dt.date(2022, 3, 29), dt.date(2025, 2, 24))),
    kinds.DifferentDays(days=tuple(dt.date(2022, month, 1) for month in (1, 2, 3, 4))),
    kinds.DifferentSettings(setting="draws", values=("10000", "200")),
    kinds.DifferentSettings(setting="seed", values=("1", "4")),
    kinds.DifferentSettings(setting="evidence", values=("all", "articles")),
    kinds.DifferentSettings(setting="no_deal", values=("2022", "2025")),
    kinds.TalksNotCompared(rows=("treaty",)),
    kinds.TalksNotCompared(rows=("freeze", "treaty", "plan", "draft")),
    kinds.AskedBySome(parties=(_asked("us", "treaty"), _asked("voters", "freeze", "treaty", "plan"))),
    kinds.FilledRows(rows=("freeze", "draft")),
    kinds.FilledRows(rows=("freeze", "treaty", "plan", "draft")),
    kinds.ConsentNotModelled(actors={"freeze": 2, "treaty": 1}),
    kinds.ConsentNotModelled(actors=dict.fromkeys(("freeze", "treaty", "plan", "draft"), 2)),
    kinds.ConsentNotModelled(actors={"freeze": 2, "treaty": 1, "plan": 1, "draft": 4}),
    _turns(),
    _turns(losses=(_LOSS, _OPENED), revalued=(_GAP,), needed=False),
    _turns(_RED_LINE, _refusal("no_bases", 0.4), _refusal("no_land", 1), gains_suffice=True),
    _turns(_RED_LINE),
    _turns(_RED_LINE, losses=(_LOSS,), revalued=(_GAP,)),
    kinds.ValuedOtherwise(
        a="freeze",
        b="treaty",
        parties=(kinds.PartyGaps(party="us", issues=(_GAP, kinds.IssueGap(issue="land", difference=-0.2))),),
    ),
    kinds.NoDifference(parties=("us", "voters")),
    kinds.IssuesOfOne(row="treaty", issues=("land", "status")),
    kinds.WeightsHardlyMatter(),
    kinds.BaselineParts(cells=10, accepts=(), refuses=()),
    kinds.BaselineParts(
        cells=1,
        accepts=(kinds.BaselineAgainst(row="treaty", party="us", mean=2.75, share=0.1),),
        refuses=(),
    ),
    kinds.BaselineParts(
        cells=8,
        accepts=(
            kinds.BaselineAgainst(row="treaty", party="us", mean=2.75, share=0.1),
            kinds.BaselineAgainst(row="plan", party="voters", mean=2.5, share=0),
        ),
        refuses=(kinds.BaselineAgainst(row="freeze", party="us", mean=1, share=0.875),),
    ),
]
EXAMPLES: Sequence[Finding] = tuple(_EXAMPLES)
_ROWS = {"freeze": "Freeze", "treaty": "Treaty", "plan": "Plan, revised", "draft": "Draft (a dovish us)"}


def sentence(finding: Finding, names: Names) -> str:
    """What says an example, with names of rows."""
    verdicts = {"freeze": "unknown: United States", "treaty": "no verdict"}
    return say(finding, RowNames(names.labels, names.parties, _ROWS, _ROWS | {"draft": "Draft"}, verdicts))
