"""Documents read back: by the name of their form, whole, and with keys of later versions passed over."""

from __future__ import annotations

import json
import re
import types
import typing
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.files.complaints import Complaints, did_you_mean, visible
from sim.files.errors import SimError
from sim.files.grammar import listed
from sim.files.text import read_text
from sim.results.documents import HOMES, Document, record_of, view
from sim.results.records import Finding, Kinds
from sim.results.result import Result, Results
from sim.results.saved_checks import characters, faults

#: A saved run has some thousands of values; reading many more takes memory for nothing.
VALUES = 120_000
#: Other documents may list many packages, cells or points: so many values, in a file of so many bytes.
MANY_VALUES, LARGEST = 5_000_000, 200_000_000
#: So many places of keys that are not known are named.
NAMED = 6
#: How documents of this package begin.
_FORM = re.compile(r'\s*\{\s*"schema"\s*:\s*"([^"\\]*)"')
_GONE = object()


class UnreadableDocument(SimError, ValueError):
    """A file that is no document, or one that does not agree with itself; the message is a line."""

    code = "document"


def read(path: str | Path) -> Document:
    """Read a document back, of any question: a saved run, what ``save`` wrote, what ``--format json`` printed.

    Keys and kinds of findings that this version does not know are passed over, with a warning that names them. Figures
    are written to twelve digits, so what is read is seldom ``==`` to what was saved, but its ``to_json()`` is the same.

    Args:
        path: the JSON file, or the folder of a saved run.

    Returns:
        The document, with the figures that were saved: a :class:`Result` of a run, of another question what its
        function returns.

    Raises:
        OSError: where there is none.
        ValueError: in one line, where it is no such document, holds figures out of their range, or does not agree with
            itself.

    Example:
        >>> import sim, tempfile
        >>> loaded = sim.load("istanbul", draws=100)
        >>> [result] = sim.score([loaded])
        >>> with tempfile.TemporaryDirectory() as root:
        ...     sim.read(sim.save(loaded, result, root)).verdict == result.verdict
        ...     sim.read(sim.flip(loaded, party="us").save(f"{root}/flip.json"))
        True
        <FlipResult of istanbul: 100 draws, seed 1>
    """
    path = Path(path)
    if path.is_dir():
        return read_run(path)
    text = _text(path, LARGEST, "no document of sim")
    match = _FORM.match(text)
    form = match.group(1) if match else None
    values = sum(map(text.count, ",:[{"))
    if values > (VALUES if form not in HOMES or form == "sim.result/1" else MANY_VALUES):
        raise UnreadableDocument(f"{path}: no document of sim: {values:,} values are more than such a file has")
    if form is None:
        form = _form(path, _plain(path, text))
    if form not in HOMES:
        raise UnreadableDocument(f"{path}: no document of sim that this version reads: {_strange(form)}")
    document = _model(path, text, record_of(form), f"no {form} document of this version")
    for result in (document,) if isinstance(document, Result) else _results(document):
        for where, what in faults(result):
            raise UnreadableDocument(f"{path}: not as it was saved: {where}: {what}")
    for where, what in characters(document.model_dump(), ""):
        raise UnreadableDocument(f"{path}: not as it was saved: {where}: {what}")
    if (what := view().fault(document)) is not None:
        raise UnreadableDocument(f"{path}: not as it was saved: its parts do not agree: {what}")
    return document


def _results(document: Document) -> tuple[Result, ...]:
    return document.results if isinstance(document, Results) else ()


def read_run(path: Path) -> Result:
    """Read a saved run, by its folder or its ``result.json``. Raises as :func:`read`."""
    file = path / "result.json" if path.is_dir() else path
    text = _text(file, None, "not a saved result")
    if sum(map(text.count, ",:[{")) > VALUES:
        what = f"more than {VALUES:,} values, and a run saves some thousands"
        raise UnreadableDocument(f"{file}: not a saved result: {what}")
    result = _model(file, text, Result, "not a saved result of this version")
    for where, what in faults(result):
        raise UnreadableDocument(f"{file}: not as it was saved: {where}: {what}")
    return result


def _text(file: Path, most: int | None, what: str) -> str:
    try:
        return read_text(file, most=most)
    except Complaints as broken:
        raise UnreadableDocument(f"{file}: {what}: {broken.complaints[0].what}") from None


def _plain(file: Path, text: str) -> Any:
    """JSON as lists and mappings."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        at = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        ask = "a table or a page is not read back, the JSON of --format json or of save('NAME.json') is"
        raise UnreadableDocument(f"{file}: no document of sim: it is not JSON{at}; {ask}") from None


def _form(file: Path, plain: Any) -> str:
    form = plain.get("schema") if isinstance(plain, dict) else None
    if isinstance(form, str):
        return form
    what = "its JSON does not name its form under the key schema, as sim.result/1"
    raise UnreadableDocument(f"{file}: no document of sim: {what}")


def _strange(form: str) -> str:
    """What is said of a form that is not known."""
    words = visible(form[:60])
    name = form.rpartition("/")[0]
    if own := [known for known in HOMES if known.rpartition("/")[0] == name]:
        return f"it is of the form {words}, and this version reads {listed(own)}"
    hint = did_you_mean(form, HOMES, most=20)
    return f"its schema is '{words}'" + (f"; {hint}" if hint else "")


_Model = typing.TypeVar("_Model", bound=Document)


def _model(file: Path, text: str, record: type[_Model], what: str) -> _Model:
    """The record of a file; what it does not know is passed over with a warning."""
    try:
        return record.model_validate_json(text, strict=True)
    except ValidationError as error:
        fault = error
    unknown: dict[str, None] = {}
    try:
        plain = fitted(json.loads(text), record, "", unknown)
        if unknown:
            document = record.model_validate_json(json.dumps(plain), strict=True)
            places = [visible(place[:80]) for place in unknown]
            more = f" and {len(places) - NAMED} more" if len(places) > NAMED else ""
            warnings.warn(
                f"{file}: passed over, for this version of sim does not know it: {', '.join(places[:NAMED])}{more}",
                stacklevel=3,
            )
            return document
    except ValidationError as error:
        fault = error
    except (ValueError, RecursionError):
        pass  # no JSON, which the first fault says
    first = fault.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(x) for x in first["loc"]) or "the file"
    raise UnreadableDocument(f"{file}: {what}: {where}: {first['msg'].removeprefix('Value error, ')}") from None


def fitted(value: Any, kind: Any, place: str, unknown: dict[str, None]) -> Any:
    """A plain value without the keys and findings that its type does not know; ``unknown`` collects their places.

    What does not fit its type in another way stays as it is, for its model to refuse.
    """
    if isinstance(value, dict):
        return _mapping(value, kind, place, unknown)
    if isinstance(value, list) and (item := _item(kind)) is not None:
        rows = [fitted(row, item, f"{place}[]", unknown) for row in value]
        return [row for row in rows if row is not _GONE]
    return value


def _mapping(value: dict[str, Any], kind: Any, place: str, unknown: dict[str, None]) -> Any:
    records = [x for x in _kinds(kind) if isinstance(x, type) and issubclass(x, BaseModel)]
    if place.endswith("[]") and records and all(issubclass(x, Finding) for x in records):
        named = value.get("kind")
        records = [x for x in records if x.model_fields["kind"].default == named]
        if not records:
            unknown[f"{place} of kind {named}"] = None
            return _GONE
    if records:
        fields = _fields(records[0])
        rest = {key: under for key, under in value.items() if key in fields}
        start = f"{place}." if place else ""
        unknown.update(dict.fromkeys(f"{start}{key}" for key in value if key not in fields))
        return {key: fitted(under, fields[key], f"{start}{key}", unknown) for key, under in rest.items()}
    for one in _kinds(kind):
        if typing.get_origin(one) is dict:
            item = typing.get_args(one)[1]
            return {key: fitted(under, item, f"{place}.{key}", unknown) for key, under in value.items()}
    return value


def _kinds(kind: Any) -> Iterator[Any]:
    """The types that a value may have, without annotations."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        one, *notes = args
        of_findings = [note.union for note in notes if isinstance(note, Kinds)]
        yield from _kinds(of_findings[0] if of_findings else one)
    elif origin in (typing.Union, types.UnionType):
        for one in args:
            yield from _kinds(one)
    elif kind is not type(None):
        yield kind


def _item(kind: Any) -> Any:
    """The type of what a list holds; None where that is nothing that has keys."""
    for one in _kinds(kind):
        args = typing.get_args(one)
        if typing.get_origin(one) is tuple and len(args) == 2 and args[1] is Ellipsis:
            return args[0]
    return None


@cache
def _fields(record: type[BaseModel]) -> dict[str, Any]:
    """The types of a record's keys, as JSON has them."""
    hints = typing.get_type_hints(record, include_extras=True)
    return {field.alias or name: hints[name] for name, field in record.model_fields.items()}
