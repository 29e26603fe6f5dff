"""What to vary, read from text: ``PATH=a,b,c`` and ``PATH=LO:HI:N``. Nothing here looks at a scenario.

The path ``as_of`` takes dates: the day whose positions are used, while the text stays as it is.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sim.files import nodes
from sim.files.complaints import Complaint, Complaints, Place, collecting
from sim.files.grammar import plural
from sim.files.nodes import Scalar
from sim.scenario.edit_paths import Edit, place_in, read_value, split_path

#: The value that leaves a cell alone: a refusal can only be dropped, or stay.
AS_IT_STANDS = "as_it_stands"
#: The path of the day whose positions are used.
AS_OF = "as_of"
#: Paths that one sweep varies at most.
PATHS = 2
#: Grid points of one sweep at most.
MOST = 100_000

FORM = "PATH=a,b,c or PATH=LO:HI:N"
EXAMPLE = "ukraine.fighting.importance=minor,moderate,major"

# Digits are counted so that no number written here can be too large to hold.
_NUMBER = r"[-+]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][-+]?[0-9]{1,2})?"
_SPACED = re.compile(rf"\s*({_NUMBER})\s*:\s*({_NUMBER})\s*:\s*([0-9]{{1,9}})\s*", re.ASCII)
_LIKE_SPACED = re.compile(r"[^:]*[0-9][^:]*:[^:]*|[^:]*:[^:]*:[^:]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a path: how it is written, the edit that sets it (None: no edit), and where it stands.

    ``day`` is the date as a node, for a value of :data:`AS_OF`, which is no edit.
    """

    text: str
    edit: Edit | None
    place: Place
    day: Scalar | None = None

    @property
    def number(self) -> float | None:
        """The value where it is a single number."""
        node = None if self.edit is None else self.edit.value
        if isinstance(node, Scalar) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            return float(node.value)
        return None


@dataclass(frozen=True, slots=True)
class Variation:
    """A path and its values, in the order given; ``spaced`` if they come from ``LO:HI:N``."""

    path: str
    parts: tuple[str, ...]
    place: Place
    values: tuple[Value, ...]
    spaced: bool


def parse_variations(texts: Sequence[str]) -> tuple[Variation, ...]:
    """Read all ``--vary`` texts of a command.

    Raises Complaints about every one of them, located as ``--vary[1]:1:column``; about a third
    path; about more than :data:`MOST` grid points.
    """
    complaints: list[Complaint] = []
    variations: list[Variation] = []
    for index, text in enumerate(texts, 1):
        if index > PATHS:
            what = f"a sweep varies one or two paths; this is number {index}"
            complaints.append(
                Complaint(place_in(text, f"--vary[{index}]", 0), "vary", what, "fix it with --set", code="edit")
            )
            continue
        with collecting(complaints):
            variations.append(parse_variation(text, index))
    points = math.prod(len(variation.values) for variation in variations)
    if not complaints and points > MOST:
        sizes = " times ".join(f"{len(v.values):,}" for v in variations)
        what = f"{sizes} values make {points:,} grid points; at most {MOST:,} are scored"
        complaints.append(Complaint(variations[-1].values[0].place, "vary", what, "name fewer values", code="edit"))
    if complaints:
        raise Complaints(complaints)
    return tuple(variations)


def parse_variation(text: str, index: int) -> Variation:
    """Read the ``index``-th (from 1) ``--vary``. Raises Complaints, located as ``--vary[index]:1:column``."""
    file = f"--vary[{index}]"
    parts, places, start = split_path(text, file, FORM, EXAMPLE)
    if parts[0] == AS_OF and len(parts) > 1:
        raise _fault(places[1], f"{AS_OF} is a day and has no parts", f"for instance {AS_OF}=2022-03-29,2025-02-24")
    spaced = None if parts == (AS_OF,) else _SPACED.fullmatch(text, start)
    values = _spaced(text, file, parts, places, spaced) if spaced else _listed(text, file, parts, places, start)
    complaints = []
    seen: dict[object, Value] = {}
    for value in values:
        content = value.text if value.number is None else value.number
        if content in seen:
            complaints.append(
                Complaint(value.place, "vary", f"the value {value.text} stands here twice", "delete one", code="twice")
            )
        seen[content] = value
    if not complaints and len(values) < 2:
        hint = f"name another one; {AS_IT_STANDS} is the scenario's own (for one value alone there is sim run --set)"
        complaints.append(Complaint(values[0].place, "vary", "a sweep needs at least two values", hint, code="edit"))
    if complaints:
        raise Complaints(complaints)
    return Variation(".".join(parts), parts, places[0], tuple(values), spaced is not None)


def _listed(text: str, file: str, parts: tuple[str, ...], places: tuple[Place, ...], start: int) -> list[Value]:
    if not text[start:].strip():
        raise _fault(place_in(text, file, start), "there is no value behind the =", f"write {FORM}")
    values: list[Value] = []
    complaints: list[Complaint] = []
    for begin, end in pieces(text, start):
        with collecting(complaints):
            values.append(_value(text, file, parts, places, begin, end))
    if complaints:
        raise Complaints(complaints)
    return values


def _value(text: str, file: str, parts: tuple[str, ...], places: tuple[Place, ...], begin: int, end: int) -> Value:
    """One value of a list, from ``begin`` to ``end`` of the text. Raises Complaints."""
    piece, indent = text[begin:end].strip(), len(text[begin:end]) - len(text[begin:end].lstrip())
    place = place_in(text, file, begin + indent if piece else begin)
    if not piece:
        raise _fault(place, "a value is missing here", "delete the comma")
    if piece == AS_IT_STANDS:
        return Value(AS_IT_STANDS, None, place)
    if parts == (AS_OF,):
        try:
            written = dt.date.fromisoformat(piece).isoformat()
        except ValueError:
            hint = f"{AS_OF} takes dates, and {AS_IT_STANDS} for the scenario's own"
            raise _fault(place, f"{piece!r} is not a date written YYYY-MM-DD", hint) from None
        return Value(written, None, place, Scalar(written, place))
    try:
        node = read_value(text, file, begin, end)
    except Complaints as wrong:
        raise Complaints(replace(c, where="vary") for c in wrong.complaints) from None
    word = node.value if isinstance(node, Scalar) and node.plain else None
    if isinstance(word, str) and _LIKE_SPACED.fullmatch(word):
        hint = "for instance 0.1:0.5:5, five numbers from 0.1 to 0.5"
        raise _fault(place, f"{word} is no range LO:HI:N of numbers", hint)
    return Value(nodes.flow(node), Edit(parts, places, node), place)


def _spaced(
    text: str, file: str, parts: tuple[str, ...], places: tuple[Place, ...], match: re.Match[str]
) -> list[Value]:
    """``N`` evenly spaced numbers, both ends among them, each the nearest float to its exact value."""
    place = place_in(text, file, match.start(1))
    count = place_in(text, file, match.start(3))
    low, high, number = Fraction(match[1]), Fraction(match[2]), int(match[3])
    if low >= high:
        words = "is upside down" if low > high else "has no width"
        raise _fault(place, f"the range {match[1]}:{match[2]} {words}", "write the lower end first")
    if number < 2:
        raise _fault(count, f"{plural(number, 'value')} cannot span a range", "name at least 2")
    if number > MOST:
        raise _fault(count, f"{number:,} values are too many; at most {MOST:,} points are scored")
    exact = [low + (high - low) * k / (number - 1) for k in range(number)]
    scalars = [Scalar(int(x) if x.denominator == 1 else float(x), place) for x in exact]
    return [Value(nodes.flow(node), Edit(parts, places, node), place) for node in scalars]


def _fault(place: Place, what: str, hint: str | None = None) -> Complaints:
    return Complaints([Complaint(place, "vary", what, hint, code="edit")])


def pieces(text: str, start: int) -> list[tuple[int, int]]:
    """Ends of what stands between commas from ``start`` on; commas inside brackets, braces or quotes do not part."""
    out: list[tuple[int, int]] = []
    depth, quote, escaped, begin, before = 0, "", False, start, " "
    for k in range(start, len(text)):
        char = text[k]
        if quote:
            if escaped:
                escaped = False
            elif char == quote == "'" and text[k + 1 : k + 2] == "'":
                escaped = True
            elif char == quote:
                quote = ""
            else:
                escaped = char == "\\" and quote == '"'
        elif char in "'\"" and before in " \t\n,[{:":
            # a quote inside a word is an apostrophe
            quote = char
        elif char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
        elif char == "," and depth <= 0:
            out.append((begin, k))
            begin = k + 1
        before = char
    return [*out, (begin, len(text))]
