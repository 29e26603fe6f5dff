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
#: Width of a letter beside a bar, as a share of the axis.
_LETTER = 0.0085
_WORDS = {"unknown": "silent (unknown)"}


@dataclass(frozen=True)
class Bar:
    """The edits of one cell: where they can bring a share, and by which edit."""

    label: str
    base: float
    ends: tuple[Lever, ...]  # the lowest and the highest that move it, at most one a side


def draw(result: LeversResult) -> Figure:
    """One bar a cell, from the lowest to the highest joint acceptability that its edits reach.

    Where no edit moves the joint share, the own acceptability of each edited party is drawn instead.
    """
    held = result.stuck
    bars = cells(result, held)
    fig = style.figure(9.6, 1.9 + 0.46 * max(len(bars), 2))
    ax = fig.add_subplot()
    base = result.joint.estimate if result.joint is not None else None
    for row, bar in enumerate(bars):
        _draw_bar(ax, result, row, bar, held)
    ax.axvline(HALF, color="black", linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    if base is not None and not held:
        ax.axvline(base, color="black", linewidth=1.2, zorder=4)
    _frame(ax, result, bars, held, base)
    _legend(ax, bars, held, base)
    where = style.facts(result.scenario, result.settings)
    where += style.evidence_line(result.on_evidence, result.names, result.settings) if base is not None else ""
    title = "What the verdict as modelled turns on"
    if held:
        stuck = "the joint share" if base is None else f"the joint share ({percent(base)})"
        title = f"No single edit moves {stuck}; shown is what moves the parties"
    style.titled(fig, title, where, foot=_foot(result, bars, held))
    return fig


def cells(result: LeversResult, held: bool, most: int = CELLS) -> list[Bar]:
    """The cells whose edits reach furthest, furthest first; new red lines are left out."""
    groups: dict[tuple[str, str], list[Lever]] = {}
    for lever in result.levers:
        groups.setdefault((lever.party, _cell(result, lever)), []).append(lever)
    bars: list[tuple[float, Bar]] = []
    for (party, cell), levers in groups.items():
        moved = [(m, x) for x in levers if (m := _moved(x, held)) is not None and m.change.estimate != 0]
        reach = max((abs(m.change.estimate) for m, _ in moved), default=0.0)
        if reach < LEAST:
            continue
        ends: list[Lever] = []
        for sign in (-1, 1):
            side = [(sign * m.change.estimate, x) for m, x in moved if sign * m.change.estimate > 0]
            if side:
                ends.append(max(side, key=lambda item: item[0])[1])
        bars.append((-reach, Bar(f"{result.names[party]}: {cell}", moved[0][0].before.estimate, tuple(ends))))
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


def _moved(lever: Lever, held: bool) -> Moved | JointMoved | None:
    return lever.own if held else lever.joint


def _draw_bar(ax: Axes, result: LeversResult, row: int, bar: Bar, held: bool) -> None:
    for lever in bar.ends:
        moved = _moved(lever, held)
        assert moved is not None
        after = moved.after.estimate
        colour, hatch = LOOKS[lever.turns_on]
        ax.barh(
            row, after - bar.base, left=bar.base, height=0.62, color=colour, hatch=hatch, edgecolor="#333333",
            linewidth=0.6, zorder=3,
        )  # fmt: skip
        right = after >= bar.base
        if moved.flips:
            ax.plot([after], [row], marker="D", markersize=6, color="black", zorder=5, clip_on=False)
        ax.annotate(
            short(result, lever), (after, row), xytext=((8 if moved.flips else 4) * (1 if right else -1), 0),
            textcoords="offset points", ha="left" if right else "right", va="center", fontsize=7.5, zorder=6,
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"},
        )  # fmt: skip
    if held:
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


def _frame(ax: Axes, result: LeversResult, bars: Sequence[Bar], held: bool, base: float | None) -> None:
    from matplotlib.ticker import FixedLocator, PercentFormatter

    ax.set_yticks(range(len(bars)), ["\n".join(textwrap.wrap(b.label, 38)) for b in bars], fontsize=8.5)
    ax.invert_yaxis()
    points = [HALF, *([] if base is None or held else [base]), *(b.base for b in bars)]
    points += [m.after.estimate for b in bars for x in b.ends if (m := _moved(x, held)) is not None]
    low, high = min(points), max(points)
    room = max(high - low, 0.1) * 0.2
    left, right = low - room, high + room
    for b in bars:  # wide enough for what is written beside the ends
        for x in b.ends:
            m = _moved(x, held)
            assert m is not None
            after, wanted = m.after.estimate, (len(short(result, x)) + 3) * _LETTER * (right - left)
            left, right = (left, max(right, after + wanted)) if after >= b.base else (min(left, after - wanted), right)
    ax.set_xlim(left, right)
    step = next((s for s in (0.05, 0.1) if (high - low) / s <= 8), 0.2)
    ticks = [round(k * step, 2) for k in range(round(1 / step) + 1)]
    ax.xaxis.set_major_locator(FixedLocator([t for t in ticks if left <= t <= right]))
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="#E5E5E5", linewidth=0.6, zorder=0)
    ax.set_axisbelow(True)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_bounds(max(left, 0), min(right, 1))  # beyond is room for words, and no share
    whose = "draws in which the edited party itself accepts" if held else "draws in which all needed parties accept"
    ax.set_xlabel(whose, fontsize=9)


def _legend(ax: Axes, bars: Sequence[Bar], held: bool, base: float | None) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.transforms import ScaledTranslation

    used = {x.turns_on for b in bars for x in b.ends}
    handles: list[Patch | Line2D] = [
        Patch(facecolor=c, hatch=h, edgecolor="#333333", linewidth=0.6, label=_WORDS.get(b, b))
        for b, (c, h) in LOOKS.items()
        if b in used
    ]
    if held:
        handles.append(Line2D([], [], color="black", linewidth=1.6, label="party as modelled"))
    elif base is not None:
        handles.append(Line2D([], [], color="black", linewidth=1.2, label=f"as modelled, {percent(base)}"))
    handles.append(Line2D([], [], color="black", linewidth=1.2, linestyle=(0, (4, 3)), label="one half"))
    if any(m.flips for b in bars for x in b.ends if (m := _moved(x, held)) is not None):
        what = "turns the party's own verdict as modelled" if held else "turns the verdict as modelled"
        handles.append(Line2D([], [], marker="D", color="black", linestyle="none", markersize=6, label=what))
    # As far below the axes, in inches, whatever their height: the layout then knows what room it takes.
    below = ax.transAxes + ScaledTranslation(0, -0.42, ax.figure.dpi_scale_trans)
    ax.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.4, 0), bbox_transform=below, ncols=4, borderaxespad=0,
        fontsize=8, frameon=False, title="what the edited cell rests on", title_fontsize=8,
    )  # fmt: skip


def _foot(result: LeversResult, bars: Sequence[Bar], held: bool) -> str:
    said = "Each bar is a cell; its ends are the single edits that move it furthest either way."
    if result.new_lines:
        said += " New red lines are left out: they take acceptance to 0% by definition."
    if result.fewer_asked:
        said += " Edits that drop a party asked are left out: see the table."
    if any(short(result, x).endswith("*") for b in bars for x in b.ends):
        said += " * Last but for what it rejects outright."
    barred = [spoken(p.name) for p in result.parties if p.vetoes]
    if held and barred:
        verb = "rejects" if len(barred) == 1 else "reject"
        said += f" {capital(listed(barred))} {verb} the text in every draw"
        bare = result.dropped[-1].joint if result.dropped else None
        if bare is not None:
            whose = "its" if len(barred) == 1 else "their"
            said += f"; without any of {whose} red lines and refusals all accept in {percent(bare.after.estimate)}"
        said += "."
    return textwrap.fill(said, 185)
