"""``--store`` and ``sim store``: what is kept, listed and cleared, and what is said where that cannot be."""

from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.execution import holdings, pieces
from sim.execution.likeness import versions
from sim.execution.store import Store
from sim.files import system
from sim.report.listing import store_line
from sim.report.numbers import size
from sim.results.runs import saved_runs
from tests import small

FEW = ("--draws", "50", "--no-save")


def call(*args: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(a) for a in args])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def listed(*args: object) -> list[dict[str, Any]]:
    code, out, err = call("store", *args, "--format", "json")
    assert (code, err) == (0, "")
    works: list[dict[str, Any]] = json.loads(out)
    return works


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a text ``deal.yaml`` and a store ``s`` of two runs of it."""
    small.write(tmp_path)
    (tmp_path / "pact.yaml").write_text(small.SCENARIO.replace("A small deal", "A pact"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert call("run", "deal.yaml", *FEW, "--store", "s")[0] == 0
    assert call("run", "deal.yaml", "pact.yaml", "--draws", "5000", "--no-save", "--store", "s")[0] == 0
    return tmp_path


def outdate(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a piece there as another version of numpy would have."""
    with monkeypatch.context() as other:
        other.setattr(pieces, "versions", lambda: {**versions(), "numpy": "0.1"})
        assert call("run", "pact.yaml", *FEW, "--store", store)[0] == 0


def test_the_same_page_with_and_without(here: Path) -> None:
    plain, stored = (call("run", "deal.yaml", *FEW, *more) for more in ((), ("--store", "s")))
    assert plain == stored


def test_pieces_of_a_sweep_have_all_its_draws(here: Path) -> None:
    vary = ("--vary", "red.no_deal.cost=0,0.1")
    assert call("sweep", "deal.yaml", *vary, "--draws", "10000", "--store", "swept")[0] == 0
    [work] = listed("swept")
    assert (work["kind"], work["draws"], work["state"]) == ("SweepPoints", 10_000, "current")
    assert "10,000" in call("store", "swept")[1]


def test_what_is_there_is_listed_by_texts(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = listed("s")
    assert (one["texts"], one["kind"], one["pieces"], one["draws"], one["state"]) == (["deal"], "Run", 1, 50, "current")
    assert (two["texts"], two["draws"], two["differs"]) == (["deal", "pact"], 5000, [])
    files = list(Store(here / "s").files())
    assert one["bytes"] + two["bytes"] == sum(path.stat().st_size for path in files)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one["last"])
    assert call("run", "deal.yaml", "--draws", "70", "--no-save", "--store", "s")[0] == 0
    one = listed("s")[0]
    assert (one["pieces"], one["draws"]) == (2, 70)

    outdate("s", monkeypatch)
    [old] = listed("s", "--outdated")
    assert (old["texts"], old["state"], old["differs"]) == (["pact"], "outdated", ["numpy"])
    _, page, _ = call("store", "s")
    rows = [line for line in page.splitlines() if "run" in line]
    assert len(rows) == 3
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d$", rows[0])
    assert " outdated: other numpy " in " ".join(page.split())
    assert "sim store --clear --outdated removes it" in page
    assert f"4 pieces, {size(sum(work['bytes'] for work in listed('s')))} in all." in page


def test_the_store_of_no_name_is_that_of_long_work(here: Path) -> None:
    assert call("store") == (0, "", "nothing is kept in results/.store\n")
    assert listed() == []
    assert not (here / "results").exists()
    call("run", "deal.yaml", *FEW, "--store", "results/.store")
    assert [work["texts"] for work in listed()] == [["deal"]]
    assert call("store", "--outdated") == (0, "", "nothing of no more use is kept in results/.store\n")


def test_clearing_says_how_much_and_touches_nothing_else(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "s" / "notes.txt").write_text("mine", encoding="utf-8")
    outdate("s", monkeypatch)
    before = listed("s")
    code, out, err = call("store", "s", "--clear", "--outdated")
    assert (code, out) == (0, "")
    assert re.fullmatch(r"removed 1 piece, [\d.]+ k?B from s\n", err)
    assert listed("s") == [work for work in before if work["state"] == "current"]
    assert call("store", "s", "--clear", "--outdated")[2] == "nothing of no more use is kept in s\n"
    assert [work["pieces"] for work in listed("s", "--clear")] == [1, 1], "in JSON what was removed"
    assert call("store", "s", "--clear")[2] == "nothing is kept in s\n"
    assert [path.name for path in (here / "s").rglob("*")] == ["notes.txt"]


def test_a_folder_that_is_no_store_loses_nothing(here: Path) -> None:
    before = sorted(here.rglob("*"))
    assert call("store", ".", "--clear") == (0, "", "nothing is kept in .\n")
    assert sorted(here.rglob("*")) == before
    code, out, err = call("store", "nowhere")
    assert (code, out) == (1, "")
    assert err == "sim: nowhere: no such folder; --store DIR keeps finished pieces in one\n"


def test_a_store_without_a_name_is_refused(here: Path) -> None:
    """It would be the current folder; with --store the same word keeps nothing."""
    call("run", "deal.yaml", *FEW, "--store", ".")
    before = sorted(here.rglob("*"))
    for options in ((), ("--clear",), ("--outdated",), ("--format", "json")):
        code, out, err = call("store", "", *options)
        assert (code, out) == (2, "")
        words = "'' names no folder: --store '' keeps nothing. Without DIR it is results/.store"
        assert words in " ".join(err.replace("│", " ").split())
    assert sorted(here.rglob("*")) == before


def test_damaged_pieces_are_listed_and_cleared_with_those_of_no_use(here: Path) -> None:
    path = next(Store(here / "s").files())
    path.write_bytes(path.read_bytes()[:100])
    damaged = [work for work in listed("s") if work["state"] == "damaged"]
    assert [(work["texts"], work["kind"], work["draws"], work["bytes"]) for work in damaged] == [([], None, None, 100)]
    assert "  damaged\n" in call("store", "s")[1]
    assert call("store", "s", "--clear", "--outdated")[2] == "removed 1 piece, 100 B from s\n"
    assert [work["state"] for work in listed("s")] == ["current"]


def test_what_killed_runs_left_is_swept(here: Path) -> None:
    leaving = here / "s" / ".partial-unmarked"
    leaving.write_bytes(b"half")
    os.utime(leaving, (0, 0))
    call("store", "s", "--clear")
    assert not leaving.exists()


def test_what_cannot_be_removed_is_one_line(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "unlink", denied)
    code, _, err = call("store", "s", "--clear")
    assert code == 1
    assert re.fullmatch(r"sim: s/../\w{64}: Permission denied; it is not removed\n", err)
    assert len(listed("s")) == 2


def test_a_full_disk_is_one_line_and_what_was_there_stays(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = listed("s")
    with monkeypatch.context() as disk:
        disk.setattr(system, "settle", full)
        code, out, err = call("run", "deal.yaml", "--draws", "60", "--no-save", "--store", "s")
    assert (code, out) == (1, "")
    assert err == (
        "sim: s: No space left on device; nothing can be kept there: "
        "--store DIR takes another folder, --store '' none\n"
    )
    assert listed("s") == before
    assert not list((here / "s").glob(".partial*"))
    assert call("run", "deal.yaml", "--draws", "60", "--no-save", "--store", "")[0] == 0


def test_a_folder_that_cannot_be_is_told_before_work(here: Path) -> None:
    code, out, err = call("run", "deal.yaml", *FEW, "--store", "deal.yaml")
    assert (code, out) == (1, "")
    assert err.startswith("sim: deal.yaml: ")
    assert len(err.splitlines()) == 1


def test_saved_runs_are_listed_beside_a_store(here: Path) -> None:
    code, _, err = call("run", "deal.yaml", "--draws", "50", "--store", "results/.store")
    assert (code, "saved results/deal" in err) == (0, True)
    assert [run.scenario for run in saved_runs(here / "results")] == ["deal"]
    _, page, err = call("runs")
    assert (".store" in page, err) == (False, "")
    [folder] = (here / "results" / "deal").iterdir()
    assert call("run", folder, *FEW)[0] == 0


def test_a_list_of_texts_stays_short() -> None:
    def row(*texts: str) -> str:
        from sim.report.listing import _work

        return _work(holdings.StoredWork(texts, "LeverCounts", "current", 1, 10, 9, "2026-01-01T00:00:00Z"))[0]

    assert row() == "-"
    assert row("a", "b", "c") == "a, b, c"
    assert row("a", "b", "c", "d", "e") == "a, b, c and 2 more"
    assert store_line([], "s", False, False) == "nothing is kept in s"


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (30_900, "31 kB"), (999_600, "1.0 MB"), (2_440_000_000, "2.4 GB")],
)
def test_sizes_in_words(count: int, words: str) -> None:
    assert size(count) == words
