"""Mesa agents: a party whose state is an array over the draws of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from sim.acceptability import Judgement, judge
from sim.preferences import Preferences

if TYPE_CHECKING:
    from sim.model import Negotiation


class Party(mesa.Agent):
    """An actor with positions: a principal, a guarantor or a ratifier.

    ``preferences`` are its preferences in the block at hand; ``judgement`` is what it makes of
    the text, once it has considered it.
    """

    model: Negotiation
    preferences: Preferences
    judgement: Judgement | None

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


class Alliance(Party):
    """A party that decides by consensus: it accepts iff it does and every member does.

    Its own judgement and the alliance's decision are reported apart; see
    :mod:`sim.tally`. A refusing member is the member's own blocker, not the alliance's.
    """
