"""What questions that rest on sums over issues say of a party that judges by rules of its author's own."""

from __future__ import annotations

from sim.engine.profiles import Case
from sim.files.complaints import Complaint, Complaints
from sim.files.nodes import place_of
from sim.scenario.loading import Loaded


def unanswered(loaded: Loaded, case: Case, party: str, what: str, hint: str) -> Complaints:
    """That a question has no answer by the rule of a party, at the place where the scenario names the rule.

    The rule is its utility, where it has one of its own, else its acceptance.
    """
    profile = case.profile(party)
    rule = profile.utility or profile.acceptance
    assert rule is not None
    place = place_of(loaded.tree, ("rules", rule.kind, party))
    return Complaints([Complaint(place, f"{party}: {rule.kind} {rule.name}", what, hint, code="rules")])
