"""What a saved result must agree on with itself, beyond the range of each figure.

A saved run is a file like any other: somebody may have mended it by hand, or cut it. Views look names up in each other
(the weakest party among the parties, the turning issue among the issues), so a name that is nowhere else is said here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, get_args

from sim.files.complaints import did_you_mean
from sim.files.nodes import FORBIDDEN
from sim.results.records import SLACK, LineRecord, Objection, PartyResult
from sim.results.result import Result
from sim.results.talks import Negotiation
from sim.scenario.negotiation_schema import Protocol, TacticName

#: How far a share times the draws may be from a whole number, for what rounding leaves of many draws.
WHOLE = 0.01


def faults(result: Result) -> Iterator[tuple[str, str]]:
    """What is wrong, as pairs of a path (``parties.us.lines``) and a sentence; nothing for a result that was saved."""
    yield from characters(result.model_dump(), "")
    ids = [p.id for p in result.parties]
    issues = [x.issue for x in result.parties[0].issues] if result.parties else []
    yield from _twice("parties", ids, "party")
    yield from _twice("parties", issues, "issue")
    yield from _unknown("on_evidence.parties", result.on_evidence.parties, ids, "party")
    yield from _unknown("weakest_party", [result.weakest_party], [None, *ids], "party")
    for name in ("joint_acceptability", "joint_by_layer", "weakest_party"):
        yield from _only(name, getattr(result, name), bool(result.asked), "when a party in question is asked")
    yield from _unknown("settings.turning_issue", [result.settings.turning_issue], [None, *issues], "issue")
    yield from _unknown("settings.rules", [x.party for x in result.settings.rules], ids, "party")
    terms = sum(result.terms_by_basis.model_dump().values())
    if result.parties and terms != len(issues):
        yield "terms_by_basis", f"counts {terms} terms, and there are {len(issues)} issues"
    opened = () if result.open is None else result.open.issues
    yield from _unknown("open.issues", opened, issues, "issue")
    yield from _twice("open.issues", opened, "issue")
    if result.open is not None:
        for name in ("best", "worst"):
            completion = getattr(result.open, name)
            if completion is not None:
                yield from _unknown(f"open.{name}.terms", completion.terms, opened, "open issue")
                yield from _unknown(f"open.{name}.calls_on", completion.calls_on, ids, "party")
    if (filler := result.filler) is not None and not filler.low - SLACK <= filler.median <= filler.high + SLACK:
        yield "filler", "its median lies between low and high"
    for party in result.parties:
        for where, what in _party(party, result, issues, set(opened)):
            yield f"parties.{party.id}.{where}", what
    if result.negotiation is not None:
        for where, what in _talks(result.negotiation, ids, issues):
            yield f"negotiation.{where}", what


def characters(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """Texts may hold what may stand in any other file, and no more."""
    if isinstance(value, str):
        if odd := FORBIDDEN.search(value):
            yield where, f"the character U+{ord(odd.group()):04X} may not stand in a text"
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from characters(key, f"{where}.[key]")
            yield from characters(item, f"{where}.{key}" if where else key)
    elif isinstance(value, (tuple, list)):
        for number, item in enumerate(value):
            yield from characters(item, f"{where}.{number}")


def _party(party: PartyResult, result: Result, issues: list[str], opened: set[str]) -> Iterator[tuple[str, str]]:
    mine = [x.issue for x in party.issues]
    if mine != issues:
        yield "issues", "has other issues than the first party, or in another order"
    for x in party.issues:
        if (x.option is None) != (x.issue in opened):
            yield f"issues.{x.issue}", "has no option just where the text leaves the issue open"
    yield from _only("own", party.own, party.role == "alliance", "for an alliance")
    voters = "for a party that decides by voters"
    yield from _only("ratification", party.ratification, party.decides is not None, voters)
    turning = result.settings.turning_issue
    for where, holder in (("", party), ("own.", party.own)):
        if holder is None:
            continue
        if holder.by_turning_class is not None and turning is None:
            yield f"{where}by_turning_class", "is there without a turning issue"
        bounds = holder.on_evidence
        if bounds.necessary > bounds.possible + SLACK:
            yield f"{where}on_evidence", "necessary is at most possible"
        if bounds.with_inferred is not None and not (
            bounds.necessary - SLACK <= bounds.with_inferred <= bounds.possible + SLACK
        ):
            yield f"{where}on_evidence", "with_inferred lies between necessary and possible"
    if not party.gain.p05 - SLACK <= party.gain.median <= party.gain.p95 + SLACK:
        yield "gain", "its median lies between p05 and p95"
    for name, share in (("acceptability", party.acceptability), ("own", party.own and party.own.acceptability)):
        if share and abs((count := share.estimate * result.settings.draws) - round(count)) > WHOLE:
            yield name, f"is no whole number of {result.settings.draws} draws"
    for number, line in enumerate(party.lines):
        yield from _names(line, f"lines.{number}", issues)
        yield from _unknown(f"lines.{number}.terms", line.terms, issues, "issue")
    if party.main_objection is not None:
        yield from _names(party.main_objection, "main_objection", issues)


def _names(named: LineRecord | Objection, where: str, issues: list[str]) -> Iterator[tuple[str, str]]:
    """A red line has an issue and an option, a refusal its id, a term that costs most its issue."""
    wanted = {"refusal": ("refusal",), "red_line": ("issue", "option"), "issue": ("issue",)}[named.kind]
    for name in wanted:
        if getattr(named, name) is None:
            yield f"{where}.{name}", f"is missing, and a {named.kind.replace('_', ' ')} has one"
    yield from _unknown(f"{where}.issue", [named.issue], [None, *issues], "issue")


def _talks(talks: Negotiation, ids: list[str], issues: list[str]) -> Iterator[tuple[str, str]]:
    for where, names in (
        ("settings.proposers", talks.settings.proposers),
        ("settings.table", talks.settings.table),
        ("settings.ratifiers", talks.settings.ratifiers),
        ("settings.tactics", [x.party for x in talks.settings.tactics]),
        ("turned_down", [x.party for x in talks.turned_down]),
        ("breakdown.in_the_way", [] if talks.breakdown is None else [x.party for x in talks.breakdown.in_the_way]),
        ("proposers", [x.party for x in talks.proposers]),
        ("parties", [x.party for x in talks.parties]),
    ):
        yield from _unknown(where, names, ids, "party")
        yield from _twice(where, names, "party")
    yield from _unknown("settings.delay_cost", talks.settings.delay_cost, ids, "party")
    everywhere = [("issues", [x.issue for x in talks.issues])]
    everywhere += [(f"proposers.{x.party}.issues", [y.issue for y in x.issues]) for x in talks.proposers]
    for name in ("texts", "unratified_texts"):
        for number, text in enumerate(getattr(talks, name)):
            yield from _unknown(f"{name}.{number}.changes", [x.issue for x in text.changes], issues, "issue")
            everywhere.append((f"{name}.{number}.terms", list(text.terms)))
    for where, names in everywhere:
        yield from _unknown(where, names, issues, "issue")
        if len(names) != len(issues):
            yield where, f"names {len(names)} issues, and there are {len(issues)}"
    own = {kind: {rule.name for rule in talks.own_rules if rule.kind == kind} for kind in ("protocol", "tactic")}
    if talks.protocol not in get_args(Protocol) and own["protocol"] != {talks.protocol}:
        yield "protocol", f"names the protocol {talks.protocol!r}, which there is not"
    first = talks.settings.first_mover
    if talks.protocol == "alternating_offers" or talks.uses("first_mover"):
        yield from _unknown("settings.first_mover", [str(first)], ["random", *ids], "party")
    for used in talks.settings.tactics:
        if used.tactic is not None and used.tactic not in {*get_args(TacticName), *own["tactic"]}:
            yield "settings.tactics", f"names the tactic {used.tactic!r}, which there is not"
    reached = talks.agreements > 0
    for x in talks.issues:
        if (x.agreed is not None) != reached or (x.left_open is not None) != reached:
            yield f"issues.{x.issue}", "has shares when there are agreements, and only then"
        elif x.agreed is not None and x.tabled is not None and x.tabled not in x.agreed:
            yield f"issues.{x.issue}", f"has no share of the tabled option {x.tabled!r}"
    if {x.party for x in talks.parties} != set(ids):
        yield "parties", "names every party of the result"
    missing = {x.party for x in talks.proposers} ^ set(talks.settings.proposers)
    if talks.offers and missing:
        yield "proposers", "names the parties of settings.proposers"
    for name in ("rounds", "all_asked", "efficiency"):
        yield from _only(name, getattr(talks, name), reached, "when there are agreements")
    yield from _only("breakdown", talks.breakdown, talks.broke_down.estimate > 0, "when talks break down")
    for party in talks.parties:
        if (party.gain is not None) != reached or (party.asked is not None) != reached:
            yield f"parties.{party.party}", "has gains when there are agreements, and only then"
    for where in ("agreed_by_round", "unratified_by_round"):
        shares: tuple[float, ...] = getattr(talks, where)
        if any(later < earlier - SLACK for earlier, later in pairwise(shares)):
            yield where, "never falls"
        if len(shares) != talks.settings.rounds + 1:
            yield where, f"has a figure for each of {talks.settings.rounds} rounds, and one before them"


def _only(where: str, value: object, there: bool, when: str) -> Iterator[tuple[str, str]]:
    """A value that is there just when something holds."""
    if (value is not None) != there:
        yield where, f"is there {when}, and only then"


def _unknown(
    where: str, names: Iterable[str | None], known: Iterable[str | None], kind: str
) -> Iterator[tuple[str, str]]:
    """Names that are none of those known; None is one of these where the name may be missing."""
    there = {*known}
    for name in names:
        if name not in there:
            hint = did_you_mean(name or "", [x for x in known if x is not None])
            yield where, f"names the {kind} {name!r}, which is nowhere else" + (f"; {hint}" if hint else "")


def _twice(where: str, names: Iterable[str], kind: str) -> Iterator[tuple[str, str]]:
    """Every further time that a name comes up."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield where, f"names the {kind} {name!r} twice"
        seen.add(name)
