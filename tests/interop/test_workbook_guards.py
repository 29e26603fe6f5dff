"""Workbooks made to do harm, in harmless sizes: each is refused in a sentence, before openpyxl sees it."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from sim.files.complaints import Complaints
from sim.interop import xlsx
from sim.interop.xlsx import read_xlsx
from tests.tables import WIDE, workbook

SHEET = "xl/worksheets/sheet1.xml"


def rezipped(changes: Mapping[str, bytes], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook with parts added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(WIDE))) as old, zipfile.ZipFile(out, "w", level) as new:
        for part in old.infolist():
            new.writestr(part.filename, changes.get(part.filename, old.read(part)))
        for name in changes.keys() - set(old.namelist()):
            new.writestr(name, changes[name])
    return out.getvalue()


def sheet_with(xml: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook(WIDE))) as book:
        return {SHEET: book.read(SHEET).replace(b"</sheetData>", b"</sheetData>" + xml)}


def refusal(raw: bytes) -> str:
    start = time.process_time()
    with pytest.raises(Complaints) as error:
        read_xlsx(raw, "t.xlsx")
    assert time.process_time() - start < 5
    (one,) = error.value.complaints
    return one.what


HARM: dict[str, tuple[bytes, str]] = {
    "grows too far": (rezipped({"xl/media/a.bin": b"\0" * 2_000_000}), "xl/media/a.bin grows more than 200-fold"),
    "merged cells without end": (
        rezipped(sheet_with(b'<mergeCells count="1"><mergeCell ref="A20:XFD1048576"/></mergeCells>')),
        "merged cells and links over",
    ),
    "a link over all cells": (
        rezipped(sheet_with(b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="a"/></hyperlinks>')),
        "merged cells and links over",
    ),
    "a range that is none": (
        rezipped(sheet_with(b'<mergeCells count="1"><mergeCell ref="1:99999999999"/></mergeCells>')),
        "merged cells and links over",
    ),
    "a document type": (
        rezipped({"xl/theme/theme1.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        "xl/theme/theme1.xml has a document type",
    ),
    "a document type in UTF-16": (
        rezipped({"xl/theme/theme1.xml": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16")}),
        "xl/theme/theme1.xml has a document type",
    ),
    "deep nesting": (rezipped({"xl/a.xml": b"<a>" * 60 + b"</a>" * 60}), "xl/a.xml nests deeper than 50"),
    "broken XML": (rezipped({"xl/workbook.xml": b"<workbook>"}), "holds XML that cannot be read"),
    "too many parts": (rezipped({f"xl/a{i}.bin": b"" for i in range(500)}), "509 parts"),
    "another zip file": (b"", "no workbook"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "said"), HARM.values(), ids=HARM)
def test_harmful_workbooks_are_refused(raw: bytes, said: str) -> None:
    assert refusal(raw).startswith(said)


def test_size_counts_what_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "UNPACKED", 1_000_000)
    assert refusal(rezipped({"xl/a.bin": bytes(range(256)) * 4_000})) == "unpacked it is larger than 1 MB"


def test_cells_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "CELLS", 40)
    assert refusal(workbook(WIDE)) == "46 cells; up to 40 are read"


def test_a_cell_far_away_is_told() -> None:
    def change(book: object, sheet: object) -> None:
        sheet["AAA30000"] = "x"  # type: ignore[index]

    assert refusal(workbook(WIDE, change)) == (
        "the sheet Matrix reaches to AAA30000; up to 20,000 rows and 1,000 columns are read"
    )


def test_other_archives_and_passwords() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", "<a/>")
    assert refusal(out.getvalue()) == "an OpenDocument file (.ods)"
    raw = bytearray(workbook(WIDE))
    raw[6] |= 1
    at = raw.find(b"PK\1\2")
    raw[at + 8] |= 1
    assert refusal(bytes(raw)) == "has a password"


def test_sound_workbooks_pass(tmp_path: Path) -> None:
    (grid,) = read_xlsx(workbook(WIDE), "t.xlsx")
    assert len(grid.cells) == sum(value is not None for row in WIDE for value in row)
