"""What commands are asked: options that several share, each written once, and the bundles they come in.

A command takes a bundle as one argument, behind a star, and says which of its options it has::

    @bundled
    def sweep(file: OneFile, *, inputs: Annotated[Inputs, without(Inputs, "protocol")], output: Drawing) -> None: ...

To the command line every field of a bundle is an option like any other, in the place of the bundle.
"""

from __future__ import annotations

import datetime as dt
import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sim.files.ceilings import MOST_DRAWS, MOST_ROWS, MOST_SEED, MOST_WORKERS

if TYPE_CHECKING:
    from sim.scenario.options import Options

Format = Literal["table", "json", "csv", "md"]
ListFormat = Literal["table", "json"]
EvidenceMode = Literal["all", "articles", "firm"]
Protocol = Literal["vote", "alternating_offers", "single_text"]
Severity = Literal["hard", "legal", "political"]


# --- values ---------------------------------------------------------------------------------


def day(text: str) -> dt.date:
    """A date of the command line."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date written YYYY-MM-DD") from None


def _protocol(text: str) -> None:
    """A protocol that is not built in. Raises BadParameter where nobody brings it."""
    from sim.files.registry import BrokenPackage
    from sim.scenario.negotiation_schema import PROTOCOLS

    try:
        if PROTOCOLS.find(text) is None:
            raise typer.BadParameter("; ".join(PROTOCOLS.missing(text, repr(text))))
    except BrokenPackage as error:
        raise typer.BadParameter(str(error)) from None


def one_of(words: Any, *names: str, help: str, more: Callable[[str], None] | None = None) -> Any:
    """An option that takes one of a few words, those of a Literal, and says in our words which.

    ``more`` looks at a word that is none of them, and raises BadParameter where it is none either.
    """
    known: tuple[str, ...] = typing.get_args(words)

    def parse(text: str) -> str:
        if text in known:
            return text
        if more is not None:
            more(text)
            return text
        from sim.files.complaints import meant

        near = meant(text, known)
        raise typer.BadParameter(
            f"{text!r} is not one of {', '.join(known)}" + (f"; did you mean {near}?" if near else "")
        )

    return typer.Option(*names, parser=parse, metavar=f"<{'|'.join(known)}>", help=help)


def rows_listed(help: str, metavar: str | None = None) -> Any:
    """The option ``--top`` of a command that lists the best of many."""
    return typer.Option(min=1, max=MOST_ROWS, metavar=metavar, help=help)


def terms_fixed(help: str) -> Any:
    """The option ``--keep`` of a command that looks for other texts."""
    return typer.Option("--keep", metavar="ISSUE,...", help=help)


# --- arguments and options that stand alone -------------------------------------------------

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Scenario files, ids of texts (sim list), or folders of saved runs."),
]
OneFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A scenario file, the id of a text (sim list), or a saved run's folder.")
]
ListForm = Annotated[ListFormat, one_of(ListFormat, "--format", "-f", help="What to print.")]
Constraints = Annotated[Severity, one_of(Severity, help="Which constraints bind: up to this severity.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing on stderr but warnings and errors: no files written, no bar.")
]


# --- bundles --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Inputs:
    """What overrides scenario files, and what edits them."""

    draws: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_DRAWS, help="How many preference profiles to draw (default: the file's, 10000)."),
    ] = None
    seed: Annotated[
        int | None, typer.Option(min=0, max=MOST_SEED, help="Seed of all draws (default: the file's, 1).")
    ] = None
    edits: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="PATH=VALUE", help="Edit a cell for this run, e.g. 'russia.alignment.importance=minor'."
        ),
    ] = None
    edit_files: Annotated[
        list[Path] | None, typer.Option("--with", metavar="EDITS", help="A YAML file of edits, or the id of one.")
    ] = None
    as_of: Annotated[
        dt.date | None, typer.Option(parser=day, metavar="DATE", help="Use the positions of this day; the text stays.")
    ] = None
    evidence: Annotated[
        EvidenceMode | None,
        one_of(
            EvidenceMode,
            help="What counts as assumed; articles: what rests only on background facts; "
            "firm: what rests only on claims graded weak or single.",
        ),
    ] = None
    domain: Annotated[Path | None, typer.Option(metavar="DIR", help="Another domain folder, or library.")] = None
    protocol: Annotated[
        str | None,
        one_of(Protocol, help="What the parties do with the text; packages may bring others.", more=_protocol),
    ] = None

    def names(self) -> list[str]:
        """The options that a user wrote, as they are written."""
        written = {"edits": "set", "edit_files": "with", "as_of": "as-of"}
        return [f"--{written.get(f.name, f.name)}" for f in fields(self) if getattr(self, f.name) not in (None, [], ())]

    def options(self) -> Options:
        """The same for :func:`sim.load_all`."""
        written = {f.name: value for f in fields(self) if (value := getattr(self, f.name)) is not None}
        return typing.cast("Options", written)


@dataclass(frozen=True)
class Output:
    """What is printed, saved and drawn of an answer, and what is said beside it."""

    format: Annotated[Format, one_of(Format, "--format", "-f", help="What to print.")] = "table"
    full: Annotated[
        bool,
        typer.Option("--full", help="The whole page; without it the first screen. Markdown, JSON and CSV are whole."),
    ] = False
    wide: Annotated[
        bool, typer.Option("--wide", help="With --format csv: a row a text, a column a party, the share that accepts.")
    ] = False
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where runs are saved.")] = Path("results")
    no_save: Annotated[bool, typer.Option("--no-save", help="Do not save the run.")] = False
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw a figure: a .svg or .png file.")] = None
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The figure's heading, in place of its own; '' for none.")
    ] = None
    quiet: Quiet = False


@dataclass(frozen=True)
class Execution:
    """Who works, and where finished pieces are kept: what changes the time that an answer takes, never the answer."""

    workers: Annotated[
        int | None, typer.Option(min=1, max=MOST_WORKERS, help="Processes of this machine that share the work.")
    ] = None
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS|local", help="Work on a Dask cluster: its scheduler's address, or one begun here."
        ),
    ] = None
    store: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Keep finished pieces here; stopped, the same command goes on from them."),
    ] = None


def without(bundle: type, *names: str) -> tuple[str, ...]:
    """All options of a bundle but these."""
    return tuple(f.name for f in fields(bundle) if f.name not in names)


#: A bundle is annotated with the options of it that a command has, in the order of its help; all of them without.
Scoring = Annotated[Inputs, without(Inputs, "protocol")]
Drawing = Annotated[Output, ("format", "plot", "title", "quiet")]
Paged = Annotated[Output, ("format", "full", "plot", "title", "quiet")]
Printing = Annotated[Output, ("format", "quiet")]


@cache
def _hints(bundle: type) -> dict[str, Any]:
    """The annotations of a bundle's options."""
    return typing.get_type_hints(bundle, include_extras=True)


def bundled(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose signature, which typer reads, has the options of its bundles in place of these."""
    options: list[inspect.Parameter] = []
    bundles: dict[str, tuple[type, tuple[str, ...]]] = {}
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        kind, *names = typing.get_args(parameter.annotation) or [parameter.annotation]
        if kind not in (Inputs, Output, Execution):
            options.append(parameter)
            continue
        [names] = names or [without(kind)]
        bundles[parameter.name] = kind, names
        hints = _hints(kind)
        options += [parameter.replace(name=n, default=getattr(kind, n), annotation=hints[n]) for n in names]

    @wraps(command)
    def unbundled(**values: object) -> None:
        for name, (kind, names) in bundles.items():
            values[name] = kind(**{n: values.pop(n) for n in names})
        command(**values)

    unbundled.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
    unbundled.__annotations__ = {option.name: option.annotation for option in options}
    return unbundled
