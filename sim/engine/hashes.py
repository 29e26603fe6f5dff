"""Hashes of deep frozen records, worked out once."""

from __future__ import annotations

from typing import Any, TypeVar

T = TypeVar("T")


def hashed_once(kind: type[T]) -> type[T]:
    """Of a frozen dataclass, one whose instances keep their hash: they are keys over and over, and each is deep.

    A hash of texts is good in one process alone, so what is pickled leaves it behind.

    >>> from dataclasses import dataclass
    >>> @hashed_once
    ... @dataclass(frozen=True)
    ... class Pair:
    ...     one: str
    ...     other: str
    >>> {Pair("a", "b"): 1}[Pair("a", "b")]
    1
    """
    deep = kind.__hash__

    def once(self: Any) -> int:
        state: dict[str, Any] = self.__dict__
        if "_hash" not in state:
            state["_hash"] = deep(self)
        number: int = state["_hash"]
        return number

    def state_of(self: Any) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_hash"}

    kind.__hash__ = once  # type: ignore[method-assign]
    kind.__getstate__ = state_of  # type: ignore[method-assign]
    return kind
