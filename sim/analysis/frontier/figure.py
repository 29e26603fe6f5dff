"""The frontier in the plane of two parties' gains, with the proposals and the points singled out named."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.frontier.english import guarantee, people, singled
from sim.analysis.frontier.maxima import NEAR
from sim.analysis.frontier.result import Frontier, ProposalPlace
from sim.engine.draws import Array
from sim.files.arguments import InvalidArgument
from sim.report import figure as style
from sim.scenario.labels import spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: At most so many points of a frontier are drawn; the rest would only blacken the figure.
_DRAWN = 3000
#: Of these, about so many are kept clear of names.
_AVOIDED = 200
_SIZE = 8.0
_ACCEPTED = "frontier, package shown\naccepted by all asked"
_REFUSED = "frontier (no package shown\naccepted by all asked)"
#: Distances from a mark at which a name may stand, in points, nearest first, and in how many directions.
_RADII = (7, 12, 18, 26, 36, 48, 62, 80, 100, 124, 150, 180)
_DIRECTIONS = 24
#: Room around names, in points.
_ROOM = 1.5
#: A name further from its mark than this is joined to it.
_NEAR = 12.0

_BEHIND = {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.4}

_Place = tuple[float, float]


def draw(result: Frontier, axes: Sequence[str] | None = None) -> Figure:
    """Gains of two of the parties, by default the first two: every point of the frontier, texts and solution points.

    With more than two parties a point may lie below the outline of the two drawn: it gives another party more.
    """
    if not result.whole:
        raise InvalidArgument(
            f"the figure shows all {result.frontier.total:,} points, which JSON leaves out; draw it of the document "
            "that sim.frontier gives"
        )
    first, second = axes or result.options.parties[:2]
    fig = style.figure(10.5, 7.0)
    plane = _Plane(fig.add_subplot(), result, first, second)
    ax = plane.ax
    _frontier(plane)
    _texts(plane)
    _singled(plane)
    ax.axhline(0, color="#999999", linewidth=0.8, zorder=1)
    ax.axvline(0, color="#999999", linewidth=0.8, zorder=1)
    ax.margins(0.09)
    ax.set_xlabel(f"expected gain of {spoken(result.names[first])} over no deal")
    ax.set_ylabel(f"expected gain of {spoken(result.names[second])} over no deal")
    ax.spines[["top", "right"]].set_visible(False)
    fig.legend(loc="outside right upper", fontsize=8, frameon=False)
    title = f"What is efficient for {people(result, result.options.parties)}"
    style.titled(fig, title, f"{style.facts(result.scenario, result.settings)}\n", foot=_foot(plane))
    place(fig, ax, plane.labels, plane.marks, _SIZE)
    return fig


@dataclass(frozen=True)
class _Plane:
    """Two parties' gains as axes, with the names to write and the marks that these should not cover."""

    ax: Axes
    result: Frontier
    first: str
    second: str
    labels: list[Label] = field(default_factory=list)
    marks: list[tuple[float, float, float]] = field(default_factory=list)

    @property
    def points(self) -> Array:
        """The frontier's points on the two axes, shape ``(points, 2)``."""
        parties = self.result.options.parties
        gains = np.array([point.gains for point in self.result.every]).reshape(-1, len(parties))
        return gains[:, [parties.index(self.first), parties.index(self.second)]]

    def at(self, gains: dict[str, float]) -> _Place:
        return gains[self.first], gains[self.second]

    def plot(self, places: Sequence[_Place], marker: str, reach: float, **look: Any) -> None:
        """Marks at some places, which reach so many points around them."""
        x, y = np.array(places).T
        self.ax.plot(x, y, marker, linestyle="none", **look)
        self.marks.extend((x, y, reach) for x, y in places)


def _frontier(plane: _Plane) -> None:
    result, ax = plane.result, plane.ax
    if not result.every:
        return
    gains = plane.points
    edge = _edge(gains)
    # the stairs under which every possible package lies
    ax.step(edge[:, 0], edge[:, 1], where="post", color=style.BLUE, linewidth=0.9, alpha=0.7, zorder=2)
    some = np.unique(np.linspace(0, len(gains) - 1, min(_DRAWN, len(gains))).round().astype(int))
    drawn = f"\n({len(some):,} of {len(gains):,} points drawn)" if len(some) < len(gains) else ""
    accepted = np.array([point.all_accept for point in result.every])[some]
    size = 3.5 if len(result.options.parties) == 2 else 2.5
    other = "frontier" if result.frontier.all_accept else _REFUSED
    for mask, colour, marker, name in ((~accepted, style.SKY, "o", other), (accepted, style.BLUE, "D", _ACCEPTED)):
        if mask.any():
            x, y = gains[some[mask]].T
            ax.plot(x, y, marker, color=colour, label=name + drawn, markersize=size, linestyle="none", zorder=3)
            drawn = ""
    plane.marks.extend((float(x), float(y), 2.5) for x, y in [*edge, *gains[some[:: max(1, len(some) // _AVOIDED)]]])


def _edge(gains: Array) -> Array:
    """The points that no other beats on the two axes drawn, from right to left."""
    order = np.lexsort((-gains[:, 1], -gains[:, 0]))
    best = np.maximum.accumulate(gains[order, 1])
    edge: Array = gains[order[np.concatenate([[True], best[1:] > best[:-1] + NEAR])]]
    return edge


def _texts(plane: _Plane) -> None:
    """Proposals: filled where possible, hollow where they leave issues open, crosses where something rules them out."""
    result = plane.result
    kinds = (
        ("possible text", [t for t in result.proposals if t.possible], "s", style.GREEN, "full"),
        ("text with open issues", [t for t in result.proposals if t.possible is None], "s", style.GREEN, "none"),
        ("text ruled out", [t for t in result.proposals if t.possible is False], "X", style.GREY, "full"),
    )
    at: dict[_Place, list[ProposalPlace]] = {}
    for depth, (name, texts, marker, colour, fill) in enumerate(kinds):
        if not texts:
            continue
        places = [plane.at(t.gains) for t in texts]
        plane.plot(places, marker, 4.5, color=colour, fillstyle=fill, markersize=6, label=name, zorder=4.5 - depth / 10)
        for text, (x, y) in zip(texts, places, strict=True):
            at.setdefault((round(x, 6), round(y, 6)), []).append(text)
    for (x, y), together in at.items():
        # several names at one mark would be a pile: the first says how many there are
        together.sort(key=lambda t: not t.tabled)
        name = result.labels.text(together[0].id) + (" (tabled)" if together[0].tabled else "")
        if len(together) == 2:
            name += f", {result.labels.text(together[1].id)}"
        elif len(together) > 2:
            name += f" and {len(together) - 1} more texts"
        out = all(t.possible is False for t in together)
        plane.labels.append(Label(x, y, name, "#444444" if out else "#005A42", together[0].tabled))


def _singled(plane: _Plane) -> None:
    at = singled(plane.result)
    if not at:
        return
    places = [plane.at(point.gains) for _, point in at.values()]
    plane.plot(places, "*", 6.5, color=style.VERMILION, markersize=13, label="singled out", zorder=5)
    for (names, _), (x, y) in zip(at.values(), places, strict=True):
        plane.labels.append(Label(x, y, ", ".join(names), "#9C4400", True))


def _foot(plane: _Plane) -> str:
    result, points, gains = plane.result, plane.result.frontier, plane.points
    foot = "Gray lines: no deal. "
    if points.total:
        many = f"{points.all_accept:,}" if points.all_accept else "none"
        foot += f"Packages shown that all asked accept, on expected gains: {many} of {points.total:,}. "
    if result.options.red_lines == "none":
        foot += "No red line binds. "
    else:
        foot += "Ruled out: breaks a constraint, or crosses a red line of a party asked. "
    places = len(np.unique(gains.round(9), axis=0))
    if places < len(gains):
        where = f"{places:,} places" if places > 1 else "one place"
        foot += f"\n{len(gains):,} points fall on {where} here; other --axes may part them. "
    if len(gains) and 1 < len(_edge(gains)) < places:
        others = [p for p in result.options.parties if p not in (plane.first, plane.second)]
        foot += f"\nPoints below the outline give {people(result, others, 'or')} more. "
    if points.epsilon:
        foot += f"\nApproximate: gains of the frontier are right to within {guarantee(points.epsilon)}."
    return foot.rstrip()


# --- names beside marks ---------------------------------------------------------------------


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

    Greedy placement over candidate positions around each mark (J. Christensen, J. Marks and S. Shieber, "An empirical
    study of algorithms for point-feature label placement", ACM Transactions on Graphics 14, 1995, describe the family).

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
    occupied = _Occupied(inside)
    for x, y, reach in marks:
        across, up = at(x, y)
        occupied.boxes.append(_Box(across - reach, up - reach, across + reach, up + reach))
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
        best = occupied.best(x, y, extent.width / scale, extent.height / scale)
        text.set_position((best.left - x, best.bottom - y))
        near = _nearest(best, x, y)
        occupied.names.append(_Box(best.left - _ROOM, best.bottom - _ROOM, best.right + _ROOM, best.top + _ROOM))
        occupied.lines.append(((x, y), near))
        if math.dist(near, (x, y)) > _NEAR:
            ax.annotate(
                "",
                (label.x, label.y),
                xytext=(near[0] - x, near[1] - y),
                textcoords="offset points",
                arrowprops={"arrowstyle": "-", "color": label.color, "linewidth": 0.5, "alpha": 0.6, "shrinkB": 3},
                zorder=2,
            )


class _Occupied:
    """What stands in the figure already: marks, names, and lines from the ones to the others."""

    def __init__(self, inside: _Box) -> None:
        self.inside = inside
        self.boxes: list[_Box] = []
        self.names: list[_Box] = []
        self.lines: list[tuple[_Place, _Place]] = []

    def best(self, x: float, y: float, wide: float, high: float) -> _Box:
        """The nearest place around a mark that nothing speaks against; else the one against which least does."""
        least, best = math.inf, None
        for box in _candidates(x, y, wide, high):
            against = self._against(box, (x, y))
            if not against:
                return box
            if (cost := against + math.dist(_nearest(box, x, y), (x, y))) < least:
                least, best = cost, box
        assert best is not None
        return best

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
