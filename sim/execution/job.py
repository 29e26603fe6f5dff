"""What a question asks of its draws, as work that anybody may do: batches of blocks, and how they add up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any, ClassVar, Generic, Literal, TypeVar

P = TypeVar("P")
R = TypeVar("R")

#: Draws in a block, of the engine and of the jobs that count blocks of draws.
BLOCK = 4096
#: What a piece is known by in a store: words, numbers, lists and mappings of them, as JSON has it.
Key = dict[str, Any]


class Job(ABC, Generic[P, R]):
    """Work on batches (texts, points, edits: whatever is asked about together), each in blocks of draws.

    A subclass is a dataclass whose fields say all that the work needs. They travel to workers; what is made of them
    (``cached_property``) does not, and each worker makes it anew. What :meth:`block` returns hangs on the fields and on
    the two numbers alone, and :meth:`joined` is exact and associative for neighbours in their order: integers, sums of
    :class:`sim.engine.exact_sums.ExactSum`, counters. Then results are the same to the last bit whoever did the work.
    """

    #: Blocks of a batch that a store keeps together; a piece should take some seconds.
    segment: ClassVar[int] = 16
    #: What a store keeps: the counts of segments, so that more draws need only what is new; with "ends", where these
    #: take as long to make as the counts, what :meth:`end` makes of each batch that is no longer than a segment.
    keeps: ClassVar[Literal["counts", "ends"]] = "counts"

    @property
    def block_draws(self) -> int:
        """How many draws a block has, but for the last of a batch; of use where counts are stored."""
        return BLOCK

    @property
    @abstractmethod
    def lengths(self) -> Sequence[int]:
        """How many blocks each batch has, at least one."""

    @abstractmethod
    def block(self, batch: int, block: int) -> P:
        """What one block of a batch counts; several may be asked for at once, by threads."""

    def joined(self, one: P, other: P) -> P:
        """What two neighbours count together; ``one``, which comes first, may be changed for it."""
        return one + other  # type: ignore[operator, no-any-return]

    def end(self, batch: int, total: P) -> R:
        """What is made of a batch when all its blocks are counted; the count itself, where nothing is."""
        return total  # type: ignore[return-value]

    @property
    def travels(self) -> bool:
        """Whether another process can do it: not where functions that a program has registered are part of it."""
        return True

    def key(self, batch: int) -> Key | None:
        """What a batch's counts hang on, but for the range of draws (:meth:`draws`); None where they are not stored."""
        return None

    def about(self, batch: int) -> Sequence[str]:
        """Ids of the texts that a batch is of, by which a store's listing names its pieces."""
        return ()

    def draws(self, batch: int) -> int:
        """How many draws a batch has in all, of which a last block may have fewer than the others."""
        raise NotImplementedError(f"{type(self).__name__} has keys and so needs draws")

    def __getstate__(self) -> dict[str, Any]:
        if not is_dataclass(self):
            return dict(self.__dict__)
        return {f.name: getattr(self, f.name) for f in fields(self)}
