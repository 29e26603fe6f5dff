"""Scores of forecasts against what happened, with intervals by bootstrap over subjects.

Rows that answer each other, or repeat one stance, are one subject and are drawn together. All forecasters are scored
on the same rows and the same draws, so that a difference of two has an interval of its own (B. Efron and R. Tibshirani,
*An Introduction to the Bootstrap*, 1993, chapters 8 and 13). ``scenarios/backtest/PROTOCOL.md`` fixes every choice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.draws import Array, stream

#: Draws of the bootstrap, and those worked at a time.
RESAMPLES, _AT_ONCE = 10_000, 500
#: Ends of the 95% interval.
ENDS = (0.025, 0.975)
#: Probabilities are brought into this range before their logarithm.
CLIP = (0.01, 0.99)
#: Where bins of the calibration table begin; the last one has both its ends.
BINS = (0.0, 0.2, 0.4, 0.6, 0.8)
#: A figure that is undefined in more of the draws than this has no interval.
MOST_UNDEFINED = 0.5


@dataclass(frozen=True)
class Estimates:
    """Estimates, and what each is in every draw of the bootstrap; shapes ``(figures,)`` and ``(draws, figures)``.

    NaN is undefined. ``draws`` is None for a single subject.
    """

    estimates: Array
    draws: Array | None

    def less(self, first: int) -> Estimates:
        """What one figure is more than each of the others, draw by draw; in their order."""
        others = [k for k in range(len(self.estimates)) if k != first]
        draws = None if self.draws is None else self.draws[:, [first]] - self.draws[:, others]
        return Estimates(self.estimates[first] - self.estimates[others], draws)

    def without(self, figures: Sequence[int]) -> Estimates:
        """With some figures that are not to be."""
        estimates = self.estimates.copy()
        estimates[[*figures]] = np.nan
        return Estimates(estimates, self.draws)

    def interval(self, k: int) -> tuple[tuple[float, float] | None, float]:
        """The ends of a figure's interval, and in which share of the draws it is undefined."""
        if self.draws is None:
            return None, float(np.isnan(self.estimates[k]))
        if np.isnan(self.estimates[k]):
            return None, 1.0
        defined = self.draws[~np.isnan(self.draws[:, k]), k]
        undefined = 1 - len(defined) / len(self.draws)
        if undefined > MOST_UNDEFINED:
            return None, undefined
        low, high = np.quantile(defined, ENDS)
        return (float(low), float(high)), undefined


@dataclass(frozen=True)
class ScoredRows:
    """What was forecast, shape ``(forecasters, rows)``, and what happened: outcomes, weights, numbers of subjects."""

    forecasts: Array
    outcomes: Array
    weights: Array
    subjects: NDArray[np.intp]
    seed: int

    @property
    def count(self) -> int:
        """How many subjects there are; they are numbered from 0 without gaps."""
        return int(self.subjects.max()) + 1

    def brier(self) -> Estimates:
        """Mean squared errors (G. W. Brier, *Verification of forecasts*, 1950), a forecaster each."""
        return self._means((self.forecasts - self.outcomes) ** 2)

    def log(self) -> Estimates:
        """Mean logarithmic losses, in nats (I. J. Good, *Rational decisions*, 1952), of probabilities clipped."""
        p, y = np.clip(self.forecasts, *CLIP), self.outcomes
        return self._means(-(y * np.log(p) + (1 - y) * np.log(1 - p)))

    def auc(self) -> Estimates:
        """Areas under the curve: how often a yes has the higher forecast than a no, ties one half."""
        classes = self.weights * (self.outcomes > 0.5), self.weights * (self.outcomes < 0.5)
        levels = [_Levels(row) for row in self.forecasts]
        ones = np.ones((1, self.count))
        estimates = np.array([self._areas(ones, level, *classes)[0] for level in levels])
        if self.count == 1:
            return Estimates(estimates, None)
        draws = [
            np.stack([self._areas(counts, level, *classes) for level in levels], axis=1) for counts in self._resamples()
        ]
        return Estimates(estimates, np.concatenate(draws))

    def bins(self) -> NDArray[np.intp]:
        """The bin of each row by its first forecast, numbered from 0."""
        return np.asarray(np.searchsorted(BINS, self.forecasts[0], side="right") - 1, np.intp)

    def outcomes_by_bin(self) -> Estimates:
        """Mean outcomes of the rows of each bin; NaN for an empty one."""
        inside = self.bins() == np.arange(len(BINS))[:, None]
        return self._ratios(inside * self.weights * self.outcomes, inside * self.weights)

    def _means(self, losses: Array) -> Estimates:
        return self._ratios(losses * self.weights, np.broadcast_to(self.weights, losses.shape))

    def _ratios(self, above: Array, below: Array) -> Estimates:
        """Sums over sums, of the rows and of every draw of subjects; shapes ``(figures, rows)``."""
        member = self._members()
        with np.errstate(invalid="ignore"):
            estimates = above.sum(axis=1) / below.sum(axis=1)
            if self.count == 1:
                return Estimates(estimates, None)
            first, second = member @ above.T, member @ below.T
            draws = [(counts @ first) / (counts @ second) for counts in self._resamples()]
        return Estimates(estimates, np.concatenate(draws))

    def _members(self) -> Array:
        """Which rows are of which subject, as 0 and 1; shape ``(subjects, rows)``."""
        return np.asarray(self.subjects == np.arange(self.count)[:, None], float)

    def _areas(self, counts: Array, levels: _Levels, yes: Array, no: Array) -> Array:
        """The area in each draw: at every level of the forecast its yes against the no below, ties one half."""
        often = counts[:, self.subjects]
        above, below = levels.sums(often * yes), levels.sums(often * no)
        won = (above * (np.cumsum(below, axis=1) - below / 2)).sum(axis=1)
        # 0 / 0 is NaN: undefined
        with np.errstate(invalid="ignore"):
            return np.asarray(won / (above.sum(axis=1) * below.sum(axis=1)))

    def _resamples(self) -> Iterator[Array]:
        """How often each subject is drawn, some draws at a time; shape ``(draws, subjects)``."""
        rng = stream(self.seed, "backtest", "bootstrap", 0)
        for begin in range(0, RESAMPLES, _AT_ONCE):
            size = min(_AT_ONCE, RESAMPLES - begin)
            drawn = rng.integers(self.count, size=(size, self.count)) + self.count * np.arange(size)[:, None]
            yield np.bincount(drawn.ravel(), minlength=size * self.count).reshape(size, self.count).astype(float)


class _Levels:
    """The values that a forecast has, from low to high, and which rows have each."""

    def __init__(self, forecast: Array) -> None:
        self._order = np.argsort(forecast, kind="stable")
        ordered = forecast[self._order]
        self._starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])

    def sums(self, weights: Array) -> Array:
        """Weights of rows, shape ``(draws, rows)``, added up by level."""
        return np.asarray(np.add.reduceat(weights[:, self._order], self._starts, axis=1))


def item_weights(items: Sequence[Hashable]) -> Array:
    """The weight of each row: those of one item share 1 in equal parts."""
    many = Counter(items)
    return np.array([1 / many[item] for item in items])


def base_rates(outcomes: Array, weights: Array, subjects: Sequence[str]) -> Array:
    """Of each row, the weighted mean outcome of the rows of all other subjects; one half where there are none."""
    out = np.full(len(outcomes), 0.5)
    for subject in set(subjects):
        own = np.array([other == subject for other in subjects])
        if (~own).any():
            out[own] = (weights * outcomes)[~own].sum() / weights[~own].sum()
    return out
