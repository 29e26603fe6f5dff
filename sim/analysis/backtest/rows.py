"""Observed answers beside what the library says of each: the day that answers it, the share, the rules of thumb."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.analysis.backtest.observed import NEW, ObservedAnswer
from sim.analysis.backtest.result import LeftOutBecause, Side
from sim.analysis.shared.answering import word_of
from sim.analysis.shared.libraries import TextReading
from sim.analysis.shared.readings import ForecastAnswer
from sim.analysis.shared.rules_of_thumb import RulesOfThumb
from sim.report.verdict import Word
from sim.results.verdicts import HALF
from sim.scenario import schema


@dataclass(frozen=True)
class AnsweredRow:
    """A row of the file, why it is not in the main table, and what is forecast of it; None where nothing is.

    ``rules`` has what each rule of thumb forecasts, None for the base rate of other rows.
    """

    row: ObservedAnswer
    because: LeftOutBecause | None
    day: dt.date | None = None
    answer: ForecastAnswer | None = None
    word: Word | None = None
    crossed: schema.Basis | None = None
    rules: Mapping[str, float | None] | None = None
    middle: bool = False

    @property
    def share(self) -> float:
        """The product's forecast, of a row that has one."""
        assert self.answer is not None
        return self.answer.acceptability.estimate

    @property
    def share_with_demands(self) -> float:
        """The same where a yes to less than the party asks for is a no."""
        assert self.answer is not None
        return 0.0 if self.answer.unmet_demands else self.share

    @property
    def miss(self) -> Side | None:
        """The wrong side of one half, if it is on it; None also where a row has no outcome, or no side."""
        outcome = self.row.outcome
        if self.answer is None or outcome is None or outcome == HALF or not self.sided:
            return None
        if (self.share > HALF) == (outcome > HALF):
            return None
        return "yes_for_a_no" if self.share > HALF else "no_for_a_yes"

    @property
    def sided(self) -> bool:
        """Whether the share is on a side of one half, beyond its sampling error."""
        assert self.answer is not None
        return not self.answer.acceptability.low <= HALF <= self.answer.acceptability.high


def answering_day(row: ObservedAnswer, days: Sequence[dt.date]) -> dt.date | None:
    """The last of the days before the row's own; None where there is none."""
    return max((day for day in days if day < row.date), default=None)


def answered_rows(rows: Sequence[ObservedAnswer], readings: Mapping[dt.date, TextReading]) -> list[AnsweredRow]:
    """Every row with what its day's reading says of it."""
    rules = {day: RulesOfThumb(reading.base) for day, reading in readings.items()}
    return [_answered(row, readings, rules) for row in rows]


def _answered(
    row: ObservedAnswer, readings: Mapping[dt.date, TextReading], rules: Mapping[dt.date, RulesOfThumb]
) -> AnsweredRow:
    day = answering_day(row, [*readings])
    parties = next(iter(readings.values())).record.parties
    if row.new:
        return AnsweredRow(row, "new_issue")
    if row.party not in parties:
        return AnsweredRow(row, "not_modelled")
    if day is None:
        return AnsweredRow(row, "before")
    reading = readings[day]
    if row.issue is not None and row.issue not in reading.base.space.issues:
        return AnsweredRow(row, "new_issue")  # not in force on that day
    profile = reading.base.profile(row.party)
    if profile.silent:
        return AnsweredRow(row, "party_silent", day)
    because = _because(row)
    if row.text is None and (row.issue is None or row.option is None):
        return AnsweredRow(row, because, day)
    text = reading.record.text(row.text or f"{row.issue}.{row.option}")
    answer, space = text.answer(row.party), reading.base.space
    # what the library lacks and nothing stands for is open there
    terms = {issue: t.option for issue, t in text.terms.items() if t.option is not None and issue in space.issues}
    lines = profile.crossed(space, space.package({**terms}))
    return AnsweredRow(
        row,
        because,
        day,
        answer,
        word_of(reading.record, answer),
        min((line.basis for line in lines), key=schema.LAYERS.index, default=None),
        rules[day].answers(row.party, terms),
        middle=row.text is None and _middle(str(row.option), space.options[space.issue(str(row.issue))]),
    )


def _because(row: ObservedAnswer) -> LeftOutBecause | None:
    """Why a row that is answered is not in the main table."""
    if row.left_out is not None:
        return "not_scored"
    if row.answer in ("conditional", "divided", "silent"):
        return row.answer
    return "weak" if row.quality == "weak" else None


def _middle(option: str, options: Sequence[str]) -> bool:
    return option not in (options[0], options[-1])


def asked_terms(rows: Sequence[ObservedAnswer], days: Sequence[dt.date]) -> dict[dt.date, set[tuple[str, str]]]:
    """By day, the single terms that its rows ask about."""
    terms: dict[dt.date, set[tuple[str, str]]] = {day: set() for day in days}
    for row in rows:
        day = answering_day(row, days)
        if day is not None and row.issue is not None and row.option is not None and NEW not in row.issue + row.option:
            terms[day].add((row.issue, row.option))
    return terms
