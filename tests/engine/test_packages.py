"""Packages as rows: conditions, constraints, effects, completions and fillings, against the scalar twins."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.packages import OPEN, SAMPLE, Space
from sim.engine.profiles import compile_case
from sim.scenario import schema
from tests import twins
from tests.domains import (
    case,
    constraint,
    effect,
    party,
    quick,
    scenario,
    scenarios,
    terms_of,
)

ISSUES = {"a": "xyz", "b": "xy", "c": "xyz"}


def space(**more) -> Space:
    return case(ISSUES, {"p": party()}, {"a": "x", "b": "x", "c": "x"}, **more).space


def every_text(on: Space, openings: bool = True) -> np.ndarray:
    """All packages of the space, with open issues too where wanted."""
    ends = [range(OPEN if openings else 0, n) for n in on.sizes]
    return np.array(list(product(*ends)), np.int16)


def test_packages_and_terms_are_inverse() -> None:
    on = space()
    terms = {"a": "z", "b": None, "c": "y"}
    row = on.package(terms)
    assert row.tolist() == [2, OPEN, 1]
    assert on.terms(row) == terms
    assert on.package({}).tolist() == [OPEN] * 3


def test_conditions_hold_where_every_issue_named_has_an_option_named() -> None:
    on = space()
    condition = on.condition({"a": ("x", "z"), "b": ("y",)})
    rows = every_text(on)
    assert condition.holds(rows).tolist() == [twins.holds({"a": ("x", "z"), "b": ("y",)}, on.terms(r)) for r in rows]
    assert not condition.holds(on.package({"b": "y"})[None])[0], "an open issue satisfies nothing"
    assert not condition.contradicted(on.package({"b": "y"})[None])[0], "nor does it contradict anything"


def test_constraints_agree_with_the_twin_and_with_the_schema() -> None:
    on = space(
        constraints=[
            constraint("c1", {"a": ["x", "y"], "b": ["x"]}, {"c": ["x", "y"]}),
            constraint("c2", {"c": ["z"]}, {"a": ["z"], "b": ["y"]}, "legal"),
        ]
    )
    rows = every_text(on)
    for rule in on.rules:
        found = rule.broken_by(rows)
        for row, broken in zip(rows, found, strict=True):
            terms = on.terms(row)
            assert broken == twins.breaks(rule.constraint, terms)
            assert broken == rule.constraint.broken_by({i: o for i, o in terms.items() if o is not None})


@pytest.mark.parametrize(
    ("severities", "left"), [(("hard", "legal"), 12), (("hard",), 16), ((), 18), (("political",), 12)]
)
def test_feasible_counts_only_the_severities_asked_for(severities: tuple[str, ...], left: int) -> None:
    """Of 18 packages the hard rule forbids 2, the legal one 4 of the 6 with a: z, the political one all 6 with a: y."""
    on = space(
        constraints=[
            constraint("h", {"a": ["x"], "b": ["x"]}, {"c": ["x"]}),
            constraint("l", {"a": ["z"]}, {"b": ["y"], "c": ["x", "z"]}, "legal"),
            constraint("p", {"a": ["y"]}, {"a": ["x"]}, "political"),
        ]
    )
    assert int(on.feasible(every_text(on, openings=False), severities).sum()) == left


def test_effects_are_judged_on_the_text_as_written() -> None:
    """Two effects that would feed each other: neither sees what the other made of the text."""
    on = space(effects=[effect("e1", {"a": ["x"]}, {"b": "y"}), effect("e2", {"b": ["y"]}, {"c": "z"})])
    assert on.terms(on.seen(on.package({"a": "x", "b": "x", "c": "x"})[None], "p")[0]) == {"a": "x", "b": "y", "c": "x"}
    assert on.terms(on.seen(on.package({"a": "y", "b": "y", "c": "x"})[None], "p")[0]) == {"a": "y", "b": "y", "c": "z"}


def test_effects_may_be_for_named_parties_and_leave_the_text_alone() -> None:
    on = space(effects=[effect("e", {"a": ["x"]}, {"b": "y"}, parties=["p"])])
    rows = np.stack([on.package({"a": "x", "b": "x", "c": "x"}), on.package({"a": "y", "b": "x", "c": "x"})])
    before = rows.copy()
    assert on.seen(rows, "p")[:, 1].tolist() == [1, 0]
    assert on.seen(rows, "q")[:, 1].tolist() == [0, 0]
    assert np.array_equal(rows, before)


@quick(40)
@given(scenarios(open_issues=True))
def test_effects_agree_with_the_twin(it: schema.Scenario) -> None:
    on = compile_case(it).space
    rows = every_text(on)
    for who in it.domain.positions:
        for row, sight in zip(rows, on.seen(rows, who), strict=True):
            assert on.terms(sight) == twins.seen(it, on.terms(row), who)


# --- completions -------------------------------------------------------------------------------


@quick(40)
@given(scenarios(open_issues=True, constrained=True))
def test_completions_agree_with_the_twin(it: schema.Scenario) -> None:
    on = compile_case(it)
    rows, whole = on.completions
    if not on.open_issues:
        assert len(rows) == 0
        return
    expected = twins.completions(it, twins.written(it))
    assert whole
    assert [on.space.terms(r) for r in rows] == expected


def test_completions_obey_hard_and_legal_but_not_political_constraints() -> None:
    on = case(
        ISSUES,
        {"p": party()},
        {"a": "x", "b": None, "c": None},
        constraints=[
            constraint("h", {"a": ["x"]}, {"b": ["y"]}),
            constraint("l", {"b": ["y"]}, {"c": ["x", "z"]}, "legal"),
            constraint("p", {"b": ["y"]}, {"c": ["z"]}, "political"),
        ],
    )
    found = [on.space.terms(r) for r in on.completions[0]]
    assert found == [{"a": "x", "b": "y", "c": "x"}, {"a": "x", "b": "y", "c": "z"}]


def test_a_constraint_that_the_text_breaks_already_does_not_empty_the_completions() -> None:
    on = case(
        ISSUES,
        {"p": party()},
        {"a": "x", "b": "x", "c": None},
        constraints=[constraint("l", {"a": ["x"]}, {"b": ["y"]}, "legal")],
    )
    assert len(on.completions[0]) == 3


def test_a_text_no_completion_fits_has_none() -> None:
    on = case(
        ISSUES,
        {"p": party()},
        {"a": "x", "b": "x", "c": None},
        constraints=[constraint("h1", {"c": ["x", "y"]}, {"a": ["y"]}), constraint("h2", {"c": ["z"]}, {"b": ["y"]})],
    )
    assert len(on.completions[0]) == 0


BIG = {f"i{k}": "wxyz" for k in range(7)}


@pytest.mark.parametrize("opened", [5, 7])
def test_many_completions_are_a_sample_that_the_seed_repeats(opened: int) -> None:
    """1,024 are listed and picked from; 16,384 too; both are feasible, distinct and the same every time."""
    terms = {i: None if k < opened else "w" for k, i in enumerate(BIG)}
    rule = constraint("h", {"i0": ["w"]}, {"i1": ["w", "x"]})
    one, same, other = (case(BIG, {"p": party()}, terms, constraints=[rule], seed=s) for s in (1, 1, 2))
    rows, whole = one.completions
    assert not whole
    assert rows.shape == (SAMPLE, 7)
    assert len(np.unique(rows, axis=0)) == SAMPLE
    assert one.space.feasible(rows).all()
    assert np.array_equal(rows, same.completions[0])
    assert not np.array_equal(rows, other.completions[0])
    assert (rows[:, opened:] == 0).all()


def test_more_completions_than_can_be_listed_are_sampled_by_rejection() -> None:
    issues = {f"i{k}": "wxyz" for k in range(10)}
    rule = constraint("h", {"i0": ["w", "x"]}, {"i1": ["w"]})
    on = case(issues, {"p": party()}, dict.fromkeys(issues), constraints=[rule])
    rows, whole = on.completions
    assert not whole
    assert rows.shape == (SAMPLE, 10)
    assert on.space.feasible(rows).all()
    # among the feasible, i0 is w or x in 2 of 10 and each of the four options of i2 is as likely
    assert abs((rows[:, 0] < 2).mean() - 0.2) < 4 * np.sqrt(0.16 / SAMPLE)
    assert abs((rows[:, 2] == 0).mean() - 0.25) < 4 * np.sqrt(0.1875 / SAMPLE)


def test_fillings_replace_the_assumed_terms_only() -> None:
    guess = {"option": "x", "basis": "assumed"}
    on = case(
        ISSUES,
        {"p": party()},
        {"a": guess, "b": "x", "c": guess},
        constraints=[constraint("h", {"a": ["x"]}, {"c": ["x"]})],
    )
    rows, whole = on.fillings
    assert whole
    assert on.assumed_issues == ("a", "c")
    found = {(x["a"], x["b"], x["c"]) for x in map(on.space.terms, rows)}
    assert found == {("x", "x", "x")} | {(a, "x", c) for a in "yz" for c in "xyz"}


# --- consent --------------------------------------------------------------------------------------


@quick(30)
@given(st.data())
def test_consent_agrees_with_the_twin(data: st.DataObject) -> None:
    people = {
        "p": party(),
        "q": party(consent={"when": [data.draw(terms_of(ISSUES)), data.draw(terms_of(ISSUES))]}),
        "r": party(role="alliance", members=["q", "s"], consent={"when": [data.draw(terms_of(ISSUES))]}),
        "s": party(consent={"when": [data.draw(terms_of(ISSUES, 2, 2))]}),
    }
    it = scenario(ISSUES, people, {"a": "x", "b": "x", "c": "x"})
    on = compile_case(it)
    for row in every_text(on.space):
        found = {k: n.needed for k, n in on.need(row).items()}
        assert found == twins.needed(it, on.space.terms(row))


def test_consent_says_why() -> None:
    people = {
        "p": party(),
        "q": party(role="alliance", members=["m"], consent={"when": [{"a": ["y"]}, {"b": ["y"], "c": ["x", "y"]}]}),
        "m": party(consent={"when": [{"c": ["z"]}]}),
    }
    on = case(ISSUES, people, {"a": "x", "b": "y", "c": "x"})
    need = on.need(on.text)
    assert (need["p"].needed, need["p"].because) == (True, "always")
    assert need["q"].because == "b: y; c: x or y"
    assert need["m"].needed
    assert "member of q" in str(need["m"].because)
    calm = on.need(on.space.package({"a": "x", "b": "x", "c": "x"}))
    assert [calm[k].needed for k in "pqm"] == [True, False, False]
    assert calm["q"].because is None
