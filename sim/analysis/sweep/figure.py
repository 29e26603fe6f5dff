"""Figures of a sweep: lines over the values of one path, or a heat map over two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.sweep import talks_figure
from sim.analysis.sweep.axes import label_grid, label_values, order_along, places, subtitle
from sim.analysis.sweep.result import Sweep, SweepPath, SweepPoint
from sim.analysis.sweep.words import path_words, unknown
from sim.engine.draws import Array
from sim.report import figure as style
from sim.report.numbers import compact
from sim.report.verdict import UNKNOWN
from sim.results.verdicts import HALF

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Up to this many cells in a row, a heat map writes its figures into the cells.
_WRITTEN = 16
_BEHIND = {"edgecolor": "none", "boxstyle": "square,pad=0.15"}


def draw(result: Sweep) -> Figure:
    """One path: a line a party asked and a thick one for all together. Two: the joint share of every combination.

    Where the points are negotiated, how the talks end in place of the vote.
    """
    if result.talks is not None:
        return talks_figure.lines(result) if len(result.paths) == 1 else talks_figure.heat(result)
    return _lines(result) if len(result.paths) == 1 else _heat(result)


def _lines(result: Sweep) -> Figure:
    [path] = result.paths
    fig = style.figure(8.4, 4.8)
    ax = fig.add_subplot()
    at = places(result, path)
    order = order_along(path, at)
    along = [at[k] for k in order]
    asked = [p.id for p in result.base.parties if any(point.needs(p.id) for point in result.points)]
    marked = len(path.values) <= 20
    for k, party in enumerate(asked):
        ax.plot(
            along,
            [_percent(result.points[k], party) for k in order],
            color=style.SERIES[k % len(style.SERIES)],
            marker=style.MARKERS[k % len(style.MARKERS)] if marked else None,
            markersize=max(9 - 1.5 * k, 4),  # of lines on one another the lower ones show
            linewidth=1.4,
            label=result.names[party],
        )
    joint = [_percent(result.points[k], None) for k in order]
    ax.plot(along, joint, color="black", linewidth=3.2, label="all together", zorder=5)
    ax.axhline(100 * HALF, color="#444444", linewidth=1, linestyle="--", zorder=1)
    beside: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
    ax.annotate("one half", (1, 100 * HALF), (4, 0), va="center", fontsize=8, color="#444444", **beside)
    _mark(ax, result, path, at)
    label_values(ax, result, path, at)
    ax.set_ylabel("share of draws that accept, %")
    ax.set_ylim(-3, 103)
    ax.spines[["top", "right"]].set_visible(False)
    fig.legend(loc="outside right upper", fontsize=8, frameon=False)
    style.titled(fig, f"Acceptance as modelled, by {path_words(result, path)}", subtitle(result), foot=_foot(result))
    return fig


def _percent(point: SweepPoint, party: str | None) -> float:
    """The joint share (party None) or a party's in per cent; nan, a gap in the line, where there is none."""
    share = point.share(None)
    if party is not None:
        share = point.party(party).acceptability.estimate if point.feasible else None
    return float("nan") if share is None else 100 * share


def _mark(ax: Axes, result: Sweep, path: SweepPath, at: list[float]) -> None:
    """A line at the scenario's own value; where it is none of these, its joint share across."""
    for value in path.own:
        x = at[path.values.index(value)]
        ax.axvline(x, color=style.GREY, linewidth=6, alpha=0.25, zorder=0)
    if not path.own and result.base.joint_acceptability is not None:
        ax.axhline(100 * result.base.joint_acceptability.estimate, color="black", linewidth=1, linestyle=":")


def _foot(result: Sweep) -> str:
    legend = "Grey band: the scenario's own value, or one scored alike."
    if not result.paths[0].own:
        legend = "Dotted across: joint share of the scenario as it stands."
    if any(line.consent_needed for line in result.lines or ()):
        legend += " Dotted down: a line that the text crosses begins or lapses."
    if any(not point.feasible for point in result.points):
        legend += " Gaps: texts that would break a hard constraint."
    return f"{legend}\nDifferences along a line share their draws."


def _heat(result: Sweep) -> Figure:
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    first, second = result.paths
    rows, columns = len(first.values), len(second.values)
    shares = np.array([np.nan if (s := p.share(None)) is None else s for p in result.points]).reshape(rows, columns)
    left = min(max(map(len, first.values)), 22) * 0.08
    width = min(max(4.5 + left, 2.4 + left + 0.85 * columns), 13)
    fig = style.figure(max(width, 7.2), min(max(3.6, 2.0 + 0.55 * rows), 11))
    ax = fig.add_subplot()
    image = ax.imshow(100 * shares, cmap=style.SHARES, vmin=0, vmax=100, aspect="auto")
    if columns <= _WRITTEN and rows <= 2 * _WRITTEN:
        for (r, c), share in np.ndenumerate(shares):
            scored = not np.isnan(share)
            behind = _BEHIND | {"facecolor": colormaps[style.SHARES](float(share))} if scored else None
            ink = "white" if scored and abs(share - HALF) > 0.38 else "black"
            words = compact(float(share)) if scored else "-"
            ax.text(c, r, words, ha="center", va="center", fontsize=9, color=ink, bbox=behind)
    hatched: dict[str, Any] = {"fill": False, "hatch": "///", "edgecolor": "#8A8A8A", "linewidth": 0, "alpha": 0.5}
    for (r, c), point in zip(np.ndindex(rows, columns), result.points, strict=True):
        if unknown(result, point):
            ax.add_patch(Rectangle((c - 0.5, r - 0.5), 1, 1, **hatched))
    for (x0, y0), (x1, y1) in _staircase(shares):
        ax.plot([x0, x1], [y0, y1], color="black", linewidth=2.6, solid_capstyle="projecting")
    for r, value in enumerate(first.values):
        for c, other in enumerate(second.values):
            if value in first.own and other in second.own:
                ax.add_patch(Rectangle((c - 0.44, r - 0.42), 0.88, 0.84, fill=False, edgecolor="black", linewidth=1.6))
    label_grid(ax, result)
    bar = fig.colorbar(image, ax=ax, shrink=0.9)
    bar.set_label("all accept, % of draws")
    bar.ax.axhline(100 * HALF, color="black", linewidth=1.5)
    style.titled(fig, "Joint share as modelled, by two cells", subtitle(result), foot=_heat_foot(result))
    return fig


def _heat_foot(result: Sweep) -> str:
    crossed = any(b.party is None for b in result.boundaries)
    sides = {share >= HALF for point in result.points if (share := point.share(None)) is not None}
    side = "above" if True in sides else "below"
    unsettled = any(unknown(result, point) for point in result.points)
    legend = {
        "Thick line: one half.": crossed,
        f"Every cell is {side} one half, so no boundary is drawn.": not crossed and len(sides) == 1,
        "-: the text would break a hard constraint.": not all(point.feasible for point in result.points),
        f"Hatched: {UNKNOWN}, since the evidence alone leaves both answers open.": unsettled,
        "Box: the scenario as it stands.": all(p.own for p in result.paths),
    }
    return " ".join(words for words, there in legend.items() if there)


def _staircase(shares: Array) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Edges between neighbouring cells on either side of one half, as ends of lines; ``shares`` is (rows, columns)."""
    edges = []
    scored, above = ~np.isnan(shares), shares >= HALF
    for r, c in np.ndindex(*shares.shape):
        for down, right in ((0, 1), (1, 0)):
            other = (r + down, c + right)
            inside = r + down < len(shares) and c + right < len(shares[0])
            if inside and scored[r, c] and scored[other] and above[r, c] != above[other]:
                edges.append(((c + right - 0.5, r + down - 0.5), (c + 0.5, r + 0.5)))
    return edges
