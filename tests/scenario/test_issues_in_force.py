"""Issues that begin on a day: before it a text is as if nobody had written them, from then on they have a default."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.files.complaints import Complaints
from sim.files.nodes import dump_yaml
from sim.scenario.catalogue import SHIPPED, shipped_texts
from sim.scenario.loading import load_domain, on_day
from tests import small
from tests.domains import quick

SINCE = "2022-04-01"
EARLY, LATE = "2022-03-29", "2022-05-01"

ASSETS = """\
  assets:
    question: What becomes of the assets?
    since: 2022-04-01
    default: frozen
    options:
      spent: Blue gets them.
      frozen: They stay where they are.
      halved: {text: Each gets half., like: frozen}
      returned: Red gets them.
"""
#: What the files say on the new issue alone, by file: a text behind which it stands, and it.
ON_ASSETS: dict[str, tuple[tuple[str, str], ...]] = {
    "domain/issues.yaml": (
        ("constraints:\n", ASSETS),
        (
            "effects:\n",
            "  - id: no_arms_for_nothing\n    if: {assets: [returned]}\n    then: {guarantee: [consult, none]}\n"
            "    severity: political\n    why: Arms cost money.\n"
            "  - id: paid\n    if: {guarantee: [armed]}\n    then: {assets: [spent, frozen, halved]}\n"
            "    severity: legal\n    why: So it is paid for.\n",
        ),
        (
            "no_deal:\n",
            "  - id: spoils\n    if: {assets: [spent], land: [returned]}\n    then: {guarantee: none}\n"
            "    basis: assumed\n    why: The money is the guarantee.\n"
            "  - id: held_back\n    if: {land: [ceded]}\n    then: {assets: returned}\n"
            "    basis: assumed\n    why: Who takes all takes the money.\n",
        ),
    ),
    "domain/positions/red.yaml": (
        (
            "refuses:\n",
            "  assets:\n    - from: 2022-02-01\n      ranking: [returned, rest]\n"
            "      red_lines: [{option: spent, basis: inferred, evidence: [E7]}]\n"
            "      importance: major\n      basis: inferred\n      evidence: [E7]\n",
        ),
        (
            "no_deal:\n",
            "  - id: money_for_land\n    if: {assets: [spent, frozen], land: [returned]}\n    from: 2022-02-01\n"
            "    basis: inferred\n    evidence: [E7]\n    why: Both at once is too much.\n"
            "asks:\n  - id: money\n    for: {assets: [returned, halved]}\n    from: 2022-02-01\n    basis: inferred\n"
            "    evidence: [E7]\n    why: It asked for them.\n",
        ),
    ),
}
#: What goes with the issue out of what other things say.
WITHIN: dict[str, tuple[tuple[str, str], ...]] = {
    "domain/issues.yaml": (
        ("if: {status: [member]}\n    then: {guarantee: [armed]}", "then: {guarantee: [armed]@}"),
        ("guarantee: none, land: frozen}", "guarantee: none, land: frozen@}"),
        ("guarantee: none, land: ceded}", "guarantee: none, land: ceded@}"),
    ),
}
E7 = "E7,2022-02-01,red,,{issue},Wants its assets back,demand,quote,A1,p2.s2,\n"
LATER = """\
title: A later deal
proposal:
  date: 2022-04-20
  summary: The same with the assets halved.
  consent_not_modelled: [turkey]
  terms:
    fighting: {option: stops, basis: stated, evidence: [E1]}
    status: {option: neutral, basis: stated, evidence: [E1]}
    guarantee: {option: armed, basis: inferred, evidence: [E1, E4]}
    land: {option: frozen, basis: proposed}
    assets: {option: halved, basis: inferred, evidence: [E7]}
"""


def files(*, issue: bool, **more: str) -> dict[str, str]:
    """The small domain with the issue, or as if nobody had written it."""
    out = dict(small.FILES)
    for name, pieces in ON_ASSETS.items():
        for before, text in pieces:
            assert out[name].count(f"\n{before}") == 1, before
            out[name] = out[name].replace(f"\n{before}", f"\n{text if issue else ''}{before}")
    inside = {"guarantee: [armed]}\n    severity: hard": "assets: [spent, frozen, halved]"}
    inside |= {"guarantee: none, land: frozen}": "assets: frozen", "guarantee: none, land: ceded}": "assets: returned"}
    for place, term in inside.items():
        brace = place.index("}")
        longer = f"{place[:brace]}, {term}{place[brace:]}"
        assert out["domain/issues.yaml"].count(place) == 1, place
        out["domain/issues.yaml"] = out["domain/issues.yaml"].replace(place, longer if issue else place)
    consent = "{when: [{status: [member]}, {guarantee: [armed], land: [returned]}"
    league = out["domain/positions/league.yaml"]
    assert consent in league
    out["domain/positions/league.yaml"] = league.replace(consent, consent + (", {assets: [spent]}" if issue else ""))
    out["domain/evidence.csv"] += E7.format(issue="assets" if issue else "context")
    return {**out, **({"later.yaml": LATER} if issue else {}), **more}


def write(folder: Path, *, issue: bool = True, **more: str) -> Path:
    return small.write(folder, files(issue=issue, **more))
