"""Arguments of calls that cannot be meant: refused before anything is done, in words that say what would be right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import sim

AUSTRIA = "austria_1955/state_treaty_1955"


@pytest.fixture(scope="module")
def loaded() -> sim.Loaded:
    return sim.load(AUSTRIA, draws=40)


#: What is called, and the beginning of what is wrong with it.
WRONG: tuple[tuple[Callable[[Any], object], str], ...] = (
    (lambda s: sim.frontier(s, red_lines="some"), "red_lines is all, inferred, stated or none, not 'some'"),
    (
        lambda s: sim.frontier(s, constraints="leagl"),
        "constraints is hard, legal or political, not 'leagl'; did you mean",
    ),
    (lambda s: sim.frontier(s, parties="ussr"), "parties is a list"),
    (lambda s: sim.frontier(s, epsilon="x"), "epsilon is an amount of gain, 0 or more; not x"),
    (lambda s: sim.frontier(s, texts=["istanbul"]), "texts beside a frontier are loaded scenarios"),
    (lambda s: sim.frontier(s, top=-1), "top is 0 or more, not -1"),
    (lambda s: sim.amend(s, constraints="some"), "constraints is hard, legal or political, not 'some'"),
    (lambda s: sim.amend(s, changes=4), "changes is at most 3, not 4"),
    (lambda s: sim.amend(s, changes=0), "changes is 1 or more, not 0"),
    (lambda s: sim.amend(s, changes="1"), "changes is a whole number, not '1'"),
    (lambda s: sim.amend(s, keep="army"), "keep is a list"),
    (lambda s: sim.search(s, constraints="some"), "constraints is hard, legal or political, not 'some'"),
    (lambda s: sim.search(s, changes=0), "changes is 1 or more, not 0"),
    (lambda s: sim.search(s, effort=-1), "effort is 0 or more, not -1"),
    (lambda s: sim.search(s, ask="all"), "ask is a list"),
    (lambda s: sim.search(s, near="istanbul", changes=1), "a text to start from is a loaded scenario"),
    (lambda s: sim.search(s, texts=["istanbul"]), "a text to start from is a loaded scenario"),
    (lambda s: sim.search(s, near=sim.load("istanbul", draws=40), changes=1), "istanbul is about other issues"),
    (lambda s: sim.sobol(s, n=64.5), "n is a whole number, not 64.5"),
    (lambda s: sim.sobol(s, n=2), "2 draws are too few"),
    (lambda s: sim.sweep(s, "us.no_deal.cost=0,0.1"), "vary is a list"),
    (lambda s: sim.sweep(s, []), "a sweep needs something to vary"),
    (lambda s: sim.score(s, workers=0), "there may be 1 to 64 workers, not 0"),
    (lambda s: sim.score("istanbul"), "loaded is a list"),
    (lambda s: sim.audit([s, sim.load("istanbul", draws=40)]), "texts of several domains"),
    (lambda s: sim.evaluate(s, {}, on_error="skip"), "on_error is 'raise' or 'nan', not 'skip'"),
    (lambda s: sim.evaluate(s, (["us.no_deal.cost"], [[0.1], [0.1, 0.2]])), "rows of samples have one length"),
    (lambda s: sim.evaluate(s, ("us.no_deal.cost", [[0.1]])), "paths is a list"),
)


@pytest.mark.parametrize(("call", "words"), WRONG, ids=[words for _, words in WRONG])
def test_what_cannot_be_meant_is_refused(call: Callable[[Any], object], words: str, loaded: sim.Loaded) -> None:
    with pytest.raises(sim.InvalidArgument) as error:
        call(loaded)
    assert str(error.value).startswith(words)
    assert error.value.code == "argument"


#: What is called, and what is said of a name that there is not.
UNKNOWN: tuple[tuple[Callable[[Any], object], str], ...] = (
    (lambda s: sim.levers(s, party="usssr"), "there is no party usssr; did you mean ussr?"),
    (lambda s: sim.levers(s, issue="armee"), "there is no issue armee; did you mean army?"),
    (lambda s: sim.flip(s, party="usssr"), "there is no party usssr; did you mean ussr?"),
    (lambda s: sim.sobol(s, n=64, party="usssr"), "there is no party usssr; did you mean ussr?"),
    (lambda s: sim.amend(s, party="usssr"), "there is no party usssr; did you mean ussr?"),
    (lambda s: sim.amend(s, keep=["armee"]), "there is no issue armee; did you mean army?"),
    (lambda s: sim.search(s, keep=["armee"]), "there is no issue armee; did you mean army?"),
    (lambda s: sim.search(s, ask=["usssr"]), "there is no party usssr; did you mean ussr?"),
    (lambda s: sim.frontier(s, parties=["usssr", "us"]), "there is no party usssr; did you mean ussr?"),
    (lambda s: sim.frontier(s, keep=["armee"]), "there is no issue armee; did you mean army?"),
    (lambda s: sim.evaluate(s, {}, ["jont"]), "there is no outcome jont; did you mean joint?"),
    (lambda s: sim.score(s)[0].party("usssr"), "there is no party usssr; did you mean ussr?"),
    (lambda s: sim.score(s)[0].party("Soviet Union"), "there is no party Soviet Union; did you mean ussr?"),
    (
        lambda s: sim.sweep(s, ["us.no_deal.cost=0,0.1"]).base.party("usssr"),
        "there is no party usssr; did you mean ussr?",
    ),
    (lambda s: sim.compare({"one": s, "two": s}).row("tow"), "there is no row tow; did you mean two?"),
    (lambda s: sim.load(AUSTRIA, drawz=3), "there is no option drawz; did you mean draws?"),  # type: ignore[call-arg]
)


@pytest.mark.parametrize(("call", "words"), UNKNOWN, ids=[words for _, words in UNKNOWN])
def test_a_name_that_there_is_not_is_told_with_the_nearest(
    call: Callable[[Any], object], words: str, loaded: sim.Loaded
) -> None:
    with pytest.raises(sim.UnknownName) as error:
        call(loaded)
    assert str(error.value) == words
    assert error.value.code == "name"
    # whoever caught these before catches them still
    assert isinstance(error.value, KeyError)
    assert isinstance(error.value, ValueError)


@pytest.mark.parametrize(
    "call", [sim.score, sim.draws, sim.levers, sim.flip, sim.sobol, sim.amend, sim.search, sim.frontier, sim.audit]
)
def test_a_question_is_asked_of_a_loaded_scenario(call: Callable[[Any], object]) -> None:
    with pytest.raises(sim.InvalidArgument, match=r"loaded|list"):
        call("istanbul")
    with pytest.raises(sim.InvalidArgument, match="loaded scenario"):
        call([3] if call in (sim.score, sim.audit) else 3)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"protocol": "votes"}, "not one of vote, alternating_offers, single_text"),
        ({"evidence": "some"}, "not one of all, articles, firm"),
    ],
)
def test_words_that_the_files_know_are_told_as_in_files(option: dict[str, str], words: str) -> None:
    with pytest.raises(sim.Complaints, match=words):
        sim.load(AUSTRIA, **option)  # type: ignore[arg-type]


def test_ranges_may_stand_as_text_anywhere_in_a_value(loaded: sim.Loaded) -> None:
    """As behind --set: by itself, in a list, in a mapping, in a table of samples."""
    text = loaded.with_(["us.no_deal={cost: 0.1..0.2}"])
    for edits in (
        {"us.no_deal": {"cost": "0.1..0.2"}},
        {"us.no_deal.cost": "0.1..0.2"},
        {"us.no_deal.cost": (0.1, 0.2)},
    ):
        assert loaded.with_(edits).scenario.domain == text.scenario.domain
    table = sim.evaluate(loaded, [{"us.no_deal": {"cost": "0.1..0.2"}}], ["gain.us"])
    assert table.values == sim.evaluate(loaded, {"us.no_deal.cost": [(0.1, 0.2)]}, ["gain.us"]).values
