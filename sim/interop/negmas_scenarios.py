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
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from sim.files.arguments import InvalidArgument, UnknownName, day, several, whole_number
from sim.files.complaints import Complaint, Place, in_order, raise_all
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
            or the folder of the YAML that its ``dumpas`` wrote.
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
        bias = float(getattr(function, "bias", 0.0) or 0.0)
        return _Parts(name, tuple(_number(name, w) for w in weights), worths, bias, reserved)
    if not callable(function):
        raise InvalidArgument(f"{name}: a utility function has weights and values, or can be called")
    return _by_calling(name, function, values, reserved)


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
        stays = Utilities(part.name, part.weights, part.worths, reserved if math.isfinite(reserved) else 0.0)
        return summing_to_one(stays)[0]
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
    return Utilities(part.name, tuple(span / total for span in spans), rows, reservation)


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


def _folder(folder: Path, steps: int, doubts: list[Complaint]) -> tuple[str, dict[str, list[Any]], list[Any]]:
    """Name, values by issue and utility functions of a folder. Raises Complaints, OSError."""
    files = sorted(file for file in folder.iterdir() if file.suffix in (".yaml", ".yml"))
    contents = {file: _content(file) for file in files}
    domains = [file for file, content in contents.items() if "issues" in content]
    if len(domains) != 1:
        what = "no file with issues" if not domains else f"{len(domains)} files with issues"
        raise InvalidArgument(f"{folder}: {what}; negmas.Scenario.dumpas writes one beside a file for each party")
    domain = contents[domains[0]]
    values: dict[str, list[Any]] = {}
    for issue in domain["issues"]:
        kind, own = _kind(issue), list(issue["values"])
        if kind == "ContiguousIssue":
            own = list(range(own[0], min(own[1], own[0] + OPTIONS) + 1))
        elif kind == "ContinuousIssue":
            own = _spaced(str(issue["name"]), float(own[0]), float(own[1]), steps, doubts)
        values[str(issue["name"])] = own
    _counted(values, len(domain["issues"]))
    complaints: list[Complaint] = []
    functions = [
        function
        for file, content in contents.items()
        if file != domains[0]
        for function in _function(file, content, complaints)
    ]
    raise_all(complaints)
    return str(domain.get("name") or folder.name), values, functions


def _content(file: Path) -> dict[str, Any]:
    read = read_mapping(read_text(file), str(file))
    raise_all(read.complaints)
    content: dict[str, Any] = to_plain(read.node) if read.node is not None else {}
    return content


def _kind(content: Mapping[str, Any]) -> str:
    """The class that a part of a file names, without its module."""
    return str(content.get("type", "")).rpartition(".")[2]


def _function(file: Path, content: Mapping[str, Any], complaints: list[Complaint]) -> Iterator[_Function]:
    """The utility function of a file; what cannot be carried joins the complaints."""
    kind = _kind(content)
    if kind != "LinearAdditiveUtilityFunction":
        what = f"{kind or 'a file without a type'} is not read; a LinearAdditiveUtilityFunction is"
        hint = "load it with NegMAS and give from_negmas the scenario: any sum over the issues is carried"
        complaints.append(whole_file(str(file), what, hint, "format"))
        return
    values = []
    for part in content["values"]:
        if (value := _value(part)) is None:
            what = f"values by {_kind(part) or repr(part)} are not read"
            complaints.append(whole_file(str(file), what, None, "format"))
            return
        values.append(value)
    reserved = content.get("reserved_value")
    yield _Function(
        str(content.get("name") or file.stem),
        tuple(map(float, content["weights"])),
        tuple(values),
        -math.inf if reserved is None else float(reserved),
        float(content.get("bias") or 0.0),
    )


def _value(part: Any) -> Callable[[Any], float] | None:
    """What a value is worth, by a function of the file; None for one of a kind that is not read."""
    if not isinstance(part, Mapping):
        return None
    slope, bias = float(part.get("slope", 1.0)), float(part.get("bias", 0.0))
    kind, table = _kind(part), part.get("mapping")
    if kind == "TableFun" and isinstance(table, Mapping):
        return lambda value: float(table.get(str(value), math.nan))
    if kind in ("LinearFun", "AffineFun", "IdentityFun"):
        return lambda value: slope * float(value) + bias
    return (lambda value: bias) if kind == "ConstFun" else None
