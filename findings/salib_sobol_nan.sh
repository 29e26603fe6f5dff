#!/usr/bin/env bash
# SALib 1.6.0, sobol.analyze: one NaN among the outputs makes all indices 0, with intervals of 0, and no warning.
#
# y = a + b, both uniform: each explains half of the variance. With one of the 1,536 outputs NaN, first-order, total and
# second-order indices and their confidence widths are all exactly 0, as of a model that does not depend on anything.
# NaN would be expected: it is what SALib's issues 134 and 237 speak of for outputs that are missing, and what rbd_fast
# and fast give. The reason is that the division by the variance is left out, and 0 stays, where the variance is not
# above a threshold, meant for constant outputs (which come with a warning, of NumPy); a variance of NaN never is.
#
# Exits with 0 while this is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q SALib==1.6.0 numpy==2.4.6 scipy==1.17.1 pandas==2.3.3
"$folder/venv/bin/python" - <<'PYTHON'
import warnings
from importlib.metadata import version

import numpy as np
from SALib.analyze import rbd_fast, sobol
from SALib.sample import latin
from SALib.sample import sobol as design

problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1], [0, 1]]}


def incomplete(samples):
    y = samples.sum(axis=1)
    y[100] = np.nan
    return y


samples, free = design.sample(problem, 256, seed=1), latin.sample(problem, 256, seed=1)
whole = sobol.analyze(problem, samples.sum(axis=1), seed=1)
with warnings.catch_warnings(record=True) as complaints:
    warnings.simplefilter("always")
    gap = sobol.analyze(problem, incomplete(samples), seed=1)
peer = rbd_fast.analyze(problem, free, incomplete(free), seed=1)
print("SALib", version("SALib"), "with", len(samples), "outputs")
print("S1, ST of all outputs:   ", whole["S1"].round(2), whole["ST"].round(2))
print("with one NaN among them: ", *(gap[key] for key in ("S1", "ST", "S1_conf", "ST_conf")), gap["S2"][0, 1])
print("warnings:", len(complaints))
print("the same by rbd_fast:", np.array(peer["S1"]))
nothing = all((gap[key] == 0).all() for key in ("S1", "ST", "S1_conf", "ST_conf")) and gap["S2"][0, 1] == 0
same = np.allclose(whole["S1"], 0.5, atol=0.05) and nothing and not complaints and np.isnan(peer["S1"]).all()
raise SystemExit(0 if same else 1)
PYTHON
