"""Files named on the command line: which format they are of, which is the domain, which are profiles."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from sim.files.complaints import Complaint, Complaints, Place
from sim.files.nodes import FORBIDDEN, Mapping, Node, Scalar
from sim.files.text import decoded, read_bytes, whole_file
from sim.interop import genius, geniusweb
from sim.interop.cardinal import File, Imported
from sim.interop.json_reading import read_json
from sim.interop.xml_reading import Element, read_xml

#: What NegMAS's own files hold, by the word that names its class; and what makes files of Genius of them.
_NEGMAS = re.compile(r"""\btype["']?\s*:\s*["']?[\w.]*(?:OutcomeSpace|UtilityFunction|UFun)\b""")
_NEGMAS_HINT = 'negmas.Scenario.load("FOLDER").to_genius_folder(Path("OUT")) writes files of Genius, which are read'


def read_files(paths: Sequence[Path], steps: int | None = None, as_written: bool = False) -> Imported:
    """A domain with its parties out of files of one format, in any order; the domain's own file may be missing.

    ``steps`` is how many numbers of a large range become options; ``as_written`` takes evaluations of Genius as they
    stand, as NegMAS does. Raises Complaints with what is wrong with the files, OSError (one line) where one cannot be
    read.
    """
    complaints: list[Complaint] = []
    xml: list[tuple[File, Element]] = []
    json: list[tuple[File, Mapping]] = []
    for path in paths:
        name = str(path)
        try:
            if path.is_dir():
                what = "a folder; files are read"
                raise Complaints([whole_file(name, what, f"name what it holds: sim import {name}/*")])
            raw = read_bytes(path, name)
            held = _held(raw, path)
            shown = FORBIDDEN.sub("?", path.name)  # what a name of a file may hold, a text of ours may not
            known = File(shown, hashlib.sha256(raw).hexdigest(), "domain" if _is_domain(held) else "profile")
            if isinstance(held, Element):
                xml.append((known, held))
            else:
                json.append((known, held))
        except Complaints as found:
            complaints += found.complaints
    if complaints:
        raise Complaints(complaints)
    if xml and json:
        what = "JSON, and the first is XML; the files of one domain are of one format"
        raise Complaints([Complaint(json[0][1].place, "file", what)])
    pairs: list[tuple[File, Element | Mapping]] = [*xml, *json]
    at = [held.place for _, held in pairs]
    hashes = [file.sha256 for file, _ in pairs]
    domains = [i for i, (file, _) in enumerate(pairs) if file.holds == "domain"]
    for i, (digest, (file, _)) in enumerate(zip(hashes, pairs, strict=True)):
        if digest in hashes[:i]:
            what = f"the same {file.holds}, byte for byte, as {at[hashes.index(digest)].file}"
            complaints.append(Complaint(at[i], "file", what, "leave one of the two out"))
        elif i in domains[1:]:
            complaints.append(_second_domain(at[i], at[domains[0]], pairs[domains[0]][1], pairs[i][1]))
    if len(domains) == len(pairs) and not complaints:
        hint = "a profile holds weights and what each option is worth to one party"
        complaints.append(Complaint(at[0], "file", "a domain without a profile of any party", hint))
    if complaints:
        raise Complaints(complaints)
    if xml:
        of_parties = [p for p in xml if p[0].holds == "profile"]
        return genius.read(xml[domains[0]] if domains else None, of_parties, steps, as_written)
    if as_written:
        what = "is for files of Genius; utilities of GeniusWeb count as they stand"
        raise Complaints([Complaint(Place("--as-written", 1, 1), "--as-written", what, "leave it out")])
    return geniusweb.read(json[domains[0]] if domains else None, [p for p in json if p[0].holds == "profile"], steps)


def _second_domain(place: Place, first: Place, one: Element | Mapping, other: Element | Mapping) -> Complaint:
    if isinstance(one, Element) and isinstance(other, Element) and genius.same_issues(one, other):
        what = f"a second domain, with the same issues and options as {first.file}"
        return Complaint(place, "file", what, "leave one of the two out")
    what = f"a second domain, other than {first.file}"
    return Complaint(place, "file", what, "import one domain, with its profiles, at a time")


def _held(raw: bytes, path: Path) -> Element | Mapping:
    name = str(path)
    start = raw.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")[:1]
    if start == b"<" or (start not in (b"{", b"[") and path.suffix == ".xml"):
        element = read_xml(raw, name)
        if not genius.is_genius(element):
            what = f"<{element.tag}> is nothing that Genius writes"
            hint = "a domain begins with <negotiation_template>, a profile with <utility_space>"
            raise Complaints([Complaint(element.place, "file", what, hint)])
        return element
    if start in (b"{", b"[") or path.suffix == ".json":
        node: Node = read_json(decoded(raw, name), name)
        kind = node.items.get("type") if isinstance(node, Mapping) else None
        if isinstance(kind, Scalar) and _NEGMAS.search(f"type: {kind.value}"):
            what = "NegMAS's own JSON is not read"
            raise Complaints([Complaint(node.place, "file", what, f"named .yaml, {_NEGMAS_HINT}")])
        if not isinstance(node, Mapping) or not geniusweb.is_geniusweb(node):
            what = "nothing that GeniusWeb writes"
            hint = f'a domain has "issuesValues", a profile "{geniusweb.SPACE}"'
            raise Complaints([Complaint(node.place, "file", what, hint)])
        return node
    if _NEGMAS.search(raw.decode("utf-8", "replace")):
        raise Complaints([whole_file(name, "NegMAS's own YAML is not read", _NEGMAS_HINT)])
    raise Complaints([whole_file(name, "neither XML nor JSON", "files of Genius and GeniusWeb are read")])


def _is_domain(held: Element | Mapping) -> bool:
    return genius.is_domain(held) if isinstance(held, Element) else geniusweb.is_domain(held)
