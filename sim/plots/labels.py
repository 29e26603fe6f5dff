"""Names beside marks of a figure, placed so that none covers another or a mark.

Greedy placement over candidate positions around each mark (J. Christensen, J. Marks and S. Shieber, "An empirical
study of algorithms for point-feature label placement", ACM Transactions on Graphics 14, 1995, describe the family).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Distances from a mark at which a name may stand, in points, nearest first, and in how many directions.
_RADII = (7, 12, 18, 26, 36, 48, 62, 80, 100, 124, 150, 180)
_DIRECTIONS = 24
#: Room around names and marks, in points.
_ROOM = 1.5
_MARK = 4.5


@dataclass(frozen=True)
class Label:
    """A name of the mark at ``x``, ``y``, in data coordinates. Heavy ones are placed first."""

    x: float
    y: float
    text: str
    color: str = "#222222"
    bold: bool = False


@dataclass(frozen=True)
class _Box:
    left: float
    bottom: float
    right: float
    top: float

    def overlap(self, other: _Box) -> float:
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.top, other.top) - max(self.bottom, other.bottom)
        return wide * high if wide > 0 and high > 0 else 0.0

    def outside(self, other: _Box) -> float:
        wide = max(other.left - self.left, self.right - other.right)
        return max(0.0, wide, other.bottom - self.bottom, self.top - other.top)


def place(fig: Figure, ax: Axes, labels: Sequence[Label], marks: Sequence[tuple[float, float]], size: float) -> None:
    """Write the names, each near its mark and joined to it by a thin line where it stands apart.

    ``marks`` are all marks that no name should cover, in data coordinates. The layout must be settled: nothing that
    moves the axes may be drawn afterwards.
    """
    fig.draw_without_rendering()
    scale = fig.dpi / 72
    frame = ax.get_window_extent()
    inside = _Box(frame.x0 / scale, frame.y0 / scale, frame.x1 / scale, frame.y1 / scale)
    at = [tuple(v / scale for v in ax.transData.transform((x, y))) for x, y in marks]
    taken = [_Box(x - _MARK, y - _MARK, x + _MARK, y + _MARK) for x, y in at]
    lines: list[tuple[tuple[float, float], tuple[float, float]]] = []
    for label in sorted(labels, key=lambda m: not m.bold):
        x, y = (v / scale for v in ax.transData.transform((label.x, label.y)))
        text = ax.annotate(
            label.text,
            (label.x, label.y),
            xytext=(0, 0),
            textcoords="offset points",
            fontsize=size,
            color=label.color,
            fontweight="bold" if label.bold else "normal",
            zorder=6,
        )
        extent = text.get_window_extent()
        wide, high = extent.width / scale, extent.height / scale
        best = min(_candidates(x, y, wide, high), key=lambda c: _cost(c, (x, y), taken, lines, inside))
        text.set_position((best.left - x, best.bottom - y))
        taken.append(_Box(best.left - _ROOM, best.bottom - _ROOM, best.right + _ROOM, best.top + _ROOM))
        near = _nearest(best, x, y)
        if math.dist(near, (x, y)) > _RADII[1]:
            lines.append(((x, y), near))
            ax.annotate(
                "",
                (label.x, label.y),
                xytext=(near[0] - x, near[1] - y),
                textcoords="offset points",
                arrowprops={"arrowstyle": "-", "color": label.color, "linewidth": 0.5, "alpha": 0.6, "shrinkB": 3},
                zorder=2,
            )


def _candidates(x: float, y: float, wide: float, high: float) -> Iterator[_Box]:
    """Boxes around a mark: the middle of the side that faces it stands at each distance in each direction."""
    for radius in _RADII:
        for k in range(_DIRECTIONS):
            angle = 2 * math.pi * k / _DIRECTIONS
            middle_x = x + math.cos(angle) * (radius + wide / 2)
            middle_y = y + math.sin(angle) * (radius + high / 2)
            yield _Box(middle_x - wide / 2, middle_y - high / 2, middle_x + wide / 2, middle_y + high / 2)


def _cost(
    box: _Box,
    mark: tuple[float, float],
    taken: Sequence[_Box],
    lines: Sequence[tuple[tuple[float, float], tuple[float, float]]],
    inside: _Box,
) -> float:
    """What speaks against a place: leaving the frame, covering something, crossing lines, distance, in this order."""
    near = _nearest(box, *mark)
    covered = sum(box.overlap(other) for other in taken)
    crossed = sum(_through(box, *line) for line in lines) + sum(_crossing((mark, near), line) for line in lines)
    hidden = sum(_through(other, mark, near) for other in taken if not _holds(other, mark))
    return 1e6 * box.outside(inside) + 100 * covered + 40 * crossed + 40 * hidden + math.dist(near, mark)


def _nearest(box: _Box, x: float, y: float) -> tuple[float, float]:
    return min(max(x, box.left), box.right), min(max(y, box.bottom), box.top)


def _holds(box: _Box, point: tuple[float, float]) -> bool:
    return box.left <= point[0] <= box.right and box.bottom <= point[1] <= box.top


def _through(box: _Box, start: tuple[float, float], end: tuple[float, float]) -> bool:
    """Whether a line runs through a box, by points along it."""
    steps = 12
    return any(
        _holds(box, (start[0] + (end[0] - start[0]) * k / steps, start[1] + (end[1] - start[1]) * k / steps))
        for k in range(steps + 1)
    )


def _crossing(
    one: tuple[tuple[float, float], tuple[float, float]], other: tuple[tuple[float, float], tuple[float, float]]
) -> bool:
    def side(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    (a, b), (c, d) = one, other
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
