"""A scenario's parties as the field's formats know them: expected utilities, and what these cannot say.

Weights, values and beliefs are drawn independently, so the expected gain of a package x with no effect in it is

    E g(x) = sum_j w_j q_j v_j(x_j)  -  (sum_j w_j sum_k p_k v_j(y_kj)  -  c),

with mean weights w, values v, probabilities p of the outcomes y of no deal and cost c; the sums over k leave out
outcomes that are silent on the issue, and q_j is the probability of those that are not. The first sum is written as
utility (values are ``q_j v_j``), the second as reservation value: a party accepts where the expected gain is not
negative; what a party insists on by a rule of its own is added to it. With a reservation value in numbers, q_j is 1 and
the value takes the place of the sum.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sim.analysis.shared.expected import expected_values, means
from sim.analysis.shared.own_rules import unanswered
from sim.engine.acceptability import accepts_each
from sim.engine.draws import NothingFits, draws_in
from sim.engine.packages import OPEN
from sim.engine.preferences import Memo, preferences_for
from sim.engine.profiles import Cardinal, Case, Cell, Profile, compile_case
from sim.execution.fold import total
from sim.files.complaints import Complaint, Complaints
from sim.files.grammar import listed
from sim.files.ids import made_into
from sim.files.nodes import place_of
from sim.interop.additive import NamedIssue, Utilities, UtilityDomain
from sim.scenario import schema
from sim.scenario.loading import Loaded
from sim.simulation.cases import CaseJob


@dataclass(frozen=True)
class Exported:
    """What is written, the ids of the parties, and what the formats cannot say.

    ``text`` is the text as a package, None where it leaves ``open_issues``; ``otherwise`` are the parties that see it
    as another package, by an effect. ``accepting`` has for each party the share of draws in which it accepts the text
    by itself, an alliance without its members; empty without a package.
    """

    domain: UtilityDomain
    ids: tuple[str, ...]
    text: tuple[int, ...] | None
    open_issues: tuple[str, ...]
    accepting: tuple[float, ...]
    otherwise: tuple[str, ...]
    lost: tuple[str, ...]


def exported(loaded: Loaded, parties: Collection[str] | None = None) -> Exported:
    """Expected preferences of some parties, all without ``parties``, on the scenario's day, draws and seed.

    Raises Complaints where ranges leave almost nothing to draw from, and where a party has a utility of its own.
    """
    case = compile_case(loaded.scenario)
    profiles = [p for p in case.profiles if parties is None or p.id in parties]
    if own := [p.id for p in profiles if p.utility is not None]:
        what = "the formats write utilities as sums over issues, and this is a rule of its own"
        raise unanswered(loaded, case, own[0], what, "export the other parties, or without the rule")
    domain = loaded.scenario.domain.issues
    names = names_of([(id, issue.question) for id, issue in domain.issues.items()], "issue")
    issues = tuple(_issue(name, issue) for name, issue in zip(names, domain.issues.values(), strict=True))
    utilities = []
    for profile in profiles:
        try:
            utilities.append(expected_utilities(profile, case))
        except NothingFits as fault:
            place = place_of(loaded.tree, ("domain", "positions", profile.id))
            what = f"the ranges leave almost nothing to draw from: {fault}"
            raise Complaints(
                [Complaint(place, profile.id, what, "widen a range, or give fixed numbers", code="ranges")]
            ) from None
    text = tuple(int(o) for o in case.text)
    return Exported(
        UtilityDomain(domain.title, issues, tuple(utilities)),
        tuple(p.id for p in profiles),
        None if OPEN in text else text,
        case.open_issues,
        () if OPEN in text else tuple(_accepting(p, case) for p in profiles),
        tuple(p.id for p in profiles if (case.space.seen(case.text[None], p.id)[0] != case.text).any()),
        tuple(_lost(case, profiles)),
    )


def names_of(texts: Sequence[tuple[str, str]], kind: str) -> tuple[str, ...]:
    """Names for pairs of id and text: the texts where ids were made from all of them and no two are alike, else ids."""
    if len({text for _, text in texts}) == len(texts) and all(made_into(text, id, kind) for id, text in texts):
        return tuple(text for _, text in texts)
    return tuple(id for id, _ in texts)


def _issue(name: str, issue: schema.Issue) -> NamedIssue:
    options = names_of([(id, o.text) for id, o in issue.options.items()], "option")
    own = tuple(o.text for o in issue.options.values())
    return NamedIssue(
        name, options, None if name == issue.question else issue.question, None if options == own else own
    )


def expected_utilities(profile: Profile, case: Case) -> Utilities:
    """A party's expected utilities; means of what is drawn are over the scenario's draws, all else is in closed form.

    Raises :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing to draw from.
    """
    sizes = case.space.sizes
    weights, beliefs = _means(profile, case)
    values = [expected_values(cell, n) for cell, n in zip(profile.cells, sizes, strict=True)]
    rows: list[tuple[float, ...]] = []
    no_deal = [-_middle(profile.cost)]
    if profile.acceptance is not None:
        no_deal.append(means(profile, case).least)  # what it insists on besides
    if profile.reservation is not None:
        no_deal.append(_middle(profile.reservation))
        rows = [tuple(row.tolist()) for row in values]
    else:
        for j, (weight, row) in enumerate(zip(weights, values, strict=True)):
            spoken = [(p, o[j]) for p, o in zip(beliefs, profile.outcomes, strict=True) if o[j] != OPEN]
            chance = 1.0 if len(spoken) == len(profile.outcomes) else min(math.fsum(p for p, _ in spoken), 1.0)
            rows.append(tuple(chance * v for v in row.tolist()))
            no_deal += [weight * p * float(row[option]) for p, option in spoken]
    name = profile.name if made_into(profile.name, profile.id, "party") else profile.id
    return Utilities(name, tuple(weights), tuple(rows), math.fsum(no_deal) + 0.0)


def _accepting(profile: Profile, case: Case) -> float:
    """The share of the scenario's draws in which a party accepts the text, its red lines and refusals binding."""
    return total(Accepting(case, profile)) / case.scenario.draws


@dataclass
class Accepting(CaseJob[int, int]):
    """The draws in which a party accepts a case's text."""

    profile: Profile

    def block(self, batch: int, block: int) -> int:
        """Those of one block."""
        case, scenario = self.case, self.case.scenario
        own = preferences_for(self.profile, case.space.sizes, Memo(scenario.seed, block))
        return int(accepts_each(own, case.space, case.text[None])[0, : draws_in(block, scenario.draws)].sum())


def _middle(span: schema.Span) -> float:
    return (span.low + span.high) / 2


def _fixed(cell: Cell) -> float | None:
    """A weight that is not drawn."""
    if cell.weight is not None:
        return cell.weight.low if cell.weight.fixed else None
    return 0.0 if cell.importance == "none" else None


def _means(profile: Profile, case: Case) -> tuple[list[float], list[float]]:
    """Mean weights and beliefs, each summing to 1; what is fixed stands as it is."""
    weights = [_fixed(cell) for cell in profile.cells]
    beliefs = [span.low if span.fixed else None for span in profile.beliefs]
    if None not in weights and (None not in beliefs or profile.reservation is not None):
        return [w or 0.0 for w in weights], [b or 0.0 for b in beliefs]
    drawn = means(profile, case)
    return _filled(weights, drawn.weights.tolist()), _filled(beliefs, drawn.beliefs.tolist())


def _filled(fixed: Sequence[float | None], sums: Sequence[float]) -> list[float]:
    """What is fixed, and the rest of 1 shared out as the sums (or means) are."""
    left = 1 - math.fsum(f for f in fixed if f is not None)
    total = math.fsum(s for f, s in zip(fixed, sums, strict=True) if f is None) or 1.0
    return [left * s / total if f is None else f for f, s in zip(fixed, sums, strict=True)]


# --- what no format of these can say --------------------------------------------------------


def _lost(case: Case, profiles: Sequence[Profile]) -> list[str]:
    scenario = case.scenario
    domain = scenario.domain
    out: list[str] = []

    def lose(what: str, items: Sequence[str], why: str) -> None:
        if items:
            out.append(f"{what} ({listed(list(items))}): {why}")

    vetoes = [f"{sum(1 for _ in p.lines)} of {p.id}" for p in profiles if p.lines]
    lose("Red lines and refusals", vetoes, "a sum of utilities buys them off")
    insisting = [p.id for p in profiles if p.acceptance is not None]
    lose("Rules of acceptance", insisting, "written is the mean of what they insist on, in the reservation value")
    drawn = [line for p in profiles for line in p.lines if line.holds is not None]
    lose("Chances that a line binds", [f"{line.id}" for line in drawn], "nor what polls say of them")
    constraints = [c.id for c in domain.issues.constraints]
    lose("Constraints", constraints, "packages that break them are packages of the export")
    effects = [e.effect.id for e in case.space.effects]
    seen = "where one applies, parties here see another package than the one whose utility is written"
    lose("Effects", effects, seen)
    conditional = [p.id for p in profiles if not case.consent[p.id][0]]
    lose("Conditions of consent", conditional, "every party of the export must always agree")
    alliances = [f"{p.id} of {listed(p.members)}" for p in profiles if p.members]
    lose("Alliances", alliances, "their utilities are written, not that they decide by consensus")
    ranged = [p.id for p in profiles if _uncertain(p)]
    lose("Orders, classes and ranges", ranged, "written are means of all the preferences that agree with them")
    silent = [p.id for p in profiles if p.silent]
    lose("Silence of the sources", silent, "every package is worth the same to such a party")
    if case.lottery is not None and any(p.reservation is None for p in profiles):
        lose("No deal", [f"{case.lottery}: {listed(case.outcomes)}"], "written is what it is worth on average")
        unsaid = [
            issue
            for j, issue in enumerate(case.space.issues)
            if all(outcome[j] == OPEN for p in profiles for outcome in p.outcomes)
        ]
        lose("Issues on which no deal is silent", unsaid, "options are worth 0, since they add nothing to a gain")
    others = [p.id for p in case.profiles if p not in profiles]
    lose("Parties left out", others, "packages need no consent of theirs in the export")
    lose("Actors whose consent is not modelled", scenario.proposal.consent_not_modelled, "they are nowhere")
    if scenario.negotiation != schema.NegotiationSettings():
        lose("The talks", [scenario.negotiation.protocol], "protocols and tactics are set up in the other program")
    behind = "dates, bases, sources, evidence and notes"
    return [*out, f"The text ({case.id}), {behind}: positions are those of {scenario.day}"]


def _uncertain(profile: Profile) -> bool:
    """Whether anything of the party's utilities is drawn."""
    spans = [profile.cost, *([profile.reservation] if profile.reservation is not None else profile.beliefs)]
    return any(_fixed(cell) is None or not _sure(cell) for cell in profile.cells) or any(
        not span.fixed for span in spans
    )


def _sure(cell: Cell) -> bool:
    return isinstance(cell.values, Cardinal) and cell.values.low == cell.values.high
