"""The smallest changes of a text that raise joint acceptability most, found by scoring all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.analysis.amend import changes as near
from sim.analysis.amend import result as records
from sim.analysis.amend.findings import findings
from sim.analysis.amend.scores import Numbers, Scores, padding, scored
from sim.analysis.shared import records as shared
from sim.analysis.shared.ballots import amended
from sim.analysis.shared.counting import Counts as BallotCounts
from sim.analysis.shared.counting import Verdict, alone, change, counted, counted_texts, interval, too_near
from sim.analysis.shared.parties import certain, known_issues, known_party, lines_crossed
from sim.engine.draws import Array
from sim.engine.histogram import Counts
from sim.engine.neighbourhoods import SEVERITIES, binding, neighbours
from sim.engine.packages import Mask
from sim.engine.profiles import Case
from sim.files.arguments import InvalidArgument, choice, several, whole_number
from sim.files.ceilings import check_draws
from sim.results.records import Interval, TermChange
from sim.results.verdicts import HALF
from sim.scenario import schema
from sim.scenario.loading import Loaded
from sim.simulation.cases import Progress, compiled
from sim.simulation.contents import content

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
) -> records.Amend:
    """Score every feasible package within so many changes of a scenario's text and rank them.

    Args:
        loaded: the scenario.
        changes: how many terms may change at most, 1 to 3.
        keep: issues whose terms stay, by id.
        party: whom the amendments should cost least, by id.
        constraints: constraints bind up to this severity, except those that the text breaks itself.
        top: how many amendments of each size are listed.
        progress: called with (steps done, steps in all).

    Returns:
        Amendments by size, with the joint share and its change, between -1 and 1, draw by draw.

    Raises:
        InvalidArgument: where nobody has to consent to the text, and where packages are more than are scored at once.
        UnknownName: for an issue or party that there is not.
        Complaints: where ranges leave almost nothing to draw from.

    Example:
        >>> import sim
        >>> amendments = sim.amend(sim.load("istanbul", draws=200), changes=1)
        >>> [size.changes for size in amendments.sizes]
        [1]
    """
    changes, top = whole_number("changes", changes, 1, 3), whole_number("top", top, 0)
    choice("constraints", constraints, SEVERITIES)
    keep = several("keep", keep, "'sanctions'")
    [case] = compiled([loaded])
    known_issues(case, keep)
    if party is not None:
        known_party(case, party)
    if not case.asked:
        raise InvalidArgument("no party with positions has to consent to this text, so there is nothing to amend")
    options = records.AmendOptions(
        changes=changes, keep=tuple(dict.fromkeys(keep)), party=party, constraints=constraints, top=top
    )
    search = _Search(case, content(loaded), options, progress)
    chosen = [search.chosen(size, top) for size in search.sizes]
    single = search.singles()
    numbers = [n for some in chosen for n in (*some.listed, *some.fewer, *some.best)]
    base, amendments = search.amendments([*numbers, *single.values()])
    blockers = [
        records.Blocker(party=p.id, lines=tuple(map(shared.blocking_line, filter(certain, lines_crossed(case, p)))))
        for p, accepts in zip(case.profiles, search.scores.own[:, 0].tolist(), strict=True)
        if p.id in case.asked and not accepts
    ]
    result = records.Amend(
        options=options,
        base=base,
        sizes=tuple(search.size(some, amendments) for some in chosen),
        issues=tuple(search.issue(j, amendments, single.get(j)) for j in search.free),
        raised=bool(search.scores.raises[search.full].any()),
        blockers=tuple(blockers),
        without_lines=_without_lines(case, [b.party for b in blockers if b.lines]),
        broken_already=tuple(shared.constraint_ref(r) for r in case.space.rules if r.broken_by(case.text[None])[0]),
        equal_no_deal=search.equalled,
        **shared.about(case, loaded, records.Amend),
    )
    return result.model_copy(update={"findings": findings(result)})


@dataclass(frozen=True)
class _Chosen:
    """Numbers of the amendments of one size that are reported, and how many of them all are padding.

    ``fewer`` no longer ask somebody whom the text asks; all others are of those that do.
    """

    size: int
    listed: list[int]
    fewer: list[int]
    among: records.Pool
    padded: int
    best: list[int]


class _Search:
    """All packages within reach, scored; number 0 is the text."""

    def __init__(
        self, case: Case, sha256: str | None, options: records.AmendOptions, progress: Progress | None
    ) -> None:
        space, text, changes = case.space, case.text, options.changes
        keep = [space.issue(i) for i in options.keep]
        self.case, self.sha256 = case, sha256
        self.party = options.party
        self.rules = binding(space, text, options.constraints)
        self.warning = near.warning(space, text, options.constraints)
        self.free = [j for j in range(len(space.issues)) if j not in keep]
        count = near.reached(space, text, changes, keep)
        near.check_packages(count)
        check_draws(case.scenario.draws, count)
        feasible = [neighbours(space, text, n, self.rules, keep) for n in range(1, changes + 1)]
        #: No deal is no amendment.
        self.equalled = case.equalled(np.concatenate(feasible))
        rows = [some[~case.no_agreement(some)] for some in feasible]
        packages = np.concatenate([text[None], *rows])
        ends = np.cumsum([1, *map(len, rows)])
        self.sizes: dict[int, Numbers] = {n: np.arange(ends[n - 1], ends[n]) for n in range(1, changes + 1)}
        self.forced: Counts = near.forced(text, packages, self.rules).sum(axis=0, dtype=np.int64)
        self.scores: Scores = scored(case, packages, sha256=sha256, progress=progress)
        #: Packages that somebody is asked about; the others are no agreement.
        asked = self.scores.asked
        asks: Mask = np.asarray(asked.any(axis=0), bool)
        self.eligible = np.flatnonzero(asks)[1:]
        #: Those of them that ask everybody whom the text asks: a refusal that is not asked for is not overcome.
        asks_all: Mask = asks & np.asarray((asked | ~asked[:, :1]).all(axis=0), bool)
        self.full = np.flatnonzero(asks_all)[1:]
        #: And those that do not, which stand apart.
        self.fewer = np.flatnonzero(asks & ~asks_all)
        self.padding: Mask = padding(self.scores, asks_all)
        self.padding_fewer: Mask = padding(self.scores, asks)
        #: What the party to be spared gains, and what is padding for it.
        self.gain: Array | None = None
        self.padding_spared = self.padding
        if self.party is not None:
            row = [p.id for p in case.profiles].index(self.party)
            self.gain = np.round(self.scores.gain[row] / ROUNDING) * ROUNDING
            self.padding_spared = padding(self.scores, asks_all, self.gain)

    def _own(self, size: int) -> Numbers:
        return np.intersect1d(self.sizes[size], self.full)

    def chosen(self, size: int, top: int) -> _Chosen:
        """The amendments of a size that are reported, best first; padding is left out everywhere."""
        own = self._own(size)
        pool, among = self._pool(own)
        first, padded = (None, self.padding) if among == "all" else (self.gain, self.padding_spared)
        fewer = np.intersect1d(self.sizes[size], self.fewer)
        return _Chosen(
            size=size,
            listed=self._order(pool[~padded[pool]], first)[:top].tolist(),
            fewer=self._order(fewer[self.scores.raises[fewer] & ~self.padding_fewer[fewer]])[:top].tolist(),
            among=among,
            padded=int(padded[own].sum()),
            best=self._order(own[~self.padding[own]])[:1].tolist(),
        )

    def _order(self, numbers: Numbers, first: Array | None = None) -> Numbers:
        return self.scores.order(numbers, self.forced, first)

    def _pool(self, own: Numbers) -> tuple[Numbers, records.Pool]:
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
        own = self._own(1)
        of_issue = {j: own[self.scores.packages[own, j] != self.case.text[j]] for j in self.free}
        return {j: int(self._order(mine)[0]) for j, mine in of_issue.items() if len(mine)}

    def size(self, some: _Chosen, amendments: dict[int, records.Amendment]) -> records.Size:
        packages, own = self.sizes[some.size], self._own(some.size)
        return records.Size(
            changes=some.size,
            packages=len(packages),
            nobody_asked=len(packages) - len(np.intersect1d(packages, self.eligible)),
            fewer_asked=len(np.intersect1d(packages, self.fewer)),
            raising=int(self.scores.raises[own].sum()),
            reaching_half=int((2 * self.scores.joint[own] >= self.scores.draws).sum()),
            equalled_by_fewer=some.padded,
            ranked_by="joint" if some.among == "all" else "party",
            ranked_among=some.among,
            amendments=tuple(amendments[n] for n in some.listed),
            best=next((amendments[n] for n in some.best), None),
            asking_fewer=tuple(amendments[n] for n in some.fewer),
        )

    def issue(self, j: int, amendments: dict[int, records.Amendment], best: int | None) -> records.IssueBest:
        feasible, rules = near.alone(self.case.space, self.case.text, j, self.rules)
        return records.IssueBest(
            issue=self.case.space.issues[j],
            alternatives=int((~self.case.no_agreement(feasible)).sum()),
            amendment=None if best is None else amendments[best],
            blocked_by=tuple(map(shared.constraint_ref, rules)),
        )

    def amendments(self, numbers: Sequence[int]) -> tuple[shared.Base, dict[int, records.Amendment]]:
        """The text, and some amendments by number, in full, with changes counted draw by draw."""
        case, draws = self.case, self.scores.draws
        numbers = list(dict.fromkeys(numbers))
        rows = self.scores.packages[numbers]
        counts = list(counted_texts(case, rows, draws, case.scenario.seed, sha256=self.sha256))
        base = shared.tabled(case, counts[0], draws, [self._gain(i, 0) for i in range(len(case.profiles))])
        return base, {
            n: self._amendment(n, amended(case, row), count, base.verdict)
            for n, row, count in zip(numbers, rows, counts[1:], strict=True)
        }

    def _gain(self, party: int, number: int) -> float:
        return float(self.scores.gain[party, number])

    def _amendment(self, number: int, on: Case, count: BallotCounts, base: Verdict) -> records.Amendment:
        case, draws = self.case, self.scores.draws
        joint, shares = interval(count.joint, draws), alone(on, count, draws)
        before, after = case.asked, on.asked
        return records.Amendment(
            changes=tuple(self._term(on, c) for c in case.space.changes(case.text, on.text)),
            joint_acceptability=joint,
            change=change(count.joint, draws),
            verdict=shared.judged(joint, shares),
            reaches_half=joint.estimate >= HALF,
            too_near=too_near(joint),
            flips=shared.judged(joint, shares) != base,
            weakest_party=min(shares, key=lambda p: shares[p].estimate),
            forced=int(self.forced[number]),
            lines_crossed=int(self.scores.lines[number]),
            breaks=tuple(shared.constraint_ref(r) for r in self.warning if r.broken_by(on.text[None])[0]),
            newly_needed=tuple(p for p in after if p not in before),
            no_longer_needed=tuple(p for p in before if p not in after),
            parties=tuple(
                shared.party_effect(p.id, on, count, self._gain(i, number), self._gain(i, 0))
                for i, p in enumerate(case.profiles)
                if p.id in (*after, self.party)
            ),
        )

    def _term(self, on: Case, change: TermChange) -> records.AmendedTerm:
        case, issue = self.case, change.issue
        rules = near.forcing(case.text, on.text, case.space.issue(issue), self.rules)
        return records.AmendedTerm(
            issue=issue,
            before=change.before,
            to=change.to,
            basis="open" if change.before is None else case.term_basis[issue],
            forced_by=tuple(map(shared.constraint_ref, rules)),
        )


def _without_lines(case: Case, parties: Collection[str]) -> Interval | None:
    """The joint figure of the text if these parties had no red lines and no refusals; None without such parties."""
    if not parties:
        return None
    bare = tuple(replace(p, lines=()) if p.id in parties else p for p in case.profiles)
    draws = case.scenario.draws
    [count] = counted([replace(case, profiles=bare)], draws, case.scenario.seed)
    return interval(count.joint, draws)
