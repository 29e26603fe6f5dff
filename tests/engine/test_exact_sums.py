"""Sums of floats that do not depend on how they are grouped."""

from __future__ import annotations

import functools
import math
import operator
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.exact_sums import BITS, ExactSum

FLOATS = st.floats(-1e6, 1e6, allow_subnormal=False)


#: Any at all, and those at which a sum changes its form or a digit is rounded.
ANY = st.one_of(
    st.floats(),
    st.floats(-1e3, 1e3),
    st.integers(-(2**53), 2**53).map(lambda k: math.ldexp(k, -65)),
    st.integers(-9, 9).map(lambda k: 2.0**42 + k * 2.0**-10),
    st.sampled_from([0.0, -0.0, 5e-324, 2.0**-65, 3 * 2.0**-65, -(2.0**-65), 2.0**42, -(2.0**42), 1e300, -1e300]),
)


def left(parts: list[ExactSum]) -> ExactSum:
    return functools.reduce(operator.add, parts)


class Twin:
    """One sum, of Python's integers."""

    def __init__(self, units: int, odd: float) -> None:
        self.units, self.odd = units, odd

    @classmethod
    def of(cls, value: float) -> Twin:
        return cls(round(Fraction(value) * 2**BITS), 0.0) if math.isfinite(value) else cls(0, value)

    def __add__(self, other: Twin) -> Twin:
        return Twin(self.units + other.units, self.odd + other.odd)

    @property
    def value(self) -> float:
        if self.odd:
            return self.odd
        if abs(self.units) >> BITS >= 2**1024 - 2**970:
            return math.inf if self.units > 0 else -math.inf
        return float(Fraction(self.units, 2**BITS))


@settings(deadline=None)
@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(ANY, min_size=n, max_size=n), min_size=1, max_size=12)))
def test_every_sum_is_that_of_its_twin_to_the_last_bit(rows: list[list[float]]) -> None:
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        together = left([ExactSum.of(np.array(row)) for row in rows])
        values = together.values
    for k, column in enumerate(zip(*rows, strict=True)):
        one = functools.reduce(operator.add, map(Twin.of, column))
        assert np.array_equal(values[k], one.value, equal_nan=True)
        assert math.copysign(1.0, values[k]) == math.copysign(1.0, one.value) or math.isnan(one.value)
    alone = [left([ExactSum.of(x) for x in column]) for column in zip(*rows, strict=True)]
    assert np.array_equal(np.array([x.values for x in alone]), values, equal_nan=True)
    read = pickle.loads(pickle.dumps(together))
    assert read == together
    assert np.array_equal(read.values, values, equal_nan=True)


def test_a_sum_is_equal_to_itself_in_its_other_form() -> None:
    """One that was once too large for two words, and is so no more, keeps Python's integers."""
    large = left([ExactSum.of(x) for x in (1e300, 0.25, -1e300)])
    assert large == ExactSum.of(0.25)
    assert ExactSum.of(0.25) == large
    assert large != ExactSum.of(0.5)
    assert ExactSum.of(0.25) != left([large, ExactSum.of(2.0**-64)])


def test_many_terms_outgrow_two_words_without_loss() -> None:
    part = ExactSum.of(np.full(20, 2.0**42 - 1))
    total, terms = part, 1
    for _ in range(12):
        total, terms = total + total, 2 * terms
    assert total.values.tolist() == [terms * (2.0**42 - 1)] * 20
    less = ExactSum.of(np.full(20, -(2.0**42 - 1)))
    assert left([total, *[less] * (terms - 1)]).values.tolist() == [2.0**42 - 1] * 20


@settings(deadline=None)
@given(st.lists(st.lists(FLOATS, min_size=3, max_size=3), min_size=2, max_size=30), st.data())
def test_any_tree_over_neighbours_gives_the_same_bits(rows: list[list[float]], data: st.DataObject) -> None:
    parts = [ExactSum.of(np.array(row)) for row in rows]
    nodes = list(parts)
    while len(nodes) > 1:
        k = data.draw(st.integers(0, len(nodes) - 2))
        nodes[k : k + 2] = [nodes[k] + nodes[k + 1]]
    assert nodes[0] == left(parts)
    assert nodes[0].values.tobytes() == left(parts).values.tobytes()


@given(st.lists(FLOATS, min_size=1, max_size=20))
def test_a_twin_in_fractions(values: list[float]) -> None:
    unit = Fraction(1, 2**BITS)
    exact = sum((round(Fraction(x) / unit) * unit for x in values), Fraction(0))
    assert float(left([ExactSum.of(x) for x in values]).values) == float(exact)


@given(st.lists(st.floats(2**-11, 4096), min_size=1, max_size=20))
def test_no_digit_of_a_usual_number_is_lost(values: list[float]) -> None:
    assert float(left([ExactSum.of(x) for x in values]).values) == math.fsum(values)


def test_a_sum_of_a_size_that_no_machine_word_holds() -> None:
    assert float(left([ExactSum.of(1e300), ExactSum.of(1.0), ExactSum.of(-1e300)]).values) == 1.0


@pytest.mark.parametrize(
    ("values", "total"),
    [
        ((math.nan, 1.0), math.nan),
        ((math.inf, 1.0, math.inf), math.inf),
        ((-math.inf, 1.0), -math.inf),
        ((math.inf, -math.inf), math.nan),
    ],
)
def test_what_is_not_finite_stays_so_in_any_order(values: tuple[float, ...], total: float) -> None:
    for order in (values, values[::-1]):
        assert np.array_equal(left([ExactSum.of(x) for x in order]).values, total, equal_nan=True)


def test_shapes_stay() -> None:
    assert ExactSum.of(0.5).values.shape == ()
    assert (ExactSum.of(np.ones((2, 3))) + ExactSum.of(np.ones((2, 3)))).values.tolist() == [[2.0] * 3] * 2
    assert ExactSum.of(np.empty((0, 3))).values.shape == (0, 3)
