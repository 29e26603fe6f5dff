"""Values of a sweep as people read them: rounded where a range leaves long numbers, few of many, whole in documents."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

import sim
from sim.analysis.sweep import figure
from sim.analysis.sweep import page as view
from sim.analysis.sweep.result import Sweep, SweepPath
from sim.analysis.sweep.variations import parse_variation
from sim.analysis.sweep.words import some, value_words
from sim.report.page import csv_text, markdown
from tests import small

THIRTIETH = "0.03333333333333333"


def path(vary: str, own: int | None = None) -> SweepPath:
    values = parse_variation(vary, 1).values
    texts = tuple(value.text for value in values)
    numbers = [value.number for value in values if value.number is not None]
    return SweepPath(
        path="red.no_deal.cost",
        values=texts,
        numbers=tuple(numbers) if len(numbers) == len(texts) else None,
        own=() if own is None else (texts[own],),
    )


def in_words(vary: str) -> list[str]:
    of = path(vary)
    return [of.rounded.get(value, value) for value in of.values]


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """Talks over many values of one path, and two of another."""
    loaded = sim.load(small.write(tmp_path_factory.mktemp("deal")), draws=60)
    return sim.sweep(loaded, ["red.no_deal.cost=0,0.2", "blue.no_deal.cost=0:1:31"], protocol="alternating_offers")


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ("x.no_deal.cost=0:1:4", ["0", "0.3", "0.7", "1"]),
        ("x.no_deal.cost=-1:0:4", ["-1", "-0.7", "-0.3", "0"]),
        ("x.no_deal.cost=0:1e-4:4", ["0", "0.00003", "0.00007", "0.0001"]),
        ("x.no_deal.cost=1000000:1000001:4", ["1000000", "1000000.3", "1000000.7", "1000001"]),
        # short as they are, or written out by hand
        ("x.no_deal.cost=0:0.2:5", ["0", "0.05", "0.1", "0.15", "0.2"]),
        ("x.no_deal.cost=0:1:9", ["0", "0.125", "0.25", "0.375", "0.5", "0.625", "0.75", "0.875", "1"]),
        (f"x.no_deal.cost=0,{THIRTIETH},0.5", ["0", THIRTIETH, "0.5"]),
        (f"x.no_deal.cost=0,{THIRTIETH}", ["0", THIRTIETH]),
        (f"x.no_deal.cost=as_it_stands,{THIRTIETH},1", ["as_it_stands", THIRTIETH, "1"]),
    ],
)
def test_numbers_of_a_range_have_the_fewest_places_that_tell_them_apart(vary: str, words: list[str]) -> None:
    assert in_words(vary) == words


def test_numbers_that_are_rounded_stay_apart_and_near() -> None:
    words = in_words("x.no_deal.cost=0:1:31")
    assert words[:5] == ["0", "0.03", "0.07", "0.1", "0.13"]
    assert len(set(words)) == 31
    assert [float(word) for word in words] == pytest.approx([k / 30 for k in range(31)], abs=0.005)


def test_people_read_rounded_values_and_documents_have_them_in_full(talks: Sweep) -> None:
    words = markdown(view.page(talks))
    assert THIRTIETH[:8] not in words
    assert "0.333" not in words
    assert "Blue's cost of no deal are rounded here" in words
    assert talks.paths[1].values[1] == THIRTIETH
    assert THIRTIETH in csv_text(view.HEADER, view.rows(talks))
    assert json.loads(talks.to_json())["paths"][1]["values"][1] == THIRTIETH
    assert "rounded" not in json.loads(talks.to_json())["paths"][1]


def test_a_boundary_is_told_in_rounded_values(tmp_path: Path) -> None:
    result = sim.sweep(sim.load(small.write(tmp_path), draws=60), ["red.no_deal.cost=0:1:4", "blue.no_deal.cost=0:1:7"])
    crossed = [note for note in view.page(result).notes if str(note).startswith("One half is crossed along")]
    assert len(crossed) == 1
    assert "with 0.3 between " in str(crossed[0])
    assert "0.16" not in str(crossed[0])


def test_a_short_range_says_nothing_of_rounding(tmp_path: Path) -> None:
    result = sim.sweep(sim.load(small.write(tmp_path), draws=30), ["red.no_deal.cost=0:0.2:3"])
    assert "rounded" not in markdown(view.page(result))


@pytest.mark.parametrize(
    ("vary", "most", "chosen"),
    [
        # rather tenths than every second
        ("x.no_deal.cost=0:1:31", 16, range(0, 31, 3)),
        ("x.no_deal.cost=0:1:31", 31, range(31)),
        ("x.no_deal.cost=0:1:31", 3, range(0, 31, 12)),
        ("x.no_deal.cost=0:1:31", 0, range(0, 31, 31)),
    ],
)
def test_of_many_values_some_stand_there(vary: str, most: int, chosen: range) -> None:
    assert [*some(in_words(vary), most)] == [*chosen]


def test_a_grid_of_many_columns_shows_some_of_them(talks: Sweep) -> None:
    first, *more = view.page(talks).sheets
    headings = [column.heading for column in first.columns]
    assert headings == ["Red's cost of no deal", *(f"{k / 10:g}" for k in range(11))]
    assert "(11 of 31 values; --plot shows all)" in (first.title or "")
    agreed = [p.talks.agreed.estimate for p in talks.points if p.talks is not None]
    assert first.rows[1][2] == f"{100 * agreed[31 + 3]:.0f}%"
    assert len([sheet for sheet in more if sheet.title == first.title]) == 0
    assert len(more) == 2


def test_the_scenario_s_own_value_is_among_some(talks: Sweep) -> None:
    own = talks.paths[1].model_copy(update={"own": (THIRTIETH,)})
    result = talks.model_copy(update={"paths": (talks.paths[0], own)})
    headings = [column.heading for column in view.page(result).sheets[0].columns]
    assert headings[1:4] == ["0", "0.03 *", "0.2"]


def test_who_is_in_the_way_over_many_columns_is_told_in_stretches(talks: Sweep) -> None:
    [sheet] = [sheet for sheet in view.page(talks).sheets if sheet.title == "Most often in the way"]
    assert [column.heading for column in sheet.columns] == ["Red's cost of no deal", "along Blue's cost of no deal"]
    words = [value_words(talks, talks.paths[1], value) for value in talks.paths[1].values]
    for row, (name, stretches) in enumerate(sheet.rows):
        assert name.split()[0] == talks.paths[0].values[row]
        told = []
        for line in stretches.split("\n"):
            who, values = line.split(": ")
            first, last = (words[0], words[-1]) if values == "all" else (values.split(" to ") * 2)[:2]
            told += [who] * (words.index(last) - words.index(first) + 1)
        points = [p.talks for p in talks.points[31 * row : 31 * (row + 1)] if p.talks is not None]
        assert told == [talks.names[next(iter(p.obstacles))] if p.obstacles else "nobody" for p in points]


def test_one_party_in_the_way_everywhere_needs_no_table(talks: Sweep) -> None:
    alike = tuple(point.model_copy(update={"talks": talks.points[0].talks}) for point in talks.points)
    titles = [sheet.title or "" for sheet in view.page(talks.model_copy(update={"points": alike})).sheets]
    assert titles[0].startswith("Agreements that stand")
    assert not any(title.startswith("Most often") for title in titles)


def test_ticks_of_a_heat_map_are_few_and_short(talks: Sweep) -> None:
    for drawn in (figure.draw(talks), figure.draw(talks.model_copy(update={"talks": None}))):
        axes = drawn.axes[0]
        labels = [label.get_text() for label in axes.get_xticklabels()]
        assert labels == [f"{k / 10:g}" for k in range(11)]
        assert [*axes.get_xticks()] == [*range(0, 31, 3)]
        boxes = [label.get_window_extent() for label in axes.get_xticklabels()]
        assert all(left.x1 < right.x0 for left, right in pairwise(boxes))
