"""The domain in a folder as one tree, and what files say in short written out: ``like`` of an option, other proposals.

``like: OPTION`` gives an option the conditions of its neighbour: a tie in rankings, red lines, refusals, conditions of
consent, constraints and effects. All that is written out so counts as assumed, and what names the option itself is left
as it is. Everything here is pure, and leaves what is not of the right shape to the schema. A tree that has been written
out stands by itself, so that a saved run loads to the same result: in place of ``like`` the option says ``ranked_as``,
which ties it to its neighbour where that has no place to write the option beside (:mod:`sim.engine.profiles`), and in
positions that edits make.

``negotiation.candidates.proposals`` names other proposals; their terms are written out as ``texts``, so that a saved
scenario stands by itself. Open terms are left out: there the text stays as tabled.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TypeAlias

from pydantic import ValidationError

from sim.files import nodes
from sim.files.complaints import Complaint, Complaints, Place, collecting, did_you_mean
from sim.files.csv import compose_csv
from sim.files.nodes import Mapping, Node, Scalar, Sequence, TreePath, text_of
from sim.files.text import Reading, read_table, read_text
from sim.files.yaml import read_mapping
from sim.scenario import catalogue, schema
from sim.scenario.issues_in_force import NONE_LATER, NotYet, beginnings, default_terms


@dataclass(frozen=True)
class _Like:
    """An option and its neighbour, both of ``options``; ``place`` and ``key`` are where the neighbour is named."""

    issue: str
    option: str
    neighbour: str
    place: Place
    options: tuple[str, ...]
    key: str

    @property
    def scalar(self) -> Scalar:
        """The option's name, where its neighbour is named."""
        return Scalar(self.option, self.place)

    @property
    def note(self) -> str:
        return f"As for {self.neighbour}, which {self.option} is said to be like."


def inherited(domain: Mapping) -> tuple[Mapping, list[Complaint]]:
    """A domain with every ``like`` written out, and what is wrong with them."""
    issues = nodes.find(domain, ("issues", "issues"))
    if not isinstance(issues, Mapping):
        return domain, []
    complaints: list[Complaint] = []
    likes: list[_Like] = []
    for name, issue in issues.items.items():
        options = nodes.child(issue, "options")
        own = _likes(name, options, "like")
        wrong = list(_faults(name, [*own, *_likes(name, options, "ranked_as")], options))
        complaints += wrong
        likes += [] if wrong else own
    for like in _in_order(likes):
        domain = _written_out(domain, like)
    return domain, complaints


def rejoined(entry: Mapping, part: str, issue: str, options: Node | None) -> Mapping:
    """A position of which an edit sets a part, ``ranking``, ``values`` or ``red_lines``; those like another follow.

    What the edit names itself stays.
    """
    for like in _in_order(_likes(issue, options, "ranked_as")):
        entry = _lines(entry, like) if part == "red_lines" else _place(entry, like)
    return entry


# --- options that are like others ---------------------------------------------------------


def _likes(issue: str, options: Node | None, key: str) -> list[_Like]:
    likes: list[_Like] = []
    for option in (names := nodes.keys(options)):
        node = nodes.find(options, (option, key))
        if node is not None and (neighbour := text_of(node)) is not None:
            likes.append(_Like(issue, option, neighbour, node.place, tuple(names), key))
    return likes


def _faults(issue: str, likes: list[_Like], options: Node | None) -> Iterator[Complaint]:
    names = nodes.keys(options)
    next_to = {like.option: like.neighbour for like in likes}
    for like in likes:
        where = f"issues: {issue}: {like.option}: {like.key}"
        if like.neighbour not in names:
            hint = did_you_mean(like.neighbour, [n for n in names if n != like.option])
            yield Complaint(like.place, where, f"{issue} has no option {like.neighbour}", hint, code="unknown_name")
            continue
        here, steps = like.neighbour, 0
        while here in next_to and here != like.option and steps < len(likes):
            here, steps = next_to[here], steps + 1
        if here == like.option:
            what = f"{like.option} is like itself" + (f" by way of {like.neighbour}" if steps else "")
            yield Complaint(like.place, where, what, "name an option of which the files speak", code="unknown_name")


def _in_order(likes: list[_Like]) -> Iterator[_Like]:
    """Neighbours before those that are like them."""
    left = {(like.issue, like.option): like for like in likes}
    while left:
        for key, like in list(left.items()):
            if (like.issue, like.neighbour) not in left:
                yield left.pop(key)


# --- writing out --------------------------------------------------------------------------


def _written_out(domain: Mapping, like: _Like) -> Mapping:
    domain = _at(domain, ("issues", "issues", like.issue, "options", like.option), _renamed)
    domain = _each(domain, ("issues", "constraints"), lambda node: _constraint(node, like))
    domain = _at(domain, ("issues", "effects"), lambda node: _copied(node, like))
    for party in nodes.keys(domain, "positions"):
        path = ("positions", party)
        placed = any(_places(node, like.option) for node in nodes.items(domain, *path, "positions", like.issue))
        domain = _each(domain, (*path, "positions", like.issue), lambda node: _entry(node, like))
        domain = _at(domain, (*path, "refuses"), lambda node: _copied(node, like, drawn=True))
        if not placed:
            domain = _each(domain, (*path, "asks"), lambda node: _asked(node, like))
        domain = _each(domain, (*path, "consent", "when"), lambda node: _widened(node, like))
    return domain


def _at(domain: Mapping, path: nodes.TreePath, change: Callable[[Node], Node]) -> Mapping:
    node = nodes.find(domain, path)
    if node is None or (new := change(node)) is node:
        return domain
    return nodes.replaced(domain, path, new)


def _each(domain: Mapping, path: nodes.TreePath, change: Callable[[Mapping], Node]) -> Mapping:
    """Every mapping of the list at a path changed."""

    def changed(node: Node) -> Node:
        if not isinstance(node, Sequence):
            return node
        items = tuple(change(item) if isinstance(item, Mapping) else item for item in node.items)
        same = all(new is old for new, old in zip(items, node.items, strict=True))
        return node if same else replace(node, items=items)

    return _at(domain, path, changed)


def _renamed(option: Node) -> Node:
    """An option with its ``like`` as ``ranked_as``."""
    if not isinstance(option, Mapping):
        return option
    return option.without("like").having("ranked_as", option.items["like"])


def _names(node: Node | None) -> list[str]:
    """The words of a list, however nested, or of a mapping's keys."""
    if isinstance(node, Mapping):
        return list(node.items)
    if isinstance(node, Sequence):
        return [name for item in node for name in _names(item)]
    return [text] if (text := text_of(node)) is not None else []


def _widened(terms: Node, like: _Like) -> Node:
    """A condition with the option beside its neighbour; one that names the option stays."""
    options = nodes.child(terms, like.issue)
    if not isinstance(terms, Mapping) or not isinstance(options, Sequence) or not _follows(options, like):
        return terms
    return terms.having(like.issue, replace(options, items=(*options.items, like.scalar)))


def _follows(options: Node | None, like: _Like) -> bool:
    """Whether the neighbour is among these options, and the option itself is not."""
    names = _names(options)
    return like.neighbour in names and like.option not in names


def _constraint(node: Mapping, like: _Like) -> Node:
    """A constraint with the option beside its neighbour, on both sides; one that names the option stays."""
    sides = {side: nodes.child(node, side) for side in ("if", "then")}
    if any(like.option in _names(nodes.child(terms, like.issue)) for terms in sides.values()):
        return node
    for side, terms in sides.items():
        if terms is not None and (wider := _widened(terms, like)) is not terms:
            node = node.having(side, wider)
    return node


def _asked(node: Mapping, like: _Like) -> Node:
    """A demand for which the option is enough where its neighbour is; one that names the option stays.

    Of a party that has a place of its own for the option it is not asked: there a demand says all that is enough.
    """
    terms = node.get("for")
    if terms is None or (wider := _widened(terms, like)) is terms:
        return node
    return node.having("for", wider)


def _copied(rules: Node, like: _Like, *, drawn: bool = False) -> Node:
    """Refusals (``drawn``) or effects, each that bears on the neighbour followed by one that bears on the option."""
    if not isinstance(rules, Sequence):
        return rules
    ids = {value for rule in rules for value in _names(nodes.child(rule, "id"))}
    items: list[Node] = []
    for rule in rules:
        items.append(rule)
        terms, names = nodes.child(rule, "if"), _names(nodes.child(rule, "id"))
        if not isinstance(rule, Mapping) or not isinstance(terms, Mapping) or len(names) != 1:
            continue
        if not _follows(terms.get(like.issue), like):
            continue
        own = f"{names[0]}_{like.option}"
        name = next(n for k in count(1) if (n := own if k == 1 else f"{own}_{k}") not in ids)
        ids.add(name)
        at, why, label = like.place, text_of(rule.get("why")), text_of(rule.get("label"))
        words = {"id": name, "basis": "assumed", "why": like.note if why is None else f"{why} {like.note}"}
        if label is not None:
            words["label"] = f"{label} ({like.option.replace('_', ' ')})"
        if drawn and "like" not in rule:
            words["like"] = names[0]
        copy = rule.having("if", terms.having(like.issue, Sequence((like.scalar,), at)))
        for key, text in words.items():
            copy = copy.having(key, Scalar(text, at))
        items.append(replace(copy, place=at))
    return rules if len(items) == len(rules) else replace(rules, items=tuple(items))


def _places(entry: Node, option: str) -> bool:
    """Whether a position has a place of its own for an option."""
    return any(option in _names(nodes.child(entry, key)) for key in ("ranking", "values"))


def _entry(node: Mapping, like: _Like) -> Node:
    """A position with the option tied to its neighbour and behind its red lines; one that names the option stays."""
    named = [name for key in ("ranking", "values") for name in _names(node.get(key))]
    if like.option in named or _draws(node, like.option) is not None:
        return node
    return _lines(_place(node, like), like)


def _place(entry: Mapping, like: _Like) -> Mapping:
    """A position with the option tied to its neighbour, or with its value; one that names the option stays."""
    ranking, values = entry.items.get("ranking"), entry.items.get("values")
    names = _names(ranking)
    result = entry
    # One option alone compares nothing, and stays silence.
    if isinstance(ranking, Sequence) and len(names) > 1 and like.neighbour in names and like.option not in names:
        result = result.having("ranking", _tied(ranking, like))
    if isinstance(values, Mapping) and like.neighbour in values and like.option not in values:
        result = result.having("values", values.having(like.option, values.items[like.neighbour]))
    if result is entry:
        return entry
    return result.having("assumed", Sequence((*nodes.items(entry, "assumed"), like.scalar), like.place))


def _draws(entry: Mapping, option: str) -> Mapping | None:
    """The red line that a position draws at an option."""
    for line in nodes.items(entry, "red_lines"):
        if isinstance(line, Mapping) and _names(line.items.get("option")) == [option]:
            return line
    return None


def _lines(entry: Mapping, like: _Like) -> Mapping:
    """A position with the option behind the red line of its neighbour; one that draws a line at the option stays."""
    lines, line = entry.items.get("red_lines"), _draws(entry, like.neighbour)
    if not isinstance(lines, Sequence) or line is None or _draws(entry, like.option) is not None:
        return entry
    at = like.place
    copy = replace(line, place=at).having("option", like.scalar).having("basis", Scalar("assumed", at))
    if "like" not in copy:
        copy = copy.having("like", Scalar(like.neighbour, at))
    copy = copy.having("note", Scalar(like.note, at))
    return entry.having("red_lines", replace(lines, items=(*lines.items, copy)))


def _tied(ranking: Sequence, like: _Like) -> Sequence:
    levels: list[Node] = []
    for level in ranking:
        if like.neighbour in _names(level):
            tied = level.items if isinstance(level, Sequence) else (level,)
            level = Sequence((*tied, like.scalar), level.place)
        levels.append(level)
    if {*_names(Sequence(tuple(levels), like.place))} >= {*like.options}:
        levels = [level for level in levels if _names(level) != ["rest"]]  # nothing is left for it to stand for
    return replace(ranking, items=tuple(levels))


# --- the folder of a domain ---------------------------------------------------------------

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
#: Domains read before, by their folders, with what is wrong with them.
Folders: TypeAlias = dict[Path, tuple[Mapping, list[Complaint]]]


def domain_tree(folder: Path, read_before: Folders) -> tuple[Mapping, list[Complaint]]:
    """The domain in a folder as one tree, without the parts that cannot be read; ``read_before`` grows."""
    known = read_before.get(folder.absolute())
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
    return read_before.setdefault(folder.absolute(), (whole, complaints + faults))


def domain_of(path: Path, tree: Node | None) -> tuple[Path, str | None]:
    """The domain folder beside a text, else that of the nearest library whose issues the text answers, and which."""
    beside = path.parent / catalogue.DOMAIN
    terms = nodes.find(tree, ("proposal", "terms")) if isinstance(tree, Mapping) else None
    if not beside.exists() and isinstance(terms, Mapping):
        for shelf in catalogue.libraries(path.parent):
            issues = nodes.child(catalogue.tree_of(shelf.domain / "issues.yaml")[0], "issues")
            # most, not all: a slip in one name is told as such
            if isinstance(issues, Mapping) and 2 * len(issues.items.keys() & terms.items.keys()) > len(terms):
                return shelf.domain, shelf.words
    return beside, None


def _all_there(folder: Path, absent: list[str], items: typing.Mapping[str, Node]) -> None:
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


# --- other proposals ----------------------------------------------------------------------

CANDIDATES: TreePath = ("negotiation", "candidates")
WHERE = "negotiation: candidates: proposals"
#: The issues of a domain and the options of each, by name.
Issues: TypeAlias = dict[str, frozenset[str]]


def gathered(
    tree: Mapping, path: Path, read: dict[Path, Reading], later: NotYet = NONE_LATER
) -> tuple[Mapping, list[Complaint]]:
    """The merged tree of the scenario at ``path`` with the proposals it names written out, and what is wrong with them.

    A proposal whose text is there already, as in a saved scenario, is not read. What is not of the right shape is
    left to the schema. ``read`` keeps the files that have been read; on issues that are not in force yet (``later``)
    other proposals say nothing.
    """
    named = nodes.find(tree, (*CANDIDATES, "proposals"))
    texts = nodes.find(tree, (*CANDIDATES, "texts"))
    if not isinstance(named, Sequence) or not (texts is None or isinstance(texts, Mapping)):
        return tree, []
    complaints: list[Complaint] = []
    whole = Mapping({}, named.place) if texts is None else texts
    asked = nodes.find(tree, ("domain", "issues", "issues"))
    defaults = {i: nodes.to_plain(t) for i, t in default_terms(asked).items()} if isinstance(asked, Mapping) else {}
    dated = frozenset(beginnings(tree.get("domain")))
    host = _Host(text_of(tree.get("id")) or path.stem, _issues(tree), defaults, read, frozenset(later.starts), dated)
    seen: set[str] = set()
    for item in named:
        name = text_of(item)
        if name is None or not re.fullmatch(r"\w+", name, re.ASCII):
            continue
        with collecting(complaints):
            if name in seen:
                raise _wrong(item, f"{name} stands here twice", "write every proposal once")
            seen.add(name)
            if name == host.own:
                raise _wrong(item, f"{name} is this scenario; its own text is a candidate anyway", "leave it out")
            if name not in whole:
                file = path.parent / f"{name}.yaml"
                file = file if file.exists() else catalogue.text(Path(name)) or file
                whole = whole.having(name, nodes.from_plain(_text(file, item, host), item.place))
    if len(whole) == len(texts or ()):
        return tree, complaints
    return nodes.replaced(tree, (*CANDIDATES, "texts"), whole), complaints


@dataclass(frozen=True)
class _Host:
    """The scenario among whose candidates proposals are: its name, and what its domain asks.

    ``defaults`` are the terms on issues that a text need not name; ``read`` are files that have been read; ``later``
    are issues that are not in force yet, ``dated`` those that were not always.
    """

    own: str
    issues: Issues | None
    defaults: dict[str, nodes.Plain]
    read: dict[Path, Reading]
    later: frozenset[str]
    dated: frozenset[str]


def named_twice(tree: Mapping) -> list[Complaint]:
    """Complaints about names that a person gave both to a proposal and to a text of their own."""
    named = nodes.find(tree, (*CANDIDATES, "proposals"))
    texts = nodes.find(tree, (*CANDIDATES, "texts"))
    if not isinstance(named, Sequence) or not isinstance(texts, Mapping):
        return []
    names = {item.value for item in named if isinstance(item, Scalar)}
    where, what = "negotiation: candidates: texts", "is among the proposals too; one name, one text"
    hint = "give this text another name"
    return [
        Complaint(texts.key_places[name], where, f"{name} {what}", hint, code="twice")
        for name in texts
        if name in names
    ]


def _wrong(item: Node, what: str, hint: str | None = None) -> Complaints:
    return Complaints([Complaint(item.place, WHERE, what, hint, code="talks")])


def _issues(tree: Node) -> Issues | None:
    """What the domain of a merged tree asks, or None where it cannot be read."""
    issues = nodes.find(tree, ("domain", "issues", "issues"))
    if not isinstance(issues, Mapping):
        return None
    return {name: frozenset(nodes.keys(issue, "options")) for name, issue in issues.items.items()}


def _text(file: Path, item: Node, host: _Host) -> dict[str, str]:
    """The closed terms of a proposal beside the scenario. Raises Complaints, at the name."""
    try:
        if file not in host.read:
            host.read[file] = read_mapping(read_text(file), str(file))
        read = host.read[file]
    except FileNotFoundError:
        beside = sorted(f.stem for f in file.parent.glob("*.yaml") if f.stem != host.own)
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
            in_force = {issue: term for issue, term in named.items() if issue not in host.later}
            plain = {**plain, "terms": {**host.defaults, **in_force}}
        terms = schema.Proposal.model_validate(plain, by_alias=True, by_name=False).terms
    except ValidationError:
        raise _faulty(item, file) from None
    if host.issues is not None:
        assert read.node is not None
        _same_domain(item, file, terms, _issues(read.node), host)
    return {issue: term.option for issue, term in terms.items() if term.option is not None}


def _faulty(item: Node, file: Path, fault: Complaint | None = None) -> Complaints:
    why = f"line {fault.place.line}: {fault.what}" if fault else "its proposal is faulty"
    return _wrong(item, f"{file} cannot be used: {why}", f"sim validate {file} says all that is wrong with it")


def _same_domain(item: Node, file: Path, terms: dict[str, schema.Term], own: Issues | None, host: _Host) -> None:
    """A proposal answers the questions of this scenario's domain. Raises Complaints."""
    issues = host.issues or {}
    fault = next((f"there is no issue {i}" for i in terms if i not in issues), None) or next(
        (f"{i} has no option {t.option}" for i, t in terms.items() if t.option and t.option not in issues[i]), None
    )
    if fault is None:
        fault = next((f"it has no term for {i}" for i in issues if i not in terms), None)
    if fault is None and own is not None:
        asked = {i: options for i, options in own.items() if i not in host.later}
        if asked != {i: options for i, options in issues.items() if i in own or i not in host.dated}:
            fault = "its own issues differ"
    if fault is not None:
        what = f"{file} is about another domain, or faulty: {fault}"
        raise _wrong(item, what, "only proposals that answer the same issues can be candidates")
