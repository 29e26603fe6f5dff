"""The Mesa model: one negotiation in every draw of a block at once. A step is a round.

Parties are Mesa agents whose state is an array over the draws of a block; a protocol says what they do with a text,
step by step. Where talks over a block would need much memory, its rounds are gone through for a part of the draws after
the other; a step is then a round of that part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import mesa
import numpy as np

from sim.bargaining.alternating_offers import Bargaining
from sim.bargaining.endings import Ending, Interim
from sim.bargaining.own_protocols import OwnTalks
from sim.bargaining.single_text import Mediation
from sim.bargaining.tally import TEXT_BLOCKS, TalksTally, tally_talks
from sim.bargaining.texts_by_draw import TextsByDraw
from sim.bargaining.zone import Prospects
from sim.engine.acceptability import evidence_masks, joint, joint_each
from sim.engine.draws import BLOCK, Array
from sim.engine.graded import FirmParty
from sim.engine.packages import Mask, Packages
from sim.engine.preferences import Preferences, preferences_for
from sim.simulation.agenda import Agenda
from sim.simulation.agents import Alliance, Mediator, Party
from sim.simulation.tally import FirmTally, Tally, count, tally_block


class NegotiationModel(mesa.Model):
    """The parties and the text, in one block of draws after the other.

    The agents stay; :meth:`begin` gives them the preferences of a block, steps advance all its
    draws at once, and ``tally`` then holds what the block counts.
    """

    def __init__(self, on: Agenda, protocol: str = "vote", kinds: Mapping[str, type[Party]] | None = None) -> None:
        """``kinds`` are classes of agents for parties that decide for themselves, by id."""
        # Mesa's own generator is never used: all randomness is in streams of sim.engine.draws.
        super().__init__(rng=on.case.scenario.seed)
        self._registered = 0
        self.agenda = on
        self.case = on.case
        #: The parties, in the order of the case's profiles.
        self.parties: list[Party] = []
        for number, profile in enumerate(on.case.profiles):
            usual = Alliance if profile.role == "alliance" else Party
            self.parties.append((kinds or {}).get(profile.id, usual)(self, on, number))
        self.mediator = Mediator(self) if protocol == "single_text" else None
        self.protocol = protocol
        self._procedure = self.new_procedure()

    @property
    def preferences(self) -> list[Preferences]:
        """Everybody's in the block at hand, in the order of the case's profiles."""
        return [party.preferences for party in self.parties]

    def new_procedure(self) -> Procedure:
        """How the protocol goes through a block, ready to begin one."""
        return PROTOCOLS.get(self.protocol, OwnProtocol)(self)

    def begin(self, preferences: Sequence[Preferences], draws: int, *, fill: bool = True) -> None:
        """Take up a block: ``preferences`` in the order of the case's profiles.

        ``draws`` is how many of the block's draws count (the last block of a run is cut). With
        ``fill`` the fillings of the text's assumed terms are scored too.
        """
        for party, own in zip(self.parties, preferences, strict=True):
            party.sit_down(own)
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

    def conclude(self, ending: Ending, delay: Array | None = None) -> None:
        """Count how the talks ended, and how a vote on the tabled text would have; ``delay`` as of tally_talks."""
        self.tally = _vote(self)
        accepts = {party.party: party.consider().accepts for party in self.parties}
        self.tally.talks = self.talks_tally(ending, joint([accepts[party] for party in self.case.asked]), delay)
        self.running = False

    def talks_tally(self, ending: Ending, accepted: Mask, delay: Array | None) -> TalksTally:
        """What the talks of the block count; ``accepted`` is joint acceptance of the tabled text as such."""
        return tally_talks(
            self.draws,
            self.agenda.candidates,
            ending,
            accepted,
            self.block < TEXT_BLOCKS,
            views=[TextsByDraw(party.preferences, self.case.space) for party in self.parties],
            delay=delay,
        )

    def end(self) -> Tally:
        """Drop the block's arrays and return what it counted."""
        assert self.tally is not None
        tally, self.tally = self.tally, None
        for party in self.parties:
            party.let_go()
        return tally

    def register_agent(self, agent: Any) -> None:
        """Take in an agent, numbered from 1, without leaving Mesa a reason to keep the model for good.

        Mesa 3.3 counts the agents of every model in a dictionary of the class ``Agent``, of which the models are the
        keys, and nothing ever takes them out; later versions count in the model. So the number is given here, and what
        the dictionary has of this model goes.
        """
        super().register_agent(agent)
        self._registered += 1
        agent.unique_id = self._registered
        getattr(mesa.Agent, "_ids", {}).pop(self, None)


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

    @property
    def round(self) -> int:
        """The round that the next step goes through, from 1; in each part of a block rounds begin again."""
        return 1

    def standing(self) -> Interim | None:
        """How the block stands between rounds, for those who look on; None of a protocol that does not say."""
        return None

    def asks(self, number: int) -> tuple[str, ...]:
        """The decisions that it asks of a party, by its number in the case; of the tabled text it asks everybody."""
        return ("accepts",)


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
        on, people = model.agenda.candidates, model.parties
        free = [seat for seat, number in enumerate(on.table) if "aspiration" in people[number].decisions]
        # Only talks that are gone through in full ask everybody about everything.
        own = any(set(party.decisions) - {"agrees"} for party in people)
        self.talks = Bargaining(on, full=own, free=free)
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
            self.model.conclude(talks.end(), talks.delay)

    @property
    def round(self) -> int:
        """The round that the next step goes through, in the part of the block at hand."""
        return self.talks.round + 1

    def asks(self, number: int) -> tuple[str, ...]:
        """Of those at the table also what they insist on, of proposers what they offer."""
        on = self.talks.on
        seated, offers = number in on.table, number in on.proposers
        return ("accepts", *(["aspiration"] if seated else []), *(["offer"] if offers else []))

    def standing(self) -> Interim:
        """How the block stands between rounds."""
        return self.talks.standing()


class SingleText(Procedure):
    """A mediator amends one text; see :mod:`sim.bargaining.single_text`."""

    def __init__(self, model: NegotiationModel) -> None:
        super().__init__(model)
        self.talks = Mediation(model.case)

    def begin(self) -> None:
        """Sit down with the preferences of a block."""
        answers = {number: party.answer_change() for number, party in enumerate(self.model.parties)}
        self.talks.answers = {number: answer for number, answer in answers.items() if answer is not None}
        self.talks.begin(self.model.preferences)

    def step(self) -> None:
        """One change proposed and voted on; after the last one, count."""
        assert self.model.mediator is not None
        self.model.mediator.propose_change(self.talks)
        if self.talks.over:
            self.model.conclude(self.talks.end(Prospects(self.model.agenda.candidates, self.model.preferences)))

    @property
    def round(self) -> int:
        """The round that the next step goes through."""
        return self.talks.round + 1

    def asks(self, number: int) -> tuple[str, ...]:
        """Of those at the table also whether they agree to changes."""
        return ("accepts", "agrees") if self.talks.table[number] else ("accepts",)

    def standing(self) -> Interim:
        """How the block would end if the talks ended now."""
        return self.talks.standing_now()


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
            self.model.conclude(self.talks.end(), self.talks.delay)

    @property
    def round(self) -> int:
        """The round that the next step goes through, in the part of the block at hand."""
        return 1 if self.talks.over else self.talks.table.round

    def standing(self) -> Interim:
        """How the block stands between rounds."""
        return self.talks.standing()


#: Those that are built in; all others are :class:`OwnProtocol`.
PROTOCOLS: dict[str, type[Procedure]] = {
    "vote": Vote,
    "alternating_offers": AlternatingOffers,
    "single_text": SingleText,
}


def _vote(model: NegotiationModel) -> Tally:
    """Put the text to all parties and count."""
    tally = tally_block(
        model.draws,
        model.case,
        {party.party: party.consider() for party in model.parties},
        closed=_joint(model, *model.agenda.completions),
        filled=_joint(model, *model.agenda.fillings) if model.fill else None,
    )
    tally.firm = {party.profile.id: _without_graded(model, party) for party in model.agenda.firm}
    return tally


def _without_graded(model: NegotiationModel, firm: FirmParty) -> FirmTally:
    """What the evidence leaves of a party on the same draws where graded claims do not count."""
    usual = next(x for x in model.preferences if x.profile.id == firm.profile.id)
    preferences = preferences_for(firm.profile, model.case.space.sizes, usual.memo)
    preferences.decision = usual.decision
    bounds = evidence_masks(preferences, firm.space, model.case.text)
    return FirmTally(firm.claims, count(bounds, model.draws))


def _joint(model: NegotiationModel, packages: Packages, needed: Mask) -> Mask:
    """Joint acceptance of variants of the text, shape ``(packages, BLOCK)``."""
    if not len(packages):
        return np.zeros((0, BLOCK), bool)
    return joint_each(model.preferences, needed, model.case.space, packages)
