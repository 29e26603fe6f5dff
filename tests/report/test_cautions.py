"""What is said of a domain as a whole: nothing sourced, no article among the sources, an alliance or none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sim
from sim.report.english import ALLIANCE, NO_ARTICLES, UNSOURCED, several_domains
from sim.report.verdict import CAVEAT, UNSOURCED_CAVEAT
from sim.scenario.evidence import sources_of
from tests import domains, small
from tests.exchange import CAR, write
from tests.exchange import sim as call

ROOT = Path(__file__).parents[2]
FEW = ("--draws", "200")
TREATY = "scenarios/austria_1955/state_treaty_1955.yaml"
TERMS = ("--text", "Colour=none", "--text", "Warranty (years)=3", "--text", "Price=10,000")


@pytest.fixture(autouse=True)
def _at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="module")
def car(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("car")
    files = write(folder / "files", CAR)
    assert call("import", *files, "--out", folder / "car", "--date", "2026-01-01", *TERMS).exit_code == 0
    return folder / "car"


#: Commands whose page has a first screen and more.
PAGED = ("run", "compare", "sensitivity", "amend", "search", "frontier")


def flat(*args: object) -> str:
    done = call(*args, *(["--full"] if args[0] in PAGED and not {"flip", "sobol"} & {*args} else []))
    assert done.exit_code == 0, done.stderr
    return " ".join(done.stdout.split())


@pytest.mark.parametrize("form", ["table", "md"])
@pytest.mark.parametrize("command", [("run", "--no-save"), ("explain",)])
def test_an_imported_domain_is_said_once_to_have_no_sources(car: Path, command: tuple[str, ...], form: str) -> None:
    said = flat(*command, car / "text.yaml", "--format", form, *FEW)
    assert said.count(UNSOURCED) == 1
    assert "As modelled, all whose consent is needed accept together in 100% of draws" in said
    for words in ("filler", "not settled", "unknown", "0% to 100%", "do not give", "On the evidence", CAVEAT):
        assert words not in said
    assert UNSOURCED_CAVEAT in said


def test_the_keys_of_a_run_stay(car: Path) -> None:
    found = json.loads(call("run", car / "text.yaml", "--no-save", "--format", "json", *FEW).stdout)
    assert found["settings"]["sources"] == "none"
    assert found["on_evidence"]["verdict"] == "not settled"
    assert found["filler"] is None, "an imported text is proposed, not filler"
    assert found["terms_by_basis"]["proposed"] == 3


def test_several_texts_and_comparisons_likewise(car: Path) -> None:
    files = [car / f"{name}.yaml" for name in ("text", "best_for_buyer", "best_for_seller")]
    table = flat("run", *files, "--no-save", *FEW)
    assert table.count(UNSOURCED) == 3  # one a text
    assert table.count("no sources") == 3 * 2 + 3
    compared = flat("compare", *files, *FEW)
    assert compared.count(UNSOURCED) == 1
    assert "is filler" not in compared
    assert "with filler" not in compared
    assert "mostly" not in compared
    assert "unknown" not in compared
    assert CAVEAT not in compared


VARY = ("--vary", "proposal.colour=none,weiss")


@pytest.mark.parametrize(
    "command", [("amend",), ("sensitivity",), ("sensitivity", "--method", "flip"), ("sweep", *VARY)]
)
def test_analyses_say_it_in_place_of_filler(car: Path, command: tuple[str, ...]) -> None:
    said = flat(command[0], car / "best_for_seller.yaml", *command[1:], *FEW)
    assert said.count(UNSOURCED) == 1
    for words in ("filler", "not in the sources", "proposed", "unknown:", "On the evidence", CAVEAT, ALLIANCE):
        assert words not in said


def test_what_counts_as_sourced(tmp_path: Path, car: Path) -> None:
    assert sources_of(sim.load(TREATY).scenario) == "some"
    assert sources_of(sim.load(TREATY, evidence="articles").scenario) == "no articles"
    assert sources_of(sim.load("scenarios/istanbul.yaml", evidence="articles").scenario) == "some"
    text = car / "text.yaml"
    assert sources_of(sim.load(text, evidence="articles").scenario) == "none"
    assert sources_of(sim.load(text, edits=["proposal.colour=weiss"]).scenario) == "none"
    assert sources_of(sim.load(small.write(tmp_path)).scenario) == "some"


@pytest.mark.parametrize("basis", ["assumed", "inferred", "stated"])
def test_one_word_of_a_source_is_enough(basis: str) -> None:
    """Also in a scenario made by a program, which may have no rows of evidence."""
    people = {"p": domains.party({"i": domains.position("xy", "major", basis=basis)}, reservation=0.5)}
    scenario = domains.case({"i": "xy"}, people, {"i": "x"}).scenario
    terms = {i: term.model_copy(update={"basis": "assumed"}) for i, term in scenario.proposal.terms.items()}
    proposal = scenario.proposal.model_copy(update={"terms": terms})
    held = scenario.model_copy(update={"proposal": proposal})
    assert sources_of(held) == ("none" if basis == "assumed" else "some")
    terms["i"] = terms["i"].model_copy(update={"basis": "inferred"})
    assert sources_of(held) == "some"


@pytest.mark.parametrize("form", ["table", "md"])
def test_a_domain_without_articles_says_so_first(form: str) -> None:
    done = call("run", TREATY, "--no-save", "--evidence", "articles", "--format", form, *FEW)
    said = " ".join(done.stdout.split())
    assert f"evidence: articles only, and no source is one) {NO_ARTICLES} On the evidence alone, " in said
    assert NO_ARTICLES not in flat("run", TREATY, "--no-save", *FEW)
    assert NO_ARTICLES not in flat("run", "scenarios/istanbul.yaml", "--no-save", "--evidence", "articles", *FEW)


def test_domains_are_several_by_their_titles() -> None:
    assert several_domains(["a", "a"]) is None
    assert (several_domains(["b", "a", "b"]) or "").startswith("Different domains (b; a): ")


@pytest.mark.parametrize("method", ["levers", "flip", "sobol"])
def test_an_alliance_is_spoken_of_where_there_is_one(method: str) -> None:
    size = {"levers": ("--draws", "300", "--party", "us"), "flip": ("--draws", "300"), "sobol": ("--n", "300")}[method]
    with_nato = flat("sensitivity", "scenarios/membership.yaml", "--method", method, *size)
    without = flat("sensitivity", TREATY, "--method", method, *size)
    assert "An alliance's " in with_nato
    assert "An alliance's " not in without


def test_amend_speaks_of_opening_only_what_may_be_open(car: Path) -> None:
    def by_reservation(*args: object) -> bool:
        result = json.loads(call("amend", *args, "--format", "json", *FEW).stdout)
        [finding] = [x for x in result["findings"] if x["kind"] == "nothing_opened"]
        return bool(finding["reservation"])

    assert by_reservation(car / "best_for_seller.yaml")
    assert not by_reservation("scenarios/istanbul.yaml", "--changes", "1")


# --- which domain ---------------------------------------------------------------------------------


def test_the_folder_above_a_domain_is_its_library() -> None:
    done = call("show", "issues", "--domain", "scenarios/austria_1955")
    assert done.exit_code == 0
    assert done.stdout == call("show", "issues", "--domain", "scenarios/austria_1955/domain").stdout
    few = ("--no-save", "--draws", "50")
    run = call("run", TREATY, *few, "--domain", "scenarios/austria_1955")
    assert (run.exit_code, run.stdout) == (0, call("run", TREATY, *few).stdout)
    bare = call("show", "issues", "--domain", "results")
    assert "results: no whole domain; what is not there: issues.yaml, the issues and their options" in bare.stderr


@pytest.mark.parametrize(
    ("args", "where"),
    [
        (("D14b",), "scenarios/austria_1955/domain"),
        (("P064", "--domain", "scenarios/austria_1955/domain"), "scenarios/domain"),
    ],
)
def test_evidence_of_another_domain_is_found_there(args: tuple[str, ...], where: str) -> None:
    done = call("show", "evidence", *args)
    assert done.exit_code == 2
    assert f"{where} has one: --domain {where}" in " ".join(done.stderr.replace("│", " ").split())


def test_edits_of_another_domain_are_said_to_be_that() -> None:
    done = call("validate", TREATY, "--with", "scenarios/edits/dovish_us.yaml")
    assert done.exit_code == 3
    first, hint = done.stderr.splitlines()[:2]
    assert first == (
        "scenarios/edits/dovish_us.yaml:1:1: error: edits file: none of its 11 edits fits the domain of the scenario "
        "(Austria 1954 and 1955, terms of the State Treaty)"
    )
    assert hint.strip() == "they seem to belong to another domain"


def test_edits_that_fit_in_part_are_only_told_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "edits.yaml"
    file.write_text("title: Mixed\nedits:\n  us.unity.importance: minor\n  us.alignment.importance: minor\n")
    done = call("validate", TREATY, "--with", file)
    assert done.exit_code == 3
    assert "there is no issue alignment" in done.stderr
    assert "another domain" not in done.stderr
    # nor does one wrong edit make a file of another domain
    file.write_text("title: One\nedits:\n  us.alignment.importance: minor\n")
    assert "another domain" not in call("validate", TREATY, "--with", file).stderr
