"""Packages near a text: which are feasible.

Pure and vectorised: packages are rows, as in :mod:`sim.engine.packages`. Nothing is opened: an open issue may be
closed, which counts as one change, and a closed one gets another option.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

import numpy as np

from sim.engine.packages import Packages, Rule, Space, allowed

#: Severities of constraints, the binding one first.
SEVERITIES = ("hard", "legal", "political")


def binding(space: Space, text: Packages, severity: str) -> tuple[Rule, ...]:
    """Constraints up to a severity, without those that the text (one row) itself breaks."""
    return space.binding(text, SEVERITIES[: SEVERITIES.index(severity) + 1])


def neighbours(
    space: Space, text: Packages, changes: int, rules: Sequence[Rule], keep: Collection[int] = ()
) -> Packages:
    """Packages that differ from a text in exactly so many issues and break no rule, shape ``(packages, issues)``.

    Issues whose numbers are in ``keep`` stay. In the order of the issues changed, then of their options.

    >>> import sim
    >>> from sim.engine.profiles import compile_case
    >>> case = compile_case(sim.load("istanbul").scenario)
    >>> near = neighbours(case.space, case.text, 1, binding(case.space, case.text, "legal"))
    >>> {len(changed(case.text, row)) for row in near}
    {1}
    """
    free = [j for j in range(len(space.issues)) if j not in keep]
    if not changes:
        return text[None][allowed(rules, text[None])]
    near = [np.empty((0, len(text)), np.int16)]
    for issues in combinations(free, changes):
        others = [[o for o in range(space.sizes[j]) if o != text[j]] for j in issues]
        grid = np.array(np.meshgrid(*others, indexing="ij"), np.int16).reshape(len(issues), -1).T
        rows = np.repeat(text[None], len(grid), axis=0)
        rows[:, list(issues)] = grid
        near.append(rows[allowed(rules, rows)])
    return np.concatenate(near)


def changed(text: Packages, package: Packages) -> list[int]:
    """Numbers of the issues in which a package differs from a text."""
    issues: list[int] = np.flatnonzero(package != text).tolist()
    return issues
