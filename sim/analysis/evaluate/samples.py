"""Tables of samples, in the ways that programs hold them, as edits: a column a path, a row a sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.files.arguments import InvalidArgument, several
from sim.scenario.edit_paths import Edit, edit_of


@dataclass(frozen=True)
class Samples:
    """A table of edits: the path of each column, and its values by row."""

    paths: tuple[str, ...]
    columns: tuple[Sequence[Any], ...]
    count: int

    def edits(self, row: int) -> Iterator[Edit]:
        """The edits of one sample; a value that is None leaves its path alone.

        Raises Complaints about a path or text that cannot be read, InvalidArgument about what is no value.
        """
        for path, values in zip(self.paths, self.columns, strict=True):
            if values[row] is not None:
                yield edit_of(path, values[row], f"samples[{row}]")


def samples_of(table: Any) -> Samples:
    """The samples of a table.

    Args:
        table: a mapping of paths to columns (a pandas table is one), a list of mappings of paths to values, or a pair
            of a list of paths and an array of shape ``(samples, paths)``, as SALib makes it.

    Returns:
        The table.

    Raises:
        InvalidArgument: where it is none of these, or columns differ in length.
    """
    columns = _columns(table)
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        each = ", ".join(f"{path} {len(values)}" for path, values in columns.items())
        raise InvalidArgument(f"all columns of samples have the same length, and here are {each}")
    # rows without a path are the scenario as it is, so often
    count = max(lengths, default=0)
    if not lengths and isinstance(table, Sequence):
        count = len(table[1]) if isinstance(table, tuple) else len(table)
    return Samples(tuple(columns), tuple(columns.values()), count)


def _columns(table: Any) -> dict[str, Sequence[Any]]:
    if isinstance(table, tuple) and len(table) == 2:
        paths, rows = table
        paths = several("paths", paths, "'us.no_deal.cost'")
        try:
            array = np.asarray(rows)
        except ValueError:
            raise InvalidArgument("rows of samples have one length, and these have several") from None
        _once(paths)
        if array.ndim != 2 or array.shape[1] != len(paths):
            shape = " by ".join(map(str, array.shape))
            raise InvalidArgument(f"for {len(paths)} paths samples have {len(paths)} columns, and these are {shape}")
        return {str(path): array[:, k].tolist() for k, path in enumerate(paths)}
    if hasattr(table, "columns") and hasattr(table, "to_dict"):
        _once(table.columns)
        # a cell that pandas has nothing in is not a number
        return {str(path): [None if value != value else value for value in table[path]] for path in table.columns}
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


def _once(paths: Iterable[object]) -> None:
    """Raises InvalidArgument for a path that names two columns."""
    twice = [path for path, count in Counter(map(str, paths)).items() if count > 1]
    if twice:
        raise InvalidArgument(f"{twice[0]} names two columns of samples; one of them would be ignored")


def _listed(path: object, values: Any) -> list[Any]:
    if isinstance(values, str | bytes | Mapping | set | frozenset) or not hasattr(values, "__iter__"):
        raise InvalidArgument(f"{path}: its samples are a list of values, not {values!r}")
    return list(values)
