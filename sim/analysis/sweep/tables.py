"""Tables over the grid of a sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.analysis.sweep.result import Sweep, SweepPath, SweepPoint
from sim.analysis.sweep.words import path_words, value_words
from sim.report.page import Column, Sheet

#: Marks the scenario's own value.
OWN = "*"
#: Room for the columns of a grid, in characters.
_ROOM = 98
#: Room reckoned for a column of a grid at most, twice that for the first; longer names break at their joints.
_NARROW = 12


def marked(result: Sweep, path: SweepPath, value: str) -> str:
    """A value by its name, the scenario's own with its mark."""
    words = value_words(result, path, value)
    return f"{words} {OWN}" if value in path.own else words


def grids(result: Sweep, title: str, cell: Callable[[SweepPoint], str]) -> Iterator[Sheet]:
    """A row a value of the first path, a column a value of the second; as many sheets as the columns need."""
    first, second = result.paths
    names, headings = ([marked(result, path, v) for v in path.values] for path in (first, second))
    cells = [cell(p) for p in result.points]
    count = len(headings)
    width = min(max(4, *map(len, headings), *map(len, cells)), _NARROW)
    beside = min(max(12, *map(len, names)), 2 * _NARROW)
    fits = max((_ROOM - beside) // (width + 2), 1)
    for begin in range(0, count, fits):
        end = min(begin + fits, count)
        part = "" if count <= fits else f" (values {begin + 1} to {end} of {count})"
        columns = [Column(h, right=True) for h in headings[begin:end]]
        rows = tuple((name, *cells[k * count + begin : k * count + end]) for k, name in enumerate(names))
        heading = f"{title}; columns: {path_words(result, second)}{part}"
        yield Sheet((Column(path_words(result, first), width=beside), *columns), rows, title=heading)
