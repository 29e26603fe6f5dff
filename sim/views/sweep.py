"""A sweep as text: where the joint figure and each party's cross one half, and the figures behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sim.analysis.sweep import Path, Point, Sweep
from sim.results import Interval
from sim.sheets import Column, Page, Sheet
from sim.verdict import CAVEAT, HALF, compact, listed, percent

HEADER = ("scenario", "path_1", "value_1", "path_2", "value_2", "own", "party", "measure", "value", "low", "high")

VERDICTS = {
    "accepted": "accepted",
    "singly": "by each, not by all",
    "divided": "divided",
    "refused": "refused",
    "none": "nobody asked",
}
_TONES = {"accepted": "good", "refused": "bad", "divided": "open", "singly": "open"}
#: Marks the scenario's own value.
OWN = "*"
#: Room for columns of a grid beside the first, in characters.
_ROOM = 66
#: Widest first column.
_FIRST = 24
#: Lists of values are cut after this many.
_LONGEST = 6


def rows(result: Sweep) -> Iterator[tuple[object, ...]]:
    """Tidy: a row a grid point, party (empty for the joint figure) and measure; the scenario as it stands first."""
    for point in (result.base, *result.points):
        named: list[object] = []
        for number in range(2):
            path = result.paths[number].path if number < len(result.paths) else None
            named += [path, point.values[number] if number < len(point.values) else None]
        head = (result.scenario.id, *named, "yes" if point.own else "no")
        if point.joint_acceptability is not None and point.change is not None:
            yield (*head, None, "joint_acceptability", *_figures(point.joint_acceptability))
            yield (*head, None, "change", *_figures(point.change))
        for party in point.parties:
            yield (*head, party.id, "acceptability", *_figures(party.acceptability))
            yield (*head, party.id, "change", *_figures(party.change))


def _figures(found: Interval) -> tuple[float, float, float]:
    return found.estimate, found.low, found.high


def page(result: Sweep) -> Page:
    """A line of values, or a grid of two."""
    info = result.scenario
    positions = f", positions of {info.as_of}" if info.as_of != info.date else ""
    two = len(result.paths) == 2
    return Page(
        heading=f"{info.title} ({info.id}, {info.date}{positions}): varying {listed([p.path for p in result.paths])}",
        lead=_lead(result),
        sheets=tuple(_grid(result)) if two else (_line(result),),
        notes=tuple(_notes(result)),
        caveat=CAVEAT,
    )


# --- the lead -------------------------------------------------------------------------------


def _lead(result: Sweep) -> str:
    scored = [p for p in result.points if p.joint_acceptability is not None]
    if not scored:
        return "No party with positions has to consent at any of these points, so there is no verdict."
    least = min(scored, key=_joint)
    most = max(scored, key=_joint)
    paths = listed([p.path for p in result.paths])
    stands = ""
    if result.base.joint_acceptability is not None:
        stands = f" As the scenario stands it is {percent(_joint(result.base))}."
    if _joint(least) == _joint(most):
        return f"Joint acceptability is {percent(_joint(most))} at every value of {paths}: it does not hang on that."
    ranges = (
        f"Joint acceptability ranges from {percent(_joint(least))} ({_named(result, least)}) to "
        f"{percent(_joint(most))} ({_named(result, most)}).{stands}"
    )
    return f"{ranges} {_verdict_line(result, scored)}"


def _verdict_line(result: Sweep, scored: Sequence[Point]) -> str:
    above = [p for p in scored if _joint(p) >= HALF]
    if not above:
        return "It stays below one half throughout: none of these values turns the verdict."
    if len(above) == len(scored):
        return "It stays at or above one half throughout: none of these values turns the verdict."
    if len(result.paths) == 1:
        return f"It {_crossing(result, result.paths[0], None)}."
    sides = [_dependence(result, None, axis) for axis in range(2)]
    if sides[0] != sides[1]:
        axis = 0 if sides[0] else 1
        return f"It {_crossing(result, result.paths[axis], None)}, whatever {result.paths[1 - axis].path} is."
    verb = "reaches" if len(above) == 1 else "reach"
    return f"{len(above)} of {len(scored)} combinations {verb} one half."


def _named(result: Sweep, point: Point) -> str:
    if len(result.paths) == 1:
        return point.values[0]
    return ", ".join(f"{path.path}={value}" for path, value in zip(result.paths, point.values, strict=True))


def _joint(point: Point) -> float:
    assert point.joint_acceptability is not None
    return point.joint_acceptability.estimate


def _share(point: Point, party: str | None) -> float | None:
    """The joint share (party None) or a party's; None where there is none to tell."""
    if party is None:
        return None if point.joint_acceptability is None else _joint(point)
    row = point.party(party)
    return None if row.silent else row.acceptability.estimate


def _dependence(result: Sweep, party: str | None, axis: int) -> bool:
    """Whether a share changes along one path while the other is held."""
    groups: dict[tuple[str, ...], set[float | None]] = {}
    for point in result.points:
        held = (*point.values[:axis], *point.values[axis + 1 :])
        groups.setdefault(held, set()).add(_share(point, party))
    return any(len(found) > 1 for found in groups.values())


def _crossing(result: Sweep, path: Path, party: str | None) -> str:
    """Where a share that hangs on one path alone crosses one half, in words. It must cross somewhere."""
    axis = result.paths.index(path)
    shares = {point.values[axis]: _share(point, party) for point in result.points}
    known = [(value, share >= HALF) for value, share in shares.items() if share is not None]
    turns = [(one, other) for one, other in pairwise(known) if one[1] != other[1]]
    if len(turns) == 1:
        (one, before), (other, _) = turns[0]
        way = "falls below" if before else "reaches"
        return f"{way} one half between {one} and {other}"
    yes, no = ([value for value, above in known if above is side] for side in (True, False))
    return f"is at least one half at {_values(yes)}, below it at {_values(no)}"


def _values(values: Sequence[str]) -> str:
    if len(values) <= _LONGEST:
        return listed(values)
    return f"{', '.join(values[:_LONGEST])} and {len(values) - _LONGEST} more"


# --- the tables -----------------------------------------------------------------------------


def _asked(result: Sweep) -> list[str]:
    """Parties whose consent some point needs, and on whom the sources are not silent, in order."""
    points = (result.base, *result.points)
    return [p.id for p in result.base.parties if any(_needs(point, p.id) for point in points)]


def _needs(point: Point, party: str) -> bool:
    row = point.party(party)
    return row.consent_needed and not row.silent


def _marked(path: Path, value: str) -> str:
    return f"{value} {OWN}" if value in path.own else value


def _width(path: Path, most: int) -> int:
    """Of the column of a path's values, at most so wide: its heading folds behind a dot if it has to fold."""
    values = max(len(_marked(path, v)) for v in path.values)
    folds = [k + 1 for k, char in enumerate(path.path) if char == "." and 2 * (k + 1) >= len(path.path)]
    heading = folds[0] if folds and folds[0] >= values else len(path.path)
    return min(max(heading, values), most)


def _line(result: Sweep) -> Sheet:
    [path] = result.paths
    asked = _asked(result)
    return Sheet(
        columns=(
            Column(path.path, width=_width(path, max(min(_FIRST, 66 - 10 * len(asked)), 12))),
            Column("joint", width=15),
            Column("verdict", width=11, least=80),
            *(Column(result.names[p], right=True, width=9) for p in asked),
        ),
        rows=tuple(
            (
                _marked(path, point.values[0]),
                _joint_cell(point),
                VERDICTS[point.verdict],
                *(_figure(point, p) for p in asked),
            )
            for point in result.points
        ),
        tones={k: _TONES[p.verdict] for k, p in enumerate(result.points) if p.verdict in _TONES},
    )


def _joint_cell(point: Point) -> str:
    """The joint figure, below it its change."""
    if point.joint_acceptability is None:
        return "-"
    said = interval(point.joint_acceptability)
    return said if point.own or point.change is None else f"{said}\n{change(point.change)}"


def _figure(point: Point, party: str) -> str:
    row = point.party(party)
    said = "silent" if row.silent else compact(row.acceptability.estimate)
    return said if row.consent_needed else f"({said})"


def _grid(result: Sweep) -> Iterator[Sheet]:
    """Joint figures, a row a value of the first path; as many sheets as the columns need."""
    first, second = result.paths
    width = min(max(4, *(len(_marked(second, v)) for v in second.values)), 14)
    fits = max(_ROOM // (width + 2), 1)
    count = len(second.values)
    for begin in range(0, count, fits):
        some = second.values[begin : begin + fits]
        part = "" if count <= fits else f" (values {begin + 1} to {begin + len(some)} of {count})"
        yield Sheet(
            columns=(
                Column(first.path, width=_width(first, _FIRST)),
                *(Column(_marked(second, v), right=True, width=width) for v in some),
            ),
            rows=tuple(
                (_marked(first, v), *(_cell(result.points[k * count + begin + c]) for c in range(len(some))))
                for k, v in enumerate(first.values)
            ),
            title=f"Joint acceptability; columns: {second.path}{part}",
        )


def _cell(point: Point) -> str:
    return "-" if point.joint_acceptability is None else compact(_joint(point))


def interval(share: Interval) -> str:
    return f"{compact(share.estimate)} [{100 * share.low:.0f}, {100 * share.high:.0f}]"


def points(share: float) -> str:
    """A change in percentage points, signed; small ones to a tenth."""
    if abs(share) < 5e-4:
        return "0"
    return f"{100 * share:+.1f}" if abs(share) < 0.01 else f"{100 * share:+.0f}"


def change(found: Interval) -> str:
    """A change in percentage points with its interval."""
    return f"{points(found.estimate)} [{points(found.low)}, {points(found.high)}]"


# --- the notes ------------------------------------------------------------------------------


def _notes(result: Sweep) -> Iterator[str]:
    still: list[str] = []
    for party in _asked(result):
        shares = [share for p in result.points if (share := _share(p, party)) is not None]
        if not shares:
            continue
        if percent(min(shares)) == percent(max(shares)):
            still.append(f"{result.names[party]} ({percent(shares[0])})")
        else:
            yield _party_note(result, party, shares)
    if still:
        yield f"The same at every value, to a per cent: {listed(still)}."
    yield from _boundary_notes(result)
    changing = [x for x in _asked(result) if len({_needs(p, x) for p in result.points}) > 1]
    if changing:
        names = listed([result.names[x] for x in changing])
        yield f"Whether {names} must consent depends on the value; a figure in brackets is not asked for."
    unmarked = [p.path for p in result.paths if not p.own]
    if unmarked:
        stands = "" if result.base.joint_acceptability is None else f" ({percent(_joint(result.base))} joint)"
        yield f"The scenario's own value of {listed(unmarked)}{stands} is none of these."
    if any(p.own for p in result.paths):
        yield f"{OWN} marks the scenario's own value."
    if len(result.paths) == 1:
        yield "Below a joint figure its change from the scenario as it stands, in points, draw by draw."
    if result.settings.edits:
        yield f"Edited before the sweep: {'; '.join(result.settings.edits)}."
    if result.consent_not_modelled:
        yield f"Consent of {len(result.consent_not_modelled)} others is needed but not modelled, and left out."
    yield f"{result.settings.draws:,} draws, seed {result.settings.seed}; intervals are sampling error only."


def _party_note(result: Sweep, party: str, shares: Sequence[float]) -> str:
    name = result.names[party]
    said = f"{name} accepts in {percent(min(shares))} to {percent(max(shares))} of draws"
    crosses = min(shares) < HALF <= max(shares)
    along = [axis for axis in range(len(result.paths)) if _dependence(result, party, axis)]
    if len(along) == 1:
        path = result.paths[along[0]]
        if len(result.paths) == 2:
            said += f", by {path.path} alone"
        return (
            f"{said}; its share {_crossing(result, path, party)}." if crosses else f"{said}, on one side of one half."
        )
    if crosses:
        count = sum(share >= HALF for share in shares)
        return f"{said}; at least one half in {count} of {len(shares)} combinations."
    return f"{said}, on one side of one half."


def _boundary_notes(result: Sweep) -> Iterator[str]:
    """On a grid: row by row, where the joint figure crosses one half."""
    if len(result.paths) == 1 or not all(_dependence(result, None, axis) for axis in range(2)):
        return
    first, second = result.paths
    found = [b for b in result.boundaries if b.party is None and b.path == second.path]
    if not found or len(found) > 2 * _LONGEST:
        return
    said = [f"with {b.elsewhere} between {b.below} (below) and {b.above}" for b in found]
    yield f"One half is crossed along {second.path}, by {first.path}: {'; '.join(said)}."
