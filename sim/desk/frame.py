"""What all pages have in common: templates, scripts, styles and policy, and what the templates of a desk have."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from sim.desk import english
from sim.desk.answer import answer
from sim.desk.draft_file import parts
from sim.desk.notes import method, unasked
from sim.desk.positions import claims, expectations, positions
from sim.engine.profiles import Case
from sim.report.verdict import caveat
from sim.results.result import Result
from sim.results.verdicts import unsourced
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded

if TYPE_CHECKING:
    from jinja2 import Environment

#: Modules of the page, each after those that it builds on.
MODULES = ("pack", "texts", "party", "answer", "words", "draft", "elements", "note", "sections", "desk", "report")
#: Its styles.
STYLES = ("desk", "sections")
#: Those of a page that a server has.
_ONLY_SERVED = (
    *(
        "server",
        "parties",
        "ranking",
        "origins",
        "readings",
        "tabs",
        "documents",
        "cell",
        "switches",
        "state",
        "other_day",
    ),
    *("edits", "positions", "outcomes", "jobs", "page", "start"),
)
SERVED_MODULES = (*MODULES[:-1], *(f"served/{name}" for name in _ONLY_SERVED))
SERVED_STYLES = (*STYLES, "served/served")
_IMPORT = re.compile(r"^import .*?;\n", re.MULTILINE | re.DOTALL)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


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
