"""What a store holds, question by question, and clearing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

from sim.execution.job import Key
from sim.execution.likeness import versions
from sim.execution.store import Head, Store, StoredQuestion, canonical

#: ``outdated``: of another version of this package, or of its libraries, so that nothing asks for it any more.
State = Literal["current", "outdated", "damaged"]


@dataclass(frozen=True)
class StoredWork:
    """Pieces of one question; of those that are damaged nothing is known but their size.

    A piece that several questions share counts with each of them. Pieces of earlier versions name no question: those
    of one kind of work on the same texts stand together, and of how much is known only how far they reach.

    Attributes:
        texts: ids of the texts.
        kind: what was counted of them, the name of a job.
        state: whether the pieces are of use.
        pieces: how many there are.
        draws: those of the question, of the part that has most; of earlier versions, how far the pieces reach.
        bytes: their size.
        last: when one of them was last used, or written, in UTC.
        differs: of outdated ones, in what they differ from this program: ``numpy``, ``source of sim``.
        command: the command that first asked; None where a program did.
        seeds: of the draws.
        parts: the parts of the question that can be kept.
        finished: those of them of which all draws are there.
        share: of all draws of all parts, those that are there.
    """

    texts: tuple[str, ...]
    kind: str | None
    state: State
    pieces: int
    draws: int | None
    bytes: int
    last: str
    differs: tuple[str, ...] = ()
    command: str | None = None
    seeds: tuple[int, ...] = ()
    parts: int | None = None
    finished: int | None = None
    share: float | None = None


@dataclass(frozen=True)
class Holdings:
    """What a store holds, or held, by questions, and how many pieces that is, each counted once."""

    works: tuple[StoredWork, ...]
    pieces: int
    bytes: int


class _Piece(NamedTuple):
    """A file, and what it says."""

    path: Path
    head: Head | None
    bytes: int
    last: str
    state: State
    differs: tuple[str, ...]


def stored(folder: Path, *, outdated: bool = False) -> Holdings:
    """What a store holds; with ``outdated`` only what no command uses any more, damaged pieces with it.

    Raises OSError where there is no such folder, or it cannot be read.
    """
    return _holdings(_pieces(Store(folder), outdated=outdated))


def clear(folder: Path, *, outdated: bool = False) -> Holdings:
    """Remove pieces, and say which; all, or those that :func:`stored` gives. Nothing else in the folder is touched.

    Raises OSError as :func:`stored`, and where a piece cannot be removed.
    """
    store = Store(folder)
    removed = []
    for piece in _pieces(store, outdated=outdated):
        store.remove(piece.path)
        removed.append(piece)
    store.sweep()
    return _holdings(removed)


def _pieces(store: Store, *, outdated: bool) -> Iterator[_Piece]:
    """Each file, and what it holds."""
    if not store.folder.is_dir():
        what = "a file, and no folder" if store.folder.exists() else "no such folder"
        raise NotADirectoryError(f"{store.folder}: {what}; --store DIR keeps finished pieces in one")
    mine = versions()
    for path in store.files():
        try:
            head, status = store.head(path), path.stat()
        except FileNotFoundError:
            continue  # another process has just removed it
        last = dt.datetime.fromtimestamp(int(status.st_mtime), dt.UTC).isoformat().replace("+00:00", "Z")
        state: State = "damaged"
        differs: tuple[str, ...] = ()
        if head is not None:
            theirs = head.key.get("versions", {})
            differs = tuple(name for name in {**mine, **theirs} if mine.get(name) != theirs.get(name))
            state = "outdated" if differs else "current"
        elif store.other_form(path):
            state, differs = "outdated", ("form",)
        if not outdated or state != "current":
            yield _Piece(path, head, status.st_size, last, state, differs)


def _holdings(pieces: Iterable[_Piece]) -> Holdings:
    """Pieces by questions, and in all."""
    pieces = list(pieces)
    questions: dict[tuple[object, ...], list[tuple[_Piece, StoredQuestion | None]]] = {}
    for piece in pieces:
        for question in (piece.head.questions if piece.head is not None else ()) or (None,):
            of = piece.state, piece.differs, _id(piece.head) if question is None else question.id
            questions.setdefault(of, []).append((piece, question))
    works = _together(_work(group) for group in questions.values())
    return Holdings(tuple(works), len(pieces), sum(piece.bytes for piece in pieces))


def _id(head: Head | None) -> tuple[str, ...]:
    """What pieces that name no question have in common."""
    return ("damaged",) if head is None else (head.key["kind"], *head.texts, canonical(_seeds(head.key)).decode())


def _work(group: list[tuple[_Piece, StoredQuestion | None]]) -> StoredWork:
    """The pieces of one question."""
    first, question = group[0]
    last = max(piece.last for piece, _ in group)
    work = StoredWork(
        (), None, first.state, len(group), None, sum(piece.bytes for piece, _ in group), last, first.differs
    )
    heads = [piece.head for piece, _ in group if piece.head is not None]
    if not heads:
        return work
    work = replace(
        work,
        kind=heads[0].key["kind"],
        draws=max(head.key["draws"][1] for head in heads),
        seeds=tuple(sorted({seed for head in heads for seed in _seeds(head.key)})),
    )
    if question is None:
        return replace(work, texts=heads[0].texts)
    texts: dict[int, tuple[str, ...]] = {}
    whole: dict[int, int] = {}
    there: dict[int, int] = {}
    for head, part in zip(heads, (part for _, part in group if part is not None), strict=True):
        first_draw, end = head.key["draws"]
        texts[part.part], whole[part.part] = head.texts, part.draws
        there[part.part] = there.get(part.part, 0) + end - first_draw
    return replace(
        work,
        texts=tuple(dict.fromkeys(text for number in sorted(texts) for text in texts[number])),
        command=question.command,
        draws=max(whole.values()),
        parts=question.parts,
        finished=sum(there[number] == draws for number, draws in whole.items()),
        share=sum(there.values()) / max(question.all_draws, 1),
    )


def _seeds(key: Key) -> list[int]:
    """The seeds that a key names; of files, each has one."""
    if "files" in key:
        return sorted({file[2] for file in key["files"]})
    return sorted(set(key.get("seeds", [key["seed"]] if "seed" in key else [])))


def _together(works: Iterable[StoredWork]) -> list[StoredWork]:
    """Works of the same texts, kind and so on that one command asked in several steps as one, in the order of these."""
    sums: dict[tuple[object, ...], StoredWork] = {}
    for work in works:
        apart = (work.draws or 0) if work.command is None else 0  # a program that asks again with more asks anew
        of = (
            work.texts,
            work.kind or "",
            work.command or "",
            work.seeds,
            work.state,
            work.differs,
            apart,
            not work.parts,
        )
        if (other := sums.get(of)) is not None and work.parts and other.parts:
            parts = work.parts + other.parts
            work = replace(
                other,
                pieces=other.pieces + work.pieces,
                draws=max(work.draws or 0, other.draws or 0),
                bytes=other.bytes + work.bytes,
                last=max(other.last, work.last),
                parts=parts,
                finished=(work.finished or 0) + (other.finished or 0),
                share=((work.share or 0) * work.parts + (other.share or 0) * other.parts) / parts,
            )
        sums[of] = work
    return [sums[of] for of in sorted(sums)]
