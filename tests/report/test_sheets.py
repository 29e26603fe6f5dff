"""Pages of tables, and writing figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from sim.report import figure as style
from sim.report.page import Column, Page, Sheet, csv_text, markdown, screen

PAGE = Page(
    heading="A heading",
    lead="It holds. It does not.",
    sheets=(
        Sheet(
            columns=(Column("name"), Column("share", right=True), Column("detail", least=90)),
            rows=(("one | two", "50%", "x"), ("three\nfour", "5%", "y")),
            title="A table",
            tones={0: "good"},
        ),
    ),
    notes=("A note.",),
    caveat="Not a forecast.",
)


def printed(width: int) -> str:
    console = Console(width=width, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(screen(PAGE, width))
    return console.export_text()


def test_a_page_on_a_terminal_reads_in_order() -> None:
    text = printed(100)
    places = [text.index(x) for x in ("A heading", "It holds.", "A table", "one | two", "four", "- A note.", "Not a")]
    assert places == sorted(places)


def test_a_narrow_terminal_spares_columns_and_says_so() -> None:
    wide, narrow = printed(32), printed(20)
    assert "detail" in wide
    assert "Left out" not in wide
    assert "detail" not in narrow.replace("room: detail.", "")
    assert "Left out for want of room: detail." in " ".join(narrow.split())
    assert "json or csv" in " ".join(narrow.split())


def test_markdown_keeps_cells_apart() -> None:
    text = markdown(PAGE)
    assert "### A heading" in text
    assert r"| one \| two | 50% | x |" in text
    assert "| three<br>four | 5% | y |" in text
    assert "| --- | ---: | --- |" in text
    assert text.endswith("*Not a forecast.*\n")


def test_markdown_keeps_a_heading_on_one_line() -> None:
    sheet = Sheet(columns=(Column("confi-\ndence"), Column("United\nStates")), rows=(("1", "2"),))
    assert "| confidence | United States |\n" in markdown(Page("h", "l", (sheet,)))


def test_csv_leaves_out_what_there_is_not() -> None:
    assert csv_text(("a", "b"), [(1, None), ("x,y", 0.5)]) == 'a,b\n1,\n"x,y",0.5\n'


def test_a_figure_is_written_whole_and_the_same_each_time(tmp_path: Path) -> None:
    def draw() -> Any:
        fig = style.figure(3, 2)
        fig.add_subplot().plot([0, 1], [0, 1])
        style.titled(fig, "Title", "below", foot="foot")
        return fig

    for name in ("a.svg", "b.png"):
        style.write(draw(), tmp_path / name)
        first = (tmp_path / name).read_bytes()
        style.write(draw(), tmp_path / name)
        assert (tmp_path / name).read_bytes() == first
    assert "Title" in (tmp_path / "a.svg").read_text()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.svg", "b.png"]


@pytest.mark.parametrize(
    ("name", "says"),
    [("a.pdf", "ends in .svg or .png"), ("none/a.svg", "there is no folder"), ("dir.svg", "is a folder")],
)
def test_where_a_figure_cannot_go(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "dir.svg").mkdir()
    with pytest.raises(ValueError, match=says):
        style.check(tmp_path / name)
