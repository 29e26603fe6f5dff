"""The best packages in question: climbed to, proven, and counted beside others on the same draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from sim.analysis.search.bounds import Bounds
from sim.analysis.search.climb import climb, least_gain, starts
from sim.analysis.search.poll import Alike, Poll
from sim.analysis.search.proof import Contenders, Proof, prove, reach
from sim.analysis.search.scope import Scope
from sim.analysis.shared.counting import paired_change
from sim.analysis.shared.expected import Terms
from sim.engine.histogram import Counts
from sim.engine.packages import Packages
from sim.simulation.cases import Progress

#: On more draws than packages are looked for on, spaces of up to so many are counted whole, and of larger ones the
#: packages that come first, up to so many.
WHOLE, FIRST = 2000, 500


@dataclass
class ScoredPackages:
    """All packages in question that were counted, best first.

    ``counts`` are draws of the poll in which all accept, of each of ``rows``. The first ``len(totals)`` rows are
    counted on all draws of the run; they are sorted by that, the others by ``counts``, then by the larger smallest
    mean gain of those asked, then by fewest terms that are others than the text's, then by the options in the order of
    the domain. Any package in question that has no total is
    accepted in at most ``others`` of all draws, and in at most ``proof.most`` of the poll's if it is not there.
    """

    scope: Scope
    poll: Poll
    proof: Proof
    rows: Packages
    counts: Counts
    totals: Counts
    others: int

    @property
    def best(self) -> int:
        """The most of all draws in which all accept; 0 where there is no such package."""
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
        """Why a package that is not among these might be better."""
        if self.others <= self.best:
            return None
        return "effort" if self.proof.most > max(1, int(self.counts.max(initial=0))) else "draws"

    @cached_property
    def peers(self) -> Packages:
        """Those that these draws do not tell from the best: the paired interval of the difference has zero."""
        near = self.counts >= self._first - reach(self._first, self.poll.draws)
        gained, lost = self.poll.against(self.rows[near], self.rows[0])
        changes = (paired_change(g, x, self.poll.draws) for g, x in zip(gained.tolist(), lost.tolist(), strict=True))
        return self.rows[near][[c.low <= 0 <= c.high for c in changes]]

    @property
    def peers_complete(self) -> bool:
        """Whether no package that is not among these, and that some draw accepts, can be one of the peers."""
        return self.proof.most < max(1, self._first - reach(self._first, self.poll.draws))

    @property
    def _first(self) -> int:
        """Draws of the poll in which the best is accepted."""
        return int(self.counts[0]) if len(self.counts) else 0


def find_best(
    scope: Scope,
    bounds: Bounds,
    terms: Sequence[Terms],
    texts: Sequence[Packages],
    alike: Alike,
    top: int,
    effort: int,
    progress: Progress | None = None,
    beyond: int = 0,
) -> ScoredPackages:
    """Climb from many starts, then prove, opening at most ``effort`` boxes; few packages are counted one and all.

    ``texts`` are packages to start near to. The proof goes down to packages that may not be told from the best, and to
    the ``top`` best that are not ``alike``; where none is accepted in more than ``beyond`` draws, only to that.
    ``progress`` is called with (boxes opened, boxes that may be opened).
    """
    poll = bounds.poll
    every = poll.draws == scope.case.scenario.draws
    if not every and scope.size(scope.whole) <= WHOLE:
        rows = scope.rows(scope.whole, range(len(scope.whole)))
        return _sorted(scope, poll, terms, Proof(most=0, boxes=0), rows[scope.admits(rows)], None)
    been: set[bytes] = set()
    for start in starts(scope, terms, texts):
        climb(scope, poll, terms, start, been)
    # What is accepted beyond the draws of the poll may be more than what is accepted in them.
    beyond = beyond if every else 0
    pool = Contenders(poll, alike, top, beyond)
    pool.add(_accepted(scope, poll))
    short = pool.best <= beyond
    proof = prove(bounds, scope, pool, effort, progress)
    if short and pool.best > beyond:
        # The climb missed what the proof came upon: now down to what may not be told from that.
        proof = prove(bounds, scope, pool, effort, progress)
    return _sorted(scope, poll, terms, proof, _accepted(scope, poll), max(FIRST, 2 * top))


def _accepted(scope: Scope, poll: Poll) -> Packages:
    """Packages in question that the poll has counted and some draw accepts."""
    keys = [key for key, count in poll.known.items() if count]
    rows = np.array([np.frombuffer(key, np.int16) for key in keys], np.int16).reshape(len(keys), len(scope.whole))
    return rows[scope.admits(rows)]


def _sorted(
    scope: Scope, poll: Poll, terms: Sequence[Terms], proof: Proof, rows: Packages, most: int | None
) -> ScoredPackages:
    """Packages in the order of their counts on all draws; that of at most so many, and None if they are all there are.

    A package that no draw accepts is left out.
    """
    rest = scope.case.scenario.draws - poll.draws
    counts = poll.counts(rows)
    changes = (rows != scope.case.text).sum(axis=1)
    least = least_gain(scope, terms, rows)
    order = np.lexsort((*rows.T[::-1], changes, -least, -counts))
    rows, counts, changes, least = rows[order], counts[order], changes[order], least[order]
    if not rest:
        return ScoredPackages(scope, poll, proof, rows, counts, counts, proof.most)
    first = len(rows) if most is None else min(most, len(rows))
    totals = counts[:first] + poll.beyond(rows[:first])
    order = np.lexsort((*rows[:first].T[::-1], changes[:first], -least[:first], -totals))
    totals = totals[order]
    rows, counts = (np.concatenate([x[:first][order], x[first:]]) for x in (rows, counts))
    if most is None:
        some = totals > 0
        return ScoredPackages(scope, poll, proof, rows[some], counts[some], totals[some], 0)
    # On the draws that were not looked at, every other package may be accepted.
    others = max(proof.most, int(counts[first]) if first < len(rows) else 0) + rest
    return ScoredPackages(scope, poll, proof, rows, counts, totals, others)
