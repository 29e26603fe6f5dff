"""``sim sources``: cited places checked against the texts, claims younger than a day, where to begin."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.names import domain_folder, load_files
from sim.cli.options import Inputs, ListForm, Printing, bundled, day, rows_listed
from sim.cli.output import FAILED, Commands, emit, say
from sim.cli.show import DomainDir, show

app = Commands(
    help="Work with the documents behind the evidence.",
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog="Example: sim sources verify texts/",
)
app.callback()(lambda: None)


@app.command(epilog="Example: sim sources verify texts/")
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that holds the texts of the articles.")],
    domain: DomainDir = None,
) -> None:
    """Check every cited place against the texts, for those who hold them."""
    from sim.scenario.evidence import verify as check
    from sim.scenario.loading import load_domain

    loaded = load_domain(domain_folder(domain))
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder}: no such folder")
    findings = check(loaded.sources, loaded.evidence, folder)
    for finding in findings:
        say(str(finding))
    names = {k for k, s in loaded.sources.sources.items() if s.file}
    cited = sum(1 for row in loaded.evidence if row.source in names)
    say(f"{len(names)} texts, {cited} claims cited in them, {len(findings)} findings")
    if findings:
        raise typer.Exit(FAILED)


@app.command(epilog="Example: sim sources after 2025-12-24")
def after(
    date: Annotated[dt.date, typer.Argument(parser=day, metavar="DATE", help="The day.")],
    domain: DomainDir = None,
    format: ListForm = "table",
) -> None:
    """List the claims younger than a day, by date, document or note, and the cells, lines and terms that cite them.

    What of the library goes without them is what sim forecast --without-younger leaves out.
    """
    from sim.scenario.catalogue import citing
    from sim.scenario.evidence import citations, younger
    from sim.scenario.loading import load_domain

    folder = domain_folder(domain)
    loaded = load_domain(folder)
    claims = younger(loaded, date)
    cited = citations(loaded, claims)
    terms = {claim.id: words for claim in claims if (words := list(citing(claim.id, folder)))}
    listing = {"claims": claims, "citations": [x.as_plain() for x in cited], "terms": terms}
    show(format, (listing, lambda tables: tables.younger(claims, cited, terms, loaded, date)))


@app.command(epilog="Example: sim sources audit")
@bundled
def audit(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE...]", help="Scenario files, ids or saved runs; all texts of the library without."
        ),
    ] = None,
    domain: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The domain folder, or the name of a library (default: nearest).")
    ] = None,
    top: Annotated[int | None, rows_listed("How many to list (default: 10).", metavar="N")] = None,
    full: Annotated[bool, typer.Option("--full", help="List every cell, not only those on which most hangs.")] = False,
    not_found: Annotated[
        bool, typer.Option("--not-found", help="List what was looked for and not found, cell by cell.")
    ] = False,
    *,
    inputs: Annotated[Inputs, ("draws", "seed")],
    output: Printing,
) -> None:
    """Tell where to begin: which cells verdicts hang on, how old and well sourced they are, which were looked for."""
    if top is not None and full:
        raise typer.BadParameter("give --top or --full, not both", param_hint="--top")
    if not_found and (top is not None or full):
        raise typer.BadParameter("is a list of its own, without --top or --full", param_hint="--not-found")
    from sim.analysis.audit import page
    from sim.analysis.audit.audit import audit as audited
    from sim.scenario import catalogue

    if files:
        unique = list({catalogue.named(file).resolve(): file for file in files}.values())
        loaded = load_files(unique, replace(inputs, domain=domain))
    else:
        folder = domain_folder(domain)
        texts = catalogue.Library(folder.parent).texts()
        if not texts:
            raise FileNotFoundError(f"{folder.parent}: no texts (*.yaml) beside the domain; name files")
        loaded = load_files(texts, replace(inputs, domain=folder))
    top = None if full else page.TOP if top is None else top
    emit(audited(loaded), output, whole=full, top=top, not_found=not_found)
