"""Commands that only read: validate, show, sources; and new, which writes the start of a text."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import shlex
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import auditing, common
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


NEW = "Example: sim new my_text.yaml; sim new talks --negotiation --parties 'Union,Board' --issues 'pay,hours'"


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: sim validate istanbul my_text.yaml")(validate)
    app.command(epilog=NEW)(new)
    app.command(epilog="Example: sim schema positions")(schema)
    show = typer.Typer(
        help="Show what the library holds: issues, parties, positions, evidence, reactions, sources.",
        no_args_is_help=True,
        rich_markup_mode=None,
        epilog="Example: sim show positions ukraine",
    )
    show.command(epilog="Example: sim show issues")(issues)
    show.command(epilog="Example: sim show parties")(parties)
    show.command(epilog="Example: sim show positions ukraine --as-of 2025-02-24")(positions)
    show.command(epilog="Example: sim show evidence P064")(evidence)
    show.command(epilog="Example: sim show reactions istanbul")(reactions)
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
    sources.command(epilog="Example: sim sources audit")(auditing.audit)
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
        from sim.files.complaints import render
        from sim.scenario import catalogue
        from sim.scenario.reactions import load_all_reactions

        loaded = common.load_files(files, sets, withs, as_of, None, domain, None, None, None)
        beside = [item.path.parent / catalogue.DOMAIN for item in loaded]
        said = load_all_reactions(beside if domain is None else [catalogue.domain(domain)])
        found = [*(w for item in loaded for w in item.warnings), *(w for held in said.values() for w in held.warnings)]
        warnings = list(dict.fromkeys(found))
        if warnings:
            typer.echo(render(warnings), err=True)
        for item in loaded:
            common.say(f"{item.path}: in order")
        common.name_libraries()


def new(
    file: Annotated[
        Path, typer.Argument(metavar="FILE|FOLDER", help="The scenario file to make; the folder, for a negotiation.")
    ],
    domain: Annotated[
        Path | None, typer.Option("--domain", metavar="DIR", help="Its domain (default: domain/ beside it).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    negotiation: Annotated[
        bool, typer.Option("--negotiation", help="Make a folder with a domain of its own, and one text.")
    ] = False,
    parties: Annotated[
        str | None, typer.Option(metavar="A,B,...", help="With --negotiation: who negotiates, by name.")
    ] = None,
    issues: Annotated[
        str | None, typer.Option(metavar="X,Y,...", help="With --negotiation: over what, by name.")
    ] = None,
    quiet: common.Quiet = False,
) -> None:
    """Write a commented start to be filled in: of a text, or of a negotiation with its domain."""
    with reporting(quiet):
        if negotiation:
            if domain is not None or force:
                raise typer.BadParameter("goes with a FILE, not with --negotiation", param_hint="--domain, --force")
            _new_negotiation(file, _names(parties, "--parties"), _names(issues, "--issues"))
            return
        if parties is not None or issues is not None:
            raise typer.BadParameter("goes with --negotiation", param_hint="--parties, --issues")
        from sim.files.writing import write_whole
        from sim.scenario import catalogue
        from sim.scenario.loading import load_domain
        from sim.scenario.new_files import SCHEMAS, starting_text

        _fit_for_a_scenario(file)
        if file.exists() and not force:
            raise FileExistsError(f"{file}: already there (--force replaces it)")
        beside = file.parent / catalogue.DOMAIN
        folder = beside if domain is None and beside.exists() else catalogue.domain(domain)
        text = starting_text(load_domain(folder), folder)
        _write_schemas(file.parent / SCHEMAS, ["scenario"])
        write_whole(file, text)
        then = ["sim", "validate", str(file), *([] if domain is None else ["--domain", str(domain)])]
        common.remark(f"wrote {file}; fill it in, then: {shlex.join(then)}")


def _names(text: str | None, option: str) -> list[str]:
    """Names with commas between them. Raises typer.BadParameter where there is none."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    if not names:
        raise typer.BadParameter("name one or more, with commas between them", param_hint=option)
    return names


def _new_negotiation(folder: Path, parties: list[str], issues: list[str]) -> None:
    from sim.interop.folders import check_free, write_folder
    from sim.scenario.new_files import TEXT, negotiation

    check_free(folder)
    files = negotiation(parties, issues, folder)
    write_folder(folder, files)
    shown = [name for name in files if not name.startswith(".")]
    common.remark(f"wrote {folder}: {', '.join(shown)}")
    common.remark(f"all is assumed or unknown yet; fill it in, then: {shlex.join(['sim', 'run', str(folder / TEXT)])}")


def _write_schemas(folder: Path, kinds: Iterable[str]) -> None:
    """Write the schemas of kinds of files where editors look for them. Raises OSError."""
    from sim.files.writing import write_whole
    from sim.scenario.file_schemas import schema_text

    folder.mkdir(parents=True, exist_ok=True)
    for kind in kinds:
        write_whole(folder / f"{kind}.json", schema_text(kind))


def schema(
    kind: Annotated[
        str | None, typer.Argument(metavar="[KIND]", help="scenario, issues, positions, sources or edits.")
    ] = None,
    write: Annotated[
        Path | None, typer.Option("--write", metavar="DIR", help="Write them to files of this folder, KIND.json.")
    ] = None,
    quiet: common.Quiet = False,
) -> None:
    """Print the JSON Schema of a kind of file, or write all of them: every key, what it takes and what it means."""
    with reporting(quiet):
        from sim.files.complaints import did_you_mean
        from sim.scenario.file_schemas import DRAFT, KINDS, file_schema, schema_text

        if kind is not None and kind not in KINDS:
            hint = did_you_mean(kind, KINDS)
            raise typer.BadParameter(f"there is no kind of file called {kind!r}; {hint}", param_hint="KIND")
        kinds = list(KINDS) if kind is None else [kind]
        if write is not None:
            _write_schemas(write, kinds)
            common.remark(f"wrote {', '.join(str(write / f'{k}.json') for k in kinds)}")
        elif kind is not None:
            common.say(schema_text(kind), nl=False)
        else:
            common.print_json({"$schema": DRAFT, "$defs": {k: file_schema(k) for k in kinds}})


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
        from sim.report import listing
        from sim.scenario.loading import load_domain

        folder = _domain(domain)
        loaded = load_domain(folder)
        _out(listing.issues(loaded.issues), format, loaded.issues)
        _name_library(format)


def parties(domain: DomainDir = None, format: common.ListForm = ListFormat.table) -> None:
    """The parties: ids, names, roles, when the yes of each is needed, and how much is known of it."""
    with reporting():
        from sim.report import listing
        from sim.scenario.loading import load_domain

        loaded = load_domain(_domain(domain))
        if format is ListFormat.json:
            common.print_json([listing.party_facts(party) for party in loaded.positions.values()])
        else:
            _print(listing.parties(loaded))
        _name_library(format)


def positions(
    party: Annotated[str | None, typer.Argument(metavar="[PARTY]", help="One party; all of them without.")] = None,
    as_of: Day = None,
    domain: DomainDir = None,
    format: common.ListForm = ListFormat.table,
) -> None:
    """A party's positions with their dates, bases and evidence."""
    with reporting():
        from sim.report import listing
        from sim.scenario.labels import labels_of
        from sim.scenario.loading import load_domain

        folder = _domain(domain)
        loaded = load_domain(folder)
        party = common.known_party(party, loaded.positions.values(), None, where=f" in {_read(folder, domain)}")
        labels = labels_of(loaded)
        for held in loaded.positions.values() if party is None else [loaded.positions[party]]:
            _out(listing.positions(held, as_of, labels, not loaded.evidence), format, held)
        _name_library(format)


def evidence(
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="One row; all of them without.")] = None,
    domain: DomainDir = None,
    format: common.ListForm = ListFormat.table,
) -> None:
    """Claims with their sources and places, and where each is used."""
    with reporting():
        from sim.report import listing
        from sim.scenario.catalogue import citing
        from sim.scenario.loading import load_domain
        from sim.scenario.reactions import load_reactions

        folder = _domain(domain)
        loaded = load_domain(folder)
        rows = {row.id: row for row in loaded.evidence}
        chosen = list(rows.values()) if id is None else [rows[_known(id, rows, folder, domain)]]
        if format is ListFormat.json:
            common.print_json(chosen)
        elif id is None:
            _print(listing.evidence(chosen))
        else:
            said = [*citing(id, folder), *load_reactions(folder, loaded).citing(id)]
            _print(listing.one_claim(chosen[0], loaded, said))
        _name_library(format)


def reactions(
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="One text, by its id; all of them without.")
    ] = None,
    domain: DomainDir = None,
    format: common.ListForm = ListFormat.table,
) -> None:
    """What the parties said of the texts within two weeks, with the claims that tell it."""
    with reporting():
        from sim.files.complaints import did_you_mean, render
        from sim.report import listing
        from sim.scenario.loading import load_domain
        from sim.scenario.reactions import load_reactions

        folder = _domain(domain)
        loaded = load_domain(folder)
        held = load_reactions(folder, loaded)
        texts = list(dict.fromkeys(row.text for row in held.rows))
        if text is not None and text not in texts:
            hint = did_you_mean(text, texts, most=20)
            said = f"nothing is told of a text {text!r} in {_read(folder, domain)}" + (f"; {hint}" if hint else "")
            raise typer.BadParameter(said)
        if held.warnings:
            typer.echo(render(held.warnings), err=True)
        rows = [row for row in held.rows if text in (None, row.text)]
        _out(listing.reactions(rows, loaded.evidence), format, rows)
        _name_library(format)


def show_sources(domain: DomainDir = None, format: common.ListForm = ListFormat.table) -> None:
    """The register of documents and of actors."""
    with reporting():
        from sim.report import listing
        from sim.scenario.loading import load_domain

        folder = _domain(domain)
        loaded = load_domain(folder)
        _out(listing.sources(loaded.sources), format, loaded.sources)
        _name_library(format)


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that holds the texts of the articles.")],
    domain: DomainDir = None,
) -> None:
    """Check every cited place against the texts, for those who hold them."""
    with reporting():
        from sim.scenario.evidence import verify as check
        from sim.scenario.loading import load_domain

        loaded = load_domain(_domain(domain))
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


def _domain(given: Path | None) -> Path:
    """The domain folder that is meant; its library is kept for the last line where the path given does not say it."""
    from sim.scenario import catalogue

    folder = catalogue.domain(given)
    common.note_library(catalogue.domain_origin(given, folder))
    return folder


def _name_library(format: ListFormat) -> None:
    common.name_libraries(common.Format(format.value))


def _known(name: str, rows: Collection[str], folder: Path, asked: Path | None) -> str:
    if name not in rows:
        from sim.files.complaints import did_you_mean

        hint = did_you_mean(name, rows, most=0)
        if beside := _holding(name, folder):
            hint = f"{beside} has one: --domain {shlex.quote(str(beside))}"
        raise typer.BadParameter(f"no evidence row {name!r} in {_read(folder, asked)}" + (f"; {hint}" if hint else ""))
    return name


def _holding(name: str, domain: Path) -> Path | None:
    """A domain beside this one, or in a folder beside its own, that has an evidence row of this id."""
    from sim.files.complaints import Complaints
    from sim.scenario.loading import load_domain

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
    from sim.report.outcome import show

    show(shown)
