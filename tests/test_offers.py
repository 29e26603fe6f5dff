"""Alternating offers: the ensemble against a scalar twin, the fast way against the full one, and economics."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import sim.candidates
import sim.zone
from sim import schema
from sim.candidates import Candidates, TooMany, candidates, count
from sim.consent import asked_each
from sim.draws import BLOCK
from sim.endings import AGREED, BREAKDOWN, NO_FAVOURITE, UNRATIFIED, Ending
from sim.model import Negotiation, agenda
from sim.offers import Bargaining
from sim.preferences import Memo, Preferences
from sim.profiles import Case, compile_case
from sim.runner import run_cases
from sim.tactics import TACTICS
from sim.tally import Tally
from tests import talks_twins, twins
from tests.domains import (
    case,
    constraint,
    draw_of,
    line,
    parties,
    party,
    position,
    quick,
    scenario,
    scenarios,
    terms_of,
)
from tests.test_runner import same as same_vote


def same(one: Tally, other: Tally) -> bool:
    """Equal to the last bit, talks included."""
    mine, theirs = one.talks, other.talks
    if mine is None or theirs is None:
        return mine is theirs and same_vote(one, other)
    alike = all(np.array_equal(getattr(mine, f.name), getattr(theirs, f.name)) for f in fields(mine))
    return alike and same_vote(replace(one, talks=None), replace(other, talks=None))


OUTCOMES = {"agreed": AGREED, "unratified": UNRATIFIED, "breakdown": BREAKDOWN}


# --- random talks ---------------------------------------------------------------------------


@st.composite
def tactics(draw: st.DrawFn, kinds: Sequence[str | None], offers: bool) -> Any:
    """A tactic of some kinds; None is whatever the default is."""
    word = draw(st.sampled_from([w for w in kinds if offers or w != "micro"]))
    if word is None:
        return None
    chosen: dict[str, Any] = {"tactic": word}
    if TACTICS[word].parameter and draw(st.booleans()):
        low, high = {"boulware": (1.0, 6.0), "conceder": (0.0, 1.0), "tit_for_tat": (0.0, 2.0)}[word]
        middle = draw(st.sampled_from([low, high, (low + high) / 2]))
        chosen[TACTICS[word].parameter] = draw(st.sampled_from([(middle, middle), (low, high)]))
    return chosen


ALL = (None, *TACTICS)
STOLID = (None, *(word for word, tactic in TACTICS.items() if not tactic.reacts))
LIVELY = ("micro", "tit_for_tat", "tit_for_tat", "conceder")


@st.composite
def talks(draw: st.DrawFn, kinds: Sequence[str | None] = ALL, most_rounds: int = 7) -> schema.Scenario:
    """Random talks: an alliance, a ratifier, a silent party, consent that depends on the text, ties, delay."""
    base = draw(
        scenarios(open_issues=True, constrained=draw(st.booleans()), most_parties=3)
        if draw(st.integers(0, 2))
        else level_scenarios()
    )
    issues = {i: tuple(x.options) for i, x in base.domain.issues.issues.items()}
    outcomes = list(twins.outcomes(base))
    principals = tuple(base.domain.positions)
    extra: dict[str, Any] = {}
    if draw(st.booleans()):
        extra["guest"] = draw(parties(issues, outcomes)) | {"role": "guarantor"}
    if draw(st.booleans()):
        members = [n for n in ("p0", "guest", "mute") if n != "guest" or n in extra]
        extra["club"] = draw(parties(issues, outcomes)) | {"role": "alliance", "members": members}
    if draw(st.booleans()):
        extra["public"] = draw(parties(issues, outcomes)) | {"role": "ratifier"}
    if "club" in extra:
        extra["mute"] = party(role="guarantor")
    for name in ("guest", "club", "public"):
        if name in extra and draw(st.integers(0, 2)):
            extra[name]["consent"] = {"when": [draw(terms_of(issues)) for _ in range(draw(st.integers(1, 2)))]}
    whole = scenario(issues, extra or {"x": party()}, dict.fromkeys(issues), {k: {} for k in outcomes})
    people = dict(base.domain.positions) | {k: v for k, v in whole.domain.positions.items() if k in extra}
    able = [*principals, *(n for n in ("guest",) if n in extra)]
    proposers = tuple(draw(st.permutations(able)))[: draw(st.integers(1, len(able)))] if draw(st.booleans()) else ()
    offering = proposers or principals
    chosen = {
        p: t
        for p in people
        if people[p].role != "ratifier" and p != "mute" and (t := draw(tactics(kinds, p in offering))) is not None
    }
    settings = {
        "protocol": "alternating_offers",
        "rounds": draw(st.integers(1, most_rounds)),
        "proposers": proposers,
        "first_mover": draw(st.sampled_from(["random", *offering])),
        "tactics": chosen,
        "delay_cost": {p: draw(st.sampled_from([(0.1, 0.1), (0.0, 0.05)])) for p in chosen if draw(st.booleans())},
        "candidates": {
            "changes": draw(st.integers(1, 2)),
            "texts": {"far": {i: draw(st.sampled_from(o)) for i, o in issues.items()}},
        },
    }
    chosen_fields = {k: v for k, v in settings.items() if v != ()}
    domain = base.domain.model_copy(update={"positions": people})
    negotiation = schema.NegotiationSettings.model_validate(chosen_fields)
    made = base.model_copy(update={"domain": domain, "negotiation": negotiation})
    # files in which a party makes offers on whom the sources are silent are complained of
    assume(not any(p.silent for p in compile_case(made).profiles if p.id in made.proposers))
    return made


@st.composite
def level_scenarios(draw: st.DrawFn) -> schema.Scenario:
    """Values in tenths and equal weights, so that many candidates are exactly as good as each other."""
    issues = {f"i{j}": "abcd"[: draw(st.integers(2, 4))] for j in range(draw(st.sampled_from([2, 4])))}
    tenths = st.integers(0, 10)
    people = {
        f"p{k}": party(
            {
                i: position(values={o: draw(tenths) / 10 for o in options}, weight=1 / len(issues))
                for i, options in issues.items()
            },
            reservation=draw(st.sampled_from([0.2, 0.4, 0.5])),
        )
        for k in range(draw(st.integers(2, 3)))
    }
    return scenario(issues, people, {i: draw(st.sampled_from(o)) for i, o in issues.items()}, {"k0": {}}, draws=BLOCK)


@contextmanager
def at_most(number: int) -> Iterator[None]:
    """As if more candidates than this were too many."""
    before, sim.candidates.MOST = sim.candidates.MOST, number
    try:
        yield
    finally:
        sim.candidates.MOST = before


def feasible_few(it: schema.Scenario) -> Candidates:
    """The candidates, near the tabled text only where that leaves more than a hundred."""
    try:
        with at_most(100):
            return candidates(compile_case(it))
    except TooMany:
        return candidates(compile_case(it))


def people_of(on: Case, block: int = 0) -> list[Preferences]:
    memo = Memo(on.scenario.seed, block)
    return [Preferences(p, on.space.sizes, memo) for p in on.profiles]


def talked(on: Candidates, *, full: bool = False, block: int = 0) -> tuple[Bargaining, Ending]:
    bargaining = Bargaining(on, full=full)
    bargaining.begin(people_of(on.case, block))
    while not bargaining.over:
        bargaining.step()
    kept = Bargaining.__new__(Bargaining)
    kept.__dict__.update(bargaining.__dict__)  # what end() drops
    return kept, bargaining.end()


def numbers(value: Any, r: int) -> float:
    return float(value[r]) if isinstance(value, np.ndarray) else float(value)


def manners(bargaining: Bargaining, r: int) -> dict[str, talks_twins.Manner]:
    on, settings = bargaining.on, bargaining.settings
    result = {}
    for seat, i in enumerate(on.table):
        name, own = on.case.profiles[i].id, bargaining.concessions[seat]
        given = settings.tactics.get(name)
        word = given.tactic if given else "linear" if i in on.proposers else None
        result[name] = talks_twins.Manner(word, numbers(own.parameter, r), numbers(own.delay, r))
    return result


def order_of(bargaining: Bargaining, r: int) -> list[str]:
    on = bargaining.on
    return [on.case.profiles[on.table[seat]].id for seat in bargaining.order(r)]


SOME = (0, 1, 7, 100, 2000, BLOCK - 1)


# --- the twin -------------------------------------------------------------------------------


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


@quick(60)
@given(talks())
def test_candidates_are_those_of_the_twin(it: schema.Scenario) -> None:
    case_ = compile_case(it)
    for most in (2000, 60):
        with at_most(most):
            texts = talks_twins.candidates(it, most)
            if len(texts) > most:
                with pytest.raises(TooMany) as found:
                    candidates(case_)
                assert (found.value.exact, found.value.count) == (True, len(texts))
                continue
            on = candidates(case_)
            assert count(case_) == len(on)
        assert [case_.space.terms(row) for row in on.packages] == texts
        far = twins.written(it) | it.negotiation.candidates.texts["far"]
        assert [texts[k] for k in on.texts.values()] == ([far] if far in texts else [])
        silent = [p.id for p in case_.profiles if p.silent]
        for k, text in enumerate(texts):
            needs = talks_twins.needs(it, text, silent)
            assert [p.id for i, p in enumerate(case_.profiles) if on.needed[i, k]] == needs
            asked = {case_.profiles[i].id for row, i in enumerate(on.table) if on.asked[row, k]}
            seats = {p for p in needs if it.domain.positions[p].role != "ratifier"}
            assert asked == seats | set(it.proposers)


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
    before = sim.zone.ROOM
    sim.zone.ROOM = sim.offers_in_full.ROOM = max(room, 50 * len(on))
    try:
        _, other = talked(on)
    finally:
        sim.zone.ROOM = sim.offers_in_full.ROOM = before
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
    """Without hardliners everybody ends at no deal, so talks break down iff the zone is empty."""
    giving = {p: t for p, t in it.negotiation.tactics.items() if t.tactic != "hardliner"}
    it = it.model_copy(update={"negotiation": it.negotiation.model_copy(update={"tactics": giving})})
    on = feasible_few(it)
    bargaining, ending = talked(on)
    assert np.array_equal(ending.outcome != BREAKDOWN, bargaining.prospects._fits.any(axis=0))


def test_tactics_that_do_not_react_never_ask_for_more() -> None:
    best = np.linspace(0, 2, 50)
    for tactic in TACTICS.values():
        if tactic.reacts:
            continue
        low, high = max(tactic.allowed.low, 0.0), min(tactic.allowed.high, 100.0)
        for exponent in (low, tactic.default.low, tactic.default.high, high):
            asked = [tactic.aspiration(best, t, np.full(50, exponent), None) for t in np.linspace(0, 1, 30)]
            assert all((later <= sooner).all() for sooner, later in itertools.pairwise(asked))
            assert (np.array(asked) >= 0).all()
            assert (np.array(asked) <= best).all()


# --- splitting one issue --------------------------------------------------------------------

CAKE = 51


def cake(of_p: Any = "boulware", of_q: Any = "boulware", reservations: Any = (0.0, 0.0), **more: Any) -> Case:
    """Two parties, one issue with 51 options, linear and opposed values: what one gets the other does not."""
    options = [f"o{k}" for k in range(CAKE)]
    share = np.linspace(0, 1, CAKE).tolist()
    people = {
        "p": party({"split": position(values=dict(zip(options, share, strict=True)), weight=1.0)}),
        "q": party({"split": position(values=dict(zip(options, share[::-1], strict=True)), weight=1.0)}),
    }
    for name, reservation in zip(people, reservations, strict=True):
        people[name]["reservation"] = reservation
    negotiation = {
        "protocol": "alternating_offers",
        "rounds": 100,
        "tactics": {"p": _given(of_p), "q": _given(of_q)},
    } | more
    return case({"split": options}, people, {"split": "o0"}, negotiation=negotiation, draws=BLOCK)


def _given(tactic: Any) -> Any:
    return {"tactic": tactic} if isinstance(tactic, str) else tactic


def shares(on: Case) -> tuple[np.ndarray, Ending]:
    """What p gets of the cake, by draw; NaN where nothing is agreed."""
    _, ending = talked(candidates(on))
    return np.where(ending.outcome == AGREED, ending.text[:, 0] / (CAKE - 1), np.nan), ending


STEADY = {"tactic": "boulware", "exponent": (3.0, 3.0)}


def test_patient_equals_split_evenly() -> None:
    got, ending = shares(cake(STEADY, STEADY))
    assert (ending.outcome == AGREED).all()
    assert np.abs(got - 0.5).max() <= 2 / (CAKE - 1)
    assert got.mean() == pytest.approx(0.5, abs=0.005)


def test_patience_varies_but_not_the_mean() -> None:
    got, _ = shares(cake())
    assert got.std() > 0.01
    assert got.mean() == pytest.approx(0.5, abs=4 * got.std() / np.sqrt(BLOCK))


@pytest.mark.parametrize(
    ("patient", "hasty"),
    [
        ("boulware", "linear"),
        ("linear", "conceder"),
        ("boulware", "conceder"),
        ({"tactic": "boulware", "exponent": (8.0, 9.0)}, "boulware"),
    ],
)
def test_who_is_more_patient_gets_more(patient: Any, hasty: Any) -> None:
    mine, _ = shares(cake(patient, hasty))
    theirs, _ = shares(cake(hasty, patient))
    assert mine.min() > 0.5
    assert theirs.max() < 0.5
    assert mine.mean() == pytest.approx(1 - theirs.mean(), abs=0.01)


def test_whom_waiting_costs_more_gets_less() -> None:
    even, _ = shares(cake(STEADY, STEADY))
    hurt, _ = shares(cake(STEADY, STEADY, delay_cost={"p": (0.003, 0.003)}))
    more, _ = shares(cake(STEADY, STEADY, delay_cost={"p": (0.006, 0.006)}))
    assert more.mean() < hurt.mean() - 0.05
    assert hurt.mean() < even.mean() - 0.05


def test_who_can_do_without_gets_more() -> None:
    """Parties as patient as each other meet where each has the same share of the most it could gain.

    That is the point of E. Kalai and M. Smorodinsky (1975), with the most taken over all candidates:
    here 0.6 and 1, so 0.6 s + s = 0.6 is to be shared out and p has 0.4 + 0.6 x 0.375.
    """
    got, ending = shares(cake(STEADY, STEADY, reservations=(0.4, 0.0)))
    assert (ending.outcome == AGREED).all()
    assert np.abs(got - 0.625).max() <= 1 / (CAKE - 1)


def test_a_hardliner_gets_all_of_one_who_gives_way_and_nothing_of_its_like() -> None:
    got, ending = shares(cake("hardliner", "linear"))
    assert (got == 1.0).all()
    assert (ending.round == 100).all()
    assert (shares(cake("hardliner", "hardliner"))[1].outcome == BREAKDOWN).all()


def test_who_moves_first_matters_when_fixed_and_not_on_average_when_drawn() -> None:
    """With few rounds a step of concession is worth something, and the order of turns decides who takes it.

    It falls to whoever answers: a proposer puts forward what is best for the others at its own aspiration, so in the
    round in which the aspirations first leave room, it keeps just that, here 1 - 3/5 of the cake.
    """
    first, _ = shares(cake("linear", "linear", rounds=6, first_mover="p"))
    second, _ = shares(cake("linear", "linear", rounds=6, first_mover="q"))
    assert (first == 0.4).all()
    assert (second == 0.6).all()
    drawn, ending = shares(cake("linear", "linear", rounds=6))
    assert drawn.mean() == pytest.approx(0.5, abs=4 * drawn.std() / np.sqrt(BLOCK))
    by_p = ending.proposer == 0
    assert by_p.mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(BLOCK))
    assert (drawn[by_p] == 0.4).all()
    assert (drawn[~by_p] == 0.6).all()
    # with many rounds there is hardly anything left of it
    assert shares(cake("linear", "linear", first_mover="p"))[0].mean() == pytest.approx(0.5, abs=0.02)


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


def test_micro_meets_micro_in_the_middle() -> None:
    got, ending = shares(cake("micro", "micro"))
    assert (ending.outcome == AGREED).all()
    assert np.abs(got - 0.5).max() <= 1 / (CAKE - 1)
    # each has gone down half of its list, one a round
    assert (np.abs(ending.round - CAKE / 2) <= 1.5).all()


def test_micro_does_not_walk_over_to_one_who_stands() -> None:
    assert (shares(cake("micro", "hardliner"))[1].outcome == BREAKDOWN).all()


def test_tit_for_tat_gives_as_it_is_given() -> None:
    """Against a linear opponent it concedes the same steps two rounds later, so they meet in the middle."""
    got, ending = shares(cake("tit_for_tat", "linear"))
    assert (ending.outcome == AGREED).all()
    assert np.abs(got - 0.5).max() <= 0.04
    meaner, _ = shares(cake({"tactic": "tit_for_tat", "reciprocity": (0.5, 0.5)}, "linear"))
    assert meaner.mean() > 0.6
    assert (shares(cake("tit_for_tat", "tit_for_tat"))[1].outcome == BREAKDOWN).all()


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
    assert np.array_equal(ending.text[:, 0] == 0, binds)
    assert (ending.outcome == AGREED).all()


# --- candidates -----------------------------------------------------------------------------


def wide(issues: int, options: int, changes: int, constraints: Any = (), **more: Any) -> Case:
    names = {f"i{j}": [f"o{k}" for k in range(options)] for j in range(issues)}
    return case(
        names,
        {"p": party(), "q": party({"i0": position(["o0", "o1"])})},
        dict.fromkeys(names, "o0"),
        {"k": {}},
        constraints=constraints,
        negotiation={"protocol": "alternating_offers", "candidates": {"changes": changes} | more},
    )


def test_too_many_candidates_are_counted_not_made() -> None:
    with pytest.raises(TooMany, match="up to 11,824,611 candidates") as found:
        candidates(wide(60, 8, 3))
    assert not found.value.exact
    assert found.value.fewer == 1
    with pytest.raises(TooMany) as found:
        candidates(wide(20, 5, 2))
    assert (found.value.count, found.value.exact, found.value.fewer) == (1 + 80 + 190 * 16, True, 1)
    assert len(candidates(wide(20, 5, 1))) == 81


def test_a_space_that_constraints_make_small_is_taken_whole() -> None:
    chain = [constraint(f"c{j}", {f"i{j}": ["o1"]}, {f"i{j + 1}": ["o1"]}) for j in range(29)]
    on = candidates(wide(30, 2, 2, chain))
    assert on.whole
    assert len(on) == 31


def test_further_texts_come_last_and_infeasible_ones_not_at_all() -> None:
    rules = [constraint("c", {"i1": ["o2"]}, {"i2": ["o0"]})]
    texts = {
        "near": {"i0": "o1"},
        "far": {"i0": "o1", "i1": "o1", "i2": "o1", "i3": "o1"},
        "again": {"i0": "o1", "i1": "o1", "i2": "o1", "i3": "o1"},
        "broken": {"i1": "o2", "i2": "o1", "i3": "o1"},
    }
    on = candidates(wide(12, 4, 1, rules, texts=texts))
    assert not on.whole
    assert len(on) == 1 + 36 + 1
    assert (on.packages[0] == 0).all()
    assert on.texts == {"near": 34, "far": 37, "again": 37}
    assert (on.packages[34] != 0).sum() == 1


# --- runs -----------------------------------------------------------------------------------


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
    for tallies in (run_cases(cases), run_cases(cases, workers=3)):
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
    model = Negotiation(agenda(on), "alternating_offers")
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
    model = Negotiation(agenda(lively(BLOCK)), "single_text")
    assert model.mediator is not None
    assert model.mediator in model.agents
    assert model.mediator not in model.parties
