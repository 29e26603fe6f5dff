"""What the rules across files share: which names exist, and a checker that collects complaints.

A :class:`Checker` complains when a name does not exist, a condition cannot be satisfied or a claim cites no evidence,
and says so where it stands. It names one cause once: what is unknown is not also checked for what would follow from it.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, TypeVar

from sim.files import nodes
from sim.files.complaints import Code, Complaint, Place, did_you_mean
from sim.files.grammar import ending
from sim.files.nodes import Node
from sim.scenario import schema
from sim.scenario.issues_in_force import NONE_LATER, NotYet

#: Sums of weights and of probabilities may miss their mark by this much.
EPSILON = 1e-9
#: Weights that miss 1 by no more than this were rounded: they are rescaled, with a warning.
ROUNDED = 0.005

#: Stands for a name (or a cited id) that cannot be read, and has been complained about.
FAULTY = "faulty__"
#: Stands for the day of a proposal that cannot be read; what depends on the day is not checked.
NO_DAY = dt.date.min

Thing = TypeVar("Thing", schema.Constraint, schema.Effect, schema.Evidence, schema.Refusal, schema.Demand)
#: Names of some kind in a part of a scenario, None where they cannot be known.
NamesOf = TypeVar("NamesOf")
#: Names read before, by kind and identity of the content, which stays.
NamesByContent: TypeAlias = dict[tuple[str, int], tuple[object, Any]]
#: What was complained of in parts of a scenario, by the part's name and models, which stay.
PartChecks: TypeAlias = dict[tuple[Hashable, ...], tuple[tuple[object, ...], list[Complaint]]]
#: The same by what the parts were checked against.
Checks: TypeAlias = dict[tuple[Hashable, ...], tuple[tuple[object, ...], PartChecks]]
Path = tuple[str | int, ...]
PlaceOf = Callable[[Path], Place]

#: Where issues.yaml and the parties stand in a merged scenario.
ISSUES = ("domain", "issues")
POSITIONS = ("domain", "positions")


@dataclass(frozen=True)
class KnownNames:
    """What exists, by kind; None where that is not known because the file cannot be read.

    Names of things that are themselves faulty count as existing, so that a fault is complained about once.
    """

    issues: Mapping[str, Sequence[str]] | None
    evidence: Sequence[str] | None
    sources: Sequence[str] | None
    actors: Sequence[str] | None
    parties: Sequence[str] | None
    lotteries: Mapping[str, Sequence[str]] | None
    terms: Sequence[str] | None = None
    earliest: str | None = None  # the first day from which a position is, as text, which sorts as days do
    rows: Mapping[str, schema.Evidence] | None = None  # evidence by id without rows that have faults; None: all rows
    later: NotYet = NONE_LATER

    @classmethod
    def of(cls, plain: Mapping[str, object], known: NamesByContent | None = None) -> KnownNames:
        """The names in the plain content of a merged scenario, whatever its faults.

        ``known`` holds what was read out of the same objects before.
        """
        known = {} if known is None else known

        def once(content: object, read: Callable[[object], NamesOf]) -> NamesOf:
            entry = known.get((read.__name__, id(content)))
            if entry is None or entry[0] is not content:
                entry = known[read.__name__, id(content)] = (content, read(content))
            names: NamesOf = entry[1]
            return names

        def at(*path: str) -> object:
            here: object = plain
            for step in path:
                here = here.get(step) if isinstance(here, dict) else None
            return here

        def keys(value: object) -> tuple[str, ...] | None:
            return tuple(value) if isinstance(value, dict) else None

        def parts(value: object, key: str) -> dict[str, tuple[str, ...]] | None:
            """By name, the keys of the mapping under ``key``."""
            if not isinstance(value, dict):
                return None
            return {k: keys(v.get(key)) or () if isinstance(v, dict) else () for k, v in value.items()}

        def options(value: object) -> dict[str, tuple[str, ...]] | None:
            return parts(value, "options")

        content, no_deal = at("domain", "issues"), at("domain", "issues", "no_deal") or {}
        lotteries = at("domain", "issues", "no_deal", "lotteries")
        none = lotteries is None and isinstance(content, dict) and isinstance(no_deal, dict)
        return cls(
            issues=once(at("domain", "issues", "issues"), options),
            evidence=once(at("domain", "evidence"), _ids),
            sources=keys(at("domain", "sources", "sources")),
            actors=keys(at("domain", "sources", "actors")),
            parties=keys(at("domain", "positions")),
            lotteries={} if none else parts(lotteries, "outcomes"),
            terms=keys(at("proposal", "terms")),
            earliest=_earliest(at("domain", "positions"), lambda party: once(party, _starts)),
        )


def _ids(table: object) -> tuple[str, ...] | None:
    """The ids of the rows of evidence."""
    if not isinstance(table, (list, tuple)):
        return None
    return tuple(r["id"] for r in table if isinstance(r, dict) and isinstance(r.get("id"), str))


def _earliest(parties: object, starts_of: Callable[[object], Sequence[str] | None]) -> str | None:
    """The first day of any entry of any party; None if one of them cannot be known."""
    starts = [starts_of(party) for party in parties.values()] if isinstance(parties, dict) else []
    known = [days for days in starts if days is not None]
    return min((day for days in known for day in days), default=None) if len(known) == len(starts) else None


def _starts(party: object) -> Sequence[str] | None:
    """The first day of a party's entries, if it has any; None if one of them cannot be known."""
    cells = party.get("positions") or {} if isinstance(party, dict) and "id" in party else None
    if not isinstance(cells, dict):
        return None
    out: list[str] = []
    for entries in cells.values():
        if not isinstance(entries, (list, tuple)):
            return None
        for entry in entries:
            start = entry.get("from") if isinstance(entry, dict) else None
            if not isinstance(start, (str, dt.date)):
                return None
            out.append(str(start))
    return sorted(out)[:1]


class Spot:
    """A part of a merged scenario: the path that leads to it, and what it is called in complaints.

    Both are put together only where there is something to complain of.
    """

    __slots__ = ("above", "name", "steps")

    def __init__(self, steps: Path, name: object, above: Spot | None = None) -> None:
        self.steps, self.name, self.above = steps, name, above

    @property
    def path(self) -> Path:
        """The keys that lead to the spot."""
        return self.steps if self.above is None else (*self.above.path, *self.steps)

    @property
    def where(self) -> str:
        """The spot in a complaint."""
        names = ("" if self.above is None else self.above.where, str(self.name))
        return ": ".join(name for name in names if name)

    def __truediv__(self, step: str) -> Spot:
        """What stands under a key, which is called by it."""
        return Spot((step,), step, self)

    def at(self, *steps: str | int) -> Spot:
        """What stands under these keys and indices, under the same name."""
        return Spot(steps, "", self)

    def item(self, index: int, name: object) -> Spot:
        """An item of a list, which is called by its id."""
        return Spot((index,), name, self)

    @property
    def key(self) -> Spot:
        """The last key of the path itself, in place of what stands under it."""
        return self.at("[key]")


def rows_by_id(rows: Iterable[schema.Evidence]) -> dict[str, schema.Evidence]:
    """Rows of evidence by id, of several with the same one the first."""
    by_id: dict[str, schema.Evidence] = {}
    for row in rows:
        by_id.setdefault(row.id, row)
    return by_id


@dataclass
class Checker:
    """Collects complaints; small helpers that several rules share."""

    domain: schema.Domain
    place: PlaceOf
    names: KnownNames
    complaints: list[Complaint] = field(default_factory=list)

    def __post_init__(self) -> None:
        #: Evidence by id; what a faulty row supports is not judged.
        self.rows = rows_by_id(self.domain.evidence) if self.names.rows is None else self.names.rows

    def complain(
        self,
        spot: Spot,
        what: str,
        hint: str | None = None,
        severity: Literal["error", "warning"] = "error",
        breaks: str | None = None,
        code: Code | None = None,
    ) -> None:
        """Note what is wrong, or doubtful, at a spot; without a code, what does not agree there."""
        path = spot.path
        code = code or ("constraint" if breaks else "talks" if path[0] == "negotiation" else "contradiction")
        self.complaints.append(Complaint(self.place(path), spot.where, what, hint, severity, breaks, code))

    def known(self, spot: Spot, name: str, known: Iterable[str] | None, what: str) -> bool:
        """Whether a name exists; complains if not. True as well where nobody can know."""
        if known is None or name == FAULTY:
            return True
        candidates = list(known)
        if name not in candidates:
            self.complain(spot, f"there is no {what} {name}", did_you_mean(name, candidates), code="unknown_name")
        return name in candidates

    def issue(self, spot: Spot, name: str) -> bool:
        """Whether there is such an issue; complain if not."""
        if name in self.names.later.starts:
            later = self.names.later
            self.complain(spot, later.words(name), later.hint(name), code="contradiction")
            return False
        return self.known(spot, name, self.names.issues, "issue")

    def option(self, spot: Spot, issue: str, name: str, also: tuple[str, ...] = ()) -> bool:
        """Whether an option of a known issue exists."""
        options = self.options(issue)
        there = options is None or name in also or name in options
        if not there:
            self.complain(spot, f"{issue} has no option {name}", did_you_mean(name, options or ()), code="unknown_name")
        return there

    def options(self, issue: str) -> Sequence[str] | None:
        """The options of an issue, or None where they cannot be known."""
        return None if self.names.issues is None else self.names.issues.get(issue) or None

    def terms(self, spot: Spot, terms: Mapping[str, Sequence[str]]) -> None:
        """A condition: every issue and every option in it exists, none twice."""
        for issue, options in terms.items():
            here = spot / issue
            if not self.issue(here.key, issue):
                continue
            if not options:
                self.complain(here, "an empty list of options; nothing could satisfy it")
            for i, option in enumerate(options):
                if self.option(here.at(i), issue, option) and option in options[:i]:
                    self.complain(here.at(i), f"the option {option} stands here twice", code="twice")

    def package(self, spot: Spot, package: Mapping[str, str]) -> None:
        """Complain about issues and options that there are not."""
        for issue, option in package.items():
            if self.issue((spot / issue).key, issue):
                self.option(spot / issue, issue, option)

    def cited(self, spot: Spot, ids: Sequence[str]) -> None:
        """Every evidence id exists."""
        if self.names.evidence is None:
            return
        for i, name in enumerate(ids):
            if name not in self.rows and name != FAULTY:  # a dictionary is quicker than the list of names
                self.known(spot.at(i), name, self.names.evidence, "evidence")

    def proof(self, spot: Spot, basis: schema.TermBasis, ids: Sequence[str]) -> None:
        """Evidence exists, and what is said to rest on evidence cites some."""
        self.cited(spot / "evidence", ids)
        if basis in ("stated", "inferred") and not ids:
            self.unproven(spot / "basis", basis)

    def unproven(self, spot: Spot, basis: schema.TermBasis) -> None:
        """Complain of a basis that needs evidence and has none."""
        self.complain(spot, f"{basis} without evidence", "cite the evidence, or write assumed", code="evidence")

    def young(self, spot: Spot, ids: Iterable[str], start: dt.date, note: str | None) -> None:
        """Evidence from after the day it is said to hold from, without a word why."""
        if note:
            return
        late = [i for i in dict.fromkeys(ids) if i in self.rows and self.rows[i].date > start]
        if late:
            what = f"{', '.join(late)} {ending(len(late), 'is', 'are')} from after {start}, and no note says why"
            self.complain(spot, what, "add a note, or a later from", "warning", code="evidence")

    def poll(self, spot: Spot, holds: schema.Span | None, ids: Sequence[str]) -> None:
        """``holds`` needs a poll among the evidence."""
        if holds is None:
            return
        rows = [self.rows[i] for i in ids if i in self.rows]
        if len(rows) == len(ids) and not any(row.strength == "poll" for row in rows):
            what = "a probability that the line holds, and no poll among its evidence"
            self.complain(spot / "holds", what, "cite a row of strength poll, or delete holds", code="evidence")

    def each(self, spot: Spot, things: Iterable[Thing], what: str) -> Iterator[tuple[Spot, Thing]]:
        """Every one of a list of things with its spot; complain of ids that repeat."""
        seen: set[str] = set()
        for i, thing in enumerate(things):
            here = spot.item(i, thing.id)
            if thing.id in seen:
                self.complain(here.at("id"), f"a second {what} with the id {thing.id}", code="twice")
            seen.add(thing.id)
            yield here, thing


class PartChecker(Checker):
    """A checker that takes over what it complained of in parts that were checked before, by ``known``.

    Parts are models, told apart by identity, and were checked against the same issues, sources, evidence and names of
    parties.
    """

    def __init__(self, domain: schema.Domain, place: PlaceOf, names: KnownNames, known: Checks | None) -> None:
        super().__init__(domain, place, names)
        around = (domain.issues, domain.sources, domain.evidence)
        key = (names.parties and tuple(names.parties), *map(id, around))
        known = {} if known is None else known
        entry = known.get(key)
        if entry is None or not all(map(operator.is_, entry[0], around)):
            entry = known[key] = (around, {})
        self.before = entry[1]

    def part(self, check: Callable[[], None], name: tuple[Hashable, ...], *models: object) -> None:
        """Check a part, or take over what was complained of in it."""
        key = (*name, *map(id, models))
        known = self.before.get(key)
        if known is not None and all(map(operator.is_, known[0], models)):
            self.complaints += known[1]
            return
        start = len(self.complaints)
        check()
        self.before[key] = (models, self.complaints[start:])


def sums(spans: Iterable[schema.Span]) -> tuple[float, float]:
    """The least and the most that the numbers in these ranges can add up to."""
    ends = list(spans)
    return sum(s.low for s in ends), sum(s.high for s in ends)


# --- places and names of parts ------------------------------------------------------------


def along(tree: Node, path: Sequence[str | int]) -> Iterator[tuple[int, str | int, Node | None]]:
    """The steps of a path by number, with what stands there, to the first at which nothing does.

    Steps that short forms leave out (``ranking`` and ``importance`` of one basis or one list of evidence) are passed
    over.
    """
    here: Node | None = tree
    for i, step in enumerate(path):
        under = nodes.child(here, step)
        if under is None and step in ("ranking", "importance") and not isinstance(here, nodes.Mapping):
            continue
        yield i, step, under
        if under is None:
            return
        here = under


def locate(tree: Node, path: Sequence[str | int]) -> Place:
    """The place of a path, as deep as it leads: see :func:`along`. A last step ``[key]`` means the key itself."""
    key = path[-1:] == ("[key]",)
    steps = tuple(step for _, step, _ in along(tree, path[:-1] if key else path))
    return nodes.place_of(tree, steps, key=key)


_SILENT = ("lotteries", "outcomes", "beliefs", "ranges", "options")


def where(tree: Node, path: Sequence[str | int]) -> str:
    """A path in the words of the files: ``russia: alignment: 2022-03-10: ranking``.

    Keys that a line and column would tell stand there too where content has no places.
    """
    labels: list[str] = []
    skip: set[int] = set()
    if path and path[0] == "domain":
        skip |= {0}
        if path[1:2] == ("positions",) and len(path) > 2:
            skip |= {1} | ({3} if len(path) > 4 and path[3] == "positions" else set())
        elif len(path) > 3 and (
            path[1:3] in (("issues", "issues"), ("sources", "sources"))
            or (path[1] in ("issues", "sources") and path[2] in ("constraints", "effects", "no_deal", "actors"))
        ):
            skip |= {1}
    elif path[:2] == ("proposal", "terms") and len(path) > 2:
        skip |= {1}
    for i, step, here in along(tree, path):
        if here is None:
            break
        if isinstance(step, int):
            words = [nodes.text_of(nodes.child(here, key)) for key in ("id", "option", "from")]
            named = [word for word in words if word is not None]
            if named:
                labels.append(named[0])
            elif isinstance(here, nodes.Mapping) or not tree.place.line:
                labels.append(f"item {step + 1}")
        elif i not in skip and not (step in _SILENT and i < len(path) - 1 and tree.place.line):
            labels.append(step)
    return ": ".join(labels) or "scenario"
