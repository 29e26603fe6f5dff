"""A utility and an acceptance of their author's own: exact ties, open issues, and what is said of rules that fail."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.bargaining.texts_by_draw import TextsByDraw
from sim.engine.draws import BLOCK
from sim.engine.packages import OPEN
from sim.engine.preferences import Memo, OwnPreferences, Preferences, preferences_for, preferences_of
from sim.engine.profiles import Case, compile_case
from sim.simulation.runner import Run
from tests import own_rules
from tests.own_rules import OUTCOMES, TERMS, own, scenario


@pytest.fixture(autouse=True)
def _registered() -> None:
    own_rules.register()


def _case() -> Case:
    return compile_case(own(scenario()).scenario)


def _north(case: Case) -> OwnPreferences:
    north = preferences_of(case, 0)[0]
    assert isinstance(north, OwnPreferences)
    return north


def _scored(kind: str, name: str, rule: Callable[..., Any]) -> None:
    getattr(sim, kind)(name, rule)
    sim.score(scenario().with_(rules={kind: {"north": name}}))


def test_the_factory_goes_by_the_profile() -> None:
    case = _case()
    kinds = [type(preferences_for(p, case.space.sizes, Memo(1, 0))) for p in case.profiles]
    assert kinds == [OwnPreferences, OwnPreferences, Preferences]


def test_nothing_else_makes_preferences() -> None:
    """Whoever did would take every utility for the weighted sum."""
    house = Path(sim.__file__).parent
    for path in house.rglob("*.py"):
        made = [x for x in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(x, ast.Call)]
        names = [x.func.id for x in made if isinstance(x.func, ast.Name)]
        if path != house / "engine" / "preferences.py":
            assert not {"Preferences", "OwnPreferences"} & {*names}, path


def test_what_says_no_more_than_no_deal_gains_nothing_but_its_cost() -> None:
    case = compile_case(own(scenario()).with_({"north.no_deal.beliefs": {"stalemate": 1, "war": 0}}).scenario)
    gain = _north(case).gain(case.space.package(dict(OUTCOMES["stalemate"])))
    assert (gain == 0.02).all()


def test_an_issue_that_both_leave_open_counts_nothing() -> None:
    seen: list[tuple[Any, Any]] = []

    def watching(values: Any, weights: Any) -> Any:
        seen.append((values.copy(), weights.copy()))
        return (values * weights).sum(axis=0)

    sim.utility("watching", watching)
    case = compile_case(scenario().with_(rules={"utility": {"north": "watching"}}).scenario)
    text = case.space.package({"land": "ours", "army": "small"})
    _north(case).gain(text)
    seat, whole = case.space.issue("seat"), [x for x in seen if x[0].shape[1] == BLOCK]
    # beside stalemate the seat stands as that has it, beside war neither says anything of it
    assert len(whole) == 4
    assert [bool((weights[seat] == 0).all()) for _, weights in whole] == [False, False, True, True]
    assert [bool((values[seat] == 0).all()) for values, _ in whole[2:]] == [True, True]


def test_texts_that_differ_from_draw_to_draw_gain_as_in_a_block() -> None:
    case = _case()
    north = _north(case)
    rng = np.random.Generator(np.random.PCG64(3))
    texts = np.stack([rng.integers(OPEN, n, BLOCK) for n in case.space.sizes], axis=1).astype(np.int16)
    view, at = TextsByDraw(north, case.space), np.arange(BLOCK)
    gains, terms = view.gains(texts, at), view.terms(texts, at)
    for draw in range(0, BLOCK, 501):
        assert gains[draw] == pytest.approx(north.gain(texts[draw])[draw], abs=1e-15)
        parts = [0.0 if part is None else part[draw] for part in north.terms(texts[draw])]
        assert terms[:, draw] == pytest.approx(parts, abs=1e-15)
        assert view.gains(texts[[draw]], at[[draw]])[0] == pytest.approx(gains[draw], abs=1e-15)
    usual = scenario().with_(rules={"utility": {"north": "plain_sum"}})
    sums = _north(compile_case(usual.scenario))
    exact = TextsByDraw(sums, case.space).gains(texts, at)
    whole = [sums.gain(texts[draw])[draw] for draw in range(0, BLOCK, 41)]
    assert (exact[::41] == whole).all()  # to the last digit
    table = view.table(texts[:5], at[:100])
    assert table[3] == pytest.approx(north.gain(texts[3])[:100], abs=1e-15)


def test_nothing_takes_it_for_a_sum() -> None:
    north = _north(_case())
    for asked in (north.term, north.difference):
        with pytest.raises(TypeError, match="the utility bent of north is no sum over issues"):
            asked(0, 0)


def test_a_reservation_value_is_met_by_the_utility_itself() -> None:
    loaded = own(scenario()).with_({"north.reservation": 0.5, "proposal.pact": "yes"})
    loaded = loaded.with_({f"{p}.reservation": 0.5 for p in ("south", "house")})
    case = compile_case(loaded.scenario)
    north = _north(case)
    text = case.space.package({**TERMS, "pact": "yes"})
    values = np.stack([north.values[j][o] for j, o in enumerate(text)])
    assert np.allclose(north.gain(text), 0.02 + own_rules.bent(values, north.weights) - 0.5, rtol=0, atol=1e-15)
    assert north.terms(text)[0] is not None


@pytest.mark.parametrize(
    ("name", "rule", "told"),
    [
        ("whole", lambda v, w: 1.0, r"the utility whole of north gives an array of shape \(\), .* shape \(4096,\)"),
        ("matrix", lambda v, w: v * w, r"gives an array of shape \(4, 4096\), where a number a draw is shape"),
        ("words", lambda v, w: "much", r"the utility words of north gives 'much', where a number a draw"),
        ("nan", lambda v, w: v[0] * np.nan, r"the utility nan of north gives nan in a draw, .* finite"),
        ("endless", lambda v, w: 1 / (0 * v[0] + 0.0), r"the utility endless of north gives (inf|nan) in a draw"),
        ("ranks", lambda v, w: v[0] - v[0].mean(), r"gives a draw another worth when other draws stand beside it"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_utility_that_fails_is_named(name: str, rule: Callable[..., Any], told: str) -> None:
    with pytest.raises(sim.InvalidArgument, match=told):
        _scored("utility", name, rule)


@pytest.mark.parametrize(
    ("name", "rule", "told"),
    [
        ("pair", lambda c: c[:2], r"the acceptance pair of north gives an array of shape \(2,\)"),
        ("no_number", lambda c: float("nan"), r"the acceptance no_number of north gives nan in a draw"),
        ("missing", lambda c: None, r"the acceptance missing of north gives"),
    ],
)
def test_an_acceptance_that_fails_is_named(name: str, rule: Callable[..., Any], told: str) -> None:
    with pytest.raises(sim.InvalidArgument, match=told):
        _scored("acceptance", name, rule)


def test_what_a_rule_raises_names_it() -> None:
    def broken(values: Any, weights: Any) -> Any:
        return values[99]

    with pytest.raises(sim.InvalidArgument, match="the utility broken of north fails: IndexError: ") as fault:
        _scored("utility", "broken", broken)
    assert isinstance(fault.value.__cause__, IndexError)


def test_a_rule_that_fails_in_threads_ends_the_run() -> None:
    """Blocks wait for a set of models, which the failing one has to give back."""

    def broken(chance: Any) -> Any:
        raise RuntimeError("never")

    sim.acceptance("broken_late", broken)
    loaded = scenario(40_000).with_(rules={"acceptance": {"north": "broken_late"}})
    with pytest.raises(sim.InvalidArgument, match="broken_late of north fails: RuntimeError: never"):
        sim.score(loaded, workers=2)


def test_a_block_after_one_that_failed_has_models_that_still_step() -> None:
    """Mesa 3.5 schedules the next step after the last one: a model whose step failed has none, and its time runs on."""

    def broken(chance: Any) -> Any:
        raise RuntimeError("never")

    sim.acceptance("broken_twice", broken)
    loaded = scenario(40_000).with_(rules={"acceptance": {"north": "broken_twice"}})
    run = Run((compile_case(loaded.scenario),))
    for block in range(2):
        with pytest.raises(sim.InvalidArgument, match="broken_twice of north fails: RuntimeError: never"):
            run.block(0, block)


def test_a_rule_cannot_change_what_it_is_given() -> None:
    def careless(values: Any, weights: Any) -> Any:
        values *= weights
        return values.sum(axis=0)

    with pytest.raises(sim.InvalidArgument, match="read-only"):
        _scored("utility", "careless", careless)


def test_a_red_line_binds_whatever_the_rules() -> None:
    sim.acceptance("anything", lambda chance: -100.0)
    loaded = scenario().with_({"proposal.seat": "north"}, rules={"acceptance": {"south": "anything"}})
    [result] = sim.score(loaded)
    south = result.party("south")
    assert south.acceptability.estimate == 0
    assert (south.by_layer.stated, south.by_layer.inferred, south.by_layer.assumed) == (1, 1, 0)


def test_acceptance_by_chance() -> None:
    """A party that says yes with a probability is one that insists on a drawn gain: here the logistic function."""

    def by_chance(chance: Any) -> Any:
        return 0.05 * np.log(chance / (1 - chance))

    sim.acceptance("by_chance", by_chance)
    loaded = scenario(4096).with_(rules={"acceptance": {"north": "by_chance"}})
    gains = sim.draws(loaded).gains["north"]
    share = sim.draws(loaded).accepts["north"].mean()
    wanted = (1 / (1 + np.exp(-gains / 0.05))).mean()
    assert share == pytest.approx(wanted, abs=0.02)
