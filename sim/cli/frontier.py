"""``sim frontier``: packages that no other betters for all."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import typer

from sim.cli.execution import shared_work
from sim.cli.names import load_files, named_issues, named_parties
from sim.cli.options import Constraints, OneFile, Paged, Scoring, bundled, one_of, rows_listed, terms_fixed
from sim.cli.output import check_output, emit, progress_bar, write_plot

RedLines = Literal["all", "inferred", "stated", "none"]


@bundled
@shared_work()
def frontier(
    file: OneFile,
    parties: Annotated[
        str | None, typer.Option(metavar="A,B,...", help="Whose gains count, two or more (default: the principals).")
    ] = None,
    red_lines: Annotated[
        RedLines, one_of(RedLines, help="Which red lines and refusals bind: up to this layer.")
    ] = "all",
    constraints: Constraints = "hard",
    keep: Annotated[list[str] | None, terms_fixed("Only packages with these terms of the text.")] = None,
    epsilon: Annotated[
        float, typer.Option(min=0, help="Settle for a frontier that is right to within so much gain (0: exact).")
    ] = 0.0,
    top: Annotated[int | None, rows_listed("How many points along the frontier are listed (default: 10).")] = None,
    axes: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Which two of the parties the figure shows (default: the first two)."),
    ] = None,
    *,
    inputs: Scoring,
    output: Paged,
) -> None:
    """Find the efficient packages of the whole space, what bargaining theory picks, and how far texts are from them."""
    check_output(output)
    if axes is not None and output.plot is None:
        raise typer.BadParameter("there is no figure without --plot FILE", param_hint="--axes")
    if not math.isfinite(epsilon):
        raise typer.BadParameter(f"{epsilon} is no amount of gain", param_hint="--epsilon")
    [loaded] = load_files([file], inputs)
    known = loaded.scenario.domain.positions.values()
    chosen = named_parties(parties, known, "--parties")
    if chosen is not None and len(chosen) < 2:
        raise typer.BadParameter("name two parties or more, with commas between them", param_hint="--parties")
    pair = named_parties(axes, known, "--axes")
    if pair is not None and len(pair) != 2:
        raise typer.BadParameter("name two parties, with a comma between them", param_hint="--axes")
    fixed = named_issues(keep, loaded.scenario.domain.issues.issues, "--keep")
    for issue in fixed:
        if loaded.scenario.proposal.terms[issue].option is None:
            raise typer.BadParameter(f"the text leaves {issue} open: nothing to keep", param_hint="--keep")
    from sim.analysis.frontier.frontier import chosen_parties
    from sim.analysis.frontier.frontier import frontier as traced
    from sim.analysis.shared.texts_beside import texts_beside
    from sim.analysis.space.boxes import TooTangled

    if pair is not None:
        counted = chosen_parties(loaded, chosen)
        for party in pair:
            if party not in counted:
                raise typer.BadParameter(
                    f"{party} is not one of the parties of the frontier: {', '.join(counted)}", param_hint="--axes"
                )
    combinations = math.prod(len(i.options) for i in loaded.scenario.domain.issues.issues.values())
    with progress_bar(combinations, "counting packages") as progress:
        try:
            result = traced(
                loaded,
                parties=chosen,
                red_lines=red_lines,
                constraints=constraints,
                keep=fixed,
                epsilon=epsilon,
                top=10 if top is None else top,
                texts=texts_beside(loaded, inputs.domain),
                progress=progress,
            )
        except TooTangled as error:
            raise ValueError(str(error)) from None
    # who asks for more rows asks for the tables that the first screen leaves out
    emit(result, output, whole=top is not None)
    write_plot(result, output, axes=pair)
