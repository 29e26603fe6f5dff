"""Files of observed answers: what a row is, and every fault with its place and what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from sim.analysis.backtest.observed import COLUMNS, MOST_ROWS, REQUIRED, ObservedAnswer, read_observed
from sim.cli import app
from sim.files.complaints import Complaints
from sim.scenario.loading import load_domain
from tests import small
from tests.readme import ROOT

HEADER = "id,date,party,text,issue,option,answer,firmness,share_accept,share_reject,subject,quality,own,left_out,note\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return small.write(tmp_path, {"texts.yaml": small.TEXTS}).parent


def read(home: Path, rows: str, header: str = HEADER, texts: bool = True) -> tuple[ObservedAnswer, ...]:
    file = home / "answers.csv"
    file.write_text(header + rows, encoding="utf-8")
    ids = yaml.safe_load(small.TEXTS)["texts"] if texts else None
    return read_observed(file, load_domain(home / "domain"), ids)


def faults(home: Path, rows: str, header: str = HEADER, texts: bool = True) -> list[str]:
    with pytest.raises(Complaints) as wrong:
        read(home, rows, header, texts)
    assert {Path(c.place.file).name for c in wrong.value.complaints} == {"answers.csv"}
    return [f"{c.place.line}:{c.place.column}: {c.where}: {c.what} / {c.hint}" for c in wrong.value.complaints]


def test_a_row(home: Path) -> None:
    [row, poll] = read(
        home,
        "A1, 2026-01-08 ,red,,land,ceded,refuses,red_line,,,soil,strong,yes,,Said twice\n"
        "A2,2026-01-09,blue,,land,frozen,poll,,30.5,61,,fair,,,\n",
    )
    assert (row.item, row.topic, row.outcome, row.own) == (("red", "land", "ceded"), "soil", 0, "yes")
    assert (poll.topic, poll.outcome) == ("land", pytest.approx(30.5 / 91.5))
    assert poll.undecided == pytest.approx(0.085)
    assert (row.undecided, row.new) == (None, False)


def test_a_row_of_a_text_and_rows_with_marks(home: Path) -> None:
    text, issue, option, alone = read(
        home,
        "A1,2026-01-08,red,truce,,,accepts,soft,,,,fair,,,\n"
        "A2,2026-01-08,red,,new:airspace,closed,accepts,soft,,,,fair,,,\n"
        "A3,2026-01-08,red,,land,new:leased,accepts,soft,,,,fair,,,\n"
        "A4,2026-01-08,turkey,,,,accepts,soft,,,,fair,,of nothing in particular,\n",
    )
    assert (text.item, text.topic) == (("red", "truce"), "truce")
    assert [x.new for x in (text, issue, option, alone)] == [False, True, True, False]
    assert alone.left_out == "of nothing in particular"


def test_columns_that_may_be_missing_and_sources(home: Path) -> None:
    header = "id;date;party;answer;quality;issue;option;firmness;sources\n"
    [row] = read(home, "A1;2026-01-08;red;accepts;fair;land;ceded;firm;https://a.org/x https://b.org/y\n", header)
    assert row.sources == ("https://a.org/x", "https://b.org/y")
    assert {*REQUIRED} < {*COLUMNS}
    missing = faults(home, "A1,2026-01-08\n", "id,date\n")
    assert missing == [f"1:1: header: the column {name} is missing / None" for name in ("answer", "party", "quality")]


ROW = "A1,2026-01-08,red,,land,ceded,accepts,firm,,,,fair,,,\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("", ["1:1: file: no answer stands below the header / one row an answer"]),
        (
            ROW.replace("accepts", "accept"),
            [
                "2:31: observed: A1: answer: the text 'accept' is not one of accepts, refuses, poll, conditional, "
                "divided, silent / did you mean accepts?"
            ],
        ),
        (
            ROW.replace("firm", "hard"),
            ["2:39: observed: A1: firmness: the text 'hard' is not one of red_line, firm, soft / None"],
        ),
        (
            ROW.replace("fair", "good"),
            ["2:47: observed: A1: quality: the text 'good' is not one of strong, fair, weak / None"],
        ),
        (
            ROW.replace("fair,,", "fair,no,"),
            ["2:52: observed: A1: own: the text 'no' is not one of yes / None"],
        ),
        (
            ROW.replace("2026-01-08", "2026-02-30"),
            ["2:4: observed: A1: date: 2026-02-30 is not a day of the calendar / None"],
        ),
        (
            ROW.replace("2026-01-08", "8.1.2026"),
            [
                "2:4: column date: 8.1.2026 is a date in local form; expected YYYY-MM-DD / format the column as "
                "YYYY-MM-DD before saving; day and month are not guessed"
            ],
        ),
        (
            ROW.replace("red,", "rod,"),
            ["2:15: observed: A1: party: there is no party or actor rod / did you mean red?"],
        ),
        (
            ROW.replace("land", "lend"),
            [
                "2:20: observed: A1: issue: there is no issue lend / did you mean land?; what the space has no place "
                "for is marked new:"
            ],
        ),
        (
            ROW.replace("ceded", "cedde"),
            [
                "2:25: observed: A1: option: there is no option of land cedde / did you mean ceded?; what the space "
                "has no place for is marked new:"
            ],
        ),
        (
            ROW.replace("land", "the land"),
            [
                "2:20: observed: A1: issue: 'the land' is not a name: use letters, digits and underscores, behind new: "
                "if it is new / None"
            ],
        ),
        (
            ROW.replace(",,land,ceded", ",truse,,"),
            ["2:19: observed: A1: text: there is no text truse / did you mean truce?"],
        ),
        (
            ROW.replace(",,land,ceded", ",truce,land,ceded"),
            [
                "2:19: observed: A1: text: the row is of a text and of a term / make two rows of it, or name the text "
                "in the note"
            ],
        ),
        (
            ROW.replace("land,ceded", ","),
            ["2:19: observed: A1: text: the row is of no text and of no term / name a text, or an issue and an option"],
        ),
        (
            ROW.replace("land,ceded", "land,"),
            [
                "2:20: observed: A1: issue: the issue land stands without an option / name the option, or say under "
                "left_out why there is none"
            ],
        ),
        (
            ROW.replace(",,land,ceded", ",truce,,ceded"),
            [
                "2:19: observed: A1: text: the row is of a text and of a term / make two rows of it, or name the text "
                "in the note",
                "2:26: observed: A1: option: the option ceded stands without an issue / name the issue",
            ],
        ),
        (ROW + ROW, ["3:1: observed: A1: id: A1 stands here twice / give each row an id of its own"]),
        (
            ROW.replace("A1", ""),
            ["2:1: observed: row: id: expected a name, found nothing / if it is meant as text, quote it"],
        ),
        (
            ROW.replace("firm", ""),
            ["2:39: observed: A1: firmness: how firm is 'accepts'? / write red_line, firm or soft"],
        ),
        (
            ROW.replace("accepts", "divided"),
            ["2:39: observed: A1: firmness: nothing is firm about 'divided' / leave firmness empty"],
        ),
        (
            ROW.replace("accepts,firm,,", "poll,,40,"),
            ["2:40: observed: A1: share_reject: a poll without share_reject / give both shares, in per cent"],
        ),
        (
            ROW.replace("accepts,firm,,", "poll,,,40"),
            ["2:37: observed: A1: share_accept: a poll without share_accept / give both shares, in per cent"],
        ),
        (
            ROW.replace("firm,,", "firm,40,"),
            ["2:44: observed: A1: share_accept: a share stands beside 'accepts' / a share is of a poll: write poll, or "
             "delete it"],
        ),
        (
            ROW.replace("accepts,firm,,", "poll,,70,40"),
            [
                "2:40: observed: A1: share_reject: the two shares add up to 110, and not to more than 0 and at most "
                "100 / both are per cents of all who were asked"
            ],
        ),
        (
            ROW.replace("accepts,firm,,", "poll,,0,0"),
            [
                "2:39: observed: A1: share_reject: the two shares add up to 0, and not to more than 0 and at most 100 "
                "/ both are per cents of all who were asked"
            ],
        ),
        (
            ROW.replace("accepts,firm,,", "poll,,a third,140"),
            [
                "2:37: observed: A1: share_accept: 'a third' is not a share between 0 and 100 / write per cents as a "
                "plain number: 36 or 72.8",
                "2:45: observed: A1: share_reject: '140' is not a share between 0 and 100 / write per cents as a plain "
                "number: 36 or 72.8",
            ],
        ),
        (
            ROW.replace("accepts,firm,,", "poll,,nan,30"),
            [
                "2:37: observed: A1: share_accept: 'nan' is not a share between 0 and 100 / write per cents as a plain "
                "number: 36 or 72.8"
            ],
        ),
        (
            "A1,2026-01-08,red,,land\n",
            ["2:20: table: the row has 5 cells, the header has 15 / None"],
        ),
    ],
)  # fmt: skip
def test_faults(rows: str, expected: list[str], home: Path) -> None:
    assert faults(home, rows) == expected


def test_faults_of_the_header(home: Path) -> None:
    assert faults(home, ROW, HEADER.replace("answer", "reply")) == ["1:33: header: unknown column reply / None"]
    assert faults(home, "", "")[0].startswith("1:1: file: the file is empty / its header is id,date,party,")


def test_texts_without_a_file_of_texts(home: Path) -> None:
    assert faults(home, ROW.replace(",,land,ceded", ",truce,,"), texts=False) == [
        "2:19: observed: A1: text: there is no file of texts, and the row is of truce / name the file: --texts FILE"
    ]


def test_too_many_rows(home: Path) -> None:
    many = "".join(ROW.replace("A1", f"A{k}") for k in range(MOST_ROWS + 1))
    assert faults(home, many) == ["1:1: file: 2,001 rows are more than are taken on at once (2,000) / split the file"]


def test_all_faults_at_once_on_the_command_line(home: Path) -> None:
    (home / "answers.csv").write_text(HEADER + ROW.replace("land", "lend") + ROW.replace("accepts", "agrees"))
    (home / "second.csv").write_text(HEADER + ROW.replace("red,", "rod,"))
    words = ["backtest", "answers.csv", "--as-of", "2022-03-22", "--domain", "domain", "--second", "second.csv"]
    done: Any = CliRunner().invoke(
        app, [str(home / x) if x.endswith((".csv", "domain")) and x != "--domain" else x for x in words]
    )
    assert done.exit_code == 3
    assert done.stderr.count(": error: ") == 3
    assert "answers.csv:2:20: error: observed: A1: issue: there is no issue lend" in done.stderr
    assert "second.csv:2:15: error: observed: A1: party: there is no party or actor rod" in done.stderr
    assert "3 errors" in done.stderr


def test_columns_are_documented() -> None:
    guide = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    section = guide.split("## Files of observed answers")[1].split("\n## ")[0]
    for column in COLUMNS:
        assert f"`{column}`" in section, column
