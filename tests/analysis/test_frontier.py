"""Frontiers against plain enumeration: points, their packages, what is singled out, the zone, and the guarantee."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from sim.analysis.frontier import pareto
from sim.analysis.frontier import space as bounds
from sim.analysis.frontier import zone as zopa
from sim.analysis.frontier.distance import placement, slack
from sim.analysis.frontier.maxima import NEAR, grouped, maxima, ranked
from sim.analysis.frontier.pareto import Undominated, undominated
from sim.analysis.frontier.result import RED_LINES
from sim.analysis.frontier.solutions import CONCEPTS, ideals, rational, solution
from sim.analysis.shared.expected import Terms, expected
from sim.analysis.space.boxes import Box
from sim.analysis.space.diagram import Piece, diagram
from sim.engine.acceptability import TIE
from sim.engine.consent import asked_each
from sim.engine.draws import Array
from sim.engine.packages import Packages
from sim.engine.profiles import Case
from tests import spaces

CASES = [spaces.random_case(np.random.default_rng(100 + k), 4 + k % 3, 2 + k % 3) for k in range(45)]


def unbeaten(gains: Array) -> dict[int, Array]:
    """By number of the first of equal vectors that no other beats: all that equal it. One after the other."""
    best: dict[int, Array] = {}
    order = np.argsort(-gains.sum(axis=1), kind="stable")
    while len(order):
        first = gains[order[0]]
        alike = (np.abs(gains[order] - first) < 1e-9).all(axis=1)
        best[int(order[0])] = order[alike]
        order = order[~(gains[order] <= first + 1e-9).all(axis=1)]
    return best


def enumerated(case: Case, severity: str, red_lines: str) -> tuple[Packages, Array]:
    rows = spaces.every_package(case)
    rows = rows[spaces.possible(case, rows, severity, red_lines)]
    return rows, np.stack([t.gain(case.space, rows) for t in expected(case)], axis=1)


def found(case: Case, severity: str = "hard", red_lines: str = "all", epsilon: float = 0.0) -> Undominated:
    terms = expected(case)
    pieces = [p for k, t in enumerate(terms) for p in bounds.pieces(case.space, t.party, k, t.tables)]
    made = diagram(case.space.sizes, bounds.forbidden(case, severity, red_lines), pieces, len(terms))
    return undominated(made, np.array([t.fixed for t in terms]), case.text, epsilon)


# --- maxima -------------------------------------------------------------------------------


@pytest.mark.parametrize("coordinates", range(1, 6))
@pytest.mark.parametrize("vectors", [1, 2, 40, 257, 900, 2300])
@pytest.mark.parametrize("levels", [3, 12, 10_000])
def test_maxima_are_those_that_no_vector_beats(coordinates: int, vectors: int, levels: int) -> None:
    rng = np.random.default_rng(coordinates * vectors)
    values = rng.integers(0, levels, (vectors, coordinates)) / 7
    if levels > 12 and coordinates > 2:  # opposed interests: many maxima
        values[:, -1] = -values[:, :-1].sum(axis=1) + rng.integers(0, 500, vectors) / 7
    ranks, _ = ranked(values)
    order, first = grouped(ranks)
    rows = ranks[order[first]]
    plain = [not ((rows >= row).all(axis=1) & (rows > row).any(axis=1)).any() for row in rows]
    assert maxima(rows).tolist() == plain


def test_ranks_bridge_rounding_and_nothing_else() -> None:
    values = np.array([[0.1 + 0.2], [0.3], [0.3 + 3 * NEAR], [0.0], [-0.1]])
    ranks, width = ranked(values)
    assert ranks[:, 0].tolist() == [2, 2, 3, 1, 0]
    assert 0 < width < 1e-15
    # a chain of near values shares a rank, and its width says so
    chain, width = ranked(np.arange(6.0)[:, None] * NEAR * 0.9)
    assert chain.max() == 0
    assert width == pytest.approx(4.5 * NEAR)


# --- frontiers ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(len(CASES)))
def test_frontier_is_that_of_enumeration(number: int) -> None:
    """Two to four parties, ties, constraints, effects, lines, polls, conditional consent, alliances."""
    case = CASES[number]
    severity, red_lines = ("hard", "legal", "political")[number % 3], RED_LINES[number // 3 % 4]
    rows, gains = enumerated(case, severity, red_lines)
    mine = found(case, severity, red_lines)
    best = unbeaten(gains) if len(rows) else {}
    assert len(mine) == len(best)
    assert mine.epsilon == 0
    told = mine.packages_of(np.arange(len(mine)))
    order = np.lexsort((-np.round(gains[list(best)], 9)).T[::-1]) if best else []
    for k, at in enumerate(np.array(list(best))[order] if best else []):
        alike = best[int(at)]
        assert mine.gains[k] == pytest.approx(gains[at], abs=1e-12)
        assert mine.packages is not None
        assert mine.packages[k] == len(alike)
        # the package told has these gains, and no other with them changes fewer terms
        [where] = np.flatnonzero((rows == told[k]).all(axis=1))
        assert where in alike
        changes = (rows[alike] != case.text).sum(axis=1)
        assert (told[k] != case.text).sum() == changes.min()


def test_cases_bring_up_ties_and_empty_spaces() -> None:
    made = [found(case) for case in CASES]
    assert sum(any(n > 1 for n in m.packages or ()) for m in made) > 8
    assert sum(len(m) == 0 for m in made) > 0
    assert sum(len(m) > 5 for m in made) > 10


def additive(rng: np.random.Generator, sizes: list[int], parties: int, opposed: bool) -> list[Piece]:
    """Random values; where opposed, every second party ranks each issue's options the other way round."""
    pieces = []
    weights = rng.dirichlet(np.ones(len(sizes)), parties)
    for j, size in enumerate(sizes):
        for p in range(parties):
            values = np.sort(rng.random(size)) if opposed else rng.random(size)
            values = values[::-1] if opposed and p % 2 else values
            pieces += [Piece(Box(((j, 1 << o),)), p, float(weights[p, j] * v)) for o, v in enumerate(values)]
    return pieces


@pytest.mark.parametrize("parties", [2, 3, 4])
def test_a_million_packages(parties: int) -> None:
    """Constrained, opposed and not: the same points as plain enumeration."""
    sizes = [5, 5, 4, 4, 5, 5, 5, 4, 5]
    rng = np.random.default_rng(parties)
    forbidden = [Box(((j, 0b11), (k, 0b110))) for j, k in [(0, 1), (1, 4), (2, 3), (5, 7)]]
    pieces = additive(rng, sizes, parties, opposed=parties == 2)
    made = diagram(sizes, forbidden, pieces, parties)
    options, gains, _ = made.packages()
    assert 300_000 < len(options) < 10**6
    mine = undominated(made, np.zeros(parties), np.zeros(len(sizes), np.int16))
    best = np.array(list(unbeaten(gains)))
    order = np.lexsort((-gains[best]).T[::-1])
    assert len(mine) == len(best) > 20
    assert np.abs(mine.gains - gains[best][order]).max() < 1e-12


def fractional(sizes: list[int], weights: list[list[int]], values: list[list[list[int]]]) -> list[list[list[Fraction]]]:
    """By party, issue and option: what it adds, exactly."""
    return [
        [[Fraction(w, sum(own)) * Fraction(v, 3) for v in options] for w, options in zip(own, of, strict=True)]
        for own, of in zip(weights, values, strict=True)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_ties_that_floats_blur_are_ties(seed: int) -> None:
    """Thirds and sevenths: sums equal in arithmetic differ in floats. Points and packages are those of fractions."""
    rng = np.random.default_rng(seed)
    sizes, parties = [4, 3, 4, 2, 4, 3], 2 + seed % 3
    weights = rng.integers(1, 6, (parties, len(sizes))).tolist()
    values = [[rng.integers(0, 4, size).tolist() for size in sizes] for _ in range(parties)]
    exact = fractional(sizes, weights, values)
    pieces = [
        Piece(Box(((j, 1 << o),)), p, float(exact[p][j][o]))
        for p in range(parties)
        for j, size in enumerate(sizes)
        for o in range(size)
    ]
    sums: dict[tuple[Fraction, ...], int] = {}
    for row in itertools.product(*map(range, sizes)):
        gains = tuple(sum((own[j][o] for j, o in enumerate(row)), Fraction(0)) for own in exact)
        sums[gains] = sums.get(gains, 0) + 1
    points = sorted(sums, reverse=True)
    table = np.array([[float(x) for x in point] for point in points])
    beaten = ((table[:, None] <= table + 1e-9).all(axis=2) & (table[:, None] < table - 1e-9).any(axis=2)).any(axis=1)
    best = [point for point, lost in zip(points, beaten.tolist(), strict=True) if not lost]
    mine = undominated(diagram(sizes, (), pieces, parties), np.zeros(parties), np.zeros(len(sizes), np.int16))
    assert mine.packages == tuple(sums[point] for point in best)
    assert mine.gains == pytest.approx(np.array([[float(x) for x in point] for point in best]), abs=1e-12)
    assert mine.resolution < 1e-13


def test_counts_beyond_64_bits() -> None:
    """An issue nobody minds multiplies packages, not points."""
    sizes = [2] * 70
    pieces = [Piece(Box(((0, 1),)), 0, 1.0), Piece(Box(((0, 2),)), 1, 1.0)]
    mine = undominated(diagram(sizes, (), pieces, 2), np.zeros(2), np.zeros(70, np.int16))
    assert mine.packages == (2**69, 2**69)
    assert mine.gains.tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize("parties", [2, 3, 4])
@pytest.mark.parametrize("epsilon", [0.003, 0.03, 0.3])
def test_no_package_beats_an_approximate_frontier_by_more_than_is_said(
    parties: int, epsilon: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pareto, "SMALL", 8)
    sizes = [4, 3, 5, 4, 3, 4]
    made = diagram(
        sizes, [Box(((0, 0b1), (2, 0b11)))], additive(np.random.default_rng(3), sizes, parties, True), parties
    )
    _, gains, _ = made.packages()
    text = np.zeros(len(sizes), np.int16)
    exact, near = (undominated(made, np.zeros(parties), text, e) for e in (0.0, epsilon))
    assert 0 < near.epsilon <= epsilon + 1e-12
    assert near.packages is None
    worst = (gains[:, None] - near.gains[None]).max(axis=2).min(axis=1).max()
    assert worst <= near.epsilon + NEAR
    if epsilon >= 0.03:
        assert len(near) < len(exact)
        assert worst > 0
    # all points are packages, told as they are
    rows = near.packages_of(np.arange(len(near)))
    options, sums, _ = made.packages()
    order = np.argsort([layer.issue for layer in made.layers])
    by_package = {row.tobytes(): total for row, total in zip(options[:, order], sums, strict=True)}
    assert np.abs(np.array([by_package[row.tobytes()] for row in rows]) - near.gains).max() < 1e-12


# --- points singled out -------------------------------------------------------------------


def test_solutions_of_a_known_problem() -> None:
    gains = np.array([[10.0, 0.0], [8.0, 3.0], [5.0, 5.0], [3.0, 5.9], [-1.0, 20.0]])
    chosen = {concept: solution(concept, gains) for concept in CONCEPTS}
    assert rational(gains).tolist() == [0, 1, 2, 3]
    assert ideals(gains) == pytest.approx([10, 5.9])
    assert chosen["nash"].point == 2
    assert chosen["nash"].value == pytest.approx(25)
    # shares of the ideals: (1, 0), (0.8, 0.51), (0.5, 0.85), (0.3, 1)
    assert chosen["kalai_smorodinsky"].point == 1
    assert chosen["kalai_smorodinsky"].value == pytest.approx(3 / 5.9)
    assert (chosen["egalitarian"].point, chosen["egalitarian"].value) == (2, 5)
    # the point worth 19 in all gives the first party less than no deal
    assert (chosen["utilitarian"].point, chosen["utilitarian"].value) == (1, 11)


def test_ties_go_to_the_better_off_least_and_are_counted() -> None:
    gains = np.array([[3.0, 1.0, 2.0], [3.0, 1.0, 2.0], [2.0, 1.0, 3.0], [1.0, 1.0, 6.0]])
    assert (solution("egalitarian", gains).point, solution("egalitarian", gains).ties) == (0, 3)
    # equal products, 6 each: the better gains by leximin
    assert solution("nash", gains).point == 0
    assert solution("utilitarian", gains).point == 3


@pytest.mark.parametrize(
    ("gains", "reasons"),
    [
        ([[1.0, -0.1], [-0.1, 1.0]], ["nobody_left_whole"] * 4),
        ([[1.0, 0.0], [0.5, 0.0]], ["nothing_to_gain", "nothing_to_gain", None, None]),
        ([[1.0, 0.0], [0.0, 1.0]], ["nothing_to_gain", None, None, None]),
        (np.zeros((0, 2)), ["nobody_left_whole"] * 4),
    ],
)
def test_there_is_no_point_where_nothing_can_be_agreed_or_gained(gains: object, reasons: list[str | None]) -> None:
    made = [solution(concept, np.array(gains)) for concept in CONCEPTS]
    assert [m.reason for m in made] == reasons
    assert all((m.point is None) == (m.reason is not None) for m in made)


@pytest.mark.parametrize("number", range(0, len(CASES), 3))
def test_solutions_are_the_best_of_all_packages_not_only_of_the_frontier(number: int) -> None:
    case = CASES[number]
    _, gains = enumerated(case, "hard", "none")
    mine = found(case, "hard", "none").gains
    able = gains[(gains >= -TIE).all(axis=1)]
    if not len(able):
        assert not len(rational(mine))
        return
    most = able.max(axis=0)
    assert ideals(mine) == pytest.approx(most, abs=1e-12)
    measures = {"nash": able.prod(axis=1), "egalitarian": able.min(axis=1), "utilitarian": able.sum(axis=1)}
    if (most > TIE).all():
        measures["kalai_smorodinsky"] = (able / most).min(axis=1)
    for concept, measure in measures.items():
        chosen = solution(concept, mine)  # type: ignore[arg-type]
        if chosen.value is None:
            assert concept == "nash"
            assert measure.max() < 1e-9
        else:
            assert chosen.value == pytest.approx(measure.max(), abs=1e-9)


def test_slack_is_what_all_can_gain_at_once() -> None:
    gains = np.array([[4.0, 1.0], [3.0, 3.0], [1.0, 4.0]])
    assert slack(gains, np.array([2.0, 1.5])) == (1.0, 1)
    assert slack(gains, np.array([3.0, 3.0])) == (0.0, 1)
    # no worse than anything for both, yet one could gain: nothing to gain at once
    assert slack(gains, np.array([4.0, 0.5]))[0] == 0.0
    assert slack(gains, np.array([4.0, 3.0]))[0] == -1.0


def test_standing_tells_all_from_some() -> None:
    gains = np.array([[4.0, 1.0], [3.0, 3.0], [1.0, 4.0]])
    both = placement(gains, np.array([2.0, 1.5]))
    assert (both.slack, both.at, both.equal, both.dominating, both.total) == (1.0, 1, False, 1, 2.5)
    some = placement(gains, np.array([3.0, 1.0]))
    assert (some.slack, some.at, some.equal, some.dominating, some.total) == (0.0, 1, False, 2, 2.0)
    assert some.most.tolist() == [1.0, 2.0]
    # noise is none, on either side
    for noise in (-1e-13, 1e-13):
        there = placement(gains, np.array([3.0 + noise, 3.0 - noise]))
        assert (there.slack, there.equal, there.dominating) == (0.0, True, 0)
    assert placement(gains, np.array([4.0, 3.0])).slack == -1.0


def test_a_tiny_epsilon_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.analysis.frontier.pareto.SMALL", 1)
    exact, tiny = found(CASES[0]), found(CASES[0], epsilon=1e-300)
    assert tiny.epsilon == 0
    assert (tiny.gains == exact.gains).all()


# --- the zone of possible agreement ---------------------------------------------------------


@pytest.mark.parametrize("number", range(len(CASES)))
def test_zone_is_counted_as_by_enumeration(number: int) -> None:
    severity, red_lines = ("hard", "legal", "political")[number % 3], RED_LINES[number // 3 % 4]
    check_zone(CASES[number], severity, red_lines)


@pytest.mark.parametrize("red_lines", ["all", "none"])
def test_zone_of_ten_parties(red_lines: str) -> None:
    check_zone(spaces.random_case(np.random.default_rng(5), 5, 10), "hard", red_lines)


def test_zone_of_forty_parties() -> None:
    """More parties than 32 bits hold; each has a say of its own."""
    case = spaces.random_case(np.random.default_rng(3), 4, 40)
    rows = spaces.every_package(case)
    rows = rows[case.space.feasible(rows, ["hard"])]
    terms, asked = expected(case), asked_each(case, rows)
    accepts = np.stack([t.gain(case.space, rows) >= -TIE for t in terms])
    mine = zopa.answers(case, terms, "hard", "none")
    heard = [k for k, p in enumerate(case.profiles) if not p.silent]
    assert len(heard) > 32
    assert [mine.party(at).would_accept for at in range(len(heard))] == accepts[heard].sum(axis=1).tolist()
    assert [mine.party(at).accepts for at in range(len(heard))] == (asked & accepts)[heard].sum(axis=1).tolist()
    assert mine.conflicts()
    refusing = asked & ~accepts
    for some in mine.conflicts()[:20]:
        numbers = [k for k, p in enumerate(case.profiles) if p.id in some]
        assert refusing[numbers].any(axis=0)[asked.any(axis=0)].all()
    with pytest.raises(ValueError, match="answers of 65 parties"):
        zopa.answers(*_many(65), "hard", "none")


def _many(parties: int) -> tuple[Case, tuple[Terms, ...]]:
    case = spaces.random_case(np.random.default_rng(3), 4, parties)
    return case, expected(case)


def check_zone(case: Case, severity: str, red_lines: str) -> None:
    rows = spaces.every_package(case)
    severities = ("hard", "legal", "political")
    rows = rows[case.space.feasible(rows, severities[: severities.index(severity) + 1])]
    terms, asked = expected(case), asked_each(case, rows)
    crossed = np.stack([spaces.crossed(case, p, rows, red_lines) for p in case.profiles])
    accepts = np.stack([t.gain(case.space, rows) >= -TIE for t in terms]) & ~crossed
    fine = ~asked | accepts
    heard = [k for k, p in enumerate(case.profiles) if not p.silent]
    told: list[tuple[int, int]] = []
    mine = zopa.answers(case, terms, severity, red_lines, lambda done, total: told.append((done, total)))
    assert mine.parties == tuple(case.profiles[k].id for k in heard)
    assert mine.feasible == len(rows)
    assert mine.nobody_asked == (~asked.any(axis=0)).sum()
    assert mine.zone == (fine.all(axis=0) & asked.any(axis=0)).sum()
    for at, k in enumerate(heard):
        assert mine.party(at).asked_about == asked[k].sum()
        assert mine.party(at).would_accept == accepts[k].sum()
        assert mine.party(at).accepts == (asked[k] & accepts[k]).sum()
        assert mine.party(at).refuses == (~fine[k]).sum()
        assert mine.party(at).refuses_by_line == (asked[k] & crossed[k]).sum()
    for size, layer in zip(mine.layers, ("stated", "inferred", "all"), strict=True):
        bars = np.stack([spaces.crossed(case, p, rows, layer) for p in case.profiles])
        willing = np.stack([t.gain(case.space, rows) >= -TIE for t in terms]) & ~bars
        assert size == ((~asked | willing).all(axis=0) & asked.any(axis=0)).sum()
    first = case.space.issues[0]
    apart = bounds.departing(case, [first])
    again = zopa.answers(case, terms, severity, red_lines, departing=apart)
    inside = fine.all(axis=0) & asked.any(axis=0)
    assert again.departing == (inside & (rows[:, 0] != case.text[0])).sum()
    assert zopa.answers(case, terms, severity, red_lines, left_out=apart).zone == mine.zone - again.departing
    # the smallest sets that leave nothing
    left = {
        some: (fine[list(some)].all(axis=0) & asked.any(axis=0)).any()
        for n in range(1, len(heard) + 1)
        for some in itertools.combinations(heard, n)
    }
    smallest = [
        tuple(case.profiles[k].id for k in some)
        for some, any_left in left.items()
        if not any_left and all(left[part] for n in range(1, len(some)) for part in itertools.combinations(some, n))
    ]
    assert mine.conflicts() == ([] if not asked.any() else smallest)
    assert not told or told[-1] == (len(rows), len(rows))


def test_cases_bring_up_empty_zones_and_conflicts_of_pairs() -> None:
    made = [zopa.answers(case, expected(case), "hard", "all") for case in CASES]
    assert sum(m.zone == 0 for m in made) > 8
    assert sum(m.zone > 0 for m in made) > 8
    assert {len(some) for m in made for some in m.conflicts()} >= {1, 2}
