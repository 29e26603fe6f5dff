"""Every random number of the package: streams, ordered weights, ordered values, beliefs.

A *draw* is one column of the arrays made here. Draws come in blocks of :data:`BLOCK`; each
quantity of each block has a stream of its own, named by the seed, by two stable keys (party
and issue, or party and quantity) and by the number of the block. So a result does not depend
on how blocks are grouped or on who computes them, more draws keep the earlier ones, and
editing one cell leaves every other draw as it was (common random numbers). The exception is a
party with a *range* of weights: they are drawn by rejection, so an edit of one of its classes or
ranges shifts all its weights.

All functions return arrays of shape ``(rows, BLOCK)`` with draws contiguous in memory.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Hashable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim.engine.uniform_sums import NEGLIGIBLE, uniform_sum
from sim.execution.job import BLOCK as BLOCK
from sim.files.errors import SimError

Array = NDArray[np.float64]
Index = NDArray[np.intp]

_COLUMNS: Index = np.arange(BLOCK)
#: Ranges of which rejection keeps less than this share are complained of before a run; a run
#: itself gives up only at a tenth of it, so that what was let through does not stop half-way.
LEAST_KEPT = 0.001
#: Sums of decimal numbers miss their ends by about this much.
ROUNDING = 1e-12
#: As many outcomes with free probabilities are drawn exactly; each more makes that three times as dear.
MOST_EXACT = 6


class NothingFits(SimError, ValueError):
    """Rejection sampling kept too few of its proposals; see :data:`LEAST_KEPT`."""


def blocks(draws: int) -> list[int]:
    """How many draws count of each of the blocks that so many draws take: all of them, but of the last block."""
    return [min(BLOCK, draws - first) for first in range(0, draws, BLOCK)]


def block_count(draws: int) -> int:
    """How many blocks so many draws take."""
    return -(-draws // BLOCK)


def draws_in(block: int, draws: int) -> int:
    """How many draws of one block count where there are so many in all; none of a block beyond them."""
    return max(min(BLOCK, draws - block * BLOCK), 0)


@cache
def key(name: str) -> int:
    """A stable 64-bit number for a name (Python's own ``hash`` changes between runs)."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def stream(seed: int, who: str, what: str, block: int) -> np.random.Generator:
    """The generator of one quantity of one block: the same whenever and in whatever order it is asked for.

    >>> stream(1, "russia", "issue:land", 0).random() == stream(1, "russia", "issue:land", 0).random()
    True
    >>> stream(1, "russia", "issue:land", 0).random() == stream(1, "russia", "issue:land", 1).random()
    False
    """
    sequence = np.random.SeedSequence(seed, spawn_key=(key(who), key(what), block))
    return np.random.Generator(np.random.SFC64(sequence))


# --- values of options ------------------------------------------------------------------


def ordered_levels(rng: np.random.Generator, levels: int) -> Array:
    """Values of ``levels`` ranked levels, best first: 1, then order statistics, then 0.

    The inner ``levels - 2`` rows are descending order statistics of independent uniforms,
    made from normalised exponential spacings (Devroye, *Non-Uniform Random Variate
    Generation*, 1986, chapter V), so that row ``l`` has mean ``(levels - 1 - l) / (levels - 1)``.
    A single level is constant: 1. Shape ``(levels, BLOCK)``.

    >>> values = ordered_levels(stream(1, "russia", "issue:land", 0), 4)
    >>> values.shape, values.mean(axis=1).round(2).tolist()
    ((4, 4096), [1.0, 0.67, 0.33, 0.0])
    """
    out = np.empty((levels, BLOCK))
    out[0] = 1.0
    if levels == 1:
        return out
    out[-1] = 0.0
    if levels > 2:
        spacings = rng.standard_exponential((levels - 1, BLOCK))
        for row in range(1, levels - 1):
            spacings[row] += spacings[row - 1]
        total = spacings[-1]
        for row in range(1, levels - 1):
            np.divide(spacings[levels - 2 - row], total, out=out[row])
    return out


def _ranks(rows: Array) -> NDArray[np.intp]:
    """In each column, how many other rows are greater: a random order of the rows, without sorting."""
    ranks = np.zeros(rows.shape, np.int8)
    for i in range(len(rows)):
        for j in range(i):
            less = rows[i] < rows[j]
            ranks[i] += less
            ranks[j] += ~less
    return ranks.astype(np.intp)


def ordinal_values(
    rng: np.random.Generator,
    options: int,
    levels: Sequence[Sequence[int]],
    rest_at: int | None,
    rest: Sequence[int],
    unknown: Sequence[int],
) -> Array:
    """Values of all options that agree with a ranking, uniform over such values.

    ``levels`` lists the named levels, best first, each a group of tied option numbers.
    ``rest`` are the options that the word ``rest`` stands for; they occupy consecutive levels
    starting at number ``rest_at``, in random order. ``unknown`` options take uniformly random
    places in the order. Shape ``(options, BLOCK)``, best 1, worst 0.

    Option 2 before the tied options 0 and 1:

    >>> values = ordinal_values(stream(1, "russia", "issue:land", 0), 3, [[2], [0, 1]], None, [], [])
    >>> values[:, 0].tolist()
    [0.0, 0.0, 1.0]
    """
    out = np.empty((options, BLOCK))
    if unknown:
        # Independent uniforms; the ranked ones are sorted among themselves, the others keep
        # their own: by exchangeability that is uniform over all orders that agree.
        raw = rng.random((len(levels) + len(unknown), BLOCK))
        ranked = np.sort(raw[: len(levels)], axis=0)[::-1]
        lowest, span = raw.min(axis=0), np.ptp(raw, axis=0)
        # One level in all: nothing to compare, worth the same everywhere.
        span[span == 0] = 1.0
        for group, row in zip(levels, ranked, strict=True):
            out[list(group)] = (row - lowest) / span
        for option, row in zip(unknown, raw[len(levels) :], strict=True):
            out[option] = (row - lowest) / span
        return out
    values = ordered_levels(rng, len(levels) + len(rest))
    named = list(range(len(levels) + len(rest)))
    if rest:
        assert rest_at is not None
        places = slice(rest_at, rest_at + len(rest))
        order = _ranks(rng.random((len(rest), BLOCK)))
        out[list(rest)] = np.take_along_axis(values[places], order, axis=0)
        del named[places]
    for group, row in zip(levels, named, strict=True):
        for option in group:
            out[option] = values[row]
    return out


def cardinal_values(rng: np.random.Generator, low: Array, high: Array) -> Array:
    """Values given as numbers or uniform ranges, shape ``(options, BLOCK)``; the ends have shape ``(options,)``."""
    return np.ascontiguousarray(low[:, None] + (high - low)[:, None] * rng.random((low.size, BLOCK)))


# --- weights of issues ------------------------------------------------------------------


def order_by_class(raw: Array, classes: Sequence[int | None], known: dict[Hashable, Array] | None = None) -> Array:
    """Rearrange independent exponentials so that higher classes hold the larger ones.

    ``raw`` has shape ``(issues, BLOCK)``; ``classes[j]`` is 0 for the heaviest class, larger
    for lighter ones, None for an issue of unknown class, which keeps its own number. Inside a
    class the order is that of the class's own numbers, hence uniform. By exchangeability the
    normalised result is uniform over the weight vectors that respect the classes (Tervonen
    and Lahdelma, "Implementing stochastic multicriteria acceptability analysis", 2007).

    What other classes of the same ``raw`` have in common with these stands in ``known``, which
    grows: the numbers of all issues with a class, sorted, and those of a class at its place.

    >>> raw = stream(1, "russia", "weights", 0).standard_exponential((3, BLOCK))
    >>> weights = normalised(order_by_class(raw, [1, 0, None]))
    >>> bool((weights[1] >= weights[0]).all()), bool(np.allclose(weights.sum(axis=0), 1))
    (True, True)
    """
    known = {} if known is None else known
    classed = tuple(j for j, c in enumerate(classes) if c is not None)
    groups = [[j for j in classed if classes[j] == c] for c in sorted({c for c in classes if c is not None})]
    if len(groups) < 2:
        return raw
    if classed not in known:
        known[classed] = np.ascontiguousarray(np.sort(raw[list(classed)], axis=0)[::-1])
    out = raw.copy()
    first = 0
    for group in groups:
        at = (classed, first, *group)
        if at not in known:
            share = known[classed][first : first + len(group)]
            known[at] = share if len(group) == 1 else share.ravel().take(_ranks(raw[group]) * BLOCK + _COLUMNS)
        out[group] = known[at]
        first += len(group)
    return out


def normalised(raw: Array, total: float = 1.0) -> Array:
    """Columns scaled to sum to ``total``; exponentials become uniform on the simplex. Shape as of ``raw``."""
    return raw * (total / raw.sum(axis=0)) if len(raw) else raw


def boxed_weights(
    rng: np.random.Generator,
    classes: Sequence[int | None],
    low: Array,
    high: Array,
    total: float,
    least: float = LEAST_KEPT / 10,
) -> Array:
    """Weights uniform over the part of the simplex that respects classes and boxes.

    ``low`` and ``high`` have shape ``(issues,)``; ``total`` is what the weights sum to. Shape
    ``(issues, BLOCK)``. Rejection; raises :class:`NothingFits` when less than the share ``least``
    of the proposals fits.
    """

    def propose() -> Array:
        return normalised(order_by_class(rng.standard_exponential((len(classes), BLOCK)), classes), total)

    return _those_inside(propose, low, high, least)


# --- beliefs ----------------------------------------------------------------------------


def beliefs(rng: np.random.Generator, low: Array, high: Array, least: float = LEAST_KEPT / 10) -> Array:
    """Probabilities of the outcomes, uniform over the part of the simplex inside the ranges.

    ``low`` and ``high`` have shape ``(outcomes,)``. Each outcome but the last turns one row of
    uniforms into its probability given those before it, by the inverse of its conditional
    distribution function (Rosenblatt, "Remarks on a multivariate transformation", Annals of
    Mathematical Statistics 23, 1952); the last is what remains. The rows are the same whatever
    the ranges are and what is drawn depends on the ranges continuously, so a small edit of one
    moves every draw a little, and fixing one outcome leaves the rows of the others with them.

    Beyond :data:`MOST_EXACT` outcomes whose ranges leave them free, the probabilities are drawn
    by rejection, which shares no draws between ranges. Raises :class:`NothingFits` where no
    probabilities inside the ranges sum to 1, and where rejection keeps almost nothing.
    Shape ``(outcomes, BLOCK)``.

    >>> low, high = np.array([0.2, 0.3, 0.0]), np.array([0.6, 0.8, 0.1])
    >>> chances = beliefs(stream(1, "russia", "no_deal.beliefs", 0), low, high)
    >>> bool((chances[0] >= 0.2).all()), bool((chances[2] <= 0.1).all()), bool(np.allclose(chances.sum(axis=0), 1))
    (True, True, True)
    """
    rows = rng.random((low.size - 1, BLOCK))
    low, high = _reachable(low, high)
    if np.count_nonzero(high > low) > MOST_EXACT:
        return _rejected_beliefs(rng, low, high, least)
    out = np.empty((low.size, BLOCK))
    left: Array | float = 1.0
    for k, row in enumerate(rows):
        rest, most = low[k + 1 :].sum(), high[k + 1 :].sum()
        start, end = np.maximum(low[k], left - most), np.minimum(high[k], left - rest)
        widths = high[k + 1 :] - low[k + 1 :]
        if low[k] == high[k] or np.count_nonzero(widths > NEGLIGIBLE * widths.max()) < 2:
            share = start + (end - start) * row
        else:
            # The others' excess over their lower ends is a sum of independent uniforms, given what it is.
            others = uniform_sum(tuple(widths.tolist()))
            few, many = others.distribution(left - rest - end), others.distribution(left - rest - start)
            share = np.clip(left - rest - others.quantile(many - (many - few) * row), start, end)
        np.clip(share, low[k], high[k], out=out[k])
        left = left - out[k]
    np.clip(left, low[-1], high[-1], out=out[-1])
    return out


def _reachable(low: Array, high: Array) -> tuple[Array, Array]:
    """The ranges cut down to the probabilities that some draw has; a fixed one stays as it is."""
    least, most = low.sum(), high.sum()
    if least > 1 + ROUNDING or most < 1 - ROUNDING:
        sums = f"at least {least:.6g}" if least > 1 else f"at most {most:.6g}"
        raise NothingFits(f"no draw fits, the ranges add up to {sums}")
    lower = np.minimum(np.maximum(low, 1.0 - (most - high)), high)
    return lower, np.maximum(np.minimum(high, 1.0 - (least - low)), lower)


def _rejected_beliefs(rng: np.random.Generator, low: Array, high: Array, least: float) -> Array:
    """:func:`beliefs` by rejection, for ranges that leave many outcomes free.

    From whichever of three shapes around the region is smallest: the box of all coordinates but
    the widest (which is what remains), the simplex above the lower ends, the simplex below the
    upper ends. All are sampled uniformly, and their volumes in those coordinates are known.
    """
    out = np.repeat(low[:, None], BLOCK, axis=1)
    free = np.flatnonzero(high > low)
    total = 1.0 - low[high == low].sum()
    below, above = low[free], high[free]
    widest = int(np.argmax(above - below))
    others = np.arange(len(free)) != widest
    over, under = total - below.sum(), above.sum() - total
    corner = math.factorial(len(free) - 1)
    volumes = (
        float(np.prod((above - below)[others])),
        over ** (len(free) - 1) / corner,
        under ** (len(free) - 1) / corner,
    )

    def box() -> Array:
        proposals = np.empty((len(free), BLOCK))
        proposals[others] = below[others, None] + (above - below)[others, None] * rng.random((len(free) - 1, BLOCK))
        proposals[widest] = total - proposals[others].sum(axis=0)
        return proposals

    def simplex() -> Array:
        return normalised(rng.standard_exponential((len(free), BLOCK)))

    propose = (box, lambda: below[:, None] + over * simplex(), lambda: above[:, None] - under * simplex())
    out[free] = _those_inside(propose[int(np.argmin(volumes))], below, above, least)
    return out


def uniform(rng: np.random.Generator, low: float, high: float) -> Array:
    """Independent uniforms on ``[low, high]``, shape ``(BLOCK,)``."""
    return low + (high - low) * rng.random(BLOCK)


def in_draws(values: Array | float, draws: Index | slice) -> Array | float:
    """Only some of the draws, where ``values`` has a number a draw; a single number is that of all."""
    return values[draws] if isinstance(values, np.ndarray) else values


def _those_inside(propose: Callable[[], Array], low: Array, high: Array, least: float) -> Array:
    """Columns of successive proposals that lie inside ``[low, high]``, until a block is full.

    Raises :class:`NothingFits` when less than the share ``least`` of them does.
    """
    parts: list[Array] = []
    fitting = tried = 0
    while fitting < BLOCK:
        batch = propose()
        inside = np.all((batch >= low[:, None] - ROUNDING) & (batch <= high[:, None] + ROUNDING), axis=0)
        parts.append(batch[:, inside])
        fitting += int(inside.sum())
        tried += BLOCK
        if tried * least >= 64 and fitting < least * tried:
            raise NothingFits(f"only {fitting} of {tried} draws fit")
    return np.ascontiguousarray(np.concatenate(parts, axis=1)[:, :BLOCK])
