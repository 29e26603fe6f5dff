"""Texts of other proposals as candidates of a scenario: ``negotiation.candidates.proposals`` written out as ``texts``.

What is merged names the proposals and holds their terms, so that a saved scenario stands by itself. Open terms are
left out: there the text stays as tabled.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeAlias

from pydantic import ValidationError

from sim.files import nodes
from sim.files.complaints import Complaint, Complaints, did_you_mean
from sim.files.nodes import Mapping, Node, Scalar, Sequence, TreePath
from sim.files.text import Reading, read_text
from sim.files.yaml import read_mapping
from sim.scenario import catalogue, schema
from sim.scenario.inheritance import default_terms

CANDIDATES: TreePath = ("negotiation", "candidates")
WHERE = "negotiation: candidates: proposals"
#: The issues of a domain and the options of each, by name.
Issues: TypeAlias = dict[str, frozenset[str]]


def gathered(tree: Mapping, path: Path, read: dict[Path, Reading]) -> tuple[Mapping, list[Complaint]]:
    """The merged tree of the scenario at ``path`` with the proposals it names written out, and what is wrong with them.

    A proposal whose text is there already, as in a saved scenario, is not read. What is not of the right shape is
    left to the schema. ``read`` keeps the files that have been read.
    """
    named = nodes.find(tree, (*CANDIDATES, "proposals"))
    texts = nodes.find(tree, (*CANDIDATES, "texts"))
    if not isinstance(named, Sequence) or not (texts is None or isinstance(texts, Mapping)):
        return tree, []
    complaints: list[Complaint] = []
    found: dict[str, Node] = dict(texts.items) if texts is not None else {}
    places = dict(texts.key_places) if texts is not None else {}
    issues = _issues(tree)
    asked = nodes.find(tree, ("domain", "issues", "issues"))
    defaults = {i: nodes.to_plain(t) for i, t in default_terms(asked).items()} if isinstance(asked, Mapping) else {}
    own = _own_name(tree, path)
    seen: set[str] = set()
    for item in named:
        if not isinstance(item, Scalar) or not isinstance(item.value, str):
            continue
        name = item.value
        if not re.fullmatch(r"\w+", name, re.ASCII):
            continue
        try:
            if name in seen:
                raise _wrong(item, f"{name} stands here twice", "write every proposal once")
            seen.add(name)
            if name == own:
                raise _wrong(item, f"{name} is this scenario; its own text is a candidate anyway", "leave it out")
            if name not in found:
                file = path.parent / f"{name}.yaml"
                file = file if file.exists() else catalogue.text(Path(name)) or file
                found[name] = nodes.from_plain(_text(file, own, item, issues, read, defaults), item.place)
                places[name] = item.place
        except Complaints as wrong:
            complaints += wrong.complaints
    if len(found) == len(texts or ()):
        return tree, complaints
    at = texts.place if texts is not None else named.place
    new = nodes.replaced(tree, (*CANDIDATES, "texts"), Mapping(found, at, places))
    assert isinstance(new, Mapping)
    return new, complaints


def named_twice(tree: Mapping) -> list[Complaint]:
    """Complaints about names that a person gave both to a proposal and to a text of their own."""
    named = nodes.find(tree, (*CANDIDATES, "proposals"))
    texts = nodes.find(tree, (*CANDIDATES, "texts"))
    if not isinstance(named, Sequence) or not isinstance(texts, Mapping):
        return []
    names = {item.value for item in named if isinstance(item, Scalar)}
    where, what = "negotiation: candidates: texts", "is among the proposals too; one name, one text"
    hint = "give this text another name"
    return [Complaint(texts.key_places[name], where, f"{name} {what}", hint) for name in texts if name in names]


def _own_name(tree: Mapping, path: Path) -> str:
    own = tree.get("id")
    return own.value if isinstance(own, Scalar) and isinstance(own.value, str) else path.stem


def _wrong(item: Node, what: str, hint: str | None = None) -> Complaints:
    return Complaints([Complaint(item.place, WHERE, what, hint)])


def _issues(tree: Node) -> Issues | None:
    """What the domain of a merged tree asks, or None where it cannot be read."""
    found = nodes.find(tree, ("domain", "issues", "issues"))
    if not isinstance(found, Mapping):
        return None
    options = {name: nodes.child(issue, "options") for name, issue in found.items.items()}
    return {name: frozenset(under) if isinstance(under, Mapping) else frozenset() for name, under in options.items()}


def _text(
    file: Path,
    own: str,
    item: Scalar,
    issues: Issues | None,
    known: dict[Path, Reading],
    defaults: dict[str, nodes.Plain],
) -> dict[str, str]:
    """The closed terms of a proposal beside the scenario called ``own``. Raises Complaints, at the name.

    ``defaults`` are the terms on issues that it need not name.
    """
    try:
        read = known[file] if file in known else known.setdefault(file, read_mapping(read_text(file), str(file)))
    except FileNotFoundError:
        beside = sorted(f.stem for f in file.parent.glob("*.yaml") if f.stem != own)
        raise _wrong(item, f"there is no file {file}", did_you_mean(file.stem, beside, most=40)) from None
    except OSError as error:
        raise _wrong(item, str(error)) from None
    except Complaints as faults:
        raise _faulty(item, file, faults.complaints[0]) from None
    if read.complaints:
        raise _faulty(item, file, read.complaints[0])
    proposal = nodes.child(read.node, "proposal")
    if proposal is None:
        raise _wrong(item, f"{file} is no scenario: it has no proposal")
    try:
        plain = nodes.to_plain(proposal)
        if isinstance(plain, dict) and isinstance(named := plain.get("terms"), dict):
            plain = {**plain, "terms": {**defaults, **named}}
        terms = schema.Proposal.model_validate(plain, by_alias=True, by_name=False).terms
    except ValidationError:
        raise _faulty(item, file) from None
    if issues is not None:
        assert read.node is not None
        _same_domain(item, file, terms, _issues(read.node), issues)
    return {issue: term.option for issue, term in terms.items() if term.option is not None}


def _faulty(item: Node, file: Path, fault: Complaint | None = None) -> Complaints:
    why = f"line {fault.place.line}: {fault.what}" if fault else "its proposal is faulty"
    what = f"{file} cannot be used: {why}"
    return _wrong(item, what, f"sim validate {file} says all that is wrong with it")


def _same_domain(item: Node, file: Path, terms: dict[str, schema.Term], own: Issues | None, issues: Issues) -> None:
    """A proposal answers the questions of this scenario's domain. Raises Complaints."""
    fault = next((f"there is no issue {i}" for i in terms if i not in issues), None) or next(
        (f"{i} has no option {t.option}" for i, t in terms.items() if t.option and t.option not in issues[i]), None
    )
    if fault is None:
        fault = next((f"it has no term for {i}" for i in issues if i not in terms), None)
    if fault is None and own is not None and own != issues:
        fault = "its own issues differ"
    if fault is not None:
        what = f"{file} is about another domain, or faulty: {fault}"
        raise _wrong(item, what, "only proposals that answer the same issues can be candidates")
