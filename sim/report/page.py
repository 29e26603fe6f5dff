"""Pages of tables and sentences, shown on a terminal or as Markdown.

An analysis is laid out once, as a :class:`Page`; what it looks like in either medium is decided
here. Cells are plain text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from sim.files.grammar import listed, plural
from sim.files.written import csv_text as csv_text
from sim.files.written import markdown_line, markdown_row
from sim.report import layout
from sim.report.layout import Column as Column
from sim.report.terminal import bullet


class Detail(str):
    """A sentence that only the whole page has: a terminal shows it with ``--full``, Markdown always."""

    __slots__ = ()


@dataclass(frozen=True)
class Sheet:
    """One table. ``tones`` colours rows on a terminal: row number to ``good``, ``bad``, ``open`` or ``faint``.

    A table that is a ``detail`` only the whole page has, as of :class:`Detail`.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str | None = None
    tones: Mapping[int, str] = field(default_factory=dict)
    detail: bool = False


def by_column(columns: Iterable[tuple[Column, Iterable[str]]], title: str | None = None, **more: Any) -> Sheet:
    """A table of columns, each with its cells; ``more`` is as of :class:`Sheet`."""
    headings, cells = zip(*columns, strict=True)
    return Sheet(headings, tuple(zip(*cells, strict=True)), title, **more)


@dataclass(frozen=True)
class Page:
    """A heading, a lead of a few plain sentences, tables, and notes of one sentence each.

    What of the notes is a :class:`Detail`, and tables that are details, the first screen leaves out; it has ``brief``
    in place of the lead, where there is one.
    """

    heading: str
    lead: str
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()
    caveat: str | None = None
    brief: str | None = None

    def screen(self, width: int, full: bool = True) -> RenderableType:
        """As of :func:`screen`."""
        return screen(self, width, full)

    def markdown(self) -> str:
        """As of :func:`markdown`."""
        return markdown(self)

    def parts(self) -> Sequence[Page]:
        """This page; of what is shown on several, each."""
        return (self,)


_STYLES = {"good": "green", "bad": "red", "open": "yellow", "faint": "dim"}


def screen(page: Page, width: int, full: bool = True) -> RenderableType:
    """The page for a terminal ``width`` columns wide; not ``full``: what answers, and how much more there is."""
    sheets = [x for x in page.sheets if full or not x.detail]
    notes = [x for x in page.notes if full or not isinstance(x, Detail)]
    lead = page.lead if full or page.brief is None else page.brief
    parts: list[RenderableType] = [Text(page.heading, style="bold"), Text(lead)]
    for number, sheet in enumerate(sheets):
        # A table begins and ends with an empty line, unless a title stands before it.
        parts += [Text("")] if sheet.title is not None and number == 0 else []
        styles = {row: _STYLES[tone] for row, tone in sheet.tones.items() if tone in _STYLES}
        parts.append(layout.table(sheet.columns, sheet.rows, width, sheet.title, styles))
    parts += [bullet(note) for note in notes]
    parts += more([x.title for x in page.sheets if x not in sheets], len(page.notes) - len(notes))
    if page.caveat is not None:
        parts.append(Text(page.caveat, style="italic"))
    return Group(*parts)


def more(tables: Sequence[str | None], notes: int) -> list[RenderableType]:
    """The line that says what ``--full`` adds to a first screen; none where that is nothing.

    ``tables`` are the titles of the tables, named up to a colon where they are few and short.
    """
    names = [title.partition(":")[0] for title in tables if title is not None]
    names = names if len(names) <= 2 and all(len(name) <= 40 for name in names) else []
    counts = []
    if tables:
        counts.append(plural(len(tables), "more table") + (f" ({'; '.join(names)})" if names else ""))
    if notes:
        counts.append(plural(notes, "more note"))
    return [bullet(f"{listed(counts)} with --full.")] if counts else []


def markdown(page: Page) -> str:
    """The page as Markdown."""
    lines = [f"### {markdown_line(page.heading)}", "", markdown_line(page.lead), ""]
    for sheet in page.sheets:
        if sheet.title is not None:
            lines += [f"**{markdown_line(sheet.title)}**", ""]
        lines.append(markdown_row(" ".join(c.heading.replace("-\n", "").split()) for c in sheet.columns))
        lines.append(markdown_row("---:" if c.right else "---" for c in sheet.columns))
        lines += [markdown_row(row) for row in sheet.rows]
        lines.append("")
    lines += [f"- {markdown_line(note)}" for note in page.notes]
    if page.caveat is not None:
        lines += ["", f"*{page.caveat}*"]
    return "\n".join(lines).rstrip() + "\n"
