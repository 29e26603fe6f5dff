"""Small jobs that workers can import."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.execution.job import Job, Key


@dataclass
class Words(Job[list[tuple[int, int]], tuple[int, str]]):
    """Every block gives itself, so that a result shows which blocks were joined, in which order."""

    sizes: tuple[int, ...]
    seconds: float = 0.0
    log: Path | None = None
    name: str | None = None
    far: bool = True
    segment = 4

    @property
    def lengths(self) -> Sequence[int]:
        return self.sizes

    @property
    def travels(self) -> bool:
        return self.far

    def block(self, batch: int, block: int) -> list[tuple[int, int]]:
        if self.log is not None:
            with self.log.open("a") as log:
                log.write(f"{batch} {block} {os.getpid()}\n")
        time.sleep(self.seconds)
        return [(batch, block)]

    def end(self, batch: int, total: list[tuple[int, int]]) -> tuple[int, str]:
        return batch, " ".join(str(block) for at, block in total if at == batch)

    def key(self, batch: int) -> Key | None:
        return None if self.name is None else {"name": self.name, "batch": batch}

    def draws(self, batch: int) -> int:
        return self.sizes[batch] * 4096


@dataclass
class Ends(Words):
    """The same, of which what is made of a batch is kept."""

    keeps = "ends"

    def key(self, batch: int) -> Key | None:
        return {"name": self.name, "batch": batch, "blocks": self.sizes[batch]}


@dataclass
class Opened(Job[Counter[str], Counter[str]]):
    """What is made of the fields is made anew by each worker, and does not travel."""

    size: int

    @property
    def lengths(self) -> tuple[int]:
        return (self.size,)

    @cached_property
    def maker(self) -> Any:
        return lambda block: f"{block % 3}"  # no pickle takes a function without a name

    def block(self, batch: int, block: int) -> Counter[str]:
        return Counter([self.maker(block)])


@dataclass
class Failing(Words):
    """One block fails."""

    at: int = 0
    kind: type[Exception] = ValueError

    def block(self, batch: int, block: int) -> list[tuple[int, int]]:
        if block == self.at:
            raise self.kind(f"block {block}")
        return super().block(batch, block)


class Stubborn(Exception):
    """No process can read it: its one argument is not what it is made of."""

    def __init__(self, one: str, *, two: str = "") -> None:
        super().__init__(one, two)
        self.two = lambda: two


@dataclass
class Dying(Words):
    """The process that is given a block ends, so many times; what is left of them is counted by files."""

    folder: Path = Path()
    times: int = 1

    def block(self, batch: int, block: int) -> list[tuple[int, int]]:
        if block == self.sizes[0] // 2:
            for number in range(self.times):
                try:
                    (self.folder / f"{number}").touch(exist_ok=False)
                except FileExistsError:
                    continue
                os.kill(os.getpid(), 9)
        return super().block(batch, block)


def expected(sizes: Sequence[int]) -> list[tuple[int, str]]:
    """What :class:`Words` comes to."""
    return [(batch, " ".join(map(str, range(size)))) for batch, size in enumerate(sizes)]
