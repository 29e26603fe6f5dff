"""Scenarios that are built without files, written as files: for what reads, edits and saves files."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

import sim
from sim.files import nodes
from sim.files.complaints import Place
from sim.scenario import schema
from sim.scenario.catalogue import SHIPPED
from sim.scenario.loading import Loaded

SCENARIOS = Path(__file__).parent.parent / "scenarios"
#: Edits after which no party of the shipped texts bars anything: what is left are its gains.
NO_LINES = tuple(
    f"{party}.{lines}=none"
    for party in ("russia", "ukraine", "us", "nato", "ukrainian_public")
    for lines in ("red_lines", "refuses")
)
NOWHERE = Place("", 1, 1)
Json = dict[str, Any]


def plain(on: schema.Scenario) -> Json:
    """A scenario as it would stand in a file."""
    return _plain(on.model_dump(by_alias=True, exclude_none=True))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        found = {k: _plain(v) for k, v in value.items()}
        if found.get("ranking") == [] and "from" in found:
            found["ranking"] = "unknown"
        return found
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def assumed(value: Any) -> Any:
    """The same, all of it assumed, so that it needs no evidence."""
    if isinstance(value, dict):
        return {k: "assumed" if k == "basis" and isinstance(v, str) else assumed(v) for k, v in value.items()} | (
            {"basis": "assumed"} if isinstance(value.get("basis"), dict) else {}
        )
    return [assumed(v) for v in value] if isinstance(value, list) else value


def sourced(value: Any, claim: str) -> Any:
    """The same, all that is stated or inferred with this claim as its evidence."""
    if isinstance(value, dict):
        found = {k: sourced(v, claim) for k, v in value.items()}
        return found | {"evidence": [claim]} if "basis" in value else found
    return [sourced(v, claim) for v in value] if isinstance(value, list) else value


def loaded(
    folder: Path, on: schema.Scenario, count: int | None = None, name: str = "test", claim: str | None = None
) -> Loaded:
    """A scenario written into a folder and read again; its lines hold for certain.

    All of it is assumed, but for one with a claim, one of its evidence, that everything is to rest on.
    """
    path = folder / f"{name}.yaml"
    content = {k: v for k, v in plain(on).items() if k != "edits"} | {"id": name}
    content = assumed(content) if claim is None else sourced(content, claim)
    for people in content["domain"]["positions"].values():
        for entries in people["positions"].values():
            for entry in entries:
                for held in entry.get("red_lines", []):
                    held.pop("holds", None)
    path.write_text(nodes.dump_yaml(nodes.from_plain(content, NOWHERE)))
    return sim.load(path, draws=count)


def unbarred(folder: Path, keep: Sequence[str] = ()) -> Path:
    """The shipped texts in a folder, their parties without refusals, and without red lines but against some options.

    What they rank and how much it matters to them is theirs; what bars a text is not.
    """
    shutil.copytree(SCENARIOS / "domain", folder / "domain")
    for name in SHIPPED[""]:
        shutil.copy(SCENARIOS / f"{name}.yaml", folder)
    for path in (folder / "domain" / "positions").glob("*.yaml"):
        party = yaml.safe_load(path.read_text(encoding="utf-8"))
        party.pop("refuses", None)
        for entry in (e for entries in party["positions"].values() for e in entries):
            lines = [x for x in entry.pop("red_lines", ()) if x["option"] in keep]
            if lines:
                entry["red_lines"] = lines
        path.write_text(yaml.safe_dump(party, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return folder
