"""Commands that score: run, explain, library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import common
from sim.cli.common import Format, reporting
from sim.files import system

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.report.explain import Cited
    from sim.results.records import PartyResult
    from sim.results.result import Result
    from sim.scenario.edit_paths import EditsFile
    from sim.scenario.loading import Loaded


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: sim run istanbul --set 'us.foreign_forces.red_lines=none'")(run)
    app.command(epilog="Example: sim explain istanbul --party ukraine")(explain)
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
    wide: common.Wide = False,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where runs are saved.")] = Path("results"),
    no_save: Annotated[bool, typer.Option("--no-save", help="Do not save the run.")] = False,
    plot: common.PlotFile = None,
    title: common.FigureTitle = None,
    quiet: common.Quiet = False,
    workers: common.Workers = 1,
) -> None:
    """Score scenarios: would each party accept, who blocks and over what; and negotiate, with a protocol for it."""
    with reporting(quiet):
        common.check_plot(plot, title)
        common.check_wide(wide, format)
        if plot is not None and len(files) > 1:
            raise typer.BadParameter(
                "a figure of a run shows one scenario; for several there is sim compare --plot", param_hint="--plot"
            )
        from sim.report.english import several_domains
        from sim.scenario import catalogue
        from sim.scenario.edit_paths import edits_file

        loaded = common.load_files(files, sets, withs, as_of, evidence, domain, draws, seed, protocol)
        if not no_save:
            common.check_folder(out)
        unedited: list[Loaded] = []
        if (sets or withs) and format in (Format.table, Format.md):
            unedited = common.load_files(files, None, None, as_of, evidence, domain, draws, seed, protocol)
        both = _score([*loaded, *unedited], workers)
        files_of_edits = [edits_file(catalogue.edits(file)) for file in withs or ()]
        results, before = both[: len(loaded)], both[len(loaded) :]
        multiple = several_domains([x.scenario.domain.issues.title for x in loaded])
        try:
            _print(results, format, before, multiple, wide, files_of_edits)
            common.name_libraries(format)
        except BrokenPipeError:
            system.drop_output()  # whoever read it has seen enough; the run is saved all the same
        common.write_plot(plot, lambda: _figure(results[0]), title)
        if not no_save:
            from sim.results.saving import again
            from sim.simulation.score import save

            for item, result in zip(loaded, results, strict=True):
                if (folder := again(result, item.path, out)) is not None:
                    common.remark(f"the same result as is saved in {folder}; not saved again")
                else:
                    common.remark(f"saved {save(item, result, out)}")


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
    quiet: common.Quiet = False,
) -> None:
    """Show the table behind a score, cell by cell, with its evidence."""
    with reporting(quiet):
        loaded = common.load_files([file], sets, withs, as_of, evidence, domain, draws, seed, None)
        party = common.known_party(party, loaded[0].scenario.domain.positions.values())
        [result] = _score(loaded, 1)
        shown = [p for p in result.parties if party in (None, p.id)]
        if format in (Format.json, Format.csv):
            _print([result.model_copy(update={"parties": tuple(shown)})], format)
            common.name_libraries(format)
            return
        from sim.report import explain as explaining
        from sim.report.terminal import show

        cited = _cited(loaded[0], shown)
        if format is Format.md:
            common.say(explaining.explanation_markdown(result, shown, cited))
        else:
            show(explaining.explanation(result, shown, cited))
        common.name_libraries(format)


def library(
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="All texts of this folder, not the shipped ones.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="File to write.")] = Path("results/library.md"),
    quiet: common.Quiet = False,
) -> None:
    """Write the outcome table of every shipped scenario, domain by domain, to results/library.md."""
    with reporting(quiet):
        from sim.cli.library import library_text, texts_of
        from sim.files.complaints import render
        from sim.files.writing import write_whole
        from sim.scenario.catalogue import DOMAIN, shipped_texts
        from sim.scenario.loading import load_all
        from sim.scenario.reactions import load_all_reactions

        files = shipped_texts() if folder is None else texts_of(folder)
        if not files:
            raise FileNotFoundError(f"{folder}: no scenario files (*.yaml) there")
        loaded = load_all(files)
        reactions = load_all_reactions(item.path.parent / DOMAIN for item in loaded)
        if warnings := [w for held in reactions.values() for w in held.warnings]:
            typer.echo(render(warnings), err=True)
        text = library_text(loaded, reactions)
        out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(out, text)
        common.remark(f"wrote {out}")


def _score(loaded: list[Loaded], workers: int) -> list[Result]:
    from sim.simulation.score import score

    with common.progress_bar(max(x.scenario.draws for x in loaded) * len(loaded)) as progress:
        return score(loaded, workers=workers, progress=progress)


def _figure(result: Result) -> Figure:
    from sim.bargaining import figure as talks
    from sim.simulation import figure as outcome

    return outcome.draw(result) if result.negotiation is None else talks.draw(result)


def _print(
    results: list[Result],
    format: Format,
    unedited: Sequence[Result] = (),
    apart: str | None = None,
    wide: bool = False,
    files: Sequence[EditsFile] = (),
) -> None:
    """Print results; ``apart`` is a warning that they are of different domains, ``wide`` CSV is of texts by parties.

    ``files`` are the files of edits that were applied.
    """
    from rich.text import Text

    from sim.bargaining import page as talks
    from sim.report import outcome as tables
    from sim.report import page as sheets
    from sim.report import terminal
    from sim.results import saving

    if apart is not None:
        warning = f"Warning: {apart}"
        if format is Format.table:
            terminal.show(Text(warning), "")
        else:
            common.say(warning + "\n" * (format is Format.md), err=format is not Format.md)
    if format is Format.json:
        common.say(saving.to_json(results))
    elif wide:
        common.emit_wide(results)
    elif format is Format.csv:
        common.say(saving.csv_text(results), nl=False)
    elif format is Format.md:
        for number, result in enumerate(results):
            before = unedited[number] if unedited else None
            below = sheets.markdown(talks.page(result, before)) if result.negotiation else ""
            common.say(tables.markdown(result, before, below, files))
    else:
        for number, result in enumerate(results):
            before = unedited[number] if unedited else None
            terminal.show(tables.outcome(result, before, terminal.screen_width(), files))
            if result.negotiation is not None:
                terminal.show("", sheets.screen(talks.page(result, before), terminal.screen_width()))
            if len(results) > 1:
                common.say("")
        if len(results) > 1:
            terminal.show(tables.summary(results, terminal.screen_width(), apart=apart is not None))
        terminal.show(tables.caveat(results))


def _cited(loaded: Loaded, parties: list[PartyResult]) -> list[Cited]:
    """Rows behind the parties' cells and lines, then those behind the terms of the text alone."""
    from sim.report.explain import Cited

    domain = loaded.scenario.domain
    ids: set[str] = set()
    for party in parties:
        for line in party.lines:
            ids.update(line.evidence)
        for issue in party.issues:
            ids.update(issue.evidence + issue.importance_evidence)
        if party.beliefs is not None:
            ids.update(party.beliefs.evidence)
    terms = {i for term in loaded.scenario.proposal.terms.values() for i in term.evidence}
    return [
        Cited(
            row.id,
            str(row.date),
            row.party,
            row.claim,
            row.strength,
            domain.sources.sources[row.source].title,
            row.place,
            text=row.id not in ids,
        )
        for row in domain.evidence
        if row.id in ids | terms
    ]
