"""GeniusWeb: a domain and linear additive profiles, as JSON.

What the format means is what GeniusWeb does with it (its class ``LinearAdditiveUtilitySpace``): weights must sum to 1,
utilities of options lie in [0, 1] and count as they stand, those of numbers run straight from the lowest to the
highest, rounded to eight decimals; a bid that leaves an issue out has none of its utility; the reservation bid is the
least a party accepts, and without one it accepts anything. Both spellings of utilities in use are read:
``discreteutils`` and ``numberutils``, ``DiscreteValueSetUtilities`` and ``NumberValueSetUtilities``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sim.files.complaints import Place
from sim.files.ids import cleaned
from sim.files.nodes import Mapping, Node, Scalar
from sim.files.nodes import Sequence as List
from sim.interop.cardinal import Cardinal, File, Imported, Issue, Utilities, summing_to_one
from sim.interop.collecting import ISSUES, OPTIONS, Found, plain, shown

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


def is_geniusweb(root: Node) -> bool:
    return isinstance(root, Mapping) and (SPACE in root or "issuesValues" in root or _kind(root) is not None)


def _kind(root: Mapping) -> str | None:
    """The kind of profile that GeniusWeb knows and this is, besides the one that is read."""
    return next((key for key in root if key.endswith(("UtilitySpace", "PartialOrdering"))), None)


def is_domain(root: Node) -> bool:
    return isinstance(root, Mapping) and "issuesValues" in root


def read(domain: tuple[File, Mapping] | None, profiles: Sequence[tuple[File, Mapping]], steps: int | None) -> Imported:
    """A domain with its parties. Without a file of its own the domain is the one in the first profile.

    ``steps`` bounds the options of numeric issues. Raises Complaints with all that is wrong.
    """
    found = Found()
    spaces = [_space(root, found) for _, root in profiles]
    found.settle()
    held = domain[1] if domain is not None else spaces[0].items.get("domain")
    home = found.mapping(held, spaces[0].place if spaces else Place("", 1, 1), "domain")
    found.settle()
    assert home is not None
    issues = _issues(home, found, steps)
    found.settle()
    read_ = [_profile(f, space, issues, found, steps) for (f, _), space in zip(profiles, spaces, strict=True)]
    found.settle()
    name = home.items.get("name")
    files = [f for f, _ in ([domain] if domain else []) + list(profiles)]
    return Imported(
        format="GeniusWeb",
        cardinal=Cardinal(
            name.value.strip()
            if isinstance(name, Scalar) and isinstance(name.value, str) and name.value.strip()
            else files[0].name.rpartition(".")[0],
            tuple(Issue(i.name, i.options) for i in issues),
            tuple(party for party, _ in read_),
        ),
        files=tuple(files),
        profiles=tuple(f for f, _ in profiles),
        notes=tuple(notes for _, notes in read_),
        warnings=tuple(found.warnings),
    )


def _space(root: Mapping, found: Found) -> Mapping:
    if SPACE not in root:
        kind = _kind(root) or "something else"
        found.error(root.key_places.get(kind, root.place), "profile", f"{kind} is not read", f"only {SPACE} is")
        return root
    for key in root:
        if key != SPACE:
            found.warn(root.key_places[key], key, "is not carried")
    return found.mapping(root.items[SPACE], root.place, SPACE) or root


# --- issues ---------------------------------------------------------------------------------


def _issues(domain: Mapping, found: Found, steps: int | None) -> list[_Issue]:
    held = found.mapping(domain.items.get("issuesValues"), domain.place, "issuesValues")
    if held is None:
        return []
    if not held.items:
        found.error(held.place, "issuesValues", "holds no issue")
    if len(held) > ISSUES:
        found.error(held.place, "issuesValues", f"{len(held)} issues; up to {ISSUES} are read")
        return []
    out: list[_Issue] = []
    for name, node in held.items.items():
        issue = _issue(name, held.key_places[name], node, found, steps)
        if issue is not None:
            out.append(issue)
            found.crowd(issue.place, sum(len(i.options) for i in out))
    return out


def _issue(name: str, place: Place, node: Node, found: Found, steps: int | None) -> _Issue | None:
    where = f"issue {name}"
    if not name.strip():
        found.error(place, "issue", "an issue without a name")
        return None
    values = found.mapping(node, place, where)
    if values is None:
        return None
    if "range" in values:
        return _range(name, values.items["range"], found, steps)
    options = values.items.get("values")
    if not isinstance(options, List):
        what = f"expected values or range, found {', '.join(values) or 'nothing'}"
        found.error(values.place, where, what, '{"values": ["a", "b"]}, or {"range": [low, high, step]}')
        return None
    names: dict[str, None] = {}
    for option in options:
        value = option.value if isinstance(option, Scalar) else None
        if not isinstance(value, str) or not value.strip():
            found.error(option.place, where, f"expected the name of an option, found {shown(option)}")
            return None
        if value in names:
            found.error(option.place, where, f"a second option {value}")
            return None
        names[value] = None
    if len(names) < 2:
        some = "one option" if names else "no options"
        found.error(options.place, where, f"{some}: nothing to decide", "an issue has at least two options")
        return None
    if len(names) > OPTIONS:
        found.error(options.place, where, f"{len(names)} options; up to {OPTIONS} are read")
        return None
    return _Issue(name, place, tuple(names))


def _range(name: str, node: Node, found: Found, steps: int | None) -> _Issue | None:
    where = f"issue {name}"
    ends: list[Node | None]
    if isinstance(node, Mapping):
        ends = [node.items.get(key) for key in ("low", "high", "step")]
    else:
        ends = list(node.items) if isinstance(node, List) else []
    if len(ends) != 3:
        found.error(node.place, where, f"expected a range [low, high, step], found {shown(node)}")
        return None
    figures = [found.figure(end, node.place, where) for end in ends]
    if None in figures:
        return None
    low, high, step = (Decimal(repr(f)) for f in figures if f is not None)
    if any(abs(f) > Decimal("1e15") for f in (low, high)):
        found.error(node.place, where, "a range out of reach")
        return None
    numbers = found.options(node.place, where, low, high, step, steps)
    if numbers is None:
        return None
    return _Issue(name, node.place, tuple(map(plain, numbers)), numbers, (low, high, step))


# --- profiles -------------------------------------------------------------------------------


def _profile(
    file: File, space: Mapping, issues: Sequence[_Issue], found: Found, steps: int | None
) -> tuple[Utilities, tuple[str, ...]]:
    name = _name(space, file)
    before = len(found.errors)
    _same_domain(space, issues, found, steps)
    for key in space:
        if key not in ("issueUtilities", "issueWeights", "domain", "name", "reservationBid"):
            found.warn(space.key_places[key], key, "is not carried")
    utilities = found.mapping(space.items.get("issueUtilities"), space.place, "issueUtilities")
    weighing = found.mapping(space.items.get("issueWeights"), space.place, "issueWeights")
    if utilities is None or weighing is None or len(found.errors) > before:
        return Utilities(name, (), ()), ()
    for part, held in (("issueUtilities", utilities), ("issueWeights", weighing)):
        for key in held:
            if all(issue.name != key for issue in issues):
                found.error(held.key_places[key], part, f"the domain has no issue {key}")
        for issue in issues:
            if issue.name not in held:
                found.error(held.place, part, f"the issue {issue.name} is missing")
    weights = [_weight(weighing, issue.name, found) for issue in issues]
    rows = [_values(utilities.items[i.name], i, found) for i in issues if i.name in utilities]
    if len(found.errors) > before:
        return Utilities(name, (), ()), ()
    total = sum(weights)  # not fsum, which raises OverflowError where the sum is no finite number
    if not abs(total - 1) <= _ROUNDED:
        what = f"the weights sum to {total:g}; GeniusWeb reads only weights that sum to 1"
        found.error(weighing.place, "issueWeights", what)
        return Utilities(name, (), ()), ()
    party, _ = summing_to_one(Utilities(name, tuple(weights), tuple(rows)))
    bid = space.items.get("reservationBid")
    if bid is None or (isinstance(bid, Scalar) and bid.value is None):
        return party, ()
    worth = _bid(bid, party, issues, found)
    said = f"The reservation value is the utility of the file's reservation bid, {worth:g}"
    return Utilities(party.name, party.weights, party.values, worth), (said,)


def _name(space: Mapping, file: File) -> str:
    """The profile's name, or the file's: where it is missing, or says the same in letters and digits alone."""
    named = space.items.get("name")
    name = named.value.strip() if isinstance(named, Scalar) and isinstance(named.value, str) else ""
    stem = file.name.rpartition(".")[0] or file.name
    own, other = cleaned(name, ""), cleaned(stem, "")
    return stem if not name or (own != other and own == other.replace("_", "")) else name


def _same_domain(space: Mapping, issues: Sequence[_Issue], found: Found, steps: int | None) -> None:
    """The domain inside a profile has the issues and options of the one that is imported, in any order."""
    own = found.mapping(space.items.get("domain"), space.place, "domain")
    if own is None:
        return
    quiet = Found()
    mine = {issue.name: issue for issue in _issues(own, quiet, steps)}
    found.errors += quiet.errors
    if quiet.errors:
        return
    hint = "is it a profile of another domain?"
    for issue in issues:
        held = mine.get(issue.name)
        if held is None:
            found.error(own.place, "domain", f"the issue {issue.name} is missing", hint)
        elif held.range != issue.range or set(held.options) != set(issue.options):
            strange = [o for o in held.options if o not in issue.options] + [
                o for o in issue.options if o not in held.options
            ]
            what = f"its options are others than in the domain: {', '.join(strange[:5])}"
            found.error(held.place, held.words, what, hint)
    for name, held in mine.items():
        if all(issue.name != name for issue in issues):
            found.error(held.place, held.words, f"the domain has no issue {name}", hint)


def _weight(held: Mapping, issue: str, found: Found) -> float:
    if issue not in held:
        return 0.0
    value = found.figure(held.items[issue], held.place, f"weight of {issue}")
    if value is not None and value < 0:
        found.error(held.items[issue].place, f"weight of {issue}", f"the weight {value:g} is negative")
    return value or 0.0


def _values(node: Node, issue: _Issue, found: Found) -> tuple[float, ...]:
    where = f"utilities of {issue.name}"
    held = found.mapping(node, issue.place, where)
    if held is None:
        return ()
    kind = next(iter(held), None)
    wanted = NUMBERS if issue.range else DISCRETE
    if kind not in wanted:
        found.error(held.place, where, f"expected {wanted[0]} or {wanted[1]}, found {kind or 'nothing'}")
        return ()
    inner = found.mapping(held.items[kind], held.place, where)
    if inner is None:
        return ()
    return _straight(inner, issue, where, found) if issue.range else _listed(inner, issue, where, found)


def _listed(inner: Mapping, issue: _Issue, where: str, found: Found) -> tuple[float, ...]:
    given = found.mapping(inner.items.get("valueUtilities"), inner.place, f"{where}: valueUtilities")
    if given is None:
        return ()
    known = set(issue.options)
    for key in given:
        if key not in known:
            found.error(given.key_places[key], where, f"the domain has no option {key}")
    missing = [option for option in issue.options if option not in given]
    if missing:
        found.error(given.place, where, f"no utility of {', '.join(missing[:5])}")
    return tuple(_utility(given.items.get(o), given.place, f"{where}: {o}", found) for o in issue.options if o in given)


def _utility(node: Node | None, place: Place, where: str, found: Found) -> float:
    value = found.figure(node, place, where)
    if value is not None and not 0 <= value <= 1:
        found.error(place if node is None else node.place, where, f"the utility {value:g} is not between 0 and 1")
    return value or 0.0


def _straight(inner: Mapping, issue: _Issue, where: str, found: Found) -> tuple[float, ...]:
    """Utilities of numbers on the line between those of the lowest and the highest."""
    assert issue.range is not None
    low, high, _ = issue.range
    before = len(found.errors)
    ends = [found.figure(inner.items.get(k), inner.place, f"{where}: {k}") for k in ("lowValue", "highValue")]
    first, last = (
        _utility(inner.items.get(k), inner.place, f"{where}: {k}", found) for k in ("lowUtility", "highUtility")
    )
    if len(found.errors) > before:
        return ()
    if [Decimal(repr(end)) for end in ends] != [low, high]:
        found.error(
            inner.place, where, f"lowValue and highValue are not the range's ends, {plain(low)} and {plain(high)}"
        )
        return ()
    start, rise = Decimal(repr(first)), Decimal(repr(last)) - Decimal(repr(first))
    exact = (start + rise * (n - low) / (high - low) for n in issue.numbers)
    return tuple(float(value.quantize(_DECIMALS, ROUND_HALF_UP)) for value in exact)


def _bid(node: Node, party: Utilities, issues: Sequence[_Issue], found: Found) -> float:
    """The utility of a reservation bid; issues it leaves out add nothing."""
    where = "reservationBid"
    held = found.mapping(node, node.place, where)
    chosen = None if held is None else found.mapping(held.items.get("issuevalues"), held.place, where)
    if chosen is None:
        return 0.0
    for key in chosen:
        if all(issue.name != key for issue in issues):
            found.error(chosen.key_places[key], where, f"the domain has no issue {key}")
    parts: list[float] = []
    for issue, weight, row in zip(issues, party.weights, party.values, strict=True):
        value = chosen.items.get(issue.name)
        if value is None:
            found.warn(chosen.place, where, f"leaves {issue.name} out, which adds nothing to its utility")
            continue
        at = _option(value, issue)
        if at is None:
            found.error(value.place, where, f"{issue.name} has no option {shown(value)}")
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
