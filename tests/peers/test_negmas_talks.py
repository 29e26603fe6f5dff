"""NegMAS's stacked alternating offers against ours, on the same utilities and aspirations. Run with tests/peers named.

The negotiators below know our rules for proposing and responding and run in NegMAS's own mechanism. What remains
different between the mechanisms:

* NegMAS asks one party after the other and the first who refuses makes the next offer; ours puts an offer to everybody
  at once and the next in turn makes the next offer. For two parties that is the same thing, and every draw ends on the
  same package by the same party's offer. For three the order of offers differs, and with it what is agreed when.
* A party answers in its own turn, so in NegMAS the first of a step answers the last offer of the step before. The
  negotiators answer by the aspiration of the round of the offer, and the mechanism runs one step longer so that the
  last offer is answered.
* NegMAS has no red lines, no consent that depends on the package and no ratifiers; they are left out here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.bargaining.alternating_offers import Bargaining
from sim.bargaining.candidates import candidates
from sim.bargaining.endings import AGREED
from sim.engine.draws import BLOCK, Array
from sim.engine.profiles import Case
from tests.domains import case, party, position
from tests.talks import people_of, talked

negmas = pytest.importorskip("negmas")
sao = pytest.importorskip("negmas.sao")

TIE = 1e-12
ROUNDS = 12
DRAWS = range(0, BLOCK, 40)


class Ours(sao.SAONegotiator):
    """A party in one draw: its utilities, what each package is worth to the others, and its aspirations by round."""

    def __init__(self, worth: Array, aspirations: Array, place: int, **more: Any) -> None:
        super().__init__(**more)
        self.worth, self.aspirations, self.place = worth, aspirations, place

    def propose(self, state: Any, dest: Any = None) -> Any:
        if state.step >= ROUNDS:
            return None
        gains = np.array([float(self.ufun((k,))) for k in range(len(self.worth))])
        mine = gains >= self.aspirations[state.step] - TIE
        if not mine.any():
            return None
        top = self.worth[mine].max()
        level = max(top - TIE, -TIE) if top >= -TIE else top - TIE
        return (int(np.argmax(mine & (self.worth >= level))),)

    def respond(self, state: Any, source: Any = None) -> Any:
        offered = [n.id for n in self.nmi._mechanism.negotiators].index(state.current_proposer)
        n = state.step - (offered > self.place)
        fine = float(self.ufun(state.current_offer)) >= self.aspirations[n] - TIE
        return sao.ResponseType.ACCEPT_OFFER if fine else sao.ResponseType.REJECT_OFFER


def domain(parties: int, tactics: dict[str, Any]) -> Case:
    """Three issues, 60 packages, opposed and unknown preferences without lines."""
    issues = {"a": "vwxyz", "b": "wxyz", "c": "xyz"}
    people = {
        "p": party({"a": position("vwxyz"), "b": position("wxyz"), "c": position("xyz")}, reservation=[0.3, 0.8]),
        "q": party({"a": position("zyxwv"), "b": position("zyxw"), "c": position("xzy")}, reservation=[0.3, 0.8]),
        "r": party({"a": position("xwyvz"), "b": position("yxwz")}, reservation=[0.1, 0.5]),
    }
    chosen = dict(list(people.items())[:parties])
    negotiation = {
        "protocol": "alternating_offers",
        "rounds": ROUNDS,
        "tactics": {p: {"tactic": tactics[p]} for p in chosen},
        "delay_cost": {"p": (0.0, 0.02)},
    }
    return case(issues, chosen, {"a": "v", "b": "w", "c": "x"}, {"k": {}}, negotiation=negotiation, draws=BLOCK)


def theirs(bargaining: Bargaining, gains: Array, r: int) -> tuple[int | None, int | None]:
    """What NegMAS's mechanism ends on in one draw, and whose offer that was (a seat).

    ``gains`` has shape ``(seats, candidates)``.
    """
    order = bargaining.order(r)
    mechanism = sao.SAOMechanism(outcomes=[(k,) for k in range(gains.shape[1])], n_steps=ROUNDS + 1)
    for place, seat in enumerate(order):
        others = np.delete(gains, seat, axis=0).min(axis=0)
        asked = np.array([bargaining.concessions[seat].aspiration(n)[r] for n in range(ROUNDS)])
        mapping = {(k,): float(g) for k, g in enumerate(gains[seat])}
        utility = negmas.preferences.MappingUtilityFunction(mapping, outcomes=list(mapping))
        mechanism.add(Ours(others, asked, place, name=str(seat)), ufun=utility)
    state = mechanism.run()
    if state.agreement is None:
        return None, None
    names = {n.id: int(n.name) for n in mechanism.negotiators}
    return state.agreement[0], names[state.current_proposer]


def gains_of(bargaining: Bargaining, r: int) -> Array:
    return np.array(
        [
            [
                float(gain[r])
                for _, gain in sorted((k, gain.copy()) for k, gain in bargaining.prospects.open_gains(seat))
            ]
            for seat in range(len(bargaining.on.table))
        ]
    )


@pytest.mark.parametrize(
    ("of_p", "of_q"),
    [("boulware", "boulware"), ("linear", "conceder"), ("boulware", "hardliner"), ("hardliner", "hardliner")],
)
def test_two_parties_end_on_the_same_package_in_every_draw(of_p: str, of_q: str) -> None:
    on = candidates(domain(2, {"p": of_p, "q": of_q}))
    bargaining, ending = talked(on)
    agreed = 0
    for r in DRAWS:
        package, by = theirs(bargaining, gains_of(bargaining, r), r)
        if package is None:
            assert ending.outcome[r] != AGREED
            continue
        agreed += 1
        assert ending.outcome[r] == AGREED
        assert (ending.text[r] == on.packages[package]).all()
        assert bargaining.proposers[ending.proposer[r]] == by
    assert agreed < len(DRAWS)
    assert agreed > 0 or of_p == of_q == "hardliner"


def test_three_parties_agree_as_often_and_on_about_as_much() -> None:
    """All who concede end at no deal, so both mechanisms agree iff some package beats it for all; when, may differ."""
    on = candidates(domain(3, {"p": "boulware", "q": "linear", "r": "conceder"}))
    bargaining, ending = talked(on)
    assert len(people_of(on.case)) == 3
    mine, other = [], []
    for r in DRAWS:
        gains = gains_of(bargaining, r)
        package, _ = theirs(bargaining, gains, r)
        assert (package is not None) == (ending.outcome[r] == AGREED)
        if package is not None:
            mine.append(ending.gains[:, r])
            other.append(gains[:, package])
    ours, negmas_ = np.array(mine), np.array(other)
    assert 10 < len(ours) < len(DRAWS)
    difference = ours - negmas_
    error = difference.std(axis=0) / np.sqrt(len(ours))
    assert (np.abs(difference.mean(axis=0)) <= 4 * error + 0.01).all()
