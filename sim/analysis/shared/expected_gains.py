"""Expected gains of packages: means over the scenario's draws, put into closed form.

Weights, values and beliefs are drawn independently, so an expected gain is a sum over issues of a figure an option
(:mod:`sim.analysis.shared.expected`); only the weights' and the beliefs' means are taken over draws.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.shared.expected import expected_terms
from sim.engine.draws import BLOCK, Array
from sim.engine.packages import Packages, Space
from sim.engine.preferences import Memo, Preferences
from sim.engine.profiles import Case, Profile


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
    for block in range(math.ceil(draws / BLOCK)):
        count = min(BLOCK, draws - block * BLOCK)
        total.add(Preferences(profile, case.space.sizes, Memo(seed, block)), count, draws)
    return total
