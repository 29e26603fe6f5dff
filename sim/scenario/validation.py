"""Merged trees to models, part by part, each part once.

A part with faults still yields a model of what remains, so that the rules across files can be checked in the same
breath, and a part that has been validated once is not validated again.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.files import nodes
from sim.files.complaints import Code, Complaint, Place, closest, did_you_mean, meant
from sim.files.nodes import Mapping, Node, Scalar, TreePath
from sim.files.text import Reading
from sim.scenario import checker, schema
from sim.scenario.checker import Checks, along, locate, where
from sim.scenario.domain_checks import no_voters
from sim.scenario.edits import EditedParties
from sim.scenario.fields import describe
from sim.scenario.issues_in_force import Narrowed
from sim.scenario.negotiation_schema import Tactic, parameters

#: What a part holds besides its node, by key: models made before.
Extra: TypeAlias = dict[str, BaseModel]


@dataclass
class Cache:
    """What has been read and validated already: files and folders by path, models by the identity of their nodes."""

    folders: dict[Path, tuple[Mapping, list[Complaint]]] = field(default_factory=dict)
    parts: dict[tuple[int, type[BaseModel]], tuple[Node, Part]] = field(default_factory=dict)
    lists: dict[int, tuple[Node, PartList]] = field(default_factory=dict)
    own: Part | None = None  # the last part of a scenario's own without faults
    tables: dict[int, tuple[Node, EvidenceTable]] = field(default_factory=dict)
    domains: dict[int, tuple[Node, CheckedDomain]] = field(default_factory=dict)
    checks: Checks = field(default_factory=dict)
    names: checker.NamesByContent = field(default_factory=dict)
    candidates: dict[Path, Reading] = field(default_factory=dict)
    edited: EditedParties = field(default_factory=dict)
    narrowed: Narrowed = field(default_factory=dict)

    def copy(self) -> Cache:
        """One that grows by itself, so that a long series of edits does not pile up in the first."""
        copied = replace(self)
        for name, known in vars(self).items():
            setattr(copied, name, dict(known) if isinstance(known, dict) else known)
        copied.checks = {key: (around, dict(parts)) for key, (around, parts) in self.checks.items()}
        return copied


@dataclass
class Part:
    """One validated part: its model and faults; where it has faults, the model and tree of what remains."""

    model: BaseModel | None
    faults: list[Complaint]
    plain: nodes.Plain
    node: Node


@dataclass(frozen=True)
class PartList:
    """A list of validated parts without faults."""

    models: tuple[BaseModel | None, ...]
    plain: tuple[nodes.Plain, ...]


@dataclass
class CheckedDomain(Part):
    """A domain as its files have it, with what is wrong with them; ``model`` is None where they make none."""

    model: schema.Domain | None
    checked: list[Complaint] | None = None
    rows: dict[str, schema.Evidence] | None = None  # evidence by id without rows that have faults

    @cached_property
    def digest(self) -> str:
        """The hash of the content, nothing where it has faults."""
        return "" if self.faults else digest(self.plain)


@dataclass
class EvidenceTable:
    """The rows of the evidence, validated: of those without faults the models and nodes."""

    rows: list[Part]

    def __post_init__(self) -> None:
        self.plain = tuple(row.plain for row in self.rows)
        self.faults = [fault for row in self.rows for fault in row.faults]
        sound = [row for row in self.rows if row.model is not None]
        self.models = tuple(row.model for row in sound if isinstance(row.model, schema.Evidence))
        self.nodes = tuple(row.node for row in sound)
        faulty = [row.plain for row in self.rows if row.faults]
        doubtful = {str(plain.get("id")) for plain in faulty if isinstance(plain, dict)}
        self.by_id = {id: row for id, row in checker.rows_by_id(self.models).items() if id not in doubtful}


def digest(plain: nodes.Plain) -> str:
    """The SHA-256 of a content, whatever the order of its keys."""
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _part(
    model: type[BaseModel], node: Node, path: TreePath, cache: Cache, extra: Extra | None = None, by_hand: bool = False
) -> Part:
    """Validate one node, once."""
    known = cache.parts.get((id(node), model))
    if known is not None and known[0] is node and extra is None:
        return known[1]
    context = schema.BY_HAND if by_hand else None
    if model is schema.Party and isinstance(node, Mapping):
        part = _party(node, path, cache, by_hand)
        if part is not None:
            cache.parts[id(node), model] = (node, part)
            return part

    def read(plain: nodes.Plain) -> BaseModel:
        content = {**plain, **extra} if extra is not None and isinstance(plain, dict) else plain
        return model.model_validate(content, by_alias=True, by_name=False, context=context)

    part = Part(None, [], nodes.to_plain(node), node)
    try:
        part.model = read(part.plain)
    except ValidationError as error:
        part.faults = faults_of(error, model, node, path)
        part.model, part.node = _salvaged(model, node, error, read)
    if extra is None:
        cache.parts[id(node), model] = (node, part)
    return part


def _party(node: Mapping, path: TreePath, cache: Cache, by_hand: bool) -> Part | None:
    """A party made of its entries, refusals, demands and no deal, each validated once; None where anything is wrong."""
    plain: dict[str, nodes.Plain] = {}
    models: dict[str, Any] = {}
    for key, under in node.items.items():
        here = (*path, key)
        if key == "positions" and isinstance(under, Mapping):
            cells = {i: _list(schema.Position, x, (*here, i), cache, by_hand) for i, x in under.items.items()}
            sound = {issue: cell for issue, cell in cells.items() if cell is not None}
            if len(sound) < len(cells):
                return None
            plain[key] = {issue: cell.plain for issue, cell in sound.items()}
            models[key] = {issue: cell.models for issue, cell in sound.items()}
        elif key == "refuses" and isinstance(under, nodes.Sequence):
            refusals = _list(schema.Refusal, under, here, cache, by_hand)
            if refusals is None:
                return None
            plain[key], models[key] = refusals.plain, refusals.models
        elif key == "asks" and isinstance(under, nodes.Sequence):
            demands = _list(schema.Demand, under, here, cache, by_hand)
            if demands is None:
                return None
            plain[key], models[key] = demands.plain, demands.models
        elif key == "no_deal":
            part = _part(schema.PartyNoDeal, under, here, cache, None, by_hand)
            if part.faults:
                return None
            plain[key], models[key] = part.plain, part.model
        else:
            plain[key] = models[key] = nodes.to_plain(under)
    context = schema.BY_HAND if by_hand else None
    try:
        model = schema.Party.model_validate(models, by_alias=True, by_name=False, context=context)
    except ValidationError:
        return None
    return Part(model, [], plain, node)


def _list(model: type[BaseModel], node: Node, path: TreePath, cache: Cache, by_hand: bool) -> PartList | None:
    """The parts of a list, validated once; None where it is none or anything is wrong with one of them."""
    known = cache.lists.get(id(node))
    if known is not None and known[0] is node:
        return known[1]
    parts = [_part(model, x, (*path, i), cache, None, by_hand) for i, x in enumerate(nodes.items(node))]
    if not isinstance(node, nodes.Sequence) or any(part.faults for part in parts):
        return None
    result = PartList(tuple(part.model for part in parts), tuple(part.plain for part in parts))
    cache.lists[id(node)] = (node, result)
    return result


#: What stands in for a faulty value while the rest of its surroundings is checked.
_STAND_INS: dict[str, nodes.Plain] = {
    "ranking": "unknown",
    "importance": "unknown",
    "basis": "assumed",
    "role": "alliance",
    "consent": "always",
    "open": True,
    "evidence": (checker.FAULTY,),
    **dict.fromkeys(("title", "name", "summary", "question", "claim", "why", "publisher", "inferred_from"), "-"),
}
#: The same for a row of the evidence: what its other cells name is still looked up.
_STAND_INS_OF_ROWS: dict[str, nodes.Plain] = {
    "date": checker.NO_DAY.isoformat(),
    "strength": "fact",
    "attribution": "summary",
    "place": "p1.s1",
    **dict.fromkeys(("party", "issue", "source"), checker.FAULTY),
}


def _salvaged(
    model: type[BaseModel], node: Node, error: ValidationError, read: Callable[[nodes.Plain], BaseModel]
) -> tuple[BaseModel | None, Node]:
    """The model of what remains when faulty pieces are taken out or stood in for, and the tree of it.

    So the rules across files can be checked for the rest, and a person sees all that is wrong at once.
    """
    for _ in range(50):
        kinds = {_real(node, tuple(d["loc"])): d["type"] for d in error.errors(include_url=False)}
        # from the last item to the first, so that taking one out of a list does not renumber the others
        first_to_last = sorted(kinds, key=lambda at: [(isinstance(s, str), s if isinstance(s, int) else 0) for s in at])
        for loc in reversed(first_to_last):
            node = _mended(node, loc, kinds[loc], model)
        try:
            return read(nodes.to_plain(node)), node
        except ValidationError as again:
            error = again
    return None, node


def _real(node: Node, loc: TreePath) -> TreePath:
    """The part of pydantic's path that the tree has, with the last step even if it is missing."""
    out: list[str | int] = []
    above = node
    for i, step, under in along(node, loc):
        if under is not None:
            out.append(step)
            above = under
        elif isinstance(above, Mapping) and step != "[key]" and i == len(loc) - 1:
            out.append(step)
    return tuple(out)


def _mended(node: Node, path: TreePath, kind: str, model: type[BaseModel]) -> Node:
    """The tree without the faulty piece at ``path``, or with something harmless in its stead."""
    if not path:
        return Scalar(None, node.place)
    last, piece = path[-1], nodes.find(node, path)
    fresh: nodes.Plain = _STAND_INS.get(last) if isinstance(last, str) else None
    if path[-2:-1] == ("evidence",) and isinstance(last, int):
        fresh = checker.FAULTY
    elif path[-2:-1] == ("values",):
        fresh = 0
    elif path[-2:-1] == ("basis",):
        fresh = "assumed"
    elif model is schema.Evidence and len(path) == 1:
        fresh = _STAND_INS_OF_ROWS.get(str(last), fresh)
    elif model is schema.Scenario and path == ("id",):
        fresh = "_"
    elif model is schema.Scenario and path == ("proposal", "date"):
        fresh = checker.NO_DAY.isoformat()
    if model is schema.Scenario and path == ("evidence",):
        fresh = None
    if fresh is not None and kind != "extra_forbidden":
        new = nodes.from_plain(fresh, (piece or node).place)
        if new != piece:
            try:
                return nodes.replaced(node, path, new)
            except KeyError:
                return node
    if piece is None:
        return _mended(node, path[:-1], "", model)
    parent = nodes.find(node, path[:-1])
    if isinstance(parent, nodes.Sequence) and len(parent) == 1 and len(path) > 1:
        return _mended(node, path[:-1], "", model)  # rather none than an empty list
    return nodes.removed(node, path)


_NOTHING: dict[str, Any] = {}
_DOMAIN_KEYS = ("issues", "sources", "evidence", "positions")


def validated_domain(tree: Mapping, cache: Cache, by_hand: bool) -> CheckedDomain:
    """Validate the merged domain, part by part, so that parts met before are not validated again.

    ``by_hand`` says that its files are a person's, in which no basis is ``edited``.
    """
    node = tree.items["domain"]
    known = cache.domains.get(id(node))
    if known is not None and known[0] is node:
        return known[1]
    faults: list[Complaint] = []
    result = CheckedDomain(None, faults, {}, node)
    cache.domains[id(node)] = (node, result)
    if not isinstance(node, Mapping):
        what = f"expected a mapping with {', '.join(_DOMAIN_KEYS)}, found {described(nodes.to_plain(node))}"
        faults.append(Complaint(node.place, "domain", what, code="wrong_value"))
        return result
    from_folder = node.place.file != tree.place.file
    for key in node:
        if key not in _DOMAIN_KEYS:
            hint = did_you_mean(key, _DOMAIN_KEYS)
            faults.append(Complaint(node.key_places[key], "domain", f"unknown key {key}", hint, code="unknown_key"))
    sound: dict[str, Node] = {}
    models: dict[str, Any] = {}
    for key in _DOMAIN_KEYS:
        under = node.get(key)
        if under is None:
            # a file that cannot be read has been complained about
            if not from_folder:
                faults.append(Complaint(node.place, "domain", f"the key {key} is missing", code="missing_key"))
            continue
        path: TreePath = ("domain", key)
        if key in ("issues", "sources"):
            part = _part(schema.Issues if key == "issues" else schema.Sources, under, path, cache, None, by_hand)
            result.plain[key], sound[key] = part.plain, part.node
            faults += part.faults
            if part.model is not None:
                models[key] = part.model
        elif key == "evidence":
            if not isinstance(under, nodes.Sequence):
                faults.append(Complaint(under.place, "evidence", "expected a list of rows", code="wrong_value"))
                continue
            table = _table(under, path, cache)
            faults += table.faults
            result.plain[key], models[key], result.rows = table.plain, table.models, table.by_id
            sound[key] = nodes.Sequence(table.nodes, under.place)
        else:
            if not isinstance(under, Mapping) or (not len(under) and not from_folder):
                faults.append(Complaint(under.place, "positions", "expected a mapping of parties", code="wrong_value"))
                continue
            parties = {}
            for name, party in under.items.items():
                if not re.fullmatch(r"\w+", name, re.ASCII):
                    what = f"{name!r} is not a name: use letters, digits and underscores"
                    faults.append(
                        Complaint(locate(tree, (*path, name, "[key]")), "positions", what, code="wrong_value")
                    )
                parties[name] = _part(schema.Party, party, (*path, name), cache, None, by_hand)
                faults += parties[name].faults
                if by_hand and from_folder:
                    faults += no_voters(tree, (*path, name), name, parties[name].model)
            result.plain[key] = {name: part.plain for name, part in parties.items()}
            models[key] = {name: part.model for name, part in parties.items() if part.model is not None}
            sound[key] = replace(under, items={name: part.node for name, part in parties.items()})
    result.node = replace(node, items={**node.items, **sound})
    if len(models) == len(_DOMAIN_KEYS):
        # validated already, part by part
        result.model = schema.Domain.model_construct(**models)
    return result


def _table(node: nodes.Sequence, path: TreePath, cache: Cache) -> EvidenceTable:
    """Validate the rows of the evidence, once."""
    known = cache.tables.get(id(node))
    # a cache that was pickled or copied has keys of nodes that are gone
    if known is None or known[0] is not node:
        rows = [_part(schema.Evidence, row, (*path, i), cache) for i, row in enumerate(node)]
        cache.tables[id(node)] = known = (node, EvidenceTable(rows))
    return known[1]


def validated(tree: Mapping, cache: Cache, by_hand: bool, domain_by_hand: bool) -> tuple[Part, CheckedDomain]:
    """Validate a merged tree: its own part and its domain.

    ``by_hand`` and ``domain_by_hand`` say that the part is a person's, in which no basis is ``edited``.
    """
    domain = validated_domain(tree, cache, domain_by_hand)
    own = replace(tree, items={k: v for k, v in tree.items.items() if k != "domain"})
    # the domain has been validated part by part; an empty one will do where it is faulty
    stand_in = domain.model or schema.Domain.model_construct(**_NOTHING)
    part = None if by_hand else _with_other_edits(cache.own, own, stand_in)
    part = part or _part(schema.Scenario, own, (), cache, {"domain": stand_in}, by_hand)
    if not part.faults:
        cache.own = part
    return part, domain


def _with_other_edits(before: Part | None, own: Mapping, domain: schema.Domain) -> Part | None:
    """A scenario's own part that differs from one without faults in its list of edits alone; None where it does not."""
    if before is None or before.model is None or not isinstance(before.node, Mapping) or "edits" not in own:
        return None
    here, there = ({**node.items, "edits": None} for node in (own, before.node))
    if here.keys() != there.keys() or any(here[key] is not there[key] for key in here):
        return None
    edits = nodes.to_plain(own.items["edits"])
    model = before.model.model_copy(update={"edits": edits, "domain": domain})
    return Part(model, [], {**before.plain, "edits": edits}, own)


# --- faults in our words ------------------------------------------------------------------


def faults_of(error: ValidationError, model: type[BaseModel], node: Node, path: TreePath) -> list[Complaint]:
    """What pydantic found, in our words, each cause once."""
    out: list[Complaint] = []
    details = error.errors(include_url=False)
    root = _rooted(node, path)
    missing: dict[TreePath, list[str]] = {}
    for d in details:
        if d["type"] == "missing":
            missing.setdefault(d["loc"][:-1], []).append(str(d["loc"][-1]))
    causes: set[tuple[Place, str]] = set()
    code: Code
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
            label, code = where(root, parent), "unknown_key"
        elif d["type"] == "missing":
            key = str(loc[-1])
            if key not in missing[loc[:-1]]:
                continue
            spot, what, hint, label = locate(root, parent), f"the key {key} is missing", None, where(root, parent)
            code = "missing_key"
        else:
            piece = nodes.find(node, loc[:-1] if loc[-1:] == ("[key]",) else loc)
            if isinstance(piece, Mapping) and any(child.bad for child in piece.items.values()) and d["type"] in _WHOLES:
                continue  # what it lacks may be what could not be read
            deeper = _culprit(d["type"], piece)
            spot = locate(root, full) if deeper is None else deeper.place
            what, hint = _words(d, piece if deeper is None else deeper, loc)
            if d["type"] in _MAPPINGS and hint is None:
                hint = _form(model, loc)
            label, code = where(root, full), "unknown_name" if d["type"] == "rule" else "wrong_value"
        # where content has no places, the keys tell causes apart
        cause = (spot, what) if spot.line else (spot, f"{label}: {what}")
        if cause not in causes:
            causes.add(cause)
            out.append(Complaint(spot, label, what, hint, code=code))
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
    for item in nodes.items(node):
        value = item.value if isinstance(item, Scalar) else None
        is_name = isinstance(value, str) and re.fullmatch(r"\w+", value, re.ASCII)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        if (kind == "identifier" and not is_name) or (kind == "number" and not is_number):
            return item
    return None


_WHOLES = ("position", "party", "term", "source")
_OURS = ("identifier", "text", "date", "level", "ranking", "consent", "basis", "tactic", "quota", "decides", *_WHOLES)
#: Keys of a scenario that are easily written one level too deep.
_OF_THE_TOP = ("as_of", "no_deal", "negotiation", "rules", "draws", "seed")


#: Errors of what should be a mapping.
_MAPPINGS = ("model_type", "dict_type", "model_attributes_type", "mapping_type")


def _words(error: ErrorDetails, node: Node | None, loc: TreePath) -> tuple[str, str | None]:
    """A pydantic error as what is wrong, and a hint."""
    kind, value = error["type"], error["input"]
    context = error.get("ctx") or {}
    if kind in ("number", "span"):
        return error["msg"], nodes.odd_number(node)
    if kind == "rule":
        return error["msg"], context.get("hint") or None
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
        if loc[-1:] == ("importance",) and "critical" in words and type(value) in (int, float):
            return what, "a number, the share of the issue in the utility, stands under weight in place of importance"
        return what, f"did you mean {near}?" if near else None
    if kind in _MAPPINGS:
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


def _kind_at(model: type[BaseModel], loc: TreePath) -> Any:
    """What the model wants at this place, without Annotated and Optional; None where it does not know."""
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
            return None
    return _bare(kind)


def _keys(model: type[BaseModel], loc: TreePath) -> dict[str, str]:
    """The keys a mapping may have, by the names of their fields in the model at this place."""
    kind = _kind_at(model, loc)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        keys = {name: f.alias or name for name, f in kind.model_fields.items() if name != "domain"}
        return keys | {key: key for key in parameters()} if kind is Tactic else keys
    return {}


def _form(model: type[BaseModel], loc: TreePath) -> str | None:
    """What to write for a mapping, with the keys that it needs; None where the keys are names of one's own.

    Of keys that stand for each other it is the first; where none is needed, all that there are.
    """
    kind = _kind_at(model, loc)
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return None
    extra = kind.model_config.get("json_schema_extra")
    rules: Any = extra if isinstance(extra, dict) else {}
    needed = {rule["oneOf"][0]["required"][0] for rule in rules.get("allOf", [rules]) if "oneOf" in rule}
    needed |= {f.alias or name for name, f in kind.model_fields.items() if f.is_required()}
    keys = [key for key in _keys(model, loc).values() if not needed or key in needed]
    return f"write {{{', '.join(f'{key}: ...' for key in keys)}}}" if keys else None


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
