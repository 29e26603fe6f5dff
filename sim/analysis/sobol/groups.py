"""Preferences that take one group of a party's unknowns from another block of draws.

A party's draws fall into independent groups: its weights, the values of each issue, what it
expects of no deal (beliefs, cost, reservation), and the coin and ranges of lines that hold
with a probability. Pick-freeze needs them exchanged one group at a time between two blocks;
everything behind the draws (gains, lines, acceptance) stays the engine's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.engine.draws import Array
from sim.engine.packages import Mask
from sim.engine.preferences import Memo, PlanEntry
from sim.engine.profiles import Case, Cell, Line, Profile
from sim.scenario import schema

#: Kinds of what is not known about a party.
Kind = Literal["weights", "values", "no_deal", "lines"]


@dataclass(frozen=True)
class Group:
    """Unknowns of one kind; of ``values``, those of one issue, or of all where ``issue`` is None."""

    kind: Kind
    issue: str | None = None


def groups_of(case: Case, profile: Profile) -> list[Group]:
    """The groups of a party: kinds first, then the values of each issue."""
    kinds = [Group("weights"), Group("values"), Group("no_deal")]
    if any(line.holds is not None for line in profile.lines):
        kinds.append(Group("lines"))
    return [*kinds, *(Group("values", issue) for issue in case.space.issues)]


class Mixed(Memo):
    """One block's draws of a party with one group taken from another block of the same seed.

    Nothing is drawn twice: every array comes out of, and is kept by, one of the two memos.
    """

    def __init__(self, base: Memo, other: Memo, group: Group) -> None:
        super().__init__(base.seed, base.block, base.least)
        self._base, self._other, self._group = base, other, group

    def _from(self, kind: Kind, issue: str | None = None) -> Memo:
        swapped = self._group.kind == kind and (self._group.issue is None or self._group.issue == issue)
        return self._other if swapped else self._base

    def stream(self, party: str, what: str) -> np.random.Generator:
        # asked for only where ranges of weights are drawn by rejection
        assert what == "weights", what
        return self._from("weights").stream(party, what)

    def cell(self, party: str, cell: Cell, options: int) -> tuple[Array, Array]:
        raw, _ = self._from("weights").cell(party, cell, options)
        _, values = self._from("values", cell.issue).cell(party, cell, options)
        return raw, values

    def weights(self, party: str, plan: Iterable[tuple[str, PlanEntry]], make: Callable[[], Array]) -> Array:
        return self._from("weights").weights(party, plan, make)

    def beliefs(self, party: str, ranges: tuple[schema.Span, ...]) -> Array:
        return self._from("no_deal").beliefs(party, ranges)

    def span(self, party: str, what: str, span: schema.Span) -> Array | float:
        return self._from("no_deal").span(party, what, span)

    def holds(self, party: str, line: Line, end: Literal["low", "drawn", "high"] = "drawn") -> Mask:
        return self._from("lines").holds(party, line, end)
