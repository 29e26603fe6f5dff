"""Every question asks with a party's own utility and acceptance, or says that it cannot."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

import sim
from sim.analysis.compare.inputs import Entry
from sim.analysis.trace.trace import trace
from sim.engine.preferences import uncertain
from sim.engine.profiles import compile_case
from sim.scenario.loading import Loaded
from tests import own_rules
from tests.own_rules import TERMS, Twin, own, packages, scenario

#: What tells which rules there are, and what a utility that may be no sum has otherwise: nothing is known of it where
#: values may be anything, its expected gains are means over draws, and more of it may matter.
OTHERWISE = (
    "rules",
    "sha256",
    "edits",
    "findings",
    "on_evidence",
    "idle",
    "mean_gain",
    "gain",
    "gains",
    "gain_change",
    "as_no_deal",
    "base_as_no_deal",
)


@pytest.fixture(autouse=True)
def _registered() -> None:
    own_rules.register()


@pytest.fixture(scope="module")
def bent() -> Loaded:
    own_rules.register()
    return own(scenario())


@pytest.fixture(scope="module")
def twin(bent: Loaded) -> Twin:
    return Twin(bent)


def figures(of: object, path: str = "", skip: tuple[str, ...] = OTHERWISE) -> Iterator[tuple[str, object]]:
    """Every figure and word of a record by its path, without keys of some names."""
    if isinstance(of, BaseModel):
        of = {name: getattr(of, name) for name in type(of).model_fields}
    if isinstance(of, dict):
        for key, value in of.items():
            if key not in skip:
                yield from figures(value, f"{path}.{key}", skip)
    elif isinstance(of, list | tuple):
        for k, value in enumerate(of):
            yield from figures(value, f"{path}[{k}]", skip)
    else:
        yield path, of


def alike(one: object, other: object, skip: tuple[str, ...] = OTHERWISE) -> None:
    first, second = dict(figures(one, skip=skip)), dict(figures(other, skip=skip))
    assert first.keys() == second.keys()
    for key, value in first.items():
        if isinstance(value, float):
            assert second[key] == pytest.approx(value, abs=1e-12), key
        else:
            assert second[key] == value, key


def plain(loaded: Loaded) -> Loaded:
    """The same with rules of everybody's own which are those that everybody has."""
    parties = [*loaded.scenario.domain.positions]
    rules = {"utility": dict.fromkeys(parties, "plain_sum"), "acceptance": dict.fromkeys(parties, "nothing_more")}
    return loaded.with_(rules=rules)


ASKED: dict[str, Callable[[Loaded], object]] = {
    "score": lambda x: sim.score(x)[0],
    "offers": lambda x: sim.score(x.with_(protocol="alternating_offers"))[0],
    "single_text": lambda x: sim.score(x.with_(protocol="single_text"))[0],
    "audit": lambda x: {
        (e.party, e.issue, e.refusal): dict(figures(e, skip=("rank",))) for e in sim.audit([x]).entries
    },
    "amend": lambda x: sim.amend(x, changes=2),
    "search": lambda x: sim.search(x, texts=[], effort=30),
    "sweep": lambda x: sim.sweep(x, ["north.land.importance=minor,major", "south.no_deal.cost=0:0.1:2"]),
    "sobol": lambda x: [(p.id, p.acceptability, p.mean_gain) for p in sim.sobol(x, n=64).parties],
    "trace": lambda x: trace(x, draw=7),
    "trace_offers": lambda x: trace(x.with_(protocol="alternating_offers"), draw=7),
    "trace_single_text": lambda x: trace(x.with_(protocol="single_text"), draw=7),
}


@pytest.mark.parametrize("question", ASKED)
def test_the_weighted_sum_as_a_rule_of_its_own_gives_the_same(question: str) -> None:
    loaded = scenario(200)
    alike(ASKED[question](loaded), ASKED[question](plain(loaded)))


def test_levers_of_the_weighted_sum_are_the_same() -> None:
    """More edits are run, since nothing is known of what a utility makes of an issue; those change nothing."""
    loaded = scenario(200)
    usual, mine = (sim.levers(x, party="south", pairs=True) for x in (loaded, plain(loaded)))
    alike((usual.joint, usual.parties, usual.dropped), (mine.joint, mine.parties, mine.dropped))
    before = {x.edit: x for x in (*usual.levers, *usual.new_lines)}
    after = {x.edit: x for x in (*mine.levers, *mine.new_lines)}
    assert before.keys() <= after.keys()
    for edit, lever in before.items():
        alike(lever, after[edit], (*OTHERWISE, "rank"))
    for edit in after.keys() - before.keys():
        assert after[edit].own.change.estimate == 0


def test_frontier_and_comparison_of_the_weighted_sum_are_the_same() -> None:
    """Expected gains are in closed form there and means over draws here, so values are given as numbers."""
    numbers = {
        f"{party}.{issue}": {"values": {o: (k / 2 + at / 30) % 1 for k, o in enumerate(options)}, "weight": weight}
        for at, party in enumerate(("north", "south", "house"))
        for (issue, options), weight in zip(own_rules.ISSUES.items(), (0.4, 0.3, 0.21, 0.09), strict=True)
        if (party, issue) != ("south", "seat")
    }
    sure = {f"{p}.no_deal.beliefs": {"stalemate": 0.4, "war": 0.6} for p in ("north", "south", "house")}
    seat = {"south.seat": {"values": {"north": 0.0, "south": 1.0, "none": 0.4}, "weight": 0.21}}
    loaded = scenario(100).with_({**numbers, **seat, **sure})
    skip = ("rules", "sha256", "edits", "findings", "on_evidence")
    alike(sim.frontier(loaded, texts=None), sim.frontier(plain(loaded), texts=None), skip)
    changed = loaded.with_({"proposal.land": "ours"})
    alike(_compared(loaded, changed), _compared(plain(loaded), plain(changed)), (*skip, "mean_gain"))


def _compared(one: Loaded, other: Loaded) -> Any:
    return sim.compare([Entry(Path("a"), "a", one), Entry(Path("b"), "b", other)])


# --- a utility that is no sum: as the scalar twin has it ----------------------------------------


def test_score_and_draws_and_evaluate(bent: Loaded, twin: Twin) -> None:
    [result] = sim.score(bent)
    drawn = sim.draws(bent)
    table = sim.evaluate(bent, {"north.no_deal.cost": [None, 0.02]}, ["joint", "own", "gain"])
    assert result.joint_acceptability is not None
    assert 0 < result.joint_acceptability.estimate == twin.joint(TERMS) == table["joint"][0] == table["joint"][1] < 1
    for party in result.parties:
        share, gains = twin.share(party.id, TERMS), twin.gains(party.id, TERMS)
        assert party.acceptability.estimate == share == table[f"own.{party.id}"][0]
        assert np.allclose(drawn.gains[party.id], gains, rtol=0, atol=1e-12)
        assert drawn.accepts[party.id].mean() == share
        assert drawn.least[party.id].tolist() == [twin.least(party.id, n) for n in range(drawn.count)]
        assert table[f"gain.{party.id}"][0] == pytest.approx(gains.mean(), abs=1e-12)
        if party.id in ("north", "south"):
            assert party.mean_gain == pytest.approx(gains.mean(), abs=1e-12)
            assert party.gain.median == pytest.approx(np.median(gains), abs=0.01)
        else:
            assert party.mean_gain is None
    for text in [{**TERMS, "land": "theirs"}, {"land": "ours", "army": "large", "seat": "none", "pact": "yes"}]:
        assert np.allclose(drawn.gains_of(text)["south"], twin.gains("south", text), rtol=0, atol=1e-12)
        assert drawn.joint_of(text).mean() == twin.joint(text)


def test_what_an_issue_adds_is_what_the_gain_loses_without_it(bent: Loaded, twin: Twin) -> None:
    [result] = sim.score(bent)
    for party in ("north", "south"):
        for issue in result.party(party).issues:
            without = {**twin.seen(party, TERMS), issue.issue: None}
            gap = twin.gains(party, TERMS) - [twin.gain(party, without, n) for n in range(twin.drawn.count)]
            assert issue.mean_gain == pytest.approx(gap.mean(), abs=1e-12)


def test_levers_are_runs_with_an_edit(bent: Loaded, twin: Twin) -> None:
    result = sim.levers(bent)
    assert result.joint is not None
    assert result.joint.estimate == twin.joint(TERMS)
    moved = [x for x in result.levers if x.joint is not None and x.joint.change.estimate]
    assert len(moved) > 5
    for lever in [*moved[:3], *moved[-2:]]:
        assert lever.joint is not None
        assert lever.joint.after.estimate == Twin(bent.with_([lever.edit])).joint(TERMS), lever.edit


def test_edits_that_cannot_matter_do_not(bent: Loaded) -> None:
    [before] = sim.score(bent)
    idle = [edit for group in sim.levers(bent, party="north").left_out if group.cannot_matter for edit in group.edits]
    for edit in idle:
        [after] = sim.score(bent.with_([edit]))
        assert after.joint_acceptability == before.joint_acceptability, edit


def test_an_issue_that_text_and_no_deal_share_may_matter(bent: Loaded) -> None:
    """Its value bears on what others are worth, so that no argument leaves an edit of it out."""
    text = {"proposal.land": "split", "proposal.army": "large", "proposal.seat": "south", "proposal.pact": "no"}
    result = sim.levers(bent.with_({**text, "north.no_deal.beliefs": {"stalemate": 1, "war": 0}}), party="north")
    edits = {x.edit for x in result.levers if x.edit.startswith("north.pact.ranking")}
    assert edits


def test_amendments(bent: Loaded, twin: Twin) -> None:
    result = sim.amend(bent, changes=2)
    assert result.base.joint_acceptability.estimate == twin.joint(TERMS)
    listed = [x for size in result.sizes for x in size.amendments]
    listed += [x.amendment for x in result.issues if x.amendment is not None]
    assert len(listed) > 3
    for amendment in listed[:8]:
        text = {**TERMS, **{c.issue: c.to for c in amendment.changes}}
        assert amendment.joint_acceptability.estimate == twin.joint(text)
        for party in amendment.parties:
            if party.id != "house":
                assert party.gain == pytest.approx(twin.gains(party.id, text).mean(), abs=1e-12)


def test_search_is_right_where_it_says_proven(bent: Loaded, twin: Twin) -> None:
    [answer] = sim.search(bent, texts=[], effort=20).answers
    assert answer.best is not None
    assert answer.proven
    assert answer.best.joint_acceptability.estimate == twin.joint(answer.best.terms)
    assert answer.best.joint_acceptability.estimate == max(map(twin.joint, packages()))
    hasty = sim.search(bent, texts=[], effort=0).answers[0]
    assert not hasty.proven
    assert hasty.at_most == 1


def test_comparison(bent: Loaded, twin: Twin) -> None:
    text = {**TERMS, "land": "theirs", "army": "large"}
    other = bent.with_({"proposal.land": "theirs", "proposal.army": "large"})
    result = _compared(bent, other)
    shares = {row.name: row.joint_acceptability.estimate for row in result.rows}
    assert sorted(shares.values()) == sorted([twin.joint(TERMS), twin.joint(text)])
    [pair] = result.differences
    first, second = (TERMS, text) if shares[pair.a] == twin.joint(TERMS) else (text, TERMS)
    for party in pair.parties:
        gap = twin.gains(party.party, first).mean() - twin.gains(party.party, second).mean()
        if party.party == "house":
            continue  # a sum, of means in closed form
        assert party.difference == pytest.approx(gap, abs=1e-12)
        total = party.from_differing_terms + party.from_other_terms + party.from_costs
        assert party.difference == pytest.approx(total, abs=1e-12)
    assert result.smaa is not None
    mine = next(x for x in result.smaa.rankings if x.party == "north")
    wins = (twin.gains("north", first) > twin.gains("north", second) + 1e-12).mean()
    ranked = next(x for x in mine.proposals if x.proposal == pair.a)
    assert ranked.wins_over[pair.b] == pytest.approx(wins)


def test_frontier(bent: Loaded, twin: Twin) -> None:
    result = sim.frontier(bent, parties=["north", "south"], red_lines="none", top=50)
    gains = {
        tuple(p.values()): tuple(twin.gains(x, p).mean() for x in ("north", "south"))
        for p in packages()
        if p not in own_rules.OUTCOMES.values() and not _war(p)
    }
    best = {
        p: mine
        for p, mine in gains.items()
        if not any(
            all(o >= m - 1e-12 for o, m in zip(other, mine, strict=True)) and max(np.subtract(other, mine)) > 1e-12
            for other in gains.values()
        )
    }
    assert result.frontier.total == len({tuple(np.round(x, 10)) for x in best.values()})
    for point in result.frontier.listed:
        at = gains[tuple(point.terms.values())]
        assert tuple(point.terms.values()) in best
        assert tuple(point.gains.values()) == pytest.approx(at, abs=1e-12)
    assert result.zone is not None
    able = sum(mine[1] >= 0.1 * twin.chance.mean() - 1e-12 for mine in gains.values())
    south = next(x for x in result.zone.parties if x.id == "south")
    assert south.would_accept == able


def _war(package: dict[str, str]) -> bool:
    return all(package[i] == o for i, o in own_rules.OUTCOMES["war"].items())


def test_sweep(bent: Loaded) -> None:
    result = sim.sweep(bent, ["proposal.land=ours,split,theirs"])
    twin = Twin(bent)
    for point in result.points:
        [land] = point.values
        assert point.joint_acceptability is not None
        assert point.joint_acceptability.estimate == twin.joint({**TERMS, "land": land})


def test_trace(bent: Loaded, twin: Twin) -> None:
    for draw in (0, 3, 11):
        told = trace(bent, draw=draw)
        [turn] = told.turns if len(told.turns) == 1 else told.turns[:1]
        for answer in turn.answers:
            assert answer.gain == pytest.approx(twin.gain(answer.party, TERMS, draw), abs=1e-12)
            assert answer.agrees == twin.accepts(answer.party, TERMS, draw)
            assert answer.wanted == pytest.approx(twin.least(answer.party, draw))
        for party in told.parties:
            assert party.tabled == pytest.approx(twin.gain(party.id, TERMS, draw), abs=1e-12)


@pytest.mark.parametrize("protocol", ["alternating_offers", "single_text"])
def test_nobody_agrees_below_what_it_insists_on(protocol: str, bent: Loaded, twin: Twin) -> None:
    loaded = bent.with_({"negotiation.rounds": 6}, protocol=protocol)
    [result] = sim.score(loaded)
    assert result.negotiation is not None
    assert result.negotiation.agreed.estimate > 0
    for draw in (0, 9, 30):
        told = trace(loaded, draw=draw)
        if told.ended.outcome != "agreed":
            continue
        for party in ("north", "south"):
            gain = twin.gain(party, told.ended.terms, draw)
            assert gain >= twin.least(party, draw) - 1e-9
            assert next(p for p in told.parties if p.id == party).gain == pytest.approx(gain, abs=1e-12)


def test_sobol_of_a_least_gain_that_is_drawn(bent: Loaded) -> None:
    result = sim.sobol(bent, n=256, party="south")
    of_values = [g for g in result.groups if g.party == "south" and g.kind == "values" and g.issue == "army"]
    assert of_values
    assert of_values[0].idle is None
    other = sim.sobol(bent.with_(rules={"acceptance": {"south": "nothing_more"}}), n=256, party="south")
    less, more = (next(p for p in r.parties if p.id == "south").acceptability.estimate for r in (result, other))
    assert less < more


def test_a_utility_of_an_issue_without_weight_is_drawn() -> None:
    """It may count what the usual sum leaves out."""
    edits = {f"north.{issue}.importance": "none" for issue in ("army", "seat", "pact")}
    edits |= {"north.land.weight": "1", "rules.utility.north": "bent"}
    case = compile_case(scenario().with_(edits).scenario)
    assert uncertain(case.profile("north"))


def test_the_mean_gain_of_a_utility_of_its_own_is_in_every_table(bent: Loaded) -> None:
    [result] = sim.score(bent)
    north = result.party("north")
    assert north.mean_gain is not None
    [row] = [row for row in result.rows() if (row["party"], row["measure"]) == ("north", "mean_gain")]
    assert row["value"] == pytest.approx(north.mean_gain)


def test_threads_change_nothing() -> None:
    loaded = own(scenario(9000))
    [one], [many] = sim.score(loaded), sim.score(loaded, workers=3)
    assert one.to_json() == many.to_json()


# --- what cannot be told ------------------------------------------------------------------------


def test_on_the_evidence_nothing_is_known_where_values_may_be_anything(bent: Loaded) -> None:
    [result] = sim.score(bent)
    north = result.party("north").on_evidence
    assert (north.necessary, north.possible, north.verdict) == (0, 1, "not settled")


def test_on_the_evidence_a_utility_of_known_values_is_exact() -> None:
    loaded = scenario().with_({"north.land": {"ranking": ["ours", "split", "theirs"]}})
    every = {f"north.{i}": {"values": {o: k / 3 for k, o in enumerate(o_s)}} for i, o_s in own_rules.ISSUES.items()}
    sure = loaded.with_({**every, "north.no_deal.beliefs": {"stalemate": [0.3, 0.6], "war": [0.4, 0.7]}})
    [usual] = sim.score(sure)
    [mine] = sim.score(plain(sure))
    alike(mine.party("north").on_evidence, usual.party("north").on_evidence)


@pytest.mark.parametrize("insists", [True, False])
def test_a_trace_of_a_protocol_counts_from_what_a_party_insists_on(insists: bool, bent: Loaded, twin: Twin) -> None:
    """What it wants where the protocol does not say is its least gain; what it hopes for is no less."""

    def puts_all(table: sim.Table) -> Any:
        wanted = {"south": np.full(table.draws, 0.5)} if insists else {}
        for text in range(table.texts):
            table.propose("north", np.full(table.draws, text), wanted=wanted)
            yield

    sim.protocol(f"puts_all_{insists}".lower(), puts_all)
    loaded = bent.with_({"negotiation.rounds": 20}, protocol=f"puts_all_{insists}".lower())
    for draw in (0, 3, 7):
        traced = trace(loaded, draw=draw)
        asked = [answer for turn in traced.turns for answer in turn.answers if answer.party == "south"]
        assert len(asked) > 3
        least = twin.least("south", draw)
        assert [answer.wanted for answer in asked] == pytest.approx([0.5 if insists else least] * len(asked))
        offers = trace(bent.with_(protocol="alternating_offers"), draw=draw)
        bests = {p.id: p.best for p in offers.parties}
        assert {p.id: p.best for p in traced.parties} == pytest.approx(bests)
        assert bests["south"] is None or bests["south"] >= least > 0


def test_flip_leaves_out_whose_rules_are_no_sums(bent: Loaded) -> None:
    result = sim.flip(bent)
    assert result.left_out == ("north", "south")
    assert [p.id for p in result.parties] == ["house"]
    with pytest.raises(sim.Complaints, match=r"north: utility bent: which weights turn a party is worked out of sums"):
        sim.flip(bent, party="north")
    assert "left_out" not in sim.flip(scenario()).to_json()


def test_export_refuses_what_is_no_sum(bent: Loaded) -> None:
    from sim.interop.exporting import exported

    with pytest.raises(sim.Complaints, match=r"north: utility bent: the formats write utilities as sums"):
        exported(bent)
    insists = scenario().with_(rules={"acceptance": {"south": "up_to_a_tenth"}})
    before, after = (exported(x, ["south"]).domain.parties[0] for x in (scenario(), insists))
    chance = Twin(bent).chance
    assert after.reservation == pytest.approx(before.reservation + 0.1 * chance.mean())


def test_a_frontier_of_too_many_packages_is_refused(bent: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.analysis.frontier import frontier as module
    from sim.analysis.frontier import zone

    monkeypatch.setattr(zone, "MOST_LISTED", 5)
    assert "the utility of north is its own" in (sim.frontier(bent, parties=["north", "house"]).zone_missing or "")
    monkeypatch.setattr(module, "MOST_LISTED", 5)
    with pytest.raises(sim.Complaints, match=r"north: utility bent: a frontier by a utility that is no sum"):
        sim.frontier(bent, parties=["north", "house"])


def test_a_frontier_says_from_where_points_of_theory_count() -> None:
    loaded = scenario()
    insists = loaded.with_(rules={"acceptance": {"south": "up_to_a_tenth"}})
    words = "What South insists on by a rule of acceptance counts in what all accept and in the zone; points of"
    usual, mine = (sim.frontier(x, parties=["north", "south"], texts=[]) for x in (loaded, insists))
    assert words in mine.to_markdown()
    assert words not in usual.to_markdown()
    assert [s.value for s in mine.solutions] == [s.value for s in usual.solutions]
    assert mine.parties == usual.parties


def test_pages_say_whose_rules_are_their_own(bent: Loaded) -> None:
    from sim.report.outcome import heading_of

    [result] = sim.score(bent)
    assert "own rules of north and south" in heading_of(result.scenario, result.settings)
    named = [(x.party, x.kind, x.name, x.module) for x in result.settings.rules]
    module = "tests.own_rules"
    assert named == [
        ("north", "utility", "bent", module),
        ("south", "utility", "bent", module),
        ("south", "acceptance", "up_to_a_tenth", module),
    ]
    assert '"rules"' not in sim.score(scenario())[0].to_json()


def test_samples_may_vary_the_rule(bent: Loaded, twin: Twin) -> None:
    rules = ["rules.utility.north", "rules.utility.south", "rules.acceptance.south"]
    table = sim.evaluate(
        scenario(), (rules, [["none", "sum", "no_loss"], ["bent", "bent", "up_to_a_tenth"]]), ["joint"]
    )
    [usual] = sim.score(scenario())
    assert usual.joint_acceptability is not None
    assert table["joint"].tolist() == [usual.joint_acceptability.estimate, twin.joint(TERMS)]


def test_pages_do_not_speak_of_closed_forms(bent: Loaded) -> None:
    from sim.analysis.frontier.english import notes

    told = " ".join(str(getattr(x, "words", x)) for x in notes(sim.frontier(bent, parties=["north", "south"])))
    assert "of north and south, whose utility is their own, they are means over draws" in told
    kinds = {x.kind for x in sim.search(bent, texts=[], effort=5).findings}
    assert "mean_gains" in kinds
    assert not {"closed_form", "as_no_deal"} & kinds


def test_pairs_of_packages_are_not_taken_for_alike(bent: Loaded) -> None:
    """Options with other values are other options, though a sum might not tell them apart."""
    from sim.analysis.search.poll import Alike, Poll
    from sim.simulation.cases import compiled

    [case] = compiled([bent])
    alike_ = Alike(Poll(case, 50))
    rows = [case.space.package(p) for p in itertools.islice(packages(), 12)]
    assert len({alike_.kind(row) for row in rows}) == 12
