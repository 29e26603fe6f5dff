"""The options of who works: what they cannot mean, and what is said where the work stays here all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.execution import fold as folding
from sim.simulation.runner import Run


@pytest.mark.parametrize("command", ["run", "amend"])
@pytest.mark.parametrize("address", ["", " "])
def test_a_cluster_has_an_address(command: str, address: str, deal: Path) -> None:
    done = CliRunner().invoke(app, [command, str(deal), "--draws", "50", "--cluster", address])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr == (
        "sim: a cluster has the address of its Dask scheduler, for instance tcp://192.168.1.7:8786, or is the word "
        "local for one of its own on this machine; it is empty\n"
    )


def test_workers_or_a_cluster(deal: Path) -> None:
    done = CliRunner().invoke(app, ["run", str(deal), "--workers", "2", "--cluster", "local"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Invalid value for --cluster: give --workers or --cluster, not both" in done.stderr


def test_work_that_cannot_travel_is_said_in_a_line(deal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["run", str(deal), "--draws", "13000", "--no-save", "--set", "red.status.importance=minor"]
    plain = CliRunner().invoke(app, words)
    monkeypatch.setattr(Run, "travels", False)
    monkeypatch.setattr(folding, "LEAST_SECONDS", 0.0)
    done = CliRunner().invoke(app, [*words, "--workers", "2"])
    assert (done.exit_code, done.stdout) == (0, plain.stdout)
    assert done.stderr.splitlines() == [
        *plain.stderr.splitlines(),
        "warning: some work cannot be sent to other processes and is done by threads of this one, which takes longer: "
        f"{folding.OWN_RULES}",
    ]
