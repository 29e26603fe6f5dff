"""Sensitivity indices as bars: the total index, and inside it what the group does alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.sobol.page import KINDS, main_output, share
from sim.analysis.sobol.sobol import GroupIndices, Index, SobolResult
from sim.report.figure import BLUE, GREY, SKY, facts, figure, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Bars of joint acceptance shorter than this are left out.
LEAST = 0.01


def draw(result: SobolResult) -> Figure:
    """By party and kind: of joint acceptance or, where that has no variance, of each party's gain."""
    output = main_output(result)
    found = [(g, x) for g in result.groups if g.level == "kind" and (x := g.index(output)) is not None]
    left = len(found)
    if output == "joint":
        found = sorted((x for x in found if x[1].total.estimate >= LEAST), key=lambda x: -x[1].total.estimate)
    left -= len(found)
    places = _places([g for g, _ in found], apart=output != "joint")
    height = (places[-1] if places else 0) + 1
    fig = figure(8.0, 1.7 + 0.33 * height)
    axes = fig.subplots()
    for y, (_, index) in zip(places, found, strict=True):
        _bar(axes, y, index)
    labels = [f"{result.name(g.party)}: {KINDS[g.kind]}" for g, _ in found if g.kind is not None]
    axes.set_yticks(places, labels, fontsize=9)
    axes.set_ylim(height - 0.4, -0.6)
    most = max((max(i.total.high, i.total.estimate) for _, i in found), default=1.0)
    axes.set_xlim(0, max(most * 1.16, 0.05))
    axes.xaxis.set_major_formatter(lambda x, _: f"{100 * x:.0f}%")
    axes.set_xlabel("share of the variance", fontsize=9)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    if found:
        axes.legend(loc="lower right", fontsize=8, frameon=True, framealpha=0.9)
    else:
        axes.text(0.5, 0.5, "nothing varies", transform=axes.transAxes, ha="center", color=GREY)
    info = result.scenario
    what = "decides whether all accept" if output == "joint" else "moves each party's gain"
    title = f"What {what}, among what we do not know"
    foot = (
        "Whiskers: 95% bootstrap intervals, sampling error only. Totals add up to more than 100%: groups act together."
    )
    if left:
        foot += f"\nLeft out: {left} groups with less than {share(LEAST)}."
    titled(fig, title, facts(info, result.settings), foot=foot)
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
    named = y == 0
    axes.barh(y, max(total.estimate, 0.0), height=0.62, color=SKY, label="in all (total index)" if named else None)
    axes.barh(
        y, max(first.estimate, 0.0), height=0.62, color=BLUE, label="alone (first-order index)" if named else None
    )
    middle = [[max(total.estimate - total.low, 0.0)], [max(total.high - total.estimate, 0.0)]]
    axes.errorbar(total.estimate, y, xerr=middle, color="#333333", capsize=2.5, linewidth=1, fmt="none")
    axes.annotate(
        share(total.estimate),
        (max(total.high, total.estimate), y),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        color="#333333",
    )
