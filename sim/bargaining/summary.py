"""From the counts of the talks to their part of a result."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from sim.bargaining.endings import AGREED, BREAKDOWN, UNRATIFIED
from sim.bargaining.refusals import Refusals
from sim.bargaining.tactics import TACTICS
from sim.bargaining.tally import TEXT_BLOCKS, TalksTally
from sim.engine.acceptability import wilson
from sim.engine.draws import BLOCK
from sim.engine.histogram import Counts, quantile
from sim.engine.objections import crossed_most, over_issue, over_line
from sim.engine.packages import OPEN, Packages
from sim.engine.profiles import Case
from sim.results.records import (
    AgainstVote,
    AgreementRounds,
    Breakdown,
    Efficiency,
    Interval,
    Move,
    Negotiation,
    Objection,
    Proposer,
    Refuser,
    TacticUsed,
    TalksGain,
    TalksIssue,
    TalksParty,
    TalksSettings,
    TalksText,
    TermChange,
)

#: How many of the most frequent texts a result lists.
TEXTS = 5


def summarise_talks(case: Case, tally: TalksTally) -> Negotiation:
    """Turn the counts of a case's talks into the ``negotiation`` of its result."""
    protocol = case.scenario.negotiation.protocol
    assert protocol != "vote"
    agreements = int(tally.outcomes[AGREED])
    limited = protocol == "alternating_offers" and not tally.whole
    return Negotiation(
        protocol=protocol,
        settings=_settings(case, tally),
        agreed=_interval(agreements, tally.draws),
        ratification_failed=_interval(int(tally.outcomes[UNRATIFIED]), tally.draws),
        broke_down=_interval(int(tally.outcomes[BREAKDOWN]), tally.draws),
        agreements=agreements,
        rounds=_rounds(tally.rounds) if agreements else None,
        agreed_by_round=tuple((np.cumsum(tally.rounds) / tally.draws).tolist()),
        unratified_by_round=tuple((np.cumsum(tally.unratified_rounds) / tally.draws).tolist()),
        breakdown=_breakdown(case, tally),
        turned_down=_refusers(case, tally.turned_down, int(tally.outcomes[UNRATIFIED])),
        all_asked=tally.all_asked / agreements if agreements else None,
        at_limit=tally.at_limit / agreements if agreements and limited else None,
        texts_draws=min(tally.draws, TEXT_BLOCKS * BLOCK),
        different_texts=len(tally.texts),
        texts=_texts(case, tally, tally.texts),
        unratified_texts=_texts(case, tally, tally.unratified),
        issues=tuple(_issue(case, j, tally.options[j], agreements) for j in range(len(case.space.issues))),
        proposers=tuple(_proposer(case, tally, k, agreements) for k in range(len(tally.proposers))),
        parties=tuple(_party(case, tally, k, agreements) for k in range(len(case.profiles))),
        efficiency=Efficiency(efficient=_interval(tally.efficient, agreements), mean_slack=tally.slack / agreements)
        if agreements
        else None,
        against_vote=_against_vote(tally) if case.asked else None,
    )


def _interval(count: int, total: int) -> Interval:
    return Interval(**wilson(count, total)._asdict())


def _settings(case: Case, tally: TalksTally) -> TalksSettings:
    """What the talks ran with, defaults filled in; None and empty for what a protocol does not use."""
    block = case.scenario.negotiation
    offers = block.protocol == "alternating_offers"
    temperature = block.temperature
    return TalksSettings(
        rounds=block.rounds,
        proposers=tally.proposers if offers else (),
        first_mover=block.first_mover if offers else None,
        table=_with_a_say(case, tally, ratifiers=False),
        ratifiers=_with_a_say(case, tally, ratifiers=True),
        tactics=tuple(_tactic(case, tally, party) for party in tally.table) if offers else (),
        delay_cost={p: (span.low, span.high) for p, span in block.delay_cost.items()} if offers else {},
        candidates=tally.candidates,
        every_text=tally.whole,
        changes=None if tally.whole else block.candidates.changes,
        named_texts=tuple(tally.named),
        equal_no_deal=tally.equal_no_deal,
        temperature=None if offers else (temperature.low, temperature.high),
    )


def _with_a_say(case: Case, tally: TalksTally, ratifiers: bool) -> tuple[str, ...]:
    """Who sits at the table, or ratifies: what becomes of a single text may need more than the candidates do."""
    known = tally.ratifiers if ratifiers else tally.table
    spoke = tally.concerned + tally.in_the_way.draws
    return tuple(
        p.id
        for p, texts in zip(case.profiles, spoke.tolist(), strict=True)
        if p.id in known or (texts and (p.role == "ratifier") == ratifiers)
    )


def _tactic(case: Case, tally: TalksTally, party: str) -> TacticUsed:
    given = case.scenario.negotiation.tactics.get(party)
    if given is None and party not in tally.proposers:
        return TacticUsed(party=party, tactic=None, parameter=None, range=None)
    word = "linear" if given is None else given.tactic
    parameter = TACTICS[word].parameter
    if parameter is None:
        return TacticUsed(party=party, tactic=word, parameter=None, range=None)
    span = (None if given is None else getattr(given, parameter)) or TACTICS[word].default
    return TacticUsed(party=party, tactic=word, parameter=parameter, range=(span.low, span.high))


def _rounds(counts: Counts) -> AgreementRounds:
    """The first rounds by which the shares of the agreements have been reached."""
    reached = np.cumsum(counts)
    median, low, high = (int(np.searchsorted(reached, q * reached[-1])) for q in (0.5, 0.05, 0.95))
    return AgreementRounds(median=median, p05=low, p95=high)


def _texts(case: Case, tally: TalksTally, counted: Counter[bytes]) -> tuple[TalksText, ...]:
    """The most frequent texts; of the equally frequent those first whose options come first."""
    order = sorted(counted, key=lambda row: (-counted[row], np.frombuffer(row, np.int16).tolist()))
    return tuple(_text(case, tally, row, counted[row] / counted.total()) for row in order[:TEXTS])


def _text(case: Case, tally: TalksTally, text: bytes, share: float) -> TalksText:
    row: Packages = np.frombuffer(text, np.int16)
    tabled, terms = case.space.terms(case.text), case.space.terms(row)
    return TalksText(
        share=share,
        tabled=terms == tabled,
        names=tuple(name for name, other in tally.named.items() if other == text),
        terms=terms,
        changes=tuple(
            TermChange(issue=issue, before=tabled[issue], to=terms[issue])
            for issue in case.space.issues
            if tabled[issue] != terms[issue]
        ),
    )


def _issue(case: Case, j: int, counts: Counts, agreements: int) -> TalksIssue:
    options = case.space.options[j]
    return TalksIssue(
        issue=case.space.issues[j],
        tabled=None if case.text[j] == OPEN else options[case.text[j]],
        agreed={o: int(n) / agreements for o, n in zip(options, counts, strict=False)} if agreements else None,
        left_open=int(counts[OPEN]) / agreements if agreements else None,
    )


def _proposer(case: Case, tally: TalksTally, k: int, agreements: int) -> Proposer:
    offers = case.scenario.negotiation.protocol == "alternating_offers"
    likes, compared = int(tally.openings[k, 0].sum()), int(tally.compared[k])
    moves = []
    for j, issue in enumerate(case.space.issues):
        opening, first = _top(case, j, tally.openings[k, j])
        agreed, most = _top(case, j, tally.options[j])
        moves.append(
            Move(
                issue=issue,
                opening=opening if likes else None,
                opening_share=first / likes if likes else None,
                agreed=agreed if agreements else None,
                agreed_share=most / agreements if agreements else None,
                moved=int(tally.moved[k, j]) / compared if compared else None,
            )
        )
    return Proposer(
        party=tally.proposers[k],
        proposed=int(tally.by_proposer[k]) / agreements if agreements and offers else None,
        prefers_no_deal=(tally.draws - likes) / tally.draws,
        favourite_gain=float(tally.favourite_sums[k]) / likes if likes else None,
        issues=tuple(moves),
    )


def _top(case: Case, j: int, counts: Counts) -> tuple[str | None, int]:
    """The most frequent option (None: left open), the first of the equally frequent, and its count."""
    best = int(np.argmax(counts))
    option = None if best == len(counts) - 1 else case.space.options[j][best]
    return option, int(counts[best])


def _party(case: Case, tally: TalksTally, k: int, agreements: int) -> TalksParty:
    profile = case.profiles[k]
    delays = case.scenario.negotiation.protocol == "alternating_offers" and case.scenario.negotiation.delay_cost
    counts = tally.gains[k]
    best = float(tally.best_sums[k])
    return TalksParty(
        party=profile.id,
        at_table=profile.id in _with_a_say(case, tally, ratifiers=False),
        prefers_no_deal=int(tally.unwilling[k]) / tally.draws if profile.id in tally.table else None,
        asked=int(tally.asked[k]) / agreements if agreements else None,
        gain=TalksGain(
            median=quantile(counts, 0.5),
            p05=quantile(counts, 0.05),
            p95=quantile(counts, 0.95),
            mean=float(tally.gain_sums[k]) / agreements,
            best=best / agreements if math.isfinite(best) else None,
            net_of_delay=float(tally.net_sums[k]) / agreements if delays else None,
            worse_off=int(tally.worse_off[k]) / agreements,
        )
        if agreements
        else None,
    )


def _breakdown(case: Case, tally: TalksTally) -> Breakdown | None:
    count = int(tally.outcomes[BREAKDOWN])
    if not count:
        return None
    return Breakdown(
        missed=tally.missed / count,
        unavoidable=tally.unavoidable / count if case.scenario.negotiation.protocol == "alternating_offers" else None,
        in_the_way=_refusers(case, tally.in_the_way, count),
        nobody_alone=tally.unexplained / count,
    )


def _refusers(case: Case, counts: Refusals, total: int) -> tuple[Refuser, ...]:
    """Who turns something down in some of ``total`` draws, most often first, and what each has against it."""
    order = sorted(np.flatnonzero(counts.draws).tolist(), key=lambda i: -int(counts.draws[i]))
    return tuple(
        Refuser(
            party=case.profiles[i].id,
            share=int(counts.draws[i]) / total,
            sole=int(counts.sole[i]) / total,
            objection=_objection(case, i, counts),
        )
        for i in order
    )


def _objection(case: Case, i: int, counts: Refusals) -> Objection | None:
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
    terms = counts.terms[i]
    issue, option = (int(x) for x in np.unravel_index(np.argmin(terms), terms.shape))
    basis = case.term_basis[case.space.issues[issue]] if option == case.text[issue] else None
    return over_issue(case, profile, issue, option, lost / refused, terms[issue, option] / lost, basis)


def _against_vote(tally: TalksTally) -> AgainstVote:
    refused, accepted = (tally.vote[BREAKDOWN] + tally.vote[UNRATIFIED]).tolist()
    agreed_only, both = tally.vote[AGREED].tolist()
    return AgainstVote(
        accepted=_interval(accepted + both, tally.draws),
        both=both / tally.draws,
        agreed_only=agreed_only / tally.draws,
        accepted_only=accepted / tally.draws,
        neither=refused / tally.draws,
    )
