"""What is wrong or doubtful in files of a format, collected, and numbers and ranges in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NoReturn, TypeVar

from sim.files.complaints import Complaint, Place, raise_all
from sim.files.nodes import Mapping, Node, Scalar, Sequence
from sim.interop.xml import Element
from sim.scenario.fields import describe

#: Most issues of a domain, options of an issue and options of a domain that are read.
ISSUES, OPTIONS, ALL_OPTIONS = 200, 2000, 20_000
#: After so many errors reading stops.
MOST = 50
#: A range of numbers with up to so many in it becomes an issue with one option each, unless fewer are asked for.
LISTED = 100

_Item = TypeVar("_Item")
_Read = TypeVar("_Read")
_NUMBER = re.compile(r"\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?\s*", re.ASCII)


class Unread(Exception):
    """A part of a file that cannot be read, complained of already; what does not hang on it is read all the same."""


@dataclass
class Problems:
    """Errors and warnings so far."""

    errors: list[Complaint] = field(default_factory=list)
    warnings: list[Complaint] = field(default_factory=list)

    def error(self, place: Place, where: str, what: str, hint: str | None = None) -> None:
        """Raises Complaints with what there is where there is too much of it to go on."""
        self.errors.append(Complaint(place, where, what, hint, code="format"))
        if len(self.errors) >= MOST:
            self.settle()

    def warn(self, place: Place, where: str, what: str, hint: str | None = None) -> None:
        """Note what is doubtful."""
        self.warnings.append(Complaint(place, where, what, hint, "warning", code="format"))

    def refuse(self, place: Place, where: str, what: str, hint: str | None = None) -> NoReturn:
        """:meth:`error`, where nothing can be made of what is read: raises Unread."""
        self.error(place, where, what, hint)
        raise Unread

    def settle(self) -> None:
        """Raises Complaints where there are errors."""
        raise_all(self.errors)

    @contextmanager
    def settling(self) -> Iterator[None]:
        """Raises Complaints behind the block where there are errors by then."""
        with suppress(Unread):
            yield
        self.settle()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Raises Unread behind the block where something in it was an error."""
        before = len(self.errors)
        yield
        if len(self.errors) > before:
            raise Unread

    @contextmanager
    def aside(self) -> Iterator[Problems]:
        """Problems of the block's own; their errors join these behind it, and raise Unread."""
        own = Problems()
        with suppress(Unread):
            yield own
        with self.whole():
            self.errors += own.errors

    def readable(self, read: Callable[[_Item], _Read], items: Iterable[_Item]) -> list[_Read]:
        """What is read of each item, unread ones left out."""
        out = []
        for item in items:
            with suppress(Unread):
                out.append(read(item))
        return out

    def every(self, read: Callable[[_Item], _Read], items: Iterable[_Item]) -> list[_Read]:
        """What is read of each item; raises Unread, when all were looked at, where one had an error."""
        with self.whole():
            return self.readable(read, items)

    def crowd(self, place: Place, options: int) -> None:
        """Raises Complaints where a domain has too many options in all."""
        if options > ALL_OPTIONS:
            what = f"more than {ALL_OPTIONS} options in all issues up to here; so many are not read"
            self.error(place, "domain", what)
            self.settle()

    def enough(self, place: Place, where: str, options: int, noun: str) -> None:
        """Refuses an issue with too few options to decide on, or more than are read; ``noun`` names them."""
        if options < 2:
            some = f"one {noun}" if options else f"no {noun}s"
            self.refuse(place, where, f"{some}: nothing to decide", "an issue has at least two options")
        if options > OPTIONS:
            self.refuse(place, where, f"{options} {noun}s; up to {OPTIONS} are read")

    # --- values; each raises Unread where there is none -------------------------------------

    def number(self, element: Element, attribute: str, where: str) -> float:
        """A number that stands in an attribute."""
        text = element.attributes.get(attribute)
        if text is None:
            self.refuse(element.place, where, f"{attribute} is missing")
        if _NUMBER.fullmatch(text) is None:
            hint = "write the decimals behind a point" if re.fullmatch(r"\s*[-+]?[0-9]+,[0-9]+\s*", text) else None
            self.refuse(element.at(attribute), where, f"{attribute}: expected a number, found {text[:40]!r}", hint)
        if abs(value := float(text)) == float("inf"):
            self.refuse(element.at(attribute), where, f"{attribute}: a number too large to be one")
        return value + 0.0

    def figure(self, node: Node | None, place: Place, where: str) -> float:
        """A number of JSON, or one in quotes, as GeniusWeb also writes them."""
        if node is None:
            self.refuse(place, where, "a number is missing")
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, str) and _NUMBER.fullmatch(value) and abs(float(value)) != float("inf"):
            return float(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.refuse(node.place, where, f"expected a number, found {described(node)}")
        return float(value)

    def mapping(self, outer: Mapping, key: str, where: str | None = None) -> Mapping:
        """The object that stands behind a key of another; ``where`` where not the key says what it is."""
        node = outer.items.get(key)
        if not isinstance(node, Mapping):
            what = "nothing" if node is None else described(node)
            place = outer.place if node is None else node.place
            self.refuse(place, where or key, f"expected an object {{...}}, found {what}")
        return node

    def options(
        self, place: Place, where: str, low: Decimal, high: Decimal, step: Decimal | None, steps: int | None
    ) -> tuple[Decimal, ...]:
        """The numbers of a range that become options; without ``step`` the range is of real numbers.

        There must be a reasonable number of them, unless ``steps`` says how many are wanted: then so many are taken,
        evenly spread over the range with both its ends.
        """
        reach = f"from {plain(low)} to {plain(high)}"
        if step is not None and step <= 0:
            self.refuse(place, where, f"a step of {plain(step)} leads nowhere")
        wanted = f"--steps N takes N of them, evenly spread (at most {OPTIONS})"
        if step is None and low < high:
            if steps is None:
                self.refuse(place, where, f"any real number {reach}; options are countable", wanted)
            self.warn(place, where, f"any real number {reach}: {steps} of them are options")
            exact = [low + (high - low) * i / (steps - 1) for i in range(1, steps - 1)]
            short = low, *(Decimal(f"{number:.12g}") for number in exact), high
            # of a narrow range far from 0 twelve digits may say the same of two numbers
            return short if all(a < b for a, b in pairwise(short)) else (low, *exact, high)
        by = "" if step is None or step == 1 else f" by {plain(step)}"
        if step is None or high - low < step:
            self.refuse(place, where, f"the range {reach}{by} holds fewer than two numbers")
        count = int((high - low) / step) + 1
        how_many = str(count) if count < 1e15 else "more than 10^15"
        if steps is not None and count > steps:
            self.warn(place, where, f"{how_many} numbers {reach}: {steps} of them are options")
            # a quotient of two floats is no finite number where there are so many
            return tuple(low + step * round(Fraction(i * (count - 1), steps - 1)) for i in range(steps))
        if count > LISTED and steps is None:
            self.refuse(place, where, f"{how_many} numbers {reach}; up to {LISTED} become options", wanted)
        return tuple(low + step * i for i in range(count))


def plain(number: Decimal) -> str:
    """A number as a person writes it: no exponent, no zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def described(node: Node) -> str:
    """A node of JSON for a message."""
    if isinstance(node, Mapping):
        return "an object {...}"
    if isinstance(node, Sequence):
        return "a list"
    text = describe(node.value)
    return text if len(text) <= 60 else text[:57] + "..."
