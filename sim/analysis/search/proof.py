"""Best-first branch and bound: which packages are the best, or how much better none can be."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count

import numpy as np
from numpy.typing import NDArray

from sim.analysis.search.bounds import SMALL, Bounds
from sim.analysis.search.poll import Alike, Poll
from sim.analysis.search.scope import OptionBox, Scope, split
from sim.analysis.shared.counting import paired_change
from sim.engine.histogram import Counts
from sim.engine.packages import Packages
from sim.simulation.cases import Progress

Bits = NDArray[np.uint8]

#: Packages that may be as good as the best are counted at once, but no more than this for every box that may be opened.
PER_BOX = 10
#: Of packages that may only be nearly as good, so many are put aside, and so many of these, the most hopeful, counted.
ASIDE, COUNTED = 100_000, 10_000


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


class Contenders:
    """What has been counted so far: the most draws in which all accept a package (``best``), and those beside it.

    ``floor`` is the count down to which other packages matter: they may not be told from the best, or are among the
    ``top`` best that are not ``alike``. Until one has more than ``beyond``, others matter only if they have more.
    """

    def __init__(self, poll: Poll, alike: Alike, top: int, beyond: int = 0) -> None:
        self._poll, self._alike, self._top, self._beyond = poll, alike, top, beyond
        self._kinds: dict[tuple[int, ...], int] = {}
        self.best, self.floor = 1, beyond + 1

    def add(self, rows: Packages) -> None:
        """Count packages and take up those that are good enough."""
        if not len(rows):
            return
        counts = self._poll.counts(rows)
        self.best = max(self.best, int(counts.max()))
        if self.best <= self._beyond:
            return
        floor, self._beyond = (1 if self._beyond else self.floor), 0
        for k in np.flatnonzero(counts >= floor).tolist():
            self._kinds[self._alike.kind(rows[k])] = int(counts[k])
        self._kinds = dict(sorted(self._kinds.items(), key=lambda item: -item[1])[: self._top])
        least = min(self._kinds.values()) if len(self._kinds) == self._top else 1
        self.floor = max(1, min(least, self.best - reach(self.best, self._poll.draws)))


@dataclass(frozen=True)
class Proof:
    """What a branch and bound has shown.

    Every package in question that is not in the pool is accepted in at most ``most`` draws. ``boxes`` were opened.
    """

    most: int
    boxes: int


def prove(bounds: Bounds, scope: Scope, pool: Contenders, effort: int, progress: Progress | None = None) -> Proof:
    """Find all packages in question that ``pool.floor`` draws or more may accept, the most hopeful boxes first.

    No more than ``effort`` boxes are opened, each of which takes some milliseconds. ``progress`` is called with (boxes
    opened, boxes that may be opened).
    """
    order = _order(bounds, scope)
    heap: list[tuple[int, int, OptionBox, Bits]] = []
    boxes = counted = dropped = 0
    aside, serial = _Aside(), count()

    def put(part: OptionBox, top: int) -> None:
        if (narrow := scope.narrowed(part)) is not None:
            alive = bounds.of(scope, narrow, pool.floor)
            bound = min(int(np.count_nonzero(alive)), top)
            heapq.heappush(heap, (-bound, next(serial), narrow, np.packbits(alive)))

    put(scope.whole, bounds.draws)
    while heap and boxes < effort and counted < PER_BOX * effort:
        floor = pool.best if aside.full else pool.floor
        if -heap[0][0] < floor:
            break
        top, _, box, bits = heapq.heappop(heap)
        boxes += 1
        if progress is not None:
            progress(boxes, effort)
        if scope.size(box) <= SMALL:
            alive = np.unpackbits(bits, count=bounds.draws).astype(bool)
            rows, most = bounds.each(scope, box, alive, order, floor)
            dropped = max(dropped, min(floor - 1, -top))
            hopeful = most >= pool.best
            aside.put(rows[~hopeful], most[~hopeful])
            counted += int(hopeful.sum())
            pool.add(rows[hopeful])
            continue
        issue = next(j for j in order if len(box[j]) > 1)
        for part in split(box, issue):
            put(part, -top)
    return Proof(most=max(-heap[0][0] if heap else 0, dropped, aside.count(pool)), boxes=boxes)


class _Aside:
    """Packages that may be nearly as good as the best, with what they reach at most."""

    def __init__(self) -> None:
        self._parts: list[tuple[Packages, Counts]] = []
        self._number = 0

    @property
    def full(self) -> bool:
        return self._number >= ASIDE

    def put(self, rows: Packages, most: Counts) -> None:
        if len(rows):
            self._parts.append((rows, most))
            self._number += len(rows)

    def count(self, pool: Contenders) -> int:
        """Give the most hopeful to the pool; what the others reach at most."""
        if not self._parts:
            return 0
        rows, most = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        order = np.argsort(-most, kind="stable")
        rows, most = rows[order], most[order]
        wanted = min(int((most >= pool.floor).sum()), COUNTED)
        pool.add(rows[:wanted])
        return int(most[wanted]) if wanted < len(most) else 0


def _order(bounds: Bounds, scope: Scope) -> list[int]:
    """Issues on which consent, refusals and effects hang first, then those that move gains most."""
    case = scope.case
    sure, possible = scope.surely_asked(scope.whole), scope.possibly_asked(scope.whole)
    parties = [i for i, asked in enumerate(possible) if asked]
    conditions = [e.when for e in case.space.effects]
    for i in parties:
        profile = case.profiles[i]
        conditions += [line.condition for line in profile.lines if line.kind == "refusal"]
        conditions += [] if sure[i] else [c for c, _ in case.consent[profile.id][1]]
    first = {j for c in conditions for j, _ in c.masks} | {j for e in case.space.effects for j, _ in e.then}
    issues: Sequence[int] = range(len(scope.whole))
    return sorted(issues, key=lambda j: (j not in first, -bounds.swing(j, parties)))
