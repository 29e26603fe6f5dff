"""Long work on a text, in a process of its own: what is asked for, as a section of the page and as a file."""

from __future__ import annotations

import base64
import json
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

from sim.analysis.levers.levers import levers
from sim.analysis.search.search import search
from sim.analysis.shared.texts_beside import texts_beside
from sim.desk import english
from sim.desk.frame import rendered
from sim.desk.page import report, settings_words
from sim.desk.sections import Link, amended, amendments_of, levers_of, link_to, search_of
from sim.files import system
from sim.files.arguments import InvalidArgument
from sim.files.complaints import Complaint, Complaints, raise_all
from sim.report import figure, view
from sim.results.documents import Document
from sim.scenario.loading import Loaded, edited, load, with_edits
from sim.scenario.options import Options, call_of
from sim.server.english import SERVER
from sim.server.faults import in_words
from sim.server.messages import Task
from sim.simulation.cases import Progress
from sim.simulation.score import score


@dataclass(frozen=True)
class Product:
    """What comes of work: a section of the page, and a file under its name; nothing where there is none."""

    html: str | None
    file: str | None
    content: bytes


class Changed(InvalidArgument):
    """That files are others than when the server read them."""


def main() -> None:
    """Do the work that is told, and tell how far it is and what comes of it, each in a line of JSON."""
    task = Task.model_validate_json(system.worker_line())
    out, sys.stdout = sys.stdout, sys.stderr

    def tell(**message: Any) -> None:
        print(json.dumps(message), file=out, flush=True)

    try:
        product = done(task, lambda steps, total: tell(done=steps, total=total))
    except Complaints as error:
        tell(failed="; ".join(in_words(complaint) for complaint in error.complaints))
    except (InvalidArgument, OSError) as error:
        tell(failed=str(error))
    else:
        tell(html=product.html, file=product.file, content=base64.b64encode(product.content).decode())


def done(task: Task, progress: Progress | None = None) -> Product:
    """What comes of a task. Raises Complaints, InvalidArgument and OSError where nothing does."""
    order = task.order
    loaded = _loaded(task).with_(as_of=order.as_of, evidence=order.evidence)
    if loaded.sha256 != task.sha256:
        raise Changed(SERVER["files_changed"].format(file=task.words))
    draft = edited(loaded, order.edits) if order.edits else loaded
    link = partial(_link, loaded.sha256, order.edits)
    domain = task.options.get("domain")

    def others() -> Sequence[Loaded]:
        return texts_beside(loaded, None if domain is None else Path(domain)).loaded

    name = loaded.scenario.id
    if order.kind == "report":
        words = shlex.join([*shlex.split(task.words), *(word for edit in order.edits for word in ("--set", edit))])
        page = report(draft, words, others(), command=f"{words} {settings_words(draft.scenario)}", progress=progress)
        return Product(None, f"{name}.html", page.encode())
    kind = order.figure if order.kind == "figure" else order.kind
    document = _document(kind, draft, others, progress)
    if order.kind != "figure":
        content = f"{document.to_json()}\n".encode() if isinstance(document, Document) else b""
        return Product(_section(kind, document, link), f"{name}_{kind}.json" if content else None, content)
    if not isinstance(document, Document):
        raise InvalidArgument(document)
    drawn, _ = figure.rendered(view.draw(document), f".{order.format}")
    return Product(None, f"{name}_{kind}.{order.format}", drawn)


def _loaded(task: Task) -> Loaded:
    """The text as the server has it: an edit that was loaded with several texts may change nothing in this one."""
    edits = {key: task.options[key] for key in ("edit_files", "edits") if key in task.options}
    others = {key: value for key, value in task.options.items() if key not in edits}
    loaded = load(task.path, **cast("Options", others))
    complaints: list[Complaint] = []
    parsed = call_of(cast("Options", edits), complaints).edits
    raise_all(complaints)
    return with_edits(loaded, parsed) if parsed else loaded


def _link(sha256: str, before: Sequence[str], edits: Sequence[str]) -> str:
    """The link that puts edits beside those of the draft."""
    return link_to(sha256, edits, before)


def _document(
    kind: str, draft: Loaded, others: Callable[[], Sequence[Loaded]], progress: Progress | None
) -> Document | str:
    """The document of a question, or why there is none; the texts beside are read where it asks for them."""
    if kind == "verdict":
        return score(draft, progress=progress)[0]
    if kind == "levers":
        return levers(draft, progress=progress)
    if kind == "amendments":
        return amended(draft, progress)
    return search(draft, texts=others(), progress=progress)


def _section(kind: str, document: Any, link: Link) -> str:
    """The section of the page that a document is."""
    if kind == "levers":
        return rendered("levers.html", text=english.SECTIONS, levers=levers_of(document, link))
    content = amendments_of(document, link) if kind == "amendments" else search_of(document, link)
    return rendered("amendments.html", text=english.SECTIONS, amendments=content, name=kind)
