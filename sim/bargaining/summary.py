"""From the counts of the talks to their part of a result."""

from __future__ import annotations

import math
from collections import Counter
from typing import Literal

import numpy as np

from sim.bargaining.candidates import Candidates
from sim.bargaining.endings import AGREED, BREAKDOWN, UNRATIFIED
from sim.bargaining.tactics import TACTICS, parameter_range, tactic_name, tactic_of
from sim.bargaining.tally import TEXT_BLOCKS, Refusals, TalksTally
from sim.engine.acceptability import wilson
from sim.engine.draws import BLOCK
from sim.engine.histogram import Counts, quantile
from sim.engine.objections import crossed_most, over_issue, over_line
from sim.engine.packages import OPEN, Packages
from sim.engine.profiles import Case
from sim.files.registry import Origin
from sim.results import records, talks
from sim.scenario.negotiation_schema import PROTOCOLS
from sim.scenario.negotiation_schema import TACTICS as NAMES

#: How many of the most frequent texts a result lists.
TEXTS = 5


def summarise_talks(tally: TalksTally) -> talks.Negotiation:
    """Turn the counts of a case's talks into the ``negotiation`` of its result."""
    case, on = tally.candidates.case, tally.candidates
    protocol = case.scenario.negotiation.protocol
    assert protocol != "vote"
    agreements = int(tally.outcomes[AGREED])
    limited = protocol != "single_text" and not on.whole
    return talks.Negotiation(
        protocol=protocol,
        own_rules=own_rules(on),
        settings=talks_settings(tally),
        agreed=wilson(agreements, tally.draws),
        ratification_failed=wilson(int(tally.outcomes[UNRATIFIED]), tally.draws),
        broke_down=wilson(int(tally.outcomes[BREAKDOWN]), tally.draws),
        agreements=agreements,
        rounds=_rounds(tally.rounds) if agreements else None,
        agreed_by_round=tuple((np.cumsum(tally.rounds) / tally.draws).tolist()),
        unratified_by_round=tuple((np.cumsum(tally.unratified_rounds) / tally.draws).tolist()),
        breakdown=breakdown(tally),
        turned_down=turned_down(tally),
        all_asked=_share(tally.all_asked, agreements),
        at_limit=_share(tally.at_limit, agreements) if limited else None,
        texts_draws=min(tally.draws, TEXT_BLOCKS * BLOCK),
        different_texts=len(tally.texts),
        texts=_texts(on, tally.texts),
        unratified_texts=_texts(on, tally.unratified),
        issues=tuple(_issue(case, j, tally.options[j], agreements) for j in range(len(case.space.issues))),
        proposers=tuple(_proposer(tally, k, agreements) for k in range(len(on.proposers))),
        parties=tuple(_party(tally, k, agreements) for k in range(len(case.profiles))),
        efficiency=_efficiency(tally, agreements) if agreements else None,
        against_vote=_against_vote(tally) if case.asked else None,
    )


def _efficiency(tally: TalksTally, agreements: int) -> talks.Efficiency:
    return talks.Efficiency(
        efficient=wilson(tally.efficient, agreements), mean_slack=float(tally.slack.values) / agreements
    )


def _share(count: int | np.int64, total: int) -> float | None:
    """None of nothing."""
    return int(count) / total if total else None


def talks_settings(tally: TalksTally) -> talks.TalksSettings:
    """What the talks ran with, defaults filled in; None and empty for what a protocol does not use."""
    on = tally.candidates
    block = on.case.scenario.negotiation
    return talks.TalksSettings(
        rounds=block.most_rounds,
        proposers=on.ids(on.proposers) if block.rule.offers else (),
        first_mover=block.first_mover if block.uses("first_mover") else None,
        table=_with_a_say(tally, ratifiers=False),
        ratifiers=_with_a_say(tally, ratifiers=True),
        tactics=tuple(_tactic(on, i) for i in on.table) if block.uses("tactics") else (),
        delay_cost=dict(block.delay_cost) if block.uses("delay_cost") else {},
        candidates=len(on),
        every_text=on.whole,
        changes=None if on.whole else block.candidates.changes,
        named_texts=tuple(on.texts),
        equal_no_deal=on.equal_no_deal,
        temperature=block.temperature if block.uses("temperature") else None,
    )


def own_rules(on: Candidates) -> tuple[talks.OwnRule, ...]:
    """The protocol and the tactics of the talks that are not built in, and who brought them."""
    settings = on.case.scenario.negotiation
    rules = []
    if PROTOCOLS.own(settings.protocol):
        entry = settings.rule
        declares = ("offers", *entry.uses) if entry.offers else entry.uses
        origin = PROTOCOLS.origin(settings.protocol)
        rules.append(_own_rule("protocol", settings.protocol, origin, declares, entry.about))
    if settings.uses("tactics"):
        seated = on.ids(on.table)
        names = dict.fromkeys(used.tactic for party, used in settings.tactics.items() if party in seated)
        for name in filter(NAMES.own, names):
            rules.append(_own_rule("tactic", name, NAMES.origin(name), TACTICS[name].declares, None))
    return tuple(rules)


def _own_rule(
    kind: Literal["tactic", "protocol"], name: str, origin: Origin, declares: tuple[str, ...], about: str | None
) -> talks.OwnRule:
    package, version, module = origin
    return talks.OwnRule(
        kind=kind, name=name, package=package, version=version, module=module, declares=declares, about=about
    )


def _with_a_say(tally: TalksTally, ratifiers: bool) -> tuple[str, ...]:
    """Who sits at the table, or ratifies: what becomes of a single text may need more than the candidates do."""
    on = tally.candidates
    known = on.ratifiers if ratifiers else on.table
    spoke = tally.concerned + tally.in_the_way.draws
    return tuple(
        p.id for i, p in enumerate(on.case.profiles) if i in known or (spoke[i] and (p.role == "ratifier") == ratifiers)
    )


def _tactic(on: Candidates, party: int) -> talks.TacticUsed:
    name, settings, offers = on.case.profiles[party].id, on.case.scenario.negotiation, party in on.proposers
    tactic = tactic_of(name, settings, offers)
    word, parameter = tactic_name(name, settings, offers), tactic.parameter
    span = None if parameter is None else parameter_range(name, settings, tactic)
    return talks.TacticUsed(party=name, tactic=word, parameter=parameter, range=span)


def _rounds(counts: Counts) -> talks.AgreementRounds:
    """The first rounds by which the shares of the agreements have been reached."""
    reached = np.cumsum(counts)
    median, low, high = (int(np.searchsorted(reached, q * reached[-1])) for q in (0.5, 0.05, 0.95))
    return talks.AgreementRounds(median=median, p05=low, p95=high)


def _texts(on: Candidates, counted: Counter[bytes]) -> tuple[talks.TalksText, ...]:
    """The most frequent texts; of the equally frequent those first whose options come first."""
    order = sorted(counted, key=lambda row: (-counted[row], np.frombuffer(row, np.int16).tolist()))
    return tuple(_text(on, np.frombuffer(row, np.int16), counted[row] / counted.total()) for row in order[:TEXTS])


def _text(on: Candidates, text: Packages, share: float) -> talks.TalksText:
    changes = on.case.space.changes(on.case.text, text)
    return talks.TalksText(
        share=share,
        tabled=not changes,
        names=tuple(name for name, k in on.texts.items() if (on.packages[k] == text).all()),
        terms=on.case.space.terms(text),
        changes=changes,
    )


def _issue(case: Case, j: int, counts: Counts, agreements: int) -> talks.TalksIssue:
    options = case.space.options[j]
    return talks.TalksIssue(
        issue=case.space.issues[j],
        tabled=None if case.text[j] == OPEN else options[case.text[j]],
        agreed={o: int(n) / agreements for o, n in zip(options, counts, strict=False)} if agreements else None,
        left_open=_share(counts[OPEN], agreements),
    )


def _proposer(tally: TalksTally, k: int, agreements: int) -> talks.Proposer:
    case, on = tally.candidates.case, tally.candidates
    offers = case.scenario.negotiation.rule.offers
    likes, compared = int(tally.openings[k, 0].sum()), int(tally.compared[k])

    def move(j: int, issue: str) -> talks.TalksMove:
        opening, first = _top(case, j, tally.openings[k, j])
        agreed, most = _top(case, j, tally.options[j])
        return talks.TalksMove(
            issue=issue,
            opening=opening if likes else None,
            opening_share=_share(first, likes),
            agreed=agreed if agreements else None,
            agreed_share=_share(most, agreements),
            moved=_share(tally.moved[k, j], compared),
        )

    return talks.Proposer(
        party=case.profiles[on.proposers[k]].id,
        proposed=_share(tally.by_proposer[k], agreements) if offers else None,
        prefers_no_deal=(tally.draws - likes) / tally.draws,
        favourite_gain=float(tally.favourite_sums.values[k]) / likes if likes else None,
        issues=tuple(move(j, issue) for j, issue in enumerate(case.space.issues)),
    )


def _top(case: Case, j: int, counts: Counts) -> tuple[str | None, int]:
    """The most frequent option (None: left open), the first of the equally frequent, and its count."""
    best = int(np.argmax(counts))
    option = None if best == len(counts) - 1 else case.space.options[j][best]
    return option, int(counts[best])


def _party(tally: TalksTally, k: int, agreements: int) -> talks.TalksParty:
    case = tally.candidates.case
    profile = case.profiles[k]
    delays = case.scenario.negotiation.uses("delay_cost") and case.scenario.negotiation.delay_cost
    counts = tally.gains[k]
    best = float(tally.best_sums.values[k])
    return talks.TalksParty(
        party=profile.id,
        at_table=profile.id in _with_a_say(tally, ratifiers=False),
        prefers_no_deal=_share(tally.unwilling[k], tally.draws) if k in tally.candidates.table else None,
        asked=_share(tally.asked[k], agreements),
        gain=talks.TalksGain(
            median=quantile(counts, 0.5),
            p05=quantile(counts, 0.05),
            p95=quantile(counts, 0.95),
            mean=float(tally.gain_sums.values[k]) / agreements,
            best=best / agreements if math.isfinite(best) else None,
            net_of_delay=float(tally.net_sums.values[k]) / agreements if delays else None,
            worse_off=int(tally.worse_off[k]) / agreements,
        )
        if agreements
        else None,
    )


def turned_down(tally: TalksTally) -> tuple[talks.Refuser, ...]:
    """Who turns down in ratification what is agreed, and over what."""
    return _refusers(tally.candidates.case, tally.turned_down, int(tally.outcomes[UNRATIFIED]))


def breakdown(tally: TalksTally) -> talks.Breakdown | None:
    """Why talks break down; None where they never do."""
    case, count = tally.candidates.case, int(tally.outcomes[BREAKDOWN])
    if not count:
        return None
    return talks.Breakdown(
        missed=tally.missed / count,
        unavoidable=tally.unavoidable / count if case.scenario.negotiation.protocol == "alternating_offers" else None,
        in_the_way=_refusers(case, tally.in_the_way, count),
        nobody_alone=tally.unexplained / count,
    )


def _refusers(case: Case, counts: Refusals, total: int) -> tuple[talks.Refuser, ...]:
    """Who turns something down in some of ``total`` draws, most often first, and what each has against it."""
    order = sorted(np.flatnonzero(counts.draws).tolist(), key=lambda i: -int(counts.draws[i]))
    return tuple(
        talks.Refuser(
            party=case.profiles[i].id,
            share=int(counts.draws[i]) / total,
            sole=int(counts.sole[i]) / total,
            objection=_objection(case, i, counts),
        )
        for i in order
    )


def _objection(case: Case, i: int, counts: Refusals) -> records.Objection | None:
    """What a party has against the texts it turns down; ``share`` is of the draws in which it does."""
    profile, refused, lost = case.profiles[i], int(counts.draws[i]), int(counts.lost[i])
    against = crossed_most(profile, counts.lines[i], refused)
    if against is None and 2 * lost < refused:
        # Lines in most draws, but not the same: the one crossed most often.
        n = int(np.argmax(counts.lines[i]))
        against = profile.lines[n], int(counts.lines[i, n])
    if against is not None:
        line, n = against
        return over_line(line, n / refused, None)
    terms = counts.terms.values[i]
    issue, option = (int(x) for x in np.unravel_index(np.argmin(terms), terms.shape))
    basis = case.term_basis[case.space.issues[issue]] if option == case.text[issue] else None
    return over_issue(case, profile, issue, option, lost / refused, terms[issue, option] / lost, basis)


def _against_vote(tally: TalksTally) -> talks.AgainstVote:
    refused, accepted = (tally.vote[BREAKDOWN] + tally.vote[UNRATIFIED]).tolist()
    agreed_only, both = tally.vote[AGREED].tolist()
    return talks.AgainstVote(
        accepted=wilson(accepted + both, tally.draws),
        both=both / tally.draws,
        agreed_only=agreed_only / tally.draws,
        accepted_only=accepted / tally.draws,
        neither=refused / tally.draws,
    )
