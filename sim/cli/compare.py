"""``sim compare``: proposals side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.execution import shared_work
from sim.cli.options import Output, Scoring, bundled, without
from sim.cli.output import check_output, emit, emit_wide, note_libraries, progress_bar, remark, write_plot


@bundled
@shared_work()
def compare(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE|RESULT...", help="Scenario files; folders of saved runs, or their result.json."),
    ],
    under: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="EDITS",
            help="Score every scenario file under this file of edits too, in rows of their own. --set wins over it.",
        ),
    ] = None,
    between: Annotated[
        str | None, typer.Option(metavar="A,B", help="Only compare these two rows term by term (ids or names of rows).")
    ] = None,
    baseline: Annotated[
        bool,
        typer.Option(
            "--baseline", help="Tell too what means of fixed scores, a party and term each, would say of every text."
        ),
    ] = False,
    *,
    inputs: Scoring,
    output: Annotated[Output, without(Output, "out", "no_save")],
) -> None:
    """Compare proposals: outcomes side by side, ranks, where they differ and why, what edits change."""
    from sim.analysis.compare.compare import NoSuchRow
    from sim.analysis.compare.compare import compare as compared
    from sim.analysis.compare.inputs import gather, is_saved

    saved = [p for p in files if is_saved(p)]
    overrides = [*inputs.names(), *(["--under"] if under else [])]
    if saved and overrides and len(saved) == len(files):
        raise typer.BadParameter(
            f"{', '.join(overrides)}: for scenario files, and there are only saved runs, which stay as they are "
            f"(their scenario.yaml is a scenario file)"
        )
    check_output(output)
    if baseline and output.wide:
        raise typer.BadParameter("goes with the page, JSON or the whole CSV, not with --wide", param_hint="--baseline")
    entries = gather(files, under=under or (), **inputs.options())
    note_libraries(*(e.loaded.library for e in entries if e.loaded is not None))
    if len(entries) < 2:
        raise typer.BadParameter("compare needs two proposals or more, or one file and --under EDITS")
    if saved and overrides:
        remark(f"{', '.join(overrides)}: applied to the scenario files, not to saved runs")
    work = sum(e.loaded.scenario.draws for e in entries if e.loaded is not None)
    try:
        with progress_bar(work, "comparing") as progress:
            result = compared(entries, between=between, baseline=baseline, progress=progress)
    except NoSuchRow as error:
        raise typer.BadParameter(str(error), param_hint="--between") from None
    if output.wide:
        emit_wide(result.rows)
    else:
        # who asks for two rows term by term asks for what the first screen leaves out
        emit(result, output, whole=between is not None)
    write_plot(result, output)
