"""What the parties said of the texts: every fault of the file, that no run reads it, and how it stands by verdicts."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.library.document import library_text
from sim.cli import app
from sim.files.complaints import Complaints
from sim.scenario import catalogue, schema
from sim.scenario.loading import load, load_domain
from sim.scenario.reactions import DAYS, Reactions, load_all_reactions, load_reactions
from tests import small
from tests.readme import ROOT

HEADER = "text,party,word,evidence,note\n"
#: E3 is of blue, on 2022-03-12; the text is of 2022-03-29, so claims of those days are added to the small domain.
CLAIMS = """\
G1,2022-03-29,red,A minister,context,Takes it,flexibility,quote,B1,,
G2,2022-04-12,blue,,context,Will not have it,firm,quote,B1,,
G3,2022-04-13,blue,,context,Will not have it a day too late,firm,quote,B1,,
G4,2022-03-30,blue,A speaker,context,Says no,firm,quote,B1,,
"""
#: The source of these claims is as young as they are.
DOMAIN = {
    "domain/evidence.csv": small.EVIDENCE + CLAIMS,
    **small.changed("domain/sources.yaml", "2022-03-25", "2022-05-01"),
}


def library(folder: Path, rows: str, changes: Mapping[str, str | bytes | None] | None = None) -> Path:
    """The small library with these reactions, and the file of its text."""
    return small.write(folder, {**DOMAIN, "domain/reactions.csv": HEADER + rows, **(changes or {})})


def read(deal: Path) -> Reactions:
    folder = deal.parent / "domain"
    return load_reactions(folder, load_domain(folder))


def faults(deal: Path) -> list[str]:
    """What is said against the file, without the name of the folder, each with its hint behind a stroke."""
    try:
        found = read(deal).warnings
    except Complaints as wrong:
        found = wrong.complaints
    assert {Path(c.place.file).name for c in found} <= {"reactions.csv"}
    return [
        f"{c.place.line}:{c.place.column}: {c.severity}: {c.where}: {c.what} / {c.hint}".replace(
            str(deal.parent), "HOME"
        )
        for c in found
    ]


def call(*args: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(map(str, args)))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def test_rows_are_read(tmp_path: Path) -> None:
    deal = library(tmp_path, 'deal,red,conditional,G1,A note\ndeal,blue,refuses,"G2; G4",\n')
    found = read(deal)
    assert found.rows == (
        schema.Reaction(text="deal", party="red", word="conditional", evidence=("G1",), note="A note"),
        schema.Reaction(text="deal", party="blue", word="refuses", evidence=("G2", "G4")),
    )
    assert found.warnings == ()
    assert found.of("deal")["blue"].evidence == ("G2", "G4")
    assert found.of("other") == {}
    assert list(found.citing("G4")) == ["blue said of deal"]


@pytest.mark.parametrize("cell", ["G2 G4", "G2;G4", '"G2, G4"', '"G2\nG4"', " G2  ;  G4 "])
def test_ids_stand_apart_by_blanks_semicolons_or_commas(cell: str, tmp_path: Path) -> None:
    [row] = read(library(tmp_path, f"deal,blue,refuses,{cell},\n")).rows
    assert row.evidence == ("G2", "G4")


def test_the_file_may_be_missing_and_the_column_of_notes_too(tmp_path: Path) -> None:
    deal = library(tmp_path, "", {"domain/reactions.csv": None})
    assert read(deal) == Reactions()
    deal = library(tmp_path, "", {"domain/reactions.csv": "text;party;word;evidence\ndeal;red;accepts;G1\n"})
    assert [row.word for row in read(deal).rows] == ["accepts"]
    assert load_all_reactions([tmp_path / "nowhere"]) == {tmp_path / "nowhere": Reactions()}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            "deal,red,agrees,G1,\n",
            ["2:10: error: reactions: deal: red: word: the text 'agrees' is not one of accepts, refuses, conditional, "
             "proposes / None"],
        ),
        (
            "deal,red,refuse,G1,\n",
            ["2:10: error: reactions: deal: red: word: the text 'refuse' is not one of accepts, refuses, conditional, "
             "proposes / did you mean refuses?"],
        ),
        (
            "deal,red,,G1,\n",
            ["2:10: error: reactions: deal: red: word: nothing is not one of accepts, refuses, conditional, proposes / "
             "None"],
        ),
        ("deal,rod,accepts,G1,\n", ["2:6: error: reactions: deal: party: there is no party rod / did you mean red?"]),
        (
            "deal,turkey,accepts,G1,\n",
            ["2:6: error: reactions: deal: party: there is no party turkey / there are: blue, red, league"],
        ),
        (
            "deal,the reds,accepts,G1,\n",
            ["2:6: error: reactions: deal: party: 'the reds' is not a name: use letters, digits and underscores / "
             "None"],
        ),
        (
            "deal,,accepts,G1,\n",
            ["2:6: error: reactions: deal: party: expected a name, found nothing / if it is meant as text, quote it"],
        ),
        (
            ",red,accepts,G1,\n",
            ["2:1: error: reactions: text: expected a name, found nothing / if it is meant as text, quote it"],
        ),
        (
            "deal,red,accepts,,\n",
            ["2:18: error: reactions: deal: red: evidence: a word without evidence / cite the claim that tells it; "
             "where nothing was found there is no row"],
        ),
        (
            "deal,red,accepts,G1 G9,\n",
            ["2:21: error: reactions: deal: red: evidence: there is no evidence G9 / there are: E1, E2, E3, E4, E5, "
             "E6, G1, G2, G3, G4"],
        ),
        (
            'deal,red,accepts,"G1, G01",\n',
            ["2:23: error: reactions: deal: red: evidence: there is no evidence G01 / did you mean G1?"],
        ),
        (
            "deal,red,accepts,G1;G1,\n",
            ["2:21: error: reactions: deal: red: evidence: G1 stands here twice / delete one"],
        ),
        (
            "deal,red,accepts,G1,\ndeal,red,refuses,G1,\n",
            ["3:6: error: reactions: deal: red: a second row of red on deal / one word a party: put the claims into "
             "one row"],
        ),
        (
            "deal,red,refuses,G4,\n",
            ["2:18: error: reactions: deal: red: evidence: G4 is of blue, not of red / only a party's own words are "
             "its answer"],
        ),
        (
            "deal,blue,refuses,E3,\n",
            ["2:19: error: reactions: deal: blue: evidence: E3 is from 2022-03-12, before the text, which is of "
             "2022-03-29 / no text is answered before"],
        ),
        (
            "deal,blue,refuses,G2 G3,\n",
            ["2:22: error: reactions: deal: blue: evidence: G3 is from 2022-04-13, more than 14 days after the text, "
             "which is of 2022-03-29 / what is said later may answer something else"],
        ),
        (
            "dead,red,accepts,G1,\ndeal,red,accepts,G1,\n",
            ["2:1: warning: reactions: dead: text: there is no text dead in HOME / did you mean deal?"],
        ),
        (
            "other,red,accepts,G1,\nother,blue,accepts,E3,\ndeal,red,accepts,G1,\n",
            ["2:1: warning: reactions: other: text: there is no text other in HOME; 2 rows are of it / there is: deal"],
        ),
        (
            "one,red,accepts,G1,\ntwo,red,accepts,G1,\n",
            ["1:1: warning: reactions: none of its 2 texts is in HOME / it seems to belong to another library: delete "
             "it here"],
        ),
        (
            "deal,red,accepts\n",
            ["2:10: error: table: the row has 3 cells, the header has 5 / None"],
        ),
        (
            "deal,??? ??,accepts,G1,\n",
            ["2:6: error: column party: ??? ?? has no letters: they were lost when the table was saved / save the "
             "table as UTF-8 (CSV UTF-8 in a spreadsheet), and enter the words anew"],
        ),
        (
            "deal,red,accepts,G1,   \n",
            ["2:21: error: reactions: deal: red: note: expected some text, found none / None"],
        ),
    ],
)  # fmt: skip
def test_every_fault_is_told_where_it_stands(rows: str, expected: list[str], tmp_path: Path) -> None:
    assert faults(library(tmp_path, rows)) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("text,party,word\n", "1:1: error: header: the column evidence is missing / None"),
        ("text,party,words,evidence,note\n", "1:12: error: header: unknown column words / did you mean word?"),
        ("text,party,word,evidence,text\n", "1:26: error: header: the column text stands here twice / delete one"),
        ("", "1:1: error: file: the file is empty / its header is text,party,word,evidence,note"),
    ],
)
def test_faults_of_the_header(header: str, expected: str, tmp_path: Path) -> None:
    assert faults(library(tmp_path, "", {"domain/reactions.csv": header})) == [expected]


def test_all_faults_of_a_row_are_told_at_once(tmp_path: Path) -> None:
    deal = library(tmp_path, "dead,rod,agrees,G9 E3,\n")
    assert [line.partition(": reactions")[0] for line in faults(deal)] == [
        "2:1: warning",
        "2:6: error",
        "2:10: error",
        "2:17: error",
    ]


def test_a_text_of_ones_own_may_be_older_than_its_row_but_not_a_fortnight_younger(tmp_path: Path) -> None:
    assert faults(library(tmp_path, "deal,blue,proposes,E3,\n")) == []
    [fault] = faults(library(tmp_path, "deal,blue,proposes,G3,\n"))
    assert "more than 14 days after" in fault


@pytest.mark.parametrize(
    "content", ["proposal: {date: someday}\n", "proposal: [\n", "title: no proposal\n", "proposal: {date: [1]}\n"]
)
def test_a_text_whose_day_cannot_be_read_is_not_measured_by_it(content: str, tmp_path: Path) -> None:
    rows = "other,blue,refuses,G3 E3,\n"
    assert faults(library(tmp_path, rows, {"other.yaml": content})) == []


# --- who reads it ---------------------------------------------------------------------------------


def test_no_run_reads_it_and_no_saved_run_holds_it(tmp_path: Path) -> None:
    plain = load(library(tmp_path / "plain", "", {"domain/reactions.csv": None}))
    faulty = load(library(tmp_path / "faulty", "nonsense,,,,\n"))
    assert faulty.sha256 == plain.sha256
    assert faulty.warnings == plain.warnings
    assert sim.score([faulty])[0].to_json() == sim.score([plain])[0].to_json()
    saved = sim.save(faulty, sim.score([faulty])[0], tmp_path / "runs")
    assert "nonsense" not in (saved / "scenario.yaml").read_text(encoding="utf-8")
    assert "reactions" not in (saved / "scenario.yaml").read_text(encoding="utf-8")


def test_validate_checks_it_once_for_all_texts_of_a_folder(tmp_path: Path) -> None:
    deal = library(tmp_path, "deal,red,agrees,G1,\n")
    twin = small.write(tmp_path, DOMAIN)
    twin = twin.rename(tmp_path / "twin.yaml")
    small.write(tmp_path, DOMAIN)
    code, out, err = call("validate", deal, twin)
    assert (code, out) == (3, "")
    assert err.splitlines()[0].endswith(
        "reactions.csv:2:10: error: reactions: deal: red: word: the text 'agrees' is not one of accepts, refuses, "
        "conditional, proposes"
    )
    assert err.splitlines()[-1] == "1 error"
    library(tmp_path, "dead,red,accepts,G1,\ndeal,red,accepts,G1,\n")
    code, out, err = call("validate", deal)
    assert code == 0
    assert "there is no text dead" in err
    elsewhere = small.write(tmp_path / "elsewhere", DOMAIN)
    assert "there is no text dead" in call("validate", elsewhere, "--domain", tmp_path / "domain")[2]
    assert "there is no text dead" not in call("validate", elsewhere)[2]


def test_show(tmp_path: Path) -> None:
    deal = library(tmp_path, "deal,red,conditional,G1,Of a kind\ndeal,blue,refuses,G2 G4,\n")
    domain = ("--domain", deal.parent / "domain")
    code, page, _ = call("show", "reactions", *domain)
    assert code == 0
    assert max(map(len, page.splitlines())) <= 100
    for words in ("deal", "conditional", "G1 2022-03-29", "A minister: Takes it", "(Of a kind)", "G4 2022-03-30"):
        assert words in page
    assert json.loads(call("show", "reactions", "deal", "--format", "json", *domain)[1]) == [
        {"text": "deal", "party": "red", "word": "conditional", "evidence": ["G1"], "note": "Of a kind"},
        {"text": "deal", "party": "blue", "word": "refuses", "evidence": ["G2", "G4"], "note": None},
    ]
    code, out, err = call("show", "reactions", "dead", *domain)
    assert (code, out) == (2, "")
    assert "nothing is told of a text 'dead'" in err
    assert "blue said of deal" in call("show", "evidence", "G4", *domain)[1]
    (tmp_path / "domain/reactions.csv").unlink()
    assert "nothing is told of what the parties said" in call("show", "reactions", *domain)[1]
    library(tmp_path, "dead,red,accepts,G1,\ndeal,red,accepts,G1,\n")
    code, page, err = call("show", "reactions", *domain)
    assert "there is no text dead" in err
    assert "dead" in page


# --- beside the verdicts --------------------------------------------------------------------------


def section(deal: Path, **options: int) -> str:
    text = library_text(sim.load_all([deal], **options))
    return text.partition("### What was said\n")[2].partition("### By layer")[0]


def test_the_library_has_it_beside_the_verdicts(tmp_path: Path) -> None:
    rows = "deal,red,refuses,G1,\ndeal,blue,conditional,G2 G4,\ndeal,league,proposes,E6,\n"
    deal = library(tmp_path, rows)
    result = sim.score([load(deal, draws=400)])[0]
    words = {p.id: sim.report.verdict.word_of(p, result.settings) for p in result.parties}
    found = section(deal, draws=400)
    [row] = [line for line in found.splitlines() if line.startswith("| deal")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    mark = {"accepts": ": DIFFER", "refuses": ": agree", "refuses, inferred": ": agree"}.get(words["red"], "")
    assert cells[1] == f"conditional (G2, G4) / {words['blue']}"
    assert cells[2].startswith(f"refuses (G1) / {words['red']}{mark}")
    assert cells[3] == f"proposes (E6) / ({words['league']})"
    assert "Of 3 words found, " in found
    assert f"Conditional: 1 (the run says once {words['blue']})." in found
    assert f"Of a party's own text: 1 (the run says once {words['league']})." in found
    assert "It is no test of the method" in found


@pytest.mark.parametrize(
    ("word", "verdict", "mark"),
    [
        ("accepts", "accepts", ": agree, same claim"),
        ("refuses", "accepts", ": DIFFER"),
    ],
)
def test_agreement_is_marked_and_counted(word: str, verdict: str, mark: str, tmp_path: Path) -> None:
    """Red has values here on one issue alone, cites G1 for them, and gains by the text."""
    red = small.RED.partition("positions:")[0] + (
        "positions:\n  fighting:\n    - {from: 2022-01-01, values: {stops: 1, continues: 0}, weight: 0.9, "
        "basis: inferred, evidence: [G1], note: Read so.}\n"
    )
    deal = library(tmp_path, f"deal,red,{word},G1,\n", {"domain/positions/red.yaml": red})
    found = section(deal, draws=200)
    assert f"| {word} (G1) / {verdict}{mark} |" in found
    same = "the same in 1 (1 by the same claim)" if "agree" in mark else "the same in 0; not for Red on deal"
    assert f"Of 1 word found, 1 can be compared with a verdict: {same}." in found


def test_an_alliance_is_compared_by_its_own_answer_and_not_by_its_members(tmp_path: Path) -> None:
    """Blue, a member, has a line against the text; the League itself gains by it."""
    fighting = "  fighting:\n    - {from: 2022-01-01, values: {stops: 1, continues: 0}, weight: 0.9, basis: stated, "
    files = {
        "domain/positions/league.yaml": small.LEAGUE.partition("  guarantee:")[0] + fighting + "evidence: [E6]}\n",
        "domain/positions/blue.yaml": small.BLUE.replace(
            "  status:\n",
            fighting.replace("0.9", "0.1") + "evidence: [E3], note: x,\n"
            "       red_lines: [{option: stops, basis: stated, evidence: [E3], note: x}]}\n  status:\n",
        ),
    }
    deal = library(
        tmp_path,
        "deal,league,accepts,G5,\ndeal,blue,refuses,G4,\n",
        files
        | {
            "domain/evidence.csv": DOMAIN["domain/evidence.csv"]
            + "G5,2022-03-29,league,,context,Agrees,firm,quote,B1,,\n"
        },
    )
    [result] = sim.score([load(deal, draws=200)])
    assert sim.report.verdict.word_of(result.party("league"), result.settings) == "refuses"
    found = section(deal, draws=200)
    assert "accepts (G5) / (accepts): agree" in found
    assert "Of 2 words found, 2 can be compared with a verdict: the same in 2." in found


def test_without_reactions_the_library_has_no_such_part(tmp_path: Path) -> None:
    deal = library(tmp_path, "", {"domain/reactions.csv": None})
    assert section(deal, draws=200) == ""
    assert section(library(tmp_path, ""), draws=200) == ""


def test_the_command_that_writes_the_library_tells_of_faults(tmp_path: Path) -> None:
    library(tmp_path, "deal,red,agrees,G1,\n")
    out = tmp_path / "library.md"
    code, _, err = call("library", "--folder", tmp_path, "--out", out)
    assert code == 3
    assert "reactions.csv:2:10: error" in err
    assert not out.exists()
    library(tmp_path, "dead,red,accepts,G1,\ndeal,red,accepts,G1,\n")
    code, _, err = call("library", "--folder", tmp_path, "--out", out)
    assert code == 0
    assert "there is no text dead" in err
    assert "### What was said" in out.read_text(encoding="utf-8")


# --- the shipped file -----------------------------------------------------------------------------


def shipped() -> tuple[Reactions, schema.Domain]:
    folder = ROOT / catalogue.HOME / catalogue.DOMAIN
    domain = load_domain(folder)
    return load_reactions(folder, domain), domain


def test_the_shipped_file_is_in_order_and_about_shipped_texts() -> None:
    found, domain = shipped()
    assert found.warnings == ()
    assert {row.text for row in found.rows} <= set(catalogue.SHIPPED[""])
    assert {row.party for row in found.rows} <= set(domain.positions)


def test_its_claims_say_where_they_stand_and_rest_on_documents() -> None:
    found, domain = shipped()
    claims = {claim.id: claim for claim in domain.evidence}
    cited = [claims[id] for row in found.rows for id in row.evidence]
    assert len(cited) > 50
    for claim in cited:
        assert domain.sources.sources[claim.source].status != "recalled", claim.id
        assert claim.date <= dt.date(2025, 12, 24), claim.id
    polls = [row for row in found.rows if row.party == "ukrainian_public"]
    assert polls
    assert all(claims[id].strength == "poll" for row in polls for id in row.evidence)


def test_the_guide_tells_of_it() -> None:
    guide = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    assert "`domain/reactions.csv`" in guide
    assert f"{DAYS} days" in guide
    for word in ("accepts", "refuses", "conditional", "proposes"):
        assert f"| `{word}` |" in guide
