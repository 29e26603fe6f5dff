"""``sim show``, ``sim list``, ``sim runs`` and ``sim store``: what libraries, runs and pieces there are."""

from __future__ import annotations

import contextlib
import datetime as dt
import shlex
from collections.abc import Callable, Collection
from operator import methodcaller
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from sim.cli.execution import STORE
from sim.cli.names import domain_folder, known_party
from sim.cli.options import ListForm, ListFormat, day
from sim.cli.output import Commands, name_libraries, print_json, tell, warn

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.scenario import schema

#: Makes a table by the module of tables, which is slow to import.
Table: TypeAlias = "Callable[[ModuleType], RenderableType]"
DomainDir = Annotated[
    Path | None,
    typer.Option(
        "--domain", metavar="DIR", help="The domain folder to read, or the name of a library (default: the nearest)."
    ),
]
app = Commands(
    help="Show what the library holds: issues, parties, positions, evidence, reactions, sources.",
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog="Example: sim show positions ukraine",
)


@app.command(epilog="Example: sim show issues")
def issues(domain: DomainDir = None, format: ListForm = "table") -> None:
    """Issues, their options, and what binds them together."""
    loaded, _ = _read(domain)
    show(format, (loaded.issues, lambda listing: listing.issues(loaded.issues)))


@app.command(epilog="Example: sim show parties")
def parties(domain: DomainDir = None, format: ListForm = "table") -> None:
    """The parties: ids, names, roles, when the yes of each is needed, and how much is known of it."""
    from sim.report.listing import party_facts

    loaded, _ = _read(domain)
    facts = [party_facts(party) for party in loaded.positions.values()]
    show(format, (facts, lambda listing: listing.parties(loaded)))


@app.command(epilog="Example: sim show positions ukraine --as-of 2025-02-24")
def positions(
    party: Annotated[str | None, typer.Argument(metavar="[PARTY]", help="One party; all of them without.")] = None,
    as_of: Annotated[
        dt.date | None, typer.Option(parser=day, metavar="DATE", help="Only the positions in force on this day.")
    ] = None,
    domain: DomainDir = None,
    format: ListForm = "table",
) -> None:
    """A party's positions with their dates, bases and evidence."""
    from sim.scenario.labels import labels_of

    loaded, folder = _read(domain)
    party = known_party(party, loaded.positions.values(), None, where=f" in {_place(folder, domain)}")
    labels = labels_of(loaded)
    chosen = loaded.positions.values() if party is None else [loaded.positions[party]]
    show(format, *((p, methodcaller("positions", p, as_of, labels, not loaded.evidence)) for p in chosen))


@app.command(epilog="Example: sim show evidence P064")
def evidence(
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="One row; all of them without.")] = None,
    domain: DomainDir = None,
    format: ListForm = "table",
) -> None:
    """Claims with their sources and places, and where each is used."""
    from sim.scenario.catalogue import citing
    from sim.scenario.reactions import load_reactions

    loaded, folder = _read(domain)
    rows = {row.id: row for row in loaded.evidence}
    if id is None:
        show(format, (loaded.evidence, lambda listing: listing.evidence(loaded.evidence)))
        return
    if id not in rows:
        raise _no_row(id, rows, folder, domain)

    def uses() -> list[str]:
        return [*citing(id, folder), *load_reactions(folder, loaded).citing(id)]

    show(format, ([rows[id]], lambda listing: listing.one_claim(rows[id], loaded, uses())))


@app.command(epilog="Example: sim show reactions istanbul")
def reactions(
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="One text, by its id; all of them without.")
    ] = None,
    domain: DomainDir = None,
    format: ListForm = "table",
) -> None:
    """What the parties said of the texts within two weeks, with the claims that tell it."""
    from sim.files.complaints import did_you_mean
    from sim.scenario.reactions import load_reactions

    loaded, folder = _read(domain)
    reactions = load_reactions(folder, loaded)
    texts = list(dict.fromkeys(row.text for row in reactions.rows))
    if text is not None and text not in texts:
        hint = did_you_mean(text, texts, most=20)
        what = f"nothing is told of a text {text!r} in {_place(folder, domain)}" + (f"; {hint}" if hint else "")
        raise typer.BadParameter(what)
    warn(reactions.warnings)
    rows = [row for row in reactions.rows if text in (None, row.text)]
    show(format, (rows, lambda listing: listing.reactions(rows, loaded.evidence)))


@app.command(epilog="Example: sim show sources")
def sources(domain: DomainDir = None, format: ListForm = "table") -> None:
    """The register of documents and of actors."""
    loaded, _ = _read(domain)
    show(format, (loaded.sources, lambda listing: listing.sources(loaded.sources)))


def list_(format: ListForm = "table") -> None:
    """List the texts of the libraries in reach: ids (for every command that takes FILE), dates, titles."""
    from sim.scenario.catalogue import holdings

    texts = holdings()
    show(format, (texts, lambda listing: listing.texts(texts)))


def runs(
    scenario: Annotated[str | None, typer.Argument(metavar="[ID]", help="Only runs of this scenario.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where runs are saved.")] = Path("results"),
    format: ListForm = "table",
) -> None:
    """List saved runs, oldest first; the folder of each can be named wherever a FILE can."""
    from sim.results.runs import saved_runs

    saved = saved_runs(out, scenario)
    if saved or format == "json":
        show(format, (saved, lambda listing: listing.runs(saved)))
    else:
        of = "" if scenario is None else f" of {scenario}"
        tell(f"no saved runs{of} in {out}")


def store(
    folder: Annotated[str | None, typer.Argument(metavar="[DIR]", help=f"The store; {STORE} without.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Remove the pieces, and say how many they were.")] = False,
    outdated: Annotated[
        bool,
        typer.Option(
            "--outdated",
            help="Only what no command uses any more: of another version of sim or its libraries, or damaged.",
        ),
    ] = False,
    format: ListForm = "table",
) -> None:
    """List, or remove, the pieces of finished work that --store keeps, from which what was stopped goes on."""
    from sim.execution import holdings

    if folder == "":
        raise typer.BadParameter(f"'' names no folder: --store '' keeps nothing. Without DIR it is {STORE}")
    place = Path(STORE if folder is None else folder)
    content = holdings.Holdings((), 0, 0)
    if folder is not None or place.exists():
        content = (holdings.clear if clear else holdings.stored)(place, outdated=outdated)
    if format != "json" and (clear or not content.works):
        from sim.report.listing import store_line

        tell(store_line(content, str(place), clear, outdated))
    else:
        show(format, (content.works, lambda listing: listing.store(content)))


def _read(domain: Path | None) -> tuple[schema.Domain, Path]:
    """The domain that is meant, and its folder."""
    from sim.scenario.loading import load_domain

    folder = domain_folder(domain)
    return load_domain(folder), folder


def show(format: ListFormat, *listings: tuple[object, Table]) -> None:
    """Print each model, or the table that :mod:`sim.report.listing` makes of it, and below them the library."""
    from sim.report import listing, terminal

    for model, table in listings:
        if format == "json":
            print_json(model)
        else:
            terminal.show(table(listing))
    name_libraries(format)


def _no_row(id: str, rows: Collection[str], folder: Path, named: Path | None) -> typer.BadParameter:
    from sim.files.complaints import did_you_mean

    hint = did_you_mean(id, rows, most=0)
    if beside := _holding(id, folder):
        hint = f"{beside} has one: --domain {shlex.quote(str(beside))}"
    return typer.BadParameter(f"no evidence row {id!r} in {_place(folder, named)}" + (f"; {hint}" if hint else ""))


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


def _place(folder: Path, named: Path | None) -> str:
    """The domain that was read and, where nobody asked for it, how to read another."""
    return f"{folder} (--domain DIR reads another)" if named is None else str(folder)
