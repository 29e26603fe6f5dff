"""Comparisons as a page of tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from shlex import quote

from sim.acceptability import Z95
from sim.analysis.changes import Change
from sim.analysis.compare import EVERY_PAIR, Comparison, PartyShare, Row
from sim.analysis.differences import Difference
from sim.analysis.smaa import Ranking, Smaa
from sim.sheets import Column, Page, Sheet
from sim.verdict import CAVEAT, NOTABLE, compact, listed, percent
from sim.views.comparison_rows import HEADER, rows

__all__ = ["HEADER", "page", "rows"]

#: Up to this many proposals every rank is shown, beyond it the first one alone.
ALL_RANKS = 4
#: A mean weight this far above the party's own is worth a line.
HEAVIER = 0.01
_ALL = "all together"


# --- the page -------------------------------------------------------------------------------------


def page(result: Comparison) -> Page:
    sheets = [_shares(result.rows), _verdicts(result.rows)]
    if result.smaa is not None:
        sheets += _ranks(result.smaa)
    if len(result.rows) <= EVERY_PAIR or len(result.differences) == 1:
        sheets += [_terms(pair) for pair in result.differences if pair.terms]
    else:
        sheets.append(_against_best(result.differences))
    sheets += [_changes(change) for change in result.changes if change.missing is None]
    return Page(
        heading=_heading(result.rows),
        lead=" ".join([*_lead(result.rows), *_turns(result.changes)]),
        sheets=tuple(sheets),
        notes=tuple(_notes(result)),
        caveat=CAVEAT,
    )


def _heading(found: Sequence[Row]) -> str:
    ids = list(dict.fromkeys(row.scenario.id for row in found))
    if len(ids) == 1:
        return f"{ids[0]}: {len(found)} runs compared"
    return f"{len(ids)} proposals compared" + (f" in {len(found)} rows" if len(found) > len(ids) else "")


def _lead(found: Sequence[Row]) -> Iterator[str]:
    """How many are accepted, which is nearest, what the evidence alone settles."""
    accepted = [r for r in found if r.verdict.word in ("accepted", "with_filler")]
    best = found[0]
    if best.joint_acceptability is None:
        yield "No party with positions has to consent to any of them, so there is no verdict."
        return
    share = percent(best.joint_acceptability.estimate)
    if accepted:
        yield f"As modelled, {_of(accepted, found)} accepted; {best.name} does best:"
    else:
        yield f"As modelled, {_of(accepted, found)} accepted; {best.name} comes nearest:"
    yield f"all whose consent it needs accept together in {share} of draws ({best.verdict.text})."
    if best.filler.more_than_half:
        ours = best.filler
        yield f"But {ours.assumed_terms} of its {ours.terms} terms are our own filler, not in the sources."
    others = [r for r in found[1:] if r.joint_acceptability is not None]
    told = [f"{r.name} ({percent(x)})" for r in others if (x := _joint(r))]
    if told:
        more = f" and {len(told) - EVERY_PAIR} more" if len(told) > EVERY_PAIR else ""
        yield f"Behind it: {listed(told[:EVERY_PAIR]) if not more else ', '.join(told[:EVERY_PAIR])}{more}."
    if nowhere := [r.name for r in others if _joint(r) == 0]:
        who = listed(nowhere, "or") if len(nowhere) <= EVERY_PAIR else f"the {len(nowhere)} others"
        yield (
            f"In no draw do all accept {who}."
            if len(nowhere) <= EVERY_PAIR
            else f"In no draw do all accept any of {who}."
        )
    parts = []
    for word in ("accepted", "refused", "not settled"):
        names = [r.name for r in found if r.on_evidence.verdict == word]
        if len(names) == len(found):
            parts.append("none of them is settled" if word == "not settled" else f"all are {word}")
        elif names:
            who = listed(names) if len(names) <= EVERY_PAIR else f"{len(names)} of them"
            parts.append(f"{who} {'is' if len(names) == 1 else 'are'} {word}")
    edits = " and the edits" if any(r.settings.edits for r in found) else ""
    yield f"On the evidence{edits} alone, {listed(parts)}."


def _turns(found: Sequence[Change]) -> Iterator[str]:
    """What edits do to the joint figure."""
    for change in found[:EVERY_PAIR]:
        if (share := change.joint.change) is not None:
            points = f"{100 * abs(share.estimate):.1f} points"
            turn = f"{'rises' if share.estimate > 0 else 'falls'} by {points}" if share.estimate else "stays as it is"
            yield f"From {change.before} to {change.after} the share of draws in which all accept {turn}."


def _joint(row: Row) -> float | None:
    return None if row.joint_acceptability is None else row.joint_acceptability.estimate


def _of(some: Sequence[Row], every: Sequence[Row]) -> str:
    if not some:
        return "neither is" if len(every) == 2 else f"none of the {len(every)} is"
    if len(some) == len(every):
        return "each is" if len(every) > 2 else "both are"
    return f"{len(some)} of {len(every)} {'is' if len(some) == 1 else 'are'}"


def _shares(found: Sequence[Row]) -> Sheet:
    """Every party's share, above what the evidence alone allows."""
    people = _people(found)
    days = len({r.scenario.as_of for r in found}) > 1
    columns = [Column("proposal", width=21), Column("joint", right=True, width=5)]
    columns += [Column(name.replace(" ", "\n"), width=None if len(people) > 5 else 10) for name in people.values()]
    columns.append(Column("on the evidence", width=8))
    lines = []
    for row in found:
        shares = {p.id: p for p in row.parties}
        day = f"\n{row.scenario.as_of}" if days else ""
        joint = "-" if row.joint_acceptability is None else compact(row.joint_acceptability.estimate)
        cells = [_share(shares[p]) if p in shares else "-" for p in people]
        lines.append((row.name + day, joint, *cells, row.on_evidence.verdict))
    tones = {k: "faint" for k, row in enumerate(found) if row.joint_acceptability is None}
    return Sheet(
        tuple(columns), tuple(lines), "Shares of draws that accept, over what the evidence alone allows", tones
    )


def _share(p: PartyShare) -> str:
    said = "silent" if p.silent else compact(p.acceptability.estimate)
    return f"{said if p.consent_needed else f'({said})'}\n{_span(p.on_evidence.necessary, p.on_evidence.possible)}"


def _span(least: float, most: float) -> str:
    low, high = compact(least), compact(most)
    if low == ">99%" or high == "<1%":
        return low if low == ">99%" else high
    return low if low == high else f"{low.removesuffix('%')} to {high}"


def _people(found: Sequence[Row]) -> dict[str, str]:
    return {p.id: p.name for row in found for p in row.parties}


def _verdicts(found: Sequence[Row]) -> Sheet:
    columns = (
        Column("proposal", width=21),
        Column("as modelled", width=23),
        Column("weakest", width=12),
        Column("sole blocker", width=12),
        Column("filler", width=10),
        Column("joint with\nother\nfiller", width=10),
    )
    lines = []
    tones = {}
    for number, row in enumerate(found):
        names = {p.id: p.name for p in row.parties}
        weakest = "none"
        if row.weakest_party is not None and row.weakest_share is not None:
            weakest = f"{names[row.weakest_party]} {compact(row.weakest_share)}"
        filler = row.filler
        mark = " *" if filler.more_than_half else ""
        other = "-" if filler.low is None or filler.high is None else _span(filler.low, filler.high)
        lines.append(
            (
                row.name,
                row.verdict.text,
                weakest,
                _sole(row),
                f"{filler.assumed_terms} of {filler.terms}{mark}",
                other,
            )
        )
        if row.verdict.word in ("accepted", "with_filler"):
            tones[number] = "good"
        elif row.verdict.word in ("divided", "singly"):
            tones[number] = "open"
    return Sheet(columns, tuple(lines), "Who stands in the way", tones)


def _sole(row: Row) -> str:
    """The party that alone blocks most often, with the share of draws."""
    blocking = [(p.sole_blocker, p.name) for p in row.parties if p.sole_blocker]
    if not blocking:
        return "none"
    share, name = max(blocking)
    return f"{name} {compact(share)}"


# --- ranks ----------------------------------------------------------------------------------------


def _ranks(smaa: Smaa) -> Iterator[Sheet]:
    rankings = smaa.rankings
    proposals = [p.proposal for p in rankings[0].proposals]
    if len(proposals) > ALL_RANKS:
        yield _first_places(rankings, proposals)
        return
    columns = [Column("ranked by", width=16), Column("proposal", width=22)]
    columns += [Column(f"{_ordinal(k)}", right=True) for k in range(1, len(proposals) + 1)]
    columns += [Column("confi-\ndence", right=True), Column("better than", width=30)]
    lines = []
    for ranking in rankings:
        for number, ranked in enumerate(ranking.proposals):
            lines.append(
                (
                    ranking.name if number == 0 else "",
                    ranked.proposal,
                    *(compact(x) for x in ranked.ranks),
                    "-" if ranked.confidence is None else compact(ranked.confidence),
                    ", ".join(f"{other} {compact(x)}" for other, x in ranked.wins_over.items()),
                )
            )
    yield Sheet(tuple(columns), tuple(lines), "Ranks by gain alone: shares of draws")
    if heavier := [x for r in smaa.parties for x in _heavier(r)]:
        yield Sheet(
            (
                Column("party", width=16),
                Column("proposal", width=22),
                Column("first", right=True),
                Column("weighs more"),
            ),
            tuple(heavier),
            "What weighs more with a party in the draws that put a proposal first (mean weight, against all draws)",
        )


def _ordinal(number: int) -> str:
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number, 'th') }"


def _first_places(rankings: Sequence[Ranking], proposals: Sequence[str]) -> Sheet:
    columns = [Column("proposal", width=22), *(Column(r.name.replace(" ", "\n"), right=True) for r in rankings)]
    lines = [(name, *(compact(r.proposals[k].ranks[0]) for r in rankings)) for k, name in enumerate(proposals)]
    return Sheet(tuple(columns), tuple(lines), "Ranked first by gain alone: shares of draws")


def _heavier(ranking: Ranking) -> Iterator[tuple[str, ...]]:
    """Of a party that puts more than one proposal first: issues whose central weight exceeds the mean most."""
    first = [p for p in ranking.proposals if p.ranks[0] >= NOTABLE and p.central_weights is not None]
    if len(first) < 2 or ranking.party is None:
        return
    mean: dict[str, float] = {}
    for p in ranking.proposals:
        for issue, weight in (p.central_weights or {}).get(ranking.party, {}).items():
            mean[issue] = mean.get(issue, 0.0) + p.ranks[0] * weight
    for p in first:
        mine = (p.central_weights or {})[ranking.party]
        issues = sorted((i for i in mine if mine[i] - mean[i] >= HEAVIER), key=lambda i: mean[i] - mine[i])[:3]
        if issues:
            said = ", ".join(f"{i} {percent(mine[i])} ({percent(mean[i])})" for i in issues)
            yield ranking.name, p.proposal, compact(p.ranks[0]), said


# --- differences and changes --------------------------------------------------------------------------


def _terms(pair: Difference) -> Sheet:
    columns = [Column("issue", width=17), Column(f"in {pair.a},\nin {pair.b}", width=34)]
    columns += [Column(p.name.replace(" ", "\n"), right=True) for p in pair.parties]
    lines = [
        (
            term.issue,
            f"{_option(term.in_a, [t.seen_in_a for t in term.parties])}\n"
            f"{_option(term.in_b, [t.seen_in_b for t in term.parties])}",
            *(_signed(t.difference, 2) for t in term.parties),
        )
        for term in pair.terms
    ]
    if any(abs(p.from_other_terms) >= 0.005 for p in pair.parties):
        why = "by other positions" if any(p.positions_differ for p in pair.parties) else "on other draws"
        lines.append(("other terms", f"the same, {why}", *(_signed(p.from_other_terms, 2) for p in pair.parties)))
    if any(abs(p.from_costs) >= 0.005 for p in pair.parties):
        lines.append(("cost of no deal", "", *(_signed(p.from_costs, 2) for p in pair.parties)))
    lines.append(("in all", "", *(_signed(p.difference, 2) for p in pair.parties)))
    title = f"Mean gain from the terms that differ: {pair.a} minus {pair.b}"
    return Sheet(tuple(columns), tuple(lines), title)


def _option(written: str | None, seen: Sequence[str | None]) -> str:
    """A term as written, and as seen where effects make something else of it."""
    if written is None:
        return "left open"
    others = sorted({s for s in seen if s is not None and s != written})
    some = "by some " if any(s == written for s in seen) else ""
    return written + "".join(f" seen {some}as {s}" for s in others)


def _signed(value: float, digits: int) -> str:
    """A number with its sign; a plain 0 where nothing is left of it."""
    return f"{value:+.{digits}f}" if round(value, digits) else "0"


def _against_best(pairs: Sequence[Difference]) -> Sheet:
    columns = (
        Column("against", width=22),
        Column("terms that\ndiffer", right=True),
        Column("whose verdict changes (there)", width=60),
    )
    lines = []
    for pair in pairs:
        turned = [f"{p.name} {_there(p.verdict_in_b)}" for p in pair.parties if p.why is not None]
        lines.append((pair.b, str(len(pair.terms)), ", ".join(turned) or "nobody's"))
    return Sheet(columns, tuple(lines), f"{pairs[0].a} against each other proposal" if pairs else None)


def _there(verdict: str) -> str:
    return "is divided" if verdict == "divided" else verdict


def _changes(change: Change) -> Sheet:
    columns = (Column("", width=20), *(Column(x, right=True) for x in ("before", "after", "change", "95% interval")))
    lines = []
    for who, share in ((_ALL, change.joint), *((p.name, p) for p in change.parties)):
        found = share.change
        if found is not None and share.before is not None and share.after is not None:
            interval = f"[{_signed(100 * found.low, 1)}, {_signed(100 * found.high, 1)}]"
            lines.append(
                (
                    who,
                    f"{100 * share.before:.1f}%",
                    f"{100 * share.after:.1f}%",
                    _signed(100 * found.estimate, 1),
                    interval,
                )
            )
    title = f"From {change.before} to {change.after}: change in percentage points, on the same draws"
    return Sheet(columns, tuple(lines), title)


# --- notes ------------------------------------------------------------------------------------------


def _notes(result: Comparison) -> Iterator[str]:
    yield from (f"Warning: {x}" for x in result.warnings)
    found = result.rows
    if any(not p.consent_needed for row in found for p in row.parties):
        yield "In brackets: consent not needed for that text."
    filled = [r.name for r in found if r.filler.more_than_half]
    if filled:
        yield f"* More than half of the text is our own filler, not in the sources: {listed(filled)}."
    left_out = {r.name: len(r.consent_not_modelled) for r in found if r.consent_not_modelled}
    if left_out:
        least, most = min(left_out.values()), max(left_out.values())
        how = listed([f"{name} {n}" for name, n in left_out.items()])
        if least == most and len(left_out) == len(found):
            how = f"{least} for each text"
        elif len(left_out) > EVERY_PAIR:
            how = f"{least if least == most else f'{least} to {most}'} a text in {len(left_out)} of the texts"
        yield f"Actors whose consent is needed but not modelled, left out of the joint figure: {how}."
    if len(found) <= EVERY_PAIR or len(result.differences) == 1:
        yield from (p.why for pair in result.differences for p in pair.parties if p.why)
    elif result.differences:
        example = result.differences[0]
        yield f"Why two of them part, term by term: --between {quote(f'{example.a},{example.b}')}."
    for pair in result.differences:
        for name, issues in ((pair.a, pair.only_in_a), (pair.b, pair.only_in_b)):
            if issues:
                yield f"Only {name} has these issues, which are not compared: {listed(issues)}."
    if result.smaa is not None:
        yield from _rank_notes(result.smaa)
    else:
        yield f"No ranks on common draws: {result.smaa_missing}."
    for change in result.changes:
        if change.missing is not None:
            yield f"No paired changes from {change.before} to {change.after}: {change.missing}."
    draws = {f"{r.settings.draws:,} draws, seed {r.settings.seed}" for r in found}
    said = draws.pop() if len(draws) == 1 else "Draws or seeds differ between rows"
    yield f"{said}; intervals are sampling error only."


def _rank_notes(smaa: Smaa) -> Iterator[str]:
    yield (
        "Ranks go by gains alone: red lines and refusals do not count there, so a proposal may rank first and still be "
        "refused. All together rank by the smallest gain among the parties that a text needs."
    )
    if len(smaa.parties[0].proposals if smaa.parties else ()) <= ALL_RANKS:
        yield (
            "Confidence: share of draws in which a proposal is first with weights held at their mean over the draws "
            "that put it first; - where it never is."
        )
        if not any(True for r in smaa.parties for _ in _heavier(r)):
            yield (
                "Which proposal a party puts first hardly hangs on its weights: none is on average more than a "
                "percentage point heavier where the party's choice goes one way rather than another."
            )
    most = 100 * Z95 * 0.5 / math.sqrt(smaa.draws)
    yield f"Shares of ranks carry a sampling error of at most {most:.1f} percentage points."
    if smaa.jointly_missing is not None:
        yield f"No joint ranks: {smaa.jointly_missing}."
