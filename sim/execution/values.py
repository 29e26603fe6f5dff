"""Counts as bytes, and back: data alone, so that reading a file runs nothing that it names.

A value is first taken apart into plain numbers, words, bytes and lists; a tuple among these says what is to be built of
them, by a word. The rest is a pickle that may name nothing at all.
"""

from __future__ import annotations

import copyreg
import datetime as dt
import io
import pickle
import sys
import zlib
from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import numpy as np

#: What stays as it is.
_PLAIN = frozenset({type(None), bool, int, float, str, bytes})
#: Kinds of arrays that are their bytes and the name of their type.
_NUMERIC = "biufcmMSU"


class _Reader(pickle.Unpickler):
    """Reads nothing but plain data."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} is no count")


def written(value: object) -> bytes:
    """A value as bytes: numbers, words, days, arrays, containers of them, and objects of the package that are of these.

    Raises TypeError for anything else.
    """
    return zlib.compress(pickle.dumps(_apart(value), 5), 1)


def read(data: bytes) -> Any:
    """The value of bytes; None where they are none of :func:`written`."""
    try:
        return _built(_Reader(io.BytesIO(zlib.decompress(data))).load())
    except Exception:  # whatever is wrong with them, it is not a value
        return None


# --- apart ----------------------------------------------------------------------------------------


def _apart(value: Any) -> Any:
    """Plain data, and tuples that begin with a word."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list:
        return _each(value)
    if kind is tuple:
        return "tuple", _each(value)
    if kind in (dict, Counter):
        return kind.__name__, _each(value.keys()), _each(value.values())
    if kind in (set, frozenset):
        return kind.__name__, _each(value)
    if kind in (dt.date, dt.datetime):
        return kind.__name__, value.isoformat()
    if isinstance(value, np.ndarray | np.generic) and kind.__module__.split(".")[0] == "numpy":
        return _array(value)
    if _own(kind):
        make, arguments, *state = value.__reduce_ex__(2)
        if make is copyreg.__newobj__ and state[1:] in ([], [None, None]):  # type: ignore[attr-defined]
            inner = _apart(state[0] if state else None)
            return "object", kind.__module__, kind.__qualname__, _each(arguments[1:]), inner
    raise TypeError(f"{kind.__module__}.{kind.__qualname__} is nothing that a store can keep")


def _each(values: Iterable[Any]) -> list[Any]:
    """Each of some values; most often they are plain as they are."""
    items = list(values)
    return items if _PLAIN.issuperset(map(type, items)) else [_apart(item) for item in items]


def _array(value: Any) -> Any:
    if isinstance(value, np.generic):
        if value.dtype.kind not in _NUMERIC:
            raise TypeError(f"a number of numpy's type {value.dtype} is nothing that a store can keep")
        return "number", value.dtype.str, value.tobytes()
    # sums go through an array in the order in which it lies, so that stays
    order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
    if value.dtype == object:
        return "objects", list(value.shape), order, _each(value.ravel(order).tolist())
    if value.dtype.kind not in _NUMERIC:
        raise TypeError(f"an array of numpy's type {value.dtype} is nothing that a store can keep")
    return "array", list(value.shape), order, value.dtype.str, value.tobytes(order)


def _own(kind: type) -> bool:
    """Whether a class is one of the package, at the top of its module."""
    module = kind.__module__
    return module.split(".")[0] == "sim" and getattr(sys.modules[module], kind.__qualname__, None) is kind


# --- built ----------------------------------------------------------------------------------------


def _built(value: Any) -> Any:
    """The value that :func:`_apart` took apart. Raises whatever comes of data that are none."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list:
        return value if _PLAIN.issuperset(map(type, value)) else [_built(item) for item in value]
    if kind is not tuple:
        raise TypeError(f"{kind.__name__} is not of this form")
    word, *parts = value
    match word, parts:
        case "tuple", [items]:
            return tuple(_built(items))
        case "dict", [keys, values]:
            return dict(zip(_built(keys), _built(values), strict=True))
        case "Counter", [keys, values]:
            return Counter(dict(zip(_built(keys), _built(values), strict=True)))
        case "set", [items]:
            return set(_built(items))
        case "frozenset", [items]:
            return frozenset(_built(items))
        case "date", [text]:
            return dt.date.fromisoformat(text)
        case "datetime", [text]:
            return dt.datetime.fromisoformat(text)
        case "number", [dtype, data]:
            return np.frombuffer(data, np.dtype(dtype))[0]
        case "objects", [shape, order, items]:
            flat = np.empty(len(items), object)
            flat[:] = _built(items)
            return flat.reshape(shape, order=order)
        case "array", [shape, order, dtype, data]:
            # of a bytearray, which may be changed: what comes next is added in place
            return np.frombuffer(bytearray(data), np.dtype(dtype)).reshape(shape, order=order)
        case "object", [module, name, arguments, state]:
            return _object(module, name, _built(arguments), _built(state))
    raise ValueError(f"{word!r} is not of this form")


def _object(module: str, name: str, arguments: list[Any], state: Any) -> Any:
    """An object of the package with this state; neither its ``__init__`` nor anything else of its class is called.

    But for what sets a state, where the class has that (pydantic's records), and tuples with names.
    """
    package, *rest = module.split(".")
    if package != "sim" or any(part.startswith("_") for part in rest):
        raise ValueError(f"{module} is not of the package")
    kind = getattr(import_module(module), name)
    if not isinstance(kind, type) or not _own(kind):
        raise ValueError(f"{module}.{name} is no class")
    value = tuple.__new__(kind, arguments) if issubclass(kind, tuple) else object.__new__(kind)
    if hasattr(value, "__setstate__"):
        value.__setstate__(state)
        return value
    plain, slots = state if isinstance(state, tuple) else (state, None)
    for key, item in {**(plain or {}), **(slots or {})}.items():
        object.__setattr__(value, key, item)
    return value
