"""What a hundred workers would make of work that no single machine does, by the real loop in virtual time."""

from __future__ import annotations

import pytest

from sim.execution.fold import FAN
from tests.execution.scale import BLOCK, Costs, Load, load

#: Measured on two slow cores (tests/bench/workers.py measures anew): a vote on one text, and a task's cost to Dask.
VOTE = Costs(block=0.08)


def within(of: Load, ratio: float) -> None:
    assert 0.9 < of.ratio < ratio, of
    assert max(of.walls.values()) < 0.9, of.walls


def test_ten_thousand_million_draws() -> None:
    blocks = round(1e10) // BLOCK
    of = load([blocks], 100, VOTE, joins=True)
    within(of, 1.3)
    assert of.tasks < 1.3 * blocks / 25 * (1 + 1 / (FAN - 1))
    # at most a hundred tasks a second, and what comes back does not grow with draws
    assert of.tasks / of.seconds < 100


def test_one_block_a_task_would_stand_at_the_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model does tell: with the tasks that a naive loop makes, the scheduler is what everybody waits for."""
    monkeypatch.setattr("sim.execution.fold.TASK_SECONDS", 0.0)
    of = load([200_000], 100, VOTE, joins=True)
    assert of.ratio > 2
    assert of.walls["scheduler"] > 0.9


def test_a_sweep_of_a_hundred_thousand_points() -> None:
    """Batches of 100 points: making and checking a point takes some 40 ms, a vote on it some 10 ms."""
    of = load([1] * 1000, 100, Costs(block=100 * 0.05, client=0.05, answer=0.2), joins=True)
    within(of, 1.3)
    # what is met first is the client, which reads the records of all points
    assert of.walls["client"] > of.walls["scheduler"]
    assert of.client < 300


def test_ten_thousand_files() -> None:
    """Batches of 50 files: 0.15 s to load one, three blocks of a vote; results come back, not counts."""
    of = load([1] * 200, 20, Costs(block=50 * (0.15 + 3 * 0.02), client=0.1, answer=5.0), joins=True)
    within(of, 1.3)


@pytest.mark.parametrize("width", [2, 7, 100])
@pytest.mark.parametrize("blocks", [10, 245, 2441])
def test_nobody_waits_long_for_the_last(width: int, blocks: int) -> None:
    of = load([blocks], width, VOTE, joins=False)
    longest = VOTE.block * (1 + VOTE.spread)
    # beside the ideal: the first block, and a last task
    assert of.seconds < 1.1 * of.ideal + 2 * longest + 0.1 + of.tasks * VOTE.scheduler / 2
