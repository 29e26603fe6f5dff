"""Tactics and protocols that are not built in: known answers, twins, what is refused, the same digits everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
import sim.bargaining.offers_in_full
import sim.bargaining.zone
from sim.analysis.trace import page as trace_page
from sim.analysis.trace.trace import trace
from sim.bargaining import figure as talks_figure
from sim.bargaining import page as talks_page
from sim.bargaining.candidates import Candidates
from sim.bargaining.endings import AGREED, BREAKDOWN, UNRATIFIED, Ending
from sim.bargaining.own_protocols import OwnTalks
from sim.bargaining.tactics import TACTICS, Seen, by_time
from sim.engine.draws import BLOCK
from sim.scenario import schema
from tests import small, talks_twins, twins
from tests.domains import draw_of, quick
from tests.talks import SOME, STOLID, feasible_few, people_of, talked, talks

BLOCK_OF_TALKS = "negotiation:\n  protocol: alternating_offers\n  rounds: 6\n  proposers: [blue, red]\n"


@pytest.fixture
def offers(tmp_path: Path) -> Path:
    """The small deal, with offers by two."""
    return small.write(tmp_path, {**small.FILES, "deal.yaml": small.SCENARIO + BLOCK_OF_TALKS})


def figures(result: Any) -> dict[str, Any]:
    """What the talks came to, whatever the rules are called."""
    talks: dict[str, Any] = result.negotiation.model_dump(exclude={"own_rules", "protocol", "settings"})
    return talks


def run(path: Path, draws: int = 700, workers: int = 1, **options: Any) -> Any:
    [result] = sim.score([sim.load(path, draws=draws, **options)], workers=workers)
    return result


# --- tactics: known answers -------------------------------------------------------------------


def test_an_own_tactic_with_a_built_in_formula_gives_the_same_digits(offers: Path) -> None:
    sim.tactic("late", by_time, parameter="lateness", range=(1, 100), default=(2, 5), yields=True)
    for parameter in ("", "2..9"):
        own: dict[str, Any] = {"negotiation.tactics.red": "late"}
        built_in: dict[str, Any] = {"negotiation.tactics.red": "boulware"}
        if parameter:
            own["negotiation.tactics.red.lateness"] = parameter
            built_in["negotiation.tactics.red.exponent"] = parameter
        a, b = run(offers, edits=own), run(offers, edits=built_in)
        assert figures(a) == figures(b)
        assert a.negotiation.settings.tactics[1].range == b.negotiation.settings.tactics[1].range
        assert a.verdict == b.verdict
        assert a.scenario.sha256 != b.scenario.sha256
    assert b.negotiation.own_rules == ()
    [rule] = a.negotiation.own_rules
    assert (rule.kind, rule.name, rule.declares) == ("tactic", "late", ("yields",))


def test_an_own_tactic_that_reacts_sees_what_tit_for_tat_sees(offers: Path) -> None:
    @sim.tactic("echo", parameter="force", range=(0, 10), default=1, reacts=True)
    def echo(best: Any, t: Any, force: Any, seen: Any) -> Any:
        return np.clip(seen.before - force * seen.conceded, 0, best)

    edits = {"negotiation.tactics.red": {"tactic": "echo", "force": [0.5, 2]}, "negotiation.tactics.blue": "conceder"}
    same = {**edits, "negotiation.tactics.red": {"tactic": "tit_for_tat", "reciprocity": [0.5, 2]}}
    assert figures(run(offers, edits=edits)) == figures(run(offers, edits=same))


def test_what_stands_and_what_is_reachable_is_honoured(offers: Path) -> None:
    def all_of_it(best: Any, t: Any, parameter: Any, seen: Any) -> Any:
        return best

    sim.tactic("rock", all_of_it, stands=True)
    sim.tactic("last_word", all_of_it, stands=True, reachable=True)
    for own, word in (("rock", "hardliner"), ("last_word", "ultimatum")):
        a, b = (run(offers, edits={"negotiation.tactics.red": name}) for name in (own, word))
        assert figures(a) == figures(b)
        assert b.negotiation.breakdown.unavoidable > 0 or word == "ultimatum"
        mine, theirs = talks_page.page(a), talks_page.page(b)
        assert mine.lead == theirs.lead
        assert mine.sheets == theirs.sheets


# --- tactics: what is refused -----------------------------------------------------------------


def half(best: Any, t: Any, parameter: Any, seen: Any) -> Any:
    return best * (1 - t / 2)


def three(best: Any, t: Any, parameter: Any) -> Any:
    return best


def changes(best: Any, t: Any, parameter: Any, seen: Any) -> Any:
    best *= 1 - t
    return best


WRONG: dict[str, tuple[Callable[..., Any], dict[str, Any], str]] = {
    "rises": (lambda b, t, p, s: b * t, {}, "rises from round to round, and it does not react; let it never rise"),
    "shape": (lambda b, t, p, s: b[:2], {}, r"has shape \(2,\); it should be that of best, \(3,\)"),
    "nan": (lambda b, t, p, s: b * np.nan, {}, "is not a number in some draw; it lies between 0 and best"),
    "above": (lambda b, t, p, s: b * 2, {}, "is 0.5 where best is 0.25; it lies between 0, no deal, and best"),
    "below": (lambda b, t, p, s: b - 1, {}, "is -1 where best is 0; it lies between"),
    "three": (three, {}, "cannot be called with four arguments; an aspiration takes"),
    "scalar": (lambda b, t, p, s: b if t < 0.5 else b * 0, {}, "fails: ValueError: The truth value"),
    "column": (lambda b, t, p, s: b * (1 - np.max(t)), {}, "answers otherwise where t is a number a draw"),
    "writes": (changes, {}, "fails: ValueError: output array is read-only"),
    "by chance": (lambda b, t, p, s: b * np.random.rand() * (1 - t), {}, "answers the same question in two ways"),
    "the largest": (lambda b, t, p, s: b * (b / b.max()) * (1 - t), {}, "otherwise for a draw when others are asked"),
    "the mean": (lambda b, t, p, s: b * (1 - t) * (1 - b.mean()), {}, "otherwise for a draw when others are asked"),
    "the order": (
        lambda b, t, p, s: b * (1 - t) * np.linspace(0.5, 1, len(b) + 1)[1:],
        {},
        "for a draw when others are asked with it; let it answer for each draw by itself",
    ),
    "all seen": (
        lambda b, t, p, s: np.clip(s.before - s.conceded.max(), 0, b),
        {"reacts": True},
        "otherwise for a draw when others are asked",
    ),
    "all parameters": (
        lambda b, t, p, s: b * (1 - t) * np.mean(p),
        {"parameter": "x", "range": (0, 1), "default": (0.2, 0.3)},
        "otherwise for a draw when others are asked",
    ),
    "stands": (half, {"stands": True}, "stands, and comes down with time: leave out stands"),
    "yields": (half, {"yields": True}, "yields, and insists on something in the last round: leave out yields"),
    "both": (half, {"stands": True, "yields": True}, "declare one of them"),
    "stands, reacts": (half, {"stands": True, "reacts": True}, "leave out stands, or reacts"),
    "no parameter": (half, {"range": (0, 1)}, "has a range or a default and no parameter: name it"),
    "a parameter": (half, {"parameter": "a b", "range": (0, 1), "default": 1}, "a key of a file, as 'patience'"),
    "no range": (half, {"parameter": "x", "default": 1}, "the range of the parameter of odd is two, low before high"),
    "default": (half, {"parameter": "x", "range": (0, 1), "default": 2}, "of x, 2, lies outside its range, 0 to 1"),
    "no function": (3, {}, r"an aspiration is a function of \(best, t, parameter, seen\), not 3"),  # type: ignore[dict-item]
}


@pytest.mark.parametrize(("function", "declared", "what"), WRONG.values(), ids=list(WRONG))
def test_a_tactic_that_cannot_be_meant_is_refused(
    function: Callable[..., Any], declared: dict[str, Any], what: str
) -> None:
    with pytest.raises(sim.InvalidArgument, match=what):
        sim.tactic("odd", function, **declared)
    assert "odd" not in TACTICS


def test_a_name_belongs_to_one_function() -> None:
    def other(best: Any, t: Any, parameter: Any, seen: Any) -> Any:
        return best

    assert sim.tactic("mine", half) is half
    sim.tactic("mine", half)
    with pytest.raises(
        sim.InvalidArgument, match=r"there is a tactic mine already, tests\.bargaining\.test_own_rules\.half"
    ):
        sim.tactic("mine", other)
    with pytest.raises(sim.InvalidArgument, match="the tactic linear is built in; choose another name"):
        sim.tactic("linear", half)
    for name in ("1st", "a-b", "", "none", "No", None):
        with pytest.raises(sim.InvalidArgument, match="letters, digits and underscores that begins with a letter"):
            sim.tactic(name, half)  # type: ignore[arg-type]


def test_a_function_defined_anew_in_its_place_takes_it() -> None:
    """As when a cell of a notebook is run again."""
    names: dict[str, Any] = {"sim": sim, "__name__": "cell"}
    for share in (1, 2):
        exec(f"@sim.tactic('cell')\ndef cell(best, t, parameter, seen):\n    return best * (1 - t) / {share}", names)
    assert TACTICS["cell"].aspiration(np.ones(1), 0.0, 1.0, None)[0] == 0.5


def test_what_only_a_run_shows_is_told_in_a_run(offers: Path) -> None:
    """A fine grid of rounds, and gains that registration did not try."""
    sim.tactic("wavy", lambda b, t, p, s: b * (1 - t - np.sin(8 * np.pi * t) / 20))
    loaded = sim.load(offers, draws=100, edits={"negotiation.tactics.red": "wavy", "negotiation.rounds": 33})
    what = r"the aspiration of the tactic wavy rises from round \d+ to round \d+ of 33; let it never rise"
    with pytest.raises(sim.InvalidArgument, match=what):
        sim.score(loaded)

    sim.tactic("picky", lambda b, t, p, s: 1 / 0 if len(b) > 3 else b)
    loaded = sim.load(offers, draws=100, edits={"negotiation.tactics.red": "picky"})
    with pytest.raises(sim.InvalidArgument, match="the tactic picky fails: ZeroDivisionError"):
        sim.score(loaded, workers=2)


def test_a_tactic_registered_again_fits_what_is_loaded_or_is_complained_of(offers: Path) -> None:
    def waits(best: Any, t: Any, parameter: Any, seen: Any) -> Any:
        return best * (1 - t / 2)

    path = "negotiation.tactics.red"
    sim.tactic("waits", waits, parameter="patience", range=(0, 10), default=1)
    loaded = sim.load(offers, draws=50, edits={path: {"tactic": "waits", "patience": 9}})
    sim.tactic("waits", waits, parameter="patience", range=(0, 20), default=2)
    sim.score(loaded)
    for declared, what in (
        ({"parameter": "calm", "range": (0, 10), "default": 1}, "and takes no patience now"),
        ({}, "and takes no patience now"),
        ({"parameter": "patience", "range": (0, 5), "default": 1}, "its patience must lie between 0 and 5, not 9"),
    ):
        sim.tactic("waits", waits, **declared)
        with pytest.raises(sim.Complaints) as error:
            sim.score(loaded)
        [complaint] = error.value.complaints
        assert complaint.what.startswith("waits has been registered again")
        assert what in complaint.what
        assert complaint.where == "negotiation: tactics: red: patience"
        assert complaint.hint == "load the scenario again, with what the tactic takes now"


# --- files and edits --------------------------------------------------------------------------


def test_files_and_edits_know_own_rules(offers: Path) -> None:
    with pytest.raises(sim.Complaints) as before:
        sim.load(offers, edits=["negotiation.tactics.red=patiant"])
    [complaint] = before.value.complaints
    assert (complaint.place.file, complaint.place.column, complaint.code) == ("--set[1]", 25, "unknown_name")
    assert complaint.what.startswith("the text 'patiant' is not one of boulware, linear, conceder")
    assert complaint.hint == (
        "one that is not built in comes from an installed package (none here brings any) or, in a program, "
        "from sim.tactic, called before loading"
    )
    sim.tactic("patient", half, parameter="patience", range=(0, 10), default=1)
    with pytest.raises(sim.Complaints) as after:
        sim.load(offers, edits=["negotiation.tactics.red=patiant"])
    [complaint] = after.value.complaints
    assert str(complaint.hint).startswith("did you mean patient? one that is not built in")
    file = offers.parent / "deal.yaml"
    text = file.read_text()
    file.write_text(text + "  tactics: {red: {tactic: patient, patience: [1, 2]}, blue: patient}\n")
    loaded = sim.load(offers, edits=["negotiation.tactics.blue.patience=3"])
    tactics = loaded.scenario.negotiation.tactics
    assert (tactics["red"].span("patience"), tactics["blue"].span("patience")) == ((1.0, 2.0), (3.0, 3.0))
    assert loaded.sha256 != sim.load(offers).sha256
    assert sim.from_dict(loaded.to_dict()).sha256 == loaded.sha256
    for edit, what, hint in (
        ("negotiation.tactics.blue.patience=30", "the patience of patient must lie between 0 and 10, not 30", None),
        (
            "negotiation.tactics.blue.exponent=3",
            "patient takes no exponent but a patience",
            "boulware and conceder take one",
        ),
        ("negotiation.tactics.red={tactic: linear, patience: 1}", "linear takes no patience", "patient takes one"),
        (
            "negotiation.tactics.red={tactic: patient, patience: x}",
            "expected a number or a range [low, high], found the text 'x'",
            None,
        ),
        ("negotiation.tactics.red={tactic: patient, patince: 1}", "unknown key patince", "did you mean patience?"),
        ("negotiation.tactics.blue.patince=1", "there is no part of a tactic called patince", "did you mean patience?"),
    ):  # fmt: skip
        with pytest.raises(sim.Complaints) as error:
            sim.load(offers, edits=[edit])
        [complaint] = error.value.complaints
        assert (complaint.what, complaint.hint) == (what, hint)
    for name in ("duel", 3):
        with pytest.raises(sim.Complaints, match="is not one of vote, alternating_offers, single_text"):
            sim.load(offers, edits={"negotiation.protocol": name})


def test_an_edit_of_what_an_own_protocol_does_not_use_is_told(offers: Path) -> None:
    sim.protocol("silence", lambda table: None)
    for key, value in (("rounds", 3), ("temperature", 0.1), ("tactics.red", "linear"), ("first_mover", "red")):
        with pytest.raises(sim.Complaints, match="the protocol is silence, which makes no use of"):
            sim.load(offers, protocol="silence", edits={f"negotiation.{key}": value})
    sim.load(offers, protocol="silence", edits={"negotiation.candidates.changes": 1, "negotiation.proposers": ["red"]})


# --- protocols: twins -------------------------------------------------------------------------


def one_answer(table: sim.Table) -> None:
    """The first proposer offers its favourite, all answer once."""
    first = table.proposers[0]
    table.agree(table.propose(first, table.best(first)))


def in_turn(table: sim.Table) -> Any:
    """Alternating offers once more, by the verbs of a table; for tactics that do not react."""
    columns = np.arange(table.draws)
    for _ in range(table.rounds):
        wanted = {party: table.aspiration(party) for party in table.parties}
        for turn in range(len(table.proposers)):
            for number, party in enumerate(table.proposers):
                least = np.full((table.texts, table.draws), np.inf)
                for other in table.parties:
                    value = np.where(table.accepts[other] | (table.gains[other] < 0), table.gains[other], -np.inf)
                    least = np.where((other != party) & table.asked[other][:, None], np.minimum(least, value), least)
                mine = table.accepts[party] & (table.gains[party] >= wanted[party] - 1e-12) & table.zone
                worth = np.where(mine, least, -np.inf)
                top = worth.max(axis=0)
                texts = (mine & (worth >= top - 1e-12)).argmax(axis=0)
                here = ((table.first + turn) % len(table.proposers) == number) & mine[texts, columns]
                table.agree(table.propose(party, np.where(here, texts, -1), wanted=wanted) & here)
        yield


def ended(it: schema.Scenario, name: str) -> tuple[Candidates, Ending]:
    """How talks by an own protocol end in the first block."""
    settings = it.negotiation.model_copy(update={"protocol": name})
    on = feasible_few(it.model_copy(update={"negotiation": settings}))
    own = OwnTalks(on)
    own.begin(people_of(on.case))
    while not own.over:
        own.step()
    return on, own.end()


@quick(25)
@given(talks())
def test_one_answer_is_its_scalar_twin(it: schema.Scenario) -> None:
    sim.protocol("one_answer", one_answer)
    on, ending = ended(it, "one_answer")
    case = on.case
    texts = talks_twins.candidates(it, 10_000 if on.whole else 100)
    assert [case.space.terms(row) for row in on.packages] == texts
    silent = [p.id for p in case.profiles if p.silent]
    proposers = on.ids(on.proposers)
    for r in SOME:
        draws = {own.profile.id: draw_of(own, case, r) for own in people_of(case)}
        people = it.domain.positions

        def takes(p: str, x: twins.Text, draws: Any = draws) -> tuple[float, bool]:
            sight = twins.seen(it, x, p)
            gain = twins.gain(it, draws[p], twins.modelled_weights(it, p, draws[p]), sight)
            return gain, gain >= -talks_twins.TIE and not twins.crossed(it, draws[p], p, x, sight)

        first = proposers[0]
        able = {k: takes(first, x)[0] for k, x in enumerate(texts) if takes(first, x)[1]}
        outcome, text = BREAKDOWN, None
        if able:
            top = max(able.values())
            k = min(k for k, gain in able.items() if gain >= top - talks_twins.TIE)
            asked = {*talks_twins.needs(it, texts[k], silent), *proposers} - {first}
            at_table = [p for p in asked if people[p].role != "ratifier"]
            if all(takes(p, texts[k])[1] for p in at_table):
                later = [p for p in asked if people[p].role == "ratifier"]
                outcome = AGREED if all(takes(p, texts[k])[1] for p in later) else UNRATIFIED
                text = texts[k]
        assert ending.outcome[r] == outcome
        assert ending.round[r] == (0 if text is None else 1)
        if text is not None:
            assert case.space.terms(ending.text[r]) == text
            assert ending.proposer[r] == 0
            gains = {p.id: ending.gains[i, r] for i, p in enumerate(case.profiles)}
            assert gains == pytest.approx({p: takes(p, text)[0] for p in gains}, abs=1e-9)


@quick(25)
@given(talks(STOLID, most_rounds=5))
def test_alternating_offers_written_with_a_table_are_alternating_offers(it: schema.Scenario) -> None:
    sim.protocol("in_turn", in_turn, uses=("tactics", "first_mover", "delay_cost"))
    on = feasible_few(it)
    _, expected = talked(on)
    _, ending = ended(it, "in_turn")
    for name in ("outcome", "text", "round", "proposer", "gains", "slack", "opening", "best", "missed"):
        assert np.array_equal(
            getattr(expected, name), getattr(ending, name), equal_nan=name in ("gains", "slack", "best")
        )
    for name in ("in_the_way", "turned_down"):
        for a, b in zip(getattr(expected, name), getattr(ending, name), strict=True):
            assert (a.party, a.draws.tolist(), a.texts.tolist()) == (b.party, b.draws.tolist(), b.texts.tolist())


def lots(table: sim.Table) -> Any:
    """By lot: who speaks, what, and whether a refusal is forgotten."""
    while True:
        speaker = (table.random("speaker") * len(table.proposers)).astype(int)
        chance = table.random("text", rows=table.texts)
        for number, party in enumerate(table.proposers):
            texts = np.where(table.accepts[party], chance, -1.0).argmax(axis=0)
            passed = table.propose(party, np.where(speaker == number, texts, -1))
            table.agree(passed & (speaker == number))
        table.leave(table.random("leave") < 0.1, table.parties[0])
        yield


@quick(10)
@given(talks(), st.sampled_from([60_000, 300_000]))
def test_parts_of_a_block_change_no_chance(it: schema.Scenario, room: int) -> None:
    sim.protocol("lots", lots)
    on, one = ended(it, "lots")
    before = sim.bargaining.zone.ROOM
    sim.bargaining.zone.ROOM = sim.bargaining.offers_in_full.ROOM = max(room, 50 * len(on))
    try:
        _, other = ended(it, "lots")
    finally:
        sim.bargaining.zone.ROOM = sim.bargaining.offers_in_full.ROOM = before
    for field in ("outcome", "text", "round", "proposer", "gains"):
        assert np.array_equal(getattr(one, field), getattr(other, field), equal_nan=field == "gains"), field


def test_threads_and_more_draws_change_nothing(offers: Path) -> None:
    sim.protocol("lots", lots)

    @sim.tactic("echo", reacts=True)
    def echo(best: Any, t: Any, parameter: Any, seen: Seen) -> Any:
        return np.clip(seen.before - seen.conceded, 0, best)

    draws = 2 * BLOCK + 100
    for options in (
        {"protocol": "lots"},
        {"edits": {"negotiation.tactics.red": "echo", "negotiation.tactics.blue": "conceder"}},
    ):
        one = run(offers, draws, **options)
        assert run(offers, draws, workers=3, **options) == one
        assert run(offers, draws, **options) == one
    assert run(offers, protocol="lots", seed=2).negotiation != run(offers, protocol="lots").negotiation
    # the first draws stay as they are
    few, many = (trace(sim.load(offers, draws=n, protocol="lots"), draw=90) for n in (100, 3 * BLOCK))
    assert few.turns == many.turns


def test_the_one_round_of_a_protocol_is_the_last(offers: Path) -> None:
    """So a tactic that yields takes whatever is no loss, however many rounds the scenario has."""
    aspired = []

    def at_once(table: sim.Table) -> None:
        aspired.append({party: table.aspiration(party).copy() for party in table.parties})

    sim.protocol("at_once", at_once, uses=("tactics",))
    edits = {"negotiation.tactics.red": "linear", "negotiation.tactics.blue": "hardliner"}
    loaded = sim.load(offers, draws=50, protocol="at_once", edits=edits)
    sim.score(loaded)
    assert (aspired[0]["red"] == 0).all()
    assert (aspired[0]["blue"] > 0).any()
    late = loaded.with_({"negotiation.tactics.red": {"tactic": "boulware", "exponent": 90}})
    assert not [w for w in late.warnings if "before the last round" in w.what]
    offered = late.with_(protocol="alternating_offers")
    assert [w for w in offered.warnings if "before the last round" in w.what]


# --- traces, pages, documents ------------------------------------------------------------------


def test_every_traced_draw_ends_as_it_ends_in_the_run(offers: Path) -> None:
    sim.protocol("lots", lots, about="Whoever the lot falls on offers what it falls on.")
    draws = 25
    loaded = sim.load(offers, draws=draws, protocol="lots")
    [result] = sim.score([loaded])
    traces = [trace(loaded, draw=draw) for draw in range(draws)]
    for traced in traces:
        end = traced.ended
        if end.outcome == "agreed":
            offer = next(turn for turn in reversed(traced.turns) if turn.kind == "offer")
            assert (offer.changes, offer.party, offer.round) == (end.changes, end.proposer, end.round)
            assert all(answer.agrees for answer in offer.answers)
        else:
            # rounds go on for ever, so only who leaves ends the talks without agreement
            assert traced.turns[-1].round == 6 or (traced.turns[-1].kind, traced.turns[-1].party) == ("leave", "blue")
    talks = result.negotiation
    assert talks is not None
    assert sum(traced.ended.outcome == "agreed" for traced in traces) == talks.agreements
    assert sum(traced.ended.outcome == "breakdown" for traced in traces) == round(draws * talks.broke_down.estimate)
    left = next(traced for traced in traces if traced.turns[-1].kind == "leave")
    page = trace_page.page(left)
    assert "The protocol in its own words: Whoever the lot falls on offers what it falls on." in page.notes
    assert page.sheets[0].rows[-1][1].endswith("Blue leaves the talks.")
    assert f"Blue leaves in round {left.turns[-1].round}, without agreement." in str(page.lead)
    assert any(row[4] == "leave" for row in trace_page.rows(left))
    typical = trace(loaded, outcome="agreed")
    assert typical.chosen is not None
    assert typical.chosen.count == talks.agreements


def test_pages_speak_in_general_of_a_protocol_they_do_not_know(offers: Path) -> None:
    sim.protocol("lots", lots, about="Whoever the lot falls on offers what it falls on.")
    sim.protocol("one_answer", one_answer)
    sim.protocol("dictate", lambda table: table.agree(table.propose(None, 0, answers={})), offers=False)
    for name in ("lots", "one_answer", "dictate"):
        result = run(offers, protocol=name)
        page = talks_page.page(result)
        assert talks_figure.draw(result).axes
        everything = " ".join([page.heading, page.lead or "", page.brief or "", *page.notes])
        assert page.heading == f"Talks: the protocol {name.replace('_', ' ')}"
        assert f"Not built in: the protocol {name.replace('_', ' ')} (registered in module" in everything
        assert ("rounds" in str(page.lead)) == (name == "lots")
        assert ("offers by" in str(page.lead)) == (name != "dictate")
        for claim in ("take whatever is no worse", "deadline, ", "mediator does not get", "alternating", "amended"):
            assert claim not in everything
        assert ("In its own words: Whoever" in everything) == (name == "lots")
        assert sim.load(offers, protocol=name).scenario.negotiation.uses("rounds") == (name == "lots")


def test_many_rounds_are_told_together_without_claims_of_what_nobody_said(offers: Path) -> None:
    @sim.protocol("haggle")
    def haggle(table: sim.Table) -> Any:
        while True:
            party = table.proposers[table.round % 2]
            table.propose(party if table.round % 3 else None, (table.random() * table.texts).astype(int))
            yield

    loaded = sim.load(offers, draws=20, protocol="haggle", edits=["negotiation.rounds=12"])
    page = trace_page.page(trace(loaded, draw=3))
    [middle] = [words for when, words in page.sheets[0].rows if when == "2-9"]
    assert "insisting" not in middle
    assert "coming down" not in middle
    assert "The mediator proposes something 3 times." in middle
    assert "After 12 rounds without agreement the talks break down." in str(page.lead)


def test_a_majority_may_agree_on_what_one_of_them_loses_by(offers: Path) -> None:
    """Consent is the protocol's to ask: who is overruled is counted as worse off."""

    def overrule(table: sim.Table) -> None:
        table.propose("blue", table.best("blue"))
        table.agree(table.standing >= 0)

    sim.protocol("overrule", overrule)
    result = run(offers, protocol="overrule")
    talks = result.negotiation
    assert talks.agreed.estimate + talks.ratification_failed.estimate > 0.9
    assert next(p for p in talks.parties if p.party == "red").gain.worse_off > 0
    assert "Worse off than with no deal: " in " ".join(talks_page.page(result).notes)


def test_saved_talks_are_read_where_the_rules_are_not_there(offers: Path, tmp_path: Path) -> None:
    sim.protocol("lots", lots, uses=("first_mover",))
    sim.tactic("rock", lambda b, t, p, s: b, stands=True)
    for options in ({"protocol": "lots"}, {"edits": {"negotiation.tactics.red": "rock"}}):
        loaded = sim.load(offers, draws=400, **options)  # type: ignore[arg-type]
        [result] = sim.score([loaded])
        folder = sim.save(loaded, result, tmp_path / "runs")
        page = talks_page.page(result)
        TACTICS.pop("rock", None) if "edits" in options else None
        again = sim.read(folder)
        assert again.negotiation.own_rules == result.negotiation.own_rules  # type: ignore[union-attr]
        assert talks_page.page(again) == page


# --- protocols: what is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("procedure", "declared", "what"),
    [
        (3, {}, "a procedure is a function of a table, not 3"),
        (lambda: None, {}, "cannot be called with one argument: it takes a table"),
        (one_answer, {"uses": "tactics"}, "uses is a list of some of first_mover, temperature, tactics, delay_cost"),
        (one_answer, {"uses": ["rounds"]}, "uses is a list of some of"),
        (one_answer, {"uses": ["delay_cost"]}, "use tactics too"),
        (
            one_answer,
            {"uses": ["tactics"], "offers": False},
            "tactics is for proposers, and this protocol has no offers",
        ),
        (one_answer, {"about": ""}, "about is a sentence on one line"),
    ],
)
def test_a_protocol_that_cannot_be_meant_is_refused(procedure: Any, declared: dict[str, Any], what: str) -> None:
    with pytest.raises(sim.InvalidArgument, match=what):
        sim.protocol("odd", procedure, **declared)


def iter_of(table: sim.Table) -> Any:
    yield


@pytest.mark.parametrize(
    ("procedure", "what"),
    [
        (lambda table: table.agree(), "nothing has been proposed in .* of these draws; propose something first"),
        (lambda table: table.propose("red", 1.5), "texts is a number of a text, or one a draw"),
        (lambda table: table.propose("red", table.texts), "texts is a number from 0 to"),
        (lambda table: table.propose("rad", 0), "there is no proposer rad; did you mean red"),
        (lambda table: table.propose("red", 0, answers={"bleu": True}), "party at the table bleu; did you mean blue"),
        (lambda table: table.propose("red", 0, answers={"blue": 1}), "answers of blue is True or False, or one"),
        (lambda table: table.propose("red", 0, wanted={"blue": np.nan}), "wanted of blue is a number, or one a draw"),
        (lambda table: table.leave(np.ones(3, bool)), r"True or False, or one of them a draw, shape \(4096,\)"),
        (lambda table: table.first, "reads first_mover, which it does not declare: register it with uses="),
        (lambda table: table.temperature, "reads temperature, which it does not declare"),
        (lambda table: table.aspiration("red"), "reads tactics, which it does not declare"),
        (lambda table: table.gains["red"].fill(0), "fails in round 1: ValueError: assignment destination is read-only"),
        (lambda table: table.gains["rad"], "there is no party at the table rad"),
        (lambda table: 3, "fails in round 1: it returns int: say what is agreed by table.agree"),
        (lambda table: iter_of(table), "it returns generator: say what is agreed by table.agree"),
        (lambda table: 1 / 0, "the protocol odd fails in round 1: ZeroDivisionError"),
    ],
)  # fmt: skip
def test_what_a_procedure_does_wrong_is_told(procedure: Any, what: str, offers: Path) -> None:
    sim.protocol("odd", procedure)
    loaded = sim.load(offers, draws=50, protocol="odd")
    with pytest.raises(sim.InvalidArgument, match=what):
        sim.score(loaded)


def test_a_tactic_that_reacts_is_refused_where_nobody_tells_it_of_offers(offers: Path) -> None:
    sim.protocol("in_turn", in_turn, uses=("tactics", "first_mover"))
    loaded = sim.load(offers, draws=50, protocol="in_turn", edits=["negotiation.tactics.red=tit_for_tat"])
    with pytest.raises(sim.Complaints, match="tit_for_tat reacts to offers, of which the protocol in_turn does not"):
        sim.score(loaded)


def test_rounds_end_where_the_scenario_says(offers: Path) -> None:
    seen: list[int] = []

    @sim.protocol("endless")
    def endless(table: sim.Table) -> Any:
        while True:
            seen.append(table.round)
            yield

    class Two:
        """A procedure may be an object too."""

        def __call__(self, table: sim.Table) -> Any:
            yield
            table.propose("red", table.best("red"))
            table.agree(table.standing >= 0)
            yield

    two = Two()
    sim.protocol("two", two)
    assert run(offers, draws=10, protocol="two").negotiation.agreed_by_round[1:3] != (0.0, 0.0)
    result = run(offers, draws=10, protocol="endless")
    assert seen == [1, 2, 3, 4, 5, 6]
    assert result.negotiation.broke_down.estimate == 1
    assert result.negotiation.settings.rounds == 6
