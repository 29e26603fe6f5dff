"""The best amendments of each number of changes as bars; where none helps, who accepts them and who does not."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from sim.analysis.amend.findings import asking_fewer, in_table
from sim.analysis.amend.result import Amend, Amendment
from sim.report import figure as style
from sim.report.numbers import compact
from sim.results.verdicts import HALF

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Width of a label, in characters.
_LABEL = 46
_BEHIND = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
#: In place of a number of changes: amendments that no longer ask somebody, of any number.
_FEWER = -1
_COLOURS = {0: style.GREY, 1: style.SKY, 2: style.BLUE, 3: style.PURPLE, _FEWER: style.GREY}


def draw(result: Amend) -> Figure:
    """Joint acceptability of the text and of the amendments listed, from the text down.

    Where neither text nor amendment has any, each party's acceptability of them instead.
    """
    listed = [a for size in result.sizes for a in (*in_table(size), *size.asking_fewer)]
    if result.base.joint_acceptability.estimate == 0 and all(a.joint_acceptability.estimate == 0 for a in listed):
        return _parties(result)
    bars = [(0, "as tabled", result.base.joint_acceptability.estimate)]
    for size in result.sizes:
        bars += [(size.changes, _label(result, a), a.joint_acceptability.estimate) for a in in_table(size)]
    bars += [(_FEWER, _unasked(result, a), a.joint_acceptability.estimate) for a in asking_fewer(result)]
    heights = [max(label.count("\n") + 1, 1.3) for _, label, _ in bars]
    fig = style.figure(9.0, min(1.5 + 0.175 * sum(heights) + 0.12 * len(bars), 24))
    ax = fig.add_subplot()
    at, y = [], 0.0
    for k, (bar, height) in enumerate(zip(bars, heights, strict=True)):
        y += 0.35 + height / 2 + (0.6 if k and bars[k - 1][0] != bar[0] else 0.0)
        at.append(y)
        y += height / 2
    named: set[int] = set()
    for (changes, _, share), place in zip(bars, at, strict=True):
        label = None if changes in named else _name(changes)
        named.add(changes)
        hatch = "///" if changes == _FEWER else ""
        ax.barh(place, 100 * share, height=1.1, color=_COLOURS[changes], label=label, hatch=hatch, edgecolor="white")
        ax.text(100 * share + 0.8, place, compact(share), va="center", fontsize=8.5, bbox=_BEHIND, zorder=4)
    ax.axvline(100 * HALF, color="#444444", linewidth=1, linestyle="--")
    ax.text(100 * HALF, -0.1, "one half", ha="center", va="bottom", fontsize=8, color="#444444")
    ax.set_yticks(at, [label for _, label, _ in bars], fontsize=8)
    ax.set_ylim(y + 0.4, -0.2)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("draws in which all whose consent is needed accept, %")
    return _finished(fig, result, "What would have to change in the text", _foot(result))


def _parties(result: Amend) -> Figure:
    """A row the text and the best amendment of each size, a mark a party asked."""
    rows = [("as tabled", {p.id: p.acceptability.estimate for p in result.base.parties})]
    for size in result.sizes:
        for best in size.amendments[:1]:
            shares = {p.id: p.acceptability.estimate for p in best.parties if p.consent_needed}
            rows.append((f"best of {_name(size.changes)}:\n{_label(result, best)}", shares))
    people = list(dict.fromkeys(party for _, shares in rows for party in shares))
    spread = 0.8 / max(len(people), 1)
    fig = style.figure(9.0, 2.2 + 0.5 * len(rows) + 0.17 * sum(label.count("\n") for label, _ in rows))
    ax = fig.add_subplot()
    for k, party in enumerate(people):
        at = [(100 * shares[party], y) for y, (_, shares) in enumerate(rows) if party in shares]
        lifted = [y + spread * (k - (len(people) - 1) / 2) for _, y in at]
        colour, marker = style.SERIES[k % len(style.SERIES)], style.MARKERS[k % len(style.MARKERS)]
        ax.hlines(lifted, 0, [x for x, _ in at], color=colour, linewidth=1.2, alpha=0.5)
        drawn = ax.plot([x for x, _ in at], lifted, marker, color=colour, markersize=8, label=result.names[party])
        drawn[0].set_clip_on(False)
        for (x, _), y in zip(at, lifted, strict=True):
            ax.text(x + 1.8, y, compact(x / 100), va="center", fontsize=8, zorder=4)
    ax.axvline(100 * HALF, color="#444444", linewidth=1, linestyle="--", zorder=0)
    ax.text(100 * HALF, -0.55, "one half", ha="center", va="bottom", fontsize=8, color="#444444")
    for y in range(len(rows) - 1):
        ax.axhline(y + 0.5, color="#DDDDDD", linewidth=0.8)
    ax.set_yticks(range(len(rows)), [label for label, _ in rows], fontsize=8)
    ax.set_ylim(len(rows) - 0.45, -0.55)
    ax.tick_params(axis="y", length=0, pad=10)
    ax.set_xlabel("draws in which the party accepts, %")
    return _finished(
        fig,
        result,
        "No amendment lets all accept together: who accepts what",
        "In no draw do all accept the text, or any amendment listed; the best are those that trouble the weakest "
        "least.",
    )


def _finished(fig: Figure, result: Amend, title: str, foot: str) -> Figure:
    """What both figures end with: per cents along the bottom, a legend, a title."""
    [ax] = fig.axes
    ax.set_xlim(0, 104)
    ax.spines[["top", "right"]].set_visible(False)
    fig.legend(loc="outside right upper", fontsize=8, frameon=False)
    info, how = result.scenario, result.settings
    subtitle = style.facts(info, how) + style.evidence_line(result.base.on_evidence, result.names, how)
    style.titled(fig, title, f"{subtitle}\n", foot=foot)
    return fig


def _name(changes: int) -> str:
    if changes == _FEWER:
        return "apart: no longer asks somebody"
    return "the text" if changes == 0 else f"{changes} change" + "s" * (changes > 1)


def _label(result: Amend, amendment: Amendment) -> str:
    lines = []
    for c in amendment.changes:
        mark = " (forced)" if c.forced_by else ""
        text = result.labels.change(c.issue, c.before, c.to).replace("->", "\u2192") + mark
        lines.append(fill(text, _LABEL, subsequent_indent="    ", break_long_words=False))
    return "\n".join(lines)


def _unasked(result: Amend, amendment: Amendment) -> str:
    names = ", ".join(result.names[p] for p in amendment.no_longer_needed)
    return f"{_label(result, amendment)}\n(no longer asks {names})"


def _foot(result: Amend) -> str:
    foot = "The best of each size; amendments that part of their own changes equals are left out."
    if any(size.asking_fewer for size in result.sizes):
        foot += "\nApart: works by not asking somebody whom the text asks, whose refusal then no longer counts."
    return foot
