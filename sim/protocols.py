"""What the parties do with a text, step by step; one class a protocol, and the registry that names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from sim.acceptability import joint, joint_each
from sim.draws import BLOCK, Array
from sim.packages import Mask, Packages
from sim.talks.endings import Ending
from sim.talks.mediation import Mediation
from sim.talks.offers import Bargaining
from sim.talks.tally import TEXT_BLOCKS, tally_talks
from sim.talks.varied_texts import VariedTexts
from sim.talks.zone import Prospects
from sim.tally import Tally, tally_block

if TYPE_CHECKING:
    from sim.model import Negotiation


class Procedure(Protocol):
    """How one model goes through a block: :meth:`begin`, then :meth:`step` until the model no longer runs.

    The last step sets ``model.tally`` and ``model.running``.
    """

    def __init__(self, model: Negotiation) -> None: ...
    def begin(self) -> None: ...
    def step(self) -> None: ...


class Vote:
    """Take it or leave it: the text is put to all parties once."""

    def __init__(self, model: Negotiation) -> None:
        self.model = model

    def begin(self) -> None:
        """Nothing to prepare."""

    def step(self) -> None:
        self.model.tally = _vote(self.model)
        self.model.running = False


class AlternatingOffers:
    """The parties make each other offers; see :mod:`sim.talks.offers`."""

    def __init__(self, model: Negotiation) -> None:
        self.model = model
        self.talks = Bargaining(model.candidates)
        people = list(model.parties)
        for seat, number in enumerate(model.candidates.table):
            people[number].seat = seat
        self.table = [people[number] for number in model.candidates.table]
        self.proposers = [people[number] for number in model.candidates.proposers]

    def begin(self) -> None:
        self.talks.begin([party.preferences for party in self.model.parties])

    def step(self) -> None:
        talks = self.talks
        if not talks.over:
            talks.enter()
            for party in self.table:
                party.aspire(talks)
            for party in self.proposers:
                party.make_offer(talks)
            talks.settle()
        if talks.over:
            _conclude(self.model, talks.end(), talks.delay)


class SingleText:
    """A mediator amends one text; see :mod:`sim.talks.mediation`."""

    def __init__(self, model: Negotiation) -> None:
        self.model = model
        self.talks = Mediation(model.case)

    def begin(self) -> None:
        self.talks.begin([party.preferences for party in self.model.parties])

    def step(self) -> None:
        assert self.model.mediator is not None
        self.model.mediator.propose_change(self.talks)
        if self.talks.over:
            prospects = Prospects(self.model.candidates, [party.preferences for party in self.model.parties])
            _conclude(self.model, self.talks.end(prospects))


PROTOCOLS: dict[str, type[Procedure]] = {
    "vote": Vote,
    "alternating_offers": AlternatingOffers,
    "single_text": SingleText,
}


def _vote(model: Negotiation) -> Tally:
    """Put the text to all parties and count."""
    model.parties.do("consider")
    judgements = {}
    for party in model.parties:
        assert party.judgement is not None
        judgements[party.party] = party.judgement
    return tally_block(
        model.draws,
        model.case,
        judgements,
        {party.party: party.preferences for party in model.parties},
        closed=_joint(model, *model.completions),
        filled=_joint(model, *model.fillings) if model.fill else None,
    )


def _joint(model: Negotiation, packages: Packages, needed: Mask) -> Mask:
    """Joint acceptance of variants of the text, shape ``(packages, BLOCK)``."""
    if not len(packages):
        return np.zeros((0, BLOCK), bool)
    preferences = [party.preferences for party in model.parties]
    return joint_each(preferences, needed, model.case.space, packages)


def _conclude(model: Negotiation, ending: Ending, delay: Array | None = None) -> None:
    """Count how the talks ended, and how a vote on the tabled text would have."""
    case, on = model.case, model.candidates
    model.tally = _vote(model)
    accepts = {party.party: party.judgement.accepts for party in model.parties if party.judgement is not None}
    ids = [profile.id for profile in case.profiles]
    model.tally.talks = tally_talks(
        model.draws,
        case,
        [ids[i] for i in on.proposers],
        [ids[i] for i in on.table],
        case.scenario.negotiation.rounds,
        ending,
        joint([accepts[party] for party in case.asked]),
        model.block < TEXT_BLOCKS,
        views=[VariedTexts(party.preferences, case.space) for party in model.parties],
        candidates=on,
        delay=delay,
    )
    model.running = False
