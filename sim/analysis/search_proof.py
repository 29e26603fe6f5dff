"""Best-first branch and bound: which packages are the best, or how much better none can be."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.search_bounds import SMALL, Bounds
from sim.analysis.search_boxes import Box, Question, split
from sim.packages import Packages
from sim.runner import Progress

Bits = NDArray[np.uint8]

#: So many packages may be given to ``found`` for each box that may be opened.
FOUND = 10


@dataclass(frozen=True)
class Proof:
    """What a branch and bound has shown.

    Every package in question that was not ``found`` is accepted in at most ``most`` draws. ``boxes`` were opened.
    """

    most: int
    boxes: int


def prove(
    bounds: Bounds,
    question: Question,
    needed: Callable[[], int],
    found: Callable[[Packages], None],
    effort: int,
    progress: Progress | None = None,
) -> Proof:
    """Find all packages in question that may be accepted in at least ``needed()`` draws, the most hopeful boxes first.

    ``needed`` is asked again and again, and may rise by what is ``found``: packages that may reach that much, to be
    counted exactly. Packages of a box that is dropped may all reach less. No more than ``effort`` boxes are opened,
    each of which needs some milliseconds, and :data:`FOUND` times as many packages counted. ``progress`` is called with
    (boxes opened, boxes that may be opened).
    """
    order = _order(bounds, question)
    heap: list[tuple[int, int, Box, Bits]] = []
    boxes = packages = made = dropped = 0

    def put(part: Box, top: int) -> None:
        nonlocal made
        if (narrow := question.narrowed(part)) is not None:
            bound = bounds.of(question, narrow, needed())
            made += 1
            heapq.heappush(heap, (-min(bound.count, top), made, narrow, np.packbits(bound.alive)))

    put(question.whole, bounds.draws)
    while heap and -heap[0][0] >= needed() and boxes < effort and packages < FOUND * effort:
        top, _, box, bits = heapq.heappop(heap)
        boxes += 1
        if progress is not None:
            progress(boxes, effort)
        if question.size(box) <= SMALL:
            floor = needed()
            alive = np.unpackbits(bits, count=bounds.draws).astype(bool)
            rows = bounds.each(question, box, alive, order, floor)
            packages += len(rows)
            dropped = max(dropped, min(floor - 1, -top))
            if len(rows):
                found(rows)
            continue
        issue = next(j for j in order if len(box[j]) > 1)
        for part in split(box, issue):
            put(part, -top)
    return Proof(most=max(-heap[0][0] if heap else 0, dropped), boxes=boxes)


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
