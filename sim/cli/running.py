"""Commands that score: run, explain, library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import common
from sim.cli.common import Format, reporting

if TYPE_CHECKING:
    from sim.loading import Loaded
    from sim.results import PartyResult, Result
    from sim.tables import Cited


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: sim run scenarios/istanbul.yaml --set 'us.foreign_forces.red_lines=none'")(run)
    app.command(epilog="Example: sim explain scenarios/istanbul.yaml --party ukraine")(explain)
    app.command(epilog="Example: sim library")(library)


def run(
    files: common.Files,
    draws: common.Draws = None,
    seed: common.Seed = None,
    sets: common.Sets = None,
    withs: common.Withs = None,
    as_of: common.AsOf = None,
    evidence: common.EvidenceMode = None,
    domain: common.DomainDir = None,
    protocol: common.ProtocolName = None,
    format: common.FormatName = Format.table,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where runs are saved.")] = Path("results"),
    no_save: Annotated[bool, typer.Option("--no-save", help="Do not save the run.")] = False,
    workers: common.Workers = 1,
) -> None:
    """Score scenarios: would each party accept, who blocks and over what."""
    with reporting():
        loaded = common.load_files(files, sets, withs, as_of, evidence, domain, draws, seed, protocol)
        unedited: list[Loaded] = []
        if (sets or withs) and format in (Format.table, Format.md):
            unedited = common.load_files(files, None, None, as_of, evidence, domain, draws, seed, protocol)
        both = _score([*loaded, *unedited], workers)
        results, before = both[: len(loaded)], both[len(loaded) :]
        _print(loaded, results, format, before)
        if not no_save:
            from sim.api import save

            for item, result in zip(loaded, results, strict=True):
                typer.echo(f"saved {save(item, result, out)}", err=True)


def explain(
    file: common.OneFile,
    party: Annotated[str | None, typer.Option(metavar="PARTY", help="Only this party.")] = None,
    draws: common.Draws = None,
    seed: common.Seed = None,
    sets: common.Sets = None,
    withs: common.Withs = None,
    as_of: common.AsOf = None,
    evidence: common.EvidenceMode = None,
    domain: common.DomainDir = None,
    format: common.FormatName = Format.table,
) -> None:
    """Show the table behind a score, cell by cell, with its evidence."""
    with reporting():
        loaded = common.load_files([file], sets, withs, as_of, evidence, domain, draws, seed, None)
        known = list(loaded[0].scenario.domain.positions)
        if party is not None and party not in known:
            from sim.complaints import did_you_mean

            raise typer.BadParameter(f"no party {party!r}; {did_you_mean(party, known)}", param_hint="--party")
        [result] = _score(loaded, 1)
        shown = [p for p in result.parties if party in (None, p.id)]
        if format in (Format.json, Format.csv):
            _print(loaded, [result.model_copy(update={"parties": tuple(shown)})], format)
            return
        from sim import tables

        cited = _cited(loaded[0], shown)
        if format is Format.md:
            typer.echo(tables.explanation_markdown(result, shown, cited))
        else:
            tables.show(tables.explanation(result, shown, cited))


def library(
    folder: Annotated[Path, typer.Option(metavar="DIR", help="Folder of scenario files.")] = Path("scenarios"),
    out: Annotated[Path, typer.Option(metavar="FILE", help="File to write.")] = Path("results/library.md"),
) -> None:
    """Write the outcome table of every shipped scenario to results/library.md."""
    with reporting():
        from sim.library import library_text
        from sim.loading import load_all
        from sim.saving import write_whole

        files = sorted(folder.glob("*.yaml"))
        if not files:
            raise FileNotFoundError(f"{folder}: no scenario files (*.yaml) there")
        write_whole(out, library_text(load_all(files)))
        typer.echo(f"wrote {out}", err=True)


def _score(loaded: list[Loaded], workers: int) -> list[Result]:
    from sim.api import score

    with common.progress_bar(max(x.scenario.draws for x in loaded) * len(loaded)) as progress:
        return score(loaded, workers=workers, progress=progress)


def _print(loaded: list[Loaded], results: list[Result], format: Format, unedited: Sequence[Result] = ()) -> None:
    from sim import saving, tables

    if format is Format.json:
        typer.echo(saving.to_json(results))
    elif format is Format.csv:
        typer.echo(saving.csv_text(results), nl=False)
    else:
        for number, (item, result) in enumerate(zip(loaded, results, strict=True)):
            turning = item.scenario.domain.issues.no_deal.turning_issue
            before = unedited[number] if unedited else None
            if format is Format.md:
                typer.echo(tables.markdown(result, turning, before))
            else:
                if number:
                    typer.echo()
                tables.show(tables.outcome(result, turning, before))


def _cited(loaded: Loaded, parties: list[PartyResult]) -> list[Cited]:
    from sim.tables import Cited

    domain = loaded.scenario.domain
    ids: dict[str, None] = {}
    for term in loaded.scenario.proposal.terms.values():
        ids.update(dict.fromkeys(term.evidence))
    for party in parties:
        for line in party.lines:
            ids.update(dict.fromkeys(line.evidence))
        for issue in party.issues:
            ids.update(dict.fromkeys(issue.evidence + issue.importance_evidence))
    return [
        Cited(
            row.id,
            str(row.date),
            row.party,
            row.claim,
            row.strength,
            domain.sources.sources[row.source].title,
            row.place,
        )
        for row in domain.evidence
        if row.id in ids
    ]
