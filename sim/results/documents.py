"""What every result can do: its table, its page, its figure, its file.

Records lie low and what shows them lies high, so a document finds its page when it is asked for it, by the name of its
form in :data:`HOMES`, as ``import sim`` finds its functions.
"""

from __future__ import annotations

import importlib
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pydantic import Field

from sim.files.grammar import plural
from sim.files.written import json_text
from sim.results.records import Record, ScenarioInfo, Settings

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

#: A cell of a table: None is unknown, or does not apply.
Cell: TypeAlias = str | float | int | bool | None
#: The most characters of a document in one line.
LINE = 160


class Home(NamedTuple):
    """Where the parts of a kind of document are, as names of modules.

    ``record`` is ``module:Class``, ``page`` a view as of :mod:`sim.report.view`, ``figure`` a module with ``draw``, or
    None.
    """

    record: str
    page: str
    figure: str | None


def _question(name: str, record: str, *, figure: bool = True) -> Home:
    folder = f"sim.analysis.{name}"
    return Home(f"{folder}.result:{record}", f"{folder}.page", f"{folder}.figure" if figure else None)


#: By the name that a document gives its form, under ``schema``.
HOMES: Mapping[str, Home] = {
    "sim.result/1": Home("sim.results.result:Result", "sim.simulation.page", "sim.simulation.page"),
    "sim.results/1": Home("sim.results.result:Results", "sim.simulation.page", "sim.simulation.page"),
    "sim.compare/1": _question("compare", "Comparison"),
    "sim.levers/1": _question("levers", "LeversResult"),
    "sim.talks_levers/1": Home(
        "sim.analysis.levers.talks_result:TalksLevers",
        "sim.analysis.levers.talks_page",
        "sim.analysis.levers.talks_figure",
    ),
    "sim.flip/1": _question("flip", "FlipResult"),
    "sim.sobol/1": _question("sobol", "SobolResult"),
    "sim.sweep/1": _question("sweep", "Sweep"),
    "sim.amend/1": _question("amend", "Amend"),
    "sim.search/1": _question("search", "Search"),
    "sim.frontier/1": _question("frontier", "Frontier"),
    "sim.trace/1": _question("trace", "TraceResult", figure=False),
    "sim.audit/1": _question("audit", "AuditResult", figure=False),
    "sim.forecast/1": _question("forecast", "Forecast", figure=False),
    "sim.backtest/1": _question("backtest", "Backtest"),
}


class Document(Record):
    """A result as a whole: printed as one JSON object, shown as a page, drawn as a figure, and read back.

    Above every result: what it gives is what the command of its question prints, figures to twelve digits.

    Example:
        >>> import sim, tempfile
        >>> loaded = sim.load("istanbul", draws=200)
        >>> levers = sim.levers(loaded, party="us")
        >>> levers
        <LeversResult of istanbul: 200 draws, seed 1>
        >>> levers.rows()[0]["party"], levers.rows()[0]["joint_after"] > levers.rows()[0]["joint_before"]
        ('us', False)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = levers.save(f"{folder}/levers.json")
        ...     sim.read(path).to_json() == levers.to_json()
        True
    """

    schema_: str = Field(alias="schema")

    def to_json(self) -> str:
        """The document as JSON, keys as documented: what ``--format json`` prints."""
        return json_text(self.model_dump(mode="json", by_alias=True))

    def rows(self) -> list[dict[str, Cell]]:
        """The table of ``--format csv``, a mapping of its columns a row: numbers are numbers, None is unknown."""
        table: list[dict[str, Cell]] = view().rows(self)
        return table

    def to_frame(self) -> pandas.DataFrame:
        """:meth:`rows` as a pandas table; raises ImportError, in one line, where pandas is not installed."""
        table: pandas.DataFrame = view().to_frame(self)
        return table

    def to_markdown(self) -> str:
        """The page as Markdown: what ``--format md`` prints."""
        text: str = view().text(self, "md")
        return text

    def show(self, full: bool = False) -> None:
        """Print the page as on a terminal: what answers, or with ``full`` all of it."""
        view().show(self, full)

    def plot(self, path: str | Path | None = None, *, title: str | None = None) -> Figure:
        """The question's figure, under its own title or another; also written to ``path``, as .png or .svg.

        Raises InvalidArgument where there is none to draw, and for another ending.
        """
        return self._plotted(path, title)

    def _plotted(self, path: str | Path | None, title: str | None, **asked: object) -> Figure:
        figure: Figure = view().plot(self, path, title, **asked)
        return figure

    def save(self, path: str | Path) -> Path:
        """Write it to a file, whole or not at all: .json (which ``sim.read`` reads), .csv, .md, .png or .svg.

        Returns the path. Raises InvalidArgument for another ending, OSError.
        """
        written: Path = view().save(self, Path(path))
        return written

    def _summary(self) -> str:
        """Which document it is, in a few words."""
        return ""

    def __repr__(self) -> str:
        """One line, however much it holds."""
        line = f"{type(self).__name__} {self._summary()}"
        return f"<{textwrap.shorten(' '.join(line.split()), LINE, placeholder=' ...')}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """For notebooks: the first screen of the page and the figure, whole in itself and without scripts."""
        html: str = view().notebook(self)
        return html


def scored_in_short(info: ScenarioInfo, how: Settings) -> str:
    """Which text, and how it was scored."""
    positions = f", positions of {info.as_of}" if info.as_of != info.date else ""
    protocol = f", {how.protocol}" if how.protocol != "vote" else ""
    edits = f", {plural(len(how.edits), 'edit')}" if how.edits else ""
    return f"of {info.id}: {how.draws} draws, seed {how.seed}{positions}{protocol}{edits}"


def view() -> Any:
    """What shows documents, two floors up."""
    return importlib.import_module("sim.report.view")


def record_of(schema: str) -> type[Document]:
    """The class of a form that is one of :data:`HOMES`."""
    module, _, name = HOMES[schema].record.partition(":")
    record: type[Document] = getattr(importlib.import_module(module), name)
    return record
