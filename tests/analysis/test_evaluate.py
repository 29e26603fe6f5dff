"""A table of samples in, a table of outcomes out: equal to edited and score, whatever holds the table."""

from __future__ import annotations

import json
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.evaluate import evaluate as module

DRAWS = 4500
EACH = ("acceptability", "own", "gain")


@pytest.fixture(scope="module")
def loaded() -> sim.Loaded:
    return sim.load("istanbul", draws=DRAWS)


#: One row each: what it changes, from a weight of one party to the text.
ROWS: list[dict[str, Any]] = [
    {},
    {"us.fighting.importance": "critical"},
    {"us.no_deal.beliefs.stalemate": (0.2, 0.4), "russia.no_deal.cost": 0.05},
    {"ukrainian_public.refuses.nothing_short_of_nato_2022.holds": "0.4..0.5"},
    {"proposal.sanctions": "lifted"},
    {"proposal.alignment": "open_door", "proposal.constitution": "keep_goal", "russia.red_lines": "none"},
    {"nato.no_deal.cost": (0.0, 0.3), "russia.fighting.ranking": ["continues", "stops"]},
    {"russia.consent": {"when": [{"sanctions": ["tightened"]}]}, "ukraine.fighting.importance": np.str_("minor")},
]


@pytest.mark.parametrize("batch", [1, 3, 64])
def test_each_row_is_the_score_of_the_edited_scenario(
    loaded: sim.Loaded, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", batch)
    table = sim.evaluate(loaded, ROWS, ["joint", "signed", *EACH])
    for number, row in enumerate(ROWS):
        edits = [f"{path}={_written(value)}" for path, value in row.items()]
        changed = sim.edited(loaded, edits) if edits else loaded
        [result] = sim.score([changed])
        drawn = sim.draws(changed)
        assert result.joint_acceptability is not None
        assert result.signed is not None
        assert table["joint"][number] == result.joint_acceptability.estimate
        assert table["signed"][number] == result.signed.estimate
        for party in result.parties:
            assert table[f"acceptability.{party.id}"][number] == party.acceptability.estimate
            assert table[f"own.{party.id}"][number] == (party.own or party).acceptability.estimate
            assert table[f"gain.{party.id}"][number] == pytest.approx(drawn.gains[party.id].mean(), abs=1e-12)


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return f"{value[0]}..{value[1]}"
    return json.dumps(value) if isinstance(value, list | dict) else str(value)


def test_a_table_may_be_held_in_four_ways(loaded: sim.Loaded) -> None:
    pandas = pytest.importorskip("pandas")
    paths = ["us.no_deal.cost", "russia.no_deal.cost"]
    rows = np.array([[0.0, 0.1], [0.05, 0.0], [-0.1, 0.02]])
    columns = {path: rows[:, k] for k, path in enumerate(paths)}
    tables: list[Any] = [
        (paths, rows),
        columns,
        [dict(zip(paths, row, strict=True)) for row in rows],
        pandas.DataFrame(columns),
    ]
    first, *others = [sim.evaluate(loaded, table, ["joint", "acceptability.us"]) for table in tables]
    assert first.values.shape == (3, 2)
    assert all(np.array_equal(first.values, other.values) for other in others)


def test_none_leaves_a_path_alone(loaded: sim.Loaded) -> None:
    table = sim.evaluate(loaded, {"us.no_deal.cost": [None, 0.3]}, "acceptability.us")
    [result] = sim.score([loaded])
    assert table["acceptability.us"][0] == result.party("us").acceptability.estimate
    assert table["acceptability.us"][1] > table["acceptability.us"][0]


def test_a_bad_sample_is_told_and_the_others_scored(loaded: sim.Loaded) -> None:
    samples = {"us.fighting.importance": ["minor", "hgih", "major"]}
    with pytest.raises(sim.Complaints, match=r"samples\[1\]:1:24: error: us: fighting.*'hgih' is not one of"):
        sim.evaluate(loaded, samples)
    table = sim.evaluate(loaded, samples, on_error="nan")
    assert list(table.errors) == [1]
    assert np.isnan(table["joint"]).tolist() == [False, True, False]
    assert repr(table) == "<Evaluation of 3 samples: joint; 1 could not be scored>"


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ("us.no_deal.cost=1", "samples are a mapping of paths to columns"),
        (["us.no_deal.cost"], "sample 0 is not a mapping"),
        ({"us.no_deal.cost": "0.1"}, "its samples are a list of values, not '0.1'"),
        ({"us.no_deal.cost": [0.1], "russia.no_deal.cost": [0.1, 0.2]}, "all columns of samples have the same length"),
        ((["us.no_deal.cost"], np.zeros((3, 2))), "for 1 paths samples have 1 columns, and these are 3 by 2"),
        ({"us.no_deal.cost": [object()]}, "is nothing that a file could hold"),
        ({"negotiation.rounds": [3]}, "samples are put to the vote"),
    ],
)
def test_what_is_no_table_of_samples_is_refused(loaded: sim.Loaded, samples: Any, message: str) -> None:
    with pytest.raises(sim.InvalidArgument, match=message):
        sim.evaluate(loaded, samples)


def test_what_is_no_outcome_is_refused(loaded: sim.Loaded) -> None:
    with pytest.raises(sim.UnknownName, match=r"there is no outcome gain\.russa; did you mean gain\.russia"):
        sim.evaluate(loaded, [{}], ["gain.russa"])
    with pytest.raises(sim.InvalidArgument, match="on_error is 'raise' or 'nan', not 'skip'"):
        sim.evaluate(loaded, [{}], on_error="skip")  # type: ignore[arg-type]
    talks = sim.load("istanbul", draws=10, protocol="alternating_offers")
    with pytest.raises(sim.InvalidArgument, match="put to the vote; load the scenario with protocol='vote'"):
        sim.evaluate(talks, [{}])
    with pytest.raises(sim.UnknownName, match="there is no outcome signed; there is: joint"):
        sim.evaluate(loaded, [{}])["signed"]


def test_a_frame_has_a_row_a_sample(loaded: sim.Loaded) -> None:
    pytest.importorskip("pandas")
    frame = sim.evaluate(loaded, [{}, {}], ["joint", "gain.us"]).to_frame()
    assert list(frame) == ["joint", "gain.us"]
    assert len(frame) == 2


def test_no_samples_give_an_empty_table(loaded: sim.Loaded) -> None:
    assert sim.evaluate(loaded, []).values.shape == (0, 1)


def test_memory_does_not_grow_with_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a batch holds is let go: the peak of ten batches is that of two."""
    monkeypatch.setattr(module, "BATCH", 8)
    loaded = sim.load("istanbul", draws=200)
    sim.evaluate(loaded, {"us.no_deal.cost": [0.0]})
    peaks = []
    for batches in (2, 10):
        columns = {"us.no_deal.beliefs.stalemate": np.linspace(0.3, 0.5, batches * module.BATCH).tolist()}
        tracemalloc.start()
        sim.evaluate(loaded, columns)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def test_unchanged_parties_are_not_judged_again(loaded: sim.Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[str] = []
    judge = module.accepts_each

    def counting(preferences: Any, *rest: Any) -> Any:
        counts.append(preferences.profile.id)
        return judge(preferences, *rest)

    monkeypatch.setattr(module, "accepts_each", counting)
    sim.evaluate(loaded, {"us.no_deal.cost": [0.0, 0.1, 0.2]}, "joint")
    blocks = 2
    assert {p: counts.count(p) / blocks for p in counts if p not in ("us", "nato")} == {
        p: 1 for p in ("russia", "ukraine", "ukrainian_public") if p in counts
    }
    assert counts.count("us") == 3 * blocks


def test_it_runs_without_mesa_and_pandas(loaded: sim.Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="to_frame needs pandas"):
        sim.evaluate(loaded, [{}]).to_frame()


@pytest.mark.parametrize("text", ["istanbul", "us_28_points_2025", "state_treaty_1955"])
def test_what_stands_at_a_path_may_be_set_again_and_changes_nothing(text: str) -> None:
    """Every path of parameters() is one that edits take, and its base is what stands there."""
    loaded = sim.load(text, draws=60)
    parameters = sim.parameters(loaded)
    rows = [{p.path: p.base} for p in parameters if p.base is not None]
    table = sim.evaluate(loaded, [{}, *rows], ["joint", "acceptability", "gain"])
    assert len(rows) > 200
    assert np.abs(table.values - table.values[0]).max() < 1e-12


def test_parameters_tell_what_may_stand_there(loaded: sim.Loaded) -> None:
    by_path = {p.path: p for p in sim.parameters(loaded)}
    importance = by_path["russia.fighting.importance"]
    assert (importance.kind, importance.party, importance.issue) == ("word", "russia", "fighting")
    assert {"critical", "none", "unknown"} <= {*importance.choices}
    cost = by_path["us.no_deal.cost"]
    assert (cost.kind, cost.base, cost.low, cost.high) == ("number", 0.0, -1.0, 1.0)
    assert by_path["proposal.donbas"].base == "open"
    assert by_path["us.reservation"].base is None
    numbers = sim.parameters(loaded, numbers=True)
    assert {p.kind for p in numbers} == {"number"}
    assert all(p.base is not None for p in numbers)
    lowest = {p.path: p.low for p in numbers if p.path.endswith(".cost")}
    assert len(sim.evaluate(loaded, [lowest]).values) == 1


# --- found by a review before it was released -------------------------------------------------


def two(**changes: Any) -> sim.Loaded:
    """Two parties who weigh two issues, without files."""
    ranked = {"from": "2022-01-01", "ranking": ["yes", "no"], "basis": "assumed"}
    party = {
        "role": "principal",
        "consent": "always",
        "reservation": 0.4,
        "positions": {"i": [{**ranked, "importance": "major"}], "j": [{**ranked, "importance": "minor"}]},
    }
    issue = {"question": "Is it?", "options": {"yes": "It is.", "no": "It is not."}}
    term = {"option": "yes", "basis": "assumed"}
    return sim.from_dict(
        {
            "title": "Two",
            "proposal": {"date": "2022-03-29", "summary": "Both.", "terms": {"i": term, "j": term}},
            "domain": {
                "issues": {"title": "Two", "issues": {"i": issue, "j": issue}},
                "positions": {"a": {"name": "A", **party}, "b": {"name": "B", **party, **changes}},
            },
        },
        draws=50,
    )


def test_ranges_in_which_nothing_fits_are_complained_of_as_score_does() -> None:
    loaded = two()
    row = {"a.i.weight": [0.4999, 1], "a.j.weight": [0.4999, 1]}
    with pytest.raises(sim.Complaints, match="leave almost nothing to draw from") as told_by_score:
        sim.score(sim.edited(loaded, row))
    with pytest.raises(sim.Complaints, match="leave almost nothing to draw from") as told:
        sim.evaluate(loaded, [row], ["gain.b"])
    assert [c.what for c in told.value.complaints] == [c.what for c in told_by_score.value.complaints]


def test_where_nobody_is_asked_there_is_no_joint_share() -> None:
    never = {"consent": {"when": [{"i": ["no"]}]}}
    loaded = two(**never).with_({"a.consent": never["consent"]})
    table = sim.evaluate(loaded, [{}, {"a.consent": "always"}], ["joint", "signed"])
    [result] = sim.score(loaded)
    assert result.joint_acceptability is None
    assert np.isnan(table.values).tolist() == [[True, True], [False, False]]


def test_columns_that_would_be_ignored_are_refused() -> None:
    loaded = two()
    with pytest.raises(sim.InvalidArgument, match=r"a\.no_deal\.cost names two columns"):
        sim.evaluate(loaded, (["a.no_deal.cost"] * 2, [[0.1, 0.3]]))
    for column in ({0: 0.1, 1: 0.2}, {0.1, 0.2}):
        with pytest.raises(sim.InvalidArgument, match="its samples are a list of values"):
            sim.evaluate(loaded, {"a.no_deal.cost": column})
    with pytest.raises(sim.InvalidArgument, match="is no path: its value stands apart"):
        sim.evaluate(loaded, {"a.no_deal.cost=0.5": [0.1]})
    with pytest.raises(sim.InvalidArgument, match="is nothing that a file could hold"):
        sim.edited(loaded, {"a.i.ranking": {"yes", "no"}})
    with pytest.raises(sim.InvalidArgument, match="a loaded scenario is evaluated"):
        sim.evaluate("istanbul", [{}])  # type: ignore[arg-type]
    assert sim.evaluate(loaded, ([], np.empty((5, 0)))).values.shape == (5, 1)


def test_words_that_yaml_takes_for_switches_are_words() -> None:
    loaded = two()
    table = sim.evaluate(loaded, {"proposal.i": ["yes", "no"]}, "gain.a")
    assert table["gain.a"][0] > table["gain.a"][1]


def test_the_base_of_lines_keeps_their_chances() -> None:
    loaded = two().with_({"a.i.red_lines": ["yes"]}).with_({"a.i.red_lines.yes.holds": 0.3})
    [lines] = [p for p in sim.parameters(loaded) if p.path == "a.i.red_lines"]
    table = sim.evaluate(loaded, [{}, {lines.path: lines.base}], "own.a")
    assert 0 < table["own.a"][0] < 1
    assert table["own.a"][0] == table["own.a"][1]


def test_a_cell_that_pandas_has_nothing_in_leaves_its_path_alone() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a.no_deal.cost": [0.1, None], "b.no_deal.cost": [None, 0.2]})
    loaded = two()
    rows = [{"a.no_deal.cost": 0.1}, {"b.no_deal.cost": 0.2}]
    assert np.array_equal(sim.evaluate(loaded, frame, "gain").values, sim.evaluate(loaded, rows, "gain").values)
