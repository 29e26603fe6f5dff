"""One negotiation told: it ends as in the ensemble, the reasons are the reasons, the words cover every round."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import statistics
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from typer.testing import CliRunner

import sim
from sim.analysis.trace import page as view
from sim.analysis.trace.english import rounds
from sim.analysis.trace.result import OUTCOMES, TraceResult
from sim.analysis.trace.trace import NoSuchDraw, trace
from sim.analysis.trace.turns import Course, alternating_offers, single_text, vote, witnesses
from sim.analysis.trace.typical import Endings
from sim.bargaining.alternating_offers import Bargaining
from sim.bargaining.candidates import candidates
from sim.bargaining.endings import AGREED, BREAKDOWN, UNRATIFIED, Ending
from sim.bargaining.single_text import Mediation
from sim.cli import app
from sim.engine.acceptability import TIE, accepts_each
from sim.engine.draws import BLOCK
from sim.engine.preferences import preferences_of
from sim.engine.profiles import Case, compile_case
from sim.report.page import Detail
from sim.scenario import schema
from sim.simulation.runner import run_cases
from tests.bargaining import test_mediation, test_offers
from tests.documented import documented, keys
from tests.domains import case, line, party, position, quick, refusal, scenario

ROOT = Path(__file__).parents[2]
ISTANBUL = "scenarios/istanbul.yaml"
SHORT = ["negotiation.rounds=20"]


@pytest.fixture(autouse=True)
def _at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


# --- the trace against the ensemble ------------------------------------------------------------------


def check_course(course: Course, ending: Ending, r: int, on: Case) -> None:
    """The same end, and turns that hang together."""
    assert course.outcome == ending.outcome[r]
    assert course.round == ending.round[r]
    if course.outcome != BREAKDOWN:
        assert (course.text == ending.text[r]).all()
    for turn in course.turns:
        for answer in turn.answers:
            if turn.kind == "offer" or turn.kind == "vote" or turn.kind == "ratification":
                assert answer.agrees == (answer.gain >= answer.wanted - TIE and not answer.lines)
            if not answer.agrees:
                # no issue is to blame for a loss against a reservation value
                assert answer.lines or answer.cost is not None or answer.gain < -TIE
        if turn.kind != "change":
            barred = turn.kind == "no_offer" or turn.equals_no_deal
            assert turn.passed == (not barred and all(a.agrees for a in turn.answers))
            assert not (turn.equals_no_deal and turn.answers)


@quick(25)
@given(scene=test_offers.talks())
def test_offers_end_as_in_the_ensemble(scene: schema.Scenario) -> None:
    on = candidates(compile_case(scene))
    own = preferences_of(on.case, 1)
    bargaining = Bargaining(on)
    bargaining.begin(own)
    while not bargaining.over:
        bargaining.step()
    ending = bargaining.end()
    proposers = [on.case.profiles[i].id for i in on.proposers]
    # a draw of each kind of end, and some more
    kinds = [np.flatnonzero(ending.outcome == k)[:1].tolist() for k in (AGREED, UNRATIFIED, BREAKDOWN)]
    for r in {5, 4000, *(r for kind in kinds for r in kind)}:
        course = alternating_offers(on, witnesses(on.case, own, r), own, r)
        check_course(course, ending, r, on.case)
        by = ending.proposer[r]
        assert course.proposer == (proposers[by] if by >= 0 else None)
        offers = [t for t in course.turns if t.kind == "offer"]
        assert [t.passed for t in offers[:-1]] == [False] * len(offers[:-1])
        last: dict[str | None, object] = {}
        for turn in offers:
            # an offer is worth what its proposer wants; what it says of its last offer is true
            assert turn.gain is not None
            assert turn.wanted is not None
            assert turn.gain >= turn.wanted - TIE
            assert (turn.since is None) == (turn.party not in last)
            if turn.since == ():
                assert last[turn.party] == turn.changes
            last[turn.party] = turn.changes


@quick(15)
@given(scene=test_mediation.talks())
def test_a_single_text_ends_as_in_the_ensemble(scene: schema.Scenario) -> None:
    on = compile_case(scene)
    own = preferences_of(on, 1)
    _, ending = test_mediation.talked(on, block=1)
    kinds = [np.flatnonzero(ending.outcome == k)[:1].tolist() for k in (AGREED, UNRATIFIED, BREAKDOWN)]
    for r in {7, *(r for kind in kinds for r in kind)}:
        course = single_text(on, witnesses(on, own, r), own, r)
        check_course(course, ending, r, on)
        assert [t.round for t in course.turns if t.kind == "change"] == list(range(1, 13))
        for turn in course.turns:
            if turn.kind == "change":
                agreed = bool(turn.answers) and all(a.agrees for a in turn.answers)
                assert agreed or not turn.passed
                assert not (turn.breaks and turn.answers)
                assert all(a.agrees for a in turn.answers if a.lucky or a.frees)


def test_what_stands_in_the_end_may_be_no_agreement() -> None:
    """One issue, tabled as no deal leaves it: nothing better is proposed, so nothing is put to the vote."""
    scene = scenario(
        {"price": "ab"},
        {"seller": party({"price": position("ab", "major")}), "buyer": party({"price": position("ab", "major")})},
        {"price": "a"},
        {"war": {"price": "a"}},
        negotiation={"protocol": "single_text", "rounds": 3},
    )
    result = trace(dataclasses.replace(sim.load(ISTANBUL), scenario=scene), draw=0)
    assert result.ended.outcome == "breakdown"
    last = result.turns[-1]
    assert (last.kind, last.equals_no_deal, last.answers, last.passed) == ("vote", ("war",), (), False)
    assert "so it is no agreement and is not put to the vote" in str(view.page(result).sheets[0].rows[-1])


@quick(15)
@given(scene=test_mediation.talks())
def test_a_vote_ends_as_in_the_ensemble(scene: schema.Scenario) -> None:
    voted = scene.model_copy(update={"negotiation": schema.NegotiationSettings()})
    on = compile_case(voted)
    own = preferences_of(on, 0)
    outcome = Endings(on, None).outcome
    accepts = {o.profile.id: accepts_each(o, on.space, on.text[None])[0] for o in own}
    for r in (0, 1000, 4095):
        course = vote(on, witnesses(on, own, r))
        told = {a.party: a.agrees for turn in course.turns for a in turn.answers}
        assert told == {p: bool(accepts[p][r]) for p in on.asked}
        refusing = {on.profile(p).role for p, yes in told.items() if not yes}
        expected = AGREED if not refusing else UNRATIFIED if refusing == {"ratifier"} else BREAKDOWN
        assert course.outcome == outcome[r] == expected


@pytest.mark.parametrize("protocol", ["alternating_offers", "single_text"])
def test_draws_of_istanbul_end_as_its_run_says(protocol: str) -> None:
    loaded = sim.load(ISTANBUL, draws=1500, protocol=protocol, edits=SHORT)
    [tally] = run_cases([compile_case(loaded.scenario)])
    assert tally.talks is not None
    on = compile_case(loaded.scenario)
    ends = Endings(on, candidates(on) if protocol == "alternating_offers" else None)
    counts = ends.counts()
    assert [counts[k] for k in (BREAKDOWN, AGREED, UNRATIFIED)] == tally.talks.outcomes.tolist()
    told = trace(loaded, draw=1400)
    assert OUTCOMES.index(told.ended.outcome) == ends.outcome[1400]
    assert told.draw == 1400
    for outcome in OUTCOMES:
        found = trace(loaded, outcome=outcome)
        assert found.ended.outcome == outcome
        assert found.chosen is not None
        assert (found.chosen.count, found.chosen.of) == (counts[OUTCOMES.index(outcome)], 1500)
    usual = trace(loaded).chosen
    assert usual is not None
    assert usual.count == max(counts.values())


def test_the_typical_draw_is_the_nearest_to_the_medians() -> None:
    loaded = sim.load(ISTANBUL, draws=600, protocol="single_text", edits=SHORT)
    ends = Endings(compile_case(loaded.scenario), None)
    for kind in (AGREED, UNRATIFIED, BREAKDOWN):
        draws = [r for r in range(600) if ends.outcome[r] == kind]
        best, chosen = float("inf"), -1
        spans = []
        for mark in ends.marks[:, draws].tolist():
            low, middle, high = statistics.quantiles(mark, n=4, method="inclusive")
            spans.append((middle, high - low if high > low else 1.0))
        for r in draws:
            marks = ends.marks[:, r].tolist()
            distance = sum(abs(x - middle) / scale for x, (middle, scale) in zip(marks, spans, strict=True))
            if distance < best - 1e-12:
                best, chosen = distance, r
        assert ends.typical(kind) == chosen


# --- reasons -----------------------------------------------------------------------------------------


def valued(weight: float, best: str, **more: object) -> dict[str, object]:
    options = {"a": 0.0, "b": 0.5, "c": 1.0} if best == "c" else {"a": 1.0, "b": 0.5, "c": 0.0}
    return position(importance=None, values=options, weight=weight, **more)


def small(protocol: str, **more: object) -> Case:
    """Seller and buyer over a price and a day; the buyer has a line on the day, the town a refusal."""
    seller = party({"price": valued(0.7, "c"), "day": valued(0.3, "a")}, reservation=0.2)
    buyer = party(
        {"price": valued(0.6, "a"), "day": valued(0.4, "c", red_lines=[line("a", "inferred")])}, reservation=0.1
    )
    town = party(
        {"price": position(), "day": valued(1.0, "a")},
        role="ratifier",
        reservation=0.0,
        refuses=[refusal("no_bargains", {"price": ["a"]}, "assumed")],
    )
    return case(
        {"price": "abc", "day": "abc"},
        {"seller": seller, "buyer": buyer, "town": town},
        {"price": "b", "day": "b"},
        negotiation={"protocol": protocol, "rounds": 3, "first_mover": "seller", **more},
    )


def test_reasons_are_told_with_their_basis_and_their_price() -> None:
    on = candidates(small("alternating_offers"))
    own = preferences_of(on.case, 0)
    course = alternating_offers(on, witnesses(on.case, own, 9), own, 9)
    first, second = course.turns[:2]
    # the seller's favourite crosses the buyer's line on the day
    assert [(c.issue, c.before, c.to) for c in first.changes] == [("price", "b", "c"), ("day", "b", "a")]
    assert (first.party, first.gain, first.wanted) == ("seller", pytest.approx(0.8), pytest.approx(0.8))
    [answer] = first.answers
    assert [(x.kind, x.issue, x.option, x.basis) for x in answer.lines] == [("red_line", "day", "a", "inferred")]
    assert answer.cost is None
    # the buyer's favourite is a loss to the seller, most of it in the price
    [answer] = second.answers
    assert (answer.party, answer.agrees, answer.gain) == ("seller", False, pytest.approx(-0.2))
    assert answer.cost is not None
    assert (answer.cost.issue, answer.cost.option, answer.cost.instead) == ("price", "a", "c")
    later = [t for t in course.turns[2:] if t.kind == "offer"]
    short = [a for t in later for a in t.answers if not a.agrees and a.gain > TIE and not a.lines]
    assert short
    for a in short:
        assert a.cost is not None
        assert a.cost.against == "favourite"


def test_the_issue_that_costs_most_is_named() -> None:
    on = small("vote")
    own = preferences_of(on, 0)
    people = witnesses(on, own, 0)
    text = on.space.package({"price": "a", "day": "c"})
    lost = people["seller"].vote(text)
    assert lost.gain == pytest.approx(-0.2)
    assert lost.cost is None  # a reservation value: no single issue is to blame
    better = on.space.package({"price": "b", "day": "c"})
    answer = people["seller"].answer(better, 0.5, False, on.space.package({"price": "c", "day": "a"}))
    assert answer.cost is not None
    assert (answer.cost.issue, answer.cost.option, answer.cost.instead) == ("price", "b", "c")
    assert answer.cost.amount == pytest.approx(0.35)
    refused = people["town"].vote(on.space.package({"price": "a", "day": "a"}))
    assert [(x.kind, x.refusal, x.basis) for x in refused.lines] == [("refusal", "no_bargains", "assumed")]


def test_a_text_that_stands_across_a_line_is_not_refused_for_it() -> None:
    on = small("single_text")
    people = witnesses(on, preferences_of(on, 0), 0)
    standing = on.space.package({"price": "b", "day": "a"})
    dearer = people["buyer"].on_change(standing, on.space.package({"price": "c", "day": "a"}), agrees=False)
    assert dearer.lines == ()
    assert dearer.cost is not None
    assert (dearer.cost.against, dearer.cost.amount) == ("standing", pytest.approx(0.3))
    freed = people["buyer"].on_change(standing, on.space.package({"price": "b", "day": "b"}), agrees=True)
    assert freed.frees
    assert not freed.lucky


# --- words and commands -------------------------------------------------------------------------------


def call(*args: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["trace", *args])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def told() -> dict[str, TraceResult]:
    path = ROOT / ISTANBUL
    found = {
        p: trace(sim.load(path, draws=500, protocol=p, edits=[] if p == "vote" else SHORT), draw=17)
        for p in ("vote", "alternating_offers", "single_text")
    }
    broken = sim.load(ROOT / "scenarios" / "lavrov_2025.yaml", draws=300, protocol="alternating_offers", edits=SHORT)
    return found | {"broken": trace(broken, outcome="breakdown")}


@pytest.mark.parametrize("name", ["vote", "alternating_offers", "single_text", "broken"])
def test_the_words_cover_every_round_once(told: dict[str, TraceResult], name: str) -> None:
    result = told[name]
    covered: list[int] = []
    for label, said in rounds(result):
        assert said.rstrip()[-1] in ".;"
        if label != "end":
            first, _, last = label.partition("-")
            covered += range(int(first), int(last or first) + 1)
    assert covered == list(range(1, max(t.round for t in result.turns) + 1))
    page = view.page(result)
    assert page.lead.startswith("Draw ")
    assert all(len(row) == len(sheet.columns) for sheet in page.sheets for row in sheet.rows)
    assert all(len(row) == len(view.HEADER) for row in view.rows(result))


def test_every_key_is_documented_and_no_other() -> None:
    assert documented("sim.trace/1") == keys(TraceResult)


def test_commands_print_every_format() -> None:
    plain = [ISTANBUL, "--draws", "300", "--protocol", "alternating_offers", "--outcome", "agreed", "--set", *SHORT]
    code, out, _ = call(*plain)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 100
    assert "a typical one of the" in out
    assert "not a forecast" in out
    code, out, _ = call(*plain, "--format", "json")
    result = TraceResult.model_validate_json(out)
    assert result.ended.outcome == "agreed"
    assert json.loads(out)["schema"] == "sim.trace/1"
    code, out, _ = call(*plain, "--format", "csv")
    found = list(csv.DictReader(io.StringIO(out)))
    assert {r["event"] for r in found} >= {"offer", "accepts", "refuses", "agreed", "gain_in_the_end"}
    assert sum(r["event"] == "offer" for r in found) == sum(t.kind == "offer" for t in result.turns)
    code, out, _ = call(*plain, "--format", "md")
    assert out.startswith("### ")
    assert "| round | what happens |" in out


def test_a_run_under_the_default_protocol_tells_the_vote() -> None:
    code, out, _ = call(ISTANBUL, "--draws", "50", "--draw", "0", "--protocol", "vote")
    assert code == 0
    assert "The text as tabled is put to all whose consent it needs." in out


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["--draw", "300"], 2, "300: there are 300 draws, counted from 0 to 299"),
        (["--draw", "-1"], 2, "-1: there are 300 draws, counted from 0 to 299"),
        (["--draw", "1", "--outcome", "agreed"], 2, "not both"),
        (["--outcome", "agred"], 2, "did you mean agreed?"),
    ],
)
def test_wrong_requests_are_said(args: list[str], code: int, words: str) -> None:
    found, _, err = call(ISTANBUL, "--draws", "300", *args)
    assert found == code
    assert words in " ".join(err.replace("│", " ").split())


def test_an_outcome_that_never_occurs_is_said() -> None:
    code, _, err = call(
        "scenarios/membership.yaml", "--draws", "300", "--protocol", "vote", "--outcome", "ratification_failed"
    )
    assert code == 1
    assert "none of the 300 draws ends in a failed ratification; there is a breakdown in 100%" in err


def test_a_draw_is_the_same_however_many_there_are() -> None:
    few, many = (trace(sim.load(ISTANBUL, draws=n, protocol="single_text", edits=SHORT), draw=17) for n in (18, 5000))
    assert few.turns == many.turns
    with pytest.raises(NoSuchDraw, match="counted from 0 to 17"):
        trace(sim.load(ISTANBUL, draws=18), draw=18)
    with pytest.raises(ValueError, match="not both"):
        trace(sim.load(ISTANBUL, draws=18), draw=1, outcome="agreed")


def test_the_block_of_a_draw() -> None:
    loaded = sim.load(ISTANBUL, draws=BLOCK + 10, protocol="vote")
    result = trace(loaded, draw=BLOCK + 3)
    own = preferences_of(compile_case(loaded.scenario), 1)
    [russia] = [o for o in own if o.profile.id == "russia"]
    on = compile_case(loaded.scenario)
    seen = on.space.seen(on.text[None], "russia")[0]
    assert result.party("russia").tabled == russia.gain(seen)[3]
    mediation = Mediation(on)
    mediation.begin(own)
    assert mediation.rounds == loaded.scenario.negotiation.rounds


def test_a_proposer_has_a_say_in_texts_that_do_not_need_it() -> None:
    """And who would rather have no deal is told from who is not at the table."""
    scene = scenario(
        {"price": "abc"},
        {
            "seller": party({"price": valued(1.0, "c")}, reservation=0.2, consent={"when": [{"price": ["a"]}]}),
            "buyer": party({"price": valued(1.0, "a", red_lines=[line("a")])}, reservation=0.9),
            "town": party({"price": valued(1.0, "a")}, role="ratifier", reservation=0.0),
        },
        {"price": "b"},
        negotiation={"protocol": "alternating_offers", "rounds": 2},
    )
    result = trace(dataclasses.replace(sim.load(ISTANBUL), scenario=scene), draw=0)
    assert [(p.tabled_needs, p.best) for p in result.parties] == [
        (True, pytest.approx(0.8)),
        (True, None),
        (True, None),
    ]
    page = view.page(result)
    assert any(
        "Where all of them cross somebody's line, it offers the first on the list" in note for note in page.notes
    )
    table = page.sheets[-1]
    at = [c.heading for c in table.columns].index("favourite")
    assert [row[at] for row in table.rows] == ["+0.80", "no deal", "-"]
    assert [row[at + 1] for row in table.rows] == ["+0.30", "-0.40", "+0.50"]


def test_the_first_screen_leaves_out_how_the_draw_was_chosen() -> None:
    page = view.page(trace(sim.load(ISTANBUL, draws=300, protocol="alternating_offers")))
    details = [note for note in page.notes if isinstance(note, Detail)]
    assert [note.split()[0] for note in details] == ["Typical:", "Of"]
    assert not any(sheet.detail for sheet in page.sheets)
