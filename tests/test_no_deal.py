"""The absence of a deal is no deal: packages that say no more than it are no agreement, anywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.analysis.amend.amend import amend
from sim.analysis.frontier import page as frontier_view
from sim.analysis.frontier import space as bounds
from sim.analysis.frontier import zone as zopa
from sim.analysis.frontier.frontier import frontier
from sim.analysis.frontier.result import RED_LINES
from sim.analysis.search import page as search_view
from sim.analysis.search.search import search
from sim.analysis.shared.expected import expected
from sim.analysis.space import binding
from sim.analysis.space.diagram import diagram
from sim.analysis.sweep import page as sweep_view
from sim.analysis.sweep.sweep import sweep
from sim.bargaining.candidates import candidates
from sim.engine.consent import asked_each
from sim.engine.packages import OPEN, allowed
from sim.engine.profiles import compile_case
from sim.files.complaints import Place
from sim.files.nodes import Mapping
from sim.report.english import no_agreement
from sim.scenario import schema
from sim.scenario.loading import Loaded, load
from tests import domains, small, spaces
from tests.analysis.test_search_proof import votes

ISSUES = {"w": "ab", "x": "ab", "y": "ab", "z": "ab"}
NOTHING = {"w": "b", "x": "b", "y": "b", "z": "b"}


def rivals(**more: object) -> schema.Scenario:
    """Three parties, four issues, one outcome of no deal on all of them; whatever departs from it costs somebody."""
    ordinal = {
        "p": {"w": "ab", "x": "ba", "y": "ba", "z": "ba"},
        "q": {"w": "ba", "x": "ab", "y": "ba", "z": "ba"},
        "r": {"w": "ba", "x": "ba", "y": "ab", "z": "ba"},
    }
    people = {
        name: domains.party({i: domains.position(order, "unknown") for i, order in cells.items()})
        for name, cells in ordinal.items()
    }
    given = {"terms": {"w": "a", "x": "a", "y": "a", "z": "a"}, "outcomes": {"nothing": NOTHING}, "draws": 300} | more
    return domains.scenario(ISSUES, people, **given)  # type: ignore[arg-type]


def loaded(made: schema.Scenario) -> Loaded:
    return Loaded(made, Mapping({}, Place("test", 1, 1)), (), Path("test.yaml"), "0")


def test_search_never_answers_with_no_deal() -> None:
    """Before, the package that equals no deal was the best, "accepted by all it asks in 100%"."""
    result = search(loaded(rivals()), texts=())
    best = result.answer.best
    assert best is not None
    assert best.terms != NOTHING
    assert best.joint_acceptability.estimate < 1
    assert result.answer.proven
    assert result.space.feasible == 15
    assert result.space.equal_no_deal == ("nothing",)
    assert all(one.terms != NOTHING for one in result.answer.listed)
    page = " ".join(search_view.page(result).notes)
    assert page.count(no_agreement(["nothing"]) or "-") == 1


def test_an_open_issue_stays_as_no_deal_leaves_it() -> None:
    """So a text that agrees on the rest says no more than no deal either."""
    case = compile_case(rivals(terms={**NOTHING, "z": None}))
    assert case.no_agreement(case.text[None])[0]
    assert not case.no_agreement(np.array([[0, 1, 1, OPEN]], np.int16))[0]


def test_reservation_values_in_numbers_are_untouched() -> None:
    party = domains.party({i: domains.position(values={"a": 0, "b": 1}) for i in ISSUES}, reservation=0.5)
    case = domains.case(ISSUES, {"p": party, "q": party}, NOTHING, {"nothing": NOTHING})
    assert case.absences == {}
    result = search(loaded(case.scenario), texts=())
    assert result.space.feasible == 16
    assert result.space.equal_no_deal == ()
    assert result.answer.best is not None
    assert result.answer.best.terms == NOTHING


def test_an_outcome_counts_on_the_issues_that_it_covers() -> None:
    case = compile_case(rivals(outcomes={"k": {"w": "b"}, "m": {"w": "a", "x": "a"}}))
    rows = spaces.every_package(case)
    assert case.no_agreement(rows).tolist() == [w == 1 or x == 0 for w, x, _, _ in rows.tolist()]
    assert case.equalled(rows) == ("k", "m")


def test_ties_go_to_the_larger_smallest_mean_gain() -> None:
    """Both b and c are accepted by all in every draw; b lifts the one who gains least higher."""
    people = {
        "p": domains.party(
            {"x": domains.position(values={"a": 0, "b": 0.5, "c": 1, "d": 0}, weight=1.0, importance=None)}
        ),
        "q": domains.party(
            {"x": domains.position(values={"a": 0, "b": 0.5, "c": 0.1, "d": 0}, weight=1.0, importance=None)}
        ),
    }
    made = domains.scenario({"x": "abcd"}, people, {"x": "d"}, {"nothing": {"x": "a"}}, draws=100)
    result = search(loaded(made), texts=())
    assert [one.joint_acceptability.estimate for one in result.answer.listed][:2] == [1, 1]
    assert result.answer.best is not None
    assert result.answer.best.terms == {"x": "b"}
    reverse = domains.scenario({"x": "acbd"}, people, {"x": "d"}, {"nothing": {"x": "a"}}, draws=100)
    best = search(loaded(reverse), texts=()).answer.best
    assert best is not None
    assert best.terms == {"x": "b"}


@pytest.mark.parametrize("seed", range(30))
def test_search_is_that_of_enumeration(seed: int) -> None:
    """Exactly the best of all packages but those that equal an outcome, several outcomes and silent issues included."""
    case = spaces.random_case(np.random.default_rng(900 + seed), 4, 3, integers=False, several=True)
    rows = spaces.every_package(case)
    lawful = allowed(case.space.binding(case.text, ("hard", "legal")), rows)
    kept = lawful & asked_each(case, rows).any(axis=0)
    agreements = kept & ~spaces.no_agreement(case, rows)
    if not case.asked:
        return
    if not agreements.any():
        with pytest.raises(ValueError, match=r"no package|no more than no deal"):
            search(loaded(case.scenario), texts=())
        return
    result = search(loaded(case.scenario), texts=())
    required = [k for k, p in enumerate(case.profiles) if p.id in result.answer.required]
    agreements &= asked_each(case, rows)[required].all(axis=0)
    joint = votes(case, rows[agreements], case.scenario.draws).sum(axis=1)
    assert round(result.answer.at_most * case.scenario.draws) == joint.max(initial=0)
    if result.space.feasible is not None:
        assert result.space.feasible == (lawful & ~spaces.no_agreement(case, rows)).sum()
    if result.answer.best is not None:
        assert not spaces.no_agreement(case, case.space.package(result.answer.best.terms)[None])[0]
    # an outcome that only an infeasible package equals may be named, never the reverse
    assert set(case.equalled(rows[kept])) <= set(result.space.equal_no_deal)


@pytest.mark.parametrize("seed", range(30))
def test_diagrams_and_zones_leave_out_no_deal_exactly(seed: int) -> None:
    case = spaces.random_case(np.random.default_rng(700 + seed), 4, 3, integers=False, several=True)
    rows = spaces.every_package(case)
    severity, red_lines = ("hard", "legal", "political")[seed % 3], RED_LINES[seed // 3 % 4]
    made = diagram(case.space.sizes, bounds.forbidden(case, severity, red_lines))
    assert made.count == spaces.possible(case, rows, severity, red_lines).sum()
    feasible = case.space.feasible(rows, ("hard", "legal", "political")[: seed % 3 + 1])
    feasible &= ~spaces.no_agreement(case, rows)
    found = zopa.answers(case, expected(case), severity, red_lines, left_out=list(binding.absent(case).values()))
    assert found.feasible == feasible.sum()
    for row, equal in zip(rows, spaces.no_agreement(case, rows), strict=True):
        assert equal == any(b.holds(row[None])[0] for b in binding.absent(case).values())


def test_frontier_counts_and_places() -> None:
    result = frontier(loaded(rivals(terms=NOTHING)), texts=None, parties=["p", "q", "r"])
    assert result.space.combinations == 16
    assert result.space.feasible == 15
    assert result.space.equal_no_deal == ("nothing",)
    assert result.zone is not None
    assert result.zone.feasible == 15
    assert all(point.terms != NOTHING for point in result.frontier.listed)
    tabled = result.proposals[0]
    assert tabled.possible is False
    assert tabled.equals_no_deal == ("nothing",)
    page = frontier_view.page(result)
    assert page.lead.startswith("15 of 16 packages keep the hard constraints and are not no deal;")
    assert " ".join(page.notes).count("it is no agreement") == 1
    assert any("says no more than no deal" in cell for sheet in page.sheets for row in sheet.rows for cell in row)


def test_amend_leaves_it_out() -> None:
    """The text is one change from no deal, which all would accept in every draw."""
    result = amend(loaded(rivals(terms={**NOTHING, "w": "a"})), changes=2)
    assert result.equal_no_deal == ("nothing",)
    assert result.sizes[0].packages == 3
    assert result.sizes[1].packages == 6
    assert result.base.joint_acceptability.estimate < 1
    assert not result.raised
    alone = {x.issue: x.alternatives for x in result.issues}
    assert alone == {"w": 0, "x": 1, "y": 1, "z": 1}
    assert [x.outcomes for x in result.findings if x.kind == "no_deal_left_out"] == [("nothing",)]


@pytest.mark.parametrize("protocol", ["alternating_offers", "single_text"])
def test_talks_never_end_in_it(protocol: str) -> None:
    block = schema.NegotiationSettings.model_validate({"protocol": protocol, "rounds": 60})
    made = rivals(terms={**NOTHING, "w": "a"}).model_copy(update={"negotiation": block})
    case = compile_case(made)
    found = candidates(case)
    assert len(found) == 15
    assert found.equal_no_deal == ("nothing",)
    result = domains.scored(case)[1].negotiation
    assert result is not None
    assert all(text.terms != NOTHING for text in result.texts)
    assert result.settings.equal_no_deal == ("nothing",)


def test_a_text_that_is_no_deal_is_no_agreement_of_single_text() -> None:
    block = schema.NegotiationSettings.model_validate({"protocol": "single_text", "rounds": 1})
    result = domains.scored(compile_case(rivals(terms=NOTHING).model_copy(update={"negotiation": block})))[
        1
    ].negotiation
    assert result is not None
    assert all(text.terms != NOTHING for text in result.texts)


def test_a_text_that_is_no_deal_is_warned_of(tmp_path: Path) -> None:
    terms = {
        "fighting": "continues",
        "status": "undecided",
        "guarantee": "none",
    }
    text = small.SCENARIO
    for issue, old in (("fighting", "stops"), ("status", "neutral"), ("guarantee", "armed")):
        text = text.replace(f"{issue}: {{option: {old}", f"{issue}: {{option: {terms[issue]}")
    warnings = load(small.write(tmp_path, {"deal.yaml": text})).warnings
    [found] = [w for w in warnings if "no more than no deal" in w.what]
    assert found.what == "the text says no more than no deal would leave: it equals the outcome stalemate of 2022"
    assert found.severity == "warning"
    assert not [w for w in load(small.write(tmp_path / "b")).warnings if "no more than no deal" in w.what]


def test_other_fillings_and_completions_are_never_no_deal() -> None:
    """Before, the range over fillings of the assumed terms reached 100% by way of no deal itself."""
    made = rivals(terms={"w": "a", "x": "b", "y": "b", "z": "b"})
    case = compile_case(made)
    bare = [i for i in range(4) if case.space.issues[i] == "w"]
    rows, whole = case.space.variants(case.text, bare, 1, "fillings")
    assert (rows[:, bare[0]].tolist(), whole) == ([0, 1], True)
    rows, whole = case.space.variants(case.text, bare, 1, "fillings", case.no_agreement)
    assert (rows[:, bare[0]].tolist(), whole) == ([0], True)
    opened = compile_case(rivals(terms={"w": None, "x": "b", "y": "b", "z": "b"}))
    assert not opened.no_agreement(opened.completions[0]).any()
    assert len(opened.completions[0]) == 1


def test_a_sweep_tells_no_deal_as_no_agreement(tmp_path: Path) -> None:
    edits = ["proposal.fighting=continues", "proposal.status=undecided", "proposal.guarantee=none"]
    own = load(small.write(tmp_path, {}), edits=edits, draws=200)
    result = sweep(own, ["proposal.land=returned,frozen,ceded"])
    frozen = result.point("frozen")
    assert frozen.missing == "the text says no more than no deal (stalemate)"
    assert (frozen.joint_acceptability, frozen.change, frozen.verdict, frozen.on_evidence) == (None, None, None, None)
    assert frozen.feasible
    assert frozen.parties
    assert result.point("ceded").joint_acceptability is not None
    assert result.base.missing == frozen.missing  # an open issue stays as no deal leaves it
    page = sweep_view.page(result)
    said = "no deal: the text says no more than no deal (frozen); a yes to it is no agreement and is not counted."
    assert said in page.notes
    assert sum("no deal" in map(str, row) for sheet in page.sheets for row in sheet.rows) == 1
    both = sweep(own, ["proposal.land=frozen,as_it_stands"])
    assert "There is no verdict: 2 of 2 points say no more than no deal." in sweep_view.page(both).lead
