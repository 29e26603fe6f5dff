"""What is said of one package: who is asked, what it crosses and breaks, whether all who are asked accept it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.analysis.frontier.result import PollLine, RedLines
from sim.analysis.frontier.space import binds, depth
from sim.analysis.shared.ballots import Ballots, amended
from sim.analysis.shared.expected import Terms
from sim.analysis.shared.records import ConstraintRef, PartyLine, constraint_ref, party_line
from sim.engine.acceptability import TIE, wilson
from sim.engine.consent import asked_each
from sim.engine.draws import draws_in
from sim.engine.histogram import Counts
from sim.engine.packages import Mask, Packages
from sim.engine.preferences import Memo
from sim.engine.profiles import Case
from sim.execution.fold import total
from sim.files.ceilings import check_draws
from sim.results.records import Interval
from sim.simulation.cases import CaseJob


def accepted(case: Case, terms: Sequence[Terms], rows: Packages) -> Mask:
    """Which of packages that cross no line all who are asked accept on expected gains, shape ``(packages,)``."""
    enough = np.stack([t.gain(case.space, rows) >= t.least - TIE for t in terms])
    return np.asarray((~asked_each(case, rows) | enough).all(axis=0), bool)


def joint_shares(case: Case, rows: Packages) -> list[Interval | None]:
    """Joint acceptability of packages ``(packages, issues)`` over the scenario's draws and seed, by the drawn lines.

    It is that of ``sim run`` with the package as the text; None where nobody with positions is asked. Raises
    :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing to draw from.
    """
    draws = case.scenario.draws
    check_draws(draws, len(rows))
    job = Joint(case, rows)
    counts = total(job).tolist()
    return [wilson(n, draws) if on.asked else None for n, on in zip(counts, job.ballots.cases, strict=True)]


@dataclass
class Joint(CaseJob[Counts, Counts]):
    """The draws in which all accept who are asked about each of some packages, shape ``(packages,)``."""

    rows: Packages

    @cached_property
    def ballots(self) -> Ballots:
        """The case with each package as its text."""
        return Ballots([amended(self.case, row) for row in self.rows])

    def block(self, batch: int, block: int) -> Counts:
        """All packages in one block."""
        scenario = self.case.scenario
        votes = self.ballots.votes(Memo(scenario.seed, block), draws_in(block, scenario.draws))
        return np.array([votes.joint(k).sum() for k in range(len(self.rows))], np.int64)


def asked(case: Case, row: Packages) -> tuple[str, ...]:
    """Who is asked about a package, shape ``(issues,)``."""
    return tuple(p.id for p, yes in zip(case.profiles, asked_each(case, row[None])[:, 0], strict=True) if yes)


def crossed(case: Case, row: Packages, red_lines: RedLines) -> tuple[PartyLine, ...]:
    """Lines of those asked that a package crosses, of the layers that bind; an open issue crosses none."""
    who = asked(case, row)
    return tuple(
        party_line(profile.id, line)
        for profile in case.profiles
        if profile.id in who
        for line in profile.crossed(case.space, row)
        if binds(line, red_lines)
    )


def broken(case: Case, row: Packages, severities: Sequence[str]) -> tuple[ConstraintRef, ...]:
    """The constraints of these severities that a package breaks."""
    rules = [r for r in case.space.rules if r.constraint.severity in severities]
    return tuple(constraint_ref(r) for r in rules if r.broken_by(row[None])[0])


def poll_lines(case: Case, red_lines: RedLines) -> tuple[PollLine, ...]:
    """Lines of the layers that bind to which a poll gives a range, with what is made of them."""
    return tuple(
        PollLine.copying(
            party_line(profile.id, line),
            holds=(line.holds.low, line.holds.high),
            quota=line.quota,
            mean=(line.holds.low + line.holds.high) / 2,
            binds=binds(line, red_lines),
        )
        for profile in case.profiles
        for line in profile.lines
        if line.holds is not None and line.layer < depth(red_lines)
    )
