"""The reference of the Python interface, written from the docstrings of what ``import sim`` gives.

``python -m tests.reference --write`` makes ``sim/REFERENCE.md`` anew; a test sees to it that nobody forgets.
"""

from __future__ import annotations

import argparse
import functools
import inspect
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sim
from sim.results.records import Record
from tests.documented import documented_words

PAGE = Path(__file__).parent.parent / "sim" / "REFERENCE.md"
HEAD = """\
# Reference

What `import sim` gives. Made from the docstrings by `python -m tests.reference --write`; every example is run by the
tests. How to read figures is in [results/README.md](../results/README.md), how to write files in
[scenarios/README.md](../scenarios/README.md).
"""
#: What is used together stands together.
GROUPS = {
    "Load and change": ("load", "load_all", "from_dict", "edited", "parameters", "Parameter", "Loaded", "Options"),
    "From and to NegMAS": ("from_negmas", "to_negmas"),
    "Score and save": ("score", "run", "workers", "save", "read", "Result", "Results", "Document"),
    "Draws and samples": ("draws", "Draws", "evaluate", "Evaluation"),
    "Ask": (
        "gather",
        "compare",
        "levers",
        "talks_levers",
        "flip",
        "sobol",
        "sweep",
        "amend",
        "search",
        "frontier",
        "audit",
        "forecast",
        "backtest",
    ),
    "Tell one negotiation": ("trace", "TraceResult"),
    "Rules of your own": ("tactic", "Seen", "protocol", "Table", "utility", "acceptance"),
    "As a Mesa model": ("Talks", "Party", "OnTable", "Sitting"),
    "Answers": (
        "PartyResult",
        "Interval",
        "Negotiation",
        "Comparison",
        "LeversResult",
        "TalksLevers",
        "FlipResult",
        "SobolResult",
        "Sweep",
        "Amend",
        "Search",
        "Frontier",
        "Forecast",
        "Backtest",
        "AuditResult",
    ),
    "What goes wrong": ("SimError", "Complaints", "Complaint", "InvalidArgument", "UnknownName"),
}
#: Where in the JSON of a run the records stand that are no documents.
WITHIN = {sim.PartyResult: "parties[].", sim.Interval: "joint_acceptability.", sim.Negotiation: "negotiation."}
SECTIONS = ("Args", "Attributes", "Returns", "Raises", "Example")
_REFERENCE = re.compile(r":\w+:`~?([^`]+)`")


def page() -> str:
    """The reference as Markdown."""
    out = [HEAD]
    for title, names in GROUPS.items():
        out.append(f"## {title}\n")
        for name in names:
            out += [*_entry(f"sim.{name}", getattr(sim, name), "###"), ""]
    return "\n".join(out).rstrip() + "\n"


def _entry(title: str, thing: Any, level: str) -> Iterator[str]:
    signature = "" if inspect.isclass(thing) else _signature(thing)
    yield f"{level} {title}\n"
    if signature:
        yield f"```python\n{title.rsplit('.', 1)[-1]}{signature}\n```\n"
    yield from _sections(inspect.getdoc(thing) or "")
    if inspect.isclass(thing) and issubclass(thing, Record) and thing not in (sim.Document, sim.Results):
        yield from _fields(thing)
    if inspect.isclass(thing) and not issubclass(thing, BaseException):
        for name, member in vars(thing).items():
            if name.startswith(("_", "model_")) or not (
                inspect.isfunction(member) or isinstance(member, property | functools.cached_property)
            ):
                continue
            what = member if inspect.isfunction(member) else getattr(member, "fget", None) or member.func
            call = _signature(what, method=True) if inspect.isfunction(member) else ""
            words = " ".join(_paragraphs(inspect.getdoc(what) or "").split())
            yield f"* `{name}{call}`: {_plain(words)}"


def _paragraphs(text: str) -> str:
    """The first paragraph of what a method says, and what it says of the keys of its answer."""
    return " ".join(part for n, part in enumerate(text.split("\n\n")) if n == 0 or part.startswith("Keys: "))


def _fields(record: type[Record]) -> Iterator[str]:
    """What a record holds, in the words of results/README.md, which documents the keys of JSON."""
    whole, within = (record, "") if "schema_" in record.model_fields else (sim.Result, WITHIN[record])
    schema = whole.model_fields["schema_"].default
    words = documented_words(schema)
    anchor = f"keys-of-{re.sub(r'[./]', '', schema)}"
    yield f"**Fields** (what lies below them is in [results/README.md](../results/README.md#{anchor}))\n"
    for name, field in record.model_fields.items():
        key = within + (field.alias or name)
        meaning = words.get(key) or words.get(f"{key}[]") or words.get(f"{key}.estimate") or _record_words(field)
        own = f" (`{field.alias}` in JSON)" if field.alias not in (None, name) else ""
        yield f"* `{name}`{own}" + (f": {meaning}" if meaning else "")
    yield ""


def _record_words(field: Any) -> str:
    """What the record says of itself that a field holds, once or as a list; nothing of a field without one."""
    kinds = [field.annotation]
    for kind in kinds:  # which grows by what is within
        kinds += typing.get_args(kind)
    records = [x for x in kinds if isinstance(x, type) and issubclass(x, Record) and x is not sim.Interval]
    first = (inspect.getdoc(records[0]) or "").split("\n\n")[0] if len(records) == 1 else ""
    return _plain(" ".join(first.split())).rstrip(".")


def _signature(function: Any, method: bool = False) -> str:
    signature = inspect.signature(function)
    parameters = [p for p in signature.parameters.values() if not (method and p.name == "self")]
    text = str(signature.replace(parameters=parameters))
    return re.sub(r"\b(?:sim|pathlib|collections\.abc|typing|datetime)\.(?:\w+\.)*", "", text.replace("'", ""))


def _sections(text: str) -> Iterator[str]:
    """A docstring as Markdown: arguments and errors as lists, examples as code."""
    parts = re.split(rf"^({'|'.join(SECTIONS)}):\n", text, flags=re.MULTILINE)
    yield _plain(parts[0].strip()) + "\n"
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        body = inspect.cleandoc(" \n" + body).strip("\n")
        if title == "Example":
            yield f"```python\n{body}\n```\n"
        elif title == "Returns":
            yield f"**Returns** {_plain(body)}\n"
        else:
            items = re.split(r"^(\w+): ", body, flags=re.MULTILINE)
            yield f"**{title}**\n"
            for name, words in zip(items[1::2], items[2::2], strict=True):
                yield f"* `{name}`: {_plain(' '.join(words.split()))}"
            yield ""


def _plain(text: str) -> str:
    return _REFERENCE.sub(lambda match: f"`{match[1].rsplit('.', 1)[-1]}`", text).replace("``", "`")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.reference", description=__doc__)
    parser.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")


if __name__ == "__main__":
    main()
