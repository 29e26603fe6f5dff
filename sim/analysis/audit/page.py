"""The audit of sources as a page and as tidy rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sim.analysis.audit.result import Audited, AuditResult
from sim.files.grammar import listed, plural, span
from sim.report.looked_for import LOOKED_FOR, NOT_LOOKED_FOR, Missing
from sim.report.numbers import compact, percent
from sim.report.page import Column, Page, Sheet, by_column
from sim.results.verdicts import OLD_DAYS
from sim.scenario.labels import spoken

HEADER = (
    "text", "date", "party", "kind", "issue", "refusal", "from", "age", "evidence_age", "basis", "importance_basis",
    "line_bases", "documents", "sources", "weak", "searched", "missing", "of_answer", "of_verdict", "by_lines",
)  # fmt: skip
#: Rows of the first table.
TOP = 10
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

PLACE = "place of what the text says assumed"
WEAK: Mapping[str, str] = {
    "one_source": "one source",
    "graded": "graded weak or single",
    "recalled": "recalled from memory alone",
    "secondary": "seen in copies or summaries alone",
    "summaries": "nobody's own words",
    "younger": "all of it said after the text",
}
#: Kinds whose name says what they are have no line here.
KINDS: Mapping[str, str] = {
    **WEAK,
    "cell": "cells",
    "refusal": "refusals",
    "unknown": "unknown: no order",
    "several_sources": "two sources or more",
    "no_source": "none: only assumed or unknown",
    "place": PLACE,
    "old": f"over {OLD_DAYS} days older than a text",
    "searched": LOOKED_FOR,
    "not_searched": NOT_LOOKED_FOR,
}
#: What is missing, in a cell of a table.
NOT_FOUND: dict[Missing, str] = {"nothing": "anything", "order": "an order", "place": "the place"}
NOT_FOUND_MEANS = (
    "Anything: no statement of the party on the issue. An order: statements, but none that ranks the options. The "
    "place: an order, but not where what these texts say, or what no deal brings, stands in it. Texts: at how many."
)
MEASURE = (
    "Of verdicts: in each draw a text's verdict hangs on the parties that refuse, in equal parts, or on all asked "
    "where none does. A party's answer hangs on its lines that bind, in equal parts, or where none does on its cells, "
    "by what each adds to the gain or takes off it. Shares of a text sum to 100%; shown is their mean over the texts."
)
SOURCES = (
    "Sources: documents cited, those that repeat each other (notes that say count once) taken as one. Weak is what all "
    "rows cited are. A refusal counts as looked for where each issue that it names is."
)
CAVEAT = (
    "This tells where to look first, not what is wrong: much may hang on a cell that is right. What a verdict would be "
    "without it, sim sensitivity tells."
)


def rows(result: AuditResult) -> Iterator[tuple[object, ...]]:
    """A row for each cell and refusal at each text at which it is in force."""
    dates = {text.id: text.date for text in result.texts}
    for x in result.entries:
        for at in x.texts:
            yield (
                at.text, dates[at.text].isoformat(), x.party, x.kind, x.issue, x.refusal,
                None if x.start is None else x.start.isoformat(), at.age, at.evidence_age, at.basis, x.importance_basis,
                "; ".join(x.line_bases), x.documents, x.sources, "; ".join(at.weak),
                None if at.searched is None else at.searched.isoformat(), at.missing,
                at.of_answer, at.of_verdict, at.by_lines,
            )  # fmt: skip


def page(result: AuditResult, top: int | None = TOP, not_found: bool = False) -> Page:
    """The ``top`` cells on which most hangs, or all with None, and the counts; or what was looked for and not found."""
    if not_found:
        return _not_found_page(result)
    heaviest = [x for x in result.entries if x.verdicts > 0][: TOP if top is None else top]
    entries = result.entries if top is None else heaviest
    title = "All cells and refusals" if top is None else f"The {_number(len(entries))} on which most hangs"
    return Page(
        heading=f"{result.title}: where to begin with the sources",
        lead=" ".join(_lead(result, heaviest)),
        sheets=(*([_cells(result, entries, title)] if entries else []), _counts(result)),
        notes=tuple(_notes(result, len(entries))),
        caveat=CAVEAT,
    )


def asked(full: bool) -> dict[str, object]:
    """Options of the page for a terminal, whose whole page lists every cell."""
    return {"top": None} if full else {}


def _not_found_page(result: AuditResult) -> Page:
    """What was looked for and not found, party by party."""
    order = list(result.parties)
    lines = sorted(result.not_found, key=lambda x: order.index(x.party))
    cells = len({(x.party, x.issue, x.start) for x in lines})
    of = f"{plural(result.kind('cell').count, 'cell')} in force at {plural(len(result.texts), 'text')}"
    columns = (
        (Column("party", width=16), [result.parties[x.party] for x in lines]),
        (Column("issue", width=32), [result.labels.issue_id(x.issue) for x in lines]),
        (Column("entry from"), [str(x.start or "no position") for x in lines]),
        (Column("looked for"), [str(x.searched) for x in lines]),
        (Column("not found", width=12), [NOT_FOUND[x.missing] for x in lines]),
        (Column("texts", right=True), [str(len(x.texts)) for x in lines]),
    )
    return Page(
        heading=f"{result.title}: what was looked for and not found",
        lead=f"Of {of}, of {cells} something was looked for and not found.",
        sheets=(by_column(columns),) if lines else (),
        notes=(NOT_FOUND_MEANS,),
        caveat="Not found is not unsaid: a search ends, and what is kept of a day is a part of what was said.",
    )


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def _lead(result: AuditResult, heaviest: Sequence[Audited]) -> Iterator[str]:
    cells, refusals = result.kind("cell").count, result.kind("refusal").count
    entries = plural(cells, "cell") + (f" and {plural(refusals, 'refusal')}" if refusals else "")
    texts, never = plural(len(result.texts), "text"), result.kind("not_searched").count
    one, none = result.kind("one_source").count, result.kind("no_source").count
    sources = f"{one} on one source, {none} only assumed or unknown"
    yield f"{entries} in force at {texts}: {never} never looked for, {sources}."
    if not result.sources:
        yield "Nothing in this domain is sourced."
    if heaviest:
        # of a document read back each share is rounded; together they are no less than all
        share = percent(min(round(sum(x.share for x in heaviest), 9), 1.0))
        on = f"the {_number(len(heaviest))} heaviest hangs" if len(heaviest) > 1 else "the heaviest alone hangs"
        yield f"On {on} {share} of the verdicts."
    else:
        yield "There is no verdict that could hang on any of them."


def _cells(result: AuditResult, entries: Sequence[Audited], title: str) -> Sheet:
    names = [f"{_name(result, x)}\n{x.start or 'no position'}, {plural(len(x.texts), 'text')}" for x in entries]
    columns = (
        (Column("cell or refusal, from"), names),
        (Column("of verdicts", right=True), [compact(x.share) for x in entries]),
        (Column("rests on", width=22), map(_rests_on, entries)),
        (Column("days before the text", width=17, least=2), map(_ages, entries)),
        (Column("to see to", width=26), ["; ".join(_to_see_to(x)) or "-" for x in entries]),
    )
    return by_column(columns, title)


def _name(result: AuditResult, x: Audited) -> str:
    if x.refusal is not None:
        return f"{result.parties[x.party]} refuses {result.labels.refusal_id(x.party, x.refusal)}"
    return f"{result.parties[x.party]}: {result.labels.issue_id(x.issue or '')}"


def _rests_on(x: Audited) -> str:
    """Bases, and how many sources."""
    bases: list[str] = [x.basis]
    if x.importance_basis not in (None, x.basis):
        bases.append(f"importance {x.importance_basis}")
    if lines := [b for b in dict.fromkeys(x.line_bases) if b != x.basis]:
        bases.append(f"red line {listed(lines)}")
    return f"{', '.join(bases)}; {plural(x.sources, 'source')}"


def _ages(x: Audited) -> str:
    """From when the entry is and when the newest row was said on which it rests, in days before the texts."""
    entry = [at.age for at in x.texts if at.age is not None]
    newest = [at.evidence_age for at in x.texts if at.evidence_age is not None]
    return "; ".join(f"{what}{_span(days)}" for what, days in (("", entry), ("evidence ", newest)) if days) or "-"


def _span(numbers: Sequence[int]) -> str:
    return span(f"{min(numbers):,}", f"{max(numbers):,}")


def _to_see_to(x: Audited) -> Iterator[str]:
    """Why a next reader may want to begin here."""
    if x.searched is None:
        yield NOT_LOOKED_FOR
    if not x.sourced:
        yield "no order known" if x.basis == "unknown" else "only assumed"
    for weakness in x.weak:
        yield WEAK[weakness] + _where(x, sum(weakness in at.weak for at in x.texts))
    if placed := sum(at.basis != x.basis for at in x.texts):
        yield PLACE + _where(x, placed)
    if x.kind == "cell" and x.by_lines > 0:
        yield f"{compact(min(x.by_lines / x.share, 1.0))} of it by red line"


def _where(x: Audited, texts: int) -> str:
    return "" if texts == len(x.texts) else f" (at {plural(texts, 'text')})"


def _counts(result: AuditResult) -> Sheet:
    names = result.parties
    columns = (Column("of them"), Column("all", right=True), Column("of verdicts", right=True))
    lines = [
        (
            KINDS.get(k.kind, k.kind),
            f"{k.count:,}",
            compact(min(k.share, 1.0)),
            *(str(k.parties.get(p, 0)) for p in names),
        )
        for k in result.kinds
    ]
    lines.append(("of verdicts", "", "", *(compact(min(result.party_shares[p], 1.0)) for p in names)))
    by_party = (Column(name, right=True, folds=True) for name in names.values())
    return Sheet((*columns, *by_party), tuple(lines), "How many of them are what, by party")


def _notes(result: AuditResult, entries: int) -> Iterator[str]:
    yield MEASURE
    if entries < len(result.entries):
        yield f"--full lists all {len(result.entries)}; json has each at each text, csv a row each."
    if without := [spoken(text.title) for text in result.texts if not text.counted]:
        yield f"No verdict, and so no share: {listed(without)}."
    yield SOURCES
    if result.not_found:
        yield "--not-found lists what was looked for and not found."
    if searched := [at.searched for x in result.entries for at in x.texts if at.searched is not None]:
        first, last = min(searched), max(searched)
        yield f"Looked for last on {first}." if first == last else f"Looked for last between {first} and {last}."
    draws = _span([text.draws for text in result.texts])
    yield f"{draws} draws a text; which texts there are weighs too, since each counts alike."
