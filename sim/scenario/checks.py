"""Rules of a scenario as a whole: its names exist, its text breaks no constraint, weights can sum on its day.

The models in :mod:`sim.scenario.schema` check what stands in one place, :mod:`sim.scenario.domain_checks` what
scenarios share; here the proposal is held against both.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sim.files.complaints import Complaint, did_you_mean
from sim.files.grammar import listed
from sim.scenario import schema
from sim.scenario.checker import EPSILON, ISSUES, NO_DAY, POSITIONS, ROUNDED, Checker, Names, Path, PlaceOf, sums
from sim.scenario.domain_checks import check_domain
from sim.scenario.negotiation_checks import check_negotiation


def check(scenario: schema.Scenario, place: PlaceOf, names: Names | None = None) -> list[Complaint]:
    """Every complaint, errors and warnings, about a scenario whose parts satisfy the schema.

    ``place`` finds the place of a path in the merged scenario (keys and indices as in the files; a last step
    ``[key]`` means the key itself). ``names`` says what exists where the scenario holds only part of it.
    """
    names = names or Names.of(scenario.model_dump(by_alias=True))
    return check_domain(scenario.domain, place, names) + check_scenario(scenario, place, names)


def check_scenario(scenario: schema.Scenario, place: PlaceOf, names: Names) -> list[Complaint]:
    """The part of :func:`check` that belongs to one scenario: its proposal, and what is in force on its day."""
    c = Checker(scenario.domain, place, names)
    _terms(c, scenario)
    _constraints(c, scenario)
    if scenario.day != NO_DAY:
        _no_deal(c, scenario, early=_too_early(c, scenario))
        _absence(c, scenario)
        for name, party in scenario.domain.positions.items():
            _weights(c, name, party, scenario.day)
    _open_issues(c, scenario)
    check_negotiation(c, scenario)
    return c.found


def _terms(c: Checker, scenario: schema.Scenario) -> None:
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


def _constraints(c: Checker, scenario: schema.Scenario) -> None:
    terms = scenario.proposal.terms
    package = {issue: term.option for issue, term in terms.items() if term.option is not None}
    for constraint in scenario.domain.issues.constraints:
        if not constraint.broken_by(package):
            continue
        cause = next(iter(constraint.when))
        # an unknown option has been complained about
        known = {i: o for i, o in package.items() if o in (c.options(i) or (o,))}
        broken = [(i, allowed) for i, allowed in constraint.then.items() if i in known and known[i] not in allowed]
        if cause not in known or not broken:
            continue
        cannot = listed([f"{i} cannot be {package[i]} (allowed: {', '.join(allowed)})" for i, allowed in broken])
        what = f"breaks the {constraint.severity} constraint {constraint.id}: {cause} is {package[cause]}, so {cannot}"
        hard = constraint.severity == "hard"
        # the term to change, but an edit where one brought it about
        issues = [i for i, _ in broken]
        edited = [i for i in (*issues, *constraint.when) if terms[i].basis == "edited"]
        spot = (edited or issues)[0]
        severity: Literal["error", "warning"] = "error" if hard else "warning"
        c.complain(("proposal", "terms", spot), f"proposal: {spot}", what, constraint.why, severity, constraint.id)


def _too_early(c: Checker, scenario: schema.Scenario) -> bool:
    """Whether the day lies before every position, so that there is nobody to ask; complains if so."""
    starts = c.names.starts
    if not starts or min(starts) <= scenario.day.isoformat():
        return False
    path: Path = ("proposal", "date") if scenario.as_of is None else ("as_of",)
    what = f"no position is in force on {scenario.day}; the earliest begin {min(starts)}"
    c.complain(path, ": ".join(map(str, path)), what)
    return True


def _no_deal(c: Checker, scenario: schema.Scenario, early: bool) -> None:
    """No deal is described; ``early`` says that the day has been complained about."""
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
        c.complain((*ISSUES, "no_deal"), "no_deal", what, hint)
        return
    if not early and all(lottery.start > scenario.day for lottery in lotteries.values()):
        name = min(lotteries, key=lambda n: lotteries[n].start)
        what = f"no lottery of no deal is in force on {scenario.day}; the earliest, {name}, is used"
        c.complain(("proposal", "date"), "no_deal", what, f"write no_deal: {_quote(name)} to choose it", "warning")


def _absence(c: Checker, scenario: schema.Scenario) -> None:
    """A text that says no more than an outcome of no deal, where no deal is described by outcomes, is warned of."""
    name = _lottery(scenario)
    if name is None or any(party.reservation is not None for party in scenario.domain.positions.values()):
        return
    terms = scenario.proposal.terms
    equal = [
        outcome
        for outcome, package in scenario.domain.issues.no_deal.lotteries[name].outcomes.items()
        if package and all(i in terms and terms[i].option in (None, option) for i, option in package.items())
    ]
    if equal:
        which = f"the outcome{'s' * (len(equal) > 1)} {listed(equal)} of {name}"
        what = f"the text says no more than no deal would leave: it equals {which}"
        hint = "a yes to it is no agreement; search, amend, frontier and talks leave it out"
        c.complain(("proposal", "terms"), "proposal: terms", what, hint, "warning")


def _lottery(scenario: schema.Scenario) -> str | None:
    """The lottery in force (as in :func:`sim.engine.profiles.lottery_in_force`), if it exists."""
    lotteries = scenario.domain.issues.no_deal.lotteries
    if scenario.no_deal is not None or not lotteries:
        return scenario.no_deal if scenario.no_deal in lotteries else None
    begun = [name for name, lottery in lotteries.items() if lottery.start <= scenario.day]
    return max(begun, key=lambda n: lotteries[n].start) if begun else min(lotteries, key=lambda n: lotteries[n].start)


def _quote(name: str) -> str:
    return f'"{name}"' if name.isdigit() else name


def _weights(c: Checker, name: str, party: schema.Party, day: dt.date) -> None:
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
            first = first or (*POSITIONS, name, "positions", issue, index, "weight")
        elif entry.importance == "none":
            given[issue] = schema.Span(0, 0)
        else:
            drawn = True
    low, high = sums(given.values())
    where = f"{name}: weight"
    if first is None:
        if not drawn and given:
            what = f"every issue has importance none on {day}: nothing is left to weigh"
            c.complain((*POSITIONS, name, "positions"), f"{name}: importance", what)
        return
    fixed = not drawn and all(span.fixed for span in given.values())
    if fixed and EPSILON < abs(low - 1) <= ROUNDED + EPSILON:
        what = f"the weights in force on {day} add up to {low:g}; they are rescaled to sum to 1"
        c.complain(first, where, what, "write them with more decimals", "warning")
    elif low > 1 + EPSILON:
        c.complain(first, where, f"the weights in force on {day} cannot sum to 1: they add up to at least {low:g}")
    elif drawn and low > 1 - EPSILON:
        what = f"the weights in force on {day} add up to {low:g} and leave nothing for the issues without one"
        c.complain(first, where, what)
    elif not drawn and high < 1 - EPSILON:
        c.complain(first, where, f"the weights in force on {day} cannot sum to 1: they add up to at most {high:g}")


def _open_issues(c: Checker, scenario: schema.Scenario) -> None:
    """An open issue stays as no deal leaves it, and a numeric reservation does not say how that is."""
    fixed = [name for name, party in scenario.domain.positions.items() if party.reservation is not None]
    for issue, term in scenario.proposal.terms.items():
        if term.open and fixed and issue in (c.names.issues or (issue,)):
            has = "has" if len(fixed) == 1 else "have"
            what = f"{issue} is open, and {', '.join(fixed)} {has} a reservation in numbers"
            hint = "close the issue, or describe no deal by outcomes: an open issue stays as no deal leaves it"
            c.complain(("proposal", "terms", issue, "open"), f"proposal: {issue}", what, hint)
