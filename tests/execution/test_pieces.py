"""What is finished is found again: after a stop, with more draws, by another process; and gives the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.engine import draws
from sim.execution import pieces
from sim.execution.fold import fold, total
from sim.execution.likeness import versions
from sim.execution.store import Store
from sim.execution.workers import workers
from sim.files import writing
from sim.simulation.runner import Run
from tests.execution.counting import Ends, Sums, calls

ROOT = Path(__file__).parent.parent.parent
BLOCK = draws.BLOCK


def answer(job: Sums, store: Path | None, chunk: int | None = None) -> list[tuple[Any, ...]]:
    """What a job comes to; with a store by way of it."""
    if store is None:
        return list(fold(job))
    with workers(store=store, chunk=chunk):
        return list(fold(job))


def logs(folder: Path) -> Callable[[], Path]:
    """Names of files that are not there yet."""
    numbers = iter(range(1000))
    return lambda: folder / f"calls_{next(numbers)}"


def batch_of(block_calls: list[tuple[int, int]], batch: int) -> list[int]:
    return sorted(block for of, block in block_calls if of == batch)


@dataclass
class Wholes(Ends):
    """Batches that are one block each, however many draws they have."""

    @property
    def lengths(self) -> tuple[int, ...]:
        return (1,) * len(self.all_draws)


def ranges(store: Path) -> dict[tuple[str, ...], list[list[int]]]:
    """By text the draws that its pieces are of."""
    of: dict[tuple[str, ...], list[list[int]]] = {}
    home = Store(store)
    for path in home.files():
        head = home.head(path)
        assert head is not None
        of.setdefault(head.texts, []).append(head.key["draws"])
    return {texts: sorted(draws) for texts, draws in of.items()}


@pytest.mark.parametrize("kind", [Ends, Wholes])
def test_what_is_made_of_a_batch_is_of_all_its_draws(kind: type[Sums], tmp_path: Path) -> None:
    answer(kind((10_000, BLOCK, 300), tmp_path / "log"), tmp_path / "store")
    assert ranges(tmp_path / "store") == {
        ("text_0",): [[0, 10_000]],
        ("text_1",): [[0, BLOCK]],
        ("text_2",): [[0, 300]],
    }


def test_counts_are_of_blocks_of_draws(tmp_path: Path) -> None:
    answer(Sums((5 * BLOCK + 7, 300), tmp_path / "log"), tmp_path / "store")
    assert ranges(tmp_path / "store") == {
        ("text_0",): [[0, 4 * BLOCK], [4 * BLOCK, 5 * BLOCK + 7]],
        ("text_1",): [[0, 300]],
    }


@pytest.mark.parametrize("chunk", [None, 1, 3, 16])
@pytest.mark.parametrize("kind", [Sums, Ends])
def test_what_is_stored_is_not_done_again(kind: type[Sums], chunk: int | None, tmp_path: Path) -> None:
    log, store = logs(tmp_path), tmp_path / "store"
    shape = (10 * BLOCK - 7, 1, 4 * BLOCK)
    plain = answer(kind(shape, log()), None)
    first, again = log(), log()
    assert answer(kind(shape, first), store, chunk) == plain
    assert len(calls(first)) == 15
    assert answer(kind(shape, again), store, 1) == plain
    assert calls(again) == []


def test_more_draws_need_only_what_is_new(tmp_path: Path) -> None:
    log, store = logs(tmp_path), tmp_path / "store"
    answer(Sums((10 * BLOCK,), log()), store)
    more = log()
    assert answer(Sums((18 * BLOCK + 1,), more), store) == answer(Sums((18 * BLOCK + 1,), log()), None)
    assert batch_of(calls(more), 0) == list(range(8, 19)), "segments of four: two of them were whole"
    fewer = log()
    assert answer(Sums((10 * BLOCK,), fewer), store) == answer(Sums((10 * BLOCK,), log()), None)
    assert calls(fewer) == [], "the cut segment of the first run is there beside the whole one"


@pytest.mark.parametrize("last", [8 * BLOCK, 8 * BLOCK - 1, 7 * BLOCK + 1, 7 * BLOCK])
def test_a_cut_last_segment_is_not_a_whole_one(last: int, tmp_path: Path) -> None:
    log, store = logs(tmp_path), tmp_path / "store"
    sizes = [8 * BLOCK, 8 * BLOCK - 1, 7 * BLOCK + 1, 7 * BLOCK]
    for size in sizes:
        answer(Sums((size,), log()), store)
    asked = log()
    assert answer(Sums((last,), asked), store) == answer(Sums((last,), log()), None)
    assert calls(asked) == []
    other = log()
    assert answer(Sums((last - 2,), other), store) == answer(Sums((last - 2,), log()), None)
    assert batch_of(calls(other), 0) == [4, 5, 6, 7][: len(batch_of(calls(other), 0))] != []


def test_what_is_made_of_batches_hangs_on_all_their_draws(tmp_path: Path) -> None:
    log, store = logs(tmp_path), tmp_path / "store"
    answer(Ends((3 * BLOCK, BLOCK), log()), store, 2)
    more = log()
    assert answer(Ends((4 * BLOCK, BLOCK), more), store) == answer(Ends((4 * BLOCK, BLOCK), log()), None)
    assert calls(more) == [(0, block) for block in range(4)], "the second batch was there"
    assert len(list(Store(store).files())) == 3, "a piece for each batch, however it was cut into tasks"


@pytest.mark.parametrize("chunk", [None, 1, 3, 16])
def test_of_long_batches_counts_are_kept_in_place_of_ends(chunk: int | None, tmp_path: Path) -> None:
    log, store = logs(tmp_path), tmp_path / "store"
    answer(Ends((4 * BLOCK, BLOCK), log()), store, chunk)
    answer(Ends((10 * BLOCK, BLOCK), log()), store, chunk)
    more = log()
    assert answer(Ends((18 * BLOCK + 1, BLOCK), more), store, chunk) == answer(
        Ends((18 * BLOCK + 1, BLOCK), log()), None
    )
    assert sorted(calls(more)) == [(0, block) for block in range(8, 19)], "two whole segments, and the second batch"
    first = [[0, 4 * BLOCK], [0, 4 * BLOCK]]
    assert ranges(store)["text_0",][:2] == first, "what is made of as many draws as a segment has is no count of them"


def test_another_batch_kind_or_version_is_another_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, store = logs(tmp_path), tmp_path / "store"
    answer(Sums((BLOCK,), log()), store)
    for job in (Ends((BLOCK,), log()), Sums((BLOCK,), log(), name="others"), Sums((2 * BLOCK, BLOCK), log())):
        answer(job, store)
        assert len(calls(job.log)) == sum(job.lengths)
    monkeypatch.setattr(pieces, "versions", lambda: {**versions(), "numpy": "0.1"})
    other = log()
    answer(Sums((BLOCK,), other), store)
    assert len(calls(other)) == 1


@pytest.mark.parametrize("chunk", [1, 3, 16])
@pytest.mark.parametrize("number", [0, 2, 4])
def test_a_damaged_piece_is_made_again_and_no_other(number: int, chunk: int, tmp_path: Path) -> None:
    log, store = logs(tmp_path), tmp_path / "store"
    shape = (17 * BLOCK,)
    plain = answer(Sums(shape, log()), store)
    paths = {Store(store).head(path).key["draws"][0]: path for path in Store(store).files()}  # type: ignore[union-attr]
    assert len(paths) == 5
    path = paths[number * 4 * BLOCK]
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    again = log()
    assert answer(Sums(shape, again), store, chunk) == plain
    assert batch_of(calls(again), 0) == list(range(4 * number, min(4 * number + 4, 17)))
    assert path.read_bytes() == whole


def test_threads_processes_and_executors_keep_the_same_pieces(tmp_path: Path) -> None:
    log = logs(tmp_path)
    shape = (9 * BLOCK + 5, 3 * BLOCK)
    plain = answer(Sums(shape, log()), None)
    content: list[dict[str, bytes]] = []
    with ThreadPoolExecutor(2) as threads:
        for number, (who, chunk) in enumerate([(1, None), (2, 1), (2, 3), (threads, 1)]):
            store = tmp_path / f"store_{number}"
            with workers(who, store=store, chunk=chunk):
                assert list(fold(Sums(shape, log()))) == plain
            content.append({path.name: path.read_bytes() for path in Store(store).files()})
    assert content[0] == content[1] == content[2] == content[3]


def test_only_long_work_is_kept_in_the_usual_store(tmp_path: Path) -> None:
    log, store = logs(tmp_path), tmp_path / "store"
    with workers(store=store, long_work=True):
        list(fold(Sums((9 * BLOCK,), log())))
    assert not store.exists()


def test_long_work_is_kept_there_and_goes_on_where_that_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.execution.fold.LONG_SECONDS", 0.0)
    log, shape = logs(tmp_path), (9 * BLOCK,)
    plain = answer(Sums(shape, log()), None)
    with workers(store=tmp_path / "store", long_work=True) as where:
        assert list(fold(Sums(shape, log()))) == plain
        assert where.store is not None
        assert where.store.grown
        assert list(fold(Sums(shape, again := log()))) == plain
    assert calls(again) == []
    (tmp_path / "file").write_text("", encoding="utf-8")
    with (
        pytest.warns(UserWarning, match="the work goes on") as caught,
        workers(store=tmp_path / "file" / "store", long_work=True),
    ):
        assert list(fold(Sums(shape, log()))) == plain
    assert len(caught) == 1, "it is said once"


def test_a_full_disk_in_the_midst_leaves_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, store = logs(tmp_path), tmp_path / "store"
    real, written = writing.write_bytes, []

    def full(path: Path, content: bytes, by_way_of: Path | None = None) -> None:
        written.append(path)
        if len(written) > 2:
            raise OSError(28, "No space left on device")
        real(path, content, by_way_of)

    monkeypatch.setattr(writing, "write_bytes", full)
    shape = (16 * BLOCK,)
    with pytest.raises(OSError, match=r"store: No space left on device; nothing can be kept there"):
        answer(Sums(shape, log()), store)
    monkeypatch.undo()
    again = log()
    assert answer(Sums(shape, again), store) == answer(Sums(shape, log()), None)
    assert batch_of(calls(again), 0) == list(range(8, 16))


KILLED = """
import sys
from pathlib import Path
from sim.execution.fold import fold
from sim.execution.workers import workers
from tests.execution.counting import Sums
with workers(store=Path(sys.argv[1]), chunk=int(sys.argv[4])):
    print(list(fold(Sums((12 * 4096, 5 * 4096), Path(sys.argv[2]), int(sys.argv[3]) or None))))
"""


def there(store: Path) -> set[tuple[int, int]]:
    """The blocks of which a store has pieces."""
    heads = [head for path in Store(store).files() if (head := Store(store).head(path)) is not None]
    return {
        (head.key["batch"], block)
        for head in heads
        for block in range(head.key["draws"][0] // BLOCK, -(-head.key["draws"][1] // BLOCK))
    }


@pytest.mark.parametrize(("chunk", "first", "second"), [(1, 6, 7), (3, 9, 6), (16, 6, 17)])
def test_a_run_that_is_killed_goes_on(chunk: int, first: int, second: int, tmp_path: Path) -> None:
    """Twice, with another hash seed each time; what there is a piece of is never done again."""
    log, store = logs(tmp_path), tmp_path / "store"
    every = {(0, block) for block in range(12)} | {(1, block) for block in range(5)}
    plain = repr(answer(Sums((12 * BLOCK, 5 * BLOCK), log()), None))

    def run(file: Path, last: int, seed: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", KILLED, str(store), str(file), str(last), str(chunk)],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
        )

    sizes = [0]
    for last, seed in ((first, "1"), (second, "2"), (0, "3"), (0, "4")):
        before, file = there(store), log()
        done = run(file, last, seed)
        if last:
            assert done.returncode == -signal.SIGKILL
            assert before.isdisjoint(calls(file))
        else:
            assert (done.stdout.strip(), done.stderr) == (plain, "")
            assert set(calls(file)) == every - before
        sizes.append(len(there(store)))
    assert sizes[2] > sizes[0], "something was there to go on from"
    assert sizes == sorted(sizes)
    assert sizes[-1] == len(every)
    assert calls(file) == []


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The blocks that runs of this process do."""
    numbers: list[int] = []
    real = Run.block

    def block(self: Run, batch: int, block: int) -> Any:
        numbers.append(block)
        return real(self, batch, block)

    monkeypatch.setattr(Run, "block", block)
    return numbers


@pytest.mark.parametrize("chunk", [1, 3, 16])
@pytest.mark.parametrize("protocol", ["vote", "alternating_offers", "single_text"])
def test_results_are_the_same_bytes(protocol: str, chunk: int, deal: Path, counted: list[int]) -> None:
    few, many = (sim.load(deal, protocol=protocol, draws=n) for n in (5 * BLOCK, 6 * BLOCK + 77))
    [plain] = sim.score(many)
    store = deal.parent / "store"
    for loaded in (few, many, many):
        counted.clear()
        with workers(store=store, chunk=chunk):
            [result] = sim.score(loaded)
    assert counted == []
    assert result.to_json() == plain.to_json()
    path = next(path for path in Store(store).files() if _draws(path)[1] == many.scenario.draws)
    path.write_bytes(path.read_bytes()[:-1])
    with workers(store=store, chunk=chunk):
        [result] = sim.score(many)
    assert counted != []
    assert result.to_json() == plain.to_json()


def _draws(path: Path) -> list[int]:
    head = Store(path.parent.parent).head(path)
    assert head is not None
    draws: list[int] = head.key["draws"]
    return draws


def test_a_cut_run_of_many_segments_goes_on_in_its_middle(deal: Path, counted: list[int]) -> None:
    loaded = sim.load(deal, protocol="alternating_offers", draws=11 * BLOCK + 1)
    store = deal.parent / "store"
    with workers(store=store):
        [plain] = sim.score(loaded)
    [path] = [path for path in Store(store).files() if _draws(path) == [4 * BLOCK, 8 * BLOCK]]
    path.unlink()
    counted.clear()
    with workers(store=store):
        assert sim.score(loaded)[0].to_json() == plain.to_json()
    assert counted == [4, 5, 6, 7]


def test_an_edit_a_seed_or_company_is_other_work(deal: Path, counted: list[int]) -> None:
    base = sim.load(deal, draws=200)
    with workers(store=deal.parent / "store"):
        sim.score(base)
        others = [
            base.with_({"red.status.importance": "minor"}),
            base.with_(seed=2),
            base.with_(protocol="single_text"),
        ]
        for loaded in others:
            counted.clear()
            with_store = sim.score(loaded)[0].to_json()
            assert counted == [0]
            with workers(store=deal.parent / "empty"):
                assert sim.score(loaded)[0].to_json() == with_store
        counted.clear()
        sim.score([base, others[0]])
        assert counted == [0], "two together are stored together"
        counted.clear()
        sim.score([base, others[0]])
        sim.score(base)
        assert counted == []


FOUND = """
import sys, sim
from sim.execution.workers import workers
from sim.simulation.runner import Run
real, numbers = Run.block, []
Run.block = lambda self, batch, block: numbers.append(block) or real(self, batch, block)
with workers(store=sys.argv[2]):
    for protocol in ("vote", "alternating_offers", "single_text"):
        sim.score(sim.load(sys.argv[1], protocol=protocol, draws=5000))
print(len(numbers))
"""


def test_another_process_finds_all_of_it(deal: Path) -> None:
    """Also with another seed of Python's hashes, on which pickles and sets hang."""
    numbers = []
    for seed in ("0", "1", "4711"):
        done = subprocess.run(
            [sys.executable, "-c", FOUND, str(deal), str(deal.parent / "store")],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        numbers.append(int(done.stdout))
    assert numbers == [6, 0, 0]


def test_total_goes_by_way_of_the_store_too(tmp_path: Path) -> None:
    log = logs(tmp_path)
    with workers(store=tmp_path / "store"):
        first = total(Sums((5 * BLOCK,), log()))
        assert total(Sums((5 * BLOCK,), again := log())) == first
    assert calls(again) == []
