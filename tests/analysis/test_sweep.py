"""Sweeps: values read from text, points scored as runs of their own, complaints at the value, words and figures."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import sim
from sim.analysis.shared.ballots import polled
from sim.analysis.shared.counting import paired_change
from sim.analysis.sweep import figure as figure
from sim.analysis.sweep import page as view
from sim.analysis.sweep import scoring
from sim.analysis.sweep.result import Sweep
from sim.analysis.sweep.sweep import sweep
from sim.analysis.sweep.variations import MOST, parse_variation, parse_variations, pieces
from sim.analysis.sweep.words import MOST as MOST_LINES
from sim.cli import app
from sim.files import nodes
from sim.files.complaints import Complaints
from sim.report.figure import write
from sim.report.numbers import points
from sim.report.page import csv_text, markdown
from sim.report.verdict import evidence_word
from sim.results.verdicts import outcome
from sim.scenario.loading import Loaded, load
from sim.simulation.cases import compiled
from tests import on_disk
from tests.documented import documented, keys
from tests.domains import line, party, position, quick, refusal, scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"
ISTANBUL = SCENARIOS / "istanbul.yaml"
CLASSES = "none,minor,moderate,major,critical"


@cache
def istanbul(draws: int, edits: tuple[str, ...] = ()) -> Loaded:
    return load(ISTANBUL, draws=draws, edits=edits)


def found(*vary: str, draws: int = 1000, edits: tuple[str, ...] = ()) -> Sweep:
    return sweep(istanbul(draws, edits), vary)


#: What everything in a made domain rests on.
CLAIM = {
    "id": "E", "date": "2022-01-01", "party": "pan", "issue": "context", "claim": "c", "strength": "demand",
    "attribution": "quote", "source": "S",
}  # fmt: skip
TRUCE = "pan.truce.importance=" + CLASSES
REFUSES = "qua.refuses=as_it_stands,none"


def turning(folder: Path, *edits: str, draws: int = 4000) -> Loaded:
    """A text that turns with the importance of the truce for Pan, where Qua does not refuse.

    Pan accepts in 0, 13, 25, 62 and 100% of draws from none to critical (the file has major); Qua in 70%, but for its
    refusal. So both together reach one half between major and critical, Pan alone between moderate and major. How
    much the issues matter to Pan is assumed, and all else inferred.
    """
    issues = {i: "ab" for i in ("truce", "trade", "land", "arms")}
    assumed = {"ranking": "inferred", "importance": "assumed"}
    cells = {"truce": ("ab", "major"), "trade": ("ab", "moderate"), "land": ("ba", "major"), "arms": ("ba", "minor")}
    content = position(None, "critical", values={"a": [0, 1], "b": 0})
    people = {
        "pan": party({i: position(*cell, basis=assumed) for i, cell in cells.items()}, name="Pan"),
        "qua": party(
            {"truce": content} | {i: position("ab", "none") for i in ("trade", "land", "arms")},
            name="Qua",
            reservation=0.3,
            refuses=[refusal("deal", {"truce": ["a"]}, "inferred")],
        ),
    }
    text, war = dict.fromkeys(issues, "a"), {"k": dict.fromkeys(issues, "b")}
    on = scenario(issues, people, text, war, evidence=[CLAIM], draws=draws)
    item = on_disk.loaded(folder, on, claim="E")
    return sim.edited(item, list(edits)) if edits else item


def shares(folder: Path, *each: float, draws: int, lines: Sequence[Any] = ()) -> Loaded:
    """A text that each of several parties, p0 on, accepts in a share of draws; p0 has red lines."""
    issue = position(None, "critical", values={"a": [0, 1], "b": 0})
    people = {
        f"p{k}": party({"i": issue | ({"red_lines": list(lines)} if k == 0 else {})}, reservation=1 - share)
        for k, share in enumerate(each)
    }
    on = scenario({"i": "ab"}, people, {"i": "a"}, evidence=[CLAIM | {"party": "p0"}], draws=draws)
    return on_disk.loaded(folder, on, claim="E")


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b.importance=minor, major", ["minor", "major"]),
        ("a.b.red_lines=none,[x],[x, z]", ["none", "[x]", "[x, z]"]),
        ("a.b.ranking=[x, [w, z], rest],unknown", ["[x, [w, z], rest]", "unknown"]),
        ("a.b.values={x: 1, z: 0.5..0.7},{x: 1, z: 0}", ["{x: 1, z: [0.5, 0.7]}", "{x: 1, z: 0}"]),
        ("a.b.weight=0.1..0.2,0.3", ["[0.1, 0.2]", "0.3"]),
        ("a.b.weight=0:1:5", ["0", "0.25", "0.5", "0.75", "1"]),
        ("a.b.weight= 0.1 : 0.7 : 7 ", ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"]),
        ("a.no_deal.cost=-.1:1e-1:3", ["-0.1", "0", "0.1"]),
        ("a.refuses=as_it_stands,none", ["as_it_stands", "none"]),
    ],
)
def test_values_are_read(text: str, values: list[str]) -> None:
    variation = parse_variation(text, 1)
    assert [v.text for v in variation.values] == values
    for value in variation.values:
        assert value.place.file == "--vary[1]"
        if value.edit is not None:
            assert value.edit.parts == tuple(text.split("=")[0].split("."))


def test_quoted_values_are_whole() -> None:
    variation = parse_variation("""a.b.note="x, z",'it''s, so',don't""", 1)
    edits = [v.edit for v in variation.values]
    assert [nodes.to_plain(e.value) for e in edits if e is not None] == ["x, z", "it's, so", "don't"]


plain = st.recursive(
    st.sampled_from(["x", "rest", "it_is", 0.5, 3, "a, b", "it's", 'say "no"', "[", "}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("pq"), inner, max_size=2),
    max_leaves=6,
)


@given(st.lists(plain, min_size=1, max_size=4), st.sampled_from([",", ", ", " ,"]))
@quick(200)
def test_commas_part_values_only_where_they_stand_alone(values: list[object], comma: str) -> None:
    place = nodes.Place("f", 1, 1)
    written = [nodes.flow(nodes.from_plain(v, place)) for v in values]
    text = comma.join(written)
    assert [text[a:b].strip() for a, b in pieces(text, 0)] == written


@given(st.integers(-999, 999), st.integers(1, 999), st.integers(2, 40))
@quick(100)
def test_spaced_numbers_parse_back_and_reach_both_ends(low: int, width: int, count: int) -> None:
    ends = f"{low / 1000}", f"{(low + width) / 1000}"
    variation = parse_variation(f"a.b.weight={ends[0]}:{ends[1]}:{count}", 1)
    numbers = [v.number for v in variation.values]
    assert numbers[0] == float(ends[0])
    assert numbers[-1] == float(ends[1])
    for k, (value, number) in enumerate(zip(variation.values, numbers, strict=True)):
        assert float(value.text) == number
        assert number == pytest.approx(float(ends[0]) + (float(ends[1]) - float(ends[0])) * k / (count - 1))


# --- scoring --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "vary",
    [
        ("us.fighting.importance=" + CLASSES,),
        ("us.sanctions.weight=0:0.4:3",),
        ("us.sanctions.ranking=unknown,[kept, rest]", "ukrainian_public.refuses=as_it_stands,none"),
        ("russia.alignment.red_lines=none,[nato_membership],[permanent_neutrality]", "proposal.donbas=open,ceded"),
        ("ukraine.no_deal.beliefs.stalemate=0.2,0.3..0.5", "proposal.domestic_consent=referendum,parliament"),
        ("us.sanctions=unknown,as_it_stands", "nato.sanctions.importance=minor,unknown"),
    ],
)
def test_points_are_runs_of_their_own(vary: tuple[str, ...]) -> None:
    base = istanbul(5000, ("russia.sanctions.importance=minor",))
    result = sweep(base, vary)
    variations = parse_variations(vary)
    assert len(result.points) == len(list(product(*(v.values for v in variations))))
    [before] = sim.score([base])
    for point in result.points:
        edits = [
            f"{path.path}={value}"
            for path, value in zip(result.paths, point.values, strict=True)
            if value != "as_it_stands"
        ]
        [run] = sim.score([sim.edited(base, edits)])
        assert point.joint_acceptability == run.joint_acceptability
        assert point.weakest_party == run.weakest_party
        assert point.verdict == outcome(run)[0].replace("with_filler", "accepted")
        for row in point.parties:
            other = run.party(row.id)
            assert (row.acceptability, row.consent_needed, row.verdict, row.silent) == (
                other.acceptability,
                other.consent_needed,
                other.verdict,
                other.silent,
            )
            assert row.change.estimate == pytest.approx(
                other.acceptability.estimate - before.party(row.id).acceptability.estimate
            )
        if point.own:
            assert point.joint_acceptability == before.joint_acceptability
    assert result.base.joint_acceptability == before.joint_acceptability


def test_changes_are_paired_draw_by_draw() -> None:
    vary = "ukrainian_public.refuses=as_it_stands,none"
    base = istanbul(5000)
    cases = compiled([base, sim.edited(base, ["ukrainian_public.refuses=none"])])
    gained = lost = 0
    for votes in polled(cases, 5000, 1):
        one, other = votes.joint(0), votes.joint(1)
        gained += sum(b and not a for a, b in zip(one, other, strict=True))
        lost += sum(a and not b for a, b in zip(one, other, strict=True))
    assert gained
    change = sweep(base, [vary]).point("none").change
    assert change is not None
    assert (change.estimate, change.low, change.high) == paired_change(gained, lost, 5000)


def test_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    vary = "us.fighting.importance=" + CLASSES, "us.sanctions.weight=0:0.3:4"
    whole = found(*vary)
    monkeypatch.setattr(scoring, "VOTES", 4)
    base, steps = istanbul(1000), []
    assert sweep(base, vary, progress=lambda done, total: steps.append((done, total))) == whole
    # the scenario and twenty points in six batches, which are checked and then scored
    assert steps == [(k, 12) for k in range(1, 13)]


@pytest.mark.parametrize(
    ("vary", "edits", "own"),
    [
        ("us.fighting.importance=" + CLASSES, ("us.fighting.importance=moderate",), ["moderate"]),
        ("proposal.donbas=returned,open", (), ["open"]),
        ("proposal.sanctions=kept,phased_relief", ("proposal.sanctions=phased_relief",), ["phased_relief"]),
        (
            "russia.alignment.red_lines=[nato_membership],[open_door, nato_membership],none",
            (),
            ["[open_door, nato_membership]"],
        ),
        ("us.alignment=as_it_stands,unknown", ("us.alignment=unknown",), ["as_it_stands", "unknown"]),
        ("us.sanctions.weight=0.1,0.2", (), []),
        ("ukraine.no_deal.cost=0,0.1", (), ["0"]),
        ("ukrainian_public.refuses=as_it_stands,none", (), ["as_it_stands"]),
    ],
)
def test_the_scenario_s_own_value_is_marked(vary: str, edits: tuple[str, ...], own: list[str]) -> None:
    result = found(vary, draws=500, edits=edits)
    assert list(result.paths[0].own) == own
    assert [p.values[0] for p in result.points if p.own] == own
    for point in result.points:
        if point.own:
            assert point.change is not None
            assert point.joint_acceptability == result.base.joint_acceptability
            assert point.change.estimate == 0


def test_the_own_value_is_that_of_the_files() -> None:
    scenario = istanbul(500).scenario
    option = scenario.proposal.terms["sanctions"].option
    assert option is not None
    result = found("proposal.sanctions=" + ",".join(scenario.domain.issues.issues["sanctions"].options), draws=500)
    assert [(p.values, p.own) for p in result.points if p.own] == [((option,), True)]


def test_boundaries_are_where_neighbours_part(tmp_path: Path) -> None:
    result = sweep(turning(tmp_path), [TRUCE, REFUSES])
    first, second = (p.values for p in result.paths)
    shares = {p.values: p.joint_acceptability.estimate for p in result.points if p.joint_acceptability}
    expected = set()
    for a, b in product(first, second):
        for path, other in (
            (result.paths[0].path, (first[first.index(a) + 1 : first.index(a) + 2], (b,))),
            (result.paths[1].path, ((a,), second[second.index(b) + 1 : second.index(b) + 2])),
        ):
            for next_a, next_b in product(*other):
                if (shares[a, b] < 0.5) != (shares[next_a, next_b] < 0.5):
                    pair = sorted([(a, b), (next_a, next_b)], key=lambda at: shares[at])
                    axis = 0 if path == result.paths[0].path else 1
                    expected.add((path, pair[0][axis], pair[1][axis], pair[0][1 - axis]))
    assert expected
    told = {(b.path, b.below, b.above, b.elsewhere) for b in result.boundaries if b.party is None}
    assert told == expected
    assert {b.party for b in result.boundaries} == {None, "pan", "qua"}


# --- days and texts that cannot be ----------------------------------------------------------------

DAYS = "as_of=2022-03-29,2025-02-24,2025-12-24,as_it_stands"


def test_days_are_runs_with_the_positions_of_the_day() -> None:
    edits = "us.fighting.importance=major", "ukraine.sanctions.ranking=[kept, rest]"
    result = sweep(istanbul(2000, edits), [DAYS, "us.sanctions.importance=minor,major"])
    for point in result.points:
        day, importance = point.values
        chosen = None if day == "as_it_stands" else dt.date.fromisoformat(day)
        more = (*edits, f"us.sanctions.importance={importance}")
        run = sim.run(ISTANBUL, draws=2000, as_of=chosen, edits=more)
        assert point.joint_acceptability == run.joint_acceptability
        assert {p.id: p.acceptability for p in point.parties} == {p.id: p.acceptability for p in run.parties}
    assert result.point("2022-03-29", "minor") == result.point("as_it_stands", "minor").model_copy(
        update={"values": ("2022-03-29", "minor")}
    )
    assert result.paths[0].own == ("2022-03-29", "as_it_stands")
    assert result.paths[0].numbers is None
    assert result.point("2025-12-24", "minor").joint_acceptability != result.base.joint_acceptability


def test_a_day_can_vary_after_edits_that_were_made_once_already() -> None:
    again = sim.edited(istanbul(500, ("ukrainian_public.refuses=none",)), ["us.fighting.importance=major"])
    result = sweep(again, ["as_of=2022-03-29,2025-12-24"])
    run = sim.run(
        ISTANBUL,
        draws=500,
        as_of=dt.date(2025, 12, 24),
        edits=("ukrainian_public.refuses=none", "us.fighting.importance=major"),
    )
    assert result.point("2025-12-24").joint_acceptability == run.joint_acceptability


def bound(line: Any) -> tuple[object, ...]:
    """What a line binds with: one that a later poll draws again with other figures lapses, and another begins."""
    return line.kind, line.issue, line.option, line.refusal, line.holds, line.quota


def test_lines_that_begin_or_lapse_between_days_are_those_of_the_runs() -> None:
    result = found("as_of=2025-12-24,2022-03-29", draws=300)
    assert result.lines
    first, last = (sim.run(ISTANBUL, draws=10, as_of=dt.date.fromisoformat(d)) for d in ("2022-03-29", "2025-12-24"))
    crossed = [{(p.id, *bound(x)) for p in run.parties for x in p.lines if x.crossed} for run in (first, last)]
    for turn in sorted(result.lines, key=lambda x: x.on):
        key = (turn.party, *bound(turn))
        assert (key in crossed[0]) != turn.begins
        (crossed[0].add if turn.begins else crossed[0].discard)(key)
        was, now = (sim.run(ISTANBUL, draws=10, as_of=turn.on - dt.timedelta(days=n)) for n in (1, 0))
        for run, there in ((was, not turn.begins), (now, turn.begins)):
            lines = [bound(x) for x in run.party(turn.party).lines if x.crossed]
            assert (key[1:] in lines) is there
    assert crossed[0] == crossed[1]
    page = view.page(result)
    told = [x for x in result.lines if x.consent_needed]
    assert {x.begins for x in told} == {True, False}
    notes = [
        n for n in page.notes if re.search(r"(begins on|no longer holds from|has other figures from) [0-9-]{10}", n)
    ]
    assert len(notes) == MOST_LINES
    for note in notes:
        first = next(x for x in told if f" {x.on}" in note and named(result, x) in note)
        assert first.begins == ("begins on" in note)
    assert found("us.fighting.importance=minor,major", draws=300).lines is None


def named(result: Sweep, line: Any) -> str:
    return result.labels.refusal(line.party, line.refusal) if line.refusal else result.labels.issue(line.issue)


def test_a_line_that_goes_on_with_other_figures_is_one_change(tmp_path: Path) -> None:
    """Not a line that no longer holds: it is drawn again on the second day, for certain on the third, then it ends."""
    lines = [
        [line("a", "inferred", holds=[0.5, 0.6])],
        [line("a", "inferred", holds=[0.7, 0.8])],
        [line("a", "inferred")],
        [],
    ]
    days = ["2022-01-01", "2022-02-01", "2022-02-02", "2022-02-03"]
    dated = [position("ba", "major", red_lines=x) | {"from": day} for x, day in zip(lines, days, strict=True)]
    pan = party({"i": dated}, name="Pan")
    claim = CLAIM | {"strength": "poll", "issue": "i"}
    on = scenario({"i": "ab"}, {"pan": pan}, {"i": "a"}, {"k": {"i": "b"}}, evidence=[claim], draws=100)
    path = tmp_path / "test.yaml"
    path.write_text(nodes.dump_yaml(nodes.from_plain(on_disk.sourced(on_disk.plain(on), "E"), on_disk.NOWHERE)))
    result = sweep(load(path), [f"as_of={days[0]},{days[-1]}"])
    assert result.lines is not None
    each = [(days[1], False), (days[1], True), (days[2], False), (days[2], True), (days[3], False)]
    assert [(str(x.on), x.begins) for x in result.lines] == each
    notes = view.page(result).notes
    start = notes.index("Between these days lines begin, lapse or change that the text crosses.")
    assert notes[start + 1 : start + 4] == (
        "Pan's inferred red line against 'a' (i) has other figures from 2022-02-01 "
        "(binds with a chance of 70% to 80%, before that binds with a chance of 50% to 60%).",
        "Pan's inferred red line against 'a' (i) has other figures from 2022-02-02 "
        "(for certain, before that binds with a chance of 70% to 80%).",
        "Pan's inferred red line against 'a' (i) no longer holds from 2022-02-03.",
    )
    quiet = view.page(sweep(load(path), ["as_of=2022-01-02,2022-01-03"]))
    assert any("No line that the text crosses begins or lapses" in n for n in quiet.notes)


def test_a_text_that_cannot_be_is_a_dash_with_its_constraint() -> None:
    vary = "proposal.guarantee_duty=no_duty,consult_only,aid_and_sanctions,armed_assistance"
    base = load(SCENARIOS / "armed_neutrality.yaml", draws=1000)
    result = sweep(base, [vary, "proposal.domestic_consent=referendum,parliament"])
    gaps = [p for p in result.points if not p.feasible]
    assert {p.values[0] for p in gaps} == {"no_duty"}
    for point in gaps:
        assert point.joint_acceptability is point.change is point.verdict is point.weakest_party is None
        assert point.parties == ()
        assert [x.id for x in point.breaks] == ["K09"]
        assert "breaks the hard constraint K09" in (point.missing or "")
    for point in result.points:
        if point.feasible:
            run = sim.run(
                SCENARIOS / "armed_neutrality.yaml",
                draws=1000,
                edits=[f"{p.path}={v}" for p, v in zip(result.paths, point.values, strict=True)],
            )
            assert point.joint_acceptability == run.joint_acceptability
            assert point.missing is None
    page = view.page(result)
    assert page.sheets[0].rows[0][1:] == ("-", "-")
    assert any("hard constraint 'K09' (2 combinations" in n and "guarantor" in n for n in page.notes)
    line = view.page(sweep(base, [vary]))
    assert line.sheets[0].rows[0][1:4] == ("-", "infeasible", "-")
    assert any("'K09' (no duty)" in n for n in line.notes)
    assert "12 of 15 terms of the text are filler, not in the sources" in line.lead
    assert len(figure.draw(sweep(base, [vary])).axes[0].lines) > 3
    figure.draw(result)


def test_nothing_changes_where_points_are_scored_alike(tmp_path: Path) -> None:
    result = sweep(turning(tmp_path, "qua.refuses=none"), ["pan.truce.importance=major,critical"])
    for point in (result.base, result.point("major")):
        for zero in (point.change, *(p.change for p in point.parties)):
            assert zero is not None
            assert (zero.estimate, zero.low, zero.high) == (0, 0, 0)
    other = result.point("critical").change
    assert other is not None
    assert 0 < other.low < other.high


def test_own_values_named_twice_count_once(tmp_path: Path) -> None:
    page = view.page(sweep(turning(tmp_path), ["pan.truce.importance=major,as_it_stands,critical", REFUSES]))
    assert "1 of 4 combinations reaches one half" in page.lead
    assert any("major and as_it_stands of importance of truce for Pan are scored alike" in n for n in page.notes)


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0"), (0.0002, "+0.02"), (-0.0002, "-0.02"), (0.003, "+0.3"), (-0.0098, "-1"), (0.013, "+1"), (-0.4, "-40")],
)
def test_small_changes_are_never_nothing(share: float, words: str) -> None:
    assert points(share) == words


# --- complaints -----------------------------------------------------------------------------------

BAD: list[tuple[tuple[str, ...], str, int, str, str | None]] = [
    (("us.fighting.importance",), "1", 1, "there is no = in it", "for instance"),
    (("us.fighting.importance=",), "1", 24, "there is no value", "LO:HI:N"),
    (("us.fighting.importance=minor,,major",), "1", 30, "a value is missing", "delete the comma"),
    (("us.fighting.importance=minor",), "1", 24, "at least two values", "as_it_stands"),
    (("us.fighting.importance=minor,minor",), "1", 30, "stands here twice", None),
    (("us.sanctions.weight=0.1,0.10",), "1", 25, "stands here twice", None),
    (("us.fighting.importance=minor,majr",), "1", 30, "'majr' is not one of", "did you mean major?"),
    (("us.fightin.importance=minor,major",), "1", 4, "no issue fightin", "did you mean fighting?"),
    (("uss.fighting.importance=minor,major",), "1", 1, "no party uss", "did you mean us?"),
    (("us..importance=minor,major",), "1", 4, "a part of the path is missing", None),
    (("us.sanctions.weight=0:1",), "1", 21, "no range LO:HI:N", "five numbers"),
    (("us.sanctions.weight=0:one:3",), "1", 21, "no range LO:HI:N", None),
    (("us.sanctions.weight=1:0:3",), "1", 21, "upside down", "lower end first"),
    (("us.sanctions.weight=0.5:.50:3",), "1", 21, "no width", None),
    (("us.sanctions.weight=0:1:1",), "1", 25, "cannot span", None),
    (("us.sanctions.weight=0:1:999999",), "1", 25, "too many", None),
    (("us.sanctions.weight=0:2:3",), "1", 21, "with us.sanctions.weight=2", None),
    (("us.sanctions.weight=0:0.9:600", "us.alignment.weight=0:0.9:600"), "2", 21, "360,000 grid points", None),
    (("us.sanctions.ranking=[kept,unknown",), "1", 22, "lacks a comma or its end", None),
    (("proposal.sanctions=kept,keptt",), "1", 25, "no option keptt", "did you mean"),
    # nothing to score where every text breaks a hard constraint; next to a typo only the typo is told
    (("proposal.alignment=open_door,nato_membership",), "1", 20, "constraint K04", None),
    (("proposal.alignment=permanent_neutrality,nato_membership,nato",), "1", 57, "no option nato", "there are"),
    (("as_of=2022-03-29,2022-02-30",), "1", 18, "is not a date written YYYY-MM-DD", "as_it_stands"),
    (("as_of=2022-03-29,soon",), "1", 18, "'soon' is not a date", None),
    (("as_of=2022-03-29,1950-01-01",), "1", 18, "no position is in force on 1950-01-01", None),
    (("as_of=2022-03-29,2022-03-29",), "1", 18, "stands here twice", None),
    (("as_of=2022-03-29",), "1", 7, "at least two values", None),
    (("as_of.day=2022-03-29,2025-02-24",), "1", 7, "has no parts", "as_of="),
    (("as_of=2022-03-29,2025-02-24", "as_of=2022-03-29,2025-02-24"), "2", 1, "same cell", None),
    # the red line stands in the file, the fault in the value
    (("russia.alignment.importance=minor,none",), "1", 35, "red line on an issue of importance none", "drop the red"),
    (("us.refuses=none,as_it_stands,[x]",), "1", 30, "can only be dropped", None),
    (("ukraine.no_deal.beliefs.stalemate=0.5,0.9",), "1", 39, "cannot sum to 1", "to 0.1 or less in all"),
    (("ukraine.no_deal.beliefs.stalemate=0.4:1:7",), "1", 35, "beliefs.stalemate=0.9); and so for 1 more", "lower the"),
    (("us.sanctions.weight=0.1,0.2", "us.sanctions.importance=minor,major"), "2", 1, "same cell", None),
    (("us.sanctions.weight=0.1,0.2", "us.sanctions.weight=0.3,0.4"), "2", 1, "same cell", None),
    (("us.sanctions=unknown,as_it_stands", "us.sanctions.ranking=[kept, rest],unknown"), "2", 1, "same cell", None),
    (("us.sanctions.ranking=unknown,[kept, rest]", "us.sanctions.values={},unknown"), "2", 1, "same cell", None),
    (("us.fighting.importance=minor,major",) * 3, "3", 1, "one or two paths", None),
    # together only
    (
        ("russia.alignment.importance=none,minor", "russia.alignment.red_lines=none,[open_door]"),
        "2",
        34,
        "(with russia.alignment.importance=none)",
        None,
    ),
    (("us.sanctions.weight=0.2,0.6", "us.alignment.weight=0.3,0.5"), "2", 25, "(with us.sanctions.weight=0.6)", None),
]


@pytest.mark.parametrize(
    ("vary", "which", "column", "what", "hint"), BAD, ids=lambda x: None if x is None else str(x)[:50]
)
def test_complaints_stand_at_the_value(
    vary: tuple[str, ...], which: str, column: int, what: str, hint: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring.SweepPoints, "block", lambda *_: pytest.fail("scored before all was checked"))
    with pytest.raises(Complaints) as info:
        found(*vary)
    first = info.value.complaints[0]
    assert str(first.place) == f"--vary[{which}]:1:{column}", str(first)
    assert what in first.what
    if hint is not None:
        assert hint in (first.hint or "")


def test_every_fault_of_a_grid_is_told_once() -> None:
    with pytest.raises(Complaints) as info:
        found("us.fighting.importance=majr,minor,criticl", "us.sanctions.importance=mino,major")
    assert [str(c.place) for c in info.value.complaints] == ["--vary[1]:1:24", "--vary[1]:1:35", "--vary[2]:1:25"]
    with pytest.raises(Complaints) as info:
        found("us.sanctions.weight=0.5,0.6,0.7,0.8,0.9", "us.alignment.weight=0.51,0.6,0.7,0.8,0.9")
    assert len(info.value.complaints) == 20
    assert "more complaints are not printed" in str(info.value)
    assert MOST == 100_000


def test_edits_come_before_the_sweep() -> None:
    with pytest.raises(Complaints):
        found("russia.alignment.importance=none,minor")
    result = found("russia.alignment.importance=none,minor", edits=("russia.alignment.red_lines=none",))
    assert len(result.points) == 2
    assert result.settings.edits == ("russia.alignment.red_lines=none",)


# --- how it is screen ------------------------------------------------------------------------------


def test_one_path_in_words(tmp_path: Path) -> None:
    page = view.page(sweep(turning(tmp_path, "qua.refuses=none"), [TRUCE]))
    assert "reaches one half between major and critical" in page.lead
    assert any(n.startswith("Pan accepts") and "between moderate and major" in n for n in page.notes)
    [sheet] = page.sheets
    assert [row[0] for row in sheet.rows] == ["none", "minor", "moderate", "major *", "critical"]
    assert [c.heading for c in sheet.columns[3:]] == ["Pan", "Qua"]
    assert [row[2] for row in sheet.rows][-1] == "unknown\n(accepted)"
    shipped = view.page(found("us.fighting.importance=" + CLASSES, edits=("ukrainian_public.refuses=none",)))
    assert len(shipped.sheets[0].columns) == 3 + 4
    for screen in (page, shipped):
        assert all(len(line) <= 100 for line in _printed(screen).splitlines())


def _printed(page: object) -> str:
    from rich.console import Console

    from sim.report.page import screen

    out = io.StringIO()
    Console(width=100, file=out, no_color=True).print(screen(page, 100))  # type: ignore[arg-type]
    return out.getvalue()


def test_two_paths_in_words(tmp_path: Path) -> None:
    page = view.page(sweep(turning(tmp_path), [TRUCE, REFUSES]))
    assert "1 of 10 combinations reaches one half" in page.lead
    [grid] = page.sheets
    assert [len(row) for row in grid.rows] == [3] * 5
    assert any("with critical between as_it_stands (below) and none" in n for n in page.notes)
    wide = view.page(found("us.sanctions.weight=0,0.1", "us.alignment.weight=0:0.4:21", draws=200))
    assert sum(len(s.columns) - 1 for s in wide.sheets) == 21
    assert len(wide.sheets) > 1
    for screen in (page, wide):
        assert all(len(line) <= 100 for line in _printed(screen).splitlines())


def test_nominal_values_are_listed_on_both_sides(tmp_path: Path) -> None:
    """An issue left open stays as no deal leaves it, at d."""
    people = {
        "pan": party({"land": position("acdb", red_lines=[line("b")])}, name="Pan"),
        "qua": party({"land": position("dcab")}, name="Qua", cost=[-0.1, 0.05]),
    }
    claim = CLAIM | {"strength": "red_line", "issue": "land"}
    on = scenario({"land": "abcd"}, people, {"land": None}, {"k": {"land": "d"}}, evidence=[claim])
    page = view.page(sweep(on_disk.loaded(tmp_path, on, 200, claim="E"), ["proposal.land=open,b,c,d"]))
    told = "is at least one half at open, c and d, below it at b"
    assert any(n.startswith("Pan accepts") and told in n for n in page.notes)
    assert "stays below one half" in page.lead


def test_the_verdict_may_turn_below_one_half(tmp_path: Path) -> None:
    """Without the line each accepts, but all together in less than half of the draws."""
    base = shares(tmp_path, 0.6, 0.6, draws=4000, lines=[line("a", "inferred")])
    result = sweep(base, ["p0.i.red_lines=as_it_stands,none"])
    assert [p.verdict for p in result.points] == ["refused", "singly"]
    lead = view.page(result).lead
    assert (
        "stays below one half throughout. The verdict as modelled turns: refused at as_it_stands; accepted by each but"
        in lead
    )
    assert "none of these values" not in lead.lower()
    two = sweep(base, ["p0.i.red_lines=as_it_stands,none", "p1.reservation=0.4,0.41"])
    assert (
        "The verdict as modelled turns: refused in 2 of 4 combinations; accepted by each but not by all in 2."
        in view.page(two).lead
    )


def test_a_verdict_that_stays_is_told(tmp_path: Path) -> None:
    lead = view.page(sweep(turning(tmp_path), ["pan.truce.importance=none,minor"])).lead
    assert "None of these values turns the verdict as modelled, which is refused." in lead


def test_what_lies_within_sampling_error_of_one_half_is_too_near_to_call(tmp_path: Path) -> None:
    """47% of the draws: among 300 draws one half is within sampling error, among 10,000 it is not."""
    near, far = "p0.reservation=0.9,0.53", "p1.reservation=0,0.001"
    few = sweep(shares(tmp_path, 0.2, 1.0, draws=300), [near])
    point = few.point("0.53").joint_acceptability
    assert point is not None
    assert point.estimate < 0.5 <= point.high
    assert "It stays below one half throughout, too near to call at reservation 0.53." in view.page(few).lead
    many = sweep(shares(tmp_path, 0.2, 1.0, draws=10_000), [near])
    assert "It stays below one half throughout." in view.page(many).lead
    grid = sweep(shares(tmp_path, 0.2, 1.0, draws=300), [near, far])
    joint = [p.joint_acceptability for p in grid.points if p.joint_acceptability is not None]
    assert sum(share.low < 0.5 <= share.high for share in joint) == 2
    assert ", too near to call in 2 combinations" in view.page(grid).lead


def test_csv_is_tidy() -> None:
    result = found("us.fighting.importance=minor,moderate", "us.sanctions.weight=0.1,0.2")
    rows = list(csv.DictReader(io.StringIO(csv_text(view.HEADER, view.rows(result)))))
    joint = [r for r in rows if r["measure"] == "joint_acceptability"]
    assert len(joint) == 5
    assert joint[0]["value_1"] == ""
    assert (joint[1]["value_1"], joint[1]["value_2"]) == ("minor", "0.1")
    point = result.point("minor", "0.1").joint_acceptability
    assert point is not None
    assert float(joint[1]["value"]) == point.estimate
    assert "| importance of the fighting for the United States |" in markdown(view.page(result))


def test_figures(tmp_path: Path) -> None:
    line = figure.draw(found("us.fighting.importance=" + CLASSES))
    labels = [t.get_text() for t in line.legends[0].get_texts()]
    assert labels == ["Russia", "Ukraine", "United States", "Ukrainian public", "all together"]
    numeric = figure.draw(found("us.sanctions.weight=0,0.1,0.4"))
    assert list(numeric.axes[0].lines[0].get_xdata()) == [0, 0.1, 0.4]
    result = sweep(turning(tmp_path), [TRUCE, REFUSES])
    heat = figure.draw(result)
    # one half is crossed on two sides of one corner; the scenario's own cell is boxed
    assert len(heat.axes[0].lines) == len([b for b in result.boundaries if b.party is None]) == 2
    boxes = [patch for patch in heat.axes[0].patches if not patch.get_hatch()]
    assert len(boxes) == 1
    words = [evidence_word(p.on_evidence) for p in result.points if p.on_evidence is not None]
    assert set(words) == {"unknown", "refused", "refused, inferred"}
    assert len(heat.axes[0].patches) - len(boxes) == words.count("unknown")
    for name, drawn in (("line.svg", line), ("heat.png", heat)):
        write(drawn, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 5000


def test_command(tmp_path: Path) -> None:
    run = CliRunner().invoke
    vary = ["--vary", "us.fighting.importance=minor,major", "--draws", "300"]
    done = run(app, ["sweep", str(ISTANBUL), *vary, "--format", "json", "--plot", str(tmp_path / "x.png")])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["schema"] == "sim.sweep/1"
    assert [p["values"] for p in told["points"]] == [["minor"], ["major"]]
    assert (tmp_path / "x.png").exists()
    for format in ("table", "csv", "md"):
        assert run(app, ["sweep", str(ISTANBUL), *vary, "--format", format]).exit_code == 0
    bad = run(app, ["sweep", str(ISTANBUL), "--vary", "us.fighting.importance=minor,majr"])
    assert bad.exit_code == 3
    assert "--vary[1]:1:30: error:" in bad.stderr
    assert "did you mean major?" in bad.stderr
    assert not bad.stdout
    assert run(app, ["sweep", str(ISTANBUL)]).exit_code == 2
    assert run(app, ["sweep", str(ISTANBUL), *vary, "--plot", str(tmp_path / "x.pdf")]).exit_code == 2


def test_every_key_is_documented_and_no_other() -> None:
    assert documented("sim.sweep/1") == keys(Sweep)
