"""``sim compare --baseline``: means of fixed scores beside the shares, by hand and against what it is told of."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.compare.result import BaselineParts
from sim.cli import app
from sim.results.verdicts import stance
from tests import small
from tests.readme import shipped_place

SCENARIOS = shipped_place() / "scenarios"


def call(*args: object) -> Any:
    return CliRunner().invoke(app, [*map(str, args)])


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    deal = small.write(tmp_path)
    ceded = deal.with_name("ceded.yaml")
    ceded.write_text(small.SCENARIO.replace("open: true", "option: ceded").replace("A small deal", "Land for peace"))
    return [deal, ceded]


def test_scores_by_hand(files: list[Path]) -> None:
    """Red: status neutral, its best, 4; blue: neutral is one of two behind member, 0.25 of the way from the end.

    What a party ranks unknown has 2. Land by numbers: red's best is ceded; blue names returned and frozen alone.
    """
    result = sim.compare(sim.gather(files, draws=200), baseline=True)
    assert result.baseline is not None
    rows = {x.row: x for x in result.baseline}
    assert {name: x.terms for name, x in rows.items()} == {"deal": 3, "ceded": 4}
    means = {name: {p.party: p.mean for p in x.parties} for name, x in rows.items()}
    # fighting 2 (unknown), status 4, guarantee 2 (no entry), land: open, or 4
    assert means["deal"]["red"] == pytest.approx(8 / 3)
    assert means["ceded"]["red"] == 3
    # fighting 2, status [member, rest of two]: 4 * (1 - 1.5 / 2) = 1, guarantee 2, land ceded: not named, 2
    assert means["deal"]["blue"] == pytest.approx(5 / 3)
    assert means["ceded"]["blue"] == pytest.approx(7 / 4)
    # guarantee armed is the worst of its ranking, all else unknown
    assert means["deal"]["league"] == pytest.approx(4 / 3)
    verdicts = {name: {p.party: p.verdict for p in x.parties} for name, x in rows.items()}
    assert verdicts["deal"] == {"red": "accepts", "blue": "divided", "league": "refuses"}
    # 6 of 4 terms is 1.5, which is still a no
    assert verdicts["ceded"] == {"red": "accepts", "blue": "divided", "league": "refuses"}


def test_what_it_says_follows_from_shares_and_scores() -> None:
    ids = ("istanbul", "membership", "russian_demands_2022", "twenty_points_2025")
    texts = [SCENARIOS / f"{id}.yaml" for id in ids]
    result = sim.compare(sim.gather(texts, draws=300, as_of="2025-12-24"), baseline=True)
    assert result.baseline is not None
    [told] = [x for x in result.findings if isinstance(x, BaselineParts)]
    cells, accepts, refuses = 0, [], []
    for fixed, row in zip(result.baseline, result.rows, strict=True):
        assert fixed.row == row.name
        for p in row.parties:
            score = fixed.party(p.id)
            assert score is not None
            assert score.mean is not None
            assert 0 <= score.mean <= 4
            assert score.verdict == ("accepts" if score.mean >= 2.5 else "refuses" if score.mean <= 1.5 else "divided")
            cells += 1
            sides = (score.verdict, stance(p.own or p.acceptability))
            if sides == ("accepts", "refuses"):
                accepts.append((row.name, p.id))
            if sides == ("refuses", "accepts"):
                refuses.append((row.name, p.id))
    assert told.cells == cells
    assert [(x.row, x.party) for x in told.accepts] == accepts
    assert [(x.row, x.party) for x in told.refuses] == refuses
    assert ("istanbul", "ukraine") in accepts, "many pleasant terms and a stated line"


def test_without_it_nothing_is_there(files: list[Path]) -> None:
    result = sim.compare(sim.gather(files, draws=100))
    assert result.baseline is None
    assert not [x for x in result.findings if x.kind == "baseline_parts"]
    assert "fixed scores" not in result.to_markdown()
    older = json.loads(result.to_json())
    del older["baseline"]
    assert isinstance(sim.Comparison.model_validate(older), sim.Comparison)


def test_command(files: list[Path], tmp_path: Path) -> None:
    words = ["compare", *files, "--draws", "100", "--baseline"]
    shown = call(*words)
    assert shown.exit_code == 0, shown.stderr
    assert "means of fixed scores" in shown.stdout
    assert "average without veto" in " ".join(shown.stdout.split())
    document = json.loads(call(*words, "--format", "json").stdout)
    rows = [x for x in csv.DictReader(io.StringIO(call(*words, "--format", "csv").stdout)) if x["table"] == "baseline"]
    told = [(x["row"], p["party"], p["mean"]) for x in document["baseline"] for p in x["parties"]]
    assert len(rows) == len(told) == 6
    for row, (name, party, mean) in zip(rows, told, strict=True):
        assert (row["row"], row["party"], row["measure"]) == (name, party, "fixed_score")
        assert math.isclose(float(row["value"]), mean)
    refused = call(*words, "--format", "csv", "--wide")
    assert refused.exit_code == 2
    assert "not with --wide" in " ".join(refused.stderr.replace("│", " ").split())
    # a saved run without its scenario file has no scores, and says so
    out = tmp_path / "results"
    assert call("run", files[0], "--draws", "100", "--out", out, "--quiet").exit_code == 0
    [saved] = (out / "deal").iterdir()
    (saved / "scenario.yaml").unlink()
    lacking = call("compare", files[1], saved, "--draws", "100", "--baseline")
    assert lacking.exit_code == 0, lacking.stderr
    assert "No fixed scores of" in lacking.stdout
