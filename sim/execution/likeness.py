"""Whether a worker would give the figures that whoever asks it would: the same code, libraries and arithmetic."""

from __future__ import annotations

import hashlib
import socket
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.execution.digests import digest
from sim.execution.job import Job
from sim.files.errors import SimError

#: Libraries whose versions may move a figure.
LIBRARIES = ("numpy", "scipy", "mesa", "pydantic")


class UnlikeWorker(SimError, RuntimeError):
    """A worker that would not, or does not, give the same figures, and in what it differs."""

    code = "worker"


@dataclass(frozen=True)
class Likeness:
    """What workers must have in common: versions by name, and what block 0 counts, as a digest, if that is asked."""

    versions: dict[str, str]
    canary: str | None = None


@cache
def versions() -> dict[str, str]:
    """Of this process: what figures hang on, by name."""
    package = Path(__file__).parent.parent
    code = hashlib.sha256()
    for file in sorted(package.rglob("*.py"), key=lambda file: file.relative_to(package).as_posix()):
        code.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    from sim._version import __version__

    return {
        "python": ".".join(map(str, sys.version_info[:3])),
        "byte order": sys.byteorder,
        **{name: _version(name) for name in LIBRARIES},
        "sim": __version__,
        "source of sim": code.hexdigest()[:16],
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def canary(job: Job[Any, Any]) -> str:
    """A digest of what the first block counts here: tells a machine that rounds in another way."""
    return digest(job.block(0, 0))


def refuse_unlike(wanted: dict[str, str], theirs: dict[str, str], worker: str) -> None:
    """Raises UnlikeWorker for a worker whose versions are not those wanted, which names all that differ."""
    apart = {what: want for what, want in wanted.items() if theirs.get(what) != want}
    if apart:
        differs = (f"{what} {theirs.get(what, 'unknown')}, not {want}" for what, want in apart.items())
        raise _unlike(worker, "; ".join(differs))


def _unlike(worker: str, differs: str) -> UnlikeWorker:
    return UnlikeWorker(
        f"{worker} would not give the same figures: it has {differs}; give all workers the same environment"
    )


#: Jobs that this process was seen to be right for.
_checked: dict[str, None] = {}


def check_alike(like: Likeness, name: str, job: Job[Any, Any]) -> None:
    """See, once a job, that this process is as whoever asks. Raises UnlikeWorker."""
    if name in _checked:
        return
    here = f"a worker on {socket.gethostname()}"
    refuse_unlike(like.versions, versions(), here)
    if like.canary is not None and canary(job) != like.canary:
        raise _unlike(here, "another result for the first block of draws, though all versions agree")
    _checked[name] = None
    while len(_checked) > 64:
        del _checked[next(iter(_checked))]
