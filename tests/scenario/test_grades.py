"""The grade of a claim: how a table says it, what is wrong with it, and where it is shown."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.files.complaints import Complaints
from sim.scenario.loading import load
from tests import small

TABLE = "domain/evidence.csv"


def graded(*grades: str, name: str = "grade") -> str:
    """The small table with a last column: of the rows in order, then empty."""
    rows = list(csv.reader(io.StringIO(small.EVIDENCE)))
    out = io.StringIO()
    cells = [name, *grades, *[""] * len(rows)]
    csv.writer(out, lineterminator="\n").writerows([*row, cell] for row, cell in zip(rows, cells, strict=False))
    return out.getvalue()


def test_a_table_says_it_or_says_nothing(tmp_path: Path) -> None:
    older = load(small.write(tmp_path / "older")).scenario
    newer = load(small.write(tmp_path / "newer", {TABLE: graded("single", "", "weak")})).scenario
    assert {row.grade for row in older.domain.evidence} == {None}
    assert [row.grade for row in newer.domain.evidence] == ["single", None, "weak", None, None, None]
    assert load(small.write(tmp_path / "empty", {TABLE: graded()})).scenario == older


@pytest.mark.parametrize(
    ("word", "hint"),
    [("Weak", "did you mean weak?"), ("singel", "did you mean single?"), ("anonymous", "single, weak"), ("E1", "")],
)
def test_another_word_is_met_where_it_stands(word: str, hint: str, tmp_path: Path) -> None:
    with pytest.raises(Complaints) as error:
        load(small.write(tmp_path, {TABLE: graded("single", word)}))
    [complaint] = error.value.complaints
    line = graded("single", word).splitlines()[2]
    assert (complaint.place.line, complaint.place.column) == (3, line.rindex(",") + 2)
    assert f"the text '{word}' is not one of single, weak" in complaint.what
    assert hint in f"{complaint.what} {complaint.hint}"
    assert complaint.code == "wrong_value"


def test_a_misspelt_column_and_rows_without_the_cell(tmp_path: Path) -> None:
    with pytest.raises(Complaints) as error:
        load(small.write(tmp_path / "a", {TABLE: graded(name="grades")}))
    assert [(c.place.line, c.what, c.hint) for c in error.value.complaints] == [
        (1, "unknown column grades", "did you mean grade?")
    ]
    short = graded().replace("The League met,process,expert,A1,p2.s2,,", "The League met,process,expert,A1,p2.s2,")
    with pytest.raises(Complaints, match="the row has 11 cells, the header has 12"):
        load(small.write(tmp_path / "b", {TABLE: short}))


def test_a_saved_scenario_carries_it(tmp_path: Path) -> None:
    loaded = load(small.write(tmp_path, {TABLE: graded("weak")}), evidence="firm", draws=50)
    again = sim.from_dict(loaded.to_dict())
    assert (again.scenario, again.sha256) == (loaded.scenario, loaded.sha256)
    assert loaded.sha256 != loaded.with_(evidence="all").sha256


def test_it_is_shown_with_the_claim(tmp_path: Path) -> None:
    domain = str(small.write(tmp_path, {TABLE: graded("", "single")}).parent / "domain")

    def shown(id: str) -> str:
        return " ".join(CliRunner().invoke(app, ["show", "evidence", id, "--domain", domain]).stdout.split())

    assert "grade single" in shown("E2")
    assert "E1 claim" in shown("E1")
    assert "grade" not in shown("E1")


def test_marks_of_the_first_library_stand_in_the_column_alone() -> None:
    """None in a note, where nothing could switch it off."""
    rows = load("istanbul").scenario.domain.evidence
    assert not [row.id for row in rows if (row.note or "").startswith(("Weak:", "Single:"))]
    grades = {row.id: row.grade for row in rows if row.grade is not None}
    assert (grades["F610"], grades["F646"], "F32" in grades) == ("weak", "single", False)
    # a grade is no reason by itself: the note has it
    assert all(row.note for row in rows if row.grade is not None)
