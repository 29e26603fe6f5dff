"""Whether a party's statements on an issue were looked for, in words: the one place where that is said."""

from __future__ import annotations

import datetime as dt

LOOKED_FOR = "looked for"
NOT_LOOKED_FOR = "not looked for"


def looked_for(searched: dt.date | None, cited: bool = False, placed: bool = False) -> str:
    """Of a cell whose order is unknown or assumed: when statements were last looked for, or that they were not.

    ``cited``: rows are cited all the same, though none gives the order; ``placed``: there is an order, and rows may
    give the rest of it, but not the place of what is asked for.
    """
    if searched is None:
        return NOT_LOOKED_FOR
    missing = "nothing" if not cited else "this place not" if placed else "no order"
    return f"{LOOKED_FOR} on {searched}, {missing} found"


def in_short(searched: dt.date | None) -> str:
    """The same for a cell of a table, without the day."""
    return NOT_LOOKED_FOR if searched is None else LOOKED_FOR
