"""Rules that need more than one file: names exist, constraints hold, weights and beliefs can sum.

The models in :mod:`sim.schema` check what stands in one place; here a scenario is checked as a whole. Each
complaint names one cause once: what is unknown is not also checked for what would follow from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sim import schema
from sim.complaints import Complaint, Place, did_you_mean
from sim.edits import RESERVED_ISSUES, RESERVED_PARTIES
from sim.evidence import parse_places

#: Sums of weights and of probabilities may miss their mark by this much.
EPSILON = 1e-9

#: Stands for a cited id that cannot be read, and has been complained about.
FAULTY = "faulty__"
#: Stands for the day of a proposal that cannot be read; what depends on the day is not checked.
NO_DAY = dt.date.min

Path = tuple[str | int, ...]
PlaceOf = Callable[[Path], Place]

_DOMAIN = ("domain",)
_ISSUES = ("domain", "issues")
_POSITIONS = ("domain", "positions")


@dataclass(frozen=True)
class Names:
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

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Names:
        """The names in the plain content of a merged scenario, whatever its faults."""

        def at(*path: str) -> Any:
            here: Any = plain
            for step in path:
                here = here.get(step) if isinstance(here, Mapping) else None
            return here

        def keys(value: Any) -> tuple[str, ...] | None:
            return tuple(value) if isinstance(value, Mapping) else None

        issues, lotteries, rows = at("domain", "issues", "issues"), at("domain", "issues", "no_deal", "lotteries"), None
        table = at("domain", "evidence")
        if isinstance(table, (list, tuple)):
            rows = tuple(r["id"] for r in table if isinstance(r, Mapping) and isinstance(r.get("id"), str))
        known_lotteries: Mapping[str, Sequence[str]] | None = {}
        if isinstance(lotteries, Mapping):
            known_lotteries = {
                k: keys(v.get("outcomes")) or () if isinstance(v, Mapping) else () for k, v in lotteries.items()
            }
        elif (
            lotteries is not None
            or not isinstance(at("domain", "issues", "no_deal") or {}, Mapping)
            or not isinstance(at("domain", "issues"), Mapping)
        ):
            known_lotteries = None
        return cls(
            issues={k: keys(v.get("options")) or () if isinstance(v, Mapping) else () for k, v in issues.items()}
            if isinstance(issues, Mapping)
            else None,
            evidence=rows,
            sources=keys(at("domain", "sources", "sources")),
            actors=keys(at("domain", "sources", "actors")),
            parties=keys(at("domain", "positions")),
            lotteries=known_lotteries,
            terms=keys(at("proposal", "terms")),
        )


@dataclass
class _Checker:
    """Collects complaints; small helpers that several rules share."""

    domain: schema.Domain
    place: PlaceOf
    names: Names
    rows: dict[str, schema.Evidence] = field(default_factory=dict)
    found: list[Complaint] = field(default_factory=list)

    def __post_init__(self) -> None:
        for row in self.domain.evidence:
            self.rows.setdefault(row.id, row)

    def complain(
        self,
        path: Path,
        where: str,
        what: str,
        hint: str | None = None,
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        self.found.append(Complaint(self.place(path), where, what, hint, severity))

    def known(self, path: Path, where: str, name: str, known: Iterable[str] | None, what: str) -> bool:
        """Whether a name exists; complains if not. True as well where nobody can know."""
        if known is None:
            return True
        candidates = list(known)
        if name in candidates:
            return True
        self.complain(path, where, f"there is no {what} {name}", did_you_mean(name, candidates))
        return False

    def issue(self, path: Path, where: str, name: str) -> bool:
        return self.known(path, where, name, self.names.issues, "issue")

    def option(self, path: Path, where: str, issue: str, name: str, also: tuple[str, ...] = ()) -> bool:
        """Whether an option of a known issue exists."""
        options = self.options(issue)
        if options is None:
            return True
        if name in also or name in options:
            return True
        self.complain(path, where, f"{issue} has no option {name}", did_you_mean(name, options))
        return False

    def options(self, issue: str) -> Sequence[str] | None:
        """The options of an issue, or None where they cannot be known."""
        if self.names.issues is None:
            return None
        return self.names.issues.get(issue) or None

    def terms(self, path: Path, where: str, terms: Mapping[str, Sequence[str]]) -> None:
        """A condition: every issue and every option in it exists, none twice."""
        for issue, options in terms.items():
            at = f"{where}: {issue}"
            if not self.issue((*path, issue, "[key]"), at, issue):
                continue
            if not options:
                self.complain((*path, issue), at, "an empty list of options; nothing could satisfy it")
            for i, option in enumerate(options):
                if self.option((*path, issue, i), at, issue, option) and option in options[:i]:
                    self.complain((*path, issue, i), at, f"the option {option} stands here twice")

    def package(self, path: Path, where: str, package: Mapping[str, str]) -> None:
        for issue, option in package.items():
            at = f"{where}: {issue}"
            if self.issue((*path, issue, "[key]"), at, issue):
                self.option((*path, issue), at, issue, option)

    def cited(self, path: Path, where: str, ids: Sequence[str]) -> None:
        """Every evidence id exists."""
        if self.names.evidence is None:
            return
        for i, name in enumerate(ids):
            if name not in self.rows and name != FAULTY:  # a dictionary is quicker than the list of names
                self.known((*path, i), where, name, self.names.evidence, "evidence")

    def proof(self, path: Path, where: str, basis: schema.Basis, ids: Sequence[str]) -> None:
        """Evidence exists, and what is said to rest on evidence cites some."""
        self.cited((*path, "evidence"), f"{where}: evidence", ids)
        if basis in ("stated", "inferred") and not ids:
            self.unproven((*path, "basis"), f"{where}: basis", basis)

    def unproven(self, path: Path, where: str, basis: schema.Basis) -> None:
        self.complain(path, where, f"{basis} without evidence", "cite the evidence, or write assumed")

    def young(self, path: Path, where: str, ids: Iterable[str], start: dt.date, note: str | None) -> None:
        """Evidence from after the day it is said to hold from, without a word why."""
        if note:
            return
        late = [i for i in dict.fromkeys(ids) if i in self.rows and self.rows[i].date > start]
        if late:
            one = len(late) == 1
            what = f"{', '.join(late)} {'is' if one else 'are'} from after {start}, and no note says why"
            self.complain(path, where, what, "add a note, or a later from", "warning")

    def poll(self, path: Path, where: str, holds: schema.Span | None, ids: Iterable[str]) -> None:
        """``holds`` needs a poll among the evidence."""
        if holds is None:
            return
        known = [self.rows[i] for i in ids if i in self.rows]
        if len(known) == len(list(ids)) and not any(row.strength == "poll" for row in known):
            what = "a probability that the line holds, and no poll among its evidence"
            self.complain((*path, "holds"), f"{where}: holds", what, "cite a row of strength poll, or delete holds")

    def once(self, names: Iterable[str], path: Path, what: str, where: str) -> None:
        """Ids of a list of things do not repeat."""
        seen: set[str] = set()
        for i, name in enumerate(names):
            if name in seen:
                self.complain((*path, i, "id"), f"{where}: {name}", f"a second {what} with the id {name}")
            seen.add(name)


def check(scenario: schema.Scenario, place: PlaceOf, names: Names | None = None) -> list[Complaint]:
    """Every complaint, errors and warnings, about a scenario whose parts satisfy the schema.

    ``place`` finds the place of a path in the merged scenario (keys and indices as in the files; a last step
    ``[key]`` means the key itself). ``names`` says what exists where the scenario holds only part of it.
    """
    names = names or Names.of(scenario.model_dump(by_alias=True))
    return check_domain(scenario.domain, place, names) + check_scenario(scenario, place, names)


# --- the domain ---------------------------------------------------------------------------


def check_domain(domain: schema.Domain, place: PlaceOf, names: Names) -> list[Complaint]:
    """The part of :func:`check` that no scenario changes."""
    c = _Checker(domain, place, names)
    _issues(c)
    _evidence(c)
    for name, party in domain.positions.items():
        _party(c, name, party)
    _alliances(c)
    return c.found


def _issues(c: _Checker) -> None:
    content = c.domain.issues
    for issue, its in content.issues.items():
        path: Path = (*_ISSUES, "issues", issue)
        if issue in (*RESERVED_ISSUES, "context"):
            c.complain(
                (*path, "[key]"), f"issues: {issue}", f"{issue} is a word of the format, not a name for an issue"
            )
        for option in its.options:
            if option in (schema.REST, "open", "unknown"):
                what = f"{option} is a word of the format, not a name for an option"
                c.complain((*path, "options", option, "[key]"), f"issues: {issue}: {option}", what)
    c.once([k.id for k in content.constraints], (*_ISSUES, "constraints"), "constraint", "constraints")
    for i, constraint in enumerate(content.constraints):
        path, where = (*_ISSUES, "constraints", i), f"constraints: {constraint.id}"
        c.terms((*path, "if"), f"{where}: if", constraint.when)
        c.terms((*path, "then"), f"{where}: then", constraint.then)
        c.cited((*path, "evidence"), f"{where}: evidence", constraint.evidence)
    c.once([e.id for e in content.effects], (*_ISSUES, "effects"), "effect", "effects")
    for i, effect in enumerate(content.effects):
        path, where = (*_ISSUES, "effects", i), f"effects: {effect.id}"
        c.terms((*path, "if"), f"{where}: if", effect.when)
        c.package((*path, "then"), f"{where}: then", effect.then)
        for k, party in enumerate(effect.parties or ()):
            c.known((*path, "parties", k), f"{where}: parties", party, c.names.parties, "party")
        c.proof(path, where, effect.basis, effect.evidence)
    no_deal: Path = (*_ISSUES, "no_deal")
    if content.no_deal.turning_issue is not None:
        c.issue((*no_deal, "turning_issue"), "no_deal: turning_issue", content.no_deal.turning_issue)
    days: dict[dt.date, str] = {}
    for name, lottery in content.no_deal.lotteries.items():
        path, where = (*no_deal, "lotteries", name), f"no_deal: {name}"
        if lottery.start in days:
            what = f"the lottery {days[lottery.start]} is from {lottery.start} too; nothing says which is in force"
            c.complain((*path, "from"), f"{where}: from", what)
        days.setdefault(lottery.start, name)
        for outcome, package in lottery.outcomes.items():
            c.package((*path, "outcomes", outcome), f"{where}: {outcome}", package)
        c.proof(path, where, lottery.basis, lottery.evidence)
        c.young((*path, "evidence"), f"{where}: evidence", lottery.evidence, lottery.start, lottery.note)


def _evidence(c: _Checker) -> None:
    sources = c.domain.sources.sources
    path: Path = ("domain", "evidence")
    c.once([row.id for row in c.domain.evidence], path, "row", "evidence")
    issues = None if c.names.issues is None else [*c.names.issues, "context"]
    for i, row in enumerate(c.domain.evidence):
        here, where = (*path, i), f"evidence: {row.id}"
        c.known((*here, "party"), f"{where}: party", row.party, c.names.actors, "actor")
        c.known((*here, "issue"), f"{where}: issue", row.issue, issues, "issue")
        if not c.known((*here, "source"), f"{where}: source", row.source, c.names.sources, "source"):
            continue
        source = sources.get(row.source)
        if source is None:
            continue
        if row.date > source.date:
            what = f"the claim is from {row.date}, after its source, which is from {source.date}"
            c.complain((*here, "date"), f"{where}: date", what, None, "warning")
        if source.file is not None:
            if row.place is None:
                what = f"no place in {source.file} is given"
                c.complain((*here, "place"), f"{where}: place", what, "write p2.s3: second paragraph, third sentence")
                continue
            try:
                parse_places(row.place)
            except ValueError as error:
                c.complain((*here, "place"), f"{where}: place", str(error))


def _party(c: _Checker, name: str, party: schema.Party) -> None:
    path: Path = (*_POSITIONS, name)
    if name in RESERVED_PARTIES:
        c.complain((*path, "id"), f"{name}: id", f"{name} is a word of the format, not a name for a party")
    elif party.id != name:
        what = f"the id {party.id} differs from the name it is filed under, {name}"
        c.complain((*path, "id"), f"{name}: id", what, f"write id: {name}, or rename the file")
    else:
        what = "actor in sources.yaml called"
        c.known((*path, "id"), f"{name}: id", party.id, c.names.actors, what)
    for i, condition in enumerate(party.consent.when):
        c.terms((*path, "consent", "when", i), f"{name}: consent", condition)
    for issue, entries in party.positions.items():
        here = (*path, "positions", issue)
        if not c.issue((*here, "[key]"), f"{name}: {issue}", issue):
            continue
        days: set[dt.date] = set()
        for i, entry in enumerate(entries):
            where = f"{name}: {issue}: {entry.start}"
            if entry.start in days:
                c.complain((*here, i, "from"), where, f"a second entry from {entry.start}", "one of them must go")
            days.add(entry.start)
            _position(c, (*here, i), where, name, issue, entry)
    _refusals(c, path, name, party)
    _beliefs(c, path, name, party)


def _position(c: _Checker, path: Path, where: str, party: str, issue: str, entry: schema.Position) -> None:
    if entry.ranking is not None:
        _ranking(c, (*path, "ranking"), f"{where}: ranking", issue, entry.ranking)
    if entry.values is not None:
        options = c.options(issue)
        known = [c.option((*path, "values", o, "[key]"), f"{where}: values", issue, o) for o in entry.values]
        missing = [o for o in options or () if o not in entry.values]
        if missing and all(known):
            c.complain((*path, "values"), f"{where}: values", f"no value for {', '.join(missing)}")
    stakeless = entry.importance == "none"
    if stakeless and entry.red_lines:
        what = "a red line on an issue of importance none"
        c.complain((*path, "red_lines", 0), f"{where}: red_lines", what, "give an importance, or drop the red line")
    drawn: set[str] = set()
    for i, line in enumerate(entry.red_lines):
        here, at = (*path, "red_lines", i), f"{where}: red_lines: {line.option}"
        if c.option((*here, "option"), at, issue, line.option):
            if line.option in drawn:
                c.complain((*here, "option"), at, f"a second red line on {line.option}")
            drawn.add(line.option)
        c.proof(here, at, line.basis, line.evidence)
        c.young((*here, "evidence"), at, line.evidence, entry.start, line.note or entry.note)
        c.poll(here, at, line.holds, line.evidence)
        rows = [c.rows[k] for k in line.evidence if k in c.rows]
        if line.basis == "stated" and rows and len(rows) == len(line.evidence):
            firm = [r for r in rows if r.strength in ("red_line", "firm")]
            own = [r for r in firm if r.party == party]
            if not any(r.attribution != "expert" for r in own):
                if not firm:
                    why = "none of its rows has strength red_line or firm"
                elif not own:
                    why = f"its rows of strength red_line or firm are not {party}'s"
                else:
                    why = "its rows of strength red_line or firm are an expert's, not the party's"
                what = f"a stated red line needs the party's own red-line or must wording: {why}"
                c.complain((*here, "basis"), f"{at}: basis", what, "write inferred, or cite the row that says it")
    cited = entry.evidence
    whole = cited.ranking == cited.importance
    for aspect, ids in (("ranking", cited.ranking), ("importance", cited.importance)):
        if not (whole and aspect == "importance"):
            at = f"{where}: evidence" if whole else f"{where}: evidence: {aspect}"
            c.cited((*path, "evidence", aspect), at, ids)
    bare = [
        (aspect, basis)
        for aspect, basis, ids in (
            ("ranking", entry.basis.ranking, cited.ranking),
            ("importance", entry.basis.importance, cited.importance),
        )
        if basis in ("stated", "inferred") and not ids
    ]
    if len(bare) == 2 and bare[0][1] == bare[1][1]:
        c.unproven((*path, "basis"), f"{where}: basis", bare[0][1])
    else:
        for aspect, basis in bare:
            c.unproven((*path, "basis", aspect), f"{where}: basis: {aspect}", basis)
    c.young((*path, "evidence"), f"{where}: evidence", cited.all, entry.start, entry.note)


def _ranking(c: _Checker, path: Path, where: str, issue: str, ranking: tuple[schema.Level, ...]) -> None:
    seen: set[str] = set()
    known = True
    rest: Path | None = None
    for i, level in enumerate(ranking):
        for k, option in enumerate(level):
            here = (*path, i, k)
            if option == schema.REST:
                if rest is not None:
                    c.complain(here, where, "rest stands here twice")
                elif len(level) > 1:
                    c.complain(here, where, "rest cannot be tied with an option", "make rest a level of its own")
                rest = rest or here
                continue
            if option in seen:
                c.complain(here, where, f"the option {option} stands here twice")
            seen.add(option)
            known &= c.option(here, where, issue, option)
    options = c.options(issue)
    if rest is not None and known and options is not None and len(options) > 0 and not set(options) - seen:
        c.complain(rest, where, f"rest stands for nothing: all options of {issue} are named")


def _refusals(c: _Checker, path: Path, name: str, party: schema.Party) -> None:
    c.once([r.id for r in party.refuses], (*path, "refuses"), "refusal", f"{name}: refuses")
    for i, refusal in enumerate(party.refuses):
        here, where = (*path, "refuses", i), f"{name}: refuses: {refusal.id}"
        c.terms((*here, "if"), f"{where}: if", refusal.when)
        c.proof(here, where, refusal.basis, refusal.evidence)
        c.poll(here, where, refusal.holds, refusal.evidence)
        if refusal.until is not None and refusal.until < refusal.start:
            c.complain(
                (*here, "until"), f"{where}: until", f"ends on {refusal.until}, before it begins on {refusal.start}"
            )


def _beliefs(c: _Checker, path: Path, name: str, party: schema.Party) -> None:
    for lottery, beliefs in party.no_deal.beliefs.items():
        here, where = (*path, "no_deal", "beliefs", lottery), f"{name}: no_deal: {lottery}"
        lotteries = c.names.lotteries
        if not c.known((*here, "[key]"), where, lottery, lotteries, "lottery of no deal called"):
            continue
        outcomes = None if lotteries is None else lotteries[lottery]
        known = True
        for outcome in beliefs.ranges:
            if outcomes and outcome not in outcomes:
                hint = did_you_mean(outcome, outcomes)
                c.complain((*here, "ranges", outcome, "[key]"), where, f"the lottery has no outcome {outcome}", hint)
                known = False
        if outcomes and known:
            low, high = _sums([beliefs.ranges.get(o, schema.Span(0, 1)) for o in outcomes])
            if low > 1 + EPSILON:
                c.complain((*here, "ranges"), where, f"the beliefs cannot sum to 1: they add up to at least {low:g}")
            elif high < 1 - EPSILON:
                c.complain((*here, "ranges"), where, f"the beliefs cannot sum to 1: they add up to at most {high:g}")
        c.proof(here, where, beliefs.basis, beliefs.evidence)
        its = c.domain.issues.no_deal.lotteries.get(lottery)
        if its is not None:
            c.young((*here, "evidence"), f"{where}: evidence", beliefs.evidence, its.start, beliefs.note)


def _sums(spans: Iterable[schema.Span]) -> tuple[float, float]:
    ends = list(spans)
    return sum(s.low for s in ends), sum(s.high for s in ends)


def _alliances(c: _Checker) -> None:
    parties = c.domain.positions
    reported: set[frozenset[str]] = set()
    for name, party in parties.items():
        for i, member in enumerate(party.members):
            path, where = (*_POSITIONS, name, "members", i), f"{name}: members"
            if not c.known(path, where, member, c.names.parties, "party"):
                continue
            if member in party.members[:i]:
                c.complain(path, where, f"{member} stands here twice")
                continue
            # follow the members' members back to this party
            reached, todo = {member}, [member]
            while todo:
                under = parties.get(todo.pop())
                for further in under.members if under else ():
                    if further not in reached:
                        reached.add(further)
                        todo.append(further)
            cycle = frozenset(n for n in (*reached, name) if name in _reach(parties, n) or n == name)
            if name in reached and cycle not in reported:
                reported.add(cycle)
                what = (
                    f"{name} is a member of itself"
                    if member == name
                    else f"{name} is a member of itself by way of {member}"
                )
                c.complain(path, where, what)


def _reach(parties: Mapping[str, schema.Party], start: str) -> set[str]:
    reached: set[str] = set()
    todo = [start]
    while todo:
        party = parties.get(todo.pop())
        for member in party.members if party else ():
            if member not in reached:
                reached.add(member)
                todo.append(member)
    return reached


# --- the scenario -------------------------------------------------------------------------


def check_scenario(scenario: schema.Scenario, place: PlaceOf, names: Names) -> list[Complaint]:
    """The part of :func:`check` that belongs to one scenario: its proposal, and what is in force on its day."""
    c = _Checker(scenario.domain, place, names)
    _terms(c, scenario)
    _constraints(c, scenario)
    if scenario.day != NO_DAY:
        _no_deal(c, scenario)
        for name, party in scenario.domain.positions.items():
            _weights(c, name, party, scenario.day)
    _open_issues(c, scenario)
    return c.found


def _terms(c: _Checker, scenario: schema.Scenario) -> None:
    proposal = scenario.proposal
    path: Path = ("proposal", "terms")
    for issue, term in proposal.terms.items():
        where = f"proposal: {issue}"
        if not c.issue((*path, issue, "[key]"), where, issue):
            continue
        if term.option is not None:
            c.option((*path, issue, "option"), where, issue, term.option)
        c.proof((*path, issue), where, term.basis, term.evidence)
    if c.names.issues is not None:
        given = set(c.names.terms or ()) | set(proposal.terms)
        missing = [i for i in c.names.issues if i not in given]
        # a misspelt issue is one mistake: it is complained about where it stands
        strange = [i for i in given if i not in c.names.issues]
        missing = [i for i in missing if not any(did_you_mean(s, [i], most=0) for s in strange)]
        if missing:
            what = f"no term for {', '.join(missing)}"
            c.complain(path, "proposal: terms", what, "every issue of the domain needs a term; it may be open: true")
    for i, actor in enumerate(proposal.consent_not_modelled):
        here: Path = ("proposal", "consent_not_modelled", i)
        where = "proposal: consent_not_modelled"
        if not c.known(here, where, actor, c.names.actors, "actor"):
            continue
        if actor in proposal.consent_not_modelled[:i]:
            c.complain(here, where, f"{actor} stands here twice")
        elif actor in (c.names.parties or ()):
            c.complain(here, where, f"{actor} has positions, so its consent is modelled")


def _constraints(c: _Checker, scenario: schema.Scenario) -> None:
    terms = scenario.proposal.terms
    package = {issue: term.option for issue, term in terms.items() if term.option is not None}
    for constraint in scenario.domain.issues.constraints:
        if not constraint.broken_by(package):
            continue
        cause = next(iter(constraint.when))
        broken = next(i for i, allowed in constraint.then.items() if i in package and package[i] not in allowed)
        if any(o not in (c.options(i) or (o,)) for i, o in ((cause, package[cause]), (broken, package[broken]))):
            continue  # an unknown option has been complained about
        what = (
            f"breaks the {constraint.severity} constraint {constraint.id}: {cause} is {package[cause]}, "
            f"so {broken} cannot be {package[broken]} (allowed: {', '.join(constraint.then[broken])})"
        )
        hard = constraint.severity == "hard"
        path: Path = ("proposal", "terms", cause)
        c.complain(path, f"proposal: {cause}", what, constraint.why, "error" if hard else "warning")


def _no_deal(c: _Checker, scenario: schema.Scenario) -> None:
    lotteries = scenario.domain.issues.no_deal.lotteries
    if scenario.no_deal is not None:
        c.known(("no_deal",), "no_deal", scenario.no_deal, c.names.lotteries, "lottery of no deal called")
        return
    without = [n for n, p in scenario.domain.positions.items() if p.reservation is None]
    if not without or c.names.lotteries is None or len(lotteries) < len(c.names.lotteries):
        return
    if not lotteries:
        has = "has" if len(without) == 1 else "have"
        what = f"the domain says nothing of no deal, and {', '.join(without)} {has} no reservation"
        hint = "add no_deal: lotteries to issues.yaml, or reservation to the party"
        c.complain((*_ISSUES, "no_deal"), "no_deal", what, hint)
        return
    if all(lottery.start > scenario.day for lottery in lotteries.values()):
        name = min(lotteries, key=lambda n: lotteries[n].start)
        what = f"no lottery of no deal is in force on {scenario.day}; the earliest, {name}, is used"
        c.complain(("proposal", "date"), "no_deal", what, f"write no_deal: {_quote(name)} to choose it", "warning")


def _quote(name: str) -> str:
    return f'"{name}"' if name.isdigit() else name


def _weights(c: _Checker, name: str, party: schema.Party, day: dt.date) -> None:
    """Weights given in numbers leave room for the others and can sum to 1 on the day."""
    given: dict[str, schema.Span] = {}
    first: Path | None = None
    drawn = False
    for issue in c.domain.issues.issues:
        entries = party.positions.get(issue, ())
        past = [(entry.start, i) for i, entry in enumerate(entries) if entry.start <= day]
        if not past:
            drawn = True
            continue
        index = max(past)[1]
        entry = entries[index]
        if entry.weight is not None:
            given[issue] = entry.weight
            first = first or (*_POSITIONS, name, "positions", issue, index, "weight")
        elif entry.importance == "none":
            given[issue] = schema.Span(0, 0)
        else:
            drawn = True
    low, high = _sums(given.values())
    where = f"{name}: weight"
    if first is None:
        if not drawn and given:
            what = f"every issue has importance none on {day}: nothing is left to weigh"
            c.complain((*_POSITIONS, name, "positions"), f"{name}: importance", what)
        return
    if low > 1 + EPSILON:
        c.complain(first, where, f"the weights in force on {day} cannot sum to 1: they add up to at least {low:g}")
    elif drawn and low > 1 - EPSILON:
        what = f"the weights in force on {day} add up to {low:g} and leave nothing for the issues without one"
        c.complain(first, where, what)
    elif not drawn and high < 1 - EPSILON:
        c.complain(first, where, f"the weights in force on {day} cannot sum to 1: they add up to at most {high:g}")


def _open_issues(c: _Checker, scenario: schema.Scenario) -> None:
    """An open issue stays as no deal leaves it, and a numeric reservation does not say how that is."""
    fixed = [name for name, party in scenario.domain.positions.items() if party.reservation is not None]
    for issue, term in scenario.proposal.terms.items():
        if term.open and fixed and issue in (c.names.issues or (issue,)):
            has = "has" if len(fixed) == 1 else "have"
            what = f"{issue} is open, and {', '.join(fixed)} {has} a reservation in numbers"
            hint = "close the issue, or describe no deal by outcomes: an open issue stays as no deal leaves it"
            c.complain(("proposal", "terms", issue, "open"), f"proposal: {issue}", what, hint)
