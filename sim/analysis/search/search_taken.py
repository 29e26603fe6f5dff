"""What each change of a package is good for: the package with it taken back, set beside the package."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.analysis.search.question import party_line
from sim.analysis.search.result import PartyLine, Term, TermGain
from sim.analysis.shared.counting import counted, interval
from sim.analysis.shared.expected_gains import Terms
from sim.analysis.shared.tabled import amended
from sim.engine.neighbourhoods import changed
from sim.engine.packages import OPEN, Packages
from sim.engine.profiles import Case, never
from sim.results.records import Interval

#: A mean gain that moves by less counts as not moved.
NOTHING = 5e-4


class Taken:
    """A package of a case against the same with changes of the case's text taken back."""

    def __init__(self, case: Case, on: Case, terms: Sequence[Terms]) -> None:
        """``on`` is the case with the package as its text."""
        self.case, self.on, self.terms = case, on, terms
        self.issues = changed(case.text, on.text)

    def changes(self) -> tuple[Term, ...]:
        """All changes, in the order of the issues."""
        info = self.case.scenario
        cases = [self.on, *(self._back([j]) for j in self.issues)]
        _, *counts = counted(cases, info.draws, info.seed, None)
        return tuple(
            self._term(j, without, interval(count.joint, info.draws))
            for j, without, count in zip(self.issues, cases[1:], counts, strict=True)
        )

    def _term(self, j: int, back: Case, joint: Interval) -> Term:
        case, on, name = self.case, self.on, self.case.space.issues[j]
        options, old, new = case.space.options[j], int(case.text[j]), int(on.text[j])
        lines, before = self._crossed(on), self._crossed(back)
        return Term(
            issue=name,
            before=None if old == OPEN else options[old],
            after=None if new == OPEN else options[new],
            basis="open" if old == OPEN else case.term_basis[name],
            gains=tuple(
                TermGain(party=p.id, change=self._moved(i, back.text))
                for i, p in enumerate(case.profiles)
                if p.id in (*case.asked, *on.asked)
            ),
            calls_on=tuple(p for p in on.asked if p not in back.asked),
            spares=tuple(p for p in back.asked if p not in on.asked),
            clears=tuple(x for x in before if x not in lines and x.party in on.asked),
            crosses=tuple(x for x in lines if x not in before and x.party in back.asked),
            without=joint,
        )

    def idle(self) -> tuple[str, ...]:
        """Changes that, taken back alone or all together, move nobody: no mean gain, no line crossed, nobody asked."""
        found = [j for j in self.issues if self._same(self._back([j]))]
        return tuple(self.case.space.issues[j] for j in found) if self._same(self._back(found)) else ()

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

    def _crossed(self, of: Case) -> list[PartyLine]:
        """Lines that a package crosses and that may bind, of the parties it asks."""
        found = []
        for profile in (p for p in of.profiles if p.id in of.asked):
            seen = of.space.seen(of.text[None], profile.id)
            for line in profile.lines:
                if never(line.holds, line.quota):
                    continue
                if line.condition.holds(of.text[None] if line.kind == "red_line" else seen)[0]:
                    found.append(party_line(profile, line))
        return found
