"""Grouped Sobol' indices against SALib's sample and analyse for as many inputs, in one process.

*Ours* draws and scores as well: first-order and total indices with bootstrap intervals of joint acceptance, of every
party's acceptance and of every party's gain, by party, by party and kind, and by party and issue. *SALib* makes its
sample (no second order) and analyses one output with its default bootstrap; the model itself is left out, or, in the
second row, stands in vectorised: for each party, whether the mean of its inputs reaches one half, and whether all do.
Run: python -m tests.bench.sobol [n]
"""

from __future__ import annotations

import os
import sys
import warnings

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402

from sim.analysis.sobol.sobol import sobol  # noqa: E402
from sim.scenario.loading import load  # noqa: E402
from tests.bench.measure import LIBRARY, alternately, table  # noqa: E402


def main(n: int = 4096) -> None:
    try:
        from SALib.analyze import sobol as analysis
        from SALib.sample import sobol as sampling
    except ImportError:
        print("\nSobol' indices: SALib is not installed (pip install -e '.[peers]')")
        return
    loaded = load(LIBRARY / "istanbul.yaml")
    result = sobol(loaded, n)
    inputs = sum(g.level == "issue" for g in result.groups)
    parties = np.array_split(np.arange(inputs), len(result.parties))
    problem = {"num_vars": inputs, "names": [f"x{k}" for k in range(inputs)], "bounds": [[0, 1]] * inputs}
    fixed = (np.arange(n * (inputs + 2)) % 7 < 3).astype(float)

    def model(x: np.ndarray) -> np.ndarray:
        return np.all([x[:, own].mean(axis=1) >= 0.45 for own in parties], axis=0).astype(float)

    def salib(modelled: bool) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            x = sampling.sample(problem, n, calc_second_order=False, seed=1)
            y = model(x) if modelled else fixed
            analysis.analyze(problem, y, calc_second_order=False, seed=1)

    seconds = alternately(
        {"ours": lambda: sobol(loaded, n), "salib": lambda: salib(False), "modelled": lambda: salib(True)}, rounds=3
    )
    outputs = 1 + 2 * len(result.parties)
    rows = [["", "seconds", "of SALib"]]
    for name, words in (
        ("ours", f"ours: draws, scoring and indices of {outputs} outputs"),
        ("salib", "SALib: sample and analyse one output, no model"),
        ("modelled", "SALib with a vectorised stand-in for the model"),
    ):
        rows.append([words, f"{seconds[name]:.2f}", f"{seconds[name] / seconds['salib']:.3f}"])
    table(f"Sobol' first-order and total indices, {inputs} inputs, N = {n:,}", rows)


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:2]))
