"""Probabilities of outcomes: uniform where they may be, and moved little by little edits of their ranges."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine import draws
from sim.engine.draws import BLOCK, beliefs
from sim.engine.uniform_sums import UniformSum
from tests.domains import blocks, share_within, within


def drawn(low: list[float], high: list[float], name: str = "beliefs", count: int = 4) -> np.ndarray:
    """Draws of some blocks side by side, shape ``(outcomes, count * BLOCK)``."""
    return np.concatenate([beliefs(g, np.array(low), np.array(high)) for g in blocks(name, count)], axis=1)


def rejected(low: list[float], high: list[float], tries: int = 400_000) -> np.ndarray:
    """The flat simplex of what the fixed outcomes leave, kept where it fits; shape ``(outcomes, kept)``."""
    lo, hi = np.array(low), np.array(high)
    free = hi > lo
    flat = np.repeat(lo[:, None], tries, axis=1)
    flat[free] = (1 - lo[~free].sum()) * np.random.default_rng(6).dirichlet(np.ones(free.sum()), tries).T
    return flat[:, np.all((flat >= lo[:, None]) & (flat <= hi[:, None]), axis=0)]


# --- the twin -------------------------------------------------------------------------------------


def share_below(at: Fraction, widths: list[Fraction]) -> Fraction:
    """The chance that uniforms of these widths sum to at most ``at``, by the alternating sum, exactly."""
    total = Fraction(0)
    for count in range(len(widths) + 1):
        for some in itertools.combinations(widths, count):
            total += (-1) ** count * max(at - sum(some), Fraction(0)) ** len(widths)
    return total / (math.factorial(len(widths)) * math.prod(widths))


def twin(rows: list[float], low: list[float], high: list[float]) -> list[float]:
    """One draw from its uniforms: each outcome's share of what the later ones can make of the rest, by bisection."""
    lows, highs = [Fraction(x) for x in low], [Fraction(x) for x in high]
    left, out = Fraction(1), []
    for k, row in enumerate(rows):
        rest, widths = sum(lows[k + 1 :]), [h - lo for lo, h in zip(lows[k + 1 :], highs[k + 1 :], strict=True)]
        widths = [w for w in widths if w > 0]
        start, end = max(lows[k], left - sum(highs[k + 1 :])), min(highs[k], left - rest)
        if lows[k] == highs[k] or start >= end:
            out.append(lows[k] if lows[k] == highs[k] else end)
        elif len(widths) == 1:
            out.append(start + (end - start) * Fraction(row))
        else:
            few, many = share_below(left - rest - end, widths), share_below(left - rest - start, widths)
            wanted = many - (many - few) * Fraction(row)
            below, above = left - rest - end, left - rest - start
            for _ in range(60):
                middle = (below + above) / 2
                below, above = (middle, above) if share_below(middle, widths) < wanted else (below, middle)
            out.append(Fraction(float(left - rest - above)))
        left -= out[-1]
    return [float(x) for x in (*out, left)]


TWINS = [
    ([0.3, 0.1, 0.1], [0.7, 0.5, 0.4]),
    ([0.5, 0.1, 0.05], [0.8, 0.4, 0.2]),
    ([0.25, 0.0, 0.0], [0.25, 0.75, 0.625]),
    ([0.125, 0.25, 0.0], [0.875, 0.25, 0.625]),
    ([0.125, 0.0, 0.25], [0.875, 0.75, 0.25]),
    ([0.1, 0.1, 0.1, 0.0], [0.5, 0.9, 0.4, 0.3]),
    ([0.0, 0.125, 0.0, 0.0], [0.5, 0.125, 0.5, 0.25]),
    ([0.0] * 5, [0.25, 0.5, 0.375, 0.25, 0.125]),
    ([0.0] * 6, [0.25, 0.5, 0.375, 0.25, 0.125, 0.5]),
]


@pytest.mark.parametrize(("low", "high"), TWINS, ids=str)
def test_draws_agree_with_the_twin(low: list[float], high: list[float]) -> None:
    many = 40 if len(low) < 5 else 8
    found = beliefs(blocks("twin", 1)[0], np.array(low), np.array(high))
    rows = blocks("twin", 1)[0].random((len(low) - 1, BLOCK))
    for r in range(many):
        assert found[:, r].tolist() == pytest.approx(twin(rows[:, r].tolist(), low, high), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(1e-4, 1), min_size=2, max_size=5), st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_the_sum_of_uniforms_has_its_exact_distribution(widths: list[float], at: list[float]) -> None:
    found = UniformSum(widths)
    places = np.array(at) * sum(widths)
    exact = [float(share_below(Fraction(x), [Fraction(w) for w in widths])) for x in places.tolist()]
    assert found.distribution(places) == pytest.approx(exact, abs=1e-12)
    assert found.distribution(found.quantile(np.array(at))) == pytest.approx(at, abs=1e-12)
    assert found.distribution(np.array([-1.0, 0.0, sum(widths), 9.0])) == pytest.approx([0, 0, 1, 1], abs=1e-12)


def test_the_sum_of_uniforms_does_not_cancel_beside_a_wide_one() -> None:
    """Four widths of a millionth: the alternating sum in floats would have no digit left."""
    widths = [0.5, 1e-6, 2e-6, 3e-6, 1e-6]
    found = UniformSum(widths)
    for at in (1e-6, 3.5e-6, 7e-6, 0.25, 0.5, 0.5000035):
        exact = float(share_below(Fraction(at), [Fraction(w) for w in widths]))
        assert float(found.distribution(at)) == pytest.approx(exact, rel=1e-9)


def test_a_width_of_next_to_nothing_counts_at_its_middle() -> None:
    widths = [0.5, 0.5, 4e-10]
    found = UniformSum(widths)
    exact = float(share_below(Fraction(1, 2), [Fraction(w) for w in widths]))
    assert abs(exact - 0.5) > 3e-10
    assert float(found.distribution(0.5)) == pytest.approx(exact, abs=1e-14)
    assert float(found.quantile(np.array(exact))) == pytest.approx(0.5, abs=1e-14)


# --- uniform over the region ----------------------------------------------------------------------

RANGES = [
    ([0.2, 0.3, 0.0], [0.6, 0.8, 0.1]),
    ([0.0, 0.0, 0.0], [1.0, 1.0, 1.0]),
    ([0.0, 0.0, 0.0], [0.5, 0.5, 0.5]),
    ([0.0, 0.0, 0.5], [1.0, 1.0, 1.0]),
    ([0.3, 0.1, 0.1], [0.7, 0.5, 0.4]),
    ([0.1, 0.1, 0.1, 0.0], [0.5, 0.9, 0.4, 0.3]),
    ([0.4, 0.1, 0.1], [0.4, 0.6, 0.6]),
    ([0.0, 0.2, 0.05, 0.0], [0.9, 0.2, 0.5, 0.4]),
    ([0.0, 0.1, 0.0, 0.0, 0.05], [0.5, 0.4, 0.9, 0.3, 0.2]),
    ([0.0, 0.0, 0.1, 0.0, 0.0, 0.0], [0.5, 0.4, 0.9, 0.3, 0.2, 0.6]),
]


def cells(sample: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """In which cell of a grid over the first two free outcomes each draw lies, cells counted."""
    first, second = (np.searchsorted(e, row) for e, row in zip(edges, sample, strict=True))
    return np.bincount(first * 6 + second, minlength=36).astype(float)


@pytest.mark.parametrize(("low", "high"), RANGES, ids=str)
def test_uniform_over_the_region(low: list[float], high: list[float]) -> None:
    """Against rejection: every mean and second moment, and counts in 36 cells of the plane of two outcomes."""
    ours, brute = drawn(low, high), rejected(low, high)
    assert brute.shape[1] > 2_000
    at = np.flatnonzero(np.array(high) > np.array(low))
    for power in (1, 2):
        a, b = ours[at] ** power, brute[at] ** power
        error = np.sqrt(a.var(axis=1) / a.shape[1] + b.var(axis=1) / b.shape[1])
        assert np.all(np.abs(a.mean(axis=1) - b.mean(axis=1)) <= 4 * error)
    pair = at[-2:] if len(at) > 2 else at[:1].repeat(2)
    edges = np.quantile(brute[pair], np.arange(1, 6) / 6, axis=1).T
    a, b = cells(ours[pair], edges), cells(brute[pair], edges)
    filled = a + b > 0
    share_a, share_b = math.sqrt(b.sum() / a.sum()), math.sqrt(a.sum() / b.sum())
    chi = (((share_a * a - share_b * b) ** 2)[filled] / (a + b)[filled]).sum()
    freedom = filled.sum() - 1
    assert chi < freedom + 4 * math.sqrt(2 * freedom)


@pytest.mark.parametrize("outcomes", [2, 3, 4, 5, 6])
def test_the_whole_simplex_has_beta_marginals(outcomes: int) -> None:
    """Each probability is Beta(1, n - 1): the largest gap to its distribution function (Kolmogorov, at 1 in 1000)."""
    found = drawn([0.0] * outcomes, [1.0] * outcomes)
    n = found.shape[1]
    for row in found:
        exact = 1 - (1 - np.sort(row)) ** (outcomes - 1)
        steps = np.arange(n + 1) / n
        gap = max(np.abs(exact - steps[1:]).max(), np.abs(exact - steps[:-1]).max())
        assert gap < 1.95 / math.sqrt(n)


def test_the_trapezoid_of_three_outcomes() -> None:
    """Shares of the three pieces of the first marginal, by hand."""
    found = drawn([0.2, 0.1, 0.1], [0.8, 0.5, 0.4])[0]
    # a first probability of t leaves the second an interval of t - 0.1 up to 0.4, 0.3 up to 0.5, 0.8 - t beyond
    total = 0.04 + 0.03 + 0.045
    for piece, area in (((0.2, 0.4), 0.04), ((0.4, 0.5), 0.03), ((0.5, 0.8), 0.045)):
        share = float(((found >= piece[0]) & (found < piece[1])).mean())
        assert share_within(share, area / total, found.size)


def test_two_outcomes_are_uniform_on_an_interval() -> None:
    found = drawn([0.2, 0.1], [0.6, 0.7])
    assert np.all((found[0] >= 0.3) & (found[0] <= 0.6))
    assert within(found[0].mean(), 0.45, 0.3 / math.sqrt(12), found.shape[1])
    assert share_within(float((found[0] < 0.35).mean()), 1 / 6, found.shape[1])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_ranges_are_kept_and_sums_are_one(data: st.DataObject) -> None:
    """A point inside and ranges about it, some of no width, some next to none."""
    n = data.draw(st.integers(1, 6))
    parts = np.array(data.draw(st.lists(st.floats(0, 1), min_size=n, max_size=n))) + 0.01
    point = parts / parts.sum()
    wide = st.sampled_from([0.0, 1e-13, 1e-9, 1e-5]) | st.floats(0, 0.7)
    low = np.maximum(point - data.draw(st.lists(wide, min_size=n, max_size=n)), 0)
    high = np.minimum(point + data.draw(st.lists(wide, min_size=n, max_size=n)), 1)
    found = beliefs(blocks("kept", 1)[0], low, high)
    assert found.shape == (n, BLOCK)
    assert np.all((found >= low[:, None]) & (found <= high[:, None]))
    assert np.abs(found.sum(axis=0) - 1).max() < 1e-12
    fixed = low == high
    assert np.all(found[fixed] == low[fixed, None])


def test_a_region_of_a_single_point() -> None:
    assert drawn([0.5, 0.2, 0.3], [0.9, 0.8, 0.3]) == pytest.approx(
        np.array([[0.5], [0.2], [0.3]]).repeat(4 * BLOCK, 1)
    )
    assert np.all(drawn([0.25, 0.75], [0.25, 0.75]) == np.array([[0.25], [0.75]]))
    assert np.all(drawn([0.5], [1.0]) == 1)


@pytest.mark.parametrize(
    ("low", "high", "corner"),
    [
        ([0.6, 0.2, 0.2 - 1e-6], [0.9, 0.5, 0.8], [0.6, 0.2, 0.2 - 1e-6]),
        ([0.1, 0.0, 0.0], [0.6, 0.2, 0.2 + 1e-6], [0.6, 0.2, 0.2 + 1e-6]),
    ],
)
def test_a_thin_region_is_still_uniform(low: list[float], high: list[float], corner: list[float]) -> None:
    """A corner of a millionth: no draw is like another, and all lie as in a corner of any size."""
    found = np.abs(drawn(low, high) - np.array(corner)[:, None]) / 1e-6
    assert within(found.mean(axis=1), 1 / 3, math.sqrt(1 / 18), found.shape[1])
    assert all(len(np.unique(row)) > 0.99 * found.shape[1] for row in found)


# --- how ranges move the draws ----------------------------------------------------------------------

BASE = ([0.3, 0.1, 0.1], [0.7, 0.5, 0.4])
FOUR = ([0.1, 0.1, 0.1, 0.0], [0.5, 0.6, 0.4, 0.3])
SIX = ([0.0] * 6, [0.5, 0.4, 0.3, 0.3, 0.4, 0.5])


def moved(base: tuple[list[float], list[float]], outcome: int, end: int, by: float) -> float:
    """How far probabilities move on average when one end of one range does."""
    ranges = [list(base[0]), list(base[1])]
    ranges[end][outcome] += by
    return float(np.abs(drawn(*ranges, count=1) - drawn(*base, count=1)).mean())


@pytest.mark.parametrize(
    ("base", "outcome", "end"),
    [
        (base, outcome, end)
        for base in (BASE, FOUR, SIX)
        for outcome in range(len(base[0]))
        for end in (0, 1)
    ],
    ids=str,
)  # fmt: skip
def test_a_small_edit_moves_the_draws_a_little(base, outcome: int, end: int) -> None:
    """Never more than it does itself, and ten times less for a tenth of it."""
    large, small = (moved(base, outcome, end, by if end == 0 else -by) for by in (0.01, 0.001))
    assert large < 0.01
    assert small < 0.001
    assert small > 0 or large == 0


def test_rejection_moved_them_much_more() -> None:
    """By a tenth, where the exact sampler moves them by a fraction of the edit itself."""
    kept = [
        draws._rejected_beliefs(blocks("beliefs", 1)[0], np.array(low), np.array(BASE[1]), 1e-4)
        for low in (BASE[0], [0.3, 0.101, 0.1])
    ]
    before = float(np.abs(kept[1] - kept[0]).mean())
    assert before > 0.1
    assert before > 300 * moved(BASE, 1, 0, 0.001)


@pytest.mark.parametrize("outcome", [0, 1, 2, 3])
def test_fixing_an_outcome_is_the_limit_of_narrowing_it(outcome: int) -> None:
    low, high = [list(x) for x in FOUR]
    low[outcome] = high[outcome] = 0.25
    fixed = drawn(low, high, count=1)
    high[outcome] += 1e-7
    narrow = drawn(low, high, count=1)
    assert np.all(fixed[outcome] == 0.25)
    assert float(np.abs(narrow - fixed).mean()) < 1e-7
    assert float(np.abs(narrow - fixed).max()) < 1e-4


def test_fixing_an_outcome_leaves_the_others_their_uniforms() -> None:
    """Their draws go up and down with what they were, as far as the fixed one leaves them room."""
    free = drawn(*FOUR, count=1)
    fixed = drawn([0.3, 0.1, 0.1, 0.0], [0.3, 0.6, 0.4, 0.3], count=1)
    assert np.corrcoef(free[1], fixed[1])[0, 1] > 0.6
    again = blocks("beliefs", 1)[0].random((3, BLOCK))
    for r in range(20):
        assert fixed[:, r].tolist() == pytest.approx(
            twin(again[:, r].tolist(), [0.3, 0.1, 0.1, 0.0], [0.3, 0.6, 0.4, 0.3]), abs=1e-9
        )


@pytest.mark.parametrize("end", [0, 1])
def test_raising_an_end_of_the_first_range_lowers_none_of_its_draws(end: int) -> None:
    for base in (BASE, FOUR, SIX):
        ranges = [list(base[0]), list(base[1])]
        ranges[end][0] += 0.05
        assert np.all(drawn(*ranges, count=1)[0] >= drawn(*base, count=1)[0] - 1e-12)


def test_as_many_uniforms_are_used_whatever_the_ranges() -> None:
    after = set()
    for low, high in ([0.0] * 4, [1.0] * 4), ([0.25] * 4, [0.25] * 4), ([0.3, 0, 0.1, 0], [0.3, 0.5, 0.6, 0.2]):
        rng = blocks("used", 1)[0]
        beliefs(rng, np.array(low), np.array(high))
        after.add(rng.random())
    assert len(after) == 1


# --- what does not fit ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "what"),
    [
        ([0.0, 0.0], [0.4, 0.5], "at most 0.9"),
        ([0.6, 0.6, 0.0], [0.7, 0.7, 1.0], "at least 1.2"),
        ([0.5, 0.6], [0.5, 0.6], "at least 1.1"),
        ([0.2] * 8, [0.9] * 8, "at least 1.6"),
    ],
)
def test_ranges_that_cannot_sum_to_one_are_refused(low: list[float], high: list[float], what: str) -> None:
    with pytest.raises(draws.NothingFits, match=f"no draw fits, the ranges add up to {what}$"):
        drawn(low, high)


def test_sums_that_miss_one_by_rounding_fit() -> None:
    for low, high in (
        ([0.05, 0.55, 0.3, 0.1], [0.5, 0.9, 0.9, 0.5]),
        ([0.0, 0.0, 0.0], [0.7, 0.2, 0.1]),
    ):
        point = low if low[0] else high
        assert np.array(point).sum() != 1
        assert drawn(low, high) == pytest.approx(np.array(point)[:, None].repeat(4 * BLOCK, 1))


def test_many_outcomes_are_drawn_by_rejection() -> None:
    """Eight, each at most 0.9: nearly all of the simplex fits, so it must not be called empty."""
    found = drawn([0.0] * 8, [0.9] * 8)
    assert within(found.mean(axis=1), 1 / 8, found.std(axis=1), found.shape[1])
    # Eight of which two are fixed leave six, which are drawn exactly.
    low, high = np.array([0.1, 0.1] + [0.0] * 6), np.array([0.1, 0.1] + [0.5] * 6)
    exact = beliefs(blocks("eight", 1)[0], low, high)
    rows = blocks("eight", 1)[0].random((7, BLOCK))
    assert exact[:, 0].tolist() == pytest.approx(twin(rows[:, 0].tolist(), low.tolist(), high.tolist()), abs=1e-9)


def test_rejection_that_keeps_almost_nothing_gives_up() -> None:
    low, high = np.array([0.0] * 8), np.array([0.1251] * 4 + [1.0] * 4)
    low[:4] = 0.1249
    low[4:], high[4:] = 0.0, [0.002, 0.999, 0.002, 0.999]
    assert beliefs(blocks("few", 1)[0], low, high).shape == (8, BLOCK)
    with pytest.raises(draws.NothingFits, match="draws fit"):
        beliefs(blocks("few", 1)[0], low, high, 1.0)
