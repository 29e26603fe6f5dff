"""``sim import`` of a table of parties by issues: what becomes of cells, by their type, and what is said of them."""

from __future__ import annotations

import builtins
import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import schema
from sim.scenario.loading import Loaded, load, load_domain
from tests.exchange import sim
from tests.tables import LONG, WIDE, csv_text, put, with_cell, workbook

DAY = ("--date", "2026-01-01")


def imported(folder: Path, content: str | bytes, *args: object, name: str | None = None) -> schema.Domain:
    path = put(folder, name or ("t.xlsx" if isinstance(content, bytes) else "t.csv"), content)
    done = sim("import", path, "--out", folder / "out", *DAY, *args)
    assert done.exit_code == 0, done.stderr
    return load_domain(folder / "out/domain")


def refused(folder: Path, content: str | bytes, *args: object, name: str | None = None) -> list[str]:
    """The lines of a refusal, without the name of the folder."""
    path = put(folder, name or ("t.xlsx" if isinstance(content, bytes) else "t.csv"), content)
    done = sim("import", path, "--out", folder / "out", *DAY, *args)
    assert done.exit_code == 3, done.stderr + done.stdout
    assert not (folder / "out").exists()
    return [line.replace(f"{folder}/", "") for line in done.stderr.splitlines()]


FORMS = {
    "wide csv": csv_text(WIDE),
    "wide csv with semicolons": csv_text(WIDE, ";").replace("1.5", "1,5"),
    "wide csv with tabs and a mark": "\ufeff" + csv_text(WIDE, "\t"),
    "wide csv in UTF-16": csv_text(WIDE, "\t").encode("utf-16"),
    "wide workbook": workbook(WIDE),
    "long csv": csv_text(LONG),
    "long workbook": workbook(LONG),
}


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
def test_every_form_makes_the_same_domain(tmp_path: Path, content: str | bytes) -> None:
    name = "t.csv" if isinstance(content, str) or not content.startswith(b"PK") else "t.xlsx"
    domain = imported(tmp_path, content, name=name)
    issues = domain.issues.issues
    assert list(issues) == ["status", "land"]
    assert issues["status"].label == "Статус"
    assert {o: option.label for o, option in issues["status"].options.items()} == {
        "neutral": "Neutral",
        "member_of_nato": "Member of NATO",
        "undecided": "Undecided",
    }
    [lottery] = domain.issues.no_deal.lotteries.values()
    assert lottery.outcomes == {"no_agreement": {"status": "undecided", "land": "war"}}
    parties = domain.positions
    assert {p: party.name for p, party in parties.items()} == {
        "rosiya": "Росія",
        "ukrayina": "Україна",
        "united_states": "United States",
    }

    def cell(party: str, issue: str) -> tuple[Any, ...]:
        [entry] = parties[party].positions[issue]
        assert (entry.start, entry.basis.ranking) == (dt.date(2026, 1, 1), "assumed")
        return entry.ranking, entry.importance, tuple(line.option for line in entry.red_lines)

    assert cell("rosiya", "status") == (
        (("neutral",), ("undecided",), ("member_of_nato",)),
        "critical",
        ("member_of_nato",),
    )
    # an option without a rank may stand anywhere, with a line or without
    assert cell("rosiya", "land") == ((("frozen",), ("returned",)), "major", ("war",))
    assert cell("ukrayina", "land") == ((("frozen", "returned"), ("war",)), "critical", ())
    assert cell("united_states", "status") == ((("member_of_nato",), ("neutral",)), "moderate", ())
    assert cell("united_states", "land") == ((), "unknown", ())
    terms = load(tmp_path / "out/text.yaml").scenario.proposal.terms
    assert {i: t.option for i, t in terms.items()} == {"status": "neutral", "land": "frozen"}


def test_an_imported_table_runs_and_says_what_is_unknown(tmp_path: Path) -> None:
    path = put(tmp_path, "peace.csv", csv_text(WIDE))
    out = tmp_path / "out"
    done = sim("import", path, "--out", out, *DAY)
    assert "empty, so read as unknown:\n  Росія: Land: the rank of War (E8)\n" in done.stderr
    assert "  United States: Статус: the rank of Undecided (G4)\n" in done.stderr
    assert "  United States: Land: the order of Frozen (G6), Returned (G7) and War (G8); importance\n" in done.stderr
    assert "'Росія' is rosiya" in done.stderr
    assert f"next: sim run {out}/text.yaml" in done.stderr
    names = ["text", "best_for_rosiya", "best_for_ukrayina", "best_for_united_states"]
    assert sorted(p.stem for p in out.glob("*.yaml")) == sorted(names)
    files = [out / f"{name}.yaml" for name in names]
    assert sim("validate", *files).exit_code == 0
    scored = json.loads(sim("run", *files, "--no-save", "--format", "json").stdout)
    by_id = {r["scenario"]["id"]: {p["id"]: p for p in r["parties"]} for r in scored["results"]}
    # Ukraine ranks both terms of the text above what no deal brings: it gains in every draw
    assert by_id["text"]["ukrayina"]["acceptability"]["estimate"] == 1
    # the best for Ukraine has NATO, on which Russia has a line
    assert by_id["best_for_ukrayina"]["rosiya"]["acceptability"]["estimate"] == 0


def test_an_empty_rank_is_unknown_and_not_the_worst(tmp_path: Path) -> None:
    """Of three options the third has no rank: as the text it is taken in some draws, which a worst one never is."""
    rows = [
        ["issue", "option", "no_deal", "text", "A"],
        ["I", "a", None, None, 1],
        ["I", "b", "x", None, 2],
        ["I", "c", None, "x", None],
    ]
    imported(tmp_path, csv_text(rows))
    scored = json.loads(sim("run", tmp_path / "out/text.yaml", "--no-save", "--format", "json").stdout)
    # c is anywhere in the order a > b: above b in two of three places
    assert scored["parties"][0]["acceptability"]["estimate"] == pytest.approx(2 / 3, abs=0.03)
    imported(tmp_path / "worst", csv_text(with_cell(rows, 3, 4, 3)))
    scored = json.loads(sim("run", tmp_path / "worst/out/text.yaml", "--no-save", "--format", "json").stdout)
    assert scored["parties"][0]["acceptability"]["estimate"] == 0


def test_one_rank_alone_says_nothing_of_the_order(tmp_path: Path) -> None:
    rows = with_cell(with_cell(WIDE, 6, 4, None), 7, 4, None)
    domain = imported(tmp_path, csv_text(rows))
    assert domain.positions["rosiya"].positions["land"][0].ranking == ()
    done = sim("import", tmp_path / "t.csv", "--out", tmp_path / "again")
    said = "  Росія: Land: the order, since Frozen alone has a rank; empty: Returned (E7) and War (E8)\n"
    assert said in done.stderr


def test_questions_sentences_outcomes_and_several_texts(tmp_path: Path) -> None:
    rows = [
        ["issue", "question", "option", "meaning", "no_deal: war", "no_deal: truce", "text: Перший", "text: Last", "A"],
        ["Status", "What becomes of it?", "in", "It joins.", None, None, "x", None, 1],
        [None, None, "out", None, "x", "x", None, "x", 2],
        ["Land", None, "kept", None, "x", None, None, "x", 1],
        [None, None, "lost", None, None, "x", None, None, 2],
    ]
    domain = imported(tmp_path, csv_text(rows))
    status = domain.issues.issues["status"]
    assert (status.question, status.label) == ("What becomes of it?", "Status")
    assert (status.options["in"].text, status.options["in"].label) == ("It joins.", "in")
    [lottery] = domain.issues.no_deal.lotteries.values()
    assert lottery.outcomes == {"war": {"status": "out", "land": "kept"}, "truce": {"status": "out", "land": "lost"}}
    first = load(tmp_path / "out/pershiy.yaml").scenario
    assert first.title == "Перший"
    assert first.proposal.terms["land"].open
    assert load(tmp_path / "out/last.yaml").scenario.proposal.terms["land"].option == "kept"


@pytest.mark.parametrize("word", ["open", "rest", "unknown", "Unknown", "yes", "null"])
def test_words_of_the_format_may_be_names(tmp_path: Path, word: str) -> None:
    rows = with_cell(with_cell(WIDE, 1, 1, word), 0, 4, word)
    domain = imported(tmp_path, csv_text(rows))
    option = next(iter(domain.issues.issues["status"].options.values()))
    assert (option.label or option.text) == word
    assert word in {party.name for party in domain.positions.values()}


def test_a_text_on_the_command_line(tmp_path: Path) -> None:
    imported(tmp_path, csv_text(WIDE), "--text", "Статус=Member of NATO")
    terms = load(tmp_path / "out/text.yaml").scenario.proposal.terms
    assert (terms["status"].option, terms["land"].open) == ("member_of_nato", True)
    [first, *_] = refused(tmp_path / "b", csv_text(WIDE), "--text", "Статус=membr")
    assert first == "--text[1]:1:8: error: --text: status has no option membr"


# --- what spreadsheets do ---------------------------------------------------------------------


def test_a_title_merged_names_empty_ends_and_other_sheets(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.insert_rows(1, 2)
        sheet["A1"] = "Переговори 2026"
        sheet.merge_cells("A1:G1")
        for first, last in ((4, 7), (8, 11)):
            for row in range(first + 1, last + 1):
                sheet.cell(row, 1).value = None
            sheet.merge_cells(start_row=first, end_row=last, start_column=1, end_column=1)
        sheet["A40"].number_format = "0.00"  # formatted and empty
        notes = book.create_sheet("Notes", 0)
        notes["A1"] = "Seen by two of us"
        book.create_sheet("Empty")

    domain = imported(tmp_path, workbook(WIDE, change))
    assert domain.issues.title == "Переговори 2026"
    assert {i: len(x.options) for i, x in domain.issues.issues.items()} == {"status": 3, "land": 3}
    done = sim("import", tmp_path / "t.xlsx", "--out", tmp_path / "again")
    assert "left empty" not in done.stderr  # a merge says so itself


def test_issues_left_empty_are_the_ones_above(tmp_path: Path) -> None:
    rows = [list(row) for row in WIDE]
    for r in (2, 3, 4):
        rows[r][0] = None
    path = put(tmp_path, "t.csv", csv_text(rows))
    done = sim("import", path, "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert "warning" not in done.stderr
    first, second = load(tmp_path / "out/text.yaml").scenario, load_as_written(tmp_path).scenario
    assert first.proposal.terms == second.proposal.terms
    assert first.domain.issues == second.domain.issues
    assert first.domain.positions == second.domain.positions


def load_as_written(tmp_path: Path) -> Loaded:
    assert sim("import", put(tmp_path / "b", "t.csv", csv_text(WIDE)), "--out", tmp_path / "b/out").exit_code == 0
    return load(tmp_path / "b/out/text.yaml")


def test_a_party_left_empty_is_told(tmp_path: Path) -> None:
    done = sim("import", put(tmp_path, "t.csv", csv_text(with_cell(LONG, 2, 0, None))), "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert "warning: table: party left empty in A3: read as the one above" in done.stderr


def test_a_rank_between_whole_numbers_is_told(tmp_path: Path) -> None:
    rows = [["issue", "option", "no_deal", "A"], ["I", "a", "x", 1], ["I", "b", None, 2.5], ["I", "c", None, 1.5]]
    path = put(tmp_path, "t.csv", csv_text(rows))
    done = sim("import", path, "--out", tmp_path / "out")
    assert done.exit_code == 0
    what = "ranks between whole numbers in D3 (2.5), D4 (1.5): only their order counts"
    assert f"{path}:3:6: warning: table: {what}" in done.stderr
    domain = load(tmp_path / "out/best_for_a.yaml").scenario.domain
    assert domain.positions["a"].positions["i"][0].ranking == (("a",), ("c",), ("b",))


def test_the_name_of_a_text_goes_through_a_table_and_back(tmp_path: Path) -> None:
    rows = [list(row) for row in WIDE]
    rows[0][rows[0].index("text")] = "text: Compact"
    assert sim("import", put(tmp_path, "t.csv", csv_text(rows)), "--out", tmp_path / "a").exit_code == 0
    assert sim("export", tmp_path / "a/compact.yaml", "--to", "csv", "--out", tmp_path / "b.csv").exit_code == 0
    assert sim("import", tmp_path / "b.csv", "--out", tmp_path / "b").exit_code == 0
    first, second = (load(tmp_path / x / "compact.yaml").scenario for x in "ab")
    assert first.title == second.title == "Compact"
    assert first.proposal.terms == second.proposal.terms


def test_numbers_as_names_are_read_as_they_are_shown(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for at, value, form in (("B2", 0.5, "0%"), ("B3", 10_000, "#,##0"), ("B4", 2.5, "General")):
            sheet[at].value, sheet[at].number_format = value, form

    domain = imported(tmp_path, workbook(WIDE, change))
    assert [o.label or o.text for o in domain.issues.issues["status"].options.values()] == ["50%", "10000", "2.5"]


def test_two_sheets_with_tables_need_a_name(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        book.copy_worksheet(sheet).title = "Second"

    lines = refused(tmp_path, workbook(WIDE, change))
    assert lines[0] == "t.xlsx:Second!A1: error: sheet: Matrix and Second all hold a table"
    assert lines[1].strip() == "say with --sheet NAME which one"
    assert len(imported(tmp_path, workbook(WIDE, change), "--sheet", "Second").positions) == 3
    [first, hint, *_] = refused(tmp_path / "b", workbook(WIDE, change), "--sheet", "Secnd")
    assert first == "--sheet:1:1: error: --sheet: there is no sheet Secnd"
    assert hint.strip() == "did you mean Second?"
    [first, *_] = refused(tmp_path / "c", csv_text(WIDE), "--sheet", "Second")
    assert first == "--sheet:1:1: error: --sheet: a CSV file has no sheets"


def test_numbers_stored_as_text_are_read_and_told(tmp_path: Path) -> None:
    path = put(tmp_path, "t.xlsx", workbook(with_cell(WIDE, 1, 4, "1")))
    done = sim("import", path, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    said = f"{path}:Matrix!E2: warning: table: numbers stored as text in E2: read as numbers"
    assert said in done.stderr
    assert "stored as text" not in sim("import", put(tmp_path, "t.csv", csv_text(WIDE)), "--out", tmp_path / "b").stderr


def typed(value: Any, number_format: str | None = None, kind: str | None = None) -> Callable[[Any, Any], None]:
    def change(book: Any, sheet: Any) -> None:
        cell = sheet["E2"]
        cell.value = value
        if number_format is not None:
            cell.number_format = number_format
        if kind is not None:
            cell.data_type = kind

    return change


ODD_CELLS: dict[str, tuple[Callable[[Any, Any], None], str]] = {
    "a day": (typed(dt.date(2026, 5, 1)), "expected a rank, found the day 2026-05-01"),
    "a moment": (typed(dt.datetime(2026, 5, 1, 12, 30)), "expected a rank, found the day 2026-05-01 12:30:00"),
    "a time": (typed(dt.time(1, 5)), "expected a rank, found the time 01:05:00"),
    "the number of a day": (
        typed(46143),
        "expected a rank, found 46143, which is the number of a day, 2026-05-01 (in old files of a Mac 2030-05-02)",
    ),
    "an error": (typed("#REF!", kind="e"), "the error #REF!"),
    "a formula without a value": (typed("=1+0"), "a formula without a value"),
    "a truth": (typed(True), "expected a rank, found TRUE"),
    "a word": (typed("first"), "expected a rank, found the text 'first'"),
    "a zero": (typed(0), "the rank 0 among 3 options"),
    "a score": (typed(80), "the rank 80 among 3 options"),
    "lost letters": (typed("???"), "??? has no letters: they were lost when it was saved"),
}


@pytest.mark.parametrize(("change", "said"), ODD_CELLS.values(), ids=ODD_CELLS)
def test_cells_are_read_by_their_type(tmp_path: Path, change: Callable[[Any, Any], None], said: str) -> None:
    lines = refused(tmp_path, workbook(WIDE, change))
    assert lines[0] == f"t.xlsx:Matrix!E2: error: Росія: Статус: Neutral: {said}"
    assert lines[-1] == "1 error"


DAYS = ["01.05", "1/5", "01.05.2026", "2026-05-01", "1-May", "1 тра", "01.тра", "1.5.26"]


@pytest.mark.parametrize("day", DAYS)
def test_a_day_in_a_csv_is_no_rank(tmp_path: Path, day: str) -> None:
    lines = refused(tmp_path, csv_text(with_cell(WIDE, 1, 4, day)))
    assert lines[0] == f"t.csv:2:19: error: Росія: Статус: Neutral: expected a rank, found the day {day!r}"
    assert lines[3].strip().startswith("format the cell as a number and type it anew: 1.5")


def test_a_cached_formula_is_its_value(tmp_path: Path) -> None:
    """As a spreadsheet saves it: openpyxl writes no values of formulas, so one is put into the part."""
    raw = workbook(WIDE, typed("=2-1"))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                assert content.count(b"<v></v>") + content.count(b"<v />") + content.count(b"<v/>") == 1
                for empty in (b"<v></v>", b"<v />", b"<v/>"):
                    content = content.replace(empty, b"<v>1</v>")
            new.writestr(part, content)
    domain = imported(tmp_path, out.getvalue())
    assert domain.positions["rosiya"].positions["status"][0].ranking[0] == ("neutral",)


TABLE_FAULTS: dict[str, tuple[str | bytes, str]] = {
    "no header": ("a,b\n1,2\n", "t.csv:1:1: error: header: no row has the columns issue and option"),
    "nothing": ("", "t.csv:1:1: error: file: the file is empty"),
    "header alone": (csv_text(WIDE[:1]), "t.csv:1:1: error: table: nothing stands below the header"),
    "no party": (
        csv_text([row[:4] for row in WIDE]),
        "t.csv:1:1: error: header: no column of a party",
    ),
    "no rank": (
        csv_text([row[:3] for row in LONG]),
        "t.csv:1:1: error: header: the column rank is missing",
    ),
    "unknown column": (
        csv_text(with_cell(LONG, 0, 4, "importence")),
        "t.csv:1:25: error: header: unknown column importence",
    ),
    "a party twice": (
        csv_text(with_cell(WIDE, 0, 5, "Росія")),
        "t.csv:1:33: error: header: the party Росія stands here twice",
    ),
    "a party in other capitals": (
        csv_text(with_cell(WIDE, 0, 5, "росія")),
        "t.csv:1:33: error: party: росія differs from Росія in capitals alone",
    ),
    "a long column in a wide table": (
        csv_text(with_cell(WIDE, 0, 5, "red line")),
        "t.csv:1:33: error: header: no party can be called red line",
    ),
    "an option twice": (
        csv_text(with_cell(WIDE, 2, 1, "Neutral")),
        "t.csv:3:8: error: issue Статус: the option Neutral stands here twice",
    ),
    "an option in other capitals": (
        csv_text(with_cell(WIDE, 2, 1, "NEUTRAL")),
        "t.csv:3:8: error: issue Статус: NEUTRAL differs from Neutral in capitals alone",
    ),
    "a row twice": (
        csv_text(with_cell(LONG, 3, 2, "Neutral")),
        "t.csv:4:1: error: Росія: Статус: Neutral: a second row of this option",
    ),
    "one option": (
        csv_text([WIDE[0], WIDE[3], *WIDE[5:]]),
        "t.csv:2:1: error: issue Статус: one option: nothing to decide",
    ),
    "no option": (csv_text(with_cell(WIDE, 2, 1, None)), "t.csv:3:8: error: issue Статус: no option is named here"),
    "no issue": (csv_text(with_cell(WIDE, 1, 0, None)), "t.csv:2:1: error: table: no issue is named here, nor above"),
    "an odd class": (
        csv_text(with_cell(WIDE, 4, 4, "hihg")),
        "t.csv:5:21: error: Росія: Статус: importance: "
        "hihg is not one of critical, major, moderate, minor, none, unknown",
    ),
    "two classes": (
        csv_text(with_cell(LONG, 2, 4, "major")),
        "t.csv:3:31: error: Росія: Статус: importance: major here, critical above",
    ),
    "an odd cross": (
        csv_text(with_cell(WIDE, 1, 3, "maybe")),
        "t.csv:2:17: error: text: Статус: expected a cross, found 'maybe'",
    ),
    "two options of a text": (
        csv_text(with_cell(WIDE, 2, 3, "x")),
        "t.csv:3:24: error: text: Статус: Member of NATO is marked, and Neutral above",
    ),
    "no deal unsaid": (
        csv_text(with_cell(with_cell(WIDE, 3, 2, None), 7, 2, None)),
        "t.csv:1:1: error: table: nothing says what no deal brings",
    ),
    "a line without weight": (
        csv_text(with_cell(WIDE, 4, 4, "none")),
        "t.csv:3:25: error: Росія: Статус: a red line on an issue of importance none",
    ),
    "a cell below no heading": (
        csv_text(with_cell([[*row, None] for row in WIDE], 3, 7, "why?")),
        "t.csv:4:26: error: table: a cell below no heading",
    ),
    "merged ranks": (
        workbook(WIDE, lambda book, sheet: sheet.merge_cells("E2:F2")),
        "t.xlsx:Matrix!E2: error: table: merged cells E2:F2",
    ),
    "an empty workbook": (workbook([]), "t.xlsx:1:1: error: file: no sheet holds anything"),
    "a broken workbook": (
        b"PK\3\4 and no more",
        "t.xlsx:1:1: error: file: no workbook (.xlsx), or a broken one (BadZipFile)",
    ),
    "an old workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "t.xlsx:1:1: error: file: an old workbook (.xls), or one with a password",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), TABLE_FAULTS.values(), ids=TABLE_FAULTS)
def test_faults_of_a_table_are_one_located_line(tmp_path: Path, content: str | bytes, said: str) -> None:
    lines = refused(tmp_path, content)
    assert lines[0] == said
    assert lines[-1] == "1 error"


def test_all_faults_come_together(tmp_path: Path) -> None:
    rows = with_cell(with_cell(WIDE, 1, 4, dt.date(2026, 5, 1)), 2, 5, "best")
    lines = refused(tmp_path, workbook(with_cell(rows, 4, 6, "hgih")))
    assert lines[-1] == "3 errors"


def test_usage(tmp_path: Path) -> None:
    path = put(tmp_path, "t.csv", csv_text(WIDE))
    out = tmp_path / "out"
    assert sim("import", path, path, "--out", out).exit_code == 2
    assert sim("import", path, "--out", out, "--steps", "3").exit_code == 2
    assert sim("import", put(tmp_path, "a.xml", "<a/>"), "--out", out, "--sheet", "a").exit_code == 2
    missing = sim("import", tmp_path / "none.csv", "--out", out)
    assert missing.exit_code == 1
    assert "no such file" in missing.stderr
    assert not out.exists()


def test_without_openpyxl_one_line_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("openpyxl"):
            raise ImportError(name)
        return real(name, *rest, **more)

    path = put(tmp_path, "t.xlsx", workbook(WIDE))
    monkeypatch.setattr(builtins, "__import__", missing)
    done = sim("import", path, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert done.stderr.startswith(
        "sim: spreadsheets (.xlsx) need openpyxl, which is not installed: pip install openpyxl"
    )
    assert len(done.stderr.splitlines()) == 1
    assert sim("import", put(tmp_path, "t.csv", csv_text(WIDE)), "--out", tmp_path / "b").exit_code == 0


def test_the_example_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(__file__).parents[2] / "scenarios/README.md").read_text(encoding="utf-8")
    example = text.partition("## Tables from a spreadsheet")[2].partition("```csv\n")[2].partition("```")[0]
    put(tmp_path, "fish.csv", example)
    monkeypatch.chdir(tmp_path)
    done = sim("import", "fish.csv", "--out", "fish", *DAY)
    assert done.exit_code == 0, done.stderr
    assert "  EU: Quota share: the rank of Historic catch (G3)\n" in done.stderr
    assert "  EU: Access to waters: importance\n" in done.stderr
    assert "  'Норвегія' is norvegiya\n" in done.stderr
    assert sim("validate", *Path("fish").glob("*.yaml")).exit_code == 0
    result = json.loads(sim("run", "fish/text.yaml", "--no-save", "--format", "json").stdout)
    shares = {p["name"]: p["acceptability"]["estimate"] for p in result["parties"]}
    # Iceland ranks what no deal brings above the text's scale: it gains by access alone, of minor importance
    assert shares["Iceland"] < shares["Норвегія"]
    assert sim("export", "fish/text.yaml", "--to", "xlsx", "--out", "fish.xlsx").exit_code == 0
    assert sim("import", "fish.xlsx", "--out", "again", *DAY).exit_code == 0
