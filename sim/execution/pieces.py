"""Which pieces of a job a store has, and putting there what is finished: segments of a batch, or what is made of it."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Any

from sim.execution import values
from sim.execution.job import Job, Key
from sim.execution.likeness import versions
from sim.execution.store import Store, StoredQuestion, canonical
from sim.execution.tasks import BlockRange, Layout

#: Pieces beyond the first missing one that are looked for before work goes on.
_AHEAD = 64


class Pieces:
    """The pieces of one job."""

    def __init__(
        self, job: Job[Any, Any], layout: Layout, store: Store, keys: list[Key | None], command: str | None
    ) -> None:
        self._job = job
        self._command = command
        self._layout = layout
        self._store = store
        self._keys = keys
        self._parts: dict[tuple[int, int, int], BlockRange | None] = {}
        self._new: BlockRange | None = None

    @classmethod
    def of(cls, job: Job[Any, Any], layout: Layout, store: Store, command: str | None = None) -> Pieces | None:
        """Of a job that a command asks for, or a program; None where nothing of it can be kept."""
        keys = [job.key(batch) for batch in range(len(layout.lengths))]
        return cls(job, layout, store, keys, command) if any(key is not None for key in keys) else None

    def known(self, at: int) -> tuple[list[BlockRange] | None, int]:
        """From a block on, what is known and where it ends; else nothing, and how far nothing is known."""
        first = at
        for _ in range(_AHEAD):
            batch, start, end = self._piece(first)
            begins = self._layout.firsts[batch] + start == first
            part = self._part(batch, start, end) if begins else None
            last = self._layout.firsts[batch] + end
            if part is not None:
                return ([part], last) if first == at else (None, first)
            first = last
            if first >= self._layout.count:
                break
        return None, first

    def wholes(self, part: BlockRange, *, keep: bool) -> list[BlockRange]:
        """Counts as wholes, where they are complete; with ``keep`` into the store first. The rest waits for more."""
        if self._layout.keeps_end(part.batch):
            return [part]
        one = self._new
        if one is not None:
            part = BlockRange(part.batch, one.first, part.last, self._job.joined(one.count, part.count))
        _, _, end = self._piece(self._layout.firsts[part.batch] + part.last - 1)
        if part.last < end:
            self._new = part
            return []
        self._new = None
        if keep:
            self.keep(part)
        return [part]

    def keep(self, part: BlockRange) -> None:
        """Put what is finished into the store, if it is what the job keeps. Raises OSError in one line."""
        key = self._key(part.batch, part.first, part.last)
        if key is not None and part.ended == self._layout.keeps_end(part.batch):
            texts = self._job.about(part.batch)
            self._store.put(key, values.written(part.count), texts, self._question(part.batch))

    # ---------------------------------------------------------------------------------------------------

    def _piece(self, number: int) -> tuple[int, int, int]:
        """The piece that a block lies in: its batch, first block and the one after the last."""
        batch = self._layout.batch_of(number)
        length = self._layout.lengths[batch]
        if self._layout.keeps_end(batch):
            return batch, 0, length
        start = (number - self._layout.firsts[batch]) // self._job.segment * self._job.segment
        return batch, start, min(start + self._job.segment, length)

    def _part(self, batch: int, first: int, last: int) -> BlockRange | None:
        """A piece of the store; None where it has none that is whole."""
        at = batch, first, last
        if at not in self._parts:
            key = self._key(*at) if self._store.exists else None
            data = None if key is None else self._store.get(key, self._question(batch))
            count = None if data is None else values.read(data)
            self._parts[at] = None if count is None else BlockRange(*at, count, ended=self._layout.keeps_end(batch))
            if len(self._parts) > 4 * _AHEAD:
                del self._parts[next(iter(self._parts))]
        return self._parts[at]

    def _question(self, batch: int) -> StoredQuestion:
        """The job as a question, of which a batch is a part."""
        id, parts, all_draws = self._whole
        return StoredQuestion(id, self._command, parts, batch, self._job.draws(batch), all_draws)

    @cached_property
    def _whole(self) -> tuple[str, int, int]:
        """What is common to all pieces: a digest of what the job asks, the batches that are kept, and their draws."""
        draws = [self._job.draws(batch) for batch, key in enumerate(self._keys) if key is not None]
        asked = hashlib.sha256(canonical([type(self._job).__name__, self._keys, draws]))
        return asked.hexdigest()[:16], len(draws), sum(draws)

    def _key(self, batch: int, first: int, last: int) -> Key | None:
        """What a piece is known by."""
        if (key := self._keys[batch]) is None:
            return None
        ended, draws = self._layout.keeps_end(batch), [0, self._job.draws(batch)]
        if not ended:
            # what is made of a batch is of all its draws, whatever its blocks are; counts are of blocks of draws
            each = self._job.block_draws
            draws = [first * each, min(last * each, draws[1])]
        common = {"draws": draws, "ended": ended, "versions": versions(), "sums": "2^-64"}
        return {"kind": type(self._job).__name__, **key, **common}
