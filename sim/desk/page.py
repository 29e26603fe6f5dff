"""The report: one HTML file with the desk, the positions and their evidence, that asks nothing of any network."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from sim.analysis.levers.levers import levers
from sim.desk import english
from sim.desk.answer import answer
from sim.desk.comparison import comparison_of
from sim.desk.downloads import download, leave_out_notes, size_words
from sim.desk.draft_file import parts
from sim.desk.notes import method, unasked
from sim.desk.pack import draw_pack
from sim.desk.positions import claims, expectations, positions
from sim.desk.sections import amended, amendments_of, levers_of
from sim.desk.texts import distinct, judged_alike
from sim.engine.profiles import Case, compile_case
from sim.report.verdict import caveat
from sim.results.documents import Document
from sim.results.result import Result
from sim.results.verdicts import unsourced
from sim.scenario import schema
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded
from sim.simulation.cases import Progress
from sim.simulation.score import score

if TYPE_CHECKING:
    from jinja2 import Environment

#: Modules of the page, each after those that it builds on.
MODULES = ("pack", "texts", "party", "answer", "words", "draft", "elements", "sections", "desk", "report")
#: Its styles.
STYLES = ("desk", "sections")
#: Those of a page that a server has.
_ONLY_SERVED = (
    *("server", "parties", "ranking", "documents", "cell", "tabs", "switches", "edits", "positions", "outcomes"),
    *("jobs", "page", "start"),
)
SERVED_MODULES = (*MODULES[:-1], *(f"served/{name}" for name in _ONLY_SERVED))
SERVED_STYLES = (*STYLES, "served/served")
#: Parts of a report, in order.
PARTS = ("text", "map", "levers", "amendments", "comparison", "method", "positions", "data")
_IMPORT = re.compile(r"^import .*?;\n", re.MULTILINE | re.DOTALL)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


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
    document = draw_pack(loaded, cases_of(presets)).document(exact=exact)
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


def cases_of(presets: Sequence[Loaded], known: Case | None = None) -> dict[str, Case]:
    """Texts that may be put in place of another, compiled, by ids that are all different."""
    ids = distinct([item.scenario.id for item in presets])
    return {id: compile_case(item.scenario, known) for id, item in zip(ids, presets, strict=True)}


def desk_content(
    loaded: Loaded, result: Result, case: Case, document: dict[str, Any], *, notes: bool = True
) -> dict[str, Any]:
    """What the templates of the desk, the map, the method and the evidence have of a text, its pack a document."""
    labels = labels_of(loaded.scenario.domain)
    words = english.words(case, labels, sourced=not unsourced(result.settings))
    words["file"] = parts(loaded, notes=notes)
    return {
        "pack": in_page(document),
        "words": in_page(words),
        "result": result,
        "answer": answer(result, {party: names["short"] for party, names in words["parties"].items()}),
        "issues": document["issues"],
        "terms": document["text"]["terms"],
        "parties": words["parties"],
        "own_file": words["file"],
        "scenario": loaded.scenario,
        "text": english.SECTIONS,
        "signs": english.SIGNS,
        "positions": positions(result, case, notes=notes),
        "expectations": expectations(result),
        "claims": claims(case),
        "method": method(result, case),
        "unasked": unasked(result),
        "caveat": caveat([result.settings]),
    }


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


def in_page(value: Any) -> str:
    """A value as JSON that may stand in a page: nothing in it ends the element that holds it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def rendered(template: str, **content: Any) -> str:
    """A page from its template: whatever text stands in it stays text."""
    return _environment().get_template(template).render(say=english.SAY, **content)


@cache
def _environment() -> Environment:
    """The templates, each read once."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("sim.desk"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["capital"] = english.capital
    return environment


@cache
def static(name: str) -> str:
    """A file of ``static/``."""
    return resources.files("sim.desk").joinpath("static", name).read_text(encoding="utf-8")


@cache
def engine(modules: Sequence[str]) -> str:
    """A page's modules as one: a page opened from a disk may not load a second file."""
    texts = (_EXPORT.sub("", _IMPORT.sub("", static(f"{name}.js"))) for name in modules)
    return "\n" + "\n".join(texts)


def styles(names: Sequence[str]) -> str:
    """A page's styles as one."""
    return "".join(static(f"{name}.css") for name in names)


def in_head(script: str, style: str, *more: str) -> dict[str, str]:
    """The one script and the one style of a page, with the Content-Security-Policy that allows no others.

    ``more`` are further directives of the policy; without any the page loads nothing from anywhere.
    """
    allowed = (f"script-src {_hash(script)}", f"style-src {_hash(style)}", *more)
    policy = "; ".join(("default-src 'none'", "base-uri 'none'", "form-action 'none'", *allowed))
    return {"script": script, "style": style, "policy": policy}


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
