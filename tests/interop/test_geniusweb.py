"""What GeniusWeb JSON means and how it is read: known utilities, both spellings, every fault located."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.files.complaints import Complaints
from sim.interop.additive import Imported
from sim.interop.formats import read_files
from tests.exchange import JOB, JOB_DOMAIN, job_profile, write

SPACE = "LinearAdditiveUtilitySpace"
Json = dict[str, Any]


def read(folder: Path, *profiles: Json, domain: Json | None = JOB_DOMAIN, steps: int | None = None) -> Imported:
    files = {} if domain is None else {"domain.json": json.dumps(domain, indent=1)}
    files |= {f"profile{k}.json": json.dumps(p, indent=1) for k, p in enumerate(profiles, 1)}
    return read_files(write(folder, files), steps)


def test_a_domain_written_from_the_formats_description(tmp_path: Path) -> None:
    imported = read_files(write(tmp_path, JOB))
    cardinal = imported.domain
    assert cardinal.name == "A job"
    assert [i.name for i in cardinal.issues] == ["lease car", "salary"]
    assert cardinal.issues[1].options == ("2000", "2500", "3000", "3500", "4000")
    [employee] = cardinal.parties
    assert (employee.name, employee.weights) == ("employee", (0.25, 0.75))
    assert employee.values[0] == (0.9, 0.1)
    assert employee.values[1] == pytest.approx((0.2, 0.4, 0.6, 0.8, 1.0), abs=1e-15)
    # the bid's utility: utilities stand as they are, nothing is divided
    assert employee.reservation == pytest.approx(0.25 * 0.1 + 0.75 * 0.6, abs=1e-15)
    assert employee.notes == ("The reservation value is the utility of the file's reservation bid, 0.475",)
    assert imported.warnings == ()


def test_both_spellings_mean_the_same(tmp_path: Path) -> None:
    newer = job_profile(spelling=("DiscreteValueSetUtilities", "NumberValueSetUtilities"))
    assert read(tmp_path / "a", newer).domain == read(tmp_path / "b", job_profile()).domain


def test_the_domain_in_a_profile_will_do(tmp_path: Path) -> None:
    assert read(tmp_path / "a", job_profile(), domain=None).domain == read(tmp_path / "b", job_profile()).domain


def test_numbers_in_quotes_and_ranges_as_objects(tmp_path: Path) -> None:
    domain = copy.deepcopy(JOB_DOMAIN)
    domain["issuesValues"]["salary"] = {"range": {"low": "2000", "high": "4000", "step": "500"}}
    profile = job_profile()
    profile[SPACE]["issueWeights"] = {"lease car": "0.25", "salary": "0.75"}
    profile[SPACE]["reservationBid"]["issuevalues"]["salary"] = "3000.0"
    assert read(tmp_path / "a", profile, domain=domain).domain == read(tmp_path / "b", job_profile()).domain


def test_without_a_reservation_bid_anything_is_accepted(tmp_path: Path) -> None:
    for k, bid in enumerate((None, "left out")):
        profile = job_profile()
        profile[SPACE]["reservationBid"] = bid
        if bid:
            del profile[SPACE]["reservationBid"]
        assert read(tmp_path / str(k), profile).domain.parties[0].reservation == 0


def test_a_reservation_bid_may_leave_issues_out(tmp_path: Path) -> None:
    profile = job_profile()
    del profile[SPACE]["reservationBid"]["issuevalues"]["salary"]
    imported = read(tmp_path, profile)
    assert imported.domain.parties[0].reservation == pytest.approx(0.025)
    assert [w.what for w in imported.warnings] == ["leaves salary out, which adds nothing to its utility"]


def test_large_ranges_become_as_many_options_as_asked_for(tmp_path: Path) -> None:
    domain = copy.deepcopy(JOB_DOMAIN)
    domain["issuesValues"]["salary"]["range"] = [2000, 4000, 0.5]
    profile = job_profile()
    profile[SPACE]["domain"] = domain
    with pytest.raises(Complaints, match="4001 numbers from 2000 to 4000; up to 100 become options"):
        read(tmp_path, profile, domain=domain)
    imported = read(tmp_path, profile, domain=domain, steps=5)
    assert imported.domain.issues[1].options == ("2000", "2500", "3000", "3500", "4000")
    assert imported.domain.parties[0].values[1] == pytest.approx((0.2, 0.4, 0.6, 0.8, 1.0))
    assert [w.what for w in imported.warnings] == ["4001 numbers from 2000 to 4000: 5 of them are options"]


def test_numbers_between_the_ends_are_rounded_as_geniusweb_rounds_them(tmp_path: Path) -> None:
    domain = copy.deepcopy(JOB_DOMAIN)
    domain["issuesValues"]["salary"]["range"] = [2000, 4000, 500]
    profile = job_profile()
    profile[SPACE]["issueUtilities"]["salary"]["numberutils"] |= {"lowUtility": 0, "highUtility": 0.33333333}
    # a quarter is 0.0833333325: half up at the eighth decimal
    assert read(tmp_path, profile).domain.parties[0].values[1] == (0, 0.08333333, 0.16666667, 0.25, 0.33333333)


def job_of(low: float, high: float, step: float, first: float = 0, last: float = 1) -> Json:
    """The job with a salary of any range; the bid is the highest."""
    profile = copy.deepcopy(job_profile())
    space = profile[SPACE]
    space["domain"] = copy.deepcopy(JOB_DOMAIN)
    space["domain"]["issuesValues"]["salary"] = {"range": [low, high, step]}
    line = {"lowValue": low, "lowUtility": first, "highValue": high, "highUtility": last}
    space["issueUtilities"]["salary"] = {"numberutils": line}
    space["reservationBid"]["issuevalues"] = {"salary": high}
    return profile


def test_numbers_at_the_ends_of_what_numbers_can_be(tmp_path: Path) -> None:
    """So many steps that no float holds their number: three of them are the two ends and the middle."""
    imported = read(tmp_path / "a", job_of(2000, 4000, 5e-324), domain=None, steps=3)
    assert imported.domain.issues[1].options == ("2000", "3000", "4000")
    assert imported.domain.parties[0].values[1] == (0, 0.5, 1)
    assert "more than 10^15 numbers from 2000 to 4000: 3 of them are options" in imported.warnings[0].what
    imported = read(tmp_path / "b", job_of(-1e15, 1e15, 1), domain=None, steps=3)
    assert imported.domain.issues[1].options == ("-1000000000000000", "0", "1000000000000000")
    with pytest.raises(Complaints, match=r"more than 10\^15 numbers from 0 to 1; up to 100 become options"):
        read(tmp_path / "c", job_of(0, 1, 1e-300), domain=None)
    tiny = read(tmp_path / "d", job_of(0, 1, 0.5, first=5e-324, last=5e-324), domain=None)
    assert tiny.domain.parties[0].values[1] == (0, 0, 0)


@pytest.mark.parametrize("far", [-1e300, 1e300, 1.5, -1e-9])
def test_a_utility_beyond_0_and_1_at_an_end_of_a_range(tmp_path: Path, far: float) -> None:
    with pytest.raises(Complaints) as found:
        read(tmp_path, job_of(2000, 4000, 500, last=far), domain=None)
    assert [c.what for c in found.value.complaints] == [f"the utility {far:g} is not between 0 and 1"]


def test_weights_whose_sum_is_no_number(tmp_path: Path) -> None:
    profile = job_profile()
    profile[SPACE]["issueWeights"] = {"lease car": 1.7e308, "salary": 1.7e308}
    with pytest.raises(Complaints, match="the weights sum to inf"):
        read(tmp_path, profile)


@pytest.mark.parametrize("bid", ["sNaN", "NaN", "Infinity", "3001", True, None, [], "much"])
def test_a_bid_that_is_no_number_of_the_range(tmp_path: Path, bid: object) -> None:
    profile = job_profile()
    profile[SPACE]["reservationBid"]["issuevalues"]["salary"] = bid
    with pytest.raises(Complaints, match="salary has no option"):
        read(tmp_path, profile)


def test_a_file_tells_where_the_words_of_a_name_end(tmp_path: Path) -> None:
    profile = json.dumps(job_profile(name="JobSeeker"))
    for file, name in (("job_seeker", "job_seeker"), ("jobseeker", "JobSeeker"), ("other", "JobSeeker")):
        imported = read_files(write(tmp_path, {f"{file}.json": profile}))
        assert imported.domain.parties[0].name == name


def test_what_is_not_carried_is_told(tmp_path: Path) -> None:
    profile = job_profile()
    profile[SPACE]["colour"] = "blue"
    assert [f"{w.where}: {w.what}" for w in read(tmp_path, profile).warnings] == ["colour: is not carried"]


def _set(*path: Any) -> Callable[[Json], None]:
    """A change of a profile: the last of ``path`` stands at the rest of it, below the space."""
    *keys, last, value = path

    def change(profile: Json) -> None:
        at = profile[SPACE]
        for key in keys:
            at = at[key]
        if value is None:
            del at[last]
        else:
            at[last] = value

    return change


CAR, SALARY = ("issueUtilities", "lease car"), ("issueUtilities", "salary")
FAULTS: dict[str, tuple[Callable[[Json], None], str]] = {
    "no utilities": (_set("issueUtilities", None), "issueUtilities: expected an object {...}, found nothing"),
    "utilities of an issue less": (_set(*CAR, None), "issueUtilities: the issue lease car is missing"),
    "utilities of an issue more": (_set("issueUtilities", "x", {}), "issueUtilities: the domain has no issue x"),
    "an option less": (
        _set(*CAR, "discreteutils", "valueUtilities", "no", None),
        "utilities of lease car: no utility of no",
    ),
    "an option more": (
        _set(*CAR, "discreteutils", "valueUtilities", "maybe", 0.5),
        "utilities of lease car: the domain has no option maybe",
    ),
    "a utility above 1": (
        _set(*CAR, "discreteutils", "valueUtilities", "no", 1.5),
        "utilities of lease car: no: the utility 1.5 is not between 0 and 1",
    ),
    "a negative utility": (
        _set(*SALARY, "numberutils", "lowUtility", -0.1),
        "utilities of salary: lowUtility: the utility -0.1 is not between 0 and 1",
    ),
    "a utility that is no number": (
        _set(*CAR, "discreteutils", "valueUtilities", "no", True),
        "utilities of lease car: no: expected a number, found true",
    ),
    "a utility that is a list": (
        _set(*CAR, "discreteutils", "valueUtilities", "no", [1]),
        "utilities of lease car: no: expected a number, found a list",
    ),
    "numbers for a list": (
        _set(*CAR, {"numberutils": {}}),
        "utilities of lease car: expected discreteutils or DiscreteValueSetUtilities, found numberutils",
    ),
    "other ends": (
        _set(*SALARY, "numberutils", "highValue", 5000),
        "utilities of salary: lowValue and highValue are not the range's ends, 2000 and 4000",
    ),
    "an end less": (
        _set(*SALARY, "numberutils", "lowValue", None),
        "utilities of salary: lowValue: a number is missing",
    ),
    "a weight less": (_set("issueWeights", "salary", None), "issueWeights: the issue salary is missing"),
    "a negative weight": (_set("issueWeights", "salary", -0.75), "weight of salary: the weight -0.75 is negative"),
    "weights that sum to 0.75": (
        _set("issueWeights", "lease car", 0),
        "issueWeights: the weights sum to 0.75; GeniusWeb",
    ),
    "another domain": (
        _set("domain", "issuesValues", "lease car", "values", ["yes", "perhaps"]),
        "issue lease car: its options are others than in the domain: perhaps, no",
    ),
    "another range": (
        _set("domain", "issuesValues", "salary", "range", [2000, 4000, 1000]),
        "issue salary: its options are others than in the domain: 2500, 3500",
    ),
    "an issue of the domain less": (
        _set("domain", "issuesValues", "salary", None),
        "domain: the issue salary is missing",
    ),
    "no domain": (_set("domain", None), "domain: expected an object {...}, found nothing"),
    "a bid outside": (
        _set("reservationBid", "issuevalues", "salary", 2700),
        "reservationBid: salary has no option the number 2700",
    ),
    "a bid on nothing": (_set("reservationBid", "issuevalues", "x", "y"), "reservationBid: the domain has no issue x"),
    "no bid in the bid": (_set("reservationBid", {}), "reservationBid: expected an object {...}, found nothing"),
}


@pytest.mark.parametrize(("change", "said"), FAULTS.values(), ids=FAULTS)
def test_faults_of_profiles(tmp_path: Path, change: Callable[[Json], None], said: str) -> None:
    profile = copy.deepcopy(job_profile())
    change(profile)
    with pytest.raises(Complaints) as found:
        read(tmp_path, profile)
    lines = [str(c) for c in found.value.complaints]
    assert any(f"error: {said}" in line for line in lines), lines
    # none of them is about the file as such
    assert not any(f"{tmp_path}/profile1.json:1:1:" in line for line in lines)


DOMAIN_FAULTS: dict[str, tuple[Any, str]] = {
    "no issues": ({}, "issuesValues: holds no issue"),
    "a list of issues": ([], "issuesValues: expected an object {...}, found a list"),
    "one option": ({"a": {"values": ["x"]}}, "issue a: one option: nothing to decide"),
    "an option twice": ({"a": {"values": ["x", "y", "x"]}}, "issue a: a second option x"),
    "an option that is a number": ({"a": {"values": [1, 2]}}, "expected the name of an option, found the number 1"),
    "neither values nor range": ({"a": {"value": ["x"]}}, "issue a: expected values or range, found value"),
    "half a range": ({"a": {"range": [1, 2]}}, "issue a: expected a range [low, high, step], found a list"),
    "no step": ({"a": {"range": [1, 2, 0]}}, "issue a: a step of 0 leads nowhere"),
    "upside down": ({"a": {"range": [2, 1, 1]}}, "the range from 2 to 1 holds fewer than two numbers"),
    "one number": ({"a": {"range": [1, 2, 5]}}, "the range from 1 to 2 by 5 holds fewer than two numbers"),
    "out of reach": ({"a": {"range": [1, 1e300, 1]}}, "issue a: a range out of reach"),
    "a step as fine as dust": ({"a": {"range": [0, 1e9, 1e-9]}}, "up to 100 become options"),
    "a name of nothing": ({" ": {"values": ["x", "y"]}}, "issue: an issue without a name"),
    "too many options": ({"a": {"values": [f"v{k}" for k in range(2001)]}}, "2001 options; up to 2000 are read"),
    "too many issues": ({f"i{k}": {"values": ["x", "y"]} for k in range(201)}, "201 issues; up to 200 are read"),
}


@pytest.mark.parametrize(("issues", "said"), DOMAIN_FAULTS.values(), ids=DOMAIN_FAULTS)
def test_faults_of_domains(tmp_path: Path, issues: Any, said: str) -> None:
    with pytest.raises(Complaints) as found:
        read(tmp_path, job_profile(), domain={"name": "d", "issuesValues": issues})
    assert any(said in str(c) for c in found.value.complaints), found.value.complaints


def test_other_kinds_of_profile_are_named(tmp_path: Path) -> None:
    with pytest.raises(Complaints, match="SumOfGroupsUtilitySpace is not read"):
        read(tmp_path, {"SumOfGroupsUtilitySpace": {}})
