"""JSON read to the located trees of :mod:`sim.files.nodes`, strictly: what JSON does not know is a complaint.

YAML would read most of it, but also comments, tabs it refuses, and words for infinity.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right

from sim.files.complaints import Complaint, Complaints, Place
from sim.files.nodes import FORBIDDEN, Mapping, Node, Scalar, Sequence

#: Deepest nesting, and most values, that are read.
DEPTH = 40
VALUES = 500_000

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", re.ASCII)
_WORD = re.compile(r"-?[A-Za-z_]\w*|'[^'\n]*'|//.*|/\*|[-+.\w]+")
_WORDS = {"true": True, "false": False, "null": None}
# a text up to its closing quote, or to what cannot stand in it
_INSIDE = re.compile(r'"(?:[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*')


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.at = 0
        self.count = 0
        self.starts = [0, *(m.end() for m in re.finditer("\n", text))]
        # places share the text of their line: a line may be as long as the file
        self.lines = [line.rstrip("\r") for line in text.split("\n")]

    def place(self, offset: int) -> Place:
        line = bisect_right(self.starts, offset) - 1
        return Place(self.file, line + 1, offset - self.starts[line] + 1, self.lines[line])

    def stop(self, what: str, hint: str | None = None, at: int | None = None) -> Complaints:
        return Complaints([Complaint(self.place(self.at if at is None else at), "file", what, hint, code="format")])

    def expected(self, what: str, char: str) -> Complaints:
        """A complaint of what stands in the place of something else: a character, or nothing at the end."""
        if not char:
            return self.stop("the file ends before it is complete", "is it cut off?")
        return self.stop(f"expected {what}, found {char}")

    def skip(self) -> str:
        """The next character that is no white space, or nothing at the end."""
        blank = _SPACE.match(self.text, self.at)
        assert blank is not None
        self.at = blank.end()
        return self.text[self.at : self.at + 1]

    def string(self) -> str:
        start = self.at
        inside = _INSIDE.match(self.text, start)
        assert inside is not None
        end = inside.end()
        after = self.text[end : end + 1]
        if not after:
            raise self.stop("a text that never ends", "close the quote; is the file cut off?")
        if after == "\\":
            raise self.stop("an escape that JSON does not know", "write \\\\ for a backslash", end)
        if after != '"':
            raise self.stop("a line break or control character in a text", "write \\n for a line break", end)
        self.at = end + 1
        value = self.text[start + 1 : end]
        if "\\" in value:
            value = json.loads(self.text[start : self.at])
        if FORBIDDEN.search(value):
            raise self.stop("a text with control characters in it", at=start)
        return value

    def value(self, depth: int) -> Node:
        char = self.skip()
        start = self.at
        self.count += 1
        if self.count > VALUES:
            raise self.stop(f"more than {VALUES} values")
        if char in ("{", "[") and depth >= DEPTH:
            raise self.stop(f"nested more than {DEPTH} levels deep")
        if char == "{":
            return self.mapping(depth)
        if char == "[":
            return self.sequence(depth)
        place = self.place(start)
        if char == '"':
            return Scalar(self.string(), place, plain=False)
        number = _NUMBER.match(self.text, start)
        word = _WORD.match(self.text, start)
        if number is not None and (word is None or number.end() >= word.end()):
            self.at = number.end()
            raw = number.group()
            whole = number.group(1) is None and number.group(2) is None and len(raw) <= 15
            figure = int(raw) if whole else float(raw)
            if not math.isfinite(figure):
                raise self.stop("a number too large to be one", at=start)
            return Scalar(figure, place)
        if word is not None and word.group() in _WORDS:
            self.at = word.end()
            return Scalar(_WORDS[word.group()], place)
        raise self._strange(char, word)

    def _strange(self, char: str, word: re.Match[str] | None) -> Complaints:
        if not char:
            return self.expected("a value", char)
        text = char if word is None else word.group()
        if text.startswith(("//", "/*", "#")):
            return self.stop("a comment; JSON has none", "delete it")
        if text.startswith("'"):
            return self.stop("a text in single quotes", 'JSON quotes with "')
        if char in ("}", "]"):
            return self.stop(f"expected a value, found {char}", "delete the comma before it")
        if text.lstrip("-") in ("NaN", "Infinity"):
            return self.stop(f"{text} is not a number of JSON", "write a finite number")
        number = text[:1] in "+-.0123456789"
        hint = "numbers are written like 7, -0.5 or 1e-3" if number else 'a text stands in quotes ("...")'
        return self.stop(f"expected a value, found {text[:40]}", hint)

    def mapping(self, depth: int) -> Mapping:
        place = self.place(self.at)
        self.at += 1
        items: dict[str, Node] = {}
        places: dict[str, Place] = {}
        while (char := self.skip()) != "}" or items:
            if char != '"':
                raise self.expected('a key in quotes ("...")', char)
            start = self.at
            key = self.string()
            if key in items:
                what = f"the key {key} stands here twice; the first is in line {places[key].line}"
                raise self.stop(what, "delete one", start)
            if self.skip() != ":":
                raise self.stop("expected a colon after the key")
            self.at += 1
            places[key] = self.place(start)
            items[key] = self.value(depth + 1)
            if not self.comma("}"):
                break
        self.at += 1
        return Mapping(items, place, places)

    def sequence(self, depth: int) -> Sequence:
        place = self.place(self.at)
        self.at += 1
        items: list[Node] = []
        while self.skip() != "]" or items:
            items.append(self.value(depth + 1))
            if not self.comma("]"):
                break
        self.at += 1
        return Sequence(tuple(items), place)

    def comma(self, end: str) -> bool:
        """Passes over a comma, and whether there was one and not the end."""
        char = self.skip()
        if char not in (",", end):
            raise self.expected(f"a comma or {end}", char)
        self.at += char == ","
        return char == ","


def read_json(text: str, file: str) -> Node:
    """The located tree of a JSON text. Raises Complaints (one) where it is not JSON."""
    reader = _Reader(text.removeprefix("\ufeff"), file)
    node = reader.value(0)
    if reader.skip():
        raise reader.stop("something follows after the end of the content")
    return node
