"""Where two proposals differ, what each party makes of it, and why a verdict changes.

All of it is read off two results, so that it works on saved runs and on texts of different dates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.analysis.compare.result import DifferingTerm, IssueGap, PartyDifference, PartyTerm, ProposalDifference
from sim.files.grammar import listed
from sim.report.numbers import percent
from sim.results.records import IssueRecord, LineRecord, PartyResult, PartyVerdict
from sim.results.result import Result
from sim.scenario.labels import Labels, capital, possessive, spoken, together

#: Terms named in a sentence: at most this many, each at least this large.
NAMED, LEAST = 3, 0.01
_ORDER: dict[PartyVerdict, int] = {"refuses": 0, "divided": 1, "accepts": 2}
_VERB: dict[PartyVerdict, str] = {"refuses": "refuses", "divided": "is divided over", "accepts": "accepts"}


@dataclass(frozen=True)
class _Texts:
    """Two texts: their names as shown, and of the issues that both answer those whose terms differ, and the others."""

    called: tuple[str, str]
    differing: list[str]
    unchanged: list[str]
    labels: Labels
    other_lottery: bool


def differ(
    names: tuple[str, str], results: tuple[Result, Result], called: tuple[str, str] | None = None
) -> ProposalDifference:
    """Compare two results term by term; ``names`` are those of their rows, ``called`` the names shown.

    Parties that only one of them has are left out, and so are terms of issues that only one domain has
    (``only_in_a``, ``only_in_b``). Gains from terms are means over the draws; a party's mean cost and
    mean reservation value are not in a result and are taken as the middles of their ranges, which is
    their expectation: where they are ranges, ``difference`` is off the mean gain drawn by sampling error.
    """
    one, other = results
    pairs = [(p, q) for p in one.parties for q in other.parties if p.id == q.id]
    cells = {p.id: (_cells(p), _cells(q)) for p, q in pairs}
    issues_a, issues_b = _issues(one), _issues(other)
    shared = [i for i in issues_a if i in issues_b]
    differing = [
        i for i in shared if any(a[i].option != b[i].option or _seen(a[i]) != _seen(b[i]) for a, b in cells.values())
    ]
    texts = _Texts(
        called=called or names,
        differing=differing,
        unchanged=[i for i in shared if i not in differing],
        labels=together((one.labels, other.labels)),
        other_lottery=one.settings.no_deal != other.settings.no_deal,
    )
    return ProposalDifference(
        a=names[0],
        b=names[1],
        terms=tuple(
            DifferingTerm(
                issue=i,
                in_a=issues_a[i].option,
                in_b=issues_b[i].option,
                parties=tuple(_term_gain(party, a[i], b[i]) for party, (a, b) in cells.items()),
            )
            for i in differing
        ),
        parties=tuple(_party(texts, pair) for pair in pairs),
        only_in_a=tuple(i for i in issues_a if i not in issues_b),
        only_in_b=tuple(i for i in issues_b if i not in issues_a),
    )


def _issues(result: Result) -> dict[str, IssueRecord]:
    """The terms of the text; options as written are the same with every party."""
    return _cells(result.parties[0]) if result.parties else {}


def _cells(party: PartyResult) -> dict[str, IssueRecord]:
    return {cell.issue: cell for cell in party.issues}


def _seen(cell: IssueRecord) -> str | None:
    return cell.option if cell.seen_as is None else cell.seen_as


def _term_gain(party: str, a: IssueRecord, b: IssueRecord) -> PartyTerm:
    return PartyTerm(
        party=party,
        seen_in_a=_seen(a),
        seen_in_b=_seen(b),
        gain_in_a=a.mean_gain,
        gain_in_b=b.mean_gain,
        difference=a.mean_gain - b.mean_gain,
    )


def _party(texts: _Texts, pair: tuple[PartyResult, PartyResult]) -> PartyDifference:
    a, b = pair
    mine, theirs = _cells(a), _cells(b)
    gaps = {i: mine[i].mean_gain - theirs[i].mean_gain for i in (*texts.differing, *texts.unchanged)}
    costs = _middle(a.cost) - _middle(b.cost) - (_middle(a.reservation) - _middle(b.reservation))
    terms, rest = (math.fsum(gaps[i] for i in issues) for issues in (texts.differing, texts.unchanged))
    moved = texts.other_lottery or _positions(a) != _positions(b)
    before, after = _verdict(a), _verdict(b)
    turned = before != after and not a.silent and not b.silent
    largest = sorted((i for i in texts.unchanged if abs(gaps[i]) >= LEAST), key=lambda i: -abs(gaps[i]))[:NAMED]
    return PartyDifference(
        party=a.id,
        name=a.name,
        verdict_in_a=before,
        verdict_in_b=after,
        positions_differ=moved,
        from_differing_terms=terms,
        from_other_terms=rest,
        from_costs=costs,
        difference=terms + rest + costs,
        most_other_terms=tuple(IssueGap(issue=i, difference=gaps[i]) for i in largest),
        why=_why(texts, pair, texts.unchanged if moved else ()) if turned else None,
    )


def _verdict(party: PartyResult) -> PartyVerdict:
    return (party.own or party).verdict


def _middle(span: tuple[float, float] | None) -> float:
    return 0.0 if span is None else (span[0] + span[1]) / 2


def _positions(party: PartyResult) -> object:
    """What a result tells of a party's positions, whatever the text."""
    cells = [(c.issue, c.ranking, c.importance, c.start) for c in party.issues]
    lines = [(x.kind, x.issue, x.option, x.refusal, x.terms, x.holds, x.quota) for x in party.lines]
    ranges = None if party.beliefs is None else party.beliefs.ranges
    return cells, lines, ranges, party.cost, party.reservation


# --- why a verdict changes ----------------------------------------------------------------------


def _why(texts: _Texts, pair: tuple[PartyResult, PartyResult], revalued: Sequence[str]) -> str:
    """Which lines and terms make a party's verdict better in one text than in the other, in a sentence or two.

    ``revalued`` are terms that are the same and whose worth is not.
    """
    labels = texts.labels
    (better, good), (worse, bad) = sorted(
        zip(texts.called, pair, strict=True), key=lambda item: -_ORDER[_verdict(item[1])]
    )
    verdicts = (
        f"As modelled, {spoken(good.name)} {_VERB[_verdict(good)]} {better} ({_share(good)}{_unneeded(good)}) "
        f"and {_VERB[_verdict(bad)]} {worse} ({_share(bad)}{_unneeded(bad)})"
    )
    lines = _new_lines(good, bad)
    losing = _losses(good, bad, texts.differing)
    unchanged = _losses(good, bad, revalued)
    reasons = []
    if losing:
        reasons.append(f"it gains less on {listed([_term(x, y, labels) for x, y in losing])}")
    if unchanged:
        on = listed([f"{labels.issue(x.issue)} ({y.mean_gain - x.mean_gain:+.2f})" for x, y in unchanged])
        reasons.append(f"its positions differ, so that it gains less on unchanged terms: {on}")
    if not lines:
        if not reasons:
            return f"{verdicts}. No single term or line makes the difference."
        return " ".join([f"{verdicts}.", *(f"{capital(x)}." for x in reasons)])
    crossing = f"{worse} crosses {possessive(bad.name)} {_named(lines, labels, bad.id)}"
    if bad.gain.median >= 0:
        return f"{verdicts}. {capital(crossing)}; by its gains alone it would accept in at least half of the draws."
    apart = [f"Apart from that, {x}." for x in reasons[:1] or ["its gains are too small"]]
    return " ".join([f"{verdicts}.", f"{capital(crossing)}.", *apart, *(f"{capital(x)}." for x in reasons[1:])])


def _share(party: PartyResult) -> str:
    return percent((party.own or party).acceptability.estimate)


def _unneeded(party: PartyResult) -> str:
    return "" if party.consent_needed else ", consent not needed"


def _new_lines(good: PartyResult, bad: PartyResult) -> list[LineRecord]:
    """Lines that bind in the worse text, and in the better one in fewer draws or not at all."""

    def key(line: LineRecord) -> tuple[str | None, ...]:
        return line.kind, line.issue, line.option, line.refusal

    there = {key(line): line.share for line in good.lines if line.crossed}
    return [line for line in bad.lines if line.crossed and line.share > there.get(key(line), 0.0)]


def _named(lines: Sequence[LineRecord], labels: Labels, party: str) -> str:
    """Lines by kind and basis, with how often those from polls bind."""
    kinds: dict[str, list[str]] = {}
    for line in lines:
        what = (
            labels.term(line.issue or "", line.option)
            if line.kind == "red_line"
            else labels.refusal(party, line.refusal)
        )
        often = "" if line.share == 1 else f" (binding in {percent(line.share)} of draws)"
        kinds.setdefault(f"{line.basis} {line.kind.replace('_', ' ')}", []).append(what + often)
    return listed([f"{kind}{'s' if len(names) > 1 else ''} {', '.join(names)}" for kind, names in kinds.items()])


def _losses(good: PartyResult, bad: PartyResult, issues: Sequence[str]) -> list[tuple[IssueRecord, IssueRecord]]:
    """Terms on which the worse text gives less, largest loss first; only those that matter."""
    mine, theirs = _cells(good), _cells(bad)
    pairs = [(mine[i], theirs[i]) for i in issues if mine[i].mean_gain - theirs[i].mean_gain >= LEAST]
    return sorted(pairs, key=lambda both: both[1].mean_gain - both[0].mean_gain)[:NAMED]


def _term(good: IssueRecord, bad: IssueRecord, labels: Labels) -> str:
    was, now = _option(good, labels), _option(bad, labels)
    return f"{labels.issue(bad.issue)} ({now} instead of {was}, {bad.mean_gain - good.mean_gain:+.2f})"


def _option(cell: IssueRecord, labels: Labels) -> str:
    """The term as the party sees it, in words."""
    written = labels.option(cell.issue, cell.option)
    return written if cell.seen_as is None else f"{written} seen as {labels.option(cell.issue, cell.seen_as)}"
