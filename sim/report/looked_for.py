"""Whether a party's statements on an issue were looked for, in words: the one place where that is said."""

from __future__ import annotations

import datetime as dt
from typing import Literal

LOOKED_FOR = "looked for"
NOT_LOOKED_FOR = "not looked for"
#: What was looked for and not found: any statement, what gives the order, or the place of what is asked for.
Missing = Literal["nothing", "order", "place"]
MISSING: dict[Missing, str] = {"nothing": "nothing", "order": "no order", "place": "this place not"}


def looked_for(searched: dt.date | None, cited: bool = False, placed: bool = False) -> str:
    """Of a cell whose order is unknown or assumed: when statements were last looked for, or that they were not.

    ``cited``: rows are cited all the same, though none gives the order; ``placed``: there is an order, and rows may
    give the rest of it, but not the place of what is asked for.
    """
    if searched is None:
        return NOT_LOOKED_FOR
    return f"{LOOKED_FOR} on {searched}, {MISSING[lacking(cited, placed)]} found"


def lacking(cited: bool, placed: bool) -> Missing:
    """What was not found where something was looked for; arguments as of :func:`looked_for`."""
    return "nothing" if not cited else "place" if placed else "order"


def in_short(searched: dt.date | None) -> str:
    """The same for a cell of a table, without the day."""
    return NOT_LOOKED_FOR if searched is None else LOOKED_FOR
