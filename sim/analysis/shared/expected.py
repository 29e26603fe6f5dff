"""Expected values of options under a position, in closed form, and expected gains of packages.

By symmetry values do not hang on draws: an issue on which the sources are silent is worth exactly nothing in
expectation, not a little by chance. A party with a utility of its author's own, which need be no sum, has its gains
averaged over the draws instead (:class:`SampledTerms`). Weights, values and beliefs are drawn independently, so an
expected gain is a sum over issues of a figure an option; only the weights' and the beliefs' means are taken over draws.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import copy
from dataclasses import InitVar, dataclass, field
from functools import cached_property

import numpy as np

from sim.engine.draws import BLOCK, Array, block_count, draws_in
from sim.engine.exact_sums import ExactSum
from sim.engine.packages import OPEN, Packages, Space
from sim.engine.preferences import Memo, Preferences, preferences_for
from sim.engine.profiles import Case, Cell, Ordinal, Profile
from sim.execution.fold import fold, total
from sim.simulation.cases import CaseJob


def expected_values(cell: Cell, options: int) -> Array:
    """Mean of :func:`sim.engine.draws.ordinal_values` (or of the given ranges), shape ``(options,)``.

    Places in an order of L levels are worth (L - 1 - place) / (L - 1) on average, since
    uniform spacings are exchangeable. ``rest`` options share the mean of their places. With
    options of unknown place, the i-th of m named levels comes, from the top and counting from
    0, at place i + u (i + 1) / (m + 1) on average, u being the number of unknown ones (each
    falls into any of the m + 1 gaps with the same chance); unknown options are in the middle.
    Options that are alike share a mean.
    """
    if not isinstance(cell.values, Ordinal):
        middle: Array = (np.array(cell.values.low) + np.array(cell.values.high)) / 2
        return middle
    order = cell.values
    out = _ranked_values(order, options)
    for option, other in order.alike:
        out[option] = out[other]
    return out


def _ranked_values(order: Ordinal, options: int) -> Array:
    named, unknown = len(order.levels), len(order.unknown)
    count = named + len(order.rest) + unknown
    out = np.empty(options)
    if unknown:
        if count == 1:
            return np.zeros(options)
        out[list(order.unknown)] = 0.5
        places = [i + unknown * (i + 1) / (named + 1) for i in range(named)]
    else:
        if count == 1:
            return np.ones(options)
        places = [float(i) for i in range(count)]
        if order.rest:
            assert order.rest_at is not None
            rest = slice(order.rest_at, order.rest_at + len(order.rest))
            out[list(order.rest)] = 1 - float(np.mean(places[rest])) / (count - 1)
            del places[rest]
    for level, place in zip(order.levels, places, strict=True):
        out[list(level)] = 1 - place / (count - 1)
    return out


def expected_terms(profile: Profile, sizes: Sequence[int], weights: Array, beliefs: Array) -> list[Array]:
    """What each option of each issue adds to a party's expected gain, before costs: an array ``(options,)`` an issue.

    ``weights`` (a figure an issue) and ``beliefs`` (a figure an outcome of no deal) are means over draws. Weights,
    values and beliefs are drawn independently, so the mean of their product is the product of their means; an issue
    on which the sources are silent adds exactly the same whatever its option. Terms left open add nothing.
    """
    # means of shares that sum to 1 miss 1 by rounding alone
    shares = beliefs / (beliefs.sum() or 1.0)
    out = []
    for j, (cell, options) in enumerate(zip(profile.cells, sizes, strict=True)):
        values = expected_values(cell, options)
        units = values if profile.reservation is not None else np.zeros(options)
        if profile.reservation is None:
            for share, outcome in zip(shares, profile.outcomes, strict=True):
                if outcome[j] != OPEN:
                    units += share * (values - values[outcome[j]])
        out.append(weights[j] * units)
    return out


class Means:
    """Means over draws of what a party's expected gain is made of; those of neighbouring blocks add up exactly."""

    def __init__(self, issues: int, outcomes: int) -> None:
        self._issues = issues
        # weights, beliefs, what every package's gain has in common, the least gain that is enough
        self._sums = ExactSum.of(np.zeros(issues + outcomes + 2))

    def add(self, preferences: Preferences, count: int, draws: int) -> None:
        """A block of so many draws, of so many in all."""
        parts = np.zeros(len(self._sums.values))
        parts[: self._issues] = preferences.weights[:, :count].sum(axis=1) / draws
        if preferences.beliefs is not None:
            parts[self._issues : -2] = preferences.beliefs[:, :count].sum(axis=1) / draws
        # what every package's gain has in common: the cost, less a reservation value
        common = np.zeros(BLOCK) + preferences.cost
        if preferences.reservation is not None:
            common = common - preferences.reservation
        parts[-2] = float(common[:count].sum()) / draws
        if preferences.profile.acceptance is not None:
            parts[-1] = float(np.broadcast_to(preferences.least, BLOCK)[:count].sum()) / draws
        self._sums = self._sums + ExactSum.of(parts)

    def __add__(self, other: Means) -> Means:
        both = copy(self)
        both._sums = self._sums + other._sums
        return both

    @property
    def weights(self) -> Array:
        """Of issues, shape ``(issues,)``."""
        return self._sums.values[: self._issues]

    @property
    def beliefs(self) -> Array:
        """Of outcomes of no deal, shape ``(outcomes,)``."""
        return self._sums.values[self._issues : -2]

    @property
    def least(self) -> float:
        """The least gain that the party accepts."""
        return float(self._sums.values[-1])

    def terms(self, profile: Profile, case: Case) -> Terms:
        """What each option of each issue adds to the party's expected gain."""
        if profile.utility is not None:
            return SampledTerms(profile.id, math.nan, (), self.weights, self.least, case=case)
        tables = tuple(expected_terms(profile, case.space.sizes, self.weights, self.beliefs))
        return Terms(profile.id, float(self._sums.values[-2]), tables, self.weights, self.least)


@dataclass(frozen=True)
class Terms:
    """A party's expected gain: ``fixed``, and what each option of each issue adds, an array ``(options,)`` an issue.

    Options count as the party sees them, after effects; an open issue adds nothing. ``weights`` are the mean weights
    of issues, shape ``(issues,)``; ``least`` is the mean of the least gain that the party accepts.
    """

    party: str
    fixed: float
    tables: tuple[Array, ...]
    weights: Array
    least: float = 0.0

    @property
    def additive(self) -> bool:
        """Whether the expected gain is the sum that ``fixed`` and ``tables`` say."""
        return True

    @property
    def leanings(self) -> tuple[Array, ...]:
        """What roughly speaks for each option of each issue, to look for good packages by, as ``tables``."""
        return self.tables

    def gain(self, space: Space, packages: Packages) -> Array:
        """Expected gains of packages, shape ``(packages,)``."""
        seen = space.seen(packages, self.party)
        total = np.full(len(packages), self.fixed)
        for j, table in enumerate(self.tables):
            total += np.append(table, 0.0)[seen[:, j]]  # OPEN is -1: the entry appended
        return total


@dataclass(frozen=True, eq=False)
class SampledTerms(Terms):
    """The expected gain of a party with a utility that is no sum: the mean over the scenario's draws.

    There are no ``tables``, and ``fixed`` says nothing.
    """

    case: Case = field(kw_only=True, repr=False)
    _known: dict[bytes, float] = field(default_factory=dict, repr=False, kw_only=True)
    _blocks: dict[int, Preferences] = field(default_factory=dict, repr=False, kw_only=True)

    @property
    def additive(self) -> bool:
        """No."""
        return False

    @cached_property
    def leanings(self) -> tuple[Array, ...]:
        """Expected gains of the text with another option on one issue, all else as tabled."""
        text, sizes = self.case.text, self.case.space.sizes
        rows = np.repeat(text[None], sum(sizes), axis=0)
        ends = np.cumsum(sizes)
        for j, (end, size) in enumerate(zip(ends, sizes, strict=True)):
            rows[end - size : end, j] = np.arange(size)
        return tuple(np.split(self.gain(self.case.space, rows), ends[:-1]))

    def gain(self, space: Space, packages: Packages) -> Array:
        """Mean gains of packages over the scenario's draws and seed, shape ``(packages,)``."""
        seen = space.seen(packages, self.party)
        keys = [row.tobytes() for row in seen]
        if new := {key: row for key, row in zip(keys, seen, strict=True) if key not in self._known}:
            totals = total(Gains(self.case, self.party, np.stack(list(new.values())), self._blocks)).values
            self._known.update(zip(new, (totals / self.case.scenario.draws).tolist(), strict=True))
        return np.array([self._known[key] for key in keys])


#: Blocks of draws whose preferences are kept while packages are asked about one after the other.
_AT_HAND = 4


@dataclass
class Gains(CaseJob[ExactSum, ExactSum]):
    """The sums over draws of what a party gains from packages ``rows``, which are as it sees them.

    ``at_hand`` are its preferences in the first blocks, kept by whoever asks; it grows, and does not travel.
    """

    party: str
    rows: Packages
    at_hand: InitVar[dict[int, Preferences] | None] = None

    def __post_init__(self, at_hand: dict[int, Preferences] | None) -> None:
        if at_hand is not None:
            self._people = at_hand

    @cached_property
    def _people(self) -> dict[int, Preferences]:
        return {}

    def block(self, batch: int, block: int) -> ExactSum:
        """The sums of one block, shape ``(packages,)``."""
        totals = np.zeros(len(self.rows))
        count = draws_in(block, self.case.scenario.draws)
        for number, gain in self._person(block).gains(self.rows):
            totals[number] = gain[:count].sum()
        return ExactSum.of(totals)

    def _person(self, block: int) -> Preferences:
        if block in self._people:
            return self._people[block]
        case = self.case
        own = preferences_for(case.profile(self.party), case.space.sizes, Memo(case.scenario.seed, block))
        if block < _AT_HAND:
            self._people[block] = own
        return own


def expected(case: Case) -> tuple[Terms, ...]:
    """The expected gains of every party of a case, in the order of its profiles, over the scenario's draws and seed.

    Raises :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing to draw from.
    """
    return tuple(
        m.terms(p, case) for p, m in zip(case.profiles, fold(MeansOfParties(case, case.profiles)), strict=True)
    )


def means(profile: Profile, case: Case) -> Means:
    """A party's means over the scenario's draws and seed. Raises as :func:`expected`."""
    return total(MeansOfParties(case, (profile,)))


@dataclass
class MeansOfParties(CaseJob[Means, Means]):
    """The means of some parties over a case's draws: a batch a party."""

    profiles: tuple[Profile, ...]

    @property
    def lengths(self) -> tuple[int, ...]:
        """The blocks of the scenario's draws, for each party."""
        return (block_count(self.case.scenario.draws),) * len(self.profiles)

    def block(self, batch: int, block: int) -> Means:
        """One block of a party."""
        profile, scenario = self.profiles[batch], self.case.scenario
        own = preferences_for(profile, self.case.space.sizes, Memo(scenario.seed, block))
        part = Means(len(profile.cells), len(profile.outcomes))
        part.add(own, draws_in(block, scenario.draws), scenario.draws)
        return part
