"""Where a path leads in a merged tree: its place in the files, and its name in their words."""

from __future__ import annotations

from collections.abc import Sequence

from sim.files import nodes
from sim.files.complaints import Place
from sim.files.nodes import Mapping, Node, Scalar


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
