"""The tornado of talks: how far the edits of each cell move the share of agreements that stand."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from sim.analysis.levers.figure import End, Look, furthest, short, tornado
from sim.analysis.levers.talks_result import TalksLever, TalksLevers
from sim.bargaining.lead import name_of
from sim.report import figure as style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(result: TalksLevers) -> Figure:
    """One bar a cell, from the lowest to the highest share of agreements that stand that its edits reach."""
    base = result.base.agreed.estimate
    bars = furthest([(x, base, _end(result, x)) for x in result.levers], result.names, result.labels)
    axis = "draws in which talks end in an agreement that stands (the axis does not begin at 0%)"
    fig = tornado(bars, Look(axis, base, half=False, fine=True))
    ax = fig.axes[0]
    if ax.get_xlim()[0] <= 0:
        ax.set_xlabel(axis.partition(" (")[0], fontsize=9)
    where = f"{style.facts(result.scenario, result.settings)}\nNegotiated by {name_of(result.talks)}."
    foot = _foot(result, [x for bar in bars for x in bar.ends])
    style.titled(fig, "What an agreement that stands turns on", where, foot=foot)
    return fig


def _end(result: TalksLevers, lever: TalksLever) -> End:
    """A bar has no marks: of talks there is no verdict that an edit could turn."""
    ends = lever.talks
    change = ends.change
    words, interval = short(result.labels, lever), (change.low, change.high)
    return End(lever, change.estimate, ends.agreed.estimate, False, words, interval)


def _foot(result: TalksLevers, ends: list[End]) -> str:
    foot = "Each bar is a cell; its ends are the single edits that move it furthest either way."
    foot += " Whiskers: 95% of the change, sampling error only."
    if any(x.unsure for x in ends):
        foot += " Pale: no change at all lies within that."
    if not ends:
        foot = "No single edit moves it by as much as a bar could show."
    if result.new_lines:
        foot += " New red lines are left out: see the table."
    if result.others_asked:
        foot += " Edits by which other parties have a say are left out: see the table."
    if any(x.words.endswith("*") for x in ends):
        foot += " * Last but for what it rejects outright."
    return textwrap.fill(foot, 185)
