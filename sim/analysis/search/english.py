"""What a search says: the sentences on the best packages and what is proven of them, and the notes below."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from sim.analysis.search.result import Best, Search, SearchAnswer
from sim.analysis.shared.records import PartyLine
from sim.files.grammar import ending, listed, plural
from sim.report.english import draws_words, evidence_sentence, filler_caution, no_agreement
from sim.report.numbers import per_cents, percent, points
from sim.report.verdict import evidence_range
from sim.results.records import WeightByBasis
from sim.results.verdicts import SILENCE, unsourced
from sim.scenario.labels import capital, possessive, spoken

#: What a best package is called, with the answer it belongs to.
TitledBest: TypeAlias = tuple[str, SearchAnswer, Best]

# --- phrases --------------------------------------------------------------------------------


def called(result: Search, party: str) -> str:
    """A party's name as it stands in a sentence."""
    return spoken(result.names[party])


def opt(result: Search, issue: str, option: str | None) -> str:
    """An option's name; ``open`` for none."""
    return "open" if option is None else result.labels.option(issue, option)


def terms(result: Search, issue: str, option: str | None) -> str:
    return f"{result.labels.issue(issue)}: {opt(result, issue, option)}"


def near_name(result: Search) -> str:
    """The text searched near."""
    return result.labels.text(result.options.near or "")


def title(answer: SearchAnswer) -> str:
    return "the best that asks fewer" if answer.among == "asking_fewer" else "the best"


def share(value: float) -> str:
    """A share to a tenth of a per cent, for figures set against each other closely."""
    return f"{per_cents(value, 1)}%"


def packages(count: int, kind: str = "") -> str:
    return plural(count, f"{kind}package")


def which(result: Search, answer: SearchAnswer) -> str:
    """The packages in question."""
    size, options = result.space, result.options
    count = size.combinations if size.feasible is None else size.feasible
    whole = packages(count, "" if size.feasible is None else "feasible ")
    if options.changes is not None:
        near = "the text" if options.near == result.scenario.id else near_name(result)
        whole += f" within {plural(options.changes, 'change')} of {near}"
    if options.keep:
        whole += f" with {listed([result.labels.issue(i) for i in options.keep])} as tabled"
    only = ["keep the constraints"] if size.feasible is None else []
    if answer.among == "asking_named":
        only.append(f"ask {listed([called(result, p) for p in answer.required])}")
    elif answer.among == "asking_all":
        only.append("ask all whom the text asks")
    elif answer.among == "asking_fewer":
        only.append("do not ask all whom the text asks")
    return f"those among {whole} that {' and '.join(only)}" if only else whole


def proven(answer: SearchAnswer) -> str:
    """What is shown of the packages not listed."""
    if answer.proven:
        others = {"none": "", "some": ", some are in as many", "unknown": ", others perhaps in as many"}[answer.as_good]
        return f"proven on these draws: none is accepted in more of them{others}"
    # A bound rounded down would not be one.
    most = f"{math.ceil(1000 * answer.at_most - 1e-9) / 10:.1f}%"
    further = ", and --effort looks further" if answer.unproven_by == "effort" else ""
    return f"not proven to be the best: on these draws none exceeds {most}{further}"


def crossed(result: Search, lines: Sequence[PartyLine]) -> str:
    """Lines with whose they are; a red line is at the option that the change takes away or brings."""
    owners = [called(result, x.party) for x in lines if x.kind == "red_line"]
    red = [f"red line{ending(len(owners))} of {listed(owners)}"] if owners else []
    refusals = (x for x in lines if x.kind == "refusal")
    return listed([*red, *(f"{possessive(result.names[x.party])} refusal {_refusal(result, x)}" for x in refusals)])


def _refusal(result: Search, line: PartyLine) -> str:
    return result.labels.refusal(line.party, line.refusal)


def text(result: Search) -> dict[str, str | None]:
    """The text as tabled; empty where no package was found."""
    for answer in result.answers:
        if answer.best is not None:
            return answer.best.terms | {c.issue: c.before for c in answer.best.changes}
    return {}


# --- the lead -------------------------------------------------------------------------------


def lead(result: Search) -> Iterator[str]:
    base = result.base.joint_acceptability
    if not unsourced(result.settings):
        alone = result.base.on_evidence
        yield evidence_sentence(alone, {result.names[p]: alone.ranges[p] for p in alone.parties}, result.settings)
    yield f"As tabled and modelled, all whose consent is needed accept together in {percent(base.estimate)} of draws."
    yield from _about(result, result.answer, f"Of {which(result, result.answer)}")
    if result.asking_fewer is not None:
        yield from _about(result, result.asking_fewer, "Apart, of those that do not ask all whom the text asks")
    elif result.everybody == "best" and result.answer.best is not None:
        yield "None that asks fewer was found better."
    elif result.everybody == "none":
        yield "No package in question asks all whom the text asks."
    if (caution := filler_caution(result.base.assumed_terms, result.base.terms, result.settings)) is not None:
        yield caution


def _about(result: Search, answer: SearchAnswer, among: str) -> Iterator[str]:
    best = answer.best
    if best is None:
        if answer.at_most:
            yield f"{among}, none was found that all accept in a single draw. {capital(proven(answer))}."
        else:
            yield f"{among}, none is accepted by all it asks in a single draw (proven){_rejected(result)}."
        if answer is result.answer:
            yield "sim frontier counts who would accept which packages, and between whom none is left."
        return
    lost = [called(result, p) for p in best.no_longer_needed]
    new = [called(result, p) for p in best.newly_needed]
    own = percent(best.joint_acceptability.estimate)
    asking = [f"no longer asking {listed(lost)}"] * bool(lost)
    asking += [f"asking {listed(new)} too"] * bool(new)
    first = "the best" if answer.proven else "the best found"
    yield (
        f"{among}, {first} is accepted by all it asks in {own} of draws "
        f"({'; '.join([_points(best.change.estimate), *asking])})."
    )
    yield f"{capital(proven(answer))}."


def _points(share: float) -> str:
    change = points(share)
    return f"{change} point{'s' * (change not in ('+1', '-1'))}"


def _rejected(result: Search) -> str:
    """Who rejects every package, by which lines."""
    labels = result.labels
    grounds: dict[str, dict[tuple[str, str], list[str]]] = {}
    for x in result.rejections:
        mine = grounds.setdefault(x.party, {})
        # Red lines stand before refusals of the same basis.
        red_lines, refusals = (mine.setdefault((x.basis, kind), []) for kind in ("red line", "refusal"))
        if x.kind == "refusal":
            refusals.append(_refusal(result, x))
        else:
            red_lines.append(f"'{labels.option(x.issue or '', x.option)}' ({labels.issue(x.issue or '')})")
    parts = []
    for party, mine in grounds.items():
        lines = [
            f"its {basis} {kind}{ending(len(names))}{' against' * (kind == 'red line')} {listed(names)}"
            for (basis, kind), names in mine.items()
            if names
        ]
        parts.append(f". {capital(called(result, party))} rejects every one by {listed(lines)}")
    return "".join(parts)


# --- the notes ------------------------------------------------------------------------------


def notes(result: Search) -> Iterator[str]:
    """One sentence or a few each."""
    answers = result.answers
    bests = [(title(answer), answer, answer.best) for answer in answers if answer.best is not None]
    if bests:
        yield from _proofs(result, answers)
    yield from _silence(result, bests)
    yield from _free(result, bests)
    yield from _evidence(result, bests)
    if result.settings.drawn:
        yield from _picked(bests)
    for which, _, best in bests:
        for x in best.breaks:
            yield f"Warning: {which} breaks {x.id} ({x.severity}): {x.why}"
    for which, answer, best in bests:
        if best.no_longer_needed:
            stands = "stands apart" if answer.among == "asking_fewer" else "asks fewer than the text"
            yield (
                f"{capital(which)} {stands}: a figure can rise by no longer asking a party, whose refusal then no "
                "longer counts. --ask all leaves such packages out."
            )
    yield from _open(result, bests)
    if (sentence := no_agreement(result.space.equal_no_deal)) is not None:
        yield sentence
    if result.broken_already:
        why = "the text itself breaks" if result.near is None else "the text near to which the search is breaks"
        yield f"Not binding, since {why} them: {listed([f'{x.id} ({x.severity})' for x in result.broken_already])}."
    if result.options.constraints != "legal":
        yield f"Constraints up to {result.options.constraints} bind."
    if result.settings.edits:
        yield f"Edited before: {'; '.join(result.settings.edits)}."
    if result.consent_not_modelled:
        yield f"Consent of {len(result.consent_not_modelled)} others is needed but not modelled, and left out."
    if bests:
        yield (
            "Mean gain: over no deal, in closed form as in sim frontier, on a scale where best to worst on everything "
            "is 1. Its change is against the text as tabled; means of sim run, over draws, differ by a few thousandths."
        )
    yield draws_words(result.settings)


def _open(result: Search, bests: Sequence[TitledBest]) -> Iterator[str]:
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
    for names in dict.fromkeys(tuple(i for i, o in best.terms.items() if o is None) for _, _, best in bests):
        if names:
            still = [which for which, _, best in bests if all(best.terms[i] is None for i in names)]
            yield (
                f"{capital(listed([result.labels.issue(i) for i in names]))} stay{ending(len(names), 's', '')} open in "
                f"{listed(still)}."
            )


def _free(result: Search, bests: Sequence[TitledBest]) -> Iterator[str]:
    """Options that no party, or no source, has anything to say about."""
    nothing = "nothing is given" if unsourced(result.settings) else "the sources say nothing"
    for which, answer, best in bests:
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


def _silence(result: Search, bests: Sequence[TitledBest]) -> Iterator[str]:
    """How much of the gain in acceptance is what sources leave open."""
    if unsourced(result.settings):
        return
    still = [
        f"{len(best.as_no_deal)} of {len(best.terms)} terms of {which}"
        for which, _, best in bests
        if len(best.as_no_deal) > len(result.base_as_no_deal)
    ]
    if still:
        yield (
            f"As no deal would leave things: {listed(still)} (in the text: {len(result.base_as_no_deal)}). That gives "
            "and costs nobody anything. Where the sources are silent a search tends to leave things so, which is no "
            "sign of anybody's wish."
        )
    asked = {p.id: p for _, _, best in bests for p in best.parties if p.consent_needed}
    unknown = [
        f"{percent(p.weight_by_basis.unknown)} of {possessive(result.names[p.id])} weight"
        for p in asked.values()
        if p.weight_by_basis.unknown > SILENCE
    ]
    if unknown:
        yield f"The sources are silent on {listed(unknown)}. A search picks what suits the draws there."
    moved = []
    for which, _, best in bests:
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


def _evidence(result: Search, bests: Sequence[TitledBest]) -> Iterator[str]:
    if unsourced(result.settings):
        return
    for which, _, best in bests:
        alone = best.on_evidence
        names = listed(
            [f"{called(result, p.id)} ({evidence_range(p.on_evidence)})" for p in best.parties if p.id in alone.parties]
        )
        verdict = {
            "refused": f"refused by {names}",
            "accepted": "accepted by each it asks",
            "not settled": f"unknown: the sources leave open whether {names} would accept",
        }[alone.verdict]
        if alone.verdict == "not settled" and alone.by_inference:
            verdict += f"; if inferred lines hold, {listed([called(result, p) for p in alone.by_inference])} would not"
        yield f"On the evidence alone {which} is {verdict}."


def _proofs(result: Search, answers: Sequence[SearchAnswer]) -> Iterator[str]:
    first, *others = answers
    work = (
        f"for {title(first)}, {packages(first.scored)} that some draw accepts scored one by one, "
        f"the others ruled out together, in {plural(first.boxes, 'box', 'boxes')}"
    )
    work += "".join(f"; for {title(answer)}, {answer.scored:,} and {answer.boxes:,}" for answer in others)
    if all(a.proven for a in answers):
        other = " Another seed may put another first." if result.settings.drawn else ""
        yield f"Exact means on these draws: {work}.{other}"
    else:
        yield f"Looked at: {work} (at most {result.options.effort:,} boxes each)."
    if result.searched_draws < result.settings.draws and any(a.unproven_by is not None for a in answers):
        yield (
            f"Packages were looked for on the first {result.searched_draws:,} draws; on the others any might be "
            "accepted, so the bound is loose. Fewer --draws make it exact."
        )


def _picked(bests: Sequence[TitledBest]) -> Iterator[str]:
    """How the best fare on draws by which they were not picked."""
    if not bests:
        return
    figures = [(which, share(b.fresh.estimate), share(b.joint_acceptability.estimate)) for which, _, b in bests]
    shares = [f"{which} in {fresh}{f' rather than {own}' if fresh != own else ' too'}" for which, fresh, own in figures]
    yield (
        "Picked as the best on these draws, a package tends to look better than it is. On draws of seed "
        f"{bests[0][2].fresh_seed}, by which it was not picked, all accept {listed(shares)}."
    )
