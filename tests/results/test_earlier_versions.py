"""What earlier versions saved is still read: a key is only ever added to ``sim.result/1``.

``saved_by_0_1_0`` was written by that version and stays as it is; a later version adds a folder of its own when it
adds keys. CONTRIBUTING.md has the rule.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sim

SAVED = sorted(file.parent for file in Path(__file__).parent.glob("saved_by_*/*/result.json"))


def test_every_version_that_added_keys_is_here() -> None:
    assert {folder.parent.name for folder in SAVED} >= {"saved_by_0_1_0"}


@pytest.mark.parametrize("folder", SAVED, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_a_run_saved_by_an_earlier_version_is_read_whole(folder: Path) -> None:
    before = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    now = json.loads(sim.read(folder / "result.json").to_json())
    assert list(_lost(before, now)) == []


@pytest.mark.parametrize("folder", SAVED, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_a_run_saved_by_an_earlier_version_runs_again_to_the_same_figures(folder: Path) -> None:
    before = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    [result] = sim.score([sim.load(folder / "scenario.yaml")])
    now = json.loads(result.to_json())
    for each in (before, now):
        del each["versions"], each["scenario"]["id"]
        each.pop("verdict", None)  # a sentence, which may be worded anew
    assert list(_lost(before, now)) == []


def _lost(before: Any, now: Any, path: str = "") -> Any:
    """Paths at which the later document lacks what the earlier one has, or has it otherwise."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key, value in before.items():
            if key in now:
                yield from _lost(value, now[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}"
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for number, (one, other) in enumerate(zip(before, now, strict=True)):
            yield from _lost(one, other, f"{path}[{number}]")
    elif before != now:
        yield path
