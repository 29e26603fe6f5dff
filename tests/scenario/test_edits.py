"""Edits: what they change, what they leave alone, and what is said of wrong ones."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import pytest

import sim
from sim.engine.profiles import compile_case
from sim.files.complaints import Complaints, render
from sim.files.nodes import dump_yaml
from sim.report.verdict import objection
from sim.scenario import schema
from sim.scenario.edit_paths import parse_set
from sim.scenario.loading import Loaded, edited, load, series
from tests import small
from tests.domains import share_within


def position(loaded: Loaded, party: str, issue: str, index: int = 0) -> schema.Position:
    return loaded.scenario.domain.positions[party].positions[issue][index]


def complaint(deal: Path, *edits: str) -> tuple[int, str, str | None]:
    with pytest.raises(Complaints) as info:
        load(deal, edits=edits)
    assert len(info.value.complaints) == 1, render(info.value.complaints)
    (one,) = info.value.complaints
    assert one.place.file == f"--set[{len(edits)}]"
    assert one.place.line == 1
    return one.place.column, one.what, one.hint


def test_ranking(deal: Path) -> None:
    loaded = load(deal, edits=["red.status.ranking=[member, [neutral, undecided]]"])
    cell = position(loaded, "red", "status")
    assert cell.ranking == (("member",), ("neutral", "undecided"))
    assert cell.basis == schema.CellBasis(ranking="edited", importance="stated")
    # what was cited for the old order does not speak for the new one
    assert cell.evidence == schema.CellEvidence(ranking=(), importance=("E1", "E2"))
    assert cell.importance == "critical"
    assert len(cell.red_lines) == 1
    assert position(loaded, "red", "status", 1) == position(load(deal), "red", "status", 1)
    assert loaded.scenario.edits == ("red.status.ranking=[member, [neutral, undecided]]",)


def test_importance_and_weight_replace_each_other(deal: Path) -> None:
    cell = position(load(deal, edits=["red.status.weight=0.2..0.4"]), "red", "status")
    assert (cell.importance, cell.weight) == (None, schema.Span(0.2, 0.4))
    assert cell.basis == schema.CellBasis(ranking="inferred", importance="edited")
    cell = position(load(deal, edits=["red.land.importance=minor"]), "red", "land")
    assert (cell.importance, cell.weight) == ("minor", None)
    assert cell.basis == schema.CellBasis(ranking="assumed", importance="edited")


def test_values_replace_a_ranking_and_back(deal: Path) -> None:
    edit = "red.status.values={member: 0, undecided: 0.1..0.2, neutral: 1}"
    cell = position(load(deal, edits=[edit]), "red", "status")
    assert cell.ranking is None
    assert cell.values is not None
    assert cell.values["undecided"] == schema.Span(0.1, 0.2)
    cell = position(load(deal, edits=["red.land.ranking=unknown"]), "red", "land")
    assert (cell.values, cell.ranking) == (None, ())


def test_red_lines(deal: Path) -> None:
    assert position(load(deal, edits=["red.status.red_lines=none"]), "red", "status").red_lines == ()
    cell = position(load(deal, edits=["red.status.red_lines=[undecided, member]"]), "red", "status")
    assert cell.red_lines == (
        schema.RedLine(option="undecided", basis="edited"),
        schema.RedLine(option="member", basis="edited"),
    )
    assert cell.basis.ranking == "inferred"
    loaded = load(deal, edits=["red.guarantee.red_lines=[none]"])
    assert position(loaded, "red", "guarantee").red_lines[0].option == "none"


@pytest.mark.parametrize(
    "edit",
    [
        "red.status.red_lines=[{option: undecided, holds: [0.4, 0.6]}, member]",
        "red.status.red_lines=[{option: undecided, holds: 0.4..0.6}, {option: member}]",
        "red.status={red_lines: [{holds: 0.4..0.6, option: undecided}, member]}",
    ],
)
def test_red_lines_that_hold_with_a_probability(edit: str, deal: Path, tmp_path: Path) -> None:
    """Without a poll to cite: the basis is the edit."""
    loaded = load(deal, edits=[edit])
    assert position(loaded, "red", "status").red_lines == (
        schema.RedLine(option="undecided", basis="edited", holds=schema.Span(0.4, 0.6)),
        schema.RedLine(option="member", basis="edited"),
    )
    saved = tmp_path / "saved" / "scenario.yaml"
    saved.parent.mkdir()
    saved.write_text(dump_yaml(loaded.tree))
    assert load(saved).scenario == loaded.scenario
    single = load(deal, edits=["red.status.red_lines={option: member, holds: 0.5}"])
    assert [line.holds for line in position(single, "red", "status").red_lines] == [schema.Span(0.5, 0.5)]


def test_an_edited_line_refuses_in_as_many_draws_as_it_is_said_to_hold(deal: Path) -> None:
    """And the verdict does not call it a poll's."""
    line = "red.status.red_lines=[{option: neutral, holds: 0.7}]"
    [result] = sim.score([load(deal, edits=[line, "red.reservation=0", "red.refuses=none", "proposal.land=frozen"])])
    red = result.party("red")
    assert red.on_evidence is not None
    assert share_within(red.acceptability.estimate, 0.3, result.settings.draws)
    assert red.by_layer.stated == red.acceptability.estimate
    assert red.on_evidence.possible == red.on_evidence.necessary == red.acceptability.estimate
    assert objection(result, red) == "its edited red line against 'neutral' (status; holds: 70%)"


def test_cell_made_unknown(deal: Path) -> None:
    cell = position(load(deal, edits=["red.status=unknown"]), "red", "status")
    assert (cell.ranking, cell.importance, cell.red_lines) == ((), "unknown", ())
    assert cell.basis == schema.CellBasis(ranking="edited", importance="edited")
    assert cell.evidence.all == ()


def test_entry_in_force_on_the_day(deal: Path) -> None:
    loaded = load(deal, edits=["red.status.importance=minor"], as_of=dt.date(2025, 6, 1))
    assert [e.importance for e in loaded.scenario.domain.positions["red"].positions["status"]] == ["critical", "minor"]


def test_new_entry_where_none_is_in_force(deal: Path) -> None:
    loaded = load(deal, edits=["blue.guarantee.importance=minor"])
    cell = position(loaded, "blue", "guarantee")
    assert (cell.start, cell.ranking, cell.importance) == (dt.date(2022, 3, 29), (), "minor")
    assert cell.basis == schema.CellBasis(ranking="assumed", importance="edited")
    loaded = load(deal, edits=["red.status.importance=minor"], as_of=dt.date(2022, 1, 5))
    starts = [e.start for e in loaded.scenario.domain.positions["red"].positions["status"]]
    assert starts == [dt.date(2022, 1, 5), dt.date(2022, 3, 10), dt.date(2025, 1, 1)]


def test_refusals(deal: Path) -> None:
    for edit in ("red.refuses=none", "red.refuses.armed_neighbour=none"):
        assert load(deal, edits=[edit]).scenario.domain.positions["red"].refuses == ()
    assert load(deal, edits=["blue.refuses=none"]).scenario.domain.positions["blue"].refuses == ()


def test_all_red_lines_of_a_party(deal: Path) -> None:
    """Those of the entries in force go, and nothing else changes."""
    before = load(deal).scenario.domain.positions
    after = load(deal, edits=["red.red_lines=none"]).scenario.domain.positions
    day = dt.date(2022, 3, 29)
    dropped = 0
    for issue, entries in before["red"].positions.items():
        force = max((e for e in entries if e.start <= day), key=lambda e: e.start, default=None)
        for old, new in zip(entries, after["red"].positions[issue], strict=True):
            assert new == (old.model_copy(update={"red_lines": ()}) if old is force else old)
            dropped += len(old.red_lines) - len(new.red_lines)
    assert dropped == sum(len(e.red_lines) for entries in before["red"].positions.values() for e in entries[:1]) > 0
    assert after["red"].refuses == before["red"].refuses != ()
    assert after["blue"] == before["blue"]
    bare = load(deal, edits=["red.red_lines=none", "red.refuses=none"])
    [result] = sim.score([bare])
    assert result.party("red").lines == ()
    one_by_one = [f"red.{issue}.red_lines=none" for issue, entries in before["red"].positions.items() if entries]
    assert load(deal, edits=one_by_one).scenario.domain.positions == after
    later = load(deal, edits=["red.red_lines=none"], as_of=dt.date(2025, 6, 1)).scenario.domain.positions["red"]
    assert later.positions["status"][0] == before["red"].positions["status"][0], "an entry of another day keeps its own"


def test_all_red_lines_of_a_party_that_has_none(deal: Path) -> None:
    loaded = load(deal, edits=["league.red_lines=none"])
    assert loaded.scenario.domain == load(deal).scenario.domain
    assert loaded.scenario.edits == ("league.red_lines=none",)


def test_no_deal(deal: Path) -> None:
    loaded = load(deal, edits=["red.no_deal.beliefs.stalemate=0.3..0.4", "red.no_deal.beliefs.2022.defeat=0.65"])
    beliefs = loaded.scenario.domain.positions["red"].no_deal.beliefs["2022"]
    assert beliefs.ranges == {"stalemate": schema.Span(0.3, 0.4), "defeat": schema.Span(0.65, 0.65)}
    assert beliefs.basis == "edited"
    beliefs = load(deal, edits=["blue.no_deal.beliefs.defeat=0.5"]).scenario.domain.positions["blue"].no_deal.beliefs
    assert beliefs["2022"].ranges == {"defeat": schema.Span(0.5, 0.5)}
    assert load(deal, edits=["red.no_deal.cost=-0.1"]).scenario.domain.positions["red"].no_deal.cost == (-0.1, -0.1)


def test_reservation_consent_and_proposal(deal: Path) -> None:
    loaded = load(deal, edits=["proposal.land=frozen", "red.reservation=0.4..0.5", "league.consent=always"])
    assert loaded.scenario.proposal.terms["land"] == schema.Term(option="frozen", basis="edited")
    assert loaded.scenario.domain.positions["red"].reservation == schema.Span(0.4, 0.5)
    assert loaded.scenario.domain.positions["league"].consent.always
    loaded = load(deal, edits=["proposal.status=open"])
    assert loaded.scenario.proposal.terms["status"] == schema.Term(open=True, basis="edited")


def test_later_edits_win_and_files_come_first(deal: Path, tmp_path: Path) -> None:
    file = tmp_path / "softer.yaml"
    file.write_text(
        "title: A softer Red\n"
        "edits:\n"
        "  red.status: {importance: minor, red_lines: none}\n"
        "  red.no_deal.beliefs: {stalemate: 0.2..0.6, defeat: [0.4, 0.8]}\n"
        "  proposal: {land: frozen}\n"
        "  red.land.importance: major\n"
    )
    loaded = load(deal, edit_files=[file], edits=["red.land.importance=moderate", "red.land.importance=minor"])
    assert position(loaded, "red", "status").importance == "minor"
    assert position(loaded, "red", "status").red_lines == ()
    assert position(loaded, "red", "land").importance == "minor"
    assert loaded.scenario.edits == (
        "red.status={importance: minor, red_lines: none}",
        "red.no_deal.beliefs={stalemate: [0.2, 0.6], defeat: [0.4, 0.8]}",
        "proposal={land: frozen}",
        "red.land.importance=major",
        "red.land.importance=moderate",
        "red.land.importance=minor",
    )


def test_saved_scenario_loads_to_the_same(deal: Path, tmp_path: Path) -> None:
    loaded = load(
        deal,
        edits=["red.status.importance=minor", "proposal.land=frozen"],
        as_of=dt.date(2022, 4, 1),
        evidence="articles",
        draws=500,
        seed=7,
        protocol="vote",
    )
    assert (loaded.scenario.draws, loaded.scenario.seed, loaded.scenario.evidence) == (500, 7, "articles")
    assert loaded.scenario.day == dt.date(2022, 4, 1)
    saved = tmp_path / "elsewhere" / "scenario.yaml"
    saved.parent.mkdir()
    saved.write_text(dump_yaml(loaded.tree))
    again = load(saved)
    assert again.scenario == loaded.scenario
    assert again.sha256 == loaded.sha256
    assert dump_yaml(again.tree) == dump_yaml(loaded.tree)
    more = load(saved, edits=["red.land.importance=minor"])
    assert len(more.scenario.edits) == 3


def test_checksum_leaves_out_draws_and_seed_only(deal: Path) -> None:
    plain = load(deal)
    assert load(deal, draws=5, seed=3).sha256 == plain.sha256
    assert load(deal, evidence="all", as_of=plain.scenario.day).sha256 == plain.sha256
    assert load(deal, evidence="articles").sha256 != plain.sha256
    assert load(deal, edits=["red.status.importance=minor"]).sha256 != plain.sha256


def test_edits_of_a_loaded_scenario(deal: Path) -> None:
    loaded = load(deal)
    edits = ["red.status.importance=minor"]
    assert edited(loaded, edits).scenario == load(deal, edits=edits).scenario
    assert edited(loaded, edits).scenario.domain.issues is loaded.scenario.domain.issues
    with pytest.raises(Complaints, match="not one of critical"):
        edited(loaded, ["red.status.importance=small"])
    with pytest.raises(Complaints, match="there is no party rad"):
        edited(loaded, ["rad.status.importance=small"])
    with pytest.raises(Complaints, match="no = in it"):
        edited(loaded, ["red"])


OF_A_SERIES = (
    "red.no_deal.cost=0.1",
    "red.no_deal.beliefs.stalemate=0.3..0.4",
    "red.status.importance=minor",
    "red.status.importance=none",  # a red line stands on it
    "red.status=unknown",
    "red.red_lines=none",
    "red.refuses.armed_neighbour=none",
    "blue.no_deal.cost=0.1",
    "blue.status.importance=minor",
    "blue.reservation=0.4",
    "league.consent=always",
    "proposal.status=open",
    "negotiation.protocol=alternating_offers",
)


def test_a_series_of_edits_makes_of_each_set_what_it_is_alone(deal: Path) -> None:
    """Whatever was edited before in the series: models, places of warnings and complaints, digest, compiled case."""
    base = load(deal)
    case = compile_case(base.scenario)
    others = case.compiled_parties
    parsed = {text: parse_set(text, 1) for text in OF_A_SERIES}
    in_series = series(base)
    faults = 0
    for pair in itertools.combinations(OF_A_SERIES, 2):
        try:
            alone: Loaded | list[str] = load(deal, edits=pair)
        except Complaints as wrong:
            alone = [c.what for c in wrong.complaints]
        try:
            each: Loaded | list[str] = in_series([parsed[text] for text in pair])
        except Complaints as wrong:
            each = [c.what for c in wrong.complaints]
        if isinstance(alone, Loaded) and isinstance(each, Loaded):
            assert each.scenario == alone.scenario
            assert each.tree == alone.tree
            assert each.sha256 == alone.sha256
            assert [c.what for c in each.warnings] == [c.what for c in alone.warnings if c.code != "twice"]
            one, other = compile_case(each.scenario, case, others), compile_case(alone.scenario)
            assert one.text.tolist() == other.text.tolist()
            for name in ("profiles", "consent", "open_issues", "assumed_issues", "term_basis", "outcomes", "lottery"):
                assert getattr(one, name) == getattr(other, name)
        else:
            assert each == alone
            faults += 1
    assert 0 < faults < 100


def test_in_a_series_a_party_that_is_edited_alike_is_one_and_the_same(deal: Path) -> None:
    in_series = series(load(deal))
    one, two = parse_set("red.no_deal.cost=0.1", 1), parse_set("blue.no_deal.cost=0.1", 2)
    first, second = in_series([one]), in_series([one, two])
    assert first.scenario.domain.positions["red"] is second.scenario.domain.positions["red"]
    assert second.scenario.domain.positions["blue"] is in_series([two]).scenario.domain.positions["blue"]


@pytest.mark.parametrize(
    ("edit", "column", "what", "hint"),
    [
        ("rad.status.importance=minor", 1, "there is no party rad", "did you mean red?"),
        ("green.status.importance=minor", 1, "there is no party green", "there are: blue, red, league, proposal"),
        ("red.stat.importance=minor", 5, "there is no issue stat", "did you mean status?"),
        ("red.xyz.importance=minor", 5, "there is no issue xyz", "there are the issues fighting, status"),
        ("red.refuse=none", 5, "there is no issue refuse", "did you mean refuses?"),
        ("red.status.importence=minor", 12, "called importence", "did you mean importance?"),
        ("red.status.importance.x=minor", 23, "red.status.importance has no part x", "write red.status.importance="),
        ("red.status=minor", 5, "can only be set to unknown", "name a part: ranking"),
        ("red=unknown", 1, "red is a whole party", "for instance red."),
        ("red.status={}", 12, "an empty mapping", None),
        ("red.status.importance=huge", 23, "'huge' is not one of critical", None),
        ("red.status.importance=hgih", 23, "'hgih' is not one of critical", "did you mean major?"),
        ("red.status.importance=minr", 23, "not one of critical", "did you mean minor?"),
        ("red.status.importance= 5", 24, "the number 5 is not one of", "stands under weight"),
        ("proposal.terms.status=neutral", 10, "there is no issue terms", "the path is proposal.status"),
        ("proposal.terms=neutral", 10, "there is no issue terms", "the path is proposal.fighting"),
        ("red.status.importance=no", 23, "a bare no", "quote it"),
        ("red.status.importance", 1, "expected PATH=VALUE", "for instance"),
        ("red.status.importance=", 23, "there is no value behind the =", None),
        ("red..importance=minor", 5, "a part of the path is missing", None),
        ("red.status.ranking=[member, neutrl]", 29, "status has no option neutrl", "did you mean neutral?"),
        ("red.status.ranking=[member", 20, "lacks a comma or its end", "add , or ]"),
        ("red.status.ranking=member", 20, "expected a list of options, best first", None),
        ("red.status.ranking=[member, member]", 29, "the option member stands here twice", None),
        ("red.status.values={member: 1}", 19, "no value for undecided, neutral", None),
        ("red.status.red_lines=[membr]", 23, "status has no option membr", "did you mean member?"),
        ("red.status.red_lines=5", 22, "expected the word none, or a list of options", "for instance"),
        ("red.status.red_lines=[{option: member, hold: 1}]", 40, "of an edit has no part hold", "did you mean holds?"),
        ("red.status.red_lines=[{option: member, basis: x}]", 40, "has no part basis", "there are: option, holds"),
        ("red.status.red_lines=[member, {holds: 0.5}]", 31, "a red line without an option", "for instance {option:"),
        ("red.status.red_lines=[{option: [member]}]", 32, "expected the word none, or a list of options", "instance"),
        ("red.status.red_lines=[{option: membr, holds: 1}]", 32, "status has no option membr", "did you mean member?"),
        ("red.status.red_lines=[{option: member, holds: 1.5}]", 47, "must lie between 0 and 1", None),
        ("red.status.red_lines=[{option: member, holds: 0.5..0.2}]", 47, "the range is upside down", None),
        ("red.status.red_lines=[{option: member, holds: often}]", 47, "expected a number or a range", None),
        ("red.status.red_lines=[member, {option: member, holds: 0.5}]", 40, "a second red line on member", None),
        ("red.status.red_lines=[member, member]", 31, "a second red line on member", None),
        ("red.status.importance=none", 0, "importance none", "drop the red line"),
        ("red.status.weight=0.4..0.2", 19, "upside down", None),
        ("red.status.weight=1.2", 19, "between 0 and 1", None),
        ("red.land.weight=1", 17, "leave nothing for the issues without one", None),
        ("red.refuses.armed=none", 13, "red has no refusal armed", "there is: armed_neighbour"),
        ("blue.refuses.x=none", 14, "blue has no refusal x", "blue refuses nothing"),
        ("red.red_lines=[member]", 15, "can only be dropped, all of them", "write red.red_lines=none, or name"),
        ("red.red_lines={status: none}", 15, "can only be dropped, all of them", "red.red_lines=none"),
        ("red.red_lines.status=none", 15, "red.red_lines has no part status", "write red.red_lines="),
        ("red.red_line=none", 5, "there is no issue red_line", "did you mean red_lines?"),
        ("red.refuses=all", 13, "a refusal can only be dropped", "red.refuses=none"),
        ("red.no_deal=none", 5, "name what to set of no_deal", None),
        ("red.no_deal.costs=1", 13, "red.no_deal has no part costs", "did you mean cost?"),
        ("red.no_deal.cost=2", 18, "between -1 and 1", None),
        ("red.no_deal.beliefs=0.5", 13, "name the outcome", "there are: stalemate, defeat"),
        ("red.no_deal.beliefs.stalemat=0.5", 21, "has no outcome stalemat", "did you mean stalemate?"),
        ("red.no_deal.beliefs.2022.stalemat=0.5", 26, "has no outcome stalemat", "did you mean stalemate?"),
        ("red.no_deal.beliefs.stalemate=1.5", 31, "between 0 and 1", None),
        ("red.no_deal.beliefs.stalemate=0.9", 0, "the beliefs cannot sum to 1", None),
        ("red.reservation=low", 17, "expected a number or a range", None),
        ("red.reservation=0.5", 0, "land is open, and red has a reservation", "close the issue"),
        ("red.consent=never", 13, "expected the word always", None),
        ("proposal.lnd=frozen", 10, "there is no issue lnd", "did you mean land?"),
        ("proposal.land=frozn", 15, "land has no option frozn", "did you mean frozen?"),
        ("proposal.land=[frozen]", 15, "expected an option, or the word open", "proposal.land="),
        ("proposal=frozen", 1, "name the issue", None),
        ("proposal.land.option=frozen", 15, "proposal.land has no part option", None),
        ("proposal.status=member", 0, "legal", None),
        ("proposal.guarantee=none", 0, "legal", None),
    ],
)  # fmt: skip
def test_wrong_edits(edit: str, column: int, what: str, hint: str | None, deal: Path) -> None:
    if what == "legal":  # a warning, or nothing
        assert all(w.severity == "warning" for w in load(deal, edits=[edit]).warnings)
        return
    if column == 0:  # the mistake shows elsewhere in the files
        with pytest.raises(Complaints) as info:
            load(deal, edits=[edit])
        (one,) = info.value.complaints
        assert what in one.what
        assert hint is None or hint in (one.hint or "")
        return
    at, found, near = complaint(deal, edit)
    assert what in found
    assert hint is None or hint in (near or "")
    assert at == column


def test_breaking_a_hard_constraint(deal: Path) -> None:
    with pytest.raises(Complaints) as info:
        load(deal, edits=["proposal.guarantee=consult", "proposal.status=member"])
    [one] = info.value.complaints
    assert "hard constraint members_are_defended" in one.what
    assert str(one.place) == "--set[1]:1:20", "the term that has to change"


def test_all_wrong_edits_are_told_at_once(deal: Path, tmp_path: Path) -> None:
    file = tmp_path / "e.yaml"
    file.write_text('title: X\nedits:\n  "rd.status": unknown\n  red.status.importance: mnor\n')
    with pytest.raises(Complaints) as info:
        load(deal, edits=["red.x=1", "blue.stats=unknown"], edit_files=[file])
    places = [str(c.place).rsplit("/", 1)[-1] for c in info.value.complaints]
    assert places == ["--set[1]:1:5", "--set[2]:1:6", "e.yaml:3:4", "e.yaml:4:26"]


def test_wrong_files_are_told_before_edits_are_tried(tmp_path: Path) -> None:
    deal = small.write(tmp_path, small.changed("deal.yaml", "title: A small deal", "title: 5"))
    with pytest.raises(Complaints) as info:
        load(deal, edits=["red.status.importance=minor"])
    assert [c.where for c in info.value.complaints] == ["title"]


@pytest.mark.parametrize(
    ("text", "line", "column", "what"),
    [
        ("edits: {red.status: unknown}\n", 1, 1, "the key title is missing"),
        ("title: X\n", 1, 1, "the key edits is missing"),
        ("title: X\nedits: none\n", 2, 8, "expected a mapping of paths"),
        ("title: X\nedits: {}\n", 2, 8, "expected a mapping of paths"),
        ("title: 5\nedits: {red.status: unknown}\n", 1, 8, "expected text"),
        ("title: X\nedit: {red.status: unknown}\nedits: {red.status: unknown}\n", 2, 1, "unknown key edit"),
        ("title: X\nedits: {red..x: unknown}\n", 2, 13, "a part of the path is missing"),
        ("title: X\nedits:\n  red.status: unknown\n  red.status: unknown\n", 4, 3, "stands here twice"),
        ("title: X\nedits:\n  red.status: {importance: minor, rankng: unknown}\n", 3, 35, "called rankng"),
    ],
)
def test_wrong_edit_files(text: str, line: int, column: int, what: str, deal: Path, tmp_path: Path) -> None:
    file = tmp_path / "e.yaml"
    file.write_text(text)
    with pytest.raises(Complaints) as info:
        load(deal, edit_files=[file])
    (one,) = info.value.complaints
    assert what in one.what
    assert (one.place.line, one.place.column) == (line, column)


def test_missing_edit_file(deal: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.yaml: no such file"):
        load(deal, edit_files=[tmp_path / "none.yaml"])


def test_an_option_there_is_not_is_no_option_ignored(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="there is no option edit; did you mean edits"):
        load(small.write(tmp_path), edit=["x"])
