"""The domain in a folder, ``issues.yaml``, ``sources.yaml``, ``evidence.csv`` and ``positions/``, read as one tree."""

from __future__ import annotations

import typing
from collections.abc import Sequence
from pathlib import Path

from sim.files import nodes
from sim.files.complaints import Complaint, Place, collecting
from sim.files.csv import compose_csv
from sim.files.nodes import Mapping, Node
from sim.files.text import read_table, read_text
from sim.files.yaml import read_mapping
from sim.scenario import schema
from sim.scenario.expansion import inherited
from sim.scenario.validation import Cache

#: What belongs in a domain folder, by file.
CONTENTS = {
    "issues.yaml": "the issues and their options, constraints, effects and what no deal means",
    "sources.yaml": "the register of documents and of actors",
    "evidence.csv": "one row a claim, under the header id,date,party,...",
    "positions": "one file a party, named after its id",
}
COLUMNS = tuple(schema.Evidence.model_fields)
OPTIONAL_COLUMNS = ("speaker", "place", "note", "grade")
_ROLES = typing.get_args(schema.Role)


def domain_tree(folder: Path, cache: Cache) -> tuple[Mapping, list[Complaint]]:
    """The domain in a folder as one tree, without the parts that cannot be read."""
    known = cache.folders.get(folder.absolute())
    if known is not None:
        return known
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "no such folder"
        where = f"a scenario's domain ({', '.join(CONTENTS)}) is the folder domain/ beside it, or --domain DIR"
        raise NotADirectoryError(f"{folder}: {what}; {where}")
    if not (folder / "issues.yaml").exists() and (folder / "domain" / "issues.yaml").exists():
        what = "no issues.yaml there, so it is no domain"
        raise FileNotFoundError(f"{folder}: {what}; did you mean {folder / 'domain'}?")
    complaints: list[Complaint] = []
    items: dict[str, Node] = {}
    absent = [name for name in CONTENTS if not (folder / name).exists()]
    for name in ("issues", "sources", "evidence"):
        file = folder / (f"{name}.csv" if name == "evidence" else f"{name}.yaml")
        if file.name in absent:
            continue
        with collecting(complaints):
            if name == "evidence":
                read = compose_csv(read_table(file), str(file), COLUMNS, OPTIONAL_COLUMNS, days=("date",))
            else:
                read = read_mapping(read_text(file), str(file))
            complaints += read.complaints
            if read.node is not None:
                items[name] = read.node
    if "positions" not in absent:
        parties, faults = _positions(folder / "positions")
        complaints += faults
        items["positions"] = parties
        if not parties and not faults:
            absent.append("positions")
    _all_there(folder, absent, items)
    nowhere = Place(str(folder), 1, 1)
    if "sources.yaml" in absent:
        items["sources"] = Mapping({"sources": Mapping({}, nowhere), "actors": Mapping({}, nowhere)}, nowhere)
    if "evidence.csv" in absent:
        items["evidence"] = nodes.Sequence((), nowhere)
    places = {name: Place(node.place.file, 1, 1) for name, node in items.items()}
    whole, faults = inherited(Mapping(items, Place(str(folder), 1, 1), places))
    return cache.folders.setdefault(folder.absolute(), (whole, complaints + faults))


def _all_there(folder: Path, absent: Sequence[str], items: typing.Mapping[str, Node]) -> None:
    """Raises FileNotFoundError about all that a domain needs and has not.

    It may have no sources and no evidence while nothing cites any.
    """
    cited = any(
        isinstance(node, Mapping) and "evidence" in node and nodes.to_plain(node.items["evidence"])
        for part in ("issues", "positions")
        for top in ([items[part]] if part in items else [])
        for node in nodes.walk(top)
    )
    optional = () if cited else ("evidence.csv", "sources.yaml") if "evidence.csv" in absent else ("evidence.csv",)
    needed = [name for name in absent if name not in optional]
    if len(needed) == 1:
        file = folder / needed[0]
        what = "holds no party; it should hold" if file.is_dir() else "no such file; it holds"
        raise FileNotFoundError(f"{file}: {what} {CONTENTS[needed[0]]}")
    if needed:
        each = "; ".join(f"{name}, {CONTENTS[name]}" for name in needed)
        raise FileNotFoundError(f"{folder}: no whole domain; what is not there: {each}")


def _positions(folder: Path) -> tuple[Mapping, list[Complaint]]:
    """The parties of a domain folder, principals first, then as roles and names go."""
    complaints: list[Complaint] = []
    parties: list[tuple[int, str, Node]] = []
    for file in sorted(folder.iterdir()):
        if file.name.startswith("."):
            continue
        first = Place(str(file), 1, 1)
        if file.suffix != ".yaml":
            what = "only files called <party>.yaml are read here"
            complaints.append(Complaint(first, "positions", what, "rename the file or move it away", code="twice"))
            continue
        with collecting(complaints):
            read = read_mapping(read_text(file), str(file))
            complaints += read.complaints
            # a party that cannot be read still has its name, so that naming it is no mistake
            node = read.node or Mapping({}, first, {}, bad=True)
            role = nodes.text_of(nodes.child(node, "role"))
            parties.append((_ROLES.index(role) if role in _ROLES else len(_ROLES), file.stem, node))
    parties.sort(key=lambda party: party[:2])
    places = {stem: Place(str(folder / f"{stem}.yaml"), 1, 1) for _, stem, _ in parties}
    return Mapping({stem: node for _, stem, node in parties}, Place(str(folder), 1, 1), places), complaints
