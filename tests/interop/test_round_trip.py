"""Out and back: the same utility for every package; what is exported is the expected gain."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import tempfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.analysis.shared.expected import expected_terms
from sim.engine.draws import BLOCK
from sim.engine.preferences import Memo, Preferences
from sim.engine.profiles import compile_case
from sim.files.ids import ids, made_into
from sim.interop import exporting, genius, geniusweb, importing, negmas, reservation_bids
from sim.interop.additive import File, Imported, Utilities, UtilityDomain, topped
from sim.interop.exporting import expected_utilities, exported
from sim.interop.formats import read_files
from sim.interop.reservation_bids import least_acceptable
from sim.scenario import schema
from sim.scenario.loading import Loaded
from tests import twins
from tests.domains import case, party, position, preferences, quick
from tests.exchange import NAMES, cardinals, write

DAY = dt.date(2026, 1, 1)
NEAR = 1e-12


def packages(of: UtilityDomain) -> list[tuple[int, ...]]:
    return list(itertools.product(*(range(len(issue.options)) for issue in of.issues)))


def apart(a: Utilities, b: Utilities, space: Sequence[tuple[int, ...]]) -> float:
    """How far two parties' utilities of any package are apart."""
    return max(abs(a.of(x) - b.of(x)) for x in space)


def as_imported(cardinal: UtilityDomain) -> Imported:
    files = tuple(File(f"{p.name}.xml", "0" * 64, "profile") for p in cardinal.parties)
    return Imported("Genius", cardinal, files, ())


def loaded_from(imported: Imported, folder: Path, package: Sequence[int] | None = None) -> list[Loaded]:
    made = importing.Ids.of(imported.domain.issues, [p.name for p in imported.domain.parties], imported.files)
    texts = importing.scenario_texts(imported, made, DAY, package)
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return sim.load_all([folder / name for name in texts if "/" not in name])


def through(writer: Callable[..., Any], cardinal: UtilityDomain, suffix: str) -> UtilityDomain:
    """Written to a format and read from it, parties in the order they had."""
    with tempfile.TemporaryDirectory() as folder:
        texts, _ = writer(cardinal, ids((p.name for p in cardinal.parties), "party"))
        back = read_files(write(Path(folder), texts)).domain
    assert all(name.endswith(suffix) for name in texts)
    order = sorted(range(len(back.parties)), key=lambda k: back.parties[k].name)
    return UtilityDomain(back.name, back.issues, tuple(back.parties[k] for k in order))


@quick(40)
@given(cardinals())
def test_genius_and_back(it: UtilityDomain) -> None:
    back = through(genius.written, it, ".xml")
    assert [(i.name, i.options) for i in back.issues] == [(i.name, i.options) for i in it.issues]
    for old, new in zip(it.parties, back.parties, strict=True):
        raised, rise = topped(old)
        assert apart(raised, new, packages(it)) < NEAR
        for x in packages(it):
            assert new.of(x) - new.reservation == pytest.approx(old.of(x) - old.reservation, abs=NEAR)
            assert new.of(x) - old.of(x) == pytest.approx(rise, abs=NEAR)


@quick(25)
@given(cardinals(topped=True))
def test_genius_and_back_is_exact_where_every_best_option_is_worth_1(it: UtilityDomain) -> None:
    back = through(genius.written, it, ".xml")
    for old, new in zip(it.parties, back.parties, strict=True):
        assert (new.values, new.weights, new.reservation) == (old.values, old.weights, old.reservation)


@quick(40)
@given(cardinals())
def test_geniusweb_and_back(it: UtilityDomain) -> None:
    back = through(geniusweb.written, it, ".json")
    assert [(i.name, i.options) for i in back.issues] == [(i.name, i.options) for i in it.issues]
    for old, new in zip(it.parties, back.parties, strict=True):
        assert new.values == old.values
        assert apart(old, new, packages(it)) < NEAR
        worths = [old.of(x) for x in packages(it)]
        reach = [w for w in worths if w >= old.reservation - NEAR]
        # the bid is the least package that reaches the reservation value, so all acceptance is as it was
        assert new.reservation == pytest.approx(min(reach) if reach else max(worths), abs=2 * NEAR)


@quick(40)
@given(cardinals())
def test_written_weights_sum_to_exactly_1(it: UtilityDomain) -> None:
    texts, _ = geniusweb.written(it, [f"p{k}" for k in range(len(it.parties))])
    for name, text in texts.items():
        if not name.startswith("domain"):
            space = json.loads(text, parse_float=Decimal)["LinearAdditiveUtilitySpace"]
            assert sum(map(Decimal, space["issueWeights"].values())) == 1


@quick(30)
@given(cardinals(), st.data())
def test_imported_files_load_and_export_to_the_same(it: UtilityDomain, data: st.DataObject) -> None:
    package = [data.draw(st.integers(0, len(i.options) - 1)) for i in it.issues]
    with tempfile.TemporaryDirectory() as folder:
        text, *best = loaded_from(as_imported(it), Path(folder), package)
        result = exported(text)
    # names are found again in questions and sentences
    assert [(i.name, i.options) for i in result.domain.issues] == [(i.name, i.options) for i in it.issues]
    assert result.domain.name == it.name
    assert result.text == tuple(package)
    space = packages(it)
    assert len(best) == len(it.parties)
    for old, new, favourite in zip(it.parties, result.domain.parties, best, strict=True):
        assert new.values == old.values
        assert new.weights == old.weights
        assert new.reservation == pytest.approx(old.reservation, abs=NEAR)
        chosen = tuple(int(o) for o in compile_case(favourite.scenario).text)
        assert old.of(chosen) == pytest.approx(max(map(old.of, space)), abs=NEAR)
    # the run itself gains what the export says
    on = compile_case(text.scenario)
    for new, profile in zip(result.domain.parties, on.profiles, strict=True):
        own = Preferences(profile, on.space.sizes, Memo(1, 0))
        gains = own.gain(on.text)
        assert gains == pytest.approx(np.full(BLOCK, new.of(package) - new.reservation), abs=NEAR)


@pytest.mark.parametrize("reservation", [-0.4, 0.0, 0.3, 1.0, 1.7])
def test_reservation_values_beyond_utilities_are_costs_of_no_deal(tmp_path: Path, reservation: float) -> None:
    it = UtilityDomain("d", (sim_issue("a", "x", "y"),), (Utilities("p", (1.0,), ((0.25, 1.0),), reservation),))
    [loaded] = loaded_from(as_imported(it), tmp_path)
    held = loaded.scenario.domain.positions["p"]
    assert held.reservation is not None
    assert 0 <= held.reservation.low <= 1
    [party_] = exported(loaded).domain.parties
    assert party_.reservation == pytest.approx(reservation, abs=1e-15)


def sim_issue(name: str, *options: str) -> Any:
    from sim.interop.additive import NamedIssue

    return NamedIssue(name, options)


# --- expected preferences -------------------------------------------------------------------


def test_fixed_preferences_are_exported_exactly() -> None:
    on = case(
        {"i": "ab", "j": "abc"},
        {
            "p": party(
                {
                    "i": position(values={"a": 0.6, "b": 0.1}, weight=0.3),
                    "j": position(values={"a": 0.0, "b": 0.5, "c": 1.0}, weight=0.7),
                },
                reservation=0.4,
                cost=0.1,
            )
        },
        {"i": "a", "j": "b"},
    )
    party_ = expected_utilities(on.profile("p"), on)
    assert party_.weights == (0.3, 0.7)
    assert party_.values == ((0.6, 0.1), (0.0, 0.5, 1.0))
    assert party_.reservation == pytest.approx(0.3, abs=1e-15)


def test_geniusweb_wants_names_of_letters_and_digits() -> None:
    it = UtilityDomain("A job", (sim_issue("lease car", "x", "y"),), (Utilities("Job seeker", (1.0,), ((0.0, 1.0),)),))
    texts, _ = geniusweb.written(it, ["job_seeker"])
    space = json.loads(texts["job_seeker.json"])["LinearAdditiveUtilitySpace"]
    assert (space["name"], space["domain"]["name"]) == ("JobSeeker", "A job")
    assert list(space["issueWeights"]) == ["lease car"]


def test_fixed_weights_stand_and_the_rest_is_shared_out() -> None:
    cells = {
        "i": position("ab", None, weight=0.5),
        "j": position("ab"),
        "k": position("ab"),
        "m": position("ab", "none"),
    }
    on = case(dict.fromkeys(cells, "ab"), {"p": party(cells, reservation=0.4)}, dict.fromkeys(cells, "a"))
    weights = expected_utilities(on.profile("p"), on).weights
    assert (weights[0], weights[3]) == (0.5, 0.0)
    assert sum(weights) == pytest.approx(1, abs=1e-15)
    assert weights[1:3] == pytest.approx((0.25, 0.25), abs=0.01)  # over 10,000 draws


def test_reservation_values_outside_utilities_are_told() -> None:
    it = UtilityDomain("d", (sim_issue("a", "x", "y"),), (Utilities("p", (1.0,), ((0.0, 1.0),), -0.05),))
    _, said = genius.written(it, ["p"])
    assert said == ["p: the reservation value -0.05 lies outside 0 to 1, where utilities lie"]


def test_no_deal_by_outcomes_some_of_them_silent() -> None:
    """By hand: with fixed preferences every draw's gain is utility less reservation value, for every package."""
    positions = {
        "i": position(values={"a": 0.8, "b": 0.2}, weight=0.5),
        "j": position(values={"a": 0.0, "b": 1.0}, weight=0.3),
        "k": position(values={"a": 0.4, "b": 0.9}, weight=0.2),
    }
    outcomes = {"war": {"i": "b", "j": "a"}, "calm": {"i": "a"}}  # silent on k; one of them on j
    on = case(
        {"i": "ab", "j": "ab", "k": "ab"},
        {"p": party(positions, beliefs={"war": 0.25, "calm": 0.75}, cost=0.05)},
        {"i": "a", "j": "b", "k": "a"},
        outcomes,
    )
    party_ = expected_utilities(on.profile("p"), on)
    assert party_.values == ((0.8, 0.2), (0.0, 0.25), (0.0, 0.0))
    no_deal = 0.5 * (0.25 * 0.2 + 0.75 * 0.8) + 0.3 * 0.25 * 0.0 - 0.05
    assert party_.reservation == pytest.approx(no_deal, abs=1e-15)
    own = preferences(on)
    for x in itertools.product(range(2), repeat=3):
        gains = own.gain(np.array(x, np.int16))
        assert gains == pytest.approx(np.full(BLOCK, party_.of(x) - party_.reservation), abs=NEAR)


SHIPPED = ["istanbul", "armed_neutrality", "membership", "putin_2025"]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenarios_export_expected_gains(name: str) -> None:
    """Utility less reservation value is the sum of expected terms that amendments are ranked by."""
    loaded = sim.load(f"scenarios/{name}.yaml", draws=2000)
    on = compile_case(loaded.scenario)
    rng = np.random.Generator(np.random.PCG64(7))
    rows = np.stack([rng.integers(0, n, 50) for n in on.space.sizes], axis=1).astype(np.int16)
    for profile in on.profiles:
        own = Preferences(profile, on.space.sizes, Memo(1, 0))
        assert own.beliefs is not None
        weights, beliefs = own.weights[:, :2000].mean(axis=1), own.beliefs[:, :2000].mean(axis=1)
        terms = expected_terms(profile, on.space.sizes, weights, beliefs)
        party_ = expected_utilities(profile, on)
        for row in rows.tolist():
            expected = sum(float(term[option]) for term, option in zip(terms, row, strict=True))
            cost = (profile.cost.low + profile.cost.high) / 2
            assert party_.of(row) - party_.reservation == pytest.approx(expected + cost, abs=1e-9)


@pytest.mark.parametrize(("writer", "suffix"), [(genius, ".xml"), (geniusweb, ".json")])
def test_shipped_scenarios_out_and_back(writer: Any, suffix: str, tmp_path: Path) -> None:
    result = exported(sim.load("scenarios/istanbul.yaml", draws=1000))
    assert result.text is None  # it leaves Donbas open
    texts, _ = writer.written(result.domain, result.ids)
    back = read_files(write(tmp_path / "files", texts))
    loaded, *_ = loaded_from(back, tmp_path / "back")
    again = exported(loaded)
    assert sorted(again.ids) == sorted(result.ids)
    rng = np.random.Generator(np.random.PCG64(3))
    rows = np.stack([rng.integers(0, len(i.options), 200) for i in result.domain.issues], axis=1).tolist()
    for id, old in zip(result.ids, result.domain.parties, strict=True):
        new = again.domain.parties[again.ids.index(id)]
        for row in rows:
            if suffix == ".xml":
                assert new.of(row) - new.reservation == pytest.approx(old.of(row) - old.reservation, abs=NEAR)
            else:
                assert new.of(row) == pytest.approx(old.of(row), abs=NEAR)
                assert (new.of(row) >= new.reservation - NEAR) == (old.of(row) >= old.reservation - NEAR)


def _lines(scenario: schema.Scenario, party: str) -> int:
    """How many red lines and refusals of a party are in force, read off the scenario as written."""
    entries = [twins.in_force(scenario, party, issue) for issue in scenario.domain.issues.issues]
    refuses = scenario.domain.positions[party].refuses
    held = [r for r in refuses if r.start <= scenario.day and (r.until is None or scenario.day < r.until)]
    return sum(len(entry.red_lines) for entry in entries if entry is not None) + len(held)


def test_what_no_format_can_say_is_listed() -> None:
    loaded = sim.load("scenarios/istanbul.yaml", draws=100)
    lost = "\n".join(exported(loaded, ["russia", "us", "nato"]).lost)
    lines = {p: _lines(loaded.scenario, p) for p in ("russia", "us", "nato")}
    assert all(lines.values())
    for words in (
        f"Red lines and refusals ({lines['russia']} of russia, {lines['us']} of us and {lines['nato']} of nato): ",
        "Constraints (K01,",
        "Effects (E01)",
        "Conditions of consent (us and nato)",
        "Alliances (nato of us)",
        "Orders, classes and ranges (russia, us and nato)",
        "No deal (2022: stalemate, russia_gains and ukraine_gains)",
        "Issues on which no deal is silent (domestic_consent)",
        "Parties left out (ukraine, eu, europe and ukrainian_public)",
        "Actors whose consent is not modelled (uk,",
        "The talks (vote)",
        "evidence and notes: positions are those of 2022-03-29",
    ):
        assert words in lost, words


def test_chances_and_silence_are_listed() -> None:
    loaded = sim.load("scenarios/istanbul.yaml", draws=100, edit_files=["scenarios/edits/ukraine_polls_2022.yaml"])
    assert any(words.startswith("Chances that a line binds (") for words in exported(loaded).lost)
    on = case({"i": "ab"}, {"p": party({"i": position("ab", "major")}), "q": party()}, {"i": "a"}, {"war": {"i": "b"}})
    told = exporting._lost(on, on.profiles)
    assert "Silence of the sources (q): every package is worth the same to such a party" in told
    assert expected_utilities(on.profile("q"), on).values == ((0.5, 0.5),)


def test_an_imported_domain_loses_next_to_nothing(tmp_path: Path) -> None:
    it = UtilityDomain("d", (sim_issue("a", "x", "y"),), (Utilities("p", (1.0,), ((0.0, 1.0),), 0.5),))
    [loaded] = loaded_from(as_imported(it), tmp_path)
    [lost] = exported(loaded).lost
    assert lost.startswith("The text (best_for_p), dates")


# --- reservation bids -----------------------------------------------------------------------


@quick(60)
@given(cardinals(issues=5))
def test_the_least_acceptable_package_by_brute_force(it: UtilityDomain) -> None:
    for party_ in it.parties:
        found = least_acceptable(party_)
        assert found is not None
        worths = [party_.of(x) for x in packages(it)]
        reach = [w for w in worths if w >= party_.reservation - NEAR]
        assert party_.of(found) == pytest.approx(min(reach) if reach else max(worths), abs=2 * NEAR)


def test_no_bid_where_the_domain_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ((0.0, 1.0),) * 4
    it = UtilityDomain("d", tuple(sim_issue(n, "x", "y") for n in "abcd"), (Utilities("p", (0.25,) * 4, rows, 0.5),))
    assert least_acceptable(it.parties[0]) is not None
    monkeypatch.setattr(reservation_bids, "HALF", 3)
    texts, said = geniusweb.written(it, ["p"])
    assert "reservationBid" not in texts["p.json"]
    assert said == [
        "p: the reservation value 0.5 is not carried: the domain is too large to find the bid that stands for it"
    ]


def test_no_bid_reaches_a_value_above_every_package() -> None:
    it = UtilityDomain("d", (sim_issue("a", "x", "y"),), (Utilities("p", (1.0,), ((0.0, 0.5),), 0.75),))
    texts, said = geniusweb.written(it, ["p"])
    assert json.loads(texts["p.json"])["LinearAdditiveUtilitySpace"]["reservationBid"]["issuevalues"] == {"a": "y"}
    assert said == [
        "p: the reservation value 0.75 is above every package, which no bid can say; its best package stands for it"
    ]


def test_names_that_negmas_takes_for_something_else() -> None:
    it = UtilityDomain(
        "d", (sim_issue("type", "_x", "x_x", "a: b"),), (Utilities("p", (1.0,), ((0.0, 1e-7, 1.0),), 0.5),)
    )
    texts, said = negmas.written(it, ["domain"])
    assert list(texts) == ["the_domain.yaml", "domain.yaml"]
    assert 'name: "xtype"\n  values:\n  - "xx_x"\n  - "x_x"\n  - "a: b"' in texts["the_domain.yaml"]
    # YAML 1.1 wants a point in every number
    assert '"xx_x": 0.0\n    "x_x": 1.0e-07\n    "a: b": 1.0' in texts["domain.yaml"]
    assert said == [
        "'type' is written 'xtype': NegMAS takes it for something else than a name",
        "'_x' is written 'xx_x': NegMAS takes it for something else than a name",
    ]


# --- names ----------------------------------------------------------------------------------


@quick(100)
@given(st.lists(NAMES, max_size=6))
def test_ids_are_names_of_the_files_and_lead_back(names: list[str]) -> None:
    made = ids(names, "thing", ("rest", "open"))
    assert len(set(made)) == len(names)
    for name, id in zip(names, made, strict=True):
        assert id.isascii()
        assert id.replace("_", "").isalnum()
        assert id not in ("rest", "open")
        assert not id.isdigit()
        assert made_into(name, id, "thing")


def test_ids_that_people_meet() -> None:
    names = [
        "Hard Disk",
        "60 Gb",
        "Größe",
        "-5",
        "5",
        "1.5",
        "価格",
        "a/b",
        "a b",
        "rest",
        "x" * 80,
        "Yes",
        "off",
        "true",
    ]
    assert ids(names, "option", ("rest",)) == (
        "hard_disk",
        "60_gb",
        "groesse",
        "minus_5",
        "n5",
        "n1_5",
        "option_1",
        "a_b",
        "a_b_2",
        "rest_2",
        "x" * 60,
        "is_yes",
        "is_off",
        "is_true",
    )
    # questions and sentences of a domain written here are no names
    assert not made_into("Does the fighting stop?", "fighting", "issue")
