"""Expected values of options under a position, in closed form.

By symmetry these do not hang on draws: an issue on which the sources are silent is worth
exactly nothing in expectation, not a little by chance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine.draws import Array
from sim.engine.packages import OPEN
from sim.engine.profiles import Cell, Ordinal, Profile


def expected_values(cell: Cell, options: int) -> Array:
    """Mean of :func:`sim.engine.draws.ordinal_values` (or of the given ranges), shape ``(options,)``.

    Places in an order of L levels are worth (L - 1 - place) / (L - 1) on average, since
    uniform spacings are exchangeable. ``rest`` options share the mean of their places. With
    options of unknown place, the i-th of m named levels comes, from the top and counting from
    0, at place i + u (i + 1) / (m + 1) on average, u being the number of unknown ones (each
    falls into any of the m + 1 gaps with the same chance); unknown options are in the middle.
    Options that are alike share a mean.
    """
    if not isinstance(cell.values, Ordinal):
        middle: Array = (np.array(cell.values.low) + np.array(cell.values.high)) / 2
        return middle
    order = cell.values
    out = _ranked_values(order, options)
    for option, other in order.alike:
        out[option] = out[other]
    return out


def _ranked_values(order: Ordinal, options: int) -> Array:
    named, unknown = len(order.levels), len(order.unknown)
    count = named + len(order.rest) + unknown
    out = np.empty(options)
    if unknown:
        if count == 1:
            return np.zeros(options)
        out[list(order.unknown)] = 0.5
        places = [i + unknown * (i + 1) / (named + 1) for i in range(named)]
    else:
        if count == 1:
            return np.ones(options)
        places = [float(i) for i in range(count)]
        if order.rest:
            assert order.rest_at is not None
            rest = slice(order.rest_at, order.rest_at + len(order.rest))
            out[list(order.rest)] = 1 - float(np.mean(places[rest])) / (count - 1)
            del places[rest]
    for level, place in zip(order.levels, places, strict=True):
        out[list(level)] = 1 - place / (count - 1)
    return out


def expected_terms(profile: Profile, sizes: Sequence[int], weights: Array, beliefs: Array) -> list[Array]:
    """What each option of each issue adds to a party's expected gain, before costs: an array ``(options,)`` an issue.

    ``weights`` (a figure an issue) and ``beliefs`` (a figure an outcome of no deal) are means over draws. Weights,
    values and beliefs are drawn independently, so the mean of their product is the product of their means; an issue
    on which the sources are silent adds exactly the same whatever its option. Terms left open add nothing.
    """
    # means of shares that sum to 1 miss 1 by rounding alone
    shares = beliefs / (beliefs.sum() or 1.0)
    out = []
    for j, (cell, options) in enumerate(zip(profile.cells, sizes, strict=True)):
        values = expected_values(cell, options)
        units = values if profile.reservation is not None else np.zeros(options)
        if profile.reservation is None:
            for share, outcome in zip(shares, profile.outcomes, strict=True):
                if outcome[j] != OPEN:
                    units += share * (values - values[outcome[j]])
        out.append(weights[j] * units)
    return out
