"""The search of the whole space against scoring one package after another.

Beside what a search takes stands what scoring would: of every package that no line of those surely asked rules out,
reckoned from the time of those that a random package and changes of its last issues make, in the order in which the
scoring routine shares most of its sums. Run: python -m tests.bench.search [draws]
"""

from __future__ import annotations

import os
import sys

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from functools import partial  # noqa: E402

import numpy as np  # noqa: E402

from sim.analysis.search.poll import Poll  # noqa: E402
from sim.analysis.search.scope import scope_of  # noqa: E402
from sim.analysis.search.search import search  # noqa: E402
from sim.engine.draws import stream  # noqa: E402
from sim.engine.profiles import compile_case  # noqa: E402
from sim.scenario.loading import load  # noqa: E402
from tests.bench.measure import LIBRARY, table  # noqa: E402

#: Random packages by which the share of those in question is reckoned, and heads whose ends are scored.
SAMPLE, HEADS = 40_000, 4
#: So many of the last issues vary behind a head.
TAIL = 6


def seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def row(name: str, draws: int) -> tuple[str, ...]:
    loaded = load(LIBRARY / f"{name}.yaml", draws=draws)
    case = compile_case(loaded.scenario)
    scope = scope_of(case)
    box = scope.narrowed(scope.whole)
    assert box is not None
    rng = stream(1, "bench", "search", 0)
    rows = case.text[None].repeat(SAMPLE, axis=0)
    for j, options in enumerate(box):
        rows[:, j] = rng.choice(options, len(rows))
    rows = rows[scope.admits(rows)]
    packages = len(rows) / SAMPLE * scope.size(box)
    head = len(box) - TAIL
    ends = [scope.rows((*((int(o),) for o in r[:head]), *box[head:]), range(head, len(box))) for r in rows[:HEADS]]
    sample = np.concatenate(ends)
    sample = sample[scope.admits(sample)]
    poll = Poll(case, draws)
    each = seconds(partial(poll.counts, sample)) / len(sample) * packages
    took = seconds(partial(search, loaded))
    return name, f"{packages:,.0f}", f"{each:,.0f}", f"{took:.1f}", f"{each / took:.0f}"


def main(draws: int = 10_000) -> None:
    head = ("scenario", "packages no line rules out", "one by one, s", "search, s", "ratio")
    names = ("istanbul", "armed_neutrality", "membership")
    table(f"Best packages, {draws:,} draws, processor time", [head, *(row(name, draws) for name in names)])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
