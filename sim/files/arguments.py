"""What programs give to calls: names, numbers, days and lists, and what is raised where they cannot be meant."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from sim.files.complaints import closest, did_you_mean
from sim.files.errors import SimError
from sim.files.grammar import listed
from sim.files.nodes import FORBIDDEN, Plain

T = TypeVar("T")


class InvalidArgument(SimError, ValueError):
    """An argument of a call that cannot be meant; the message says what would be right.

    Example:
        >>> import sim
        >>> try:
        ...     sim.draws(sim.load("istanbul", draws=100)).gains_of("istanbul")
        ... except sim.InvalidArgument as error:
        ...     print(error)
        a text is a mapping of issues to options, or a loaded scenario; not a string
    """

    code = "argument"


class UnknownName(InvalidArgument, KeyError):
    """A name that there is not, with the nearest that there is.

    Args:
        what: what sort of thing was named: ``party``, ``issue``.
        name: the name.
        known: those there are.
        hint: what would be right, where more than the names tells it.

    Example:
        >>> import sim
        >>> str(sim.UnknownName("party", "russa", ["russia", "us"]))
        'there is no party russa; did you mean russia?'
    """

    code = "name"

    def __init__(self, what: str, name: object, known: Iterable[str], hint: str | None = None) -> None:
        known = tuple(known)
        self.name = name
        hint = hint or did_you_mean(str(name), known, most=30)
        self.message = f"there is no {what} {name}" + (f"; {hint}" if hint else "")
        super().__init__(self.message)
        self._arguments = (what, name, known, hint)

    def __reduce__(self) -> tuple[type[UnknownName], tuple[str, object, tuple[str, ...], str | None]]:
        return type(self), self._arguments

    def __str__(self) -> str:
        return self.message


class UnknownOption(UnknownName, TypeError):
    """An option that a call does not take."""


def whole_number(what: str, value: object, least: int | None = None, most: int | None = None) -> int:
    """A whole number of Python or numpy, as one of Python.

    Raises InvalidArgument for anything else, also for a float that happens to be whole, and for one beyond the bounds.
    """
    number: int | None = None
    try:
        if not isinstance(value, bool):
            number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        pass
    if number is None:
        raise InvalidArgument(f"{what} is a whole number, not {value!r}")
    if least is not None and number < least:
        raise InvalidArgument(f"{what} is {least} or more, not {number}")
    if most is not None and number > most:
        raise InvalidArgument(f"{what} is at most {most}, not {number}")
    return number


def choice(what: str, value: object, choices: Iterable[str]) -> None:
    """Raises InvalidArgument, which names the choices, for what is none of them."""
    if value not in (known := list(choices)):
        near = closest(str(value), known)
        raise InvalidArgument(
            f"{what} is {listed(known, 'or')}, not {value!r}" + (f"; did you mean {near}?" if near else "")
        )


def day(what: str, value: object) -> dt.date:
    """A day, given as a date or as the text ``2022-03-29``. Raises InvalidArgument for anything else."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise InvalidArgument(f"{what} is a day like 2022-03-29, not {value!r}") from None


def plain(value: object) -> Plain:
    """A value as the files hold it: mappings, lists, texts, numbers; those of numpy and days are turned into such.

    Raises InvalidArgument for what has no such form.
    """
    if getattr(getattr(value, "dtype", None), "kind", "") == "M":
        value = value.astype("datetime64[D]")  # type: ignore[attr-defined]
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dt.date):
        return day("a day", value).isoformat()
    if isinstance(value, str) and (strange := FORBIDDEN.search(value)):
        raise InvalidArgument(f"{value!r} holds {strange[0]!r}, a character that no file may hold")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(under) for key, under in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, bytes | set | frozenset):
        return [plain(item) for item in value]
    raise InvalidArgument(f"{value!r} is nothing that a file could hold: give a number, a text, a list or a mapping")


def several(what: str, values: Iterable[T], example: str) -> Sequence[T]:
    """Several values. Raises InvalidArgument for a bare string, which would be read letter by letter."""
    if isinstance(values, str | bytes):
        raise InvalidArgument(f"{what} is a list, as [{example}]; not a single string")
    return list(values)
