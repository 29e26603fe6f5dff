"""Tables over the grid of a sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from sim.analysis.sweep.result import Sweep, SweepPath, SweepPoint
from sim.analysis.sweep.words import path_words, some, value_words
from sim.report.page import Column, Sheet, by_column

#: Marks the scenario's own value.
OWN = "*"
#: Room for the columns of a grid, in characters.
_ROOM = 98
#: Room reckoned for a column of a grid at most, twice that for the first; longer names break at their joints.
_NARROW = 12
#: Values of a path that all have a row, and how many of more have one; crossings of one half among these at most.
_ROWS, _THINNED, _ENDS = 50, 25, 6
#: A grid that would need more sheets than so many shows some of its columns on one.
_SHEETS = 2


def marked(result: Sweep, path: SweepPath, value: str) -> str:
    """A value by its name, the scenario's own with its mark."""
    words = value_words(result, path, value)
    return f"{words} {OWN}" if value in path.own else words


def thinned(result: Sweep) -> list[int]:
    """Numbers of the values of the first path that have a row: of very many every so many.

    Among them are the first and last, the scenario's own, and of one path those between which a share crosses one half.
    """
    path = result.paths[0]
    count = len(path.values)
    if count <= _ROWS:
        return [*range(count)]
    wanted = {0, count - 1, *(k for k, value in enumerate(path.values) if value in path.own[:1])}
    if len(result.paths) == 1:
        ends = [(x.below, x.above) for x in result.talks_boundaries]
        ends += [(x.below, x.above) for x in result.boundaries if x.party is None]
        wanted |= {path.values.index(value) for both in ends[:_ENDS] for value in both}
    return sorted({*some([value_words(result, path, v) for v in path.values], _THINNED), *wanted})


def thin_title(result: Sweep) -> str:
    """How many of the values of the first path have a row, where not all have."""
    rows, count = len(thinned(result)), len(result.paths[0].values)
    return "" if rows == count else f" ({rows} of {count:,} values in rows; --plot, json and csv have all)"


def grids(result: Sweep, title: str, cell: Callable[[SweepPoint], str]) -> Iterator[Sheet]:
    """A row a value of the first path, a column a value of the second; on more sheets where the columns need that.

    Of very many columns one sheet shows some, among them the scenario's own.
    """
    first, second = result.paths
    names, headings = ([marked(result, path, v) for v in path.values] for path in (first, second))
    cells = [cell(p) for p in result.points]
    count = len(headings)
    width = min(max(4, *map(len, headings), *map(len, cells)), _NARROW)
    beside = min(max(12, *map(len, names)), 2 * _NARROW)
    fits = max((_ROOM - beside) // (width + 2), 1)
    sheets: list[Sequence[int]] = [range(begin, min(begin + fits, count)) for begin in range(0, count, fits)]
    parts = [f" (values {sheet[0] + 1} to {sheet[-1] + 1} of {count})" for sheet in sheets]
    if len(sheets) == 1:
        parts = [""]
    elif len(sheets) > _SHEETS:
        columns = _columns(result, second, fits)
        sheets, parts = [columns], [f" ({len(columns)} of {count} values; --plot shows all)"]
    for sheet, part in zip(sheets, parts, strict=True):
        columns_of = [Column(headings[c], right=True) for c in sheet]
        rows = tuple((names[k], *(cells[k * count + c] for c in sheet)) for k in thinned(result))
        heading = f"{title}; columns: {path_words(result, second)}{part}{thin_title(result)}"
        yield Sheet((Column(path_words(result, first), width=beside), *columns_of), rows, title=heading)


def stretches(result: Sweep, title: str, cell: Callable[[SweepPoint], str]) -> Sheet:
    """Words that are alike over stretches of a grid: a row a stretch of the first path, in it those of the second."""
    first, second = result.paths
    names, others = ([marked(result, path, v) for v in path.values] for path in (first, second))
    count = len(others)
    cells = [cell(p) for p in result.points]
    rows = [
        "\n".join(f"{word}: {_stretch(others, at)}" for word, at in _alike(cells[k * count : (k + 1) * count]))
        for k in range(len(names))
    ]
    each = [(_stretch(names, at), words) for words, at in _alike(rows)]
    columns = [(path_words(result, first), 24), (f"along {path_words(result, second)}", None)]
    return by_column(
        [
            (Column(heading, width=width), cells)
            for (heading, width), cells in zip(columns, zip(*each, strict=True), strict=True)
        ],
        title,
    )


def whole(result: Sweep, cell: Callable[[SweepPoint], str]) -> bool:
    """Whether a grid of such cells is one sheet with all columns."""
    first, *more = grids(result, "", cell)
    return not more and len(first.columns) == 1 + len(result.paths[1].values)


def _alike(words: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """Neighbours that are alike: what they are, and their numbers."""
    for word, stretch in groupby(range(len(words)), key=words.__getitem__):
        yield word, [*stretch]


def _stretch(names: Sequence[str], at: Sequence[int]) -> str:
    """The values of a stretch."""
    if len(at) == len(names):
        return "all"
    return names[at[0]] if len(at) == 1 else f"{names[at[0]]} to {names[at[-1]]}"


def _columns(result: Sweep, path: SweepPath, fits: int) -> list[int]:
    """Columns for one sheet: every so many, and the scenario's own as far as there is room."""
    own = [k for k, value in enumerate(path.values) if value in path.own]
    own = own if len(own) <= fits // 2 else own[:1]
    each = some([value_words(result, path, v) for v in path.values], max(fits - len(own), 1))
    return sorted({*each, *own})
