"""The notes under a search: what is proven, what luck and silence have to do with it, who is not asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from sim.analysis.search_results import Answer, Best, Search
from sim.results import WeightByBasis
from sim.verdict import SILENCE, listed, percent
from sim.views.search_words import name_of, share

#: A best package in words, with the answer it belongs to.
Told: TypeAlias = tuple[str, Answer, Best]

_WHICH = {"asking_all": "the best that asks all"}
#: A mean gain that moves by less counts as not moved.
NOTHING = 5e-4


def notes(result: Search) -> Iterator[str]:
    """One sentence or a few each."""
    answers = result.answers
    told = [
        (_WHICH.get(answer.among, "the best"), answer, answer.best) for answer in answers if answer.best is not None
    ]
    yield from _free(told)
    yield from _silence(result, told)
    yield from _evidence(result, told)
    if told:
        yield from _proofs(result, answers)
    yield from _picked([best for _, _, best in told])
    for which, _, best in told:
        for x in best.breaks:
            yield f"Warning: {which} breaks {x.id} ({x.severity}): {x.why}"
    if any(best.no_longer_needed for _, _, best in told):
        yield (
            "A figure can rise by no longer asking a party, whose refusal then no longer counts; --ask PARTY or --ask "
            "all looks only among packages that ask it."
        )
    opened = [i for i in result.base.open_issues if i not in result.options.keep]
    if opened and result.options.changes is None:
        yield (
            f"The text leaves {listed(opened)} open; a package closes every issue, unless --keep leaves one as tabled."
        )
    elif opened:
        yield f"The text leaves {listed(opened)} open; closing an issue counts as a change."
    if result.broken_already:
        why = "the terms kept, or the text near to which the search is, break"
        yield f"Not binding, since {why} them: {listed([f'{x.id} ({x.severity})' for x in result.broken_already])}."
    if result.options.constraints != "legal":
        yield f"Constraints up to {result.options.constraints} bind."
    if result.settings.edits:
        yield f"Edited before: {'; '.join(result.settings.edits)}."
    if result.consent_not_modelled:
        yield f"Consent of {len(result.consent_not_modelled)} others is needed but not modelled, and left out."
    yield (
        "Mean gain: over no deal, on a scale where best to worst on everything is 1; its change is against the text as "
        "tabled."
    )
    yield f"{result.settings.draws:,} draws, seed {result.settings.seed}; intervals are sampling error only."


def _free(told: Sequence[Told]) -> Iterator[str]:
    """Options that no party, or no source, has anything to say about."""
    for which, answer, best in told:
        if answer.listed[0].alike:
            also = [f"{x.issue}: {x.option or 'open'}" for x in answer.listed[0].alike]
            yield f"In {which}, {listed(also, 'or')} would be the same for every party."
        silent = [
            c.issue
            for c in best.changes
            if all(abs(x.change) < NOTHING for x in c.gains) and not c.calls_on and not c.spares
        ]
        if silent:
            yield (
                f"In {which}, nobody asked gains or loses on average by the change of {listed(silent)}: the sources "
                "say nothing for or against it, and the draws picked the option."
            )


def _silence(result: Search, told: Sequence[Told]) -> Iterator[str]:
    """How much of the gain in acceptance is what sources leave open."""
    still = [
        f"{len(best.as_no_deal)} of {len(best.terms)} terms of {which}"
        for which, _, best in told
        if len(best.as_no_deal) > len(result.base_as_no_deal)
    ]
    if still:
        yield (
            f"What no deal would bring too is what {listed(still)} say (in the text: {len(result.base_as_no_deal)}). "
            "An issue left so costs nobody anything, whatever the sources leave open; where they are silent "
            "a search keeps still, which is no sign of anybody's wish."
        )
    asked = {p.id: p for _, _, best in told for p in best.parties if p.consent_needed}
    unknown = [
        f"{percent(p.weight_by_basis.unknown)} of {name_of(result, p.id)}'s weight"
        for p in asked.values()
        if p.weight_by_basis.unknown > SILENCE
    ]
    if unknown:
        yield f"The sources are silent on {listed(unknown)}; a search picks what suits the draws there."
    moved = []
    for which, _, best in told:
        shares = [
            f"{percent(share)} for {name_of(result, p.id)}"
            for p in best.parties
            if p.consent_needed and (share := _soft(p.weight_changed)) > SILENCE
        ]
        if shares:
            moved.append(f"of {which} {listed(shares)}")
    if moved:
        yield (
            "Of the weight of the terms changed, most rests on rankings that are assumed or unknown, "
            f"{listed(moved)}; what such a party gains there is no finding."
        )


def _soft(weight: WeightByBasis) -> float:
    """The share that is assumed or unknown."""
    total = weight.stated + weight.inferred + weight.assumed + weight.edited + weight.unknown
    return (weight.assumed + weight.unknown) / total if total else 0.0


def _evidence(result: Search, told: Sequence[Told]) -> Iterator[str]:
    for which, _, best in told:
        found = best.on_evidence
        names = listed(
            [
                f"{name_of(result, p.id)} ({percent(p.on_evidence.necessary)} to {percent(p.on_evidence.possible)})"
                for p in best.parties
                if p.id in found.parties
            ]
        )
        said = {
            "refused": f"refused by {names}",
            "accepted": "accepted by each it asks",
            "not settled": f"not settled: the sources leave open {names}",
        }[found.verdict]
        yield f"On the evidence alone {which} is {said}."


def _proofs(result: Search, answers: Sequence[Answer]) -> Iterator[str]:
    boxes = sum(a.boxes for a in answers)
    scored = sum(a.scored for a in answers)
    said = f"{scored:,} packages were scored one by one and {boxes:,} boxes of packages bounded"
    if all(a.proven for a in answers):
        yield (
            f"Exact means on these draws: {said}, which leaves no package that could reach more. Another seed may put "
            "another first."
        )
    else:
        yield f"{said[0].upper()}{said[1:]}, of at most {result.options.effort:,} for each question."
    if result.searched_draws < result.settings.draws:
        yield (
            f"Packages were looked for on the first {result.searched_draws:,} draws; on the others any might be "
            "accepted, so the bound is loose. Fewer --draws make it exact."
        )


def _picked(found: Sequence[Best]) -> Iterator[str]:
    if not found:
        return
    told = [f"{share(b.fresh.estimate)} instead of {share(b.joint_acceptability.estimate)}" for b in found]
    yield (
        f"Picked as the best on these draws, so flattered: on draws of seed {found[0].fresh_seed}, by which "
        f"{'they were' if len(told) > 1 else 'it was'} not picked, all accept in "
        f"{listed(told, 'and, for the best that asks all, in')}."
    )
