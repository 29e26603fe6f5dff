"""How many packages each party, and all who are asked, accept on expected gains: counted exactly, without listing them.

A party accepts a package if its expected gain over no deal is at least zero (or the mean of what it insists on) and the
package crosses none of its lines that bind. The *zone of possible agreement* holds the feasible packages that every
party asked accepts. Thresholds on sums cannot be counted issue by issue, so packages are cut in two (E. Horowitz and S.
Sahni, "Computing partitions with applications to the knapsack problem", Journal of the ACM 21, 1974): beginnings and
ends are listed, and node by node (:mod:`sim.analysis.space.diagram`) every beginning is set against every end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import or_

import numpy as np
from numpy.typing import NDArray

from sim.analysis.frontier.maxima import grouped, ranked
from sim.analysis.frontier.result import RedLines, ZoneParty
from sim.analysis.frontier.space import asking, crossed_by_layer, depth, pieces
from sim.analysis.shared.expected import Terms
from sim.analysis.space import binding, boxes
from sim.analysis.space.boxes import Box
from sim.analysis.space.diagram import Diagram, diagram
from sim.engine.acceptability import TIE
from sim.engine.draws import Array
from sim.engine.profiles import Case
from sim.scenario import schema
from sim.simulation.cases import Progress

#: Pairs of a beginning and an end that are looked at together.
_PAIRS = 1 << 20
_LAYERS = len(schema.LAYERS)
#: Of packages that are listed, since a party's utility is no sum over issues, so many at most.
MOST_LISTED = 20_000


@dataclass(frozen=True)
class Answers:
    """Packages counted by who is asked and who would accept.

    ``parties`` are those on whom the sources are not silent. Keys of ``counts`` and ``rejected`` are sets of their
    numbers as bits: who is asked; who accepts (in ``counts``), or whose lines the package crosses (in ``crossing``).
    ``layers`` is the size of the zone with the lines of each layer and of the firmer ones, whichever of them bind in
    ``counts``; ``departing`` says how many packages of the zone lie in boxes of the caller's.
    """

    parties: tuple[str, ...]
    counts: dict[tuple[int, int], int]
    crossing: dict[tuple[int, int], int]
    layers: tuple[int, ...]
    departing: int

    @property
    def feasible(self) -> int:
        """How many packages there are."""
        return sum(self.counts.values())

    @property
    def zone(self) -> int:
        """Packages about which somebody is asked and that all who are asked accept."""
        return self.unopposed(range(len(self.parties)))

    @property
    def nobody_asked(self) -> int:
        """How many of them ask nobody."""
        return sum(n for (asked, _), n in self.counts.items() if not asked)

    def party(self, number: int) -> ZoneParty:
        """Packages that a party is asked about, would accept, accepts, refuses, and that cross a line of its own."""
        asked = {who: n for who, n in self.counts.items() if who[0] >> number & 1}
        accepts = sum(n for (_, able), n in asked.items() if able >> number & 1)
        return ZoneParty(
            id=self.parties[number],
            asked_about=sum(asked.values()),
            would_accept=sum(n for (_, able), n in self.counts.items() if able >> number & 1),
            accepts=accepts,
            refuses=sum(asked.values()) - accepts,
            refuses_by_line=sum(n for (asks, crosses), n in self.crossing.items() if (asks & crosses) >> number & 1),
        )

    def unopposed(self, parties: Sequence[int]) -> int:
        """Packages about which somebody is asked and that none of these parties, where it is asked, refuses."""
        some = sum(1 << p for p in parties)
        return sum(n for (asked, accepts), n in self.counts.items() if asked and not asked & ~accepts & some)

    def conflicts(self) -> list[tuple[str, ...]]:
        """The smallest sets of parties that leave nothing between them, fewest parties first; none if a zone is left.

        Smallest: of each set returned, every part leaves something. They are the minimal transversals of the sets of
        parties that refuse some package, found one set after another (C. Berge, *Hypergraphs*, 1989).
        """
        if self.zone or self.feasible == self.nobody_asked:
            return []
        refusing = _minimal({asked & ~accepts for asked, accepts in self.counts if asked})
        hitting = {0}
        for some in sorted(refusing):
            hit = {one for one in hitting if one & some}
            hitting = _minimal(hit | {one | 1 << p for one in hitting - hit for p in self._numbers(some)})
        sets = sorted(map(self._numbers, hitting), key=lambda numbers: (len(numbers), numbers))
        return [tuple(self.parties[p] for p in numbers) for numbers in sets]

    def _numbers(self, bits: int) -> tuple[int, ...]:
        """A set of parties as their numbers."""
        return tuple(p for p in range(len(self.parties)) if bits >> p & 1)


def _minimal(sets: set[int]) -> set[int]:
    """Of sets of numbers as bits, those that hold no other."""
    minimal: list[int] = []
    for one in sorted(sets, key=int.bit_count):
        if not any(other & ~one == 0 for other in minimal):
            minimal.append(one)
    return set(minimal)


def answers(
    case: Case,
    terms: Sequence[Terms],
    severity: schema.Severity,
    red_lines: RedLines,
    progress: Progress | None = None,
    *,
    left_out: Sequence[Box] = (),
    departing: Sequence[Box] = (),
) -> Answers:
    """Count the packages that keep the constraints up to a severity by who is asked and who accepts.

    ``terms`` are the parties' expected gains, in the order of the case's profiles. Packages in a box ``left_out`` are
    not counted; of the zone, those in a box of ``departing`` are counted apart. The work is that of comparing all
    feasible packages, less those that differ in nothing that anybody minds. ``progress`` is called with (packages
    done, packages in all). Raises ValueError for more than 64 parties, and where the utility of one is no sum over
    issues and there are more than :data:`MOST_LISTED` packages.
    """
    people = [k for k, profile in enumerate(case.profiles) if not profile.silent]
    if len(people) > 64:
        raise ValueError(f"answers of {len(people)} parties cannot be counted; of 64 they can")
    names = [case.profiles[k].id for k in people]
    space = case.space
    voices = [terms[k] for k in people]
    additive = all(t.additive for t in voices)
    added = [p for at, t in enumerate(voices if additive else ()) for p in pieces(space, t.party, at, t.tables)]
    asked = asking(case)
    crossed = [crossed_by_layer(case, n) for n in names]
    labels = [departing, *(asked[n] for n in names), *(of[layer] for layer in range(_LAYERS) for of in crossed)]
    infeasible = boxes.widest([*left_out, *binding.constraints(space, severity)])
    graph = diagram(space.sizes, infeasible, added, len(people), labels)
    counts: Counter[tuple[int, int]] = Counter()
    crossing: Counter[tuple[int, int]] = Counter()
    zones = [0] * _LAYERS
    layers = depth(red_lines)
    everybody = boxes.full(len(people))
    done = apart = 0
    if not additive and graph.count > MOST_LISTED:
        own = next(t.party for t in voices if not t.additive)
        many = f"of {graph.count:,} feasible packages {MOST_LISTED:,} can be listed"
        raise ValueError(f"the utility of {own} is its own and no sum, so packages must be listed, and {many}")
    halves = _halves(graph, np.array([t.fixed - t.least for t in voices])) if additive else _listed(graph, case, voices)
    for ends, first, second, weight in halves:
        who, *alone = (_bits(ends[1:][k * len(people) : (k + 1) * len(people)]) for k in range(_LAYERS + 1))
        # crosses[n]: who draws a line of the n firmest layers that these packages cross
        crosses = list(accumulate(alone, or_, initial=0))
        crossing[who, crosses[layers]] += weight * len(first) * len(second)
        for accepts, n in _accepted(first, second, ~crosses[min(layers, 1)] & everybody).items():
            counts[who, accepts & ~crosses[layers]] += weight * n
            apart += weight * n if ends[0] and who and not who & ~(accepts & ~crosses[layers]) else 0
            for layer in range(_LAYERS):
                zones[layer] += weight * n if who and not who & ~(accepts & ~crosses[layer + 1]) else 0
        done += weight * len(first) * len(second)
        if progress is not None:
            progress(done, graph.count)
    return Answers(tuple(names), dict(counts), dict(crossing), tuple(zones), apart)


def _bits(flags: Sequence[bool]) -> int:
    return sum(1 << k for k, flag in enumerate(flags) if flag)


def _halves(graph: Diagram, fixed: Array) -> Iterator[tuple[tuple[bool, ...], Array, Array, int]]:
    """Labels, sums of beginnings, sums of ends that go with each of them, how many packages each pair stands for."""
    if not graph.layers:
        return
    cut = _cut(graph)
    _, sums, nodes = graph.packages(0, cut)
    sums = sums + fixed
    for node in range(len(graph.below[cut])):
        _, rest, ends = graph.packages(cut, node=node)
        beginnings = list(_merged(sums[nodes == node]))
        for end in np.unique(ends).tolist():
            for second, more in _merged(rest[ends == end]):
                for first, times in beginnings:
                    yield graph.ends[end], first, second, times * more


def _listed(
    graph: Diagram, case: Case, voices: Sequence[Terms]
) -> Iterator[tuple[tuple[bool, ...], Array, Array, int]]:
    """As :func:`_halves`, of packages listed one by one, whatever their gains: nothing is left for the ends."""
    if not graph.layers:
        return
    options, _, ends = graph.packages()
    rows = graph.in_order(options)
    gains = np.stack([t.gain(case.space, rows) - t.least for t in voices], axis=1)
    for end in np.unique(ends).tolist():
        yield graph.ends[end], gains[ends == end], np.zeros((1, len(voices))), 1


def _cut(graph: Diagram) -> int:
    """The number of layers before the cut: where beginnings and ends together are fewest."""
    above = [1] + [0] * (graph.layers[0].nodes - 1)
    best, fewest = 0, sum(graph.below[0])
    for number, layer in enumerate(graph.layers, 1):
        after = [0] * len(graph.below[number])
        for source, target in zip(layer.source.tolist(), layer.target.tolist(), strict=True):
            after[target] += above[source]
        above = after
        if (total := sum(above) + sum(graph.below[number])) < fewest:
            best, fewest = number, total
    return best


def _merged(sums: Array) -> Iterator[tuple[Array, int]]:
    """Equal sums made one: groups of sums that stand for as many each."""
    order, first = grouped(ranked(sums)[0])
    times = np.diff(np.append(first, len(order)))
    for many in np.unique(times).tolist():
        yield sums[order[first[times == many]]], int(many)


def _accepted(first: Array, second: Array, able: int) -> Counter[int]:
    """Pairs counted by who gains at least zero of those who are able to accept."""
    result: Counter[int] = Counter()
    people = [k for k in range(first.shape[1]) if able >> k & 1]
    if not people:
        return Counter({0: len(first) * len(second)})
    columns = np.ascontiguousarray(second.T)
    least = -TIE - first
    step = max(1, _PAIRS // len(second))
    kind: type[np.unsignedinteger] = np.uint8 if len(people) <= 8 else np.uint64
    for start in range(0, len(first), step):
        some = least[start : start + step]
        mask: NDArray[np.unsignedinteger] = np.zeros((len(some), len(second)), kind)
        for place, k in enumerate(people):
            mask |= (columns[k] >= some[:, k, None]).astype(kind) << kind(place)
        for bits, n in zip(*_tallied(mask, 1 << len(people)), strict=True):
            result[sum(1 << k for place, k in enumerate(people) if bits >> place & 1)] += n
    return result


def _tallied(mask: NDArray[np.unsignedinteger], kinds: int) -> tuple[list[int], list[int]]:
    if kinds <= 256:
        times = np.bincount(mask.ravel(), minlength=kinds)
        values = np.flatnonzero(times)
        return values.tolist(), times[values].tolist()
    values, times = np.unique(mask, return_counts=True)
    return values.tolist(), times.tolist()
