"""What of a case rests on graded claims alone: the parties asked as they are where such claims do not count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.engine.packages import Space
from sim.engine.profiles import Case, Profile, compile_case

#: Ids of claims.
Ids = tuple[str, ...]


@dataclass(frozen=True)
class FirmParty:
    """A party asked as it is without graded claims, and those on which what then counts as assumed rests.

    ``space`` has the effects that count as assumed then.
    """

    profile: Profile
    space: Space
    claims: Ids


def firm_parties(case: Case) -> tuple[FirmParty, ...]:
    """Those parties asked of whom something in force rests on graded claims alone; none where these do not count.

    A second case is compiled only where something does.

    >>> import sim
    >>> firm_parties(compile_case(sim.load("istanbul").scenario))
    ()
    """
    scenario = case.scenario
    graded = {row.id for row in scenario.domain.evidence if row.grade is not None}
    if scenario.evidence != "all" or not graded:
        return ()
    effects = [effect.evidence for effect in scenario.domain.issues.effects]
    asked = [case.profile(id) for id in case.asked]
    cited = [*effects, *(ids for profile in asked for ids in _cited(profile))]
    if not any(ids and graded.issuperset(ids) for ids in cited):
        return ()
    firm = compile_case(scenario.model_copy(update={"evidence": "firm"}))
    return tuple(
        FirmParty(other, firm.space, claims)
        for profile in asked
        for other in [firm.profile(profile.id)]
        if (claims := tuple(dict.fromkeys((*_demoted(profile, other), *_doubted(case, firm, profile.id)))))
    )


def _cited(profile: Profile) -> Iterator[Ids]:
    """The claims behind each part of a party that has a basis."""
    for cell in profile.cells:
        yield cell.evidence.ranking
        yield cell.evidence.importance
    yield from (line.evidence for line in profile.lines)
    yield profile.beliefs_evidence


def _bases(profile: Profile) -> Iterator[str]:
    """What those parts rest on, in the same order."""
    for cell in profile.cells:
        yield cell.ranking_basis
        yield cell.importance_basis
    yield from (line.basis for line in profile.lines)
    yield profile.beliefs_basis


def _demoted(profile: Profile, firm: Profile) -> Iterator[str]:
    """The claims of the parts that rest on something else in the second."""
    for ids, basis, other in zip(_cited(profile), _bases(profile), _bases(firm), strict=True):
        if basis != other:
            yield from ids


def _doubted(case: Case, firm: Case, party: str) -> Iterator[str]:
    """The claims of effects that the text has for a party and that count as assumed in the second case alone."""
    doubted = firm.space.doubtful - case.space.doubtful
    for each in case.space.effects:
        effect = each.effect
        bears = effect.parties is None or party in effect.parties
        if bears and effect.id in doubted and each.when.holds(case.text[None])[0]:
            yield from effect.evidence
