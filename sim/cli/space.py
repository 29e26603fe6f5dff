"""Commands that look at the whole package space: frontier, search."""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import common
from sim.cli.common import reporting
from sim.cli.options import Answer, Inputs, OneFile, Scoring, bundled, one_of
from sim.cli.varying import Severity
from sim.files.ceilings import MOST_EFFORT, MOST_ROWS

if TYPE_CHECKING:
    from sim.scenario.loading import Loaded

FRONTIER = "Example: sim frontier istanbul --parties russia,ukraine --plot frontier.svg"
SEARCH = "Example: sim search istanbul --keep alignment --ask all"


class RedLines(StrEnum):
    all = "all"
    inferred = "inferred"
    stated = "stated"
    none = "none"


def register(app: typer.Typer) -> None:
    app.command(epilog=FRONTIER)(frontier)
    app.command(epilog=SEARCH)(search)


@bundled
def frontier(
    file: OneFile,
    parties: Annotated[
        str | None,
        typer.Option(metavar="A,B,...", help="Whose gains count, two or more (default: the principals)."),
    ] = None,
    red_lines: Annotated[
        RedLines,
        one_of(RedLines, "--red-lines", help="Which red lines and refusals bind: up to this layer."),
    ] = RedLines.all,
    constraints: Annotated[
        Severity, one_of(Severity, "--constraints", help="Which constraints bind: up to this severity.")
    ] = Severity.hard,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="ISSUE,...", help="Only packages with these terms of the text."),
    ] = None,
    epsilon: Annotated[
        float, typer.Option(min=0, help="Settle for a frontier that is right to within so much gain (0: exact).")
    ] = 0.0,
    top: Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="How many points along the frontier are listed.")] = 10,
    axes: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Which two of the parties the figure shows (default: the first two)."),
    ] = None,
    *,
    inputs: Scoring,
    output: Answer,
) -> None:
    """Find the efficient packages of the whole space, what bargaining theory picks, and how far texts are from them."""
    with reporting(output.quiet):
        common.check_output(output)
        if axes is not None and output.plot is None:
            raise typer.BadParameter("there is no figure without --plot FILE", param_hint="--axes")
        if not math.isfinite(epsilon):
            raise typer.BadParameter(f"{epsilon} is no amount of gain", param_hint="--epsilon")
        [loaded] = common.load_files([file], inputs)
        held = loaded.scenario.domain.positions.values()
        chosen = common.named_parties(parties, held, "--parties")
        if chosen is not None and len(chosen) < 2:
            raise typer.BadParameter("name two parties or more, with commas between them", param_hint="--parties")
        shown = common.named_parties(axes, held, "--axes")
        if shown is not None and len(shown) != 2:
            raise typer.BadParameter("name two parties, with a comma between them", param_hint="--axes")
        kept = common.named_issues(keep, loaded.scenario.domain.issues.issues, "--keep")
        for issue in kept:
            if loaded.scenario.proposal.terms[issue].option is None:
                raise typer.BadParameter(f"the text leaves {issue} open: nothing to keep", param_hint="--keep")
        from sim.analysis.frontier import page as view
        from sim.analysis.frontier.frontier import frontier as found
        from sim.analysis.shared.texts_beside import texts_beside
        from sim.analysis.space.boxes import TooTangled

        combinations = math.prod(len(i.options) for i in loaded.scenario.domain.issues.issues.values())
        with common.progress_bar(combinations, "counting packages") as progress:
            try:
                result = found(
                    loaded,
                    parties=chosen,
                    red_lines=red_lines.value,
                    constraints=constraints.value,
                    keep=kept,
                    epsilon=epsilon,
                    top=top,
                    texts=texts_beside(loaded, inputs.domain),
                    progress=progress,
                )
            except TooTangled as error:
                raise ValueError(str(error)) from None
        if shown is not None and (outside := [p for p in shown if p not in result.options.parties]):
            raise typer.BadParameter(
                f"{outside[0]} is not one of the parties of the frontier: {', '.join(result.options.parties)}",
                param_hint="--axes",
            )
        common.emit(result, view, output)
        if output.plot is not None:
            from sim.analysis.frontier.figure import draw

            common.write_plot(output, lambda: draw(result, shown))


@bundled
def search(
    file: OneFile,
    keep: Annotated[
        list[str] | None, typer.Option("--keep", metavar="ISSUE,...", help="Leave these terms as tabled.")
    ] = None,
    changes: Annotated[
        int | None, typer.Option(min=1, help="Look only within so many changes of the text, or of the one of --near.")
    ] = None,
    near: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --changes: look near the text of this scenario.")
    ] = None,
    ask: Annotated[
        str | None,
        typer.Option(metavar="PARTY,...", help="Look only among packages that ask these; all: whoever the text asks."),
    ] = None,
    constraints: Annotated[
        Severity, one_of(Severity, "--constraints", help="Which constraints bind: up to this severity.")
    ] = Severity.legal,
    top: Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="How many of the best packages are listed.")] = 5,
    effort: Annotated[
        int,
        typer.Option(
            min=0,
            max=MOST_EFFORT,
            help="How many boxes of packages a proof may open; each takes some ten milliseconds.",
        ),
    ] = 3000,
    *,
    inputs: Scoring,
    output: Answer,
) -> None:
    """Find the packages of the whole space that all who are asked accept most often, and prove it where possible."""
    with reporting(output.quiet):
        common.check_output(output)
        if near is not None and changes is None:
            raise typer.BadParameter("say within how many changes of it: --changes N", param_hint="--near")
        [loaded] = common.load_files([file], inputs)
        kept = common.named_issues(keep, loaded.scenario.domain.issues.issues, "--keep")
        wanted = _asked(ask, loaded)
        other = None if near is None else common.load_files([near], Inputs(domain=inputs.domain))[0]
        from sim.analysis.search import page as view
        from sim.analysis.search.search import search as searched
        from sim.analysis.shared.texts_beside import texts_beside

        with common.progress_bar(common.LONG, "excluding packages") as progress:
            result = searched(
                loaded,
                near=other,
                changes=changes,
                keep=kept,
                ask=wanted or (),
                constraints=constraints.value,
                top=top,
                effort=effort,
                texts=texts_beside(loaded, inputs.domain).loaded,
                progress=progress,
            )
        common.emit(result, view, output)
        if output.plot is not None:
            from sim.analysis.search.figure import draw

            common.write_plot(output, lambda: draw(result))


def _asked(ask: str | None, loaded: Loaded) -> list[str] | None:
    """Whom packages must ask. Raises typer.BadParameter where ``all`` does not stand alone, or a party is unknown."""
    names = [name.strip() for name in (ask or "").split(",")]
    if "all" in map(str.lower, names):
        if len(names) > 1:
            raise typer.BadParameter("all stands alone: it is everybody whom the text asks", param_hint="--ask")
        return ["all"]
    return common.named_parties(ask, loaded.scenario.domain.positions.values(), "--ask")
