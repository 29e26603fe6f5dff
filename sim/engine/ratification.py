"""What a vote of the people does to a text, by how the polls are read.

Outside, a draw is a reading of the polls and of all that is unknown; inside it stand people. With h the largest drawn
share that refuses among the lines the text crosses, it passes where the party gains and 1 - h exceeds the quota: that
is the party's acceptability (:meth:`sim.engine.preferences.Memo.holds`). What no poll asked is there the same for all
voters. The other readings say how much hangs on that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.draws import BLOCK, Array, block_count, draws_in
from sim.engine.histogram import Counts
from sim.engine.preferences import Memo
from sim.engine.profiles import TIE, Case, Line, Profile, stops
from sim.execution.fold import total
from sim.execution.job import Job
from sim.results.records import Ratification
from sim.scenario.evidence import independent, repeats


def ratification(case: Case, profile: Profile, agrees: int, passes: float) -> Ratification | None:
    """The text under every reading of the polls; None for a party that does not decide by voters.

    ``agrees`` is in how many draws the party gains, or loses nothing; ``passes`` the share in which the vote is won.

    * ``polls``: the share of draws in which 1 - h exceeds the quota; the gain does not count.
    * ``mixed``: the same of (1 - h) times the share of draws in which the party gains: the voters differ in what no
      poll asked as the draws do.
    * ``decided``: 1 where those ready to accept exceed the quota of those with an opinion, else 0; None where nobody
      has one. ``holds`` runs from the share that refuses to everybody who is not ready to accept.
    * ``several_polls``: whether the lines that give the ends of ``yes`` rest on more than one source.
    * ``yes``: the least and the greatest share of voters who accept.
    """
    if profile.decides is None:
        return None
    quota, draws = profile.decides.quota, case.scenario.draws
    lines = profile.crossed(case.space, case.text)
    gaining = agrees / draws
    polls, mixed = total(Readings(case.scenario.seed, draws, profile.id, tuple(lines), quota, gaining)).tolist()
    ends = [(1.0, 1.0) if line.holds is None else (line.holds.low, line.holds.high) for line in lines]
    low, high = (max((end[k] for end in ends), default=0.0) for k in (0, 1))
    deciding = [line for line, end in zip(lines, ends, strict=True) if end[0] == low or end[1] == high]
    return Ratification(
        passes=passes,
        polls=polls / draws,
        mixed=mixed / draws,
        decided=None if (share := decided_yes((1 - high, 1 - low))) is None else float(share > quota + TIE),
        yes=(1 - high, 1 - low),
        several_polls=_sources(case, deciding) > 1,
    )


def _sources(case: Case, lines: Sequence[Line]) -> int:
    """How many sources that do not repeat each other some lines rest on."""
    rows, cited = case.scenario.domain.evidence, {id for line in lines for id in line.evidence}
    return independent([row for row in rows if row.id in cited], repeats(rows))


def decided_yes(yes: tuple[float, float]) -> float | None:
    """The share of yes among voters with an opinion, by the range over all; None where nobody has one.

    Where 37% are ready to accept and 45% refuse, the others have no opinion:

    >>> round(decided_yes((0.37, 0.55)), 3)
    0.451
    """
    ready, refusing = yes[0], 1 - yes[1]
    return ready / (ready + refusing) if ready + refusing > TIE else None


@dataclass
class Readings(Job[Counts, Counts]):
    """In how many draws a vote is won by the polls, and by the polls mixed with the share of draws that gain.

    ``gaining`` is that share. The polls are drawn once more, since no draw stays.
    """

    seed: int
    number: int
    party: str
    lines: tuple[Line, ...]
    quota: float
    gaining: float

    @property
    def lengths(self) -> tuple[int]:
        """The blocks of the scenario's draws."""
        return (block_count(self.number),)

    def block(self, batch: int, block: int) -> Counts:
        """By the largest share that refuses in each draw of a block."""
        memo = Memo(self.seed, block)
        shares = [memo.refusing(self.party, line) for line in self.lines]
        largest: Array = np.maximum.reduce(shares) if shares else np.zeros(BLOCK)
        refusing = largest[: draws_in(block, self.number)]
        polls, mixed = ~stops(refusing, self.quota), (1 - refusing) * self.gaining > self.quota + TIE
        return np.array([polls.sum(), mixed.sum()], np.int64)
