"""GeniusWeb: a domain and linear additive profiles, as JSON.

What the format means is what GeniusWeb does with it (its class ``LinearAdditiveUtilitySpace``): weights must sum to 1,
utilities of options lie in [0, 1] and count as they stand, those of numbers run straight from the lowest to the
highest, rounded to eight decimals; a bid that leaves an issue out has none of its utility; the reservation bid is the
least a party accepts, and without one it accepts anything. Both spellings of utilities in use are read:
``discreteutils`` and ``numberutils``, ``DiscreteValueSetUtilities`` and ``NumberValueSetUtilities``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from sim.files.complaints import Complaint, Complaints, Place
from sim.files.ids import cleaned
from sim.files.nodes import Mapping, Node, Scalar
from sim.files.nodes import Sequence as List
from sim.interop.additive import NEAR, File, Imported, NamedIssue, Utilities, UtilityDomain, domain_file, summing_to_one
from sim.interop.problems import ISSUES, Problems, Unread, described, plain

SYNTAX = "JSON"
SPACE = "LinearAdditiveUtilitySpace"
DISCRETE = ("discreteutils", "DiscreteValueSetUtilities")
NUMBERS = ("numberutils", "NumberValueSetUtilities")
_DECIMALS = Decimal("1e-8")
#: How far from 1 weights may sum: GeniusWeb itself wants 1 to the last decimal, other writers round.
_ROUNDED = 1e-6


@dataclass(frozen=True)
class _Issue:
    """An issue as one file has it; ``numbers`` are those that become options of a range."""

    name: str
    place: Place
    options: tuple[str, ...]
    numbers: tuple[Decimal, ...] = ()
    range: tuple[Decimal, Decimal, Decimal] | None = None

    @property
    def words(self) -> str:
        return f"issue {self.name}"


def is_ours(root: object) -> bool:
    """Whether a file is of GeniusWeb."""
    return isinstance(root, Mapping) and (SPACE in root or "issuesValues" in root or _kind(root) is not None)


def _kind(root: Mapping) -> str | None:
    """The kind of profile that GeniusWeb knows and this is, besides the one that is read."""
    return next((key for key in root if key.endswith(("UtilitySpace", "PartialOrdering"))), None)


def is_domain(root: Mapping) -> bool:
    """Whether a file holds a domain, not a profile."""
    return "issuesValues" in root


def read(files: Sequence[tuple[File, Mapping]], steps: int | None, as_written: bool = False) -> Imported:
    """As :meth:`sim.interop.formats.Reader.read`; ``as_written`` is a complaint."""
    if as_written:
        what = "is for files of Genius; utilities of GeniusWeb count as they stand"
        raise Complaints([Complaint(Place("--as-written", 1, 1), "--as-written", what, "leave it out", code="format")])
    problems = Problems()
    first, root = files[0]
    with problems.settling():
        own = [(file, root) for file, root in files if file.holds == "profile"]
        profiles = problems.every(lambda profile: (profile[0], _space(profile[1], problems)), own)
        home = root if is_domain(root) else problems.mapping(profiles[0][1], "domain")
        issues = _issues(home, problems, steps)
    with problems.settling():
        parties = problems.readable(lambda profile: _profile(*profile, issues, problems, steps), profiles)
    domain = UtilityDomain(
        _text(home, "name") or first.name.rpartition(".")[0],
        tuple(NamedIssue(i.name, i.options) for i in issues),
        tuple(parties),
    )
    return Imported("GeniusWeb", domain, tuple(f for f, _ in files), tuple(problems.warnings))


def _text(mapping: Mapping, key: str) -> str:
    """A text without blanks at its ends; nothing where there is none."""
    node = mapping.items.get(key)
    return node.value.strip() if isinstance(node, Scalar) and isinstance(node.value, str) else ""


def _space(root: Mapping, problems: Problems) -> Mapping:
    if SPACE not in root:
        kind = _kind(root) or "something else"
        problems.refuse(root.key_places.get(kind, root.place), "profile", f"{kind} is not read", f"only {SPACE} is")
    for key in root:
        if key != SPACE:
            problems.warn(root.key_places[key], key, "is not carried")
    return problems.mapping(root, SPACE)


# --- issues ---------------------------------------------------------------------------------


def _issues(domain: Mapping, problems: Problems, steps: int | None) -> list[_Issue]:
    named = problems.mapping(domain, "issuesValues")
    if not named.items:
        problems.error(named.place, "issuesValues", "holds no issue")
    if len(named) > ISSUES:
        problems.refuse(named.place, "issuesValues", f"{len(named)} issues; up to {ISSUES} are read")
    out: list[_Issue] = []
    for name in named:
        with suppress(Unread):
            out.append(_issue(name, named, problems, steps))
            problems.crowd(out[-1].place, sum(len(i.options) for i in out))
    return out


def _issue(name: str, named: Mapping, problems: Problems, steps: int | None) -> _Issue:
    where, place = f"issue {name}", named.key_places[name]
    if not name.strip():
        problems.refuse(place, "issue", "an issue without a name")
    values = problems.mapping(named, name, where)
    if "range" in values:
        return _range(name, values.items["range"], problems, steps)
    options = values.items.get("values")
    if not isinstance(options, List):
        what = f"expected values or range, found {', '.join(values) or 'nothing'}"
        problems.refuse(values.place, where, what, '{"values": ["a", "b"]}, or {"range": [low, high, step]}')
    names: dict[str, None] = {}
    for option in options:
        value = option.value if isinstance(option, Scalar) else None
        if not isinstance(value, str) or not value.strip():
            problems.refuse(option.place, where, f"expected the name of an option, found {described(option)}")
        if value in names:
            problems.refuse(option.place, where, f"a second option {value}")
        names[value] = None
    problems.enough(options.place, where, len(names), "option")
    return _Issue(name, place, tuple(names))


def _range(name: str, node: Node, problems: Problems, steps: int | None) -> _Issue:
    where = f"issue {name}"
    ends: list[Node | None]
    if isinstance(node, Mapping):
        ends = [node.items.get(key) for key in ("low", "high", "step")]
    else:
        ends = list(node.items) if isinstance(node, List) else []
    if len(ends) != 3:
        problems.refuse(node.place, where, f"expected a range [low, high, step], found {described(node)}")
    figures = problems.every(lambda end: problems.figure(end, node.place, where), ends)
    low, high, step = (Decimal(repr(figure)) for figure in figures)
    if any(abs(f) > Decimal("1e15") for f in (low, high)):
        problems.refuse(node.place, where, "a range out of reach")
    numbers = problems.options(node.place, where, low, high, step, steps)
    return _Issue(name, node.place, tuple(map(plain, numbers)), numbers, (low, high, step))


# --- profiles -------------------------------------------------------------------------------


def _profile(file: File, space: Mapping, issues: Sequence[_Issue], problems: Problems, steps: int | None) -> Utilities:
    parts = ("issueUtilities", "issueWeights")
    with problems.whole():
        with suppress(Unread):
            _same_domain(space, issues, problems, steps)
        for key in space:
            if key not in (*parts, "domain", "name", "reservationBid"):
                problems.warn(space.key_places[key], key, "is not carried")
        utilities, weighing = problems.every(lambda part: problems.mapping(space, part), parts)
    with problems.whole():
        for part, mapping in zip(parts, (utilities, weighing), strict=True):
            _check_keys(mapping, part, issues, problems)
            for issue in issues:
                if issue.name not in mapping:
                    problems.error(mapping.place, part, f"the issue {issue.name} is missing")
        weights = problems.readable(lambda i: _weight(weighing, i, problems), (i for i in issues if i.name in weighing))
        rows = problems.readable(lambda i: _values(utilities, i, problems), (i for i in issues if i.name in utilities))
    total = sum(weights)  # not fsum, which raises OverflowError where the sum is no finite number
    if not abs(total - 1) <= _ROUNDED:
        what = f"the weights sum to {total:g}; GeniusWeb reads only weights that sum to 1"
        problems.refuse(weighing.place, "issueWeights", what)
    party, _ = summing_to_one(Utilities(_name(space, file), tuple(weights), tuple(rows)))
    bid = space.items.get("reservationBid")
    if bid is None or (isinstance(bid, Scalar) and bid.value is None):
        return party
    worth = _bid(space, party, issues, problems)
    note = f"The reservation value is the utility of the file's reservation bid, {worth:g}"
    return replace(party, reservation=worth, notes=(note,))


def _check_keys(mapping: Mapping, where: str, issues: Sequence[_Issue], problems: Problems) -> None:
    """Complain of keys that are no issue of the domain."""
    for key in mapping:
        if all(issue.name != key for issue in issues):
            problems.error(mapping.key_places[key], where, f"the domain has no issue {key}")


def _name(space: Mapping, file: File) -> str:
    """The profile's name, or the file's: where it is missing, or says the same in letters and digits alone."""
    name = _text(space, "name")
    own, other = cleaned(name, ""), cleaned(file.stem, "")
    return file.stem if not name or (own != other and own == other.replace("_", "")) else name


def _same_domain(space: Mapping, issues: Sequence[_Issue], problems: Problems, steps: int | None) -> None:
    """The domain inside a profile has the issues and options of the one that is imported, in any order."""
    own = problems.mapping(space, "domain")
    with problems.aside() as quiet:
        mine = {issue.name: issue for issue in _issues(own, quiet, steps)}
    hint = "is it a profile of another domain?"
    for issue in issues:
        other = mine.get(issue.name)
        if other is None:
            problems.error(own.place, "domain", f"the issue {issue.name} is missing", hint)
        elif other.range != issue.range or set(other.options) != set(issue.options):
            strange = [o for o in other.options if o not in issue.options] + [
                o for o in issue.options if o not in other.options
            ]
            what = f"its options are others than in the domain: {', '.join(strange[:5])}"
            problems.error(other.place, other.words, what, hint)
    for name, other in mine.items():
        if all(issue.name != name for issue in issues):
            problems.error(other.place, other.words, f"the domain has no issue {name}", hint)


def _weight(weights: Mapping, issue: _Issue, problems: Problems) -> float:
    node, where = weights.items[issue.name], f"weight of {issue.name}"
    value = problems.figure(node, weights.place, where)
    if value < 0:
        problems.error(node.place, where, f"the weight {value:g} is negative")
    return value


def _values(utilities: Mapping, issue: _Issue, problems: Problems) -> tuple[float, ...]:
    where = f"utilities of {issue.name}"
    outer = problems.mapping(utilities, issue.name, where)
    kind = next(iter(outer), None)
    wanted = NUMBERS if issue.range else DISCRETE
    if kind not in wanted:
        problems.refuse(outer.place, where, f"expected {wanted[0]} or {wanted[1]}, found {kind or 'nothing'}")
    inner = problems.mapping(outer, kind, where)
    return _straight(inner, issue, where, problems) if issue.range else _listed(inner, issue, where, problems)


def _listed(inner: Mapping, issue: _Issue, where: str, problems: Problems) -> tuple[float, ...]:
    utilities = problems.mapping(inner, "valueUtilities", f"{where}: valueUtilities")
    known = set(issue.options)
    for key in utilities:
        if key not in known:
            problems.error(utilities.key_places[key], where, f"the domain has no option {key}")
    missing = [option for option in issue.options if option not in utilities]
    if missing:
        problems.error(utilities.place, where, f"no utility of {', '.join(missing[:5])}")
    readable = [option for option in issue.options if option in utilities]
    return tuple(problems.every(lambda option: _utility(utilities, option, where, problems), readable))


def _utility(mapping: Mapping, key: str, where: str, problems: Problems) -> float:
    node = mapping.items.get(key)
    value = problems.figure(node, mapping.place, f"{where}: {key}")
    if not 0 <= value <= 1:
        place = mapping.place if node is None else node.place
        problems.error(place, f"{where}: {key}", f"the utility {value:g} is not between 0 and 1")
    return value


def _straight(inner: Mapping, issue: _Issue, where: str, problems: Problems) -> tuple[float, ...]:
    """Utilities of numbers on the line between those of the lowest and the highest."""
    assert issue.range is not None
    low, high, _ = issue.range
    with problems.whole():
        ends = problems.readable(
            lambda key: problems.figure(inner.items.get(key), inner.place, f"{where}: {key}"), ("lowValue", "highValue")
        )
        first, last = problems.every(lambda key: _utility(inner, key, where, problems), ("lowUtility", "highUtility"))
    if [Decimal(repr(end)) for end in ends] != [low, high]:
        what = f"lowValue and highValue are not the range's ends, {plain(low)} and {plain(high)}"
        problems.refuse(inner.place, where, what)
    start, rise = Decimal(repr(first)), Decimal(repr(last)) - Decimal(repr(first))
    exact = (start + rise * (n - low) / (high - low) for n in issue.numbers)
    return tuple(float(value.quantize(_DECIMALS, ROUND_HALF_UP)) for value in exact)


def _bid(space: Mapping, party: Utilities, issues: Sequence[_Issue], problems: Problems) -> float:
    """The utility of a reservation bid; issues it leaves out add nothing."""
    where = "reservationBid"
    chosen = problems.mapping(problems.mapping(space, where), "issuevalues", where)
    _check_keys(chosen, where, issues, problems)
    parts: list[float] = []
    for issue, weight, row in zip(issues, party.weights, party.values, strict=True):
        value = chosen.items.get(issue.name)
        if value is None:
            problems.warn(chosen.place, where, f"leaves {issue.name} out, which adds nothing to its utility")
            continue
        at = _option(value, issue)
        if at is None:
            problems.error(value.place, where, f"{issue.name} has no option {described(value)}")
            continue
        parts.append(weight * row[at])
    return math.fsum(parts)


def _option(node: Node, issue: _Issue) -> int | None:
    value = node.value if isinstance(node, Scalar) else None
    if issue.range is None:
        return issue.options.index(value) if isinstance(value, str) and value in issue.options else None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    # a signalling NaN cannot even be compared
    return issue.numbers.index(number) if number.is_finite() and number in issue.numbers else None


# --- writing --------------------------------------------------------------------------------


def written(domain: UtilityDomain, ids: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Texts by file name, and what the format made of reservation values. ``ids`` name the parties' files.

    Utilities stand as they are. The format knows no reservation value but a bid, the least a party accepts: the
    package of least utility that reaches the value (:func:`sim.interop.reservation_bids.least_acceptable`).
    """
    from sim.interop.reservation_bids import least_acceptable  # numpy is not needed to read

    home = {
        "name": domain.name,
        "issuesValues": {issue.name: {"values": list(issue.options)} for issue in domain.issues},
    }
    files = {f"{domain_file(ids)}.json": _json(home) + "\n"}
    remarks = []
    for id, party in zip(ids, domain.parties, strict=True):
        space: dict[str, Any] = {
            "name": _simple(party.name),
            "domain": home,
            "issueUtilities": {
                issue.name: {"discreteutils": {"valueUtilities": dict(zip(issue.options, row, strict=True))}}
                for issue, row in zip(domain.issues, party.values, strict=True)
            },
            "issueWeights": dict(zip((i.name for i in domain.issues), _exact(party.weights), strict=True)),
        }
        bid = least_acceptable(party)
        if bid is not None:
            space["reservationBid"] = {
                "issuevalues": {i.name: i.options[o] for i, o in zip(domain.issues, bid, strict=True)}
            }
        remarks.append(_fit(party, bid))
        files[f"{id}.json"] = _json({SPACE: space}) + "\n"
    return files, [remark for remark in remarks if remark]


def _simple(name: str) -> str:
    """A name in letters and digits, as GeniusWeb wants those of profiles."""
    if re.fullmatch(r"[A-Za-z0-9]+", name):
        return name
    return "".join(word[:1].upper() + word[1:] for word in cleaned(name, "party").split("_"))


def _fit(party: Utilities, bid: Sequence[int] | None) -> str | None:
    """What a bid in place of the reservation value comes to, in words; None where it is the same."""
    value = f"{party.name}: the reservation value {party.reservation:.4g}"
    if bid is None:
        return f"{value} is not carried: the domain is too large to find the bid that stands for it"
    gap = party.of(bid) - party.reservation
    if gap < -NEAR:
        return f"{value} is above every package, which no bid can say; its best package stands for it"
    if gap <= NEAR:
        return None
    return f"{value} is written as the least package that reaches it, worth {gap:.2g} more; acceptance is the same"


def _exact(weights: Sequence[float]) -> list[Decimal]:
    """Weights in decimals that sum to exactly 1, as GeniusWeb wants; the largest takes what rounding left."""
    out = [Decimal(repr(weight)) for weight in weights]
    largest = max(range(len(out)), key=out.__getitem__)
    with localcontext() as context:
        context.prec = 1000  # decimals of tiny weights begin far behind the point
        out[largest] += 1 - sum(out)
    return out


def _json(value: Any, indent: int = 0) -> str:
    """JSON with a key a line; decimals as they are."""
    if isinstance(value, dict):
        pad = " " * (indent + 1)
        inner = ",\n".join(
            f"{pad}{json.dumps(key, ensure_ascii=False)}: {_json(v, indent + 1)}" for key, v in value.items()
        )
        return f"{{\n{inner}\n{' ' * indent}}}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value, ensure_ascii=False)
