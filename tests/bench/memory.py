"""Peak memory of a run at growing numbers of draws, each in a process of its own; flat means no array grows.

Run: python -m tests.bench.memory [--large]     (--large adds ten million draws)
"""

from __future__ import annotations

import sys

from tests.bench.measure import child, table

# VmHWM is the process's own peak; ru_maxrss of a forked child starts at its parent's.
PEAK = """
from pathlib import Path
[line] = [x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM")]
print(int(line.split()[1]) / 1024)
"""
RUN = """
from tests.bench.measure import LIBRARY
from sim.engine.profiles import compile_case
from sim.execution.workers import workers
from sim.scenario.loading import load
from sim.simulation.runner import run_cases
with workers({workers}):
    run_cases([compile_case(load(LIBRARY / "istanbul.yaml", draws={draws}).scenario)])
"""


def peak(code: str) -> float:
    """Megabytes at most, of a fresh Python that runs the code."""
    return float(child(["-c", code + "\n" + PEAK]))


def main(large: bool = False) -> None:
    base = peak("import mesa")
    rows = [["", "peak MB", "over import mesa"], ["import mesa alone", f"{base:.0f}", ""]]
    sizes = [10_000, 100_000, 1_000_000, *([10_000_000] if large else [])]
    for workers in (1, 2):
        for draws in sizes:
            megabytes = peak(RUN.format(draws=draws, workers=workers))
            rows.append(
                [
                    f"istanbul, {draws:,} draws, {workers} worker{'s'[: workers - 1]}",
                    f"{megabytes:.0f}",
                    f"{megabytes - base:+.0f}",
                ]
            )
    table("Peak resident memory of run_cases", rows)


if __name__ == "__main__":
    main("--large" in sys.argv)
