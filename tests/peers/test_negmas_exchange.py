"""NegMAS loads what is exported and values every package as we do. Run with tests/peers named.

Known differences. NegMAS takes evaluations of a Genius profile as they stand: it divides none by the issue's largest,
as Genius itself does (here only the file written by hand has such evaluations; in exported ones the largest is 1). It
reads the integer evaluator from 0, Genius from the lower bound. It has no red lines, constraints or conditions of
consent.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from sim.interop import genius_writing, geniusweb_writing
from sim.interop import negmas as negmas_writing
from sim.interop.cardinal import Cardinal, topped
from sim.interop.files import read_files
from sim.interop.names import ids
from tests.domains import quick
from tests.exchange import CAR, cardinals, sim, write

negmas = pytest.importorskip("negmas")

NEAR = 1e-12


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def outcome(of: Any, x: Sequence[int]) -> tuple[str, ...]:
    """A package as NegMAS has it: by its own names of the options."""
    return tuple(i.values[o] for i, o in zip(of.issues, x, strict=True))


def loaded(folder: Path, writer: Any, cardinal: Cardinal) -> tuple[Any, dict[str, Any]]:
    """What NegMAS makes of an export: the scenario, and its utility functions by the ids of our parties."""
    names = ids((p.name for p in cardinal.parties), "party")
    files, _ = writer.written(cardinal, names)
    write(folder, files)
    scenario = negmas.Scenario.load(folder)
    assert scenario is not None
    # formats differ in which signs a party's name may have
    by_name = {"".join(filter(str.isalnum, u.name)).lower(): u for u in scenario.ufuns}
    return scenario, {p.name: by_name[p.name.replace(" ", "")] for p in cardinal.parties}


@quick(30)
@given(it=cardinals())
def test_scenario_folders_have_our_utilities(it: Cardinal, tmp_path_factory: pytest.TempPathFactory) -> None:
    scenario, ufuns = loaded(tmp_path_factory.mktemp("negmas"), negmas_writing, it)
    own = negmas_writing._named(it)[0]
    assert [(i.name, tuple(i.values)) for i in scenario.issues] == [(i.name, i.options) for i in own.issues]
    for party in it.parties:
        ufun = ufuns[party.name]
        assert ufun.reserved_value == party.reservation
        for x in itertools.product(*(range(len(i.options)) for i in it.issues)):
            assert ufun(outcome(scenario, x)) == pytest.approx(party.of(x), abs=NEAR)


@quick(15)
@given(it=cardinals())
def test_genius_files_have_our_utilities_in_negmas_too(it: Cardinal, tmp_path_factory: pytest.TempPathFactory) -> None:
    scenario, ufuns = loaded(tmp_path_factory.mktemp("genius"), genius_writing, it)
    for party in it.parties:
        raised, _ = topped(party)
        for x in itertools.product(*(range(len(i.options)) for i in it.issues)):
            assert ufuns[party.name](outcome(scenario, x)) == pytest.approx(raised.of(x), abs=NEAR)


@quick(15)
@given(it=cardinals())
def test_geniusweb_files_have_our_utilities_in_negmas_too(
    it: Cardinal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    scenario, ufuns = loaded(tmp_path_factory.mktemp("geniusweb"), geniusweb_writing, it)
    for party in it.parties:
        for x in itertools.product(*(range(len(i.options)) for i in it.issues)):
            assert ufuns[party.name](outcome(scenario, x)) == pytest.approx(party.of(x), abs=NEAR)


def test_a_shipped_scenario_as_a_negmas_folder(tmp_path: Path) -> None:
    done = sim("export", "scenarios/membership.yaml", "--to", "negmas", "--out", tmp_path / "m", "--draws", 500)
    assert done.exit_code == 0, done.stderr
    scenario = negmas.Scenario.load(tmp_path / "m")
    worth = {line.split()[0]: line.split() for line in done.stdout.splitlines()[1:]}
    from sim import load
    from sim.profiles import compile_case

    case = compile_case(load("scenarios/membership.yaml").scenario)
    for ufun in scenario.ufuns:
        if ufun.name != "Ukrainian public":  # its name is two words of the line
            assert f"{ufun(outcome(scenario, case.text.tolist())):.4f}" == worth[ufun.name][1]
            assert f"{ufun.reserved_value:.4f}" == worth[ufun.name][3]


def test_negmas_and_genius_differ_on_evaluations_that_are_not_shares(tmp_path: Path) -> None:
    # items of the seller's file have no index, which NegMAS wants
    paths = write(tmp_path, {name: CAR[name] for name in ("domain.xml", "buyer.xml")})
    ours = read_files(paths).cardinal.parties[0]
    theirs = next(u for u in negmas.Scenario.load(tmp_path).ufuns if u.name == "buyer")
    # Racing green, 3 years, 10,000: we divide by 10 and by 5, and count years from the lower bound
    assert ours.of((0, 2, 1)) == pytest.approx(0.2 * 10 / 10 + 0.3 * 0.25 * (3 - 1) + 0.5 * 3 / 5)
    assert theirs(("Racing green", 3, "10,000")) == pytest.approx(0.2 * 10 + 0.3 * 0.25 * 3 + 0.5 * 3)
