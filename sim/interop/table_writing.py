"""A scenario's positions as a wide table, CSV or a workbook: what :mod:`sim.interop.table_reading` reads back.

Orders, classes and red lines in force on the scenario's day, the outcomes of no deal and the text go out; what a table
cannot hold is listed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sim.files.grammar import listed
from sim.interop.cells import unformulated
from sim.interop.table_reading import BOTH, IMPORTANCE, LONG
from sim.scenario import schema
from sim.scenario.labels import labels_of

_CROSS = "x"
Value = str | float | None


@dataclass(frozen=True)
class Written:
    """Rows of a table, the first its header, and what they do not carry."""

    rows: tuple[tuple[Value, ...], ...]
    lost: tuple[str, ...]


def written(scenario: schema.Scenario, parties: Collection[str] | None = None) -> Written:
    """The table of a scenario, for some parties or all of them."""
    domain = scenario.domain
    chosen = [p for p in domain.positions.values() if parties is None or p.id in parties]
    labels = labels_of(domain)
    names = _apart([(p.id, p.name) for p in chosen], {*BOTH, *LONG})
    issues = _apart([(i, labels.issue(i)) for i in domain.issues.issues], ())
    lottery = scenario.lottery
    outcomes = domain.issues.no_deal.lotteries[lottery].outcomes if lottery else {}
    heads = [f"no_deal: {name}" for name in outcomes] if len(outcomes) > 1 else ["no_deal"]
    rows: list[tuple[Value, ...]] = [
        ("issue", "question", "option", "meaning", *heads, f"text: {scenario.title}", *names.values())
    ]
    for id, issue in domain.issues.issues.items():
        options = _apart([(o, labels.option(id, o)) for o in issue.options], (IMPORTANCE,))
        question = issue.question if issue.question != issues[id] else None
        entries = [p.position(id, scenario.day) for p in chosen]
        ranks = [ranks_of(entry, tuple(issue.options)) for entry in entries]
        term = scenario.proposal.terms[id]
        for o, option in issue.options.items():
            meaning = option.text if option.text != options[o] else None
            marks = [_CROSS if outcome.get(id) == o else None for outcome in outcomes.values()] or [None]
            tabled = _CROSS if term.option == o else None
            cells = [_cell(own.get(o), entry, o) for own, entry in zip(ranks, entries, strict=True)]
            rows.append((issues[id], question, options[o], meaning, *marks, tabled, *cells))
            question = None  # once an issue
        classes = [entry.importance if entry and entry.importance != "unknown" else None for entry in entries]
        rows.append((issues[id], None, IMPORTANCE, None, *[None] * len(heads), None, *classes))
    return Written(tuple(rows), tuple(_lost(scenario, chosen, bool(outcomes))))


def ranks_of(entry: schema.Position | None, options: Sequence[str]) -> dict[str, float]:
    """Ranks of the options whose place in the order is known; those behind ``rest`` count from the end."""
    if entry is None:
        return {}
    levels: Sequence[Sequence[str]] = entry.ranking or ()
    if entry.values is not None:
        middle = {o: (span.low + span.high) / 2 for o, span in entry.values.items()}
        levels = [[o for o in middle if middle[o] == value] for value in sorted(set(middle.values()), reverse=True)]
    out: dict[str, float] = {}
    behind = False
    for number, level in enumerate(levels):
        behind |= level == (schema.REST,)
        rank = len(options) - (len(levels) - 1 - number) if behind else number + 1
        out |= {o: float(rank) for o in level if o != schema.REST}
    return out


def _cell(rank: float | None, entry: schema.Position | None, option: str) -> Value:
    if entry is None or all(line.option != option for line in entry.red_lines):
        return rank
    return _CROSS if rank is None else f"{rank:g} {_CROSS}"


def _apart(pairs: Sequence[tuple[str, str]], reserved: Collection[str]) -> dict[str, str]:
    """Names by id; the id where two names are alike but for capitals, or where a name is a word of the table."""
    folded = [" ".join(name.split()).casefold() for _, name in pairs]
    out = {}
    for (id, name), own in zip(pairs, folded, strict=True):
        alone = folded.count(own) == 1 and own.replace(" ", "_").partition(":")[0] not in reserved
        out[id] = name if alone else id if id not in reserved else f"{id} (id)"
    return out


def _lost(scenario: schema.Scenario, parties: Sequence[schema.Party], no_deal: bool) -> list[str]:
    domain = scenario.domain
    day, rules = scenario.day, scenario.rules
    entries = [(p, e) for p in parties for x in p.positions.values() if (e := schema.in_force(x, day)) is not None]

    def of(ids: Collection[str]) -> str:
        return listed(list(dict.fromkeys(ids)))

    lost = {
        "Refusals of combinations": of([p.id for p in parties if p.refuses]),
        "Demands": of([p.id for p in parties if p.asks]),
        "Chances that a line binds": of([p.id for p, e in entries if any(x.holds for x in e.red_lines)]),
        "Values in numbers, of which the order stays": of([p.id for p, e in entries if e.values is not None]),
        "Weights in numbers": of([p.id for p, e in entries if e.weight is not None]),
        "Conditions of consent": of([p.id for p in parties if not p.consent.always]),
        "Roles other than principal": of([p.id for p in parties if p.role != "principal"]),
        "Beliefs about no deal, costs and reservation values": of(
            [p.id for p in parties if p.no_deal != schema.PartyNoDeal() or p.reservation is not None]
        ),
        "Rules of their own": of([p.id for p in parties if p.id in {**rules.utility, **rules.acceptance}]),
        "Constraints": of([c.id for c in domain.issues.constraints]),
        "Effects": of([e.id for e in domain.issues.effects]),
        "Parties left out": of([p for p in domain.positions if p not in {h.id for h in parties}]),
    }
    out = [f"{what} ({ids})" for what, ids in lost.items() if ids]
    if any(e.ranking and (schema.REST,) in e.ranking for _, e in entries):
        out.append("That options a ranking does not name stand between those it does (rest): their cells are empty")
    if not no_deal:
        out.append("What no deal brings: mark it in the column no_deal before importing the table")
    out.append(f"Bases, sources, evidence, dates and notes: positions are those of {day}")
    return out


def csv_bytes(table: Written) -> bytes:
    """UTF-8 with a byte order mark, by which spreadsheets know it; a quote stands before what begins a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_plain(value) for value in row] for row in table.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    return unformulated(value)


def xlsx_bytes(table: Written, title: str) -> bytes:
    """A workbook with one sheet. Raises ValueError (one line) where openpyxl is not installed."""
    from sim.interop.xlsx import needed

    book = needed().Workbook()
    sheet = book.active
    sheet.title = "".join(c for c in title if c not in r"[]:*?/\\'")[:31].strip() or "table"
    for r, row in enumerate(table.rows, 1):
        for c, value in enumerate(row, 1):
            if value is not None:
                cell = sheet.cell(r, c, value)
                if isinstance(value, str):
                    cell.data_type = "s"  # never a formula, whatever it begins with
    sheet.freeze_panes = "D2"
    for column, width in zip("ABCD", (20, 30, 28, 50), strict=True):
        sheet.column_dimensions[column].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
