"""The issues of a file of Genius, domain or profile: their indices, names, kinds and options."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from sim.interop.problems import ISSUES, Problems, Unread, plain
from sim.interop.xml import Element

#: Tags of utilities that are no sums over issues.
_NONLINEAR = ("ufun", "utility_function", "utility", "hyperRectangle", "hyperEllipsoid")


@dataclass(frozen=True)
class GeniusIssue:
    """An issue as one file has it.

    ``numbers`` are those of a range that become options, ``ends`` its lowest and highest. An issue of a profile whose
    domain is another file has no options of its own where it is a range, and no ends where it names none.
    """

    element: Element
    index: int
    name: str
    kind: str
    options: tuple[str, ...]
    numbers: tuple[Decimal, ...] = ()
    ends: tuple[Decimal, Decimal] | None = None

    @property
    def words(self) -> str:
        """The issue in a complaint."""
        return f"issue {self.name}"


def below(element: Element) -> Iterator[Element]:
    """An element and everything in it."""
    yield element
    for child in element.children:
        yield from below(child)


def space_of(root: Element) -> Element:
    """The utility space of a file, inside a template or not."""
    return root if root.tag == "utility_space" else root.first("utility_space") or root


def standing(space: Element, tag: str) -> Iterator[Element]:
    """Elements of a tag where issues and weights may stand: in the space, and in its objectives at any depth."""
    yield from space.each(tag)
    for objective in space.each("objective"):
        yield from standing(objective, tag)


def is_nonlinear(space: Element) -> bool:
    """Whether a utility space says, by its type or by what it holds, that it is no sum over issues."""
    word = space.attributes.get("type", "").strip().lower().replace("-", "").replace("_", "")
    return word.startswith(("nonlinear", "constraint")) or any(e.tag in _NONLINEAR for e in below(space))


def index_of(text: str) -> int | None:
    """The index that an attribute holds; None where it is no whole number of up to nine digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def issues_in(space: Element, problems: Problems, steps: int | None, *, alone: bool = True) -> list[GeniusIssue]:
    """Issues in the order of the file, those left out that cannot be read. ``steps`` bounds numeric options.

    With ``alone`` they make the domain; else another file does, and ranges are left as they are.
    """
    if is_nonlinear(space):
        strange = next((e for e in below(space) if e.tag in _NONLINEAR), None)
        place = space.at("type") if strange is None else strange.place
        hint = "a profile with a weight for each issue and an evaluation for each item is read"
        problems.refuse(place, "profile", "a nonlinear utility, no sum over issues, is not read", hint)
    elements = list(standing(space, "issue"))
    if not elements:
        problems.error(space.place, space.tag, "holds no issue", "is it a file of Genius?")
    if len(elements) > ISSUES:
        problems.refuse(elements[ISSUES].place, "issue", f"{len(elements)} issues; up to {ISSUES} are read")
    out: list[GeniusIssue] = []
    for element in elements:
        with suppress(Unread):
            issue = _issue(element, problems, steps, alone)
            for other in out:
                if other.index == issue.index:
                    what = f"the index {issue.index} stands here twice; {other.name} has it already"
                    problems.error(element.at("index"), issue.words, what)
                if other.name == issue.name:
                    problems.error(element.at("name"), issue.words, "a second issue of this name")
            out.append(issue)
            problems.crowd(element.place, sum(len(i.options) for i in out))
    return out


def _issue(element: Element, problems: Problems, steps: int | None, alone: bool) -> GeniusIssue:
    name = element.attributes.get("name", "")
    where = f"issue {name or element.attributes.get('index', '')}".strip()
    if not name.strip():
        problems.refuse(element.at("name"), where, "an issue without a name")
    text = element.attributes.get("index", "").strip()
    index = index_of(text)
    if index is None:
        what = f"the index {text[:20]!r} is not a whole number" if text else "the index is missing"
        problems.refuse(element.at("index"), where, what)
    kinds = [element.attributes[a] for a in ("type", "etype", "vtype") if element.attributes.get(a)]
    kind = kinds[0] if kinds else "discrete"
    if kind == "discrete":
        return GeniusIssue(element, index, name, kind, _items(element, where, problems))
    if kind not in ("integer", "real"):
        problems.refuse(element.at("type"), where, f"{kind} is no kind of issue", "discrete, integer or real")
    if kind == "real" and all(_holder(element, end) is None for end in ("lowerbound", "upperbound")):
        if not alone:
            return GeniusIssue(element, index, name, kind, ())
        hint = "NegMAS writes it in the domain alone: name that file too"
        problems.refuse(element.place, where, "has no range", hint)
    low, high = problems.every(lambda end: _bound(element, end, kind, where, problems), ("lowerbound", "upperbound"))
    if not alone:
        return GeniusIssue(element, index, name, kind, (), (), (low, high))
    step = Decimal(1) if kind == "integer" else None
    numbers = problems.options(element.place, where, low, high, step, steps)
    return GeniusIssue(element, index, name, kind, tuple(map(plain, numbers)), numbers, (low, high))


def _items(element: Element, where: str, problems: Problems) -> tuple[str, ...]:
    """The names of an issue's items. One that stands there again, worth the same, counts once."""
    names: dict[str, str | float] = {}
    repeats: list[Element] = []
    for item in element.each("item"):
        name = item.attributes.get("value", "")
        if not name.strip():
            problems.refuse(item.at("value"), where, "an item without a value")
        worth = _comparable(item.attributes.get("evaluation", ""))
        if name not in names:
            names[name] = worth
        elif names[name] == worth:
            repeats.append(item)
        else:
            what = f"a second item {name}, with another evaluation"
            problems.refuse(item.at("value"), where, what, "delete the wrong one")
    problems.enough(element.place, where, len(names), "item")
    if repeats:
        again = list(dict.fromkeys(item.attributes["value"] for item in repeats))
        what = f"the item {again[0]} stands there twice, and counts once"
        if len(again) > 1:
            what = f"{len(again)} items, {again[0]} among them, stand there twice, and count once"
        problems.warn(repeats[0].at("value"), where, what)
    return tuple(names)


def _comparable(evaluation: str) -> str | float:
    try:
        return float(evaluation)
    except ValueError:
        return evaluation.strip()


def _holder(element: Element, end: str) -> Element | None:
    """What holds an end of a range: the issue itself, or a range inside it."""
    if end in element.attributes:
        return element
    inner = element.first("range")
    return inner if inner is not None and end in inner.attributes else None


def _bound(element: Element, end: str, kind: str, where: str, problems: Problems) -> Decimal:
    holder = _holder(element, end) or element
    value = problems.number(holder, end, where)
    if abs(value) > 1e15:
        problems.refuse(holder.at(end), where, f"{end}: {value:g} is out of reach")
    if kind == "integer" and value % 1:
        problems.refuse(holder.at(end), where, f"{end}: {value:g} is not a whole number, and the issue is an integer")
    return Decimal(repr(value))
