#!/usr/bin/env bash
# Mesa 3.5.1, Model.step: after a step that raised an error a model takes no step again, and says nothing of it.
#
# A model's step fails once (here: at the third step, a plain ValueError of the model's own), the caller catches it and
# goes on, as one does for data that are missing for one day. Every later call of step() returns without an error and
# moves model.time on by one, but neither the model's step runs nor the counter model.steps moves: the next step is
# put on the calendar after the last one has ended well, and this one has not. A loop "while model.running: model.step()"
# therefore never ends. Up to 3.3.1 the steps after the error ran. No warning is given.
#
# Needs Python 3.12 or later, as Mesa 3.5 does. Exits with 0 while this is so, with 1 when it changes.
set -euo pipefail
for python in ${PYTHON:-} python3 python3.13 python3.12 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[23].*/bin/python; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2> /dev/null && break
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/days.py" <<'PYTHON'
import sys
import warnings
from importlib.metadata import version

import mesa


class Days(mesa.Model):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def step(self):
        self.calls += 1
        if self.calls == 3:
            raise ValueError("no data for the third day")


model, caught = Days(), 0
with warnings.catch_warnings(record=True) as complaints:
    warnings.simplefilter("always")
    for _ in range(6):
        try:
            model.step()
        except ValueError:
            caught += 1
seen = (model.calls, model.steps, caught, len(complaints))
print("mesa", version("mesa"), "step() called 6 times; step ran, model.steps, errors, warnings:", seen, end="")
print("; time", getattr(model, "time", "is not kept"))
raise SystemExit(0 if seen == eval(sys.argv[1]) else 1)
PYTHON
"$python" -m venv "$folder/old" && "$folder/old/bin/pip" install -q mesa==3.3.1 networkx==3.6.1 numpy==2.4.6 pandas==2.3.3
"$python" -m venv "$folder/new" && "$folder/new/bin/pip" install -q mesa==3.5.1 networkx==3.6.1 numpy==2.4.6 pandas==2.3.3
"$folder/old/bin/python" "$folder/days.py" "(6, 6, 1, 0)"
"$folder/new/bin/python" "$folder/days.py" "(3, 3, 1, 0)"
