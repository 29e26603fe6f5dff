#!/usr/bin/env bash
# Mesa 3.5.1, batch_run: seeds among the parameters are replaced by None, so that no run is seeded.
#
# A model whose argument is `seed` is run for the parameters {"seed": [1, 2, 3]}, as one does for any other argument.
# There are three runs, as asked, but each is begun with seed=None: rows say so, and two batches differ. batch_run has
# an argument `rng` of its own and puts its default, None, into every run over what the parameters say; the same befalls
# an argument named `rng`. Up to 3.3.1 the seeds arrived. The guide on moving to 3.4 tells of the new argument, not that
# the parameter is lost, and no warning is given.
#
# Needs Python 3.12 or later, as Mesa 3.5 does. Exits with 0 while this is so, with 1 when it changes.
set -euo pipefail
for python in ${PYTHON:-} python3 python3.13 python3.12 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[23].*/bin/python; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2> /dev/null && break
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q mesa==3.5.1 networkx==3.6.1 numpy==2.4.6 pandas==2.3.3
"$folder/venv/bin/python" - <<'PYTHON'
import warnings
from importlib.metadata import version

import mesa


class Dice(mesa.Model):
    def __init__(self, sides=1_000_000, seed=None):
        super().__init__(rng=seed)
        self.sides = sides
        self.running = True
        self.datacollector = mesa.DataCollector({"roll": "roll"})

    def step(self):
        self.roll = self.random.randint(1, self.sides)
        self.datacollector.collect(self)
        self.running = False


def batch(parameters, **more):
    rows = mesa.batch_run(Dice, parameters, display_progress=False, **more)
    return [(row["seed"], row["roll"]) for row in rows]


with warnings.catch_warnings(record=True) as complaints:
    warnings.simplefilter("always")
    first, second = batch({"seed": [1, 2, 3]}), batch({"seed": [1, 2, 3]})
seeded, anew = batch({}, rng=[1, 2, 3]), batch({}, rng=[1, 2, 3])
print("mesa", version("mesa"))
print("seed, roll by parameters:", first, "and once more", second)
print("seed, roll by rng:       ", seeded, "and once more", anew)
print("warnings:", len(complaints))
unseeded = [seed for seed, _ in first + second] == [None] * 6 and first != second
same = unseeded and not complaints and seeded == anew and [seed for seed, _ in seeded] == [1, 2, 3]
raise SystemExit(0 if same else 1)
PYTHON
