"""The figure of a run: each party's acceptability, and what the evidence alone allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.report import figure as style
from sim.report.numbers import compact
from sim.report.verdict import short, word_of
from sim.results.records import Interval, PartyResult
from sim.results.result import Result
from sim.results.verdicts import HALF, settles_nothing
from sim.scenario.labels import capital

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#222222"
FAINT = "#6A6A6A"
#: An interval on the evidence is drawn at least this wide, to be seen.
_SLIVER = 0.006


def draw(result: Result) -> Figure:
    """A row a party and one for all together; hollow marks where consent is not needed."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    rows = len(result.parties) + 1
    fig = style.figure(8.6, 1.9 + 0.5 * rows)
    axes = fig.add_subplot()
    axes.axvline(100 * HALF, color="#444444", linewidth=1.2, linestyle="--", zorder=1)
    axes.annotate("one half", (100 * HALF, 1), (3, -2), xycoords=("data", "axes fraction"), textcoords="offset points",
                  va="top", fontsize=8, color="#444444")  # fmt: skip
    settled = not settles_nothing(result)
    for y, party in enumerate(result.parties if settled else ()):
        _party(axes, y, party)
    if result.joint_acceptability is not None and settled:
        _share(axes, rows - 1, result.joint_acceptability, marker="D", colour=INK)
    labels = [_label(result, p) for p in result.parties]
    axes.set_yticks(range(rows), [*labels, "all needed\ntogether"], fontsize=9)
    axes.set_ylim(rows - 0.4, -0.75)
    axes.set_xlim(-3, 103)
    axes.set_xlabel("share of draws that accept, %", fontsize=9)
    axes.axhline(rows - 1.5, color="#BBBBBB", linewidth=0.8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    keys = [
        Line2D([], [], color=style.BLUE, marker="o", linestyle="none", label="as modelled"),
        Line2D([], [], color=style.BLUE, linewidth=2.2, label="95%, sampling\nerror only"),
        Patch(facecolor=style.SKY, alpha=0.45, label="what the evidence\nalone allows"),
    ]
    fig.legend(handles=keys, loc="outside right upper", fontsize=8, frameon=False)
    foot = "A reading of stated positions, not a forecast."
    if any(not p.consent_needed for p in result.parties):
        foot = f"Hollow: consent not needed. {foot}"
    style.titled(fig, capital(short(result)), style.facts(result.scenario, result.settings), foot=foot)
    return fig


def _label(result: Result, party: PartyResult) -> str:
    """A party, what it is said to do, and whether that counts."""
    words: list[str] = [] if party.silent or settles_nothing(result) else [word_of(party, result.settings)]
    words += [] if party.consent_needed else ["not needed"]
    return f"{party.name}\n{', '.join(words)}" if words else party.name


def _party(axes: Axes, y: int, party: PartyResult) -> None:
    if party.silent:
        axes.text(1, y, "sources silent", va="center", fontsize=8, color=FAINT, style="italic")
        return
    width = max(party.on_evidence.possible - party.on_evidence.necessary, _SLIVER)
    low = min(party.on_evidence.necessary, 1 - width)
    axes.barh(y, 100 * width, left=100 * low, height=0.5, color=style.SKY, alpha=0.45, zorder=2)
    colour = style.BLUE if party.consent_needed else FAINT
    _share(axes, y, party.acceptability, marker="o", colour=colour, filled=party.consent_needed)


def _share(axes: Axes, y: int, share: Interval, *, marker: str, colour: str, filled: bool = True) -> None:
    axes.plot([100 * share.low, 100 * share.high], [y, y], color=colour, linewidth=2.2, zorder=3)
    face = colour if filled else "white"
    axes.plot(100 * share.estimate, y, marker=marker, color=colour, markerfacecolor=face, markersize=8, zorder=4)
    axes.annotate(
        compact(share.estimate), (100 * share.estimate, y), (0, 9), textcoords="offset points", ha="center",
        va="bottom", fontsize=8, color=INK, zorder=5,
    )  # fmt: skip
