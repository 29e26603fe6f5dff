"""Rules of a scenario as a whole: its names exist, its text breaks no constraint, weights can sum on its day.

The models in :mod:`sim.scenario.schema` check what stands in one place, :mod:`sim.scenario.domain_checks` what
scenarios share; here the proposal is held against both. So is the ``negotiation`` block: who it names sits at the
table, tactics and texts are such that they can be used. Keys that the chosen protocol does not use are no faults in a
file, since ``--protocol`` may choose another; they are held to the same rules. What needs the candidates themselves
(their number, whom they need) is in :mod:`sim.bargaining.checks`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal

from sim.files.complaints import Complaint, did_you_mean
from sim.files.grammar import ending, listed, plural
from sim.files.own_rules import RULES, USUAL, RuleKind
from sim.files.registry import BrokenPackage
from sim.scenario import schema
from sim.scenario.checker import (
    EPSILON,
    ISSUES,
    NO_DAY,
    POSITIONS,
    ROUNDED,
    Checker,
    Checks,
    KnownNames,
    PartChecker,
    PlaceOf,
    Spot,
    sums,
)
from sim.scenario.negotiation_schema import TACTICS, parameters

BLOCK = Spot(("negotiation",), "negotiation")
TERMS = Spot(("proposal", "terms"), "proposal: terms")
#: A party that gives up less than this share of its best gain before the last round hardly gives way until then.
HARDLY = 0.1
#: Said of an exponent that belongs to the other side of 1.
_OTHER_SIDE = {
    "boulware": "an exponent below 1 concedes early: write conceder",
    "conceder": "an exponent above 1 concedes late: write boulware",
}


def check_scenario(
    scenario: schema.Scenario, place: PlaceOf, names: KnownNames, known: Checks | None = None
) -> list[Complaint]:
    """What is wrong or doubtful with a scenario whose parts satisfy the schema, apart from its domain.

    That is its proposal, and what is in force on its day; arguments as for
    :func:`sim.scenario.domain_checks.check_domain`.
    """
    c = PartChecker(scenario.domain, place, names, known)
    c.part(lambda: _terms(c, scenario), ("terms",), scenario.proposal)
    c.part(lambda: _constraints(c, scenario), ("constraints",), scenario.proposal)
    if scenario.day != NO_DAY:
        _no_deal(c, scenario, early=_too_early(c, scenario))
        _absence(c, scenario)
        for name, party in scenario.domain.positions.items():
            c.part(partial(_weights, c, name, party, scenario.day), ("weights", name, scenario.day), party)
    _open_issues(c, scenario)
    check_negotiation(c, scenario)
    _rules(c, scenario)
    return c.complaints


def _terms(c: Checker, scenario: schema.Scenario) -> None:
    proposal = scenario.proposal
    for issue, term in proposal.terms.items():
        spot = _term(issue)
        if not c.issue(spot.key, issue):
            continue
        if term.option is not None:
            c.option(spot.at("option"), issue, term.option)
        c.proof(spot, term.basis, term.evidence)
    if c.names.issues is not None:
        answered = set(c.names.terms or ()) | set(proposal.terms)
        # a misspelt issue is one mistake: it is complained about where it stands
        strange = [i for i in answered if i not in c.names.issues]
        # and so is an issue that begins on a day and lacks a default
        dated = {i for i, issue in c.domain.issues.issues.items() if issue.since is not None and issue.default is None}
        missing = [
            i
            for i in c.names.issues
            if i not in answered and i not in dated and not any(did_you_mean(s, [i], most=0) for s in strange)
        ]
        if missing:
            what = f"no term for {', '.join(missing)}"
            c.complain(TERMS, what, "every issue of the domain needs a term; it may be open: true")
    for i, actor in enumerate(proposal.consent_not_modelled):
        spot = Spot(("proposal", "consent_not_modelled", i), "proposal: consent_not_modelled")
        if not c.known(spot, actor, c.names.actors, "actor"):
            continue
        if actor in proposal.consent_not_modelled[:i]:
            c.complain(spot, f"{actor} stands here twice", code="twice")
        elif actor in (c.names.parties or ()):
            c.complain(spot, f"{actor} has positions, so its consent is modelled")


def _term(issue: str) -> Spot:
    return Spot((*TERMS.path, issue), f"proposal: {issue}")


def _constraints(c: Checker, scenario: schema.Scenario) -> None:
    terms = scenario.proposal.terms
    package = {issue: term.option for issue, term in terms.items() if term.option is not None}
    # an unknown option has been complained about
    known = {i for i, option in package.items() if option in (c.options(i) or (option,))}
    for constraint in scenario.domain.issues.constraints:
        cause = next(iter(constraint.when))
        issues = [i for i in constraint.breaches(package) if i in known]
        if cause not in known or not issues:
            continue
        # the term to change, but an edit where one brought it about
        edited = [i for i in (*issues, *constraint.when) if terms[i].basis == "edited"]
        severity: Literal["error", "warning"] = "error" if constraint.severity == "hard" else "warning"
        what = _breach(constraint, package, issues)
        c.complain(_term((edited or issues)[0]), what, constraint.why, severity, constraint.id)


def _breach(rule: schema.Constraint, options: Mapping[str, str], issues: Sequence[str]) -> str:
    """How a text breaks a constraint, by its options, or what is said of them, and the issues that are at fault."""
    cause = next(iter(rule.when))
    cannot = listed([f"{i} cannot be {options[i]} (allowed: {', '.join(rule.then[i])})" for i in issues])
    return f"breaks the {rule.severity} constraint {rule.id}: {cause} is {options[cause]}, so {cannot}"


def _too_early(c: Checker, scenario: schema.Scenario) -> bool:
    """Whether the day lies before every position, so that there is nobody to ask; complains if so."""
    earliest = c.names.earliest
    if earliest is None or earliest <= scenario.day.isoformat():
        return False
    spot = Spot(("proposal", "date"), "proposal: date") if scenario.as_of is None else Spot(("as_of",), "as_of")
    c.complain(spot, f"no position is in force on {scenario.day}; the earliest begin {earliest}")
    return True


def _no_deal(c: Checker, scenario: schema.Scenario, early: bool) -> None:
    """No deal is described; ``early`` says that the day has been complained about."""
    lotteries = scenario.domain.issues.no_deal.lotteries
    if scenario.no_deal is not None:
        spot = Spot(("no_deal",), "no_deal")
        c.known(spot, scenario.no_deal, c.names.lotteries, "lottery of no deal called")
        return
    without = [n for n, p in scenario.domain.positions.items() if p.reservation is None]
    if not without or c.names.lotteries is None or len(lotteries) < len(c.names.lotteries):
        return
    if not lotteries:
        have = ending(len(without), "has", "have")
        what = f"the domain says nothing of no deal, and {', '.join(without)} {have} no reservation"
        hint = "add no_deal: lotteries to issues.yaml, or reservation to the party"
        c.complain(Spot((*ISSUES, "no_deal"), "no_deal"), what, hint)
        return
    if not early and all(lottery.start > scenario.day for lottery in lotteries.values()):
        name = min(lotteries, key=lambda n: lotteries[n].start)
        what = f"no lottery of no deal is in force on {scenario.day}; the earliest, {name}, is used"
        quoted = f'"{name}"' if name.isdigit() else name
        spot = Spot(("proposal", "date"), "no_deal")
        c.complain(spot, what, f"write no_deal: {quoted} to choose it", "warning")


def _absence(c: Checker, scenario: schema.Scenario) -> None:
    """A text that says no more than an outcome of no deal, where no deal is described by outcomes, is warned of."""
    name, lotteries = scenario.lottery, scenario.domain.issues.no_deal.lotteries
    if name not in lotteries or any(party.reservation is not None for party in scenario.domain.positions.values()):
        return
    terms = scenario.proposal.terms
    equal = [
        outcome
        for outcome, package in lotteries[name].outcomes.items()
        if package and all(i in terms and terms[i].option in (None, option) for i, option in package.items())
    ]
    if equal:
        outcomes = f"the outcome{ending(len(equal))} {listed(equal)} of {name}"
        what = f"the text says no more than no deal would leave: it equals {outcomes}"
        hint = "a yes to it is no agreement; search, amend, frontier and talks leave it out"
        c.complain(TERMS, what, hint, "warning")


def _weights(c: Checker, name: str, party: schema.Party, day: dt.date) -> None:
    """Weights given in numbers leave room for the others and can sum to 1 on the day."""
    spot = Spot((*POSITIONS, name, "positions"), name)
    fixed: list[schema.Span] = []
    first: Spot | None = None
    drawn = False
    for issue in c.domain.issues.issues:
        entry = party.position(issue, day)
        if entry is None or (entry.weight is None and entry.importance != "none"):
            drawn = True
            continue
        fixed.append(entry.weight or schema.Span(0, 0))
        if entry.weight is not None and first is None:
            first = spot.at(issue, party.positions[issue].index(entry)) / "weight"
    low, high = sums(fixed)
    if first is None:
        if not drawn and fixed:
            what = f"every issue has importance none on {day}: nothing is left to weigh"
            c.complain(Spot(spot.path, f"{name}: importance"), what)
        return
    if not drawn and all(span.fixed for span in fixed) and EPSILON < abs(low - 1) <= ROUNDED + EPSILON:
        what = f"the weights in force on {day} add up to {low:g}; they are rescaled to sum to 1"
        c.complain(first, what, "write them with more decimals", "warning", code="ranges")
    elif low > 1 + EPSILON:
        c.complain(
            first, f"the weights in force on {day} cannot sum to 1: they add up to at least {low:g}", code="ranges"
        )
    elif drawn and low > 1 - EPSILON:
        what = f"the weights in force on {day} add up to {low:g} and leave nothing for the issues without one"
        c.complain(first, what, code="ranges")
    elif not drawn and high < 1 - EPSILON:
        c.complain(
            first, f"the weights in force on {day} cannot sum to 1: they add up to at most {high:g}", code="ranges"
        )


def _open_issues(c: Checker, scenario: schema.Scenario) -> None:
    """An open issue stays as no deal leaves it, and a numeric reservation does not say how that is."""
    fixed = [name for name, party in scenario.domain.positions.items() if party.reservation is not None]
    for issue, term in scenario.proposal.terms.items():
        if term.open and fixed and issue in (c.names.issues or (issue,)):
            have = ending(len(fixed), "has", "have")
            what = f"{issue} is open, and {', '.join(fixed)} {have} a reservation in numbers"
            hint = "close the issue, or describe no deal by outcomes: an open issue stays as no deal leaves it"
            c.complain(_term(issue).at("open"), what, hint)


# --- rules of single parties ------------------------------------------------------------------


def _rules(c: Checker, scenario: schema.Scenario) -> None:
    """Rules of known parties, by names that a program or an installed package has brought."""
    named: tuple[tuple[RuleKind, dict[str, str]], ...] = (
        ("utility", scenario.rules.utility),
        ("acceptance", scenario.rules.acceptance),
    )
    for kind, of_party in named:
        for party, name in of_party.items():
            spot = Spot(("rules",), "rules") / kind
            if not c.known(spot.at(party, "[key]"), party, c.names.parties, "party"):
                continue
            try:
                there = name == USUAL[kind] or RULES[kind].find(name) is not None
            except BrokenPackage as fault:
                c.complain(spot / party, str(fault), None, code="rules")
                continue
            if not there:
                c.complain(spot / party, *RULES[kind].missing(name, name), code="unknown_name")


# --- the negotiation block ----------------------------------------------------------------


def check_negotiation(c: PartChecker, scenario: schema.Scenario) -> None:
    """Complain about the block of a scenario, to the checker."""
    away = _away(c, scenario)
    _proposers(c, scenario, away)
    _tactics(c, scenario, away)
    _seats(c, away, "delay_cost", tuple(scenario.negotiation.delay_cost))
    c.part(lambda: _texts(c, scenario), ("texts",), scenario.proposal, scenario.negotiation)


def _away(c: Checker, scenario: schema.Scenario) -> dict[str, str]:
    """Parties that never sit at the table, and why."""
    away: dict[str, str] = {}
    # a day before every position has been complained about
    dated = scenario.day != NO_DAY and not (c.names.earliest and c.names.earliest > scenario.day.isoformat())
    for name, party in scenario.domain.positions.items():
        if party.role == "ratifier":
            away[name] = "is a ratifier: it votes on what the others agreed and does not sit at the table"
        elif dated and silent(party, scenario.day, c):
            away[name] = f"does not sit at the table: the sources are silent on it on {scenario.day}"
    return away


def silent(party: schema.Party, day: dt.date, c: Checker) -> bool:
    """Whether nothing is known of a party on a day: no order, no importance, no line, no reservation."""
    if party.reservation is not None or any(refusal.in_force(day) for refusal in party.refuses):
        return False
    for issue, entries in party.positions.items():
        entry = schema.in_force(entries, day)
        if entry is None:
            continue
        if entry.red_lines or entry.values is not None or entry.importance != "unknown":
            return False
        if entry.compares(c.options(issue) or ()):
            return False
    return True


def _seats(c: Checker, away: dict[str, str], key: str, names: tuple[str, ...]) -> list[str]:
    """Complain of the parties that a mapping by party should not name; returns the others."""
    seated = []
    for name in names:
        spot = (BLOCK / key).at(name, "[key]")
        if not c.known(spot, name, c.names.parties, "party"):
            continue
        if name in away:
            c.complain(spot, f"{name} {away[name]}", f"leave {name} out here")
        else:
            seated.append(name)
    return seated


def _proposers(c: Checker, scenario: schema.Scenario, away: dict[str, str]) -> None:
    settings = scenario.negotiation
    spot = BLOCK / "proposers"
    named = settings.proposers or ()
    for i, name in enumerate(named):
        if not c.known(spot.at(i), name, c.names.parties, "party"):
            continue
        if name in named[:i]:
            what = f"{name} stands here twice; each makes one offer a round, in this order"
            c.complain(spot.at(i), what, "write every proposer once", code="twice")
        elif name in away:
            c.complain(spot.at(i), f"{name} {away[name]}", "it makes no offers: leave it out")
    able = [name for name in scenario.proposers if name not in away]
    if not named and settings.rule.offers and c.names.parties is not None:
        block = Spot(BLOCK.path, spot.where)
        mute = [name for name in scenario.proposers if name in away]
        if mute:
            what = f"the principals make the offers where nobody is named, and {mute[0]} {away[mute[0]]}"
            c.complain(block, what, f"name who makes offers, for instance proposers: [{(able or ['...'])[0]}]")
        elif not able and len(scenario.domain.positions) == len(c.names.parties):
            what = "nobody makes offers: no party is a principal and none is named"
            one = next((name for name in c.names.parties if name not in away), "...")
            c.complain(block, what, f"name at least one, for instance proposers: [{one}]")
    first = settings.first_mover
    if first == "random" or first in scenario.proposers or c.names.parties is None:
        return
    spot = BLOCK / "first_mover"
    if c.known(spot, first, ["random", *c.names.parties], "party") and first in scenario.domain.positions:
        what = f"{first} does not make offers; those who do: {', '.join(scenario.proposers) or 'nobody'}"
        hint = f"add it to proposers, or write {listed(['random', *able], 'or')}" if able else None
        c.complain(spot, what, hint)


def _tactics(c: Checker, scenario: schema.Scenario, away: dict[str, str]) -> None:
    tactics = scenario.negotiation.tactics
    for name in _seats(c, away, "tactics", tuple(tactics)):
        tactic = tactics[name]
        spot = BLOCK / "tactics" / name
        _parameters(c, spot, tactic)
        setting = TACTICS[tactic.tactic].setting
        if tactic.tactic == "boulware" and setting is not None and scenario.negotiation.uses("tactics"):
            _late(c, spot, name, tactic.exponent or setting.default, scenario.negotiation.most_rounds)
        if tactic.tactic == "micro" and name not in scenario.proposers:
            what = f"micro concedes as the others do from its own list of offers, and {name} makes none"
            c.complain(spot.at("tactic"), what, f"add {name} to proposers, or choose another tactic")


def _parameters(c: Checker, spot: Spot, tactic: schema.Tactic) -> None:
    """A tactic has no parameter but its own, and that in its range."""
    takes = TACTICS[tactic.tactic].setting
    for key in tactic.parameters:
        span = tactic.span(key)
        if span is None:
            continue
        if takes is None or takes.key != key:
            others = parameters().get(key, [])
            own = f" but {'an' if takes.key[0] in 'aeiou' else 'a'} {takes.key}" if takes else ""
            what = f"{tactic.tactic} takes no {key}{own}"
            c.complain(spot / key, what, f"{' and '.join(others)} {ending(len(others), 'takes', 'take')} one")
            continue
        low, high = takes.low, takes.high
        if span.low < low or span.high > high:
            what = f"the {key} of {tactic.tactic} must lie between {low:g} and {high:g}, not {span.words}"
            other = span.low >= 0 and (span.high <= low if tactic.tactic == "boulware" else span.low >= high)
            better = _OTHER_SIDE.get(tactic.tactic) if other and span.high <= 100 else None
            c.complain(spot / key, what, better)


def _late(c: Checker, spot: Spot, name: str, exponent: schema.Span, rounds: int) -> None:
    """Warn of a party that hardly gives way before the last round, in which it takes anything.

    Judged by the middle of the exponent's range; with one round there is nothing before the last.
    """
    middle = (exponent.low + exponent.high) / 2
    if rounds < 2 or not 1.0 <= middle <= 100.0:
        return
    before = (rounds - 2) / (rounds - 1)
    conceded = before**middle
    if conceded >= HARDLY:
        return
    enough = math.ceil(2 + 1 / (HARDLY ** (-1 / middle) - 1))
    most = math.floor(10 * math.log(HARDLY) / math.log(before)) / 10 if before else 0.0
    share = "less than 1%" if conceded < 0.01 else f"{100 * conceded:.0f}%"
    what = (
        f"with {rounds} rounds and an exponent of {exponent.words}, {name} gives up {share} of its best gain before "
        "the last round, and all the rest in that one"
    )
    hint = f"write rounds: {enough} or more" + (f", or an exponent of at most {most:g}" if most >= 1 else "")
    c.complain(spot, what, hint, "warning")


def _texts(c: Checker, scenario: schema.Scenario) -> None:
    """Further texts: known issues and options, and no hard or legal constraint broken that the tabled text keeps."""
    settings = scenario.negotiation
    tabled = {issue: term.option for issue, term in scenario.proposal.terms.items() if term.option is not None}
    rules = [
        rule
        for rule in scenario.domain.issues.constraints
        if rule.severity in ("hard", "legal") and not rule.broken_by(tabled)
    ]
    for name, text in settings.candidates.texts.items():
        spot = (BLOCK / "candidates").at("texts") / name
        by_hand = name not in settings.candidates.proposals
        before = len(c.complaints)
        c.package(spot, text)
        if not text and by_hand:
            c.complain(spot, "an empty text says what the tabled one says", "write at least one issue: option")
        if len(c.complaints) > before:
            continue
        package = {**tabled, **text}
        options = {i: option + ("" if i in text else " as tabled") for i, option in package.items()}
        for rule in rules:
            broken = next(iter(rule.breaches(package)), None)
            if broken is None:
                continue
            what = _breach(rule, options, [broken])
            if by_hand:
                issue = next(i for i in (broken, *rule.when, *rule.then) if i in text)
                c.complain(spot.at(issue), what, rule.why)
            elif settings.protocol != "vote":
                index = settings.candidates.proposals.index(name)
                named = Spot((*BLOCK.path, "candidates", "proposals", index), spot.where)
                c.complain(named, f"it {what}, and is no candidate", rule.why, "warning")
                break


# --- options of which a party says nothing ----------------------------------------------------
# Options of which a party's file says nothing, while its lines bear on their neighbours.
# Whoever adds an option to an issue finds it in no ranking, red line, refusal or poll, so that the lines on its
# neighbours fall silent. Not every option without a word is such a slip: rankings leave some open on purpose. Warned of
# is an option that a party's file names on no date, where the party draws lines at other options of the issue; unless
# ``rest`` stands for it, two parties or more name it, so that it has been thought of, or a constraint says when it must
# stand (an option like "not applicable").

#: So many parties that name an option show that it is not just left out.
ENOUGH = 2

#: How the warning begins of options on which a party's file is silent.
NOTHING_SAYS = "nothing says where"
#: Counts of lines of which a verb is in the singular.
ONE = ("1 red line", "1 refusal", "1 polled refusal")
#: Verbs and pronouns of the warning, of one option and of several.
_ONE_OPTION, _OPTIONS = ("stands", "it is", "its", "it"), ("stand", "they are", "their", "them")


def check_options(scenario: schema.Scenario, place: PlaceOf) -> list[Complaint]:
    """One warning a party, at the first of its options without a word; for a scenario without faults.

    ``place`` finds the place of a path in the merged scenario.
    """
    warnings = []
    for name, silent in unheard(scenario).items():
        if silent:
            issue, option = next(iter(silent))
            which = listed([f"{o} of {i}" for i, o in silent])
            covers = listed(list(dict.fromkeys(silent.values())))
            stand, are, their, them = _ONE_OPTION if len(silent) == 1 else _OPTIONS
            do = "does" if covers in ONE else "do"
            what = (
                f"{NOTHING_SAYS} {which} {stand}, so {are} drawn anywhere; "
                f"{covers} on {their} neighbours {do} not cover {them}"
            )
            hint = "rank it and draw its lines, or write like: OPTION under it, an option whose conditions it shares"
            path = (*ISSUES, "issues", issue, "options", option, "[key]")
            warnings.append(Complaint(place(path), name, what, hint, "warning", code="evidence"))
    return warnings


def unheard(scenario: schema.Scenario) -> dict[str, dict[tuple[str, str], str]]:
    """By party, the (issue, option) on which its file is silent, with its lines on the issue, counted in words."""
    parties = scenario.domain.positions
    result: dict[str, dict[tuple[str, str], str]] = {name: {} for name in parties}
    for name, party in parties.items():
        for issue, its in scenario.domain.issues.issues.items():
            entry = party.position(issue, scenario.day)
            lines = _lines_there(party, issue, entry, scenario.day)
            if not lines or (entry is not None and (schema.REST,) in (entry.ranking or ())):
                continue
            own, every = _options_named(party, issue), [_options_named(p, issue) for p in parties.values()]
            for option, its_own in its.options.items():
                if its_own.ranked_as is not None:
                    continue
                heard = sum(option in named for named in every)
                if option not in own and heard < ENOUGH and not _is_forced(scenario, issue, option):
                    result[name][issue, option] = lines
    return result


def _options_named(party: schema.Party, issue: str) -> set[str]:
    """The options of an issue that a party's file names, on whatever date."""
    conditions = (*(refusal.when for refusal in party.refuses), *party.consent.when)
    options = {o for when in conditions for o in when.get(issue, ())}
    for entry in party.positions.get(issue, ()):
        options |= {o for level in entry.ranking or () for o in level} - {schema.REST}
        options |= {*(entry.values or ()), *(line.option for line in entry.red_lines)}
    return options


def _lines_there(party: schema.Party, issue: str, entry: schema.Position | None, day: dt.date) -> str:
    """The party's lines in force on an issue, counted in words; empty for none.

    A refusal of a combination counts where the party ranks the issue too: else it singles out what it names.
    """
    drawn = len(entry.red_lines) if entry else 0
    ranked = entry is not None and bool(entry.ranking or entry.values)
    here = [r for r in party.refuses if r.in_force(day) and issue in r.when]
    refused = [r for r in here if ranked or len(r.when) == 1]
    polled = sum(r.holds is not None for r in refused)
    counts = [(drawn, "red line"), (len(refused) - polled, "refusal"), (polled, "polled refusal")]
    return listed([plural(n, line) for n, line in counts if n])


def _is_forced(scenario: schema.Scenario, issue: str, option: str) -> bool:
    """Whether some constraint leaves the issue that option alone."""
    return any(tuple(k.then.get(issue, ())) == (option,) for k in scenario.domain.issues.constraints)
