"""Two parties split one thing: what patience, cost of delay, alternatives, turns and tactics are worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.bargaining.candidates import candidates
from sim.bargaining.endings import AGREED, BREAKDOWN, Ending
from sim.engine.draws import BLOCK
from sim.engine.profiles import Case
from tests.domains import (
    case,
    party,
    position,
)
from tests.talks import talked

CAKE = 51


def cake(of_p: Any = "boulware", of_q: Any = "boulware", reservations: Any = (0.0, 0.0), **more: Any) -> Case:
    """Two parties, one issue with 51 options, linear and opposed values: what one gets the other does not."""
    options = [f"o{k}" for k in range(CAKE)]
    share = np.linspace(0, 1, CAKE).tolist()
    people = {
        "p": party({"split": position(values=dict(zip(options, share, strict=True)), weight=1.0)}),
        "q": party({"split": position(values=dict(zip(options, share[::-1], strict=True)), weight=1.0)}),
    }
    for name, reservation in zip(people, reservations, strict=True):
        people[name]["reservation"] = reservation
    negotiation = {
        "protocol": "alternating_offers",
        "rounds": 100,
        "tactics": {"p": _given(of_p), "q": _given(of_q)},
    } | more
    return case({"split": options}, people, {"split": "o0"}, negotiation=negotiation, draws=BLOCK)


def _given(tactic: Any) -> Any:
    return {"tactic": tactic} if isinstance(tactic, str) else tactic


def shares(on: Case) -> tuple[np.ndarray, Ending]:
    """What p gets of the cake, by draw; NaN where nothing is agreed."""
    _, ending = talked(candidates(on))
    return np.where(ending.outcome == AGREED, ending.text[:, 0] / (CAKE - 1), np.nan), ending


STEADY = {"tactic": "boulware", "exponent": (3.0, 3.0)}


def test_patient_equals_split_evenly() -> None:
    got, ending = shares(cake(STEADY, STEADY))
    assert (ending.outcome == AGREED).all()
    assert np.abs(got - 0.5).max() <= 2 / (CAKE - 1)
    assert got.mean() == pytest.approx(0.5, abs=0.005)


def test_patience_varies_but_not_the_mean() -> None:
    got, _ = shares(cake())
    assert got.std() > 0.01
    assert got.mean() == pytest.approx(0.5, abs=4 * got.std() / np.sqrt(BLOCK))


@pytest.mark.parametrize(
    ("patient", "hasty"),
    [
        ("boulware", "linear"),
        ("linear", "conceder"),
        ("boulware", "conceder"),
        ({"tactic": "boulware", "exponent": (8.0, 9.0)}, "boulware"),
    ],
)
def test_who_is_more_patient_gets_more(patient: Any, hasty: Any) -> None:
    mine, _ = shares(cake(patient, hasty))
    theirs, _ = shares(cake(hasty, patient))
    assert mine.min() > 0.5
    assert theirs.max() < 0.5
    assert mine.mean() == pytest.approx(1 - theirs.mean(), abs=0.01)


def test_whom_waiting_costs_more_gets_less() -> None:
    even, _ = shares(cake(STEADY, STEADY))
    hurt, _ = shares(cake(STEADY, STEADY, delay_cost={"p": (0.003, 0.003)}))
    more, _ = shares(cake(STEADY, STEADY, delay_cost={"p": (0.006, 0.006)}))
    assert more.mean() < hurt.mean() - 0.05
    assert hurt.mean() < even.mean() - 0.05


def test_who_can_do_without_gets_more() -> None:
    """Parties as patient as each other meet where each has the same share of the most it could gain.

    That is the point of E. Kalai and M. Smorodinsky (1975), with the most taken over all candidates:
    here 0.6 and 1, so 0.6 s + s = 0.6 is to be shared out and p has 0.4 + 0.6 x 0.375.
    """
    got, ending = shares(cake(STEADY, STEADY, reservations=(0.4, 0.0)))
    assert (ending.outcome == AGREED).all()
    assert np.abs(got - 0.625).max() <= 1 / (CAKE - 1)


def test_a_hardliner_gets_all_of_one_who_gives_way_and_nothing_of_its_like() -> None:
    got, ending = shares(cake("hardliner", "linear"))
    assert (got == 1.0).all()
    assert (ending.round == 100).all()
    assert (shares(cake("hardliner", "hardliner"))[1].outcome == BREAKDOWN).all()


def test_a_lone_proposer_with_an_ultimatum_gets_all_that_the_other_can_bear_to_give() -> None:
    """What both would take is 0.40 to 0.70 of the cake for p: an even pace leaves it the one end in one round."""
    bears = {"reservations": (0.4, 0.3), "proposers": ("p",), "rounds": 1}
    assert shares(cake("linear", "linear", **bears))[0] == pytest.approx(0.4)
    got, ending = shares(cake("ultimatum", "linear", **bears))
    assert got == pytest.approx(0.7)
    assert (ending.round == 1).all()
    # in longer talks the other holds on as long as it can, then takes it
    got, ending = shares(cake("ultimatum", "linear", **bears | {"rounds": 50}))
    assert got == pytest.approx(0.7)
    assert (ending.round == 50).all()
    # one who insists on all of it, whatever the other could take, must fail
    ending = shares(cake("hardliner", "linear", **bears))[1]
    assert (ending.outcome == BREAKDOWN).all()
    assert ending.unavoidable.all()
    assert shares(cake("ultimatum", "ultimatum", **bears))[1].unavoidable.all(), "both ends of it at once"


def test_who_moves_first_matters_when_fixed_and_not_on_average_when_drawn() -> None:
    """With few rounds a step of concession is worth something, and the order of turns decides who takes it.

    It falls to whoever answers: a proposer puts forward what is best for the others at its own aspiration, so in the
    round in which the aspirations first leave room, it keeps just that, here 1 - 3/5 of the cake.
    """
    first, _ = shares(cake("linear", "linear", rounds=6, first_mover="p"))
    second, _ = shares(cake("linear", "linear", rounds=6, first_mover="q"))
    assert (first == 0.4).all()
    assert (second == 0.6).all()
    drawn, ending = shares(cake("linear", "linear", rounds=6))
    assert drawn.mean() == pytest.approx(0.5, abs=4 * drawn.std() / np.sqrt(BLOCK))
    by_p = ending.proposer == 0
    assert by_p.mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(BLOCK))
    assert (drawn[by_p] == 0.4).all()
    assert (drawn[~by_p] == 0.6).all()
    # with many rounds there is hardly anything left of it
    assert shares(cake("linear", "linear", first_mover="p"))[0].mean() == pytest.approx(0.5, abs=0.02)


def test_micro_meets_micro_in_the_middle() -> None:
    got, ending = shares(cake("micro", "micro"))
    assert (ending.outcome == AGREED).all()
    assert np.abs(got - 0.5).max() <= 1 / (CAKE - 1)
    # each has gone down half of its list, one a round
    assert (np.abs(ending.round - CAKE / 2) <= 1.5).all()


def test_micro_does_not_walk_over_to_one_who_stands() -> None:
    assert (shares(cake("micro", "hardliner"))[1].outcome == BREAKDOWN).all()


def test_tit_for_tat_gives_as_it_is_given() -> None:
    """Against a linear opponent it concedes the same steps two rounds later, so they meet in the middle."""
    got, ending = shares(cake("tit_for_tat", "linear"))
    assert (ending.outcome == AGREED).all()
    assert np.abs(got - 0.5).max() <= 0.04
    meaner, _ = shares(cake({"tactic": "tit_for_tat", "reciprocity": (0.5, 0.5)}, "linear"))
    assert meaner.mean() > 0.6
    assert (shares(cake("tit_for_tat", "tit_for_tat"))[1].outcome == BREAKDOWN).all()
