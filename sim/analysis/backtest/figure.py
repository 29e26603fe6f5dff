"""Calibration of the shares, and the Brier scores of the library and of the rules of thumb with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.backtest.english import FORECASTER_NAMES
from sim.analysis.backtest.result import Backtest
from sim.files.grammar import listed, plural
from sim.report import figure as style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(result: Backtest) -> Figure:
    """Two panels: how often shares came true, and scores side by side."""
    fig = style.figure(9.6, 4.6)
    left, right = fig.subplots(1, 2, width_ratios=(1, 1.15))
    _calibration(left, result)
    _scores(right, result)
    main = result.table("main")
    days = listed([str(day.as_of) for day in result.days])
    counts = f"{plural(main.rows, 'row')}, {plural(main.items, 'item')}, {plural(main.subjects, 'subject')}"
    foot = (
        "Marks grow with the weight of their rows. Bars: 95% intervals by bootstrap over subjects; where there is "
        "none, it is undefined.\nDashed: shares that come true as often as they say."
    )
    style.titled(fig, "What was said beside what came", f"{result.observed}, positions of {days}; {counts}", foot=foot)
    return fig


def _calibration(ax: Axes, result: Backtest) -> None:
    ax.plot([0, 100], [0, 100], color=style.GREY, linewidth=1, linestyle="--", zorder=1)
    heaviest = max((x.weight for x in result.calibration), default=1.0)
    for x in result.calibration:
        if x.forecast is None or x.outcome.estimate is None:
            continue
        at = 100 * x.forecast
        if x.outcome.low is not None and x.outcome.high is not None:
            ax.vlines(at, 100 * x.outcome.low, 100 * x.outcome.high, color=style.BLUE, linewidth=1.6, alpha=0.6)
        ax.scatter([at], [100 * x.outcome.estimate], s=30 + 170 * x.weight / heaviest, color=style.BLUE, zorder=3)
        style.beside(ax, str(x.rows), (at, 100 * x.outcome.estimate), 9, fontsize=8, color="#444444")
    ax.set_xlim(-4, 104)
    ax.set_ylim(-4, 104)
    ax.set_xlabel("share of draws that accept, %")
    ax.set_ylabel("came out yes, %")
    ax.spines[["top", "right"]].set_visible(False)


def _scores(ax: Axes, result: Backtest) -> None:
    scores = result.table("main").scores
    for k, x in enumerate(scores):
        colour = style.BLUE if x.forecaster == "product" else style.GREY
        if x.brier.low is not None and x.brier.high is not None:
            ax.hlines(k, x.brier.low, x.brier.high, color=colour, linewidth=2.2, alpha=0.7)
        if x.brier.estimate is not None:
            ax.plot([x.brier.estimate], [k], "o" if x.forecaster == "product" else "s", color=colour, markersize=7)
            style.beside(ax, f"{x.brier.estimate:.2f}", (x.brier.estimate, k - 0.28), 0, fontsize=8)
    ax.set_yticks(range(len(scores)), [FORECASTER_NAMES[x.forecaster] for x in scores], fontsize=8)
    ax.set_ylim(len(scores) - 0.5, -0.6)
    ax.set_xlim(left=0)
    ax.set_xlabel("Brier score (less is better)")
    style.lying_bars(ax)
