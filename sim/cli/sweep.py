"""``sim sweep``: one or two cells, or the day, varied."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from sim.cli.execution import STORE, shared_work
from sim.cli.names import load_files
from sim.cli.options import Drawing, Inputs, OneFile, bundled
from sim.cli.output import check_output, emit, progress_bar, write_plot


@bundled
@shared_work(STORE)
def sweep(
    file: OneFile,
    vary: Annotated[
        list[str],
        typer.Option(
            metavar="PATH=VALUES",
            help="What to vary, once or twice: PATH=a,b,c or PATH=LO:HI:N (N numbers); paths as for --set."
            " The value as_it_stands leaves the cell alone. as_of=DATE,DATE varies the day of the positions.",
        ),
    ],
    *,
    inputs: Inputs,
    output: Drawing,
) -> None:
    """Vary one or two cells, or the day of the positions: how acceptance goes, and where it crosses one half.

    With a protocol for talks every point is negotiated too: how often an agreement stands, and who is in the way.
    """
    check_output(output)
    [loaded] = load_files([file], inputs)
    from sim.analysis.sweep.sweep import sweep as swept
    from sim.analysis.sweep.variations import parse_variations

    points = math.prod(len(variation.values) for variation in parse_variations(vary))
    with progress_bar(loaded.scenario.draws * points) as progress:
        result = swept(loaded, vary, protocol=inputs.protocol, progress=progress)
    emit(result, output)
    write_plot(result, output)
