"""Packages near a text: which are feasible, which of their changes a constraint forces.

Pure and vectorised: packages are rows, as in :mod:`sim.engine.packages`. Nothing is opened: an open issue may be
closed, which counts as one change, and a closed one gets another option.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from sim.engine.packages import Mask, Packages, Rule, Space

#: Severities of constraints, the binding one first.
SEVERITIES = ("hard", "legal", "political")


def binding(space: Space, text: Packages, severity: str) -> tuple[Rule, ...]:
    """Constraints up to a severity, without those that the text (one row) itself breaks."""
    wanted = SEVERITIES[: SEVERITIES.index(severity) + 1]
    return space.binding(text, wanted)


def warned(space: Space, text: Packages, severity: str) -> tuple[Rule, ...]:
    """Constraints beyond a severity, which only warn, without those that the text itself breaks."""
    bound = binding(space, text, severity)
    every = binding(space, text, SEVERITIES[-1])
    return tuple(r for r in every if r not in bound)


def neighbours(
    space: Space, text: Packages, changes: int, rules: Sequence[Rule], kept: Collection[int] = ()
) -> Packages:
    """Packages that differ from a text in exactly so many issues and break no rule, shape ``(found, issues)``.

    Issues whose numbers are in ``kept`` stay. In the order of the issues changed, then of their options.
    """
    free = [j for j in range(len(space.issues)) if j not in kept]
    if not changes:
        return text[None][allowed(rules, text[None])]
    found = [np.empty((0, len(text)), np.int16)]
    for issues in combinations(free, changes):
        others = [[o for o in range(space.sizes[j]) if o != text[j]] for j in issues]
        grid = np.array(np.meshgrid(*others, indexing="ij"), np.int16).reshape(len(issues), -1).T
        rows = np.repeat(text[None], len(grid), axis=0)
        rows[:, list(issues)] = grid
        found.append(rows[allowed(rules, rows)])
    return np.concatenate(found)


def number(space: Space, text: Packages, changes: int, kept: Collection[int] = ()) -> int:
    """How many packages differ from a text in at most so many issues, rules not looked at."""
    counts = [1] + [0] * changes  # by number of changes, over the issues so far
    for j in range(len(space.issues)):
        if j not in kept:
            others = space.sizes[j] - (text[j] >= 0)
            counts = [n + others * less for n, less in zip(counts, [0, *counts], strict=False)]
    return int(sum(counts))


def allowed(rules: Sequence[Rule], rows: Packages) -> Mask:
    """Which packages break none of the rules, shape ``(packages,)``."""
    result = np.ones(len(rows), bool)
    for rule in rules:
        result &= ~rule.broken_by(rows)
    return result


def forced(text: Packages, packages: Packages, rules: Sequence[Rule]) -> dict[int, Mask]:
    """By issue: which packages change it only because taking that change back alone would break a rule.

    Masks have shape ``(packages,)``. Changes may force each other: then none of them can go alone.
    """
    result = {}
    for j in range(len(text)):
        back = packages.copy()
        back[:, j] = text[j]
        result[j] = (packages[:, j] != text[j]) & ~allowed(rules, back)
    return result


def forcing(text: Packages, package: Packages, issue: int, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that taking back one change of a package (one row) would break."""
    back = package[None].copy()
    back[:, issue] = text[issue]
    return tuple(rule for rule in rules if rule.broken_by(back)[0])


def parts(text: Packages, package: Packages) -> Iterator[Packages]:
    """The packages that make some of a package's changes but not all, the text itself (none of them) first."""
    changed = np.flatnonzero(package != text).tolist()
    for some in chain.from_iterable(combinations(changed, n) for n in range(len(changed))):
        row = text.copy()
        row[list(some)] = package[list(some)]
        yield row


def alone(space: Space, text: Packages, issue: int, rules: Sequence[Rule]) -> tuple[Packages, tuple[Rule, ...]]:
    """The feasible packages that change one issue only, and, where there is none, the rules in their way."""
    others = [o for o in range(space.sizes[issue]) if o != text[issue]]
    rows = np.repeat(text[None], len(others), axis=0)
    rows[:, issue] = others
    kept = rows[allowed(rules, rows)]
    return kept, () if len(kept) else tuple(r for r in rules if r.broken_by(rows).any())


def changed(text: Packages, package: Packages) -> list[int]:
    """Numbers of the issues in which a package differs from a text."""
    found: NDArray[np.intp] = np.flatnonzero(package != text)
    return found.tolist()
