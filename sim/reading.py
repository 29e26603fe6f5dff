"""Text to located trees: YAML and CSV.

YAML is read from parser events, without recursion, so that every key and item keeps its place and a mistake
does not hide the next. Files are plain: anchors, aliases, tags, merge keys, directives, tabs and bare
``yes``/``no``/``on``/``off`` are complaints. Keys are always text. CSV becomes the same kind of tree, a sequence
of mappings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Seq
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from sim.complaints import Complaint, Complaints, Place, did_you_mean
from sim.nodes import FORBIDDEN, SWITCH, Mapping, Node, Scalar, Sequence, convert

#: Deepest nesting read; people's files need about ten levels.
DEPTH = 40
#: Largest file read, in bytes.
SIZE = 5_000_000
#: Longest key read, in characters.
KEY = 200

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_text(path: Path, name: str | None = None) -> str:
    """The text of a file.

    Raises Complaints if it is too large or not UTF-8, OSError (one line, naming the file) if it
    cannot be read.
    """
    name = name or str(path)
    try:
        if path.is_dir():
            raise IsADirectoryError(f"{name}: is a folder, not a file")
        if path.exists() and not path.is_file():
            raise OSError(f"{name}: is not a regular file")
        if path.stat().st_size > SIZE:
            raise Complaints([_whole_file(name, f"the file is larger than {SIZE // 1_000_000} MB", None)])
        raw = path.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"{name}: no such file") from None
    except PermissionError:
        raise PermissionError(f"{name}: no permission to read it") from None
    except ValueError as error:  # a NUL in the name
        raise OSError(f"{name!r}: not a file name ({error})") from None
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(f"{name}: cannot be read ({error.strerror})") from None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        start = raw.rfind(b"\n", 0, error.start) + 1
        end = raw.find(b"\n", error.start)
        line = raw[start : end if end >= 0 else len(raw)].decode("utf-8", "replace")
        column = len(raw[start : error.start].decode("utf-8", "replace")) + 1
        place = Place(name, raw.count(b"\n", 0, error.start) + 1, column, line)
        what = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise Complaints([Complaint(place, "file", what, "save the file as UTF-8")]) from None


def _whole_file(file: str, what: str, hint: str | None) -> Complaint:
    return Complaint(Place(file, 1, 1), "file", what, hint)


@dataclass
class Reading:
    """What came of reading a text: a tree, or none if it could not be followed to its end."""

    node: Node | None
    complaints: list[Complaint]


class _Source:
    """A text with its lines, for places; ``lines`` may show another text than the one parsed."""

    def __init__(self, text: str, file: str, shown: str | None = None) -> None:
        self.file = file
        self.text = text
        self._shown = shown

    @cached_property
    def lines(self) -> list[str]:
        return (self.text if self._shown is None else self._shown).split("\n")

    def at(self, line: int, column: int) -> Place:
        """A place by 0-based line and column."""
        lines = self.lines
        line = min(max(line, 0), len(lines) - 1)
        return Place(self.file, line + 1, max(column, 0) + 1, lines[line])

    def offset(self, index: int) -> Place:
        start = self.text.rfind("\n", 0, index) + 1
        return self.at(self.text.count("\n", 0, index), index - start)


def _characters(source: _Source, *, tabs: bool) -> list[Complaint]:
    """Characters that may not stand in a file, at most one complaint a line."""
    found: dict[int, Complaint] = {}
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
        found.setdefault(place.line, Complaint(place, "file", what, hint))
        if len(found) >= 20:  # not a text file at all
            break
    return list(found.values())


def _unified(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


# What the parsers say (libyaml's words and PyYAML's), in ours.
_PROBLEMS: tuple[tuple[str, str, str | None], ...] = (
    (
        "mapping values are not allowed",
        "a colon where no key can end",
        "if the colon belongs to a text, quote the text",
    ),
    (
        "could not find expected ':'",
        "expected a colon after a key",
        "check the indentation, or close the quote above",
    ),
    (
        "did not find expected key",
        "expected a key here; the line does not continue the one above",
        "check the indentation and the quotes",
    ),
    ("expected <block end>", "expected a key or an item here", "check the indentation and the quotes"),
    ("did not find expected '-' indicator", "expected another item (- ...) here", "check the indentation"),
    ("did not find expected ',' or ']'", "a list [...] begins here that lacks a comma or its end", "add , or ]"),
    ("expected ',' or ']'", "a list [...] begins here that lacks a comma or its end", "add , or ]"),
    ("did not find expected ',' or '}'", "a mapping {...} begins here that lacks a comma or its end", "add , or }"),
    ("expected ',' or '}'", "a mapping {...} begins here that lacks a comma or its end", "add , or }"),
    ("unexpected end of stream", "a quoted text that never ends", "close the quote"),
    ("cannot start any token", "no value can begin with this character", "quote the text"),
    (
        "unknown escape character",
        "an unknown escape in a double-quoted text",
        "write \\\\ for a backslash, or use ' quotes",
    ),
    ("did not find expected node content", "expected a value here", None),
    ("expected the node content", "expected a value here", None),
    ("block sequence entries are not allowed", "no list item (- ...) can begin here", "start the list on its own line"),
    ("did not find expected <document start>", "something follows after the end of the content", None),
    ("expected '<document start>'", "something follows after the end of the content", None),
    ("undefined alias", "an alias (*name)", "write the content out; quote the text if the * belongs to it"),
    ("alphabetic or numeric character", "an anchor (&) or alias (*) may not stand here", "quote the text"),
)


def _syntax(error: Exception, source: _Source) -> Complaint:
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error).split("\n")[0]
    mark, start = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if mark is None or (start is not None and ("',' or" in problem or "end of stream" in problem)):
        mark = start or mark  # where it begins says more than where the parser gave up
    place = source.at(mark.line, mark.column) if mark else source.at(0, 0)
    for part, what, hint in _PROBLEMS:
        if part in problem:
            return Complaint(place, "file", what, hint)
    return Complaint(place, "file", f"not readable as YAML: {problem}")


@dataclass(slots=True)
class _Frame:
    """A collection under construction."""

    place: Place
    is_mapping: bool
    values: list[Node] = field(default_factory=list)
    items: dict[str, Node] = field(default_factory=dict)
    key_places: dict[str, Place] = field(default_factory=dict)
    expects_key: bool = True
    key: str | None = None  # None while a key is awaited or after one that cannot be used
    is_key: bool = False  # the collection itself stands where a key should

    def close(self) -> Node:
        if self.is_mapping:
            return Mapping(self.items, self.place, self.key_places)
        return Sequence(tuple(self.values), self.place)


def compose(text: str, file: str, *, shown: str | None = None) -> Reading:
    """Read YAML as far as it can be followed; the complaints do not stop the tree where they need not.

    ``shown`` is the text to quote in complaints if it differs from the one parsed (same lines).
    """
    source = _Source(_unified(text), file, None if shown is None else _unified(shown))
    if source.text.startswith("\ufeff"):
        place = source.at(0, 0)
        bom = [Complaint(place, "file", "a byte order mark", "save the file as UTF-8 without a byte order mark")]
        rest = compose(source.text[1:], file)
        return Reading(rest.node, bom + rest.complaints)
    complaints = _characters(source, tabs=True)
    if complaints:
        return Reading(None, complaints)
    for number, line in enumerate(source.lines):
        if line.startswith("%"):
            complaints.append(
                Complaint(source.at(number, 0), "file", "a directive (%...); files are plain YAML", "delete the line")
            )
            return Reading(None, complaints)
        if line.strip() and not line.lstrip().startswith("#"):
            break
    try:
        return Reading(_build(source, complaints), complaints)
    except yaml.YAMLError as error:
        complaints.append(_syntax(error, source))
    except _Stop:
        pass
    return Reading(None, complaints)


class _Stop(Exception):
    """Reading cannot go on; the reason is among the complaints."""


def _build(source: _Source, complaints: list[Complaint]) -> Node | None:
    stack: list[_Frame] = []
    root: Node | None = None
    documents = 0

    def complain(place: Place, what: str, hint: str | None = None) -> None:
        complaints.append(Complaint(place, "file", what, hint))

    def put(node: Node) -> None:
        nonlocal root
        if not stack:
            root = node
            return
        frame = stack[-1]
        if not frame.is_mapping:
            frame.values.append(node)
            return
        # only values come here: keys are taken in ``key`` or refused
        if frame.key is not None:
            frame.items[frame.key] = node
        frame.key = None
        frame.expects_key = True

    def key(event: Any, place: Place) -> None:
        frame = stack[-1]
        frame.expects_key = False
        name = event.value
        if name == "<<" and not event.style:
            complain(place, "a merge key (<<); files are plain YAML", "write the keys out")
        elif len(name) > KEY:
            complain(place, f"a key of {len(name)} characters; at most {KEY} are read")
        elif FORBIDDEN.search(name):
            complain(place, "a key with control characters in it")
        elif name in frame.items or name in frame.key_places:
            first = frame.key_places[name]
            complain(place, f"the key {name} stands here twice; the first is in line {first.line}", "delete one")
        else:
            frame.key = name
            frame.key_places[name] = place

    event: Any  # every kind has its own attributes
    for event in yaml.parse(source.text, Loader=_LOADER):
        mark = event.start_mark
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                complain(source.at(mark.line, mark.column), "a second document begins here; a file holds one", None)
                raise _Stop
            continue
        if isinstance(event, yaml.AliasEvent):
            place = source.at(mark.line, mark.column)
            complain(place, f"an alias (*{event.anchor}); files are plain YAML", "write the content out")
            if stack and stack[-1].is_mapping and stack[-1].expects_key:
                stack[-1].expects_key = False
            else:
                put(Scalar(None, place, bad=True))
            continue
        if not isinstance(event, yaml.NodeEvent):
            if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                frame = stack.pop()
                if not frame.is_key:
                    put(frame.close())
            continue
        node: Any = event
        place = source.at(mark.line, mark.column)
        bad = False
        if node.anchor is not None:
            complain(place, f"an anchor (&{node.anchor}); files are plain YAML", "delete the anchor")
        if node.tag is not None:
            complain(place, "a tag (!); files are plain YAML", "delete the tag; quote the text if the ! belongs to it")
            bad = True
        at_key = bool(stack) and stack[-1].is_mapping and stack[-1].expects_key
        if isinstance(event, yaml.ScalarEvent):
            if at_key:
                key(event, place)
                continue
            plain = not event.style
            value = convert(event.value) if plain and not bad else event.value
            if plain and not bad and SWITCH.fullmatch(event.value):
                truth = "true" if event.value.lower() in ("yes", "on", "y") else "false"
                complain(
                    place, f"a bare {event.value}", f'write {truth}, or quote it ("{event.value}") if it is a text'
                )
                bad = True
            elif isinstance(value, str) and FORBIDDEN.search(value):
                complain(place, "a text with control characters in it")
                bad = True
            put(Scalar(value, place, plain, bad))
            continue
        if len(stack) >= DEPTH:
            complain(place, f"nested more than {DEPTH} levels deep")
            raise _Stop
        frame = _Frame(place, isinstance(event, yaml.MappingStartEvent))
        if at_key:
            complain(place, "a list or mapping cannot be a key", "a key is a text; quote it if it begins with [ or {")
            stack[-1].expects_key = False
            frame.is_key = True
        stack.append(frame)
    return root


def read_mapping(text: str, file: str) -> Reading:
    """Like :func:`compose`, for a file whose top level must be a mapping."""
    reading = compose(text, file)
    node = reading.node
    if not reading.complaints and (node is None or (isinstance(node, Scalar) and node.value is None)):
        return Reading(None, [_whole_file(file, "the file is empty", None)])
    if node is not None and not isinstance(node, Mapping):
        found = "a list" if isinstance(node, Sequence) else "a single value"
        reading.complaints.append(
            Complaint(node.place, "file", f"expected a mapping (key: value) at the top, found {found}")
        )
        return Reading(None, reading.complaints)
    return reading


def read_yaml(text: str, file: str) -> Node:
    """The located tree of a YAML text.

    Raises Complaints if the text is not plain YAML with a mapping at its top.
    """
    reading = read_mapping(text, file)
    if reading.complaints or reading.node is None:
        raise Complaints(reading.complaints)
    return reading.node


# --- CSV ----------------------------------------------------------------------------------

_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_BARE = re.compile(r'[^,"\n]*')
_TO_CELL_END = re.compile(r"[^,\n]*")


def _cells(source: _Source, complaints: list[Complaint]) -> list[list[Scalar]]:
    """Rows of located cells; an empty cell is None. Lines without any text are left out."""
    text = source.text
    rows: list[list[Scalar]] = []
    row: list[Scalar] = []
    at, line, start = 0, 0, 0  # index, line number and index of the line's first character
    while True:
        place = source.at(line, at - start)
        bad = False
        if text.startswith('"', at):
            match = _QUOTED.match(text, at)
            if match is None:
                complaints.append(Complaint(place, "table", "a quoted cell that never ends", "close the quote"))
                break
            value = match.group(1).replace('""', '"')
            line += match.group().count("\n")
            start = max(start, text.rfind("\n", 0, match.end()) + 1)
            at = match.end()
        else:
            match = _BARE.match(text, at)
            value = match.group() if match else ""
            at = match.end() if match else at
        rest = _TO_CELL_END.match(text, at)
        if rest is not None and rest.end() > at:
            quote = text[at] == '"'
            what = "a quote inside a cell that does not begin with one" if quote else "text after the closing quote"
            hint = 'put the whole cell in quotes and double the quotes inside it: "say ""yes"" now"'
            complaints.append(Complaint(source.at(line, at - start), "table", what, hint))
            bad, at = True, rest.end()
        row.append(Scalar(value or None, place, False, bad))
        if at < len(text) and text[at] == ",":
            at += 1
            continue
        if len(row) > 1 or row[0].value is not None or row[0].bad:
            rows.append(row)
        row = []
        if at >= len(text):
            break
        at += 1
        line, start = line + 1, at
        if at >= len(text):
            break
    return rows


def compose_csv(text: str, file: str, columns: Seq[str], optional: Seq[str] = ()) -> Reading:
    """Read a table with a header; each row becomes a mapping from column to cell.

    ``columns`` are the names a header may hold, ``optional`` those it may leave out. The tree is
    None if the header is of no use.
    """
    source = _Source(_unified(text), file)
    complaints: list[Complaint] = []
    if source.text.startswith("\ufeff"):
        place = source.at(0, 0)
        complaints.append(
            Complaint(place, "file", "a byte order mark", "save the file as UTF-8 without a byte order mark")
        )
        source = _Source(source.text[1:], file)
    found = _characters(source, tabs=False)
    if found:
        return Reading(None, complaints + found)
    rows = _cells(source, complaints)
    if not rows:
        empty = _whole_file(file, "the file is empty", f"its header is {','.join(columns)}")
        return Reading(None, complaints or [empty])
    header, useless = rows[0], False
    names: list[str | None] = []
    for cell in header:
        name = str(cell.value or "").strip()
        if name not in columns:
            what = f"unknown column {name}" if name else "a column without a name"
            hint = did_you_mean(name, columns) if name else "delete the comma"
            complaints.append(Complaint(cell.place, "header", what, hint))
        elif name in names:
            complaints.append(Complaint(cell.place, "header", f"the column {name} stands here twice", "delete one"))
            names.append(None)
            continue
        names.append(name if name in columns else None)
    for name in columns:
        if name not in names and name not in optional:
            near = any(n is None for n in names)
            if not near or len([n for n in names if n is None]) < len([c for c in columns if c not in names]):
                complaints.append(Complaint(header[0].place, "header", f"the column {name} is missing", None))
            useless = True
    if useless:
        return Reading(None, complaints)
    out: list[Node] = []
    lengths = {len(cells) for cells in rows[1:]}
    # a comma too many in the header is one mistake, not one a row
    told = bool(complaints) and len(lengths) == 1 and len(header) not in lengths
    for cells in rows[1:]:
        bad = len(cells) != len(header) and not told
        if bad:
            extra = cells[len(header)] if len(cells) > len(header) else cells[-1]
            what = f"the row has {len(cells)} cells, the header has {len(header)}"
            hint = "put a cell that holds a comma in quotes" if len(cells) > len(header) else None
            complaints.append(Complaint(extra.place, "table", what, hint))
        pairs = {n: c for n, c in zip(names, cells, strict=False) if n is not None}
        out.append(Mapping(dict(pairs), cells[0].place, {n: c.place for n, c in pairs.items()}, bad))
    return Reading(Sequence(tuple(out), header[0].place), complaints)


def read_csv(text: str, file: str, columns: Seq[str], optional: Seq[str] = ()) -> Sequence:
    """The rows of a table, each a mapping from column to cell, every cell with its place.

    Raises Complaints about quoting, the header and the number of cells.
    """
    reading = compose_csv(text, file, columns, optional)
    if reading.complaints or not isinstance(reading.node, Sequence):
        raise Complaints(reading.complaints)
    return reading.node
