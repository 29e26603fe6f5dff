"""``sim forecast`` and ``sim backtest``: what a library of a day says of later texts, and how that came out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.execution import shared_work
from sim.cli.names import domain_folder
from sim.cli.options import Inputs, Output, bundled, day
from sim.cli.output import check_output, emit, progress_bar, write_plot


@bundled
@shared_work()
def forecast(
    texts: Annotated[
        Path, typer.Argument(metavar="TEXTS", help="A file of texts: title, and texts by id, each with its terms.")
    ],
    as_of: Annotated[
        dt.date, typer.Option(parser=day, metavar="DATE", help="The day whose positions count, for every text.")
    ],
    domain: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="The domain folder, or the name of a library; several, one reading each."),
    ] = None,
    without_younger: Annotated[
        bool,
        typer.Option(
            "--without-younger",
            help="Each library once more, as it would have stood without claims younger than the day (sim sources "
            "after DATE lists them).",
        ),
    ] = False,
    *,
    inputs: Annotated[Inputs, ("draws", "seed")],
    output: Annotated[Output, ("format", "full", "quiet")],
) -> None:
    """Tell what each party would make of each text, and of every single term, by the positions of a day.

    A single term is a text that says this alone; all other issues are left open.
    """
    from sim.analysis.forecast.forecast import forecast as asked

    folders = list(map(domain_folder, domain)) if domain else [domain_folder(None)]
    draws, seed = _drawn(inputs)
    with progress_bar(draws * 100 * len(folders), "reading") as progress:
        result = asked(
            texts,
            as_of=as_of,
            domain=folders,
            draws=draws,
            seed=seed,
            without_younger=without_younger,
            progress=progress,
        )
    emit(result, output)


@bundled
@shared_work()
def backtest(
    observed: Annotated[
        Path, typer.Argument(metavar="OBSERVED", help="A CSV file: who answered which term or text, when and how.")
    ],
    as_of: Annotated[
        list[dt.date],
        typer.Option(
            parser=day,
            metavar="DATE",
            help="The day whose positions count; several, a row is answered by the last day before its own.",
        ),
    ],
    domain: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The domain folder, or the name of a library.")
    ] = None,
    texts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file of texts, where rows are of texts (as sim forecast).")
    ] = None,
    second: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The same answers as another reader coded them: agreement, and both scores."),
    ] = None,
    with_younger: Annotated[
        bool,
        typer.Option(
            "--with-younger",
            help="Read the library as it stands, with claims younger than the day: then it is no test.",
        ),
    ] = False,
    *,
    inputs: Annotated[Inputs, ("draws", "seed")],
    output: Annotated[Output, ("format", "full", "plot", "title", "quiet")],
) -> None:
    """Score what a library says of terms and texts against what the parties then answered, beside rules of thumb.

    How answers count is fixed in scenarios/backtest/PROTOCOL.md.
    """
    check_output(output)
    from sim.analysis.backtest.backtest import backtest as asked

    draws, seed = _drawn(inputs)
    with progress_bar(draws * 100 * len(as_of), "reading") as progress:
        result = asked(
            observed,
            as_of=as_of,
            texts=texts,
            domain=domain_folder(domain),
            second=second,
            draws=draws,
            seed=seed,
            with_younger=with_younger,
            progress=progress,
        )
    emit(result, output)
    write_plot(result, output)


def _drawn(inputs: Inputs) -> tuple[int, int]:
    """Draws and seed as given, else those of every forecast."""
    from sim.analysis.shared.libraries import DRAWS, SEED

    return DRAWS if inputs.draws is None else inputs.draws, SEED if inputs.seed is None else inputs.seed
