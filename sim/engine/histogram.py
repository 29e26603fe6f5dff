"""Counts over draws, and gains as a histogram: what of them stays when a block is gone, in room that does not grow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.draws import Array

#: Gains are counted in bins of this width over [-GAIN_REACH, GAIN_REACH].
GAIN_BIN = 1 / 2048
GAIN_REACH = 2.0
_BINS = round(2 * GAIN_REACH / GAIN_BIN)

Counts = NDArray[np.int64]


@dataclass(eq=False)
class Histogram:
    """Counts of gains in the bins from number ``first`` to the last one with any, shape ``(..., bins)``.

    Bins are numbered from minus :data:`GAIN_REACH` on; values beyond the reach count in the outer ones. The first and
    the last bin here have counts (of several rows, in one of them), so histograms of the same gains are equal however
    they were joined. What travels has no more digits than its counts need.
    """

    first: int
    counts: Counts

    def __add__(self, other: Histogram) -> Histogram:
        if not other.counts.shape[-1]:
            return self
        if not self.counts.shape[-1]:
            return other
        first = min(self.first, other.first)
        last = max(self.first + self.counts.shape[-1], other.first + other.counts.shape[-1])
        counts = np.zeros((*self.counts.shape[:-1], last - first), np.int64)
        for part in (self, other):
            counts[..., part.first - first : part.first - first + part.counts.shape[-1]] += part.counts
        return Histogram(first, counts)

    def __getitem__(self, row: int) -> Histogram:
        """One row of several."""
        return Histogram(self.first, self.counts[row])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Histogram):
            return NotImplemented
        return self.first == other.first and np.array_equal(self.counts, other.counts)

    __hash__ = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[str, object]:
        return {"first": self.first, "counts": self.counts.astype(np.min_scalar_type(int(self.counts.max(initial=0))))}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.first, self.counts = state["first"], state["counts"].astype(np.int64)

    @property
    def total(self) -> Counts:
        """How many gains are counted, shape ``(...)``."""
        total: Counts = self.counts.sum(axis=-1)
        return total


def count_gains(gain: Array) -> Histogram:
    """Histogram of gains in fixed bins, of shape ``(draws,)``, or a row each of ``(rows, draws)``."""
    if not gain.size:
        return Histogram(0, np.zeros((*gain.shape[:-1], 0), np.int64))
    place = np.clip(np.floor((gain + GAIN_REACH) / GAIN_BIN).astype(np.int64), 0, _BINS - 1)
    first = int(place.min())
    place -= first
    if gain.ndim == 1:
        return Histogram(first, np.bincount(place))
    bins = int(place.max()) + 1
    place += bins * np.arange(len(gain))[:, None]
    return Histogram(first, np.bincount(place.ravel(), minlength=bins * len(gain)).reshape(len(gain), bins))


def quantile(gains: Histogram, share: float) -> float:
    """The gain below which a share of the draws lies, interpolated inside its bin: off by less than a bin.

    ``gains`` has one row. Of no draws, and for a share of 0, it lies in the first bin that there is.

    >>> round(quantile(count_gains(np.array([-0.1, 0.2, 0.3])), 0.5), 3)
    0.2
    """
    counts, target = gains.counts, share * int(gains.total)
    if target <= 0:
        return -GAIN_REACH if gains.first == 0 and counts[:1].any() else -GAIN_REACH + 0.5 * GAIN_BIN
    before = np.cumsum(counts)
    k = min(int(np.searchsorted(before, target, side="left")), len(counts) - 1)
    inside = (target - (before[k] - counts[k])) / counts[k] if counts[k] else 0.5
    return float(-GAIN_REACH + (gains.first + k + inside) * GAIN_BIN)
