"""A single negotiating text: the ensemble against a scalar twin, and what must hold of any talks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.bargaining.candidates import candidates
from sim.bargaining.endings import AGREED, BREAKDOWN, NO_FAVOURITE, UNRATIFIED, Ending
from sim.bargaining.single_text import Mediation, NoOutlook, ProposedChange, another_option
from sim.bargaining.texts_by_draw import TextsByDraw
from sim.bargaining.zone import Prospects
from sim.engine.consent import asked_each
from sim.engine.draws import BLOCK, Array, stream
from sim.engine.packages import OPEN, Mask, Packages
from sim.engine.preferences import Memo, Preferences
from sim.engine.profiles import Case, compile_case
from sim.scenario import schema
from sim.simulation.runner import run_cases
from sim.simulation.summary import summarise
from tests import twins
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

TIE = 1e-12


# --- random talks -------------------------------------------------------------------------------


@st.composite
def talks(draw: st.DrawFn, rounds: int = 12, heat: bool = True) -> schema.Scenario:
    """Random scenarios with an alliance, a ratifier, a silent party and consent that depends on the text."""
    base = draw(scenarios(open_issues=True, constrained=draw(st.booleans()), most_parties=3))
    issues = {i: tuple(x.options) for i, x in base.domain.issues.issues.items()}
    outcomes = list(twins.outcomes(base))
    people = dict(base.domain.positions)
    extra: dict[str, dict[str, object]] = {}
    if draw(st.booleans()):
        extra["guest"] = draw(parties(issues, outcomes)) | {"role": "guarantor"}
    if draw(st.booleans()):
        members = ("p0", *(name for name in ("guest",) if name in extra), "mute")[: draw(st.integers(1, 3))]
        extra["club"] = draw(parties(issues, outcomes)) | {"role": "alliance", "members": members}
    if draw(st.booleans()):
        extra["public"] = draw(parties(issues, outcomes)) | {"role": "ratifier"}
    if "club" in extra or draw(st.booleans()):
        extra["mute"] = party()
    for name in ("guest", "club", "public"):
        if name in extra and draw(st.integers(0, 2)):
            extra[name]["consent"] = {"when": [draw(terms_of(issues)) for _ in range(draw(st.integers(1, 2)))]}
    whole = scenario(issues, extra or {"x": party()}, base_terms(base), {k: {} for k in outcomes})
    people |= {k: v for k, v in whole.domain.positions.items() if k in extra}
    temperature = draw(st.sampled_from([0.0, 0.0, 0.05, (0.0, 0.3)] if heat else [0.0]))
    negotiation = schema.NegotiationSettings.model_validate(
        {"protocol": "single_text", "rounds": rounds, "temperature": temperature}
    )
    domain = base.domain.model_copy(update={"positions": people})
    return base.model_copy(update={"domain": domain, "negotiation": negotiation})


def base_terms(base: schema.Scenario) -> dict[str, object]:
    return {i: t.option for i, t in base.proposal.terms.items()}


def taken_up(on: Case, block: int = 0) -> tuple[Mediation, list[Preferences]]:
    memo = Memo(on.scenario.seed, block)
    own = [Preferences(p, on.space.sizes, memo) for p in on.profiles]
    mediation = Mediation(on)
    mediation.begin(own)
    return mediation, own


def ended(mediation: Mediation) -> Ending:
    return mediation.end(NoOutlook(mediation.case))


def talked(on: Case, block: int = 0, full: bool = False) -> tuple[list[ProposedChange], Ending]:
    mediation, _ = taken_up(on, block)
    changes = []
    while not mediation.over:
        changes.append(mediation.step(full=full))
    return changes, ended(mediation)


# --- the twin ----------------------------------------------------------------------------------


@dataclass
class Course:
    """One negotiation, told in plain values."""

    texts: list[dict[str, str | None]]
    outcome: int
    last: int
    gains: dict[str, float]


def mediate(
    scene: schema.Scenario,
    draws: Mapping[str, twins.Draw],
    chances: Sequence[float],
    coins: Mapping[str, Sequence[float]],
    heat: float,
    silent: set[str],
) -> Course:
    """The rules of the single text for one draw, by names."""
    spaces = scene.domain.issues.issues
    people = scene.domain.positions
    rules = [c for c in scene.domain.issues.constraints if c.severity in ("hard", "legal")]

    def gain(who: str, text: twins.Text) -> float:
        weights = twins.modelled_weights(scene, who, draws[who])
        return twins.gain(scene, draws[who], weights, twins.seen(scene, text, who))

    def crosses(who: str, text: twins.Text) -> bool:
        return bool(twins.crossed(scene, draws[who], who, text, twins.seen(scene, text, who)))

    def asked(text: twins.Text) -> set[str]:
        return {k for k, need in twins.needed(scene, text).items() if need} - silent

    standing: dict[str, str | None] = dict(twins.written(scene))
    texts, last = [], 0
    for n, chance in enumerate(chances):
        changes = [(i, o) for i in spaces for o in spaces[i].options if o != standing[i]]
        issue, option = changes[int(chance * len(changes))]
        changed = standing | {issue: option}
        voters = [k for k in asked(standing) | asked(changed) if people[k].role != "ratifier"]
        legal = not any(twins.breaks(c, changed) and not twins.breaks(c, standing) for c in rules)
        legal = legal and not twins.no_deal(scene, changed)
        agree, better = True, False
        for who in voters:
            loss = gain(who, standing) - gain(who, changed)
            was, is_ = crosses(who, standing), crosses(who, changed)
            if was and not is_:
                better = True
            elif is_ and not was:
                agree = False
            elif loss <= TIE:
                better = better or loss < -TIE
            else:
                agree = agree and heat > 0 and coins[who][n] < math.exp(-loss / heat)
        if legal and voters and agree and (better or heat > 0):
            standing, last = changed, n + 1
        texts.append(dict(standing))
    content = {k: gain(k, standing) >= -TIE and not crosses(k, standing) for k in people}
    needed = asked(standing)
    barred = twins.no_deal(scene, standing)
    if barred or not all(content[k] for k in needed if people[k].role != "ratifier"):
        return Course(texts, BREAKDOWN, 0, {})
    ratified = all(content[k] for k in needed if people[k].role == "ratifier")
    return Course(texts, AGREED if ratified else UNRATIFIED, last, {k: gain(k, standing) for k in people})


@quick(40)
@given(scene=talks())
def test_every_draw_goes_as_in_the_scalar_twin(scene: schema.Scenario) -> None:
    on = compile_case(scene)
    mediation, own = taken_up(on)
    rounds, heat = scene.negotiation.rounds, scene.negotiation.temperature
    rng = stream(scene.seed, "mediator", "changes", 0)
    chances = [rng.random(BLOCK) for _ in range(rounds)]
    heats = np.full(BLOCK, heat.low)
    if not heat.fixed:
        heats = heat.low + (heat.high - heat.low) * stream(scene.seed, "mediator", "temperature", 0).random(BLOCK)
    streams = {p.id: stream(scene.seed, p.id, "mediation", 0) for p in on.profiles}
    coins = {k: [s.random(BLOCK) for _ in range(rounds)] for k, s in streams.items()}
    texts = []
    while not mediation.over:
        mediation.step()
        texts.append(mediation.standing)
    ending = ended(mediation)
    silent = {p.id for p in on.profiles if p.silent}
    for r in range(0, BLOCK, 163):
        draws = {p.id: draw_of(o, on, r) for p, o in zip(on.profiles, own, strict=True)}
        course = mediate(
            scene,
            draws,
            [float(c[r]) for c in chances],
            {k: [float(c[r]) for c in v] for k, v in coins.items()},
            float(heats[r]),
            silent,
        )
        assert [on.space.terms(t[r]) for t in texts] == course.texts
        assert ending.outcome[r] == course.outcome
        assert ending.round[r] == course.last
        assert ending.proposer[r] == -1
        if course.outcome == BREAKDOWN:
            assert np.isnan(ending.gains[:, r]).all()
            assert np.isnan(ending.slack[r])
            assert (ending.text[r] == on.text).all()
        else:
            assert on.space.terms(ending.text[r]) == course.texts[-1]
            assert ending.gains[:, r] == pytest.approx([course.gains[p.id] for p in on.profiles], abs=1e-9)


# --- what must hold -------------------------------------------------------------------------------


@quick(15)
@given(scene=talks(heat=False))
def test_without_heat_nobody_asked_is_ever_made_worse(scene: schema.Scenario) -> None:
    on = compile_case(scene)
    mediation, own = taken_up(on)
    views = [TextsByDraw(o, on.space) for o in own]
    every = np.arange(BLOCK)
    rules = [r for r in on.space.rules if r.constraint.severity != "political"]
    while not mediation.over:
        change = mediation.step()
        now = mediation.standing
        assert (now == np.where(change.adopted[:, None], change.changed, change.standing)).all()
        assert ((now != change.standing).sum(axis=1) == change.adopted).all()
        for rule in rules:
            assert not (rule.broken_by(now) & ~rule.broken_by(on.text[None])).any()
        concerned = asked_each(on, change.standing) | asked_each(on, now)
        for i, (view, profile) in enumerate(zip(views, on.profiles, strict=True)):
            if profile.role == "ratifier":
                continue
            before, after = view.gains(change.standing, every), view.gains(now, every)
            crossed, crosses = view.crosses(change.standing, every), view.crosses(now, every)
            assert not (concerned[i] & crosses & ~crossed).any()
            assert (after >= before - 2 * TIE)[concerned[i] & (crossed == crosses)].all()
    for j in range(len(on.space.issues)):
        if on.text[j] != OPEN:
            assert (mediation.standing[:, j] != OPEN).all()


@quick(8)
@given(scene=talks(rounds=24, heat=False))
def test_more_rounds_go_on_from_fewer_and_hurt_nobody_at_the_table(scene: schema.Scenario) -> None:
    fewer = scene.model_copy(update={"negotiation": scene.negotiation.model_copy(update={"rounds": 8})})
    some, early = talked(compile_case(fewer))
    more, late = talked(compile_case(scene))
    assert all((a.adopted == b.adopted).all() for a, b in zip(some, more, strict=False))
    on = compile_case(scene)
    always = [i for i, p in enumerate(on.profiles) if on.consent[p.id][0] and p.role != "ratifier" and not p.silent]
    both = (early.outcome != BREAKDOWN) & (late.outcome != BREAKDOWN)
    for i in always:
        assert (late.gains[i, both] >= early.gains[i, both] - 1e-9).all()


@quick(10)
@given(scene=talks())
def test_recording_all_votes_changes_nothing(scene: schema.Scenario) -> None:
    on = compile_case(scene)
    plain, short = talked(on, block=2)
    recorded, long = talked(on, block=2, full=True)
    for a, b in zip(plain, recorded, strict=True):
        assert (a.adopted == b.adopted).all()
        assert (a.changed == b.changed).all()
        settled = b.asked.any(axis=0) & ~(b.asked & ~b.agrees).any(axis=0)
        assert (settled | ~b.adopted).all()
        assert (a.agrees <= b.agrees).all()
        assert not (b.agrees & ~b.asked).any()
    assert (short.outcome == long.outcome).all()
    assert (short.text == long.text).all()


@quick(5)
@given(scene=talks())
def test_a_block_does_not_depend_on_the_blocks_before_it(scene: schema.Scenario) -> None:
    on = compile_case(scene)
    _, alone = talked(on, block=1)
    mediation, _ = taken_up(on, block=0)
    mediation.step()
    memo = Memo(scene.seed, 1)
    mediation.begin([Preferences(p, on.space.sizes, memo) for p in on.profiles])
    while not mediation.over:
        mediation.step()
    after = ended(mediation)
    assert (alone.text == after.text).all()
    assert (alone.round == after.round).all()
    np.testing.assert_array_equal(alone.gains, after.gains)


@quick(30)
@given(scene=talks(), seed=st.integers(0, 99))
def test_gains_and_lines_of_varied_texts_are_those_of_each_text(scene: schema.Scenario, seed: int) -> None:
    on = compile_case(scene)
    rng = stream(seed, "test", "texts", 0)
    texts = np.stack([rng.integers(-1, n, 40) for n in on.space.sizes], axis=1).astype(np.int16)
    at = rng.integers(0, BLOCK, 40)
    for profile in on.profiles:
        own = Preferences(profile, on.space.sizes, Memo(scene.seed, 3))
        view = TextsByDraw(own, on.space)
        each = [own.gain(on.space.seen(x[None], profile.id)[0])[r] for x, r in zip(texts, at, strict=True)]
        assert view.gains(texts, at).tolist() == each
        assert np.diagonal(view.table(texts, at)).tolist() == each
        level = np.broadcast_to(own.cost - (0.0 if own.reservation is None else own.reservation), BLOCK)[at]
        assert view.terms(texts, at).sum(axis=0) + level == pytest.approx(each)
        for x, r, crosses in zip(texts, at.tolist(), view.crosses(texts, at), strict=True):
            text = on.space.terms(x)
            sight = twins.seen(scene, text, profile.id)
            assert crosses == bool(twins.crossed(scene, draw_of(own, on, r), profile.id, text, sight))


@quick(40)
@given(scene=talks(), seed=st.integers(0, 99))
def test_who_is_asked_is_what_the_case_says_of_each_text(scene: schema.Scenario, seed: int) -> None:
    on = compile_case(scene)
    rng = stream(seed, "test", "texts", 0)
    texts = np.stack([rng.integers(-1, n, 30) for n in on.space.sizes], axis=1).astype(np.int16)
    each = [[n.needed and not p.silent for p, n in zip(on.profiles, on.need(x).values(), strict=True)] for x in texts]
    assert (asked_each(on, texts) == np.array(each).T).all()


def test_members_of_members_are_asked_whatever_the_order_of_the_parties() -> None:
    issues = {"x": "ab"}
    when = {"when": [{"x": ["b"]}]}
    never = {"when": [{"x": ["a"]}]}
    voice = {"x": position("ab")}
    on = case(
        issues,
        {
            "leaf": party(voice, consent=never),
            "inner": party(voice, role="alliance", members=("leaf",), consent=never),
            "outer": party(voice, role="alliance", members=("inner",), consent=when),
        },
        {"x": "a"},
    )
    rows = np.array([[0], [1], [OPEN]], np.int16)
    assert asked_each(on, rows).tolist() == [[True, True, False], [True, True, False], [False, True, False]]


def test_each_change_of_a_text_is_equally_likely() -> None:
    on = case({"x": "abc", "y": "ab", "z": "abcd"}, {"p": party()}, {"x": "b", "y": None, "z": "d"})
    ways = 2 + 2 + 3
    chances = (np.arange(2 * ways) + 0.5) / (2 * ways)
    texts = np.repeat(on.text[None], len(chances), axis=0)
    issue, changed = another_option(chances, texts, on.space)
    found = [tuple(row) for row in changed.tolist()]
    expected = [(0, -1, 3), (2, -1, 3), (1, 0, 3), (1, 1, 3), (1, -1, 0), (1, -1, 1), (1, -1, 2)]
    assert found == [x for x in expected for _ in range(2)]
    assert (issue == np.repeat([0, 0, 1, 1, 2, 2, 2], 2)).all()
    # the ends of the range stay inside
    edges, _ = another_option(np.array([0.0, np.nextafter(1.0, 0.0)]), texts[:2], on.space)
    assert edges.tolist() == [0, 2]


# --- known courses -----------------------------------------------------------------------------


def valued(**values: Mapping[str, float]) -> dict[str, object]:
    """Positions with given values; all issues weigh the same."""
    share = 1.0 / len(values)
    return {i: position(importance=None, values=v, weight=share) for i, v in values.items()}


def settings_of(**more: object) -> dict[str, object]:
    return {"protocol": "single_text", "rounds": 60, **more}


AB = {"a": 0.0, "b": 1.0}
BA = {"a": 1.0, "b": 0.0}
EVEN = {"a": 0.5, "b": 0.5}


def test_what_helps_one_and_hurts_none_is_found_and_what_hurts_one_is_not() -> None:
    one, two = valued(x=AB, y=AB, z=AB), valued(x=EVEN, y=AB, z=BA)
    people = {"p": party(one, reservation=0.0), "q": party(two, reservation=0.0)}
    on = case({"x": "ab", "y": "ab", "z": "ab"}, people, {"x": "a", "y": "a", "z": "a"}, negotiation=settings_of())
    _, ending = talked(on)
    assert (ending.outcome == AGREED).all()
    settled = (ending.text == [1, 1, 0]).all(axis=1)
    assert settled.mean() > 0.999  # 60 proposals of three: (2/3)^60 that one never came up
    assert ending.gains[0, settled] == pytest.approx(2 / 3)
    assert (ending.round[settled] >= 2).all()


def with_lines(x: Sequence[str], y: Sequence[str], text: Mapping[str, str], rounds: int = 60) -> Case:
    """One party that prefers a on x and b on y, equally strongly, with these red lines."""
    cares = {
        "x": position(importance=None, values=BA, weight=0.5, red_lines=[line(o) for o in x]),
        "y": position(importance=None, values=AB, weight=0.5, red_lines=[line(o) for o in y]),
    }
    people = {"p": party(cares, reservation=0.0)}
    return case({"x": "ab", "y": "ab"}, people, text, negotiation=settings_of(rounds=rounds))


def test_a_line_is_left_at_any_price_and_not_crossed_for_any_gain() -> None:
    _, ending = talked(with_lines(["a"], [], {"x": "a", "y": "b"}))
    assert (ending.outcome == AGREED).all()
    assert (ending.text == [1, 1]).all()  # off the line on x although it costs a half
    _, ending = talked(with_lines([], ["b"], {"x": "a", "y": "a"}))
    assert (ending.outcome == AGREED).all()
    assert (ending.text == [0, 0]).all()  # not onto the line on y although it would bring a half
    assert (ending.round == 0).all()


def test_where_lines_are_crossed_before_and_after_the_gain_decides() -> None:
    changes, ending = talked(with_lines(["a", "b"], [], {"x": "b", "y": "a"}, rounds=1))
    assert changes[0].adopted.all()  # either change brings a half, and all texts cross a line
    assert (ending.outcome == BREAKDOWN).all()


def test_a_ratifier_has_no_say_before_the_end() -> None:
    people = {
        "p": party(valued(x=AB), reservation=0.0),
        "public": party(valued(x=BA), reservation=0.5, role="ratifier"),
    }
    on = case({"x": "ab"}, people, {"x": "a"}, negotiation=settings_of(rounds=1))
    changes, ending = talked(on, full=True)
    assert changes[0].adopted.all()
    assert not changes[0].asked[1].any()
    assert (ending.outcome == UNRATIFIED).all()
    assert (ending.text == 1).all()
    assert (ending.gains[1] == -0.5).all()
    assert (ending.round == 1).all()


def test_a_change_that_breaks_a_constraint_passes_without_a_vote() -> None:
    rule = [constraint("c", {"x": ["b"]}, {"y": ["b"]}, "legal")]
    people = {"p": party(valued(x=AB, y=BA), reservation=0.0)}
    on = case({"x": "ab", "y": "ab"}, people, {"x": "a", "y": "a"}, constraints=rule, negotiation=settings_of(rounds=3))
    changes, ending = talked(on)
    assert (changes[0].feasible == (changes[0].issue == 1)).all()
    assert not changes[0].asked[:, ~changes[0].feasible].any()
    assert (ending.text == 0).all()
    assert (ending.round == 0).all()
    broken = case(
        {"x": "ab", "y": "ab"}, people, {"x": "b", "y": "a"}, constraints=rule, negotiation=settings_of(rounds=3)
    )
    changes, _ = talked(broken)
    assert changes[0].feasible.all()  # what the tabled text breaks already binds nobody


def test_a_loss_is_accepted_as_often_as_the_temperature_says() -> None:
    people = {"p": party(valued(x=BA), reservation=0.0)}
    on = case({"x": "ab"}, people, {"x": "a"}, negotiation=settings_of(rounds=1, temperature=2.0))
    changes, ending = talked(on)
    share, expected = changes[0].adopted.mean(), math.exp(-0.5)
    assert abs(share - expected) < 4 * math.sqrt(expected * (1 - expected) / BLOCK)
    assert (ending.gains[0] == np.where(changes[0].adopted, 0.0, 1.0)).all()


def test_who_listens_in_does_not_move_the_talks() -> None:
    one, two = valued(x=AB, y=BA), valued(x=BA, y=EVEN)
    issues, terms = {"x": "ab", "y": "ab"}, {"x": "a", "y": "a"}
    talk = settings_of(rounds=8, temperature=[0.0, 0.5])
    few = {"p": party(one, reservation=0.2), "q": party(two, reservation=0.2)}
    never = {"when": [{"x": ["b"], "y": ["a"]}]}
    more = {"mute": party(), **few, "r": party(valued(x=EVEN, y=EVEN), reservation=0.0, role="ratifier", consent=never)}
    _, alone = talked(case(issues, few, terms, negotiation=talk))
    _, watched = talked(case(issues, more, terms, negotiation=talk))
    assert (alone.text == watched.text).all()
    assert (alone.round == watched.round).all()
    assert 0 < (alone.outcome == BREAKDOWN).mean() < 1


class Told(NoOutlook):
    """An outlook that notes what it is asked, and in which something is possible in every other draw."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.possible = np.arange(BLOCK) % 2 == 0
        self.asked: list[tuple[Array, Mask]] = []
        self.opening: Packages = np.ones((1, BLOCK, 1), np.int16)

    def slack(self, gains: Array, needed: Mask) -> Array:
        self.asked.append((gains.copy(), needed.copy()))
        return np.arange(BLOCK) / BLOCK

    def openings(self) -> Packages:
        return self.opening


def test_what_candidates_hold_is_passed_on() -> None:
    people = {"p": party(valued(x=AB), reservation=0.75), "r": party(valued(x=AB), reservation=0.0, role="ratifier")}
    on = case({"x": "ab"}, people, {"x": "a"}, negotiation=settings_of(rounds=1))
    mediation, _ = taken_up(on)
    told = Told(on)
    ending = mediation.end(told)
    assert (ending.outcome == BREAKDOWN).all()
    assert np.isnan(ending.slack).all()
    ((gains, asked),) = told.asked
    assert (gains[:, 0] == [-0.75, 0.0]).all()
    assert (asked[:, 0] == [True, False]).all()
    assert ending.opening is told.opening
    assert (ending.missed == told.possible).all()
    # p alone refuses what stands, the text as tabled, whatever candidates there are.
    [refused] = ending.in_the_way
    assert (refused.party, len(refused.draws), ending.turned_down) == (0, BLOCK, ())
    assert (refused.texts == 0).all()
    mediation, _ = taken_up(on)
    mediation.step()
    ending = mediation.end(told)
    assert (ending.outcome == AGREED).all()
    assert (ending.slack == np.arange(BLOCK) / BLOCK).all()
    assert not ending.missed.any()
    assert ending.in_the_way == ()


def test_an_agreement_that_needs_nobody_leaves_no_slack() -> None:
    """Nobody at the table is asked about b, and only candidates with a are worth anything to anybody."""
    people = {"p": party(valued(x=BA), reservation=0.0, consent={"when": [{"x": ["a"]}]})}
    on = case({"x": "ab"}, people, {"x": "b"}, negotiation=settings_of(rounds=1))
    mediation, own = taken_up(on)
    prospects = Prospects(candidates(on), own)
    ending = mediation.end(prospects)
    assert (ending.outcome == AGREED).all()
    assert (ending.text == 1).all()
    assert (ending.slack == 0.0).all()
    needed = np.zeros((1, BLOCK), bool)
    needed[0, ::2] = True
    found = prospects.slack(np.zeros((1, BLOCK)), needed)
    assert (found[::2] == 1.0).all()
    assert (found[1::2] == 0.0).all()


@pytest.mark.parametrize("role", ["ratifier", "guarantor"])
def test_talks_at_which_nobody_sits_and_nobody_offers_are_talks_all_the_same(role: str) -> None:
    people = {"p": party(valued(x=BA), reservation=0.0, role=role), "mute": party(role="guarantor")}
    on = case({"x": "ab"}, people, {"x": "a"}, negotiation=settings_of(rounds=3), draws=50)
    [tally] = run_cases([on])
    talks = summarise(on, tally, "0", []).negotiation
    assert talks is not None
    assert talks.proposers == ()
    assert talks.agreed.estimate == 1.0


def test_more_seats_than_bits() -> None:
    """p7 alone refuses a; everybody else, and there are many, prefers it."""
    people = {f"p{k}": party(valued(x=AB if k == 7 else BA), reservation=0.5) for k in range(70)}
    on = case({"x": "ab"}, people, {"x": "a"}, negotiation=settings_of(rounds=1))
    mediation, own = taken_up(on)
    prospects = Prospects(candidates(on), own)
    assert not prospects.possible.any()
    [refused] = prospects.in_the_way(np.arange(BLOCK) < 9)
    assert (refused.party, refused.draws.tolist()) == (7, [*range(9)])
    assert (refused.texts == 0).all()
    assert [x.party for x in mediation.end(prospects).in_the_way] == [7]


def test_who_makes_offers_elsewhere_has_no_say_in_a_single_text_that_does_not_need_it() -> None:
    never = {"when": [{"x": ["a"]}]}
    people = {"p": party(valued(x=AB), reservation=0.5), "q": party(valued(x=BA), reservation=0.5, consent=never)}
    for protocol, possible in (("single_text", True), ("alternating_offers", False)):
        settings = settings_of(rounds=1) | {"protocol": protocol}
        on = case({"x": "ab"}, people, {"x": "a"}, negotiation=settings)
        assert (Prospects(candidates(on), taken_up(on)[1]).possible == possible).all()


def test_who_would_rather_have_no_deal_has_no_favourite() -> None:
    people = {"p": party(valued(x={"a": 0.0, "b": 0.5}), reservation=[0.0, 1.0])}
    on = case({"x": "ab"}, people, {"x": "a"}, negotiation=settings_of(proposers=["p"]))
    _, own = taken_up(on)
    prospects = Prospects(candidates(on), own)
    unwilling = own[0].gain(np.array([1])) < -TIE
    assert 0.3 < unwilling.mean() < 0.7
    assert (prospects.openings()[0, :, 0] == np.where(unwilling, NO_FAVOURITE, 1)).all()
