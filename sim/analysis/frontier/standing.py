"""Where one package stands to a frontier: how much all, or some at nobody's cost, could gain over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.frontier.solutions import slack
from sim.analysis.space.maxima import NEAR
from sim.engine.draws import Array

#: Sums of the same figures in another order differ by rounding alone: gains this near are equal here.
ROUNDING = 10 * NEAR


@dataclass(frozen=True)
class Standing:
    """A package against the points of a frontier.

    ``slack`` is how much all parties could gain at once (:func:`sim.analysis.frontier.solutions.slack`), at point
    ``at``; negative where every point gives some party less. ``equal``: some point gives just as much. ``dominating``
    counts the points that give nobody less and somebody more; over these, ``total`` is the greatest sum of differences
    and ``most``, shape ``(parties,)``, the greatest of each party. Both are zero where there is no such point.
    """

    slack: float
    at: int
    equal: bool
    dominating: int
    total: float
    most: Array


def standing(gains: Array, point: Array, resolution: float = 0.0) -> Standing:
    """How a package that gives ``point``, shape ``(parties,)``, stands to ``gains``, shape ``(points, parties)``.

    Differences within :data:`ROUNDING` and the frontier's ``resolution`` are none.
    """
    more = gains - point
    more[np.abs(more) <= ROUNDING + resolution] = 0.0
    far, at = slack(more, np.zeros(len(point)))
    better = more[(more >= 0).all(axis=1) & (more > 0).any(axis=1)]
    return Standing(
        slack=far,
        at=at,
        equal=bool((more == 0).all(axis=1).any()),
        dominating=len(better),
        total=float(better.sum(axis=1).max()) if len(better) else 0.0,
        most=better.max(axis=0) if len(better) else np.zeros(len(point)),
    )
