"""XML read with care: elements that know their place, and nothing that a format of ours does not need.

A document type is refused, and with it every entity but the five of XML itself: nothing outside the file is read and
nothing in it grows. Nesting and the number of elements are bounded, as is the size of the file.

Three things that are no XML are read all the same, since Genius reads them and its own templates have them: a bare
``&``, bytes of windows-1252 without a declared encoding (both warned of), and blanks or comments before ``<?xml``.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.parsers import expat

from sim.files.complaints import Complaint, Complaints, Place
from sim.files.nodes import FORBIDDEN
from sim.files.text import decoded, whole_file

#: Deepest nesting, and most elements, that are read.
DEPTH = 40
ELEMENTS = 100_000
#: Encodings a file may declare, by Python's names.
ENCODINGS = ("utf-8", "ascii", "iso8859-1", "cp1252", "utf-16")
#: What bytes are that are not UTF-8 and of no declared encoding: that of the Windows machines Genius was used on.
FALLBACK = "windows-1252"

_DECLARED = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([^"']*)["']""")
#: An ``&`` that begins no entity; before it comments, sections and instructions, in which any may stand.
_AMPERSAND = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
    r"|(?P<bare>&)(?!(?:#[0-9]+|#x[0-9a-fA-F]+|[A-Za-z_:][\w:.-]*);)",
    re.DOTALL,
)
#: A declaration behind blanks or comments.
_LATE = re.compile(r"((?:\s++|<!(?=--).*?-->)++)(<\?xml\b[^>]*>)", re.DOTALL)
_PROBLEMS = {
    "no element found": ("the file ends before it is complete", "is it cut off?"),
    "not well-formed (invalid token)": ("this is not XML", "a bare < or a quote in a text is written &lt; or &quot;"),
    "mismatched tag": ("this end tag does not match the element that is open", None),
    "duplicate attribute": ("an attribute stands here twice", "delete one"),
    "undefined entity": ("an entity that XML does not know", "write the character itself"),
    "junk after document element": ("something follows after the end of the content", "a file holds one element"),
    "unclosed token": ("a tag that never ends", "is the file cut off?"),
    "unbound prefix": ("a prefix without a namespace", None),
    "XML or text declaration not at start of entity": (
        "the line <?xml ...?> stands behind something else",
        "delete what stands before it",
    ),
}


class _Document:
    """The bytes parsed, with places by offset, and what to warn of. ``mark`` stands for a bare ``&`` in them."""

    def __init__(self, text: str, file: str, warnings: Sequence[Complaint] = ()) -> None:
        self.file = file
        ampersands = [match.start() for match in _AMPERSAND.finditer(text) if match["bare"]]
        # one character for another: columns stay
        self.mark = _unused(text) if ampersands else None
        self.raw = (text if self.mark is None else _marked(text, ampersands, self.mark)).encode()
        self.starts = [0, *(m.end() for m in re.finditer(b"\n", self.raw))]
        self.lines = [self.plain(line.decode("utf-8", "replace").rstrip("\r")) for line in self.raw.split(b"\n")]
        self.warnings = list(warnings)
        if self.mark is not None:
            number = f"{len(ampersands)} of them" if len(ampersands) > 1 else "one"
            what = f"a bare & ({number}), read as it stands"
            place = self.at(len(text[: ampersands[0]].encode()))
            self.warnings.append(Complaint(place, "file", what, "XML writes it &amp;", "warning", code="format"))

    def at(self, offset: int) -> Place:
        line = bisect_right(self.starts, offset) - 1
        column = len(self.raw[self.starts[line] : offset].decode("utf-8", "ignore")) + 1
        return Place(self.file, line + 1, column, self.lines[line])

    def plain(self, text: str) -> str:
        """A text of the file as it stands there."""
        return text if self.mark is None else text.replace(self.mark, "&")


def _unused(text: str) -> str | None:
    """A character for private use that the text has not."""
    used = set(text)
    return next((c for c in map(chr, range(0xE000, 0xF900)) if c not in used), None)


def _marked(text: str, places: Sequence[int], mark: str) -> str:
    starts = [0, *(at + 1 for at in places)]
    return mark.join(text[start:end] for start, end in zip(starts, [*places, len(text)], strict=True))


def _declaration_blanked(text: str) -> str:
    """The text with a declaration behind blanks or comments made blank: XML wants it first, Genius anywhere."""
    late = _LATE.match(text)
    return text if late is None else late[1] + re.sub(r"\S", " ", late[2]) + text[late.end() :]


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
        """Where the element begins."""
        return self.document.at(self.offset)

    def at(self, attribute: str) -> Place:
        """The place of an attribute, or of the element where it has none of that name."""
        if attribute in self.attributes:
            name = re.compile(rb"\s(" + re.escape(attribute.encode()) + rb")\s*=")
            if (match := name.search(self.document.raw, self.offset)) is not None:
                return self.document.at(match.start(1))
        return self.place

    def each(self, tag: str) -> Iterator[Element]:
        """Children with a tag."""
        return (child for child in self.children if child.tag == tag)

    def first(self, tag: str) -> Element | None:
        """The first child with a tag, None without one."""
        return next(self.each(tag), None)


def xml_text(raw: bytes, file: str) -> tuple[str, tuple[Complaint, ...]]:
    """The text of an XML file, in the encoding it declares, with warnings.

    Without a declared encoding it is UTF-8 or, with a warning, :data:`FALLBACK`. Raises Complaints where it is not in
    its encoding, or that is none of :data:`ENCODINGS`.
    """
    if raw.startswith(codecs.BOM_UTF8):
        return decoded(raw, file, "utf-8-sig"), ()
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decoded(raw, file, "utf-16"), ()
    declared = _DECLARED.search(raw[:1000])
    if declared is None:
        try:
            return decoded(raw, file), ()
        except Complaints as error:
            [complaint] = error.complaints
            try:
                text = raw.decode(FALLBACK)
            except UnicodeDecodeError:
                raise error from None
        what = f"{complaint.what}, and no encoding is declared: read as {FALLBACK}"
        line = text.split("\n", complaint.place.line)[complaint.place.line - 1]
        place = replace(complaint.place, text=line.rstrip("\r"))
        return text, (Complaint(place, "file", what, "save the file as UTF-8", "warning", code="format"),)
    name = declared.group(1).decode("ascii", "replace")
    try:
        known = codecs.lookup(name).name
    except LookupError:
        known = ""
    if known not in ENCODINGS:
        raise Complaints([whole_file(file, f"the encoding {name} is not read", "save the file as UTF-8")])
    return decoded(raw, file, known), ()


def read_xml(raw: bytes, file: str | Path) -> Element:
    """The element that an XML file holds; what to warn of is in its document.

    Raises Complaints (one) where it is not plain XML.
    """
    text, warnings = xml_text(raw, str(file))
    document = _Document(_declaration_blanked(text), str(file), warnings)
    beginning = text.lstrip("\ufeff \t\r\n")
    if "<" in beginning[1:] and not beginning.startswith("<"):
        place = document.at(len(text[: len(text) - len(beginning)].encode()))
        what = "a text stands before the first tag"
        raise Complaints([Complaint(place, "file", what, "delete what stands before the first <", code="format")])
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = False
    stack: list[Element] = []
    roots: list[Element] = []
    count = 0

    def stop(what: str, hint: str | None = None) -> Complaints:
        return Complaints([Complaint(document.at(parser.CurrentByteIndex), "file", what, hint, code="format")])

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(stack) >= DEPTH:
            raise stop(f"nested more than {DEPTH} levels deep")
        if count > ELEMENTS:
            raise stop(f"more than {ELEMENTS} elements")
        if document.mark is not None:
            attributes = {name: document.plain(value) for name, value in attributes.items()}
        element = Element(tag, attributes, document, parser.CurrentByteIndex)
        for name, value in attributes.items():
            if FORBIDDEN.search(value):
                raise Complaints(
                    [Complaint(element.at(name), "file", "a text with control characters in it", code="format")]
                )
        (stack[-1].children if stack else roots).append(element)
        stack.append(element)

    def doctype(*_: object) -> None:
        raise stop("a document type (<!DOCTYPE) is not read: with it come entities", "delete it")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: stack.pop()
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(document.raw, True)
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        what, hint = _PROBLEMS.get(words, (f"not readable as XML: {words}", None))
        offset = min(max(parser.ErrorByteIndex, 0), len(document.raw))
        raise Complaints([Complaint(document.at(offset), "file", what, hint, code="format")]) from None
    return roots[0]
