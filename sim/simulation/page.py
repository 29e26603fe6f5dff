"""Runs as pages and as tidy rows: the outcome of each, its talks, and a line a text where there are several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from sim.bargaining import page as talks
from sim.files.arguments import InvalidArgument
from sim.report import outcome
from sim.report.page import Page
from sim.results import saving
from sim.results.result import Result, Results
from sim.scenario.edit_paths import EditsFile

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADER = saving.COLUMNS


def texts(document: Result | Results) -> tuple[Result, ...]:
    """The runs of a document, one or several."""
    return (document,) if isinstance(document, Result) else document.results


def rows(document: Result | Results) -> Iterator[saving.Row]:
    """All measures of all runs, a row each."""
    return (row for result in texts(document) for row in saving.rows(result))


@dataclass(frozen=True)
class RunsPage:
    """Runs one below the other; of several a table of all and, where they are of several domains, a warning first."""

    results: Sequence[Result]
    before: Sequence[Result]
    files: Sequence[EditsFile]
    apart: str | None

    @property
    def _pairs(self) -> Iterator[tuple[Result, Result | None]]:
        return zip_longest(self.results, self.before)

    def screen(self, width: int, full: bool = True) -> RenderableType:
        """For a terminal."""
        parts: list[RenderableType] = [] if self.apart is None else [Text(f"Warning: {self.apart}"), Text("")]
        several = len(self.results) > 1
        for result, before in self._pairs:
            parts.append(outcome.outcome(result, before, width, self.files, full))
            if result.negotiation is not None:
                parts += [Text(""), talks.page(result, before).screen(width, full)]
            parts += [Text("")] if several else []
        if several:
            parts.append(outcome.summary(self.results, width, apart=self.apart is not None))
        return Group(*parts, outcome.caveat(self.results))

    def markdown(self) -> str:
        """As Markdown."""
        parts = [] if self.apart is None else [f"Warning: {self.apart}\n"]
        for result, before in self._pairs:
            below = "" if result.negotiation is None else talks.page(result, before).markdown()
            parts.append(outcome.markdown(result, before, below, self.files))
        return "".join(f"{part}\n" for part in parts)

    def parts(self) -> Sequence[Page]:
        """The pages of each run."""
        pages = []
        for result, before in self._pairs:
            pages.append(outcome.page(result, before, self.files))
            if result.negotiation is not None:
                pages.append(talks.page(result, before))
        return pages


def page(
    document: Result | Results,
    before: Sequence[Result] = (),
    files: Sequence[EditsFile] = (),
    apart: str | None = None,
) -> RunsPage:
    """The page of runs.

    ``before`` are the same without their edits and ``files`` the files of edits that were applied
    (:func:`sim.results.findings.note_findings`); ``apart`` warns that the runs are of several domains.
    """
    return RunsPage(texts(document), before, files, apart)


def draw(document: Result | Results) -> Figure:
    """The figure of a run: its talks, where there were any. Raises InvalidArgument for several."""
    from sim.bargaining import figure as talks_figure
    from sim.simulation import figure

    results = texts(document)
    if len(results) != 1:
        raise InvalidArgument("a figure of a run shows one scenario; that of sim.compare shows several")
    [result] = results
    return figure.draw(result) if result.negotiation is None else talks_figure.draw(result)
