"""The real loop over blocks on workers that are only a model: virtual time, and what a task costs everybody."""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from sim.execution.fold import fold
from sim.execution.job import Job
from sim.execution.pools import Hand, Pool, Promise
from sim.execution.tasks import BlockRange, Done, Layout
from sim.execution.workers import Where, _set

BLOCK = 4096


@dataclass
class Costs:
    """Seconds: of a block; that a task costs client, scheduler and worker besides; of joining two counts."""

    block: float
    client: float = 0.002
    scheduler: float = 0.002
    worker: float = 0.002
    join: float = 0.003
    #: Blocks take between so much less and so much more, evenly.
    spread: float = 0.3
    #: Megabytes that come back from a task.
    answer: float = 0.02


@dataclass
class Load:
    """What a run came to: seconds in all, of processor time at the client and the scheduler, and tasks."""

    seconds: float
    ideal: float
    client: float
    scheduler: float
    tasks: int
    megabytes: float

    @property
    def ratio(self) -> float:
        """Seconds over those that workers without any cost would need."""
        return self.seconds / self.ideal

    @property
    def walls(self) -> dict[str, float]:
        """How far what everybody waits for is used, as a share of the whole time; the largest is met first."""
        return {"client": self.client / self.seconds, "scheduler": self.scheduler / self.seconds}


@dataclass
class Blocks(Job[int, int]):
    """Batches of blocks that count themselves."""

    sizes: Sequence[int]
    cost: float
    clock: Clock = field(repr=False)

    @property
    def lengths(self) -> Sequence[int]:
        return self.sizes

    def block(self, batch: int, block: int) -> int:
        self.clock.now += self.cost
        return 1


@dataclass
class Clock:
    """Time at the client."""

    now: float = 0.0


class Imagined(Pool):
    """So many workers that are busy for as long as the costs say; a task goes to the one that is free first."""

    def __init__(self, width: int, costs: Costs, clock: Clock, *, joins: bool) -> None:
        self.width, self.joins = width, joins
        self.costs, self.clock = costs, clock
        self.free = [0.0] * width
        self.scheduled = 0.0
        self.client = self.scheduler = 0.0
        self.tasks = 0
        self._rng = random.Random(1)

    def hand(self, job: Job[Any, Any], layout: Layout, data: bytes, *, segmented: bool) -> Hand:
        def handed(first: int, last: int) -> Promise:
            blocks = last - first
            length = blocks * self.costs.block * self._rng.uniform(1 - self.costs.spread, 1 + self.costs.spread)
            parts = [
                BlockRange(batch, start, end, end - start, ended=end - start == layout.lengths[batch])
                for batch, start, end in layout.runs(first, last, segmented=False)
            ]
            return self._promise(length, Done(parts, blocks * self.costs.block), 0.0)

        return handed

    def join(self, promises: Sequence[Promise]) -> Promise:
        assert all(isinstance(promise, Later) for promise in promises)
        counts = [promise.value for promise in promises if isinstance(promise, Later)]
        there = max(promise.at for promise in promises if isinstance(promise, Later))
        parts = [part for done in counts for part in done.parts]
        whole = BlockRange(parts[0].batch, parts[0].first, parts[-1].last, sum(part.count for part in parts))
        return self._promise(self.costs.join * len(promises), Done([whole], 0.0), there)

    def _promise(self, length: float, value: Done, after: float) -> Later:
        costs = self.costs
        self.tasks += 1
        self.clock.now += costs.client / 2
        self.client += costs.client / 2
        self.scheduled = max(self.scheduled, self.clock.now) + costs.scheduler
        self.scheduler += costs.scheduler
        begins = max(heapq.heappop(self.free), self.scheduled, after)
        heapq.heappush(self.free, begins + length + costs.worker)
        return Later(self, begins + length + costs.worker, value)


@dataclass
class Later:
    """What is there at a time."""

    pool: Imagined
    at: float
    value: Done

    def wait(self) -> None:
        self.pool.clock.now = max(self.pool.clock.now, self.at) + self.pool.costs.client / 2
        self.pool.client += self.pool.costs.client / 2

    def result(self) -> Done:
        self.wait()
        return self.value

    def done(self) -> bool:
        return self.at <= self.pool.clock.now

    def cancel(self) -> None:
        raise AssertionError("nothing goes wrong here")


@contextmanager
def _timed(clock: Clock) -> Iterator[None]:
    with mock.patch("sim.execution.tasks.time.perf_counter", side_effect=lambda: clock.now):
        yield


def load(sizes: Sequence[int], width: int, costs: Costs, *, joins: bool) -> Load:
    """What so many workers make of batches of blocks, by the loop as it stands."""
    clock = Clock()
    pool = Imagined(width, costs, clock, joins=joins)
    with _timed(clock), _set(Where(pool)):
        counts = list(fold(Blocks(sizes, costs.block, clock)))
    assert counts == list(sizes)
    blocks = sum(sizes)
    answers = 0 if joins and len(sizes) == 1 else pool.tasks
    return Load(
        seconds=clock.now,
        ideal=blocks * costs.block / width,
        client=pool.client,
        scheduler=pool.scheduler,
        tasks=pool.tasks,
        megabytes=answers * costs.answer,
    )
