"""Whatever happens to a table, importing it either succeeds or complains: no other exception, no long wait.

Every input has a number and is made from it alone, so that a long run can be taken up where it was left:
``SIM_TEST_TABLES=1000:3000 pytest tests/interop/test_table_mutations.py -n 0 -s``, which prints the slowest and the
memory.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import random
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from sim.files.complaints import Complaints, render
from sim.interop.folders import write_folder
from sim.interop.table_importing import import_table
from sim.scenario.loading import load, load_domain
from tests import small
from tests.tables import LONG, WIDE, csv_text, workbook

FIRST, LAST = map(int, os.environ.get("SIM_TEST_TABLES", "0:150").split(":"))
DAY = dt.date(2026, 1, 1)
#: Most processor time for one input, in seconds.
LIMIT = 10
ODD: list[Any] = [
    *(None, "", " ", "x", "3 x", "1,5", "1.5", "-1", "0", "1e999", "NaN", "=1+1", "???", "\ufffd\ufffd", "#REF!"),
    *("importance", "issue", "option", "party", "no_deal", "text: A", "rest", "open", "unknown", "critical", "none"),
    *("現金", "支払い", "Росія", "a\nb", '"', "'", ";", "\t", "x" * 400, "\u202e", "\x07", "1/5", "01.05.2026", "yes"),
    *(0, 1, 2.5, -3, 1e300, 45000, True, False),
    *(dt.date(2026, 5, 1), dt.time(1, 5), dt.datetime(2026, 5, 1, 12)),
]


def rows(dice: random.Random) -> list[list[Any]]:
    """A table with cells replaced, and rows or columns moved, doubled or dropped."""
    out = [list(row) for row in dice.choice((WIDE, LONG))]
    for _ in range(dice.choice((0, 1, 1, 2, 4))):
        kind, r = dice.randrange(6), dice.randrange(len(out))
        c = dice.randrange(len(out[r])) if out[r] else 0
        if kind < 3 and out[r]:
            out[r][c] = dice.choice(ODD)
        elif kind == 3:
            out.insert(dice.randrange(len(out) + 1), list(out[r]))
        elif kind == 4 and len(out) > 1:
            del out[r]
        elif kind == 5:
            for row in out:
                if c < len(row):
                    row.insert(dice.randrange(len(row) + 1), row.pop(c)) if dice.random() < 0.7 else row.pop(c)
    return out


def hit(raw: bytes, dice: random.Random) -> bytes:
    """Bytes with a few of them replaced, dropped or doubled."""
    out = bytearray(raw)
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        at, length = dice.randrange(len(out) + 1), dice.choice((0, 1, 1, 4, 40))
        new = dice.choice((b"", dice.randbytes(dice.randint(1, 6)), bytes(out[at : at + 60]), b'"', b";", b"\n,", b"<"))
        out[at : at + length] = new
    return bytes(out)


def excel(table: list[list[Any]], dice: random.Random) -> bytes:
    def change(book: Any, sheet: Any) -> None:
        for _ in range(dice.choice((0, 0, 0, 1, 2))):
            top, left = dice.randint(1, 9), dice.randint(1, 7)
            sheet.merge_cells(
                start_row=top,
                end_row=top + dice.randint(0, 3),
                start_column=left,
                end_column=left + dice.randint(0, 2),
            )
        if dice.random() < 0.2:
            book.copy_worksheet(sheet)

    def fit(value: Any) -> Any:
        return value.replace("\x07", "") if isinstance(value, str) else value  # openpyxl writes no such sign

    return workbook([[fit(value) for value in row] for row in table], change)


def hit_part(raw: bytes, dice: random.Random) -> bytes:
    """A workbook with one part hit inside, and packed again."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = dice.choice(old.namelist())
        for part in old.namelist():
            if part != chosen or dice.random() < 0.9:
                content = old.read(part)
                new.writestr(part, hit(content, dice) if part == chosen else content)
    return out.getvalue()


def mutated(number: int) -> tuple[str, bytes]:
    """The name and content of the input of a number."""
    dice = random.Random(number)
    kind = number % 5
    table = rows(dice)
    if kind < 2:
        text = csv_text(table, dice.choice(",;\t"))
        raw = text.encode(dice.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16")), "replace")
        return "t.csv", raw if kind == 0 else hit(raw, dice)
    raw = excel(table, dice)
    return "t.xlsx", raw if kind == 2 else hit_part(raw, dice) if kind == 3 else hit(raw, dice)


def check(error: Complaints) -> None:
    assert error.complaints
    for c in error.complaints:
        assert c.place.line >= 1
        assert c.place.column >= 1
        assert all([c.what.strip(), c.where.strip(), c.place.file])
    assert render(error.complaints)


def survives(folder: Path, name: str, raw: bytes) -> bool:
    """Whether the table is read; what it makes must be sound, and a refusal be located and in words."""
    folder.mkdir()
    (folder / name).write_bytes(raw)
    try:
        made = import_table(folder / name, DAY)
    except Complaints as error:
        check(error)
        return False
    write_folder(folder / "out", made.files)
    assert load_domain(folder / "out/domain").positions
    for text in made.texts:
        load(folder / "out" / text)
    return True


def test_tables_of_any_kind(tmp_path: Path) -> None:
    read, slowest = 0, (0.0, -1)
    for number in range(FIRST, LAST):
        name, raw = mutated(number)
        start = time.process_time()
        try:
            read += survives(tmp_path / str(number), name, raw)
        except Exception as error:
            pytest.fail(f"input {number}: {type(error).__name__}: {error}")
        slowest = max(slowest, (time.process_time() - start, number))
    print(f"\n{LAST - FIRST} tables, {read} read; slowest {slowest[0]:.2f} s (number {slowest[1]}){memory()}")
    assert 0.05 < read / (LAST - FIRST) < 0.95  # else the inputs test one side only
    assert slowest[0] < LIMIT


def test_evidence_of_any_kind(tmp_path: Path) -> None:
    """``evidence.csv`` hit, in every encoding and with every separator that is read."""
    read, slowest = 0, (0.0, -1)
    for number in range(FIRST, LAST):
        dice = random.Random(number)
        text = small.EVIDENCE.replace(",", dice.choice((",", ",", ";", "\t")))
        raw = text.encode(dice.choice(("utf-8", "utf-8-sig", "utf-16")))
        path = small.write(tmp_path / str(number), {"domain/evidence.csv": hit(raw, dice)})
        start = time.process_time()
        try:
            load(path)
            read += 1
        except Complaints as error:
            check(error)
        except Exception as error:
            pytest.fail(f"input {number}: {type(error).__name__}: {error}")
        slowest = max(slowest, (time.process_time() - start, number))
    print(f"\n{LAST - FIRST} files, {read} read; slowest {slowest[0]:.2f} s (number {slowest[1]}){memory()}")
    assert slowest[0] < LIMIT


def memory() -> str:
    try:
        import resource
    except ImportError:  # not everywhere
        return ""
    return f"; memory up to {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
