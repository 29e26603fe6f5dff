"""The best packages in question: climbed to, proven, and told from others on the same draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from sim.analysis.means import Terms
from sim.analysis.paired import paired_change
from sim.analysis.search_bounds import Bounds
from sim.analysis.search_boxes import Question
from sim.analysis.search_climb import climb, starts
from sim.analysis.search_poll import Poll
from sim.analysis.search_proof import Proof, prove
from sim.packages import Packages
from sim.runner import Progress
from sim.tally import Counts


@dataclass
class Found:
    """All packages in question that were counted, best first.

    ``rows`` and ``counts`` are sorted: by draws in which all accept, then by fewest terms that are others than the
    text's, then by the options in the order of the domain. Packages in question that are not there are accepted in at
    most ``proof.most`` draws.
    """

    question: Question
    poll: Poll
    proof: Proof
    rows: Packages
    counts: Counts

    @property
    def best(self) -> int:
        """The most draws in which all accept; 0 where nothing was found."""
        return int(self.counts[0]) if len(self.counts) else 0

    @property
    def at_most(self) -> int:
        """Draws of the poll in which no package in question is accepted more often."""
        return max(self.best, self.proof.most)

    @property
    def ties(self) -> int:
        """How many of the packages found are as good as the best."""
        return int((self.counts == self.best).sum())

    @cached_property
    def peers(self) -> Packages:
        """Packages found that these draws do not tell from the best: the paired interval of the difference has zero."""
        near = self.counts >= self.best - reach(self.best, self.poll.draws)
        gained, lost = self.poll.against(self.rows[near], self.rows[0])
        changes = (paired_change(g, x, self.poll.draws) for g, x in zip(gained.tolist(), lost.tolist(), strict=True))
        return self.rows[near][[c.low <= 0 <= c.high for c in changes]]

    @property
    def peers_complete(self) -> bool:
        """Whether no package that was not found, and that some draw accepts, can be one of them."""
        return self.proof.most < max(1, self.best - reach(self.best, self.poll.draws))


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
) -> Found:
    """Climb from many starts, then prove, opening at most ``effort`` boxes.

    ``texts`` are packages to start near to. The proof goes down to packages that may not be told from the best, and to
    the ``top`` best that are not ``alike``. ``progress`` is called with (boxes opened, boxes that may be opened).
    """
    poll = bounds.poll
    been: set[bytes] = set()
    for start in starts(question, poll, terms, texts):
        climb(question, poll, terms, start, been)
    pool = _Pool(poll, alike, top)
    pool.add(_counted(question, poll)[0])
    proof = prove(bounds, question, pool, effort, progress)
    rows, counts = _counted(question, poll)
    changes = (rows != question.case.text).sum(axis=1)
    order = np.lexsort((*rows.T[::-1], changes, -counts))
    return Found(question, poll, proof, rows[order], counts[order])


class _Pool:
    """The best count so far, and that down to which packages matter: see :func:`find`."""

    def __init__(self, poll: Poll, alike: Alike, top: int) -> None:
        self._poll, self._alike, self._top = poll, alike, top
        self._kinds: dict[tuple[int, ...], int] = {}
        self.best, self.floor = 1, 1

    def add(self, rows: Packages) -> None:
        if not len(rows):
            return
        counts = self._poll.counts(rows)
        self.best = max(self.best, int(counts.max()))
        for k in np.flatnonzero(counts >= self.floor).tolist():
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
            for option in range(size):
                for other in range(option):
                    same = all(m[option] == m[other] for m in masks.get(j, [])) and poll.alike(j, option, other)
                    if same and not {(j, option), (j, other)} & named:
                        first[option] = first[other]
                        break
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
