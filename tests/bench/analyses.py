"""Analyses of one scenario against scoring it once: seconds, how many runs that is, and peak memory.

*One run* is what ``sim run`` does besides printing: scoring in every respect that a result tells. Levers, the sweep
and the amendments do what the commands of that name do. The amendments of the last row are those without constraints,
as many packages as there are. Peak memory is that of a process of its own. Run: python -m tests.bench.analyses [draws]
"""

from __future__ import annotations

import os
import sys

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from collections.abc import Callable  # noqa: E402
from dataclasses import replace  # noqa: E402

from sim.analysis.amend.amend import amend  # noqa: E402
from sim.analysis.levers.levers import levers  # noqa: E402
from sim.analysis.sweep.sweep import sweep  # noqa: E402
from sim.scenario.loading import Loaded, load  # noqa: E402
from sim.simulation.score import score  # noqa: E402
from tests.bench.measure import LIBRARY, alternately, table  # noqa: E402
from tests.bench.memory import peak  # noqa: E402

VARY = (
    "ukraine.fighting.importance=none,minor,moderate,major,critical",
    "russia.force_limits.importance=minor,moderate,major,critical",
)


def unbound(loaded: Loaded) -> Loaded:
    """The scenario without constraints."""
    scenario = loaded.scenario
    issues = scenario.domain.issues.model_copy(update={"constraints": ()})
    domain = scenario.domain.model_copy(update={"issues": issues})
    return replace(loaded, scenario=scenario.model_copy(update={"domain": domain}))


def istanbul(draws: int) -> Loaded:
    return load(LIBRARY / "istanbul.yaml", draws=draws)


def tasks(loaded: Loaded) -> dict[str, Callable[[], object]]:
    return {
        "run": lambda: score([loaded]),
        "levers": lambda: levers(loaded),
        "sweep": lambda: sweep(loaded, VARY),
        "two": lambda: amend(loaded, changes=2),
        "three": lambda: amend(loaded, changes=3),
        "unbound": lambda: amend(unbound(loaded), changes=3),
    }


def once(name: str, draws: int) -> None:
    """One task alone, for its memory."""
    tasks(istanbul(draws))[name]()


def main(draws: int = 10_000) -> None:
    loaded = istanbul(draws)
    todo = tasks(loaded)
    count = {
        "two": amend(loaded, changes=2),
        "three": amend(loaded, changes=3),
        "unbound": amend(unbound(loaded), changes=3),
    }
    packages = {name: sum(size.packages for size in result.sizes) for name, result in count.items()}
    found = levers(loaded)
    seconds = alternately(todo, rounds=3)
    rows = [["", "seconds", "of one run", "peak MB"]]
    for name, words in (
        ("run", "one run"),
        ("levers", f"levers: {len(found.levers) + len(found.new_lines):,} edits"),
        ("sweep", "sweep: 20 points"),
        ("two", f"amendments, up to two changes: {packages['two']:,}"),
        ("three", f"amendments, up to three changes: {packages['three']:,}"),
        ("unbound", f"the same without constraints: {packages['unbound']:,}"),
    ):
        memory = peak(f"from tests.bench.analyses import once\nonce({name!r}, {draws})")
        rows.append([words, f"{seconds[name]:.2f}", f"{seconds[name] / seconds['run']:.1f}", f"{memory:.0f}"])
    table(f"Analyses of istanbul, {draws:,} draws, one core", rows)


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:2]))
