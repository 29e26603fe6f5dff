"""The commands as a person uses them: output, formats, saved runs, exit codes, interruptions."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.files import system, writing
from sim.files.written import figure
from sim.results import saving
from sim.results.result import Result
from tests import small

ROOT = Path(__file__).parents[2]
ISTANBUL = "scenarios/istanbul.yaml"
FEW = ["--draws", "500"]


@pytest.fixture(autouse=True)
def _at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def call(*args: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(args))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def same(a: dict, b: dict) -> bool:
    """The same result: all but versions."""
    return {k: v for k, v in a.items() if k != "versions"} == {k: v for k, v in b.items() if k != "versions"}


def test_run_prints_verdict_table_and_caveat(tmp_path: Path) -> None:
    code, out, err = call("run", ISTANBUL, *FEW, "--out", str(tmp_path))
    assert code == 0
    assert "As modelled" in out
    assert "On the evidence alone" in out
    assert "not a forecast" in out
    assert max(map(len, out.splitlines())) <= 100
    for name in ("Russia", "Ukraine", "United States", "NATO", "Ukrainian public"):
        assert name in out
    assert "saved" in err
    [folder] = (tmp_path / "istanbul").iterdir()
    assert sorted(p.name for p in folder.iterdir()) == ["outcome.csv", "result.json", "scenario.yaml"]


def test_json_is_one_object_with_every_key(tmp_path: Path) -> None:
    code, out, _ = call("run", ISTANBUL, *FEW, "--format", "json", "--no-save")
    assert code == 0
    found = json.loads(out)
    assert found["schema"] == "sim.result/1"
    assert Result.model_validate_json(out).party("us").consent_needed
    code, out, _ = call("run", ISTANBUL, "scenarios/membership.yaml", *FEW, "--format", "json", "--no-save")
    both = json.loads(out)
    assert both["schema"] == "sim.results/1"
    assert [r["scenario"]["id"] for r in both["results"]] == ["istanbul", "membership"]
    assert same(both["results"][0], found), "scenarios that run together do not disturb each other"


def test_saved_scenario_runs_again_to_the_same_result(tmp_path: Path) -> None:
    edits = ["--set", "us.foreign_forces.red_lines=none", "--set", "ukraine.alignment.importance=minor"]
    more = ["--seed", "7", "--as-of", "2025-03-01", "--evidence", "articles", "--set", "proposal.sanctions=kept"]
    code, _, _ = call("run", ISTANBUL, *FEW, *edits, *more, "--out", str(tmp_path))
    assert code == 0
    [folder] = (tmp_path / "istanbul").iterdir()
    first = json.loads((folder / "result.json").read_text())
    assert first["settings"]["edits"] == [*edits[1::2], "proposal.sanctions=kept"]
    assert first["settings"]["seed"] == 7
    assert first["scenario"]["as_of"] == "2025-03-01"
    elsewhere = tmp_path / "alone"
    elsewhere.mkdir()
    shutil.copy(folder / "scenario.yaml", elsewhere)
    code, out, _ = call("run", str(elsewhere / "scenario.yaml"), "--format", "json", "--no-save")
    assert code == 0
    assert same(json.loads(out), first)


def test_csv_is_tidy_and_agrees_with_json() -> None:
    _, out, _ = call("run", ISTANBUL, *FEW, "--format", "csv", "--no-save")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert tuple(rows[0]) == saving.COLUMNS
    result = sim.run(ISTANBUL, draws=500)
    [row] = [r for r in rows if r["party"] == "russia" and r["measure"] == "acceptability"]
    share = result.party("russia").acceptability
    assert [float(row[x]) for x in ("value", "low", "high")] == [*map(figure, (share.estimate, share.low, share.high))]


def test_markdown_has_a_table_with_every_party() -> None:
    _, out, _ = call("run", ISTANBUL, *FEW, "--format", "md", "--no-save")
    assert out.startswith("### ")
    assert sum(line.startswith("| ") for line in out.splitlines()) == 2 + 7


def test_edits_are_shown_with_their_effect() -> None:
    code, out, _ = call("run", ISTANBUL, *FEW, "--no-save", "--set", "us.sanctions.importance=minor")
    assert code == 0
    flat = " ".join(out.split())
    assert "us.sanctions.importance=minor" in flat
    before = sim.run(ISTANBUL, draws=500).party("us").acceptability.estimate
    after = sim.run(ISTANBUL, draws=500, edits=["us.sanctions.importance=minor"]).party("us").acceptability.estimate
    assert before != after
    assert f"United States {100 * before:.1f}% to {100 * after:.1f}%" in flat


def test_explain_names_every_cell_and_its_evidence() -> None:
    code, out, _ = call("explain", ISTANBUL, "--party", "ukraine", *FEW)
    assert code == 0
    for issue in sim.load(ISTANBUL).scenario.domain.issues.issues:
        assert issue in out
    assert "neutral_without_guarantee" in out
    assert "F09 (2022-03-16" in out
    code, out, _ = call("explain", ISTANBUL, "--party", "ukraine", *FEW, "--format", "json")
    assert [p["id"] for p in json.loads(out)["parties"]] == ["ukraine"]
    code, out, _ = call("explain", ISTANBUL, *FEW, "--format", "md")
    assert code == 0
    assert "#### Evidence" in out


def test_unknown_party_to_explain_is_a_usage_error() -> None:
    code, _, err = call("explain", ISTANBUL, "--party", "ukrain")
    assert code == 2
    assert "did you mean ukraine" in err


def test_dates_that_do_not_match_warn_both_ways() -> None:
    _, out, _ = call("run", ISTANBUL, *FEW, "--no-save", "--as-of", "2025-03-01")
    assert "younger than the text" in out
    _, out, _ = call("run", "scenarios/membership.yaml", *FEW, "--no-save", "--as-of", "2022-03-20")
    assert "older than the text" in out


def test_validate_lists_every_mistake_at_its_place(tmp_path: Path) -> None:
    bad = small.write(tmp_path)
    text = bad.read_text()
    lines = []
    for right, wrong in (
        ("option: stops", "option: stop"),
        ("date: 2022-03-29", "date: 2022-03-39"),
        ("basis: inferred, evidence: [E1, E4]", "basis: inferred, evidence: [E1, E99]"),
        ("status: {option: neutral, basis: stated", "status: {option: neutral, basis: statd"),
        ("    land: {open", "    lend: {open"),
    ):
        assert text.count(right) == 1
        text = text.replace(right, wrong)
        lines.append(text[: text.index(wrong)].count("\n") + 1)
    bad.write_text(text)
    code, out, err = call("validate", str(bad))
    assert code == 3
    assert out == ""
    located = [line for line in err.splitlines() if f"{bad}:" in line]
    assert len(located) >= 5
    assert {int(line.partition(f"{bad}:")[2].split(":")[0]) for line in located} >= set(lines)
    assert "did you mean stops" in err
    assert "did you mean land" in err
    assert "Traceback" not in err
    code, out, _ = call("validate", ISTANBUL, "scenarios/membership.yaml")
    assert code == 0
    assert out.count("in order") == 2


@pytest.mark.parametrize(
    "edit",
    ["russia.alignmet.importance=minor", "russia.alignment.importance=hughe", "nobody.alignment.importance=minor", "x"],
)
def test_wrong_edits_are_located_and_nothing_runs(edit: str, tmp_path: Path) -> None:
    code, out, err = call("run", ISTANBUL, "--set", edit, "--out", str(tmp_path))
    assert code == 3
    assert "--set[1]:1:" in err
    assert out == ""
    assert not list(tmp_path.iterdir())


def test_ranges_that_leave_nothing_are_complained_of() -> None:
    narrow = [f"--set=russia.{i}.weight=[0.0666, 0.0667]" for i in sim.load(ISTANBUL).scenario.domain.issues.issues]
    code, _, err = call("run", ISTANBUL, *narrow, "--no-save")
    assert code == 3
    assert "leave almost nothing" in err


def test_show_and_new_and_verify(tmp_path: Path) -> None:
    for args in (["issues"], ["positions"], ["positions", "us", "--as-of", "2025-03-01"], ["evidence"], ["sources"]):
        code, out, err = call("show", *args)
        assert code == 0, err
        assert len(out) > 200
        code, out, _ = call("show", *args, "--format", "json")
        assert code == 0
        assert out.startswith(("{", "["))
    _, out, _ = call("show", "evidence", "P064")
    assert "russia.alignment" in out
    code, _, err = call("show", "evidence", "P999")
    assert code == 2
    shutil.copytree("scenarios/domain", tmp_path / "domain")
    fresh = tmp_path / "mine.yaml"
    code, _, _ = call("new", str(fresh))
    assert code == 0
    assert sim.load(fresh).scenario.proposal.terms["donbas"].open
    code, _, err = call("new", str(fresh))
    assert code == 1
    assert "already there" in err
    code, _, err = call("sources", "verify", str(tmp_path / "nowhere"))
    assert code == 1
    assert len(err.strip().splitlines()) == 1
    code, out, _ = call("sources", "verify", str(tmp_path))
    assert code == 1
    assert "5 texts" in out


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("my text.yaml", "my_text.yaml"),
        ("my-text.yaml", "my_text.yaml"),
        ("text.yml", "text.yaml"),
        ("text.txt", "text.yaml"),
        ("text", "text.yaml"),
        ("...yaml", "my_text.yaml"),
        ("v1.2.yaml", "v1_2.yaml"),
    ],
)
def test_new_refuses_names_that_no_scenario_can_have(name: str, right: str, tmp_path: Path) -> None:
    shutil.copytree("scenarios/domain", tmp_path / "domain")
    code, _, err = call("new", str(tmp_path / name))
    assert code == 1
    assert len(err.strip().splitlines()) == 1
    assert err.strip().endswith(f" {tmp_path / right}")
    assert not (tmp_path / name).exists()


def test_new_suggests_a_command_that_can_be_pasted(tmp_path: Path) -> None:
    folder = tmp_path / "it's (a) folder"
    shutil.copytree("scenarios/domain", folder / "domain")
    code, _, err = call("new", str(folder / "mine.yaml"))
    assert code == 0
    command = err.strip().partition("then: ")[2]
    assert shlex.split(command) == ["sim", "validate", str(folder / "mine.yaml")]


def test_show_splits_no_id() -> None:
    domain = sim.load(ISTANBUL).scenario.domain
    entries = [(i, e) for party in domain.positions.values() for i, its in party.positions.items() for e in its]
    ranked = {o for _, e in entries for level in e.ranking or () for o in level}
    lines = {line.option for _, e in entries for line in e.red_lines}
    rows = domain.evidence
    for what, ids in (
        ("positions", {i for i, _ in entries} | ranked | lines | {str(e.start) for _, e in entries}),
        (
            "sources",
            {*domain.sources.sources, *domain.sources.actors, *(str(s.date) for s in domain.sources.sources.values())},
        ),
        ("evidence", {x for r in rows for x in (r.id, r.party, r.issue, r.strength, str(r.date))}),
    ):
        _, out, _ = call("show", what)
        assert max(map(len, out.splitlines())) <= 100
        assert ids <= set(re.findall(r"[\w-]+", out))


def test_show_evidence_speaks_in_whole_sentences() -> None:
    _, out, _ = call("show", "evidence", "P001")
    flat = " ".join(out.split())
    assert "(inferred from: " in flat
    assert not re.search(r"\.\)\.|….\.|\.\.", flat.replace("….", "…"))


def test_show_positions_tells_what_its_day_does() -> None:
    _, out, _ = call("show", "positions", "--help")
    assert "Only the positions in force on this day" in " ".join(out.split())
    assert "the text stays" not in out


@pytest.mark.parametrize("file", ["README.md", "scenarios/domain/issues.yaml", "pyproject.toml"])
def test_a_file_that_is_no_scenario_is_complained_of_first(file: str) -> None:
    code, out, err = call("run", file, "--no-save")
    assert code == 3
    assert out == ""
    assert err.startswith(f"{file}:")
    assert "no such folder" not in err


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["run", "nowhere.yaml"], 1),
        (["run", "scenarios"], 1),
        (["run", ISTANBUL, "--domain", "nowhere"], 1),
        (["run", ISTANBUL, "--with", "nowhere.yaml"], 1),
        (["run", ISTANBUL, "--draws", "0"], 2),
        (["run", ISTANBUL, "--as-of", "yesterday"], 2),
        (["run", ISTANBUL, "--format", "xml"], 2),
        (["run", ISTANBUL, "--frobnicate"], 2),
        (["run"], 2),
        (["library", "--dir", "nowhere"], 2),
        (["library", "--folder", "nowhere"], 1),
    ],
)
def test_exit_codes_and_short_messages(args: list[str], code: int) -> None:
    done, out, err = call(*args)
    assert done == code
    assert out == ""
    assert "Traceback" not in err
    if code == 1:
        assert len(err.strip().splitlines()) == 1


def test_help_of_every_command_shows_an_example() -> None:
    for command in (
        ["run"],
        ["explain"],
        ["library"],
        ["report"],
        ["site"],
        ["validate"],
        ["new"],
        ["show"],
        ["list"],
        ["runs"],
        ["store"],
        ["schema"],
        ["show", "issues"],
        ["show", "parties"],
        ["show", "positions"],
        ["show", "evidence"],
        ["show", "sources"],
        ["sources"],
        ["sources", "verify"],
        ["sources", "audit"],
        ["sources", "after"],
        ["forecast"],
        ["backtest"],
    ):
        code, out, _ = call(*command, "--help")
        assert code == 0
        assert f"Example: sim {' '.join(command)}" in out
    code, out, _ = call("--version")
    assert out.strip() == f"sim {sim.__version__}"


@pytest.mark.parametrize("stage", ["mkdir", "write", "rename"])
def test_a_full_disk_is_one_line_and_leaves_nothing(
    stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path))

    if stage == "mkdir":
        monkeypatch.setattr(writing.tempfile, "mkdtemp", full)
    elif stage == "write":
        monkeypatch.setattr(system, "settle", lambda _: full_without_a_name())
    else:
        monkeypatch.setattr(Path, "rename", full)

    def full_without_a_name() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    root = tmp_path / "deep" / "results"
    code, out, err = call("run", ISTANBUL, *FEW, "--out", str(root))
    assert code == 1
    assert "As modelled" in out
    line = err.strip()
    assert line.startswith(f"sim: {tmp_path if stage != 'write' else root / 'istanbul'}")
    assert line.endswith(": No space left on device; the run is not saved")
    assert ".partial" not in line
    assert not list(tmp_path.iterdir())


def test_results_root_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("not a folder")
    code, _, err = call("run", ISTANBUL, *FEW, "--out", str(tmp_path / "results"))
    assert code == 1
    assert len(err.strip().splitlines()) == 1


def test_interrupt_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim", "run", ISTANBUL, "--draws", "100000000", "--out", str(tmp_path)]
    # shells start what runs in the background deaf to SIGINT, and children inherit that
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        time.sleep(4)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
        running.wait()
    assert running.returncode == 130
    assert out == ""
    assert err.strip() == "interrupted"
    assert not list(tmp_path.iterdir())


def test_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m sim run {ISTANBUL} --draws 500 --no-save | true"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_two_runs_in_one_second_get_two_folders(tmp_path: Path) -> None:
    loaded = sim.load(ISTANBUL, draws=200)
    [result] = sim.score([loaded])
    folders = {sim.save(loaded, result, tmp_path) for _ in range(3)}
    assert len(folders) == 3
    assert all(sim.read(f).to_json() == result.to_json() for f in folders)


def test_reading_what_is_no_result(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text('{"schema": "other"}')
    with pytest.raises(ValueError, match="not a saved result"):
        sim.read(tmp_path)
    with pytest.raises(OSError, match="nowhere"):
        sim.read(tmp_path / "nowhere")


def _imported(arguments: Sequence[str], names: Sequence[str]) -> str:
    """Which of some modules a command imports, as a list in the last line of what it prints."""
    program = (
        f"import sys; sys.argv = ['sim', *{[*arguments]!r}]\n"
        "from sim.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print([x for x in {[*names]!r} if x in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout


def test_reading_commands_do_not_import_mesa() -> None:
    for args in (["--help"], ["validate", ISTANBUL], ["show", "issues"], ["run", "--help"]):
        assert _imported(args, ["mesa"]).endswith("[]\n"), args


def test_a_run_does_not_import_the_server(tmp_path: Path) -> None:
    arguments = ["run", str(small.write(tmp_path / "deal")), "--draws", "10", "--no-save", "--quiet"]
    assert _imported(arguments, ("fastapi", "jinja2", "starlette", "uvicorn")).endswith("[]\n")


def test_colour_is_off_without_a_terminal_and_with_no_color() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sim", "run", ISTANBUL, *FEW, "--no-save"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert "\x1b[" not in done.stdout + done.stderr


def test_a_saved_run_with_another_domain_loses_the_edits_that_went_with_its_own(tmp_path: Path) -> None:
    edits = ["--set", "us.sanctions.weight=0.2", "--set", "proposal.sanctions=kept"]
    call("run", ISTANBUL, *FEW, *edits, "--out", str(tmp_path))
    [saved] = (tmp_path / "istanbul").glob("*/scenario.yaml")
    _, out, _ = call("run", str(saved), "--format", "json", "--no-save", "--domain", "scenarios/domain")
    found = json.loads(out)
    assert found["settings"]["edits"] == ["proposal.sanctions=kept"]
    plain = sim.run(ISTANBUL, draws=500, edits=["proposal.sanctions=kept"])
    assert found["parties"] == json.loads(plain.to_json())["parties"]


def test_the_effect_is_of_the_new_edits_and_the_saved_ones_are_told_apart(tmp_path: Path) -> None:
    call("run", ISTANBUL, *FEW, "--set", "us.sanctions.weight=0.2", "--out", str(tmp_path))
    [saved] = (tmp_path / "istanbul").glob("*/scenario.yaml")
    _, out, _ = call("run", str(saved), "--no-save", "--set", "us.fighting.importance=minor")
    flat = " ".join(out.split())
    assert "Edited before, in the saved run: us.sanctions.weight=0.2." in flat
    assert "Edited for this run: us.fighting.importance=minor. Effect" in flat


def test_cost_and_reservation_are_told(tmp_path: Path) -> None:
    _, out, _ = call("explain", ISTANBUL, "--party", "us", *FEW, "--set", "us.no_deal.cost=-1")
    assert "added to every gain: -1." in " ".join(out.split())
    closed = ["--set", "us.reservation=0.4", "--set", "proposal.donbas=frozen_line"]
    _, out, _ = call("explain", ISTANBUL, "--party", "us", *FEW, *closed)
    assert "in place of no deal: 0.4." in " ".join(out.split())


def test_a_text_that_settles_nothing_has_no_verdict(tmp_path: Path) -> None:
    shutil.copytree("scenarios/domain", tmp_path / "domain")
    call("new", str(tmp_path / "mine.yaml"))
    code, out, _ = call("run", str(tmp_path / "mine.yaml"), *FEW, "--no-save")
    assert code == 0
    assert "settles nothing" in out
    assert "Joint acceptability" not in out


def test_beliefs_that_cannot_sum_blame_the_edit() -> None:
    code, _, err = call("run", ISTANBUL, "--no-save", "--set", "russia.no_deal.beliefs.russia_gains=0.95")
    assert code == 3
    assert err.startswith("--set[1]:1:37: error")
    assert "cannot sum to 1" in err
