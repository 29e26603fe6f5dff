"""Commands that exchange domains with the field's formats: import, export."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import common
from sim.cli.common import reporting

if TYPE_CHECKING:
    from sim.interop.exporting import Exported
    from sim.scenario import schema

IMPORT = "Example: sim import car_domain.xml buyer.xml seller.xml --out car"
EXPORT = "Example: sim export istanbul --to genius --out istanbul_genius"
ALONE = (
    "warning: the domain has one party: sim run and explain score it, but there is nobody to agree "
    "with, and what weighs parties against each other (sim frontier, joint shares of sim compare) needs two"
)
#: So many open issues are told one by one.
TOLD = 5


class Target(StrEnum):
    genius = "genius"
    geniusweb = "geniusweb"
    negmas = "negmas"
    csv = "csv"
    xlsx = "xlsx"


OutDir = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="A folder that is not there yet, or empty.", show_default=False)
]


def register(app: typer.Typer) -> None:
    app.command("import", epilog=IMPORT)(import_)
    app.command("export", epilog=EXPORT)(export)


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="A table (.csv, .xlsx); or profiles of Genius (XML) or GeniusWeb (JSON), and their domain.",
        ),
    ],
    out: OutDir,
    text: Annotated[
        list[str] | None,
        typer.Option("--text", metavar="ISSUE=OPTION", help="A term of the text to score; give one for every issue."),
    ] = None,
    date: Annotated[
        dt.date | None,
        typer.Option(parser=common._day, metavar="DATE", help="The day of positions and texts (default: today)."),
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(min=2, max=2000, help="How many numbers of a large or real range become options."),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option(metavar="NAME", help="The sheet of a workbook (default: the one with a table).")
    ] = None,
    as_written: Annotated[
        bool,
        typer.Option("--as-written", help="Take evaluations of Genius files as they stand, as NegMAS writes them."),
    ] = False,
    quiet: common.Quiet = False,
) -> None:
    """Make a folder of scenarios out of a table, or of a domain and profiles of Genius or GeniusWeb."""
    with reporting(quiet):
        from sim.files.complaints import render
        from sim.interop import importing
        from sim.interop.files import read_files
        from sim.interop.folders import check_free, write_folder
        from sim.interop.table_importing import is_table

        check_free(out)
        if any(map(is_table, files)):
            for option, given in (("--steps", steps is not None), ("--as-written", as_written)):
                if given:
                    raise typer.BadParameter("is for profiles of Genius and GeniusWeb", param_hint=option)
            _import_table(files, out, text or [], date or dt.date.today(), sheet)
            return
        if sheet is not None:
            raise typer.BadParameter("is for workbooks (.xlsx)", param_hint="--sheet")
        imported = read_files(files, steps, as_written)
        made = importing.Ids.of(imported)
        package = importing.chosen_package(text, imported, made) if text else None
        texts = importing.scenario_texts(imported, made, date or dt.date.today(), package)
        write_folder(out, texts)
        if imported.warnings:
            typer.echo(render(imported.warnings), err=True)
        names_of_parties = [party.name for party in imported.cardinal.parties]
        _tell_renamed(importing.renamed(imported.cardinal.issues, names_of_parties, made))
        if len(imported.cardinal.parties) == 1:
            common.tell(ALONE)
        common.remark("all figures of the files are assumed; no proposal is in them")
        names = sorted(name for name in texts if "/" not in name)
        common.remark(f"wrote {out}: domain/ and {', '.join(names)}")
        common.remark(f"next: sim run {shlex.quote(str(out / ('text.yaml' if package else names[0])))}")


def _import_table(files: Sequence[Path], out: Path, terms: Sequence[str], day: dt.date, sheet: str | None) -> None:
    from sim.files.complaints import render
    from sim.interop.folders import write_folder
    from sim.interop.table_importing import import_table

    if len(files) > 1:
        raise typer.BadParameter("a table is imported alone: it holds all parties and issues", param_hint="FILE...")
    result = import_table(files[0], day, terms, sheet)
    write_folder(out, result.files)
    if result.warnings:
        typer.echo(render(result.warnings), err=True)
    _tell_renamed(result.renamed)
    if result.empty:
        common.tell("empty, so read as unknown:" + "".join(f"\n  {line}" for line in result.empty))
    if result.parties == 1:
        common.tell(ALONE)
    common.remark("all that the table says is assumed; add sources and evidence in domain/")
    common.remark(f"wrote {out}: domain/ and {', '.join(result.texts)}")
    if result.texts:
        common.remark(f"next: sim run {shlex.quote(str(out / result.texts[0]))}")
    else:
        common.remark(f"next: sim new {shlex.quote(str(out / 'text.yaml'))}")


def export(
    file: common.OneFile,
    to: Annotated[Target, common.one_of(Target, "--to", help="The format.")],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="DIR|FILE",
            help="A folder that is not there yet, or empty; of a table the file, .csv or .xlsx.",
            show_default=False,
        ),
    ],
    parties: Annotated[
        str | None, typer.Option(metavar="PARTY,PARTY", help="Only these parties (default: all of the domain).")
    ] = None,
    draws: common.Draws = None,
    seed: common.Seed = None,
    sets: common.Sets = None,
    withs: common.Withs = None,
    as_of: common.AsOf = None,
    evidence: common.EvidenceMode = None,
    domain: common.DomainDir = None,
    quiet: common.Quiet = False,
) -> None:
    """Write a scenario's positions as a table, or expected preferences for Genius, GeniusWeb or NegMAS."""
    with reporting(quiet):
        from sim.interop.folders import check_free, check_new, write_folder

        table = to in (Target.csv, Target.xlsx)
        if not table:
            check_free(out)
        elif out.suffix.lower() != f".{to}":
            raise typer.BadParameter(f"a table is a file: name one that ends in .{to}", param_hint="--out")
        else:
            check_new(out)
        [loaded] = common.load_files([file], sets, withs, as_of, evidence, domain, draws, seed, None)
        chosen = common.named_parties(parties, loaded.scenario.domain.positions.values(), "--parties")
        if table:
            _export_table(loaded.scenario, chosen, to, out)
            return
        from sim.interop import genius_writing, geniusweb_writing, negmas
        from sim.interop.exporting import exported

        result = exported(loaded, chosen)
        writer = {
            Target.genius: genius_writing.written,
            Target.geniusweb: geniusweb_writing.written,
            Target.negmas: negmas.written,
        }[to]
        texts, fitted = writer(result.cardinal, result.ids)
        write_folder(out, texts)
        for words in result.lost:
            common.tell(f"not carried: {words}")
        for words in fitted:
            common.tell(words)
        for line in _worth(result):
            common.say(line)
        common.remark(f"wrote {out}: {', '.join(texts)}")


def _export_table(scenario: schema.Scenario, parties: Sequence[str] | None, to: Target, out: Path) -> None:
    from sim.files.writing import write_bytes
    from sim.interop.folders import check_new
    from sim.interop.table_writing import csv_bytes, written, xlsx_bytes

    table = written(scenario, parties)
    content = csv_bytes(table) if to is Target.csv else xlsx_bytes(table, scenario.id)
    check_new(out)
    write_bytes(out, content)
    for words in table.lost:
        common.tell(f"not carried: {words}")
    common.remark(f"wrote {out}; sim import reads it back")


def _tell_renamed(pairs: Sequence[tuple[str, str]]) -> None:
    """All names that their ids do not show."""
    if pairs:
        lines = "".join(f"\n  {name!r} is {id}" for name, id in pairs)
        common.tell(f"names made into ids; tables and figures show them as written:{lines}")


def _worth(result: Exported) -> list[str]:
    """What the text is worth to each party, to check the other program's figures by."""
    from sim.files.grammar import listed
    from sim.report.numbers import percent

    if result.text is None:
        closing = " ".join(f"--set proposal.{issue}=..." for issue in result.open_issues[:TOLD])
        return [
            f"The text leaves {listed(result.open_issues)} open, so it is no package of the export.",
            f"Closed, it is one: {closing}" + (" and so on" if len(result.open_issues) > TOLD else ""),
        ]
    out = [
        "What the text is worth, less the reservation value, is the expected gain. Behind it, what a mean",
        "cannot say: the share of draws in which it accepts here (an alliance by itself), its lines binding.",
    ]
    width = max(len(party.name) for party in result.cardinal.parties)
    for id, party, share in zip(result.ids, result.cardinal.parties, result.accepting, strict=True):
        worth = party.of(result.text)
        sums = f"{worth:.4f} - {party.reservation:.4f} = {worth - party.reservation:+.4f}"
        but = "  (here an effect makes it another package)" if id in result.otherwise else ""
        out.append(f"  {party.name:<{width}}  {sums}, accepts in {percent(share)} of draws{but}")
    return out
