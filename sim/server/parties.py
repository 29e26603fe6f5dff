"""What edits of parties change: their part of the draw pack, on the page's draws, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence

from sim.desk.english import line_words
from sim.desk.pack import refuse_own_rules
from sim.engine.preferences import ranges
from sim.engine.profiles import Case, Profile, compile_case
from sim.scenario.labels import labels_of
from sim.scenario.loading import edited
from sim.server.faults import faults_of
from sim.server.messages import EditedParties
from sim.server.shelf import ServedDesk
from sim.simulation.cases import check_fit
from sim.simulation.summary import demand_records, issue_record, line_record


def edited_parties(desk: ServedDesk, edits: Sequence[str]) -> EditedParties:
    """The parties that edits change. Raises Complaints about the edits, or what they lead to."""
    loaded = edited(desk.loaded, edits)
    case = compile_case(loaded.scenario, desk.case)
    refuse_own_rules(loaded, case)
    before = {profile.id: profile for profile in desk.case.profiles}
    changed = [profile for profile in case.profiles if before[profile.id] is not profile]
    check_fit(loaded, case, [profile for profile in changed if ranges(profile) != ranges(before[profile.id])])
    labels = labels_of(loaded.scenario.domain)
    known = {*desk.loaded.warnings}
    return EditedParties(
        **desk.packing.changed(case).document(small=False),
        lines={profile.id: line_words(profile, labels) for profile in changed},
        words={profile.id: _words(desk, case, profile, before[profile.id]) for profile in changed},
        warnings=faults_of([warning for warning in loaded.warnings if warning not in known], edits).faults,
    )


def _words(desk: ServedDesk, case: Case, profile: Profile, before: Profile) -> dict[str, list[str]]:
    """What the page says of a party's positions where they are not as before, by issue; not their mean weights."""
    seen = case.space.seen(case.text[None], profile.id)[0].tolist()
    lines = [line_record(line, False, 0.0) for line in profile.lines]
    changed = {*profile.lines} ^ {*before.lines}
    touched = {issue for line in changed for issue in (line.issue, *(name for name, _ in line.terms))}
    now, then = (demand_records(of, profile.id) for of in (case, desk.case))
    touched |= {issue for demand in (*now, *then) if demand not in now or demand not in then for issue in demand.terms}
    out = {}
    for j, cell in enumerate(profile.cells):
        if cell is not before.cells[j] or cell.issue in touched:
            record = issue_record(case, profile, j, seen[j], weight=0.0, mean_gain=0.0)
            out[cell.issue] = [*desk.words.of(profile.id, record, lines, now)]
    return out
