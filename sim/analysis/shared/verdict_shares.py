"""How much of a verdict hangs on each cell and each refusal of the parties: shares of one unit a text.

In every draw the verdict is one unit. It is divided in two steps:

* Among the parties asked: where some refuse, in equal parts among those who do, since their no is enough; where all
  accept, in equal parts among all, since each yes is needed. An alliance counts by its own answer.
* Within a party: where lines that the text crosses bind in the draw, in equal parts among these, whatever else the text
  holds; a red line belongs to its cell, a refusal stands by itself. Where none binds, among the cells in proportion to
  what the issue adds to the gain or takes off it, whichever sign: ``w |sum_k p_k (v(x) - v(y_k))|``, with a reservation
  value ``w |v(x) - r|`` (:mod:`sim.engine.preferences`). Where no issue adds anything, in proportion to the weights.

A share is the mean over the draws; those of a text sum to 1. What no deal costs besides, and how likely its outcomes
are, is no cell and gets nothing of its own; it bears on what an issue adds. A cell on which much hangs is one to look
at first. It is no measure of what the verdict would be without it, which :mod:`sim.analysis.levers.levers` tries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from sim.engine.acceptability import crossed_lines
from sim.engine.draws import BLOCK, Array, draws_in
from sim.engine.exact_sums import ExactSum
from sim.engine.packages import Mask
from sim.engine.preferences import Memo, Preferences, preferences_for
from sim.engine.profiles import Case
from sim.execution.fold import total
from sim.simulation.cases import CasesJob


@dataclass
class Hanging:
    """Shares that one party's cells, shape ``(issues,)``, and lines, shape ``(lines,)``, have.

    ``cells`` are without ``lines``. Both are of the text's verdict, zero for a party that is not asked; ``own_cells``
    and ``own_lines`` are of the party's own answer, and sum to 1.
    """

    cells: Array
    lines: Array
    own_cells: Array
    own_lines: Array


def hanging(cases: Sequence[Case]) -> list[dict[str, Hanging]]:
    """Of every case, by party on which the sources are not silent. Cases share what is drawn alike in several.

    Raises :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing to draw from.
    """
    if not cases:
        return []
    job = Shares(tuple(cases))
    sums = total(job).values
    ends = np.cumsum([0, *(n for sizes in job.sizes for parts in sizes.values() for n in parts)])
    parts = iter([sums[start:end] for start, end in pairwise(ends)])
    return [
        {p: Hanging(*(next(parts) / case.scenario.draws for _ in lengths)) for p, lengths in sizes.items()}
        for case, sizes in zip(cases, job.sizes, strict=True)
    ]


@dataclass
class Shares(CasesJob[ExactSum, ExactSum]):
    """The shares, summed over draws: of every case, by party, the four arrays of :class:`Hanging`, end to end."""

    @cached_property
    def sizes(self) -> list[dict[str, tuple[int, int, int, int]]]:
        """How long the arrays are, of every case, by party on which the sources are not silent."""
        return [{p.id: 2 * (len(p.cells), len(p.lines)) for p in case.profiles if not p.silent} for case in self.cases]

    def block(self, batch: int, block: int) -> ExactSum:
        """One block of every case that reaches that far."""
        memos: dict[int, Memo] = {}
        parts: list[Array] = []
        for case, sizes in zip(self.cases, self.sizes, strict=True):
            count = draws_in(block, case.scenario.draws)
            if count:
                memo = memos.setdefault(case.scenario.seed, Memo(case.scenario.seed, block))
                parts += _parts(case, list(sizes), memo, count)
            else:
                parts += [np.zeros(n) for lengths in sizes.values() for n in lengths]
        return ExactSum.of(np.concatenate([np.empty(0), *parts]))


def _parts(case: Case, parties: Sequence[str], memo: Memo, count: int) -> list[Array]:
    """The four arrays of :class:`Hanging`, party by party, over the first ``count`` draws of a block."""
    answers = {p: _answer(preferences_for(case.profile(p), case.space.sizes, memo), case) for p in parties}
    asked = case.asked
    refusing = np.array([~answers[p].accepts for p in asked]) if asked else np.zeros((0, BLOCK), bool)
    many = refusing.sum(axis=0)
    parts: list[Array] = []
    for p in parties:
        answer = answers[p]
        part: Array | float = 0.0
        if p in asked:
            part = np.where(many > 0, ~answer.accepts / np.maximum(many, 1), 1 / len(asked))
        parts += [(x * part)[:, :count].sum(axis=1) for x in (answer.cells, answer.lines)]
        parts += [x[:, :count].sum(axis=1) for x in (answer.cells, answer.lines)]
    return parts


@dataclass
class _Answer:
    """A party's answer in a block, and the parts that cells and lines have in it, which sum to 1 in every draw."""

    accepts: Mask
    cells: Array
    lines: Array


def _answer(own: Preferences, case: Case) -> _Answer:
    seen = case.space.seen(case.text[None], own.profile.id)[0]
    binding = np.zeros((len(own.profile.lines), BLOCK), bool)
    for k, (line, crossing) in enumerate(crossed_lines(own, case.space, case.text[None])):
        if crossing[0]:
            binding[k] = own.binds(line)
    many = binding.sum(axis=0)
    added = np.zeros((len(own.profile.cells), BLOCK))
    for j, term in enumerate(own.terms(seen)):
        if term is not None:
            added[j] = np.abs(term if own.reservation is None else term - own.weights[j] * own.reservation)
    nothing = added.sum(axis=0) == 0
    added[:, nothing] = own.weights[:, nothing]
    cells = np.where(many > 0, 0.0, added / added.sum(axis=0))
    return _Answer(
        accepts=(many == 0) & (own.gain(seen) >= own.enough), cells=cells, lines=binding / np.maximum(many, 1)
    )
