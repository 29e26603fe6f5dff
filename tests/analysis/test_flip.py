"""Break-evens and nearest flips: known numbers, brute force over grids of weights, exact means, what is told."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import sim
from sim.analysis.flip import figure as plot
from sim.analysis.flip import page as view
from sim.analysis.flip.flip import flip
from sim.analysis.flip.result import FlipResult, PartyFlip
from sim.analysis.flip.reweighting import AllowedWeights, nearest, reach, unit_break_even, weight_break_even
from sim.analysis.shared.expected import expected_values
from sim.engine.draws import BLOCK
from sim.engine.preferences import Memo, Preferences, weight_plan
from sim.engine.profiles import Ordinal, compile_case
from sim.files.complaints import Place
from sim.files.nodes import Mapping
from sim.report.page import csv_text, markdown
from sim.scenario import schema
from sim.scenario.labels import Labels
from sim.scenario.loading import Loaded
from tests import twins
from tests.documented import documented, keys
from tests.domains import case, line, party, position, quick, rankings, scenario, scenarios

ROOT = Path(__file__).parents[2]

#: A text valued .9 .2 .6 .4 at weights .4 .2 .3 .1 against a reservation value of .55.
VALUES = np.array([0.9, 0.2, 0.6, 0.4])
WEIGHTS = np.array([0.4, 0.2, 0.3, 0.1])
RESERVATION = 0.55
WEIGHT_AT = (0.25, 1 / 3, None, 0.38636363636363635)
VALUE_AT = (0.725, None, 0.36666666666666664, None)
NEAREST = (0.3, 0.3, 0.3, 0.1)


def loaded(made: schema.Scenario) -> Loaded:
    return Loaded(made, Mapping({}, Place("test", 1, 1)), (), Path("test.yaml"), "0")


def flipped(*args: object, **more: object) -> PartyFlip:
    return flip(loaded(scenario(*args, **more))).parties[0]  # type: ignore[arg-type]


# --- known numbers ----------------------------------------------------------------------------


def test_closed_forms_of_the_known_case() -> None:
    margin = float(WEIGHTS @ VALUES) - RESERVATION
    assert margin == pytest.approx(0.07, abs=1e-9)
    for j in range(4):
        at, why = weight_break_even(WEIGHTS, VALUES, RESERVATION, j)
        assert at == (None if WEIGHT_AT[j] is None else pytest.approx(WEIGHT_AT[j], abs=1e-9))
        assert (why is None) == (at is not None)
        value, why = unit_break_even(WEIGHTS[j], VALUES[j], margin, 0.0, 1.0)
        assert value == (None if VALUE_AT[j] is None else pytest.approx(VALUE_AT[j], abs=1e-9))
        assert (why is None) == (value is not None)


def test_nearest_flip_of_the_known_case() -> None:
    found = nearest(WEIGHTS, VALUES, RESERVATION, AllowedWeights.anything(4))
    assert found is not None
    assert found.distance == pytest.approx(0.2, abs=1e-9)
    assert found.weights == pytest.approx(NEAREST, abs=1e-9)


def test_the_known_case_as_a_scenario() -> None:
    issues = dict.fromkeys("abcd", "xy")
    positions = {
        i: position(values={"x": float(v), "y": 0.0}, weight=float(w))
        for i, v, w in zip(issues, VALUES, WEIGHTS, strict=True)
    }
    text = dict.fromkeys(issues, "x")
    found = flipped(issues, {"p": party(positions, reservation=RESERVATION)}, text, draws=100)
    assert found.margin == pytest.approx(0.07, abs=1e-9)
    assert found.mean_gain.estimate == pytest.approx(0.07, abs=1e-9)
    assert found.reservation_break_even == pytest.approx(0.62, abs=1e-9)
    assert found.flips_to == "refuses"
    assert [x.weight_break_even for x in found.issues] == [None if x is None else pytest.approx(x) for x in WEIGHT_AT]
    assert [x.difference_break_even for x in found.issues] == [
        None if x is None else pytest.approx(x) for x in VALUE_AT
    ]
    assert found.nearest is not None
    assert found.nearest.distance == pytest.approx(0.2, abs=1e-9)
    assert found.nearest.moved == pytest.approx(0.1, abs=1e-9)
    assert list(found.nearest.weights.values()) == pytest.approx(NEAREST, abs=1e-9)
    assert found.nearest.changes == {"a": pytest.approx(-0.1), "b": pytest.approx(0.1)}
    # all four weights are given: none may move
    assert found.within_classes is None
    assert found.within_classes_reason == "under them the expected gain never falls below +0.07"


# --- against brute force ----------------------------------------------------------------------

STEP = 20
UNITS = st.integers(-10, 10).map(lambda x: x / 10)


def simplex(issues: int) -> list[tuple[float, ...]]:
    """All weight vectors in steps of one twentieth."""
    cuts = itertools.combinations(range(STEP + issues - 1), issues - 1)
    ends = [(-1, *c, STEP + issues - 1) for c in cuts]
    return [tuple((b - a - 1) / STEP for a, b in itertools.pairwise(e)) for e in ends]


def allowed(weights: tuple[float, ...], plan: list[int | str | schema.Span | None]) -> bool:
    """Whether weights respect a plan, issue by issue and pair by pair."""
    for w, share in zip(weights, plan, strict=True):
        low, high = (0, 0) if share == "none" else share if isinstance(share, schema.Span) else (0, 1)
        if not low - 1e-9 <= w <= high + 1e-9:
            return False
    pairs = itertools.permutations(zip(weights, plan, strict=True), 2)
    return all(not (isinstance(a, int) and isinstance(b, int) and a < b and w < v - 1e-9) for (w, a), (v, b) in pairs)


@st.composite
def plans(draw: st.DrawFn, issues: int) -> list[int | str | schema.Span | None]:
    kinds = st.sampled_from([0, 0, 1, 2, 3, None, "none", schema.Span(0.1, 0.1), schema.Span(0.05, 0.6)])
    return draw(st.lists(kinds, min_size=issues, max_size=issues))


@quick(60)
@given(data=st.data())
def test_nearest_against_all_weights_of_a_grid(data: st.DataObject) -> None:
    """No allowed weights of the grid beyond the threshold are nearer; what is found is allowed and meets it.

    A grid point beyond the threshold lies farther than where the straight way to it crosses.
    """
    n = data.draw(st.integers(1, 4))
    plan = data.draw(plans(n))
    grid = [w for w in simplex(n) if allowed(w, plan)]
    assume(grid)
    start = np.array(data.draw(st.sampled_from(grid)))
    units, threshold = np.array(data.draw(st.lists(UNITS, min_size=n, max_size=n))), data.draw(UNITS)
    limits = AllowedWeights.by(plan)
    score = float(start @ units)
    side = 1.0 if score < threshold else -1.0
    beyond = [w for w in grid if side * (float(np.dot(w, units)) - threshold) > 1e-9]
    found = nearest(start, units, threshold, limits)
    low, high = reach(units, limits)
    assert low - 1e-9 <= min(np.dot(w, units) for w in grid)
    assert high + 1e-9 >= max(np.dot(w, units) for w in grid)
    if abs(score - threshold) < 1e-12:
        assert found is not None
        assert found.distance == 0
        return
    if found is None:
        assert not beyond
        return
    assert allowed(tuple(found.weights), plan)
    assert found.weights.sum() == pytest.approx(1, abs=1e-9)
    assert float(found.weights @ units) == pytest.approx(threshold, abs=1e-9)
    assert found.distance == pytest.approx(np.abs(found.weights - start).sum())
    for w in beyond:
        there = float(np.dot(w, units))
        crossing = start + (np.array(w) - start) * (threshold - score) / (there - score)
        assert found.distance <= np.abs(crossing - start).sum() + 1e-9


def greedy(weights: list[float], units: list[float], threshold: float) -> float | None:
    """L1 distance over the whole simplex: weight goes from where it counts most against to the best issue."""
    score = math.fsum(w * d for w, d in zip(weights, units, strict=True))
    sign = 1 if score < threshold else -1
    gap, best, moved = abs(threshold - score), max(sign * d for d in units), 0.0
    for w, d in sorted(zip(weights, units, strict=True), key=lambda x: sign * x[1]):
        rate = best - sign * d
        if gap <= w * rate:
            return 2 * (moved + (gap / rate if gap else 0.0))
        gap, moved = gap - w * rate, moved + w
    return None


@quick(80)
@given(data=st.data())
def test_nearest_over_the_simplex_is_the_greedy_move(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 6))
    parts = data.draw(st.lists(st.integers(0, 9), min_size=n, max_size=n).filter(any))
    weights = [x / sum(parts) for x in parts]
    units, threshold = data.draw(st.lists(UNITS, min_size=n, max_size=n)), data.draw(UNITS)
    gap = math.fsum(w * d for w, d in zip(weights, units, strict=True)) - threshold
    # on the threshold, or able to touch it only: see the next test
    ends = min(units) - threshold, max(units) - threshold
    assume(all(abs(x) > 1e-9 for x in (gap, *ends)))
    found = nearest(np.array(weights), np.array(units), threshold, AllowedWeights.anything(n))
    exact = greedy(weights, units, threshold)
    assert (found is None) == (exact is None)
    if found is not None:
        assert found.distance == pytest.approx(exact, abs=1e-9)


def test_touching_the_threshold_is_no_flip() -> None:
    """With weight on what does not matter a party is indifferent at most."""
    half = np.array([0.5, 0.5])
    anything = AllowedWeights.anything(2)
    assert nearest(half, np.array([-0.4, 0.0]), 0.0, anything) is None
    assert nearest(half, np.array([0.4, 0.0]), 0.0, anything) is None
    assert weight_break_even(half, np.array([0.4, 0.0]), 0.0, 0) == (
        None,
        "at most it brings the score to the threshold",
    )
    assert weight_break_even(half, np.array([0.4, 0.0]), 0.0, 1) == (
        None,
        "at most it brings the score to the threshold",
    )
    # all worth the same, one issue alone, exactly at the threshold
    assert nearest(half, np.array([0.3, 0.3]), 0.0, anything) is None
    assert weight_break_even(half, np.array([0.3, 0.3]), 0.0, 0)[0] is None
    assert nearest(np.array([1.0]), np.array([0.3]), 0.0, AllowedWeights.anything(1)) is None
    assert weight_break_even(np.array([1.0]), np.array([0.3]), 0.0, 0)[0] is None
    tie = nearest(half, np.array([0.3, -0.3]), 0.0, anything)
    assert tie is not None
    assert (tie.distance, tie.weights.tolist()) == (0.0, [0.5, 0.5])
    assert weight_break_even(half, np.array([0.3, -0.3]), 0.0, 1) == (0.5, None)


def test_impossible_weights_are_said() -> None:
    with pytest.raises(ValueError, match="no weights are allowed"):
        reach(np.zeros(2), AllowedWeights((0.7, 0.7), (1.0, 1.0)))


@quick(60)
@given(data=st.data())
def test_weight_break_evens_meet_the_threshold(data: st.DataObject) -> None:
    """At the weight found, the others renormalised, the score is the threshold; else no weight crosses it."""
    n = data.draw(st.integers(2, 5))
    parts = data.draw(st.lists(st.integers(0, 9), min_size=n, max_size=n).filter(any))
    weights = [x / sum(parts) for x in parts]
    units, threshold = data.draw(st.lists(UNITS, min_size=n, max_size=n)), data.draw(UNITS)

    def at(j: int, t: float) -> float:
        return t * units[j] + (1 - t) * math.fsum(
            w / (1 - weights[j]) * d for k, (w, d) in enumerate(zip(weights, units, strict=True)) if k != j
        )

    for j in range(n):
        found, why = weight_break_even(np.array(weights), np.array(units), threshold, j)
        assert (found is None) == (why is not None)
        if weights[j] == 1:
            continue
        if found is not None:
            assert 0 <= found <= 1
            assert at(j, found) == pytest.approx(threshold, abs=1e-9)
        else:
            ends = at(j, 0) - threshold, at(j, 1) - threshold
            assert min(ends) >= -1e-9 or max(ends) <= 1e-9


# --- expected values and gains ----------------------------------------------------------------


@quick(80)
@given(data=st.data())
def test_expected_values_against_every_order(data: st.DataObject) -> None:
    """The mean over all full orders that agree with the ranking, each as likely, of evenly spaced levels."""
    options = "abcde"[: data.draw(st.integers(2, 5))]
    ranking = data.draw(rankings(options))
    made = case({"i": options}, {"p": party({"i": position(ranking)})}, {"i": "a"}, {"k": {"i": "b"}})
    [cell] = made.profiles[0].cells
    found = expected_values(cell, len(options))
    says = cell.ranking_basis != "unknown"
    orders = list(twins.extensions([[x] if isinstance(x, str) else x for x in ranking] if says else [], options))
    for k, option in enumerate(options):
        places = [next(n for n, level in enumerate(o) if option in level) / max(len(o) - 1, 1) for o in orders]
        if max(map(len, orders)) > 1:
            assert found[k] == pytest.approx(1 - math.fsum(places) / len(places))
    drawn = Preferences(made.profiles[0], made.space.sizes, Memo(1, 0)).values[0]
    assert np.abs(drawn.mean(axis=1) - found).max() <= 4.5 * 0.5 / math.sqrt(BLOCK)


@quick(12)
@given(made=scenarios(open_issues=True))
def test_the_margin_is_the_mean_gain(made: schema.Scenario) -> None:
    """To sampling error, and the terms of the sum are the means that a run reports."""
    on = compile_case(made)
    for p in flip(loaded(made)).parties:
        assert abs(p.margin - p.mean_gain.estimate) <= 2.5 * (p.mean_gain.high - p.mean_gain.low) / 2 + 1e-9
        profile = on.profile(p.id)
        own = Preferences(profile, on.space.sizes, Memo(on.scenario.seed, 0))
        seen = on.space.seen(on.text[None], p.id)[0]
        assert own.gain(seen).mean() == pytest.approx(p.mean_gain.estimate)
        threshold = (p.reservation or 0.0) - p.cost
        assert math.fsum(x.contribution for x in p.issues) - threshold == pytest.approx(p.margin, abs=1e-9)
        for x, option in zip(p.issues, seen.tolist(), strict=True):
            d = own.difference(on.space.issue(x.issue), option)
            assert x.difference == pytest.approx(0.0 if d is None else float(d.mean()), abs=0.04)
            assert x.possible[0] - 1e-9 <= x.difference <= x.possible[1] + 1e-9


@quick(12)
@given(made=scenarios(most_parties=1))
def test_flips_turn_the_expected_gain(made: schema.Scenario) -> None:
    """Within the classes is never nearer than anywhere; both end where the expected gain is zero."""
    [p] = flip(loaded(made)).parties
    on = compile_case(made)
    plan = list(weight_plan(on.profiles[0]))
    for found in (p.nearest, p.within_classes):
        if found is None or found.distance == 0:
            continue
        gain = math.fsum(found.weights[x.issue] * x.difference for x in p.issues) + p.cost - (p.reservation or 0.0)
        assert gain == pytest.approx(0, abs=1e-8)
        assert math.fsum(found.weights.values()) == pytest.approx(1)
        assert math.fsum(abs(x) for x in found.changes.values()) == pytest.approx(found.distance, abs=1e-7)
    if p.within_classes is not None:
        assert p.nearest is not None
        assert p.within_classes.distance >= p.nearest.distance - 1e-9
        assert allowed(tuple(p.within_classes.weights.values()), plan)
    assert p.reachable[0] - 1e-9 <= p.reachable_within_classes[0] <= p.margin + 1e-9
    assert p.margin - 1e-9 <= p.reachable_within_classes[1] <= p.reachable[1] + 1e-9


# --- what is told -----------------------------------------------------------------------------

ISSUES = {"a": "xy", "b": "xy", "c": "xy"}
TEXT = dict.fromkeys(ISSUES, "x")
NONE = {"k": dict.fromkeys(ISSUES, "y")}


def test_classes_may_forbid_what_the_simplex_allows() -> None:
    """a gained and critical, b lost and minor, c lost and of no importance: b can weigh as much as a, no more."""
    people = {"p": party({"a": position("xy", "critical"), "b": position("yx", "minor"), "c": position("yx", "none")})}
    found = flipped(ISSUES, people, TEXT, NONE)
    assert found.margin == pytest.approx(0.5, abs=0.02)
    assert found.nearest is not None
    assert found.nearest.moved == pytest.approx(found.margin / 2)
    assert found.nearest.changes["a"] == pytest.approx(-found.margin / 2)
    assert found.within_classes is None
    assert found.reachable_within_classes == (pytest.approx(0, abs=1e-9), pytest.approx(1))
    assert "the importance classes forbid it: under them the expected gain never falls below 0" in view.sentence(
        found, Labels()
    )
    # unknown instead of minor: allowed, by the same move
    people = {"p": party({"a": position("xy", "critical"), "b": position("yx"), "c": position("yx", "none")})}
    found = flipped(ISSUES, people, TEXT, NONE)
    assert found.within_classes is not None
    # weights of a critical and of an unknown issue are one draw of uniform weights: 1/2 each, and c stays at 0
    assert found.margin == pytest.approx(0, abs=0.02)
    assert found.within_classes.distance == pytest.approx(abs(found.margin), abs=1e-9)
    assert found.within_classes.weights["c"] == pytest.approx(0, abs=1e-9)


def test_no_re_weighting_names_the_issues() -> None:
    people = {"p": party({"a": position("xy", "major"), "b": position("xy"), "c": position()})}
    found = flipped(ISSUES, people, TEXT, NONE)
    assert found.nearest is None
    assert found.nearest_reason == "every issue on which it gains or loses in expectation counts for the text (a and b)"
    against = {"p": party({"a": position("yx", "major"), "b": position("yx"), "c": position()})}
    found = flipped(ISSUES, against, TEXT, NONE)
    assert found.flips_to == "accepts"
    assert "counts against the text (a and b)" in view.sentence(found, Labels())
    costly = {"p": party({"a": position("xy", "major"), "b": position()}, cost=-1.0)}
    found = flipped(ISSUES, costly, TEXT, NONE)
    assert found.nearest_reason == "whatever the weights, the expected gain never rises above 0"
    assert found.cost_break_even == pytest.approx(-1 - found.margin)


def test_a_red_line_is_not_bought_off() -> None:
    cited = line("x", "inferred", evidence=[])
    polled = {"a": position("yx", red_lines=[cited]), "b": position("xy", red_lines=[line("x", holds=[0.5, 0.5])])}
    found = flipped(ISSUES, {"p": party(polled)}, TEXT, NONE)
    assert [x.issue for x in found.vetoes] == ["a"]
    told = view.sentence(found, Labels())
    assert "the text crosses the inferred red line against 'x' (a); no weights buy that off" in told
    [coin] = [x for x in found.lines if x.holds is not None]
    assert coin.share == pytest.approx(0.5, abs=0.03)
    assert "of draws the stated red line against 'x' (b) binds besides" in told
    assert found.acceptability.estimate == 0


def test_ties_silence_and_open_issues() -> None:
    level = {
        "p": party({"a": position("xy", weight=0.5), "b": position("yx", weight=0.5), "c": position("xy", "none")})
    }
    found = flipped(ISSUES, level, TEXT, NONE)
    assert found.margin == 0
    assert found.nearest is not None
    assert found.nearest.distance == 0
    assert view.sentence(found, Labels()).endswith("exactly at its break-even.")
    silent = flipped(ISSUES, {"p": party({})}, TEXT, NONE)
    assert silent.nearest is None
    assert silent.nearest_reason == "the sources are silent on it: there is nothing to weigh"
    gap = flipped(ISSUES, {"p": party({"a": position("xy"), "b": position("yx")})}, TEXT | {"a": None}, NONE)
    a = gap.issues[0]
    assert (a.option, a.difference, a.possible, a.difference_break_even) == (None, 0, (0, 0), None)


def test_unknown_party_is_said() -> None:
    made = loaded(scenario(ISSUES, {"red": party({}), "blue": party({})}, TEXT, NONE))
    assert [p.id for p in flip(made, party="blue").parties] == ["blue"]
    with pytest.raises(ValueError, match=r"there is no party .*; did you mean red"):
        flip(made, party="rad")


# --- as text, as rows, as a figure ------------------------------------------------------------


@pytest.fixture(scope="module")
def istanbul() -> FlipResult:
    return flip(sim.load(ROOT / "scenarios" / "istanbul.yaml"))


def test_every_key_is_documented_and_no_other() -> None:
    assert documented("sim.flip/1") == keys(FlipResult)


def test_lines_tell_what_the_terms_that_they_name_rest_on(istanbul: FlipResult) -> None:
    """As a run does; every line here is one that the text crosses."""
    told = {
        (p.id, x.issue, x.refusal): x.term_basis
        for p in sim.run(ROOT / "scenarios" / "istanbul.yaml").parties
        for x in p.lines
        if x.crossed
    }
    seen = {(p.id, x.issue, x.refusal): x.term_basis for p in istanbul.parties for x in p.lines}
    assert seen
    assert seen == {k: v for k, v in told.items() if k in seen}
    assert None not in seen.values()


@pytest.fixture(scope="module")
def four() -> FlipResult:
    """One near to turning, one whom no weights turn, one whom its classes hold, one who is not asked."""
    issues = {"land": "xy", "trade": "xy", "votes": "xy"}
    polled = [line("x", holds=[0.4, 0.4])]
    near = {
        "land": position("xy", None, weight=[0.48, 0.58]),
        "trade": position("yx", None, weight=[0.42, 0.52]),
        "votes": position("yx", "none"),
    }
    stuck = {"land": position("xy", "major"), "trade": position("xy", red_lines=polled), "votes": position()}
    held = {
        "land": position("xy", "critical", red_lines=[line("y")]),
        "trade": position("yx", "minor"),
        "votes": position("yx", "none"),
    }
    people = {
        "near": party(near, name="Near"),
        "stuck": party(stuck, name="Stuck"),
        "held": party(held, name="Held"),
        "aside": party(held, name="Aside", consent={"when": [{"land": ["y"]}]}),
    }
    text = dict.fromkeys(issues, "x")
    return flip(loaded(scenario(issues, people, text, {"k": dict.fromkeys(issues, "y")}, draws=2000)))


def test_page_of_four(four: FlipResult) -> None:
    page = view.page(four)
    near, stuck, *_ = four.parties
    assert near.margin == pytest.approx(0.06, abs=0.004)
    assert page.lead.startswith(
        "With the weights one would expect, Near, Stuck and Held would gain by the text. Nearest to turning by "
        f"weights, within the importance classes, is Near (it accepts in {100 * near.acceptability.estimate:.0f}% of "
        "draws). Moving 0.03 of weight from land to trade would turn its expected gain into a loss."
    )
    # the line binds in 40% of draws; else the votes outweigh the rest in a quarter of draws, and in half are a loss
    assert stuck.acceptability.estimate == pytest.approx(0.6 * 7 / 8, abs=0.04)
    assert near.acceptability.estimate == pytest.approx(0.8, abs=0.04)
    assert f"By draws the weakest is Stuck ({100 * stuck.acceptability.estimate:.0f}%)." in page.lead
    assert "No re-weighting that respects the importance classes turns Stuck or Held." in page.lead
    assert "An issue on which the sources give no order counts as zero here" in page.lead
    assert f"Such issues have {100 * stuck.silent_weight:.0f}% of Stuck's weight" in page.lead
    assert stuck.silent_weight == pytest.approx(1 / 3, abs=0.02)
    rows = {row[0]: row for row in page.sheets[0].rows}
    assert rows["Near"][4:7] == ("-", "0.03", "land → trade")
    barred = f"{100 * stuck.barred:.0f}%"
    assert rows["Stuck"][4:7] == (barred, "-", "no re-weighting can")
    assert stuck.barred == pytest.approx(0.4, abs=0.04)
    assert rows["Held"][4:7] == ("-", "-", "the classes forbid it")
    assert [rows[who][1] for who in ("Near", "Stuck", "Held", "Aside")] == ["yes", "yes", "yes", "no"]


def test_page_of_istanbul(istanbul: FlipResult) -> None:
    page = view.page(istanbul)
    assert page.lead.startswith("With the weights one would expect, ")
    assert len(page.sheets[0].rows) == len(istanbul.parties) == 7
    assert all(len(row) == len(s.columns) for s in page.sheets for row in s.rows)
    text = markdown(page)
    assert "The share of draws that accept need not cross one half" in text
    assert " -0.00 " not in text
    assert "nan" not in text
    assert json.loads(istanbul.to_json())["schema"] == "sim.flip/1"


def test_rows_are_tidy(istanbul: FlipResult) -> None:
    made = list(view.rows(istanbul))
    assert all(len(row) == len(view.HEADER) for row in made)
    assert csv_text(view.HEADER, made).count("\n") == len(made) + 1
    measures = {row[3] for row in made}
    assert {"margin", "nearest.distance", "within_classes.distance", "weight_break_even"} <= measures
    assert all(row[7] for row in made if row[3] == "weight_break_even" and row[4] is None)


def test_membership_is_refused_whatever_the_weights() -> None:
    page = view.page(flip(sim.load(ROOT / "scenarios" / "membership.yaml", draws=1000)))
    assert "Whatever the weights, Russia and the United States refuse over red lines or refusals." in page.lead
    assert any(
        "the stated red line against 'NATO membership' (place towards NATO) (P064" in note for note in page.notes
    )


def test_figures(four: FlipResult, istanbul: FlipResult) -> None:
    gains, moves = plot.draw(four).axes
    barred = 100 * next(p.barred for p in four.parties if p.id == "stuck")
    names = ["Near", f"Stuck\n(red line in {barred:.0f}% of draws)", "Held", "Aside\n(not needed)"]
    assert [x.get_text() for x in gains.get_yticklabels()] == names
    said = [x.get_text() for x in moves.texts]
    assert {"classes forbid it", "no weights turn it", "0.03"} <= set(said)
    drawn, _ = plot.draw(istanbul).axes
    assert [x.get_text().split("\n")[0] for x in drawn.get_yticklabels()] == [p.name for p in istanbul.parties]
    # one party: the issues that can turn it alone come first, the nearest on top
    one = flip(sim.load(ROOT / "scenarios" / "istanbul.yaml", draws=1000), party="us")
    [axes] = plot.draw(one).axes
    labels = [x.get_text().split(" (")[0] for x in axes.get_yticklabels()]
    turning = {
        one.labels.issue(x.issue): abs(x.weight_break_even - x.weight)
        for x in one.parties[0].issues
        if x.weight_break_even is not None
    }
    assert len(turning) >= 2
    assert labels[: len(turning)] == sorted(turning, key=lambda name: turning[name])


def test_issues_without_an_order_are_told_with_their_weight(istanbul: FlipResult) -> None:
    """They are those of zero difference that the text changes and whose option no source places."""
    [case] = sim.simulation.cases.compiled([sim.load(ROOT / "scenarios" / "istanbul.yaml")])
    met = 0
    for p in istanbul.parties:
        profile = case.profile(p.id)
        for j, x in enumerate(p.issues):
            order = profile.cells[j].values
            placed = x.option is None or not isinstance(order, Ordinal)
            if x.option is not None and isinstance(order, Ordinal):
                option = case.space.options[j].index(x.option)
                placed = any(option in level for level in order.levels)
            silent = not placed and x.difference == 0 and x.possible[1] > 0 and x.weight > 0
            assert (x.issue in p.silent_issues) == silent
            met += silent
        weights = {x.issue: x.weight for x in p.issues}
        assert p.silent_weight == pytest.approx(sum(weights[i] for i in p.silent_issues))
    assert met > 5
    public = next(p for p in istanbul.parties if p.id == "ukrainian_public")
    assert public.barred == max(x.share for x in public.lines) > 0
    assert not public.vetoes


def test_a_small_gain_that_is_not_zero_is_not_told_as_zero() -> None:
    """A reach that stops just short of zero would read as if zero were reached."""
    from sim.analysis.flip.flip import _figure

    assert [_figure(x) for x in (0.0, 0.0017, -0.00171, 0.0123, -0.4)] == [
        "0",
        "+0.0017",
        "-0.0017",
        "+0.01",
        "-0.40",
    ]
