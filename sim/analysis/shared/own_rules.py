"""What questions that rest on a sum over issues say of a party that values packages by a utility of its author's own."""

from __future__ import annotations

from sim.engine.profiles import Case
from sim.files.complaints import Complaint, Complaints
from sim.files.nodes import place_of
from sim.scenario.loading import Loaded


def own_utility(loaded: Loaded, case: Case, party: str, what: str, hint: str) -> Complaints:
    """That a question has no answer by the utility of a party, at the place where the scenario names it."""
    rule = case.profile(party).utility
    assert rule is not None
    place = place_of(loaded.tree, ("rules", "utility", party))
    where = f"{party}: utility {rule.name}"
    return Complaints([Complaint(place, where, what, hint)])
