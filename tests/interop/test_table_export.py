"""Tables that go out: positions as a table that reads back, and texts by parties."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.interop.table_writing import ranks_of
from sim.scenario import schema
from sim.scenario.loading import load, load_domain
from tests import small
from tests.exchange import sim
from tests.tables import WIDE, csv_text, put, with_cell

ROOT = Path(__file__).parents[2]
DAY = ("--date", "2026-01-01")


def cells(domain: schema.Domain) -> dict[str, Any]:
    """What a table carries of a domain."""
    [lottery] = domain.issues.no_deal.lotteries.values()
    return {
        "issues": {
            i: (issue.question, issue.label, {o: (x.text, x.label) for o, x in issue.options.items()})
            for i, issue in domain.issues.issues.items()
        },
        "outcomes": lottery.outcomes,
        "parties": {
            p: (
                party.name,
                {
                    i: (e.ranking, e.importance, {line.option for line in e.red_lines})
                    for i, [e] in party.positions.items()
                },
            )
            for p, party in domain.positions.items()
        },
    }


def texts_of(*files: Path) -> list[dict[str, str | None]]:
    return [{i: t.option for i, t in load(file).scenario.proposal.terms.items()} for file in files]


def round_trip(folder: Path, rows: list[list[Any]], kind: str) -> None:
    first, again = folder / "first", folder / "again"
    done = sim("import", put(folder, "t.csv", csv_text(rows)), "--out", first, *DAY)
    assert done.exit_code == 0, done.stderr
    out = folder / f"back.{kind}"
    done = sim("export", first / "text.yaml", "--to", kind, "--out", out)
    assert done.exit_code == 0, done.stderr
    done = sim("import", out, "--out", again, *DAY)
    assert done.exit_code == 0, done.stderr
    assert cells(load_domain(again / "domain")) == cells(load_domain(first / "domain"))
    # the file of a text that has a title is named after it
    [before] = texts_of(first / "text.yaml")
    assert before in texts_of(*again.glob("*.yaml"))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_goes_out_and_comes_back(tmp_path: Path, kind: str) -> None:
    round_trip(tmp_path, WIDE, kind)


NAMES = st.sampled_from(["=1+1", "-5", "@home", "+", "'quoted", "rest", "10", "現金", 'say "no"', "a;b", "a,b", "Yes"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NAMES, min_size=3, max_size=3, unique=True), st.lists(NAMES, min_size=3, max_size=3, unique=True))
def test_odd_names_come_back(tmp_path_factory: pytest.TempPathFactory, options: list[str], parties: list[str]) -> None:
    rows = [list(row) for row in WIDE]
    for r, name in zip((1, 2, 3), options, strict=True):
        rows[r][1] = name
    rows[0][4:] = parties
    # as a spreadsheet would save them: a quote before what would be a formula
    quoted = [[f"'{x}" if isinstance(x, str) and x[:1] in "=+-@" and x else x for x in row] for row in rows]
    for kind in ("csv", "xlsx"):
        round_trip(tmp_path_factory.mktemp("odd"), quoted, kind)


def test_what_begins_a_formula_is_text(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    rows = with_cell(with_cell(WIDE, 1, 1, "'=1+1"), 0, 4, "'@home")
    sim("import", put(tmp_path, "t.csv", csv_text(rows)), "--out", tmp_path / "out")
    for kind in ("csv", "xlsx"):
        done = sim("export", tmp_path / "out/text.yaml", "--to", kind, "--out", tmp_path / f"a.{kind}")
        assert done.exit_code == 0, done.stderr
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    assert ",'=1+1," in text
    assert ",'@home," in text
    sheet = load_workbook(tmp_path / "a.xlsx").active
    wide = sim("run", tmp_path / "out/text.yaml", "--no-save", "--format", "csv", "--wide").stdout
    assert ",'@home," in wide.splitlines()[0]
    found = {c.value: c.data_type for row in sheet.iter_rows() for c in row if str(c.value)[:1] in "=@"}
    assert found == {"=1+1": "s", "@home": "s"}


def entry(**keys: Any) -> schema.Position:
    base = {"from": "2026-01-01", "importance": "minor", "basis": "assumed"}
    return schema.Position.model_validate(base | keys)


def test_ranks_of_every_kind_of_order() -> None:
    options = ("a", "b", "c", "d")
    assert ranks_of(entry(ranking=("a", ("b", "c"), "d")), options) == {"a": 1, "b": 2, "c": 2, "d": 3}
    assert ranks_of(entry(ranking=("a", "rest", "d")), options) == {"a": 1, "d": 4}
    assert ranks_of(entry(ranking=("rest", "c", "d")), options) == {"c": 3, "d": 4}
    assert ranks_of(entry(ranking=("b", "rest")), options) == {"b": 1}
    assert ranks_of(entry(ranking="unknown"), options) == {}
    assert ranks_of(entry(values={"a": 0.2, "b": [0.3, 0.5], "c": 1, "d": 0.2}), options) == {
        "c": 1,
        "b": 2,
        "a": 3,
        "d": 3,
    }
    assert ranks_of(None, options) == {}


def test_a_sourced_domain_goes_out_with_what_a_table_cannot_hold(tmp_path: Path) -> None:
    path = small.write(tmp_path / "s")
    out = tmp_path / "t.csv"
    done = sim("export", path, "--to", "csv", "--out", out)
    assert done.exit_code == 0, done.stderr
    assert out.read_bytes().startswith(b"\xef\xbb\xbfissue,question,option,meaning,")
    for words in ("Refusals of combinations (", "Bases, sources, evidence, dates and notes: positions are those of"):
        assert f"not carried: {words}" in done.stderr
    again = sim("import", out, "--out", tmp_path / "again")
    assert again.exit_code == 0, again.stderr
    assert sim("validate", *(tmp_path / "again").glob("*.yaml")).exit_code == 0
    one = sim("export", path, "--to", "csv", "--out", tmp_path / "one.csv", "--parties", "red")
    assert "Parties left out (" in one.stderr
    assert (tmp_path / "one.csv").read_text(encoding="utf-8-sig").splitlines()[0].endswith(",text: A small deal,Red")


def test_usage_of_export(tmp_path: Path) -> None:
    path = small.write(tmp_path / "s")
    wrong = sim("export", path, "--to", "csv", "--out", tmp_path / "t.xlsx")
    assert wrong.exit_code == 2
    there = put(tmp_path, "t.csv", "mine")
    done = sim("export", path, "--to", "csv", "--out", there)
    assert (done.exit_code, there.read_text()) == (1, "mine")
    assert done.stderr == f"sim: {there}: already there; --out FILE takes another name\n"
    lost = sim("export", path, "--to", "csv", "--out", tmp_path / "none/t.csv")
    assert lost.stderr == f"sim: {tmp_path}/none/t.csv: there is no folder {tmp_path}/none\n"


def test_texts_by_parties_go_out_as_wide_csv(tmp_path: Path) -> None:
    sim("import", put(tmp_path, "t.csv", csv_text(WIDE)), "--out", tmp_path / "out", *DAY)
    files = [tmp_path / "out" / f"{name}.yaml" for name in ("text", "best_for_rosiya", "best_for_ukrayina")]
    scored = json.loads(sim("run", *files, "--no-save", "--format", "json").stdout)["results"]
    wide = list(csv.reader(io.StringIO(sim("run", *files, "--no-save", "--format", "csv", "--wide").stdout)))
    names = {p["id"]: p["name"] for p in scored[0]["parties"]}
    assert wide[0] == ["text", "title", "date", "joint", *names.values()]
    assert "Росія" in wide[0]
    for row, result in zip(wide[1:], scored, strict=True):
        assert row[:3] == [result["scenario"]["id"], result["scenario"]["title"], "2026-01-01"]
        assert float(row[3]) == pytest.approx(result["joint_acceptability"]["estimate"], abs=1e-12)
        shares = [p["acceptability"]["estimate"] for p in result["parties"]]
        assert [float(x) for x in row[4:]] == pytest.approx(shares, abs=1e-12)
    compared = sim("compare", *files, "--format", "csv", "--wide").stdout
    rows = {row[0]: row for row in csv.reader(io.StringIO(compared))}
    assert rows == {row[0]: row for row in wide}


def test_wide_goes_with_csv_alone() -> None:
    for command in (("run", "--no-save"), ("compare",)):
        done = sim(*command, ROOT / "scenarios/istanbul.yaml", ROOT / "scenarios/membership.yaml", "--wide")
        assert done.exit_code == 2
        assert "goes with --format csv" in done.stderr


def test_texts_of_other_parties_leave_cells_empty(tmp_path: Path) -> None:
    sim("import", put(tmp_path, "t.csv", csv_text(WIDE)), "--out", tmp_path / "a", *DAY)
    rows = [list(row) for row in WIDE]
    rows[0][4] = "Moldova"
    sim("import", put(tmp_path, "u.csv", csv_text(rows)), "--out", tmp_path / "b", *DAY)
    done = sim("run", tmp_path / "a/text.yaml", tmp_path / "b/text.yaml", "--no-save", "--format", "csv", "--wide")
    table = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["Moldova"] == "" for row in table] == [True, False]
    assert [row["Росія"] == "" for row in table] == [False, True]
