"""What differs between operating systems, in one place: signals, processes, renames, terminals, standard streams.

Nothing else in the package uses these; :mod:`tests.files.test_system` reads the sources for it. Everything here has a
way to go on where the system lacks what is wanted.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event, Thread
from types import FrameType, TracebackType
from typing import Any, TextIO

#: What errors of standard output name as their file.
OUTPUT = "standard output"
#: Whether a process can be asked whether it is there. On Windows the same call would end it.
_ASKS = os.name == "posix"
#: Renames that another program holds up (a virus scanner, on Windows) are tried again, so many seconds apart.
_PAUSES = (0.05, 0.2, 0.5)
#: Whether a signal has asked this process to end.
_ended = Event()
#: The signals that do so here, by name, and those of them that this process hears.
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_heard: list[signal.Signals] = []
#: Not empty while such a signal waits (:func:`interrupts_wait`).
_waiting: list[None] = []


def end_on_signals() -> None:
    """A request to end (SIGTERM; a closed terminal; Ctrl-Break on Windows) ends a run as Ctrl-C does.

    Only the main thread may set this, and only for the signals that the system knows; others are left as they are. So
    is one that whoever started the process has chosen to ignore (``nohup``).
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        _ended.set()
        if not _waiting:
            raise KeyboardInterrupt

    def unheard(unraisable: Any) -> None:
        # the interrupt came in the midst of a clean-up, which drops it; it is heard by end_if_asked
        if not (_ended.is_set() and issubclass(unraisable.exc_type, KeyboardInterrupt)):
            usual_hook(unraisable)

    def printed(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        # a library in C that is being imported prints what it then drops, or raises as an error of its own
        if not (_ended.is_set() and issubclass(kind, KeyboardInterrupt)):
            usual_print(kind, error, traceback)

    usual_hook, sys.unraisablehook = sys.unraisablehook, unheard
    usual_print, sys.excepthook = sys.excepthook, printed
    usual = {"SIGINT": signal.default_int_handler}
    for name in _ENDING:
        known = getattr(signal, name, None)
        if known is not None:
            with contextlib.suppress(ValueError, OSError):
                if signal.getsignal(known) is usual.get(name, signal.SIG_DFL):
                    signal.signal(known, interrupt)
                    _heard.append(known)


def end_plainly() -> None:
    """From now on what :func:`end_on_signals` hears ends the process as the system does, by the signal and at once."""
    sys.excepthook = sys.__excepthook__
    with contextlib.suppress(ValueError, OSError):
        while _heard:
            signal.signal(_heard[-1], signal.SIG_DFL)
            _heard.pop()


@contextlib.contextmanager
def interrupts_wait() -> Iterator[None]:
    """Meanwhile a request to end only leaves word, which :func:`end_if_asked` takes up; the caller sees to that."""
    _waiting.append(None)
    try:
        yield
    finally:
        _waiting.pop()


def end_if_asked() -> None:
    """End as Ctrl-C does, if a signal asked for it: an exception that comes in the midst of a clean-up is dropped."""
    if _ended.is_set():
        raise KeyboardInterrupt


@contextlib.contextmanager
def interrupts_win() -> Iterator[None]:
    """Once a signal has asked for the end, an error is what became of the interrupt on its way, and ends as it does.

    Python and libraries that are being imported make errors of their own of it.
    """
    try:
        yield
    except Exception:
        end_if_asked()
        raise


def replace_stream_errors() -> None:
    """Characters that the encoding of standard output or error lacks are shown by number, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


@contextlib.contextmanager
def naming_output() -> Iterator[None]:
    """Errors of writing to standard output name it; that nobody reads it stays a BrokenPipeError."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is not None or error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, OUTPUT) from None


def flush_output() -> None:
    """Flush standard output. Raises OSError as :func:`naming_output`."""
    if sys.stdout is not None and not sys.stdout.closed:
        with naming_output():
            sys.stdout.flush()


def drop_output() -> None:
    """Let what else is written to standard output vanish, also what the interpreter flushes when it ends."""
    if sys.stdout is None:
        return
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, sys.stdout.fileno())
        finally:
            os.close(nowhere)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a standard stream is there and is a terminal."""
    return stream is not None and not stream.closed and stream.isatty()


def columns(fallback: int, least: int) -> int:
    """Width of text where there is no terminal: what COLUMNS says, at least ``least``; else ``fallback``."""
    text = os.environ.get("COLUMNS", "")
    return max(int(text), least) if text.isascii() and text.isdigit() and int(text) else fallback


def settle(file: int) -> None:
    """See that what is written to an open file is on the disk. Raises OSError."""
    os.fsync(file)


def readable_by_all(path: Path, folder: bool) -> None:
    """Give a file made as a temporary one the usual permissions; systems without such have nothing to give."""
    with contextlib.suppress(OSError, NotImplementedError):
        path.chmod(0o755 if folder else 0o644)


def replace_file(source: Path, target: Path) -> None:
    """Rename a file, over another if there is one. Raises OSError."""
    _patiently(lambda: source.replace(target))


def rename_new(source: Path, target: Path) -> None:
    """Rename a folder to a name that is free. Raises FileExistsError where it is not, OSError."""
    if target.exists():
        raise FileExistsError(f"{target}: is there already")
    _patiently(lambda: source.rename(target))


def _patiently(rename: Callable[[], object]) -> None:
    """Rename, and try again a few times where another program holds the file for a moment (Windows)."""
    for pause in (*_PAUSES, None):
        try:
            rename()
            return
        except PermissionError:
            if pause is None or os.name != "nt":
                raise
            time.sleep(pause)


def from_here(path: Path) -> Path:
    """A path as seen from the current folder; as it is where no way leads there (another drive)."""
    try:
        return Path(os.path.relpath(path))
    except ValueError:
        return path


def mark() -> str:
    """This machine and process, as a part of a file's name: ``9f3c-4711``."""
    return f"{_machine()}-{os.getpid()}"


def is_gone(mark: str) -> bool | None:
    """Whether the process of a :func:`mark` has ended; None where that cannot be told (another machine, Windows)."""
    machine, _, number = mark.partition("-")
    if not _ASKS or machine != _machine() or not number.isdigit() or not 0 < int(number) < 2**31:
        return None
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # it is there, and somebody else's
    return False


def _machine() -> str:
    return f"{zlib.crc32(platform.node().encode()) & 0xFFFF:04x}"


class Worker:
    """A Python process of its own that runs ``main`` of a module: it is told one line, and tells lines.

    It ends when :meth:`end` is called, and when this process does, however that comes about: its input ends then
    (:func:`worker_line`). What a terminal sends to all its processes (Ctrl-C) does not reach it.
    """

    def __init__(self, module: str, line: str) -> None:
        """Raises OSError where no process can be started."""
        code = f"import sys; sys.path[:] = sys.argv[1:]; import {module} as module; module.main()"
        apart: dict[str, Any] = {"start_new_session": True}
        if os.name == "nt":
            apart = {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", code, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            **apart,
        )
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()

    @property
    def number(self) -> int:
        """The number of the process."""
        return self._process.pid

    def lines(self) -> Iterator[str]:
        """What it tells, line by line, until it ends."""
        assert self._process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            yield from self._process.stdout

    def end(self) -> None:
        """End the process, if it has not, and wait until it has."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError, ValueError):
                if stream is not None:
                    stream.close()


def process_pool(width: int, preload: str) -> ProcessPoolExecutor:
    """So many processes, begun when they are needed, that leave it to this one to end on Ctrl-C.

    Where the system can, they fork from one that has read the module ``preload``. Raises OSError where it has none.
    """
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload([preload])
    pool = ProcessPoolExecutor if method == "spawn" else _Forked
    return pool(width, mp_context=context, initializer=_begin, initargs=(list(sys.path),))


class _Forked(ProcessPoolExecutor):
    """Processes that fork from one of their own, which begins with the first work."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        _begin_server()
        return super().submit(fn, *args, **kwargs)


def _begin_server() -> None:
    """Have the process from which others fork begun, deaf to Ctrl-C: while it reads its module it would complain."""
    from multiprocessing import forkserver, resource_tracker

    resource_tracker.ensure_running()  # which, when it begins, lets Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(path: list[str]) -> None:
    """In a new process: find modules where its parent does, and end when it is asked to."""
    sys.path[:] = path
    leave_interrupts()
    if (parent := multiprocessing.parent_process()) is not None:
        # one that is killed can tell nobody, and what its processes wait for would never come
        Thread(target=_end_with, args=(parent,), daemon=True).start()
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def leave_interrupts() -> None:
    """Leave Ctrl-C, which a terminal sends to all its processes, to the one that began this."""
    with contextlib.suppress(ValueError):  # only the main thread may
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def cores() -> int:
    """How many processors the system says it has."""
    return os.cpu_count() or 1


def worker_line() -> str:
    """In a :class:`Worker`: the line that it is told. From now on it gives way to others, and ends with its input."""
    line = sys.stdin.readline()
    if hasattr(os, "nice"):
        os.nice(5)

    def watch() -> None:
        sys.stdin.read()
        os._exit(1)

    Thread(target=watch, daemon=True).start()
    return line


def mark_used(path: Path) -> None:
    """Give a file the present time, where that may be done; one that is gone is not made anew."""
    with contextlib.suppress(OSError):
        os.utime(path)


def remove(path: Path) -> None:
    """Remove a file or a folder with all it holds, as far as that can be done; never raises OSError."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
