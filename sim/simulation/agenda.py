"""What is put to the parties of a case, worked out once for all blocks of draws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sim.bargaining.candidates import Candidates, candidates
from sim.engine.consent import asked_each
from sim.engine.graded import FirmParty, firm_parties
from sim.engine.packages import Mask, Packages
from sim.engine.profiles import Case


@dataclass(frozen=True)
class Agenda:
    """What is put to the parties, the same in every block.

    Each set of variants comes with whose consent each variant needs, shape ``(parties, packages)``. ``firm`` are
    parties as they are without graded claims.
    """

    case: Case
    turning: int | None
    completions: tuple[Packages, Mask]
    fillings: tuple[Packages, Mask]
    firm: tuple[FirmParty, ...] = ()

    @cached_property
    def candidates(self) -> Candidates:
        """What may be proposed, for protocols in which something is.

        Raises :class:`sim.bargaining.candidates.TooMany`.
        """
        return candidates(self.case)


def agenda(case: Case) -> Agenda:
    """Work out, once, what every block of a case needs."""
    name = case.scenario.domain.issues.no_deal.turning_issue
    return Agenda(
        case=case,
        turning=None if name is None else case.space.issue(name),
        completions=(case.completions[0], asked_each(case, case.completions[0])),
        fillings=(case.fillings[0], asked_each(case, case.fillings[0])),
        firm=firm_parties(case),
    )
