"""What travels between who hands out work and who does it: ranges of blocks, and what they count, batch by batch."""

from __future__ import annotations

import pickle
import time
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import accumulate
from threading import Lock
from typing import Any

from sim.execution.job import Job
from sim.execution.likeness import Likeness, check_alike

#: Jobs that a worker has at hand, the last ones asked for.
_AT_HAND = 4


@dataclass
class BlockRange:
    """What neighbouring blocks of a batch count, from ``first`` to before ``last``; ``ended``: what is made of all."""

    batch: int
    first: int
    last: int
    count: Any
    ended: bool = False


@dataclass
class Done:
    """What a task comes to, and the seconds that it took."""

    parts: list[BlockRange]
    seconds: float


class Layout:
    """The blocks of a job in a row, numbered from 0 through all batches."""

    def __init__(self, job: Job[Any, Any]) -> None:
        self.lengths = tuple(job.lengths)
        self.firsts = (0, *accumulate(self.lengths))
        self.count = self.firsts[-1]
        self.segment = job.segment
        self._ends = job.keeps == "ends"

    def keeps_end(self, batch: int) -> bool:
        """Whether a store keeps what is made of a batch, and not the counts of its segments."""
        return self._ends and self.lengths[batch] <= self.segment

    def batch_of(self, number: int) -> int:
        """The batch that a block lies in."""
        return bisect_right(self.firsts, number) - 1

    def runs(self, first: int, last: int, *, segmented: bool) -> Iterator[tuple[int, int, int]]:
        """A range of blocks as (batch, first block, last block), cut where batches end, and where segments do."""
        while first < last:
            batch = self.batch_of(first)
            start = self.firsts[batch]
            ends = [last, self.firsts[batch + 1]]
            if segmented:
                ends.append(start + ((first - start) // self.segment + 1) * self.segment)
            end = min(ends)
            yield batch, first - start, end - start
            first = end


def done(job: Job[Any, Any], layout: Layout, first: int, last: int, *, segmented: bool) -> Done:
    """Do a range of blocks. A batch in it as a whole is ended, unless a store (``segmented``) keeps counts of it."""
    began = time.perf_counter()
    parts: list[BlockRange] = []
    for batch, start, end in layout.runs(first, last, segmented=segmented):
        count = job.block(batch, start)
        for block in range(start + 1, end):
            count = job.joined(count, job.block(batch, block))
        if end - start == layout.lengths[batch] and (not segmented or layout.keeps_end(batch)):
            parts.append(BlockRange(batch, start, end, job.end(batch, count), ended=True))
        else:
            parts.append(BlockRange(batch, start, end, count))
    return Done(parts, time.perf_counter() - began)


# --- in a process of its own ----------------------------------------------------------------------

_opened: OrderedDict[str, tuple[Job[Any, Any], Layout]] = OrderedDict()
_opening = Lock()


def opened(name: str, data: bytes) -> tuple[Job[Any, Any], Layout]:
    """The job that was sent under a name, which stays at hand as long as others do not take its place."""
    with _opening:
        if name not in _opened:
            job = pickle.loads(data)
            _opened[name] = job, Layout(job)
            while len(_opened) > _AT_HAND:
                _opened.popitem(last=False)
        _opened.move_to_end(name)
        return _opened[name]


def done_elsewhere(name: str, data: bytes, first: int, last: int, segmented: bool, like: Likeness | None) -> Done:
    """:func:`done` of a job that was sent. Raises UnlikeWorker where this process would not give the same figures.

    What the job raises travels back, so it is seen here whether it can.
    """
    try:
        job, layout = opened(name, data)
        if like is not None:
            check_alike(like, name, job)
        return done(job, layout, first, last, segmented=segmented)
    except Exception as error:
        raise _portable(error) from None


def joined_elsewhere(name: str, data: bytes, *counts: Done) -> Done:
    """What tasks counted that are neighbours, in order; none of them is changed, since it may be asked for again."""
    job, _ = opened(name, data)
    parts: list[BlockRange] = []
    for part in (part for done in counts for part in done.parts):
        if parts and not part.ended and parts[-1].batch == part.batch and parts[-1].last == part.first:
            before = parts[-1]
            parts[-1] = BlockRange(part.batch, before.first, part.last, job.joined(before.count, part.count))
        else:
            parts.append(BlockRange(part.batch, part.first, part.last, deepcopy(part.count), part.ended))
    return Done(parts, sum(done.seconds for done in counts))


def _portable(error: Exception) -> Exception:
    """The error itself if another process can read it, else its words."""
    try:
        if type(pickle.loads(pickle.dumps(error))) is type(error):
            return error
    except Exception:  # whatever a class of somebody's own does when it is read
        pass
    return RuntimeError(f"{type(error).__name__}: {error}")
