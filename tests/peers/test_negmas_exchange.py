"""NegMAS loads what is exported and values every package as we do. Run with tests/peers named.

Known differences. NegMAS takes evaluations of a Genius profile as they stand: it divides none by the issue's largest,
as Genius itself does (in exported ones the largest is 1). What it writes it means so: ``--as-written`` reads it so. It
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

from sim.files.ids import ids
from sim.interop import genius, geniusweb
from sim.interop import negmas as negmas_writing
from sim.interop.additive import UtilityDomain, topped
from sim.interop.formats import read_files
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


def loaded(folder: Path, writer: Any, cardinal: UtilityDomain) -> tuple[Any, dict[str, Any]]:
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
def test_scenario_folders_have_our_utilities(it: UtilityDomain, tmp_path_factory: pytest.TempPathFactory) -> None:
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
def test_genius_files_have_our_utilities_in_negmas_too(
    it: UtilityDomain, tmp_path_factory: pytest.TempPathFactory
) -> None:
    scenario, ufuns = loaded(tmp_path_factory.mktemp("genius"), genius, it)
    for party in it.parties:
        raised, _ = topped(party)
        for x in itertools.product(*(range(len(i.options)) for i in it.issues)):
            assert ufuns[party.name](outcome(scenario, x)) == pytest.approx(raised.of(x), abs=NEAR)


@quick(15)
@given(it=cardinals())
def test_geniusweb_files_have_our_utilities_in_negmas_too(
    it: UtilityDomain, tmp_path_factory: pytest.TempPathFactory
) -> None:
    scenario, ufuns = loaded(tmp_path_factory.mktemp("geniusweb"), geniusweb, it)
    for party in it.parties:
        for x in itertools.product(*(range(len(i.options)) for i in it.issues)):
            assert ufuns[party.name](outcome(scenario, x)) == pytest.approx(party.of(x), abs=NEAR)


def test_a_shipped_scenario_as_a_negmas_folder(tmp_path: Path) -> None:
    done = sim("export", "scenarios/membership.yaml", "--to", "negmas", "--out", tmp_path / "m", "--draws", 500)
    assert done.exit_code == 0, done.stderr
    scenario = negmas.Scenario.load(tmp_path / "m")
    worth = {line.split()[0]: line.split() for line in done.stdout.splitlines()[1:]}
    from sim import load
    from sim.engine.profiles import compile_case

    case = compile_case(load("scenarios/membership.yaml").scenario)
    for ufun in scenario.ufuns:
        if ufun.name != "Ukrainian public":  # its name is two words of the line
            assert f"{ufun(outcome(scenario, case.text.tolist())):.4f}" == worth[ufun.name][1]
            assert f"{ufun.reserved_value:.4f}" == worth[ufun.name][3]


def test_negmas_and_genius_differ_on_evaluations_that_are_not_shares(tmp_path: Path) -> None:
    # items of the seller's file have no index, which NegMAS wants
    paths = write(tmp_path, {name: CAR[name] for name in ("domain.xml", "buyer.xml")})
    ours = read_files(paths).domain.parties[0]
    theirs = next(u for u in negmas.Scenario.load(tmp_path).ufuns if u.name == "buyer")
    # Racing green, 3 years, 10,000: we divide by 10 and by 5, and count years from the lower bound
    assert ours.of((0, 2, 1)) == pytest.approx(0.2 * 10 / 10 + 0.3 * 0.25 * (3 - 1) + 0.5 * 3 / 5)
    assert theirs(("Racing green", 3, "10,000")) == pytest.approx(0.2 * 10 + 0.3 * 0.25 * 3 + 0.5 * 3)


def negmas_scenario() -> Any:
    """Issues of all kinds, the best of each worth less than 1."""
    from negmas.preferences.value_fun import AffineFun, LinearFun, TableFun

    kinds: list[tuple[Any, str]] = [(["a", "b"], "col"), ((2, 5), "years"), ((0.0, 1.0), "price")]
    space = negmas.outcomes.make_os([negmas.make_issue(values, name) for values, name in kinds])
    values = [TableFun({"a": 0.4, "b": 0.2}), AffineFun(0.1, 0.05), LinearFun(0.5)]
    ufun = negmas.LinearAdditiveUtilityFunction(
        values, weights=[0.5, 0.3, 0.2], outcome_space=space, reserved_value=0.3, name="u1"
    )
    return negmas.Scenario(space, (ufun,))


@pytest.mark.parametrize("kind", ["xml", "yaml", "json"])
def test_what_negmas_writes_is_read_as_it_means_it(tmp_path: Path, kind: str) -> None:
    """Its own YAML and JSON by way of the call that our complaint names."""
    scenario = negmas_scenario()
    folder = tmp_path / "genius"
    if kind == "xml":
        scenario.to_genius_folder(folder)
    else:
        own = tmp_path / "own"
        scenario.dumpas(own, type=kind)
        done = sim("import", *own.glob(f"*.{kind[:2]}*"), "--out", tmp_path / "out")
        assert done.exit_code == 3
        assert 'negmas.Scenario.load("FOLDER").to_genius_folder(Path("OUT"))' in done.stderr
        if kind == "json":
            assert "named .yaml" in done.stderr
            for path in list(own.glob("*.json")):
                path.rename(path.with_suffix(".yaml"))
        negmas.Scenario.load(str(own)).to_genius_folder(folder)
    imported = read_files(sorted(folder.glob("*.xml")), 5, True)
    [party] = imported.domain.parties
    [theirs] = scenario.ufuns
    assert party.reservation == theirs.reserved_value
    names = [i.options for i in imported.domain.issues]
    for x in itertools.product(*(range(len(options)) for options in names)):
        col, years, price = (options[o] for options, o in zip(names, x, strict=True))
        assert party.of(x) == pytest.approx(theirs((col, int(years), float(price))), abs=NEAR)
    # divided by the largest, as Genius does, most differ; that is warned of
    divided = read_files(sorted(folder.glob("*.xml")), 5)
    assert divided.domain.parties[0].of((0, 0, 0)) > party.of((0, 0, 0)) + 0.1
    assert any("NegMAS wrote this file and takes them as they stand" in w.what for w in divided.warnings)


@pytest.mark.parametrize("how", ["object", "folder"])
def test_a_scenario_of_negmas_in_memory(tmp_path: Path, how: str) -> None:
    """Its utilities on every outcome, up to the rescaling that is told; and back to NegMAS."""
    from sim import draws, from_negmas, to_negmas

    scenario = negmas_scenario()
    [theirs] = scenario.ufuns
    if how == "folder":
        scenario.dumpas(tmp_path / "own", type="yaml")
    loaded = from_negmas(scenario if how == "object" else tmp_path / "own", steps=3, draws=1)
    issues = loaded.scenario.domain.issues.issues
    values = [["a", "b"], [2, 3, 4, 5], [0.0, 0.5, 1.0]]
    outcomes = list(itertools.product(*values))
    texts = [
        dict(zip(issues, x, strict=True)) for x in itertools.product(*(issue.options for issue in issues.values()))
    ]
    gains = draws(loaded).gains_of(texts)["u1"][:, 0]
    assert gains.tolist() == pytest.approx([theirs(x) - theirs.reserved_value for x in outcomes], abs=NEAR)
    to_negmas(loaded, tmp_path / "back")
    again = negmas.Scenario.load(tmp_path / "back")
    [ufun] = again.ufuns
    for x, names in zip(outcomes, itertools.product(*(i.values for i in again.issues)), strict=True):
        assert ufun(names) == pytest.approx(theirs(x), abs=NEAR)


def test_other_functions_of_negmas_are_carried_where_they_are_sums() -> None:
    """A table of outcomes; a linear function over numbers; one that falls with time is refused."""
    from sim import InvalidArgument, draws, from_negmas

    space = negmas.outcomes.make_os([negmas.make_issue(["a", "b"], "x"), negmas.make_issue((0, 3), "y")])
    table = {(x, y): (2.0 if x == "a" else 0.0) + y for x in "ab" for y in range(4)}
    mapping = negmas.preferences.MappingUtilityFunction(table, outcome_space=space, reserved_value=1.0, name="m")
    loaded = from_negmas(negmas.Scenario(space, (mapping,)), draws=1)
    issues = loaded.scenario.domain.issues.issues
    texts = [
        dict(zip(issues, x, strict=True)) for x in itertools.product(*(issue.options for issue in issues.values()))
    ]
    expected = [(worth - 1.0) / 5.0 for worth in table.values()]
    assert draws(loaded).gains_of(texts)["m"][:, 0].tolist() == pytest.approx(expected, abs=NEAR)
    values = [negmas.preferences.TableFun({"a": 1.0, "b": 0.0}), negmas.preferences.IdentityFun()]
    biased = negmas.LinearAdditiveUtilityFunction(
        values, weights=[2.0, 1.0], bias=3.0, outcome_space=space, reserved_value=4.0, name="m"
    )
    loaded = from_negmas(negmas.Scenario(space, (biased,)), draws=1)
    assert draws(loaded).gains_of(texts)["m"][:, 0].tolist() == pytest.approx(expected, abs=NEAR)
    odd = negmas.preferences.MappingUtilityFunction(table | {("a", 3): 9.0}, outcome_space=space, name="odd")
    with pytest.raises(InvalidArgument, match="no sum over the issues"):
        from_negmas(negmas.Scenario(space, (odd,)))
    falling = negmas.preferences.ExpDiscountedUFun(mapping, discount=0.9, outcome_space=space, name="f")
    with pytest.raises(InvalidArgument, match="falls with time"):
        from_negmas(negmas.Scenario(space, (falling,)))


def test_a_folder_without_the_bias_is_read_as_negmas_reads_it(tmp_path: Path) -> None:
    """NegMAS 0.16 leaves the bias out of its YAML (findings/negmas_bias_not_saved.sh), and so it is lost to both."""
    from sim import draws, from_negmas

    space = negmas.outcomes.make_os([negmas.make_issue(["a", "b"], "x")])
    values = [negmas.preferences.TableFun({"a": 1.0, "b": 0.0})]
    written = negmas.LinearAdditiveUtilityFunction(
        values, weights=[1.0], bias=-0.5, outcome_space=space, reserved_value=0.25, name="m"
    )
    negmas.Scenario(space, (written,)).dumpas(tmp_path, type="yaml")
    [theirs] = negmas.Scenario.load(tmp_path).ufuns
    loaded = from_negmas(tmp_path, draws=1)
    gains = draws(loaded).gains_of([{"x": option} for option in loaded.scenario.domain.issues.issues["x"].options])
    expected = [theirs((value,)) - theirs.reserved_value for value in ("a", "b")]
    assert gains["m"][:, 0].tolist() == pytest.approx(expected, abs=NEAR)
