#!/usr/bin/env bash
# pySensMCDA 2.0.0, smaa_o: a criterion that is only ranked counts for less than one in numbers with the same order.
#
# Two alternatives, each best on one of two criteria, weights uniform. In numbers, criteria are scaled to run from 0 to
# 1, and each alternative is first in one half of the weights (exact_acceptability). Given as ranks, which for two
# alternatives says as much, the second criterion makes its leader first in 22.7% (3 - 4 ln 2). The values of ranks are
# drawn inside [0, 1] with free ends (sampling.ordinal_values), so those of two ranks lie a third apart on average, not
# 1. The documentation of smaa_o does not say so. Ends of 1 and 0 for the best and the worst rank would give one half.
#
# Exits with 0 while this is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pysensmcda==2.0.0 numpy==2.4.6 scipy==1.17.1 pandas==2.3.3 pymcdm==1.4.0
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import numpy as np
from pysensmcda.sampling import ordinal_values
from pysensmcda.smaa import exact_acceptability, smaa_o

numbers = np.array([[1.0, 0.0], [0.0, 1.0]])
ranks = np.array([[1.0, 2.0], [0.0, 1.0]])  # the second column: rank 1 is best
types = np.ones(2)
exact = exact_acceptability(numbers, types).acceptability
drawn = smaa_o(ranks, types, ordinal_criteria=[1], num_samples=200_000, seed=1).rank_acceptability[:, 0]
spread = np.ptp(ordinal_values(ranks[:, 1], 200_000, seed=1), axis=1).mean()
print("pysensmcda", version("pysensmcda"))
print("first, second criterion in numbers:", exact.round(3))
print("first, second criterion in ranks:  ", drawn.round(3))
print("mean distance of the two ranks:    ", round(float(spread), 3))
same = np.allclose(exact, 0.5) and abs(drawn[1] - (3 - 4 * np.log(2))) < 0.005 and abs(spread - 1 / 3) < 0.005
raise SystemExit(0 if same else 1)
PYTHON
