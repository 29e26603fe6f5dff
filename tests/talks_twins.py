"""Alternating offers once more, for one draw at a time, in plain Python: loops over rounds, turns and candidates.

Nothing here uses numpy or the engine's compiled forms; gains and lines come from :mod:`tests.twins`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from sim.scenario import schema
from tests import twins

TIE = 1e-12


@dataclass
class Manner:
    """What chance and the scenario gave one party: its tactic (None: takes anything) and two numbers."""

    tactic: str | None
    parameter: float
    delay: float


@dataclass
class Ended:
    """``outcome`` is agreed, unratified or breakdown; ``turns`` are (round, proposer, candidate or None).

    ``openings`` are the candidates that the proposers like best, the first of several, None where they like none.
    """

    outcome: str
    text: twins.Text | None
    round: int
    proposer: str | None
    turns: list[tuple[int, str, int | None]]
    openings: dict[str, int | None]


def candidates(scenario: schema.Scenario, most: int) -> list[dict[str, str | None]]:
    """All feasible packages, or those near the tabled text and further texts, in their order."""
    tabled = twins.written(scenario)
    spaces = scenario.domain.issues.issues
    order = {i: [None, *s.options] for i, s in spaces.items()}
    rules = [c for c in scenario.domain.issues.constraints if c.severity != "political" and not twins.breaks(c, tabled)]
    every = [
        dict(zip(spaces, pick, strict=True))
        for pick in product(*(o if tabled[i] is None else o[1:] for i, o in order.items()))
    ]
    fine = [x for x in every if not any(twins.breaks(c, x) for c in rules) and not twins.no_deal(scenario, x)]

    def away(x: twins.Text) -> int:
        return sum(x[i] != tabled[i] for i in spaces)

    fine.sort(key=lambda x: (away(x), [order[i].index(x[i]) for i in spaces]))
    if len(fine) <= most:
        return fine
    settings = scenario.negotiation.candidates
    near = [x for x in fine if away(x) <= settings.changes]
    for text in settings.texts.values():
        full = {**tabled, **text}
        if full in fine and full not in near:
            near.append(full)
    return near


def needs(scenario: schema.Scenario, text: twins.Text, silent: Sequence[str] = ()) -> list[str]:
    return [p for p, yes in twins.needed(scenario, text).items() if yes and p not in silent]


def bargain(
    scenario: schema.Scenario,
    draws: Mapping[str, twins.Draw],
    manners: Mapping[str, Manner],
    first: int,
    texts: Sequence[Mapping[str, str | None]],
    silent: Sequence[str] = (),
) -> Ended:
    """One negotiation by alternating offers."""
    people, rounds, proposers = scenario.domain.positions, scenario.negotiation.rounds, list(scenario.proposers)
    asked = [{*needs(scenario, x, silent), *proposers} for x in texts]
    table = [p for p in people if people[p].role != "ratifier" and any(p in a for a in asked)]
    weight = {p: twins.modelled_weights(scenario, p, draws[p]) for p in people}

    def gain(p: str, x: twins.Text) -> float:
        return twins.gain(scenario, draws[p], weight[p], twins.seen(scenario, x, p))

    def crosses(p: str, x: twins.Text) -> bool:
        return bool(twins.crossed(scenario, draws[p], p, x, twins.seen(scenario, x, p)))

    gains = {p: [gain(p, x) for x in texts] for p in table}
    crossed = {p: [crosses(p, x) for x in texts] for p in table}
    numbers = range(len(texts))
    best = {p: max([0.0, *(gains[p][k] for k in numbers if not crossed[p][k])]) for p in table}
    zone = [k for k in numbers if all(gains[q][k] >= -TIE and not crossed[q][k] for q in table if q in asked[k])]
    reachable = {
        p: max([0.0, *top]) if (top := [gains[p][k] for k in zone if p in asked[k]]) else best[p] for p in table
    }
    favourites = {
        p: sorted(
            (k for k in numbers if not crossed[p][k] and gains[p][k] >= -TIE),
            key=lambda k: (-round(gains[p][k], 11), k),
        )
        for p in table
    }
    openings = {p: next((k for k in sorted(favourites[p]) if gains[p][k] >= best[p] - TIE), None) for p in proposers}
    offers: dict[str, list[int]] = {p: [] for p in proposers}
    before = dict(best)
    reached = dict.fromkeys(table, 0)  # how many of its favourites a party has come to
    turns: list[tuple[int, str, int | None]] = []
    for n in range(rounds):
        t = n / (rounds - 1) if rounds > 1 else 1.0
        wants, further = {}, dict.fromkeys(table, False)
        for p in table:
            m = manners[p]
            others = [offers[q] for q in proposers if q != p]
            if m.tactic is None:
                own = 0.0
            elif m.tactic in ("boulware", "linear", "conceder"):
                own = best[p] * (1 - t**m.parameter)
            elif m.tactic == "hardliner":
                own = best[p]
            elif m.tactic == "ultimatum":
                own = reachable[p]
            elif m.tactic == "tit_for_tat":
                rises = [gains[p][o[-1]] - gains[p][o[-2]] for o in others if len(o) >= 2]
                given = m.parameter * sum(rises) / len(rises) if rises else 0.0
                own = min(max(before[p] - given, 0.0), best[p])
            elif m.tactic == "micro":
                slowest = min((len(set(o)) for o in others), default=len(texts)) if n else 0
                if reached[p] < min(len(favourites[p]), slowest + 1):
                    reached[p] += 1
                    further[p] = True
                own = max(gains[p][favourites[p][reached[p] - 1]], 0.0) if reached[p] else 0.0
            else:
                raise NotImplementedError(m.tactic)
            before[p] = own
            wants[p] = max(own - m.delay * n, 0.0)
        for turn in range(len(proposers)):
            p = proposers[(first + turn) % len(proposers)]
            mine = [k for k in numbers if not crossed[p][k] and gains[p][k] >= wants[p] - TIE]
            if not mine:
                turns.append((n + 1, p, None))
                continue

            def worth(k: int, p: str = p) -> float:
                others = [q for q in table if q != p and q in asked[k]]
                return min([math.inf, *(-math.inf if crossed[q][k] else gains[q][k] for q in others)])

            top = max(worth(k) for k in mine)
            level = max(top - TIE, -TIE) if top >= -TIE else top - TIE
            offer = favourites[p][reached[p] - 1] if further[p] else next(k for k in mine if worth(k) >= level)
            offers[p].append(offer)
            turns.append((n + 1, p, offer))
            others = [q for q in table if q != p and q in asked[offer]]
            if all(not crossed[q][offer] and gains[q][offer] >= wants[q] - TIE for q in others):
                text = texts[offer]
                ratifiers = [q for q in needs(scenario, text, silent) if q not in table]
                passed = all(twins.accepts(scenario, q, draws[q], text) for q in ratifiers)
                return Ended("agreed" if passed else "unratified", text, n + 1, p, turns, openings)
    return Ended("breakdown", None, 0, None, turns, openings)


def slack(
    scenario: schema.Scenario,
    draws: Mapping[str, twins.Draw],
    text: twins.Text,
    texts: Sequence[Mapping[str, str | None]],
    silent: Sequence[str] = (),
) -> float:
    """How much more all whom an agreement needs could have had from one candidate that everybody it needs takes."""
    people, proposers = scenario.domain.positions, set(scenario.proposers)

    def asked(x: twins.Text) -> set[str]:
        return {p for p in {*needs(scenario, x, silent), *proposers} if people[p].role != "ratifier"}

    def gain(p: str, x: twins.Text) -> float:
        weight = twins.modelled_weights(scenario, p, draws[p])
        return twins.gain(scenario, draws[p], weight, twins.seen(scenario, x, p))

    def crosses(p: str, x: twins.Text) -> bool:
        return bool(twins.crossed(scenario, draws[p], p, x, twins.seen(scenario, x, p)))

    mine = asked(text)
    zone = [x for x in texts if all(twins.accepts(scenario, p, draws[p], x) for p in asked(x))]
    spared = [x for x in zone if not any(crosses(p, x) for p in mine)]
    return max(min(gain(p, x) - gain(p, text) for p in mine) for x in spared)


def in_the_way(
    scenario: schema.Scenario,
    draws: Mapping[str, twins.Draw],
    texts: Sequence[Mapping[str, str | None]],
    silent: Sequence[str] = (),
) -> dict[str, list[tuple[int, float, Mapping[str, str | None]]]]:
    """Where no text suits all it needs: who refuses texts that everybody else would take, and how it minds each.

    Each text comes with how many of the party's lines it crosses, below zero, and what it gains by it.
    """
    people, proposers = scenario.domain.positions, set(scenario.proposers)
    found: dict[str, list[tuple[int, float, Mapping[str, str | None]]]] = {}
    for text in texts:
        asked = [p for p in {*needs(scenario, text, silent), *proposers} if people[p].role != "ratifier"]
        against = [p for p in asked if not twins.accepts(scenario, p, draws[p], text)]
        if not against:
            return {}
        if len(against) == 1:
            [p] = against
            sight = twins.seen(scenario, text, p)
            gain = twins.gain(scenario, draws[p], twins.modelled_weights(scenario, p, draws[p]), sight)
            lines = len(twins.crossed(scenario, draws[p], p, text, sight))
            found.setdefault(p, []).append((-lines, gain, text))
    return found


def unavoidable(
    scenario: schema.Scenario,
    draws: Mapping[str, twins.Draw],
    manners: Mapping[str, Manner],
    texts: Sequence[Mapping[str, str | None]],
    silent: Sequence[str] = (),
) -> bool:
    """Whether some text suits all it needs, yet none brings those who never come down what they want at the last."""
    people, proposers = scenario.domain.positions, set(scenario.proposers)
    last = scenario.negotiation.rounds - 1

    def asked(x: twins.Text) -> set[str]:
        return {p for p in {*needs(scenario, x, silent), *proposers} if people[p].role != "ratifier"}

    def gain(p: str, x: twins.Text) -> float:
        weight = twins.modelled_weights(scenario, p, draws[p])
        return twins.gain(scenario, draws[p], weight, twins.seen(scenario, x, p))

    def crosses(p: str, x: twins.Text) -> bool:
        return bool(twins.crossed(scenario, draws[p], p, x, twins.seen(scenario, x, p)))

    zone = [x for x in texts if all(twins.accepts(scenario, p, draws[p], x) for p in asked(x))]
    firm = {p: m for p, m in manners.items() if m.tactic in ("hardliner", "ultimatum")}
    wants = {}
    for p, m in firm.items():
        top = max([0.0, *(gain(p, x) for x in texts if not crosses(p, x))])
        reach = [gain(p, x) for x in zone if p in asked(x)]
        own = max([0.0, *reach]) if m.tactic == "ultimatum" and reach else top
        wants[p] = max(own - m.delay * last, 0.0)
    return bool(zone) and not any(all(p not in asked(x) or gain(p, x) >= wants[p] - TIE for p in firm) for x in zone)
