"""Axes of the figures of a sweep: where values stand, and how they are called."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from textwrap import fill
from typing import TYPE_CHECKING

from sim.analysis.sweep.result import Sweep, SweepPath
from sim.analysis.sweep.variations import AS_IT_STANDS, AS_OF
from sim.analysis.sweep.words import path_words, value_words
from sim.report import figure as style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def subtitle(result: Sweep) -> str:
    """Which text, how it is scored, and what the evidence says of it."""
    info, how = result.scenario, result.settings
    return style.facts(info, how) + style.evidence_line(result.base.on_evidence, result.names, how)


def places(result: Sweep, path: SweepPath) -> list[float]:
    """Where the values stand along the axis: numbers and days to scale, names side by side."""
    if path.path == AS_OF:
        own = result.scenario.as_of
        return [float((own if v == AS_IT_STANDS else dt.date.fromisoformat(v)).toordinal()) for v in path.values]
    return [float(k) for k in range(len(path.values))] if path.numbers is None else list(path.numbers)


def order_along(path: SweepPath, at: list[float]) -> list[int]:
    """The numbers of the values in the order in which a line joins them: days as they follow each other."""
    return sorted(range(len(at)), key=at.__getitem__) if path.path == AS_OF else list(range(len(at)))


def label_values(ax: Axes, result: Sweep, path: SweepPath, at: list[float]) -> None:
    """The values of the one path under the axis."""
    if path.path == AS_OF:
        _days(ax, result, sorted(at))
    elif path.numbers is None:
        ax.set_xticks(at, [wrapped(value_words(result, path, v), 16) for v in path.values], fontsize=8)
        if len(at) > 6 and max(map(len, path.values)) > 10:
            ax.tick_params(axis="x", labelrotation=30)
    ax.set_xlabel(path_words(result, path))


def _days(ax: Axes, result: Sweep, along: list[float]) -> None:
    """Dates under the axis, none over another, and a mark where a line that the text crosses begins or lapses."""
    room = (along[-1] - along[0]) / 12 or 1.0
    dates = [along[0]]
    for day in along[1:]:
        if day - dates[-1] >= room:
            dates.append(day)
    ax.set_xticks(dates, [dt.date.fromordinal(int(day)).isoformat() for day in dates], fontsize=8)
    if any(later - day < 2.2 * room for day, later in pairwise(dates)):
        ax.tick_params(axis="x", labelrotation=30)
    for turn in sorted({line.on for line in result.lines or () if line.consent_needed}):
        ax.axvline(turn.toordinal(), color=style.PURPLE, linewidth=1, linestyle=(0, (1, 2)), zorder=0)


def label_grid(ax: Axes, result: Sweep) -> None:
    """The values of two paths beside and under a heat map, of many only some."""
    first, second = result.paths
    rows, columns = len(first.values), len(second.values)
    step_r, step_c = max(1, -(-rows // 25)), max(1, -(-columns // 16))
    names = [wrapped(value_words(result, first, v), 22) for v in first.values[::step_r]]
    ax.set_yticks(range(0, rows, step_r), names, fontsize=8)
    names = [wrapped(value_words(result, second, v), 14) for v in second.values[::step_c]]
    ax.set_xticks(range(0, columns, step_c), names, fontsize=8)
    ax.set_ylabel(fill(path_words(result, first), 30))
    ax.set_xlabel(path_words(result, second))


def wrapped(text: str, width: int) -> str:
    """A value on several lines; it may break behind an underscore."""
    return fill(text.replace("_", "_ "), width + 1).replace("_ ", "_")
