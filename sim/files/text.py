"""Files to texts: read whole and as UTF-8, with the place of every character, and without characters that harm.

What :mod:`sim.files.yaml` (YAML) and :mod:`sim.files.csv` (tables) have in common.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sim.files.complaints import Code, Complaint, Complaints, Place, closest
from sim.files.nodes import FORBIDDEN, Node

#: Largest file read, in bytes.
SIZE = 5_000_000
_SAVE_TABLE = "save the table as UTF-8 (in a spreadsheet: CSV UTF-8)"


def read_text(path: Path, name: str | None = None, most: int | None = None) -> str:
    """The text of a file of at most :data:`SIZE` bytes, or of ``most``.

    Raises Complaints if it is too large or not UTF-8, OSError (one line, naming the file) if it
    cannot be read.
    """
    name = name or str(path)
    return decoded(read_bytes(path, name, most), name)


def read_bytes(path: Path, name: str, most: int | None = None) -> bytes:
    """The content of a file of at most :data:`SIZE` bytes, or of ``most``.

    Raises Complaints if it is too large, OSError (one line) if it cannot be read.
    """
    most = SIZE if most is None else most
    try:
        if path.is_dir():
            raise IsADirectoryError(f"{name}: is a folder, not a file")
        if path.exists() and not path.is_file():
            raise OSError(f"{name}: is not a regular file")
        with path.open("rb") as file:  # what it says of its size may be out of date, or no size at all (/proc)
            raw = file.read(most + 1)
        if len(raw) > most:
            raise Complaints([whole_file(name, f"the file is larger than {most // 1_000_000} MB", None)])
        return raw
    except FileNotFoundError:
        raise FileNotFoundError(f"{name}: no such file{near_file(path)}") from None
    except PermissionError:
        raise PermissionError(f"{name}: no permission to read it") from None
    except ValueError as error:  # a NUL in the name
        raise OSError(f"{name!r}: not a file name ({error})") from None
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(f"{name}: cannot be read ({error.strerror})") from None


def read_table(path: Path) -> str:
    """The text of a table, which spreadsheets write in UTF-8 or UTF-16, with a byte order mark or without.

    Raises as :func:`read_text`.
    """
    return table_text(read_bytes(path, str(path)), str(path))


def table_text(raw: bytes, name: str) -> str:
    """:func:`read_table`, of content that was read already. Raises Complaints."""
    first = raw[:2]
    if first in (b"\xff\xfe", b"\xfe\xff") or (len(first) == 2 and first.count(0) == 1):
        try:
            # a header begins with a letter, so where the zero stands tells the order of bytes
            return raw.decode("utf-16" if 0 not in first else "utf-16-be" if first[0] == 0 else "utf-16-le")
        except UnicodeDecodeError as error:
            raise Complaints([whole_file(name, f"broken UTF-16 at byte {error.start + 1}", _SAVE_TABLE)]) from None
    return decoded(raw.removeprefix(b"\xef\xbb\xbf"), name, hint=_SAVE_TABLE)


def decoded(raw: bytes, name: str, encoding: str = "utf-8", hint: str = "save the file as UTF-8") -> str:
    """The text of a file's content. Raises Complaints, with the place, if it is not in the encoding."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        start = raw.rfind(b"\n", 0, error.start) + 1
        end = raw.find(b"\n", error.start)
        line = raw[start : end if end >= 0 else len(raw)].decode(encoding, "replace")
        column = len(raw[start : error.start].decode(encoding, "replace")) + 1
        place = Place(name, raw.count(b"\n", 0, error.start) + 1, column, line)
        what = f"byte 0x{raw[error.start]:02x} is not {encoding.upper()}"
        raise Complaints([Complaint(place, "file", what, hint, code="unreadable")]) from None


def near_file(path: Path) -> str:
    """The file of a like name in the folder where there is none of this name, as a hint; empty without one."""
    folder = path.parent
    if not folder.is_dir():
        return f"; there is no folder {folder}"
    suffix = path.suffix or ".yaml"
    near = closest(path.stem, [p.stem for p in folder.glob(f"*{suffix}") if p.is_file()])
    return "" if near is None else f"; did you mean {path.with_name(near + suffix)}?"


def whole_file(file: str, what: str, hint: str | None, code: Code = "unreadable") -> Complaint:
    """A complaint about a file as such."""
    return Complaint(Place(file, 1, 1), "file", what, hint, code=code)


@dataclass
class Reading:
    """What came of reading a text: a tree, or none if it could not be followed to its end."""

    node: Node | None
    complaints: list[Complaint]


class LocatedText:
    """A text with its lines, for places; ``lines`` may be of another text, ``quoted``, than the one parsed."""

    def __init__(self, text: str, file: str, quoted: str | None = None) -> None:
        self.file = file
        self.text = text
        self._quoted = text if quoted is None else quoted

    @cached_property
    def lines(self) -> list[str]:
        """The lines, as complaints quote them."""
        return self._quoted.split("\n")

    def at(self, line: int, column: int) -> Place:
        """A place by 0-based line and column."""
        lines = self.lines
        line = min(max(line, 0), len(lines) - 1)
        return Place(self.file, line + 1, max(column, 0) + 1, lines[line])

    def offset(self, index: int) -> Place:
        """The place of a character, by its number."""
        start = self.text.rfind("\n", 0, index) + 1
        return self.at(self.text.count("\n", 0, index), index - start)


def characters(source: LocatedText, *, tabs: bool) -> list[Complaint]:
    """Characters that may not stand in a file, at most one complaint a line."""
    by_line: dict[int, Complaint] = {}
    marks = [(m.start(), m.group()) for m in FORBIDDEN.finditer(source.text)]
    if tabs:
        marks += [(m.start(), "\t") for m in re.finditer("\t", source.text)]
    for index, char in sorted(marks):
        place = source.offset(index)
        if char == "\t":
            what, hint = "a tab; YAML is indented with spaces", "replace the tab by spaces"
        elif char == "\ufeff":
            what, hint = "a byte order mark", "save the file as UTF-8 without a byte order mark"
        else:
            what, hint = f"the character U+{ord(char):04X} may not stand in a file", "delete it"
        by_line.setdefault(place.line, Complaint(place, "file", what, hint, code="unreadable"))
        if len(by_line) >= 20:  # not a text file at all
            break
    return list(by_line.values())


def unified(text: str) -> str:
    """The text with every line ended by a newline alone."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
