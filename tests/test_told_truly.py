"""What pages say of where figures come from: terms read out of a text, polls taken together, edits, levers."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.analysis.levers.findings import findings
from sim.analysis.levers.levers import levers
from sim.analysis.levers.page import page
from sim.analysis.levers.result import Lever, LeversResult
from sim.analysis.library.document import library_text
from sim.report.english import TOGETHER, notes
from sim.report.verdict import objection, objection_words
from sim.results.records import Filler, Objection
from sim.results.result import Result
from sim.scenario.labels import Labels
from tests import small
from tests.analysis.test_levers import loaded, vetoing
from tests.exchange import sim as call
from tests.sentences import sentence

MEMBER = "    status: {option: member, basis: BASIS, evidence: [E1]}\n"


def printed(*args: object) -> str:
    done = call(*map(str, args))
    assert done.exit_code == 0, done.stderr
    return " ".join(str(done.stdout).split())


# --- terms that no clause says -----------------------------------------------------------------------


def deal(folder: Path, basis: str, red: str = small.RED) -> Path:
    """A text that takes the country in, which Red rules out; ``basis`` is that of the term."""
    term = MEMBER.replace("BASIS", basis)
    text = small.SCENARIO.replace("    status: {option: neutral, basis: stated, evidence: [E1]}\n", term)
    return small.write(folder, {"deal.yaml": text, "domain/positions/red.yaml": red})


def run(file: Path) -> Result:
    return sim.score([sim.load(file, draws=50)])[0]


def decided_over(result: Result) -> list[str]:
    return [x for x in notes(result) if x.startswith("The lines that decide")]


def test_a_line_against_a_term_read_out_of_the_text_says_so(tmp_path: Path) -> None:
    result = run(deal(tmp_path, "inferred"))
    red = result.party("red")
    assert red.on_evidence.verdict == "refuses"
    assert red.main_objection is not None
    assert red.main_objection.term_basis == "inferred"
    assert objection(result, red) == "its stated red line against 'member' (status; read out of the text)"
    assert "read out of the text)." in result.verdict
    said = (
        "The lines that decide for Red on the evidence cross terms that are read out of the text, not written in it: "
    )
    assert decided_over(result) == [f"{said}status."]
    assert {(x.issue or x.refusal): x.term_basis for x in red.lines} == {
        "status": "inferred",
        "armed_neighbour": "inferred",
    }
    assert {x.issue: x.term_basis for x in red.issues} == {
        "fighting": "stated", "status": "inferred", "guarantee": "inferred", "land": None,
    }  # fmt: skip
    assert "status: member, term inferred, mean gain" in printed("explain", tmp_path / "deal.yaml", "--draws", 50)


def test_a_line_against_what_the_text_says_is_not_marked(tmp_path: Path) -> None:
    result = run(deal(tmp_path, "stated"))
    assert objection(result, result.party("red")) == "its stated red line against 'member' (status)"
    assert decided_over(result) == []


def test_a_line_against_filler_is_marked_as_filler_and_told_by_its_own_note(tmp_path: Path) -> None:
    result = run(deal(tmp_path, "assumed"))
    assert objection(result, result.party("red")) == "its stated red line against 'member' (status; not in the sources)"
    assert decided_over(result) == []


def test_one_line_against_a_written_term_is_enough_to_decide(tmp_path: Path) -> None:
    more = (
        "  fighting:\n    - {from: 2022-03-01, ranking: [continues, stops], importance: major, basis: inferred,\n"
        "       evidence: [E2], red_lines: [{option: stops, basis: stated, evidence: [E2]}]}\n"
    )
    start, end = small.RED.index("  fighting:"), small.RED.index("  status:")
    result = run(deal(tmp_path, "inferred", small.RED[:start] + more + small.RED[end:]))
    assert result.party("red").on_evidence.verdict == "refuses"
    assert decided_over(result) == []


# --- polls -------------------------------------------------------------------------------------------

RATIFIER = "role: ratifier\ndecides: {by: majority, of: voters, quota: 0.5}\n"
POLL = "E8,2022-03-10,red,,status,Few would stay out,poll,reported,A1,p1.s2,\n"
OTHER = "E9,2022-03-12,red,,status,Some would,poll,reported,B1,Table 1,NOTE\n"


@pytest.mark.parametrize(
    ("cited", "note", "together"),
    [("E8", "", False), ("E8, E9", "", True), ("E8, E9", "The survey of E8: count once", False)],
)
def test_polls_taken_together_are_said_to_be(cited: str, note: str, together: bool, tmp_path: Path) -> None:
    line = f"{{option: neutral, basis: inferred, evidence: [{cited}], holds: [0.3, 0.6]}}"
    red = small.RED.replace("role: principal\n", RATIFIER).replace("red_lines: [", f"red_lines: [{line}, ")
    rows = small.EVIDENCE + POLL + OTHER.replace("NOTE", note)
    result = run(small.write(tmp_path, {"domain/positions/red.yaml": red, "domain/evidence.csv": rows}))
    found = result.party("red").ratification
    assert found is not None
    assert found.several_polls is together
    said = f"; of those with an opinion, {TOGETHER}, 57.1% say yes." if together else "; of those with an opinion 57.1%"
    assert sum(said in x for x in notes(result)) == 1


@pytest.mark.parametrize(
    ("basis", "evidence", "whence"),
    [("inferred", ("E8",), "polls"), ("assumed", ("E8",), "polls"), ("assumed", (), "holds"), ("edited", (), "holds")],
)
def test_a_copy_of_an_edited_line_names_no_poll(basis: str, evidence: tuple[str, ...], whence: str) -> None:
    """Before, what was written out below an edited line was told as a poll's."""
    found = Objection(
        kind="red_line", issue="land", option="lent", refusal=None, share=1, mean_loss=None, term_basis="stated",
        holds=(0.2, 0.3), basis=basis, evidence=evidence,
    )  # fmt: skip
    assert (
        objection_words(found, Labels(), "red") == f"its {basis} red line against 'lent' (land; {whence}: 20% to 30%)"
    )


# --- levers ------------------------------------------------------------------------------------------


def stuck(folder: Path) -> LeversResult:
    return levers(loaded(folder, vetoing()))


def test_a_whole_cell_tells_its_own_basis_and_that_of_its_line(tmp_path: Path) -> None:
    found = stuck(tmp_path)
    by_edit = {x.edit: x for x in found.levers}
    whole = by_edit["p.i0=unknown"]
    assert (whole.basis, whole.line_basis) == ("assumed", "assumed")
    assert by_edit["p.i0.red_lines=none"].line_basis is None
    first = whole.model_copy(update={"basis": "inferred", "line_basis": "stated"})
    assert first.turns_on == "stated"
    one = found.model_copy(update={"levers": (first,)})
    [furthest] = [x for x in findings(one) if x.kind == "furthest_alone"]
    assert (furthest.edit.basis, furthest.edit.line_basis) == ("inferred", "stated")
    assert page(one).sheets[0].rows[0][1] == "inferred, line stated"


def test_which_way_the_furthest_goes(tmp_path: Path) -> None:
    """Before, the furthest up was called the furthest, above a table led by a larger change down."""
    found = stuck(tmp_path)
    assert found.stuck
    assert found.upward

    def moved(lever: Lever, by: float) -> Lever:
        change = lever.own.change.model_copy(update={"estimate": by})
        return lever.model_copy(update={"own": lever.own.model_copy(update={"change": change})})

    first, second = (moved(x, by) for x, by in zip(found.levers[:2], (-0.5, 0.1), strict=True))
    two = findings(found.model_copy(update={"levers": (first, second)}))
    [furthest] = [x for x in two if x.kind == "furthest_alone"]
    assert (furthest.edit.edit, furthest.upward) == (second.edit, True)


# --- small things ------------------------------------------------------------------------------------


def test_a_claim_names_the_texts_whose_terms_cite_it(tmp_path: Path) -> None:
    domain = small.write(tmp_path).parent / "domain"
    (tmp_path / "broken.yaml").write_text("proposal: {terms: [", encoding="utf-8")
    elsewhere = small.SCENARIO + "domain: other\n"
    (tmp_path / "elsewhere.yaml").write_text(elsewhere, encoding="utf-8")
    assert "terms of deal: fighting, status and guarantee" in printed("show", "evidence", "E1", "--domain", domain)
    told = printed("show", "evidence", "E4", "--domain", domain)
    assert "terms of deal: guarantee" in told
    assert "elsewhere" not in told
    assert "terms of" not in printed("show", "evidence", "E3", "--domain", domain)


def test_the_library_explains_its_columns_and_words(tmp_path: Path) -> None:
    lead = library_text([sim.load(small.write(tmp_path), draws=20)]).partition("\n## ")[0]
    for word in ("*signed*", "*Inferred*", "*unknown*"):
        assert word in lead


@pytest.mark.parametrize(
    ("count", "words"), [(1, "Over the one feasible filling the"), (2, "Over all 2 feasible fillings the")]
)
def test_one_filling_is_told_in_the_singular(count: int, words: str, tmp_path: Path) -> None:
    filler = Filler(
        low=0.1, median=0.1, high=0.1, assumed_terms=1, terms=4, fillings=count, every_filling=True, draws=50
    )
    said = sentence(run(small.write(tmp_path)).model_copy(update={"filler": filler}), "filler_range")
    assert said is not None
    assert words in said


def test_a_file_of_edits_is_told_by_its_title(tmp_path: Path) -> None:
    file, edits = small.write(tmp_path), tmp_path / "soft.yaml"
    edits.write_text("title: A softer Red\nedits:\n  red.red_lines: none\n  red.refuses: none\n", encoding="utf-8")
    args = ("run", file, "--no-save", "--draws", 50, "--with", edits)
    single = ("--set", "blue.status.importance=minor")
    told = printed(*args, *single)
    said = "Edited for this run: 'A softer Red' (2 edits); blue.status.importance=minor; json has each edit."
    assert said in told
    assert "red.refuses=none" not in told
    assert said in printed(*args, *single, "--format", "md")
    assert '"red.refuses=none"' in printed(*args, "--format", "json")


def test_an_id_of_no_file_of_edits_names_those_there_are() -> None:
    done = call("run", "istanbul", "--no-save", "--with", "no_such")
    assert done.exit_code == 1
    assert done.stderr.startswith(
        "sim: no_such: no such file, and no file of edits has this id; there are: dovish_us, "
    )
    done = call("run", "istanbul", "--no-save", "--with", "dovish")
    assert done.stderr.strip().endswith("did you mean dovish_us?")
