"""Every package near a text scored on the same draws, and put in order.

Counts come from :func:`sim.acceptability.accepts_each`, so they are those of separate runs. Packages are rows; the
first one is the text itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.acceptability import accepts_each
from sim.analysis.neighbourhoods import parts
from sim.consent import asked_each
from sim.draws import BLOCK, Array
from sim.packages import Mask, Packages
from sim.preferences import Memo, Preferences
from sim.profiles import Case
from sim.runner import Progress
from sim.tally import Counts

#: Packages scored at once; a mask of them takes 4 megabytes a party.
CHUNK = 1024

Numbers = NDArray[np.intp]


@dataclass
class Scores:
    """Packages of one case and how they fare over ``draws`` draws.

    ``asked`` and ``own`` (draws in which a party accepts by itself) have shape ``(parties, packages)``; ``joint``
    counts acceptance by all who are asked, all draws where nobody is, shape ``(packages,)``; ``lines`` are the lines
    that bind in every draw and by which parties asked reject a package, of the same shape; ``gain`` is the mean gain,
    shape ``(parties, packages)``.
    """

    draws: int
    packages: Packages
    asked: Mask
    own: Counts
    joint: Counts
    lines: Counts
    gain: Array

    @cached_property
    def weakness(self) -> Counts:
        """Own acceptance of those asked, the weakest first, shape ``(parties, packages)``; who is not asked accepts."""
        return np.sort(np.where(self.asked, self.own, self.draws), axis=0)

    def merit(self, number: int) -> tuple[int, ...]:
        """What packages are ranked by: the joint count, the weakest party's, few lines, the next weakest's, and so on.

        Lines differ only where the weakest never accepts.
        """
        first, *others = self.weakness[:, number].tolist()
        return (int(self.joint[number]), first, -int(self.lines[number]), *others)

    def order(self, numbers: Numbers, forced: Counts, first: Array | None = None) -> Numbers:
        """Packages best first: by ``first`` (a figure a package of all) if given, then by merit, then fewest forced.

        What still ties stays in the order of ``numbers``.
        """
        weak = -self.weakness[:, numbers]
        keys: list[NDArray[np.generic]] = [
            forced[numbers],
            *weak[:0:-1],
            self.lines[numbers],
            weak[0],
            -self.joint[numbers],
        ]
        if first is not None:
            keys.append(-first[numbers])
        return numbers[np.lexsort(keys)]


def scored(case: Case, packages: Packages, *, progress: Progress | None = None) -> Scores:
    """Score packages of one case on its scenario's draws and seed.

    ``progress`` is called with (steps done, steps in all). Raises :class:`sim.draws.NothingFits` where ranges leave
    almost nothing to draw from.
    """
    draws, seed = case.scenario.draws, case.scenario.seed
    wanted = asked_each(case, packages)
    own = np.zeros(wanted.shape, np.int64)
    joint = np.zeros(len(packages), np.int64)
    worth = [[np.zeros(n) for n in case.space.sizes] for _ in case.profiles]
    fixed = np.zeros(len(case.profiles))
    # Neighbours in this order share the sums of their common beginnings.
    order = np.lexsort(packages.T[::-1])
    chunks = [order[k : k + CHUNK] for k in range(0, len(order), CHUNK)]
    blocks = math.ceil(draws / BLOCK)
    for block in range(blocks):
        memo = Memo(seed, block)
        count = min(BLOCK, draws - block * BLOCK)
        people = [Preferences(p, case.space.sizes, memo) for p in case.profiles]
        for i, preferences in enumerate(people):
            fixed[i] += _fixed(preferences, count)
            for j, size in enumerate(case.space.sizes):
                for option in range(size):
                    term = preferences.term(j, option)
                    worth[i][j][option] += 0.0 if term is None else term[:count].sum()
        for step, chunk in enumerate(chunks):
            together = np.ones((len(chunk), count), bool)
            for i, preferences in enumerate(people):
                votes = accepts_each(preferences, case.space, packages[chunk])[:, :count]
                own[i, chunk] += votes.sum(axis=1)
                rows = np.flatnonzero(wanted[i, chunk])
                together[rows] &= votes[rows]
            joint[chunk] += together.sum(axis=1)
            if progress is not None:
                progress(block * len(chunks) + step + 1, blocks * len(chunks))
    gain = np.stack([_gain(case, packages, i, worth[i], float(fixed[i])) for i in range(len(case.profiles))]) / draws
    return Scores(draws, packages, wanted, own, joint, _lines(case, packages, wanted), gain)


def _lines(case: Case, packages: Packages, wanted: Mask) -> Counts:
    total = np.zeros(len(packages), np.int64)
    for profile, rows in zip(case.profiles, wanted, strict=True):
        seen = case.space.seen(packages, profile.id)
        for line in profile.lines:
            if line.holds is None:
                total += rows & line.condition.holds(packages if line.kind == "red_line" else seen)
    return total


def _fixed(preferences: Preferences, count: int) -> float:
    """Sum over draws of what every package's gain has in common: the cost, less a reservation value."""
    total = np.zeros(BLOCK) + preferences.cost
    if preferences.reservation is not None:
        total = total - preferences.reservation
    return float(total[:count].sum())


def _gain(case: Case, packages: Packages, party: int, worth: Sequence[Array], fixed: float) -> Array:
    """Sums of gains of all packages: additive over the terms as the party sees them."""
    seen = case.space.seen(packages, case.profiles[party].id)
    total = np.full(len(packages), fixed)
    for j, table in enumerate(worth):
        total += np.append(table, 0.0)[seen[:, j]]  # OPEN is -1: the entry appended
    return total


def equalled(scores: Scores, numbers: Numbers, gain: Array | None = None) -> Mask:
    """Which packages a part of their own changes (or none of them) already equals or beats, shape ``(numbers,)``.

    By merit, and by ``gain`` (a figure a package) too if given. Parts that are not among the packages scored break
    a constraint and do not count.
    """
    at = {row.tobytes(): k for k, row in enumerate(scores.packages)}
    text = scores.packages[0]
    result = np.zeros(len(numbers), bool)
    for k, number in enumerate(numbers.tolist()):
        own = scores.merit(number)
        for part in parts(text, scores.packages[number]):
            other = at.get(part.tobytes())
            if other is None or scores.merit(other) < own:
                continue
            if gain is None or gain[other] >= gain[number]:
                result[k] = True
                break
    return result
