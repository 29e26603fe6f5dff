"""The smallest changes of a text that raise joint acceptability most, found by scoring all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from sim.analysis.amend.enumerate import Numbers, Scores, padding, scored
from sim.analysis.amend.result import Amend, Amendment, Blocker, IssueBest, Options, PartyEffect, Size, TermChange
from sim.analysis.shared.counting import Counts as BallotCounts
from sim.analysis.shared.counting import Verdict, alone, change, counted, interval, too_near
from sim.analysis.shared.parties import certain
from sim.analysis.shared.records import Base, BlockingLine, constraint_ref
from sim.analysis.shared.tabled import amended, judged, tabled
from sim.engine import neighbourhoods
from sim.engine.draws import Array
from sim.engine.histogram import Counts
from sim.engine.packages import OPEN, Mask, Packages
from sim.engine.profiles import Case
from sim.files.ceilings import check_draws, check_packages
from sim.results.records import Interval, versions
from sim.results.verdicts import HALF
from sim.scenario import schema
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded
from sim.simulation.runner import Progress
from sim.simulation.score import compiled
from sim.simulation.summary import scenario_info, settings

#: With a party to spare, amendments that reach this much of the best rise are looked at where none reaches one half.
NEARLY = 0.9
#: Means are sums of floats: what differs by less is the same.
ROUNDING = 1e-12

#: Among which amendments those that cost a party least are looked for.
Pool = Literal["all", "raising", "reaching_half", "nearly_best"]


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
    wanted = [n for found in chosen.values() for n in (*found.listed, *found.fewer, found.best) if n is not None]
    base, told = search.told(list(dict.fromkeys([*wanted, *single.values()])))
    return Amend(
        scenario=scenario_info(case, loaded.sha256),
        settings=settings(case),
        options=Options(
            changes=changes, keep=tuple(dict.fromkeys(keep)), party=party, constraints=constraints, top=top
        ),
        base=base,
        sizes=tuple(search.size(size, found, told) for size, found in chosen.items()),
        issues=tuple(search.issue(j, told, single.get(j)) for j in search.free),
        raised=bool(search.scores.raises[search.full].any()),
        blockers=(blockers := tuple(_blockers(case, search.scores))),
        without_lines=_without_lines(case, [b.party for b in blockers if b.lines]),
        broken_already=tuple(constraint_ref(r) for r in case.space.rules if r.broken_by(case.text[None])[0]),
        equal_no_deal=search.equalled,
        names={p.id: p.name for p in case.profiles},
        consent_not_modelled=case.scenario.proposal.consent_not_modelled,
        labels=labels_of(case.scenario.domain),
        versions=versions(),
    )


@dataclass(frozen=True)
class _Chosen:
    """Numbers of the amendments of one size that are told, and how many of them all are padding.

    ``fewer`` no longer ask somebody whom the text asks; all others are of those that do.
    """

    listed: list[int]
    fewer: list[int]
    among: Pool
    by_party: bool
    padded: int
    best: int | None


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
        within = neighbourhoods.number(case.space, case.text, changes, kept)
        check_packages(within)
        check_draws(case.scenario.draws, within)
        near = [neighbourhoods.neighbours(case.space, case.text, n, self.rules, kept) for n in range(1, changes + 1)]
        #: No deal is no amendment.
        self.equalled = case.equalled(np.concatenate(near))
        rows = [some[~case.no_agreement(some)] for some in near]
        packages = np.concatenate([case.text[None], *rows])
        ends = np.cumsum([1, *map(len, rows)])
        self.sizes: dict[int, Numbers] = {n: np.arange(ends[n - 1], ends[n]) for n in range(1, changes + 1)}
        forced = neighbourhoods.forced(case.text, packages, self.rules)
        self.forced: Counts = np.stack(list(forced.values())).sum(axis=0, dtype=np.int64)
        self.scores: Scores = scored(case, packages, progress=progress)
        #: Packages that somebody is asked about; the others are no agreement.
        asked = self.scores.asked
        asks: Mask = np.asarray(asked.any(axis=0), bool)
        self.eligible = np.flatnonzero(asks)[1:]
        #: Those of them that ask everybody whom the text asks: a refusal that is not asked for is not overcome.
        asks_all: Mask = asks & np.asarray((asked | ~asked[:, :1]).all(axis=0), bool)
        self.full = np.flatnonzero(asks_all)[1:]
        #: And those that do not, which stand apart.
        self.fewer = np.flatnonzero(asks & ~asks_all)
        self.gain: Array | None = None
        if party is not None:
            row = [p.id for p in case.profiles].index(party)
            self.gain = np.round(self.scores.gain[row] / ROUNDING) * ROUNDING
        self.padding: Mask = padding(self.scores, asks_all)
        self.padding_fewer: Mask = padding(self.scores, asks)
        self.padding_spared: Mask | None = None if self.gain is None else padding(self.scores, asks_all, self.gain)

    def _own(self, size: int) -> Numbers:
        return np.intersect1d(self.sizes[size], self.full)

    def chosen(self, size: int, top: int) -> _Chosen:
        """The amendments of a size that are told, best first; padding is left out everywhere."""
        own = self._own(size)
        pool, among = self._pool(own)
        by_party = among != "all"
        padded = self.padding_spared if by_party and self.padding_spared is not None else self.padding
        ranked = self._order(pool[~padded[pool]], self.gain if by_party else None)
        best = self._order(own[~self.padding[own]])
        fewer = np.intersect1d(self.sizes[size], self.fewer)
        apart = self._order(fewer[self.scores.raises[fewer] & ~self.padding_fewer[fewer]])
        return _Chosen(
            listed=ranked[:top].tolist(),
            fewer=apart[:top].tolist(),
            among=among,
            by_party=by_party,
            padded=int(padded[own].sum()),
            best=next(iter(best.tolist()), None),
        )

    def _order(self, numbers: Numbers, first: Array | None = None) -> Numbers:
        return self.scores.order(numbers, self.forced, first)

    def _pool(self, own: Numbers) -> tuple[Numbers, Pool]:
        """Those among which a party's least loss is looked for: they do the work. All where there is no work done.

        A text below one half is to reach it; failing that, most of the best rise is. One at or above is to be raised.
        """
        joint, before, draws = self.scores.joint, int(self.scores.joint[0]), self.scores.draws
        raising = own[self.scores.raises[own]]
        if self.party is None or not len(raising):
            return own, "all"
        if 2 * before >= draws:
            return raising, "raising"
        half = raising[2 * joint[raising] >= draws]
        if len(half):
            return half, "reaching_half"
        rise = int(joint[raising].max()) - before
        return raising[joint[raising] - before >= NEARLY * rise], "nearly_best"

    def singles(self) -> dict[int, int]:
        """By issue: the number of its best single change."""
        result = {}
        own = self._own(1)
        for j in self.free:
            mine = own[self.scores.packages[own, j] != self.case.text[j]]
            if len(mine):
                result[j] = int(self._order(mine)[0])
        return result

    def size(self, size: int, found: _Chosen, told: dict[int, Amendment]) -> Size:
        own, joint = self._own(size), self.scores.joint
        return Size(
            changes=size,
            packages=len(self.sizes[size]),
            nobody_asked=len(self.sizes[size]) - len(np.intersect1d(self.sizes[size], self.eligible)),
            fewer_asked=len(np.intersect1d(self.sizes[size], self.fewer)),
            raising=int(self.scores.raises[own].sum()),
            reaching_half=int((2 * joint[own] >= self.scores.draws).sum()),
            equalled_by_fewer=found.padded,
            ranked_by="party" if found.by_party else "joint",
            ranked_among=found.among,
            amendments=tuple(told[n] for n in found.listed),
            best=None if found.best is None else told[found.best],
            asking_fewer=tuple(told[n] for n in found.fewer),
        )

    def issue(self, j: int, amendments: dict[int, Amendment], best: int | None) -> IssueBest:
        feasible, rules = neighbourhoods.alone(self.case.space, self.case.text, j, self.rules)
        feasible = feasible[~self.case.no_agreement(feasible)]
        return IssueBest(
            issue=self.case.space.issues[j],
            alternatives=len(feasible),
            amendment=None if best is None else amendments[best],
            blocked_by=tuple(map(constraint_ref, rules)),
        )

    def told(self, numbers: Sequence[int]) -> tuple[Base, dict[int, Amendment]]:
        """The text, and some amendments by number, in full, with changes counted draw by draw."""
        case, draws = self.case, self.scores.draws
        cases = [case, *(amended(case, self.scores.packages[n]) for n in numbers)]
        counts = list(counted(cases, draws, case.scenario.seed, None))
        base = tabled(case, counts[0], draws, [self._gain(i, 0) for i in range(len(case.profiles))])
        found = {
            n: self._amendment(n, on, count, base.verdict)
            for n, on, count in zip(numbers, cases[1:], counts[1:], strict=True)
        }
        return base, found

    def _gain(self, party: int, number: int) -> float:
        return float(self.scores.gain[party, number])

    def _amendment(self, number: int, on: Case, count: BallotCounts, base: Verdict) -> Amendment:
        case, draws = self.case, self.scores.draws
        joint, shares = interval(count.joint, draws), alone(on, count, draws)
        before, after = case.asked, on.asked
        return Amendment(
            changes=tuple(self._change(j, on.text) for j in neighbourhoods.changed(case.text, on.text)),
            joint_acceptability=joint,
            change=change(count.joint, draws),
            verdict=judged(joint, shares),
            reaches_half=joint.estimate >= HALF,
            too_near=too_near(joint),
            flips=judged(joint, shares) != base,
            weakest_party=min(shares, key=lambda p: shares[p].estimate),
            forced=int(self.forced[number]),
            lines_crossed=int(self.scores.lines[number]),
            breaks=tuple(constraint_ref(r) for r in self.warned if r.broken_by(on.text[None])[0]),
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
            forced_by=tuple(constraint_ref(r) for r in neighbourhoods.forcing(case.text, package, j, self.rules)),
        )


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
            if certain(line) and line.condition.holds(case.text[None] if line.kind == "red_line" else seen)[0]
        ]
        result.append(Blocker(party=profile.id, lines=tuple(lines)))
    return result


def _without_lines(case: Case, parties: Collection[str]) -> Interval | None:
    """The joint figure of the text if these parties had no red lines and no refusals; None without such parties."""
    if not parties:
        return None
    bare = tuple(replace(p, lines=()) if p.id in parties else p for p in case.profiles)
    draws = case.scenario.draws
    [count] = counted([replace(case, profiles=bare)], draws, case.scenario.seed, None)
    return interval(count.joint, draws)
