"""Sums of floats that come out the same however they are grouped.

Floats added in another grouping differ in their last digits. Here each is rounded once, to a multiple of 2**-64, which
is finer than the last digit of any double above 2**-11, and from there on integers are added, which are exact: so
blocks may be worked on by anybody, in any chunks, and joined in any tree.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.engine.draws import Array

#: Sums are counted in units of two to the minus this.
BITS = 64
#: Floats from here on are whole numbers.
_WHOLE = 2.0**52


def _units(value: float) -> int:
    """The nearest number of units; a float that has no fraction may be too large to be scaled as one."""
    return int(value) << BITS if abs(value) >= _WHOLE else round(math.ldexp(value, BITS))


class ExactSum:
    """A sum, or an array of sums of any shape, of floats; what is not finite stays so.

    >>> parts = [ExactSum.of(x) for x in (0.1, 1e9, -1e9, 0.2)]
    >>> float((parts[0] + parts[1] + (parts[2] + parts[3])).values), 0.1 + 1e9 + (-1e9 + 0.2)
    (0.30000000000000004, 0.30000007152557373)
    """

    __slots__ = ("_odd", "_units")

    def __init__(self, units: NDArray[np.object_], odd: Array) -> None:
        """``units`` are integers; ``odd`` what is not finite, 0 elsewhere. Both have the shape of the sums."""
        self._units = units
        self._odd = odd

    @classmethod
    def of(cls, values: Array | float) -> ExactSum:
        """Floats as sums of one each."""
        array = np.asarray(values, float)
        finite = np.isfinite(array)
        units = np.empty(array.size, object)
        units[:] = [_units(x) for x in np.where(finite, array, 0.0).ravel().tolist()]
        return cls(units.reshape(array.shape), np.where(finite, 0.0, array))

    def __add__(self, other: ExactSum) -> ExactSum:
        with np.errstate(invalid="ignore"):  # infinities of both signs have no sum
            return ExactSum(np.asarray(self._units + other._units, object), self._odd + other._odd)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ExactSum):
            return NotImplemented
        return np.array_equal(self._units, other._units) and np.array_equal(self._odd, other._odd, equal_nan=True)

    __hash__ = None  # type: ignore[assignment]

    @property
    def values(self) -> Array:
        """The sums as the nearest floats."""
        floats = np.array([x / 2**BITS for x in self._units.ravel().tolist()], float).reshape(self._units.shape)
        return np.where(self._odd == 0, floats, self._odd)
