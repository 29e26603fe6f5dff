"""Answers in full: the best packages against the text, against each other, and for whom they are good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.analysis.search import result as records
from sim.analysis.search.best import ScoredPackages
from sim.analysis.search.poll import Alike
from sim.analysis.search.scope import Scope
from sim.analysis.shared import records as shared
from sim.analysis.shared.ballots import amended
from sim.analysis.shared.counting import Counts, alone, change, counted, counted_texts, interval
from sim.analysis.shared.expected import Terms
from sim.engine.neighbourhoods import changed
from sim.engine.packages import OPEN, Packages
from sim.engine.profiles import Case, Profile, never
from sim.results.records import Interval, PartyResult
from sim.results.result import Result
from sim.scenario import schema
from sim.simulation.runner import run_cases
from sim.simulation.summary import summarise

#: A mean gain that moves by less counts as not moved.
NOTHING = 5e-4


class Assessment:
    """Packages of a case counted on all its draws, and the text beside them."""

    def __init__(
        self, case: Case, terms: Sequence[Terms], sha256: str, known_by: str | None, alike: Alike, packages: Packages
    ) -> None:
        """``terms`` are the parties' expected gains, in the order of the profiles."""
        self.case, self.terms, self.sha256, self.alike = case, terms, sha256, alike
        self._known_by = known_by
        self.draws, self.seed = case.scenario.draws, case.scenario.seed
        rows = list({row.tobytes(): row for row in packages}.values())
        text, *counts = counted_texts(case, np.array(rows), self.draws, self.seed, sha256=known_by)
        self.counts = {row.tobytes(): count for row, count in zip(rows, counts, strict=True)}
        self.base = shared.tabled(case, text, self.draws, [self._gain(i, case.text) for i in range(len(case.profiles))])

    def answer(self, scored: ScoredPackages, among: records.Among, listed: Packages) -> records.SearchAnswer:
        """The answer on some packages, of which the best are ``listed`` in order."""
        return records.SearchAnswer.copying(
            scored,
            among=among,
            required=tuple(self.case.profiles[i].id for i in sorted(scored.scope.required)),
            at_most=scored.at_most / self.draws,
            proven=scored.at_most == scored.best,
            list_proven=scored.others <= (self._count(listed[-1]).joint.accepts if len(listed) else 0),
            boxes=scored.proof.boxes,
            scored=len(scored.rows),
            best=self._best(scored.scope, listed[0]) if len(listed) else None,
            listed=self._listed(scored.scope, listed) if len(listed) else (),
            peers=self._peers(scored) if len(listed) else None,
        )

    def _count(self, row: Packages) -> Counts:
        return self.counts[row.tobytes()]

    def _gain(self, party: int, row: Packages) -> float:
        return float(self.terms[party].gain(self.case.space, row[None])[0])

    # --- the best -------------------------------------------------------------------------------

    def _best(self, scope: Scope, row: Packages) -> records.Best:
        case, draws = self.case, self.draws
        on, count = amended(case, row), self._count(row)
        result = self._run(on)
        reversals = Reversals(case, on, self.terms)
        idle = reversals.idle()
        [again] = counted([on], draws, self.seed + 1)
        shares = alone(on, count, draws)
        near = scope.near
        return records.Best(
            terms=case.space.terms(row),
            changes=reversals.changes(),
            changes_from_near=None if near is None else tuple(case.space.issues[j] for j in changed(near, row)),
            joint_acceptability=interval(count.joint, draws),
            change=change(count.joint, draws),
            fresh_seed=self.seed + 1,
            fresh=interval(again.joint, draws),
            newly_needed=tuple(p for p in on.asked if p not in case.asked),
            no_longer_needed=tuple(p for p in case.asked if p not in on.asked),
            weakest_party=min(shares, key=lambda p: shares[p].estimate),
            as_no_deal=self.as_no_deal(row),
            idle=idle,
            unranked=tuple(i for i in idle if all(_basis(result.party(p), i) == "unknown" for p in on.asked)),
            on_evidence=result.on_evidence,
            breaks=tuple(shared.constraint_ref(r) for r in scope.warning if r.broken_by(row[None])[0]),
            parties=tuple(
                self._party(i, p, on, count, result.party(p.id))
                for i, p in enumerate(case.profiles)
                if p.id in (*case.asked, *on.asked)
            ),
        )

    def _run(self, on: Case) -> Result:
        """What ``sim run`` says of the package: its changes are edits, and filler is not looked at."""
        changes = {on.space.issues[j] for j in changed(self.case.text, on.text)}
        basis: dict[str, schema.TermBasis] = {i: "edited" if i in changes else b for i, b in on.term_basis.items()}
        on = replace(on, term_basis=basis, assumed_issues=())
        [tally] = run_cases([on])
        return summarise(on, tally, self.sha256, [])

    def as_no_deal(self, row: Packages) -> tuple[str, ...]:
        """Issues on which a package says what every outcome of no deal has that speaks to them: no gain, no loss.

        Both as written and as every party sees it after effects. None where a party's reservation value stands in for
        no deal, or where its own utility may make of what text and no deal share what it will.
        """
        profiles = self.case.profiles
        other = any(p.reservation is not None or p.utility is not None for p in profiles)
        outcomes = () if other else profiles[0].outcomes
        issues = []
        for j, name in enumerate(self.case.space.issues):
            without_deal = {outcome[j] for outcome in outcomes} - {OPEN}
            seen = {int(self.case.space.seen(row[None], p.id)[0, j]) for p in profiles}
            if without_deal == {int(row[j])} == seen:
                issues.append(name)
        return tuple(issues)

    def _party(self, i: int, profile: Profile, on: Case, count: Counts, result: PartyResult) -> records.PartyOutcome:
        gain, before = self._gain(i, on.text), self._gain(i, self.case.text)
        changes = [result.issues[j] for j in changed(self.case.text, on.text)]
        return records.PartyOutcome.copying(
            result,
            **dict(shared.party_effect(profile.id, on, count, gain, before)),
            weight_changed=shared.weight_by_basis((x.basis, x.weight) for x in changes),
        )

    # --- the others -----------------------------------------------------------------------------

    def _listed(self, scope: Scope, rows: Packages) -> tuple[records.Listed, ...]:
        best = amended(self.case, rows[0])
        against = counted_texts(best, rows[1:], self.draws, self.seed, sha256=self._known_by)
        return tuple(
            records.Listed(
                terms=self.case.space.terms(row),
                joint_acceptability=interval(self._count(row).joint, self.draws),
                against_best=change(count.joint, self.draws),
                differs=tuple(self._term(j, int(row[j])) for j in changed(rows[0], row)),
                alike=tuple(self._term(j, o) for j, o in self.alike.others(scope, row)),
            )
            for row, count in zip(rows, against, strict=True)
        )

    def _term(self, j: int, option: int) -> records.PackageTerm:
        return records.PackageTerm(issue=self.case.space.issues[j], option=_option(self.case, j, option))

    def _peers(self, scored: ScoredPackages) -> records.Peers:
        rows, issues = scored.peers, []
        for j, name in enumerate(self.case.space.issues):
            times = sorted(Counter(rows[:, j].tolist()).items(), key=lambda item: (-item[1], item[0]))
            options = tuple(records.OptionCount(option=_option(self.case, j, o), packages=n) for o, n in times)
            issues.append(records.IssueOptions(issue=name, options=options))
        return records.Peers(packages=len(rows), complete=scored.peers_complete, issues=tuple(issues))


def _option(case: Case, j: int, option: int) -> str | None:
    return None if option == OPEN else case.space.options[j][option]


def _basis(party: PartyResult, issue: str) -> str:
    """Of the party's ranking of an issue."""
    return next(x.basis for x in party.issues if x.issue == issue)


class Reversals:
    """What each change of a package is good for: the package with it taken back, set beside the package."""

    def __init__(self, case: Case, on: Case, terms: Sequence[Terms]) -> None:
        """``on`` is the case with the package as its text."""
        self.case, self.on, self.terms = case, on, terms
        self.issues = changed(case.text, on.text)

    def changes(self) -> tuple[records.ChangedTerm, ...]:
        """All changes, in the order of the issues."""
        draws, seed = self.case.scenario.draws, self.case.scenario.seed
        cases = [self._back([j]) for j in self.issues]
        _, *counts = counted([self.on, *cases], draws, seed)
        return tuple(
            self._term(j, without, interval(count.joint, draws))
            for j, without, count in zip(self.issues, cases, counts, strict=True)
        )

    def _term(self, j: int, back: Case, joint: Interval) -> records.ChangedTerm:
        case, on, name = self.case, self.on, self.case.space.issues[j]
        before, after = int(case.text[j]), int(on.text[j])
        lines, lines_back = self._crossed(on), self._crossed(back)
        return records.ChangedTerm(
            issue=name,
            before=_option(case, j, before),
            after=_option(case, j, after),
            basis="open" if before == OPEN else case.term_basis[name],
            gains=tuple(
                records.GainChange(party=p.id, change=self._moved(i, back.text))
                for i, p in enumerate(case.profiles)
                if p.id in (*case.asked, *on.asked)
            ),
            calls_on=tuple(p for p in on.asked if p not in back.asked),
            spares=tuple(p for p in back.asked if p not in on.asked),
            clears=tuple(x for x in lines_back if x not in lines and x.party in on.asked),
            crosses=tuple(x for x in lines if x not in lines_back and x.party in back.asked),
            without=joint,
        )

    def idle(self) -> tuple[str, ...]:
        """Changes that, taken back alone or all together, move nobody: no mean gain, no line crossed, nobody asked."""
        single = [j for j in self.issues if self._same(self._back([j]))]
        return tuple(self.case.space.issues[j] for j in single) if self._same(self._back(single)) else ()

    def _same(self, back: Case) -> bool:
        return (
            back.asked == self.on.asked
            and self._crossed(back) == self._crossed(self.on)
            and all(
                abs(self._moved(i, back.text)) < NOTHING
                for i, p in enumerate(self.case.profiles)
                if p.id in self.on.asked
            )
        )

    def _back(self, issues: Sequence[int]) -> Case:
        row = self.on.text.copy()
        row[list(issues)] = self.case.text[list(issues)]
        return amended(self.case, row)

    def _moved(self, party: int, back: Packages) -> float:
        gains = self.terms[party].gain(self.case.space, np.stack([self.on.text, back]))
        return float(gains[0] - gains[1])

    def _crossed(self, of: Case) -> list[shared.PartyLine]:
        """Lines that a package crosses and that may bind, of the parties it asks."""
        return [
            shared.party_line(profile.id, line)
            for profile in of.profiles
            if profile.id in of.asked
            for line in profile.crossed(of.space, of.text)
            if not never(line.holds, line.quota)
        ]
