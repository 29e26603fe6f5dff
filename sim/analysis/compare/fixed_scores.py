"""The fixed-score average of each row, beside its shares: what a page of fixed scores would say of the same text.

Each party gives each term a score by how close it is to its best option, and a text has their mean: no term is a veto,
none weighs more than another, and nothing is compared with no deal.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.shared.rules_of_thumb import RulesOfThumb
from sim.engine.packages import OPEN
from sim.engine.profiles import Case
from sim.results.records import Count, PartyVerdict, Record

_VERDICTS: dict[float, PartyVerdict] = {0.0: "refuses", 0.5: "divided", 1.0: "accepts"}


class FixedScore(Record):
    """A party's mean score of a text's terms, from 0 to 4, and what the thresholds make of it; None without a term."""

    party: str
    mean: float | None
    verdict: PartyVerdict


class BaselineRow(Record):
    """The fixed-score average of a row; ``missing`` says in words why there is none."""

    row: str
    terms: Count | None
    parties: tuple[FixedScore, ...]
    missing: str | None

    def party(self, id: str) -> FixedScore | None:
        """The score of one party, None without one."""
        return next((x for x in self.parties if x.party == id), None)


def baseline_rows(names: Sequence[str], cases: Sequence[Case | str]) -> tuple[BaselineRow, ...]:
    """What fixed scores say of each row; of one that cannot be drawn again, why not."""
    return tuple(map(_row, names, cases))


def _row(name: str, case: Case | str) -> BaselineRow:
    if isinstance(case, str):
        return BaselineRow(row=name, terms=None, parties=(), missing=case)
    rules, space = RulesOfThumb(case), case.space
    terms = {
        issue: space.options[j][option]
        for j, (issue, option) in enumerate(zip(space.issues, case.text.tolist(), strict=True))
        if option != OPEN
    }
    scores = {p.id: rules.fixed_scores(p.id, terms) for p in case.profiles}
    parties = tuple(FixedScore(party=p, mean=x.mean, verdict=_VERDICTS[x.verdict]) for p, x in scores.items())
    return BaselineRow(row=name, terms=len(terms), parties=parties, missing=None)
