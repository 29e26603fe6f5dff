"""From the counts of a run to its result: shares, intervals, objections, ranges."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from sim.bargaining.summary import summarise_talks
from sim.engine.acceptability import STRIP, wilson
from sim.engine.demands import demands
from sim.engine.histogram import Counts
from sim.engine.objections import costliest, crossed_most, over_issue, over_line, term_basis
from sim.engine.packages import OPEN, Packages
from sim.engine.preferences import uncertain
from sim.engine.profiles import Case, Cell, Line, Need, Ordinal, Profile
from sim.engine.ratification import ratification
from sim.files.own_rules import RULES
from sim.report.english import age_warnings, sentences
from sim.results import records
from sim.results.findings import findings
from sim.results.result import Result
from sim.results.verdicts import OLD_DAYS, evidence_stance, overall, stance
from sim.scenario import schema
from sim.scenario.checks import unheard
from sim.scenario.evidence import sources_of
from sim.scenario.labels import labels_of
from sim.simulation.tally import PartyTally, Tally, quantiles


def summarise(case: Case, tally: Tally, sha256: str, warnings: Sequence[str]) -> Result:
    """Turn a case's counts into a result; ``warnings`` are those of its files."""
    need = case.need(case.text)
    parties = tuple(_party(case, p, need[p.id], tally.parties[p.id], tally.draws) for p in case.profiles)
    asked = [p for p in parties if p.consent_needed and not p.silent]
    silent = [p.id for p in parties if p.consent_needed and p.silent]
    scenario, proposal = case.scenario, case.scenario.proposal
    result = Result(
        scenario=scenario_info(case, sha256),
        settings=settings(case),
        joint_acceptability=wilson(int(tally.joint[0]), tally.draws) if asked else None,
        signed=wilson(int(tally.signed[0]), tally.draws) if case.signing else None,
        joint_by_layer=_layers(tally.joint_layers, tally.draws) if asked else None,
        # An alliance is named for its own stance; a member's refusal is the member's alone.
        on_evidence=overall({p.id: (p.own or p).on_evidence for p in asked}),
        weakest_party=min(asked, key=lambda p: (p.own or p).acceptability.estimate).id if asked else None,
        filler=_filler(case, tally) if asked else None,
        parties=parties,
        firm=tuple(
            records.FirmRecord(party=id, claims=x.claims, on_evidence=on_evidence(x.bounds.tolist(), tally.draws))
            for id, x in tally.firm.items()
        ),
        open=_open(case, tally, need),
        consent_not_modelled=(*proposal.consent_not_modelled, *silent),
        names={k: a.name for k, a in scenario.domain.sources.actors.items() if k in proposal.consent_not_modelled},
        terms_by_basis=_terms_by_basis(case),
        defaults=tuple(i for i in case.space.issues if proposal.terms[i].default),
        likes={issue: its.likes for issue, its in scenario.domain.issues.issues.items() if its.likes},
        unplaced=_unplaced(scenario),
        negotiation=None if tally.talks is None else summarise_talks(tally.talks),
        warnings=tuple(warnings),
        verdict="",
        labels=labels_of(scenario.domain),
        versions=records.versions(),
    )
    result = result.model_copy(update={"warnings": (*warnings, *age_warnings(result))})
    return result.model_copy(update={"verdict": sentences(result), "findings": findings(result)})


def _unplaced(scenario: schema.Scenario) -> tuple[records.Unplaced, ...]:
    """The terms of the text of which a party's file says nothing, though its lines bear on their neighbours."""
    terms = scenario.proposal.terms
    return tuple(
        records.Unplaced(party=party, issue=issue, option=option, lines=lines)
        for party, silent in unheard(scenario).items()
        for (issue, option), lines in silent.items()
        if terms[issue].option == option
    )


def scenario_info(case: Case, sha256: str) -> records.ScenarioInfo:
    """Which text, with the positions of which day."""
    scenario = case.scenario
    return records.ScenarioInfo(
        id=scenario.id,
        title=scenario.title,
        label=scenario.label,
        date=scenario.proposal.date,
        as_of=scenario.day,
        sha256=sha256,
    )


def settings(case: Case) -> records.Settings:
    """How a case is scored."""
    scenario = case.scenario
    return records.Settings(
        draws=scenario.draws,
        seed=scenario.seed,
        protocol=scenario.negotiation.protocol,
        evidence=scenario.evidence,
        no_deal=case.lottery,
        no_deal_basis=case.lottery_basis,
        turning_issue=scenario.domain.issues.no_deal.turning_issue,
        edits=scenario.edits,
        sources=sources_of(scenario),
        drawn=any(map(uncertain, case.profiles)),
        rules=tuple(
            records.PartyRule(
                party=p.id, kind=rule.kind, name=rule.name, **RULES[rule.kind].origin(rule.name)._asdict()
            )
            for p in case.profiles
            for rule in (p.utility, p.acceptance)
            if rule is not None
        ),
    )


def _weight_by_age(case: Case, profile: Profile, tally: PartyTally, draws: int) -> records.WeightByAge:
    """Expected weight on positions long before, and after, the text's date."""
    text = case.scenario.proposal.date
    dated = [(w / draws, c.start) for w, c in zip(tally.weights, profile.cells, strict=True) if c.start is not None]
    return records.WeightByAge(
        older=math.fsum(float(w) for w, start in dated if (text - start).days > OLD_DAYS),
        younger=math.fsum(float(w) for w, start in dated if start > text),
    )


def _layers(counts: Counts, draws: int) -> records.ByLayer:
    return records.ByLayer(**{name: int(c) / draws for name, c in zip(schema.LAYERS, counts, strict=True)})


def _strip(counts: Counts, draws: int) -> records.ByTurningClass | None:
    if not len(counts):
        return None
    return records.ByTurningClass(**{str(c): int(n) / draws for c, n in zip(STRIP, counts, strict=True)})


def _filler(case: Case, tally: Tally) -> records.Filler | None:
    if not case.assumed_issues or not len(tally.fillings) or not tally.filled:
        return None
    shares = tally.fillings / tally.filled
    return records.Filler(
        low=float(shares.min()),
        median=float(np.median(shares)),
        high=float(shares.max()),
        assumed_terms=len(case.assumed_issues),
        terms=len(case.space.issues),
        fillings=len(shares),
        every_filling=case.fillings[1],
        draws=tally.filled,
    )


def _open(case: Case, tally: Tally, need: dict[str, Need]) -> records.Open | None:
    if not case.open_issues:
        return None
    rows, listed = case.completions
    closable = len(rows) > 0

    def completion(k: int) -> records.Completion:
        terms = case.space.terms(rows[k])
        return records.Completion(
            terms={i: option for i in case.open_issues if (option := terms[i]) is not None},
            joint_acceptability=int(tally.completions[k]) / tally.draws,
            calls_on=tuple(p for p, n in case.need(rows[k]).items() if n.needed and not need[p].needed),
        )

    return records.Open(
        issues=case.open_issues,
        completions=len(rows),
        every_completion_listed=listed,
        some_completion=tally.some / tally.draws if closable else None,
        every_completion=tally.every / tally.draws if closable else None,
        best=completion(int(np.argmax(tally.completions))) if closable else None,
        worst=completion(int(np.argmin(tally.completions))) if closable else None,
    )


def _terms_by_basis(case: Case) -> records.TermsByBasis:
    counts = Counter("open" if issue in case.open_issues else basis for issue, basis in case.term_basis.items())
    return records.TermsByBasis(**{basis: counts[basis] for basis in records.TermsByBasis.model_fields})


def _party(case: Case, profile: Profile, need: Need, tally: PartyTally, draws: int) -> records.PartyResult:
    decided = _stance(int(tally.decided[0]), tally.bounds, tally.layers, tally.strip, draws)
    own = _stance(int(tally.own[0]), tally.own[1:], tally.own_layers, tally.own_strip, draws)
    seen = case.space.seen(case.text[None], profile.id)[0]
    crossed = profile.crossed(case.space, case.text)
    p05, median, p95 = quantiles(tally, (0.05, 0.5, 0.95))
    return records.PartyResult(
        id=profile.id,
        name=profile.name,
        role=profile.role,
        consent_needed=need.needed,
        consent_because=need.because,
        silent=profile.silent,
        own=own if profile.role == "alliance" else None,
        **dict(decided),
        gain=records.Gain(median=median, p05=p05, p95=p95),
        mean_gain=None if profile.utility is None else tally.gain_sum / draws,
        main_objection=None if profile.silent else _objection(case, profile, tally, draws, seen),
        decides=None if profile.decides is None else records.Decides(**profile.decides.model_dump()),
        ratification=ratification(case, profile, int(tally.agrees[0]), decided.acceptability.estimate),
        sole_blocker=int(tally.sole[0]) / draws if len(tally.sole) else None,
        weight_by_basis=_weight_by_basis(profile, tally, draws, seen),
        weight_by_age=_weight_by_age(case, profile, tally, draws),
        beliefs=_beliefs(case, profile),
        cost=profile.cost,
        reservation=profile.reservation,
        lines=tuple(
            line_record(line, line in crossed, int(n) / draws, term_basis(case, line) if line in crossed else None)
            for line, n in zip(profile.lines, tally.crossed, strict=True)
        ),
        demands=demand_records(case, profile.id),
        issues=tuple(
            issue_record(case, profile, j, int(seen[j]), weight=float(weight) / draws, mean_gain=float(term) / draws)
            for j, (weight, term) in enumerate(zip(tally.weights, tally.terms, strict=True))
        ),
    )


def on_evidence(bounds: Sequence[int], draws: int) -> records.OnEvidence:
    """From the counts of :attr:`sim.engine.acceptability.Judgement.bounds`."""
    low, high, read = (int(n) / draws for n in bounds)
    return records.OnEvidence(necessary=low, possible=high, with_inferred=read, verdict=evidence_stance(low, high))


def _stance(accepts: int, bounds: Counts, layers: Counts, strip: Counts, draws: int) -> records.Own:
    """What a party makes of the text, from its counts: of an alliance with its members', or its own without them."""
    share = wilson(accepts, draws)
    return records.Own(
        acceptability=share,
        verdict=stance(share),
        on_evidence=on_evidence(bounds.tolist(), draws),
        by_layer=_layers(layers, draws),
        by_turning_class=_strip(strip, draws),
    )


def _objection(case: Case, profile: Profile, tally: PartyTally, draws: int, seen: Packages) -> records.Objection | None:
    """What the party has against the text in the draws in which it refuses it."""
    refused = draws - int(tally.own[0])
    against = crossed_most(profile, tally.crossed, refused)
    if against is not None:
        line, n = against
        return over_line(line, n / draws, term_basis(case, line))
    if not refused:
        return None
    issue = costliest(tally.refused_terms / refused)
    loss, basis = tally.refused_terms[issue] / refused, case.term_basis[case.space.issues[issue]]
    return over_issue(case, profile, issue, int(seen[issue]), refused / draws, loss, basis)


def _beliefs(case: Case, profile: Profile) -> records.BeliefsRecord | None:
    if profile.reservation is not None or not case.outcomes:
        return None
    ranges = dict(zip(case.outcomes, profile.beliefs, strict=True))
    return records.BeliefsRecord(ranges=ranges, basis=profile.beliefs_basis, evidence=profile.beliefs_evidence)


def _weight_by_basis(profile: Profile, tally: PartyTally, draws: int, seen: Packages) -> records.WeightByBasis:
    shares = dict.fromkeys(("stated", "inferred", "assumed", "edited", "unknown"), 0.0)
    for j, total in enumerate(tally.weights):
        shares[profile.ranking_basis(j, int(seen[j]))] += float(total) / draws
    return records.WeightByBasis(**shares)


def line_record(
    line: Line, crossed: bool, share: float, basis_of_terms: schema.TermBasis | None = None
) -> records.LineRecord:
    """A line as results tell it: whether the text crosses it, by terms of what basis, and in which share it binds."""
    return records.LineRecord(
        kind=line.kind,
        issue=line.issue,
        option=line.id if line.kind == "red_line" else None,
        refusal=line.id if line.kind == "refusal" else None,
        terms=dict(line.terms),
        basis=line.basis,
        evidence=line.evidence,
        holds=line.holds,
        why=line.why,
        crossed=crossed,
        share=share,
        quota=line.quota,
        term_basis=basis_of_terms,
    )


def demand_records(case: Case, party: str) -> tuple[records.DemandRecord, ...]:
    """A party's demands in force, and what the text makes of each."""
    return tuple(
        records.DemandRecord(
            demand=x.demand.id,
            terms=x.demand.terms,
            basis=x.basis,
            evidence=x.demand.evidence,
            why=x.demand.why,
            unmet=x.unmet,
            left_open=x.left_open,
        )
        for x in demands(case, party)
    )


def issue_record(
    case: Case, profile: Profile, j: int, viewed: int, *, weight: float, mean_gain: float
) -> records.IssueRecord:
    """A party on an issue, where it sees the option ``viewed`` in the text, with means over the draws."""
    cell, options = profile.cells[j], case.space.options[j]
    written = int(case.text[j])
    return records.IssueRecord(
        issue=cell.issue,
        option=None if written == OPEN else options[written],
        seen_as=None if viewed == written else options[viewed],
        ranking=_ranking(cell, options),
        importance=str(cell.importance) if cell.weight is None else f"weight {cell.weight.words}",
        weight=weight,
        mean_gain=mean_gain,
        start=cell.start,
        basis=profile.ranking_basis(j, viewed),
        importance_basis=cell.importance_basis,
        evidence=cell.evidence.ranking,
        importance_evidence=cell.evidence.importance,
        note=cell.note,
        searched=cell.searched,
        term_basis=None if written == OPEN else case.term_basis[cell.issue],
    )


def _ranking(cell: Cell, options: Sequence[str]) -> tuple[tuple[str, ...], ...] | None:
    """The ranking by name; None where it is unknown or given as values."""
    if not isinstance(cell.values, Ordinal) or cell.ranking_basis == "unknown":
        return None
    levels = [tuple(options[o] for o in level) for level in cell.values.levels]
    if cell.values.rest_at is not None:
        levels.insert(cell.values.rest_at, (schema.REST,))
    return tuple(levels)
