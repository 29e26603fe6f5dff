"""NegMAS's Pareto frontier and solution points against ours, without constraints. Run with tests/peers named.

Same additive utilities, same reservation values, no lines, everybody always asked. Where definitions agree, so do the
figures. Where they do not:

* NegMAS's frontier holds only what leaves nobody below the reservation value, ours all that is efficient, and how many
  points leave nobody below. NegMAS may list several outcomes with the same utilities, ours is one point with its
  packages counted. Compared are the different utility vectors.
* Rounding: NegMAS compares floats as they are. A point that another beats but for the last digit of one utility stays
  on its frontier; ours counts utilities within 1e-12 as equal. Ties below are of numbers that floats hold exactly.
* A reservation value below what a party gets at worst: NegMAS puts that worst in its place, ours keeps the value.
* Kalai-Smorodinsky: NegMAS looks for the point nearest to the ray, the least difference between the greatest and the
  least share of what parties could get at most from any outcome. Ours maximises the least share, of what they could get
  from packages that leave nobody below; on a set of points the two differ.
* Ties: NegMAS returns all points that tie, ours one of them by leximin and how many there are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.analysis.frontier.frontier import frontier
from sim.analysis.frontier.result import Frontier
from sim.analysis.shared.texts_beside import Texts
from sim.engine.profiles import compile_case
from sim.scenario.loading import Loaded, load
from tests import domains
from tests.bench.measure import LIBRARY

negmas = pytest.importorskip("negmas")
preferences_of = pytest.importorskip("negmas.preferences")
ops = pytest.importorskip("negmas.preferences.ops")

NAMES = ("p0", "p1", "p2", "p3")


def problem(seed: int, parties: int, reserved: float, ties: bool, parts: int = 16) -> tuple[Any, list[Any], Frontier]:
    """NegMAS's issues and utility functions, and our frontier, of one random domain."""
    rng = np.random.default_rng(seed)
    issues = {f"i{j}": "abcde"[: rng.integers(2, 6)] for j in range(5)}
    made = [negmas.make_issue(list(options), name=name) for name, options in issues.items()]
    people, utilities = {}, []
    for name in NAMES[:parties]:
        weights = rng.multinomial(parts, np.ones(5) / 5) / parts if ties else np.round(rng.dirichlet(np.ones(5)), 4)
        weights[-1] = 1 - weights[:-1].sum()
        values = [rng.integers(0, 5, len(o)) / 4 if ties else np.round(rng.random(len(o)), 4) for o in issues.values()]
        cells = {
            issue: domains.position(
                values=dict(zip(options, map(float, own), strict=True)), weight=round(float(w), 4), importance=None
            )
            for (issue, options), own, w in zip(issues.items(), values, weights, strict=True)
        }
        people[name] = domains.party(cells, reservation=reserved)
        tables = [
            preferences_of.TableFun(dict(zip(options, map(float, own), strict=True)))
            for options, own in zip(issues.values(), values, strict=True)
        ]
        utilities.append(
            preferences_of.LinearAdditiveUtilityFunction(
                values=tables, weights=[round(float(w), 4) for w in weights], issues=made, reserved_value=reserved
            )
        )
    scenario = domains.scenario(issues, people, {i: o[0] for i, o in issues.items()}, draws=64)
    file = load(LIBRARY / "istanbul.yaml", draws=1)
    loaded = Loaded(scenario, file.tree, (), file.path, "0", file._cache)
    assert compile_case(scenario).asked == NAMES[:parties]
    return made, utilities, frontier(loaded, texts=Texts(()))


def different(points: Any) -> np.ndarray:
    """Different utility vectors, best for the first party first."""
    return np.unique(np.round(np.array(points, float), 9), axis=0)[::-1]


@pytest.mark.parametrize("reserved", [0.0, 0.3])
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("parties", [2, 3, 4])
@pytest.mark.parametrize("seed", range(4))
def test_frontier_has_the_size_and_the_utilities_that_negmas_finds(
    seed: int, parties: int, ties: bool, reserved: float
) -> None:
    issues, utilities, mine = problem(seed, parties, reserved, ties)
    theirs = different(ops.pareto_frontier(utilities, issues=issues)[0])
    able = [p.gains for p in mine.every if min(p.gains) >= -1e-12]
    assert mine.frontier.at_least_no_deal == len(able) == len(theirs) > 0
    assert reserved > 0 or mine.frontier.total == len(theirs)
    assert different(able) == pytest.approx(theirs - reserved, abs=1e-8)


@pytest.mark.parametrize("parties", [2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_nash_egalitarian_and_welfare_points_are_those_of_negmas(seed: int, parties: int) -> None:
    """With nothing reserved every package leaves all at least whole, and the definitions agree."""
    issues, utilities, mine = problem(seed, parties, 0.0, seed % 2 == 1)
    if any(u.minmax(issues=issues)[0] > 0 for u in utilities):
        pytest.skip("NegMAS would take the least utility for the reservation value")
    theirs = list(ops.pareto_frontier(utilities, issues=issues)[0])
    found = {s.concept: s for s in mine.solutions}
    for concept, points, measure in (
        ("nash", ops.nash_points(utilities, theirs, issues=issues), np.prod),
        ("egalitarian", ops.kalai_points(utilities, theirs, issues=issues), np.min),
        ("utilitarian", ops.max_welfare_points(utilities, theirs, issues=issues), np.sum),
    ):
        mine_at = found[concept].point
        assert mine_at is not None
        gains = np.array(list(mine_at.gains.values()))
        tied = np.array([p for p, _ in points])
        assert measure(gains) == pytest.approx(measure(tied[0]), abs=1e-9)
        assert np.abs(tied - gains).max(axis=1).min() < 1e-9


def test_known_differences_show() -> None:
    """Kalai-Smorodinsky points differ, ours with the greater least share; Nash points do where the worst is not 0."""
    shares_differ = nash_differs = 0
    for seed in range(12):
        issues, utilities, mine = problem(seed, 2, 0.0, False)
        theirs = list(ops.pareto_frontier(utilities, issues=issues)[0])
        found = {s.concept: s for s in mine.solutions}
        most = np.array([u.minmax(issues=issues)[1] for u in utilities])
        [(near, _), *_] = ops.ks_points(utilities, theirs, issues=issues, ranges=[(0.0, m) for m in most])
        best = found["kalai_smorodinsky"]
        assert best.point is not None
        assert best.value is not None
        least = (np.array(near) / most).min()
        assert best.value >= least - 1e-9
        shares_differ += best.value > least + 1e-6
        [(product, _), *_] = ops.nash_points(utilities, theirs, issues=issues)
        assert found["nash"].point is not None
        nash_differs += np.abs(np.array(product) - list(found["nash"].point.gains.values())).max() > 1e-6
    assert shares_differ > 0
    assert nash_differs > 0


def test_rounding_makes_no_points_here() -> None:
    """Weights of twentieths: what is left of NegMAS's frontier, less points beaten but for a last digit, is ours."""
    issues, utilities, mine = problem(0, 4, 0.0, True, parts=20)
    theirs = different(ops.pareto_frontier(utilities, issues=issues)[0])
    beaten = [((theirs >= p - 1e-9).all(axis=1) & (theirs > p + 1e-9).any(axis=1)).any() for p in theirs]
    assert any(beaten)
    assert different([p.gains for p in mine.every]) == pytest.approx(theirs[~np.array(beaten)], abs=1e-8)
