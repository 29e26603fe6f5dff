"""Points of a frontier that bargaining theory singles out.

All are taken among the packages that give every party at least no deal, and all of them lie on the Pareto frontier, so
the frontier's points are all that need be looked at: whatever a package gives, some undominated package gives
everybody as much, and none of the measures below falls when a gain rises. A party's gain is over no deal, the
disagreement point, so that is zero for all; what a party insists on by a rule of acceptance of its own is no part of
it, since no deal is still what it gets without agreement.

* Nash (J. F. Nash, "The bargaining problem", Econometrica 18, 1950): the greatest product of gains.
* Kalai-Smorodinsky (E. Kalai and M. Smorodinsky, "Other solutions to Nash's bargaining problem", Econometrica 43,
  1975): a party's *ideal* is the most it gets from any package that gives all at least no deal. On a set of packages
  the ray to the ideals need hit none, so the point is that where the least share of a party's ideal is greatest.
* Egalitarian (E. Kalai, "Proportional solutions to bargaining situations", Econometrica 45, 1977): the least gain is
  greatest.
* Utilitarian (J. C. Harsanyi, "Cardinal welfare, individualistic ethics, and interpersonal comparisons of utility",
  Journal of Political Economy 63, 1955): the sum of gains is greatest.

Ties: the least share (or gain) being equal, the next least decides and so on (leximin: A. Sen, *Collective Choice and
Social Welfare*, 1970; H. Imai, "Individual monotonicity and lexicographic maxmin solution", Econometrica 51, 1983).
Of equal products or sums the one with the better gains by leximin is taken. What still ties stays with the point that
gives the first party most, and the number of points that tie is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from sim.analysis.frontier.maxima import NEAR, Numbers
from sim.engine.acceptability import TIE
from sim.engine.draws import Array

Concept = Literal["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"]
CONCEPTS: tuple[Concept, ...] = get_args(Concept)
#: Why there is no such point.
Reason = Literal["nobody_left_whole", "nothing_to_gain"]


@dataclass(frozen=True)
class Solution:
    """A point's number in the frontier, or why there is none; ``value`` is what is greatest there.

    ``ties`` counts the points that are as good by the measure and its tie rule. ``nobody_left_whole``: no package
    gives every party at least no deal. ``nothing_to_gain``: those that do give some party nothing more, so that all
    products, or that party's shares of its ideal, are alike.
    """

    concept: Concept
    point: int | None
    value: float | None
    ties: int
    reason: Reason | None


def rational(gains: Array) -> Numbers:
    """Numbers of the points that give every party at least no deal; ``gains`` has shape ``(points, parties)``."""
    return np.flatnonzero((gains >= -TIE).all(axis=1))


def ideals(gains: Array) -> Array | None:
    """The most that each party gets from a package that gives all at least no deal, shape ``(parties,)``."""
    able = rational(gains)
    return gains[able].max(axis=0) if len(able) else None


def solution(concept: Concept, gains: Array) -> Solution:
    """One of the points of a frontier, ``gains`` of shape ``(points, parties)``, best for the first party first."""
    able = rational(gains)
    if not len(able):
        return Solution(concept, None, None, 0, "nobody_left_whole")
    mine = np.maximum(gains[able], 0.0)
    if concept in ("nash", "kalai_smorodinsky"):
        most = mine.max(axis=0)
        # a party that gains nothing in any of them, or all never at once
        if (most <= TIE).any() or (concept == "nash" and not (mine > TIE).all(axis=1).any()):
            return Solution(concept, None, None, 0, "nothing_to_gain")
    if concept == "nash":
        # the geometric mean is as great where the product is, and on the scale of gains
        keys = [mine.prod(axis=1) ** (1 / mine.shape[1]), *np.sort(mine, axis=1).T]
    elif concept == "kalai_smorodinsky":
        keys = list(np.sort(mine / mine.max(axis=0), axis=1).T)
    elif concept == "egalitarian":
        keys = list(np.sort(gains[able], axis=1).T)
    else:
        keys = [mine.sum(axis=1), *np.sort(mine, axis=1).T]
    best = foremost(keys)
    value = mine[best[0]].prod() if concept == "nash" else keys[0][best[0]]
    return Solution(concept, int(able[best[0]]), float(value), len(best), None)


def foremost(keys: Sequence[Array]) -> Numbers:
    """Numbers of the rows with the greatest first key, of these the greatest second and so on, to within rounding."""
    left = np.arange(len(keys[0]))
    for key in keys:
        mine = key[left]
        left = left[mine >= mine.max() - NEAR]
    return left
