"""Intervals for changes between two scores that share their draws."""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.engine.acceptability import Z95


class Change(NamedTuple):
    """A change of a share with its 95% interval (sampling error only)."""

    estimate: float
    low: float
    high: float


def paired_change(gained: int, lost: int, total: int, z: float = Z95) -> Change:
    """Change of a share when ``gained`` draws turn to yes and ``lost`` to no, of ``total``.

    The estimate is ``(gained - lost) / total``; the interval is the adjusted Wald interval for
    a difference of paired proportions of D. G. Bonett and R. M. Price, Journal of Educational
    and Behavioral Statistics 37 (2012): one draw is added to either kind of change, so that no
    observed change does not read as certainly none. Raises ValueError for no draws.
    """
    if total < 1:
        raise ValueError("a change needs at least one draw")
    p, q = (gained + 1) / (total + 2), (lost + 1) / (total + 2)
    half = z * math.sqrt((p + q - (p - q) ** 2) / (total + 2))
    return Change((gained - lost) / total, max(p - q - half, -1.0), min(p - q + half, 1.0))
