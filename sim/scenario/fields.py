"""Kinds of values that the files hold: names, texts, days, numbers and ranges of them, and what is wrong with others.

Each kind is a type for the models of :mod:`sim.scenario.schema`, with a validator that takes the short forms people
write (a number or ``[low, high]`` becomes a :class:`Span`, an option alone a level of a ranking) and complains in plain
words.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BeforeValidator, ConfigDict, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

_IDENTIFIER = re.compile(r"[A-Za-z0-9_]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def fault(kind: str, message: str) -> PydanticCustomError:
    """An error whose text holds braces literally (pydantic would format them)."""
    return PydanticCustomError(kind, "{message}", {"message": message})


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise fault("number", f"expected a number, found {describe(value)}")
    if not math.isfinite(value):
        raise fault("number", "expected a finite number; NaN and infinity are not values")
    return float(value)


def describe(value: object) -> str:
    """Name a raw value the way a person would, for messages."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text {value!r}"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, dict):
        return "a mapping (key: value)"
    return "a list"


def _identifier(value: object) -> str:
    if not isinstance(value, str):
        raise fault("identifier", f"expected a name, found {describe(value)}; if it is meant as text, quote it")
    if not _IDENTIFIER.fullmatch(value):
        raise fault("identifier", f"{value!r} is not a name: use letters, digits and underscores")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise fault("text", f"expected text, found {describe(value)}; if it is meant as text, quote it")
    if not value.strip():
        raise fault("text", "expected some text, found none")
    return value


def _day(value: object) -> dt.date:
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise fault("date", f"expected a date written YYYY-MM-DD, found {describe(value)}")
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise fault("date", f"{value} is not a day of the calendar") from None


class Span(NamedTuple):
    """A range of numbers; a single number is a range of width zero."""

    low: float
    high: float

    @property
    def fixed(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    @property
    def words(self) -> str:
        """As a person writes it."""
        return f"{self.low:g}" if self.fixed else f"{self.low:g} to {self.high:g}"


def _span(value: object) -> Span:
    if isinstance(value, (list, tuple)):
        if len(value) != 2:
            raise fault("span", f"a range has two ends, [low, high]; this list has {len(value)} items")
        low, high = (_number(v) for v in value)
        if low > high:
            raise fault("span", f"the range is upside down: {low:g} is above {high:g}")
        return Span(low, high)
    if isinstance(value, (str, dict)) or value is None or isinstance(value, bool):
        raise fault("span", f"expected a number or a range [low, high], found {describe(value)}")
    return Span(_number(value), _number(value))


def _within(low: float, high: float) -> AfterValidator:
    def check(span: Span) -> Span:
        if span.low < low or span.high > high:
            raise fault("span", f"must lie between {low:g} and {high:g}")
        return span

    return AfterValidator(check)


def _quota(value: object) -> float:
    share = _number(value)
    if share < 0.5:
        raise fault("quota", f"a quota of {share:g} lies below one half, so a minority could pass a text; write 0.5")
    if share >= 1:
        raise fault("quota", f"a quota of {share:g} is not below 1, so nothing could pass; write 0.5 for one half")
    return share


def _level(value: object) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)):
        if not value:
            raise fault("level", "an empty tie; name the options that are tied, or leave it out")
        return tuple(_identifier(v) for v in value)
    return (_identifier(value),)


class OrShort:
    """Mark of a type that people may write in a short form too: says so in the JSON Schema of the files."""

    def __init__(self, *, least: int = 0, **short: object) -> None:
        #: Fewest items of the long form, where it is a list that the models let be empty.
        self.least = least
        self.short = short

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        long = handler(core) | ({"minItems": self.least} if self.least else {})
        return {"anyOf": [self.short, long]}


class OrOnly:
    """The same where the short form is the value of one key of a model, in its place."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        long = handler(core)
        return {"anyOf": [handler.resolve_ref_schema(long)["properties"][self.key], long]}


class Without:
    """Mark of a closed list of words: leaves one that nobody writes by hand out of the JSON Schema."""

    def __init__(self, word: str) -> None:
        self.word = word

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        words = handler(core)
        return {**words, "enum": [word for word in words["enum"] if word != self.word]}


def short_of(key: str, kind: str, expected: str) -> Callable[[object], object]:
    """A validator that takes a text for a mapping with this key alone; ``expected`` says so, in faults of ``kind``."""

    def read(value: object) -> object:
        if not isinstance(value, (str, dict)):
            raise fault(kind, f"expected {expected}; found {describe(value)}")
        return {key: value} if isinstance(value, str) else value

    return read


def one_of_each(*groups: tuple[str, ...]) -> JsonSchemaValue:
    """For a model's JSON Schema: of each group of keys exactly one has a value."""
    each = [
        {"oneOf": [{"required": [key], "properties": {key: {"not": {"type": "null"}}}} for key in keys]}
        for keys in groups
    ]
    return {"allOf": each}


def _number_or_range(**bounds: float) -> WithJsonSchema:
    number = {"type": "number", **bounds}
    ends = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
    return WithJsonSchema({"anyOf": [number, ends]})


_NAME = {"type": "string", "pattern": "^[A-Za-z0-9_]+$"}
_DAY = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}

Name = Annotated[str, BeforeValidator(_identifier), WithJsonSchema(_NAME)]
Text = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": "string", "pattern": r"\S"})]
Day = Annotated[dt.date, BeforeValidator(_day), WithJsonSchema(_DAY)]
Probability = Annotated[Span, BeforeValidator(_span), _within(0, 1), _number_or_range(minimum=0, maximum=1)]
Cost = Annotated[Span, BeforeValidator(_span), _within(-1, 1), _number_or_range(minimum=-1, maximum=1)]
Amount = Annotated[Span, BeforeValidator(_span), _within(0, 100), _number_or_range(minimum=0, maximum=100)]
Quota = Annotated[
    float, BeforeValidator(_quota), WithJsonSchema({"type": "number", "minimum": 0.5, "exclusiveMaximum": 1})
]
Range = Annotated[Span, BeforeValidator(_span), _number_or_range()]
Level = Annotated[
    tuple[str, ...],
    BeforeValidator(_level),
    WithJsonSchema({"anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1}]}),
]
Package = dict[Name, Name]  # issue -> option

#: What all models of the files are: frozen, strict, without unknown keys.
STRICT = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True, defer_build=True)
