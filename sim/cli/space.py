"""Commands that look at the whole package space: search."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli import common
from sim.cli.common import Format, reporting
from sim.cli.varying import Severity

SEARCH = "Example: sim search scenarios/istanbul.yaml --keep alignment --ask all"


def register(app: typer.Typer) -> None:
    app.command(epilog=SEARCH)(search)


def search(
    file: common.OneFile,
    keep: Annotated[
        list[str] | None, typer.Option("--keep", metavar="ISSUE", help="Leave this term as tabled; may be repeated.")
    ] = None,
    changes: Annotated[
        int | None, typer.Option(min=1, help="Look only within so many changes of the text, or of the one of --near.")
    ] = None,
    near: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --changes: look near the text of this scenario.")
    ] = None,
    ask: Annotated[
        str | None,
        typer.Option(
            metavar="PARTY,...", help="Look only among packages that ask these parties, or all the text asks."
        ),
    ] = None,
    constraints: Annotated[
        Severity, common.one_of(Severity, "--constraints", help="Which constraints bind: up to this severity.")
    ] = Severity.legal,
    top: Annotated[int, typer.Option(min=1, help="How many of the best packages are listed.")] = 5,
    effort: Annotated[
        int, typer.Option(min=0, help="How many boxes of packages a proof may open; each takes some ten milliseconds.")
    ] = 3000,
    draws: common.Draws = None,
    seed: common.Seed = None,
    sets: common.Sets = None,
    withs: common.Withs = None,
    as_of: common.AsOf = None,
    evidence: common.EvidenceMode = None,
    domain: common.DomainDir = None,
    format: common.FormatName = Format.table,
    plot: common.PlotFile = None,
) -> None:
    """Find the packages of the whole space that all who are asked accept most often, and prove it where possible."""
    with reporting():
        common.check_plot(plot)
        if near is not None and changes is None:
            raise typer.BadParameter("say within how many changes of it: --changes N", param_hint="--near")
        [loaded] = common.load_files([file], sets, withs, as_of, evidence, domain, draws, seed, None)
        for issue in keep or ():
            common.known_issue(issue, loaded.scenario.domain.issues.issues, "--keep")
        wanted = [] if ask is None else [word.strip() for word in ask.split(",")]
        for party in wanted:
            if party != "all":
                common.known_party(party, loaded.scenario.domain.positions.values(), "--ask")
        other = None if near is None else common.load_files([near], None, None, None, None, domain, None, None, None)[0]
        from sim.analysis.search import search as searched
        from sim.views import search as view

        with common.progress_bar(common.LONG, "excluding packages") as progress:
            result = searched(
                loaded,
                near=other,
                changes=changes,
                keep=keep or (),
                ask=wanted,
                constraints=constraints.value,
                top=top,
                effort=effort,
                progress=progress,
            )
        common.emit(result, view, format)
        if plot is not None:
            from sim.plots import search as figure

            common.write_plot(plot, lambda: figure.draw(result))
