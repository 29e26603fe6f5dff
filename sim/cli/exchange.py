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

IMPORT = "Example: sim import car_domain.xml buyer.xml seller.xml --out car"
EXPORT = "Example: sim export istanbul --to genius --out istanbul_genius"
ALONE = (
    "warning: one profile, so the domain has one party: sim run and explain score it, but there is nobody to agree "
    "with, and what weighs parties against each other (sim frontier, joint figures of sim compare) needs two"
)
#: So many open issues are told one by one.
TOLD = 5


class Target(StrEnum):
    genius = "genius"
    geniusweb = "geniusweb"
    negmas = "negmas"


OutDir = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="A folder that is not there yet, or empty.", show_default=False)
]


def register(app: typer.Typer) -> None:
    app.command("import", epilog=IMPORT)(import_)
    app.command("export", epilog=EXPORT)(export)


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Profiles of Genius (XML) or GeniusWeb (JSON), and their domain."),
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
    as_written: Annotated[
        bool,
        typer.Option("--as-written", help="Take evaluations of Genius files as they stand, as NegMAS writes them."),
    ] = False,
) -> None:
    """Make a folder of scenarios out of a domain and profiles of Genius or GeniusWeb."""
    with reporting():
        from sim.complaints import render
        from sim.interop import importing
        from sim.interop.files import read_files
        from sim.interop.folders import check_free, write_folder

        check_free(out)
        imported = read_files(files, steps, as_written)
        made = importing.Ids.of(imported)
        package = importing.chosen_package(text, imported, made) if text else None
        texts = importing.scenario_texts(imported, made, date or dt.date.today(), package)
        write_folder(out, texts)
        if imported.warnings:
            typer.echo(render(imported.warnings), err=True)
        _tell_renamed(importing.renamed(imported, made))
        if len(imported.cardinal.parties) == 1:
            typer.echo(ALONE, err=True)
        typer.echo("all figures of the files are assumed; no proposal is in them", err=True)
        names = sorted(name for name in texts if "/" not in name)
        typer.echo(f"wrote {out}: domain/ and {', '.join(names)}", err=True)
        typer.echo(f"next: sim run {shlex.quote(str(out / ('text.yaml' if package else names[0])))}", err=True)


def export(
    file: common.OneFile,
    to: Annotated[Target, common.one_of(Target, "--to", help="The format.")],
    out: OutDir,
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
) -> None:
    """Write the expected preferences of a scenario's parties for Genius, GeniusWeb or NegMAS."""
    with reporting():
        from sim.interop.folders import check_free, write_folder

        check_free(out)
        [loaded] = common.load_files([file], sets, withs, as_of, evidence, domain, draws, seed, None)
        chosen = None if parties is None else [name.strip() for name in parties.split(",")]
        for name in chosen or ():
            common.known_party(name, loaded.scenario.domain.positions.values(), "--parties")
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
            typer.echo(f"not carried: {words}", err=True)
        for words in fitted:
            typer.echo(words, err=True)
        for line in _worth(result):
            typer.echo(line)
        typer.echo(f"wrote {out}: {', '.join(texts)}", err=True)


def _tell_renamed(pairs: Sequence[tuple[str, str]]) -> None:
    """All names that their ids do not show."""
    if pairs:
        lines = "".join(f"\n  {name!r} is {id}" for name, id in pairs)
        typer.echo(f"names made into ids; tables and figures show them as written:{lines}", err=True)


def _worth(result: Exported) -> list[str]:
    """What the text is worth to each party, to check the other program's figures by."""
    from sim.verdict import listed, percent

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
