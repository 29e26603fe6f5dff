"""The Pareto frontier of a package space, exactly or to within a stated amount.

A package is *dominated* if another gives every party at least as much and some party more. Gains are sums over issues,
so a beginning of a package that another beginning dominates, which leaves the same to say (the same node of a
:class:`sim.analysis.space.diagram.Diagram`), can never end in an undominated package: whatever continues the one
continues the other. Issue by issue, node by node, dominated partial sums are therefore dropped and nothing is lost. The
idea is that of G. L. Nemhauser and Z. Ullmann, "Discrete dynamic programming and capital allocation" (Management
Science 15, 1969); which sums are undominated is found as in :mod:`sim.analysis.frontier.maxima`.

Packages with the same gains are one point with all of them counted: the beginnings of a package on the frontier are
themselves undominated, so none of its packages is lost on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.analysis.frontier.maxima import NEAR, Numbers, grouped, maxima, ranked
from sim.analysis.space.diagram import Diagram, Layer
from sim.engine.draws import Array
from sim.engine.packages import OPEN, Packages

#: Up to this many sums at a node, nothing is gained by an approximation.
SMALL = 1000
#: Counts are 64-bit integers below this, Python's own above it.
_COUNTED = 2**62
#: So many strong sums are looked at before all the others.
_PIVOTS = 8


@dataclass(frozen=True)
class _Sums:
    """Undominated partial sums of one node.

    ``gains`` has shape ``(sums, parties)``; ``packages`` counts the beginnings with that sum and ``changes`` is the
    least number of issues in which one differs from the text; ``arc`` and ``before`` say how that one came about: an
    arc of the layer and a sum of its source.
    """

    gains: Array
    packages: NDArray[np.generic]
    changes: NDArray[np.int64]
    arc: Numbers
    before: Numbers

    def of(self, numbers: Numbers) -> _Sums:
        """Some of the sums."""
        return _Sums(*(column[numbers] for column in vars(self).values()))


@dataclass(frozen=True)
class Undominated:
    """The undominated points of a space, best for the first party first.

    ``gains`` has shape ``(points, parties)``. ``packages`` counts the packages of each point; None where the frontier
    is approximate, since packages near a point are dropped then. Gains closer than
    :data:`sim.analysis.frontier.maxima.NEAR` count as equal; ``resolution`` bounds what that may have moved any gain.
    ``epsilon`` is the guarantee: for every package of the space some point gives every party at most so much less, at
    once; 0 where exact (to within ``resolution``).
    """

    gains: Array
    packages: tuple[int, ...] | None
    resolution: float
    epsilon: float
    _issues: int
    _diagram: Diagram
    _steps: tuple[tuple[_Sums, ...], ...]
    _places: Numbers

    def __len__(self) -> int:
        return len(self.gains)

    def packages_of(self, points: Numbers) -> Packages:
        """A package of each of some points, of those the one that differs least from the text: ``(points, issues)``."""
        rows = np.full((len(points), self._issues), OPEN, np.int16)
        node, place = np.zeros(len(points), np.intp), self._places[points]
        for layer, sums in zip(reversed(self._diagram.layers), reversed(self._steps), strict=True):
            arc = np.empty(len(points), np.intp)
            before = np.empty(len(points), np.intp)
            for here in np.unique(node).tolist():
                mine = node == here
                arc[mine] = sums[here].arc[place[mine]]
                before[mine] = sums[here].before[place[mine]]
            rows[:, layer.issue] = layer.option[arc]
            node, place = layer.source[arc], before
        return rows


@dataclass(frozen=True)
class ListedUndominated(Undominated):
    """The undominated points of packages that were listed one by one; ``_rows`` is one of each point."""

    _rows: Packages

    def packages_of(self, points: Numbers) -> Packages:
        """As of :class:`Undominated`."""
        return self._rows[points]


def undominated_of(diagram: Diagram, rows: Packages, gains: Array, text: Packages) -> ListedUndominated:
    """The frontier of packages with any gains, sums over issues or not.

    ``rows`` has shape ``(packages, issues)``, ``gains`` ``(packages, parties)``; ``diagram`` is that of the packages
    and ``text`` as for :func:`undominated`.
    """
    numbers = np.arange(len(rows))
    changes = (rows != text).sum(axis=1).astype(np.int64)
    sums, moved = _undominated(_Sums(gains, np.ones(len(rows), np.int64), changes, numbers, np.zeros_like(numbers)))
    order, _ = grouped(ranked(sums.gains)[0])
    return ListedUndominated(
        gains=sums.gains[order],
        packages=tuple(int(n) for n in sums.packages[order]),
        resolution=moved,
        epsilon=0.0,
        _issues=len(text),
        _diagram=diagram,
        _steps=(),
        _places=order,
        _rows=rows[sums.arc[order]],
    )


def undominated(diagram: Diagram, fixed: Array, text: Packages, epsilon: float = 0.0) -> Undominated:
    """The frontier of a diagram whose lengths are what options add to the parties' gains.

    ``fixed``, shape ``(parties,)``, is what every package's gain has in common; ``text``, shape ``(issues,)``, is what
    of several packages of a point the nearest to is told. All nodes behind the last layer count as one.

    With ``epsilon`` above 0 fewer sums are kept, and the frontier is approximate with that guarantee. Where a layer
    has many sums, gains are cut into steps of a width d; of the sums in one box of steps one is kept, and only if no
    other box is as high everywhere (the archive of M. Laumanns, L. Thiele, K. Deb and E. Zitzler, "Combining
    convergence and diversity in evolutionary multiobjective optimization", Evolutionary Computation 10, 2002; that
    few points suffice: C. H. Papadimitriou and M. Yannakakis, "On the approximability of trade-offs", FOCS 2000).
    For every sum p dropped, one kept, q, has q > p - d for every party. The errors of the layers add up and no more:
    suppose that for each beginning of a package with sum p some kept sum q of its node has q >= p - e. An option adds
    the same t to both, and q + t >= (p + t) - e is either kept or has in its place one that is at most d less. So
    behind the next layer the claim holds with e + d, and with the sum of all d at the end. The widths are chosen so
    that their sum is at most ``epsilon``; :attr:`Undominated.epsilon` is that sum. Widths within rounding are none.
    """
    exact: type = object if diagram.count >= _COUNTED else np.int64
    start = np.zeros(1, np.intp)
    sums: tuple[_Sums, ...] = (
        _Sums(fixed[None].astype(float), np.array([1], exact), np.zeros(1, np.int64), start, start),
    )
    steps: list[tuple[_Sums, ...]] = []
    resolution = spent = 0.0
    for number, layer in enumerate(diagram.layers):
        last = number + 1 == len(diagram.layers)
        width = (epsilon - spent) / (len(diagram.layers) - number)
        if last and len(diagram.ends) > 1:
            raise ValueError("the packages of a frontier carry no labels")
        sums, moved, cut = _next(layer, sums, text, width)
        resolution += moved
        spent += cut
        steps.append(sums)
    if not diagram.layers:
        none = np.zeros(0, np.intp)
        return Undominated(np.zeros((0, len(fixed))), (), 0.0, 0.0, len(text), diagram, (), none)
    [end] = sums
    order, _ = grouped(ranked(end.gains)[0])
    counts = tuple(int(n) for n in end.packages[order]) if spent == 0 else None
    return Undominated(
        gains=end.gains[order],
        packages=counts,
        resolution=resolution,
        epsilon=spent,
        _issues=len(text),
        _diagram=diagram,
        _steps=tuple(steps),
        _places=order,
    )


def _next(
    layer: Layer, before: Sequence[_Sums], text: Packages, width: float
) -> tuple[tuple[_Sums, ...], float, float]:
    """The sums behind a layer; how far rounding, and how far an approximation, may have moved them."""
    arcs, times, changed = _parallel(layer, text)
    bounds = np.searchsorted(layer.target[arcs], np.arange(int(layer.target.max()) + 2))
    result = []
    moved = cut = 0.0
    for low, high in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        parts = [before[layer.source[a]] for a in arcs[low:high]]
        sums = _Sums(
            np.concatenate([p.gains + layer.length[a] for a, p in zip(arcs[low:high], parts, strict=True)]),
            np.concatenate([p.packages * n for n, p in zip(times[low:high].tolist(), parts, strict=True)]),
            np.concatenate([p.changes + c for c, p in zip(changed[low:high].tolist(), parts, strict=True)]),
            np.repeat(arcs[low:high], [len(p.gains) for p in parts]),
            np.concatenate([np.arange(len(p.gains)) for p in parts]),
        )
        if high - low > 1:
            approximate = width > NEAR and len(sums.gains) > SMALL
            sums, near = (_thinned(sums, width), 0.0) if approximate else _undominated(sums)
            cut = max(cut, width if approximate else 0.0)
            moved = max(moved, near)
        result.append(sums)
    return tuple(result), moved, cut


def _parallel(layer: Layer, text: Packages) -> tuple[Numbers, NDArray[np.int64], NDArray[np.int64]]:
    """Arcs between the same nodes that add the same made one: an arc of each, how many there are, changes of the text.

    The one that stands for the others has the text's option if any has.
    """
    alike: dict[tuple[int, int, bytes], list[int]] = {}
    for arc, (target, source) in enumerate(zip(layer.target.tolist(), layer.source.tolist(), strict=True)):
        alike.setdefault((target, source, layer.length[arc].tobytes()), []).append(arc)
    here = int(text[layer.issue])
    chosen = [next((a for a in arcs if layer.option[a] == here), arcs[0]) for arcs in alike.values()]
    times = np.array([len(arcs) for arcs in alike.values()], np.int64)
    return np.array(chosen, np.intp), times, (layer.option[chosen] != here).astype(np.int64)


def _undominated(sums: _Sums) -> tuple[_Sums, float]:
    promising = _promising(sums.gains)
    ranks, near = ranked(sums.gains[promising])
    order, first = grouped(ranks)
    good = maxima(ranks[order[first]])
    return _gathered(sums, promising[order], first, good), near


def _thinned(sums: _Sums, width: float) -> _Sums:
    boxes = np.floor(sums.gains / width).astype(np.int64)
    boxes -= boxes.min(axis=0)
    order, first = grouped(boxes)
    good = maxima(boxes[order[first]])
    # of the sums in a box the one that gives most in all stands for the others
    total = sums.gains.sum(axis=1)
    group = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(order))))
    return sums.of(order[np.lexsort((-total[order], group))][first][good])


def _gathered(sums: _Sums, order: Numbers, first: Numbers, good: NDArray[np.bool_]) -> _Sums:
    """One sum a group of equal ones, counted, told by the one that changes the text least."""
    sizes = np.diff(np.append(first, len(order)))
    members = order[np.repeat(good, sizes)]
    sizes = sizes[good]
    starts = np.cumsum(sizes) - sizes
    group = np.repeat(np.arange(len(sizes)), sizes)
    nearest = members[np.lexsort((sums.changes[members], group))[starts]]
    return replace(sums.of(nearest), packages=np.add.reduceat(sums.packages[members], starts))


def _promising(gains: Array) -> Numbers:
    """Numbers of the sums that none of a few strong ones exceeds everywhere; a quick first look at many."""
    rest = np.arange(len(gains))
    if len(gains) <= SMALL:
        return rest
    scale = np.ptp(gains, axis=0)
    scale[scale == 0] = 1.0
    height = (gains - gains.min(axis=0)) / scale
    strong = height.sum(axis=1) + 2 * height.min(axis=1)
    for pivot in np.argsort(-strong)[: _PIVOTS * 16 : 16]:
        beaten = (gains[rest] < gains[pivot] - NEAR).all(axis=1)
        rest = rest[~beaten]
    return rest
