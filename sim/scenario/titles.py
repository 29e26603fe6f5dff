"""What the libraries in reach hold: ids, dates and titles of texts, read from the heads of their files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.files import nodes
from sim.files.complaints import Complaints
from sim.files.grammar import listed
from sim.files.nodes import Node, Scalar
from sim.files.text import read_text
from sim.files.yaml import read_mapping
from sim.scenario import catalogue
from sim.scenario.catalogue import Library


@dataclass(frozen=True)
class TextHead:
    """A text of a library. ``id`` names it from the current folder; ``fault`` says why the rest is not known."""

    id: str
    file: str
    date: str | None
    title: str | None
    fault: str | None = None


@dataclass(frozen=True)
class Holding:
    """A library: which it is, the title of its domain, and its texts by date."""

    library: str
    folder: str
    title: str | None
    texts: tuple[TextHead, ...]


def holdings() -> list[Holding]:
    """All libraries in reach from the current folder, the nearest first. Files that cannot be read say so."""
    out = []
    for library in catalogue.libraries():
        heads = sorted((_head(library, file) for file in library.texts()), key=lambda h: (h.date or "9", h.id))
        domain, _ = _tree(library.domain / "issues.yaml")
        out.append(Holding(library.words, str(library.folder), _scalar(domain, ("title",)), tuple(heads)))
    return out


def _head(library: Library, file: Path) -> TextHead:
    tree, fault = _tree(file)
    if tree is not None and nodes.child(tree, "proposal") is None:
        fault = "no scenario: it has no proposal"
    return TextHead(
        _id(library, file), str(file), _scalar(tree, ("proposal", "date")), _scalar(tree, ("title",)), fault
    )


def citing(id: str, folder: Path) -> Iterator[str]:
    """Which texts beside a domain folder cite a claim, and for which terms, in words; unreadable ones are passed."""
    for file in Library(folder.parent).texts():
        tree, _ = _tree(file)
        elsewhere = _scalar(tree, ("domain",))
        if tree is None or (elsewhere is not None and (file.parent / elsewhere).resolve() != folder.resolve()):
            continue
        terms = nodes.find(tree, ("proposal", "terms"))
        cited = [
            issue
            for issue, term in (terms.items.items() if isinstance(terms, nodes.Mapping) else ())
            if isinstance(held := nodes.child(term, "evidence"), nodes.Sequence)
            and any(isinstance(x, Scalar) and x.value == id for x in held)
        ]
        if cited:
            yield f"terms of {file.stem}: {listed(cited)}"


def _id(library: Library, file: Path) -> str:
    """What names the file: its stem where that is enough, else with its library, else the path."""
    for name in (file.stem, f"{library.prefix}/{file.stem}"):
        try:
            if catalogue.text(Path(name)) == file:
                return name
        except ValueError:
            continue
    return str(file)


def _tree(file: Path) -> tuple[Node | None, str | None]:
    try:
        read = read_mapping(read_text(file), str(file))
    except Complaints as found:
        return None, found.complaints[0].what
    except OSError as error:
        return None, str(error)
    return read.node, read.complaints[0].what if read.complaints else None


def _scalar(tree: Node | None, path: nodes.TreePath) -> str | None:
    node = None if tree is None else nodes.find(tree, path)
    return str(node.value) if isinstance(node, Scalar) and node.value is not None else None
