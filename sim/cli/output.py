"""What commands print, where, and how errors end a command."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import typer

from sim.cli.options import Format, ListFormat, Output
from sim.files import system
from sim.files.writing import check_writable, naming

if TYPE_CHECKING:
    from sim.analysis.compare.result import Row
    from sim.files.complaints import Complaint
    from sim.results.documents import Document
    from sim.results.result import Result
    from sim.simulation.cases import Progress

FAILED, BAD_FILE, INTERRUPTED = 1, 3, 130
#: Runs longer than this many draws times scenarios show a progress bar.
LONG = 200_000
#: Characters of a document that are printed at once.
_PART = 1_000_000

#: Which libraries the texts of this command come from, where the paths given do not say it.
_libraries: dict[str, None] = {}
_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextlib.contextmanager
def reporting(quiet: bool = False) -> Iterator[None]:
    """Turn what can go wrong for a user into one message and an exit code; no traceback. ``quiet``: no remarks."""
    from sim.files.complaints import Complaints, render
    from sim.files.errors import SimError

    _quiet.set(quiet)
    _libraries.clear()
    try:
        with warnings.catch_warnings(), system.interrupts_win():
            warnings.showwarning = _in_a_line
            yield
        system.flush_output()
    except Complaints as error:
        typer.echo(render(error.complaints, color=_colour()), err=True)
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
        if type(error) is not ValueError and not isinstance(error, SimError):
            raise
        tell(f"sim: {error}")
        raise typer.Exit(FAILED) from None
    except SimError as error:
        tell(f"sim: {error}")
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None  # which :func:`sim.cli.main` says


def _in_a_line(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """A warning of the package's own, as everything else is said; of others with its place."""
    own = category is UserWarning and Path(filename).is_relative_to(Path(__file__).parent.parent)
    tell(f"warning: {message}" if own else warnings.formatwarning(message, category, filename, lineno).rstrip())


class Commands(typer.Typer):
    """Commands of which none ends with a traceback (:func:`reporting`)."""

    def command(self, *args: Any, **options: Any) -> Callable[[Any], Any]:
        """As of typer."""
        register = super().command(*args, **options)
        return lambda command: register(_reported(command))


def _reported(command: Callable[..., None]) -> Callable[..., None]:
    """The command in :func:`reporting`, with its option ``quiet``."""

    @wraps(command)
    def reported(**values: Any) -> None:
        with reporting(values.get("quiet", False)):
            command(**values)

    return reported


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


def say_whole(pieces: Iterable[str]) -> None:
    """:func:`say` of a document in pieces, and nothing of it where a later one fails; until it is whole it is on disk.

    Raises OSError where it cannot be written there.
    """
    room = Path(tempfile.gettempdir())
    with naming(room):
        file = tempfile.TemporaryFile("w+", encoding="utf-8", errors="surrogatepass", newline="")  # noqa: SIM115
    try:
        for piece in pieces:
            with naming(room):
                file.write(piece)
        with naming(room):
            file.seek(0)
        while part := file.read(_PART):
            say(part, nl=False)
    finally:
        with contextlib.suppress(OSError):
            file.close()


def warn(complaints: Collection[Complaint]) -> None:
    """Print warnings about files on stderr."""
    from sim.files.complaints import render

    if complaints:
        typer.echo(render(complaints), err=True)


def _one_line(error: OSError) -> str:
    if error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _colour() -> bool:
    return system.is_terminal(sys.stderr) and "NO_COLOR" not in os.environ


def note_libraries(*libraries: str | None) -> None:
    """Keep which libraries texts come from, in words, for :func:`name_libraries`; None says nothing."""
    _libraries.update(dict.fromkeys(words for words in libraries if words is not None))


def name_libraries(format: Format | ListFormat = "table") -> None:
    """Say below a page which libraries its texts come from; on stderr where stdout is for a program."""
    if _libraries:
        line = f"Library: {'; '.join(_libraries)}."
        if format in ("json", "csv"):
            remark(line)
        else:
            say(f"\n{line}" if format == "md" else line)


def check_folder(path: Path) -> None:
    """See before anything runs that files can be written in a folder, or that it can be made. Raises OSError."""
    new: list[Path] = []
    try:
        for folder in (*reversed(path.parents), path):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                new.append(folder)
        check_writable(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OSError(f"{path}: no run can be saved there ({reason}); --out DIR takes another folder") from None
    finally:
        for folder in reversed(new):
            with contextlib.suppress(OSError):
                folder.rmdir()


def check_output(output: Output) -> None:
    """See before anything runs that what is asked can be printed and drawn. Raises typer.BadParameter."""
    if output.title is not None and output.plot is None:
        raise typer.BadParameter("there is no figure without --plot FILE", param_hint="--title")
    if output.plot is not None:
        from sim.report.figure import check

        try:
            check(output.plot)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--plot") from None
    if output.wide and output.format != "csv":
        raise typer.BadParameter("goes with --format csv", param_hint="--wide")


def emit(result: Document, output: Output, whole: bool = False, **asked: object) -> None:
    """Print the result of an analysis on stdout, as the document prints itself.

    On a terminal it is the first screen of its page, or the whole one, for which something else than --full may ask
    too (``whole``). ``asked`` are options of the page.
    """
    from sim.report import view

    if output.format == "table":
        view.show(result, output.full or whole, **asked)
    else:
        say(view.text(result, output.format, **asked), nl=False)
    name_libraries(output.format)


def print_json(value: object) -> None:
    """Print models or dataclasses on stdout."""
    from pydantic import TypeAdapter

    from sim.files.written import json_text

    say(json_text(TypeAdapter(object).dump_python(value, mode="json", by_alias=True)))


def emit_wide(items: Sequence[Result | Row]) -> None:
    """Print texts by parties as CSV on stdout: a row a text, in each cell the share of draws in which a party accepts.

    Texts and parties stand in the order in which they come up. A cell is empty where a text's domain has no such party,
    or its sources are silent on it; ``joint`` is the share in which all whose consent is needed accept.
    """
    from sim.analysis.compare.result import Row
    from sim.interop.cells import unformulated
    from sim.report import page as sheets

    names: dict[str, str] = {}
    for item in items:
        for party in item.parties:
            names.setdefault(party.id, party.name)
    twice = [name for name in names.values() if list(names.values()).count(name) > 1]
    heads = [unformulated(f"{name} ({id})" if name in twice else name) for id, name in names.items()]
    rows: list[tuple[object, ...]] = []
    for item in items:
        shares = {p.id: None if p.silent else p.acceptability.estimate for p in item.parties}
        joint = item.joint_acceptability
        info = item.scenario
        id = item.name if isinstance(item, Row) else info.id
        first = (id, info.title, info.date.isoformat(), None if joint is None else joint.estimate)
        rows.append((*first, *map(shares.get, names)))
    say(sheets.csv_text(("text", "title", "date", "joint", *heads), rows), nl=False)


def write_plot(result: Document, output: Output, **asked: object) -> None:
    """Draw and write a figure, if one is wanted, under its own heading or another, and say so on stderr.

    ``asked`` are options of the figure.
    """
    if output.plot is None:
        return
    from sim.report import view

    boxes = view.write(view.draw(result, output.title, **asked), output.plot)
    if boxes is not None:
        tell(boxes)
    remark(f"wrote {output.plot}")


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
