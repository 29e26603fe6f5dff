"""YAML to located trees.

YAML is read from parser events, without recursion, so that every key and item keeps its place and a mistake
does not hide the next. Files are plain: anchors, aliases, tags, merge keys, directives, tabs and bare
``yes``/``no``/``on``/``off`` are complaints. Keys are always text.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from sim.files.complaints import Code, Complaint, Complaints, Place
from sim.files.nodes import FORBIDDEN, SWITCH, Mapping, Node, Scalar, Sequence, convert
from sim.files.text import LocatedText, Reading, characters, unified, whole_file

#: Deepest nesting read; people's files need about ten levels.
DEPTH = 40
#: Longest key read, in characters.
KEY = 200

_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# What the parsers say (libyaml's words and PyYAML's), in ours.
_PROBLEMS: tuple[tuple[str, str, str | None], ...] = (
    ("mapping values are not allowed", "a colon where no key can end",
     "if the colon belongs to a text, quote the text"),
    ("could not find expected ':'", "expected a colon after a key", "check the indentation, or close the quote above"),
    ("did not find expected key", "expected a key here; the line does not continue the one above",
     "check the indentation and the quotes"),
    ("expected <block end>", "expected a key or an item here", "check the indentation and the quotes"),
    ("did not find expected '-' indicator", "expected another item (- ...) here", "check the indentation"),
    ("expected ',' or ']'", "a list [...] begins here that lacks a comma or its end", "add , or ]"),
    ("expected ',' or '}'", "a mapping {...} begins here that lacks a comma or its end", "add , or }"),
    ("unexpected end of stream", "a quoted text that never ends", "close the quote"),
    ("cannot start any token", "no value can begin with this character", "quote the text"),
    ("unknown escape character", "an unknown escape in a double-quoted text",
     "write \\\\ for a backslash, or use ' quotes"),
    ("did not find expected node content", "expected a value here", None),
    ("expected the node content", "expected a value here", None),
    ("block sequence entries are not allowed", "no list item (- ...) can begin here", "start the list on its own line"),
    ("did not find expected <document start>", "something follows after the end of the content", None),
    ("expected '<document start>'", "something follows after the end of the content", None),
    ("undefined alias", "an alias (*name)", "write the content out; quote the text if the * belongs to it"),
    ("alphabetic or numeric character", "an anchor (&) or alias (*) may not stand here", "quote the text"),
)  # fmt: skip


def _syntax(error: Exception, source: LocatedText) -> Complaint:
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error).split("\n")[0]
    mark, start = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if mark is None or (start is not None and ("',' or" in problem or "end of stream" in problem)):
        mark = start or mark  # where it begins says more than where the parser gave up
    place = source.at(mark.line, mark.column) if mark else source.at(0, 0)
    for part, what, hint in _PROBLEMS:
        if part in problem:
            return Complaint(place, "file", what, hint, code="unreadable")
    return Complaint(place, "file", f"not readable as YAML: {problem}", code="unreadable")


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


def compose(text: str, file: str, *, quoted: str | None = None) -> Reading:
    """Read YAML as far as it can be followed; the complaints do not stop the tree where they need not.

    ``quoted`` is the text to quote in complaints if it differs from the one parsed (same lines).
    """
    source = LocatedText(unified(text), file, None if quoted is None else unified(quoted))
    if source.text.startswith("\ufeff"):
        place = source.at(0, 0)
        bom = [
            Complaint(
                place,
                "file",
                "a byte order mark",
                "save the file as UTF-8 without a byte order mark",
                code="unreadable",
            )
        ]
        rest = compose(source.text[1:], file)
        return Reading(rest.node, bom + rest.complaints)
    complaints = characters(source, tabs=True)
    if complaints:
        return Reading(None, complaints)
    for number, line in enumerate(source.lines):
        if line.startswith("%"):
            what, hint = "a directive (%...); files are plain YAML", "delete the line"
            return Reading(None, [Complaint(source.at(number, 0), "file", what, hint, code="unreadable")])
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


def _build(source: LocatedText, complaints: list[Complaint]) -> Node | None:
    stack: list[_Frame] = []
    root: Node | None = None
    documents = 0

    def complain(place: Place, what: str, hint: str | None = None, code: Code = "unreadable") -> None:
        complaints.append(Complaint(place, "file", what, hint, code=code))

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

    def key(event: yaml.ScalarEvent, place: Place) -> None:
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
            what = f"the key {name} stands here twice; the first is in line {first.line}"
            complain(place, what, "delete one", "twice")
        else:
            frame.key = name
            frame.key_places[name] = place

    for event in yaml.parse(source.text, Loader=_LOADER):
        mark = event.start_mark
        assert mark is not None
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
        if not isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                frame = stack.pop()
                if not frame.is_key:
                    put(frame.close())
            continue
        place = source.at(mark.line, mark.column)
        bad = False
        if event.anchor is not None:
            complain(place, f"an anchor (&{event.anchor}); files are plain YAML", "delete the anchor")
        if event.tag is not None:
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
                hint = f'write {truth}, or quote it ("{event.value}") if it is a text'
                complain(place, f"a bare {event.value}", hint)
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
        return Reading(None, [whole_file(file, "the file is empty", None)])
    if node is not None and not isinstance(node, Mapping):
        instead = "a list" if isinstance(node, Sequence) else "a single value"
        what = f"expected a mapping (key: value) at the top, found {instead}"
        return Reading(None, [*reading.complaints, Complaint(node.place, "file", what, code="unreadable")])
    return reading


def read_yaml(text: str, file: str) -> Node:
    """The located tree of a YAML text.

    Raises Complaints if the text is not plain YAML with a mapping at its top.
    """
    reading = read_mapping(text, file)
    if reading.complaints or reading.node is None:
        raise Complaints(reading.complaints)
    return reading.node
