"""What all figures share: size, colours that the colour-blind can tell apart, titles, writing to a file."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from sim.files.writing import write_bytes
from sim.report.verdict import evidence_in_short
from sim.results.records import OverallEvidence, ScenarioInfo, Settings
from sim.results.verdicts import unsourced

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: What a figure may be written as.
KINDS = (".svg", ".png")
#: Colours of M. Okabe and K. Ito, "Color universal design" (2008).
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW = "#CC79A7", "#56B4E9", "#F0E442"
GREY = "#7F7F7F"
#: Lines of several parties or options, in this order; markers tell them apart without colour too.
SERIES = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, GREY)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
#: Shares from 0 (refused) through one half to 1 (accepted): diverging, safe, and dark at both ends.
SHARES = "PuOr"


def check(path: Path) -> None:
    """See, before anything runs, that a figure can be drawn and written to ``path``. Raises ValueError."""
    if path.suffix.lower() not in KINDS:
        raise ValueError(f"{path}: a figure's file ends in {' or '.join(KINDS)}")
    if not path.parent.is_dir():
        raise ValueError(f"{path}: there is no folder {path.parent}")
    if path.is_dir():
        raise ValueError(f"{path}: is a folder")


def figure(width: float, height: float) -> Figure:
    """An empty figure, in inches. Nothing global is touched: no pyplot, no settings."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def titled(fig: Figure, title: str, subtitle: str, *, foot: str | None = None) -> None:
    """A bold title, a line below it (scenario, date, draws, seed), and a small line at the foot.

    To be called last: the line below the title is broken where it is longer than the axes that it stands over.
    """
    from matplotlib.transforms import blended_transform_factory

    fig.suptitle(title, x=_left(fig), ha="left", fontsize=12, fontweight="bold")
    axes = fig.axes[0]
    line = axes.set_title(subtitle, loc="left", fontsize=9, color="#444444")
    if foot is not None:
        fig.supxlabel(foot, x=_left(fig), ha="left", fontsize=7.5, color="#444444")
    fig.draw_without_rendering()  # lays the figure out, so that the axes have their width
    edge = _left(fig) * fig.bbox.width
    fits = (axes.get_window_extent().x1 - edge) / line.get_window_extent().width
    if fits < 1:
        lines = subtitle.split("\n")
        letters = max(int(fits * max(map(len, lines))) - 1, 20)
        line.set_text("\n".join(fill(x, letters) for x in lines))
    # Flush with the title, which begins left of the axes, wherever the layout moves these.
    line.set_x(_left(fig))
    line.set_transform(blended_transform_factory(fig.transFigure, axes.transAxes))
    fig.draw_without_rendering()


def _left(fig: Figure) -> float:
    """Where words begin, as a share of the width: the layout leaves 3 points at the edge."""
    return 3 / 72 / float(fig.get_figwidth())


def retitled(fig: Figure, title: str) -> None:
    """Another title in place of the figure's own, on several lines where it is long; empty for none."""
    letters = int(fig.get_figwidth() * 11)
    fig.suptitle(fill(title, letters), x=_left(fig), ha="left", fontsize=12, fontweight="bold")


def beside(axes: Axes, words: str, at: tuple[float, float], points: float, **style: Any) -> None:
    """Words so many points to the right of a place, or (below 0) to its left."""
    side = "right" if points < 0 else "left"
    axes.annotate(words, at, xytext=(points, 0), textcoords="offset points", ha=side, va="center", **style)


def lying_bars(axes: Axes, colour: str = "#DDDDDD", linewidth: float = 0.7) -> None:
    """What surrounds lying bars: lines down behind them, and no frame but the axis below."""
    axes.grid(axis="x", color=colour, linewidth=linewidth)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)


def facts(info: ScenarioInfo, how: Settings) -> str:
    """The line below a title."""
    positions = "" if info.as_of == info.date else f", positions of {info.as_of}"
    drawn = f"{how.draws:,} draws, seed {how.seed}" if how.drawn else "all given as numbers"
    return f"{info.name}, text of {info.date}{positions}; {drawn}"


def evidence_line(evidence: OverallEvidence | None, names: Mapping[str, str], how: Settings) -> str:
    """A further line below a title: what the evidence alone settles of the text as it stands; empty without sources."""
    if evidence is None or unsourced(how):
        return ""
    return f"\nOn the evidence alone, {evidence_in_short(evidence, names)}"


def write(fig: Figure, path: Path) -> str | None:
    """Write a figure whole or not at all, the same for the same figure. Raises ValueError, OSError.

    Returns a warning where it shows boxes for letters that no font has.
    """
    check(path)
    content, boxes = rendered(fig, path.suffix.lower())
    write_bytes(path, content)
    return boxes


def rendered(fig: Figure, kind: str) -> tuple[bytes, str | None]:
    """A figure as the content of a file that ends in one of :data:`KINDS`, and the warning of :func:`write`."""
    from matplotlib import rc_context

    from sim.report import fonts

    out = io.BytesIO()
    lacking = fonts.fit(fig)
    same = {"Date": None} if kind == ".svg" else {"Software": None}
    with rc_context({"svg.hashsalt": "sim", "svg.fonttype": "none"}):
        fig.savefig(out, format=kind.removeprefix("."), dpi=160, metadata=same)
    return out.getvalue(), fonts.warning(lacking) if lacking and kind == ".png" else None
