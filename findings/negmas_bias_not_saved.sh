#!/usr/bin/env bash
# NegMAS 0.16.0, LinearAdditiveUtilityFunction: its bias is not in the YAML that a scenario is saved as.
#
# Two terms, each worth 0 or 1 and weighing one half, and a bias of 2: every outcome is worth 2 to 3, no deal 2.5. Saved
# by Scenario.dumpas and read back by Scenario.load, the same outcomes are worth 0 to 1 and no deal is still worth 2.5,
# so that a party with something to gain is now better off without any deal. Nothing is said. to_dict has weights and
# values and no bias, while that of AffineUtilityFunction has one; saved as XML the bias is there and comes back.
#
# Exits with 0 while this is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q negmas==0.16.0 numpy==2.4.6 scipy==1.17.1 pandas==2.3.3
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys
from importlib.metadata import version
from pathlib import Path

from negmas import LinearAdditiveUtilityFunction, Scenario, make_issue, make_os

issues = [make_issue(["early", "late"], "start"), make_issue(["full", "part"], "scope")]
worth = {"start": {"early": 1.0, "late": 0.0}, "scope": {"full": 1.0, "part": 0.0}}
halves = {"start": 0.5, "scope": 0.5}
party = LinearAdditiveUtilityFunction(worth, halves, bias=2.0, issues=issues, reserved_value=2.5, name="party")
scenario = Scenario(make_os(issues, name="talks"), (party,))


def gains(function):
    return [float(function(x)) - function.reserved_value for x in scenario.outcome_space.enumerate_or_sample()]


def again(form):
    place = Path(sys.argv[1]) / form
    scenario.dumpas(place, form)
    [function] = Scenario.load(place).ufuns
    return gains(function)


written, yaml, xml = gains(party), again("yml"), again("xml")
print("negmas", version("negmas"))
print("gain of each outcome over no deal:", written)
print("saved as YAML and read back:      ", yaml)
print("saved as XML and read back:       ", xml)
print("bias in to_dict:", "bias" in party.to_dict())
lost = [gain - 2.0 for gain in written]
same = max(written) == 0.5 and xml == written and yaml == lost and "bias" not in party.to_dict()
raise SystemExit(0 if same else 1)
PYTHON
