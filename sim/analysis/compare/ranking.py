"""Proposals ranked by gain, draw by draw: the measures of SMAA-2.

Rank acceptability indices, central weight vectors, confidence factors: R. Lahdelma and P. Salminen,
"SMAA-2: stochastic multicriteria acceptability analysis for group decision making", Operations
Research 49 (2001). Pairwise winning indices and their computation by simulation: T. Tervonen and R.
Lahdelma, "Implementing stochastic multicriteria acceptability analysis", European Journal of
Operational Research 178 (2007).

RanksOfProposals are by gains alone; red lines and refusals do not count. The needed parties rank jointly by the
smallest gain among those whose consent a proposal needs (and on whom the sources are not silent).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.analysis.compare.result import Ranked, Ranking, Smaa
from sim.analysis.shared.ballots import same_space
from sim.engine.acceptability import TIE
from sim.engine.draws import BLOCK, Array, draws_in
from sim.engine.exact_sums import ExactSum, Totals
from sim.engine.packages import Packages
from sim.engine.preferences import Memo, Preferences, preferences_for
from sim.engine.profiles import Case, Profile
from sim.execution.fold import total
from sim.files.grammar import listed
from sim.scenario.issues_in_force import one_domain
from sim.simulation.cases import CasesJob, Progress

#: Draws in which a proposal has to be first for a mean over them to be told.
ENOUGH = 100

#: Who ranks: a party's id, or None for the needed parties together.
Voter = str | None
#: Central weights by party, shape ``(issues,)`` each.
Central = dict[str, Array]
Places = NDArray[np.intp]
P = TypeVar("P")


_ONE_DAY = "--as-of DATE gives all proposals the positions of one"


def obstacle(names: Sequence[str], cases: Sequence[Case]) -> str | None:
    """Why these cases cannot be ranked on common draws; None where they can."""
    first = cases[0]
    if len({(c.scenario.draws, c.scenario.seed) for c in cases}) > 1:
        return "the proposals are scored on different draws or seeds"
    for name, case in zip(names, cases, strict=True):
        if not same_space(first, case):
            one, other = first.scenario, case.scenario
            if one.domain.issues.issues.keys() != other.domain.issues.issues.keys() and one_domain(one, other):
                return f"other issues are in force on the day of {names[0]} than on that of {name} ({_ONE_DAY})"
            return f"{names[0]} and {name} have different issues, options, constraints or effects"
        if {p.id for p in case.profiles} != {p.id for p in first.profiles}:
            return f"{names[0]} and {name} have different parties"
    # in the order of the first case
    changed = [p.name for p in first.profiles if any(_other(c.profile(p.id), p) for c in cases)]
    if not changed:
        return None
    whose = f"the positions of {listed(changed)}"
    if len({c.scenario.day for c in cases}) > 1:
        return f"{whose} are not those of one day ({_ONE_DAY})"
    return f"{whose} differ between the proposals"


def _other(one: Profile, two: Profile) -> bool:
    """Whether two profiles of a party give other gains: a basis may hang on the text and changes no draw."""
    return one.drawn != two.drawn or one.silent != two.silent


def rank(names: Sequence[str], cases: Sequence[Case], *, progress: Progress | None = None) -> Smaa:
    """Rank proposals by gain on common draws, for each party that is not silent and for all jointly.

    The cases must have no :func:`obstacle`; draws and seed are the first one's. One pass over the
    blocks gives ranks and central weights, a second the confidence factors. ``progress`` is called with
    (blocks done, blocks in all). Raises :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing.
    """
    ranks = RanksOfProposals(tuple(cases))
    on = ranks.on
    counted = total(ranks, _half(progress, 0))
    sums = {voter: _Sums(on, voter, part) for voter, part in zip(on.voters, counted, strict=True)}
    confidence = Confidence(tuple(cases), tuple(tuple(part.central) for part in sums.values()))
    for part, confident in zip(sums.values(), total(confidence, _half(progress, 1)).values, strict=True):
        part.confident = confident
    rankings = {voter: _ranking(voter, names, cases[0], part) for voter, part in sums.items()}
    return Smaa(
        draws=cases[0].scenario.draws,
        seed=cases[0].scenario.seed,
        jointly=rankings.get(None),
        jointly_missing=on.unasked(names),
        parties=tuple(r for voter, r in rankings.items() if voter is not None),
    )


def _half(progress: Progress | None, passes: int) -> Progress | None:
    """Of two passes over the blocks, one that begins when so many are over."""
    if progress is None:
        return None
    return lambda done, blocks: progress(passes * blocks + done, 2 * blocks)


def places(gains: Array) -> tuple[Places, Places]:
    """How many proposals are strictly better than each, and how many tie with it (itself included).

    ``gains`` has shape ``(proposals, draws)``, and so have both results. Neighbours in order of gain
    within :data:`sim.engine.acceptability.TIE` of each other tie.
    """
    order = np.argsort(-gains, axis=0, kind="stable")
    ranked = np.take_along_axis(gains, order, axis=0)
    first = np.ones(gains.shape, bool)
    first[1:] = ranked[:-1] - ranked[1:] > TIE
    last = np.ones(gains.shape, bool)
    last[:-1] = first[1:]
    at = np.arange(len(gains))[:, None]
    start = np.maximum.accumulate(np.where(first, at, 0), axis=0)
    end = np.minimum.accumulate(np.where(last, at, len(gains))[::-1], axis=0)[::-1]
    better, size = np.empty_like(order), np.empty_like(order)
    np.put_along_axis(better, order, start, axis=0)
    np.put_along_axis(size, order, end - start + 1, axis=0)
    return better, size


class _Proposals:
    """The proposals as every party sees them, and who ranks them."""

    def __init__(self, cases: Sequence[Case]) -> None:
        first = cases[0]
        self.cases = cases
        self.profiles = [p for p in first.profiles if not p.silent]
        self.seen: dict[str, Packages] = {
            p.id: np.stack([c.space.seen(c.text[None], p.id)[0] for c in cases]) for p in self.profiles
        }
        self.asked = [c.asked for c in cases]
        together: list[Voter] = [None] if all(self.asked) else []
        self.voters: list[Voter] = [*together, *(p.id for p in self.profiles)]

    def counting(self, voter: Voter) -> list[str]:
        """The parties whose weights bear on a voter's ranks: its own, or those some proposal asks."""
        return [p.id for p in self.profiles if (p.id == voter if voter else any(p.id in a for a in self.asked))]

    def unasked(self, names: Sequence[str]) -> str | None:
        """Why there is no joint ranking, if there is none."""
        nobody = [name for name, asked in zip(names, self.asked, strict=True) if not asked]
        return f"no party with positions has to consent to {listed(nobody)}" if nobody else None

    def drawn(self, block: int) -> tuple[int, dict[str, Preferences]]:
        """Of a block of draws how many count, and the preferences of every party that is not silent."""
        scenario, sizes = self.cases[0].scenario, self.cases[0].space.sizes
        memo = Memo(scenario.seed, block)
        return draws_in(block, scenario.draws), {p.id: preferences_for(p, sizes, memo) for p in self.profiles}

    def valued(self, voter: Voter, gains: Mapping[str, Array]) -> Array:
        """What a voter goes by, shape ``(proposals, draws)``: its gains, or the smallest of those asked."""
        if voter is not None:
            return gains[voter]
        return np.stack([np.minimum.reduce([gains[p][k] for p in asked]) for k, asked in enumerate(self.asked)])


@dataclass
class _OfProposals(CasesJob[P, P]):
    """What is counted of proposals, all together in every block."""

    @cached_property
    def on(self) -> _Proposals:
        """The proposals as every party sees them."""
        return _Proposals(self.cases)


class RanksOfProposals(_OfProposals[list[Totals]]):
    """Ranks, wins and weights, a voter each, end to end as :class:`_Sums` takes them apart."""

    def block(self, batch: int, block: int) -> list[Totals]:
        """All voters in one block."""
        on = self.on
        count, preferences = on.drawn(block)
        gains = {p: _gains(own, on.seen[p])[:, :count] for p, own in preferences.items()}
        weights = {p: own.weights[:, :count] for p, own in preferences.items()}
        return [_ranked(on.valued(v, gains), [weights[p] for p in on.counting(v)]) for v in on.voters]

    def joined(self, one: list[Totals], other: list[Totals]) -> list[Totals]:
        """Voter by voter."""
        return [mine + theirs for mine, theirs in zip(one, other, strict=True)]


def _ranked(gains: Array, weights: Sequence[Array]) -> Totals:
    """Of what a voter goes by, ``(proposals, draws)``, and of weights by party that bear on it."""
    n = len(gains)
    better, size = places(gains)
    ranks, wins = np.zeros((n, n)), np.zeros((n, n), np.int64)
    for r in range(n):
        ranks[:, r] = np.where((better <= r) & (r < better + size), 1 / size, 0.0).sum(axis=1)
    for k in range(n):
        wins[k] = (better[k] < better).sum(axis=1)
    share = np.where(better == 0, 1 / size, 0.0)
    first = np.zeros((n, sum(map(len, weights))))
    for k in range(n):
        if share[k].any():
            first[k] = np.concatenate([np.empty(0), *((w * share[k]).sum(axis=1) for w in weights)])
    always = [w.sum(axis=1) for w in weights]
    return Totals(
        np.concatenate([wins.ravel(), (better == 0).sum(axis=1)]),
        ExactSum.of(np.concatenate([ranks.ravel(), share.sum(axis=1), *always, first.ravel()])),
    )


@dataclass
class Confidence(_OfProposals[ExactSum]):
    """In how many draws each proposal is first under its central weights, ties shared, ``(voters, proposals)``."""

    central: tuple[tuple[Central | None, ...], ...]

    def block(self, batch: int, block: int) -> ExactSum:
        """All voters and proposals in one block."""
        on = self.on
        count, preferences = on.drawn(block)
        confident = np.zeros((len(on.voters), len(self.cases)))
        for number, voter in enumerate(on.voters):
            for proposal, at in enumerate(self.central[number]):
                if at is not None:
                    gains = {p: _gains_at(preferences[p], w, on.seen[p])[:, :count] for p, w in at.items()}
                    better, size = places(on.valued(voter, gains))
                    confident[number, proposal] = (1 / size[proposal][better[proposal] == 0]).sum()
        return ExactSum.of(confident)


class _Sums:
    """What draws add up to for one voter, over ``n`` proposals."""

    def __init__(self, on: _Proposals, voter: Voter, sums: Totals) -> None:
        n, parties = len(on.cases), on.counting(voter)
        issues = len(on.cases[0].space.issues)
        self.wins = sums.counts[: n * n].reshape(n, n)
        self.draws_first = sums.counts[n * n :]
        ends = np.cumsum([n * n, n, len(parties) * issues])
        ranks, self.first, always, first = np.split(sums.sums.values, ends)
        self.ranks = ranks.reshape(n, n)
        self.confident = np.zeros(n)
        self.all_weights: dict[str, Array] = dict(zip(parties, always.reshape(-1, issues), strict=True))
        of_parties = np.moveaxis(first.reshape(n, len(parties), issues), 1, 0)
        self.weights: dict[str, Array] = dict(zip(parties, of_parties, strict=True))

    @cached_property
    def central(self) -> list[Central | None]:
        """Of all draws, when they are added: each proposal's central weights by party, shape ``(issues,)``.

        None where it is hardly ever first.
        """
        return [
            {p: total[k] / first for p, total in self.weights.items()} if self.draws_first[k] >= ENOUGH else None
            for k, first in enumerate(self.first)
        ]

    def missing(self, k: int) -> str | None:
        """Why a proposal has no central weights."""
        if not self.draws_first[k]:
            return "it is first in no draw"
        if self.draws_first[k] < ENOUGH:
            return f"it is first in only {self.draws_first[k]} draws; a mean over fewer than {ENOUGH} would be chance"
        return None


def _gains(own: Preferences, seen: Packages) -> Array:
    """Shape ``(proposals, BLOCK)``."""
    out = np.empty((len(seen), BLOCK))
    for number, gain in own.gains(seen):
        out[number] = gain
    return out


def _gains_at(own: Preferences, weights: Array, seen: Packages) -> Array:
    """Gains under one weight vector, shape ``(issues,)``, with values and beliefs as drawn."""
    return np.stack([own.gain_with(weights, row) for row in seen])


def _ranking(voter: Voter, names: Sequence[str], case: Case, sums: _Sums) -> Ranking:
    draws = case.scenario.draws

    def weights(at: dict[str, Array]) -> dict[str, dict[str, float]]:
        return {p: {i: float(x) for i, x in zip(case.space.issues, w, strict=True)} for p, w in at.items()}

    return Ranking(
        party=voter,
        name="all needed parties" if voter is None else case.profile(voter).name,
        mean_weights=weights({p: total / draws for p, total in sums.all_weights.items()}),
        proposals=tuple(
            Ranked(
                proposal=name,
                ranks=tuple(float(x) / draws for x in sums.ranks[k]),
                wins_over={other: int(sums.wins[k, m]) / draws for m, other in enumerate(names) if m != k},
                first=int(sums.draws_first[k]),
                central_weights=None if (at := sums.central[k]) is None else weights(at),
                confidence=None if at is None else float(sums.confident[k] / draws),
                central_missing=sums.missing(k),
            )
            for k, name in enumerate(names)
        ),
    )
