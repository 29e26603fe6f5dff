"""What the best packages have in common: issue by issue, how many of them have which option."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.search.english import demands, option_name, packages
from sim.analysis.search.findings import looked_at
from sim.analysis.search.result import Best, IssueOptions, Peers, Search, SearchAnswer
from sim.files.arguments import InvalidArgument
from sim.files.grammar import plural
from sim.report import figure as style
from sim.report.english import Names
from sim.report.numbers import compact
from sim.report.verdict import evidence_word
from sim.results.verdicts import unsourced

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Area of a dot for all packages, in points squared; a dot for few is not made smaller than the least.
_ALL, _LEAST = 320.0, 12.0
#: Height of an issue's row and width of an option's place, in inches.
_ROW, _PLACE = 0.42, 1.75


def draw(result: Search) -> Figure:
    """A panel an answer: every issue a row, its options beside each other, a dot as large as packages have the option.

    The packages are those that draws do not tell from the best. A ring marks the option of the best, a square that of
    the text. Raises InvalidArgument where no package is accepted by all.
    """
    bests = [(a, a.best, a.peers) for a in result.answers if a.peers is not None and a.best is not None]
    if not bests:
        raise InvalidArgument("there is nothing to draw: no package was found that all accept")
    rows = max(len(peers.issues) for *_, peers in bests)
    columns = max(len(_options(result, x)) for *_, peers in bests for x in peers.issues)
    fig = style.figure(2.0 + _PLACE * columns, 1.5 + len(bests) * (0.6 + _ROW * rows))
    panels = fig.subplots(len(bests), squeeze=False)[:, 0]
    for ax, (_, best, peers) in zip(panels, bests, strict=True):
        _panel(ax, result, best, peers, columns)
    head = f"{style.facts(result.scenario, result.settings)}\n\n{_heading(result, *bests[0])}"
    foot = "Dot: share of these packages with the option; ring: the best; square: the text as tabled."
    style.titled(fig, "What the best packages have in common", head, foot=foot)
    for ax, panel in zip(panels[1:], bests[1:], strict=True):
        ax.set_title(_heading(result, *panel), loc="left", fontsize=9, color="#444444")
    return fig


def _heading(result: Search, answer: SearchAnswer, best: Best, peers: Peers) -> str:
    among, names = looked_at(result, answer), Names(result.labels, result.names)
    which = f"Among {packages(among, names)}, the best{demands(among, names)}"
    alone = "" if unsourced(result.settings) else f", {evidence_word(best.on_evidence)} on the evidence alone"
    those = f"{'all' if peers.complete else 'some of those'} not told from it: {plural(peers.packages, 'package')}"
    return f"{which} ({compact(best.joint_acceptability.estimate)} as modelled{alone}),\nand {those}"


def _options(result: Search, issue: IssueOptions) -> list[str | None]:
    """The options shown of an issue: those that some package has, most first, and the text's."""
    options = [x.option for x in issue.options]
    tabled = result.tabled[issue.issue]
    return options if tabled in options else [*options, tabled]


def _panel(ax: Axes, result: Search, best: Best, peers: Peers, columns: int) -> None:
    names = Names(result.labels, result.names)
    for y, issue in enumerate(peers.issues):
        counts = {x.option: x.packages for x in issue.options}
        for x, option in enumerate(_options(result, issue)):
            share = counts.get(option, 0) / peers.packages
            if share:
                ax.scatter(x, y, s=max(_ALL * share, _LEAST), color=style.SKY, zorder=2)
            if option == best.terms[issue.issue]:
                ax.scatter(x, y, s=_ALL * 1.25, facecolors="none", edgecolors=style.BLUE, linewidths=1.4, zorder=3)
            if option == result.tabled[issue.issue]:
                ax.scatter(x, y, s=50, marker="s", facecolors="none", edgecolors="black", linewidths=1.0, zorder=4)
            figure = {0.0: "none", 1.0: "all"}.get(share, compact(share))
            ax.text(
                x + 0.16, y, f"{option_name(names, issue.issue, option)}\n{figure}", va="center", fontsize=7, zorder=5
            )
    ax.set_yticks(range(len(peers.issues)), [result.labels.issue(x.issue) for x in peers.issues], fontsize=8)
    ax.set_ylim(len(peers.issues) - 0.4, -0.6)
    ax.set_xlim(-0.3, columns - 0.1)
    ax.set_xticks([])
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right", "bottom", "left"]].set_visible(False)
    for y in range(len(peers.issues) - 1):
        ax.axhline(y + 0.5, color="#DDDDDD", linewidth=0.6)
