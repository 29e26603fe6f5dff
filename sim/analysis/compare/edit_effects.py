"""One scenario under different edits: how much each share changes, on common draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from sim.analysis.compare.result import EditEffect, PartyChange, RowShareChange
from sim.analysis.shared.ballots import Ballots
from sim.analysis.shared.counting import Count, Counts, answers, change
from sim.engine.draws import block_count, draws_in
from sim.engine.preferences import Memo
from sim.engine.profiles import Case
from sim.execution.fold import total
from sim.files.ceilings import check_draws
from sim.results.result import Result
from sim.simulation.cases import CasesJob, Progress


class _Run(NamedTuple):
    """A row's name and result; its case, or in words why it cannot be drawn again."""

    name: str
    result: Result
    case: Case | str


#: Shares that agree this closely are the same count of draws.
SAME = 1e-9
#: A row and the one that it is set against, by number.
Pair = tuple[int, int]


def changes(
    names: Sequence[str],
    results: Sequence[Result],
    cases: Sequence[Case | str],
    *,
    progress: Progress | None = None,
) -> tuple[EditEffect, ...]:
    """For every scenario (same id, same date of the text) in several rows: each row against the least edited one.

    ``cases`` has a compiled case for each row, or in words why there is none. Raises
    :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing to draw from.
    """
    scored = list(map(_Run, names, results, cases))
    pairs = _pairs(scored)
    obstacles = {(a, b): _obstacle(scored[a], scored[b]) for a, b in pairs}
    counted: dict[Pair, Counts] = {}
    together: dict[tuple[int, int], list[Pair]] = {}
    for pair in pairs:
        if obstacles[pair] is None:
            settings = scored[pair[0]].result.settings
            together.setdefault((settings.draws, settings.seed), []).append(pair)
    for (draws, seed), group in together.items():
        rows = sorted({row for pair in group for row in pair})
        drawn = [case for row in rows if isinstance(case := scored[row].case, Case)]
        check_draws(draws, len(drawn))
        numbers = tuple((rows.index(base), rows.index(after)) for base, after in group)
        counts = total(Against(tuple(drawn), numbers, draws, seed), progress)
        counted |= zip(group, counts, strict=True)
    return tuple(_effect(scored[a], scored[b], counted.get((a, b)), obstacles[a, b]) for a, b in pairs)


@dataclass
class Against(CasesJob[list[Counts], list[Counts]]):
    """Counts of cases against others, by pairs of their numbers: the one that counts are against, then the other."""

    pairs: tuple[Pair, ...]
    number: int
    seed: int

    @property
    def lengths(self) -> tuple[int]:
        """All cases are put to the vote on the same draws."""
        return (block_count(self.number),)

    @cached_property
    def _ballots(self) -> Ballots:
        return Ballots(self.cases)

    def block(self, batch: int, block: int) -> list[Counts]:
        """All pairs in one block."""
        votes = self._ballots.votes(Memo(self.seed, block), draws_in(block, self.number))
        counts = [Counts() for _ in self.pairs]
        for (base, after), count in zip(self.pairs, counts, strict=True):
            count.add(votes, after, answers(votes, base), {})
        return counts

    def joined(self, one: list[Counts], other: list[Counts]) -> list[Counts]:
        """Pair by pair."""
        for mine, theirs in zip(one, other, strict=True):
            mine += theirs
        return one


def _pairs(scored: Sequence[_Run]) -> list[Pair]:
    """(least edited row, other row) of every scenario that is there more than once, the other rows in order."""
    groups: dict[object, list[int]] = {}
    for row, x in enumerate(scored):
        groups.setdefault((x.result.scenario.id, x.result.scenario.date), []).append(row)
    pairs = []
    for rows in groups.values():
        base = min(rows, key=lambda row: len(scored[row].result.settings.edits))
        pairs += [(base, row) for row in rows if row != base]
    return pairs


def undrawn(names: Sequence[str], cases: Sequence[Case | str]) -> str | None:
    """Why the first of several rows that has no case has none; None where all can be drawn again."""
    named = zip(names, cases, strict=True)
    return next((f"{name} cannot be drawn again: {case}" for name, case in named if isinstance(case, str)), None)


def _obstacle(base: _Run, after: _Run) -> str | None:
    if (fault := undrawn((base.name, after.name), (base.case, after.case))) is not None:
        return fault
    one, other = base.result.settings, after.result.settings
    if (one.draws, one.seed) != (other.draws, other.seed):
        return "the two rows are scored on different draws or seeds"
    return None


def _effect(before: _Run, after: _Run, counts: Counts | None, missing: str | None) -> EditEffect:
    old, new, draws = _shares(before.result), _shares(after.result), after.result.settings.draws
    common = {} if counts is None else {who: counts.of(who) for who in new if who in old}
    if not all(_fits(count, old[who], new[who], draws) for who, count in common.items()):
        common, missing = {}, "drawn again, the shares are not those that were saved"

    def share(who: str | None) -> RowShareChange:
        moved = change(common[who], draws) if who in common else None
        return RowShareChange(before=old.get(who), after=new.get(who), change=moved)

    people = {p.id: p.name for p in (*before.result.parties, *after.result.parties)}
    return EditEffect(
        scenario=before.result.scenario.id,
        before=before.name,
        after=after.name,
        joint=share(None),
        parties=tuple(PartyChange(party=p, name=name, **dict(share(p))) for p, name in people.items()),
        missing=missing,
    )


def _shares(result: Result) -> dict[str | None, float]:
    """The share in which all asked accept, where anybody is, and that of each party."""
    joint = result.joint_acceptability
    together: dict[str | None, float] = {} if joint is None else {None: joint.estimate}
    return together | {p.id: p.acceptability.estimate for p in result.parties}


def _fits(count: Count, before: float, after: float, draws: int) -> bool:
    """Whether both rows' shares are those counted."""
    counted = (count.accepts - count.gained + count.lost, count.accepts)
    return all(abs(n / draws - share) < SAME for n, share in zip(counted, (before, after), strict=True))
