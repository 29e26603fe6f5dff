"""A search in sentences: one function a kind of finding, and phrases that its tables and its figure share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sim.analysis.search import result as kinds
from sim.analysis.shared import english as shared
from sim.analysis.shared.english import issue_names, people
from sim.analysis.shared.records import ConstraintRef, PartyLine
from sim.files.grammar import ending, listed, plural
from sim.report.english import Names, by_kind
from sim.report.numbers import compact_range, per_cents, percent
from sim.report.verdict import UNKNOWN
from sim.results.records import Finding
from sim.scenario.labels import capital, possessive

# --- phrases --------------------------------------------------------------------------------


def option_name(names: Names, issue: str, option: str | None) -> str:
    """An option's name; ``open`` for none."""
    return "open" if option is None else names.labels.option(issue, option)


def term_name(names: Names, issue: str, option: str | None) -> str:
    return f"{names.labels.issue(issue)}: {option_name(names, issue, option)}"


def title(among: kinds.Among) -> str:
    """How the best of some packages is called."""
    return "the best that asks fewer" if among == "asking_fewer" else "the best"


def fine_percent(share: float) -> str:
    """A share to a tenth of a per cent, for figures set against each other closely."""
    return f"{per_cents(share, 1)}%"


def packages(looked_at: kinds.LookedAt, names: Names) -> str:
    """What was looked through: ``1,302 packages within 2 changes of the text``."""
    whole = plural(looked_at.packages, "feasible package" if looked_at.feasible else "package")
    if looked_at.changes is not None:
        near = "the text" if looked_at.near is None else names.labels.text(looked_at.near)
        whole += f" within {plural(looked_at.changes, 'change')} of {near}"
    if looked_at.keep:
        whole += f" with {issue_names(looked_at.keep, names)} as tabled"
    return whole


def demands(looked_at: kinds.LookedAt, names: Names) -> str:
    """What a package among them must fulfil: `` that keeps the constraints and asks Red``; empty for nothing."""
    asked = {
        "asking_named": f"asks {people(looked_at.required, names)}",
        "asking_all": "asks all whom the text asks",
        "asking_fewer": "does not ask all whom the text asks",
        "all": "",
    }[looked_at.among]
    demanded = " and ".join(["keeps the constraints"] * (not looked_at.feasible) + [asked] * bool(asked))
    return f" that {demanded}" if demanded else ""


def crossed(names: Names, lines: Sequence[PartyLine]) -> str:
    """Lines with whose they are; a red line is at the option that the change takes away or brings."""
    owners = [x.party for x in lines if x.kind == "red_line"]
    red = [f"red line{ending(len(owners))} of {people(owners, names)}"] if owners else []
    refusals = [
        f"{possessive(names.party(x.party))} refusal {names.labels.refusal(x.party, x.refusal)}"
        for x in lines
        if x.kind == "refusal"
    ]
    return listed([*red, *refusals])


def _rules(constraints: Iterable[ConstraintRef]) -> str:
    return listed([f"{x.id} ({x.severity})" for x in constraints])


def _proof(proof: kinds.ProofState) -> str:
    """What is shown of the packages not listed."""
    if proof.proven:
        others = {"none": "", "some": "; others are as often", "unknown": "; others perhaps as often"}[proof.as_good]
        return f"Proven: on these draws none is accepted more often{others}."
    # A bound rounded down would not be one.
    most = f"{math.ceil(1000 * proof.at_most - 1e-9) / 10:.1f}%"
    further = ", and --effort looks further" if proof.unproven_by == "effort" else ""
    return f"Not proven to be the best: on these draws none exceeds {most}{further}."


# --- the lead -------------------------------------------------------------------------------


def _among(answer: kinds.BestPackage | kinds.NoPackage, best: str, names: Names) -> str:
    """The best or none of the packages looked at, as the subject of a sentence."""
    if answer.apart:
        return f"Apart, {best} that does not ask all whom the text asks"
    return f"Among {packages(answer.looked_at, names)}, {best}{demands(answer.looked_at, names)}"


def best_package(finding: kinds.BestPackage, names: Names) -> str:
    best = _among(finding, "the best" if finding.proof.proven else "the best found", names)
    changes = [shared.points_of(finding.change), *shared.asking(finding.no_longer_needed, finding.newly_needed, names)]
    return (
        f"{best} is accepted by all it asks in {percent(finding.share)} of draws ({'; '.join(changes)}). "
        f"{_proof(finding.proof)}"
    )


def no_package(finding: kinds.NoPackage, names: Names) -> str:
    none = _among(finding, "none", names)
    if finding.proof.at_most:
        sentence = f"{none} was found to be accepted by all it asks in a single draw. {_proof(finding.proof)}"
    else:
        owners = dict.fromkeys(x.party for x in finding.rejections)
        rejected = [
            f" {capital(names.spoken(party))} rejects every one by {shared.lines_of(party, lines, names)}."
            for party, lines in ((p, [x for x in finding.rejections if x.party == p]) for p in owners)
        ]
        sentence = f"{none} is accepted by all it asks in a single draw (proven).{''.join(rejected)}"
    hint = " sim frontier counts who would accept which packages, and between whom none is left."
    return sentence if finding.apart else sentence + hint


def none_better_asking_fewer(finding: kinds.NoneBetterAskingFewer, names: Names) -> str:
    return "None that asks fewer was found better."


def all_ask_fewer(finding: kinds.AllAskFewer, names: Names) -> str:
    return "No package in question asks all whom the text asks."


# --- the notes ------------------------------------------------------------------------------


def proof_effort(finding: kinds.ProofEffort, names: Names) -> str:
    first, *others = finding.answers
    work = (
        f"for {title(first.among)}, {plural(first.scored, 'package')} that some draw accepts scored one by one, "
        f"the others ruled out together, in {plural(first.boxes, 'box', 'boxes')}"
    )
    work += "".join(f"; for {title(x.among)}, {x.scored:,} and {x.boxes:,}" for x in others)
    if finding.proven:
        other = " Another seed may put another first." if finding.drawn else ""
        return f"Exact means on these draws: {work}.{other}"
    return f"Looked at: {work} (at most {finding.effort:,} boxes each)."


def loose_bound(finding: kinds.LooseBound, names: Names) -> str:
    return (
        f"Packages were looked for on the first {finding.draws:,} draws; on the others any might be accepted, so the "
        "bound is loose. Fewer --draws make it exact."
    )


def as_no_deal(finding: kinds.AsNoDeal, names: Names) -> str:
    counts = listed([f"{len(x.issues)} of {x.terms} terms of {title(x.among)}" for x in finding.bests])
    return (
        f"As no deal would leave things: {counts} (in the text: {len(finding.tabled)}). That gives and costs nobody "
        "anything. Where the sources are silent a search tends to leave things so, which is no sign of anybody's wish."
    )


def silent_on(finding: kinds.SilentOn, names: Names) -> str:
    weights = [f"{percent(x.share)} of {possessive(names.party(x.party))} weight" for x in finding.parties]
    return f"The sources are silent on {listed(weights)}. A search picks what suits the draws there."


def soft_rankings(finding: kinds.SoftRankings, names: Names) -> str:
    bests = [f"in {title(x.among)} {names.shares(x.parties, '{share} for {party}')}" for x in finding.bests]
    return (
        "Most of what the changed terms weigh rests on rankings that are assumed or unknown: "
        f"{'; '.join(bests)}. What such a party gains there is no finding."
    )


def same_for_all(finding: kinds.SameForAll, names: Names) -> str:
    terms = listed([term_name(names, x.issue, x.option) for x in finding.terms], "or")
    return f"In {title(finding.among)}, {terms} would be the same for every party."


def idle_changes(finding: kinds.IdleChanges, names: Names) -> str:
    which, issues = title(finding.among), issue_names(finding.issues, names)
    if finding.ranked:
        move = f"the change of {issues} moves nobody's mean gain either way and no line"
    else:
        silent = "the sources say nothing" if finding.sourced else "nothing is given"
        move = f"{silent} for or against the change of {issues}"
    return f"In {which}, {move}: the draws picked the option."


def best_on_evidence(finding: kinds.BestOnEvidence, names: Names) -> str:
    parties = listed([f"{names.spoken(x.party)} ({compact_range(x.necessary, x.possible)})" for x in finding.parties])
    verdict = {
        "refused": f"refused by {parties}",
        "accepted": "accepted by each it asks",
        "not settled": f"{UNKNOWN}: the sources leave open whether {parties} would accept",
    }[finding.verdict]
    inferred = f"; if inferred lines hold, {people(finding.by_inference, names)} would not"
    return f"On the evidence alone {title(finding.among)} is {verdict}{inferred if finding.by_inference else ''}."


def fresh_draws(finding: kinds.FreshDraws, names: Names) -> str:
    figures = [(title(x.among), fine_percent(x.fresh), fine_percent(x.share)) for x in finding.bests]
    shares = [f"{which} in {fresh}{f' rather than {own}' if fresh != own else ' too'}" for which, fresh, own in figures]
    return (
        "Picked as the best on these draws, a package tends to look better than it is. On draws of seed "
        f"{finding.seed}, by which it was not picked, all accept {listed(shares)}."
    )


def breaks_constraint(finding: kinds.BreaksConstraint, names: Names) -> str:
    rule = finding.constraint
    return f"Warning: {title(finding.among)} breaks {rule.id} ({rule.severity}): {rule.why}"


def fewer_are_asked(finding: kinds.FewerAreAsked, names: Names) -> str:
    stands = "stands apart" if finding.among == "asking_fewer" else "asks fewer than the text"
    return (
        f"{capital(title(finding.among))} {stands}: a figure can rise by no longer asking a party, whose refusal then "
        "no longer counts. --ask all leaves such packages out."
    )


def left_open(finding: kinds.LeftOpen, names: Names) -> str:
    text = "The text" if finding.near is None else names.labels.text(finding.near)
    leaves = f"{text} leaves {issue_names(finding.issues, names)} open;"
    if finding.closing_counts:
        return f"{leaves} closing an issue counts as a change."
    return f"{leaves} a package closes every issue, unless --keep leaves one as tabled."


def stay_open(finding: kinds.StayOpen, names: Names) -> str:
    stay = f"stay{ending(len(finding.issues), 's', '')}"
    return f"{capital(issue_names(finding.issues, names))} {stay} open in {listed([title(x) for x in finding.among])}."


def not_binding(finding: kinds.NotBinding, names: Names) -> str:
    text = "the text near to which the search is breaks" if finding.near else "the text itself breaks"
    return f"Not binding, since {text} them: {_rules(finding.constraints)}."


def mean_gains(finding: kinds.MeanGains, names: Names) -> str:
    return "Mean gain: over no deal, best to worst on everything being 1; below it, its change from the text."


def closed_form(finding: kinds.ClosedForm, names: Names) -> str:
    return (
        "Mean gains are worked out in closed form, as in sim frontier; means of sim run, over draws, differ by a few "
        "thousandths."
    )


#: The sentence of each kind of finding of a search.
SENTENCES: Mapping[str, Callable[[Any, Names], str]] = {**shared.SENTENCES, **by_kind(globals())}


def say(finding: Finding, names: Names) -> str:
    """The sentence or two of a finding."""
    return SENTENCES[finding.kind](finding, names)
