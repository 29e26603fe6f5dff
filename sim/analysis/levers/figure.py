"""The tornado: how far the edits of each cell move the joint share, strongest cell on top."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.analysis.levers.result import JointMoved, Lever, LeversResult, Moved
from sim.files.grammar import listed
from sim.report import figure as style
from sim.report.numbers import percent
from sim.results.verdicts import HALF
from sim.scenario.labels import capital, spaced, spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: How many cells are drawn.
CELLS = 14
#: Cells that move a share by less are not.
LEAST = 0.002
#: Colour and hatch by basis, so that they are told apart in black and white too.
LOOKS = {
    "stated": (style.BLUE, ""),
    "inferred": (style.SKY, "///"),
    "assumed": (style.ORANGE, "..."),
    "unknown": ("#D9D9D9", "xxx"),
    "edited": (style.PURPLE, "\\\\\\"),
}
#: Behind what is written beside a bar.
_BEHIND = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
#: Width of a letter beside a bar, as a share of the axis.
_LETTER = 0.0085
_WORDS = {"unknown": "silent (unknown)"}


@dataclass(frozen=True)
class End:
    """How far one edit of a cell brings a share."""

    lever: Lever
    moved: Moved | JointMoved
    words: str

    @property
    def after(self) -> float:
        """The share at this end of the bar."""
        return self.moved.after.estimate


@dataclass(frozen=True)
class Bar:
    """The edits of one cell: where they can bring a share, and by which edit."""

    label: str
    base: float
    ends: tuple[End, ...]  # the lowest and the highest that move it, at most one a side


def draw(result: LeversResult) -> Figure:
    """One bar a cell, from the lowest to the highest joint acceptability that its edits reach.

    Where no edit moves the joint share, the own acceptability of each edited party is drawn instead.
    """
    bars = cells(result)
    fig = style.figure(9.6, 1.9 + 0.46 * max(len(bars), 2))
    ax = fig.add_subplot()
    base = None if result.joint is None or result.stuck else result.joint.estimate
    for row, bar in enumerate(bars):
        _draw_bar(ax, row, bar, result.stuck)
    ax.axvline(HALF, color="black", linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    if base is not None:
        ax.axvline(base, color="black", linewidth=1.2, zorder=4)
    _frame(ax, bars, result.stuck, base)
    _legend(ax, bars, result.stuck, base)
    where = style.facts(result.scenario, result.settings)
    title = "What the verdict as modelled turns on"
    figure = ""
    if result.joint is not None:
        where += style.evidence_line(result.on_evidence, result.names, result.settings)
        figure = f" ({percent(result.joint.estimate)})"
    if result.stuck:
        title = f"No single edit moves the joint share{figure}; shown is what moves the parties"
    style.titled(fig, title, where, foot=_foot(result, bars))
    return fig


def cells(result: LeversResult, most: int = CELLS) -> list[Bar]:
    """The cells whose edits reach furthest, furthest first; new red lines are left out."""
    groups: dict[tuple[str, str], list[End]] = {}
    for lever in result.levers:
        ends = groups.setdefault((lever.party, _cell(result, lever)), [])
        moved = lever.own if result.stuck else lever.joint
        if moved is not None and moved.change.estimate != 0:
            ends.append(End(lever, moved, short(result, lever)))
    bars: list[tuple[float, Bar]] = []
    for (party, cell), ends in groups.items():
        reach = max((abs(x.moved.change.estimate) for x in ends), default=0.0)
        if reach < LEAST:
            continue
        down = [x for x in ends if x.moved.change.estimate < 0]
        up = [x for x in ends if x.moved.change.estimate > 0]
        furthest = tuple(max(side, key=lambda x: abs(x.moved.change.estimate)) for side in (down, up) if side)
        bars.append((-reach, Bar(f"{result.names[party]}: {cell}", ends[0].moved.before.estimate, furthest)))
    bars.sort(key=lambda item: item[0])
    return [bar for _, bar in bars[:most]]


def _cell(result: LeversResult, lever: Lever) -> str:
    if lever.issue is not None:
        return result.labels.issue(lever.issue)
    if lever.kind == "beliefs":
        return "beliefs about no deal"
    # All edits of a refusal are of one cell, which their path names.
    id = lever.edit.removeprefix(f"{lever.party}.refuses.").partition("=")[0].partition(".")[0]
    return f"refusal {result.labels.refusal(lever.party, id)}"


def _draw_bar(ax: Axes, row: int, bar: Bar, stuck: bool) -> None:
    for end in bar.ends:
        colour, hatch = LOOKS[end.lever.turns_on]
        ax.barh(
            row, end.after - bar.base, left=bar.base, height=0.62, color=colour, hatch=hatch, edgecolor="#333333",
            linewidth=0.6, zorder=3,
        )  # fmt: skip
        if end.moved.flips:
            ax.plot([end.after], [row], marker="D", markersize=6, color="black", zorder=5, clip_on=False)
        points = (8 if end.moved.flips else 4) * (1 if end.after >= bar.base else -1)
        style.beside(ax, end.words, (end.after, row), points, fontsize=7.5, zorder=6, bbox=_BEHIND)
    if stuck:
        ax.plot([bar.base, bar.base], [row - 0.42, row + 0.42], color="black", linewidth=1.6, zorder=4)


def short(result: LeversResult, lever: Lever) -> str:
    """What an edit does to its cell, in a word or two."""
    if lever.kind in ("one_up", "to_top", "one_down", "to_bottom"):
        place = lever.what.removeprefix("rank ").removesuffix(f" on {result.labels.issue(lever.issue or '')}")
        return re.sub(r" above the red lines?$", "*", place).replace("'", "")
    words = {
        "drop_line": f"{lever.what.removeprefix('drop ').partition(' (')[0]} dropped",
        "drop_refusal": "dropped",
        "unknown": "made unknown",
        "holds": f"{'holds with ' * ('chance' in lever.what)}{lever.what.rpartition(' to ')[2]}"
        f"{' of voters' * ('voters' in lever.what)}",
        "beliefs": spaced(lever.edit.rpartition(".no_deal.beliefs.")[2]).replace("=", " = "),
    }
    return words.get(lever.kind, f"importance {lever.after}")


def _frame(ax: Axes, bars: Sequence[Bar], stuck: bool, base: float | None) -> None:
    from matplotlib.ticker import FixedLocator, PercentFormatter

    ax.set_yticks(range(len(bars)), ["\n".join(textwrap.wrap(b.label, 38)) for b in bars], fontsize=8.5)
    ax.invert_yaxis()
    points = [HALF, *([] if base is None else [base]), *(b.base for b in bars)]
    points += [x.after for b in bars for x in b.ends]
    low, high = min(points), max(points)
    room = max(high - low, 0.1) * 0.2
    left, right = low - room, high + room
    for b in bars:  # wide enough for what is written beside the ends
        for x in b.ends:
            room = (len(x.words) + 3) * _LETTER * (right - left)
            if x.after >= b.base:
                right = max(right, x.after + room)
            else:
                left = min(left, x.after - room)
    ax.set_xlim(left, right)
    step = next((s for s in (0.05, 0.1) if (high - low) / s <= 8), 0.2)
    ticks = [round(k * step, 2) for k in range(round(1 / step) + 1)]
    ax.xaxis.set_major_locator(FixedLocator([t for t in ticks if left <= t <= right]))
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    style.lying_bars(ax, "#E5E5E5", 0.6)
    ax.spines["bottom"].set_bounds(max(left, 0), min(right, 1))  # beyond is room for words, and no share
    whose = "draws in which the edited party itself accepts" if stuck else "draws in which all needed parties accept"
    ax.set_xlabel(whose, fontsize=9)


def _legend(ax: Axes, bars: Sequence[Bar], stuck: bool, base: float | None) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.transforms import ScaledTranslation

    used = {x.lever.turns_on for b in bars for x in b.ends}
    handles: list[Patch | Line2D] = [
        Patch(facecolor=c, hatch=h, edgecolor="#333333", linewidth=0.6, label=_WORDS.get(b, b))
        for b, (c, h) in LOOKS.items()
        if b in used
    ]
    if stuck:
        handles.append(Line2D([], [], color="black", linewidth=1.6, label="party as modelled"))
    elif base is not None:
        handles.append(Line2D([], [], color="black", linewidth=1.2, label=f"as modelled, {percent(base)}"))
    handles.append(Line2D([], [], color="black", linewidth=1.2, linestyle=(0, (4, 3)), label="one half"))
    if any(x.moved.flips for b in bars for x in b.ends):
        what = "turns the party's own verdict as modelled" if stuck else "turns the verdict as modelled"
        handles.append(Line2D([], [], marker="D", color="black", linestyle="none", markersize=6, label=what))
    # As far below the axes, in inches, whatever their height: the layout then knows what room it takes.
    below = ax.transAxes + ScaledTranslation(0, -0.42, ax.figure.dpi_scale_trans)
    ax.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.4, 0), bbox_transform=below, ncols=4, borderaxespad=0,
        fontsize=8, frameon=False, title="what the edited cell rests on", title_fontsize=8,
    )  # fmt: skip


def _foot(result: LeversResult, bars: Sequence[Bar]) -> str:
    foot = "Each bar is a cell; its ends are the single edits that move it furthest either way."
    if result.new_lines:
        foot += " New red lines are left out: they take acceptance to 0% by definition."
    if result.fewer_asked:
        foot += " Edits that drop a party asked are left out: see the table."
    if any(x.words.endswith("*") for b in bars for x in b.ends):
        foot += " * Last but for what it rejects outright."
    barred = [spoken(p.name) for p in result.parties if p.vetoes]
    if result.stuck and barred:
        verb, whose = ("rejects", "its") if len(barred) == 1 else ("reject", "their")
        foot += f" {capital(listed(barred))} {verb} the text in every draw"
        bare = result.dropped[-1].joint if result.dropped else None
        if bare is not None:
            foot += f"; without any of {whose} red lines and refusals all accept in {percent(bare.after.estimate)}"
        foot += "."
    return textwrap.fill(foot, 185)
