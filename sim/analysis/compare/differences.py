"""Where two proposals differ, what each party makes of it, and why a verdict changes.

All of it is read off two results, so that it works on saved runs and on texts of different dates.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.analysis.compare import english
from sim.analysis.compare import result as records
from sim.analysis.compare.english import RowNames
from sim.analysis.compare.result import PartyDifference, ProposalDifference, TextVerdict, VerdictTurns
from sim.results.records import IssueRecord, LineRecord, PartyResult, PartyVerdict
from sim.results.result import Result
from sim.results.verdicts import own_share
from sim.scenario.labels import together

#: Terms that a difference names: at most this many, each at least this large.
NAMED, LEAST = 3, 0.01
_ORDER: dict[PartyVerdict, int] = {"refuses": 0, "divided": 1, "accepts": 2}


@dataclass(frozen=True)
class _Texts:
    """The rows of two texts, the parties that both have, and of the issues that both answer which terms differ."""

    rows: tuple[str, str]
    parties: list[tuple[PartyResult, PartyResult]]
    differing: list[str]
    unchanged: list[str]
    other_lottery: bool
    other_rules: set[str]


def differ(
    names: tuple[str, str], results: tuple[Result, Result], called: tuple[str, str] | None = None
) -> ProposalDifference:
    """Compare two results term by term; ``names`` are those of their rows, ``called`` the names shown.

    Parties that only one of them has are left out, and so are terms of issues that only one domain has
    (``only_in_a``, ``only_in_b``). Gains from terms are means over the draws; a party's mean cost and
    mean reservation value are not in a result and are taken as the middles of their ranges, which is
    their expectation: where they are ranges, ``difference`` is off the mean gain drawn by sampling error.
    """
    texts = _texts(names, results)
    one, other = results
    cells = {p.id: (_cells(p), _cells(q)) for p, q in texts.parties}
    issues_a, issues_b = _issues(one), _issues(other)
    words = RowNames(
        labels=together((one.labels, other.labels)),
        parties={p.id: p.name for p, _ in texts.parties},
        rows=dict(zip(names, called or names, strict=True)),
    )
    return ProposalDifference(
        a=names[0],
        b=names[1],
        terms=tuple(
            records.DifferingTerm(
                issue=i,
                in_a=issues_a[i].option,
                in_b=issues_b[i].option,
                parties=tuple(_party_term(party, a[i], b[i]) for party, (a, b) in cells.items()),
            )
            for i in texts.differing
        ),
        parties=tuple(_party(texts, pair, words) for pair in texts.parties),
        only_in_a=tuple(i for i in issues_a if i not in issues_b),
        only_in_b=tuple(i for i in issues_b if i not in issues_a),
    )


def verdict_turns(names: tuple[str, str], results: tuple[Result, Result]) -> list[VerdictTurns]:
    """Why the verdicts of parties differ between the texts of two rows; nothing of parties whose do not."""
    texts = _texts(names, results)
    return [turn for pair in texts.parties if (turn := _turn(texts, pair)) is not None]


def _texts(names: tuple[str, str], results: tuple[Result, Result]) -> _Texts:
    one, other = results
    parties = [(p, q) for p in one.parties for q in other.parties if p.id == q.id]
    cells = [(_cells(p), _cells(q)) for p, q in parties]
    shared = [i for i in _issues(one) if i in _issues(other)]
    differing = [i for i in shared if any(a[i].option != b[i].option or _seen(a[i]) != _seen(b[i]) for a, b in cells)]
    return _Texts(
        rows=names,
        parties=parties,
        differing=differing,
        unchanged=[i for i in shared if i not in differing],
        other_lottery=one.settings.no_deal != other.settings.no_deal,
        other_rules={x.party for x in {*one.settings.rules} ^ {*other.settings.rules}},
    )


def _issues(result: Result) -> dict[str, IssueRecord]:
    """The terms of the text; options as written are the same with every party."""
    return _cells(result.parties[0]) if result.parties else {}


def _cells(party: PartyResult) -> dict[str, IssueRecord]:
    return {cell.issue: cell for cell in party.issues}


def _seen(cell: IssueRecord) -> str | None:
    return cell.option if cell.seen_as is None else cell.seen_as


def _party_term(party: str, a: IssueRecord, b: IssueRecord) -> records.PartyTerm:
    return records.PartyTerm(
        party=party,
        seen_in_a=_seen(a),
        seen_in_b=_seen(b),
        gain_in_a=a.mean_gain,
        gain_in_b=b.mean_gain,
        difference=a.mean_gain - b.mean_gain,
    )


def _party(texts: _Texts, pair: tuple[PartyResult, PartyResult], words: RowNames) -> PartyDifference:
    a, b = pair
    mine, theirs = _cells(a), _cells(b)
    gaps = {i: mine[i].mean_gain - theirs[i].mean_gain for i in (*texts.differing, *texts.unchanged)}
    costs = _middle(a.cost) - _middle(b.cost) - (_middle(a.reservation) - _middle(b.reservation))
    terms, rest = (math.fsum(gaps[i] for i in issues) for issues in (texts.differing, texts.unchanged))
    if a.mean_gain is not None or b.mean_gain is not None:
        # a utility that is no sum: how issues bear on each other is in what is left
        rest = _mean_gain(a) - _mean_gain(b) - terms - costs
    largest = sorted((i for i in texts.unchanged if abs(gaps[i]) >= LEAST), key=lambda i: -abs(gaps[i]))[:NAMED]
    turn = _turn(texts, pair)
    return PartyDifference(
        party=a.id,
        name=a.name,
        verdict_in_a=_verdict(a),
        verdict_in_b=_verdict(b),
        positions_differ=_positions_differ(texts, pair),
        from_differing_terms=terms,
        from_other_terms=rest,
        from_costs=costs,
        difference=terms + rest + costs,
        most_other_terms=tuple(records.IssueGap(issue=i, difference=gaps[i]) for i in largest),
        why=None if turn is None else english.verdict_turns(turn, words),
    )


def _mean_gain(party: PartyResult) -> float:
    """The mean gain over no deal, in so far as costs are known by their middles."""
    if party.mean_gain is not None:
        return party.mean_gain
    return math.fsum(x.mean_gain for x in party.issues) + _middle(party.cost) - _middle(party.reservation)


def _verdict(party: PartyResult) -> PartyVerdict:
    return (party.own or party).verdict


def _middle(span: tuple[float, float] | None) -> float:
    return 0.0 if span is None else (span[0] + span[1]) / 2


def _positions_differ(texts: _Texts, pair: tuple[PartyResult, PartyResult]) -> bool:
    return texts.other_lottery or pair[0].id in texts.other_rules or _positions(pair[0]) != _positions(pair[1])


def _positions(party: PartyResult) -> object:
    """What a result tells of a party's positions, whatever the text."""
    cells = [(c.issue, c.ranking, c.importance, c.start) for c in party.issues]
    lines = [(x.kind, x.issue, x.option, x.refusal, x.terms, x.holds, x.quota) for x in party.lines]
    ranges = None if party.beliefs is None else party.beliefs.ranges
    return cells, lines, ranges, party.cost, party.reservation


# --- why a verdict changes ----------------------------------------------------------------------


def _turn(texts: _Texts, pair: tuple[PartyResult, PartyResult]) -> VerdictTurns | None:
    """Which lines and terms make a party's verdict better in one text than in the other."""
    (better, good), (worse, bad) = sorted(
        zip(texts.rows, pair, strict=True), key=lambda item: -_ORDER[_verdict(item[1])]
    )
    if _verdict(good) == _verdict(bad) or good.silent or bad.silent:
        return None
    revalued = _losses(good, bad, texts.unchanged) if _positions_differ(texts, pair) else []
    return VerdictTurns(
        party=good.id,
        better=_text_verdict(better, good),
        worse=_text_verdict(worse, bad),
        lines=tuple(_new_lines(good, bad)),
        losses=tuple(
            records.TermLoss(
                issue=x.issue,
                in_better=x.option,
                seen_in_better=x.seen_as,
                in_worse=y.option,
                seen_in_worse=y.seen_as,
                difference=x.mean_gain - y.mean_gain,
            )
            for x, y in _losses(good, bad, texts.differing)
        ),
        revalued=tuple(records.IssueGap(issue=x.issue, difference=x.mean_gain - y.mean_gain) for x, y in revalued),
        gains_suffice=bad.gain.median >= 0,
    )


def _text_verdict(row: str, party: PartyResult) -> TextVerdict:
    return TextVerdict(row=row, verdict=_verdict(party), share=own_share(party), consent_needed=party.consent_needed)


def _new_lines(good: PartyResult, bad: PartyResult) -> Iterator[records.LineShare]:
    """Lines that bind in the worse text, and in the better one in fewer draws or not at all."""

    def key(line: LineRecord) -> tuple[str | None, ...]:
        return line.kind, line.issue, line.option, line.refusal

    there = {key(line): line.share for line in good.lines if line.crossed}
    for x in bad.lines:
        if x.crossed and x.share > there.get(key(x), 0.0):
            yield records.LineShare.copying(x)


def _losses(good: PartyResult, bad: PartyResult, issues: Sequence[str]) -> list[tuple[IssueRecord, IssueRecord]]:
    """Terms on which the worse text gives less, largest loss first; only those that matter."""
    mine, theirs = _cells(good), _cells(bad)
    pairs = [(mine[i], theirs[i]) for i in issues if mine[i].mean_gain - theirs[i].mean_gain >= LEAST]
    return sorted(pairs, key=lambda both: both[1].mean_gain - both[0].mean_gain)[:NAMED]
