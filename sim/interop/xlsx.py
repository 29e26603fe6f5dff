"""Workbooks (.xlsx) to grids of typed cells, by way of openpyxl, behind guards against files made to do harm.

A workbook is a zip of XML parts. Before openpyxl sees it, every part is unpacked once and counted: how large it is, how
far it grows, how many cells it holds, how far merged cells and links reach (openpyxl makes an object of each cell that
they cover), and that no part has a document type, by which XML grows or reads other files.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from sim.files.complaints import Complaint, Complaints
from sim.files.text import whole_file
from sim.interop.cells import CELLS, COLUMNS, ROWS, Failure, Merge, TableCell, TableGrid, Value, address, sheet_place

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

#: Largest size of all parts unpacked, in bytes; how many times its packed size one may be; parts of a workbook.
UNPACKED, RATIO, PARTS = 10_000_000, 200, 500
#: How deep elements of XML may stand in each other.
DEPTH = 50
#: A part smaller than this may have been packed as tightly as it could.
_SMALL = 100_000
_DOCTYPE = tuple("<!DOCTYPE".encode(e) for e in ("utf-8", "utf-16-le", "utf-16-be"))
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
_SAVE_ANEW = "open it in a spreadsheet and save it anew as .xlsx, or save the sheet as CSV UTF-8"


def read_xlsx(raw: bytes, file: str) -> list[TableGrid]:
    """The sheets of a workbook that hold something, in order.

    Raises Complaints with what is wrong with it, ValueError (one line) where openpyxl is not installed.
    """
    openpyxl = needed()
    formulas = _guarded(raw, file)

    def load(data_only: bool) -> Workbook:
        workbook: Workbook = openpyxl.load_workbook(io.BytesIO(raw), data_only=data_only, keep_links=False)
        return workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl does not keep, nothing is needed here
            # cells whose formula has no value are empty in the workbook of values
            unworked = {(s.title, c.row, c.column) for s, c in _formulas(load(False))} if formulas else set()
            book = load(True)
            return [g for g in (_grid(sheet, file, unworked) for sheet in book.worksheets) if g.cells]
    except Complaints:
        raise
    except Exception as error:
        # openpyxl has no error of its own for broken content: whatever a part lacks ends in some KeyError or other
        what = f"the workbook is broken or of another form ({type(error).__name__})"
        raise Complaints([whole_file(file, what, _SAVE_ANEW)]) from None


def needed() -> Any:
    """The module openpyxl. Raises ValueError (one line) where it is not installed."""
    try:
        import openpyxl
    except ImportError:
        what = "spreadsheets (.xlsx) need openpyxl, which is not installed: pip install openpyxl; or use CSV"
        raise ValueError(what) from None
    return openpyxl


def _formulas(book: Workbook) -> list[tuple[Any, Any]]:
    return [(s, c) for s in book.worksheets for row in s.iter_rows() for c in row if c.data_type == "f"]


def _grid(sheet: Any, file: str, unworked: set[tuple[str, int, int]]) -> TableGrid:
    name = sheet.title
    if sheet.max_row > ROWS or sheet.max_column > COLUMNS or sheet.max_row * sheet.max_column > CELLS:
        reach = address(sheet.max_row - 1, sheet.max_column - 1)
        what = f"the sheet {name} reaches to {reach}; up to {ROWS:,} rows and {COLUMNS:,} columns are read"
        hint = "delete the empty rows and columns behind the table, or copy it to a new sheet"
        raise Complaints([Complaint(sheet_place(file, name, 0, 0), "sheet", what, hint, code="format")])
    cells = {}
    for row in sheet.iter_rows():
        for cell in row:
            at = (cell.row - 1, cell.column - 1)
            value = _value(cell, (name, cell.row, cell.column) in unworked)
            if value is not None:
                percent = isinstance(value, float) and "%" in str(cell.number_format)
                cells[at] = TableCell(value, sheet_place(file, name, *at), address(*at), True, percent)
    merges = tuple(
        Merge((m.min_row - 1, m.min_col - 1), (m.max_row - 1, m.max_col - 1)) for m in sheet.merged_cells.ranges
    )
    return TableGrid(file, name, cells, tuple(sorted(merges, key=lambda m: m.first)))


def _value(cell: Any, formula: bool) -> Value | None:
    value = cell.value
    if value is None:
        return Failure("a formula without a value", formula=True) if formula else None
    if cell.data_type == "e":
        return Failure(str(value))
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return value
    text = str(value)
    return text if text.strip() else None


# --- guards ---------------------------------------------------------------------------------


def _guarded(raw: bytes, file: str) -> bool:
    """Whether some cell has a formula. Raises Complaints where the file may do harm or is no workbook."""

    def refuse(what: str, hint: str | None = _SAVE_ANEW) -> Complaints:
        return Complaints([whole_file(file, what, hint)])

    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse("an old workbook (.xls), or one with a password", "save it as .xlsx without a password, or as CSV")
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if "xl/workbook.xml" not in names and not any("workbook" in name for name in names):
            kind = "an OpenDocument file (.ods)" if "content.xml" in names else "a zip file, but no workbook"
            raise refuse(kind, "save the table as .xlsx or as CSV UTF-8")
        if len(parts) > PARTS or len(names) < len(parts):
            raise refuse(f"{len(parts)} parts, {len(names)} of them by different names; up to {PARTS} are read")
        budget, formulas, covered, cells = UNPACKED, False, 0, 0
        for part in parts:
            if part.flag_bits & 1:
                raise refuse("has a password", "save it without one")
            with archive.open(part) as stream:
                content = stream.read(budget + 1)
            if len(content) > budget:
                raise refuse(f"unpacked it is larger than {UNPACKED // 1_000_000} MB")
            budget -= len(content)
            if len(content) > max(_SMALL, RATIO * part.compress_size):
                raise refuse(f"{part.filename} grows more than {RATIO}-fold when unpacked")
            if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
                continue
            if any(sign in content for sign in _DOCTYPE):
                raise refuse(f"{part.filename} has a document type; no workbook needs one")
            counts = _counted(content)
            if counts is None:
                raise refuse(f"{part.filename} nests deeper than {DEPTH}")
            formulas |= counts[0]
            cells, covered = cells + counts[1], covered + counts[2]
            if cells > CELLS or covered > CELLS:
                what = f"{cells:,} cells" if cells > CELLS else f"merged cells and links over {covered:,} cells"
                raise refuse(f"{what}; up to {CELLS:,} are read", "copy the table to a new sheet")
        return formulas
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise refuse(f"no workbook (.xlsx), or a broken one ({type(error).__name__})") from None
    except ElementTree.ParseError as error:
        raise refuse(f"holds XML that cannot be read ({error})") from None


def _counted(content: bytes) -> tuple[bool, int, int] | None:
    """Whether XML has formulas, how many cells it has, and how many others cover; None where it nests too deep."""
    formulas, cells, covered, depth = False, 0, 0, 0
    for event, element in ElementTree.iterparse(io.BytesIO(content), events=("start", "end")):
        if event == "end":
            depth -= 1
            element.clear()
            continue
        depth += 1
        if depth > DEPTH:
            return None
        tag = str(element.tag).rpartition("}")[2]
        if tag == "c":
            cells += 1
        elif tag == "f":
            formulas = True
        elif tag in ("mergeCell", "hyperlink"):
            covered += _area(element.get("ref", ""))
    return formulas, cells, covered


def _area(reference: str) -> int:
    """How many cells a range covers; what is no range covers more than may be."""
    match = _RANGE.fullmatch(reference.strip().upper())
    if match is None:
        return CELLS + 1
    left, top, right, bottom = match.groups()
    from openpyxl.utils import column_index_from_string as column

    wide = abs(column(right or left) - column(left)) + 1
    return wide * (abs(int(bottom or top) - int(top)) + 1)
