"""Shares and their changes in a few characters, as tables show them."""

from __future__ import annotations

from sim.report.verdict import compact, per_cents
from sim.results.records import Interval


def interval(share: Interval) -> str:
    return f"{compact(share.estimate)} [{per_cents(share.low)}, {per_cents(share.high)}]"


def points(share: float) -> str:
    """A change in percentage points, signed; small ones to a tenth, smaller ones to one digit that is not 0."""
    if abs(share) < 1e-12:
        return "0"
    if abs(share) < 5e-4:
        return f"{'+' if share > 0 else '-'}{max(abs(100 * share), 0.001):.1g}"
    return f"{100 * share:+.1f}".removesuffix(".0") if abs(share) < 0.00995 else f"{100 * share:+.0f}"


def change(found: Interval) -> str:
    """A change in percentage points with its interval; where that is nothing to a tenth, plainly 0."""
    if max(abs(found.estimate), abs(found.low), abs(found.high)) < 5e-4:
        return points(found.estimate)
    return f"{points(found.estimate)} [{points(found.low)}, {points(found.high)}]"


def gain(change: float) -> str:
    """A change of a mean gain, in units of utility."""
    if abs(change) < 5e-4:
        return "0" if abs(change) < 5e-5 else f"{change:+.4f}"
    return f"{change:+.3f}"
