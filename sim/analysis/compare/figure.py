"""The heat map of a comparison: acceptability, proposals by parties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sim.analysis.compare.result import Comparison, Row
from sim.files.grammar import ending, listed
from sim.report.figure import SHARES, figure, titled
from sim.report.numbers import compact
from sim.report.verdict import INFERRED, MARKS, UNKNOWN, evidence_word, word
from sim.results.verdicts import HALF, unsourced

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: The joint column stands this far from the parties' columns.
GAP = 0.15
#: Cells less bright than this (relative luminance) get white figures.
DARK = 0.42
INK = "#222222"
#: Cells of what the evidence does not settle carry no colour of a share.
GREY = "#DDDDDD"


class HeatCell(NamedTuple):
    """One cell: its share (None: no colour), what is written in it, whether consent is needed and what is unknown."""

    share: float | None
    words: str
    needed: bool
    unknown: bool = False


def draw(result: Comparison) -> Figure:
    """Shares of draws that accept; where consent is not needed, cells are hatched and in brackets."""
    rows = result.rows
    cells = [list(_cells(row, result.people)) for row in rows]
    heads = ["all\ntogether", *(name.replace(" ", "\n") for name in result.people.values())]
    labels = [_label(row, rows) for row in rows]
    fig = figure(
        1.6 + 0.075 * max(len(line) for label in labels for line in label.split("\n")) + 0.95 * len(heads),
        2.0 + 0.42 * len(rows),
    )
    axes = fig.subplots()
    for y, line in enumerate(cells):
        for x, cell in enumerate(line):
            _paint(axes, _left(x), y, cell)
    axes.set_xlim(0, len(heads) + GAP)
    axes.set_ylim(len(rows), 0)
    axes.set_xticks([_left(x) + 0.5 for x in range(len(heads))], heads, fontsize=9)
    axes.set_yticks([y + 0.5 for y in range(len(rows))], labels, fontsize=9)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    _legend(fig, axes)
    foot = "Share of draws in which a party accepts the text"
    if any(not p.consent_needed for row in rows for p in row.parties):
        foot += "; hatched and in brackets: consent not needed"
    if any(cell.unknown for line in cells for cell in line):
        foot += f".\nGrey, {UNKNOWN}: the evidence alone leaves both answers open; "
        foot += "the share is what the model makes of assumptions"
    if any("inferred" in cell.words for line in cells for cell in line):
        foot += ".\n" + INFERRED.removesuffix(".")
    if len({tuple(row.asked) for row in rows}) > 1:
        foot += ".\nAll together: not the same parties for every text, so that these shares do not compare"
    titled(fig, "Who would accept which proposal?", _facts(rows), foot=foot + ".")
    return fig


def _left(column: int) -> float:
    return column + (GAP if column else 0.0)


def _cells(row: Row, people: Mapping[str, str]) -> Iterator[HeatCell]:
    """The joint share, then every party's."""
    bare = unsourced(row.settings)
    if row.joint is None:
        yield HeatCell(None, "-", True)
    else:
        settled = "" if bare else evidence_word(row.on_evidence)
        yield _cell(row.joint, True, {UNKNOWN: UNKNOWN, "refused, inferred": "inferred"}.get(settled, ""))
    shares = {p.id: p for p in row.parties}
    for id in people:
        party = shares.get(id)
        if party is None:
            yield HeatCell(None, "-", True)
        elif party.silent:
            yield HeatCell(None, "silent", party.consent_needed)
        else:
            mark = MARKS.get(word(party.verdict, None if bare else party.on_evidence), "")
            yield _cell(party.acceptability.estimate, party.consent_needed, mark)


def _cell(share: float, needed: bool, mark: str) -> HeatCell:
    """The share; where the evidence leaves both answers open, below a word for that."""
    figure = compact(share) if needed else f"({compact(share)})"
    return HeatCell(share, f"{mark}\n{figure}" if mark else figure, needed, mark == UNKNOWN)


def _paint(axes: Axes, x: float, y: float, cell: HeatCell) -> None:
    from matplotlib import colormaps
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Rectangle

    face = "white" if cell.share is None else GREY if cell.unknown else colormaps[SHARES](cell.share)
    red, green, blue = to_rgb(face)
    dark = 0.2126 * red + 0.7152 * green + 0.0722 * blue < DARK
    axes.add_patch(Rectangle((x, y), 1, 1, facecolor=face, edgecolor="white", linewidth=1.5))
    box = None
    if not cell.needed:
        stripes = "#FFFFFF" if dark else "#9A9A9A"
        axes.add_patch(Rectangle((x, y), 1, 1, fill=False, hatch="///", edgecolor=stripes, linewidth=0, alpha=0.6))
        box = {"facecolor": face, "edgecolor": "none", "boxstyle": "square,pad=0.15"}
    ink = "white" if dark else INK
    size = 7.5 if "\n" in cell.words else 9
    axes.text(x + 0.5, y + 0.5, cell.words, ha="center", va="center", color=ink, fontsize=size, bbox=box)


def _legend(fig: Figure, axes: Axes) -> None:
    """The colours with their ends and one half named."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    bar = fig.colorbar(ScalarMappable(Normalize(0, 1), SHARES), ax=axes, fraction=0.04, pad=0.02, aspect=30)
    bar.set_ticks([0, HALF, 1], labels=["0% refuses", "50%", "100% accepts"], fontsize=8)
    bar.ax.axhline(HALF, color=INK, linewidth=1.2)
    bar.outline.set_visible(False)


def _label(row: Row, rows: Sequence[Row]) -> str:
    """Name and date of the text, and that more than half of it is filler."""
    filler = "\nmostly filler" if row.mostly_filler else ""
    info = row.scenario
    days = len({r.scenario.as_of for r in rows}) > 1 and info.as_of != info.date
    name = row.called.removesuffix(f", {info.date.year}")  # the date says it again
    return f"{name}, {info.date}" + (f" ({info.as_of})" if days else "") + filler


def _facts(rows: Sequence[Row]) -> str:
    """Positions, draws and seed, of one kind or several."""
    days = sorted({row.scenario.as_of for row in rows})
    draws = sorted({row.settings.draws for row in rows})
    seeds = sorted({row.settings.seed for row in rows})
    positions = f"positions of {days[0]}" if len(days) == 1 else "positions of each text's own day"
    if len(days) > 1 and any(row.scenario.as_of != row.scenario.date for row in rows):
        positions = f"positions of {days[0]} to {days[-1]} (in brackets where not of the text's own day)"
    seed = f"seed{ending(len(seeds))} {listed([str(s) for s in seeds])}"
    return f"{positions}; {listed([f'{d:,}' for d in draws])} draws, {seed}"
