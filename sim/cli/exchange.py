"""Commands that exchange domains with the field's formats: import, export."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sim.cli.execution import shared_work
from sim.cli.names import load_files, named_parties
from sim.cli.options import OneFile, Quiet, Scoring, bundled, day, one_of
from sim.cli.output import remark, say, tell, warn

if TYPE_CHECKING:
    from sim.interop.exporting import Exported
    from sim.scenario import schema


ALONE = (
    "warning: the domain has one party: sim run and explain score it, but there is nobody to agree "
    "with, and what weighs parties against each other (sim frontier, joint shares of sim compare) needs two"
)
#: So many open issues are named one by one.
NAMED = 5


#: Formats of :data:`sim.interop.formats.WRITERS`, and tables.
Target = Literal["genius", "geniusweb", "negmas", "csv", "xlsx"]


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="A table (.csv, .xlsx); or profiles of Genius (XML) or GeniusWeb (JSON), and their domain.",
        ),
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="A folder that is not there yet, or empty.", show_default=False)
    ],
    text: Annotated[
        list[str] | None,
        typer.Option(metavar="ISSUE=OPTION", help="A term of the text to score; give one for every issue."),
    ] = None,
    date: Annotated[
        dt.date | None,
        typer.Option(parser=day, metavar="DATE", help="The day of positions and texts (default: today)."),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=2, max=2000, help="How many numbers of a large or real range become options.")
    ] = None,
    sheet: Annotated[
        str | None, typer.Option(metavar="NAME", help="The sheet of a workbook (default: the one with a table).")
    ] = None,
    as_written: Annotated[
        bool,
        typer.Option("--as-written", help="Take evaluations of Genius files as they stand, as NegMAS writes them."),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Make a folder of scenarios out of a table, or of a domain and profiles of Genius or GeniusWeb."""
    from sim.interop.folders import check_free, write_folder
    from sim.interop.importing import import_profiles
    from sim.interop.table_importing import import_table, is_table

    check_free(out)
    date = date or dt.date.today()
    if any(map(is_table, files)):
        for option, wanted in (("--steps", steps is not None), ("--as-written", as_written)):
            if wanted:
                raise typer.BadParameter("is for profiles of Genius and GeniusWeb", param_hint=option)
        if len(files) > 1:
            what = "a table is imported alone: it holds all parties and issues"
            raise typer.BadParameter(what, param_hint="FILE...")
        imported = import_table(files[0], date, text or (), sheet)
    elif sheet is not None:
        raise typer.BadParameter("is for workbooks (.xlsx)", param_hint="--sheet")
    else:
        imported = import_profiles(files, date, text or (), steps, as_written)
    write_folder(out, imported.files)
    warn(imported.warnings)
    if imported.renamed:
        lines = "".join(f"\n  {name!r} is {id}" for name, id in imported.renamed)
        tell(f"names made into ids; tables and figures show them as written:{lines}")
    if imported.unknown:
        tell("empty, so read as unknown:" + "".join(f"\n  {line}" for line in imported.unknown))
    if imported.parties == 1:
        tell(ALONE)
    remark(imported.origin)
    remark(f"wrote {out}: domain/ and {', '.join(imported.texts)}")
    command = "new" if imported.first is None else "run"
    remark(f"next: sim {command} {shlex.quote(str(out / (imported.first or 'text.yaml')))}")


@bundled
@shared_work()
def export(
    file: OneFile,
    to: Annotated[Target, one_of(Target, help="The format.")],
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR|FILE",
            help="A folder that is not there yet, or empty; of a table the file, .csv or .xlsx.",
            show_default=False,
        ),
    ],
    parties: Annotated[
        str | None, typer.Option(metavar="PARTY,PARTY", help="Only these parties (default: all of the domain).")
    ] = None,
    *,
    inputs: Scoring,
    quiet: Quiet = False,
) -> None:
    """Write a scenario's positions as a table, or expected preferences for Genius, GeniusWeb or NegMAS."""
    from sim.interop.folders import check_free, check_new, write_folder

    table = to in ("csv", "xlsx")
    if not table:
        check_free(out)
    elif out.suffix.lower() != f".{to}":
        raise typer.BadParameter(f"a table is a file: name one that ends in .{to}", param_hint="--out")
    else:
        check_new(out)
    [loaded] = load_files([file], inputs)
    chosen = named_parties(parties, loaded.scenario.domain.positions.values(), "--parties")
    if table:
        _export_table(loaded.scenario, chosen, to, out)
        return
    from sim.interop.exporting import exported
    from sim.interop.formats import WRITERS

    result = exported(loaded, chosen)
    texts, fitted = WRITERS[to](result.domain, result.ids)
    write_folder(out, texts)
    for words in result.lost:
        tell(f"not carried: {words}")
    for words in fitted:
        tell(words)
    for line in _worth(result):
        say(line)
    remark(f"wrote {out}: {', '.join(texts)}")


def _export_table(scenario: schema.Scenario, parties: Sequence[str] | None, to: Target, out: Path) -> None:
    from sim.files.writing import write_bytes
    from sim.interop.folders import check_new
    from sim.interop.table_writing import csv_bytes, written, xlsx_bytes

    table = written(scenario, parties)
    content = csv_bytes(table) if to == "csv" else xlsx_bytes(table, scenario.id)
    check_new(out)
    write_bytes(out, content)
    for words in table.lost:
        tell(f"not carried: {words}")
    remark(f"wrote {out}; sim import reads it back")


def _worth(result: Exported) -> list[str]:
    """What the text is worth to each party, to check the other program's figures by."""
    from sim.files.grammar import listed
    from sim.report.numbers import percent

    if result.text is None:
        closing = " ".join(f"--set proposal.{issue}=..." for issue in result.open_issues[:NAMED])
        return [
            f"The text leaves {listed(result.open_issues)} open, so it is no package of the export.",
            f"Closed, it is one: {closing}" + (" and so on" if len(result.open_issues) > NAMED else ""),
        ]
    out = [
        "What the text is worth, less the reservation value, is the expected gain. Behind it, what a mean",
        "cannot say: the share of draws in which it accepts here (an alliance by itself), its lines binding.",
    ]
    width = max(len(party.name) for party in result.domain.parties)
    for id, party, share in zip(result.ids, result.domain.parties, result.accepting, strict=True):
        worth = party.of(result.text)
        sums = f"{worth:.4f} - {party.reservation:.4f} = {worth - party.reservation:+.4f}"
        but = "  (here an effect makes it another package)" if id in result.otherwise else ""
        out.append(f"  {party.name:<{width}}  {sums}, accepts in {percent(share)} of draws{but}")
    return out
