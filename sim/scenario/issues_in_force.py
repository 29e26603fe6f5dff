"""Issues that begin on a day, ``since``: what of a domain and of a text holds on the day of a scenario.

Before its day such an issue is not in force, and the scenario is what it would be if nobody had written the issue: it
goes from the issues, outcomes of no deal, positions, terms and texts of the talks; a constraint, an effect, a refusal
or a condition of consent that asks for it cannot hold, and goes too; claims on it are context. From that day on a text
that does not name it says its ``default``. Everything here is pure, and leaves what is not of the right shape to the
schema.
"""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal, TypeAlias

from sim.files import nodes
from sim.files.complaints import Complaint, Place
from sim.files.nodes import Mapping, Node, Scalar, mapping, text_of
from sim.scenario import schema
from sim.scenario.edit_paths import ONE_BY_ONE, Edit

#: The issue of claims on what no issue in force asks.
CONTEXT = "context"
#: Lists of issues.yaml, and of a party, whose items hold under a condition: by the list, the condition's key.
_SHARED = {"constraints": "if", "effects": "if"}
_OF_A_PARTY = {"refuses": "if", "asks": "for"}
_TERMS, _TEXTS = ("proposal", "terms"), ("negotiation", "candidates", "texts")
_TURNING, _LOTTERIES = ("issues", "no_deal", "turning_issue"), ("issues", "no_deal", "lotteries")
#: Domains without the issues that are not in force, by the whole domain's identity and those issues; with the whole.
Narrowed: TypeAlias = dict[tuple[int, frozenset[str]], tuple[Mapping, Mapping]]


@dataclass(frozen=True)
class NotYet:
    """The issues that are not in force on a day, each with the day on which it begins; all days are ISO text."""

    day: str = ""
    starts: typing.Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: Mapping) -> NotYet:
        """Those of a scenario with its whole domain."""
        return not_yet(tree.get("domain"), _day(tree))

    def words(self, issue: str) -> str:
        """What is wrong where such an issue is named."""
        return f"the issue {issue} is not in force on {self.day}, begins {self.starts[issue]}"

    def hint(self, issue: str) -> str:
        """What would be right there."""
        return f"leave it out, or take a day from {self.starts[issue]} on: as_of of the text, or --as-of"

    def heard(self, edits: Sequence[Edit]) -> tuple[list[Edit], list[Complaint]]:
        """The edits that name none of these issues, and complaints about the others.

        Files of edits may speak of many days at once, so that they are only warned of; what is given one by one is
        meant for this one.
        """
        if not self.starts:
            return list(edits), []
        rest, complaints = [], []
        for edit in edits:
            issue = next((step for step in _steps(edit) if step in self.starts), None)
            if issue is None:
                rest.append(edit)
                continue
            alone = edit.places[0].file.startswith(ONE_BY_ONE)
            severity: Literal["error", "warning"] = "error" if alone else "warning"
            at = edit.places[edit.parts.index(issue)] if issue in edit.parts else edit.value.place
            hint = self.hint(issue) if alone else "it changes nothing on that day"
            complaints.append(Complaint(at, "edit", self.words(issue), hint, severity, code="edit"))
        return rest, complaints


#: Of a day on which every issue is in force.
NONE_LATER = NotYet()


@dataclass(frozen=True)
class ScenarioDay:
    """A scenario as it is on its day: the tree, what is not in force yet, and warnings of what a call leaves out."""

    tree: Mapping
    later: NotYet
    warnings: tuple[Complaint, ...] = ()


def on_its_day(tree: Mapping, file: Mapping | None, narrowed: Narrowed) -> ScenarioDay:
    """A scenario with its domain on its day, with a term for every issue in force that has a ``default``.

    ``file`` is the scenario as its file has it, ``tree`` the same with what a call overrides: where that asks for an
    earlier day than the file's own, terms on issues that begin later are left out, with a warning; where the file's own
    day is too early they stay, to be complained about. ``narrowed`` grows.
    """
    domain, later = tree.get("domain"), NotYet.of(tree)
    if not later.starts or not isinstance(domain, Mapping):
        return ScenarioDay(defaulted(tree), later)
    tree = tree.having("domain", in_force(domain, later, narrowed))
    own = later.day if file is None else _day(file)
    out = {issue for issue, start in later.starts.items() if start <= own}
    tree, terms = _without_terms(tree, later, out)
    tree, texts = _without_texts(tree, later, out)
    return ScenarioDay(defaulted(tree), later, (*terms, *texts))


def not_yet(domain: Node | None, day: str) -> NotYet:
    """The issues of a domain's tree that begin after a day, which is ISO text."""
    starts = {issue: start for issue, start in beginnings(domain).items() if start > day}
    return NotYet(day, starts)


def beginnings(domain: Node | None) -> dict[str, str]:
    """By issue of a domain's tree that begins on a day, that day."""
    issues = nodes.find(domain, ("issues", "issues"))
    named = {name: text_of(nodes.child(issue, "since")) for name, issue in _items(issues).items()}
    return {name: since for name, since in named.items() if since is not None and _is_day(since)}


def in_force(domain: Mapping, later: NotYet, narrowed: Narrowed | None = None) -> Mapping:
    """The tree of a domain without the issues that are not in force yet; of the same domain the same tree."""
    if not later.starts:
        return domain
    known = {} if narrowed is None else narrowed
    key = (id(domain), frozenset(later.starts))
    if key not in known:
        known[key] = (domain, _without_issues(domain, frozenset(later.starts)))
    return known[key][1]


def defaulted(tree: Mapping) -> Mapping:
    """A scenario with its domain in which the text has a term for every issue that has a ``default``."""
    terms = nodes.find(tree, _TERMS)
    issues = nodes.find(tree, ("domain", "issues", "issues"))
    if not isinstance(terms, Mapping) or not isinstance(issues, Mapping):
        return tree
    items, places = dict(terms.items), dict(terms.key_places)
    for name, term in default_terms(issues).items():
        if name not in items:
            items[name], places[name] = term, term.place
    if len(items) == len(terms):
        return tree
    return nodes.replaced(tree, _TERMS, replace(terms, items=items, key_places=places))


def default_terms(issues: Mapping) -> dict[str, Mapping]:
    """By issue that has a ``default``: the term of a text that does not name it."""
    result = {}
    for name, issue in issues.items.items():
        node = nodes.child(issue, "default")
        if node is not None and (option := text_of(node)) is not None:
            at = node.place
            choice: dict[str, Node] = {"open": Scalar(True, at)} if option == "open" else {"option": node}
            result[name] = mapping({**choice, "basis": Scalar("assumed", at), "default": Scalar(True, at)}, at)
    return result


def one_domain(one: schema.Scenario, other: schema.Scenario) -> bool:
    """Whether two scenarios have the same issues, but for those that begin between their days."""
    mine, theirs = one.domain.issues, other.domain.issues
    alone = {**mine.issues, **theirs.issues}
    shared = mine.issues.keys() & theirs.issues.keys()
    alike = all(mine.issues[issue] == theirs.issues[issue] for issue in shared)
    dated = all(its.since is not None for issue, its in alone.items() if issue not in shared)
    return mine.title == theirs.title and alike and dated


# --- days and names -----------------------------------------------------------------------


def _day(tree: Mapping) -> str:
    """The day of a scenario, as ISO text; where it cannot be read, a day on which everything is in force."""
    days = (text_of(nodes.find(tree, path)) for path in (("as_of",), ("proposal", "date")))
    day = next((day for day in days if day is not None), None)
    return day if day is not None and _is_day(day) else dt.date.max.isoformat()


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _items(node: Node | None) -> dict[str, Node]:
    return node.items if isinstance(node, Mapping) else {}


def _steps(edit: Edit) -> list[str]:
    """Where an edit may name an issue: behind the proposal or a party, or where it sets several terms at once.

    What a value says deeper down is held to the rules of its place.
    """
    if edit.parts == ("proposal",):
        return nodes.keys(edit.value)
    return [*edit.parts[1:2]] if edit.parts[0] not in ("negotiation", "rules") else []


# --- the domain ---------------------------------------------------------------------------


def _without_issues(domain: Mapping, out: Collection[str]) -> Mapping:
    domain = _without(domain, ("issues", "issues"), out)
    for name, key in _SHARED.items():
        domain = _filtered(domain, ("issues", name), partial(_then, out), partial(_unless_named, out, key))
    if text_of(nodes.find(domain, _TURNING)) in out:
        domain = nodes.removed(domain, _TURNING)
    for lottery in nodes.keys(domain, *_LOTTERIES):
        for outcome in nodes.keys(domain, *_LOTTERIES, lottery, "outcomes"):
            domain = _without(domain, (*_LOTTERIES, lottery, "outcomes", outcome), out)
    for party in nodes.keys(domain, "positions"):
        domain = _without_positions(domain, ("positions", party), out)
    table = domain.get("evidence")
    return domain if table is None else domain.having("evidence", _as_context(table, out))


def _without_positions(domain: Mapping, party: nodes.TreePath, out: Collection[str]) -> Mapping:
    """The domain with a party that says nothing on these issues."""
    cells = (*party, "positions")
    before = nodes.keys(domain, *cells)
    domain = _without(domain, cells, out)
    if before and not nodes.keys(domain, *cells):
        domain = nodes.removed(domain, cells)
    for name, key in _OF_A_PARTY.items():
        domain = _filtered(domain, (*party, name), partial(_unless_named, out, key))
    consent = (*party, "consent", "when")
    if all(_names(condition, out) for condition in nodes.items(domain, *consent)):
        return domain  # nothing would say when its yes is needed, and what is wrong is told where it stands
    return _filtered(domain, consent, lambda terms: None if _names(terms, out) else terms)


def _without(domain: Mapping, path: nodes.TreePath, out: Collection[str]) -> Mapping:
    """The domain without these issues in the mapping by issue at a path."""
    node = nodes.find(domain, path)
    if not isinstance(node, Mapping) or not _names(node, out):
        return domain
    return nodes.replaced(domain, path, node.without(*out))


def _filtered(domain: Mapping, path: nodes.TreePath, *changes: Callable[[Mapping], Mapping | None]) -> Mapping:
    """The list at a path with every mapping changed, without those of which nothing is left; nothing for an empty one.

    What is said to be like one that is gone stands by itself.
    """
    node = nodes.find(domain, path)
    if not isinstance(node, nodes.Sequence):
        return domain
    items: list[Node | None] = list(node)
    for change in changes:
        items = [change(item) if isinstance(item, Mapping) else item for item in items]
    if all(new is old for new, old in zip(items, node, strict=True)):
        return domain
    gone = {text_of(nodes.child(old, "id")) for new, old in zip(items, node, strict=True) if new is None} - {None}
    left = [_by_itself(item, gone) for item in items if item is not None]
    return nodes.replaced(domain, path, replace(node, items=tuple(left))) if left else nodes.removed(domain, path)


def _by_itself(item: Node, gone: Collection[str | None]) -> Node:
    return item.without("like") if isinstance(item, Mapping) and text_of(item.get("like")) in gone else item


def _names(node: Node | None, out: Collection[str]) -> bool:
    return any(issue in out for issue in _items(node))


def _unless_named(out: Collection[str], key: str, item: Mapping) -> Mapping | None:
    """What holds under the condition at ``key``; None where that asks for one of these issues."""
    return None if _names(item.get(key), out) else item


def _then(out: Collection[str], item: Mapping) -> Mapping | None:
    """A constraint or effect without these issues in what it leads to; None where it then leads to nothing."""
    then = item.get("then")
    if not isinstance(then, Mapping) or not _names(then, out):
        return item
    left = then.without(*out)
    return item.having("then", left) if len(left) else None


def _as_context(table: Node, out: Collection[str]) -> Node:
    """The rows of evidence, those on these issues as context; the very table where there are none."""
    if not isinstance(table, nodes.Sequence):
        return table
    rows = tuple(_of_context(row, out) for row in table)
    return table if all(new is old for new, old in zip(rows, table, strict=True)) else replace(table, items=rows)


def _of_context(row: Node, out: Collection[str]) -> Node:
    issue = nodes.child(row, "issue")
    if not isinstance(row, Mapping) or not isinstance(issue, Scalar) or issue.value not in out:
        return row
    return row.having("issue", replace(issue, value=CONTEXT))


# --- the text -----------------------------------------------------------------------------


def _without_terms(tree: Mapping, later: NotYet, out: Collection[str]) -> tuple[Mapping, list[Complaint]]:
    """The scenario without terms that are a default's, and without those of ``out``, with a warning."""
    terms = nodes.find(tree, _TERMS)
    named = {issue: term for issue, term in _items(terms).items() if issue in later.starts}
    defaults = {issue for issue, term in named.items() if _is_true(nodes.child(term, "default"))}
    gone = {issue for issue in named if issue in defaults or issue in out}
    if not isinstance(terms, Mapping) or not gone:
        return tree, []
    warnings = [
        _left_out(terms.key_places.get(issue, term.place), f"proposal: {issue}", issue, later)
        for issue, term in named.items()
        if issue in gone - defaults
    ]
    return nodes.replaced(tree, _TERMS, terms.without(*gone)), warnings


def _without_texts(tree: Mapping, later: NotYet, out: Collection[str]) -> tuple[Mapping, list[Complaint]]:
    """The same for further texts of the talks; those of other proposals lose such terms without a word."""
    proposals = {text_of(item) for item in nodes.items(tree, *_TEXTS[:2], "proposals")}
    warnings: list[Complaint] = []
    for name, text in _items(nodes.find(tree, _TEXTS)).items():
        own = name not in proposals
        gone = [issue for issue in _items(text) if issue in (out if own else later.starts)]
        if not isinstance(text, Mapping) or not gone:
            continue
        where = f"negotiation: candidates: {name}"
        warnings += [_left_out(text.key_places.get(i, text.place), where, i, later) for i in gone if own]
        left = text.without(*gone)
        path = (*_TEXTS, name)
        tree = nodes.removed(tree, path) if own and not len(left) else nodes.replaced(tree, path, left)
    return tree, warnings


def _is_true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is True


def _left_out(place: Place, where: str, issue: str, later: NotYet) -> Complaint:
    what = f"{later.words(issue)}: what the text says on it is left out"
    return Complaint(place, where, what, None, "warning", code="contradiction")
