"""Options that commands share, and how errors end a command."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
import tempfile
import typing
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from sim.files import system
from sim.files.ceilings import MOST_DRAWS, MOST_SEED, MOST_WORKERS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.analysis.compare.compare import Row
    from sim.report.page import Page
    from sim.results.records import Document, Result
    from sim.scenario import schema
    from sim.scenario.loading import Loaded
    from sim.simulation.runner import Progress

FAILED, BAD_FILE, INTERRUPTED = 1, 3, 130
#: Runs longer than this many draws times scenarios show a progress bar.
LONG = 200_000


class Format(StrEnum):
    table = "table"
    json = "json"
    csv = "csv"
    md = "md"


class ListFormat(StrEnum):
    table = "table"
    json = "json"


class Evidence(StrEnum):
    all = "all"
    articles = "articles"


class Protocol(StrEnum):
    vote = "vote"
    alternating_offers = "alternating_offers"
    single_text = "single_text"


_Word = TypeVar("_Word", bound=StrEnum)
_Doc = TypeVar("_Doc", bound="Document", contravariant=True)


class View(typing.Protocol[_Doc]):
    """A module of :mod:`sim.analysis`, ``page.py``: how the result of one analysis looks as text."""

    @property
    def HEADER(self) -> Sequence[str]: ...

    def rows(self, result: _Doc, /) -> Iterable[Sequence[object]]: ...

    def page(self, result: _Doc, /) -> Page: ...


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date written YYYY-MM-DD") from None


def _one_of(kind: type[_Word]) -> Callable[[str], _Word]:
    def parse(text: str) -> _Word:
        words = [str(word) for word in kind]
        if text in words:
            return kind(text)
        from sim.files.complaints import meant

        near = meant(text, words)
        raise typer.BadParameter(
            f"{text!r} is not one of {', '.join(words)}" + (f"; did you mean {near}?" if near else "")
        )

    return parse


def one_of(kind: type[_Word], *names: str, help: str) -> Any:
    """An option that takes one of a few words, and says in our words which."""
    return typer.Option(*names, parser=_one_of(kind), metavar=f"<{'|'.join(kind)}>", help=help)


Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Scenario files, ids of texts (sim list), or folders of saved runs."),
]
OneFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A scenario file, the id of a text (sim list), or a saved run's folder.")
]
Draws = Annotated[
    int | None,
    typer.Option(min=1, max=MOST_DRAWS, help="How many preference profiles to draw (default: the file's, 10000)."),
]
Seed = Annotated[int | None, typer.Option(min=0, max=MOST_SEED, help="Seed of all draws (default: the file's, 1).")]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Edit a cell for this run, e.g. 'russia.alignment.importance=minor'."
    ),
]
Withs = Annotated[
    list[Path] | None, typer.Option("--with", metavar="EDITS", help="A YAML file of edits, or the id of one.")
]
AsOf = Annotated[
    dt.date | None,
    typer.Option("--as-of", parser=_day, metavar="DATE", help="Use the positions of this day; the text stays."),
]
EvidenceMode = Annotated[
    Evidence | None,
    one_of(Evidence, "--evidence", help="articles: what rests only on background facts counts as assumed."),
]
DomainDir = Annotated[Path | None, typer.Option("--domain", metavar="DIR", help="Another domain folder, or library.")]
ProtocolName = Annotated[Protocol | None, one_of(Protocol, "--protocol", help="What the parties do with the text.")]
FormatName = Annotated[Format, one_of(Format, "--format", "-f", help="What to print.")]
ListForm = Annotated[ListFormat, one_of(ListFormat, "--format", "-f", help="What to print.")]
Wide = Annotated[
    bool, typer.Option("--wide", help="With --format csv: a row a text, a column a party, the share that accepts.")
]
PlotFile = Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Draw a figure: a .svg or .png file.")]
FigureTitle = Annotated[
    str | None, typer.Option("--title", metavar="TEXT", help="The figure's heading, in place of its own; '' for none.")
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing on stderr but warnings and errors: no files written, no bar.")
]
Workers = Annotated[
    int, typer.Option(min=1, max=MOST_WORKERS, help="Threads; changes the time a run takes, never its result.")
]


#: Which libraries the texts of this command come from, where the paths given do not say it.
_libraries: list[str] = []


_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextlib.contextmanager
def reporting(quiet: bool = False) -> Iterator[None]:
    """Turn what can go wrong for a user into one message and an exit code; no traceback. ``quiet``: no remarks."""
    from sim.files.complaints import Complaints, render

    _quiet.set(quiet)
    _libraries.clear()
    try:
        yield
        system.flush_output()
    except Complaints as found:
        typer.echo(render(found.complaints, color=_colour()), err=True)
        raise typer.Exit(BAD_FILE) from None
    except BrokenPipeError:
        # The reader went away (sim ... | head); nothing is wrong.
        system.drop_output()
        raise typer.Exit(0) from None
    except OSError as error:
        if error.filename == system.OUTPUT:
            system.drop_output()
        tell(f"sim: {_one_line(error)}")
        raise typer.Exit(FAILED) from None
    except ValueError as error:
        if type(error) is not ValueError:
            raise
        tell(f"sim: {error}")
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        tell("interrupted")
        raise typer.Exit(INTERRUPTED) from None


def tell(text: str) -> None:
    """Say something on stderr; escapes and marks of direction, which a file's name may hold, are made visible."""
    say(text, err=True)


def remark(text: str) -> None:
    """:func:`tell`, of what was written or what to do next, unless the user wants quiet."""
    if not _quiet.get():
        tell(text)


def say(text: str, nl: bool = True, err: bool = False) -> None:
    """:func:`tell` on stdout."""
    from sim.files.complaints import visible

    with system.naming_output():
        typer.echo(visible(text), nl=nl, err=err)


def _one_line(error: OSError) -> str:
    if error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _colour() -> bool:
    return system.is_terminal(sys.stderr) and "NO_COLOR" not in os.environ


def load_files(
    files: list[Path],
    sets: list[str] | None,
    withs: list[Path] | None,
    as_of: dt.date | None,
    evidence: Evidence | None,
    domain: Path | None,
    draws: int | None,
    seed: int | None,
    protocol: Protocol | None,
) -> list[Loaded]:
    """Load everything before anything runs; raises as :func:`sim.load_all`."""
    from sim.scenario.loading import load_all

    loaded = load_all(
        files,
        edits=sets or (),
        edit_files=withs or (),
        as_of=as_of,
        evidence=None if evidence is None else evidence.value,
        domain=domain,
        draws=draws,
        seed=seed,
        protocol=None if protocol is None else protocol.value,
    )
    note_libraries(loaded)
    return loaded


def note_libraries(loaded: Iterable[Loaded]) -> None:
    """Keep which libraries texts come from, for :func:`name_libraries`."""
    for item in loaded:
        note_library(item.library)


def note_library(words: str | None) -> None:
    """Keep a library, in words, for :func:`name_libraries`; None where there is nothing to say."""
    if words is not None and words not in _libraries:
        _libraries.append(words)


def name_libraries(format: Format = Format.table) -> None:
    """Say below a page which libraries its texts come from; on stderr where stdout is for a program."""
    if _libraries:
        line = f"Library: {'; '.join(_libraries)}."
        if format in (Format.json, Format.csv):
            remark(line)
        else:
            say(f"\n{line}" if format is Format.md else line)


def known_party(
    party: str | None, loaded: Iterable[schema.Party], option: str | None = "--party", where: str = ""
) -> str | None:
    """The id of the party of this id or name; None for None.

    Raises typer.BadParameter where a party is named that there is not, with the id of one of a like id or name.

    ``where`` says in the message what was searched.
    """
    names = {held.id: held.name for held in loaded}
    if party is None or party in names:
        return party
    from sim.scenario.labels import did_you_mean_party, party_meant

    id = party_meant(party, names)
    if id is None:
        hint = did_you_mean_party(party, names)
        said = f"there is no party {party!r}{where}" + (f"; {hint}" if hint else "")
        raise typer.BadParameter(said, param_hint=option)
    return id


def named_parties(text: str | None, loaded: Iterable[schema.Party], option: str) -> list[str] | None:
    """The ids of parties named, by id or name, with commas between them.

    Raises typer.BadParameter for one that there is not, or is named twice.
    """
    if text is None:
        return None
    held = list(loaded)
    ids: list[str] = []
    for name in (name.strip() for name in text.split(",") if name.strip()):
        id = known_party(name, held, option)
        if id in ids:
            raise typer.BadParameter(f"{name} is named twice", param_hint=option)
        ids += [] if id is None else [id]
    return ids


def named_issues(texts: Iterable[str] | None, issues: Iterable[str], option: str) -> list[str]:
    """Issues named one by one or with commas between them. Raises typer.BadParameter for one that there is not."""
    known = list(issues)
    names = [name.strip() for text in texts or () for name in text.split(",") if name.strip()]
    for name in names:
        known_issue(name, known, option)
    return list(dict.fromkeys(names))


def known_issue(issue: str | None, issues: Iterable[str], option: str) -> None:
    """Raises typer.BadParameter where an issue is named that there is not."""
    known = list(issues)
    if issue is not None and issue not in known:
        from sim.files.complaints import did_you_mean

        hint = did_you_mean(issue, known, most=20)
        raise typer.BadParameter(f"there is no issue {issue!r}" + (f"; {hint}" if hint else ""), param_hint=option)


def check_folder(path: Path) -> None:
    """See before anything runs that files can be written in a folder, or that it can be made. Raises OSError."""
    made: list[Path] = []
    try:
        for folder in (*reversed(path.parents), path):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                made.append(folder)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OSError(f"{path}: no run can be saved there ({reason}); --out DIR takes another folder") from None
    finally:
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()


def check_plot(path: Path | None, title: str | None = None) -> None:
    """See before anything runs that a figure can be drawn and written there. Raises typer.BadParameter."""
    if title is not None and path is None:
        raise typer.BadParameter("there is no figure without --plot FILE", param_hint="--title")
    if path is not None:
        from sim.report.figure import check

        try:
            check(path)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--plot") from None


def emit(result: _Doc, view: View[_Doc], format: Format) -> None:
    """Print the result of an analysis on stdout."""
    if format is Format.json:
        say(result.to_json())
        name_libraries(format)
        return
    from sim.report import outcome as tables
    from sim.report import page as sheets

    if format is Format.csv:
        say(sheets.csv_text(view.HEADER, view.rows(result)), nl=False)
    elif format is Format.md:
        say(sheets.markdown(view.page(result)), nl=False)
    else:
        tables.show(sheets.shown(view.page(result), tables.screen_width()))
    name_libraries(format)


def print_json(value: object) -> None:
    """Print models or dataclasses on stdout."""
    from pydantic import TypeAdapter

    from sim.files.written import json_text

    say(json_text(TypeAdapter(object).dump_python(value, mode="json", by_alias=True)))


def check_wide(wide: bool, format: Format) -> None:
    """Raises typer.BadParameter where a wide table is asked for in another form than CSV."""
    if wide and format is not Format.csv:
        raise typer.BadParameter("goes with --format csv", param_hint="--wide")


def emit_wide(items: Sequence[Result | Row]) -> None:
    """Print texts by parties as CSV on stdout."""
    from sim.cli.wide import wide
    from sim.report import page as sheets

    say(sheets.csv_text(*wide(items)), nl=False)


def write_plot(path: Path | None, draw: Callable[[], Figure], title: str | None = None) -> None:
    """Draw and write a figure, if one is wanted, under its own heading or ``title``, and say so on stderr."""
    if path is None:
        return
    from sim.report.figure import retitled, write

    with warnings.catch_warnings():
        # letters that matplotlib's own font lacks are seen to, and told, in one place
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure = draw()
        if title is not None:
            retitled(figure, title)
        boxes = write(figure, path)
    if boxes is not None:
        tell(boxes)
    remark(f"wrote {path}")


@contextlib.contextmanager
def progress_bar(draws: int, what: str = "scoring") -> Iterator[Progress | None]:
    """A bar on stderr for long runs (of this many draws times texts) at a terminal."""
    if draws < LONG or not system.is_terminal(sys.stderr) or _quiet.get():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
