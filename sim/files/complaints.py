"""A complaint about a file or an edit: where it is, what is wrong, what may have been meant.

Complaints are collected and raised together, as one :class:`Complaints`, so that a person
mends a file in one go. They print as ``path:line:column: error: where: what``, then the
offending line with a caret, then a hint where there is one.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from sim.files.errors import SimError
from sim.files.grammar import ending

#: Widest excerpt of an offending line; longer ones are cut around the caret.
WIDTH = 96
#: How many complaints are printed; nobody reads more at once.
MOST = 200

#: Marks that turn the direction of what follows and are not seen themselves.
_TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
MARKS = re.compile(f"[{_TURNING}]")
#: These, control characters, ends of line of other kinds, byte order marks, and bytes of a name that are no text.
_HIDDEN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff{_TURNING}]")


@dataclass(frozen=True, slots=True)
class Place:
    """A character of a file (line and column count from 1) and the line it stands in.

    ``cell`` is the address in a workbook (``Sheet1!B7``), which has no lines. Content that no file holds has no places:
    all of it is in line 0.
    """

    file: str
    line: int
    column: int
    text: str = field(default="", compare=False, repr=False)
    cell: str | None = None

    def __str__(self) -> str:
        if self.cell:
            return f"{self.file}:{self.cell}"
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


#: What is wrong, as a word for programs, by the kind of fault; sim/README.md says what each means.
Code = Literal[
    "unreadable",
    "wrong_file",
    "unknown_key",
    "missing_key",
    "wrong_value",
    "unknown_name",
    "twice",
    "evidence",
    "constraint",
    "contradiction",
    "ranges",
    "talks",
    "rules",
    "edit",
    "idle",
    "format",
    "saved",
]


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong (or, as a warning, doubtful) at one place.

    Attributes:
        place: file, line and column, from 1, with the text of the line; line 0 where no file holds the content.
        where: which part of the content is meant (``russia: alignment: 2022-03-10``).
        what: what is wrong with it.
        hint: what would have been right, if that can be told.
        severity: ``error`` or ``warning``.
        breaks: the id of the constraint that a text breaks, where that is what is wrong.
        code: what is wrong as a word that stays, whatever the English (``sim/README.md``, "What goes wrong").

    Example:
        >>> import sim
        >>> try:
        ...     sim.load("istanbul", edits=["us.fighting.importance=hgih"])
        ... except sim.Complaints as error:
        ...     [complaint] = error.complaints
        >>> (complaint.place.file, complaint.place.line), complaint.severity, complaint.code
        (('--set[1]', 1), 'error', 'wrong_value')
    """

    place: Place
    where: str
    what: str
    hint: str | None = None
    severity: Literal["error", "warning"] = "error"
    breaks: str | None = None
    code: Code = field(default="contradiction", compare=False)

    def __str__(self) -> str:
        return f"{self.place}: {self.severity}: {self.where}: {self.what}"


class Complaints(SimError):
    """All complaints about the files and edits of one call, in order of place, none twice.

    Args:
        complaints: each :class:`Complaint`; they stand sorted in ``complaints`` of the exception, a tuple.

    Example:
        >>> import sim
        >>> try:
        ...     sim.load("istanbul", edits=["us.peace.ranking=unknown", "nobody.fighting.ranking=unknown"])
        ... except sim.Complaints as error:
        ...     print(len(error.complaints))
        2
    """

    code = "files"

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints: tuple[Complaint, ...] = in_order(complaints)
        super().__init__(self.complaints)

    def __str__(self) -> str:
        return render(self.complaints)


@contextmanager
def collecting(complaints: list[Complaint]) -> Iterator[None]:
    """What is raised as Complaints joins the list, and what comes after the block goes on."""
    try:
        yield
    except Complaints as error:
        complaints += error.complaints


def raise_all(complaints: Iterable[Complaint]) -> None:
    """Raises Complaints with all of them, if there is one."""
    if every := tuple(complaints):
        raise Complaints(every)


def raise_errors(complaints: Iterable[Complaint]) -> None:
    """Raises Complaints with all of them, if one is an error and not only a warning."""
    every = tuple(complaints)
    if any(c.severity == "error" for c in every):
        raise Complaints(every)


def in_order(complaints: Iterable[Complaint]) -> tuple[Complaint, ...]:
    """Sort by file, line and column and drop repeats."""
    return tuple(
        sorted(dict.fromkeys(complaints), key=lambda c: (c.place.file, c.place.line, c.place.column, c.where, c.what))
    )


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that ``name`` most resembles, or None if none is near."""
    by_lower = {c.lower(): c for c in candidates}
    near = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.65)
    return by_lower[near[0]] if near else None


#: Everyday words for those of the closed lists (importance, basis, severity, role, evidence, attribution).
_EVERYDAY = {
    "vital": "critical", "crucial": "critical", "essential": "critical", "very high": "critical", "highest": "critical",
    "high": "major", "important": "major", "big": "major", "strong": "major",
    "medium": "moderate", "middle": "moderate", "mid": "moderate", "average": "moderate", "normal": "moderate",
    "low": "minor", "small": "minor", "weak": "minor", "slight": "minor",
    "zero": "none", "irrelevant": "none", "unimportant": "none", "very low": "none", "lowest": "none",
    "open": "unknown", "unclear": "unknown", "silent": "unknown", "?": "unknown",
    "explicit": "stated", "said": "stated", "derived": "inferred", "implied": "inferred", "deduced": "inferred",
    "guess": "assumed", "guessed": "assumed", "assumption": "assumed", "own": "assumed",
    "strict": "hard", "absolute": "hard", "soft": "political",
    "ratification": "ratifier", "parliament": "ratifier", "party": "principal", "bloc": "alliance",
    "newspaper": "article", "press": "article", "quotation": "quote", "paraphrase": "reported",
    "survey": "poll", "offer": "proposal", "threat": "pressure", "opinion": "assessment",
}  # fmt: skip


def meant(word: str, words: Iterable[str]) -> str | None:
    """The word of a closed list that is meant: by its spelling, or by an everyday word, also with a slip in it."""
    known = list(words)
    plain = " ".join(word.lower().replace("_", " ").replace("-", " ").split())
    everyday = _EVERYDAY.get(plain)
    if everyday in known:
        return everyday
    if near := closest(word, known):
        return near
    misspelt = closest(plain, (word for word, stands_for in _EVERYDAY.items() if stands_for in known))
    return _EVERYDAY[misspelt] if misspelt else None


def did_you_mean(name: str, candidates: Iterable[str], *, most: int = 12) -> str | None:
    """A hint for a name that is not among ``candidates``: the closest one, else the list if it is short."""
    known = [c for c in candidates if c]
    near = closest(name, known)
    if near is not None:
        return f"did you mean {near}?"
    if 0 < len(known) <= most:
        return f"there {ending(len(known), 'is', 'are')}: {', '.join(known)}"
    return None


def _cells(char: str) -> int:
    """Terminal cells a character takes."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def visible(text: str) -> str:
    """What would command a terminal, turn the direction of text or not be written at all, shown as a dot.

    Names of files may hold any of it. Ends of lines and tabs stay.
    """
    return _HIDDEN.sub("·", text)


def marks_visible(text: str) -> str:
    """:func:`visible` for marks of direction alone, for what is coloured already."""
    return MARKS.sub("·", text)


def _one_cell(text: str) -> str:
    """The text of a line with a stand-in of one cell for what would move the caret below it."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c == "\t" else "·" for c in text)


def excerpt(place: Place) -> tuple[str, str] | None:
    """The offending line and a line with a caret under the place, both at most ``WIDTH`` wide or so."""
    line = _one_cell(place.text)
    if not line.strip():
        return None
    at = min(max(place.column - 1, 0), len(line))
    start = 0
    if len(line) > WIDTH and at > WIDTH * 2 // 3:
        start = min(at - WIDTH // 2, len(line) - WIDTH) if at < len(line) else len(line) - WIDTH
    cut = line[start : start + WIDTH]
    before = "..." if start else ""
    after = "..." if start + WIDTH < len(line) else ""
    gap = sum(_cells(c) for c in cut[: at - start])
    return before + cut + after, " " * (len(before) + gap) + "^"


def render(complaints: Iterable[Complaint], color: bool = False) -> str:
    """Everything wrong as text, in order of place, with a count at the end.

    With ``color`` the severity, the place and the caret carry ANSI colours.
    """

    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if color else text

    ordered = in_order(complaints)
    out: list[str] = []
    for c in ordered[:MOST]:
        tone = "31;1" if c.severity == "error" else "33;1"
        head = f"{paint(visible(str(c.place)), '1')}: {paint(c.severity, tone)}: "
        out.append(head + f"{visible(c.where)}: {visible(c.what)}")
        if lines := excerpt(c.place):
            out += [f"    {lines[0]}", f"    {paint(lines[1], tone)}"]
        if c.hint:
            out.append(f"    {visible(c.hint)}")
    if len(ordered) > MOST:
        out.append(f"... and {len(ordered) - MOST:,} more; mend these first")
    errors = sum(c.severity == "error" for c in ordered)
    counts = [(errors, "error"), (len(ordered) - errors, "warning")]
    out.append(", ".join(f"{n} {word}{ending(n)}" for n, word in counts if n) or "nothing to complain about")
    return "\n".join(out)
