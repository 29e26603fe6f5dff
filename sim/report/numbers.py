"""Shares and their changes in a few characters, for sentences and tables."""

from __future__ import annotations

import math

from sim.files.grammar import span
from sim.results.records import Interval
from sim.results.verdicts import HALF


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


def compact_range(low: float, high: float) -> str:
    """A range of shares, as :func:`compact`."""
    return span(compact(low), compact(high))


def exact(share: float) -> str:
    """A share of voters, to a tenth of a per cent where that says more, and finer beside one half."""
    digits = next(d for d in (1, 2, 3, 4) if d == 4 or share == HALF or f"{100 * share:.{d}f}".strip("0") != "50.")
    return f"{100 * share:.{digits}f}".removesuffix(".0") + "%"


def interval(share: Interval) -> str:
    """A share with its interval: ``58% [57, 59]``."""
    return f"{compact(share.estimate)} [{per_cents(share.low)}, {per_cents(share.high)}]"


def points(share: float) -> str:
    """A change in percentage points, signed; small ones to a tenth, smaller ones to one digit that is not 0."""
    if abs(share) < 1e-12:
        return "0"
    if abs(share) < 5e-4:
        return f"{'+' if share > 0 else '-'}{max(abs(100 * share), 0.001):.1g}"
    return f"{100 * share:+.1f}".removesuffix(".0") if abs(share) < 0.00995 else f"{100 * share:+.0f}"


def change(difference: Interval) -> str:
    """A change in percentage points with its interval; where that is nothing to a tenth, plainly 0."""
    if max(abs(difference.estimate), abs(difference.low), abs(difference.high)) < 5e-4:
        return points(difference.estimate)
    return f"{points(difference.estimate)} [{points(difference.low)}, {points(difference.high)}]"


def gain(difference: float) -> str:
    """A change of a mean gain, in units of utility."""
    if abs(difference) < 5e-4:
        return "0" if abs(difference) < 5e-5 else f"{difference:+.4f}"
    return f"{difference:+.3f}"


def size(count: int) -> str:
    """Bytes for reading: ``940 B``, ``31 kB``, ``2.4 MB``."""
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 999.5:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.1f} {unit}" if unit != "B" and amount < 9.95 else f"{amount:.0f} {unit}"
