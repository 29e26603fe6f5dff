"""One negotiation of the ensemble, told turn by turn: who put forward what, who refused it and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from sim.analysis.shared.records import about
from sim.analysis.trace.result import OUTCOMES, Chosen, Ended, OutcomeName, TracedParty, TraceResult
from sim.analysis.trace.turns import Course, alternating_offers, own_talks, single_text, vote, witnesses
from sim.analysis.trace.typical import Endings
from sim.analysis.trace.witness import Witness
from sim.bargaining.candidates import Candidates, candidates
from sim.bargaining.endings import AGREED, BREAKDOWN, UNRATIFIED
from sim.bargaining.summary import own_rules
from sim.bargaining.tactics import TACTICS, tactic_name
from sim.engine.consent import asked_each
from sim.engine.draws import BLOCK
from sim.engine.preferences import preferences_of
from sim.engine.profiles import Case, Profile
from sim.files.arguments import InvalidArgument
from sim.files.errors import SimError
from sim.files.grammar import listed
from sim.report.numbers import percent
from sim.scenario.loading import Loaded
from sim.scenario.negotiation_schema import PROTOCOLS
from sim.simulation.cases import compiled

_WORDS = {AGREED: "agreement", UNRATIFIED: "a failed ratification", BREAKDOWN: "a breakdown"}


class NoSuchDraw(SimError, ValueError):
    """A number that is none of the scenario's draws."""


def trace(
    loaded: Loaded,
    *,
    draw: int | None = None,
    outcome: OutcomeName | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> TraceResult:
    """Tell one negotiation of a scenario, under its protocol: who puts forward what, who refuses it and why.

    Args:
        loaded: the scenario.
        draw: which of its draws, counted from 0. Without it, the typical draw of an outcome: the one nearest to the
            medians of those that end so.
        outcome: ``agreed``, ``breakdown`` or ``ratification_failed``; by default what most draws end in.
        progress: called with (blocks done, blocks in all) while a typical draw is looked for.

    Returns:
        The draw, turn by turn, and how it ended.

    Raises:
        NoSuchDraw: for a number beyond the scenario's draws.
        InvalidArgument: where no draw ends with the outcome, and where both are given.
        Complaints: where ranges leave almost nothing to draw from.

    Example:
        >>> import sim
        >>> loaded = sim.load("istanbul", draws=200, protocol="alternating_offers")
        >>> sim.trace(loaded, outcome="agreed").ended.outcome
        'agreed'
    """
    if draw is not None and outcome is not None:
        raise InvalidArgument("give a draw or an outcome, not both: a draw ends as it ends")
    [case] = compiled([loaded])
    draws = case.scenario.draws
    if draw is not None and not 0 <= draw < draws:
        raise NoSuchDraw(f"{draw}: there are {draws:,} draws, counted from 0 to {draws - 1:,}")
    settings = case.scenario.negotiation
    own_protocol = PROTOCOLS.own(settings.protocol)
    on = candidates(case) if own_protocol or settings.protocol == "alternating_offers" else None
    chosen = None
    if draw is None:
        draw, chosen = _choose(Endings(case, on, progress), outcome)
    block, number = divmod(draw, BLOCK)
    own = preferences_of(case, block)
    people = witnesses(case, own, number)
    if on is not None:
        course = (own_talks if own_protocol else alternating_offers)(on, people, own, number)
    elif settings.protocol == "single_text":
        course = single_text(case, people, own, number)
    else:
        course = vote(case, people)
    return TraceResult(
        **about(case, loaded, TraceResult),
        draw=draw,
        chosen=chosen,
        rounds=settings.most_rounds,
        first_mover=course.first_mover,
        temperature=course.temperature,
        candidates=None if on is None else len(on),
        own_rules=() if on is None else own_rules(on),
        parties=tuple(_party(case, on, p, people[p.id], course) for p in case.profiles),
        turns=tuple(course.turns),
        ended=Ended(
            outcome=OUTCOMES[course.outcome],
            round=course.round or None,
            proposer=course.proposer,
            terms=case.space.terms(course.text),
            changes=case.space.changes(case.text, course.text),
            names=course.names,
        ),
    )


def _choose(endings: Endings, outcome: OutcomeName | None) -> tuple[int, Chosen]:
    counts, draws = endings.counts(), endings.draws
    kind = max(counts, key=lambda k: counts[k]) if outcome is None else OUTCOMES.index(outcome)
    if not counts[kind]:
        others = listed([f"{_WORDS[k]} in {percent(n / draws)}" for k, n in counts.items() if n])
        raise InvalidArgument(f"none of the {draws:,} draws ends in {_WORDS[kind]}; there is {others}")
    return endings.typical(kind), Chosen(outcome=OUTCOMES[kind], count=counts[kind], of=draws)


def _party(case: Case, on: Candidates | None, profile: Profile, witness: Witness, course: Course) -> TracedParty:
    party = profile.id
    asked = {a.party for turn in course.turns for a in turn.answers if turn.kind != "ratification"}
    ratifies = {a.party for turn in course.turns for a in turn.answers if turn.kind == "ratification"}
    offers = on is not None and case.scenario.negotiation.rule.offers and party in on.ids(on.proposers)
    # Whoever makes offers has a say in every text, whether or not it needs its consent.
    needed = asked_each(case, np.stack([case.text, course.text]))[case.profiles.index(profile)].tolist()
    at_first, in_the_end = (needs or offers for needs in needed)
    part: Literal["proposes", "asked", "ratifies", "silent", "not_asked"] = "not_asked"
    if offers:
        part = "proposes"
    elif profile.silent:
        part = "silent"
    elif party in asked:
        part = "asked"
    elif party in ratifies or (profile.role == "ratifier" and at_first):
        part = "ratifies"
    # Only in offers has anybody a tactic, and only at the table.
    tactic = tactic_name(party, case.scenario.negotiation, offers) if party in course.parameters else None
    broken = course.outcome == BREAKDOWN
    return TracedParty.copying(
        profile,
        part=part,
        tactic=tactic,
        parameter=course.parameters[party] if tactic is not None and TACTICS[tactic].parameter is not None else None,
        delay_cost=course.delays.get(party),
        best=course.best.get(party),
        tabled=witness.gain(case.text),
        tabled_needs=at_first,
        gain=None if broken else witness.gain(course.text),
        needs=None if broken else in_the_end,
    )
