"""The report: one HTML file with the desk, the positions and their evidence, that asks nothing of any network."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import chain
from typing import Any

from sim.desk import english
from sim.desk.answer import answer
from sim.desk.draft_file import parts
from sim.desk.pack import draw_pack
from sim.engine.profiles import Case, compile_case
from sim.report.explain import issue_lines, line_words
from sim.report.verdict import caveat
from sim.results.records import PartyResult
from sim.results.result import Result
from sim.results.verdicts import unsourced
from sim.scenario import schema
from sim.scenario.labels import Labels, labels_of
from sim.scenario.loading import Loaded
from sim.simulation.score import score

#: Modules of the page, each after those that it builds on.
MODULES = ("pack", "texts", "party", "answer", "words", "desk")
_IMPORT = re.compile(r"^import .*?;\n", re.MULTILINE | re.DOTALL)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


def report(loaded: Loaded, file: str, texts: Sequence[Loaded] = (), *, notes: bool = True, exact: bool = False) -> str:
    """A report of one scenario as HTML, with its own draws.

    ``file`` is what a command calls it by; ``texts`` are others whose terms may be put in place of its own. Without
    ``notes`` the modeller's notes stay out; ``exact`` keeps draws in double precision, in twice the size. Raises
    Complaints as :func:`sim.score` does.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    [result] = score([loaded])
    case = compile_case(loaded.scenario)
    labels = labels_of(loaded.scenario.domain)
    pack = draw_pack(loaded, {item.scenario.id: compile_case(item.scenario) for item in texts})
    document = pack.document(exact=exact)
    if not notes:
        without_notes(document)
    environment = Environment(
        loader=PackageLoader("sim.desk"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["capital"] = english.capital
    words = english.words(case, labels, sourced=not unsourced(result.settings))
    words["file"] = parts(loaded, notes=notes)
    first = answer(result, {party: names["short"] for party, names in words["parties"].items()})
    script, style = engine(), _static("desk.css") + first.style
    page = environment.get_template("report.html")
    return page.render(
        policy=policy(script, style),
        style=style,
        script=script,
        pack=in_page(document),
        words=in_page(words),
        file=in_page(file),
        command=file,
        result=result,
        answer=first,
        issues=document["issues"],
        terms=document["text"]["terms"],
        parties=words["parties"],
        own_file=words["file"],
        scenario=loaded.scenario,
        say=english.SAY,
        signs=english.SIGNS,
        positions=[_positions(result, issue, labels, notes=notes) for issue in case.space.issues],
        claims=_claims(case),
        caveat=caveat([result.settings]),
    )


def without_notes(document: dict[str, Any]) -> None:
    """Take the modeller's notes out of a pack."""
    for cell in chain.from_iterable(party["cells"] for party in document["parties"]):
        cell["note"] = None


def in_page(value: Any) -> str:
    """A value as JSON that may stand in a page: nothing in it ends the element that holds it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@cache
def _static(name: str) -> str:
    return resources.files("sim.desk").joinpath("static", name).read_text(encoding="utf-8")


@cache
def engine() -> str:
    """The page's modules as one: a page opened from a disk may not load a second file."""
    modules = (_EXPORT.sub("", _IMPORT.sub("", _static(f"{name}.js"))) for name in MODULES)
    return "\n" + "\n".join(modules)


def policy(script: str, style: str) -> str:
    """The Content-Security-Policy of a page: this script and this style, and nothing from anywhere."""
    return (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; script-src {_hash(script)}; style-src {_hash(style)}"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _positions(result: Result, issue: str, labels: Labels, *, notes: bool) -> dict[str, Any]:
    """What every party holds on an issue, in the words of ``sim explain``."""
    return {
        "id": issue,
        "label": labels.issue(issue),
        "parties": [_position(result, party, issue, notes=notes) for party in result.parties],
    }


def _position(result: Result, party: PartyResult, issue: str, *, notes: bool) -> dict[str, Any]:
    [record] = [record for record in party.issues if record.issue == issue]
    _, *lines = issue_lines(record, result)
    own = [line for line in party.lines if line.issue == issue or issue in line.terms]
    cited = dict.fromkeys(chain(record.evidence, record.importance_evidence, *(line.evidence for line in own)))
    return {
        "id": party.id,
        "name": party.name,
        "words": [line for line in lines if notes or not line.startswith("note: ")],
        "lines": [line_words(party.id, line, result.labels) for line in own],
        "claims": list(cited),
    }


def _claims(case: Case) -> dict[str, dict[str, str | None]]:
    """Every claim of the domain by id, with its source."""
    domain = case.scenario.domain
    return {row.id: _claim(row, domain.sources.sources[row.source]) for row in domain.evidence}


def _claim(row: schema.Evidence, source: schema.Source) -> dict[str, str | None]:
    return {
        "claim": row.claim,
        "date": str(row.date),
        "strength": row.strength,
        "title": source.title,
        "publisher": source.publisher,
        "place": row.place,
        "url": source.url if source.url and source.url.startswith(("https://", "http://")) else None,
    }
