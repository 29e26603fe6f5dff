"""The table behind a score, cell by cell: what ``sim explain`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.files.written import markdown_line, markdown_row
from sim.report import english
from sim.report.looked_for import looked_for
from sim.report.numbers import interval, percent
from sim.report.outcome import caveat, heading
from sim.report.terminal import bullet
from sim.report.verdict import UNKNOWN, UNSTATED, chance_words, evidence_range, word_of
from sim.report.verdict import caveat as caveat_words
from sim.results.findings import inherited_polls, vote_reading
from sim.results.records import BeliefsRecord, DemandRecord, IssueRecord, LineRecord, PartyResult
from sim.results.result import Result
from sim.results.verdicts import unsourced
from sim.scenario.fields import Span
from sim.scenario.labels import Labels
from sim.scenario.schema import Term

#: What demands stand under.
DEMANDS = "What it says it must at least get (no share moves by it)"
#: What an issue adds where a reservation value in numbers stands in place of no deal.
MEAN_WORTH = "what that is worth on average (all issues together, less the reservation value, are the mean gain)"


@dataclass(frozen=True)
class Cited:
    """An evidence row with its source; ``text`` tells rows cited by the text's own terms."""

    id: str
    date: str
    party: str
    claim: str
    strength: str
    source: str
    place: str | None
    text: bool


def explanation(result: Result, parties: Sequence[PartyResult], cited: Sequence[Cited]) -> RenderableType:
    """Cells with their notes, lines, layers, strip, what no deal means to the party, evidence."""
    parts: list[RenderableType] = [Text(heading(result), style="bold"), Text(result.verdict)]
    for party in parties:
        parts += ["", Text(_head(result, party), style="bold")]
        parts += [Padding(Text(x), (0, 0, 0, 2)) for x in party_lines(result, party)]
        for issue in party.issues:
            first, *rest = issue_lines(issue, result)
            parts.append(Text(first, style="bold" if abs(issue.mean_gain) >= 0.01 else ""))
            parts += [Padding(Text(x), (0, 0, 0, 4)) for x in rest]
        if party.lines:
            parts += ["", Text("Red lines and refusals in force", style="underline")]
            parts += [bullet(line_words(party.id, x, result.labels)) for x in party.lines]
        if party.demands:
            parts += ["", Text(DEMANDS, style="underline")]
            parts += [bullet(demand_words(party.id, x, result.labels)) for x in party.demands]
    for title, chosen in _grouped(cited):
        parts += ["", Text(title, style="bold"), *(bullet(cited_words(c)) for c in chosen)]
    return Group(*parts, "", caveat([result]))


def _head(result: Result, party: PartyResult) -> str:
    return f"{party.name}: {word_of(party, result.settings)}, {interval(party.acceptability)} as modelled"


def _grouped(cited: Sequence[Cited]) -> list[tuple[str, list[Cited]]]:
    titles = {False: "Evidence for the positions", True: "Evidence for the terms of the text"}
    groups = [(title, [c for c in cited if c.text is text]) for text, title in titles.items()]
    return [(title, chosen) for title, chosen in groups if chosen]


def party_lines(result: Result, party: PartyResult) -> list[str]:
    """Consent, evidence, layers, strip, shares by basis and beliefs of one party, a sentence each."""
    needed = f"needed ({party.consent_because})" if party.consent_needed else "not needed for this text"
    evidence = party.on_evidence
    settles = UNKNOWN if evidence.verdict == "not settled" else evidence.verdict
    settled = f" On the evidence: {evidence_range(evidence)}, {settles}."
    sentences = [f"Consent: {needed}." + ("" if unsourced(result.settings) else settled)]
    layers = [percent(x) for x in party.by_layer.model_dump().values()]
    if len(set(layers)) > 1:
        by_layer = "Accepts in {} of draws with stated lines, {} with inferred, {} with assumed ones too."
        sentences.append(by_layer.format(*layers))
    if party.ratification is not None:
        votes = [vote_reading(party), *inherited_polls(result, party)]
        sentences += [english.say(x, english.names_of(result)) for x in votes]
    if party.own is not None:
        sentences.append(f"By itself, without its members, in {percent(party.own.acceptability.estimate)}.")
    if party.by_turning_class is not None:
        strip = ", ".join(f"{c} {percent(s)}" for c, s in party.by_turning_class.model_dump().items())
        issue = result.labels.issue_id(result.settings.turning_issue or "")
        sentences.append(f"By the importance of {issue}: {strip}.")
    shares = ", ".join(f"{b} {percent(s)}" for b, s in party.weight_by_basis.model_dump().items() if s)
    sentences.append(f"Expected weight by basis of the ranking: {shares or 'none'}.")
    if party.beliefs is not None:
        sentences.append(belief_words(party.beliefs, result))
    if party.reservation is not None:
        sentences.append(f"Reservation value, in place of no deal: {Span(*party.reservation).words}.")
    if party.cost != (0, 0):
        sentences.append(f"What no deal costs besides, added to every gain: {Span(*party.cost).words}.")
    what = "the mean gain over no deal" if party.reservation is None else MEAN_WORTH
    sentences.append(f"Below, issue by issue: what the text says, {what}, then where that comes from.")
    return sentences


def belief_words(beliefs: BeliefsRecord, result: Result, labels: Labels | None = None) -> str:
    """What a party expects of no deal; ``labels`` as of :func:`issue_lines`."""
    name = (labels or result.labels).outcome_id
    ranges = ", ".join(f"{name(k)} {Span(*span).words}" for k, span in beliefs.ranges.items())
    return f"No deal ({result.settings.no_deal}), as it sees it: {ranges} ({_cited(beliefs.basis, beliefs.evidence)})."


def issue_lines(
    issue: IssueRecord, result: Result, labels: Labels | None = None, *, notes: bool = True, means: bool = True
) -> list[str]:
    """One issue: the term and its gain; the ranking; the importance; the note, with ``notes``.

    ``labels`` are those of the result, with the ids that edits name, where no others are given. Without ``means`` it
    says nothing of the draws.
    """
    labels = labels or result.labels
    proposed = _proposed(issue, labels)
    since = "no position in force" if issue.start is None else f"from {issue.start}"
    # silence has no basis, though it may cite what leaves the matter open
    silent = issue.basis == "unknown"
    rests_on = ", ".join(issue.evidence) if silent else _cited(issue.basis, issue.evidence)
    rests_on += "; " if rests_on else ""
    if issue.basis in ("unknown", "assumed") and not unsourced(result.settings):
        rests_on += f"{looked_for(issue.searched, bool(issue.evidence), not silent)}; "
    weighs = f"{issue.importance} ({_cited(issue.importance_basis, issue.importance_evidence)})"
    lines = [
        f"{labels.issue_id(issue.issue)}: {proposed}" + f", mean gain {signed(issue.mean_gain)}" * means,
        f"ranking: {ranking_words(issue, labels)} ({_ties(issue, result, labels)}{rests_on}{since})",
        f"importance: {weighs}" + f", mean weight {issue.weight:.2f}" * means,
    ]
    return [*lines, f"note: {issue.note}"] if notes and issue.note else lines


def _proposed(issue: IssueRecord, labels: Labels) -> str:
    seen = f"; seen as {labels.option_id(issue.issue, issue.seen_as)}" if issue.seen_as else ""
    basis = "" if issue.term_basis is None else f", term {issue.term_basis}"
    return labels.option_id(issue.issue, issue.option) + basis + seen


def signed(gain: float) -> str:
    """A gain to three decimals with its sign; none where nothing is left of it."""
    return f"{gain:+.3f}" if round(gain, 3) else "0.000"


def _cited(basis: str, evidence: Sequence[str]) -> str:
    return f"{basis}: {', '.join(evidence)}" if evidence else basis


def ranking_words(issue: IssueRecord, labels: Labels) -> str:
    """A party's order on an issue in ids, or why there is none."""
    if issue.ranking is None:
        return "unknown" if issue.basis == "unknown" else "given as values"
    return labels.ranking_ids(issue.issue, issue.ranking)


def _ties(issue: IssueRecord, result: Result, labels: Labels) -> str:
    """Which options of a ranking tie because one is like the other; empty, or up to a semicolon."""
    likes = result.likes.get(issue.issue, {}).items()
    tied = [(o, other) for o, other in likes if any({o, other} <= {*level} for level in issue.ranking or ())]
    name = partial(labels.option_again, issue.issue)
    return "".join(f"{name(o)} as {name(other)}, which it is like; " for o, other in tied)


def line_words(party: str, line: LineRecord, labels: Labels) -> str:
    """One red line or refusal of a party in a sentence, and whether the text crosses it."""
    crossed = f"Crossed, binds in {percent(line.share)} of draws" if line.crossed else "Not crossed"
    return f"{crossed}: {line_itself(party, line, labels)}"


def line_itself(party: str, line: LineRecord, labels: Labels) -> str:
    """The same, whatever the text says."""
    if line.kind == "red_line":
        kind, what = "red line", labels.terms_ids({line.issue or "": (line.option or "",)})
    else:
        kind = "refusal"
        what = f"{labels.refusal_id(party, line.refusal or '')}, {labels.terms_ids(line.terms)}"
    chance = f", {chance_words(line.holds, line.quota)}" if line.holds is not None else ""
    why = f" {line.why}" if line.why else ""
    return f"{kind} {what} ({_cited(line.basis, line.evidence)}{chance}).{why}"


def demand_words(party: str, demand: DemandRecord, labels: Labels) -> str:
    """One demand of a party in a sentence, and whether the text meets it."""
    met = "Left open" if demand.left_open else "Met"
    return f"{'Not met' if demand.unmet else met}: {demand_itself(party, demand, labels)}"


def demand_itself(party: str, demand: DemandRecord, labels: Labels) -> str:
    """The same, whatever the text says."""
    what = f"{labels.demand_id(party, demand.demand)}, {labels.terms_ids(demand.terms)}"
    return f"{what} ({_cited(demand.basis, demand.evidence)}). {demand.why}"


def term_words(issue: str, term: Term, basis: str, labels: Labels) -> str:
    """What the text says on an issue, and what that rests on."""
    option = labels.option_id(issue, term.option)
    return f"{option} ({_cited(UNSTATED.get(basis, basis), term.evidence)})"


def cited_words(row: Cited) -> str:
    """A row of evidence in a line."""
    place = f", {row.place}" if row.place else ""
    return f"{row.id} ({row.date}, {row.party}, {row.strength}): {row.claim} [{row.source}{place}]"


def explanation_markdown(result: Result, parties: Sequence[PartyResult], cited: Sequence[Cited]) -> str:
    """The same as :func:`explanation`, in Markdown."""
    lines = [f"### {markdown_line(heading(result))}", "", markdown_line(result.verdict)]
    headings = ("issue", "proposed", "mean gain", "ranking", "importance", "note")
    for party in parties:
        lines += ["", f"#### {markdown_line(_head(result, party))}", ""]
        lines += [f"- {markdown_line(x)}" for x in party_lines(result, party)[:-1]]
        lines += ["", markdown_row(headings), markdown_row(["---"] * len(headings))]
        for issue in party.issues:
            _, ranking, importance, *_ = issue_lines(issue, result)
            proposed = _proposed(issue, result.labels)
            name = result.labels.issue_id(issue.issue)
            row = (name, proposed, signed(issue.mean_gain), ranking[9:], importance[12:], issue.note or "")
            lines.append(markdown_row(row))
        if party.lines:
            lines += ["", "Red lines and refusals in force:", ""]
            lines += [f"- {markdown_line(line_words(party.id, x, result.labels))}" for x in party.lines]
        if party.demands:
            lines += ["", f"{DEMANDS}:", ""]
            lines += [f"- {markdown_line(demand_words(party.id, x, result.labels))}" for x in party.demands]
    for title, chosen in _grouped(cited):
        lines += ["", f"#### {title}", "", *(f"- {markdown_line(cited_words(c))}" for c in chosen)]
    return "\n".join([*lines, "", f"*{caveat_words([result.settings])}*", ""])
