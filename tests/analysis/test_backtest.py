"""``sim backtest``: every figure against a hand computation, scores and rules of thumb against twins in plain loops."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import sim
from sim.analysis.backtest import findings as told
from sim.analysis.backtest.coding import agreement
from sim.analysis.backtest.findings import findings as findings_of
from sim.analysis.backtest.observed import ObservedAnswer, read_observed
from sim.analysis.backtest.page import HEADER
from sim.analysis.backtest.result import FORECASTERS, Backtest, BacktestFinding, Forecaster, Measure
from sim.analysis.backtest.scores import RESAMPLES, ScoredRows, item_weights
from sim.analysis.shared.rules_of_thumb import RulesOfThumb, points, ranks, verdict_of_points
from sim.cli import app
from sim.engine.draws import stream
from sim.engine.profiles import compile_case
from sim.scenario import schema
from sim.scenario.loading import load_domain
from tests import small
from tests.documented import documented, documented_findings, findings, keys
from tests.domains import quick
from tests.readme import ROOT, shipped_place

SCENARIOS = shipped_place() / "scenarios"
BACKTEST = SCENARIOS / "backtest"
DAY = "2022-03-31"

ISSUES = """\
title: Land and a port
issues:
  land:
    question: Who holds the land?
    options: {mine: The one., yours: The other., ours: Both.}
  port:
    question: Is the port open?
    options: {free: It is., shut: It is not.}
no_deal:
  lotteries:
    now:
      from: 2022-01-01
      outcomes:
        stays: {land: ours, port: shut}
      basis: assumed
"""
RED = """\
id: red
name: Red
role: principal
consent: always
positions:
  land:
    - {from: 2022-01-01, ranking: [yours, ours, mine], importance: major, basis: inferred, evidence: [E1]}
  port:
    - {from: 2022-01-01, ranking: [free, shut], importance: major, basis: inferred, evidence: [E1]}
asks:
  - {id: open_port, for: {port: [free]}, from: 2022-03-10, basis: stated, evidence: [E1], why: It says so.}
  - {id: later, for: {land: [mine]}, from: 2022-05-01, basis: stated, evidence: [E1], why: After the day.}
"""
BLUE = """\
id: blue
name: Blue
role: principal
consent: always
positions:
  land:
    - from: 2022-01-01
      ranking: [mine, ours, yours]
      importance: major
      basis: inferred
      evidence: [E3]
      red_lines: [{option: yours, basis: stated, evidence: [E3]}]
  port:
    - {from: 2022-01-01, ranking: [free, shut], importance: major, basis: assumed}
"""
HAND = """\
id,date,party,issue,option,answer,firmness,share_accept,share_reject,quality
H1,2022-05-01,red,land,yours,accepts,firm,,,strong
H2,2022-05-01,blue,land,yours,refuses,firm,,,strong
H3,2022-05-01,blue,land,ours,accepts,soft,,,strong
H4,2022-05-02,blue,land,ours,refuses,soft,,,strong
H5,2022-05-02,red,port,shut,refuses,firm,,,fair
H6,2022-05-02,blue,port,free,poll,,30,60,fair
"""


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Backtest:
    """Shares are 0 or 1 in this library: options better than, as good as and worse than no deal, and a line."""
    home = tmp_path_factory.mktemp("hand")
    domain = {"domain/issues.yaml": ISSUES, "domain/positions/red.yaml": RED, "domain/positions/blue.yaml": BLUE}
    evidence = small.EVIDENCE.replace(",status,", ",land,").replace(",guarantee,", ",land,")
    files = {**domain, "domain/evidence.csv": evidence, "domain/positions/league.yaml": None, "answers.csv": HAND}
    small.write(home, files)
    return sim.backtest(home / "answers.csv", as_of=DAY, domain=home / "domain", draws=50)


def figures(result: Backtest, measure: Measure) -> dict[Forecaster, float | None]:
    return {x.forecaster: x.figure(measure).estimate for x in result.table("main").scores}


def test_forecasts_outcomes_and_weights(hand: Backtest) -> None:
    rows = [(x.id, x.forecast.estimate if x.forecast else None, x.outcome, x.weight) for x in hand.answers]
    assert rows == [
        ("H1", 1, 1, 1),
        ("H2", 0, 0, 1),
        ("H3", 1, 1, 0.5),
        ("H4", 1, 0, 0.5),
        ("H5", 1, 0, 1),  # as good as no deal, so accepted
        ("H6", 1, pytest.approx(1 / 3), 1),
    ]
    main = hand.table("main")
    assert (main.rows, main.items, main.subjects) == (6, 5, 2)
    assert [x.subject for x in hand.answers] == ["land"] * 4 + ["port"] * 2
    assert hand.answers[5].undecided == pytest.approx(0.1)


def test_baselines_by_hand(hand: Backtest) -> None:
    # land: 1.5 of weight 3; port: 1/3 of weight 2; each is the base rate of the other
    sixth, half = pytest.approx(1 / 6), pytest.approx(1 / 2)
    expected: dict[str, list[Any]] = {
        "with_demands": [1, 0, 1, 1, 0, 1],
        "constant": [sixth, sixth, sixth, sixth, half, half],
        "refusal": [0, 0, 0, 0, 0, 0],
        # asked for; a stated line; no word twice; red asks for the open port; blue's ranking is assumed
        "last_word": [1, 0, sixth, sixth, half, half],
        # the order is mine, yours, ours: red's best lies in the middle, blue's at the first end
        "camp": [0.5, 0.5, 0, 0, 0, 1],
        "distance": [1, 0, 0.5, 0.5, 0, 1],
        "fixed_score": [1, 0, 0.5, 0.5, 0, 1],
    }
    for name, values in expected.items():
        assert [(x.baselines or {})[name] for x in hand.answers] == values, name


def test_scores_by_hand(hand: Backtest) -> None:
    assert figures(hand, "brier") == {
        "product": pytest.approx((0.5 + 1 + 4 / 9) / 5),
        # the shut port is less than Red asks for, and Red said no
        "with_demands": pytest.approx((0.5 + 4 / 9) / 5),
        "constant": pytest.approx(49 / 180),
        "refusal": pytest.approx(29 / 90),
        "last_word": pytest.approx(23 / 180),
        "camp": pytest.approx((0.25 + 0.25 + 0.5 + 4 / 9) / 5),
        "distance": pytest.approx((0.125 + 0.125 + 4 / 9) / 5),
        "fixed_score": pytest.approx((0.125 + 0.125 + 4 / 9) / 5),
    }
    right, wrong = -math.log(0.99), -math.log(0.01)
    log = figures(hand, "log")
    assert log["product"] == pytest.approx((right * 17 / 6 + wrong * 13 / 6) / 5)
    assert log["refusal"] == pytest.approx((right * (1 + 0.5 + 1 + 2 / 3) + wrong * (1 + 0.5 + 1 / 3)) / 5)
    assert log["distance"] == pytest.approx((right * (3 + 1 / 3) + math.log(2) + wrong * 2 / 3) / 5)
    auc = figures(hand, "auc")
    assert auc["product"] == pytest.approx((1.5 + 0.5 * 1.5 * 2.5) / (1.5 * 3.5))
    assert auc["constant"] is None
    assert auc["refusal"] is None
    # 1 above 0, 0.5, 0 and even with 1; 0.5 above 0 and 0, even with 0.5, below 1
    assert auc["distance"] == pytest.approx((1 * (1 + 0.5 + 1 + 0.5) + 0.5 * (1 + 0.25 + 1 + 0)) / (1.5 * 3.5))


def test_intervals_by_hand(hand: Backtest) -> None:
    """Of two subjects a quarter of the draws has one alone and a quarter the other: these are the ends."""
    main = hand.table("main")
    product = main.score("product").brier
    assert (product.low, product.high) == (pytest.approx(0.5 / 3), pytest.approx(13 / 18))
    constant = main.difference("constant").brier
    assert constant.estimate == pytest.approx(7 / 18 - 49 / 180)
    assert (constant.low, constant.high) == (pytest.approx(1 / 6 - 13 / 36), pytest.approx(13 / 18 - 5 / 36))
    auc = main.score("product").auc
    assert (auc.low, auc.high) == (pytest.approx(9 / 14), pytest.approx(1.875 / 2.25))
    assert auc.undefined == pytest.approx(0.25, abs=0.02), "the port alone has no yes"
    assert main.difference("constant").auc.estimate is None


def test_what_stands_beside_the_scores_by_hand(hand: Backtest) -> None:
    bins = {x.low: (x.rows, x.weight, x.forecast, x.outcome.estimate) for x in hand.calibration}
    assert bins[0.0] == (1, 1, 0, 0)
    assert bins[0.8] == (5, 4, 1, pytest.approx((1 + 0.5 + 1 / 3) / 4))
    assert bins[0.4] == (0, 0, None, None)
    lines = hand.lines
    assert (lines.firm_refusals, lines.crossed, lines.stated, lines.inferred) == (2, 0.5, 0.5, 0)
    assert (lines.acceptances, lines.ruled_out) == (2, 0)
    assert {x.id: x.miss for x in hand.answers if x.miss} == dict.fromkeys(("H4", "H5", "H6"), "yes_for_a_no")
    assert sum(x.rows for x in hand.misses) == 3
    assert [x.crossed for x in hand.answers] == [None, "stated", None, None, None, None]
    assert [x.unmet_demands for x in hand.answers] == [(), (), (), (), ("open_port",), ()]
    [unmet] = [x for x in hand.findings if x.kind == "demands_unmet"]
    assert (unmet.rows, unmet.refused, unmet.accepted) == (1, 1, 0)
    assert (unmet.brier.estimate, unmet.less.estimate) == (pytest.approx((0.5 + 4 / 9) / 5), pytest.approx(1 / 5))
    tables = {x.id: (x.rows, x.items) for x in hand.tables}
    assert tables == {
        "main": (6, 5),
        "conditional_as_acceptance": (6, 5),
        "conditional_as_refusal": (6, 5),
        "with_weak": (6, 5),
        "firm": (4, 4),
        "middle": (2, 2),
        "without_own": (6, 5),
        "without_polls": (5, 4),
    }
    # without the poll the port has only a no
    assert hand.table("without_polls").score("constant").brier.estimate == pytest.approx(
        (1 + 0 + 0.5 * 1 + 0.5 * 0 + 0.25) / 4
    )


# --- twins ----------------------------------------------------------------------------------


def twin(p: Sequence[float], y: Sequence[float], w: Sequence[float]) -> tuple[float, float, float]:
    """Brier, log and AUC in plain loops; NaN where there is no class."""
    total = sum(w)
    brier = sum(wi * (pi - yi) ** 2 for pi, yi, wi in zip(p, y, w, strict=True)) / total
    log = 0.0
    for pi, yi, wi in zip(p, y, w, strict=True):
        q = min(max(pi, 0.01), 0.99)
        log -= wi * (yi * math.log(q) + (1 - yi) * math.log(1 - q))
    won = pairs = 0.0
    for i, j in itertools.product(range(len(p)), repeat=2):
        if y[i] > 0.5 > y[j]:
            pairs += w[i] * w[j]
            won += w[i] * w[j] * (1.0 if p[i] > p[j] else 0.5 if p[i] == p[j] else 0.0)
    return brier, log / total, won / pairs if pairs else math.nan


def quantile(values: Sequence[float], share: float) -> float:
    """By linear interpolation between the sorted values."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    return ordered[low] + (at - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])


ROWS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5, 0.75, 0.99, 1.0]),
        st.sampled_from([0.0, 0.0, 1.0, 1.0, 0.5, 0.4]),
        st.sampled_from([1.0, 0.5, 0.25]),
        st.integers(0, 4),
    ),
    min_size=1,
    max_size=12,
)


def scored(rows: Sequence[tuple[float, float, float, int]], others: Sequence[float] = ()) -> ScoredRows:
    p, y, w, subjects = zip(*rows, strict=True)
    number = {subject: k for k, subject in enumerate(dict.fromkeys(subjects))}
    forecasts = np.array([p, others or [0.5] * len(p)], float)
    return ScoredRows(forecasts, np.array(y), np.array(w), np.array([number[s] for s in subjects], np.intp), 7)


@quick(60)
@given(ROWS)
def test_estimates_are_those_of_loops(rows: list[tuple[float, float, float, int]]) -> None:
    p, y, w, _ = zip(*rows, strict=True)
    own = scored(rows)
    each = (own.brier(), own.log(), own.auc())
    for estimates, expected in zip(each, twin(p, y, w), strict=True):
        assert estimates.estimates[0] == pytest.approx(expected, nan_ok=True)
        assert math.isnan(expected) or estimates.estimates[0] >= 0
    assert 0 <= each[0].estimates[0] <= 1


def test_the_bootstrap_is_that_of_loops() -> None:
    rows = [(0.9, 1.0, 1.0, 0), (0.2, 0.0, 0.5, 0), (0.2, 1.0, 0.5, 1), (0.6, 0.0, 1.0, 2), (0.6, 0.4, 1.0, 2)]
    other = [0.5, 0.5, 0.5, 0.1, 0.1]
    own = scored(rows, other)
    rng, draws = stream(7, "backtest", "bootstrap", 0), []
    for _ in range(RESAMPLES // 500):
        draws += rng.integers(3, size=(500, 3)).tolist()
    samples: list[list[tuple[float, float, float]]] = [[], []]
    for drawn in draws:
        chosen = [row for subject in drawn for row in zip(rows, other, strict=True) if row[0][3] == subject]
        y, w = [row[1] for row, _ in chosen], [row[2] for row, _ in chosen]
        samples[0].append(twin([row[0] for row, _ in chosen], y, w))
        samples[1].append(twin([q for _, q in chosen], y, w))
    for k, estimates in enumerate((own.brier(), own.log(), own.auc())):
        for which in (0, 1):
            values = [x[k] for x in samples[which] if not math.isnan(x[k])]
            ends, undefined = estimates.interval(which)
            assert ends == pytest.approx((quantile(values, 0.025), quantile(values, 0.975)))
            assert undefined == pytest.approx(1 - len(values) / RESAMPLES)
        both = [a[k] - b[k] for a, b in zip(*samples, strict=True) if not math.isnan(a[k] - b[k])]
        [difference], _ = [estimates.less(0).interval(0)], None
        assert difference[0] == pytest.approx((quantile(both, 0.025), quantile(both, 0.975)))


@quick(60)
@given(ROWS, st.randoms())
def test_properties_of_the_scores(rows: list[tuple[float, float, float, int]], chance: Any) -> None:
    own = scored(rows)
    mixed = chance.sample(rows, len(rows))
    for name in ("brier", "log", "auc"):
        before, after = (getattr(x, name)().estimates[0] for x in (own, scored(mixed)))
        assert before == pytest.approx(after, nan_ok=True), "the order of rows is nothing"
    turned = scored([(1 - p, y, w, s) for p, y, w, s in rows])
    assert turned.auc().estimates[0] == pytest.approx(1 - own.auc().estimates[0], nan_ok=True)
    perfect = scored([(y, y, w, s) for _, y, w, s in rows])
    assert perfect.brier().estimates[0] == 0
    assert math.isnan(perfect.auc().estimates[0]) or perfect.auc().estimates[0] == 1
    ends, undefined = own.brier().interval(0)
    assert undefined == 0
    if own.count == 1:
        assert ends is None
    else:
        # the weighted mean lies between those of the subjects, as all draws do
        assert ends is not None
        means = [
            twin(*zip(*[row[:3] for row in rows if row[3] == s], strict=True))[0] for s in {row[3] for row in rows}
        ]
        assert min(means) - 1e-12 <= ends[0] <= ends[1] <= max(means) + 1e-12


@quick(60)
@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=20))
def test_every_item_weighs_one(items: list[str]) -> None:
    weights = item_weights(items)
    for item in set(items):
        assert sum(w for w, other in zip(weights, items, strict=True) if other == item) == pytest.approx(1)


def levels(entry: schema.Position | None, issue: schema.Issue) -> tuple[dict[str, float], int]:
    """Levels by plain loops from what the file says; nothing where it compares nothing."""
    ranking = () if entry is None else entry.ranking or ()
    if entry is None or not entry.compares(issue.options):
        return {}, 0
    named = {o for level in ranking for o in level} - {"rest"}
    rest = [o for o in issue.options if o not in named and issue.options[o].ranked_as is None]
    out, at = {}, 0
    for level in ranking:
        if level == ("rest",):
            for option in rest:
                out[option] = at + (len(rest) - 1) / 2
            at += len(rest)
        else:
            for option in level:
                out[option] = float(at)
            at += 1
    for option, its in issue.options.items():
        other = option
        while other not in out and issue.options[other].ranked_as is not None:
            other = str(issue.options[other].ranked_as)
        if its.ranked_as is not None and option not in out and other in out:
            out[option] = out[other]
    return out, at


@pytest.mark.parametrize(("library", "day"), [("", "2025-12-24"), ("", "2022-03-29"), ("austria_1955", "1955-05-10")])
def test_rules_of_thumb_are_those_of_loops(library: str, day: str) -> None:
    """Every party and every option of the shipped libraries, read from the files again."""
    folder = SCENARIOS / library / "domain"
    first = {"": "istanbul", "austria_1955": "austria_1955/state_treaty_1955"}[library]
    case = compile_case(sim.load(SCENARIOS / f"{first}.yaml", as_of=day).scenario)
    domain = case.scenario.domain
    rules, on, seen = RulesOfThumb(case), dt.date.fromisoformat(day), set()
    for id, party in domain.positions.items():
        for name, issue in domain.issues.issues.items():
            options = list(issue.options)
            places, count = levels(party.position(name, on), issue)
            for option in options:
                answers = rules.answers(id, {name: option})
                close = 1 - places[option] / (count - 1) if option in places and count > 1 else None
                assert answers["distance"] == pytest.approx(0.5 if close is None else close), (id, name, option)
                score = 2 if close is None else math.floor(4 * close + 0.5 + 1e-9)
                assert answers["fixed_score"] == (1 if score >= 2.5 else 0 if score <= 1.5 else 0.5)
                assert answers["camp"] == camp(places, options, option), (id, name, option)
                word = last_word(party, name, option, on, issue)
                assert answers["last_word"] == word, (id, name, option)
                assert answers["refusal"] == 0
                seen.add((answers["camp"], word))
    assert {word for _, word in seen} == {0, 1, None}
    assert {end for end, _ in seen} == {0, 0.5, 1}
    assert folder.is_dir()


def camp(places: Mapping[str, float], options: Sequence[str], option: str) -> float:
    if not places or len(options) < 2:
        return 0.5
    steps = {o: k / (len(options) - 1) for k, o in enumerate(options)}
    best = [steps[o] for o, level in places.items() if level == min(places.values())]
    end, at = round(sum(best) / len(best) - 0.5, 9), round(steps[option] - 0.5, 9)
    return 0.5 if end == 0 or at == 0 else float((end > 0) == (at > 0))


def last_word(party: schema.Party, name: str, option: str, on: dt.date, issue: schema.Issue) -> float | None:
    entries = [x for x in party.positions.get(name, ()) if x.start <= on]
    quota = 0.5 if party.decides is None else party.decides.quota
    for entry in sorted(entries, key=lambda x: x.start, reverse=True):
        for line in entry.red_lines:
            binds = line.holds is None or (line.holds.low + line.holds.high) / 2 >= 1 - quota - 1e-9
            if line.option == option and line.basis == "stated" and binds:
                return 0
        places, _ = levels(entry, issue)
        own = option in {o for level in entry.ranking or () for o in level} or issue.options[option].ranked_as is None
        if entry.basis.ranking != "assumed" and option not in entry.assumed and own and places.get(option) == 0:
            return 1
    return None


def test_members_of_rest_share_their_places() -> None:
    case = compile_case(sim.load(SCENARIOS / "istanbul.yaml", as_of="2022-03-29").scenario)
    nato = case.profile("nato")
    [cell] = [c for c in nato.cells if c.issue == "foreign_forces"]
    own = ranks(cell, 4)
    assert own.levels == (3, 1, 1, 1), "rest of three before allied_bases"
    assert own.count == 4
    assert own.best == (1, 2, 3)
    assert own.closeness(1) == pytest.approx(2 / 3)


def test_texts_are_means_of_their_terms() -> None:
    case = compile_case(sim.load(SCENARIOS / "istanbul.yaml", as_of="2025-12-24").scenario)
    rules = RulesOfThumb(case)
    terms = {"donbas": "ceded", "foreign_forces": "none_permitted", "crimea": "recognised"}
    alone = [rules.answers("russia", {issue: option}) for issue, option in terms.items()]
    whole = rules.answers("russia", terms)
    for rule in ("camp", "distance"):
        assert whole[rule] == pytest.approx(sum(x[rule] or 0 for x in alone) / 3)
    assert rules.answers("ukraine", {**terms, "fighting": "stops"})["last_word"] == 0, "one word of refusal is enough"
    assert rules.answers("ukraine", {})["last_word"] is None
    assert rules.answers("ukraine", {})["distance"] == 0.5
    assert [points(x) for x in (None, 0, 0.124, 0.125, 0.5, 0.625, 1)] == [2, 0, 0, 1, 2, 3, 4]
    assert [verdict_of_points(x) for x in (2.5, 1.5, 2, None, 8 / 3)] == [1, 0, 0.5, 0.5, 1]


# --- the whole --------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    files = {"texts.yaml": small.TEXTS, "answers.csv": small.ANSWERS, "second.csv": small.SECOND_ANSWERS}
    return small.write(tmp_path, files).parent


def asked(home: Path, **options: Any) -> Backtest:
    usual = {"as_of": "2022-03-22", "texts": home / "texts.yaml", "domain": home / "domain", "draws": 400}
    return sim.backtest(home / "answers.csv", **(usual | options))


def test_shares_are_those_of_a_forecast(home: Path) -> None:
    forecast = sim.forecast(
        home / "texts.yaml", as_of="2022-03-22", domain=home / "domain", draws=400, without_younger=True
    )
    _, reading = forecast.readings
    for x in asked(home).answers:
        if x.forecast is not None:
            answer = reading.text(x.text or f"{x.issue}.{x.option}").answer(x.party)
            assert (x.forecast, x.hangs_on) == (answer.acceptability, answer.hangs_on)
    whole = asked(home, with_younger=True)
    assert not whole.without_younger
    by_id = {x.id: x for x in whole.answers}
    for id in ("A1", "A2", "A7"):
        x = by_id[id]
        assert x.forecast == forecast.readings[0].text(x.text or f"{x.issue}.{x.option}").answer(x.party).acceptability


def test_every_reason_to_leave_a_row_out(home: Path) -> None:
    result = asked(home)
    reasons = {x.id: x.left_out for x in result.answers if x.left_out is not None}
    assert reasons == {
        "B2": "conditional",
        "B3": "not_modelled",
        "B4": "new_issue",
        "B5": "before",
        "B6": "weak",
        "B7": "not_scored",
        "B8": "divided",
        "B9": "silent",
    }
    assert {x.because: x.rows for x in result.left_out} == dict.fromkeys(reasons.values(), 1)
    assert result.table("conditional_as_acceptance").rows == result.table("main").rows + 1
    assert result.table("with_weak").rows == result.table("main").rows + 1
    inside = {x.id: set(x.tables) for x in result.answers}
    assert inside["B2"] == {"conditional_as_acceptance", "conditional_as_refusal"}
    assert inside["B6"] == {"with_weak"}
    assert inside["B7"] == set()
    assert "without_own" not in inside["A1"]
    assert "middle" in inside["A3"]


def test_a_silent_party_is_left_out(home: Path) -> None:
    result = asked(home, as_of="2022-01-31")
    silent = {x.party for x in result.answers if x.left_out == "party_silent"}
    known = {p.id for p in compile_case(sim.load(home / "deal.yaml", as_of="2022-01-31").scenario).profiles if p.silent}
    assert silent <= known
    assert known, "the small library has nothing on somebody in January"


def test_several_days_answer_by_the_last_before(home: Path) -> None:
    days = ["2022-05-08", "2022-03-22", "2022-05-09"]
    result = asked(home, as_of=days)
    assert [str(day.as_of) for day in result.days] == sorted(days)
    by_id = {x.id: x for x in result.answers}
    assert str(by_id["A1"].as_of) == "2022-03-22", "of 8 May, which is not before itself"
    assert str(by_id["A3"].as_of) == "2022-03-22"
    assert str(by_id["A4"].as_of) == "2022-05-08"
    assert str(by_id["A7"].as_of) == "2022-05-09"
    alone = asked(home, as_of="2022-05-08")
    assert by_id["A4"].forecast == {x.id: x for x in alone.answers}["A4"].forecast
    assert [day.rows for day in result.days] == [
        sum(x.as_of == day.as_of for x in result.answers) for day in result.days
    ]


def test_readers() -> None:
    words = {"a": "accepts", "r": "refuses"}
    usual = {"date": "2026-01-01", "party": "red", "issue": "land", "quality": "fair"}

    def rows(letters: str) -> list[ObservedAnswer]:
        return [
            ObservedAnswer.model_validate({**usual, "id": f"X{k}", "option": f"o{k}", "answer": words[letter]})
            for k, letter in enumerate(letters)
            if letter != "."
        ]

    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: the table of textbooks, (0.7 - 0.5) / (1 - 0.5)
    result = agreement(rows("a" * 25 + "r" * 25), rows("a" * 20 + "r" * 5 + "a" * 10 + "r" * 15))
    assert (result.items, result.share, result.kappa) == (50, pytest.approx(0.7), pytest.approx(0.4))
    assert agreement(rows("aa"), rows("aa")).kappa is None, "chance alone would do the same"
    apart = agreement(rows("aar."), rows(".arr"))
    assert (apart.items, apart.first_only, apart.second_only, apart.share) == (2, 1, 1, 1)
    assert agreement(rows("a."), rows(".a")).share is None
    later = [*rows("a"), rows("r")[0].model_copy(update={"date": dt.date(2026, 2, 1)})]
    assert agreement(later, rows("r")).share == 1, "the last answer by date"


def test_a_second_coding(home: Path) -> None:
    result = asked(home, second=home / "second.csv")
    assert result.agreement is not None
    # both coded: red ceded, blue ceded, blue frozen (a no at last; a yes), red armed (conditional; a no)
    assert (result.agreement.items, result.agreement.share) == (4, 0.5)
    assert result.table("second").rows == 4
    assert result.table("agreed").rows == 2
    assert [x.id for x in result.answers if "agreed" in x.tables] == ["A1", "A2"]
    assert {x.id for x in asked(home).tables}.isdisjoint({"second", "agreed"})


def test_one_subject_has_no_interval(home: Path) -> None:
    rows = [line for line in small.ANSWERS.splitlines() if line.startswith(("id,", "A1", "A2"))]
    (home / "answers.csv").write_text("\n".join(rows) + "\n")
    result = asked(home)
    main = result.table("main")
    assert (main.subjects, main.score("product").brier.low) == (1, None)
    assert main.score("constant").brier.estimate == 0.25, "no other subject: one half"
    kinds = [x.kind for x in findings_of(result)]
    assert "no_interval" in kinds
    assert "comparisons" not in kinds


def test_nothing_to_score(home: Path) -> None:
    rows = [line for line in small.ANSWERS.splitlines() if line.startswith(("id,", "B3", "B4"))]
    (home / "answers.csv").write_text("\n".join(rows) + "\n")
    result = asked(home)
    assert [x.kind for x in result.findings] == ["nothing_scored", "left_out_rows"]
    assert (result.table("main").rows, result.calibration) == (0, ())
    assert "none can be scored" in result.to_markdown()
    assert result.plot() is not None


def test_findings_follow_the_figures(home: Path, hand: Backtest) -> None:
    one = {x.kind: x for x in hand.findings}
    assert one["few_items"].items == 5  # type: ignore[attr-defined]
    assert one["few_subjects"].subjects == 2  # type: ignore[attr-defined]
    wrong: Any = one["wrong_sides"]
    assert (wrong.rows, wrong.misses, wrong.yes_for_a_no, wrong.no_for_a_yes, wrong.without_side) == (6, 3, 3, 0, 0)
    assert "left_out_rows" not in one
    compared: Any = one["comparisons"]
    main = hand.table("main")
    for measure, more in told.MEASURES.items():
        for x in main.differences:
            figure = x.figure(measure)
            side = told.side(figure, more)
            assert ((measure, x.forecaster) in compared.better) == (side is True)
            assert ((measure, x.forecaster) in compared.worse) == (side is False)
    younger: Any = {x.kind: x for x in asked(home, with_younger=True).findings}["with_younger"]
    assert younger.claims == 2


def test_keys_and_findings_are_documented() -> None:
    assert documented("sim.backtest/1") == keys(Backtest)
    assert documented_findings("sim.backtest/1") == findings(BacktestFinding)


def call(*args: object) -> Any:
    return CliRunner().invoke(app, [*map(str, args)])


def test_command(home: Path, tmp_path: Path) -> None:
    words = ["backtest", home / "answers.csv", "--as-of", "2022-03-22", "--as-of", "2022-05-08", "--draws", "400"]
    words += ["--texts", home / "texts.yaml", "--domain", home / "domain", "--second", home / "second.csv"]
    result = asked(home, as_of=["2022-03-22", "2022-05-08"], second=home / "second.csv")
    done = call(*words, "--format", "json")
    assert done.exit_code == 0, done.stderr
    assert done.stdout == result.to_json() + "\n"
    lines = list(csv.DictReader(io.StringIO(call(*words, "--format", "csv").stdout)))
    assert [tuple(line) for line in lines] == [HEADER] * 16
    assert lines[0]["sources"] == "https://example.org/a; https://example.org/b"
    drawn = call(*words, "--plot", tmp_path / "figure.svg", "--title", "Then and later")
    assert "wrote" in drawn.stderr
    assert "Then and later" in (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert "None of this can tell yet" in drawn.stdout or "It is " in drawn.stdout
    assert "tables beside the main one" not in drawn.stdout
    assert "tables beside the main one" in call(*words, "--full").stdout
    younger = call(*words, "--with-younger")
    assert "this is no test" in younger.stdout.replace("\n", " ")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"as_of": []}, "as_of is a day, or several; not an empty list"),
        ({"as_of": ["2022-03-22", "2022-03-22"]}, "as_of names 2022-03-22 twice; name each day once"),
        ({"as_of": "soon"}, "as_of is a day like 2022-03-29, not 'soon'"),
        ({"second": 3}, "observed answers are a file, not 3"),
        ({"draws": 0}, "draws"),
    ],
)
def test_arguments_that_cannot_be_meant(options: dict[str, Any], message: str, home: Path) -> None:
    with pytest.raises(sim.SimError, match=message.replace("(", r"\(")):
        asked(home, **options)


def test_commands_that_cannot_be_meant(home: Path) -> None:
    assert "--as-of" in call("backtest", home / "answers.csv").stderr
    words = ["backtest", home / "answers.csv", "--domain", home / "domain", "--as-of"]
    assert "is not a date written YYYY-MM-DD" in call(*words, "soon").stderr
    done = call(*words, "2022-03-22", "--as-of", "2022-03-22")
    assert (done.exit_code, done.stderr) == (1, "sim: as_of names 2022-03-22 twice; name each day once\n")
    none = call("backtest", home / "nothing.csv", "--as-of", "2022-03-22", "--domain", home / "domain")
    assert (none.exit_code, "nothing.csv" in none.stderr) == (1, True)
    assert "Traceback" not in none.stderr
    done = call(*words, "2022-03-22", "--texts", home / "texts.yaml", "--plot", home / "a.pdf")
    assert "a figure's file ends in" in done.stderr


def test_the_first_page_tells_what_the_command_prints() -> None:
    """Its figures are those of the output in results/README.md, which tests/test_documents.py makes anew."""
    front, results = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "results/README.md"))
    section = " ".join(results.split("## How often it is right")[1].split("\n## ")[0].split())
    told = " ".join(front.split()).split("How often it is right has been tested once")[1]
    for words in ("44 items", "0.18 (0.07 to 0.30)"):
        assert words in told
        assert words in section
    assert "rules of thumb have 0.10 (the camp's end of the issue)" in section
    assert "its camp's end of an issue has 0.10" in told
    assert "worse than 'the camp's end of the issue'" in section
    assert "6 a yes where the party refused" in section


# --- what is shipped --------------------------------------------------------------------------


def test_shipped_answers_of_2026() -> None:
    ids = yaml.safe_load((BACKTEST / "texts_2026.yaml").read_text(encoding="utf-8"))["texts"]
    rows = read_observed(BACKTEST / "reactions_2026.csv", load_domain(SCENARIOS / "domain"), ids)
    assert all(dt.date(2025, 11, 26) <= row.date <= dt.date(2026, 3, 31) for row in rows)
    assert all(row.date > dt.date(2025, 12, 24) for row in rows if row.answer != "poll")
    assert all(row.sources for row in rows)
    subjects = {
        issue: subject
        for subject, issues in {
            "land": ("donbas", "crimea"),
            "guarantee": ("guarantors", "guarantee_duty", "guarantee_trigger", "foreign_forces"),
            "nato": ("alignment", "nato_pledge", "constitution"),
        }.items()
        for issue in issues
    }
    for row in rows:
        assert row.subject == subjects.get(row.issue or ""), row.id
    assert any(row.new for row in rows)


def test_shipped_texts_of_2026_are_the_sealed_ones() -> None:
    sealed = Path(__file__).parent.parent / "data" / "sealed" / "texts_2026.yaml"
    assert (BACKTEST / "texts_2026.yaml").read_bytes() == sealed.read_bytes()


def test_shipped_texts_on_austria_are_the_scenarios() -> None:
    texts = yaml.safe_load((BACKTEST / "texts_austria_1955.yaml").read_text(encoding="utf-8"))["texts"]
    assert {*texts} == {path.stem for path in (SCENARIOS / "austria_1955").glob("*.yaml")}
    for id, text in texts.items():
        scenario = sim.load(SCENARIOS / "austria_1955" / f"{id}.yaml").scenario
        assert {i: t.get("option") for i, t in text["terms"].items()} == {
            i: t.option for i, t in scenario.proposal.terms.items()
        }
        assert {i: t["basis"] for i, t in text["terms"].items()} == {
            i: t.basis for i, t in scenario.proposal.terms.items()
        }
        assert text["date"] == scenario.proposal.date


def test_shipped_answers_on_austria_cite_claims_of_their_day() -> None:
    domain = load_domain(SCENARIOS / "austria_1955" / "domain")
    claims = {row.id: row for row in domain.evidence}
    texts = {path.stem for path in (SCENARIOS / "austria_1955").glob("*.yaml")}
    for row in read_observed(BACKTEST / "reactions_austria_1955.csv", domain, texts):
        assert row.sources, row.id
        assert row.date in {claims[id].date for id in row.sources}, row.id


@pytest.mark.parametrize(
    ("file", "library", "days", "texts"),
    [
        ("reactions_2026.csv", "", ["2025-12-24"], "backtest/texts_2026.yaml"),
        (
            "reactions_austria_1955.csv",
            "austria_1955",
            ["1954-02-12", "1954-02-19", "1955-04-16"],
            "backtest/texts_austria_1955.yaml",
        ),
    ],
)
def test_shipped_answers_are_scored(file: str, library: str, days: list[str], texts: str) -> None:
    folder = SCENARIOS / library / "domain"
    result = sim.backtest(BACKTEST / file, as_of=days, domain=folder, texts=SCENARIOS / texts, draws=300)
    main = result.table("main")
    assert main.rows + sum(x.rows for x in result.left_out) == len(result.answers)
    assert main.items >= 20
    assert [x.forecaster for x in main.scores] == [*FORECASTERS]
    p = [x.forecast.estimate for x in result.answers if x.left_out is None and x.forecast is not None]
    y = [x.outcome for x in result.answers if x.left_out is None and x.outcome is not None]
    w = [x.weight for x in result.answers if x.weight is not None]
    brier, log, auc = twin(p, y, w)
    own = main.score("product")
    assert (own.brier.estimate, own.log.estimate, own.auc.estimate) == pytest.approx((brier, log, auc))
    for name in FORECASTERS[1:]:
        values = [(x.baselines or {})[name] for x in result.answers if x.left_out is None]
        assert main.score(name).brier.estimate == pytest.approx(twin(values, y, w)[0])
    assert json.loads(result.to_json())["schema"] == "sim.backtest/1"
