"""One loop over blocks: the same result whoever works, in whatever ranges; nothing lost when somebody dies."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
import warnings
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.execution import fold as folding
from sim.execution.fold import fold, total
from sim.execution.pools import Here, Processes, Threads, WorkersLost, of_width
from sim.execution.workers import current, workers
from tests.execution.jobs import Dying, Ends, Failing, Opened, Stubborn, Words, expected

SIZES = (3, 1, 9, 2)


@pytest.mark.parametrize("chunk", [1, 2, 3, 16])
@pytest.mark.parametrize("kind", ["here", "threads", "processes", "executor"])
def test_whoever_works_and_however_blocks_are_grouped(kind: str, chunk: int) -> None:
    with ThreadPoolExecutor(3) as threads, ProcessPoolExecutor(1) as one:
        number: int | Executor = {"here": 1, "threads": threads, "processes": 2, "executor": one}[kind]
        with workers(number, chunk=chunk):
            assert list(fold(Words(SIZES))) == expected(SIZES)
            assert total(Opened(7)) == Counter({"0": 3, "1": 2, "2": 2})


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 9), max_size=6), st.integers(1, 20))
def test_any_lengths(sizes: list[int], chunk: int) -> None:
    with ThreadPoolExecutor(2) as threads, workers(threads, chunk=chunk):
        assert list(fold(Words(tuple(sizes)))) == expected(sizes)


def test_progress_counts_blocks() -> None:
    for number in (1, 2):
        seen: list[tuple[int, int]] = []
        with workers(number, chunk=4):
            list(fold(Words(SIZES), lambda done, all_, seen=seen: seen.append((done, all_))))
        assert [done for done, _ in seen] == sorted({done for done, _ in seen})
        assert seen[-1] == (15, 15)


def test_small_work_stays_here_and_long_work_goes(tmp_path: Path) -> None:
    here = str(threading.get_native_id())
    with workers(2):
        list(fold(Words((20,), log=tmp_path / "small")))
        list(fold(Words((20,), seconds=0.05, log=tmp_path / "long")))
    assert {line.split()[2] for line in (tmp_path / "small").read_text().splitlines()} == {here}
    assert len({line.split()[2] for line in (tmp_path / "long").read_text().splitlines()}) == 3


def test_a_job_that_cannot_travel_is_done_by_threads(tmp_path: Path) -> None:
    here = str(threading.get_native_id())
    log = tmp_path / "log"
    with workers(2, chunk=1):
        with pytest.warns(UserWarning, match="cannot be sent"):
            assert list(fold(Words((5,), log=log, far=False))) == expected((5,))
        # Nor can what no pickle takes.
        with pytest.warns(UserWarning, match="cannot be sent"):
            assert total(_unpickled(4)).total() == 4
    assert {line.split()[2] for line in log.read_text().splitlines()} == {here}


def _unpickled(size: int) -> Opened:
    job = Opened(size)
    job.size = _Unpickled(size)
    return job


def said_of(work: Callable[[], object]) -> list[str]:
    """What is warned of in the meantime."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        work()
    return [str(one.message) for one in caught]


def test_work_that_stays_here_though_others_were_asked_for_is_said_once() -> None:
    def each() -> None:
        for _ in range(3):
            list(fold(Words((5,), far=False)))
            total(_unpickled(4))
            list(fold(Words((5,))))

    def nested() -> None:
        with workers(2, chunk=1):
            each()
            with workers(chunk=2):
                each()

    first = "some work cannot be sent to other processes and is done by threads of this one, which takes longer: "
    rules = folding.OWN_RULES
    assert said_of(nested) == [first + rules, first + "stays"]
    assert said_of(nested) == [first + rules, first + "stays"], "each time workers are asked for"
    assert said_of(each) == [], "nobody else was asked for"


def test_work_that_stays_here_in_any_case_needs_no_word() -> None:
    def small() -> None:
        with workers(2):
            list(fold(Words((2,), far=False)))

    def threads() -> None:
        with ThreadPoolExecutor(2) as pool, workers(pool, chunk=1):
            list(fold(Words((5,), far=False)))

    assert said_of(small) == said_of(threads) == []


class _Unpickled(int):
    def __reduce__(self) -> str:
        raise TypeError("stays")


@pytest.mark.parametrize("number", [1, 2])
def test_what_a_job_raises_is_raised_here(number: int) -> None:
    with workers(number, chunk=1):
        with pytest.raises(ZeroDivisionError, match="block 3"):
            list(fold(Failing((9,), at=3, kind=ZeroDivisionError)))
        # and who worked works on
        assert list(fold(Words(SIZES))) == expected(SIZES)


def test_an_error_that_no_process_can_read_comes_in_words() -> None:
    with workers(2, chunk=1), pytest.raises(RuntimeError, match=r"Stubborn: .*block 1"):
        list(fold(Failing((4,), at=1, kind=Stubborn)))


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    with workers(2, chunk=1):
        assert list(fold(Dying((12,), folder=tmp_path, times=3))) == expected((12,))


def test_workers_that_die_without_end_are_given_up(tmp_path: Path) -> None:
    with workers(2, chunk=1), pytest.raises(WorkersLost, match="died 5 times"):
        list(fold(Dying((3,), folder=tmp_path, times=1000)))


def test_an_executor_of_somebody_else_that_breaks_is_said(tmp_path: Path) -> None:
    words = "the executor broke: its workers died, or could not begin; give sim.workers a new one, and ask again; "
    with ProcessPoolExecutor(1) as one:
        with workers(one, chunk=1), pytest.raises(WorkersLost, match=words):
            list(fold(Dying((3,), folder=tmp_path, times=1000)))
        with pytest.raises(sim.InvalidArgument, match="is broken: its workers died"), workers(one):
            pytest.fail("work began")


def _unable() -> None:
    raise OSError("no licence here")


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_an_executor_whose_workers_cannot_begin_is_said(kind: type[ThreadPoolExecutor]) -> None:
    with (
        kind(1, initializer=_unable) as one,
        workers(one, chunk=1),
        pytest.raises(WorkersLost, match="could not begin"),
    ):
        list(fold(Words((3,))))


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_an_executor_that_is_shut_down_is_said(kind: type[ThreadPoolExecutor]) -> None:
    with kind(1) as one:
        pass
    words = rf"the executor \({kind.__name__}\) is shut down, so it takes no more work; give one that still works"
    with pytest.raises(sim.InvalidArgument, match=words), workers(one):
        pytest.fail("work began")
    with pytest.raises(sim.InvalidArgument, match=words):
        sim.score(sim.load("istanbul", draws=10), workers=one)
    with kind(1) as two, workers(two, chunk=1):
        two.shutdown()
        with pytest.raises(WorkersLost, match=r"the executor takes no more work \(cannot schedule .* a new one"):
            list(fold(Words((3,))))


def test_names_of_an_executor_of_somebody_else_are_no_signs_of_its_end() -> None:
    """Only Python's own say by these names that they have ended; another may call a method so."""

    class Another(Executor):
        def _shutdown(self) -> None:
            pytest.fail("nobody calls it")

        _broken = _shutdown

        def submit(self, work: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_result(work(*arguments, **named))
            return future

    with workers(Another(), chunk=1):
        assert list(fold(Words((3,)))) == expected((3,))


def test_an_executor_that_is_shut_down_in_the_midst_is_said() -> None:
    with ThreadPoolExecutor(1) as one, workers(one, chunk=1):
        results = fold(Words((1,) * 20, seconds=0.05))
        assert next(results) == (0, "0")
        one.shutdown(wait=False, cancel_futures=True)
        with pytest.raises(
            WorkersLost, match=r"the executor (takes no more work|was shut down, or its work cancelled)"
        ):
            list(results)


def test_an_executor_that_drops_its_work_is_said() -> None:
    class Dropping(ThreadPoolExecutor):
        def submit(self, *arguments: object, **named: object) -> Future[object]:  # type: ignore[override]
            future: Future[object] = Future()
            future.cancel()
            return future

    with (
        Dropping(1) as one,
        workers(one, chunk=1),
        pytest.raises(WorkersLost, match="or its work cancelled, before this was done; give sim"),
    ):
        list(fold(Words((3,))))


def test_only_a_few_tasks_are_under_way() -> None:
    class Counting(ThreadPoolExecutor):
        waiting = most = 0

        def submit(self, *arguments: object, **named: object) -> Future[object]:  # type: ignore[override]
            future = super().submit(*arguments, **named)  # type: ignore[arg-type]
            self.waiting += 1
            self.most = max(self.most, self.waiting)
            future.add_done_callback(lambda _: setattr(self, "waiting", self.waiting - 1))
            return future

    with Counting(2) as threads, workers(threads, chunk=1):
        list(fold(Words((100,), seconds=0.001)))
    assert 2 <= threads.most <= folding.UNDER_WAY * 2


def test_tasks_take_some_seconds_and_the_last_ones_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "TASK_SECONDS", 0.1)
    monkeypatch.setattr(folding, "LEAST_SECONDS", 0.0)
    sizes: list[int] = []

    class Sizing(ThreadPoolExecutor):
        def submit(self, work: object, job: object, layout: object, first: int, last: int, **named: object) -> object:  # type: ignore[override]
            sizes.append(last - first)
            return super().submit(work, job, layout, first, last, **named)  # type: ignore[arg-type]

    with Sizing(2) as threads, workers(threads):
        list(fold(Words((200,), seconds=0.01)))
    assert 5 <= max(sizes) <= 11
    assert sizes[-1] == 1


def test_a_consumer_that_stops_leaves_nothing_under_way() -> None:
    with workers(2, chunk=1):
        results = fold(Words((1,) * 50, seconds=0.01))
        assert next(results) == (0, "0")
        results.close()
        assert list(fold(Words(SIZES))) == expected(SIZES)


def test_processes_stay_for_the_next_call() -> None:
    assert of_width(Processes, 2) is of_width(Processes, 2)
    assert of_width(Threads, 2) is not of_width(Threads, 3)


def test_places_are_nested_and_left() -> None:
    assert isinstance(current().pool, Here)
    with workers(chunk=3):
        with workers(2):
            assert (current().pool.width, current().chunk) == (2, 3)
        assert isinstance(current().pool, Here)
    assert current().chunk is None


def test_a_block_asks_nobody_else() -> None:
    """A worker that is asked something that is a job itself does it by itself."""
    with workers(2, chunk=1):
        assert total(_Nested(4)) == 4 * ["Here"]


class _Nested(Opened):
    def block(self, batch: int, block: int) -> list[str]:  # type: ignore[override]
        return [type(current().pool).__name__]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"number": 2, "cluster": "local"}, "workers are those of this machine or those of a cluster, not both"),
        ({"chunk": 0}, "a task has at least one block, not 0"),
        ({"cluster": ""}, r"tcp://192\.168\.1\.7:8786, or is the word local for one of its own .*; it is empty"),
        ({"cluster": "  "}, "it is empty"),
        ({"store": ""}, "a store has the name of a folder, and '' names none; without store nothing is kept"),
    ],
)
def test_what_cannot_be_meant(asked: dict[str, object], words: str) -> None:
    with pytest.raises(sim.InvalidArgument, match=words), workers(**asked):  # type: ignore[arg-type]
        pass


def test_a_script_without_a_guard_runs_once(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent("""
            import sim
            print("begins")
            with sim.workers(2, chunk=1):
                [result] = sim.score(sim.load("istanbul", draws=9000))
            print(result.scenario.draws if hasattr(result.scenario, "draws") else "ends")
        """)
    )
    output = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout
    assert output.split().count("begins") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupt_while_processes_begin_ends_them_all() -> None:
    """It comes when one is there, and nobody knows of it yet: that one must not be left to complain."""
    script = """
        import os, signal
        from concurrent.futures import ProcessPoolExecutor
        from sim.execution.fold import fold
        from sim.execution.pools import Processes
        from sim.execution.workers import workers
        from sim.files import system
        from tests.execution.jobs import Words

        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it begins with & ignore it
        system.end_on_signals()
        begin, stop = ProcessPoolExecutor._spawn_process, Processes.stop

        def begun(self):
            os.kill(os.getpid(), signal.SIGINT)
            begin(self)

        def stopped(self, promises):
            print(len(promises), len(self._executor._processes) > 0)
            stop(self, promises)

        ProcessPoolExecutor._spawn_process, Processes.stop = begun, stopped
        try:
            with workers(2, chunk=1):
                list(fold(Words((9,), seconds=0.1)))
        except KeyboardInterrupt:
            print("interrupted")
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=60)
    assert (done.stdout.split("\n")[:2], done.stderr) == (["1 True", "interrupted"], "")


def test_ends_of_batches_are_made_by_workers(tmp_path: Path) -> None:
    with workers(2, chunk=16):
        assert list(fold(Ends((2,) * 20, name="x"))) == expected((2,) * 20)
