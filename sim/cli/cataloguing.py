"""Commands that tell what there is: texts of libraries, saved runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli import common
from sim.cli.common import ListFormat, reporting


def register(app: typer.Typer) -> None:
    app.command("list", epilog="Example: sim list")(list_)
    app.command(epilog="Example: sim runs istanbul")(runs)


def list_(format: common.ListForm = ListFormat.table) -> None:
    """List the texts of the libraries in reach: ids (for every command that takes FILE), dates, titles."""
    with reporting():
        from sim.scenario.catalogue import holdings

        found = holdings()
        if format is ListFormat.json:
            common.print_json(found)
            return
        from sim.report import listing
        from sim.report.outcome import show

        show(listing.texts(found))


def runs(
    scenario: Annotated[str | None, typer.Argument(metavar="[ID]", help="Only runs of this scenario.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where runs are saved.")] = Path("results"),
    format: common.ListForm = ListFormat.table,
) -> None:
    """List saved runs, oldest first; the folder of each can be named wherever a FILE can."""
    with reporting():
        from sim.results.runs import saved_runs

        found = saved_runs(out, scenario)
        if format is ListFormat.json:
            common.print_json(found)
            return
        if not found:
            of = "" if scenario is None else f" of {scenario}"
            common.tell(f"no saved runs{of} in {out}")
            return
        from sim.report import listing
        from sim.report.outcome import show

        show(listing.runs(found))
