"""Random talks for the property tests, and talks of one block held without a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

import sim.bargaining.candidates
import sim.bargaining.zone
from sim.bargaining.alternating_offers import Bargaining
from sim.bargaining.candidates import Candidates, TooMany, candidates
from sim.bargaining.endings import Ending
from sim.bargaining.tactics import TACTICS
from sim.engine.draws import BLOCK
from sim.engine.preferences import Memo, Preferences
from sim.engine.profiles import Case, compile_case
from sim.scenario import schema
from tests import talks_twins, twins
from tests.domains import (
    parties,
    party,
    position,
    scenario,
    scenarios,
    terms_of,
)


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
    before, sim.bargaining.candidates.MOST = sim.bargaining.candidates.MOST, number
    try:
        yield
    finally:
        sim.bargaining.candidates.MOST = before


def feasible_few(it: schema.Scenario) -> Candidates:
    """The candidates, near the tabled text only where that leaves more than a hundred."""
    try:
        with at_most(100):
            on = candidates(compile_case(it))
    except TooMany:
        on = candidates(compile_case(it))
    assume(len(on))  # files whose every candidate says no more than no deal are complained of
    return on


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
