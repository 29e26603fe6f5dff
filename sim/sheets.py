"""Pages of tables and sentences, shown on a terminal or as Markdown.

An analysis is laid out once, as a :class:`Page`; what it looks like in either medium is decided
here. Cells are plain text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.tables import bullet, markdown_row


@dataclass(frozen=True)
class Column:
    """A heading and how its cells stand; ``width`` in characters, None for as wide as needed.

    ``least`` is the narrowest terminal (in columns) in which the column is shown.
    """

    heading: str
    right: bool = False
    width: int | None = None
    least: int = 0


@dataclass(frozen=True)
class Sheet:
    """One table. ``tones`` colours rows on a terminal: row number to ``good``, ``bad``, ``open`` or ``faint``."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str | None = None
    tones: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """A heading, a lead of a few plain sentences, tables, and notes of one sentence each."""

    heading: str
    lead: str
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()
    caveat: str | None = None


_STYLES = {"good": "green", "bad": "red", "open": "yellow", "faint": "dim"}


def shown(page: Page, width: int) -> RenderableType:
    """The page for a terminal ``width`` columns wide."""
    parts: list[RenderableType] = [Text(page.heading, style="bold"), Text(page.lead)]
    for number, sheet in enumerate(page.sheets):
        # A table begins and ends with an empty line, unless a title stands before it.
        parts += [Text("")] if sheet.title is not None and number == 0 else []
        parts.append(_table(sheet, width))
    parts += [bullet(note) for note in page.notes]
    if page.caveat is not None:
        parts.append(Text(page.caveat, style="italic"))
    return Group(*parts)


def _table(sheet: Sheet, width: int) -> RenderableType:
    kept = [k for k, column in enumerate(sheet.columns) if column.least <= width]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), title=sheet.title, title_justify="left")
    for k in kept:
        column = sheet.columns[k]
        table.add_column(
            column.heading, justify="right" if column.right else "left", width=column.width, overflow="fold"
        )
    for number, row in enumerate(sheet.rows):
        style = _STYLES.get(sheet.tones.get(number, ""), "")
        table.add_row(*(Text(row[k]) for k in kept), style=style)
    return table


def markdown(page: Page) -> str:
    """The page as Markdown."""
    lines = [f"### {page.heading}", "", page.lead, ""]
    for sheet in page.sheets:
        if sheet.title is not None:
            lines += [f"**{sheet.title}**", ""]
        lines.append(markdown_row(c.heading for c in sheet.columns))
        lines.append(markdown_row("---:" if c.right else "---" for c in sheet.columns))
        lines += [markdown_row(cell.replace("\n", "<br>") for cell in row) for row in sheet.rows]
        lines.append("")
    lines += [f"- {note}" for note in page.notes]
    if page.caveat is not None:
        lines += ["", f"*{page.caveat}*"]
    return "\n".join(lines).rstrip() + "\n"


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV; None becomes an empty field."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(["" if x is None else x for x in row] for row in rows)
    return out.getvalue()
