"""``sim trace``: one negotiation, round by round."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from sim.cli.execution import shared_work
from sim.cli.names import load_files
from sim.cli.options import Inputs, OneFile, Printing, bundled, one_of, without
from sim.cli.output import emit, progress_bar

Outcome = Literal["agreed", "breakdown", "ratification_failed"]


@bundled
@shared_work()
def trace(
    file: OneFile,
    draw: Annotated[
        int | None,
        typer.Option(metavar="N", help="Which draw, counted from 0 (default: a typical one; see --outcome)."),
    ] = None,
    outcome: Annotated[
        Outcome | None, one_of(Outcome, help="Tell a typical draw that ends so (default: that ends as most draws do).")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Tell every round in which something changes, not only the first and last.")
    ] = False,
    *,
    inputs: Annotated[Inputs, ("protocol", *without(Inputs, "protocol"))],
    output: Printing,
) -> None:
    """Tell one negotiation round by round: who offers what, who refuses it and why, where it ends."""
    if draw is not None and outcome is not None:
        raise typer.BadParameter("give --draw or --outcome, not both: a draw ends as it ends", param_hint="--draw")
    [loaded] = load_files([file], inputs)
    from sim.analysis.trace.trace import NoSuchDraw
    from sim.analysis.trace.trace import trace as traced

    try:
        with progress_bar(loaded.scenario.draws if draw is None else 1, "looking") as progress:
            result = traced(loaded, draw=draw, outcome=outcome, progress=progress)
    except NoSuchDraw as error:
        raise typer.BadParameter(str(error), param_hint="--draw") from None
    emit(result, output, whole=full, full=full)
