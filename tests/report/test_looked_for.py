"""``searched``: pages tell what is unknown though it was looked for from what nobody looked for."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.files.complaints import Complaints
from sim.report import looked_for, verdict
from sim.report.explain import issue_lines
from sim.results.records import IssueRecord
from sim.results.result import Result
from sim.scenario.loading import load_domain
from tests import small
from tests.exchange import CAR, write
from tests.sentences import sentence

DAY = dt.date(2022, 4, 2)


def red(**searched: str) -> dict[str, str]:
    """Red's file with the day of a search in the first entry of some issues."""
    text = small.RED
    for issue, day in searched.items():
        head, _, rest = text.partition(f"  {issue}:\n    - from: ")
        start, _, rest = rest.partition("\n")
        text = f"{head}  {issue}:\n    - from: {start}\n      searched: {day}\n{rest}"
    return {"domain/positions/red.yaml": text}


def loaded(folder: Path, **searched: str) -> sim.Loaded:
    return sim.load(small.write(folder, red(**searched)), draws=200)


def called(*args: object) -> Any:
    done = CliRunner().invoke(app, [*map(str, args)])
    assert done.exit_code == 0, done.stderr
    return done


def cell(result: Result, party: str, issue: str) -> IssueRecord:
    return next(x for x in result.party(party).issues if x.issue == issue)


# --- what is a fault -------------------------------------------------------------------------


def test_a_search_before_what_it_found_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Complaints) as found:
        loaded(tmp_path, status="2022-03-09")
    [complaint] = found.value.complaints
    assert complaint.severity == "error"
    assert complaint.where == "red: status: 2022-03-10: searched"
    assert complaint.what == "last looked for on 2022-03-09, but E1 and E2 are from after that day"
    assert complaint.hint == "write the day of the latest search, 2022-03-10 or later"
    assert complaint.place.text.strip() == "searched: 2022-03-09"


def test_evidence_of_a_line_counts_too(tmp_path: Path) -> None:
    text = small.BLUE.replace("    - from: 2022-03-15\n", "    - from: 2022-03-15\n      searched: 2022-03-12\n")
    text = text.replace("evidence: [E3, E5]", "evidence: [E3, E5], note: Read from a survey")
    with pytest.raises(Complaints, match="but E5 is from after that day"):
        sim.load(small.write(tmp_path, {"domain/positions/blue.yaml": text}))


def test_a_search_before_the_entry_begins_is_warned_of(tmp_path: Path) -> None:
    [warning] = loaded(tmp_path, land="2022-03-09").warnings
    assert warning.severity == "warning"
    assert warning.where == "red: land: 2022-03-10: searched"
    assert warning.what == "last looked for on 2022-03-09, before the entry begins on 2022-03-10"
    assert warning.hint == "what was said between the two was not looked for"


@pytest.mark.parametrize("day", ["2022-03-10", "2022-04-02", "2999-12-31"])
def test_any_day_since_is_in_order_whatever_the_day_of_reading(tmp_path: Path, day: str) -> None:
    assert not loaded(tmp_path, status=day, land=day).warnings


@pytest.mark.parametrize("day", ["soon", "2022-02-30", "20220402", "[2022-04-02]"])
def test_it_is_a_day(tmp_path: Path, day: str) -> None:
    with pytest.raises(Complaints, match="searched"):
        loaded(tmp_path, status=day)


# --- edits and saved runs --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "kept"),
    [
        ("red.status=unknown", False),
        ("red.status.ranking=[member, neutral]", False),
        ("red.status.values={neutral: 1, undecided: 0.5, member: 0}", False),
        ("red.status.importance=minor", True),
        ("red.status.weight=0.2", True),
        ("red.status.red_lines=none", True),
        ("red.status.red_lines.member.holds=0.5", True),
        ("red.red_lines=none", True),
        ("red.fighting.ranking=[stops, continues]", True),
    ],
)
def test_what_an_edit_puts_in_place_of_the_order_was_not_looked_for(tmp_path: Path, edit: str, kept: bool) -> None:
    item = sim.edited(loaded(tmp_path, status="2022-04-02"), [edit])
    entry = item.scenario.domain.positions["red"].positions["status"][0]
    assert entry.searched == (DAY if kept else None)


def test_saved_runs_keep_it_and_load(tmp_path: Path) -> None:
    item = loaded(tmp_path, status="2022-04-02")
    [result] = sim.score([item])
    folder = sim.save(item, result, tmp_path / "results")
    again = sim.load(folder / "scenario.yaml")
    assert again.sha256 == item.sha256
    assert again.scenario.domain.positions["red"].positions["status"][0].searched == DAY
    assert sim.read(folder / "result.json").to_json() == result.to_json()
    held = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    days = {x["issue"]: x["searched"] for p in held["parties"] if p["id"] == "red" for x in p["issues"]}
    assert days == {"fighting": None, "status": "2022-04-02", "guarantee": None, "land": None}


def test_runs_saved_before_load(tmp_path: Path) -> None:
    [result] = sim.score([loaded(tmp_path)])
    held = json.loads(result.to_json())
    for party in held["parties"]:
        for issue in party["issues"]:
            del issue["searched"]
    old = tmp_path / "result.json"
    old.write_text(json.dumps(held), encoding="utf-8")
    assert sim.read(old).to_json() == result.to_json()


# --- in words --------------------------------------------------------------------------------


def test_the_words() -> None:
    assert looked_for.looked_for(None) == looked_for.looked_for(None, True) == "not looked for"
    assert looked_for.looked_for(DAY) == "looked for on 2022-04-02, nothing found"
    assert looked_for.looked_for(DAY, True) == "looked for on 2022-04-02, no order found"
    assert looked_for.looked_for(DAY, True, True) == "looked for on 2022-04-02, this place not found"
    assert looked_for.looked_for(DAY, False, True) == "looked for on 2022-04-02, nothing found"
    assert (looked_for.in_short(None), looked_for.in_short(DAY)) == ("not looked for", "looked for")


def test_explain_says_it_of_what_is_unknown_or_assumed(tmp_path: Path) -> None:
    [result] = sim.score([loaded(tmp_path, fighting="2022-04-02", status="2022-04-02")])

    def ranking(party: str, issue: str) -> str:
        return issue_lines(cell(result, party, issue), result)[1]

    assert ranking("red", "fighting") == ("ranking: unknown (looked for on 2022-04-02, nothing found; from 2022-01-01)")
    assert ranking("red", "guarantee") == "ranking: unknown (not looked for; no position in force)"
    assert ranking("blue", "status") == "ranking: member > rest (assumed; not looked for; from 2022-03-10)"
    assert ranking("red", "land") == "ranking: given as values (assumed; not looked for; from 2022-03-10)"
    assert "looked for" not in ranking("red", "status"), "a source says it"
    told = " ".join(called("explain", tmp_path / "deal.yaml", "--draws", 100, "--party", "red").stdout.split())
    assert "unknown (looked for on 2022-04-02, nothing found; from 2022-01-01)" in told
    shown = called("explain", tmp_path / "deal.yaml", "--draws", 100, "--party", "red", "--format", "md").stdout
    assert "looked for on 2022-04-02, nothing found" in shown


def test_rows_that_give_no_order_are_not_nothing(tmp_path: Path) -> None:
    files = red(fighting="2022-04-02")
    name = "domain/positions/red.yaml"
    files[name] = files[name].replace(
        "      basis: assumed\n", "      basis: assumed\n      evidence: [E1]\n      note: x\n", 1
    )
    [result] = sim.score([sim.load(small.write(tmp_path, files), draws=100)])
    said = issue_lines(cell(result, "red", "fighting"), result)[1]
    assert said == "ranking: unknown (E1; looked for on 2022-04-02, no order found; from 2022-01-01)"


def test_an_order_that_leaves_a_place_open_is_not_told_as_no_order(tmp_path: Path) -> None:
    files = red(status="2022-04-02")
    name = "domain/positions/red.yaml"
    files[name] = files[name].replace("      searched:", "      assumed: [neutral]\n      searched:", 1)
    [result] = sim.score([sim.load(small.write(tmp_path, files), draws=100)])
    said = issue_lines(cell(result, "red", "status"), result)[1]
    assert said.endswith("(assumed: E1, E2; looked for on 2022-04-02, this place not found; from 2022-03-10)")


def test_positions_are_shown_with_it(tmp_path: Path) -> None:
    loaded(tmp_path, fighting="2022-04-02", status="2022-04-03")
    told = " ".join(called("show", "positions", "red", "--domain", tmp_path / "domain").stdout.split())
    assert "looked for on 2022-04-02," in told
    assert "nothing found" in told
    assert "looked for on 2022-04-03" in told
    assert told.count("not looked for") == 1, "red's view of the land is assumed; the entry of 2025 is sourced"
    held = json.loads(called("show", "positions", "red", "--domain", tmp_path / "domain", "--format", "json").stdout)
    assert held["positions"]["fighting"][0]["searched"] == "2022-04-02"
    assert held["positions"]["land"][0]["searched"] is None


def test_an_objection_that_is_not_known_says_whether_it_was_looked_for(tmp_path: Path) -> None:
    """Red's order of fighting is unknown; with much weight on it, what it loses there is drawn at random."""
    for day in (None, "2022-04-02"):
        item = loaded(tmp_path, **({} if day is None else {"fighting": day}))
        edits = ["red.red_lines=none", "red.refuses=none", "red.status.importance=minor", "red.land=unknown"]
        edits += ["red.land.importance=none", "red.fighting.importance=critical", "red.status.ranking=unknown"]
        edits += ["red.status.importance=none"]
        [result] = sim.score([sim.edited(item, edits)])
        party = result.party("red")
        assert party.main_objection is not None
        assert (party.main_objection.kind, party.main_objection.issue) == ("issue", "fighting")
        short, long = ("looked for", f"looked for on {day}, nothing found") if day else ("not looked for",) * 2
        assert verdict.objection(result, party) == f"none known ({short})"
        assert f"no objection of it is known (fighting: {long})" in result.verdict


def test_silence_says_how_much_of_it_was_looked_for(tmp_path: Path) -> None:
    [plain] = sim.score([loaded(tmp_path)])
    asked = plain.party("red")

    def note(*weights: tuple[float, dt.date | None]) -> str | None:
        issues = tuple(
            x.model_copy(update={"basis": "unknown", "weight": w, "searched": day})
            for x, (w, day) in zip(asked.issues, weights, strict=True)
        )
        by = asked.weight_by_basis.model_copy(update={"unknown": sum(w for w, _ in weights)})
        row = asked.model_copy(update={"issues": issues, "weight_by_basis": by})
        others = tuple(row if p.id == "red" else p for p in plain.parties)
        return sentence(plain.model_copy(update={"parties": others}), "silent_sources")

    said = "The sources are silent on {} of Red's weight ({}). Read such figures as ignorance, not as doubt."
    assert note((0.3, DAY), (0.3, None), (0.1, None), (0, None)) == said.format(
        "70%", "30% looked for, 40% not looked for"
    )
    assert note((0.3, DAY), (0.4, DAY), (0, None), (0, None)) == said.format("70%", "looked for")
    assert note((0.3, None), (0.4, None), (0, DAY), (0, None)) == said.format("70%", "not looked for")
    assert note((0.3, None), (0.1, DAY), (0, DAY), (0, None)) is None


def test_a_domain_without_sources_says_nothing_of_it(tmp_path: Path) -> None:
    files = write(tmp_path / "car_files", CAR)
    out = tmp_path / "car"
    called("import", *files, "--out", out, "--date", "2026-01-01")
    for told in (
        called("explain", out / "best_for_buyer.yaml").stdout,
        called("run", out / "best_for_buyer.yaml", "--no-save").stdout,
        called("show", "positions", "--domain", out / "domain").stdout,
    ):
        assert "looked for" not in told


# --- where a source was seen -----------------------------------------------------------------


def test_where_a_source_was_seen_is_shown(tmp_path: Path) -> None:
    where = "https://example.org/a-first-report/with/a-long-address-that-no-column-of-a-table-holds/2022/03/20.html"
    sources = small.SOURCES.replace("file: a1.txt}", f"file: a1.txt, url: '{where}'}}")
    small.write(tmp_path, {"domain/sources.yaml": sources})
    domain = tmp_path / "domain"
    assert load_domain(domain).sources.sources["A1"].url == where
    assert where in "".join(called("show", "evidence", "E1", "--domain", domain).stdout.split())
    assert "seen at" in called("show", "evidence", "E1", "--domain", domain).stdout
    assert "seen at" not in called("show", "evidence", "E4", "--domain", domain).stdout
    told = called("show", "sources", "--domain", domain).stdout
    assert max(map(len, told.splitlines())) <= 100
    assert all(where[at : at + 30] in told for at in range(0, len(where), 30)), "in lines of the column, whole"
    held = json.loads(called("show", "sources", "--domain", domain, "--format", "json").stdout)
    assert (held["sources"]["A1"]["url"], held["sources"]["B1"]["url"]) == (where, None)
