"""Mesa agents: parties whose state is an array over the draws of a block, and the mediator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from sim.acceptability import Judgement, judge
from sim.preferences import Preferences
from sim.talks.mediation import Change, Mediation
from sim.talks.offers import Bargaining

if TYPE_CHECKING:
    from sim.model import Negotiation


class Party(mesa.Agent):
    """An actor with positions: a principal, a guarantor or a ratifier.

    ``preferences`` are its preferences in the block at hand; ``judgement`` is what it makes of
    the text, once it has considered it. ``seat`` is its place at the table where it bargains.
    """

    model: Negotiation
    preferences: Preferences
    judgement: Judgement | None
    seat: int

    def take_up(self, preferences: Preferences) -> None:
        """Start a block."""
        self.preferences = preferences
        self.judgement = None

    def let_go(self) -> None:
        """Drop the block's arrays."""
        del self.preferences, self.judgement

    @property
    def party(self) -> str:
        return self.preferences.profile.id

    def consider(self) -> None:
        """Judge the text on the table."""
        case = self.model.case
        self.judgement = judge(self.preferences, case.space, case.text, self.model.turning)

    def aspire(self, talks: Bargaining) -> None:
        """Settle what to insist on in this round."""
        talks.aspire(self.seat)

    def make_offer(self, talks: Bargaining) -> None:
        """Put forward a package, in every draw that is still open."""
        talks.offer(self.seat)


class Alliance(Party):
    """A party that decides by consensus: it accepts iff it does and every member does.

    Its own judgement and the alliance's decision are reported apart; see
    :mod:`sim.tally`. A refusing member is the member's own blocker, not the alliance's.
    """


class Mediator(mesa.Agent):
    """Who keeps the single negotiating text and proposes changes to it."""

    model: Negotiation

    def propose_change(self, talks: Mediation) -> Change:
        """Put one change to the parties, in every draw."""
        return talks.step()
