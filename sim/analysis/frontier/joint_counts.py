"""In how many draws all who are asked accept each of a few packages, as separate runs would count it."""

from __future__ import annotations

import math

import numpy as np

from sim.engine.acceptability import joint_each, wilson
from sim.engine.consent import asked_each
from sim.engine.draws import BLOCK
from sim.engine.packages import Mask, Packages
from sim.engine.preferences import Memo, Preferences
from sim.engine.profiles import Case
from sim.results.records import Interval


def joint_shares(case: Case, packages: Packages) -> tuple[Interval | None, ...]:
    """Joint acceptability of packages ``(packages, issues)`` over the scenario's draws and seed, by the drawn lines.

    It is that of ``sim run`` with the package as the text; None where nobody with positions is asked. Raises
    :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing to draw from.
    """
    draws, seed = case.scenario.draws, case.scenario.seed
    needed = asked_each(case, packages)
    counts = np.zeros(len(packages), np.int64)
    for block in range(math.ceil(draws / BLOCK)):
        memo = Memo(seed, block)
        people = [Preferences(p, case.space.sizes, memo) for p in case.profiles]
        count = min(BLOCK, draws - block * BLOCK)
        counts += joint_each(people, needed, case.space, packages)[:, :count].sum(axis=1)
    some_asked: Mask = np.any(needed, axis=0)
    result = []
    for n, some in zip(counts.tolist(), some_asked.tolist(), strict=True):
        share = wilson(n, draws)
        result.append(Interval(estimate=share.estimate, low=share.low, high=share.high) if some else None)
    return tuple(result)
