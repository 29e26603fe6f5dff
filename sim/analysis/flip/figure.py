"""How near each party's expected gain is to turning; or, of one party, what each issue alone would take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.analysis.flip.page import amount, signed
from sim.analysis.flip.result import FlipResult, PartyFlip
from sim.report.figure import BLUE, GREY, SKY, VERMILION, beside, facts, figure, lying_bars, titled
from sim.report.numbers import percent
from sim.scenario.labels import Labels, capital, spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INK = "#333333"


def draw(result: FlipResult) -> Figure:
    """Bars a party; with a single party, its break-even weights."""
    subtitle = facts(result.scenario, result.settings)
    if result.party is not None:
        return _one(result.parties[0], result.labels, subtitle)
    return _all(result.parties, subtitle)


def _all(parties: Sequence[PartyFlip], subtitle: str) -> Figure:
    fig = figure(9.0, 2.1 + 0.5 * len(parties))
    gains, moves = fig.subplots(1, 2, sharey=True)
    for y, p in enumerate(parties):
        gains.barh(
            y, p.margin, height=0.55, color=BLUE if p.margin >= 0 else VERMILION, hatch="///" if p.lines else "",
            edgecolor="white", linewidth=0, alpha=0.55 if p.vetoes else 1,
        )  # fmt: skip
        beside(gains, signed(p.margin), (p.margin, y), -4 if p.margin < 0 else 4, fontsize=8.5, color=_INK)
        _moved(moves, y, p)
    gains.set_yticks(range(len(parties)), [_label(p) for p in parties], fontsize=9)
    gains.set_ylim(len(parties) - 0.4, -0.6)
    reach = max((abs(p.margin) for p in parties), default=1.0) or 1.0
    gains.set_xlim(-1.35 * reach, 1.35 * reach)
    gains.axvline(0, color=_INK, linewidth=0.8)
    gains.set_xlabel("expected gain over no deal", fontsize=9)
    widest = max((x.moved for p in parties for x in (p.nearest, p.within_classes) if x), default=0.1)
    moves.set_xlim(0, 1.45 * widest or 0.1)
    moves.set_xlabel("weight that has to move for it to turn", fontsize=9)
    lying_bars(gains)
    lying_bars(moves)
    legend = "light: any weights; dark: within the importance classes"
    moves.set_title(legend, loc="left", fontsize=8.5, color="#444444")
    foot = "Expected gains on mean weights, not shares of draws."
    if any(p.lines for p in parties):
        foot += " Hatched: a line rejects the text whatever the weights, always or in the share of draws given."
    if any(p.silent_weight for p in parties):
        foot += "\nIssues on which the sources give no order count as zero: what is not known does not show here."
    titled(fig, "Whom would other weights turn?", subtitle, foot=foot)
    return fig


def _label(party: PartyFlip) -> str:
    note = "" if party.asked else "not needed"
    if party.vetoes:
        note = f"{party.vetoes[0].kind.replace('_', ' ')}: rejects always"
    elif party.lines:
        most = max(party.lines, key=lambda x: x.share)
        note = f"{most.kind.replace('_', ' ')} in {percent(most.share)} of draws"
    return f"{party.name}\n({note})" if note else party.name


def _moved(axes: Axes, y: float, party: PartyFlip) -> None:
    if party.nearest is None:
        words = "sources silent" if party.silent else "no weights turn it"
        beside(axes, words, (0, y), 5, fontsize=8.5, color=_INK)
        return
    for move, at, colour in ((party.nearest, y - 0.14, SKY), (party.within_classes, y + 0.14, BLUE)):
        if move is not None:
            axes.barh(at, move.moved, height=0.27, color=colour)
            beside(axes, amount(move.moved), (move.moved, at), 4, fontsize=8.5, color=_INK)
    if party.within_classes is None:
        beside(axes, "classes forbid it", (0, y + 0.17), 5, fontsize=8, color=GREY)


def _one(party: PartyFlip, labels: Labels, subtitle: str) -> Figure:
    issues = [x for x in party.issues if x.weight > 0 or x.weight_break_even is not None]
    issues.sort(key=lambda x: (x.weight_break_even is None, abs((x.weight_break_even or 0.0) - x.weight), -x.weight))
    fig = figure(8.0, 1.9 + 0.32 * len(issues))
    axes = fig.subplots()
    for y, x in enumerate(issues):
        at = x.weight_break_even
        if at is not None:
            axes.plot([x.weight, at], [y, y], color=GREY, linewidth=1.4, zorder=1)
            axes.scatter([at], [y], marker="D", s=34, color=VERMILION, zorder=3, label=_once(axes, "breaks even at"))
            beside(axes, amount(at), (max(at, x.weight), y), 7, fontsize=8)
        axes.scatter([x.weight], [y], s=34, color=BLUE, zorder=2, label=_once(axes, "expected weight"))
    names = [f"{labels.issue(x.issue)} ({signed(x.difference)})" for x in issues]
    axes.set_yticks(range(len(issues)), names, fontsize=9)
    axes.set_ylim(len(issues) - 0.4, -0.6)
    most = max((max(x.weight, x.weight_break_even or 0.0) for x in issues), default=1.0)
    axes.set_xlim(0, min(1.25 * most, 1.08))
    axes.set_xlabel("weight of the issue, the others keeping their proportions", fontsize=9)
    lying_bars(axes)
    axes.legend(loc="lower right", fontsize=8, framealpha=0.9)
    foot = "In brackets: what the text is worth on it beside no deal, per unit of weight. No diamond: no weight can."
    if party.vetoes:
        foot += "\nRefuses over a red line or refusal whatever the weights."
    title = f"{capital(spoken(party.name))}: which one weight would turn its expected gain ({signed(party.margin)})?"
    titled(fig, title, subtitle, foot=foot)
    return fig


def _once(axes: Axes, words: str) -> str | None:
    """A label for the legend, the first time it is asked for."""
    return None if words in axes.get_legend_handles_labels()[1] else words
