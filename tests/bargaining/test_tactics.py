"""Tactics: their formulas in plain floats, their ends, and how a scenario's words become numbers."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.bargaining.tactics import LISTENING, OFFERING, TACTICS, Concession, Seen, concession
from sim.engine.draws import BLOCK
from sim.scenario import schema
from sim.scenario.negotiation_schema import TACTICS as NAMES
from tests.domains import case, party, position, preferences, quick

BEST = np.array([0.0, 0.25, 0.5, 1.0])


def at(word: str, t: float, parameter: float, seen: Seen | None = None) -> list[float]:
    return TACTICS[word].aspiration(BEST, t, np.full(4, parameter), seen).tolist()


@quick(50)
@given(st.floats(0, 1), st.floats(0, 10))
def test_time_alone_follows_the_formula(t: float, beta: float) -> None:
    for word in ("boulware", "linear", "conceder"):
        assert at(word, t, beta) == pytest.approx([m * (1 - t**beta) for m in BEST.tolist()], abs=1e-15)


def test_time_alone_begins_at_the_best_and_ends_at_no_deal() -> None:
    for word in ("boulware", "linear", "conceder"):
        assert at(word, 0.0, 2.0) == BEST.tolist()
        assert at(word, 1.0, 2.0) == [0.0] * 4


def test_boulware_holds_out_longer_than_linear_and_conceder_less() -> None:
    for t in (0.1, 0.5, 0.9):
        hard, even, soft = (at(*x)[3] for x in (("boulware", t, 3.0), ("linear", t, 1.0), ("conceder", t, 0.3)))
        assert hard > even > soft
        assert even == pytest.approx(1 - t)


def test_a_hardliner_and_an_ultimatum_stay() -> None:
    for word in ("hardliner", "ultimatum"):
        assert at(word, 0.99, 1.0) == BEST.tolist()


@quick(50)
@given(st.lists(st.floats(-1, 1), min_size=4, max_size=4), st.floats(0, 3))
def test_tit_for_tat_gives_and_takes_back_within_bounds(conceded: list[float], reciprocity: float) -> None:
    before = BEST / 2
    seen = Seen(before, np.array(conceded), np.zeros(4))
    expected = [
        min(max(b - reciprocity * c, 0.0), m) for b, c, m in zip(before.tolist(), conceded, BEST.tolist(), strict=True)
    ]
    assert at("tit_for_tat", 0.5, reciprocity, seen) == pytest.approx(expected, abs=1e-15)


def test_micro_wants_what_it_has_come_to() -> None:
    seen = Seen(BEST, np.ones(4), BEST / 4)
    assert at("micro", 0.5, 1.0, seen) == (BEST / 4).tolist()


def test_registry_says_what_each_takes() -> None:
    for word, tactic in TACTICS.items():
        assert tactic.aspiration.__doc__, word
        setting = NAMES[word].setting
        assert tactic.parameter == (None if setting is None else setting.key)
        if setting is not None:
            assert setting.low <= tactic.default.low <= tactic.default.high <= setting.high
    assert {w for w, t in TACTICS.items() if t.parameter} == {"boulware", "conceder", "tit_for_tat"}
    assert {w for w, t in TACTICS.items() if t.reacts} == {"tit_for_tat", "micro"}
    assert {w for w, t in TACTICS.items() if t.stands} == {"hardliner", "ultimatum"}
    assert {w for w, t in TACTICS.items() if t.reachable} == {"ultimatum"}
    assert set(TACTICS) == set(schema.TacticName.__args__)


# --- from a scenario ------------------------------------------------------------------------


def drawn(offers: bool = True, best: float = 1.0, **settings: Any) -> Concession:
    on = case({"i": "ab"}, {"p": party({"i": position("ab")})}, {"i": "a"}, {"k": {}}, draws=BLOCK)
    block = schema.NegotiationSettings.model_validate({"rounds": 5} | settings)
    return concession(preferences(on), block, offers, np.full(BLOCK, best))


def test_ranges_are_drawn_once_a_draw() -> None:
    own = drawn(tactics={"p": {"tactic": "boulware", "exponent": (2.0, 5.0)}})
    assert isinstance(own.parameter, np.ndarray)
    assert own.parameter.min() >= 2
    assert own.parameter.max() <= 5
    assert own.parameter.mean() == pytest.approx(3.5, abs=4 * 3 / np.sqrt(12 * BLOCK))
    fixed = drawn(tactics={"p": {"tactic": "boulware", "exponent": (2.0, 2.0)}})
    assert fixed.parameter == 2.0
    # another range keeps the draws' places in it
    soft = drawn(tactics={"p": {"tactic": "conceder"}})
    assert isinstance(soft.parameter, np.ndarray)
    assert (soft.parameter - 0.2) / 0.3 == pytest.approx((own.parameter - 2) / 3)


def test_defaults_depend_on_whether_a_party_makes_offers() -> None:
    assert drawn(offers=True).tactic is OFFERING is TACTICS["linear"]
    assert drawn(offers=False).tactic is LISTENING
    assert (drawn(offers=False).aspiration(0) == 0).all()


def test_delay_lowers_what_a_party_insists_on_but_not_below_no_deal() -> None:
    own = drawn(tactics={"p": {"tactic": "hardliner"}}, delay_cost={"p": (0.3, 0.3)})
    assert [float(own.aspiration(n)[0]) for n in range(5)] == pytest.approx([1.0, 0.7, 0.4, 0.1, 0.0])
    costs = drawn(delay_cost={"p": (0.0, 0.1)}).delay
    assert isinstance(costs, np.ndarray)
    assert costs.mean() == pytest.approx(0.05, abs=4 * 0.1 / np.sqrt(12 * BLOCK))


def test_rounds_run_from_the_first_to_the_deadline() -> None:
    own = drawn()
    asked = [float(own.aspiration(n)[0]) for n in range(5)]
    assert asked == pytest.approx([1.0, 0.75, 0.5, 0.25, 0.0])
    # a round a draw
    assert own.aspiration(np.arange(BLOCK) % 5)[:5] == pytest.approx(asked)
    assert (drawn(rounds=1).aspiration(0) == 0).all()
    assert all(later < sooner for sooner, later in itertools.pairwise(asked))


def test_who_can_only_lose_insists_on_no_deal() -> None:
    for best in (-0.5, -np.inf):
        for word in ("boulware", "hardliner"):
            own = drawn(best=best, tactics={"p": {"tactic": word}})
            assert all((own.aspiration(n) == 0).all() for n in range(5))


def test_some_draws_of_it() -> None:
    own = drawn(tactics={"p": {"tactic": "boulware", "exponent": (2.0, 5.0)}})
    some = np.array([3, 17, 4000])
    assert np.array_equal(own.in_draws(some).aspiration(2), own.aspiration(2)[some])
