"""Exact counts of many packages on the same draws, each counted once; and options that are alike in all of them.

Counts are those of separate runs: they come from :func:`sim.engine.acceptability.joint_each`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.analysis.search.scope import Scope
from sim.engine.acceptability import joint_each
from sim.engine.consent import asked_each
from sim.engine.draws import BLOCK, block_count
from sim.engine.histogram import Counts
from sim.engine.packages import Mask, Packages
from sim.engine.preferences import preferences_of
from sim.engine.profiles import Case
from sim.execution.fold import total
from sim.execution.job import Job, Key
from sim.simulation.cases import travels

#: Packages put to the vote at once.
CHUNK = 512


class Poll:
    """Packages of one case on its first ``draws`` draws, which are kept."""

    def __init__(self, case: Case, draws: int, sha256: str | None = None) -> None:
        """By the hash of its scenario a store knows the case.

        Raises :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing to draw from.
        """
        self.case, self.draws, self._sha256 = case, draws, sha256
        self.people = [preferences_of(self.case, block) for block in range(block_count(draws))]
        self.known: dict[bytes, int] = {}

    def counts(self, rows: Packages) -> Counts:
        """Draws in which all who are asked accept, shape ``(packages,)``."""
        keys = [row.tobytes() for row in rows]
        if new := {key: row for key, row in zip(keys, rows, strict=True) if key not in self.known}:
            fresh = np.stack(list(new.values()))
            counts = np.zeros(len(fresh), np.int64)
            for some, _, votes in self._votes(fresh):
                counts[some] += votes.sum(axis=1)
            self.known |= dict(zip(new, counts.tolist(), strict=True))
        return np.array([self.known[key] for key in keys], np.int64)

    def beyond(self, rows: Packages) -> Counts:
        """As :meth:`counts`, of the draws of the case after those kept."""
        return total(Beyond(self.case, rows, self.draws, self._sha256))

    def against(self, rows: Packages, other: Packages) -> tuple[Counts, Counts]:
        """Draws in which all accept each package and not the other (one row), and the reverse; ``(packages,)`` each."""
        gained, lost = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        theirs = [votes[0] for *_, votes in self._votes(other[None])]
        for some, block, mine in self._votes(rows):
            gained[some] += (mine & ~theirs[block]).sum(axis=1)
            lost[some] += (theirs[block] & ~mine).sum(axis=1)
        return gained, lost

    def _votes(self, rows: Packages) -> Iterator[tuple[slice, int, Mask]]:
        """Which packages, the number of a block of draws, and their joint acceptance in it, ``(packages, draws)``."""
        for k in range(0, len(rows), CHUNK):
            some = slice(k, k + CHUNK)
            needed = asked_each(self.case, rows[some])
            for block, people in enumerate(self.people):
                count = min(BLOCK, self.draws - block * BLOCK)
                yield some, block, joint_each(people, needed, self.case.space, rows[some])[:, :count]


@dataclass
class Beyond(Job[Counts, Counts]):
    """Draws in which all who are asked accept packages, ``rows``, of those of a case but the first ``passed``."""

    case: Case
    rows: Packages
    passed: int
    sha256: str | None = None

    @property
    def lengths(self) -> tuple[int]:
        """The blocks that have such draws; the first may have others too."""
        return (block_count(self.draws(0)),)

    @property
    def travels(self) -> bool:
        """Unless a program has registered rules that the case names."""
        return travels(self.case)

    def key(self, batch: int) -> Key | None:
        """The scenario, the packages as numbers of options, and where counting begins."""
        if self.sha256 is None or not self.travels:
            return None
        rows = self.rows.tolist()
        return {"scenario": self.sha256, "seed": self.case.scenario.seed, "passed": self.passed, "rows": rows}

    def about(self, batch: int) -> list[str]:
        """The scenario."""
        return [self.case.scenario.id]

    def draws(self, batch: int) -> int:
        """Those of the case from the first block on that is counted."""
        return self.case.scenario.draws - self.passed // BLOCK * BLOCK

    @cached_property
    def _needed(self) -> Mask:
        return asked_each(self.case, self.rows)

    def block(self, batch: int, block: int) -> Counts:
        """By package."""
        number = self.passed // BLOCK + block
        people = preferences_of(self.case, number)
        at = slice(max(0, self.passed - number * BLOCK), min(BLOCK, self.draws(0) - block * BLOCK))
        counts = np.zeros(len(self.rows), np.int64)
        for k in range(0, len(self.rows), CHUNK):
            some = slice(k, k + CHUNK)
            counts[some] = joint_each(people, self._needed[:, some], self.case.space, self.rows[some])[:, at].sum(
                axis=1
            )
        return counts


class Alike:
    """Options of an issue that make no difference to any party in any draw, nor to who is asked."""

    def __init__(self, poll: Poll) -> None:
        self._poll, case = poll, poll.case
        masks: dict[int, list[tuple[bool, ...]]] = {}
        conditions = [c for _, some in case.consent.values() for c, _ in some]
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
                key = (tuple(m[option] for m in masks.get(j, [])), self._glimpse(j, option))
                earlier = likely.setdefault(key, [])
                other = next((o for o in earlier if self._same(j, option, o)), None)
                if other is None:
                    earlier.append(option)
                else:
                    first[option] = first[other]
            self._first.append(first)

    def _glimpse(self, issue: int, option: int) -> tuple[float, ...]:
        """What of an option bears on everybody's gain in one draw of each block: equal for options that are alike."""
        terms = (own.bears(issue, option) for people in self._poll.people for own in people)
        return tuple(0.0 if term is None else float(term[0]) for term in terms)

    def _same(self, issue: int, option: int, other: int) -> bool:
        """Whether as much of two options bears on everybody's gain in every draw."""
        for people in self._poll.people:
            for own in people:
                one, two = (np.zeros(BLOCK) if t is None else t for t in (own.bears(issue, o) for o in (option, other)))
                if not np.array_equal(one, two):
                    return False
        return True

    def kind(self, row: Packages) -> tuple[int, ...]:
        """Equal for packages that are alike."""
        return tuple(o if o < 0 else self._first[j][o] for j, o in enumerate(row.tolist()))

    def others(self, scope: Scope, row: Packages) -> list[tuple[int, int]]:
        """Issues, with other options that could stand in a package and leave it alike and in scope."""
        result = []
        for j, option in enumerate(row.tolist()):
            for other, first in enumerate(self._first[j] if option >= 0 else []):
                if other != option and first == self._first[j][option]:
                    changed = row.copy()
                    changed[j] = other
                    if scope.admits(changed[None])[0]:
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
