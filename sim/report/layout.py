"""Tables for a terminal that lose no figure: what gives way where the screen is narrow, and what never does.

Rich narrows columns one by one, cuts words anywhere and leaves cells blank when there is no room. Here cells are
wrapped before it sees them. Numbers, and cells of nothing but numbers, stay whole. Where a table does not fit, its
texts wrap at spaces; then columns that may go are left out, and a line under the table says which; then long names
break after a dot, an underscore or the like; then columns of a kind, a party each, go on in a further table below; and
what is still too wide is printed at the width it needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

#: Said under a table that leaves columns out.
ELSEWHERE = "A wider terminal, or --format json or csv, shows what is left out."

_NUMBER = r"[-+−±<>]?\d[\d.,:%]*"
#: An interval with the estimate before it, if there is one: kept on one line wherever it stands.
_KEPT = re.compile(rf"\(?(?:{_NUMBER}%? )?\[[-+−<>\d.,% ]*\d[-+−<>\d.,% ]*\]\S*|\S+")
#: A line of nothing but figures: numbers, brackets around them, and the words between two ends of a range.
_FIGURES = re.compile(rf"[(\[]*{_NUMBER}[)\],]*(?:(?: to | of |\.\.|[\s(\[]+)[(\[]*{_NUMBER}[)\],]*)*")
#: Where a name too long for its column may break: behind these, before a letter.
_JOINTS = re.compile(r"(?<=[^\W\d_])[_.=/,-]+(?=[^\W\d_\[])|(?<==)(?=\[)")
#: No text column is made narrower than this while another column could go instead.
_COMFORT = 12

Cell: TypeAlias = str | Text


@dataclass(frozen=True)
class Column:
    """A heading and how its cells stand; ``width`` in characters, None for as wide as needed.

    ``least`` above 0 marks a column that may be left out of a table too wide for its terminal, the greatest first.
    The lines of a ``whole`` column are never wrapped, since they stand beside those of another; nor are those of a
    column of numbers (``right``). ``folds`` marks columns of a kind, side by side, of which there may be any number.
    """

    heading: str
    right: bool = False
    width: int | None = None
    least: int = 0
    whole: bool = False
    folds: bool = False


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    width: int,
    title: str | None = None,
    styles: Mapping[int, str] | None = None,
) -> RenderableType:
    """A table for a terminal ``width`` columns wide, with the names of columns left out under it.

    ``styles`` colours rows, by number.
    """
    left, widths, joints = _fitted(columns, rows, width)
    if _needed(widths) > width and (parts := _folded(columns, rows, width)) is not None:
        return Group(
            *(
                table([columns[k] for k in part], _some(rows, part), width, title if number == 0 else None, styles)
                for number, part in enumerate(parts)
            )
        )
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for k, room in zip(left, widths, strict=True):
        heading = Text("\n").join(_wrapped(Text(columns[k].heading), room, False, joints))
        drawn.add_column(heading, justify="right" if columns[k].right else "left", width=room, no_wrap=True)
    for number, row in enumerate(rows):
        cells = []
        for k, room in zip(left, widths, strict=True):
            text = row[k] if isinstance(row[k], Text) else Text(str(row[k]))
            assert isinstance(text, Text)
            cells.append(Text("\n").join(_wrapped(text, room, _unbroken(columns[k]), joints)))
        drawn.add_row(*cells, style=(styles or {}).get(number, ""))
    whole: list[RenderableType] = [] if title is None else [Text(title, style="italic")]
    whole.append(_Whole(drawn, max(width, _needed(widths))))
    if gone := [" ".join(c.heading.split()) for k, c in enumerate(columns) if k not in left]:
        whole += [Text(f"Left out for want of room: {'; '.join(gone)}. {ELSEWHERE}", style="dim"), Text("")]
    return Group(*whole)


def _folded(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: int) -> list[list[int]] | None:
    """The columns of as few tables as fit, the first column in each; None where folding does not help."""
    like = [k for k, c in enumerate(columns) if c.folds]
    for number in range(2, len(like) + 1):
        size = -(-len(like) // number)
        parts = [[0, *like[at : at + size]] for at in range(0, len(like), size)]
        parts[0] = [*range(like[0]), *parts[0][1:]]
        parts[-1] += range(like[-1] + 1, len(columns))
        if all(_needed(_fitted([columns[k] for k in p], _some(rows, p), width)[1]) <= width for p in parts):
            return parts
    return None


def _some(rows: Sequence[Sequence[Cell]], columns: Sequence[int]) -> list[list[Cell]]:
    return [[row[k] for k in columns] for row in rows]


class _Whole:
    """A table rendered at the width it needs, however wide the screen is."""

    def __init__(self, table: Table, width: int) -> None:
        self._table, self._width = table, width

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from console.render(self._table, options.update(width=self._width))


def _needed(widths: Sequence[int]) -> int:
    """Width of a table: an edge on both sides, and a space and a divider between columns."""
    return sum(widths) + 2 * len(widths)


def _fitted(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: int) -> tuple[list[int], list[int], bool]:
    """Columns kept, their widths, and whether long names break; wider than ``width`` only if nothing else is left."""
    texts = [[c.heading, *(str(row[k]) for row in rows)] for k, c in enumerate(columns)]
    longest = [_longest(t, c, False) for t, c in zip(texts, columns, strict=True)]
    natural = [max(cell_len(line) for text in t for line in text.split("\n")) for t in texts]
    wanted = [max(most, c.width or full) for c, most, full in zip(columns, longest, natural, strict=True)]
    floors = [max(a, min(b, c, _COMFORT)) for a, b, c in zip(longest, natural, wanted, strict=True)]
    left = list(range(len(columns)))
    while True:
        widths = _squeezed(left, wanted, floors, width)
        if widths is not None:
            return left, widths, False
        spared = [k for k in left if columns[k].least]
        if not spared:
            break
        left.remove(max(spared, key=lambda k: (columns[k].least, k)))
    widths = _squeezed(left, wanted, longest, width)
    if widths is not None:
        return left, widths, False
    pieces = [_longest(t, c, True) for t, c in zip(texts, columns, strict=True)]
    widths = _squeezed(left, wanted, pieces, width)
    return left, widths or [pieces[k] for k in left], True


def _squeezed(left: Sequence[int], wanted: Sequence[int], floors: Sequence[int], width: int) -> list[int] | None:
    """Widths that fit, taken where there is most to take; None where even the floors are too wide."""
    widths = [wanted[k] for k in left]
    if _needed([floors[k] for k in left]) > width:
        return None
    while _needed(widths) > width:
        at = max(range(len(left)), key=lambda i: (widths[i] > floors[left[i]], widths[i]))
        widths[at] -= 1
    return widths


def _unbroken(column: Column) -> bool:
    return column.right or column.whole


def _longest(texts: Sequence[str], column: Column, joints: bool) -> int:
    """The longest part that cannot be broken of a column's heading (the first of ``texts``) and cells."""
    heading, *cells = texts
    parts = [p for line in heading.split("\n") for p in _parts(line, False, joints)]
    parts += [p for text in cells for line in text.split("\n") for p in _parts(line, _unbroken(column), joints)]
    return max((cell_len(line[a:b].rstrip()) for line, a, b in parts), default=0)


def _parts(line: str, unbroken: bool, joints: bool) -> Iterator[tuple[str, int, int]]:
    """The parts of a line that stay whole, each with the spaces behind it: the line, a beginning, an end."""
    if unbroken or _FIGURES.fullmatch(line.strip()):
        yield line, 0, len(line)
        return
    starts = [match.start() for match in _KEPT.finditer(line)]
    if joints:
        starts += [match.end() for match in _JOINTS.finditer(line)]
    # An indent belongs to the first part.
    starts = [0, *sorted(set(starts))[1:]]
    for start, end in zip(starts, [*starts[1:], len(line)], strict=True):
        yield line, start, end


def _wrapped(text: Text, width: int, unbroken: bool, joints: bool) -> Iterator[Text]:
    """The lines of a cell."""
    for whole in text.split("\n", allow_blank=True):
        line = whole.plain
        begin = at = 0
        for _, start, end in _parts(line, unbroken, joints):
            if start > begin and cell_len(line[begin:end].rstrip()) > width:
                yield _stripped(whole[begin:at])
                begin = start
            at = end
        yield _stripped(whole[begin:])


def _stripped(line: Text) -> Text:
    line.rstrip()
    return line
