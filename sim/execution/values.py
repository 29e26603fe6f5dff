"""Counts as bytes, and back: pickles of which only this package's classes and numpy's arrays are read."""

from __future__ import annotations

import io
import pickle
import zlib
from typing import Any

#: Modules besides the package's own, with the names that may be read from them.
_OTHERS = {
    "builtins": {"set", "frozenset", "bytearray", "complex"},
    "collections": {"Counter", "OrderedDict"},
    "datetime": {"date", "datetime"},
    "numpy": {"dtype", "ndarray"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy.core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
    "numpy.core.numeric": {"_frombuffer"},
}


class _Reader(pickle.Unpickler):
    """Reads nothing but data: what a file could call by name is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if name in _OTHERS.get(module, ()) or (module.startswith("sim.") and "." not in name):
            kind = super().find_class(module, name)
            if isinstance(kind, type) or not module.startswith("sim."):
                return kind
        raise pickle.UnpicklingError(f"{module}.{name} is no count")


def written(value: object) -> bytes:
    """A value as bytes."""
    return zlib.compress(pickle.dumps(value, 5), 1)


def read(data: bytes) -> Any:
    """The value of bytes; None where they are none of :func:`written`."""
    try:
        return _Reader(io.BytesIO(zlib.decompress(data))).load()
    except (zlib.error, pickle.UnpicklingError, EOFError, AttributeError, ImportError, ValueError, TypeError):
        return None
