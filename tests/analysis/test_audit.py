"""``sim sources audit``: what verdicts hang on, worked out a second time; sources counted; the page and its figures."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from typer.testing import CliRunner

import sim
from sim.analysis.audit.audit import _whole, audit
from sim.analysis.audit.page import HEADER, page
from sim.analysis.audit.page import rows as csv_rows
from sim.analysis.audit.result import Audited, AuditResult
from sim.analysis.audit.support import Rows
from sim.analysis.shared.verdict_shares import hanging
from sim.cli import app
from sim.engine.preferences import Memo, Preferences
from sim.engine.profiles import Case, compile_case
from sim.scenario import schema
from sim.scenario.catalogue import SHIPPED
from sim.scenario.evidence import repeats
from tests import small, twins
from tests.documented import documented, keys
from tests.domains import case, draw_of, effect, line, party, position, quick, refusal, scenario, scenarios
from tests.exchange import CAR, write

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FEW = 7


def called(*args: object) -> Any:
    return CliRunner().invoke(app, ["sources", "audit", *map(str, args)])


def printed(*args: object) -> str:
    done = called(*args)
    assert done.exit_code == 0, done.stderr
    return str(done.stdout)


# --- what hangs on a cell, once more ---------------------------------------------------------


def answer(it: schema.Scenario, who: str, draw: twins.Draw) -> tuple[bool, dict[str, float]]:
    """Whether a party accepts in one draw, and on what that hangs: issue or refusal to its part."""
    text = twins.written(it)
    sight, weight = twins.seen(it, text, who), twins.modelled_weights(it, who, draw)
    binding = []
    for issue in text:
        entry = twins.in_force(it, who, issue)
        for red in entry.red_lines if entry else ():
            if text[issue] == red.option and draw.binds.get(("red_line", f"{issue}:{red.option}"), True):
                binding.append(issue)
    for refused in it.domain.positions[who].refuses:
        if twins.holds(refused.when, sight) and draw.binds.get(("refusal", refused.id), True):
            binding.append(f"refuses {refused.id}")
    if binding:
        return False, {name: binding.count(name) / len(binding) for name in binding}
    added = {}
    for issue, option in sight.items():
        amount = 0.0
        if option is not None and draw.reservation is not None:
            amount = draw.values[issue][option] - draw.reservation
        elif option is not None:
            for name, outcome in twins.outcomes(it).items():
                if issue in outcome and outcome[issue] != option:
                    amount += draw.beliefs[name] * (draw.values[issue][option] - draw.values[issue][outcome[issue]])
        added[issue] = abs(weight[issue] * amount)
    if not sum(added.values()):
        added = dict(weight)
    return twins.accepts(it, who, draw, text), {i: a / sum(added.values()) for i, a in added.items()}


def by_hand(on: Case) -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], float]]:
    """The shares of the verdict and of each party's own answer."""
    it, draws = on.scenario, on.scenario.draws
    own = {p.id: Preferences(p, on.space.sizes, Memo(it.seed, 0)) for p in on.profiles if not p.silent}
    asked = [p for p, needed in twins.needed(it, twins.written(it)).items() if needed and p in own]
    verdict: dict[tuple[str, str], float] = {}
    alone: dict[tuple[str, str], float] = {}
    for r in range(draws):
        answers = {p: answer(it, p, draw_of(preferences, on, r)) for p, preferences in own.items()}
        refusing = [p for p in asked if not answers[p][0]]
        deciding = refusing or asked
        for p, (_, parts) in answers.items():
            for name, part in parts.items():
                alone[p, name] = alone.get((p, name), 0.0) + part / draws
                if p in deciding:
                    verdict[p, name] = verdict.get((p, name), 0.0) + part / draws / len(deciding)
    return verdict, alone


def worked_out(on: Case) -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], float]]:
    """The same as the program has it."""
    verdict: dict[tuple[str, str], float] = {}
    alone: dict[tuple[str, str], float] = {}
    for p, found in hanging([on])[0].items():
        for into, cells, lines in ((verdict, found.cells, found.lines), (alone, found.own_cells, found.own_lines)):
            for issue, share in zip(on.space.issues, cells, strict=True):
                into[p, issue] = float(share)
            for at, share in zip(on.profile(p).lines, lines, strict=True):
                name = at.issue if at.kind == "red_line" and at.issue is not None else f"refuses {at.id}"
                into[p, name] = into.get((p, name), 0.0) + float(share)
    return verdict, alone


def near(one: dict[tuple[str, str], float], other: dict[tuple[str, str], float]) -> bool:
    return all(math.isclose(one.get(k, 0.0), other.get(k, 0.0), abs_tol=1e-9) for k in {*one, *other})


@quick(60)
@given(scenarios(most_parties=3, open_issues=True))
def test_shares_are_those_of_a_count_draw_by_draw(it: schema.Scenario) -> None:
    on = compile_case(it.model_copy(update={"draws": FEW}))
    (verdict, alone), (of_verdict, of_answers) = by_hand(on), worked_out(on)
    assert near(verdict, of_verdict)
    assert near(alone, of_answers)


@quick(40)
@given(scenarios(most_parties=3, open_issues=True))
def test_shares_of_a_text_sum_to_one_and_so_do_those_of_an_answer(it: schema.Scenario) -> None:
    on = compile_case(it.model_copy(update={"draws": 50}))
    verdict, alone = worked_out(on)
    assert math.isclose(sum(verdict.values()), 1 if on.asked else 0, abs_tol=1e-9)
    assert min([*verdict.values(), *alone.values()], default=0) >= 0
    for p in {who for who, _ in alone}:
        assert math.isclose(sum(share for (who, _), share in alone.items() if who == p), 1)


ISSUES = {"a": "xy", "b": "xyz", "c": "xy"}
#: What the text gains on a is 0.5 of all, on b 0.25 less; c is the same as no deal.
FIXED = {
    "a": position(importance=None, values={"x": 1, "y": 0}, weight=0.5),
    "b": position(importance=None, values={"x": 0, "y": 1, "z": 0.5}, weight=0.25),
    "c": position(importance=None, values={"x": 1, "y": 0}, weight=0.25),
}
OUTCOME = {"k": {"a": "y", "b": "y", "c": "x"}}
TEXT = {"a": "x", "b": "x", "c": "x"}


def shares(people: dict[str, Any], **more: Any) -> dict[tuple[str, str], float]:
    found, _ = worked_out(case(ISSUES, people, TEXT, OUTCOME, draws=100, **more))
    return {k: round(x, 9) for k, x in found.items() if x}


def test_an_answer_without_lines_hangs_on_what_issues_add_or_take() -> None:
    assert shares({"p": party(FIXED)}) == {("p", "a"): round(2 / 3, 9), ("p", "b"): round(1 / 3, 9)}


def test_a_yes_of_all_hangs_on_all_alike() -> None:
    found = shares({"p": party(FIXED), "q": party(FIXED)})
    assert found[("q", "a")] == found[("p", "a")] == round(1 / 3, 9)


def test_a_no_hangs_on_those_who_say_it() -> None:
    """Of two who refuse one does so by a line, and nobody else counts."""
    barred = FIXED | {"c": FIXED["c"] | {"red_lines": [line("x")]}}
    loses = FIXED | {"a": FIXED["a"] | {"values": {"x": 0, "y": 1}}}
    assert shares({"p": party(FIXED), "q": party(barred)}) == {("q", "c"): 1}
    found = shares({"p": party(loses), "q": party(barred), "r": party(FIXED)})
    assert found == {("p", "a"): round(1 / 3, 9), ("p", "b"): round(1 / 6, 9), ("q", "c"): 0.5}


def test_lines_that_bind_share_alike_and_a_refusal_stands_by_itself() -> None:
    barred = FIXED | {"c": FIXED["c"] | {"red_lines": [line("x")]}}
    refuses = [refusal("r", {"a": ["x"], "b": ["x", "y"]}), refusal("s", {"a": ["y"]})]
    assert shares({"p": party(barred, refuses=refuses)}) == {("p", "c"): 0.5, ("p", "refuses r"): 0.5}


def test_a_line_that_binds_in_some_draws_counts_in_those() -> None:
    people = {"p": party(FIXED, refuses=[refusal("r", {"a": ["x"]}, holds=[0.25, 0.25])])}
    on = case(ISSUES, people, TEXT, OUTCOME, draws=20_000)
    verdict, _ = worked_out(on)
    assert verdict[("p", "refuses r")] == pytest.approx(0.25, abs=0.02)
    assert verdict[("p", "a")] == pytest.approx(0.75 * 2 / 3, abs=0.02)


def test_a_reservation_value_is_what_an_issue_is_measured_by() -> None:
    people = {"p": party(FIXED, reservation=0.4)}
    found, _ = worked_out(case(ISSUES, people, TEXT, draws=10))
    parts = {"a": 0.5 * 0.6, "b": 0.25 * 0.4, "c": 0.25 * 0.6}
    assert found == pytest.approx({("p", i): x / sum(parts.values()) for i, x in parts.items()})


def test_where_no_issue_adds_anything_weights_decide() -> None:
    same = {i: e | {"values": dict.fromkeys(e["values"], 0.5)} for i, e in FIXED.items()}
    assert shares({"p": party(same)}) == {("p", "a"): 0.5, ("p", "b"): 0.25, ("p", "c"): 0.25}


def test_an_alliance_counts_by_its_own_answer_and_its_member_is_asked() -> None:
    barred = FIXED | {"c": FIXED["c"] | {"red_lines": [line("x")]}}
    never = {"when": [{"a": ["y"]}]}
    league = party(FIXED, role="alliance", members=["q"])
    assert shares({"p": league, "q": party(barred, consent=never)}) == {("q", "c"): 1}
    assert shares({"p": party(FIXED), "q": party(barred, consent=never)}) == {
        ("p", "a"): round(2 / 3, 9), ("p", "b"): round(1 / 3, 9)
    }  # fmt: skip


def test_effects_are_what_the_party_sees() -> None:
    seen = effect("e", {"a": ["x"]}, {"b": "y"})
    assert shares({"p": party(FIXED)}, effects=[seen]) == {("p", "a"): 1}


# --- sources --------------------------------------------------------------------------------


def rows(*given: tuple[str, str, str], grades: Mapping[str, str] | None = None, **kinds: Any) -> Rows:
    """Rows by id, source and note; ``grades`` are by id, ``kinds`` statuses of sources."""
    grades = grades or {}
    used = dict.fromkeys(source for _, source, _ in given)
    it = scenario(
        ISSUES,
        {"p": party()},
        TEXT,
        OUTCOME,
        sources={
            s: {"title": s, "publisher": "x", "date": "2022-01-01", "date_basis": "printed", "origin": "article"}
            | ({"status": kinds[s]} if s in kinds else {})
            for s in used
        },
        evidence=[
            {
                "id": id, "date": f"2022-01-0{k}", "party": "p", "issue": "a", "claim": "x", "strength": "demand",
                "attribution": kinds.get(id, "quote"), "source": source, "note": note or None,
                "grade": grades.get(id),
            }
            for k, (id, source, note) in enumerate(given, 1)
        ],
    )  # fmt: skip
    return Rows(it.domain)


def counted(found: Rows, *ids: str) -> int:
    return found.independent(found.cited(ids))


def test_rows_of_one_document_count_once_and_so_do_repeats() -> None:
    found = rows(
        ("A1", "s", ""),
        ("A2", "s", ""),
        ("B1", "t", "A translation. Same remark as A1: count once"),
        ("C1", "u", "Compare A1 and B1. Printed twice: count once"),
        ("D1", "v", "Told again; count once with C1"),
        ("E1", "w", ""),
    )
    assert counted(found) == 0
    assert counted(found, "A1", "A2", "A1") == 1
    assert counted(found, "A1", "B1") == 1
    assert counted(found, "A2", "B1") == 2, "B1 repeats another remark of that document"
    assert counted(found, "A2", "A1", "B1") == 1
    assert counted(found, "A1", "C1") == 2, "compare is no repeat, and what is printed twice names no other row"
    assert counted(found, "C1", "D1", "E1") == 2
    assert counted(found, "E1", "nothing") == 1


def test_repeats_go_on_from_row_to_row() -> None:
    domain = schema.Domain.model_construct(evidence=())
    chain = [
        schema.Evidence.model_construct(id=id, note=note)
        for id, note in (("A", None), ("B", "As A: count once"), ("C", "As B: count once"), ("D", "As Z: count once"))
    ]
    assert repeats(domain.evidence) == {}
    found = repeats(chain)
    assert len({found[id] for id in "ABC"}) == 1
    assert found["D"] == "D"


def test_weak_is_what_all_rows_are() -> None:
    found = rows(
        ("A", "s", ""), ("B", "t", ""), ("C", "u", ""), s="recalled", t="found_secondary", A="summary", B="expert"
    )
    later, before = dt.date(2022, 2, 1), dt.date(2022, 1, 2)

    def weak(*ids: str, text: dt.date = later) -> tuple[str, ...]:
        return found.weaknesses(found.cited(ids), text)

    assert weak() == ()
    assert weak("A") == ("one_source", "recalled", "summaries")
    assert weak("A", "B") == ("secondary", "summaries")
    assert weak("A", "C") == ()
    assert weak("C") == ("one_source",)
    assert weak("C", text=before) == ("one_source", "younger")
    assert weak("B", "C", text=before) == ()


def test_graded_is_what_all_rows_are() -> None:
    found = rows(("A", "s", ""), ("B", "t", ""), ("C", "u", ""), grades={"A": "single", "B": "weak"})
    day = dt.date(2022, 2, 1)
    assert found.weaknesses(found.cited(["A"]), day) == ("one_source", "graded")
    assert found.weaknesses(found.cited(["A", "B"]), day) == ("graded",)
    assert found.weaknesses(found.cited(["A", "C"]), day) == ()


# --- the whole ------------------------------------------------------------------------------


def one(result: AuditResult, who: str, what: str) -> Audited:
    [found] = [x for x in result.entries if x.party == who and what in (x.issue, x.refusal)]
    return found


def changed_deal(folder: Path, **files: str) -> sim.Loaded:
    return sim.load(small.write(folder, {f"domain/positions/{k}.yaml": v for k, v in files.items()}), draws=500)


RED = small.RED.replace("      importance: critical\n", "      importance: critical\n      searched: 2022-04-01\n")


def test_a_small_domain_audited(tmp_path: Path) -> None:
    result = audit([changed_deal(tmp_path, red=RED)])
    assert [(t.id, t.asked, t.counted) for t in result.texts] == [("deal", ("blue", "red"), True)]
    status = one(result, "red", "status")
    assert (status.start, status.basis, status.importance_basis, status.line_bases) == (
        dt.date(2022, 3, 10), "inferred", "stated", ("stated",),
    )  # fmt: skip
    assert (status.evidence, status.documents, status.sources, status.weak) == (("E1", "E2"), 1, 1, ("one_source",))
    assert status.searched == dt.date(2022, 4, 1)
    [at] = status.texts
    assert (at.age, at.evidence_age) == (19, 19)
    fighting, land = one(result, "red", "fighting"), one(result, "blue", "land")
    assert (fighting.sourced, fighting.weak, fighting.evidence, fighting.sources) == (False, (), (), 0)
    assert (land.evidence, land.sources) == (("E3", "E5"), 2)
    nothing = one(result, "blue", "guarantee")
    assert (nothing.start, nothing.basis, nothing.texts[0].age, nothing.texts[0].evidence_age) == (
        None, "unknown", None, None,
    )  # fmt: skip
    refused = one(result, "red", "armed_neighbour")
    assert (refused.kind, refused.start, refused.basis, refused.searched) == (
        "refusal", dt.date(2022, 3, 10), "inferred", None,
    )  # fmt: skip
    assert result.kind("cell").count == 3 * 4
    assert result.kind("refusal").count == 1
    assert result.kind("not_searched").count == 12
    assert math.isclose(sum(x.share for x in result.entries), 1)
    assert math.isclose(sum(result.party_shares.values()), 1)
    assert result.party_shares["league"] == 0, "it is not asked"
    assert sum(x.texts[0].of_answer or 0 for x in result.entries if x.party == "league") == pytest.approx(1)
    assert [x.rank for x in result.entries] == [*range(1, 14)]
    assert [x.verdicts for x in result.entries] == sorted((x.verdicts for x in result.entries), reverse=True)


def test_a_refusal_was_looked_for_where_all_its_issues_were(tmp_path: Path) -> None:
    more = RED.replace(
        "refuses:\n",
        "  guarantee:\n    - {from: 2022-03-01, ranking: unknown, importance: unknown, basis: assumed, "
        "searched: 2022-03-20}\nrefuses:\n",
    ).replace("  land:\n    - from: 2022-03-10\n      values", "  land:\n    - from: 2022-03-10\n      values")
    more = more.replace("  guarantee:", "  guarantee:", 1)
    result = audit([changed_deal(tmp_path, red=more)])
    assert one(result, "red", "armed_neighbour").searched == dt.date(2022, 3, 20)
    assert "Looked for last between 2022-03-20 and 2022-04-01." in page(result).notes


NEWER = "E7,2022-03-20,red,,status,Asks for neutrality again,demand,quote,A1,p1.s1,\n"


@pytest.mark.parametrize(
    ("option", "age", "why"),
    [("member", 19, "the line decides, by the words that make it stated"), ("neutral", 9, "the order is as new")],
)
def test_a_stated_line_is_as_old_as_the_words_that_make_it_so(option: str, age: int, why: str, tmp_path: Path) -> None:
    red = RED.replace("evidence: [E2]}]", "evidence: [E2, E7]}]").replace(
        "evidence: [E1, E2]", "evidence: [E1, E2, E7]"
    )
    text = small.SCENARIO.replace("status: {option: neutral", f"status: {{option: {option}")
    held = {"domain/evidence.csv": small.EVIDENCE + NEWER, "domain/positions/red.yaml": red, "deal.yaml": text}
    result = audit([sim.load(small.write(tmp_path, held), draws=100)])
    assert one(result, "red", "status").texts[0].evidence_age == age, why


@pytest.mark.parametrize(("basis", "age"), [("stated", 19), ("inferred", 9)])
def test_so_is_a_refusal(basis: str, age: int, tmp_path: Path) -> None:
    old = "    basis: inferred\n    evidence: [E2]\n    why"
    assert old in RED
    red = RED.replace(old, f"    basis: {basis}\n    evidence: [E2, E7]\n    why")
    held = {"domain/evidence.csv": small.EVIDENCE + NEWER, "domain/positions/red.yaml": red}
    result = audit([sim.load(small.write(tmp_path, held), draws=100)])
    assert one(result, "red", "armed_neighbour").texts[0].evidence_age == age


def test_what_was_looked_for_and_not_found_is_listed(tmp_path: Path) -> None:
    red = RED.replace("      basis: assumed\n  status", "      basis: assumed\n      searched: 2022-04-02\n  status")
    path = small.write(tmp_path, {"domain/positions/red.yaml": red})
    result = audit([sim.load(path, draws=100)])
    [missed] = result.not_found
    assert (missed.party, missed.issue, missed.start, missed.searched, missed.missing, missed.texts) == (
        "red", "fighting", dt.date(2022, 1, 1), dt.date(2022, 4, 2), "nothing", ("deal",),
    )  # fmt: skip
    assert one(result, "red", "status").texts[0].missing is None, "found"
    assert one(result, "blue", "guarantee").texts[0].missing is None, "never looked for"
    shown = printed(path, "--draws", 100, "--not-found")
    assert "of 1 something was looked for and not found" in " ".join(shown.split())
    [row] = [x for x in shown.splitlines() if x.startswith(" Red ")]
    assert row.split() == ["Red", "fighting", "2022-01-01", "2022-04-02", "anything", "1"]
    assert "--not-found lists" in printed(path, "--draws", 100)
    none = printed(small.write(tmp_path / "b"), "--draws", 100, "--not-found")
    assert "of 0 something was looked for and not found" in " ".join(none.split())
    assert called(path, "--not-found", "--full").exit_code == 2


def test_all_that_there_is_has_all_the_verdicts(tmp_path: Path) -> None:
    """Before, what rounding leaves of a sum was told as more than 99%."""
    result = audit([changed_deal(tmp_path)])
    assert result.kind("not_searched").count == len(result.entries)
    assert result.kind("not_searched").share == 1.0
    assert _whole(0.9999999999999998) == _whole(1.0000000000000002) == 1.0
    assert _whole(0.999) == 0.999


def test_kinds_count_where_and_weigh_what_hangs(tmp_path: Path) -> None:
    result = audit([changed_deal(tmp_path, red=RED)])
    for group in (("cell", "refusal"), ("several_sources", "one_source", "no_source"), ("searched", "not_searched"),
                  ("stated", "inferred", "assumed", "unknown", "edited")):  # fmt: skip
        assert sum(result.kind(k).count for k in group) == len(result.entries)  # type: ignore[arg-type]
        assert math.isclose(sum(result.kind(k).share for k in group), 1)  # type: ignore[arg-type]
    for kind in result.kinds:
        assert sum(kind.parties.values()) == kind.count > 0


def test_a_place_of_ones_own_is_told(tmp_path: Path) -> None:
    own = RED.replace("      searched: 2022-04-01\n", "      assumed: [neutral]\n")
    result = audit([changed_deal(tmp_path, red=own)])
    assert one(result, "red", "status").texts[0].basis == "assumed"
    assert result.kind("place").count == 1
    assert "place of what the text says assumed" in str(page(result).sheets)


def test_an_edited_cell_is_another_one(tmp_path: Path) -> None:
    plain = changed_deal(tmp_path, red=RED)
    edited = sim.edited(plain, ["red.status.ranking=[neutral, member]"])
    result = audit([plain, edited])
    found = [x for x in result.entries if (x.party, x.issue) == ("red", "status")]
    assert sorted((x.basis, x.searched) for x in found) == [("edited", None), ("inferred", dt.date(2022, 4, 1))]
    assert result.counted == 2
    assert math.isclose(sum(x.verdicts for x in result.entries), 2)


def test_texts_of_one_id_are_told_apart(tmp_path: Path) -> None:
    """A text and a saved run of it, say: of another day, with another claim behind a cell that is else the same."""
    new = sim.load(small.write(tmp_path / "new"), draws=50)
    claims = small.EVIDENCE.replace("E1,2022-03-10,red,", "E1,2022-03-09,red,")
    text = small.SCENARIO.replace("2022-03-29", "2022-03-30")
    old = sim.load(small.write(tmp_path / "old", {"deal.yaml": text, "domain/evidence.csv": claims}), draws=50)
    result = audit([new, old, new])
    assert [text.id for text in result.texts] == ["deal", "deal #2", "deal #3"]
    dates = {"deal": "2022-03-29", "deal #2": "2022-03-30", "deal #3": "2022-03-29"}
    assert {(row[0], row[1]) for row in csv_rows(result)} == set(dates.items())
    assert all(len({at.text for at in x.texts}) == len(x.texts) for x in result.entries)
    status = [x for x in result.entries if (x.party, x.issue) == ("red", "status")]
    assert sorted([at.text for at in x.texts] for x in status) == [["deal", "deal #3"], ["deal #2"]]


def test_a_copy_of_a_refusal_belongs_to_it_while_it_is_in_force(tmp_path: Path) -> None:
    for until, name in (("", "armed_neighbour"), ("    until: 2022-03-12\n", "armed_neutral")):
        refusals = """\
  - id: armed_neutral
    if: {guarantee: [armed], status: [neutral]}
    from: 2022-03-10
    basis: assumed
    like: armed_neighbour
    why: As for a neighbour.
no_deal:
"""
        evidence = "    from: 2022-03-10\n    basis: inferred\n    evidence: [E2]\n    why"
        red = small.RED.replace(evidence, f"    from: 2022-03-10\n{until}    basis: assumed\n    why")
        result = audit([changed_deal(tmp_path / name, red=red.replace("no_deal:\n", refusals, 1))])
        assert [x.refusal for x in result.entries if x.refusal] == [name]
        assert one(result, "red", name).by_lines > 0
        assert math.isclose(sum(x.verdicts for x in result.entries), 1)


def test_a_text_without_a_verdict_has_no_shares(tmp_path: Path) -> None:
    path = small.write(tmp_path)
    text = small.SCENARIO
    for term in ("option: stops", "option: neutral", "option: armed"):
        text = text.replace(term, "open: true")
    (tmp_path / "open.yaml").write_text(text.replace("A small deal", "All open"), encoding="utf-8")
    both = audit([sim.load(path, draws=50), sim.load(tmp_path / "open.yaml", draws=50)])
    assert (both.counted, [t.counted for t in both.texts]) == (1, [True, False])
    assert math.isclose(sum(x.share for x in both.entries), 1)
    assert any("No verdict, and so no share: All open." in note for note in page(both).notes)
    alone = page(audit([sim.load(tmp_path / "open.yaml", draws=50)]))
    assert "There is no verdict that could hang on any of them." in alone.lead
    assert len(alone.sheets) == 1


def texts(library: str) -> list[sim.Loaded]:
    names = SHIPPED[library]
    return sim.load_all([SCENARIOS / library / f"{name}.yaml" for name in names], draws=300)


@pytest.fixture(scope="module")
def shipped() -> dict[str, AuditResult]:
    return {library: audit(texts(library)) for library in SHIPPED}


@pytest.mark.parametrize("library", list(SHIPPED))
def test_shipped_shares_sum_to_one_a_text(shipped: dict[str, AuditResult], library: str) -> None:
    result = shipped[library]
    assert result.counted == len(result.texts) == len(SHIPPED[library])
    for text in result.texts:
        here = [at for x in result.entries for at in x.texts if at.text == text.id]
        assert math.isclose(math.fsum(at.of_verdict for at in here), 1)
    assert math.isclose(math.fsum(x.verdicts for x in result.entries), result.counted)
    assert page(result).lead.startswith(f"{result.kind('cell').count} cell")


@pytest.mark.parametrize("library", list(SHIPPED))
def test_every_party_has_every_issue_at_every_text(shipped: dict[str, AuditResult], library: str) -> None:
    result = shipped[library]
    in_force = [len(item.scenario.domain.issues.issues) for item in texts(library)]
    cells = [(x.party, x.issue, at.text) for x in result.entries if x.kind == "cell" for at in x.texts]
    assert len(cells) == len(set(cells)) == len(result.parties) * sum(in_force)


def test_the_order_of_the_texts_changes_no_share(shipped: dict[str, AuditResult]) -> None:
    other = audit(texts("austria_1955")[::-1])

    def told(result: AuditResult) -> dict[object, float]:
        return {(x.party, x.issue, x.refusal, x.start): round(x.share, 12) for x in result.entries}

    assert told(other) == told(shipped["austria_1955"])


def test_texts_audited_alone_have_the_same_shares(shipped: dict[str, AuditResult]) -> None:
    [first, *_] = texts("")
    alone = audit([first])
    together = [at for x in shipped[""].entries for at in x.texts if at.text == first.scenario.id]
    assert sorted(round(at.of_verdict, 12) for x in alone.entries for at in x.texts) == sorted(
        round(at.of_verdict, 12) for at in together
    )


def test_what_a_result_says_of_lines_is_what_hangs_on_them(shipped: dict[str, AuditResult]) -> None:
    """A party that alone refuses by one line in every draw: the verdict hangs on that line."""
    [result] = sim.score([sim.load(SCENARIOS / "austria_1955" / "moscow_memorandum_1955.yaml", draws=300)])
    [who] = [p for p in result.parties if p.verdict == "refuses" and p.consent_needed]
    [crossed] = [x for x in who.lines if x.crossed]
    assert crossed.share == 1
    [resale] = [
        at
        for x in shipped["austria_1955"].entries
        if (x.party, x.issue) == (who.id, crossed.issue)
        for at in x.texts
        if at.text == "moscow_memorandum_1955"
    ]
    assert resale.of_answer == pytest.approx(1)
    assert who.sole_blocker is not None
    assert who.sole_blocker <= resale.of_verdict < 1, "where it is not alone others have a part"


# --- the command ----------------------------------------------------------------------------


def test_the_page(tmp_path: Path) -> None:
    path = small.write(tmp_path, {"domain/positions/red.yaml": RED})
    told = printed(path, "--draws", 200)
    words = " ".join(told.split())
    assert "A small space: where to begin with the sources" in words
    assert "12 cells and 1 refusal in force at 1 text: 12 never looked for, 2 on one source, 10 only assumed" in words
    assert "Looked for last on 2022-04-01." in words
    assert "200 draws a text" in words
    assert "--full lists all 13" in words
    full = " ".join(printed(path, "--draws", 200, "--full").split())
    assert "All cells and refusals" in full
    assert "The League: guarantee no position" not in full
    assert "--full lists" not in full
    top = " ".join(printed(path, "--draws", 200, "--top", 1).split())
    assert "The one on which most hangs" in top
    assert "On the heaviest alone hangs" in top


def test_json_csv_and_markdown(tmp_path: Path) -> None:
    path = small.write(tmp_path, {"domain/positions/red.yaml": RED})
    held = AuditResult.model_validate_json(printed(path, "--draws", 200, "--format", "json"))
    table = list(csv.DictReader(io.StringIO(printed(path, "--draws", 200, "--format", "csv"))))
    assert len(table) == len(held.entries) == 13
    [row] = [r for r in table if (r["party"], r["issue"]) == ("red", "status")]
    status = one(held, "red", "status")
    assert (row["from"], row["age"], row["searched"], row["weak"]) == ("2022-03-10", "19", "2022-04-01", "one_source")
    assert float(row["of_verdict"]) == status.texts[0].of_verdict
    shown = printed(path, "--draws", 200, "--format", "md")
    assert shown.startswith("### A small space: where to begin with the sources")
    assert tuple(table[0]) == HEADER


def test_without_files_all_texts_of_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = small.write(tmp_path)
    (tmp_path / "other.yaml").write_text(small.SCENARIO.replace("A small deal", "Another"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "in force at 2 texts" in " ".join(printed("--draws", 50).split())
    assert "in force at 2 texts" in " ".join(printed("--draws", 50, "--domain", tmp_path / "domain").split())
    assert "in force at 1 text:" in " ".join(printed("--draws", 50, path, "deal").split()), "one text twice is one"


def test_another_library_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SCENARIOS.parent)
    told = " ".join(printed("--draws", 50, "--domain", "austria_1955").split())
    assert "in force at 5 texts" in told
    assert "Library: austria_1955" in told


def test_an_imported_domain_is_all_assumed(tmp_path: Path) -> None:
    files = write(tmp_path / "car_files", CAR)
    out = tmp_path / "car"
    done = CliRunner().invoke(app, ["import", *map(str, files), "--out", str(out), "--date", "2026-01-01"])
    assert done.exit_code == 0, done.stderr
    told = " ".join(printed("--domain", out / "domain").split())
    held = AuditResult.model_validate_json(printed("--domain", out / "domain", "--format", "json"))
    assert "Nothing in this domain is sourced." in told
    assert held.kind("no_source").count == held.kind("assumed").count == len(held.entries)
    assert held.kind("not_searched").count == len(held.entries)
    assert not held.sources
    assert math.isclose(sum(x.share for x in held.entries), 1)


def test_what_goes_wrong(tmp_path: Path) -> None:
    path = small.write(tmp_path)
    done = called(path, SCENARIOS / "austria_1955" / "state_treaty_1955.yaml")
    assert done.exit_code == 1
    assert done.stderr.strip() == (
        "sim: texts of several domains (A small space; Austria 1954 and 1955, terms of the State Treaty); audit those "
        "of one domain at a time"
    )
    path.unlink()
    done = called("--domain", tmp_path / "domain")
    assert done.exit_code == 1
    assert done.stderr.strip() == f"sim: {tmp_path}: no texts (*.yaml) beside the domain; name files"
    done = called("--top", 3, "--full")
    assert done.exit_code == 2
    assert "give --top or --full, not both" in done.stderr
    with pytest.raises(ValueError, match="no texts to audit; name those of one domain at a time"):
        audit([])


def test_every_key_is_documented_and_no_other() -> None:
    assert documented("sim.audit/1") == keys(AuditResult)
    held = json.loads(printed(SCENARIOS / "austria_1955" / "state_treaty_1955.yaml", "--draws", 20, "--format", "json"))
    assert held["schema"] == "sim.audit/1"
