"""Rules of a domain: the names its files use of each other exist, claims cite evidence, beliefs can sum.

No scenario changes what is checked here, so it is checked once for all scenarios that share the domain.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sim.files.complaints import Complaint, did_you_mean
from sim.files.grammar import listed
from sim.scenario import schema
from sim.scenario.checker import EPSILON, ISSUES, POSITIONS, Checker, Names, Path, PlaceOf, sums
from sim.scenario.edit_paths import RESERVED_ISSUES, RESERVED_PARTIES
from sim.scenario.evidence import parse_places


def check_domain(domain: schema.Domain, place: PlaceOf, names: Names) -> list[Complaint]:
    """Every complaint about a domain whose parts satisfy the schema; arguments as for
    :func:`sim.scenario.checks.check`."""
    c = Checker(domain, place, names)
    _issues(c)
    _evidence(c)
    for name, party in domain.positions.items():
        _party(c, name, party)
    _alliances(c)
    return c.found


def _issues(c: Checker) -> None:
    content = c.domain.issues
    for issue, its in content.issues.items():
        path: Path = (*ISSUES, "issues", issue)
        if issue in (*RESERVED_ISSUES, "context"):
            c.complain(
                (*path, "[key]"), f"issues: {issue}", f"{issue} is a word of the format, not a name for an issue"
            )
        if its.default is not None:
            c.option((*path, "default"), f"issues: {issue}: default", issue, its.default, also=("open",))
        for option in its.options:
            if option in (schema.REST, "open", "unknown"):
                what = f"{option} is a word of the format, not a name for an option"
                c.complain((*path, "options", option, "[key]"), f"issues: {issue}: {option}", what)
    c.once([k.id for k in content.constraints], (*ISSUES, "constraints"), "constraint", "constraints")
    for i, constraint in enumerate(content.constraints):
        path, where = (*ISSUES, "constraints", i), f"constraints: {constraint.id}"
        c.terms((*path, "if"), f"{where}: if", constraint.when)
        c.terms((*path, "then"), f"{where}: then", constraint.then)
        c.cited((*path, "evidence"), f"{where}: evidence", constraint.evidence)
    c.once([e.id for e in content.effects], (*ISSUES, "effects"), "effect", "effects")
    for i, effect in enumerate(content.effects):
        path, where = (*ISSUES, "effects", i), f"effects: {effect.id}"
        c.terms((*path, "if"), f"{where}: if", effect.when)
        c.package((*path, "then"), f"{where}: then", effect.then)
        for k, party in enumerate(effect.parties or ()):
            c.known((*path, "parties", k), f"{where}: parties", party, c.names.parties, "party")
        c.proof(path, where, effect.basis, effect.evidence)
    no_deal: Path = (*ISSUES, "no_deal")
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
            for effect in content.effects:
                if _changes(effect, package):
                    c.complain(
                        (*path, "outcomes", outcome),
                        f"{where}: {outcome}",
                        f"the effect {effect.id} would change it, but effects are for texts",
                        "write the outcome as the parties see it",
                    )
        c.proof(path, where, lottery.basis, lottery.evidence)
        c.young((*path, "evidence"), f"{where}: evidence", lottery.evidence, lottery.start, lottery.note)


def _changes(effect: schema.Effect, package: Mapping[str, str]) -> bool:
    """Whether the effect's condition holds in an outcome and its result is not there already."""
    return all(package.get(issue) in options for issue, options in effect.when.items()) and any(
        package.get(issue, option) != option for issue, option in effect.then.items()
    )


def _evidence(c: Checker) -> None:
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


def _party(c: Checker, name: str, party: schema.Party) -> None:
    path: Path = (*POSITIONS, name)
    if name in RESERVED_PARTIES:
        c.complain((*path, "id"), f"{name}: id", f"{name} is a word of the format, not a name for a party")
    elif party.id != name:
        what = f"the id {party.id} differs from the name it is filed under, {name}"
        c.complain((*path, "id"), f"{name}: id", what, f"write id: {name}, or rename the file")
    else:
        what = "actor in sources.yaml called"
        # where there are no actors at all, there is no register yet
        c.known((*path, "id"), f"{name}: id", party.id, c.names.actors or None, what)
    if party.decides is not None and party.role != "ratifier":
        what = f"decides is for a ratifier, whose yes the people give; {name} is of role {party.role}"
        c.complain((*path, "decides", "[key]"), f"{name}: decides", what, "write role: ratifier, or delete decides")
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


def _position(c: Checker, path: Path, where: str, party: str, issue: str, entry: schema.Position) -> None:
    if entry.ranking is not None:
        _ranking(c, (*path, "ranking"), f"{where}: ranking", issue, entry.ranking)
    if entry.values is not None:
        options = c.options(issue)
        known = [c.option((*path, "values", o, "[key]"), f"{where}: values", issue, o) for o in entry.values]
        missing = [o for o in options or () if o not in entry.values]
        if missing and all(known):
            c.complain((*path, "values"), f"{where}: values", f"no value for {', '.join(missing)}")
    placed = {*(entry.values or ()), *(o for level in entry.ranking or () for o in level)}
    for k, option in enumerate(entry.assumed):
        at = f"{where}: assumed"
        if c.option((*path, "assumed", k), at, issue, option) and option not in placed:
            what = f"{option} has no place in the ranking that could be assumed"
            c.complain((*path, "assumed", k), at, what, "rank it, or leave it out here")
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
        if line.like is not None:
            c.option((*here, "like"), f"{at}: like", issue, line.like)
        c.proof(here, at, line.basis, line.evidence)
        c.young((*here, "evidence"), at, line.evidence, entry.start, line.note or entry.note)
        if not _follows(line):
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
    _searched(c, path, where, entry)


def _searched(c: Checker, path: Path, where: str, entry: schema.Position) -> None:
    """The day of the last search is not before what was found, and hardly before what it is about begins.

    Whether it lies in the future is not asked: a file's faults do not hang on the day on which it is read.
    """
    if entry.searched is None:
        return
    here, at = (*path, "searched"), f"{where}: searched"
    ids = dict.fromkeys((*entry.evidence.all, *(id for line in entry.red_lines for id in line.evidence)))
    late = [id for id in ids if id in c.rows and c.rows[id].date > entry.searched]
    if late:
        verb, newest = "is" if len(late) == 1 else "are", max(c.rows[id].date for id in late)
        what = f"last looked for on {entry.searched}, but {listed(late)} {verb} from after that day"
        c.complain(here, at, what, f"write the day of the latest search, {newest} or later")
    elif entry.searched < entry.start:
        what = f"last looked for on {entry.searched}, before the entry begins on {entry.start}"
        c.complain(here, at, what, "what was said between the two was not looked for", "warning")


def _follows(line: schema.RedLine | schema.Refusal) -> bool:
    """Whether the share of a line is an edit's or that of the line it is like, and so needs no poll of its own."""
    return line.basis == "edited" or (line.basis == "assumed" and line.like is not None)


def _ranking(c: Checker, path: Path, where: str, issue: str, ranking: tuple[schema.Level, ...]) -> None:
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


def _refusals(c: Checker, path: Path, name: str, party: schema.Party) -> None:
    c.once([r.id for r in party.refuses], (*path, "refuses"), "refusal", f"{name}: refuses")
    for i, refusal in enumerate(party.refuses):
        here, where = (*path, "refuses", i), f"{name}: refuses: {refusal.id}"
        c.terms((*here, "if"), f"{where}: if", refusal.when)
        c.proof(here, where, refusal.basis, refusal.evidence)
        if not _follows(refusal):
            c.poll(here, where, refusal.holds, refusal.evidence)
        if refusal.like is not None and refusal.like not in (ids := [r.id for r in party.refuses]):
            what = f"{name} has no refusal {refusal.like}"
            c.complain((*here, "like"), f"{where}: like", what, did_you_mean(refusal.like, ids))
        if refusal.until is not None and refusal.until < refusal.start:
            c.complain(
                (*here, "until"), f"{where}: until", f"ends on {refusal.until}, before it begins on {refusal.start}"
            )


def _beliefs(c: Checker, path: Path, name: str, party: schema.Party) -> None:
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
            low, high = sums([beliefs.ranges.get(o, schema.Span(0, 1)) for o in outcomes])
            if low > 1 + EPSILON or high < 1 - EPSILON:
                path_of: Path = (*here, "ranges")
                # an edit of one outcome is to blame before the file that it edits
                file = c.place(path_of).file
                edited = [o for o in beliefs.ranges if c.place((*path_of, o)).file != file]
                sum_of = f"at least {low:g}" if low > 1 else f"at most {high:g}"
                what = f"the beliefs cannot sum to 1: they add up to {sum_of}"
                c.complain((*path_of, *edited[:1]), where, what, _others(beliefs, outcomes, edited))
        c.proof(here, where, beliefs.basis, beliefs.evidence)
        its = c.domain.issues.no_deal.lotteries.get(lottery)
        if its is not None:
            c.young((*here, "evidence"), f"{where}: evidence", beliefs.evidence, its.start, beliefs.note)


def _others(beliefs: schema.Beliefs, outcomes: Sequence[str], edited: Sequence[str]) -> str:
    """Which ranges of beliefs that cannot sum to 1 to lower or raise, those not edited before the others."""
    ranges = {o: beliefs.ranges.get(o, schema.Span(0, 1)) for o in outcomes}
    lower = sum(span.low for span in ranges.values()) > 1
    ends = {o: span.low if lower else span.high for o, span in ranges.items()}
    movable = {o: end for o, end in ends.items() if o not in edited and (end > 0 if lower else end < 1)}
    left = 1 - sum(end for o, end in ends.items() if o not in movable)
    if not movable or left < 0:
        movable = {o: end for o, end in ends.items() if end > 0}
        left = 1.0
    names = listed([f"{o} (at {'least' if lower else 'most'} {end:g})" for o, end in movable.items()])
    ends_of = "lower the lower ends of" if lower else "raise the upper ends of"
    goal = f"to {left:.6g} or less" if lower else f"to {left:.6g} or more"
    return f"{ends_of} {names} {goal}{' in all' if len(movable) > 1 else ''}"


def _alliances(c: Checker) -> None:
    parties = c.domain.positions
    reported: set[frozenset[str]] = set()
    for name, party in parties.items():
        for i, member in enumerate(party.members):
            path, where = (*POSITIONS, name, "members", i), f"{name}: members"
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
