"""The files of edits that are shipped: they apply to every scenario, and do what their titles say."""

from __future__ import annotations

import itertools
import re
from functools import cache
from pathlib import Path

import pytest

from sim.analysis.shared.ballots import polled
from sim.engine.draws import BLOCK
from sim.engine.profiles import compile_case
from sim.results.records import OnEvidence, PartyResult, Ratification
from sim.scenario import catalogue
from sim.scenario.edit_paths import Edit, read_edits
from sim.scenario.loading import Loaded, load_all, with_edits
from sim.simulation.score import score

SCENARIOS = Path(__file__).parents[2] / "scenarios"
PUBLIC = "ukrainian_public"
ON_LAND = ("ukraine_polls_2022", "ukraine_polls_2026", "ukraine_polls_land_all", "ukraine_polls_land_any")
ON_NATO = ("ukraine_polls_nato_few", "ukraine_polls_nato_many")
SHIPPED = ("dovish_us", "hawkish_us", *ON_LAND, *ON_NATO, "ukraine_polls_point_by_point")
#: Options for Donbas that give up land still held.
LAND_LOST = ("independent", "ceded", "demilitarised_zone")
SCORED = ("istanbul", "armed_neutrality", "us_28_points_2025", "twenty_points_2025", "russian_demands_2022")


@cache
def library() -> dict[str, Loaded]:
    return {
        loaded.scenario.id: loaded for loaded in load_all(SCENARIOS / f"{name}.yaml" for name in catalogue.SHIPPED[""])
    }


def edits(name: str) -> list[Edit]:
    return read_edits(SCENARIOS / "edits" / f"{name}.yaml")


@cache
def accepts(party: str, *files: str) -> dict[str, list[float]]:
    """By scenario: the share of a block in which a party accepts, as it is and with each file of edits."""
    plain = [library()[name] for name in SCORED]
    variants = [[loaded, *(with_edits(loaded, edits(file)) for file in files)] for loaded in plain]
    cases = [compile_case(item.scenario) for row in variants for item in row]
    [votes] = polled(cases, BLOCK, seed=1)
    shares = iter([float(votes.accepts(i, party).mean()) for i in range(len(cases))])
    return {name: [next(shares) for _ in row] for name, row in zip(SCORED, variants, strict=True)}


def test_these_files_are_shipped_and_documented() -> None:
    found = {path.stem for path in (SCENARIOS / "edits").iterdir()}
    assert found == set(SHIPPED)
    text = (SCENARIOS / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `edits/(\w+)\.yaml` \|", text, re.MULTILINE)) == set(SHIPPED)
    assert "edits" not in library()


@pytest.mark.parametrize("file", SHIPPED)
def test_every_file_applies_to_every_scenario(file: str) -> None:
    """Without a complaint or a new warning, changing what it names and nothing else."""
    [party] = {edit.parts[0] for edit in edits(file)}
    assert len(library()) >= 17
    for loaded in library().values():
        changed = with_edits(loaded, edits(file))
        assert changed.scenario.edits == tuple(edit.text for edit in edits(file))
        assert {str(w) for w in changed.warnings} == {str(w) for w in loaded.warnings}
        before, after = loaded.scenario.domain.positions, changed.scenario.domain.positions
        assert {name for name in after if after[name] != before[name]} == {party}
        assert changed.scenario.proposal == loaded.scenario.proposal


@pytest.mark.parametrize("file", SHIPPED)
def test_every_row_named_in_a_comment_exists(file: str) -> None:
    """And comments name the rows: a reader should see what points which way."""
    text = (SCENARIOS / "edits" / f"{file}.yaml").read_text(encoding="utf-8")
    named = set(re.findall(r"\b[PF][0-9]{2,3}[a-z]?\b", text))
    assert len(named) >= 3
    assert named <= {row.id for row in library()["istanbul"].scenario.domain.evidence}


def test_the_two_readings_of_washington_answer_the_same_questions() -> None:
    dovish, hawkish = ({edit.parts[1] for edit in edits(f)} for f in ("dovish_us", "hawkish_us"))
    assert dovish <= hawkish
    assert hawkish - dovish == {"guarantee_trigger"}


def test_a_dovish_washington_signs_what_a_hawkish_one_does_not_and_the_other_way_round() -> None:
    found = accepts("us", "dovish_us", "hawkish_us")
    for name in ("istanbul", "armed_neutrality"):
        plain, dovish, hawkish = found[name]
        assert hawkish < plain < dovish
    # The American text renounces NATO's pledge and gives up Donbas.
    assert found["us_28_points_2025"][1] > 0.9
    assert found["us_28_points_2025"][2] == 0
    # The framework of December has a duty like Article 5.
    assert found["twenty_points_2025"][1] == 0
    assert found["twenty_points_2025"][2] > 0.5


def test_the_polls_move_texts_that_give_up_land_and_no_others() -> None:
    """On either year's figures a vote on land is lost; how far the yes falls short of one half is what moves."""
    found = accepts("ukrainian_public", "ukraine_polls_2022", "ukraine_polls_2026")
    assert all(a == b == c for a, b, c in found.values())
    assert found["us_28_points_2025"] == found["russian_demands_2022"] == [0, 0, 0]

    def votes_for(name: str, *files: str) -> tuple[float, float]:
        [result] = score([with_edits(library()[name], [edit for file in files for edit in edits(file)])])
        vote = result.party("ukrainian_public").ratification
        assert vote is not None
        return vote.yes

    moved: dict[str, list[tuple[float, float]]] = {}
    for name, loaded in library().items():
        early, plain, late = (votes_for(name, *files) for files in (["ukraine_polls_2022"], [], ["ukraine_polls_2026"]))
        terms = loaded.scenario.proposal.terms
        if terms["donbas"].option in LAND_LOST or terms["crimea"].option == "recognised":
            assert early[0] <= late[0], name
            assert early[1] <= late[1] < 0.5, name
            if early != late:
                moved[name] = [early, plain, late]
        else:
            assert early == plain == late, name
    most = {name: [yes[1] for yes in of] for name, of in moved.items()}
    assert any(early + 0.05 < plain < late - 0.05 for early, plain, late in most.values())
    early, plain, late = most["russian_demands_2022"]
    assert early == pytest.approx(plain, abs=0.03), "the library's own reading of March 2022 asked nearly the same"
    assert late > plain + 0.1


def test_the_texts_that_the_polls_on_land_move_are_those_named() -> None:
    told = (SCENARIOS / "README.md").read_text(encoding="utf-8")
    [sentence] = re.findall(r"The polls on land move only texts that give it up \((.*?)\)", told, re.DOTALL)
    paths = [loaded.path for loaded in library().values()]

    def answers(*files: Path) -> dict[str, tuple[Ratification | None, OnEvidence]]:
        found = {r.scenario.id: r.party("ukrainian_public") for r in score(load_all(paths, edit_files=files, draws=50))}
        return {name: (public.ratification, public.on_evidence) for name, public in found.items()}

    plain, moved = answers(), set()
    for file in ON_LAND:
        after = answers(SCENARIOS / "edits" / f"{file}.yaml")
        moved |= {name for name, answer in plain.items() if after[name] != answer}
    assert moved == set(re.findall(r"`(\w+)`", sentence))


def test_what_the_polls_move_is_what_the_guides_say() -> None:
    """No file on land wins a vote; the figures told of the yes and of the vote on NATO are those of a run."""
    told = " ".join((SCENARIOS / "README.md").read_text(encoding="utf-8").split())
    model = " ".join((SCENARIOS.parent / "sim" / "README.md").read_text(encoding="utf-8").split())

    def public(name: str, *files: str) -> PartyResult:
        return score([with_edits(library()[name], [e for file in files for e in edits(file)])])[0].party(PUBLIC)

    def ballot(name: str, *files: str) -> Ratification:
        vote = public(name, *files).ratification
        assert vote is not None
        return vote

    [figures] = re.findall(r"in `twenty_points_2025_zone` from (\d+) to (\d+)% to (\d+) to (\d+)%", told)
    yes = (*ballot("twenty_points_2025_zone").yes, *ballot("twenty_points_2025_zone", "ukraine_polls_2026").yes)
    assert [f"{share:.0%}" for share in yes] == [f"{figure}%" for figure in figures]
    for name in ("putin_2025", "us_28_points_2025", "twenty_points_2025_zone"):
        assert not any(ballot(name, *file).passes for file in [(), *((each,) for each in ON_LAND)])
    plain, early = public("putin_2025"), public("putin_2025", "ukraine_polls_2022")
    assert plain.ratification == early.ratification
    assert plain.on_evidence.possible > early.on_evidence.possible

    [(before, after)] = re.findall(r"the vote on `istanbul` from (\d+)% of draws to (\d+)%, which is still lost", told)
    few = ballot("istanbul", "ukraine_polls_nato_few").passes
    assert (f"{ballot('istanbul').passes:.0%}", f"{few:.0%}") == (f"{before}%", f"{after}%")
    assert few < 0.5
    assert re.findall(r"\(`--with ukraine_polls_nato_few`\) that vote is won in (\d+)% of draws", model) == [after]


def test_the_polls_replace_every_line_of_the_library_on_land_alone() -> None:
    """So that no figure of another year is left beside theirs; whole plans stay."""
    replaced = {"donbas": {"independent", "ceded"}, "crimea": {"recognised"}}
    on_land = {
        refusal.id
        for refusal in library()["istanbul"].scenario.domain.positions["ukrainian_public"].refuses
        if any(set(refusal.when.get(issue, ())) & options for issue, options in replaced.items())
        and set(refusal.when) <= {*replaced, "guarantee_duty"}
        and not {"frozen_line"} & set(refusal.when.get("donbas", ()))
    }
    assert len(on_land) >= 6
    for file in ON_LAND:
        by_path = {edit.parts: edit for edit in edits(file)}
        dropped = by_path["ukrainian_public", "refuses"].value
        left = with_edits(library()["istanbul"], edits(file)).scenario.domain.positions["ukrainian_public"].refuses
        assert set(dropped.items) == on_land  # type: ignore[union-attr]
        assert not on_land & {refusal.id for refusal in left}
        assert {r.id for r in left} >= {"russian_plan", "bare_freeze", "nothing_short_of_nato_2022"}


def test_the_polls_on_nato_replace_every_line_of_the_library_on_it_alone() -> None:
    ruled_out = {"no_membership_settlement", "declared_neutrality", "permanent_neutrality"}
    public = library()["istanbul"].scenario.domain.positions["ukrainian_public"]
    on_nato = {r.id for r in public.refuses if set(r.when) == {"alignment"} and set(r.when["alignment"]) == ruled_out}
    assert len(on_nato) >= 6
    for file in ON_NATO:
        by_path = {edit.parts: edit for edit in edits(file)}
        assert set(by_path["ukrainian_public", "refuses"].value.items) == on_nato  # type: ignore[union-attr]
        after = with_edits(library()["istanbul"], edits(file)).scenario.domain.positions["ukrainian_public"]
        assert {r.id for r in after.refuses} == {r.id for r in public.refuses} - on_nato


def test_lines_on_nato_and_on_a_ceasefire_are_each_in_force_without_a_gap_or_an_overlap() -> None:
    """One wave after the other: on no day two of the same question, on no day none."""
    public = library()["istanbul"].scenario.domain.positions["ukrainian_public"]
    for start in ("nothing_short_of_nato_", "crimea_recognised_", "ceasefire_without_guarantees"):
        waves = sorted((r for r in public.refuses if r.id.startswith(start)), key=lambda r: r.start)
        assert len(waves) >= 2
        for before, after in itertools.pairwise(waves):
            assert before.until is not None
            assert (after.start - before.until).days == 1, after.id
        assert waves[-1].until is None
