"""Polled chances can be varied, rounded weights rescaled, one rule for broken constraints, edits and beliefs told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.analysis.levers.levers import levers
from sim.analysis.search.search import search
from sim.analysis.sweep.sweep import sweep
from sim.engine.profiles import compile_case
from sim.files.complaints import Complaints
from sim.scenario import schema
from sim.scenario.loading import load
from tests import domains, small
from tests.domains import share_within
from tests.test_no_deal import loaded as bare

DRAWS = 4096
CEDED = small.SCENARIO.replace("land: {open: true, basis: assumed}", "land: {option: ceded, basis: proposed}")
REFUSAL = """\
refuses:
  - id: no_land
    if: {land: [ceded, frozen]}
    from: 2022-01-01
    basis: inferred
    evidence: [E5]
    holds: [0.2, 0.6]
    why: A poll.
no_deal:
  cost: 1
"""
#: Blue asks its voters, most of whom refuse to cede the land.
POLLED = {
    "deal.yaml": CEDED,
    "domain/positions/blue.yaml": small.BLUE.replace("no_deal:\n  cost: 0.05\n", REFUSAL)
    .replace("role: principal", "role: ratifier\ndecides: {by: majority, of: voters, quota: 0.5}")
    .replace("evidence: [E3, E5]}", "evidence: [E3, E5], holds: [0.4, 0.9]}"),
}


def fault(path: Path, *edits: str) -> tuple[str, str | None]:
    with pytest.raises(Complaints) as told:
        load(path, edits=edits)
    [found] = [c for c in told.value.complaints if c.severity == "error"]
    return found.what, found.hint


# --- polls ------------------------------------------------------------------------------------


def test_the_chance_of_a_red_line_is_set(tmp_path: Path) -> None:
    loaded = load(small.write(tmp_path, POLLED), edits=["blue.land.red_lines.ceded.holds=0.1..0.3"])
    [line] = loaded.scenario.domain.positions["blue"].positions["land"][0].red_lines
    assert (line.option, line.basis, line.evidence, line.holds) == ("ceded", "edited", (), schema.Span(0.1, 0.3))
    assert loaded.scenario.edits == ("blue.land.red_lines.ceded.holds=[0.1, 0.3]",)


@pytest.mark.parametrize(
    ("holds", "share"), [("0.25..0.35", 1.0), ("0.4..0.6", 0.5), ("0.2..0.6", 0.75), ("0.6", 0.0), ("0", 1.0)]
)
def test_the_chance_of_a_refusal_is_set_and_binds_as_often(holds: str, share: float, tmp_path: Path) -> None:
    """Most voters refuse where the drawn share is one half or more."""
    edits = ["blue.land.red_lines=none", f"blue.refuses.no_land.holds={holds}"]
    loaded = load(small.write(tmp_path, POLLED), edits=edits, draws=DRAWS)
    [refusal] = loaded.scenario.domain.positions["blue"].refuses
    assert (refusal.basis, refusal.evidence) == ("edited", ())
    [result] = sim.score([loaded])
    assert share_within(result.party("blue").acceptability.estimate, share, DRAWS)


@pytest.mark.parametrize(
    ("edit", "what", "hint"),
    [
        (
            "blue.refuses.no_land.hold=0.3",
            "there is no part of blue.refuses.no_land called hold",
            "did you mean holds?",
        ),
        ("blue.refuses.no_land.holds.more=1", "blue.refuses.no_land.holds has no part more", None),
        (
            "blue.refuses.no_land.holds=none",
            "expected a number or a range from 0 to 1",
            "blue.refuses.no_land.holds=1 lets it bind always, 0 never",
        ),
        ("blue.refuses.no_land.holds=1.5", "must lie between 0 and 1", None),
        ("blue.refuses.nolnd.holds=0.5", "blue has no refusal nolnd", "did you mean no_land?"),
        (
            "blue.refuses.no_land=0.5",
            "a refusal can only be dropped, or the chance that it holds be set",
            "write blue.refuses.no_land=none or blue.refuses.no_land.holds=0.4..0.6",
        ),
        (
            "blue.land.red_lines.frozen.holds=0.5",
            "blue has no red line on frozen of land on 2022-03-29",
            "its red lines there: ceded",
        ),
        ("blue.land.red_lines.froze.holds=0.5", "there is no option of land called froze", "did you mean frozen?"),
        (
            "blue.status.red_lines.member.holds=0.5",
            "blue has no red line on member of status on 2022-03-29",
            "draw one: blue.status.red_lines=[member]",
        ),
        (
            "blue.land.red_lines.ceded=0.5",
            "name what to set of blue.land.red_lines.ceded",
            "for instance blue.land.red_lines.ceded.holds=0.4..0.6",
        ),
    ],
)
def test_wrong_chances(edit: str, what: str, hint: str | None, tmp_path: Path) -> None:
    found = fault(small.write(tmp_path, POLLED), edit)
    assert found[0] == what
    if hint is not None:
        assert found[1] == hint


def test_a_sweep_varies_it(tmp_path: Path) -> None:
    loaded = load(small.write(tmp_path, POLLED), draws=1000, edits=["blue.land.red_lines=none"])
    found = sweep(loaded, ["blue.refuses.no_land.holds=0:1:5"])
    shares = [p.party("blue").acceptability.estimate for p in found.points]
    assert shares == [1, 1, 0, 0, 0]


def test_levers_try_both_ends(tmp_path: Path) -> None:
    loaded = load(small.write(tmp_path, POLLED), draws=1000)
    found = {x.edit: x for x in levers(loaded).levers if x.kind == "holds"}
    assert set(found) == {
        "blue.land.red_lines.ceded.holds=0.4",
        "blue.land.red_lines.ceded.holds=0.9",
        "blue.refuses.no_land.holds=0.2",
        "blue.refuses.no_land.holds=0.6",
    }
    for edit, lever in found.items():
        plain = sim.score([load(loaded.path, edits=[edit], draws=1000)])[0].joint_acceptability
        assert plain is not None
        assert lever.joint is not None
        assert lever.joint.after.estimate == plain.estimate
    assert found["blue.land.red_lines.ceded.holds=0.4"].before == "0.4 to 0.9"


# --- edits, beliefs, weights ----------------------------------------------------------------------


def test_a_path_set_twice_says_which_wins(tmp_path: Path) -> None:
    path = small.write(tmp_path)
    edits = ["red.status.importance=minor", "red.status.importance=major"]
    [told] = [w for w in load(path, edits=edits).warnings if "set before" in w.what]
    assert told.what == "red.status.importance is set before, at --set[1]:1:1; this one, the later, wins"
    assert (told.place.file, told.severity) == ("--set[2]", "warning")
    loaded = load(path, edits=edits)
    assert loaded.scenario.domain.positions["red"].positions["status"][0].importance == "major"


def test_a_file_and_a_whole_cell_too(tmp_path: Path) -> None:
    path = small.write(tmp_path)
    file = tmp_path / "e.yaml"
    file.write_text("title: t\nedits:\n  red.status: {importance: minor, weight: 0.2}\n", encoding="utf-8")
    whole = load(path, edits=["red.status=unknown"], edit_files=[file])
    assert [w.place.file for w in whole.warnings if "set before" in w.what] == ["--set[1]"]
    part = load(path, edits=["red.status=unknown", "red.status.importance=minor"])
    assert not [w for w in part.warnings if "set before" in w.what]


@pytest.mark.parametrize(
    ("edits", "what", "hint"),
    [
        (
            ["red.no_deal.beliefs.stalemate=0.9"],
            "the beliefs cannot sum to 1: they add up to at least 1.2",
            "lower the lower ends of defeat (at least 0.3) to 0.1 or less",
        ),
        (
            ["red.no_deal.beliefs.stalemate=0.1"],
            "the beliefs cannot sum to 1: they add up to at most 0.9",
            "raise the upper ends of defeat (at most 0.8) to 0.9 or more",
        ),
        (
            ["red.no_deal.beliefs.stalemate=0.9", "red.no_deal.beliefs.defeat=0.9"],
            "the beliefs cannot sum to 1: they add up to at least 1.8",
            "lower the lower ends of stalemate (at least 0.9) and defeat (at least 0.9) to 1 or less in all",
        ),
    ],
)
def test_beliefs_name_which_others_to_move(edits: list[str], what: str, hint: str, tmp_path: Path) -> None:
    assert fault(small.write(tmp_path), *edits) == (what, hint)


def weights(first: float, second: float | str) -> dict[str, str]:
    """Blue with a number for every issue; two of them as said, the others 0.2 each."""
    rows = {"fighting": 0.2, "guarantee": 0.2, "status": first, "land": second}
    cells = "".join(
        f"  {issue}:\n    - {{from: 2022-01-01, ranking: unknown, weight: {w}, basis: assumed}}\n"
        for issue, w in rows.items()
    )
    blue = f"id: blue\nname: Blue\nrole: principal\nconsent: always\npositions:\n{cells}"
    return {"domain/positions/blue.yaml": blue}


@pytest.mark.parametrize(("second", "total"), [(0.396, 0.996), (0.403, 1.003)])
def test_rounded_weights_are_rescaled_with_a_warning(second: float, total: float, tmp_path: Path) -> None:
    loaded = load(small.write(tmp_path, weights(0.2, second)))
    [told] = [w for w in loaded.warnings if "rescaled" in w.what]
    assert told.what == f"the weights in force on 2022-03-29 add up to {total:g}; they are rescaled to sum to 1"
    cells = compile_case(loaded.scenario).profile("blue").cells
    held = [c.weight for c in cells]
    assert all(w is not None and w.fixed for w in held)
    assert sum(w.low for w in held if w is not None) == pytest.approx(1, abs=1e-12)
    assert held[-1] is not None
    assert held[-1].low == pytest.approx(second / total)
    own = domains.preferences(compile_case(loaded.scenario), "blue")
    assert np.allclose(own.weights.sum(axis=0), 1)


@pytest.mark.parametrize(("second", "said"), [(0.39, "at most 0.99"), (0.41, "at least 1.01")])
def test_weights_that_miss_by_more_are_a_fault(second: float, said: str, tmp_path: Path) -> None:
    what, _ = fault(small.write(tmp_path, weights(0.2, second)))
    assert what == f"the weights in force on 2022-03-29 cannot sum to 1: they add up to {said}"


def test_exact_weights_stay(tmp_path: Path) -> None:
    loaded = load(small.write(tmp_path, weights(0.2, 0.4)))
    assert not [w for w in loaded.warnings if "rescaled" in w.what]
    assert compile_case(loaded.scenario).profile("blue").cells[-1].weight == schema.Span(0.4, 0.4)


@pytest.mark.parametrize("rest", ["[0.3, 0.404]", "[0.396, 0.5]"])
def test_ranges_that_can_sum_to_one_are_not_rounded_weights(rest: str, tmp_path: Path) -> None:
    loaded = load(small.write(tmp_path, weights(0.2, rest)))
    assert not [w for w in loaded.warnings if "rescaled" in w.what]


def test_weights_that_miss_one_by_the_rounding_of_a_sum_stay_as_written(tmp_path: Path) -> None:
    parts = (0.3, 0.300000000000001)
    assert sum([0.2, 0.2, *parts]) > 1
    loaded = load(small.write(tmp_path, weights(*parts)))
    cells = compile_case(loaded.scenario).profile("blue").cells
    assert {c.weight.low for c in cells if c.weight is not None} == {0.2, *parts}


# --- one rule for constraints that the text itself breaks ---------------------------------------------


def test_filler_and_search_treat_a_broken_constraint_alike() -> None:
    """The text breaks the law by its filler; before, the filler range kept to it and a search near the text did not."""
    law = [domains.constraint("law", {"x": ["a"]}, {"y": ["a"]}, "legal")]
    other = [domains.constraint("other", {"x": ["a"]}, {"y": ["a", "b"]}, "legal")]
    terms = {"x": "a", "y": {"option": "b", "basis": "assumed"}, "z": "a"}
    people = {"p": domains.party({"x": domains.position("ab"), "y": domains.position("abc")})}
    case = domains.case(
        {"x": "ab", "y": "abc", "z": "ab"}, people, terms, {"k": {"x": "b"}}, constraints=[*law, *other]
    )
    rows, whole = case.fillings
    assert whole
    # `law`, which the text breaks, does not bind; `other` does
    assert [case.space.terms(r)["y"] for r in rows] == ["a", "b"]
    for changes in (None, 1):
        found = search(bare(case.scenario), keep=["x", "z"], changes=changes, texts=(), top=10)
        assert [r.id for r in found.broken_already] == ["law"]
        said = {x.terms["y"] for x in found.answer.listed}
        assert said <= {"a", "b"}
        assert found.answer.scored == 2


def test_ranges_that_cannot_sum_to_one_are_a_fault_however_near(tmp_path: Path) -> None:
    """Only numbers are rounded; before, ranges up to 0.996 were stretched as if they were."""
    what, _ = fault(small.write(tmp_path / "a", weights(0.2, "[0.3, 0.396]")))
    assert what == "the weights in force on 2022-03-29 cannot sum to 1: they add up to at most 0.996"
    what, _ = fault(small.write(tmp_path / "b", weights(0.2, "[0.404, 0.5]")))
    assert what == "the weights in force on 2022-03-29 cannot sum to 1: they add up to at least 1.004"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("red.status.ranking=[member, neutral]", "red.status.values={member: 1, undecided: 0.5, neutral: 0}"),
        ("red.status.values={member: 1, undecided: 0.5, neutral: 0}", "red.status.ranking=[member, neutral]"),
        ("red.status.importance=minor", "red.status.weight=0.2"),
        ("red.status.weight=0.2", "red.status.importance=minor"),
        ("blue.land.red_lines=[frozen]", "blue.red_lines=none"),
    ],
)
def test_a_later_edit_that_stands_in_place_of_an_earlier_is_told(first: str, second: str, tmp_path: Path) -> None:
    said = [w.what for w in load(small.write(tmp_path), edits=[first, second]).warnings]
    one, other = first.split("=")[0], second.split("=")[0]
    assert f"{other} undoes {one}, set at --set[1]:1:1; this one, the later, wins" in said


def test_edits_that_stand_beside_each_other_are_not_told(tmp_path: Path) -> None:
    edits = [
        "red.status.ranking=[member, neutral]",
        "red.status.importance=minor",
        "blue.red_lines=none",
        "blue.land.red_lines=[frozen]",
        "red.red_lines=none",
        "blue.land.red_lines.frozen.holds=0.4",
    ]
    assert not [w for w in load(small.write(tmp_path), edits=edits).warnings if "the later, wins" in w.what]
