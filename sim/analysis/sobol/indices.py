"""Grouped variance-based sensitivity indices by pick-freeze, on plain arrays.

A number f hangs on independent groups of inputs. The first-order index of group g,
``Var(E[f | g]) / Var(f)``, is the share of the variance that g settles by itself; the total
index, ``E[Var(f | all but g)] / Var(f)``, the share left open while everything else is known.
Neither depends on how the inputs inside a group are written down. With two independent samples
A and B, and AB_g being A with group g taken from B:

* first order, A. Saltelli et al., "Variance based sensitivity analysis of model output",
  Computer Physics Communications 181 (2010), table 2 (b): ``mean f(B) (f(AB_g) - f(A))``;
* total, M. J. W. Jansen, "Analysis of variance designs for model output", Computer Physics
  Communications 117 (1999): ``mean (f(A) - f(AB_g))^2 / 2``.

f is centred by its mean over A and B. Estimates may fall a little below 0: they are not clipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.engine.draws import Array

#: A variance below this is rounding: gains are of the order of one.
NOTHING = 1e-14
#: Rows of :func:`statistics` before those of the groups, which have three each.
STATISTICS = 2
#: Digits of the lower parts of terms; and whole numbers up to here need no parts: 4,096 of them have 24 digits.
_LOWER = 13
_SMALL = 2**12


class Moments(NamedTuple):
    """Mean, variance and, for each group, the two partial variances.

    ``first`` is ``Var(E[f | g])`` and ``total`` is ``E[Var(f | all but g)]``; their last axis
    runs over groups, leading axes are those of the means they were made from.
    """

    mean: Array
    variance: Array
    first: Array
    total: Array


def statistics(a: ArrayLike, b: ArrayLike, mixed: Sequence[ArrayLike]) -> Array:
    """What the estimators average, draw by draw; shape ``(2 + 3 * groups, draws)``.

    ``a`` and ``b`` are f on the two samples, ``mixed`` f on AB_g for each group, all of shape ``(draws,)``.
    """
    one, other = np.asarray(a, float), np.asarray(b, float)
    out = np.empty((STATISTICS + 3 * len(mixed), one.size))
    np.add(one, other, out=out[0])
    np.add(one * one, other * other, out=out[1])
    for k, values in enumerate(mixed):
        moved = np.subtract(np.asarray(values, float), one, out=out[STATISTICS + 3 * k])
        np.multiply(other, moved, out=out[STATISTICS + 3 * k + 1])
        np.multiply(moved, moved, out=out[STATISTICS + 3 * k + 2])
    return out


def moments(means: Array) -> Moments:
    """Estimates from the means of :func:`statistics` over draws, which stand on the last axis."""
    mean = means[..., 0] / 2
    variance = np.maximum(means[..., 1] / 2 - mean**2, 0.0)
    moved, product, square = (means[..., STATISTICS + k :: 3] for k in range(3))
    return Moments(mean, variance, product - mean[..., None] * moved, square / 2)


def resampling(rng: np.random.Generator, resamples: int, draws: int) -> Array:
    """How often each draw of a block is taken in each bootstrap resample; shape ``(resamples, draws)``."""
    picked = rng.integers(0, draws, (resamples, draws))
    picked += draws * np.arange(resamples)[:, None]
    counts: NDArray[np.intp] = np.bincount(picked.ravel(), minlength=resamples * draws)
    return counts.reshape(resamples, draws).astype(float)


class Resamples:
    """Bootstrap counts of draws, shape ``(resamples, draws)``, and sums of terms over them that no machine alters.

    A product of matrices adds in an order that hangs on the machine and its threads. So each term is cut into two
    parts of so few digits that no order of adding them loses any.
    """

    def __init__(self, counts: Array) -> None:
        self._counts = counts
        self._singles = counts.astype(np.float32)

    def __len__(self) -> int:
        return len(self._counts)

    def sums(self, terms: Array) -> tuple[Array, Array]:
        """Sums of ``terms``, ``(statistics, draws)``, in every resample: two arrays ``(resamples, statistics)``.

        What they come to together is the sum, of each term all but what is below the 55th digit of its row's largest.
        """
        most = np.abs(terms).max(axis=1, initial=0.0, keepdims=True)
        if (most <= _SMALL).all() and (terms == np.rint(terms)).all():
            high = (self._singles @ terms.T.astype(np.float32)).astype(float)
            return high, np.zeros(high.shape)
        # doubles have room for sums of 4,096 numbers of 41 digits, single precision for those of 12
        unit = np.ldexp(1.0, np.frexp(most)[1] - 41)
        scaled = terms / unit
        upper = np.rint(scaled)
        lower = np.rint((scaled - upper) * 2.0**_LOWER)
        return (
            (self._counts @ upper.T) * unit.T,
            (self._singles @ lower.T.astype(np.float32)).astype(float) * (unit.T * 2.0**-_LOWER),
        )


def of_product(first: Array, total: Array, own: Array, rest: Array) -> tuple[Array, Array]:
    """Indices of joint acceptance for groups of one party, from those of the party's own acceptance.

    Let J = 1_p K, where 1_p is acceptance by party p, K acceptance by all others, and the
    parties' inputs are independent. With q_p = E[1_p] = ``own``, E[K] = ``rest`` = prod_{j!=p}
    q_j and Q = q_p E[K], Var(J) = Q (1 - Q). For a group g of p's inputs, K does not hang on
    g, so E[J | g] = E[K] E[1_p | g] and

        S(g) = rest^2 Var(E[1_p | g]) / (Q (1 - Q)) = S_p(g) q_p (1 - q_p) prod_{j!=p} q_j^2 / (Q (1 - Q)).

    Given all but g, K is known, and K^2 = K is independent of 1_p, so

        ST(g) = E[K^2] E[Var(1_p | p's others)] / (Q (1 - Q)) = ST_p(g) (1 - q_p) / (1 - Q).

    For all of p's inputs S_p = ST_p = 1, that is ``first`` = ``total`` = q_p (1 - q_p).

    ``first`` and ``total`` are the partial variances of :class:`Moments` for 1_p, shape
    ``(..., groups)``; ``own`` and ``rest`` have shape ``(...)``. NaN where Q is 0 or 1.
    """
    joint = own * rest
    spread = joint * (1 - joint)
    with np.errstate(divide="ignore", invalid="ignore"):
        per = np.where(spread > 0, rest / np.where(spread > 0, spread, 1.0), np.nan)
    return first * (rest * per)[..., None], total * per[..., None]


def percentiles(resampled: Array, level: float = 0.95) -> tuple[Array, Array]:
    """Percentile bootstrap interval over the first axis, resamples that are NaN left out; NaN if all are."""
    ends = np.full((2, *resampled.shape[1:]), np.nan)
    usable = ~np.isnan(resampled).all(axis=0)
    ends[:, usable] = np.nanquantile(resampled[:, usable], [(1 - level) / 2, (1 + level) / 2], axis=0)
    return ends[0], ends[1]
