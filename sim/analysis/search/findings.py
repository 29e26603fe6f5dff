"""What of a search is worth saying, in the order in which a page says it: facts with figures, and no words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.analysis.search import result as kinds
from sim.analysis.search.result import Best, Search, SearchAnswer, SearchFinding
from sim.analysis.shared import findings as shared
from sim.results.findings import draws_taken, evidence_settles
from sim.results.records import WeightByBasis
from sim.results.result import PartyShare
from sim.results.verdicts import SILENCE, unsourced


def findings(result: Search) -> tuple[SearchFinding, ...]:
    """Everything worth saying: :func:`lead_findings`, then :func:`note_findings`."""
    return (*lead_findings(result), *note_findings(result))


def lead_findings(result: Search) -> tuple[SearchFinding, ...]:
    """What the text has as tabled, the best package, and apart the best of those that ask fewer than the text."""
    return (
        *shared.settled(result.base.on_evidence, result.settings),
        shared.tabled_share(result.base),
        _best(result, result.answer),
        *_asking_fewer(result),
        *shared.caution(result.base.assumed_terms, result.base.terms, result.settings),
    )


def note_findings(result: Search) -> tuple[SearchFinding, ...]:
    """What stands below the tables."""
    bests = [(answer, answer.best) for answer in result.answers if answer.best is not None]
    sourced = not unsourced(result.settings)
    return (
        *(_proof(result) if bests else ()),
        *(_silences(result, bests) if sourced else ()),
        *_free(bests, sourced),
        *(_on_evidence(result, bests) if sourced else ()),
        *(_fresh(bests) if result.settings.drawn else ()),
        *(kinds.BreaksConstraint(among=a.among, constraint=x) for a, best in bests for x in best.breaks),
        *(
            kinds.FewerAreAsked(among=answer.among, parties=best.no_longer_needed)
            for answer, best in bests
            if best.no_longer_needed
        ),
        *_open(result, [best for _, best in bests]),
        *shared.no_deal_left_out(result.space.equal_no_deal),
        *_constraints(result),
        *shared.rests_on(result.settings, result.consent_not_modelled),
        *([kinds.MeanGains()] if bests else []),
        *([kinds.ClosedForm()] if bests and not any(x.kind == "utility" for x in result.settings.rules) else []),
        draws_taken(result.settings),
    )


def looked_at(result: Search, answer: SearchAnswer) -> kinds.LookedAt:
    """Which packages an answer is on."""
    size, options = result.space, result.options
    return kinds.LookedAt(
        packages=size.combinations if size.feasible is None else size.feasible,
        feasible=size.feasible is not None,
        changes=options.changes,
        near=None if options.near == result.scenario.id else options.near,
        keep=options.keep,
        among=answer.among,
        required=answer.required,
    )


# --- the lead -------------------------------------------------------------------------------


def _best(result: Search, answer: SearchAnswer) -> kinds.BestPackage | kinds.NoPackage:
    best, packages, apart = answer.best, looked_at(result, answer), answer is not result.answer
    proof = kinds.ProofState.copying(answer)
    if best is None:
        return kinds.NoPackage(looked_at=packages, apart=apart, proof=proof, rejections=result.rejections)
    return kinds.BestPackage.copying(
        best,
        looked_at=packages,
        apart=apart,
        share=best.joint_acceptability.estimate,
        change=best.change.estimate,
        proof=proof,
    )


def _asking_fewer(result: Search) -> Iterator[SearchFinding]:
    if result.asking_fewer is not None:
        yield _best(result, result.asking_fewer)
    elif result.everybody == "best" and result.answer.best is not None:
        yield kinds.NoneBetterAskingFewer()
    elif result.everybody == "none":
        yield kinds.AllAskFewer()


# --- the notes ------------------------------------------------------------------------------


def _proof(result: Search) -> Iterator[SearchFinding]:
    answers = result.answers
    yield kinds.ProofEffort(
        proven=all(a.proven for a in answers),
        drawn=result.settings.drawn,
        effort=result.options.effort,
        answers=tuple(map(kinds.Effort.copying, answers)),
    )
    if result.searched_draws < result.settings.draws and any(a.unproven_by is not None for a in answers):
        yield kinds.LooseBound(draws=result.searched_draws)


def _silences(result: Search, bests: Sequence[tuple[SearchAnswer, Best]]) -> Iterator[SearchFinding]:
    """How much of the gain in acceptance is what sources leave open."""
    tabled = result.base_as_no_deal
    unmoved = tuple(
        kinds.UnmovedTerms(among=answer.among, issues=best.as_no_deal, terms=len(best.terms))
        for answer, best in bests
        if len(best.as_no_deal) > len(tabled)
    )
    if unmoved:
        yield kinds.AsNoDeal(bests=unmoved, tabled=tabled)
    asked = {p.id: p.weight_by_basis.unknown for _, best in bests for p in best.parties if p.consent_needed}
    if silent := tuple(PartyShare(party=id, share=share) for id, share in asked.items() if share > SILENCE):
        yield kinds.SilentOn(parties=silent)
    shares = [
        kinds.SoftShares(
            among=answer.among,
            parties=tuple(
                PartyShare(party=p.id, share=share)
                for p in best.parties
                if p.consent_needed and (share := _soft(p.weight_changed)) > SILENCE
            ),
        )
        for answer, best in bests
    ]
    if soft := tuple(x for x in shares if x.parties):
        yield kinds.SoftRankings(bests=soft)


def _soft(weight: WeightByBasis) -> float:
    """The share that is assumed or unknown."""
    total = weight.stated + weight.inferred + weight.assumed + weight.edited + weight.unknown
    return (weight.assumed + weight.unknown) / total if total else 0.0


def _free(bests: Sequence[tuple[SearchAnswer, Best]], sourced: bool) -> Iterator[SearchFinding]:
    """Options that no party, or no source, has anything to say about."""
    for answer, best in bests:
        if alike := answer.listed[0].alike:
            yield kinds.SameForAll(among=answer.among, terms=alike)
        ranked = tuple(i for i in best.idle if i not in best.unranked)
        for issues in (best.unranked, ranked):
            if issues:
                yield kinds.IdleChanges(among=answer.among, issues=issues, ranked=issues is ranked, sourced=sourced)


def _on_evidence(result: Search, bests: Sequence[tuple[SearchAnswer, Best]]) -> Iterator[kinds.BestOnEvidence]:
    for answer, best in bests:
        alone = best.on_evidence
        ranges = {p.id: p.on_evidence for p in best.parties if p.id in alone.parties}
        yield kinds.BestOnEvidence(
            among=answer.among,
            verdict=alone.verdict,
            parties=evidence_settles(alone, ranges, result.settings).parties,
            by_inference=alone.by_inference if alone.verdict == "not settled" else (),
        )


def _fresh(bests: Sequence[tuple[SearchAnswer, Best]]) -> Iterator[kinds.FreshDraws]:
    shares = tuple(
        kinds.FreshShare(among=a.among, share=best.joint_acceptability.estimate, fresh=best.fresh.estimate)
        for a, best in bests
    )
    if bests:
        yield kinds.FreshDraws(seed=bests[0][1].fresh_seed, bests=shares)


def _open(result: Search, bests: Sequence[Best]) -> Iterator[SearchFinding]:
    """What became of issues that the text leaves open, or the one searched near."""
    near = result.near
    left = result.base.open_issues if near is None else tuple(i for i, o in near.items() if o is None)
    counts = result.options.changes is not None
    if opened := tuple(i for i in left if i not in result.options.keep):
        yield kinds.LeftOpen(near=None if near is None else result.options.near, issues=opened, closing_counts=counts)
    still = [tuple(i for i, option in best.terms.items() if option is None) for best in bests]
    for issues in filter(None, dict.fromkeys(still)):
        among = (a.among for a in result.answers if a.best is not None and all(a.best.terms[i] is None for i in issues))
        yield kinds.StayOpen(issues=issues, among=tuple(among))


def _constraints(result: Search) -> Iterator[SearchFinding]:
    if result.broken_already:
        yield kinds.NotBinding(near=result.near is not None, constraints=result.broken_already)
    if result.options.constraints != "legal":
        yield shared.ConstraintsBind(severity=result.options.constraints)
