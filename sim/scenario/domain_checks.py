"""Rules of a domain: the names its files use of each other exist, claims cite evidence, beliefs can sum.

No scenario changes what is checked here, so it is checked once for all scenarios that share the domain.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial

from sim.files.complaints import Complaint, did_you_mean
from sim.files.grammar import ending, listed
from sim.files.nodes import Node, TreePath
from sim.scenario import schema
from sim.scenario.checker import (
    EPSILON,
    ISSUES,
    POSITIONS,
    Checker,
    Checks,
    KnownNames,
    PartChecker,
    PlaceOf,
    Spot,
    locate,
    sums,
)
from sim.scenario.edit_paths import RESERVED_ISSUES, RESERVED_PARTIES
from sim.scenario.evidence import parse_places
from sim.scenario.fields import Level


def check_domain(
    domain: schema.Domain, place: PlaceOf, names: KnownNames, known: Checks | None = None
) -> list[Complaint]:
    """Every complaint, errors and warnings, about a domain whose parts satisfy the schema.

    ``place`` finds the place of a path in the merged scenario (keys and indices as in the files; a last step
    ``[key]`` means the key itself). ``names`` says what exists, also where the scenario holds only part of it. Parts
    that stand in ``known`` with the same surroundings are not checked again.
    """
    c = PartChecker(domain, place, names, known)
    c.part(lambda: _issues(c), ("issues",))
    c.part(lambda: _evidence(c), ("evidence",))
    for name, party in domain.positions.items():
        c.part(partial(_party, c, name, party), ("party", name), party)
    _alliances(c)
    return c.complaints


def _issues(c: Checker) -> None:
    content = c.domain.issues
    for issue, its in content.issues.items():
        spot = Spot((*ISSUES, "issues", issue), f"issues: {issue}")
        if issue in (*RESERVED_ISSUES, "context"):
            what = f"{issue} is a word of the format, not a name for an issue"
            c.complain(spot.key, what)
        if its.default is not None:
            c.option(spot / "default", issue, its.default, also=("open",))
        elif its.since is not None:
            what = "an issue that begins on a day needs a default, for texts that do not name it"
            c.complain(spot / "since", what, "write default: open, or one of its options", code="missing_key")
        for option in its.options:
            if option in (schema.REST, "open", "unknown"):
                what = f"{option} is a word of the format, not a name for an option"
                c.complain((spot.at("options") / option).key, what)
    constraints, effects = (Spot((*ISSUES, key), key) for key in ("constraints", "effects"))
    for spot, constraint in c.each(constraints, content.constraints, "constraint"):
        c.terms(spot / "if", constraint.when)
        c.terms(spot / "then", constraint.then)
        c.cited(spot / "evidence", constraint.evidence)
    for spot, effect in c.each(effects, content.effects, "effect"):
        c.terms(spot / "if", effect.when)
        c.package(spot / "then", effect.then)
        for k, party in enumerate(effect.parties or ()):
            c.known((spot / "parties").at(k), party, c.names.parties, "party")
        c.proof(spot, effect.basis, effect.evidence)
    no_deal = Spot((*ISSUES, "no_deal"), "no_deal")
    if content.no_deal.turning_issue is not None:
        c.issue(no_deal / "turning_issue", content.no_deal.turning_issue)
    days: dict[dt.date, str] = {}
    for name, lottery in content.no_deal.lotteries.items():
        spot = no_deal.at("lotteries") / name
        if lottery.start in days:
            what = f"the lottery {days[lottery.start]} is from {lottery.start} too; nothing says which is in force"
            c.complain(spot / "from", what)
        days.setdefault(lottery.start, name)
        for outcome, package in lottery.outcomes.items():
            here = spot.at("outcomes") / outcome
            c.package(here, package)
            for effect in content.effects:
                if _changes(effect, package):
                    what = f"the effect {effect.id} would change it, but effects are for texts"
                    c.complain(here, what, "write the outcome as the parties see it")
        c.proof(spot, lottery.basis, lottery.evidence)
        c.young(spot / "evidence", lottery.evidence, lottery.start, lottery.note)


def _changes(effect: schema.Effect, package: Mapping[str, str]) -> bool:
    """Whether the effect's condition holds in an outcome and its result is not there already."""
    holds = all(package.get(issue) in options for issue, options in effect.when.items())
    return holds and any(package.get(issue, option) != option for issue, option in effect.then.items())


def _evidence(c: Checker) -> None:
    sources = c.domain.sources.sources
    table = Spot(("domain", "evidence"), "evidence")
    issues = None if c.names.issues is None else [*c.names.issues, "context"]
    for spot, row in c.each(table, c.domain.evidence, "row"):
        c.known(spot / "party", row.party, c.names.actors, "actor")
        c.known(spot / "issue", row.issue, issues, "issue")
        if not c.known(spot / "source", row.source, c.names.sources, "source"):
            continue
        source = sources.get(row.source)
        if source is None:
            continue
        if row.date > source.date:
            what = f"the claim is from {row.date}, after its source, which is from {source.date}"
            c.complain(spot / "date", what, None, "warning", code="evidence")
        if source.file is not None:
            if row.place is None:
                what = f"no place in {source.file} is given"
                c.complain(spot / "place", what, "write p2.s3: second paragraph, third sentence", code="evidence")
                continue
            try:
                parse_places(row.place)
            except ValueError as error:
                c.complain(spot / "place", str(error), code="evidence")


def _party(c: PartChecker, name: str, party: schema.Party) -> None:
    spot = Spot((*POSITIONS, name), name)
    if name in RESERVED_PARTIES:
        c.complain(spot / "id", f"{name} is a word of the format, not a name for a party")
    elif party.id != name:
        what = f"the id {party.id} differs from the name it is filed under, {name}"
        c.complain(spot / "id", what, f"write id: {name}, or rename the file")
    else:
        # where there are no actors at all, there is no register yet
        c.known(spot / "id", party.id, c.names.actors or None, "actor in sources.yaml called")
    if party.decides is not None and party.role != "ratifier":
        what = f"decides is for a ratifier, whose yes the people give; {name} is of role {party.role}"
        c.complain((spot / "decides").key, what, "write role: ratifier, or delete decides")
    for i, condition in enumerate(party.consent.when):
        c.terms((spot / "consent").at("when", i), condition)
    for issue, entries in party.positions.items():
        here = spot.at("positions") / issue
        c.part(partial(_cell, c, here, name, issue, entries), ("cell", name, issue), *entries)
    c.part(partial(_refusals, c, spot, party), ("refuses", name), *party.refuses)
    c.part(partial(_demands, c, spot, party), ("asks", name), *party.asks)
    _beliefs(c, spot / "no_deal", party)


def _cell(c: PartChecker, spot: Spot, party: str, issue: str, entries: Sequence[schema.Position]) -> None:
    if not c.issue(spot.key, issue):
        return
    days: set[dt.date] = set()
    for i, entry in enumerate(entries):
        here = spot.item(i, entry.start)
        if entry.start in days:
            c.complain(here.at("from"), f"a second entry from {entry.start}", "one of them must go", code="twice")
        days.add(entry.start)
        c.part(partial(_position, c, here, party, issue, entry), ("position", party, issue, i), entry)


def _position(c: Checker, spot: Spot, party: str, issue: str, entry: schema.Position) -> None:
    if entry.ranking is not None:
        _ranking(c, spot / "ranking", issue, entry.ranking)
    if entry.values is not None:
        here = spot / "values"
        known = [c.option(here.at(o, "[key]"), issue, o) for o in entry.values]
        missing = [o for o in c.options(issue) or () if o not in entry.values]
        if missing and all(known):
            c.complain(here, f"no value for {', '.join(missing)}")
    placed = {*(entry.values or ()), *(o for level in entry.ranking or () for o in level)}
    for k, option in enumerate(entry.assumed):
        here = (spot / "assumed").at(k)
        if c.option(here, issue, option) and option not in placed:
            what = f"{option} has no place in the ranking that could be assumed"
            c.complain(here, what, "rank it, or leave it out here")
    if entry.importance == "none" and entry.red_lines:
        what = "a red line on an issue of importance none"
        c.complain((spot / "red_lines").at(0), what, "give an importance, or drop the red line")
    drawn: set[str] = set()
    for i, line in enumerate(entry.red_lines):
        here = (spot / "red_lines").item(i, line.option)
        if c.option(here.at("option"), issue, line.option):
            if line.option in drawn:
                c.complain(here.at("option"), f"a second red line on {line.option}", code="twice")
            drawn.add(line.option)
        if line.like is not None:
            c.option(here / "like", issue, line.like)
        c.proof(here, line.basis, line.evidence)
        c.young(here.at("evidence"), line.evidence, entry.start, line.note or entry.note)
        if not _follows(line):
            c.poll(here, line.holds, line.evidence)
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
                c.complain(here / "basis", what, "write inferred, or cite the row that says it", code="evidence")
    cited = entry.evidence
    if cited.ranking == cited.importance:
        c.cited((spot / "evidence").at("ranking"), cited.ranking)
    else:
        c.cited(spot / "evidence" / "ranking", cited.ranking)
        c.cited(spot / "evidence" / "importance", cited.importance)
    bases, ids = dict(entry.basis), dict(cited)
    bare = {aspect: basis for aspect, basis in bases.items() if basis in ("stated", "inferred") and not ids[aspect]}
    if len(bare) == 2 and entry.basis.ranking == entry.basis.importance:
        c.unproven(spot / "basis", entry.basis.ranking)
    else:
        for aspect, basis in bare.items():
            c.unproven(spot / "basis" / aspect, basis)
    c.young(spot / "evidence", cited.all, entry.start, entry.note)
    _searched(c, spot / "searched", entry)


def _searched(c: Checker, spot: Spot, entry: schema.Position) -> None:
    """The day of the last search is not before what was found, and hardly before what it is about begins.

    Whether it lies in the future is not asked: a file's faults do not hang on the day on which it is read.
    """
    if entry.searched is None:
        return
    ids = dict.fromkeys((*entry.evidence.all, *(id for line in entry.red_lines for id in line.evidence)))
    late = [id for id in ids if id in c.rows and c.rows[id].date > entry.searched]
    if late:
        newest, are = max(c.rows[id].date for id in late), ending(len(late), "is", "are")
        what = f"last looked for on {entry.searched}, but {listed(late)} {are} from after that day"
        c.complain(spot, what, f"write the day of the latest search, {newest} or later", code="evidence")
    elif entry.searched < entry.start:
        what = f"last looked for on {entry.searched}, before the entry begins on {entry.start}"
        c.complain(spot, what, "what was said between the two was not looked for", "warning", code="evidence")


def _follows(line: schema.RedLine | schema.Refusal) -> bool:
    """Whether the share of a line is an edit's or that of the line it is like, and so needs no poll of its own."""
    return line.basis == "edited" or (line.basis == "assumed" and line.like is not None)


def _ranking(c: Checker, spot: Spot, issue: str, ranking: tuple[Level, ...]) -> None:
    seen: set[str] = set()
    known = True
    rest: Spot | None = None
    for i, level in enumerate(ranking):
        for k, option in enumerate(level):
            here = spot.at(i, k)
            if option == schema.REST:
                if rest is not None:
                    c.complain(here, "rest stands here twice", code="twice")
                elif len(level) > 1:
                    c.complain(here, "rest cannot be tied with an option", "make rest a level of its own")
                rest = rest or here
                continue
            if option in seen:
                c.complain(here, f"the option {option} stands here twice", code="twice")
            seen.add(option)
            known &= c.option(here, issue, option)
    options = c.options(issue)
    if rest is not None and known and options and not set(options) - seen:
        c.complain(rest, f"rest stands for nothing: all options of {issue} are named")


def _refusals(c: Checker, party: Spot, content: schema.Party) -> None:
    ids = [refusal.id for refusal in content.refuses]
    for here, refusal in c.each(party / "refuses", content.refuses, "refusal"):
        c.terms(here / "if", refusal.when)
        c.proof(here, refusal.basis, refusal.evidence)
        if not _follows(refusal):
            c.poll(here, refusal.holds, refusal.evidence)
        if refusal.like is not None and refusal.like not in ids:
            c.complain(
                here / "like",
                f"{party.where} has no refusal {refusal.like}",
                did_you_mean(refusal.like, ids),
                code="unknown_name",
            )
        if refusal.until is not None and refusal.until < refusal.start:
            c.complain(here / "until", f"ends on {refusal.until}, before it begins on {refusal.start}")


#: Strengths of claims in which a party asks for something.
ASKING = ("demand", "firm", "red_line")


def _demands(c: Checker, party: Spot, content: schema.Party) -> None:
    for here, demand in c.each(party / "asks", content.asks, "demand"):
        c.terms(here / "for", demand.terms)
        for issue, options in demand.terms.items():
            every = c.options(issue)
            if every and {*options} >= {*every}:
                what = f"every option of {issue} is enough, so nothing is asked for"
                c.complain((here / "for") / issue, what, "leave out the options that would not be enough")
        c.proof(here, demand.basis, demand.evidence)
        _asked_for(c, here, content.id, demand)
        if demand.until is not None and demand.until < demand.start:
            c.complain(here / "until", f"ends on {demand.until}, before it begins on {demand.start}")


def _asked_for(c: Checker, here: Spot, party: str, demand: schema.Demand) -> None:
    """A stated demand rests on the party's own words; an assumed one is told of a domain without sources alone."""
    if demand.basis == "assumed" and c.rows:
        what = "an assumed demand in a domain with sources is told nowhere"
        c.complain(here / "basis", what, "cite who asks for it, or leave it out", "warning", code="evidence")
    rows = [c.rows[k] for k in demand.evidence if k in c.rows]
    asking = [r for r in rows if r.party == party and r.strength in ASKING and r.attribution != "expert"]
    if demand.basis == "stated" and rows and len(rows) == len(demand.evidence) and not asking:
        what = f"a stated demand needs a row of {party}'s own of strength {listed(ASKING, 'or')}"
        c.complain(here / "basis", what, "write inferred, or cite the row that says it", code="evidence")


def _beliefs(c: Checker, spot: Spot, party: schema.Party) -> None:
    for lottery, beliefs in party.no_deal.beliefs.items():
        here, lotteries = spot.at("beliefs") / lottery, c.names.lotteries
        if not c.known(here.key, lottery, lotteries, "lottery of no deal called"):
            continue
        outcomes = None if lotteries is None else lotteries[lottery]
        known = True
        for outcome in beliefs.ranges:
            if outcomes and outcome not in outcomes:
                hint = did_you_mean(outcome, outcomes)
                c.complain(
                    here.at("ranges", outcome, "[key]"),
                    f"the lottery has no outcome {outcome}",
                    hint,
                    code="unknown_name",
                )
                known = False
        if outcomes and known:
            low, high = sums([beliefs.ranges.get(o, schema.Span(0, 1)) for o in outcomes])
            if low > 1 + EPSILON or high < 1 - EPSILON:
                ranges = here.at("ranges")
                # an edit of one outcome is to blame before the file that it edits
                file = c.place(ranges.path).file
                edited = [o for o in beliefs.ranges if c.place((*ranges.path, o)).file != file]
                sum_of = f"at least {low:g}" if low > 1 else f"at most {high:g}"
                what = f"the beliefs cannot sum to 1: they add up to {sum_of}"
                c.complain(ranges.at(*edited[:1]), what, _others(beliefs, outcomes, edited), code="ranges")
        c.proof(here, beliefs.basis, beliefs.evidence)
        its = c.domain.issues.no_deal.lotteries.get(lottery)
        if its is not None:
            c.young(here / "evidence", beliefs.evidence, its.start, beliefs.note)


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
            spot = (Spot((*POSITIONS, name), name) / "members").at(i)
            if not c.known(spot, member, c.names.parties, "party"):
                continue
            if member in party.members[:i]:
                c.complain(spot, f"{member} stands here twice", code="twice")
                continue
            reached = {member} | _reach(parties, member)
            cycle = frozenset(n for n in (*reached, name) if name in _reach(parties, n) or n == name)
            if name in reached and cycle not in reported:
                reported.add(cycle)
                detour = "" if member == name else f" by way of {member}"
                c.complain(spot, f"{name} is a member of itself{detour}")


def _reach(parties: Mapping[str, schema.Party], start: str) -> set[str]:
    """The members of an alliance, their members, and so on."""
    reached: set[str] = set()
    todo = [start]
    while todo:
        party = parties.get(todo.pop())
        for member in party.members if party else ():
            if member not in reached:
                reached.add(member)
                todo.append(member)
    return reached


def no_voters(tree: Node, path: TreePath, name: str, party: object) -> list[Complaint]:
    """Complaints about shares of voters on lines of a party that does not decide by them.

    Only in the files of a domain: a run that was saved before parties could decide so keeps its one voter drawn by lot,
    and an edit says for itself what the chance is that a line binds.
    """
    if not isinstance(party, schema.Party) or party.decides is not None:
        return []
    lines: list[tuple[TreePath, str]] = [
        ((*path, "positions", issue, i, "red_lines", k, "holds"), f"{issue}: {entry.start}: red_lines: {line.option}")
        for issue, entries in party.positions.items()
        for i, entry in enumerate(entries)
        for k, line in enumerate(entry.red_lines)
        if line.holds is not None
    ]
    lines += [
        ((*path, "refuses", i, "holds"), f"refuses: {refusal.id}")
        for i, refusal in enumerate(party.refuses)
        if refusal.holds is not None
    ]
    what = f"a share of voters, but {name} does not decide by voters"
    hint = "delete holds, or let a ratifier decide: {by: majority, of: voters, quota: 0.5}"
    return [Complaint(locate(tree, at), f"{name}: {where}: holds", what, hint, code="evidence") for at, where in lines]
