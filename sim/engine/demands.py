"""What parties say they must at least get, beside what they would take: which demands a text meets.

A demand is an aspiration, a line or refusal a reservation: in the words of H. Raiffa (*The Art and Science of
Negotiation*, 1982) a party may well take less than it aspires to, but not less than no deal leaves it. So no share
moves by a demand; that a text gives less than was asked is told beside the shares.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sim.engine.packages import OPEN
from sim.engine.profiles import Case, basis_in
from sim.scenario import schema
from sim.scenario.evidence import sources_of


@dataclass(frozen=True)
class JudgedDemand:
    """A demand in force and what the text makes of it: issues with another option, issues on which it says nothing."""

    demand: schema.Demand
    basis: schema.Basis
    unmet: tuple[str, ...]
    left_open: tuple[str, ...]


def demands(case: Case, party: str, unsaid: Collection[str] | None = None) -> tuple[JudgedDemand, ...]:
    """A party's demands in force on the day, in the order of its file, beside the text as the party sees it.

    Options are judged after effects, as refusals are. An issue that the text leaves open meets no demand and
    breaks none, and no more does one in ``unsaid``, on which no source gives its term: by default those whose terms are
    filler, of a domain with sources.

    >>> import sim
    >>> from sim.engine.profiles import compile_case
    >>> demands(compile_case(sim.load("istanbul").scenario), "nobody")
    Traceback (most recent call last):
    KeyError: 'nobody'
    """
    asked = _in_force(case, party)
    if not asked:
        return ()
    space = case.space
    if unsaid is None:
        unsaid = case.assumed_issues if sources_of(case.scenario) != "none" else ()
    row = space.seen(case.text[None], party)[0]
    numbers = {issue: OPEN if issue in unsaid else int(row[space.issue(issue)]) for issue in space.issues}
    seen = {i: None if k == OPEN else space.options[space.issue(i)][k] for i, k in numbers.items()}
    return tuple(
        JudgedDemand(
            demand=x,
            basis=basis,
            unmet=tuple(i for i, enough in x.terms.items() if seen[i] is not None and seen[i] not in enough),
            left_open=tuple(i for i in x.terms if seen[i] is None),
        )
        for x, basis in asked
    )


def counted_demands(case: Case, party: str) -> list[schema.Demand]:
    """A party's demands in force of which pages tell: those that sources give, without sources all."""
    bases = ("assumed",) if sources_of(case.scenario) == "none" else ("stated", "inferred")
    return [x for x, basis in _in_force(case, party) if basis in bases]


def short_of_demands(case: Case, party: str, unsaid: Collection[str] | None = None) -> tuple[str, ...]:
    """The ids of the :func:`counted_demands` of a party of which the text gives less; ``unsaid`` as above."""
    counted = {x.id for x in counted_demands(case, party)}
    if not counted:
        return ()
    return tuple(x.demand.id for x in demands(case, party, unsaid) if x.unmet and x.demand.id in counted)


def _in_force(case: Case, party: str) -> list[tuple[schema.Demand, schema.Basis]]:
    scenario, basis_of = case.scenario, basis_in(case.scenario)
    asks = scenario.domain.positions[party].asks
    return [(x, basis_of(x.basis, x.evidence)) for x in asks if x.in_force(scenario.day)]
