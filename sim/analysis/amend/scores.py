"""Every package near a text scored on the same draws, and put in order.

Counts come from :func:`sim.engine.acceptability.accepts_each`, so they are those of separate runs; mean gains are in
closed form (:mod:`sim.analysis.shared.expected`). Packages are rows; the first one is the text itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.analysis.amend.changes import parts
from sim.analysis.shared.counting import paired_change
from sim.analysis.shared.expected import Means
from sim.analysis.shared.parties import certain
from sim.engine.acceptability import accepts_each
from sim.engine.consent import asked_each
from sim.engine.draws import Array, blocks
from sim.engine.histogram import Counts
from sim.engine.packages import Mask, Packages
from sim.engine.preferences import preferences_of
from sim.engine.profiles import Case
from sim.execution.digests import digest
from sim.execution.fold import total
from sim.execution.job import Job, Key
from sim.simulation.cases import Progress, travels

#: Packages scored at once; a mask of them takes 4 megabytes a party.
CHUNK = 1024
#: Packages set against parts of their changes at once, of the same size in bits.
PAIRS = 8 * CHUNK

Numbers = NDArray[np.intp]
_ONES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1, dtype=np.int64)


@dataclass
class Scores:
    """Packages of one case and how they fare over ``draws`` draws.

    ``asked`` and ``own`` (draws in which a party accepts by itself) have shape ``(parties, packages)``; ``joint``
    counts acceptance by all who are asked, all draws where nobody is, shape ``(packages,)``; ``lines`` are the lines
    that bind in every draw and by which parties asked reject a package, of the same shape; ``gain`` is the expected
    gain, shape ``(parties, packages)``. ``wholes`` and ``fractions`` pair every package with each part of its changes
    that is scored too, the text (none of them) first, in order of packages; ``gained`` are the draws in which all
    accept the whole and not the part, shape ``(pairs,)``.
    """

    draws: int
    packages: Packages
    asked: Mask
    own: Counts
    joint: Counts
    lines: Counts
    gain: Array
    wholes: Numbers
    fractions: Numbers
    gained: Counts

    @cached_property
    def weakness(self) -> Counts:
        """Own acceptance of those asked, the weakest first, shape ``(parties, packages)``; who is not asked accepts."""
        return np.sort(np.where(self.asked, self.own, self.draws), axis=0)

    def merit(self, number: int) -> tuple[int, ...]:
        """What packages are ranked by: the joint count, the weakest party's, few lines, the next weakest's, and so on.

        Lines differ only where the weakest never accepts.
        """
        first, *others = self.weakness[:, number].tolist()
        return (int(self.joint[number]), first, -int(self.lines[number]), *others)

    @cached_property
    def raises(self) -> Mask:
        """Which packages all accept in more draws than the text, beyond sampling error, shape ``(packages,)``."""
        first = [self._pairs(k).start for k in range(1, len(self.packages))]
        return np.array([False, *map(self._beyond, first)])

    def equalled_by(self, number: int) -> Iterator[int]:
        """Packages with a part of a package's changes than which it is not better.

        Better is a joint figure higher beyond sampling error (a paired interval above zero). A part that all accept
        in no draw at all is also bettered by merit: there is no joint figure yet to go by.
        """
        for pair in range(len(self.wholes))[self._pairs(number)]:
            part = int(self.fractions[pair])
            hopeless = not self.joint[part] and self.merit(number) > self.merit(part)
            if not hopeless and not self._beyond(pair):
                yield part

    def _pairs(self, number: int) -> slice:
        return slice(*np.searchsorted(self.wholes, [number, number + 1]).tolist())

    def _beyond(self, pair: int) -> bool:
        whole, part = self.wholes[pair], self.fractions[pair]
        gained = int(self.gained[pair])
        lost = gained - int(self.joint[whole] - self.joint[part])
        return paired_change(gained, lost, self.draws).low > 0

    def order(self, numbers: Numbers, forced: Counts, first: Array | None = None) -> Numbers:
        """Packages best first: by ``first`` (a figure a package of all) if given, then by merit, then fewest forced.

        Of these the larger smallest mean gain of those asked comes first. What still ties stays in the order of
        ``numbers``.
        """
        weak = -self.weakness[:, numbers]
        least = np.round(np.where(self.asked, self.gain, np.inf).min(axis=0), 9)
        keys: list[NDArray[np.generic]] = [
            -least[numbers],
            forced[numbers],
            *weak[:0:-1],
            self.lines[numbers],
            weak[0],
            -self.joint[numbers],
        ]
        if first is not None:
            keys.append(-first[numbers])
        return numbers[np.lexsort(keys)]


def scored(case: Case, packages: Packages, *, sha256: str | None = None, progress: Progress | None = None) -> Scores:
    """Score packages of one case on its scenario's draws and seed.

    By the hash of its scenario a store knows them. ``progress`` is called with (steps done, steps in all). Raises
    :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing to draw from.
    """
    job = Scoring(case, packages, sha256)
    counts = total(job, progress)
    terms = [m.terms(p, case) for m, p in zip(counts.means, case.profiles, strict=True)]
    gain = np.stack([t.gain(case.space, packages) for t in terms])
    lines = _lines(case, packages, job.wanted)
    wholes, fractions = job.pairs
    return Scores(
        case.scenario.draws, packages, job.wanted, counts.own, counts.joint, lines, gain, wholes, fractions,
        counts.gained,
    )  # fmt: skip


@dataclass
class PackageCounts:
    """What draws of packages count: ``own``, ``joint`` and ``gained`` of :class:`Scores`, and the parties' means."""

    own: Counts
    joint: Counts
    gained: Counts
    means: list[Means]


@dataclass
class Scoring(Job[PackageCounts, PackageCounts]):
    """The packages of one case in one batch, since each is set against others."""

    case: Case
    packages: Packages
    sha256: str | None = None

    @property
    def lengths(self) -> tuple[int]:
        """The blocks of the scenario's draws."""
        return (len(self._sizes),)

    @property
    def travels(self) -> bool:
        """Unless a program has registered rules that the case names."""
        return travels(self.case)

    def key(self, batch: int) -> Key | None:
        """The scenario, and a digest of the packages, of which there may be very many."""
        if self.sha256 is None or not self.travels:
            return None
        return {"scenario": self.sha256, "seed": self.case.scenario.seed, "packages": digest(self.packages)}

    def about(self, batch: int) -> list[str]:
        """The scenario."""
        return [self.case.scenario.id]

    def draws(self, batch: int) -> int:
        """Those of the scenario."""
        return self.case.scenario.draws

    @cached_property
    def _sizes(self) -> list[int]:
        return blocks(self.case.scenario.draws)

    @cached_property
    def wanted(self) -> Mask:
        """Who is asked about which package."""
        return asked_each(self.case, self.packages)

    @cached_property
    def pairs(self) -> tuple[Numbers, Numbers]:
        """Packages, and parts of their changes."""
        return _pairs(self.packages)

    @cached_property
    def _chunks(self) -> list[Numbers]:
        # Neighbours in this order share the sums of their common beginnings.
        order = np.lexsort(self.packages.T[::-1])
        return [order[k : k + CHUNK] for k in range(0, len(order), CHUNK)]

    def block(self, batch: int, block: int) -> PackageCounts:
        """All packages in one block."""
        case, packages, count = self.case, self.packages, self._sizes[block]
        own, joint = np.zeros(self.wanted.shape, np.int64), np.zeros(len(packages), np.int64)
        people = preferences_of(case, block)
        means = [Means(len(p.cells), len(p.outcomes)) for p in case.profiles]
        for mean, preferences in zip(means, people, strict=True):
            mean.add(preferences, count, case.scenario.draws)
        accepted = np.zeros((len(packages), math.ceil(count / 8)), np.uint8)
        for chunk in self._chunks:
            together = np.ones((len(chunk), count), bool)
            for i, preferences in enumerate(people):
                votes = accepts_each(preferences, case.space, packages[chunk])[:, :count]
                own[i, chunk] = votes.sum(axis=1)
                rows = np.flatnonzero(self.wanted[i, chunk])
                together[rows] &= votes[rows]
            joint[chunk] = together.sum(axis=1)
            accepted[chunk] = np.packbits(together, axis=1)
        wholes, fractions = self.pairs
        gained = np.zeros(len(wholes), np.int64)
        for k in range(0, len(wholes), PAIRS):
            some = slice(k, k + PAIRS)
            gained[some] = _ONES[accepted[wholes[some]] & ~accepted[fractions[some]]].sum(axis=1)
        return PackageCounts(own, joint, gained, means)

    def joined(self, one: PackageCounts, other: PackageCounts) -> PackageCounts:
        """All of it adds up."""
        one.own += other.own
        one.joint += other.joint
        one.gained += other.gained
        one.means = [mine + theirs for mine, theirs in zip(one.means, other.means, strict=True)]
        return one


def _pairs(packages: Packages) -> tuple[Numbers, Numbers]:
    """Numbers of packages and of those with a part of their changes; parts that break a constraint are not there."""
    at = {row.tobytes(): k for k, row in enumerate(packages)}
    pairs = [
        (k, other)
        for k, row in enumerate(packages)
        for part in parts(packages[0], row)
        if (other := at.get(part.tobytes())) is not None
    ]
    wholes, fractions = np.array(pairs, np.intp).reshape(-1, 2).T
    return wholes, fractions


def _lines(case: Case, packages: Packages, wanted: Mask) -> Counts:
    total = np.zeros(len(packages), np.int64)
    for profile, rows in zip(case.profiles, wanted, strict=True):
        seen = case.space.seen(packages, profile.id)
        for line in profile.lines:
            if certain(line):
                total += rows & line.crossed_by(packages, seen)
    return total


def padding(scores: Scores, among: Mask, gain: Array | None = None) -> Mask:
    """Which packages a part of their changes does as well as, or none of them, shape ``(packages,)``.

    That is, which do not better every such part (:meth:`Scores.equalled_by`); with ``gain``, a figure a package, the
    part must have at least as much of it too. ``among`` says which packages count as parts, besides the text; one
    that is padding itself does not. Parts that are not among the packages scored break a constraint.
    """
    result = np.zeros(len(scores.packages), bool)
    for number in np.argsort((scores.packages != scores.packages[0]).sum(axis=1), kind="stable").tolist():
        result[number] = any(
            (part == 0 or (among[part] and not result[part])) and (gain is None or gain[part] >= gain[number])
            for part in scores.equalled_by(number)
        )
    return result
