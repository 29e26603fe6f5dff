"""Ballots on common draws agree with separate runs, and paired intervals with their formula."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.shared.ballots import polled
from sim.analysis.shared.counting import paired_change
from sim.engine.draws import BLOCK
from sim.engine.profiles import Case, compile_case
from sim.scenario import schema
from sim.simulation.runner import run_cases
from tests import domains


def counts(cases: list[Case], draws: int, seed: int) -> list[tuple[int, dict[str, int], dict[str, int]]]:
    """Joint, decided and own counts of every ballot."""
    joint = [0] * len(cases)
    decided = [dict.fromkeys((p.id for p in case.profiles), 0) for case in cases]
    own = [dict(d) for d in decided]
    for votes in polled(cases, draws, seed):
        for b, case in enumerate(cases):
            joint[b] += int(votes.joint(b).sum())
            for p in case.profiles:
                decided[b][p.id] += int(votes.accepts(b, p.id).sum())
                own[b][p.id] += int(votes.own[b][p.id].sum())
    return list(zip(joint, decided, own, strict=True))


@given(st.lists(domains.scenarios(most_parties=3), min_size=1, max_size=3))
@domains.quick(15)
def test_ballots_count_what_runs_count(scenarios: list[schema.Scenario]) -> None:
    """Different domains in one poll too: same names, other issues and options."""
    draws = BLOCK + 7
    cases = [compile_case(s.model_copy(update={"draws": draws, "seed": 3})) for s in scenarios]
    for case, (joint, decided, own) in zip(cases, counts(cases, draws, 3), strict=True):
        [tally] = run_cases([case])
        assert joint == int(tally.joint[0])
        assert decided == {p: int(t.decided[0]) for p, t in tally.parties.items()}
        assert own == {p: int(t.own[0]) for p, t in tally.parties.items()}


def alliance() -> Case:
    issues = {"a": ["x", "y"], "b": ["x", "y"]}
    ranked = {"a": domains.position("xy"), "b": domains.position("yx")}
    people = {
        "club": domains.party(ranked, role="alliance", members=["one", "two"]),
        "one": domains.party({"a": domains.position("xy"), "b": domains.position("xy", red_lines=[domains.line("y")])}),
        "two": domains.party({}, consent={"when": [{"a": ["y"]}]}),
    }
    return domains.case(issues, people, {"a": "x", "b": "y"}, {"k": {"a": "y", "b": "x"}})


def test_an_alliance_decides_with_its_members_and_silence_is_no_refusal() -> None:
    on = alliance()
    assert on.voters("club") == ("club", "one")
    [votes] = polled([on], 1000, 1)
    assert not votes.accepts(0, "one").any()
    assert votes.own[0]["club"].any()
    assert not votes.accepts(0, "club").any()


def test_variants_of_one_party_leave_the_others_draws_alone() -> None:
    issues = {"a": ["x", "y", "z"], "b": ["x", "y"]}
    outcomes = {"k": {"a": "z", "b": "y"}}
    other = domains.party({"a": domains.position("yzx", "minor"), "b": domains.position("xy", "major")})
    cases = [
        domains.case(
            issues, {"p": domains.party({"a": domains.position(r)}), "q": other}, {"a": "y", "b": "x"}, outcomes
        )
        for r in ("xyz", "zyx", "unknown")
    ]
    [votes] = polled(cases, BLOCK, 1)
    assert np.array_equal(votes.own[0]["q"], votes.own[1]["q"])
    assert not np.array_equal(votes.own[0]["p"], votes.own[1]["p"])


@pytest.mark.parametrize(("gained", "lost", "total"), [(0, 0, 10), (5, 2, 100), (100, 0, 100), (0, 7, 7), (3, 3, 9)])
def test_paired_interval(gained: int, lost: int, total: int) -> None:
    change = paired_change(gained, lost, total)
    p12, p21 = (gained + 1) / (total + 2), (lost + 1) / (total + 2)
    half = 1.959963984540054 * math.sqrt((p12 + p21 - (p12 - p21) ** 2) / (total + 2))
    assert change.estimate == (gained - lost) / total
    assert change.low == pytest.approx(max(-1, p12 - p21 - half))
    assert change.high == pytest.approx(min(1, p12 - p21 + half))
    assert change.low <= change.estimate <= change.high
    mirrored = paired_change(lost, gained, total)
    assert (mirrored.low, mirrored.high) == pytest.approx((-change.high, -change.low))


def test_paired_interval_covers() -> None:
    """About 95 of 100 intervals hold the true change: p(gain) 0.05, p(loss) 0.02."""
    rng = np.random.Generator(np.random.SFC64(7))
    gained, lost, _ = rng.multinomial(500, [0.05, 0.02, 0.93], 2000).T
    held = [
        c.low <= 0.03 <= c.high for c in (paired_change(int(g), int(n), 500) for g, n in zip(gained, lost, strict=True))
    ]
    assert 0.93 < np.mean(held) < 0.97


def test_no_draws_no_change() -> None:
    with pytest.raises(ValueError, match="at least one draw"):
        paired_change(0, 0, 0)
