"""Whatever happens to valid files, loading either succeeds or complains: never another exception."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.files import nodes
from sim.files import yaml as reading
from sim.files.complaints import Complaint, Complaints, Place, render
from sim.files.nodes import Mapping, Node, Sequence
from sim.scenario.loading import load
from tests import small

NAMES = sorted(small.FILES)
YAML_NAMES = [n for n in NAMES if n.endswith(".yaml")]
HERE = Place("here", 1, 1)
EXAMPLES = int(os.environ.get("SIM_TEST_EXAMPLES", "300"))


def survives(changes: dict[str, str | bytes], edits: tuple[str, ...] = ()) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = small.write(Path(folder), changes)
        found: tuple[Complaint, ...] = ()
        try:
            loaded = load(path, edits=edits)
        except Complaints as error:
            found = error.complaints
        else:
            again = Path(folder) / "again.yaml"
            again.write_text(nodes.dump_yaml(loaded.tree), encoding="utf-8")
            second = load(again)
            assert second.sha256 == loaded.sha256
            assert second.scenario == loaded.scenario
            return
    assert found
    for c in found:
        assert c.place.line >= 1
        assert c.place.column >= 1
        assert all([c.what.strip(), c.where.strip(), c.place.file])
    assert render(found)


Steps = tuple[str | int, ...]


def steps(node: Node, path: Steps = ()) -> list[Steps]:
    out = [path] if path else []
    if isinstance(node, Mapping):
        for key, value in node.items.items():
            out += steps(value, (*path, key))
    elif isinstance(node, Sequence):
        for i, value in enumerate(node.items):
            out += steps(value, (*path, i))
    return out


TREES = {name: reading.read_yaml(small.FILES[name], name) for name in YAML_NAMES}
PATHS = [(name, path) for name in YAML_NAMES for path in steps(TREES[name])]
odd_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats()
    | st.sampled_from(
        ["unknown", "none", "rest", "always", "neutral", "member", "E1", "status", "stated", "2022-01-01"]
    )
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abif ", max_size=4), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from("drx"), odd_values), min_size=1, max_size=4))
def test_nodes_deleted_replaced_or_doubled(mutations: list[tuple[tuple[str, Steps], str, object]]) -> None:
    trees: dict[str, Node] = {}
    for (name, path), kind, value in mutations:
        tree = trees.get(name, TREES[name])
        found = nodes.find(tree, path)
        if found is None:
            continue
        if kind == "d":
            tree = nodes.removed(tree, path)
        elif kind == "r":
            tree = nodes.replaced(tree, path, nodes.from_plain(value, HERE))
        else:
            parent = nodes.find(tree, path[:-1])
            if isinstance(parent, Sequence):
                tree = nodes.replaced(tree, path[:-1], Sequence((*parent.items, found), HERE))
            else:
                tree = nodes.replaced(tree, (*path[:-1], "extra"), found)
        trees[name] = tree
    survives({name: nodes.dump_yaml(tree) for name, tree in trees.items()})


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(NAMES), st.integers(0, 4000), st.binary(max_size=12), st.integers(0, 20))
def test_bytes_replaced(name: str, at: int, new: bytes, cut: int) -> None:
    raw = small.FILES[name].encode()
    at %= len(raw) + 1
    survives({name: raw[:at] + new + raw[at + cut :]})


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(NAMES),
    st.integers(0, 4000),
    st.text(":-[]{},&*!|>'\"%@`?\n\t #~<.0aE=;\\", max_size=6),
    st.integers(0, 6),
    st.sampled_from(["CSafeLoader", "SafeLoader"]),
)
def test_characters_replaced(name: str, at: int, new: str, cut: int, loader: str) -> None:
    text = small.FILES[name]
    at %= len(text) + 1
    before = reading._LOADER
    reading._LOADER = getattr(yaml, loader, yaml.SafeLoader)
    try:
        survives({name: text[:at] + new + text[at + cut :]})
    finally:
        reading._LOADER = before


@pytest.mark.parametrize("name", NAMES)
def test_files_cut_off(name: str) -> None:
    text = small.FILES[name]
    for at in range(0, len(text), max(1, len(text) // 40)):
        survives({name: text[:at]})


PARTS = (
    "red blue league proposal status land ranking values importance weight red_lines refuses no_deal beliefs cost "
    "2022 stalemate reservation consent armed_neighbour x"
)
VALUES = [
    *[
        "unknown",
        "none",
        "[member]",
        "0.2..0.6",
        "0.3",
        "minor",
        "open",
        "frozen",
        "[",
        "{",
        "&a",
        "*b",
        "no",
        "always",
        "-",
        "\x00",
    ],
    "",
    "\n",
    "a: b: c",
    "{a: 1}",
    "[neutral, [member, undecided]]",
    "{importance: minor}",
    "{ceded: 1, frozen: 0, returned: 0}",
]
paths = st.lists(st.sampled_from([*PARTS.split(" "), ""]), max_size=5).map(".".join)
edit_values = st.sampled_from(VALUES)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(paths, edit_values), min_size=1, max_size=3))
def test_edits_of_any_kind(edits: list[tuple[str, str]]) -> None:
    survives({}, tuple(f"{path}={value}" for path, value in edits))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text(max_size=40))
def test_edits_of_any_text(text: str) -> None:
    survives({}, (text,))
