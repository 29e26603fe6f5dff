"""The bundles of shared options: what of them a command has, what it gets, and the first screen of a page."""

from __future__ import annotations

import inspect
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from sim.analysis.amend import page as amend_page
from sim.analysis.search import page as search_page
from sim.cli import app, options
from sim.cli.options import Inputs, Output, bundled, without
from sim.report import outcome
from tests import small

#: Commands with a page, and what makes each quick on the small scenario.
PAGES = {
    "run": ["--no-save"],
    "compare": ["--under", "edits.yaml"],
    "amend": ["--changes", "1"],
    "frontier": [],
    "search": [],
    "sensitivity": [],
}


def lines(command: str, folder: Path, *more: str) -> list[str]:
    (folder / "edits.yaml").write_text("title: Calm\nedits:\n  red.status.importance: minor\n", encoding="utf-8")
    argv = [command, str(small.write(folder)), "--draws", "100", *PAGES[command], *more]
    done = CliRunner().invoke(app, [str(folder / a) if a == "edits.yaml" else a for a in argv])
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def test_a_command_gets_the_bundles_it_names() -> None:
    calls: list[tuple[Any, ...]] = []

    @bundled
    def command(
        file: str,
        *,
        inputs: Annotated[Inputs, ("seed", "draws")],
        more: bool = False,
        output: Annotated[Output, without(Output, "wide")],
    ) -> None:
        calls.append((file, inputs, more, output))

    names = ["file", "seed", "draws", "more", *(f.name for f in fields(Output) if f.name != "wide")]
    assert list(inspect.signature(command).parameters) == names
    alone = typer.Typer()
    alone.command()(command)
    runner = CliRunner()
    assert runner.invoke(alone, ["x", "--draws", "7", "--more", "-q", "-f", "csv"]).exit_code == 0
    assert calls == [("x", Inputs(draws=7), True, Output(quiet=True, format="csv"))]
    for missing in ("--wide", "--as-of=2022-01-01"):
        assert runner.invoke(alone, ["x", missing]).exit_code == 2


def test_inputs_name_what_was_written() -> None:
    assert Inputs().names() == []
    assert Inputs(edits=[], edit_files=[], draws=0, domain=Path()).names() == ["--draws", "--domain"]
    whole = Inputs(1, 2, ["a=b"], [Path("e")], options.day("2022-03-29"), "all", Path("d"), "vote")
    flags = ["--draws", "--seed", "--set", "--with", "--as-of", "--evidence", "--domain", "--protocol"]
    assert whole.names() == flags


@pytest.mark.parametrize("command", PAGES)
def test_the_first_screen_is_part_of_the_whole_page(command: str, tmp_path: Path) -> None:
    first, whole = lines(command, tmp_path), lines(command, tmp_path, "--full")
    [more] = [line for line in first if line.endswith("with --full.")] or [None]
    assert not any(line.endswith("with --full.") for line in whole)
    assert (more is None) == (first == whole)
    assert len(first) <= len(whole) + 1
    assert lines(command, tmp_path, "--format", "md") == lines(command, tmp_path, "--format", "md", "--full")


def test_the_command_line_starts_without_the_libraries_of_its_commands() -> None:
    """Each is imported where it is used, so that --help and a mistyped option answer at once."""
    heavy = ("fastapi", "matplotlib", "mesa", "numpy", "openpyxl", "pydantic", "scipy", "uvicorn", "yaml")
    script = f"import sim.cli, sys; print(*[x for x in {heavy} if x in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


#: Kinds of findings without which a figure of a first screen would be trusted too far.
TRUST = {
    "run": {"not_modelled", "filler_range", "read_out", "silent_sources", "few_draws", "open_issues", "default_terms"},
    "amend": {"consent_left_out", "picked_best"},
    "search": {"consent_left_out", "fresh_draws", "loose_bound", "not_binding"},
}


def test_first_screens_keep_what_bears_on_trust() -> None:
    first = {"run": outcome.FIRST, "amend": amend_page._FIRST, "search": search_page.FIRST}
    for command, kinds in TRUST.items():
        assert kinds <= {*first[command]}, command
