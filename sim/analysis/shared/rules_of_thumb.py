"""Rules of thumb that answer the same rows: what is worth more than they are has learnt something.

``scenarios/backtest/PROTOCOL.md`` fixes each. A rule reads the positions of the party in force on the day, nothing else
of the model: no draw, no weight, no alternative to a deal. What a rule does not know is one half, or the base rate.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sim.engine.packages import Space
from sim.engine.profiles import Cardinal, Case, Cell, Ordinal, compiled_cell, stops
from sim.scenario import schema

#: What is not known counts as neither.
NEITHER = 0.5
#: The fixed scores run from 0 to this; a mean from the second number is a yes, up to the first a no.
MOST_POINTS = 4
THRESHOLDS = (1.5, 2.5)


@dataclass(frozen=True)
class Ranks:
    """The levels of options in a ranking, best 0, of ``count``; None for an option that it does not place."""

    levels: tuple[float | None, ...]
    count: int

    @property
    def best(self) -> tuple[int, ...]:
        """The options with the best level."""
        known = [level for level in self.levels if level is not None]
        return tuple(k for k, level in enumerate(self.levels) if known and level == min(known))

    def closeness(self, option: int) -> float | None:
        """1 for the best level, 0 for the worst; None without a level, or where there is no other."""
        level = self.levels[option]
        return None if level is None or self.count < 2 else 1 - level / (self.count - 1)


def ranks(cell: Cell, options: int) -> Ranks:
    """The levels of a cell's options; members of ``rest`` share the mean of the levels that they fill."""
    if isinstance(cell.values, Cardinal):
        middles = [(low + high) / 2 for low, high in zip(cell.values.low, cell.values.high, strict=True)]
        order = sorted(set(middles), reverse=True)
        return Ranks(tuple(float(order.index(value)) for value in middles), len(order))
    values: Ordinal = cell.values
    levels: list[float | None] = [None] * options
    rest = len(values.rest)
    for k, level in enumerate(values.levels):
        behind = rest if values.rest_at is not None and k >= values.rest_at else 0
        for option in level:
            levels[option] = float(k + behind)
    if values.rest_at is not None:
        for option in values.rest:
            levels[option] = values.rest_at + (rest - 1) / 2
    for option, other in values.alike:
        levels[option] = levels[other]
    return Ranks(tuple(levels), len(values.levels) + (rest if values.rest_at is not None else 0))


class RulesOfThumb:
    """The rules of thumb of the parties of a library on its day."""

    def __init__(self, case: Case) -> None:
        """``case`` is of any text of the library."""
        self._space: Space = case.space
        self._domain = case.scenario.domain
        self._day: dt.date = case.scenario.day
        self._cells = {p.id: dict(zip(case.space.issues, p.cells, strict=True)) for p in case.profiles}

    def answers(self, party: str, terms: Mapping[str, str]) -> dict[str, float | None]:
        """What each rule forecasts of a party and terms; None is the base rate, which rests on other rows."""
        each = [_Term(self, party, issue, option) for issue, option in terms.items()]
        return {
            "refusal": 0.0,
            "last_word": _last_word([term.last_word for term in each]),
            "camp": _mean([term.camp for term in each]),
            "distance": _mean([NEITHER if term.closeness is None else term.closeness for term in each]),
            "fixed_score": self.fixed_scores(party, terms).verdict,
        }

    def fixed_scores(self, party: str, terms: Mapping[str, str]) -> FixedScores:
        """The fixed-score average of a text: every term weighs alike, and there is no line and no alternative."""
        return fixed_scores([_Term(self, party, issue, option).closeness for issue, option in terms.items()])

    def ranks(self, party: str, issue: str) -> Ranks:
        """The levels in force on the day."""
        return ranks(self._cells[party][issue], self.size(issue))

    def entries(self, party: str, issue: str) -> list[schema.Position]:
        """The party's entries up to the day, newest first."""
        every = self._domain.positions[party].positions.get(issue, ())
        return sorted((x for x in every if x.start <= self._day), key=lambda x: x.start, reverse=True)

    def cell(self, issue: str, entry: schema.Position) -> Cell:
        """An entry, whether or not it is in force."""
        return compiled_cell(issue, entry, self._space, _as_written, self._domain.issues.issues[issue].likes)

    def quota(self, party: str) -> float:
        """The share of voters whose yes is not enough."""
        decides = self._domain.positions[party].decides
        return 0.5 if decides is None else decides.quota

    def size(self, issue: str) -> int:
        """How many options an issue has."""
        return len(self._space.options[self._space.issue(issue)])

    def number(self, issue: str, option: str) -> int:
        """The number of an option, by the order of the file."""
        return self._space.options[self._space.issue(issue)].index(option)


@dataclass(frozen=True)
class _Term:
    """A party and a term: what the rules ask of it."""

    rules: RulesOfThumb
    party: str
    issue: str
    option: str

    @cached_property
    def closeness(self) -> float | None:
        return self.rules.ranks(self.party, self.issue).closeness(self.rules.number(self.issue, self.option))

    @property
    def last_word(self) -> float | None:
        """0 where the newest entry with a word on the option refuses it, 1 where it asks for it; None without one."""
        number, size = self.rules.number(self.issue, self.option), self.rules.size(self.issue)
        for entry in self.rules.entries(self.party, self.issue):
            lines = [x for x in entry.red_lines if x.option == self.option and x.basis == "stated"]
            if any(x.holds is None or stops(sum(x.holds) / 2, self.rules.quota(self.party)) for x in lines):
                return 0.0
            cell = self.rules.cell(self.issue, entry)
            sourced = cell.ranking_basis in ("stated", "inferred") and number not in cell.assumed
            if sourced and ranks(cell, size).levels[number] == 0:
                return 1.0
        return None

    @property
    def camp(self) -> float:
        """1 in the half of the options towards which the party's best ones lie, 0 in the other."""
        best, size = self.rules.ranks(self.party, self.issue).best, self.rules.size(self.issue)
        if not best or size < 2:
            return NEITHER
        # twice the place less the middle, in whole steps, so that the middle is met exactly
        own = sum(2 * k - (size - 1) for k in best)
        its = 2 * self.rules.number(self.issue, self.option) - (size - 1)
        return NEITHER if own * its == 0 else float(own * its > 0)


def _as_written(basis: schema.Basis, _: Sequence[str]) -> schema.Basis:
    return basis


def _last_word(words: Sequence[float | None]) -> float | None:
    known = [word for word in words if word is not None]
    if 0.0 in known:
        return 0.0
    return _mean(known) if known else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else NEITHER


@dataclass(frozen=True)
class FixedScores:
    """The fixed scores of a text's terms for a party: their mean, None without a term, and 1, 0 or one half."""

    mean: float | None
    verdict: float


def fixed_scores(closeness: Sequence[float | None]) -> FixedScores:
    """The fixed-score average of terms, each by how close it is to the party's best."""
    scores = [points(x) for x in closeness]
    mean = sum(scores) / len(scores) if scores else None
    return FixedScores(mean, verdict_of_points(mean))


def points(closeness: float | None) -> int:
    """The fixed score of a term, halves up; the middle of the scale where nothing is known."""
    return MOST_POINTS // 2 if closeness is None else math.floor(MOST_POINTS * closeness + 0.5 + 1e-9)


def verdict_of_points(mean: float | None) -> float:
    """1, 0 or one half by the mean of the fixed scores of a text's terms; one half where it has none."""
    if mean is None:
        return NEITHER
    return 1.0 if mean >= THRESHOLDS[1] else 0.0 if mean <= THRESHOLDS[0] else NEITHER
