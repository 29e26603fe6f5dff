"""Pools that several threads share: one of each kind and width, and a main module that is whole when all have left."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import pytest

from sim.execution import pools
from sim.execution.pools import Others, Processes, Threads, no_main, of_width

#: Seconds that a thread is given to do what it must not do.
SOON = 0.3


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The main module, with a file."""
    module = sys.modules["__main__"]
    monkeypatch.setattr(module, "__file__", "script.py", raising=False)
    return module


def test_the_main_module_is_hidden_until_the_last_has_left(main: Any) -> None:
    spec = main.__spec__
    first, second = no_main(), no_main()
    first.__enter__()
    second.__enter__()
    assert (main.__file__, main.__spec__) == (None, None)
    first.__exit__(None, None, None)
    assert main.__file__ is None, "the second still begins processes"
    with no_main():
        assert main.__file__ is None
    assert main.__file__ is None
    second.__exit__(None, None, None)
    assert (main.__file__, main.__spec__) == ("script.py", spec)


def test_the_main_module_is_whole_after_an_error(main: Any) -> None:
    with pytest.raises(OSError, match="none left"), no_main():
        raise OSError("none left")
    assert main.__file__ == "script.py"


def test_threads_that_ask_together_get_one_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "_begun", {})
    begun: list[int] = []
    second = Event()

    class Slow(Threads):
        def __init__(self, width: int) -> None:
            begun.append(width)
            if len(begun) > 1:
                second.set()
            second.wait(SOON)
            super().__init__(width)

    with ThreadPoolExecutor(2) as both:
        one, other = both.map(lambda width: of_width(Slow, width), [3, 3])
    assert one is other
    assert begun == [3]


class Executor:
    """Takes work slowly, and says what is done to it."""

    def __init__(self, log: list[str], taking: Event, go_on: Event) -> None:
        self.log, self.taking, self.go_on = log, taking, go_on

    def submit(self, work: object, *arguments: object) -> Future[object]:
        self.taking.set()
        self.go_on.wait(SOON)
        self.log.append("taken")
        return Future()

    def shutdown(self, **options: object) -> None:
        self.log.append("shut down")
        self.go_on.set()


@pytest.mark.parametrize("way", ["renew", "stop"])
def test_nobody_shuts_down_what_another_submits_to(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[str] = []
    taking, go_on = Event(), Event()
    monkeypatch.setattr(Processes, "_begun", lambda self, width: Executor(log, taking, go_on))
    pool = Processes(2)
    submitting = Thread(target=pool._submitted, args=(print,))
    submitting.start()
    assert taking.wait(10)
    if way == "renew":
        pool.renew()
    else:
        pool.stop([Future()])
    submitting.join()
    assert log == ["taken", "shut down"]


class Closing:
    """An executor that closes its pipes, since a process died, while another begins."""

    def __init__(self, broken: object) -> None:
        self._broken = broken

    def submit(self, *arguments: object) -> Future[object]:
        raise OSError(9, "Bad file descriptor")


def test_a_process_that_dies_while_another_begins_breaks_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it is renewed, not a bare error of pipes; without a death the error is what it is."""
    for broken, error in (("died", BrokenExecutor), (False, OSError)):
        monkeypatch.setattr(Processes, "_begun", lambda self, width, broken=broken: Closing(broken))
        theirs: Any = Closing(broken)
        for pool in (Processes(2), Others(theirs, 2)):
            with pytest.raises(error, match="Bad file descriptor"):
                pool._submitted(print)


class Broken:
    """An executor of which a process died, and another has just begun."""

    def __init__(self, broken: bool, log: list[str]) -> None:
        self._broken = broken
        self._processes = {1: self}
        self.log = log

    def shutdown(self, **options: object) -> None:
        self.log.append("shut down")

    def terminate(self) -> None:
        self.log.append("terminated")


@pytest.mark.parametrize(("broken", "done"), [(True, ["shut down", "terminated"]), (False, [])])
def test_what_broke_is_ended_as_a_whole_and_only_once(
    broken: bool, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log: list[str] = []
    monkeypatch.setattr(Processes, "_begun", lambda self, width: Broken(broken, log))
    Processes(2).renew()
    assert log == done


@pytest.mark.skipif(os.name != "posix", reason="processes that are killed")
def test_processes_end_with_a_parent_that_is_killed() -> None:
    """Nobody tells them: they see it themselves."""
    code = (
        "import os, time; from sim.files.system import process_pool; pool = process_pool(2, 'sim.simulation.preload');"
        "print(*{pool.submit(os.getpid).result() for _ in range(2)}, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout is not None
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        assert workers
        parent.kill()
    deadline = time.monotonic() + 20
    while any(_runs(pid) for pid in workers):
        assert time.monotonic() < deadline, workers
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    """Whether a process is there, and is not only waiting to be reaped."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return done.stdout.strip()[:1] not in ("", "Z")
