"""The report: one HTML file with the desk, the positions and their evidence, that asks nothing of any network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.analysis.levers.levers import levers
from sim.desk import english
from sim.desk.comparison import comparison_of
from sim.desk.downloads import download, leave_out_notes, size_words
from sim.desk.frame import MODULES, STYLES, desk_content, engine, in_head, in_page, rendered, styles
from sim.desk.pack import draw_pack
from sim.desk.sections import amended, amendments_of, levers_of
from sim.desk.texts import by_id, judged_alike
from sim.engine.profiles import compile_case
from sim.results.documents import Document
from sim.results.result import Result
from sim.scenario import schema
from sim.scenario.loading import Loaded
from sim.simulation.cases import Progress
from sim.simulation.score import score

#: Parts of a report, in order.
PARTS = ("text", "map", "levers", "amendments", "comparison", "method", "positions", "data")


def report(
    loaded: Loaded,
    file: str,
    texts: Sequence[Loaded] = (),
    *,
    compared: Sequence[Loaded] = (),
    command: str | None = None,
    notes: bool = True,
    exact: bool = False,
    site: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> str:
    """A report of one scenario as HTML, with its own draws.

    Args:
        loaded: the scenario whose text is on the desk.
        file: what commands call it, its edits included.
        texts: others whose terms may be put in place of its own.
        compared: others to be compared with it. Those that are judged by the same positions join ``texts``.
        command: what stands behind ``sim report`` in the command that makes the page, where that is more than ``file``.
        notes: whether the modeller's notes are in it.
        exact: keep draws in double precision, in twice the size.
        site: pages that it lies beside, address to words.
        progress: called with (steps done, steps in all) by the search for what the verdict turns on, the longest part.

    Returns:
        The page. All its figures are of the draws and the seed of ``loaded``.

    Raises:
        Complaints: as :func:`sim.score` does.
    """
    [result] = score([loaded])
    case = compile_case(loaded.scenario)
    presets = [*texts, *(item for item in compared if judged_alike(loaded, item))]
    document = draw_pack(loaded, by_id(presets)).document(exact=exact)
    if not notes:
        leave_out_notes(document["parties"])
    content = desk_content(loaded, result, case, document, notes=notes)
    return rendered(
        "report.html",
        site=site or {},
        parts=[part for part in PARTS if compared or part != "comparison"],
        titles={**english.SAY, **english.SECTIONS},
        **in_head(engine(MODULES), styles(STYLES) + content["answer"].style),
        pack_size=size_words(len(content["pack"].encode())),
        file=in_page(file),
        command=(file if command is None else command) + " --no-notes" * (not notes) + " --exact" * exact,
        **content,
        **_sections(loaded, result, compared, file, command, notes=notes, progress=progress),
    )


def _sections(
    loaded: Loaded,
    result: Result,
    compared: Sequence[Loaded],
    file: str,
    command: str | None,
    *,
    notes: bool,
    progress: Progress | None,
) -> dict[str, Any]:
    """What the page holds besides the desk and the positions, and the documents that it comes from."""
    turning, amendments = levers(loaded, progress=progress), amended(loaded)
    comparison, table = comparison_of(loaded, compared) if compared else (None, None)
    one = f"{file} {settings_words(loaded.scenario)}"
    documents: list[tuple[str, Document | str | None, str | None]] = [
        ("result", result, f"sim run {one}"),
        ("levers", turning, f"sim sensitivity {one}"),
        ("amendments", amendments, f"sim amend {one}"),
        ("comparison", comparison, command and f"sim compare {command}"),
    ]
    return {
        "levers": levers_of(turning),
        "amendments": amendments_of(amendments),
        "comparison": table,
        "downloads": [
            download(name, loaded.scenario.id, document, command, notes=notes)
            for name, document, command in documents
            if isinstance(document, Document)
        ],
    }


def settings_words(scenario: schema.Scenario) -> str:
    """The day, draws and seed of a page, as commands take them."""
    evidence = "" if scenario.evidence == "all" else f" --evidence {scenario.evidence}"
    return f"--as-of {scenario.day}{evidence} --draws {scenario.draws} --seed {scenario.seed}"
