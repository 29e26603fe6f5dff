"""What the documents say is what the program does."""

from __future__ import annotations

import doctest
import itertools
import re
import struct
from pathlib import Path

import pytest
import yaml

import sim
from sim.analysis.library.document import library_text
from sim.report.english import SENTENCES
from sim.results.result import Result, RunFinding
from sim.scenario.catalogue import shipped_texts
from tests import readme
from tests.documented import documented, documented_findings, findings, keys

ROOT = Path(__file__).parent.parent
TEXTS = {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in readme.DOCUMENTS}
FRONT = TEXTS["README.md"]
#: A path in backquotes, as documents write it; one with ``<question>`` and the like in it stands for many.
PATH = re.compile(r"`((?:(?:sim|tests|scenarios|\.ci)/[\w./-]*)|[\w./-]+\.(?:py|toml|md|cff|txt))`")


def test_the_first_page_is_short() -> None:
    assert len(FRONT.splitlines()) <= 180


@pytest.mark.parametrize("document", TEXTS)
def test_generated_blocks_are_what_the_commands_print(document: str) -> None:
    text = TEXTS[document]
    assert readme.made_anew(text) == text, "stale: python -m tests.readme --write"


def test_no_generated_block_went_missing() -> None:
    counts = {document: len(readme.BLOCK.findall(text)) for document, text in TEXTS.items()}
    assert counts["README.md"] >= 1
    assert counts["results/README.md"] >= 8


@pytest.mark.parametrize("document", TEXTS)
def test_paths_that_documents_name_are_there(document: str) -> None:
    """Paths in backquotes: from the top, from the document, from ``sim/``; a bare name is one of many of that name."""
    homes = (ROOT, (ROOT / document).parent, ROOT / "sim")
    text = TEXTS[document]
    names = {path.name for folder in ("sim", "tests") for path in (ROOT / folder).rglob("*.py")}
    paths = [*PATH.findall(text), *re.findall(r"(?<![\w/.`<>-])((?:\w+/)+\w+\.py)\b", text)]
    assert [p for p in paths if p not in names and not any((home / p).exists() for home in homes)] == []


@pytest.mark.parametrize("document", TEXTS)
def test_links_lead_somewhere(document: str) -> None:
    """To a file that is there and, in a document of ours, to a heading of it."""
    home = (ROOT / document).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", TEXTS[document], flags=re.DOTALL)):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        place = (home / file).resolve() if file else ROOT / document
        assert place.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", place.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {anchor_of(heading) for heading in headings}, target


def anchor_of(heading: str) -> str:
    """A heading as links name it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_readme_figures_are_what_the_commands_draw() -> None:
    figures = readme.drawn_anew(FRONT)
    assert figures
    for path, svg in figures.items():
        held = readme.words(path.read_text(encoding="utf-8"))
        assert len(held) > 20
        assert held == readme.words(svg), f"{path.name} is stale: python -m tests.readme --write"


def test_pictures_are_there_and_small() -> None:
    """With words for who does not see them; wide enough to be read, and light enough for a first page."""
    pictures = re.findall(r"!\[([^\]]+)\]\((results/[\w.]+\.png)\)", FRONT)
    assert [file for _, file in pictures] == ["results/desk.png", "results/site.png"]
    for words, file in pictures:
        content = (ROOT / file).read_bytes()
        width, height = struct.unpack(">II", content[16:24])
        assert content.startswith(b"\x89PNG\r\n")
        assert (width >= 800, height >= 500, len(content) < 200_000) == (True, True, True), file
        assert len(words) > 40


def test_python_examples_of_the_documents_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = doctest.testfile(str(ROOT / "sim/README.md"), module_relative=False)
    assert done.attempted >= 5
    assert done.failed == 0


def test_ci_runs_the_two_commands_of_the_readme() -> None:
    commands = [c for c in re.findall(r"```sh\n(.*?)\n```", FRONT, re.DOTALL) if "venv/bin/pip" in c]
    assert len(commands) == 2
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in script if line in commands] == commands


def test_commands_of_the_documents_validate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sim command in a shell block names real options; the ones that edit load."""
    import shlex

    monkeypatch.chdir(ROOT)
    shell = [block for text in TEXTS.values() for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)]
    inline = re.findall(r"`(sim run [^`]*)`", "".join(TEXTS.values()))
    lines = [*(line for block in shell for line in block.splitlines()), *(" ".join(line.split()) for line in inline)]
    edits = [
        line for line in lines if line.startswith("sim run scenarios/") and "--set" in line and "ISSUE" not in line
    ]
    assert len(edits) >= 7
    for line in edits:
        words = shlex.split(line, comments=True)
        sets = [value for option, value in itertools.pairwise(words) if option == "--set"]
        protocol = words[words.index("--protocol") + 1] if "--protocol" in words else None
        assert len(sim.load(words[2], edits=sets, protocol=protocol).scenario.edits) == len(sets)


def test_every_key_of_a_result_is_documented_and_no_other() -> None:
    assert documented("sim.result/1") == keys(Result)


def test_every_kind_of_finding_of_a_run_is_documented_and_said() -> None:
    kinds = findings(RunFinding)
    assert documented_findings("sim.result/1") == kinds
    assert {*SENTENCES} >= {*kinds}


def test_library_is_not_stale() -> None:
    """To two decimals, as printed; of every domain."""
    made = library_text(sim.load_all(shipped_texts(ROOT / "scenarios")))
    assert (ROOT / "results" / "library.md").read_text(encoding="utf-8") == made, "stale: sim library"


def test_how_to_cite_it_names_this_version() -> None:
    """CITATION.cff is valid YAML with what version 1.2.0 of its form requires; the list of changes has the version."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == sim.__version__
    headings = re.findall(r"^## \[(.+?)\] - (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == (sim.__version__, str(citation["date-released"]))


def test_the_guide_to_results_lists_all_its_parts() -> None:
    """What stands before, then the keys of every document, then its findings."""
    contents, _, rest = TEXTS["results/README.md"].partition("\n## ")
    parts = [anchor_of(heading) for heading in re.findall(r"^## (.*)$", f"## {rest}", re.MULTILINE)]
    parts.sort(key=lambda part: (part.startswith("findings-of"), part.startswith("keys-of")))
    assert re.findall(r"\(#(.+?)\)", contents) == parts
