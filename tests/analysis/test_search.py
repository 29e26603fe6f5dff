"""sim search: figures are those of separate runs, what is asked for is kept to, and the page says what is shown."""

from __future__ import annotations

import csv
import inspect
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text
from typer.testing import CliRunner

import sim
from sim.analysis.amend.scores import scored
from sim.analysis.search import best as best_module
from sim.analysis.search import english
from sim.analysis.search import figure as figure
from sim.analysis.search import page as view
from sim.analysis.search import search as module
from sim.analysis.search.result import Search, SearchAnswer, SearchFinding
from sim.analysis.search.search import search
from sim.cli import app
from sim.cli.search import search as command
from sim.engine import neighbourhoods
from sim.engine.profiles import compile_case
from sim.files.complaints import Place
from sim.files.nodes import Mapping
from sim.files.written import json_text
from sim.report.figure import write
from sim.report.page import csv_text, markdown
from sim.scenario import schema
from sim.scenario.loading import Loaded
from tests import domains
from tests.documented import documented, documented_findings, keys
from tests.documented import findings as finding_keys
from tests.readme import shipped_place

#: The shipped texts and no others: what is searched shows the texts beside.
SCENARIOS = shipped_place() / "scenarios"
ISTANBUL = SCENARIOS / "istanbul.yaml"


def loaded(made: schema.Scenario, name: str = "test") -> Loaded:
    made = made.model_copy(update={"id": name})
    return Loaded(made, Mapping({}, Place("test", 1, 1)), (), Path("test.yaml"), "0")


def small(**more: Any) -> schema.Scenario:
    """Red wants a on i0 and i1, blue b; green, asked only where i2 is a, dislikes everything but b on i1."""
    given = {
        "draws": 200,
        "outcomes": {"k": {"i0": "c", "i1": "c", "i2": "b"}},
        "terms": {"i0": "c", "i1": {"option": "a", "basis": "assumed"}, "i2": "a"},
        "constraints": [
            domains.constraint("law", {"i0": ["a"]}, {"i2": ["a"]}, "legal"),
            domains.constraint("habit", {"i1": ["b"]}, {"i2": ["a"]}, "political"),
        ],
    } | more
    red = {"i0": domains.position("abc", "major"), "i1": domains.position("abc", "minor")}
    blue = {"i0": domains.position("bac", "minor"), "i1": domains.position("bac", "major")}
    green = {"i0": domains.position("unknown", "minor"), "i1": domains.position(["b", "rest"], "major")}
    people = {
        "red": domains.party(red, name="Red"),
        "blue": domains.party(blue, name="Blue"),
        "green": domains.party(green, name="Green", consent={"when": [{"i2": ["a"]}]}),
        "mute": domains.party({}, name="Mute", consent={"when": [{"i2": ["b"]}]}),
    }
    issues = {"i0": "abc", "i1": "abc", "i2": "ab"}
    return domains.scenario(issues, people, given.pop("terms"), given.pop("outcomes"), **given)


def found(scenario: schema.Scenario | None = None, **options: Any) -> Search:
    return search(loaded(scenario or small()), texts=(), **options)


@cache
def near_istanbul() -> Search:
    return search(sim.load(ISTANBUL, draws=600), changes=2, texts=())


def shown(result: Search) -> str:
    return " ".join(markdown(view.page(result)).split())


def facts(result: Search, kind: str) -> list[Any]:
    """The findings of a kind."""
    return [x for x in result.findings if x.kind == kind]


# --- figures ----------------------------------------------------------------------------------


def test_figures_are_those_of_separate_runs() -> None:
    result = near_istanbul()
    for answer in (result.answer, result.asking_fewer):
        assert answer is not None
        assert answer.best is not None
        edits = [f"proposal.{i}={o or 'open'}" for i, o in answer.best.terms.items()]
        changed = [e for e in edits if e.split("=")[0].split(".")[1] in {c.issue for c in answer.best.changes}]
        [run] = sim.score([sim.load(ISTANBUL, draws=600, edits=changed)])
        assert run.joint_acceptability == answer.best.joint_acceptability
        assert run.weakest_party == answer.best.weakest_party
        for party in answer.best.parties:
            own = run.party(party.id)
            assert own.acceptability == party.acceptability
            assert own.on_evidence == party.on_evidence
            assert own.weight_by_basis == party.weight_by_basis
            assert own.consent_needed == party.consent_needed
            assert own.main_objection == party.main_objection
        [again] = sim.score([sim.load(ISTANBUL, draws=600, seed=2, edits=changed)])
        assert again.joint_acceptability == answer.best.fresh
        for other in answer.listed:
            edits = [f"proposal.{i}={o or 'open'}" for i, o in other.terms.items()]
            changed = [e for e in edits if not e.endswith("=open")]
            [run] = sim.score([sim.load(ISTANBUL, draws=600, edits=_needed(changed))])
            assert run.joint_acceptability == other.joint_acceptability
    [text] = sim.score([sim.load(ISTANBUL, draws=600)])
    assert text.joint_acceptability == result.base.joint_acceptability


def _needed(edits: list[str]) -> list[str]:
    """Edits that change something: others are refused."""
    terms = sim.load(ISTANBUL).scenario.proposal.terms
    return [e for e in edits if terms[e.split("=")[0].split(".")[1]].option != e.split("=")[1]]


def test_best_near_the_text_is_the_best_of_all_amendments_scored() -> None:
    """Closing the issue that the text leaves open is a change, as for sim amend."""
    result = near_istanbul()
    case = compile_case(sim.load(ISTANBUL, draws=600).scenario)
    rules = neighbourhoods.binding(case.space, case.text, "legal")
    rows = np.concatenate([neighbourhoods.neighbours(case.space, case.text, n, rules) for n in range(3)])
    scores = scored(case, rows)
    assert result.answer.proven
    assert result.answer.best is not None
    asks = (scores.asked | ~scores.asked[:, :1]).all(axis=0)
    assert result.answer.best.joint_acceptability.estimate == scores.joint[asks].max() / 600
    assert result.asking_fewer is not None
    assert result.asking_fewer.best is not None
    assert result.asking_fewer.best.joint_acceptability.estimate == scores.joint.max() / 600
    assert result.space.combinations == sum(
        len(neighbourhoods.neighbours(case.space, case.text, n, ())) for n in range(3)
    )


def test_what_each_change_gives_adds_up_where_changes_do_not_interact() -> None:
    best = found().answer.best
    assert best is not None
    for party in best.parties:
        assert sum(x.change for c in best.changes for x in c.gains if x.party == party.id) == pytest.approx(
            party.gain_change
        )
        w = party.weight_changed
        assert 0 <= w.stated + w.inferred + w.assumed + w.edited + w.unknown <= 1 + 1e-12


def test_issues_left_as_no_deal_would_leave_them_move_nobody() -> None:
    result = near_istanbul()
    scenario = sim.load(ISTANBUL).scenario
    lotteries = scenario.domain.issues.no_deal.lotteries.values()
    lottery = max((x for x in lotteries if x.start <= scenario.day), key=lambda x: x.start)
    terms = scenario.proposal.terms
    alike = [i for i, t in terms.items() if all(o.get(i) == t.option is not None for o in lottery.outcomes.values())]
    assert alike
    assert list(result.base_as_no_deal) == alike
    assert result.answer.best is not None
    changed = {change.issue for change in result.answer.best.changes}
    assert {i for i in result.answer.best.as_no_deal if i not in changed} == set(alike) - changed
    [run] = sim.score([sim.load(ISTANBUL, draws=600)])
    for party in run.parties:
        for cell in party.issues:
            assert cell.issue not in result.base_as_no_deal or cell.mean_gain == 0


def test_the_best_asks_all_and_the_best_that_asks_fewer_stands_apart() -> None:
    """Without green, red and blue are easily content; with green asked it is harder."""
    result = found()
    fewer = result.asking_fewer
    assert fewer is not None
    assert fewer.among == "asking_fewer"
    assert fewer.best is not None
    assert fewer.best.no_longer_needed == ("green",)
    spared = [c for c in fewer.best.changes if c.spares]
    assert [(c.issue, c.spares, c.calls_on) for c in spared] == [("i2", ("green",), ())]
    full = result.answer
    assert full.among == "asking_all"
    assert full.best is not None
    rows = list(csv.DictReader(io.StringIO(csv_text(view.HEADER, view.rows(result)))))
    assert {r["among"] for r in rows} == {"", "asking_all", "asking_fewer"}
    first, apart = facts(result, "best_package")
    assert (first.apart, first.looked_at.among) == (False, "asking_all")
    assert (apart.apart, apart.looked_at.among, apart.no_longer_needed) == (True, "asking_fewer", ("green",))
    assert full.required == ("red", "blue", "green")
    assert full.best.no_longer_needed == ()
    assert full.best.terms["i2"] == "a"
    assert full.best.joint_acceptability.estimate <= fewer.best.joint_acceptability.estimate
    named = found(ask=["green"])
    [best] = facts(named, "best_package")
    looked_at = best.looked_at
    assert (looked_at.packages, looked_at.feasible, looked_at.among) == (14, True, "asking_named")
    assert looked_at.required == ("green",)
    assert named.everybody == "not_searched"
    assert (result.everybody, found(ask=["all"]).everybody) == ("searched", "not_searched")
    assert named.asking_fewer is None
    assert named.answer.among == "asking_named"
    assert named.answer.best == full.best
    assert found(ask=["all"]).answer.required == full.required


def test_kept_terms_stay_and_a_kept_open_issue_stays_open() -> None:
    result = found(keep=["i2"])
    assert result.answer.best is not None
    assert result.answer.best.terms["i2"] == "a"
    assert result.asking_fewer is None
    assert result.everybody == "best"
    assert facts(result, "none_better_asking_fewer")
    opened = small(terms={"i0": None, "i1": "a", "i2": "a"})
    closed = found(opened).answer.best
    assert closed is not None
    assert None not in closed.terms.values()
    kept = found(opened, keep=["i0"]).answer.best
    assert kept is not None
    assert kept.terms["i0"] is None


def test_changes_are_counted_from_the_text_or_another() -> None:
    one = found(changes=1).answer
    assert one.best is not None
    assert len(one.best.changes) <= 1
    other = loaded(domains.changed(small(), i0="b", i1="b", i2="b"), "other")
    result = search(loaded(small()), near=other, changes=1, texts=())
    assert result.options.near == "other"
    for package in result.answer.listed:
        assert sum(package.terms[i] != "b" for i in package.terms) <= 1
    everything = search(loaded(small()), near=other, changes=3, texts=())
    best, own = everything.answer.best, found().answer.best
    assert best is not None
    assert own is not None
    assert own.changes_from_near is None
    assert best.changes_from_near == tuple(i for i, o in best.terms.items() if o != "b")
    assert best.model_copy(update={"changes_from_near": None}) == own


def test_constraints_bind_up_to_a_severity() -> None:
    for severity, law, habit in (("hard", True, True), ("legal", False, True), ("political", False, False)):
        result = found(constraints=severity, top=100)
        rows = [p.terms for answer in result.answers for p in answer.listed]
        assert any(r["i0"] == "a" and r["i2"] == "b" for r in rows) == law
        assert any(r["i1"] == "b" and r["i2"] == "b" for r in rows) == habit
        breaking = {x.id for x in (result.answer.best.breaks if result.answer.best else ())}
        assert breaking <= {"law", "habit"}


def test_a_constraint_that_kept_terms_break_does_not_bind() -> None:
    broken = small(terms={"i0": "a", "i1": "a", "i2": "b"})
    result = found(broken, keep=["i0", "i2"])
    assert [x.id for x in result.broken_already] == ["law"]
    assert result.answer.best is not None
    assert result.answer.best.terms["i0"] == "a"
    [fact] = facts(result, "not_binding")
    assert (fact.near, fact.constraints) == (False, result.broken_already)
    other = loaded(domains.changed(broken, i0="b"), "other")
    near = {"near": other, "changes": 2, "texts": ()}
    assert [x.id for x in search(loaded(broken), keep=["i0", "i2"], **near).broken_already] == ["law"]
    free = search(loaded(broken), **near)
    assert free.broken_already == ()
    assert all(p.terms["i0"] != "a" or p.terms["i2"] == "a" for a in free.answers for p in a.listed)


def test_a_constraint_that_the_text_itself_breaks_does_not_bind() -> None:
    result = found(small(terms={"i0": "a", "i1": "a", "i2": "b"}), top=100)
    assert [x.id for x in result.broken_already] == ["law"]
    assert any(p.terms["i0"] == "a" and p.terms["i2"] == "b" for a in result.answers for p in a.listed)
    assert found(small()).broken_already == ()


def test_the_same_whatever_runs_before_and_independent_of_texts_where_proven() -> None:
    one, two = found(), found()
    assert one.model_dump() == two.model_dump()
    other = loaded(domains.changed(small(), i0="b", i1="b", i2="b"), "other")
    three = search(loaded(small()), texts=(other,))
    assert three.answer.best == one.answer.best


def test_more_draws_than_are_searched_loosen_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SEARCHED", 50)
    monkeypatch.setattr(best_module, "WHOLE", 0)
    result = found(ask=["green"])
    assert result.searched_draws == 50
    answer = result.answer
    assert answer.best is not None
    assert answer.at_most >= answer.best.joint_acceptability.estimate
    assert answer.proven == (answer.at_most == answer.best.joint_acceptability.estimate)
    assert answer.unproven_by == "draws"
    assert [x.draws for x in facts(result, "loose_bound")] == [50]
    assert "--effort" not in shown(result)
    exact = found(small(draws=50), ask=["green"])
    assert exact.answer.best is not None
    assert exact.answer.proven


def test_packages_too_tangled_to_count_are_searched_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.analysis.space.diagram.MOST_NODES", 0)
    result = found()
    assert result.space.feasible is None
    assert result.answer.proven
    looked_at = facts(result, "best_package")[0].looked_at
    assert (looked_at.packages, looked_at.feasible, looked_at.among) == (18, False, "asking_all")


def test_no_effort_proves_less_and_says_so() -> None:
    result = search(sim.load(ISTANBUL, draws=60), effort=0, texts=())
    assert not result.answer.proven
    assert result.answer.boxes == 0
    assert result.answer.best is not None
    assert result.answer.at_most > result.answer.best.joint_acceptability.estimate
    proof = facts(result, "best_package")[0].proof
    assert (proof.proven, proof.unproven_by, proof.at_most) == (False, "effort", result.answer.at_most)
    [effort] = facts(result, "proof_effort")
    assert (effort.proven, effort.effort) == (False, 0)
    assert "there may be more" in shown(result)


def test_where_nobody_can_be_asked_any_more_nothing_is_found() -> None:
    """Green alone is asked, and only where i is b; whatever closes j, the constraint forbids that."""
    people = {"green": domains.party({"i": domains.position("ab", "major")}, consent={"when": [{"i": ["b"]}]})}
    rules = [domains.constraint("never", {"j": ["a", "b"]}, {"i": ["a"]})]
    issues: dict[str, Any] = {"i": "ab", "j": "ab"}
    text, outcome = {"i": "b", "j": None}, {"k": {"i": "a"}}
    with pytest.raises(ValueError, match="no package that the constraints allow asks anybody"):
        found(domains.scenario(issues, people, text, outcome, constraints=rules))
    allowed = found(domains.scenario(issues, people, text, outcome))
    assert allowed.answer.best is None or allowed.answer.best.terms["i"] == "b"
    equal = domains.scenario(issues, people, text, {"k": {"i": "b"}})
    with pytest.raises(ValueError, match=r"every package left says no more than no deal \(k\)"):
        found(equal)


def test_nothing_that_all_accept_is_told_with_who_rejects() -> None:
    refused = domains.scenario(
        {"i0": "ab", "i1": "ab"},
        {
            "red": domains.party({"i0": domains.position("ab", "major", red_lines=[domains.line("b")])}, name="Red"),
            "blue": domains.party({"i0": domains.position("ba", "major")}, name="Blue"),
        },
        {"i0": "b", "i1": "a"},
        {"k": {"i0": "a", "i1": "a"}},
        draws=20,
    )
    result = search(loaded(refused), keep=["i0"], texts=())
    assert result.answer.best is None
    assert result.answer.listed == ()
    assert result.answer.peers is None
    assert result.answer.at_most == 0
    assert [(x.party, x.issue, x.option) for x in result.rejections] == [("red", "i0", "b")]
    [none] = facts(result, "no_package")
    assert (none.apart, none.proof.at_most, none.proof.proven) == (False, 0, True)
    assert none.rejections == result.rejections
    assert "sim frontier" in shown(result)
    assert not {x.kind for x in result.findings} & {"best_package", "mean_gains", "proof_effort"}
    assert csv_text(view.HEADER, view.rows(result)).count("\n") > 3
    with pytest.raises(ValueError, match="there is nothing to draw"):
        figure.draw(result)


# --- errors -----------------------------------------------------------------------------------


def test_errors_say_what_would_be_right() -> None:
    with pytest.raises(ValueError, match="there is no issue i9"):
        found(keep=["i9"])
    with pytest.raises(ValueError, match="there is no party nobody"):
        found(ask=["nobody"])
    with pytest.raises(ValueError, match="the sources are silent on Mute, so it cannot be asked"):
        found(ask=["mute"])
    with pytest.raises(ValueError, match="within how many changes"):
        search(loaded(small()), near=loaded(small()), texts=())
    with pytest.raises(ValueError, match=r"no package that the constraints allow keeps i2 as tabled and asks Green"):
        found(small(terms={"i0": "c", "i1": "a", "i2": "b"}), keep=["i2"], ask=["green"])
    with pytest.raises(ValueError, match="no party with positions has to consent"):
        search(loaded(_unasked()), texts=())
    with pytest.raises(ValueError, match=r"keeps i2 as tabled, is within 1 change of the text and asks Green"):
        found(small(terms={"i0": "c", "i1": "a", "i2": "b"}), keep=["i2"], changes=1, ask=["green"])
    with pytest.raises(ValueError, match="other is about other issues than test"):
        search(loaded(small()), near=loaded(_unasked(), "other"), changes=1, texts=())


def _unasked() -> schema.Scenario:
    people = {"p": domains.party({"i": domains.position("ab", "major")}, consent={"when": [{"i": ["b"]}]})}
    return domains.scenario({"i": "ab"}, people, {"i": "a"}, {"k": {"i": "b"}}, draws=10)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--keep", "alignmnt"], 2, "did you mean alignment"),
        (["--ask", "rusia"], 2, "did you mean russia"),
        (["--ask", "russia,russia"], 2, "russia is named twice"),
        (["--near", "x.yaml"], 2, "--changes N"),
        (["--near", "nowhere.yaml", "--changes", "1"], 1, "nowhere.yaml"),
        (["--changes", "0"], 2, "--changes"),
        (["--effort", "-1"], 2, "--effort"),
        (["--constraints", "leagl"], 2, "did you mean legal"),
        (["--plot", "x.txt"], 2, "--plot"),
        (["--set", "us.sanctions.rankin=unknown"], 3, "--set[1]"),
    ],
)
def test_wrong_usage_is_one_message(words: list[str], code: int, said: str) -> None:
    done = CliRunner().invoke(app, ["search", str(ISTANBUL), *words])
    assert done.exit_code == code, done.output
    assert said in " ".join(done.output.replace("│", " ").split())
    assert "Traceback" not in done.output


# --- what is printed --------------------------------------------------------------------------


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["search", str(ISTANBUL), "--draws", "100", "--changes", "1", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_command_prints_every_format() -> None:
    said = run("--format", "json")
    document = Search.model_validate_json(said)
    assert json.loads(said)["schema"] == "sim.search/1"
    own = search(sim.load(ISTANBUL, draws=100), changes=1)
    assert json.loads(said) == json.loads(json_text(own.model_dump(mode="json", by_alias=True)))
    text = csv_text(view.HEADER, view.rows(document))
    rows = list(csv.DictReader(io.StringIO(text)))
    first = next(r for r in rows if r["rank"] == "1" and r["measure"] == "joint_acceptability")
    assert document.answer.best is not None
    assert float(first["value"]) == document.answer.best.joint_acceptability.estimate
    table = run()
    assert max(map(len, table.splitlines())) <= 100
    assert "within 1 change of the text" in " ".join(table.split())
    assert markdown(view.page(document)).startswith("### ")


def test_the_first_screen_answers_and_the_whole_page_has_the_rest() -> None:
    """Changed terms and who accepts the best come first, within 40 lines; nothing is lost with --full."""
    short, whole = run("--changes", "2").splitlines(), run("--changes", "2", "--full").splitlines()
    heads = [k for k, line in enumerate(short) if line.startswith(("The terms that change", "Who accepts the best"))]
    assert len(heads) == 2
    assert next(k for k, line in enumerate(short) if line.lstrip().startswith("all it asks")) < 40
    assert any("with --full" in line for line in short)
    assert not any("with --full" in line for line in whole)
    assert any(line.startswith("The terms that stay") for line in whole)
    assert len(short) < len(whole)


def test_every_key_is_documented() -> None:
    assert documented("sim.search/1") == keys(Search)
    assert documented_findings("sim.search/1") == finding_keys(SearchFinding)
    assert {*english.SENTENCES} >= {*finding_keys(SearchFinding)}


def test_page_says_who_is_not_asked_and_what_luck_and_silence_do() -> None:
    result = near_istanbul()
    best, fewer = result.answer.best, result.asking_fewer
    assert best is not None
    assert fewer is not None
    assert fewer.best is not None
    _, apart = facts(result, "best_package")
    assert "ukrainian_public" in apart.no_longer_needed
    assert apart.proof.proven
    [fresh] = facts(result, "fresh_draws")
    assert fresh.seed == 2
    assert [x.fresh for x in fresh.bests] == [best.fresh.estimate, fewer.best.fresh.estimate]
    alone, _ = facts(result, "best_on_evidence")
    assert (alone.among, alone.verdict) == ("asking_all", best.on_evidence.verdict)
    assert {x.party for x in alone.parties} == {*best.on_evidence.parties}
    assert [(x.among, x.parties) for x in facts(result, "fewer_are_asked")] == [
        ("asking_fewer", fewer.best.no_longer_needed)
    ]
    assert "packages (all there are) not told from the best by these draws; it is one of them" in shown(
        found(ask=["red"])
    )


def test_listed_packages_are_in_order_and_set_against_the_best() -> None:
    answers: list[SearchAnswer] = [a for a in (near_istanbul().answer, near_istanbul().asking_fewer) if a is not None]
    for answer in answers:
        shares = [p.joint_acceptability.estimate for p in answer.listed]
        assert shares == sorted(shares, reverse=True)
        for package in answer.listed:
            difference = package.joint_acceptability.estimate - shares[0]
            assert package.against_best.estimate == pytest.approx(difference)
            assert package.against_best.low <= difference <= package.against_best.high
        assert answer.list_proven
        assert answer.peers is not None
        for issue in answer.peers.issues:
            assert sum(o.packages for o in issue.options) == answer.peers.packages


def test_figure_shows_options_of_the_best_and_of_the_text(tmp_path: Path) -> None:
    result = near_istanbul()
    write(figure.draw(result), tmp_path / "best.svg")
    drawn = (tmp_path / "best.svg").read_text(encoding="utf-8")
    assert result.answer.best is not None
    assert result.answer.peers is not None
    words = " ".join(t.get_text() for t in figure.draw(result).findobj(Text)).replace("\n", " ")
    for issue, option in result.answer.best.terms.items():
        assert result.labels.issue(issue) in words
        assert ("open" if option is None else result.labels.option(issue, option)) in words
    for change in result.answer.best.changes:
        assert ("open" if change.before is None else result.labels.option(change.issue, change.before)) in words
    count = result.answer.peers.packages
    assert f"not told from it: {count:,} package" in drawn
    assert "packages within 2 changes of the text, the best that" in drawn


def test_found_in_python() -> None:
    assert sim.search is search
    assert inspect.signature(command).parameters["effort"].default == module.EFFORT
    assert np.isclose(found().space.combinations, 18)
    assert found().space.feasible == 14
    assert found(keep=["i2"]).space.feasible == 9
    assert found(changes=1).space.feasible is None
