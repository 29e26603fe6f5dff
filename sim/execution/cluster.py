"""A cluster of Dask distributed as those who work: jobs travel as tasks, and counts are joined where they are."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from functools import cached_property
from threading import Event
from typing import Any
from uuid import uuid4

from sim.execution.job import Job
from sim.execution.likeness import Likeness, UnlikeWorker, canary, refuse_unlike, versions
from sim.execution.pools import LOCAL, Hand, Pool, Promise, WorkersLost, no_main
from sim.execution.tasks import Layout, done_elsewhere, joined_elsewhere
from sim.files.arguments import InvalidArgument

#: Seconds within which a scheduler, and then a first worker, has to answer.
ANSWER_SECONDS = 10
#: Seconds that workers try to reach each other: one that died must not hold up the others.
CONNECT = "5s"
#: Dask gives up a worker of its own cluster for good that is not there so long after it, or one before it in its place,
#: died: at 15 seconds, as it would be else, that is one that died twice.
GIVEN_UP = "1h"
#: Kinds of addresses that are those of a machine and a port.
_HOST_AND_PORT = ("tcp", "tls", "ws", "wss")
#: What an address is not.
_NO_ADDRESS = (
    f"no address of a Dask scheduler: one is tcp://192.168.1.7:8786, or the word {LOCAL} for one of its own here"
)


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """A cluster by the address of its scheduler, or one begun for the time being; connected when first needed.

    Raises InvalidArgument where Dask distributed is not installed, and for what is no address.
    """
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise InvalidArgument(
            "a cluster needs Dask distributed: install negotiation-sim[cluster], here and on all workers"
        ) from None
    if address != LOCAL:
        _check_address(address)
    cluster = Cluster(address)
    try:
        yield cluster
    finally:
        cluster.close()


class Cluster(Pool):
    """The workers of a cluster."""

    joins = True

    def __init__(self, address: str) -> None:
        self._address = address
        self._own: Any = None
        #: Whether the scheduler is gone: then nothing more is asked of it, which would wait for ever.
        self.lost = False

    @property
    def needed(self) -> bool:
        """Whether anything was asked of it yet; until then nobody knows whether it is there."""
        return "client" in self.__dict__

    @property
    def width(self) -> int:  # type: ignore[override]
        """How many tasks all workers can do at once, now. Raises OSError as :attr:`client`."""
        return max(int(sum(self.client.nthreads().values())), 1)

    @cached_property
    def client(self) -> Any:
        """The connection. Raises OSError where no scheduler answers, or none that has workers."""
        import dask
        from distributed import Client, LocalCluster

        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what happens is said in our own words
        dask.config.set(
            {"distributed.comm.timeouts.connect": CONNECT, "distributed.deploy.lost-worker-timeout": GIVEN_UP}
        )
        address = self._address
        try:
            if address == LOCAL:
                with no_main():
                    self._own = LocalCluster(
                        processes=True,
                        threads_per_worker=1,
                        dashboard_address=None,
                        silence_logs=logging.CRITICAL,
                        preload=["sim.simulation.preload"],
                    )
                address = self._own.scheduler_address
            with warnings.catch_warnings():
                # Dask warns of some libraries, and goes on; what bears on figures is refused below
                warnings.filterwarnings("ignore", message="Mismatched versions")
                client = Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise OSError(f"no Dask scheduler answers at {address} ({reason})") from None
        try:
            client.wait_for_workers(1, timeout=ANSWER_SECONDS)
        except (OSError, TimeoutError):
            client.close(timeout=1)
            raise OSError(f"the Dask scheduler at {address} has no workers") from None
        try:
            _check(client)
        except UnlikeWorker:
            client.close(timeout=1)
            raise
        return client

    def hand(self, job: Job[Any, Any], layout: Layout, data: bytes, *, segmented: bool) -> Hand:
        """Ranges become tasks. The job is a task's result, made again where workers die, as scattered data is not."""
        name = uuid4().hex
        like = Likeness(versions(), canary(job))
        self._name = name
        self._job = self.client.submit(bytes, data, key=f"sim-job-{name}", pure=False)

        def handed(first: int, last: int) -> Promise:
            return self._submitted(done_elsewhere, name, self._job, first, last, segmented, like)

        return handed

    def join(self, promises: Sequence[Promise]) -> Promise:
        """A promise of what neighbours count together, joined by a worker."""
        counts = [promise.future for promise in promises if isinstance(promise, ClusterPromise)]
        return self._submitted(joined_elsewhere, self._name, self._job, *counts, priority=10)

    def _submitted(self, work: Callable[..., Any], *arguments: object, priority: int = 0) -> Promise:
        return ClusterPromise(self, self.client.submit(work, *arguments, pure=False, priority=priority))

    def close(self) -> None:
        """Let go of the connection, and of the cluster if it is our own."""
        if self.needed:
            with suppress(Exception):  # a scheduler that is gone answers in many ways
                self.client.close(timeout=1)
        if self._own is not None:
            with suppress(Exception):
                self._own.close(timeout=5)


def _check_address(address: str) -> None:
    """Raises InvalidArgument for what Dask cannot read: of that its client would be left half-made."""
    from distributed.comm.addressing import parse_address, parse_host_port
    from distributed.comm.registry import get_backend

    try:
        scheme, place = parse_address(address)
        get_backend(scheme)
        if scheme in _HOST_AND_PORT:
            parse_host_port(place)
    except ValueError as error:
        raise InvalidArgument(f"{address!r} is {_NO_ADDRESS} ({error})") from None


def _check(client: Any) -> None:
    """See that all workers there are now are like this process; those that come later are seen when they are asked.

    Raises UnlikeWorker.
    """
    for worker, theirs in client.run(versions, on_error="return").items():
        if isinstance(theirs, BaseException):
            raise UnlikeWorker(
                f"the worker at {worker} cannot be asked what it has ({type(theirs).__name__}: {theirs}); install "
                "negotiation-sim[cluster] there, the same version as here"
            )
        refuse_unlike(versions(), theirs, f"the worker at {worker}")


class ClusterPromise:
    """A future of Dask, whose workers or scheduler may be lost."""

    def __init__(self, cluster: Cluster, future: Any) -> None:
        self.future = future
        self._cluster = cluster

    def result(self) -> Any:
        """Wait for it. Raises WorkersLost, and what the job raised."""
        from distributed.comm.core import CommClosedError
        from distributed.scheduler import KilledWorker

        try:
            return self.future.result()
        except KilledWorker:
            raise WorkersLost(
                "the workers of the cluster that had the same blocks died one after the other; they may lack memory"
            ) from None
        except (CancelledError, CommClosedError):
            # Dask says the one or the other, by when the connection broke
            self._cluster.lost = True
            raise WorkersLost(
                "the scheduler of the cluster is gone; with --store DIR what was finished is kept, and the same "
                "command goes on from there"
            ) from None

    def wait(self) -> None:
        """Wait until it is done, and leave it where it is. Raises as :meth:`result`."""
        over = Event()
        self.future.add_done_callback(lambda _: over.set())
        over.wait()
        if self.future.status != "finished":
            self.result()

    def done(self) -> bool:
        """Whether it is there, or has failed."""
        return bool(self.future.done())

    def cancel(self) -> None:
        """Nobody waits for it."""
        if not self._cluster.lost:
            with suppress(Exception):
                self.future.cancel()
