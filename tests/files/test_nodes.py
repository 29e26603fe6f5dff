"""Reading and writing trees: places, scalars, updates, and the round trip."""

from __future__ import annotations

import math
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.files import nodes
from sim.files import yaml as reading
from sim.files.complaints import Complaint, Complaints, Place, did_you_mean, excerpt, render
from sim.files.csv import compose_csv
from sim.files.nodes import Mapping, Scalar, Sequence, dump_yaml, find, place_of, to_plain
from sim.files.yaml import read_yaml

HERE = Place("here", 1, 1)


def tree(text: str) -> Mapping:
    node = read_yaml(text, "f.yaml")
    assert isinstance(node, Mapping)
    return node


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("0", 0),
        ("-12", -12),
        ("+3", 3),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("-.inf", -math.inf),
        ("012", "012"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("1:30", "1:30"),
        ("2022-03-29", "2022-03-29"),
        ('"1"', "1"),
        ("'no'", "no"),
        ("None", "None"),
        ("nope", "nope"),
    ],
)
@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_scalars(text: str, value: object, loader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_LOADER", getattr(yaml, loader, yaml.SafeLoader))
    found = to_plain(tree(f"a: {text}\n"))["a"]
    assert found == value
    assert type(found) is type(value)


def test_nan_is_a_float() -> None:
    assert math.isnan(to_plain(tree("a: .nan"))["a"])


def test_keys_are_text() -> None:
    assert list(to_plain(tree('1: a\nno: b\n"2022": c\ntrue: d\n'))) == ["1", "no", "2022", "true"]


def test_places_of_keys_and_values() -> None:
    t = tree("a: 1\nb:\n  - {c: [x, z]}\n")
    assert str(place_of(t, ("a",))) == "f.yaml:1:4"
    assert str(place_of(t, ("a",), key=True)) == "f.yaml:1:1"
    assert str(place_of(t, ("b", 0, "c", 1))) == "f.yaml:3:13"
    assert str(place_of(t, ("b", 0, "c"), key=True)) == "f.yaml:3:6"
    assert str(place_of(t, ("b", 0, "zzz", 4))) == "f.yaml:3:5"
    assert place_of(t, ("b", 0, "c", 1)).text == "  - {c: [x, z]}"


def test_updates_are_pure_and_share() -> None:
    t = tree("a: {x: 1, y: 2}\nb: [1, 2]\n")
    new = nodes.replaced(t, ("a", "x"), Scalar(9, HERE))
    assert to_plain(new) == {"a": {"x": 9, "y": 2}, "b": (1, 2)}
    assert to_plain(t) == {"a": {"x": 1, "y": 2}, "b": (1, 2)}
    assert find(new, ("b",)) is find(t, ("b",))
    assert to_plain(nodes.replaced(t, ("b", 2), Scalar(3, HERE)))["b"] == (1, 2, 3)
    assert to_plain(nodes.replaced(t, ("c", "d"), Scalar(3, HERE)))["c"] == {"d": 3}
    assert to_plain(nodes.removed(t, ("b", 0))) == {"a": {"x": 1, "y": 2}, "b": (2,)}
    assert nodes.removed(t, ("z", 0)) is t
    with pytest.raises(KeyError):
        nodes.replaced(t, ("b", 5), Scalar(3, HERE))
    with pytest.raises(KeyError):
        nodes.replaced(t, ("a", "x", "deeper"), Scalar(3, HERE))


def read_csv(text: str, columns: tuple[str, ...], optional: tuple[str, ...] = ()) -> Sequence:
    reading = compose_csv(text, "t.csv", columns, optional)
    assert not reading.complaints
    assert isinstance(reading.node, Sequence)
    return reading.node


def test_cells_of_a_table_know_their_places() -> None:
    table = read_csv('a,b,c\n1,"two\nlines, ""quoted""",3\n\n4,,"6"\n', ("a", "b", "c"))
    assert to_plain(table) == ({"a": "1", "b": 'two\nlines, "quoted"', "c": "3"}, {"a": "4", "b": None, "c": "6"})
    places = [str(place_of(table, (i, c))) for i in (0, 1) for c in "abc"]
    assert places == ["t.csv:2:1", "t.csv:2:3", "t.csv:3:20", "t.csv:5:1", "t.csv:5:3", "t.csv:5:4"]


def test_table_without_a_last_line_end_and_with_optional_columns() -> None:
    assert to_plain(read_csv("b\n1", ("a", "b"), optional=("a",))) == ({"b": "1"},)


# --- the round trip ------------------------------------------------------------------------

texts = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ufeff"), max_size=40),
    st.text("\n\t :#-[]{},&*!|>'\"%@`?yn01.e_~\\", max_size=12),
    st.sampled_from(
        ["no", "Yes", "null", "~", "true", "1", "1.0", "012", ".nan", "---", "...", "<<", "2022-01-01", "y"]
    ),
)
keys = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ufeff"), max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4).map(tuple) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


def same(a: Any, b: Any) -> bool:
    """Equal in content and in kind, so that 1, 1.0 and true differ."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(keys, values, max_size=5), st.sampled_from(["CSafeLoader", "SafeLoader"]))
def test_round_trip(content: dict[str, Any], loader: str) -> None:
    text = dump_yaml(nodes.from_plain(content, HERE))
    before = reading._LOADER
    reading._LOADER = getattr(yaml, loader, yaml.SafeLoader)
    try:
        assert same(to_plain(read_yaml(text, "again.yaml")), content), text
    finally:
        reading._LOADER = before


def test_dump_is_readable() -> None:
    t = tree("a:\n- x\n- [w, z]\nb:\n  c: {d: 1}\n  e: 'no'\nlong: " + "word " * 40 + "\n")
    assert dump_yaml(t).startswith('a: [x, [w, z]]\nb: {c: {d: 1}, e: "no"}\nlong: word word')


# --- complaints ----------------------------------------------------------------------------


def test_complaint_prints_line_caret_and_hint() -> None:
    place = Place("f.yaml", 3, 8, "  red: importnt")
    text = render([Complaint(place, "red", "no", "did you mean important?")])
    assert text.split("\n") == [
        "f.yaml:3:8: error: red: no",
        "      red: importnt",
        "           ^",
        "    did you mean important?",
        "1 error",
    ]


def test_complaints_are_sorted_and_told_once() -> None:
    one = Complaint(Place("f", 9, 1), "a", "b")
    two = Complaint(Place("f", 10, 1), "a", "b", severity="warning")
    assert Complaints([two, one, one]).complaints == (one, two)
    assert str(Complaints([two, one])).endswith("1 error, 1 warning")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400), st.integers(1, 500))
def test_long_and_odd_lines_are_cut_around_the_caret(text: str, column: int) -> None:
    shown = excerpt(Place("f", 1, column, text))
    if shown is not None:
        assert len(shown[0]) <= 96 + 6
        assert len(shown[1]) <= 2 * (96 + 6)
        assert all(c.isprintable() for c in shown[0])


def test_caret_under_the_right_character_of_a_long_line() -> None:
    text = "x" * 300 + "Y" + "x" * 300
    line, caret = excerpt(Place("f", 1, 301, text)) or ("", "")
    assert line[caret.index("^")] == "Y"
    assert line.startswith("...")
    assert line.endswith("...")


def test_colour_only_where_asked() -> None:
    complaint = Complaint(Place("f", 1, 1, "a"), "w", "x")
    assert "\x1b" not in render([complaint])
    assert "\x1b" in render([complaint], color=True)


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in render([Complaint(Place("f\x1b", 1, 1, "a\x1b[31m"), "w\x1b", "x\x1b", "h\x1b")])


def test_did_you_mean() -> None:
    assert did_you_mean("allignment", ["alignment", "donbas"]) == "did you mean alignment?"
    assert did_you_mean("zzz", ["a", "b"]) == "there are: a, b"
    assert did_you_mean("zzz", ["a"]) == "there is: a"
    assert did_you_mean("zzz", [f"name{i}" for i in range(50)]) is None


def test_node_types() -> None:
    assert Sequence((Scalar(1, HERE),), HERE) == Sequence((Scalar(1, Place("x", 9, 9)),), Place("y", 8, 8))
    assert len(tree("a: 1\nb: 2")) == 2
    assert "a" in tree("a: 1")
