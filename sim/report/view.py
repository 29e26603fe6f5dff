"""Documents shown: one way from a document to its table, page, figure and file, for commands and programs alike."""

from __future__ import annotations

import importlib
import typing
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from sim.files.arguments import InvalidArgument
from sim.files.complaints import visible
from sim.files.writing import write_whole
from sim.files.written import csv_text, figure
from sim.report import figure as figures
from sim.report import frame, html, terminal
from sim.results.documents import HOMES, Cell, Document

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure
    from rich.console import RenderableType

    from sim.report.page import Page

_Doc = TypeVar("_Doc", bound=Document, contravariant=True)
#: What a document may be written as, besides a figure.
FORMS: dict[str, Literal["json", "csv", "md"]] = {".json": "json", ".csv": "csv", ".md": "md"}


class Leaf(Protocol):
    """A page, or several of them one below the other."""

    def screen(self, width: int, full: bool = True) -> RenderableType:
        """For a terminal so many columns wide; not ``full``: the first screen."""

    def markdown(self) -> str:
        """As Markdown, with an end of line."""

    def parts(self) -> Sequence[Page]:
        """The pages."""


class View(Protocol[_Doc]):
    """A module ``page.py``: how the documents of one question look as text.

    Where a module has them, ``FLAGS`` are columns in which ``true`` and ``false`` are no texts, and ``asked(full)`` are
    options by which the page for a terminal differs, beyond details.
    """

    @property
    def HEADER(self) -> Sequence[str]:
        """The columns of CSV."""

    def rows(self, result: _Doc, /) -> Iterable[Sequence[object]]:
        """The rows of CSV."""

    @property
    def page(self) -> Callable[..., Leaf]:
        """Makes the page of a result and of what of it is asked for."""


def view_of(document: Document) -> View[Any]:
    """The view of a document, by the name of its form."""
    return typing.cast("View[Any]", importlib.import_module(HOMES[document.schema_].page))


def rows(document: Document) -> list[dict[str, Cell]]:
    """The table of a document, a mapping a row; figures are rounded as everything written is."""
    view = view_of(document)
    flags = getattr(view, "FLAGS", ())
    return [
        {column: _cell(cell, column in flags) for column, cell in zip(view.HEADER, row, strict=True)}
        for row in view.rows(document)
    ]


def _cell(value: object, flag: bool) -> Cell:
    if isinstance(value, float):
        return figure(value)
    if value is None or isinstance(value, int):
        return value
    if flag and value in ("true", "false"):
        return value == "true"
    return str(value) or None


def to_frame(document: Document) -> pandas.DataFrame:
    """:func:`rows` as a pandas table, with its columns also where there are no rows."""
    header, table = view_of(document).HEADER, rows(document)
    return frame.frame({column: _column([row[column] for row in table]) for column in header})


def _column(cells: list[Cell]) -> list[Cell]:
    """Numbers and truth in one column as numbers, for one that could be averaged."""
    if any(isinstance(cell, float) for cell in cells) and not any(isinstance(cell, str) for cell in cells):
        return [None if cell is None else float(cell) for cell in cells]
    return cells


def text(document: Document, form: Literal["json", "csv", "md"], **asked: object) -> str:
    """What a command prints in a format, with its last end of line; ``asked`` are options of the page."""
    if form == "json":
        return f"{document.to_json()}\n"
    view = view_of(document)
    return visible(
        csv_text(view.HEADER, view.rows(document)) if form == "csv" else view.page(document, **asked).markdown()
    )


def csv_of(documents: Iterable[Document]) -> Iterator[str]:
    """The CSV of documents of one form, one after another; no more than one is held."""
    for number, document in enumerate(documents):
        table = text(document, "csv")
        yield table.partition("\n")[2] if number else table


def _page(document: Document, full: bool, asked: Mapping[str, object]) -> Leaf:
    """The page for a screen, whole or the first."""
    view = view_of(document)
    own = getattr(view, "asked", None)
    return view.page(document, **{**({} if own is None else own(full)), **asked})


def show(document: Document, full: bool, /, **asked: object) -> None:
    """Print the page on a terminal: the first screen, or all; ``asked`` are options of the page."""
    page = _page(document, full, asked)
    terminal.show(page.screen(terminal.screen_width(), full))


def draw(document: Document, title: str | None = None, **asked: object) -> Figure:
    """The figure of a document, under its own title or another; ``asked`` are options of the figure.

    Raises InvalidArgument where it has none.
    """
    module = HOMES[document.schema_].figure
    if module is None:
        raise InvalidArgument(f"there is no figure of a {document.schema_} document; rows() and show() have all of it")
    with warnings.catch_warnings():
        # letters that matplotlib's own font lacks are seen to, and told, in one place
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        drawn: Figure = importlib.import_module(module).draw(document, **asked)
        if title is not None:
            figures.retitled(drawn, title)
    return drawn


def write(drawn: Figure, path: Path) -> str | None:
    """Write a figure; a warning where some letters are boxes. Raises InvalidArgument where ``path`` takes none."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        return figures.write(drawn, path)


def plot(document: Document, path: str | Path | None, title: str | None, **asked: object) -> Figure:
    """:func:`draw`, and :func:`write` where there is a path; Python's warning where letters are boxes."""
    if path is not None:
        _check(Path(path))
    drawn = draw(document, title, **asked)
    # by this a notebook shows it where nobody has imported pyplot
    drawn.__dict__["_repr_png_"] = partial(_png, drawn)
    if path is not None and (boxes := write(drawn, Path(path))) is not None:
        warnings.warn(boxes, stacklevel=4)
    return drawn


def _check(path: Path) -> None:
    try:
        figures.check(path)
    except ValueError as error:
        raise InvalidArgument(str(error)) from None


def _png(drawn: Figure) -> bytes:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        return figures.rendered(drawn, ".png")[0]


def save(document: Document, path: Path) -> Path:
    """Write a document to a file by the ending of its name. Raises InvalidArgument for another, OSError."""
    kind = path.suffix.lower()
    if kind in figures.KINDS:
        plot(document, path, None)
    elif kind in FORMS:
        write_whole(path, text(document, FORMS[kind]))
    else:
        known = ", ".join([*FORMS, *figures.KINDS])
        raise InvalidArgument(f"{path}: a document is saved as one of {known}, by the ending of the file's name")
    return path


def fault(document: Document) -> str | None:
    """What keeps a document from being shown, as a file that somebody changed may; None where all is well."""
    module = view_of(document)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module.page(document)
            for _ in module.rows(document):
                pass
    except (LookupError, ArithmeticError, ValueError, TypeError, AttributeError) as error:
        first = str(error).splitlines()[0] if str(error) else ""
        return visible(f"{type(error).__name__} {first}".strip())
    return None


def notebook(document: Document) -> str:
    """The first screen of its page as HTML, with its figure where it has one and matplotlib is there."""
    page = _page(document, False, {})
    try:
        picture = _png(draw(document))
    except (ImportError, InvalidArgument):
        picture = None
    return html.block(page.parts(), picture)
