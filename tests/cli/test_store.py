"""``--store`` and ``sim store``: what is kept, listed and cleared, and what is said where that cannot be."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import importlib
import json
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.cli.execution import _COMMAND
from sim.engine.draws import BLOCK
from sim.execution import holdings, pieces
from sim.execution.fold import fold
from sim.execution.job import Job
from sim.execution.likeness import versions
from sim.execution.store import FORM, Store, canonical
from sim.execution.workers import asked_by, workers
from sim.files import system
from sim.files.grammar import first_letters
from sim.report.listing import ASKED, store_line
from sim.report.numbers import size
from sim.results.runs import saved_runs
from sim.simulation.runner import Run
from tests import small
from tests.execution.counting import Sums

ROOT = Path(__file__).parent.parent.parent
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
    assert (work["parts"], work["finished"], work["share"], work["seeds"]) == (1, 1, 1.0, [1])
    page = " ".join(call("store", "swept")[1].split())
    assert "sweep deal all 10,000 draws 1 1 " in page


def test_what_is_there_is_listed_by_texts(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = listed("s")
    assert (one["texts"], one["kind"], one["pieces"], one["draws"], one["state"]) == (["deal"], "Run", 1, 50, "current")
    assert (two["texts"], two["draws"], two["differs"]) == (["deal", "pact"], 5000, [])
    files = list(Store(here / "s").files())
    assert one["bytes"] + two["bytes"] == sum(path.stat().st_size for path in files)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one["last"])
    assert call("run", "deal.yaml", "--draws", "70", "--no-save", "--store", "s")[0] == 0
    assert [(work["pieces"], work["draws"]) for work in listed("s")] == [(1, 50), (1, 70), (1, 5000)]

    outdate("s", monkeypatch)
    [old] = listed("s", "--outdated")
    assert (old["texts"], old["state"], old["differs"]) == (["pact"], "outdated", ["numpy"])
    _, page, _ = call("store", "s")
    rows = [line for line in page.splitlines() if line.startswith(" run")]
    assert len(rows) == 4
    assert re.search(r"all 50 draws +1 +1 +[\d.]+ k?B +\d{4}-\d\d-\d\d$", rows[0].rstrip())
    assert " outdated: other numpy " in " ".join(page.split())
    assert "sim store --clear --outdated removes it" in page
    assert f"4 pieces, {size(sum(work['bytes'] for work in listed('s')))} in all." in page


def sums(store: str, *sizes: int, command: str | None = None, stop: int | None = None) -> None:
    """Ask for sums in segments of four blocks; what comes after the first ``stop`` pieces is not done."""
    job = Sums(sizes, Path("log"))
    with workers(store=store, chunk=4) as where, asked_by(command), contextlib.suppress(InterruptedError):
        assert where.store is not None

        def progress(done: int, _: int) -> None:
            if stop is not None and done >= 4 * stop:
                raise InterruptedError

        list(fold(job, progress))


def facts(store: str) -> list[tuple[Any, ...]]:
    return [
        (work["command"], work["draws"], work["parts"], work["finished"], work["share"], work["pieces"])
        for work in listed(store)
    ]


def cells(store: str) -> str:
    return " ".join(call("store", store)[1].split())


def test_a_question_says_how_much_of_it_is_there(here: Path) -> None:
    sums("t", 12 * BLOCK, command="sim sum twelve", stop=1)
    assert facts("t") == [("sim sum twelve", 12 * BLOCK, 1, 0, pytest.approx(1 / 3), 1)]
    assert "16,384 of 49,152 draws" in cells("t")
    assert "sim sum twelve" in cells("t")
    sums("t", 12 * BLOCK, command="sim sum twelve")
    assert facts("t") == [("sim sum twelve", 12 * BLOCK, 1, 1, 1.0, 3)]
    assert "all 49,152 draws" in cells("t")


def test_a_piece_that_two_questions_share_counts_with_both_and_once_in_all(here: Path) -> None:
    sums("t", 6 * BLOCK, command="sim sum few")
    sums("t", 9 * BLOCK, command="sim sum more")
    assert facts("t") == [("sim sum few", 6 * BLOCK, 1, 1, 1.0, 2), ("sim sum more", 9 * BLOCK, 1, 1, 1.0, 3)]
    page = call("store", "t")[1]
    assert "4 pieces, " in page, "of which one is part of both"
    assert "Pieces that several questions share count with each." in page
    assert len(listed("t", "--clear")) == 2
    assert call("store", "t", "--clear")[2] == "nothing is kept in t\n"


def test_parts_are_counted(here: Path) -> None:
    sums("t", *[4 * BLOCK] * 3, stop=2)
    assert "share count with each" not in call("store", "t")[1]
    assert facts("t") == [(None, 4 * BLOCK, 3, 2, pytest.approx(2 / 3), 2)]
    assert re.search(r"2 of 3 parts, .* 16,384 draws each", cells("t"))
    sums("t", *[4 * BLOCK] * 3)
    assert re.search(r"all 3 parts, .* 16,384 draws each", cells("t"))


def test_the_command_is_that_of_the_command_line(here: Path) -> None:
    words = ["run", "deal.yaml", "--set", "red.land.importance=minor", *FEW, "--store", "u"]
    subprocess.run([sys.executable, "-m", "sim", *words], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    [work] = listed("u")
    assert work["command"] == f"sim {' '.join(words)}"
    assert first_letters("x" * 300, _COMMAND) == "x" * 300
    assert len(first_letters("x" * 301, _COMMAND)) == 300


def test_the_last_use_is_said_not_the_last_writing(here: Path) -> None:
    for path in Store(here / "s").files():
        os.utime(path, (86_400, 86_400))
    assert {work["last"] for work in listed("s")} == {"1970-01-02T00:00:00Z"}
    assert call("run", "deal.yaml", *FEW, "--store", "s")[0] == 0
    assert sorted(work["last"] > "2000" for work in listed("s")) == [False, True]


def test_pieces_of_earlier_versions_that_name_no_question_are_listed(here: Path) -> None:
    for path in list(Store(here / "s").files()):
        _, line, data = path.read_bytes().split(b"\n", 2)
        head = json.loads(line)
        del head["questions"]
        line = canonical(head) + b"\n"
        path.write_bytes(f"{FORM} {hashlib.sha256(line).hexdigest()}\n".encode() + line + data)
    assert [(work["draws"], work["parts"], work["state"]) for work in listed("s")] == [
        (50, None, "current"),
        (5000, None, "current"),
    ]
    assert "up to draw 5,000" in cells("s")
    assert call("run", "deal.yaml", *FEW, "--store", "s")[0] == 0
    assert [work["parts"] for work in listed("s")] == [1, None], "it is used as it is, and says so from now on"


def test_pieces_in_the_form_of_another_version_are_outdated_and_made_again(here: Path) -> None:
    before = call("run", "deal.yaml", *FEW, "--store", "s")[1]
    for path in list(Store(here / "s").files()):
        path.write_bytes(path.read_bytes().replace(FORM.encode(), b"sim.piece/0"))
    [work] = listed("s")
    assert (work["state"], work["differs"], work["kind"], work["pieces"]) == ("outdated", ["form"], None, 2)
    assert "outdated: other form" in cells("s")
    assert call("run", "deal.yaml", *FEW, "--store", "s") == (0, before, "")
    assert [work["state"] for work in listed("s")] == ["outdated", "current"], "of the other nobody has asked"
    assert call("store", "s", "--clear", "--outdated")[2].startswith("removed 1 piece, ")


def test_a_library_that_is_stopped_goes_on(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All its texts are worked on together, so that a piece of many has fewer draws."""
    (here / "texts").mkdir()
    small.write(here / "texts")
    text = f"{small.SCENARIO.rstrip()}\ndraws: 9000\n"
    for number in range(40):
        (here / "texts" / f"text_{number}.yaml").write_text(text, encoding="utf-8")
    (here / "texts" / "deal.yaml").write_text(text, encoding="utf-8")
    library = ("library", "--folder", "texts")
    assert call(*library, "--out", "plain.md", "--store", "")[0] == 0
    done: list[int] = []
    real = Run.block

    def stopped(self: Run, batch: int, block: int) -> Any:
        if len(done) == 1:
            raise KeyboardInterrupt
        return counted(self, batch, block)

    def counted(self: Run, batch: int, block: int) -> Any:
        done.append(block)
        return real(self, batch, block)

    monkeypatch.setattr(Run, "block", stopped)
    code, _, err = call(*library, "--out", "whole.md", "--store", "t")
    assert (code, err) == (130, "what is finished is kept in t; the same command goes on from there\n")
    [work] = listed("t")
    assert (work["draws"], work["share"], len(work["texts"])) == (9000, pytest.approx(BLOCK / 9000), 41)
    monkeypatch.setattr(Run, "block", counted)
    assert call(*library, "--out", "whole.md", "--store", "t")[0] == 0
    assert done == [0, 1, 2]
    assert (here / "whole.md").read_bytes() == (here / "plain.md").read_bytes()
    assert [work["share"] for work in listed("t")] == [1.0]


def test_every_kind_of_work_that_is_kept_has_words() -> None:
    """A job has a key where pieces of it are kept."""
    for module in pkgutil.walk_packages(sim.__path__, "sim."):
        if ".server" not in module.name and "__main__" not in module.name:
            importlib.import_module(module.name)

    def below(kind: type) -> set[type]:
        return {kind}.union(*map(below, kind.__subclasses__()))

    kept = {
        kind.__name__
        for kind in below(Job)
        if kind.__module__.startswith("sim.") and kind.key is not Job.key and not below(kind) - {kind}
    }
    assert kept == set(ASKED)


def test_the_store_of_no_name_is_that_of_long_work(here: Path) -> None:
    assert call("store") == (0, "", "nothing is kept in results/.store\n")
    assert listed() == []
    assert not (here / "results").exists()
    call("run", "deal.yaml", *FEW, "--store", "results/.store")
    assert [work["texts"] for work in listed()] == [["deal"]]
    assert call("store", "--outdated") == (0, "", "nothing in results/.store is outdated or damaged\n")


def test_clearing_says_how_much_and_touches_nothing_else(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "s" / "notes.txt").write_text("mine", encoding="utf-8")
    outdate("s", monkeypatch)
    before = listed("s")
    code, out, err = call("store", "s", "--clear", "--outdated")
    assert (code, out) == (0, "")
    assert re.fullmatch(r"removed 1 piece, [\d.]+ k?B from s\n", err)
    assert listed("s") == [work for work in before if work["state"] == "current"]
    assert call("store", "s", "--clear", "--outdated")[2] == "nothing in s is outdated or damaged\n"
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
    assert call("store", "deal.yaml")[2] == (
        "sim: deal.yaml: a file, and no folder; --store DIR keeps finished pieces in one\n"
    )


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
    assert " - - damaged - 1 100 B " in cells("s")
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

        return _work(holdings.StoredWork(texts, "Run", "current", 1, 10, 9, "2026-01-01T00:00:00Z"))[1]

    assert row() == "-"
    assert row("a", "b", "c") == "a, b, c"
    assert row("a", "b", "c", "d", "e") == "a, b, c and 2 more"
    assert store_line(holdings.Holdings((), 0, 0), "s", False, False) == "nothing is kept in s"


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (30_900, "31 kB"), (999_600, "1.0 MB"), (2_440_000_000, "2.4 GB")],
)
def test_sizes_in_words(count: int, words: str) -> None:
    assert size(count) == words
