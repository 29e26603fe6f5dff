"""Merged trees to models, part by part, each part once.

A part with faults still yields a model of what remains, so that the rules across files can be checked in the same
breath, and a part that has been validated once is not validated again.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError

from sim.files import nodes
from sim.files.complaints import Complaint, did_you_mean
from sim.files.nodes import Mapping, Node, Scalar, TreePath
from sim.files.places import locate
from sim.files.text import Reading
from sim.scenario import checker, schema
from sim.scenario.faults import described, faults_of

#: What a part holds besides its node, by key: models made before.
Extra: TypeAlias = dict[str, BaseModel]


@dataclass
class Library:
    """What has been read and validated already: files and folders by path, models by the identity of their nodes."""

    folders: dict[Path, tuple[Mapping, list[Complaint]]] = field(default_factory=dict)
    parts: dict[tuple[int, type[BaseModel]], tuple[Node, Part]] = field(default_factory=dict)
    domains: dict[int, tuple[Node, CheckedDomain]] = field(default_factory=dict)
    candidates: dict[Path, Reading] = field(default_factory=dict)


@dataclass
class Part:
    """One validated part: its model and faults; where it has faults, the model and tree of what remains."""

    model: BaseModel | None
    faults: list[Complaint]
    plain: nodes.Plain
    node: Node


@dataclass
class CheckedDomain:
    model: schema.Domain | None
    faults: list[Complaint]
    plain: nodes.Plain
    digest: str
    node: Node
    checked: list[Complaint] | None = None
    doubtful: frozenset[str] = frozenset()  # ids of evidence rows that have faults


def _part(
    model: type[BaseModel],
    node: Node,
    path: TreePath,
    library: Library,
    extra: Extra | None = None,
    by_hand: bool = False,
) -> Part:
    """Validate one node, once."""
    known = library.parts.get((id(node), model))
    if known is not None and extra is None:
        return known[1]
    part = Part(None, [], nodes.to_plain(node), node)
    content = part.plain if extra is None else {**part.plain, **extra}
    context = schema.BY_HAND if by_hand else None
    try:
        part.model = model.model_validate(content, by_alias=True, by_name=False, context=context)
    except ValidationError as error:
        part.faults = faults_of(error, model, node, path)
        part.model, part.node = _salvaged(model, node, error, extra, context)
    if extra is None:
        library.parts[id(node), model] = (node, part)
    return part


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
    model: type[BaseModel],
    node: Node,
    error: ValidationError,
    extra: Extra | None,
    context: dict[str, bool] | None,
) -> tuple[BaseModel | None, Node]:
    """The model of what remains when faulty pieces are taken out or stood in for, and the tree of it.

    So the rules across files can be checked for the rest, and a person sees all that is wrong at once.
    """
    for _ in range(50):
        kinds = {_real(node, tuple(d["loc"])): d["type"] for d in error.errors(include_url=False)}
        # from the last item to the first, so that taking one out of a list does not renumber the others
        for loc in sorted(kinds, key=lambda at: [(isinstance(s, str), s if isinstance(s, int) else 0) for s in at])[
            ::-1
        ]:
            node = _mended(node, loc, kinds[loc], model)
        try:
            content = _content(node, extra)
            return model.model_validate(content, by_alias=True, by_name=False, context=context), node
        except ValidationError as again:
            error = again
    return None, node


def _content(node: Node, extra: Extra | None) -> nodes.Plain:
    plain = nodes.to_plain(node)
    return {**plain, **extra} if extra is not None and isinstance(plain, dict) else plain


def _real(node: Node, loc: TreePath) -> TreePath:
    """The part of pydantic's path that the tree has, with the last step even if it is missing."""
    out: list[str | int] = []
    here: Node | None = node
    for i, step in enumerate(loc):
        under = nodes.child(here, step)
        if under is None:
            if isinstance(here, Mapping) and step != "[key]" and i == len(loc) - 1:
                out.append(step)
            elif step in ("ranking", "importance") and not isinstance(here, Mapping):
                continue
            break
        out.append(step)
        here = under
    return tuple(out)


def _mended(node: Node, path: TreePath, kind: str, model: type[BaseModel]) -> Node:
    """The tree without the faulty piece at ``path``, or with something harmless in its stead."""
    if not path:
        return Scalar(None, node.place)
    last, found = path[-1], nodes.find(node, path)
    place = (found or node).place
    fresh: nodes.Plain = _STAND_INS.get(last) if isinstance(last, str) else None
    if len(path) > 1 and path[-2] == "evidence" and isinstance(last, int):
        fresh = checker.FAULTY
    elif len(path) > 1 and path[-2] == "values":
        fresh = 0
    elif len(path) > 1 and path[-2] == "basis":
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
        new = nodes.from_plain(fresh, place)
        if new != found:
            try:
                return nodes.replaced(node, path, new)
            except KeyError:
                return node
    if found is None:
        return _mended(node, path[:-1], "", model)
    parent = nodes.find(node, path[:-1])
    if isinstance(parent, nodes.Sequence) and len(parent) == 1 and len(path) > 1:
        return _mended(node, path[:-1], "", model)  # rather none than an empty list
    return nodes.removed(node, path)


def _no_voters(tree: Node, path: TreePath, name: str, party: BaseModel | None) -> list[Complaint]:
    """Complaints about shares of voters on lines of a party that does not decide by them.

    Only in the files of a domain: a run that was saved before parties could decide so keeps its one voter drawn by lot,
    and an edit says for itself what the chance is that a line binds.
    """
    if not isinstance(party, schema.Party) or party.decides is not None:
        return []
    lines: list[tuple[TreePath, str]] = [
        ((*path, "positions", issue, i, "red_lines", k, "holds"), f"{issue}: {entry.start}: red_lines: {line.option}")
        for issue, entries in party.positions.items()
        for i, entry in enumerate(entries)
        for k, line in enumerate(entry.red_lines)
        if line.holds is not None
    ]
    lines += [
        ((*path, "refuses", i, "holds"), f"refuses: {refusal.id}")
        for i, refusal in enumerate(party.refuses)
        if refusal.holds is not None
    ]
    what = f"a share of voters, but {name} does not decide by voters"
    hint = "delete holds, or let a ratifier decide: {by: majority, of: voters, quota: 0.5}"
    return [Complaint(locate(tree, at), f"{name}: {where}: holds", what, hint) for at, where in lines]


_NOTHING: dict[str, Any] = {}
_DOMAIN_KEYS = ("issues", "sources", "evidence", "positions")


def validated_domain(tree: Mapping, library: Library, by_hand: bool = False) -> CheckedDomain:
    """Validate the merged domain, part by part, so that parts met before are not validated again.

    ``by_hand`` says that its files are a person's, in which no basis is ``edited``.
    """
    node = tree.items["domain"]
    known = library.domains.get(id(node))
    if known is not None:
        return known[1]
    faults: list[Complaint] = []
    result = CheckedDomain(None, faults, {}, "", node)
    library.domains[id(node)] = (node, result)
    if not isinstance(node, Mapping):
        what = f"expected a mapping with {', '.join(_DOMAIN_KEYS)}, found {described(nodes.to_plain(node))}"
        faults.append(Complaint(node.place, "domain", what))
        return result
    from_folder = node.place.file != tree.place.file
    for key in node:
        if key not in _DOMAIN_KEYS:
            hint = did_you_mean(key, _DOMAIN_KEYS)
            faults.append(Complaint(node.key_places[key], "domain", f"unknown key {key}", hint))
    kept: dict[str, Node] = {}
    models: dict[str, Any] = {}
    for key in _DOMAIN_KEYS:
        under = node.get(key)
        if under is None:
            # a file that cannot be read has been complained about
            if not from_folder:
                faults.append(Complaint(node.place, "domain", f"the key {key} is missing"))
            continue
        path: TreePath = ("domain", key)
        if key in ("issues", "sources"):
            part = _part(schema.Issues if key == "issues" else schema.Sources, under, path, library, None, by_hand)
            result.plain[key], kept[key] = part.plain, part.node
            faults += part.faults
            if part.model is not None:
                models[key] = part.model
        elif key == "evidence":
            if not isinstance(under, nodes.Sequence):
                faults.append(Complaint(under.place, "evidence", "expected a list of rows"))
                continue
            rows = [_part(schema.Evidence, row, (*path, i), library) for i, row in enumerate(under)]
            faults += [fault for row in rows for fault in row.faults]
            faulty = [row.plain for row in rows if row.faults]
            result.doubtful = frozenset(str(plain.get("id")) for plain in faulty if isinstance(plain, dict))
            result.plain[key] = tuple(row.plain for row in rows)
            models[key] = tuple(row.model for row in rows if row.model is not None)
            kept[key] = nodes.Sequence(tuple(row.node for row in rows if row.model is not None), under.place)
        else:
            if not isinstance(under, Mapping) or (not len(under) and not from_folder):
                faults.append(Complaint(under.place, "positions", "expected a mapping of parties"))
                continue
            parties = {}
            for name, party in under.items.items():
                if not re.fullmatch(r"\w+", name, re.ASCII):
                    what = f"{name!r} is not a name: use letters, digits and underscores"
                    faults.append(Complaint(locate(tree, (*path, name, "[key]")), "positions", what))
                parties[name] = _part(schema.Party, party, (*path, name), library, None, by_hand)
                faults += parties[name].faults
                if by_hand and from_folder:
                    faults += _no_voters(tree, (*path, name), name, parties[name].model)
            result.plain[key] = {name: part.plain for name, part in parties.items()}
            models[key] = {name: part.model for name, part in parties.items() if part.model is not None}
            kept[key] = replace(under, items={name: part.node for name, part in parties.items()})
    result.node = replace(node, items={**node.items, **kept})
    if len(models) == len(_DOMAIN_KEYS):
        # validated already, part by part
        result.model = schema.Domain.model_construct(**models)
    if not faults:
        text = json.dumps(result.plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        result.digest = hashlib.sha256(text.encode()).hexdigest()
    return result


def validated(
    tree: Mapping, library: Library, by_hand: bool = False, domain_by_hand: bool = False
) -> tuple[tuple[Part, CheckedDomain], list[Complaint]]:
    """Validate a merged tree: its own part and its domain, with the faults of both.

    ``by_hand`` and ``domain_by_hand`` say that the part is a person's, in which no basis is ``edited``.
    """
    domain = validated_domain(tree, library, domain_by_hand)
    own = replace(tree, items={k: v for k, v in tree.items.items() if k != "domain"})
    # the domain has been validated part by part; an empty one will do where it is faulty
    stand_in = domain.model or schema.Domain.model_construct(**_NOTHING)
    part = _part(schema.Scenario, own, (), library, {"domain": stand_in}, by_hand)
    return (part, domain), domain.faults + part.faults
