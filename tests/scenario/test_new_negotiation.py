"""The start of a negotiation of one's own, and domains without sources: what is written, and what may be missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.cli.new_files import negotiation
from sim.files.complaints import Complaints
from sim.scenario.loading import load, load_domain
from sim.simulation.score import score
from tests import small

TALKS = ("talks", "--negotiation", "--parties", "Union,Board of Trustees,Рада", "--issues", "pay,Working hours,yes")


@pytest.fixture(autouse=True)
def _empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def call(*args: object) -> Any:
    done = CliRunner().invoke(app, [str(a) for a in args])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_it_is_valid_and_runs_at_once() -> None:
    made = call("new", *TALKS)
    assert made.exit_code == 0
    assert "sim run talks/first_text.yaml" in made.stderr
    checked = call("validate", "talks/first_text.yaml")
    assert (checked.stdout, checked.stderr) == ("talks/first_text.yaml: in order\n", "")
    page = call("run", "talks/first_text.yaml", "--draws", 200, "--no-save")
    assert page.exit_code == 0
    assert "Board of Trustees" in page.stdout
    for command in ("explain", "sensitivity"):
        assert call(command, "talks/first_text.yaml", "--draws", 200).exit_code == 0


def test_what_it_holds() -> None:
    call("new", *TALKS)
    domain = load_domain("talks/domain")
    assert {p.name for p in domain.positions.values()} == {"Union", "Board of Trustees", "Рада"}
    assert all(len(issue.options) == 2 for issue in domain.issues.issues.values())
    assert "Working hours" in [issue.label for issue in domain.issues.issues.values()]
    [lottery] = domain.issues.no_deal.lotteries.values()
    [outcome] = lottery.outcomes.values()
    text = load("talks/first_text.yaml").scenario
    # the text is no outcome of no deal: it changes everything that no deal leaves
    assert outcome.keys() == text.proposal.terms.keys()
    assert not [issue for issue, option in outcome.items() if text.proposal.terms[issue].option == option]
    assert not list(Path("talks/domain").glob("*.csv"))


def test_filled_in_it_has_a_verdict() -> None:
    call("new", "talks", "--negotiation", "--parties", "union,board", "--issues", "pay,hours")
    for party, ranking in (("union", "[changed, as_now]"), ("board", "[as_now, changed]")):
        file = Path(f"talks/domain/positions/{party}.yaml")
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("ranking: unknown ", f"ranking: {ranking} "), encoding="utf-8")
    [result] = score([load("talks/first_text.yaml", draws=200)])
    assert result.party("union").acceptability.estimate == 1
    assert result.party("board").acceptability.estimate == 0
    assert result.settings.sources == "none"


def test_nothing_is_written_over_and_mistakes_are_told() -> None:
    call("new", *TALKS)
    before = Path("talks/first_text.yaml").read_bytes()
    again = call("new", *TALKS)
    assert again.exit_code == 1
    assert "already there, and not empty" in again.stderr
    assert Path("talks/first_text.yaml").read_bytes() == before
    for args, says in (
        (("other", "--negotiation", "--issues", "x"), "name one or more, with commas between them"),
        (("other", "--negotiation", "--parties", "a"), "name one or more, with commas between them"),
        (("other.yaml", "--parties", "a"), "goes with --negotiation"),
        (("other", "--negotiation", "--parties", "a", "--issues", "x", "--force"), "goes with a FILE"),
    ):
        done = call("new", *args)
        assert done.exit_code == 2
        assert says in " ".join(done.stderr.split())
    twice = call("new", "other", "--negotiation", "--parties", "a,b,a", "--issues", "x")
    assert twice.stderr == "sim: the party a is named twice\n"
    assert not Path("other").exists()


@pytest.mark.parametrize("names", [["proposal", "random"], ["null", "1e3", "no: way", '"quoted"', "#hash"]])
def test_any_names_give_valid_files(names: list[str], tmp_path: Path) -> None:
    for name, text in negotiation(names, [*names, "consent", "context", "rest"], tmp_path / "x").items():
        (tmp_path / "x" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "x" / name).write_text(text, encoding="utf-8")
    loaded = load(tmp_path / "x" / "first_text.yaml")
    assert {p.name for p in loaded.scenario.domain.positions.values()} == set(names)
    assert not loaded.warnings


# --- domains without sources ----------------------------------------------------------------------


def test_a_saved_run_without_sources_runs_again() -> None:
    call("new", *TALKS)
    call("run", "talks/first_text.yaml", "--draws", 100)
    [folder] = Path("results/first_text").iterdir()
    first = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    again = json.loads(call("run", folder, "--no-save", "--format", "json").stdout)
    assert {**again, "versions": 0} == {**first, "versions": 0}


def test_what_is_cited_must_be_there() -> None:
    call("new", *TALKS)
    file = Path("talks/domain/positions/union.yaml")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("basis: assumed ", "basis: stated\n      evidence: [E1] #", 1), encoding="utf-8")
    with pytest.raises(
        FileNotFoundError, match=r"what is not there: sources\.yaml, .*; evidence\.csv, one row a claim"
    ):
        load("talks/first_text.yaml")
    # and a basis that needs evidence still needs it
    file.write_text(text.replace("basis: assumed ", "basis: stated ", 1), encoding="utf-8")
    with pytest.raises(Complaints, match="stated"):
        load("talks/first_text.yaml")


def test_evidence_needs_its_sources(tmp_path: Path) -> None:
    path = small.write(tmp_path / "a", {"domain/sources.yaml": None})
    with pytest.raises(FileNotFoundError, match=r"sources\.yaml: no such file; it holds the register"):
        load(path)


def test_missing_files_are_told_together(tmp_path: Path) -> None:
    none = dict.fromkeys(("domain/issues.yaml", "domain/sources.yaml", "domain/evidence.csv"))
    with pytest.raises(FileNotFoundError) as found:
        load(small.write(tmp_path / "a", none))
    said = str(found.value)
    assert len(said.splitlines()) == 1
    for name in ("issues.yaml", "sources.yaml", "evidence.csv"):
        assert f"{name}, " in said
    bare = tmp_path / "b"
    (bare / "domain").mkdir(parents=True)
    (bare / "deal.yaml").write_text(small.SCENARIO, encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"issues\.yaml, the issues.*; positions, one file a party"):
        load(bare / "deal.yaml")
