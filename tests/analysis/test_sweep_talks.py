"""Talks in sweeps: points negotiated as runs of their own, whoever works; who is in the way; words and figures."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.shared.counting import paired_change
from sim.analysis.shared.negotiated import negotiate
from sim.analysis.sweep import figure, findings, scoring
from sim.analysis.sweep import page as view
from sim.analysis.sweep.english import at_values, say
from sim.analysis.sweep.result import Sweep, SweepFinding, SweepPoint
from sim.analysis.sweep.scoring import SweepPoints
from sim.bargaining.endings import AGREED
from sim.cli import app
from sim.engine.draws import BLOCK
from sim.engine.preferences import preferences_of
from sim.files.complaints import Complaints
from sim.report.figure import write
from sim.report.page import csv_text, markdown
from sim.results.result import Result
from sim.scenario.loading import Loaded
from sim.simulation.agenda import agenda
from sim.simulation.cases import compiled
from tests import small
from tests.documented import documented_findings
from tests.documented import findings as kinds_with_keys
from tests.execution.counting import watched

PROTOCOLS = ("alternating_offers", "single_text")
#: Two blocks, of which the second counts in part.
DRAWS = 5000
COST = "red.no_deal.cost=0,0.1,0.3"
GUARANTEE = "proposal.guarantee=armed,consult,none"
NEITHER = "proposal.status=neutral,member"


@pytest.fixture(scope="module")
def deal(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return sim.load(small.write(tmp_path_factory.mktemp("deal")), draws=DRAWS)


def edits_of(result: Sweep, point: SweepPoint) -> list[str]:
    pairs = zip(result.paths, point.values, strict=True)
    return [f"{path.path}={value}" for path, value in pairs if value != "as_it_stands"]


def assert_as_run(point: SweepPoint, run: Result) -> None:
    """That a point has the figures of a run, to the last digit."""
    talks, other = point.talks, run.negotiation
    assert talks is not None
    assert other is not None
    assert (talks.agreed, talks.ratification_failed, talks.broke_down) == (
        other.agreed,
        other.ratification_failed,
        other.broke_down,
    )
    assert talks.turned_down == other.turned_down
    if other.breakdown is None:
        assert (talks.unavoidable, talks.in_the_way) == (None, ())
    else:
        assert (talks.unavoidable, talks.in_the_way) == (other.breakdown.unavoidable, other.breakdown.in_the_way)
    if not point.says_no_more:
        assert point.joint_acceptability == run.joint_acceptability
    assert {p.id: p.acceptability for p in point.parties} == {p.id: p.acceptability for p in run.parties}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("vary", [(COST,), ("negotiation.rounds=2,9", GUARANTEE)])
def test_points_are_runs_of_their_own(protocol: str, vary: tuple[str, ...], deal: Loaded) -> None:
    result = sim.sweep(deal, vary, protocol=protocol)
    negotiated = deal.with_(protocol=protocol)
    assert_as_run(result.base, sim.score(negotiated)[0])
    for point in result.points:
        assert_as_run(point, sim.score(sim.edited(negotiated, edits_of(result, point)))[0])
    assert result.talks is not None
    [run] = sim.score(negotiated)
    assert run.negotiation is not None
    assert (result.talks.protocol, result.talks.settings) == (protocol, run.negotiation.settings)


def test_the_vote_s_figures_stay_beside_those_of_the_talks(deal: Loaded) -> None:
    votes, talks = sim.sweep(deal, [COST]), sim.sweep(deal, [COST], protocol="alternating_offers")
    assert [point.model_copy(update={"talks": None}) for point in talks.points] == [*votes.points]


def test_a_sweep_without_a_protocol_votes(deal: Loaded) -> None:
    negotiated = deal.with_(protocol="alternating_offers")
    for result in (sim.sweep(negotiated, [COST]), sim.sweep(negotiated, [COST], protocol="vote")):
        assert result.talks is None
        assert result.findings == ()
        written = json.loads(result.to_json())
        assert not {"talks", "findings"} & (written.keys() | written["points"][0].keys())


def test_changes_are_paired_draw_by_draw(deal: Loaded) -> None:
    negotiated = deal.with_(protocol="alternating_offers")
    before, after = compiled([negotiated, sim.edited(negotiated, ["red.no_deal.cost=0.3"])])
    gained = lost = 0
    for block, draws in enumerate((4096, DRAWS - 4096)):
        ends = []
        for case in (before, after):
            none = np.zeros(draws, bool)
            _, outcome = negotiate(agenda(case), preferences_of(case, block), draws, none)
            ends.append((outcome[:draws] == AGREED).tolist())
        gained += sum(now and not then for then, now in zip(*ends, strict=True))
        lost += sum(then and not now for then, now in zip(*ends, strict=True))
    assert gained
    talks = sim.sweep(deal, [COST], protocol="alternating_offers").point("0.3").talks
    assert talks is not None
    assert talks.change.figures == tuple(paired_change(gained, lost, DRAWS))


# --- whoever works --------------------------------------------------------------------------------


def asked(loaded: Loaded, protocol: str | None) -> str:
    rounds = [] if protocol is None else ["negotiation.rounds=3,9"]
    return sim.sweep(loaded, ["red.no_deal.cost=0:0.3:5", *rounds], protocol=protocol).to_json()


@pytest.mark.parametrize("protocol", [None, *PROTOCOLS])
def test_whoever_works_and_in_whatever_pieces(
    protocol: str | None, deal: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = asked(deal, protocol)
    for name, points in (("VOTES", 2), ("FEW_TALKS", 3)):
        monkeypatch.setattr(scoring, name, points)
    with ThreadPoolExecutor(3) as threads:
        places: list[Callable[[], AbstractContextManager[Any]]] = [
            nullcontext,
            lambda: sim.workers(2, chunk=1),
            lambda: sim.workers(2, chunk=3),
            lambda: sim.workers(threads, chunk=1),
        ]
        for place in places:
            with place():
                assert asked(deal, protocol) == here


@pytest.mark.parametrize("protocol", [None, "alternating_offers"])
def test_batches_of_few_points_are_cut_by_draws_too(
    protocol: str | None, deal: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = asked(deal, protocol)
    monkeypatch.setattr(scoring, "_SPAN", 1)
    monkeypatch.setattr(scoring, "_TALKS_SPAN", 1)
    assert {*SweepPoints(deal, (COST,), protocol is not None).lengths} == {2}
    assert asked(deal, protocol) == here
    with sim.workers(2, chunk=1):
        assert asked(deal, protocol) == here


@pytest.mark.parametrize("protocol", [None, "alternating_offers"])
def test_what_is_at_hand_changes_nothing(protocol: str | None, deal: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where points, parties and answers are let go at once, they are made again."""
    here = asked(deal, protocol)
    for name, most in (("VOTES", 2), ("_POINTS_AT_HAND", 1), ("_ANSWERS_AT_HAND", 1)):
        monkeypatch.setattr(scoring, name, most)
    monkeypatch.setattr("sim.analysis.sweep.points._SHARED_BY", 1)
    assert asked(deal, protocol) == here


class Killed(Exception):
    """What ends a sweep in the midst of it."""


@pytest.mark.parametrize("protocol", [None, "alternating_offers"])
def test_a_sweep_that_was_stopped_goes_on(
    protocol: str | None, deal: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = asked(deal, protocol)
    monkeypatch.setattr(scoring, "VOTES", 2)
    count, stop = [0], [2]
    block = SweepPoints.block

    def counting(self: SweepPoints, batch: int, number: int) -> Any:
        if count[0] == stop[0]:
            raise Killed
        count[0] += 1
        return block(self, batch, number)

    monkeypatch.setattr(SweepPoints, "block", counting)
    with sim.workers(store=tmp_path), pytest.raises(Killed):
        asked(deal, protocol)
    stop[0] = -1
    with sim.workers(store=tmp_path):
        assert asked(deal, protocol) == here
    batches = 3 if protocol is None else 6
    assert count[0] == batches
    with sim.workers(store=tmp_path):
        assert asked(deal, protocol) == here
        assert count[0] == batches
        more = asked(deal.with_(seed=2), protocol)
    assert count[0] == 2 * batches
    assert more != here


@pytest.mark.parametrize("protocol", [None, "alternating_offers"])
@pytest.mark.parametrize("span", [1, 2])
def test_more_draws_need_only_what_is_new(
    span: int, protocol: str | None, deal: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more draws than a go counts; the last go of before was cut, whatever blocks a go has."""
    for name in ("_SPAN", "_TALKS_SPAN"):
        monkeypatch.setattr(scoring, name, span)
    smaller, larger = (deal.with_(draws=draws) for draws in (span * BLOCK + 900, 2 * span * BLOCK + 900))
    here = asked(larger, protocol)
    made = watched(SweepPoints, monkeypatch)
    with sim.workers(store=tmp_path):
        asked(smaller, protocol)
        batches = {batch for batch, _ in made}
        assert sorted(made) == [(batch, number) for batch in sorted(batches) for number in range(2)]
        made.clear()
        assert asked(larger, protocol) == here
    assert sorted(made) == [(batch, number) for batch in sorted(batches) for number in (1, 2)]


@pytest.mark.parametrize("protocol", [None, "alternating_offers"])
def test_faults_are_the_same_wherever_points_are_checked(
    protocol: str | None, deal: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    vary = ["red.no_deal.cost=0,0.1,x", "blue.status.importance=minor,mjor"]
    monkeypatch.setattr(scoring, "VOTES", 2)
    words = []
    for place in (nullcontext(), sim.workers(2, chunk=1)):
        with place, pytest.raises(Complaints) as info:
            sim.sweep(deal, vary, protocol=protocol)
        words.append(str(info.value))
    assert words[0] == words[1]
    assert "--vary[1]:1:24" in words[0]
    assert "--vary[2]:1:30" in words[0]


def test_rules_of_a_program_s_own_stay_in_its_process(deal: Loaded) -> None:
    @sim.tactic("stubborn_for_sweeps", yields=True)
    def stubborn(best: Any, t: Any, parameter: Any, seen: Any) -> Any:
        return best * (1 - t**9)

    negotiated = deal.with_(protocol="alternating_offers")
    vary = ["negotiation.tactics.red=as_it_stands,stubborn_for_sweeps"]
    assert SweepPoints(negotiated, (COST,), negotiated=True).travels
    assert not SweepPoints(negotiated, tuple(vary), negotiated=True).travels
    here = sim.sweep(deal, vary, protocol="alternating_offers").to_json()
    with sim.workers(2, chunk=1):
        assert sim.sweep(deal, vary, protocol="alternating_offers").to_json() == here


# --- texts that cannot be, and that say no more than no deal --------------------------------------------


def test_a_text_that_breaks_a_constraint_is_not_negotiated(deal: Loaded) -> None:
    result = sim.sweep(deal, [NEITHER, GUARANTEE], protocol="alternating_offers")
    gaps = [point for point in result.points if point.breaks]
    assert gaps
    assert all(point.talks is None and {x.id for x in point.breaks} == {"members_are_defended"} for point in gaps)
    assert all(point.talks is not None for point in result.points if not point.breaks)
    page = view.page(result)
    assert "-" in {cell for row in page.sheets[0].rows for cell in row}
    figure.draw(result)
    line = sim.sweep(deal.with_({"proposal.status": "member"}), [GUARANTEE], protocol="single_text")
    assert [row[1] for row in view.page(line).sheets[0].rows].count("-") == 2
    figure.draw(line)


def test_a_text_that_says_no_more_than_no_deal_is_negotiated_all_the_same(deal: Loaded) -> None:
    gone = {"proposal.fighting": "continues", "proposal.guarantee": "none", "proposal.land": "ceded"}
    other = deal.with_(gone)
    result = sim.sweep(other, ["proposal.land=ceded,returned"], protocol="alternating_offers")
    point = result.point("ceded")
    assert point.says_no_more
    assert point.joint_acceptability is None
    assert_as_run(point, sim.score(other.with_(protocol="alternating_offers"))[0])
    assert point.talks is not None


def test_a_point_that_votes_is_refused_in_a_sweep_of_talks(deal: Loaded) -> None:
    with pytest.raises(Complaints) as info:
        sim.sweep(deal, ["negotiation.protocol=vote,single_text"], protocol="alternating_offers")
    [complaint] = info.value.complaints
    assert str(complaint.place) == "--vary[1]:1:22"
    assert "no talks" in complaint.what


def test_protocols_can_vary(deal: Loaded) -> None:
    result = sim.sweep(deal, ["negotiation.protocol=alternating_offers,single_text"], protocol="alternating_offers")
    assert result.paths[0].own == ("alternating_offers",)
    for point in result.points:
        assert_as_run(point, sim.score(deal.with_(protocol=point.values[0]))[0])


def test_a_faulty_setting_of_the_talks_is_told_at_its_value(deal: Loaded) -> None:
    with pytest.raises(Complaints) as info:
        sim.sweep(deal, ["negotiation.proposers=[red, blue],[red, green]"], protocol="alternating_offers")
    assert "--vary[1]:1:" in str(info.value)
    assert "green" in str(info.value)


# --- what is worth saying ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def along(deal: Loaded) -> Sweep:
    return sim.sweep(deal, ["red.no_deal.cost=0,0.1,0.2,0.3"], protocol="alternating_offers")


@pytest.fixture(scope="module")
def grid(deal: Loaded) -> Sweep:
    return sim.sweep(deal, [COST, GUARANTEE], protocol="single_text")


def talks_of(point: SweepPoint) -> Any:
    assert point.talks is not None
    return point.talks


def test_findings_are_those_of_the_points(along: Sweep) -> None:
    by_kind = {finding.kind: finding for finding in along.findings}
    assert along.findings == findings.findings(along)
    agreed = {point.values: talks_of(point).agreed.estimate for point in along.points}
    ends: Any = by_kind["talks_range"]
    assert (ends.least.share, ends.most.share) == (min(agreed.values()), max(agreed.values()))
    assert agreed[ends.least.values] == ends.least.share
    assert agreed[ends.most.values] == ends.most.share
    first = {point.values: next(iter(talks_of(point).obstacles)) for point in along.points}
    ways: Any = by_kind["talks_obstacles"]
    assert sum(x.points for x in ways.parties) == len(along.points) == ways.points
    for x in ways.parties:
        assert all(first[values] == x.party for values in x.values)
        shares = [talks_of(p).obstacles[x.party] for p in along.points if first[p.values] == x.party]
        assert (x.least, x.most) == (min(shares), max(shares))
    assert all(one.points >= other.points for one, other in pairwise(ways.parties))


def test_where_one_half_is_crossed(deal: Loaded, along: Sweep, grid: Sweep) -> None:
    line = sim.sweep(deal, ["red.no_deal.cost=-0.3,-0.1,0,0.3"], protocol="single_text")
    assert len(line.talks_boundaries) == 1
    assert " one half between cost " in view.page(line).lead
    assert grid.talks_boundaries
    for result in (along, grid, line):
        at = {point.values: talks_of(point).agreed.estimate >= 0.5 for point in result.points}
        turns = []
        for axis, path in enumerate(result.paths):
            for values in at:
                others = [*path.values[path.values.index(values[axis]) + 1 :]][:1]
                for other in others:
                    after = (*values[:axis], other, *values[axis + 1 :])
                    if at[values] != at[after]:
                        below, above = (after, values) if at[values] else (values, after)
                        elsewhere = values[1 - axis] if len(values) == 2 else None
                        turns.append((path.path, below[axis], above[axis], elsewhere))
        assert [(x.path, x.below, x.above, x.elsewhere) for x in result.talks_boundaries] == turns
        [half] = [x for x in result.findings if x.kind == "talks_half"]
        assert (half.points, half.above) == (len(at), sum(at.values()))  # type: ignore[attr-defined]


def test_one_half_is_crossed_beside_a_text_that_cannot_be(along: Sweep) -> None:
    """What is not negotiated stands between no values: the next on either side do."""
    base = along.points[0]
    shares = [0.7, None, 0.2, 0.5]

    def point(k: int, share: float | None) -> SweepPoint:
        talks = None
        if share is not None:
            agreed = talks_of(base).agreed.model_copy(update={"estimate": share, "low": share - 0.01, "high": share})
            talks = talks_of(base).model_copy(update={"agreed": agreed})
        return base.model_copy(update={"values": (str(k),), "talks": talks})

    path = along.paths[0].model_copy(update={"values": ("0", "1", "2", "3"), "own": (), "rounded": {}})
    points = tuple(point(k, share) for k, share in enumerate(shares))
    result = along.model_copy(update={"paths": (path,), "points": points})
    [half] = [x for x in findings.findings(result) if x.kind == "talks_half"]
    assert say(half, result) == (
        "The share falls below one half between cost 0 and 2 and reaches one half between cost 2 and 3, too near to "
        "call at cost 3."
    )


def test_terms_of_the_text_are_no_values_of_a_source() -> None:
    loaded = sim.load("istanbul", draws=100)
    lead = view.page(sim.sweep(loaded, ["proposal.crimea=deferred,recognised"])).lead
    assert "The evidence alone makes of the text: refused at recognised as Russian." in lead
    assert "as if a source stated" not in lead


def test_a_line_of_another_basis_is_another_ground(along: Sweep) -> None:
    """A line that is stated on one day and read out of the sources on another is named as each."""
    base = along.points[0]
    party = next(iter(talks_of(base).obstacles))
    talks = talks_of(base)

    def point(day: str, basis: str) -> SweepPoint:
        def against(refusers: Any) -> Any:
            return tuple(
                x.model_copy(update={"objection": x.objection.model_copy(update={"basis": basis})}) for x in refusers
            )

        changed = {"in_the_way": against(talks.in_the_way), "turned_down": against(talks.turned_down)}
        return base.model_copy(update={"values": (day,), "talks": talks.model_copy(update=changed)})

    points = (point("0", "stated"), point("1", "inferred"), point("2", "inferred"))
    [ways] = findings._obstacles(points)
    [who] = [x for x in ways.parties if x.party == party]
    assert [(x.objection.basis, x.points) for x in who.grounds] == [("inferred", 2), ("stated", 1)]


def test_a_line_is_named_only_where_it_stands_in_the_way() -> None:
    """A refusal of nobody is not what a public is in the way over; one that holds in different shares has no share."""
    loaded = sim.load("istanbul", draws=300)
    vary = ["ukrainian_public.refuses.nothing_short_of_nato_2022.holds=0,0.6,1"]
    result = sim.sweep(loaded, vary, protocol="alternating_offers")
    [ways] = [x for x in result.findings if x.kind == "talks_obstacles"]
    [public] = ways.parties  # type: ignore[attr-defined]
    line, other = public.grounds
    assert (line.objection.refusal, line.objection.holds) == ("nothing_short_of_nato_2022", None)
    assert line.values == (("0.6",), ("1",))
    assert (other.objection.kind, other.points, other.values) == ("issue", 1, (("0",),))
    lead = view.page(result).lead
    assert "at holds 0.6 and 1 over its edited refusal 'nothing short of NATO (2022)', at holds 0 over " in lead
    assert "(holds: " not in lead
    assert "With values put in as if a source stated them, the evidence alone makes of the text: refused at" in lead


def test_very_many_values_have_few_rows(deal: Loaded) -> None:
    result = sim.sweep(deal.with_(draws=60), ["red.no_deal.cost=0:1:101"], protocol="alternating_offers")
    talks, vote = view.page(result).sheets
    values = [row[0].removesuffix(" *") for row in talks.rows]
    assert [row[0].removesuffix(" *") for row in vote.rows] == values
    assert len(values) < 40
    assert {values[0], values[-1]} == {"0", "1"}
    assert all({x.below, x.above} <= {*values} for x in result.talks_boundaries)
    for sheet in (talks, vote):
        assert f"({len(values)} of 101 values in rows; " in (sheet.title or "")
    assert len(vote.tones) == len(vote.rows)
    assert len(json.loads(result.to_json())["points"]) == 101
    wide = sim.sweep(deal.with_(draws=20), ["red.no_deal.cost=0:1:101", GUARANTEE])
    assert len(view.page(wide).sheets[0].rows) < 40


def test_who_is_in_the_way_adds_breakdowns_and_ratification(along: Sweep) -> None:
    for point in along.points:
        talks = talks_of(point)
        for party, share in talks.obstacles.items():
            blocked = sum(x.share for x in talks.in_the_way if x.party == party) * talks.broke_down.estimate
            failed = sum(x.share for x in talks.turned_down if x.party == party) * talks.ratification_failed.estimate
            assert share == pytest.approx(blocked + failed)


def test_values_of_one_path_are_counted_each(deal: Loaded) -> None:
    result = sim.sweep(deal, ["blue.no_deal.cost=0.05,0.051,as_it_stands,0.2,0.3"], protocol="alternating_offers")
    assert result.paths[0].own == ("0.05", "as_it_stands")
    changes = [point.talks.change for point in result.points if point.talks is not None]
    moving = [change.low > 0 or change.high < 0 for change in changes]
    assert moving == [False, False, False, True, True]
    said = {finding.kind: finding.model_dump() for finding in result.findings}
    assert said["talks_range"]["moving"] == 2
    assert [said[kind]["points"] for kind in ("talks_half", "talks_obstacles")] == [5, 5], "of one path all are named"


def test_combinations_of_a_value_that_stands_twice_are_counted_once(deal: Loaded) -> None:
    vary = ["blue.no_deal.cost=0.05,as_it_stands,0.2", "proposal.guarantee=armed,none"]
    result = sim.sweep(deal.with_(draws=300), vary, protocol="alternating_offers")
    said = {finding.kind: finding.model_dump() for finding in result.findings}
    assert [said[kind]["points"] for kind in ("talks_half", "talks_obstacles")] == [4, 4]


def test_shares_that_are_the_same_at_values_apart_from_the_scenario_s_own(deal: Loaded) -> None:
    few = deal.with_(draws=300)
    vote = view.page(sim.sweep(few, ["proposal.status=member,undecided"])).lead
    assert "is 0% at every value of status in the text here. As the scenario stands it is 32%." in vote
    lead = view.page(sim.sweep(few, ["red.no_deal.cost=0.9,1"], protocol="alternating_offers")).lead
    assert "is reached in 98% of draws at each value here; as the scenario stands in 75%." in lead
    assert "does not hang on that" not in lead + vote


@pytest.mark.parametrize(("protocol", "value"), [(None, "0.052"), ("alternating_offers", "0.051")])
def test_it_is_said_that_no_value_moves_a_share(protocol: str | None, value: str, deal: Loaded) -> None:
    still, moved = (sim.sweep(deal, [f"blue.no_deal.cost=0.05,{x}"], protocol=protocol) for x in (value, "0.2"))
    assert "No value here moves that by more than sampling error." in view.page(still).lead
    assert "No value here moves that" not in view.page(moved).lead


def test_the_page_of_one_path(along: Sweep) -> None:
    page = view.page(along)
    assert page.lead.startswith("Negotiated by alternating offers, an agreement that stands is reached in ")
    assert "What follows is the vote on the text as tabled." in page.lead
    talks, vote = page.sheets
    assert [column.heading for column in talks.columns][:4] == [
        "Red's cost of no deal",
        "agreement stands",
        "not ratified",
        "breaks down",
    ]
    assert [row[0] for row in talks.rows] == [row[0] for row in vote.rows]
    assert "assumptions" in page.notes[0]
    assert "| agreement stands |" in markdown(page)


def test_the_page_of_two_paths(grid: Sweep) -> None:
    page = view.page(grid)
    titles = [sheet.title or "" for sheet in page.sheets]
    assert titles[0].startswith("Agreements that stand; columns: ")
    assert titles[1].startswith("Most often in the way; columns: ")
    assert titles[-1].startswith("Joint share as modelled; columns: ")
    assert [len(sheet.rows) for sheet in page.sheets] == [3] * len(page.sheets)
    assert not any("in its cell" in note for note in page.notes), "cells of a grid have no such marks"


def test_points_of_two_paths_are_named_in_short_where_that_tells_them_apart(deal: Loaded) -> None:
    few = deal.with_(draws=50)
    short = sim.sweep(few, ["red.no_deal.cost=0,0.1", "blue.land.weight=0.1,0.4"])
    assert at_values(short, ("0.1", "0.4")) == "cost 0.1, weight 0.4"
    for second in ("blue.no_deal.cost=0,0.2", "proposal.status=neutral,member"):
        result = sim.sweep(few, ["red.no_deal.cost=0,0.1", second])
        assert at_values(result, result.points[0].values).startswith("Red's cost of no deal: 0, ")


def test_rows_are_tidy(along: Sweep) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(view.HEADER, view.rows(along)))))
    point = talks_of(along.point("0.1"))
    at = {(r["party"], r["measure"]): r for r in rows if r["value_1"] == "0.1"}
    assert float(at["", "agreed"]["value"]) == pytest.approx(point.agreed.estimate)
    assert float(at["", "agreed_change"]["low"]) == pytest.approx(point.change.low)
    for refuser in point.in_the_way:
        assert float(at[refuser.party, "in_the_way"]["value"]) == pytest.approx(refuser.share)
        assert float(at[refuser.party, "in_the_way_alone"]["value"]) == pytest.approx(refuser.sole)
    obstacles = {party: float(row["value"]) for (party, measure), row in at.items() if measure == "obstacle"}
    assert obstacles == pytest.approx(point.obstacles), "of all draws, as the page has it"


def test_it_is_read_back(along: Sweep, tmp_path: Path) -> None:
    again = sim.read(along.save(tmp_path / "sweep.json"))
    assert again.to_json() == along.to_json()


def test_figures(along: Sweep, grid: Sweep, tmp_path: Path) -> None:
    line = figure.draw(along)
    lines = {x.get_label(): x for x in line.axes[0].lines}
    agreed = [100 * talks_of(p).agreed.estimate for p in along.points]
    assert list(lines["agreement stands"].get_ydata()) == pytest.approx(agreed)
    names = {along.names[next(iter(talks_of(p).obstacles))] for p in along.points}
    assert {*names, "most often\nin the way"} == {text.get_text() for text in line.axes[0].texts if text.get_text()}
    heat = figure.draw(grid)
    left, right = heat.axes[:2]
    shares = [[100 * talks_of(grid.points[3 * r + c]).agreed.estimate for c in range(3)] for r in range(3)]
    assert np.asarray(left.images[0].get_array()) == pytest.approx(np.array(shares))
    assert [ax.texts[-1].get_text() for ax in (left, right)] == ["Agreement stands", "Agreed, but not ratified"]
    assert len(left.texts) == len(right.texts) == 9 + 1
    assert left.images[0].get_cmap().name != right.images[0].get_cmap().name
    assert len(left.lines) == len(grid.talks_boundaries)
    for name, drawn in (("line.svg", line), ("heat.png", heat)):
        write(drawn, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 5000


def test_command(tmp_path: Path) -> None:
    home = small.write(tmp_path)
    vary = ["sweep", str(home), "--draws", "300", "--vary", COST, "--protocol", "alternating_offers"]
    done = CliRunner().invoke(app, [*vary, "--format", "json", "--plot", str(tmp_path / "x.png"), "--store", ""])
    assert done.exit_code == 0, done.stderr
    loaded = sim.load(home, draws=300, protocol="alternating_offers")
    assert done.stdout.rstrip() == sim.sweep(loaded, [COST], protocol="alternating_offers").to_json()
    assert (tmp_path / "x.png").exists()


def test_every_kind_is_documented_and_no_other() -> None:
    assert documented_findings("sim.sweep/1") == kinds_with_keys(SweepFinding)
