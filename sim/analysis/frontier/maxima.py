"""Maxima of a set of vectors: those than which no other is at least as great everywhere and greater somewhere.

The problem and the recursion on one coordinate after another are those of H. T. Kung, F. Luccio and F. P. Preparata,
"On finding the maxima of a set of vectors" (Journal of the ACM 22, 1975): work of order N (log N)^(k - 2) for k >= 3
coordinates, however many maxima there are, so opposed interests are no worse than others. Every level of the recursion
is worked out for all its parts at once.

Vectors are compared by the ranks of their coordinates. Sums of floats that are equal in arithmetic may differ in
their last digits, so values of a coordinate no further apart than :data:`NEAR`, one after the other, share a rank.
What is found is then exact for the ranks: ties stay ties, and rounding makes no maxima of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.engine.draws import Array
from sim.engine.packages import Mask

Ranks = NDArray[np.int64]
Numbers = NDArray[np.intp]

#: Values of a coordinate that lie no further apart than this are equal.
NEAR = 1e-12
#: So many vectors are compared in pairs at once.
FEW = 256
#: As :data:`FEW`, within a level of the recursion.
FEWER = 32
#: So many pairs at a time.
_PAIRS = 1 << 21


def ranked(values: Array) -> tuple[Ranks, float]:
    """Ranks of every column, from 0 for the least, and the widest range of values that share one.

    ``values`` has shape ``(vectors, coordinates)``. That range is as small as rounding unless values are so dense
    that a chain of near ones joins far ones; it bounds what treating them as equal can change.
    """
    ranks = np.empty(values.shape, np.int64)
    widest = 0.0
    for k in range(values.shape[1]):
        order = np.argsort(values[:, k])
        column = values[order, k]
        new = np.empty(len(column), bool)
        new[:1] = False
        np.greater(column[1:] - column[:-1], NEAR, out=new[1:])
        ranks[order, k] = np.cumsum(new)
        if len(column):
            first = np.flatnonzero(new)
            lows = column[np.concatenate([[0], first])]
            highs = column[np.concatenate([first - 1, [len(column) - 1]])]
            widest = max(widest, float((highs - lows).max()))
    return ranks, widest


def grouped(ranks: Ranks) -> tuple[Numbers, Numbers]:
    """Equal rows together: an order of the rows, descending lexicographically, and where in it each group begins."""
    # lexsort's last key is the first to count
    order = np.lexsort(ranks.T[::-1])[::-1]
    rows = ranks[order]
    new = np.ones(len(rows), bool)
    new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    return order, np.flatnonzero(new)


def maxima(ranks: Ranks) -> Mask:
    """Which rows are maxima, shape ``(vectors,)``.

    ``ranks`` has shape ``(vectors, coordinates)``, without repeats, in descending lexicographic order: whatever is as
    great as a row everywhere stands before it.
    """
    vectors, coordinates = ranks.shape
    if coordinates == 1:
        first: Mask = np.arange(vectors) == 0
        return first
    if coordinates == 2:
        second = ranks[:, 1]
        best = np.maximum.accumulate(second)
        return np.concatenate([[True], second[1:] > best[:-1]])[:vectors]
    rest = np.ascontiguousarray(ranks[:, 1:].T)
    # A row that is beaten need not beat others: what beats it does.
    unbeaten = np.flatnonzero(~_beaten_nearby(rest, FEW))
    place = unbeaten.copy()
    for level in range(FEW.bit_length() - 1, max(vectors - 1, 0).bit_length()):
        later = (place >> level & 1).astype(bool)
        beaten = np.zeros(len(unbeaten), bool)
        beaten[later] = _beaten(place >> (level + 1), rest[:, unbeaten], ~later, later)
        unbeaten, place = unbeaten[~beaten], place[~beaten]
    result = np.zeros(vectors, bool)
    result[unbeaten] = True
    return result


def _beaten_nearby(columns: Ranks, size: int) -> Mask:
    """Of rows in order, which an earlier row of the same block of so many equals or exceeds in all columns."""
    vectors = columns.shape[1]
    result = np.zeros(vectors, bool)
    earlier = np.triu(np.ones((size, size), bool), 1)
    for start, end in _blocks(vectors, size):
        width = min(size, end - start)
        block = columns[:, start:end].reshape(len(columns), -1, width)
        exceeded = earlier[:width, :width] & (block[0, :, :, None] >= block[0, :, None, :])
        for column in block[1:]:
            exceeded &= column[:, :, None] >= column[:, None, :]
        result[start:end] = exceeded.any(axis=1).ravel()
    return result


def _blocks(vectors: int, size: int) -> Iterator[tuple[int, int]]:
    """Runs of whole blocks, of a few million pairs each, and the rest."""
    whole = vectors // size * size
    step = size * max(_PAIRS // size**2, 1)
    for start in range(0, whole, step):
        yield start, min(start + step, whole)
    if whole < vectors:
        yield whole, vectors


def _beaten(group: Ranks, columns: Ranks, first: Mask, second: Mask) -> Mask:
    """Which rows of the second kind a row of the first kind in the same group equals or exceeds in all columns.

    ``group`` has shape ``(rows,)``, ``columns`` ``(coordinates, rows)``; the answer has one entry a row of the second
    kind.
    """
    rows = np.flatnonzero(first | second)
    group, columns, asks = group[rows], columns[:, rows], second[rows]
    halved = _beaten_in_two if len(columns) == 2 else _beaten_in_more
    return halved(group, columns, asks)[asks]


def _beaten_in_two(group: Ranks, columns: Ranks, asks: Mask) -> Mask:
    """A staircase: from the greatest of one column down, the greatest of the other so far."""
    order = _sorted(group, columns[0], asks)
    group, second, asks = group[order], columns[1][order], asks[order]
    top = int(second.max(initial=0)) + 2
    # Groups ascend, so that the greatest so far of one group never counts in the next.
    best = np.maximum.accumulate(group * top + np.where(asks, 0, second + 1)) - group * top
    result = np.zeros(len(order), bool)
    result[order] = asks & (best > second)
    return result


def _beaten_in_more(group: Ranks, columns: Ranks, asks: Mask) -> Mask:
    """Halving by one column, level by level, leaves one coordinate less to compare."""
    order = _sorted(group, columns[0], asks)
    group, rest, asks = group[order], columns[1:, order], asks[order]
    starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]])[: len(group)])
    sizes = np.diff(np.concatenate([starts, [len(group)]]))
    padded = -(-sizes // FEWER) * FEWER
    # Every group begins with a block of its own.
    begin = np.cumsum(padded) - padded
    place = np.arange(len(group)) + np.repeat(begin - starts, sizes)
    within = place - np.repeat(begin, sizes)
    beaten = _beaten_in_blocks(place, int(padded.sum()), rest, asks)
    dense = np.repeat(np.arange(len(starts)), sizes)
    most = int(sizes.max(initial=1)) - 1
    for level in range(FEWER.bit_length() - 1, most.bit_length()):
        later = (within >> level & 1).astype(bool)
        asking = asks & later & ~beaten
        part = dense * ((most >> (level + 1)) + 1) + (within >> (level + 1))
        beaten[asking] = _beaten(part, rest, ~asks & ~later, asking)
    result = np.zeros(len(order), bool)
    result[order] = beaten
    return result


def _beaten_in_blocks(place: Ranks, total: int, columns: Ranks, asks: Mask) -> Mask:
    """As :func:`_beaten_nearby` in blocks of :data:`FEWER`, for rows at certain places of which some only ask."""
    answers = np.zeros(total, bool)
    answers[place] = ~asks
    filled = np.full((len(columns), total), -1, np.int64)
    filled[:, place] = columns
    result = np.zeros(total, bool)
    earlier = np.triu(np.ones((FEWER, FEWER), bool), 1)
    step = FEWER * (_PAIRS // FEWER**2)
    for start in range(0, total, step):
        block = filled[:, start : start + step].reshape(len(columns), -1, FEWER)
        exceeded = earlier & answers[start : start + step].reshape(-1, FEWER, 1)
        for column in block:
            exceeded &= column[:, :, None] >= column[:, None, :]
        result[start : start + step] = exceeded.any(axis=1).ravel()
    return result[place] & asks


def _sorted(group: Ranks, column: Ranks, asks: Mask) -> Numbers:
    """By group, then from the greatest of a column down; of equals, those that ask come last."""
    top = int(column.max(initial=0))
    return np.argsort(((group * (top + 1) + (top - column)) << 1) + asks)
