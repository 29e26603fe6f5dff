"""Figures of talks over a sweep: how they end along one path, or over two, and who is in the way."""

from __future__ import annotations

from itertools import groupby
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.sweep.axes import label_grid, label_values, order_along, places
from sim.analysis.sweep.result import Sweep, SweepPath, SweepPoint
from sim.analysis.sweep.talks_page import obstacle
from sim.analysis.sweep.words import path_words
from sim.bargaining.lead import name_of
from sim.engine.draws import Array
from sim.report import figure as style
from sim.report.numbers import compact
from sim.results.verdicts import HALF

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Cells in a row up to which a heat map writes shares into them, and who is in the way too.
_WRITTEN, _NAMED = 12, 6


def _subtitle(result: Sweep) -> str:
    by = "" if result.talks is None else f"\nNegotiated by {name_of(result.talks)}."
    return style.facts(result.scenario, result.settings) + by


def _shares(result: Sweep, end: str) -> Array:
    """An end of the talks by point, in per cent, shape ``(points,)``; nan where there are none."""
    return np.array([np.nan if p.talks is None else 100 * getattr(p.talks, end).estimate for p in result.points])


def lines(result: Sweep) -> Figure:
    """Along one path: agreements that stand, those not ratified, breakdowns; above them who is most in the way."""
    [path] = result.paths
    fig = style.figure(8.4, 4.8)
    ax = fig.add_subplot()
    at = places(result, path)
    order = order_along(path, at)
    along = [at[k] for k in order]
    marker = "o" if len(at) <= 20 else None
    points = [result.points[k] for k in order]
    low, high = (
        [np.nan if p.talks is None else 100 * getattr(p.talks.agreed, end) for p in points] for end in ("low", "high")
    )
    ax.fill_between(along, low, high, color="black", alpha=0.15, linewidth=0)
    each = (
        ("agreed", "agreement stands", {"color": "black", "linewidth": 3.0}),
        ("ratification_failed", "agreed, not ratified", {"color": style.SERIES[1], "linewidth": 1.6}),
        ("broke_down", "talks break down", {"color": style.SERIES[0], "linewidth": 1.6, "linestyle": "--"}),
    )
    for end, label, how in each:
        ax.plot(along, _shares(result, end)[order], label=label, marker=marker, markersize=5, **how)  # type: ignore[arg-type]
    for value in path.own:
        ax.axvline(at[path.values.index(value)], color=style.GREY, linewidth=6, alpha=0.25, zorder=0)
    _name_obstacles(ax, result, along, points)
    label_values(ax, result, path, at)
    ax.set_ylabel("share of draws, %")
    ax.set_ylim(-3, 118)
    ax.set_yticks(range(0, 101, 20))
    ax.spines[["top", "right"]].set_visible(False)
    fig.legend(loc="outside right upper", fontsize=8, frameon=False)
    style.titled(fig, f"Talks, by {path_words(result, path)}", _subtitle(result), foot=_foot(result, path))
    return fig


def _name_obstacles(ax: Axes, result: Sweep, along: list[float], points: list[SweepPoint]) -> None:
    """Above each stretch of values the party that is most often in the way there."""
    names = [None if p.talks is None else obstacle(result, p.talks) for p in points]
    for name, stretch in groupby(range(len(names)), key=names.__getitem__):
        here = [along[k] for k in stretch]
        if name is not None:
            ax.plot(
                [here[0], here[-1]], [105, 105], color="#444444", linewidth=2, marker="|", markersize=6, clip_on=False
            )
            middle = (here[0] + here[-1]) / 2
            ax.text(middle, 108, fill(name, 18), ha="center", va="bottom", fontsize=8, color="#444444")


def _foot(result: Sweep, path: SweepPath) -> str:
    legend = ["Above: who is most often in the way of an agreement that stands. Band: 95%, sampling error only."]
    if path.own:
        legend.append("Grey: the scenario's own value, or one that goes alike.")
    if any(point.talks is None for point in result.points):
        legend.append("Gaps: texts that would break a hard constraint.")
    return " ".join(legend)


def heat(result: Sweep) -> Figure:
    """Over two paths: agreements that stand, with who is most in the way, and beside them those not ratified."""
    first, second = result.paths
    rows, columns = len(first.values), len(second.values)
    width = min(max(4.2, 1.8 + 0.8 * columns), 8.0)
    fig = style.figure(2 * width, min(max(3.8, 2.0 + 0.62 * rows), 11))
    panels = fig.subplots(1, 2, sharey=True)
    written = columns <= _WRITTEN and rows <= 2 * _WRITTEN
    for ax, end, title in zip(
        panels, ("agreed", "ratification_failed"), ("agreement stands", "agreed, not ratified"), strict=True
    ):
        shares = _shares(result, end).reshape(rows, columns)
        image = ax.imshow(shares, cmap=style.SHARES, vmin=0, vmax=100, aspect="auto")
        if written:
            _write(ax, result, shares, named=end == "agreed" and columns <= _NAMED)
        label_grid(ax, result)
        ax.set_title(title, fontsize=10)
        _box(ax, result)
    panels[1].set_ylabel("")
    bar = fig.colorbar(image, ax=list(panels), shrink=0.9)
    bar.set_label("% of draws")
    foot = "Under a share: who is most often in the way of an agreement that stands." if columns <= _NAMED else ""
    if all(path.own for path in result.paths):
        foot += " Box: the scenario as it stands."
    if any(point.talks is None for point in result.points):
        foot += " -: the text would break a hard constraint."
    style.titled(fig, "Talks, by two cells", _subtitle(result), foot=foot.strip())
    return fig


def _write(ax: Axes, result: Sweep, shares: Array, *, named: bool) -> None:
    """Shares into the cells, and who is in the way."""
    from matplotlib import colormaps

    for ((r, c), share), point in zip(np.ndenumerate(shares), result.points, strict=True):
        words, how = "-", {}
        if point.talks is not None:
            words = compact(float(share) / 100)
            who = obstacle(result, point.talks) if named else None
            words += f"\n{fill(who, 12)}" if who else ""
            ink = "white" if abs(share / 100 - HALF) > 0.38 else "black"
            box = {"edgecolor": "none", "boxstyle": "square,pad=0.15"}
            how = {"color": ink, "bbox": box | {"facecolor": colormaps[style.SHARES](float(share) / 100)}}
        ax.text(c, r, words, ha="center", va="center", fontsize=8, **how)  # type: ignore[arg-type]


def _box(ax: Axes, result: Sweep) -> None:
    from matplotlib.patches import Rectangle

    first, second = result.paths
    lines: dict[str, Any] = {"fill": False, "edgecolor": "black", "linewidth": 1.6}
    for r, value in enumerate(first.values):
        for c, other in enumerate(second.values):
            if value in first.own and other in second.own:
                ax.add_patch(Rectangle((c - 0.46, r - 0.46), 0.92, 0.92, **lines))
