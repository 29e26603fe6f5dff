"""Commands that only read: validate, show, sources; and new, which writes the start of a text."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import shlex
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import common
from sim.cli.common import ListFormat, reporting

if TYPE_CHECKING:
    from rich.console import RenderableType

DomainDir = Annotated[
    Path | None,
    typer.Option(
        "--domain", metavar="DIR", help="The domain folder to read, or the name of a library (default: the nearest)."
    ),
]


Day = Annotated[
    dt.date | None,
    typer.Option("--as-of", parser=common._day, metavar="DATE", help="Only the positions in force on this day."),
]


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: sim validate istanbul my_text.yaml")(validate)
    app.command(epilog="Example: sim new my_text.yaml")(new)
    show = typer.Typer(
        help="Show what the library holds: issues, parties, positions, evidence, sources.",
        no_args_is_help=True,
        rich_markup_mode=None,
        epilog="Example: sim show positions ukraine",
    )
    show.command(epilog="Example: sim show issues")(issues)
    show.command(epilog="Example: sim show parties")(parties)
    show.command(epilog="Example: sim show positions ukraine --as-of 2025-02-24")(positions)
    show.command(epilog="Example: sim show evidence P064")(evidence)
    show.command("sources", epilog="Example: sim show sources")(show_sources)
    app.add_typer(show, name="show")
    sources = typer.Typer(
        help="Work with the documents behind the evidence.",
        no_args_is_help=True,
        rich_markup_mode=None,
        epilog="Example: sim sources verify texts/",
    )
    sources.callback()(lambda: None)
    sources.command(epilog="Example: sim sources verify texts/")(verify)
    app.add_typer(sources, name="sources")


def validate(
    files: common.Files,
    sets: common.Sets = None,
    withs: common.Withs = None,
    as_of: common.AsOf = None,
    domain: common.DomainDir = None,
) -> None:
    """Check files (and edits) without running anything; every complaint is located."""
    with reporting():
        from sim.complaints import render

        loaded = common.load_files(files, sets, withs, as_of, None, domain, None, None, None)
        warnings = list(dict.fromkeys(w for item in loaded for w in item.warnings))
        if warnings:
            typer.echo(render(warnings), err=True)
        for item in loaded:
            common.say(f"{item.path}: in order")
        common.name_libraries()


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The scenario file to make.")],
    domain: Annotated[
        Path | None, typer.Option("--domain", metavar="DIR", help="Its domain (default: domain/ beside it).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write a commented starting scenario, to be filled in."""
    with reporting():
        from sim import catalogue
        from sim.loading import load_domain
        from sim.starting import starting_text
        from sim.writing import write_whole

        _fit_for_a_scenario(file)
        if file.exists() and not force:
            raise FileExistsError(f"{file}: already there (--force replaces it)")
        beside = file.parent / catalogue.DOMAIN
        folder = beside if domain is None and beside.exists() else catalogue.domain(domain)
        write_whole(file, starting_text(load_domain(folder), folder))
        then = ["sim", "validate", str(file), *([] if domain is None else ["--domain", str(domain)])]
        common.tell(f"wrote {file}; fill it in, then: {shlex.join(then)}")


def _fit_for_a_scenario(file: Path) -> None:
    """Raises ValueError, with what would be right, if a scenario cannot be in a file of this name."""
    stem = file.stem if file.suffix else file.name
    name = re.sub(r"\W+", "_", stem, flags=re.ASCII).strip("_") or "my_text"
    right = shlex.quote(str(file.with_name(f"{name}.yaml")))
    if name != stem:
        what = "the file's name is the scenario's id, of letters, digits and underscores"
        raise ValueError(f"{file}: {what}; for instance {right}")
    if file.suffix != ".yaml":
        raise ValueError(f"{file}: a scenario's file ends in .yaml; write {right}")


def issues(domain: DomainDir = None, format: common.ListForm = ListFormat.table) -> None:
    """Issues, their options, and what binds them together."""
    with reporting():
        from sim import catalogue, listing
        from sim.loading import load_domain

        folder = catalogue.domain(domain)
        loaded = load_domain(folder)
        _out(listing.issues(loaded.issues), format, loaded.issues)


def parties(domain: DomainDir = None, format: common.ListForm = ListFormat.table) -> None:
    """The parties: ids, names, roles, when the yes of each is needed, and how much is known of it."""
    with reporting():
        from sim import catalogue, listing
        from sim.loading import load_domain

        loaded = load_domain(catalogue.domain(domain))
        if format is ListFormat.json:
            common.print_json([listing.party_facts(party) for party in loaded.positions.values()])
        else:
            _print(listing.parties(loaded))


def positions(
    party: Annotated[str | None, typer.Argument(metavar="[PARTY]", help="One party; all of them without.")] = None,
    as_of: Day = None,
    domain: DomainDir = None,
    format: common.ListForm = ListFormat.table,
) -> None:
    """A party's positions with their dates, bases and evidence."""
    with reporting():
        from sim import catalogue, listing
        from sim.loading import load_domain

        folder = catalogue.domain(domain)
        loaded = load_domain(folder)
        common.known_party(party, loaded.positions.values(), None, where=f" in {_read(folder, domain)}")
        for held in loaded.positions.values() if party is None else [loaded.positions[party]]:
            _out(listing.positions(held, as_of), format, held)


def evidence(
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="One row; all of them without.")] = None,
    domain: DomainDir = None,
    format: common.ListForm = ListFormat.table,
) -> None:
    """Claims with their sources and places, and where each is used."""
    with reporting():
        from sim import catalogue, listing
        from sim.loading import load_domain

        folder = catalogue.domain(domain)
        loaded = load_domain(folder)
        rows = {row.id: row for row in loaded.evidence}
        chosen = list(rows.values()) if id is None else [rows[_known(id, rows, folder, domain)]]
        if format is ListFormat.json:
            common.print_json(chosen)
        elif id is None:
            _print(listing.evidence(chosen))
        else:
            _print(listing.one_claim(chosen[0], loaded))


def show_sources(domain: DomainDir = None, format: common.ListForm = ListFormat.table) -> None:
    """The register of documents and of actors."""
    with reporting():
        from sim import catalogue, listing
        from sim.loading import load_domain

        folder = catalogue.domain(domain)
        loaded = load_domain(folder)
        _out(listing.sources(loaded.sources), format, loaded.sources)


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that holds the texts of the articles.")],
    domain: DomainDir = None,
) -> None:
    """Check every cited place against the texts, for those who hold them."""
    with reporting():
        from sim.catalogue import domain as domain_folder
        from sim.evidence import verify as check
        from sim.loading import load_domain

        loaded = load_domain(domain_folder(domain))
        if not folder.is_dir():
            raise NotADirectoryError(f"{folder}: no such folder")
        findings = check(loaded.sources, loaded.evidence, folder)
        for finding in findings:
            common.say(str(finding))
        held = [s for s in loaded.sources.sources.values() if s.file]
        names = {k for k, s in loaded.sources.sources.items() if s.file}
        cited = sum(1 for row in loaded.evidence if row.source in names)
        common.say(f"{len(held)} texts, {cited} claims cited in them, {len(findings)} findings")
        if findings:
            raise typer.Exit(common.FAILED)


def _known(name: str, rows: Collection[str], folder: Path, asked: Path | None) -> str:
    if name not in rows:
        from sim.complaints import did_you_mean

        hint = did_you_mean(name, rows, most=0)
        if beside := _holding(name, folder):
            hint = f"{beside} has one: --domain {shlex.quote(str(beside))}"
        raise typer.BadParameter(f"no evidence row {name!r} in {_read(folder, asked)}" + (f"; {hint}" if hint else ""))
    return name


def _holding(name: str, domain: Path) -> Path | None:
    """A domain beside this one, or in a folder beside its own, that has an evidence row of this id."""
    from sim.complaints import Complaints
    from sim.loading import load_domain

    home = domain.parent
    for other in sorted({*home.glob("*/domain"), *home.parent.glob("*/domain"), home.parent / "domain"} - {domain}):
        with contextlib.suppress(Complaints, OSError):
            if any(row.id == name for row in load_domain(other).evidence):
                return other
    return None


def _read(folder: Path, asked: Path | None) -> str:
    """The domain that was read and, where nobody asked for it, how to read another."""
    return f"{folder} (--domain DIR reads another)" if asked is None else str(folder)


def _out(shown: RenderableType, format: ListFormat, model: object) -> None:
    if format is ListFormat.json:
        common.print_json(model)
    else:
        _print(shown)


def _print(shown: RenderableType) -> None:
    from sim.tables import show

    show(shown)
