"""Cells of a table, from CSV or a spreadsheet: type and address of each, and what it means.

A spreadsheet turns what is typed into what it takes it for: ``1.5`` becomes the first of May where the comma parts
decimals. So a cell counts by its type, and a day is never read as a number.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from sim.files.complaints import Complaint, Complaints, Place, raise_all
from sim.files.csv import cells_of, day_of, lost, separator
from sim.files.text import LocatedText, characters, table_text, unified, whole_file

#: Most cells of a table that are read, and most rows and columns that it may reach over.
CELLS, ROWS, COLUMNS = 100_000, 20_000, 1_000
#: What a spreadsheet takes for the beginning of a formula; a quote before it makes it text.
FORMULA = ("=", "+", "-", "@")
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,8})([.,][0-9]{1,9})?", re.ASCII)
#: A cross, also as a Cyrillic or Greek keyboard types it; behind a rank or alone.
_CROSS = re.compile(r"(?P<rank>[0-9][0-9.,]*)?\s*[xXхХχΧ✗✘×]", re.ASCII)
# 01.05, 1/5, 1.5.2024, 2024-05-01, 1-May, 1 тра, 01.тра
_DAY = re.compile(
    r"0[0-9][./-][0-9]{1,2}|[0-9]{1,4}([./-][0-9]{1,4}){2}.*|[0-9]{1,2}[/-][0-9]{1,2}|[0-9]{1,2}[ .-]+[^\W\d_]{3,}.*"
)
_YES = frozenset(("x", "х", "χ", "yes", "true", "1", "y", "✓", "✔", "red_line", "red line"))
_NO = frozenset(("no", "false", "0", "n", "-", "–", "—"))
_NUMBER_OF_A_DAY = (20_000, 80_000)
_TYPE_ANEW = "format the cell as a number and type it anew: 1.5 or 1/5 becomes the first of May in some languages"


@dataclass(frozen=True)
class Failure:
    """What stands in a cell that holds no value: an error (``#REF!``), or a formula that was never worked out."""

    text: str
    formula: bool = False


Value = str | float | bool | dt.date | dt.time | dt.timedelta | Failure


@dataclass(frozen=True)
class TableCell:
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
        """The range as spreadsheets write it."""
        return f"{address(*self.first)}:{address(*self.last)}"


@dataclass(frozen=True)
class TableGrid:
    """A sheet: cells by row and column, counted from 0; ``sheet`` is its name, None for a CSV file.

    ``empty`` are places of the empty cells of a CSV file.
    """

    file: str
    sheet: str | None
    cells: Mapping[tuple[int, int], TableCell]
    merges: tuple[Merge, ...] = ()
    empty: Mapping[tuple[int, int], Place] = field(default_factory=dict)

    @cached_property
    def rows(self) -> dict[int, dict[int, TableCell]]:
        """Cells by column, by row; rows that are empty are left out."""
        out: dict[int, dict[int, TableCell]] = {}
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
    """The place of a cell of a workbook."""
    return Place(file, row + 1, column + 1, cell=f"{sheet}!{address(row, column)}")


def csv_grid(raw: bytes, file: str, words: frozenset[str]) -> TableGrid:
    """A CSV file; ``words`` are those by which its header is known. Raises Complaints."""
    text = unified(table_text(raw, file)).removeprefix("\ufeff")
    source = LocatedText(text, file)
    complaints = characters(source, tabs=False)
    raise_all(complaints)
    sign, start = separator(text, words)
    rows = cells_of(source, complaints, sign, start)
    raise_all(complaints)
    if not rows:
        raise Complaints([whole_file(file, "the file is empty", None)])
    cells: dict[tuple[int, int], TableCell] = {}
    empty: dict[tuple[int, int], Place] = {}
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if str(cell.value or "").strip():
                # a line that is blank is no row here, though it is one to a spreadsheet; quoted line ends are none
                at = address(cell.place.line - 1, c)
                value = str(cell.value)
                value = value[1:] if value.startswith("'") and value[1:].startswith(FORMULA) else value
                cells[r, c] = TableCell(value, cell.place, at, typed=False)
            else:
                empty[r, c] = cell.place
    if len(cells) > CELLS:
        raise Complaints([whole_file(file, f"{len(cells):,} cells; up to {CELLS:,} are read", None)])
    return TableGrid(file, None, cells, empty=empty)


def unformulated(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


# --- what a cell means; whatever else stands in it is raised as Complaints (one) ------------


@dataclass(frozen=True)
class Rank:
    """A rank (None where a red line stands alone), whether a cross stands with it, whether the number is text."""

    number: float | None
    line: bool = False
    as_text: bool = False


def rank_of(cell: TableCell, where: str, line: bool) -> Rank:
    """The rank in a cell; with ``line``, a cross may stand behind it or alone."""
    check(cell, where, "a rank")
    if isinstance(cell.value, float):
        return _number(cell, where, cell.value)
    text = cell.text
    if _NUMBER.fullmatch(text):
        return replace(_number(cell, where, float(text.replace(",", "."))), as_text=cell.typed)
    match = _CROSS.fullmatch(text) if line else None
    if match is not None:
        number = match.group("rank")
        if number is None:
            return Rank(None, line=True)
        if _NUMBER.fullmatch(number):
            return Rank(float(number.replace(",", ".")), line=True)
    if _DAY.fullmatch(text):
        raise _fault(cell, where, f"expected a rank, found the day {text[:40]!r}", _TYPE_ANEW)
    wanted = "write a number (1 is best), x for a red line, 3 x for both, or nothing where it is not known"
    if not line:
        wanted = "write a number (1 is best), or nothing where it is not known"
    raise _fault(cell, where, f"expected a rank, found the text {text[:40]!r}", wanted)


def _number(cell: TableCell, where: str, value: float) -> Rank:
    low, high = _NUMBER_OF_A_DAY
    if low < value < high:
        what = f"expected a rank, found {value:g}, which is the number of a day, {day_of(value)}"
        raise _fault(cell, where, what, _TYPE_ANEW)
    return Rank(value)


def crossed(cell: TableCell, where: str) -> bool:
    """Whether a cell is crossed."""
    check(cell, where, "a cross")
    word = cell.text.lower()
    if word not in _YES | _NO:
        raise _fault(cell, where, f"expected a cross, found {cell.text[:40]!r}", "write x, or leave it empty")
    return word in _YES


def _fault(cell: TableCell, where: str, what: str, hint: str) -> Complaints:
    return Complaints([Complaint(cell.place, where, what, hint, code="format")])


def check(cell: TableCell, where: str, wanted: str) -> None:
    """What is wrong with a cell whatever it is for: errors, formulas without a value, days, letters lost."""
    value = cell.value
    if isinstance(value, Failure):
        if value.formula:
            hint = "open the file in a spreadsheet and save it, so that formulas have values, or type the value"
            raise _fault(cell, where, "a formula without a value", hint)
        raise _fault(cell, where, f"the error {value.text}", "mend the formula, or type the value")
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        kind = "day" if isinstance(value, dt.date) else "time"
        hint = "format the cell as text and type it anew" if wanted == "a name" else _TYPE_ANEW
        raise _fault(cell, where, f"expected {wanted}, found the {kind} {cell.text}", hint)
    if isinstance(value, bool) and wanted == "a rank":
        raise _fault(cell, where, f"expected a rank, found {cell.text}", "a red line is an x, not TRUE")
    if isinstance(value, str) and lost(value):
        hint = "save the table as UTF-8 (CSV UTF-8 in a spreadsheet), and enter the words anew"
        raise _fault(cell, where, f"{cell.text[:40]} has no letters: they were lost when it was saved", hint)
