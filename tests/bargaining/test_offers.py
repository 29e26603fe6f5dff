"""Alternating offers: the ensemble against a scalar twin, the fast way against the full one, and what must hold."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim.bargaining.offers_in_full
import sim.bargaining.zone
from sim.bargaining.candidates import Candidates, candidates
from sim.bargaining.endings import AGREED, BREAKDOWN, NO_FAVOURITE, UNRATIFIED
from sim.bargaining.tactics import TACTICS
from sim.bargaining.tally import Refusals
from sim.engine.consent import asked_each
from sim.engine.draws import BLOCK
from sim.engine.profiles import Case
from sim.execution.workers import workers
from sim.scenario import schema
from sim.scenario.negotiation_schema import TACTICS as NAMES
from sim.simulation.agenda import agenda
from sim.simulation.model import NegotiationModel
from sim.simulation.runner import run_cases
from sim.simulation.tally import Tally
from tests import talks_twins, twins
from tests.domains import (
    case,
    draw_of,
    line,
    party,
    position,
    quick,
)
from tests.simulation.test_runner import same as same_vote
from tests.talks import LIVELY, SOME, STOLID, feasible_few, manners, order_of, people_of, talked, talks

OUTCOMES = {"agreed": AGREED, "unratified": UNRATIFIED, "breakdown": BREAKDOWN}


@quick(40)
@given(st.one_of(talks(), talks(LIVELY, 12)))
def test_every_draw_goes_as_its_twin_says(it: schema.Scenario) -> None:
    on = feasible_few(it)
    case_, space = on.case, on.case.space
    texts = [space.terms(row) for row in on.packages]
    silent = [p.id for p in case_.profiles if p.silent]
    bargaining, ending = talked(on)
    own = people_of(case_)
    for r in SOME:
        draws = {p.profile.id: draw_of(p, case_, r) for p in own}
        first = int(bargaining._first[r])
        told = talks_twins.bargain(it, draws, manners(bargaining, r), first, texts, silent)
        assert [order_of(bargaining, r)[k % len(it.proposers)] for k in range(len(told.turns))] == [
            p for _, p, _ in told.turns
        ]
        assert OUTCOMES[told.outcome] == ending.outcome[r]
        assert told.round == ending.round[r]
        for p, opening in zip(it.proposers, ending.opening[:, r], strict=True):
            favourite = told.openings[p]
            assert (opening == (NO_FAVOURITE if favourite is None else on.packages[favourite])).all()
        if told.outcome == "breakdown":
            assert ending.proposer[r] == -1
            assert np.isnan(ending.gains[:, r]).all()
            assert np.isnan(ending.slack[r])
            assert (ending.text[r] == case_.text).all()
            continue
        assert told.text is not None
        assert space.terms(ending.text[r]) == told.text
        assert it.proposers[ending.proposer[r]] == told.proposer
        for p, gain in zip(case_.profiles, ending.gains[:, r], strict=True):
            weight = twins.modelled_weights(it, p.id, draws[p.id])
            assert gain == pytest.approx(
                twins.gain(it, draws[p.id], weight, twins.seen(it, told.text, p.id)), abs=1e-12
            )
        assert ending.slack[r] == pytest.approx(talks_twins.slack(it, draws, told.text, texts, silent), abs=1e-11)


@quick(40)
@given(talks(STOLID))
def test_the_zone_alone_tells_as_much_as_all_candidates(it: schema.Scenario) -> None:
    """The fast way and the full way agree in every draw, ties and all."""
    on = feasible_few(it)
    fast, one = talked(on)
    _, other = talked(on, full=True)
    assert not fast.in_full
    for field in ("outcome", "text", "round", "proposer", "gains", "slack", "opening"):
        assert np.array_equal(getattr(one, field), getattr(other, field), equal_nan=field in ("gains", "slack")), field


@quick(8)
@given(talks(), st.sampled_from([60_000, 300_000]))
def test_parts_of_a_block_change_nothing(it: schema.Scenario, room: int) -> None:
    on = feasible_few(it)
    _, one = talked(on)
    before = sim.bargaining.zone.ROOM
    sim.bargaining.zone.ROOM = sim.bargaining.offers_in_full.ROOM = max(room, 50 * len(on))
    try:
        _, other = talked(on)
    finally:
        sim.bargaining.zone.ROOM = sim.bargaining.offers_in_full.ROOM = before
    for field in ("outcome", "text", "round", "proposer", "gains", "slack", "opening"):
        assert np.array_equal(getattr(one, field), getattr(other, field), equal_nan=field in ("gains", "slack")), field


# --- what must hold of any talks ------------------------------------------------------------


@quick(25)
@given(talks())
def test_nobody_asked_gets_less_than_no_deal_or_a_crossed_line(it: schema.Scenario) -> None:
    on = feasible_few(it)
    _, ending = talked(on)
    for outcome in (AGREED, UNRATIFIED):
        rows = np.flatnonzero(ending.outcome == outcome)
        needed = asked_each(on.case, ending.text[rows])
        for i, own in enumerate(people_of(on.case)):
            asked = rows[needed[i] if outcome == AGREED or i not in on.ratifiers else np.zeros(len(rows), bool)]
            assert (ending.gains[i, asked] >= -1e-12).all()
            for li in own.profile.lines:
                text = ending.text[asked]
                seen = text if li.kind == "red_line" else on.case.space.seen(text, own.profile.id)
                assert not (li.condition.holds(seen) & own.binds(li)[asked]).any()


@quick(30)
@given(talks(STOLID))
def test_parties_who_give_way_in_the_end_fail_only_where_no_text_would_do(it: schema.Scenario) -> None:
    """Without those who stand everybody ends at no deal, so talks break down iff the zone is empty."""
    giving = {p: t for p, t in it.negotiation.tactics.items() if TACTICS[t.tactic].yields}
    it = it.model_copy(update={"negotiation": it.negotiation.model_copy(update={"tactics": giving})})
    on = feasible_few(it)
    bargaining, ending = talked(on)
    assert np.array_equal(ending.outcome != BREAKDOWN, bargaining.prospects._fits.any(axis=0))


@quick(40)
@given(talks())
def test_who_alone_is_in_the_way_is_what_the_twin_says(it: schema.Scenario) -> None:
    on = feasible_few(it)
    texts = [on.case.space.terms(row) for row in on.packages]
    silent = [p.id for p in on.case.profiles if p.silent]
    _, ending = talked(on)
    own = people_of(on.case)
    for r in SOME:
        told = {
            on.case.profiles[x.party].id: x.texts[np.flatnonzero(x.draws == r)[0]]
            for x in ending.in_the_way
            if r in x.draws
        }
        if ending.outcome[r] != BREAKDOWN:
            assert not told
            assert not ending.missed[r]
            continue
        draws = {p.profile.id: draw_of(p, on.case, r) for p in own}
        expected = talks_twins.in_the_way(it, draws, texts, silent)
        assert told.keys() == expected.keys()
        for p, row in told.items():
            text = on.case.space.terms(row)
            [mine] = [x[:2] for x in expected[p] if x[2] == text]
            lines, gain = max(x[:2] for x in expected[p])
            assert mine[0] == lines
            assert mine[1] == pytest.approx(gain, abs=1e-12)
        suits = any(
            all(
                twins.accepts(it, p, draws[p], text)
                for p in {*talks_twins.needs(it, text, silent), *it.proposers}
                if it.domain.positions[p].role != "ratifier"
            )
            for text in texts
        )
        assert ending.missed[r] == suits


@quick(40)
@given(talks())
def test_talks_that_had_to_break_down_are_what_the_twin_says(it: schema.Scenario) -> None:
    on = feasible_few(it)
    texts = [on.case.space.terms(row) for row in on.packages]
    silent = [p.id for p in on.case.profiles if p.silent]
    bargaining, ending = talked(on)
    assert not (ending.unavoidable & ~ending.missed).any()
    own = people_of(on.case)
    for r in SOME:
        draws = {p.profile.id: draw_of(p, on.case, r) for p in own}
        had_to = talks_twins.unavoidable(it, draws, manners(bargaining, r), texts, silent)
        assert ending.unavoidable[r] == had_to
        assert not had_to or ending.outcome[r] == BREAKDOWN


@quick(30)
@given(talks(STOLID))
def test_one_who_stands_fails_with_others_who_give_way_only_where_it_must(it: schema.Scenario) -> None:
    """Of those who make offers: one who makes none gets what others think best for the worst off."""
    tactics = it.negotiation.tactics
    first = next((p for p in it.proposers if p in tactics and TACTICS[tactics[p].tactic].stands), None)
    giving = {p: t for p, t in tactics.items() if p == first or TACTICS[t.tactic].yields}
    it = it.model_copy(update={"negotiation": it.negotiation.model_copy(update={"tactics": giving})})
    _, ending = talked(feasible_few(it))
    assert np.array_equal(ending.missed, ending.unavoidable)
    if first is not None and giving[first].tactic == "ultimatum":
        assert not ending.missed.any(), "it asks for what all would take"


def test_tactics_that_do_not_react_never_ask_for_more() -> None:
    best = np.linspace(0, 2, 50)
    for word, tactic in TACTICS.items():
        if tactic.reacts:
            continue
        _, low, high, _ = NAMES[word].setting or (None, 0.0, 100.0, None)
        for exponent in (low, tactic.default.low, tactic.default.high, high):
            asked = [tactic.aspiration(best, t, np.full(50, exponent), None) for t in np.linspace(0, 1, 30)]
            assert all((later <= sooner).all() for sooner, later in itertools.pairwise(asked))
            assert (np.array(asked) >= 0).all()
            assert (np.array(asked) <= best).all()


# --- who is asked ---------------------------------------------------------------------------


def small(**more: Any) -> Case:
    """p and q over two issues; a public that must ratify a b, and hates it."""
    people = {
        "p": party(
            {"one": position(values={"a": 0, "b": 1}, weight=0.5), "two": position("cd", weight=0.5)}, reservation=0.1
        ),
        "q": party(
            {"one": position(values={"a": 0, "b": 1}, weight=0.5), "two": position("dc", weight=0.5)}, reservation=0.1
        ),
        "public": party(
            {"one": position("ab", red_lines=[line("b", holds=more.pop("holds", [1, 1]))])},
            role="ratifier",
            consent={"when": [{"one": ["b"]}]},
        ),
    }
    negotiation = {"protocol": "alternating_offers", "rounds": 5} | more
    return case(
        {"one": "ab", "two": "cd"}, people, {"one": "a", "two": "c"}, {"k": {}}, negotiation=negotiation, draws=BLOCK
    )


def test_a_ratifier_has_the_last_word_and_no_seat() -> None:
    on = candidates(small())
    assert [on.case.profiles[i].id for i in on.table] == ["p", "q"]
    _, ending = talked(on)
    assert (ending.outcome == UNRATIFIED).all()
    assert (ending.text[:, 0] == 1).all()
    on = candidates(small(holds=[0.3, 0.3]))
    _, ending = talked(on)
    binds = people_of(on.case)[2].binds(on.case.profiles[2].lines[0])
    assert np.array_equal(ending.outcome == UNRATIFIED, binds)
    assert 0.25 < binds.mean() < 0.35


def test_a_line_is_neither_offered_nor_accepted_by_those_at_the_table() -> None:
    people = {
        "p": party({"one": position("ba", "major")}),
        "q": party({"one": position("ba", "major", red_lines=[line("b", holds=[0.5, 0.5])])}),
    }
    on = case(
        {"one": "ab"},
        people,
        {"one": "a"},
        {"k": {"one": "a"}},
        negotiation={"protocol": "alternating_offers", "rounds": 9},
        draws=BLOCK,
    )
    _, ending = talked(candidates(on))
    binds = people_of(on)[1].binds(on.profiles[1].lines[0])
    assert np.array_equal(ending.text[:, 0] == 0, binds), "after a breakdown the tabled text, though it is no candidate"
    # all that the line leaves says no more than no deal
    assert np.array_equal(ending.outcome == BREAKDOWN, binds)
    assert np.array_equal(ending.outcome == AGREED, ~binds)


@pytest.mark.parametrize("first", "pqr")
@pytest.mark.parametrize("refused", "pqr")
def test_turns_go_round_from_the_first_mover(first: str, refused: str) -> None:
    """One of three offers what another refuses, then the next has its turn; all agree to what the others offer."""
    stubborn, easy = [who for who in "pqr" if who != refused]
    values = {
        stubborn: {"x": 0.9, "y": 1.0, "z": 0.0},
        refused: {"x": 1.0, "y": 1.0, "z": 0.0},
        easy: {"x": 0.5, "y": 0.4, "z": 1.0},
    }
    people = {who: party({"i": position(values=values[who], weight=1.0)}, reservation=0.0) for who in "pqr"}
    giving = {"tactic": "conceder", "exponent": (0.0, 0.0)}
    negotiation = {
        "protocol": "alternating_offers",
        "first_mover": first,
        "tactics": {stubborn: {"tactic": "hardliner"}, refused: giving, easy: giving},
    }
    on = case({"i": "xyz"}, people, {"i": "x"}, {"k": {}}, negotiation=negotiation, draws=BLOCK)
    by = first if first != refused else "pqr"["pqr".index(first) - 2]
    for full in (False, True):
        _, ending = talked(candidates(on), full=full)
        assert (ending.text[:, 0] == 1).all()
        assert (ending.round == 1).all()
        assert (ending.proposer == "pqr".index(by)).all()


# --- runs -----------------------------------------------------------------------------------


def same_field(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, Candidates):
        assert mine.case is theirs.case
        return np.array_equal(mine.packages, theirs.packages) and (mine.whole, mine.texts, mine.equal_no_deal) == (
            theirs.whole,
            theirs.texts,
            theirs.equal_no_deal,
        )
    if isinstance(mine, Refusals):
        return all(np.array_equal(getattr(mine, f.name), getattr(theirs, f.name)) for f in fields(mine))
    return np.array_equal(mine, theirs, equal_nan=isinstance(mine, np.ndarray) and mine.dtype.kind == "f")


def same(one: Tally, other: Tally) -> bool:
    """Equal to the last bit, talks included."""
    mine, theirs = one.talks, other.talks
    if mine is None or theirs is None:
        return mine is theirs and same_vote(one, other)
    alike = all(same_field(getattr(mine, f.name), getattr(theirs, f.name)) for f in fields(mine))
    return alike and same_vote(replace(one, talks=None), replace(other, talks=None))


def lively(draws: int, protocol: str = "alternating_offers", tabled: str = "x", **more: Any) -> Case:
    issues = {"a": "xyz", "b": "xyz", "c": "xyzw"}
    people: Mapping[str, Any] = {
        "p": party({"a": position("xyz", "major"), "b": position("xyz", "minor"), "c": position("xyzw", "major")}),
        "q": party({"a": position("zyx", "major"), "b": position("xzy"), "c": position(["w", "rest"], "minor")}),
        "n": party({"b": position("xy")}, role="alliance", members=["q"], consent={"when": [{"b": ["x"]}]}),
        "v": party({"c": position("yx")}, role="ratifier", consent={"when": [{"a": ["x"]}]}),
    }
    outcomes = {"k": {"a": "y", "b": "y", "c": "w"}, "m": {"a": "z", "b": "x", "c": "x"}}
    negotiation = {"protocol": protocol, "delay_cost": {"q": (0.0, 0.01)}} | more
    terms = {"a": tabled, "b": None, "c": {"option": "x", "basis": "assumed"}}
    return case(issues, people, terms, outcomes, turning="a", draws=draws, negotiation=negotiation)


REACTING = {"p": {"tactic": "tit_for_tat"}, "n": {"tactic": "tit_for_tat", "reciprocity": (0.0, 1.0)}}


@pytest.mark.parametrize("more", [{}, {"tactics": REACTING}, {"protocol": "single_text", "temperature": (0.0, 0.1)}])
def test_workers_and_company_change_nothing(more: Any) -> None:
    cases = [lively(2 * BLOCK + 100, **more), lively(900, **more), lively(BLOCK, "vote")]
    alone = [run_cases([on])[0] for on in cases]
    with workers(2, chunk=1):
        shared = run_cases(cases)
    for tallies in (run_cases(cases), shared):
        for one, other in zip(alone, tallies, strict=True):
            assert same(one, other)
    assert alone[0].talks is not None
    assert alone[0].talks.draws == 2 * BLOCK + 100
    assert (alone[0].talks.outcomes > 0).sum() >= 2
    assert alone[2].talks is None


@pytest.mark.parametrize("protocol", ["alternating_offers", "single_text"])
def test_the_vote_beside_the_talks_is_the_vote(protocol: str) -> None:
    """Talks add their own counts and leave those of the vote on the tabled text as they are."""
    [talked_], [voted] = run_cases([lively(BLOCK, protocol, "z")]), run_cases([lively(BLOCK, "vote", "z")])
    assert talked_.talks is not None
    assert same(replace(talked_, talks=None), voted)
    # who is asked about the tabled text decides what it is held against
    assert talked_.talks.vote[:, 1].sum() == voted.joint[0]
    assert 0 < voted.joint[0] < voted.draws


def test_agents_take_their_turns_in_the_model() -> None:
    """Stepping the Mesa model does what stepping the talks does, a step a round."""
    on = lively(BLOCK, rounds=12)
    model = NegotiationModel(agenda(on), "alternating_offers")
    model.begin(people_of(on), BLOCK)
    steps = 0
    while model.running:
        model.step()
        steps += 1
    tally = model.end()
    _, ending = talked(candidates(on))
    assert tally.talks is not None
    assert tally.talks.outcomes.tolist() == np.bincount(ending.outcome, minlength=3).tolist()
    agreed = ending.outcome == AGREED
    assert tally.talks.rounds.tolist() == np.bincount(ending.round[agreed], minlength=13).tolist()
    assert steps >= ending.round.max()
    assert not any(hasattr(party, "preferences") for party in model.parties)


def test_a_model_of_single_text_has_a_mediator_who_is_no_party() -> None:
    model = NegotiationModel(agenda(lively(BLOCK)), "single_text")
    assert model.mediator is not None
    assert model.mediator in model.agents
    assert model.mediator not in model.parties
