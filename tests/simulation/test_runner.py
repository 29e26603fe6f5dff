"""Runs: the same result whatever the workers, the grouping of blocks, the company, and the number of draws."""

from __future__ import annotations

import gc
import math
import tracemalloc
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given

from sim.engine.draws import BLOCK
from sim.engine.profiles import Case, compile_case
from sim.execution.workers import workers
from sim.scenario import schema
from sim.simulation.agenda import agenda
from sim.simulation.agents import Alliance, Party
from sim.simulation.model import NegotiationModel
from sim.simulation.runner import FILL_BLOCKS, Run, run_cases
from sim.simulation.tally import Tally
from tests.domains import case, changed, judged, line, party, position, preferences, quick, scenario, scenarios, scored

ISSUES = {"a": "xyz", "b": "xy", "c": "xyzw"}
PEOPLE = {
    "p": party(
        {"a": position(["x", "rest"], "major"), "b": position("yx", "minor"), "c": position(["w"], "major")},
        beliefs={"k": [0.2, 0.7]},
    ),
    "q": party({"a": position("zyx", red_lines=[line("z", holds=[0.2, 0.4])]), "c": position("wxyz", "minor")}),
    "n": party({"b": position("xy")}, role="alliance", members=["q"]),
}
OUTCOMES = {"k": {"a": "y", "b": "y", "c": "w"}, "m": {"a": "z", "b": "x", "c": "x"}}
GUESS = {"option": "x", "basis": "assumed"}


def spec(draws: int = 10_000, seed: int = 1, **terms) -> schema.Scenario:
    return scenario(
        ISSUES, PEOPLE, {"a": "x", "b": None, "c": GUESS} | terms, OUTCOMES, turning="a", draws=draws, seed=seed
    )


def same(one: Tally, other: Tally) -> bool:
    """Equal to the last bit, float sums included."""
    for f in fields(one):
        mine, theirs = getattr(one, f.name), getattr(other, f.name)
        if f.name == "parties":
            if mine.keys() != theirs.keys():
                return False
            pairs = [(getattr(mine[k], g.name), getattr(theirs[k], g.name)) for k in mine for g in fields(mine[k])]
        else:
            pairs = [(mine, theirs)]
        if not all(np.array_equal(a, b) for a, b in pairs):
            return False
    return True


@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("chunk", [1, 3, 16])
def test_workers_change_nothing(number: int, chunk: int) -> None:
    cases = [
        compile_case(spec(5 * BLOCK + 100)),
        compile_case(spec(2 * BLOCK, a="y")),
        compile_case(spec(9000, seed=3)),
    ]
    alone = run_cases(cases)
    with workers(number, chunk=chunk):
        shared = run_cases(cases)
    for one, other in zip(alone, shared, strict=True):
        assert same(one, other)


def test_company_and_order_of_cases_change_nothing() -> None:
    cases = [
        compile_case(spec(9000)),
        compile_case(spec(5000, a="z")),
        compile_case(spec(9000, seed=2)),
        compile_case(spec(700, c="w")),
    ]
    together = run_cases(cases)
    backwards = run_cases(cases[::-1])[::-1]
    for k, on in enumerate(cases):
        assert same(together[k], run_cases([on])[0])
        assert same(together[k], backwards[k])


def test_blocks_added_in_any_grouping_make_the_same_counts() -> None:
    on = compile_case(spec(4 * BLOCK))
    run = Run((on,))
    blocks = [run.block(0, k)[0] for k in (3, 1, 0, 2)]
    total = blocks[0]
    for more in blocks[1:]:
        total += more
    whole = run_cases([on])[0]
    assert np.array_equal(total.joint, whole.joint)
    for who, tally in whole.parties.items():
        for name in ("own", "decided", "layers", "bounds", "strip", "sole", "crossed", "gains"):
            assert np.array_equal(getattr(total.parties[who], name), getattr(tally, name))
        for name in ("gain_sum", "weights", "terms", "refused_terms"):
            assert getattr(total.parties[who], name) == getattr(tally, name)


@pytest.mark.parametrize("draws", [1, 100, BLOCK - 1, BLOCK, BLOCK + 1, 5000, 10_000])
def test_more_draws_keep_the_earlier_ones(draws: int) -> None:
    """A run counts the first draws of the stream, whatever their number."""
    on = compile_case(spec(draws))
    tally = run_cases([on])[0]
    assert tally.draws == draws
    for who in PEOPLE:
        masks = np.concatenate([judged(on, who, k).accepts for k in range(math.ceil(draws / BLOCK))])
        weights = np.concatenate([preferences(on, who, k).weights for k in range(math.ceil(draws / BLOCK))], axis=1)
        assert tally.parties[who].own[0] == masks[:draws].sum()
        assert tally.parties[who].gains.total == draws
        assert np.allclose(tally.parties[who].weights.values, weights[:, :draws].sum(axis=1), rtol=1e-12)


def test_the_seed_decides() -> None:
    one, again, other = (run_cases([compile_case(spec(5000, seed=s))])[0] for s in (1, 1, 2))
    assert same(one, again)
    assert not same(one, other)
    assert abs(one.joint[0] - other.joint[0]) / 5000 < 8 * math.sqrt(0.25 / 5000)


def test_fillings_are_scored_on_the_first_blocks_only() -> None:
    tally = run_cases([compile_case(spec((FILL_BLOCKS + 1) * BLOCK))])[0]
    short = run_cases([compile_case(spec(FILL_BLOCKS * BLOCK))])[0]
    assert tally.filled == short.filled == FILL_BLOCKS * BLOCK
    assert np.array_equal(tally.fillings, short.fillings)


def test_progress_is_told_of_every_block() -> None:
    seen: list[tuple[int, int]] = []
    with workers(2, chunk=1):
        run_cases([compile_case(spec(3 * BLOCK + 1))], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_nothing_to_run() -> None:
    assert run_cases([]) == []


@quick(15)
@given(scenarios(open_issues=True, constrained=True))
def test_any_scenario_runs_the_same_with_more_workers(it: schema.Scenario) -> None:
    on = compile_case(it.model_copy(update={"draws": 2 * BLOCK + 5}))
    with workers(2, chunk=1):
        [shared] = run_cases([on])
    assert same(run_cases([on])[0], shared)


def test_results_are_equal_and_their_json_reads_back() -> None:
    on = compile_case(spec())
    one, other = scored(on)[1], scored(compile_case(spec()))[1]
    assert one == other
    assert type(one).model_validate_json(one.to_json()).to_json() == one.to_json()


# --- the Mesa model --------------------------------------------------------------------------------


def model(on: Case, **more) -> NegotiationModel:
    made = NegotiationModel(agenda(on))
    made.begin([preferences(on, p.id) for p in on.profiles], BLOCK, **more)
    return made


def test_a_party_is_an_agent_and_a_step_is_a_round() -> None:
    negotiation = model(compile_case(spec()))
    assert [a.party for a in negotiation.agents] == ["p", "q", "n"]
    assert [type(a) for a in negotiation.agents] == [Party, Party, Alliance]
    assert (negotiation.round, negotiation.tally, negotiation.running) == (0, None, True)
    negotiation.step()
    assert (negotiation.round, negotiation.running) == (1, False)
    assert negotiation.tally.draws == BLOCK


def test_a_model_lets_go_of_its_arrays() -> None:
    """Mesa 3.3 keeps every model alive, so the arrays of a block must be dropped at its end."""
    negotiation = model(compile_case(spec()))
    negotiation.step()
    assert negotiation.end().draws == BLOCK
    assert negotiation.tally is None
    for agent in negotiation.agents:
        assert not hasattr(agent, "preferences")
        assert not hasattr(agent, "judgement")


def test_a_model_takes_up_block_after_block() -> None:
    on = compile_case(spec())
    negotiation = model(on)
    negotiation.step()
    first = negotiation.end()
    negotiation.begin([preferences(on, p.id) for p in on.profiles], BLOCK)
    assert (negotiation.round, negotiation.tally, negotiation.running) == (0, None, True)
    negotiation.step()
    assert same(first, negotiation.end())


def test_memory_does_not_grow_with_draws() -> None:
    """What forty more blocks leave behind is small beside the arrays of one block (32 kB a party and issue)."""
    left = []
    tracemalloc.start()
    try:
        for blocks in (2, 42):
            run_cases([compile_case(spec(blocks * BLOCK))])
            gc.collect()
            left.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert left[1] - left[0] < 40 * 16_384


def test_the_model_draws_nothing_of_its_own() -> None:
    """Other generators, seeded otherwise or spent, do not move a figure."""
    on = case(ISSUES, PEOPLE, {"a": "x", "b": "x", "c": "x"}, OUTCOMES, draws=2000)
    before = run_cases([on])[0]
    np.random.seed(5)
    np.random.random(10)
    assert same(before, run_cases([compile_case(changed(on.scenario))])[0])
