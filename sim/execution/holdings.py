"""What a store holds, by texts and kind of work, and clearing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from sim.execution.likeness import versions
from sim.execution.store import Head, Store

#: ``outdated``: of another version of this package, or of its libraries, so that nothing asks for it any more.
State = Literal["current", "outdated", "damaged"]


@dataclass(frozen=True)
class StoredWork:
    """Pieces of one kind of work on the same texts; of those that are damaged nothing is known but their size.

    Attributes:
        texts: ids of the texts.
        kind: what was counted of them, the name of a job.
        state: whether the pieces are of use.
        pieces: how many there are.
        draws: how far they reach.
        bytes: their size.
        last: when the last of them was written, in UTC.
        differs: of outdated ones, in what they differ from this program: ``numpy``, ``source of sim``.
    """

    texts: tuple[str, ...]
    kind: str | None
    state: State
    pieces: int
    draws: int | None
    bytes: int
    last: str
    differs: tuple[str, ...] = ()


def stored(folder: Path, *, outdated: bool = False) -> list[StoredWork]:
    """What a store holds, by texts and kind; with ``outdated`` only what is of no more use, damaged pieces with it.

    Raises OSError where there is no such folder, or it cannot be read.
    """
    return _summed(works for _, works in _pieces(Store(folder), outdated=outdated))


def clear(folder: Path, *, outdated: bool = False) -> list[StoredWork]:
    """Remove pieces, and say which; all, or those that :func:`stored` gives. Nothing else in the folder is touched.

    Raises OSError as :func:`stored`, and where a piece cannot be removed.
    """
    store = Store(folder)
    removed = []
    for path, work in _pieces(store, outdated=outdated):
        store.remove(path)
        removed.append(work)
    store.sweep()
    return _summed(removed)


def _pieces(store: Store, *, outdated: bool) -> Iterator[tuple[Path, StoredWork]]:
    """Each file, and what it holds."""
    if not store.folder.is_dir():
        raise NotADirectoryError(f"{store.folder}: no such folder; --store DIR keeps finished pieces in one")
    for path in store.files():
        try:
            head, status = store.head(path), path.stat()
        except FileNotFoundError:
            continue  # another process has just removed it
        work = _work(head, status.st_size, status.st_mtime)
        if not outdated or work.state != "current":
            yield path, work


def _work(head: Head | None, size: int, time: float) -> StoredWork:
    """One piece."""
    last = dt.datetime.fromtimestamp(int(time), dt.UTC).isoformat().replace("+00:00", "Z")
    if head is None:
        return StoredWork((), None, "damaged", 1, None, size, last)
    mine, theirs = versions(), head.key["versions"]
    differs = tuple(name for name in {**mine, **theirs} if mine.get(name) != theirs.get(name))
    state: State = "outdated" if differs else "current"
    return StoredWork(head.texts, head.key["kind"], state, 1, head.key["draws"][1], size, last, differs)


def _summed(works: Iterator[StoredWork] | list[StoredWork]) -> list[StoredWork]:
    """Pieces of the same texts, kind and state together, in the order of these."""
    sums: dict[tuple[object, ...], StoredWork] = {}
    for work in works:
        of = work.texts, work.kind or "", work.state, work.differs
        if (other := sums.get(of)) is not None:
            work = replace(
                other,
                pieces=other.pieces + 1,
                draws=None if work.draws is None else max(work.draws, other.draws or 0),
                bytes=other.bytes + work.bytes,
                last=max(other.last, work.last),
            )
        sums[of] = work
    return [sums[of] for of in sorted(sums)]
