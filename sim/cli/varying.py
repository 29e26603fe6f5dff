"""Commands that ask what would have to change: sweep, amend."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from sim.cli import common
from sim.cli.common import Format, reporting
from sim.files.ceilings import MOST_ROWS

SWEEP = "Example: sim sweep istanbul --vary 'us.fighting.importance=minor,moderate,major,critical'"
AMEND = "Example: sim amend istanbul --changes 2 --keep alignment"


class Severity(StrEnum):
    hard = "hard"
    legal = "legal"
    political = "political"


def register(app: typer.Typer) -> None:
    app.command(epilog=SWEEP)(sweep)
    app.command(epilog=AMEND)(amend)


def sweep(
    file: common.OneFile,
    vary: Annotated[
        list[str],
        typer.Option(
            "--vary",
            metavar="PATH=VALUES",
            help="What to vary, once or twice: PATH=a,b,c or PATH=LO:HI:N (N numbers); paths as for --set."
            " The value as_it_stands leaves the cell alone. as_of=DATE,DATE varies the day of the positions.",
        ),
    ],
    draws: common.Draws = None,
    seed: common.Seed = None,
    sets: common.Sets = None,
    withs: common.Withs = None,
    as_of: common.AsOf = None,
    evidence: common.EvidenceMode = None,
    domain: common.DomainDir = None,
    format: common.FormatName = Format.table,
    plot: common.PlotFile = None,
    title: common.FigureTitle = None,
    quiet: common.Quiet = False,
) -> None:
    """Vary one or two cells, or the day of the positions: how acceptance goes, and where it crosses one half."""
    with reporting(quiet):
        common.check_plot(plot, title)
        [loaded] = common.load_files([file], sets, withs, as_of, evidence, domain, draws, seed, None)
        from sim.analysis.sweep import page as view
        from sim.analysis.sweep.sweep import sweep as swept
        from sim.analysis.sweep.variations import parse_variations

        points = 1
        for variation in parse_variations(vary):
            points *= len(variation.values)
        with common.progress_bar(loaded.scenario.draws * points) as progress:
            result = swept(loaded, vary, progress=progress)
        common.emit(result, view, format)
        if plot is not None:
            from sim.analysis.sweep import figure as figure

            common.write_plot(plot, lambda: figure.draw(result), title)


def amend(
    file: common.OneFile,
    changes: Annotated[int, typer.Option(min=1, max=3, help="How many terms may change at most.")] = 2,
    keep: Annotated[
        list[str] | None, typer.Option("--keep", metavar="ISSUE,...", help="Leave these terms as they are.")
    ] = None,
    party: Annotated[
        str | None, typer.Option(metavar="PARTY", help="Look for what costs this party least and still does its work.")
    ] = None,
    constraints: Annotated[
        Severity, common.one_of(Severity, "--constraints", help="Which constraints bind: up to this severity.")
    ] = Severity.legal,
    top: Annotated[
        int, typer.Option(min=1, max=MOST_ROWS, help="How many amendments are listed for each number of changes.")
    ] = 5,
    draws: common.Draws = None,
    seed: common.Seed = None,
    sets: common.Sets = None,
    withs: common.Withs = None,
    as_of: common.AsOf = None,
    evidence: common.EvidenceMode = None,
    domain: common.DomainDir = None,
    format: common.FormatName = Format.table,
    plot: common.PlotFile = None,
    title: common.FigureTitle = None,
    quiet: common.Quiet = False,
) -> None:
    """Find the smallest changes of the text that raise joint acceptability most."""
    with reporting(quiet):
        common.check_plot(plot, title)
        [loaded] = common.load_files([file], sets, withs, as_of, evidence, domain, draws, seed, None)
        kept = common.named_issues(keep, loaded.scenario.domain.issues.issues, "--keep")
        party = common.known_party(party, loaded.scenario.domain.positions.values())
        from sim.analysis.amend import page as view
        from sim.analysis.amend.amend import amend as amended

        with common.progress_bar(loaded.scenario.draws * 10 ** (changes + 1), "scoring amendments") as progress:
            result = amended(
                loaded,
                changes=changes,
                keep=kept,
                party=party,
                constraints=constraints.value,
                top=top,
                progress=progress,
            )
        common.emit(result, view, format)
        if plot is not None:
            from sim.analysis.amend import figure as figure

            common.write_plot(plot, lambda: figure.draw(result), title)
