"""Work that is too much is refused in words, before it begins."""

from __future__ import annotations

from itertools import combinations
from math import prod
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.amend import changes
from sim.analysis.amend.changes import reached
from sim.cli import app
from sim.engine.neighbourhoods import neighbours
from sim.files import ceilings
from sim.files.complaints import MOST, Complaint, Complaints, Place, render
from sim.simulation.cases import compiled
from tests import small


def call(*args: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(map(str, args)))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stderr


@pytest.mark.parametrize(
    ("args", "most"),
    [
        (["run", "--draws", "{}"], ceilings.MOST_DRAWS),
        (["run", "--seed", "{}"], ceilings.MOST_SEED),
        (["run", "--workers", "{}"], ceilings.MOST_WORKERS),
        (["sensitivity", "--method", "sobol", "--n", "{}"], ceilings.MOST_SAMPLE),
        (["sensitivity", "--top", "{}"], ceilings.MOST_ROWS),
        (["search", "--effort", "{}"], ceilings.MOST_EFFORT),
        (["search", "--top", "{}"], ceilings.MOST_ROWS),
        (["frontier", "--top", "{}"], ceilings.MOST_ROWS),
        (["amend", "--top", "{}"], ceilings.MOST_ROWS),
    ],
)
def test_an_option_says_its_ceiling(args: list[str], most: int, deal: Path) -> None:
    command, *options = [a.format(most + 1) for a in args]
    code, err = call(command, deal, *options)
    assert code == 2
    assert str(most) in err.split("Error: ")[1]


@pytest.mark.parametrize(("key", "most"), [("draws", ceilings.MOST_DRAWS), ("seed", ceilings.MOST_SEED)])
def test_a_scenario_says_its_ceiling(key: str, most: int, tmp_path: Path) -> None:
    path = small.write(tmp_path, {"deal.yaml": f"{small.SCENARIO}{key}: {most + 1}\n"})
    with pytest.raises(Complaints) as found:
        sim.load(path)
    assert [c.what for c in found.value.complaints] == [f"must be at most {most}"]


def test_draws_times_texts_have_a_ceiling(deal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ceilings, "MOST_WORK", 3000)
    loaded = sim.load(deal, draws=1001)
    with pytest.raises(ValueError, match=r"1 texts on 3,003 draws are more than is taken on at once \(3,000 draws"):
        sim.score([loaded] * 3)
    sim.score([loaded] * 2)
    for args in (
        ["amend", deal, "--changes", 2],
        ["sweep", deal, "--vary", "red.land.importance=minor,major,critical"],
        ["sensitivity", deal],
    ):
        code, err = call(*args, "--draws", 1001)
        assert code == 1
        assert "are more than is taken on at once (3,000 draws of a text); take at most --draws " in err


def test_packages_near_a_text_have_a_ceiling(deal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST_PACKAGES", 20)
    code, err = call("amend", deal, "--changes", 3, "--draws", 100)
    assert code == 1
    assert "packages lie within so many changes of the text, and at most 20 are scored at once" in err
    assert call("amend", deal, "--changes", 1, "--draws", 100)[0] == 0


def test_packages_near_a_text_are_counted_without_being_made(deal: Path) -> None:
    [case] = compiled([sim.load(deal, draws=1)])
    sizes = [n - int(o >= 0) for n, o in zip(case.space.sizes, case.text, strict=True)]
    for kept in ((), (1,), (0, 3)):
        free = [n for j, n in enumerate(sizes) if j not in kept]
        for most in range(5):
            by_hand = sum(prod(some) for k in range(most + 1) for some in combinations(free, k))
            made = sum(len(neighbours(case.space, np.asarray(case.text), k, (), kept)) for k in range(most + 1))
            assert reached(case.space, case.text, most, kept) == by_hand == made


@pytest.mark.parametrize("number", [0, -1, ceilings.MOST_WORKERS + 1])
def test_workers_of_a_program_have_a_ceiling_too(number: int, deal: Path) -> None:
    loaded = sim.load(deal, draws=1)
    with pytest.raises(ValueError, match=f"there may be 1 to {ceilings.MOST_WORKERS} workers, not {number}"):
        sim.score(loaded, workers=number)
    with pytest.raises(ValueError, match=f"there may be 1 to {ceilings.MOST_WORKERS} workers, not {number}"):
        sim.workers(number).__enter__()


def test_complaints_stop_with_a_count() -> None:
    many = [Complaint(Place("f", k, 1), "w", "x") for k in range(1, 1002)]
    lines = render(many).splitlines()
    assert len(lines) == MOST + 2
    assert lines[MOST - 1].startswith(f"f:{MOST}:1: ")
    assert lines[-2:] == ["... and 801 more; mend these first", "1001 errors"]
    assert len(render(many[:MOST]).splitlines()) == MOST + 1
