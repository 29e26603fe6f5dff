"""What parties say they must at least get, beside what they would take: which demands a text meets.

A demand is an aspiration, a line or refusal a reservation: in the words of H. Raiffa (*The Art and Science of
Negotiation*, 1982) a party may well take less than it aspires to, but not less than no deal leaves it. So no share
moves by a demand; that a text gives less than was asked is told beside the shares.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.engine.packages import OPEN
from sim.engine.profiles import Case, basis_in
from sim.scenario import schema


@dataclass(frozen=True)
class JudgedDemand:
    """A demand in force and what the text makes of it: issues with another option, and issues that it leaves open."""

    demand: schema.Demand
    basis: schema.Basis
    unmet: tuple[str, ...]
    left_open: tuple[str, ...]

    @property
    def sourced(self) -> bool:
        """Whether the party is known to ask for it, by what counts as evidence."""
        return self.basis in ("stated", "inferred")


def demands(case: Case, party: str) -> tuple[JudgedDemand, ...]:
    """A party's demands in force on the day, in the order of its file, beside the text as the party sees it.

    Options are judged after effects, as refusals are. An issue that the text leaves open meets no demand and
    breaks none.

    >>> import sim
    >>> from sim.engine.profiles import compile_case
    >>> demands(compile_case(sim.load("istanbul").scenario), "nobody")
    Traceback (most recent call last):
    KeyError: 'nobody'
    """
    scenario, space = case.scenario, case.space
    asked = [x for x in scenario.domain.positions[party].asks if x.in_force(scenario.day)]
    if not asked:
        return ()
    basis_of, row = basis_in(scenario), space.seen(case.text[None], party)[0]
    numbers = {issue: int(row[space.issue(issue)]) for issue in space.issues}
    seen = {i: None if k == OPEN else space.options[space.issue(i)][k] for i, k in numbers.items()}
    return tuple(
        JudgedDemand(
            demand=x,
            basis=basis_of(x.basis, x.evidence),
            unmet=tuple(i for i, enough in x.terms.items() if seen[i] is not None and seen[i] not in enough),
            left_open=tuple(i for i in x.terms if seen[i] is None),
        )
        for x in asked
    )


def short_of_demands(case: Case, party: str) -> tuple[str, ...]:
    """The ids of the sourced demands of a party that the text does not meet."""
    return tuple(x.demand.id for x in demands(case, party) if x.unmet and x.sourced)
