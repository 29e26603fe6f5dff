"""The figure of talks: the options agreed on, and how many draws have agreed by each round."""

from __future__ import annotations

from functools import partial
from textwrap import fill, wrap
from typing import TYPE_CHECKING

from sim.bargaining.lead import assumed, name_of, shares
from sim.files.arguments import InvalidArgument
from sim.report import figure as style
from sim.report.numbers import compact, percent
from sim.results.result import Result
from sim.results.talks import Negotiation, Proposer, TalksIssue
from sim.scenario.labels import Labels, capital

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: An issue with one option in more than this share of the agreements is listed, not drawn.
SETTLED = 0.95
#: Options below this share of the agreements are drawn together.
SMALL = 0.03
#: Height of the curve of agreement, in inches.
_CURVE = 3.6
#: Width of a character of a label, in per cent of a bar's length, and how many lines a label may have.
_CHARACTER, _LINES = 1.05, 3
#: Characters in a line below a bar, and the height of every line but the first, in inches.
_LINE, _FURTHER = 100, 0.13
#: Fillings of the options other than the tabled one, most frequent first: they differ in lightness too.
_OTHERS = (style.ORANGE, style.SKY, style.YELLOW, style.PURPLE)
_HATCHES = ("", "//", "..", "\\\\")
INK = "#222222"
FAINT = "#5A5A5A"


def draw(result: Result) -> Figure:
    """Left a stacked bar an issue over the agreements; right agreement over the rounds, over all draws."""
    talks = result.negotiation
    if talks is None:
        raise InvalidArgument(f"{result.scenario.id}: there were no talks to draw")
    issues = [j for j, issue in enumerate(talks.issues) if talks.agreements and _top(issue)[1] <= SETTLED]
    liked = {j: _liked(result, j, talks) for j in issues}
    row = 0.66 + _FURTHER * max((len(x) - 1 for x in liked.values() if x), default=0)
    height = max(_CURVE + 0.6, 2.1 + row * len(issues))
    fig = style.figure(12.0, height)
    # Beside many issues the curve keeps its shape.
    grid = fig.add_gridspec(2, 2, width_ratios=(2.35, 1), height_ratios=(_CURVE, max(height - _CURVE, 0.01)))
    bars = fig.add_subplot(grid[:, 0])
    curve = fig.add_subplot(grid[0, 1] if height > 1.6 * _CURVE else grid[:, 1])
    for y, j in enumerate(issues):
        _bar(bars, y, talks.issues[j], result.labels)
        _beside(bars, y, talks.issues[j], liked[j], result.labels)
    _dress(bars, [talks.issues[j] for j in issues], result.labels)
    if not issues:
        words = "Nearly all agreements have the same terms." if talks.agreements else "No draw ends in agreement."
        bars.text(50, 0.5, words, ha="center", va="center", fontsize=10, color=FAINT)
        bars.set_ylim(1, 0)
    _rounds(curve, talks)
    title = f"{capital(name_of(talks))}: the options agreed on, and when"
    style.titled(fig, title, style.facts(result.scenario, result.settings), foot=_foot(talks, result.labels))
    return fig


# --- what is agreed ------------------------------------------------------------------------


def _bar(axes: Axes, y: int, issue: TalksIssue, labels: Labels) -> None:
    """The tabled option first, then the others by frequency; the small ones together, at the end."""
    of = dict(shares(issue))
    others = sorted((x for x in of if x != issue.tabled), key=lambda option: -of[option])
    large = [x for x in others if of[x] >= SMALL]

    def part(option: str | None, colour: str, hatch: str) -> tuple[str, float, str, str]:
        return labels.option(issue.issue, option), of[option], colour, hatch

    parts = [part(issue.tabled, style.BLUE, "")]
    parts += [part(x, _OTHERS[k % len(_OTHERS)], _HATCHES[k % len(_HATCHES)]) for k, x in enumerate(large)]
    parts.append(("others", sum(of[x] for x in others if x not in large), "#D9D9D9", ""))
    left = 0.0
    for option, share, colour, hatch in parts:
        if share <= 0:
            continue
        axes.barh(
            y, 100 * share, left=100 * left, height=0.46, color=colour, hatch=hatch, edgecolor="white", linewidth=0.8
        )
        label, _ = _label(option, share)
        text = axes.text(100 * (left + share / 2), y, label, ha="center", va="center", fontsize=7.5, linespacing=0.95)
        text.set_color("white" if colour == style.BLUE else INK)
        if label and hatch:
            text.set_bbox({"facecolor": colour, "edgecolor": "none", "boxstyle": "square,pad=0.1"})
        left += share


def _top(issue: TalksIssue) -> tuple[str | None, float]:
    """What is agreed most often, and its share of the agreements."""
    return max(shares(issue), key=lambda item: item[1])


def _label(option: str, share: float) -> tuple[str, bool]:
    """What a segment of this length has room for, and whether the option, by its name, is in it."""
    room = int(100 * share / _CHARACTER)
    figure = compact(share)
    broken = wrap(option, max(room, 1), break_long_words=False)
    for lines in ([f"{option} {figure}"], [option, figure], [*broken, figure]):
        if len(lines) <= _LINES and max(map(len, lines)) <= room:
            return "\n".join(lines), True
    return (figure if len(figure) <= room else ""), False


def _liked(result: Result, j: int, talks: Negotiation) -> list[str]:
    """What each proposer would like best, in lines that fit below a bar."""
    lines: list[str] = []
    for p in talks.proposers:
        favourite = f"{result.party(p.party).name}: {_opening(p, j, result.labels)}"
        if lines and len(lines[-1]) + len(favourite) + 3 <= _LINE:
            lines[-1] += f" · {favourite}"
        else:
            lines.append(favourite if lines else f"likes best – {favourite}")
    return lines


def _beside(axes: Axes, y: int, issue: TalksIssue, liked: list[str], labels: Labels) -> None:
    """Below the bar what the proposers would like best, above it the options that found no room in it."""
    mute = [
        f"{labels.option(issue.issue, option)} {compact(share)}"
        for option, share in sorted(shares(issue), key=lambda item: -item[1])
        if share > 0 and not (share >= SMALL and _label(labels.option(issue.issue, option), share)[1])
    ]
    if liked:
        axes.text(0, y + 0.27, "\n".join(liked), va="top", fontsize=7, color=FAINT, linespacing=1.1)
    if mute:
        axes.text(100, y - 0.27, f"also {', '.join(mute)}", va="bottom", ha="right", fontsize=7, color=FAINT)


def _opening(proposer: Proposer, j: int, labels: Labels) -> str:
    move = proposer.issues[j]
    if move.opening_share is None:
        return "no deal"
    return f"{labels.option(move.issue, move.opening)} {compact(move.opening_share)}"


def _dress(axes: Axes, issues: list[TalksIssue], labels: Labels) -> None:
    names = [f"{labels.issue(i.issue)}\ntabled: {labels.option(i.issue, i.tabled)}" for i in issues]
    axes.set_yticks(range(len(issues)), names, fontsize=8)
    axes.set_ylim(len(issues) - 0.3, -0.6)
    axes.set_xlim(0, 100)
    axes.set_xlabel("share of the agreements, %", fontsize=9)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)


# --- when ----------------------------------------------------------------------------------


def _rounds(axes: Axes, talks: Negotiation) -> None:
    """All draws, by how far the talks have come round by round: agreed, turned down in ratification, neither."""
    agreed = [100 * x for x in talks.agreed_by_round]
    ended = [100 * (x + y) for x, y in zip(talks.agreed_by_round, talks.unratified_by_round, strict=True)]
    last = len(agreed) - 1
    # Half a round more, for the step of the last round to be seen.
    rounds = [*range(last + 1), last + 0.5]
    agreed, ended = [*agreed, agreed[-1]], [*ended, ended[-1]]
    ratified = "agreed and ratified" if talks.settings.ratifiers else "agreed"
    label = f"{ratified}, {percent(talks.agreed.estimate)} in the end"
    fill_between = partial(axes.fill_between, rounds, step="post", linewidth=0)
    fill_between(0, agreed, color=style.GREEN, alpha=0.85, label=label)
    if talks.ratification_failed.estimate:
        label = f"agreed, then turned down in ratification, {percent(talks.ratification_failed.estimate)}"
        fill_between(agreed, ended, facecolor=style.ORANGE, hatch="//", edgecolor="white", label=label)
    if talks.broke_down.estimate:
        label = f"no agreement yet; {percent(talks.broke_down.estimate)} break down"
        fill_between(ended, 100, color="#E4E4E4", label=label)
    if talks.against_vote is not None:
        accepted = talks.against_vote.accepted.estimate
        label = f"text as tabled, taken or left, {percent(accepted)}"
        axes.axhline(100 * accepted, color=INK, linewidth=1.4, linestyle="--", label=label)
    axes.legend(loc="upper left", bbox_to_anchor=(-0.05, -0.19), fontsize=8, frameon=False, borderaxespad=0.2)
    axes.set_ylim(0, 100)
    axes.set_xlim(0, last + 0.5)
    axes.set_xlabel("round of the last change" if talks.mediated else "round", fontsize=9)
    axes.set_ylabel("all draws, %", fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)


def _foot(talks: Negotiation, labels: Labels) -> str:
    settled = [i for i in talks.issues if talks.agreements and _top(i)[1] > SETTLED]
    parts = ["Left, blue: as tabled."] if len(settled) < len(talks.issues) and talks.agreements else []
    as_tabled, changed = [], []
    for i in settled:
        name, (option, _) = labels.issue(i.issue), _top(i)
        if option == i.tabled:
            as_tabled.append(name)
        else:
            changed.append(f"{name} ({labels.option(i.issue, option)}, not {labels.option(i.issue, i.tabled)})")
    if as_tabled:
        parts.append(f"Not drawn, as tabled in over 95% of agreements: {', '.join(as_tabled)}.")
    if changed:
        parts.append(f"Not drawn, changed in over 95%: {', '.join(changed)}.")
    parts.append(f"{assumed(talks)} are assumptions; no forecast, and no figure on the evidence.")
    return fill(" ".join(parts), 190)
