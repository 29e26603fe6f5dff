"""The command that tells where to begin with a library's sources."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from sim.cli import common
from sim.cli.common import reporting
from sim.cli.options import Inputs, Page, bundled
from sim.files.ceilings import MOST_ROWS


@bundled
def audit(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE...]", help="Scenario files, ids or saved runs; all texts of the library without."
        ),
    ] = None,
    domain: Annotated[
        Path | None,
        typer.Option("--domain", metavar="DIR", help="The domain folder, or the name of a library (default: nearest)."),
    ] = None,
    top: Annotated[
        int | None, typer.Option(min=1, max=MOST_ROWS, metavar="N", help="How many to list (default: 10).")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="List every cell, not only those on which most hangs.")] = False,
    not_found: Annotated[
        bool, typer.Option("--not-found", help="List what was looked for and not found, cell by cell.")
    ] = False,
    *,
    inputs: Annotated[Inputs, ("draws", "seed")],
    output: Page,
) -> None:
    """Tell where to begin: which cells verdicts hang on, how old and well sourced they are, which were looked for."""
    with reporting(output.quiet):
        if top is not None and full:
            raise typer.BadParameter("give --top or --full, not both", param_hint="--top")
        if not_found and (top is not None or full):
            raise typer.BadParameter("is a list of its own, without --top or --full", param_hint="--not-found")
        from sim.analysis.audit.audit import audit as audited
        from sim.analysis.audit.page import TOP, AuditView
        from sim.scenario import catalogue

        if files:
            unique = list({catalogue.named(file).resolve(): file for file in files}.values())
            loaded = common.load_files(unique, replace(inputs, domain=domain))
        else:
            folder = catalogue.domain(domain)
            texts = catalogue.Library(folder.parent).texts()
            if not texts:
                raise FileNotFoundError(f"{folder.parent}: no texts (*.yaml) beside the domain; name files")
            loaded = common.load_files(texts, replace(inputs, domain=folder))
            common.note_library(catalogue.domain_origin(domain, folder))
        common.emit(audited(loaded), AuditView(None if full else TOP if top is None else top, not_found), output)
