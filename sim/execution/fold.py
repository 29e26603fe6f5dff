"""The one loop over blocks: hands a job's blocks to whoever works, joins what they count, in order, and keeps it."""

from __future__ import annotations

import pickle
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

from sim.execution.job import Job
from sim.execution.pieces import Pieces
from sim.execution.pools import ANOTHER, Here, Promise, Threads, WorkersLost, of_width
from sim.execution.tasks import BlockRange, Done, Layout
from sim.execution.tree import FAN, Tree
from sim.execution.workers import current
from sim.files import system

P = TypeVar("P")
R = TypeVar("R")

#: Called with (blocks or steps done, in all).
Progress = Callable[[int, int], None]

#: Seconds that a task should take, so that handing it over costs little and a stop need not wait long for it.
TASK_SECONDS = 2.0
#: Work that takes less than this in all is not worth handing over.
LEAST_SECONDS = 0.5
#: Work that takes longer than this is kept where only long work is.
LONG_SECONDS = 10.0
#: Tasks under way for each worker: one is worked on, others lie ready.
UNDER_WAY = 3
#: Of what is left, a task takes at most one of so many parts a worker, so that nobody waits long for the last.
PARTS_LEFT = 2
#: Why most work that cannot travel cannot.
OWN_RULES = (
    "it is by a utility or an acceptance of a party's own, or by tactics or protocols that this program itself has "
    "registered; tactics and protocols of a package travel"
)
#: A pool that breaks so often without finishing a task between is given up.
MOST_BREAKS = 4


def total(job: Job[P, R], progress: Progress | None = None) -> R:
    """What is made of the one batch of a job."""
    [result] = fold(job, progress)
    return result


def fold(job: Job[P, R], progress: Progress | None = None) -> Iterator[R]:
    """What is made of each batch of a job, in order; ``progress`` is called with (blocks done, blocks in all).

    By whom it is worked on and where pieces are kept is said by :func:`sim.workers`; the results do not hang on it.
    Raises whatever the job's own functions raise, :class:`WorkersLost`, and OSError about the store.
    """
    return _Fold(job, progress).results()


@dataclass
class _UnderWay:
    """A range of blocks handed over, or what is known of it already."""

    first: int
    last: int
    promise: Promise | None = None
    known: list[BlockRange] | None = None


@runtime_checkable
class _Waits(Promise, Protocol):
    """A promise whose result can be left where it is."""

    def wait(self) -> None:
        """Wait until it is done."""


class _Fold:
    """One job on its way."""

    def __init__(self, job: Job[Any, Any], progress: Progress | None) -> None:
        where = current()
        self.job = job
        self.layout = Layout(job)
        self.progress = progress
        self.chunk = where.chunk
        self.pieces = None if where.store is None else Pieces.of(job, self.layout, where.store, where.command)
        self.long_work = where.long_work
        self.pool = where.pool
        self.notices = where.notices
        #: Why the job stays in this process, though others were asked for.
        self.stays: str | None = None
        if self.pool.far and not job.travels:
            self._stay(OWN_RULES)
        self.hand = Here().hand(job, self.layout, b"", segmented=self.pieces is not None)
        self.away = False
        self.breaks = 0
        #: That a block takes, as far as known.
        self.seconds: float | None = None
        #: What the blocks of the batch at hand count that are joined.
        self.total: Any = None
        #: Where workers join counts themselves: those that are there, but not here.
        self.tree = Tree(self.pool) if self.pool.joins and self.pieces is None else None

    def results(self) -> Iterator[Any]:
        """What is made of each batch."""
        window: deque[_UnderWay] = deque()
        finished = False
        try:
            for item in self._ranges():
                window.append(item)
                system.end_if_asked()
                while window and self._full(window):
                    yield from self._first(window)
            while window:
                yield from self._first(window)
            yield from self._gathered()
            finished = True
        finally:
            if not finished:
                self._drop(window)

    # --- what to hand over, and when ------------------------------------------------------------------

    def _ranges(self) -> Iterator[_UnderWay]:
        """All blocks in order, in ranges: those that are known, and those handed over."""
        at = 0
        while at < self.layout.count:
            system.end_if_asked()
            last = self.layout.count
            if self.pieces is not None:
                known, last = self.pieces.known(at)
                if known is not None:
                    yield _UnderWay(at, last, known=known)
                    at = last
                    continue
            if not self.away and not isinstance(self.pool, Here) and not self._small(at):
                self._go()
            end = min(at + self._size(at), last)
            yield _UnderWay(at, end, self._handed(at, end))
            at = end

    def _small(self, at: int) -> bool:
        """Whether what is left is not worth handing over; the first block, done here, shows how long one takes."""
        if self.chunk is not None:
            return False
        return self.seconds is None or self.seconds * (self.layout.count - at) < LEAST_SECONDS

    def _size(self, at: int) -> int:
        """How many blocks the next task has."""
        if self.chunk is not None:
            return self.chunk
        if not self.away:
            return 1
        size = int(TASK_SECONDS / max(self.seconds or TASK_SECONDS, 1e-6))
        return max(1, min(size, (self.layout.count - at) // (PARTS_LEFT * self.pool.width)))

    def _go(self) -> None:
        """From now on hand work to the pool; to threads, if it turns out that the job cannot travel."""
        data = b""
        if self.pool.far:
            try:
                data = pickle.dumps(self.job, 5)
            except (pickle.PicklingError, TypeError, AttributeError) as error:
                self._stay(str(error) or type(error).__name__)
        if self.stays is not None and self.stays not in self.notices:
            self.notices.add(self.stays)
            what = "some work cannot be sent to other processes and is done by threads of this one, which takes longer"
            warnings.warn(f"{what}: {self.stays}", stacklevel=1)
        self.hand = self.pool.hand(self.job, self.layout, data, segmented=self.pieces is not None)
        self.away = True

    def _stay(self, why: str) -> None:
        """Have threads of this process do it."""
        self.stays = " ".join(why.split())
        self.pool = of_width(Threads, self.pool.width)

    def _handed(self, first: int, last: int) -> Promise:
        """A promise of a range; that a pool is broken shows when the promise is asked for."""
        try:
            return self.hand(first, last)
        except BrokenExecutor as error:
            broken: Future[Any] = Future()
            broken.set_exception(error)
            return broken

    def _full(self, window: deque[_UnderWay]) -> bool:
        """Whether to wait for the first range before more is handed over."""
        first = window[0]
        if not self.away or first.promise is None or first.promise.done():
            return True
        return sum(item.promise is not None for item in window) >= UNDER_WAY * self.pool.width

    def _heal(self, window: deque[_UnderWay]) -> None:
        """Hand over anew what a broken pool had under way. Raises WorkersLost where that does not help."""
        self.breaks += 1
        if self.breaks > MOST_BREAKS:
            raise WorkersLost(
                f"workers died {self.breaks} times without finishing anything; they may lack memory: take fewer"
            )
        self.pool.renew()
        for item in window:
            if item.promise is not None and not _fine(item.promise):
                item.promise = self._handed(item.first, item.last)

    def _drop(self, window: deque[_UnderWay]) -> None:
        """Nobody waits any more."""
        if self.tree is not None:
            self.tree.cancel()
        self.pool.stop([item.promise for item in window if item.promise is not None])

    # --- what came of it -------------------------------------------------------------------------------

    def _first(self, window: deque[_UnderWay]) -> Iterator[Any]:
        """Join the first range under way; what is made of the batches that it ends."""
        system.end_if_asked()
        item = window[0]
        if self._treed(item):
            yield from self._grown(window.popleft())
            return
        yield from self._gathered()
        if item.promise is None:
            parts = item.known or []
        else:
            try:
                result: Done = item.promise.result()
            except BrokenExecutor:
                self._heal(window)
                return
            except CancelledError as error:
                what = "the executor was shut down, or its work cancelled, before this was done"
                raise WorkersLost(f"{what}; {ANOTHER}") from error
            self.breaks = 0
            self.seconds = result.seconds / (item.last - item.first)
            parts = result.parts
        window.popleft()
        for part in parts:
            yield from self._joined(part, new=item.promise is not None)
        if self.progress is not None:
            self.progress(item.last, self.layout.count)

    def _treed(self, item: _UnderWay) -> bool:
        """Whether a range is one of many of its batch, to be joined by workers."""
        if self.tree is None or not self.away or not isinstance(item.promise, _Waits):
            return False
        batch = self.layout.batch_of(item.first)
        size = item.last - item.first
        return item.last <= self.layout.firsts[batch + 1] and self.layout.lengths[batch] > FAN * size

    def _grown(self, item: _UnderWay) -> Iterator[Any]:
        """Wait for the range; it stays where it is, and joins its neighbours there."""
        assert self.tree is not None
        assert isinstance(item.promise, _Waits)
        item.promise.wait()
        self.tree.add(item.promise)
        if self.progress is not None:
            self.progress(item.last, self.layout.count)
        if item.last in self.layout.firsts:
            yield from self._gathered()

    def _gathered(self) -> Iterator[Any]:
        """Fetch what workers have joined."""
        if self.tree:
            for part in self.tree.result().parts:
                yield from self._joined(part, new=True)

    def _joined(self, part: BlockRange, *, new: bool) -> Iterator[Any]:
        """Join one part, keep what is finished, and give what is made of its batch, if it is the last."""
        if part.ended:
            if new and self.pieces is not None and self._long:
                self.pieces.keep(part)
            yield part.count
            return
        for whole in [part] if self.pieces is None or not new else self.pieces.wholes(part, keep=self._long):
            self.total = whole.count if whole.first == 0 else self.job.joined(self.total, whole.count)
            if whole.last == self.layout.lengths[whole.batch]:
                total, self.total = self.total, None
                end = BlockRange(whole.batch, 0, whole.last, self.job.end(whole.batch, total), ended=True)
                if new and self.pieces is not None and self._long:
                    self.pieces.keep(end)
                yield end.count

    @property
    def _long(self) -> bool:
        """Whether the work takes long enough to be kept."""
        return not self.long_work or (self.seconds or 0.0) * self.layout.count > LONG_SECONDS


def _fine(promise: Promise) -> bool:
    """Whether a task is finished, and well."""
    if not promise.done():
        return False
    with suppress(BaseException):
        promise.result()
        return True
    return False
