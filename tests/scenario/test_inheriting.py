"""`like` of an option and `default` of an issue: what they write out, what they leave, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.analysis.levers.rankings import lowered, raised
from sim.analysis.search.search import search
from sim.analysis.shared.expected import expected_values
from sim.engine.draws import Array
from sim.engine.profiles import Cell, Ordinal, compile_case
from sim.files import nodes
from sim.files.complaints import Complaints, Place
from sim.files.nodes import Mapping
from sim.report.english import notes
from sim.report.explain import issue_lines, party_lines
from sim.scenario import schema
from sim.scenario.catalogue import shipped_texts
from sim.scenario.loading import Loaded, load, load_domain
from tests import domains, small
from tests.sentences import sentence

NEW = "      neutral: It stays out.\n"
LIKE = f"{NEW}      quiet: {{text: It stays out and says nothing., like: neutral}}\n"


def files(**more: str) -> dict[str, str]:
    """The small domain with an option `quiet` that is like `neutral`."""
    return small.changed("domain/issues.yaml", NEW, LIKE) | {f"domain/positions/{k}.yaml": v for k, v in more.items()}


def domain(folder: Path, changes: dict[str, str]) -> schema.Domain:
    small.write(folder, changes)
    return load_domain(folder / "domain")


RED = small.RED.replace(
    "  - id: armed_neighbour\n",
    """\
  - id: quiet_arms
    if: {guarantee: [armed], status: [neutral]}
    from: 2022-03-10
    basis: stated
    evidence: [E2]
    why: No arms for a neutral.
  - id: armed_neighbour
""",
).replace(
    "red_lines: [{option: member,", "red_lines: [{option: neutral, basis: stated, evidence: [E2]}, {option: member,"
)


def test_rankings_lines_and_refusals_are_inherited_as_assumed(tmp_path: Path) -> None:
    red = domain(tmp_path, files(red=RED)).positions["red"]
    first, second = red.positions["status"]
    assert first.ranking == (("neutral", "quiet"), ("undecided",), ("member",))
    assert first.assumed == ("quiet",)
    assert second.ranking == (("neutral", "quiet"), ("undecided", "member"))
    assert [(x.option, x.basis, x.evidence) for x in first.red_lines] == [
        ("neutral", "stated", ("E2",)),
        ("member", "stated", ("E2",)),
        ("quiet", "assumed", ("E2",)),
    ]
    assert first.red_lines[2].note == "As for neutral, which quiet is said to be like."
    assert [(r.id, r.basis, r.when) for r in red.refuses] == [
        ("quiet_arms", "stated", {"guarantee": ("armed",), "status": ("neutral",)}),
        ("quiet_arms_quiet", "assumed", {"guarantee": ("armed",), "status": ("quiet",)}),
        ("armed_neighbour", "inferred", {"guarantee": ("armed",), "status": ("member", "undecided")}),
    ]


def test_consent_constraints_and_effects_are_inherited(tmp_path: Path) -> None:
    issues = small.ISSUES.replace(NEW, LIKE).replace(
        "if: {guarantee: [armed], land: [ceded]}", "if: {status: [neutral], land: [returned]}"
    )
    league = small.LEAGUE.replace("{status: [member]}", "{status: [member, neutral]}")
    found = domain(tmp_path, {"domain/issues.yaml": issues, "domain/positions/league.yaml": league})
    assert found.positions["league"].consent.when[0] == {"status": ("member", "neutral", "quiet")}
    assert found.positions["league"].consent.when[1] == {"guarantee": ("armed",), "land": ("returned",)}
    rules = {c.id: c for c in found.issues.constraints}
    assert rules["neutrals_stay_out"].when == {"status": ("neutral", "quiet")}
    assert rules["members_are_defended"].when == {"status": ("member",)}
    assert [(e.id, e.basis, e.when["status"]) for e in found.issues.effects] == [
        ("empty_words", "inferred", ("neutral",)),
        ("empty_words_quiet", "assumed", ("quiet",)),
    ]


def test_what_names_the_option_stays_as_it_is(tmp_path: Path) -> None:
    told = small.RED.replace("ranking: [neutral, undecided, member]", "ranking: [neutral, undecided, quiet, member]")
    red = domain(tmp_path, files(red=told)).positions["red"]
    first, second = red.positions["status"]
    assert first.ranking == (("neutral",), ("undecided",), ("quiet",), ("member",))
    assert first.assumed == ()
    assert second.ranking == (("neutral", "quiet"), ("undecided", "member"))


def test_values_are_inherited_and_rest_goes_where_nothing_is_left_for_it(tmp_path: Path) -> None:
    issues = small.ISSUES.replace(
        "      ceded: It is given up.\n",
        "      ceded: It is given up.\n      lent: {text: For a time., like: frozen}\n",
    ).replace("    question: Who holds", "    label: Land\n    question: Who holds")
    blue = small.BLUE.replace("ranking: [returned, frozen]", "ranking: [returned, frozen, rest, ceded]")
    found = domain(tmp_path, {"domain/issues.yaml": issues, "domain/positions/blue.yaml": blue})
    [land] = found.positions["red"].positions["land"]
    assert land.values is not None
    assert land.values["lent"] == land.values["frozen"] == schema.Span(0.3, 0.6)
    [land] = found.positions["blue"].positions["land"]
    assert land.ranking == (("returned",), ("frozen", "lent"), ("ceded",))


def test_adding_an_option_that_is_like_another_makes_no_way_round_it(tmp_path: Path) -> None:
    """A text with the new option is scored as one with its neighbour: the lines bind."""
    text = small.SCENARIO.replace("option: neutral, basis: stated, evidence: [E1]", "option: quiet, basis: proposed")
    own = [
        load(small.write(tmp_path / "a", files(red=RED)), draws=500),
        load(small.write(tmp_path / "b", files(red=RED) | {"deal.yaml": text}), draws=500),
    ]
    one, other = sim.score(own)
    assert one.party("red").acceptability == other.party("red").acceptability
    assert other.party("red").acceptability.estimate == 0
    cell = next(i for i in other.party("red").issues if i.issue == "status")
    assert cell.basis == "assumed"
    assert next(i for i in one.party("red").issues if i.issue == "status").basis == "inferred"


def test_a_saved_run_stands_by_itself(tmp_path: Path) -> None:
    first = load(small.write(tmp_path, files(red=RED)), edits=["red.status.red_lines=none"], draws=50)
    issues = nodes.find(first.tree, ("domain", "issues"))
    assert issues is not None
    assert "like: neutral" not in nodes.dump_yaml(issues)
    assert "ranked_as: neutral" in nodes.dump_yaml(issues)
    saved = tmp_path / "saved.yaml"
    saved.write_text(nodes.dump_yaml(first.tree), encoding="utf-8")
    again = load(saved)
    assert again.sha256 == first.sha256
    assert again.scenario.domain.positions == first.scenario.domain.positions
    assert again.scenario.domain.positions["red"].positions["status"][0].red_lines == ()


NOTE = "'quiet' (status) is read as 'neutral' is, where nothing says otherwise (like)"


def test_a_result_says_that_an_option_is_read_like_another(tmp_path: Path) -> None:
    text = small.SCENARIO.replace("option: neutral, basis: stated, evidence: [E1]", "option: quiet, basis: proposed")
    plain = load(small.write(tmp_path / "a", files(red=RED)), draws=50)
    first = load(small.write(tmp_path / "b", files(red=RED) | {"deal.yaml": text}), draws=50)
    saved = tmp_path / "saved.yaml"
    saved.write_text(nodes.dump_yaml(first.tree), encoding="utf-8")
    one, other, again = sim.score([plain, first, load(saved)])
    for result in (one, other, again):
        assert result.likes == {"status": {"quiet": "neutral"}}
        status = next(i for i in result.party("red").issues if i.issue == "status")
        assert "(quiet as neutral, which it is like; " in issue_lines(status, result)[1]
        blue = next(i for i in result.party("blue").issues if i.issue == "status")
        assert "which it is like" not in issue_lines(blue, result)[1], "blue ranks neither of the two by name"
    assert not [x for x in notes(one) if x.startswith(NOTE)], "not a term of this text"
    assert [x for x in notes(other) if x.startswith(NOTE)]
    assert [x for x in notes(again) if x.startswith(NOTE)]


def test_a_poll_read_onto_an_option_nobody_asked_about_is_named_as_inherited(tmp_path: Path) -> None:
    red = small.RED.replace("role: principal\n", "role: ratifier\ndecides: {by: majority, of: voters, quota: 0.5}\n")
    line = "{option: neutral, basis: inferred, evidence: [E9], holds: [0.3, 0.6]}"
    red = red.replace("red_lines: [{option: member,", f"red_lines: [{line}, {{option: member,")
    text = small.SCENARIO.replace("option: neutral, basis: stated, evidence: [E1]", "option: quiet, basis: proposed")
    poll = "E9,2022-03-10,red,,status,Few would stay out,poll,reported,A1,p1.s2,\n"
    polled = files(red=red) | {"domain/evidence.csv": small.EVIDENCE + poll}
    [one] = sim.score([load(small.write(tmp_path / "a", polled), draws=50)])
    [other] = sim.score([load(small.write(tmp_path / "b", polled | {"deal.yaml": text}), draws=50)])
    said = "No poll found that asked Red about 'quiet' (status): what is read there is inherited from 'neutral' (like)."
    assert said in notes(other)
    assert said in party_lines(other, other.party("red"))
    assert said not in notes(one)


def test_the_page_names_a_term_on_which_a_file_is_silent_once(tmp_path: Path) -> None:
    issues = small.ISSUES.replace(NEW, f"{NEW}      quiet: {{text: It is quiet., label: Quiet life}}\n")
    text = small.SCENARIO.replace("option: neutral, basis: stated, evidence: [E1]", "option: quiet, basis: proposed")
    changes = {"domain/issues.yaml": issues}
    one = load(small.write(tmp_path / "a", changes), draws=200)
    other = load(small.write(tmp_path / "b", changes | {"deal.yaml": text}), draws=200)
    before, after = sim.score([one, other])
    assert before.unplaced == ()
    [found] = [x for x in after.unplaced if x.party == "red"]
    assert (found.issue, found.option) == ("status", "quiet")
    said = [x for x in notes(after) if "Quiet life" in x or "nothing says where" in x]
    [note] = [x for x in said if "Red makes of" in x]
    assert note.startswith("Nothing says what Red makes of 'Quiet life' (status): ")
    assert not [x for x in said if ": red: nothing says where" in x], "told once, by name"
    assert [x for x in after.warnings if ": red: nothing says where" in x], "the JSON keeps the warning"
    assert [x for x in notes(before) if ": red: nothing says where" in x]


@pytest.mark.parametrize(
    ("like", "what"),
    [
        ("like: netral", "status has no option netral"),
        ("like: quiet", "quiet is like itself"),
        ("like: 3", "expected a name, found the number 3"),
        ("lik: neutral", "unknown key lik"),
    ],
)
def test_faults_of_like(tmp_path: Path, like: str, what: str) -> None:
    changes = small.changed("domain/issues.yaml", NEW, f"{NEW}      quiet: {{text: It is quiet., {like}}}\n")
    with pytest.raises(Complaints) as told:
        load(small.write(tmp_path, changes))
    [found] = [c for c in told.value.complaints if c.severity == "error"]
    assert found.what == what
    assert found.place.file.endswith("issues.yaml")


def test_a_circle_of_likes(tmp_path: Path) -> None:
    two = f"{NEW}      a: {{text: A., like: b}}\n      b: {{text: B., like: a}}\n      c: {{text: C., like: a}}\n"
    with pytest.raises(Complaints) as told:
        load(small.write(tmp_path, small.changed("domain/issues.yaml", NEW, two)))
    assert [c.what for c in told.value.complaints] == [
        "a is like itself by way of b",
        "b is like itself by way of a",
    ]


def test_likes_of_likes_follow_each_other(tmp_path: Path) -> None:
    two = f"{NEW}      a: {{text: A., like: b}}\n      b: {{text: B., like: neutral}}\n"
    red = domain(tmp_path, small.changed("domain/issues.yaml", NEW, two)).positions["red"]
    assert red.positions["status"][0].ranking == (("neutral", "b", "a"), ("undecided",), ("member",))


# --- default --------------------------------------------------------------------------------

PORT = """\
  port:
    question: Who runs the port?
    default: {default}
    options:
      own: The country.
      shared: Both.
constraints:
"""


def with_port(default: str) -> dict[str, str]:
    return {"domain/issues.yaml": small.ISSUES.replace("constraints:\n", PORT.replace("{default}", default), 1)}


@pytest.mark.parametrize(("default", "said"), [("shared", "port: shared"), ("open", "port: open")])
def test_a_text_need_not_name_an_issue_that_has_a_default(tmp_path: Path, default: str, said: str) -> None:
    loaded = load(small.write(tmp_path, with_port(default)), draws=100)
    term = loaded.scenario.proposal.terms["port"]
    assert (term.option, term.open, term.basis, term.default) == (
        (None, True, "assumed", True) if default == "open" else ("shared", False, "assumed", True)
    )
    [result] = sim.score([loaded])
    assert result.defaults == ("port",)
    assert sentence(result, "default_terms") == f"Not named by the text, so set by default (assumed): {said}."


def test_what_the_text_says_comes_before_the_default(tmp_path: Path) -> None:
    text = small.SCENARIO + "    port: {option: own, basis: proposed}\n"
    loaded = load(small.write(tmp_path, with_port("shared") | {"deal.yaml": text}), draws=100)
    assert loaded.scenario.proposal.terms["port"].option == "own"
    [result] = sim.score([loaded])
    assert result.defaults == ()
    assert sentence(result, "default_terms") is None


def test_an_edit_takes_the_default_away(tmp_path: Path) -> None:
    loaded = load(small.write(tmp_path, with_port("shared")), edits=["proposal.port=own"], draws=100)
    assert loaded.scenario.proposal.terms["port"].basis == "edited"
    assert sim.score([loaded])[0].defaults == ()


def test_other_texts_among_the_candidates_need_not_name_it_either(tmp_path: Path) -> None:
    block = "negotiation: {protocol: alternating_offers, candidates: {proposals: [other]}}\n"
    changes = with_port("shared") | {
        "deal.yaml": small.SCENARIO + block,
        "other.yaml": small.SCENARIO.replace("option: armed, basis: inferred", "option: consult, basis: inferred"),
    }
    loaded = load(small.write(tmp_path, changes))
    assert loaded.scenario.negotiation.candidates.texts["other"]["port"] == "shared"


def test_a_default_that_is_no_option(tmp_path: Path) -> None:
    with pytest.raises(Complaints) as told:
        load(small.write(tmp_path, with_port("shard")))
    assert told.value.complaints[0].what == "port has no option shard"
    assert told.value.complaints[0].hint == "did you mean shared?"


# --- options of which nothing is said -----------------------------------------------------------


def silent(loaded: sim.Loaded) -> list[str]:
    return [f"{w.where}: {w.what}" for w in loaded.warnings if "nothing says where" in w.what]


def test_an_option_that_slips_past_a_party_is_named(tmp_path: Path) -> None:
    changes = small.changed("domain/issues.yaml", NEW, f"{NEW}      quiet: It stays out and says nothing.\n")
    assert silent(load(small.write(tmp_path / "a", changes))) == [
        "red: nothing says where quiet of status stands, so it is drawn anywhere; 1 red line and 1 refusal on its "
        "neighbours do not cover it"
    ]
    assert silent(load(small.write(tmp_path / "b", files()))) == []
    assert silent(load(small.write(tmp_path / "c"))) == []


def test_rest_and_a_constraint_speak_for_an_option(tmp_path: Path) -> None:
    changes = small.changed("domain/issues.yaml", NEW, f"{NEW}      quiet: It stays out and says nothing.\n")
    rest = {"domain/positions/red.yaml": small.RED.replace("[neutral, undecided, member]", "[neutral, rest, member]")}
    assert silent(load(small.write(tmp_path / "a", changes | rest))) == []
    forced = changes["domain/issues.yaml"].replace(
        "constraints:\n",
        "constraints:\n  - id: hush\n    if: {land: [ceded]}\n    then: {status: [quiet]}\n    severity: political\n"
        "    why: It must.\n",
    )
    assert silent(load(small.write(tmp_path / "b", {"domain/issues.yaml": forced}))) == []


def test_shipped_files_are_quiet() -> None:
    for file in shipped_texts(Path("scenarios")):
        assert silent(load(file)) == []


@pytest.mark.parametrize(
    ("assumed", "what"),
    [("[nutral]", "status has no option nutral"), ("[quiet]", "status has no option quiet")],
)
def test_faults_of_assumed_places(tmp_path: Path, assumed: str, what: str) -> None:
    red = small.RED.replace(
        "      importance: critical\n", f"      importance: critical\n      assumed: {assumed}\n", 1
    )
    with pytest.raises(Complaints) as told:
        load(small.write(tmp_path, {"domain/positions/red.yaml": red}))
    assert [c.what for c in told.value.complaints] == [what]


def test_an_assumed_place_needs_a_place(tmp_path: Path) -> None:
    red = small.RED.replace("[neutral, undecided, member]", "[neutral, member]").replace(
        "      importance: critical\n", "      importance: critical\n      assumed: [undecided]\n", 1
    )
    with pytest.raises(Complaints) as told:
        load(small.write(tmp_path, {"domain/positions/red.yaml": red}))
    [found] = told.value.complaints
    assert found.what == "undecided has no place in the ranking that could be assumed"


# --- where there is no place to write the option beside ------------------------------------------

LAND = "      ceded: It is given up.\n"
LENT = f"{LAND}      lent: {{text: For a time., like: {{like}}}}\n"


def with_lent(like: str, red: str = small.RED, blue: str = small.BLUE, issues: str = small.ISSUES) -> dict[str, str]:
    """The small domain with an option `lent` of the land that is like another."""
    return {
        "domain/issues.yaml": issues.replace(LAND, LENT.replace("{like}", like)),
        "domain/positions/red.yaml": red,
        "domain/positions/blue.yaml": blue,
    }


def values(file: Path, who: str, issue: str = "land", edits: Sequence[str] = ()) -> tuple[Cell, dict[str, Array]]:
    """A party's cell, and its drawn values by option."""
    case = compile_case(load(file, edits=edits).scenario)
    j = case.space.issue(issue)
    own = domains.preferences(case, who)
    return own.profile.cells[j], dict(zip(case.space.options[j], own.values[j], strict=True))


@pytest.mark.parametrize(
    ("like", "ranking"),
    [
        ("frozen", "[returned, rest]"),
        ("frozen", "[rest, returned]"),
        ("frozen", "[returned, ceded]"),
        ("frozen", "unknown"),
        ("frozen", "[frozen]"),
        ("ceded", "[[returned, frozen]]"),
    ],
)
def test_an_option_has_the_drawn_place_of_its_neighbour_where_none_is_written(
    like: str, ranking: str, tmp_path: Path
) -> None:
    """Before, it was drawn apart: of two like options each passed the other in half of the draws."""
    blue = small.BLUE.replace("ranking: [returned, frozen]", f"ranking: {ranking}").replace("basis: stated", BASIS)
    blue = blue.replace("        - {option: ceded, basis: inferred, evidence: [E3, E5]}\n", "").replace(
        "      red_lines:\n", ""
    )
    plain = small.write(tmp_path / "a", {"domain/positions/blue.yaml": blue})
    cell, drawn = values(small.write(tmp_path / "b", with_lent(like, blue=blue)), "blue")
    _, before = values(plain, "blue")
    assert np.array_equal(drawn["lent"], drawn[like])
    for option, its in before.items():
        assert np.array_equal(drawn[option], its)  # and the others as before
    assert expected_values(cell, 4)[[3]] == expected_values(cell, 4)[[list(drawn).index(like)]]
    means = [float(its.mean()) for its in drawn.values()]
    assert expected_values(cell, 4) == pytest.approx(means, abs=0.03)
    assert (3 in cell.assumed) == (cell.ranking_basis != "unknown")


BASIS = "basis: inferred"


def test_a_party_without_a_word_on_an_issue_takes_like_options_alike(tmp_path: Path) -> None:
    red = (
        small.RED.replace("  land:\n", "  gone:\n")
        .replace("  gone:\n", "  guarantee:\n")
        .replace(
            "values: {ceded: 1, frozen: [0.3, 0.6], returned: 0}", "values: {armed: 1, consult: [0.3, 0.6], none: 0}"
        )
    )
    _, drawn = values(small.write(tmp_path, with_lent("frozen", red=red)), "red")
    assert np.array_equal(drawn["lent"], drawn["frozen"])
    assert not np.array_equal(drawn["lent"], drawn["ceded"])


def test_an_indifference_over_all_options_is_inherited(tmp_path: Path) -> None:
    """Only an option that stands alone compares nothing; before, [[a, b]] was passed over too."""
    blue = small.BLUE.replace("ranking: [returned, frozen]", "ranking: [[returned, frozen, ceded]]")
    found = domain(tmp_path, with_lent("frozen", blue=blue))
    [land] = found.positions["blue"].positions["land"]
    assert land.ranking == (("returned", "frozen", "ceded", "lent"),)
    assert land.assumed == ("lent",)


@pytest.mark.parametrize(
    ("edit", "ranking"),
    [
        ("[frozen, returned, ceded]", (("frozen", "lent"), ("returned",), ("ceded",))),
        ("[ceded, lent, [frozen, returned]]", (("ceded",), ("lent",), ("frozen", "returned"))),
        ("[frozen, rest]", (("frozen", "lent"), ("rest",))),
    ],
)
def test_an_edited_ranking_keeps_like_options_together(
    edit: str, ranking: tuple[tuple[str, ...], ...], tmp_path: Path
) -> None:
    file = small.write(tmp_path, with_lent("frozen"))
    loaded = load(file, edits=[f"blue.land.ranking={edit}"])
    [land] = loaded.scenario.domain.positions["blue"].positions["land"]
    assert land.ranking == ranking
    assert land.assumed == (() if "lent" in edit else ("lent",))
    saved = tmp_path / "saved.yaml"
    saved.write_text(nodes.dump_yaml(loaded.tree), encoding="utf-8")
    assert load(saved).scenario.domain.positions == loaded.scenario.domain.positions


def test_edited_values_and_red_lines_are_inherited_too(tmp_path: Path) -> None:
    file = small.write(tmp_path, with_lent("frozen"))
    edits = ["blue.land.values={returned: 1, frozen: 0.4, ceded: 0}", "blue.land.red_lines=[frozen]"]
    [land] = load(file, edits=edits).scenario.domain.positions["blue"].positions["land"]
    assert land.values is not None
    assert land.values["lent"] == schema.Span(0.4, 0.4)
    assert [(x.option, x.basis) for x in land.red_lines] == [("frozen", "edited"), ("lent", "assumed")]
    apart = [edits[0], "blue.land.red_lines=[frozen, {option: lent, holds: 0}]"]
    [land] = load(file, edits=apart).scenario.domain.positions["blue"].positions["land"]
    assert [(x.option, x.holds) for x in land.red_lines] == [("frozen", None), ("lent", schema.Span(0, 0))]
    shared = ["blue.land.red_lines=[{option: frozen, holds: 0.4}]"]
    [land] = load(file, edits=shared).scenario.domain.positions["blue"].positions["land"]
    assert {x.option: x.holds for x in land.red_lines} == dict.fromkeys(("frozen", "lent"), schema.Span(0.4, 0.4))
    [land] = load(file, edits=["blue.land.red_lines=none"]).scenario.domain.positions["blue"].positions["land"]
    assert land.red_lines == ()


POLLED = small.BLUE.replace(
    "role: principal", "role: ratifier\ndecides: {by: majority, of: voters, quota: 0.5}"
).replace("ceded, basis: stated, evidence: [E3, E5]", "ceded, holds: [0.4, 0.6], basis: inferred, evidence: [E5]")
REFUSED = """\
refuses:
  - id: sold
    if: {land: [frozen]}
    from: 2022-03-15
    holds: [0.3, 0.7]
    basis: inferred
    evidence: [E5]
    why: Most would refuse.
no_deal:
"""


def test_a_polled_line_and_its_copy_are_one_share(tmp_path: Path) -> None:
    """Before, each drew its own, so that a change from one option to the other seemed to raise acceptance."""
    blue = POLLED.replace("no_deal:\n", REFUSED)
    file = small.write(tmp_path, with_lent("ceded", blue=blue))
    own = domains.preferences(compile_case(load(file).scenario), "blue")
    lines = {x.id: x for x in own.profile.lines}
    assert np.array_equal(own.memo.refusing("blue", lines["lent"]), own.memo.refusing("blue", lines["ceded"]))
    other = small.write(tmp_path / "b", with_lent("frozen", blue=blue))
    own = domains.preferences(compile_case(load(other).scenario), "blue")
    lines = {x.id: x for x in own.profile.lines}
    assert lines["sold_lent"].like == "sold"
    assert np.array_equal(own.memo.refusing("blue", lines["sold_lent"]), own.memo.refusing("blue", lines["sold"]))
    assert not np.array_equal(own.memo.refusing("blue", lines["ceded"]), own.memo.refusing("blue", lines["sold"]))


def test_an_edit_of_a_line_reaches_its_copies(tmp_path: Path) -> None:
    blue = POLLED.replace("no_deal:\n", REFUSED)
    file = small.write(tmp_path, with_lent("ceded", blue=blue))
    [land] = (
        load(file, edits=["blue.land.red_lines.ceded.holds=0.2"]).scenario.domain.positions["blue"].positions["land"]
    )
    assert [(x.option, x.holds, x.basis) for x in land.red_lines] == [
        ("ceded", schema.Span(0.2, 0.2), "edited"),
        ("lent", schema.Span(0.2, 0.2), "assumed"),
    ]
    other = small.write(tmp_path / "b", with_lent("frozen", blue=blue))
    held = load(other, edits=["blue.refuses.sold.holds=0.2"]).scenario.domain.positions["blue"].refuses
    assert [(x.id, x.holds) for x in held] == [("sold", schema.Span(0.2, 0.2)), ("sold_lent", schema.Span(0.2, 0.2))]
    assert load(other, edits=["blue.refuses.sold=none"]).scenario.domain.positions["blue"].refuses == ()
    left = load(other, edits=["blue.refuses.sold_lent=none"]).scenario.domain.positions["blue"].refuses
    assert [x.id for x in left] == ["sold"]


def test_a_copy_takes_an_id_that_is_free(tmp_path: Path) -> None:
    """Before, the refusal of the new option was left out where its id stood for another."""
    taken = RED.replace("  - id: armed_neighbour\n", "  - id: quiet_arms_quiet\n")
    refuses = domain(tmp_path, files(red=taken)).positions["red"].refuses
    assert [r.id for r in refuses] == ["quiet_arms", "quiet_arms_quiet_2", "quiet_arms_quiet"]
    assert refuses[1].when == {"guarantee": ("armed",), "status": ("quiet",)}


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        ("issues", "ceded: It is given up.", "ceded: {text: It., ranked_as: fozen}", "land has no option fozen"),
        ("issues", "ceded: It is given up.", "ceded: {text: It., ranked_as: ceded}", "ceded is like itself"),
        ("positions/red", "evidence: [E2]}]", "evidence: [E2], like: nutral}]", "status has no option nutral"),
        (
            "positions/red",
            "  - id: armed_neighbour\n",
            "  - id: armed_neighbour\n    like: ar\n",
            "red has no refusal ar",
        ),
    ],
)
def test_faults_of_what_is_written_out(name: str, old: str, new: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(Complaints) as told:
        load(small.write(tmp_path, small.changed(f"domain/{name}.yaml", old, new)))
    assert [c.what for c in told.value.complaints] == [what]


def test_a_lever_moves_an_option_that_is_like_one_in_rest_or_unranked() -> None:
    """It leaves the neighbour's place as the neighbour would."""
    rest = Ordinal(((0,),), 1, (1, 2), (), ((3, 1),))
    assert raised(rest, 3) == (((0,), (3,), None), ((3,), (0,), None))
    assert lowered(rest, 3) == (((0,), None, (3,)), ((0,), None, (3,)))
    unknown = Ordinal(((0,), (2,)), None, (), (1,), ((3, 1),))
    assert raised(unknown, 3) == (None, ((3,), (0,), (2,)))


# --- on the evidence -------------------------------------------------------------------------------


def loaded(made: schema.Scenario) -> Loaded:
    return Loaded(made, Mapping({}, Place("test", 1, 1)), (), Path("test.yaml"), "0")


def case_with_an_assumed_place(option: str, **more: object) -> schema.Scenario:
    """Two parties of one mind on two issues; x > y = z > n on the first, where the place of one option is assumed."""
    ranking = [["x", *(["y"] if option == "y" else [])], "z", ["n", *(["m"] if option == "m" else [])]]
    both = {
        "s": domains.position(ranking, "critical", assumed=[option]),
        "t": domains.position(["p", "q"], "minor"),
    }
    people = {"p": domains.party(both), "q": domains.party(both)}
    options = {"s": ("x", "z", "n", option), "t": ("p", "q")}
    given = {"terms": {"s": "z", "t": "q"}, "outcomes": {"none": {"s": "n", "t": "q"}}, "draws": 200} | more
    return domains.scenario(options, people, **given)  # type: ignore[arg-type]


def verdict(made: schema.Scenario) -> tuple[float, float, float]:
    """Of one party: `necessary`, `possible`, and the weight whose order is assumed."""
    one = sim.score([loaded(made)])[0].party("p")
    return one.on_evidence.necessary, one.on_evidence.possible, one.weight_by_basis.assumed


def test_an_assumed_place_is_open_on_the_evidence_and_the_others_are_not() -> None:
    """Only the option itself: before, the ranking of the whole issue was assumed for a text that had it."""
    necessary, possible, weight = verdict(case_with_an_assumed_place("y", terms={"s": "y", "t": "q"}))
    assert (necessary, possible) == (0, 1)
    assert weight > 0.5
    assert verdict(case_with_an_assumed_place("y")) == (1, 1, 0)


def test_an_assumed_place_in_no_deal_is_open_too() -> None:
    """Before, only the option that the text wrote was looked at."""
    necessary, possible, weight = verdict(case_with_an_assumed_place("m", outcomes={"none": {"s": "m", "t": "q"}}))
    assert (necessary, possible) == (0, 1)
    assert weight > 0.5


def test_an_assumed_place_is_open_where_an_effect_leads_to_it() -> None:
    effect = {"id": "e", "if": {"t": ["q"]}, "then": {"s": "y"}, "basis": "inferred", "why": "W."}
    made = case_with_an_assumed_place("y", effects=[effect])
    necessary, possible, weight = verdict(made)
    assert (necessary, possible) == (0, 1)
    assert weight > 0.5
    away = {"id": "e", "if": {"t": ["q"]}, "then": {"s": "x"}, "basis": "inferred", "why": "W."}
    assert verdict(case_with_an_assumed_place("y", terms={"s": "y", "t": "q"}, effects=[away]))[2] == 0


@pytest.mark.parametrize("text", ["z", "y"])
def test_search_says_of_a_package_what_a_run_of_it_says(text: str) -> None:
    """Before, it kept the basis that the tabled text's own options have."""
    rule = {"id": "c", "if": {"s": ["x"]}, "then": {"t": ["q"]}, "severity": "hard", "why": "W."}
    made = case_with_an_assumed_place("y", terms={"s": text, "t": "q"}, constraints=[rule])
    best = search(loaded(made), texts=()).answer.best
    assert best is not None
    assert best.terms == {"s": "y", "t": "p"}
    [run] = sim.score([loaded(domains.changed(made, s="y", t="p"))])
    assert best.on_evidence is not None
    assert best.on_evidence.verdict == run.on_evidence.verdict == "not settled"
    for one in best.parties:
        assert one.on_evidence == run.party(one.id).on_evidence
        assert one.weight_by_basis.assumed == pytest.approx(run.party(one.id).weight_by_basis.assumed)
        assert one.weight_by_basis.assumed > 0.5
    assert best.parties[0].weight_changed.assumed == pytest.approx(
        run.party("p").weight_by_basis.assumed if text == "z" else 0
    )


@pytest.mark.parametrize("option", ["y", "m"])
@pytest.mark.parametrize("package", [(s, t) for s in range(4) for t in range(2)])
def test_bounds_with_assumed_places_against_a_plain_sum(option: str, package: tuple[int, int]) -> None:
    """Between the option and any other lies anything in [-1, 1]; each outcome of no deal may be certain."""
    outcomes = {"k": {"s": "n", "t": "q"}, "l": {"s": "m" if option == "m" else "z", "t": "p"}}
    case = compile_case(case_with_an_assumed_place(option, outcomes=outcomes))
    own = domains.preferences(case, "p")
    low, high = own.bounds(own.weights, np.array(package, np.int16))
    free, ends = 3, []
    for y in own.profile.outcomes:
        for swing in (-1.0, 1.0):
            total = np.zeros_like(low)
            for j in range(2):
                drawn = own.values[j][package[j]] - own.values[j][y[j]]
                opened = j == 0 and package[j] != y[j] and free in (package[j], y[j])
                total += own.weights[j] * (swing if opened else drawn)
            ends.append(total)
    assert np.allclose(low, np.minimum.reduce(ends))
    assert np.allclose(high, np.maximum.reduce(ends))
