"""Figures of a sweep: lines over the values of one path, or a heat map over two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.sweep.result import Sweep, SweepPath, SweepPoint
from sim.analysis.sweep.talks_page import obstacle
from sim.analysis.sweep.variations import AS_IT_STANDS, AS_OF
from sim.analysis.sweep.words import path_words, some, unknown, value_words
from sim.bargaining.lead import name_of
from sim.engine.draws import Array
from sim.report import figure as style
from sim.report.numbers import compact
from sim.report.verdict import UNKNOWN
from sim.results.verdicts import HALF
from sim.scenario.labels import spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Letters of a title that fit beside the legend.
_TITLE = 62
#: Up to this many cells in a row, a heat map writes its figures into the cells.
_WRITTEN = 16
#: The same of talks.
_TALKS_WRITTEN = 12
#: Where the bar lies that says who is in the way, on an axis of per cents, and how high that axis goes.
_ABOVE, _TOP = 109, 124
#: The ends of talks that are drawn over two paths, their headings, and colours: of what fails, no colour at 0 and the
#: colour of a low share of what succeeds at 100.
_PANELS = (
    ("agreed", "Agreement stands", style.SHARES),
    ("ratification_failed", "Agreed, but not ratified", "Oranges"),
)
#: Cells darker than so (relative luminance) have white figures.
_DARK = 0.42
#: Values beside and under a heat map at most, and what a letter of them needs, in inches.
_BESIDE, _UNDER, _LETTER = 25, 16, 0.075
_BEHIND = {"edgecolor": "none", "boxstyle": "square,pad=0.15"}


def draw(result: Sweep) -> Figure:
    """One path: a line a party asked and a thick one for all together. Two: the joint share of every combination.

    Where the points are negotiated, how the talks end in place of the vote.
    """
    if result.talks is not None:
        return _talks_lines(result) if len(result.paths) == 1 else _talks_heat(result)
    return _lines(result) if len(result.paths) == 1 else _heat(result)


def _lines(result: Sweep) -> Figure:
    [path] = result.paths
    fig = style.figure(8.4, 4.8)
    ax = fig.add_subplot()
    at = _places(result, path)
    order = _order_along(path, at)
    along = [at[k] for k in order]
    asked = [p.id for p in result.base.parties if any(point.needs(p.id) for point in result.points)]
    marked = len(path.values) <= 20
    for k, party in enumerate(asked):
        ax.plot(
            along,
            [_percent(result.points[k], party) for k in order],
            color=style.SERIES[k % len(style.SERIES)],
            marker=style.MARKERS[k % len(style.MARKERS)] if marked else None,
            markersize=max(9 - 1.5 * k, 4),  # of lines on one another the lower ones show
            linewidth=1.4,
            label=result.names[party],
        )
    joint = [_percent(result.points[k], None) for k in order]
    ax.plot(along, joint, color="black", linewidth=3.2, label="all together", zorder=5)
    ax.axhline(100 * HALF, color="#444444", linewidth=1, linestyle="--", zorder=1)
    beside: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
    ax.annotate("one half", (1, 100 * HALF), (4, 0), va="center", fontsize=8, color="#444444", **beside)
    _mark(ax, result, path, at)
    _label_values(ax, result, path, at)
    ax.set_ylabel("share of draws that accept, %")
    ax.set_ylim(-3, 103)
    ax.spines[["top", "right"]].set_visible(False)
    fig.legend(loc="outside right upper", fontsize=8, frameon=False)
    title = fill(f"Acceptance as modelled, by {path_words(result, path)}", _TITLE)
    style.titled(fig, title, _subtitle(result), foot=_foot(result))
    return fig


def _percent(point: SweepPoint, party: str | None) -> float:
    """The joint share (party None) or a party's in per cent; nan, a gap in the line, where there is none."""
    share = point.share(None)
    if party is not None:
        share = point.party(party).acceptability.estimate if point.feasible else None
    return float("nan") if share is None else 100 * share


def _mark(ax: Axes, result: Sweep, path: SweepPath, at: list[float]) -> None:
    """A line at the scenario's own value; where it is none of these, its joint share across."""
    for value in path.own:
        x = at[path.values.index(value)]
        ax.axvline(x, color=style.GREY, linewidth=6, alpha=0.25, zorder=0)
    if not path.own and result.base.joint_acceptability is not None:
        ax.axhline(100 * result.base.joint_acceptability.estimate, color="black", linewidth=1, linestyle=":")


def _foot(result: Sweep) -> str:
    legend = "Grey band: the scenario's own value, or one scored alike."
    if not result.paths[0].own:
        legend = "Dotted across: joint share of the scenario as it stands."
    if any(line.consent_needed for line in result.lines or ()):
        legend += " Dotted down: a line that the text crosses begins or lapses."
    if any(not point.feasible for point in result.points):
        legend += " Gaps: texts that would break a hard constraint."
    return f"{legend}\nDifferences along a line share their draws."


def _heat(result: Sweep) -> Figure:
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    first, second = result.paths
    rows, columns = len(first.values), len(second.values)
    shares = np.array([np.nan if (s := p.share(None)) is None else s for p in result.points]).reshape(rows, columns)
    left = min(max(len(value_words(result, first, v)) for v in first.values), 22) * 0.08
    width = min(max(4.5 + left, 2.4 + left + 0.85 * columns), 13)
    fig = style.figure(max(width, 7.2), min(max(3.6, 2.0 + 0.55 * rows), 11))
    ax = fig.add_subplot()
    image = ax.imshow(100 * shares, cmap=style.SHARES, vmin=0, vmax=100, aspect="auto")
    if columns <= _WRITTEN and rows <= 2 * _WRITTEN:
        for (r, c), share in np.ndenumerate(shares):
            scored = not np.isnan(share)
            behind = _BEHIND | {"facecolor": colormaps[style.SHARES](float(share))} if scored else None
            ink = "white" if scored and abs(share - HALF) > 0.38 else "black"
            words = compact(float(share)) if scored else "-"
            ax.text(c, r, words, ha="center", va="center", fontsize=9, color=ink, bbox=behind)
    hatched: dict[str, Any] = {"fill": False, "hatch": "///", "edgecolor": "#8A8A8A", "linewidth": 0, "alpha": 0.5}
    for (r, c), point in zip(np.ndindex(rows, columns), result.points, strict=True):
        if unknown(result, point):
            ax.add_patch(Rectangle((c - 0.5, r - 0.5), 1, 1, **hatched))
    for (x0, y0), (x1, y1) in _staircase(shares):
        ax.plot([x0, x1], [y0, y1], color="black", linewidth=2.6, solid_capstyle="projecting")
    for r, value in enumerate(first.values):
        for c, other in enumerate(second.values):
            if value in first.own and other in second.own:
                ax.add_patch(Rectangle((c - 0.44, r - 0.42), 0.88, 0.84, fill=False, edgecolor="black", linewidth=1.6))
    _label_grid(ax, result, width - left - 2.0)
    bar = fig.colorbar(image, ax=ax, shrink=0.9)
    bar.set_label("all accept, % of draws")
    bar.ax.axhline(100 * HALF, color="black", linewidth=1.5)
    style.titled(fig, "Joint share as modelled, by two cells", _subtitle(result), foot=_heat_foot(result))
    return fig


def _heat_foot(result: Sweep) -> str:
    crossed = any(b.party is None for b in result.boundaries)
    sides = {share >= HALF for point in result.points if (share := point.share(None)) is not None}
    side = "above" if True in sides else "below"
    unsettled = any(unknown(result, point) for point in result.points)
    legend = {
        "Thick line: one half.": crossed,
        f"Every cell is {side} one half, so no boundary is drawn.": not crossed and len(sides) == 1,
        "-: the text would break a hard constraint.": not all(point.feasible for point in result.points),
        f"Hatched: {UNKNOWN}, since the evidence alone leaves both answers open.": unsettled,
        "Box: the scenario as it stands.": all(p.own for p in result.paths),
    }
    return " ".join(words for words, there in legend.items() if there)


def _staircase(shares: Array) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Edges between neighbouring cells on either side of one half, as ends of lines; ``shares`` is (rows, columns)."""
    edges = []
    scored, above = ~np.isnan(shares), shares >= HALF
    for r, c in np.ndindex(*shares.shape):
        for down, right in ((0, 1), (1, 0)):
            other = (r + down, c + right)
            inside = r + down < len(shares) and c + right < len(shares[0])
            if inside and scored[r, c] and scored[other] and above[r, c] != above[other]:
                edges.append(((c + right - 0.5, r + down - 0.5), (c + 0.5, r + 0.5)))
    return edges


# --- talks ------------------------------------------------------------------------------------


def _talks_facts(result: Sweep) -> str:
    by = "" if result.talks is None else f"\nNegotiated by {name_of(result.talks)}."
    return f"{style.facts(result.scenario, result.settings)}{by}"


def _shares(result: Sweep, end: str) -> Array:
    """An end of the talks by point, in per cent, shape ``(points,)``; nan where there are none."""
    return np.array([np.nan if p.talks is None else 100 * getattr(p.talks, end).estimate for p in result.points])


def _talks_lines(result: Sweep) -> Figure:
    """Along one path: agreements that stand, those not ratified, breakdowns; above them who is most in the way."""
    [path] = result.paths
    fig = style.figure(8.4, 4.8)
    ax = fig.add_subplot()
    at = _places(result, path)
    order = _order_along(path, at)
    along = [at[k] for k in order]
    marker = "o" if len(at) <= 20 else None
    points = [result.points[k] for k in order]
    low, high = (
        [np.nan if p.talks is None else 100 * getattr(p.talks.agreed, end) for p in points] for end in ("low", "high")
    )
    ax.fill_between(along, low, high, color="black", alpha=0.15, linewidth=0)
    each = (
        ("agreed", "agreement stands", {"color": "black", "linewidth": 3.0}),
        ("ratification_failed", "agreed, not ratified", {"color": style.SERIES[1], "linewidth": 1.6}),
        ("broke_down", "talks break down", {"color": style.SERIES[0], "linewidth": 1.6, "linestyle": "--"}),
    )
    for end, label, how in each:
        ax.plot(along, _shares(result, end)[order], label=label, marker=marker, markersize=5, **how)  # type: ignore[arg-type]
    for value in path.own:
        ax.axvline(at[path.values.index(value)], color=style.GREY, linewidth=6, alpha=0.25, zorder=0)
    _name_obstacles(ax, result, along, points)
    _label_values(ax, result, path, at)
    ax.set_ylabel("share of draws, %")
    ax.set_ylim(-3, _TOP)
    ax.set_yticks(range(0, 101, 20))
    ax.spines[["top", "right"]].set_visible(False)
    fig.legend(loc="outside right upper", fontsize=8, frameon=False)
    title = fill(f"Talks, by {path_words(result, path)}", _TITLE)
    style.titled(fig, title, _talks_facts(result), foot=_talks_foot(result, path))
    return fig


def _name_obstacles(ax: Axes, result: Sweep, along: list[float], points: list[SweepPoint]) -> None:
    """Above each stretch of values the party that is most often in the way there."""
    names = [None if p.talks is None else obstacle(result, p.talks) for p in points]
    for name, stretch in groupby(range(len(names)), key=names.__getitem__):
        here = [along[k] for k in stretch]
        if name is not None:
            at = [_ABOVE, _ABOVE]
            ax.plot([here[0], here[-1]], at, color="#444444", linewidth=2, marker="|", markersize=6, clip_on=False)
            middle = (here[0] + here[-1]) / 2
            ax.text(middle, _ABOVE + 3, fill(name, 18), ha="center", va="bottom", fontsize=8, color="#444444")
    if any(names):
        beside: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
        words = "most often\nin the way"
        ax.annotate(words, (0, _ABOVE), (-6, 0), ha="right", va="center", fontsize=8, color="#444444", **beside)


def _talks_foot(result: Sweep, path: SweepPath) -> str:
    legend = ["Bar above 100%: over which values who is most often in the way. Band: 95%, sampling error only."]
    if path.own:
        legend.append("Upright grey: the scenario's own value, or one scored alike.")
    if any(point.talks is None for point in result.points):
        legend.append("Gaps: texts that would break a hard constraint.")
    return " ".join(legend)


def _talks_heat(result: Sweep) -> Figure:
    """Over two paths: agreements that stand, with who is most in the way, and beside them those not ratified."""
    first, second = result.paths
    rows, columns = len(first.values), len(second.values)
    width = min(max(4.8, 2.4 + 0.8 * columns), 8.4)
    fig = style.figure(2 * width, min(max(3.8, 2.2 + 0.62 * rows), 11))
    panels = fig.subplots(1, 2, sharey=True)
    written = columns <= _TALKS_WRITTEN and rows <= 2 * _TALKS_WRITTEN
    who = [None if p.talks is None else obstacle(result, p.talks) for p in result.points]
    codes = _codes([name for name in who if name is not None])
    for ax, (end, heading, colours) in zip(panels, _PANELS, strict=True):
        shares = _shares(result, end).reshape(rows, columns)
        image = ax.imshow(shares, cmap=colours, vmin=0, vmax=100, aspect="auto")
        if written:
            named = end == "agreed" and len(codes) > 1
            _write(ax, shares, colours, [codes.get(name or "", "") for name in who] if named else None)
        for (x0, y0), (x1, y1) in _staircase(shares / 100):
            ax.plot([x0, x1], [y0, y1], color="black", linewidth=2.6, solid_capstyle="projecting")
        _label_grid(ax, result, width - 2.4)
        _box(ax, result)
        ax.annotate(
            heading, (0, 1), (0, 4), xycoords="axes fraction", textcoords="offset points", fontsize=10,
            fontweight="bold", va="bottom",
        )  # fmt: skip
        fig.colorbar(image, ax=ax, shrink=0.9).set_label("% of draws")
    panels[1].set_ylabel("")
    foot = _talks_heat_foot(result, codes if written else {}, {*who} == {*codes})
    style.titled(fig, "Talks, by two cells", f"{_talks_facts(result)}\n\n", foot=fill(foot, int(2 * width * 17)))
    return fig


def _codes(names: Sequence[str]) -> dict[str, str]:
    """A letter a word of each name; numbers where these are not enough to tell them apart."""
    every = list(dict.fromkeys(names))
    codes = {name: "".join(word[0].upper() for word in name.split()) for name in every}
    if len({*codes.values()}) < len(every):
        return {name: str(k) for k, name in enumerate(every, 1)}
    return codes


def _talks_heat_foot(result: Sweep, codes: Mapping[str, str], everywhere: bool) -> str:
    """``codes`` are of those in the way, ``everywhere``: in each cell somebody is."""
    legend = []
    if len(codes) == 1:
        where = "in every cell" if everywhere else "wherever somebody is"
        legend.append(f"Most often in the way of an agreement that stands, {where}: {spoken(next(iter(codes)))}.")
    elif codes:
        names = ", ".join(f"{code}: {spoken(name)}" for name, code in codes.items())
        legend.append(f"Below a share: who is most often in the way of an agreement that stands ({names}).")
    grid = [len(path.values) for path in result.paths]
    if any(_staircase(_shares(result, end).reshape(grid) / 100) for end, *_ in _PANELS):
        legend.append("Thick line: one half.")
    if all(path.own for path in result.paths):
        legend.append("Box: the scenario as it stands.")
    if any(point.talks is None for point in result.points):
        legend.append("-: the text would break a hard constraint.")
    return " ".join(legend)


def _write(ax: Axes, shares: Array, colours: str, below: Sequence[str] | None) -> None:
    """Shares into the cells, and below them a word each."""
    from matplotlib import colormaps

    for number, ((r, c), share) in enumerate(np.ndenumerate(shares)):
        words, how = "-", {}
        if not np.isnan(share):
            face = colormaps[colours](float(share) / 100)
            words = compact(float(share) / 100)
            words += f"\n{below[number]}" if below is not None and below[number] else ""
            light = 0.2126 * face[0] + 0.7152 * face[1] + 0.0722 * face[2]
            how = {"color": "black" if light > _DARK else "white", "bbox": _BEHIND | {"facecolor": face}}
        ax.text(c, r, words, ha="center", va="center", fontsize=8, **how)  # type: ignore[arg-type]


def _box(ax: Axes, result: Sweep) -> None:
    from matplotlib.patches import Rectangle

    first, second = result.paths
    lines: dict[str, Any] = {"fill": False, "edgecolor": "black", "linewidth": 1.6}
    for r, value in enumerate(first.values):
        for c, other in enumerate(second.values):
            if value in first.own and other in second.own:
                ax.add_patch(Rectangle((c - 0.46, r - 0.46), 0.92, 0.92, **lines))


# --- axes -------------------------------------------------------------------------------------


def _subtitle(result: Sweep) -> str:
    """Which text, how it is scored, and what the evidence says of it."""
    info, how = result.scenario, result.settings
    return style.facts(info, how) + style.evidence_line(result.base.on_evidence, result.names, how)


def _places(result: Sweep, path: SweepPath) -> list[float]:
    """Where the values stand along the axis: numbers and days to scale, names side by side."""
    if path.path == AS_OF:
        own = result.scenario.as_of
        return [float((own if v == AS_IT_STANDS else dt.date.fromisoformat(v)).toordinal()) for v in path.values]
    return [float(k) for k in range(len(path.values))] if path.numbers is None else list(path.numbers)


def _order_along(path: SweepPath, at: list[float]) -> list[int]:
    """The numbers of the values in the order in which a line joins them: days as they follow each other."""
    return sorted(range(len(at)), key=at.__getitem__) if path.path == AS_OF else list(range(len(at)))


def _label_values(ax: Axes, result: Sweep, path: SweepPath, at: list[float]) -> None:
    """The values of the one path under the axis."""
    if path.path == AS_OF:
        _days(ax, result, sorted(at))
    elif path.numbers is None:
        ax.set_xticks(at, [_wrapped(value_words(result, path, v), 16) for v in path.values], fontsize=8)
        if len(at) > 6 and max(map(len, path.values)) > 10:
            ax.tick_params(axis="x", labelrotation=30)
    ax.set_xlabel(path_words(result, path))


def _days(ax: Axes, result: Sweep, along: list[float]) -> None:
    """Dates under the axis, none over another, and a mark where a line that the text crosses begins or lapses."""
    room = (along[-1] - along[0]) / 12 or 1.0
    dates = [along[0]]
    for day in along[1:]:
        if day - dates[-1] >= room:
            dates.append(day)
    ax.set_xticks(dates, [dt.date.fromordinal(int(day)).isoformat() for day in dates], fontsize=8)
    if any(later - day < 2.2 * room for day, later in pairwise(dates)):
        ax.tick_params(axis="x", labelrotation=30)
    for turn in sorted({line.on for line in result.lines or () if line.consent_needed}):
        ax.axvline(turn.toordinal(), color=style.PURPLE, linewidth=1, linestyle=(0, (1, 2)), zorder=0)


def _label_grid(ax: Axes, result: Sweep, room: float) -> None:
    """The values of two paths beside and under a heat map, of many only some; ``room`` is its width in inches."""
    first, second = result.paths
    names, others = ([value_words(result, path, v) for v in path.values] for path in (first, second))
    each = some(names, _BESIDE)
    ax.set_yticks(each, [_wrapped(names[k], 22) for k in each], fontsize=8)
    most = _UNDER
    if second.numbers is not None:
        # numbers between those that stand there can be told; names cannot
        most = min(most, int(room / (_LETTER * (2 + max(map(len, others))))))
    each = some(others, most)
    ax.set_xticks(each, [_wrapped(others[k], 14) for k in each], fontsize=8)
    ax.set_ylabel(fill(path_words(result, first), 30))
    ax.set_xlabel(path_words(result, second))


def _wrapped(text: str, width: int) -> str:
    """A value on several lines; it may break behind an underscore."""
    return fill(text.replace("_", "_ "), width + 1).replace("_ ", "_")
