"""A run as Mesa people know it: steps, figures, batches, parties of one's own, pages; and nothing left over."""

from __future__ import annotations

import functools
import gc
import inspect
import itertools
import math
import pickle
import sys
from collections.abc import Callable
from importlib import metadata
from typing import Any

import mesa
import numpy as np
import pytest

import sim
from sim.engine.draws import BLOCK
from sim.simulation import talks as talks_module
from sim.simulation.agents import DECISIONS, Alliance, Sitting
from sim.simulation.model import NegotiationModel
from sim.simulation.runner import run_cases
from tests.domains import case, party, position

PROTOCOLS = ("vote", "alternating_offers", "single_text")
#: Over a block, so that sums are added up; few rounds and candidates, so that talks are quick.
DRAWS = BLOCK + 500
SHORT = {"negotiation.rounds": 12, "negotiation.candidates.changes": 1}


@pytest.fixture(scope="module")
def istanbul() -> sim.Loaded:
    return sim.load("istanbul", draws=DRAWS)


def by(loaded: sim.Loaded, protocol: str) -> sim.Loaded:
    """A scenario by a protocol, with few rounds."""
    return loaded.with_({} if protocol == "vote" else SHORT, protocol=protocol)


@functools.cache
def one_block(protocol: str) -> sim.Loaded:
    """A scenario of a thousand draws by a protocol, with few rounds."""
    return by(sim.load("istanbul", draws=1000), protocol)


@pytest.fixture(scope="module")
def talked(istanbul: sim.Loaded) -> Callable[[str], sim.Talks]:
    """The talks by a protocol, done."""
    done: dict[str, sim.Talks] = {}

    def talks(protocol: str) -> sim.Talks:
        if protocol not in done:
            done[protocol] = run(by(istanbul, protocol))
        return done[protocol]

    return talks


def run(*args: Any, **more: Any) -> sim.Talks:
    talks = sim.Talks(*args, **more)
    talks.run_model()
    return talks


def plain(result: sim.Result) -> sim.Result:
    """A result without the warning that a class decided."""
    findings = tuple(f for f in result.findings if "decides as" not in str(getattr(f, "warning", "")))
    return result.model_copy(
        update={"warnings": tuple(w for w in result.warnings if "decides as" not in w), "findings": findings}
    )


# --- steps and figures ----------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_the_talks_come_to_is_what_score_says(
    protocol: str, istanbul: sim.Loaded, talked: Callable[[str], sim.Talks]
) -> None:
    talks = talked(protocol)
    [result] = sim.score(by(istanbul, protocol))
    assert talks.result == result
    assert talks.result.to_json() == result.to_json()
    figures = talks.figures
    assert (figures["open"], talks.running) == (0.0, False)
    assert figures["joint"] == result.joint_acceptability.estimate
    for their in result.parties:
        assert figures[f"acceptability.{their.id}"] == their.acceptability.estimate
    if result.negotiation is None:
        assert figures["agreed"] == result.joint_acceptability.estimate
        assert math.isnan(figures["unratified"])
        assert math.isnan(figures["agreed_gain.russia"])
        return
    assert figures["agreed"] == result.negotiation.agreed.estimate > 0
    assert figures["unratified"] == result.negotiation.ratification_failed.estimate > 0
    for its in result.negotiation.parties:
        assert figures[f"agreed_gain.{its.party}"] == its.gain.mean


def test_what_the_parties_make_of_the_text_is_what_evaluate_says(
    istanbul: sim.Loaded, talked: Callable[[str], sim.Talks]
) -> None:
    outcomes = ["joint", "gain.us", "gain.ukrainian_public", "acceptability.nato"]
    table = sim.evaluate(istanbul, {"us.no_deal.cost": [0.0]}, outcomes)
    assert [talked("alternating_offers").figures[name] for name in outcomes] == table.values[0].tolist()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_step_is_a_round_in_all_draws(protocol: str, talked: Callable[[str], sim.Talks]) -> None:
    """Also where the draws are more than a block."""
    talks = talked(protocol)
    frame = talks.datacollector.get_model_vars_dataframe()
    assert len(frame) == talks.steps <= (1 if protocol == "vote" else 12)
    assert frame["round"].tolist() == list(range(1, talks.steps + 1))
    assert (frame["open"].diff().dropna() <= 0).all()
    # what the parties make of the tabled text is known from the first round on
    assert frame["joint"].nunique() == frame["acceptability.us"].nunique() == 1
    assert {name: frame[name].iloc[-1] for name in ("open", "agreed", "joint")} == {
        name: talks.figures[name] for name in ("open", "agreed", "joint")
    }


@pytest.mark.parametrize("own", [False, True])
def test_rounds_stay_within_the_scenario_where_parts_of_a_block_follow_each_other(
    own: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps are then more than rounds, which begin again with each part; what is collected ends as a result has it."""
    loaded = one_block("alternating_offers")
    whole = run(loaded, **({"parties": AsEver} if own else {}))
    for module in ("zone", "offers_in_full"):
        monkeypatch.setattr(f"sim.bargaining.{module}.ROOM", 300_000)
    talks = sim.Talks(loaded, **({"parties": AsEver} if own else {}))
    heard = []
    while talks.result is None:
        talks.step()
        heard.append(talks.round)
    rounds = talks.datacollector.get_model_vars_dataframe()["round"].tolist()
    assert len(rounds) == talks.steps > 12 >= max(rounds)
    assert whole.steps <= 12
    assert rounds[0] == 1
    again = [after for before, after in itertools.pairwise(rounds) if after != before + 1]
    assert again
    assert set(again) == {1}
    # what parties see of the model is the round gone through before
    assert [r - 1 for r in rounds] == heard
    assert {k: v for k, v in talks.figures.items() if k != "round"} == pytest.approx(
        {k: v for k, v in whole.figures.items() if k != "round"}, nan_ok=True
    )


def test_rounds_of_offers_are_those_that_the_result_tells(talked: Callable[[str], sim.Talks]) -> None:
    talks = talked("alternating_offers")
    assert talks.result is not None
    told = talks.result.negotiation
    frame = talks.datacollector.get_model_vars_dataframe()
    rounds = [int(r) for r in frame["round"]]
    assert frame["agreed"].tolist() == [told.agreed_by_round[r] for r in rounds]
    assert frame["unratified"].tolist() == [told.unratified_by_round[r] for r in rounds]
    assert frame["agreed"].nunique() > 3
    going = 1 - frame["agreed"] - frame["unratified"]
    assert np.allclose(frame["open"].iloc[:-1], going.iloc[:-1])


@pytest.mark.parametrize("rounds", [1, 5])
def test_a_single_text_stands_as_if_the_talks_ended_now(
    rounds: int, istanbul: sim.Loaded, talked: Callable[[str], sim.Talks]
) -> None:
    """After some rounds the figures are those of talks that have no more."""
    frame = talked("single_text").datacollector.get_model_vars_dataframe()
    [short] = sim.score(istanbul.with_({"negotiation.rounds": rounds}, protocol="single_text"))
    row = frame.iloc[rounds - 1]
    assert row["open"] == 1.0
    assert row["agreed"] == short.negotiation.agreed.estimate
    assert row["unratified"] == short.negotiation.ratification_failed.estimate
    gains = [row[f"agreed_gain.{its.party}"] for its in short.negotiation.parties]
    assert np.allclose(gains, [its.gain.mean for its in short.negotiation.parties])


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_further_blocks_begin_when_there_is_room(
    protocol: str, istanbul: sim.Loaded, talked: Callable[[str], sim.Talks], monkeypatch: pytest.MonkeyPatch
) -> None:
    together = talked(protocol)
    monkeypatch.setattr(talks_module, "TOGETHER", 1)
    talks = run(by(istanbul, protocol))
    assert talks.result == together.result
    assert talks.figures == pytest.approx(together.figures, nan_ok=True)
    # a vote is over in its first round, so nothing waits
    assert talks.steps == 1 if protocol == "vote" else talks.steps > together.steps
    open_ = talks.datacollector.get_model_vars_dataframe()["open"]
    assert protocol == "vote" or open_.iloc[0] >= 500 / DRAWS


def test_a_step_after_the_last_changes_nothing(istanbul: sim.Loaded) -> None:
    talks = run(istanbul)
    before = dict(talks.figures), talks.result, len(talks.datacollector.model_vars["open"])
    talks.step()
    assert (dict(talks.figures), talks.result, len(talks.datacollector.model_vars["open"])) == before
    assert not talks.running


def test_before_the_first_step_nothing_is_known(istanbul: sim.Loaded) -> None:
    talks = sim.Talks(istanbul)
    assert talks.result is None
    assert (talks.steps, talks.running) == (0, True)
    assert all(math.isnan(value) for value in talks.figures.values())
    assert talks.loaded.scenario.draws == DRAWS


def test_a_scenario_may_be_an_id_a_file_or_loaded(istanbul: sim.Loaded) -> None:
    asked = {"draws": 200, "seed": 7, "edits": ["us.no_deal.cost=0.2"], "as_of": "2022-03-29"}
    results = [run(it, **asked).result for it in ("istanbul", istanbul.path, sim.load("istanbul"))]
    [scored] = sim.score(sim.load("istanbul", **asked))
    assert results == [scored] * 3


def test_a_path_is_an_edit_and_a_rng_a_seed(istanbul: sim.Loaded) -> None:
    talks = run(istanbul, rng=5, draws=300, edits={"us.no_deal.cost": 0.3}, **{"us.no_deal.cost": 0.1})
    [scored] = sim.score(istanbul.with_({"us.no_deal.cost": 0.1}, seed=5, draws=300))
    assert plain(talks.result).parties == scored.parties
    assert talks.loaded.scenario.seed == 5
    assert run(istanbul, seed=np.int64(5), draws=300, **{"us.no_deal.cost": 0.1}).result.parties == scored.parties


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"scenario": {}}, sim.InvalidArgument, "from_dict"),
        ({"scenario": 3}, sim.InvalidArgument, "a loaded scenario, or its file or id, not int"),
        ({"seed": 1, "rng": 2}, sim.InvalidArgument, "give one of them"),
        ({"rng": np.random.default_rng(1)}, sim.InvalidArgument, "rng is a whole number"),
        ({"seed": 1.5}, sim.InvalidArgument, "seed is a whole number"),
        ({"drws": 10}, TypeError, "there is no option drws; did you mean draws"),
        ({"protocl": "vote"}, sim.UnknownName, "there is no option protocl; did you mean protocol"),
        ({"sed": 3}, sim.InvalidArgument, "did you mean seed"),
        ({"edits": "us.no_deal.cost=0.1"}, sim.InvalidArgument, "a list"),
        ({"us.no_deal.kost": 1}, sim.Complaints, "did you mean cost"),
        ({"parties": {"russa": sim.Party}}, sim.UnknownName, "did you mean russia"),
        ({"parties": "russia"}, sim.InvalidArgument, "in a batch, a list of such mappings"),
        ({"parties": {"russia": mesa.Agent}}, sim.InvalidArgument, "a subclass of sim.Party"),
        ({"parties": 3}, sim.InvalidArgument, "a subclass of sim.Party"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    arguments: dict[str, Any], error: type[Exception], words: str, istanbul: sim.Loaded
) -> None:
    with pytest.raises(error, match=words):
        sim.Talks(**{"scenario": istanbul, **arguments})


# --- batches --------------------------------------------------------------------------------------


def batch(parameters: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = mesa.batch_run(sim.Talks, parameters, display_progress=False, **more)
    return rows


def test_a_batch_over_edits_protocols_and_seeds_is_so_many_scores() -> None:
    edits: list[list[str]] = [[], ["us.foreign_forces.red_lines=none"]]
    parameters = {"edits": edits, "protocol": ["vote", "alternating_offers"], "seed": [1, 2], "us.no_deal.cost": 0.1}
    loaded = sim.load("istanbul", draws=300)
    rows = batch({"scenario": loaded, **parameters})
    assert len(rows) == 8
    assert len({row["joint"] for row in rows}) > 1
    for row in rows:
        changed = loaded.with_(row["edits"], seed=row["seed"], protocol=row["protocol"])
        [result] = sim.score(changed.with_({"us.no_deal.cost": 0.1}))
        assert row["joint"] == result.joint_acceptability.estimate
        assert row["acceptability.us"] == result.party("us").acceptability.estimate
        # the last row of a run is that of its last round, on every version of Mesa
        assert row["open"] == 0.0
        if result.negotiation:
            assert row["agreed"] == result.negotiation.agreed.estimate


def test_a_batch_over_texts_draws_and_classes() -> None:
    rows = batch({"scenario": ["istanbul", "membership"], "draws": [100, 200], "parties": [None, {"russia": Stubborn}]})
    assert [row["acceptability.russia"] > 0.5 for row in rows] == [True, False] * 2 + [False] * 4


def test_a_batch_collects_every_round() -> None:
    rows = batch(
        {"scenario": "istanbul", "draws": 100, "edits": [["negotiation.rounds=6"]], "protocol": "single_text"},
        data_collection_period=1,
    )
    assert [row["round"] for row in rows] == [1, 2, 3, 4, 5, 6]


@pytest.mark.skipif("rng" not in inspect.signature(mesa.batch_run).parameters, reason="Mesa takes no rng here yet")
def test_seeds_by_the_rng_of_later_mesa() -> None:
    rows = batch({"scenario": "istanbul", "draws": 100}, rng=[1, 2])
    loaded = sim.load("istanbul", draws=100)
    shares = [sim.score(loaded.with_(seed=seed))[0].joint_acceptability.estimate for seed in (1, 2)]
    assert [row["joint"] for row in rows] == shares


def test_seeds_of_a_batch_are_not_lost() -> None:
    """Mesa 3.4 and later set an argument called seed in every run, to None without rng: so none has that name.

    See findings/mesa_batch_seed.sh.
    """
    assert "seed" not in inspect.signature(sim.Talks).parameters
    assert [row["seed"] for row in batch({"scenario": "istanbul", "draws": 50, "seed": [3, 4]})] == [3, 4]


def test_a_batch_in_processes() -> None:
    loaded = sim.load("istanbul", draws=100)
    assert pickle.loads(pickle.dumps(loaded)).sha256 == loaded.sha256
    alone = batch({"scenario": loaded, "seed": [1, 2]})
    together = batch({"scenario": loaded, "seed": [1, 2]}, number_processes=2)
    assert sorted(row["joint"] for row in together) == sorted(row["joint"] for row in alone)


# --- parties of one's own -------------------------------------------------------------------------


class AsEver(sim.Party):
    """Decides everything, as the scenario would."""

    def accepts(self, on):
        return super().accepts(on)

    def aspiration(self, sitting, usual):
        return super().aspiration(sitting, usual)

    def offer(self, sitting, usual):
        return super().offer(sitting, usual)

    def agrees(self, standing, changed, usual):
        return super().agrees(standing, changed, usual)


class Hawk(sim.Party):
    """Wants more than no loss."""

    def accepts(self, on):
        return on.usual & (on.gains >= 0.3)


class Misspelt(sim.Party):
    """Would take nothing, if it were asked."""

    limit = 0.3

    def aceppts(self, on):
        return np.zeros_like(on.usual)


class Bare(sim.Party):
    """Changes nothing that it is asked."""

    def _accepts_(self, on):
        return on.usual


class Inheriting(Hawk):
    """Decides as another class does."""


@pytest.mark.parametrize("ids", [True, False])
def test_a_class_that_decides_nothing_is_refused(ids: bool) -> None:
    hooks = "a subclass of sim.Party overrides accepts, aspiration, offer or agrees"
    for kind, words in (
        (Misspelt, f"Misspelt decides nothing: {hooks}; for aceppts, did you mean accepts?"),
        (Bare, f"Bare decides nothing: {hooks}"),
    ):
        with pytest.raises(sim.InvalidArgument) as caught:
            sim.Talks(one_block("vote"), parties={"russia": kind} if ids else kind)
        assert str(caught.value) == words
    for kind in (Hawk, Inheriting, sim.Party, Alliance):
        sim.Talks(one_block("vote"), parties={"russia": kind} if ids else kind)


def test_talks_and_parties_in_one_line() -> None:
    talks = sim.Talks(one_block("single_text"), parties={"russia": Hawk})
    assert repr(talks) == "<Talks istanbul: single_text, step 0, running>"
    assert [repr(party) for party in talks.parties][:6] == [
        "<Hawk russia>",
        "<Party ukraine>",
        "<Party eu>",
        "<Party europe>",
        "<Party us>",
        "<Alliance nato>",
    ]
    talks.step()
    assert repr(talks) == "<Talks istanbul: single_text, step 1, running>"
    talks.run_model()
    assert repr(talks) == f"<Talks istanbul: single_text, step {talks.steps}, over>"


class Stubborn(sim.Party):
    """Takes nothing at all."""

    def accepts(self, on):
        return np.zeros_like(on.usual)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_deciding_as_the_scenario_does_changes_nothing(
    protocol: str, istanbul: sim.Loaded, talked: Callable[[str], sim.Talks]
) -> None:
    talks = run(by(istanbul, protocol), parties=AsEver)
    assert {type(p) for p in talks.parties} == {AsEver}
    assert all(p.decisions == DECISIONS for p in talks.parties)
    assert plain(talks.result) == talked(protocol).result
    warned = [w for w in talks.result.warnings if "decides as the class AsEver says" in w]
    assert len(warned) == len(talks.parties)


def test_the_vote_is_counted_by_decisions(istanbul: sim.Loaded, talked: Callable[[str], sim.Talks]) -> None:
    """Against the draws, party by party and together."""
    drawn = sim.draws(istanbul)
    talks = run(istanbul, parties={"us": Hawk, "ukrainian_public": Hawk})
    own = {p: drawn.accepts[p] & (drawn.gains[p] >= 0.3) for p in ("us", "ukrainian_public")}
    for name, mask in own.items():
        assert talks.figures[f"acceptability.{name}"] == mask.mean() < drawn.accepts[name].mean()
        assert talks.result.party(name).acceptability.estimate == mask.mean()
    usual = talked("vote").result
    assert talks.result.party("russia") == usual.party("russia").model_copy(
        update={"sole_blocker": talks.result.party("russia").sole_blocker}
    )
    assert talks.figures["joint"] < usual.joint_acceptability.estimate
    # nothing that evidence allows goes beyond what the class would take
    assert talks.result.party("us").on_evidence.possible < usual.party("us").on_evidence.possible
    assert talks.result.party("us").by_layer.assumed == own["us"].mean()


def test_a_decision_may_turn_on_the_text(istanbul: sim.Loaded) -> None:
    """Who refuses what the text says of foreign forces takes one that says otherwise."""
    space = list(istanbul.scenario.domain.issues.issues)
    issue = space.index("foreign_forces")
    options = list(istanbul.scenario.domain.issues.issues["foreign_forces"].options)
    tabled = options.index(istanbul.scenario.proposal.terms["foreign_forces"].option)

    class Picky(sim.Party):
        def accepts(self, on):
            assert on.texts.shape == (len(on.gains), len(space))
            return on.usual & (on.texts[:, issue] != tabled)

    assert run(istanbul, parties={"us": Picky}).figures["acceptability.us"] == 0
    [other] = {"neutral_monitors", "none_permitted"} - {options[tabled]}
    changed = istanbul.with_({"proposal.foreign_forces": other})
    assert run(changed, parties={"us": Picky}).figures["acceptability.us"] == run(changed).figures["acceptability.us"]


def test_an_alliance_takes_its_members_decisions(istanbul: sim.Loaded, talked: Callable[[str], sim.Talks]) -> None:
    talks = run(istanbul, parties={"us": Stubborn})
    assert [type(p) for p in talks.parties if p.party == "nato"] == [Alliance]
    assert talks.figures["acceptability.nato"] == 0 < talked("vote").figures["acceptability.nato"]


def test_who_takes_a_loss_says_yes_where_the_scenario_says_no(istanbul: sim.Loaded) -> None:
    class Dove(sim.Party):
        def accepts(self, on):
            return ~on.crosses & (on.gains >= -0.1)

        def aspiration(self, sitting, usual):
            return usual - 0.1

    drawn, usual = sim.draws(istanbul), sim.Talks(istanbul)
    usual.run_model()
    dove = run(istanbul, parties={"us": Dove})
    assert dove.figures["acceptability.us"] > usual.figures["acceptability.us"]
    assert dove.figures["acceptability.us"] <= (drawn.gains["us"] >= -0.1).mean()
    tabled, offers = (run(by(istanbul, "alternating_offers"), parties=p) for p in (None, {"us": Dove}))
    worse = [t.result.negotiation.parties[t.result.parties.index(t.result.party("us"))].gain for t in (tabled, offers)]
    assert worse[0].worse_off == 0 < worse[1].worse_off


@pytest.mark.parametrize("protocol", ["alternating_offers", "single_text"])
def test_ratifiers_decide_for_themselves(protocol: str) -> None:
    talks = run(one_block(protocol), parties={"ukrainian_public": Stubborn})
    [result] = sim.score(one_block(protocol))
    told = talks.result.negotiation
    assert told.broke_down == result.negotiation.broke_down
    needed = told.all_asked is None or told.agreed.estimate < result.negotiation.agreed.estimate
    assert needed
    assert told.ratification_failed.estimate > result.negotiation.ratification_failed.estimate


def test_what_a_party_would_not_take_is_not_agreed_on() -> None:
    hawk = run(one_block("alternating_offers"), parties={"russia": Hawk})
    usual = run(one_block("alternating_offers")).result.negotiation
    told = hawk.result.negotiation
    [wary, ready] = [gain for its in (told, usual) for gain in [p.gain for p in its.parties if p.party == "russia"]]
    assert wary.p05 >= 0.3 - 1e-3 > ready.p05
    none = run(one_block("alternating_offers"), parties={"russia": Stubborn})
    assert none.result.negotiation.broke_down.estimate == 1.0
    assert none.result.negotiation.breakdown.in_the_way[0].party == "russia"


@pytest.mark.parametrize(
    ("protocol", "party", "words"),
    [
        ("vote", "russia", "; vote does not ask it for aspiration, offer or agrees"),
        ("alternating_offers", "russia", "; alternating_offers does not ask it for agrees"),
        (
            "alternating_offers",
            "ukrainian_public",
            "; alternating_offers does not ask it for aspiration, offer or agrees",
        ),
        ("alternating_offers", "us", "; alternating_offers does not ask it for offer or agrees"),
        ("single_text", "us", "; single_text does not ask it for aspiration or offer"),
        ("single_text", "ukrainian_public", "; single_text does not ask it for aspiration, offer or agrees"),
        ("talks_model_ask", "russia", "; talks_model_ask does not ask it for aspiration, offer or agrees"),
    ],
)
def test_decisions_that_nobody_asks_for_are_named(protocol: str, party: str, words: str) -> None:
    @sim.protocol("talks_model_ask")
    def procedure(table):
        table.agree(table.propose("russia", table.best("russia")))
        yield

    talks = run(one_block(protocol), parties={party: AsEver})
    [warning] = [w for w in talks.result.warnings if "AsEver" in w]
    assert warning == f"{party} decides as the class AsEver says, which is in no file{words}"


def test_a_class_that_nobody_asks_does_not_decide() -> None:
    class Firm(sim.Party):
        def aspiration(self, sitting: Sitting, usual):
            raise AssertionError

    talks = run(one_block("vote"), parties={"russia": Firm})
    kind = Firm.__qualname__
    assert talks.result.warnings[-1] == (
        f"russia decides as the files say and not as the class {kind}: vote does not ask it for aspiration"
    )
    hawk = run(one_block("vote"), parties={"russia": Hawk})
    assert hawk.result.warnings[-1] == "russia decides as the class Hawk says, which is in no file"


def test_an_aspiration_is_kept_to() -> None:
    class Firm(sim.Party):
        def aspiration(self, sitting: Sitting, usual):
            assert usual.shape == sitting.draws.shape
            assert sitting.gains.shape == (len(sitting.draws), len(sitting.packages))
            assert 1 <= sitting.round <= sitting.rounds == 12
            return np.maximum(usual, 0.25)

    told = run(one_block("alternating_offers"), parties={"ukraine": Firm}).result.negotiation
    [gain] = [p.gain for p in told.parties if p.party == "ukraine"]
    assert gain.p05 >= 0.25 - 1e-3


def test_offers_are_those_of_the_party() -> None:
    class Silent(sim.Party):
        def offer(self, sitting, usual):
            return np.full(len(usual), -1)

    class Listener(sim.Party):
        def aspiration(self, sitting, usual):
            assert set(sitting.heard) == (set() if sitting.round == 1 else {"russia"})
            assert all((offers == -1).all() and len(offers) == len(usual) for offers in sitting.heard.values())
            self.memory.setdefault("rounds", []).append(sitting.round)
            assert self.memory["rounds"] == list(range(1, sitting.round + 1))
            return usual

    both = {"russia": Silent, "ukraine": Listener}
    told = run(one_block("alternating_offers"), parties=both).result.negotiation
    assert {p.party: p.proposed > 0 for p in told.proposers} == {"russia": False, "ukraine": True}


def test_the_tabled_text_may_be_offered_and_nothing_else() -> None:
    class Insisting(sim.Party):
        def offer(self, sitting, usual):
            return np.zeros(len(usual), np.int8)

    told = run(one_block("alternating_offers"), parties=Insisting).result.negotiation
    assert [text.tabled for text in told.texts] == [True]


def test_changes_of_a_single_text_are_agreed_to_by_decisions() -> None:
    class Closed(sim.Party):
        def agrees(self, standing, changed, usual):
            assert standing.texts.shape == changed.texts.shape == (len(usual), 15)
            assert ((standing.texts != changed.texts).sum(axis=1) == 1).all()
            return np.zeros_like(usual)

    told = run(one_block("single_text"), parties=Closed).result.negotiation
    assert [text.tabled for text in told.texts] == [True]
    open_ = run(one_block("single_text")).result.negotiation
    assert not all(text.tabled for text in open_.texts)


def test_chance_and_memory_are_a_blocks_own(istanbul: sim.Loaded) -> None:
    """Chance by name: the same for a seed, whatever else is drawn; what is remembered stays in its block."""
    seen: list[tuple[int, float]] = []

    class Gambler(sim.Party):
        def accepts(self, on):
            self.memory.setdefault("block", self.model.block)
            assert self.memory["block"] == self.model.block
            coin = self.stream("coin").random(BLOCK)
            seen.append((self.model.block, float(coin[0])))
            return on.usual & (coin[on.draws] < 0.5)

    one, other = (run(istanbul, parties={"russia": Gambler}).result for _ in range(2))
    assert one == other
    assert len(set(seen)) == 2
    assert 0.4 < one.party("russia").acceptability.estimate < 0.6


def test_a_protocol_of_ones_own_runs_as_any() -> None:
    @sim.protocol("talks_model_test")
    def procedure(table):
        for number in itertools.count():
            first = table.proposers[number % len(table.proposers)]
            table.agree(table.propose(first, table.best(first)))
            yield

    talks = run(one_block("talks_model_test"))
    [result] = sim.score(one_block("talks_model_test"))
    assert talks.result == result
    assert talks.figures["agreed"] == result.negotiation.agreed.estimate > 0
    assert talks.datacollector.get_model_vars_dataframe()["agreed"].iloc[0] == result.negotiation.agreed_by_round[1]
    assert run(one_block("talks_model_test"), parties=Stubborn).figures["agreed"] == 0


@pytest.mark.parametrize(
    ("method", "answer", "words"),
    [
        ("accepts", lambda n: np.ones(n), "an array of bool of shape (4096,), one a draw; not of float64"),
        ("accepts", lambda n: np.ones(n + 1, bool), "not of bool of shape (4097,)"),
        ("accepts", lambda n: True, "of shape ()"),
        ("accepts", lambda n: None, "not of object"),
        ("aspiration", lambda n: np.full(n, np.nan), "not finite"),
        ("aspiration", lambda n: 0.5, "of shape ()"),
        ("offer", lambda n: np.full(n, 10**6), "not 1000000 to 1000000"),
        ("offer", lambda n: np.full(n, -2), "-1 for nothing"),
        ("offer", lambda n: np.zeros(n), "whole numbers"),
        ("agrees", lambda n: np.zeros(n, int), "an array of bool"),
    ],
)
def test_decisions_of_another_shape_are_refused(method: str, answer: Callable[[int], Any], words: str) -> None:
    def decide(self: sim.Party, *args: Any) -> Any:
        return answer(len(args[-1].gains) if method == "accepts" else len(args[-1]))

    kind = type("Odd", (sim.Party,), {method: decide})
    protocol = {"accepts": "vote", "agrees": "single_text"}.get(method, "alternating_offers")
    with pytest.raises(sim.InvalidArgument) as refused:
        run(one_block(protocol), parties={"russia": kind})
    assert str(refused.value).startswith(f"Odd.{method} gives")
    assert words in str(refused.value)


# --- Mesa's ways ----------------------------------------------------------------------------------


def test_agents_are_the_parties(istanbul: sim.Loaded) -> None:
    talks = sim.Talks(istanbul)
    assert isinstance(talks, mesa.Model)
    assert list(talks.agents) == talks.parties
    assert [p.party for p in talks.parties] == list(istanbul.scenario.domain.positions)
    assert [p.unique_id for p in talks.parties] == list(range(1, len(talks.parties) + 1))
    assert all(p.model is talks for p in talks.parties)


def test_mesa_has_no_scenario_of_its_own_here(istanbul: sim.Loaded) -> None:
    """A page of Mesa 3.5 puts a set of parameters of its own in the place of an argument scenario otherwise."""
    talks = sim.Talks(istanbul)
    assert not hasattr(talks, "scenario")
    with pytest.raises(AttributeError, match="loaded"):
        _ = talks.scenario


# --- nothing left over ----------------------------------------------------------------------------


def living() -> int:
    """How many models and agents there are."""
    gc.collect()
    return sum(isinstance(thing, mesa.Model | mesa.Agent) for thing in gc.get_objects())


def resident() -> int:
    """Memory in use, in bytes."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


SMALL = case(
    {"a": "xy", "b": "xy"},
    {"p": party({"a": position("xy"), "b": position("yx")}), "q": party({"a": position("yx")})},
    {"a": "x", "b": "y"},
    {"k": {"a": "y", "b": "x"}},
    draws=50,
)


@pytest.mark.skipif(sys.platform != "linux", reason="memory in use is read from /proc")
def test_two_hundred_runs_leave_nothing() -> None:
    """Mesa 3.3 keeps every model alive in a dictionary of the class Agent; a model here leaves it again."""
    for _ in range(20):
        run_cases([SMALL])
    before, memory = living(), resident()
    for _ in range(200):
        run_cases([SMALL])
    assert living() == before
    # a model that is kept alive keeps at least its case: some 25 MB in 40 runs of a shipped text
    assert resident() - memory < 8e6


def test_scores_of_a_shipped_text_leave_nothing(istanbul: sim.Loaded) -> None:
    sim.score(istanbul.with_(draws=10))
    before = living()
    for _ in range(10):
        sim.score(istanbul.with_(draws=10), workers=2)
    assert living() == before


@pytest.mark.parametrize("steps", [0, 2, 100])
def test_talks_that_are_dropped_are_gone(steps: int, istanbul: sim.Loaded) -> None:
    """Whether they are over or not, with agents of whatever class."""
    before = living()
    for protocol in ("vote", "alternating_offers"):
        talks = sim.Talks(by(istanbul, protocol), draws=100, parties=AsEver)
        stranger = mesa.Agent(talks)
        assert stranger.unique_id == 8
        stranger.remove()
        assert mesa.Agent(talks).unique_id == 9
        for _ in range(steps):
            if talks.running:
                talks.step()
        del talks, stranger
    assert living() == before


def test_other_peoples_models_are_left_alone() -> None:
    """Only what Mesa keeps of models of ours is taken out."""
    model = mesa.Model(rng=1)
    first = mesa.Agent(model)
    run_cases([SMALL])
    assert (first.unique_id, mesa.Agent(model).unique_id) == (1, 2)


def test_arrays_are_dropped_when_the_talks_are_over(istanbul: sim.Loaded) -> None:
    talks = run(by(istanbul, "alternating_offers"), draws=100)
    assert isinstance(talks, NegotiationModel)
    assert not any(hasattr(party, "preferences") for party in talks.parties)
    assert not hasattr(talks._procedure.talks, "prospects")


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture
def viz() -> Any:
    """Mesa's pages, where solara is there and of an age that this Mesa can use."""
    pytest.importorskip("solara", reason="SolaraViz is NOT TESTED: pip install -e '.[viz]'")
    if int(metadata.version("ipyvuetify").split(".")[0]) > 1:
        pytest.skip("SolaraViz is NOT TESTED: this ipyvuetify is too new for Mesa: pip install 'ipyvuetify<2'")
    from mesa import visualization

    return visualization


def test_a_page_steps_and_resets(viz: Any) -> None:
    """Buttons do what they say, also with parameters that a person has changed."""
    import ipyvuetify
    import ipywidgets
    import solara

    model = solara.reactive(sim.Talks("istanbul", draws=100, protocol="single_text", edits=["negotiation.rounds=3"]))
    first = model.value
    parameters = {
        "scenario": "istanbul",
        "draws": 100,
        "protocol": "single_text",
        "edits": ["negotiation.rounds=3"],
        "us.no_deal.cost": viz.Slider("cost of no deal to the US", value=0.0, min=0.0, max=0.5, step=0.1),
    }

    @solara.component
    def page() -> None:
        with solara.AppLayout():
            viz.SolaraViz(
                model, components=[viz.make_plot_component(["agreed", "open"])], model_params=parameters, name="Talks"
            )

    _, rendered = solara.render(page(), handle_error=False)
    try:

        def press(label: str) -> None:
            [button] = [b.widget for b in rendered.find(ipyvuetify.Btn) if b.widget.children == [label]]
            assert not button.disabled
            button.click()

        def image() -> bytes:
            [picture] = rendered.find(ipywidgets.Image).widgets
            assert bytes(picture.value).startswith(b"\x89PNG")
            return bytes(picture.value)

        empty = image()
        press("Step")
        assert (first.steps, first.figures["round"]) == (1, 1)
        press("Step")
        press("Step")
        assert first.result is not None
        assert image() != empty
        [slider] = [w for w in rendered.find(ipyvuetify.Slider).widgets if w.label == "cost of no deal to the US"]
        slider.v_model = 0.3
        press("Reset")
        again = model.value
        assert again is not first
        assert (type(again), again.steps) == (sim.Talks, 0)
        press("Step")
        assert again.figures["acceptability.us"] > first.figures["acceptability.us"]
        [scored] = sim.score(sim.load("istanbul", draws=100, edits=["us.no_deal.cost=0.3"]))
        assert again.figures["acceptability.us"] == scored.party("us").acceptability.estimate
    finally:
        rendered.close()
