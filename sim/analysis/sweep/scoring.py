"""The points of a sweep in batches: each is made, checked, scored and summed up where the work is done."""

from __future__ import annotations

import math
import pickle
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from threading import Lock
from typing import Any, Generic, TypeVar

import numpy as np

from sim.analysis.shared.at_hand import AtHand
from sim.analysis.shared.ballots import Voters, Votes
from sim.analysis.shared.counting import Answers, Count, answers
from sim.analysis.sweep.counts import Integers, PointCount
from sim.analysis.sweep.grid import Grid
from sim.analysis.sweep.points import Ballot, Point, Workshop, broken, negotiated_alike, same
from sim.analysis.sweep.result import SweepPoint
from sim.analysis.sweep.telling import BasePoint, base_point, broken_point, scored_point
from sim.bargaining.endings import AGREED
from sim.engine.acceptability import accepts_each, evidence_masks
from sim.engine.draws import BLOCK, block_count
from sim.engine.packages import Mask
from sim.engine.profiles import Case, Profile
from sim.execution.job import Job, Key
from sim.files.complaints import Complaint
from sim.files.nodes import Scalar, walk
from sim.files.own_rules import RULES
from sim.files.registry import Rules
from sim.scenario.loading import Loaded
from sim.scenario.negotiation_schema import PROTOCOLS, TACTICS
from sim.simulation.cases import travels
from sim.simulation.contents import history

#: Points of a batch: of a vote, of one with so many draws that these are worth sharing, of talks, and of few talks.
VOTES, LONG_VOTES, TALKS, FEW_TALKS = 200, 1_000, 4, 2
#: Blocks of draws from which on a vote is one of many draws; grids of so few points are few talks.
_LONG, _FEW = 64, 32
#: Blocks of draws that are counted in one go where there are few batches: of a vote, of talks.
_SPAN, _TALKS_SPAN = 16, 4
#: So few batches are cut by draws too. Who ends such a batch makes its points once more.
_FEW_BATCHES = 64
#: Points whose cases stay at hand, and what parties answer in a block: 16 KB each.
_POINTS_AT_HAND, _ANSWERS_AT_HAND = 5_000, 4_096

K = TypeVar("K")
V = TypeVar("V")
#: A point as results have it, or what is wrong with it.
Outcome = SweepPoint | BasePoint | tuple[Complaint, ...]


@dataclass(frozen=True)
class _Answer:
    """What a party says to a text in a block: yes as modelled; the bounds of the evidence with their counts."""

    accepts: Mask
    bounds: Mask
    counts: Integers


@dataclass
class SweepPoints(Job[list[PointCount | None], list[Outcome]]):
    """The points of a grid, the scenario as it stands first, in batches; ``vary`` are the texts of the values.

    A batch has ``size`` points, and where there are few batches a go counts ``span`` blocks of draws; as usual with 0.
    """

    loaded: Loaded
    vary: tuple[str, ...]
    negotiated: bool
    size: int = 0
    span: int = 0

    keeps = "ends"
    segment = 1

    def __post_init__(self) -> None:
        if self.negotiated:
            usual, span = FEW_TALKS if self.grid.count <= _FEW else TALKS, _TALKS_SPAN
        else:
            usual, span = LONG_VOTES if self._blocks > _LONG else VOTES, _SPAN
        self.size, self.span = self.size or usual, self.span or span

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "loaded": zlib.compress(pickle.dumps(self.loaded, 5), 1)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({**state, "loaded": pickle.loads(zlib.decompress(state["loaded"]))})

    # --- how the work is cut -----------------------------------------------------------------------

    @cached_property
    def grid(self) -> Grid:
        """The paths and their values."""
        return Grid.of(self.loaded, self.vary)

    @cached_property
    def lengths(self) -> Sequence[int]:
        """One go a batch, unless there are few batches of many draws."""
        batches = math.ceil((1 + self.grid.count) / self.size)
        return (math.ceil(self._blocks / self.span) if batches <= _FEW_BATCHES else 1,) * batches

    @property
    def _blocks(self) -> int:
        return block_count(self.loaded.scenario.draws)

    @cached_property
    def travels(self) -> bool:
        """Unless a program has registered rules, tactics or protocols that the scenario, or a value, names."""
        names = {
            node.value
            for variation in self.grid.variations
            for value in variation.values
            if value.edit is not None
            for node in walk(value.edit.value)
            if isinstance(node, Scalar) and isinstance(node.value, str)
        }
        kinds: tuple[Rules[Any], ...] = (PROTOCOLS, TACTICS, *RULES.values())
        own = {name for kind in kinds for name in kind if kind.own(name)}
        return travels(self.base.case) and not names & own

    @cached_property
    def _known_by(self) -> str:
        return history(self.loaded)

    def key(self, batch: int) -> Key | None:
        """The scenario, how it is scored, and the values of the batch."""
        if not self.travels:
            return None
        scenario = self.loaded.scenario
        return {
            "scenario": self._known_by,
            "seed": scenario.seed,
            "protocol": scenario.negotiation.protocol if self.negotiated else "vote",
            "paths": [variation.path for variation in self.grid.variations],
            "values": [[value.text for value in values] for values in self.values(batch)],
        }

    @property
    def block_draws(self) -> int:
        """Those of a go."""
        return self.span * BLOCK

    def about(self, batch: int) -> list[str]:
        """The scenario."""
        return [self.loaded.scenario.id]

    def draws(self, batch: int) -> int:
        """All points have those of the scenario."""
        return self.loaded.scenario.draws

    # --- points ---------------------------------------------------------------------------------------

    @cached_property
    def workshop(self) -> Workshop:
        """What makes the points."""
        return Workshop(self.loaded, negotiated=self.negotiated)

    @property
    def base(self) -> Ballot:
        """The scenario as it stands."""
        return self.workshop.base

    def values(self, batch: int) -> list[tuple[Any, ...]]:
        """The values of each point of a batch; none of the scenario as it stands."""
        first = batch * self.size
        return [self.grid.values(k - 1) if k else () for k in range(first, min(first + self.size, 1 + self.grid.count))]

    @cached_property
    def points(self) -> AtHand[list[Point]]:
        """The points of a batch, by its number."""
        return AtHand(self._points, max(_POINTS_AT_HAND // self.size, 2))

    def _points(self, batch: int) -> list[Point]:
        each = self.values(batch)
        start: list[Point] = [] if each[0] else [self.base]
        return [*start, *self.workshop.points(each[len(start) :])]

    # --- scoring --------------------------------------------------------------------------------------

    @cached_property
    def _known(self) -> _Recent[Any, _Answer]:
        return _Recent(_ANSWERS_AT_HAND)

    @cached_property
    def _agreed(self) -> _Recent[int, Mask]:
        """By block, the draws in which talks over the scenario as it stands end in an agreement that stands."""
        return _Recent(_ANSWERS_AT_HAND)

    def block(self, batch: int, block: int) -> list[PointCount | None]:
        """What some blocks of draws count of each point; None of points that cannot be scored."""
        points = self.points[batch]
        if not any(isinstance(point, Ballot) for point in points):
            return [None] * len(points)
        spans = self.lengths[batch]
        each = range(self._blocks) if spans == 1 else range(self._blocks)[block * self.span : (block + 1) * self.span]
        return self._total(self._block(points, number) for number in each)

    def _total(self, blocks: Iterable[list[PointCount | None]]) -> list[PointCount | None]:
        """The counts of blocks together."""
        whole = iter(blocks)
        total = next(whole)
        for other in whole:
            total = self.joined(total, other)
        return total

    def joined(self, one: list[PointCount | None], other: list[PointCount | None]) -> list[PointCount | None]:
        """Point by point."""
        for mine, theirs in zip(one, other, strict=True):
            if mine is not None and theirs is not None:
                mine += theirs
        return one

    def end(self, batch: int, total: list[PointCount | None]) -> list[Outcome]:
        """Each point as results have it."""
        base, each = self.base, zip(self.points[batch], total, self.values(batch), strict=True)
        records: list[Outcome] = []
        for point, count, values in each:
            texts = tuple(value.text for value in values)
            if isinstance(point, Ballot):
                assert count is not None
                records.append(base_point(point, count) if point is base else scored_point(point, count, base, texts))
            else:
                records.append(broken_point(point, base.case, texts) if broken(point) else point)
        return records

    def _block(self, points: Sequence[Point], block: int) -> list[PointCount | None]:
        """One block of draws."""
        base = self.base
        ballots = [base, *(point for point in points if isinstance(point, Ballot) and point is not base)]
        draws = min(BLOCK, self.loaded.scenario.draws - block * BLOCK)
        voters = Voters(self.loaded.scenario.seed, block)
        replies = self._answers(ballots, block, draws, voters)
        votes = Votes(draws, [b.case for b in ballots], [{p: x.accepts for p, x in each.items()} for each in replies])
        before: Answers = answers(votes, 0)
        known: dict[tuple[int, ...], Count] = {}
        counts: dict[int, PointCount] = {}
        for number, ballot in enumerate(ballots):
            count = counts[id(ballot)] = PointCount()
            count.votes.add(votes, number, before, known)
            for p, answer in replies[number].items():
                members = ballot.case.voters(p)
                count.own[p] = answer.counts
                count.decided[p] = (
                    answer.counts
                    if len(members) == 1
                    else np.logical_and.reduce([replies[number][member].bounds for member in members]).sum(axis=1)
                )
        if self.negotiated:
            self._negotiate(ballots, points, counts, votes, voters)
        return [counts[id(point)] if isinstance(point, Ballot) else None for point in points]

    def _answers(self, ballots: Sequence[Ballot], block: int, draws: int, voters: Voters) -> list[dict[str, _Answer]]:
        """By ballot, what each party says; what is the same in several is worked out once."""
        known: dict[tuple[int, Profile, bytes], _Answer | None] = {}
        new: dict[tuple[int, Profile], dict[bytes, Ballot]] = {}
        for ballot in ballots:
            text = ballot.case.text.tobytes()
            for profile in ballot.case.profiles:
                key = (ballot.space, profile, text)
                if key not in known:
                    known[key] = self._known.get((block, *key))
                    if known[key] is None:
                        new.setdefault((ballot.space, profile), {})[text] = ballot
        for (space, profile), texts in new.items():
            case = next(iter(texts.values())).case
            mine = voters.preferences(space, profile, case.space.sizes)
            rows = [ballot.case.text for ballot in texts.values()]
            for text, row, accepts in zip(texts, rows, accepts_each(mine, case.space, np.stack(rows)), strict=True):
                bounds = np.stack(evidence_masks(mine, case.space, row))[:, :draws]
                answer = _Answer(accepts[:draws].copy(), bounds, bounds.sum(axis=1))
                known[space, profile, text] = answer
                self._known.put((block, space, profile, text), answer)
        replies: list[dict[str, _Answer]] = []
        for ballot in ballots:
            text = ballot.case.text.tobytes()
            each = {p.id: known[ballot.space, p, text] for p in ballot.case.profiles}
            replies.append({p: answer for p, answer in each.items() if answer is not None})
        return replies

    def _negotiate(
        self,
        ballots: Sequence[Ballot],
        points: Sequence[Point],
        counts: Mapping[int, PointCount],
        votes: Votes,
        voters: Voters,
    ) -> None:
        """Hold the talks of every point, and of the scenario as it stands where nobody has held them yet."""
        from sim.analysis.shared.negotiated import negotiate  # brings Mesa, which a vote does without

        before = self._agreed.get(voters.block)
        for number, ballot in enumerate(ballots):
            if number == 0 and before is not None and all(point is not ballot for point in points):
                continue
            sizes = ballot.case.space.sizes
            each = [voters.preferences(ballot.space, profile, sizes) for profile in ballot.case.profiles]
            count = counts[id(ballot)]
            count.talks, outcome = negotiate(ballot.agenda, each, votes.draws, votes.joint(number))
            agreed = outcome[: votes.draws] == AGREED
            if before is None:
                before = agreed
                self._agreed.put(voters.block, agreed)
            count.agreed.add(agreed, before)


@dataclass
class Checks(Job[list[bool | tuple[Complaint, ...]], list[bool | tuple[Complaint, ...]]]):
    """Points of a sweep before any is scored: whether each is as the scenario stands, or what is wrong with it.

    ``alone`` takes a point for each value by itself, the other path as the scenario has it, in place of the grid.
    """

    of: SweepPoints
    alone: bool = False

    @property
    def lengths(self) -> Sequence[int]:
        """One go a batch: those of the sweep itself, whose points so are at hand, or a path."""
        return (1,) * (len(self.of.grid.variations) if self.alone else len(self.of.lengths))

    @property
    def travels(self) -> bool:
        """As the sweep itself."""
        return self.of.travels

    def block(self, batch: int, block: int) -> list[bool | tuple[Complaint, ...]]:
        """A batch of points."""
        if self.alone:
            points = self.of.workshop.points([(value,) for value in self.of.grid.variations[batch].values])
        else:
            points = self.of.points[batch]
        base = self.of.base.case
        return [self._alike(point.case, base) if isinstance(point, Ballot) else point for point in points]

    def _alike(self, case: Case, base: Case) -> bool:
        return same(case, base) and (not self.of.negotiated or negotiated_alike(case, base))


class _Recent(Generic[K, V]):
    """The last values that were put here; several threads may."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._values: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """The value of a key, None where it is gone."""
        return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        """Keep a value, in the place of the oldest where there are many."""
        with self._lock:
            self._values[key] = value
            for old in list(islice(self._values, max(len(self._values) - self._most, 0))):
                del self._values[old]
