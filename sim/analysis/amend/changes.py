"""Changes of a text: how many packages they reach, which of them constraints force or stop, what part of them is.

Pure and vectorised: packages are rows, as in :mod:`sim.engine.packages` and :mod:`sim.engine.neighbourhoods`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain, combinations

import numpy as np

from sim.engine.neighbourhoods import SEVERITIES, binding, changed
from sim.engine.packages import Mask, Packages, Rule, Space, allowed
from sim.files.arguments import InvalidArgument

#: Packages near a text that are scored at once; each takes about a kilobyte.
MOST_PACKAGES = 250_000


def check_packages(count: int) -> None:
    """Raises InvalidArgument where more packages near a text would be scored than is taken on at once."""
    if count > MOST_PACKAGES:
        raise InvalidArgument(
            f"{count:,} packages lie within so many changes of the text, and at most {MOST_PACKAGES:,} are scored at "
            f"once; take fewer --changes, or leave terms as they are with --keep"
        )


def reached(space: Space, text: Packages, changes: int, keep: Collection[int] = ()) -> int:
    """How many packages differ from a text in at most so many issues, rules not looked at.

    Issues whose numbers are in ``keep`` stay.
    """
    counts = [1] + [0] * changes  # by number of changes, over the issues so far
    for j in range(len(space.issues)):
        if j not in keep:
            others = space.sizes[j] - (text[j] >= 0)
            counts = [n + others * less for n, less in zip(counts, [0, *counts], strict=False)]
    return int(sum(counts))


def warning(space: Space, text: Packages, severity: str) -> tuple[Rule, ...]:
    """Constraints beyond a severity, which only warn, without those that the text itself breaks."""
    bound = binding(space, text, severity)
    return tuple(r for r in binding(space, text, SEVERITIES[-1]) if r not in bound)


def forced(text: Packages, packages: Packages, rules: Sequence[Rule]) -> Mask:
    """Which packages change which issues only because taking that change back alone would break a rule.

    Shape ``(issues, packages)``. Changes may force each other: then none of them can go alone.
    """
    result: Mask = (packages != text).T
    for j in range(len(text)):
        back = packages.copy()
        back[:, j] = text[j]
        result[j] &= ~allowed(rules, back)
    return result


def forcing(text: Packages, package: Packages, issue: int, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that taking back one change of a package (one row) would break."""
    back = package[None].copy()
    back[:, issue] = text[issue]
    return tuple(rule for rule in rules if rule.broken_by(back)[0])


def alone(space: Space, text: Packages, issue: int, rules: Sequence[Rule]) -> tuple[Packages, tuple[Rule, ...]]:
    """The feasible packages that change one issue only, and, where there is none, the rules in their way."""
    others = [o for o in range(space.sizes[issue]) if o != text[issue]]
    rows = np.repeat(text[None], len(others), axis=0)
    rows[:, issue] = others
    feasible = rows[allowed(rules, rows)]
    return feasible, () if len(feasible) else tuple(r for r in rules if r.broken_by(rows).any())


def parts(text: Packages, package: Packages) -> Iterator[Packages]:
    """The packages that make some of a package's changes but not all, the text itself (none of them) first."""
    issues = changed(text, package)
    for some in chain.from_iterable(combinations(issues, n) for n in range(len(issues))):
        row = text.copy()
        row[list(some)] = package[list(some)]
        yield row
