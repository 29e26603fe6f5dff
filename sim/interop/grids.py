"""Cells of a table, from CSV or a spreadsheet, each with its type and its address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sim.files.complaints import Complaint, Complaints, Place
from sim.files.csv import cells_of, separator
from sim.files.text import LocatedText, characters, table_text, unified, whole_file

#: Most cells of a table that are read, and most rows and columns that it may reach over.
CELLS, ROWS, COLUMNS = 100_000, 20_000, 1_000
#: What a spreadsheet takes for the beginning of a formula; a quote before it makes it text.
FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Failure:
    """What stands in a cell that holds no value: an error (``#REF!``), or a formula that was never worked out."""

    text: str
    formula: bool = False


Value = str | float | bool | dt.date | dt.time | dt.timedelta | Failure


@dataclass(frozen=True)
class Cell:
    """A cell that is not empty.

    ``typed``: it comes from a spreadsheet, where a number is no text; ``percent``: there it is shown as a percentage.
    """

    value: Value
    place: Place
    address: str
    typed: bool
    percent: bool = False

    @property
    def text(self) -> str:
        """What a person sees in it, with blanks at the ends left out and others as one."""
        value = self.value
        if isinstance(value, Failure):
            return value.text
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, float):
            return f"{100 * value:.12g}%" if self.percent else f"{value:.12g}"
        if isinstance(value, dt.datetime) and value.time() == dt.time():
            return value.date().isoformat()
        return " ".join(str(value).split())


@dataclass(frozen=True)
class Merge:
    """Merged cells: rows and columns from 0, both ends included."""

    first: tuple[int, int]
    last: tuple[int, int]

    @property
    def address(self) -> str:
        return f"{address(*self.first)}:{address(*self.last)}"


@dataclass(frozen=True)
class Grid:
    """A sheet: cells by row and column, counted from 0; ``sheet`` is its name, None for a CSV file.

    ``empty`` are places of the empty cells of a CSV file.
    """

    file: str
    sheet: str | None
    cells: Mapping[tuple[int, int], Cell]
    merges: tuple[Merge, ...] = ()
    empty: Mapping[tuple[int, int], Place] = field(default_factory=dict)

    @cached_property
    def rows(self) -> dict[int, dict[int, Cell]]:
        """Cells by column, by row; rows that are empty are left out."""
        out: dict[int, dict[int, Cell]] = {}
        for (r, c), cell in sorted(self.cells.items()):
            out.setdefault(r, {})[c] = cell
        return out

    def place(self, row: int, column: int) -> Place:
        """The place of a cell, empty ones included."""
        if (cell := self.cells.get((row, column))) is not None:
            return cell.place
        if self.sheet is not None:
            return sheet_place(self.file, self.sheet, row, column)
        if (place := self.empty.get((row, column))) is not None:
            return place
        if (beside := self.rows.get(row)) is None:
            return Place(self.file, row + 1, 1)
        first = next(iter(beside.values())).place
        return Place(self.file, first.line, len(first.text) + 1, first.text)


def address(row: int, column: int) -> str:
    """``B7`` of a row and column counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def sheet_place(file: str, sheet: str, row: int, column: int) -> Place:
    return Place(file, row + 1, column + 1, cell=f"{sheet}!{address(row, column)}")


def csv_grid(raw: bytes, file: str, words: frozenset[str]) -> Grid:
    """A CSV file; ``words`` are those by which its header is known. Raises Complaints."""
    text = unified(table_text(raw, file)).removeprefix("\ufeff")
    source = LocatedText(text, file)
    complaints: list[Complaint] = characters(source, tabs=False)
    if complaints:
        raise Complaints(complaints)
    sign, start = separator(text, words)
    rows = cells_of(source, complaints, sign, start)
    if complaints:
        raise Complaints(complaints)
    if not rows:
        raise Complaints([whole_file(file, "the file is empty", None)])
    cells: dict[tuple[int, int], Cell] = {}
    empty: dict[tuple[int, int], Place] = {}
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if str(cell.value or "").strip():
                # a line that is blank is no row here, though it is one to a spreadsheet; quoted line ends are none
                at = address(cell.place.line - 1, c)
                value = str(cell.value)
                value = value[1:] if value.startswith("'") and value[1:].startswith(FORMULA) else value
                cells[r, c] = Cell(value, cell.place, at, typed=False)
            else:
                empty[r, c] = cell.place
    if len(cells) > CELLS:
        raise Complaints([whole_file(file, f"{len(cells):,} cells; up to {CELLS:,} are read", None)])
    return Grid(file, None, cells, empty=empty)
