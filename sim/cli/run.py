"""``sim run``: would each party accept, who blocks and over what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

import typer

from sim.cli.names import load_files
from sim.cli.options import Files, Inputs, Output, Workers, bundled
from sim.cli.output import check_folder, check_output, emit_wide, name_libraries, progress_bar, remark, say, write_plot
from sim.files import system

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.results.result import Result
    from sim.scenario.edit_paths import EditsFile
    from sim.scenario.loading import Loaded


@bundled
def run(files: Files, *, inputs: Inputs, output: Output, workers: Workers = 1) -> None:
    """Score scenarios: would each party accept, who blocks and over what; and negotiate, with a protocol for it."""
    check_output(output)
    if output.plot is not None and len(files) > 1:
        raise typer.BadParameter(
            "a figure of a run shows one scenario; for several there is sim compare --plot", param_hint="--plot"
        )
    from sim.report.english import several_domains
    from sim.scenario import catalogue
    from sim.scenario.edit_paths import edits_file

    loaded = load_files(files, inputs)
    if not output.no_save:
        check_folder(output.out)
    unedited: list[Loaded] = []
    if (inputs.edits or inputs.edit_files) and output.format in ("table", "md"):
        unedited = load_files(files, replace(inputs, edits=None, edit_files=None))
    both = scored([*loaded, *unedited], workers)
    files_of_edits = [edits_file(catalogue.edits(file)) for file in inputs.edit_files or ()]
    results, before = both[: len(loaded)], both[len(loaded) :]
    multiple = several_domains([x.scenario.domain.issues.title for x in loaded])
    try:
        print_results(results, output, before, multiple, files_of_edits)
        name_libraries(output.format)
    except BrokenPipeError:
        system.drop_output()  # whoever read it has seen enough; the run is saved all the same
    write_plot(output, lambda: _figure(results[0]))
    if not output.no_save:
        from sim.results.saving import again
        from sim.simulation.score import save

        for item, result in zip(loaded, results, strict=True):
            if (folder := again(result, item.address or item.path, output.out)) is not None:
                remark(f"the same result as is saved in {folder}; not saved again")
            else:
                remark(f"saved {save(item, result, output.out)}")


def scored(loaded: Sequence[Loaded], workers: int = 1) -> list[Result]:
    """Results of scenarios, with a bar where that takes long."""
    from sim.simulation.score import score

    with progress_bar(max(x.scenario.draws for x in loaded) * len(loaded)) as progress:
        return score(loaded, workers=workers, progress=progress)


def print_results(
    results: list[Result],
    output: Output,
    unedited: Sequence[Result] = (),
    apart: str | None = None,
    files: Sequence[EditsFile] = (),
) -> None:
    """Print results; ``apart`` is a warning that they are of different domains.

    ``files`` are the files of edits that were applied.
    """
    from rich.text import Text

    from sim.bargaining import page as talks
    from sim.report import outcome as tables
    from sim.report import page as sheets
    from sim.report import terminal
    from sim.results import saving

    format = output.format
    pairs = list(zip_longest(results, unedited))
    if apart is not None:
        warning = f"Warning: {apart}"
        if format == "table":
            terminal.show(Text(warning), "")
        else:
            say(warning + "\n" * (format == "md"), err=format != "md")
    if format == "json":
        say(saving.to_json(results))
    elif output.wide:
        emit_wide(results)
    elif format == "csv":
        say(saving.csv_text(results), nl=False)
    elif format == "md":
        for result, before in pairs:
            below = sheets.markdown(talks.page(result, before)) if result.negotiation else ""
            say(tables.markdown(result, before, below, files))
    else:
        for result, before in pairs:
            terminal.show(tables.outcome(result, before, terminal.screen_width(), files, output.full))
            if result.negotiation is not None:
                terminal.show("", sheets.screen(talks.page(result, before), terminal.screen_width(), output.full))
            if len(results) > 1:
                say("")
        if len(results) > 1:
            terminal.show(tables.summary(results, terminal.screen_width(), apart=apart is not None))
        terminal.show(tables.caveat(results))


def _figure(result: Result) -> Figure:
    from sim.bargaining import figure as talks
    from sim.simulation import figure as outcome

    return outcome.draw(result) if result.negotiation is None else talks.draw(result)
