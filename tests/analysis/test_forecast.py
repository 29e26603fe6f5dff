"""``sim forecast``: answers against runs of their own, single terms worked out, claims younger than the day."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.forecast.page import HEADER
from sim.analysis.forecast.result import ForecastFinding
from sim.analysis.shared.readings import ForecastReading
from sim.cli import app
from sim.engine.preferences import preferences_of
from sim.engine.profiles import compile_case
from sim.files.complaints import Complaints
from sim.scenario.evidence import citations, younger
from sim.scenario.loading import load_domain
from tests import small
from tests.documented import documented, documented_findings, findings, keys
from tests.readme import shipped_place
from tests.small import changed

SCENARIOS = shipped_place() / "scenarios"
DAY = "2022-03-22"
DRAWS = 5000


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return small.write(tmp_path, {"texts.yaml": small.TEXTS}).parent


def asked(home: Path, **options: Any) -> sim.Forecast:
    return sim.forecast(home / "texts.yaml", domain=home / "domain", **({"as_of": DAY, "draws": DRAWS} | options))


def call(*args: object) -> Any:
    return CliRunner().invoke(app, [*map(str, args)])


def scenario(home: Path, terms: dict[str, str], **options: Any) -> sim.Loaded:
    """A scenario that says these terms and leaves all else open, by the ordinary way."""
    said = {issue: {"option": option, "basis": "proposed"} for issue, option in terms.items()}
    issues = load_domain(home / "domain").issues.issues
    content = {
        "id": "text",
        "title": "A text",
        "as_of": DAY,
        "proposal": {
            "date": "2022-05-02",
            "summary": "Some terms.",
            "terms": {issue: said.get(issue, {"open": True, "basis": "proposed"}) for issue in issues},
        },
        "domain": str(home / "domain"),
    }
    return sim.from_dict(content, **options)


# --- answers --------------------------------------------------------------------------------


def test_answers_are_those_of_runs(home: Path) -> None:
    """Of every text and single term and every party: share, layers, what the evidence allows."""
    [reading] = asked(home).readings
    texts = [{i: t.option for i, t in text.terms.items() if t.option is not None} for text in reading.texts]
    results = sim.score([scenario(home, terms, draws=DRAWS) for terms in texts])
    for text, result in zip(reading.texts, results, strict=True):
        for party in result.parties:
            own, answer = party.own or party, text.answer(party.id)
            for name in ("acceptability", "verdict", "on_evidence", "by_layer"):
                assert getattr(answer, name) == getattr(own, name), (text.id, party.id, name)


def test_every_option_of_every_issue_is_a_single_term(home: Path) -> None:
    [reading] = asked(home, draws=50).readings
    issues = load_domain(home / "domain").issues.issues
    assert [t.id for t in reading.texts if t.single] == [f"{i}.{o}" for i, its in issues.items() for o in its.options]
    assert [t.id for t in reading.texts if not t.single] == ["truce", "bargain"]


def test_a_single_term_is_no_worse_than_no_deal_on_its_issue(home: Path) -> None:
    """Red on the place of the country: in each draw its value against what no deal brings there, lines aside."""
    [reading] = asked(home, draws=3000).readings
    case = compile_case(scenario(home, {}, draws=3000).scenario)
    red = preferences_of(case, 0)[[p.id for p in case.profiles].index("red")]
    status = case.space.issue("status")
    undecided, neutral = (case.space.option("status", x) for x in ("undecided", "neutral"))
    values, (stalemate, defeat) = red.values[status][:, :3000], red.beliefs[:, :3000]
    expected = stalemate * values[undecided] + defeat * values[neutral]
    for option, number in (("undecided", undecided), ("neutral", neutral)):
        share = (values[number] >= expected - 1e-12).mean()
        assert reading.text(f"status.{option}").answer("red").acceptability.estimate == pytest.approx(share)
    member = reading.text("status.member").answer("red")
    assert (member.acceptability.estimate, member.layer) == (0.0, "stated")
    assert member.hangs_on is not None
    assert (member.hangs_on.kind, member.hangs_on.option, member.hangs_on.share) == ("red_line", "member", 1.0)
    assert member.hangs_on.start == dt.date(2022, 3, 10)


def test_refusals_of_combinations_say_nothing_of_a_single_term(home: Path) -> None:
    """``armed_neighbour`` names a guarantee and a place: each by itself crosses nothing of it."""
    [reading] = asked(home, draws=200).readings
    armed = reading.text("guarantee.armed").answer("red")
    assert armed.by_layer.stated == armed.by_layer.assumed
    assert armed.hangs_on is not None
    assert armed.hangs_on.kind == "cell"


def test_what_no_deal_leaves_for_sure_hangs_on_nothing(home: Path) -> None:
    [reading] = asked(home, draws=200).readings
    for answer in reading.text("fighting.continues").answers:
        assert (answer.acceptability.estimate, answer.layer, answer.hangs_on) == (1.0, None, None)


def test_most_of_an_answer_hangs_on_the_line_that_decides_it(home: Path) -> None:
    """Blue will give up nothing: the bargain cedes the land where leasing it cannot be said."""
    [reading] = asked(home, draws=200).readings
    blue = reading.text("bargain").answer("blue")
    assert blue.acceptability.estimate == 0
    assert blue.hangs_on is not None
    assert (blue.hangs_on.kind, blue.hangs_on.issue, blue.hangs_on.share) == ("red_line", "land", 1.0)
    assert blue.layer == blue.hangs_on.basis == "stated"


def test_the_day_decides_which_entry_is_in_force(home: Path) -> None:
    later = asked(home, as_of="2025-02-01", draws=200).readings[0].text("status.member").answer("red")
    assert later.hangs_on is not None
    assert later.hangs_on.start == dt.date(2025, 1, 1)
    assert later.acceptability.estimate == 0 or later.hangs_on.kind == "cell"


# --- texts ----------------------------------------------------------------------------------


def test_what_a_library_has_no_word_for_is_said_otherwise(home: Path) -> None:
    result = asked(home, draws=50)
    term = result.readings[0].text("bargain").terms["land"]
    assert (term.option, term.instead_of, term.basis) == ("ceded", "leased", "stated")
    [instead] = [x for x in result.findings if x.kind == "said_instead"]
    assert instead.model_dump(exclude={"kind"}) == {
        "library": home.name, "texts": ("Neutrality for arms",), "issue": "land", "instead_of": "leased",
        "option": "ceded",
    }  # fmt: skip
    opened = small.TEXTS.replace("else: ceded", "else: open").replace("land: {option: leased", "moon: {option: full")
    (home / "texts.yaml").write_text(opened)
    terms = asked(home, draws=50).readings[0].text("bargain").terms
    assert (terms["moon"].option, terms["moon"].instead_of) == (None, "full")


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        (", else: ceded", "", 19, "leased"),
        ("land: {option: leased", "lnad: {option: leased, basis: stated}\n      land: {option: leased", 19, "lnad"),
        ("guarantee: {option: armed, basis: assumed}", "guarantee: {option: armed}", 18, "basis"),
        ("basis: inferred}", "basis: inferred, evidence: [E1]}", 17, "evidence"),
        ("option: neutral", "option: member", 18, "members_are_defended"),
        ("date: 2022-05-02", "date: May 2022", 13, "date"),
        ("{option: neutral, basis", "{basis", 17, "give either option"),
        ("{option: neutral, basis", "{option: neutral, open: true, basis", 17, "give either option"),
        ("{option: neutral, basis", "{open: true, else: member, basis", 17, "else stands for an option"),
        ("  truce:\n", "  truce:\n    mood: mild\n", 4, "mood"),
    ],
)
def test_a_fault_has_its_place(home: Path, old: str, new: str, line: int, what: str) -> None:
    text = small.TEXTS
    if what == "members_are_defended":
        text = text.replace("option: armed, basis: assumed", "option: none, basis: assumed")
    assert text.count(old) == 1
    (home / "texts.yaml").write_text(text.replace(old, new))
    with pytest.raises(Complaints) as caught:
        asked(home, draws=50)
    complaints = [c for c in caught.value.complaints if what in str(c)]
    assert {c.place.file for c in complaints} == {str(home / "texts.yaml")}
    assert line in {c.place.line for c in complaints}
    done = call("forecast", home / "texts.yaml", "--domain", home / "domain", "--as-of", DAY)
    assert done.exit_code == 3
    assert what in done.stderr


def test_what_cannot_be_meant_is_refused(home: Path) -> None:
    with pytest.raises(sim.InvalidArgument, match="as_of is a day like 2022-03-29"):
        asked(home, as_of="soon")
    with pytest.raises(Complaints, match="--draws"):
        asked(home, draws=0)
    with pytest.raises(Complaints, match="--as-of:1:1: error: as_of: no position is in force on 1999-01-01"):
        asked(home, as_of="1999-01-01")
    with pytest.raises(sim.InvalidArgument, match="texts are a file, or a mapping"):
        sim.forecast(3, as_of=DAY)  # type: ignore[arg-type]
    with pytest.raises(sim.InvalidArgument, match="not an empty list"):
        sim.forecast(home / "texts.yaml", as_of=DAY, domain=[])
    with pytest.raises(OSError, match="no such"):
        sim.forecast(home / "none.yaml", as_of=DAY, domain=home / "domain")
    assert call("forecast", home / "texts.yaml").exit_code == 2


# --- what is younger ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("note", "true"),
    [
        ("23 March 2022: said again", True),
        ("22 March 2022: said again", False),
        ("in April 2022", True),
        ("in March 2022", False),  # counts from its first day
        ("on 29 December", True),  # of the claim's year
        ("November 2021, asked until 29 December", False),  # of the year named before
        ("a survey of 2023", True),
        ("a survey of 2022, n=2,023", False),
        ("seen on 2022-03-23", True),
        ("", False),
    ],
)
def test_a_note_that_names_a_later_time(tmp_path: Path, note: str, true: bool) -> None:
    row = 'E2,2022-03-10,red,,status,"Calls membership unacceptable, now as before",red_line,quote,A1,p1.s2-s3; p2.s1,'
    small.write(tmp_path, changed("domain/evidence.csv", row, f'{row}"{note}"'))
    claims = {claim.id: claim.reasons for claim in younger(load_domain(tmp_path / "domain"), dt.date(2022, 3, 22))}
    assert claims.pop("E2", ()) == (("note",) if true else ())
    assert claims == {"E4": ("date", "source"), "E5": ("source",)}


def without(home: Path, **options: Any) -> ForecastReading:
    whole, reading = asked(home, without_younger=True, draws=200, **options).readings
    assert (whole.without_younger, reading.without_younger) == (False, True)
    assert whole.claims == reading.claims
    assert whole.citations == reading.citations
    return reading


def test_a_cell_that_cites_a_younger_claim_goes_and_nothing_is_known(home: Path) -> None:
    reading = without(home)
    fates = {(x.part, x.party, x.issue, x.name): x.fate for x in reading.citations}
    assert fates == {
        ("cell", "blue", "land", None): "dropped",
        ("constraint", None, None, "neutrals_stay_out"): "loses_claim",
    }
    blue = reading.text("land.ceded").answer("blue")
    assert blue.acceptability.estimate > 0
    assert (blue.layer, blue.hangs_on and blue.hangs_on.start) == ("unknown", None)


def test_the_entry_before_it_is_in_force_again(home: Path) -> None:
    earlier = "    - {from: 2022-01-01, ranking: [frozen, rest], importance: minor, basis: assumed}\n"
    blue = small.BLUE.replace("  land:\n", f"  land:\n{earlier}")
    (home / "domain" / "positions" / "blue.yaml").write_text(blue)
    on = without(home).text("land.ceded").answer("blue").hangs_on
    assert on is not None
    assert (on.start, on.basis) == (dt.date(2022, 1, 1), "assumed")


@pytest.mark.parametrize(
    ("line", "fate", "basis"),
    [
        ("{from: 2022-03-10, basis: stated, evidence: [E2, E4]", "loses_claim", "stated"),
        ("{from: 2022-03-10, basis: inferred, evidence: [E1, E4]", "loses_claim", "inferred"),
        ("{from: 2022-03-25, basis: stated, evidence: [E2, E4]", "dropped", None),  # began with the claim
        ("{from: 2022-03-10, basis: inferred, evidence: [E4]", "dropped", None),  # rests on nothing else
    ],
)
def test_a_refusal_stays_on_what_it_had_before(home: Path, line: str, fate: str, basis: str | None) -> None:
    refusal = f'  - {line}, id: no_arms, if: {{guarantee: [armed]}}, why: "Arms are refused.", label: no arms}}\n'
    red = small.RED.replace("refuses:\n", f"refuses:\n{refusal}")
    (home / "domain" / "positions" / "red.yaml").write_text(red)
    reading = without(home, as_of="2022-03-24")
    [citation] = [x for x in reading.citations if x.part == "refusal"]
    assert (citation.name, citation.claims, citation.fate) == ("no_arms", ("E4",), fate)
    on = reading.text("guarantee.armed").answer("red").hangs_on
    assert (on.basis if on and on.kind == "refusal" else None) == basis


def test_a_stated_refusal_is_no_more_than_its_other_claims_make_it(home: Path) -> None:
    """Of E2, which calls it unacceptable, the note names a later time; E1 is a demand."""
    rows = small.EVIDENCE.replace("p1.s2-s3; p2.s1,", "p1.s2-s3; p2.s1,Said again in April 2022")
    (home / "domain" / "evidence.csv").write_text(rows)
    words = "{from: 2022-03-01, basis: stated, evidence: [E1, E2], id: no_arms, if: {guarantee: [armed]}, why: No.}"
    refusal = f"  - {words}\n"
    red = small.RED.replace("refuses:\n", f"refuses:\n{refusal}")
    (home / "domain" / "positions" / "red.yaml").write_text(red)
    whole, reading = asked(home, without_younger=True, draws=200).readings
    bases = [x.text("guarantee.armed").answer("red").layer for x in (whole, reading)]
    assert bases == ["stated", "inferred"]


def test_where_no_claim_is_younger_nothing_changes(home: Path) -> None:
    result = asked(home, as_of="2026-01-01", draws=200, without_younger=True)
    whole, reading = result.readings
    assert whole.claims == whole.citations == ()
    assert whole.texts == reading.texts
    assert whole.sha256 == reading.sha256
    [moved] = [x for x in result.findings if x.kind == "answers_moved"]
    assert (moved.claims, moved.moved, moved.most) == (0, 0, 0.0)


def test_findings_count_what_moved(home: Path) -> None:
    result = asked(home, draws=200, without_younger=True)
    whole, reading = result.readings
    [moved] = [x for x in result.findings if x.kind == "answers_moved"]
    both = [
        (a.acceptability.estimate, b.acceptability.estimate)
        for x, y in zip(whole.texts, reading.texts, strict=True)
        for a, b in zip(x.answers, y.answers, strict=True)
    ]
    assert (moved.claims, moved.dropped, moved.answers) == (2, 1, len(both))
    assert moved.most == max(abs(a - b) for a, b in both)
    assert moved.moved > 0


def test_the_command_lists_what_is_younger_and_what_cites_it(home: Path) -> None:
    domain = load_domain(home / "domain")
    (home / "deal.yaml").write_text(small.SCENARIO)
    done = call("sources", "after", DAY, "--domain", home / "domain", "--format", "json")
    plain = json.loads(done.stdout)
    claims = younger(domain, dt.date.fromisoformat(DAY))
    assert [x["id"] for x in plain["claims"]] == [x.id for x in claims] == ["E4", "E5"]
    assert plain["citations"] == json.loads(json.dumps([x.as_plain() for x in citations(domain, claims)]))
    assert plain["terms"] == {"E4": ["terms of deal: guarantee"]}
    page = " ".join(call("sources", "after", DAY, "--domain", home / "domain").stdout.split())
    assert page.startswith("2 claims younger than 2022-03-22; without them 1 entry of cells and refusals would go")
    assert "Blue: land from 2022-03-15 (goes)" in page
    assert "terms of deal: guarantee" in page
    nothing = call("sources", "after", "2026-01-01", "--domain", home / "domain").stdout
    assert nothing.startswith("no claim is younger than 2026-01-01")


def test_the_shipped_library_tells_its_younger_claims() -> None:
    """Those that issue and notes of the library name; in 1955 there are none of a later century."""
    claims = {x.id: x.reasons for x in younger(load_domain(SCENARIOS / "domain"), dt.date(2025, 12, 24))}
    assert {"F34", "F46", "F47", "F48", "F49", "F51"} <= claims.keys()
    assert claims["F43"] == claims["F33"] == ("note",)
    assert claims["F429"] == ("source",)
    assert younger(load_domain(SCENARIOS / "austria_1955" / "domain"), dt.date(2025, 12, 24)) == []


# --- several libraries, pages, documents ----------------------------------------------------


@cache
def shipped() -> sim.Forecast:
    offer = {"title": "The treaty", "date": "1955-05-15", "summary": "As signed.", "terms": {
        "withdrawal": {"option": "by_fixed_date", "basis": "stated"}}}  # fmt: skip
    texts = {"title": "One text", "texts": {"treaty": offer}}
    return sim.forecast(texts, domain=[SCENARIOS / "austria_1955" / "domain"] * 2, as_of="1955-05-01", draws=200)


def test_libraries_of_one_name_have_a_number() -> None:
    assert [x.library for x in shipped().readings] == ["austria_1955", "austria_1955 #2"]
    first, second = shipped().readings
    assert first.texts == second.texts
    assert first.sha256 == second.sha256


def test_csv_has_a_row_an_answer(home: Path) -> None:
    result = asked(home, draws=200, without_younger=True)
    words = ["forecast", home / "texts.yaml", "--domain", home / "domain", "--as-of", DAY, "--draws", "200"]
    done = call(*words, "--without-younger", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert tuple(rows[0]) == HEADER
    assert len(rows) == sum(len(text.answers) for reading in result.readings for text in reading.texts)
    row = next(x for x in rows if (x["text"], x["party"]) == ("status.member", "red"))
    assert (row["share"], row["layer"], row["hangs_on"], row["option"]) == ("0.0", "stated", "red_line", "member")


def test_a_domain_without_sources_says_so_once(tmp_path: Path) -> None:
    assert call("new", tmp_path / "talks", "--negotiation", "--parties", "A,B", "--issues", "pay").exit_code == 0
    issues = load_domain(tmp_path / "talks" / "domain").issues.issues
    terms = {"pay": {"option": next(iter(issues["pay"].options)), "basis": "proposed"}}
    offer = {"title": "An offer", "date": "2100-01-02", "summary": "More.", "terms": terms}
    result = sim.forecast(
        {"title": "Offers", "texts": {"offer": offer}}, domain=tmp_path / "talks", as_of="2100-01-01", draws=100
    )
    page = result.to_markdown()
    assert page.count("Nothing in this domain is sourced") == 1
    assert "Unknown:" not in page


def test_keys_and_findings_are_documented() -> None:
    assert documented("sim.forecast/1") == keys(sim.Forecast)
    assert documented_findings("sim.forecast/1") == findings(ForecastFinding)
