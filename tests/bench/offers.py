"""Alternating offers: our ensemble against one Mesa model a draw and against NegMAS's mechanism, in one process.

Four parties who all make offers, 768 candidates, 20 rounds, the same utilities, aspirations, rotation and rule of
proposing for all. *Ours* is all that a run does: preferences drawn, offers, ratification, counts, and the vote on the
tabled text. *Offers alone* is from preferences that are there. *Mesa* is one model a draw, its agents holding rows of
utilities, run by ``mesa.batch_run`` where there is one (it is gone in Mesa 4). *NegMAS* is its SAO mechanism
with negotiators of ours that look up the same rows. Utilities are ready in both, so drawing them is counted for ours
only. Run: python -m tests.bench.offers
"""

from __future__ import annotations

import os
import sys

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import functools  # noqa: E402
import warnings  # noqa: E402
from typing import Any  # noqa: E402

import mesa  # noqa: E402
import numpy as np  # noqa: E402

from sim.bargaining.alternating_offers import Bargaining  # noqa: E402
from sim.bargaining.candidates import candidates  # noqa: E402
from sim.bargaining.endings import AGREED, Ending  # noqa: E402
from sim.engine.acceptability import TIE  # noqa: E402
from sim.engine.draws import BLOCK  # noqa: E402
from sim.engine.profiles import Case  # noqa: E402
from sim.simulation.runner import run_cases  # noqa: E402
from tests.bench.measure import alternately, table  # noqa: E402
from tests.domains import case, party, position  # noqa: E402
from tests.talks import people_of, talked  # noqa: E402

ROUNDS = 20
BLOCKS = 2
#: As many negotiations of the slower ones are timed at once.
MESA, NEGMAS = 400, 20


def domain() -> Case:
    """Five issues, 768 packages, four parties at odds, of whom each may do without."""
    issues = {"a": "abcd", "b": "abcd", "c": "abcd", "d": "abcd", "e": "abc"}
    rankings = ("abcd", "dcba", "badc", "cdab")
    people = {
        f"p{k}": party(
            {i: position([*dict.fromkeys(o for o in ranking if o in options)]) for i, options in issues.items()},
            reservation=[0.3, 0.6],
        )
        for k, ranking in enumerate(rankings)
    }
    negotiation = {
        "protocol": "alternating_offers",
        "rounds": ROUNDS,
        "tactics": {p: {"tactic": "boulware"} for p in people},
    }
    return case(issues, people, dict.fromkeys(issues, "a"), {"k": {}}, negotiation=negotiation, draws=BLOCKS * BLOCK)


class Rows:
    """The first draws as rows of numbers: utilities, worth to the others and aspirations of each party."""

    def __init__(self, bargaining: Bargaining, draws: int) -> None:
        seats = range(len(bargaining.on.table))
        gains = np.empty((len(seats), len(bargaining.on), BLOCK))
        for seat in seats:
            for k, gain in bargaining.prospects.open_gains(seat):
                gains[seat, k] = gain
        self.gains = np.ascontiguousarray(gains[:, :, :draws].transpose(2, 0, 1))
        self.worth = np.stack([np.delete(self.gains, seat, axis=1).min(axis=1) for seat in seats], axis=1)
        asked = [[c.aspiration(n)[:draws] for n in range(ROUNDS)] for c in bargaining.concessions]
        self.aspirations = np.array(asked).transpose(2, 0, 1)
        self.order = [bargaining.order(r) for r in range(draws)]


def choice(gains: np.ndarray, worth: np.ndarray, aspiration: float) -> int:
    """The best for the others among what a party may put forward, -1 for none."""
    mine = gains >= aspiration - TIE
    value = np.where(mine, worth, -np.inf)
    top = value.max()
    if top == -np.inf:
        return -1
    level = max(top - TIE, -TIE) if top >= -TIE else top - TIE
    return int((value >= level).argmax())


class Person(mesa.Agent):
    def __init__(self, model: Any, gains: np.ndarray, worth: np.ndarray, aspirations: np.ndarray) -> None:
        super().__init__(model)
        self.gains, self.worth, self.aspirations = gains, worth, aspirations

    def aspire(self) -> None:
        self.aspiration = self.aspirations[self.model.round]

    def take_turn(self) -> None:
        model = self.model
        if model.agreed >= 0:
            return
        offer = choice(self.gains, self.worth, self.aspiration)
        if offer >= 0 and all(p.gains[offer] >= p.aspiration - TIE for p in model.agents if p is not self):
            model.agreed, model.when, model.running = offer, model.round + 1, False


_rows: Rows


class OneDraw(mesa.Model):
    """The same talks in one draw."""

    def __init__(self, draw: int = 0, rng: Any = None, seed: Any = None) -> None:
        super().__init__(rng=0)
        self.round, self.agreed, self.when = 0, -1, 0
        for seat in _rows.order[draw]:
            Person(self, _rows.gains[draw, seat], _rows.worth[draw, seat], _rows.aspirations[draw, seat])
        self.datacollector = mesa.DataCollector({"agreed": "agreed", "when": "when"})

    def step(self) -> None:
        if self.round < ROUNDS:
            self.agents.do("aspire")
            self.agents.do("take_turn")
            self.round += 1
        if self.round == ROUNDS:
            self.running = False
        self.datacollector.collect(self)


def in_mesa(draws: int) -> list[tuple[int, int]]:
    """What each draw ends on, and when; 0 and -1 for nothing."""
    if not hasattr(mesa, "batch_run"):
        found = []
        for draw in range(draws):
            model = OneDraw(draw)
            while model.running:
                model.step()
            found.append((model.agreed, model.when))
        return found
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = mesa.batch_run(
            OneDraw, {"draw": range(draws)}, number_processes=1, data_collection_period=-1, display_progress=False
        )
    return [(row["agreed"], row["when"]) for row in rows]


def in_negmas(draws: int) -> list[int]:
    from negmas.preferences import MappingUtilityFunction
    from negmas.sao import ResponseType, SAOMechanism, SAONegotiator

    class Negotiator(SAONegotiator):
        def __init__(self, draw: int, seat: int, place: int, **more: Any) -> None:
            super().__init__(**more)
            self.place = place
            self.gains, self.worth = _rows.gains[draw, seat], _rows.worth[draw, seat]
            self.aspirations = _rows.aspirations[draw, seat]

        def propose(self, state: Any, dest: Any = None) -> Any:
            if state.step >= ROUNDS:
                return None
            offer = choice(self.gains, self.worth, self.aspirations[state.step])
            return None if offer < 0 else (offer,)

        def respond(self, state: Any, source: Any = None) -> Any:
            offered = places[state.current_proposer]
            wanted = self.aspirations[state.step - (offered > self.place)]
            fine = self.gains[state.current_offer[0]] >= wanted - TIE
            return ResponseType.ACCEPT_OFFER if fine else ResponseType.REJECT_OFFER

    found = []
    outcomes = [(k,) for k in range(_rows.gains.shape[2])]
    for draw in range(draws):
        mechanism = SAOMechanism(outcomes=outcomes, n_steps=ROUNDS + 1)
        places: dict[str, int] = {}
        for place, seat in enumerate(_rows.order[draw]):
            utility = MappingUtilityFunction(functools.partial(_utility, _rows.gains[draw, seat]), outcomes=outcomes)
            own = Negotiator(draw, seat, place, name=str(seat))
            mechanism.add(own, ufun=utility)
            places[own.id] = place
        state = mechanism.run()
        found.append(-1 if state.agreement is None else state.agreement[0])
    return found


def _utility(gains: np.ndarray, outcome: tuple[int]) -> float:
    return float(gains[outcome[0]])


def offers_alone(bargaining: Bargaining, people: Any) -> Ending:
    bargaining.begin(people)
    while not bargaining.over:
        bargaining.step()
    return bargaining.end()


def main() -> None:
    global _rows
    on = domain()
    found = candidates(on)
    bargaining, ending = talked(found)
    _rows = Rows(bargaining, MESA)
    people = people_of(on)
    agreed = np.array([k for k, _ in in_mesa(MESA)])
    same = np.where(ending.outcome[:MESA] == AGREED, (ending.text[:MESA, None] == found.packages).all(2).argmax(1), -1)
    assert np.array_equal(agreed, same), "the one-draw models end elsewhere"
    tasks: dict[str, Any] = {
        "ours": lambda: run_cases([on]),
        "talks": lambda: offers_alone(Bargaining(found), people),
        "mesa": lambda: in_mesa(MESA),
    }
    counts = {"ours": BLOCKS * BLOCK, "talks": BLOCK, "mesa": MESA}
    try:
        import negmas

        with_negmas = f"NegMAS {negmas.__version__}: SAO mechanism"
        theirs = np.array(in_negmas(NEGMAS))
        assert np.array_equal(theirs >= 0, same[:NEGMAS] >= 0), "NegMAS agrees elsewhere"
        tasks["negmas"], counts["negmas"] = (lambda: in_negmas(NEGMAS)), NEGMAS
    except ImportError:
        with_negmas = ""
    seconds = alternately(tasks, rounds=5)
    rate = {name: counts[name] / seconds[name] for name in tasks}
    batch = "batch_run" if hasattr(mesa, "batch_run") else "a loop"
    words = {
        "ours": "ours: a whole run, preferences and vote included",
        "talks": "ours: offers alone",
        "mesa": f"Mesa {mesa.__version__}: one model a draw, {batch}",
        "negmas": with_negmas,
    }
    rows = [["", "negotiations/s", "ours, run", "ours, offers"]]
    for name, value in rate.items():
        rows.append([words[name], f"{value:,.0f}", f"{rate['ours'] / value:.1f}x", f"{rate['talks'] / value:.1f}x"])
    share, rounds = np.mean(ending.outcome == AGREED), np.median(ending.round[ending.outcome == AGREED])
    title = f"Alternating offers: 4 parties, {len(found)} candidates, {ROUNDS} rounds"
    table(f"{title}; {share:.0%} agree, half of them by round {rounds:.0f}", rows)
    if not with_negmas:
        print("  NegMAS is not installed (pip install -e '.[peers]')")
    print("  to reach: 20x Mesa, 300x NegMAS", file=sys.stdout)


if __name__ == "__main__":
    main()
