"""``sim run`` and ``sim explain``: would each party accept, who blocks and over what; and the table behind a score."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.execution import shared_work
from sim.cli.names import known_party, load_files
from sim.cli.options import Files, Inputs, OneFile, Output, Printing, Scoring, bundled
from sim.cli.output import (
    LONG,
    check_folder,
    check_output,
    emit_wide,
    name_libraries,
    note_libraries,
    progress_bar,
    remark,
    say,
    say_whole,
    write_plot,
)
from sim.files import system

if TYPE_CHECKING:
    from sim.report.explain import Cited
    from sim.results.records import PartyResult
    from sim.results.result import Result, Results
    from sim.scenario.edit_paths import EditsFile
    from sim.scenario.loading import Loaded
    from sim.simulation.cases import Progress


#: More files than this are not held in memory together.
MANY = 50


@bundled
@shared_work()
def run(files: Files, *, inputs: Inputs, output: Output) -> None:
    """Score scenarios: would each party accept, who blocks and over what; and negotiate, with a protocol for it."""
    check_output(output)
    if output.plot is not None and len(files) > 1:
        raise typer.BadParameter(
            "a figure of a run shows one scenario; for several there is sim compare --plot", param_hint="--plot"
        )
    from sim.report.english import several_domains
    from sim.scenario import catalogue
    from sim.scenario.edit_paths import edits_file

    if len(files) > MANY:
        _run_many(files, inputs, output)
        return
    loaded = load_files(files, inputs)
    if not output.no_save:
        check_folder(output.out)
    unedited: list[Loaded] = []
    if (inputs.edits or inputs.edit_files) and output.format in ("table", "md"):
        unedited = load_files(files, replace(inputs, edits=None, edit_files=None))
    both = scored([*loaded, *unedited])
    files_of_edits = [edits_file(catalogue.edits(file)) for file in inputs.edit_files or ()]
    results, before = both[: len(loaded)], both[len(loaded) :]
    multiple = several_domains([x.scenario.domain.issues.title for x in loaded])
    try:
        print_results(results, output, before, multiple, files_of_edits)
        name_libraries(output.format)
    except BrokenPipeError:
        system.drop_output()  # whoever read it has seen enough; the run is saved all the same
    write_plot(document_of(results), output)
    if not output.no_save:
        from sim.files.nodes import dump_yaml

        for item, result in zip(loaded, results, strict=True):
            remark(_saved(result, partial(dump_yaml, item.tree), item.address or item.path, output.out))


def _run_many(files: Sequence[Path], inputs: Inputs, output: Output) -> None:
    """The same of many files: checked first, then loaded and scored in batches.

    JSON and CSV wait on disk until they are whole, so that no more than a batch is held; pages need all results.
    """
    from sim.report.english import several_domains
    from sim.report.view import csv_of
    from sim.results.result import json_of
    from sim.scenario import catalogue
    from sim.scenario.edit_paths import edits_file
    from sim.simulation.files import checked

    with progress_bar(LONG, "reading") as progress:
        ready = checked(files, inputs.options(), progress=progress)
    note_libraries(*(file.library for file in ready.files))
    if not output.no_save:
        check_folder(output.out)
    work = sum(file.draws for file in ready.files)
    before: list[Result] = []
    if (inputs.edits or inputs.edit_files) and output.format in ("table", "md"):
        plain = checked(files, replace(inputs, edits=None, edit_files=None).options())
        with progress_bar(work, "scoring without edits") as progress:
            before = [one.result for one in plain.scored(progress=progress)]
    files_of_edits = [edits_file(catalogue.edits(file)) for file in inputs.edit_files or ()]
    multiple = several_domains([file.domain for file in ready.files])
    remarks: list[str] = []

    def results(progress: Progress | None) -> Iterator[Result]:
        for file, one in zip(ready.files, ready.scored(merged=not output.no_save, progress=progress), strict=True):
            if one.merged is not None:
                merged = partial(_text, one.merged)
                remarks.append(_saved(one.result, merged, Path(file.address), output.out))
            yield one.result

    try:
        with progress_bar(work) as progress:
            if output.format == "json" or (output.format == "csv" and not output.wide):
                if multiple is not None:
                    say(f"Warning: {multiple}", err=True)
                each = results(progress)
                say_whole(chain(json_of(each), "\n") if output.format == "json" else csv_of(each))
            else:
                print_results([*results(progress)], output, before, multiple, files_of_edits)
            name_libraries(output.format)
    except BrokenPipeError:
        system.drop_output()  # whoever read it has seen enough; all runs are saved already
    finally:
        for words in remarks:
            remark(words)


def _text(merged: bytes) -> str:
    return zlib.decompress(merged).decode()


def _saved(result: Result, merged: Callable[[], str], path: Path, root: Path) -> str:
    """Save a result with its scenario, unless it is that of a saved run; what is to be said of it."""
    from sim.results.saving import again, save

    if (folder := again(result, path, root)) is not None:
        return f"the same result as is saved in {folder}; not saved again"
    return f"saved {save(result, merged(), root)}"


def scored(loaded: Sequence[Loaded]) -> list[Result]:
    """Results of scenarios, with a bar where that takes long."""
    from sim.simulation.score import score

    with progress_bar(max(x.scenario.draws for x in loaded) * len(loaded)) as progress:
        return score(loaded, progress=progress)


def document_of(results: Sequence[Result]) -> Result | Results:
    """One result as it is, several as one document."""
    from sim.results.result import Results

    return results[0] if len(results) == 1 else Results(results=tuple(results))


def print_results(
    results: Sequence[Result],
    output: Output,
    unedited: Sequence[Result] = (),
    apart: str | None = None,
    files: Sequence[EditsFile] = (),
) -> None:
    """Print results; ``apart`` is a warning that they are of different domains.

    ``files`` are the files of edits that were applied.
    """
    from sim.report import view

    document = document_of(results)
    if output.format == "table":
        view.show(document, output.full, before=unedited, files=files, apart=apart)
        return
    if apart is not None and output.format != "md":
        say(f"Warning: {apart}", err=True)
    if output.wide:
        emit_wide(results)
    elif output.format == "md":
        say(view.text(document, "md", before=unedited, files=files, apart=apart), nl=False)
    else:
        say(view.text(document, output.format), nl=False)


@bundled
@shared_work()
def explain(
    file: OneFile,
    party: Annotated[str | None, typer.Option(metavar="PARTY", help="Only this party.")] = None,
    *,
    inputs: Scoring,
    output: Printing,
) -> None:
    """Show the table behind a score, cell by cell, with its evidence."""
    loaded = load_files([file], inputs)
    party = known_party(party, loaded[0].scenario.domain.positions.values())
    [result] = scored(loaded)
    parties = [p for p in result.parties if party in (None, p.id)]
    if output.format in ("json", "csv"):
        print_results([result.model_copy(update={"parties": tuple(parties)})], output)
        name_libraries(output.format)
        return
    from sim.report import explain as explaining
    from sim.report.terminal import show

    cited = _cited(loaded[0], parties)
    if output.format == "md":
        say(explaining.explanation_markdown(result, parties, cited))
    else:
        show(explaining.explanation(result, parties, cited))
    name_libraries(output.format)


def _cited(loaded: Loaded, parties: list[PartyResult]) -> list[Cited]:
    """Rows behind the parties' cells and lines, then those behind the terms of the text alone."""
    from sim.report.explain import Cited

    domain = loaded.scenario.domain
    lines = [line.evidence for party in parties for line in party.lines]
    demands = [demand.evidence for party in parties for demand in party.demands]
    cells = [issue.evidence + issue.importance_evidence for party in parties for issue in party.issues]
    beliefs = [party.beliefs.evidence for party in parties if party.beliefs is not None]
    ids = set(chain.from_iterable([*lines, *demands, *cells, *beliefs]))
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
