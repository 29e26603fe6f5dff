"""A small scenario whose parties judge by rules of their own, and scalar twins of what they make of texts.

North values packages by a utility that is no sum, south too and insists on a drawn least gain besides. The text leaves
an issue open, one outcome of no deal is silent on two, one party sees an effect, and a ratifier decides by voters.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

import sim
from sim.engine import draws
from sim.engine.draws import BLOCK
from sim.scenario.loading import Loaded

Text = Mapping[str, str | None]

ISSUES = {
    "land": ("ours", "split", "theirs"),
    "army": ("small", "large"),
    "seat": ("north", "south", "none"),
    "pact": ("yes", "no"),
}
OUTCOMES: dict[str, dict[str, str]] = {
    "stalemate": {"land": "split", "army": "large", "seat": "none", "pact": "no"},
    "war": {"land": "theirs", "army": "large"},
}
TERMS: dict[str, str | None] = {"land": "split", "army": "small", "seat": "south", "pact": None}


def bent(values: Any, weights: Any) -> Any:
    """A utility that is no sum: concave, and with something for the worst off issue."""
    return np.sqrt((weights * values).sum(axis=0)) + 0.3 * (weights * values).min(axis=0)


def plain(values: Any, weights: Any) -> Any:
    return (weights * values).sum(axis=0)


def up_to_a_tenth(chance: Any) -> Any:
    return 0.1 * chance


def nothing(chance: Any) -> float:
    return 0.0


def register() -> None:
    """The rules of these tests, by name."""
    sim.utility("bent", bent)
    sim.utility("plain_sum", plain)
    sim.acceptance("up_to_a_tenth", up_to_a_tenth)
    sim.acceptance("nothing_more", nothing)


def _entry(ranking: Any, importance: str, **more: Any) -> dict[str, Any]:
    entry = {"from": "2022-01-01", "ranking": ranking, "importance": importance, "basis": "assumed", **more}
    return {k: v for k, v in entry.items() if v is not None}


def _party(name: str, positions: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    beliefs = {"l": {"ranges": {"stalemate": [0.3, 0.6], "war": [0.4, 0.7]}, "basis": "assumed"}}
    return {
        "name": name,
        "role": "principal",
        "consent": "always",
        "positions": {issue: [entry] for issue, entry in positions.items()},
        "no_deal": {"beliefs": beliefs, "cost": 0.02},
        **more,
    }


def scenario(count: int = 50, **more: Any) -> Loaded:
    """The scenario, all of whose parties judge as usual."""
    north = {
        "land": _entry(["ours", "split", "theirs"], "major"),
        "army": _entry(["small", "large"], "moderate"),
        "seat": _entry(["north", "none", "south"], "minor"),
        "pact": _entry(["yes", "no"], "minor"),
    }
    south = {
        "land": {**_entry(None, "major"), "values": {"ours": 0.1, "split": [0.5, 0.8], "theirs": 1.0}},
        "army": {**_entry(None, "moderate"), "values": {"small": [0.3, 1.0], "large": [0.2, 1.0]}},
        "seat": _entry(["south", "rest"], "moderate", red_lines=[{"option": "north", "basis": "assumed"}]),
        "pact": _entry(["no", "yes"], "unknown"),
    }
    line = {"from": "2022-01-01", "if": {"land": ["ours", "split"]}, "basis": "assumed", "why": "w"}
    house = _party(
        "House",
        {"army": _entry(["small", "large"], "major"), "land": _entry(["ours", "split", "theirs"], "unknown")},
        role="ratifier",
        decides={"by": "majority", "of": "voters", "quota": 0.5},
        refuses=[{"id": "split", **line}],
    )
    content = {
        "id": "own_rules",
        "title": "Rules of their own",
        "proposal": {
            "date": "2022-03-29",
            "summary": "s",
            "terms": {
                issue: {"open": True, "basis": "assumed"} if option is None else {"option": option, "basis": "assumed"}
                for issue, option in TERMS.items()
            },
        },
        "domain": {
            "issues": {
                "title": "Small",
                "issues": {i: {"question": f"{i}?", "options": dict.fromkeys(o, "x")} for i, o in ISSUES.items()},
                "effects": [
                    {
                        "id": "guarded",
                        "if": {"army": ["small"], "pact": ["yes"]},
                        "then": {"seat": "none"},
                        "parties": ["south"],
                        "basis": "assumed",
                        "why": "w",
                    }
                ],
                "no_deal": {"lotteries": {"l": {"from": "2022-01-01", "outcomes": OUTCOMES, "basis": "assumed"}}},
            },
            "positions": {"north": _party("North", north), "south": _party("South", south), "house": house},
        },
    }
    return sim.from_dict(content, draws=count, edits={"house.refuses.split.holds": [0.3, 0.6]}, **more)


def own(loaded: Loaded) -> Loaded:
    """The same, north and south judging by rules that are no sums."""
    return loaded.with_(rules={"utility": {"north": "bent", "south": "bent"}, "acceptance": {"south": "up_to_a_tenth"}})


class Twin:
    """What everybody makes of texts, draw by draw and number by number, of the draws of the usual scenario."""

    def __init__(self, loaded: Loaded, bent_parties: tuple[str, ...] = ("north", "south"), insists: str = "south"):
        self.loaded = loaded
        usual = loaded.with_(
            rules={k: dict.fromkeys(p, word) for k, p, word in (
                ("utility", loaded.scenario.rules.utility, "sum"),
                ("acceptance", loaded.scenario.rules.acceptance, "no_loss"),
            )}
        )  # fmt: skip
        self.drawn = sim.draws(usual)
        self.bent, self.insists = bent_parties, insists
        blocks = range(math.ceil(self.drawn.count / BLOCK))
        seed = loaded.scenario.seed
        chances = [draws.stream(seed, insists, "acceptance", block).random(BLOCK) for block in blocks]
        self.chance: NDArray[np.float64] = np.concatenate(chances)[: self.drawn.count]
        positions = loaded.scenario.domain.positions
        self.cost = {p: 0.0 if x.no_deal.cost is None else x.no_deal.cost.low for p, x in positions.items()}

    def seen(self, party: str, text: Text) -> dict[str, str | None]:
        guarded = party == "south" and text["army"] == "small" and text["pact"] == "yes" and text["seat"] is not None
        return {**text, "seat": "none"} if guarded else dict(text)

    def utility(self, party: str, text: Text, n: int) -> float:
        parts = []
        for j, issue in enumerate(ISSUES):
            option = text[issue]
            value = 0.0 if option is None else float(self.drawn.values[party][issue][ISSUES[issue].index(option), n])
            weight = 0.0 if option is None else float(self.drawn.weights[party][j, n])
            parts.append(weight * value)
        if party not in self.bent:
            return sum(parts)
        return math.sqrt(sum(parts)) + 0.3 * min(parts)

    def gain(self, party: str, text: Text, n: int) -> float:
        seen, total = self.seen(party, text), self.cost[party]
        beliefs = self.drawn.beliefs[party]
        assert beliefs is not None
        for k, outcome in enumerate(OUTCOMES.values()):
            mine = {i: seen[i] if seen[i] is not None else outcome.get(i) for i in ISSUES}
            theirs = {i: outcome.get(i, seen[i]) for i in ISSUES}
            total += float(beliefs[k, n]) * (self.utility(party, mine, n) - self.utility(party, theirs, n))
        return total

    def least(self, party: str, n: int) -> float:
        return 0.1 * float(self.chance[n]) if party == self.insists else 0.0

    def accepts(self, party: str, text: Text, n: int) -> bool:
        crossed = self.drawn.crossed(party, text)
        if any(self.drawn.lines[party][name][n] for name in crossed):
            return False
        return self.gain(party, text, n) >= self.least(party, n) - 1e-12

    def gains(self, party: str, text: Text) -> NDArray[np.float64]:
        return np.array([self.gain(party, text, n) for n in range(self.drawn.count)])

    def share(self, party: str, text: Text) -> float:
        return sum(self.accepts(party, text, n) for n in range(self.drawn.count)) / self.drawn.count

    def joint(self, text: Text) -> float:
        parties = self.drawn.parties
        draws = range(self.drawn.count)
        return sum(all(self.accepts(p, text, n) for p in parties) for n in draws) / self.drawn.count


def packages() -> Iterator[dict[str, str]]:
    """Every package without an open issue."""
    for options in itertools.product(*ISSUES.values()):
        yield dict(zip(ISSUES, options, strict=True))
