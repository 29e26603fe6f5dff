"""pySensMCDA as a peer: acceptability without sampling where values are numbers, and where it means another thing.

Its exact indices are volumes of polytopes of weights; ours count draws. Where values are only ranked the two draw
different values, which sim/README.md says.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from sim.analysis.compare.ranking import ENOUGH, rank
from sim.analysis.compare.result import Ranked
from sim.engine.draws import BLOCK
from sim.engine.profiles import compile_case
from sim.scenario import schema
from tests import domains

peer = pytest.importorskip("pysensmcda.smaa")

DRAWS = 8 * BLOCK


def ranked(cells: dict[str, Any], texts: int) -> list[Ranked]:
    """Texts that have option number k on every issue, as one party ranks them."""
    options = "abcdef"[:texts]
    base = domains.scenario(
        {i: options for i in cells}, {"p": domains.party(cells, reservation=0.5)}, dict.fromkeys(cells, "a")
    )
    cases = [
        compile_case(domains.changed(base, **dict.fromkeys(cells, o)).model_copy(update={"draws": DRAWS, "seed": 1}))
        for o in options
    ]
    found = rank(tuple(options), cases)
    return list(next(r for r in found.rankings if r.party == "p").proposals)


def as_cells(values: np.ndarray, classes: list[schema.Importance]) -> dict[str, Any]:
    return {
        f"i{j}": domains.position(None, klass, values=dict(zip("abcdef", column.tolist(), strict=False)))
        for j, (column, klass) in enumerate(zip(values.T, classes, strict=True))
    }


@pytest.mark.parametrize(("texts", "issues"), [(2, 2), (3, 2), (3, 3), (5, 3), (4, 4)])
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("classed", [False, True])
def test_acceptability_of_numbers_is_that_without_sampling(texts: int, issues: int, seed: int, classed: bool) -> None:
    """Unknown weights, or weights in the order of their classes; first ranks, and where they are, mean weights."""
    values = np.random.default_rng([seed, texts, issues]).random((texts, issues)).round(2)
    names: list[schema.Importance] = ["critical", "major", "moderate", "minor"]
    classes: list[schema.Importance] = names[:issues] if classed else ["unknown"] * issues
    order = None
    if classed:
        order = np.zeros((issues - 1, issues)), np.zeros(issues - 1)
        for k, (heavy, light) in enumerate(itertools.pairwise(range(issues))):
            order[0][k, [heavy, light]] = -1, 1
    exact = peer.exact_acceptability(values, np.ones(issues), constraints=order, scaling="none")
    ours = ranked(as_cells(values, classes), texts)
    assert sum(exact.acceptability) == pytest.approx(1)
    for mine, share, weights in zip(ours, exact.acceptability, exact.central_weights, strict=True):
        assert domains.share_within(mine.ranks[0], share, DRAWS)
        if mine.first >= 10 * ENOUGH and mine.central_weights is not None:
            central = list(mine.central_weights["p"].values())
            assert domains.within(central, weights, 0.5, mine.first)


def test_it_draws_ranked_values_with_free_ends_and_we_do_not() -> None:
    """Two texts, each best on one of two criteria, one of these only ranked: who leads on that one comes first less."""
    matrix = np.array([[2.0, 2.0], [1.0, 1.0]])  # the second criterion holds ranks
    theirs = peer.smaa_o(matrix, np.ones(2), ordinal_criteria=[1], num_samples=DRAWS, seed=1).rank_acceptability
    assert domains.share_within(theirs[1, 0], 3 - 4 * np.log(2), DRAWS)
    cells = {
        "numbers": domains.position(None, "unknown", values={"a": 1, "b": 0}),
        "ranks": domains.position("ba", "unknown"),
    }
    leads_on_numbers, leads_on_ranks = ranked(cells, 2)
    assert domains.share_within(leads_on_ranks.ranks[0], 0.5, DRAWS)
    assert domains.share_within(leads_on_numbers.ranks[0], 0.5, DRAWS)
