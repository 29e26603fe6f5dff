"""``sim library``: the outcome of every shipped scenario, written to a document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Quiet
from sim.cli.output import remark, warn


def library(
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="All texts of this folder, not the shipped ones.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="File to write.")] = Path("results/library.md"),
    quiet: Quiet = False,
) -> None:
    """Write the outcome table of every shipped scenario, domain by domain, to results/library.md."""
    from sim.analysis.library.document import domain_folder, library_text, texts_of
    from sim.files.writing import write_whole
    from sim.scenario.catalogue import shipped_texts
    from sim.scenario.loading import load_all
    from sim.scenario.reactions import load_all_reactions

    files = shipped_texts() if folder is None else texts_of(folder)
    if not files:
        raise FileNotFoundError(f"{folder}: no scenario files (*.yaml) there")
    loaded = load_all(files)
    reactions = load_all_reactions(map(domain_folder, loaded))
    warn([w for rows in reactions.values() for w in rows.warnings])
    text = library_text(loaded, reactions)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_whole(out, text)
    remark(f"wrote {out}")
