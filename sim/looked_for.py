"""Whether a party's statements on an issue were looked for, in words: the one place where that is said."""

from __future__ import annotations

import datetime as dt

LOOKED_FOR = "looked for"
NOT_LOOKED_FOR = "not looked for"


def looked_for(searched: dt.date | None, cited: bool = False) -> str:
    """Of a cell whose order is unknown or assumed: when statements were last looked for, or that they were not.

    ``cited``: rows are cited all the same, though none gives the order.
    """
    if searched is None:
        return NOT_LOOKED_FOR
    return f"{LOOKED_FOR} on {searched}, {'no order' if cited else 'nothing'} found"


def in_short(searched: dt.date | None) -> str:
    """The same for a cell of a table, without the day."""
    return NOT_LOOKED_FOR if searched is None else LOOKED_FOR
