"""A Dask cluster on this machine: the same bytes, and what happens when parts of it die.

Needs the extra ``cluster``. A cluster takes some seconds to begin, so these tests run apart from the others.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import distributed
import pytest

import sim
from sim.execution.cluster import Cluster
from sim.execution.fold import fold
from sim.execution.likeness import UnlikeWorker, refuse_unlike, versions
from sim.execution.pools import Threads, WorkersLost
from sim.execution.workers import current, workers
from tests.execution.jobs import Ends, Failing, Words, expected


@contextmanager
def cluster() -> Iterator[Cluster]:
    """One of our own with two workers."""
    with workers(cluster="local"):
        pool = current().pool
        assert isinstance(pool, Cluster)
        yield pool


def pids(pool: Cluster) -> list[int]:
    return list(pool.client.run(os.getpid).values())


def json_of(**options: Any) -> str:
    return sim.score([sim.load("istanbul", **options)])[0].to_json()


PROTOCOLS = {"vote": 60_000, "alternating_offers": 20_000, "single_text": 12_000}


def test_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Threads, "hand")  # nobody but the cluster does it
    alone = {protocol: json_of(protocol=protocol, draws=draws) for protocol, draws in PROTOCOLS.items()}
    with workers(cluster="local"):
        for protocol, draws in PROTOCOLS.items():
            assert json_of(protocol=protocol, draws=draws) == alone[protocol]


def test_batches_long_and_short_in_a_tree() -> None:
    sizes = (1, 200, 3, 70, *([1] * 20))
    with workers(cluster="local", chunk=1):
        assert list(fold(Words(sizes))) == expected(sizes)
        assert list(fold(Ends(sizes, name="x"))) == expected(sizes)


def test_what_a_job_raises_is_raised_here() -> None:
    with workers(cluster="local", chunk=1):
        for at in (1, 40):
            with pytest.raises(ZeroDivisionError, match=f"block {at}"):
                list(fold(Failing((64,), at=at, kind=ZeroDivisionError)))
        assert list(fold(Words((3,)))) == expected((3,))


#: A run loses a worker so many times; each takes some seconds, so twenty are for those who change the loop.
KILLS = int(os.environ.get("KILLS", "4"))


def test_one_worker_dies_at_a_random_block() -> None:
    rng = random.Random(17)
    draws = 40 * 4096
    alone = json_of(draws=draws)
    longest = 0.0
    with cluster() as pool:
        for _ in range(KILLS):
            at = rng.randrange(1, 40)

            def kill(done: int, count: int, at: int = at) -> None:
                if done == at:
                    os.kill(rng.choice(pids(pool)), signal.SIGKILL)

            began = time.monotonic()
            with workers(chunk=1):
                [result] = sim.score([sim.load("istanbul", draws=draws)], progress=kill)
            longest = max(longest, time.monotonic() - began)
            assert result.to_json() == alone
            pool.client.wait_for_workers(2, timeout=60)
    # without a timeout of a few seconds the survivor waits half a minute for the dead
    assert longest < 40


def test_all_workers_die_at_once() -> None:
    draws = 40 * 4096
    alone = json_of(draws=draws)
    with cluster() as pool:

        def kill(done: int, count: int) -> None:
            if done == 20:
                for pid in pids(pool):
                    os.kill(pid, signal.SIGKILL)

        with workers(chunk=1):
            [result] = sim.score([sim.load("istanbul", draws=draws)], progress=kill)
    assert result.to_json() == alone


@pytest.mark.parametrize("what", ["numpy", "source of sim"])
def test_workers_that_are_not_alike_are_refused_by_name(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this side had another version: what either has is compared as a word."""

    def refused(wanted: dict[str, str], theirs: dict[str, str], worker: str) -> None:
        refuse_unlike({**wanted, what: "1.99"}, theirs, worker)

    monkeypatch.setattr("sim.execution.cluster.refuse_unlike", refused)
    words = f"the worker at .* would not give the same figures: it has {what} {versions()[what]}, not 1.99"
    with workers(cluster="local", chunk=1), pytest.raises(UnlikeWorker, match=words):
        json_of(draws=20_000)


def test_a_worker_that_counts_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.execution.cluster.canary", lambda job: "other")
    with workers(cluster="local", chunk=1), pytest.raises(UnlikeWorker, match="another result for the first block"):
        json_of(draws=20_000)


# --- schedulers and workers of their own ------------------------------------------------------------


def _free() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def scheduler(count: int = 2) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler and its workers, as somebody would start them; all gone at the end."""
    address = f"tcp://127.0.0.1:{_free()}"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    port = address.rpartition(":")[2]
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port]
    begun = [subprocess.Popen([*dask, "--no-dashboard"], **quiet)]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
    begun += [subprocess.Popen(worker, **quiet) for _ in range(count)]
    try:
        with distributed.Client(address, timeout=30, set_as_default=False) as client:
            if count:
                client.wait_for_workers(count, timeout=60)
        yield address, begun[0]
    finally:
        for process in begun:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_a_cluster_by_its_address_and_one_that_loses_its_scheduler(tmp_path: Path) -> None:
    store = tmp_path / "store"
    draws = 40 * 4096
    with scheduler() as (address, process):

        def kill(done: int, count: int) -> None:
            if done == 24:
                process.kill()

        began = time.monotonic()
        with workers(cluster=address, store=store, chunk=8), pytest.raises(WorkersLost, match="the scheduler of the"):
            sim.score([sim.load("istanbul", draws=draws)], progress=kill)
        assert time.monotonic() - began < 60
    pieces = {file for file in store.rglob("*") if file.is_file()}
    assert pieces
    with scheduler() as (address, _), workers(cluster=address, store=store):
        again = json_of(draws=draws)
    assert pieces < {file for file in store.rglob("*") if file.is_file()}
    assert again == json_of(draws=draws)


def test_a_scheduler_that_does_not_answer() -> None:
    with (
        workers(cluster=f"tcp://127.0.0.1:{_free()}", chunk=1),
        pytest.raises(OSError, match="no Dask scheduler answers"),
    ):
        json_of(draws=9000)


def test_a_scheduler_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.execution.cluster.ANSWER_SECONDS", 3)
    with (
        scheduler(0) as (address, _),
        workers(cluster=address, chunk=1),
        pytest.raises(OSError, match="has no workers"),
    ):
        json_of(draws=9000)


# --- commands ----------------------------------------------------------------------------------------


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "sim", *words]


def test_little_work_is_said_to_be_done_here() -> None:
    """A wrong address must not pass in silence, though nobody needs it."""
    words = ("run", "istanbul", "--draws", "100", "--no-save", "--format", "json", "--cluster", "tcp://127.0.0.1:9")
    done = subprocess.run(_command(*words), capture_output=True, text=True)
    assert done.returncode == 0
    assert "nothing was sent to the cluster, nor was it looked for" in done.stderr


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("nonsense", "missing port number in address 'nonsense'"),
        ("http://127.0.0.1:9", "unknown address scheme 'http'"),
        ("tcp://127.0.0.1:x", "invalid literal"),
    ],
)
def test_what_is_no_address_is_said_at_once(address: str, why: str) -> None:
    """A client of Dask that is given one leaves a traceback behind, and is waited for."""
    words = ("run", "istanbul", "--draws", "100", "--no-save", "--cluster", address)
    done = subprocess.run(_command(*words), capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(f"sim: '{address}' is no address of a Dask scheduler: one is tcp://")
    assert why in line


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_is_stopped_ends_soon_and_goes_on(number: int, tmp_path: Path) -> None:
    words = ("run", "istanbul", "--draws", "1000000", "--no-save", "--format", "json", "--store", str(tmp_path))
    begun = subprocess.Popen(
        _command(*words, "--cluster", "local"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    deadline = time.monotonic() + 90
    while not any(file.is_file() for file in tmp_path.rglob("*")) and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(begun.pid, number) if number == signal.SIGINT else begun.send_signal(number)
    _, errors = begun.communicate(timeout=30)
    assert begun.returncode == 130
    assert b"what is finished is kept in" in errors
    assert b"Traceback" not in errors
    deadline = time.monotonic() + 10
    while left := subprocess.run(["pgrep", "-g", str(begun.pid)], capture_output=True).stdout:
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
    fewer = ("run", "istanbul", "--draws", "60000", "--no-save", "--format", "json")
    again = subprocess.run(_command(*fewer, "--store", str(tmp_path)), capture_output=True, check=True).stdout
    assert again == subprocess.run(_command(*fewer), capture_output=True, check=True).stdout
