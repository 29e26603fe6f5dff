"""Talks of one case in one block of draws, for questions that hold many: how each draw ends, and what that counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from sim.bargaining.endings import Ending
from sim.bargaining.tally import TalksTally
from sim.engine.draws import Array
from sim.engine.packages import Mask
from sim.engine.preferences import Preferences
from sim.simulation.agenda import Agenda
from sim.simulation.model import NegotiationModel


class _Talks(NegotiationModel):
    """Talks whose tabled text has been voted on already, so that its figures are not worked out again."""

    accepted: Mask
    outcome: NDArray[Any]
    counts: TalksTally

    def conclude(self, ending: Ending, delay: Array | None = None) -> None:
        """Count how the talks ended."""
        self.counts, self.outcome = self.talks_tally(ending, self.accepted, delay), ending.outcome
        self.running = False


def negotiate(
    on: Agenda, preferences: Sequence[Preferences], draws: int, accepted: Mask
) -> tuple[TalksTally, NDArray[Any]]:
    """Hold the talks of a case in a block, as ``sim run`` does.

    ``preferences`` are in the order of the case's profiles, ``draws`` is how many of the block's draws count,
    ``accepted`` joint acceptance of the tabled text, shape ``(draws,)``. Gives what the talks count, and the outcome of
    each draw of the block, as of :mod:`sim.bargaining.endings`.
    """
    model = _Talks(on, on.case.scenario.negotiation.protocol)
    model.accepted = accepted
    model.begin(preferences, draws, fill=False)
    while model.running:
        model.step()
    return model.counts, model.outcome
