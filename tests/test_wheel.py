"""The wheel by itself: built, installed apart from the checkout, and used in an empty folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import sim
from sim.scenario import catalogue
from tests.readme import ROOT, copy_shipped, shipped_files

PACKAGE = Path(sim.__file__).parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [made] = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with the wheel in it, which comes before those of this environment."""
    folder = tmp_path_factory.mktemp("site")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(folder)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    return folder


def test_the_wheel_holds_what_is_shipped(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    texts = {f"sim/{file.relative_to(ROOT).as_posix()}" for file in shipped_files()}
    assert "sim/py.typed" in names
    assert {name for name in names if name.startswith("sim/scenarios/")} == texts
    assert not [f for f in PACKAGE.rglob("*.py") if f.relative_to(PACKAGE.parent).as_posix() not in names]
    assert not [n for n in names if n.startswith(("tests/", "results/", "scenarios/"))]


def test_the_list_of_what_is_built_in_is_the_index() -> None:
    files = shipped_files()
    home = ROOT / catalogue.HOME
    assert not [file for file in files if not file.is_file()]
    assert len(set(files)) == len(files)
    beside = {f for f in files if f.suffix == ".yaml" and f.parent in {home / library for library in catalogue.SHIPPED}}
    assert beside == set(catalogue.shipped_texts(home))
    domains = {home / library / catalogue.DOMAIN for library in catalogue.SHIPPED}
    assert {f.parent for f in files if f.name == "issues.yaml"} == domains
    inside = {*domains, *(folder / "positions" for folder in domains), home / catalogue.EDITS, home / "backtest"}
    assert {f.parent for f in files} - beside_folders(beside) == inside
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(["git", "ls-files", "scenarios"], cwd=ROOT, check=True, capture_output=True, text=True)
        assert {ROOT / name for name in listed.stdout.split()} == set(files)


def beside_folders(texts: set[Path]) -> set[Path]:
    return {file.parent for file in texts}


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_a_file_of_ones_own_is_not_built_in(target: str, tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    place = tmp_path / "checkout"
    shutil.copytree(PACKAGE, place / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md"):
        shutil.copyfile(ROOT / name, place / name)
    shutil.copytree(ROOT / "results", place / "results")
    copy_shipped(place)
    own = ("my_text.yaml", "domain/positions/me.yaml", "edits/mine.yaml", "austria_1955/mine.yaml", "talks/mine.yaml")
    for name in own:
        file = place / "scenarios" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("title: mine\n", encoding="utf-8")
    build = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(tmp_path)]
    subprocess.run(build, cwd=place, check=True, capture_output=True)
    if target == "wheel":
        [made] = tmp_path.glob("*.whl")
        names = zipfile.ZipFile(made).namelist()
    else:
        [made] = tmp_path.glob("*.tar.gz")
        with tarfile.open(made) as archive:
            names = archive.getnames()
    inside = {name.partition("/scenarios/")[2] for name in names if "/scenarios/" in name}
    assert inside == {file.relative_to(ROOT / "scenarios").as_posix() for file in shipped_files()}


def test_the_wheel_works_in_an_empty_folder(site: Path, tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "COLUMNS"} | {"PYTHONPATH": str(site)}

    def call(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", *args]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    def out(*args: str) -> str:
        done = call("sim", *args)
        assert done.returncode == 0, done.stderr
        assert str(ROOT) not in done.stdout + done.stderr
        return done.stdout

    listed = out("list")
    assert str(site / "sim" / "scenarios") in listed
    for file in catalogue.shipped_texts():
        assert file.stem in listed
    by_id = out("run", "istanbul", "--draws", "200")
    assert by_id.endswith(f"Library: shipped with sim {sim.__version__}.\n")
    assert [p.name for p in (tmp_path / "results").iterdir()] == ["istanbul"]
    [saved] = (tmp_path / "results" / "istanbul").iterdir()
    assert out("run", str(saved), "--no-save").splitlines()[0] == by_id.splitlines()[0]
    assert "state_treaty_1955" in out("run", "austria_1955/state_treaty_1955", "--no-save", "--draws", "200")
    assert "neutrality" in out("show", "issues")
    out("new", "mine.yaml")
    assert "mine.yaml: in order" in out("validate", "mine.yaml", "istanbul")
    out("run", "mine.yaml", "istanbul", "--with", "dovish_us", "--draws", "200", "--no-save")
    path = str(site / "sim" / "scenarios" / "membership.yaml")
    assert "(membership" in out("run", path, "--draws", "200", "--no-save", "--plot", "figure.svg")
    assert (tmp_path / "figure.svg").is_file()
    assert "name it by that" in call("sim", "run", "scenarios/istanbul.yaml").stderr
