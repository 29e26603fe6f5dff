"""Texts to edits: ``PATH=VALUE`` from a command line, and files of them.

Paths read as people speak: ``russia.alignment.importance=minor``, ``us.foreign_forces.red_lines=none``,
``proposal.force_limits=high_cap``, ``negotiation.rounds=30``. Whether there is such a party or issue, only
:mod:`sim.scenario.edits` can say.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from sim.files import nodes
from sim.files import yaml as reading
from sim.files.arguments import InvalidArgument, plain
from sim.files.complaints import Code, Complaint, Complaints, Place, collecting, did_you_mean, raise_all
from sim.files.nodes import Mapping, Node, Scalar, Sequence
from sim.files.text import LocatedText, read_text

#: What can be set of a cell (a party's stance on one issue), and of a party.
CELL = ("ranking", "values", "importance", "weight", "red_lines")
PARTY = ("red_lines", "refuses", "asks", "no_deal", "reservation", "consent", "decides")
#: Words with a meaning of their own in a path, or among the parties; no issue or party may bear them.
RESERVED_ISSUES = PARTY
RESERVED_PARTIES = ("proposal", "negotiation", "rules", "random")

#: How the places of edits begin that are not those of a file: options, mappings and samples of programs.
ONE_BY_ONE = ("--", "edits[", "samples[")

_RANGE = re.compile(r"\s*([-+]?[0-9.]*[0-9](?:[eE][-+]?[0-9]+)?)\.\.([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: the parts of its path with the place of each, and the new value."""

    parts: tuple[str, ...]
    places: tuple[Place, ...]
    value: Node

    @property
    def text(self) -> str:
        """The edit as ``PATH=VALUE``."""
        return f"{'.'.join(self.parts)}={nodes.flow(self.value)}"


def _parts(path: str, start: Place) -> tuple[tuple[str, ...], tuple[Place, ...]]:
    """Split a path at its dots; every part with its place. Raises Complaints on an empty part."""
    parts: list[str] = []
    places: list[Place] = []
    column = start.column
    for raw in path.split("."):
        parts.append(raw.strip())
        places.append(replace(start, column=column + len(raw) - len(raw.lstrip())))
        if not parts[-1]:
            hint = "write russia.alignment.importance"
            raise Complaints([Complaint(places[-1], "edit", "a part of the path is missing", hint, code="edit")])
        column += len(raw) + 1
    return tuple(parts), tuple(places)


def _ranged(value: Node) -> Node:
    """``lo..hi`` as a list of two numbers."""
    if isinstance(value, Scalar) and isinstance(value.value, str) and value.plain:
        match = _RANGE.fullmatch(value.value)
        if match:
            return Sequence(tuple(replace(value, value=nodes.convert(end)) for end in match.groups()), value.place)
    if isinstance(value, Mapping):
        return replace(value, items={k: _ranged(v) for k, v in value.items.items()})
    if isinstance(value, Sequence):
        return replace(value, items=tuple(_ranged(v) for v in value.items))
    return value


def parse_set(text: str, index: int) -> Edit:
    """Read the ``index``-th (from 1) ``--set PATH=VALUE``; the value is YAML flow text or a range ``lo..hi``.

    Raises Complaints, located as ``--set[index]:1:column``.
    """
    file = f"--set[{index}]"
    parts, places, start = split_path(text, file, "PATH=VALUE", "russia.alignment.importance=minor")
    return Edit(parts, places, read_value(text, file, start, len(text)))


def edit_of(path: str, value: object, file: str) -> Edit:
    """An edit of a path and a value as programs hold them: a number, a text as behind ``--set``, a list, a mapping.

    Its place is in ``file``. Raises Complaints about a path or a text that cannot be read, InvalidArgument about what
    is no value.
    """
    if "=" in path:
        raise InvalidArgument(f"{path!r} is no path: its value stands apart")
    text = f"{path}={value}" if isinstance(value, str) else f"{path}="
    parts, places, start = split_path(text, file, "a path", "russia.alignment.importance")
    if not isinstance(value, str):
        node = _ranged(nodes.from_plain(plain(value), replace(places[-1], text=path)))
    elif re.fullmatch(r"[A-Za-z]\w*", value, re.ASCII):
        # a word alone is that word, also where YAML would take it for a switch
        node = Scalar(value, place_in(text, file, start))
    else:
        node = read_value(text, file, start, len(text))
    return Edit(parts, places, node)


def split_path(text: str, file: str, form: str, example: str) -> tuple[tuple[str, ...], tuple[Place, ...], int]:
    """The parts of the path before the =, their places in ``file``, and the index at which what follows begins.

    ``form`` and ``example`` say what the text should look like. Raises Complaints.
    """
    start = place_in(text, file, 0)
    path, equals, _ = text.partition("=")
    if not equals:
        raise Complaints(
            [Complaint(start, "edit", f"expected {form}; there is no = in it", f"for instance {example}", code="edit")]
        )
    if "\n" in path:
        raise Complaints([Complaint(start, "edit", "a path stands on one line", None, code="edit")])
    parts, places = _parts(path, start)
    return parts, places, len(path) + 1


def read_value(text: str, file: str, start: int, end: int) -> Node:
    """The YAML flow value, or range ``lo..hi``, in ``text[start:end]``, with places in the whole text.

    Raises Complaints.
    """
    what = "there is no value behind the ="
    if not text[start:end].strip():
        raise Complaints(
            [Complaint(place_in(text, file, start), "edit", what, "write the word none or unknown", code="edit")]
        )
    padded = re.sub(r"[^\n]", " ", text[:start]) + text[start:end]
    read = reading.compose(padded, file, quoted=text)
    raise_all(replace(c, where="edit") for c in read.complaints)
    if read.node is None:
        raise Complaints([Complaint(place_in(text, file, start), "edit", what, code="edit")])
    return _ranged(read.node)


def place_in(text: str, file: str, index: int) -> Place:
    """The place of a character of a text from the command line; one past the end of its line at most."""
    return LocatedText(text, file).offset(min(index, len(text)))


@dataclass(frozen=True, slots=True)
class EditsFile:
    """A file of edits: what it is called, and how many edits it holds."""

    title: str
    count: int


def edits_file(path: Path) -> EditsFile:
    """What a file of edits holds, in short. Raises as :func:`read_edits`."""
    return EditsFile(edits_title(path), len(read_edits(path)))


def edits_title(path: Path) -> str:
    """The title of a file of edits; its stem where it has none (and then :func:`read_edits` complains)."""
    title = nodes.child(reading.read_mapping(read_text(path), str(path)).node, "title")
    return str(title.value) if isinstance(title, Scalar) else path.stem


def read_edits(path: Path) -> list[Edit]:
    """Read a file of edits: ``title:`` and ``edits:``, a mapping of the same paths or of cells with several keys.

    Raises Complaints, and OSError if the file cannot be read.
    """
    read = reading.read_mapping(read_text(path), str(path))
    complaints = list(read.complaints)
    out: list[Edit] = []
    tree = read.node
    if isinstance(tree, Mapping):
        for key in tree:
            if key not in ("title", "edits"):
                hint = did_you_mean(key, ("title", "edits"))
                complaints.append(
                    Complaint(tree.key_places[key], "edits file", f"unknown key {key}", hint, code="unknown_key")
                )
        title, body = tree.get("title"), tree.get("edits")
        if title is None:
            complaints.append(Complaint(tree.place, "edits file", "the key title is missing", code="missing_key"))
        elif not isinstance(title, Scalar) or not isinstance(title.value, str):
            complaints.append(Complaint(title.place, "edits file: title", "expected text", code="wrong_value"))
        if body is None:
            complaints.append(Complaint(tree.place, "edits file", "the key edits is missing", code="missing_key"))
        elif not isinstance(body, Mapping) or not len(body):
            what = "expected a mapping of paths to values"
            complaints.append(
                Complaint(
                    body.place, "edits file: edits", what, "russia.alignment.importance: minor", code="wrong_value"
                )
            )
        else:
            for key, value in body.items.items():
                place = body.key_places[key]
                # a quoted key begins one column after its quote
                quoted = place.text[place.column - 1 : place.column] in ("'", '"')
                with collecting(complaints):
                    parts, places = _parts(key, replace(place, column=place.column + quoted))
                    out.append(Edit(parts, places, _ranged(value)))
    raise_all(complaints)
    return out


class Wrong(Exception):
    """An edit that cannot be applied, with its complaint."""

    def __init__(
        self, place: Place, what: str, hint: str | None = None, where: str = "edit", code: Code = "edit"
    ) -> None:
        super().__init__(what)
        self.complaint = Complaint(place, where, what, hint, code=code)


def known(name: str, place: Place, names: Collection[str], what: str) -> None:
    """Raises Wrong where there is no such name."""
    if name not in names:
        raise Wrong(place, f"there is no {what} {name}", did_you_mean(name, names, most=20), code="unknown_name")


def end(edit: Edit, length: int) -> None:
    """Raises Wrong about path parts beyond ``length``."""
    if len(edit.parts) > length:
        here = ".".join(edit.parts[:length])
        raise Wrong(edit.places[length], f"{here} has no part {edit.parts[length]}", f"write {here}=...")
