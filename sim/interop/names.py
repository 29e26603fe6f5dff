"""Names of the formats, which may be any text, made into ids, and found again.

An imported issue, option or party keeps its name as its question, sentence or name. So no table is needed to go back:
a text that would be made into an id is the name it came from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

from sim.nodes import SWITCH, convert

#: Longest id made.
LENGTH = 60
_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "œ": "oe", "ł": "l", "đ": "d", "þ": "th"}
)
# what YAML, or an edit of one cell, would read as a number
_NUMBER = re.compile(r"[0-9][0-9_]*(e[0-9_]+)?|0[xob][0-9a-f_]*")


def cleaned(name: str, kind: str) -> str:
    """Small letters, digits and underscores that tell of a name; ``kind`` where nothing of it is left."""
    text = unicodedata.normalize("NFC", name).lower().translate(_LETTERS)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"^\s*[-\u2212](?=[0-9.])", "minus_", text)
    text = re.sub(r"[^a-z0-9]+", "_", text).strip("_")[:LENGTH].strip("_")
    if _NUMBER.fullmatch(text):
        text = f"n{text}"
    elif isinstance(convert(text), bool) or SWITCH.fullmatch(text) or text == "null":
        text = f"is_{text}"  # else a person would have to quote it
    return text or kind


def ids(names: Iterable[str], kind: str, reserved: Collection[str] = ()) -> tuple[str, ...]:
    """An id for each name; one that is taken or ``reserved`` gets the first free number behind it."""
    out: dict[str, None] = {}
    numbers: dict[str, int] = {}
    for name in names:
        base = new = cleaned(name, kind)
        while new in out or new in reserved:
            numbers[base] = numbers.get(base, 1) + 1
            new = f"{base}_{numbers[base]}"
        out[new] = None
    return tuple(out)


def made_into(name: str, id: str, kind: str) -> bool:
    """Whether :func:`ids` may have made the id from the name."""
    return re.fullmatch(re.escape(cleaned(name, kind)) + r"(_[0-9]+)?", id) is not None


def names_of(texts: Sequence[tuple[str, str]], kind: str) -> tuple[str, ...]:
    """Names for pairs of id and text: the texts where ids were made from all of them and no two are alike, else ids."""
    if len({text for _, text in texts}) == len(texts) and all(made_into(text, id, kind) for id, text in texts):
        return tuple(text for _, text in texts)
    return tuple(id for id, _ in texts)
