"""Figures, tables and sentences as they are written: twelve digits, no formulas, no markup of others."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sim.files.written import DIGITS, csv_text, figure, json_text, markdown_cell, markdown_line, markdown_row

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite)
def test_a_figure_has_twelve_digits_and_rounding_is_done_once(value: float) -> None:
    there = figure(value)
    assert figure(there) == there
    assert math.isclose(there, value, rel_tol=0.5001 * 10 ** (1 - DIGITS), abs_tol=5e-324)
    digits = f"{there!r}".lstrip("-").split("e")[0].replace(".", "").strip("0")
    assert len(digits) <= DIGITS
    assert math.copysign(1, there) == 1 or there < 0


@given(st.floats(0.001, 1))
def test_what_differs_in_the_last_digit_is_written_alike(value: float) -> None:
    """Unless it lies just where rounding turns, which one in a few thousand does."""
    ends = {figure(math.nextafter(value, end)) for end in (0, 2)} | {figure(value)}
    half = float(f"{value:.17g}") * 10**DIGITS % 1
    assert len(ends) == 1 or abs(half - 0.5) < 0.01 or abs(half) < 0.01 or abs(half - 1) < 0.01


def test_json_is_rounded_at_any_depth_and_shows_marks_of_direction() -> None:
    text = json_text({"a": [0.1 + 0.2, {"b": (1 / 3,)}], "mark": "x\u202ey", "n": 10**18, "t": True, "no": None})
    assert json.loads(text) == {
        "a": [0.3, {"b": [0.333333333333]}],
        "mark": "x\u202ey",
        "n": 10**18,
        "t": True,
        "no": None,
    }
    assert "\u202e" not in text
    assert "\\u202e" in text
    assert json_text(json.loads(text)) == text
    with pytest.raises(ValueError, match="JSON"):
        json_text(float("nan"))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\n"])
def test_no_cell_of_text_begins_a_formula(start: str) -> None:
    text = csv_text(["a", "b"], [[f"{start}1+1", -0.5], [None, f"a{start}"]])
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows == [["a", "b"], [f"'{start}1+1", "-0.5"], ["", f"a{start}"]]


def test_a_cell_of_text_ends_no_row() -> None:
    text = csv_text(["a", "b"], [["one\r\ntwo", "\rthree\r"]])
    assert "\r" not in text
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["a", "b"], ["one\ntwo", "'\nthree\n"]]


PIECES = st.lists(
    st.sampled_from(
        [
            *"\\`*_{}[]()#+-.!|<>&~$=:'\"^/1a ",
            "**", "__", "~~", "![", "](", "<b>", "</b>", "<!--", "&amp;", "&#65;", "1.", "12)", "# ", "- ", "> ", "---",
            "===", "as_it_is", "[40, 50]", "https://x.example", "[x]: y", "\n", "```", "    ", "é", "дім",
        ]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(PIECES)
def test_a_line_of_markdown_is_its_text_and_nothing_else(text: str) -> None:
    plain = " ".join(text.split())
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown_line(text))
    if not plain:
        assert tokens == []
        return
    assert [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {t.type for t in children} <= {"text", "text_special"}
    assert "".join(t.content for t in children) == plain


@given(st.lists(PIECES, min_size=2, max_size=3))
def test_a_row_of_markdown_has_its_cells(cells: list[str]) -> None:
    text = "\n".join(
        [markdown_row("ab" + "c" * (len(cells) - 2)), markdown_row(["---"] * len(cells)), markdown_row(cells)]
    )
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    inner = [t.children or [] for t in tokens if t.type == "inline"][len(cells) :]
    assert len(inner) == len(cells)
    for children, cell in zip(inner, cells, strict=True):
        assert all(t.type in ("text", "text_special") or t.content == "<br>" for t in children)
        lines = "".join("\n" if t.content == "<br>" and t.type == "html_inline" else t.content for t in children)
        assert [x.strip() for x in lines.strip().split("\n")] == [" ".join(x.split()) for x in cell.strip().split("\n")]


def test_figures_and_ids_stay_as_they_are() -> None:
    for text in (
        "47% [46, 48]",
        "<1% to >99%",
        "permanent_neutrality",
        "+0.43 [+0.24, +0.62]",
        "a > b ~ c",
        "---",
        "---:",
    ):
        assert markdown_cell(text) == text
