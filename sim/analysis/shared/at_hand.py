"""What batches of a job are made into on the way, of which the last few stay at hand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")

#: Batches at hand at once: blocks of one come in turn, but threads may be in different ones.
MOST = 4


class AtHand(Generic[T]):
    """Made of a batch by its number when its first block is asked for, and kept for the others.

    >>> squares = AtHand(lambda number: number**2)
    >>> [squares[3], squares[3], squares[4]]
    [9, 9, 16]
    """

    def __init__(self, make: Callable[[int], T], most: int = MOST) -> None:
        self._make = make
        self._most = most
        self._last: OrderedDict[int, T] = OrderedDict()
        self._making = Lock()

    def __getitem__(self, batch: int) -> T:
        """Raises whatever making it does."""
        with self._making:
            if batch not in self._last:
                while len(self._last) >= self._most:
                    self._last.popitem(last=False)
                self._last[batch] = self._make(batch)
            self._last.move_to_end(batch)
            return self._last[batch]
