"""The Mesa model: one negotiation in every draw of a block at once. A step is a round.

Where talks over a block would need much memory, its rounds are gone through for a part of the
draws after the other; a step is then a round of that part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import mesa

from sim.consent import asked_each
from sim.packages import Mask, Packages
from sim.parties import Alliance, Mediator, Party
from sim.preferences import Preferences
from sim.profiles import Case
from sim.protocols import PROTOCOLS
from sim.talks.candidates import Candidates, candidates
from sim.tally import Tally


@dataclass(frozen=True)
class Agenda:
    """What is put to the parties, the same in every block.

    Each set of variants comes with whose consent each variant needs, shape ``(parties, packages)``.
    """

    case: Case
    turning: int | None
    completions: tuple[Packages, Mask]
    fillings: tuple[Packages, Mask]

    @cached_property
    def candidates(self) -> Candidates:
        """What may be proposed, for protocols in which something is. Raises :class:`sim.talks.candidates.TooMany`."""
        return candidates(self.case)


def agenda(case: Case) -> Agenda:
    """Work out, once, what every block of a case needs."""
    name = case.scenario.domain.issues.no_deal.turning_issue
    return Agenda(
        case=case,
        turning=None if name is None else case.space.issue(name),
        completions=(case.completions[0], asked_each(case, case.completions[0])),
        fillings=(case.fillings[0], asked_each(case, case.fillings[0])),
    )


class Negotiation(mesa.Model):
    """The parties and the text, in one block of draws after the other.

    The agents stay; :meth:`begin` gives them the preferences of a block, steps advance all its
    draws at once, and ``tally`` then holds what the block counts. One model serves a whole
    run, since Mesa 3.3 keeps every model alive.
    """

    def __init__(self, on: Agenda, protocol: str = "vote") -> None:
        # Mesa's own generator is never used: all randomness is in streams of sim.draws.
        super().__init__(rng=0)
        self.agenda = on
        self.case = on.case
        self.turning = on.turning
        self.completions = on.completions
        self.fillings = on.fillings
        self.fill = True
        self.draws = 0
        self.block = 0
        self.round = 0
        self.tally: Tally | None = None
        for profile in on.case.profiles:
            kind = Alliance if profile.role == "alliance" else Party
            kind(self)
        self.mediator = Mediator(self) if protocol == "single_text" else None
        #: The parties, in the order of the case's profiles.
        self.parties = self.agents.select(agent_type=Party)
        self._procedure = PROTOCOLS[protocol](self)

    @property
    def candidates(self) -> Candidates:
        return self.agenda.candidates

    def begin(self, preferences: Sequence[Preferences], draws: int, *, fill: bool = True) -> None:
        """Take up a block: ``preferences`` in the order of the case's profiles.

        ``draws`` is how many of the block's draws count (the last block of a run is cut). With
        ``fill`` the fillings of the text's assumed terms are scored too.
        """
        for party, own in zip(self.parties, preferences, strict=True):
            party.take_up(own)
        self.block = preferences[0].memo.block
        self.draws = draws
        self.fill = fill
        self.round = 0
        self.tally = None
        self.running = True
        self._procedure.begin()

    def step(self) -> None:
        """One round for the whole block."""
        self._procedure.step()
        self.round += 1

    def end(self) -> Tally:
        """Drop the block's arrays and return what it counted."""
        assert self.tally is not None
        tally, self.tally = self.tally, None
        self.parties.do("let_go")
        return tally
