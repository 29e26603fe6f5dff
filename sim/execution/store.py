"""Finished pieces of work in a folder, so that what was stopped goes on: a file a piece, known by what it hangs on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sim.execution.job import Key


class Store:
    """A folder of pieces."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        #: Whether a piece was put there by this process.
        self.grown = False

    def get(self, key: Key) -> bytes | None:
        """A piece, None where there is none that is whole."""
        path = self._path(key)
        return path.read_bytes() if path.exists() else None

    def put(self, key: Key, data: bytes) -> None:
        """Keep a piece. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._path(key).write_bytes(data)
        self.grown = True

    def _path(self, key: Key) -> Path:
        return self.folder / hashlib.sha256(canonical(key)).hexdigest()


def canonical(key: Any) -> bytes:
    """A key as JSON that is the same in every process."""
    return json.dumps(key, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
