"""Small tables of parties by issues, as CSV and as workbooks, for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Rows = Sequence[Sequence[Any]]

WIDE: list[list[Any]] = [
    ["issue", "option", "no_deal", "text", "Росія", "Україна", "United States"],
    ["Статус", "Neutral", None, "x", 1, 2, 2],
    ["Статус", "Member of NATO", None, None, "3 x", 1, 1],
    ["Статус", "Undecided", "x", None, 2, 3, None],
    ["Статус", "importance", None, None, "critical", "major", "moderate"],
    ["Land", "Frozen", None, "x", 1, 1.5, None],
    ["Land", "Returned", None, None, 2, 1.5, None],
    ["Land", "War", "x", None, "x", 3, None],
    ["Land", "importance", None, None, "major", "critical", None],
]

LONG: list[list[Any]] = [
    ["party", "issue", "option", "rank", "importance", "red_line", "no_deal", "text"],
    ["Росія", "Статус", "Neutral", 1, "critical", None, None, "x"],
    ["Росія", "Статус", "Member of NATO", 3, None, "x", None, None],
    ["Росія", "Статус", "Undecided", 2, None, None, "x", None],
    ["Росія", "Land", "Frozen", 1, "major", None, None, "x"],
    ["Росія", "Land", "Returned", 2, None, None, None, None],
    ["Росія", "Land", "War", None, None, "yes", "x", None],
    ["Україна", "Статус", "Neutral", 2, "major", None, None, None],
    ["Україна", "Статус", "Member of NATO", 1, None, None, None, None],
    ["Україна", "Статус", "Undecided", 3, None, "no", None, None],
    ["Україна", "Land", "Frozen", 1.5, "critical", None, None, None],
    ["Україна", "Land", "Returned", 1.5, None, None, None, None],
    ["Україна", "Land", "War", 3, None, None, None, None],
    ["United States", "Статус", "Neutral", 2, "moderate", None, None, None],
    ["United States", "Статус", "Member of NATO", 1, None, None, None, None],
    ["United States", "Статус", "Undecided", None, None, None, None, None],
]


def with_cell(rows: Rows, row: int, column: int, value: Any) -> list[list[Any]]:
    """The rows with one cell changed, counted from 0."""
    out = [list(r) for r in rows]
    out[row][column] = value
    return out


def csv_text(rows: Rows, sign: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def workbook(rows: Rows, change: Callable[[Any, Any], None] | None = None, title: str = "Matrix") -> bytes:
    """A workbook with the rows on one sheet; ``change`` gets the book and the sheet."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(folder: Path, name: str, content: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
