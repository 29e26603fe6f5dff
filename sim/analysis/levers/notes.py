"""What is said under the tables of levers: what was tried, what was not, and what bears on reading them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sim.analysis.levers.result import LeftOut, Lever, LeversResult
from sim.analysis.shared.counting import Verdict
from sim.files.grammar import listed
from sim.report.english import ALLIANCE, draws_words
from sim.report.numbers import percent
from sim.results.verdicts import HALF
from sim.scenario.labels import capital, spoken

#: Why edits were not run, in a few words behind their number.
_SHORT = {
    "consent_not_needed": "of parties whose consent is not needed",
    "vetoes_anyway": "of parties that another line of theirs keeps rejecting the text",
    "line_not_met": "of lines that do not bear on the text",
    "no_term": "of issues where nothing hangs on the order",
    "no_weight": "of issues without weight",
    "same_order": "of classes that leave all weights as they are",
    "beliefs_idle": "of beliefs on which nothing hangs",
    "numeric": "of cells given in numbers",
    "forbidden": "that the rules of the files forbid",
    "nobody_asked": "because nobody is asked",
}


#: A verdict in a cell of a table, and in a sentence.
VERDICT_WORDS: dict[Verdict, str] = {
    "accepted": "accepted", "singly": "by each, not by all", "divided": "divided", "refused": "refused", "none": "-",
}  # fmt: skip
VERDICT_IN_WORDS: dict[Verdict, str] = {**VERDICT_WORDS, "singly": "accepted by each but not by all together"}


def flip_mark(lever: Lever) -> str:
    """What an edit turns the verdict into; in brackets the party's own, where only that turns; or nothing."""
    if lever.joint is not None and lever.joint.flips:
        return VERDICT_WORDS[lever.joint.verdict_after]
    return f"({lever.own.verdict_after})" if lever.own.flips else ""


def notes(result: LeversResult, printed: Sequence[Lever]) -> Iterator[str]:
    """The lines under the tables; ``printed`` are the levers that a table lists."""
    if len(result.levers) > len(printed):
        yield f"Shown: the first {len(printed)} of {len(result.levers)} edits; --top shows more, json and csv hold all."
    marks = {flip_mark(x) for x in printed}
    if any(marks):
        own = "; in brackets, what the edited party alone becomes" if any(x.startswith("(") for x in marks) else ""
        yield f"becomes: the verdict as modelled under the edit, where it is another{own}."
    yield from _half_notes(result)
    for party in result.parties:
        if len(party.vetoes) > 1 and result.party in (None, party.id):
            more = ", and two edits cannot remove them all" if len(party.vetoes) > 2 else ""
            yield (
                f"{capital(spoken(party.name))} rejects the text in every draw over {len(party.vetoes)} lines at once: "
                f"{'; '.join(party.vetoes)}. While one of them stands, no other edit of its positions matters{more}."
            )
    ceilings = _ceilings(result)
    if ceilings is not None:
        yield ceilings
    if result.new_lines:
        who = list(dict.fromkeys(spoken(result.names[x.party]) for x in result.new_lines))
        yield (
            f"Counted apart: {len(result.new_lines)} edits that add a red line on a term of the text (for "
            f"{listed(who, 'or')}). Each takes the joint share to 0% by definition"
            + (", as it would with any text, and so breaks the verdict." if result.new_lines_flip else ".")
        )
    yield from _pair_notes(result)
    if result.levers:
        turning = " (of the turning issue every class)" if result.settings.turning_issue is not None else ""
        yield (
            f"Tried: importance one class up or down{turning}, the text's option one level up or down, first and last "
            "in a ranking. Also lines and refusals dropped, beliefs and polls of lines at the ends of their "
            "ranges, whole "
            "cells made unknown. "
            "Not varied: weights and values given as numbers, reservation values, the cost of no deal, and when "
            "consent is needed."
        )
    idle = [x for x in result.left_out if x.cannot_matter]
    if idle:
        yield f"Not run, since they cannot change anything: {_counted(idle)}."
    barred = [x for x in result.left_out if not x.cannot_matter]
    if barred:
        yield f"Cannot be made: {_counted(barred)}."
    if result.weight_ranges:
        ranged = listed([spoken(result.names[p]) for p in result.weight_ranges])
        yield (
            f"Of {ranged}, weights are given as ranges. An edit of a class or weight then shifts all draws of weights, "
            "so that changes carry more sampling error; the intervals count that."
        )
    if result.settings.edits:
        yield f"On top of the edits of this run: {'; '.join(result.settings.edits)}."
    if result.dropped:
        edits = " ".join(f"--set {x}" for x in result.dropped[-1].edits)
        yield f"To see a run without those lines, add {edits} to sim run."
    if result.levers:
        yield f"To see a whole run under the first edit, add --set '{result.levers[0].edit}' to sim run."
    allied = f"{ALLIANCE} " if any(p.role == "alliance" for p in result.parties) else ""
    yield (
        f"{draws_words(result.settings, 'the same for every edit, and intervals are sampling error only')} {allied}"
        "An edit asks what if; it is no evidence that a party would move."
    )


def _half_notes(result: LeversResult) -> Iterator[str]:
    """The joint share by itself, which may cross one half while the verdict stands, and the reverse."""
    moved = [x.joint for x in result.levers if x.joint is not None]
    crossing, near = sum(x.crosses_half for x in moved), sum(x.too_near for x in moved)
    if crossing or near:
        doubt = f"; under {near} it is too near to one half to call" if near else ""
        other = " The verdict also turns with the share of any one party."
        yield (
            f"The joint share by itself crosses one half under {crossing} of the {len(result.levers)} edits{doubt}."
            + other * (crossing != sum(x.flips for x in moved))
        )


def _counted(left_out: Sequence[LeftOut]) -> str:
    counts: Counter[str] = Counter()
    for x in left_out:
        counts[x.reason] += x.count
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return listed([f"{n} {_SHORT[r]}" for r, n in ordered])


def _ceilings(result: LeversResult) -> str | None:
    """How far edits of one party alone can lift a joint share below one half."""
    if result.joint is None or result.joint.estimate >= HALF or len(result.parties) < 2:
        return None
    ceilings: dict[str, list[str]] = {}
    for party in result.parties:
        if party.ceiling < HALF and result.party in (None, party.id):
            ceilings.setdefault(percent(party.ceiling), []).append(spoken(party.name))
    if not ceilings:
        return None
    figures = listed([f"{figure} for {listed(names, 'or')}" for figure, names in ceilings.items()])
    return (
        "Edits of one party alone, however many, cannot lift the joint share above that of the draws in which all the "
        f"others accept: {figures}."
    )


def _pair_notes(result: LeversResult) -> Iterator[str]:
    pairs = result.pairs
    if pairs is None:
        return
    looked = f"{pairs.across_counted:,} of two parties and {pairs.within_scored:,} of one"
    yield f"Pairs of edits looked at: {looked}, by this rule: {pairs.rule}."
    if pairs.wanted == "accepts" and pairs.ceiling < HALF:
        yield (
            f"No edits of two parties, however many, can lift the joint share above {percent(pairs.ceiling)}: all the "
            "others accept in no more draws."
        )
    elif not pairs.exhaustive:
        yield "The search of pairs is not exhaustive: weaker edits of one party may turn the verdict together."
