"""Expected values of options under a position, in closed form, and expected gains of packages.

By symmetry values do not hang on draws: an issue on which the sources are silent is worth
exactly nothing in expectation, not a little by chance. Weights, values and beliefs are drawn independently, so an
expected gain is a sum over issues of a figure an option; only the weights' and the beliefs' means are taken over draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.draws import BLOCK, Array, blocks
from sim.engine.packages import OPEN, Packages, Space
from sim.engine.preferences import Memo, Preferences
from sim.engine.profiles import Case, Cell, Ordinal, Profile


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
    """Means over draws of what a party's expected gain is made of."""

    def __init__(self, issues: int, outcomes: int) -> None:
        self.weights: Array = np.zeros(issues)
        self.beliefs: Array = np.zeros(outcomes)
        self.fixed = 0.0

    def add(self, preferences: Preferences, count: int, draws: int) -> None:
        """A block of so many draws, of so many in all."""
        self.weights += preferences.weights[:, :count].sum(axis=1) / draws
        if preferences.beliefs is not None:
            self.beliefs += preferences.beliefs[:, :count].sum(axis=1) / draws
        # what every package's gain has in common: the cost, less a reservation value
        common = np.zeros(BLOCK) + preferences.cost
        if preferences.reservation is not None:
            common = common - preferences.reservation
        self.fixed += float(common[:count].sum()) / draws

    def terms(self, profile: Profile, sizes: Sequence[int]) -> Terms:
        """What each option of each issue adds to the party's expected gain."""
        tables = tuple(expected_terms(profile, sizes, self.weights, self.beliefs))
        return Terms(profile.id, self.fixed, tables, self.weights)


@dataclass(frozen=True)
class Terms:
    """A party's expected gain: ``fixed``, and what each option of each issue adds, an array ``(options,)`` an issue.

    Options count as the party sees them, after effects; an open issue adds nothing. ``weights`` are the mean weights
    of issues, shape ``(issues,)``.
    """

    party: str
    fixed: float
    tables: tuple[Array, ...]
    weights: Array

    def gain(self, space: Space, packages: Packages) -> Array:
        """Expected gains of packages, shape ``(packages,)``."""
        seen = space.seen(packages, self.party)
        total = np.full(len(packages), self.fixed)
        for j, table in enumerate(self.tables):
            total += np.append(table, 0.0)[seen[:, j]]  # OPEN is -1: the entry appended
        return total


def expected(case: Case) -> tuple[Terms, ...]:
    """The expected gains of every party of a case, in the order of its profiles, over the scenario's draws and seed.

    Raises :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing to draw from.
    """
    return tuple(means(p, case).terms(p, case.space.sizes) for p in case.profiles)


def means(profile: Profile, case: Case) -> Means:
    """A party's means over the scenario's draws and seed. Raises as :func:`expected`."""
    draws, seed = case.scenario.draws, case.scenario.seed
    total = Means(len(profile.cells), len(profile.outcomes))
    for block, count in enumerate(blocks(draws)):
        total.add(Preferences(profile, case.space.sizes, Memo(seed, block)), count, draws)
    return total
