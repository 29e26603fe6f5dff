"""The documents behind a page, to be saved from it: in gzip, since a page holds them beside its draws."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.files.written import json_text
from sim.results.documents import Document


@dataclass(frozen=True)
class Download:
    """A document under its name: the file, how large that is, the command that prints it, and the file in base64."""

    name: str
    file: str
    size: str
    command: str | None
    content: str


def download(name: str, scenario: str, document: Document, command: str | None, *, notes: bool) -> Download:
    """A document of a scenario as its command prints it; without ``notes`` the modeller's are left out of it."""
    value = document.model_dump(mode="json", by_alias=True)
    if not notes:
        for record in _noted(value):
            record["note"] = None
    text = f"{json_text(value)}\n".encode()
    return Download(
        name=name,
        file=f"{scenario}_{name}.json",
        size=size_words(len(text)),
        command=command and f"{command} --format json",
        content=base64.b64encode(gzip.compress(text, mtime=0)).decode(),
    )


def _noted(value: Any) -> Iterator[dict[str, Any]]:
    """Every record with a note, however deep."""
    if isinstance(value, dict):
        if "note" in value:
            yield value
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from _noted(item)


def size_words(size: int) -> str:
    """A size in bytes, for reading.

    >>> size_words(813), size_words(101_000), size_words(2_700_000)
    ('1 kB', '101 kB', '2.7 MB')
    """
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(round(size / 1e3), 1)} kB"
