"""The sum of independent uniforms of different widths: its distribution function and the inverse of it.

Between two neighbouring sums of some of the widths the density of ``m`` uniforms is a polynomial
of degree ``m - 1`` (Irwin, Biometrika 19, 1927; Hall, the same volume). The polynomials are kept
in Bernstein form with coefficients none of which is negative, so that the function computed is
monotone, and are found by a recurrence that adds nothing but positive numbers, where the usual
alternating sum of truncated powers cancels (de Boor and Hoellig, "B-splines from
parallelepipeds", Journal d'Analyse Mathematique 42, 1982).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cache, lru_cache, reduce
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: A width below this share of the widest counts at its middle; what that moves is of its square.
NEGLIGIBLE = 1e-9
#: The rise inside a piece is met to this share of itself, some roundings.
EXACT = 4e-15
#: Steps of Newton's method and bisection; bisection alone is done after as many as a double has bits.
STEPS = 60


class UniformSum:
    """The sum of independent uniforms on ``[0, width]``, one for each of ``widths``.

    >>> dice = UniformSum([1.0, 1.0])
    >>> dice.distribution(np.array([0.5, 1.0, 2.0])).tolist(), dice.quantile(np.array([0.5])).tolist()
    ([0.125, 0.5, 1.0], [1.0])
    """

    def __init__(self, widths: Sequence[float]) -> None:
        """Two widths at least must be more than :data:`NEGLIGIBLE` of the widest."""
        least = NEGLIGIBLE * max(widths)
        wide = [w for w in widths if w > least]
        assert len(wide) > 1, "a single uniform needs no such function"
        self._degree = len(wide)
        self._at = math.fsum(w for w in widths if w <= least) / 2
        self._ends = _ends(wide)
        # The integral of a Bernstein form: partial sums of its coefficients.
        pieces = _density(wide, self._ends) * (np.diff(self._ends) / self._degree)
        below = np.concatenate([[0.0], np.cumsum(pieces.sum(axis=0))])
        self._below = below / below[-1]
        self._rising = pieces / below[-1]

    def distribution(self, at: Array | float) -> Array:
        """The share of sums that are at most ``at``; any shape, and 0 or 1 beyond the ends."""
        at = np.asarray(at, float) - self._at
        piece = self._ends[1:-1].searchsorted(at, "right")
        lower = self._ends[piece]
        place = ((at - lower) / (self._ends[piece + 1] - lower)).clip(0.0, 1.0)
        share: Array = self._below[piece] + self._inside(self._rising[:, piece], place)[0]
        return share

    def quantile(self, share: Array) -> Array:
        """Where :meth:`distribution` reaches ``share``, in [0, 1]; any shape.

        In closed form for two uniforms, else by Newton's method kept inside a bracket.
        """
        piece = self._below[1:-1].searchsorted(share, "right")
        within, rising = share - self._below[piece], self._rising[:, piece]
        solve = self._of_degree_two if self._degree == 2 else self._of_any_degree
        lower = self._ends[piece]
        place: Array = lower + (self._ends[piece + 1] - lower) * solve(rising, within) + self._at
        return place

    @staticmethod
    def _of_degree_two(rising: Array, within: Array) -> Array:
        """The root in [0, 1] of ``2 a x + (b - a) x^2 = within``, written so that nothing cancels."""
        first, second = rising
        root = first + np.sqrt(np.maximum(first * first + (second - first) * within, 0.0))
        at: Array = np.minimum(np.divide(within, root, out=np.zeros_like(within), where=root > 0), 1.0)
        return at

    def _of_any_degree(self, rising: Array, within: Array) -> Array:
        low, high = np.zeros_like(within), np.ones_like(within)
        at: Array = np.divide(within, rising.sum(axis=0), out=np.zeros_like(within), where=within > 0).clip(0.0, 1.0)
        for _ in range(STEPS):
            risen, slope = self._inside(rising, at)
            off = risen - within
            done = np.abs(off) <= EXACT * within
            if done.all():
                break
            high, low = np.where(off > 0, at, high), np.where(off > 0, low, at)
            step = at - np.divide(off, slope, out=np.full_like(at, 2.0), where=slope > 0)
            step = np.where((step >= low) & (step <= high), step, (low + high) / 2)
            at = np.where(done, at, step)
        return at

    def _inside(self, rising: Array, place: Array) -> tuple[Array, Array]:
        """How far the function has risen at ``place`` in [0, 1] of a piece, and its slope there (de Casteljau)."""
        rows = [np.zeros_like(place), *np.cumsum(rising, axis=0)]
        while len(rows) > 2:
            rows = [a + (b - a) * place for a, b in pairwise(rows)]
        slope = rows[1] - rows[0]
        return rows[0] + slope * place, slope * self._degree


@lru_cache(maxsize=256)
def uniform_sum(widths: tuple[float, ...]) -> UniformSum:
    """:class:`UniformSum`, made once for the same widths."""
    return UniformSum(widths)


def _ends(widths: Sequence[float]) -> Array:
    """Ends of the pieces: the sums of every part of the widths, those that differ by rounding counted once."""
    sums: Array = np.zeros(1)
    for width in widths:
        sums = np.concatenate([sums, sums + width])
    sums.sort()
    apart = np.diff(sums, prepend=-np.inf) > 1e-12 * sums[-1]
    ends: Array = sums[apart]
    return ends


def _density(widths: Sequence[float], ends: Array) -> Array:
    """Bernstein coefficients of the density, shape ``(len(widths), pieces)``.

    Found from its values at as many places inside each piece.
    """
    degree = len(widths) - 1
    places = (np.arange(degree + 1) + 0.5) / (degree + 1)
    at = ends[:-1] + np.diff(ends) * places[:, None]
    # solved here and not by a library whose last digits hang on the machine
    parts = zip(_inverse(degree).T, _values(widths, at), strict=True)
    density: Array = np.maximum(reduce(np.add, (np.multiply.outer(weights, row) for weights, row in parts)), 0.0)
    return density


@cache
def _inverse(degree: int) -> Array:
    """What gives Bernstein coefficients of a polynomial from its values at as many places, shape ``(m, m)``.

    Of fractions, by Gauss and Jordan; each entry is the nearest float.
    """
    size = degree + 1
    rows: list[list[Fraction]] = []
    for n in range(size):
        x = Fraction(2 * n + 1, 2 * size)
        values = [math.comb(degree, k) * x**k * (1 - x) ** (degree - k) for k in range(size)]
        rows.append(values + [Fraction(n == k) for k in range(size)])
    for k in range(size):
        # no pivot is zero: the basis is totally positive
        top = rows[k] = [entry / rows[k][k] for entry in rows[k]]
        for n in range(size):
            if n != k:
                rows[n] = [entry - rows[n][k] * above for entry, above in zip(rows[n], top, strict=True)]
    return np.array([row[size:] for row in rows], float)


def _values(widths: Sequence[float], at: Array) -> Array:
    """The density of the sum at ``at``.

    ``(m - 1) M(t) = sum_i (t/s) M_i(t) + (1 - t/s) M_i(t - w_i)``, where ``s`` is the sum of the
    widths and ``M_i`` the density without the i-th.
    """

    @cache
    def density(inside: int, shifted: int) -> Array:
        """Of the uniforms in one set of bits, at places moved down by the widths of another."""
        here = at - math.fsum(w for i, w in enumerate(widths) if shifted >> i & 1)
        members = [i for i in range(len(widths)) if inside >> i & 1]
        if len(members) == 1:
            width = widths[members[0]]
            return ((here >= 0) & (here <= width)) / width
        share = here / math.fsum(widths[i] for i in members)
        without = [(inside ^ 1 << i, shifted | 1 << i) for i in members]
        parts = [share * density(rest, shifted) + (1 - share) * density(rest, more) for rest, more in without]
        result: Array = np.sum(parts, axis=0) / (len(members) - 1)
        return result

    return density((1 << len(widths)) - 1, 0)
