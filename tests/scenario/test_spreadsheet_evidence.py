"""``evidence.csv`` as spreadsheets save it: marks, encodings, separators, and what they do to days and letters."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest

from sim.files.complaints import Complaint, Complaints, render
from sim.scenario.loading import load
from tests import small

TABLE = "domain/evidence.csv"
ROWS = list(csv.reader(io.StringIO(small.EVIDENCE)))


def table(rows: list[list[str]] = ROWS, sign: str = ",", end: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator=end).writerows(rows)
    return out.getvalue()


def complaints(folder: Path, content: str | bytes) -> tuple[Complaint, ...]:
    with pytest.raises(Complaints) as error:
        load(small.write(folder, {TABLE: content}))
    return error.value.complaints


def with_column(name: str, values: list[str]) -> list[list[str]]:
    """The table with the first cells of a column replaced."""
    column = ROWS[0].index(name)
    out = [list(row) for row in ROWS]
    for row, value in zip(out[1:], values, strict=False):
        row[column] = value
    return out


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_spreadsheets_save_is_read_the_same(tmp_path: Path, sign: str, encoding: str) -> None:
    plain = load(small.write(tmp_path / "plain"))
    saved = load(small.write(tmp_path / "saved", {TABLE: table(sign=sign).encode(encoding)}))
    assert saved.scenario == plain.scenario


def test_a_first_line_that_names_the_separator_and_empty_ends(tmp_path: Path) -> None:
    plain = load(small.write(tmp_path / "plain"))
    padded = [[*row, "", ""] for row in ROWS] + [[""] * (len(ROWS[0]) + 2)] * 30
    saved = load(small.write(tmp_path / "saved", {TABLE: "sep=;\n" + table(padded, ";")}))
    assert saved.scenario == plain.scenario
    (one,) = complaints(tmp_path / "bad", "sep=;\n" + table(with_column("strength", ["frim"]), ";"))
    assert (one.place.line, "firm" in (one.hint or "")) == (3, True)


def test_another_separator_below_the_header_is_one_complaint(tmp_path: Path) -> None:
    text = table(ROWS[:1]) + table(ROWS[1:], ";")
    (one,) = complaints(tmp_path, text)
    assert one.what == f"{len(ROWS) - 1} rows have semicolons between cells, the header commas"
    assert one.place.line == 2


LOCAL = ["10.03.2022", "3/12/2022", "12-Mar-22", "10 березня 2022", "2022/03/10"]


@pytest.mark.parametrize("day", LOCAL)
def test_days_in_local_form_are_one_complaint_a_column(tmp_path: Path, day: str) -> None:
    found = complaints(tmp_path, table(with_column("date", [day] * 6)))
    assert len(found) == 1, render(found)
    assert found[0].what == f"{day} is a date in local form; so are 5 more of this column; expected YYYY-MM-DD"
    assert (found[0].where, found[0].place.line, found[0].place.column) == ("column date", 2, 4)
    assert found[0].hint is not None
    assert "not guessed" in found[0].hint


def test_a_day_number_says_which_day_it_is(tmp_path: Path) -> None:
    # by hand: 44630 in the calendar of 1900 is 10 March 2022 (43831 is 1 January 2020)
    (one,) = complaints(tmp_path, table(with_column("date", ["44630"])))
    assert one.what == "44630 is the number of a day, 2022-03-10 (in old files of a Mac 2026-03-11)"
    (many,) = complaints(tmp_path, table(with_column("date", ["44630", "44631", "44632.5"])))
    assert many.what.endswith("; so are 2 more of this column")


@pytest.mark.parametrize("claim", ["???", "?????? ??, ???.", "\ufffd\ufffd\ufffd"])
def test_letters_lost_on_saving_are_pointed_out_once_a_column(tmp_path: Path, claim: str) -> None:
    (one,) = complaints(tmp_path, table(with_column("claim", [claim] * 4)))
    assert one.what.startswith(f"{claim} has no letters; so are 3 more of this column: they were lost")
    assert one.where == "column claim"
    questions = load(small.write(tmp_path / "b", {TABLE: table(with_column("claim", ["Really? Why?", "?"]))}))
    assert questions.scenario.domain.evidence[0].claim == "Really? Why?"


def test_other_encodings_and_broken_ones(tmp_path: Path) -> None:
    (one,) = complaints(tmp_path, small.EVIDENCE.replace("Will give up", "Віддасть").encode("cp1251"))
    assert "is not UTF-8" in one.what
    assert "CSV UTF-8" in (one.hint or "")
    (cut,) = complaints(tmp_path, small.EVIDENCE.encode("utf-16")[:-1])
    assert cut.what.startswith("broken UTF-16")


def test_long_cells_cost_no_time(tmp_path: Path) -> None:
    start = time.process_time()
    for cell in ("?" * 200_000, "1." * 100_000, "? " * 100_000 + "a"):
        complaints(tmp_path, table(with_column("date", [cell])))
    assert time.process_time() - start < 5
