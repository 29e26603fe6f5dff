"""Sensitivity indices as bars: the total index, and inside it what the group does alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.sobol.page import KINDS, main_output, share
from sim.analysis.sobol.result import GroupIndices, Index, SobolResult
from sim.report.figure import BLUE, GREY, SKY, beside, facts, figure, lying_bars, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Bars of joint acceptance shorter than this are left out.
LEAST = 0.01


def draw(result: SobolResult) -> Figure:
    """By party and kind: of joint acceptance or, where that has no variance, of each party's gain."""
    output = main_output(result)
    bars = [(g, x) for g in result.groups if g.level == "kind" and (x := g.index(output)) is not None]
    left = len(bars)
    if output == "joint":
        bars = sorted((x for x in bars if x[1].total.estimate >= LEAST), key=lambda x: -x[1].total.estimate)
    left -= len(bars)
    places = _places([g for g, _ in bars], apart=output != "joint")
    height = (places[-1] if places else 0) + 1
    fig = figure(8.0, 1.7 + 0.33 * height)
    axes = fig.subplots()
    for y, (_, index) in zip(places, bars, strict=True):
        _bar(axes, y, index)
    labels = [f"{result.name(g.party)}: {KINDS[g.kind]}" for g, _ in bars if g.kind is not None]
    axes.set_yticks(places, labels, fontsize=9)
    axes.set_ylim(height - 0.4, -0.6)
    most = max((max(i.total.high, i.total.estimate) for _, i in bars), default=1.0)
    axes.set_xlim(0, max(most * 1.16, 0.05))
    axes.xaxis.set_major_formatter(lambda x, _: f"{100 * x:.0f}%")
    axes.set_xlabel("share of the variance", fontsize=9)
    lying_bars(axes)
    if bars:
        axes.legend(loc="lower right", fontsize=8, frameon=True, framealpha=0.9)
    else:
        axes.text(0.5, 0.5, "nothing varies", transform=axes.transAxes, ha="center", color=GREY)
    what = "decides whether all accept" if output == "joint" else "moves each party's gain"
    title = f"What {what}, among what we do not know"
    foot = (
        "Whiskers: 95% bootstrap intervals, sampling error only. Totals add up to more than 100%: groups act together."
    )
    if left:
        foot += f"\nLeft out: {left} groups with less than {share(LEAST)}."
    titled(fig, title, facts(result.scenario, result.settings), foot=foot)
    return fig


def _places(groups: list[GroupIndices], apart: bool) -> list[float]:
    """Heights of the bars; with ``apart``, a gap between parties."""
    places: list[float] = []
    for k, group in enumerate(groups):
        gap = 0.6 if apart and k and groups[k - 1].party != group.party else 0.0
        places.append(places[-1] + 1 + gap if places else 0.0)
    return places


def _bar(axes: Axes, y: float, index: Index) -> None:
    first, total = index.first, index.total
    bars = ((total, SKY, "in all (total index)"), (first, BLUE, "alone (first-order index)"))
    for interval, colour, words in bars:
        label = words if y == 0 else None  # for the legend, once
        axes.barh(y, max(interval.estimate, 0.0), height=0.62, color=colour, label=label)
    middle = [[max(total.estimate - total.low, 0.0)], [max(total.high - total.estimate, 0.0)]]
    axes.errorbar(total.estimate, y, xerr=middle, color="#333333", capsize=2.5, linewidth=1, fmt="none")
    beside(axes, share(total.estimate), (max(total.high, total.estimate), y), 4, fontsize=8, color="#333333")
