"""Scenarios that programs hold: made of mappings, changed without files, told in one line."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.profiles import compile_case
from sim.files.arguments import plain
from tests import small


def position(ranking: Any, importance: str = "major", basis: str = "assumed") -> dict[str, Any]:
    return {"from": dt.date(2022, 1, 1), "ranking": ranking, "importance": importance, "basis": basis}


def truce() -> dict[str, Any]:
    """One issue, two parties, nothing but assumptions, in the types that programs hold."""
    return {
        "title": "A truce",
        "draws": np.int64(50),
        "proposal": {
            "date": dt.date(2022, 3, 29),
            "summary": "A truce alone.",
            "terms": {"truce": {"option": np.str_("yes"), "basis": "assumed"}},
        },
        "domain": {
            "issues": {
                "title": "Truce",
                "issues": {"truce": {"question": "Is there one?", "options": {"yes": "Yes.", "no": "No."}}},
            },
            "positions": {
                "a": {
                    "name": "A",
                    "role": "principal",
                    "consent": "always",
                    "reservation": (np.float64(0.2), 0.6),
                    "positions": {"truce": [position(("yes", "no"))]},
                },
                "b": {
                    "name": "B",
                    "role": "principal",
                    "consent": "always",
                    "reservation": 0.4,
                    "positions": {"truce": [position(np.array(["no", "yes"]))]},
                },
            },
        },
    }


def test_a_mapping_is_a_scenario() -> None:
    loaded = sim.from_dict(truce())
    [result] = sim.score([loaded])
    assert (loaded.scenario.id, loaded.scenario.draws) == ("scenario", 50)
    assert [(p.id, p.verdict) for p in result.parties] == [("a", "accepts"), ("b", "refuses")]
    assert result.settings.sources == "none"


def test_it_is_what_the_same_file_is(deal: Path) -> None:
    from_file = sim.load(deal, draws=300)
    again = sim.from_dict(from_file.to_dict())
    assert again.sha256 == from_file.sha256
    assert again.scenario == from_file.scenario
    assert sim.score([again])[0].to_json() == sim.score([from_file])[0].to_json()


def test_edits_made_before_stay_told(deal: Path) -> None:
    edited = sim.load(deal, draws=100, edits=small_edits())
    again = sim.from_dict(edited.to_dict(), seed=9)
    assert again.scenario.edits == edited.scenario.edits
    assert again.scenario.seed == 9


def small_edits() -> list[str]:
    return ["proposal.land=frozen"]


def test_a_domain_may_be_a_folder(deal: Path) -> None:
    text = {k: v for k, v in sim.load(deal).to_dict().items() if k != "domain"}
    assert sim.from_dict({**text, "domain": deal.parent / "domain"}).sha256 == sim.load(deal).sha256
    assert sim.from_dict(text, domain=str(deal.parent / "domain")).sha256 == sim.load(deal).sha256


def test_what_is_wrong_is_told_by_its_keys() -> None:
    content = truce()
    content["domain"]["positions"]["a"]["positions"]["truce"][0]["ranking"] = ["yes", "maybe"]
    content["proposal"]["terms"]["truce"]["basis"] = "guess"
    with pytest.raises(sim.Complaints) as caught:
        sim.from_dict(content)
    lines = [str(complaint) for complaint in caught.value.complaints]
    assert "scenario: error: a: truce: 2022-01-01: ranking: truce has no option maybe" in lines
    assert any("proposal: truce: basis: the text 'guess' is not one of" in line for line in lines)


def _with(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    content = truce()
    here: Any = content
    for key in path[:-1]:
        here = here[key] if isinstance(here, list) else here.setdefault(key, {})
    here[path[-1]] = value
    return content


_A = ("domain", "positions", "a")


@pytest.mark.parametrize(
    ("path", "value", "where", "hint"),
    [
        ((*_A, "no_deal", "beliefs"), {"strike": 0.4}, "a: no_deal: beliefs: strike", "{ranges: ..., basis: ...}"),
        ((*_A, "no_deal"), 3, "a: no_deal", "{beliefs: ..., cost: ...}"),
        ((*_A, "no_deal", "beliefs"), 3, "a: no_deal: beliefs", None),
        ((*_A, "refuses"), ["x"], "a: refuses: item 1", "{id: ..., if: ..., from: ..., basis: ..., why: ...}"),
        (
            (*_A, "positions", "truce", 0),
            3,
            "a: truce: item 1",
            "{from: ..., ranking: ..., importance: ..., basis: ...}",
        ),
        (("proposal", "terms", "truce"), "yes", "proposal: truce", "{option: ..., basis: ...}"),
        (
            ("domain", "issues", "no_deal", "lotteries", "war"),
            3,
            "no_deal: lotteries: war",
            "{from: ..., outcomes: ..., basis: ...}",
        ),
    ],
)
def test_a_mapping_that_is_none_is_told_by_all_keys_and_by_those_it_needs(
    path: tuple[Any, ...], value: Any, where: str, hint: str | None
) -> None:
    """Content without lines has its keys alone to say where something is wrong."""
    with pytest.raises(sim.Complaints) as caught:
        sim.from_dict(_with(path, value))
    [complaint] = caught.value.complaints
    assert str(complaint).startswith(f"scenario: error: {where}: expected a mapping (key: value), found ")
    assert complaint.hint == (f"write {hint}" if hint else None)
    assert (complaint.place.line, complaint.place.column) == (0, 0)


def test_the_same_fault_in_two_places_without_lines_is_told_of_both() -> None:
    content = truce()
    for party in content["domain"]["positions"].values():
        del party["role"], party["positions"]["truce"][0]["basis"]
    with pytest.raises(sim.Complaints) as caught:
        sim.from_dict(content)
    assert [c.where for c in caught.value.complaints] == ["a", "a: truce: 2022-01-01", "b", "b: truce: 2022-01-01"]


def test_edits_of_a_mapping_have_places_of_their_own() -> None:
    with pytest.raises(sim.Complaints, match=re.escape("--set[1]:1:9: error: ")):
        sim.from_dict(truce(), edits=["a.truce.importence=minor"])


@pytest.mark.parametrize("content", ["istanbul.yaml", 7, None])
def test_what_is_no_mapping_is_refused(content: Any) -> None:
    with pytest.raises(sim.InvalidArgument, match="a scenario is a mapping, as its file is, not"):
        sim.from_dict(content)


def test_what_no_file_could_hold_is_refused() -> None:
    with pytest.raises(sim.InvalidArgument, match="is nothing that a file could hold"):
        sim.from_dict({**truce(), "note": object()})


def test_numbers_texts_and_days_of_programs_are_plain() -> None:
    given = {"a": np.float32(0.5), "b": [np.int8(3)], "c": dt.date(2022, 3, 1), "d": (1, None), "e": np.array([[1, 2]])}
    assert plain(given) == {"a": 0.5, "b": [3], "c": "2022-03-01", "d": [1, None], "e": [[1, 2]]}


# --- changed without files --------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 7},
        {"draws": 30, "seed": 2},
        {"edits": ["us.fighting.importance=minor"]},
        {"edits": {"us.no_deal.cost": 0.1, "russia.red_lines": "none"}, "seed": 5},
        {"as_of": "2025-02-24"},
        {"as_of": dt.date(2025, 2, 24), "edits": {"ukraine.refuses": "none"}},
        {"evidence": "articles", "protocol": "alternating_offers"},
    ],
)
@pytest.mark.parametrize("before", [(), ("us.fighting.importance=critical",)])
def test_a_change_is_what_loading_with_it_is(changes: dict[str, Any], before: tuple[str, ...]) -> None:
    edits = [*before, *_texts(changes.get("edits", ()))]
    loaded = sim.load("istanbul", draws=100, seed=3, edits=before)
    changed = loaded.with_(**changes)
    same = sim.load("istanbul", **{"draws": 100, "seed": 3, **changes, "edits": edits})
    assert changed.scenario == same.scenario
    assert changed.sha256 == same.sha256
    assert loaded.scenario.seed == 3


def _texts(edits: Any) -> list[str]:
    return [f"{path}={value}" for path, value in edits.items()] if isinstance(edits, dict) else [*edits]


def test_changes_add_up_and_keep_what_was_said_before() -> None:
    """A seed set once is not lost by later edits or by another day."""
    loaded = sim.load("istanbul", draws=100).with_(seed=11)
    later = sim.edited(loaded, ["us.fighting.importance=minor"]).with_(as_of="2025-02-24").with_(draws=60)
    assert (later.scenario.seed, later.scenario.draws) == (11, 60)
    assert later.scenario.edits == ("us.fighting.importance=minor",)
    assert str(later.scenario.day) == "2025-02-24"
    earlier = later.with_(as_of="2022-03-29", draws=100, seed=1)
    fresh = sim.load("istanbul", draws=100, edits=["us.fighting.importance=minor"])
    assert sim.score([earlier])[0].parties == sim.score([fresh])[0].parties


@pytest.mark.parametrize("edits", [[], ["us.fighting.importance=minor"]])
@pytest.mark.parametrize(
    ("there", "back"),
    [
        ({"as_of": "2025-02-24"}, {"as_of": "2022-03-29"}),
        ({"protocol": "alternating_offers"}, {"protocol": "vote"}),
        ({"evidence": "articles"}, {"evidence": "all"}),
        ({"as_of": "2025-02-24", "draws": 7}, {"as_of": "2022-03-29", "draws": 100}),
    ],
)
def test_there_and_back_is_the_same_scenario(edits: list[str], there: dict[str, Any], back: dict[str, Any]) -> None:
    loaded = sim.load("istanbul", draws=100, edits=edits)
    away = loaded.with_(**there)
    assert away.sha256 != loaded.sha256
    again = away.with_(**back)
    assert (again.sha256, again.scenario) == (loaded.sha256, loaded.scenario)


def test_an_option_that_the_file_has_itself_comes_back_as_it_stands_there(deal: Path) -> None:
    deal.write_text(deal.read_text() + "as_of: 2022-06-01\n")
    loaded = sim.load(deal)
    on_the_day = loaded.with_(as_of="2022-03-10")
    assert on_the_day.sha256 == sim.load(deal, as_of="2022-03-10").sha256 != loaded.sha256
    assert on_the_day.with_(as_of="2022-06-01").sha256 == loaded.sha256


def test_a_scenario_finds_its_neighbours_from_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Loaded by a path that is relative, then asked from elsewhere: what lies beside it is still seen."""
    monkeypatch.chdir(Path(__file__).parents[2] / "scenarios" / "austria_1955")
    loaded, other = sim.load_all(["state_treaty_1955.yaml", "soviet_draft_1954.yaml"], draws=50)
    changed = loaded.with_(seed=2)

    def answers() -> tuple[Any, ...]:
        return (
            sim.frontier(loaded).to_json(),
            sim.search(changed, changes=1).to_json(),
            [row.name for row in sim.compare({"a": loaded, "b": other}).rows],
            [str(source.path) for source in (loaded, changed)],
        )

    here = answers()
    assert len(sim.frontier(loaded).proposals) == 5
    monkeypatch.chdir(tmp_path)
    assert answers() == here
    assert loaded.path.is_absolute()
    assert loaded.address == changed.address == Path("state_treaty_1955.yaml")


def test_texts_beside_the_frontier_may_be_named() -> None:
    loaded, other = sim.load_all(["austria_1955/state_treaty_1955", "austria_1955/soviet_draft_1954"], draws=50)
    assert [text.id for text in sim.frontier(loaded, texts=[other]).proposals] == [
        "state_treaty_1955",
        "soviet_draft_1954",
    ]
    assert [text.id for text in sim.frontier(loaded, texts=[]).proposals] == ["state_treaty_1955"]


def test_beside_a_scenario_that_no_file_holds_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2] / "scenarios" / "austria_1955")
    loaded = sim.load("state_treaty_1955", draws=50)
    memory = sim.from_dict(loaded.to_dict())
    assert memory.address is None
    assert [text.id for text in sim.frontier(memory).proposals] == ["state_treaty_1955"]


def test_arguments_that_cannot_be_meant_are_refused() -> None:
    loaded = sim.load("istanbul", draws=100)
    for call, message in (
        (lambda: loaded.with_(draws=2.5), "draws is a whole number, not 2.5"),
        (lambda: loaded.with_(seed=True), "seed is a whole number, not True"),
        (lambda: loaded.with_(as_of="soon"), "as_of is a day like 2022-03-29, not 'soon'"),
        (lambda: loaded.with_("us.fighting.importance=minor"), "edits is a list, as .* not a single string"),
        (lambda: sim.load_all("istanbul"), "paths is a list"),
        (lambda: sim.load("istanbul", edit_files="dovish_us"), "edit_files is a list"),
        (lambda: loaded.with_({"us.no_deal.cost": object()}), "is nothing that a file could hold"),
    ):
        with pytest.raises(sim.InvalidArgument, match=message):
            call()
    with pytest.raises(TypeError, match="there is no option domain; there are: as_of"):
        loaded.with_(domain="x")  # type: ignore[call-arg]


def test_numbers_of_numpy_and_days_as_text_are_taken() -> None:
    loaded = sim.load("istanbul", draws=np.int32(40), seed=np.uint8(2), as_of="2022-03-29")
    assert (loaded.scenario.draws, loaded.scenario.seed, loaded.scenario.day) == (40, 2, dt.date(2022, 3, 29))


def test_a_scenario_is_told_in_a_line(deal: Path) -> None:
    loaded = sim.load(deal, draws=20)
    assert repr(loaded) == f"<Loaded deal: 20 draws, seed 1, 3 parties as of {loaded.scenario.day}>"
    assert small.SCENARIO.startswith("title: A small deal")


# --- edits are checked where they touch -----------------------------------------------------


def test_an_edit_finds_what_loading_finds(deal: Path) -> None:
    """What is taken over from the scenario as it was is neither lost nor told twice."""
    loaded = sim.load(deal)
    for edits in (["russia.fighting.importance=minor"], ["proposal.land=frozen", "proposal.status=member"]):
        try:
            whole: Any = sim.load(deal, edits=edits).warnings
        except sim.Complaints as error:
            whole = error.complaints
        try:
            part: Any = sim.edited(loaded, edits).warnings
        except sim.Complaints as error:
            part = error.complaints
        assert {c.what for c in part} == {c.what for c in whole}


def test_parts_of_a_domain_are_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.scenario import domain_checks

    loaded = sim.load("istanbul", draws=10)
    names: list[str] = []
    check = domain_checks._party
    monkeypatch.setattr(domain_checks, "_party", lambda c, name, party: (names.append(name), check(c, name, party)))
    sim.edited(loaded, ["us.fighting.importance=minor"])
    sim.edited(loaded, ["proposal.sanctions=lifted"])
    assert names == ["us"]


@pytest.mark.parametrize(
    "edit",
    [
        "us.fighting.importance=minor",
        "us.fighting.importance=huge",
        "us.fighting.ranking=[stops, [continues, nowhere]]",
        "russia.alignment.red_lines=[none_such]",
        "russia.alignment.weight=0.4",
        "ukraine.consent={when: [{none_such: x}]}",
        "nato.reservation=2",
        "proposal.donbas=independent",
        "us.no_deal.beliefs=none_such",
    ],
)
def test_an_edit_of_a_shipped_text_is_read_and_compiled_as_if_loaded_with_it(edit: str) -> None:
    """After other edits of the same cell and party, so that there is something to take over wrongly."""
    loaded = sim.load("istanbul", draws=10)
    for before in ("us.fighting.importance=critical", "russia.alignment.importance=minor"):
        sim.edited(loaded, [before])
    try:
        whole = sim.load("istanbul", draws=10, edits=[edit])
    except sim.Complaints as error:
        messages = [str(c) for c in error.complaints]
        with pytest.raises(sim.Complaints) as again:
            sim.edited(loaded, [edit])
        assert [str(c) for c in again.value.complaints] == messages
        return
    part = sim.edited(loaded, [edit])
    assert part.scenario == whole.scenario
    assert part.warnings == whole.warnings
    assert part.sha256 == whole.sha256
    case = compile_case(part.scenario, compile_case(loaded.scenario))
    assert case.profiles == compile_case(whole.scenario).profiles


def test_what_an_edit_leaves_alone_is_neither_checked_nor_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.scenario import domain_checks

    loaded = sim.load("istanbul", draws=10)
    checked: list[tuple[str, str]] = []
    check = domain_checks._position
    monkeypatch.setattr(
        domain_checks,
        "_position",
        lambda c, spot, party, issue, entry: (checked.append((party, issue)), check(c, spot, party, issue, entry)),
    )
    edited = sim.edited(loaded, ["us.fighting.importance=minor"])
    assert checked == [("us", "fighting")]
    before = compile_case(loaded.scenario)
    after = compile_case(edited.scenario, before)
    other = {c.issue for a, b in zip(before.profiles, after.profiles, strict=True) for c in b.cells if c not in a.cells}
    assert other == {"fighting"}
    us, edited_us = before.profile("us"), after.profile("us")
    assert all(a is b for a, b in zip(us.cells, edited_us.cells, strict=True) if a.issue != "fighting")
    assert before.profile("russia") is after.profile("russia")


# --- found by a review before it was released -------------------------------------------------


def test_a_scenario_that_was_pickled_or_copied_takes_edits() -> None:
    """What was read stays behind; where a cache has keys of nodes that are gone, another thing stands there now."""
    loaded = sim.from_dict(truce())
    for again in (pickle.loads(pickle.dumps(loaded)), copy.deepcopy(loaded)):
        assert again == loaded and again.sha256 == loaded.sha256 and not again._cache.parts
        for name in ("parts", "domains", "tables"):
            cache, entries = getattr(again._cache, name), [*getattr(loaded._cache, name).values()]
            # as if every address had been given to another node since
            for node in (again.tree, *again.tree.items.values(), *again.tree.items["domain"].items.values()):
                keys = [(id(node), model) for model in (sim.scenario.schema.Party, sim.scenario.schema.Issues)]
                cache.update(dict.fromkeys(keys if name == "parts" else [id(node)], entries[0]))
        edited = sim.edited(again, {"a.reservation": 0.9})
        assert edited.scenario.domain.positions["a"].reservation == (0.9, 0.9)
        assert sim.score([edited])[0].parties == sim.score([sim.edited(loaded, {"a.reservation": 0.9})])[0].parties


def test_a_protocol_is_not_lost_on_another_day() -> None:
    talks = sim.load("istanbul", draws=100, edits=["negotiation.protocol=alternating_offers"])
    vote = talks.with_(protocol="vote")
    assert vote.with_(as_of="2025-02-24").scenario.negotiation.protocol == "vote"
    assert talks.with_(protocol="vote", as_of="2025-02-24").scenario.negotiation.protocol == "vote"
    again = talks.with_(protocol="alternating_offers").with_(as_of="2025-02-24")
    assert again.scenario.negotiation.protocol == "alternating_offers"


def test_the_library_and_warnings_about_options_stay() -> None:
    loaded = sim.load("istanbul", draws=100, edits=["us.nuclear_status.red_lines=[unrestricted]"])
    changed = loaded.with_(seed=2)
    assert [c.what for c in changed.warnings] == [c.what for c in loaded.warnings]
    assert changed.library == loaded.library


def test_a_refusal_that_is_not_in_force_is_told_of_by_mappings_too() -> None:
    text = "ukraine.refuses.talks_of_neutrality_without_guarantee"
    with pytest.raises(sim.Complaints) as by_text:
        sim.load("istanbul", edits=[f"{text}=none"])
    with pytest.raises(sim.Complaints) as by_mapping:
        sim.load("istanbul", edits={text: "none"})
    assert [c.what for c in by_mapping.value.complaints] == [c.what for c in by_text.value.complaints]


@pytest.mark.parametrize("title", ["a\ud800", "a\x1bb"])
def test_characters_that_no_file_may_hold_are_refused(title: str) -> None:
    with pytest.raises(sim.InvalidArgument, match="a character that no file may hold"):
        sim.from_dict({**truce(), "title": title})


def test_content_comes_back_as_lists() -> None:
    content = sim.from_dict(truce()).to_dict()
    assert content["domain"]["positions"]["a"]["positions"]["truce"][0]["ranking"] == ["yes", "no"]


def test_a_folder_named_in_the_content_stays_without_an_option(deal: Path) -> None:
    text = {k: v for k, v in sim.load(deal).to_dict().items() if k != "domain"}
    assert sim.from_dict({**text, "domain": str(deal.parent / "domain")}, domain=None).sha256 == sim.load(deal).sha256


def test_exceptions_go_between_processes() -> None:
    error = pickle.loads(pickle.dumps(sim.UnknownName("party", "russa", ["russia"])))
    assert str(error) == "there is no party russa; did you mean russia?"


def test_edits_that_are_no_texts_are_refused() -> None:
    loaded = sim.from_dict(truce())
    for edit in (("a.reservation", 0.1), {"a.reservation": 0.1}, 3):
        with pytest.raises(sim.InvalidArgument, match="an edit is a text"):
            sim.edited(loaded, [edit])  # type: ignore[list-item]


def test_days_of_numpy_are_days() -> None:
    content = truce()
    content["proposal"]["date"] = np.datetime64("2022-03-29", "ns")
    content["as_of"] = dt.datetime(2022, 3, 29, 12)
    assert str(sim.from_dict(content).scenario.day) == "2022-03-29"


def test_everything_of_its_own_is_a_sim_error() -> None:
    from sim.analysis.compare.compare import NoSuchRow
    from sim.analysis.trace.trace import NoSuchDraw
    from sim.bargaining.candidates import TooMany
    from sim.engine.draws import NothingFits

    assert all(issubclass(kind, sim.SimError) for kind in (NoSuchRow, NoSuchDraw, TooMany, NothingFits, sim.Complaints))
