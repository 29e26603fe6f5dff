"""Shares and their changes in a few characters, as tables show them."""

from __future__ import annotations

from sim.results import Interval
from sim.verdict import compact


def interval(share: Interval) -> str:
    return f"{compact(share.estimate)} [{100 * share.low:.0f}, {100 * share.high:.0f}]"


def points(share: float) -> str:
    """A change in percentage points, signed; small ones to a tenth, and never 0 for what is not."""
    if abs(share) < 5e-4:
        return "0" if abs(share) < 1e-12 else "<+0.1" if share > 0 else ">-0.1"
    return f"{100 * share:+.1f}".removesuffix(".0") if abs(share) < 0.00995 else f"{100 * share:+.0f}"


def change(found: Interval) -> str:
    """A change in percentage points with its interval; where that is nothing to a tenth, plainly 0."""
    if max(abs(found.estimate), abs(found.low), abs(found.high)) < 5e-4:
        return points(found.estimate)
    return f"{points(found.estimate)} [{points(found.low)}, {points(found.high)}]"
