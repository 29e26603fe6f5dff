"""Figures of a sweep: lines over the values of one path, or a heat map over two."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from sim.analysis.sweep import Path, Point, Sweep
from sim.plots import style
from sim.verdict import HALF, compact

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Up to this many cells in a row, a heat map writes its figures into the cells.
_WRITTEN = 16


def draw(result: Sweep) -> Figure:
    """One path: a line a party asked and a thick one for all together. Two: the joint figure of every combination."""
    return _lines(result) if len(result.paths) == 1 else _heat(result)


def _subtitle(result: Sweep) -> str:
    info, how = result.scenario, result.settings
    return style.facts(info.id, info.date, how.draws, how.seed, info.as_of)


def _lines(result: Sweep) -> Figure:
    [path] = result.paths
    fig = style.figure(8.4, 4.8)
    ax = fig.add_subplot()
    at = list(range(len(path.values))) if path.numbers is None else list(path.numbers)
    asked = [p.id for p in result.base.parties if any(_needs(point, p.id) for point in result.points)]
    marked = len(path.values) <= 20
    for k, party in enumerate(asked):
        ax.plot(
            at,
            [100 * p.party(party).acceptability.estimate for p in result.points],
            color=style.SERIES[k % len(style.SERIES)],
            marker=style.MARKERS[k % len(style.MARKERS)] if marked else None,
            markersize=max(9 - 1.5 * k, 4),  # of lines on one another the lower ones show
            linewidth=1.4,
            label=result.names[party],
        )
    joint = [None if p.joint_acceptability is None else 100 * p.joint_acceptability.estimate for p in result.points]
    drawn = [float("nan") if share is None else share for share in joint]
    ax.plot(at, drawn, color="black", linewidth=3.2, label="all together", zorder=5)
    ax.axhline(100 * HALF, color="#444444", linewidth=1, linestyle="--", zorder=1)
    beside: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
    ax.annotate("one half", (1, 100 * HALF), (4, 0), va="center", fontsize=8, color="#444444", **beside)
    _mark(ax, result, path, at)
    if path.numbers is None:
        ax.set_xticks(at, [_wrapped(v, 16) for v in path.values], fontsize=8)
        if len(at) > 6 and max(map(len, path.values)) > 10:
            ax.tick_params(axis="x", labelrotation=30)
    ax.set_xlabel(path.path)
    ax.set_ylabel("share of draws that accept, %")
    ax.set_ylim(-3, 103)
    ax.spines[["top", "right"]].set_visible(False)
    fig.legend(loc="outside right upper", fontsize=8, frameon=False)
    style.titled(fig, f"Acceptance by {path.path}", _subtitle(result), foot=_foot(result))
    return fig


def _mark(ax: Axes, result: Sweep, path: Path, at: list[float] | list[int]) -> None:
    """A line at the scenario's own value; where it is none of these, its joint figure across."""
    for value in path.own:
        x = at[path.values.index(value)]
        ax.axvline(x, color=style.GREY, linewidth=6, alpha=0.25, zorder=0)
    if not path.own and result.base.joint_acceptability is not None:
        ax.axhline(100 * result.base.joint_acceptability.estimate, color="black", linewidth=1, linestyle=":")


def _foot(result: Sweep) -> str:
    if result.paths[0].own:
        return "Grey band: the scenario's own value. Differences along a line share their draws."
    return "Dotted: joint figure of the scenario as it stands. Differences along a line share their draws."


def _heat(result: Sweep) -> Figure:
    from matplotlib.patches import Rectangle

    first, second = result.paths
    rows, columns = len(first.values), len(second.values)
    left = min(max(map(len, first.values)), 22) * 0.08
    width = min(max(4.5 + left, 2.4 + left + 0.85 * columns), 13)
    fig = style.figure(max(width, 7.2), min(max(3.6, 2.0 + 0.55 * rows), 11))
    ax = fig.add_subplot()
    shares = [
        [float("nan") if (s := _joint(result.points[r * columns + c])) is None else 100 * s for c in range(columns)]
        for r in range(rows)
    ]
    image = ax.imshow(shares, cmap=style.SHARES, vmin=0, vmax=100, aspect="auto")
    if columns <= _WRITTEN and rows <= 2 * _WRITTEN:
        for r in range(rows):
            for c in range(columns):
                share = _joint(result.points[r * columns + c])
                said = "-" if share is None else compact(share)
                dark = share is not None and abs(share - HALF) > 0.38
                ax.text(c, r, said, ha="center", va="center", fontsize=9, color="white" if dark else "black")
    for (x0, y0), (x1, y1) in _staircase(result, rows, columns):
        ax.plot([x0, x1], [y0, y1], color="black", linewidth=2.6, solid_capstyle="projecting")
    for r, value in enumerate(first.values):
        for c, other in enumerate(second.values):
            if value in first.own and other in second.own:
                ax.add_patch(Rectangle((c - 0.44, r - 0.42), 0.88, 0.84, fill=False, edgecolor="black", linewidth=1.6))
    step_r, step_c = max(1, -(-rows // 25)), max(1, -(-columns // 16))
    ax.set_yticks(range(0, rows, step_r), [_wrapped(v, 22) for v in first.values[::step_r]], fontsize=8)
    ax.set_xticks(range(0, columns, step_c), [_wrapped(v, 14) for v in second.values[::step_c]], fontsize=8)
    ax.set_ylabel(first.path)
    ax.set_xlabel(second.path)
    bar = fig.colorbar(image, ax=ax, shrink=0.9)
    bar.set_label("all accept, % of draws")
    bar.ax.axhline(100 * HALF, color="black", linewidth=1.5)
    style.titled(fig, "Joint acceptability by two cells", _subtitle(result), foot=_heat_foot(result))
    return fig


def _heat_foot(result: Sweep) -> str:
    parts = []
    if any(b.party is None for b in result.boundaries):
        parts.append("Thick line: one half.")
    else:
        side = "above" if (_joint(result.points[0]) or 0.0) >= HALF else "below"
        parts.append(f"Every cell is {side} one half, so no boundary is drawn.")
    if all(p.own for p in result.paths):
        parts.append("Box: the scenario as it stands.")
    return " ".join(parts)


def _staircase(result: Sweep, rows: int, columns: int) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Edges between neighbouring cells on either side of one half, as ends of lines."""
    edges = []
    for r in range(rows):
        for c in range(columns):
            here = _joint(result.points[r * columns + c])
            right = _joint(result.points[r * columns + c + 1]) if c + 1 < columns else None
            below = _joint(result.points[(r + 1) * columns + c]) if r + 1 < rows else None
            if here is None:
                continue
            if right is not None and (here >= HALF) != (right >= HALF):
                edges.append(((c + 0.5, r - 0.5), (c + 0.5, r + 0.5)))
            if below is not None and (here >= HALF) != (below >= HALF):
                edges.append(((c - 0.5, r + 0.5), (c + 0.5, r + 0.5)))
    return edges


def _joint(point: Point) -> float | None:
    return None if point.joint_acceptability is None else point.joint_acceptability.estimate


def _needs(point: Point, party: str) -> bool:
    row = point.party(party)
    return row.consent_needed and not row.silent


def _wrapped(text: str, width: int) -> str:
    """A value on several lines; it may break behind an underscore."""
    return fill(text.replace("_", "_ "), width + 1).replace("_ ", "_")
