"""Tables of samples, in the ways that programs hold them, as edits: a column a path, a row a sample."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.files import nodes
from sim.files.arguments import InvalidArgument
from sim.files.complaints import Place
from sim.files.nodes import Node, Plain
from sim.scenario.edit_paths import Edit, read_value, split_path


@dataclass(frozen=True)
class Samples:
    """A table of edits: the path of each column, and its values by row."""

    paths: tuple[str, ...]
    columns: tuple[Sequence[Any], ...]
    parts: tuple[tuple[tuple[str, ...], tuple[Place, ...]], ...]
    count: int

    def __len__(self) -> int:
        return self.count

    def edits(self, row: int) -> Iterator[Edit]:
        """The edits of one sample; a value that is None leaves its path alone.

        Raises Complaints about a text that is no value, InvalidArgument about what is no value at all.
        """
        for path, values, (parts, places) in zip(self.paths, self.columns, self.parts, strict=True):
            at = Place(f"samples[{row}]", 1, 1, path)
            value = _node(values[row], path, at)
            if value is not None:
                yield Edit(parts, tuple(Place(at.file, 1, p.column, path) for p in places), value, at)


def samples_of(table: Any) -> Samples:
    """The samples of a table.

    Args:
        table: a mapping of paths to columns (a pandas table is one), a list of mappings of paths to values, or a pair
            of a list of paths and an array of shape ``(samples, paths)``, as SALib makes it.

    Returns:
        The table, its paths read.

    Raises:
        InvalidArgument: where it is none of these, or columns differ in length.
        Complaints: about a path that cannot be read.
    """
    columns = _columns(table)
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        each = ", ".join(f"{path} {len(values)}" for path, values in columns.items())
        raise InvalidArgument(f"all columns of samples have the same length, and here are {each}")
    parts = []
    for path in columns:
        names, places, _ = split_path(f"{path}=", "samples", "a path", "us.fighting.importance")
        parts.append((names, places))
    # a list of mappings without a path still has its rows: the scenario as it is, so often
    count = max(lengths) if lengths else len(table) if isinstance(table, Sequence) else 0
    return Samples(tuple(columns), tuple(columns.values()), tuple(parts), count)


def _columns(table: Any) -> dict[str, Sequence[Any]]:
    if isinstance(table, tuple) and len(table) == 2:
        paths, rows = table
        array = np.asarray(rows)
        if array.ndim != 2 or array.shape[1] != len(paths):
            shape = " by ".join(map(str, array.shape))
            raise InvalidArgument(f"for {len(paths)} paths samples have {len(paths)} columns, and these are {shape}")
        return {str(path): array[:, k].tolist() for k, path in enumerate(paths)}
    if hasattr(table, "columns") and hasattr(table, "to_dict"):
        return {str(path): list(table[path]) for path in table.columns}
    if isinstance(table, Mapping):
        return {str(path): _listed(path, values) for path, values in table.items()}
    if isinstance(table, str | bytes) or not isinstance(table, Sequence):
        what = "a mapping of paths to columns, a list of mappings, a pair of paths and an array, or a pandas table"
        raise InvalidArgument(f"samples are {what}; not {type(table).__name__}")
    for number, row in enumerate(table):
        if not isinstance(row, Mapping):
            raise InvalidArgument(f"sample {number} is not a mapping of paths to values but {type(row).__name__}")
    paths = list(dict.fromkeys(path for row in table for path in row))
    return {str(path): [row.get(path) for row in table] for path in paths}


def _listed(path: object, values: Any) -> list[Any]:
    if isinstance(values, str | bytes) or not hasattr(values, "__iter__"):
        raise InvalidArgument(f"{path}: its samples are a list of values, not {values!r}")
    return list(values)


def _node(value: Any, path: str, at: Place) -> Node | None:
    """A value as a tree; None for none. A text is read as behind ``--set``, so ``0.2..0.4`` is a range."""
    if value is None:
        return None
    if isinstance(value, str):
        text = f"{path}={value}"
        return read_value(text, at.file, len(path) + 1, len(text))
    return nodes.from_plain(_plain(value, path), at)


def _plain(value: Any, path: str) -> Plain:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, dt.date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(under, path) for key, under in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(item, path) for item in value]
    raise InvalidArgument(f"{path}: {value!r} is no value of an edit: give a number, a text, a list or a mapping")
