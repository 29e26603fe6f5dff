"""By whom, in a block of a program, work on draws is done, and where pieces of it are kept."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.execution.pools import LOCAL, Here, Others, Pool, Processes, Threads, of_width
from sim.execution.store import Store
from sim.files import system
from sim.files.arguments import InvalidArgument
from sim.files.ceilings import check_workers


@dataclass(frozen=True)
class Where:
    """Who works, where pieces are kept, and how many blocks a task has where somebody says so."""

    pool: Pool
    store: Store | None = None
    chunk: int | None = None
    #: Only work that takes long is kept.
    long_work: bool = False
    #: The command that asks, as somebody would type it, where one does.
    command: str | None = None
    #: What was warned of already while these work: once is enough.
    notices: set[str] = field(default_factory=set, compare=False)


_where: ContextVar[Where | None] = ContextVar("where", default=None)
_HERE = Where(Here())


def current() -> Where:
    """Who works now."""
    return _where.get() or _HERE


@contextmanager
def workers(
    number: int | Executor | None = None,
    *,
    cluster: str | None = None,
    store: str | Path | None = None,
    chunk: int | None = None,
    long_work: bool = False,
) -> Iterator[Where]:
    """Have the questions asked in a ``with`` block answered by several processes, or machines; keep finished pieces.

    Results are the same, to the last bit, whoever works. What is not given stays as an outer block says.

    Args:
        number: so many processes of this machine, or an executor of :mod:`concurrent.futures`, to which blocks of draws
            are given. Rules and tactics that the program itself registers stay in this process: threads take turns, and
            a warning says so once.
        cluster: the address of a scheduler of Dask distributed, or ``local`` for one of its own on this machine.
        store: a folder for what is finished. A run that was stopped goes on from there, and one with more draws scores
            only those that are new. So do sweeps and levers of talks beyond some ten thousand draws, and of not too
            many points; what is kept of others is of just so many draws.
        chunk: blocks of 4,096 draws in a task; without it as many as take some seconds.
        long_work: keep only pieces of work that takes more than some ten seconds.

    Returns:
        What the ``with`` statement enters: who works, and the store, for those who want to look.

    Raises:
        InvalidArgument: for a number of workers out of range, an executor that is shut down or broken, a cluster
            without an address, a store without a name, and for workers and a cluster together.
        OSError: where the folder cannot be written, or no cluster answers.

    Example:
        >>> import sim
        >>> loaded = sim.load("istanbul", draws=5000)
        >>> with sim.workers(2):
        ...     [result] = sim.score(loaded)
        >>> result == sim.score(loaded)[0]
        True
    """
    where = current()
    if number is not None and cluster is not None:
        raise InvalidArgument("workers are those of this machine or those of a cluster, not both")
    if cluster is not None and not cluster.strip():
        raise InvalidArgument(
            "a cluster has the address of its Dask scheduler, for instance tcp://192.168.1.7:8786, or is the word "
            f"{LOCAL} for one of its own on this machine; it is empty"
        )
    if chunk is not None and chunk < 1:
        raise InvalidArgument(f"a task has at least one block, not {chunk}")
    if store == "":
        raise InvalidArgument("a store has the name of a folder, and '' names none; without store nothing is kept")
    if store is not None:
        place = Store(Path(store), usual=long_work)
        if not long_work:
            place.check()
        where = replace(where, store=place, long_work=long_work)
    if chunk is not None:
        where = replace(where, chunk=chunk)
    if cluster is not None:
        from sim.execution.cluster import connected

        with connected(cluster) as pool, _set(replace(where, pool=pool, notices=set())) as where:
            yield where
        return
    if number is not None:
        where = replace(where, pool=_pool(number), notices=set())
    with _set(where):
        yield where


@contextmanager
def asked_by(command: str | None) -> Iterator[None]:
    """Have pieces say by which command they were asked for."""
    with _set(replace(current(), command=command)):
        yield


@contextmanager
def _set(where: Where) -> Iterator[Where]:
    token = _where.set(where)
    try:
        yield where
    finally:
        _where.reset(token)


def _pool(number: int | Executor) -> Pool:
    if isinstance(number, Executor):
        _refuse_ended(number)
        most: Any = getattr(number, "_max_workers", None)
        width = most if isinstance(most, int) else system.cores()
        return Threads(width, number) if isinstance(number, ThreadPoolExecutor) else Others(number, width)
    check_workers(number)
    return Here() if number == 1 else of_width(Processes, number)


def _refuse_ended(executor: Executor) -> None:
    """Raises InvalidArgument for one of Python's executors that takes no more work; others show it when they get some.

    Python has no public way to ask.
    """
    # of executors of somebody's own, something else may have these names: of Python's they are True, or a reason
    broken = getattr(executor, "_broken", False)
    if broken is True or (isinstance(broken, str) and broken):
        what = "broken: its workers died, or could not begin"
    elif True in (getattr(executor, "_shutdown", False), getattr(executor, "_shutdown_thread", False)):
        what = "shut down, so it takes no more work"
    else:
        return
    name = type(executor).__name__
    raise InvalidArgument(
        f"the executor ({name}) is {what}; give one that still works, for instance inside its own block: "
        f"with {name}() as executor, sim.workers(executor): ..."
    )
