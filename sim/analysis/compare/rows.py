"""Comparisons as tidy rows."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.compare.compare import Comparison, Row
from sim.analysis.compare.differences import Difference
from sim.analysis.compare.ranking import Ranking

#: ``table`` says which part of the comparison a figure belongs to; ``row`` and ``other`` are names of rows.
HEADER = ("table", "row", "other", "party", "issue", "measure", "value", "low", "high")
Cells = tuple[str, str, str, str, str, str, float | None, float | None, float | None]


def rows(result: Comparison) -> Iterator[Cells]:
    for row in result.rows:
        yield from _row_figures(row)
    if result.smaa is not None:
        for ranking in result.smaa.rankings:
            yield from _rank_figures(ranking)
    for pair in result.differences:
        yield from _difference_figures(pair)
    for change in result.changes:
        for who, share in (("", change.joint), *((p.party, p) for p in change.parties)):
            if (found := share.change) is not None:
                yield _figure(
                    "changes", change.after, "change", found.estimate, found.low, found.high, change.before, who
                )


def _figure(
    table: str,
    row: str,
    measure: str,
    value: float | None,
    low: float | None = None,
    high: float | None = None,
    other: str = "",
    party: str = "",
    issue: str = "",
) -> Cells:
    return table, row, other, party, issue, measure, value, low, high


def _row_figures(row: Row) -> Iterator[Cells]:
    joint = row.joint_acceptability
    if joint is not None:
        yield _figure("rows", row.name, "joint_acceptability", joint.estimate, joint.low, joint.high)
    if row.filler.low is not None:
        yield _figure("rows", row.name, "filler", None, row.filler.low, row.filler.high)
    yield _figure("rows", row.name, "terms.assumed", row.filler.assumed_terms)
    yield _figure("rows", row.name, "terms", row.filler.terms)
    for p in row.parties:
        share, evidence = p.acceptability, p.on_evidence
        yield _figure("rows", row.name, "consent_needed", float(p.consent_needed), party=p.id)
        yield _figure("rows", row.name, "acceptability", share.estimate, share.low, share.high, party=p.id)
        if p.own is not None:
            yield _figure("rows", row.name, "own_acceptability", p.own.estimate, p.own.low, p.own.high, party=p.id)
        yield _figure("rows", row.name, "on_evidence", None, evidence.necessary, evidence.possible, party=p.id)
        if p.sole_blocker is not None:
            yield _figure("rows", row.name, "sole_blocker", p.sole_blocker, party=p.id)


def _rank_figures(ranking: Ranking) -> Iterator[Cells]:
    by = ranking.party or ""
    for ranked in ranking.proposals:
        for place, share in enumerate(ranked.ranks, 1):
            yield _figure("smaa", ranked.proposal, f"rank.{place}", share, party=by)
        for other, share in ranked.wins_over.items():
            yield _figure("smaa", ranked.proposal, "wins_over", share, other=other, party=by)
        yield _figure("smaa", ranked.proposal, "draws_first", ranked.first, party=by)
        if ranked.confidence is not None:
            yield _figure("smaa", ranked.proposal, "confidence", ranked.confidence, party=by)
        for party, weights in (ranked.central_weights or {}).items():
            measure = "central_weight" if by else "central_weight.jointly"
            for issue, weight in weights.items():
                yield _figure("smaa", ranked.proposal, measure, weight, party=party, issue=issue)


def _difference_figures(pair: Difference) -> Iterator[Cells]:
    for term in pair.terms:
        for seen in term.parties:
            yield _figure(
                "differences",
                pair.a,
                "mean_gain",
                seen.difference,
                other=pair.b,
                party=seen.party,
                issue=term.issue,
            )
    for p in pair.parties:
        for measure, value in (
            ("mean_gain.differing_terms", p.from_differing_terms),
            ("mean_gain.other_terms", p.from_other_terms),
            ("mean_gain.costs", p.from_costs),
            ("mean_gain.all", p.difference),
        ):
            yield _figure("differences", pair.a, measure, value, other=pair.b, party=p.party)
