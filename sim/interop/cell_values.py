"""What single cells of a table mean, by their type: ranks, crosses, names; and what is wrong with others.

A spreadsheet turns what is typed into what it takes it for: ``1.5`` becomes the first of May where the comma parts
decimals. So a cell counts by its type, and a day is never read as a number.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import Enum

from sim.files.complaints import Complaint
from sim.files.csv import day_of, lost
from sim.interop.grids import Cell, Failure

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


class Mark(Enum):
    """Whether a cell is crossed."""

    yes = True
    no = False


@dataclass(frozen=True)
class Rank:
    """A rank (None where a red line stands alone), whether a cross stands with it, whether the number is text."""

    number: float | None
    line: bool = False
    as_text: bool = False


def rank_of(cell: Cell, where: str, line: bool) -> Rank | Complaint:
    """The rank in a cell; with ``line``, a cross may stand behind it or alone. Whatever else is a complaint."""
    fault = _fault(cell, where, "a rank")
    if fault is not None:
        return fault
    if isinstance(cell.value, float):
        return _number(cell, where, cell.value)
    text = cell.text
    if _NUMBER.fullmatch(text):
        found = _number(cell, where, float(text.replace(",", ".")))
        return found if isinstance(found, Complaint) else Rank(found.number, as_text=cell.typed)
    match = _CROSS.fullmatch(text) if line else None
    if match is not None:
        rank = match.group("rank")
        if rank is None:
            return Rank(None, line=True)
        if _NUMBER.fullmatch(rank):
            return Rank(float(rank.replace(",", ".")), line=True)
    if _DAY.fullmatch(text):
        return Complaint(cell.place, where, f"expected a rank, found the day {text[:40]!r}", _TYPE_ANEW)
    wanted = "write a number (1 is best), x for a red line, 3 x for both, or nothing where it is not known"
    if not line:
        wanted = "write a number (1 is best), or nothing where it is not known"
    return Complaint(cell.place, where, f"expected a rank, found the text {text[:40]!r}", wanted)


def _number(cell: Cell, where: str, value: float) -> Rank | Complaint:
    low, high = _NUMBER_OF_A_DAY
    if low < value < high:
        what = f"expected a rank, found {value:g}, which is the number of a day, {day_of(value)}"
        return Complaint(cell.place, where, what, _TYPE_ANEW)
    return Rank(value)


def mark_of(cell: Cell, where: str = "table", name: bool = False) -> Mark | Complaint | None:
    """Whether a cell is crossed; with ``name`` any text will do, and None is returned where it is one."""
    fault = _fault(cell, where, "a name" if name else "a cross")
    if fault is not None and not (name and isinstance(cell.value, bool)):
        return fault
    if name:
        return None
    word = cell.text.lower()
    if word in _YES:
        return Mark.yes
    if word in _NO:
        return Mark.no
    hint = "write x, or leave it empty"
    return Complaint(cell.place, where, f"expected a cross, found {cell.text[:40]!r}", hint)


def _fault(cell: Cell, where: str, wanted: str) -> Complaint | None:
    """What is wrong with a cell whatever it is for: errors, formulas without a value, days, letters lost."""
    value = cell.value
    if isinstance(value, Failure):
        if value.formula:
            hint = "open the file in a spreadsheet and save it, so that formulas have values, or type the value"
            return Complaint(cell.place, where, "a formula without a value", hint)
        return Complaint(cell.place, where, f"the error {value.text}", "mend the formula, or type the value")
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        kind = "day" if isinstance(value, dt.date) else "time"
        hint = "format the cell as text and type it anew" if wanted == "a name" else _TYPE_ANEW
        return Complaint(cell.place, where, f"expected {wanted}, found the {kind} {cell.text}", hint)
    if isinstance(value, bool) and wanted == "a rank":
        return Complaint(cell.place, where, f"expected a rank, found {cell.text}", "a red line is an x, not TRUE")
    if isinstance(value, str) and lost(value):
        hint = "save the table as UTF-8 (CSV UTF-8 in a spreadsheet), and enter the words anew"
        return Complaint(cell.place, where, f"{cell.text[:40]} has no letters: they were lost when it was saved", hint)
    return None
