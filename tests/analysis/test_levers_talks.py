"""Levers of talks: every edit negotiated as a run of its own, whoever works; what is left out cannot matter; words."""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.levers import talks_figure as figure
from sim.analysis.levers import talks_page as view
from sim.analysis.levers.page import points_cell
from sim.analysis.levers.talks import talks_levers
from sim.analysis.levers.talks_english import names_of, say
from sim.analysis.levers.talks_findings import findings
from sim.analysis.levers.talks_result import TalksLevers, TalksLeversFinding, TalksMoved
from sim.analysis.levers.talks_trials import TryingTalks
from sim.cli import app
from sim.engine.draws import BLOCK
from sim.files.arguments import InvalidArgument, UnknownName
from sim.report.figure import write
from sim.report.page import csv_text, markdown
from sim.results.records import Interval
from sim.results.talks import Negotiation
from sim.scenario.catalogue import shipped_texts
from sim.scenario.loading import Loaded
from tests import small
from tests.documented import documented, documented_findings, keys
from tests.documented import findings as kinds_with_keys
from tests.execution.counting import watched

PROTOCOLS = ("alternating_offers", "single_text")


@pytest.fixture(scope="module")
def deal(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return sim.load(small.write(tmp_path_factory.mktemp("deal")), draws=300, protocol="alternating_offers")


@pytest.fixture(scope="module")
def istanbul() -> TalksLevers:
    """With a ratifier, and a line that stands in the way."""
    return talks_levers(sim.load("istanbul", draws=2000, protocol="alternating_offers"), party="us", issue="fighting")


def negotiated(loaded: Loaded, edits: tuple[str, ...]) -> Negotiation:
    """The talks of a run with edits."""
    [run] = sim.score(sim.edited(loaded, [*edits]))
    assert run.negotiation is not None
    return run.negotiation


def assert_as_run(moved: TalksMoved, run: Negotiation) -> None:
    """That talks end as those of a run, to the last digit."""
    talks = moved.talks
    assert (talks.agreed, talks.ratification_failed, talks.broke_down) == (
        run.agreed,
        run.ratification_failed,
        run.broke_down,
    )
    assert talks.turned_down == run.turned_down
    if run.breakdown is not None:
        assert (talks.unavoidable, talks.in_the_way) == (run.breakdown.unavoidable, run.breakdown.in_the_way)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_lever_is_a_run_of_its_own(protocol: str, deal: Loaded) -> None:
    loaded = deal.with_(protocol=protocol)
    result = talks_levers(loaded)
    base = negotiated(loaded, ())
    assert result.base.agreed == base.agreed
    assert (result.talks.protocol, result.talks.settings) == (protocol, base.settings)
    assert len(result.levers) > 50
    assert len(result.new_lines) > 3
    for lever in (*result.levers, *result.new_lines, *result.others_asked):
        run = negotiated(loaded, (lever.edit,))
        assert_as_run(lever, run)
        assert lever.talks.change.estimate == pytest.approx(run.agreed.estimate - base.agreed.estimate, abs=1e-12)
        failed = run.ratification_failed.estimate - base.ratification_failed.estimate
        assert lever.unratified_change.estimate == pytest.approx(failed, abs=1e-12)


def test_levers_of_a_text_that_is_ratified(istanbul: TalksLevers) -> None:
    loaded = sim.load("istanbul", draws=2000, protocol="alternating_offers")
    assert istanbul.base.ratification_failed.estimate > 0
    base = negotiated(loaded, ())
    assert any(lever.unratified_change.estimate for lever in istanbul.levers)
    for lever in istanbul.levers:
        run = negotiated(loaded, (lever.edit,))
        assert_as_run(lever, run)
        failed = run.ratification_failed.estimate - base.ratification_failed.estimate
        assert lever.unratified_change.estimate == pytest.approx(failed, abs=1e-12)


def test_edits_by_which_others_have_a_say_stand_apart() -> None:
    """The sources are silent on the European states of 2022, who come to the table with whatever is said of them."""
    result = talks_levers(
        sim.load("istanbul", draws=100, protocol="alternating_offers"), party="europe", issue="sanctions"
    )
    assert result.levers == ()
    assert result.others_asked
    for lever in result.others_asked:
        loaded = sim.load("istanbul", draws=100, protocol="alternating_offers")
        assert set(negotiated(loaded, (lever.edit,)).settings.table) - set(result.talks.settings.table) == {"europe"}


def test_changes_are_those_of_a_sweep(deal: Loaded) -> None:
    """The paired interval of an edit is that of a grid with the same value, which counts draws by itself."""
    lever = talks_levers(deal, party="red").levers[0]
    assert lever.talks.change.estimate
    path, _, value = lever.edit.partition("=")
    swept = sim.sweep(deal, [f"{path}={value},as_it_stands"], protocol="alternating_offers").points[0].talks
    assert swept is not None
    assert swept.change == lever.talks.change


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_is_left_out_cannot_matter(protocol: str, deal: Loaded) -> None:
    loaded = deal.with_(protocol=protocol)
    result = talks_levers(loaded)
    base = negotiated(loaded, ())
    idle = [edit for x in result.left_out if x.cannot_matter for edit in x.edits]
    assert idle
    for edit in idle:
        assert negotiated(loaded, (edit,)) == base


def test_they_stand_by_how_far_agreements_move(deal: Loaded) -> None:
    levers = talks_levers(deal).levers
    reach = [(abs(x.talks.change.estimate), abs(x.unratified_change.estimate)) for x in levers]
    assert reach == sorted(reach, reverse=True)
    assert [x.rank for x in levers] == [*range(1, len(levers) + 1)]


# --- whoever works --------------------------------------------------------------------------------


def test_whoever_works_and_in_whatever_pieces(deal: Loaded) -> None:
    loaded = deal.with_(draws=5000)

    def asked() -> str:
        return talks_levers(loaded, party="red", issue="status").to_json()

    here = asked()
    with ThreadPoolExecutor(3) as threads:
        places: list[Callable[[], AbstractContextManager[Any]]] = [
            nullcontext,
            lambda: sim.workers(2, chunk=1),
            lambda: sim.workers(threads, chunk=3),
        ]
        for place in places:
            with place():
                assert asked() == here


class Killed(Exception):
    """What ends the work in the midst of it."""


def test_what_was_stopped_goes_on(deal: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = talks_levers(deal, party="red", issue="status").to_json()
    count, stop = [0], [1]
    block = TryingTalks.block

    def counting(self: TryingTalks, batch: int, number: int) -> Any:
        if count[0] == stop[0]:
            raise Killed
        count[0] += 1
        return block(self, batch, number)

    monkeypatch.setattr(TryingTalks, "block", counting)
    with sim.workers(store=tmp_path), pytest.raises(Killed):
        talks_levers(deal, party="red", issue="status")
    stop[0] = -1
    with sim.workers(store=tmp_path):
        assert talks_levers(deal, party="red", issue="status").to_json() == here
        before = count[0]
        assert talks_levers(deal, party="red", issue="status").to_json() == here
        assert count[0] == before
        other = talks_levers(deal.with_(protocol="single_text"), party="red", issue="status").to_json()
    assert count[0] == 2 * before
    assert other != here


def test_more_draws_need_only_what_is_new(deal: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TryingTalks, "segment", 1)
    smaller, larger = deal.with_(draws=5000), deal.with_(draws=5000 + BLOCK)
    here = talks_levers(larger, party="red", issue="status").to_json()
    made = watched(TryingTalks, monkeypatch)
    with sim.workers(store=tmp_path):
        talks_levers(smaller, party="red", issue="status")
        batches = sorted({batch for batch, _ in made})
        made.clear()
        assert talks_levers(larger, party="red", issue="status").to_json() == here
    assert sorted(made) == [(batch, number) for batch in batches for number in (1, 2)]


def test_talks_without_edits_are_held_once_a_block(deal: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted by themselves, and every set of edits is set against them."""
    held: list[tuple[int, int]] = []
    jobs: dict[int, TryingTalks] = {}
    talks = TryingTalks._talks

    def counting(self: TryingTalks, on: Any, voters: Any) -> Any:
        jobs[id(self)] = self
        held.append((id(on), voters.block))
        return talks(self, on, voters)

    monkeypatch.setattr(TryingTalks, "_talks", counting)
    loaded = deal.with_(draws=5000)
    levers = talks_levers(loaded, party="red", issue="status")
    [job] = jobs.values()
    unedited = [block for on, block in held if on == id(job._agenda)]
    assert unedited == [0, 1]
    assert len(held) == 2 * sum(map(len, job.batches)), "each set in each of two blocks, the first without edits"
    [run] = sim.score(loaded)
    assert run.negotiation is not None
    assert levers.base.agreed == run.negotiation.agreed


# --- what is said ---------------------------------------------------------------------------------


def test_findings_are_those_of_the_levers(istanbul: TalksLevers) -> None:
    assert istanbul.findings == findings(istanbul)
    by_kind: dict[str, Any] = {finding.kind: finding for finding in istanbul.findings}
    moved = [x for x in istanbul.levers if x.talks.change.low > 0 or x.talks.change.high < 0]
    moves = by_kind["talks_moves"]
    assert (moves.moving, moves.tried.edits) == (len(moved), len(istanbul.levers))
    assert moves.by_chance == round(0.05 * len(istanbul.levers))
    down = min(istanbul.levers, key=lambda x: x.talks.change.estimate)
    assert (moves.down.edit.edit, moves.down.after) == (down.edit, down.talks.agreed.estimate)
    added = [x for x in istanbul.new_lines if x.talks.change.low > 0 or x.talks.change.high < 0]
    lines = by_kind["talks_lines_added"]
    assert (lines.tried, lines.moving) == (len(istanbul.new_lines), len(added))
    furthest = min(added, key=lambda x: x.talks.change.estimate)
    assert (lines.furthest.edit.edit, lines.furthest.after) == (furthest.edit, furthest.talks.agreed.estimate)
    party, share = next(iter(istanbul.base.obstacles.items()))
    obstacle = by_kind["talks_obstacle"]
    assert (obstacle.party, obstacle.share) == (party, min(share, 1.0))
    first = [next(iter(x.talks.obstacles), party) for x in istanbul.levers]
    assert sum(obstacle.others.values()) == sum(x != party for x in first)
    failing = max(istanbul.levers, key=lambda x: abs(x.unratified_change.estimate))
    assert by_kind["talks_ratification"].furthest.after == failing.talks.ratification_failed.estimate


def test_every_kind_is_worded_and_documented(istanbul: TalksLevers, deal: Loaded) -> None:
    assert documented_findings("sim.talks_levers/1") == kinds_with_keys(TalksLeversFinding)
    assert documented("sim.talks_levers/1") == keys(TalksLevers)
    for result in (istanbul, talks_levers(deal), talks_levers(deal, party="blue", issue="land")):
        for finding in result.findings:
            assert say(finding, names_of(result)).endswith(".") or finding.kind == "run_with_edit"


def test_the_page(istanbul: TalksLevers) -> None:
    page = view.page(istanbul)
    assert page.heading.startswith("What the talks turn on: ")
    assert page.lead.startswith("Negotiated by alternating offers, an agreement that stands is reached in ")
    [table, *_] = page.sheets
    headings = [column.heading for column in table.columns]
    assert headings == [
        "edit",
        "basis",
        "stands, change in points",
        "stands",
        "not ratified",
        "breaks down",
        "in the way",
    ]
    assert len(table.rows) == min(len(istanbul.levers), 15)
    assert len(view.page(istanbul, top=3).sheets[0].rows) == 3
    assert "| stands, change in points |" in markdown(page)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ((0.011, 0.01, 0.012), "+1.1 [+1.0, +1.2]"),
        ((0.0, -0.0002, 0.0008), "0.0 [0.0, +0.1]"),
        ((0.0004, 0.0002, 0.0006), "+0.04 [+0.02, +0.06]"),
        ((-0.0072, -0.0142, -0.0002), "-0.72 [-1.42, -0.02]"),
        ((0.0003, 0.000001, 0.0006), "+0.030 [0.000, +0.060]"),
    ],
)
def test_a_row_that_leaves_zero_out_does_not_print_zero(figures: tuple[float, float, float], words: str) -> None:
    estimate, low, high = figures
    assert points_cell(Interval(estimate=estimate, low=low, high=high)) == words


def test_the_command_of_the_first_edit_runs_it(
    istanbul: TalksLevers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the text's file, with what was edited before."""
    home = small.write(tmp_path)
    result = talks_levers(
        sim.load(home, draws=200, edits=["red.land.importance=minor"]), protocol="single_text", party="blue"
    )
    [line] = [str(note) for note in view.page(result).notes if "The whole run under the first edit: " in str(note)]
    words = shlex.split(line.partition(": ")[2])
    assert words[:3] == ["sim", "run", home.name]
    monkeypatch.chdir(home.parent)
    run = json.loads(CliRunner().invoke(app, [*words[1:], "--format", "json", "--no-save"]).stdout)
    assert run["negotiation"]["agreed"]["estimate"] == pytest.approx(result.levers[0].talks.agreed.estimate)
    assert run["settings"]["edits"] == ["red.land.importance=minor", result.levers[0].edit]
    shipped = say(next(x for x in istanbul.findings if x.kind == "run_with_edit"), names_of(istanbul))
    day = "--as-of 2022-03-29"
    assert f"sim run istanbul {day} --protocol alternating_offers --draws 2000 --seed 1 --set " in shipped


def test_the_command_says_day_and_evidence_where_the_file_has_its_own(deal: Loaded) -> None:
    """As the scenario was asked about, not as its file says."""
    result = talks_levers(deal, party="red")
    day = result.scenario.date.isoformat()
    said = names_of(result).command
    assert f"sim run {result.scenario.id}.yaml --as-of {day} --evidence all --protocol " in said


def test_no_shipped_text_has_an_evidence_of_its_own() -> None:
    """The command of a first edit leaves that of a shipped text out where all counts."""
    assert {sim.load(path).scenario.evidence for path in shipped_texts()} == {"all"}


def test_a_new_line_is_the_edit_s_own(deal: Loaded) -> None:
    page = view.page(talks_levers(deal, party="red"))
    [apart] = [sheet for sheet in page.sheets if "add a red line" in (sheet.title or "")]
    assert {row[1] for row in apart.rows} == {"assumed for the trial"}


def test_rows_are_tidy(istanbul: TalksLevers) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(view.HEADER, view.rows(istanbul)))))
    levers = [*istanbul.levers, *istanbul.new_lines]
    assert [(r["set"], r["edit"]) for r in rows] == [
        ("new_line" if "new" in x.what else "lever", x.edit) for x in levers
    ]
    for row, lever in zip(rows, levers, strict=True):
        assert float(row["agreed_change_low"]) == pytest.approx(lever.talks.change.low)
        assert float(row["ratification_failed_after"]) == pytest.approx(lever.talks.ratification_failed.estimate)
        assert row["most_in_the_way"] == next(iter(lever.talks.obstacles), "")


def test_the_figure_has_a_bar_a_cell(deal: Loaded, tmp_path: Path) -> None:
    result = talks_levers(deal)
    drawn = figure.draw(result)
    ax = drawn.axes[0]
    afters = {x.talks.agreed.estimate for x in result.levers}
    base = result.base.agreed.estimate
    assert len(ax.patches) >= len(ax.get_yticklabels()) > 3
    levers = {round(x.talks.agreed.estimate, 9): x for x in result.levers}
    for patch in ax.patches:
        end = patch.get_x() + patch.get_width()  # type: ignore[attr-defined]
        assert (patch.get_alpha() is None) or not levers[round(end, 9)].moves
    assert {patch.get_alpha() is None for patch in ax.patches} == {True, False}
    assert len(ax.collections) >= len(ax.patches), "each end has its interval"
    for patch in ax.patches:
        low, width = patch.get_x(), patch.get_width()  # type: ignore[attr-defined]
        assert any(low + width == pytest.approx(after) for after in afters)
        assert low == pytest.approx(base)
    write(drawn, tmp_path / "levers.png")
    assert (tmp_path / "levers.png").stat().st_size > 5000


# --- what is asked wrongly -------------------------------------------------------------------------


def test_a_vote_has_no_talks(deal: Loaded) -> None:
    with pytest.raises(InvalidArgument, match="in a vote there are no talks; a protocol for them is"):
        talks_levers(deal, protocol="vote")
    with pytest.raises(UnknownName):
        talks_levers(deal, party="green")
    with pytest.raises(UnknownName):
        talks_levers(deal, issue="lnd")


def test_command(tmp_path: Path) -> None:
    home = small.write(tmp_path)
    words = ["sensitivity", str(home), "--draws", "200", "--party", "red", "--issue", "status"]
    words += ["--protocol", "alternating_offers", "--store", ""]
    done = CliRunner().invoke(app, [*words, "--format", "json", "--plot", str(tmp_path / "x.png")])
    assert done.exit_code == 0, done.stderr
    loaded = sim.load(home, draws=200)
    asked = talks_levers(loaded, protocol="alternating_offers", party="red", issue="status")
    assert done.stdout.rstrip() == asked.to_json()
    assert json.loads(done.stdout)["schema"] == "sim.talks_levers/1"
    assert (tmp_path / "x.png").exists()
    table = CliRunner().invoke(app, [*words, "--top", "1"])
    assert "Shown: the first 1 of " in table.stdout


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (["--method", "sobol"], "goes with --method levers, not with sobol"),
        (["--method", "flip"], "goes with --method levers, not with flip"),
        (["--pairs"], "goes with a vote, not with talks"),
    ],
)
def test_what_talks_do_not_have_is_refused(more: list[str], what: str, tmp_path: Path) -> None:
    home = small.write(tmp_path)
    done = CliRunner().invoke(app, ["sensitivity", str(home), "--protocol", "single_text", *more])
    assert done.exit_code == 2
    assert what in " ".join(done.stderr.replace("│", " ").split())


def test_a_vote_by_name_is_the_vote(tmp_path: Path) -> None:
    home = small.write(tmp_path)
    words = ["sensitivity", str(home), "--draws", "200", "--party", "red", "--format", "json"]
    usual, named = (CliRunner().invoke(app, [*words, *more]).stdout for more in ([], ["--protocol", "vote"]))
    assert usual == named
