"""The class above all exceptions of the package's own."""

from __future__ import annotations


class SimError(Exception):
    """Above every exception of the package's own; those of Python (a file that is not there) stay as they are.

    Attributes:
        code: what is wrong, as a word for programs: ``files``, ``argument``, ``name``.

    Example:
        >>> import sim
        >>> try:
        ...     sim.load("istanbul", edits=["us.peace.ranking=unknown"])
        ... except sim.SimError as error:
        ...     print(type(error).__name__, error.code)
        Complaints files
    """

    code: str = "error"
