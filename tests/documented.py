"""The keys and findings of a document as the model has them, and as their tables in results/README.md have them."""

from __future__ import annotations

import re
import types
import typing
from pathlib import Path

from pydantic import BaseModel

from sim.results.records import Finding, Kinds

README = Path(__file__).parent.parent / "results" / "README.md"


def documented(schema: str) -> set[str]:
    """Keys in the table under "Keys of `schema`", without objects whose own keys are there."""
    return _leaves(set(re.findall(r"^\| `([^`]+)` \|", _section(f"Keys of `{schema}`"), re.MULTILINE)))


def documented_words(schema: str) -> dict[str, str]:
    """What is written of each key in that table, where anything is."""
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]*?) *\|", _section(f"Keys of `{schema}`"), re.MULTILINE)
    return {key: words for key, words in rows if words}


def documented_findings(schema: str) -> dict[str, set[str]]:
    """The keys of each kind in the table under "Findings of `schema`"."""
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]*) \|", _section(f"Findings of `{schema}`"), re.MULTILINE)
    return {kind: set(re.findall(r"`([^`]+)`", names)) for kind, names in rows}


def findings(union: typing.Any) -> dict[str, set[str]]:
    """The keys of each kind of finding in a union, without ``kind``."""
    return {
        k.model_fields["kind"].default: {f.alias or name for name, f in k.model_fields.items() if name != "kind"}
        for k in kinds(union)
    }


def kinds(union: typing.Any) -> tuple[type[Finding], ...]:
    """The classes of a union of findings, or of :class:`sim.results.records.Kinds`."""
    one, kind = typing.get_args(union)
    if isinstance(kind, Kinds):
        return kinds(kind.union)
    return typing.get_args(one) or (one,)


def _section(title: str) -> str:
    parts = re.split(r"^## ", README.read_text(encoding="utf-8"), flags=re.MULTILINE)
    [section] = [part for part in parts if part.startswith(title)]
    return section


def keys(model: type[BaseModel]) -> set[str]:
    """Every key of the model, without objects whose own keys are there; lists end in ``[]``."""
    return _leaves(set(_paths(model)))


def _leaves(found: set[str]) -> set[str]:
    return {key for key in found if not any(other.startswith((f"{key}.", f"{key}[]")) for other in found)}


def _paths(model: type[BaseModel], prefix: str = "") -> typing.Iterator[str]:
    hints = typing.get_type_hints(model)
    for name, field in model.model_fields.items():
        yield from _of(hints[name], prefix + (field.alias or name))


def _of(kind: typing.Any, path: str) -> typing.Iterator[str]:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        inner = [a for a in args if a is not type(None)]
        if all(isinstance(a, type) and issubclass(a, Finding) for a in inner):
            yield path  # by kind, in a table of their own
            return
        yield from _of(inner[0], path) if inner else iter([path])
    elif origin is tuple:
        yield from _of(args[0], path + "[]")
    elif isinstance(kind, type) and issubclass(kind, Finding):
        yield path  # as in a union
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from _paths(kind, path + ".")
    else:
        yield path
