"""The documents behind a page, to be saved from it: in gzip, since a page holds them beside its draws."""

from __future__ import annotations

import base64
import gzip
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
        leave_out_notes(value)
    text = f"{json_text(value)}\n".encode()
    return Download(
        name=name,
        file=f"{scenario}_{name}.json",
        size=size_words(len(text)),
        command=command and f"{command} --format json",
        content=base64.b64encode(gzip.compress(text, mtime=0)).decode(),
    )


def leave_out_notes(value: Any) -> None:
    """Take the modeller's notes out of records, however deep; that on a red line is why it is drawn."""
    if isinstance(value, dict):
        for key in ("note", *(["why"] if value.get("kind") == "red_line" else [])):
            if key in value:
                value[key] = None
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        leave_out_notes(item)


def size_words(size: int) -> str:
    """A size in bytes, for reading.

    >>> size_words(813), size_words(101_000), size_words(2_700_000)
    ('1 kB', '101 kB', '2.7 MB')
    """
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(round(size / 1e3), 1)} kB"
