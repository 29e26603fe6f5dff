"""Who works: this thread, threads, processes that stay for the next call, or any executor of somebody's own."""

from __future__ import annotations

import atexit
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from threading import Lock
from typing import Any, Protocol
from uuid import uuid4

from sim.execution.job import Job
from sim.execution.likeness import Likeness, versions
from sim.execution.tasks import Done, Layout, done, done_elsewhere
from sim.files import system
from sim.files.errors import SimError

#: The word for a cluster of this machine's own.
LOCAL = "local"
#: Seconds that processes, once they are told to, may take to end.
_ENDED_WITHIN = 2.0


#: What whoever gave an executor can do when it is of no use any more.
ANOTHER = (
    "give sim.workers a new one, and ask again; where sim.workers has a store, what was finished is there, and the "
    "same call goes on from it"
)


class WorkersLost(SimError, RuntimeError):
    """Those who worked are gone, and so is what they had under way; what is in a store stays."""

    code = "worker"


class Promise(Protocol):
    """What comes of a task; that of :mod:`concurrent.futures`, or like it."""

    def result(self) -> Any:
        """Wait for it; raises what the task raised."""

    def done(self) -> bool:
        """Whether there is nothing to wait for."""

    def cancel(self) -> Any:
        """Nobody waits for it."""


#: Hands over a range of blocks, from one number to before another.
Hand = Callable[[int, int], Promise]


class Pool(ABC):
    """Those who work on tasks. ``width`` is how many can at once."""

    width: int
    #: Whether work goes to other processes, so that a job has to travel.
    far: bool = True
    #: Whether counts can be joined where they are.
    joins: bool = False

    @abstractmethod
    def hand(self, job: Job[Any, Any], layout: Layout, data: bytes, *, segmented: bool) -> Hand:
        """What hands ranges of a job over; ``data`` is its pickle, for pools that are :attr:`far`."""

    @property
    def needed(self) -> bool:
        """Whether anything had to be asked of those who work, where that can be told."""
        return True

    def join(self, promises: Sequence[Promise]) -> Promise:
        """A promise of what neighbours count together."""
        raise NotImplementedError

    def renew(self) -> None:
        """Take up work again after the pool broke. Raises WorkersLost where that is its owner's affair."""
        raise WorkersLost(f"the executor broke: its workers died, or could not begin; {ANOTHER}")

    def stop(self, promises: Sequence[Promise]) -> None:
        """Drop what is under way, since nobody waits for it."""
        for promise in promises:
            promise.cancel()


class Ready:
    """A promise that is kept when it is asked for, here and now."""

    def __init__(self, work: Callable[[], Done]) -> None:
        self._work = work

    def result(self) -> Done:
        """Do the work."""
        return self._work()

    def done(self) -> bool:
        """There is nothing to wait for."""
        return True

    def cancel(self) -> bool:
        """What is not asked for is not done."""
        return True


class Here(Pool):
    """This thread."""

    width = 1
    far = False

    def hand(self, job: Job[Any, Any], layout: Layout, data: bytes, *, segmented: bool) -> Hand:
        """Ranges are done when they are asked for."""
        return lambda first, last: Ready(lambda: done(job, layout, first, last, segmented=segmented))


class Threads(Pool):
    """Threads of this process, or those of somebody's executor: jobs need not travel."""

    far = False

    def __init__(self, width: int, threads: ThreadPoolExecutor | None = None) -> None:
        self.width = width
        self._threads = threads or ThreadPoolExecutor(width, thread_name_prefix="sim")
        self._submit = self._threads.submit if threads is None else partial(_submit, threads)

    def hand(self, job: Job[Any, Any], layout: Layout, data: bytes, *, segmented: bool) -> Hand:
        """Ranges go to whichever thread is free."""
        return lambda first, last: self._submit(done, job, layout, first, last, segmented=segmented)

    def close(self) -> None:
        """End the threads when they are idle."""
        self._threads.shutdown(wait=False)


class Others(Pool):
    """Any executor of :mod:`concurrent.futures` that sends work to other processes; it stays its owner's."""

    def __init__(self, executor: Executor, width: int) -> None:
        self.width = width
        self._executor = executor

    def hand(self, job: Job[Any, Any], layout: Layout, data: bytes, *, segmented: bool) -> Hand:
        """Ranges go to the executor, with the job; every process that it sends them to keeps the job."""
        name, like = uuid4().hex, Likeness(versions())
        return lambda first, last: self._submitted(done_elsewhere, name, data, first, last, segmented, like)

    def _submitted(self, work: Callable[..., Done], *arguments: object) -> Future[Done]:
        return _submit(self._executor, work, *arguments)


def _submit(executor: Executor, work: Callable[..., Any], *arguments: Any, **options: Any) -> Future[Any]:
    """Hand work to somebody's executor. Raises WorkersLost where that takes none, and BrokenExecutor."""
    try:
        with _breaking(executor):
            return executor.submit(work, *arguments, **options)
    except BrokenExecutor:
        raise
    except RuntimeError as error:  # by which Python says of its own that they are shut down
        raise WorkersLost(f"the executor takes no more work ({error}); {ANOTHER}") from error


@contextmanager
def _breaking(executor: Executor) -> Iterator[None]:
    """Raises BrokenExecutor where a process died while another began: Python closes the pipes of the rest meanwhile."""
    try:
        yield
    except (OSError, ValueError) as error:
        if getattr(executor, "_broken", False):
            raise BrokenExecutor(f"a process died while another began ({error})") from error
        raise


class Processes(Others):
    """Processes of this machine, begun when first needed and ready for the next call."""

    def __init__(self, width: int) -> None:
        """Raises OSError where the system has no processes to give."""
        super().__init__(self._begun(width), width)
        #: Several threads may share them: nobody submits to an executor that another is just shutting down.
        self._lock = Lock()

    def _begun(self, width: int) -> ProcessPoolExecutor:
        return system.process_pool(width, "sim.simulation.preload")

    def _submitted(self, work: Callable[..., Done], *arguments: object) -> Future[Done]:
        # A process that has just begun must be known when it is to end: else it outlives the parts that it shares with
        # this one, and complains.
        with system.interrupts_wait(), self._lock, no_main(), _breaking(self._executor):
            return self._executor.submit(work, *arguments)

    def renew(self) -> None:
        """Begin anew, in place of processes of which one died, unless another thread has done so already."""
        with self._lock:
            if getattr(self._executor, "_broken", True):
                self._replace()

    def stop(self, promises: Sequence[Promise]) -> None:
        """End the processes, which may be in the midst of something; others begin when there is work again."""
        if all(promise.done() for promise in promises):
            return
        # No promise is cancelled: Python before 3.12 complains of those when the processes are gone.
        with self._lock:
            manager = getattr(self._executor, "_executor_manager_thread", None)
            self._replace()
        if manager is not None:
            manager.join(_ENDED_WITHIN)  # Python stumbles over one that closes its pipe while Python itself ends

    def _replace(self) -> None:
        """End all processes and begin anew; one that began while another died, Python itself waits for without end."""
        processes = list((getattr(self._executor, "_processes", None) or {}).values())
        self._executor.shutdown(wait=False)
        for process in processes:
            with suppress(OSError, ValueError):
                process.terminate()
        self._executor = self._begun(self.width)

    def close(self) -> None:
        """End the processes when they are idle."""
        self._executor.shutdown(wait=False, cancel_futures=True)


@contextmanager
def no_main() -> Iterator[None]:
    """While processes begin: the main module, which they need not read, so that a script without a guard runs once.

    A process that is not forked reads the main module of its parent anew, where that has a file or a name. Of several
    threads the first takes these away, and the last to leave puts them back.
    """
    main = sys.modules.get("__main__")
    with _main.lock:
        _main.inside += 1
        for name in ("__file__", "__spec__"):
            if main is not None and getattr(main, name, None) is not None:
                _main.away[name] = getattr(main, name)
                setattr(main, name, None)
    try:
        yield
    finally:
        with _main.lock:
            _main.inside -= 1
            if not _main.inside:
                for name, value in _main.away.items():
                    setattr(main, name, value)
                _main.away.clear()


class _Main:
    """What is taken away from the main module, and how many are inside :func:`no_main`."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.inside = 0
        self.away: dict[str, Any] = {}


_main = _Main()
_begun: dict[tuple[type[Pool], int], Pool] = {}
_beginning = Lock()


def of_width(kind: type[Threads] | type[Processes], width: int) -> Pool:
    """Threads or processes, those of an earlier call where there are some. Raises OSError as :class:`Processes`."""
    with _beginning:
        if (kind, width) not in _begun:
            _begun[kind, width] = pool = kind(width)
            atexit.register(pool.close)
        return _begun[kind, width]
