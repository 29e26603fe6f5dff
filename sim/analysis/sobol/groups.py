"""A party's unknowns in groups, and pick-freeze on them: what each does to its gain and acceptance.

A party's draws fall into independent groups: its weights, the values of each issue, what it
expects of no deal (beliefs, cost, reservation), and the coin and ranges of lines that hold
with a probability. Pick-freeze needs them exchanged one group at a time between two blocks;
everything behind the draws (gains, lines, acceptance) stays the engine's own. Sample A is block
2k and sample B block 2k + 1 of the scenario's streams; for each group the text is scored a third
time, on A with that group from B (:class:`Mixed`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.analysis.shared.parties import lines_crossed
from sim.analysis.sobol.indices import STATISTICS, Moments, Resamples, moments, statistics
from sim.engine.acceptability import accepts_each
from sim.engine.draws import Array
from sim.engine.exact_sums import ExactSum, Totals
from sim.engine.packages import OPEN, Mask, Packages
from sim.engine.preferences import Memo, PlanEntry, preferences_for
from sim.engine.profiles import Case, Cell, Line, Profile, always, never
from sim.scenario import schema

#: Kinds of what is not known about a party.
Kind = Literal["weights", "values", "no_deal", "lines"]
OwnOutput = Literal["gain", "acceptance"]
_OUTPUTS: tuple[OwnOutput, ...] = ("gain", "acceptance")

#: Fewer draws than this on the rarer side make poor indices of acceptance.
FEW = 300


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
        """The generator of the block from which weights come."""
        # asked for only where ranges of weights are drawn by rejection
        assert what == "weights", what
        return self._from("weights").stream(party, what)

    def cell(self, party: str, cell: Cell, options: int) -> tuple[Array, Array]:
        """Raw weights from one block, values from that of the issue's group."""
        raw, _ = self._from("weights").cell(party, cell, options)
        _, values = self._from("values", cell.issue).cell(party, cell, options)
        return raw, values

    def weights(self, party: str, plan: Iterable[tuple[str, PlanEntry]], make: Callable[[], Array]) -> Array:
        """Weights from the block of their group."""
        return self._from("weights").weights(party, plan, make)

    def beliefs(self, party: str, ranges: tuple[schema.Span, ...]) -> Array:
        """Beliefs from the block of the group of no deal."""
        return self._from("no_deal").beliefs(party, ranges)

    def span(self, party: str, what: str, span: schema.Span) -> Array | float:
        """A range of no deal, from the block of its group."""
        return self._from("no_deal").span(party, what, span)

    def chance(self, party: str) -> Array:
        """What a least gain is drawn from, from the block of the group of no deal, which it is measured against."""
        return self._from("no_deal").chance(party)

    def holds(self, party: str, line: Line, end: Literal["low", "drawn", "high"] = "drawn") -> Mask:
        """Where a line binds, from the block of the group of lines."""
        return self._from("lines").holds(party, line, end)


class PickFreeze:
    """What is exchanged of one party, and what that does to its answer.

    ``live`` are the groups that are exchanged, ``idle`` those that cannot matter to this text, with the reason.
    """

    def __init__(self, case: Case, profile: Profile, wanted: bool) -> None:
        """Not ``wanted``: only whether the party accepts is looked at."""
        self.case, self.profile = case, profile
        self.seen: Packages = case.space.seen(case.text[None], profile.id)[0]
        self.groups = groups_of(case, profile) if wanted else []
        reasons = {g: _idle(case, profile, self.seen, g) for g in self.groups}
        self.idle = {g: why for g, why in reasons.items() if why is not None}
        self.live = [g for g in self.groups if g not in self.idle]

    def counted(self, base: Memo, other: Memo, count: int, half: int, resamples: Resamples) -> tuple[Totals, Mask]:
        """``count`` draws of a pair of blocks, and own acceptance in either, shape ``(2, count)``.

        The first ``half`` of them count for the half-way figures too. What is counted is own acceptance over both
        samples, what is summed :func:`sim.analysis.sobol.indices.statistics`, shape
        ``(outputs, 2 + resamples, statistics)``: over all draws, over the first half, and in every resample.
        """
        votes = [self._vote(memo, count) for memo in (base, other)]
        votes += [self._vote(Mixed(base, other, group), count) for group in self.live]
        sums = np.zeros((2, len(_OUTPUTS), 2 + len(resamples), STATISTICS + 3 * len(self.live)))
        for k, (high, low) in enumerate(sums.swapaxes(0, 1)):
            a, b, *mixed = (vote[k] for vote in votes)
            terms = statistics(a, b, mixed)
            high[0], high[1] = terms.sum(axis=1), terms[:, :half].sum(axis=1)
            high[2:], low[2:] = resamples.sums(terms)
        together = ExactSum.of(sums[0]) + ExactSum.of(sums[1])
        accepts: Mask = np.stack([votes[0][1], votes[1][1]])
        return Totals(accepts.sum(dtype=np.int64, keepdims=True)[0], together), accepts

    def _vote(self, memo: Memo, count: int) -> tuple[Array, Mask]:
        preferences = preferences_for(self.profile, self.case.space.sizes, memo)
        accepts = accepts_each(preferences, self.case.space, self.case.text[None])[0]
        return preferences.gain(self.seen)[:count], accepts[:count]


class Sampled:
    """A party's sums over ``draws`` pairs of draws, and what is made of them."""

    def __init__(self, draws: int, totals: Totals) -> None:
        self.draws = draws
        #: Own acceptance over both samples.
        self.accepted = int(totals.counts[0])
        self._sums = dict(zip(_OUTPUTS, totals.sums.values, strict=True))

    @property
    def rare(self) -> str | None:
        """Why indices of acceptance are poor: too few draws go the rarer way; else None."""
        draws = 2 * self.draws
        seldom = min(self.accepted, draws - self.accepted)
        if not 0 < seldom < FEW:
            return None
        verb = "accepts" if seldom == self.accepted else "refuses"
        return f"rare: {verb} in only {seldom} of {draws:,} draws, too few for indices of its acceptance"

    @property
    def share(self) -> float:
        """The party's own acceptability over both samples."""
        return self.accepted / (2 * self.draws)

    def moments(self, output: OwnOutput) -> tuple[Moments, Moments, Moments]:
        """On all draws, on the first half of them, and (a leading axis of) resamples; groups are the live ones."""
        full, half, *_ = sums = self._sums[output]
        return moments(full / self.draws), moments(half / (self.draws // 2)), moments(sums[2:] / self.draws)


def settled(holds: tuple[float, float] | None, quota: float | None) -> bool:
    """Whether a line with this range binds in every draw or in none."""
    return always(holds, quota) or never(holds, quota)


def _idle(case: Case, profile: Profile, seen: Packages, group: Group) -> str | None:
    """Why a group cannot matter to this text, seen from the files alone; None where it may."""
    if group.kind == "lines":
        varying = any(not settled(line.holds, line.quota) for line in lines_crossed(case, profile))
        return None if varying else "the text crosses none of its lines that bind in some draws only"
    if group.issue is None:
        return None
    j = case.space.issue(group.issue)
    if profile.utility is not None and profile.reservation is None:
        # where an issue stays as it is, its value may still bear on what others are worth
        named = {int(seen[j]), *(outcome[j] for outcome in profile.outcomes)} - {OPEN}
        return None if named else "left open by the text"
    if int(seen[j]) == OPEN:
        return "left open by the text"
    if profile.cells[j].importance == "none" and profile.utility is None:
        return "of no importance to it"
    if profile.reservation is None and not {o[j] for o in profile.outcomes} - {OPEN, int(seen[j])}:
        return "as no deal leaves it"
    return None
