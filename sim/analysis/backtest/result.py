"""Observed answers beside what a library says of them, and scores: ``sim.backtest/1``."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, get_args

from pydantic import Field

from sim.analysis.backtest.observed import Answer, Firmness, Quality
from sim.analysis.shared.readings import HangsOn
from sim.engine.profiles import CellBasis
from sim.files.grammar import plural
from sim.results.documents import Document
from sim.results.records import Count, Finding, Positive, Record, Share, ShareInterval, Versions, kinds_of
from sim.results.result import Unsourced
from sim.scenario import schema
from sim.scenario.labels import Labels

#: Who forecasts: the library; the library where a yes to less than asked for is a no; the rules of thumb.
Forecaster = Literal["product", "with_demands", "constant", "refusal", "last_word", "camp", "distance", "fixed_score"]
FORECASTERS: tuple[Forecaster, ...] = get_args(Forecaster)
#: Those that know nothing of draws, weights and no deal.
RULES: tuple[Forecaster, ...] = FORECASTERS[2:]
#: Which rows a table is of; the main one, then those told beside it.
TableId = Literal[
    "main",
    "conditional_as_acceptance",
    "conditional_as_refusal",
    "with_weak",
    "firm",
    "middle",
    "without_own",
    "without_polls",
    "second",
    "agreed",
]
#: Why a row is not in the main table, the first reason that applies.
LeftOutBecause = Literal[
    "new_issue",
    "not_modelled",
    "before",
    "party_silent",
    "not_scored",
    "conditional",
    "divided",
    "silent",
    "weak",
]
#: What a forecast of a row is, beside what happened: on the other side of one half.
Side = Literal["yes_for_a_no", "no_for_a_yes"]
#: What a score is called, in the order of the table.
Measure = Literal["brier", "log", "auc"]


class BacktestFigure(Record):
    """A score with the ends of its 95% interval by bootstrap over subjects; None is undefined.

    ``undefined`` is the share of the bootstrap's draws in which it is undefined, and which the interval leaves out.
    """

    estimate: float | None
    low: float | None
    high: float | None
    undefined: Share


class ForecasterScore(Record):
    """How one forecaster did. Lower is better of ``brier`` and ``log``, higher of ``auc``."""

    forecaster: Forecaster
    brier: BacktestFigure
    log: BacktestFigure
    auc: BacktestFigure

    def figure(self, measure: Measure) -> BacktestFigure:
        """A score by its name."""
        figure: BacktestFigure = getattr(self, measure)
        return figure


class ScoreTable(Record):
    """Scores of all forecasters on the same rows, and what the product has more than each baseline."""

    id: TableId
    rows: Count
    items: Count
    subjects: Count
    scores: tuple[ForecasterScore, ...]
    differences: tuple[ForecasterScore, ...]

    def score(self, forecaster: Forecaster) -> ForecasterScore:
        """How one forecaster did."""
        return next(x for x in self.scores if x.forecaster == forecaster)

    def difference(self, baseline: Forecaster) -> ForecasterScore:
        """What the product has more than a baseline."""
        return next(x for x in self.differences if x.forecaster == baseline)


class CalibrationBin(Record):
    """Rows of the main table by the product's share: how large it was on average, and how often it came true."""

    low: Share
    high: Share
    rows: Count
    weight: float
    forecast: Share | None
    outcome: BacktestFigure


class RowsLeftOut(Record):
    """How many rows one reason leaves out of the main table."""

    because: LeftOutBecause
    rows: Positive


class MissCount(Record):
    """Rows of the main table with the product on the wrong side, by what the answer hangs on most."""

    side: Side
    kind: Literal["cell", "red_line", "refusal"] | None
    basis: CellBasis | None
    rows: Positive
    weight: float


class LinesSeen(Record):
    """Of firm refusals, the share on which a line of the party bears; of acceptances, the share accepted in no draw.

    Shares are of weight; None where there is no such row. ``stated`` and so on are by the firmest line that bears.
    """

    firm_refusals: Count
    crossed: Share | None
    stated: Share | None
    inferred: Share | None
    assumed: Share | None
    acceptances: Count
    ruled_out: Share | None


class SettledRows(Record):
    """Rows of the main table on which the evidence alone settles the answer, and how many came out so."""

    rows: Count
    right: Count


class CodingAgreement(Record):
    """How far two readers agree, over the items that both coded; ``kappa`` is Cohen's, None where it is undefined."""

    items: Count
    first_only: Count
    second_only: Count
    share: Share | None
    kappa: float | None


class BacktestDay(Record):
    """The library as it was read for the rows that this day answers."""

    as_of: dt.date
    sha256: str
    no_deal: str | None
    claims: Count
    dropped: Count
    rows: Count


class BacktestRow(Record):
    """A row of the file beside what was forecast.

    ``as_of`` is the day that answers it and ``forecast`` the product's share; both are None where a row was left out
    before that. ``unmet_demands`` are those of the party of which the term or text gives less. ``crossed`` is the
    basis of the firmest line of the party that bears on it. ``weight`` and ``baselines`` (the other forecasts) are
    those of the main table, None for other rows.
    """

    id: str
    date: dt.date
    party: str
    text: str | None
    issue: str | None
    option: str | None
    answer: Answer
    firmness: Firmness | None
    quality: Quality
    subject: str
    own: bool
    outcome: Share | None
    undecided: Share | None
    left_out: LeftOutBecause | None
    reason: str | None
    as_of: dt.date | None
    forecast: ShareInterval | None
    word: Literal["accepts", "refuses", "refuses, inferred", "divided", "unknown"] | None
    hangs_on: HangsOn | None
    unmet_demands: tuple[str, ...] = ()  # not in older documents
    crossed: schema.Basis | None
    miss: Side | None
    weight: float | None
    baselines: dict[str, float] | None
    tables: tuple[TableId, ...]
    sources: tuple[str, ...]


class RowsScored(Finding, kind="rows_scored"):
    """How many rows, items and subjects the main table has, of how many observed."""

    observed: Count
    rows: Count
    items: Count
    subjects: Count
    first: dt.date | None
    last: dt.date | None


class NothingScored(Finding, kind="nothing_scored"):
    """No row is left to score."""

    observed: Count


class Comparisons(Finding, kind="comparisons"):
    """Over all scores and baselines of the main table: where the product is better, where worse, by intervals.

    ``better`` and ``worse`` name baselines by score; what is in neither, none of this can tell yet.
    """

    compared: Count
    better: tuple[tuple[Measure, Forecaster], ...]
    worse: tuple[tuple[Measure, Forecaster], ...]


class NoInterval(Finding, kind="no_interval"):
    """All rows are one subject, so that nothing can be said of chance."""

    rows: Count


class FewItems(Finding, kind="few_items"):
    """There are fewer items than are needed to tell the product from a rule of thumb."""

    items: Count
    needed: Count


class FewSubjects(Finding, kind="few_subjects"):
    """There are so few subjects that intervals are rough, and likely too narrow."""

    subjects: Count


class ProductScore(Finding, kind="product_score"):
    """The product's Brier score in the main table, beside the best and the worst of the baselines."""

    brier: BacktestFigure
    best: Forecaster
    best_brier: float
    worst: Forecaster
    worst_brier: float


class DemandsUnmet(Finding, kind="demands_unmet"):
    """Rows of the main table, of ``scored``, on which the party asks for more: how many came out a no, how many a yes.

    ``brier`` is the score of all rows with these forecast as a no, ``less`` what the product's is more than that.
    """

    rows: Count
    scored: Count
    refused: Count
    accepted: Count
    brier: BacktestFigure
    less: BacktestFigure


class ConditionalBounds(Finding, kind="conditional_bounds"):
    """The product's Brier score where conditional answers count, all as a yes or all as a no."""

    rows: Count
    as_acceptance: float
    as_refusal: float


class WrongSides(Finding, kind="wrong_sides"):
    """Rows of the main table on which the product was on the wrong side.

    ``without_side`` are those whose share is one half to sampling error; they are no misses.
    """

    rows: Count
    misses: Count
    without_side: Count
    yes_for_a_no: Count
    no_for_a_yes: Count


class MissesHangOn(Finding, kind="misses_hang_on"):
    """What the misses hang on."""

    lines: Count
    rankings: Count
    nothing: Count
    assumed: Count


class LinesBear(Finding, kind="lines_bear"):
    """Firm refusals over which the party has a line, and acceptances that the product rules out."""

    firm_refusals: Count
    crossed: Share | None
    acceptances: Count
    ruled_out: Share | None


class SettledRight(Finding, kind="settled_right"):
    """Rows on which the evidence settles the answer, and how many came out so."""

    rows: Count
    right: Count


class LeftOutRows(Finding, kind="left_out_rows"):
    """How many rows each reason leaves out."""

    reasons: tuple[RowsLeftOut, ...]


class PollsUndecided(Finding, kind="polls_undecided"):
    """The shares without an opinion in the polls of the main table, which no score counts."""

    polls: Count
    least: Share
    most: Share


class WithYounger(Finding, kind="with_younger"):
    """The library was read with claims that are younger than the day; ``claims`` is how many."""

    claims: Count


class ReadersAgree(Finding, kind="readers_agree"):
    """How far two readers agree."""

    items: Count
    share: Share | None
    kappa: float | None


BacktestFinding = Annotated[Finding, kinds_of(globals(), Unsourced)]


class Backtest(Document):
    """How often what a library says is what the parties then answered, beside rules of thumb on the same rows.

    Example:
        >>> import sim, pathlib, tempfile
        >>> rows = '''id,date,party,issue,option,answer,firmness,quality
        ... A1,2026-01-08,russia,foreign_forces,reassurance_force,refuses,red_line,strong
        ... A2,2026-02-07,ukraine,donbas,frozen_line,accepts,firm,fair
        ... '''
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder, "answers.csv")
        ...     _ = file.write_text(rows)
        ...     result: sim.Backtest = sim.backtest(file, as_of="2025-12-24", draws=200)
        >>> main = result.table("main")
        >>> main.rows, main.subjects, main.score("refusal").brier.estimate
        (2, 2, 0.5)
    """

    schema_: Literal["sim.backtest/1"] = Field("sim.backtest/1", alias="schema")
    observed: str
    second: str | None
    library: str
    title: str
    without_younger: bool
    sources: bool
    draws: Positive
    seed: Count
    resamples: Positive
    days: tuple[BacktestDay, ...]
    tables: tuple[ScoreTable, ...]
    calibration: tuple[CalibrationBin, ...]
    left_out: tuple[RowsLeftOut, ...]
    lines: LinesSeen
    settled: SettledRows
    misses: tuple[MissCount, ...]
    agreement: CodingAgreement | None
    answers: tuple[BacktestRow, ...]
    parties: dict[str, str]
    texts: dict[str, str]
    findings: tuple[BacktestFinding, ...] = ()
    labels: Labels = Labels()
    versions: Versions

    def table(self, id: TableId) -> ScoreTable:
        """A table by its id."""
        return next(x for x in self.tables if x.id == id)

    def _summary(self) -> str:
        """Which answers, and of which days the library is."""
        main = self.table("main")
        days = ", ".join(str(day.as_of) for day in self.days)
        return f"of {self.observed}: {plural(main.rows, 'row')} scored, {self.library} as of {days}"
