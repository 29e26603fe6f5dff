"""Scenarios of NegMAS taken over and given back, with plain stand-ins; tests/peers does it with NegMAS itself."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace as Of
from typing import Any

import pytest

import sim

COLOURS, YEARS = ["red", "blue"], [2, 3, 4]


def space(*issues: Any) -> Any:
    return Of(name="A car", issues=list(issues))


def additive(name: str, weights: Sequence[float], *values: Any, reserved: float | None = None, **more: Any) -> Any:
    return Of(name=name, weights=list(weights), values=list(values), reserved_value=reserved, **more)


def car(*ufuns: Any) -> Any:
    issues = (Of(name="colour", values=COLOURS), Of(name="years of warranty", values=YEARS))
    return Of(outcome_space=space(*issues), ufuns=list(ufuns))


BUYER = additive("Buyer", [0.25, 0.75], {"red": 1.0, "blue": 0.5}.get, {2: 0.0, 3: 0.4, 4: 0.9}.get, reserved=0.3)
SELLER = additive("Seller", [0.5, 0.5], {"red": 0.0, "blue": 1.0}.get, lambda years: (4 - years) / 2, reserved=0.4)


def gains(loaded: sim.Loaded, party: str) -> dict[tuple[Any, ...], float]:
    """What each outcome gives a party over no deal."""
    issues = list(loaded.scenario.domain.issues.issues)
    options = [list(issue.options) for issue in loaded.scenario.domain.issues.issues.values()]
    texts = [dict(zip(issues, x, strict=True)) for x in itertools.product(*options)]
    numbers = sim.draws(loaded).gains_of(texts)[party][:, 0]
    outcomes = itertools.product(COLOURS, YEARS)
    return dict(zip(outcomes, numbers.tolist(), strict=True))


def utility(of: Any, x: tuple[Any, ...]) -> float:
    return sum(w * f(v) for w, f, v in zip(of.weights, of.values, x, strict=True))


@pytest.mark.parametrize("of", [BUYER, SELLER], ids=lambda of: of.name)
def test_utilities_and_reservation_are_those_of_the_functions(of: Any) -> None:
    loaded = sim.from_negmas(car(BUYER, SELLER), draws=10)
    for x, gain in gains(loaded, of.name.lower()).items():
        assert gain == pytest.approx(utility(of, x) - of.reserved_value, abs=1e-12)
    assert not [w for w in loaded.warnings if w.where == of.name]


def test_the_text_is_one_chosen_or_the_first_partys_best() -> None:
    loaded = sim.from_negmas(car(BUYER, SELLER), text={"colour": "blue", "years of warranty": 3}, date="2020-02-01")
    assert {i: t.option for i, t in loaded.scenario.proposal.terms.items()} == {
        "colour": "blue",
        "years_of_warranty": "n3",
    }
    assert str(loaded.scenario.day) == "2020-02-01"
    best = sim.from_negmas(car(SELLER, BUYER)).scenario.proposal.terms
    assert {i: t.option for i, t in best.items()} == {"colour": "blue", "years_of_warranty": "n2"}


def test_a_function_that_is_a_sum_is_carried_whatever_it_is() -> None:
    """Found by calling it on all outcomes; rescaled, which is told, and acceptance is as it was."""

    class Mapping:
        name, reserved_value = "Odd", 7.0

        def __call__(self, x: tuple[Any, ...]) -> float:
            return {"red": 5.0, "blue": 8.0}[x[0]] - 2.0 * x[1]

    loaded = sim.from_negmas(car(Mapping(), BUYER), draws=10)
    odd = gains(loaded, "odd")
    assert all(gain == pytest.approx((Mapping()(x) - 7.0) / 7.0, abs=1e-9) for x, gain in odd.items())
    assert [w.what for w in loaded.warnings if w.where == "Odd"] == [
        "utilities from -3 to 4 are carried as such from 0 to 1, acceptance as it was"
    ]


class Biased(Of):
    """As NegMAS has it: the bias stands under no name of its own, and a call adds it."""

    def __call__(self, x: tuple[Any, ...]) -> float:
        return utility(self, x) + self.more(x)


def test_what_a_function_adds_in_any_case_is_asked_of_it() -> None:
    table = {"red": 1.0, "blue": 0.5}.get, {2: 0.0, 3: 0.4, 4: 0.9}.get
    biased = Biased(name="B", weights=[5.0, -3.0], values=table, reserved_value=4.0, more=lambda x: 3.0)
    loaded = sim.from_negmas(car(biased, BUYER), draws=10)
    span = 2.5 + 2.7
    assert all(gain == pytest.approx((biased(x) - 4.0) / span, abs=1e-9) for x, gain in gains(loaded, "b").items())
    sum_after_all = Biased(name="B", weights=[1, 1], values=table, reserved_value=4.0, more=lambda x: 2.0 * x[1])
    loaded = sim.from_negmas(car(sum_after_all, BUYER), draws=10)
    low, high = sum_after_all(("blue", 2)), sum_after_all(("red", 4))
    for x, gain in gains(loaded, "b").items():
        assert gain == pytest.approx((sum_after_all(x) - 4.0) / (high - low), abs=1e-9)
    no_sum = Biased(name="B", weights=[1, 1], values=table, reserved_value=4.0, more=lambda x: x == ("red", 3))
    with pytest.raises(sim.InvalidArgument, match="no sum over the issues"):
        sim.from_negmas(car(no_sum, BUYER))


@pytest.mark.parametrize(
    ("reserved", "near", "side"), [(-3.0, -1.0, "below"), (7.5, 2.0, "above"), (-1.0, None, ""), (1.5, None, "")]
)
def test_a_reserved_value_far_outside_the_range_leaves_acceptance_as_it_was(
    reserved: float, near: float | None, side: str
) -> None:
    odd = additive("Odd", BUYER.weights, *BUYER.values, reserved=reserved)
    loaded = sim.from_negmas(car(odd, SELLER), draws=10)
    for x, gain in gains(loaded, "odd").items():
        assert gain == pytest.approx(utility(odd, x) - (reserved if near is None else near), abs=1e-12)
        assert (gain >= 0) == (utility(odd, x) >= reserved)
    told = [w.what for w in loaded.warnings if w.where == "Odd"]
    assert len(told) == (near is not None)
    assert all(f"the reserved value {reserved:g} lies so far {side} every utility" in what for what in told)


def test_ranges_and_lacking_reserved_values_are_told() -> None:
    price = Of(name="price", values=(0.0, 10.0), is_discrete=lambda: False, min_value=0.0, max_value=10.0)
    cheap = additive("Cheap", [1.0], lambda p: 1 - p / 10, reserved=-math.inf)
    loaded = sim.from_negmas(Of(outcome_space=space(price), ufuns=[cheap]), steps=5)
    assert list(loaded.scenario.domain.issues.issues["price"].options) == ["n0_0", "n2_5", "n5_0", "n7_5", "n10_0"]
    assert {(w.where, w.code) for w in loaded.warnings} >= {("issue price", "format"), ("Cheap", "format")}
    assert min(sim.draws(loaded).gains_of({"price": "n10_0"})["cheap"]) == 0


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (3, "has issues and ufuns"),
        (car(), "here are none"),
        (car(additive("A", [0.5, 0.5], min, min)), "is no utility"),
        (car(Of(name="A", reserved_value=0.0)), "has weights and values, or can be called"),
        (car(Of(name="A", ufun=BUYER)), "falls with time is not carried"),
        (car(additive("A", [0.5, 0.5], lambda _: 0.0, lambda _: 2.0)), "worth the same"),
        (car(additive("A", [0.5, 0.5], lambda _: 0.5, BUYER.values[1], reserved=math.inf)), "accepts nothing"),
        (Of(issues=[Of(name="a", values=["x", "x"])], ufuns=[BUYER]), "not told apart"),
        (Of(issues=[Of(name="a", values="x"), Of(name="a", values="y")], ufuns=[BUYER]), "two issues have one name"),
    ],
)
def test_what_cannot_be_carried_is_refused(scenario: Any, words: str) -> None:
    with pytest.raises(sim.InvalidArgument, match=words):
        sim.from_negmas(scenario)


def test_a_utility_that_is_no_sum_is_refused() -> None:
    def both(x: tuple[Any, ...]) -> float:
        return float(x == ("red", 4))

    with pytest.raises(sim.InvalidArgument, match="no sum over the issues"):
        sim.from_negmas(car(both))


def test_texts_that_name_what_there_is_not_are_refused() -> None:
    for text, words in (
        ({"color": "red", "years of warranty": 2}, "there is no issue color; did you mean colour"),
        ({"colour": "green", "years of warranty": 2}, "there is no value of colour green; there are: red, blue"),
        ({"colour": "red"}, "text has no value of years of warranty"),
        (["red"], "text is a mapping"),
    ):
        with pytest.raises(sim.InvalidArgument, match=words):
            sim.from_negmas(car(BUYER), text=text)  # type: ignore[arg-type]


def test_out_and_in_again(tmp_path: Path) -> None:
    loaded = sim.from_negmas(car(BUYER, SELLER), draws=10)
    lost = sim.to_negmas(loaded, tmp_path / "car")
    assert len(lost) == 1
    assert lost[0].startswith("The text")
    again = sim.from_negmas(tmp_path / "car", draws=10)
    for party in ("buyer", "seller"):
        assert list(gains(again, party).values()) == pytest.approx(list(gains(loaded, party).values()), abs=1e-12)
    with pytest.raises(FileExistsError):
        sim.to_negmas(loaded, tmp_path / "car")
    with pytest.raises(sim.UnknownName, match="there is no party byer; did you mean buyer"):
        sim.to_negmas(loaded, tmp_path / "other", parties=["byer"])


def test_folders_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(sim.InvalidArgument, match="no file with issues"):
        sim.from_negmas(tmp_path)
    (tmp_path / "d.yaml").write_text("name: d\nissues:\n- {name: a, type: CategoricalIssue, values: [u, v]}\n")
    (tmp_path / "p.yaml").write_text("type: HyperRectangleUtilityFunction\n")
    with pytest.raises(sim.Complaints) as error:
        sim.from_negmas(tmp_path)
    [complaint] = error.value.complaints
    assert complaint.code == "format"
    assert complaint.what == "HyperRectangleUtilityFunction is not read; a LinearAdditiveUtilityFunction is"
    (tmp_path / "p.yaml").write_text(
        "type: LinearAdditiveUtilityFunction\nweights: [1.0]\nvalues:\n- {type: LambdaFun, f: x}\n"
    )
    with pytest.raises(sim.Complaints, match="values by LambdaFun are not read"):
        sim.from_negmas(tmp_path)


DOMAIN = """\
name: d
issues:
- {name: a, type: negmas.outcomes.CategoricalIssue, values: [u, v]}
- {name: b, type: negmas.outcomes.ContiguousIssue, values: [1, 3]}
"""
FUNCTION = """\
type: negmas.preferences.LinearAdditiveUtilityFunction
name: p
weights: [0.5, 0.5]
values:
- {type: TableFun, mapping: {u: 1.0, v: 0.0}}
- {type: AffineFun, slope: 0.25, bias: 0.1}
reserved_value: 0.2
"""
WRONG = {
    "no values": (
        "d",
        "CategoricalIssue, values: [u, v]",
        "CategoricalIssue",
        "d.yaml:3:3: error: issues: 1: values: a l",
    ),
    "values": ("d", "[u, v]", "u", "d.yaml:3:61: error: issues: 1: values: should be a list"),
    "an issue": (
        "d",
        "- {name: a, type: negmas.outcomes.CategoricalIssue, values: [u, v]}",
        "- a",
        "should be a mapping",
    ),
    "no name": ("d", "name: a, ", "", "an issue has a name"),
    "issues": ("d", DOMAIN[8:], "issues: 3\n", "issues: should be a list"),
    "words": ("d", "[1, 3]", "[x, 3]", "issues: 2: values: 1: should be a number"),
    "one end": ("d", "[1, 3]", "[1]", "issues: 2: values: 2: a number is missing here"),
    "turned": ("d", "[1, 3]", "[3, 1]", "should be two numbers, the ends of a range, low before high"),
    "parts": ("d", "[1, 3]", "[1.5, 3]", "should be two whole numbers, the ends of a range"),
    "no function": (
        "p",
        FUNCTION[FUNCTION.index("values:") : FUNCTION.index("reserved")],
        "",
        "values: a list is miss",
    ),
    "no weights": ("p", "weights: [0.5, 0.5]", "", "weights: a list is missing here"),
    "few": ("p", "weights: [0.5, 0.5]", "weights: []", "weights: 0 of them, and there are 2 issues"),
    "a weight": ("p", "weights: [0.5, 0.5]", "weights: [0.5, x]", "p.yaml:3:16: error: weights: 2: should be a number"),
    "infinite": ("p", "weights: [0.5, 0.5]", "weights: [0.5, .inf]", "weights: 2: should be a number"),
    "reserved": ("p", "reserved_value: 0.2", "reserved_value: [1]", "reserved_value: should be a number"),
    "slope": ("p", "0.25", "steep", "values: 2: slope: should be a number"),
    "a worth": ("p", "1.0", "much", "values: 1: mapping: u: should be a number"),
    "no worth": ("p", "u: 1.0, ", "", "values: 1: mapping: no worth of u, of the issue a"),
    "of numbers": (
        "p",
        "TableFun, mapping: {u: 1.0, v: 0.0}",
        "IdentityFun",
        "IdentityFun is of numbers, and the issue a has",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "words"), WRONG.values(), ids=list(WRONG))
def test_malformed_files_are_complained_of_where_they_are_wrong(
    tmp_path: Path, file: str, old: str, new: str, words: str
) -> None:
    files = {"d": DOMAIN, "p": FUNCTION}
    assert old in files[file]
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text.replace(old, new) if name == file else text)
    with pytest.raises(sim.Complaints) as error:
        sim.from_negmas(tmp_path)
    assert words in str(error.value)
    assert {c.code for c in error.value.complaints} == {"format"}
    assert all(c.place.file == str(tmp_path / f"{file}.yaml") for c in error.value.complaints)


def test_sound_files_and_no_folder(tmp_path: Path) -> None:
    (tmp_path / "d.yaml").write_text(DOMAIN)
    (tmp_path / "p.yaml").write_text(FUNCTION)
    loaded = sim.from_negmas(tmp_path, draws=10)
    expected = 0.5 + 0.5 * 0.85 - 0.2
    assert sim.draws(loaded).gains["p"][0] == pytest.approx(expected)
    with pytest.raises(OSError, match="nowhere"):
        sim.from_negmas(tmp_path / "nowhere")
