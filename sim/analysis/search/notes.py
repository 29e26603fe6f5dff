"""The notes under a search: what is proven, what luck and silence have to do with it, who is not asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from sim.analysis.search.result import Answer, Best, Search
from sim.analysis.search.words import called, near_name, packages, share, terms, title
from sim.files.grammar import listed
from sim.report.english import draws_words, no_agreement
from sim.report.numbers import percent
from sim.report.verdict import evidence_range
from sim.results.records import WeightByBasis
from sim.results.verdicts import SILENCE, unsourced
from sim.scenario.labels import capital, possessive

#: A best package in words, with the answer it belongs to.
Told: TypeAlias = tuple[str, Answer, Best]


def notes(result: Search) -> Iterator[str]:
    """One sentence or a few each."""
    answers = result.answers
    told = [(title(answer), answer, answer.best) for answer in answers if answer.best is not None]
    if told:
        yield from _proofs(result, answers)
    yield from _silence(result, told)
    yield from _free(result, told)
    yield from _evidence(result, told)
    if result.settings.drawn:
        yield from _picked(told)
    for which, _, best in told:
        for x in best.breaks:
            yield f"Warning: {which} breaks {x.id} ({x.severity}): {x.why}"
    for which, answer, best in told:
        if best.no_longer_needed:
            stands = "stands apart" if answer.among == "asking_fewer" else "asks fewer than the text"
            yield (
                f"{capital(which)} {stands}: a figure can rise by no longer asking a party, whose refusal then no "
                "longer counts. --ask all leaves such packages out."
            )
    yield from _open(result, told)
    if (said := no_agreement(result.space.equal_no_deal)) is not None:
        yield said
    if result.broken_already:
        why = "the text itself breaks" if result.near is None else "the text near to which the search is breaks"
        yield f"Not binding, since {why} them: {listed([f'{x.id} ({x.severity})' for x in result.broken_already])}."
    if result.options.constraints != "legal":
        yield f"Constraints up to {result.options.constraints} bind."
    if result.settings.edits:
        yield f"Edited before: {'; '.join(result.settings.edits)}."
    if result.consent_not_modelled:
        yield f"Consent of {len(result.consent_not_modelled)} others is needed but not modelled, and left out."
    if told:
        yield (
            "Mean gain: over no deal, in closed form as in sim frontier, on a scale where best to worst on everything "
            "is 1. Its change is against the text as tabled; means of sim run, over draws, differ by a few thousandths."
        )
    yield draws_words(result.settings)


def _open(result: Search, told: Sequence[Told]) -> Iterator[str]:
    """What became of issues that the text leaves open, or the one searched near."""
    near = result.near
    source = "The text" if near is None else near_name(result)
    left = result.base.open_issues if near is None else tuple(i for i, o in near.items() if o is None)
    opened = [i for i in left if i not in result.options.keep]
    named = listed([result.labels.issue(i) for i in opened])
    if opened and result.options.changes is None:
        yield (f"The text leaves {named} open; a package closes every issue, unless --keep leaves one as tabled.")
    elif opened:
        yield f"{source} leaves {named} open; closing an issue counts as a change."
    for names in dict.fromkeys(tuple(i for i, o in best.terms.items() if o is None) for _, _, best in told):
        if names:
            still = [which for which, _, best in told if all(best.terms[i] is None for i in names)]
            yield (
                f"{capital(listed([result.labels.issue(i) for i in names]))} stay{'s' * (len(names) == 1)} open in "
                f"{listed(still)}."
            )


def _free(result: Search, told: Sequence[Told]) -> Iterator[str]:
    """Options that no party, or no source, has anything to say about."""
    nothing = "nothing is given" if unsourced(result.settings) else "the sources say nothing"
    for which, answer, best in told:
        if answer.listed[0].alike:
            also = [terms(result, x.issue, x.option) for x in answer.listed[0].alike]
            yield f"In {which}, {listed(also, 'or')} would be the same for every party."
        if best.unranked:
            yield (
                f"In {which}, {nothing} for or against the change of {_issues(result, best.unranked)}: the draws "
                "picked "
                "the option."
            )
        if ranked := [i for i in best.idle if i not in best.unranked]:
            yield (
                f"In {which}, the change of {_issues(result, ranked)} moves nobody's mean gain either way and no "
                "line: the "
                "draws picked the option."
            )


def _issues(result: Search, ids: Sequence[str]) -> str:
    return listed([result.labels.issue(i) for i in ids])


def _silence(result: Search, told: Sequence[Told]) -> Iterator[str]:
    """How much of the gain in acceptance is what sources leave open."""
    if unsourced(result.settings):
        return
    still = [
        f"{len(best.as_no_deal)} of {len(best.terms)} terms of {which}"
        for which, _, best in told
        if len(best.as_no_deal) > len(result.base_as_no_deal)
    ]
    if still:
        yield (
            f"As no deal would leave things: {listed(still)} (in the text: {len(result.base_as_no_deal)}). That gives "
            "and costs nobody anything. Where the sources are silent a search tends to leave things so, which is no "
            "sign of anybody's wish."
        )
    asked = {p.id: p for _, _, best in told for p in best.parties if p.consent_needed}
    unknown = [
        f"{percent(p.weight_by_basis.unknown)} of {possessive(result.names[p.id])} weight"
        for p in asked.values()
        if p.weight_by_basis.unknown > SILENCE
    ]
    if unknown:
        yield f"The sources are silent on {listed(unknown)}. A search picks what suits the draws there."
    moved = []
    for which, _, best in told:
        shares = [
            f"{percent(share)} for {called(result, p.id)}"
            for p in best.parties
            if p.consent_needed and (share := _soft(p.weight_changed)) > SILENCE
        ]
        if shares:
            moved.append(f"in {which} {listed(shares)}")
    if moved:
        yield (
            "Most of what the changed terms weigh rests on rankings that are assumed or unknown: "
            f"{'; '.join(moved)}. What such a party gains there is no finding."
        )


def _soft(weight: WeightByBasis) -> float:
    """The share that is assumed or unknown."""
    total = weight.stated + weight.inferred + weight.assumed + weight.edited + weight.unknown
    return (weight.assumed + weight.unknown) / total if total else 0.0


def _evidence(result: Search, told: Sequence[Told]) -> Iterator[str]:
    if unsourced(result.settings):
        return
    for which, _, best in told:
        found = best.on_evidence
        names = listed(
            [f"{called(result, p.id)} ({evidence_range(p.on_evidence)})" for p in best.parties if p.id in found.parties]
        )
        said = {
            "refused": f"refused by {names}",
            "accepted": "accepted by each it asks",
            "not settled": f"unknown: the sources leave open whether {names} would accept",
        }[found.verdict]
        if found.verdict == "not settled" and found.by_inference:
            said += f"; if inferred lines hold, {listed([called(result, p) for p in found.by_inference])} would not"
        yield f"On the evidence alone {which} is {said}."


def _proofs(result: Search, answers: Sequence[Answer]) -> Iterator[str]:
    said = ""
    for k, answer in enumerate(answers):
        if k == 0:
            said = (
                f"for {title(answer)}, {packages(answer.scored)} that some draw accepts scored one by one, "
                f"the others ruled out together, in {answer.boxes:,} box{'es' * (answer.boxes != 1)}"
            )
        else:
            said += f"; for {title(answer)}, {answer.scored:,} and {answer.boxes:,}"
    if all(a.proven for a in answers):
        other = " Another seed may put another first." if result.settings.drawn else ""
        yield f"Exact means on these draws: {said}.{other}"
    else:
        yield f"Looked at: {said} (at most {result.options.effort:,} boxes each)."
    if result.searched_draws < result.settings.draws and any(a.unproven_by is not None for a in answers):
        yield (
            f"Packages were looked for on the first {result.searched_draws:,} draws; on the others any might be "
            "accepted, so the bound is loose. Fewer --draws make it exact."
        )


def _picked(told: Sequence[Told]) -> Iterator[str]:
    """How the best fare on draws by which they were not picked."""
    if not told:
        return
    figures = [(which, share(b.fresh.estimate), share(b.joint_acceptability.estimate)) for which, _, b in told]
    said = [f"{which} in {fresh}{f' rather than {own}' if fresh != own else ' too'}" for which, fresh, own in figures]
    yield (
        "Picked as the best on these draws, a package tends to look better than it is. On draws of seed "
        f"{told[0][2].fresh_seed}, by which it was not picked, all accept {listed(said)}."
    )
