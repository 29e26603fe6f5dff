"""``sim report``, ``sim site``, ``sim serve`` and ``sim library``: pages of texts, and the outcomes of all."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from sim.cli.execution import STORE, shared_work
from sim.cli.names import load_files
from sim.cli.options import Files, Inputs, Quiet, bundled, without
from sim.cli.output import progress_bar, remark, say, warn
from sim.files.ceilings import MOST_PAGE_DRAWS, PAGE_DRAWS, page_draws

if TYPE_CHECKING:
    from sim.scenario.loading import Loaded

Drawn = Annotated[Inputs, without(Inputs, "draws", "protocol")]
Texts = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[SCENARIO]...",
        help="Files, ids of texts, or folders of texts (default: all shipped ones).",
    ),
]
NoNotes = Annotated[bool, typer.Option("--no-notes", help="Leave the modeller's notes out of the page.")]
PageDraws = Annotated[
    int,
    typer.Option(
        min=1, max=MOST_PAGE_DRAWS, help="How many preference profiles a page holds; its size grows with them."
    ),
]


@bundled
@shared_work()
def report(
    files: Files,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the page is written (default: <scenario>.html here).")
    ] = None,
    no_notes: NoNotes = False,
    exact: Annotated[
        bool, typer.Option("--exact", help="Keep draws in double precision; the page is twice as large.")
    ] = False,
    draws: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_PAGE_DRAWS,
            help=f"How many preference profiles the page holds (default: {PAGE_DRAWS}, or as many as 5 MB hold).",
        ),
    ] = None,
    *,
    inputs: Drawn,
    quiet: Quiet = False,
) -> None:
    """Write one HTML file that answers when the terms of the first text are switched: offline, and with its evidence.

    It holds what the verdict turns on, which takes some seconds, the best amendments, and a comparison where there are
    further texts. Of these, the ones that the same positions judge can be put in place of the first.
    """
    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise typer.BadParameter(
            f"{out} is no name of a page: write {out.with_suffix('.html').name}", param_hint="--out"
        )
    from sim.desk.page import report as page
    from sim.desk.texts import same_positions
    from sim.files.writing import write_whole

    inputs = replace(inputs, draws=PAGE_DRAWS if draws is None else draws)
    loaded, *others = {item.path: item for item in load_files(files, inputs)}.values()
    if draws is None and (fewer := _page_draws(loaded)) < PAGE_DRAWS:
        inputs = replace(inputs, draws=fewer)
        loaded, *others = (item.with_(draws=fewer) for item in (loaded, *others))
    home = out or Path(f"{loaded.scenario.id}.html")
    cells = len(loaded.scenario.domain.positions) * len(loaded.scenario.domain.issues.issues)
    with progress_bar(loaded.scenario.draws * 5 * cells, "trying edits") as progress:
        html = page(
            loaded,
            _words(files[:1], replace(inputs, draws=None, seed=None, as_of=None, evidence=None)),
            same_positions(loaded, domain=inputs.domain, every_text=inputs.as_of is not None),
            compared=others,
            command=_words(files, replace(inputs, seed=loaded.scenario.seed)),
            notes=not no_notes,
            exact=exact,
            progress=progress,
        )
    write_whole(home, html)
    remark(f"wrote {home}")


def _page_draws(loaded: Loaded) -> int:
    domain = loaded.scenario.domain
    issues = domain.issues.issues
    return page_draws(len(domain.positions), sum(len(issue.options) for issue in issues.values()), len(issues))


def _words(files: Sequence[Path], inputs: Inputs) -> str:
    """Files and options as a command line has them."""
    words = [str(file) for file in files]
    for option, values in (("--with", inputs.edit_files or ()), ("--set", inputs.edits or ())):
        words += [word for value in values for word in (option, str(value))]
    for name in ("as_of", "evidence", "domain", "draws", "seed"):
        value = getattr(inputs, name)
        words += [] if value is None else [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)


@bundled
@shared_work()
def site(
    out: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="A folder for the pages; one of an earlier site gets its pages anew."),
    ],
    scenarios: Texts = None,
    no_notes: NoNotes = False,
    draws: PageDraws = PAGE_DRAWS,
    *,
    inputs: Annotated[Inputs, ("seed", "as_of", "evidence")],
    quiet: Quiet = False,
) -> None:
    """Write static pages for any host: all texts with who accepts them, a report of each, and the sources."""
    from sim.desk.site import site as written

    files, inputs = _texts(scenarios), replace(inputs, draws=draws)
    loaded = load_files(list(files.values()), inputs)
    ready = 0

    def progress(page: str) -> None:
        nonlocal ready
        ready += 1
        remark(f"{page} ({ready} of {len(loaded) + 2})")

    names, options = [shlex.quote(str(name)) for name in files], _words((), inputs)
    size = written(loaded, names, out, options=options, notes=not no_notes, progress=progress)
    remark(f"wrote {out}: {len(loaded) + 2} pages, {size / 1e6:.1f} MB")


@bundled
def serve(
    scenarios: Texts = None,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Where it is asked; 0 is any port that is free.")] = 8000,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="The address that it is asked at; others than this machine's are open to whoever reaches them.",
        ),
    ] = "127.0.0.1",
    no_open: Annotated[bool, typer.Option("--no-open", help="Open no browser.")] = False,
    draws: PageDraws = PAGE_DRAWS,
    *,
    inputs: Drawn,
    quiet: Quiet = False,
) -> None:
    """Serve pages on which the terms of texts and what the parties want can be changed; files are read once."""
    from sim.server.serving import bound, served
    from sim.server.shelf import Shelf

    with closing(bound(host, port)) as listening:
        files = _texts(scenarios)
        inputs = replace(inputs, draws=draws)
        loaded = load_files(list(files.values()), inputs)
        edits = replace(inputs, draws=None, seed=None, as_of=None, evidence=None)
        shelf = Shelf(loaded, [_words([name], edits) for name in files], inputs.options())
        path = f"/text/{quote(next(iter(shelf.texts)))}" if len(shelf.texts) == 1 else "/"

        def ready(address: str, words: str) -> None:
            say(words)
            if not no_open:
                import webbrowser

                webbrowser.open(f"{address}{path}")

        served(shelf, listening, host, ready)


def _texts(names: list[Path] | None) -> dict[Path, Path]:
    """The files of texts named one by one or by their folder, else of all shipped ones, by what commands call them."""
    from sim.scenario import catalogue

    if not names:
        ids = [Path(library, id) for library, own in catalogue.SHIPPED.items() for id in own]
        return dict(zip(ids, catalogue.shipped_texts(), strict=True))
    files: dict[Path, Path] = {}
    for name in names:
        file = catalogue.named(name)
        if not file.is_dir() or (file / catalogue.SAVED).exists():
            files[name] = name
            continue
        from sim.analysis.library.document import texts_of

        if texts := texts_of(file):
            files |= {text: text for text in texts}
        else:
            raise FileNotFoundError(f"{file}: no scenario files (*.yaml) there")
    return files


@bundled
@shared_work(STORE)
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
