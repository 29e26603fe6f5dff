"""Files and folders that are there whole or not at all.

Everything is written under a temporary name beside its place, ``.partial-MACHINE-PROCESS-...``, and then renamed. What
a process that was killed has left under such a name is swept by the next that writes to the same folder.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sim.files import system

PREFIX = ".partial-"
#: Leavings of another machine, or of one that cannot tell whether a process is there, are swept after so many seconds.
OLD = 24 * 3600

_MARKED = re.compile(re.escape(PREFIX) + r"([0-9a-f]{4}-[0-9]+)-")


@contextlib.contextmanager
def partial_folder(home: Path) -> Iterator[Path]:
    """A new folder in ``home`` (made if need be) to be filled and then renamed; gone, with ``home``, on any error."""
    fresh = [p for p in (home, *home.parents) if not p.exists()]
    partial: Path | None = None
    try:
        home.mkdir(parents=True, exist_ok=True)
        sweep(home)
        partial = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{system.mark()}-", dir=home))
        yield partial
    except BaseException:
        if partial is not None:
            system.remove(partial)
        for folder in fresh:
            try:
                folder.rmdir()
            except OSError:
                break
        raise


def write_file(path: Path, text: str) -> None:
    """Write a file of a folder that is not yet in its place. Raises OSError that names the path."""
    with naming(path), path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        system.settle(file.fileno())


def write_whole(path: Path, text: str) -> None:
    """Write a text file by way of a temporary one beside it, so that it is never half-written. Raises OSError."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes, by_way_of: Path | None = None) -> None:
    """:func:`write_whole` for what is not text; ``by_way_of`` is a folder of the same disk for the temporary."""
    home = by_way_of or path.parent
    sweep(home)
    with naming(path):
        handle, name = tempfile.mkstemp(prefix=f"{PREFIX}{system.mark()}-", dir=home)
        partial = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                system.settle(file.fileno())
            system.readable_by_all(partial, folder=False)
            system.replace_file(partial, path)
        except BaseException:
            system.remove(partial)
            raise


def check_writable(folder: Path) -> None:
    """See that files can be written in a folder. Raises OSError."""
    with tempfile.TemporaryFile(dir=folder):
        pass


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """An error of the system that names no file ("No space left on device"), or a temporary one, names ``path``."""
    try:
        yield
    except OSError as error:
        if error.errno is None or (error.filename is not None and PREFIX not in str(error.filename)):
            raise
        raise type(error)(error.errno, error.strerror, str(path)) from None


def sweep(home: Path) -> None:
    """Remove what runs that were killed have left in a folder: their process is gone, or they are a day old."""
    with contextlib.suppress(OSError):
        for path in home.glob(f"{PREFIX}*"):
            marked = _MARKED.match(path.name)
            gone = system.is_gone(marked.group(1)) if marked else None
            if gone or (gone is None and time.time() - path.lstat().st_mtime > OLD):
                system.remove(path)
