"""The zone of possible agreement of a block, draw by draw.

A candidate is in the zone of a draw when every party at the table whose consent it needs would rather have it than no
deal (or likes both as much) and none of their lines is crossed. Nothing else can be agreed. A party that insists on a
least gain by a rule of its own counts what it has beyond that: of such a party, *gain* here means the gain less what it
insists on. The zone is looked at part by part, as pairs of a draw and a candidate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.bargaining.candidates import Candidates
from sim.bargaining.endings import AGREED, BREAKDOWN, NO_FAVOURITE, UNRATIFIED, Ending, Interim, Refused
from sim.bargaining.texts_by_draw import TextsByDraw
from sim.engine.acceptability import EVERY, TIE, accepted, any_of, crossed_lines
from sim.engine.draws import BLOCK, Array, Index, in_draws
from sim.engine.packages import Mask
from sim.engine.preferences import Preferences

Value = TypeVar("Value", bound=np.generic)

#: Numbers that a part of a block may need at once, 8 bytes each; more and the part is made smaller.
ROOM = 16_000_000
#: More than any two gains differ by: what a crossed line counts where a party says which text it minds least.
LINE = 1e6


@dataclass
class Zone:
    """Pairs of a draw and a candidate, sorted by draw, then by candidate; only draws that have any.

    ``draws`` are numbers in the block, shape ``(live,)``; the pairs of draw number d among them
    begin at ``starts[d]`` and are ``counts[d]``. ``candidate`` has shape ``(pairs,)``, ``gain`` the
    gains of the parties at the table in rows of that shape.
    """

    draws: Index
    counts: Index
    candidate: NDArray[np.int16]
    gain: list[Array]

    @cached_property
    def starts(self) -> Index:
        """Where the packages of each draw begin, shape ``(draws,)``."""
        return np.cumsum(self.counts) - self.counts

    def spread(self, values: NDArray[Value]) -> NDArray[Value]:
        """One value a draw, repeated for each of its pairs."""
        return np.repeat(values, self.counts)

    def best(self, values: Array) -> Array:
        """The largest value of each draw's pairs; shape ``(live,)``."""
        return np.maximum.reduceat(values, self.starts) if len(self.starts) else np.empty(0)

    def some(self, values: Mask) -> Mask:
        """Whether any of each draw's pairs has the value True; shape ``(live,)``, which must not be 0."""
        return np.logical_or.reduceat(values, self.starts)

    def part(self, draws: Index | Mask | slice, pairs: Index | Mask) -> Zone:
        """Some of the draws with their pairs, in their order."""
        gain = [gain[pairs] for gain in self.gain]
        return Zone(self.draws[draws], self.counts[draws], self.candidate[pairs], gain)

    def picked(self, draws: Index | slice) -> Zone:
        """The pairs of some draws, in the order of these."""
        counts = self.counts[draws]
        before = np.cumsum(counts) - counts
        return self.part(draws, np.repeat(self.starts[draws] - before, counts) + np.arange(counts.sum()))

    def joined(self, other: Zone) -> Zone:
        """These pairs, then those of other draws."""
        return Zone(
            np.concatenate([self.draws, other.draws]),
            np.concatenate([self.counts, other.counts]),
            np.concatenate([self.candidate, other.candidate]),
            [np.concatenate(pair) for pair in zip(self.gain, other.gain, strict=True)],
        )


class Prospects:
    """What a block's draws hold for the parties at the table, before anybody has said anything.

    ``best[i]`` is the largest gain (less what it insists on) of the party in seat i among all candidates that cross
    none of its own lines, minus infinity where all do, shape ``(BLOCK,)``.
    """

    def __init__(self, on: Candidates, preferences: Sequence[Preferences]) -> None:
        """``preferences`` in the order of the case's profiles."""
        self.on = on
        self.preferences = preferences
        self.seated = [preferences[i] for i in on.table]
        self._proposers = [on.table.index(i) for i in on.proposers]
        self._unbarred: dict[int, Array] = {}
        fits = np.ones((len(on), BLOCK), bool)
        self.best = [self._survey(seat, fits) for seat in range(len(on.table))]
        self._fits = fits
        self._favourites: dict[int, Index] = {}
        self._latest: tuple[slice, Zone] | None = None
        self._so_far: tuple[list[TextsByDraw], NDArray[np.int8], Array] | None = None

    def open_gains(self, seat: int, rows: Mask | None = None) -> Iterator[tuple[int, Array]]:
        """A party's gain from each candidate that it has no fixed line against: number, gains.

        Minus infinity in the draws in which a line binds that holds with a probability. ``rows``
        are the candidates wanted. Arrays have shape ``(BLOCK,)`` and are overwritten by the next step.
        """
        own, on = self.seated[seat], self.on
        if own.decision is not None:
            for row, gain, _, yes in self._decided(own, rows):
                yield row, np.where(yes, gain, -np.inf)
            return
        barred = np.zeros(len(on), bool)
        at_times = []
        for line, crossing in crossed_lines(own, on.case.space, on.packages):
            if line.holds is None:
                barred |= crossing
            else:
                at_times.append((own.binds(line), crossing))
        wanted = np.flatnonzero(~barred if rows is None else rows & ~barred)
        if not len(wanted):
            return
        masked = np.empty(BLOCK)
        insisting = own.profile.acceptance is not None
        for number, gain in own.gains(on.case.space.seen(on.packages[wanted], own.profile.id)):
            if insisting:
                gain = gain - own.least
            row = int(wanted[number])
            binding = [binds for binds, crossing in at_times if crossing[row]]
            if binding:
                np.copyto(masked, gain)
                for binds in binding:
                    masked[binds] = -np.inf
                gain = masked
            yield row, gain

    def _decided(self, own: Preferences, rows: Mask | None = None) -> Iterator[tuple[int, Array, Mask, Mask]]:
        """Of a party that decides for itself, each candidate's number, gain, whether it crosses a line, and its yes."""
        wanted = np.arange(len(self.on)) if rows is None else np.flatnonzero(rows)
        packages, space = self.on.packages[wanted], self.on.case.space
        lines = crossed_lines(own, space, packages)
        for number, gain in own.gains(space.seen(packages, own.profile.id)) if len(wanted) else ():
            crosses = any_of([own.binds(line) for line, crossing in lines if crossing[number]])
            yes = accepted(own, packages[number], gain, crosses, EVERY)
            yield int(wanted[number]), gain - own.least, crosses, yes

    def _survey(self, seat: int, fits: Mask) -> Array:
        """The party's best, and its say on what fits."""
        asked = self.on.asked[seat]
        best = np.full(BLOCK, -np.inf)
        if self.seated[seat].decision is not None:
            unbarred = best.copy()
            for row, gain, crosses, yes in self._decided(self.seated[seat]):
                np.maximum(best, gain, out=best, where=yes)
                np.maximum(unbarred, gain, out=unbarred, where=~crosses)
                if asked[row]:
                    fits[row] &= yes
            self._unbarred[seat] = unbarred
            return best
        barred = asked.copy()
        for row, gain in self.open_gains(seat):
            np.maximum(best, gain, out=best)
            barred[row] = False
            if asked[row]:
                fits[row] &= gain >= -TIE
        fits[barred] = False
        return best

    def reachable(self, seat: int) -> Array:
        """A party's largest gain from a candidate in the zone that needs it; :attr:`best` where there is none.

        Shape ``(BLOCK,)``.
        """
        top = np.full(BLOCK, -np.inf)
        for row, gain in self.open_gains(seat, self.on.asked[seat] & self._fits.any(axis=1)):
            np.maximum(top, gain, out=top, where=self._fits[row])
        return np.where(np.isneginf(top), self.best[seat], top)

    def unavoidable(self, least: Mapping[int, Array]) -> Mask:
        """Draws with candidates in the zone of which none brings some parties the least they insist on.

        ``least`` is by seat, each of shape ``(BLOCK,)``, and holds where the candidate needs the party. Shape
        ``(BLOCK,)``.
        """
        result = np.zeros(BLOCK, bool)
        if not least:
            return result
        for part in self.parts():
            zone = self.zone(part)
            if not len(zone.draws):
                continue
            enough = np.ones(len(zone.candidate), bool)
            for seat, level in least.items():
                fine = zone.gain[seat] >= zone.spread(level[zone.draws] - TIE)
                enough &= fine | ~self.on.asked[seat][zone.candidate]
            result[zone.draws] = ~zone.some(enough)
        return result

    def bests(self) -> Array:
        """:attr:`best` over no deal, a row a party of the case, NaN for those not at the table."""
        result = np.full((len(self.preferences), BLOCK), np.nan)
        for seat, (i, best) in enumerate(zip(self.on.table, self.best, strict=True)):
            if seat in self._unbarred:  # it decides for itself, and may accept nothing at all
                best = np.where(np.isneginf(best), self._unbarred[seat], best)
            result[i] = best + self.preferences[i].least
        return result

    @property
    def possible(self) -> Mask:
        """Draws in which some candidate is in the zone, shape ``(BLOCK,)``."""
        possible: Mask = np.any(self._fits, axis=0)
        return possible

    def in_the_way(self, draws: Mask) -> tuple[Refused, ...]:
        """Who alone is in the way where the zone is empty, of some draws of the block, a mask.

        Some candidate would suit everybody at the table who is asked about it but the party, which refuses.
        The text refused is the one of these that it minds least: one that crosses fewer of its lines
        before others, then by its gain, then the earlier candidate.
        """
        stuck = np.flatnonzero(draws & ~self.possible)
        if not len(stuck):
            return ()
        views = [TextsByDraw(own, self.on.case.space) for own in self.seated]
        step = max(ROOM // (2 * len(self.on) * (len(views) + 2)), 1)
        parts = [list(self._alone(views, stuck[k : k + step])) for k in range(0, len(stuck), step)]
        refused = []
        for seat, number in enumerate(self.on.table):
            at, rows = (np.concatenate([part[seat][k] for part in parts]) for k in (0, 1))
            if len(at):
                refused.append(Refused(number, at, self.on.packages[rows]))
        return tuple(refused)

    def _alone(self, views: Sequence[TextsByDraw], at: Index) -> Iterator[tuple[Index, Index]]:
        """For each seat the draws, of some, in which it alone is in the way, and the candidate it minds least there."""
        values = [self._minded(view, at) for view in views]
        refusals = np.zeros(values[0].shape, np.min_scalar_type(len(views)))
        for value, asked in zip(values, self.on.asked, strict=True):
            refusals += (value < -TIE) & asked[:, None]
        one = refusals == 1
        for value, asked in zip(values, self.on.asked, strict=True):
            alone = one & (value < -TIE) & asked[:, None]
            mine = np.flatnonzero(alone.any(axis=0))
            value[~alone] = -np.inf
            yield at[mine], value[:, mine].argmax(axis=0)

    def _minded(self, view: TextsByDraw, at: Index) -> Array:
        """A party's gains, less :data:`LINE` for each of its lines that is crossed; ``(candidates, len(at))``."""
        own = view.preferences
        value = view.table(self.on.packages, at)
        if own.profile.acceptance is not None:
            value -= in_draws(own.least, at)
        for line, crossing in crossed_lines(own, self.on.case.space, self.on.packages):
            value[crossing] -= LINE * own.binds(line)[at]
        if own.decision is not None:
            for row, _, _, yes in self._decided(own):
                # What it accepts is no loss to it, and what it refuses always one.
                refused = np.where(value[row] < -TIE, value[row], value[row] - LINE)
                value[row] = np.where(yes[at], np.maximum(value[row], 0.0), refused)
        return value

    def favourite(self, seat: int) -> Index:
        """The first of a party's equally good best candidates, 0 (the tabled text) where it would rather have none."""
        if seat not in self._favourites:
            for _ in self._noting_favourite(seat):
                pass
        return self._favourites[seat]

    def _noting_favourite(self, seat: int) -> Iterator[tuple[int, Array]]:
        """:meth:`open_gains` of all candidates, of which the favourite is noted on the way."""
        level = self.best[seat] - TIE
        first = np.full(BLOCK, len(self.on))
        for row, gain in self.open_gains(seat):
            top = gain >= level
            if top.any():
                first[top & (first > row)] = row
            yield row, gain
        self._favourites[seat] = np.where(self.best[seat] >= -TIE, first, 0)

    def openings(self) -> NDArray[np.int16]:
        """The proposers' favourites as texts, shape ``(proposers, BLOCK, issues)``.

        :data:`sim.bargaining.endings.NO_FAVOURITE` throughout where a proposer would rather have no deal than any.
        """
        favourites = np.array([self.favourite(seat) for seat in self._proposers], np.intp).reshape(-1, BLOCK)
        texts = self.on.packages[favourites]
        for text, seat in zip(texts, self._proposers, strict=True):
            text[self.best[seat] < -TIE] = NO_FAVOURITE
        return texts

    def parts(self) -> list[slice]:
        """The block in parts whose pairs fit into :data:`ROOM`.

        Gains are there three times (as found, sorted by when draws wake up, awake), worth once.
        """
        numbers = 3 * len(self.seated) + len(self._proposers) + 4
        return slices(np.cumsum(_by_draw(self._fits)) * numbers, ROOM)

    def zone(self, part: slice) -> Zone:
        """The pairs of some consecutive draws; the latest are kept."""
        if self._latest is None or self._latest[0] != part:
            self._latest = None
            self._latest = part, self._pairs(part)
        return self._latest[1]

    def _pairs(self, part: slice) -> Zone:
        fits = np.ascontiguousarray(self._fits[:, part])
        candidate, draw = np.divmod(np.flatnonzero(fits), fits.shape[1])
        # Gains come candidate by candidate; a stable sort by draw keeps that order within each.
        order = np.argsort(draw.astype(np.int16), kind="stable")
        first = np.concatenate([[0], np.cumsum(np.count_nonzero(fits, axis=1))])
        some = first[1:] > first[:-1]
        gains = []
        for seat in range(len(self.seated)):
            # Where a party is not asked, it may have a line against a candidate; nobody looks at its gain then.
            buffer = np.full(len(draw), -np.inf)
            # A proposer's favourite is wanted in the end, and this is the time to note it.
            noting = seat in self._proposers and seat not in self._favourites
            for row, gain in self._noting_favourite(seat) if noting else self.open_gains(seat, some):
                here = slice(first[row], first[row + 1])
                buffer[here] = gain[part][draw[here]]
            gains.append(buffer[order])
        counts = _by_draw(fits)
        live = np.flatnonzero(counts)
        return Zone(live + part.start, counts[live], candidate[order].astype(np.int16), gains)

    def slack(self, gains: Array, needed: Mask) -> Array:
        """How much more the parties needed could all have had from one and the same candidate in the zone.

        ``gains`` and ``needed`` have shape ``(parties, BLOCK)``, parties in the order of the case's
        profiles: what each has over no deal in the draw, and whose consent that needed. A candidate against which
        one of these has a line does not count. Shape ``(BLOCK,)``, at least 0; 0 where nobody is needed.
        """
        result = np.zeros(BLOCK)
        for part in self.parts():
            zone = self.zone(part)
            least = np.full(len(zone.candidate), np.inf)
            for i, gain in zip(self.on.table, zone.gain, strict=True):
                mine = gains[i, zone.draws] - in_draws(self.preferences[i].least, zone.draws)
                own = np.where(needed[i, zone.draws], mine, -np.inf)
                with np.errstate(invalid="ignore"):
                    more = gain - zone.spread(own)
                # -inf less -inf: a line against what the party is not asked about, so it does not count
                np.fmin(least, more, out=least)
            # Where nobody is needed there is nobody who could have had more.
            anybody = needed[list(self.on.table)][:, zone.draws].any(axis=0)
            result[zone.draws] = np.where(anybody, np.maximum(zone.best(least), 0.0), 0.0)
        return result

    def ending(
        self,
        agreed: NDArray[np.int16],
        rounds: NDArray[np.int16],
        by: NDArray[np.int8],
        unavoidable: Mask | None = None,
    ) -> Ending:
        """How talks end that agree on these candidates, -1 for none: what is agreed is put to the ratifiers.

        ``rounds`` and ``by`` are those of :class:`sim.bargaining.endings.Ending`, ``unavoidable`` draws in which the
        talks had to break down, all of shape ``(BLOCK,)``.
        """
        on = self.on
        deal = np.flatnonzero(agreed >= 0)
        rows = agreed[deal]
        gains = np.full((len(self.preferences), BLOCK), np.nan)
        gains[:, deal], ratified, turned_down = self._put_to_ratifiers(self.views(), rows, deal)
        needed = np.zeros(gains.shape, bool)
        needed[np.ix_(np.array(on.table, np.intp), deal)] = on.asked[:, rows]
        slack = np.where(agreed >= 0, self.slack(gains, needed), np.nan)
        outcome = np.full(BLOCK, BREAKDOWN, np.int8)
        outcome[deal] = np.where(ratified, AGREED, UNRATIFIED)
        broken = agreed < 0
        return Ending(
            outcome=outcome,
            # The tabled text need not be a candidate: one that says no more than no deal is none.
            text=np.where(broken[:, None], on.case.text, on.packages[np.maximum(agreed, 0)]),
            round=rounds,
            proposer=by,
            gains=gains,
            slack=slack,
            opening=self.openings(),
            best=self.bests(),
            missed=broken & self.possible,
            unavoidable=np.zeros(BLOCK, bool) if unavoidable is None else broken & unavoidable,
            in_the_way=self.in_the_way(broken),
            turned_down=tuple(turned_down),
        )

    def standing(self, agreed: NDArray[np.int16], goes_on: Mask) -> Interim:
        """How talks stand in which these candidates are agreed so far, -1 for none, and which go on otherwise.

        For those who look on from round to round: what was agreed before is not worked out again. Arguments have shape
        ``(BLOCK,)``.
        """
        if self._so_far is None:
            gains = np.full((len(self.preferences), BLOCK), np.nan)
            self._so_far = self.views(), np.full(BLOCK, BREAKDOWN, np.int8), gains
        views, outcome, gains = self._so_far
        new = np.flatnonzero((agreed >= 0) & (outcome == BREAKDOWN))
        gains[:, new], ratified, _ = self._put_to_ratifiers(views, agreed[new], new)
        outcome[new] = np.where(ratified, AGREED, UNRATIFIED)
        return Interim((agreed < 0) & goes_on, outcome.copy(), gains.copy())

    def _put_to_ratifiers(
        self, views: Sequence[TextsByDraw], rows: NDArray[np.int16], deal: Index
    ) -> tuple[Array, Mask, list[Refused]]:
        """What becomes of candidates ``rows`` that are agreed on in the draws ``deal``.

        Everybody's gains, shape ``(parties, len(deal))``, whether all ratifiers accept, and who of them refuses what.
        """
        texts = self.on.packages[rows]
        gains = np.empty((len(views), len(deal)))
        ratified = np.ones(len(deal), bool)
        turned_down = []
        for i, view in enumerate(views):
            gains[i] = view.gains(texts, deal)
            if i in self.on.ratifiers:
                accepts = accepted(view.preferences, texts, gains[i], view.crosses(texts, deal), deal)
                refuses = ~accepts & self.on.needed[i][rows]
                ratified &= ~refuses
                turned_down.append(Refused(i, deal[refuses], texts[refuses]))
        return gains, ratified, turned_down

    def views(self) -> list[TextsByDraw]:
        """Every party's view of texts that differ from draw to draw."""
        return [TextsByDraw(own, self.on.case.space) for own in self.preferences]


def _by_draw(fits: Mask) -> Index:
    """How many candidates fit each draw; a sum in 16 bits is much faster, and there are fewer than that."""
    counts: Index = fits.view(np.uint8).sum(axis=0, dtype=np.uint16).astype(np.intp)
    return counts


def slices(used: NDArray[np.number[Any]], room: float) -> list[slice]:
    """Consecutive parts of a block, of at least one draw, that fit into the room; ``used`` sums up over draws."""
    result, start = [], 0
    while start < BLOCK:
        before = used[start - 1] if start else 0
        stop = max(int(np.searchsorted(used, before + room, side="right")), start + 1)
        result.append(slice(start, stop))
        start = stop
    return result
