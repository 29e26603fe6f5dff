"""The best packages in question: climbed to, proven, and told from others on the same draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

import numpy as np

from sim.analysis.search.bounds import Bounds
from sim.analysis.search.boxes import Question
from sim.analysis.search.climb import climb, least_gain, starts
from sim.analysis.search.search_poll import Poll
from sim.analysis.search.search_proof import Proof, prove
from sim.analysis.shared.counting import paired_change
from sim.analysis.shared.expected_gains import Terms
from sim.engine.histogram import Counts
from sim.engine.packages import Packages
from sim.simulation.runner import Progress

#: On more draws than packages are looked for on, spaces of up to so many are counted whole, and of larger ones the
#: packages that come first, up to so many.
ALL, TOLD = 2000, 500


@dataclass
class Found:
    """All packages in question that were counted, best first.

    ``counts`` are draws of the poll in which all accept, of each of ``rows``. The first ``len(totals)`` rows are
    counted on all draws of the run; they are sorted by that, the others by ``counts``, then by the larger smallest
    mean gain of those asked, then by fewest terms that are others than the text's, then by the options in the order of
    the domain. Any package in question that has no total is
    accepted in at most ``others`` of all draws, and in at most ``proof.most`` of the poll's if it is not there.
    """

    question: Question
    poll: Poll
    proof: Proof
    rows: Packages
    counts: Counts
    totals: Counts
    others: int

    @property
    def best(self) -> int:
        """The most of all draws in which all accept; 0 where nothing was found."""
        return int(self.totals[0]) if len(self.totals) else 0

    @property
    def at_most(self) -> int:
        """How many of all draws no package in question exceeds."""
        return max(self.best, self.others)

    @property
    def as_good(self) -> Literal["none", "some", "unknown"]:
        """Whether other packages reach as much as the best."""
        if int((self.totals == self.best).sum()) > 1:
            return "some"
        return "none" if self.others < self.best else "unknown"

    @property
    def unproven_by(self) -> Literal["effort", "draws"] | None:
        """Why a package that was not found might be better."""
        if self.others <= self.best:
            return None
        return "effort" if self.proof.most > max(1, int(self.counts.max(initial=0))) else "draws"

    @cached_property
    def peers(self) -> Packages:
        """Packages found that these draws do not tell from the best: the paired interval of the difference has zero."""
        near = self.counts >= self._first - reach(self._first, self.poll.draws)
        gained, lost = self.poll.against(self.rows[near], self.rows[0])
        changes = (paired_change(g, x, self.poll.draws) for g, x in zip(gained.tolist(), lost.tolist(), strict=True))
        return self.rows[near][[c.low <= 0 <= c.high for c in changes]]

    @property
    def peers_complete(self) -> bool:
        """Whether no package that was not found, and that some draw accepts, can be one of them."""
        return self.proof.most < max(1, self._first - reach(self._first, self.poll.draws))

    @property
    def _first(self) -> int:
        """Draws of the poll in which the best is accepted."""
        return int(self.counts[0]) if len(self.counts) else 0


@cache
def reach(best: int, draws: int) -> int:
    """By how many draws a package may lag behind the best and not be told from it, whichever draws they are."""
    lag = 0
    while lag < best:
        lost = min(best, draws - best + lag + 1)
        if lost <= lag or paired_change(lost - lag - 1, lost, draws).high < 0:
            break
        lag += 1
    return lag


def find(
    question: Question,
    bounds: Bounds,
    terms: Sequence[Terms],
    texts: Sequence[Packages],
    alike: Alike,
    top: int,
    effort: int,
    progress: Progress | None = None,
    beyond: int = 0,
) -> Found:
    """Climb from many starts, then prove, opening at most ``effort`` boxes; few packages are counted one and all.

    ``texts`` are packages to start near to. The proof goes down to packages that may not be told from the best, and to
    the ``top`` best that are not ``alike``; where none is accepted in more than ``beyond`` draws, only to that.
    ``progress`` is called with (boxes opened, boxes that may be opened).
    """
    poll = bounds.poll
    if question.size(question.whole) <= ALL and poll.draws < question.case.scenario.draws:
        rows = question.rows(question.whole, range(len(question.whole)))
        return _ranked(question, poll, terms, Proof(most=0, boxes=0), rows[question.admits(rows)], None)
    been: set[bytes] = set()
    for start in starts(question, poll, terms, texts):
        climb(question, poll, terms, start, been)
    # What is accepted beyond the draws of the poll may be more than what is accepted in them.
    beyond = beyond if poll.draws == question.case.scenario.draws else 0
    pool = _Pool(poll, alike, top, beyond)
    pool.add(_counted(question, poll)[0])
    short = pool.best <= beyond
    proof = prove(bounds, question, pool, effort, progress)
    if short and pool.best > beyond:
        # The climb missed what the proof came upon: now down to what may not be told from that.
        proof = prove(bounds, question, pool, effort, progress)
    return _ranked(question, poll, terms, proof, _counted(question, poll)[0], max(TOLD, 2 * top))


def _ranked(
    question: Question, poll: Poll, terms: Sequence[Terms], proof: Proof, rows: Packages, most: int | None
) -> Found:
    """Packages in the order of their counts on all draws; that of at most so many, and None if they are all there are.

    A package that no draw accepts is left out.
    """
    rest = question.case.scenario.draws - poll.draws
    counts = poll.counts(rows)
    changes = (rows != question.case.text).sum(axis=1)
    least = least_gain(question, poll, terms, rows)
    order = np.lexsort((*rows.T[::-1], changes, -least, -counts))
    rows, counts, changes, least = rows[order], counts[order], changes[order], least[order]
    if not rest:
        return Found(question, poll, proof, rows, counts, counts, proof.most)
    told = len(rows) if most is None else min(most, len(rows))
    totals = counts[:told] + poll.beyond(rows[:told])
    order = np.lexsort((*rows[:told].T[::-1], changes[:told], -least[:told], -totals))
    totals = totals[order]
    rows, counts = (np.concatenate([x[:told][order], x[told:]]) for x in (rows, counts))
    if most is None:
        some = totals > 0
        return Found(question, poll, proof, rows[some], counts[some], totals[some], 0)
    # On the draws that were not looked at, every other package may be accepted.
    others = max(proof.most, int(counts[told]) if told < len(rows) else 0) + rest
    return Found(question, poll, proof, rows, counts, totals, others)


class _Pool:
    """The best count so far, and that down to which packages matter: see :func:`find`.

    Until one is found with more than ``beyond``, others matter only if they have more.
    """

    def __init__(self, poll: Poll, alike: Alike, top: int, beyond: int = 0) -> None:
        self._poll, self._alike, self._top, self._beyond = poll, alike, top, beyond
        self._kinds: dict[tuple[int, ...], int] = {}
        self.best, self.floor = 1, beyond + 1

    def add(self, rows: Packages) -> None:
        if not len(rows):
            return
        counts = self._poll.counts(rows)
        self.best = max(self.best, int(counts.max()))
        if self.best <= self._beyond:
            return
        floor, self._beyond = (1 if self._beyond else self.floor), 0
        for k in np.flatnonzero(counts >= floor).tolist():
            self._kinds[self._alike.kind(rows[k])] = int(counts[k])
        kept = sorted(self._kinds.items(), key=lambda item: -item[1])[: self._top]
        self._kinds = dict(kept)
        least = kept[-1][1] if len(kept) == self._top else 1
        self.floor = max(1, min(least, self.best - reach(self.best, self._poll.draws)))


def _counted(question: Question, poll: Poll) -> tuple[Packages, Counts]:
    """Packages in question that the poll knows and somebody accepts with all others."""
    keys = [key for key, count in poll.known.items() if count]
    rows = np.array([np.frombuffer(key, np.int16) for key in keys], np.int16).reshape(len(keys), len(question.whole))
    rows = rows[question.admits(rows)]
    return rows, poll.counts(rows)


class Alike:
    """Options of an issue that make no difference to any party in any draw, nor to who is asked."""

    def __init__(self, poll: Poll) -> None:
        case = poll.case
        masks: dict[int, list[tuple[bool, ...]]] = {}
        conditions = [c for _, found in case.consent.values() for c, _ in found]
        conditions += [line.condition for p in case.profiles for line in p.lines]
        conditions += [e.when for e in case.space.effects]
        named = {target for e in case.space.effects for target in e.then}
        for condition in conditions:
            for j, mask in condition.masks:
                masks.setdefault(j, []).append(mask)
        self._first: list[list[int]] = []
        for j, size in enumerate(case.space.sizes):
            first = list(range(size))
            # whole draws are compared only where one draw is the same: an issue may have thousands of options
            likely: dict[object, list[int]] = {}
            for option in range(size):
                if (j, option) in named:
                    continue
                key = (tuple(m[option] for m in masks.get(j, [])), poll.glimpse(j, option))
                earlier = likely.setdefault(key, [])
                other = next((o for o in earlier if poll.alike(j, option, o)), None)
                if other is None:
                    earlier.append(option)
                else:
                    first[option] = first[other]
            self._first.append(first)

    def kind(self, row: Packages) -> tuple[int, ...]:
        """Equal for packages that are alike."""
        return tuple(o if o < 0 else self._first[j][o] for j, o in enumerate(row.tolist()))

    def others(self, question: Question, row: Packages) -> list[tuple[int, int]]:
        """Issues, with other options that could stand in a package and leave it alike and in question."""
        result = []
        for j, option in enumerate(row.tolist()):
            for other, first in enumerate(self._first[j] if option >= 0 else []):
                if other != option and first == self._first[j][option]:
                    changed = row.copy()
                    changed[j] = other
                    if question.admits(changed[None])[0]:
                        result.append((j, other))
        return result

    def distinct(self, rows: Packages, most: int) -> Packages:
        """The first packages of which no two are alike."""
        kinds: dict[tuple[int, ...], Packages] = {}
        for row in rows:
            kinds.setdefault(self.kind(row), row)
            if len(kinds) == most:
                break
        return np.array(list(kinds.values()), np.int16).reshape(len(kinds), rows.shape[1])
