"""Counts of many ballots against the first of them, and what results say of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sim.analysis.shared.ballots import polled
from sim.analysis.shared.paired import paired_change
from sim.engine.acceptability import wilson
from sim.engine.draws import BLOCK
from sim.engine.packages import Mask
from sim.engine.profiles import Case
from sim.files.ceilings import check_draws
from sim.results.records import Interval, PartyVerdict
from sim.results.verdicts import HALF
from sim.simulation.runner import Progress

#: Ballots put to the vote at once: their weights are kept meanwhile, half a megabyte for each new set of them.
BATCH = 200

#: A verdict in the words of :data:`sim.report.verdict.Outcome`; fillings of assumed terms are not looked at.
Verdict = Literal["accepted", "singly", "divided", "refused", "none"]


@dataclass
class Count:
    """Draws of a ballot: that accept, that the base does not but the ballot does, and the reverse."""

    accepts: int = 0
    gained: int = 0
    lost: int = 0


@dataclass
class Counts:
    """Of one ballot: by all asked, by each party (an alliance with its members), and each party's own yes."""

    joint: Count = field(default_factory=Count)
    own: dict[str, int] = field(default_factory=dict)
    parties: dict[str, Count] = field(default_factory=dict)


def counted(cases: Sequence[Case], draws: int, seed: int, progress: Progress | None) -> Iterator[Counts]:
    """Counts of every case against the first one, which stands in every batch.

    ``progress`` is called with (steps done, steps in all). Raises :class:`sim.engine.draws.NothingFits` where ranges
    leave almost nothing to draw from.
    """
    check_draws(draws, len(cases))
    batches = [cases[k : k + BATCH] for k in range(1, len(cases), BATCH)] or [[]]
    blocks = math.ceil(draws / BLOCK)
    for number, batch in enumerate(batches):
        ballots = [cases[0], *batch]
        counts = [Counts() for _ in ballots]
        for block, votes in enumerate(polled(ballots, draws, seed)):
            before = votes.joint(0)
            old = {p.id: votes.accepts(0, p.id) for p in cases[0].profiles}
            for b, (case, count) in enumerate(zip(ballots, counts, strict=True)):
                _add(count.joint, votes.joint(b), before)
                for p in case.profiles:
                    _add(count.parties.setdefault(p.id, Count()), votes.accepts(b, p.id), old[p.id])
                    count.own[p.id] = count.own.get(p.id, 0) + int(votes.own[b][p.id].sum())
            if progress is not None:
                progress(number * blocks + block + 1, len(batches) * blocks)
        yield from counts if number == 0 else counts[1:]


def _add(count: Count, now: Mask, before: Mask) -> None:
    count.accepts += int(now.sum())
    count.gained += int((now & ~before).sum())
    count.lost += int((before & ~now).sum())


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
    return {p: Interval(**wilson(count.own[p], draws)._asdict()) for p in case.asked}


def interval(count: Count, draws: int) -> Interval:
    """The share that accepts, with its Wilson interval."""
    return Interval(**wilson(count.accepts, draws)._asdict())


def change(count: Count, draws: int) -> Interval:
    """The change from the first ballot, with its paired interval."""
    return Interval(**paired_change(count.gained, count.lost, draws)._asdict())
