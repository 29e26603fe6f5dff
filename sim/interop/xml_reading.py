"""XML read with care: elements that know their place, and nothing that a format of ours does not need.

A document type is refused, and with it every entity but the five of XML itself: nothing outside the file is read and
nothing in it grows. Nesting and the number of elements are bounded, as is the size of the file.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from sim.complaints import Complaint, Complaints, Place
from sim.nodes import FORBIDDEN
from sim.texts import decoded, whole_file

#: Deepest nesting, and most elements, that are read.
DEPTH = 40
ELEMENTS = 100_000
#: Encodings a file may declare, by Python's names.
ENCODINGS = ("utf-8", "ascii", "iso8859-1", "cp1252", "utf-16")

_DECLARED = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([^"']*)["']""")
_PROBLEMS = {
    "no element found": ("the file ends before it is complete", "is it cut off?"),
    "not well-formed (invalid token)": ("this is not XML", "a bare & or < in a text is written &amp; or &lt;"),
    "mismatched tag": ("this end tag does not match the element that is open", None),
    "duplicate attribute": ("an attribute stands here twice", "delete one"),
    "undefined entity": ("an entity that XML does not know", "write the character itself"),
    "junk after document element": ("something follows after the end of the content", "a file holds one element"),
    "unclosed token": ("a tag that never ends", "is the file cut off?"),
    "unbound prefix": ("a prefix without a namespace", None),
}


class _Document:
    """The bytes parsed, with places by offset."""

    def __init__(self, text: str, file: str) -> None:
        self.raw = text.encode()
        self.file = file
        self.starts = [0, *(m.end() for m in re.finditer(b"\n", self.raw))]
        self._lines: dict[int, str] = {}

    def at(self, offset: int) -> Place:
        line = bisect_right(self.starts, offset) - 1
        start = self.starts[line]
        if line not in self._lines:
            end = self.starts[line + 1] - 1 if line + 1 < len(self.starts) else len(self.raw)
            self._lines[line] = self.raw[start:end].decode("utf-8", "replace").rstrip("\r")
        column = len(self.raw[start:offset].decode("utf-8", "ignore")) + 1
        return Place(self.file, line + 1, column, self._lines[line])


@dataclass(eq=False)
class Element:
    """An element without its text: tag, attributes, children in order."""

    tag: str
    attributes: dict[str, str]
    document: _Document = field(repr=False)
    offset: int
    children: list[Element] = field(default_factory=list)

    @property
    def place(self) -> Place:
        return self.document.at(self.offset)

    def at(self, attribute: str) -> Place:
        """The place of an attribute, or of the element where it has none of that name."""
        if attribute in self.attributes:
            found = re.compile(rb"\s(" + re.escape(attribute.encode()) + rb")\s*=").search(
                self.document.raw, self.offset
            )
            if found is not None:
                return self.document.at(found.start(1))
        return self.place

    def each(self, tag: str) -> Iterator[Element]:
        """Children with a tag."""
        return (child for child in self.children if child.tag == tag)

    def first(self, tag: str) -> Element | None:
        return next(self.each(tag), None)


def xml_text(raw: bytes, file: str) -> str:
    """The text of an XML file in the encoding it declares. Raises Complaints where it is not in that, or in none."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return decoded(raw, file, encoding)
    declared = _DECLARED.match(raw[:200])
    if declared is None:
        return decoded(raw, file)
    name = declared.group(1).decode("ascii", "replace")
    try:
        known = codecs.lookup(name).name
    except LookupError:
        known = ""
    if known not in ENCODINGS:
        raise Complaints([whole_file(file, f"the encoding {name} is not read", "save the file as UTF-8")])
    return decoded(raw, file, known)


def read_xml(raw: bytes, file: str | Path) -> Element:
    """The element that an XML file holds. Raises Complaints (one) where it is not plain XML."""
    document = _Document(xml_text(raw, str(file)), str(file))
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = False
    stack: list[Element] = []
    found: list[Element] = []
    count = 0

    def stop(what: str, hint: str | None = None) -> Complaints:
        return Complaints([Complaint(document.at(parser.CurrentByteIndex), "file", what, hint)])

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(stack) >= DEPTH:
            raise stop(f"nested more than {DEPTH} levels deep")
        if count > ELEMENTS:
            raise stop(f"more than {ELEMENTS} elements")
        element = Element(tag, attributes, document, parser.CurrentByteIndex)
        for name, value in attributes.items():
            if FORBIDDEN.search(value):
                raise Complaints([Complaint(element.at(name), "file", "a text with control characters in it")])
        (stack[-1].children if stack else found).append(element)
        stack.append(element)

    def end(tag: str) -> None:
        stack.pop()

    def doctype(*_: object) -> None:
        raise stop("a document type (<!DOCTYPE) is not read: with it come entities", "delete it")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(document.raw, True)
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        what, hint = _PROBLEMS.get(words, (f"not readable as XML: {words}", None))
        offset = min(max(parser.ErrorByteIndex, 0), len(document.raw))
        raise Complaints([Complaint(document.at(offset), "file", what, hint)]) from None
    return found[0]
