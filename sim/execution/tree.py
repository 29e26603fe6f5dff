"""Counts joined by workers, in a tree: only the last of them travels back, however many blocks there are."""

from __future__ import annotations

from dataclasses import dataclass

from sim.execution.pools import Pool, Promise
from sim.execution.tasks import Done

#: Neighbours that are joined at once.
FAN = 8


@dataclass
class _Joined:
    """What ``FAN`` to the power of ``level`` tasks count, as a promise."""

    level: int
    promise: Promise


class Tree:
    """The counts of one batch's neighbouring ranges, the largest groups first: at most FAN of each size."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._stack: list[_Joined] = []

    def __bool__(self) -> bool:
        return bool(self._stack)

    def add(self, promise: Promise) -> None:
        """The next range. Where enough of one size stand side by side, they become one of the next."""
        self._stack.append(_Joined(0, promise))
        while len(self._stack) >= FAN and self._stack[-FAN].level == self._stack[-1].level:
            level = self._stack[-1].level
            joined = self._pool.join([item.promise for item in self._stack[-FAN:]])
            self._stack[-FAN:] = [_Joined(level + 1, joined)]

    def result(self) -> Done:
        """All of them, joined; nothing is left."""
        stack, self._stack = self._stack, []
        promises = [item.promise for item in stack]
        done: Done = (promises[0] if len(promises) == 1 else self._pool.join(promises)).result()
        return done

    def cancel(self) -> None:
        """Nobody waits for them."""
        for item in self._stack:
            item.promise.cancel()
        self._stack = []
