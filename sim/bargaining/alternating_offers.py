"""Alternating offers: who offers what to whom, round by round, in all draws of a block at once.

After A. Rubinstein, "Perfect equilibrium in a bargaining model" (Econometrica 50, 1982), whose
two parties take turns, and the stacked alternating offers protocol of R. Aydogan, D. Festen, K.
V. Hindriks and C. M. Jonker, "Alternating offers protocols for multilateral negotiation" (2017),
which lets more of them do so. Here an offer is put to everybody at once, and whoever refuses,
the next in turn makes the next offer.

A round is one turn of every proposer, beginning with the first mover of the draw and going
round. In its turn a proposer puts forward, among the candidates that cross none of its lines and
give it at least its aspiration, the one whose smallest gain to the others at the table who are
asked about it is largest (minus infinity where it crosses one of their lines), the earlier of
two that are as good. It is agreed when all of them have at least their aspirations from it and
none of their lines is crossed. Comparisons are within :data:`sim.engine.acceptability.TIE`.

Everybody settles its aspiration once a round, by what it has seen before the round. So what a
proposer would offer does not depend on its place in the round, and the first offer in turn that
all agree to is the agreement.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.bargaining.candidates import Candidates
from sim.bargaining.endings import Ending, Interim
from sim.bargaining.offers_by_zone import OffersByZone
from sim.bargaining.offers_in_full import Chosen, OffersInFull, parts
from sim.bargaining.tactics import Concession, concession, tactic_of
from sim.bargaining.zone import Prospects
from sim.engine.draws import BLOCK, Array, Index
from sim.engine.packages import Mask
from sim.engine.preferences import Preferences

#: Draws in which talks go on, and what the parties make of the candidates there. A round is ``enter``, the aspirations
#: of all seats, the offers of all proposers, ``keep``.
Ground = OffersByZone | OffersInFull


class Bargaining:
    """The talks over one case's candidates, in one block of draws after the other.

    A model drives it: :meth:`begin`, then rounds until :attr:`over`, then :meth:`end`. A round is
    :meth:`enter`, :meth:`aspire` for every seat at the table, :meth:`offer` for every proposer's
    seat, :meth:`settle`; :meth:`step` is all of them. Where a block needs much memory its rounds
    are gone through for a part of the draws after the other.

    >>> import sim
    >>> from sim.bargaining.candidates import candidates
    >>> from sim.engine.preferences import preferences_of
    >>> from sim.engine.profiles import compile_case
    >>> edits = ["negotiation.rounds=3"]
    >>> case = compile_case(sim.load("istanbul", edits=edits, protocol="alternating_offers").scenario)
    >>> talks = Bargaining(candidates(case))
    >>> talks.begin(preferences_of(case, block=0))
    >>> while not talks.over:
    ...     talks.step()
    >>> ending = talks.end()
    >>> ending.outcome.shape, bool((ending.round <= 3).all())
    ((4096,), True)
    """

    def __init__(self, on: Candidates, *, full: bool = False, free: Collection[int] = ()) -> None:
        """With ``full`` every candidate is looked at in any case, which changes nothing but the time.

        ``free`` are seats of parties that do not do as their tactic says.
        """
        self.on = on
        self.settings = on.case.scenario.negotiation
        #: What was offered in the round before, by seat, in the live draws, where all are looked at.
        self.heard: dict[int, NDArray[np.int16]] = {}
        #: Seats at the table of those who make offers, in the order of their turns.
        self.proposers = tuple(on.table.index(i) for i in on.proposers)
        self._full = full
        self._free = free

    def begin(self, preferences: Sequence[Preferences]) -> None:
        """Take up a block; ``preferences`` in the order of the case's profiles."""
        self.prospects = Prospects(self.on, preferences)
        self.concessions = [self._concession(seat) for seat in range(len(self.prospects.seated))]
        #: What a round after the first costs each party, shape ``(parties, BLOCK)``; None for nothing.
        self.delay = self._delays() if self.settings.delay_cost else None
        self._first = first_movers(self.on, preferences[0])
        self._agreed = np.full(BLOCK, -1, np.int16)
        self._round = np.zeros(BLOCK, np.int16)
        self._by = np.full(BLOCK, -1, np.int8)
        self.in_full = self._full or any(c.tactic.reacts for c in self.concessions)
        self._parts = parts(self.prospects, len(self.proposers)) if self.in_full else self.prospects.parts()
        self._take_part()

    @property
    def over(self) -> bool:
        """Whether nothing is left to talk about in the block."""
        return not self._parts

    def enter(self) -> None:
        """Begin a round."""
        self.ground.enter(self.round)
        self.aspirations: list[Array] = [np.empty(0)] * len(self.on.table)
        self.offers: dict[int, tuple[NDArray[np.int16], Mask]] = {}

    def own_gains(self, seat: int) -> Array:
        """A party's gains from every candidate, minus infinity where it would not take it; ``(live, candidates)``.

        For talks that are gone through in full.
        """
        assert isinstance(self.ground, OffersInFull)
        return self.ground.gains[seat]

    def aspire(self, seat: int) -> None:
        """Settle what a party insists on in this round, in the live draws."""
        self.aspirations[seat] = self.ground.aspiration(seat, self.round)

    def offer(self, seat: int, chosen: Chosen | None = None) -> None:
        """Put forward what a proposer offers in this round in each live draw: candidates, -1 for nothing.

        ``chosen`` makes of these what it offers indeed, in talks that are gone through in full.
        """
        if chosen is None:
            self.offers[seat] = self.ground.offer(seat, self.aspirations)
        else:
            assert isinstance(self.ground, OffersInFull)
            self.offers[seat] = self.ground.offer(seat, self.aspirations, chosen)

    def settle(self) -> None:
        """End a round: the first offer in turn that all agree to is the agreement."""
        live = self.ground.live
        turn = np.full(len(live), len(self.proposers))
        for number, seat in enumerate(self.proposers):
            offers, agree = self.offers[seat]
            place = (number - self._first[live]) % len(self.proposers)
            mine = agree & (place < turn)
            turn[mine] = place[mine]
            self._agreed[live[mine]] = offers[mine]
            self._by[live[mine]] = number
        settled = turn < len(self.proposers)
        self._round[live[settled]] = self.round + 1
        if settled.any():
            self.ground.keep(~settled)
        if self._full:
            self.heard = {seat: offers[~settled] for seat, (offers, _) in self.offers.items()}
        self.round += 1
        if self.round == self.settings.rounds or self.ground.over:
            self._parts = self._parts[1:]
            self._take_part()

    def step(self) -> None:
        """One round."""
        self.enter()
        for seat in range(len(self.on.table)):
            self.aspire(seat)
        for seat in self.proposers:
            self.offer(seat)
        self.settle()

    def end(self) -> Ending:
        """Put what was agreed to the ratifiers and drop the block's arrays."""
        unavoidable = self.prospects.unavoidable(self._least())
        ending = self.prospects.ending(self._agreed, self._round, self._by, unavoidable)
        del self.prospects, self.concessions, self._first, self._agreed, self._round, self._by
        return ending

    def standing(self) -> Interim:
        """How the block stands, for those who look on from round to round; what is settled is worked out once."""
        # Parts of the block are gone through from its first draw on.
        start = self._parts[0].start if self._parts else BLOCK
        return self.prospects.standing(self._agreed, np.arange(BLOCK) >= start)

    def _concession(self, seat: int) -> Concession:
        own, offers = self.prospects.seated[seat], seat in self.proposers
        reachable = tactic_of(own.profile.id, self.settings, offers).reachable
        best = self.prospects.reachable(seat) if reachable else self.prospects.best[seat]
        return concession(own, self.settings, offers, best)

    def _least(self) -> dict[int, Array]:
        """What those who never come down by themselves insist on in the last round, by seat."""
        last = self.settings.rounds - 1
        stand = ((seat, c) for seat, c in enumerate(self.concessions) if c.tactic.stands and seat not in self._free)
        return {seat: c.aspiration(last) for seat, c in stand}

    def _delays(self) -> Array:
        result = np.zeros((len(self.on.case.profiles), BLOCK))
        for i, own in zip(self.on.table, self.concessions, strict=True):
            result[i] = own.delay
        return result

    def order(self, draw: int) -> list[int]:
        """The seats of the proposers in the order of their turns in one draw."""
        first = int(self._first[draw])
        return [*self.proposers[first:], *self.proposers[:first]]

    def _take_part(self) -> None:
        """Begin with the next part of the block that holds anything to talk about."""
        while self._parts:
            part = self._parts[0]
            if self.in_full:
                draws = np.arange(part.start, part.stop)
                self.ground: Ground = OffersInFull(self.prospects, self.concessions, self.proposers, draws)
            else:
                self.ground = OffersByZone(self.prospects.zone(part), self.concessions, self.on.asked, self.proposers)
            self.round = 0
            self.heard = {}
            if self.proposers and not self.ground.over:
                return
            self._parts = self._parts[1:]
        del self.ground


def first_movers(on: Candidates, anybody: Preferences) -> Index:
    """Who begins, as a number of the proposers, in each draw of the block of anybody's preferences."""
    settings = on.case.scenario.negotiation
    if settings.first_mover != "random":
        return np.full(BLOCK, on.ids(on.proposers).index(settings.first_mover))
    chance = anybody.memo.stream("negotiation", "first_mover").random(BLOCK)
    return (chance * len(on.proposers)).astype(np.intp)
