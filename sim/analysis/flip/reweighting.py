"""How far weights must move before an additive score crosses a threshold: closed forms and linear programmes.

Weights w lie on the simplex, d_j is what issue j is worth per unit of weight, and the score is
``s = sum_j w_j d_j``. It *flips* when it crosses the threshold t. The one-way break-evens are
those of the sensitivity analysis of additive value models (for instance R. T. Clemen, *Making
Hard Decisions*, 1996, chapter 5); the nearest flip is the least L1 distance to the hyperplane
``s = t``, the "distance to the nearest competitor" of E. Triantaphyllou and A. Sanchez, "A
sensitivity analysis approach for some deterministic multi-criteria decision-making methods",
Decision Sciences 28 (1997), with all weights free to move together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog

from sim.engine.acceptability import TIE
from sim.engine.draws import Array
from sim.engine.preferences import PlanEntry
from sim.scenario import schema

#: Tolerance asked of the solver; its own default (1e-7) is too coarse for weights.
_PRECISION = 1e-10


def weight_break_even(weights: Array, units: Array, threshold: float, issue: int) -> tuple[float | None, str | None]:
    """Weight of one issue at which the score meets the threshold, the others keeping their proportions.

    With g the score of the others, renormalised, ``t* = (threshold - g) / (d - g)``. None, with the
    reason, where no weight carries the score across the threshold: touching it, with no weight
    or with all of it, is not enough. ``weights`` and ``units`` have shape ``(issues,)``.
    """
    own, unit = float(weights[issue]), float(units[issue])
    score = float(weights @ units)
    if abs(score - threshold) <= TIE:
        return own, None
    rest = 1.0 - own
    if rest <= TIE:
        return None, "it has all the weight, so the others have no proportions to keep"
    others = (score - own * unit) / rest
    if abs(unit - others) <= TIE:
        return None, "it is worth as much as the others together, so its weight changes nothing"
    even = (threshold - others) / (unit - others)
    if not TIE < even < 1 - TIE:
        touches = abs(even) <= TIE or abs(even - 1) <= TIE
        return None, "at most it brings the score to the threshold" if touches else "no weight between 0 and 1 does it"
    return even, None


def unit_break_even(
    weight: float, unit: float, margin: float, low: float, high: float
) -> tuple[float | None, str | None]:
    """Value of one ``d`` at which the score meets the threshold; None, with the reason, outside [low, high]."""
    if high - low <= TIE:
        return None, "the text does not differ from no deal on it"
    if weight <= TIE:
        return None, "it has no weight"
    even = unit - margin / weight
    if not low - TIE <= even <= high + TIE:
        return None, "it would have to lie beyond what is possible"
    return float(np.clip(even, low, high)), None


# --- nearest flip ---------------------------------------------------------------------------


@dataclass(frozen=True)
class AllowedWeights:
    """Which weights may be: bounds, and issues in classes, heaviest first.

    Every issue of a class weighs at least as much as every issue of a later one.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    classes: tuple[tuple[int, ...], ...] = ()

    @classmethod
    def anything(cls, issues: int) -> AllowedWeights:
        """Any weights that sum to 1."""
        return cls((0.0,) * issues, (1.0,) * issues)

    @classmethod
    def by(cls, plan: Sequence[PlanEntry]) -> AllowedWeights:
        """What a plan of weights allows; see :func:`sim.engine.preferences.weight_plan`.

        Importance ``none`` stays at 0; given weights keep their number or range, outside the
        classes, as they are drawn.
        """
        ends = [
            (0.0, 0.0) if s == "none" else (s.low, s.high) if isinstance(s, schema.Span) else (0.0, 1.0) for s in plan
        ]
        present = sorted({s for s in plan if isinstance(s, int)})
        low, high = zip(*ends, strict=True)
        return cls(low, high, tuple(tuple(j for j, s in enumerate(plan) if s == c) for c in present))


class Reweighting(NamedTuple):
    """The nearest weights that meet the threshold. ``distance`` is L1: twice the weight that moves."""

    distance: float
    weights: Array


def reach(units: Array, allowed: AllowedWeights) -> tuple[float, float]:
    """Least and greatest score that allowed weights give. Raises ValueError where no weights are allowed."""
    least, greatest = (sign * _solved(sign * units, allowed, len(units))[0] for sign in (1.0, -1.0))
    return least, greatest


def nearest(weights: Array, units: Array, threshold: float, allowed: AllowedWeights) -> Reweighting | None:
    """AllowedWeights weights at the least L1 distance from ``weights`` whose score meets the threshold.

    None where allowed weights do not carry the score across it: the score has to be able to
    pass the threshold, not only to touch it, since at the threshold itself nobody prefers
    either side. ``weights`` should be allowed themselves.
    """
    score = float(weights @ units)
    if abs(score - threshold) <= TIE:
        return Reweighting(0.0, weights.copy())
    least, greatest = reach(units, allowed)
    if not (greatest > threshold + TIE if score < threshold else least < threshold - TIE):
        return None
    n = len(weights)
    # w' = w + up - down; minimise the sum of all moves
    cost = np.concatenate([np.zeros(n), np.ones(2 * n)])
    moves = np.hstack([np.eye(n), -np.eye(n), np.eye(n)])
    meets = np.concatenate([units, np.zeros(2 * n)])
    _, where = _solved(cost, allowed, n, [*zip(moves, weights, strict=True), (meets, threshold)])
    new = np.clip(where[:n], 0.0, 1.0)
    return Reweighting(float(np.abs(new - weights).sum()), new)


def _solved(
    cost: Array, allowed: AllowedWeights, issues: int, equations: Sequence[tuple[Array, float]] = ()
) -> tuple[float, Array]:
    """Least cost, and where, over allowed weights (the first ``issues`` variables) under further equations.

    A level between each two neighbouring classes, below the one and above the other, says
    what the classes say with a row an issue.
    """
    size, levels = len(cost), max(len(allowed.classes) - 1, 0)
    unit = np.eye(size + levels)
    below = [unit[size + k] - unit[j] for k in range(levels) for j in allowed.classes[k]]
    below += [unit[j] - unit[size + k] for k in range(levels) for j in allowed.classes[k + 1]]
    equal = [np.pad(left, (0, size + levels - len(left))) for left in (np.ones(issues), *(x for x, _ in equations))]
    costs = np.pad(cost, (0, levels))
    done = linprog(
        costs,
        A_ub=np.array(below) if below else None,
        b_ub=np.zeros(len(below)) if below else None,
        A_eq=np.array(equal),
        b_eq=[1.0, *(right for _, right in equations)],
        bounds=[*zip(allowed.low, allowed.high, strict=True), *[(0, None)] * (size - issues + levels)],
        method="highs",
        options={"primal_feasibility_tolerance": _PRECISION, "dual_feasibility_tolerance": _PRECISION},
    )
    if not done.success:
        raise ValueError(f"no weights are allowed: {done.message}")
    where: Array = np.asarray(done.x, float)
    return float(costs @ where), where
