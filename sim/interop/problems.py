"""What is wrong or doubtful in files of a format, collected, and numbers and ranges in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from sim.files.complaints import Complaint, Complaints, Place
from sim.files.nodes import Mapping, Node, Scalar, Sequence
from sim.interop.xml import Element
from sim.scenario.fields import describe

#: Most issues of a domain, options of an issue and options of a domain that are read.
ISSUES, OPTIONS, ALL_OPTIONS = 200, 2000, 20_000
#: After so many errors reading stops.
MOST = 50
#: A range of numbers with up to so many in it becomes an issue with one option each, unless fewer are asked for.
LISTED = 100
#: Reservation values read; utilities lie between 0 and 1, and a cost of no deal moves the value beyond them.
RESERVATIONS = (-1.0, 2.0)

_NUMBER = re.compile(r"\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?\s*", re.ASCII)


@dataclass
class Problems:
    """Errors and warnings so far."""

    errors: list[Complaint] = field(default_factory=list)
    warnings: list[Complaint] = field(default_factory=list)

    def error(self, place: Place, where: str, what: str, hint: str | None = None) -> None:
        """Raises Complaints with what there is where there is too much of it to go on."""
        self.errors.append(Complaint(place, where, what, hint))
        if len(self.errors) >= MOST:
            self.settle()

    def warn(self, place: Place, where: str, what: str, hint: str | None = None) -> None:
        """Note what is doubtful."""
        self.warnings.append(Complaint(place, where, what, hint, "warning"))

    def settle(self) -> None:
        """Raises Complaints where there are errors."""
        if self.errors:
            raise Complaints(self.errors)

    def crowd(self, place: Place, options: int) -> None:
        """Raises Complaints where a domain has too many options in all."""
        if options > ALL_OPTIONS:
            what = f"more than {ALL_OPTIONS} options in all issues up to here; so many are not read"
            self.error(place, "domain", what)
            self.settle()

    def enough(self, place: Place, where: str, options: int, noun: str) -> bool:
        """Whether an issue has as many options as can be read; complains where it has not, of ``noun`` in the file."""
        if options < 2:
            some = f"one {noun}" if options else f"no {noun}s"
            self.error(place, where, f"{some}: nothing to decide", "an issue has at least two options")
        elif options > OPTIONS:
            self.error(place, where, f"{options} {noun}s; up to {OPTIONS} are read")
        return 2 <= options <= OPTIONS

    # --- values -----------------------------------------------------------------------------

    def number(self, element: Element, attribute: str, where: str) -> float | None:
        """A number that stands in an attribute; complains where it is none or none is there."""
        text = element.attributes.get(attribute)
        if text is None:
            self.error(element.place, where, f"{attribute} is missing")
            return None
        if _NUMBER.fullmatch(text) is None:
            hint = "write the decimals behind a point" if re.fullmatch(r"\s*[-+]?[0-9]+,[0-9]+\s*", text) else None
            self.error(element.at(attribute), where, f"{attribute}: expected a number, found {text[:40]!r}", hint)
            return None
        if abs(value := float(text)) == float("inf"):
            self.error(element.at(attribute), where, f"{attribute}: a number too large to be one")
            return None
        return value + 0.0

    def figure(self, node: Node | None, place: Place, where: str) -> float | None:
        """A number of JSON, or one in quotes, as GeniusWeb also writes them."""
        if node is None:
            self.error(place, where, "a number is missing")
            return None
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, str) and _NUMBER.fullmatch(value) and abs(float(value)) != float("inf"):
            return float(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.error(node.place, where, f"expected a number, found {described(node)}")
            return None
        return float(value)

    def mapping(self, node: Node | None, place: Place, where: str) -> Mapping | None:
        """The node as an object; None, with an error, where it is none."""
        if not isinstance(node, Mapping):
            what = "nothing" if node is None else described(node)
            self.error(place if node is None else node.place, where, f"expected an object {{...}}, found {what}")
            return None
        return node

    def reservation(self, value: float | None, place: Place, where: str) -> float:
        """A reservation value, 0 where there is none; an error where it is out of range."""
        if value is None:
            return 0.0
        low, high = RESERVATIONS
        if not low <= value <= high:
            self.error(place, where, f"a reservation value of {value:g}; utilities lie between 0 and 1")
        return value

    def options(
        self, place: Place, where: str, low: Decimal, high: Decimal, step: Decimal | None, steps: int | None
    ) -> tuple[Decimal, ...] | None:
        """The numbers of a range that become options; without ``step`` the range is of real numbers.

        Complains where there is no reasonable number of them, unless ``steps`` says how many are wanted: then so many
        are taken, evenly spread over the range with both its ends.
        """
        reach = f"from {plain(low)} to {plain(high)}"
        if step is not None and step <= 0:
            self.error(place, where, f"a step of {plain(step)} leads nowhere")
            return None
        wanted = f"--steps N takes N of them, evenly spread (at most {OPTIONS})"
        if step is None and low < high:
            if steps is None:
                self.error(place, where, f"any real number {reach}; options are countable", wanted)
                return None
            self.warn(place, where, f"any real number {reach}: {steps} of them are options")
            exact = [low + (high - low) * i / (steps - 1) for i in range(1, steps - 1)]
            short = low, *(Decimal(f"{number:.12g}") for number in exact), high
            # of a narrow range far from 0 twelve digits may say the same of two numbers
            return short if all(a < b for a, b in pairwise(short)) else (low, *exact, high)
        by = "" if step is None or step == 1 else f" by {plain(step)}"
        if step is None or high - low < step:
            self.error(place, where, f"the range {reach}{by} holds fewer than two numbers")
            return None
        count = int((high - low) / step) + 1
        how_many = str(count) if count < 1e15 else "more than 10^15"
        if steps is not None and count > steps:
            self.warn(place, where, f"{how_many} numbers {reach}: {steps} of them are options")
            # a quotient of two floats is no finite number where there are so many
            return tuple(low + step * round(Fraction(i * (count - 1), steps - 1)) for i in range(steps))
        if count > LISTED and steps is None:
            self.error(place, where, f"{how_many} numbers {reach}; up to {LISTED} become options", wanted)
            return None
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
