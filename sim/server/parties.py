"""What edits of parties change: their part of the draw pack, on the page's draws, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence

from sim.desk.english import line_words
from sim.engine.profiles import compile_case
from sim.scenario.labels import labels_of
from sim.scenario.loading import edited
from sim.server.messages import EditedParties
from sim.server.shelf import ServedDesk
from sim.simulation.cases import check_fit


def edited_parties(desk: ServedDesk, edits: Sequence[str]) -> EditedParties:
    """The parties that edits change. Raises Complaints about the edits, or what they lead to."""
    loaded = edited(desk.loaded, edits)
    case = compile_case(loaded.scenario, desk.case)
    before = {id(profile) for profile in desk.case.profiles}
    changed = [profile for profile in case.profiles if id(profile) not in before]
    check_fit(loaded, case, changed)
    labels = labels_of(loaded.scenario.domain)
    known = {str(warning) for warning in desk.loaded.warnings}
    return EditedParties(
        **desk.packing.changed(case).document(),
        lines={profile.id: line_words(profile, labels) for profile in changed},
        words={},
        warnings=[text for warning in loaded.warnings if (text := str(warning)) not in known],
    )
