"""Counts over draws, and gains as a histogram: what of them stays when a block is gone, in room that does not grow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.engine.draws import Array

#: Gains are counted in bins of this width over [-GAIN_REACH, GAIN_REACH].
GAIN_BIN = 1 / 2048
GAIN_REACH = 2.0

Counts = NDArray[np.int64]


def count_gains(gain: Array) -> Counts:
    """Histogram of gains, any shape, in fixed bins; values beyond the reach fall into the outer bins.

    Shape ``(bins,)``, of bins :data:`GAIN_BIN` wide from minus :data:`GAIN_REACH` on.
    """
    bins = round(2 * GAIN_REACH / GAIN_BIN)
    place = np.floor((gain + GAIN_REACH) / GAIN_BIN).astype(np.int64)
    return np.bincount(np.clip(place, 0, bins - 1), minlength=bins)


def quantile(counts: Counts, share: float) -> float:
    """The gain below which a share of the draws lies, interpolated inside its bin: off by less than a bin.

    >>> round(quantile(count_gains(np.array([-0.1, 0.2, 0.3])), 0.5), 3)
    0.2
    """
    target = share * counts.sum()
    before = np.cumsum(counts)
    k = int(np.searchsorted(before, target, side="left"))
    k = min(k, len(counts) - 1)
    inside = (target - (before[k] - counts[k])) / counts[k] if counts[k] else 0.5
    return float(-GAIN_REACH + (k + inside) * GAIN_BIN)
