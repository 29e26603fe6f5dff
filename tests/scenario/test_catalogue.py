"""Texts by path and by id: which library they come from, what is said where there is none, lists of them."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.library.document import library_text, texts_of
from sim.cli import app
from sim.execution.holdings import StoredWork
from sim.files.complaints import Complaints
from sim.report.listing import party_facts
from sim.results.runs import SavedRun
from sim.scenario import catalogue, schema
from sim.scenario.catalogue import Holding, TextHead
from tests import small
from tests.readme import ROOT, copy_shipped

SHIPPED = f"shipped with sim {sim.__version__}"
FEW = ("--draws", "50")


def call(*args: object) -> Any:
    done = CliRunner().invoke(app, [str(a) for a in args])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def out(*args: object) -> str:
    done = call(*args)
    assert done.exit_code == 0, done.stderr
    return done.stdout


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a library of its own, ``scenarios/`` with ``deal``; the current folder is one below its top."""
    small.write(tmp_path / "project" / "scenarios")
    below = tmp_path / "project" / "notes"
    below.mkdir()
    monkeypatch.chdir(below)
    return tmp_path / "project"


# --- the index of shipped texts -------------------------------------------------------------------


def test_the_index_names_files_that_are_there_and_the_guide_tells_of_them() -> None:
    guide = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    for file in catalogue.shipped_texts(ROOT / "scenarios"):
        assert file.is_file()
        assert f"`{file.stem}`" in guide
    assert catalogue.shipped_folder() == ROOT / "scenarios"


def test_every_text_in_version_control_is_in_the_index(tmp_path: Path) -> None:
    """In a copy of what is shipped there is no text beside the index."""
    assert sorted(texts_of(copy_shipped(tmp_path) / "scenarios")) == sorted(
        catalogue.shipped_texts(tmp_path / "scenarios")
    )


@pytest.mark.parametrize(
    ("reading", "text", "clause"),
    [
        ("istanbul_article_5", "istanbul", "guarantee_duty"),
        ("twenty_points_2025_zone", "twenty_points_2025", "donbas"),
    ],
)
def test_another_reading_of_a_text_differs_in_the_one_clause_that_its_note_names(
    reading: str, text: str, clause: str
) -> None:
    other, first = (sim.load(ROOT / "scenarios" / f"{name}.yaml").scenario for name in (reading, text))
    differ = {
        issue
        for issue, term in other.proposal.terms.items()
        if (term.option, term.basis, term.evidence)
        != (first.proposal.terms[issue].option, first.proposal.terms[issue].basis, first.proposal.terms[issue].evidence)
    }
    assert differ == {clause}
    assert other.proposal.terms[clause].option != first.proposal.terms[clause].option
    assert (other.proposal.date, other.no_deal) == (first.proposal.date, first.no_deal)
    assert f"Differs from {text} in {clause} alone." in other.proposal.note
    guide = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    assert f"`{reading}`" in guide


def test_a_text_of_ones_own_is_run_and_listed_but_in_no_shipped_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_shipped(tmp_path) / "scenarios"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(catalogue, "shipped_folder", lambda: home)
    before = library_text(sim.load_all(catalogue.shipped_texts(), draws=50))
    shutil.copy(home / "istanbul.yaml", home / "mine.yaml")
    assert library_text(sim.load_all(catalogue.shipped_texts(), draws=50)) == before
    assert "mine" in out("list")
    assert "(mine, 2022-03-29)" in out("run", "mine", "--no-save", *FEW)
    assert home / "mine.yaml" in texts_of(home)


def test_no_test_reads_all_files_of_the_shipped_folders() -> None:
    """They read those of the index, or a text of somebody's own would change them."""
    for file in (ROOT / "tests").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert not re.findall(r'(?:scenarios"?\)?|SCENARIOS|LIBRARY|FOLDER)\.glob\("\*\.yaml', text), file


# --- ids ------------------------------------------------------------------------------------------


def test_ids_from_an_empty_folder(empty: Path) -> None:
    page = out("run", "istanbul", *FEW)
    assert "(istanbul, 2022-03-29)" in page
    assert page.endswith(f"Library: {SHIPPED}.\n")
    assert [p.name for p in (empty / "results").iterdir()] == ["istanbul"]  # saved where the user stands
    assert f"Library: austria_1955, {SHIPPED}." in out("run", "austria_1955/state_treaty_1955", "--no-save", *FEW)
    assert "state_treaty_1955" in out("validate", "state_treaty_1955")


@pytest.mark.parametrize(
    "command",
    [
        ("explain", "istanbul"),
        ("compare", "istanbul", "membership"),
        ("sweep", "istanbul", "--vary", "us.fighting.importance=minor,major"),
        ("search", "istanbul", "--near", "membership", "--changes", "1", "--effort", "0"),
        ("sensitivity", "istanbul", "--method", "flip"),
        ("trace", "istanbul", "--protocol", "alternating_offers", "--draw", "0"),
    ],
)
def test_every_command_that_takes_a_file_takes_an_id(empty: Path, command: tuple[str, ...]) -> None:
    done = call(*command, *FEW)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.endswith(f"Library: {SHIPPED}.\n")
    as_json = call(*command, *FEW, "--format", "json")
    json.loads(as_json.stdout)
    assert f"Library: {SHIPPED}." in as_json.stderr


def test_export_takes_an_id_too(empty: Path) -> None:
    assert call("export", "membership", "--to", "genius", "--out", "made", *FEW).exit_code == 0


def test_ids_of_edits(empty: Path) -> None:
    edited = json.loads(out("run", "istanbul", "--with", "dovish_us", "--no-save", *FEW, "--format", "json"))
    assert len(edited["settings"]["edits"]) == 11
    rows = json.loads(out("compare", "istanbul", "--under", "dovish_us", *FEW, "--format", "json"))
    assert len(rows["rows"]) == 2


def test_the_same_figures_by_path_and_by_id(empty: Path) -> None:
    by_id = sim.load("istanbul", draws=50)
    by_path = sim.load(ROOT / "scenarios" / "istanbul.yaml", draws=50)
    assert by_id.sha256 == by_path.sha256
    assert by_path.library is None


def test_a_path_wins_over_an_id(own: Path) -> None:
    loaded = sim.load("deal")
    assert loaded.path.is_absolute()
    assert loaded.path.samefile(own / "scenarios" / "deal.yaml")
    assert loaded.address == Path("../scenarios/deal.yaml")
    shutil.copy(own / "scenarios" / "deal.yaml", "deal")
    assert catalogue.named(Path("deal")) == Path("deal")


def test_a_folder_that_is_no_saved_run_does_not_hide_an_id(empty: Path) -> None:
    (empty / "istanbul").mkdir()
    assert sim.load("istanbul", draws=50).scenario.id == "istanbul"
    assert "Istanbul guarantees" in out("compare", "istanbul", "membership", *FEW)


def test_the_nearest_library_wins_and_is_named(own: Path) -> None:
    shutil.copy(own / "scenarios" / "deal.yaml", own / "scenarios" / "istanbul.yaml")
    page = out("run", "istanbul", "--no-save", *FEW)
    assert page.startswith("A small deal (istanbul")
    assert page.endswith("Library: ../scenarios.\n")
    assert "(membership, " in out("run", "membership", "--no-save", *FEW)  # not there, so the shipped one


def test_at_the_top_of_a_project_the_library_is_plain_to_see(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own)
    assert "Library:" not in out("run", "deal", "--no-save", *FEW)
    assert out("validate", "deal") == "scenarios/deal.yaml: in order\n"


def test_an_id_in_two_libraries_equally_near_is_not_guessed(empty: Path) -> None:
    for name in ("one", "two"):
        small.write(empty / name)
    done = call("validate", "deal")
    assert done.exit_code == 1
    assert done.stderr == "sim: deal: may be one/deal.yaml and two/deal.yaml; name one by its path\n"
    assert out("validate", "one/deal") == "one/deal.yaml: in order\n"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("istambul", f"and no text has this id; did you mean istanbul, a text of the library {SHIPPED}?"),
        ("istanbul.yaml", f"istanbul is the id of a text of the library {SHIPPED}: name it by that"),
        ("scenarios/istanbul.yaml", f"istanbul is the id of a text of the library {SHIPPED}: name it by that"),
        ("state_treaty_1995", f"did you mean state_treaty_1955, a text of the library austria_1955, {SHIPPED}?"),
        ("qqq", "qqq: no such file, and no text has this id; sim list names all"),
    ],
)
@pytest.mark.parametrize("command", ["run", "explain", "validate"])
def test_no_such_file_suggests_the_id(empty: Path, command: str, name: str, says: str) -> None:
    done = call(command, name)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.endswith(f"{says}\n")
    assert "no such file" in done.stderr


# --- domains --------------------------------------------------------------------------------------


def test_a_text_without_a_domain_takes_that_of_the_library_it_answers(empty: Path) -> None:
    for folder, name in (("", "istanbul"), ("austria_1955", "figl_offer_1954")):
        shutil.copy(ROOT / "scenarios" / folder / f"{name}.yaml", empty / "mine.yaml")
        page = out("run", "mine.yaml", "--no-save", *FEW)
        assert page.endswith(f"Library: {folder + ', ' if folder else ''}{SHIPPED}.\n")
    # one whose issues are nobody's is told where a domain belongs
    (empty / "deal.yaml").write_text(small.SCENARIO, encoding="utf-8")
    assert "is the folder domain/ beside it" in call("run", "deal.yaml").stderr
    # and a slip in one name is told as such
    text = (empty / "mine.yaml").read_text(encoding="utf-8")
    (empty / "mine.yaml").write_text(text.replace("withdrawal:", "withdrawl:", 1), encoding="utf-8")
    with pytest.raises(Complaints, match="withdrawl"):
        sim.load("mine.yaml")


def test_show_reads_the_nearest_domain_and_libraries_by_name(own: Path) -> None:
    assert "A small space" in out("show", "issues")
    assert "Austria" in out("show", "issues", "--domain", "austria_1955")
    assert "no evidence row 'XX' in ../scenarios/domain (--domain DIR reads another)" in " ".join(
        call("show", "evidence", "XX").stderr.replace("│", " ").split()
    )


def test_show_names_the_library_that_it_was_not_told(own: Path, tmp_path: Path, monkeypatch: Any) -> None:
    for what in ("issues", "parties", "positions", "evidence", "sources"):
        assert out("show", what).endswith("\nLibrary: ../scenarios.\n")
        assert "Library:" not in out("show", what, "--domain", "../scenarios")
        done = call("show", what, "--format", "json")
        json.loads(done.stdout if what != "positions" else "[]")
        assert done.stderr == "Library: ../scenarios.\n"
    assert out("show", "issues", "--domain", "austria_1955").endswith(f"Library: austria_1955, {SHIPPED}.\n")
    monkeypatch.chdir(tmp_path)
    for name in ("strike", "fish"):
        shutil.copytree(own / "scenarios", tmp_path / name)
    done = call("show", "parties")
    assert done.exit_code == 1
    assert done.stderr == "sim: there are domains in fish and strike; name one: --domain fish\n"
    page = out("show", "parties", "--domain", "strike")
    assert page == out("show", "parties", "--domain", "strike/domain")
    monkeypatch.chdir(tmp_path / "strike")
    assert out("show", "parties", "--domain", ".") == page
    # scenarios/ is where texts are at home: it comes before folders beside it
    shutil.copytree(own / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    assert out("show", "parties") == f"{page}Library: scenarios, scenarios.\n".replace("scenarios, ", "")


def test_new_works_in_an_empty_folder(empty: Path) -> None:
    assert call("new", "mine.yaml").exit_code == 0
    assert "Library:" in out("run", "mine.yaml", *FEW)
    assert call("new", "theirs.yaml", "--domain", "austria_1955").exit_code == 0
    assert f"austria_1955, {SHIPPED}" in out("run", "theirs.yaml", *FEW)


# --- lists ----------------------------------------------------------------------------------------


def test_list_names_every_shipped_text_with_its_date_and_title(empty: Path) -> None:
    page = out("list")
    for file in catalogue.shipped_texts():
        loaded = sim.load(file).scenario
        [line] = [x for x in page.splitlines() if x.split()[:1] == [file.stem]]
        assert str(loaded.proposal.date) in line
        assert loaded.title[:40] in line
    found = json.loads(out("list", "--format", "json"))
    assert [x["library"] for x in found] == [SHIPPED, f"austria_1955, {SHIPPED}"]
    assert {t["id"] for x in found for t in x["texts"]} >= {f.stem for f in catalogue.shipped_texts()}


def test_list_names_what_can_be_named_and_tells_what_cannot_be_used(own: Path) -> None:
    (own / "scenarios" / "broken.yaml").write_text("title: [", encoding="utf-8")
    (own / "scenarios" / "edits.yaml").write_text("title: X\nedits: {}\n", encoding="utf-8")
    near = json.loads(out("list", "--format", "json"))[0]
    assert near["library"] == "../scenarios"
    heads = {x["id"]: x for x in near["texts"]}
    assert heads["deal"]["fault"] is None
    assert heads["broken"]["fault"]
    assert heads["edits"]["fault"] == "no scenario: it has no proposal"
    assert "cannot be used: no scenario" in out("list")


def test_parties_are_listed_with_what_is_known_of_them(empty: Path) -> None:
    found = {x["id"]: x for x in json.loads(out("show", "parties", "--format", "json"))}
    domain = sim.load("istanbul").scenario.domain
    assert list(found) == list(domain.positions)
    assert found["nato"]["members"] == ["us"]
    assert found["russia"]["consent"] == "always needed"
    assert found["ukrainian_public"]["refusals"] == len(domain.positions["ukrainian_public"].refuses)
    page = out("show", "parties")
    assert "alliance of us" in page
    assert max(map(len, page.splitlines())) <= 100


def test_a_saved_run_is_not_saved_again_where_nothing_differs(empty: Path) -> None:
    out("run", "istanbul", *FEW)
    [run] = (empty / "results" / "istanbul").iterdir()
    done = call("run", run.relative_to(empty))
    said = f"the same result as is saved in {run.relative_to(empty)}; not saved again\n"
    assert said in done.stderr
    assert list((empty / "results" / "istanbul").iterdir()) == [run]
    # other draws, or another place, is another copy
    assert "\nsaved results/istanbul/" in "\n" + call("run", run, "--draws", "60").stderr
    assert "saved elsewhere/istanbul/" in call("run", run, "--out", "elsewhere").stderr
    assert len(list((empty / "results" / "istanbul").iterdir())) == 2


# --- saved runs -----------------------------------------------------------------------------------


def test_the_folder_of_a_saved_run_runs_again(empty: Path) -> None:
    edit = "us.fighting.importance=critical"
    out("run", "istanbul", "--set", edit, *FEW)
    [folder] = (empty / "results" / "istanbul").iterdir()
    first = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    again = json.loads(out("run", folder, "--no-save", "--format", "json"))
    assert {**again, "versions": 0} == {**first, "versions": 0}
    assert edit in out("explain", folder) or "edited" in out("explain", folder)
    above = call("run", folder.parent)
    assert above.exit_code == 1
    assert f"a saved run is one folder below, for instance {folder}" in above.stderr
    assert "name its folder" in call("run", folder / "result.json").stderr


def test_runs_lists_saved_runs(empty: Path) -> None:
    assert "nowhere: no such folder" in call("runs", "--out", "nowhere").stderr
    out("run", "istanbul", "membership", *FEW)
    out("run", "istanbul", "--set", "us.fighting.importance=critical", "--out", "other", *FEW)
    page = out("runs")
    assert len([x for x in page.splitlines() if x.startswith(" results/")]) == 2
    [one] = json.loads(out("runs", "istanbul", "--out", "other", "--format", "json"))
    saved = sim.read(Path(one["folder"]))
    assert saved.joint_acceptability is not None
    assert one["joint_acceptability"] == saved.joint_acceptability.estimate
    assert one["edits"] == ["us.fighting.importance=critical"]
    (Path(one["folder"]) / "result.json").write_text("{}", encoding="utf-8")
    assert "cannot be read" in out("runs", "--out", "other")
    assert "no saved runs of nothing" in call("runs", "nothing").stderr


def test_keys_of_lists_are_documented() -> None:
    text = (ROOT / "results" / "README.md").read_text(encoding="utf-8")
    rows = {
        x[0]: set(re.findall(r"`(\w+)(?:\[\])?`", x[1])) for x in re.findall(r"^\| `(sim [^`]+)` \| (.*)$", text, re.M)
    }
    party = party_facts(next(iter(sim.load("istanbul").scenario.domain.positions.values())))
    for command, keys in (
        ("sim list", {f.name for kind in (Holding, TextHead) for f in fields(kind)}),
        ("sim runs", {f.name for f in fields(SavedRun)}),
        ("sim store", {f.name for f in fields(StoredWork)}),
        ("sim show parties", set(party)),
        ("sim show reactions", set(schema.Reaction.model_fields)),
    ):
        assert rows[command] == keys, command


# --- examples -------------------------------------------------------------------------------------


def test_examples_of_help_work_where_there_is_no_checkout() -> None:
    """The texts that examples name are ids, since only a checkout has the paths."""
    for file in (ROOT / "sim").rglob("*.py"):
        for example in re.findall(r'"(?:Example: |Start with: )?(sim [a-z].*?)"', file.read_text(encoding="utf-8")):
            assert "scenarios/" not in example, file
