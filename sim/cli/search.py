"""``sim search``: the packages of the whole space that are accepted most often."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.execution import shared_work
from sim.cli.names import load_files, named_issues, named_parties
from sim.cli.options import Constraints, Inputs, OneFile, Paged, Scoring, bundled, rows_listed, terms_fixed
from sim.cli.output import LONG, check_output, emit, progress_bar, write_plot
from sim.files.ceilings import MOST_EFFORT

if TYPE_CHECKING:
    from sim.scenario.loading import Loaded


@bundled
@shared_work()
def search(
    file: OneFile,
    keep: Annotated[list[str] | None, terms_fixed("Leave these terms as tabled.")] = None,
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
    constraints: Constraints = "legal",
    top: Annotated[int | None, rows_listed("How many of the best packages are listed (default: 5).")] = None,
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
    output: Paged,
) -> None:
    """Find the packages of the whole space that all who are asked accept most often, and prove it where possible."""
    check_output(output)
    if near is not None and changes is None:
        raise typer.BadParameter("say within how many changes of it: --changes N", param_hint="--near")
    [loaded] = load_files([file], inputs)
    fixed = named_issues(keep, loaded.scenario.domain.issues.issues, "--keep")
    wanted = _asked(ask, loaded)
    other = None if near is None else load_files([near], Inputs(domain=inputs.domain))[0]
    from sim.analysis.search.search import search as searched
    from sim.analysis.shared.texts_beside import texts_beside

    with progress_bar(LONG, "excluding packages") as progress:
        result = searched(
            loaded,
            near=other,
            changes=changes,
            keep=fixed,
            ask=wanted or (),
            constraints=constraints,
            top=5 if top is None else top,
            effort=effort,
            texts=texts_beside(loaded, inputs.domain).loaded,
            progress=progress,
        )
    # who asks for more rows asks for the tables that the first screen leaves out
    emit(result, output, whole=top is not None)
    write_plot(result, output)


def _asked(ask: str | None, loaded: Loaded) -> list[str] | None:
    """Whom packages must ask. Raises typer.BadParameter where ``all`` does not stand alone, or a party is unknown."""
    names = [name.strip() for name in (ask or "").split(",")]
    if "all" in map(str.lower, names):
        if len(names) > 1:
            raise typer.BadParameter("all stands alone: it is everybody whom the text asks", param_hint="--ask")
        return ["all"]
    return named_parties(ask, loaded.scenario.domain.positions.values(), "--ask")
