"""A job whose blocks can be told apart and counted: for tests of who does what, and of what is kept of it."""

from __future__ import annotations

import math
import os
import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sim.engine.draws import BLOCK
from sim.engine.exact_sums import ExactSum
from sim.execution.job import Job, Key

Count = list[Any]


@dataclass
class Sums(Job[Count, tuple[Any, ...]]):
    """Batches with so many draws each; what a draw counts is its number.

    ``log`` is a file that gets a line a block; from its line ``last`` on the process is killed.
    """

    all_draws: tuple[int, ...]
    log: Path
    last: int | None = None
    name: str = "sums"

    segment = 4

    @property
    def lengths(self) -> tuple[int, ...]:
        """Blocks of 4,096 draws."""
        return tuple(math.ceil(draws / BLOCK) for draws in self.all_draws)

    def block(self, batch: int, block: int) -> Count:
        """How many draws, their sum, a float sum that hangs on grouping, and words in order."""
        with self.log.open("a", encoding="utf-8") as file:
            file.write(f"{batch} {block}\n")
        if self.last is not None and len(calls(self.log)) >= self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        first, end = block * BLOCK, min((block + 1) * BLOCK, self.all_draws[batch])
        total = (end - first) * (first + end - 1) // 2
        return [end - first, ExactSum.of(total / 7 + batch), Counter({f"block {block}": 1, "draws": end - first})]

    def joined(self, one: Count, other: Count) -> Count:
        """Each part by its own addition."""
        return [mine + others for mine, others in zip(one, other, strict=True)]

    def end(self, batch: int, total: Count) -> tuple[Any, ...]:
        """The figures, to be compared."""
        return batch, total[0], float(total[1].values), tuple(total[2].items())

    def key(self, batch: int) -> Key:
        """Nothing but the number of the batch."""
        return {"name": self.name, "batch": batch}

    def about(self, batch: int) -> list[str]:
        """A text for each batch."""
        return [f"text_{batch}"]

    def draws(self, batch: int) -> int:
        """As it was asked."""
        return self.all_draws[batch]


class Ends(Sums):
    """The same, of which what is made of each short batch is kept."""

    keeps = "ends"


def watched(kind: type[Job[Any, Any]], monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The blocks of batches that jobs of a kind work on in this process from now on, as they come."""
    seen: list[tuple[int, int]] = []
    block = kind.block

    def watching(self: Job[Any, Any], batch: int, number: int) -> Any:
        seen.append((batch, number))
        return block(self, batch, number)

    monkeypatch.setattr(kind, "block", watching)
    return seen


def calls(log: Path) -> list[tuple[int, int]]:
    """Which blocks were worked on, in order."""
    if not log.exists():
        return []
    return [(int(batch), int(block)) for batch, block in map(str.split, log.read_text(encoding="utf-8").splitlines())]
