"""Where texts are, by path or by id, in the nearest library or in those that come with the program; what these hold.

A *library* is a folder that holds texts and, in ``domain/``, what they share; folders in it that have a domain of their
own are libraries too. Libraries are looked for in the current folder and in those above it, there and in their
``scenarios/``; last come the shipped ones, which a checkout has beside the package and a wheel has in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim._version import __version__
from sim.files import nodes, system
from sim.files.arguments import InvalidArgument
from sim.files.complaints import Complaints, closest, did_you_mean
from sim.files.grammar import listed
from sim.files.nodes import Node, Scalar
from sim.files.text import near_file, read_text
from sim.files.yaml import read_mapping

_PACKAGE = Path(__file__).resolve().parent.parent
#: What a library is called in a folder that holds other things too.
HOME = "scenarios"
DOMAIN = "domain"
EDITS = "edits"
#: What a saved run holds, by which its folder is a text too.
SAVED = "scenario.yaml"

#: The shipped texts, by the folder of their library. Others in the same folders are somebody's own: tests and the
#: shipped tables leave them out.
SHIPPED: dict[str, tuple[str, ...]] = {
    "": (
        "anchorage_2026", "armed_neutrality", "austrian_model", "e3_counter_2025", "equal_pullback_2026",
        "finnish_model", "freeze_2026", "irish_model", "istanbul", "istanbul_article_5", "istanbul_russian_text",
        "lavrov_2025", "membership", "open_door", "paris_2026", "putin_2025", "russian_demands_2022",
        "russian_memorandum_2025", "swedish_model", "swiss_model", "twenty_points_2025", "twenty_points_2025_zone",
        "twenty_points_2026", "us_2025_no_membership", "us_28_points_2025", "us_zone_2026",
    ),
    "austria_1955": (
        "figl_offer_1954", "moscow_memorandum_1955", "soviet_draft_1954", "state_treaty_1955", "western_offer_1954",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Library:
    """A folder of texts with a domain; ``prefix`` is what stands before an id of a library inside another."""

    folder: Path
    prefix: str = ""

    @property
    def domain(self) -> Path:
        """The folder of its domain."""
        return self.folder / DOMAIN

    @property
    def shipped(self) -> bool:
        """Whether it is one of those that come with the program."""
        return self.folder.resolve().is_relative_to(shipped_folder())

    @property
    def words(self) -> str:
        """Which it is, for a line that names it."""
        inside = f"{self.prefix}, " if self.prefix else ""
        return f"{inside}shipped with sim {__version__}" if self.shipped else str(self.folder)

    def texts(self) -> list[Path]:
        """The files of its texts, by name."""
        return sorted(file for file in self.folder.glob("*.yaml") if file.is_file())


def shipped_folder() -> Path:
    """The folder of the shipped libraries: in the package of a wheel, else beside the package."""
    inside = _PACKAGE / HOME
    return inside if inside.is_dir() else _PACKAGE.parent / HOME


def shipped_texts(folder: Path | None = None) -> list[Path]:
    """The files of the shipped texts, library by library; ``folder`` is another copy of theirs."""
    root = folder or shipped_folder()
    return [root / library / f"{name}.yaml" for library, names in SHIPPED.items() for name in names]


def libraries(start: Path | None = None) -> list[Library]:
    """All libraries in reach, the nearest first, each once; a library's own are behind it.

    In reach are those of the folder ``start`` (first, if it is given) and of the current one, and of the folders above
    them, each also in its ``scenarios/``; folders in ``start`` or the current one that have a domain; and the shipped.
    """
    reach: dict[Path, Library] = {}
    for place in (Path.cwd(),) if start is None else (start.resolve(), Path.cwd()):
        for group in _groups(place):
            for library in group:
                reach.setdefault(library.folder.resolve(), library)
    return sorted(reach.values(), key=lambda library: library.shipped)


def _groups(start: Path) -> Iterator[list[Library]]:
    """Libraries equally near: one with those inside it. The nearest group first."""
    for place in (start, *start.parents):
        for folder in (place, place / HOME):
            if is_domain(folder / DOMAIN) or place == start == folder:
                yield _group(system.from_here(folder))
    yield _group(shipped_folder())


def _group(folder: Path) -> list[Library]:
    inside = sorted(domain.parent for domain in folder.glob(f"*/{DOMAIN}") if is_domain(domain))
    own = [Library(folder)] if is_domain(folder / DOMAIN) else []
    return [*own, *(Library(x, x.name) for x in inside)]


def is_domain(folder: Path) -> bool:
    """Whether a folder is a domain."""
    return (folder / "issues.yaml").is_file()


def named(name: Path) -> Path:
    """The path itself where there is something by that name that can be meant, else the text of that id.

    A folder is meant only where it holds a saved run. The path itself too where there is neither, so that reading it
    complains. Raises ValueError where libraries equally near have a text of that id.
    """
    if name.is_dir() and not any((name / file).exists() for file in (SAVED, "result.json")):
        return text(name) or name
    return name if name.exists() else text(name) or name


def edits(name: Path) -> Path:
    """A file of edits: the path where it is there, else the one of that id among the ``edits/`` of a library.

    Raises FileNotFoundError, with the ids there are, for an id that none has; ValueError as :func:`named`.
    """
    file = name if name.exists() else text(name, EDITS)
    if file is None and _is_id(name):
        ids = {path.stem: None for library in libraries() for path in sorted((library.folder / EDITS).glob("*.yaml"))}
        hint = did_you_mean(name.name, ids, most=20)
        raise FileNotFoundError(f"{name}: no such file, and no file of edits has this id{f'; {hint}' if hint else ''}")
    return file or name


def text(name: Path, under: str = "") -> Path | None:
    """The file of the text with this id, ``ID`` or ``LIBRARY/ID``; ``under`` is the folder of other files with ids.

    Raises ValueError as :func:`named`.
    """
    if not _is_id(name):
        return None
    *library, id = name.parts
    for group in _groups(Path.cwd()):
        # what stands in the folder itself is nearer than what stands in a library inside it
        for inside in (False, True):
            near = [x for x in group if bool(x.prefix) == inside and library in ([], [x.prefix])]
            files = [file for x in near if (file := x.folder / under / f"{id}.yaml").is_file()]
            if len(files) > 1:
                where = " and ".join(str(file) for file in files)
                raise InvalidArgument(f"{id}: may be {where}; name one by its path")
            if files:
                return files[0]
    return None


def _is_id(name: Path) -> bool:
    return 0 < len(name.parts) <= 2 and all(re.fullmatch(r"\w+", part, re.ASCII) for part in name.parts)


def scenario_file(name: Path) -> Path:
    """The file of a scenario that is named by its path or id, or by the folder of a saved run.

    Raises OSError where there is none, with the id or the folder that may be meant.
    """
    path = named(name)
    if path.is_dir():
        if (path / SAVED).exists():
            return path / SAVED
        runs = sorted(file.parent for file in path.glob(f"*/{SAVED}"))
        below = f"a saved run is one folder below, for instance {runs[-1]}" if runs else None
        raise IsADirectoryError(f"{path}: is a folder, not a file; {below or 'name a scenario file, or its id'}")
    if not path.exists():
        raise FileNotFoundError(missing(path, near_file(path)))
    return path


def domain(name: Path | None) -> Path:
    """The domain folder of this path, of the library in that folder or of this name; without a name, the nearest.

    Without a name, raises ValueError where domains are equally near, unless one is the folder's own or ``scenarios/``.
    """
    if name is None:
        return _nearest_library().domain
    if is_domain(name / DOMAIN) and not is_domain(name):
        return name / DOMAIN
    if name.exists() or len(name.parts) > 1:
        return name
    return next((x.domain for x in libraries() if x.prefix == str(name)), name)


def _nearest_library() -> Library:
    group = next(group for group in _groups(Path.cwd()) if group)
    own = [x for x in group if not x.prefix] or [x for x in group if x.prefix == HOME] or group
    if len(own) > 1:
        where = " and ".join(str(x.folder) for x in own)
        raise InvalidArgument(f"there are domains in {where}; name one: --domain {own[0].folder}")
    return own[0]


def domain_origin(name: Path | None, folder: Path) -> str | None:
    """The library of a domain folder, in words; None where the name that leads there is a path and says it."""
    if name is not None and name.exists():
        return None
    return next((x.words for x in libraries() if x.domain == folder), str(folder.parent))


def missing(name: Path, beside: str) -> str:
    """What to say of a text that is not there; ``beside`` is a hint of a file of a like name, or empty."""
    ids = {file.stem: library.words for library in reversed(libraries()) for file in library.texts()}
    what = f"{name}: no such file" + (", and no text has this id" if _is_id(name) else "")
    if name.stem in ids:
        return f"{what}; {name.stem} is the id of a text of the library {ids[name.stem]}: name it by that"
    near = None if "did you mean" in beside else closest(name.stem, ids)
    if near is not None:
        return f"{what}; did you mean {near}, a text of the library {ids[near]}?"
    return what + (beside or ("; sim list names all" if _is_id(name) else ""))


def origin(name: Path, file: Path) -> str | None:
    """The library that a text named by its id comes from, in words; None where that is plain to see."""
    plain = name.with_suffix(".yaml")
    if file in (name, plain, HOME / plain) or name.is_dir():
        return None
    return next((x.words for x in libraries() if x.folder == file.parent), str(file.parent))


# --- what libraries hold ------------------------------------------------------------------


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
    for library in libraries():
        heads = sorted((_head(library, file) for file in library.texts()), key=lambda h: (h.date or "9", h.id))
        domain, _ = tree_of(library.domain / "issues.yaml")
        out.append(Holding(library.words, str(library.folder), _scalar(domain, ("title",)), tuple(heads)))
    return out


def _head(library: Library, file: Path) -> TextHead:
    tree, fault = tree_of(file)
    if tree is not None and nodes.child(tree, "proposal") is None:
        fault = "no scenario: it has no proposal"
    date, title = _scalar(tree, ("proposal", "date")), _scalar(tree, ("title",))
    return TextHead(_id(library, file), str(file), date, title, fault)


def citing(id: str, folder: Path) -> Iterator[str]:
    """Which texts beside a domain folder cite a claim, and for which terms, in words; unreadable ones are passed."""
    for file in Library(folder.parent).texts():
        tree, _ = tree_of(file)
        elsewhere = _scalar(tree, ("domain",))
        if tree is None or (elsewhere is not None and (file.parent / elsewhere).resolve() != folder.resolve()):
            continue
        terms = ("proposal", "terms")
        cited = [
            issue
            for issue in nodes.keys(tree, *terms)
            if any(isinstance(x, Scalar) and x.value == id for x in nodes.items(tree, *terms, issue, "evidence"))
        ]
        if cited:
            yield f"terms of {file.stem}: {listed(cited)}"


def _id(library: Library, file: Path) -> str:
    """What names the file: its stem where that is enough, else with its library, else the path."""
    for name in (file.stem, f"{library.prefix}/{file.stem}"):
        try:
            if text(Path(name)) == file:
                return name
        except ValueError:
            continue
    return str(file)


def tree_of(file: Path) -> tuple[Node | None, str | None]:
    """What a file holds, None where it cannot be followed, and what is wrong with it first of all."""
    try:
        read = read_mapping(read_text(file), str(file))
    except Complaints as faults:
        return None, faults.complaints[0].what
    except OSError as error:
        return None, str(error)
    return read.node, read.complaints[0].what if read.complaints else None


def _scalar(tree: Node | None, path: nodes.TreePath) -> str | None:
    node = nodes.find(tree, path)
    return str(node.value) if isinstance(node, Scalar) and node.value is not None else None
