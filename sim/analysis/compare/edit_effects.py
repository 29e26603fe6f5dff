"""One scenario under different edits: how much each share changes, on common draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.analysis.shared.ballots import Votes, polled
from sim.analysis.shared.paired import paired_change
from sim.engine.profiles import Case
from sim.results.records import Interval, Record
from sim.results.result import Result
from sim.simulation.runner import Progress

#: Shares that agree this closely are the same count of draws.
SAME = 1e-9


class ShareChange(Record):
    """A share in the one and the other row; ``change`` has its paired 95% interval (sampling error only)."""

    before: float | None
    after: float | None
    change: Interval | None


class PartyChange(ShareChange):
    party: str
    name: str


class Change(Record):
    """Row ``after`` against row ``before``; without common draws the changes are null and ``missing`` says why."""

    scenario: str
    before: str
    after: str
    joint: ShareChange
    parties: tuple[PartyChange, ...]
    missing: str | None


def changes(
    names: Sequence[str],
    results: Sequence[Result],
    cases: Sequence[Case | str],
    *,
    progress: Progress | None = None,
) -> tuple[Change, ...]:
    """For every scenario (same id, same date of the text) in several rows: each row against the least edited one.

    ``cases`` has a compiled case for each row, or in words why there is none. Raises
    :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing to draw from.
    """
    pairs = _pairs(results)
    obstacles = {pair: _obstacle(pair, names, results, cases) for pair in pairs}
    counted: dict[tuple[int, int], _Count] = {}
    together: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for pair in pairs:
        if obstacles[pair] is None:
            made = results[pair[0]].settings
            together.setdefault((made.draws, made.seed), []).append(pair)
    for (draws, seed), group in together.items():
        rows = sorted({row for pair in group for row in pair})
        wanted = [case for row in rows if isinstance(case := cases[row], Case)]
        at = {row: k for k, row in enumerate(rows)}
        counts = {pair: _Count(results[pair[0]], results[pair[1]]) for pair in group}
        for votes in polled(wanted, draws, seed, progress=progress):
            for pair, count in counts.items():
                count.add(votes, at[pair[0]], at[pair[1]])
        counted |= counts
    return tuple(_change(pair, names, results, counted.get(pair), obstacles[pair]) for pair in pairs)


def _pairs(results: Sequence[Result]) -> list[tuple[int, int]]:
    """(least edited row, other row) of every scenario that is there more than once, the other rows in order."""
    groups: dict[object, list[int]] = {}
    for row, result in enumerate(results):
        groups.setdefault((result.scenario.id, result.scenario.date), []).append(row)
    pairs = []
    for rows in groups.values():
        base = min(rows, key=lambda row: len(results[row].settings.edits))
        pairs += [(base, row) for row in rows if row != base]
    return pairs


def _obstacle(
    pair: tuple[int, int], names: Sequence[str], results: Sequence[Result], cases: Sequence[Case | str]
) -> str | None:
    for row in pair:
        if isinstance(missing := cases[row], str):
            return f"{names[row]} cannot be drawn again: {missing}"
    one, other = (results[row].settings for row in pair)
    if (one.draws, one.seed) != (other.draws, other.seed):
        return "the two rows are scored on different draws or seeds"
    return None


class _Count:
    """Draws in which a share's yes comes and goes between two rows, and its yes in each row."""

    def __init__(self, before: Result, after: Result) -> None:
        here = {p.id for p in after.parties}
        self.parties = [p.id for p in before.parties if p.id in here]
        self.joint = before.joint_acceptability is not None and after.joint_acceptability is not None
        self.draws = 0
        self.found: dict[str | None, list[int]] = {}

    def add(self, votes: Votes, before: int, after: int) -> None:
        self.draws += votes.draws
        for who in [*self.parties, *([None] if self.joint else [])]:
            old = votes.joint(before) if who is None else votes.accepts(before, who)
            new = votes.joint(after) if who is None else votes.accepts(after, who)
            total = self.found.setdefault(who, [0, 0, 0, 0])
            for k, mask in enumerate((old, new, new & ~old, old & ~new)):
                total[k] += int(mask.sum())

    def fits(self, shares: Mapping[str | None, tuple[float | None, float | None]]) -> bool:
        """Whether both rows' shares are those counted here."""
        return all(
            share is not None and abs(yes / self.draws - share) < SAME
            for who, total in self.found.items()
            for share, yes in zip(shares[who], total[:2], strict=True)
        )

    def change(self, who: str | None) -> Interval | None:
        if who not in self.found:
            return None
        gained, lost = self.found[who][2:]
        return Interval(**paired_change(gained, lost, self.draws)._asdict())


def _change(
    pair: tuple[int, int],
    names: Sequence[str],
    results: Sequence[Result],
    count: _Count | None,
    missing: str | None,
) -> Change:
    before, after = (results[row] for row in pair)
    shares: dict[str | None, tuple[float | None, float | None]] = {None: (_joint(before), _joint(after))}
    old, new = ({p.id: p.acceptability.estimate for p in r.parties} for r in (before, after))
    people = {p.id: p.name for p in (*before.parties, *after.parties)}
    shares |= {p: (old.get(p), new.get(p)) for p in people}
    if count is not None and not count.fits(shares):
        count, missing = None, "drawn again, the shares are not those that were saved"

    def record(who: str | None) -> dict[str, object]:
        return {
            "before": shares[who][0],
            "after": shares[who][1],
            "change": None if count is None else count.change(who),
        }

    return Change(
        scenario=before.scenario.id,
        before=names[pair[0]],
        after=names[pair[1]],
        joint=ShareChange.model_validate(record(None)),
        parties=tuple(PartyChange.model_validate({"party": p, "name": n, **record(p)}) for p, n in people.items()),
        missing=missing,
    )


def _joint(result: Result) -> float | None:
    return None if result.joint_acceptability is None else result.joint_acceptability.estimate
