"""Which draw to tell: the one most like the others that end the same way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.bargaining.alternating_offers import Bargaining
from sim.bargaining.candidates import Candidates, candidates
from sim.bargaining.endings import AGREED, BREAKDOWN, UNRATIFIED, Ending
from sim.bargaining.own_protocols import OwnTalks
from sim.bargaining.single_text import Mediation, NoOutlook
from sim.engine.acceptability import accepts_each
from sim.engine.draws import BLOCK, Array, block_count
from sim.engine.packages import Mask
from sim.engine.preferences import Preferences, preferences_of
from sim.engine.profiles import Case
from sim.execution.fold import total
from sim.scenario.negotiation_schema import PROTOCOLS
from sim.simulation.cases import CaseJob

#: Draws are looked at in the first so many blocks: 65,536 are plenty to find a typical one.
BLOCKS = 16


class Endings:
    """How the first draws of a scenario end, and what tells those apart that end alike.

    ``outcome`` has shape ``(draws,)``; see :mod:`sim.bargaining.endings`. ``marks`` has shape ``(marks, draws)``:
    in draws that end in an agreement, its round and every party's gain from it; in the others, each
    asked party's gain from the text as tabled and whether it would accept that.
    """

    def __init__(self, case: Case, on: Candidates | None, progress: Callable[[int, int], None] | None = None) -> None:
        """``on`` are the candidates, None where what is agreed need not be one."""
        self.draws = min(case.scenario.draws, BLOCKS * BLOCK)
        job = ByBlock(case)
        job.on = on  # which is at hand here; other processes work it out
        outcomes, marks = zip(*total(job, progress), strict=True)
        self.outcome: NDArray[np.int8] = np.concatenate(outcomes)[: self.draws]
        self.marks: Array = np.concatenate(marks, axis=1)[:, : self.draws]

    def counts(self) -> dict[int, int]:
        """How many draws end how."""
        return {kind: int((self.outcome == kind).sum()) for kind in (AGREED, UNRATIFIED, BREAKDOWN)}

    def typical(self, kind: int) -> int:
        """The draw of a kind whose marks are nearest to the medians of that kind, the earliest of several.

        Distances add up over the marks, each in units of its interquartile range where it has
        one. Raises ValueError where no draw ends so.
        """
        draws = np.flatnonzero(self.outcome == kind)
        if not len(draws):
            raise ValueError("no draw ends so")
        marks = self.marks[:, draws]
        low, middle, high = np.quantile(marks, (0.25, 0.5, 0.75), axis=1)
        scale = np.where(high > low, high - low, 1.0)
        distance = (np.abs(marks - middle[:, None]) / scale[:, None]).sum(axis=0)
        return int(draws[distance.argmin()])


#: Outcome and marks of a block.
Marked = tuple[NDArray[np.int8], Array]


@dataclass
class ByBlock(CaseJob[list[Marked], list[Marked]]):
    """How the first draws of a scenario end, block by block, with their marks (:class:`Endings`)."""

    @property
    def lengths(self) -> tuple[int]:
        """The first blocks of the scenario's draws."""
        return (min(block_count(self.case.scenario.draws), BLOCKS),)

    @cached_property
    def on(self) -> Candidates | None:
        """What may be proposed; None where what is agreed need not be a candidate."""
        protocol = self.case.scenario.negotiation.protocol
        return candidates(self.case) if PROTOCOLS.own(protocol) or protocol == "alternating_offers" else None

    @cached_property
    def _loud(self) -> list[int]:
        return [i for i, p in enumerate(self.case.profiles) if not p.silent]

    def block(self, batch: int, block: int) -> list[Marked]:
        """One block, of which all draws are gone through."""
        own = preferences_of(self.case, block)
        gains, accepts = self._tabled(own)
        if self.case.scenario.negotiation.protocol == "vote":
            outcome = self._voted(accepts)
            return [(outcome, self._marks(outcome, np.zeros(BLOCK), gains, gains, accepts))]
        ending = self._talks(own)
        return [(ending.outcome, self._marks(ending.outcome, ending.round, ending.gains, gains, accepts))]

    def _tabled(self, own: Sequence[Preferences]) -> tuple[Array, Mask]:
        """Everybody's gain from the text as tabled, and whether it accepts that."""
        case = self.case
        gains = [p.gain(case.space.seen(case.text[None], p.profile.id)[0]) for p in own]
        return np.array(gains), np.array([accepts_each(p, case.space, case.text[None])[0] for p in own])

    def _voted(self, accepts: Mask) -> NDArray[np.int8]:
        """The outcome of a vote: what ratifiers alone turn down failed in ratification."""
        case = self.case
        asked = [(i, p.role == "ratifier") for i, p in enumerate(case.profiles) if p.id in case.asked]
        deal = np.all([accepts[i] for i, later in asked if not later] or [np.ones(BLOCK, bool)], axis=0)
        ratified = np.all([accepts[i] for i, later in asked if later] or [np.ones(BLOCK, bool)], axis=0)
        return np.where(deal, np.where(ratified, AGREED, UNRATIFIED), BREAKDOWN).astype(np.int8)

    def _talks(self, own: Sequence[Preferences]) -> Ending:
        talks: Mediation | Bargaining | OwnTalks
        if self.on is None:
            talks = Mediation(self.case)
        elif PROTOCOLS.own(self.case.scenario.negotiation.protocol):
            talks = OwnTalks(self.on)
        else:
            talks = Bargaining(self.on)
        talks.begin(own)
        while not talks.over:
            talks.step()
        return talks.end(NoOutlook(self.case)) if isinstance(talks, Mediation) else talks.end()

    def _marks(
        self, outcome: NDArray[np.int8], rounds: Array | NDArray[np.int16], gains: Array, tabled: Array, accepts: Mask
    ) -> Array:
        loud = self._loud
        agreement = np.concatenate([rounds[None], gains[loud], np.zeros((len(loud), BLOCK))])
        broken = np.concatenate([np.zeros((1, BLOCK)), tabled[loud], accepts[loud]])
        return np.where(outcome == BREAKDOWN, broken, agreement)
