"""Exact Pareto frontiers against NegMAS, and of the first domain against plain enumeration of the same packages.

First table: random additive domains without constraints, two parties, interests *random* or *opposed* (every issue
ranked the other way round by the second party). NegMAS is asked for ``pareto_frontier`` of its own utility functions,
in a process of its own that is stopped after a while; ours is the diagram and the frontier. Second table: the first
domain, hard constraints and all lines, or no lines, mean gains given; *enumeration* lists the feasible packages half by
half and adds up their gains, and finds no frontier among them. Third: 14 issues of the first domain's sizes, without
constraints; even weights leave more undominated. Run: python -m tests.bench.frontier [seconds NegMAS may take]
"""

from __future__ import annotations

import os
import sys

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import multiprocessing  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402

from sim.analysis.frontier import space as bounds  # noqa: E402
from sim.analysis.frontier.pareto import undominated  # noqa: E402
from sim.analysis.frontier.result import RedLines  # noqa: E402
from sim.analysis.shared.expected import Terms, expected  # noqa: E402
from sim.analysis.space.boxes import Box  # noqa: E402
from sim.analysis.space.diagram import Diagram, Piece, diagram  # noqa: E402
from sim.engine.profiles import Case, compile_case  # noqa: E402
from sim.scenario.loading import load  # noqa: E402
from tests.bench.measure import LIBRARY, alternately, table  # noqa: E402

SIZES = (5, 5, 4, 3, 6, 5, 5, 4, 4, 3, 4, 5, 4, 4)
Tables = list[list[np.ndarray]]


def tables(sizes: tuple[int, ...], parties: int, opposed: bool, even: bool = False) -> Tables:
    """By party and issue: what each option adds. Weights are random, or ``even``, which leaves more undominated."""
    rng = np.random.default_rng(1)
    weights = rng.dirichlet(np.full(len(sizes), 1e9 if even else 1.0), parties)
    made: Tables = []
    for p in range(parties):
        own = []
        for j, size in enumerate(sizes):
            values = np.sort(rng.random(size)) if opposed else rng.random(size)
            values = values[::-1] if opposed and p % 2 else values
            own.append(weights[p, j] * (values - values.min()) / (np.ptp(values) or 1.0))
        made.append(own)
    return made


def ours(sizes: tuple[int, ...], made: Tables) -> int:
    pieces = [
        Piece(Box(((j, 1 << o),)), p, float(v))
        for p, own in enumerate(made)
        for j, values in enumerate(own)
        for o, v in enumerate(values)
    ]
    space = diagram(sizes, (), pieces, len(made))
    return len(undominated(space, np.zeros(len(made)), np.zeros(len(sizes), np.int16)))


def negmas(sizes: tuple[int, ...], made: Tables, out: Any) -> None:
    """In a process of its own: seconds and size of the frontier."""
    import warnings

    from negmas import make_issue
    from negmas.preferences import LinearAdditiveUtilityFunction, TableFun
    from negmas.preferences.ops import pareto_frontier

    warnings.simplefilter("ignore")
    issues = [make_issue([str(o) for o in range(size)], name=str(j)) for j, size in enumerate(sizes)]
    utilities = [
        LinearAdditiveUtilityFunction(
            values=[TableFun({str(o): float(v) for o, v in enumerate(values)}) for values in own],
            weights=[1.0] * len(own),
            issues=issues,
            reserved_value=0.0,
        )
        for own in made
    ]
    start = time.perf_counter()
    found, _ = pareto_frontier(utilities, issues=issues)
    out.put((time.perf_counter() - start, len(set(found))))


def stopped(sizes: tuple[int, ...], made: Tables, limit: float) -> tuple[float, int] | None:
    context = multiprocessing.get_context("spawn")
    out = context.Queue()
    child = context.Process(target=negmas, args=(sizes, made, out))
    child.start()
    child.join(limit + 10)
    if child.is_alive():
        child.terminate()
        child.join()
        return None
    return out.get()


def against_negmas(limit: float) -> None:
    try:
        import negmas as _  # noqa: F401
    except ImportError:
        print("\nFrontiers: NegMAS is not installed (pip install -e '.[peers]')")
        return
    rows = [["packages, interests", "points", "ours, s", "NegMAS, s", "times faster"]]
    for sizes in ((10,) * 4, (10,) * 5, (10,) * 6):
        for opposed in (False, True):
            made = tables(sizes, 2, opposed)
            mine = alternately({"ours": lambda: ours(sizes, made)}, rounds=3)["ours"]  # noqa: B023
            theirs = stopped(sizes, made, limit)
            if theirs is not None:
                assert theirs[1] == ours(sizes, made)
            rows.append(
                [
                    f"{np.prod(sizes):,}, {'opposed' if opposed else 'random'}",
                    f"{ours(sizes, made):,}",
                    f"{mine:.4f}",
                    f"over {limit:.0f}" if theirs is None else f"{theirs[0]:.2f}",
                    f"over {limit / mine:,.0f}" if theirs is None else f"{theirs[0] / mine:,.0f}",
                ]
            )
    table("Exact frontier of two parties, one core", rows)


def space(case: Case, terms: dict[str, Terms], parties: list[str], red_lines: RedLines) -> tuple[Diagram, np.ndarray]:
    pieces = [p for k, n in enumerate(parties) for p in bounds.pieces(case.space, n, k, terms[n].tables)]
    made = diagram(case.space.sizes, bounds.forbidden(case, "hard", red_lines), pieces, len(parties))
    return made, np.array([terms[n].fixed for n in parties])


def enumerate_all(made: Diagram) -> int:
    """Gains of every package, half by half; their number."""
    cut = len(made.layers) // 2
    _, first, nodes = made.packages(0, cut)
    seen = 0
    for node in np.unique(nodes).tolist():
        _, rest, _ = made.packages(cut, node=node)
        for sums in first[nodes == node]:
            gains = rest + sums
            seen += len(gains)
    return seen


def first_domain() -> None:
    case = compile_case(load(LIBRARY / "istanbul.yaml").scenario)
    terms = {t.party: t for t in expected(case)}
    everybody = ["russia", "ukraine", "us", "nato"]
    rows = [["parties, lines", "packages", "points", "frontier, s", "enumeration, s", "of enumeration"]]
    kinds: tuple[RedLines, ...] = ("all", "none")
    for red_lines in kinds:
        for count in (2, 3, 4):
            parties = everybody[:count]
            todo: dict[str, Callable[[], object]] = {
                "frontier": lambda: undominated(*space(case, terms, parties, red_lines), case.text),  # noqa: B023
                "all": lambda: enumerate_all(space(case, terms, parties, red_lines)[0]),  # noqa: B023
            }
            seconds = alternately(todo, rounds=3)
            made, fixed = space(case, terms, parties, red_lines)
            rows.append(
                [
                    f"{count}, {red_lines} binding",
                    f"{made.count:,}",
                    f"{len(undominated(made, fixed, case.text)):,}",
                    f"{seconds['frontier']:.3f}",
                    f"{seconds['all']:.2f}",
                    f"{seconds['frontier'] / seconds['all']:.4f}",
                ]
            )
    table("First domain with hard constraints, one core", rows)


def unconstrained() -> None:
    rows = [["parties, interests, weights", "points", "seconds"]]
    for parties in (2, 3, 4):
        for opposed in (False, True):
            for even in (False, True):
                made = tables(SIZES, parties, opposed, even)
                start = time.perf_counter()
                points = ours(SIZES, made)
                words = f"{parties}, {'opposed' if opposed else 'random'}, {'even' if even else 'random'}"
                rows.append([words, f"{points:,}", f"{time.perf_counter() - start:.2f}"])
    table(f"{np.prod(SIZES):,} packages without constraints, one core", rows)


def main(limit: float = 60.0) -> None:
    against_negmas(limit)
    first_domain()
    unconstrained()


if __name__ == "__main__":
    main(*(float(a) for a in sys.argv[1:2]))
