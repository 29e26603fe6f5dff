"""What talks over a grid come to that is worth saying, in the order of the page: figures, and no words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from sim.analysis.shared.counting import too_near
from sim.analysis.shared.findings import TalksConduct
from sim.analysis.sweep import result as kinds
from sim.analysis.sweep.result import Obstacle, ShareAt, Sweep, SweepFinding, SweepPoint
from sim.results.records import Objection, beyond_error
from sim.results.verdicts import HALF

K = TypeVar("K")

#: A party that is most in the way at some points is named there so often; the others are counted.
NAMED = 4
#: From this share of draws on it is said that what is agreed fails in ratification.
NOTABLE = 0.05


def findings(result: Sweep) -> tuple[SweepFinding, ...]:
    """Everything worth saying of talks; nothing of a sweep that votes."""
    points = [point for point in distinct(result, result.points) if point.talks is not None]
    if result.talks is None or result.base.talks is None or not points:
        return ()
    least, most = _ends(points, _agreed)
    return (
        kinds.TalksRange(
            protocol=result.talks.protocol,
            least=least,
            most=most,
            base=result.base.talks.agreed.estimate,
            moving=sum(beyond_error(point.talks.change) for point in points if point.talks is not None),
        ),
        _half(result, points),
        *_obstacles(points),
        *_unratified(points),
        TalksConduct(
            protocol=result.talks.protocol,
            proposers=result.talks.settings.proposers,
            rounds=result.talks.settings.rounds,
        ),
    )


def distinct(result: Sweep, points: Sequence[SweepPoint]) -> list[SweepPoint]:
    """Of a grid the points without those of a value that is the scenario's own where another stands before it."""
    if len(result.paths) == 1:  # whose values are all named
        return list(points)
    repeated = [path.own[1:] for path in result.paths]
    return [p for p in points if not any(v in again for v, again in zip(p.values, repeated, strict=True))]


def turns(shares: Iterable[tuple[K, float]]) -> Iterator[tuple[K, K]]:
    """Neighbours on either side of one half, in their order."""
    for (one, before), (other, after) in pairwise(shares):
        if (before >= HALF) != (after >= HALF):
            yield one, other


def _half(result: Sweep, points: Sequence[SweepPoint]) -> kinds.TalksHalf:
    """Where the share of agreements that stand crosses one half; of one path between which values."""
    crossed = tuple(_crossed(result.paths[0].path, points)) if len(result.paths) == 1 else ()
    return kinds.TalksHalf(
        points=len(points),
        above=sum(_agreed(point) >= HALF for point in points),
        turns=len(crossed),
        between=crossed[:NAMED],
        near=tuple(p.values for p in points if p.talks is not None and too_near(p.talks.agreed)),
    )


def _crossed(path: str, points: Sequence[SweepPoint]) -> Iterator[kinds.TalksBoundary]:
    """Values of one path between which one half is crossed; where no talks are held at those between, the next ones."""
    for pair in turns((point, _agreed(point)) for point in points):
        low, high = sorted(pair, key=_agreed)
        yield kinds.TalksBoundary(path=path, below=low.values[0], above=high.values[0], elsewhere=None)


def _ends(points: Sequence[SweepPoint], share: Callable[[SweepPoint], float]) -> tuple[ShareAt, ShareAt]:
    low, high = min(points, key=share), max(points, key=share)
    return ShareAt(values=low.values, share=share(low)), ShareAt(values=high.values, share=share(high))


def _agreed(point: SweepPoint) -> float:
    return 0.0 if point.talks is None else point.talks.agreed.estimate


def _unratified_share(point: SweepPoint) -> float:
    return 0.0 if point.talks is None else point.talks.ratification_failed.estimate


def _obstacles(points: Sequence[SweepPoint]) -> Iterator[kinds.TalksObstacles]:
    """Who is in the way most at which points."""
    at: dict[str, list[SweepPoint]] = {}
    for point in points:
        if point.talks is not None and (shares := point.talks.obstacles):
            at.setdefault(next(iter(shares)), []).append(point)
    if not at:
        return
    order = sorted(at, key=lambda party: -len(at[party]))
    yield kinds.TalksObstacles(points=len(points), parties=tuple(_obstacle(party, at[party]) for party in order))


def _obstacle(party: str, points: Sequence[SweepPoint]) -> Obstacle:
    shares = [0.0 if point.talks is None else point.talks.obstacles[party] for point in points]
    most = points[shares.index(max(shares))]
    return Obstacle(
        party=party,
        points=len(points),
        values=tuple(point.values for point in points[:NAMED]),
        least=min(min(shares), 1.0),
        most=min(max(shares), 1.0),
        objection=_objection(most, party),
        grounds=tuple(_grounds(party, points, shares)),
    )


def _grounds(party: str, points: Sequence[SweepPoint], shares: Sequence[float]) -> Iterator[kinds.Ground]:
    """What a party has against texts at which of points, in the way in as many draws; that of most points first."""
    alike: dict[tuple[str | None, ...], list[tuple[float, SweepPoint, Objection]]] = {}
    for point, share in zip(points, shares, strict=True):
        if (x := _objection(point, party)) is not None:
            alike.setdefault((x.kind, x.issue, x.option, x.refusal, x.basis), []).append((share, point, x))
    for same in sorted(alike.values(), key=lambda same: -len(same))[:NAMED]:
        _, _, most = max(same, key=lambda item: item[0])
        # what a sweep itself varies of a line is not of all its points
        varies = {
            "holds": len({x.holds for _, _, x in same}) > 1,
            "term_basis": len({x.term_basis for *_, x in same}) > 1,
        }
        yield kinds.Ground(
            objection=most.model_copy(update={name: None for name, various in varies.items() if various}),
            points=len(same),
            values=tuple(point.values for _, point, _ in same[:NAMED]),
        )


def _objection(point: SweepPoint, party: str) -> Objection | None:
    """What a party has against texts at a point, where it stands in the way of more draws."""
    if point.talks is None:
        return None
    talks = point.talks
    ends = ((talks.broke_down, talks.in_the_way), (talks.ratification_failed, talks.turned_down))
    each = [(x.share * end.estimate, x.objection) for end, refusers in ends for x in refusers if x.party == party]
    return max(each, key=lambda item: item[0])[1]


def _unratified(points: Sequence[SweepPoint]) -> Iterator[kinds.TalksUnratified]:
    """Where what is agreed fails in ratification, if that is often anywhere."""
    least, most = _ends(points, _unratified_share)
    if most.share >= NOTABLE:
        who = dict.fromkeys(x.party for p in points if p.talks is not None for x in p.talks.turned_down)
        yield kinds.TalksUnratified(least=least, most=most, parties=tuple(who))
