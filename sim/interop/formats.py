"""The formats of the field: which of them a file is of, and what reads and writes it.

To add a format to import, write a module beside :mod:`sim.interop.geniusweb` with what :class:`Reader` asks, and name
it in :data:`READERS`; to export, with a function ``written``, and name it in :data:`WRITERS`. Either way what stands
between format and scenario is :mod:`sim.interop.additive`. Tables are apart (:mod:`sim.interop.table_reading`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from sim.files.complaints import Complaint, Complaints, collecting, raise_all
from sim.files.nodes import Mapping, Node, Scalar
from sim.files.text import decoded, read_bytes, whole_file
from sim.interop import genius, geniusweb, negmas
from sim.interop.additive import File, Imported, UtilityDomain
from sim.interop.json import read_json
from sim.interop.xml import Element, read_xml

#: What NegMAS's own files hold, by the word that names its class; and what makes files of Genius of them.
_NEGMAS = re.compile(r"""\btype["']?\s*:\s*["']?[\w.]*(?:OutcomeSpace|UtilityFunction|UFun)\b""")
_NEGMAS_HINT = 'negmas.Scenario.load("FOLDER").to_genius_folder(Path("OUT")) writes files of Genius, which are read'
#: What a file holds, by its syntax.
Root: TypeAlias = Element | Node


class Reader(Protocol):
    """A module that reads a format. ``SYNTAX`` is what its files are written in."""

    SYNTAX: str

    def is_ours(self, root: Root, /) -> bool:
        """Whether a file is of the format."""

    def is_domain(self, root: Any, /) -> bool:
        """Whether a file of the format holds a domain, not a profile of a party."""

    def read(self, files: Sequence[tuple[File, Any]], steps: int | None, as_written: bool) -> Imported:
        """A domain with its parties: of the first file, which is the domain's own or the first profile.

        ``steps`` bounds the options of numeric issues; ``as_written`` is for Genius. Raises Complaints with all that
        is wrong.
        """


READERS: tuple[Reader, ...] = (genius, geniusweb)
#: What makes texts by file name, and remarks on what was done to fit the format, of a domain and its parties' ids.
WRITERS: dict[str, Callable[[UtilityDomain, Sequence[str]], tuple[dict[str, str], list[str]]]] = {
    "genius": genius.written,
    "geniusweb": geniusweb.written,
    "negmas": negmas.written,
}


@dataclass(frozen=True, eq=False)
class _Parsed:
    """A file, what it holds, and what reads it."""

    file: File
    root: Root
    reader: Reader


def read_files(paths: Sequence[Path], steps: int | None = None, as_written: bool = False) -> Imported:
    """A domain with its parties out of files of one format, in any order; the domain's own file may be missing.

    ``steps`` is how many numbers of a large range become options; ``as_written`` takes evaluations of Genius as they
    stand, as NegMAS does. Raises Complaints with what is wrong with the files, OSError (one line) where one cannot be
    read.
    """
    complaints: list[Complaint] = []
    files: list[_Parsed] = []
    for path in paths:
        with collecting(complaints):
            files.append(_parsed(path))
    raise_all(complaints)
    files.sort(key=lambda file: READERS.index(file.reader))
    reader = files[0].reader
    if other := next((file for file in files if file.reader is not reader), None):
        what = f"{other.reader.SYNTAX}, and the first is {reader.SYNTAX}; the files of one domain are of one format"
        raise Complaints([Complaint(other.root.place, "file", what, code="format")])
    _check_files(files)
    files.sort(key=lambda file: file.file.holds != "domain")
    return reader.read([(file.file, file.root) for file in files], steps, as_written)


def _check_files(files: Sequence[_Parsed]) -> None:
    """Raises Complaints where a file stands there twice, and unless there is a profile, and one domain at most."""
    complaints: list[Complaint] = []
    domains = [file for file in files if file.file.holds == "domain"]
    for number, this in enumerate(files):
        place = this.root.place
        twin = next((file for file in files[:number] if file.file.sha256 == this.file.sha256), None)
        if twin is not None:
            what = f"the same {this.file.holds}, byte for byte, as {twin.root.place.file}"
            complaints.append(Complaint(place, "file", what, "leave one of the two out", code="format"))
        elif this in domains[1:]:
            what = f"a second domain, other than {domains[0].root.place.file}"
            hint = "import one domain, with its profiles, at a time"
            if _same_issues(domains[0].root, this.root):
                what = f"a second domain, with the same issues and options as {domains[0].root.place.file}"
                hint = "leave one of the two out"
            complaints.append(Complaint(place, "file", what, hint, code="format"))
    if len(domains) == len(files) and not complaints:
        hint = "a profile holds weights and what each option is worth to one party"
        complaints.append(
            Complaint(files[0].root.place, "file", "a domain without a profile of any party", hint, code="format")
        )
    raise_all(complaints)


def _same_issues(one: Root, other: Root) -> bool:
    return isinstance(one, Element) and isinstance(other, Element) and genius.same_issues(one, other)


def _parsed(path: Path) -> _Parsed:
    name = str(path)
    if path.is_dir():
        raise Complaints([whole_file(name, "a folder; files are read", f"name what it holds: sim import {name}/*")])
    raw = read_bytes(path, name)
    root = _root(raw, path)
    for reader in READERS:
        if reader.is_ours(root):
            return _Parsed(File.of(path, raw, "domain" if reader.is_domain(root) else "profile"), root, reader)
    if isinstance(root, Element):
        what = f"<{root.tag}> is nothing that Genius writes"
        hint = "a domain begins with <negotiation_template>, a profile with <utility_space>"
    else:
        what = "nothing that GeniusWeb writes"
        hint = f'a domain has "issuesValues", a profile "{geniusweb.SPACE}"'
    raise Complaints([Complaint(root.place, "file", what, hint, code="format")])


def _root(raw: bytes, path: Path) -> Root:
    """What a file holds, by its first character, or by its name where that says nothing."""
    name = str(path)
    start = raw.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")[:1]
    if start == b"<" or (start not in (b"{", b"[") and path.suffix == ".xml"):
        return read_xml(raw, name)
    if start in (b"{", b"[") or path.suffix == ".json":
        node = read_json(decoded(raw, name), name)
        kind = node.items.get("type") if isinstance(node, Mapping) else None
        if isinstance(kind, Scalar) and _NEGMAS.search(f"type: {kind.value}"):
            what = "NegMAS's own JSON is not read"
            raise Complaints([Complaint(node.place, "file", what, f"named .yaml, {_NEGMAS_HINT}", code="format")])
        return node
    if _NEGMAS.search(raw.decode("utf-8", "replace")):
        raise Complaints([whole_file(name, "NegMAS's own YAML is not read", _NEGMAS_HINT)])
    raise Complaints([whole_file(name, "neither XML nor JSON", "files of Genius and GeniusWeb are read")])
