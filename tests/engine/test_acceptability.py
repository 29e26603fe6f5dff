"""From gains to acceptance: known answers, lines in layers, bounds, alliances, open issues, reported shares."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given

from sim.engine.acceptability import STRIP, accepts_each, joint_each, judge, wilson
from sim.engine.draws import BLOCK
from sim.engine.histogram import GAIN_BIN, count_gains, quantile
from sim.engine.packages import OPEN
from sim.engine.preferences import weight_plan
from sim.engine.profiles import Case, compile_case
from sim.report.outcome import cells
from sim.report.outcome import gain as gain_words
from sim.scenario import schema
from sim.simulation.summary import summarise
from tests import twins
from tests.domains import (
    SOURCE,
    case,
    changed,
    draw_of,
    effect,
    judged,
    line,
    party,
    position,
    preferences,
    quick,
    refusal,
    scenario,
    scenarios,
    scored,
    share_within,
)

SOME = (0, 1, 2, 99, 2048, BLOCK - 1)
ISSUES = {"a": "xyz", "b": "xy", "c": "xyz"}
NONE = {"k": {"a": "z", "b": "y", "c": "z"}}
TEXT = dict.fromkeys(ISSUES, "x")
#: Known values of an issue whose importance is the modeller's own.
ASSUMED = {"ranking": "stated", "importance": "assumed"}
GOOD = {"a": position("xyz", "major"), "b": position("xy", "major"), "c": position("xyz", "major")}


# --- known answers ---------------------------------------------------------------------------


def fixed(values: dict[str, float], reservation, **more) -> Case:
    """A party of unknown weights that values the text at given numbers."""
    issues = dict.fromkeys(values, "xy")
    positions = {i: position(values={"x": v, "y": 0.0}) for i, v in values.items()}
    return case(issues, {"p": party(positions, reservation=reservation)}, dict.fromkeys(issues, "x"), **more)


def test_four_values_and_a_reservation() -> None:
    """Weights uniform on the simplex, values .9 .2 .6 .4, reservation .55: accepted in 129/320 of the weights."""
    n = 25 * BLOCK
    tally, result = scored(fixed({"a": 0.9, "b": 0.2, "c": 0.6, "d": 0.4}, 0.55, draws=n))
    found = result.party("p").acceptability
    assert share_within(found.estimate, 129 / 320, n)
    assert found.low < found.estimate < found.high
    assert tally.parties["p"].own[0] == round(found.estimate * n)


def test_two_values_and_a_ranged_reservation() -> None:
    """U = w is uniform on [0, 1] and r on [.25, .75]: w >= r in half of the draws; r <= .5 alone in 5/8 of them."""
    n = 10 * BLOCK
    for reservation, share in (([0.25, 0.75], 0.5), ([0.25, 0.5], 0.625), (0.3, 0.7)):
        _, result = scored(fixed({"a": 1.0, "b": 0.0}, reservation, draws=n))
        assert share_within(result.party("p").acceptability.estimate, share, n)


def test_two_issues_pulling_apart() -> None:
    """One issue gained whole, one lost whole: accepted where the first weighs more. Class by class exactly known."""
    issues = {"a": "xy", "b": "xy"}
    for first, second, share in (
        ("unknown", "unknown", 0.5),
        ("major", "major", 0.5),
        ("critical", "minor", 1.0),
        ("minor", "critical", 0.0),
    ):
        people = {"p": party({"a": position("xy", first), "b": position("yx", second)})}
        on = case(issues, people, {"a": "x", "b": "x"}, {"k": {"a": "y", "b": "y"}}, draws=5 * BLOCK)
        found = scored(on)[1].party("p").acceptability.estimate
        assert found == share if share in (0, 1) else share_within(found, share, 5 * BLOCK)


def test_a_cost_moves_acceptance_by_a_known_share() -> None:
    """Gain = w - (1 - w) + c with w uniform: accepted where w >= (1 - c) / 2."""
    issues = {"a": "xy", "b": "xy"}
    people = {"p": party({"a": position("xy"), "b": position("yx")}, cost=0.4)}
    on = case(issues, people, {"a": "x", "b": "x"}, {"k": {"a": "y", "b": "y"}}, draws=5 * BLOCK)
    assert share_within(scored(on)[1].party("p").acceptability.estimate, 0.7, 5 * BLOCK)


def test_beliefs_weigh_outcomes() -> None:
    """One issue, best option proposed is the middle of three: v - p >= 0, p uniform, v uniform: one half. With p at
    most .5, v >= p in three quarters."""
    issues = {"a": "xyz"}
    outcomes = {"good": {"a": "x"}, "bad": {"a": "z"}}
    for high, share in ((1.0, 0.5), (0.5, 0.75)):
        people = {"p": party({"a": position("xyz")}, beliefs={"good": [0.0, high]})}
        on = case(issues, people, {"a": "y"}, outcomes, draws=5 * BLOCK)
        assert share_within(scored(on)[1].party("p").acceptability.estimate, share, 5 * BLOCK)


def test_wilson_intervals() -> None:
    """Against values worked out from the roots of (p - x)^2 = z^2 x (1 - x) / n."""
    z = 1.959963984540054
    for count, total in ((50, 100), (3, 40), (9999, 10000)):
        found = wilson(count, total)
        p = count / total
        a, b, c = 1 + z * z / total, -(2 * p + z * z / total), p * p
        root = math.sqrt(b * b - 4 * a * c)
        ends = (p, (-b - root) / (2 * a), (-b + root) / (2 * a))
        assert (found.estimate, found.low, found.high) == pytest.approx(ends)
    assert (wilson(0, 50).estimate, wilson(0, 50).low) == (0, 0)
    assert wilson(50, 50).high == 1
    with pytest.raises(ValueError, match="at least one"):
        wilson(0, 0)


# --- lines and layers --------------------------------------------------------------------------


def test_red_lines_veto_and_lines_bind_in_their_layer() -> None:
    for basis, expected in (
        ("stated", (0, 0, 0)),
        ("inferred", (1, 0, 0)),
        ("assumed", (1, 1, 0)),
        ("edited", (0, 0, 0)),
    ):
        positions = GOOD | {"a": position("xyz", "major", red_lines=[line("x", basis)])}
        row = scored(case(ISSUES, {"p": party(positions)}, TEXT, NONE))[1].party("p")
        assert (row.by_layer.stated, row.by_layer.inferred, row.by_layer.assumed) == expected
        assert row.acceptability.estimate == expected[-1]
        # on the evidence: all lines bind in the lower figure, stated ones alone in the upper
        assert (row.on_evidence.necessary, row.on_evidence.possible) == {
            "stated": (0, 0),
            "edited": (0, 0),
            "inferred": (0, 1),
            "assumed": (0, 1),
        }[basis]
        assert row.main_objection is not None
        assert (row.main_objection.kind, row.main_objection.option) == ("red_line", "x")
        assert row.lines[0].crossed


def test_lines_that_the_text_does_not_cross_change_nothing() -> None:
    positions = GOOD | {"a": position("xyz", "major", red_lines=[line("y"), line("z")])}
    row = scored(case(ISSUES, {"p": party(positions)}, TEXT, NONE))[1].party("p")
    assert row.acceptability.estimate == 1
    assert row.main_objection is None
    assert [x.crossed for x in row.lines] == [False, False]


def test_red_lines_are_judged_as_written_and_refusals_after_effects() -> None:
    """An effect shows y where x is written: a red line on x is crossed and one on y is not; refusals the other way."""
    shown = [effect("e", {"b": ["x"]}, {"a": "y"})]

    def accepted(**more) -> float:
        positions = GOOD | {"a": position("xyz", "major", red_lines=more.pop("red_lines", []))}
        return (
            scored(case(ISSUES, {"p": party(positions, **more)}, TEXT, NONE, effects=shown))[1]
            .party("p")
            .acceptability.estimate
        )

    assert accepted() == 1
    assert accepted(red_lines=[line("x")]) == 0
    assert accepted(red_lines=[line("y")]) == 1
    assert accepted(refuses=[refusal("r", {"a": ["x"]})]) == 1
    assert accepted(refuses=[refusal("r", {"a": ["y"]})]) == 0
    assert accepted(refuses=[refusal("r", {"a": ["y"], "c": ["y"]})]) == 1, "all of a refusal must hold"
    assert accepted(refuses=[refusal("r", {"a": ["y"], "c": ["z", "x"]})]) == 0


def test_refusals_are_in_force_between_their_dates() -> None:
    def accepted(**when) -> float:
        return (
            scored(case(ISSUES, {"p": party(GOOD, refuses=[refusal("r", {"a": ["x"]}, **when)])}, TEXT, NONE))[1]
            .party("p")
            .acceptability.estimate
        )

    assert accepted() == 0
    assert accepted(**{"from": "2022-03-01"}) == 0
    assert accepted(**{"from": "2022-03-02"}) == 1
    assert accepted(until="2022-03-01") == 0
    assert accepted(until="2022-02-28") == 1


def test_an_open_issue_crosses_no_line() -> None:
    positions = GOOD | {"a": position("xyz", "major", red_lines=[line(o) for o in "xyz"])}
    on = case(ISSUES, {"p": party(positions, refuses=[refusal("r", {"a": ["x", "y", "z"]})])}, TEXT | {"a": None}, NONE)
    assert scored(on)[1].party("p").acceptability.estimate == 1


@pytest.mark.parametrize(("holds", "mean"), [([0.3, 0.3], 0.3), ([0.2, 0.8], 0.5), ([0.0, 0.4], 0.2)])
def test_a_line_with_a_probability_binds_with_its_mean(holds: list[float], mean: float) -> None:
    n = 5 * BLOCK
    for kind in ("red_line", "refusal"):
        positions = dict(GOOD)
        more = {}
        if kind == "red_line":
            positions["a"] = position("xyz", "major", red_lines=[line("x", holds=holds)])
        else:
            more["refuses"] = [refusal("r", {"a": ["x"]}, holds=holds)]
        row = scored(case(ISSUES, {"p": party(positions, **more)}, TEXT, NONE, draws=n))[1].party("p")
        assert share_within(row.acceptability.estimate, 1 - mean, n)
        assert row.lines[0].share == pytest.approx(1 - row.acceptability.estimate)
        assert share_within(row.on_evidence.necessary, 1 - holds[1], n), "the upper end of the range binds"
        low_end = 0.0 if row.lines[0].basis == "inferred" else holds[0]
        assert share_within(row.on_evidence.possible, 1 - low_end, n), "the lower end, or nothing for an inferred line"
        assert row.on_evidence.necessary <= row.acceptability.estimate <= row.on_evidence.possible


# --- the scalar twins ----------------------------------------------------------------------------


@quick(80)
@given(scenarios(open_issues=True))
def test_acceptance_in_layers_agrees_with_the_twin(it: schema.Scenario) -> None:
    on = compile_case(it)
    text = twins.written(it)
    for who in it.domain.positions:
        own, found = preferences(on, who), judged(on, who)
        for r in SOME:
            draw = draw_of(own, on, r)
            for layer in range(3):
                assert found.by_layer[layer][r] == twins.accepts(it, who, draw, text, layer)


@quick(60)
@given(scenarios(open_issues=True, most_issues=3))
def test_bounds_on_the_evidence_agree_with_trying_everything(it: schema.Scenario) -> None:
    on = compile_case(it)
    text = twins.written(it)
    for who in it.domain.positions:
        own, found = preferences(on, who), judged(on, who)
        for r in SOME:
            low, high = draw_of(own, on, r, "low"), draw_of(own, on, r, "high")
            assert tuple(mask[r] for mask in found.bounds) == twins.on_evidence(it, who, low, high, text)


def test_assumed_importance_counts_as_assumed_and_as_unknown_in_every_draw() -> None:
    """A gain of w - (1 - w) / 3, so the text is accepted iff w, the weight of the issue it is good on, is a quarter.

    Unknown, w is uniform: three draws in four. As the lighter of two, w is uniform up to a half: one in two, and
    these are among the three. So unknown alone would leave 75% to 75%, and the rule 50% to 75%.
    """
    n = 16 * BLOCK
    people = {
        "p": party(
            {
                "a": position(None, "minor", values={"x": 1.0, "y": 0.0}, basis=ASSUMED),
                "b": position(None, "critical", values={"x": 2 / 3, "y": 1.0}, basis=ASSUMED),
            }
        )
    }
    space = {"a": "xy", "b": "xy"}
    _, result = scored(case(space, people, {"a": "x", "b": "x"}, {"k": {"a": "y", "b": "y"}}, draws=n))
    row = result.party("p")
    assert share_within(row.acceptability.estimate, 0.5, n)
    assert share_within(row.on_evidence.necessary, 0.5, n)
    assert share_within(row.on_evidence.possible, 0.75, n)
    # known to be the heavier, the issue is won in every draw; unknown it is not, and the rule says so
    heavy = people["p"]["positions"]["a"][0] | {"importance": "critical"}
    light = people["p"]["positions"]["b"][0] | {"importance": "minor"}
    other = {"p": party({"a": heavy, "b": light})}
    _, result = scored(case(space, other, {"a": "x", "b": "x"}, {"k": {"a": "y", "b": "y"}}, draws=n))
    row = result.party("p")
    assert row.acceptability.estimate == row.on_evidence.possible == 1
    assert share_within(row.on_evidence.necessary, 0.75, n)


def test_the_interval_is_by_draw_and_not_the_worse_of_two_shares() -> None:
    """Neither way of weighing implies the other here, so that fewer draws pass both than either, more one of them."""
    values = {"a": (1.0, 0.0), "b": (0.0, 0.0), "c": (0.2, 1.0)}
    classes = {"a": "moderate", "b": "minor", "c": "critical"}
    positions = {
        i: position(None, classes[i], values=dict(zip("xy", v, strict=True)), basis=ASSUMED) for i, v in values.items()
    }
    on = case(
        dict.fromkeys(values, "xy"),
        {"p": party(positions)},
        dict.fromkeys(values, "x"),
        {"k": dict.fromkeys(values, "y")},
    )
    own, found = preferences(on), judged(on)
    gain = np.array([1.0, 0.0, -0.8])
    unknown, assumed = (gain @ own.weights_for(weight_plan(own.profile, evidence=e)) >= 0.0 for e in (True, False))
    assert (found.bounds.necessary == (unknown & assumed)).all()
    assert (found.bounds.possible == (unknown | assumed)).all()
    assert found.bounds.necessary.mean() < min(unknown.mean(), assumed.mean()) - 0.03
    assert found.bounds.possible.mean() > max(unknown.mean(), assumed.mean()) + 0.03


def test_every_set_of_assumed_effects_is_tried_on_the_evidence() -> None:
    """Two assumed effects, one that helps and one that hurts: the party's yes hangs on which of them are there."""
    doubtful = [effect("e1", {"b": ["x"]}, {"a": "x"}, "assumed"), effect("e2", {"b": ["x"]}, {"c": "z"}, "assumed")]
    positions = {
        "a": position("xyz", weight=0.5),
        "b": position([["x", "y"]], weight=0.0),
        "c": position("xyz", weight=0.5),
    }
    it = scenario(
        ISSUES,
        {"p": party(positions)},
        {"a": "y", "b": "x", "c": "y"},
        {"k": {"a": "y", "b": "x", "c": "y"}},
        effects=doubtful,
    )
    on = compile_case(it)
    own, found = preferences(on), judged(on)
    for r in SOME:
        assert tuple(mask[r] for mask in found.bounds) == twins.on_evidence(
            it, "p", draw_of(own, on, r, "low"), draw_of(own, on, r, "high"), twins.written(it)
        )
    assert not found.bounds.necessary.any(), "with the second effect alone the party loses"
    assert found.bounds.possible.all(), "with the first alone it gains"


@quick(50)
@given(scenarios(open_issues=True))
def test_the_strip_puts_each_class_in_turn(it: schema.Scenario) -> None:
    on = compile_case(it)
    text = twins.written(it)
    for who in it.domain.positions:
        own, found = preferences(on, who), judged(on, who)
        entry = twins.in_force(it, who, "i0")
        if entry is not None and entry.weight is not None:
            assert found.strip is None
            continue
        assert found.strip is not None
        for r in SOME:
            draw = draw_of(own, on, r)
            for importance, mask in zip(STRIP, found.strip, strict=True):
                plan = twins.classes(it, who, put={"i0": importance})
                if all(s == "none" or isinstance(s, schema.Span) for s in plan.values()):
                    continue
                assert mask[r] == twins.accepts(it, who, draw, text, weight=twins.weights(plan, draw.raw))


def test_the_strip_shows_the_own_class_among_the_others() -> None:
    positions = {"a": position("xyz", "moderate"), "b": position("yx", "major"), "c": position("zyx", "unknown")}
    row = scored(case(ISSUES, {"p": party(positions)}, TEXT, NONE, turning="a"))[1].party("p")
    assert row.by_turning_class is not None
    assert row.by_turning_class.moderate == row.acceptability.estimate
    assert row.by_turning_class.none <= row.by_turning_class.minor <= row.by_turning_class.critical


def test_a_range_of_weights_does_not_stop_a_run_for_the_sake_of_the_strip() -> None:
    """With the turning issue at none only the ranged issue is left, and it cannot weigh 1."""
    issues = {"a": "xy", "b": "xy"}
    people = {"p": party({"a": position("xy", "major"), "b": position("yx", weight=[0.1, 0.3])})}
    row = scored(case(issues, people, {"a": "x", "b": "x"}, {"k": {"a": "y", "b": "y"}}, turning="a"))[1].party("p")
    assert row.acceptability.estimate == 1


@quick(50)
@given(scenarios(open_issues=True))
def test_scoring_many_packages_is_scoring_each(it: schema.Scenario) -> None:
    """The routine for many packages and the one that judges a text agree in every draw."""
    on = compile_case(it)
    rng = np.random.default_rng(1)
    rows = np.column_stack([rng.integers(OPEN, n, 12) for n in on.space.sizes]).astype(np.int16)
    for who in it.domain.positions:
        own = preferences(on, who)
        found = accepts_each(own, on.space, rows)
        for row, mask in zip(rows, found, strict=True):
            assert np.array_equal(mask, judge(own, on.space, row, None).accepts)


# --- consent, alliances, blockers -------------------------------------------------------------------


def test_an_alliance_accepts_iff_it_and_all_members_do() -> None:
    people = {
        "n": party(
            {"a": position("xyz"), "b": position("yx")},
            role="alliance",
            members=["m", "o"],
            consent={"when": [{"a": ["x"]}]},
        ),
        "m": party({"a": position("zyx"), "c": position("xyz")}, consent={"when": [{"b": ["y"]}]}),
        "o": party({"b": position("yx"), "c": position("xyz")}, consent={"when": [{"b": ["y"]}]}),
        "q": party({"a": position("xyz"), "b": position("yx")}),
    }
    it = scenario(ISSUES, people, TEXT, NONE)
    on = compile_case(it)
    tally, result = scored(on)
    own = {who: preferences(on, who) for who in people}
    masks = {who: judged(on, who).accepts for who in people}
    together = masks["n"] & masks["m"] & masks["o"]
    first = {who: int(mask.sum()) for who, mask in masks.items()}
    # the run has 10,000 draws; its first block alone is compared here
    short = scored(compile_case(it.model_copy(update={"draws": BLOCK})))
    row = short[1].party("n")
    assert row.acceptability.estimate == together.sum() / BLOCK
    assert row.own is not None
    assert row.own.acceptability.estimate == first["n"] / BLOCK
    assert short[1].party("m").own is None
    assert short[1].joint_acceptability.estimate == (together & masks["q"]).sum() / BLOCK
    assert 0 < together.sum() < first["n"]
    assert all(result.party(k).consent_needed for k in people)
    # blockers are counted on own acceptance, so a member's refusal is the member's alone
    for who in people:
        others = np.logical_and.reduce([masks[k] for k in people if k != who])
        assert short[1].party(who).sole_blocker == (others & ~masks[who]).sum() / BLOCK
    for r in SOME:
        draws = {who: draw_of(own[who], on, r) for who in people}
        assert together[r] == twins.decides(it, "n", draws, twins.written(it))
    assert tally.draws == 10_000


def test_a_party_whose_consent_is_not_needed_is_scored_but_not_counted() -> None:
    people = {
        "p": party(GOOD),
        "q": party({"a": position("zyx", red_lines=[line("x")])}, consent={"when": [{"a": ["y"]}]}),
    }
    result = scored(case(ISSUES, people, TEXT, NONE))[1]
    assert result.joint_acceptability.estimate == 1
    assert result.weakest_party == "p"
    assert not result.party("q").consent_needed
    assert result.party("q").acceptability.estimate == 0
    assert result.party("q").sole_blocker is None


# --- silence ------------------------------------------------------------------------------------------


def test_a_wholly_unknown_party_is_open_and_counts_for_nothing() -> None:
    people = {
        "p": party(GOOD | {"a": position("zyx", "major")}),
        "quiet": party(),
        "n": party(GOOD, role="alliance", members=["quiet"]),
    }
    with_it = scored(case(ISSUES, people, TEXT, NONE))[1]
    without = scored(case(ISSUES, {"p": people["p"], "n": party(GOOD, role="alliance")}, TEXT, NONE))[1]
    row = with_it.party("quiet")
    assert row.silent
    assert (row.on_evidence.necessary, row.on_evidence.possible) == (0, 1)
    assert row.main_objection is None
    assert row.sole_blocker is None
    assert "quiet" in with_it.consent_not_modelled
    assert with_it.joint_acceptability == without.joint_acceptability
    assert with_it.weakest_party == "p"
    assert with_it.party("n").acceptability == without.party("n").acceptability, "silence of a member is no refusal"
    assert "quiet" not in with_it.on_evidence.parties


def test_nobody_asked_leaves_no_joint_figure() -> None:
    result = scored(case(ISSUES, {"quiet": party()}, TEXT, NONE))[1]
    assert result.joint_acceptability is None
    assert result.weakest_party is None
    assert result.on_evidence.verdict == "not settled"


# --- open issues -----------------------------------------------------------------------------------------


@quick(30)
@given(scenarios(open_issues=True, constrained=True, most_parties=3, most_issues=3))
def test_open_issues_agree_with_trying_all_completions(it: schema.Scenario) -> None:
    """Some, every, best and worst completion, through the scalar twin, on the draws of a short run."""
    n = 12
    it = it.model_copy(update={"draws": n})
    on = compile_case(it)
    assume(on.open_issues)
    result = scored(on)[1]
    if not any(p.consent_needed and not p.silent for p in result.parties):
        return
    assert result.open is not None
    closed = twins.completions(it, twins.written(it))
    assert result.open.completions == len(closed)
    if not closed:
        assert result.open.some_completion is result.open.every_completion is result.open.best is None
        return
    silent = [p.id for p in result.parties if p.silent]
    own = {who: preferences(on, who) for who in it.domain.positions}
    draws = [{who: draw_of(own[who], on, r) for who in own} for r in range(n)]
    yes = [[twins.together(it, d, x, silent) for d in draws] for x in closed]
    shares = [sum(row) / n for row in yes]
    columns = list(zip(*yes, strict=True))
    assert result.open.some_completion == pytest.approx(sum(map(any, columns)) / n)
    assert result.open.every_completion == pytest.approx(sum(map(all, columns)) / n)
    best, worst = result.open.best, result.open.worst
    assert best is not None
    assert worst is not None
    assert best.joint_acceptability == pytest.approx(max(shares))
    assert worst.joint_acceptability == pytest.approx(min(shares))
    for extreme in (best, worst):
        k = next(k for k, x in enumerate(closed) if all(x[i] == o for i, o in extreme.terms.items()))
        assert shares[k] == pytest.approx(extreme.joint_acceptability)
    # the joint figure itself, as tabled
    tabled = [twins.together(it, d, twins.written(it), silent) for d in draws]
    assert result.joint_acceptability.estimate == pytest.approx(sum(tabled) / n)


def test_consent_follows_a_completion_that_calls_for_it() -> None:
    """Closing b with y calls a referendum that the public refuses; closing it with x calls none."""
    people = {
        "p": party({"a": position("xyz", "major"), "b": position([["x", "y"]], "minor")}),
        "public": party({"a": position("zyx", "major")}, role="ratifier", consent={"when": [{"b": ["y"]}]}),
    }
    issues = {"a": "xyz", "b": "xy"}
    result = scored(case(issues, people, {"a": "x", "b": None}, {"k": {"a": "z"}}))[1]
    assert not result.party("public").consent_needed
    assert result.joint_acceptability.estimate == 1
    assert (result.open.some_completion, result.open.every_completion) == (1, 0)
    assert (result.open.best.terms, result.open.best.calls_on) == ({"b": "x"}, ())
    assert (result.open.worst.terms, result.open.worst.calls_on) == ({"b": "y"}, ("public",))


def test_the_filler_range_is_that_of_all_fillings() -> None:
    """Two assumed terms with four fillings, each scored by itself as a text."""
    issues = {"a": "xy", "b": "xy", "c": "xy"}
    guess = {"option": "x", "basis": "assumed"}
    people = {"p": party({"a": position("xy", "major"), "b": position("xy", "minor"), "c": position("yx", "major")})}
    it = scenario(issues, people, {"a": guess, "b": guess, "c": "x"}, {"k": dict.fromkeys(issues, "y")}, draws=BLOCK)
    found = scored(compile_case(it))[1].filler
    shares = sorted(
        scored(compile_case(changed(it, a=a, b=b)))[1].joint_acceptability.estimate
        for a, b in itertools.product("xy", "xy")
    )
    assert found is not None
    assert (found.low, found.high, found.fillings, found.assumed_terms) == (shares[0], shares[-1], 4, 2)
    assert found.median == pytest.approx((shares[1] + shares[2]) / 2)
    assert scored(compile_case(changed(it, a="x", b="x")))[1].filler is None


# --- evidence from articles alone ---------------------------------------------------------------------------


def test_evidence_of_background_can_be_left_out() -> None:
    """A ranking that rests on background alone counts as assumed under --evidence articles, and its line too."""
    rows = [
        {
            "id": "E1",
            "date": "2022-01-01",
            "party": "p",
            "issue": "a",
            "claim": "c",
            "strength": "firm",
            "attribution": "quote",
            "source": "B",
        },
        {
            "id": "E2",
            "date": "2022-01-01",
            "party": "p",
            "issue": "b",
            "claim": "c",
            "strength": "firm",
            "attribution": "quote",
            "source": "S",
        },
    ]
    sources = {"S": SOURCE | {"origin": "article"}, "B": SOURCE | {"origin": "background"}}
    positions = {
        "a": position("xyz", "major", "stated", evidence=["E1"], red_lines=[line("x", evidence=["E1"])]),
        "b": position("xy", "major", "stated", evidence=["E2"]),
        "c": position("xyz", "major", "stated", evidence=["E1", "E2"]),
    }
    make = {
        mode: case(ISSUES, {"p": party(positions)}, TEXT, NONE, evidence=rows, sources=sources) for mode in ("all",)
    }
    whole = make["all"]
    cut = compile_case(whole.scenario.model_copy(update={"evidence": "articles"}))
    assert [c.ranking_basis for c in whole.profile("p").cells] == ["stated", "stated", "stated"]
    assert [c.ranking_basis for c in cut.profile("p").cells] == ["assumed", "stated", "stated"]
    assert scored(whole)[1].party("p").by_layer.inferred == 0
    assert scored(cut)[1].party("p").by_layer.inferred == 1
    assert weight_plan(cut.profile("p"), evidence=True) == (None, 1, 1)


# --- what a result says ------------------------------------------------------------------------------------


def test_gains_are_summarised_by_quantiles_of_a_histogram() -> None:
    rng = np.random.default_rng(2)
    gain = rng.normal(0.1, 0.3, 200_000)
    counts = count_gains(gain)
    assert counts.total == len(gain)
    for share in (0.05, 0.5, 0.95):
        assert abs(quantile(counts, share) - np.quantile(gain, share)) <= GAIN_BIN
    assert count_gains(np.array([-5.0, 5.0])).counts[[0, -1]].tolist() == [1, 1]


def test_a_gain_that_is_the_same_in_every_draw_is_told_exactly() -> None:
    """Also where blocks are added up, at the edge of a bin, and not where it only spreads little."""
    people = {
        "sure": party({"i": position(None, None, values={"x": 0.675, "y": 0}, weight=1)}, reservation=0.5),
        "edge": party({"i": position(None, None, values={"x": 0.5, "y": 0}, weight=1)}, reservation=0.5),
        "near": party({"i": position(None, None, values={"x": [0.675, 0.6751], "y": 0}, weight=1)}, reservation=0.5),
        "wide": party({"i": position(None, None, values={"x": [0, 1], "y": 0}, weight=1)}, reservation=0.5),
    }
    _, result = scored(case({"i": "xy"}, people, {"i": "x"}, draws=9000))
    assert [result.party(p).gain.model_dump() for p in ("sure", "edge")] == [
        {"median": pytest.approx(x, abs=1e-15), "p05": pytest.approx(x, abs=1e-15), "p95": pytest.approx(x, abs=1e-15)}
        for x in (0.175, 0)
    ]
    near, wide = (result.party(p) for p in ("near", "wide"))
    assert 0.175 <= near.gain.p05 <= near.gain.median <= near.gain.p95 <= 0.1751
    assert (gain_words(near), gain_words(result.party("sure"))) == ("+0.18 [+0.18, +0.18]", "+0.18")
    assert gain_words(result.party("edge")) == "0.00"
    assert wide.gain.p05 == pytest.approx(-0.45, abs=0.02)


def test_the_issue_that_costs_most_is_the_objection() -> None:
    positions = {"a": position("xyz", "minor"), "b": position("yx", "critical"), "c": position("zyx", "minor")}
    row = scored(case(ISSUES, {"p": party(positions)}, TEXT, NONE))[1].party("p")
    objection = row.main_objection
    assert objection is not None
    assert (objection.kind, objection.issue, objection.option) == ("issue", "b", "x") or row.issues[1].mean_gain == 0
    assert objection.share == pytest.approx(1 - row.acceptability.estimate)
    own = preferences(case(ISSUES, {"p": party(positions)}, TEXT, NONE))
    assert objection.mean_loss == pytest.approx(float(own.weights[1].mean()), abs=0.03)


def test_mean_weights_and_gains_of_issues_are_those_of_the_draws() -> None:
    on = case(ISSUES, {"p": party(GOOD | {"b": position("yx", "critical", "assumed")})}, TEXT, NONE, draws=1000)
    tally, result = scored(on)
    own, seen = preferences(on), judged(on)
    row = result.party("p")
    for j, issue in enumerate(row.issues):
        assert issue.weight == pytest.approx(own.weights[j][:1000].mean())
        term = seen.terms[j]
        assert issue.mean_gain == pytest.approx(0 if term is None else term[:1000].mean())
    assert sum(i.weight for i in row.issues) == pytest.approx(1)
    assert sum(i.mean_gain for i in row.issues) == pytest.approx(seen.gain[:1000].mean())
    assert row.weight_by_basis.assumed == pytest.approx(row.issues[1].weight)
    assert summarise(on, tally, "0", []) == result


def test_joint_acceptance_of_many_packages_stops_asking_early_but_not_wrongly() -> None:
    people = {
        "p": party({"a": position("xyz", red_lines=[line("z")]), "b": position("yx")}),
        "q": party({"a": position("zyx"), "c": position("xyz")}),
    }
    on = case(ISSUES, people, TEXT, NONE)
    rows = np.array(list(itertools.product(range(3), range(2), range(3))), np.int16)
    own = [preferences(on, who) for who in people]
    each = [accepts_each(p, on.space, rows) for p in own]
    needed = np.array([[True] * 18, [k % 2 == 0 for k in range(18)]])
    found = joint_each(own, needed, on.space, rows)
    for k in range(18):
        expected = each[0][k] & (each[1][k] if needed[1, k] else True)
        assert np.array_equal(found[k], expected)


def test_weight_by_age_is_summed_alike_on_every_python() -> None:
    """Python 3.12 changed how ``sum`` adds floats; a result must not: exact sums, rounded once."""
    issues = {f"i{k}": "xy" for k in range(11)}
    old = position("xy") | {"from": "2021-01-01"}
    for seed in range(1, 6):
        on = case(issues, {"p": party(dict.fromkeys(issues, old))}, dict.fromkeys(issues, "x"), draws=100, seed=seed)
        row = scored(on)[1].party("p")
        assert row.weight_by_age.older == math.fsum(i.weight for i in row.issues)
        assert row.weight_by_age.younger == 0


def test_the_same_people_hold_all_lines_of_a_party() -> None:
    """One coin decides over all lines with a probability: of two crossed lines some binds with the larger chance."""
    n = 5 * BLOCK
    positions = GOOD | {"a": position("xyz", "major", red_lines=[line("x", holds=[0.3, 0.3])])}
    people = {"p": party(positions, refuses=[refusal("r", {"a": ["x"]}, holds=[0.5, 0.5])])}
    row = scored(case(ISSUES, people, TEXT, NONE, draws=n))[1].party("p")
    assert share_within(row.acceptability.estimate, 0.5, n)
    assert share_within(row.lines[0].share, 0.3, n)


# --- ignorance is no objection ---------------------------------------------------------------------


def test_a_place_drawn_at_random_is_shown_as_no_objection() -> None:
    """On a the party is silent, on b its order does not place the text's option; the result still says which weighs."""
    for issue, view in (("a", position(importance="major")), ("b", position("yz"))):
        people = {"p": party({issue: view})}
        result = scored(case({issue: "xyz"}, people, {issue: "x"}, {"k": {issue: "y"}}))[1]
        row = result.party("p")
        assert row.acceptability.estimate < 0.9
        found = row.main_objection
        assert found is not None
        assert (found.issue, found.option, found.basis) == (issue, "x", "unknown")
        assert cells(result, row)[4] == "none known (not looked for)"
        assert "main objection" not in result.verdict
    known = scored(case({"a": "xyz"}, {"p": party({"a": position("yzx")})}, {"a": "x"}, {"k": {"a": "y"}}))[1]
    assert cells(known, known.party("p"))[4] == "a: x"
    assert "no objection of it is known" not in known.verdict
