"""A verdict, an objection and a line in a few words, as cells of tables and sentences have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from sim.files.grammar import span
from sim.report.looked_for import in_short
from sim.report.numbers import compact_range, exact, percent
from sim.results.findings import unknown_view
from sim.results.records import LineRecord, Objection, OnEvidence, OverallEvidence, PartyResult, PartyVerdict, Settings
from sim.results.result import LineName, Result
from sim.results.verdicts import outcome, refuses_by_inference, unsourced
from sim.scenario.labels import Labels, capital

#: What is said of a party or a text on which the evidence leaves both answers open (``not settled`` in JSON).
UNKNOWN: Literal["unknown"] = "unknown"
#: The same as the legend of a table begins.
UNKNOWN_LEGEND = f"{capital(UNKNOWN)}: the evidence alone leaves both answers open"
#: What a party is said to do: its verdict as modelled, where the evidence does not leave both answers open.
Word = Literal["accepts", "refuses", "refuses, inferred", "divided", "unknown"]
#: Of a word, what stands over a share in tables of many texts; nothing where the share alone says it.
MARKS: Mapping[Word, str] = {UNKNOWN: UNKNOWN, "refuses, inferred": "inferred"}
#: Said once under what is marked so.
INFERRED = "Inferred: refused over a line that is read out of the sources, not stated in them."
#: What is said of a term that no source gives, by its basis.
UNSTATED = {"assumed": "not in the sources", "proposed": "proposed here"}
#: The same of a term that a line is crossed by; there a term that no clause says, too, since one line may decide.
READ_OUT = "read out of the text"
CROSSED_BY = {"assumed": UNSTATED["assumed"], "inferred": READ_OUT}
#: In place of an objection on which the party's view is unknown: a place drawn at random is none.
NONE_KNOWN = "none known"
#: Said under every table.
CAVEAT = (
    "This is a reading of stated positions, not a forecast: shares count preference profiles that agree with the "
    "sources, not chances that events will happen."
)
#: The same for a domain without sources; in a cell; and once, in place of what the evidence settles.
UNSOURCED_CAVEAT = "Shares count draws that agree with the figures given, not chances that events will happen."
NO_SOURCES = "no sources"


def evidence_word(evidence: OverallEvidence) -> str:
    """What the evidence settles of a text, in a word or two."""
    if evidence.verdict != "not settled":
        return evidence.verdict
    return "refused, inferred" if evidence.by_inference else UNKNOWN


def evidence_in_short(evidence: OverallEvidence, names: Mapping[str, str]) -> str:
    """What the evidence settles and of whom, in a few words."""
    if evidence.verdict == "accepted":
        return "accepted"
    inferred = evidence.verdict == "not settled" and evidence.by_inference
    who = ", ".join(names[p] for p in inferred or evidence.parties)
    open_to_both = evidence.verdict == "not settled" and not inferred
    return f"{UNKNOWN}: {who}" if open_to_both else f"{evidence_word(evidence)} by {who}"


def word(modelled: PartyVerdict, evidence: OnEvidence | None) -> Word:
    """What a party is said to do.

    Where the evidence alone leaves both answers open (``not settled``), that is unknown, whatever the assumptions make
    of it, unless lines that are inferred from the sources leave one answer. ``evidence`` is None where nothing is
    sourced, so that the figures given are all there is.
    """
    if evidence is None or evidence.verdict != "not settled":
        return modelled
    return "refuses, inferred" if refuses_by_inference(evidence) else UNKNOWN


def word_of(party: PartyResult, settings: Settings) -> Word:
    """:func:`word` of a party, of an alliance with its members."""
    return word(party.verdict, None if unsourced(settings) else party.on_evidence)


def short(result: Result) -> str:
    """The verdict in a few words: what the evidence settles, else who is unknown; without sources as modelled."""
    verdict, parties = outcome(result)
    if verdict == "none":
        return "no verdict"
    if not unsourced(result.settings):
        return evidence_in_short(result.on_evidence, {p.id: p.name for p in result.parties})
    who = ", ".join(p.name for p in parties)
    return {
        "accepted": "accepted",
        "with_filler": "accepted",
        "singly": "by each, not by all together",
        "divided": f"divided: {who}",
        "refused": f"refused by {who}",
    }[verdict]


def evidence_range(evidence: OnEvidence) -> str:
    """What the evidence allows, compactly."""
    return compact_range(evidence.necessary, evidence.possible)


def caveat(settings: Iterable[Settings]) -> str:
    """What is said under tables, by what the results rest on."""
    several = list(settings)
    return UNSOURCED_CAVEAT if several and all(map(unsourced, several)) else CAVEAT


# Objections and lines


def objection(result: Result, party: PartyResult) -> str:
    """The main objection in a few words; empty where there is none.

    Where the party's view is unknown :data:`NONE_KNOWN`, with whether it was looked for.
    """
    words, cell = main_objection(party.main_objection, result.labels, party.id), unknown_view(result, party)
    return words if cell is None else f"{words} ({in_short(cell.searched)})"


def main_objection(against: Objection | None, labels: Labels, party: str) -> str:
    """As :func:`objection`, from its parts."""
    if against is not None and against.kind == "issue" and against.basis == "unknown":
        return NONE_KNOWN
    return objection_words(against, labels, party)


def objection_words(against: Objection | None, labels: Labels, party: str) -> str:
    """An objection of a party in a few words; empty for none."""
    if against is None:
        return ""
    more = "; ".join(x for x in (CROSSED_BY.get(against.term_basis or "", ""), _polled(against)) if x)
    if against.kind == "red_line":
        return f"its {against.basis} {red_line(labels, against.issue, against.option, more)}"
    if against.kind == "refusal":
        return f"its {against.basis} refusal {labels.refusal(party, against.refusal)}{f' ({more})' if more else ''}"
    unstated = f", {UNSTATED[against.term_basis]}" if against.term_basis in UNSTATED else ""
    unknown = ", its view unknown" if against.basis == "unknown" else ""
    return f"{labels.term(against.issue or '', against.option)}{unstated}{unknown}"


def red_line(labels: Labels, issue: str | None, option: str | None, more: str = "") -> str:
    """``red line against 'NATO membership' (place towards NATO)``; ``more`` stands in the brackets too."""
    where = "; ".join(x for x in (labels.issue(issue or ""), more) if x)
    return f"red line against '{labels.option(issue or '', option)}' ({where})"


def line_with_basis(line: LineRecord | LineName, labels: Labels, party: str) -> str:
    """A line of a party, with its basis before it."""
    red = line.kind == "red_line"
    what = red_line(labels, line.issue, line.option) if red else f"refusal {labels.refusal(party, line.refusal)}"
    return f"{line.basis} {what}"


def line_name(line: LineRecord | LineName, labels: Labels, party: str) -> str:
    """A line of a party as the subject of a sentence."""
    return f"the {line_with_basis(line, labels, party)}"


def _polled(against: Objection) -> str:
    """What a line from a poll rests on, or with which chance one without a poll holds."""
    if against.holds is None:
        return ""
    # an edit of a line, or of the one that it is a copy of, takes its polls away
    whence = "polls" if against.evidence and against.basis != "edited" else "holds"
    return f"{whence}: {span(*map(percent, against.holds))}"


def chance_words(holds: tuple[float, float], quota: float | None) -> str:
    """What the range of a line says: the share of voters who refuse, or the chance that it binds."""
    ends = span(*map(exact, holds))
    return f"binds with a chance of {ends}" if quota is None else f"refused by {ends} of voters"
