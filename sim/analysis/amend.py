"""The smallest changes of a text that raise joint acceptability most, found by scoring all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from sim import schema
from sim.analysis import neighbourhoods
from sim.analysis.amend_search import Numbers, Scores, equalled, scored
from sim.analysis.amendments import (
    Amend,
    Amendment,
    Base,
    Blocker,
    BlockingLine,
    ConstraintRef,
    IssueBest,
    Options,
    PartyEffect,
    Size,
    Standing,
    TermChange,
)
from sim.analysis.counting import Counts as BallotCounts
from sim.analysis.counting import alone, change, counted, interval, verdict_of
from sim.api import compiled
from sim.draws import Array
from sim.loading import Loaded
from sim.packages import OPEN, Packages, Rule
from sim.profiles import Case
from sim.results import Interval, versions
from sim.runner import Progress
from sim.summary import scenario_info, settings
from sim.tally import Counts
from sim.verdict import HALF, stance

#: With a party to spare, amendments that reach this much of the best rise are looked at where none reaches one half.
NEARLY = 0.9
#: Means are sums of floats: what differs by less is the same.
ROUNDING = 1e-12


def amend(
    loaded: Loaded,
    *,
    changes: int = 2,
    keep: Sequence[str] = (),
    party: str | None = None,
    constraints: schema.Severity = "legal",
    top: int = 5,
    progress: Progress | None = None,
) -> Amend:
    """Score every feasible package within so many changes of a scenario's text and rank them.

    ``keep`` are issues whose terms stay; ``party`` is whom the amendments should cost least; constraints bind up to
    the severity ``constraints``, except those that the text breaks itself. ``progress`` is called with (steps done,
    steps in all). Raises ValueError where nobody has to consent to the text, or for an issue or party that there is
    not; Complaints where ranges leave almost nothing to draw from.
    """
    [case] = compiled([loaded])
    if unknown := [i for i in keep if i not in case.space.issues]:
        raise ValueError(f"there is no issue {unknown[0]}")
    if party is not None and party not in [p.id for p in case.profiles]:
        raise ValueError(f"there is no party {party}")
    if not case.asked:
        raise ValueError("no party with positions has to consent to this text, so there is nothing to amend")
    search = _Search(case, changes, [case.space.issue(i) for i in keep], constraints, party, progress)
    chosen = {size: search.chosen(size, top) for size in search.sizes}
    single = search.singles()
    everybody = {size: search.asking_all(size) for size in search.sizes}
    listed = [n for found in chosen.values() for n in found[0]]
    listed += [*single.values(), *(n for n in everybody.values() if n is not None)]
    listed = list(dict.fromkeys(listed))
    base, told = search.told(listed)
    return Amend(
        scenario=scenario_info(case, loaded.sha256),
        settings=settings(case),
        options=Options(
            changes=changes, keep=tuple(dict.fromkeys(keep)), party=party, constraints=constraints, top=top
        ),
        base=base,
        sizes=tuple(
            search.size(
                size,
                [told[n] for n in numbers],
                None if (best := everybody[size]) is None else told[best],
                padded,
                how,
            )
            for size, (numbers, padded, how) in chosen.items()
        ),
        issues=tuple(search.issue(j, told, single.get(j)) for j in search.free),
        raised=bool((search.scores.joint[search.eligible] > search.scores.joint[0]).any()),
        blockers=tuple(_blockers(case, search.scores)),
        broken_already=tuple(_ref(r) for r in case.space.rules if r.broken_by(case.text[None])[0]),
        names={p.id: p.name for p in case.profiles},
        consent_not_modelled=case.scenario.proposal.consent_not_modelled,
        versions=versions(),
    )


class _Search:
    """All packages within reach, scored; number 0 is the text."""

    def __init__(
        self,
        case: Case,
        changes: int,
        kept: Collection[int],
        severity: schema.Severity,
        party: str | None,
        progress: Progress | None,
    ) -> None:
        self.case = case
        self.party = party
        self.rules = neighbourhoods.binding(case.space, case.text, severity)
        self.warned = neighbourhoods.warned(case.space, case.text, severity)
        self.free = [j for j in range(len(case.space.issues)) if j not in kept]
        rows = [neighbourhoods.neighbours(case.space, case.text, n, self.rules, kept) for n in range(1, changes + 1)]
        packages = np.concatenate([case.text[None], *rows])
        ends = np.cumsum([1, *map(len, rows)])
        self.sizes: dict[int, Numbers] = {n: np.arange(ends[n - 1], ends[n]) for n in range(1, changes + 1)}
        forced = neighbourhoods.forced(case.text, packages, self.rules)
        self.forced: Counts = np.stack(list(forced.values())).sum(axis=0, dtype=np.int64)
        self.scores: Scores = scored(case, packages, progress=progress)
        #: Packages that somebody is asked about; the others are no agreement.
        self.eligible = np.flatnonzero(self.scores.asked.any(axis=0))[1:]

    def _own(self, size: int) -> Numbers:
        return np.intersect1d(self.sizes[size], self.eligible)

    def chosen(self, size: int, top: int) -> tuple[list[int], int, Literal["joint", "party"]]:
        """Numbers of the best amendments of a size, how many a part of their changes equals, and how they rank."""
        scores, own, party = self.scores, self._own(size), self.party
        pool = own if party is None else self._pool(own)
        gain: Array | None = None
        if party is not None and len(pool):
            row = [p.id for p in self.case.profiles].index(party)
            gain = np.round(scores.gain[row] / ROUNDING) * ROUNDING
        padded = equalled(scores, own, gain)
        kept = np.setdiff1d(pool if gain is not None else own, own[padded])
        ranked = scores.order(kept, self.forced, gain)
        return ranked[:top].tolist(), int(padded.sum()), "joint" if gain is None else "party"

    def _pool(self, own: Numbers) -> Numbers:
        """Those that do the work: reach one half if any does, else most of the best rise; none without a rise."""
        joint, before = self.scores.joint, int(self.scores.joint[0])
        if not len(own):
            return own
        half = own[2 * joint[own] >= self.scores.draws]
        if len(half):
            return half
        rise = int(joint[own].max()) - before
        return own[joint[own] - before >= NEARLY * rise] if rise > 0 else own[:0]

    def asking_all(self, size: int) -> int | None:
        """Number of the best amendment of a size that asks everybody whom the text asks."""
        wanted = self.scores.asked
        own = self._own(size)
        own = own[(wanted[:, own] | ~wanted[:, :1]).all(axis=0)]
        return int(self.scores.order(own, self.forced)[0]) if len(own) else None

    def singles(self) -> dict[int, int]:
        """By issue: the number of its best single change."""
        result = {}
        own = self._own(1)
        for j in self.free:
            mine = own[self.scores.packages[own, j] != self.case.text[j]]
            if len(mine):
                result[j] = int(self.scores.order(mine, self.forced)[0])
        return result

    def size(
        self,
        size: int,
        amendments: Sequence[Amendment],
        everybody: Amendment | None,
        padded: int,
        how: Literal["joint", "party"],
    ) -> Size:
        own, joint = self._own(size), self.scores.joint
        return Size(
            changes=size,
            packages=len(self.sizes[size]),
            nobody_asked=len(self.sizes[size]) - len(own),
            raising=int((joint[own] > joint[0]).sum()),
            reaching_half=int((2 * joint[own] >= self.scores.draws).sum()),
            equalled_by_fewer=padded,
            ranked_by=how,
            amendments=tuple(amendments),
            asking_all=everybody,
        )

    def issue(self, j: int, amendments: dict[int, Amendment], best: int | None) -> IssueBest:
        feasible, rules = neighbourhoods.alone(self.case.space, self.case.text, j, self.rules)
        return IssueBest(
            issue=self.case.space.issues[j],
            alternatives=len(feasible),
            amendment=None if best is None else amendments[best],
            blocked_by=tuple(map(_ref, rules)),
        )

    def told(self, numbers: Sequence[int]) -> tuple[Base, dict[int, Amendment]]:
        """The text, and some amendments by number, in full, with changes counted draw by draw."""
        case, draws = self.case, self.scores.draws
        cases = [case, *(amended(case, self.scores.packages[n]) for n in numbers)]
        counts = list(counted(cases, draws, case.scenario.seed, None))
        shares = alone(case, counts[0], draws)
        joint = interval(counts[0].joint, draws)
        base = Base(
            joint_acceptability=joint,
            verdict=verdict_of(joint, [stance(s) for s in shares.values()]),
            weakest_party=min(shares, key=lambda p: shares[p].estimate),
            open_issues=case.open_issues,
            parties=tuple(
                Standing(id=p.id, acceptability=interval(counts[0].parties[p.id], draws), gain=self._gain(i, 0))
                for i, p in enumerate(case.profiles)
                if p.id in case.asked
            ),
        )
        found = {
            n: self._amendment(n, on, count, joint) for n, on, count in zip(numbers, cases[1:], counts[1:], strict=True)
        }
        return base, found

    def _gain(self, party: int, number: int) -> float:
        return float(self.scores.gain[party, number])

    def _amendment(self, number: int, on: Case, count: BallotCounts, base: Interval) -> Amendment:
        case, draws = self.case, self.scores.draws
        joint, shares = interval(count.joint, draws), alone(on, count, draws)
        before, after = case.asked, on.asked
        return Amendment(
            changes=tuple(self._change(j, on.text) for j in neighbourhoods.changed(case.text, on.text)),
            joint_acceptability=joint,
            change=change(count.joint, draws),
            verdict=verdict_of(joint, [stance(s) for s in shares.values()]),
            reaches_half=joint.estimate >= HALF,
            flips=(joint.estimate >= HALF) != (base.estimate >= HALF),
            weakest_party=min(shares, key=lambda p: shares[p].estimate),
            forced=int(self.forced[number]),
            lines_crossed=int(self.scores.lines[number]),
            breaks=tuple(_ref(r) for r in self.warned if r.broken_by(on.text[None])[0]),
            newly_needed=tuple(p for p in after if p not in before),
            no_longer_needed=tuple(p for p in before if p not in after),
            parties=tuple(
                PartyEffect(
                    id=p.id,
                    consent_needed=p.id in after,
                    acceptability=interval(count.parties[p.id], draws),
                    change=change(count.parties[p.id], draws),
                    gain=self._gain(i, number),
                    gain_change=self._gain(i, number) - self._gain(i, 0),
                )
                for i, p in enumerate(case.profiles)
                if p.id in (*after, self.party)
            ),
        )

    def _change(self, j: int, package: Packages) -> TermChange:
        case, name = self.case, self.case.space.issues[j]
        old, options = int(case.text[j]), case.space.options[j]
        return TermChange(
            issue=name,
            before=None if old == OPEN else options[old],
            after=options[int(package[j])],
            basis="open" if old == OPEN else case.term_basis[name],
            forced_by=tuple(_ref(r) for r in neighbourhoods.forcing(case.text, package, j, self.rules)),
        )


def amended(case: Case, package: Packages) -> Case:
    """The case with another text (one row)."""
    closed = tuple(i for i in case.open_issues if package[case.space.issue(i)] == OPEN)
    return replace(case, text=package, open_issues=closed)


def _ref(rule: Rule) -> ConstraintRef:
    return ConstraintRef(id=rule.constraint.id, severity=rule.constraint.severity, why=rule.constraint.why)


def _blockers(case: Case, scores: Scores) -> list[Blocker]:
    """Parties asked that accept the text in no draw at all."""
    result = []
    for i, profile in enumerate(case.profiles):
        if profile.id not in case.asked or scores.own[i, 0]:
            continue
        seen = case.space.seen(case.text[None], profile.id)
        lines = [
            BlockingLine(
                kind=line.kind,
                issue=line.issue,
                option=line.id if line.kind == "red_line" else None,
                refusal=line.id if line.kind == "refusal" else None,
                basis=line.basis,
            )
            for line in profile.lines
            if line.holds is None and line.condition.holds(case.text[None] if line.kind == "red_line" else seen)[0]
        ]
        result.append(Blocker(party=profile.id, lines=tuple(lines)))
    return result
