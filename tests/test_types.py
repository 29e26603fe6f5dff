"""What a type checker makes of the package from outside: strict, and of the names alone that there are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import sim

pytest.importorskip("mypy")
ROOT = Path(__file__).parent.parent

SOUND = """\
import sim

loaded: sim.Loaded = sim.load("istanbul", draws=100, seed=2)
comparison: sim.Comparison = sim.compare({"a": loaded, "b": loaded.with_({"us.no_deal.cost": 0.1})})
shares: list[float | None] = [row.joint for row in comparison.rows]
[result] = sim.score(loaded)
estimate: float = result.party("us").acceptability.estimate
party: sim.PartyResult = result.parties[0]
levers: sim.LeversResult = sim.levers(loaded)
flip: sim.FlipResult = sim.flip(loaded)
sobol: sim.SobolResult = sim.sobol(loaded, n=64)
sweep: sim.Sweep = sim.sweep(loaded, ["us.no_deal.cost=0,0.1"])
amend: sim.Amend = sim.amend(loaded)
search: sim.Search = sim.search(loaded)
frontier: sim.Frontier = sim.frontier(loaded)
audit: sim.AuditResult = sim.audit([loaded])
backtest: sim.Backtest = sim.backtest("answers.csv", as_of=["2025-12-24"], texts="texts.yaml", second="b.csv")
forecast: sim.Forecast = sim.forecast("texts.yaml", as_of="2025-12-24", domain="scenarios/domain")
"""
#: A call, and the code of what is wrong with it.
WRONG = (
    ("sim.leverz(3)", "attr-defined"),
    ("sim.levers(3)", "arg-type"),
    ("sim.load('istanbul', drawz=3)", "call-arg"),
    ("sim.run('istanbul').verdikt", "attr-defined"),
    ("sim.frontier(sim.load('istanbul'), red_lines='some')", "arg-type"),
    ("sim.load('istanbul', evidence='none')", "typeddict-item|arg-type"),
)


def test_a_type_checker_knows_every_name_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "sound.py").write_text(SOUND)
    (tmp_path / "wrong.py").write_text("import sim\n\n" + "\n".join(call for call, _ in WRONG) + "\n")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary", "sound.py", "wrong.py"]
    environment = {"MYPYPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith(("sound", "wrong")) and ": error: " in line]
    assert done.stderr == ""
    assert [line for line in lines if line.startswith("sound")] == []
    assert len(lines) == len(WRONG)
    for number, ((call, codes), line) in enumerate(zip(WRONG, lines, strict=True), 3):
        assert line.startswith(f"wrong.py:{number}: "), call
        assert any(line.endswith(f"[{code}]") for code in codes.split("|")), line


def test_names_are_listed_for_type_checkers_and_at_run_time_alike() -> None:
    """A name that type checkers are not shown would be refused by them, and nothing else would notice."""
    source = Path(sim.__file__).read_text(encoding="utf-8")
    block = source[source.index("if TYPE_CHECKING:") : source.index("_HOME = {")]
    lines = [line.removeprefix("    from ").split(" import ") for line in block.splitlines() if " import " in line]
    listed = {name: module for module, names in lines for name in names.split(", ")}
    assert listed == sim._HOME
    assert (Path(sim.__file__).parent / "py.typed").is_file()
