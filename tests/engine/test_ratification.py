"""A vote of the people is won by a majority: the rule, its readings, and that every command follows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.analysis.sobol.groups import settled
from sim.engine.acceptability import accepts_each, judge
from sim.engine.draws import BLOCK
from sim.engine.profiles import Case, always, stops
from sim.engine.ratification import decided_yes
from sim.files.complaints import Complaints
from sim.files.nodes import dump_yaml, removed
from tests import small, twins
from tests.domains import case, draw_of, line, party, position, preferences, quick, refusal, scored
from tests.domains import share_within as near

ISSUES = {"a": "xyz", "b": "xy"}
NONE = {"k": {"a": "z", "b": "y"}}
TEXT = {"a": "x", "b": "x"}
GAINS = {"a": position("xyz", "major"), "b": position("xy", "major")}
#: Gains in some draws only: one issue gained whole, one lost whole, either may weigh more.
DIVIDED = {"a": position("xyz"), "b": position("yx")}
QUOTAS = st.sampled_from([0.5, 0.55, 0.6, 2 / 3, 0.7, 0.75, 0.9])
SHARES = st.integers(0, 100).map(lambda n: n / 100)
RANGES = st.lists(SHARES, min_size=2, max_size=2).map(sorted)


def majority(quota: float = 0.5) -> dict[str, Any]:
    return {"by": "majority", "of": "voters", "quota": quota}


def public(*holds: Any, quota: float | None = 0.5, positions: Any = None, **more: Any) -> dict[str, Any]:
    """A ratifier with a refusal of the text for each range (None: by all); without a quota, one citizen."""
    refuses = [
        refusal(f"r{k}", {"a": ["x"]}, "inferred", **({} if span is None else {"holds": span}))
        for k, span in enumerate(holds)
    ]
    decides = {} if quota is None else {"decides": majority(quota)}
    return party(GAINS if positions is None else positions, role="ratifier", refuses=refuses, **decides, **more)


def vote(*holds: Any, quota: float | None = 0.5, positions: Any = None, **more: Any) -> Case:
    """A party that always signs, and the public."""
    people = {"s": party(GAINS), "p": public(*holds, quota=quota, positions=positions)}
    return case(ISSUES, people, TEXT, NONE, **more)


def passing(*holds: Any, **more: Any) -> np.ndarray:
    on = vote(*holds, **more)
    return judge(preferences(on), on.space, on.text, None).accepts


def shares(on: Case) -> list[np.ndarray]:
    """The drawn share that refuses, a line after the other."""
    own = preferences(on)
    return [own.memo.refusing("p", x) for x in own.profile.lines]


# --- the rule ------------------------------------------------------------------------------------


def test_a_range_below_one_half_never_binds_and_one_above_always_does() -> None:
    for low, high, accepted in ((0.0, 0.49, True), (0.3, 0.4999, True), (0.5001, 0.6, False), (0.51, 1.0, False)):
        assert passing([low, high]).all() == accepted
        assert passing([low, high]).any() == accepted
    assert not passing(None).any(), "without a range everybody refuses"


def test_a_tie_fails() -> None:
    assert not passing(0.5).any()
    assert passing(0.4999).all()
    for quota, tie in ((0.7, 0.3), (0.6, 0.4), (0.9, 0.1), (0.8, 0.2), (2 / 3, 1 / 3), (0.55, 0.45)):
        assert not passing(tie, quota=quota).any(), "1 - 0.7 is not 0.3 in binary, and a tie all the same"
        assert passing(tie - 0.001, quota=quota).all()


@quick(40)
@given(RANGES, QUOTAS)
def test_a_line_binds_where_the_others_are_not_more_than_the_quota(span: list[float], quota: float) -> None:
    """Against counting yes in each draw; draws at the very quota are left to the test of ties."""
    on = vote(span, quota=quota)
    yes = 1 - shares(on)[0]
    clear = np.abs(yes - quota) > 1e-9
    assert (passing(span, quota=quota) == (yes > quota))[clear].all()
    [found] = preferences(on).profile.lines
    binds = preferences(on).binds(found)
    assert always(found.holds, quota) <= binds.all()
    assert settled(found.holds, quota) <= (binds.all() or not binds.any())
    assert found.likely == stops(sum(span) / 2, quota)


@quick(40)
@given(st.lists(RANGES, min_size=1, max_size=3), QUOTAS)
def test_the_largest_share_decides(spans: list[list[float]], quota: float) -> None:
    on = vote(*spans, quota=quota, positions=DIVIDED)
    own = preferences(on)
    text = twins.written(on.scenario)
    found = judge(own, on.space, on.text, None)
    largest = np.maximum.reduce(shares(on))
    for r in (0, 1, 99, BLOCK - 1):
        draw = draw_of(own, on, r)
        gains = twins.gain(on.scenario, draw, twins.modelled_weights(on.scenario, "p", draw), text) >= -1e-12
        if abs(1 - largest[r] - quota) > 1e-9:
            assert found.accepts[r] == (gains and 1 - largest[r] > quota)
    assert np.array_equal(accepts_each(own, on.space, on.text[None])[0], found.accepts)


@quick(40)
@given(RANGES, QUOTAS, st.floats(0, 1))
def test_passing_does_not_fall_when_fewer_refuse(span: list[float], quota: float, less: float) -> None:
    more_yes = passing([x * less for x in span], quota=quota, positions=DIVIDED)
    assert not (passing(span, quota=quota, positions=DIVIDED) & ~more_yes).any()


@quick(20)
@given(RANGES, QUOTAS, QUOTAS)
def test_raising_the_quota_never_raises_the_joint_figure(span: list[float], one: float, other: float) -> None:
    low, high = (
        scored(vote(span, quota=q, positions=DIVIDED, draws=500))[1].joint_acceptability for q in sorted((one, other))
    )
    assert low is not None
    assert high is not None
    assert high.estimate <= low.estimate


def test_it_is_counting_citizens() -> None:
    """Citizens share the draw's gain test; each refuses iff its uniform lies below the share that refuses."""
    rng = np.random.default_rng(7)
    citizens = 40_000
    for quota, spans in ((0.5, [[0.35, 0.65]]), (0.6, [[0.2, 0.5], [0.3, 0.45]])):
        on = vote(*spans, quota=quota, positions=DIVIDED)
        own = preferences(on)
        gains = own.gain(on.space.seen(on.text[None], "p")[0]) >= -1e-12
        assert 0.2 < gains.mean() < 0.8
        largest = np.maximum.reduce(shares(on))
        accepts = passing(*spans, quota=quota, positions=DIVIDED)
        for r in range(60):
            if abs(1 - largest[r] - quota) < 0.005:
                continue
            yes = gains[r] * (rng.random(citizens) >= largest[r]).mean()
            assert accepts[r] == (yes > quota)


def test_shares_are_those_of_the_coin_so_draws_stay_common() -> None:
    """Whether by one citizen or by a majority, the share that refuses in a draw is the same."""
    spans = [[0.3, 0.7], [0.2, 0.6]]
    assert all(
        np.array_equal(a, b) for a, b in zip(shares(vote(*spans)), shares(vote(*spans, quota=None)), strict=True)
    )
    coin = preferences(vote(*spans)).memo.stream("p", "lines").random(BLOCK)
    largest = np.maximum.reduce(shares(vote(*spans)))
    assert np.array_equal(passing(*spans, quota=None), coin >= largest), "without decides, one citizen drawn by lot"


def test_on_the_evidence_the_ends_of_the_range_decide() -> None:
    for basis in ("stated", "inferred"):
        for span, low, high in (
            ([0.4, 0.6], 0, 1),
            ([0.3, 0.4], 1, 1),
            ([0.6, 0.7], 0, 0 if basis == "stated" else 1),
            ([0.5, 0.5], 0, 0 if basis == "stated" else 1),
        ):
            people = {
                "p": public(positions=GAINS | {"a": position("xyz", "major", red_lines=[line("x", basis, holds=span)])})
            }
            found = scored(case(ISSUES, people, TEXT, NONE))[1].party("p").on_evidence
            assert (found.necessary, found.possible) == (low, high)


# --- the readings --------------------------------------------------------------------------------


def test_the_readings_of_a_poll() -> None:
    """One range and a gain in half of the draws: each reading has a known share."""
    n = 10 * BLOCK
    result = scored(vote([0.2, 0.7], positions=DIVIDED, draws=n))[1]
    row = result.party("p")
    found = row.ratification
    assert found is not None
    assert found.passes == row.acceptability.estimate
    assert near(found.polls, 0.6, n), "h is uniform on [.2, .7] and must lie below .5"
    assert near(found.passes, 0.3, n), "and the party must gain, which is as likely as not"
    assert found.mixed == 0, "at most .8 of half of the voters say yes"
    assert found.yes == (pytest.approx(0.3), pytest.approx(0.8))
    assert found.decided == 1, "30% to 20% among those with an opinion"
    assert decided_yes(found.yes) == pytest.approx(0.6)
    assert result.signed is not None
    assert result.signed.estimate == 1
    assert result.joint_acceptability == row.acceptability


def test_voters_who_differ_are_counted_by_the_share_that_gains() -> None:
    """The gain test passes in three quarters of the draws; so 1 - h must exceed two thirds for one half to say yes."""
    n = 10 * BLOCK
    positions = {"a": position("xyz"), "b": position("yx")}
    people = {"p": public([0.1, 0.6], positions=positions, cost=0.5)}
    row = scored(case(ISSUES, people, TEXT, NONE, draws=n))[1].party("p")
    assert row.ratification is not None
    assert near(row.ratification.mixed, (1 / 3 - 0.1) / 0.5, n)
    assert near(row.ratification.polls, 0.8, n)
    assert near(row.ratification.passes, 0.6, n)


@quick(15)
@given(st.lists(RANGES, max_size=2), QUOTAS, st.sampled_from([700, 5000]))
def test_the_readings_agree_with_counting(spans: list[list[float]], quota: float, draws: int) -> None:
    """Draw by draw in plain numbers, over a block that is cut."""
    result = scored(vote(*spans, quota=quota, positions=DIVIDED, draws=draws))[1]
    found = result.party("p").ratification
    assert found is not None
    on = vote(*spans, quota=quota, positions=DIVIDED, draws=draws)
    gains, refusing = [], []
    for block in range(-(-draws // BLOCK)):
        own = preferences(on, "p", block)
        count = min(BLOCK, draws - block * BLOCK)
        gains += (own.gain(on.space.seen(on.text[None], "p")[0]) >= -1e-12)[:count].tolist()
        drawn = [own.memo.refusing("p", x)[:count].tolist() for x in own.profile.lines]
        refusing += [max(column) for column in zip(*drawn, strict=True)] if drawn else [0.0] * count
    agreeing = sum(gains) / draws
    edge = 1e-12
    assert found.polls == sum(1 - h > quota + edge for h in refusing) / draws
    assert found.mixed == sum((1 - h) * agreeing > quota + edge for h in refusing) / draws
    assert found.passes == sum(g and 1 - h > quota + edge for g, h in zip(gains, refusing, strict=True)) / draws
    assert found.mixed <= found.polls
    assert found.passes <= found.polls
    assert found.yes[0] <= found.yes[1]


def test_a_poll_of_which_nobody_has_an_opinion_decides_nothing() -> None:
    found = scored(vote([0.0, 1.0], draws=100))[1].party("p").ratification
    assert found is not None
    assert found.decided is None
    assert scored(vote(draws=100))[1].party("p").ratification.decided == 1, "no poll bears on the text"
    assert scored(vote(None, draws=100))[1].party("p").ratification.decided == 0


def test_signed_and_ratified() -> None:
    """Signed counts all who are asked but the ratifiers, however they decide; without any it is the joint figure."""
    people = {"s": party(DIVIDED), "p": public([0.3, 0.7])}
    result = scored(case(ISSUES, people, TEXT, NONE, draws=4000))[1]
    assert result.signed == result.party("s").acceptability
    assert result.joint_acceptability is not None
    assert result.joint_acceptability.estimate < min(0.5, result.signed.estimate)
    assert result.party("s").ratification is None
    alone = scored(case(ISSUES, {"p": public([0.3, 0.7])}, TEXT, NONE, draws=100))[1]
    assert alone.signed is None
    assert alone.joint_acceptability is not None
    people["p"] = public([0.3, 0.7], quota=None)
    without = scored(case(ISSUES, people, TEXT, NONE, draws=100))[1]
    assert without.signed == without.party("s").acceptability
    assert without.party("p").ratification is None
    unasked = people | {"p": public([0.3, 0.7], consent={"when": [{"b": ["y"]}]})}
    result = scored(case(ISSUES, unasked, TEXT, NONE, draws=400))[1]
    assert result.signed == result.joint_acceptability
    assert result.party("p").ratification is not None, "told of the party whether or not it is asked"


# --- files and edits -----------------------------------------------------------------------------

PUBLIC = """\
id: turkey
name: The voters
role: ratifier
consent: always
decides: {by: majority, of: voters, quota: 0.5}
positions:
  land:
    - from: 2022-03-15
      ranking: [returned, rest]
      importance: unknown
      basis: assumed
refuses:
  - {id: no_neutrality, if: {status: [neutral]}, from: 2022-03-10, basis: inferred, evidence: [E5], holds: [0.4, 0.6],
     why: A survey.}
"""
VOTERS = {"domain/positions/turkey.yaml": PUBLIC}


@pytest.fixture
def deal(tmp_path: Path) -> Path:
    text = small.SCENARIO.replace("  consent_not_modelled: [turkey]\n", "")
    return small.write(tmp_path, VOTERS | {"deal.yaml": text})


def decides(loaded: sim.Loaded) -> Any:
    return loaded.scenario.domain.positions["turkey"].decides


def test_edits_of_how_a_party_decides(deal: Path, tmp_path: Path) -> None:
    assert decides(sim.load(deal)).quota == 0.5
    assert decides(sim.load(deal, edits=["turkey.decides.quota=0.6"])).quota == 0.6
    assert decides(sim.load(deal, edits=["turkey.decides={by: majority, of: voters, quota: 0.7}"])).quota == 0.7
    none = sim.load(deal, edits=["turkey.decides=none"])
    assert decides(none) is None
    assert decides(sim.edited(none, ["turkey.decides.quota=0.8"])).quota == 0.8
    saved = tmp_path / "saved" / "scenario.yaml"
    saved.parent.mkdir()
    saved.write_text(dump_yaml(none.tree))
    again = sim.load(saved)
    assert again.scenario == none.scenario
    [one], [two] = sim.score([none]), sim.score([again])
    assert one.party("turkey") == two.party("turkey")
    assert one.party("turkey").ratification is None


@pytest.mark.parametrize(
    ("edit", "column", "what", "hint"),
    [
        ("turkey.decides.quota=0.4", 22, "a quota of 0.4 lies below one half", "write 0.5"),
        ("turkey.decides.quota=1", 22, "is not below 1", "write 0.5 for one half"),
        ("turkey.decides.share=0.6", 16, "there is no part of turkey.decides called share", "there is: quota"),
        ("turkey.decides.quota.low=0.6", 22, "turkey.decides.quota has no part low", "write turkey.decides.quota=..."),
        ("turkey.decides=often", 16, "expected the word none, or a rule", "turkey.decides.quota=0.6"),
        ("turkey.decides={quota: 0.6}", 16, "the key by is missing", None),
        ("red.decides.quota=0.6", 5, "decides is for a ratifier", "write role: ratifier"),
    ],
)
def test_edits_that_are_wrong(deal: Path, edit: str, column: int, what: str, hint: str | None) -> None:
    with pytest.raises(Complaints) as found:
        sim.load(deal, edits=[edit])
    first = found.value.complaints[0]
    assert (first.place.file, first.place.line, first.place.column) == ("--set[1]", 1, column)
    assert what in first.what
    assert hint is None or hint in (first.hint or "")


def test_a_saved_run_from_before_keeps_its_one_citizen(deal: Path, tmp_path: Path) -> None:
    """A domain's file must say how it decides; a saved run, with its domain in it, gives the result that it gave."""
    old = PUBLIC.replace("decides: {by: majority, of: voters, quota: 0.5}\n", "")
    (deal.parent / "domain/positions/turkey.yaml").write_text(old)
    with pytest.raises(Complaints, match="turkey does not decide by voters"):
        sim.load(deal)
    (deal.parent / "domain/positions/turkey.yaml").write_text(PUBLIC)
    saved = tmp_path / "saved" / "scenario.yaml"
    saved.parent.mkdir()
    saved.write_text(dump_yaml(removed(sim.load(deal).tree, ("domain", "positions", "turkey", "decides"))))
    assert "majority" not in saved.read_text()
    [result] = sim.score([sim.load(saved)])
    [now] = sim.score([sim.load(deal, edits=["turkey.decides=none"])])
    assert result.party("turkey") == now.party("turkey")
    assert len(result.warnings) == len(now.warnings)
