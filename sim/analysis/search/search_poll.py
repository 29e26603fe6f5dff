"""Exact counts of many packages on the same draws, each counted once.

Counts are those of separate runs: they come from :func:`sim.engine.acceptability.joint_each`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from sim.engine.acceptability import joint_each
from sim.engine.consent import asked_each
from sim.engine.draws import BLOCK
from sim.engine.histogram import Counts
from sim.engine.packages import Mask, Packages
from sim.engine.preferences import Memo, Preferences
from sim.engine.profiles import Case

#: Packages put to the vote at once.
CHUNK = 512


class Poll:
    """Packages of one case on its first ``draws`` draws, which are kept."""

    def __init__(self, case: Case, draws: int) -> None:
        """Raises :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing to draw from."""
        self.case, self.draws = case, draws
        self.people: list[list[Preferences]] = []
        for block in range(math.ceil(draws / BLOCK)):
            memo = Memo(case.scenario.seed, block)
            self.people.append([Preferences(p, case.space.sizes, memo) for p in case.profiles])
        self.known: dict[bytes, int] = {}

    def counts(self, rows: Packages) -> Counts:
        """Draws in which all who are asked accept, shape ``(packages,)``."""
        keys = [row.tobytes() for row in rows]
        new = {key: row for key, row in zip(keys, rows, strict=True) if key not in self.known}
        if new:
            fresh = np.stack(list(new.values()))
            counts = np.zeros(len(fresh), np.int64)
            for some, votes in self._votes(fresh):
                counts[some] += votes.sum(axis=1)
            self.known |= dict(zip(new, counts.tolist(), strict=True))
        return np.array([self.known[key] for key in keys], np.int64)

    def beyond(self, rows: Packages) -> Counts:
        """As :meth:`counts`, of the draws of the case after those kept."""
        case, all_draws = self.case, self.case.scenario.draws
        counts = np.zeros(len(rows), np.int64)
        needed = asked_each(case, rows)
        for block in range(self.draws // BLOCK, math.ceil(all_draws / BLOCK)):
            memo = Memo(case.scenario.seed, block)
            people = [Preferences(p, case.space.sizes, memo) for p in case.profiles]
            at = slice(max(0, self.draws - block * BLOCK), min(BLOCK, all_draws - block * BLOCK))
            for k in range(0, len(rows), CHUNK):
                some = slice(k, k + CHUNK)
                counts[some] += joint_each(people, needed[:, some], case.space, rows[some])[:, at].sum(axis=1)
        return counts

    def asked(self, rows: Packages) -> Mask:
        """Which parties are asked, shape ``(parties, packages)``."""
        return asked_each(self.case, rows)

    def glimpse(self, issue: int, option: int) -> tuple[float, ...]:
        """What an option adds to everybody's gain in one draw of each block: equal for options that are alike."""
        terms = (own.term(issue, option) for people in self.people for own in people)
        return tuple(0.0 if term is None else float(term[0]) for term in terms)

    def alike(self, issue: int, option: int, other: int) -> bool:
        """Whether two options add the same to everybody's gain in every draw."""
        for people in self.people:
            for own in people:
                one, two = (np.zeros(BLOCK) if t is None else t for t in (own.term(issue, o) for o in (option, other)))
                if not np.array_equal(one, two):
                    return False
        return True

    def against(self, rows: Packages, other: Packages) -> tuple[Counts, Counts]:
        """Draws in which all accept each package and not the other (one row), and the reverse; ``(packages,)`` each."""
        gained, lost = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        theirs = [votes[0] for _, votes in self._votes(other[None])]
        for k in range(0, len(rows), CHUNK):
            for block, (some, mine) in enumerate(self._votes(rows[k : k + CHUNK])):
                at = slice(k + some.start, k + some.stop)
                gained[at] += (mine & ~theirs[block]).sum(axis=1)
                lost[at] += (theirs[block] & ~mine).sum(axis=1)
        return gained, lost

    def _votes(self, rows: Packages) -> Iterator[tuple[slice, Mask]]:
        """Joint acceptance of some of the packages, a block of draws at a time, shape ``(packages, draws)``."""
        for k in range(0, len(rows), CHUNK):
            some = slice(k, min(k + CHUNK, len(rows)))
            needed = asked_each(self.case, rows[some])
            for block, people in enumerate(self.people):
                count = min(BLOCK, self.draws - block * BLOCK)
                yield some, joint_each(people, needed, self.case.space, rows[some])[:, :count]
