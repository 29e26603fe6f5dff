"""The first library's positions: what was said on a day is in force from that day, and rests on documents."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from functools import cache
from pathlib import Path

import pytest

import sim
from sim.results.result import Result
from sim.scenario import catalogue, schema
from sim.scenario.loading import load_domain

SCENARIOS = Path(__file__).parent.parent / "scenarios"
#: Lavrov, in Riyadh: no soldiers of NATO states in Ukraine, under any flag.
RIYADH = dt.date(2025, 2, 18)
FIRMNESS = ("stated", "inferred", "assumed")


@cache
def domain() -> schema.Domain:
    return load_domain(SCENARIOS / "domain")


def scored(name: str, as_of: dt.date | None = None) -> Result:
    [result] = sim.score([sim.load(SCENARIOS / f"{name}.yaml", draws=500, as_of=as_of)])
    return result


def test_russia_refuses_a_force_of_nato_states_from_the_day_it_said_so() -> None:
    before = scored("us_2025_no_membership", RIYADH - dt.timedelta(days=1)).party("russia")
    since = scored("us_2025_no_membership", RIYADH)
    assert before.on_evidence.possible > 0, "a day earlier only a reading of other words stood against it"
    russia = since.party("russia")
    assert (russia.acceptability.estimate, russia.on_evidence.possible) == (0, 0)
    objection = russia.main_objection
    assert objection is not None
    assert (objection.kind, objection.issue, objection.option) == ("red_line", "foreign_forces", "reassurance_force")
    assert objection.basis == "stated"
    assert since.joint_acceptability.estimate == 0
    assert scored("us_2025_no_membership").joint_acceptability.estimate == 0, "the text is of six days later"


@pytest.mark.parametrize("name", ["us_2025_no_membership", "e3_counter_2025", "twenty_points_2025"])
def test_the_sources_settle_that_russia_refuses_such_a_force_in_every_text_since(name: str) -> None:
    result = scored(name)
    assert result.party("russia").on_evidence.verdict == "refuses"
    assert result.on_evidence.verdict == "refused"


def test_the_line_rests_on_two_documents_of_the_time() -> None:
    [entry] = [e for e in domain().positions["russia"].positions["foreign_forces"] if e.start == RIYADH]
    rows = {row.id: row for row in domain().evidence}
    for line in entry.red_lines:
        cited = [rows[x] for x in line.evidence]
        assert len({row.source for row in cited}) >= 2, line.option
        assert {row.date for row in cited} == {RIYADH}
        assert all(domain().sources.sources[row.source].date - RIYADH <= dt.timedelta(days=1) for row in cited)


def test_a_line_is_not_told_more_softly_later() -> None:
    """A party that has ruled an option out in plain words does not rule it out by inference from another day on."""
    seen = 0
    for party in domain().positions.values():
        for issue, entries in party.positions.items():
            for earlier, later in itertools.pairwise(entries):
                firm = {line.option: FIRMNESS.index(line.basis) for line in earlier.red_lines}
                for line in later.red_lines:
                    if line.option in firm:
                        seen += 1
                        assert FIRMNESS.index(line.basis) <= firm[line.option], (party.id, issue, line.option)
    assert seen > 5


def test_the_guide_says_how_many_cells_of_the_two_youngest_parties_nobody_looked_for() -> None:
    """Every other party's cells on older issues were; the guide's share of wrong cells is that of a day."""
    found = sim.audit(sim.load_all([f for f in catalogue.shipped_texts() if f.parent == SCENARIOS], draws=10))
    older = {issue for issue, its in domain().issues.issues.items() if its.since is None}
    cells = [(x.party, x.searched is None) for x in found.entries if x.kind == "cell" and x.issue in older]
    asked = {party: sum(p == party for p, _ in cells) for party, _ in cells}
    open_ = {party: sum(p == party and missed for p, missed in cells) for party in asked}
    assert {party for party, count in open_.items() if count} == {"europe", "eu"}
    text = " ".join((SCENARIOS / "README.md").read_text(encoding="utf-8").split())
    states, union = (open_["europe"], asked["europe"]), (open_["eu"], asked["eu"])
    said = re.search(
        r"most were not: (\d+) of their (\d+) cells .* \((\d+) of (\d+) of the states, (\d+) of (\d+) of", text
    )
    assert said is not None
    assert [int(n) for n in said.groups()] == [states[0] + union[0], states[1] + union[1], *states, *union]
