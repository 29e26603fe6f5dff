"""The command that puts proposals side by side."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from sim.cli import common
from sim.cli.common import Format, reporting

Compared = Annotated[
    list[Path],
    typer.Argument(metavar="FILE|RESULT...", help="Scenario files; folders of saved runs, or their result.json."),
]
Under = Annotated[
    list[Path] | None,
    typer.Option(
        "--under",
        metavar="EDITS",
        help="Score every scenario file under this file of edits too, in rows of their own. --set wins over it.",
    ),
]
Between = Annotated[
    str | None,
    typer.Option("--between", metavar="A,B", help="Only compare these two rows term by term (ids or names of rows)."),
]


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: sim compare istanbul membership --as-of 2025-02-24")(compare)


def compare(
    files: Compared,
    under: Under = None,
    between: Between = None,
    draws: common.Draws = None,
    seed: common.Seed = None,
    sets: common.Sets = None,
    withs: common.Withs = None,
    as_of: common.AsOf = None,
    evidence: common.EvidenceMode = None,
    domain: common.DomainDir = None,
    format: common.FormatName = Format.table,
    wide: common.Wide = False,
    plot: common.PlotFile = None,
    title: common.FigureTitle = None,
    quiet: common.Quiet = False,
) -> None:
    """Compare proposals: outcomes side by side, ranks, where they differ and why, what edits change."""
    with reporting(quiet):
        from sim.analysis.compare import page as view
        from sim.analysis.compare.compare import NoSuchRow
        from sim.analysis.compare.compare import compare as compared
        from sim.analysis.compare.inputs import gather, is_saved
        from sim.scenario.loading import Options

        saved = [p for p in files if is_saved(p)]
        given = _given(draws, seed, sets, withs, as_of, evidence, domain, under)
        if saved and given and len(saved) == len(files):
            raise typer.BadParameter(
                f"{', '.join(given)}: for scenario files, and there are only saved runs, which stay as they are "
                f"(their scenario.yaml is a scenario file)"
            )
        options = Options(
            edits=sets or (),
            edit_files=withs or (),
            as_of=as_of,
            evidence=None if evidence is None else evidence.value,
            domain=domain,
            draws=draws,
            seed=seed,
        )
        common.check_plot(plot, title)
        common.check_wide(wide, format)
        entries = gather(files, under=under or (), **options)
        common.note_libraries([e.loaded for e in entries if e.loaded is not None])
        if len(entries) < 2:
            raise typer.BadParameter("compare needs two proposals or more, or one file and --under EDITS")
        if saved and given:
            common.remark(f"{', '.join(given)}: applied to the scenario files, not to saved runs")
        work = sum(e.loaded.scenario.draws for e in entries if e.loaded is not None)
        try:
            with common.progress_bar(work, "comparing") as progress:
                result = compared(entries, between=between, progress=progress)
        except NoSuchRow as error:
            raise typer.BadParameter(str(error), param_hint="--between") from None
        if wide:
            common.emit_wide(result.rows)
        else:
            common.emit(result, view, format)
        if plot is not None:
            from sim.analysis.compare.figure import draw

            common.write_plot(plot, lambda: draw(result), title)


def _given(
    draws: int | None,
    seed: int | None,
    sets: list[str] | None,
    withs: list[Path] | None,
    as_of: dt.date | None,
    evidence: common.Evidence | None,
    domain: Path | None,
    under: list[Path] | None,
) -> list[str]:
    """The options given that say how scenario files are scored."""
    values = {
        "--draws": draws is not None,
        "--seed": seed is not None,
        "--set": bool(sets),
        "--with": bool(withs),
        "--as-of": as_of is not None,
        "--evidence": evidence is not None,
        "--domain": domain is not None,
        "--under": bool(under),
    }
    return [name for name, there in values.items() if there]
