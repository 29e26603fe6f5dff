"""Counts of many ballots against the first of them, and what results say of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from sim.analysis.shared.at_hand import AtHand
from sim.analysis.shared.ballots import Ballots, Votes, amended
from sim.engine.acceptability import Z95, wilson
from sim.engine.draws import BLOCK, block_count
from sim.engine.packages import Mask, Packages
from sim.engine.preferences import Memo
from sim.engine.profiles import Case, Profile
from sim.execution.fold import fold
from sim.execution.job import Job, Key
from sim.files.ceilings import check_draws
from sim.results.records import Interval, PartyVerdict
from sim.results.verdicts import HALF
from sim.simulation.cases import Progress, travels

#: Different texts, and preferences of parties, put to the vote at once: these are kept meanwhile, half a megabyte each.
BATCH = 200

#: A verdict in the words of :data:`sim.report.verdict.Outcome`; fillings of assumed terms are not looked at.
Verdict = Literal["accepted", "singly", "divided", "refused", "none"]


class PairedChange(NamedTuple):
    """A change of a share with its 95% interval (sampling error only)."""

    estimate: float
    low: float
    high: float


def paired_change(gained: int, lost: int, total: int, z: float = Z95) -> PairedChange:
    """Change of a share when ``gained`` draws turn to yes and ``lost`` to no, of ``total``.

    The estimate is ``(gained - lost) / total``; the interval is the adjusted Wald interval for
    a difference of paired proportions of D. G. Bonett and R. M. Price, Journal of Educational
    and Behavioral Statistics 37 (2012): one draw is added to either kind of change, so that no
    observed change does not read as certainly none. Raises ValueError for no draws.
    """
    if total < 1:
        raise ValueError("a change needs at least one draw")
    p, q = (gained + 1) / (total + 2), (lost + 1) / (total + 2)
    half = z * math.sqrt((p + q - (p - q) ** 2) / (total + 2))
    return PairedChange((gained - lost) / total, max(p - q - half, -1.0), min(p - q + half, 1.0))


@dataclass
class Count:
    """Draws of a ballot: that accept, that the base does not but the ballot does, and the reverse."""

    accepts: int = 0
    gained: int = 0
    lost: int = 0

    def add(self, now: Mask, before: Mask) -> None:
        """Count a block: acceptance now and before, shape ``(draws,)`` each."""
        self.accepts += int(now.sum())
        self.gained += int((now & ~before).sum())
        self.lost += int((before & ~now).sum())

    def __iadd__(self, other: Count) -> Count:
        self.accepts += other.accepts
        self.gained += other.gained
        self.lost += other.lost
        return self


#: Acceptance of a ballot in a block by all asked (None) and by each party, an alliance with its members.
Answers = Mapping[str | None, Mask]


def answers(votes: Votes, ballot: int) -> Answers:
    """Acceptance by all (None) and by each party of one ballot, shape ``(draws,)``."""
    joint: dict[str | None, Mask] = {None: votes.joint(ballot)}
    return joint | {p.id: votes.accepts(ballot, p.id) for p in votes.cases[ballot].profiles}


@dataclass
class Counts:
    """Of one ballot: by all asked, by each party (an alliance with its members), and each party's own yes."""

    joint: Count = field(default_factory=Count)
    own: dict[str, int] = field(default_factory=dict)
    parties: dict[str, Count] = field(default_factory=dict)

    def add(self, votes: Votes, ballot: int, base: Answers, known: dict[tuple[int, ...], Count]) -> None:
        """Add a block, set against another ballot; a party that only one of them has is not counted in ``parties``.

        ``known`` are counts of the block, by the arrays that they are of, and grows.
        """
        own, case = votes.own[ballot], votes.cases[ballot]

        def count(parties: Sequence[str], before: Mask) -> Count:
            key = (id(before), *(id(own[p]) for p in parties))
            if key not in known:
                known[key] = Count()
                known[key].add(votes.together(ballot, parties), before)
            return known[key]

        self.joint += count(case.asked, base[None])
        for p in own:
            self.own[p] = self.own.get(p, 0) + count([p], base.get(p, base[None])).accepts
            if p in base:
                self.parties.setdefault(p, Count())
                self.parties[p] += count(case.voters(p), base[p])

    def __iadd__(self, other: Counts) -> Counts:
        """With what other draws of the same ballot count."""
        self.joint += other.joint
        for party, accepts in other.own.items():
            self.own[party] = self.own.get(party, 0) + accepts
        for party, count in other.parties.items():
            self.parties.setdefault(party, Count())
            self.parties[party] += count
        return self

    def of(self, who: str | None) -> Count:
        """Of a party, or with None of all asked."""
        return self.joint if who is None else self.parties[who]


#: Cases that differ from the first as they may, or other texts for it, a row each.
Batch = tuple[Case, ...] | Packages


@dataclass
class Counting(Job[list[Counts], list[Counts]]):
    """Counts of ballots against the first, which stands in every batch before the others."""

    first: Case
    batches: tuple[Batch, ...]
    number: int
    seed: int
    #: Of the scenario, where all ballots are texts for it.
    sha256: str | None = None

    @property
    def lengths(self) -> list[int]:
        """All batches have the same draws."""
        return [block_count(self.number)] * len(self.batches)

    @property
    def travels(self) -> bool:
        """Unless a program has registered rules that a case names."""
        cases = [case for batch in self.batches if isinstance(batch, tuple) for case in batch]
        return all(map(travels, (self.first, *cases)))

    def key(self, batch: int) -> Key | None:
        """The scenario, its text and the others for it, as numbers of options."""
        rows = self.batches[batch]
        if self.sha256 is None or isinstance(rows, tuple) or not self.travels:
            return None
        return {"scenario": self.sha256, "seed": self.seed, "text": self.first.text.tolist(), "rows": rows.tolist()}

    def about(self, batch: int) -> list[str]:
        """The scenario."""
        return [self.first.scenario.id]

    def draws(self, batch: int) -> int:
        """As many of all."""
        return self.number

    @cached_property
    def _ballots(self) -> AtHand[Ballots]:
        return AtHand(self._batch)

    def _batch(self, number: int) -> Ballots:
        batch = self.batches[number]
        others = batch if isinstance(batch, tuple) else (amended(self.first, row) for row in batch)
        return Ballots([self.first, *others])

    def block(self, batch: int, block: int) -> list[Counts]:
        """Of the first ballot, then of the others."""
        ballots = self._ballots[batch]
        votes = ballots.votes(Memo(self.seed, block), min(BLOCK, self.number - block * BLOCK))
        base, known = answers(votes, 0), dict[tuple[int, ...], Count]()
        counts = [Counts() for _ in ballots.cases]
        for ballot, count in enumerate(counts):
            count.add(votes, ballot, base, known)
        return counts

    def joined(self, one: list[Counts], other: list[Counts]) -> list[Counts]:
        """Ballot by ballot."""
        for mine, theirs in zip(one, other, strict=True):
            mine += theirs
        return one


def counted(cases: Sequence[Case], draws: int, seed: int, progress: Progress | None = None) -> Iterator[Counts]:
    """Counts of every case against the first one.

    ``progress`` is called with (steps done, steps in all). Raises :class:`sim.engine.draws.NothingFits` where ranges
    leave almost nothing to draw from.
    """
    check_draws(draws, len(cases))
    return _in_turn(Counting(cases[0], tuple(map(tuple, _batches(cases))), draws, seed), progress)


def counted_texts(case: Case, rows: Packages, draws: int, seed: int, *, sha256: str | None = None) -> Iterator[Counts]:
    """Counts of a case, then of it with each of other texts, ``(texts, issues)``, against it as it is.

    By the hash of its scenario a store knows them. Raises as :func:`counted`.
    """
    check_draws(draws, 1 + len(rows))
    batches = [rows[k : k + BATCH] for k in range(0, max(len(rows), 1), BATCH)]
    return _in_turn(Counting(case, tuple(batches), draws, seed, sha256), None)


def _in_turn(job: Counting, progress: Progress | None) -> Iterator[Counts]:
    for number, counts in enumerate(fold(job, progress)):
        yield from counts if number == 0 else counts[1:]


def _batches(cases: Sequence[Case]) -> Iterator[list[Case]]:
    """All but the first case, in batches of at most :data:`BATCH` texts, and preferences where one case has no more."""
    batch: list[Case] = []
    texts: set[bytes] = set()
    preferences: set[Profile] = set()
    for case in cases[1:]:
        texts.add(case.text.tobytes())
        preferences.update(case.profiles)
        if batch and (len(texts) > BATCH or len(preferences) > BATCH):
            yield batch
            batch, texts, preferences = [], {case.text.tobytes()}, {*case.profiles}
        batch.append(case)
    yield batch


def verdict_of(joint: Interval | None, stances: Sequence[PartyVerdict]) -> Verdict:
    """A verdict in a word, from the joint figure and the asked parties' own stances.

    As :func:`sim.report.verdict.outcome`, but for the fillings of assumed terms.
    """
    if joint is None:
        return "none"
    if "refuses" in stances:
        return "refused"
    if "divided" in stances:
        return "divided"
    return "singly" if joint.low < HALF else "accepted"


def too_near(share: Interval) -> bool:
    """Whether one half lies within sampling error of a share, so that draws do not tell on which side it is."""
    return share.low < HALF <= share.high


def alone(case: Case, count: Counts, draws: int) -> dict[str, Interval]:
    """The own share of each party asked: an alliance is weak for its own refusals, a member's are the member's."""
    return {p: wilson(count.own[p], draws) for p in case.asked}


def interval(count: Count, draws: int) -> Interval:
    """The share that accepts, with its Wilson interval."""
    return wilson(count.accepts, draws)


def change(count: Count, draws: int) -> Interval:
    """The change from the first ballot, with its paired interval."""
    return Interval(**paired_change(count.gained, count.lost, draws)._asdict())
