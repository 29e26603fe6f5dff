"""SALib as a peer: Sobol' indices of what is drawn, from samples of ours in SALib's estimators.

``sim.sobol`` decomposes the spread from draw to draw. With one draw, and all that is drawn among the samples, an
evaluated sample is a draw, so that both ask the same.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import sim

analysis = pytest.importorskip("SALib.analyze.sobol")
sampling = pytest.importorskip("SALib.sample.sobol")

#: What two parties get of the text, and between what their reservation values lie.
GAINS = {"a": 0.6, "b": 0.5}
RANGES = {"a": (0.2, 0.8), "b": (0.4, 1.0)}
N = 4096


def two() -> sim.Loaded:
    """Two parties whose values and weights are numbers and whose reservation values alone are drawn."""
    issue = {"question": "Q?", "options": {"yes": "Yes.", "no": "No."}}
    parties = {
        name: {
            "name": name.upper(),
            "role": "principal",
            "consent": "always",
            "reservation": list(RANGES[name]),
            "positions": {
                "q": [{"from": "2022-01-01", "values": {"yes": gain, "no": 0.0}, "weight": 1.0, "basis": "assumed"}]
            },
        }
        for name, gain in GAINS.items()
    }
    text = {"date": "2022-03-29", "summary": "S.", "terms": {"q": {"option": "yes", "basis": "assumed"}}}
    domain = {"issues": {"title": "T", "issues": {"q": issue}}, "positions": parties}
    return sim.from_dict({"title": "T", "proposal": text, "domain": domain}, draws=1)


def shares() -> dict[str, float]:
    """How often each accepts: its reservation value is uniform."""
    return {p: (GAINS[p] - low) / (high - low) for p, (low, high) in RANGES.items()}


def exact() -> dict[str, tuple[float, float]]:
    """First-order and total index of each party's unknown for the joint answer, a product of two coins."""
    p, q = shares().values()
    spread = p * q * (1 - p * q)
    return {
        "a": (q * q * p * (1 - p) / spread, q * p * (1 - p) / spread),
        "b": (p * p * q * (1 - q) / spread, p * q * (1 - q) / spread),
    }


def test_indices_of_the_joint_answer_are_those_of_salib() -> None:
    loaded = two()
    names = [f"{party}.reservation" for party in RANGES]
    problem = {"num_vars": 2, "names": names, "bounds": [list(span) for span in RANGES.values()]}
    samples = sampling.sample(problem, N, calc_second_order=False, seed=1)
    table = sim.evaluate(loaded, (names, samples), ["joint"])
    assert set(table["joint"].tolist()) == {0.0, 1.0}
    theirs = analysis.analyze(problem, table["joint"], calc_second_order=False, seed=1)
    result = sim.sobol(loaded, n=4 * N)
    ours: dict[str, Any] = {g.party: g.joint for g in result.groups if g.level == "party"}
    for k, (party, (first, total)) in enumerate(exact().items()):
        for own, estimate, error, true in (
            (ours[party].first, theirs["S1"][k], theirs["S1_conf"][k], first),
            (ours[party].total, theirs["ST"][k], theirs["ST_conf"][k], total),
        ):
            width = (own.high - own.low) / 2
            assert abs(own.estimate - true) < 2 * width
            assert abs(estimate - true) < 2 * error
            assert abs(own.estimate - estimate) < 2 * (width + error)
            assert max(width, error) < 0.06


def test_with_many_draws_the_question_is_another() -> None:
    """The share over the draws does not move with what is drawn anew for every draw; what is varied alone counts."""
    loaded = two().with_(draws=64)
    names = [f"{party}.reservation" for party in RANGES]
    corners = [list(corner) for corner in itertools.product(*RANGES.values())]
    table = sim.evaluate(loaded, (names, corners), ["joint"])
    assert table["joint"].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert 0 < sim.score(loaded)[0].joint_acceptability.estimate < 1  # type: ignore[union-attr]
