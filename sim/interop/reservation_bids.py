"""The package that stands for a reservation value where a format knows bids alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.interop.additive import NEAR, Utilities

#: Most packages of one half of the issues that are looked at.
HALF = 2_000_000


def least_acceptable(party: Utilities) -> tuple[int, ...] | None:
    """The package of least utility that is no worse than the reservation value; the best one where all are worse.

    A party accepts just what is no worse than this package. Issues are split in two halves, whose sums are met in the
    middle (Horowitz and Sahni, "Computing partitions with applications to the knapsack problem", Journal of the ACM
    21, 1974). None where the halves are too large to list.
    """
    order = sorted(range(len(party.values)), key=lambda j: -len(party.values[j]))
    halves: tuple[list[int], list[int]] = ([], [])
    for j in order:
        sizes = [math.prod(len(party.values[i]) for i in half) for half in halves]
        halves[sizes[0] > sizes[1]].append(j)
    if any(math.prod(len(party.values[j]) for j in half) > HALF for half in halves):
        return None
    first, second = (_sums(party, half) for half in halves)
    places = np.argsort(second, kind="stable")
    ordered = second[places]
    at = np.searchsorted(ordered, party.reservation - NEAR - first, side="left")
    there = at < len(ordered)
    if not there.any():
        return party.best
    totals = np.where(there, first + ordered[np.minimum(at, len(ordered) - 1)], np.inf)
    chosen = int(np.argmin(totals))
    package = [0] * len(party.values)
    for half, number in zip(halves, (chosen, int(places[at[chosen]])), strict=True):
        for j, option in zip(half, _options(party, half, number), strict=True):
            package[j] = option
    return tuple(package)


def _sums(party: Utilities, half: Sequence[int]) -> NDArray[np.float64]:
    """Utilities of all packages of some issues, the last one changing fastest."""
    total = np.zeros(1)
    for j in half:
        total = (total[:, None] + party.weights[j] * np.array(party.values[j])).ravel()
    return total


def _options(party: Utilities, half: Sequence[int], number: int) -> tuple[int, ...]:
    sizes = [len(party.values[j]) for j in half]
    return tuple(int(o) for o in np.unravel_index(number, sizes)) if sizes else ()
