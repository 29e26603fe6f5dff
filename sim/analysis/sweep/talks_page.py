"""What talks over a grid come to, as tables and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.analysis.shared.records import TalksEnds
from sim.analysis.sweep.findings import NOTABLE
from sim.analysis.sweep.result import Sweep, SweepPoint
from sim.analysis.sweep.tables import grids, marked, stretches, thin_title, thinned, whole
from sim.analysis.sweep.words import path_words
from sim.report.numbers import change, compact, interval
from sim.report.page import Column, Sheet, by_column

#: How to read who is in the way.
LEGEND = (
    "In the way: the party over which talks break down, or that turns down what is agreed, in most draws; several may "
    "be in one draw."
)


def talks_rows(talks: TalksEnds, head: tuple[object, ...]) -> Iterator[tuple[object, ...]]:
    """Rows of a point: measures of the talks, and of each party in the way."""
    yield (*head, None, "agreed", *talks.agreed.figures)
    yield (*head, None, "agreed_change", *talks.change.figures)
    yield (*head, None, "ratification_failed", *talks.ratification_failed.figures)
    yield (*head, None, "broke_down", *talks.broke_down.figures)
    if talks.unavoidable is not None:
        yield (*head, None, "unavoidable", talks.unavoidable, None, None)
    for measure, refusers in (("in_the_way", talks.in_the_way), ("turned_down", talks.turned_down)):
        for refuser in refusers:
            yield (*head, refuser.party, measure, refuser.share, None, None)
            yield (*head, refuser.party, f"{measure}_alone", refuser.sole, None, None)
    for party, share in talks.obstacles.items():
        yield (*head, party, "obstacle", min(share, 1.0), None, None)


def talks_sheets(result: Sweep) -> Iterator[Sheet]:
    """A row a value; of two paths grids of the share agreed, of what is not ratified, and of who is in the way."""
    if len(result.paths) == 1:
        yield _line(result)
        return
    yield from grids(result, "Agreements that stand", _cell(lambda talks: compact(talks.agreed.estimate)))
    who = _cell(lambda talks: obstacle(result, talks) or "nobody")
    if len({*map(who, result.points)}) > 1:  # else the lead says it
        title = "Most often in the way"
        yield from grids(result, title, who) if whole(result, who) else (stretches(result, title, who),)
    if any(p.talks is not None and p.talks.ratification_failed.estimate >= NOTABLE for p in result.points):
        unratified = _cell(lambda talks: compact(talks.ratification_failed.estimate))
        yield from grids(result, "Agreed but not ratified", unratified)


def obstacle(result: Sweep, talks: TalksEnds) -> str | None:
    """The party most often in the way, by name; None where nobody is."""
    party = next(iter(talks.obstacles), None)
    return None if party is None else result.names[party]


def _cell(words: Callable[[TalksEnds], str]) -> Callable[[SweepPoint], str]:
    return lambda point: "-" if point.talks is None else words(point.talks)


def _line(result: Sweep) -> Sheet:
    [path] = result.paths
    shares = [result.points[k] for k in thinned(result)]
    columns = [
        (Column(path_words(result, path), width=24), [marked(result, path, p.values[0]) for p in shares]),
        (Column("agreement stands", width=15), [_agreed_cell(p) for p in shares]),
        (
            Column("not ratified", right=True, width=8),
            map(_cell(lambda talks: compact(talks.ratification_failed.estimate)), shares),
        ),
        (
            Column("breaks down", right=True, width=6),
            map(_cell(lambda talks: compact(talks.broke_down.estimate)), shares),
        ),
        (Column("most often in the way", width=26), map(_cell(lambda talks: _in_the_way(result, talks)), shares)),
    ]
    if any(p.talks is not None and p.talks.unavoidable for p in shares):
        unavoidable = _cell(lambda talks: "-" if talks.unavoidable is None else compact(talks.unavoidable))
        columns.insert(4, (Column("of these unavoidable", right=True, width=11), map(unavoidable, shares)))
    return by_column(columns, f"Talks, in shares of draws{thin_title(result)}")


def _agreed_cell(point: SweepPoint) -> str:
    """The share agreed, below it its change."""
    if point.talks is None:
        return "-"
    share = interval(point.talks.agreed)
    return share if point.own else f"{share}\n{change(point.talks.change)}"


def _in_the_way(result: Sweep, talks: TalksEnds) -> str:
    party, share = next(iter(talks.obstacles.items()), (None, 0.0))
    return "nobody" if party is None else f"{result.names[party]} ({compact(min(share, 1.0))})"
