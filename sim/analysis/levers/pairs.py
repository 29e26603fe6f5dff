"""Pairs of edits: which to score, and how often all accept under each pair of edits of two parties.

What one party accepts in a draw does not depend on the positions of another. So the joint share under two edits of
*different* parties follows exactly from the votes under each edit by itself, and all such pairs are counted with one
matrix product a pair of parties (:mod:`sim.analysis.levers.trials`). Two edits of *one* party have to be scored;
:func:`within` says which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from sim.analysis.levers.edits import LeverEdit
from sim.analysis.shared.counting import Verdict
from sim.analysis.shared.parties import vetoes
from sim.engine.acceptability import wilson
from sim.engine.histogram import Counts
from sim.engine.packages import Mask
from sim.engine.profiles import Case
from sim.results.records import PartyVerdict
from sim.results.verdicts import HALF

#: Of one party that no line turns away for certain, this many of its strongest edits are paired with each other.
STRONGEST = 16


#: Verdicts from worst to best.
RANKS: dict[Verdict, int] = {"refused": 0, "divided": 1, "singly": 2, "accepted": 3}
_WORST: dict[PartyVerdict, int] = {"accepts": 0, "divided": 1, "refuses": 2}


@dataclass(frozen=True)
class Stances:
    """What a verdict hangs on besides the joint share, see :func:`sim.analysis.shared.counting.verdict_of`.

    ``asked`` (party to stance) is of the scenario as it is; ``edited[b]`` is the stance of the party that ballot b
    edits, None where that ballot does not ask it; ``verdicts[b]`` the verdict, that of ballot 0 as it is.
    """

    asked: dict[str, PartyVerdict]
    edited: Sequence[PartyVerdict | None]
    verdicts: Sequence[Verdict]
    draws: int

    @property
    def upward(self) -> bool:
        """Whether what is wanted is a better verdict: of a text that is accepted, a worse one."""
        return self.verdicts[0] != "accepted"

    @property
    def sign(self) -> int:
        """1 where a better verdict is wanted, else -1."""
        return 1 if self.upward else -1

    def ended(self, ballot: int) -> bool:
        """Whether no verdict is further the wanted way than that of a ballot."""
        return self.verdicts[ballot] == ("accepted" if self.upward else "refused")

    def turned(self, verdict: Verdict, alone: Sequence[Verdict]) -> bool:
        """Whether a verdict is further the wanted way than as it stands and than those of the edits alone."""
        ranks = [self.sign * RANKS[v] for v in (self.verdicts[0], *alone) if v in RANKS]
        return verdict in RANKS and self.sign * RANKS[verdict] > max(ranks)

    def turns(self, pair: tuple[str, str], rows: Sequence[int], columns: Sequence[int], counts: Counts) -> Mask:
        """:meth:`turned` for a ballot of each party of ``pair`` together. ``counts`` and answer: (rows, columns).

        Never where such edits leave nobody to ask.
        """
        others = max((_WORST[s] for p, s in self.asked.items() if p not in pair), default=-1)
        worst_of = np.array([-1 if s is None else _WORST[s] for s in self.edited])
        worst = np.maximum(np.maximum.outer(worst_of[rows], worst_of[columns]), others)
        after = np.where(counts >= enough(self.draws), RANKS["accepted"], RANKS["singly"])
        after = np.select([worst == 2, worst == 1], [RANKS["refused"], RANKS["divided"]], after)
        base = RANKS[self.verdicts[0]]
        alone = self.sign * np.array([RANKS.get(v, base) for v in self.verdicts])
        before = np.maximum(np.maximum.outer(alone[rows], alone[columns]), self.sign * base)
        turns: Mask = (self.sign * after > before) & (worst >= 0)
        return turns


def strongest_across(
    across: Mapping[tuple[str, str], Counts],
    numbers: Mapping[str, Sequence[int]],
    joint: Sequence[int],
    stances: Stances,
    most: int,
) -> tuple[list[tuple[int, int]], int, int]:
    """Pairs of ballots of two parties that turn the verdict, then those that bring the joint share furthest.

    Also how many pairs there are, and how many turn the verdict as neither ballot does alone. ``across[p, q]`` counts
    draws in which all accept, a row a ballot of p and a column one of q, whose ``numbers`` are given by party;
    ``joint[b]`` draws in which all accept in ballot b. Pairs that neither turn the verdict nor get further than one of
    their edits does alone are passed over, and so are those with an edit that turns it by itself as far as it goes.
    """
    alone = stances.sign * np.array(joint, np.int64)
    barred = [b for b in range(len(stances.verdicts)) if stances.ended(b)]
    strongest: list[tuple[bool, int, int, int]] = []
    pairs = flips = 0
    for pair, counts in across.items():
        rows, columns = (numbers[p] for p in pair)
        pairs += counts.size
        reached = stances.sign * counts
        turns = stances.turns(pair, rows, columns, counts)
        flips += int(turns.sum())
        further = reached > np.maximum(alone[rows][:, None], alone[columns][None, :])
        further &= ~np.isin(rows, barred)[:, None] & ~np.isin(columns, barred)[None, :]
        order = [(not turns[r, c], -int(reached[r, c]), rows[r], columns[c]) for r, c in np.argwhere(further | turns)]
        strongest += sorted(order, key=lambda x: x[:2])[:most]
    strongest.sort()
    return [(a, b) for *_, a, b in strongest[:most]], pairs, flips


def enough(total: int) -> int:
    """Fewest draws of ``total`` whose interval lies at or above one half; one more than ``total`` where none does."""
    return next(n for n in range(total // 2, total + 2) if n > total or wilson(n, total).low >= HALF)


def within(
    case: Case, edits: Sequence[LeverEdit], strength: dict[str, int], stances: Stances
) -> tuple[list[tuple[LeverEdit, LeverEdit]], bool]:
    """Pairs of edits of one party that can be made together, to be scored, and whether no other of one can turn it.

    ``strength`` is the change of the party's own acceptance by edit text. While another party refuses by itself, no
    edits of a party turn the verdict. Else, where some lines turn the text away in every draw, only pairs that remove
    all of them can, and all of those are taken; where none does, the :data:`STRONGEST` edits are paired.
    """
    chosen: list[tuple[LeverEdit, LeverEdit]] = []
    complete = True
    for profile in case.profiles:
        own = [e for e in edits if e.party == profile.id and e.idle in (None, "vetoes_anyway")]
        if any(s == "refuses" for p, s in stances.asked.items() if p != profile.id):
            continue
        if profile.id not in case.asked:
            complete &= not own  # silent as yet: two edits by which it speaks may turn what one does not
            continue
        if certain := frozenset(vetoes(case, profile)):
            some = [(a, b) for a, b in combinations(own, 2) if certain <= a.removes | b.removes]
        else:
            helpful = [e for e in own if stances.sign * strength[e.edit] > 0]
            helpful.sort(key=lambda e: -stances.sign * strength[e.edit])
            some = list(combinations(helpful[:STRONGEST], 2))
            complete = False  # weaker edits, and edits that are idle alone, may still do it together
        chosen += [(a, b) for a, b in some if _both(a, b) and "add_line" not in (a.kind, b.kind)]
    return chosen, complete


def _both(one: LeverEdit, other: LeverEdit) -> bool:
    """Whether two edits can be made together: neither writes what the other writes."""
    first, second = (e.edit.partition("=")[0] + "." for e in (one, other))
    return not first.startswith(second) and not second.startswith(first)
