"""A backtest as text: scores beside rules of thumb, calibration, misses, what was left out, every row."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.backtest.english import CAVEAT, FORECASTER_NAMES, say, score, with_interval
from sim.analysis.backtest.findings import lead_findings, note_findings
from sim.analysis.backtest.result import FORECASTERS, Backtest, BacktestRow, ScoreTable, TableId
from sim.files.grammar import listed, plural
from sim.report.english import Names
from sim.report.numbers import compact
from sim.report.page import Column, Detail, Page, Sheet, by_column
from sim.report.verdict import red_line

HEADER = (
    "id", "date", "party", "text", "issue", "option", "answer", "firmness", "quality", "subject", "own", "outcome",
    "undecided", "left_out", "reason", "as_of", "forecast", "low", "high", "word", "layer", "hangs_on", "crossed",
    "unmet_demands", "miss", "weight", *FORECASTERS[1:], "tables", "sources",
)  # fmt: skip
#: Where ``true`` and ``false`` are no texts.
FLAGS = ("own",)
#: Kinds of findings that stand on the first screen, below its tables.
_FIRST = (
    *("wrong_sides", "demands_unmet", "lines_bear", "settled_right"),
    *("left_out_rows", "readers_agree", "with_younger"),
)
TABLE_NAMES: dict[TableId, str] = {
    "main": "main",
    "conditional_as_acceptance": "conditional as a yes",
    "conditional_as_refusal": "conditional as a no",
    "with_weak": "weak rows too",
    "firm": "firm answers and polls",
    "middle": "middle options",
    "without_own": "without own texts and terms",
    "without_polls": "without polls",
    "second": "the second reader's coding",
    "agreed": "where both readers agree",
}
_SIDES = {"yes_for_a_no": "a yes for a no", "no_for_a_yes": "a no for a yes"}
_KINDS = {"cell": "ranking", "red_line": "red line", "refusal": "refusal", None: "nothing"}


def rows(result: Backtest) -> Iterator[tuple[object, ...]]:
    """A row an observed answer, those that are left out too."""
    for x in result.answers:
        on, baselines = x.hangs_on, x.baselines or {}
        yield (
            x.id, x.date.isoformat(), x.party, x.text, x.issue, x.option, x.answer, x.firmness, x.quality, x.subject,
            str(x.own).lower(), x.outcome, x.undecided, x.left_out, x.reason,
            None if x.as_of is None else x.as_of.isoformat(),
            *((None,) * 3 if x.forecast is None else x.forecast.figures), x.word,
            None if on is None else on.basis, None if on is None else on.kind, x.crossed,
            "; ".join(x.unmet_demands) or None, x.miss, x.weight,
            *(baselines.get(name) for name in FORECASTERS[1:]), "; ".join(x.tables) or None,
            "; ".join(x.sources) or None,
        )  # fmt: skip


def page(result: Backtest) -> Page:
    """Scores first; the whole page has the tables beside the main one and every row."""
    names = Names(result.labels, result.parties)
    main = result.table("main")
    sheets: list[Sheet] = []
    if main.rows:
        sheets += [_scores(main), _differences(main), _calibration(result), _misses(result), _beside(result)]
    sheets += [_rows(result, names), _days(result)]
    notes = [say(x, names) if x.kind in _FIRST else Detail(say(x, names)) for x in note_findings(result)]
    resampled = f"intervals: 95%, {result.resamples:,} draws of subjects"
    drawn = f"{plural(result.draws, 'draw')}, seed {result.seed}; {resampled}. CSV and JSON have every row."
    younger = "" if not result.without_younger else ", without younger claims"
    days = listed([str(day.as_of) for day in result.days])
    return Page(
        heading=f"{result.observed} against {result.library} as of {days}{younger}",
        lead=" ".join(say(x, names) for x in lead_findings(result)),
        sheets=tuple(sheet for sheet in sheets if sheet.rows),
        notes=(*notes, drawn),
        caveat=CAVEAT,
    )


def _scores(table: ScoreTable) -> Sheet:
    columns = (
        (Column("forecast", width=32), [FORECASTER_NAMES[x.forecaster] for x in table.scores]),
        (Column("Brier", right=True), [with_interval(x.brier) for x in table.scores]),
        (Column("log", right=True), [with_interval(x.log) for x in table.scores]),
        (Column("AUC", right=True), [with_interval(x.auc) for x in table.scores]),
    )
    return by_column(columns, "scores (Brier and log: less is better; AUC: more is)")


def _differences(table: ScoreTable) -> Sheet:
    columns = (
        (Column("this library less", width=32), [FORECASTER_NAMES[x.forecaster] for x in table.differences]),
        (Column("Brier", right=True), [with_interval(x.brier) for x in table.differences]),
        (Column("log", right=True), [with_interval(x.log) for x in table.differences]),
        (Column("AUC", right=True), [with_interval(x.auc) for x in table.differences]),
    )
    return by_column(columns, "differences on the same draws of subjects")


def _calibration(result: Backtest) -> Sheet:
    bins = [x for x in result.calibration if x.rows]
    columns = (
        (Column("share forecast"), [f"{compact(x.low)} to {compact(x.high)}" for x in bins]),
        (Column("rows", right=True), [str(x.rows) for x in bins]),
        (Column("mean share", right=True), ["" if x.forecast is None else compact(x.forecast) for x in bins]),
        (Column("came out yes", right=True), [with_interval(x.outcome) for x in bins]),
    )
    return by_column(columns, "calibration")


def _misses(result: Backtest) -> Sheet:
    columns = (
        (Column("on the wrong side"), [_SIDES[x.side] for x in result.misses]),
        (Column("hangs most on"), [_KINDS[x.kind] for x in result.misses]),
        (Column("which is"), [x.basis or "" for x in result.misses]),
        (Column("rows", right=True), [str(x.rows) for x in result.misses]),
        (Column("items", right=True), [f"{x.weight:.1f}" for x in result.misses]),
    )
    return by_column(columns, "misses") if result.misses else Sheet((), ())


def _beside(result: Backtest) -> Sheet:
    tables = [x for x in result.tables if x.rows]
    columns = [
        (Column("Brier scores", width=28), [TABLE_NAMES[x.id] for x in tables]),
        (Column("items", right=True), [str(x.items) for x in tables]),
        (Column("subjects", right=True), [str(x.subjects) for x in tables]),
    ]
    columns += [
        (
            Column(FORECASTER_NAMES[name], right=True, folds=True),
            [with_interval(x.score(name).brier) if name == "product" else _brier(x, name) for x in tables],
        )
        for name in [x.forecaster for x in result.table("main").scores]
    ]
    return by_column(columns, "tables beside the main one", detail=True)


def _brier(table: ScoreTable, name: str) -> str:
    return score(next(x.brier.estimate for x in table.scores if x.forecaster == name))


def _rows(result: Backtest, names: Names) -> Sheet:
    scored = [x for x in result.answers if x.left_out is None]
    columns = (
        (Column("row"), [x.id for x in scored]),
        (Column("date"), [str(x.date) for x in scored]),
        (Column("party", width=14), [names.party(x.party) for x in scored]),
        (Column("on", width=24), [_on(result, x) for x in scored]),
        (Column("answer", width=9), [_answer(x) for x in scored]),
        (Column("accepts", right=True), ["" if x.forecast is None else compact(x.forecast.estimate) for x in scored]),
        (Column("hangs most on", width=30), [_hangs_on(result, x) for x in scored]),
    )
    return by_column(columns, "scored rows; CSV and JSON have the others too", detail=True)


def _on(result: Backtest, x: BacktestRow) -> str:
    if x.text is not None:
        return f"'{result.texts.get(x.text, x.text)}'"
    return result.labels.term(x.issue or "", x.option)


def _answer(x: BacktestRow) -> str:
    if x.answer == "poll" and x.outcome is not None:
        return f"poll: {compact(x.outcome)}"
    return f"{x.answer} ({(x.firmness or '').replace('_', ' ')})"


def _hangs_on(result: Backtest, x: BacktestRow) -> str:
    on = x.hangs_on
    if on is None:
        return "nothing: it is what no deal leaves"
    if on.kind == "red_line":
        return f"{on.basis}: {red_line(result.labels, on.issue, on.option)}"
    if on.kind == "refusal":
        return f"{on.basis}: refusal {result.labels.refusal(x.party, on.refusal)}"
    return f"{on.basis}: {result.labels.term(on.issue or '', on.option)}"


def _days(result: Backtest) -> Sheet:
    columns = (
        (Column("positions of"), [str(x.as_of) for x in result.days]),
        (Column("answer rows", right=True), [str(x.rows) for x in result.days]),
        (Column("younger claims", right=True), [str(x.claims) for x in result.days]),
        (Column("entries gone with them", right=True), [str(x.dropped) for x in result.days]),
        (Column("hash of the library"), [x.sha256[:16] for x in result.days]),
    )
    return by_column(columns, "the library, day by day", detail=True)
