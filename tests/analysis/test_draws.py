"""Draws in reach: equal to what a run counts, and to judging text by text."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import sim
from sim.engine.acceptability import judge
from sim.engine.preferences import preferences_of
from sim.engine.profiles import compile_case
from sim.files.arguments import InvalidArgument, UnknownName

#: Two blocks, the second one cut.
DRAWS = 5000


@pytest.fixture(scope="module")
def loaded() -> sim.Loaded:
    return sim.load("istanbul", draws=DRAWS)


@pytest.fixture(scope="module")
def drawn(loaded: sim.Loaded) -> sim.Draws:
    return sim.draws(loaded)


@pytest.mark.parametrize("text", ["istanbul", "e3_counter_2025", "us_28_points_2025", "state_treaty_1955"])
def test_shares_are_those_of_a_run(text: str) -> None:
    loaded = sim.load(text, draws=DRAWS)
    [result] = sim.score([loaded])
    drawn = sim.draws(loaded)
    assert drawn.parties == tuple(row.id for row in result.parties)
    for row in result.parties:
        assert drawn.accepts[row.id].mean() == row.acceptability.estimate
        assert (drawn.gains[row.id] <= row.gain.p05).mean() == pytest.approx(0.05, abs=0.005)
        for line in row.lines:
            name = f"{line.issue}.red_lines.{line.option}" if line.kind == "red_line" else f"refuses.{line.refusal}"
            share = drawn.lines[row.id][name].mean()
            assert share == (line.share if line.crossed else share)
            assert (name in drawn.crossed(row.id)) == line.crossed
        for j, issue in enumerate(row.issues):
            assert drawn.weights[row.id][j].mean() == pytest.approx(issue.weight, abs=1e-12)
    assert result.joint_acceptability is not None
    assert drawn.joint.mean() == result.joint_acceptability.estimate


def test_each_draw_is_that_of_the_judge(loaded: sim.Loaded, drawn: sim.Draws) -> None:
    case = compile_case(loaded.scenario)
    for block, start, count in ((0, 0, 4096), (1, 4096, DRAWS - 4096)):
        part = slice(start, start + count)
        for own in preferences_of(case, block):
            party = own.profile.id
            verdict = judge(own, case.space, case.text, None)
            assert np.array_equal(drawn.gains[party][part], verdict.gain[:count])
            assert np.array_equal(drawn.weights[party][:, part], own.weights[:, :count])
            for j, issue in enumerate(drawn.issues):
                assert np.array_equal(drawn.values[party][issue][:, part], own.values[j][:, :count])
            beliefs = drawn.beliefs[party]
            assert own.beliefs is not None
            assert beliefs is not None
            assert np.array_equal(beliefs[:, part], own.beliefs[:, :count])
            if not own.profile.members:
                assert np.array_equal(drawn.accepts[party][part], verdict.accepts[:count])


def test_a_gain_is_the_sum_that_the_model_says(drawn: sim.Draws, loaded: sim.Loaded) -> None:
    """Recomputed with loops from values, weights and beliefs alone: a text that no effect touches."""
    terms = dict(drawn.terms)
    issues = loaded.scenario.domain.issues
    lottery = issues.no_deal.lotteries[loaded.scenario.lottery or ""]
    party, draw = "russia", 4321
    case = compile_case(loaded.scenario)
    beliefs = drawn.beliefs[party]
    assert beliefs is not None
    viewed = case.space.terms(case.space.seen(case.space.package(terms)[None], party)[0])
    gain = case.profile(party).cost.low
    for j, issue in enumerate(drawn.issues):
        options = list(issues.issues[issue].options)
        for k, outcome in enumerate(lottery.outcomes.values()):
            mine, theirs = viewed[issue], outcome.get(issue)
            if mine is not None and theirs is not None:
                values = drawn.values[party][issue][:, draw]
                difference = values[options.index(mine)] - values[options.index(theirs)]
                gain += drawn.weights[party][j, draw] * beliefs[k, draw] * difference
    assert drawn.gains[party][draw] == pytest.approx(gain, abs=1e-12)


def test_texts_are_given_in_three_ways(drawn: sim.Draws, loaded: sim.Loaded) -> None:
    space = compile_case(loaded.scenario).space
    other = {**drawn.terms, "sanctions": "lifted"}
    rows = np.stack([space.package(drawn.terms), space.package(other)])
    by_name, by_number = drawn.gains_of([drawn.terms, other]), drawn.gains_of(rows)
    assert all(np.array_equal(by_name[p], by_number[p]) for p in drawn.parties)
    assert by_name["us"].shape == (2, DRAWS)
    assert np.array_equal(drawn.gains_of(loaded)["us"], drawn.gains["us"])
    assert np.array_equal(drawn.gains_of(rows[1])["us"], by_name["us"][1])
    assert np.array_equal(drawn.joint_of([drawn.terms, other])[0], drawn.joint)
    assert drawn.gains_of([])["us"].shape == (0, DRAWS)
    edited = sim.edited(loaded, ["proposal.sanctions=lifted"])
    assert np.array_equal(drawn.accepts_of(other)["us"], sim.draws(edited).accepts["us"])


def test_another_text_asks_whom_it_needs(loaded: sim.Loaded, drawn: sim.Draws) -> None:
    membership = sim.load("membership", draws=DRAWS)
    if membership.scenario.day != loaded.scenario.day:
        membership = sim.load("membership", draws=DRAWS, as_of=loaded.scenario.day)
    [result] = sim.score([membership])
    assert result.joint_acceptability is not None
    assert drawn.joint_of(membership).mean() == result.joint_acceptability.estimate


def test_what_cannot_be_meant_is_refused(drawn: sim.Draws) -> None:
    with pytest.raises(UnknownName, match="there is no party russa; did you mean russia"):
        drawn.gains["russa"]
    with pytest.raises(UnknownName, match="there is no issue sanction; did you mean sanctions"):
        drawn.gains_of({"sanction": None})
    with pytest.raises(UnknownName, match="there is no option of sanctions none_at_all"):
        drawn.gains_of({"sanctions": "none_at_all"})
    with pytest.raises(UnknownName, match="there is no party rusia"):
        drawn.crossed("rusia")
    with pytest.raises(InvalidArgument, match="not a string"):
        drawn.accepts_of("istanbul")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="about other issues or options"):
        drawn.gains_of(sim.load("state_treaty_1955"))
    with pytest.raises(InvalidArgument, match="in rows of 15"):
        drawn.gains_of(np.zeros((1, 3), np.int16))
    for wrong in (np.full(15, 99), np.full(15, -2), np.zeros(15)):
        with pytest.raises(InvalidArgument, match="whole numbers from 0"):
            drawn.gains_of(wrong)


def test_arrays_cannot_be_written_to(drawn: sim.Draws) -> None:
    with pytest.raises(ValueError, match="read-only"):
        drawn.gains["us"][0] = 1
    with pytest.raises(ValueError, match="read-only"):
        drawn.joint[0] = True


def test_a_frame_has_a_row_a_draw(drawn: sim.Draws) -> None:
    pandas = pytest.importorskip("pandas")
    frame = drawn.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert len(frame) == DRAWS
    assert [*frame][::14] == ["gain.russia", "joint"]
    assert np.array_equal(frame["accepts.us"].to_numpy(), drawn.accepts["us"])


def test_without_pandas_a_frame_is_refused_in_a_line(drawn: sim.Draws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"^to_frame needs pandas: pip install pandas$"):
        drawn.to_frame()


def test_drawing_imports_neither_mesa_nor_pandas() -> None:
    code = (
        "import sim, sys; sim.draws(sim.load('istanbul', draws=10)).joint; print({'mesa', 'pandas'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_what_is_no_text_or_has_no_meaning_is_refused(drawn: sim.Draws, loaded: sim.Loaded) -> None:
    for wrong in ([0] * 15, [[0] * 15], None, 3):
        with pytest.raises(InvalidArgument, match=r"texts? (is|are)( a)? mapping"):
            drawn.gains_of(wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="draws are those of a loaded scenario"):
        sim.draws("istanbul")  # type: ignore[arg-type]
    numeric = sim.draws(sim.edited(loaded, ["us.reservation=0.4", "proposal.donbas=frozen_line"]))
    with pytest.raises(InvalidArgument, match="donbas is open, and us has a reservation in numbers; close the issue"):
        numeric.gains_of({**numeric.terms, "donbas": None})
