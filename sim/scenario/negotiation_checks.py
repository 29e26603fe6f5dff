"""Rules of the ``negotiation`` block: who it names sits at the table, tactics and texts are such that they can be used.

Keys that the chosen protocol does not use are no faults in a file, since ``--protocol`` may choose another; they are
held to the same rules. What needs the candidates themselves (their number, whom they need) is in
:mod:`sim.bargaining.checks`.
"""

from __future__ import annotations

import datetime as dt
import math

from sim.scenario import schema
from sim.scenario.checker import NO_DAY, Checker, Path
from sim.scenario.negotiation_schema import BOULWARE

BLOCK: Path = ("negotiation",)
#: Which parameter a tactic takes, and between which ends (they count); the others take none.
PARAMETERS: dict[schema.TacticName, tuple[str, float, float]] = {
    "boulware": ("exponent", 1.0, 100.0),
    "conceder": ("exponent", 0.0, 1.0),
    "tit_for_tat": ("reciprocity", 0.0, 10.0),
}
#: A party that gives up less than this share of its best gain before the last round hardly gives way until then.
HARDLY = 0.1
#: Said of an exponent that belongs to the other side of 1.
_OTHER_SIDE = {
    "boulware": "an exponent below 1 concedes early: write conceder",
    "conceder": "an exponent above 1 concedes late: write boulware",
}


def check_negotiation(c: Checker, scenario: schema.Scenario) -> None:
    """Complain about the block of a scenario, to the checker."""
    away = _away(c, scenario)
    _proposers(c, scenario, away)
    _tactics(c, scenario, away)
    _seats(c, away, "delay_cost", tuple(scenario.negotiation.delay_cost))
    _texts(c, scenario)


def _away(c: Checker, scenario: schema.Scenario) -> dict[str, str]:
    """Parties that never sit at the table, and why."""
    away: dict[str, str] = {}
    # a day before every position has been complained about
    dated = scenario.day != NO_DAY and not (c.names.starts and min(c.names.starts) > scenario.day.isoformat())
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
        past = [entry for entry in entries if entry.start <= day]
        if not past:
            continue
        entry = max(past, key=lambda e: e.start)
        if entry.red_lines or entry.values is not None or entry.importance != "unknown":
            return False
        ranking = entry.ranking or ()
        named = {option for level in ranking for option in level}
        every = set(named) >= set(c.options(issue) or ())
        # one option alone, or rest alone, compares nothing
        if len(ranking) > 1 or (ranking and (every or (ranking[0] != (schema.REST,) and len(ranking[0]) > 1))):
            return False
    return True


def _seats(c: Checker, away: dict[str, str], key: str, names: tuple[str, ...]) -> list[str]:
    """Complain of the parties that a mapping by party should not name; returns the others."""
    found = []
    for name in names:
        path, where = (*BLOCK, key, name, "[key]"), f"negotiation: {key}"
        if not c.known(path, where, name, c.names.parties, "party"):
            continue
        if name in away:
            c.complain(path, where, f"{name} {away[name]}", f"leave {name} out here")
        else:
            found.append(name)
    return found


def _proposers(c: Checker, scenario: schema.Scenario, away: dict[str, str]) -> None:
    settings = scenario.negotiation
    where = "negotiation: proposers"
    named = settings.proposers or ()
    for i, name in enumerate(named):
        path: Path = (*BLOCK, "proposers", i)
        if not c.known(path, where, name, c.names.parties, "party"):
            continue
        if name in named[:i]:
            what = f"{name} stands here twice; each makes one offer a round, in this order"
            c.complain(path, where, what, "write every proposer once")
        elif name in away:
            c.complain(path, where, f"{name} {away[name]}", "it makes no offers: leave it out")
    able = [name for name in scenario.proposers if name not in away]
    if not named and settings.protocol == "alternating_offers" and c.names.parties is not None:
        mute = [name for name in scenario.proposers if name in away]
        if mute:
            what = f"the principals make the offers where nobody is named, and {mute[0]} {away[mute[0]]}"
            c.complain(BLOCK, where, what, f"name who makes offers, for instance proposers: [{(able or ['...'])[0]}]")
        elif not able and len(scenario.domain.positions) == len(c.names.parties):
            what = "nobody makes offers: no party is a principal and none is named"
            c.complain(BLOCK, where, what, "name at least one, for instance proposers: [" + _first(c, away) + "]")
    first = settings.first_mover
    if first == "random" or first in scenario.proposers or c.names.parties is None:
        return
    path, where = (*BLOCK, "first_mover"), "negotiation: first_mover"
    if c.known(path, where, first, ["random", *c.names.parties], "party") and first in scenario.domain.positions:
        what = f"{first} does not make offers; those who do: {', '.join(scenario.proposers) or 'nobody'}"
        c.complain(
            path,
            where,
            what,
            f"add it to proposers, or write {', '.join(['random', *able[:-1]])} or {able[-1]}" if able else None,
        )


def _first(c: Checker, away: dict[str, str]) -> str:
    return next((name for name in c.names.parties or () if name not in away), "...")


def _tactics(c: Checker, scenario: schema.Scenario, away: dict[str, str]) -> None:
    tactics = scenario.negotiation.tactics
    for name in _seats(c, away, "tactics", tuple(tactics)):
        tactic = tactics[name]
        path: Path = (*BLOCK, "tactics", name)
        where = f"negotiation: tactics: {name}"
        _parameters(c, path, where, tactic)
        if tactic.tactic == "boulware" and scenario.negotiation.protocol == "alternating_offers":
            _late(c, path, where, name, tactic.exponent or BOULWARE, scenario.negotiation.rounds)
        if tactic.tactic == "micro" and name not in scenario.proposers:
            what = f"micro concedes as the others do from its own list of offers, and {name} makes none"
            hint = f"add {name} to proposers, or choose another tactic"
            c.complain((*path, "tactic"), where, what, hint)


def _parameters(c: Checker, path: Path, where: str, tactic: schema.Tactic) -> None:
    """A tactic has no parameter but its own, and that in its range."""
    takes = PARAMETERS.get(tactic.tactic)
    for key in ("exponent", "reciprocity"):
        span: schema.Span | None = getattr(tactic, key)
        if span is None:
            continue
        if takes is None or takes[0] != key:
            others = [word for word, (parameter, _, _) in PARAMETERS.items() if parameter == key]
            what = f"{tactic.tactic} takes no {key}" + (f" but {_an(takes[0])}" if takes else "")
            hint = f"{' and '.join(others)} {'takes' if len(others) == 1 else 'take'} one"
            c.complain((*path, key), f"{where}: {key}", what, hint)
            continue
        low, high = takes[1:]
        if span.low < low or span.high > high:
            what = f"the {key} of {tactic.tactic} must lie between {low:g} and {high:g}, not {span.words}"
            other = span.low >= 0 and (span.high <= low if tactic.tactic == "boulware" else span.low >= high)
            better = _OTHER_SIDE.get(tactic.tactic) if other and span.high <= 100 else None
            c.complain((*path, key), f"{where}: {key}", what, better)


def _late(c: Checker, path: Path, where: str, name: str, exponent: schema.Span, rounds: int) -> None:
    """Warn of a party that hardly gives way before the last round, in which it takes anything.

    Judged by the middle of the exponent's range; with one round there is nothing before the last.
    """
    middle = (exponent.low + exponent.high) / 2
    if rounds < 2 or not 1.0 <= middle <= 100.0:
        return
    before = (rounds - 2) / (rounds - 1)
    given = before**middle
    if given >= HARDLY:
        return
    enough = math.ceil(2 + 1 / (HARDLY ** (-1 / middle) - 1))
    most = math.floor(10 * math.log(HARDLY) / math.log(before)) / 10 if before else 0.0
    share = "less than 1%" if given < 0.01 else f"{100 * given:.0f}%"
    what = (
        f"with {rounds} rounds and an exponent of {exponent.words}, {name} gives up {share} of its best gain before "
        "the last round, and all the rest in that one"
    )
    hint = f"write rounds: {enough} or more" + (f", or an exponent of at most {most:g}" if most >= 1 else "")
    c.complain(path, where, what, hint, "warning")


def _an(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


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
        path: Path = (*BLOCK, "candidates", "texts", name)
        where = f"negotiation: candidates: {name}"
        by_hand = name not in settings.candidates.proposals
        before = len(c.found)
        c.package(path, where, text)
        if not text and by_hand:
            c.complain(path, where, "an empty text says what the tabled one says", "write at least one issue: option")
        if len(c.found) > before:
            continue
        package = {**tabled, **text}
        for rule in rules:
            if not rule.broken_by(package):
                continue
            cause = next(iter(rule.when))
            broken = next(i for i, allowed in rule.then.items() if i in package and package[i] not in allowed)
            said = {i: package[i] + ("" if i in text else " as tabled") for i in (cause, broken)}
            what = (
                f"breaks the {rule.severity} constraint {rule.id}: {cause} is {said[cause]}, "
                f"so {broken} cannot be {said[broken]} (allowed: {', '.join(rule.then[broken])})"
            )
            if by_hand:
                spot = next(i for i in (broken, *rule.when, *rule.then) if i in text)
                c.complain((*path, spot), where, what, rule.why)
            elif settings.protocol != "vote":
                at: Path = (*BLOCK, "candidates", "proposals", settings.candidates.proposals.index(name))
                c.complain(at, where, f"it {what}, and is no candidate", rule.why, "warning")
                break
