"""Scenarios of NegMAS as scenarios here, and back.

NegMAS is never imported: what is read is an object that a program hands over (issues with names and values, utility
functions that can be called), or the YAML that ``negmas.Scenario.dumpas`` writes; what is written is a folder that
``negmas.Scenario.load`` reads. A utility function is carried where it is a sum over the
issues, whatever its class says.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from sim.files import nodes
from sim.files.arguments import InvalidArgument, UnknownName, day, several, whole_number
from sim.files.complaints import Complaint, Place, in_order, raise_all
from sim.files.grammar import plural
from sim.files.nodes import to_plain
from sim.files.text import read_text, whole_file
from sim.files.yaml import read_mapping
from sim.interop.additive import SLACK, File, Imported, NamedIssue, Utilities, UtilityDomain, summing_to_one
from sim.interop.exporting import exported
from sim.interop.folders import write_folder
from sim.interop.formats import WRITERS
from sim.interop.importing import Ids, in_memory
from sim.interop.problems import ISSUES, OPTIONS
from sim.scenario.loading import Loaded, from_dict
from sim.scenario.options import Overrides, PathLike

#: Numbers of a real range that become options, unless another number is asked for.
STEPS = 11
#: Outcomes on which a utility function that does not show its parts is compared with a sum over the issues.
MOST_OUTCOMES = 100_000
#: Utilities this near count as alike.
NEAR = 1e-9
_HERE = Place("NegMAS", 1, 1)


@dataclass(frozen=True)
class _Parts:
    """A utility function as a sum: what each value of each issue adds, and what is added in any case.

    What a value adds is a weight times what it is worth; where the function does not say so, the weight is 1.
    """

    name: str
    weights: tuple[float, ...]
    worths: tuple[tuple[float, ...], ...]
    constant: float
    reserved: float

    @property
    def rows(self) -> tuple[tuple[float, ...], ...]:
        """What each value adds."""
        return tuple(tuple(w * v for v in row) for w, row in zip(self.weights, self.worths, strict=True))

    @property
    def fits(self) -> bool:
        """Whether it stands as it is: weights that sum to 1 at most, worths from 0 to 1."""
        sound = self.constant == 0 and min(self.weights) >= 0 and 0 < math.fsum(self.weights) <= 1 + SLACK
        return sound and all(0 <= v <= 1 for row in self.worths for v in row)


def from_negmas(
    scenario: object,
    *,
    text: Mapping[str, object] | None = None,
    date: dt.date | str | None = None,
    steps: int = STEPS,
    **options: Unpack[Overrides],
) -> Loaded:
    """A scenario of NegMAS as one here: every party a principal whose consent is needed, nothing drawn.

    Args:
        scenario: a ``negmas.Scenario``, or whatever has ``issues`` (with ``name`` and ``values``) and ``ufuns`` alike;
            or the folder of the YAML that its ``dumpas`` wrote. What a function adds in any case, its bias, is not
            among what NegMAS 0.16 writes, so only a scenario itself has it.
        text: the proposal, a value by the name of each issue; by default what the first party values highest, since
            NegMAS has none.
        date: the day of the text and of all positions; by default today.
        steps: how many numbers of a real range become options.
        options: ``draws``, ``seed`` and the others of :meth:`sim.Loaded.with_`.

    Returns:
        The scenario. What is not carried over or was rescaled is among its ``warnings``.

    Raises:
        InvalidArgument: for what is no scenario, and for utilities that are no sum over the issues.
        UnknownName: for an issue or value of ``text`` that there is not.
        Complaints: about files that cannot be read.
        OSError: for a folder that there is not or that cannot be read.

    Example:
        >>> import sim
        >>> from types import SimpleNamespace as Of
        >>> price = Of(name="price", values=["low", "high"])
        >>> buyer = Of(name="buyer", weights=[1.0], values=[{"low": 1.0, "high": 0.2}.get], reserved_value=0.5)
        >>> seller = Of(name="seller", weights=[1.0], values=[{"low": 0.3, "high": 1.0}.get], reserved_value=0.4)
        >>> loaded = sim.from_negmas(Of(name="A sale", issues=[price], ufuns=[buyer, seller]), text={"price": "high"})
        >>> [(party.id, party.verdict) for party in sim.score(loaded)[0].parties]
        [('buyer', 'refuses'), ('seller', 'accepts')]
    """
    steps = whole_number("steps", steps, 2, OPTIONS)
    on = dt.date.today() if date is None else day("date", date)
    doubts: list[Complaint] = []
    if isinstance(scenario, str | Path):
        name, values, functions = _folder(Path(scenario), steps, doubts)
    else:
        name, values, functions = _object(scenario, steps, doubts)
    if not values or not functions:
        raise InvalidArgument("a scenario of NegMAS has issues and utility functions, and here are none")
    parts = [_summed(function, values) for function in functions]
    parties = tuple(_utilities(part, doubts) for part in parts)
    issues = tuple(NamedIssue(i, tuple(map(str, options))) for i, options in values.items())
    files = tuple(File(p.name, _hash(part), "profile") for p, part in zip(parties, parts, strict=True))
    imported = Imported("NegMAS", UtilityDomain(name, issues, parties), files, ())
    ids = Ids.of(issues, [p.name for p in parties], files)
    package = parties[0].best if text is None else _package(text, values)
    summary = "A text chosen when the scenario was taken over."
    if text is None:
        summary = f"What {parties[0].name} values highest on every issue; NegMAS has no proposals."
    loaded = from_dict(in_memory(imported, ids, on, package, summary))
    loaded = loaded.with_(**options) if options else loaded
    return replace(loaded, warnings=in_order((*loaded.warnings, *doubts)))


def to_negmas(loaded: Loaded, folder: PathLike, *, parties: Collection[str] | None = None) -> tuple[str, ...]:
    """Write a scenario's expected preferences as a folder that ``negmas.Scenario.load`` reads.

    Args:
        loaded: the scenario.
        folder: the folder, which is not there yet or empty.
        parties: only these, by id; by default all of the domain.

    Returns:
        What NegMAS cannot carry, a sentence each: red lines, constraints, conditions of consent and so on.

    Raises:
        UnknownName: for a party that there is not.
        Complaints: where ranges leave almost nothing to draw from.
        OSError: where the folder holds something or cannot be written.

    Example:
        >>> import sim, tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as home:
        ...     lost = sim.to_negmas(sim.load("istanbul", draws=100), Path(home) / "talks", parties=["russia", "us"])
        ...     again = sim.from_negmas(Path(home) / "talks")
        >>> [party for party in again.scenario.domain.positions], lost[0].split(" (")[0]
        (['russia', 'us'], 'Red lines and refusals')
    """
    known = loaded.scenario.domain.positions
    chosen = None if parties is None else several("parties", parties, "'russia', 'us'")
    for party in chosen or ():
        if party not in known:
            raise UnknownName("party", party, known)
    result = exported(loaded, chosen)
    texts, changed = WRITERS["negmas"](result.domain, result.ids)
    write_folder(Path(folder), texts)
    return (*result.lost, *changed)


# --- what NegMAS has ------------------------------------------------------------------------------


def _object(scenario: object, steps: int, doubts: list[Complaint]) -> tuple[str, dict[str, list[Any]], list[Any]]:
    """Name, values by issue and utility functions of an object like ``negmas.Scenario``."""
    space = getattr(scenario, "outcome_space", None)
    issues = getattr(space, "issues", None) or getattr(scenario, "issues", None)
    functions = getattr(scenario, "ufuns", None)
    if issues is None or functions is None:
        raise InvalidArgument(f"a scenario of NegMAS has issues and ufuns, and {scenario!r} has not")
    name = getattr(scenario, "name", None) or getattr(space, "name", None) or "NegMAS scenario"
    values = {str(issue.name): _values(issue, steps, doubts) for issue in issues}
    return str(name), _counted(values, len(list(issues))), list(functions)


def _values(issue: Any, steps: int, doubts: list[Complaint]) -> list[Any]:
    """The values of an issue; of a real range so many, evenly spaced."""
    discrete = getattr(issue, "is_discrete", None)
    if discrete is not None and not discrete():
        return _spaced(str(issue.name), float(issue.min_value), float(issue.max_value), steps, doubts)
    return list(itertools.islice(getattr(issue, "all", issue.values), OPTIONS + 1))


def _spaced(name: str, low: float, high: float, steps: int, doubts: list[Complaint]) -> list[float]:
    what = f"a range from {low:g} to {high:g} is carried as {steps} numbers"
    doubts.append(_doubt(f"issue {name}", what, "steps says how many"))
    return [float(value) for value in np.linspace(low, high, steps)]


def _counted(values: dict[str, list[Any]], issues: int) -> dict[str, list[Any]]:
    """The values. Raises InvalidArgument for too many, and for issues or values of one name."""
    if issues > ISSUES or any(len(options) > OPTIONS for options in values.values()):
        raise InvalidArgument(f"up to {ISSUES} issues with up to {OPTIONS:,} values each are carried")
    if len(values) < issues:
        raise InvalidArgument("two issues have one name")
    for name, options in values.items():
        if len(set(map(str, options))) < len(options) or not options:
            raise InvalidArgument(f"issue {name}: its values are not told apart by their names, or there are none")
    return values


def _summed(function: Any, values: Mapping[str, Sequence[Any]]) -> _Parts:
    """A utility function as a sum over the issues: of its weights and values, else found by calling it."""
    name = str(getattr(function, "name", None) or getattr(function, "id", None) or "party")
    inner = getattr(function, "ufun", None)
    if inner is not None and not hasattr(function, "weights"):
        raise InvalidArgument(f"{name}: a utility that falls with time is not carried; give the one that it is of")
    reserved = getattr(function, "reserved_value", None)
    reserved = -math.inf if reserved is None else float(reserved)
    weights, own = getattr(function, "weights", None), getattr(function, "values", None)
    if weights is not None and own is not None and len(weights) == len(values) == len(list(own)):
        each = zip(weights, own, values.values(), strict=True)
        worths = tuple(tuple(_number(name, f(v)) for v in options) for _, f, options in each)
        parts = _Parts(name, tuple(_number(name, w) for w in weights), worths, 0.0, reserved)
        if not callable(function):
            return replace(parts, constant=_number(name, getattr(function, "bias", None) or 0.0))
        constant = _beyond(parts, function, values)
        if constant is not None:
            return replace(parts, constant=constant)
    if not callable(function):
        raise InvalidArgument(f"{name}: a utility function has weights and values, or can be called")
    return _by_calling(name, function, values, reserved)


def _beyond(parts: _Parts, function: Callable[[tuple[Any, ...]], Any], values: Any) -> float | None:
    """What a function adds to the sum of its parts; None where that is not the same of a few outcomes.

    Asked of the function, since NegMAS shows no bias by a name.
    """
    options = list(values.values())
    rows = parts.rows
    most = max(map(len, options))
    outcomes = [[(k + turn * j) % len(own) for j, own in enumerate(options)] for k in range(most) for turn in (0, 1)]
    beyond = []
    for numbers in outcomes:
        whole = _number(parts.name, function(tuple(own[k] for own, k in zip(options, numbers, strict=True))))
        beyond.append(whole - math.fsum(row[k] for row, k in zip(rows, numbers, strict=True)))
    if max(beyond) - min(beyond) > NEAR:
        return None
    return beyond[0] if abs(beyond[0]) > NEAR else 0.0


def _by_calling(name: str, function: Callable[[tuple[Any, ...]], Any], values: Any, reserved: float) -> _Parts:
    """The sum that a function is on every outcome. Raises InvalidArgument where it is none."""
    options = list(values.values())
    count = math.prod(map(len, options))
    if count > MOST_OUTCOMES:
        what = f"{count:,} outcomes are too many to see whether a utility without weights is a sum over the issues"
        raise InvalidArgument(f"{name}: {what}; up to {MOST_OUTCOMES:,} are looked at")
    base = tuple(own[0] for own in options)
    constant = _number(name, function(base))
    rows = tuple(
        tuple(_number(name, function((*base[:j], v, *base[j + 1 :]))) - constant for v in own)
        for j, own in enumerate(options)
    )
    for numbers in itertools.product(*(range(len(own)) for own in options)):
        whole = _number(name, function(tuple(own[k] for own, k in zip(options, numbers, strict=True))))
        if abs(whole - constant - math.fsum(row[k] for row, k in zip(rows, numbers, strict=True))) > NEAR:
            raise InvalidArgument(f"{name}: its utility is no sum over the issues, so it cannot be carried")
    return _Parts(name, (1.0,) * len(rows), rows, constant, reserved)


def _number(name: str, value: Any) -> float:
    with suppress(TypeError, ValueError):
        if math.isfinite(number := float(value)):
            return number
    raise InvalidArgument(f"{name}: {value!r} is no utility")


def _utilities(part: _Parts, doubts: list[Complaint]) -> Utilities:
    """Weights that sum to 1 and values in [0, 1] of the same preferences; utilities stay where that can be."""
    reserved = part.reserved
    if not math.isfinite(reserved):
        if not reserved < 0:
            raise InvalidArgument(f"{part.name}: its reserved value is {reserved}, so it accepts nothing")
        doubts.append(_doubt(part.name, "no reserved value: carried as what its worst outcome is worth"))
    if part.fits:
        least = reserved if math.isfinite(reserved) else 0.0
        stays = summing_to_one(Utilities(part.name, part.weights, part.worths, least))[0]
        return replace(stays, reservation=_carried(part, stays.reservation, doubts))
    lows = [min(row) for row in part.rows]
    spans = [max(row) - low for row, low in zip(part.rows, lows, strict=True)]
    total, shift = math.fsum(spans), math.fsum(lows) + part.constant
    if total <= 0:
        raise InvalidArgument(f"{part.name}: every outcome is worth the same to it")
    what = f"utilities from {shift:g} to {shift + total:g} are carried as such from 0 to 1, acceptance as it was"
    doubts.append(_doubt(part.name, what))
    rows = tuple(
        tuple((v - low) / span if span > 0 else 0.0 for v in row)
        for row, low, span in zip(part.rows, lows, spans, strict=True)
    )
    reservation = (reserved - shift) / total if math.isfinite(reserved) else 0.0
    return Utilities(part.name, tuple(span / total for span in spans), rows, _carried(part, reservation, doubts))


def _carried(part: _Parts, reservation: float, doubts: list[Complaint]) -> float:
    """A reservation value as near as no deal can be to utilities from 0 to 1: at most 1 below or above them."""
    near = min(max(reservation, -1.0), 2.0)
    if near != reservation:
        side, other = ("below", "smaller") if near > reservation else ("above", "larger")
        what = f"the reserved value {part.reserved:g} lies so far {side} every utility that it is carried as {near:g}"
        doubts.append(_doubt(part.name, f"{what}; acceptance is as it was, gains over no deal are {other}"))
    return near


def _package(text: Mapping[str, object], values: Mapping[str, Sequence[Any]]) -> tuple[int, ...]:
    """The numbers of the values of a text. Raises InvalidArgument where an issue has none."""
    if not isinstance(text, Mapping):
        raise InvalidArgument(f"text is a mapping of issues to values, not {text!r}")
    for issue in text:
        if issue not in values:
            raise UnknownName("issue", issue, values)
    if missing := [issue for issue in values if issue not in text]:
        raise InvalidArgument(f"text has no value of {', '.join(missing)}")
    package = []
    for issue, options in values.items():
        names = list(map(str, options))
        if (name := str(text[issue])) not in names:
            raise UnknownName(f"value of {issue}", name, names)
        package.append(names.index(name))
    return tuple(package)


def _doubt(where: str, what: str, hint: str | None = None) -> Complaint:
    return Complaint(_HERE, where, what, hint, "warning", code="format")


def _hash(part: _Parts) -> str:
    return hashlib.sha256(repr((part.weights, part.worths, part.constant, part.reserved)).encode()).hexdigest()


# --- files that NegMAS wrote ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Function:
    """A linear additive utility function as a file has it."""

    name: str
    weights: tuple[float, ...]
    values: tuple[Callable[[Any], float], ...]
    reserved_value: float
    bias: float


@dataclass(frozen=True)
class _File:
    """A file, its content as a tree, and the complaints of the folder, which it adds to."""

    path: Path
    tree: nodes.Mapping
    complaints: list[Complaint]

    @property
    def content(self) -> dict[str, Any]:
        """The content alone."""
        content: dict[str, Any] = to_plain(self.tree)
        return content

    def complain(self, path: nodes.TreePath, what: str, hint: str | None = None) -> None:
        """Something is wrong at the end of a path, or where that should stand."""
        where = ": ".join(str(step + 1) if isinstance(step, int) else step for step in path) or "file"
        self.complaints.append(Complaint(nodes.place_of(self.tree, path), where, what, hint, code="format"))

    def several(self, *path: str | int) -> tuple[Any, ...]:
        """The list at the end of a path, empty where it is none, which is complained of."""
        node = nodes.find(self.tree, path)
        if isinstance(node, nodes.Sequence):
            items: tuple[Any, ...] = to_plain(node)
            return items
        self.complain(path, "a list is missing here" if node is None else "should be a list")
        return ()

    def number(self, *path: str | int, default: float | None = None) -> float:
        """The number at the end of a path; nan where it is none, which is complained of."""
        node = nodes.find(self.tree, path)
        value = node.value if isinstance(node, nodes.Scalar) else None
        if default is not None and (node is None or (isinstance(node, nodes.Scalar) and value is None)):
            return default
        # no reserved value is one of minus infinity, so that may stand there too
        endless = default is not None and math.isinf(default)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            number = float(value)
            if math.isfinite(number) or (endless and math.isinf(number)):
                return number
        self.complain(path, "a number is missing here" if node is None else "should be a number")
        return math.nan


def _folder(folder: Path, steps: int, doubts: list[Complaint]) -> tuple[str, dict[str, list[Any]], list[Any]]:
    """Name, values by issue and utility functions of a folder. Raises Complaints, OSError."""
    complaints: list[Complaint] = []
    names = sorted(file for file in folder.iterdir() if file.suffix in (".yaml", ".yml"))
    files = [_read(name, complaints) for name in names]
    domains = [file for file in files if "issues" in file.tree]
    if len(domains) != 1:
        what = "no file with issues" if not domains else f"{len(domains)} files with issues"
        raise InvalidArgument(f"{folder}: {what}; negmas.Scenario.dumpas writes one beside a file for each party")
    domain = domains[0]
    count = len(domain.several("issues"))
    issues = [_issue(domain, j, steps, doubts) for j in range(count)]
    raise_all(complaints)
    values = dict(issues)
    _counted(values, count)
    functions = [_function(file, values) for file in files if file is not domain]
    raise_all(complaints)
    name = str(domain.content.get("name") or folder.name)
    return name, values, [function for function in functions if function is not None]


def _read(path: Path, complaints: list[Complaint]) -> _File:
    """A file as a tree. Raises Complaints about what is no YAML, OSError."""
    read = read_mapping(read_text(path), str(path))
    raise_all(read.complaints)
    tree = read.node if isinstance(read.node, nodes.Mapping) else nodes.mapping({}, Place(str(path), 1, 1))
    return _File(path, tree, complaints)


def _issue(domain: _File, j: int, steps: int, doubts: list[Complaint]) -> tuple[str, list[Any]]:
    """Name and values of an issue of the domain's file."""
    at = ("issues", j)
    content = domain.several("issues")[j]
    if not isinstance(content, Mapping):
        domain.complain(at, "should be a mapping with name, type and values")
        return "", []
    name = content.get("name")
    if name is None or isinstance(name, (Mapping, tuple)):
        domain.complain((*at, "name"), "an issue has a name")
    kind, own = _kind(content), list(domain.several(*at, "values"))
    if kind not in ("ContiguousIssue", "ContinuousIssue") or not own:
        return str(name), own
    low, high = (domain.number(*at, "values", k) for k in (0, 1))
    if not low <= high or math.isinf(high - low) or len(own) != 2:
        domain.complain((*at, "values"), "should be two numbers, the ends of a range, low before high")
        return str(name), []
    if kind == "ContinuousIssue":
        return str(name), _spaced(str(name), low, high, steps, doubts)
    if not (low.is_integer() and high.is_integer()):
        domain.complain((*at, "values"), "should be two whole numbers, the ends of a range")
    return str(name), list(range(int(low), int(min(high, low + OPTIONS)) + 1))


def _kind(content: Mapping[str, Any]) -> str:
    """The class that a part of a file names, without its module."""
    return str(content.get("type", "")).rpartition(".")[2]


def _function(file: _File, values: Mapping[str, Sequence[Any]]) -> _Function | None:
    """The utility function of a file; None where it cannot be carried, which is complained of."""
    before = len(file.complaints)
    content = file.content
    kind = _kind(content)
    if kind != "LinearAdditiveUtilityFunction":
        what = f"{kind or 'a file without a type'} is not read; a LinearAdditiveUtilityFunction is"
        hint = "load it with NegMAS and give from_negmas the scenario: any sum over the issues is carried"
        file.complaints.append(whole_file(str(file.path), what, hint, "format"))
        return None
    for key in ("weights", "values"):
        mark, own = len(file.complaints), len(file.several(key))
        if own != len(values) and len(file.complaints) == mark:
            file.complain((key,), f"{own} of them, and there are {plural(len(values), 'issue')}")
    if len(file.complaints) > before:
        return None
    weights = tuple(file.number("weights", j) for j in range(len(values)))
    worths = [_value(file, j, issue, own) for j, (issue, own) in enumerate(values.items())]
    reserved, bias = file.number("reserved_value", default=-math.inf), file.number("bias", default=0.0)
    if len(file.complaints) > before:
        return None
    name = str(content.get("name") or file.path.stem)
    return _Function(name, weights, tuple(worth for worth in worths if worth is not None), reserved, bias)


def _value(file: _File, j: int, issue: str, options: Sequence[Any]) -> Callable[[Any], float] | None:
    """What a value of an issue is worth; None for a function that is not read, which is complained of."""
    part, at = file.several("values")[j], ("values", j)
    kind = _kind(part) if isinstance(part, Mapping) else ""
    table = part.get("mapping") if isinstance(part, Mapping) else None
    if kind == "TableFun" and isinstance(table, Mapping):
        worth = {key: file.number(*at, "mapping", key) for key in table}
        if lacking := [str(option) for option in options if str(option) not in worth]:
            file.complain((*at, "mapping"), f"no worth of {', '.join(lacking)}, of the issue {issue}")
        return lambda value: worth[str(value)]
    if kind not in ("LinearFun", "AffineFun", "IdentityFun", "ConstFun"):
        file.complain(at, f"values by {kind or repr(part)} are not read")
        return None
    slope, bias = file.number(*at, "slope", default=1.0), file.number(*at, "bias", default=0.0)
    if kind == "ConstFun":
        return lambda value: bias
    if odd := [option for option in options if isinstance(option, bool) or not isinstance(option, (int, float))]:
        file.complain(at, f"{kind} is of numbers, and the issue {issue} has the value {odd[0]!r}")
    return lambda value: slope * float(value) + bias
