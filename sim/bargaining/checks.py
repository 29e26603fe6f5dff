"""What only a compiled scenario can tell of its talks: how many candidates there are, and whom they need."""

from __future__ import annotations

from collections.abc import Hashable

from sim.bargaining.candidates import MOST, Candidates, TooMany, candidates
from sim.bargaining.tactics import TACTICS
from sim.engine.profiles import Case
from sim.files.complaints import Complaint
from sim.files.nodes import Mapping, TreePath, place_of
from sim.scenario.negotiation_schema import PROTOCOLS
from sim.scenario.negotiation_schema import TACTICS as NAMES


def check_talks(tree: Mapping, case: Case, sound: set[Hashable]) -> list[Complaint]:
    """Complaints about the talks of a scenario, located in its merged tree; none with the protocol ``vote``.

    ``sound`` holds what is known to be in order: variants of a scenario mostly share all that matters here.
    """
    settings = case.scenario.negotiation
    if settings.protocol == "vote":
        return []
    silent = tuple(profile.silent for profile in case.profiles)
    key = (id(case.scenario.domain.issues), case.text.tobytes(), str(settings), tuple(case.consent.items()), silent)
    if key in sound:
        return []
    faults = _faults(tree, case)
    if not faults:
        sound.add(key)
    return faults


def _faults(tree: Mapping, case: Case) -> list[Complaint]:
    settings = case.scenario.negotiation
    if changed := _registered_again(tree, case):
        return changed
    path: TreePath = ("negotiation", "candidates", "changes")
    try:
        on = candidates(case)
    except TooMany as many:
        about = "" if many.exact else "up to "
        within = "1 change" if settings.candidates.changes == 1 else f"{settings.candidates.changes} changes"
        further = ", further texts included" if settings.candidates.texts else ""
        what = f"{about}{many.count:,} candidates within {within} of the tabled text{further}"
        hint = "name fewer texts, or issues with fewer options: even one change leaves too many"
        if many.fewer is not None:
            hint = f"write changes: {many.fewer}"
        return [_complaint(tree, path, f"{what}; there may be at most {MOST:,}", hint)]
    if not len(on):
        what = f"no candidate is left: each says no more than no deal ({', '.join(on.equal_no_deal)})"
        return [_complaint(tree, path, what, "allow more changes, or name other texts")]
    if not settings.rule.offers:
        return []
    out = _reacting(tree, case, on)
    for i in on.proposers:
        if not on.needed[i].any():
            name = case.profiles[i].id
            named = settings.proposers or ()
            path = ("negotiation", "proposers", *((named.index(name),) if name in named else ()))
            what = f"no candidate needs the consent of {name}, so it has no say and makes no offers"
            others = [case.profiles[k].id for k in on.proposers if on.needed[k].any()]
            out.append(_complaint(tree, path, what, f"write proposers: [{', '.join(others)}]" if others else None))
    return out


def _registered_again(tree: Mapping, case: Case) -> list[Complaint]:
    """Complaints about tactics that took another parameter when the scenario was loaded."""
    settings = case.scenario.negotiation
    out = []
    for party, tactic in settings.tactics.items() if settings.uses("tactics") else ():
        takes = NAMES[tactic.tactic].setting
        for key in tactic.parameters:
            span = tactic.span(key)
            path: TreePath = ("negotiation", "tactics", party, key)
            if takes is None or takes.key != key:
                what = f"{tactic.tactic} has been registered again and takes no {key} now"
            elif span is not None and not takes.low <= span.low <= span.high <= takes.high:
                ends = f"between {takes.low:g} and {takes.high:g}, not {span.words}"
                what = f"{tactic.tactic} has been registered again, and its {key} must lie {ends}"
            else:
                continue
            out.append(_complaint(tree, path, what, "load the scenario again, with what the tactic takes now"))
    return out


def _reacting(tree: Mapping, case: Case, on: Candidates) -> list[Complaint]:
    """Complaints about tactics that react to offers, of which only alternating offers tell them."""
    settings = case.scenario.negotiation
    if not settings.uses("tactics") or not PROTOCOLS.own(settings.protocol):
        return []
    out = []
    for party in on.ids(on.table):
        tactic = settings.tactics.get(party)
        if tactic is not None and TACTICS[tactic.tactic].reacts:
            what = f"{tactic.tactic} reacts to offers, of which the protocol {settings.protocol} does not tell it"
            hint = "choose a tactic that does not react, or alternating_offers"
            out.append(_complaint(tree, ("negotiation", "tactics", party), what, hint))
    return out


def _complaint(tree: Mapping, path: TreePath, what: str, hint: str | None) -> Complaint:
    label = ": ".join(str(step) for step in path if not isinstance(step, int))
    return Complaint(place_of(tree, path), label, what, hint, code="talks")
