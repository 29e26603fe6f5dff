"""Histograms of gains: no wider than what they count, and as one with every bin would have it."""

from __future__ import annotations

import functools
import operator
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.draws import BLOCK, Array
from sim.engine.histogram import GAIN_BIN, GAIN_REACH, Counts, Histogram, count_gains, quantile

BINS = round(2 * GAIN_REACH / GAIN_BIN)
GAINS = st.lists(st.one_of(st.floats(-3, 3), st.integers(-10, 10).map(lambda k: k * GAIN_BIN)), max_size=20)
SHARES = (0.0, 0.05, 0.3, 0.5, 0.95, 1.0)


def every_bin(gains: Array) -> Counts:
    counts = np.zeros(BINS, np.int64)
    for gain in gains.tolist():
        counts[min(max(int(np.floor((gain + GAIN_REACH) / GAIN_BIN)), 0), BINS - 1)] += 1
    return counts


def of_every_bin(counts: Counts, share: float) -> float:
    """The quantile by a walk through all bins."""
    target, before = share * int(counts.sum()), 0
    for k, n in enumerate(counts.tolist()):
        if before + n >= target or k == BINS - 1:
            inside = (target - before) / n if n else 0.5
            return -GAIN_REACH + (k + inside) * GAIN_BIN
        before += n
    raise AssertionError


def spread(histogram: Histogram) -> Counts:
    counts = np.zeros((*histogram.counts.shape[:-1], BINS), np.int64)
    counts[..., histogram.first : histogram.first + histogram.counts.shape[-1]] = histogram.counts
    return counts


@given(st.lists(GAINS, min_size=1, max_size=5))
def test_joined_it_counts_what_every_bin_would(parts: list[list[float]]) -> None:
    arrays = [np.array(part) for part in parts]
    total = functools.reduce(operator.add, map(count_gains, arrays))
    counts = every_bin(np.concatenate(arrays))
    assert spread(total).tolist() == counts.tolist()
    assert total == count_gains(np.concatenate(arrays))
    assert not total.counts.size or (total.counts[0] and total.counts[-1])
    assert total.total == counts.sum()
    for share in SHARES:
        assert quantile(total, share) == of_every_bin(counts, share)


@given(st.lists(st.lists(st.floats(-3, 3), min_size=3, max_size=3), min_size=1, max_size=5))
def test_rows_are_histograms_of_their_own(columns: list[list[float]]) -> None:
    """Also where no draw counts in one of the parts."""
    rows = np.array(columns).T
    total = count_gains(rows[:, :1]) + count_gains(np.empty((3, 0))) + count_gains(rows[:, 1:])
    assert total == count_gains(rows)
    for k in range(3):
        assert spread(total[k]).tolist() == every_bin(rows[k]).tolist()
        for share in SHARES:
            assert quantile(total[k], share) == of_every_bin(every_bin(rows[k]), share)


@pytest.mark.parametrize("times", [1, 200, 70_000, 5_000_000_000])
def test_what_travels_is_no_larger_than_its_counts(times: int) -> None:
    gains = np.random.default_rng(1).normal(0, 0.15, BLOCK)
    block = count_gains(gains)
    block.counts *= times
    data = pickle.dumps(block, 5)
    assert pickle.loads(data) == block
    assert pickle.loads(data).counts.dtype == np.int64
    # gains of a block lie within some 4 sd: 2,500 bins of the 8,192
    assert len(data) < 300 + 2600 * np.min_scalar_type(int(block.counts.max())).itemsize
