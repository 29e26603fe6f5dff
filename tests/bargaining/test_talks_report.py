"""What a negotiated run reports: counts of hand-made endings, the record, sentences, tables, CSV, figures, commands."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.bargaining import figure as talks_figure
from sim.bargaining import page as view
from sim.bargaining.candidates import candidates
from sim.bargaining.endings import AGREED, BREAKDOWN, NO_FAVOURITE, UNRATIFIED, Ending, Refused
from sim.bargaining.summary import TEXTS, _refusers, summarise_talks
from sim.bargaining.tactics import TACTICS, Seen
from sim.bargaining.tally import Refusals, TalksTally, tally_talks
from sim.bargaining.texts_by_draw import TextsByDraw
from sim.cli import app
from sim.engine.acceptability import TIE
from sim.engine.draws import BLOCK, stream
from sim.engine.exact_sums import ExactSum
from sim.engine.histogram import GAIN_BIN, count_gains
from sim.engine.packages import OPEN
from sim.engine.preferences import Memo, Preferences
from sim.engine.profiles import Case, compile_case
from sim.files.grammar import listed
from sim.report import figure as style
from sim.report import outcome as tables
from sim.report import page as sheets
from sim.results import saving
from sim.results.records import Objection
from sim.results.result import Result
from sim.results.talks import Negotiation
from sim.scenario import schema
from sim.simulation import figure as outcome_figure
from sim.simulation.runner import run_cases
from sim.simulation.summary import summarise
from sim.simulation.tally import Tally
from tests import domains
from tests.on_disk import NO_LINES

ROOT = Path(__file__).parents[2]
ISSUES = {"land": "abc", "army": "de", "flag": "xyz"}
NAN = float("nan")


@pytest.fixture(autouse=True)
def _at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def case_of(**negotiation: Any) -> Case:
    """Two principals, an alliance that is asked about ``d``, and a ratifier who is asked about ``c``; flag is open."""
    people = {
        "red": domains.party({"land": domains.position("abc", "major")}, name="Red"),
        "blue": domains.party({"land": domains.position("cba", "major")}, name="Blue"),
        "league": domains.party(
            {"army": domains.position("de", "major")},
            name="League",
            role="guarantor",
            consent={"when": [{"army": ["d"]}]},
        ),
        "people": domains.party(
            {"land": domains.position("bac", "major")},
            name="People",
            role="ratifier",
            consent={"when": [{"land": ["c"]}]},
        ),
    }
    scenario = domains.scenario(
        ISSUES,
        people,
        {"land": "a", "army": "d", "flag": None},
        {"war": {"land": "b", "army": "e", "flag": "y"}},
        negotiation={"protocol": "alternating_offers", "rounds": 4} | negotiation,
        draws=8,
    )
    return compile_case(scenario)


def padded(rows: list[Any], fill: Any, dtype: Any) -> Any:
    """The first draws of a block by hand; the others hold what must not count."""
    head = np.array(rows, dtype)
    return np.concatenate([head, np.full((BLOCK - len(head), *head.shape[1:]), fill, dtype)])


#: Eight draws by hand, land, army and flag; text by name. Four agree, two are not ratified, two break down.
OUTCOMES = [AGREED, AGREED, AGREED, AGREED, UNRATIFIED, UNRATIFIED, BREAKDOWN, BREAKDOWN]
TEXTS_BY_HAND = ["ad-", "ad-", "bex", "adx", "cd-", "cd-", "ad-", "ad-"]
ROUNDS = [1, 4, 4, 4, 2, 3, 0, 0]
PROPOSERS = [0, 1, 1, 1, 0, 0, -1, -1]
RED = [0.5, 0.1, 0.2, 0.0, 0.3, 0.3, NAN, NAN]
BLUE = [0.1, 0.1, 0.3, 0.4, 0.3, 0.3, NAN, NAN]
LEAGUE = [0.2, 0.2, -0.6, 0.2, 0.3, 0.3, NAN, NAN]
PEOPLE = [0.0, 0.0, 0.0, -0.2, -0.3, -0.3, NAN, NAN]
SLACK = [0.0, 0.0, 0.1, 0.3, 0.5, 0.5, NAN, NAN]
RED_OPENS = ["ad-", "ad-", "adx", "adx", "ad-", "ad-", "bd-", "bd-"]
BLUE_OPENS = ["ce-"] * 8
TAKEN = [True, False, False, False, True, False, True, False]
BEST = [0.6, 0.5, 0.3, NAN]
#: The seventh draw breaks down over Red, who would take nothing but b; in the eighth some text would have suited all.
MISSED = [False] * 7 + [True]


def row(text: str) -> list[int]:
    return [OPEN if o == "-" else ISSUES[i].index(o) for i, o in zip(ISSUES, text, strict=True)]


def views_of(case: Case) -> list[TextsByDraw]:
    memo = Memo(case.scenario.seed, 0)
    return [TextsByDraw(Preferences(p, case.space.sizes, memo), case.space) for p in case.profiles]


def refused(party: int, draws: list[int], texts: list[str]) -> Refused:
    return Refused(party, np.array(draws), np.array([row(t) for t in texts], np.int16))


def by_hand(case: Case, count_texts: bool = True, red_opens: list[str] = RED_OPENS, **more: Any) -> TalksTally:
    """``red_opens`` is empty where Red would rather have no deal."""
    ending = Ending(
        outcome=padded(OUTCOMES, AGREED, np.int8),
        text=padded([row(t) for t in TEXTS_BY_HAND], 1, np.int16),
        round=padded(ROUNDS, 2, np.int16),
        proposer=padded(PROPOSERS, 0, np.int8),
        gains=np.array([padded(g, 0.7, float) for g in (RED, BLUE, LEAGUE, PEOPLE)]),
        slack=padded(SLACK, 0.7, float),
        opening=np.array(
            [
                padded([row(t) if t else [NO_FAVOURITE] * 3 for t in texts], 1, np.int16)
                for texts in (red_opens, BLUE_OPENS)
            ]
        ),
        best=np.repeat(np.array(BEST)[:, None], BLOCK, axis=1),
        missed=padded(MISSED, True, bool),
        unavoidable=np.zeros(BLOCK, bool),
        in_the_way=(refused(0, [6, 9], ["ce-", "ad-"]),),
        turned_down=(refused(3, [4, 5, 8], ["cd-", "cd-", "ad-"]),),
    )
    accepted = padded(TAKEN, True, bool)
    return tally_talks(8, candidates(case), ending, accepted, count_texts, views=views_of(case), **more)


@pytest.fixture(scope="module")
def found() -> Negotiation:
    case = case_of(tactics={"red": "boulware"}, candidates={"texts": {"fair": {"land": "b", "army": "e", "flag": "x"}}})
    return summarise_talks(by_hand(case))


def test_shares_of_outcomes(found: Negotiation) -> None:
    assert (found.agreed.estimate, found.ratification_failed.estimate, found.broke_down.estimate) == (0.5, 0.25, 0.25)
    assert found.agreements == 4
    # Wilson's interval of 4 in 8: 0.5 +- 1.96 sqrt(1/32 + 1.96^2 / 256) / (1 + 1.96^2 / 8).
    assert found.agreed.low == pytest.approx(0.2152, abs=1e-4)
    assert found.agreed.high == pytest.approx(0.7848, abs=1e-4)


def test_rounds_are_those_of_agreements_ratified(found: Negotiation) -> None:
    assert found.rounds is not None
    assert (found.rounds.median, found.rounds.p05, found.rounds.p95) == (4, 1, 4)
    assert found.agreed_by_round == (0.0, 0.125, 0.125, 0.125, 0.5)


def test_who_proposed_and_who_moved(found: Negotiation) -> None:
    red, blue = found.proposers
    assert (red.party, red.proposed) == ("red", 0.25)
    assert (blue.party, blue.proposed) == ("blue", 0.75)
    land, army, flag = red.issues
    assert (land.opening, land.opening_share, land.agreed, land.agreed_share, land.moved) == (
        "a",
        0.75,
        "a",
        0.75,
        0.25,
    )
    assert (army.opening, army.opening_share, army.moved) == ("d", 1.0, 0.25)
    # Red opens with an open flag in six draws of eight. Flag x is agreed in draws three and four, with which it opened
    # there; x and open are equally frequent, and options come before open.
    assert (flag.opening, flag.opening_share, flag.agreed, flag.agreed_share, flag.moved) == (None, 0.75, "x", 0.5, 0.0)
    assert [m.moved for m in blue.issues] == [1.0, 0.75, 0.5]


def test_options_agreed(found: Negotiation) -> None:
    land, army, flag = found.issues
    assert (land.tabled, land.agreed, land.left_open) == ("a", {"a": 0.75, "b": 0.25, "c": 0.0}, 0.0)
    assert (army.tabled, army.agreed) == ("d", {"d": 0.75, "e": 0.25})
    assert (flag.tabled, flag.agreed, flag.left_open) == (None, {"x": 0.5, "y": 0.0, "z": 0.0}, 0.5)


def test_most_frequent_texts_with_their_names(found: Negotiation) -> None:
    assert found.different_texts == 3
    first, second, third = found.texts
    assert (first.share, first.tabled, first.names, first.changes) == (0.5, True, (), ())
    assert first.terms == {"land": "a", "army": "d", "flag": None}
    # Equally frequent: the one whose options come first.
    assert (second.share, second.terms["flag"], second.tabled, second.names) == (0.25, "x", False, ())
    assert [(c.issue, c.before, c.to) for c in second.changes] == [("flag", None, "x")]
    assert third.names == ("fair",)
    [failed] = found.unratified_texts
    assert (failed.share, [(c.issue, c.to) for c in failed.changes]) == (1.0, [("land", "c")])


def test_gains_are_over_the_agreements(found: Negotiation) -> None:
    red, blue, league, people = found.parties
    assert [p.at_table for p in found.parties] == [True, True, True, False]
    for party, gains in ((red, RED), (blue, BLUE), (league, LEAGUE), (people, PEOPLE)):
        assert party.gain is not None
        assert party.gain.mean == pytest.approx(fmean(gains[:4]))
        assert party.gain.net_of_delay is None
    assert red.gain
    assert abs(red.gain.median - 0.1) < 2 * GAIN_BIN
    assert [p.gain.worse_off for p in found.parties if p.gain] == [0.0, 0.0, 0.25, 0.25]


def test_delay_is_taken_off_from_the_second_round_on() -> None:
    case = case_of(delay_cost={"red": [0.0, 0.1]})
    delay = np.zeros((4, BLOCK))
    delay[0] = padded([0.01, 0.02, 0.03, 0.04, 0.1, 0.1, 0.1, 0.1], 0.5, float)
    found = summarise_talks(by_hand(case, delay=delay))
    red, blue, *_ = found.parties
    assert red.gain
    assert blue.gain
    assert red.gain.net_of_delay == pytest.approx(fmean([0.5, 0.1 - 0.06, 0.2 - 0.09, 0.0 - 0.12]))
    assert blue.gain.net_of_delay == pytest.approx(blue.gain.mean)
    assert found.settings.delay_cost == {"red": (0.0, 0.1)}


def test_efficiency_and_vote(found: Negotiation) -> None:
    assert found.efficiency is not None
    assert found.against_vote is not None
    assert found.efficiency.efficient.estimate == 0.5
    assert found.efficiency.mean_slack == pytest.approx(0.1)
    vote = found.against_vote
    assert vote.accepted.estimate == 0.375
    assert (vote.both, vote.agreed_only, vote.accepted_only, vote.neither) == (0.125, 0.375, 0.25, 0.25)


def test_settings_with_defaults_filled_in(found: Negotiation) -> None:
    how = found.settings
    assert (how.rounds, how.proposers, how.first_mover, how.table) == (
        4,
        ("red", "blue"),
        "random",
        ("red", "blue", "league"),
    )
    assert [(t.party, t.tactic, t.parameter, t.range) for t in how.tactics] == [
        ("red", "boulware", "exponent", (2.0, 5.0)),
        ("blue", "linear", None, None),
        ("league", None, None, None),
    ]
    assert (how.ratifiers, how.named_texts, how.temperature) == (("people",), ("fair",), None)
    # Three options, two, and three or open: all feasible, but b and e with flag y or open say no more than war.
    assert (how.candidates, how.every_text, how.changes) == (24 - 2, True, None)


def test_single_text_has_no_proposers_and_no_delay() -> None:
    case = case_of(protocol="single_text", temperature=0.02, delay_cost={"red": 0.1})
    found = summarise_talks(by_hand(case, delay=np.ones((4, BLOCK))))
    assert found.settings.proposers == ()
    assert found.settings.tactics == ()
    assert found.settings.first_mover is None
    assert found.settings.temperature == (0.02, 0.02)
    assert found.settings.delay_cost == {}
    assert all(p.proposed is None for p in found.proposers)
    assert all(p.gain and p.gain.net_of_delay is None for p in found.parties)


def test_blocks_add_up_and_take_no_more_room() -> None:
    case = case_of()
    total = by_hand(case)
    total += by_hand(case, count_texts=False)
    once, twice = summarise_talks(by_hand(case)), summarise_talks(total)
    assert total.draws == 16
    assert twice.agreements == 8
    assert twice.agreed.estimate == once.agreed.estimate
    assert twice.agreed.high < once.agreed.high
    for key in ("rounds", "agreed_by_round", "texts", "unratified_texts", "issues", "proposers"):
        assert getattr(twice, key) == getattr(once, key), key
    assert total.texts == by_hand(case).texts  # the second block's texts are not told apart
    assert total.gains.counts.tolist() == (2 * by_hand(case).gains.counts).tolist()
    assert total.rounds.shape == (5,)


def test_no_more_than_five_texts() -> None:
    case = case_of()
    tally = by_hand(case)
    rows = [(a, b, c) for a in range(3) for b in range(2) for c in range(-1, 3)]
    tally.texts = Counter({np.array(r, np.int16).tobytes(): 1 + k % 3 for k, r in enumerate(rows)})
    found = summarise_talks(tally)
    assert len(found.texts) == TEXTS == 5
    assert found.different_texts == len(rows)
    assert [t.share for t in found.texts] == [3 / tally.texts.total()] * 5


# --- a plain twin ---------------------------------------------------------------------------


def random_ending(case: Case, seed: int) -> Ending:
    rng = stream(seed, "test", "ending", 0)
    sizes = case.space.sizes
    outcome = rng.integers(0, 3, BLOCK).astype(np.int8)

    def texts(*shape: int) -> Any:
        return np.stack([rng.integers(-1, size, (*shape, BLOCK)) for size in sizes], axis=-1).astype(np.int16)

    def some_of(draws: Any, party: int) -> Refused:
        return Refused(party, np.flatnonzero(draws), texts()[draws])

    none = outcome == BREAKDOWN
    gains = rng.normal(0.0, 0.4, (len(case.profiles), BLOCK))
    gains[rng.random(gains.shape) < 0.1] = 0.0
    gains[:, none] = NAN
    slack = np.where(rng.random(BLOCK) < 0.5, 0.0, rng.random(BLOCK))
    slack[none] = NAN
    return Ending(
        outcome=outcome,
        text=texts(),
        round=np.where(none, 0, rng.integers(1, 5, BLOCK)).astype(np.int16),
        proposer=np.where(none, -1, rng.integers(0, 2, BLOCK)).astype(np.int8),
        gains=gains,
        slack=slack,
        opening=texts(2),
        best=rng.normal(0.5, 0.1, gains.shape),
        missed=none & (rng.random(BLOCK) < 0.3),
        unavoidable=none & (rng.random(BLOCK) < 0.2),
        in_the_way=tuple(some_of(none & (rng.random(BLOCK) < 0.4), i) for i in (0, 2)),
        turned_down=(some_of(outcome == UNRATIFIED, 3),),
    )


@pytest.mark.parametrize("draws", [1, 700, BLOCK])
def test_counts_are_those_of_a_plain_loop(draws: int) -> None:
    case = case_of()
    ending = random_ending(case, draws)
    accepted = stream(draws, "test", "accepted", 0).random(BLOCK) < 0.3
    delay = stream(draws, "test", "delay", 0).random((4, BLOCK)) / 10
    tally = tally_talks(draws, candidates(case), ending, accepted, True, views=views_of(case), delay=delay)
    agreed = [r for r in range(draws) if ending.outcome[r] == AGREED]
    width = 4
    for j, options in enumerate(case.space.options):
        for o in (OPEN, *range(len(options))):
            place = width - 1 if o == OPEN else o
            assert tally.options[j, place] == sum(ending.text[r, j] == o for r in agreed)
            for k in range(2):
                assert tally.openings[k, j, place] == sum(ending.opening[k, r, j] == o for r in range(draws))
        for k in range(2):
            assert tally.moved[k, j] == sum(ending.opening[k, r, j] != ending.text[r, j] for r in agreed)
    assert tally.rounds.tolist() == [sum(ending.round[r] == n for r in agreed) for n in range(5)]
    assert tally.by_proposer.tolist() == [sum(ending.proposer[r] == k for r in agreed) for k in range(2)]
    for i in range(4):
        net = sum(ending.gains[i, r] - delay[i, r] * (ending.round[r] - 1) for r in agreed)
        assert tally.net_sums.values[i] == pytest.approx(net)
        assert tally.gain_sums.values[i] == pytest.approx(sum(ending.gains[i, r] for r in agreed))
        assert tally.worse_off[i] == sum(ending.gains[i, r] < -TIE for r in agreed)
        assert tally.gains[i].total == len(agreed)
    for o in (BREAKDOWN, AGREED, UNRATIFIED):
        for taken in (False, True):
            same = [r for r in range(draws) if ending.outcome[r] == o and accepted[r] == taken]
            assert tally.vote[o, int(taken)] == len(same)
    assert tally.texts == Counter(ending.text[r].tobytes() for r in agreed)
    assert tally.unratified == Counter(
        ending.text[r].tobytes() for r in range(draws) if ending.outcome[r] == UNRATIFIED
    )
    assert tally.unratified_rounds.sum() == sum(ending.outcome[r] == UNRATIFIED for r in range(draws))
    assert tally.best_sums.values == pytest.approx(ending.best[:, agreed].sum(axis=1))
    assert tally.favourite_sums.values == pytest.approx(ending.best[:2, :draws].sum(axis=1))
    # Red and Blue are always asked, League about d, People about c; the tabled text has a, d.
    texts = [case.space.terms(ending.text[r]) for r in agreed]
    league, people = sum(t["army"] == "d" for t in texts), sum(t["land"] == "c" for t in texts)
    assert tally.asked.tolist() == [len(agreed), len(agreed), league, people]
    assert tally.all_asked == league
    broken = {r for r in range(draws) if ending.outcome[r] == BREAKDOWN}
    missed = {r for r in broken if ending.missed[r]}
    alone = {r for x in ending.in_the_way for r in x.draws.tolist() if r < draws}
    assert tally.missed == len(missed)
    assert tally.unavoidable == sum(bool(ending.unavoidable[r]) for r in broken)
    assert tally.unwilling.tolist() == [int((best[:draws] < -TIE).sum()) for best in ending.best]
    assert tally.unexplained == len(broken - missed - alone)
    for counts, told in ((tally.in_the_way, ending.in_the_way), (tally.turned_down, ending.turned_down)):
        for x in told:
            here = [(r, text) for r, text in zip(x.draws.tolist(), x.texts, strict=True) if r < draws]
            own = views_of(case)[x.party].preferences
            assert counts.draws[x.party] == counts.lost[x.party] == len(here)
            others = [r for y in told if y is not x for r in y.draws.tolist()]
            assert counts.sole[x.party] == sum(r not in others for r, _ in here)
            for j in range(3):
                for o in range(case.space.sizes[j]):
                    term = own.term(j, o)
                    found = 0.0 if term is None else sum(term[r] for r, text in here if text[j] == o)
                    assert counts.terms.values[x.party, j, o] == pytest.approx(found)
    assert tally.efficient == sum(ending.slack[r] <= TIE for r in agreed)
    assert tally.slack.values == pytest.approx(sum(ending.slack[r] for r in agreed))


# --- what is printed ------------------------------------------------------------------------


def result_of(case: Case, **changed: Any) -> Result:
    """A result with talks by hand; ``changed`` replaces fields of the tally."""
    scored = case.scenario.model_copy(update={"negotiation": schema.NegotiationSettings()})
    [tally] = run_cases([compile_case(scored)])
    return with_talks(case, tally, by_hand(case), **changed)


def with_talks(case: Case, tally: Tally, talks: TalksTally, **changed: Any) -> Result:
    tally.talks = replace(talks)
    for name, value in changed.items():
        setattr(tally.talks, name, value)
    return summarise(case, tally, "0", [])


@pytest.fixture(scope="module")
def result() -> Result:
    return result_of(case_of(tactics={"red": "boulware"}, delay_cost={"blue": [0.0, 0.01]}))


@pytest.fixture(scope="module")
def nothing() -> Result:
    """No draw ends in agreement."""
    case = case_of()
    talks = by_hand(case)
    counts = ("rounds", "by_proposer", "options", "compared", "moved", "worse_off", "asked", "unwilling")
    empty: dict[str, Any] = {name: np.zeros_like(getattr(talks, name)) for name in counts}
    empty |= {name: ExactSum.of(np.zeros(4)) for name in ("gain_sums", "net_sums", "best_sums")}
    empty["gains"] = count_gains(np.empty((4, 0)))
    outcomes, vote = np.array([6, 0, 2]), np.array([[4, 2], [0, 0], [1, 1]])
    return result_of(
        case, **empty, outcomes=outcomes, vote=vote, slack=ExactSum.of(0.0), efficient=0, all_asked=0, texts=Counter()
    )


def printed(page: sheets.Page, full: bool = True) -> str:
    from rich.console import Console

    out = io.StringIO()
    Console(width=100, no_color=True, file=out).print(sheets.screen(page, 100, full))
    return out.getvalue()


def test_every_key_is_there_and_null_without_agreement(result: Result, nothing: Result) -> None:
    full, empty = (json.loads(x.to_json())["negotiation"] for x in (result, nothing))
    assert full.keys() == empty.keys()
    assert empty["rounds"] is None
    assert empty["efficiency"] is None
    assert empty["texts"] == []
    assert [p["gain"] for p in empty["parties"]] == [None] * 4
    assert {(i["agreed"], i["left_open"]) for i in empty["issues"]} == {(None, None)}
    moves = [m for p in empty["proposers"] for m in p["issues"]]
    assert {(m["agreed"], m["agreed_share"], m["moved"]) for m in moves} == {(None, None, None)}
    assert all(m["opening_share"] > 0 for m in moves)
    assert empty["agreed_by_round"] == [0.0] * 5
    assert "NaN" not in nothing.to_json()
    assert "NaN" not in result.to_json()
    assert Result.model_validate_json(result.to_json(), strict=True).to_json() == result.to_json()


def test_verdict_stays_that_of_the_text(result: Result) -> None:
    alone = result_of(case_of()).model_copy(update={"negotiation": None})
    assert result.verdict == alone.verdict
    assert result.joint_acceptability == alone.joint_acceptability
    assert result.parties == alone.parties


def test_lead_reads_aloud(result: Result) -> None:
    assert view.page(result).lead == (
        "In talks of alternating offers by Red and Blue over up to 4 rounds the parties agree in 75% of draws. "
        "League is "
        "asked where needed. In 50% the agreement stands (only 4 draws). In 25% it is turned down by People "
        "(land: c costs it most). In 25% the talks break down. In 50% of these some text that may be proposed would "
        "have suited all whom it needs, but nobody came down to it in time. In 50% of breakdowns there are texts that "
        "suit all others whom they need, but Red refuses each (land: c costs it most). By the last round all of them "
        "would take whatever is no worse than no deal, so tactics decide when and on what they agree, not whether. "
        "Agreements before ratification count the draws in which some text that may be proposed suits everybody at the "
        "table it needs. Which texts these are and who has a say are assumptions. The share agreed is not the "
        "chance that talks would succeed. Talks have no figure on the evidence alone."
    )


@pytest.mark.parametrize("tactic", ["hardliner", "ultimatum", "tit_for_tat", "micro"])
def test_lead_leaves_the_share_to_tactics_where_somebody_may_not_yield(tactic: str) -> None:
    assert view.page(result_of(case_of(tactics={"red": tactic}))).lead.endswith(
        "Who makes offers, tactics, deadline and which texts may be proposed are assumptions. The share agreed "
        "is what follows from them, not the chance that talks would succeed. Talks have no figure on the evidence "
        "alone."
    )


def test_tactics_that_yield_are_at_no_deal_in_the_last_round() -> None:
    best, parameter, unmoved = np.array([0.0, 0.3, 1.0]), np.full(3, 1.0), np.zeros(3)
    for name, tactic in TACTICS.items():
        seen = Seen(best, unmoved, best)
        assert (tactic.aspiration(best, 1.0, parameter, seen) == 0.0).all() == tactic.yields, name


@pytest.mark.parametrize(
    ("missed", "unavoidable", "tactics", "words"),
    [
        (4, 0, {"red": "hardliner"}, "suited all whom it needs, but nobody came down to it in time."),
        (
            4,
            4,
            {"red": "hardliner"},
            "but none brings Red what it insists on to the end, so the talks must break down.",
        ),
        (
            4,
            2,
            {"red": "hardliner", "blue": "ultimatum"},
            "nobody came down to it in time; in 50% of these none brings Red and Blue what they insist on to the end.",
        ),
    ],
)
def test_lead_says_where_talks_had_to_break_down(
    missed: int, unavoidable: int, tactics: dict[str, str], words: str
) -> None:
    counts = {"outcomes": np.array([4, 4, 2]), "missed": missed, "unavoidable": unavoidable}
    found = result_of(case_of(tactics=tactics), **counts)
    page = view.page(found)
    assert words in page.lead
    table = next(s for s in page.sheets if s.title == "What stands in the way where there is no agreement")
    rows = [row[1:] for row in table.rows]
    stands = [r for r in rows if r[3] == "some text suits all it needs, none brings what is insisted on to the end"]
    assert [r[0] for r in stands] == ([f"{25 * unavoidable}%"] if unavoidable else [])
    assert [r[0] for r in rows if r[2] == "tactics"] == ([f"{25 * (4 - unavoidable)}%"] if unavoidable < 4 else [])
    assert found.negotiation is not None
    assert found.negotiation.breakdown is not None
    assert found.negotiation.breakdown.unavoidable == unavoidable / 4
    assert f"breakdown.unavoidable,{unavoidable / 4}" in saving.csv_text([found])


def test_lead_without_agreement(nothing: Result) -> None:
    page = view.page(nothing)
    assert "the parties agree in 25% of draws. League is asked where needed. In none the agreement stands." in page.lead
    assert "In 25% it is turned down by" in page.lead
    assert "not the chance that talks would succeed" in page.lead
    assert [s.title for s in page.sheets] == [
        "What stands in the way where there is no agreement",
        "Texts most often turned down in ratification",
    ]
    assert not any("nan" in cell.lower() for s in page.sheets for r in s.rows for cell in r)


#: As many draws as are enough to speak of shares among agreements.
MANY: dict[str, Any] = {"outcomes": np.array([20, 200, 20]), "draws": 240}


def test_lead_names_a_text_that_has_a_name() -> None:
    case = case_of(candidates={"texts": {"fair": {"land": "b", "army": "e", "flag": "x"}}})
    found = result_of(case, texts=Counter({np.array([1, 1, 0], np.int16).tobytes(): 3}), **MANY)
    assert "most often the text 'fair' (100% of the agreements)" in view.page(found).lead
    [row] = next(s for s in view.page(found).sheets if s.title == "Texts most often agreed on").rows
    assert row == ("100%", "fair = land: b, army: e, flag: x")


def test_lead_says_where_no_text_stands_out() -> None:
    rows = [np.array([a, b, c], np.int16).tobytes() for a in range(3) for b in range(2) for c in range(-1, 3)]
    found = result_of(case_of(), texts=Counter(dict.fromkeys(rows, 1)), **MANY)
    assert "24 different texts of which none stands out" in view.page(found).lead


def test_lead_of_single_text_claims_no_offers() -> None:
    lead = view.page(result_of(case_of(protocol="single_text"))).lead
    assert lead.startswith("In talks on a single text, amended by a mediator over 4 rounds, the parties agree")
    assert "Red, Blue and League vote on it, each where it is asked." in lead
    assert "tactics" not in lead
    assert "offers" not in lead
    assert "are assumptions. The share agreed is what follows from them, not the chance" in lead


def loss(party: str) -> float:
    """What land: c costs a party in the draws in which, by hand, it refuses a text with it."""
    case = case_of()
    k, draws = (0, [6]) if party == "red" else (3, [4, 5])
    term = views_of(case)[k].preferences.term(0, 2)
    assert term is not None
    return -float(term[draws].mean())


def test_tables_hold_the_figures(result: Result) -> None:
    gains, moves, texts, against, failed = view.page(result).sheets
    assert [r[0] for r in gains.rows] == ["Red", "Blue", "League", "People"]
    assert [r[1] for r in gains.rows] == ["makes offers", "makes offers", "at the table", "ratifies"]
    # Makers of offers have a say in everything; the agreed texts need League in three of four, People in none.
    assert [r[2] for r in gains.rows] == ["100%", "100%", "75%", "0%"]
    assert [r[4] for r in gains.rows] == ["+0.20", "+0.23", "+0.00", "-0.05"]
    assert [r[5] for r in gains.rows] == ["+0.60", "+0.50", "+0.30", "-"]
    # Delay costs Blue alone; by hand it cost nothing.
    assert [r[6] for r in gains.rows] == ["-", "+0.23", "-", "-"]
    assert [r[7] for r in gains.rows] == ["-", "-", "25%", "25%"]
    assert [r[8] for r in gains.rows] == ["25%", "75%", "-", "-"]
    assert moves.rows == (
        ("land", "Red", "a* 75%", "25%", "a* 75%"),
        ("", "Blue", "c 100%", "100%", "b 25%"),
        ("army", "Red", "d* 100%", "25%", "d* 75%"),
        ("", "Blue", "e 100%", "75%", "e 25%"),
        ("flag", "Red", "left open* 75%", "0%", "x 50%"),
        ("", "Blue", "left open* 100%", "50%", "left open* 50%"),
    )
    assert texts.rows == (("50%", "nothing changed"), ("25%", "flag: x"), ("25%", "land: b, army: e, flag: x"))
    assert failed.rows == (("100%", "land: c"),)
    assert against.rows == (
        ("25% break down", "50%", "", "tactics", "some text suits all it needs"),
        ("", "50%", "50%", "Red", f"land: c (-{loss('red'):.2f})"),
        ("25% not ratified", "100%", "100%", "People", f"land: c (-{loss('people'):.2f})"),
    )


def test_issues_on_which_nothing_differs_are_only_named() -> None:
    case = case_of()
    talks = by_hand(case)
    options, openings, moved = talks.options.copy(), talks.openings.copy(), talks.moved.copy()
    options[0], openings[:, 0], moved[:, 0] = [4, 0, 0, 0], [8, 0, 0, 0], 0
    page = view.page(result_of(case, options=options, openings=openings, moved=moved))
    assert [r[0] for r in page.sheets[1].rows if r[0]] == ["army", "flag"]
    assert "Not in the table, and as tabled in all agreements: land." in page.notes


def test_an_issue_on_which_somebody_opens_elsewhere_is_shown() -> None:
    case = case_of()
    options = by_hand(case).options.copy()
    options[0] = [4, 0, 0, 0]
    page = view.page(result_of(case, options=options))
    assert [r[0] for r in page.sheets[1].rows if r[0]] == ["land", "army", "flag"]  # Blue opens with c


def test_issues_that_move_least_are_left_out_of_a_long_table() -> None:
    found = sim.run("scenarios/armed_neutrality.yaml", draws=300, protocol="alternating_offers", edits=NO_LINES)
    talks = found.negotiation
    assert talks is not None
    assert talks.agreements
    page = view.page(found)
    kept = {
        found.labels.issue(i.issue): i.left_open if i.tabled is None else i.agreed[i.tabled]
        for i in talks.issues
        if i.agreed
    }
    shown = [r[0] for r in page.sheets[1].rows if r[0]]
    assert len(shown) == view.SHOWN
    assert [i for i in kept if i in shown] == shown
    others = [i for i in kept if i not in shown]
    assert page.notes[0].endswith(": " + listed(others) + ".")


def test_notes(result: Result) -> None:
    assert list(view.page(result).notes) == [
        "Only 4 draws end in agreement: shares among them are rough.",
        "Break down over a party: some texts that may be proposed would suit all others whom they need, but the party "
        "refuses each; shown is its objection to the one it minds least. This may hold for several parties in a draw, "
        "so rows do not add up.",
        "Of what the text it likes best would bring, the agreements give Red 33% and Blue 45% on average.",
        "Agreements come in round 4 of 4 (median; 5 to 95% of agreements: 1 to 4), 75% of them in the last round, "
        "under the deadline.",
        "Taken or left, the text as tabled is accepted by all in 38% of draws; the talks end in an agreement that "
        "stands in 38% in which it would not be and without one in 25% in which it would be.",
        "No longer asked, though the text as tabled needs its consent: League in 25% of agreements.",
        "Worse off than with no deal, by agreements that do not need its consent: League in 25% and People in 25% of "
        "agreements.",
        "In 50% of agreements no other text that all it needs would take is better for everybody who agreed; on "
        "average each of them could have gained 0.100 more (ratifiers are not counted).",
        "Assumed: Red boulware (exponent 2 to 5); Blue linear; League takes whatever is no worse than no deal; first "
        "offer drawn by lot; a round of delay costs Blue 0 to 0.01.",
        "Assumed too: whoever makes an offer knows what texts bring the others and which cross their lines. Of those "
        "that bring it what it insists on it offers the one best for them, so what is left over goes to those who "
        "accept. Nobody foresees what People will ratify, so some text that would pass may be missed.",
        "22 texts may be proposed: every feasible one.",
        "Left out, since it is no agreement: what says no more than no deal (outcome 'war').",
        "95% intervals, sampling error only: agreement stands 21.5 to 78.5%, not ratified 7.1 to 59.1% and broken down "
        "7.1 to 59.1%.",
    ]


def objections(lines: list[int], lost: int, draws: int = 8) -> Objection | None:
    """What Red objects to whose two lines, an assumed one and a stated one, are crossed in so many draws."""
    red = {
        "land": domains.position(
            "abc",
            "major",
            red_lines=[domains.line("a", "assumed"), domains.line("b")],
        ),
        "army": domains.position("de", "major"),
    }
    issues = {"land": "abc", "army": "de"}
    case = compile_case(
        domains.scenario(issues, {"red": domains.party(red)}, {"land": "a", "army": "d"}, {"war": {"land": "b"}})
    )
    terms = np.array([[[-0.4, 0.0, 0.3], [0.2, -0.8, 0.0]]])
    counts = Refusals(np.array([draws]), np.array([draws]), np.array([lines]), np.array([lost]), ExactSum.of(terms))
    [told] = _refusers(case, counts, 16)
    assert told.share == draws / 16
    return told.objection


def test_the_firmest_line_of_half_the_refusals_is_told_then_the_most_frequent_then_the_dearest_issue() -> None:
    both = objections([8, 4], 0)
    assert both is not None
    assert (both.option, both.basis, both.share, both.mean_loss) == ("b", "stated", 0.5, None)
    firm = objections([3, 2], 3)
    assert firm is not None
    assert (firm.kind, firm.option, firm.share) == ("red_line", "a", 3 / 8)
    dear = objections([1, 1], 6)
    assert dear is not None
    assert (dear.kind, dear.issue, dear.option, dear.share, dear.term_basis) == ("issue", "army", "e", 6 / 8, None)
    assert dear.mean_loss == pytest.approx(0.8 / 6)


def with_settings(found: Result, parts: dict[str, Any], **changed: Any) -> Result:
    """The result with other talks; ``parts`` are of their settings."""
    assert found.negotiation is not None
    settings = found.negotiation.settings.model_copy(update=parts)
    return found.model_copy(
        update={"negotiation": found.negotiation.model_copy(update={"settings": settings} | changed)}
    )


def test_agreements_that_use_up_the_changes_say_how_to_allow_more(result: Result) -> None:
    def said(changes: int | None, share: float | None) -> list[str]:
        page = view.page(with_settings(result, {"changes": changes}, at_limit=share))
        return [n for n in page.notes if "uses up" in n]

    assert said(2, 0.75) == [
        "In 75% of agreements the text uses up the 2 changes allowed, so terms may stand for that reason alone; --set "
        "negotiation.candidates.changes=3 allows more, if not too many."
    ]
    assert said(3, 0.75) == [
        "In 75% of agreements the text uses up the 3 changes allowed, so terms may stand for that reason alone."
    ]
    assert said(2, 0.4) == said(None, None) == []


def test_delay_that_eats_up_all_gains_is_warned_of(result: Result) -> None:
    def said(cost: float, rounds: int) -> list[str]:
        how = {"delay_cost": {"blue": (0.0, cost)}, "rounds": rounds}
        return [n for n in view.page(with_settings(result, how)).notes if n.startswith("At the dearest")]

    # What Blue likes best brings 0.5: five rounds after the first at 0.1.
    assert said(0.1, 10) == [
        "At the dearest, delay has cost Blue by round 6 of 10 as much as the text it likes best brings on average; "
        "from then on it takes whatever is no worse than no deal. What waiting has cost is never a reason to walk out, "
        "so net of delay an agreement may be worth less than no deal at once."
    ]
    assert said(0.1, 6) == said(0.0, 10) == []


def test_draws_without_a_favourite_are_counted_apart() -> None:
    case = case_of(protocol="single_text")
    tally = by_hand(case, red_opens=["ad-", "", "adx", "", "ad-", "", "bd-", ""])
    assert tally.compared.tolist() == [2, 4]
    found = result_of(case, openings=tally.openings, compared=tally.compared, moved=tally.moved)
    assert found.negotiation is not None
    red, blue = found.negotiation.proposers
    assert (red.prefers_no_deal, blue.prefers_no_deal) == (0.5, 0.0)
    land, _, flag = red.issues
    assert (land.opening, land.opening_share, flag.opening, flag.opening_share) == ("a", 0.75, None, 0.75)
    # Of the first and the third draw, which end in ad- and bex.
    assert (land.moved, flag.moved) == (0.5, 0.0)
    page = view.page(
        result_of(
            case,
            openings=tally.openings,
            compared=tally.compared,
            moved=tally.moved,
            unwilling=np.array([4, 0, 0, 0]),
        )
    )
    assert page.notes[0] == (
        "Would rather have no deal than any text that may be proposed: Red in 50% of draws. What is in its best text "
        "leaves these draws out."
    )
    never = by_hand(case, red_opens=[""] * 8)
    found = result_of(case, openings=never.openings, compared=never.compared, moved=never.moved)
    assert found.negotiation is not None
    assert {(m.opening, m.opening_share, m.moved) for m in found.negotiation.proposers[0].issues} == {(None,) * 3}
    assert view.page(found).sheets[1].rows[0][1:3] == ("Red", "-")
    assert "likes best – Red: no deal · Blue: c 100%" in words(talks_figure.draw(found))
    assert Result.model_validate_json(found.to_json(), strict=True).to_json() == found.to_json()
    made = saving.csv_text([found])
    assert "red,talks.opening" not in made
    assert "blue,talks.opening" in made


def test_candidates_that_reach_no_further_are_told_in_the_title() -> None:
    how = result_of(case_of())
    assert how.negotiation is not None
    assert view.page(how).sheets[1].title == "What each would like best, and what is agreed (* as tabled)"
    for protocol, what in (("alternating_offers", "texts"), ("single_text", "favourites")):
        near = how.negotiation.settings.model_copy(update={"changes": 2, "every_text": False, "named_texts": ("fair",)})
        talks = how.negotiation.model_copy(update={"settings": near, "protocol": protocol})
        title = view.page(how.model_copy(update={"negotiation": talks})).sheets[1].title
        assert title == (
            f"What each would like best, and what is agreed (* as tabled; {what} differ in at most 2 terms, or are "
            "named ones)"
        )


def test_who_is_needed_by_an_agreed_text_is_at_the_table_though_no_candidate_needs_it() -> None:
    case = case_of(protocol="single_text")
    tally = by_hand(case)
    assert tally.concerned.tolist() == [6, 6, 5, 2]  # League is asked about d, People about c
    vars(tally.candidates).update(table=(0, 1), ratifiers=())  # as if no candidate needed League or People
    found = summarise_talks(tally)
    assert (found.settings.table, found.settings.ratifiers) == (("red", "blue", "league"), ("people",))
    assert [p.at_table for p in found.parties] == [True, True, True, False]


def test_a_single_text_that_nobody_agrees_on_and_nobody_would_have(nothing: Result) -> None:
    assert nothing.negotiation is not None
    talks = nothing.negotiation
    none = talks.agreed.model_copy(update={"estimate": 0.0})
    assert talks.against_vote is not None
    talks = talks.model_copy(
        update={
            "protocol": "single_text",
            "ratification_failed": none,
            "against_vote": talks.against_vote.model_copy(
                update={"accepted": none, "both": 0.0, "agreed_only": 0.0, "accepted_only": 0.0, "neither": 1.0}
            ),
        }
    )
    page = view.page(nothing.model_copy(update={"negotiation": talks}))
    assert "the parties agree in no draw: the talks always break down." in page.lead
    assert "Taken or left, the text as tabled is accepted by all in no draw either." in page.notes


def test_notes_say_what_edits_change(result: Result) -> None:
    assert result.negotiation is not None
    assert result.negotiation.rounds is not None
    red, blue = result.negotiation.proposers
    less = result.negotiation.model_copy(
        update={
            "rounds": result.negotiation.rounds.model_copy(update={"median": 2}),
            "proposers": (red, blue.model_copy(update={"proposed": 0.5})),
        }
    )
    before = result.model_copy(update={"negotiation": less})
    assert view.page(result, before).notes[-1] == (
        "What the edits do to the agreements, on the same draws: median round 2 to 4, Blue's offer 50% to 75%."
    )
    unmoved = "The edits move neither the round of agreement nor what agreements bring."
    assert view.page(result, result).notes[-1] == unmoved


def test_page_fits_a_hundred_columns_and_markdown_has_the_same(result: Result, nothing: Result) -> None:
    for each in (result, nothing):
        assert max(map(len, printed(view.page(each)).splitlines())) <= 100
    made = tables.markdown(result, None, sheets.markdown(view.page(result)))
    assert "### Talks: alternating offers" in made
    assert "| 25% | flag: x |" in made
    assert made.index("### Talks") < made.index("not a forecast")
    assert made.count("not a forecast") == 1


def test_the_first_screen_answers_in_few_lines(result: Result, nothing: Result) -> None:
    for found in (result, nothing, result_of(case_of(protocol="single_text"))):
        page = view.page(found)
        first = printed(page, full=False)
        assert len(first.splitlines()) <= 20
        notes = [n for n in page.notes if not isinstance(n, sheets.Detail)]
        assert {n.split()[0] for n in notes} <= {"Only", "Taken", "Assumed:"}
        assert f"- {len(page.sheets)} more tables and {len(page.notes) - len(notes)} more notes with --full." in first
        assert page.brief is not None
        # Nothing new is in it: each of its sentences is one of the lead's.
        assert all(sentence in page.lead for sentence in re.split(r"(?<=[.)]) (?=[A-Z])", page.brief))
        assert "the chance that talks would succeed." in page.brief


def test_what_edits_move_is_on_the_first_screen(result: Result) -> None:
    moved = [n for n in view.page(result, result).notes if "edits move neither" in n]
    assert len(moved) == 1
    assert not isinstance(moved[0], sheets.Detail)


def test_a_vote_has_no_page(result: Result) -> None:
    with pytest.raises(ValueError, match="there were no talks"):
        view.page(result.model_copy(update={"negotiation": None}))


def test_csv_has_the_talks(result: Result) -> None:
    found = list(csv.DictReader(io.StringIO(saving.csv_text([result]))))
    figures = {(r["party"], r["measure"]): (r["value"], r["low"], r["high"]) for r in found}
    assert len(figures) == len(found)
    assert figures["", "talks.agreed"][0] == "0.5"
    assert figures["", "talks.agreed"][1] != ""
    assert figures["", "talks.round"] == ("4", "1", "4")
    assert figures["", "talks.agreed_by_round.4"][0] == "0.5"
    assert figures["", "talks.option.land.b"][0] == "0.25"
    assert figures["", "talks.left_open.flag"][0] == "0.5"
    assert figures["", "talks.text.land: b; army: e; flag: x"][0] == "0.25"
    assert figures["", "talks.unratified_text.land: c"][0] == "1.0"
    assert figures["", "talks.against_vote.agreed_only"][0] == "0.375"
    assert figures["red", "talks.moved.land"][0] == "0.25"
    assert figures["blue", "talks.opening.land.c"][0] == "1.0"
    assert figures["blue", "talks.proposed"][0] == "0.75"
    assert figures["red", "talks.prefers_no_deal"][0] == "0.0"
    assert float(figures["league", "talks.mean_gain"][0]) == pytest.approx(0.0)


def test_csv_of_a_vote_says_nothing_of_talks(result: Result, nothing: Result) -> None:
    assert "talks." not in saving.csv_text([result.model_copy(update={"negotiation": None})])
    assert "nan" not in saving.csv_text([nothing]).lower()


# --- figures --------------------------------------------------------------------------------


def words(fig: Any) -> str:
    from matplotlib.text import Text

    return "\n".join(t.get_text() for t in fig.findobj(Text))


def test_figure_of_talks(result: Result, tmp_path: Path) -> None:
    fig = talks_figure.draw(result)
    bars, curve = fig.axes
    # Two options on each of land, army and flag; widths in per cent of the agreements.
    assert [round(p.get_width()) for p in bars.patches] == [75, 25, 75, 25, 50, 50]
    said = words(fig)
    assert "a 75%" in said
    assert "left open 50%" in said
    assert "likes best – Red: a 75% · Blue: c 100%" in said
    assert "agreed and ratified, 50% in the end" in said
    assert "taken or left, 38%" in said
    assert "agreed, then turned down in ratification, 25%" in said
    assert "no agreement yet; 25% break down" in said
    # From round 4 on half of the draws have agreed, and a quarter more has been turned down.
    edges = [sorted({y for x, y in part.get_paths()[0].vertices if x == 4.5}) for part in curve.collections]
    assert edges == [[0, 50], [50, 75], [75, 100]]
    assert "Alternating offers" in said
    assert "Test, text of 2022-03-01; 8 draws, seed 1" in said
    path = tmp_path / "talks.svg"
    style.write(fig, path)
    first = path.read_bytes()
    style.write(talks_figure.draw(result), path)
    assert path.read_bytes() == first


def test_figure_lists_the_issues_it_does_not_draw() -> None:
    case = case_of()
    options = by_hand(case).options.copy()
    options[0] = [4, 0, 0, 0]
    fig = talks_figure.draw(result_of(case, options=options))
    assert len(fig.axes[0].patches) == 4
    assert re.search(r"as tabled in over\s+95% of agreements: land\.", words(fig))
    options[0] = [0, 4, 0, 0]
    fig = talks_figure.draw(result_of(case, options=options))
    assert re.search(r"changed in over\s+95%: land \(b, not a\)\.", words(fig))


def test_small_options_are_drawn_together_and_named_above_the_bar() -> None:
    case = case_of()
    options = by_hand(case).options.copy()
    options[0] = [94, 3, 1, 2]
    fig = talks_figure.draw(result_of(case, options=options, outcomes=np.array([2, 100, 2]), draws=104))
    assert [round(p.get_width(), 6) for p in fig.axes[0].patches[:2]] == [94, 3]
    assert "also left open 2%, c 1%" in words(fig)


def test_figure_without_agreement(nothing: Result) -> None:
    fig = talks_figure.draw(nothing)
    assert "No draw ends in agreement." in words(fig)
    assert not fig.axes[0].patches


def test_a_single_text_may_go_further_than_any_candidate(result: Result) -> None:
    near = {"changes": 1, "every_text": False}
    single = with_settings(result, near, protocol="single_text")
    assert "at best" not in [c.heading for c in view.page(single).sheets[0].columns]
    assert "at best" in [c.heading for c in view.page(with_settings(result, near)).sheets[0].columns]


def test_who_makes_offers_is_asked_whatever_the_text_needs(result: Result) -> None:
    assert result.negotiation is not None
    parties = tuple(p.model_copy(update={"asked": 0.4}) for p in result.negotiation.parties)
    page = view.page(with_settings(result, {}, parties=parties))
    [said] = [n for n in page.notes if n.startswith("No longer asked")]
    assert said == "No longer asked, though the text as tabled needs its consent: League in 60% of agreements."


def test_figure_of_a_vote() -> None:
    found = sim.run("scenarios/istanbul.yaml", draws=500)
    fig = outcome_figure.draw(found)
    [axes] = fig.axes
    heard = [p for p in found.parties if not p.silent]
    for bar, party in zip(axes.patches, heard, strict=True):
        width = party.on_evidence.possible - party.on_evidence.necessary
        assert bar.get_width() == pytest.approx(100 * max(width, 0.006))
        assert bar.get_x() == pytest.approx(100 * min(party.on_evidence.necessary, 0.994))
    points = [line for line in axes.lines if line.get_marker() in "oD"]
    assert found.joint_acceptability is not None
    shares = [p.acceptability.estimate for p in heard] + [found.joint_acceptability.estimate]
    assert [float(p.get_xdata()[0]) for p in points] == pytest.approx([100 * s for s in shares])
    hollow = [p.get_markerfacecolor() == "white" for p in points]
    assert hollow == [not p.consent_needed for p in heard] + [False]
    assert "one half" in words(fig)


# --- the command ----------------------------------------------------------------------------


def call(*args: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["run", "--no-save", *map(str, args)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def test_run_draws_a_vote(tmp_path: Path) -> None:
    path = tmp_path / "run.png"
    code, out, err = call("scenarios/istanbul.yaml", "--draws", "200", "--plot", path)
    assert code == 0
    assert path.read_bytes().startswith(b"\x89PNG")
    assert f"wrote {path}" in err
    assert "Talks" not in out


def test_a_figure_shows_one_scenario(tmp_path: Path) -> None:
    path = tmp_path / "run.png"
    code, _, err = call("scenarios/istanbul.yaml", "scenarios/membership.yaml", "--plot", path)
    assert code == 2
    assert "sim compare --plot" in " ".join(err.replace("│", " ").split())
    assert not path.exists()


def test_a_bad_figure_path_stops_the_run_before_it_begins(tmp_path: Path) -> None:
    code, out, err = call("scenarios/istanbul.yaml", "--plot", tmp_path / "run.pdf")
    assert code == 2
    assert out == ""
    assert ".svg" in err


# --- end to end -----------------------------------------------------------------------------

#: Talks with agreements, and without where the lines that two parties hold meet in no text.
TALKED = {
    "istanbul": ("istanbul", ()),
    "lavrov": ("lavrov_2025", NO_LINES),
    "nothing": (
        "lavrov_2025",
        ("russia.crimea.red_lines=[returned, deferred, de_facto]", "ukraine.crimea.red_lines=[recognised]"),
    ),
}


@pytest.fixture(
    scope="module",
    params=[(name, protocol) for name in TALKED for protocol in ("alternating_offers", "single_text")],
    ids="-".join,
)
def talked(request: pytest.FixtureRequest) -> Result:
    name, protocol = request.param
    text, edits = TALKED[name]
    result = sim.run(ROOT / "scenarios" / f"{text}.yaml", draws=600, protocol=protocol, edits=edits)
    assert result.negotiation is not None
    assert bool(result.negotiation.agreements) == (name != "nothing")
    return result


def test_shares_of_a_real_run_hang_together(talked: Result) -> None:
    talks = talked.negotiation
    assert talks is not None
    ends = (talks.agreed.estimate, talks.ratification_failed.estimate, talks.broke_down.estimate)
    assert sum(ends) == pytest.approx(1.0)
    assert talks.agreements == round(talks.agreed.estimate * 600)
    assert talks.agreed_by_round[-1] == talks.agreed.estimate
    assert list(talks.agreed_by_round) == sorted(talks.agreed_by_round)
    assert len(talks.agreed_by_round) == talks.settings.rounds + 1
    for issue in talks.issues:
        if talks.agreements:
            assert issue.agreed is not None
            assert issue.left_open is not None
            assert sum(issue.agreed.values()) + issue.left_open == pytest.approx(1.0)
        else:
            assert issue.agreed is issue.left_open is None
    vote = talks.against_vote
    assert vote is not None
    assert vote.both + vote.agreed_only == pytest.approx(talks.agreed.estimate)
    assert vote.both + vote.accepted_only == pytest.approx(vote.accepted.estimate)
    assert vote.accepted == talked.joint_acceptability
    if talks.protocol == "alternating_offers":
        assert sum(p.proposed or 0.0 for p in talks.proposers) == pytest.approx(1.0 if talks.agreements else 0.0)
        assert talks.agreed_by_round[0] == 0.0
    assert talks.settings.candidates > 100
    losers = {p.party for p in talks.parties if p.gain and p.gain.worse_off}
    assert not losers & {"russia", "ukraine"}


def test_a_real_run_prints_and_keeps(talked: Result, tmp_path: Path) -> None:
    assert max(map(len, printed(view.page(talked)).splitlines())) <= 100
    assert sheets.markdown(view.page(talked)).startswith("### Talks: ")
    assert Result.model_validate_json(talked.to_json(), strict=True).to_json() == talked.to_json()
    style.write(talks_figure.draw(talked), tmp_path / "talks.png")


def test_a_vote_is_untouched_by_talks(talked: Result) -> None:
    alone = sim.run(ROOT / "scenarios" / f"{talked.scenario.id}.yaml", draws=600, edits=talked.settings.edits)
    assert alone.negotiation is None
    settings = talked.settings.model_copy(update={"protocol": "vote"})
    plain = {"negotiation": None, "settings": settings, "scenario": alone.scenario}
    assert talked.model_copy(update=plain) == alone


def test_run_negotiates(tmp_path: Path) -> None:
    path = tmp_path / "talks.svg"
    few = ("--draws", "200", "--protocol", "alternating_offers")
    code, out, err = call("scenarios/istanbul.yaml", *few, "--plot", path)
    assert code == 0, err
    assert out.count("Talks: alternating offers") == 1
    assert out.index("Talks") < out.index("not a forecast")
    figure = path.read_text(encoding="utf-8")
    assert "Donbas" in figure
    assert "donbas" not in figure, "issues go by their labels"
    code, out, _ = call("scenarios/istanbul.yaml", "scenarios/membership.yaml", *few)
    assert code == 0
    assert out.count("Talks: alternating offers") == 2
    assert "talks" in out[out.index("Shares of draws that accept") :]


def test_edits_of_a_negotiated_run_are_compared() -> None:
    few = ("--draws", "200", "--protocol", "single_text", "--set", "ukrainian_public.refuses=none")
    for form in ("table", "md"):
        code, out, err = call("scenarios/istanbul.yaml", *few, "--format", form)
        assert code == 0, err
        assert re.search(r"agreements\s+that\s+stand\s+[\d.]+%\s+to\s+[\d.]+%", out)
        assert re.search(r"What\s+the\s+edits\s+do\s+to\s+the\s+agreements,\s+on\s+the\s+same\s+draws", out)
