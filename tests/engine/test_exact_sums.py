"""Sums of floats that do not depend on how they are grouped."""

from __future__ import annotations

import functools
import math
import operator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.exact_sums import BITS, ExactSum

FLOATS = st.floats(-1e6, 1e6, allow_subnormal=False)


def left(parts: list[ExactSum]) -> ExactSum:
    return functools.reduce(operator.add, parts)


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
