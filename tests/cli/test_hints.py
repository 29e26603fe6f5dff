"""What is said where a name is not there, an edit changes nothing, or a place cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.files.complaints import Complaints
from sim.report.english import notes
from sim.scenario.labels import did_you_mean_party, party_meant
from sim.simulation.score import score
from tests import small
from tests.sentences import sentence

SCENARIOS = Path(__file__).parents[2] / "scenarios"
ISTANBUL, NEUTRAL = str(SCENARIOS / "istanbul.yaml"), str(SCENARIOS / "armed_neutrality.yaml")
REFUSES = "ukrainian_public.refuses"


def call(*args: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(args))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, " ".join(done.stderr.split())


def complaint(*edits: str) -> tuple[str, str | None]:
    with pytest.raises(Complaints) as found:
        sim.load(ISTANBUL, edits=edits)
    [one] = found.value.complaints
    assert one.severity == "error"
    return one.what, one.hint


def test_a_refusal_in_force_is_meant_before_one_of_another_day() -> None:
    what, hint = complaint(f"{REFUSES}.nothing_short_of_nato=none")
    assert what == "ukrainian_public has no refusal nothing_short_of_nato"
    assert hint == "did you mean nothing_short_of_nato_2022?"
    _, hint = complaint(f"{REFUSES}.donbas_for_guarantee_2026=none")
    assert hint is not None
    assert hint.startswith("did you mean donbas_for_guarantees_2026 (in force from 2026-01-16")
    assert hint.endswith("so not on 2022-03-29)?")
    _, hint = complaint(f"{REFUSES}.xx=none")
    assert hint == "in force on 2022-03-29: nothing_short_of_nato_2022, crimea_recognised_2022"


def test_dropping_a_refusal_of_another_day_is_complained_about() -> None:
    what, hint = complaint(f"{REFUSES}.nothing_short_of_nato_2023=none")
    assert what.endswith("is in force from 2023-07-10 until 2024-12-16, so not on 2022-03-29")
    assert hint == "in force then: nothing_short_of_nato_2022, crimea_recognised_2022"


def test_where_it_is_in_force_for_one_of_several_texts_it_is_a_warning_for_the_others() -> None:
    edit = f"{REFUSES}.nothing_short_of_nato_2022=none"
    first, second = sim.load_all([ISTANBUL, NEUTRAL], edits=[edit])
    assert not [w for w in first.warnings if w.where == "edit without effect"]
    [warning] = [w for w in second.warnings if w.where == "edit without effect"]
    assert warning.severity == "warning"
    assert any("edit without effect" in w for w in score([second])[0].warnings)
    again = sim.edited(first, [f"{REFUSES}.nothing_short_of_nato_2023=none"])
    assert [w.where for w in again.warnings].count("edit without effect") == 1


def test_a_file_of_edits_may_speak_of_many_days(tmp_path: Path) -> None:
    file = tmp_path / "e.yaml"
    file.write_text(f"title: T\nedits:\n  {REFUSES}.nothing_short_of_nato_2023: none\n")
    assert not [w for w in sim.load(ISTANBUL, edit_files=[file]).warnings if w.where == "edit without effect"]


def test_a_broken_constraint_names_every_term_it_breaks() -> None:
    what, _ = complaint("proposal.alignment=nato_membership")
    for issue, option in (
        ("nato_pledge", "fulfilled"),
        ("constitution", "keep_goal"),
        ("guarantors", "nato_collective"),
        ("guarantee_duty", "collective_defence"),
    ):
        assert f"{issue} cannot be " in what
        assert f"(allowed: {option})" in what


def test_a_constraint_that_an_edit_breaks_is_complained_of_at_the_edit(tmp_path: Path) -> None:
    """Not at the term of the file that would have to change, as where the text itself breaks it."""
    with pytest.raises(Complaints) as found:
        sim.load(small.write(tmp_path), edits=["proposal.status=member", "proposal.guarantee=consult"])
    assert [c.place.file for c in found.value.complaints] == ["--set[2]"]
    with pytest.raises(Complaints) as found:
        sim.load(ISTANBUL, edits=["proposal.alignment=nato_membership"])
    assert {c.place.file for c in found.value.complaints} == {"--set[1]"}


def test_an_unknown_option_is_not_told_twice(tmp_path: Path) -> None:
    path = small.write(tmp_path)
    with pytest.raises(Complaints) as found:
        sim.load(path, edits=["proposal.status=nonsense"])
    assert len(found.value.complaints) == 1


@pytest.mark.parametrize(
    "args",
    [
        ("explain", ISTANBUL),
        ("sensitivity", ISTANBUL),
        ("sensitivity", ISTANBUL, "--method", "flip"),
        ("amend", ISTANBUL),
    ],
)
def test_a_party_is_found_by_its_name(args: tuple[str, ...]) -> None:
    draws = ("--draws", "300", "--format", "json")
    by_id = call(*args, "--party", "us", *draws)
    assert by_id[0] == 0
    assert call(*args, "--party", "united  States", *draws)[:2] == by_id[:2]
    code, out, err = call(*args, "--party", "United Stats")
    assert (code, out) == (2, "")
    assert "there is no party 'United Stats'; did you mean us?" in err


def test_parties_are_found_by_their_names_in_lists(tmp_path: Path) -> None:
    by_id, by_name = tmp_path / "ids", tmp_path / "names"
    assert call("export", ISTANBUL, "--to", "negmas", "--out", str(by_id), "--parties", "us,russia")[0] == 0
    assert (
        call("export", ISTANBUL, "--to", "negmas", "--out", str(by_name), "--parties", "United States, Russia")[0] == 0
    )
    assert [f.read_text() for f in sorted(by_id.iterdir())] == [f.read_text() for f in sorted(by_name.iterdir())]
    code, _, err = call(
        "export", ISTANBUL, "--to", "negmas", "--out", str(tmp_path / "c"), "--parties", "us,United States"
    )
    assert code == 2
    assert "United States is named twice" in err


@pytest.mark.parametrize(
    ("named", "by_id"),
    [
        ("United States.fighting.importance=minor", "us.fighting.importance=minor"),
        ("nato.fighting.importance=minor", "nato.fighting.importance=minor"),
        ("UKRAINIAN PUBLIC.refuses=none", "ukrainian_public.refuses=none"),
        ("negotiation.tactics.Russia=hardliner", "negotiation.tactics.russia=hardliner"),
    ],
)
def test_a_path_takes_a_name_and_keeps_the_id(named: str, by_id: str) -> None:
    protocol = {"protocol": "alternating_offers"} if named.startswith("negotiation") else {}
    loaded = sim.load(ISTANBUL, edits=[named], **protocol)
    other = sim.load(ISTANBUL, edits=[by_id], **protocol)
    assert loaded.scenario == other.scenario
    assert list(loaded.scenario.edits) == [by_id]
    again = sim.edited(sim.load(ISTANBUL, **protocol), [named])
    assert again.scenario == other.scenario


def test_a_sweep_takes_a_name() -> None:
    by_name, by_id = (
        call(
            "sweep", ISTANBUL, "--vary", f"{who}.sanctions.importance=minor,major", "--draws", "200", "--format", "json"
        )
        for who in ("united states", "us")
    )
    assert by_id[0] == 0
    assert by_name == by_id


def test_a_name_of_two_parties_is_none() -> None:
    names = {"a": "Union", "b": "union", "c": "Board"}
    assert party_meant("UNION", names) is None
    assert party_meant("board", names) == "c"
    assert party_meant("Union", {"union": "Other", "x": "Union"}) is None
    assert party_meant("union", {"union": "Other", "x": "Union"}) == "union"
    assert party_meant("nobody", names) is None


def test_the_same_in_paths_and_in_show() -> None:
    what, hint = complaint("United Stats.fighting.importance=minor")
    assert (what, hint) == ("there is no party United Stats", "did you mean us?")
    by_name = call("show", "positions", "ukrainian Public", "--domain", str(SCENARIOS / "domain"))
    assert by_name == call("show", "positions", "ukrainian_public", "--domain", str(SCENARIOS / "domain"))
    code, _, err = call("show", "positions", "ukrainian publik", "--domain", str(SCENARIOS / "domain"))
    assert code == 2
    assert "did you mean ukrainian_public?" in err


def test_party_hints() -> None:
    names = {"us": "United States", "nato": "NATO"}
    assert did_you_mean_party("united states", names) == "did you mean us?"
    assert did_you_mean_party("natto", names) == "did you mean nato?"
    assert did_you_mean_party("propsal", names, ("proposal",)) == "did you mean proposal?"
    assert did_you_mean_party("xyz", names) == "there are: us, nato"


def test_issues_likewise() -> None:
    for args in (("sensitivity", ISTANBUL, "--issue"), ("amend", ISTANBUL, "--keep")):
        code, _, err = call(*args, "alignmet")
        assert code == 2
        assert "there is no issue 'alignmet'; did you mean alignment?" in err


def test_a_missing_file_has_neighbours(tmp_path: Path) -> None:
    code, _, err = call("run", str(SCENARIOS / "istambul.yaml"))
    assert code == 1
    assert err.endswith(f"istambul.yaml: no such file; did you mean {ISTANBUL}?")
    edits = SCENARIOS / "edits" / "dovish_uss.yaml"
    assert call("run", ISTANBUL, "--with", str(edits))[2].endswith(f"did you mean {edits.with_name('dovish_us.yaml')}?")
    assert call("run", str(tmp_path / "zz.yaml"))[2].endswith("zz.yaml: no such file")
    assert call("run", str(tmp_path / "no" / "a.yaml"))[2].endswith(
        f"no such file; there is no folder {tmp_path / 'no'}"
    )


def test_compare_says_what_it_cannot_compare(tmp_path: Path) -> None:
    table = tmp_path / "library.md"
    table.write_text("# A table: with a colon\n")
    code, _, err = call("compare", str(table), ISTANBUL)
    assert code == 3
    assert "neither a scenario nor a saved run" in err
    assert "name a scenario file (.yaml)" in err
    assert "colon where" not in err


def test_out_is_tried_before_anything_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")

    def never(*_: object) -> None:
        raise AssertionError("it ran")

    monkeypatch.setattr("sim.cli.run.scored", never)
    code, out, err = call("run", ISTANBUL, "--out", str(tmp_path / "file" / "x"))
    assert (code, out) == (1, "")
    assert "no run can be saved there" in err
    assert "--out DIR" in err
    with pytest.raises(AssertionError, match="it ran"):
        call("run", ISTANBUL, "--out", str(tmp_path / "a" / "b"))
    assert not (tmp_path / "a").exists()  # what was made to try is gone again
    with pytest.raises(AssertionError, match="it ran"):
        call("run", ISTANBUL, "--no-save", "--out", str(tmp_path / "file" / "x"))


def test_too_few_draws_are_said() -> None:
    [one] = score([sim.load(ISTANBUL, draws=1)])
    note = sentence(one, "few_draws")
    assert note is not None
    assert "Too few draws to tell for Russia, Ukraine, the United States" in note
    assert note in notes(one)
    assert any("1 draw, seed" in x for x in notes(one))
    [many] = score([sim.load(ISTANBUL, draws=2000)])
    assert sentence(many, "few_draws") is None


def test_consent_cannot_be_never() -> None:
    what, _ = complaint("ukrainian_public.consent=never")
    assert "name a condition that the text does not meet" in what
    condition = "{when: [{alignment: [nato_membership]}]}"
    [result] = score([sim.load(ISTANBUL, edits=[f"ukrainian_public.consent={condition}"], draws=50)])
    assert not result.party("ukrainian_public").consent_needed


def test_tables_show_labels_beside_ids() -> None:
    domain = ("--domain", str(SCENARIOS / "domain"))
    issues = " ".join(call("show", "issues", *domain)[1].split())
    assert "alignment (place towards NATO) What is" in issues
    assert "left_unmentioned not mentioned: NATO neither" in issues
    parties = " ".join(call("show", "parties", *domain)[1].split())
    assert "(place towards" in parties
    positions = " ".join(call("show", "positions", "Ukraine", *domain)[1].split())
    assert positions.startswith("Ukraine (ukraine, principal)")
    assert "nato_pledge fulfilled > reaffirmed" in positions
    assert "left_unmentioned (not" in positions
    assert "Refuses nothing_short_of_nato_2022 (nothing short of NATO (2022))" in " ".join(
        call("show", "positions", "ukrainian_public", *domain)[1].split()
    )
    for form in ("table", "md"):
        told = call("explain", ISTANBUL, "--party", "ukraine", "--draws", "200", "--format", form)[1]
        told = " ".join(told.split())
        assert "nato_pledge (NATO's pledge of 2008)" in told
        assert "aid_and_sanctions (arms and sanctions) > consult_only" in told
        assert "not_mentioned" not in told


def test_a_negotiation_without_a_position_is_not_filled_in_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("new", "talks", "--negotiation", "--parties", "Union,Board", "--issues", "pay,hours")[0] == 0
    page = " ".join(call("run", "talks/first_text.yaml", "--no-save", "--draws", "200")[1].split())
    assert "Nothing is filled in yet: no party ranks an option, so there is no verdict." in page
    assert "not filled in" in page
    assert "ources are silent" not in page
    assert "sources silent" not in page
    file = tmp_path / "talks/domain/positions/union.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("ranking: unknown ", "ranking: [changed, as_now] ", 1), encoding="utf-8")
    page = " ".join(call("run", "talks/first_text.yaml", "--no-save", "--draws", "200")[1].split())
    assert "Nothing is filled in yet for Board, whose consent is needed" in page
    assert "Nothing is filled in yet:" not in page
