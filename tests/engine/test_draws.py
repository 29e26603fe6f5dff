"""Samplers against known answers, against enumeration and against rejection from the uniform."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Hashable
from fractions import Fraction

import numpy as np
import pytest

from sim.engine import draws
from sim.engine.draws import BLOCK
from tests import twins
from tests.domains import blocks, share_within, within


def many(name: str, count: int, make) -> np.ndarray:
    """Draws of ``count`` blocks side by side, shape ``(rows, count * BLOCK)``."""
    return np.concatenate([make(rng) for rng in blocks(name, count)], axis=1)


def agree(found: np.ndarray, expected: np.ndarray) -> bool:
    """Whether the row means of two independent samples agree within four standard errors."""
    error = np.sqrt(found.var(axis=1) / found.shape[1] + expected.var(axis=1) / expected.shape[1])
    return bool(np.all(np.abs(found.mean(axis=1) - expected.mean(axis=1)) <= 4 * error + 1e-12))


# --- streams ------------------------------------------------------------------------------


def test_keys_are_the_same_in_every_run() -> None:
    # Eight bytes of blake2b, little-endian; a change here changes every published figure.
    assert draws.key("russia") == 3785596517809564975
    assert len({draws.key(n) for n in ("russia", "ukraine", "us", "nato", "alignment")}) == 5


def test_streams_differ_by_seed_party_quantity_and_block() -> None:
    first = [
        draws.stream(*at).random()
        for at in [
            (1, "a", "b", 0),
            (2, "a", "b", 0),
            (1, "b", "b", 0),
            (1, "a", "c", 0),
            (1, "a", "b", 1),
            (1, "b", "a", 0),
        ]
    ]
    assert len(set(first)) == 6
    assert first[0] == draws.stream(1, "a", "b", 0).random()


# --- weights ------------------------------------------------------------------------------


def weights(classes: list[int | None], count: int = 8) -> np.ndarray:
    n = len(classes)
    return many(
        "weights", count, lambda g: draws.normalised(draws.order_by_class(g.standard_exponential((n, BLOCK)), classes))
    )


@pytest.mark.parametrize("n", [2, 4, 7])
def test_uniform_weights_have_the_moments_of_the_flat_simplex(n: int) -> None:
    w = weights([None] * n)
    total = w.shape[1]
    assert np.allclose(w.sum(axis=0), 1)
    variance = (n - 1) / (n**2 * (n + 1))
    assert within(w.mean(axis=1), 1 / n, math.sqrt(variance), total)
    squares = (w - 1 / n) ** 2
    assert within(squares.mean(axis=1), variance, squares.std(axis=1), total)
    products = (w[:-1] - 1 / n) * (w[1:] - 1 / n)
    assert within(products.mean(axis=1), -1 / (n**2 * (n + 1)), products.std(axis=1), total)


@pytest.mark.parametrize("n", [3, 4, 6, 12])
def test_weights_of_distinct_classes_have_the_rank_order_centroid_as_mean(n: int) -> None:
    centroid = [float(sum(Fraction(1, k) for k in range(place, n + 1)) / n) for place in range(1, n + 1)]
    w = weights(list(range(n)))
    assert np.all(np.diff(w, axis=0) <= 0)
    assert within(w.mean(axis=1), centroid, w.std(axis=1), w.shape[1])


def test_rank_order_centroids_of_the_literature() -> None:
    """Three issues: 11/18, 5/18, 2/18; the means above come from the same formula."""
    w = weights([0, 1, 2])
    assert within(w.mean(axis=1), [11 / 18, 5 / 18, 2 / 18], w.std(axis=1), w.shape[1])


CLASSES = [
    [0, 1, 1, None],
    [2, 0, 2, 0],
    [1, None, 1, None, 0],
    [0, 0, 0],
    [3, 3, 1, 1, 1],
]


@pytest.mark.parametrize("classes", CLASSES, ids=str)
def test_classes_order_the_weights(classes: list[int | None]) -> None:
    w = weights(classes, 1)
    for (a, heavy), (b, light) in itertools.permutations(enumerate(classes), 2):
        if heavy is not None and light is not None and heavy < light:
            assert np.all(w[a] >= w[b])


@pytest.mark.parametrize("classes", CLASSES, ids=str)
def test_classes_give_the_uniform_distribution_on_what_they_allow(classes: list[int | None]) -> None:
    """Against rejection from the flat simplex: means, second moments, and which issue of all is heaviest."""
    w = weights(classes)
    flat = np.random.default_rng(5).dirichlet(np.ones(len(classes)), 200_000).T
    keep = np.ones(flat.shape[1], bool)
    for (a, heavy), (b, light) in itertools.permutations(enumerate(classes), 2):
        if heavy is not None and light is not None and heavy < light:
            keep &= flat[a] >= flat[b]
    kept = flat[:, keep]
    assert kept.shape[1] > 5_000
    assert agree(w, kept)
    assert agree(w**2, kept**2)
    pairs = list(itertools.combinations(range(len(classes)), 2))
    assert agree(np.stack([w[a] * w[b] for a, b in pairs]), np.stack([kept[a] * kept[b] for a, b in pairs]))
    assert agree(
        np.stack([w[a] > w[b] for a, b in pairs]).astype(float),
        np.stack([kept[a] > kept[b] for a, b in pairs]).astype(float),
    )


@pytest.mark.parametrize("classes", CLASSES, ids=str)
def test_ordering_by_class_agrees_with_its_twin(classes: list[int | None]) -> None:
    raw = blocks("twin", 1)[0].standard_exponential((len(classes), BLOCK))
    before = raw.copy()
    out = draws.order_by_class(raw, classes)
    assert np.array_equal(raw, before), "the input is shared between plans and must not change"
    for r in range(200):
        assert out[:, r].tolist() == twins.ordered(raw[:, r].tolist(), classes)


def test_what_many_orders_by_class_share_changes_none_of_them() -> None:
    raw = blocks("shared", 1)[0].standard_exponential((5, BLOCK))
    known: dict[Hashable, draws.Array] = {}
    for classes in itertools.product([0, 1, 2, None], repeat=5):
        assert np.array_equal(draws.order_by_class(raw, classes, known), draws.order_by_class(raw, classes))
    assert len(known) > 100


LOW, HIGH = np.array([0.05, 0.1, 0.0, 0.1]), np.array([0.4, 0.5, 0.3, 0.6])


def test_boxes_keep_the_exact_share_of_the_simplex() -> None:
    flat = np.random.default_rng(3).dirichlet(np.ones(4), 200_000)
    inside = np.all((flat >= LOW) & (flat <= HIGH), axis=1)
    assert share_within(float(inside.mean()), 67 / 320, len(inside))
    tried = kept = 0
    for rng in blocks("box share", 20):
        w = draws.normalised(rng.standard_exponential((4, BLOCK)))
        kept += int(np.all((w >= LOW[:, None]) & (w <= HIGH[:, None]), axis=0).sum())
        tried += BLOCK
    assert share_within(kept / tried, 67 / 320, tried)


def test_boxed_weights_fit_and_are_uniform() -> None:
    w = many("boxes", 6, lambda g: draws.boxed_weights(g, [None] * 4, LOW, HIGH, 1.0))
    assert np.all((w >= LOW[:, None]) & (w <= HIGH[:, None]))
    assert np.allclose(w.sum(axis=0), 1)
    # a sampler of another kind: uniform on a box of three coordinates, the fourth is what remains
    free = LOW[:3] + (HIGH - LOW)[:3] * np.random.default_rng(4).random((400_000, 3))
    other = np.column_stack([free, 1 - free.sum(axis=1)])
    other = other[(other[:, 3] >= LOW[3]) & (other[:, 3] <= HIGH[3])].T
    assert agree(w, other)
    assert agree(w**2, other**2)


def test_boxes_and_classes_together() -> None:
    low, high = np.array([0.0, 0.2, 0.0]), np.array([1.0, 0.3, 1.0])
    w = draws.boxed_weights(blocks("both", 1)[0], [0, None, 1], low, high, 0.8)
    assert np.allclose(w.sum(axis=0), 0.8)
    assert np.all(w[0] >= w[2])
    assert np.all((w[1] >= 0.2) & (w[1] <= 0.3))


def test_boxes_that_leave_nothing_are_refused() -> None:
    with pytest.raises(draws.NothingFits, match="fit"):
        draws.boxed_weights(blocks("none", 1)[0], [None] * 3, np.array([0.6, 0.6, 0.0]), np.ones(3), 1.0)


# --- values of options ----------------------------------------------------------------------


@pytest.mark.parametrize("levels", [2, 3, 4, 5, 6])
def test_levels_have_the_means_and_variances_of_order_statistics(levels: int) -> None:
    v = many("levels", 4, lambda g: draws.ordered_levels(g, levels))
    assert np.all(v[0] == 1)
    assert np.all(v[-1] == 0)
    assert np.all(np.diff(v, axis=0) <= 0)
    n = levels - 2
    for row in range(1, levels - 1):
        k = levels - 1 - row  # the k-th smallest of n uniforms is Beta(k, n + 1 - k)
        variance = k * (n + 1 - k) / ((n + 1) ** 2 * (n + 2))
        assert within(v[row].mean(), k / (levels - 1), math.sqrt(variance), v.shape[1])
        squares = (v[row] - k / (levels - 1)) ** 2
        assert within(squares.mean(), variance, squares.std(), v.shape[1])


def test_a_single_level_is_worth_the_same_everywhere() -> None:
    values = draws.ordinal_values(blocks("one", 1)[0], 3, [[0, 1, 2]], None, [], [])
    assert np.all(values == 1)


def test_levels_agree_with_their_twin() -> None:
    v = draws.ordered_levels(blocks("levels twin", 1)[0], 5)
    spacings = blocks("levels twin", 1)[0].standard_exponential((4, BLOCK))
    for r in range(100):
        assert v[:, r].tolist() == pytest.approx(twins.levels(spacings[:, r].tolist()), abs=1e-14)


def test_unknown_options_agree_with_their_twin() -> None:
    v = draws.ordinal_values(blocks("unknown twin", 1)[0], 4, [[2], [0]], None, [], [1, 3])
    raw = blocks("unknown twin", 1)[0].random((4, BLOCK))
    for r in range(100):
        ranked, free = twins.with_unknown(raw[:, r].tolist(), 2)
        assert v[[2, 0, 1, 3], r].tolist() == pytest.approx(ranked + free, abs=1e-14)


def compiled(ranking: list[list[str]], options: str) -> tuple:
    """Arguments of ordinal_values after the generator, from a ranking by name."""
    named = {o for level in ranking for o in level}
    left = [k for k, o in enumerate(options) if o not in named]
    at = ranking.index(["rest"]) if ["rest"] in ranking else None
    own = [[options.index(o) for o in level] for level in ranking if level != ["rest"]]
    return len(options), own, at, left if at is not None else [], [] if at is not None else left


RANKINGS = [
    ("abcd", [["a"], ["rest"], ["c"]]),
    ("abcd", [["rest"], ["a", "b"]]),
    ("abcd", [["d"], ["rest"]]),
    ("abc", [["rest"]]),
    ("abcd", [["b"], ["d"]]),
    ("abcd", [["b", "c"]]),
    ("abcde", [["a", "b"], ["c"]]),
    ("abc", []),
    ("abc", [["c"], ["a"], ["b"]]),
]


def order_of(column: dict[str, float]) -> tuple[frozenset[str], ...]:
    by_value: dict[float, set[str]] = {}
    for option, value in column.items():
        by_value.setdefault(value, set()).add(option)
    return tuple(frozenset(by_value[v]) for v in sorted(by_value, reverse=True))


@pytest.mark.parametrize(("options", "ranking"), RANKINGS, ids=str)
def test_rest_and_unknown_are_uniform_over_all_orders_that_agree(options: str, ranking: list[list[str]]) -> None:
    v = many("orders", 2, lambda g: draws.ordinal_values(g, *compiled(ranking, options)))
    assert np.all(v.max(axis=0) == 1)
    assert np.all(v.min(axis=0) == 0)
    orders = list(twins.extensions(ranking, options))
    assert len(set(orders)) == len(orders)
    found = Counter(order_of(dict(zip(options, column, strict=True))) for column in v.T.tolist())
    assert set(found) <= set(orders)
    for order in orders:
        assert share_within(found[order] / v.shape[1], 1 / len(orders), v.shape[1])


@pytest.mark.parametrize(("options", "ranking"), RANKINGS, ids=str)
def test_values_are_uniform_over_all_that_agree(options: str, ranking: list[list[str]]) -> None:
    """Against brute force: a uniform for each level or lone option, kept when the order agrees, then rescaled."""
    v = many("values", 2, lambda g: draws.ordinal_values(g, *compiled(ranking, options)))
    orders = {order for order in twins.extensions(ranking, options)}
    groups = sorted({group for order in orders for group in order}, key=sorted)
    dice, kept = random.Random(7), []
    for _ in range(60_000):
        drawn = {group: dice.random() for group in groups}
        if tuple(sorted(groups, key=lambda g: -drawn[g])) in orders:
            low, high = min(drawn.values()), max(drawn.values())
            kept.append([next((drawn[g] - low) / (high - low) for g in groups if o in g) for o in options])
    brute = np.array(kept).T
    assert brute.shape[1] > 2_000
    assert agree(v, brute)
    assert agree(v**2, brute**2)


def test_values_given_as_numbers_and_ranges() -> None:
    v = draws.cardinal_values(blocks("cardinal", 1)[0], np.array([1.0, 0.3, 0.0]), np.array([1.0, 0.6, 0.0]))
    assert np.all(v[0] == 1)
    assert np.all(v[2] == 0)
    assert np.all((v[1] >= 0.3) & (v[1] <= 0.6))
    assert within(v[1].mean(), 0.45, 0.3 / math.sqrt(12), BLOCK)


# --- ranges ------------------------------------------------------------------------------------


def test_uniform_range() -> None:
    u = draws.uniform(blocks("range", 1)[0], 0.2, 0.7)
    assert u.shape == (BLOCK,)
    assert np.all((u >= 0.2) & (u <= 0.7))
    assert within(u.mean(), 0.45, 0.5 / math.sqrt(12), BLOCK)
