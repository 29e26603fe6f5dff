"""What a library says of terms and texts, scored against what the parties then answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.analysis.backtest.coding import agreed_items, agreement
from sim.analysis.backtest.findings import findings
from sim.analysis.backtest.observed import ObservedAnswer, read_observed
from sim.analysis.backtest.result import FORECASTERS, Backtest, BacktestDay, BacktestRow, TableId
from sim.analysis.backtest.rows import AnsweredRow, answered_rows, asked_terms
from sim.analysis.backtest.scores import RESAMPLES
from sim.analysis.backtest.tables import (
    TableRows,
    beside_main,
    calibration,
    left_out,
    lines_seen,
    main_rows,
    misses,
    score_table,
    second_coding,
    settled,
)
from sim.analysis.shared.libraries import (
    DRAWS,
    SEED,
    LibraryDay,
    TextFile,
    TextReading,
    libraries,
    on_day,
    read_library,
    read_texts,
)
from sim.files import arguments
from sim.files.complaints import Complaint, collecting, raise_all
from sim.results.records import versions
from sim.scenario.options import PathLike, settings_of
from sim.simulation.cases import Progress


def backtest(
    observed: PathLike,
    *,
    as_of: dt.date | str | Sequence[dt.date | str],
    texts: PathLike | Mapping[str, object] | None = None,
    domain: PathLike | None = None,
    second: PathLike | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    with_younger: bool = False,
    progress: Progress | None = None,
) -> Backtest:
    """How often what a library says is what the parties then answered, beside rules of thumb on the same rows.

    The forecast of a row is the share of draws in which the party accepts, as :func:`sim.forecast` tells it: of a term
    as a text that says this alone. What counts as which outcome, which rows answer each other, the scores, the
    baselines and the intervals were fixed before there was a figure, in ``scenarios/backtest/PROTOCOL.md``.

    Args:
        observed: a CSV file of answers (``scenarios/README.md``, "Files of observed answers").
        as_of: the day whose positions count, or several: a row is answered by the last day before its own.
        texts: a file of texts, or what it holds, where rows are of texts.
        domain: the folder of a library's domain; without it the nearest.
        second: the same answers as another reader coded them; agreement and scores of both are told.
        draws: how many preference profiles, at least 1.
        seed: of the random numbers, those of the bootstrap among them, at least 0.
        with_younger: read the library as it stands. Otherwise claims younger than the day are left out, with what
            rests on them (:mod:`sim.analysis.shared.withdrawal`).
        progress: called with (blocks done, in all) by each day in turn.

    Returns:
        Scores with their intervals, a row an answer, what was left out and why.

    Raises:
        Complaints: about the content of the files, all at once, each with its place.
        OSError: about files that are not there.
        InvalidArgument: for what cannot be meant.

    Example:
        >>> import sim, pathlib, tempfile
        >>> rows = '''id,date,party,issue,option,answer,firmness,quality
        ... A1,2026-01-08,russia,foreign_forces,reassurance_force,refuses,red_line,strong
        ... '''
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder, "answers.csv")
        ...     _ = file.write_text(rows)
        ...     result = sim.backtest(file, as_of="2025-12-24", draws=200)
        >>> [answer] = result.answers
        >>> answer.outcome, answer.baselines["refusal"], answer.miss
        (0.0, 0.0, None)
    """
    days = _days(as_of)
    settings = [settings_of({"as_of": day, "draws": draws, "seed": seed}) for day in days]
    file = None if texts is None else read_texts(texts)
    [library] = libraries(domain)
    on = {day: on_day(library, its) for day, its in zip(days, settings, strict=True)}
    coded = _observed([observed] if second is None else [observed, second], on[days[0]], file)
    asked = asked_terms([row for rows in coded for row in rows], days)
    readings = {
        day: read_library(its, file, without_younger=not with_younger, terms=asked[day], progress=progress)
        for day, its in on.items()
    }
    answered = [answered_rows(rows, readings) for rows in coded]
    main = main_rows(answered[0])
    tables = [main, *beside_main(answered[0])]
    if second is not None:
        tables += second_coding(answered[0], answered[1], agreed_items(coded[0], coded[1]))
    first = readings[days[0]].record
    result = Backtest(
        observed=Path(observed).name,
        second=None if second is None else Path(second).name,
        library=library.name,
        title=first.title,
        without_younger=not with_younger,
        sources=first.sources,
        draws=int(draws),
        seed=int(seed),
        resamples=RESAMPLES,
        days=tuple(_day(day, readings[day], answered[0]) for day in days),
        tables=tuple(score_table(table, int(seed)) for table in tables),
        calibration=calibration(main, int(seed)),
        left_out=left_out(answered[0]),
        lines=lines_seen(main),
        settled=settled(main),
        misses=misses(main),
        agreement=None if second is None else agreement(coded[0], coded[1]),
        answers=_records(answered[0], main, [table for table in tables if table.id != "second"]),
        parties=first.parties,
        texts={} if file is None else {id: draft.name for id, draft in file.drafts.texts.items()},
        labels=first.labels,
        versions=versions(),
    )
    return result.model_copy(update={"findings": findings(result)})


def _days(as_of: dt.date | str | Sequence[dt.date | str]) -> list[dt.date]:
    """The days in order. Raises InvalidArgument where there is none, or one stands there twice."""
    several = [as_of] if isinstance(as_of, dt.date | str) else list(as_of)
    days = sorted(arguments.day("as_of", day) for day in several)
    if not days:
        raise arguments.InvalidArgument("as_of is a day, or several; not an empty list")
    if twice := [day for day in days if days.count(day) > 1]:
        raise arguments.InvalidArgument(f"as_of names {twice[0]} twice; name each day once")
    return days


def _observed(files: Sequence[PathLike], on: LibraryDay, texts: TextFile | None) -> list[tuple[ObservedAnswer, ...]]:
    """The rows of each file. Raises Complaints about all of them together."""
    known = None if texts is None else texts.drafts.texts
    complaints: list[Complaint] = []
    rows = []
    for file in files:
        if not isinstance(file, str | Path):
            raise arguments.InvalidArgument(f"observed answers are a file, not {file!r}")
        with collecting(complaints):
            rows.append(read_observed(Path(file), on.whole, known))
    raise_all(complaints)
    return rows


def _day(day: dt.date, reading: TextReading, answered: Sequence[AnsweredRow]) -> BacktestDay:
    record = reading.record
    return BacktestDay(
        as_of=day,
        sha256=record.sha256,
        no_deal=record.no_deal,
        claims=len(record.claims),
        dropped=sum(x.fate == "dropped" for x in record.citations) if record.without_younger else 0,
        rows=sum(x.day == day for x in answered),
    )


def _records(answered: Sequence[AnsweredRow], main: TableRows, tables: Sequence[TableRows]) -> tuple[BacktestRow, ...]:
    """The rows as the document has them, with weights and baselines of the main table."""
    numbers = {x.row.id: k for k, x in enumerate(main.rows)}
    inside: dict[str, list[TableId]] = {x.row.id: [] for x in answered}
    for table in tables:
        for x in table.rows:
            inside[x.row.id].append(table.id)
    return tuple(_record(x, main, numbers.get(x.row.id), inside[x.row.id]) for x in answered)


def _record(x: AnsweredRow, main: TableRows, at: int | None, tables: Sequence[TableId]) -> BacktestRow:
    row = x.row
    return BacktestRow(
        id=row.id,
        date=row.date,
        party=row.party,
        text=row.text,
        issue=row.issue,
        option=row.option,
        answer=row.answer,
        firmness=row.firmness,
        quality=row.quality,
        subject=row.topic,
        own=row.own is not None,
        outcome=row.outcome,
        undecided=row.undecided,
        left_out=x.because,
        reason=row.left_out,
        as_of=x.day,
        forecast=None if x.answer is None else x.answer.acceptability,
        word=x.word,
        hangs_on=None if x.answer is None else x.answer.hangs_on,
        unmet_demands=() if x.answer is None else x.answer.unmet_demands,
        crossed=x.crossed,
        miss=x.miss,
        weight=None if at is None else float(main.weights[at]),
        baselines=None if at is None else dict(zip(FORECASTERS[1:], main.forecasts[1:, at].tolist(), strict=True)),
        tables=tuple(tables),
        sources=row.sources,
    )
