"""What `sim frontier` reports: the document, its tables, its figure, and what it says when there is nothing to tell."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from typer.testing import CliRunner

import sim
from sim.analysis.frontier import figure as figure
from sim.analysis.frontier import frontier as analysis
from sim.analysis.frontier import page as view
from sim.analysis.frontier import space as bounds
from sim.analysis.frontier.figure import Label, place
from sim.analysis.frontier.frontier import frontier
from sim.analysis.frontier.result import RED_LINES, Frontier, ProposalPlace, RedLines
from sim.analysis.shared.expected import expected
from sim.analysis.shared.texts_beside import Texts
from sim.analysis.space import binding
from sim.analysis.space.boxes import TooTangled
from sim.analysis.space.diagram import diagram
from sim.cli import app
from sim.engine.consent import asked_each
from sim.files.nodes import dump_yaml
from sim.report.figure import figure as blank
from sim.report.figure import write
from sim.report.page import markdown
from sim.scenario import catalogue
from sim.scenario.loading import load
from sim.simulation.cases import compiled
from tests import small, spaces, twins
from tests.documented import documented, keys
from tests.readme import shipped_place

#: The shipped texts and no others: what is searched shows the texts beside.
SCENARIOS = shipped_place() / "scenarios"
TREATY = SCENARIOS / "austria_1955" / "state_treaty_1955.yaml"
#: All who draw up the treaty, and what a deal must cost one of them for it to lose by whatever is agreed.
POWERS = ("austria", "ussr", "us", "uk", "france")
COSTLY = ("ussr.no_deal.cost=-0.8",)
run = CliRunner().invoke


@cache
def istanbul(*parties: str, red_lines: RedLines = "all") -> Frontier:
    return frontier(load(SCENARIOS / "istanbul.yaml", draws=2000), parties=parties or None, red_lines=red_lines, top=7)


@cache
def treaty(*parties: str, red_lines: RedLines = "all", edits: tuple[str, ...] = ()) -> Frontier:
    """The text of 1955, whose whole space is small enough to be looked at package by package."""
    return frontier(load(TREATY, draws=500, edits=edits), parties=parties or None, red_lines=red_lines, top=7)


def text(result: Frontier, name: str) -> ProposalPlace:
    return next(t for t in result.proposals if t.id == name)


# --- the first domain -----------------------------------------------------------------------


def test_principals_are_the_default_and_their_frontier_is_the_first_domains() -> None:
    result = istanbul()
    [case] = compiled([load(SCENARIOS / "istanbul.yaml", draws=2000)])
    assert result.options.parties == ("russia", "ukraine")
    assert result.options.parties_by == "principals"
    assert result.space.combinations == math.prod(case.space.sizes) > 10**9
    # As no deal leaves things: three outcomes, each with any of three ways to consent, which no outcome names.
    assert result.space.equal_no_deal == ("stalemate", "russia_gains", "ukraine_gains")
    assert len(spaces.no_deals(case)) == 3 * 3
    assert result.space.feasible == spaces.feasible_count(case, "hard") - 3 * 3
    assert result.space.possible == spaces.possible_count(case, "hard", "all") > 0
    for found in (result, treaty(*POWERS)):
        assert len(found.every) == found.frontier.total
        assert found.frontier.packages == sum(p.packages or 0 for p in found.every)
        gains = [p.gains for p in found.every]
        assert gains == sorted(gains, reverse=True)
        numbers = [p.number for p in found.frontier.listed]
        assert (numbers[0], numbers[-1]) == (1, found.frontier.total)
    # more points than are listed: as many as are asked for, evenly spread
    steps = np.diff(numbers)
    assert treaty(*POWERS).frontier.total > 20
    assert len(numbers) == 7
    assert steps.max() - steps.min() <= 1


def test_the_frontier_of_the_treaty_is_that_of_all_its_packages() -> None:
    """Every feasible package at once: which are possible, which no other dominates, and how many give the same."""
    [case] = compiled([load(TREATY, draws=500)])
    everything = spaces.every_package(case)
    for red_lines in ("all", "none"):
        result = treaty("austria", "ussr", "us", red_lines=red_lines)  # type: ignore[arg-type]
        assert result.space.combinations == len(everything)
        feasible = everything[case.space.feasible(everything, ("hard",))]
        absent = {row.tobytes() for row in spaces.no_deals(case)}
        feasible = feasible[[row.tobytes() not in absent for row in feasible]]
        assert result.space.feasible == len(feasible)
        rows = feasible[spaces.allowed(case, feasible, "hard", red_lines)]
        assert result.space.possible == len(rows)
        terms = {t.party: t for t in expected(case)}
        gains = np.round(np.stack([terms[p].gain(case.space, rows) for p in result.options.parties], axis=1), 9)
        points, counts = np.unique(gains, axis=0, return_counts=True)
        best: list[tuple[tuple[float, ...], int]] = []
        for k in np.argsort(-points.sum(axis=1)):  # who dominates a point gives more in all
            if not any((np.array(other) >= points[k] - 1e-8).all() for other, _ in best):
                best.append((tuple(points[k]), int(counts[k])))
        assert sorted((tuple(np.round(p.gains, 9)), p.packages) for p in result.every) == sorted(best)


@pytest.mark.parametrize("which", ["istanbul", "treaty", "costly treaty"])
def test_points_told_are_possible_packages_with_these_gains(which: str) -> None:
    if which == "istanbul":
        result = istanbul("russia", "ukraine", "us", "nato")
        [case] = compiled([load(SCENARIOS / "istanbul.yaml", draws=2000)])
    else:
        edits = COSTLY if which == "costly treaty" else ()
        result = treaty("austria", "ussr", "us", edits=edits)
        [case] = compiled([load(TREATY, draws=500, edits=edits)])
    terms = {t.party: t for t in expected(case)}
    forbidden = bounds.forbidden(case, "hard", "all")
    assert (result.least_bad is not None) == (not result.frontier.at_least_no_deal)
    if which == "costly treaty":
        assert result.least_bad is not None
        worst = [min(p.gains) for p in result.every]
        assert min(result.least_bad.gains.values()) == max(worst) < 0
        assert "least bad for the worst off" in markdown(view.page(result))
    else:
        assert result.frontier.at_least_no_deal > 0
    assert result.frontier.listed
    for point in (*result.frontier.listed, *([result.least_bad] if result.least_bad else [])):
        row = case.space.package(point.terms)[None]
        assert not any(b.holds(row)[0] for b in forbidden)
        asked = [p.id for p, yes in zip(case.profiles, asked_each(case, row)[:, 0], strict=True) if yes]
        assert point.asks == tuple(asked)
        gains = point.gains | point.others
        assert set(gains) == {*result.options.parties, *asked}
        for party, gain in gains.items():
            assert gain == pytest.approx(terms[party].gain(case.space, row)[0], abs=1e-12)
        assert point.all_accept == all(gains[p] >= 0 for p in asked)
        assert point.crosses == ()
        assert len(point.changes) == sum(case.text != row[0])
        assert tuple(point.gains.values()) == result.every[point.number - 1].gains


def test_shipped_texts_have_a_distance_and_a_reason() -> None:
    kinds = set()
    for result, file, red_lines in (
        (istanbul(), SCENARIOS / "istanbul.yaml", "all"),
        (treaty(), TREATY, "all"),
        (treaty(red_lines="none"), TREATY, "none"),
    ):
        loaded = load(file, draws=64)
        [case] = compiled([loaded])
        folder = loaded.path.parent.name if loaded.path is not None else ""
        assert len(result.proposals) == len(catalogue.SHIPPED[folder if folder != "scenarios" else ""])
        assert result.skipped == ()
        assert [p.tabled for p in result.proposals] == [True] + [False] * (len(result.proposals) - 1)
        gains = np.array([p.gains for p in result.every])
        for place_ in result.proposals:
            own = np.array([place_.gains[p] for p in result.options.parties])
            far = (gains - own).min(axis=1).max()
            assert place_.slack == pytest.approx(far, abs=1e-12)
            assert place_.distance == (0 if far <= 1e-12 else place_.slack)
            assert (place_.better is None) == (not place_.dominated)
            if place_.better is not None:
                least = min(place_.better.gains[p] - place_.gains[p] for p in place_.gains)
                assert least == pytest.approx(far, abs=1e-12)
            terms = load(file.parent / f"{place_.id}.yaml", draws=64).scenario.proposal.terms
            # of a text of a later day the issues that are in force on this one
            row = case.space.package({i: t.option for i, t in terms.items() if i in case.space.issues})[None]
            assert place_.open_issues == tuple(i for i in case.space.issues if terms[i].option is None)
            asked = asked_each(case, row)[:, 0]
            crosses = {
                p.id
                for p, yes in zip(case.profiles, asked, strict=True)
                if yes and spaces.crossed(case, p, row, red_lines)[0]
            }
            assert {c.party for c in place_.crosses} == crosses
            ruled_out = crosses or place_.breaks or not asked.any()
            assert place_.possible == (False if ruled_out else None if place_.open_issues else True)
            on_it = (abs(gains - own) <= 1e-9).all(axis=1).any()
            assert place_.efficient == (None if place_.possible is None else place_.possible and on_it)
            kinds.add((place_.possible, place_.efficient))
    assert kinds >= {(False, False), (None, None), (True, False)}
    membership = text(istanbul(), "membership")
    assert membership.possible is False
    assert membership.slack is not None
    assert membership.slack < 0
    assert {c.party for c in membership.crosses} == {"russia", "us", "nato"}


def test_a_text_of_the_frontier_is_efficient() -> None:
    """The Nash package tabled in place of the text lies on the frontier, at no distance."""
    nash = treaty().solutions[0].point
    assert nash is not None
    edits = [f"proposal.{issue}={option}" for issue, option in nash.terms.items()]
    result = frontier(load(TREATY, draws=500, edits=edits), texts=Texts(()))
    [tabled] = result.proposals
    assert tabled.efficient is True
    assert (tabled.distance, tabled.slack, tabled.dominated) == (0, 0, False)
    assert "nothing" in markdown(view.page(result)).split("Proposals")[1].split("\n")[4]
    assert "on the frontier" in view.page(result).lead
    assert result.solutions[0].point is not None
    assert result.solutions[0].point.changes == ()


def test_weaker_lines_let_more_packages_in_and_points_say_what_they_cross() -> None:
    possible = [treaty(red_lines=r).space.possible for r in RED_LINES]
    assert possible == sorted(possible)
    assert possible[-1] == treaty().space.feasible
    loose = treaty(red_lines="none")
    assert "of draws, in which lines of all layers bind" in view.page(loose).lead
    crossed = [p for p in loose.frontier.listed if p.crosses]
    assert crossed
    assert all(line.party in p.asks for p in crossed for line in p.crosses)
    assert any(p.all_accept for p in treaty("austria", "ussr", "us", red_lines="none").every)
    legal = frontier(load(TREATY, draws=64), constraints="political", texts=Texts(()))
    assert legal.space.feasible < loose.space.feasible


def test_a_point_that_breaks_what_does_not_bind_says_so() -> None:
    """Under hard constraints, a legal or political one."""
    told = []
    for result, file in ((istanbul(), SCENARIOS / "istanbul.yaml"), (treaty(*POWERS), TREATY)):
        rules = load(file, draws=64).scenario.domain.issues.constraints
        for point in result.frontier.listed:
            broken = [(c.id, c.severity) for c in rules if twins.breaks(c, point.terms)]
            assert [(b.id, b.severity) for b in point.breaks] == broken
            assert "hard" not in dict(broken).values()
            told += point.breaks
    assert told
    note = " ".join(view.page(treaty(*POWERS)).notes)
    assert all(f"{b.id} ({b.severity}), which only warns here: {b.why}" in note for b in told[-1:])
    # where they bind, no point breaks them
    bound = frontier(load(TREATY, draws=500), parties=POWERS, constraints="political", texts=Texts(()), top=1000)
    assert bound.frontier.total == len(bound.frontier.listed) > 0
    assert not [b for p in bound.frontier.listed for b in p.breaks]
    assert bound.space.feasible < treaty(*POWERS).space.feasible


def test_approximate_frontier_prints_its_guarantee(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.analysis.frontier.pareto.SMALL", 10)
    exact = treaty(*POWERS)
    near = frontier(load(TREATY, draws=500), parties=POWERS, epsilon=0.05, texts=Texts(()))
    assert 0 < near.frontier.epsilon <= 0.05
    assert near.frontier.total < exact.frontier.total
    assert near.frontier.packages is None
    gains = np.array([p.gains for p in near.every])
    for point in exact.every:
        assert (np.array(point.gains) - gains).max(axis=1).min() <= near.frontier.epsilon
    page = markdown(view.page(near))
    assert f"{near.frontier.epsilon:.3g}" in page
    assert "Approximate (--epsilon 0.05)" in page
    assert json.loads(near.to_json())["frontier"]["listed"][0]["packages"] is None


def test_texts_that_some_could_better_at_nobodys_cost_are_dominated() -> None:
    """Not all five can gain over the treaty at once, yet it is inefficient."""
    for result in (istanbul("russia", "ukraine", "us", "nato"), treaty(*POWERS)):
        gains = np.array([p.gains for p in result.every])
        for place_ in result.proposals:
            more = gains - np.array([place_.gains[p] for p in result.options.parties])
            more[abs(more) < 1e-9] = 0
            better = more[(more >= 0).all(axis=1) & more.any(axis=1)]
            assert (place_.dominated, place_.dominating) == (len(better) > 0, len(better))
            if len(better):
                assert place_.most_gain is not None
                assert list(place_.most_gain.values()) == pytest.approx(better.max(axis=0).tolist(), abs=1e-12)
                assert place_.sum_gain == pytest.approx(better.sum(axis=1).max(), abs=1e-12)
                assert place_.better is not None
                assert all(place_.better.gains[p] >= place_.gains[p] - 1e-11 for p in place_.gains)
                assert sum(place_.better.gains.values()) > sum(place_.gains.values())
    tabled = result.proposals[0]
    assert (tabled.slack, tabled.dominated) == (0, True)
    assert tabled.most_gain is not None
    who = result.names[max(tabled.most_gain, key=lambda p: tabled.most_gain[p] if tabled.most_gain else 0)]
    page = view.page(result)
    assert f"is not efficient: {tabled.dominating} points give nobody less and some more ({who} up to" in page.lead
    told = markdown(page)
    assert "better than the text, at nobody's cost" in told
    assert "nothing |" not in told.split("Proposals")[1].split("Along")[0]


def test_shares_of_draws_are_those_of_separate_runs() -> None:
    file = SCENARIOS / "istanbul.yaml"
    result = istanbul()
    points = [s.point for s in result.solutions if s.point is not None]
    assert result.better is not None
    for point in (points[0], points[-1], result.better, result.frontier.listed[-1]):
        ran = sim.run(file, draws=2000, edits=[f"proposal.{i}={o}" for i, o in point.terms.items()])
        assert point.joint_acceptability == ran.joint_acceptability
        assert point.asks == tuple(p.id for p in ran.asked)
    tabled = result.proposals[0]
    assert tabled.joint_acceptability == sim.run(file, draws=2000).joint_acceptability
    for name in ("armed_neutrality", "membership"):
        terms = load(SCENARIOS / f"{name}.yaml").scenario.proposal.terms
        ran = sim.run(file, draws=2000, edits=[f"proposal.{i}={t.option}" for i, t in terms.items()])
        assert text(result, name).joint_acceptability == ran.joint_acceptability


def test_weights_are_those_of_a_run_by_what_the_order_rests_on() -> None:
    """A run looks at the option of its text besides; here no deal alone says whether a place in the order is ours."""
    for result, file in ((istanbul(), SCENARIOS / "istanbul.yaml"), (treaty("austria", "ussr", "uk"), TREATY)):
        loaded = load(file, draws=result.settings.draws)
        [case] = compiled([loaded])
        [ran] = sim.score([loaded])
        for party in result.parties:
            shares = dict.fromkeys(("stated", "inferred", "assumed", "edited", "unknown"), 0.0)
            profile = case.profile(party.id)
            for j, issue in enumerate(ran.party(party.id).issues):
                cell = profile.cells[j]
                doubtful = cell.ranking_basis != "unknown" and {o[j] for o in profile.outcomes} & {*cell.assumed}
                shares["assumed" if doubtful else cell.ranking_basis] += issue.weight
            assert party.weight_by_basis.model_dump() == pytest.approx(shares, abs=1e-9)
            assert sum(shares.values()) == pytest.approx(1)


def test_polls_say_which_of_them_bind() -> None:
    """A line of the public by its mean: below one half it does not bind, however far up the range goes."""
    [case] = compiled([load(SCENARIOS / "istanbul.yaml", draws=64)])
    polled = [x for x in case.profile("ukrainian_public").lines if x.kind == "refusal" and x.holds is not None]
    edit = f"ukrainian_public.refuses.{polled[0].id}.holds"
    for holds, binds in (("0.39..0.58", False), ("0.45..0.58", True)):
        loaded = load(SCENARIOS / "istanbul.yaml", draws=64, edits=[f"{edit}={holds}"])
        result = frontier(loaded, parties=("russia", "ukraine"), texts=Texts(()))
        [line] = [x for x in result.polls if x.refusal == polled[0].id]
        assert line.binds == binds
        assert len(result.polls) >= len(polled)
        notes = " ".join(view.page(result).notes)
        name = result.labels.refusal("ukrainian_public", polled[0].id)
        said = f"{name} of the Ukrainian public (39% to 58%, mean 48.5%)"
        assert (said in notes.partition("so these do not: ")[2].split("). ")[0] + ")") == (not binds)


def test_what_rests_on_assumption_is_always_told() -> None:
    result = istanbul()
    assert result.zone is not None
    layers = result.zone.by_layer
    sizes: list[int] = []
    for red_lines in ("stated", "inferred", "all"):
        zone = istanbul(red_lines=red_lines).zone  # type: ignore[arg-type]
        assert zone is not None
        sizes.append(zone.acceptable)
        assert zone.by_layer == layers
    assert sizes == [layers.stated, layers.inferred, layers.assumed]
    said = view.page(result).notes[0]
    assert all(f"{n:,} packages" in said for n in sizes)
    for party in result.parties:
        share = 100 * (party.weight_by_basis.assumed + party.weight_by_basis.unknown)
        assert f"{party.id.capitalize()} {share:.0f}%" in said
    for layer, words in ((3, "Assumed lines alone empty it: with stated and inferred"), (0, "Inferred lines empty it")):
        counts = {"stated": 5, "inferred": layer, "assumed": 0}
        zone = result.zone.model_copy(update={"acceptable": 0, "by_layer": layers.model_copy(update=counts)})
        assert words in view.page(result.model_copy(update={"zone": zone})).lead


def test_issues_kept_hold_the_texts_option() -> None:
    file = load(SCENARIOS / "istanbul.yaml", draws=500)
    free, kept = istanbul(), frontier(file, keep=["fighting"])
    assert free.zone is not None
    assert kept.zone is not None
    assert free.space.possible_turned is not None
    assert kept.space.possible == free.space.possible - free.space.possible_turned
    assert kept.space.possible_turned == 0
    assert kept.space.combinations * 2 == free.space.combinations
    assert free.zone.acceptable_turned is not None
    assert {p.terms["fighting"] for p in kept.frontier.listed} == {"stops"}
    assert "--keep fighting leaves them out" in " ".join(view.page(free).notes)
    assert "--keep fighting" not in " ".join(view.page(kept).notes)
    assert "With the fighting as in the text" in view.page(kept).lead
    apart = frontier(file, keep=["alignment"])
    assert text(apart, "membership").departs == ("alignment",)
    assert text(apart, "membership").possible is False
    for issue, said in (("donbas", "leaves this issue open"), ("peace", "there is no issue peace")):
        with pytest.raises(ValueError, match=said):
            frontier(file, keep=[issue])


def test_a_text_ruled_out_is_said_to_be() -> None:
    lead = view.page(frontier(load(SCENARIOS / "membership.yaml", draws=500), texts=Texts(()))).lead
    assert (
        "The text as tabled is ruled out: it crosses lines of Russia and the United States, so it is not among" in lead
    )
    shown = markdown(view.page(istanbul()))
    assert "constitution: aim kept" in shown


def test_conflicts_of_one_and_of_several_are_told_apart() -> None:
    result = istanbul()
    assert result.zone is not None
    conflicts = (("nato",), ("russia", "us"), ("ukraine", "us"))
    zone = result.zone.model_copy(update={"acceptable": 0, "conflicts": conflicts})
    lead = view.page(result.model_copy(update={"zone": zone})).lead
    assert (
        "NATO refuses everything by itself. No package is left between Russia and the United States or between" in lead
    )


def test_tables_of_five_parties_fit() -> None:
    done = run(app, ["frontier", str(TREATY), "--full", "--draws", "64", "--parties", ",".join(POWERS)])
    assert done.exit_code == 0
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_answers_when_asked_add_up() -> None:
    zone = istanbul().zone
    assert zone is not None
    for party in zone.parties:
        assert party.asked_about == party.accepts + party.refuses
        assert party.accepts <= party.would_accept


# --- small deals ------------------------------------------------------------------------------


def small_frontier(folder: Path, changes: dict[str, str] | None = None, **more: object) -> Frontier:
    return frontier(load(small.write(folder, changes), draws=64), **more)  # type: ignore[arg-type]


def test_files_that_are_no_proposals_here_are_told(tmp_path: Path) -> None:
    (tmp_path / "again.yaml").write_text(small.SCENARIO.replace("option: neutral", "option: undecided"))
    (tmp_path / "broken.yaml").write_text("title: Nothing\n")
    result = small_frontier(tmp_path)
    assert [t.id for t in result.proposals] == ["deal", "again"]
    assert [s.file for s in result.skipped] == ["broken.yaml"]
    assert "broken.yaml" in markdown(view.page(result))
    (tmp_path / "broken.yaml").unlink()
    issues = small.ISSUES.replace("neutral: It stays out.", "neutral: It stays out.\n      other: It does neither.")
    foreign = load(small.write(tmp_path / "two", {"domain/issues.yaml": issues}))
    (tmp_path / "foreign.yaml").write_text(dump_yaml(foreign.tree))
    result = small_frontier(tmp_path)
    assert [(s.file, s.why) for s in result.skipped] == [("foreign.yaml", "its domain has other issues or options")]


def test_nothing_possible_is_said_with_who_is_in_the_way(tmp_path: Path) -> None:
    lines = "[{option: stops, basis: stated, evidence: [E2]}, {option: continues, basis: stated, evidence: [E2]}]"
    red = small.changed(
        "domain/positions/red.yaml",
        "      ranking: unknown\n      importance: unknown\n",
        f"      ranking: [stops, continues]\n      importance: minor\n      red_lines: {lines}\n",
    )
    result = small_frontier(tmp_path, red)
    assert (result.space.possible, result.frontier.total, result.every) == (0, 0, ())
    assert all(s.reason == "nobody_left_whole" for s in result.solutions)
    assert result.least_bad is None
    assert result.zone is not None
    assert (result.zone.acceptable, result.zone.conflicts) == (0, (("red",),))
    assert all(t.slack is None and t.distance is None for t in result.proposals)
    page = view.page(result)
    assert "Nothing is possible" in page.lead
    assert "Red refuses everything" in page.lead
    assert list(view.rows(result))
    write(figure.draw(result), tmp_path / "x.svg")


def test_who_may_not_be_chosen(tmp_path: Path) -> None:
    loaded = load(small.write(tmp_path), draws=64)
    for parties, said in (
        (["red", "green"], "there is no party green"),
        (["red"], "two parties or more"),
        (["red", "red"], "named twice"),
    ):
        with pytest.raises(ValueError, match=said):
            frontier(loaded, parties=parties)
    with pytest.raises(ValueError, match="epsilon"):
        frontier(loaded, epsilon=-0.1)
    quiet = {"domain/positions/league.yaml": small.LEAGUE[: small.LEAGUE.index("positions:")] + "positions: {}\n"}
    with pytest.raises(ValueError, match="league: the sources say nothing"):
        frontier(load(small.write(tmp_path / "quiet", quiet), draws=64), parties=["red", "league"])


def test_without_two_principals_all_with_positions_count(tmp_path: Path) -> None:
    result = small_frontier(tmp_path, small.changed("domain/positions/blue.yaml", "role: principal", "role: guarantor"))
    assert result.options.parties_by == "positions"
    assert result.options.parties == ("red", "blue", "league")
    assert [p.asked for p in result.parties] == ["always", "always", "sometimes"]


def test_conditions_that_leave_nothing_out_ask_always(tmp_path: Path) -> None:
    role = small.changed("domain/positions/blue.yaml", "role: principal", "role: guarantor")
    every = "{when: [{status: [member]}, {status: [neutral, undecided]}], why: Always in two words.}"
    league = small.LEAGUE.splitlines()
    [at] = [k for k, row in enumerate(league) if row.startswith("consent:")]
    league[at] = f"consent: {every}"
    result = small_frontier(tmp_path, role | {"domain/positions/league.yaml": "\n".join(league) + "\n"})
    assert [p.asked for p in result.parties] == ["always", "always", "always"]


def test_options_in_another_order_are_the_same_space(tmp_path: Path) -> None:
    """A text of a domain that lists its options the other way round is placed by their names."""
    turned = small.ISSUES.replace(
        "      stops: It stops.\n      continues: It goes on.\n",
        "      continues: It goes on.\n      stops: It stops.\n",
    )
    assert turned != small.ISSUES
    here, there = (
        load(small.write(tmp_path / "a"), draws=64),
        load(small.write(tmp_path / "b", {"domain/issues.yaml": turned}), draws=64),
    )
    (tmp_path / "a" / "other.yaml").write_text(dump_yaml(there.tree))
    result = frontier(here)
    assert result.skipped == ()
    assert result.proposals[1].gains == pytest.approx(result.proposals[0].gains)


def test_too_many_packages_are_not_counted_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis, "MOST_COUNTED", 10)
    result = small_frontier(tmp_path)
    assert result.zone is None
    assert "not counted" in markdown(view.page(result))
    assert json.loads(result.to_json())["zone"] is None


def test_what_is_too_tangled_is_said_without_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small.write(tmp_path)
    tangled = analysis.answers

    def fails(*args: object, **more: object) -> None:
        raise TooTangled(7)

    monkeypatch.setattr(analysis, "answers", fails)
    result = small_frontier(tmp_path)
    assert result.zone is None
    assert result.frontier.total
    assert "was not counted: constraints, red lines, effects and consent tie" in markdown(view.page(result))
    monkeypatch.setattr(analysis, "answers", tangled)
    monkeypatch.setattr("sim.analysis.space.diagram.MOST_NODES", 0)
    done = run(app, ["frontier", str(tmp_path / "deal.yaml"), "--draws", "64"])
    assert done.exit_code == 1
    assert "let fewer constraints or lines bind" in done.output
    assert isinstance(done.exception, SystemExit)


def test_stairs_in_the_figure_lie_under_the_points() -> None:
    """Every package lies on or under the stairs, and the stairs reach nothing that no point gives."""
    result = istanbul()
    [stairs] = [line for line in figure.draw(result).axes[0].lines if line.get_drawstyle().startswith("steps")]
    corners = stairs.get_path()
    gains = np.array([p.gains for p in result.every])
    drawn = stairs.get_drawstyle()
    x, y = np.asarray(stairs.get_xdata()), np.asarray(stairs.get_ydata())
    inner = list(zip(x[1:], y[:-1], strict=True)) if drawn == "steps-post" else list(zip(x[:-1], y[1:], strict=True))
    assert len(corners.vertices) >= len(x)
    for corner in inner:
        assert (gains >= np.array(corner) - 1e-12).all(axis=1).any()


def test_points_that_fall_together_are_said_to() -> None:
    def words(result: Frontier, axes: list[str] | None = None) -> str:
        return " ".join(" ".join(t.get_text() for t in figure.draw(result, axes).findobj(Text)).split())

    result = treaty(*POWERS)
    gains = {p: [round(x.gains[k], 9) for x in result.every] for k, p in enumerate(POWERS)}
    places = {axes: len(set(zip(*(gains[p] for p in axes), strict=True))) for axes in itertools.combinations(POWERS, 2)}
    fewest, most = min(places, key=lambda a: places[a]), max(places, key=lambda a: places[a])
    total = result.frontier.total
    assert places[fewest] < total == places[most]
    assert f"{total} points fall on {places[fewest]} places here; other --axes may part them" in words(
        result, list(fewest)
    )
    others = words(result, list(most))
    assert "points fall on" not in others
    left = [result.names[p] for p in POWERS if p not in most]
    assert all(name in others.partition("Points below the outline give ")[2] for name in left)
    two = words(treaty("austria", "ussr"))
    assert "points fall on" not in two
    assert "outline" not in two
    assert "no package shown accepted by all asked" not in two
    assert "no package shown accepted by all asked" in words(treaty("austria", "ussr", edits=COSTLY))


def test_ranges_do_not_depend_on_who_is_named_first(tmp_path: Path) -> None:
    one, other = (small_frontier(tmp_path / "-".join(p), parties=p) for p in (["red", "blue"], ["blue", "red"]))
    assert {(a, b) for a, b in (p.gains for p in one.every)} == {(b, a) for a, b in (p.gains for p in other.every)}
    assert {p.id: p.ideal for p in one.parties} == {p.id: p.ideal for p in other.parties}


# --- command, tables, figure --------------------------------------------------------------------


def test_every_key_is_documented_and_no_other() -> None:
    assert documented("sim.frontier/1") == keys(Frontier)


def test_command_prints_tables_json_csv_and_draws(tmp_path: Path) -> None:
    file, picture = str(SCENARIOS / "istanbul.yaml"), tmp_path / "frontier.svg"
    wanted = ["frontier", file, "--draws", "300", "--parties", "russia, ukraine,us", "--top", "4"]
    done = run(app, [*wanted, "--full", "--plot", str(picture), "--axes", "us,ukraine"])
    assert done.exit_code == 0, done.output
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    words = " ".join(done.stdout.split())
    assert "Efficient for Russia, Ukraine and the United States" in words
    assert "is asked about some packages only" in words
    svg = picture.read_text(encoding="utf-8")
    assert "expected gain of the United States over no deal" in svg
    assert all(name in svg for name in ("Istanbul guarantees (tabled)", "Armed neutrality", "Nash", "egalitarian"))
    wanted = ["frontier", str(TREATY), "--draws", "300", "--parties", "austria, ussr,us", "--top", "4"]
    told = json.loads(run(app, [*wanted, "--format", "json"]).stdout)
    assert told["schema"] == "sim.frontier/1"
    assert len(told["frontier"]["listed"]) == 4
    table = list(csv.reader(io.StringIO(run(app, [*wanted, "--format", "csv"]).stdout)))
    assert tuple(table[0]) == view.HEADER
    points = [row for row in table if row[1] == "frontier" and row[4] == "gain"]
    assert len(points) == 3 * told["frontier"]["total"]
    nash = {row[4]: row[5] for row in table if row[1:3] == ["solution", "nash"]}
    if told["solutions"][0]["point"]:
        assert {k[6:]: v for k, v in nash.items() if k[:6] == "terms."} == told["solutions"][0]["point"]["terms"]
    assert [row for row in table if row[1] == "better" and row[4].startswith("terms.")]
    assert {row[2] for row in table if row[1] == "solution"} == {s["concept"] for s in told["solutions"] if s["point"]}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--parties", "russia"], "two parties or more"),
        (["--parties", "russia,ukrain"], "did you mean ukraine?"),
        (["--parties", "russia,ukraine,russia"], "russia is named twice"),
        (["--axes", "russia,ukraine"], "without --plot"),
        (["--axes", "russia,us", "--plot", "{}/x.svg"], "us is not one of the parties"),
        (["--axes", "russia", "--plot", "{}/x.svg"], "name two parties"),
        (["--plot", "{}/x.pdf"], "x.pdf"),
        (["--keep", "fightin"], "did you mean fighting?"),
        (["--keep", "donbas"], "leaves donbas open"),
        (["--epsilon", "-1"], "--epsilon"),
        (["--epsilon", "nan"], "--epsilon"),
        (["--red-lines", "statd"], "did you mean stated?"),
        (["--top", "0"], "--top"),
    ],
)
def test_mistakes_in_the_command(tmp_path: Path, options: list[str], said: str) -> None:
    file = str(SCENARIOS / "istanbul.yaml")
    done = run(app, ["frontier", file, "--draws", "64", *(o.format(tmp_path) for o in options)])
    assert done.exit_code == 2
    assert said in " ".join(done.output.replace("│", " ").split())
    assert not list(tmp_path.iterdir())


def test_python_gives_the_same(tmp_path: Path) -> None:
    result = sim.frontier(load(small.write(tmp_path), draws=64))
    done = run(app, ["frontier", str(tmp_path / "deal.yaml"), "--draws", "64", "--format", "json"])
    assert json.loads(done.stdout) == json.loads(result.to_json())


def test_names_in_the_figure_cover_neither_each_other_nor_marks() -> None:
    """Twenty marks close together, names long."""
    fig = blank(9, 7)
    ax = fig.add_subplot()
    rng = np.random.default_rng(4)
    xy = rng.normal(0, 0.05, (20, 2))
    ax.plot(*xy.T, "o")
    ax.set_xlim(-0.3, 0.3)
    ax.set_ylim(-0.3, 0.3)
    labels = [Label(float(x), float(y), f"a_long_name_{k}") for k, (x, y) in enumerate(xy)]
    place(fig, ax, labels, [(float(x), float(y), 3.0) for x, y in xy], 8)
    boxes = [t.get_window_extent() for t in ax.texts if t.get_text()]
    assert len(boxes) == 20
    assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])
    marks = ax.transData.transform(xy)
    assert not any(box.contains(x, y) for box in boxes for x, y in marks)
    inside = ax.get_window_extent()
    assert all(inside.x0 <= b.x0 and b.x1 <= inside.x1 and inside.y0 <= b.y0 and b.y1 <= inside.y1 for b in boxes)


def test_possible_packages_of_the_first_domain_are_those_of_a_plain_count() -> None:
    """A corner of the first domain, by enumeration: alignment and all that hangs on it, the rest as in one text."""
    [case] = compiled([load(SCENARIOS / "armed_neutrality.yaml", draws=64)])
    tied = ["alignment", "nato_pledge", "constitution", "guarantors", "guarantee_duty", "foreign_forces"]
    numbers = [case.space.issue(i) for i in tied]
    grid = np.indices([case.space.sizes[j] for j in numbers]).reshape(len(numbers), -1).T
    rows = np.repeat(case.text[None], len(grid), axis=0)
    rows[:, numbers] = grid
    for red_lines in RED_LINES:
        wanted = spaces.possible(case, rows, "legal", red_lines)
        boxes = bounds.forbidden(case, "legal", red_lines)
        assert (wanted == ~np.any([b.holds(rows) for b in boxes], axis=0)).all()
    fixed = [binding.Box(((j, 1 << int(case.text[j]) ^ ((1 << case.space.sizes[j]) - 1)),)) for j in range(15)]
    made = diagram(case.space.sizes, [*boxes, *(b for j, b in enumerate(fixed) if j not in numbers)])
    assert made.count == wanted.sum()


def test_texts_beside_take_the_domain_given(tmp_path: Path) -> None:
    """Scenario files in a folder without a domain of its own."""
    small.write(tmp_path / "there")
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(small.SCENARIO)
    file, folder = str(tmp_path / "one.yaml"), str(tmp_path / "there" / "domain")
    done = run(app, ["frontier", file, "--domain", folder, "--draws", "64", "--format", "json"])
    told = json.loads(done.stdout)
    assert [t["id"] for t in told["proposals"]] == ["one", "two"]
    assert told["skipped"] == []
