"""Imports go one way, and heavy libraries stay where they belong."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import SLOW

PACKAGE = Path(__file__).parent.parent / "sim"
#: Rooms from the command line down to the words; a module may import from its own row and below. The talks are a
#: folder whose modules stand in rows of their own.
ROWS = (
    ("cli", "__main__"),
    ("library", "listing", "explaining", "views", "plots"),
    ("sheets",),
    ("starting_domain",),
    ("tables", "starting"),
    ("layout",),
    ("file_schemas",),
    ("interop",),
    ("analysis",),
    ("api", "__init__"),
    ("talks.checks",),
    ("runs",),
    ("summary", "saving", "voting_words"),
    ("ratification",),
    ("talks.summary", "talks.notes"),
    ("talks.words",),
    ("objections",),
    ("verdict",),
    ("option_notes", "weight_notes", "edit_notes"),
    ("percents",),
    ("saved_checks",),
    ("results", "runner"),
    ("naming",),
    ("model",),
    ("protocols", "parties"),
    ("talks.tally",),
    ("talks.refusals",),
    ("tally",),
    ("talks.mediation", "talks.offers"),
    ("talks.offers_by_zone", "talks.offers_in_full"),
    ("talks.zone",),
    ("acceptability",),
    ("talks.varied_texts", "talks.tactics"),
    ("preferences",),
    ("talks.candidates",),
    ("consent",),
    ("profiles",),
    ("talks.endings",),
    ("neighbourhoods",),
    ("packages",),
    ("histogram",),
    ("draws",),
    ("uniform_sums",),
    ("reactions",),
    ("loading",),
    ("gathering",),
    ("validation",),
    ("faults",),
    ("checks",),
    ("domain_checks", "negotiation_checks", "option_checks"),
    ("checker",),
    ("edits",),
    ("negotiation_edits",),
    ("edit_steps",),
    ("edit_paths",),
    ("evidence", "repeats"),
    ("schema",),
    ("negotiation_schema",),
    ("fields",),
    ("titles",),
    ("inheriting",),
    ("reading", "csv_reading"),
    ("texts",),
    ("catalogue",),
    ("places",),
    ("nodes",),
    ("writing", "written"),
    ("complaints", "cautions", "ceilings", "looked_for", "_version", "talks", "system"),
)
ROW = {module: row for row, modules in enumerate(ROWS) for module in modules}
#: Which modules may import a library at all.
HOME = {
    "mesa": {"parties", "model"},
    "typer": {"cli"},
    "rich": {"cli", "tables", "layout", "sheets", "listing", "explaining", "complaints"},
    "matplotlib": {"plots"},
    "openpyxl": {"interop"},
    "scipy": {"analysis"},
    "yaml": {"reading"},
    "pydantic": {
        "fields",
        "schema",
        "negotiation_schema",
        "file_schemas",
        "faults",
        "results",
        "naming",
        "reactions",
        "validation",
        "gathering",
        "saving",
        "cli",
        "analysis",
    },
}
FILES = sorted(PACKAGE.rglob("*.py"))


def module(path: Path) -> str:
    return room(path.relative_to(PACKAGE).with_suffix("").parts)


def room(parts: Sequence[str]) -> str:
    """A module or folder of the package; of the talks, a module of that folder."""
    return ".".join(parts[:2]) if parts[0] == "talks" and parts[1:] and parts[1] != "__init__" else parts[0]


def imports(path: Path) -> list[tuple[str, str, bool]]:
    """(library, module of sim, inside a type-checking block) of every import."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for child in block.body
        for node in ast.walk(child)
    }
    found = []
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert node.level == 0, f"{path}: relative import"
            names = [f"sim.{a.name}" for a in node.names] if node.module == "sim" else [node.module]
        for name in names:
            parts = name.split(".")
            other = room(parts[1:]) if parts[0] == "sim" and len(parts) > 1 else ""
            found.append((parts[0], other, id(node) in typing_only))
    return found


def test_every_module_has_a_row() -> None:
    assert {module(p) for p in FILES} == set(ROW)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    own = module(path)
    for library, other, typing_only in imports(path):
        if library == "sim" and other in ROW and not typing_only:
            assert ROW[other] >= ROW[own], f"{own} imports {other}"
        if library in HOME and not typing_only:
            assert own in HOME[library], f"{own} imports {library}"


def test_nothing_imports_peers() -> None:
    assert not {lib for p in FILES for lib, _, _ in imports(p)} & {
        "negmas",
        "pysensmcda",
        "SALib",
        "pandas",
        "networkx",
    }


def test_no_global_random_state() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        if module(path) != "draws":
            assert "default_rng" not in text, path
            assert "SeedSequence(" not in text, path
        assert "np.random.seed" not in text, path
        assert "model.random" not in text, path


def test_what_is_marked_slow_is_there() -> None:
    """A test that is renamed must be renamed in slow.txt too, or README's second command grows."""
    home = Path(__file__).parent
    for entry in SLOW:
        file, _, name = entry.partition("::")
        assert f"def {name}" in (home / file).read_text(encoding="utf-8"), entry
