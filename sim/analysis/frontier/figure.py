"""The frontier in the plane of two parties' gains, with the proposals and the points singled out named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.frontier.labels import Label, place
from sim.analysis.frontier.result import Frontier, ProposalPlace
from sim.analysis.frontier.words import guarantee, singled
from sim.analysis.space.maxima import NEAR
from sim.engine.draws import Array
from sim.files.grammar import listed
from sim.report import figure as style
from sim.scenario.labels import spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: At most so many points of a frontier are drawn; the rest would only blacken the figure.
_DRAWN = 3000
#: Of these, about so many are kept clear of names.
_AVOIDED = 200
_SIZE = 8.0
_ACCEPTED = "frontier, package shown\naccepted by all asked"
_REFUSED = "frontier (no package shown\naccepted by all asked)"


def draw(result: Frontier, axes: Sequence[str] | None = None) -> Figure:
    """Gains of two of the parties, by default the first two: every point of the frontier, texts and solution points.

    With more than two parties a point may lie below the outline of the two drawn: it gives another party more.
    """
    first, second = axes or result.options.parties[:2]
    fig = style.figure(10.5, 7.0)
    ax = fig.add_subplot()
    labels: list[Label] = []
    marks: list[tuple[float, float, float]] = []
    _frontier(ax, result, first, second, marks)
    _texts(ax, result, first, second, labels, marks)
    _singled(ax, result, first, second, labels, marks)
    ax.axhline(0, color="#999999", linewidth=0.8, zorder=1)
    ax.axvline(0, color="#999999", linewidth=0.8, zorder=1)
    ax.margins(0.09)
    ax.set_xlabel(f"expected gain of {spoken(result.names[first])} over no deal")
    ax.set_ylabel(f"expected gain of {spoken(result.names[second])} over no deal")
    ax.spines[["top", "right"]].set_visible(False)
    fig.legend(loc="outside right upper", fontsize=8, frameon=False)
    info, how = result.scenario, result.settings
    subtitle = style.facts(info, how)
    style.titled(fig, _title(result), f"{subtitle}\n", foot=_foot(result, first, second))
    place(fig, ax, labels, marks, _SIZE)
    return fig


def _title(result: Frontier) -> str:
    return f"What is efficient for {listed([spoken(result.names[p]) for p in result.options.parties])}"


def _frontier(ax: Axes, result: Frontier, first: str, second: str, marks: list[tuple[float, float, float]]) -> None:
    if not result.every:
        return
    gains = _plane(result, first, second)
    edge = _edge(gains)
    # the stairs under which every possible package lies
    ax.step(edge[:, 0], edge[:, 1], where="post", color=style.BLUE, linewidth=0.9, alpha=0.7, zorder=2)
    some = np.unique(np.linspace(0, len(gains) - 1, min(_DRAWN, len(gains))).round().astype(int))
    drawn = f"\n({len(some):,} of {len(gains):,} points drawn)" if len(some) < len(gains) else ""
    accepted = np.array([point.all_accept for point in result.every])[some]
    size = 3.5 if len(result.options.parties) == 2 else 2.5
    other = "frontier" if result.frontier.all_accept else _REFUSED
    for mask, colour, marker, name in ((~accepted, style.SKY, "o", other), (accepted, style.BLUE, "D", _ACCEPTED)):
        if mask.any():
            x, y = gains[some[mask]].T
            ax.plot(x, y, marker, color=colour, label=name + drawn, markersize=size, linestyle="none", zorder=3)
            drawn = ""
    marks += [(float(x), float(y), 2.5) for x, y in [*edge, *gains[some[:: max(1, len(some) // _AVOIDED)]]]]


def _plane(result: Frontier, first: str, second: str) -> Array:
    """The frontier's points on the two axes, shape ``(points, 2)``."""
    k, m = result.options.parties.index(first), result.options.parties.index(second)
    return np.array([point.gains for point in result.every]).reshape(-1, len(result.options.parties))[:, [k, m]]


def _edge(gains: Array) -> Array:
    """The points that no other beats on the two axes drawn, from right to left."""
    order = np.lexsort((-gains[:, 1], -gains[:, 0]))
    best = np.maximum.accumulate(gains[order, 1])
    return gains[order[np.concatenate([[True], best[1:] > best[:-1] + NEAR])]]


def _places(gains: Array) -> int:
    """How many different places points fall on."""
    return len(np.unique(gains.round(9), axis=0))


def _texts(
    ax: Axes, result: Frontier, first: str, second: str, labels: list[Label], marks: list[tuple[float, float, float]]
) -> None:
    """Proposals: filled where possible, hollow where they leave issues open, crosses where something rules them out."""
    kinds = (
        ("possible text", [t for t in result.proposals if t.possible], "s", style.GREEN, "full"),
        ("text with open issues", [t for t in result.proposals if t.possible is None], "s", style.GREEN, "none"),
        ("text ruled out", [t for t in result.proposals if t.possible is False], "X", style.GREY, "full"),
    )
    at: dict[tuple[float, float], list[ProposalPlace]] = {}
    for depth, (name, texts, marker, colour, fill) in enumerate(kinds):
        if not texts:
            continue
        xy = [(t.gains[first], t.gains[second]) for t in texts]
        ax.plot(
            [x for x, _ in xy],
            [y for _, y in xy],
            marker,
            color=colour,
            fillstyle=fill,
            markersize=6,
            label=name,
            linestyle="none",
            zorder=4.5 - depth / 10,
        )
        marks += [(x, y, 4.5) for x, y in xy]
        for text, (x, y) in zip(texts, xy, strict=True):
            at.setdefault((round(x, 6), round(y, 6)), []).append(text)
    for (x, y), together in at.items():
        # several names at one mark would be a pile: the first says how many there are
        together.sort(key=lambda t: not t.tabled)
        said = result.labels.text(together[0].id) + (" (tabled)" if together[0].tabled else "")
        if len(together) > 1:
            said += (
                f", {result.labels.text(together[1].id)}"
                if len(together) == 2
                else f" and {len(together) - 1} more texts"
            )
        out = all(t.possible is False for t in together)
        labels.append(Label(x, y, said, "#444444" if out else "#005A42", together[0].tabled))


def _singled(
    ax: Axes, result: Frontier, first: str, second: str, labels: list[Label], marks: list[tuple[float, float, float]]
) -> None:
    at = singled(result)
    if not at:
        return
    xy = [(point.gains[first], point.gains[second]) for _, point in at.values()]
    ax.plot(
        [x for x, _ in xy],
        [y for _, y in xy],
        "*",
        color=style.VERMILION,
        markersize=13,
        linestyle="none",
        label="singled out",
        zorder=5,
    )
    marks += [(x, y, 6.5) for x, y in xy]
    for (names, _), (x, y) in zip(at.values(), xy, strict=True):
        labels.append(Label(x, y, ", ".join(names), "#9C4400", True))


def _foot(result: Frontier, first: str, second: str) -> str:
    found = result.frontier
    said = "Gray lines: no deal. "
    if found.total:
        many = f"{found.all_accept:,}" if found.all_accept else "none"
        said += f"Packages shown that all asked accept, on expected gains: {many} of {found.total:,}. "
    if result.options.red_lines == "none":
        said += "No red line binds. "
    else:
        said += "Ruled out: breaks a constraint, or crosses a red line of a party asked. "
    gains = _plane(result, first, second)
    places = _places(gains)
    if places < len(gains):
        where = f"{places:,} places" if places > 1 else "one place"
        said += f"\n{len(gains):,} points fall on {where} here; other --axes may part them. "
    others = [spoken(result.names[p]) for p in result.options.parties if p not in (first, second)]
    if len(gains) and 1 < len(_edge(gains)) < places:
        said += f"\nPoints below the outline give {listed(others, 'or')} more. "
    if result.frontier.epsilon:
        said += f"\nApproximate: gains of the frontier are right to within {guarantee(result.frontier.epsilon)}."
    return said.rstrip()
