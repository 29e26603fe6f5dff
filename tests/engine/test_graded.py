"""``--evidence firm`` and what hangs on graded claims, against a library in which these cells are assumed by hand."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

import sim
from sim.engine.graded import firm_parties
from sim.engine.profiles import compile_case
from sim.report.english import names_of, say
from sim.report.verdict import evidence_word
from sim.results.result import GradedClaims, Result
from tests.domains import SOURCE, case, effect, party, position, refusal, scored

CLAIM = {
    "date": "2022-01-01", "party": "p", "issue": "a", "claim": "c", "strength": "fact", "attribution": "quote",
    "source": "S",
}  # fmt: skip
SOURCES = {"S": SOURCE | {"origin": "background"}}
#: A text of 2022 that nobody refuses on the evidence, and one of 2025 that two parties refuse, over lines.
TEXTS = ["istanbul", "us_28_points_2025"]


@cache
def graded(id: str, ids: frozenset[str] | None = None) -> sim.Loaded:
    """A shipped text with a grade for these claims and no other; None for every claim."""
    plain: Any = sim.load(id, draws=600).to_dict()
    for row in plain["domain"]["evidence"]:
        row["grade"] = "weak" if ids is None or row["id"] in ids else None
    return sim.from_dict(plain)


@cache
def behind_lines(id: str) -> frozenset[str]:
    """The claims of the lines of the parties asked that the text crosses."""
    result = sim.run(id, draws=50)
    return frozenset(claim for p in result.asked for line in p.lines if line.crossed for claim in line.evidence)


def by_hand(loaded: sim.Loaded) -> sim.Loaded:
    """The same library with everything assumed that cites graded claims alone, written as a person would."""
    plain: Any = loaded.to_dict()
    grades = {row["id"] for row in plain["domain"]["evidence"] if row.get("grade")}

    def rests(ids: list[str] | None) -> bool:
        return bool(ids) and set(ids or ()) <= grades

    def walk(node: Any) -> None:
        if isinstance(node, list):
            for x in node:
                walk(x)
        if not isinstance(node, dict):
            return
        basis, cited = node.get("basis"), node.get("evidence")
        if isinstance(basis, str) and isinstance(cited, list):
            if basis in ("stated", "inferred") and rests(cited):
                node["basis"] = "assumed"
        elif basis is not None and cited is not None:
            parts = ("ranking", "importance")
            bases = {k: basis if isinstance(basis, str) else basis[k] for k in parts}
            ids = {k: cited if isinstance(cited, list) else cited.get(k, []) for k in parts}
            node["basis"] = {
                k: "assumed" if bases[k] in ("stated", "inferred") and rests(ids[k]) else bases[k] for k in parts
            }
        for value in node.values():
            walk(value)

    walk(plain["proposal"])
    walk({k: v for k, v in plain["domain"].items() if k != "evidence"})
    return sim.from_dict(plain)


def told(result: Result) -> list[GradedClaims]:
    return [x for x in result.findings if isinstance(x, GradedClaims)]


@pytest.mark.parametrize("id", TEXTS)
@pytest.mark.parametrize("every", [True, False])
def test_firm_is_a_library_in_which_these_cells_are_assumed(id: str, every: bool) -> None:
    """To the draw: shares, bounds, layers, filler, objections, weights by basis."""
    whole = graded(id, None if every else behind_lines(id))
    hand = by_hand(whole)
    [plain, firm, made] = sim.score([whole, whole.with_(evidence="firm"), hand])
    assert firm.parties == made.parties
    assert firm.on_evidence == made.on_evidence
    assert (firm.filler, firm.joint_by_layer, firm.terms_by_basis) == (
        made.filler,
        made.joint_by_layer,
        made.terms_by_basis,
    )
    assert firm.parties != plain.parties
    assert not told(firm)
    assert firm.firm == ()


@pytest.mark.parametrize("id", TEXTS)
def test_a_grade_changes_no_figure_while_all_counts(id: str) -> None:
    [usual, whole] = sim.score([graded(id, frozenset()), graded(id)])
    assert usual.parties == whole.parties
    assert usual.on_evidence == whole.on_evidence
    assert usual.filler == whole.filler
    assert (usual.firm, told(usual)) == ((), [])
    assert whole.firm


@pytest.mark.parametrize("id", TEXTS)
@pytest.mark.parametrize("every", [True, False])
def test_what_is_told_is_what_firm_gives(id: str, every: bool) -> None:
    whole = graded(id, None if every else behind_lines(id))
    [result, firm] = sim.score([whole, whole.with_(evidence="firm")], workers=2)
    ranges = {p.id: (p.own or p).on_evidence for p in firm.parties}
    assert {x.party: x.on_evidence for x in result.firm} == {x.party: ranges[x.party] for x in result.firm}
    # all others asked are as they were
    there = {x.party for x in result.firm}
    assert all((p.own or p).on_evidence == ranges[p.id] for p in result.asked if p.id not in there)
    before = {p.id: (p.own or p).on_evidence for p in result.asked}
    changed = {p for p in there if before[p].verdict != ranges[p].verdict}
    finding = told(result)
    named = {x.party for x in finding[0].parties} if finding else set()
    assert changed <= named <= there
    if finding:
        assert finding[0].without == firm.on_evidence
        words = say(finding[0], names_of(result))
        now, then = evidence_word(result.on_evidence), evidence_word(firm.on_evidence)
        assert (f"the text is {then} on the evidence, not {now}." in words) == (now != then)
        assert "None" not in words


def test_a_refusal_that_hangs_on_one_claim() -> None:
    """The claims named are those that carry what is then assumed, and no others of the party."""
    whole = graded("membership", behind_lines("membership"))
    [result] = sim.score([whole])
    [finding] = told(result)
    grades = {row.id for row in whole.scenario.domain.evidence if row.grade}
    assert finding.parties
    for view in finding.parties:
        assert set(view.claims) <= grades
        assert view.on_evidence.verdict == "refuses"
        assert view.without.verdict == "not settled"
        assert view.without.possible >= 0.5 > view.on_evidence.possible


def test_a_claim_beside_one_without_a_grade_is_not_told() -> None:
    """Nothing rests on it alone: of three cells that cite it, one does."""
    cited = {"a": ["E1", "E2"], "b": ["E1"], "c": ["E1", "E3"]}
    cells = {i: position("xy", "major", "stated", evidence=ids) for i, ids in cited.items()}
    rows = [CLAIM | {"id": "E1", "grade": "single"}, CLAIM | {"id": "E2"}, CLAIM | {"id": "E3", "grade": "weak"}]
    on = case(
        {"a": "xy", "b": "xy", "c": "xy"}, {"p": party(cells)}, dict.fromkeys("abc", "x"), None, evidence=rows,
        sources=SOURCES,
    )  # fmt: skip
    [firm] = firm_parties(on)
    assert firm.claims == ("E1", "E3")
    assert [cell.ranking_basis for cell in firm.profile.cells] == ["stated", "assumed", "assumed"]


def test_only_all_claims_are_asked_about() -> None:
    """Where other claims are left out already, nothing is told of those with a grade."""
    for mode in ("articles", "firm"):
        assert (
            firm_parties(compile_case(graded("membership", behind_lines("membership")).with_(evidence=mode).scenario))
            == ()
        )


def test_an_effect_on_graded_claims_alone_bears_on_those_it_concerns() -> None:
    refuses = [refusal("no", {"b": ["x"]})]
    people = {
        "p": party({"a": position("xy", "major", "assumed")}, refuses=refuses),
        "q": party({"a": position("xy", "major", "assumed")}),
    }
    turns = effect("turns", {"a": ["x"]}, {"b": "x"}, "inferred", parties=["p"], evidence=["E1"])
    on = case(
        {"a": "xy", "b": "xy"}, people, {"a": "x", "b": "y"}, {"o": {"a": "y", "b": "y"}}, effects=[turns],
        evidence=[CLAIM | {"id": "E1", "grade": "weak"}], sources=SOURCES,
    )  # fmt: skip
    [firm] = firm_parties(on)
    assert (firm.profile.id, firm.claims) == ("p", ("E1",))
    [finding] = told(scored(on)[1])
    assert [x.party for x in finding.parties] == ["p"]
    assert (finding.parties[0].on_evidence.verdict, finding.parties[0].without.verdict) == ("refuses", "not settled")


def test_talks_tell_the_same() -> None:
    """The page of talks judges the tabled text too; so does a run as a Mesa model."""
    whole = graded("membership", behind_lines("membership"))
    whole = whole.with_(["negotiation.rounds=2"], protocol="alternating_offers", draws=200)
    [vote, talks] = sim.score([whole.with_(protocol="vote"), whole])
    assert told(vote) == told(talks) != []
    model = sim.Talks(whole)
    model.run_model()
    assert model.result.firm == talks.firm
