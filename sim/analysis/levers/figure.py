"""The tornado: how far the edits of each cell move the joint share, strongest cell on top."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.analysis.levers.result import Edited, Lever, LeversResult
from sim.files.grammar import listed
from sim.report import figure as style
from sim.report.numbers import percent
from sim.results.verdicts import HALF
from sim.scenario.labels import Labels, capital, spaced, spoken

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
#: How much of its colour a bar has whose change lies within sampling error.
_PALE = 0.3
_WORDS = {"unknown": "silent (unknown)"}


@dataclass(frozen=True)
class End:
    """How far one edit of a cell brings a share."""

    edit: Edited
    change: float
    after: float
    flips: bool
    words: str
    #: Between which changes the true one lies, as shares; None where no interval is drawn.
    interval: tuple[float, float] | None = None

    @property
    def unsure(self) -> bool:
        """Whether no change at all lies within sampling error."""
        return self.interval is not None and self.interval[0] <= 0 <= self.interval[1]


@dataclass(frozen=True)
class Bar:
    """The edits of one cell: where they can bring a share, and by which edit."""

    label: str
    base: float
    ends: tuple[End, ...]  # the lowest and the highest that move it, at most one a side


@dataclass(frozen=True)
class Look:
    """What a tornado says of its shares: of what they are, and which lines mark them all, if any do.

    ``turns`` is what a mark at the end of a bar says; ``half`` draws a line at one half.
    """

    axis: str
    base: float | None
    half: bool = True
    turns: str = ""
    #: Whether each bar has a mark of its own where it begins.
    apart: bool = False
    #: Whether the axis may have marks as near as one point.
    fine: bool = False


def draw(result: LeversResult) -> Figure:
    """One bar a cell, from the lowest to the highest joint acceptability that its edits reach.

    Where no edit moves the joint share, the own acceptability of each edited party is drawn instead.
    """
    bars = cells(result)
    base = None if result.joint is None or result.stuck else result.joint.estimate
    look = Look("draws in which all needed parties accept", base, turns="turns the verdict as modelled")
    if result.stuck:
        axis = "draws in which the edited party itself accepts"
        look = Look(axis, base, turns="turns the party's own verdict as modelled", apart=True)
    fig = tornado(bars, look)
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

    def end(lever: Lever) -> tuple[float, End | None]:
        moved = lever.own if result.stuck else lever.joint
        if moved is None:
            return 0.0, None
        words = short(result.labels, lever)
        return moved.before.estimate, End(lever, moved.change.estimate, moved.after.estimate, moved.flips, words)

    return furthest([(lever, *end(lever)) for lever in result.levers], result.names, result.labels, most)


def furthest(
    ends: Sequence[tuple[Edited, float, End | None]], names: Mapping[str, str], labels: Labels, most: int = CELLS
) -> list[Bar]:
    """Edits, each with the share as it was and where it brings it, by cell: those that reach furthest first."""
    groups: dict[tuple[str, str], list[End]] = {}
    before: dict[tuple[str, str], float] = {}
    for edit, base, end in ends:
        home = edit.party, _cell(labels, edit)
        groups.setdefault(home, [])
        if end is not None and end.change != 0:
            groups[home].append(end)
            before.setdefault(home, base)
    bars: list[tuple[float, Bar]] = []
    for (party, cell), some in groups.items():
        reach = max((abs(x.change) for x in some), default=0.0)
        if reach < LEAST:
            continue
        sides = ([x for x in some if x.change < 0], [x for x in some if x.change > 0])
        both = tuple(max(side, key=lambda x: abs(x.change)) for side in sides if side)
        bars.append((-reach, Bar(f"{names[party]}: {cell}", before[party, cell], both)))
    bars.sort(key=lambda item: item[0])
    return [bar for _, bar in bars[:most]]


def _cell(labels: Labels, lever: Edited) -> str:
    if lever.issue is not None:
        return labels.issue(lever.issue)
    if lever.kind == "beliefs":
        return "beliefs about no deal"
    # All edits of a refusal are of one cell, which their path names.
    id = lever.edit.removeprefix(f"{lever.party}.refuses.").partition("=")[0].partition(".")[0]
    return f"refusal {labels.refusal(lever.party, id)}"


def tornado(bars: Sequence[Bar], look: Look) -> Figure:
    """A bar a cell, with what each end of it is brought by."""
    fig = style.figure(9.6, 1.9 + 0.46 * max(len(bars), 2))
    ax = fig.add_subplot()
    for row, bar in enumerate(bars):
        _draw_bar(ax, row, bar, look)
    if look.half:
        ax.axvline(HALF, color="black", linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    if look.base is not None:
        ax.axvline(look.base, color="black", linewidth=1.2, zorder=4)
    _frame(ax, bars, look)
    _legend(ax, bars, look)
    return fig


def _draw_bar(ax: Axes, row: int, bar: Bar, look: Look) -> None:
    for end in bar.ends:
        colour, hatch = LOOKS[end.edit.turns_on]
        ax.barh(
            row, end.after - bar.base, left=bar.base, height=0.62, color=colour, hatch=hatch, edgecolor="#333333",
            linewidth=0.6, zorder=3, alpha=_PALE if end.unsure else None,
        )  # fmt: skip
        if end.interval is not None:
            side = 0.14 if end.change < 0 else -0.14  # of a bar's two ends the intervals may lie on one another
            ax.errorbar(
                end.after, row + side, xerr=[[end.change - end.interval[0]], [end.interval[1] - end.change]],
                color="#333333", capsize=2, linewidth=0.9, fmt="none", zorder=5,
            )  # fmt: skip
        if end.flips:
            ax.plot([end.after], [row], marker="D", markersize=6, color="black", zorder=5, clip_on=False)
        points = (8 if end.flips else 4) * (1 if end.after >= bar.base else -1)
        style.beside(ax, end.words, (_outer(bar, end), row), points, fontsize=7.5, zorder=6, bbox=_BEHIND)
    if look.apart:
        ax.plot([bar.base, bar.base], [row - 0.42, row + 0.42], color="black", linewidth=1.6, zorder=4)


def _outer(bar: Bar, end: End) -> float:
    """How far an end reaches with its interval."""
    if end.interval is None:
        return end.after
    low, high = end.interval
    return bar.base + (high if end.change >= 0 else low)


def short(labels: Labels, lever: Edited) -> str:
    """What an edit does to its cell, in a word or two."""
    if lever.kind in ("one_up", "to_top", "one_down", "to_bottom"):
        place = lever.what.removeprefix("rank ").removesuffix(f" on {labels.issue(lever.issue or '')}")
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


def _frame(ax: Axes, bars: Sequence[Bar], look: Look) -> None:
    from matplotlib.ticker import FixedLocator, PercentFormatter

    ax.set_yticks(range(len(bars)), ["\n".join(textwrap.wrap(b.label, 38)) for b in bars], fontsize=8.5)
    ax.invert_yaxis()
    points = [*([HALF] if look.half else []), *([] if look.base is None else [look.base]), *(b.base for b in bars)]
    points += [reach for b in bars for x in b.ends for reach in (x.after, _outer(b, x))]
    low, high = min(points), max(points)
    room = max(high - low, 0.1) * 0.2
    left, right = low - room, high + room
    for b in bars:  # wide enough for what is written beside the ends
        for x in b.ends:
            room = (len(x.words) + 3) * _LETTER * (right - left)
            if x.after >= b.base:
                right = max(right, _outer(b, x) + room)
            else:
                left = min(left, _outer(b, x) - room)
    ax.set_xlim(left, right)
    step = next((s for s in (*((0.01, 0.02) if look.fine else ()), 0.05, 0.1) if (high - low) / s <= 8), 0.2)
    ticks = [round(k * step, 2) for k in range(round(1 / step) + 1)]
    ax.xaxis.set_major_locator(FixedLocator([t for t in ticks if left <= t <= right]))
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    style.lying_bars(ax, "#E5E5E5", 0.6)
    ax.spines["bottom"].set_bounds(max(left, 0), min(right, 1))  # beyond is room for words, and no share
    ax.set_xlabel(look.axis, fontsize=9)


def _legend(ax: Axes, bars: Sequence[Bar], look: Look) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.transforms import ScaledTranslation

    used = {x.edit.turns_on for b in bars for x in b.ends}
    handles: list[Patch | Line2D] = [
        Patch(facecolor=c, hatch=h, edgecolor="#333333", linewidth=0.6, label=_WORDS.get(b, b))
        for b, (c, h) in LOOKS.items()
        if b in used
    ]
    if look.apart:
        handles.append(Line2D([], [], color="black", linewidth=1.6, label="party as modelled"))
    elif look.base is not None:
        handles.append(Line2D([], [], color="black", linewidth=1.2, label=f"as modelled, {percent(look.base)}"))
    if look.half:
        handles.append(Line2D([], [], color="black", linewidth=1.2, linestyle=(0, (4, 3)), label="one half"))
    if any(x.flips for b in bars for x in b.ends):
        handles.append(Line2D([], [], marker="D", color="black", linestyle="none", markersize=6, label=look.turns))
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
