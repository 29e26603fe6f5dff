"""The command sensitivity: levers, Sobol' indices, break-even weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sim.cli.execution import STORE, shared_work
from sim.cli.names import known_issue, known_party, load_files
from sim.cli.options import Inputs, OneFile, Output, Paged, bundled, one_of, rows_listed
from sim.cli.output import check_output, emit, progress_bar, write_plot
from sim.files.ceilings import MOST_DRAWS, MOST_SAMPLE

if TYPE_CHECKING:
    from sim.scenario.loading import Loaded


Method = Literal["levers", "sobol", "flip"]


@bundled
@shared_work(STORE)
def sensitivity(
    file: OneFile,
    method: Annotated[
        Method,
        one_of(
            Method,
            help="levers: single edits of positions, one by one. sobol: shares of variance by party and issue. "
            "flip: which weights would turn a party.",
        ),
    ] = "levers",
    party: Annotated[str | None, typer.Option(metavar="PARTY", help="Only this party.")] = None,
    issue: Annotated[str | None, typer.Option(metavar="ISSUE", help="levers: only edits on this issue.")] = None,
    pairs: Annotated[bool, typer.Option("--pairs", help="levers: also pairs of edits that flip the verdict.")] = False,
    top: Annotated[
        int | None, rows_listed("levers: how many rows to print (default: 15, of a first screen 6).", metavar="N")
    ] = None,
    n: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_SAMPLE, metavar="N", help="sobol: size of the base sample (default: 4096)."),
    ] = None,
    *,
    inputs: Inputs,
    output: Paged,
) -> None:
    """Find what a verdict turns on: edits of positions, uncertain preferences, or weights.

    With a protocol for talks every edit is negotiated: what an agreement that stands turns on.
    """
    for option, wanted, homes in (
        ("--issue", issue is not None, ("levers",)),
        ("--pairs", pairs, ("levers",)),
        ("--top", top is not None, ("levers",)),
        ("--n", n is not None, ("sobol",)),
        ("--full", output.full, ("levers",)),
        ("--draws", inputs.draws is not None, ("levers", "flip")),
    ):
        if wanted and method not in homes:
            right = " or ".join(f"--method {home}" for home in homes)
            more = "; its sample is --n" if option == "--draws" else ""
            raise typer.BadParameter(f"goes with {right}, not with {method}{more}", param_hint=option)
    talks = inputs.protocol not in (None, "vote")
    if talks and method != "levers":
        raise typer.BadParameter(f"goes with --method levers, not with {method}, which votes", param_hint="--protocol")
    if talks and pairs:
        raise typer.BadParameter("goes with a vote, not with talks", param_hint="--pairs")
    check_output(output)
    [loaded] = load_files([file], inputs)
    party = known_party(party, loaded.scenario.domain.positions.values())
    known_issue(issue, loaded.scenario.domain.issues.issues, "--issue")
    if talks:
        _talks_levers(loaded, party, issue, top, output)
    elif method == "levers":
        _levers(loaded, party, issue, pairs, top, output)
    elif method == "sobol":
        _sobol(loaded, party, n, output)
    else:
        _flip(loaded, party, output)


def _levers(loaded: Loaded, party: str | None, issue: str | None, pairs: bool, top: int | None, output: Output) -> None:
    from sim.analysis.levers.levers import levers

    domain = loaded.scenario.domain
    # About as many edits as there are; what counts is whether the bar is worth showing.
    edits = 5 * (1 if party else len(domain.positions)) * (1 if issue else len(domain.issues.issues))
    with progress_bar(loaded.scenario.draws * edits, "scoring edits") as progress:
        result = levers(loaded, party=party, issue=issue, pairs=pairs, progress=progress)
    emit(result, output, top=top)
    write_plot(result, output)


def _talks_levers(loaded: Loaded, party: str | None, issue: str | None, top: int | None, output: Output) -> None:
    from sim.analysis.levers.talks import talks_levers

    with progress_bar(MOST_DRAWS, "negotiating") as progress:  # it takes minutes, whatever the draws
        result = talks_levers(loaded, party=party, issue=issue, progress=progress)
    emit(result, output, top=top)
    write_plot(result, output)


def _sobol(loaded: Loaded, party: str | None, n: int | None, output: Output) -> None:
    from sim.analysis.sobol.sobol import LEAST, sobol
    from sim.engine.draws import BLOCK

    n = BLOCK if n is None else n
    if n < LEAST:
        raise typer.BadParameter(f"{n} draws are too few for indices; take at least {LEAST}", param_hint="--n")
    # Two samples, and one more a group.
    texts = 2 + 3 * len(loaded.scenario.domain.positions) + len(loaded.scenario.domain.issues.issues)
    with progress_bar(n * texts, "sampling") as progress:
        result = sobol(loaded, n, party=party, progress=progress)
    emit(result, output)
    write_plot(result, output)


def _flip(loaded: Loaded, party: str | None, output: Output) -> None:
    from sim.analysis.flip.flip import flip

    result = flip(loaded, party=party)
    emit(result, output)
    write_plot(result, output)
