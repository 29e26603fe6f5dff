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
#: Room around names, in points.
_ROOM = 1.5
#: A name further from its mark than this is joined to it.
_NEAR = 12.0

_BEHIND = {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.4}

_Place = tuple[float, float]


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


def place(
    fig: Figure, ax: Axes, labels: Sequence[Label], marks: Sequence[tuple[float, float, float]], size: float
) -> None:
    """Write the names, each near its mark and joined to it by a thin line where it stands apart.

    ``marks`` are all marks that no name should cover: where, in data coordinates, and how far they reach, in points.
    The layout must be settled: nothing that moves the axes may be drawn afterwards.
    """
    fig.draw_without_rendering()
    scale = fig.dpi / 72

    def at(x: float, y: float) -> _Place:
        across, up = ax.transData.transform((x, y))
        return float(across) / scale, float(up) / scale

    frame = ax.get_window_extent()
    inside = _Box(frame.x0 / scale, frame.y0 / scale, frame.x1 / scale, frame.y1 / scale)
    taken = _Taken(inside)
    for x, y, reach in marks:
        across, up = at(x, y)
        taken.boxes.append(_Box(across - reach, up - reach, across + reach, up + reach))
    for label in sorted(labels, key=lambda m: not m.bold):
        x, y = at(label.x, label.y)
        text = ax.annotate(
            label.text,
            (label.x, label.y),
            xytext=(0, 0),
            textcoords="offset points",
            fontsize=size,
            color=label.color,
            fontweight="bold" if label.bold else "normal",
            bbox=_BEHIND,
            zorder=6,
        )
        extent = text.get_window_extent()
        best = taken.best(x, y, extent.width / scale, extent.height / scale)
        text.set_position((best.left - x, best.bottom - y))
        near = _nearest(best, x, y)
        taken.names.append(_Box(best.left - _ROOM, best.bottom - _ROOM, best.right + _ROOM, best.top + _ROOM))
        taken.lines.append(((x, y), near))
        if math.dist(near, (x, y)) > _NEAR:
            ax.annotate(
                "",
                (label.x, label.y),
                xytext=(near[0] - x, near[1] - y),
                textcoords="offset points",
                arrowprops={"arrowstyle": "-", "color": label.color, "linewidth": 0.5, "alpha": 0.6, "shrinkB": 3},
                zorder=2,
            )


class _Taken:
    """What stands in the figure already: marks, names, and lines from the ones to the others."""

    def __init__(self, inside: _Box) -> None:
        self.inside = inside
        self.boxes: list[_Box] = []
        self.names: list[_Box] = []
        self.lines: list[tuple[_Place, _Place]] = []

    def best(self, x: float, y: float, wide: float, high: float) -> _Box:
        """The nearest place around a mark that nothing speaks against; else the one against which least does."""
        fewest, found = math.inf, None
        for box in _candidates(x, y, wide, high):
            against = self._against(box, (x, y))
            if not against:
                return box
            if (cost := against + math.dist(_nearest(box, x, y), (x, y))) < fewest:
                fewest, found = cost, box
        assert found is not None
        return found

    def _against(self, box: _Box, mark: _Place) -> float:
        """What speaks against a place: leaving the frame, covering names, marks, crossing lines."""
        near = _nearest(box, *mark)
        outside = box.outside(self.inside)
        names = sum(box.overlap(other) for other in self.names)
        marks = sum(box.overlap(other) for other in self.boxes)
        crossed = sum(_through(box, *line) or _crossing((mark, near), line) for line in self.lines)
        hidden = sum(_through(other, mark, near) for other in self.names)
        # a name should stand nearer to its own mark than to others
        own, centre = math.dist(near, mark), _middle(box)
        misread = sum(
            math.dist(_nearest(box, *m), m) < own + 0.5 and math.dist(centre, m) < math.dist(centre, mark) - 0.5
            for m in map(_middle, self.boxes)
        )
        return 1e6 * outside + 10 * misread + 100 * names + 20 * marks + 40 * (crossed + hidden)


def _candidates(x: float, y: float, wide: float, high: float) -> Iterator[_Box]:
    """Boxes around a mark: the middle of the side that faces it stands at each distance in each direction."""
    for radius in _RADII:
        for k in range(_DIRECTIONS):
            angle = 2 * math.pi * k / _DIRECTIONS
            middle_x = x + math.cos(angle) * (radius + wide / 2)
            middle_y = y + math.sin(angle) * (radius + high / 2)
            yield _Box(middle_x - wide / 2, middle_y - high / 2, middle_x + wide / 2, middle_y + high / 2)


def _nearest(box: _Box, x: float, y: float) -> _Place:
    return min(max(x, box.left), box.right), min(max(y, box.bottom), box.top)


def _middle(box: _Box) -> _Place:
    return (box.left + box.right) / 2, (box.bottom + box.top) / 2


def _holds(box: _Box, point: _Place) -> bool:
    return box.left <= point[0] <= box.right and box.bottom <= point[1] <= box.top


def _through(box: _Box, start: _Place, end: _Place) -> bool:
    """Whether a line runs through a box, by points along it."""
    steps = 12
    return any(
        _holds(box, (start[0] + (end[0] - start[0]) * k / steps, start[1] + (end[1] - start[1]) * k / steps))
        for k in range(steps + 1)
    )


def _crossing(one: tuple[_Place, _Place], other: tuple[_Place, _Place]) -> bool:
    def side(a: _Place, b: _Place, c: _Place) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    (a, b), (c, d) = one, other
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
