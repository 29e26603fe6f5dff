"""sim search: what is told of the best holds where it is easily wrong; see also test_search.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text
from typer.testing import CliRunner

import sim
from sim.analysis.search import best as best_module
from sim.analysis.search import figure as figure
from sim.analysis.search import page as view
from sim.analysis.search import search as module
from sim.analysis.search.best import ScoredPackages
from sim.analysis.search.english import say
from sim.analysis.search.poll import Poll
from sim.analysis.search.proof import Proof
from sim.analysis.search.result import Search
from sim.analysis.search.scope import scope_of
from sim.analysis.search.search import search
from sim.cli import app
from sim.engine.profiles import compile_case
from sim.report.english import Names
from sim.report.numbers import change, points
from sim.report.page import csv_text
from sim.scenario import schema
from tests import domains
from tests.analysis.test_search import ISTANBUL, SCENARIOS, facts, found, loaded, shown, small
from tests.on_disk import NO_LINES
from tests.spaces import no_agreement

# --- whom the best asks -------------------------------------------------------------------------


def test_it_is_said_where_no_package_in_question_asks_all() -> None:
    """The text asks green by two terms at once; one change of another text brings only one of them."""
    people = {
        "red": domains.party({"i0": domains.position("abc", "major")}, name="Red"),
        "green": domains.party(
            {"i0": domains.position("bac", "major")}, name="Green", consent={"when": [{"i1": ["a"], "i2": ["a"]}]}
        ),
    }
    issues, text = {"i0": "abc", "i1": "ab", "i2": "ab"}, {"i0": "c", "i1": "a", "i2": "a"}
    asked = domains.scenario(issues, people, text, {"k": {"i0": "c"}}, draws=50)
    other = loaded(domains.changed(asked, i0="b", i1="b", i2="b"), "other")
    result = search(loaded(asked), near=other, changes=1, texts=())
    assert result.everybody == "none"
    assert result.asking_fewer is None
    assert result.answer.among == "asking_fewer"
    assert result.answer.best is not None
    assert result.answer.best.no_longer_needed == ("green",)
    assert facts(result, "all_ask_fewer")
    assert not facts(result, "none_better_asking_fewer")
    wide = search(loaded(asked), near=other, changes=2, texts=())
    assert wide.everybody in ("best", "searched")
    assert not facts(wide, "all_ask_fewer")


# --- more draws than packages are looked for on --------------------------------------------------


def _close() -> dict[str, Any]:
    """Green, asked where i is a, and blue each refuse in half of the draws what is good for the other."""
    half = domains.line("a", holds=[0.5, 0.5])
    flat = {"j": domains.position([["a", "b"]], "minor")}
    green = flat | {"i": domains.position("unknown", "minor", red_lines=[half])}
    blue = flat | {"i": domains.position("unknown", "minor", red_lines=[half | {"option": "b"}])}
    return {
        "green": domains.party(green, name="Green", consent={"when": [{"i": ["a"]}]}),
        "blue": domains.party(blue, name="Blue"),
    }


def test_order_and_second_answer_hang_on_all_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """The best of the draws searched is often another than that of all draws; all that is told is of the latter."""
    moved = 0
    for seed in range(1, 9):
        scenario = domains.scenario(
            {"i": "ab", "j": "ab"}, _close(), {"i": "a", "j": "a"}, {"k": {"i": "a", "j": "b"}}, draws=200, seed=seed
        )
        monkeypatch.setattr(module, "SEARCHED", 10_000)
        exact = found(scenario)
        rows = np.array([[0, 0], [1, 0]], np.int16)
        moved += int(Poll(compile_case(scenario), 8).counts(rows).argmax()) != int(
            Poll(compile_case(scenario), 200).counts(rows).argmax()
        )
        monkeypatch.setattr(module, "SEARCHED", 8)
        for few in (0, 2000):
            monkeypatch.setattr(best_module, "WHOLE", few)
            result = found(scenario)
            assert result.searched_draws == 8
            assert result.answer.best == exact.answer.best
            assert result.answer.listed == exact.answer.listed
            assert result.everybody == exact.everybody
            assert not _best(result).no_longer_needed
            fewer = result.asking_fewer
            assert fewer is None or (fewer.best is not None and fewer.best.no_longer_needed)
            assert result.answer.proven == (few > 0)
            peers = result.answer.peers
            assert peers is not None
            for issue in peers.issues:
                assert _best(result).terms[issue.issue] in {o.option for o in issue.options}
    assert moved


def test_counts_beyond_those_kept_add_up() -> None:
    case = compile_case(small(draws=5000))
    rows = np.array([[i, j, k] for i in range(3) for j in range(3) for k in range(2)], np.int16)
    whole = Poll(case, 5000).counts(rows)
    assert whole.max() > whole.min()
    for kept in (100, 4096, 4500):
        poll = Poll(case, kept)
        assert (poll.counts(rows) + poll.beyond(rows) == whole).all()


def test_few_packages_are_counted_whole_on_many_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEARCHED", 50)
    result = search(sim.load(ISTANBUL, draws=300), changes=1, texts=())
    assert facts(result, "best_package")[0].proof.proven
    assert not facts(result, "loose_bound")
    monkeypatch.setattr(module, "SEARCHED", 10_000)
    exact = search(sim.load(ISTANBUL, draws=300), changes=1, texts=())
    assert exact.answer.best == result.answer.best
    assert exact.answer.listed == result.answer.listed


# --- what is proven -------------------------------------------------------------------------------


def _ranked(totals: list[int], others: int, most: int = 1) -> ScoredPackages:
    case = compile_case(small())
    scope = scope_of(case)
    rows = np.array([[k, 0, 0] for k in range(len(totals))], np.int16)
    counts = np.array(totals)
    return ScoredPackages(scope, Poll(case, 10), Proof(most=most, boxes=0), rows, counts, counts, others)


@pytest.mark.parametrize(
    ("totals", "others", "as_good", "by"),
    [
        ([5, 3], 4, "none", None),
        ([5, 3], 5, "unknown", None),
        ([5, 5], 5, "some", None),
        ([5, 5], 4, "some", None),
        ([5, 3], 6, "unknown", "draws"),
    ],
)
def test_others_as_good_are_there_or_not_or_unknown(totals: list[int], others: int, as_good: str, by: str) -> None:
    tested = _ranked(totals, others)
    assert tested.as_good == as_good
    assert tested.unproven_by == by
    assert _ranked(totals, 6, most=6).unproven_by == "effort"


def test_words_of_the_proof() -> None:
    result = found()
    fact = facts(result, "best_package")[0]

    def proven(**update: Any) -> str:
        proof = fact.proof.model_copy(update=update)
        return say(fact.model_copy(update={"proof": proof}), Names(result.labels, result.names))

    for state, end in (
        ("none", "more often."),
        ("some", "more often; others are as often."),
        ("unknown", "others perhaps as often."),
    ):
        assert proven(proven=True, unproven_by=None, as_good=state).endswith(end)
    loose: dict[str, Any] = {"proven": False, "unproven_by": "draws", "at_most": 0.58249}
    assert proven(**loose).endswith("none exceeds 58.3%.")
    assert "--effort" in proven(**loose | {"unproven_by": "effort"})
    assert proven(**loose | {"at_most": 0.582}).endswith("58.2%.")


# --- what a change is good for --------------------------------------------------------------------


def _one(positions: dict[str, Any], consent: dict[str, Any] | None = None, outcome: str = "c") -> schema.Scenario:
    """Red as given, asked as given; blue wants a on i0 a little; the text is c, c."""
    people = {
        "red": domains.party(positions, name="Red", **({} if consent is None else {"consent": consent})),
        "blue": domains.party({"i0": domains.position("abc", "major")}, name="Blue"),
    }
    issues, text = {"i0": "abc", "i1": "abc"}, {"i0": "c", "i1": "c"}
    return domains.scenario(issues, people, text, {"k": {"i0": outcome, "i1": outcome}}, draws=40)


def _best(result: Search) -> Any:
    assert result.answer.best is not None
    return result.answer.best


def test_a_change_that_clears_a_red_line_is_not_the_draws_pick() -> None:
    line = {"i1": domains.position("unknown", "minor", red_lines=[domains.line("c")])}
    result = found(_one(line))
    best = _best(result)
    [cleared] = [c for c in best.changes if c.issue == "i1"]
    assert [(x.party, x.option) for x in cleared.clears] == [("red", "c")]
    assert cleared.without.estimate == 0
    assert best.idle == ()
    assert "(clears red line of Red)" in shown(result)
    assert not facts(result, "idle_changes")


def test_a_change_that_nobody_ranks_is_the_draws_pick() -> None:
    """Kept to one change at most, i1 stays; a red line on i0 at c forces that change."""
    silent = {"i0": domains.position("unknown", "minor", red_lines=[domains.line("c")])}
    near = loaded(domains.changed(_one(silent), i1="b"), "near")
    result = search(loaded(_one(silent)), near=near, changes=1, texts=())
    best = _best(result)
    assert best.idle == ("i1",)
    assert best.unranked == ("i1",)
    assert [(x.issues, x.ranked, x.sourced) for x in facts(result, "idle_changes")] == [(("i1",), False, True)]
    known = silent | {"i1": domains.position([["a", "b", "c"]], "minor")}
    near = loaded(domains.changed(_one(known), i1="b"), "near")
    result = search(loaded(_one(known)), near=near, changes=1, texts=())
    assert (_best(result).idle, _best(result).unranked) == (("i1",), ())
    assert [(x.issues, x.ranked) for x in facts(result, "idle_changes")] == [(("i1",), True)]


def test_two_changes_that_only_together_bring_a_party_back_are_no_pick_of_the_draws() -> None:
    flat = domains.position([["a", "b", "c"]], "major")
    people = {
        "red": domains.party({"i0": flat, "i1": flat}, name="Red", consent={"when": [{"i0": ["c"], "i1": ["c"]}]}),
        "blue": domains.party({"i0": flat, "i1": flat}, name="Blue"),
    }
    issues, text = {"i0": "abc", "i1": "abc"}, {"i0": "c", "i1": "c"}
    scenario = domains.scenario(issues, people, text, {"k": {"i0": "c", "i1": "c"}}, draws=40)
    near = loaded(domains.changed(scenario, i0="a", i1="a"), "near")
    both = [domains.constraint("one", {"i1": ["a", "b"]}, {"i0": ["a"]})]
    both += [domains.constraint("two", {"i0": ["a", "b"]}, {"i1": ["a"]})]
    fixed = domains.scenario(issues, people, text, {"k": {"i0": "c", "i1": "c"}}, draws=40, constraints=both)
    result = search(loaded(fixed), near=near, changes=1, texts=())
    best = _best(result)
    assert {c.issue for c in best.changes} == {"i0", "i1"}
    assert all(not c.spares and not c.calls_on for c in best.changes)
    assert best.no_longer_needed == ("red",)
    assert best.idle == ()


def test_joint_figure_without_a_change_is_that_of_the_package_without_it() -> None:
    result = search(sim.load(ISTANBUL, draws=300), changes=2, texts=())
    best = _best(result)
    assert len(best.changes) == 2
    for left_out, kept in (best.changes, best.changes[::-1]):
        [run] = sim.score([sim.load(ISTANBUL, draws=300, edits=[f"proposal.{kept.issue}={kept.after}"])])
        assert run.joint_acceptability == left_out.without


# --- the page -------------------------------------------------------------------------------------


def test_filler_is_marked_whether_changed_or_not() -> None:
    result = found(keep=["i1"])
    assert result.base_assumed == ("i1",)
    changed, same = view.page(result).sheets[:2]
    assert sorted(row[1] for row in (*changed.rows, *same.rows)) == ["a", "a (filler)", "c"]
    assert {"a (filler)"} <= {row[1] for row in same.rows}
    assert ("(filler)" in (changed.title or ""), "(filler)" in (same.title or "")) == (False, True)


def test_the_text_searched_near_is_shown_and_what_stays_open() -> None:
    """Without lines: no change by itself would clear all that bar the Russian wording."""
    other = sim.load(SCENARIOS / "istanbul_russian_text.yaml")
    result = search(sim.load(ISTANBUL, draws=100, edits=NO_LINES), near=other, changes=1, texts=())
    assert result.near is not None
    best = _best(result)
    assert len(best.changes_from_near) <= 1
    sheet, same = view.page(result).sheets[:2]
    assert len(sheet.rows) + len(same.rows) == len(result.near)
    assert "change of the text as tabled" in shown(result)
    assert sheet.columns[2].heading == "near:\nIstanbul, Russian wording"
    for row in (*sheet.rows, *same.rows):
        issue, tabled, near, said, *others = row
        unchanged = {said, *others} == {"="} and near == tabled.removesuffix(" (filler)")
        assert (row in same.rows) == unchanged
        id = next(i for i in result.near if result.labels.issue(i) == issue)
        option = result.near[id]
        assert near == ("open" if option is None else result.labels.option(id, option))
        assert (said == "=") == (id not in best.changes_from_near)
    [left_open] = facts(result, "left_open")
    assert (left_open.near, left_open.issues, left_open.closing_counts) == ("istanbul_russian_text", ("donbas",), True)
    stays = [(x.issues, x.among) for x in facts(result, "stay_open")]
    open_in_best = any("donbas" in issues and "asking_all" in whose for issues, whose in stays)
    assert open_in_best == (best.terms["donbas"] is None)
    autonomy = sim.load(ISTANBUL, draws=100, edits=[*NO_LINES, "proposal.donbas=autonomy"])
    closed = search(autonomy, near=other, changes=1, texts=())
    assert [x.issues for x in facts(closed, "left_open")] == [("donbas",)]


def test_figure_says_which_packages() -> None:
    result = search(sim.load(ISTANBUL, draws=60), changes=1, ask=["russia", "us"], texts=())
    said = " ".join(t.get_text() for t in figure.draw(result).axes[0].findobj(Text))
    assert "within 1 change of the text, the best that keeps the constraints and asks Russia and the United States" in (
        " ".join(said.split())
    )


def test_who_vetoes_how_many_is_told_where_nothing_is_accepted() -> None:
    result = search(sim.load(SCENARIOS / "austria_1955" / "soviet_draft_1954.yaml", draws=50), texts=())
    assert result.answer.best is None
    assert len(result.vetoes) == 5
    assert all(v.packages and result.space.feasible and v.packages < result.space.feasible for v in result.vetoes)
    text = shown(result)
    assert "who rejects how many, whatever is drawn" in text
    assert not facts(result, "mean_gains")


@pytest.mark.parametrize(
    ("outcome", "feasible", "red", "blue"),
    [({"i0": "a", "i1": "b"}, 5, 2, 3), ({"i0": "c", "i1": "a"}, 4, 1, 3)],
    ids=["no deal breaks a constraint", "no deal is none of them"],
)
def test_vetoes_are_counted_as_one_by_one(outcome: dict[str, str], feasible: int, red: int, blue: int) -> None:
    lines = [domains.line(o) for o in "ab"]
    people = {
        "red": domains.party({"i0": domains.position("abc", "major", red_lines=[domains.line("c")])}, name="Red"),
        "blue": domains.party({"i0": domains.position("abc", "major", red_lines=lines)}, name="Blue"),
    }
    made = domains.scenario(
        {"i0": "abc", "i1": "ab"},
        people,
        {"i0": "c", "i1": "a"},
        {"k": outcome},
        draws=20,
        constraints=[domains.constraint("law", {"i0": ["a"]}, {"i1": ["a"]}, "legal")],
    )
    result = found(made)
    assert result.space.feasible == feasible
    assert {v.party: v.packages for v in result.vetoes} == {"red": red, "blue": blue}


def test_vetoes_by_refusals_are_of_packages_as_seen() -> None:
    """Green refuses i0 at b; where i1 is b it sees a as b."""
    people = {
        "red": domains.party({"i0": domains.position("abc", "major", red_lines=[domains.line("c")])}, name="Red"),
        "green": domains.party(
            {"i0": domains.position("abc", "major", red_lines=[domains.line("a")])},
            name="Green",
            refuses=[domains.refusal("no_b", {"i0": ["b"]})],
        ),
    }
    scenario = domains.scenario(
        {"i0": "abc", "i1": "ab"},
        people,
        {"i0": "c", "i1": "a"},
        {"k": {"i0": "c", "i1": "a"}},
        draws=20,
        effects=[domains.effect("seen", {"i1": ["b"]}, {"i0": "b"})],
    )
    result = found(scenario)
    case = compile_case(scenario)
    rows = np.array([[i, j] for i in range(3) for j in range(2)], np.int16)
    for veto in result.vetoes:
        profile = case.profile(veto.party)
        seen = case.space.seen(rows, veto.party)
        crossed = np.zeros(len(rows), bool)
        for line in profile.lines:
            crossed |= line.condition.holds(rows if line.kind == "red_line" else seen)
        assert veto.packages == (crossed & ~no_agreement(case, rows)).sum()
    assert {v.party: v.packages for v in result.vetoes} == {"red": 1, "green": 5}
    assert "refusals: 'no b' (stated)" in shown(result)


def test_csv_says_what_is_proven() -> None:
    result = found()
    text = csv_text(view.HEADER, view.rows(result))
    for measure in ("proven,true", "list_proven,true", f"as_good,{result.answer.as_good}", "peers_complete,true"):
        assert f",{measure}," in text


def test_small_figures_in_words() -> None:
    assert points(-0.0097) == "-1"
    assert change(search_interval(-0.0102, -0.0110, -0.0097)) == "-1 [-1, -1]"


def search_interval(estimate: float, low: float, high: float) -> Any:
    from sim.results.records import Interval

    return Interval(estimate=estimate, low=low, high=high)


# --- errors ---------------------------------------------------------------------------------------


def test_wrong_calls_are_told() -> None:
    with pytest.raises(ValueError, match="top is how many packages are listed, one or more, not 0"):
        found(top=0)
    foreign = domains.scenario(
        {"x": "ab"}, {"p": domains.party({"x": domains.position("ab", "major")})}, {"x": "a"}, {"k": {"x": "b"}}
    )
    with pytest.raises(ValueError, match="foreign is about other issues than test"):
        search(loaded(small()), texts=[loaded(foreign, "foreign")])


@pytest.mark.parametrize("ask", ["nato,all", "ALL,russia"])
def test_all_stands_alone(ask: str) -> None:
    done = CliRunner().invoke(app, ["search", str(ISTANBUL), "--ask", ask])
    assert done.exit_code == 2
    assert "all stands alone" in " ".join(done.output.replace("│", " ").split())


@pytest.mark.parametrize("command", ["search", "amend"])
def test_issues_to_keep_may_stand_with_commas(command: str) -> None:
    words = [command, str(ISTANBUL), "--draws", "20", "--changes", "1", "--format", "json"]
    both = CliRunner().invoke(app, [*words, "--keep", "alignment,crimea"])
    apart = CliRunner().invoke(app, [*words, "--keep", "alignment", "--keep", "crimea"])
    assert both.exit_code == apart.exit_code == 0, both.output
    assert both.stdout == apart.stdout
    wrong = CliRunner().invoke(app, [*words, "--keep", "alignment,crime"])
    assert wrong.exit_code == 2
    assert "did you mean crimea" in " ".join(wrong.output.replace("│", " ").split())
