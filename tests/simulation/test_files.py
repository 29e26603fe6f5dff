"""Many files in batches: the results of one call of all, and what is wrong with any told together."""

from __future__ import annotations

import errno
import io
import os
import re
import tempfile
import tracemalloc
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app, output
from sim.cli import run as command
from sim.files.complaints import Complaints
from sim.files.own_rules import RULES
from sim.scenario.negotiation_schema import PROTOCOLS, TACTICS
from sim.scenario.options import Options
from sim.simulation import files as files_of
from sim.simulation.files import CheckedFiles, ScoredFile, ScoreFiles, checked
from tests import own_rules

EDIT = "red.status.importance=minor"


@pytest.fixture
def folder(deal: Path) -> Path:
    """Five texts of one domain; of the last the day is another."""
    text = deal.read_text()
    for number in range(1, 5):
        (deal.parent / f"deal_{number}.yaml").write_text(text.replace("A small deal", f"Small deal {number}"))
    last = deal.parent / "deal_4.yaml"
    last.write_text(last.read_text().replace("date: 2022-03-29", "date: 2022-03-30"))
    return deal.parent


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_of, "BATCH", 2)


def paths(folder: Path) -> list[Path]:
    return sorted(folder.glob("deal*.yaml"))


def results(folder: Path, **options: object) -> list[str]:
    ready = checked(paths(folder), {"draws": 5000, **options})  # type: ignore[typeddict-item]
    return [one.result.to_json() for one in ready.scored()]


def together(folder: Path, **options: object) -> list[str]:
    return [r.to_json() for r in sim.score(sim.load_all(paths(folder), draws=5000, **options))]  # type: ignore[arg-type]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as pool:
        yield pool


def test_results_are_those_of_one_call_whoever_works(folder: Path, threads: ThreadPoolExecutor) -> None:
    whole = together(folder, edits=[EDIT])
    assert results(folder, edits=[EDIT]) == whole
    for other in (sim.workers(2, chunk=1), sim.workers(2, chunk=3), sim.workers(threads, chunk=1)):
        with other:
            assert results(folder, edits=[EDIT]) == whole


def test_relative_paths_are_those_of_whoever_asks(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(folder)
    ready = checked([Path("deal.yaml")], Options(draws=100))
    job = ScoreFiles((("deal.yaml",),), Options(draws=100), (tuple(ready.files),))
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    here = Path.cwd()
    assert job.block(0, 0)[0][0].scenario.id == "deal"
    assert Path.cwd() == here


def faults(folder: Path, *, batches: bool, **options: object) -> set[str]:
    read = checked if batches else lambda files, given: sim.load_all(files, **given)
    with pytest.raises(Complaints) as error:
        read(paths(folder), options)  # type: ignore[arg-type]
    return {f"{c.place} {c.where} {c.what} {c.hint} {c.severity}" for c in error.value.complaints}


def test_what_is_wrong_with_any_is_told_together(folder: Path) -> None:
    for name, wrong in (("deal_1", "neutrall"), ("deal_4", "neutrl")):
        file = folder / f"{name}.yaml"
        file.write_text(file.read_text().replace("option: neutral", f"option: {wrong}"))
    told = faults(folder, batches=True)
    assert told == faults(folder, batches=False)
    assert [any(f"{name}.yaml" in words for words in told) for name in ("deal_1", "deal_2", "deal_4")] == [
        True, False, True
    ]  # fmt: skip
    broken = {"edits": ["red.status.importance=heavy", "nobody.status=unknown"]}
    assert faults(folder, batches=True, **broken) == faults(folder, batches=False, **broken)


def test_an_edit_is_idle_where_it_changes_none_of_all_files(folder: Path) -> None:
    """Nor is it where it changes one of another batch."""
    for file in paths(folder):
        file.write_text(f"as_of: 2022-03-05\n{file.read_text()}")
    idle = {"edits": ["red.refuses.armed_neighbour=none"]}
    assert faults(folder, batches=True, **idle) == faults(folder, batches=False, **idle)
    last = folder / "deal_4.yaml"
    last.write_text(last.read_text().replace("as_of: 2022-03-05\n", ""))
    assert results(folder, **idle) == together(folder, **idle)


def test_a_file_that_is_not_there(folder: Path) -> None:
    with pytest.raises(FileNotFoundError, match="missing"):
        checked([*paths(folder), folder / "missing.yaml"], {})


@pytest.fixture
def none_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process in which no other test has registered a rule."""
    for rules in (*RULES.values(), PROTOCOLS, TACTICS):
        monkeypatch.setattr(rules, "_entries", {name: rules._entries[name] for name in rules.built_in})


@pytest.mark.usefixtures("none_registered")
def test_what_is_kept_is_scored_again_only_where_a_file_changes(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sim.workers(store=tmp_path_factory.mktemp("store")):
        whole = results(folder)
        scored: list[int] = []
        block = ScoreFiles.block
        monkeypatch.setattr(ScoreFiles, "block", lambda self, batch, at: scored.append(batch) or block(self, batch, at))
        assert results(folder) == whole
        assert scored == []
        file = folder / "deal_2.yaml"
        file.write_text(file.read_text().replace("option: neutral", "option: undecided"))
        changed = results(folder)
        assert scored == [1]
        assert [one != other for one, other in zip(whole, changed, strict=True)] == [False, False, True, False, False]
        assert results(folder, seed=2) != changed


@pytest.mark.usefixtures("none_registered")
def test_rules_registered_here_stay_here() -> None:
    job = ScoreFiles((), {}, ())
    assert job.travels
    own_rules.register()
    assert not job.travels


@pytest.mark.parametrize("form", ["json", "csv", "table", "md"])
def test_the_command_prints_and_saves_the_same(
    form: str, folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = []
    for many in (50, 1):
        monkeypatch.setattr(command, "MANY", many)
        root = tmp_path_factory.mktemp("runs")
        words = ["run", *map(str, paths(folder)), "--draws", "500", "--set", EDIT, "--format", form, "--out", str(root)]
        called = CliRunner().invoke(app, words)
        assert called.exit_code == 0
        saved = {
            f"{file.parent.parent.name}/{file.name}": file.read_text() for file in root.rglob("*") if file.is_file()
        }
        assert len(saved) == 15
        assert called.stderr.count("saved ") == 5
        out.append((called.stdout, saved))
    assert out[0] == out[1]


@pytest.mark.parametrize("form", ["json", "csv"])
def test_no_more_than_a_batch_is_held(form: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "MANY", 1)
    alive: list[int] = []
    results: list[weakref.ref[sim.Result]] = []
    scored = CheckedFiles.scored

    def watching(self: CheckedFiles, **how: Any) -> Iterator[ScoredFile]:
        for one in scored(self, **how):
            results.append(weakref.ref(one.result))
            alive.append(sum(result() is not None for result in results))
            yield one

    monkeypatch.setattr(CheckedFiles, "scored", watching)
    called = CliRunner().invoke(app, ["run", *map(str, paths(folder)), "--draws", "50", "--format", form, "--no-save"])
    assert called.exit_code == 0
    assert len(alive) == 5
    assert max(alive) <= 3, "two of a batch, and the last of the one before"


@pytest.mark.parametrize("form", ["json", "csv", "table", "md"])
def test_nothing_is_printed_where_scoring_fails_midway(
    form: str, folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file changes after it was checked; the runs before it are saved, and that is said."""
    monkeypatch.setattr(command, "MANY", 1)
    block = ScoreFiles.block

    def late(self: ScoreFiles, batch: int, at: int) -> object:
        if batch == 2:
            file = folder / "deal_4.yaml"
            file.write_text(file.read_text().replace("option: neutral", "option: neutrl"))
        return block(self, batch, at)

    monkeypatch.setattr(ScoreFiles, "block", late)
    root = tmp_path_factory.mktemp("runs")
    words = ["run", *map(str, paths(folder)), "--draws", "100", "--format", form, "--out", str(root)]
    called = CliRunner().invoke(app, words)
    assert called.exit_code == 3
    assert called.stdout == ""
    assert "deal_4.yaml" in called.stderr
    assert called.stderr.count("saved ") == len([*root.rglob("result.json")]) == 4


def test_a_document_that_waits_holds_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = [0]
    monkeypatch.setattr(output, "say", lambda text, nl: printed.__setitem__(0, printed[0] + len(text)))
    tracemalloc.start()
    try:
        output.say_whole("x" * 1_000_000 for _ in range(60))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert printed == [60_000_000]
    assert peak < 20_000_000


def test_a_document_that_has_no_room_to_wait_says_where(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda *args, **options: Full())
    with pytest.raises(OSError, match=re.escape(tempfile.gettempdir())) as error:
        output.say_whole(["{", "}"])
    assert error.value.errno == errno.ENOSPC
    assert capsys.readouterr().out == ""
