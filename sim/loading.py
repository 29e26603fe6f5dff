"""Files to scenarios: read, merge with the domain, apply edits, validate, check.

Everything wrong with all files and edits is collected first and raised together as
:class:`~sim.complaints.Complaints`, located by line and column. Within one call a domain folder is read and
validated once, however many scenarios share it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import types
import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ValidationError

from sim import checks, nodes, schema
from sim import edits as editing
from sim.complaints import Complaint, Complaints, Place, closest, did_you_mean, in_order
from sim.nodes import Mapping, Node, Scalar, TreePath

PathLike: TypeAlias = str | Path

#: What belongs in a domain folder, by file.
CONTENTS = {
    "issues.yaml": "the issues and their options, constraints, effects and what no deal means",
    "sources.yaml": "the register of documents and of actors",
    "evidence.csv": "one row a claim, under the header id,date,party,...",
    "positions": "one file a party, named after its id",
}
COLUMNS = tuple(schema.Evidence.model_fields)
OPTIONAL_COLUMNS = ("speaker", "place", "note")
_ROLES = typing.get_args(schema.Role)


@dataclass(frozen=True)
class Loaded:
    """A scenario ready to run.

    ``scenario`` has edits and overrides applied; ``tree`` is the same content with places, which
    :func:`sim.nodes.dump_yaml` writes as a file that loads to the same result. ``sha256`` is that of the merged
    content without draws and seed, whatever the order and layout of the files.
    """

    scenario: schema.Scenario
    tree: Mapping = field(repr=False)
    warnings: tuple[Complaint, ...]
    path: Path
    sha256: str
    _library: _Library = field(repr=False, compare=False)


def load(
    path: PathLike,
    *,
    edits: Sequence[str] = (),
    edit_files: Sequence[PathLike] = (),
    as_of: dt.date | None = None,
    evidence: Literal["all", "articles"] | None = None,
    domain: PathLike | None = None,
    draws: int | None = None,
    seed: int | None = None,
    protocol: str | None = None,
) -> Loaded:
    """Load one scenario file, with its domain merged in and edits applied.

    ``edits`` are ``PATH=VALUE`` texts and ``edit_files`` files of them; files come first, later edits win. The
    domain is the folder ``domain`` if given, else the file's own ``domain:``, else the folder ``domain/`` beside it.
    The other arguments override what the file says.

    Raises Complaints about the content of files and edits, OSError (one line) about files that are not there.
    """
    return load_all(
        [path],
        edits=edits,
        edit_files=edit_files,
        as_of=as_of,
        evidence=evidence,
        domain=domain,
        draws=draws,
        seed=seed,
        protocol=protocol,
    )[0]


def load_all(
    paths: Iterable[PathLike],
    *,
    edits: Sequence[str] = (),
    edit_files: Sequence[PathLike] = (),
    as_of: dt.date | None = None,
    evidence: Literal["all", "articles"] | None = None,
    domain: PathLike | None = None,
    draws: int | None = None,
    seed: int | None = None,
    protocol: str | None = None,
) -> list[Loaded]:
    """Load several scenarios like :func:`load`, with the same edits and overrides.

    Raises Complaints that hold what is wrong with all of them.
    """
    complaints: list[Complaint] = []
    parsed: list[editing.Edit] = []
    for file in edit_files:
        try:
            parsed += editing.read_edits(Path(file))
        except Complaints as found:
            complaints += found.complaints
    for i, text in enumerate(edits, 1):
        try:
            parsed.append(editing.parse_set(text, i))
        except Complaints as found:
            complaints += found.complaints
    overrides: dict[TreePath, Scalar] = {}
    if as_of is not None:
        overrides["as_of",] = _given("--as-of", as_of.isoformat())
    if evidence is not None:
        overrides["evidence",] = _given("--evidence", evidence)
    if draws is not None:
        overrides["draws",] = _given("--draws", draws)
    if seed is not None:
        overrides["seed",] = _given("--seed", seed)
    if protocol is not None:
        overrides["negotiation", "protocol"] = _given("--protocol", protocol)
    library = _Library()
    out: list[Loaded] = []
    for path in map(Path, paths):
        loaded, found_here = _one(path, library, parsed, overrides, None if domain is None else Path(domain))
        complaints += found_here
        if loaded is not None:
            out.append(loaded)
    if complaints:
        raise Complaints(complaints)
    return out


def edited(loaded: Loaded, edits: Sequence[str]) -> Loaded:
    """A loaded scenario with further edits; what they leave alone is not validated again.

    Raises Complaints about the edits or about what they lead to.
    """
    complaints: list[Complaint] = []
    parsed: list[editing.Edit] = []
    for i, text in enumerate(edits, 1):
        try:
            parsed.append(editing.parse_set(text, i))
        except Complaints as found:
            complaints += found.complaints
    if complaints:
        raise Complaints(complaints)
    tree, complaints = editing.apply(loaded.tree, parsed)
    if complaints:
        raise Complaints(complaints)
    # a copy, so that a long series of edits does not pile up in the first library
    known = loaded._library
    library = _Library(dict(known.folders), dict(known.parts), dict(known.domains))
    result, complaints = _finished(_with_edits(tree, parsed), loaded.path, library)
    if result is None:
        raise Complaints(complaints)
    return result


def _given(option: str, value: int | str) -> Scalar:
    return Scalar(value, Place(option, 1, 1, str(value)))


# --- reading --------------------------------------------------------------------------------


@dataclass
class _Library:
    """What has been read and validated already: folders by path, models by the identity of their nodes."""

    folders: dict[Path, tuple[Mapping, list[Complaint]]] = field(default_factory=dict)
    parts: dict[tuple[int, type[BaseModel]], tuple[Node, _Part]] = field(default_factory=dict)
    domains: dict[int, tuple[Node, _CheckedDomain]] = field(default_factory=dict)


def _one(
    path: Path,
    library: _Library,
    edits: list[editing.Edit],
    overrides: dict[TreePath, Scalar],
    folder: Path | None,
) -> tuple[Loaded | None, list[Complaint]]:
    try:
        reading = nodes.read_mapping(nodes.read_text(path), str(path))
    except Complaints as found:
        return None, list(found.complaints)
    complaints = list(reading.complaints)
    tree = reading.node
    inline = isinstance(tree, Mapping) and "domain" in tree
    if folder is not None or not inline:
        domain, faults = _folder(folder or path.parent / "domain", library)
        complaints += faults
        if isinstance(tree, Mapping):
            if "edits" in tree and not inline:
                what = "edits: stands only in saved scenarios, where they have been applied"
                complaints.append(
                    Complaint(tree.key_places["edits"], "edits", what, "put them in an edits file, for --with")
                )
            tree = _put(tree, ("domain",), domain)
    if not isinstance(tree, Mapping):
        return None, complaints
    if "id" not in tree:
        first = Place(str(path), 1, 1)
        items: dict[str, Node] = {"id": Scalar(path.stem, first), **tree.items}
        tree = replace(tree, items=items, key_places={"id": first, **tree.key_places})
    for where, value in overrides.items():
        if nodes.to_plain(value) != _effective(tree, where):
            tree = _put(tree, where, value)
    bad = [node for node in nodes.walk(tree) if node.bad] if complaints else []
    if edits:
        # edits presuppose a tree of the right shape; what is wrong before is told before
        _, faults = _validated(tree, library)
        if complaints or faults:
            return None, _but(complaints + faults, complaints, bad)
        tree, faults = editing.apply(tree, edits)
        complaints += faults
        tree = _with_edits(tree, edits)
    loaded, found_here = _finished(tree, path, library)
    complaints = _but(complaints + found_here, complaints, bad)
    return (None if complaints else loaded), complaints


def _but(found: list[Complaint], first: list[Complaint], bad: list[Node]) -> list[Complaint]:
    """Complaints without those that only follow from what reading complained about already."""
    spoilt = {node.place for top in bad for node in nodes.walk(top)}
    told = set(first)
    return [c for c in found if c in told or c.place not in spoilt]


def _put(tree: Mapping, path: TreePath, value: Node) -> Mapping:
    try:
        new = nodes.replaced(tree, path, value)
    except KeyError:
        return tree  # a scalar where a mapping belongs; the schema says so
    assert isinstance(new, Mapping)
    return new


def _effective(tree: Mapping, path: TreePath) -> Any:
    """What the file says or means by default, for what can be overridden."""
    node = nodes.find(tree, path)
    if node is not None:
        return nodes.to_plain(node)
    if path == ("as_of",):
        date = nodes.find(tree, ("proposal", "date"))
        return None if date is None else nodes.to_plain(date)
    return {"evidence": "all", "draws": 10_000, "seed": 1, "protocol": "vote"}[str(path[-1])]


def _with_edits(tree: Mapping, edits: list[editing.Edit]) -> Mapping:
    """The tree with the edits listed in it, as text."""
    if not edits:
        return tree
    before = tree.get("edits")
    place = edits[0].places[0]
    texts: list[Node] = list(before.items) if isinstance(before, nodes.Sequence) else []
    texts += [Scalar(e.text, e.places[0]) for e in edits]
    return _put(tree, ("edits",), nodes.Sequence(tuple(texts), place))


def _folder(folder: Path, library: _Library) -> tuple[Mapping, list[Complaint]]:
    """The domain in a folder as one tree, without the parts that cannot be read."""
    if folder in library.folders:
        return library.folders[folder]
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "no such folder"
        held = ", ".join(CONTENTS)
        raise NotADirectoryError(f"{folder}: {what}; the domain that scenarios share is read from it ({held})")
    complaints: list[Complaint] = []
    items: dict[str, Node] = {}
    for name in ("issues", "sources", "evidence"):
        file = folder / (f"{name}.csv" if name == "evidence" else f"{name}.yaml")
        try:
            text = nodes.read_text(file)
            if name == "evidence":
                reading = nodes.compose_csv(text, str(file), COLUMNS, OPTIONAL_COLUMNS)
            else:
                reading = nodes.read_mapping(text, str(file))
        except FileNotFoundError:
            raise FileNotFoundError(f"{file}: no such file; it holds {CONTENTS[file.name]}") from None
        except Complaints as found:
            complaints += found.complaints
            continue
        complaints += reading.complaints
        if reading.node is not None:
            items[name] = reading.node
    parties, faults = _positions(folder / "positions")
    complaints += faults
    items["positions"] = parties
    places = {name: Place(node.place.file, 1, 1) for name, node in items.items()}
    result = Mapping(items, Place(str(folder), 1, 1), places), complaints
    library.folders[folder] = result
    return result


def _positions(folder: Path) -> tuple[Mapping, list[Complaint]]:
    """The parties of a domain folder, principals first, then as roles and names go."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder; it holds {CONTENTS['positions']}")
    complaints: list[Complaint] = []
    found: list[tuple[int, str, Node, Place]] = []
    for file in sorted(folder.iterdir()):
        if file.name.startswith("."):
            continue
        first = Place(str(file), 1, 1)
        if file.suffix != ".yaml":
            what = "only files called <party>.yaml are read here"
            complaints.append(Complaint(first, "positions", what, "rename the file or move it away"))
            continue
        try:
            reading = nodes.read_mapping(nodes.read_text(file), str(file))
        except Complaints as error:
            complaints += error.complaints
            continue
        complaints += reading.complaints
        # a party that cannot be read still has its name, so that naming it is no mistake
        node = reading.node or Mapping({}, first, {}, bad=True)
        role = nodes.find(node, ("role",))
        rank = _ROLES.index(role.value) if isinstance(role, Scalar) and role.value in _ROLES else len(_ROLES)
        found.append((rank, file.stem, node, first))
    if not found and not complaints:
        raise FileNotFoundError(f"{folder}: holds no party; it should hold {CONTENTS['positions']}")
    found.sort(key=lambda entry: entry[:2])
    parties = {stem: node for _, stem, node, _ in found}
    return Mapping(parties, Place(str(folder), 1, 1), {stem: first for _, stem, _, first in found}), complaints


# --- places and names in a merged tree --------------------------------------------------------


def locate(tree: Node, path: Sequence[str | int]) -> Place:
    """The place of a path, as deep as it leads.

    A last step ``[key]`` means the key itself. Steps that short forms leave out (``ranking`` and ``importance``
    of one basis or one list of evidence) are passed over.
    """
    here, place = tree, tree.place
    for i, step in enumerate(path):
        if step == "[key]" and i == len(path) - 1:
            parent = nodes.find(tree, tuple(path[: i - 1])) if i else None
            if isinstance(parent, Mapping):
                return parent.key_places.get(str(path[i - 1]), place)
            return place
        under = nodes.child(here, step)
        if under is None:
            if step in ("ranking", "importance") and not isinstance(here, Mapping):
                continue
            return place
        here, place = under, under.place
    return place


_SILENT = ("lotteries", "outcomes", "beliefs", "ranges", "options")


def where(tree: Node, path: Sequence[str | int]) -> str:
    """A path in the words of the files: ``russia: alignment: 2022-03-10: ranking``."""
    labels: list[str] = []
    here: Node | None = tree
    skip: set[int] = set()
    if path and path[0] == "domain":
        skip |= {0}
        if path[1:2] == ("positions",) and len(path) > 2:
            skip |= {1} | ({3} if len(path) > 4 and path[3] == "positions" else set())
        elif len(path) > 3 and (
            path[1:3] in (("issues", "issues"), ("sources", "sources"))
            or (path[1] in ("issues", "sources") and path[2] in ("constraints", "effects", "no_deal", "actors"))
        ):
            skip |= {1}
    elif path[:2] == ("proposal", "terms") and len(path) > 2:
        skip |= {1}
    for i, step in enumerate(path):
        under = nodes.child(here, step)
        if under is None and not (step in ("ranking", "importance") and not isinstance(here, Mapping)):
            break
        if under is None:
            continue
        here = under
        if isinstance(step, int):
            names = [nodes.child(here, key) for key in ("id", "option", "from")]
            named = [n.value for n in names if isinstance(n, Scalar) and isinstance(n.value, str)]
            if named:
                labels.append(named[0])
            elif isinstance(here, Mapping):
                labels.append(f"item {step + 1}")
        elif i not in skip and not (step in _SILENT and i < len(path) - 1):
            labels.append(step)
    return ": ".join(labels) or "scenario"


# --- validation -----------------------------------------------------------------------------


@dataclass
class _Part:
    """One validated part: its model and faults; where it has faults, the model and tree of what remains."""

    model: Any | None
    faults: list[Complaint]
    plain: Any
    node: Node


@dataclass
class _CheckedDomain:
    model: schema.Domain | None
    faults: list[Complaint]
    plain: Any
    digest: str
    node: Node
    checked: list[Complaint] | None = None


def _part(model: type[BaseModel], node: Node, path: TreePath, library: _Library, extra: Any = None) -> _Part:
    """Validate one node, once."""
    known = library.parts.get((id(node), model))
    if known is not None and extra is None:
        return known[1]
    part = _Part(None, [], nodes.to_plain(node), node)
    content = part.plain if extra is None else {**part.plain, **extra}
    try:
        part.model = model.model_validate(content, by_alias=True, by_name=False)
    except ValidationError as error:
        part.faults = _faults(error, model, node, path)
        part.model, part.node = _salvaged(model, node, error, extra)
    if extra is None:
        library.parts[id(node), model] = (node, part)
    return part


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


def _faults(error: ValidationError, model: type[BaseModel], node: Node, path: TreePath) -> list[Complaint]:
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
            spot, what = locate(root, (*full, "[key]")), f"unknown key {key}"
            label = where(root, parent)
        elif d["type"] == "missing":
            key = str(loc[-1])
            if key not in missing[loc[:-1]]:
                continue
            spot, what, hint, label = locate(root, parent), f"the key {key} is missing", None, where(root, parent)
        else:
            found = nodes.find(node, loc[:-1] if loc[-1:] == ("[key]",) else loc)
            deeper = _culprit(d["type"], found)
            spot = deeper.place if deeper is not None else locate(root, full)
            what, hint = _words(d, deeper if deeper is not None else found, loc)
            label = where(root, full)
        if (spot, what) not in told:
            told.add((spot, what))
            out.append(Complaint(spot, label, what, hint))
    return out


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


_OURS = ("identifier", "text", "date", "level", "ranking", "consent", "position", "party", "term", "source")


def _words(error: Any, node: Node | None, loc: TreePath) -> tuple[str, str | None]:
    """A pydantic error as what is wrong, and a hint."""
    kind, value = error["type"], error["input"]
    context = error.get("ctx") or {}
    if kind in ("number", "span"):
        return error["msg"], nodes.odd_number(node)
    if kind in _OURS:
        what, _, hint = str(error["msg"]).partition("; if it is meant as text, ")
        if loc == ("id",) and isinstance(node, Scalar) and node.place.line == 1 and not node.place.text:
            hint = "the id comes from the name of the file: rename the file, or write id: in it"
        elif hint:
            hint = f"if it is meant as text, {hint}"
        return what, hint or None
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        hint = closest(value, words) if isinstance(value, str) else None
        return (
            f"{_described(value)} is none of {', '.join(words)}",
            f"did you mean {hint}?" if hint else None,
        )
    if kind in ("model_type", "dict_type", "model_attributes_type", "mapping_type"):
        what = f"expected a mapping (key: value), found {_described(value)}"
        if loc and loc[-1] == "basis":
            return what, "write one word, or {ranking: ..., importance: ...}"
        return what, None
    if kind in ("tuple_type", "list_type"):
        hint = f"write [{value}]" if isinstance(value, str) else None
        return f"expected a list, found {_described(value)}", hint
    if kind in ("int_type", "int_from_float"):
        return f"expected a whole number, found {_described(value)}", nodes.odd_number(node)
    if kind == "bool_type":
        return f"expected true or false, found {_described(value)}", None
    if kind == "greater_than_equal":
        return f"must be at least {context.get('ge')}", None
    if kind == "too_short":
        least = context.get("min_length", 1)
        return ("must not be empty" if least == 1 else f"needs at least {least} entries"), None
    return str(error["msg"]), None


def _described(value: Any) -> str:
    described = schema.describe(value)
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


#: What stands in for a faulty value while the rest of its surroundings is checked.
_STAND_INS: dict[str, Any] = {
    "ranking": "unknown",
    "importance": "unknown",
    "basis": "assumed",
    "role": "alliance",
    "consent": "always",
    "open": True,
    "evidence": (checks.FAULTY,),
    **dict.fromkeys(("title", "name", "summary", "question", "claim", "why", "publisher", "inferred_from"), "-"),
}


def _salvaged(model: type[BaseModel], node: Node, error: ValidationError, extra: Any) -> tuple[Any | None, Node]:
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
            return model.model_validate(_content(node, extra), by_alias=True, by_name=False), node
        except ValidationError as again:
            error = again
    return None, node


def _content(node: Node, extra: Any) -> Any:
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
    fresh: Any = _STAND_INS.get(last) if isinstance(last, str) else None
    if len(path) > 1 and path[-2] == "evidence" and isinstance(last, int):
        fresh = checks.FAULTY
    elif len(path) > 1 and path[-2] == "values":
        fresh = 0
    elif model is schema.Scenario and path == ("id",):
        fresh = "_"
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


_DOMAIN_KEYS = ("issues", "sources", "evidence", "positions")


def _domain(tree: Mapping, library: _Library) -> _CheckedDomain:
    """Validate the merged domain, part by part, so that parts met before are not validated again."""
    node = tree.items["domain"]
    known = library.domains.get(id(node))
    if known is not None:
        return known[1]
    faults: list[Complaint] = []
    result = _CheckedDomain(None, faults, {}, "", node)
    library.domains[id(node)] = (node, result)
    if not isinstance(node, Mapping):
        what = f"expected a mapping with {', '.join(_DOMAIN_KEYS)}, found {_described(nodes.to_plain(node))}"
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
            part = _part(schema.Issues if key == "issues" else schema.Sources, under, path, library)
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
                parties[name] = _part(schema.Party, party, (*path, name), library)
                faults += parties[name].faults
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


def _validated(tree: Mapping, library: _Library) -> tuple[tuple[_Part, _CheckedDomain], list[Complaint]]:
    domain = _domain(tree, library)
    own = replace(tree, items={k: v for k, v in tree.items.items() if k != "domain"})
    stand_in = domain.model or schema.Domain.model_construct()
    part = _part(schema.Scenario, own, (), library, extra={"domain": stand_in})
    return (part, domain), domain.faults + part.faults


def _finished(tree: Mapping, path: Path, library: _Library) -> tuple[Loaded | None, list[Complaint]]:
    """Validate and check a merged tree. Returns a scenario, or what is wrong with it."""
    (part, domain), faults = _validated(tree, library)
    names = checks.Names.of({**part.plain, "domain": domain.plain})
    assert isinstance(part.node, Mapping) or part.model is None
    sound = nodes.replaced(part.node, ("domain",), domain.node) if isinstance(part.node, Mapping) else tree
    shared = Mapping({"domain": domain.node}, tree.place)

    def place(at: Sequence[str | int]) -> Place:
        return locate(sound, at)

    def place_in_domain(at: Sequence[str | int]) -> Place:
        return locate(shared, at)

    found = list(faults)
    if domain.model is not None:
        if domain.checked is None:
            domain.checked = checks.check_domain(domain.model, place_in_domain, names)
        found += domain.checked
        if isinstance(part.model, schema.Scenario):
            found += checks.check_scenario(part.model, place, names)
    if any(c.severity == "error" for c in found):
        return None, found
    assert isinstance(part.model, schema.Scenario)
    own = {k: v for k, v in part.plain.items() if k not in ("draws", "seed")}
    text = json.dumps({**own, "domain": domain.digest}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Loaded(part.model, tree, in_order(found), path, digest, library), []
