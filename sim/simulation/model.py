"""The Mesa model: one negotiation in every draw of a block at once. A step is a round.

Parties are Mesa agents whose state is an array over the draws of a block; a protocol says what they do with a text,
step by step. Where talks over a block would need much memory, its rounds are gone through for a part of the draws after
the other; a step is then a round of that part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import mesa
import numpy as np

from sim.bargaining.alternating_offers import Bargaining
from sim.bargaining.candidates import Candidates, candidates
from sim.bargaining.endings import Ending
from sim.bargaining.own_protocols import OwnTalks
from sim.bargaining.single_text import Mediation, ProposedChange
from sim.bargaining.tally import TEXT_BLOCKS, tally_talks
from sim.bargaining.texts_by_draw import TextsByDraw
from sim.bargaining.zone import Prospects
from sim.engine.acceptability import Judgement, joint, joint_each, judge
from sim.engine.consent import asked_each
from sim.engine.draws import BLOCK, Array
from sim.engine.packages import Mask, Packages
from sim.engine.preferences import Preferences
from sim.engine.profiles import Case
from sim.simulation.tally import Tally, tally_block


@dataclass(frozen=True)
class Agenda:
    """What is put to the parties, the same in every block.

    Each set of variants comes with whose consent each variant needs, shape ``(parties, packages)``.
    """

    case: Case
    turning: int | None
    completions: tuple[Packages, Mask]
    fillings: tuple[Packages, Mask]

    @cached_property
    def candidates(self) -> Candidates:
        """What may be proposed, for protocols in which something is.

        Raises :class:`sim.bargaining.candidates.TooMany`.
        """
        return candidates(self.case)


def agenda(case: Case) -> Agenda:
    """Work out, once, what every block of a case needs."""
    name = case.scenario.domain.issues.no_deal.turning_issue
    return Agenda(
        case=case,
        turning=None if name is None else case.space.issue(name),
        completions=(case.completions[0], asked_each(case, case.completions[0])),
        fillings=(case.fillings[0], asked_each(case, case.fillings[0])),
    )


class NegotiationModel(mesa.Model):
    """The parties and the text, in one block of draws after the other.

    The agents stay; :meth:`begin` gives them the preferences of a block, steps advance all its
    draws at once, and ``tally`` then holds what the block counts. One model serves a whole
    run, since Mesa 3.3 keeps every model alive.
    """

    def __init__(self, on: Agenda, protocol: str = "vote") -> None:
        # Mesa's own generator is never used: all randomness is in streams of sim.engine.draws.
        super().__init__(rng=0)
        self.agenda = on
        self.case = on.case
        for profile in on.case.profiles:
            kind = Alliance if profile.role == "alliance" else PartyAgent
            kind(self)
        self.mediator = Mediator(self) if protocol == "single_text" else None
        #: The parties, in the order of the case's profiles.
        self.parties = self.agents.select(agent_type=PartyAgent)
        self._procedure = PROTOCOLS.get(protocol, OwnProtocol)(self)

    @property
    def preferences(self) -> list[Preferences]:
        """Everybody's in the block at hand, in the order of the case's profiles."""
        return [party.preferences for party in self.parties]

    def begin(self, preferences: Sequence[Preferences], draws: int, *, fill: bool = True) -> None:
        """Take up a block: ``preferences`` in the order of the case's profiles.

        ``draws`` is how many of the block's draws count (the last block of a run is cut). With
        ``fill`` the fillings of the text's assumed terms are scored too.
        """
        for party, own in zip(self.parties, preferences, strict=True):
            party.preferences = own
        self.block = preferences[0].memo.block
        self.draws = draws
        self.fill = fill
        self.round = 0
        self.tally: Tally | None = None
        self.running = True
        self._procedure.begin()

    def step(self) -> None:
        """One round for the whole block."""
        self._procedure.step()
        self.round += 1

    def end(self) -> Tally:
        """Drop the block's arrays and return what it counted."""
        assert self.tally is not None
        tally, self.tally = self.tally, None
        self.parties.do("let_go")
        return tally


# --- agents ---------------------------------------------------------------------------------------


class PartyAgent(mesa.Agent):
    """An actor with positions: a principal, a guarantor or a ratifier.

    ``preferences`` are its preferences in the block at hand; ``judgement`` is what it makes of
    the text, once it has considered it. ``seat`` is its place at the table where it bargains.
    """

    model: NegotiationModel
    preferences: Preferences
    judgement: Judgement
    seat: int

    def let_go(self) -> None:
        """Drop the block's arrays."""
        del self.preferences, self.judgement

    @property
    def party(self) -> str:
        """The id of the party."""
        return self.preferences.profile.id

    def consider(self) -> None:
        """Judge the text on the table."""
        case = self.model.case
        self.judgement = judge(self.preferences, case.space, case.text, self.model.agenda.turning)

    def aspire(self, talks: Bargaining) -> None:
        """Settle what to insist on in this round."""
        talks.aspire(self.seat)

    def make_offer(self, talks: Bargaining) -> None:
        """Put forward a package, in every draw that is still open."""
        talks.offer(self.seat)


class Alliance(PartyAgent):
    """A party that decides by consensus: it accepts iff it does and every member does.

    Its own judgement and the alliance's decision are reported apart; see
    :mod:`sim.simulation.tally`. A refusing member is the member's own blocker, not the alliance's.
    """


class Mediator(mesa.Agent):
    """Who keeps the single negotiating text and proposes changes to it."""

    model: NegotiationModel

    def propose_change(self, talks: Mediation) -> ProposedChange:
        """Put one change to the parties, in every draw."""
        return talks.step()


# --- protocols ------------------------------------------------------------------------------------


class Procedure:
    """How one model goes through a block: :meth:`begin`, then :meth:`step` until the model no longer runs.

    The last step sets ``model.tally`` and ``model.running``.
    """

    def __init__(self, model: NegotiationModel) -> None:
        self.model = model

    def begin(self) -> None:
        """Take up a block."""

    def step(self) -> None:
        """One round of all draws of the block; the last one counts."""


class Vote(Procedure):
    """Take it or leave it: the text is put to all parties once."""

    def step(self) -> None:
        """Put the text to all and count."""
        self.model.tally = _vote(self.model)
        self.model.running = False


class AlternatingOffers(Procedure):
    """The parties make each other offers; see :mod:`sim.bargaining.alternating_offers`."""

    def __init__(self, model: NegotiationModel) -> None:
        super().__init__(model)
        on = model.agenda.candidates
        self.talks = Bargaining(on)
        people = list(model.parties)
        for seat, number in enumerate(on.table):
            people[number].seat = seat
        self.table = [people[number] for number in on.table]
        self.proposers = [people[number] for number in on.proposers]

    def begin(self) -> None:
        """Sit down with the preferences of a block."""
        self.talks.begin(self.model.preferences)

    def step(self) -> None:
        """One round of offers and answers; when no draw is open, count."""
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


class SingleText(Procedure):
    """A mediator amends one text; see :mod:`sim.bargaining.single_text`."""

    def __init__(self, model: NegotiationModel) -> None:
        super().__init__(model)
        self.talks = Mediation(model.case)

    def begin(self) -> None:
        """Sit down with the preferences of a block."""
        self.talks.begin(self.model.preferences)

    def step(self) -> None:
        """One change proposed and voted on; after the last one, count."""
        assert self.model.mediator is not None
        self.model.mediator.propose_change(self.talks)
        if self.talks.over:
            _conclude(self.model, self.talks.end(Prospects(self.model.agenda.candidates, self.model.preferences)))


class OwnProtocol(Procedure):
    """What somebody registered by :func:`sim.protocol`; see :mod:`sim.bargaining.own_protocols`."""

    def __init__(self, model: NegotiationModel) -> None:
        super().__init__(model)
        self.talks = OwnTalks(model.agenda.candidates)

    def begin(self) -> None:
        """Sit down with the preferences of a block."""
        self.talks.begin(self.model.preferences)

    def step(self) -> None:
        """One round of a part of the block; when no part is left, count."""
        self.talks.step()
        if self.talks.over:
            _conclude(self.model, self.talks.end(), self.talks.delay)


#: Those that are built in; all others are :class:`OwnProtocol`.
PROTOCOLS: dict[str, type[Procedure]] = {
    "vote": Vote,
    "alternating_offers": AlternatingOffers,
    "single_text": SingleText,
}


def _vote(model: NegotiationModel) -> Tally:
    """Put the text to all parties and count."""
    model.parties.do("consider")
    return tally_block(
        model.draws,
        model.case,
        {party.party: party.judgement for party in model.parties},
        closed=_joint(model, *model.agenda.completions),
        filled=_joint(model, *model.agenda.fillings) if model.fill else None,
    )


def _joint(model: NegotiationModel, packages: Packages, needed: Mask) -> Mask:
    """Joint acceptance of variants of the text, shape ``(packages, BLOCK)``."""
    if not len(packages):
        return np.zeros((0, BLOCK), bool)
    return joint_each(model.preferences, needed, model.case.space, packages)


def _conclude(model: NegotiationModel, ending: Ending, delay: Array | None = None) -> None:
    """Count how the talks ended, and how a vote on the tabled text would have."""
    case = model.case
    model.tally = _vote(model)
    accepts = {party.party: party.judgement.accepts for party in model.parties}
    model.tally.talks = tally_talks(
        model.draws,
        model.agenda.candidates,
        ending,
        joint([accepts[party] for party in case.asked]),
        model.block < TEXT_BLOCKS,
        views=[TextsByDraw(party.preferences, case.space) for party in model.parties],
        delay=delay,
    )
    model.running = False
