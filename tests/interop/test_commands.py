"""``sim import`` and ``sim export`` as a person meets them: what is written, what is said, and what goes wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sim.files import system
from sim.files import text as texts
from sim.report.numbers import percent
from tests.exchange import CAR, CAR_BUYER, CAR_DOMAIN, JOB, changed, job_profile, sim, write

ROOT = Path(__file__).parents[2]
TERMS = ("--text", "Colour=Weiß", "--text", "warranty_years=n3", "--text", "Price=10,000")
DATED = ("--date", "2026-01-01")


@pytest.fixture(autouse=True)
def _at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def car(folder: Path) -> list[Path]:
    return write(folder / "car_files", CAR)


def test_an_imported_domain_validates_and_runs(tmp_path: Path) -> None:
    out = tmp_path / "car"
    done = sim("import", *car(tmp_path), "--out", out, *DATED, *TERMS)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == ""
    told = done.stderr.partition("names made into ids; tables and figures show them as written:\n")[2].splitlines()
    assert (
        told[:6]
        == [
            "  'Warranty (years)' is warranty_years",
            "  'Colour: Weiß' is colour: weiss",
            "  'Price: 9,000' is price: n9_000",
            "  'Price: 10,000' is price: n10_000",
            "  'Price: 11,500' is price: n11_500",
            f"wrote {out}: domain/ and best_for_buyer.yaml, best_for_seller.yaml, text.yaml",
        ]
        or "figures of the files" in told[5]
    )
    assert f"wrote {out}: domain/ and best_for_buyer.yaml, best_for_seller.yaml, text.yaml" in done.stderr
    assert f"next: sim run {out}/text.yaml" in done.stderr
    names = ("text", "best_for_buyer", "best_for_seller")
    files = [out / f"{name}.yaml" for name in names]
    assert sorted(p.name for p in out.iterdir()) == sorted(["domain", *(f.name for f in files)])
    checked = sim("validate", *files)
    assert (checked.exit_code, checked.stderr) == (0, "")
    scored = sim("run", *files, "--no-save", "--format", "json")
    results = {r["scenario"]["id"]: r for r in json.loads(scored.stdout)["results"]}
    gains = {p["id"]: p["gain"]["median"] for p in results["text"]["parties"]}
    # 0.2 x 0.4 + 0.3 x 0.5 + 0.5 x 0.6 - 0.45; 0.1 x 1 + 0.3 x 0.5 + 0.6 x 0.6
    assert gains == pytest.approx({"buyer": 0.08, "seller": 0.61}, abs=1e-12)  # not a place in a bin
    assert all(p["gain"]["p05"] == p["gain"]["p95"] for r in results.values() for p in r["parties"])
    shown = sim("run", files[0], "--no-save").stdout
    assert "+0.08  " in shown
    assert "[+0.08" not in shown
    assert results["best_for_buyer"]["parties"][0]["acceptability"]["estimate"] == 1
    position = (out / "domain/positions/buyer.yaml").read_text()
    assert "basis: assumed" in position
    assert "as in buyer.xml (source buyer)" in position
    sources = (out / "domain/sources.yaml").read_text()
    assert "title: buyer.xml, a profile of Genius" in sources
    assert sources.count("sha256:") == 3


def test_a_new_scenario_of_an_imported_domain_is_valid(tmp_path: Path) -> None:
    """No issue can be open there."""
    sim("import", *car(tmp_path), "--out", tmp_path / "car")
    assert sim("new", tmp_path / "car/mine.yaml").exit_code == 0
    text = (tmp_path / "car/mine.yaml").read_text()
    assert "valid as it stands: every issue has its first option" in text
    assert "      option: racing_green     # Racing green\n      # option: weiss          Weiß\n" in text
    done = sim("validate", tmp_path / "car/mine.yaml")
    assert done.exit_code == 0, done.stderr


def test_a_domain_of_geniusweb_likewise(tmp_path: Path) -> None:
    out = tmp_path / "job"
    done = sim("import", *write(tmp_path / "files", JOB), "--out", out)
    assert done.exit_code == 0, done.stderr
    assert sim("validate", out / "best_for_employee.yaml").exit_code == 0
    assert "n3000: 0.6" in (out / "domain/positions/employee.yaml").read_text()


def test_a_file_of_an_odd_name(tmp_path: Path) -> None:
    [odd] = write(tmp_path, {"b\udcff\x01.xml": CAR_BUYER})
    done = sim("import", odd, "--out", tmp_path / "car")
    assert done.exit_code == 0, done.stderr
    assert sim("validate", tmp_path / "car/best_for_b.yaml").exit_code == 0


def test_two_parties_of_one_name_are_two(tmp_path: Path) -> None:
    other = job_profile()
    other["LinearAdditiveUtilitySpace"]["issueWeights"] = {"lease car": 0.5, "salary": 0.5}
    paths = write(tmp_path, {"a.json": json.dumps(job_profile()), "b.json": json.dumps(other)})
    assert sim("import", *paths, "--out", tmp_path / "job").exit_code == 0
    names = sorted(p.stem for p in (tmp_path / "job/domain/positions").iterdir())
    assert names == ["employee", "employee_2"]


@pytest.mark.parametrize("target", ["genius", "geniusweb", "negmas"])
def test_export_says_what_the_text_is_worth(tmp_path: Path, target: str) -> None:
    sim("import", *car(tmp_path), "--out", tmp_path / "car", *DATED, *TERMS)
    done = sim("export", tmp_path / "car/text.yaml", "--to", target, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[2:] == [
        "  buyer   0.5300 - 0.4500 = +0.0800, accepts in 100% of draws",
        "  seller  0.6100 - 0.0000 = +0.6100, accepts in 100% of draws",
    ]
    suffix = {"genius": "xml", "geniusweb": "json", "negmas": "yaml"}[target]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        f"{n}.{suffix}" for n in ("buyer", "domain", "seller")
    ]
    assert done.stderr.splitlines()[0].startswith("not carried: The text (text), dates")


@pytest.mark.parametrize("target", ["genius", "geniusweb"])
def test_exported_files_import_to_the_same_domain(tmp_path: Path, target: str) -> None:
    sim("import", *car(tmp_path), "--out", tmp_path / "car", *DATED, *TERMS)
    sim("export", tmp_path / "car/text.yaml", "--to", target, "--out", tmp_path / "out")
    done = sim("import", *sorted((tmp_path / "out").iterdir()), "--out", tmp_path / "back", *DATED, *TERMS)
    assert done.exit_code == 0, done.stderr
    for name in ("domain/issues.yaml",):
        assert (tmp_path / "back" / name).read_text() == (tmp_path / "car" / name).read_text()
    again = sim("export", tmp_path / "back/text.yaml", "--to", target, "--out", tmp_path / "again")
    first = {p.name: p.read_text() for p in (tmp_path / "out").iterdir()}
    assert again.exit_code == 0
    assert {p.name: p.read_text() for p in (tmp_path / "again").iterdir()} == first


def test_export_of_a_shipped_scenario_lists_what_it_loses(tmp_path: Path) -> None:
    out = tmp_path / "new/folder"
    args = ["scenarios/membership.yaml", "--to", "genius", "--out", out, "--draws", 500, "--parties", "russia, us"]
    done = sim("export", *args, "--set", "us.fighting.weight=0.5")
    assert done.exit_code == 0, done.stderr
    assert sorted(p.name for p in out.iterdir()) == ["domain.xml", "russia.xml", "us.xml"]
    assert '<weight index="1" value="0.5"/>' in (out / "us.xml").read_text()
    assert "not carried: Red lines and refusals" in done.stderr
    assert "by which Genius divides; gains are the same" in done.stderr
    assert "  Russia  " in done.stdout


def test_export_marks_a_party_that_sees_another_package(tmp_path: Path) -> None:
    terms = ["--set", "proposal.guarantee_trigger=unanimous", "--set", "proposal.donbas=frozen_line"]
    done = sim("export", "scenarios/istanbul.yaml", *terms, "--draws", 100, "--to", "negmas", "--out", tmp_path / "o")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.count("(here an effect makes it another package)") == 7
    plain = sim("export", "scenarios/istanbul.yaml", "--draws", 100, "--to", "negmas", "--out", tmp_path / "p")
    assert plain.stdout == (
        "The text leaves donbas open, so it is no package of the export.\n"
        "Closed, it is one: --set proposal.donbas=...\n"
    )


def test_export_sets_the_share_of_draws_beside_a_mean(tmp_path: Path) -> None:
    """A mean gain above 0 may go with a refusal in every draw, and the share is what ``sim run`` finds."""
    file = "scenarios/austria_1955/soviet_draft_1954.yaml"
    args = (file, "--draws", 5000, "--seed", 3)
    done = sim("export", *args, "--to", "negmas", "--out", tmp_path / "o")
    assert done.exit_code == 0, done.stderr
    assert max(map(len, done.stdout.splitlines()[:2])) <= 100
    result = json.loads(sim("run", *args, "--no-save", "--format", "json").stdout)
    lines = done.stdout.splitlines()[2:]
    assert len(lines) == len(result["parties"]) == 6
    for line, party in zip(lines, result["parties"], strict=True):
        assert f", accepts in {percent(party['acceptability']['estimate'])} of draws" in line
    assert re.search(r"Austria +\S+ - \S+ = \+0\.1\d+, accepts in 0% of draws", done.stdout)


def test_one_profile_alone_is_warned_of(tmp_path: Path) -> None:
    [buyer, seller] = write(tmp_path, {"buyer.xml": CAR_BUYER, "seller.xml": CAR["seller.xml"]})
    alone = sim("import", buyer, "--out", tmp_path / "one")
    assert alone.exit_code == 0
    assert "warning: the domain has one party" in alone.stderr
    assert sim("run", tmp_path / "one/best_for_buyer.yaml", "--no-save").exit_code == 0
    assert "warning" not in sim("import", buyer, seller, "--out", tmp_path / "two").stderr


@pytest.mark.parametrize("kind", ["any", "Additive", "LINEAR", "linear-additive"])
def test_a_utility_is_judged_by_what_it_holds(tmp_path: Path, kind: str) -> None:
    typed = changed(CAR_BUYER, '<utility_space type="linear">', f'<utility_space type="{kind}">')
    [file] = write(tmp_path, {"buyer.xml": typed})
    done = sim("import", file, "--out", tmp_path / "out", *DATED)
    assert done.exit_code == 0, done.stderr
    told = "buyer.xml:1:16: warning: utility_space: of type 'any'; read as a sum over issues"
    assert (told in done.stderr) == (kind == "any")
    plain = write(tmp_path / "plain", {"buyer.xml": CAR_BUYER})
    assert sim("import", *plain, "--out", tmp_path / "as_linear", *DATED).exit_code == 0
    read = [(tmp_path / out / "best_for_buyer.yaml").read_text() for out in ("out", "as_linear")]
    assert read[0] == read[1]


# --- what goes wrong --------------------------------------------------------------------------


def test_nothing_is_written_over(tmp_path: Path) -> None:
    files = car(tmp_path)
    for command in (["import", *files], ["export", "scenarios/membership.yaml", "--to", "genius", "--draws", 10]):
        full = tmp_path / f"full_{command[0]}"
        full.mkdir()
        (full / "mine.txt").write_text("mine")
        done = sim(*command, "--out", full)
        assert done.exit_code == 1
        assert done.stderr == f"sim: {full}: already there, and not empty; --out DIR takes another folder\n"
        assert [p.name for p in full.iterdir()] == ["mine.txt"]
        (full / "mine.txt").unlink()
        assert sim(*command, "--out", full).exit_code == 0  # an empty one will do
        assert sim(*command, "--out", files[0]).exit_code == 1


def test_the_folder_one_is_in_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = car(tmp_path)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    done = sim("import", *files, "--out", ".")
    assert (done.exit_code, done.stderr) == (1, "sim: .: is the folder you are in; --out DIR takes another one\n")


def test_what_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = car(tmp_path)

    def no_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(system, "settle", no_disk)
    done = sim("import", *files, "--out", tmp_path / "deep/er/car")
    assert done.exit_code == 1
    assert "No space left on device" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["car_files"]


# as the tournaments with hypervolumes have it: a comment before the declaration
NONLINEAR = """\
<!-- profile 1 -->
<?xml version="1.0" encoding="utf-8" ?>
<utility_space type="nonlinear">
<objective name="root" index="0"><issue index="1" name="a" type="integer" lowerbound="0" upperbound="9"/></objective>
  <ufun type="PlainUfun"><hyperRectangle utility="9"><INCLUDES index="1" min="1" max="4"/></hyperRectangle></ufun>
</utility_space>
"""

BAD_FILES: dict[str, tuple[dict[str, str | bytes], str]] = {
    "cut off": ({"a.xml": CAR_DOMAIN[:300]}, "a.xml:7:3: error: file: the file ends before it is complete"),
    "a bomb": (
        {"a.xml": '<!DOCTYPE x [<!ENTITY a "aa">]>\n<x>&a;</x>'},
        "a.xml:1:13: error: file: a document type (<!DOCTYPE) is not read: with it come entities",
    ),
    "other XML": ({"a.xml": "<html/>"}, "a.xml:1:1: error: file: <html> is nothing that Genius writes"),
    "other JSON": ({"a.json": '{"a": 1}'}, "a.json:1:1: error: file: nothing that GeniusWeb writes"),
    "a list": ({"a.json": "[1]"}, "a.json:1:1: error: file: nothing that GeniusWeb writes"),
    "binary": ({"a.png": b"\x89PNG\r\n\x1a\n\x00"}, "a.png:1:1: error: file: neither XML nor JSON"),
    "empty": ({"a.json": ""}, "a.json:1:1: error: file: the file ends before it is complete"),
    "bad encoding": (
        {"a.xml": b"<?xml version='1.0' encoding='utf-8'?>" + CAR_BUYER.encode("latin-1")},
        "a.xml:8:33: error: file: byte 0xdf is not UTF-8",
    ),
    "no encoding at all": (
        {"a.xml": CAR_BUYER.encode("latin-1").replace(b"\xdf", b"\x81")},
        "a.xml:8:33: error: file: byte 0x81 is not UTF-8",
    ),
    "NegMAS's own YAML": (
        {"a.yml": "issues: []\nname: a\ntype: CartesianOutcomeSpace\n"},
        "a.yml:1:1: error: file: NegMAS's own YAML is not read",
    ),
    "a utility in NegMAS's own YAML": (
        {"a.yaml": "type: negmas.preferences.crisp.linear.LinearAdditiveUtilityFunction\n"},
        "a.yaml:1:1: error: file: NegMAS's own YAML is not read",
    ),
    "NegMAS's own JSON": (
        {"a.json": '{"name": "u", "type": "LinearAdditiveUtilityFunction"}'},
        "a.json:1:1: error: file: NegMAS's own JSON is not read",
    ),
    "text before the first tag": (
        {"a.xml": f"Saved by me.\n<?xml version='1.0'?>\n{CAR_BUYER}"},
        "a.xml:1:1: error: file: a text stands before the first tag",
    ),
    "a nonlinear profile": (
        {"a.xml": CAR_DOMAIN, "b.xml": NONLINEAR},
        "b.xml:5:3: error: profile: a nonlinear utility, no sum over issues, is not read",
    ),
    "JSON and XML": (
        {"a.xml": CAR_BUYER, "b.json": json.dumps(job_profile())},
        "b.json:1:1: error: file: JSON, and the first is XML; the files of one domain are of one format",
    ),
    "a domain alone": ({"a.xml": CAR_DOMAIN}, "a.xml:1:1: error: file: a domain without a profile of any party"),
    "two domains": (
        {"a.xml": CAR_DOMAIN, "b.xml": CAR_DOMAIN.replace("none", "red"), "c.xml": CAR_BUYER},
        "b.xml:1:1: error: file: a second domain, other than a.xml",
    ),
    "two domains of the same issues": (
        {"a.xml": CAR_DOMAIN, "b.xml": CAR_DOMAIN.replace("used car", "car"), "c.xml": CAR_BUYER},
        "b.xml:1:1: error: file: a second domain, with the same issues and options as a.xml",
    ),
    "the same domain twice": (
        {"a.xml": CAR_DOMAIN, "b.xml": CAR_DOMAIN, "c.xml": CAR_BUYER},
        "b.xml:1:1: error: file: the same domain, byte for byte, as a.xml",
    ),
    "the same twice": (
        {"a.xml": CAR_BUYER, "b.xml": CAR_BUYER},
        "b.xml:1:1: error: file: the same profile, byte for byte, as a.xml",
    ),
    "a negative weight": (
        {"a.xml": changed(CAR_BUYER, 'value="0.3"', 'value="-0.3"')},
        "a.xml:4:23: error: weight of Warranty (years): the weight -0.3 is negative",
    ),
}


@pytest.mark.parametrize(("files", "said"), BAD_FILES.values(), ids=BAD_FILES)
def test_bad_files_exit_3_with_one_located_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str | bytes], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, files)
    done = sim("import", *files, "--out", "out")
    assert done.exit_code == 3
    lines = done.stderr.splitlines()
    assert lines[0] == said
    assert lines[-1] == "1 error"
    assert not (tmp_path / "out").exists()


def test_huge_files_and_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    done = sim("import", folder, "--out", tmp_path / "out")
    assert done.exit_code == 3
    assert done.stderr.startswith(f"{folder}:1:1: error: file: a folder; files are read\n")
    missing = sim("import", tmp_path / "none.xml", "--out", tmp_path / "out")
    assert (missing.exit_code, missing.stderr) == (1, f"sim: {tmp_path}/none.xml: no such file\n")
    monkeypatch.setattr(texts, "SIZE", 1_000_000)
    [large] = write(tmp_path, {"large.xml": "<a>" + " " * 1_000_000 + "</a>"})
    done = sim("import", large, "--out", tmp_path / "out")
    assert done.exit_code == 3
    assert done.stderr.startswith(f"{large}:1:1: error: file: the file is larger than 1 MB\n")


TEXT_FAULTS: dict[str, tuple[list[str], str]] = {
    "no option": (["Colour"], "--text[1]:1:1: error: --text: expected ISSUE=OPTION"),
    "no such issue": (["Color=Weiß"], "--text[1]:1:1: error: --text: there is no issue Color"),
    "no such option": (["Colour=weis"], "--text[1]:1:8: error: --text: colour has no option weis"),
    "two options": (
        ["Colour=Weiß", "colour=none"],
        "--text[2]:1:8: error: --text: colour has another option already",
    ),
    "issues left out": (["Colour=Weiß"], "--text[1]:1:1: error: --text: no option for warranty_years, price"),
}


@pytest.mark.parametrize(("terms", "said"), TEXT_FAULTS.values(), ids=TEXT_FAULTS)
def test_faults_of_a_text(tmp_path: Path, terms: list[str], said: str) -> None:
    args: list[Any] = [part for term in terms for part in ("--text", term)]
    done = sim("import", *car(tmp_path), "--out", tmp_path / "out", *args)
    assert done.exit_code == 3
    assert done.stderr.splitlines()[0] == said
    assert not (tmp_path / "out").exists()


def test_usage(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert sim("import", *car(tmp_path)).exit_code == 2  # no --out
    assert sim("export", "scenarios/membership.yaml", "--to", "excel", "--out", out).exit_code == 2
    done = sim("export", "scenarios/membership.yaml", "--to", "genius", "--out", out, "--parties", "russia,rusia")
    assert done.exit_code == 2
    assert "there is no party 'rusia'; did you mean russia?" in " ".join(done.stderr.split()).replace("│ ", "")
    twisted = sim("export", "scenarios/nothing.yaml", "--to", "genius", "--out", out)
    assert twisted.exit_code == 1
    assert not out.exists()
    for command in ("import", "export"):
        assert f"Example: sim {command} " in sim(command, "--help").stdout


def test_ranges_that_leave_nothing_to_draw_from(tmp_path: Path) -> None:
    tight = [f"us.{issue}.weight=[0.06666, 0.06667]" for issue in ("fighting", "alignment", "sanctions", "crimea")]
    tight += ["us.donbas.weight=[0.73329, 0.7333]"]
    sets = [part for edit in tight for part in ("--set", edit)]
    done = sim("export", "scenarios/membership.yaml", "--to", "genius", "--out", tmp_path / "o", *sets)
    assert done.exit_code == 3
    assert "us: the ranges leave almost nothing to draw from" in done.stderr


def test_neither_command_imports_mesa(tmp_path: Path) -> None:
    code = (
        "import sys; from sim.cli import app\n"
        "try: app(sys.argv[1:])\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "assert 'mesa' not in sys.modules"
    )
    for command in (
        ["import", *car(tmp_path), "--out", tmp_path / "car"],
        ["export", tmp_path / "car/best_for_buyer.yaml", "--to", "genius", "--out", tmp_path / "out"],
    ):
        done = subprocess.run([sys.executable, "-c", code, *map(str, command)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
