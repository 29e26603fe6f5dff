"""The short lines under the tables of the talks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from sim.bargaining.lead import FEW
from sim.engine.acceptability import TIE
from sim.files.grammar import ending, listed, plural, span
from sim.files.registry import Origin
from sim.report.english import no_agreement
from sim.report.numbers import percent
from sim.report.page import Detail
from sim.results.result import Result
from sim.results.talks import Negotiation, OwnRule, TacticUsed
from sim.results.verdicts import HALF
from sim.scenario.labels import capital, possessive, spaced

#: This share of the agreements in the last round is said under the table.
LATE = 0.1
#: From this share of agreements with as many changes as are allowed on, the limit is said to bind.
BINDING = 0.5
#: The most changes that a scenario may allow.
WIDEST = 3
#: What a party without a tactic takes.
CONTENT = "whatever is no worse than no deal"


def notes(result: Result, talks: Negotiation, before: Result | None = None) -> list[str]:
    """The short lines under the tables of the talks; ``before`` is the result without its edits.

    The first screen has what bears on how far the shares can be trusted, and what edits move.
    """
    single = talks.mediated
    judged = _choice(result, talks) if single else ""
    lines = [
        _few(talks),
        own_rules(talks.own_rules),
        Detail(_in_the_way(talks)),
        Detail(_come_down(result, talks)),
        Detail(_rounds(talks)),
        _against_vote(talks),
        Detail(_at_limit(talks)),
        Detail(_not_asked(result, talks)),
        Detail(_worse_off(result, talks)),
        Detail(" ".join(x for x in (_efficiency(talks), judged) if x)),
        _setting(result, talks),
        Detail(_dear(result, talks)),
        Detail(_knowledge(result, talks)),
        Detail("" if single else _choice(result, talks)),
        Detail(no_agreement(talks.settings.equal_no_deal) or ""),
    ]
    if talks.agreements and talks.texts_draws < result.settings.draws:
        lines.append(Detail(f"Texts are told apart in the first {talks.texts_draws:,} draws."))
    lines.append(Detail(_sampling(talks)))
    if before is not None and before.negotiation is not None:
        lines.append(_effect(result, before.negotiation, talks))
    return [x for x in lines if x]


def _few(talks: Negotiation) -> str:
    if not 0 < talks.agreements < FEW:
        return ""
    draws = plural(talks.agreements, "draw ends", "draws end")
    return f"Only {draws} in agreement: shares among them are rough."


def own_rules(rules: Sequence[OwnRule]) -> str:
    """Which rules are not built in, and who brought them, so that a figure can be traced."""
    if not rules:
        return ""

    def whose(rule: OwnRule) -> str:
        origin = Origin(rule.package, rule.version, rule.module)
        return origin.words if rule.package else f"registered in {origin.words}"

    return f"Not built in: {listed([f'the {rule.kind} {spaced(rule.name)} ({whose(rule)})' for rule in rules])}."


def _sampling(talks: Negotiation) -> str:
    """Intervals of the ends of the talks."""
    ends = (
        ("agreement stands", talks.agreed),
        ("not ratified", talks.ratification_failed),
        ("broken down", talks.broke_down),
    )
    parts = [f"{name} {100 * x.low:.1f} to {100 * x.high:.1f}%" for name, x in ends if x.estimate]
    return f"95% intervals, sampling error only: {listed(parts)}."


def _effect(result: Result, old: Negotiation, new: Negotiation) -> str:
    """What the edits do to the talks besides their ends, which stand beside the edits themselves."""

    def figures(talks: Negotiation) -> Iterator[tuple[str, float | None, str]]:
        """What is compared, what it is, and how it is printed."""
        yield "median round", None if talks.rounds is None else talks.rounds.median, "{:.0f}"
        for party in talks.parties:
            yield f"{names[party.party]} mean gain", None if party.gain is None else party.gain.mean, "{:+.2f}"
        for proposer in talks.proposers:
            yield f"{names[proposer.party]} offer", proposer.proposed, "{:.0%}"

    names = {p.id: possessive(p.name) for p in result.parties}
    was = {name: form.format(figure) for name, figure, form in figures(old) if figure is not None}
    now = [(name, form.format(figure)) for name, figure, form in figures(new) if figure is not None]
    moved = [f"{name} {was[name]} to {to}" for name, to in now if was.get(name, to) != to]
    if not moved:
        return "The edits move neither the round of agreement nor what agreements bring."
    return f"What the edits do to the agreements, on the same draws: {', '.join(moved)}."


def _in_the_way(talks: Negotiation) -> str:
    """How to read who is in the way of agreements."""
    if talks.breakdown is None or not talks.breakdown.in_the_way:
        return ""
    if talks.mediated:
        return "Break down over a party: it refuses what stands in the end; rows do not add up where several do."
    return (
        "Break down over a party: some texts that may be proposed would suit all others whom they need, but the party "
        "refuses each; shown is its objection to the one it minds least. This may hold for several parties in a draw, "
        "so rows do not add up."
    )


def _rounds(talks: Negotiation) -> str:
    rounds, last = talks.rounds, talks.settings.rounds
    if rounds is None or last == 1:
        return ""
    when = f"round {rounds.median} of {last}"
    if rounds.p05 != rounds.p95:
        when += f" (median; 5 to 95% of agreements: {rounds.p05} to {rounds.p95})"
    if talks.mediated:
        tabled = talks.agreed_by_round[0] / talks.agreed.estimate
        if tabled >= HALF:
            what = f"no change is adopted in {last} rounds: the text stays as tabled"
            return f"In {percent(tabled)} of agreements {what}."
        untouched = f"; in {percent(tabled)} there is none" if tabled else ""
        return f"The last change of the text comes in {when}{untouched}."
    late = 1 - talks.agreed_by_round[-2] / talks.agreed.estimate
    rush = f", {percent(late)} of them in the last round, under the deadline" if late >= LATE else ""
    if talks.own is not None:
        rush = rush.removesuffix(", under the deadline")
    return f"Agreements come in {when}{rush}."


def _against_vote(talks: Negotiation) -> str:
    vote = talks.against_vote
    if vote is None:
        return ""
    accepted = "Taken or left, the text as tabled is accepted by all in"
    if not vote.accepted.estimate and not talks.agreements:
        return f"{accepted} no draw either."
    accepted += f" {percent(vote.accepted.estimate)} of draws" if vote.accepted.estimate else " no draw"
    parts = []
    if vote.agreed_only:
        parts.append(f"in an agreement that stands in {percent(vote.agreed_only)} in which it would not be")
    if vote.accepted_only:
        parts.append(f"without one in {percent(vote.accepted_only)} in which it would be")
    if not parts:
        return f"{accepted}, and the talks end in agreement in just these."
    return f"{accepted}; the talks end {' and '.join(parts)}."


def _come_down(result: Result, talks: Negotiation) -> str:
    """How far those who make offers come down."""
    if talks.mediated:
        return ""
    gains = {p.party: p.gain for p in talks.parties}
    offering = [(party, gain) for party in talks.settings.proposers if (gain := gains[party])]
    parts = [f"{result.called(party)} {percent(gain.mean / gain.best)}" for party, gain in offering if gain.best]
    what = "Of what the text it likes best would bring, the agreements give"
    return f"{what} {listed(parts)} on average." if parts else ""


def _at_limit(talks: Negotiation) -> str:
    """Whether agreements would stray further if they could."""
    most, share = talks.settings.changes, talks.at_limit
    if most is None or share is None or share < BINDING or talks.mediated:
        return ""
    more = f"; --set negotiation.candidates.changes={most + 1} allows more, if not too many" if most < WIDEST else ""
    return (
        f"In {percent(share)} of agreements the text uses up the {plural(most, 'change')} allowed, so terms may stand "
        f"for that reason alone{more}."
    )


def _not_asked(result: Result, talks: Negotiation) -> str:
    """Whose consent agreements get round."""
    # Whoever makes offers has a say whatever the text needs.
    needed = {p.id for p in result.asked} - {*talks.settings.proposers}
    spared = {p.party: 1 - p.asked for p in talks.parties if p.asked is not None and p.party in needed}
    return _in_agreements(result, "No longer asked, though the text as tabled needs its consent", spared)


def _dear(result: Result, talks: Negotiation) -> str:
    """A warning where waiting may cost a party all that it could gain, long before the last round."""
    who = []
    for proposer in talks.proposers:
        most = talks.settings.delay_cost.get(proposer.party, (0.0, 0.0))[1]
        if not most or not proposer.favourite_gain:
            continue
        rounds = math.ceil(proposer.favourite_gain / most - TIE) + 1
        if rounds < talks.settings.rounds:
            who.append(f"{result.called(proposer.party)} by round {rounds}")
    if not who:
        return ""
    return (
        f"At the dearest, delay has cost {listed(who)} of {talks.settings.rounds} as much as the text it likes best "
        "brings on average; from then on it takes whatever is no worse than no deal. What waiting has cost is never a "
        "reason to walk out, so net of delay an agreement may be worth less than no deal at once."
    )


def _worse_off(result: Result, talks: Negotiation) -> str:
    """Who loses by agreements that do not need it."""
    losing = {p.party: p.gain.worse_off for p in talks.parties if p.gain is not None}
    need = "" if talks.own is not None else ", by agreements that do not need its consent"
    return _in_agreements(result, f"Worse off than with no deal{need}", losing)


def _in_agreements(result: Result, what: str, shares: Mapping[str, float]) -> str:
    """Of whom something holds in some share of the agreements; empty where of nobody."""
    who = [f"{result.called(party)} in {percent(share)}" for party, share in shares.items() if share]
    return f"{what}: {listed(who)} of agreements." if who else ""


def _efficiency(talks: Negotiation) -> str:
    efficiency = talks.efficiency
    if efficiency is None:
        return ""
    share, slack = percent(efficiency.efficient.estimate), efficiency.mean_slack
    who = "everybody who agreed" if talks.own is None else "everybody it needs"
    more = f"; on average each of them could have gained {slack:.3f} more" if slack >= 0.0005 else ""
    return (
        f"In {share} of agreements no other text that all it needs would take is better for {who}{more}"
        f"{' (ratifiers are not counted)' if talks.settings.ratifiers else ''}."
    )


def _setting(result: Result, talks: Negotiation) -> str:
    """What was assumed about the parties."""
    how = talks.settings
    if talks.own is not None:
        return _own_setting(result, talks, talks.own)
    if talks.mediated:
        low, high = how.temperature or (0.0, 0.0)
        if not high:
            return (
                "Assumed: a party votes for no change that makes the text worse for it, however little (temperature "
                "0). This decides much: --set negotiation.temperature=0.05 lets it vote for a loss of 0.05 in 37% of "
                "cases."
            )
        return (
            f"Assumed: parties sometimes vote for a worse text too (temperature {_span(low, high)}: the loss that is "
            "accepted in 37% of cases)."
        )
    parts = _manners(result, talks)
    if len(how.proposers) > 1:
        first = "random" if how.first_mover is None else how.first_mover
        parts.append(f"first offer {'drawn by lot' if first == 'random' else f'by {result.called(first)}'}")
    return f"Assumed: {'; '.join([*parts, *_costs(result, talks)])}."


def _own_setting(result: Result, talks: Negotiation, own: OwnRule) -> str:
    """What was assumed, in a protocol that is not built in: in its own words, and as far as the settings go."""
    how = talks.settings
    parts = _manners(result, talks)
    if how.first_mover is not None:
        first = how.first_mover
        parts.append(f"who begins is {'drawn by lot' if first == 'random' else result.called(first)}")
    if how.temperature is not None:
        parts.append(f"temperature {_span(*how.temperature)}")
    parts += _costs(result, talks)
    rules = f"Assumed: the rules of the protocol {spaced(own.name)}{f'; {listed(parts)}' if parts else ''}."
    return f"{rules} In its own words: {own.about}" if own.about else rules


def _costs(result: Result, talks: Negotiation) -> list[str]:
    """What delay costs, in a part of a sentence."""
    costs = [f"{result.called(p)} {_span(*cost)}" for p, cost in talks.settings.delay_cost.items() if any(cost)]
    return [f"a round of delay costs {listed(costs)}"] if costs else []


def _manners(result: Result, talks: Negotiation) -> list[str]:
    """Who has which tactic, a part of a sentence each."""
    words: dict[str, list[str]] = {}
    for used in talks.settings.tactics:
        words.setdefault(tactic_words(used), []).append(result.called(used.party))
    parts = [f"{listed(names)} {word}" for word, names in words.items() if word != CONTENT]
    if takers := words.get(CONTENT):
        parts.append(f"{listed(takers)} {ending(len(takers), 'takes', 'take')} {CONTENT}")
    return parts


def _knowledge(result: Result, talks: Negotiation) -> str:
    """What the parties are assumed to know, and not to foresee."""
    parts = []
    if talks.protocol == "alternating_offers":
        parts.append("whoever makes an offer knows what texts bring the others and which cross their lines")
        parts.append(
            "of those that bring it what it insists on it offers the one best for them, so what is left over goes to "
            "those who accept"
        )
    if talks.settings.ratifiers:
        who = listed([result.called(p) for p in talks.settings.ratifiers])
        parts.append(f"nobody foresees what {who} will ratify, so some text that would pass may be missed")
    return f"Assumed too: {'. '.join([*parts[:1], *map(capital, parts[1:])])}." if parts else ""


def tactic_words(used: TacticUsed) -> str:
    """A tactic and its parameter."""
    if used.tactic is None:
        return CONTENT
    word = used.tactic.replace("_", " ")
    return f"{word} ({used.parameter} {_span(*used.range)})" if used.range is not None else word


def _choice(result: Result, talks: Negotiation) -> str:
    """Which texts may be proposed; in single text, against which an agreement is measured."""
    how = talks.settings
    texts = plural(how.candidates, "text")
    if how.every_text:
        which = "every feasible one"
    else:
        which = f"feasible ones within {plural(how.changes or 0, 'change')} of the tabled one"
        which += f", and {listed([result.labels.text(x) for x in how.named_texts])}" if how.named_texts else ""
    if talks.mediated:
        return f"That is judged against {texts}: {which}." if talks.efficiency is not None else ""
    return f"{texts} may be proposed: {which}."


def _span(low: float, high: float) -> str:
    return span(f"{low:g}", f"{high:g}")
