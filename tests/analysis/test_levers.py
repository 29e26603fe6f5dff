"""Levers: which edits there are, that their figures are those of runs, that what is left out cannot matter."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import sim
from sim.analysis.levers.edits import CANNOT_MATTER, lever_edits, same_weights
from sim.analysis.levers.english import SENTENCES
from sim.analysis.levers.levers import levers
from sim.analysis.levers.page import FIRST, HEADER, page, rows
from sim.analysis.levers.pairs import enough
from sim.analysis.levers.rankings import lowered, raised
from sim.analysis.levers.result import LeversFinding, LeversResult, Moved
from sim.analysis.shared.ballots import polled
from sim.analysis.shared.counting import paired_change
from sim.cli import app
from sim.engine import draws
from sim.engine.acceptability import STRIP, wilson
from sim.engine.profiles import Case, Ordinal, compile_case
from sim.files import nodes
from sim.results.result import Result
from sim.results.verdicts import outcome
from sim.scenario import edits, schema
from sim.scenario.edit_paths import parse_set
from sim.scenario.loading import Loaded
from tests import small
from tests.documented import documented, documented_findings, keys
from tests.documented import findings as finding_keys
from tests.domains import line, party, position, quick, refusal, scenario, scenarios
from tests.on_disk import NO_LINES, NOWHERE, Json, loaded, plain

ROOT = Path(__file__).parents[2]


def changed(content: Json, *texts: str) -> Case:
    """A scenario under edits, by the rules of ``--set``, without the checks of files."""
    tree = nodes.from_plain(content, NOWHERE)
    assert isinstance(tree, nodes.Mapping)
    tree, complaints = edits.apply(tree, [parse_set(t, 1) for t in texts])
    assert not complaints
    return compile_case(schema.Scenario.model_validate(nodes.to_plain(tree)))


# --- which edits there are ------------------------------------------------------------------


def ladder(importance: str, **more: Any) -> set[str]:
    people = {"p": party({"i": position("ab", importance, **more), "j": position("ab", "major")})}
    found, _ = lever_edits(
        compile_case(scenario({"i": "ab", "j": "ab"}, people, {"i": "a", "j": "b"}, {"k": {"i": "b", "j": "a"}})),
        issue="i",
    )
    return {e.edit.partition("=")[2] for e in found if e.kind == "importance"}


def test_importance_moves_one_class() -> None:
    assert ladder("critical") == {"major"}
    assert ladder("major") == {"moderate", "critical"}
    assert ladder("moderate") == {"minor", "major"}
    assert ladder("minor") == {"none", "moderate"}
    assert ladder("none") == {"minor"}
    assert ladder("unknown") == {"minor", "critical"}
    assert ladder("minor", red_lines=[line("b")]) == {"moderate"}, "an issue of importance none has no red line"


@pytest.mark.parametrize(
    ("levels", "rest_at", "rest", "unknown", "option", "up", "top"),
    [
        ("0 1 2", None, "", "", 2, "0 2 1", "2 0 1"),
        ("0 1 2", None, "", "", 1, "1 0 2", "1 0 2"),
        ("0 1 2", None, "", "", 0, None, None),
        ("01 2", None, "", "", 1, None, None),
        ("0 12", None, "", "", 2, "0 2 1", "2 0 1"),
        ("0 12 3", None, "", "", 3, "0 3 12", "3 0 12"),
        ("0", 1, "12", "", 2, "0 2 rest", "2 0 rest"),
        ("0", 0, "12", "", 2, "2 rest 0", "2 rest 0"),
        ("0", 0, "12", "", 0, "0 rest", "0 rest"),
        ("0 2", 1, "1", "", 1, "1 0 2", "1 0 2"),
        ("0 1", None, "", "2", 2, None, "2 0 1"),
        ("", None, "", "012", 1, None, "1 rest"),
    ],
)
def test_moves_of_a_ranking(
    levels: str, rest_at: int | None, rest: str, unknown: str, option: int, up: str | None, top: str | None
) -> None:
    def numbers(text: str) -> tuple[int, ...]:
        return tuple(int(x) for x in text)

    def items(text: str | None) -> Any:
        return None if text is None else tuple(None if x == "rest" else numbers(x) for x in text.split())

    held = Ordinal(tuple(numbers(x) for x in levels.split()), rest_at, numbers(rest), numbers(unknown))
    assert raised(held, option) == (items(up), items(top))


def _mirrored(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split()[::-1])


@pytest.mark.parametrize(
    ("levels", "rest_at", "rest", "unknown", "option", "down", "bottom"),
    [
        ("0 1 2", None, "", "", 0, "1 0 2", "1 2 0"),
        ("0 1 2", None, "", "", 1, "0 2 1", "0 2 1"),
        ("0 1 2", None, "", "", 2, None, None),
        ("0 12", None, "", "", 2, None, None),
        ("01 2", None, "", "", 1, "0 1 2", "0 2 1"),
        ("0", 1, "12", "", 2, "0 rest 2", "0 rest 2"),
        ("0", 1, "12", "", 0, "rest 0", "rest 0"),
        ("0", 0, "12", "", 1, "rest 1 0", "rest 0 1"),
        ("0 2", 1, "1", "", 1, "0 2 1", "0 2 1"),
        ("0 1", None, "", "2", 2, None, "0 1 2"),
        ("", None, "", "012", 1, None, "rest 1"),
    ],
)
def test_moves_down_a_ranking_mirror_those_up(
    levels: str, rest_at: int | None, rest: str, unknown: str, option: int, down: str | None, bottom: str | None
) -> None:
    def numbers(text: str) -> tuple[int, ...]:
        return tuple(int(x) for x in text)

    def items(text: str | None) -> Any:
        return None if text is None else tuple(None if x == "rest" else numbers(x) for x in text.split())

    rows = tuple(numbers(x) for x in levels.split())
    held = Ordinal(rows, rest_at, numbers(rest), numbers(unknown))
    assert lowered(held, option) == (items(down), items(bottom))
    turned = Ordinal(rows[::-1], None if rest_at is None else len(rows) - rest_at, held.rest, held.unknown)
    assert raised(turned, option) == (items(_mirrored(down)), items(_mirrored(bottom)))


@pytest.mark.parametrize(
    ("levels", "rest_at", "rest", "option", "refused", "down", "bottom"),
    [
        ("0 1 2", None, "", 0, {2}, "1 0 2", "1 0 2"),
        ("0 1 2", None, "", 1, {2}, None, None),
        ("0 1 2 3", None, "", 0, {2, 3}, "1 0 2 3", "1 0 2 3"),
        ("0 1 23", None, "", 0, {2, 3}, "1 0 23", "1 0 23"),
        ("0 1 23", None, "", 0, {3}, "1 0 23", "1 23 0"),
        ("0 1 2", None, "", 0, {1}, "1 0 2", "1 2 0"),
        ("0 1 2", None, "", 2, {2}, None, None),
        ("3", 0, "012", 1, {3}, "rest 1 3", "rest 1 3"),
    ],
)
def test_nothing_goes_below_what_is_refused_and_last(
    levels: str,
    rest_at: int | None,
    rest: str,
    option: int,
    refused: set[int],
    down: str | None,
    bottom: str | None,
) -> None:
    def items(text: str | None) -> Any:
        return None if text is None else tuple(None if x == "rest" else tuple(map(int, x)) for x in text.split())

    held = Ordinal(tuple(tuple(map(int, x)) for x in levels.split()), rest_at, tuple(map(int, rest)), ())
    assert lowered(held, option, refused) == (items(down), items(bottom))


def test_edits_of_lines_refusals_beliefs_and_whole_cells() -> None:
    people = {
        "p": party(
            {
                "i": position("abc", "major", red_lines=[line("b", "inferred"), line("c", "assumed")]),
                "j": position("ab", None, weight=0.2),
            },
            refuses=[refusal("both", {"i": ["b"], "j": ["b"]})],
            beliefs={"k": [0.2, 0.9], "l": [0.4, 0.6]},
        )
    }
    case = compile_case(
        scenario(
            {"i": "abc", "j": "ab", "t": "ab"},
            people,
            {"i": "b", "j": "b", "t": "a"},
            {"k": {"i": "a", "j": "a", "t": "b"}, "l": {"i": "c", "j": "b", "t": "a"}},
            turning="t",
        )
    )
    found, missing = lever_edits(case)
    texts = {e.edit: e for e in found}
    assert texts["p.i.red_lines=[c]"].basis == "inferred"
    assert texts["p.i.red_lines=[c]"].idle == "vetoes_anyway", "the refusal stands"
    assert texts["p.i.red_lines=[b]"].idle == "vetoes_anyway"
    assert texts["p.refuses.both=none"].kind == "drop_refusal"
    assert texts["p.i.ranking=[b, a, c]"].before == "a > b > c"
    assert texts["p.i.ranking=[b, a, c]"].after == "b > a > c"
    assert texts["p.j.red_lines=[b]"].kind == "add_line"
    assert texts["p.i=unknown"].removes == {x for x in case.profile("p").lines if x.kind == "red_line"}
    assert texts["p.j=unknown"].before == "ranking, weight 0.2"
    assert {e.edit.partition("=")[2] for e in found if e.kind == "turning_issue"} == set(STRIP)
    ends = {e.edit for e in found if e.kind == "beliefs"}
    assert ends == {f"p.no_deal.beliefs.{x}" for x in ("k=0.4", "k=0.6", "l=0.4", "l=0.6")}, "as far as they can go"
    assert [(m.path, m.reason) for m in missing] == [("p.j.importance", "numeric")]
    assert {e.edit for e in lever_edits(case, issue="j")[0]} == {t for t in texts if ".j" in t or "both" in t}


@given(scenarios(open_issues=True))
@quick(40)
def test_every_edit_is_a_text_that_set_takes_and_changes_the_profile(on: schema.Scenario) -> None:
    content = plain(on)
    base = changed(content)
    found, _ = lever_edits(base)
    assert len({e.edit for e in found}) == len(found)
    for edit in found:
        assert parse_set(edit.edit, 1).text == edit.edit, "as results list it"
        after = changed(content, edit.edit)
        assert after.profile(edit.party) != base.profile(edit.party)
        assert [p for p in after.profiles if p.id != edit.party] == [p for p in base.profiles if p.id != edit.party]


@given(st.lists(st.sampled_from([None, 0, 1, 2, 3, "none"]), min_size=2, max_size=5), st.integers(0, 4), st.data())
@quick(60)
def test_plans_said_to_weigh_the_same_do(plan: list[Any], at: int, data: st.DataObject) -> None:
    other = list(plan)
    other[at % len(plan)] = data.draw(st.sampled_from([None, 0, 1, 2, 3]))
    made = []
    for each in (plan, other):
        raw = np.stack([g.standard_exponential(draws.BLOCK) for g in _streams(len(plan))])
        free = [j for j, s in enumerate(each) if s != "none"]
        weights = np.zeros_like(raw)
        weights[free] = draws.normalised(draws.order_by_class(raw[free], [each[j] for j in free]))
        made.append(weights)
    assert same_weights(plan, other) == bool((made[0] == made[1]).all())


def _streams(count: int) -> list[np.random.Generator]:
    return [draws.stream(1, "test", f"issue {k}", 0) for k in range(count)]


def test_edits_left_out_change_nothing() -> None:
    """By brute force: every edit that an argument leaves out is run, and nobody asked votes otherwise."""
    met: Counter[str] = Counter()

    @given(scenarios(open_issues=True, most_issues=4), st.data())
    @quick(250)
    def check(on: schema.Scenario, data: st.DataObject) -> None:
        content = plain(on)
        issues = content["domain"]["issues"]["issues"]
        people = content["domain"]["positions"]
        for name in people:
            if data.draw(st.integers(0, 4)) == 0:
                issue = data.draw(st.sampled_from(sorted(issues)))
                people[name]["consent"] = {
                    "when": [{issue: [data.draw(st.sampled_from(sorted(issues[issue]["options"])))]}]
                }
        if len(people) == 2 and data.draw(st.integers(0, 4)) == 0:
            people["p0"] |= {"role": "alliance", "members": ["p1"]}
        base = changed(content)
        idle = [e for e in lever_edits(base)[0] if e.idle is not None]
        cases = [base, *(changed(content, e.edit) for e in idle)]
        for votes in polled(cases, draws.BLOCK, 1):
            for number, edit in enumerate(idle, 1):
                met[str(edit.idle)] += 1
                assert cases[number].asked == base.asked, edit
                assert (votes.joint(number) == votes.joint(0)).all(), edit
                for who in base.asked:
                    assert (votes.accepts(number, who) == votes.accepts(0, who)).all(), edit

    check()
    assert set(met) == set(CANNOT_MATTER), "every argument was put to the test"


# --- figures --------------------------------------------------------------------------------


def of_kind(found: LeversResult, kind: str) -> list[Any]:
    """The findings of a kind."""
    return [x for x in found.findings if x.kind == kind]


def own(result: Result, who: str) -> float:
    row = result.party(who)
    return (row.own or row).acceptability.estimate


def agree(found: LeversResult, item: Loaded, every: int = 1) -> int:
    """Compare levers with runs of the scenario edited in the same way; returns how many."""
    [base] = sim.score([item])
    assert base.joint_acceptability is not None
    checked = (*found.levers, *found.new_lines)[::every]
    results = sim.score([sim.edited(item, [x.edit]) for x in checked])
    for lever, result in zip(checked, results, strict=True):
        assert lever.joint is not None
        assert result.joint_acceptability is not None
        assert lever.joint.before == base.joint_acceptability
        assert lever.joint.after == result.joint_acceptability
        n = item.scenario.draws
        moved = round((result.joint_acceptability.estimate - base.joint_acceptability.estimate) * n)
        assert lever.joint.change.estimate * n == pytest.approx(moved, abs=1e-9)
        assert lever.own.before.estimate == own(base, lever.party)
        assert lever.own.after.estimate == own(result, lever.party)
        for other in lever.with_members:
            assert other.before == base.party(other.party).acceptability.estimate
            assert other.after == result.party(other.party).acceptability.estimate
    return len(checked)


def test_levers_are_the_figures_of_edited_runs(deal: Path) -> None:
    item = sim.load(deal, draws=1500)
    found = levers(item)
    assert agree(found, item) == len(found.levers) + len(found.new_lines) > 30


@pytest.mark.parametrize(("name", "who"), [("membership", "nato"), ("twenty_points_2025", "us")])
def test_levers_of_shipped_scenarios_are_the_figures_of_edited_runs(name: str, who: str) -> None:
    item = sim.load(ROOT / "scenarios" / f"{name}.yaml", draws=300)
    assert agree(levers(item, party=who), item, every=8) >= 6


def test_a_lever_is_what_a_changed_file_gives(tmp_path: Path) -> None:
    before = small.write(tmp_path / "a")
    old = "importance: critical\n      basis: stated\n"
    after = small.write(
        tmp_path / "b", small.changed("domain/positions/blue.yaml", old, old.replace("critical", "major"))
    )
    found = levers(sim.load(before))
    [lever] = [x for x in found.levers if x.edit == "blue.land.importance=major"]
    one, other = sim.run(before).joint_acceptability, sim.run(after).joint_acceptability
    assert lever.joint is not None
    assert one is not None
    assert other is not None
    assert (lever.joint.before, lever.joint.after) == (one, other)


def test_turning_classes_are_those_of_the_strip() -> None:
    item = sim.load(ROOT / "scenarios" / "istanbul.yaml", draws=400)
    [result] = sim.score([item])
    for who in ("us", "ukraine"):
        strip = result.party(who).by_turning_class
        assert strip is not None
        levers_of = levers(item, party=who, issue="fighting").levers
        turning = {x.after: x.own.after.estimate for x in levers_of if x.kind == "turning_issue"}
        assert len(turning) == 4
        assert all(getattr(strip, name) == share for name, share in turning.items())


def test_changes_are_counted_draw_by_draw(deal: Path) -> None:
    item = sim.load(deal, draws=200)
    lever = next(x for x in levers(item).levers if x.joint is not None and x.joint.change.estimate not in (0, 1))
    cases = [compile_case(item.scenario), compile_case(sim.edited(item, [lever.edit]).scenario)]
    [votes] = polled(cases, 200, item.scenario.seed)
    gained = lost = 0
    for r in range(200):
        was, now = (all(votes.own[b][p][r] for p in cases[b].asked) for b in (0, 1))
        gained += now and not was
        lost += was and not now
    assert lever.joint is not None
    assert tuple(lever.joint.change.model_dump().values()) == tuple(paired_change(gained, lost, 200))


# --- verdicts, ranks, filters ---------------------------------------------------------------


def vetoing(barred: str = "pq") -> schema.Scenario:
    """Two parties, p and q, that would gain from the text, but for a red line of each of those in ``barred``."""
    issues = {f"i{k}": "ab" for k in range(4)}
    ranked = {i: position("ab", "major") for i in issues}
    held = position("ab", "major", red_lines=[line("a")])
    people = {p: party(ranked | ({i: held} if p in barred else {})) for p, i in (("p", "i0"), ("q", "i3"))}
    return scenario(issues, people, dict.fromkeys(issues, "a"), {"k": dict.fromkeys(issues, "b")}, draws=200)


def test_pairs_flip_where_no_single_edit_does(tmp_path: Path) -> None:
    found = levers(loaded(tmp_path, vetoing()), pairs=True)
    assert found.verdict == "refused"
    assert not found.flipping
    assert found.pairs is not None
    assert found.pairs.needed
    assert found.pairs.exhaustive
    removers = {"p": {"p.i0.red_lines=none", "p.i0=unknown"}, "q": {"q.i3.red_lines=none", "q.i3=unknown"}}
    wanted = {frozenset(pair) for pair in itertools.product(removers["p"], removers["q"])}
    assert {frozenset(x.edit for x in pair.edits) for pair in found.pairs.ranked} == wanted
    assert found.pairs.flips == 4
    [best] = [x for x in found.pairs.ranked if x.rank == 1]
    assert best.joint is not None
    assert best.joint.after.estimate == 1.0
    [pairs] = of_kind(found, "turning_pairs")
    assert pairs.pairs == 4
    assert pairs.furthest.edits == tuple(x.edit for x in best.edits)


def test_two_lines_of_one_party_take_a_pair_and_three_cannot_be_removed(tmp_path: Path) -> None:
    issues = {"i0": "ab", "i1": "ab", "i2": "ab"}
    held = position("ab", "major", red_lines=[line("a")])

    def ask(lines: int) -> LeversResult:
        barred = {i: held if k < lines else position("ab", "major") for k, i in enumerate(issues)}
        on = scenario(
            issues, {"p": party(barred)}, dict.fromkeys(issues, "a"), {"k": dict.fromkeys(issues, "b")}, draws=200
        )
        return levers(loaded(tmp_path, on), pairs=True)

    two = ask(2)
    assert two.pairs is not None
    assert not two.levers, "each edit leaves a line standing"
    assert {x.reason for x in two.left_out} == {"vetoes_anyway"}
    assert {tuple(x.edit for x in pair.edits) for pair in two.pairs.ranked} >= {
        ("p.i0.red_lines=none", "p.i1.red_lines=none")
    }
    assert two.pairs.flips == 4
    assert two.pairs.exhaustive
    three = ask(3)
    assert three.pairs is not None
    assert (three.pairs.within_scored, three.pairs.flips, three.pairs.exhaustive) == (0, 0, True)
    [several] = of_kind(three, "several_lines")
    assert (several.party, several.lines) == ("p", 3), "two edits cannot remove them all"


def test_all_lines_of_those_who_bar_a_text_are_dropped_in_the_same_poll(tmp_path: Path) -> None:
    issues = {f"i{k}": "ab" for k in range(4)}
    held = position("ab", "major", red_lines=[line("a")])
    both = party({i: held for i in issues}, refuses=[refusal("all", {"i1": ["a"]})])
    on = scenario(issues, {"p": both, "q": both}, dict.fromkeys(issues, "a"), {"k": dict.fromkeys(issues, "b")})
    item = loaded(tmp_path, on, 200)
    found = levers(item)
    assert [x.parties for x in found.dropped] == [("p",), ("q",), ("p", "q")]
    assert [x.lines for x in found.dropped] == [5, 5, 10]
    assert found.dropped[0].edits == ("p.red_lines=none", "p.refuses=none")
    assert found.dropped_reason is None
    for drop in found.dropped:
        [result] = sim.score([sim.edited(item, list(drop.edits))])
        assert drop.joint is not None
        assert result.joint_acceptability == drop.joint.after
        assert [own(result, m.party) for m in drop.own] == [m.after.estimate for m in drop.own] == [1.0] * len(drop.own)
    assert [x.joint.after.estimate for x in found.dropped if x.joint] == [0.0, 0.0, 1.0]
    [bare] = of_kind(found, "lines_dropped")
    assert (bare.parties, bare.joint.after, bare.joint.verdict) == (("p", "q"), 1.0, "accepted")
    [table] = [x for x in page(found).sheets if x.title == "Red lines and refusals dropped"]
    assert [row[0] for row in table.rows] == ["N", "N", "N and N"]
    assert [r[4:7] for r in map(tuple, rows(found)) if r[1] == "dropped"][2][0] == ""
    assert [x.parties for x in levers(item, party="q").dropped] == [("q",), ("p", "q")]
    some = levers(item, issue="i0")
    assert (some.dropped, some.dropped_reason) == ((), "only edits on one issue were asked for")


def test_nothing_is_dropped_where_nobody_bars_the_text(tmp_path: Path) -> None:
    found = levers(loaded(tmp_path, vetoing("")))
    assert found.dropped == ()
    assert found.dropped_reason == "no line of a party asked rejects the text in every draw"
    assert not of_kind(found, "lines_dropped")


def test_an_accepted_text_names_the_edits_that_would_break_it(tmp_path: Path) -> None:
    people = {"p": party({"i": position("ab", "critical"), "j": position("ab", "minor")})}
    on = scenario({"i": "ab", "j": "ab"}, people, {"i": "a", "j": "a"}, {"k": {"i": "b", "j": "b"}}, draws=200)
    found = levers(loaded(tmp_path, on))
    assert found.verdict == "accepted"
    assert found.flipping
    assert all(x.joint is not None and x.joint.change.estimate < 0 for x in found.flipping)
    assert {x.kind for x in found.levers} >= {"to_bottom"}
    [breaking] = of_kind(found, "breaking_edits")
    assert (breaking.breaking, breaking.tried.edits) == (len(found.flipping), len(found.levers))
    assert "p.i.ranking=[b, a]" in {x.edit for x in found.flipping}
    assert [x.edit for x in breaking.furthest] == [x.edit for x in found.flipping[:3]]


def not_turning(item: Loaded) -> tuple[str, LeversResult]:
    """The first issue on which some edits move the joint share, but none turns the verdict; and its levers."""
    for issue in item.scenario.domain.issues.issues:
        found = levers(item, issue=issue)
        if not found.flipping and any(x.joint is not None and x.joint.change.estimate for x in found.levers):
            return issue, found
    pytest.fail(f"{item.scenario.id}: every issue that moves the share turns the verdict")


@pytest.mark.parametrize(("name", "changes", "accepted"), [("open_door", NO_LINES, True), ("istanbul", (), False)])
def test_the_lead_names_the_strongest_edit_towards_a_flip(name: str, changes: tuple[str, ...], accepted: bool) -> None:
    item = sim.load(ROOT / "scenarios" / f"{name}.yaml", draws=400, edits=changes)
    issue, found = not_turning(item)
    assert found.joint is not None
    assert (found.joint.estimate >= 0.5) is accepted
    sign = -1 if accepted else 1
    best = max((x for x in found.levers if x.joint), key=lambda x: sign * x.joint.change.estimate)  # type: ignore[union-attr]
    [unturned] = of_kind(found, "no_edit_turns")
    assert (unturned.tried.edits, unturned.tried.party, unturned.tried.issue) == (len(found.levers), None, issue)
    assert unturned.nearest.edit == best.edit


def test_an_accepted_text_of_filler_is_said_to_be(tmp_path: Path) -> None:
    armed = sim.load(ROOT / "scenarios" / "armed_neutrality.yaml", draws=200, edits=NO_LINES)
    found = levers(armed, issue="sanctions")
    assert found.verdict == "accepted"
    assert (found.assumed_terms, found.terms, found.sourced_veto) == (12, 15, False)
    [filler] = of_kind(found, "mostly_filler")
    assert (filler.assumed, filler.terms) == (12, 15)
    barred = levers(sim.load(ROOT / "scenarios" / "membership.yaml", draws=200), issue="sanctions")
    assert barred.sourced_veto, "membership itself is no filler"
    assert not of_kind(barred, "mostly_filler")


def test_pairs_of_two_parties_are_those_of_brute_force(tmp_path_factory: pytest.TempPathFactory) -> None:
    met: list[int] = []

    @given(scenarios(most_issues=2, effects=False))
    @quick(20)
    def check(on: schema.Scenario) -> None:
        compare_pairs(loaded(tmp_path_factory.mktemp("pairs"), on, 300), met)

    check()
    assert sum(n > 0 for n in met) >= 2, "some scenarios have pairs that go further than one edit"


def compare_pairs(item: Loaded, met: list[int]) -> None:
    found = levers(item, pairs=True)
    if found.pairs is None or found.joint is None:
        return
    up = found.pairs.wanted == "accepts"
    alone = {x.edit: x.joint.after.estimate for x in (*found.levers, *found.new_lines) if x.joint is not None}
    end = "accepted" if up else "refused"
    flipping = {x.edit for x in (*found.levers, *found.new_lines) if x.joint and x.joint.verdict_after == end}
    usable = [x for x in (*found.levers, *found.new_lines) if x.edit not in flipping]
    across = [(a, b) for a, b in itertools.combinations(usable, 2) if a.party != b.party]
    cases = [compile_case(sim.edited(item, [a.edit, b.edit]).scenario) for a, b in across]
    counts = np.zeros(len(cases), int)
    for votes in polled(cases, item.scenario.draws, item.scenario.seed):
        counts += np.array([votes.joint(k).sum() for k in range(len(cases))], int)
    reached = {}
    turned = 0
    ranks = ["refused", "divided", "singly", "accepted"]
    results = sim.score([sim.edited(item, [a.edit, b.edit]) for a, b in across])
    for (a, b), count, result in zip(across, counts, results, strict=True):
        assert a.joint is not None
        assert b.joint is not None
        alone_words = [found.verdict, a.joint.verdict_after, b.joint.verdict_after]
        word = outcome(result)[0].replace("with_filler", "accepted")
        places = [ranks.index(str(w)) for w in alone_words if w in ranks]
        if word in ranks and result.asked:
            place = ranks.index(word)
            turned += place > max(places) if up else place < min(places)
        share = int(count) / item.scenario.draws
        best = max(alone[a.edit], alone[b.edit]) if up else min(alone[a.edit], alone[b.edit])
        if share > best if up else share < best:
            reached[frozenset((a.edit, b.edit))] = share
    mine = {
        frozenset(x.edit for x in pair.edits): pair.joint.after.estimate
        for pair in found.pairs.ranked
        if pair.joint is not None and pair.edits[0].party != pair.edits[1].party
    }
    assert (
        turned == found.pairs.flips - sum(x.turns for x in found.pairs.ranked if x.edits[0].party == x.edits[1].party)
        or len(found.pairs.ranked) == 60
    )
    further = {
        frozenset(x.edit for x in pair.edits)
        for pair in found.pairs.ranked
        if pair.edits[0].party != pair.edits[1].party and not pair.turns
    }
    assert {k: v for k, v in mine.items() if k in further}.items() <= reached.items()
    met.append(len(mine))
    if len(found.pairs.ranked) < 60:
        assert len(mine) == min(len(reached), 60)
    if up:
        assert all(share <= found.pairs.ceiling for share in reached.values())


@pytest.mark.parametrize("total", [1, 7, 200, 10_000])
def test_fewest_draws_that_accept_together(total: int) -> None:
    assert all((wilson(n, total).low >= 0.5) == (n >= enough(total)) for n in range(total + 1))


def test_levers_are_ranked_and_the_half_is_told_apart_from_the_verdict(deal: Path) -> None:
    found = levers(sim.load(deal, draws=400))
    assert found.joint is not None
    for group in (found.levers, found.new_lines):
        reach = [(-abs(x.joint.change.estimate), -abs(x.own.change.estimate)) for x in group if x.joint is not None]
        assert reach == sorted(reach)
        assert [x.rank for x in group] == list(range(1, len(group) + 1))
        for x in group:
            assert x.joint is not None
            after = x.joint.after
            assert x.joint.crosses_half == ((after.estimate >= 0.5) != (found.joint.estimate >= 0.5))
            assert x.joint.too_near == (after.low < 0.5 <= after.high)
            assert x.joint.verdict_before == found.verdict
            assert x.joint.flips == (x.joint.verdict_after != found.verdict)
            assert x.own.flips == (x.own.verdict_after != x.own.verdict_before)
    assert all(x.kind == "add_line" and x.own.after.estimate == 0 for x in found.new_lines)


def outcomes(found: LeversResult, item: Loaded) -> None:
    """The verdicts of levers are the words that runs print, fillings apart."""
    checked = [x for x in (*found.levers, *found.new_lines) if x.joint is not None]
    for lever, result in zip(checked, sim.score([sim.edited(item, [x.edit]) for x in checked]), strict=True):
        assert lever.joint is not None
        assert lever.joint.verdict_after == outcome(result)[0].replace("with_filler", "accepted"), lever.edit


def test_a_verdict_turns_where_a_run_prints_another(tmp_path: Path) -> None:
    """Each accepts by itself once the line is gone, though all together still in fewer than half of the draws."""
    issue = position(None, "critical", values={"a": [0, 1], "b": 0})
    people = {
        "p": party({"i": issue | {"red_lines": [line("a")]}}, reservation=0.4),
        "q": party({"i": issue}, reservation=0.4),
    }
    item = loaded(tmp_path, scenario({"i": "ab"}, people, {"i": "a"}, draws=2000))
    found = levers(item)
    outcomes(found, item)
    [lever] = [x for x in found.levers if x.edit == "p.i.red_lines=none"]
    assert lever.joint is not None
    assert (lever.joint.verdict_before, lever.joint.verdict_after, lever.joint.flips) == ("refused", "singly", True)
    assert not lever.joint.crosses_half
    [turning] = of_kind(found, "turning_edits")
    assert turning.strongest.joint.verdict == "singly"
    assert not turning.reaches_half
    assert "by each, not by all" in [row[-1] for row in page(found).sheets[0].rows]


def test_a_line_dropped_and_the_same_issue_ranked_anew_are_a_pair(tmp_path: Path) -> None:
    """No other pair does it: the option stands last where the line is gone, and the line stands where it is raised."""
    people = {
        "p": party(
            {
                "i": position("cba", "critical", red_lines=[line("a")]),
                "j": position("ab", "moderate", red_lines=[]),
            }
        )
    }
    on = scenario({"i": "abc", "j": "ab"}, people, {"i": "a", "j": "a"}, {"k": {"i": "c", "j": "b"}}, draws=400)
    item = loaded(tmp_path, on)
    found = levers(item, pairs=True)
    assert found.pairs is not None
    assert found.verdict == "refused"
    assert found.pairs.exhaustive
    turning = {frozenset(x.edit for x in pair.edits) for pair in found.pairs.ranked if pair.turns}
    assert frozenset({"p.i.red_lines=none", "p.i.ranking=[a, c, b]"}) in turning
    assert all("p.i.red_lines=none" in pair or "p.i=unknown" in pair for pair in turning)
    assert "re-ranks the same issue" in found.pairs.rule


def test_gains_that_balance_losses_are_no_standstill() -> None:
    shift = {"before": HALF_OF, "after": HALF_OF, "change": {"estimate": 0.0, "low": -0.1, "high": 0.1}}
    words = {"verdict_before": "divided", "verdict_after": "divided", "flips": False}
    assert Moved.model_validate(shift | words | {"gained": 0, "lost": 0}).still
    assert not Moved.model_validate(shift | words | {"gained": 3, "lost": 3}).still


HALF_OF = {"estimate": 0.5, "low": 0.4, "high": 0.6}


def test_a_single_edit_that_flips_is_named_with_its_basis(tmp_path: Path) -> None:
    found = levers(loaded(tmp_path, vetoing("p")), pairs=True)
    assert {x.edit for x in found.flipping} == {"p.i0.red_lines=none", "p.i0=unknown"}
    [turning] = of_kind(found, "turning_edits")
    assert (turning.turning, turning.tried.edits) == (2, len(found.levers))
    strongest = turning.strongest
    assert (strongest.kind, strongest.basis, strongest.joint.after) == ("drop_line", "assumed", 1.0)
    assert turning.bases == {"assumed": 2}
    assert found.pairs is not None
    assert not found.pairs.needed
    assert not {"p.i0.red_lines=none", "p.i0=unknown"} & {x.edit for pair in found.pairs.ranked for x in pair.edits}
    assert "verdict flips" not in " ".join(page(found).notes)


def test_an_edit_that_drops_a_party_asked_stands_apart(tmp_path: Path) -> None:
    """All that is known of q is that it loses by i: made unknown it is no longer asked, and p alone accepts more."""
    people = {
        "p": party({"i": position("ab", "major"), "j": position("unknown", "unknown")}),
        "q": party({"i": position("ba", "major"), "j": position("unknown", "unknown")}),
    }
    on = scenario({"i": "ab", "j": "ab"}, people, {"i": "a", "j": "a"}, {"k": {"i": "b", "j": "b"}}, draws=200)
    found = levers(loaded(tmp_path, on), pairs=True)
    [apart] = [x for x in found.fewer_asked if x.edit == "q.i=unknown"]
    assert apart.joint is not None
    assert apart.joint.after.estimate > apart.joint.before.estimate + 0.3
    assert "q.i=unknown" not in {x.edit for x in found.levers}
    assert found.pairs is not None
    assert not any(e.edit == "q.i=unknown" for pair in found.pairs.ranked for e in pair.edits)
    [sheet] = [s for s in page(found).sheets if s.title and s.title.startswith("Apart: ")]
    assert len(sheet.rows) == len(found.fewer_asked)
    assert {row[1] for row in rows(found) if "q.i=unknown" in row} == {"fewer_asked"}


def test_an_edit_that_lets_a_silent_party_speak_is_marked(tmp_path: Path) -> None:
    """Nothing is known of q, which is asked as soon as something is said of it; p is asked as it stands."""
    people = {
        "p": party({"i": position("ab", "major"), "j": position("unknown", "unknown")}),
        "q": party({"i": position("unknown", "unknown"), "j": position("unknown", "unknown")}),
    }
    on = scenario({"i": "ab", "j": "ab"}, people, {"i": "a", "j": "a"}, {"k": {"i": "b", "j": "b"}}, draws=200)
    home = loaded(tmp_path, on)
    found = levers(home)
    assert {x.party for x in found.levers if found.brings_in(x)} == {"q"}
    for lever in found.levers:
        after = {p.id: p for p in sim.score(sim.edited(home, [lever.edit]))[0].parties}
        assert found.brings_in(lever) == (not after["q"].silent)
    whole = page(found, top=100)
    marked = {row[0] for row in whole.sheets[0].rows if row[0].endswith(" +")}
    assert marked == {f"{found.names['q']}: {x.what} +" for x in found.levers if x.party == "q"}
    assert sum(str(note).startswith("+ lets a party speak") for note in whole.notes) == 1
    assert not any(str(note).startswith("+ lets") for note in page(levers(home, party="p")).notes)


def test_an_edit_that_silences_the_only_party_leaves_no_figure(tmp_path: Path) -> None:
    people = {"p": party({"i": position("ab", "unknown"), "j": position("unknown", "unknown")})}
    on = scenario({"i": "ab", "j": "ab"}, people, {"i": "a", "j": "a"}, {"k": {"i": "b", "j": "b"}}, draws=100)
    found = levers(loaded(tmp_path, on))
    [silenced] = [x for x in found.fewer_asked if x.edit == "p.i=unknown"]
    assert "p.i=unknown" not in {x.edit for x in found.levers}
    assert silenced.joint is None
    assert silenced.rank == len(found.levers) or silenced.own.change.estimate != 0
    assert "nobody asked" in json.dumps([row for sheet in page(found).sheets for row in sheet.rows])


def test_nobody_asked(tmp_path: Path) -> None:
    people = {"p": party({"i": position("unknown", "unknown")})}
    on = scenario({"i": "ab", "j": "ab"}, people, {"i": "a", "j": "a"}, {"k": {"i": "b", "j": "b"}}, draws=100)
    found = levers(loaded(tmp_path, on), pairs=True)
    assert (found.joint, found.verdict, found.levers, found.pairs) == (None, None, (), None)
    assert found.verdict_reason is not None
    assert found.pairs_reason == found.verdict_reason
    assert {x.reason for x in found.left_out} == {"nobody_asked"}
    assert found.findings[0].kind == "nobody_asked"
    assert "no verdict" in page(found).lead


def test_edits_that_leave_nothing_to_draw_are_told_apart(tmp_path: Path) -> None:
    people = {"p": party({"i": position("ab", "minor"), "j": position("ab", "none")})}
    on = scenario({"i": "ab", "j": "ab"}, people, {"i": "a", "j": "a"}, {"k": {"i": "b", "j": "b"}}, draws=100)
    found = levers(loaded(tmp_path, on))
    forbidden = [x for x in found.left_out if x.reason == "forbidden"]
    assert ["p.i.importance=none"] in [list(x.edits) for x in forbidden]
    assert not any(x.edit == "p.i.importance=none" for x in found.levers)


def test_an_edit_after_which_nothing_fits_a_range_is_told_apart(tmp_path: Path) -> None:
    """A fourth issue with weight leaves too little room for a weight of at least nine tenths."""
    ranked = {i: position("ab", "major") for i in "jk"} | {"l": position("ab", "none")}
    people = {"p": party({"i": position("ab", None, weight=[0.9, 0.95])} | ranked)}
    issues = dict.fromkeys("ijkl", "ab")
    on = scenario(issues, people, dict.fromkeys(issues, "a"), {"k": dict.fromkeys(issues, "b")}, draws=100)
    found = levers(loaded(tmp_path, on))
    reasons = {edit: x.why for x in found.left_out for edit in x.edits}
    assert "leave almost nothing" in reasons["p.l.importance=minor"]
    assert "p.j.importance=critical" in {x.edit for x in (*found.levers,)} | set(reasons)
    assert "p.i=unknown" in {x.edit for x in found.levers}, "the others are scored all the same"
    assert found.weight_ranges == ("p",)
    [ranges] = of_kind(found, "weight_ranges")
    assert ranges.parties == ("p",)


def test_filters_keep_what_the_whole_has(deal: Path) -> None:
    item = sim.load(deal, draws=300)
    whole = {x.edit: x for x in levers(item).levers}
    one = levers(item, party="blue")
    assert {x.edit for x in one.levers} == {e for e, x in whole.items() if x.party == "blue"}
    land = levers(item, issue="status")
    assert {x.edit for x in land.levers} == {
        e for e, x in whole.items() if x.issue == "status" or x.edit == "red.refuses.armed_neighbour=none"
    }
    assert all(x.joint == whole[x.edit].joint for x in (*one.levers, *land.levers))
    with pytest.raises(ValueError, match="did you mean blue"):
        levers(item, party="bleu")
    with pytest.raises(ValueError, match="did you mean land"):
        levers(item, issue="lend")


# --- what is printed ------------------------------------------------------------------------


def call(*args: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["sensitivity", *args])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def test_every_key_is_documented_and_no_other() -> None:
    assert documented("sim.levers/1") == keys(LeversResult)
    assert documented_findings("sim.levers/1") == finding_keys(LeversFinding)
    assert {*SENTENCES} >= {*finding_keys(LeversFinding)}


def test_all_formats(deal: Path, tmp_path: Path) -> None:
    args = [str(deal), "--draws", "300", "--party", "red", "--pairs"]
    code, table, _ = call(*args[:-1], "--top", "5", "--plot", str(tmp_path / "t.svg"))
    assert code == 0
    assert max(map(len, table.splitlines())) <= 100
    assert "As modelled" in table
    assert "not a forecast" in table
    assert "the first 5 of" in table
    assert " more notes with --full." in table
    assert (tmp_path / "t.svg").read_text().lstrip().startswith("<?xml")
    code, text, _ = call(*args, "--format", "json")
    found = LeversResult.model_validate_json(text)
    assert json.loads(text)["schema"] == "sim.levers/1"
    assert len(found.levers) > 5
    code, text, _ = call(*args, "--format", "csv")
    table_rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(table_rows[0]) == HEADER
    assert found.pairs is not None
    parts = (found.levers, found.new_lines, found.dropped, found.pairs.ranked)
    assert len(table_rows) == sum(len(part) for part in parts)
    assert [r["edit"] for r in table_rows if r["set"] == "lever"] == [x.edit for x in found.levers]
    assert len(next(iter(rows(found)))) == len(HEADER)
    code, text, _ = call(*args, "--format", "md", "--top", "2")
    assert code == 0
    assert text.startswith("### What the verdict turns on")
    assert len(page(found, top=2).sheets[0].rows) == 2


@pytest.mark.parametrize("more", [(), ("--pairs",)])
def test_the_first_screen_is_short_and_full_has_all(deal: Path, more: tuple[str, ...]) -> None:
    args = [str(deal), "--draws", "300", "--party", "red", *more]
    _, brief, _ = call(*args)
    _, whole, _ = call(*args, "--full")
    assert len(brief.splitlines()) <= 42
    result = levers(sim.load(deal, draws=300), party="red", pairs=bool(more))
    first = page(result, top=FIRST // 2 if more else FIRST)
    assert next(len(x.rows) for x in first.sheets if not x.detail) == (FIRST // 2 if more else FIRST)
    assert {x.kind for x in result.findings} >= {"kinds_tried", "run_with_edit", "same_draws"}
    assert "Tried: importance" not in brief
    assert "Tried: importance" in whole
    for printed in (brief, whole):
        assert "To see a whole run under the first edit" in printed
        assert "the same for every edit" in printed


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--party", "bleu"], "did you mean blue"),
        (["--issue", "lend"], "did you mean land"),
        (["--method", "flop"], "did you mean flip"),
        (["--method", "sobol", "--issue", "land"], "goes with --method levers, not with sobol"),
        (["--method", "sobol", "--pairs"], "goes with --method levers, not with sobol"),
        (["--method", "sobol", "--draws", "100"], "goes with --method levers or --method flip, not with sobol"),
        (["--method", "flip", "--top", "3"], "goes with --method levers, not with flip"),
        (["--method", "flip", "--n", "128"], "goes with --method sobol, not with flip"),
        (["--n", "128"], "goes with --method sobol, not with levers"),
        (["--method", "sobol", "--n", "3"], "too few"),
        (["--top", "0"], "--top"),
        (["--plot", "tornado.pdf"], "ends in .svg or .png"),
    ],
)
def test_wrong_use_is_told(args: list[str], said: str, deal: Path) -> None:
    code, out, err = call(str(deal), *args)
    assert code == 2
    assert said in " ".join(err.replace("│", " ").split())
    assert not out


def test_help_shows_an_example() -> None:
    code, out, _ = call("--help")
    assert code == 0
    assert "Example: sim sensitivity" in " ".join(out.split())


# --- the figure -----------------------------------------------------------------------------


def test_tornado_has_a_bar_a_cell_with_its_furthest_edits(deal: Path) -> None:
    from sim.analysis.levers.figure import cells, draw

    found = levers(sim.load(deal, draws=300))
    bars = cells(found)
    assert found.joint is not None
    for bar in bars:
        assert bar.base == found.joint.estimate
        afters, edit = [x.after for x in bar.ends], bar.ends[0].edit
        cell = [
            x.joint.after.estimate
            for x in found.levers
            if (x.party, x.issue) == (edit.party, edit.issue) and x.issue and x.joint is not None
        ]
        if cell and max(cell) > bar.base:
            assert max(afters) == max(cell)
        if cell and min(cell) < bar.base:
            assert min(afters) == min(cell)
    ax = draw(found).axes[0]
    assert len(ax.get_yticklabels()) == len(bars)
    assert len(ax.patches) == sum(len(b.ends) for b in bars)
    assert any(np.allclose(x.get_xdata(), 0.5) for x in ax.lines), "one half is drawn"


def test_tornado_tells_the_parties_where_the_joint_figure_is_stuck(tmp_path: Path) -> None:
    from sim.analysis.levers.figure import draw

    found = levers(loaded(tmp_path, vetoing()))
    fig = draw(found)
    assert "No single edit moves the joint share (0%)" in fig.get_suptitle()
    assert {t.get_text().split(":")[0] for t in fig.axes[0].get_yticklabels()} == {"N"}
    assert "edited party itself" in fig.axes[0].get_xlabel()


def test_tornado_without_levers(tmp_path: Path) -> None:
    from sim.analysis.levers.figure import draw
    from sim.report import figure as style

    people = {"p": party({"i": position("unknown", "unknown")})}
    on = scenario({"i": "ab"}, people, {"i": "a"}, {"k": {"i": "b"}}, draws=100)
    style.write(draw(levers(loaded(tmp_path, on))), tmp_path / "none.png")
    assert (tmp_path / "none.png").stat().st_size > 1000
