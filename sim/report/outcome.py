"""Results as text: a table for the terminal and Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from sim.files.grammar import listed
from sim.files.written import markdown_line, markdown_row
from sim.report import english, layout, verdict
from sim.report.layout import Column
from sim.report.numbers import compact, interval, per_cents, percent
from sim.report.page import Detail, Page, Sheet, more
from sim.report.terminal import WIDTH, bullet
from sim.report.verdict import INFERRED, NO_SOURCES, UNKNOWN, short, word_of
from sim.results.documents import Cell
from sim.results.findings import note_findings, unmet_demands, voting
from sim.results.records import Interval, OnEvidence, PartyResult, ScenarioInfo, Settings
from sim.results.result import Result
from sim.results.verdicts import depends_on_filler, settles_nothing, unsourced
from sim.scenario.edit_paths import EditsFile

HEADINGS = ("party", "verdict, share of draws", "on the evidence", "gain, 5 to 95%", "main objection", "needed")
#: The gain may be left out in a narrow terminal.
_COLUMNS = tuple(
    Column(heading, width=width, least=least)
    for heading, width, least in zip(HEADINGS, (16, 15, 11, 14, 26, 6), (0, 0, 0, 90, 0, 0), strict=True)
)
#: Said under tables of several texts.
BRACKETS = (
    f"{verdict.UNKNOWN_LEGEND}; the share is what the assumptions make of it. {INFERRED} "
    "In brackets: consent not needed for that text."
)
#: Kinds of findings below the table that the first screen has: what bears on how far the verdict can be trusted.
FIRST = (
    *("asks_for_more", "graded_claims", "vote_outcome", "sole_blockers", "read_out", "filler_range"),
    *("silent_sources", "silent_parties", "not_modelled", "open_issues", "unplaced_term", "default_terms"),
    *("edited", "few_draws", "positions_age", "file_warning", "draws"),
)
#: What counts, where not all evidence does.
COUNTED = {"articles": "articles only", "firm": "without weak and single sources"}
#: A gain that spreads less than this over the draws is one number.
SAME = 1e-9
#: Parties that refuse in fewer draws than this have no main objection to show.
_MINOR = 0.1

_TONE = {"accepts": "green", "refuses": "red", "divided": "yellow", UNKNOWN: "yellow", "refuses, inferred": "red"}


def silence(settings: Settings) -> str:
    """What stands in place of a verdict on a party of which nothing is known."""
    return "not filled in" if unsourced(settings) else "sources silent"


def gain(party: PartyResult, join: str = " ") -> str:
    """A party's gain, its median and the middle 90% of draws."""
    spread = party.gain
    if spread.p95 - spread.p05 < SAME:
        return f"{spread.median:+.2f}" if round(spread.median, 2) else "0.00"
    return f"{spread.median:+.2f}{join}[{spread.p05:+.2f}, {spread.p95:+.2f}]"


def cells(result: Result, party: PartyResult, join: str = " ") -> tuple[str, ...]:
    """The row of one party under :data:`HEADINGS`, in plain text; ``join`` stands between lines of a cell.

    Of a text that settles nothing there is no verdict, so no row has one.
    """
    needed = "yes" if party.consent_needed else "no"
    if settles_nothing(result):
        return (party.name, "no verdict", "-", "-", "-", needed)
    word = word_of(party, result.settings)
    share = interval(party.acceptability)
    words = [word, f"({share})" if word == UNKNOWN else share]
    if party.own is not None and party.own.acceptability != party.acceptability:
        words.append(f"(own {percent(party.own.acceptability.estimate)})")
    return (
        party.name,
        silence(result.settings) if party.silent else join.join(words),
        NO_SOURCES if unsourced(result.settings) else verdict.evidence_range(party.on_evidence),
        gain(party, join),
        _objection(result, party),
        needed,
    )


def _objection(result: Result, party: PartyResult) -> str:
    """A party's main objection, or what it asks for beyond a text that it accepts."""
    if against := _against(result, party):
        return against
    asked = [result.labels.demand(party.id, x.demand) for x in unmet_demands(result, party)]
    return f"none, but asks for {asked[0]}{' and more' if asked[1:] else ''}" if asked else "none"


def _against(result: Result, party: PartyResult) -> str:
    """A party's main objection; empty where there is none, or where it hardly ever refuses."""
    refuses = 1 - (party.own or party).acceptability.estimate
    return verdict.objection(result, party).removeprefix("its ") if refuses >= _MINOR else ""


def by_party(result: Result) -> list[dict[str, Cell]]:
    """The rows of :func:`cells` as data: what has no figure there has None here."""
    return [_row(result, party) for party in result.parties]


def _row(result: Result, party: PartyResult) -> dict[str, Cell]:
    none, sourced = settles_nothing(result), not unsourced(result.settings)
    own = None if none or party.silent else party.own
    share = None if none or party.silent else party.acceptability
    evidence = party.on_evidence if sourced and not none else None
    word = silence(result.settings) if party.silent else word_of(party, result.settings)
    own_evidence = own.on_evidence if own is not None and sourced else None
    return {
        "party": party.id,
        "name": party.name,
        "verdict": "no verdict" if none else word,
        **_share_cells("share", share),
        **_evidence_cells("evidence", evidence),
        "gain": None if none else party.gain.median,
        "objection": None if none else _against(result, party) or None,
        "unmet_demands": "; ".join(x.demand for x in unmet_demands(result, party)) or None,
        "needed": party.consent_needed,
        "own_verdict": None if own is None else verdict.word(own.verdict, own_evidence),
        **_share_cells("own", None if own is None else own.acceptability),
        **_evidence_cells("own_evidence", own_evidence),
    }


def _share_cells(name: str, share: Interval | None) -> dict[str, Cell]:
    figures = (None, None, None) if share is None else share.figures
    return dict(zip((name, f"{name}_low", f"{name}_high"), figures, strict=True))


def _evidence_cells(name: str, evidence: OnEvidence | None) -> dict[str, Cell]:
    low, high = (None, None) if evidence is None else (evidence.necessary, evidence.possible)
    return {f"{name}_low": low, f"{name}_high": high}


def heading(result: Result) -> str:
    """The title of a page."""
    return heading_of(result.scenario, result.settings)


def dated(info: ScenarioInfo) -> str:
    """A text's title and, in brackets, its id and date, and of which day the positions are where that is another."""
    positions = f", positions of {info.as_of}" if info.as_of != info.date else ""
    return f"{info.title} ({info.id}, {info.date}{positions})"


def heading_of(info: ScenarioInfo, settings: Settings) -> str:
    """A text's title and, in brackets, which positions and which evidence were used."""
    facts = [info.id, str(info.date)]
    if info.as_of != info.date:
        facts.append(f"positions of {info.as_of}")
    if settings.evidence != "all":
        none = ", and no source is one" if settings.sources == "no articles" else ""
        facts.append(f"evidence: {COUNTED.get(settings.evidence, settings.evidence)}{none}")
    if settings.rules:
        facts.append(f"own rules of {listed(list(dict.fromkeys(x.party for x in settings.rules)))}")
    return f"{info.title} ({', '.join(facts)})"


def outcome(
    result: Result,
    before: Result | None = None,
    width: int = WIDTH,
    files: Sequence[EditsFile] = (),
    full: bool = True,
) -> RenderableType:
    """What ``sim run`` prints for one scenario; not ``full``: of the notes those of :data:`FIRST` kinds.

    ``before`` and ``files`` as of :func:`sim.results.findings.note_findings`.
    """
    rows = [[Text(c) for c in cells(result, party, "\n")] for party in result.parties]
    for row, party in zip(rows, result.parties, strict=True):
        if not settles_nothing(result):
            row[1].stylize(_TONE[word_of(party, result.settings)])
        row[2].stylize("dim" * unsourced(result.settings))
    needed = {number: "" if party.consent_needed else "dim" for number, party in enumerate(result.parties)}
    table = layout.table(_COLUMNS, rows, width, styles=needed)
    facts = note_findings(result, before, files)
    first = [x for x in facts if full or x.kind in FIRST]
    lines = [bullet(english.say(x, english.names_of(result))) for x in first]
    head = Text(heading(result), style="bold"), Text(result.verdict)
    return Group(*head, table, *lines, *more((), len(facts) - len(first)))


def page(result: Result, before: Result | None = None, files: Sequence[EditsFile] = ()) -> Page:
    """The same as :func:`outcome`, where one page is made like another, for notebooks."""
    names = english.names_of(result)
    notes = [(x.kind in FIRST, english.say(x, names)) for x in note_findings(result, before, files)]
    return Page(
        heading=heading(result),
        lead=result.verdict,
        sheets=(Sheet(_COLUMNS, tuple(cells(result, party, "\n") for party in result.parties)),),
        notes=tuple(note if first else Detail(note) for first, note in notes),
        caveat=verdict.caveat([result.settings]),
    )


def caveat(results: Sequence[Result]) -> RenderableType:
    """The last lines of a page, for a terminal."""
    return Text(verdict.caveat(result.settings for result in results), style="italic")


def summary(results: Sequence[Result], width: int = WIDTH, apart: bool = False) -> RenderableType:
    """One row a scenario, for runs of several: the joint share and every party's; ``apart`` in different domains."""
    parties = list(dict.fromkeys(p.name for r in results for p in r.parties))
    votes = any(voting(result) for result in results)
    shares = ("signed", "joint") if votes else ("joint",)
    columns = [Column("text", width=26), *(Column(x, right=True) for x in shares)]
    columns += [Column(name, right=True, width=max(map(len, name.split())), folds=True) for name in parties]
    columns.append(Column("verdict", width=20))
    talked = any(result.negotiation for result in results)
    if talked:
        columns.append(Column("talks agree", right=True, width=6))
    rows = []
    for result in results:
        by_name = {p.name: p for p in result.parties}
        joint = [_share(x, compact) for x in _joint(result, votes)]
        figures = [figure(result, by_name.get(name), compact, "\n") for name in parties]
        talks = result.negotiation
        agreed = [compact(talks.agreed.estimate) if talks else "-"] if talked else []
        outcome = f"{short(result)}\n{NO_SOURCES}" if unsourced(result.settings) else short(result)
        rows.append((result.scenario.name, *joint, *figures, outcome, *agreed))
    table = layout.table(columns, rows, width, "Shares of draws that accept")
    parts = [table, Text(BRACKETS)]
    if votes:
        parts.append(Text("Signed is without those who vote on it afterwards; joint is signed and ratified."))
    if apart:
        parts.append(Text("The rows are of different domains, so that a higher figure ranks nothing."))
    return Group(*parts)


def _joint(result: Result, votes: bool) -> list[Interval | None]:
    """The share signed, where anybody votes, and the joint share; none of a text that settles nothing."""
    shares = ([result.signed] if votes else []) + [result.joint_acceptability]
    return [None] * len(shares) if settles_nothing(result) else shares


def _share(share: Interval | None, words: Callable[[float], str]) -> str:
    return "-" if share is None else words(share.estimate)


def figure(result: Result, party: PartyResult | None, words: Callable[[float], str], join: str = " ") -> str:
    """A party's share for a table of many texts, after a word where it is unknown; in brackets if it is not needed."""
    if party is None or settles_nothing(result):
        return "-"
    share = words(party.acceptability.estimate)
    cell = "silent" if party.silent else share
    if not party.silent and (mark := verdict.MARKS.get(word_of(party, result.settings))):
        cell = f"{mark}{join}{share}"
    return cell if party.consent_needed else f"({cell})"


def markdown(result: Result, before: Result | None = None, below: str = "", files: Sequence[EditsFile] = ()) -> str:
    """The same as :func:`outcome`, in Markdown; ``below`` comes before the caveat."""
    lines = [f"### {markdown_line(heading(result))}", "", markdown_line(result.verdict), ""]
    lines += [markdown_row(HEADINGS), markdown_row(["---"] * len(HEADINGS))]
    lines += [markdown_row(cells(result, p)) for p in result.parties]
    notes = [f"- {markdown_line(x)}" for x in english.notes(result, before, files)]
    lines += ["", *notes, "", *([below] if below else []), f"*{verdict.caveat([result.settings])}*", ""]
    return "\n".join(lines)


def overview(results: Sequence[Result]) -> str:
    """One Markdown row a scenario: joint share, every party, evidence, filler."""
    parties = list(dict.fromkeys(p.name for r in results for p in r.parties))
    signed = ["signed"] if any(voting(result) for result in results) else []
    headings = ["scenario", "text of", *signed, "joint", *parties, "on the evidence", "filler"]
    lines = [markdown_row(headings), markdown_row(["---"] * len(headings))]
    for result in results:
        rows = {p.name: p for p in result.parties}
        figures = [figure(result, rows.get(name), _hundredths) for name in parties]
        shares = [_share(x, _hundredths) for x in _joint(result, bool(signed))]
        info = result.scenario
        lines.append(markdown_row([info.id, str(info.date), *shares, *figures, _overall(result), _filler(result)]))
    return "\n".join(lines)


def _hundredths(share: float) -> str:
    """A share as a number, which is no half where it is below."""
    return f"{float(per_cents(share)) / 100:.3f}" if "." in per_cents(share) else f"{share:.2f}"


def _overall(result: Result) -> str:
    evidence = result.on_evidence
    who = evidence.by_inference if evidence.verdict == "not settled" and evidence.by_inference else evidence.parties
    return f"{verdict.evidence_word(evidence)}: {', '.join(who) or 'nobody asked'}"


def _filler(result: Result) -> str:
    filler = result.filler
    if filler is None:
        return "none"
    mark = ", decides" if depends_on_filler(result) else ""
    return f"{filler.assumed_terms} of {filler.terms}: {filler.low:.2f} to {filler.high:.2f}{mark}"
