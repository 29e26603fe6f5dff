"""Commands that look at the whole package space: frontier."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated

import typer

from sim.cli import common
from sim.cli.common import Format, reporting
from sim.cli.varying import Severity

FRONTIER = "Example: sim frontier scenarios/istanbul.yaml --parties russia,ukraine --plot frontier.svg"


class RedLines(StrEnum):
    all = "all"
    inferred = "inferred"
    stated = "stated"
    none = "none"


def register(app: typer.Typer) -> None:
    app.command(epilog=FRONTIER)(frontier)


def frontier(
    file: common.OneFile,
    parties: Annotated[
        str | None,
        typer.Option(metavar="A,B,...", help="Whose gains count, two or more (default: the principals)."),
    ] = None,
    red_lines: Annotated[
        RedLines,
        common.one_of(RedLines, "--red-lines", help="Which red lines and refusals bind: up to this layer."),
    ] = RedLines.all,
    constraints: Annotated[
        Severity, common.one_of(Severity, "--constraints", help="Which constraints bind: up to this severity.")
    ] = Severity.hard,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="ISSUE", help="Only packages with this term of the text; may be repeated."),
    ] = None,
    epsilon: Annotated[
        float, typer.Option(min=0, help="Settle for a frontier that is right to within so much gain (0: exact).")
    ] = 0.0,
    top: Annotated[int, typer.Option(min=1, help="How many points along the frontier are listed.")] = 10,
    axes: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Which two of the parties the figure shows (default: the first two)."),
    ] = None,
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
    """Find the efficient packages of the whole space, what bargaining theory picks, and how far texts are from them."""
    with reporting():
        common.check_plot(plot)
        if axes is not None and plot is None:
            raise typer.BadParameter("there is no figure without --plot FILE", param_hint="--axes")
        if not math.isfinite(epsilon):
            raise typer.BadParameter(f"{epsilon} is no amount of gain", param_hint="--epsilon")
        [loaded] = common.load_files([file], sets, withs, as_of, evidence, domain, draws, seed, None)
        held = loaded.scenario.domain.positions.values()
        chosen = common.named_parties(parties, held, "--parties")
        if chosen is not None and len(chosen) < 2:
            raise typer.BadParameter("name two parties or more, with commas between them", param_hint="--parties")
        shown = common.named_parties(axes, held, "--axes")
        if shown is not None and len(shown) != 2:
            raise typer.BadParameter("name two parties, with a comma between them", param_hint="--axes")
        for issue in keep or ():
            common.known_issue(issue, loaded.scenario.domain.issues.issues, "--keep")
            if loaded.scenario.proposal.terms[issue].option is None:
                raise typer.BadParameter(f"the text leaves {issue} open: nothing to keep", param_hint="--keep")
        from sim.analysis.boxes import TooTangled
        from sim.analysis.frontier import frontier as found
        from sim.analysis.texts_beside import texts_beside
        from sim.views import frontier as view

        combinations = math.prod(len(i.options) for i in loaded.scenario.domain.issues.issues.values())
        with common.progress_bar(combinations, "counting packages") as progress:
            try:
                result = found(
                    loaded,
                    parties=chosen,
                    red_lines=red_lines.value,
                    constraints=constraints.value,
                    keep=keep or (),
                    epsilon=epsilon,
                    top=top,
                    texts=texts_beside(loaded, domain),
                    progress=progress,
                )
            except TooTangled as error:
                raise ValueError(str(error)) from None
        if shown is not None and (outside := [p for p in shown if p not in result.options.parties]):
            raise typer.BadParameter(
                f"{outside[0]} is not one of the parties of the frontier: {', '.join(result.options.parties)}",
                param_hint="--axes",
            )
        common.emit(result, view, format)
        if plot is not None:
            from sim.plots import frontier as figure

            common.write_plot(plot, lambda: figure.draw(result, shown))
