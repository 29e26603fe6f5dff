"""A package of thirty lines, that of sim/README.md: a tactic and a protocol in files, commands, talks and traces."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import sim
from sim.bargaining import page as talks_page
from sim.cli import app
from sim.scenario.file_schemas import file_schema
from sim.scenario.negotiation_schema import PROTOCOLS, TACTICS
from tests import small
from tests.readme import ROOT

TEXT = (ROOT / "sim" / "README.md").read_text(encoding="utf-8")
SECTION = TEXT[TEXT.index("## Rules of your own") :]
PROJECT = next(text for text in re.findall(r"```toml\n(.*?)```", SECTION, re.DOTALL) if "sim.protocols" in text)
MODULE = next(
    text for text in re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL) if text.startswith("import numpy")
)
TALKS = """\
negotiation:
  protocol: alternating_offers
  rounds: 5
  proposers: [blue, red]
  tactics: {red: {tactic: patient, patience: [1, 2]}, blue: linear}
"""


def write(folder: Path, text: str = TALKS) -> Path:
    return small.write(folder, {**small.FILES, "deal.yaml": small.SCENARIO + text})


def installed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, module: str, *, tactics: str = "", protocols: str = ""
) -> None:
    """A package as pip leaves it behind, where Python finds it."""
    info = folder / f"{name}-0.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n")
    groups = {"sim.tactics": tactics, "sim.protocols": protocols}
    lines = [f"[{group}]\n{entries} = {name}\n" for group, entries in groups.items() if entries]
    (info / "entry_points.txt").write_text("\n".join(lines))
    (folder / f"{name}.py").write_text(module)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.fixture
def patience(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path / "site", monkeypatch, "patience", MODULE, tactics="patient", protocols="chance_to_speak")
    monkeypatch.setitem(sys.modules, "patience", None)
    del sys.modules["patience"]


def test_it_has_thirty_lines() -> None:
    assert len([line for line in (PROJECT + MODULE).splitlines() if line.strip()]) <= 30


@pytest.mark.usefixtures("patience")
def test_its_names_are_known_once_they_are_asked_for(tmp_path: Path) -> None:
    plain = sim.load(write(tmp_path, ""))
    assert "patience" not in sys.modules, "a plain file reads no entry points"
    assert plain.scenario.negotiation.protocol == "vote"
    loaded = sim.load(write(tmp_path), draws=300)
    assert "patience" in sys.modules
    [result] = sim.score([loaded])
    talks = result.negotiation
    assert talks is not None
    assert [(x.kind, x.name, x.package, x.version) for x in talks.own_rules] == [
        ("tactic", "patient", "patience", "0.1")
    ]
    assert "Not built in: the tactic patient (patience 0.1)." in talks_page.page(result).notes
    [spoken] = sim.score([loaded.with_(protocol="chance_to_speak")])
    assert spoken.negotiation is not None
    [rule] = spoken.negotiation.own_rules
    assert (rule.kind, rule.package, rule.declares) == (
        "protocol",
        "patience",
        ("offers", "rounds", "proposers", "candidates"),
    )
    folder = sim.save(loaded, result, tmp_path / "runs")
    assert json.loads((folder / "result.json").read_text())["negotiation"]["own_rules"][0]["version"] == "0.1"
    assert sim.load(folder).sha256 == loaded.sha256


@pytest.mark.usefixtures("patience")
def test_a_name_there_is_not_says_which_packages_bring_some(tmp_path: Path) -> None:
    with pytest.raises(sim.Complaints) as error:
        sim.load(write(tmp_path, TALKS.replace("patient", "pashent")), protocol="chance_to_speek")
    tactic, protocol = sorted(error.value.complaints, key=lambda c: c.where, reverse=True)
    assert (tactic.place.line, tactic.place.column) == (15, 27)
    assert tactic.what.endswith("tit_for_tat, micro, patient")
    assert tactic.hint == (
        "did you mean patient? one that is not built in comes from an installed package (patience 0.1: patient) or, in "
        "a program, from sim.tactic, called before loading"
    )
    assert protocol.place.file == "--protocol"
    assert str(protocol.hint).startswith("did you mean chance_to_speak?")


@pytest.mark.usefixtures("patience")
def test_its_rules_are_its_own_wherever_they_are_registered_from(tmp_path: Path) -> None:
    """Imported by a program before anything names them."""
    __import__("patience")
    [result] = sim.score([sim.load(write(tmp_path), draws=50)])
    assert result.negotiation is not None
    assert (result.negotiation.own_rules[0].package, result.negotiation.own_rules[0].version) == ("patience", "0.1")


@pytest.mark.usefixtures("patience")
def test_editors_are_told_its_names() -> None:
    definitions = file_schema("scenario")["$defs"]
    assert definitions["NegotiationSettings"]["properties"]["protocol"]["enum"][-1] == "chance_to_speak"
    assert definitions["Tactic"]["properties"]["tactic"]["enum"][-1] == "patient"
    assert definitions["Tactic"]["additionalProperties"]["anyOf"][0] == {"type": "number"}


def test_a_broken_package_is_told_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases: dict[str, tuple[str, str]] = {
        "fails_here": ("import nowhere_at_all\n", "fails when it is loaded: ModuleNotFoundError: No module named"),
        "silent_here": (
            "",
            "registers none of that name when silent_here is loaded; it should call sim.tactic('patient'",
        ),
        "wrong_here": (
            "import sim\nsim.tactic('patient', lambda best, t, p, s: best * t)\n",
            "fails when it is loaded: InvalidArgument: the aspiration of the tactic patient rises",
        ),
    }
    for number, (name, (module, what)) in enumerate(cases.items()):
        with monkeypatch.context() as patch:
            installed(tmp_path / str(number), patch, name, module, tactics="patient")
            with pytest.raises(sim.Complaints) as error:
                sim.load(write(tmp_path))
            [complaint] = error.value.complaints
            assert complaint.where == "negotiation: tactics: red: tactic"
            assert complaint.what.startswith(f"the package {name} 0.1, which brings the tactic patient, ")
            assert what in complaint.what
            assert "\n" not in complaint.what
    for number, name in enumerate(("one_of_two", "other_of_two"), 10):
        installed(tmp_path / str(number), monkeypatch, name, MODULE, tactics="patient")
    with pytest.raises(sim.Complaints, match="each bring a tactic called patient; uninstall all but one"):
        sim.load(write(tmp_path))


@pytest.mark.usefixtures("patience")
def test_the_registry_reads_entry_points_for_unknown_names_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    points = type(PROTOCOLS)._points

    def counted(self: Any) -> Any:
        calls.append(self.group)
        return points(self)

    monkeypatch.setattr(type(PROTOCOLS), "_points", counted)
    assert PROTOCOLS.find("vote") is not None
    assert calls == []
    assert PROTOCOLS.find("chance_to_speak") is not None
    assert calls == ["sim.protocols"]


def test_installed_by_pip_it_works_in_commands(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    (source / "pyproject.toml").write_text(PROJECT)
    (source / "patience.py").write_text(MODULE)
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--no-build-isolation"]
    done = subprocess.run([*pip, "--target", str(target), str(source)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    paths = os.pathsep.join([str(target), str(ROOT), os.environ.get("PYTHONPATH", "")])

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        call = [sys.executable, "-m", "sim", *words]
        return subprocess.run(
            call, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": paths}
        )

    deal = str(write(tmp_path))
    few = ("--draws", "300")
    run = command("run", deal, *few, "--protocol", "chance_to_speak", "--full", "--out", "runs")
    assert run.returncode == 0, run.stderr
    assert "Talks: the protocol chance to speak" in run.stdout
    assert "the protocol chance to speak (patience 0.1)" in " ".join(run.stdout.split())
    data = json.loads(command("run", deal, *few, "--no-save", "--format", "json").stdout)
    [rule] = data["negotiation"]["own_rules"]
    assert (rule["name"], rule["package"], rule["version"], rule["declares"]) == (
        "patient",
        "patience",
        "0.1",
        ["yields"],
    )
    traced = command("trace", deal, *few, "--protocol", "chance_to_speak", "--outcome", "agreed")
    assert traced.returncode == 0, traced.stderr
    assert "A round, one party by lot offers the best text that suits all." in " ".join(traced.stdout.split())
    assert "patient" in command("trace", deal, *few, "--draw", "3").stdout
    edited = command("run", deal, *few, "--no-save", "--set", "negotiation.tactics.red.patience=30")
    assert edited.returncode != 0
    assert "the patience of patient must lie between 0 and 10, not 30" in edited.stderr
    wrong = command("run", deal, *few, "--protocol", "chance_to_speek")
    assert wrong.returncode != 0
    assert "did you mean chance_to_speak?" in " ".join(wrong.stderr.split()).replace("│ ", "")
    # read without the package, and not run
    [saved] = (tmp_path / "runs" / "deal").iterdir()
    paths = str(ROOT)
    assert command("compare", str(saved), str(saved)).returncode in (0, 2)
    assert sim.read(saved).negotiation.own_rules[0].version == "0.1"  # type: ignore[union-attr]
    again = command("run", str(saved), "--no-save")
    assert again.returncode != 0
    assert "chance_to_speak" in again.stderr
    assert "Traceback" not in "".join([again.stderr, wrong.stderr, edited.stderr])


def test_where_a_rule_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that a program imports by itself: of a package of its name, of another one, and of none."""
    code = "import sim\nsim.tactic('calm', lambda best, t, p, s: best * (1 - t), yields=True)\n"
    text = TALKS.replace("{tactic: patient, patience: [1, 2]}", "calm")

    def origin(name: str) -> tuple[str | None, str | None, str]:
        monkeypatch.delitem(sys.modules, name, raising=False)
        TACTICS._functions.pop("calm", None)
        __import__(name)
        [result] = sim.score([sim.load(write(tmp_path, text), draws=20)])
        [rule] = result.negotiation.own_rules  # type: ignore[union-attr]
        return rule.package, rule.version, rule.module

    installed(tmp_path / "one", monkeypatch, "calmness", code)
    assert origin("calmness") == ("calmness", "0.1", "calmness")
    site = tmp_path / "two" / "site-packages"
    installed(site, monkeypatch, "quiet_people", "")
    (site / "quiet.py").write_text(code)
    (site / "quiet_people-0.1.dist-info" / "top_level.txt").write_text("quiet\n")
    assert origin("quiet") == ("quiet_people", "0.1", "quiet")
    (tmp_path / "three").mkdir()
    (tmp_path / "three" / "by_itself.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path / "three"))
    assert origin("by_itself") == (None, None, "by_itself")


@pytest.mark.usefixtures("patience")
def test_what_fails_in_a_command_fails_in_a_line(tmp_path: Path) -> None:
    sim.protocol("broken", lambda table: table.gains["nobody"])
    for command in ("run", "trace"):
        done = CliRunner().invoke(app, [command, str(write(tmp_path)), "--draws", "20", "--protocol", "broken"])
        assert done.exit_code != 0
        assert "the protocol broken fails in round 1: there is no party at the table nobody" in done.stderr
        assert done.stderr.count("\n") == 1
