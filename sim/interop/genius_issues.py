"""The issues of a file of Genius, domain or profile: their indices, names, kinds and options."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sim.interop.collecting import ISSUES, OPTIONS, Found, plain
from sim.interop.xml_reading import Element

#: Tags of utilities that are no sums over issues.
_NONLINEAR = ("ufun", "utility_function", "utility", "hyperRectangle", "hyperEllipsoid")


@dataclass(frozen=True)
class Held:
    """An issue as one file has it. ``numbers`` are those that become options of a range, with its lowest."""

    element: Element
    index: int
    name: str
    kind: str
    options: tuple[str, ...]
    numbers: tuple[Decimal, ...] = ()
    low: Decimal = Decimal(0)

    @property
    def words(self) -> str:
        return f"issue {self.name}"


def below(element: Element) -> Iterator[Element]:
    """An element and everything in it."""
    yield element
    for child in element.children:
        yield from below(child)


def space_of(root: Element) -> Element:
    """The utility space of a file, inside a template or not."""
    return root if root.tag == "utility_space" else root.first("utility_space") or root


def parents(space: Element) -> Iterator[Element]:
    """The space and its objectives at any depth: where issues and weights may stand."""
    yield space
    for objective in space.each("objective"):
        yield from parents(objective)


def issues_in(space: Element, found: Found, steps: int | None) -> list[Held]:
    """Issues in the order of the file; complains of those that cannot be read. ``steps`` bounds numeric options."""
    for element in below(space):
        if element.tag in _NONLINEAR:
            what = "a utility that is not a sum over issues is not read"
            found.error(element.place, element.tag, what)
            return []
    elements = [issue for parent in parents(space) for issue in parent.each("issue")]
    if not elements:
        found.error(space.place, space.tag, "holds no issue", "is it a file of Genius?")
    if len(elements) > ISSUES:
        found.error(elements[ISSUES].place, "issue", f"{len(elements)} issues; up to {ISSUES} are read")
        return []
    out: list[Held] = []
    for element in elements:
        issue = _issue(element, found, steps)
        if issue is None:
            continue
        for other in out:
            if other.index == issue.index:
                what = f"the index {issue.index} stands here twice; {other.name} has it already"
                found.error(element.at("index"), issue.words, what)
            if other.name == issue.name:
                found.error(element.at("name"), issue.words, "a second issue of this name")
        out.append(issue)
    return out


def _issue(element: Element, found: Found, steps: int | None) -> Held | None:
    name = element.attributes.get("name", "")
    where = f"issue {name or element.attributes.get('index', '')}".strip()
    if not name.strip():
        found.error(element.at("name"), where, "an issue without a name")
        return None
    index = element.attributes.get("index", "").strip()
    if not index.isascii() or not index.isdigit() or len(index) > 9:
        what = f"the index {index[:20]!r} is not a whole number" if index else "the index is missing"
        found.error(element.at("index"), where, what)
        return None
    kinds = [element.attributes[a] for a in ("type", "etype", "vtype") if element.attributes.get(a)]
    kind = kinds[0] if kinds else "discrete"
    if kind == "discrete":
        options = _items(element, where, found)
        return None if options is None else Held(element, int(index), name, kind, options)
    if kind not in ("integer", "real"):
        found.error(element.at("type"), where, f"{kind} is no kind of issue", "discrete, integer or real")
        return None
    low, high = (_bound(element, end, kind, where, found) for end in ("lowerbound", "upperbound"))
    if low is None or high is None:
        return None
    step = Decimal(1) if kind == "integer" else None
    numbers = found.options(element.place, where, low, high, step, steps)
    if numbers is None:
        return None
    return Held(element, int(index), name, kind, tuple(map(plain, numbers)), numbers, low)


def _items(element: Element, where: str, found: Found) -> tuple[str, ...] | None:
    names: dict[str, None] = {}
    for item in element.each("item"):
        name = item.attributes.get("value", "")
        if not name.strip():
            found.error(item.at("value"), where, "an item without a value")
            return None
        if name in names:
            found.error(item.at("value"), where, f"a second item {name}")
            return None
        names[name] = None
    if len(names) < 2:
        some = "one item" if names else "no items"
        found.error(element.place, where, f"{some}: nothing to decide", "an issue has at least two options")
        return None
    if len(names) > OPTIONS:
        found.error(element.place, where, f"{len(names)} items; up to {OPTIONS} are read")
        return None
    return tuple(names)


def _bound(element: Element, end: str, kind: str, where: str, found: Found) -> Decimal | None:
    """Stands in the issue, or in a range inside it."""
    holder = element if end in element.attributes else element.first("range") or element
    value = found.number(holder, end, where)
    if value is None:
        return None
    if abs(value) > 1e15:
        found.error(holder.at(end), where, f"{end}: {value:g} is out of reach")
        return None
    if kind == "integer" and value % 1:
        found.error(holder.at(end), where, f"{end}: {value:g} is not a whole number, and the issue is an integer")
        return None
    return Decimal(repr(value))
