"""What parties turn down, counted: which lines the texts cross, and what they cost where they cross none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from sim.bargaining.endings import Refused
from sim.bargaining.varied_texts import VariedTexts
from sim.engine.draws import Array
from sim.engine.histogram import Counts
from sim.engine.packages import OPEN
from sim.engine.profiles import Case


@dataclass
class Refusals:
    """Counts and sums over draws in which a party turns something down, an entry a party of the case.

    ``draws`` counts these draws, ``sole`` those in which no other party does; ``lines`` those in
    which each of its lines is crossed, shape ``(parties, most lines)``; ``lost`` those in which
    none is. Over the latter, ``terms`` sums what each option that it sees adds to its gain, shape
    ``(parties, issues, options of the longest issue)``; an open issue adds nothing.
    """

    draws: Counts
    sole: Counts
    lines: Counts
    lost: Counts
    terms: Array

    def __add__(self, other: Refusals) -> Refusals:
        return Refusals(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def count_refusals(case: Case, views: Sequence[VariedTexts], refused: Iterable[Refused], draws: int) -> Refusals:
    """Count refusals in the first ``draws`` draws of a block; ``views`` in the order of the case's profiles."""
    people, issues, most = len(case.profiles), len(case.space.issues), max(case.space.sizes)
    result = Refusals(
        draws=np.zeros(people, np.int64),
        sole=np.zeros(people, np.int64),
        lines=np.zeros((people, max((len(p.lines) for p in case.profiles), default=0)), np.int64),
        lost=np.zeros(people, np.int64),
        terms=np.zeros((people, issues, most)),
    )
    refused = tuple(refused)
    together = np.bincount(np.concatenate([np.empty(0, np.intp), *(x.draws for x in refused)]), minlength=draws)
    for found in refused:
        here = found.draws < draws
        at, texts, i = found.draws[here], found.texts[here], found.party
        result.draws[i] += len(at)
        result.sole[i] += np.count_nonzero(together[at] == 1)
        lost = np.ones(len(at), bool)
        for number, crossed in enumerate(views[i].crossed(texts, at)):
            result.lines[i, number] += np.count_nonzero(crossed)
            lost &= ~crossed
        at, texts = at[lost], texts[lost]
        result.lost[i] += len(at)
        for j, (seen, terms) in enumerate(zip(views[i].seen(texts).T, views[i].terms(texts, at), strict=True)):
            closed = seen != OPEN
            result.terms[i, j] += np.bincount(seen[closed], weights=terms[closed], minlength=most)
    return result
