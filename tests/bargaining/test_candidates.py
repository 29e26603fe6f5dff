"""Which packages may be proposed: against a scalar twin, how many there may be, and further texts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from sim.bargaining.candidates import TooMany, candidates
from sim.engine.profiles import Case, compile_case
from sim.scenario import schema
from tests import talks_twins, twins
from tests.domains import (
    case,
    constraint,
    party,
    position,
    quick,
)
from tests.talks import at_most, talks


@quick(60)
@given(talks())
def test_candidates_are_those_of_the_twin(it: schema.Scenario) -> None:
    case_ = compile_case(it)
    for most in (2000, 60):
        with at_most(most):
            texts = talks_twins.candidates(it, most)
            if len(texts) > most:
                with pytest.raises(TooMany) as found:
                    candidates(case_)
                assert (found.value.exact, found.value.count) == (True, len(texts))
                continue
            on = candidates(case_)
            assert len(candidates(case_)) == len(on)
        assert [case_.space.terms(row) for row in on.packages] == texts
        far = twins.written(it) | it.negotiation.candidates.texts["far"]
        assert [texts[k] for k in on.texts.values()] == ([far] if far in texts else [])
        silent = [p.id for p in case_.profiles if p.silent]
        for k, text in enumerate(texts):
            needs = talks_twins.needs(it, text, silent)
            assert [p.id for i, p in enumerate(case_.profiles) if on.needed[i, k]] == needs
            asked = {case_.profiles[i].id for row, i in enumerate(on.table) if on.asked[row, k]}
            seats = {p for p in needs if it.domain.positions[p].role != "ratifier"}
            assert asked == seats | set(it.proposers)


def wide(issues: int, options: int, changes: int, constraints: Any = (), **more: Any) -> Case:
    names = {f"i{j}": [f"o{k}" for k in range(options)] for j in range(issues)}
    return case(
        names,
        {"p": party(), "q": party({"i0": position(["o0", "o1"])})},
        dict.fromkeys(names, "o0"),
        {"k": {}},
        constraints=constraints,
        negotiation={"protocol": "alternating_offers", "candidates": {"changes": changes} | more},
    )


def test_too_many_candidates_are_counted_not_made() -> None:
    with pytest.raises(TooMany, match="up to 11,824,611 candidates") as found:
        candidates(wide(60, 8, 3))
    assert not found.value.exact
    assert found.value.fewer == 1
    with pytest.raises(TooMany) as found:
        candidates(wide(40, 5, 2))
    assert (found.value.count, found.value.exact, found.value.fewer) == (1 + 160 + 780 * 16, True, 1)
    assert len(candidates(wide(40, 5, 1))) == 161


def test_a_space_that_constraints_make_small_is_taken_whole() -> None:
    chain = [constraint(f"c{j}", {f"i{j}": ["o1"]}, {f"i{j + 1}": ["o1"]}) for j in range(29)]
    on = candidates(wide(30, 2, 2, chain))
    assert on.whole
    assert len(on) == 31


def test_further_texts_come_last_and_infeasible_ones_not_at_all() -> None:
    rules = [constraint("c", {"i1": ["o2"]}, {"i2": ["o0"]})]
    texts = {
        "near": {"i0": "o1"},
        "far": {"i0": "o1", "i1": "o1", "i2": "o1", "i3": "o1"},
        "again": {"i0": "o1", "i1": "o1", "i2": "o1", "i3": "o1"},
        "broken": {"i1": "o2", "i2": "o1", "i3": "o1"},
    }
    on = candidates(wide(12, 4, 1, rules, texts=texts))
    assert not on.whole
    assert len(on) == 1 + 36 + 1
    assert (on.packages[0] == 0).all()
    assert on.texts == {"near": 34, "far": 37, "again": 37}
    assert (on.packages[34] != 0).sum() == 1
