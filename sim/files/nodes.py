"""Trees in which every key and value knows its line and column: scalars, updates, and writing as YAML.

Scalars follow the YAML 1.2 core rules, with what people stumble over left out: dates and numbers in odd
spellings (``012``, ``1_000``, ``0x10``) are text. Two trees are equal when their contents are; places do not count.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, overload

from sim.files.complaints import Place

TreePath: TypeAlias = tuple[str | int, ...]
Plain: TypeAlias = Any  # None | bool | int | float | str | tuple[Plain, ...] | dict[str, Plain]


_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)")
_NAN = re.compile(r"\.(nan|NaN|NAN)")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
SWITCH = re.compile(r"yes|no|on|off|y|n", re.IGNORECASE)
_ODD_NUMBER = re.compile(r"[-+]?(0[xob])?[0-9a-fA-F][0-9a-fA-F_,:.]*%?", re.ASCII)
# What may not stand in a file: control characters, odd line ends, lone surrogates, byte order marks.
FORBIDDEN = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_PLAIN = re.compile(r"[A-Za-z0-9_/.+(][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. ``plain`` is true if it stood there without quotes."""

    value: bool | int | float | str | None
    place: Place = field(compare=False, repr=False)
    plain: bool = field(default=True, compare=False, repr=False)
    #: Already complained about: later complaints about it would only repeat the first.
    bad: bool = field(default=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    place: Place = field(compare=False, repr=False)
    bad: bool = field(default=False, compare=False, repr=False)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Nodes by key, in the order of the file. ``key_places`` says where each key stands."""

    items: dict[str, Node]
    place: Place = field(compare=False, repr=False)
    key_places: dict[str, Place] = field(default_factory=dict, compare=False, repr=False)
    bad: bool = field(default=False, compare=False, repr=False)

    def get(self, key: str) -> Node | None:
        """What stands under a key, None without it."""
        return self.items.get(key)

    def having(self, key: str, value: Node, key_place: Place | None = None) -> Mapping:
        """With a value for a key, which stays where it stood, or stands at ``key_place``."""
        places = {key: value.place, **self.key_places}
        if key_place is not None:
            places[key] = key_place
        return replace(self, items={**self.items, key: value}, key_places=places)

    def without(self, *keys: str) -> Mapping:
        """Without these keys and what stands under them."""
        items = {k: v for k, v in self.items.items() if k not in keys}
        return replace(self, items=items, key_places={k: p for k, p in self.key_places.items() if k in items})

    def __contains__(self, key: object) -> bool:
        return key in self.items

    def __iter__(self) -> Iterator[str]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


Node: TypeAlias = Scalar | Sequence | Mapping


def mapping(items: dict[str, Node], place: Place) -> Mapping:
    """A mapping all keys of which stand at one place."""
    return Mapping(items, place, dict.fromkeys(items, place))


# --- scalars ------------------------------------------------------------------------------


def convert(raw: str) -> bool | int | float | str | None:
    """A plain scalar by the YAML 1.2 core rules, less the spellings that mislead."""
    if raw in _NULL:
        return None
    if raw in _BOOL:
        return _BOOL[raw]
    first = raw[0]
    if first in "-+.0123456789":
        if _INT.fullmatch(raw) and len(raw) <= 19:
            return int(raw)
        if _FLOAT.fullmatch(raw):
            return float(raw)
        if _INFINITE.fullmatch(raw):
            return -math.inf if first == "-" else math.inf
        if _NAN.fullmatch(raw):
            return math.nan
    return raw


def odd_number(node: Node | None) -> str | None:
    """A hint for a scalar that looks like a number but is text."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return None
    text = node.value.strip()
    if not node.plain and isinstance(convert(text), (int, float)) and not isinstance(convert(text), bool):
        return "write the number without quotes"
    if not any(c.isdigit() for c in text) or not _ODD_NUMBER.fullmatch(text):
        return None
    if text.endswith("%"):
        return "write a share as a number between 0 and 1"
    return "write a number in plain digits: no leading zero, underscore, comma, colon or 0x"


# --- trees --------------------------------------------------------------------------------


def to_plain(node: Node) -> Plain:
    """The content alone: dictionaries, tuples and scalar values."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return tuple([to_plain(item) for item in node.items])
    return {key: to_plain(value) for key, value in node.items.items()}


def from_plain(value: Plain, place: Place) -> Node:
    """A tree of the content, all of it at one place."""
    if isinstance(value, dict):
        return mapping({k: from_plain(v, place) for k, v in value.items()}, place)
    if isinstance(value, (list, tuple)):
        return Sequence(tuple(from_plain(v, place) for v in value), place)
    return Scalar(value, place)


def child(node: Node | None, step: str | int) -> Node | None:
    """What stands under a key or index, or None."""
    if isinstance(node, Mapping):
        return node.items.get(str(step))
    if isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None


def find(node: Node | None, path: TreePath) -> Node | None:
    """What stands at the end of a path, or None if the path does not lead there."""
    for step in path:
        node = child(node, step)
    return node


def text_of(node: Node | None) -> str | None:
    """The text of a scalar that is one."""
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def keys(node: Node | None, *path: str | int) -> list[str]:
    """The keys of the mapping at a path; none where there is no mapping."""
    under = find(node, path)
    return list(under.items) if isinstance(under, Mapping) else []


def items(node: Node | None, *path: str | int) -> list[Node]:
    """The items of the list at a path; none where there is no list."""
    under = find(node, path)
    return list(under.items) if isinstance(under, Sequence) else []


def place_of(node: Node, path: TreePath, *, key: bool = False) -> Place:
    """The place of what a path leads to, or of the deepest part of it that exists.

    With ``key``, the place of the last key rather than of what stands under it.
    """
    here: Node = node
    place = node.place
    for i, step in enumerate(path):
        under = child(here, step)
        if under is None:
            return place
        place = under.place
        if key and i == len(path) - 1 and isinstance(here, Mapping):
            place = here.key_places.get(str(step), place)
        here = under
    return place


def walk(node: Node) -> Iterator[Node]:
    """The node and everything under it."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Sequence):
            stack.extend(node.items)
        elif isinstance(node, Mapping):
            stack.extend(node.items.values())


@overload
def replaced(node: Mapping, path: TreePath, new: Node, key_place: Place | None = None) -> Mapping: ...


@overload
def replaced(node: Node, path: TreePath, new: Node, key_place: Place | None = None) -> Node: ...


def replaced(node: Node, path: TreePath, new: Node, key_place: Place | None = None) -> Node:
    """The tree with ``new`` at the end of ``path``; mappings on the way are made where they are missing.

    Everything off the path is shared with the old tree. Raises KeyError if the path leads into a
    scalar or beyond the end of a list (the index one past the end appends).
    """
    if not path:
        return new
    step, rest = path[0], path[1:]
    at = key_place or new.place
    under = child(node, step)
    if under is None:
        under = Mapping({}, at)
    if isinstance(node, Mapping) and isinstance(step, str):
        places = {step: at} | node.key_places
        return replace(node, items={**node.items, step: replaced(under, rest, new, key_place)}, key_places=places)
    if isinstance(node, Sequence) and isinstance(step, int) and 0 <= step <= len(node.items):
        value = replaced(under, rest, new, key_place)
        return replace(node, items=(*node.items[:step], value, *node.items[step + 1 :]))
    raise KeyError(step)


def put(tree: Mapping, path: TreePath, value: Node, key_place: Place) -> Mapping:
    """:func:`replaced`, with the last key of the path at ``key_place``, wherever it stood."""
    new = replaced(tree, path, value, key_place)
    parent = find(new, path[:-1])
    if isinstance(parent, Mapping) and isinstance(path[-1], str):
        return replaced(new, path[:-1], parent.having(path[-1], value, key_place), key_place)
    return new


@overload
def removed(node: Mapping, path: TreePath) -> Mapping: ...


@overload
def removed(node: Node, path: TreePath) -> Node: ...


def removed(node: Node, path: TreePath) -> Node:
    """The tree without what stands at the end of ``path``; unchanged if nothing does."""
    if not path:
        return node
    step, rest = path[0], path[1:]
    under = child(node, step)
    if under is None:
        return node
    if isinstance(node, Mapping):
        if not rest:
            return node.without(str(step))
        return replace(node, items={**node.items, str(step): removed(under, rest)})
    if isinstance(node, Sequence) and isinstance(step, int):
        middle = (removed(under, rest),) if rest else ()
        return replace(node, items=(*node.items[:step], *middle, *node.items[step + 1 :]))
    return node


# --- writing ------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    """A double-quoted YAML scalar on one line."""
    out = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")

    def escape(match: re.Match[str]) -> str:
        code = ord(match.group())
        return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"

    return '"' + FORBIDDEN.sub(escape, out) + '"'


def _written(value: bool | int | float | str | None, *, flow: bool, key: bool = False) -> str:
    """A scalar as it is written, quoted where it could be read as something else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if math.isnan(value):
            return ".nan"
        return repr(value) if math.isfinite(value) else (".inf" if value > 0 else "-.inf")
    text = value
    safe = (
        _PLAIN.fullmatch(text) is not None
        and not FORBIDDEN.search(text)
        and text == text.strip()
        and ": " not in text
        and " #" not in text
        and not text.endswith(":")
        and not (flow and re.search(r"[\[\]{},?]", text))
        and not SWITCH.fullmatch(text)
        and isinstance(convert(text), str)
        and text not in ("---", "...")
        and not text.startswith(("--- ", "... "))
    )
    if safe and any(c.isdigit() for c in text) and _ODD_NUMBER.fullmatch(text) and not text.isalpha():
        safe = bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}|[A-Za-z]\w*", text, re.ASCII))
    if key and safe and not re.fullmatch(r"[\w.\-]+", text):
        safe = False
    return text if safe else _quoted(text)


def flow(node: Node) -> str:
    """The node on one line of YAML."""
    if isinstance(node, Scalar):
        return _written(node.value, flow=True)
    if isinstance(node, Sequence):
        return "[" + ", ".join(flow(item) for item in node.items) + "]"
    return "{" + ", ".join(f"{_written(k, flow=True, key=True)}: {flow(v)}" for k, v in node.items.items()) + "}"


def _height(node: Node, most: int = 3) -> int:
    """Levels of collections, counted no further than ``most``."""
    if isinstance(node, Scalar) or most == 0:
        return 0
    under = node.items if isinstance(node, Sequence) else tuple(node.items.values())
    return 1 + max((_height(item, most - 1) for item in under), default=0)


def _short(node: Node, room: int) -> str | None:
    """The node on one line if it is a small leaf and fits."""
    if not isinstance(node, Scalar) and len(node) and _height(node) > 2:
        return None
    line = flow(node)
    return line if len(line) <= room or (not isinstance(node, Scalar) and not len(node)) else None


def _block(node: Node, indent: int, out: list[str]) -> None:
    pad = " " * indent
    pairs: list[tuple[str, Node]]
    if isinstance(node, Mapping):
        pairs = [(f"{_written(k, flow=False, key=True)}:", v) for k, v in node.items.items()]
    elif isinstance(node, Sequence):
        pairs = [("-", v) for v in node.items]
    else:
        pairs = []
    for head, value in pairs:
        if isinstance(value, Scalar):
            out.append(f"{pad}{head} {_written(value.value, flow=False)}")
            continue
        line = _short(value, 100 - indent - len(head))
        if line is not None:
            out.append(f"{pad}{head} {line}")
        elif head == "-":
            mark = len(out)
            _block(value, indent + 2, out)
            out[mark] = pad + "- " + out[mark][indent + 2 :]
        else:
            out.append(pad + head)
            _block(value, indent + 2, out)


def dump_yaml(node: Node) -> str:
    """Readable YAML that :func:`read_yaml` reads back to an equal tree.

    Blocks, with small leaves on one line; a text that could be read as something else is quoted.
    """
    if isinstance(node, Scalar):
        return _written(node.value, flow=False) + "\n"
    if not len(node):
        return flow(node) + "\n"
    out: list[str] = []
    _block(node, 0, out)
    return "\n".join(out) + "\n"
