"""What a page says of a verdict that hangs on graded claims, and how it names the mode without them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from tests import small
from tests.scenario.test_grades import TABLE, graded

FEW = ("--no-save", "--draws", "400")


def membership(folder: Path, *grades: str) -> str:
    """The small deal with membership in it, over which Red refuses by a line on E2."""
    deal = small.SCENARIO.replace("status: {option: neutral,", "status: {option: member,")
    return str(small.write(folder, {"deal.yaml": deal, TABLE: graded(*grades)}))


def said(*args: str) -> str:
    done = CliRunner().invoke(app, ["run", *args, *FEW])
    assert done.exit_code == 0, done.stderr
    return " ".join(done.stdout.split())


@pytest.mark.parametrize("more", [(), ("--full",), ("--format", "md")])
def test_the_first_screen_says_what_hangs_on_one(more: tuple[str, ...], tmp_path: Path) -> None:
    words = "Hangs on weak or single sources: Red refuses (E2; without it unknown)."
    assert words in said(membership(tmp_path / "one", "", "single"), *more)
    assert "Hangs on" not in said(membership(tmp_path / "none"), *more)
    # another claim bears the cell, and none the line
    assert "Hangs on" not in said(membership(tmp_path / "other", "weak"), *more)


def test_the_mode_without_them_is_named_and_says_it_no_more(tmp_path: Path) -> None:
    file = membership(tmp_path, "", "single")
    page = said(file, "--evidence", "firm")
    assert "evidence: without weak and single sources)" in page
    assert "Hangs on" not in page
    plain = json.loads(said(file, "--format", "json"))
    firm = json.loads(said(file, "--evidence", "firm", "--format", "json"))
    [finding] = [x for x in plain["findings"] if x["kind"] == "graded_claims"]
    assert finding["without"] == firm["on_evidence"] != plain["on_evidence"]
    [red] = [x for x in firm["parties"] if x["id"] == "red"]
    assert [x["on_evidence"] for x in plain["firm"]] == [red["on_evidence"]]
    assert (firm["settings"]["evidence"], firm["firm"]) == ("firm", [])


def test_the_help_says_that_both_grades_are_left_out() -> None:
    words = " ".join(CliRunner().invoke(app, ["run", "--help"]).stdout.replace("│", " ").split())
    assert "firm: what rests only on claims graded weak or single" in words
