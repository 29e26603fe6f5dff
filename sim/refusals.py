"""What parties turn down, counted: which lines the texts cross, and what they cost where they cross none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from sim.draws import Array
from sim.endings import Refused
from sim.profiles import Case
from sim.tally import Counts
from sim.varied_texts import VariedTexts


@dataclass
class Refusals:
    """Counts and sums over draws in which a party turns something down, an entry a party of the case.

    ``draws`` counts these draws; ``lines`` those in which each of its lines is crossed, shape
    ``(parties, most lines)``; ``lost`` those in which none is. Over the latter, ``terms`` sums what
    each issue adds to its gain, shape ``(parties, issues)``, and ``options`` counts the options it
    sees, shape ``(parties, issues, width)``, the last for "open".
    """

    draws: Counts
    lines: Counts
    lost: Counts
    terms: Array
    options: Counts

    def __add__(self, other: Refusals) -> Refusals:
        return Refusals(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def count_refusals(case: Case, views: Sequence[VariedTexts], refused: Iterable[Refused], draws: int) -> Refusals:
    """Count refusals in the first ``draws`` draws of a block; ``views`` in the order of the case's profiles."""
    people, issues, width = len(case.profiles), len(case.space.issues), max(case.space.sizes) + 1
    result = Refusals(
        draws=np.zeros(people, np.int64),
        lines=np.zeros((people, max((len(p.lines) for p in case.profiles), default=0)), np.int64),
        lost=np.zeros(people, np.int64),
        terms=np.zeros((people, issues)),
        options=np.zeros((people, issues, width), np.int64),
    )
    for found in refused:
        here = found.draws < draws
        at, texts, i = found.draws[here], found.texts[here], found.party
        result.draws[i] += len(at)
        lost = np.ones(len(at), bool)
        for number, crossed in enumerate(views[i].crossed(texts, at)):
            result.lines[i, number] += np.count_nonzero(crossed)
            lost &= ~crossed
        at, texts = at[lost], texts[lost]
        result.lost[i] += len(at)
        result.terms[i] += views[i].terms(texts, at).sum(axis=1)
        result.options[i] += options(views[i].seen(texts), width)
    return result


def options(texts: np.ndarray, width: int) -> Counts:
    """How often each issue has each option, shape ``(issues, width)``; open (-1) counts in the last column."""
    issues = texts.shape[1]
    places = np.arange(issues) * width + texts.astype(np.intp) % width
    return np.bincount(places.ravel(), minlength=issues * width).reshape(issues, width)
