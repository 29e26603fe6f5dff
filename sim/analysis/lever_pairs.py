"""Pairs of edits: which to score, and how often all accept under each pair of edits of two parties.

What one party accepts in a draw does not depend on the positions of another. So the joint figure under two edits of
*different* parties follows exactly from the votes under each edit by itself, and all such pairs are counted with one
matrix product a pair of parties. Two edits of *one* party have to be scored; :func:`within` says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sim.acceptability import wilson
from sim.analysis.ballots import Votes
from sim.analysis.lever_edits import LeverEdit, certain_vetoes
from sim.packages import Mask
from sim.profiles import Case
from sim.verdict import HALF

#: Of one party that no line turns away for certain, this many of its strongest edits are paired with each other.
STRONGEST = 16

Counts = NDArray[np.int64]


@dataclass
class Together:
    """Joint acceptance under pairs of edits of two parties, and with one or two parties left out.

    ``edits`` are the numbers of each party's ballots. After :meth:`add` has seen all blocks, ``across[p, q]`` holds
    the draws in which all accept, shape ``(edits of p, edits of q)``; ``without[p]`` and ``without[p, q]`` the draws in
    which all the others accept: no edits of those parties can bring the joint figure above that.
    """

    edits: dict[str, list[int]]
    pairs: bool
    across: dict[tuple[str, str], Counts] = field(default_factory=dict)
    without: dict[tuple[str, ...], int] = field(default_factory=dict)

    def add(self, votes: Votes) -> None:
        """Count one block; ballot 0 is the scenario as it is."""
        asked = votes.cases[0].asked
        for party in asked:
            self._leave_out(votes, (party,))
        if not self.pairs:
            return
        parties = list(dict.fromkeys((*asked, *self.edits)))
        accepted = {
            p: np.stack([_consent(votes, b, p) for b in self.edits[p]]).astype(np.float32)
            for p in parties
            if self.edits.get(p)
        }
        for pair in combinations(parties, 2):
            others = self._leave_out(votes, pair)
            if pair[0] in accepted and pair[1] in accepted:
                # Sums of ones below 2^24: exact in single precision, in whatever order they are added.
                found = (accepted[pair[0]] * others) @ accepted[pair[1]].T
                self.across[pair] = self.across.get(pair, 0) + np.rint(found).astype(np.int64)

    def _leave_out(self, votes: Votes, left_out: tuple[str, ...]) -> Mask:
        together = np.ones(votes.draws, bool)
        for party in votes.cases[0].asked:
            if party not in left_out:
                together &= votes.own[0][party]
        self.without[left_out] = self.without.get(left_out, 0) + int(together.sum())
        return together


def _consent(votes: Votes, ballot: int, party: str) -> Mask:
    """Acceptance by a party as far as it is asked."""
    return votes.own[ballot][party] if party in votes.cases[ballot].asked else np.ones(votes.draws, bool)


def strongest_across(
    together: Together, joint: Sequence[int], barred: frozenset[int], upward: bool, total: int, most: int
) -> tuple[list[tuple[int, int]], int, int]:
    """Pairs of ballots of two parties that bring the joint figure furthest, with how many pairs there are and flip.

    ``joint[b]`` counts draws in which all accept in ballot b; pairs with a ballot in ``barred`` (it flips the verdict
    by itself) are passed over, and so are those that get no further than one of their edits does alone.
    """
    sign = 1 if upward else -1
    alone = sign * np.array(joint, np.int64)
    goal = flip_count(total, upward)
    found: list[tuple[int, int, int]] = []
    pairs = flips = 0
    for (p, q), counts in together.across.items():
        rows, columns = together.edits[p], together.edits[q]
        pairs += counts.size
        reached = sign * counts
        further = reached > np.maximum(alone[rows][:, None], alone[columns][None, :])
        further &= ~np.isin(rows, list(barred))[:, None] & ~np.isin(columns, list(barred))[None, :]
        flips += int((further & (reached >= sign * goal)).sum())
        at = np.argwhere(further)
        values = reached[further]
        best = np.argsort(-values, kind="stable")[:most]
        found += [(-int(values[k]), rows[at[k][0]], columns[at[k][1]]) for k in best]
    found.sort()
    return [(a, b) for _, a, b in found[:most]], pairs, flips


def flip_count(total: int, upward: bool) -> int:
    """Fewest draws whose interval lies at or above one half or, downward, most whose interval lies below it."""
    if upward:
        return next(n for n in range(total // 2, total + 2) if n > total or wilson(n, total).low >= HALF)
    return next(n for n in range((total + 1) // 2, -2, -1) if n < 0 or wilson(n, total).high < HALF)


def within(
    case: Case, edits: Sequence[LeverEdit], strength: dict[str, int], ceilings: dict[str, int], upward: bool
) -> tuple[list[tuple[LeverEdit, LeverEdit]], bool]:
    """Pairs of edits of one party to be scored, and whether no other pair of one party can flip the verdict.

    ``strength`` is the change of the party's own acceptance by edit text, ``ceilings`` the draws in which all the other
    parties accept. Where some lines turn the text away in every draw, only pairs that remove all of them can help, and
    all of those are taken. Else the :data:`STRONGEST` edits are paired, unless the others accept too seldom for a flip.
    Parties that cannot move the joint figure are passed over.
    """
    chosen: list[tuple[LeverEdit, LeverEdit]] = []
    complete = True
    goal = flip_count(case.scenario.draws, upward)
    for profile in case.profiles:
        ceiling = ceilings.get(profile.id, 0)
        if profile.id not in case.asked or ceiling == 0:
            continue
        own = [e for e in edits if e.party == profile.id and e.idle in (None, "vetoes_anyway")]
        vetoes = certain_vetoes(case, profile)
        if vetoes:
            some = [(a, b) for a, b in combinations(own, 2) if vetoes <= a.removes | b.removes]
        elif upward and ceiling < goal:
            continue  # the others accept too seldom for any edits of this party to flip the verdict
        else:
            helpful = [e for e in own if (strength[e.text] > 0 if upward else strength[e.text] < 0)]
            helpful.sort(key=lambda e: -abs(strength[e.text]))
            helpful = helpful[:STRONGEST]
            some = list(combinations(helpful, 2))
            complete = False  # weaker edits, and edits that are idle alone, may still do it together
        chosen += [(a, b) for a, b in some if _both(a, b) and "add_line" not in (a.kind, b.kind)]
    return chosen, complete


def _both(one: LeverEdit, other: LeverEdit) -> bool:
    """Whether two edits can be made together: neither writes what the other writes."""
    first, second = (e.text.partition("=")[0] + "." for e in (one, other))
    return not first.startswith(second) and not second.startswith(first)
