"""Alternating offers over every candidate in every draw: for tactics that react to offers, and for telling a draw.

Slower than :mod:`sim.bargaining.offers_by_zone`, since offers that nobody can agree to are worked out too:
others may react to them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.bargaining.tactics import Concession, Seen
from sim.bargaining.texts_by_draw import TextsByDraw
from sim.bargaining.zone import ROOM, Prospects, slices
from sim.engine.acceptability import TIE
from sim.engine.draws import BLOCK, Array, Index
from sim.engine.packages import Mask

#: Makes offers, candidates with -1 for nothing, of those that a party would make by its tactic; shape ``(live,)``.
Chosen = Callable[[NDArray[np.int16]], NDArray[np.int16]]


class OffersInFull:
    """Draws still open, with every party's gain from every candidate; see :mod:`sim.bargaining.alternating_offers`."""

    def __init__(
        self, prospects: Prospects, concessions: Sequence[Concession], proposers: Sequence[int], draws: Index
    ) -> None:
        """``concessions`` are of the seats, for all draws of the block; ``proposers`` are seats."""
        on = prospects.on
        self.live = draws
        self._asked = on.asked
        self._packages = on.packages
        self._views = [TextsByDraw(own, on.case.space) for own in prospects.seated]
        self._concessions = [c.in_draws(draws) for c in concessions]
        #: Of each seat its gains from every candidate, minus infinity where it would not take it.
        self.gains = [self._dense(prospects, seat) for seat in range(len(on.table))]
        self._worth = {seat: self._least_of_others(seat) for seat in proposers}
        self._memories = {
            seat: Memory(c.best, self.gains[seat], [p for p in proposers if p != seat], c.tactic.list)
            for seat, c in enumerate(self._concessions)
            if c.tactic.reacts
        }
        #: Which offers each proposer has made, and how many different ones.
        self._offered = {seat: np.zeros((len(draws), len(on)), bool) for seat in proposers if self._memories}
        self._variety = {seat: np.zeros(len(draws), np.intp) for seat in proposers}

    @property
    def over(self) -> bool:
        """Whether no draw is left."""
        return not len(self.live)

    def enter(self, n: int) -> None:
        """Begin a round: let those who go down a list see how far the others have gone."""
        for memory in self._memories.values():
            memory.go_on(n, [self._variety[other] for other in memory.others])

    def aspiration(self, seat: int, n: int) -> Array:
        """What the party in a seat insists on in this round, in the live draws."""
        concession = self._concessions[seat]
        memory = self._memories.get(seat)
        if memory is None:
            return concession.aspiration(n)
        memory.before = concession.own(n, memory.seen(self.gains[seat]))
        return concession.net(memory.before, n)

    def offer(
        self, seat: int, aspirations: Sequence[Array], chosen: Chosen | None = None
    ) -> tuple[NDArray[np.int16], Mask]:
        """What a proposer puts forward in each live draw, -1 for nothing, and whether all agree to it.

        ``chosen`` makes what it puts forward of what it would by its tactic.
        """
        offers = self._choice(seat, aspirations[seat])
        if chosen is not None:
            offers = chosen(offers)
        rows, offering = np.flatnonzero(offers >= 0), offers[offers >= 0]
        agree = np.zeros(len(self.live), bool)
        agree[rows] = self.answers(seat, offers, aspirations)[:, rows].all(axis=0)
        for other, memory in self._memories.items():
            if other != seat:
                memory.hear(seat, rows, self._views[other].gains(self._packages[offering], self.live[rows]))
        if self._memories:
            offered = self._offered[seat]
            self._variety[seat][rows] += ~offered[rows, offering]
            offered[rows, offering] = True
        return offers, agree

    def answers(self, seat: int, offers: NDArray[np.int16], aspirations: Sequence[Array]) -> Mask:
        """Whether each party at the table would agree to a proposer's offers, itself and those not asked included.

        Shape ``(seats, live)``; meaningless where nothing was offered.
        """
        rows = np.arange(len(offers))
        result = np.ones((len(self.gains), len(offers)), bool)
        for other, gain in enumerate(self.gains):
            if other != seat:
                result[other] = gain[rows, offers] >= aspirations[other] - TIE
                result[other] |= ~self._asked[other][offers]
        return result

    def keep(self, draws: Mask) -> None:
        """Go on with some of the live draws only."""
        self.live = self.live[draws]
        rows = np.flatnonzero(draws)
        self._concessions = [c.in_draws(rows) for c in self._concessions]
        self.gains = [gain[rows] for gain in self.gains]
        self._worth = {seat: worth[rows] for seat, worth in self._worth.items()}
        self._offered = {seat: offered[rows] for seat, offered in self._offered.items()}
        self._variety = {seat: variety[rows] for seat, variety in self._variety.items()}
        for memory in self._memories.values():
            memory.keep(rows)

    def _choice(self, seat: int, aspiration: Array) -> NDArray[np.int16]:
        """The best for the others among what the proposer may put forward; the further favourite it has come to."""
        mine = self.gains[seat] >= (aspiration - TIE)[:, None]
        value = np.where(mine, self._worth[seat], -np.inf)
        top = value.max(axis=1)
        # Everything no worse than no deal for the others ranks above all else, rounding aside.
        level = np.where(top >= -TIE, np.maximum(top - TIE, -TIE), top - TIE)
        mine &= self._worth[seat] >= level[:, None]
        offers = np.where(mine.any(axis=1), mine.argmax(axis=1), -1)
        memory = self._memories.get(seat)
        if memory is not None and memory.list is not None:
            offers = np.where(memory.further, memory.reached, offers)
        return offers.astype(np.int16)

    def _dense(self, prospects: Prospects, seat: int) -> Array:
        """A party's gains, minus infinity where one of its lines is crossed; shape ``(live, candidates)``."""
        draws = self.live
        gains = np.full((len(prospects.on), len(draws)), -np.inf)
        for row, gain in prospects.open_gains(seat):
            gains[row] = gain[draws]
        return np.ascontiguousarray(gains.T)

    def _least_of_others(self, seat: int) -> Array:
        least = np.full(self.gains[seat].shape, np.inf)
        for other, gain in enumerate(self.gains):
            if other != seat:
                np.minimum(least, gain, out=least, where=self._asked[other])
        return least


class Memory:
    """What a party that reacts to offers remembers, in the live draws.

    ``before`` is its last aspiration; ``last`` and ``rise`` are its gain from the last offer of each
    of the others and what that was more than from the one before, NaN before there were as many.
    Where it goes down a ``list`` of its favourites, ``reached`` is the candidate it has come to,
    number ``place`` of the list, and ``further`` says whether it came to it in this round.
    """

    def __init__(self, best: Array, gains: Array, others: Sequence[int], lists: bool) -> None:
        self.others = others
        self.before = best
        self.last = {other: np.full(len(best), np.nan) for other in others}
        self.rise = {other: np.full(len(best), np.nan) for other in others}
        self.list: NDArray[np.intp] | None = None
        self.place = np.full(len(best), -1)
        self.reached = np.zeros(len(best), np.intp)
        self.further = np.zeros(len(best), bool)
        if lists:
            # In steps of TIE, so that equally good favourites stand in the order of the candidates.
            with np.errstate(invalid="ignore"):
                self.list = np.argsort(-np.rint(gains / TIE), axis=1, kind="stable")
            self._length = (gains >= -TIE).sum(axis=1)

    def go_on(self, n: int, varieties: Sequence[Index]) -> None:
        """Come to the next favourite where every other proposer has made as many different offers."""
        if self.list is None:
            return
        end = self._length - 1
        if n > 0 and varieties:
            end = np.minimum(end, np.minimum.reduce(varieties))
        self.further = self.place < end if n > 0 else end >= 0
        self.place = self.place + self.further
        self.reached = self.list[np.arange(len(self.place)), np.maximum(self.place, 0)]

    def hear(self, other: int, rows: Index, gain: Array) -> None:
        """Take note of another's offer in some draws."""
        self.rise[other][rows] = gain - self.last[other][rows]
        self.last[other][rows] = gain

    def seen(self, gains: Array) -> Seen:
        """What the party goes by in this round; ``gains`` are its own from every candidate."""
        nothing = np.zeros(len(self.before))
        known = [~np.isnan(rise) for rise in self.rise.values()]
        total = sum((np.nan_to_num(rise) for rise in self.rise.values()), nothing)
        conceded = total / np.maximum(sum(known, nothing), 1.0)
        entitled = nothing
        if self.list is not None:
            rows = np.arange(len(self.place))
            entitled = np.where(self.place >= 0, gains[rows, self.reached], 0.0)
        return Seen(self.before, conceded, np.maximum(entitled, 0.0))

    def keep(self, rows: Index) -> None:
        """Go on with some of the live draws only."""
        self.before = self.before[rows]
        self.last = {other: gain[rows] for other, gain in self.last.items()}
        self.rise = {other: gain[rows] for other, gain in self.rise.items()}
        self.place, self.reached, self.further = self.place[rows], self.reached[rows], self.further[rows]
        if self.list is not None:
            self.list, self._length = self.list[rows], self._length[rows]


def parts(prospects: Prospects, proposers: int) -> list[slice]:
    """The block in parts whose tables fit into :data:`sim.bargaining.zone.ROOM`.

    Gains and worth are there twice while settled draws are dropped.
    """
    numbers = 2 * (len(prospects.seated) + proposers) + 4
    return slices(np.arange(1, BLOCK + 1) * len(prospects.on) * numbers, ROOM)
