"""One draw of each protocol gone through once more, turn by turn.

Nothing is decided here: the turns are read off the same classes that run the ensemble, so a
draw ends here as it ends there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.analysis.trace.result import OutcomeName, Turn
from sim.analysis.trace.witness import Witness, differences
from sim.bargaining.alternating_offers import Bargaining
from sim.bargaining.candidates import Candidates
from sim.bargaining.endings import AGREED, BREAKDOWN, UNRATIFIED
from sim.bargaining.offers_in_full import OffersInFull
from sim.bargaining.single_text import Mediation
from sim.engine.acceptability import TIE
from sim.engine.consent import asked_each
from sim.engine.packages import Packages
from sim.engine.preferences import Preferences
from sim.engine.profiles import Case


@dataclass
class Course:
    """How a draw went. ``text`` is what was agreed on or, after a breakdown, voted on last.

    ``drawn`` are parameters of tactics by party, ``best`` gains from the favourites; ``round`` counts
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

    @property
    def outcome_name(self) -> OutcomeName:
        names: dict[int, OutcomeName] = {
            BREAKDOWN: "breakdown",
            AGREED: "agreed",
            UNRATIFIED: "ratification_failed",
        }
        return names[self.outcome]


def witnesses(case: Case, preferences: Sequence[Preferences], draw: int) -> dict[str, Witness]:
    """Everybody in one draw of the block, by id."""
    return {own.profile.id: Witness(case, own, draw) for own in preferences}


def vote(case: Case, people: dict[str, Witness]) -> Course:
    """The tabled text, put to all whose consent it needs."""
    turn, outcome = _settled(case, people, case.text, 1, ratifiers=False)
    return Course(turn, outcome, case.text, round=1 if outcome == AGREED else 0)


def single_text(case: Case, people: dict[str, Witness], preferences: Sequence[Preferences], draw: int) -> Course:
    """The mediator's changes, and the vote on what stands at the end."""
    mediation = Mediation(case)
    mediation.begin(preferences)
    turns = []
    while not mediation.over:
        change = mediation.step(full=True)
        before, after = change.standing[draw], change.changed[draw]
        breaks: tuple[str, ...] = ()
        if not change.feasible[draw]:
            breaks = tuple(
                r.constraint.id
                for r in mediation.rules
                if r.broken_by(after[None])[0] and not r.broken_by(before[None])[0]
            )
        answers = [
            people[p.id].on_change(before, after, bool(change.agrees[i, draw]))
            for i, p in enumerate(case.profiles)
            if change.asked[i, draw]
        ]
        turns.append(
            _turn(
                mediation.round,
                "change",
                changes=differences(case, before, after),
                breaks=breaks,
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
        course.best[party] = best if best >= -TIE else None
        course.parameters[party] = _in_draw(own.parameter, draw)
        course.delays[party] = _in_draw(own.delay, draw)
        favourites.append(on.packages[bargaining.prospects.favourite(seat)[draw]] if best >= -TIE else None)
    last: dict[int, Packages] = {}
    for n in range(bargaining.settings.rounds if order else 0):
        ground.enter(n)
        wanted = [ground.aspiration(seat, n) for seat in range(len(seats))]
        made = {}
        for seat in bargaining.proposers:
            offers, agree = ground.offer(seat, wanted)
            made[seat] = int(offers[0]), bool(agree[0]), ground.answers(seat, offers, wanted)[:, 0]
        for seat in order:
            candidate, agreed, answers = made[seat]
            party = seats[seat]
            if candidate < 0:
                course.turns.append(_turn(n + 1, "no_offer", party=party, wanted=float(wanted[seat][0])))
                continue
            text = on.packages[candidate]
            named = tuple(name for name, k in on.texts.items() if k == candidate)
            told = [
                people[seats[other]].answer(text, float(wanted[other][0]), bool(answers[other]), favourites[other])
                for other in range(len(seats))
                if other != seat and on.asked[other, candidate]
            ]
            course.turns.append(
                _turn(
                    n + 1,
                    "offer",
                    party=party,
                    changes=differences(case, case.text, text),
                    names=named,
                    since=differences(case, last[seat], text) if seat in last else None,
                    wanted=float(wanted[seat][0]),
                    gain=people[party].gain(text),
                    answers=tuple(told),
                    passed=agreed,
                )
            )
            last[seat] = text
            if agreed:
                course.text, course.round, course.proposer, course.names = text, n + 1, party, named
                put, course.outcome = _ratified(on, people, candidate, n + 1)
                course.turns += put
                return course
        ground.keep(np.array([True]))
    return course


def _ratified(on: Candidates, people: dict[str, Witness], candidate: int, n: int) -> tuple[list[Turn], int]:
    case, text = on.case, on.packages[candidate]
    voters = [case.profiles[i].id for i in on.ratifiers if on.needed[i, candidate]]
    return _ratification(case, people, text, n, voters)


def _ratification(
    case: Case, people: dict[str, Witness], text: Packages, n: int, voters: Sequence[str]
) -> tuple[list[Turn], int]:
    if not voters:
        return [], AGREED
    answers = tuple(people[p].vote(text) for p in voters)
    passed = all(a.agrees for a in answers)
    changes = differences(case, case.text, text)
    turn = _turn(n, "ratification", changes=changes, answers=answers, passed=passed)
    return [turn], AGREED if passed else UNRATIFIED


def _put(case: Case, people: dict[str, Witness], text: Packages, n: int) -> tuple[list[Turn], int]:
    """What stands in the end: put to the vote unless it equals no deal, which is no agreement."""
    if equalled := case.equalled(text[None]):
        return [_turn(n, "vote", changes=differences(case, case.text, text), equals_no_deal=equalled)], BREAKDOWN
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
    turn = _turn(n, "vote", changes=differences(case, case.text, text), answers=answers, passed=not refusing)
    if refusing:
        return [turn], UNRATIFIED if set(refusing) <= set(later) else BREAKDOWN
    more, outcome = _ratification(case, people, text, n, later if ratifiers else ())
    return [turn, *more], outcome


def _turn(n: int, kind: str, **more: object) -> Turn:
    blank: dict[str, object] = {"party": None, "changes": (), "names": (), "since": None, "wanted": None, "gain": None}
    return Turn.model_validate(
        {"round": n, "kind": kind, **blank, "breaks": (), "equals_no_deal": (), "answers": (), "passed": False, **more}
    )


def _in_draw(value: object, draw: int) -> float:
    return float(value[draw]) if isinstance(value, np.ndarray) else float(value)  # type: ignore[arg-type]
