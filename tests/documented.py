"""The keys of a document as the model has them, and as its table in results/README.md has them."""

from __future__ import annotations

import re
import types
import typing
from pathlib import Path

from pydantic import BaseModel

README = Path(__file__).parent.parent / "results" / "README.md"


def documented(schema: str) -> set[str]:
    """Keys in the table under "Keys of `schema`", without objects whose own keys are there."""
    text = README.read_text(encoding="utf-8")
    parts = re.split(r"^## ", text, flags=re.MULTILINE)
    [section] = [part for part in parts if part.startswith(f"Keys of `{schema}`")]
    return _leaves(set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)))


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
        yield from _of(inner[0], path) if inner else iter([path])
    elif origin is tuple:
        yield from _of(args[0], path + "[]")
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from _paths(kind, path + ".")
    else:
        yield path
