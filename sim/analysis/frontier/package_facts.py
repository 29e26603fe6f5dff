"""What is said of one package on central preferences: who is asked, what it crosses and breaks, what it changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.analysis.frontier.result import CrossedLine, Difference, PollLine
from sim.analysis.shared.expected_gains import Terms
from sim.analysis.shared.records import ConstraintRef, constraint_ref
from sim.analysis.space import binding
from sim.analysis.space.binding import RedLines
from sim.engine.acceptability import TIE
from sim.engine.consent import asked_each
from sim.engine.packages import OPEN, Mask, Packages, Rule
from sim.engine.profiles import Case, Line


def accepted(case: Case, terms: Sequence[Terms], rows: Packages) -> Mask:
    """Which of packages that cross no line all who are asked accept on expected gains, shape ``(packages,)``."""
    asked = asked_each(case, rows)
    gains = np.stack([t.gain(case.space, rows) for t in terms])
    return np.asarray((~asked | (gains >= -TIE)).all(axis=0), bool)


def asked(case: Case, row: Packages) -> tuple[str, ...]:
    """Who is asked about a package, shape ``(issues,)``."""
    found = asked_each(case, row[None])[:, 0]
    return tuple(p.id for p, yes in zip(case.profiles, found.tolist(), strict=True) if yes)


def crossed(case: Case, row: Packages, red_lines: RedLines) -> tuple[CrossedLine, ...]:
    """Lines of those asked that a package crosses, of the layers that bind; an open issue crosses none."""
    who = asked(case, row)
    result = []
    for profile in case.profiles:
        if profile.id not in who:
            continue
        seen = case.space.seen(row[None], profile.id)
        for line in profile.lines:
            text = row[None] if line.kind == "red_line" else seen
            if binding.binds(line, red_lines) and line.condition.holds(text)[0]:
                result.append(CrossedLine(**_named(profile.id, line)))
    return tuple(result)


def polled(case: Case, red_lines: RedLines) -> tuple[PollLine, ...]:
    """Lines of the layers that bind to which a poll gives a range, with what is made of them."""
    return tuple(
        PollLine(
            **_named(profile.id, line),
            holds=(line.holds.low, line.holds.high),
            quota=line.quota,
            mean=(line.holds.low + line.holds.high) / 2,
            binds=binding.binds(line, red_lines),
        )
        for profile in case.profiles
        for line in profile.lines
        if line.holds is not None and line.layer < binding.depth(red_lines)
    )


def broken(case: Case, row: Packages, severities: Sequence[str]) -> tuple[ConstraintRef, ...]:
    """The constraints of these severities that a package breaks."""
    rules: list[Rule] = [r for r in case.space.rules if r.constraint.severity in severities]
    return tuple(constraint_ref(r) for r in rules if r.broken_by(row[None])[0])


def differences(case: Case, before: Packages, after: Packages) -> tuple[Difference, ...]:
    """What is other in ``after``, which leaves nothing open."""
    space = case.space
    return tuple(
        Difference(
            issue=space.issues[j],
            before=None if before[j] == OPEN else space.options[j][before[j]],
            after=space.options[j][after[j]],
        )
        for j in np.flatnonzero(before != after).tolist()
    )


def _named(party: str, line: Line) -> dict[str, object]:
    return {
        "party": party,
        "kind": line.kind,
        "issue": line.issue,
        "option": line.id if line.kind == "red_line" else None,
        "refusal": line.id if line.kind == "refusal" else None,
        "basis": line.basis,
    }
