"""What workers bring, and what they cost: against bare processes of numpy in the same rounds, and a task at a time.

Speed goes by the clock, since processes side by side are the point; so all three take turns, and what counts is the
ratio of ratios: how near two workers come to what two processes that only compute reach on this machine at the moment.
Costs of a task are processor time. With the extra ``cluster`` Dask is measured too, and the model of a hundred workers
(tests/execution/scale.py) is fed with what was measured.

Run: python -m tests.bench.workers [--rounds N]
"""

from __future__ import annotations

import argparse
import importlib.util
import pickle
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from sim.execution.fold import fold
from sim.execution.workers import workers
from sim.scenario.loading import load
from sim.simulation.cases import compiled
from sim.simulation.runner import Run, run_cases
from tests.bench.measure import LIBRARY, table
from tests.execution.jobs import Words
from tests.execution.scale import BLOCK, Costs
from tests.execution.scale import load as imagined

TASKS = 400


def bare(number: int) -> bytes:
    """Some seconds of arithmetic as blocks have it, and as much to send back as a task's counts."""
    rng = np.random.Generator(np.random.SFC64(number))
    total = 0.0
    for _ in range(150):
        rows = np.sort(rng.standard_exponential((21, BLOCK)), axis=0)
        total += float((rows / rows.sum(axis=0)).mean())
    return bytes(30_000) + str(total).encode()


def clock(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def speed(rounds: int) -> None:
    case = compiled([load(LIBRARY / "istanbul.yaml", draws=100 * BLOCK)])
    rows = [["two over one", "bare numpy", "vote", "of what is there"]]
    with ProcessPoolExecutor(1) as one, ProcessPoolExecutor(2) as two:
        list(two.map(bare, range(4)))
        list(one.map(bare, range(1)))
        with workers(2):
            run_cases(case)
        shares = []
        for number in range(rounds):
            alone = clock(lambda: list(one.map(bare, range(8))))
            both = clock(lambda: list(two.map(bare, range(8))))
            here = clock(lambda: run_cases(case))
            with workers(2):
                shared = clock(lambda: run_cases(case))
            ratio, ours = alone / both, here / shared
            shares.append(ours / ratio)
            rows.append([f"round {number + 1}", f"{ratio:.2f}", f"{ours:.2f}", f"{ours / ratio:.2f}"])
    rows.append(["median", "", "", f"{statistics.median(shares):.2f}"])
    table("Speed by the clock, 100 blocks of a vote", rows)


def per_task(place: dict[str, object]) -> float:
    """Processor time of this process, a task that does nothing; what opens and closes the place not counted."""
    with workers(**place, chunk=1):  # type: ignore[arg-type]
        list(fold(Words((4,))))
        began = time.process_time()
        list(fold(Words((TASKS,))))
        return (time.process_time() - began) / TASKS


def main(rounds: int) -> None:
    speed(rounds)
    [case] = compiled([load(LIBRARY / "istanbul.yaml", draws=16 * BLOCK)])
    run = Run((case,))
    began = time.process_time()
    counts = [run.block(0, k) for k in range(4)]
    block = (time.process_time() - began) / 4
    counts = pickle.loads(pickle.dumps(counts))
    began = time.process_time()
    for other in counts[1:]:
        counts[0] = run.joined(counts[0], other)
    join = (time.process_time() - began) / 3
    answer = len(pickle.dumps(run.block(0, 5)))
    rows = [["a task", "ms"], ["two processes: client", f"{1000 * per_task({'number': 2}):.2f}"]]
    client = 0.002
    if importlib.util.find_spec("distributed"):
        client = per_task({"cluster": "local"})
        rows.append(["Dask local: client and scheduler", f"{1000 * client:.2f}"])
    rows += [["a block of a vote", f"{1000 * block:.1f}"], ["counts joined", f"{1000 * join:.2f}"]]
    rows += [["a job, kB", f"{len(pickle.dumps(run)) / 1000:.0f}"], ["counts, kB", f"{answer / 1000:.0f}"]]
    table("Costs, processor time", rows)
    costs = Costs(block=block, client=client / 2, scheduler=client / 2, join=join, answer=answer / 1e6)
    rows = [["a hundred workers", "minutes", "over ideal", "tasks a second", "met first"]]
    point = Costs(block=100 * 0.05, client=0.1, scheduler=client / 2, answer=0.3)
    for name, of in (
        ("10^10 draws of a vote", imagined([round(1e10) // BLOCK], 100, costs, joins=True)),
        ("10^5 points of a sweep, 100 a batch", imagined([1] * 1000, 100, point, joins=True)),
    ):
        wall = max(of.walls, key=of.walls.__getitem__)
        rate = f"{of.tasks / of.seconds:.1f}"
        rows.append([name, f"{of.seconds / 60:.1f}", f"{of.ratio:.2f}", rate, f"{wall}, {of.walls[wall]:.0%} of it"])
    table("In virtual time, by these costs", rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    main(parser.parse_args().rounds)
