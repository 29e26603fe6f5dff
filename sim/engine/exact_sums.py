"""Sums of floats that come out the same however they are grouped.

Floats added in another grouping differ in their last digits. Here each is rounded once, to a multiple of 2**-64, which
is finer than the last digit of any double above 2**-11, and from there on integers are added, which are exact: so
blocks may be worked on by anybody, in any chunks, and joined in any tree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.draws import Array

#: Sums are counted in units of two to the minus this.
BITS = 64
#: A sum in two machine words: a high part in units of 2**-20, and a low part of so many bits, never negative.
_LOW = 44
_ABOVE = BITS - _LOW
_MASK = np.int64(2**_LOW - 1)
#: High parts stay below this, so that two can be added; sums beyond are of Python's integers.
_MOST = 2**62
_REACH = 2.0 ** (62 - _ABOVE)
#: Floats from here on are whole numbers; and high parts up to here are floats without loss.
_WHOLE = 2.0**52

Words = NDArray[np.int64]


def _units(value: float) -> int:
    """The nearest number of units; a float that has no fraction may be too large to be scaled as one."""
    return int(value) << BITS if abs(value) >= _WHOLE else round(math.ldexp(value, BITS))


def _nearest(units: int) -> float:
    """The nearest float, infinite for what is too large for one."""
    try:
        return units / (1 << BITS)
    except OverflowError:
        return math.inf if units > 0 else -math.inf


class ExactSum:
    """A sum, or an array of sums of any shape, of floats; what is not finite stays so.

    >>> parts = [ExactSum.of(x) for x in (0.1, 1e9, -1e9, 0.2)]
    >>> float((parts[0] + parts[1] + (parts[2] + parts[3])).values), 0.1 + 1e9 + (-1e9 + 0.2)
    (0.30000000000000004, 0.30000007152557373)
    """

    __slots__ = ("_high", "_low", "_odd", "_units")

    def __init__(
        self,
        high: Words | None,
        low: Words | None,
        units: NDArray[np.object_] | None = None,
        odd: Array | None = None,
    ) -> None:
        """All arrays have the shape of the sums.

        Either ``high`` and ``low``, two words a sum, or, where some sum does not fit into these, ``units``, integers
        of any size, with ``odd``, which has what is not finite and is 0 elsewhere.
        """
        self._high = high
        self._low = low
        self._units = units
        self._odd = odd

    @classmethod
    def of(cls, values: Array | float) -> ExactSum:
        """Floats as sums of one each."""
        array = np.asarray(values, float)
        # also false where something is not a number
        if array.size and not np.abs(array).max() < _REACH:
            return cls._large(array)
        scaled = array * 2.0**_ABOVE
        whole = np.trunc(scaled)
        low = np.rint((scaled - whole) * 2.0**_LOW).astype(np.int64)
        return cls(*_carried(np.asarray(whole.astype(np.int64)), np.asarray(low)))

    @classmethod
    def _large(cls, array: Array) -> ExactSum:
        """Floats of which some do not fit into two words."""
        finite = np.isfinite(array)
        units = np.empty(array.size, object)
        units[:] = [_units(x) for x in np.where(finite, array, 0.0).ravel().tolist()]
        return cls(None, None, units.reshape(array.shape), np.where(finite, 0.0, array))

    def __add__(self, other: ExactSum) -> ExactSum:
        if self._high is not None and self._low is not None and other._high is not None and other._low is not None:
            high, low = _carried(self._high + other._high, self._low + other._low)
            if not high.size or np.abs(high).max() < _MOST:
                return ExactSum(high, low)
            return ExactSum(None, None, _joined(high, low), np.zeros(high.shape))
        with np.errstate(invalid="ignore"):  # infinities of both signs have no sum
            odd = np.asarray(self._others + other._others)
        return ExactSum(None, None, np.asarray(self._integers + other._integers, object), odd)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ExactSum):
            return NotImplemented
        same = np.array_equal(self._integers, other._integers)
        return same and np.array_equal(self._others, other._others, equal_nan=True)

    __hash__ = None  # type: ignore[assignment]

    @property
    def _integers(self) -> NDArray[np.object_]:
        """The sums in units, of what is finite."""
        if self._high is not None and self._low is not None:
            return _joined(self._high, self._low)
        assert self._units is not None
        return self._units

    @property
    def _others(self) -> Array:
        """What is not finite, 0 elsewhere."""
        if self._high is not None:
            return np.zeros(self._high.shape)
        assert self._odd is not None
        return self._odd

    @property
    def values(self) -> Array:
        """The sums as the nearest floats."""
        high, low = self._high, self._low
        if high is not None and low is not None and (not high.size or np.abs(high).max() < _WHOLE):
            # both parts are floats without loss, so that their sum is rounded once
            nearest: Array = np.asarray((high + low * 2.0**-_LOW) * 2.0**-_ABOVE)
            return nearest
        units, odd = self._integers, self._others
        floats = np.array([_nearest(x) for x in units.ravel().tolist()], float).reshape(units.shape)
        return np.where(odd == 0, floats, odd)


def _carried(high: Words, low: Words) -> tuple[Words, Words]:
    """The same sums, with what is too much for the low part, or below zero in it, in the high one."""
    return np.asarray(high + (low >> _LOW)), np.asarray(low & _MASK)


def _joined(high: Words, low: Words) -> NDArray[np.object_]:
    """Two words as one integer each."""
    units = np.empty(high.size, object)
    units[:] = [(h << _LOW) + x for h, x in zip(high.ravel().tolist(), low.ravel().tolist(), strict=True)]
    return units.reshape(high.shape)


@dataclass
class Totals:
    """Counts and sums of floats over the same draws, which add up together; each an array of any shape."""

    counts: NDArray[np.int64]
    sums: ExactSum

    def __add__(self, other: Totals) -> Totals:
        return Totals(self.counts + other.counts, self.sums + other.sums)
