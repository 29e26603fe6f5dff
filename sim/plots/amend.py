"""The best amendments of each number of changes as bars."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from sim.analysis.amendments import Amend, Amendment
from sim.plots import style
from sim.verdict import HALF, compact

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Width of a label, in characters.
_LABEL = 46
_BEHIND = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
_COLOURS = {0: style.GREY, 1: style.SKY, 2: style.BLUE, 3: style.PURPLE}


def draw(result: Amend) -> Figure:
    """Joint acceptability of the text and of the amendments listed, from the text down."""
    bars = [(0, "as tabled", result.base.joint_acceptability.estimate, False)]
    for size in result.sizes:
        bars += [
            (size.changes, _label(a), a.joint_acceptability.estimate, bool(a.no_longer_needed)) for a in size.amendments
        ]
    heights = [max(label.count("\n") + 1, 1.3) for _, label, _, _ in bars]
    fig = style.figure(9.0, min(1.5 + 0.175 * sum(heights) + 0.12 * len(bars), 24))
    ax = fig.add_subplot()
    at, y = [], 0.0
    for k, (bar, height) in enumerate(zip(bars, heights, strict=True)):
        y += 0.35 + height / 2 + (0.6 if k and bars[k - 1][0] != bar[0] else 0.0)
        at.append(y)
        y += height / 2
    named: set[int] = set()
    for (changes, _, share, fewer), place in zip(bars, at, strict=True):
        label = None if changes in named else _name(changes)
        named.add(changes)
        ax.barh(place, 100 * share, height=1.1, color=_COLOURS[changes], label=label)
        mark = " *" if fewer else ""
        ax.text(100 * share + 0.8, place, compact(share) + mark, va="center", fontsize=8.5, bbox=_BEHIND, zorder=4)
    ax.axvline(100 * HALF, color="#444444", linewidth=1, linestyle="--")
    ax.text(100 * HALF, -0.1, "one half", ha="center", va="bottom", fontsize=8, color="#444444")
    ax.set_yticks(at, [label for _, label, _, _ in bars], fontsize=8)
    ax.set_ylim(y + 0.4, -0.2)
    ax.set_xlim(0, 104)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("draws in which all whose consent is needed accept, %")
    ax.spines[["top", "right"]].set_visible(False)
    fig.legend(loc="outside right upper", fontsize=8, frameon=False)
    info, how = result.scenario, result.settings
    subtitle = style.facts(info.id, info.date, how.draws, how.seed, info.as_of)
    style.titled(fig, "What would have to change in the text", f"{subtitle}\n", foot=_foot(result))
    return fig


def _name(changes: int) -> str:
    return "the text" if changes == 0 else f"{changes} change" + "s" * (changes > 1)


def _label(found: Amendment) -> str:
    lines = []
    for c in found.changes:
        mark = " (forced)" if c.forced_by else ""
        text = f"{c.issue}: {c.before or 'open'} \u2192 {c.after}{mark}"
        lines.append(fill(text, _LABEL, subsequent_indent="    ", break_long_words=False))
    return "\n".join(lines)


def _foot(result: Amend) -> str:
    fewer = any(a.no_longer_needed for size in result.sizes for a in size.amendments)
    said = "The best of each size; amendments that part of their own changes equals are left out."
    return said + ("\n* Works without asking somebody whom the text asks: see the table." if fewer else "")
