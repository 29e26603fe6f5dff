"""``sim amend``: the smallest changes of a text that raise joint acceptability most."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.execution import shared_work
from sim.cli.names import known_party, load_files, named_issues
from sim.cli.options import Constraints, OneFile, Paged, Scoring, bundled, rows_listed, terms_fixed
from sim.cli.output import check_output, emit, progress_bar, write_plot


@bundled
@shared_work()
def amend(
    file: OneFile,
    changes: Annotated[int, typer.Option(min=1, max=3, help="How many terms may change at most.")] = 2,
    keep: Annotated[list[str] | None, terms_fixed("Leave these terms as they are.")] = None,
    party: Annotated[
        str | None, typer.Option(metavar="PARTY", help="Look for what costs this party least and still does its work.")
    ] = None,
    constraints: Constraints = "legal",
    top: Annotated[
        int | None, rows_listed("How many amendments are listed for each number of changes (default: 5).")
    ] = None,
    *,
    inputs: Scoring,
    output: Paged,
) -> None:
    """Find the smallest changes of the text that raise joint acceptability most."""
    check_output(output)
    [loaded] = load_files([file], inputs)
    fixed = named_issues(keep, loaded.scenario.domain.issues.issues, "--keep")
    party = known_party(party, loaded.scenario.domain.positions.values())
    from sim.analysis.amend.amend import amend as amended

    with progress_bar(loaded.scenario.draws * 10 ** (changes + 1), "scoring amendments") as progress:
        result = amended(
            loaded,
            changes=changes,
            keep=fixed,
            party=party,
            constraints=constraints,
            top=5 if top is None else top,
            progress=progress,
        )
    # who asks for more rows asks for the tables that the first screen leaves out
    emit(result, output, whole=top is not None)
    write_plot(result, output)
