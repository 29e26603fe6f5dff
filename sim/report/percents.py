"""Shares in per cent, and the share that is acceptance."""

from __future__ import annotations

import math

#: A share at or above this is acceptance.
HALF = 0.5


def per_cents(share: float, digits: int = 0) -> str:
    """A share in per cent without the sign, rounded, but never up to one half: 0.497 is 49.7, since it is below."""
    rounded = f"{100 * share:.{digits}f}"
    if share < HALF and float(rounded) == 100 * HALF:
        # Down, and past the given digits where these would still say one half.
        return f"{math.floor(min(1000 * share + 1e-9, 499)) / 10:.1f}"
    return rounded


def percent(share: float) -> str:
    """A share for reading: whole per cents, but never 0% or 100% for what is neither, nor 50% for what is below it."""
    if 0 < share < 0.005:
        return "under 1%"
    if 0.995 <= share < 1:
        return "over 99%"
    return f"{per_cents(share)}%"


def compact(share: float) -> str:
    """As :func:`percent`, for the cells of a table."""
    return percent(share).replace("under ", "<").replace("over ", ">")
