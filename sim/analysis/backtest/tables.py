"""Scores of observed answers, table by table: which rows, who forecasts what of them, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.backtest.result import (
    FORECASTERS,
    BacktestFigure,
    CalibrationBin,
    Forecaster,
    ForecasterScore,
    LeftOutBecause,
    LinesSeen,
    MissCount,
    RowsLeftOut,
    ScoreTable,
    SettledRows,
    TableId,
)
from sim.analysis.backtest.rows import AnsweredRow
from sim.analysis.backtest.scores import BINS, Estimates, ScoredRows, base_rates, item_weights
from sim.engine.draws import Array
from sim.results.verdicts import HALF
from sim.scenario import schema

#: The order in which reasons are told.
REASONS: tuple[LeftOutBecause, ...] = (
    "new_issue", "not_modelled", "before", "party_silent", "not_scored", "conditional", "divided", "silent", "weak",
)  # fmt: skip
_FIRM = ("firm", "red_line")
#: Say the same of every row of a subject, or of all: they put no row above another, so that they have no curve.
WITHOUT_CURVE: tuple[Forecaster, ...] = ("constant", "refusal")


@dataclass(frozen=True)
class TableRows:
    """The rows of a table with outcomes, weights and forecasts; ``forecasts`` has a row a forecaster."""

    id: TableId
    rows: tuple[AnsweredRow, ...]
    outcomes: Array
    weights: Array
    forecasts: Array

    @property
    def items(self) -> int:
        """How many parties with a term or text there are."""
        return len({x.row.item for x in self.rows})

    @property
    def subjects(self) -> list[str]:
        """The subjects in the order in which they come up."""
        return [*dict.fromkeys(x.row.topic for x in self.rows)]

    def scored(self, seed: int) -> ScoredRows:
        """What the scores are worked out from; of one row or more."""
        number = {subject: k for k, subject in enumerate(self.subjects)}
        subjects = np.array([number[x.row.topic] for x in self.rows], np.intp)
        return ScoredRows(self.forecasts, self.outcomes, self.weights, subjects, seed)


def main_rows(answered: Sequence[AnsweredRow]) -> TableRows:
    """The rows of the main table."""
    return _table("main", [(x, x.row.outcome) for x in answered if x.because is None])


def beside_main(answered: Sequence[AnsweredRow]) -> list[TableRows]:
    """The tables that are told beside the main one, from the same answers."""
    main = [x for x in answered if x.because is None]
    conditional = [x for x in answered if x.because == "conditional" and x.row.quality != "weak"]
    subsets: dict[TableId, Callable[[AnsweredRow], bool]] = {
        "firm": lambda x: x.row.answer == "poll" or x.row.firmness in _FIRM,
        "middle": lambda x: x.middle,
        "without_own": lambda x: x.row.own is None,
        "without_polls": lambda x: x.row.answer != "poll",
    }
    return [
        _bound("conditional_as_acceptance", main, conditional, 1.0),
        _bound("conditional_as_refusal", main, conditional, 0.0),
        _table("with_weak", [(x, x.row.outcome) for x in answered if x.because in (None, "weak")]),
        *(_table(id, [(x, x.row.outcome) for x in main if has(x)]) for id, has in subsets.items()),
    ]


def second_coding(
    first: Sequence[AnsweredRow], second: Sequence[AnsweredRow], agreed: Collection[tuple[str, ...]]
) -> list[TableRows]:
    """The main table of another reader's coding, and that of the items on which both agree."""
    return [
        _table("second", [(x, x.row.outcome) for x in second if x.because is None]),
        _table("agreed", [(x, x.row.outcome) for x in first if x.because is None and x.row.item in agreed]),
    ]


def _bound(id: TableId, main: Sequence[AnsweredRow], more: Sequence[AnsweredRow], outcome: float) -> TableRows:
    return _table(id, [*((x, x.row.outcome) for x in main), *((x, outcome) for x in more)])


def _table(id: TableId, pairs: Sequence[tuple[AnsweredRow, float | None]]) -> TableRows:
    rows = [row for row, outcome in pairs if outcome is not None]
    outcomes = np.array([outcome for _, outcome in pairs if outcome is not None], float)
    weights = item_weights([x.row.item for x in rows])
    rates = base_rates(outcomes, weights, [x.row.topic for x in rows])
    forecasts = np.empty((len(FORECASTERS), len(rows)))
    for k, forecaster in enumerate(FORECASTERS):
        for i, x in enumerate(rows):
            own = _forecast(x, forecaster)
            forecasts[k, i] = rates[i] if own is None else own
    return TableRows(id, tuple(rows), outcomes, weights, forecasts)


def _forecast(row: AnsweredRow, forecaster: Forecaster) -> float | None:
    """What is forecast of a row; None is the base rate, which rests on other rows."""
    if forecaster == "product":
        return row.share
    if forecaster == "with_demands":
        return row.share_with_demands
    return (row.rules or {}).get(forecaster)


def score_table(table: TableRows, seed: int) -> ScoreTable:
    """The scores of all forecasters, and what the product has more than each baseline."""
    scores: tuple[ForecasterScore, ...] = ()
    differences: tuple[ForecasterScore, ...] = ()
    if table.rows:
        scored = table.scored(seed)
        curve = scored.auc().without([FORECASTERS.index(name) for name in WITHOUT_CURVE])
        each = {"brier": scored.brier(), "log": scored.log(), "auc": curve}
        scores = _scores(FORECASTERS, each)
        differences = _scores(FORECASTERS[1:], {name: x.less(0) for name, x in each.items()})
    return ScoreTable(
        id=table.id,
        rows=len(table.rows),
        items=table.items,
        subjects=len(table.subjects),
        scores=scores,
        differences=differences,
    )


def _scores(forecasters: Sequence[str], each: Mapping[str, Estimates]) -> tuple[ForecasterScore, ...]:
    return tuple(
        ForecasterScore.model_validate(
            {"forecaster": name, **{measure: _figure(estimates, k) for measure, estimates in each.items()}}
        )
        for k, name in enumerate(forecasters)
    )


def _figure(estimates: Estimates, k: int) -> BacktestFigure:
    value = float(estimates.estimates[k])
    ends, undefined = estimates.interval(k)
    low, high = (None, None) if ends is None else ends
    return BacktestFigure(estimate=None if np.isnan(value) else value, low=low, high=high, undefined=undefined)


def calibration(main: TableRows, seed: int) -> tuple[CalibrationBin, ...]:
    """The main table by the product's share."""
    if not main.rows:
        return ()
    scored = main.scored(seed)
    outcomes, bins = scored.outcomes_by_bin(), scored.bins()
    out = []
    for k, low in enumerate(BINS):
        inside = bins == k
        weight = float(main.weights[inside].sum())
        mean = (main.weights * main.forecasts[0])[inside].sum() / weight if weight else None
        out.append(
            CalibrationBin(
                low=low,
                high=[*BINS, 1.0][k + 1],
                rows=int(inside.sum()),
                weight=weight,
                forecast=mean,
                outcome=_figure(outcomes, k),
            )
        )
    return tuple(out)


def left_out(answered: Sequence[AnsweredRow]) -> tuple[RowsLeftOut, ...]:
    """How many rows each reason leaves out."""
    many = Counter(x.because for x in answered)
    return tuple(RowsLeftOut(because=reason, rows=many[reason]) for reason in REASONS if many[reason])


def lines_seen(main: TableRows) -> LinesSeen:
    """Firm refusals over which the party has a line, and acceptances that no draw accepts."""
    pairs = [*zip(main.rows, main.weights.tolist(), strict=True)]
    firm = [(x, w) for x, w in pairs if x.row.answer == "refuses" and x.row.firmness in _FIRM]
    yes = [(x, w) for x, w in pairs if x.row.answer == "accepts"]
    by = {basis: _share([(x.crossed == basis, w) for x, w in firm]) for basis in schema.LAYERS}
    return LinesSeen(
        firm_refusals=len(firm),
        crossed=_share([(x.crossed is not None, w) for x, w in firm]),
        stated=by["stated"],
        inferred=by["inferred"],
        assumed=by["assumed"],
        acceptances=len(yes),
        ruled_out=_share([(x.share == 0, w) for x, w in yes]),
    )


def _share(pairs: Sequence[tuple[bool, float]]) -> float | None:
    total = sum(weight for _, weight in pairs)
    return sum(weight for has, weight in pairs if has) / total if total else None


def settled(main: TableRows) -> SettledRows:
    """Rows on which the evidence alone settles the answer, and how many came out so."""
    pairs = [
        (x.word == "accepts", outcome > HALF)
        for x, outcome in zip(main.rows, main.outcomes, strict=True)
        if x.word in ("accepts", "refuses") and outcome != HALF
    ]
    return SettledRows(rows=len(pairs), right=sum(word == came for word, came in pairs))


def misses(main: TableRows) -> tuple[MissCount, ...]:
    """Rows on the wrong side, by side and by what the answer hangs on most; the most frequent first."""
    rows: Counter[tuple[object, ...]] = Counter()
    weights: Counter[tuple[object, ...]] = Counter()
    for x, weight in zip(main.rows, main.weights.tolist(), strict=True):
        if x.miss is not None and x.answer is not None:
            on = x.answer.hangs_on
            key = (x.miss, None if on is None else on.kind, None if on is None else on.basis)
            rows[key] += 1
            weights[key] += weight
    return tuple(
        MissCount.model_validate({"side": side, "kind": kind, "basis": basis, "rows": n, "weight": weights[key]})
        for key, n in rows.most_common()
        for side, kind, basis in [key]
    )
