"""Grouped Sobol' indices: estimators against exact values, mixed draws against scalar twins, the product formula."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.analysis.sobol import figure as plot
from sim.analysis.sobol import page as view
from sim.analysis.sobol.groups import Group, Mixed, PickFreeze, Sampled, groups_of
from sim.analysis.sobol.indices import Resamples, moments, of_product, percentiles, resampling, statistics
from sim.analysis.sobol.result import GroupIndices, Index, SobolResult
from sim.analysis.sobol.sobol import RESAMPLES, sobol
from sim.engine.acceptability import accepts_each
from sim.engine.draws import BLOCK, stream
from sim.engine.preferences import Memo, Preferences
from sim.engine.profiles import compile_case
from sim.files.complaints import Place
from sim.files.nodes import Mapping
from sim.report.page import csv_text, markdown
from sim.scenario import schema
from sim.scenario.labels import spoken as called
from sim.scenario.loading import Loaded
from tests import twins
from tests.documented import documented, keys
from tests.domains import draw_of, line, party, position, quick, scenario, scenarios
from tests.on_disk import NO_LINES

ROOT = Path(__file__).parents[2]
ISSUES = {"a": "xy", "b": "xy"}
NONE = {"k": {"a": "y", "b": "y"}}
TEXT = {"a": "x", "b": "x"}


def loaded(made: schema.Scenario) -> Loaded:
    return Loaded(made, Mapping({}, Place("test", 1, 1)), (), Path("test.yaml"), "0")


def found(result: SobolResult, who: str, kind: str | None, issue: str | None = None) -> GroupIndices:
    level = "party" if kind is None else "kind" if issue is None else "issue"
    [row] = [g for g in result.groups if (g.level, g.party, g.kind, g.issue) == (level, who, kind, issue)]
    return row


def near(index: Index | None, first: float, total: float, errors: float = 2.0) -> bool:
    """Whether exact values lie within twice the 95% interval (about four standard errors), widened by a hair."""
    assert index is not None
    return all(
        x.estimate - errors * (x.estimate - x.low) - 1e-9 <= exact <= x.estimate + errors * (x.high - x.estimate) + 1e-9
        for x, exact in ((index.first, first), (index.total, total))
    )


# --- estimators on plain arrays ---------------------------------------------------------------

#: Three parties with Dirichlet weights, values of a text and reservation values; exact shares and indices.
ALPHA = ((4.0, 2.0, 3.0, 1.0), (2.0, 2.0, 2.0, 2.0), (6.0, 1.0, 1.0, 2.0))
VALUES = ((0.9, 0.2, 0.6, 0.4), (0.3, 0.8, 0.5, 0.7), (0.55, 0.1, 0.9, 0.6))
RESERVATION = (0.55, 0.5, 0.5)
SHARES = np.array([0.8057369812011717, 0.872, 0.8421535410327771])
VALUE_FIRST = (0.4260377619307417, 0.31179199912325645, 0.24952094822678075)
VALUE_TOTAL = (0.43559490059254613, 0.32021612195556515, 0.2568906279495947)
JOINT_FIRST = (0.34939588107965713, 0.21272299033364533, 0.271621728926788)
JOINT_TOTAL = (0.4757842012640749, 0.31349444757093875, 0.3865936598043625)


def test_product_formula_by_party() -> None:
    """Of all of a party's unknowns the partial variances are q (1 - q)."""
    assert SHARES.prod() == pytest.approx(0.5916993076215946, abs=1e-8)
    for p in range(3):
        own = SHARES[p : p + 1] * (1 - SHARES[p : p + 1])
        first, total = of_product(own, own, np.asarray(SHARES[p]), np.asarray(np.delete(SHARES, p).prod()))
        assert float(first[0]) == pytest.approx(JOINT_FIRST[p], abs=1e-8)
        assert float(total[0]) == pytest.approx(JOINT_TOTAL[p], abs=1e-8)


def dirichlet(sample: int, draws: int) -> list[np.ndarray]:
    rng = stream(3, "test", "dirichlet", sample)
    return [rng.dirichlet(alpha, draws) @ np.array(x) for alpha, x in zip(ALPHA, VALUES, strict=True)]


@pytest.mark.parametrize("indicator", [False, True])
def test_estimators_on_dirichlet_weights(indicator: bool) -> None:
    """One group a party: the index does not hang on how the weights inside it are written."""
    one, other = dirichlet(0, 8192), dirichlet(1, 8192)

    def f(utilities: list[np.ndarray]) -> np.ndarray:
        if indicator:
            return np.all([u >= r for u, r in zip(utilities, RESERVATION, strict=True)], axis=0)
        return np.prod(utilities, axis=0)

    mixed = [f([other[j] if j == p else one[j] for j in range(3)]) for p in range(3)]
    got = moments(statistics(f(one), f(other), mixed).mean(axis=1))
    first, total = got.first / got.variance, got.total / got.variance
    assert np.abs(first - (JOINT_FIRST if indicator else VALUE_FIRST)).max() < 0.03
    assert np.abs(total - (JOINT_TOTAL if indicator else VALUE_TOTAL)).max() < 0.03


def test_estimators_are_what_their_formulas_say() -> None:
    """Against the formulas written out for one draw after the other, with f centred first."""
    rng = stream(4, "test", "plain", 0)
    a, b, mixed = rng.random(50) + 7, rng.random(50) + 7, [rng.random(50) + 7 for _ in range(2)]
    got = moments(statistics(a, b, mixed).mean(axis=1))
    mean = math.fsum([*a, *b]) / 100
    assert float(got.mean) == pytest.approx(mean)
    assert float(got.variance) == pytest.approx(math.fsum((x - mean) ** 2 for x in [*a, *b]) / 100)
    for k in range(2):
        products = [(y - mean) * (m - x) for x, y, m in zip(a, b, mixed[k], strict=True)]
        squares = [(x - m) ** 2 for x, m in zip(a, mixed[k], strict=True)]
        assert float(got.first[k]) == pytest.approx(math.fsum(products) / 50)
        assert float(got.total[k]) == pytest.approx(math.fsum(squares) / 100)


def test_resamples_are_of_whole_draws() -> None:
    taken = resampling(stream(5, "test", "boot", 0), 300, 1000)
    assert taken.shape == (300, 1000)
    assert np.all(taken.sum(axis=1) == 1000)
    values = stream(5, "test", "values", 0).random(1000)
    means = taken @ values / 1000
    # the bootstrap's own spread of a mean is sd / sqrt(n)
    assert means.std() == pytest.approx(values.std() / math.sqrt(1000), rel=0.15)
    low, high = percentiles(np.stack([means, np.full(300, np.nan)], axis=1))
    assert low[0] < values.mean() < high[0]
    assert np.isnan(low[1])
    assert np.isnan(high[1])


# --- mixed draws ------------------------------------------------------------------------------


def exchanged(base: twins.Draw, other: twins.Draw, group: Group) -> twins.Draw:
    """The draw that takes one group's numbers from another."""
    values = base.values
    if group.kind == "values":
        values = {i: (other if group.issue in (None, i) else base).values[i] for i in base.values}
    weights, no_deal, lines = (other if group.kind == kind else base for kind in ("weights", "no_deal", "lines"))
    return twins.Draw(
        raw=weights.raw,
        values=values,
        beliefs=no_deal.beliefs,
        cost=no_deal.cost,
        reservation=no_deal.reservation,
        binds=lines.binds,
        weights=weights.weights,
    )


@quick(15)
@given(made=scenarios(), data=st.data())
def test_mixed_draws_agree_with_the_scalar_twin(made: schema.Scenario, data: st.DataObject) -> None:
    case = compile_case(made)
    one, other = Memo(1, 0), Memo(1, 1)
    text = twins.written(made)
    for profile in case.profiles:
        group = data.draw(st.sampled_from(groups_of(case, profile)))
        base, second, mixed = (
            Preferences(profile, case.space.sizes, memo) for memo in (one, other, Mixed(one, other, group))
        )
        seen = case.space.seen(case.text[None], profile.id)[0]
        gain, accepts = mixed.gain(seen), accepts_each(mixed, case.space, case.text[None])[0]
        for r in (0, 77, BLOCK - 1):
            draw = exchanged(draw_of(base, case, r), draw_of(second, case, r), group)
            weight = twins.modelled_weights(made, profile.id, draw)
            exact = twins.gain(made, draw, weight, twins.seen(made, text, profile.id))
            assert gain[r] == pytest.approx(exact, abs=1e-12)
            if abs(exact) > 1e-9:
                assert accepts[r] == twins.accepts(made, profile.id, draw, text)


def test_ranges_of_weights_are_exchanged_with_the_weights() -> None:
    people = {"p": party({"a": position("xy", weight=[0.2, 0.5]), "b": position("yx")})}
    case = compile_case(scenario(ISSUES, people, TEXT, NONE))
    one, other = Memo(1, 0), Memo(1, 1)
    profile = case.profiles[0]
    kept = {m: Preferences(profile, case.space.sizes, m).weights for m in (one, other)}
    assert not np.array_equal(kept[one], kept[other])
    # asked of fresh memos, so that the mixed one has to draw them itself
    for group, source in ((Group("weights"), other), (Group("values"), one)):
        mixed = Preferences(profile, case.space.sizes, Mixed(Memo(1, 0), Memo(1, 1), group))
        assert np.array_equal(mixed.weights, kept[source])


# --- indices of scenarios with known answers --------------------------------------------------


def test_weights_alone() -> None:
    """Two issues of two options: the values are 0 and 1, so weights are all there is."""
    result = sobol(loaded(scenario(ISSUES, {"p": party({"a": position("xy"), "b": position("yx")})}, TEXT, NONE)))
    weights = found(result, "p", "weights")
    assert near(weights.gain, 1, 1)
    assert near(weights.acceptance, 1, 1)
    assert near(weights.joint, 1, 1)
    values = found(result, "p", "values")
    assert values.idle == "nothing that matters to this text is drawn in it"
    assert values.gain is not None
    assert values.gain.total.model_dump() == {"estimate": 0, "low": 0, "high": 0}
    everything = found(result, "p", None).joint
    assert everything is not None
    assert everything.first.estimate == everything.total.estimate == pytest.approx(1)


def test_weights_and_a_coin() -> None:
    """Acceptance is [w >= 1/2] and [coin >= 1/4], independent, with shares 1/2 and 3/4.

    Var = 3/8 * 5/8 = 15/64; weights alone 9/16 * 1/4 = 9/64, with the coin 3/4 * 1/4 = 12/64;
    the coin alone 1/4 * 3/16 = 3/64, with the weights 1/2 * 3/16 = 6/64.
    """
    spoilt = position("xy", red_lines=[line("x", holds=[0.25, 0.25])])
    people = {"p": party({"a": spoilt, "b": position("yx")})}
    result = sobol(loaded(scenario(ISSUES, people, TEXT, NONE)), 2 * BLOCK)
    for kind, first, total in (("weights", 9 / 15, 12 / 15), ("lines", 3 / 15, 6 / 15)):
        assert near(found(result, "p", kind).acceptance, first, total)
        assert near(found(result, "p", kind).joint, first, total)
    assert near(found(result, "p", "weights").gain, 1, 1)
    gain = found(result, "p", "lines").gain
    assert gain is not None
    assert gain.total.estimate == 0


def test_values_of_one_issue() -> None:
    """Gain = w_a v_a + w_b v_b - r, weights fixed at 0.8 and 0.2, values uniform: shares 16/17 and 1/17."""
    people = {
        "p": party(
            {
                "a": position(values={"x": [0, 1], "y": 0.0}, weight=0.8),
                "b": position(values={"x": [0, 1], "y": 0.0}, weight=0.2),
            },
            reservation=0.5,
        )
    }
    result = sobol(loaded(scenario(ISSUES, people, TEXT)))
    assert near(found(result, "p", "values", "a").gain, 16 / 17, 16 / 17)
    assert near(found(result, "p", "values", "b").gain, 1 / 17, 1 / 17)
    assert near(found(result, "p", "values").gain, 1, 1)
    assert found(result, "p", "weights").idle is not None


def test_reservation_is_part_of_no_deal() -> None:
    people = {"p": party({"a": position("xy", weight=1.0), "b": position("xy", weight=0.0)}, reservation=[0.5, 1.0])}
    made = scenario(ISSUES, people | {"q": party(dict.fromkeys("ab", position("xy")), reservation=0.5)}, TEXT)
    result = sobol(loaded(made), 1000)
    assert near(found(result, "p", "no_deal").gain, 1, 1)
    assert found(result, "p", "no_deal").acceptance is None
    assert found(result, "p", "no_deal").acceptance_reason == "accepts in every draw"
    # q values the text at 1 in every draw
    assert found(result, "q", None).gain is None
    assert found(result, "q", None).gain_reason == "the gain is the same in every draw"
    assert result.joint_reason == "all accept in every draw"
    assert found(result, "q", "weights").joint_reason == "all accept in every draw"


def test_product_formula_against_plain_pick_freeze() -> None:
    """Exchange a group of one party under the joint indicator itself: the same indices, with more noise."""
    issues = {"a": "xyz", "b": "xyz", "c": "xy"}
    people = {
        "p": party({"a": position("xyz"), "b": position("zyx"), "c": position("xy")}),
        "q": party({"a": position("zxy"), "b": position("xyz", "major"), "c": position("yx", "minor")}, cost=0.5),
        "s": party({"a": position("xyz", red_lines=[line("y", holds=[0.1, 0.4])]), "c": position("yx")}, cost=0.5),
    }
    outcomes = {"k": {"a": "z", "b": "x", "c": "y"}, "l": {"a": "x", "b": "z", "c": "y"}}
    made = scenario(issues, people, {"a": "y", "b": "y", "c": "x"}, outcomes)
    case = compile_case(made)
    pairs = 4
    result = sobol(loaded(made), pairs * BLOCK)
    assert result.joint_acceptability is not None
    assert result.joint_acceptability.low > 0.2
    for who in people:
        groups = [g for g in groups_of(case, case.profile(who)) if g.issue is None]
        sums: Any = 0.0
        for pair in range(pairs):
            memos = Memo(1, 2 * pair), Memo(1, 2 * pair + 1)

            def vote(name: str, memo: Memo) -> np.ndarray:
                own = Preferences(case.profile(name), case.space.sizes, memo)
                return accepts_each(own, case.space, case.text[None])[0]

            a, b = ({name: vote(name, memo) for name in people} for memo in memos)
            rest = np.all([a[name] for name in people if name != who], axis=0)
            mixed = [rest & vote(who, Mixed(*memos, group)) for group in groups]
            every = [np.all([x[name] for name in people], axis=0) for x in (a, b)]
            sums = sums + statistics(*every, mixed).sum(axis=1)
        plain = moments(sums / (pairs * BLOCK))
        for k, group in enumerate(groups):
            ours = found(result, who, group.kind).joint
            assert ours is not None
            # four standard errors of the plain estimators at this size are about 0.04
            assert ours.first.estimate == pytest.approx(float(plain.first[k] / plain.variance), abs=0.05)
            assert ours.total.estimate == pytest.approx(float(plain.total[k] / plain.variance), abs=0.05)


# --- what is undefined ------------------------------------------------------------------------


def test_a_veto_leaves_nothing_to_divide() -> None:
    people = {
        "p": party({"a": position("yx", red_lines=[line("x")]), "b": position("xy")}),
        "q": party({"a": position("xy"), "b": position("yx")}),
    }
    result = sobol(loaded(scenario(ISSUES, people, TEXT, NONE)), 500)
    over = "refuses in every draw (over the stated red line against 'x' (a))"
    assert result.joint_reason == f"N {over}, so all never accept together"
    assert result.joint_acceptability is not None
    assert result.joint_acceptability.estimate == 0
    assert all(g.joint is None and g.joint_reason == result.joint_reason for g in result.groups)
    mine = found(result, "p", "weights")
    assert (mine.acceptance, mine.acceptance_reason) == (None, over)
    assert mine.gain is not None
    assert found(result, "q", "weights").acceptance is not None
    assert {o.output for o in result.orders} == {"gain"}


def test_nobody_asked_and_parties_not_asked() -> None:
    one = party({"a": position("xy"), "b": position("yx")})
    result = sobol(loaded(scenario(ISSUES, {"p": one | {"consent": {"when": [{"a": ["y"]}]}}}, TEXT, NONE)), 500)
    assert result.joint_acceptability is None
    assert found(result, "p", "weights").joint_reason == "no party with positions has to consent"
    people = {"p": one, "q": one | {"consent": {"when": [{"a": ["y"]}]}}, "r": party({})}
    result = sobol(loaded(scenario(ISSUES, people, TEXT, NONE)), 500)
    assert found(result, "q", "weights").joint_reason == "its consent is not needed for this text"
    assert found(result, "r", "weights").joint_reason == "the sources are silent on it"
    assert found(result, "q", "weights").acceptance is not None


def test_a_party_that_always_accepts_adds_nothing_that_was_seen() -> None:
    people = {
        "p": party({"a": position("xy"), "b": position("xy")}),
        "q": party({"a": position("xy"), "b": position("yx")}),
    }
    result = sobol(loaded(scenario(ISSUES, people, TEXT, NONE)), 500)
    joint = found(result, "p", "weights").joint
    assert joint is not None
    assert joint.first.estimate == joint.total.estimate == 0
    # 1,000 draws without a refusal leave room for one in 260 or so: (1 - q) / (1 - Q) with q = 0.996, Q = 0.5
    assert 0.002 < joint.total.high < 0.02
    assert found(result, "p", "weights").acceptance is None


# --- samples ----------------------------------------------------------------------------------


def two() -> Loaded:
    people = {
        "p": party({"a": position("xyz"), "b": position("zyx"), "c": position()}),
        "q": party({"a": position("zxy"), "b": position("xyz")}, cost=[0.0, 0.4]),
    }
    issues = {"a": "xyz", "b": "xyz", "c": "xyz"}
    return loaded(scenario(issues, people, dict.fromkeys(issues, "y"), {"k": {"a": "z", "b": "x", "c": "z"}}))


def test_sizes_parties_and_repeats() -> None:
    whole = sobol(two(), BLOCK + 100)
    assert whole == sobol(two(), BLOCK + 100)
    assert (whole.n, whole.settings.draws) == (BLOCK + 100, 2 * BLOCK + 200)
    assert whole.resamples == RESAMPLES
    one = sobol(two(), BLOCK + 100, party="q")
    assert one.groups == tuple(g for g in whole.groups if g.party == "q")
    assert one.parties == whole.parties
    assert one.joint_acceptability == whole.joint_acceptability
    with pytest.raises(ValueError, match="at least 64"):
        sobol(two(), 63)
    with pytest.raises(ValueError, match=r"there is no party pp; did you mean p"):
        sobol(two(), 64, party="pp")


def test_intervals_narrow_and_cover() -> None:
    """More draws narrow the intervals with the root of their number; smaller samples cover what larger ones find."""
    small, large = sobol(two(), 1024), sobol(two(), 4 * BLOCK)
    covered = widths = 0
    rows = [(g, h) for g, h in zip(small.groups, large.groups, strict=True) if g.idle is None and g.level != "party"]
    for g, h in rows:
        assert g.joint is not None
        assert h.joint is not None
        covered += g.joint.total.low <= h.joint.total.estimate <= g.joint.total.high
        widths += (h.joint.total.high - h.joint.total.low) < 0.5 * (g.joint.total.high - g.joint.total.low)
    assert covered >= 0.7 * len(rows)
    assert widths >= 0.9 * len(rows)


def test_sums_are_over_all_draws_of_the_pairs() -> None:
    """Blocks 0 and 1, then 100 draws of blocks 2 and 3; the first half for the half-way figures."""
    made = two().scenario
    case = compile_case(made)
    voter = PickFreeze(case, case.profile("p"), wanted=True)
    parts = []
    for pair, count, half in ((0, BLOCK, (BLOCK + 100) // 2), (1, 100, 0)):
        taken = Resamples(resampling(stream(1, "sobol", "bootstrap", pair), 10, count))
        parts.append(voter.counted(Memo(1, 2 * pair), Memo(1, 2 * pair + 1), count, half, taken)[0])
    sums = Sampled(BLOCK + 100, parts[0] + parts[1])
    own = [Preferences(case.profile("p"), case.space.sizes, Memo(1, k)) for k in range(4)]
    gains = [p.gain(case.text) for p in own]
    used = np.concatenate([gains[0], gains[1], gains[2][:100], gains[3][:100]])
    full, half, resampled = sums.moments("gain")
    assert float(full.mean) == pytest.approx(used.mean())
    assert float(full.variance) == pytest.approx(used.var())
    first = np.concatenate([gains[k][: (BLOCK + 100) // 2] for k in (0, 1)])
    assert float(half.mean) == pytest.approx(first.mean())
    assert resampled.first.shape == (10, len(voter.live))


@pytest.mark.parametrize("scale", [1.0, 1e-9, 3e5, 0.0])
def test_sums_in_resamples_hang_on_no_order(scale: float) -> None:
    """Draws in any order give the same bits, and those are of the sum: in fractions, all but half a last digit."""
    rng = np.random.default_rng(4)
    terms = scale * np.stack([rng.normal(size=BLOCK), rng.normal(size=BLOCK) ** 2, rng.integers(-3, 4, BLOCK)])
    counts = resampling(rng, 5, BLOCK)
    high, low = Resamples(counts).sums(terms)
    order = rng.permutation(BLOCK)
    again = Resamples(counts[:, order]).sums(terms[:, order])
    assert (high.tobytes(), low.tobytes()) == tuple(part.tobytes() for part in again)
    for k, row in enumerate(terms):
        for r in range(5):
            exact = sum((int(n) * Fraction(x) for n, x in zip(counts[r], row.tolist(), strict=True)), Fraction(0))
            apart = abs(Fraction(high[r, k]) + Fraction(low[r, k]) - exact)
            assert apart <= BLOCK * Fraction(np.abs(row).max()) * Fraction(2) ** -54


def test_sums_of_whole_numbers_in_resamples_are_exact() -> None:
    rng = np.random.default_rng(5)
    terms, counts = rng.integers(-4096, 4097, (3, BLOCK)), resampling(rng, 5, BLOCK)
    high, low = Resamples(counts).sums(terms.astype(float))
    assert high.tolist() == (counts.astype(np.int64) @ terms.T).tolist()
    assert not low.any()


def test_order_of_the_leaders() -> None:
    result = sobol(two())
    by_kind = next(o for o in result.orders if o.level == "kind")
    totals = {(g.party, g.kind): g.joint.total.estimate for g in result.groups if g.level == "kind" and g.joint}
    best = sorted(totals, key=lambda k: -totals[k])[: len(by_kind.leaders)]
    assert [(x.party, x.kind) for x in by_kind.leaders] == best
    assert by_kind.share_in_order is not None
    assert by_kind.settled == (by_kind.share_in_order >= 0.95)
    # two equal parties are as good as tied: more draws are asked for, or none would help
    same = party({"a": position("xyz"), "b": position("zyx")})
    issues = {"a": "xyz", "b": "xyz"}
    made = scenario(issues, {"p": same, "q": same}, dict.fromkeys(issues, "y"), {"k": {"a": "z", "b": "z"}})
    tied = next(o for o in sobol(loaded(made), 512).orders if o.level == "party")
    assert not tied.settled


# --- as text, as rows, as a figure ------------------------------------------------------------


@pytest.fixture(scope="module")
def istanbul() -> SobolResult:
    return sobol(sim.load(ROOT / "scenarios" / "istanbul.yaml"), 1024)


def test_every_key_is_documented_and_no_other() -> None:
    assert documented("sim.sobol/1") == keys(SobolResult)


def leaders(result: SobolResult, level: str) -> list[GroupIndices]:
    """Groups of one level, those first on which acceptance by all depends most."""
    rows = [(g.joint.total.estimate, g) for g in result.groups if g.level == level and g.joint and g.idle is None]
    return [g for _, g in sorted(rows, key=lambda row: -row[0])]


def test_page_of_istanbul(istanbul: SobolResult) -> None:
    text = markdown(view.page(istanbul))
    first, second = (called(istanbul.name(g.party)) for g in leaders(istanbul, "party")[:2])
    assert re.search(rf"depends most on what we do not know about {first} \([^)]*\), then {second} \(", text)
    assert "first-order index, S1" in text
    assert "leading groups" in text
    assert "The largest single group, counting what it does together with others, is" in text
    assert "would tell" not in text
    assert "go on average" in text
    assert "-0%" not in text
    assert "nan" not in text
    page = view.page(istanbul)
    kinds = [g for g in istanbul.groups if g.level == "kind" and g.idle is None]
    assert [len(s.rows) for s in page.sheets] == [len(istanbul.parties), len(kinds), view.TOP]
    assert len(istanbul.parties) == 7
    assert all(len(row) == len(s.columns) for s in page.sheets for row in s.rows)


def test_rows_are_tidy(istanbul: SobolResult) -> None:
    made = list(view.rows(istanbul))
    assert len(made) == 6 * len(istanbul.groups)
    assert all(len(row) == len(view.HEADER) for row in made)
    assert all((row[7] is None) <= (row[10] is not None) for row in made)
    assert csv_text(view.HEADER, made).count("\n") == len(made) + 1
    again = json.loads(istanbul.to_json())
    assert again["schema"] == "sim.sobol/1"
    assert "NaN" not in istanbul.to_json()


def test_membership_tells_gains_instead() -> None:
    result = sobol(sim.load(ROOT / "scenarios" / "membership.yaml"), 256)
    page = view.page(result)
    assert page.lead.startswith(
        "There is nothing to divide in joint acceptance: Russia refuses in every draw (over the"
    )
    assert "The gain of" in page.lead
    assert len(page.sheets) == 2
    alone = view.page(sobol(sim.load(ROOT / "scenarios" / "membership.yaml"), 256, party="nato"))
    assert all(row[0] == "NATO" for s in alone.sheets for row in s.rows)


def test_figures(istanbul: SobolResult) -> None:
    [axes] = plot.draw(istanbul).axes
    labels = [x.get_text() for x in axes.get_yticklabels()]
    best = leaders(istanbul, "kind")
    assert [label.split(":")[0] for label in labels] == [istanbul.name(g.party) for g in best[: len(labels)]]
    assert "Ukrainian public: lines from polls" in labels
    assert "United States: values of options" in labels
    shown = [g for g in istanbul.groups if g.level == "kind" and g.joint and g.joint.total.estimate >= plot.LEAST]
    assert len(labels) == len(shown)
    made = scenario(ISSUES, {"p": party({"a": position("xy", red_lines=[line("x")])})}, TEXT, NONE)
    [axes] = plot.draw(sobol(loaded(made), 64)).axes
    assert next(x.get_text() for x in axes.get_yticklabels()) == "N: weights of issues"


def test_rare_acceptance_is_marked_in_every_format() -> None:
    """Fewer than 300 of 2,048 draws in which a party refuses are rare, and so are draws in which it accepts."""
    shares = {"p": 0.95, "q": 0.5, "r": 0.05, "s": 1.0}
    content = position(None, "critical", values={"x": [0, 1], "y": 0})
    people = {who: party({"a": content}, reservation=1 - share) for who, share in shares.items()}
    result = sobol(loaded(scenario({"a": "xy"}, people, {"a": "x"})), 1024)
    assert {g.party for g in result.groups} == set(shares)
    rare = {
        p.id for p in result.parties if 0 < min(p.acceptability.estimate, 1 - p.acceptability.estimate) * 2048 < 300
    }
    assert rare == {"p", "r"}
    for g in result.groups:
        assert (g.acceptance_caution is not None) == (g.party in rare)
        assert g.acceptance_caution is None or g.acceptance_caution.startswith("rare: ")
    said = {(row[2], row[5]): row[-1] for row in view.rows(result)}
    for who in shares:
        assert str(said[who, "acceptance"]).startswith("rare: ") == (who in rare)
        assert not str(said[who, "gain"]).startswith("rare: ")


def test_filler_is_told_of_a_text_that_is_not_barred() -> None:
    armed = sobol(sim.load(ROOT / "scenarios" / "armed_neutrality.yaml", edits=NO_LINES), 128)
    assert armed.joint_acceptability is not None
    assert armed.joint_acceptability.low > 0.5
    assert "12 of 15 terms of the text are filler, not in the sources" in view.page(armed).lead
