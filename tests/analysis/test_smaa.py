"""Ranks by gain on common draws: closed forms, a scalar twin, ties, dominated texts, what stands in the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.compare import ranking as smaa
from sim.analysis.compare.ranking import ENOUGH, obstacle, places, rank
from sim.analysis.compare.result import Smaa
from sim.engine.draws import BLOCK
from sim.engine.profiles import Case, compile_case
from sim.scenario import schema
from tests import domains, twins

NAMES = ("A", "B", "C")
ROOT = Path(__file__).parents[2]


def cases_of(base: schema.Scenario, texts: Sequence[Mapping[str, Any]], **settings: Any) -> list[Case]:
    return [compile_case(domains.changed(base, **text).model_copy(update=settings)) for text in texts]


def ranked(found: Smaa, party: str | None, proposal: str) -> Any:
    ranking = next(r for r in found.rankings if r.party == party)
    return next(p for p in ranking.proposals if p.proposal == proposal)


def two_issues(**more: Any) -> schema.Scenario:
    """Two criteria of unknown weight; option c is worth 0.6 on either, a and b the ends."""
    issues = {"one": "abc", "two": "abc"}
    values = {"one": {"a": 1, "b": 0, "c": 0.6}, "two": {"a": 0, "b": 1, "c": 0.6}}
    cells = {i: domains.position(None, "unknown", values=v) for i, v in values.items()}
    people = {"p": domains.party(cells, reservation=0.5)} | more
    return domains.scenario(issues, people, {"one": "a", "two": "a"})


CORNERS = [{"one": o, "two": o} for o in "abc"]


def test_closed_form_of_three_alternatives_on_two_criteria() -> None:
    """A beats C iff w1 > 0.6, B beats C iff w1 < 0.4, A beats B iff w1 > 0.5, with w1 uniform."""
    draws = 16 * BLOCK
    found = rank(NAMES, cases_of(two_issues(), CORNERS, draws=draws, seed=1))
    shares = {"A": (0.4, 0.1, 0.5), "B": (0.4, 0.1, 0.5), "C": (0.2, 0.8, 0.0)}
    weights = {"A": (0.8, 0.2), "B": (0.2, 0.8), "C": (0.5, 0.5)}
    wins = {"A": {"B": 0.5, "C": 0.4}, "B": {"A": 0.5, "C": 0.4}, "C": {"A": 0.6, "B": 0.6}}
    for party in ("p", None):
        for name in NAMES:
            mine = ranked(found, party, name)
            assert all(domains.share_within(x, y, draws) for x, y in zip(mine.ranks, shares[name], strict=True))
            assert all(domains.share_within(mine.wins_over[o], x, draws) for o, x in wins[name].items())
            # inside its interval the weight is uniform: 0.4 or 0.2 wide
            width = 0.2 if name == "C" else 0.4
            exact = np.array(weights[name])
            central = np.array(list(mine.central_weights["p"].values()))
            assert domains.within(central, exact, width / np.sqrt(12), int(draws * shares[name][0]))
            assert mine.confidence == 1.0, "values are numbers: held at its central weights it is always first"


def test_what_pinned_ends_of_a_ranking_come_to() -> None:
    """The three figures of the guide to the model: the leader on the one ranked criterion is first iff w d >= 1 - w.

    d is by how much it leads there, so that is a share d / (1 + d) of the weights: d is 1 where ends are pinned, the
    distance of two uniforms where they are free, uniform where two values in order sum to 1.
    """
    cells = {
        "one": domains.position(None, "unknown", values={"a": 1, "b": 0}),
        "two": domains.position("ba", "unknown"),
    }
    base = domains.scenario(
        {"one": "ab", "two": "ab"}, {"p": domains.party(cells, reservation=0.5)}, {"one": "a", "two": "a"}
    )
    draws = 16 * BLOCK
    found = rank(NAMES[:2], cases_of(base, CORNERS[:2], draws=draws, seed=1))
    assert domains.share_within(ranked(found, "p", "B").ranks[0], 0.5, draws)
    d = (np.arange(10_000) + 0.5) / 10_000
    first = d / (1 + d)
    shares = (0.5, float((2 * (1 - d) * first).mean()), float(first.mean()))
    assert shares[1:] == pytest.approx((3 - 4 * np.log(2), 1 - np.log(2)), abs=1e-8)
    told = f"{100 * shares[0]:.0f}% here, in {100 * shares[1]:.1f}% and {100 * shares[2]:.1f}% there"
    assert told in " ".join((ROOT / "sim" / "README.md").read_text(encoding="utf-8").split())


def test_a_dominated_text_has_no_central_weights() -> None:
    people = {"q": domains.party({"one": domains.position("abc"), "two": domains.position("abc")})}
    base = domains.scenario({"one": "abc", "two": "abc"}, people, {"one": "a", "two": "a"}, {"k": {"one": "c"}})
    found = rank(NAMES, cases_of(base, CORNERS, draws=500, seed=1))
    best, middle, worst = (ranked(found, "q", name) for name in NAMES)
    assert best.ranks == (1.0, 0.0, 0.0)
    assert middle.ranks == (0.0, 1.0, 0.0)
    assert (middle.first, middle.central_weights, middle.confidence) == (0, None, None)
    assert middle.central_missing == "it is first in no draw"
    assert (best.first, best.central_missing) == (500, None)
    assert worst.wins_over == {"A": 0.0, "B": 0.0}


def test_a_handful_of_draws_gives_no_central_weights() -> None:
    """C is first where w1 lies within 0.4 and 0.6: in fewer than a hundred of 200 draws, in about 200 of a thousand."""
    few, many = (rank(NAMES, cases_of(two_issues(), CORNERS, draws=n, seed=1)) for n in (200, 1000))
    for party in ("p", None):
        mine = ranked(few, party, "C")
        assert 0 < mine.first == round(200 * mine.ranks[0]) < ENOUGH
        assert (mine.central_weights, mine.confidence) == (None, None)
        assert mine.central_missing.startswith(f"it is first in only {mine.first} draws")
        other = ranked(many, party, "C")
        assert other.first == round(1000 * other.ranks[0]) >= ENOUGH
        assert other.central_weights is not None
        assert other.confidence == 1.0
        assert other.central_missing is None
    # weights over all draws are there whoever is first
    mean = few.rankings[0].mean_weights["p"]
    assert domains.within(list(mean.values()), [0.5, 0.5], 1 / np.sqrt(12), 200)
    assert sum(mean.values()) == pytest.approx(1)


def test_equal_texts_share_their_ranks() -> None:
    found = rank(NAMES, cases_of(two_issues(), [CORNERS[0], CORNERS[0], CORNERS[2]], draws=700, seed=2))
    one, same, other = (ranked(found, "p", name) for name in NAMES)
    assert one.ranks == same.ranks
    assert one.wins_over["B"] == same.wins_over["A"] == 0.0
    assert one.central_weights == same.central_weights
    assert one.confidence == same.confidence == 0.5
    assert sum(one.ranks) == pytest.approx(1)
    assert one.ranks[0] * 2 + other.ranks[0] == pytest.approx(1)


def test_jointly_by_the_smallest_gain_among_those_a_text_needs() -> None:
    """Whoever is not needed does not count, and a silent party neither counts nor ranks."""
    only_b = domains.party(
        {"one": domains.position("bca"), "two": domains.position("bca")}, consent={"when": [{"one": ["b"]}]}
    )
    base = two_issues(r=only_b, s=domains.party({}))
    found = rank(NAMES, cases_of(base, CORNERS, draws=400, seed=1))
    assert [r.party for r in found.rankings] == [None, "p", "r"]
    alone = rank(NAMES, cases_of(two_issues(), CORNERS, draws=400, seed=1))
    # without a no-deal lottery r gains nothing anywhere, so with it B is worth min(gain of p, 0)
    for name in "AC":
        assert (
            ranked(found, None, name).wins_over[{"A": "C", "C": "A"}[name]]
            == (ranked(alone, None, name).wins_over[{"A": "C", "C": "A"}[name]])
        )
    assert ranked(found, None, "B").wins_over["C"] < ranked(alone, None, "B").wins_over["C"]
    assert set(ranked(found, None, "A").central_weights) == {"p", "r"}
    assert set(ranked(found, "p", "A").central_weights) == {"p"}


def test_no_joint_ranks_where_a_text_needs_nobody() -> None:
    asked_for_a = domains.party({"one": domains.position("abc")}, consent={"when": [{"one": ["a", "b"]}]})
    base = domains.scenario({"one": "abc"}, {"p": asked_for_a}, {"one": "a"}, {"k": {"one": "c"}})
    found = rank(NAMES, cases_of(base, [{"one": o} for o in "abc"], draws=100, seed=1))
    assert found.jointly is None
    assert found.jointly_missing == "no party with positions has to consent to C"
    assert ranked(found, "p", "A").ranks[0] == 1.0


def test_what_keeps_proposals_from_being_ranked_together() -> None:
    base = two_issues()
    [one, two, _] = cases_of(base, CORNERS)
    assert obstacle(NAMES[:2], [one, two]) is None
    [seeded] = cases_of(base, CORNERS[:1], seed=9)
    assert "different draws or seeds" in str(obstacle(NAMES[:2], [one, seeded]))
    dated = [{**domains.position(r), "from": day} for r, day in (("abc", "2022-01-01"), ("cba", "2023-01-01"))]
    base = domains.scenario({"one": "abc"}, {"p": domains.party({"one": dated})}, {"one": "a"}, {"k": {"one": "c"}})
    day = dt.date(2024, 1, 1)
    [old, other], [new] = cases_of(base, [{"one": "a"}, {"one": "b"}]), cases_of(base, [{"one": "a"}], as_of=day)
    assert obstacle(NAMES[:2], [old, other]) is None
    assert "not those of one day (--as-of" in str(obstacle(NAMES[:2], [old, new]))
    people = {"p": domains.party({"one": domains.position("bac")})}
    [turned] = cases_of(domains.scenario({"one": "abc"}, people, {"one": "a"}, {"k": {"one": "c"}}), [{"one": "a"}])
    assert "the positions of N differ" in str(obstacle(NAMES[:2], [old, turned]))
    [more] = cases_of(domains.scenario({"one": "abcd"}, people, {"one": "a"}, {"k": {"one": "c"}}), [{"one": "a"}])
    assert "different issues, options" in str(obstacle(NAMES[:2], [turned, more]))


def test_a_basis_that_hangs_on_the_text_does_not_keep_texts_from_being_ranked() -> None:
    """An option that inherits its place counts as assumed, and so may the whole order: the draws are the same."""
    cell = domains.position(["a", ["b", "c"]], assumed=["c"])
    base = domains.scenario({"one": "abc"}, {"p": domains.party({"one": cell})}, {"one": "a"}, {"k": {"one": "b"}})
    one, two = cases_of(base, [{"one": "a"}, {"one": "c"}])
    assert [x.profile("p").ranking_basis(0, x.text[0]) for x in (one, two)] == ["inferred", "assumed"]
    assert obstacle(NAMES[:2], [one, two]) is None
    first, second = (ranked(rank(NAMES[:2], [one, two]), "p", name).ranks[0] for name in NAMES[:2])
    assert (first, second) == (1.0, 0.0)
    guessed = domains.party({"one": domains.position(["a", ["b", "c"]], basis="assumed")})
    [other] = cases_of(
        domains.scenario({"one": "abc"}, {"p": guessed}, {"one": "a"}, {"k": {"one": "b"}}), [{"one": "a"}]
    )
    assert other.profile("p") != one.profile("p")
    assert obstacle(NAMES[:2], [one, other]) is None
    weighty = domains.party({"one": domains.position(["a", ["b", "c"]], "major", assumed=["c"])})
    base = domains.scenario({"one": "abc"}, {"p": weighty}, {"one": "a"}, {"k": {"one": "b"}})
    [other] = cases_of(base, [{"one": "a"}])
    assert "the positions of N differ" in str(obstacle(NAMES[:2], [one, other]))


# --- one draw at a time -----------------------------------------------------------------------


def plain_places(values: Sequence[float]) -> list[tuple[int, int]]:
    """(how many are better, how many tie with it), neighbours within 1e-12 tying."""
    order = sorted(range(len(values)), key=lambda k: -values[k])
    groups: list[list[int]] = []
    for k in order:
        if groups and values[groups[-1][-1]] - values[k] <= 1e-12:
            groups[-1].append(k)
        else:
            groups.append([k])
    found = {}
    for n, group in enumerate(groups):
        found |= {k: (sum(map(len, groups[:n])), len(group)) for k in group}
    return [found[k] for k in range(len(values))]


@given(st.lists(st.lists(st.sampled_from([0.0, 0.5, 0.5 + 4e-13, 1.0]), min_size=4, max_size=4), min_size=1))
@domains.quick(40)
def test_places_as_counted_by_hand(columns: list[list[float]]) -> None:
    better, size = places(np.array(columns).T)
    assert [list(zip(b, s, strict=True)) for b, s in zip(better.T, size.T, strict=True)] == [
        plain_places(c) for c in columns
    ]


def plain_smaa(
    base: schema.Scenario, cases: Sequence[Case], draws: int, central: Mapping[Any, Sequence[Any]] | None = None
) -> dict[Any, dict[str, Any]]:
    """Sums over draws by voter. With ``central`` weights by voter and text: how often it is first there."""
    people = [p.id for p in cases[0].profiles if not p.silent]
    texts = [twins.written(c.scenario) for c in cases]
    asked = [[p for p, needed in twins.needed(base, x).items() if needed and p in people] for x in texts]
    voters: list[Any] = [*([None] if all(asked) else []), *people]
    n, own = len(texts), {p: domains.preferences(cases[0], p) for p in people}
    sums = {v: {"ranks": np.zeros((n, n)), "wins": np.zeros((n, n)), "confidence": np.zeros(n)} for v in voters}
    heavy: dict[Any, list[dict[str, dict[str, float]]]] = {v: [{} for _ in texts] for v in voters}
    for r in range(draws):
        at = {p: domains.draw_of(own[p], cases[0], r) for p in people}
        drawn = {p: twins.modelled_weights(base, p, at[p]) for p in people}

        def gain(p: str, text: int, weight: Mapping[str, float], at: Any = at) -> float:
            return twins.gain(base, at[p], weight, twins.seen(base, texts[text], p))

        def value(voter: Any, text: int, weight: Any, gain: Any = gain) -> float:
            return min(gain(p, text, weight[p]) for p in (asked[text] if voter is None else [voter]))

        for voter in voters:
            if central is not None:
                for k, held in enumerate(central[voter]):
                    if held is not None:
                        before, ties = plain_places([value(voter, m, held) for m in range(n)])[k]
                        sums[voter]["confidence"][k] += 0 if before else 1 / ties
                continue
            at_places = plain_places([value(voter, k, drawn) for k in range(n)])
            for k, (before, ties) in enumerate(at_places):
                for place in range(before, before + ties):
                    sums[voter]["ranks"][k, place] += 1 / ties
                for m in range(n):
                    sums[voter]["wins"][k, m] += before < at_places[m][0]
                if before == 0:
                    for p in people:
                        for issue, w in drawn[p].items():
                            mine = heavy[voter][k].setdefault(p, {})
                            mine[issue] = mine.get(issue, 0.0) + w / ties
    return {v: {**sums[v], "weights": heavy[v]} for v in voters}


@given(domains.scenarios(most_issues=3, most_parties=3, lines=False), st.data())
@domains.quick(12)
def test_the_measures_agree_with_plain_counting(base: schema.Scenario, data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as few:
        few.setattr(smaa, "ENOUGH", 1)
        agree_with_plain_counting(base, data)


def agree_with_plain_counting(base: schema.Scenario, data: st.DataObject) -> None:
    spaces = base.domain.issues.issues
    texts = [{i: data.draw(st.sampled_from([*space.options, None])) for i, space in spaces.items()} for _ in range(3)]
    draws = 40
    cases = cases_of(base, texts, draws=draws, seed=5)
    found = rank(NAMES, cases)
    base = cases[0].scenario
    plain = plain_smaa(base, cases, draws)
    assert [r.party for r in found.rankings] == list(plain)
    for ranking in found.rankings:
        sums = plain[ranking.party]
        for k, mine in enumerate(ranking.proposals):
            assert mine.ranks == pytest.approx(sums["ranks"][k] / draws)
            others = {name: sums["wins"][k, m] / draws for m, name in enumerate(NAMES) if m != k}
            assert mine.wins_over == pytest.approx(others)
            first = sums["ranks"][k, 0]
            assert (mine.first == 0) == (first == 0)
            assert first <= mine.first <= draws
            assert (mine.central_weights is None) == (first == 0)
            for party, means in ranking.mean_weights.items():
                total = sum(
                    (p.central_weights or {}).get(party, {}).get(next(iter(means)), 0.0) * p.ranks[0]
                    for p in ranking.proposals
                )
                assert total == pytest.approx(next(iter(means.values())))
            for party, weights in (mine.central_weights or {}).items():
                assert weights == pytest.approx({i: w / first for i, w in sums["weights"][k][party].items()})
        table = np.array([p.ranks for p in ranking.proposals])
        assert table.sum(axis=0) == pytest.approx(1)
        assert table.sum(axis=1) == pytest.approx(1)
    held = {r.party: [p.central_weights for p in r.proposals] for r in found.rankings}
    again = plain_smaa(base, cases, draws, held)
    for ranking in found.rankings:
        for k, mine in enumerate(ranking.proposals):
            if mine.confidence is not None:
                assert mine.confidence == pytest.approx(again[ranking.party]["confidence"][k] / draws)


def test_blocks_add_up() -> None:
    """Draws beyond a block count once, and the last block only as far as it goes."""
    draws = BLOCK + 100
    found = rank(NAMES, cases_of(two_issues(), CORNERS, draws=draws, seed=1))
    again = rank(NAMES, cases_of(two_issues(), CORNERS, draws=BLOCK, seed=1))
    for name in NAMES:
        counts = [
            round(x * draws) - round(y * BLOCK)
            for x, y in zip(ranked(found, "p", name).ranks, ranked(again, "p", name).ranks, strict=True)
        ]
        assert sum(counts) == 100
        assert min(counts) >= 0
