"""A sample of the mutated files of :mod:`tests.fuzz_exchange`, and that its driver sees faults and goes on."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

pytest.importorskip("resource")  # not on Windows

from tests import fuzz_exchange
from tests.fuzz_exchange import State, files_of, go_on, main


@pytest.mark.parametrize("kind", ["genius", "geniusweb"])
def test_mutated_files_are_read_or_complained_of(kind: str) -> None:
    state = go_on(State(kind), 300)
    assert state.faults == []
    assert state.slowest < fuzz_exchange.SECONDS
    # both ends are reached: else the changes are too coarse to tell anything
    assert min(state.outcomes["imported"], state.outcomes["refused"]) > 10


def test_an_input_is_told_by_its_number() -> None:
    assert files_of("genius", 7) == files_of("genius", 7)
    assert len({str(files_of("geniusweb", n)) for n in range(50)}) > 45


def test_a_run_goes_on_from_its_state(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "state.json"
    assert main(["geniusweb", "--to", "20", "--state", str(state)]) == 0
    first = json.loads(state.read_text())
    assert (first["next"], sum(first["outcomes"].values())) == (20, 20)
    assert main(["geniusweb", "--to", "30", "--state", str(state)]) == 0
    both = json.loads(state.read_text())
    assert both["next"] == 30
    assert both["outcomes"] == go_on(State("geniusweb"), 30).outcomes
    assert "geniusweb: 30 inputs" in capsys.readouterr().out


def test_faults_are_seen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def reader(kind: str, number: int, folder: Path) -> str:
        if number == 2:
            raise ZeroDivisionError("here")
        if number == 4:
            start = time.process_time()
            while time.process_time() - start < 5:
                pass
        return "refused"

    monkeypatch.setattr(fuzz_exchange, "outcome", reader)
    monkeypatch.setattr(fuzz_exchange, "SECONDS", 0.2)
    state = go_on(State("genius"), 6)
    assert state.outcomes == {"refused": 4, "fault": 2}
    assert [number for number, _ in state.faults] == [2, 4]
    assert "ZeroDivisionError: here" in state.faults[0][1]
    assert "more than 0.2 s of processor time" in state.faults[1][1]
    peaks = iter([200.0, 501.0])
    monkeypatch.setattr(fuzz_exchange, "_peak", lambda: next(peaks))
    assert go_on(State("genius"), 1).faults == [(0, "more than 300 MB")]
    monkeypatch.setattr(fuzz_exchange, "_peak", lambda: 0.0)
    assert main(["genius", "--to", "3"]) == 1
    assert "--only 2: ZeroDivisionError: here" in capsys.readouterr().out
