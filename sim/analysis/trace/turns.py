"""One draw of each protocol gone through once more, turn by turn.

Nothing is decided here: the turns are read off the same classes that run the ensemble, so a
draw ends here as it ends there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.analysis.trace.result import Turn
from sim.analysis.trace.witness import Witness
from sim.bargaining.alternating_offers import Bargaining
from sim.bargaining.candidates import Candidates
from sim.bargaining.endings import AGREED, BREAKDOWN, UNRATIFIED
from sim.bargaining.offers_in_full import OffersInFull
from sim.bargaining.own_protocols import OwnTalks
from sim.bargaining.single_text import Mediation
from sim.engine.acceptability import TIE
from sim.engine.consent import asked_each
from sim.engine.draws import BLOCK
from sim.engine.packages import Packages
from sim.engine.preferences import Preferences
from sim.engine.profiles import Case


@dataclass
class Course:
    """How a draw went. ``text`` is what was agreed on or, after a breakdown, voted on last.

    ``parameters`` are those of tactics by party, ``best`` gains from the favourites; ``round`` counts
    from 1, 0 for none.
    """

    turns: list[Turn]
    outcome: int
    text: Packages
    round: int = 0
    proposer: str | None = None
    names: tuple[str, ...] = ()
    first_mover: str | None = None
    temperature: float | None = None
    parameters: dict[str, float] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    best: dict[str, float | None] = field(default_factory=dict)


def witnesses(case: Case, preferences: Sequence[Preferences], draw: int) -> dict[str, Witness]:
    """Everybody in one draw of the block, by id."""
    return {own.profile.id: Witness(case, own, draw) for own in preferences}


def vote(case: Case, people: dict[str, Witness]) -> Course:
    """The tabled text, put to all whose consent it needs."""
    turns, outcome = _settled(case, people, case.text, 1, ratifiers=False)
    return Course(turns, outcome, case.text, round=1 if outcome == AGREED else 0)


def single_text(case: Case, people: dict[str, Witness], preferences: Sequence[Preferences], draw: int) -> Course:
    """The mediator's changes, and the vote on what stands at the end."""
    mediation = Mediation(case)
    mediation.begin(preferences)
    turns = []
    while not mediation.over:
        change = mediation.step(full=True)
        before, after = change.standing[draw], change.changed[draw]
        breaks = [
            r.constraint.id
            for r in mediation.rules
            if not change.feasible[draw] and r.broken_by(after[None])[0] and not r.broken_by(before[None])[0]
        ]
        answers = [
            people[p.id].on_change(before, after, bool(change.agrees[i, draw]))
            for i, p in enumerate(case.profiles)
            if change.asked[i, draw]
        ]
        turns.append(
            Turn(
                round=mediation.round,
                kind="change",
                changes=case.space.changes(before, after),
                breaks=tuple(breaks),
                equals_no_deal=case.equalled(after[None]),
                answers=tuple(answers),
                passed=bool(change.adopted[draw]),
            )
        )
    text = mediation.standing[draw].copy()
    last = int(mediation.last_change[draw])
    heat = float(mediation.heat[draw])
    put, outcome = _put(case, people, text, mediation.rounds)
    return Course(turns + put, outcome, text, round=last if outcome != BREAKDOWN else 0, temperature=heat)


def alternating_offers(
    on: Candidates, people: dict[str, Witness], preferences: Sequence[Preferences], draw: int
) -> Course:
    """The offers and what the others say to them, and the ratifiers' vote on what is agreed."""
    case = on.case
    bargaining = Bargaining(on)
    bargaining.begin(preferences)
    ground = OffersInFull(bargaining.prospects, bargaining.concessions, bargaining.proposers, np.array([draw]))
    seats = [case.profiles[i].id for i in on.table]
    order = bargaining.order(draw)
    course = Course([], BREAKDOWN, case.text)
    course.first_mover = seats[order[0]] if order else None
    favourites: list[Packages | None] = []
    for seat, party in enumerate(seats):
        best = float(bargaining.prospects.best[seat][draw])
        own = bargaining.concessions[seat]
        # what a party insists on by a rule of its own is no part of the gains that talks go by
        course.best[party] = best + people[party].least if best >= -TIE else None
        course.parameters[party] = float(np.broadcast_to(own.parameter, BLOCK)[draw])
        course.delays[party] = float(np.broadcast_to(own.delay, BLOCK)[draw])
        favourites.append(on.packages[bargaining.prospects.favourite(seat)[draw]] if best >= -TIE else None)
    last: dict[int, Packages] = {}
    for n in range(bargaining.settings.rounds if order else 0):
        ground.enter(n)
        wanted = [ground.aspiration(seat, n) for seat in range(len(seats))]
        least = [float(mine[0]) + people[party].least for mine, party in zip(wanted, seats, strict=True)]
        offers = {}
        for seat in bargaining.proposers:
            candidates, agree = ground.offer(seat, wanted)
            offers[seat] = int(candidates[0]), bool(agree[0]), ground.answers(seat, candidates, wanted)[:, 0].tolist()
        for seat in order:
            candidate, agreed, agrees = offers[seat]
            party = seats[seat]
            if candidate < 0:
                course.turns.append(Turn(round=n + 1, kind="no_offer", party=party, wanted=least[seat]))
                continue
            text = on.packages[candidate]
            named = tuple(name for name, k in on.texts.items() if k == candidate)
            answers = tuple(
                people[seats[other]].answer(text, least[other], agrees[other], favourites[other])
                for other in range(len(seats))
                if other != seat and on.asked[other, candidate]
            )
            course.turns.append(
                Turn(
                    round=n + 1,
                    kind="offer",
                    party=party,
                    changes=case.space.changes(case.text, text),
                    names=named,
                    since=case.space.changes(last[seat], text) if seat in last else None,
                    wanted=least[seat],
                    gain=people[party].gain(text),
                    answers=answers,
                    passed=agreed,
                )
            )
            last[seat] = text
            if agreed:
                course.text, course.round, course.proposer, course.names = text, n + 1, party, named
                voters = [case.profiles[i].id for i in on.ratifiers if on.needed[i, candidate]]
                put, course.outcome = _ratification(case, people, text, n + 1, voters)
                course.turns += put
                return course
        ground.keep(np.array([True]))
    return course


def own_talks(on: Candidates, people: dict[str, Witness], preferences: Sequence[Preferences], draw: int) -> Course:
    """What a protocol that is not built in did in one draw, as its table noted it, and the ratifiers' vote."""
    case = on.case
    talks = OwnTalks(on, watch=draw)
    talks.begin(preferences)
    course = Course([], BREAKDOWN, case.text)
    if talks.first is not None:
        course.first_mover = on.ids(on.proposers)[talks.first[draw]]
    if talks.heat is not None:
        course.temperature = float(np.broadcast_to(talks.heat, BLOCK)[draw])
    for party, own in (talks.concessions or {}).items():
        course.parameters[party] = float(np.broadcast_to(own.parameter, BLOCK)[draw])
        course.delays[party] = float(np.broadcast_to(own.delay, BLOCK)[draw])
    for seat, party in enumerate(on.ids(on.table)):
        best = float(talks.prospects.best[seat][draw])
        course.best[party] = best + people[party].least if best >= -TIE else None
    while not talks.over:
        talks.step()
    ending = talks.end()
    last: dict[str | None, Packages] = {}
    for event in talks.events:
        if event.text < 0:
            course.turns.append(Turn(round=event.round, kind="leave", party=event.party))
            continue
        text = on.packages[event.text]
        answers = tuple(
            people[p].answer(text, event.wanted.get(p, people[p].least), agrees) for p, agrees in event.answers.items()
        )
        proposer = event.party
        course.turns.append(
            Turn(
                round=event.round,
                kind="offer",
                party=proposer,
                changes=case.space.changes(case.text, text),
                names=tuple(name for name, k in on.texts.items() if k == event.text),
                since=case.space.changes(last[proposer], text) if proposer in last else None,
                wanted=None if proposer is None else event.wanted.get(proposer),
                gain=None if proposer is None else people[proposer].gain(text),
                answers=answers,
                passed=all(answer.agrees for answer in answers),
            )
        )
        last[proposer] = text
    course.outcome = int(ending.outcome[draw])
    if course.outcome == BREAKDOWN:
        return course
    course.text, course.round = ending.text[draw], int(ending.round[draw])
    number = int(ending.proposer[draw])
    course.proposer = on.ids(on.proposers)[number] if number >= 0 else None
    candidate = int((on.packages == course.text).all(axis=1).argmax())
    course.names = tuple(name for name, k in on.texts.items() if k == candidate)
    voters = [case.profiles[i].id for i in on.ratifiers if on.needed[i, candidate]]
    course.turns += _ratification(case, people, course.text, course.round, voters)[0]
    return course


def _ratification(
    case: Case, people: dict[str, Witness], text: Packages, n: int, voters: Sequence[str]
) -> tuple[list[Turn], int]:
    if not voters:
        return [], AGREED
    answers = tuple(people[p].vote(text) for p in voters)
    passed = all(a.agrees for a in answers)
    changes = case.space.changes(case.text, text)
    turn = Turn(round=n, kind="ratification", changes=changes, answers=answers, passed=passed)
    return [turn], AGREED if passed else UNRATIFIED


def _put(case: Case, people: dict[str, Witness], text: Packages, n: int) -> tuple[list[Turn], int]:
    """What stands in the end: put to the vote unless it equals no deal, which is no agreement."""
    if equalled := case.equalled(text[None]):
        changes = case.space.changes(case.text, text)
        return [Turn(round=n, kind="vote", changes=changes, equals_no_deal=equalled)], BREAKDOWN
    return _settled(case, people, text, n)


def _settled(
    case: Case, people: dict[str, Witness], text: Packages, n: int, ratifiers: bool = True
) -> tuple[list[Turn], int]:
    """A text put to all at the table whose consent it needs and, if they agree, to the ratifiers.

    Without ``ratifiers`` these vote with the others; what they alone turn down failed in ratification.
    """
    needed = asked_each(case, text[None])[:, 0]
    voters = [p for p, asked in zip(case.profiles, needed.tolist(), strict=True) if asked]
    later = [p.id for p in voters if p.role == "ratifier"]
    answers = tuple(people[p.id].vote(text) for p in voters if not ratifiers or p.role != "ratifier")
    refusing = [a.party for a in answers if not a.agrees]
    changes = case.space.changes(case.text, text)
    turn = Turn(round=n, kind="vote", changes=changes, answers=answers, passed=not refusing)
    if refusing:
        return [turn], UNRATIFIED if set(refusing) <= set(later) else BREAKDOWN
    more, outcome = _ratification(case, people, text, n, later if ratifiers else ())
    return [turn, *more], outcome
