"""The packages that a search found, told in full: against the text, against each other, and for whom they are good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sim.analysis.search.answers import Alike, Found
from sim.analysis.search.boxes import Question
from sim.analysis.search.result import (
    Among,
    Answer,
    Best,
    Difference,
    IssueOptions,
    Listed,
    OptionCount,
    PartyOutcome,
    Peers,
)
from sim.analysis.search.search_taken import Taken
from sim.analysis.shared.counting import Counts, alone, change, counted, interval
from sim.analysis.shared.expected_gains import Terms
from sim.analysis.shared.records import constraint_ref
from sim.analysis.shared.tabled import amended, tabled
from sim.engine.acceptability import wilson
from sim.engine.neighbourhoods import changed
from sim.engine.packages import OPEN, Packages, Rule
from sim.engine.profiles import Case, Profile
from sim.results.records import Interval, PartyResult, WeightByBasis
from sim.results.result import Result
from sim.scenario import schema
from sim.simulation.runner import run_cases
from sim.simulation.summary import summarise


class Teller:
    """Counts the packages to be told on all draws, and the text beside them."""

    def __init__(
        self,
        case: Case,
        terms: Sequence[Terms],
        sha256: str,
        warned: Sequence[Rule],
        alike: Alike,
        shown: Packages,
    ) -> None:
        """``shown`` are the packages to be told."""
        self.case, self.terms, self.sha256, self.warned, self.alike = case, terms, sha256, warned, alike
        self.draws, self.seed = case.scenario.draws, case.scenario.seed
        rows = list({row.tobytes(): row for row in shown}.values())
        text, *counts = counted([case, *(amended(case, row) for row in rows)], self.draws, self.seed, None)
        self.counts = {row.tobytes(): count for row, count in zip(rows, counts, strict=True)}
        self.base = tabled(case, text, self.draws, [self._gain(i, case.text) for i in range(len(case.profiles))])

    def answer(self, found: Found, among: Among, shown: Packages) -> Answer:
        """What was found, with ``shown`` told, best first."""
        return Answer(
            among=among,
            required=tuple(self.case.profiles[i].id for i in sorted(found.question.required)),
            at_most=found.at_most / self.draws,
            proven=found.at_most == found.best,
            unproven_by=found.unproven_by,
            as_good=found.as_good,
            list_proven=found.others <= (self._joint(shown[-1]) if len(shown) else 0),
            boxes=found.proof.boxes,
            scored=len(found.rows),
            best=self._best(found.question, shown[0]) if len(shown) else None,
            listed=tuple(self._listed(found, shown)),
            peers=self._peers(found) if len(shown) else None,
        )

    def _joint(self, row: Packages) -> int:
        return self.counts[row.tobytes()].joint.accepts

    def _gain(self, party: int, row: Packages) -> float:
        return float(self.terms[party].gain(self.case.space, row[None])[0])

    # --- the best -------------------------------------------------------------------------------

    def _best(self, question: Question, row: Packages) -> Best:
        case, draws = self.case, self.draws
        on, count = amended(case, row), self.counts[row.tobytes()]
        result = self._run(on)
        taken = Taken(case, on, self.terms)
        idle = taken.idle()
        [again] = counted([on], draws, self.seed + 1, None)
        shares = alone(on, count, draws)
        return Best(
            terms=case.space.terms(row),
            changes=taken.changes(),
            changes_from_near=(
                None if question.near is None else tuple(case.space.issues[j] for j in changed(question.near, row))
            ),
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
            breaks=tuple(constraint_ref(r) for r in self.warned if r.broken_by(row[None])[0]),
            parties=tuple(
                self._party(i, p, on, count, result)
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
        no deal.
        """
        profiles = self.case.profiles
        outcomes = () if any(p.reservation is not None for p in profiles) else profiles[0].outcomes
        result = []
        for j, name in enumerate(self.case.space.issues):
            held = {outcome[j] for outcome in outcomes} - {OPEN}
            seen = {int(self.case.space.seen(row[None], p.id)[0, j]) for p in profiles}
            if held == {int(row[j])} == seen:
                result.append(name)
        return tuple(result)

    def _party(self, i: int, profile: Profile, on: Case, count: Counts, result: Result) -> PartyOutcome:
        found = result.party(profile.id)
        return PartyOutcome(
            id=profile.id,
            consent_needed=profile.id in on.asked,
            acceptability=interval(count.parties[profile.id], self.draws),
            change=change(count.parties[profile.id], self.draws),
            gain=self._gain(i, on.text),
            gain_change=self._gain(i, on.text) - self._gain(i, self.case.text),
            on_evidence=found.on_evidence,
            main_objection=found.main_objection,
            weight_by_basis=found.weight_by_basis,
            weight_changed=self._weight_changed(found, on.text),
        )

    def _weight_changed(self, found: PartyResult, row: Packages) -> WeightByBasis:
        shares = dict.fromkeys(("stated", "inferred", "assumed", "edited", "unknown"), 0.0)
        for j in changed(self.case.text, row):
            shares[found.issues[j].basis] += found.issues[j].weight
        return WeightByBasis(**shares)

    # --- the others -----------------------------------------------------------------------------

    def _listed(self, found: Found, rows: Packages) -> list[Listed]:
        if not len(rows):
            return []
        space = self.case.space
        cases = [amended(self.case, row) for row in rows]
        against = counted(cases, self.draws, self.seed, None)
        return [
            Listed(
                terms=space.terms(row),
                joint_acceptability=Interval(**wilson(self._joint(row), self.draws)._asdict()),
                against_best=change(count.joint, self.draws),
                differs=tuple(self._difference(j, int(row[j])) for j in changed(rows[0], row)),
                alike=tuple(self._difference(j, o) for j, o in self.alike.others(found.question, row)),
            )
            for row, count in zip(rows, against, strict=True)
        ]

    def _difference(self, j: int, option: int) -> Difference:
        return Difference(issue=self.case.space.issues[j], option=self._option(j, option))

    def _option(self, j: int, option: int) -> str | None:
        return None if option == OPEN else self.case.space.options[j][option]

    def _peers(self, found: Found) -> Peers:
        peers = found.peers
        issues = []
        for j, name in enumerate(self.case.space.issues):
            times = Counter(peers[:, j].tolist())
            ranked = sorted(times.items(), key=lambda item: (-item[1], item[0]))
            issues.append(
                IssueOptions(
                    issue=name, options=tuple(OptionCount(option=self._option(j, o), packages=n) for o, n in ranked)
                )
            )
        return Peers(packages=len(peers), complete=found.peers_complete, issues=tuple(issues))


def _basis(found: PartyResult, issue: str) -> str:
    """Of the party's ranking of an issue."""
    return next(x.basis for x in found.issues if x.issue == issue)
