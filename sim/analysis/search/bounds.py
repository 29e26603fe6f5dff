"""Upper bounds on the joint count of all packages of a box, and close ones on each package of a small box.

A party accepts a package in a draw only if its gain, a sum over the issues, is not negative. Over a box, the gain is
at most the sum of each issue's best term; a draw in which that is negative for a party whom all packages ask, or in
which a line binds that all of them cross, is lost to every package of the box. The draws that are left bound the
joint count. So do weighted means of the parties' gains: where all are not negative, no mean is, and the best sum of a
mean is often much less than the mean of the best sums, since parties want different options.

Of a party with a utility of its author's own, which is no sum, nothing but its lines bounds a box: spaces small
enough to be looked at package by package are proven all the same, others are told as not proven.

Terms are kept in single precision; gains a little below zero (:data:`SLACK` an issue) count as acceptance, so that
rounding never makes a bound too small.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sim.analysis.search.poll import Poll
from sim.analysis.search.scope import OptionBox, Scope
from sim.engine.consent import asked_each
from sim.engine.draws import BLOCK
from sim.engine.histogram import Counts
from sim.engine.packages import Mask, Packages
from sim.engine.profiles import Line

Single = NDArray[np.float32]
Numbers = NDArray[np.intp]

#: More than rounding to single precision can do to a term of size one, and to its sum with others, several times over.
SLACK = 2e-6
#: A gain that nothing brings down to zero, and the most that a party may insist on: more is far out of reach, and
#: would only cost single precision.
ENDLESS, MOST_ASKED = np.float32(1e6), 8.0
#: Boxes of at most so many packages are looked at one by one.
SMALL = 4096
#: So many combinations of the last issues are added at once.
TAILS = 32


class Bounds:
    """The terms of every party in all draws of a poll."""

    def __init__(self, poll: Poll) -> None:
        self.poll, self.case, self.draws = poll, poll.case, poll.draws
        parties, sizes = len(self.case.profiles), self.case.space.sizes
        #: How often each party was in the way of packages, negated.
        self.refused = [0] * parties
        self.slack = np.float32(SLACK * (len(sizes) + 4))
        self._start: Single = np.zeros((parties, self.draws), np.float32)
        # One row an option, and a last one, of zeros, for an issue left open (-1).
        self._terms: list[list[Single]] = []
        self._binds: list[dict[Line, Mask]] = [{} for _ in range(parties)]
        for i, profile in enumerate(self.case.profiles):
            self._terms.append([np.zeros((n + 1, self.draws), np.float32) for n in sizes])
            for block, people in enumerate(poll.people):
                own, at = people[i], slice(block * BLOCK, min((block + 1) * BLOCK, self.draws))
                count = at.stop - at.start
                common = np.zeros(BLOCK) + own.cost - (0.0 if own.reservation is None else own.reservation)
                if profile.acceptance is not None:
                    common -= np.minimum(own.least, MOST_ASKED)
                if profile.utility is not None:
                    # of a utility that is no sum nothing is known of a box: whatever is in it may be accepted
                    common[:] = ENDLESS
                self._start[i, at] = common[:count]
                for j, n in enumerate(sizes if profile.utility is None else ()):
                    for option in range(n):
                        if (term := own.term(j, option)) is not None:
                            self._terms[i][j][option, at] = term[:count]
                for line in profile.lines:
                    self._binds[i].setdefault(line, np.zeros(self.draws, bool))[at] = own.binds(line)[:count]

    def swing(self, issue: int, parties: Sequence[int]) -> float:
        """By how much an issue can move the parties' gains, on average over the draws and added up."""
        return float(sum(np.ptp(self._terms[i][issue][:-1], axis=0).mean() for i in parties))

    def of(self, scope: Scope, box: OptionBox, floor: int = 0) -> Mask:
        """Which draws are not lost to every package of a box that is narrowed already, shape ``(draws,)``.

        How many these are is the bound; it need not be close where it is below ``floor``.
        """
        sure = [i for i, asked in enumerate(scope.surely_asked(box)) if asked]
        alive = np.ones(self.draws, bool)
        for i in sure:
            for line in scope.surely_crossed(box, i):
                alive &= ~self._binds[i][line]
        seen = {i: [scope.sights(box, i, j) for j in range(len(box))] for i in sure}
        for i in sure:
            best = self._start[i].copy()
            for j in range(len(box)):
                best += self._best(i, j, seen[i][j])
            alive &= best >= -self.slack
        for a, b in combinations(sure, 2):
            if np.count_nonzero(alive) < floor:
                break
            mean = self._start[a] + self._start[b]
            for j in range(len(box)):
                if scope.moved(box, a, j) or scope.moved(box, b, j):
                    mean += self._best(a, j, seen[a][j]) + self._best(b, j, seen[b][j])
                else:
                    mean += self._best_of_both(a, b, j, box[j])
            alive &= mean >= -2 * self.slack
        return alive

    def _best(self, party: int, issue: int, options: Sequence[int]) -> Single:
        return _greatest(map(self._terms[party][issue].__getitem__, options))

    def _best_of_both(self, a: int, b: int, issue: int, options: Sequence[int]) -> Single:
        """The greatest sum of two parties' terms of one and the same option."""
        one, two = self._terms[a][issue], self._terms[b][issue]
        return _greatest(one[option] + two[option] for option in options)

    # --- small boxes --------------------------------------------------------------------------

    def each(
        self, scope: Scope, box: OptionBox, alive: Mask, order: Sequence[int], floor: int
    ) -> tuple[Packages, Counts]:
        """The packages of a box that may be accepted in at least ``floor`` draws, and what each reaches at most.

        ``alive`` are the draws that :meth:`of` leaves; ``order`` says which issues are the outer ones.
        """
        free = [j for j in order if len(box[j]) > 1]
        rows = scope.rows(box, free)
        rows = rows[scope.admits(rows)]
        rows = rows[~self._vetoed(rows)]
        if not len(rows):
            return rows, np.zeros(0, np.int64)
        tail = self._tail(box, free)
        head = [j for j in range(len(box)) if j not in tail]
        part = _Part(self, np.flatnonzero(alive), rows, head, tail)
        counts = part.counts(floor)
        return rows[counts >= floor], counts[counts >= floor]

    def _vetoed(self, rows: Packages) -> Mask:
        """Which packages a party asked rejects in every draw, by a line."""
        wanted = asked_each(self.case, rows)
        result = np.zeros(len(rows), bool)
        for i, profile in enumerate(self.case.profiles):
            seen = self.case.space.seen(rows, profile.id)
            for line in profile.lines:
                if self._binds[i][line].all():
                    result |= wanted[i] & line.crossed_by(rows, seen)
        return result

    def _tail(self, box: OptionBox, free: Sequence[int]) -> list[int]:
        """The last issues whose terms hang on nothing else and whose combinations are few."""
        tied = {j for e in self.case.space.effects for j, _ in (*e.when.masks, *e.then)}
        tail: list[int] = []
        size = 1
        for j in reversed(free):
            size *= len(box[j])
            if j in tied or size > TAILS:
                break
            tail.insert(0, j)
        return tail


class _Part:
    """The packages of a small box, as beginnings (heads) and ends (tails), in the draws that are left."""

    def __init__(
        self, bounds: Bounds, draws: Numbers, rows: Packages, head: Sequence[int], tail: Sequence[int]
    ) -> None:
        self.bounds, self.draws, self.rows = bounds, draws, rows
        self.head, self.tail = list(head), list(tail)
        case = bounds.case
        self.wanted = asked_each(case, rows)
        self._tables: dict[tuple[int, int, int], Single] = {}
        self._shared: dict[int, Single] = {}
        # Of the head before: the options of its issues that vary, and the sums after each of them.
        self._sums: dict[int, tuple[list[int], list[Single]]] = {}
        self._varied: dict[int, list[int]] = {}
        self._seen = [case.space.seen(rows, p.id) for p in case.profiles]
        # Lines that bind in some draws only, with who draws them and which packages cross them.
        self._doubtful: list[tuple[int, Line, Mask]] = []
        for i, profile in enumerate(case.profiles):
            for line in profile.lines:
                crossing = line.crossed_by(rows, self._seen[i]) & self.wanted[i]
                if crossing.any():
                    self._doubtful.append((i, line, crossing))

    def counts(self, floor: int) -> Counts:
        """What each package reaches at most; where that is below ``floor``, some number below it."""
        rows, result = self.rows, np.zeros(len(self.rows), np.int64)
        if len(self.draws) < floor:
            return result
        firsts_of_tails, of_tail = _numbered(rows[:, self.tail])
        tails = rows[firsts_of_tails][:, self.tail]
        # Packages of one head that ask the same parties and cross the same lines go together.
        kinds = [self.wanted, *(crossing[None] for _, _, crossing in self._doubtful)]
        _, groups = _numbered(np.concatenate([rows[:, self.head].T, *kinds]).T)
        order = np.argsort(groups, kind="stable")
        firsts = np.flatnonzero(np.diff(groups[order], prepend=-1))
        parties = [i for i, asked in enumerate(self.wanted) if asked.any()]
        highest = {i: self._highest(i, tails) for i in parties}
        ends: dict[int, Single] = {}
        for first, last in zip(firsts, [*firsts[1:], len(order)], strict=True):
            some = order[first:last]
            row = int(some[0])
            asked = sorted((i for i in parties if self.wanted[i, row]), key=self.bounds.refused.__getitem__)
            left = self._not_bound(row)
            begun: dict[int, Single] = {}
            for i in asked:
                begun[i] = self._begun(row, i)
                left &= begun[i] + highest[i] >= -self.bounds.slack
                if np.count_nonzero(left) < floor:
                    # Whoever often is in the way is asked first from now on.
                    self.bounds.refused[i] -= 1
                    break
            else:
                for i in asked:
                    if i not in ends:
                        ends[i] = self._ends(i, tails)
                result[some] = self._joined(of_tail[some], [(begun[i], ends[i]) for i in asked], left)
        return result

    def _joined(self, numbers: Numbers, parts: Sequence[tuple[Single, Single]], left: Mask) -> Counts:
        """Draws in which beginning and end add up to no loss for everybody, for each end of these numbers."""
        every = len(numbers) == len(parts[0][1])
        together = np.tile(left, (len(numbers), 1))
        for begun, ends in parts:
            together &= begun >= (ends if every else ends[numbers])
        counts: Counts = np.add.reduce(together.view(np.uint8), axis=1, dtype=np.uint32).astype(np.int64)
        return counts[numbers] if every else counts

    def _ends(self, party: int, tails: Packages) -> Single:
        """What a gain must have reached before a tail for the whole not to be a loss, shape ``(tails, draws)``."""
        total = np.full((len(tails), len(self.draws)), -self.bounds.slack, np.float32)
        for k, j in enumerate(self.tail):
            for option in np.unique(tails[:, k]).tolist():
                total[tails[:, k] == option] -= self._table(party, j, option)
        return total

    def _highest(self, party: int, tails: Packages) -> Single:
        """At most what a tail adds to a gain, shape ``(draws,)``."""
        total = np.zeros(len(self.draws), np.float32)
        for k, j in enumerate(self.tail):
            total += _greatest(self._table(party, j, option) for option in np.unique(tails[:, k]).tolist())
        return total

    def _begun(self, row: int, party: int) -> Single:
        """What the head of a package adds up to; what it has in common with the head before is not added again."""
        common = self._common(party)
        issues = self._varied[party]
        path = self._seen[party][row, issues].tolist()
        before, sums = self._sums.get(party, ([], [common]))
        same = next((k for k, (x, y) in enumerate(zip(path, before, strict=False)) if x != y), len(before))
        del sums[same + 1 :]
        for j, option in zip(issues[same:], path[same:], strict=True):
            sums.append(sums[-1] + self._table(party, j, option))
        self._sums[party] = path, sums
        return sums[-1]

    def _common(self, party: int) -> Single:
        """What all heads have in common."""
        if party not in self._shared:
            seen = self._seen[party]
            self._varied[party] = [j for j in self.head if (seen[:, j] != seen[0, j]).any()]
            total = self.bounds._start[party][self.draws]
            for j in self.head:
                if j not in self._varied[party]:
                    total += self._table(party, j, int(seen[0, j]))
            self._shared[party] = total
        return self._shared[party]

    def _table(self, party: int, issue: int, option: int) -> Single:
        at = (party, issue, option)
        if at not in self._tables:
            self._tables[at] = self.bounds._terms[party][issue][option][self.draws]
        return self._tables[at]

    def _not_bound(self, row: int) -> Mask:
        left = np.ones(len(self.draws), bool)
        for i, line, crossing in self._doubtful:
            if crossing[row]:
                left &= ~self.bounds._binds[i][line][self.draws]
        return left


def _greatest(terms: Iterable[Single]) -> Single:
    """In every draw the greatest of some terms, shape ``(draws,)``."""
    return reduce(np.maximum, terms)


def _numbered(rows: NDArray[np.integer]) -> tuple[Numbers, Numbers]:
    """Equal rows get equal numbers: the first row of each number, and every row's number."""
    code = np.zeros(len(rows), np.int64)
    for column in rows.T.astype(np.int64):
        code = code * (column.max() - column.min() + 1) + column - column.min()
        _, code = np.unique(code, return_inverse=True)
    _, firsts, numbers = np.unique(code, return_index=True, return_inverse=True)
    return firsts, numbers
