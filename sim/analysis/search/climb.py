"""Finding good packages: starts of several kinds, then the best change of one term or two until none helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.analysis.search.poll import Poll
from sim.analysis.search.scope import OptionBox, Scope, split
from sim.analysis.shared.expected import Terms
from sim.engine.consent import asked_each
from sim.engine.draws import Array, stream
from sim.engine.neighbourhoods import neighbours
from sim.engine.packages import Packages

#: Random packages to start from.
RANDOM = 6
#: A start is given up after so many boxes.
TRIES = 400

#: How much an option is wished for, an array an issue; the last entry is for leaving the issue open.
Wishes = list[Array]


def starts(scope: Scope, terms: Sequence[Terms], texts: Sequence[Packages]) -> list[Packages]:
    """Packages in question to climb from: like given texts, best on average for somebody or for all, random ones.

    ``terms`` are the parties' expected gains (:mod:`sim.analysis.shared.expected`), in the order of the case's
    profiles; an issue that a text leaves open is closed by what all like best.
    """
    rows = (nearest(scope, wishes) for wishes in _wishes(scope, terms, texts))
    return list({row.tobytes(): row for row in rows if row is not None}.values())


def _wishes(scope: Scope, terms: Sequence[Terms], texts: Sequence[Packages]) -> Iterator[Wishes]:
    sizes = scope.case.space.sizes
    possible = [i for i, asked in enumerate(scope.possibly_asked(scope.whole)) if asked]
    tables = [[np.append(table, 0.0) for table in terms[i].leanings] for i in possible]
    together = [sum((t[j] for t in tables), np.zeros(n + 1)) for j, n in enumerate(sizes)]
    for text in texts:
        # an issue left open is none of the options, so nothing is added there
        yield [wish + 100.0 * (np.arange(len(wish)) == text[j]) for j, wish in enumerate(together)]
    yield together
    yield from tables
    rng = stream(scope.case.scenario.seed, "search", "starts", 0)
    for _ in range(RANDOM):
        yield [rng.random(n + 1) for n in sizes]


def nearest(scope: Scope, wishes: Wishes) -> Packages | None:
    """A package in question, issue by issue the option wished for most of those left; None if none is found."""
    tries = TRIES

    def closed(box: OptionBox | None) -> Packages | None:
        nonlocal tries
        if box is None or not tries:
            return None
        tries -= 1
        issue = next((j for j, options in enumerate(box) if len(options) > 1), None)
        if issue is None:
            only = np.array([options[0] for options in box], np.int16)
            return only if scope.admits(only[None])[0] else None
        parts = zip(box[issue], split(box, issue), strict=True)
        for _, part in sorted(parts, key=lambda p: -float(wishes[issue][p[0]])):
            if (row := closed(scope.narrowed(part))) is not None:
                return row
        return None

    return closed(scope.narrowed(scope.whole))


def climb(scope: Scope, poll: Poll, terms: Sequence[Terms], row: Packages, been: set[bytes]) -> None:
    """Go from a package to better ones until no change of one term or of two helps; the poll keeps what it counted.

    ``been`` are packages that an earlier climb came by: one that comes there too would go on like it.

    Better is accepted by all in more draws, or in as many with more expected gain for who gains least.
    """
    best = _merit(scope, poll, terms, row[None])[0]
    size = 1
    while size <= 2:
        if size == 1:
            if row.tobytes() in been:
                return
            been.add(row.tobytes())
        near = neighbours(scope.case.space, row, size, scope.rules)
        near = near[scope.admits(near)]
        merits = _merit(scope, poll, terms, near)
        top = max(range(len(near)), key=lambda k: merits[k], default=None)
        if top is not None and merits[top] > best:
            row, best, size = near[top], merits[top], 1
        else:
            size += 1


def _merit(scope: Scope, poll: Poll, terms: Sequence[Terms], rows: Packages) -> list[tuple[int, float]]:
    return list(zip(poll.counts(rows).tolist(), least_gain(scope, terms, rows).tolist(), strict=True))


def least_gain(scope: Scope, terms: Sequence[Terms], rows: Packages) -> Array:
    """The smallest expected gain among the parties that a package asks, shape ``(packages,)``; rounding cut off."""
    gains = np.stack([t.gain(scope.case.space, rows) for t in terms])
    least: Array = np.round(np.where(asked_each(scope.case, rows), gains, np.inf).min(axis=0), 9)
    return least
