"""Comparisons as a page of tables, and as tidy rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from shlex import quote
from typing import NamedTuple

from sim.analysis.compare.english import names_of, say, signed
from sim.analysis.compare.findings import NO_GAIN, Heavier, every_rank, heavier, term_by_term
from sim.analysis.compare.fixed_scores import BaselineRow
from sim.analysis.compare.ranking import ENOUGH
from sim.analysis.compare.result import (
    Comparison,
    EditEffect,
    ProposalDifference,
    Ranking,
    Row,
    RowParty,
    Smaa,
)
from sim.engine.acceptability import Z95
from sim.report.english import draws_words
from sim.report.numbers import compact, per_cents, percent, points
from sim.report.page import Column, Detail, Page, Sheet
from sim.report.verdict import INFERRED, MARKS, NO_SOURCES, UNKNOWN, UNKNOWN_LEGEND, caveat, evidence_word, word
from sim.results.verdicts import unsourced
from sim.scenario.labels import Labels

#: Kinds of finding that stand above the tables.
LEAD = (
    "different_domains", "row_by_itself", "no_row_asks", "rows_on_evidence", "unsourced", "best_rows",
    "same_joint_share", "not_asked", "asked_differently", "rows_behind", "claim_on_filler", "joint_change",
    "party_change",
)  # fmt: skip
#: Of rows on which the evidence, or the want of any, leaves it to the model.
TONES = {"accepted": "good", "with_filler": "good", "divided": "open", "singly": "open"}
#: So many effects of edits stand on the first screen.
FIRST_EFFECTS = 2
#: Terms shown of a pair among several: those that matter most to anybody.
TERMS = 4


# --- the page -------------------------------------------------------------------------------------


def page(result: Comparison) -> Page:
    """The page: shares, verdicts, ranks, and where texts differ."""
    sheets = [_shares(result), _verdicts(result.rows)]
    if result.smaa is not None:
        sheets += _ranks(result, result.smaa)
    if result.baseline is not None:
        sheets.append(_fixed_scores(result, result.baseline))
    pairs = term_by_term(result)
    sheets += [_terms(result, pair, None if len(pairs) == 1 else TERMS) for pair in pairs if pair.terms]
    if result.differences and not pairs:
        sheets.append(_against_best(result))
    effects = [effect for effect in result.changes if effect.missing is None]
    sheets += [_changes(result, effect, detail=k >= FIRST_EFFECTS) for k, effect in enumerate(effects)]
    return Page(
        heading=_heading(result.rows),
        lead=" ".join(say(x, names_of(result)) for x in result.findings if x.kind in LEAD),
        sheets=tuple(sheets),
        notes=tuple(_notes(result)),
        caveat=caveat(row.settings for row in result.rows),
    )


def _heading(rows: Sequence[Row]) -> str:
    ids = {row.scenario.id for row in rows}
    if len(ids) == 1:
        return f"{rows[0].scenario.name}: {len(rows)} runs compared"
    return f"{len(ids)} proposals compared" + (f" in {len(rows)} rows" if len(rows) > len(ids) else "")


def _shares(result: Comparison) -> Sheet:
    """Every party's share, above what the evidence alone allows."""
    known = result.people
    days = len({r.scenario.as_of for r in result.rows}) > 1
    room = None if len(known) > 5 else 10
    columns = [Column("proposal", width=21), Column("joint", right=True, width=5)]
    columns += [Column(name.replace(" ", "\n"), width=room, folds=True) for name in known.values()]
    bare = all(unsourced(r.settings) for r in result.rows)
    if not bare:
        columns.append(Column("on the evidence", width=8, least=90))
    lines = []
    for row in result.rows:
        shares = {p.id: p for p in row.parties}
        day = f"\n{row.scenario.as_of}" if days else ""
        joint = "-" if row.joint is None else compact(row.joint)
        cells = [_share(shares[p], unsourced(row.settings)) if p in shares else "-" for p in known]
        verdict = NO_SOURCES if unsourced(row.settings) else evidence_word(row.on_evidence)
        lines.append((row.called + day, joint, *cells, *([] if bare else [verdict])))
    tones = {k: "faint" for k, row in enumerate(result.rows) if row.joint is None}
    over = "" if bare else ", over what the evidence alone allows"
    return Sheet(tuple(columns), tuple(lines), f"Shares of draws that accept{over}", tones)


def _share(p: RowParty, alone: bool) -> str:
    """A party's share over what the evidence allows, or ``alone``; above both that it is unknown, where it is."""
    share = "silent" if p.silent else compact(p.acceptability.estimate)
    share = share if p.consent_needed else f"({share})"
    if alone:
        return share
    if not p.silent and (mark := MARKS.get(word(p.verdict, p.on_evidence))):
        share = f"{mark}\n{share}"
    return f"{share}\n{_span(p.on_evidence.necessary, p.on_evidence.possible)}"


def _span(least: float, most: float) -> str:
    low, high = compact(least), compact(most)
    if low == ">99%" or high == "<1%":
        return low if low == ">99%" else high
    return low if low == high else f"{low.removesuffix('%')} to {high}"


def _verdicts(rows: Sequence[Row]) -> Sheet:
    columns = (
        Column("proposal", width=21),
        Column("verdict", width=23),
        Column("weakest", width=12),
        Column("sole blocker", width=12),
        Column("filler", width=10),
        Column("joint with\nother\nfiller", width=10),
    )
    lines = tuple((row.called, row.verdict.text, _weakest(row), _sole(row), *_filler(row)) for row in rows)
    return Sheet(columns, lines, "Who stands in the way", {k: _tone(row) for k, row in enumerate(rows)})


def _tone(row: Row) -> str:
    unknown = not unsourced(row.settings) and evidence_word(row.on_evidence) == UNKNOWN
    return "open" if row.joint is not None and unknown else TONES.get(row.verdict.word, "")


def _weakest(row: Row) -> str:
    """The party that accepts least often, with its share."""
    share = "" if row.weakest_share is None else f" {compact(row.weakest_share)}"
    return next((f"{p.name}{share}" for p in row.parties if p.id == row.weakest_party), "none")


def _filler(row: Row) -> tuple[str, str]:
    """How many terms are filler, and the joint share with other filler."""
    filler = row.filler
    if unsourced(row.settings):
        return "-", "-"
    other = "-" if filler.low is None or filler.high is None else _span(filler.low, filler.high)
    return f"{filler.assumed_terms} of {filler.terms}", other


def _sole(row: Row) -> str:
    """The party that alone blocks most often, with the share of draws."""
    share, name = max(((p.sole_blocker, p.name) for p in row.parties if p.sole_blocker), default=(0.0, ""))
    return f"{name} {compact(share)}" if share else "none"


def _fixed_scores(result: Comparison, baseline: Sequence[BaselineRow]) -> Sheet:
    """What fixed scores say of each row, mean over verdict."""
    known = result.people
    columns = [Column("proposal", width=21), Column("terms", right=True)]
    columns += [Column(name.replace(" ", "\n"), width=10, folds=True) for name in known.values()]
    lines = tuple(
        (result.called[x.row], "-" if x.terms is None else str(x.terms), *(_fixed_score(x, p) for p in known))
        for x in baseline
    )
    return Sheet(tuple(columns), lines, "For comparison: means of fixed scores, from 0 to 4 a term")


def _fixed_score(row: BaselineRow, party: str) -> str:
    score = row.party(party)
    return "-" if score is None or score.mean is None else f"{score.mean:.1f}\n{score.verdict}"


# --- ranks ----------------------------------------------------------------------------------------


def _ranks(result: Comparison, smaa: Smaa) -> Iterator[Sheet]:
    rankings, called = smaa.rankings, result.called
    if not every_rank(result):
        yield _first_places(rankings, called)
        return
    columns = [Column("ranked by", width=16), Column("proposal", width=22)]
    columns += [Column(_ordinal(k), right=True) for k in range(1, len(result.rows) + 1)]
    columns += [Column("confi-\ndence", right=True), Column("better than", width=30)]
    lines = [
        (
            ranking.name if number == 0 else "",
            called[ranked.proposal],
            *(compact(x) for x in ranked.ranks),
            "-" if ranked.confidence is None else compact(ranked.confidence),
            ", ".join(f"{called[other]} {compact(x)}" for other, x in ranked.wins_over.items()),
        )
        for ranking in rankings
        for number, ranked in enumerate(ranking.proposals)
    ]
    yield Sheet(tuple(columns), tuple(lines), "Ranks by gain alone: shares of draws", detail=True)
    if weighed := [(ranking.name, *x) for ranking in smaa.parties for x in heavier(ranking)]:
        columns = [Column("party", width=16), Column("proposal", width=22), Column("first", right=True)]
        title = "What weighs more with a party in the draws that put a proposal first (mean weight, against all draws)"
        lines = [
            (who, called[x.proposal], compact(x.ranks[0]), _weights(issues, result.labels))
            for who, x, issues in weighed
        ]
        yield Sheet((*columns, Column("weighs more")), tuple(lines), title, detail=True)


def _weights(issues: Sequence[Heavier], labels: Labels) -> str:
    return ", ".join(f"{labels.issue(x.issue)} {percent(x.weight)} ({percent(x.mean)})" for x in issues)


def _ordinal(number: int) -> str:
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number, 'th') }"


def _first_places(rankings: Sequence[Ranking], called: Mapping[str, str]) -> Sheet:
    columns = [Column("proposal", width=22), *_numbers(r.name for r in rankings)]
    lines = [
        (called[ranked[0].proposal], *(compact(r.ranks[0]) for r in ranked))
        for ranked in zip(*(r.proposals for r in rankings), strict=True)
    ]
    return Sheet(tuple(columns), tuple(lines), "Ranked first by gain alone: shares of draws", detail=True)


def _numbers(names: Iterable[str]) -> list[Column]:
    """Columns of figures, a party each."""
    return [Column(name.replace(" ", "\n"), right=True, folds=True) for name in names]


# --- differences and changes --------------------------------------------------------------------------


def _terms(result: Comparison, pair: ProposalDifference, most: int | None) -> Sheet:
    """The terms that differ, or the ``most`` that matter most to any party, in the order of the issues."""
    weight = {t.issue: max((abs(x.difference) for x in t.parties), default=0.0) for t in pair.terms}
    heaviest = sorted(weight, key=lambda issue: -weight[issue])[:most]
    rest = [t for t in pair.terms if t.issue not in heaviest]
    called, labels = result.called, result.labels
    columns = [Column("issue", width=17), Column(f"in {called[pair.a]},\nin {called[pair.b]}", width=34)]
    lines: list[tuple[str, ...]] = []

    def line(name: str, options: str, gains: Iterable[float]) -> None:
        lines.append((name, options, *(signed(x, 2) for x in gains)))

    for term in pair.terms:
        if term.issue in heaviest:
            one = _option(labels, term.issue, term.in_a, [t.seen_in_a for t in term.parties])
            other = _option(labels, term.issue, term.in_b, [t.seen_in_b for t in term.parties])
            line(labels.issue(term.issue), f"{one}\n{other}", (t.difference for t in term.parties))
    if rest:
        sums = (sum(t.difference for term in rest for t in term.parties if t.party == p.party) for p in pair.parties)
        line(f"{len(rest)} more", f"--between {_both(pair)}", sums)
    if any(abs(p.from_other_terms) >= NO_GAIN for p in pair.parties):
        own = {x.party for row in result.rows for x in row.settings.rules if x.kind == "utility"}
        moved = [p for p in pair.parties if abs(p.from_other_terms) >= NO_GAIN]
        why = "as issues bear on each other" if all(p.party in own for p in moved) else "on other draws"
        why = "by other positions" if any(p.positions_differ for p in pair.parties) else why
        line("other terms", f"the same, {why}", (p.from_other_terms for p in pair.parties))
    if any(abs(p.from_costs) >= NO_GAIN for p in pair.parties):
        line("cost of no deal", "", (p.from_costs for p in pair.parties))
    line("in all", "", (p.difference for p in pair.parties))
    title = f"Mean gain from the terms that differ: {called[pair.a]} minus {called[pair.b]}"
    columns += _numbers(p.name for p in pair.parties)
    return Sheet(tuple(columns), tuple(lines), title, detail=True)


def _option(labels: Labels, issue: str, written: str | None, seen: Sequence[str | None]) -> str:
    """A term as written, and as seen where effects make something else of it."""
    if written is None:
        return "left open"
    others = sorted({s for s in seen if s is not None and s != written})
    some = "by some " if any(s == written for s in seen) else ""
    return labels.option(issue, written) + "".join(f" seen {some}as {labels.option(issue, s)}" for s in others)


def _end(share: float) -> str:
    """An end of an interval in points, to a tenth or finer; never 0 for what is not."""
    tenths = signed(100 * share, 1)
    return points(share) if tenths == "0" else tenths


def _against_best(result: Comparison) -> Sheet:
    columns = (
        Column("against", width=22),
        Column("terms that\ndiffer", right=True),
        Column("whose verdict as modelled changes (there)", width=60),
    )
    lines, there = [], {"divided": "is divided"}
    for pair in result.differences:
        turned = [f"{p.name} {there.get(p.verdict_in_b, p.verdict_in_b)}" for p in pair.parties if p.why is not None]
        lines.append((result.called[pair.b], str(len(pair.terms)), ", ".join(turned) or "nobody's"))
    title = f"{result.called[result.differences[0].a]} against each other proposal"
    return Sheet(columns, tuple(lines), title, detail=True)


def _changes(result: Comparison, effect: EditEffect, detail: bool) -> Sheet:
    columns = (Column("", width=20), *(Column(x, right=True) for x in ("before", "after", "change", "95% interval")))
    lines = [
        (
            who,
            f"{per_cents(share.before, 1)}%",
            f"{per_cents(share.after, 1)}%",
            signed(100 * change.estimate, 1),
            f"[{_end(change.low)}, {_end(change.high)}]",
        )
        for who, share in (("all together", effect.joint), *((p.name, p) for p in effect.parties))
        if (change := share.change) is not None and share.before is not None and share.after is not None
    ]
    one, other = result.called[effect.before], result.called[effect.after]
    title = f"From {one} to {other}: change in percentage points, on the same draws"
    return Sheet(columns, tuple(lines), title, detail=detail)


# --- notes ------------------------------------------------------------------------------------------


def _notes(result: Comparison) -> Iterator[str]:
    """The sentences of findings, among what says how to read the tables and what else could be asked.

    The first screen has what makes rows unequal, how to read its tables, and what was asked for and is not there.
    """
    names = names_of(result)

    def of(*kinds: str) -> Iterator[str]:
        return (say(finding, names) for kind in kinds for finding in result.findings if finding.kind == kind)

    yield from (f"Warning: {x}" for x in of("different_days", "different_settings", "talks_not_compared"))
    yield from _legends(result.rows)
    yield from of("asked_by_some", "consent_not_modelled")
    yield from of("baseline_parts")
    missing = [x for x in result.baseline or () if x.missing is not None]
    yield from (f"No fixed scores of {names.rows[x.row]}: {x.missing}." for x in missing)
    yield from map(Detail, of("filled_rows"))
    yield from map(Detail, of("verdict_turns", "valued_otherwise", "no_difference"))
    yield from _further_pairs(result)
    yield from map(Detail, of("issues_of_one"))
    if result.smaa is not None:
        yield from map(Detail, _rank_notes(result.smaa, every_rank(result), of("weights_hardly_matter")))
    else:
        yield Detail(f"No ranks on common draws: {result.smaa_missing}.")
    for effect in result.changes:
        if effect.missing is not None:
            pair = f"from {names.rows[effect.before]} to {names.rows[effect.after]}"
            yield f"No paired changes {pair}: {effect.missing}."
    draws = {draws_words(row.settings) for row in result.rows}
    yield draws.pop() if len(draws) == 1 else "Draws or seeds differ between rows; intervals are sampling error only."


def _legends(rows: Sequence[Row]) -> Iterator[str]:
    """What marks in the first table mean, of those that are there."""
    words = {word(p.verdict, p.on_evidence) for r in rows if not unsourced(r.settings) for p in r.parties}
    if "refuses, inferred" in words:
        yield INFERRED
    if UNKNOWN in words:
        below = "The share below is what the assumptions make of it; below that stands what the evidence allows."
        yield f"{UNKNOWN_LEGEND}. {below}"
    if any(not p.consent_needed for row in rows for p in row.parties):
        yield "In brackets: consent not needed for that text."


def _further_pairs(result: Comparison) -> Iterator[str]:
    """Which pairs are not shown term by term, and how to ask for them."""
    pairs = term_by_term(result)
    others = [pair for pair in result.differences if pair not in pairs]
    if pairs and others:
        yield Detail(f"Any other two, term by term: --between {_both(others[0])}, for instance.")
    elif others:
        yield f"Why two of them part, term by term: --between {_both(others[0])}."


def _both(pair: ProposalDifference) -> str:
    return quote(f"{pair.a},{pair.b}")


def _rank_notes(smaa: Smaa, every: bool, hardly_matter: Iterator[str]) -> Iterator[str]:
    yield (
        "Ranks go by gains alone: red lines and refusals do not count there, so a proposal may rank first and still be "
        "refused. All together rank by the smallest gain among the parties that a text needs."
    )
    if every:
        yield (
            "Confidence: share of draws in which a proposal is first with weights held at their mean over the draws "
            f"that put it first. It carries their sampling error too; - where these are fewer than {ENOUGH}."
        )
    yield from hardly_matter
    most = 100 * Z95 * 0.5 / math.sqrt(smaa.draws)
    yield f"Shares of ranks carry a sampling error of at most {most:.1f} percentage points."
    if smaa.jointly_missing is not None:
        yield f"No joint ranks: {smaa.jointly_missing}."


# --- tidy rows ------------------------------------------------------------------------------------


class Figure(NamedTuple):
    """``table`` says which part of the comparison it belongs to; ``row`` and ``other`` are names of rows."""

    table: str
    row: str
    other: str = ""
    party: str = ""
    issue: str = ""
    measure: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None


HEADER = Figure._fields


def rows(result: Comparison) -> Iterator[Figure]:
    """The rows of CSV, a figure each."""
    for row in result.rows:
        yield from _row_figures(row)
    for x in result.baseline or ():
        yield from (Figure("baseline", x.row, "", p.party, "", "fixed_score", p.mean) for p in x.parties)
    for ranking in () if result.smaa is None else result.smaa.rankings:
        yield from _rank_figures(ranking)
    for pair in result.differences:
        yield from _difference_figures(pair)
    for effect in result.changes:
        for who, share in (("", effect.joint), *((p.party, p) for p in effect.parties)):
            if share.change is not None:
                yield Figure("changes", effect.after, effect.before, who, "", "change", *share.change.figures)


def _row_figures(row: Row) -> Iterator[Figure]:
    def of(measure: str, *figures: float | None, party: str = "") -> Figure:
        return Figure("rows", row.name, "", party, "", measure, *figures)

    if row.joint_acceptability is not None:
        yield of("joint_acceptability", *row.joint_acceptability.figures)
    if row.filler.low is not None:
        yield of("filler", None, row.filler.low, row.filler.high)
    yield of("terms.assumed", row.filler.assumed_terms)
    yield of("terms", row.filler.terms)
    for p in row.parties:
        yield of("consent_needed", float(p.consent_needed), party=p.id)
        yield of("acceptability", *p.acceptability.figures, party=p.id)
        if p.own is not None:
            yield of("own_acceptability", *p.own.figures, party=p.id)
        yield of("on_evidence", None, p.on_evidence.necessary, p.on_evidence.possible, party=p.id)
        if p.sole_blocker is not None:
            yield of("sole_blocker", p.sole_blocker, party=p.id)


def _rank_figures(ranking: Ranking) -> Iterator[Figure]:
    by = ranking.party or ""
    for ranked in ranking.proposals:
        for place, share in enumerate(ranked.ranks, 1):
            yield Figure("smaa", ranked.proposal, "", by, "", f"rank.{place}", share)
        for other, share in ranked.wins_over.items():
            yield Figure("smaa", ranked.proposal, other, by, "", "wins_over", share)
        yield Figure("smaa", ranked.proposal, "", by, "", "draws_first", ranked.first)
        if ranked.confidence is not None:
            yield Figure("smaa", ranked.proposal, "", by, "", "confidence", ranked.confidence)
        measure = "central_weight" if by else "central_weight.jointly"
        for party, weights in (ranked.central_weights or {}).items():
            for issue, weight in weights.items():
                yield Figure("smaa", ranked.proposal, "", party, issue, measure, weight)


def _difference_figures(pair: ProposalDifference) -> Iterator[Figure]:
    for term in pair.terms:
        for x in term.parties:
            yield Figure("differences", pair.a, pair.b, x.party, term.issue, "mean_gain", x.difference)
    for p in pair.parties:
        for part, value in (
            ("differing_terms", p.from_differing_terms),
            ("other_terms", p.from_other_terms),
            ("costs", p.from_costs),
            ("all", p.difference),
        ):
            yield Figure("differences", pair.a, pair.b, p.party, "", f"mean_gain.{part}", value)
