"""Best-first branch and bound: which packages are the best, or how much better none can be."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.analysis.search.bounds import SMALL, Bounds
from sim.analysis.search.boxes import Box, Question, split
from sim.engine.histogram import Counts
from sim.engine.packages import Packages
from sim.simulation.runner import Progress

Bits = NDArray[np.uint8]

#: Packages that may be as good as the best are counted at once, but no more than this for every box that may be opened.
FOUND = 10
#: Of packages that may only be nearly as good, so many are put aside, and so many of these, the most hopeful, counted.
ASIDE, COUNTED = 100_000, 10_000


class Pool(Protocol):
    """What has been found so far: the most draws in which all accept a package, and down to how many others matter."""

    best: int
    floor: int

    def add(self, rows: Packages) -> None: ...


@dataclass(frozen=True)
class Proof:
    """What a branch and bound has shown.

    Every package in question that is not in the pool is accepted in at most ``most`` draws. ``boxes`` were opened.
    """

    most: int
    boxes: int


def prove(bounds: Bounds, question: Question, pool: Pool, effort: int, progress: Progress | None = None) -> Proof:
    """Find all packages in question that ``pool.floor`` draws or more may accept, the most hopeful boxes first.

    No more than ``effort`` boxes are opened, each of which takes some milliseconds. ``progress`` is called with (boxes
    opened, boxes that may be opened).
    """
    order = _order(bounds, question)
    heap: list[tuple[int, int, Box, Bits]] = []
    boxes = counted = made = dropped = 0
    aside = _Aside()

    def put(part: Box, top: int) -> None:
        nonlocal made
        if (narrow := question.narrowed(part)) is not None:
            bound = bounds.of(question, narrow, pool.floor)
            made += 1
            heapq.heappush(heap, (-min(bound.count, top), made, narrow, np.packbits(bound.alive)))

    put(question.whole, bounds.draws)
    while heap and boxes < effort and counted < FOUND * effort:
        floor = pool.best if aside.full else pool.floor
        if -heap[0][0] < floor:
            break
        top, _, box, bits = heapq.heappop(heap)
        boxes += 1
        if progress is not None:
            progress(boxes, effort)
        if question.size(box) <= SMALL:
            alive = np.unpackbits(bits, count=bounds.draws).astype(bool)
            rows, most = bounds.each(question, box, alive, order, floor)
            dropped = max(dropped, min(floor - 1, -top))
            hopeful = most >= pool.best
            aside.put(rows[~hopeful], most[~hopeful])
            if hopeful.any():
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
        self._held = 0

    @property
    def full(self) -> bool:
        return self._held >= ASIDE

    def put(self, rows: Packages, most: Counts) -> None:
        if len(rows):
            self._parts.append((rows, most))
            self._held += len(rows)

    def count(self, pool: Pool) -> int:
        """Give the most hopeful to the pool; what the others reach at most."""
        if not self._parts:
            return 0
        rows = np.concatenate([part for part, _ in self._parts])
        most = np.concatenate([part for _, part in self._parts])
        order = np.argsort(-most, kind="stable")
        rows, most = rows[order], most[order]
        wanted = min(int((most >= pool.floor).sum()), COUNTED)
        if wanted:
            pool.add(rows[:wanted])
        return int(most[wanted]) if wanted < len(most) else 0


def _order(bounds: Bounds, question: Question) -> list[int]:
    """Issues on which consent, refusals and effects hang first, then those that move gains most."""
    case = question.case
    sure, possible = question.surely_asked(question.whole), question.possibly_asked(question.whole)
    parties = [i for i, asked in enumerate(possible) if asked]
    first: set[int] = set()
    for i in parties:
        profile = case.profiles[i]
        if not sure[i]:
            first |= {j for c, _ in case.consent[profile.id][1] for j, _ in c.masks}
        first |= {j for line in profile.lines if line.kind == "refusal" for j, _ in line.condition.masks}
    first |= {j for e in case.space.effects for j, _ in (*e.when.masks, *e.then)}
    issues: Sequence[int] = range(len(question.whole))
    return sorted(issues, key=lambda j: (j not in first, -bounds.swing(j, parties)))
