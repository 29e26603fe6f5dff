"""Steps that all kinds of edits take: finding what a path names in a merged tree, setting it, complaining."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sim.files import nodes
from sim.files.complaints import Complaint, Place, did_you_mean
from sim.files.nodes import Mapping, Node, Scalar, TreePath
from sim.scenario.edit_paths import Edit


class Wrong(Exception):
    """An edit that cannot be applied, with its complaint."""

    def __init__(self, place: Place, what: str, hint: str | None = None, where: str = "edit") -> None:
        super().__init__(what)
        self.complaint = Complaint(place, where, what, hint)


def text_of(node: Node | None) -> str | None:
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def keys(tree: Mapping, *path: str | int) -> list[str]:
    """The keys of the mapping at a path; none where there is no mapping."""
    node = nodes.find(tree, path)
    return list(node.items) if isinstance(node, Mapping) else []


def known(name: str, place: Place, names: Collection[str], what: str) -> None:
    """Raises Wrong where there is no such name."""
    if name not in names:
        raise Wrong(place, f"there is no {what} {name}", did_you_mean(name, names, most=20))


def end(edit: Edit, length: int) -> None:
    """Raises Wrong about path parts beyond ``length``."""
    if len(edit.parts) > length:
        here = ".".join(edit.parts[:length])
        raise Wrong(edit.places[length], f"{here} has no part {edit.parts[length]}", f"write {here}=...")


def put(tree: Mapping, path: TreePath, value: Node, key_place: Place) -> Mapping:
    """``nodes.replaced`` for a merged tree, with the key's place that of the edit."""
    new = nodes.replaced(tree, path, value, key_place)
    parent = nodes.find(new, path[:-1])
    if isinstance(parent, Mapping) and isinstance(path[-1], str):
        moved = replace(parent, key_places={**parent.key_places, path[-1]: key_place})
        new = nodes.replaced(new, path[:-1], moved, key_place)
    assert isinstance(new, Mapping)
    return new
