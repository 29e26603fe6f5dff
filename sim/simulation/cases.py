"""Loaded scenarios as cases, ready to be drawn: compiled, and checked for what only numbers tell."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sim.bargaining.checks import check_talks
from sim.engine.draws import block_count
from sim.engine.preferences import ranges, unfit_ranges
from sim.engine.profiles import Case, CompiledParty, PartyKey, Profile, compile_case
from sim.execution.fold import Progress
from sim.execution.job import Job
from sim.files.arguments import InvalidArgument
from sim.files.complaints import Complaint, raise_all
from sim.files.nodes import place_of
from sim.scenario.loading import Loaded
from sim.scenario.negotiation_schema import PROTOCOLS, TACTICS

__all__ = ["CaseJob", "CasesJob", "Progress", "check_fit", "compiled", "travels"]

P = TypeVar("P")
R = TypeVar("R")


def compiled(
    loaded: Sequence[Loaded], known: Case | None = None, others: dict[PartyKey, CompiledParty] | None = None
) -> list[Case]:
    """The scenarios as cases, ready to be drawn.

    What they share with a ``known`` case is taken over from it, and parties from ``others`` that were compiled beside
    it, which grow. Raises Complaints where ranges of weights or beliefs
    leave almost nothing to draw from, and where talks cannot be held: too many candidates, a proposer without a say.
    """
    for item in loaded:
        if not isinstance(item, Loaded):
            raise InvalidArgument(f"what is asked for is asked of a loaded scenario (sim.load), not of {item!r}")
    others = known.compiled_parties if others is None and known is not None else others
    cases = [compile_case(item.scenario, known, others) for item in loaded]
    complaints: list[Complaint] = []
    faults: dict[Hashable, tuple[str, str] | None] = {}
    sound: set[Hashable] = set()
    for item, case in zip(loaded, cases, strict=True):
        complaints += check_talks(item.tree, case, sound)
        for profile in case.profiles:
            key = (case.space.sizes, case.scenario.seed, ranges(profile))
            if key not in faults:
                faults[key] = unfit_ranges(profile, case.space.sizes, case.scenario.seed)
            if (fault := faults[key]) is not None:
                complaints.append(_unfit(item, profile, *fault))
    raise_all(complaints)
    return cases


def travels(case: Case) -> bool:
    """Whether another process finds all that the case names: no rule, tactic or protocol that a program registered."""
    talks = case.scenario.negotiation
    own = PROTOCOLS.own(talks.protocol) or any(TACTICS.own(party.tactic) for party in talks.tactics.values())
    return not own and all(p.utility is None and p.acceptance is None for p in case.profiles)


@dataclass
class CasesJob(Job[P, R]):
    """Work on cases that are asked about together in every block: one batch, as far as the case with most draws."""

    cases: tuple[Case, ...]

    @property
    def lengths(self) -> Sequence[int]:
        """The blocks of the case with most draws."""
        return (max(block_count(case.scenario.draws) for case in self.cases),)

    @property
    def travels(self) -> bool:
        """Unless a program has registered rules or tactics that a case names."""
        return all(map(travels, self.cases))


@dataclass
class CaseJob(Job[P, R]):
    """Work on one case: one batch of the blocks of its draws."""

    case: Case

    @property
    def lengths(self) -> Sequence[int]:
        """The blocks of the scenario's draws."""
        return (block_count(self.case.scenario.draws),)

    @property
    def travels(self) -> bool:
        """Unless a program has registered rules or tactics that the case names."""
        return travels(self.case)


def check_fit(item: Loaded, case: Case, profiles: Iterable[Profile]) -> None:
    """Raises Complaints about ranges of these profiles that leave almost nothing to draw from."""
    faults = [(profile, unfit_ranges(profile, case.space.sizes, case.scenario.seed)) for profile in profiles]
    raise_all(_unfit(item, profile, *fault) for profile, fault in faults if fault is not None)


def _unfit(item: Loaded, profile: Profile, about: str, why: str) -> Complaint:
    part = "no_deal" if about == "beliefs" else "positions"
    place = place_of(item.tree, ("domain", "positions", profile.id, part))
    what = f"the ranges leave almost nothing to draw from: {why}"
    return Complaint(place, f"{profile.id}: {about}", what, "widen a range, or give fixed numbers", code="ranges")
