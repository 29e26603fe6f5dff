"""Finished pieces of work in a folder, so that what was stopped goes on: a file a piece, known by what it hangs on.

A file is a line with the form and a checksum of the next, the head, a line of JSON that says what the piece is of, and
the data. Several processes may write to a folder at once: a file is renamed into its place when it is whole, and two
files of one name hold the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sim.execution.job import Key
from sim.files import system, writing

#: How a file begins.
FORM = "sim.piece/1"
#: A head is no longer than so many bytes.
_HEAD = 16_000_000
#: Another process, which clears the store, may remove an empty folder under a file: so often it is made anew.
_TRIES = 5
#: Where a file lies: two digits of its name, and the name.
_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}")


#: A piece names so many of the questions that it is part of, the last ones.
_QUESTIONS = 16


@dataclass(frozen=True)
class StoredQuestion:
    """A question that a piece is part of, so that a listing can say how much of it is there.

    Attributes:
        id: the same for all pieces of the question.
        command: the command that first asked it; None where a program did.
        parts: how many batches it has of which pieces are kept.
        part: the number of the piece's batch among all.
        draws: those of that batch.
        all_draws: those of all these batches.
    """

    id: str
    command: str | None
    parts: int
    part: int
    draws: int
    all_draws: int


@dataclass(frozen=True)
class Head:
    """What a file says of its piece: key, texts (ids), bytes and digest of its data, and questions, oldest first.

    Files of earlier versions name no questions.
    """

    key: Key
    texts: tuple[str, ...]
    bytes: int
    sha256: str
    questions: tuple[StoredQuestion, ...] = ()


class Store:
    """A folder of pieces.

    Where it is ``usual``, nobody has asked for it by name. If such a folder cannot be written, that is said once, as a
    warning, and the work goes on; else it is an error.
    """

    def __init__(self, folder: Path, *, usual: bool = False) -> None:
        self.folder = folder
        self.usual = usual
        #: Whether a piece was put there by this process.
        self.grown = False
        self._closed = False

    def check(self) -> None:
        """See that pieces can be kept, before work begins; the folder is made if it must be. Raises OSError."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            writing.check_writable(self.folder)
        except OSError as error:
            raise self._refusal(error) from None

    @property
    def exists(self) -> bool:
        """Whether there is such a folder; else nothing need be looked for."""
        return self.folder.exists()

    def get(self, key: Key, question: StoredQuestion | None = None) -> bytes | None:
        """A piece, None where there is none; one that is damaged is removed. Raises OSError in one line.

        It is noted, as far as the folder can be written, when it was last used, and that it is part of a question.
        """
        path = self._path(key)
        try:
            with path.open("rb") as file:
                head = _head(file)
                data = b"" if head is None else file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            if self.usual:
                return None
            raise self._refusal(error) from None
        if head is not None and canonical(head.key) == canonical(key) and _whole(head, data):
            if question is None or question.id in {known.id for known in head.questions}:
                system.mark_used(path)
            elif not self._closed:
                with contextlib.suppress(OSError):
                    self._write(path, _content(key, data, head.texts, (*head.questions, question)))
            return data
        system.remove(path)
        return None

    def put(self, key: Key, data: bytes, texts: Sequence[str] = (), question: StoredQuestion | None = None) -> None:
        """Keep a piece; ``texts`` are the ids of those that it is of. Raises OSError in one line."""
        if self._closed:
            return
        path = self._path(key)
        try:
            self._write(path, _content(key, data, texts, () if question is None else (question,)))
        except OSError as error:
            if not self.usual:
                raise self._refusal(error) from None
            self._closed = True
            what = f"{self.folder}: {_reason(error)}; the work goes on, but what is finished is not kept there"
            warnings.warn(f"{what} (--store DIR takes another folder, --store '' none)", stacklevel=1)
        except KeyboardInterrupt:
            self.grown = self.grown or path.exists()  # it may come when the file has its name already
            raise
        else:
            self.grown = True

    def files(self) -> Iterator[Path]:
        """All files of pieces, in the order of their names; nothing else that may lie there."""
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            names: list[Path] = []
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                names = sorted(folder.iterdir())
            for path in names:
                if _NAME.fullmatch(path.relative_to(self.folder).as_posix()) and path.is_file():
                    yield path

    def head(self, path: Path) -> Head | None:
        """The head of a file; None where that is not whole, or is that of another file, or the file is cut short."""
        with path.open("rb") as file:
            head = _head(file)
            rest = path.stat().st_size - file.tell()
        if head is None or head.bytes != rest or self._path(head.key) != path:
            return None
        return head

    def other_form(self, path: Path) -> bool:
        """Whether a file without a head is one that another version of this package wrote in a form of its own."""
        with path.open("rb") as file:
            first = file.readline(len(FORM) + 66)
        name, _, _ = FORM.partition("/")
        return first.startswith(f"{name}/".encode()) and not first.startswith(f"{FORM} ".encode())

    def remove(self, path: Path) -> None:
        """Remove a file, and its folder if that is empty then. Raises OSError in one line."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OSError(f"{path}: {_reason(error)}; it is not removed") from None
        with contextlib.suppress(OSError):
            path.parent.rmdir()

    def sweep(self) -> None:
        """Remove what processes that are gone have left half-written."""
        writing.sweep(self.folder)

    def _write(self, path: Path, content: bytes) -> None:
        """Write a file by way of one beside all folders, where whatever a process that was killed left is swept."""
        for more in reversed(range(_TRIES)):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                writing.write_bytes(path, content, by_way_of=self.folder)
            except (FileNotFoundError, FileExistsError):  # the latter where it goes while mkdir looks what is there
                if not more:
                    raise
            else:
                return

    def _path(self, key: Key) -> Path:
        name = hashlib.sha256(canonical(key)).hexdigest()
        return self.folder / name[:2] / name

    def _refusal(self, error: OSError) -> OSError:
        what = f"{self.folder}: {_reason(error)}; nothing can be kept there"
        return OSError(f"{what}: --store DIR takes another folder, --store '' none")


def canonical(value: Any) -> bytes:
    """JSON that is the same in every process."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return text.encode()


def _content(key: Key, data: bytes, texts: Sequence[str], questions: Sequence[StoredQuestion]) -> bytes:
    """A file of a piece."""
    head = {
        "key": key,
        "texts": list(texts),
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "questions": [asdict(question) for question in questions[-_QUESTIONS:]],
    }
    line = canonical(head) + b"\n"
    return f"{FORM} {hashlib.sha256(line).hexdigest()}\n".encode() + line + data


def _head(file: BinaryIO) -> Head | None:
    """The head that a file begins with; None where it is not whole, or of another form."""
    first, line = file.readline(len(FORM) + 66), file.readline(_HEAD)
    if first != f"{FORM} {hashlib.sha256(line).hexdigest()}\n".encode():
        return None
    try:
        head = json.loads(line)
        questions = tuple(StoredQuestion(**question) for question in head.get("questions", ()))
        return Head(head["key"], tuple(head["texts"]), head["bytes"], head["sha256"], questions)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _whole(head: Head, data: bytes) -> bool:
    return len(data) == head.bytes and hashlib.sha256(data).hexdigest() == head.sha256


def _reason(error: OSError) -> str:
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "a file stands where a folder would have to be"
    return error.strerror or type(error).__name__
