"""What the benchmarks share: interleaved timings, medians, child processes, and the library as cases."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sim.engine.profiles import Case, compile_case
from sim.scenario.catalogue import SHIPPED
from sim.scenario.loading import load

LIBRARY = Path(__file__).resolve().parents[2] / "scenarios"
#: One core: numpy's own threads would blur the ratios.
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def library(count: int, as_of: str = "2025-02-24", draws: int = 10_000) -> list[Case]:
    """The first scenarios of the library, all with the positions of one date, so that they share every draw."""
    import datetime as dt

    paths = [LIBRARY / f"{name}.yaml" for name in SHIPPED[""]][:count]
    return [compile_case(load(p, as_of=dt.date.fromisoformat(as_of), draws=draws).scenario) for p in paths]


def alternately(
    tasks: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Median seconds of each task; one of each a round, so that a slow moment of the machine falls on all."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for task in tasks.values():
        task()
    for _ in range(rounds):
        for name, task in tasks.items():
            start = clock()
            task()
            times[name].append(clock() - start)
    return {name: statistics.median(t) for name, t in times.items()}


def child(arguments: Sequence[str]) -> str:
    """Standard output of this Python with arguments, run from the repository's top. Raises RuntimeError if it fails."""
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=LIBRARY.parent, env={**os.environ, **ONE_CORE}
    )
    if done.returncode:
        raise RuntimeError(f"python {' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


def table(title: str, rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns; the first row is the head."""
    widths = [max(len(r[k]) for r in rows) for k in range(len(rows[0]))]
    print(f"\n{title}")
    for n, row in enumerate(rows):
        print(
            "  "
            + "  ".join(c.ljust(w) if k == 0 else c.rjust(w) for k, (c, w) in enumerate(zip(row, widths, strict=True)))
        )
        if n == 0:
            print("  " + "  ".join("-" * w for w in widths))
