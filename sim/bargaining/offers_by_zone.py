"""Alternating offers where nobody reacts to offers: only the zone of possible agreement matters.

Why that is exact. An aspiration is never below zero, so an offer can be agreed only if it is in
the zone (:mod:`sim.bargaining.zone`). What a proposer puts forward is the best for the others among what it
may put forward, by the smallest of their gains, minus infinity where one of their lines is
crossed. The proposer's own say settled (it puts forward nothing below its aspiration or across
its lines), a candidate is in the zone iff that smallest gain is at least zero, within
:data:`sim.engine.acceptability.TIE`. So every candidate in the zone ranks above every one outside, and
whether those outside are looked at can only matter where none inside may be put forward: then
nothing is agreed in that turn either way, and without anybody who reacts, nothing follows from it.

Aspirations that do not react never rise. So nothing is agreed before the first round in which
some candidate is good enough for everybody asked; until then a draw sleeps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.bargaining.tactics import Concession, content
from sim.bargaining.zone import Zone
from sim.engine.acceptability import TIE
from sim.engine.draws import Array, Index
from sim.engine.packages import Mask


class OffersByZone:
    """The draws of a part that are awake, with their pairs; see :mod:`sim.bargaining.alternating_offers`."""

    def __init__(self, zone: Zone, concessions: Sequence[Concession], asked: Mask, proposers: Sequence[int]) -> None:
        """``concessions`` are of the seats, for all draws of the block; ``proposers`` are seats."""
        self._concessions = concessions
        self._asked = asked
        self._always: Mask = np.all(asked, axis=1)
        self._proposers = proposers
        wake = self._first_rounds(zone)
        rounds = concessions[0].rounds if concessions else 0
        order = np.argsort(wake, kind="stable")[: np.count_nonzero(wake < rounds)]
        self._asleep = zone.picked(order)
        #: Draws [0, until[n]) of those asleep have woken up by round n.
        self._until = np.searchsorted(wake[order], np.arange(rounds), side="right")
        self._woken = 0
        self._awake = zone.picked(order[:0])
        self._worth: dict[int, Array] = {seat: np.empty(0) for seat in proposers}

    @property
    def live(self) -> Index:
        """Numbers of the draws awake, in the block."""
        return self._awake.draws

    @property
    def over(self) -> bool:
        """Whether nothing can be agreed any more."""
        return not len(self.live) and self._woken == len(self._asleep.draws)

    def enter(self, n: int) -> None:
        """Begin a round: wake the draws in which something may now be agreed."""
        until = int(self._until[n])
        if until == self._woken:
            return
        new = self._asleep.picked(slice(self._woken, until))
        self._woken = until
        self._awake = self._awake.joined(new)
        for seat in self._proposers:
            self._worth[seat] = np.concatenate([self._worth[seat], self._least_of_others(new, seat)])

    def aspiration(self, seat: int, n: int) -> Array:
        """What the party in a seat insists on in this round, in the live draws."""
        return self._concessions[seat].in_draws(self.live).aspiration(n)

    def offer(self, seat: int, aspirations: Sequence[Array]) -> tuple[NDArray[np.int16], Mask]:
        """What a proposer puts forward in each live draw, -1 for nothing, and whether all agree to it."""
        on, worth = self._awake, self._worth[seat]
        mine = on.gain[seat] >= on.spread(aspirations[seat] - TIE)
        top = on.best(np.where(mine, worth, -np.inf))
        mine &= worth >= on.spread(top - TIE)
        offering = np.flatnonzero(top > -np.inf)
        places = np.flatnonzero(mine)
        pair = places[np.searchsorted(places, on.starts[offering])]
        candidate = on.candidate[pair]
        agreed = np.ones(len(offering), bool)
        for other, gain in enumerate(on.gain):
            if other != seat:
                fine = gain[pair] >= aspirations[other][offering] - TIE
                agreed &= fine if self._always[other] else fine | ~self._asked[other][candidate]
        offers = np.full(len(self.live), -1, np.int16)
        offers[offering] = candidate
        agree = np.zeros(len(self.live), bool)
        agree[offering] = agreed
        return offers, agree

    def keep(self, draws: Mask) -> None:
        """Go on with some of the live draws only."""
        pairs = self._awake.spread(draws)
        self._awake = self._awake.part(draws, pairs)
        self._worth = {seat: worth[pairs] for seat, worth in self._worth.items()}

    def _least_of_others(self, zone: Zone, seat: int) -> Array:
        """The smallest gain among the others who are asked, for each pair."""
        least = np.full(len(zone.candidate), np.inf)
        for other, gain in enumerate(zone.gain):
            if other != seat:
                where = True if self._always[other] else self._asked[other][zone.candidate]
                np.minimum(least, gain, out=least, where=where)
        return least

    def _first_rounds(self, zone: Zone) -> Index:
        """The first round in which some pair of a draw is good enough for all asked; by bisection.

        As many as there are rounds where there is none.
        """
        live = len(zone.draws)
        own = [c.in_draws(zone.draws) for c in self._concessions]
        rounds = own[0].rounds if own else 0
        low, high = np.zeros(live, np.intp), np.full(live, rounds, np.intp)
        if not live:
            return low
        for _ in range(rounds.bit_length()):
            middle = (low + high) // 2
            good = np.ones(len(zone.candidate), bool)
            for seat, gain in enumerate(zone.gain):
                if own[seat].tactic.aspiration is content:
                    continue
                fine = gain >= zone.spread(own[seat].aspiration(np.minimum(middle, rounds - 1)) - TIE)
                if not self._always[seat]:
                    fine |= ~self._asked[seat][zone.candidate]
                good &= fine
            some = zone.some(good)
            unsure = low < high
            high = np.where(unsure & some, middle, high)
            low = np.where(unsure & ~some, middle + 1, low)
        return low
