"""What the spread of a result comes from: grouped Sobol' indices of gains, acceptance and joint acceptance.

A party's unknowns fall into groups (:mod:`sim.analysis.sobol.groups`), exchanged one at a time between
two samples. Indices of joint acceptance follow from those of
each party's own acceptance by :func:`sim.analysis.sobol.indices.of_product`: that has far less noise
than exchanging draws under the joint indicator.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, get_args

import numpy as np

from sim.analysis.shared.parties import known_party, sourced_veto, vetoes
from sim.analysis.shared.records import about
from sim.analysis.sobol.groups import Group, PickFreeze, Sampled
from sim.analysis.sobol.indices import NOTHING, Moments, Resamples, of_product, percentiles, resampling
from sim.analysis.sobol.result import GroupIndices, GroupName, Index, Level, Order, Output, PartySpread, SobolResult
from sim.engine.acceptability import wilson
from sim.engine.draws import BLOCK, Array, block_count, draws_in, stream
from sim.engine.exact_sums import Totals
from sim.engine.preferences import Memo
from sim.engine.profiles import Case
from sim.execution.fold import total
from sim.execution.job import Key
from sim.files.arguments import InvalidArgument, whole_number
from sim.files.ceilings import MOST_SAMPLE
from sim.files.grammar import listed
from sim.report.verdict import line_name
from sim.results.records import Interval
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded
from sim.simulation.cases import CaseJob, Progress, compiled
from sim.simulation.contents import content
from sim.simulation.summary import line_record, settings

#: Fewer draws than this give no index worth an interval.
LEAST = 64
#: Bootstrap resamples behind every interval.
RESAMPLES = 400
#: The order of two groups is settled when it holds in this share of the resamples.
SETTLED = 0.95
LEADING = 3  # groups, largest first, whose order is looked at


def sobol(loaded: Loaded, n: int = BLOCK, *, party: str | None = None, progress: Progress | None = None) -> SobolResult:
    """Whose unknowns make most of the spread: grouped first-order and total Sobol' indices.

    Args:
        loaded: the scenario; its own number of draws is not looked at.
        n: pairs of draws, from blocks 2k and 2k + 1 of the scenario's streams; at least :data:`LEAST`, at most
            :data:`~sim.files.ceilings.MOST_SAMPLE`.
        party: only groups of this party, by id.
        progress: called with (pairs of blocks done, pairs in all).

    Returns:
        An index a group, a share of the variance of the joint answer.

    Raises:
        InvalidArgument: for an ``n`` out of its range.
        UnknownName: for a party that there is not.
        Complaints: where ranges leave almost nothing to draw from.

    Example:
        >>> import sim
        >>> sim.sobol(sim.load("istanbul"), n=64).schema_
        'sim.sobol/1'
    """
    if (n := whole_number("n", n)) < LEAST:
        raise InvalidArgument(f"{n} draws are too few for sensitivity indices; take at least {LEAST}")
    if n > MOST_SAMPLE:
        raise InvalidArgument(f"{n:,} draws are too many for sensitivity indices; take at most {MOST_SAMPLE:,}")
    [case] = compiled([loaded])
    if party is not None:
        known_party(case, party)
    job = PairsOfBlocks(case, party, n, content(loaded))
    voters = job.voters
    counted, together = total(job, progress)
    spreads = [_spread(case, v, Sampled(n, totals)) for v, totals in zip(voters, counted, strict=True)]
    reason = _no_joint(spreads)
    rows = [row for k in range(len(voters)) if voters[k].groups for row in _rows(spreads, k, reason)]
    share = wilson(together, 2 * n) if case.asked else None
    sampled = about(case, loaded, SobolResult) | {"settings": settings(case).model_copy(update={"draws": 2 * n})}
    return SobolResult(
        **sampled,
        n=n,
        evaluations=n * sum(2 + len(v.live) for v in voters),
        resamples=RESAMPLES,
        party=party,
        assumed_terms=len(case.assumed_issues),
        terms=len(case.space.issues),
        sourced_veto=sourced_veto(case),
        joint_acceptability=share,
        joint_reason=reason,
        parties=tuple(s.record for s in spreads),
        groups=tuple(sorted((r.record for r in rows), key=lambda r: get_args(Level).index(r.level))),
        orders=tuple(_orders(rows, "joint" if reason is None else "gain")),
    )


@dataclass
class PairsOfBlocks(CaseJob["OfPairs", "OfPairs"]):
    """Sums over ``n`` pairs of draws, of blocks 2k and 2k + 1: a block of the job is a pair of blocks."""

    #: Whose groups are exchanged; None: those of all.
    party: str | None
    n: int
    #: By which a store knows the scenario.
    sha256: str | None

    @property
    def lengths(self) -> tuple[int]:
        """So many pairs of blocks."""
        return (block_count(self.n),)

    def key(self, batch: int) -> Key | None:
        """The scenario, and how many pairs there are, since the first half of them is summed too."""
        if self.sha256 is None or not self.travels:
            return None
        return {"scenario": self.sha256, "seed": self.case.scenario.seed, "party": self.party, "pairs": self.n}

    def about(self, batch: int) -> list[str]:
        """The text."""
        return [self.case.scenario.id]

    def draws(self, batch: int) -> int:
        """Pairs of draws."""
        return self.n

    @cached_property
    def voters(self) -> list[PickFreeze]:
        """What is exchanged of every party."""
        return [PickFreeze(self.case, p, self.party in (None, p.id)) for p in self.case.profiles]

    def block(self, batch: int, block: int) -> OfPairs:
        """All parties in one pair of blocks."""
        seed, count = self.case.scenario.seed, draws_in(block, self.n)
        half = min(max(self.n // 2 - block * BLOCK, 0), count)
        base, other = Memo(seed, 2 * block), Memo(seed, 2 * block + 1)
        # one resample of whole draws, for all parties, so that it carries to what they do together
        resamples = Resamples(resampling(stream(seed, "sobol", "bootstrap", block), RESAMPLES, count))
        joint = np.ones((2, count), bool)
        sums = []
        for voter in self.voters:
            own, accepts = voter.counted(base, other, count, half, resamples)
            sums.append(own)
            if voter.profile.id in self.case.asked:
                joint &= accepts
        return OfPairs(sums, int(joint.sum()))

    def joined(self, one: OfPairs, other: OfPairs) -> OfPairs:
        """Party by party."""
        parties = [mine + theirs for mine, theirs in zip(one.parties, other.parties, strict=True)]
        return OfPairs(parties, one.together + other.together)


class OfPairs(NamedTuple):
    """Every party's sums, and in how many draws of both samples all accept who are asked."""

    parties: list[Totals]
    together: int


# --- estimates of one party --------------------------------------------------------------------


@dataclass(frozen=True)
class _Spread:
    """A party's estimates on all draws, on half of them, and in every resample."""

    voter: PickFreeze
    sampled: Sampled
    record: PartySpread
    gain: tuple[Moments, Moments, Moments]
    acceptance: tuple[Moments, Moments, Moments]
    constant: str | None  # why its acceptance does not vary


def _spread(case: Case, voter: PickFreeze, sampled: Sampled) -> _Spread:
    gain, acceptance = sampled.moments("gain"), sampled.moments("acceptance")
    constant = None
    if sampled.share == 1:
        constant = "accepts in every draw"
    elif sampled.share == 0:
        over = [
            line_name(line_record(x, True, 1.0), labels_of(case.scenario.domain), voter.profile.id)
            for x in vetoes(case, voter.profile)
        ]
        more = f" and {len(over) - 1} more" if len(over) > 1 else ""
        constant = "refuses in every draw" + (f" (over {over[0]}{more})" if over else "")
    record = PartySpread.copying(
        voter.profile,
        asked=voter.profile.id in case.asked,
        acceptability=wilson(sampled.accepted, 2 * sampled.draws),
        mean_gain=float(gain[0].mean),
        gain_sd=math.sqrt(float(gain[0].variance)),
    )
    return _Spread(voter, sampled, record, gain, acceptance, constant)


def _no_joint(spreads: Sequence[_Spread]) -> str | None:
    """Why joint acceptance has no variance to divide; None where it has."""
    asked = [s for s in spreads if s.record.asked]
    if not asked:
        return "no party with positions has to consent"
    if never := [f"{s.record.name} {s.constant}" for s in asked if s.sampled.share == 0]:
        return f"{listed(never)}, so all never accept together"
    return "all accept in every draw" if all(s.sampled.share == 1 for s in asked) else None


# --- rows -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """A group's indices, and its total index on half of the draws and in every resample, by output."""

    record: GroupIndices
    half: dict[Output, float]
    resampled: dict[Output, Array]


#: First order and total on all draws, on half of them, and resampled.
_Estimate = list[tuple[Array, Array]]


def _rows(spreads: Sequence[_Spread], k: int, reason: str | None) -> Iterator[_Row]:
    """All rows of party number ``k``, level by level; ``reason`` says why there is no joint index."""
    own = spreads[k]
    rest: list[Array] | None = None
    if own.record.asked and reason is None:
        others = [s for j, s in enumerate(spreads) if j != k and s.record.asked]
        rest = [np.prod([np.asarray(s.acceptance[x].mean) for s in others], axis=0) for x in range(3)]
    no_joint = reason
    if reason is None and not own.record.asked:
        silent = own.voter.profile.silent
        no_joint = "the sources are silent on it" if silent else "its consent is not needed for this text"
    yield _row(own, "party", None, rest, no_joint)
    groups = own.voter.groups
    yield from (_row(own, "kind", g, rest, no_joint) for g in groups if g.issue is None)
    yield from (_row(own, "issue", g, rest, no_joint) for g in groups if g.issue is not None or g.kind != "values")


def _row(own: _Spread, level: Level, group: Group | None, rest: list[Array] | None, no_joint: str | None) -> _Row:
    estimates: dict[Output, _Estimate] = {}
    if own.gain[0].variance > NOTHING:
        estimates["gain"] = _own(own, own.gain, group)
    if own.constant is None:
        estimates["acceptance"] = _own(own, own.acceptance, group)
    if rest is not None:
        estimates["joint"] = _joint(own, group, rest)
    indices = {output: _index(estimate) for output, estimate in estimates.items()}
    if rest is not None and own.sampled.share == 1:
        indices["joint"] = _unseen(own, rest[0])
    idle = None
    if group is not None:
        still = all(_partial(own, m[0], group)[1] == 0 for m in (own.gain, own.acceptance))
        idle = own.voter.idle.get(group, "nothing that matters to this text is drawn in it" if still else None)
    record = GroupIndices(
        level=level,
        party=own.record.id,
        kind=None if group is None else group.kind,
        issue=None if group is None else group.issue,
        idle=idle,
        joint=indices.get("joint"),
        joint_reason=None if "joint" in indices else no_joint,
        acceptance=indices.get("acceptance"),
        acceptance_reason=own.constant,
        acceptance_caution=own.sampled.rare,
        gain=indices.get("gain"),
        gain_reason=None if "gain" in indices else "the gain is the same in every draw",
    )
    half = {o: float(total) for o, (_, (_, total), _) in estimates.items()}
    return _Row(record, half, {o: total for o, (*_, (_, total)) in estimates.items()})


def _partial(own: _Spread, moments: Moments, group: Group | None) -> tuple[Array, Array]:
    """Partial variances of one group; of all of a party's unknowns they are the variance itself."""
    if group is None:
        return moments.variance, moments.variance
    if group in own.voter.idle:
        return np.zeros_like(moments.variance), np.zeros_like(moments.variance)
    at = own.voter.live.index(group)
    return moments.first[..., at], moments.total[..., at]


def _own(own: _Spread, all_moments: tuple[Moments, Moments, Moments], group: Group | None) -> _Estimate:
    """Indices of the party's own gain or acceptance."""

    def indices(moments: Moments) -> tuple[Array, Array]:
        variance = np.where(moments.variance > NOTHING, moments.variance, np.nan)
        first, total = _partial(own, moments, group)
        return first / variance, total / variance

    return [indices(moments) for moments in all_moments]


def _joint(own: _Spread, group: Group | None, rest: list[Array]) -> _Estimate:
    """Indices of joint acceptance; ``rest`` is how often all the others accept."""

    def indices(moments: Moments, others: Array) -> tuple[Array, Array]:
        alone, in_all = (np.asarray(x)[..., None] for x in _partial(own, moments, group))
        first, total = of_product(alone, in_all, np.asarray(moments.mean), others)
        return first[..., 0], total[..., 0]

    return [indices(m, others) for m, others in zip(own.acceptance, rest, strict=True)]


def _index(estimate: _Estimate) -> Index:
    full, _, resampled = estimate
    ends = [tuple(map(float, percentiles(resamples))) for resamples in resampled]
    first, total = (Interval(estimate=float(x), low=low, high=high) for x, (low, high) in zip(full, ends, strict=True))
    return Index(first=first, total=total)


def _unseen(own: _Spread, rest: Array) -> Index:
    """Joint index of groups of a party that accepts in every draw: 0, up to refusals too rare to have been seen."""
    share = np.asarray(own.record.acceptability.low)
    most = of_product((share * (1 - share))[None], (share * (1 - share))[None], share, rest)
    first, total = (Interval(estimate=0.0, low=0.0, high=float(x[0])) for x in most)
    return Index(first=first, total=total)


# --- is the order settled? ------------------------------------------------------------------------


def _orders(rows: Sequence[_Row], output: Output) -> Iterator[Order]:
    """For joint acceptance over all parties, else for each party's gain: the leading groups of each level."""
    levels: Sequence[Level] = get_args(Level) if output == "joint" else ("kind", "issue")
    parties = [None] if output == "joint" else list(dict.fromkeys(r.record.party for r in rows))
    for level, party in itertools.product(levels, parties):
        compared = [r for r in rows if r.record.level == level and party in (None, r.record.party)]
        if compared := [r for r in compared if output in r.resampled and r.record.idle is None]:
            yield _order(level, output, party, compared)


def _order(level: Level, output: Output, party: str | None, rows: Sequence[_Row]) -> Order:
    totals = {id(r): index.total for r in rows if (index := r.record.index(output)) is not None}
    ranked = sorted(rows, key=lambda r: -totals[id(r)].estimate)
    leaders = ranked[:LEADING]
    at_half = sorted(rows, key=lambda r: -r.half[output])[:LEADING]
    shares = []
    for one, other in itertools.pairwise(ranked[: LEADING + 1]):  # the last leader beside the next group too
        apart = one.resampled[output] - other.resampled[output]
        apart = apart[~np.isnan(apart)]
        shares.append(float(np.mean(apart > 0)) if apart.size else 0.0)
    return Order(
        level=level,
        output=output,
        party=party,
        leaders=tuple(GroupName.copying(r.record) for r in leaders),
        leaders_at_half=tuple(GroupName.copying(r.record) for r in at_half),
        share_in_order=min(shares, default=None),
        settled=all(s >= SETTLED for s in shares),
        largest_shift=max(abs(totals[id(r)].estimate - r.half[output]) for r in leaders),
        widest=max(totals[id(r)].high - totals[id(r)].low for r in leaders) / 2,
    )
