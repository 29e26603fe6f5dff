"""A package space as a decision diagram: issue after issue, the beginnings of packages that still differ.

Constraints, effects, red lines and conditional consent tie issues together. Enumerating all packages of the tied issues
may be too much; what a beginning of a package leaves to say is little: which boxes (:mod:`sim.analysis.space.boxes`) it
may still come to lie in. Beginnings that leave the same to say are one *node*, so that whatever adds up along issues
can be worked out node by node and stays exact: counts, maxima, Pareto frontiers. This is bucket elimination (R.
Dechter, "Bucket elimination: a unifying framework for reasoning", Artificial Intelligence 113, 1999) with tables kept
as a reduced decision diagram (R. E. Bryant, "Graph-based algorithms for Boolean function manipulation", IEEE
Transactions on Computers C-35, 1986; D. Bergman, A. Cire, W.-J. van Hoeve and J. Hooker, *Decision Diagrams for
Optimization*, 2016).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.analysis.space.boxes import Box, TooTangled
from sim.engine.draws import Array
from sim.engine.packages import Packages

Numbers = NDArray[np.intp]

#: More nodes of a layer than this, before any are made one, are given up.
MOST_NODES = 100_000


@dataclass(frozen=True)
class Layer:
    """One issue: an arc for each option that a node allows.

    ``source``, ``option`` and ``target`` have shape ``(arcs,)``, sorted by target: a node of this layer, an option
    of ``issue``, a node of the next layer. ``length``, shape ``(arcs, columns)``, is what the arc adds.
    """

    issue: int
    nodes: int
    source: Numbers
    option: NDArray[np.int16]
    target: Numbers
    length: Array


@dataclass(frozen=True)
class Piece:
    """Packages to whose sum something is added for one of the parties, a number of the sum's columns."""

    box: Box
    party: int
    value: float


@dataclass(frozen=True)
class Diagram:
    """The packages of a space that lie in no forbidden box, one path each.

    A path takes one arc a layer from the root (node 0 of the first layer) to an end; the options of its arcs are its
    package, and its lengths add up to the package's sum. ``ends`` says of every node behind the last layer which
    labels its packages carry. Every node lies on some path, so there are no layers and no ends where nothing is
    allowed.
    """

    layers: tuple[Layer, ...]
    ends: tuple[tuple[bool, ...], ...]

    @cached_property
    def below(self) -> tuple[tuple[int, ...], ...]:
        """How many packages begin at every node, a row a layer and one for the ends; exact."""
        result = [tuple([1] * len(self.ends))]
        for layer in reversed(self.layers):
            counts = [0] * layer.nodes
            for source, target in zip(layer.source.tolist(), layer.target.tolist(), strict=True):
                counts[source] += result[0][target]
            result.insert(0, tuple(counts))
        return tuple(result)

    @property
    def count(self) -> int:
        """How many packages there are in all."""
        return self.below[0][0] if self.layers else 0

    def rows(self) -> Packages:
        """All packages, shape ``(packages, issues)``; their number is for the caller to mind (:attr:`count`)."""
        options, _, _ = self.packages()
        return self.in_order(options)

    def in_order(self, options: Packages) -> Packages:
        """Options of all layers, shape ``(paths, layers)``, in the order of the issues."""
        rows = np.empty(options.shape, np.int16)
        for k, layer in enumerate(self.layers):
            rows[:, layer.issue] = options[:, k]
        return rows

    def packages(self, first: int = 0, last: int | None = None, node: int = 0) -> tuple[Packages, Array, Numbers]:
        """All paths through layers ``first`` to ``last`` (exclusive; the ends) from one node, listed.

        Returns their options, shape ``(paths, layers)`` in the order of the layers, their lengths, ``(paths,
        columns)``, and the nodes they lead to, ``(paths,)``. Their number is for the caller to mind (:attr:`below`).
        """
        layers = self.layers[first:last]
        columns = self.layers[0].length.shape[1]
        options = np.empty((1, 0), np.int16)
        sums: Array = np.zeros((1, columns))
        at: Numbers = np.array([node], np.intp)
        for layer in layers:
            order = np.argsort(layer.source, kind="stable")
            begin = np.searchsorted(layer.source[order], np.arange(layer.nodes + 1))
            fan = (begin[1:] - begin[:-1])[at]
            parent = np.repeat(np.arange(len(at)), fan)
            within = np.arange(len(parent)) - np.repeat(np.cumsum(fan) - fan, fan)
            arcs = order[begin[at[parent]] + within]
            options = np.column_stack([options[parent], layer.option[arcs]])
            sums = sums[parent] + layer.length[arcs]
            at = layer.target[arcs]
        return options, sums, at


def diagram(
    sizes: Sequence[int],
    forbidden: Sequence[Box] = (),
    pieces: Sequence[Piece] = (),
    columns: int = 0,
    labels: Sequence[Sequence[Box]] = (),
    order: Sequence[int] | None = None,
) -> Diagram:
    """Build the diagram of all packages that lie in no forbidden box.

    ``sizes`` are the numbers of options of the issues; ``pieces`` add values to sums of so many ``columns``:
    those in whose box a package lies add up to its sum. A label is a list of boxes, and a package carries it that lies
    in one of them: what :attr:`Diagram.ends` tells apart. ``order`` is that of the issues, by default one that keeps
    nodes few. The work grows with the number of nodes of a layer, which is one where nothing ties issues, and in the
    worst case the number of packages of the tied ones. Raises :class:`TooTangled` where it passes :data:`MOST_NODES`.
    """
    work = _Work(sizes, forbidden, pieces, columns, labels)
    return work.build(work.order() if order is None else list(order))


#: Alive boxes, labels carried.
_State = tuple[int, int]


class _Work:
    """Boxes as bits of one integer: those alive are those that the beginning lies in so far and has not left behind."""

    def __init__(
        self,
        sizes: Sequence[int],
        forbidden: Iterable[Box],
        pieces: Iterable[Piece],
        columns: int,
        labels: Sequence[Sequence[Box]],
    ) -> None:
        self.sizes, self.columns = sizes, columns
        number: dict[tuple[str, Box], int] = {}
        self.added: dict[int, Array] = {}
        self.labels = len(labels)
        self.label: dict[int, int] = {}
        self.forbidden = 0
        self.base = np.zeros(columns)
        self.never = False
        self.carried = 0
        for b in forbidden:
            self.never |= not b.sides
            self.forbidden |= 1 << number.setdefault(("forbidden", b), len(number))
        for piece in pieces:
            if not piece.box.sides:
                self.base[piece.party] += piece.value
                continue
            at = number.setdefault(("piece", piece.box), len(number))
            self.added.setdefault(at, np.zeros(columns))[piece.party] += piece.value
        for k, label in enumerate(labels):
            for b in label:
                if not b.sides:
                    self.carried |= 1 << k
                    continue
                at = number.setdefault((f"label {k}", b), len(number))
                self.label[at] = k
        self.boxes = [b for _, b in number]
        self.touching = [0] * len(sizes)
        self.killed = [[0] * size for size in sizes]
        for at, b in enumerate(self.boxes):
            for issue, bits in b.sides:
                self.touching[issue] |= 1 << at
                for option in range(sizes[issue]):
                    if not bits >> option & 1:
                        self.killed[issue][option] |= 1 << at
        self.sides = [{issue for issue, _ in b.sides} for b in self.boxes]

    # --- the order ---------------------------------------------------------------------------

    def order(self) -> list[int]:
        """Greedy: next comes the issue that leaves the fewest nodes, of those the one that ties in the fewest boxes.

        Issues that nothing ties come last, when the tied ones have fallen together to few nodes.
        """
        left = set(range(len(self.sizes)))
        tied = {issue for sides in self.sides if len(sides) > 1 for issue in sides}
        states: set[_State] = {(0, self.carried)}
        result: list[int] = []
        while left:
            rest = left & tied or left
            done = set(range(len(self.sizes))) - left
            tries = []
            fewest = MOST_NODES
            for issue in sorted(rest):
                following = self._following(states, issue, done, fewest)
                if following is None:
                    continue
                fewest = min(fewest, len(following))
                opened = sum(1 for sides in self.sides if issue in sides and not sides & done and len(sides) > 1)
                tries.append((len(following), opened, -self.sizes[issue], issue, following))
            if not tries:
                raise TooTangled(MOST_NODES)
            *_, best, states = min(tries, key=lambda t: t[:4])
            result.append(best)
            left.remove(best)
        return result

    def _following(self, states: Iterable[_State], issue: int, done: set[int], most: int) -> set[_State] | None:
        """The nodes behind an issue; None where they are more than so many."""
        step = self._step(issue, done)
        following: set[_State] = set()
        for state in states:
            following.update(n[0] for option in range(self.sizes[issue]) if (n := step(state, option)))
            if len(following) > most:
                return None
        return following

    def _step(self, issue: int, done: set[int]) -> Callable[[_State, int], tuple[_State, int] | None]:
        """Adding one issue to beginnings that have the issues before it."""
        touching = self.touching[issue]
        numbers = [k for k in range(len(self.boxes)) if touching >> k & 1]
        starting = sum(1 << k for k in numbers if not self.sides[k] & done)
        ending = sum(1 << k for k in numbers if self.sides[k] <= done | {issue})

        def step(state: _State, option: int) -> tuple[_State, int] | None:
            """The node that an option leads to, with the boxes that end there; None where that is forbidden."""
            alive = (state[0] | starting) & ~self.killed[issue][option]
            ended = alive & ending
            if ended & self.forbidden:
                return None
            carried = state[1]
            for k in _numbers(ended):
                if k in self.label:
                    carried |= 1 << self.label[k]
            return (alive & ~ended, carried), ended

        return step

    # --- the diagram -------------------------------------------------------------------------

    def build(self, order: list[int]) -> Diagram:
        if self.never or not order:
            return Diagram((), ())
        states: dict[_State, int] = {(0, self.carried): 0}
        arcs: list[list[tuple[int, int, int, Array]]] = []
        done: set[int] = set()
        for issue in order:
            step = self._step(issue, done)
            following: dict[_State, int] = {}
            layer = []
            for state, node in states.items():
                for option in range(self.sizes[issue]):
                    if (node_after := step(state, option)) is None:
                        continue
                    after, ended = node_after
                    length = sum((self.added[k] for k in _numbers(ended) if k in self.added), np.zeros(self.columns))
                    if not done:
                        length = length + self.base
                    layer.append((node, option, following.setdefault(after, len(following)), length))
            arcs.append(layer)
            states = following
            done.add(issue)
            if len(states) > MOST_NODES:
                raise TooTangled(MOST_NODES)
        ends = [tuple(bool(carried >> k & 1) for k in range(self.labels)) for _, carried in states]
        return _reduced(order, arcs, ends, self.columns)


def _numbers(bits: int) -> Iterable[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _reduced(
    order: Sequence[int],
    arcs: Sequence[list[tuple[int, int, int, Array]]],
    ends: Sequence[tuple[bool, ...]],
    columns: int,
) -> Diagram:
    """Nodes that lead nowhere dropped, and those from which the same paths begin made one, from the last layer up."""
    labels = list(dict.fromkeys(ends))
    at: dict[int, int] = {node: labels.index(label) for node, label in enumerate(ends)}
    layers: list[Layer] = []
    for issue, layer in zip(reversed(order), reversed(arcs), strict=True):
        out: dict[int, list[tuple[int, int, Array]]] = {}
        for source, option, target, length in layer:
            if target in at:
                out.setdefault(source, []).append((option, at[target], length))
        number: dict[tuple[tuple[int, int, bytes], ...], int] = {}
        nodes: list[list[tuple[int, int, Array]]] = []
        here: dict[int, int] = {}
        for source, mine in out.items():
            content = tuple((option, target, length.tobytes()) for option, target, length in mine)
            here[source] = number.setdefault(content, len(number))
            if here[source] == len(nodes):
                nodes.append(mine)
        if not nodes:
            return Diagram((), ())
        flat = [
            (target, source, option, length) for source, mine in enumerate(nodes) for option, target, length in mine
        ]
        flat.sort(key=lambda arc: arc[:3])
        layers.append(
            Layer(
                issue=issue,
                nodes=len(nodes),
                source=np.array([a[1] for a in flat], np.intp),
                option=np.array([a[2] for a in flat], np.int16),
                target=np.array([a[0] for a in flat], np.intp),
                length=np.array([a[3] for a in flat]).reshape(len(flat), columns),
            )
        )
        at = here
    # Only nodes that some path from the root reaches were made, so all of them count; the root is the first.
    return Diagram(tuple(reversed(layers)), tuple(labels))
