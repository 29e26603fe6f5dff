"""Rules of single parties in files, edits and calls: named, checked, hashed, saved, taken back."""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.files import registry
from sim.files.own_rules import RULES
from tests import own_rules, small
from tests.own_rules import scenario


@pytest.fixture(autouse=True)
def _registered() -> None:
    own_rules.register()


def _faults(call: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(sim.Complaints) as caught:
        call()
    return [(str(c.place), c.where, f"{c.what}; {c.hint}") for c in caught.value.complaints]


def test_a_file_names_rules_and_is_saved_with_them(tmp_path: Path) -> None:
    path = small.write(
        tmp_path, {"deal.yaml": small.SCENARIO + "rules:\n  utility: {red: bent}\n  acceptance: {blue: nothing_more}\n"}
    )
    loaded = sim.load(path, draws=50)
    assert loaded.scenario.rules.utility == {"red": "bent"}
    [result] = sim.score(loaded)
    folder = sim.save(loaded, result, tmp_path / "results")
    again = sim.load(folder, draws=50)
    assert again.scenario.rules == loaded.scenario.rules
    assert sim.score(again)[0].to_json() == result.to_json()
    read = sim.read(folder)
    assert read.settings.rules == result.settings.rules


def test_names_that_there_are_not_are_told_at_their_place(tmp_path: Path) -> None:
    path = small.write(
        tmp_path, {"deal.yaml": small.SCENARIO + "rules:\n  utility: {red: bnet, purple: bent}\n  acceptence: {}\n"}
    )
    told = _faults(lambda: sim.load(path))
    assert len(told) == 3
    places = {place.rpartition("/")[2]: (where, words) for place, where, words in told}
    wrong = [words for where, words in places.values() if where == "rules: utility: red"]
    assert wrong
    assert wrong[0].startswith("bnet is not one of sum, ")
    assert "did you mean bent?" in wrong[0]
    assert "installed package" in wrong[0]
    assert "sim.utility, called before loading" in wrong[0]
    with pytest.raises(sim.Complaints) as fault:
        sim.load(path)
    assert {c.code for c in fault.value.complaints} == {"unknown_name", "unknown_key"}
    assert any("there is no party purple" in words for _, words in places.values())
    assert any("did you mean acceptance?" in words for _, words in places.values())


def test_hashes_tell_rules_apart_and_leave_others_alone() -> None:
    loaded = scenario()
    named = loaded.with_(rules={"utility": {"north": "bent"}})
    assert named.sha256 != loaded.sha256
    assert named.with_({"rules.utility.north": "none"}).scenario.rules == loaded.scenario.rules
    assert "rules" not in loaded.to_dict()
    back = named.with_(rules={"utility": {"north": "sum"}})
    assert (back.sha256, back.scenario.rules) == (loaded.sha256, loaded.scenario.rules)
    two = loaded.with_(rules={"utility": {"north": "bent"}, "acceptance": {"north": "nothing_more"}})
    one = two.with_(rules={"acceptance": {"north": "no_loss"}})
    assert one.scenario.rules.acceptance == {}
    assert one.sha256 == named.sha256
    # the usual words change nothing, and are not written where nothing stands
    assert loaded.with_(rules={"utility": {"north": "sum"}}).sha256 == loaded.sha256


def test_edits_by_name_and_several_at_once() -> None:
    loaded = scenario()
    one = loaded.with_(["rules.utility.North=bent", "rules.acceptance={south: nothing_more, north: up_to_a_tenth}"])
    assert one.scenario.rules.utility == {"north": "bent"}
    assert one.scenario.rules.acceptance == {"south": "nothing_more", "north": "up_to_a_tenth"}
    other = loaded.with_({"rules": {"utility": {"north": "bent"}, "acceptance": {"south": "nothing_more"}}})
    assert other.scenario.rules.acceptance == {"south": "nothing_more"}
    assert other.with_(rules={"acceptance": {"south": "no_loss"}}).scenario.rules.utility == {"north": "bent"}


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ("rules=bent", "name the kind of rule and the party whose rule to set"),
        ("rules.utility=bent", "name the kind of rule and the party whose rule to set"),
        ("rules.utilty.north=bent", "there is no kind of rule called utilty; did you mean utility?"),
        ("rules.utility.nord=bent", "there is no party nord; did you mean north?"),
        ("rules.utility.north.x=bent", "rules.utility.north has no part x"),
        ("rules.utility.north=bents", "bents is not one of sum"),
    ],
)
def test_edits_that_cannot_be_meant(edit: str, told: str) -> None:
    assert told in _faults(lambda: scenario().with_([edit]))[0][2]


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("bent", "rules are given as"),
        ({"utility": "bent"}, "rules are given as"),
        ({"utility": {"north": own_rules.bent}}, "by the name under which the rule is registered"),
    ],
)
def test_calls_that_cannot_be_meant(rules: Any, told: str) -> None:
    with pytest.raises(sim.InvalidArgument, match=told):
        scenario().with_(rules=rules)
    with pytest.raises(sim.UnknownName, match="there is no kind of rule utilities; did you mean utility"):
        scenario().with_(rules={"utilities": {}})


@pytest.mark.parametrize("name", ["sum", "no_loss", "two words", "none", "1st", 3])
def test_names_that_files_cannot_hold(name: Any) -> None:
    with pytest.raises(sim.InvalidArgument):
        sim.utility(name, own_rules.bent) if name != "no_loss" else sim.acceptance(name, own_rules.nothing)
    with pytest.raises(sim.InvalidArgument, match="is a function"):
        sim.utility("no_function", 3)  # type: ignore[type-var]


def test_a_cell_that_is_run_again_takes_its_own_place() -> None:
    """Also where a rule is a lambda; one made with another number is another rule."""
    for _ in range(2):
        sim.acceptance("of_a_cell", lambda chance: 0.1 * chance)

    def made(least: float) -> Callable[[Any], float]:
        return lambda chance: least

    sim.acceptance("made_so", made(0.1))
    sim.acceptance("made_so", made(0.1))
    with pytest.raises(sim.InvalidArgument, match="made_so"):
        sim.acceptance("made_so", made(0.2))


def test_as_a_decorator_a_rule_stays_what_it_is() -> None:
    @sim.acceptance("decorated")
    def decorated(chance: Any) -> float:
        return 0.25

    assert decorated(None) == 0.25
    assert RULES["acceptance"]["decorated"] is not None


def test_an_installed_package_brings_a_utility(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "brought_utilities.py"
    module.write_text("import sim\n\nsim.utility('brought', lambda values, weights: (values * weights).max(axis=0))\n")
    monkeypatch.syspath_prepend(tmp_path)
    point = metadata.EntryPoint("brought", "brought_utilities", "sim.utilities")
    asked = metadata.entry_points

    def with_one(**wanted: str) -> Any:
        return [point] if wanted == {"group": "sim.utilities"} else asked(**wanted)

    monkeypatch.setattr(registry.metadata, "entry_points", with_one)
    loaded = scenario().with_(rules={"utility": {"north": "brought"}})
    [result] = sim.score(loaded)
    assert [(x.name, x.module) for x in result.settings.rules] == [("brought", "brought_utilities")]
