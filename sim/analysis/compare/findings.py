"""What of a comparison is worth saying, in the order in which a page says it: facts with figures, and no words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sim.analysis.compare import result as kinds
from sim.analysis.compare.result import EVERY_PAIR, CompareFinding, Comparison, ProposalDifference, Ranked, Ranking, Row
from sim.results.result import Unsourced
from sim.results.verdicts import NOTABLE, stance, unsourced

#: Up to this many proposals every rank is shown (more where two are singled out), beyond it the first one alone.
ALL_RANKS, ALL_RANKS_BETWEEN = 2, 4
#: A mean weight this far above the party's own is worth a line.
HEAVIER = 0.01
#: A mean gain below this is nothing to two digits.
NO_GAIN = 0.005


class Heavier(NamedTuple):
    """An issue's mean weight in the draws that put a proposal first, and in all."""

    issue: str
    weight: float
    mean: float


def findings(result: Comparison, turns: Sequence[kinds.VerdictTurns]) -> tuple[CompareFinding, ...]:
    """Everything worth saying, what stands above the tables first; ``turns`` are of all differences."""
    pairs = term_by_term(result)
    return (
        *_verdict(result),
        *_largest_changes(result),
        *_unequal(result),
        *_who_is_asked(result),
        *_terms(result),
        *_turns(pairs, turns),
        *(x for pair in pairs for x in _valued_otherwise(pair)),
        *_no_difference(pairs),
        *_issues_of_one(result.differences),
        *_weights(result),
        *_baseline(result),
    )


def _baseline(result: Comparison) -> Iterator[kinds.BaselineParts]:
    """Where fixed scores and draws are on two sides."""
    if result.baseline is None:
        return
    accepts, refuses, cells = [], [], 0
    for fixed, row in zip(result.baseline, result.rows, strict=True):
        for p in row.parties:
            score, share = fixed.party(p.id), p.own or p.acceptability
            if score is None or score.mean is None or p.silent:
                continue
            cells += 1
            against = kinds.BaselineAgainst(row=row.name, party=p.id, mean=score.mean, share=share.estimate)
            if score.verdict == "accepts" and stance(share) == "refuses":
                accepts.append(against)
            elif score.verdict == "refuses" and stance(share) == "accepts":
                refuses.append(against)
    yield kinds.BaselineParts(cells=cells, accepts=tuple(accepts), refuses=tuple(refuses))


# --- which does best --------------------------------------------------------------------------------


def _verdict(result: Comparison) -> Iterator[CompareFinding]:
    """How many are accepted, which is nearest, what the evidence alone settles."""
    rows, best = result.rows, result.rows[0]
    if len(result.domains) > 1:
        yield kinds.DifferentDomains(domains=result.domains)
        yield from (kinds.RowByItself(row=row.name, joint=row.joint) for row in rows)
        yield _on_evidence(rows)
    elif best.joint is None:
        yield kinds.NoRowAsks()
    else:
        yield _on_evidence(rows)
        yield from _ranked(rows, best.joint)


def _on_evidence(rows: Sequence[Row]) -> kinds.RowsOnEvidence | Unsourced:
    if all(unsourced(row.settings) for row in rows):
        return Unsourced()
    unsettled = [row for row in rows if row.on_evidence.verdict == "not settled"]
    return kinds.RowsOnEvidence(
        accepted=_names(row for row in rows if row.on_evidence.verdict == "accepted"),
        refused=_names(row for row in rows if row.on_evidence.verdict == "refused"),
        refused_by_inference=_names(row for row in unsettled if row.on_evidence.by_inference),
        unknown=_names(row for row in unsettled if not row.on_evidence.by_inference),
        edited=any(row.settings.edits for row in rows),
    )


def _names(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(row.name for row in rows)


def _ranked(rows: Sequence[Row], joint: float) -> Iterator[CompareFinding]:
    """Which does best, what comes behind it, and what its figure leaves out."""
    accepted = [row for row in rows if row.verdict.word in ("accepted", "with_filler")]
    best = [row for row in rows if row.merit == rows[0].merit]
    yield kinds.BestRows(best=_names(best), joint=joint, accepted=len(accepted), rows=len(rows))
    level = [row for row in rows if row.joint == joint and row not in best] if len(best) == 1 else []
    if level:
        first, others = best[0], tuple(row.refusing for row in level)
        yield kinds.SameJointShare(
            best=first.name, refusing=first.refusing, others=_names(level), refusing_others=others
        )
    yield from _not_asked(best, [row for row in rows if row not in best], bool(level))
    behind = [row for row in rows if row not in best and row not in level]
    if shares := tuple(kinds.RowShare(row=row.name, joint=row.joint) for row in behind if row.joint is not None):
        yield kinds.RowsBehind(best=_names(best), rows=shares)
    if not all(unsourced(row.settings) for row in rows):
        # Of every text that is accepted in either way, and of the best.
        claimed = (row for row in rows if row is rows[0] or row in accepted or row.on_evidence.verdict == "accepted")
        yield from _claim_on_filler(claimed)


def _not_asked(best: Sequence[Row], others: Sequence[Row], level: bool) -> Iterator[CompareFinding]:
    """Whom the best row, or those equally good, do not ask and others do, so that their figure is easier to reach."""
    asked = best[0].asked
    if any(set(row.asked) != set(asked) for row in best):
        yield kinds.AskedDifferently(best=_names(best))
        return
    people = dict.fromkeys(p.id for row in (*best, *others) for p in row.parties)
    others_asked = [(p, _names(row for row in others if p in row.asked)) for p in people if p not in asked]
    if parties := tuple(kinds.AskedBy(party=p, rows=rows) for p, rows in others_asked if rows):
        asking = [row for row in others if any(row.name in x.rows for x in parties)]
        fewer = all(p in row.asked for row in asking for p in asked)
        yield kinds.NotAsked(best=_names(best), level=level, parties=parties, fewer=fewer)


def _claim_on_filler(rows: Iterable[Row]) -> Iterator[kinds.ClaimOnFiller]:
    """The first of some rows that is mostly filler or of no source at all, with those of as much filler."""
    doubtful = [(_filled(row), row) for row in rows if row.mostly_filler or unsourced(row.settings)]
    for (assumed, terms), _ in doubtful[:1]:
        alike = _names(row for filled, row in doubtful if filled == (assumed, terms))
        yield kinds.ClaimOnFiller(rows=alike, assumed=assumed, terms=terms, sourced=assumed > 0)


def _filled(row: Row) -> tuple[int, int]:
    """How many of a text's terms are filler; none where nothing has a source, so that filler is no word for it."""
    return (0, 0) if unsourced(row.settings) else (row.filler.assumed_terms, row.filler.terms)


# --- what edits change ------------------------------------------------------------------------------


def _largest_changes(result: Comparison) -> Iterator[CompareFinding]:
    """What edits do to the joint share at most, and to a party's."""
    effects = result.changes
    if joint := [(x.joint.change.estimate, x) for x in effects if x.joint.change is not None]:
        change, effect = max(joint, key=lambda item: abs(item[0]))
        yield kinds.JointChange(before=effect.before, after=effect.after, change=change, effects=len(joint))
    parties = [(p.change.estimate, p, x) for x in effects for p in x.parties if p.change is not None]
    if not parties:
        return
    moved, party, effect = max(parties, key=lambda item: abs(item[0]))
    if moved and party.before is not None and party.after is not None:
        shares = {"share_before": party.before, "share_after": party.after}
        yield kinds.LargestPartyChange(party=party.party, before=effect.before, after=effect.after, **shares)


# --- what makes rows unequal --------------------------------------------------------------------------


def _unequal(result: Comparison) -> Iterator[CompareFinding]:
    """What rows are not scored on alike, or at all; in different domains one day is no yardstick either."""
    days = sorted({row.scenario.as_of for row in result.rows})
    settings = [row.settings for row in result.rows]
    if len(days) > 1 and len(result.domains) < 2:
        yield kinds.DifferentDays(days=tuple(days))
    names: tuple[kinds.SettingName, ...] = ("draws", "seed", "evidence", "no_deal")
    # another day may well bring another lottery, which needs no second warning
    for setting in names[: 4 if len(days) == 1 else 3]:
        values = {str(getattr(s, setting)) for s in settings}
        if len(values) > 1:
            yield kinds.DifferentSettings(setting=setting, values=tuple(sorted(values)))
    if talks := _names(row for row in result.rows if row.settings.protocol != "vote"):
        yield kinds.TalksNotCompared(rows=talks)


def _who_is_asked(result: Comparison) -> Iterator[kinds.AskedBySome]:
    """Whom some texts ask and others do not; texts of different domains have other parties anyway."""
    if len(result.domains) < 2:
        asked = [kinds.AskedBy(party=p, rows=_names(r for r in result.rows if p in r.asked)) for p in result.people]
        if parties := tuple(x for x in asked if 0 < len(x.rows) < len(result.rows)):
            yield kinds.AskedBySome(parties=parties)


def _terms(result: Comparison) -> Iterator[CompareFinding]:
    """What of the texts is in no source, and whose consent to them in no model."""
    if filled := _names(row for row in result.rows if row.mostly_filler):
        yield kinds.FilledRows(rows=filled)
    if actors := {row.name: len(row.consent_not_modelled) for row in result.rows if row.consent_not_modelled}:
        yield kinds.ConsentNotModelled(actors=actors)


# --- where two rows part ------------------------------------------------------------------------------


def term_by_term(result: Comparison) -> list[ProposalDifference]:
    """The pairs that are shown term by term: the one asked for, or the best row against each other one if few."""
    if len(result.differences) == 1:
        return list(result.differences)
    if len(result.rows) > EVERY_PAIR:
        return []
    return [pair for pair in result.differences if pair.a == result.rows[0].name]


def _turns(pairs: Sequence[ProposalDifference], turns: Sequence[kinds.VerdictTurns]) -> Iterator[kinds.VerdictTurns]:
    """Of the pairs shown; where they are several, of parties whose consent one of the texts needs."""
    for pair in pairs:
        for x in turns:
            needed = x.better.consent_needed or x.worse.consent_needed
            if {x.better.row, x.worse.row} == {pair.a, pair.b} and (needed or len(pairs) == 1):
                yield x


def _valued_otherwise(pair: ProposalDifference) -> Iterator[kinds.ValuedOtherwise]:
    if gaps := [kinds.PartyGaps(party=p.party, issues=p.most_other_terms) for p in pair.parties if p.most_other_terms]:
        yield kinds.ValuedOtherwise(a=pair.a, b=pair.b, parties=tuple(gaps))


def _no_difference(pairs: Sequence[ProposalDifference]) -> Iterator[kinds.NoDifference]:
    """Parties without a figure, who need not be indifferent."""
    most: dict[str, float] = {}
    for x in (x for pair in pairs for term in pair.terms for x in term.parties):
        most[x.party] = max(most.get(x.party, 0.0), abs(x.difference))
    if still := tuple(party for party, value in most.items() if value < NO_GAIN):
        yield kinds.NoDifference(parties=still)


def _issues_of_one(pairs: Sequence[ProposalDifference]) -> Iterator[kinds.IssuesOfOne]:
    for pair in pairs:
        for row, issues in ((pair.a, pair.only_in_a), (pair.b, pair.only_in_b)):
            if issues:
                yield kinds.IssuesOfOne(row=row, issues=issues)


# --- ranks --------------------------------------------------------------------------------------------


def _weights(result: Comparison) -> Iterator[kinds.WeightsHardlyMatter]:
    if result.smaa is None or not every_rank(result):
        return
    firsts = [p for ranking in result.smaa.parties for p in ranking.proposals if p.ranks[0] >= NOTABLE]
    weighed = all(p.central_weights is not None for p in firsts)
    if weighed and not any(heavier(ranking) for ranking in result.smaa.parties):
        yield kinds.WeightsHardlyMatter()


def every_rank(result: Comparison) -> bool:
    """Whether every rank is shown, rather than the first one alone."""
    return len(result.rows) <= (ALL_RANKS_BETWEEN if len(result.differences) == 1 else ALL_RANKS)


def heavier(ranking: Ranking) -> list[tuple[Ranked, list[Heavier]]]:
    """The proposals that a party puts first, if more than one: the issues that weigh most above their mean there."""
    first = [(p, p.central_weights) for p in ranking.proposals if p.ranks[0] >= NOTABLE and p.central_weights]
    if len(first) < 2 or ranking.party is None:
        return []
    mean = ranking.mean_weights[ranking.party]
    weighed = []
    for proposal, weights in first:
        if issues := [Heavier(i, w, mean[i]) for i, w in weights[ranking.party].items() if w - mean[i] >= HEAVIER]:
            weighed.append((proposal, sorted(issues, key=lambda x: x.mean - x.weight)[:3]))
    return weighed
