"""Sentences are as they were, and every kind of finding has one."""

from __future__ import annotations

from typing import Any

import pytest

from sim.analysis.amend.result import AmendFinding
from sim.analysis.backtest.result import BacktestFinding
from sim.analysis.compare.result import CompareFinding
from sim.analysis.forecast.result import ForecastFinding
from sim.analysis.levers.result import LeversFinding
from sim.analysis.levers.talks_result import TalksLeversFinding
from sim.analysis.search.result import SearchFinding
from sim.analysis.sweep.result import SweepFinding
from sim.results.result import RunFinding
from tests import documented, pages

#: By command, the kinds of finding that it may have.
UNIONS: dict[str, Any] = {
    "run": RunFinding,
    "compare": CompareFinding,
    "amend": AmendFinding,
    "search": SearchFinding,
    "backtest": BacktestFinding,
    "forecast": ForecastFinding,
    "sensitivity": LeversFinding,
    "sensitivity-of-talks": TalksLeversFinding,
    "sweep": SweepFinding,
}


@pytest.mark.parametrize("command", pages.PAGES)
def test_what_a_command_says_is_as_it_was(command: str) -> None:
    kept = (pages.FOLDER / f"{command}.md").read_text(encoding="utf-8")
    assert pages.text(command) == kept, "if it is meant: python -m tests.pages --write"


@pytest.mark.parametrize("command", pages.EXAMPLES)
def test_there_is_an_example_of_every_kind(command: str) -> None:
    kinds = {k.model_fields["kind"].default for k in documented.kinds(UNIONS[command])}
    assert {x.kind for x in pages.EXAMPLES[command][0]} == kinds
