"""What pydantic finds wrong with a part of a merged tree, as located complaints in our own words."""

from __future__ import annotations

import re
import types
import typing
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.files import nodes
from sim.files.complaints import Complaint, Place, closest, did_you_mean, meant
from sim.files.nodes import Mapping, Node, Scalar, TreePath
from sim.files.places import locate, where
from sim.scenario import schema
from sim.scenario.fields import describe


def faults_of(error: ValidationError, model: type[BaseModel], node: Node, path: TreePath) -> list[Complaint]:
    """What pydantic found, in our words, each cause once."""
    out: list[Complaint] = []
    details = error.errors(include_url=False)
    root = _rooted(node, path)
    missing: dict[TreePath, list[str]] = {}
    for d in details:
        if d["type"] == "missing":
            missing.setdefault(d["loc"][:-1], []).append(str(d["loc"][-1]))
    told: set[tuple[Place, str]] = set()
    # unknown keys first: one that resembles a missing key explains why that is missing
    for d in sorted(details, key=lambda d: d["type"] != "extra_forbidden"):
        loc: TreePath = tuple(d["loc"])
        full = (*path, *loc)
        parent = (*path, *loc[:-1])
        if d["type"] == "extra_forbidden":
            key = str(loc[-1])
            lacking = missing.get(loc[:-1], [])
            alias = _keys(model, loc[:-1]).get(key)
            near = alias if alias in lacking else closest(key, lacking)
            if near is not None:
                lacking.remove(near)
            hint = f"did you mean {near}?" if near else did_you_mean(key, _keys(model, loc[:-1]).values(), most=16)
            if model is schema.Scenario and loc[:-1] == ("proposal",) and key in _OF_THE_TOP:
                hint = f"{key} belongs at the top level, beside proposal"
            spot, what = locate(root, (*full, "[key]")), f"unknown key {key}"
            label = where(root, parent)
        elif d["type"] == "missing":
            key = str(loc[-1])
            if key not in missing[loc[:-1]]:
                continue
            spot, what, hint, label = locate(root, parent), f"the key {key} is missing", None, where(root, parent)
        else:
            found = nodes.find(node, loc[:-1] if loc[-1:] == ("[key]",) else loc)
            if isinstance(found, Mapping) and any(child.bad for child in found.items.values()) and d["type"] in _WHOLES:
                continue  # what it lacks may be what could not be read
            deeper = _culprit(d["type"], found)
            spot = deeper.place if deeper is not None else locate(root, full)
            what, hint = _words(d, deeper if deeper is not None else found, loc)
            label = where(root, full)
        if (spot, what) not in told:
            told.add((spot, what))
            out.append(Complaint(spot, label, what, hint))
    return out


def _rooted(node: Node, path: TreePath) -> Node:
    """A tree in which the part stands at its path, to name and locate what is in it."""
    for step in reversed(path):
        # the only lists on the way to a part are the rows of the evidence
        if isinstance(step, int):
            filler = Scalar(None, node.place)
            node = nodes.Sequence((*[filler] * step, node), node.place)
        else:
            node = Mapping({step: node}, node.place, {step: node.place})
    return node


def _culprit(kind: str, node: Node | None) -> Node | None:
    """The item of a short list that a validator of the whole list complains about."""
    if isinstance(node, nodes.Sequence):
        for item in node:
            value = item.value if isinstance(item, Scalar) else item
            if kind == "identifier" and not (isinstance(value, str) and re.fullmatch(r"\w+", value, re.ASCII)):
                return item
            if kind == "number" and (
                isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < float("inf")
            ):
                return item
    return None


_WHOLES = ("position", "party", "term", "source")
_OURS = ("identifier", "text", "date", "level", "ranking", "consent", "basis", "tactic", "quota", "decides", *_WHOLES)
#: Keys of a scenario that are easily written one level too deep.
_OF_THE_TOP = ("as_of", "no_deal", "negotiation", "draws", "seed")


def _words(error: ErrorDetails, node: Node | None, loc: TreePath) -> tuple[str, str | None]:
    """A pydantic error as what is wrong, and a hint."""
    kind, value = error["type"], error["input"]
    context = error.get("ctx") or {}
    if kind in ("number", "span"):
        return error["msg"], nodes.odd_number(node)
    if kind in _OURS:
        what, _, hint = str(error["msg"]).partition("; if it is meant as text, ")
        if kind in ("quota", "decides"):
            what, _, hint = what.partition("; ")
            return what, hint or None
        if kind == "basis":
            return what, "write stated, inferred or assumed"
        if loc == ("id",) and isinstance(node, Scalar) and node.place.line == 1 and not node.place.text:
            hint = "the id comes from the name of the file: rename the file, or write id: in it"
        elif hint:
            hint = f"if it is meant as text, {hint}"
        return what, hint or None
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        words = [word for word in words if word != "edited"]  # a basis that nobody writes
        near = meant(value, words) if isinstance(value, str) else None
        what = f"{described(value)} is not one of {', '.join(words)}"
        return what, f"did you mean {near}?" if near else None
    if kind in ("model_type", "dict_type", "model_attributes_type", "mapping_type"):
        what = f"expected a mapping (key: value), found {described(value)}"
        if loc and loc[-1] == "basis":
            return what, "write one word, or {ranking: ..., importance: ...}"
        return what, None
    if kind in ("tuple_type", "list_type"):
        what = f"expected a list, found {described(value)}"
        return what, f"write [{value}]" if isinstance(value, str) else None
    if kind in ("int_type", "int_from_float"):
        return f"expected a whole number, found {described(value)}", nodes.odd_number(node)
    if kind == "bool_type":
        return f"expected true or false, found {described(value)}", None
    if kind == "greater_than_equal":
        return f"must be at least {context.get('ge')}", None
    if kind == "less_than_equal":
        return f"must be at most {context.get('le')}", None
    if kind == "too_short":
        least = context.get("min_length", 1)
        return ("must not be empty" if least == 1 else f"needs at least {least} entries"), None
    return str(error["msg"]), None


def described(value: object) -> str:
    """A raw value as in :func:`sim.scenario.fields.describe`, cut to fit a line."""
    described = describe(value)
    return described if len(described) <= 60 else described[:57] + "..."


def _keys(model: type[BaseModel], loc: TreePath) -> dict[str, str]:
    """The keys a mapping may have, by the names of their fields in the model at this place."""
    kind: Any = model
    for step in loc:
        kind = _bare(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = next((f.annotation for n, f in kind.model_fields.items() if step in (f.alias, n)), None)
        elif typing.get_origin(kind) is dict:
            kind = typing.get_args(kind)[1]
        elif typing.get_origin(kind) is tuple:
            kind = typing.get_args(kind)[0]
        else:
            return {}
    kind = _bare(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: f.alias or name for name, f in kind.model_fields.items() if name != "domain"}
    return {}


def _bare(kind: Any) -> Any:
    """A type without Annotated and Optional."""
    while True:
        origin = typing.get_origin(kind)
        if origin is typing.Annotated:
            kind = typing.get_args(kind)[0]
        elif origin in (typing.Union, types.UnionType):
            kind = next(a for a in typing.get_args(kind) if a is not type(None))
        else:
            return kind
