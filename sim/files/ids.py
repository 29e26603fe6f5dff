"""Names of the formats, which may be any text, made into ids, and found again.

An imported issue, option or party keeps its name as its question, sentence or name, and as the label that is shown. So
no table is needed to go back: a text that would be made into an id is the name it came from. Cyrillic and Greek letters
are written in Latin ones, near to how they sound in most of the languages that use them; what is of other scripts alone
is numbered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from sim.files.nodes import SWITCH, convert

#: Longest id made.
LENGTH = 60


def _pairs(text: str) -> dict[str, str]:
    """Letters and what is written for them: ``щ=shch ь=``."""
    return dict(pair.split("=") for pair in text.split())


_LATIN = _pairs("ä=ae ö=oe ü=ue ß=ss æ=ae ø=oe œ=oe ł=l đ=d ð=d þ=th ı=i ħ=h ŋ=ng ə=e")
_CYRILLIC = _pairs(
    "а=a б=b в=v г=g ґ=g д=d е=e ё=yo є=ye ж=zh з=z и=i й=y і=i ї=yi к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ў=u ф=f "
    "х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya ђ=dj ѓ=gj ѕ=dz ј=j љ=lj њ=nj ћ=c ќ=kj џ=dz ѣ=e ѳ=f ѵ=i "
    "ғ=gh қ=q ң=ng ө=o ұ=u ү=u һ=h ә=a ҳ=h ҷ=j ӣ=i ӯ=u ҡ=q ҙ=z ҫ=s ӏ= җ=j"
)
_GREEK = _pairs(
    "α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o"
)
_LETTERS = str.maketrans(_LATIN | _CYRILLIC | _GREEK)
# what YAML, or an edit of one cell, would read as a number
_NUMBER = re.compile(r"[0-9][0-9_]*(e[0-9_]+)?|0[xob][0-9a-f_]*")


def cleaned(name: str, kind: str) -> str:
    """Small letters, digits and underscores that tell of a name; ``kind`` where nothing of it is left."""
    text = unicodedata.normalize("NFC", name).lower().translate(_LETTERS)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if not unicodedata.combining(c)).translate(_LETTERS)
    text = re.sub(r"^\s*[-\u2212](?=[0-9.])", "minus_", text)
    text = re.sub(r"[^a-z0-9]+", "_", text).strip("_")[:LENGTH].strip("_")
    if _NUMBER.fullmatch(text):
        text = f"n{text}"
    elif isinstance(convert(text), bool) or SWITCH.fullmatch(text) or text == "null":
        text = f"is_{text}"  # else a person would have to quote it
    return text or kind


def ids(names: Iterable[str], kind: str, reserved: Collection[str] = ()) -> tuple[str, ...]:
    """An id for each name; one that is taken or ``reserved`` gets the first free number behind it.

    What leaves nothing to tell by is numbered from 1: ``option_1``, ``option_2``.
    """
    out: dict[str, None] = {}
    free: dict[str, int] = {}  # the number to try next behind a base
    for name in names:
        base = cleaned(name, "")
        new = base or f"{kind}_1"
        while new in out or new in reserved:
            number = free.get(base, 2)
            new, free[base] = f"{base or kind}_{number}", number + 1
        out[new] = None
    return tuple(out)


def made_into(name: str, id: str, kind: str) -> bool:
    """Whether :func:`ids` may have made the id from the name."""
    return re.fullmatch(re.escape(cleaned(name, kind)) + r"(_[0-9]+)?", id) is not None
