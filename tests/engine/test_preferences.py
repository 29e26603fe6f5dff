"""Weights, gains and bounds of one party, against the scalar twins and by their own laws."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given

from sim.engine import draws
from sim.engine.draws import BLOCK
from sim.engine.packages import OPEN
from sim.engine.preferences import Memo, Preferences, weight_plan
from sim.engine.profiles import compile_case
from sim.scenario import schema
from tests import twins
from tests.domains import (
    case,
    draw_of,
    judged,
    line,
    party,
    position,
    preferences,
    quick,
    scenarios,
    within,
)

SOME = (0, 1, 17, 1000, BLOCK - 1)
ISSUES = {"a": "xyz", "b": "xy", "c": "xyz"}
NONE = {"k": {"a": "z", "b": "y", "c": "z"}}


def one(positions, terms=None, outcomes=NONE, *, issues=ISSUES, **more):
    """A case of one party, p, and its preferences."""
    keep = {k: more.pop(k) for k in ("turning", "effects", "seed") if k in more}
    on = case(issues, {"p": party(positions, **more)}, terms or dict.fromkeys(issues, "x"), outcomes, **keep)
    return on, preferences(on)


# --- weights -----------------------------------------------------------------------------------


@quick(60)
@given(scenarios(lines=False))
def test_weights_agree_with_the_twin(it: schema.Scenario) -> None:
    on = compile_case(it)
    for who in it.domain.positions:
        own = preferences(on, who)
        first = on.space.issues[0]
        plans = [
            (own.weights, twins.classes(it, who)),
            (own.weights_for(weight_plan(own.profile, evidence=True)), twins.classes(it, who, evidence=True)),
            (
                own.weights_for(weight_plan(own.profile, issue=0, importance="major")),
                twins.classes(it, who, put={first: "major"}),
            ),
        ]
        for r in SOME:
            raw = draw_of(own, on, r).raw
            for found, plan in plans:
                if all(s == "none" for s in plan.values()):
                    continue  # nothing weighs, which files may not have
                assert found[:, r].tolist() == pytest.approx(list(twins.weights(plan, raw).values()), abs=1e-13)


@pytest.mark.parametrize("rounding", [-0.004, 0.0, 0.004])
def test_rounded_weights_agree_with_the_twin(rounding: float) -> None:
    """As numbers that miss 1 by a rounding, alone and where another class takes the place of one of them."""
    numbers = {"a": 0.15, "b": 0.25, "c": 0.6 + rounding}
    on, own = one({i: position(ISSUES[i], weight=w) for i, w in numbers.items()})
    turned = own.weights_for(weight_plan(own.profile, issue=0, importance="major"))
    for r in SOME:
        raw = draw_of(own, on, r).raw
        for found, put in ((own.weights, None), (turned, {"a": "major"})):
            exact = twins.weights(twins.classes(on.scenario, "p", put=put), raw)
            assert found[:, r].tolist() == pytest.approx(list(exact.values()), abs=1e-13)
            assert found[1, r] == pytest.approx(0.25 / (1 + rounding), abs=1e-13)
            assert found[:, r].sum() == pytest.approx(1, abs=1e-13)


def test_an_issue_of_no_importance_weighs_nothing() -> None:
    _, own = one({"a": position("xyz", "none"), "b": position("xy", "minor"), "c": position("xyz", "major")})
    assert np.all(own.weights[0] == 0)
    assert np.allclose(own.weights.sum(axis=0), 1)
    assert np.all(own.weights[2] >= own.weights[1])


def test_fixed_weights_are_taken_first_and_classes_order_the_rest() -> None:
    _, own = one({"a": position("xyz", weight=0.2), "b": position("xy", "minor"), "c": position("xyz", "critical")})
    assert np.all(own.weights[0] == 0.2)
    assert np.allclose(own.weights.sum(axis=0), 1)
    # of two ordered weights that sum to 0.8, the greater has mean 0.6
    assert np.all(own.weights[2] >= own.weights[1])
    assert within(own.weights[2].mean(), 0.6, own.weights[2].std(), BLOCK)


def test_ranges_of_weights_hold_and_the_rest_is_shared_out() -> None:
    _, own = one(
        {"a": position("xyz", weight=[0.1, 0.3]), "b": position("xy", weight=0.2), "c": position("xyz", "minor")}
    )
    a, b, c = own.weights
    assert np.all((a >= 0.1) & (a <= 0.3))
    assert np.all(b == 0.2)
    assert np.allclose(a + b + c, 1)
    # a's share of the 0.8 is uniform on the simplex of two, cut to its range: uniform
    assert within(a.mean(), 0.2, 0.2 / np.sqrt(12), BLOCK)


def test_ranges_of_weights_that_leave_nothing_are_refused() -> None:
    on = case(
        ISSUES, {"p": party({i: position("xy", weight=[0.4, 0.5]) for i in ISSUES})}, dict.fromkeys(ISSUES, "x"), NONE
    )
    with pytest.raises(draws.NothingFits):
        _ = preferences(on).weights


# --- what is in force ------------------------------------------------------------------------------


def test_the_position_in_force_is_the_latest_begun_by_the_day() -> None:
    entries = [position("xyz", "minor") | {"from": day} for day in ("2022-02-01", "2022-03-01", "2022-03-02")]
    for as_of, start in (
        ("2022-01-31", None),
        ("2022-02-28", "2022-02-01"),
        ("2022-03-01", "2022-03-01"),
        ("2022-04-01", "2022-03-02"),
    ):
        on = case({"a": "xyz"}, {"p": party({"a": entries[::-1]})}, {"a": "x"}, {"k": {"a": "z"}}, as_of=as_of)
        cell = on.profile("p").cells[0]
        assert (cell.start and cell.start.isoformat()) == start
        assert cell.silent == (start is None)


def test_the_lottery_in_force_is_the_latest_begun_or_the_one_named() -> None:
    on = case({"a": "xyz"}, {"p": party()}, {"a": "x"}, {"k": {"a": "z"}})
    issues = on.scenario.domain.issues
    first = issues.no_deal.lotteries["l"]
    lotteries = {
        "early": first.model_copy(update={"start": dt.date(2021, 1, 1)}),
        "now": first.model_copy(update={"start": on.scenario.day}),
        "late": first.model_copy(update={"start": dt.date(2023, 1, 1)}),
    }
    for there, named, expected in (
        (("early", "now", "late"), None, "now"),
        (("early", "late"), None, "early"),
        (("late",), None, "late"),
        (("early", "now", "late"), "early", "early"),
        ((), None, None),
    ):
        no_deal = issues.no_deal.model_copy(update={"lotteries": {k: lotteries[k] for k in there}})
        domain = on.scenario.domain.model_copy(update={"issues": issues.model_copy(update={"no_deal": no_deal})})
        it = on.scenario.model_copy(update={"domain": domain, "no_deal": named})
        assert compile_case(it).lottery == expected


# --- common random numbers ----------------------------------------------------------------------


def arrays(own: Preferences) -> dict[str, np.ndarray]:
    found = {f"{i}.values": v for i, v in zip(ISSUES, own.values, strict=True)}
    found |= {
        f"{i}.raw": own.memo.cell("p", c, n)[0] for i, c, n in zip(ISSUES, own.profile.cells, own.sizes, strict=True)
    }
    if own.beliefs is not None:
        found["beliefs"] = own.beliefs
    return found


BASE = {"a": position(["x", "rest"], "major"), "b": position("xy", "minor"), "c": position(["z", "y"], "major")}


def changes(positions, **more) -> set[str]:
    """Which arrays differ from those of BASE."""
    two = {"k": {"a": "z", "b": "y", "c": "z"}, "m": {"a": "y", "b": "y", "c": "x"}}
    before, after = (arrays(one(p, outcomes=two, **m)[1]) for p, m in ((BASE, {}), (positions, more)))
    assert before.keys() == after.keys()
    return {name for name in before if not np.array_equal(before[name], after[name])}


def test_editing_one_cell_leaves_every_other_array_as_it_was() -> None:
    assert changes(BASE) == set()
    assert changes(BASE | {"a": position(["y", "x", "z"], "major")}) == {"a.values"}
    assert changes(BASE | {"c": position("unknown", "major")}) == {"c.values"}
    silent = changes(BASE | {"c": position(["z"], "major")})
    assert silent == changes(BASE | {"c": position("unknown", "major")}), "one option alone compares nothing"
    assert changes(BASE | {"b": position("xy", "critical", "assumed")}) == set()
    assert changes(BASE, beliefs={"k": [0.2, 0.4]}) == {"beliefs"}


def test_another_party_seed_or_block_has_other_draws() -> None:
    on, _ = one(BASE)
    cell = on.profile("p").cells[0]
    base = Memo(1, 0).cell("p", cell, 3)[0]
    assert np.array_equal(base, Memo(1, 0).cell("p", cell, 3)[0])
    for other in (Memo(2, 0).cell("p", cell, 3), Memo(1, 1).cell("p", cell, 3), Memo(1, 0).cell("q", cell, 3)):
        assert not np.array_equal(base, other[0])
        assert abs(np.corrcoef(base, other[0])[0, 1]) < 4 / np.sqrt(BLOCK)


def test_no_two_quantities_of_a_party_share_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """Issues are named by whoever writes the files; no name may meet one of the engine's own."""
    names = ("reservation", "weights", "cost", "beliefs", "no_deal", "red_line")
    issues = dict.fromkeys(names, "xy")
    positions = {i: position("unknown", weight=[0.0, 0.9]) if i == "cost" else position("xy") for i in names}
    positions["weights"] |= {"red_lines": [line("x", holds=[0.2, 0.3])]}
    asked: list[tuple] = []
    make = draws.stream
    monkeypatch.setattr(draws, "stream", lambda *at: asked.append(at) or make(*at))
    for more in ({"reservation": [0.2, 0.9]}, {"beliefs": {"k": [0.2, 0.4]}}):
        asked.clear()
        outcomes = {"k": dict.fromkeys(names, "x"), "m": dict.fromkeys(names, "y")}
        _, own = one(positions, issues=issues, outcomes=outcomes, cost=[0.0, 0.1], **more)
        for each in own.profile.lines:
            own.binds(each)
        assert own.weights.shape == (len(names), BLOCK)
        # besides: ranges of weights, cost, coin and chance of the line, and reservation or beliefs
        assert len(asked) == len(names) + 5
        assert len(set(asked)) == len(asked)


# --- gains -----------------------------------------------------------------------------------------


@quick(80)
@given(scenarios(open_issues=True))
def test_gains_agree_with_the_twin(it: schema.Scenario) -> None:
    """Lottery or reservation, cost, open issues, effects, outcomes that are silent."""
    on = compile_case(it)
    for who in it.domain.positions:
        own = preferences(on, who)
        text = twins.written(it)
        sight = twins.seen(it, text, who)
        found = own.gain(on.space.seen(on.text[None], who)[0])
        again = own.gain_with(own.weights, on.space.seen(on.text[None], who)[0])
        assert found.shape == (BLOCK,)
        for r in SOME:
            draw = draw_of(own, on, r)
            weight = dict(zip(on.space.issues, own.weights[:, r].tolist(), strict=True))
            expected = twins.gain(it, draw, weight, sight)
            assert found[r] == pytest.approx(expected, abs=1e-12)
            assert again[r] == pytest.approx(expected, abs=1e-12)


@quick(30)
@given(scenarios(open_issues=True))
def test_many_packages_are_valued_as_each_alone(it: schema.Scenario) -> None:
    """Common beginnings are summed once: to the last bit as if each package were summed by itself."""
    on = compile_case(it)
    rng = np.random.default_rng(0)
    rows = np.column_stack([rng.integers(OPEN, n, 40) for n in on.space.sizes]).astype(np.int16)
    for who in it.domain.positions:
        own = preferences(on, who)
        found = {number: gain.copy() for number, gain in own.gains(rows)}
        assert sorted(found) == list(range(40))
        for number, gain in found.items():
            assert np.array_equal(gain, own.gain(rows[number]))


@pytest.mark.parametrize("beliefs", [None, {"k": [0.2, 0.8]}])
def test_no_deal_itself_is_accepted_in_every_draw(beliefs) -> None:
    """Two outcomes that agree on all the party cares for; the package is that."""
    same = {"a": "y", "b": "y", "c": "x"}
    more = {} if beliefs is None else {"beliefs": beliefs}
    on, own = one(
        {"a": position("xyz", "major"), "b": position("xy", "critical"), "c": position("xyz", "minor")},
        same,
        {"k": same, "m": same},
        **more,
    )
    assert np.all(own.gain(on.text) == 0)
    judgement = judged(on)
    assert judgement.accepts.all()
    assert judgement.bounds.necessary.all()


def test_issues_that_an_outcome_leaves_out_or_the_text_leaves_open_add_nothing() -> None:
    both = {"a": position("xyz", "major"), "b": position("xy", "major")}
    issues = {"a": "xyz", "b": "xy"}
    on, own = one(both, {"a": "x", "b": "y"}, {"k": {"a": "z"}}, issues=issues)
    assert np.array_equal(own.gain(on.text), own.weights[0])
    assert own.term(1, 1) is None
    on, own = one(both, {"a": "x", "b": None}, {"k": {"a": "z", "b": "x"}}, issues=issues)
    assert np.array_equal(own.gain(on.text), own.weights[0])


def test_a_cost_of_no_deal_is_added_and_a_reservation_is_taken_off() -> None:
    on, own = one({i: position("xyz"[: len(o)]) for i, o in ISSUES.items()}, cost=0.25)
    plain = one({i: position("xyz"[: len(o)]) for i, o in ISSUES.items()})[1]
    assert np.allclose(own.gain(on.text), plain.gain(on.text) + 0.25, atol=1e-15)
    on, own = one({i: position("xyz"[: len(o)]) for i, o in ISSUES.items()}, reservation=[0.2, 0.4], cost=0.1)
    assert np.allclose(own.gain(on.text), 1 + 0.1 - own.reservation, atol=1e-15)
    assert within(own.reservation.mean(), 0.3, 0.2 / np.sqrt(12), BLOCK)


def test_parties_of_the_same_name_in_spaces_of_other_sizes_share_a_memo() -> None:
    """As where texts of several domains are scored at once: with reservations, nothing else tells them apart."""
    memo = Memo(seed=1, block=0)
    for issues in ({"a": "xy"}, {"a": "xy", "b": "xyz"}, {"a": "xy"}):
        positions = {i: position(options) for i, options in issues.items()}
        on, alone = one(positions, outcomes=None, issues=issues, reservation=0.5)
        shared = Preferences(on.profiles[0], on.space.sizes, memo)
        assert np.array_equal(shared.gain(on.text), alone.gain(on.text))


def test_tied_options_are_worth_the_same_in_every_draw() -> None:
    _, own = one({"a": position(["x", ["y", "z"]], "major"), "b": position([["x", "y"]], "critical")})
    assert np.array_equal(own.values[0][1], own.values[0][2])
    assert np.all(own.difference(1, 0) == 0), "a single level adds nothing"


# --- bounds -------------------------------------------------------------------------------------------


@quick(60)
@given(scenarios(open_issues=True))
def test_the_gain_as_modelled_lies_between_the_bounds_of_its_own_weights(it: schema.Scenario) -> None:
    """Whatever the assumed rankings and beliefs are, the drawn ones are among what may be."""
    on = compile_case(it)
    for who in it.domain.positions:
        own = preferences(on, who)
        seen = on.space.seen(on.text[None], who)[0]
        low, high = own.bounds(own.weights, seen)
        gain = own.gain(seen)
        assert np.all(low <= gain + 1e-12)
        assert np.all(gain <= high + 1e-12)


def test_bounds_of_an_assumed_cell_are_its_weight_times_what_no_deal_lacks() -> None:
    two = {"k": {"a": "x", "b": "x", "c": "x"}, "m": {"a": "z", "b": "x", "c": "x"}}
    on, own = one(
        {"a": position("xyz", "major", {"ranking": "assumed", "importance": "stated"})},
        outcomes=two,
        beliefs={"k": [0.1, 0.7]},
    )
    low, high = own.bounds(own.weights, on.text)
    swing = own.weights[0] * own.beliefs[1]
    assert np.allclose(low, -swing, atol=1e-15)
    assert np.allclose(high, swing, atol=1e-15)


@pytest.mark.parametrize("basis", ["stated", "edited"])
def test_an_option_that_a_known_order_leaves_out_may_be_worth_anything(basis: str) -> None:
    """Left out is x, the text: from w (0 - v(z)) to w (1 - v(z)); with `rest` the order places it, so it is drawn."""
    no_deal = {"k": {"a": "z", "b": "x", "c": "x"}}
    bases = {"ranking": basis, "importance": "stated"}
    on, own = one({"a": position("yz", "major", bases)}, outcomes=no_deal)
    low, high = own.bounds(own.weights, on.text)
    assert np.allclose(low, -own.weights[0] * own.values[0][2], atol=1e-15)
    assert np.allclose(high, own.weights[0] * (1 - own.values[0][2]), atol=1e-15)
    on, own = one({"a": position(["y", "rest"], "major", bases)}, outcomes=no_deal)
    low, high = own.bounds(own.weights, on.text)
    assert np.array_equal(low, high)
    assert np.allclose(low, own.gain(on.text), atol=1e-15)


def test_an_option_left_out_that_no_deal_has_may_be_worth_anything() -> None:
    """No deal is x in k and y, the best, in m: each counts with its probability."""
    two = {"k": {"a": "x", "b": "x", "c": "x"}, "m": {"a": "y", "b": "x", "c": "x"}}
    text = {"a": "z", "b": "x", "c": "x"}
    on, own = one({"a": position("yz", "major")}, text, two, beliefs={"k": [0.1, 0.7]})
    low, high = own.bounds(own.weights, on.text)
    k, m = own.beliefs
    y, z = own.values[0][1], own.values[0][2]
    assert np.allclose(low, own.weights[0] * (k * (z - 1) + m * (z - y)), atol=1e-15)
    assert np.allclose(high, own.weights[0] * (k * z + m * (z - y)), atol=1e-15)


def test_an_option_left_out_is_open_under_a_reservation_too() -> None:
    on, own = one({"a": position("yz", "major")}, None, None, reservation=0.5)
    low, high = own.bounds(own.weights, on.text)
    rest = sum(own.weights[j] * 1.0 for j in (1, 2))
    assert np.allclose(low, -0.5, atol=1e-15), "b and c are unknown, hence open as well"
    assert np.allclose(high, own.weights[0] + rest - 0.5, atol=1e-15)


def test_an_open_issue_moves_no_bound_under_a_reservation() -> None:
    """As tabled an open issue adds nothing to the utility; so it adds nothing to its bounds either."""
    on, own = one(
        {i: position("xyz"[: len(o)], "major") for i, o in ISSUES.items()},
        {"a": "x", "b": None, "c": "x"},
        None,
        reservation=0.5,
    )
    low, high = own.bounds(own.weights, on.text)
    assert np.allclose(low, own.gain(on.text), atol=1e-15)
    assert np.allclose(high, own.gain(on.text), atol=1e-15)
