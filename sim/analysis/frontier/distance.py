"""How far a package lies from a frontier: how much all, or some at nobody's cost, could gain over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.frontier.maxima import NEAR
from sim.analysis.frontier.solutions import foremost
from sim.engine.draws import Array

#: Sums of the same figures in another order differ by rounding alone: gains this near are equal here.
ROUNDING = 10 * NEAR


@dataclass(frozen=True)
class Placement:
    """A package against the points of a frontier.

    ``slack`` is how much all parties could gain at once (:func:`slack`), at point ``at``; negative where every point
    gives some party less. ``equal``: some point gives just as much. ``dominating`` counts the points that give nobody
    less and somebody more; over these, ``total`` is the greatest sum of differences and ``most``, shape
    ``(parties,)``, the greatest of each party. Both are zero where there is no such point.
    """

    slack: float
    at: int
    equal: bool
    dominating: int
    total: float
    most: Array

    @property
    def dominated(self) -> bool:
        """Whether some point gives nobody less than the package and somebody more, and none just as much."""
        return not self.equal and self.dominating > 0

    @property
    def improvable(self) -> bool:
        """Whether the point ``at`` gives nobody less than the package and somebody more."""
        return self.slack > 0 or self.dominated


def slack(gains: Array, point: Array) -> tuple[float, int]:
    """How much all parties could gain at once over a package, and the point of the frontier at which they do.

    The greatest, over points f of the frontier, of the least of f_i - g_i over parties i; negative where every point
    gives some party less. The distance is the augmentation to weak efficiency (the directional distance function in
    the direction of one more for everybody: R. G. Chambers, Y. Chung and R. Färe, "Benefit and distance functions",
    Journal of Economic Theory 70, 1996). Of several such points the one with the greatest differences by leximin.
    """
    differences = np.sort(gains - point, axis=1)
    best = foremost(list(differences.T))
    return float(differences[best[0], 0]), int(best[0])


def placement(gains: Array, point: Array, resolution: float = 0.0) -> Placement:
    """How a package that gives ``point``, shape ``(parties,)``, stands to ``gains``, shape ``(points, parties)``.

    Differences within :data:`ROUNDING` and the frontier's ``resolution`` are none.
    """
    more = gains - point
    more[np.abs(more) <= ROUNDING + resolution] = 0.0
    far, at = slack(more, np.zeros(len(point)))
    better = more[(more >= 0).all(axis=1) & (more > 0).any(axis=1)]
    return Placement(
        slack=far,
        at=at,
        equal=bool((more == 0).all(axis=1).any()),
        dominating=len(better),
        total=float(better.sum(axis=1).max(initial=0.0)),
        most=better.max(axis=0, initial=0.0),
    )
