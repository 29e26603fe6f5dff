"""What of a run's result is worth saying, in the order in which a page says it: facts with figures, and no words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from sim.results import result as kinds
from sim.results import verdicts
from sim.results.records import DemandRecord, IssueRecord, OnEvidence, OverallEvidence, PartyResult, Settings
from sim.results.result import Result, RunFinding
from sim.results.verdicts import HALF, NOTABLE, own_share, settles_nothing, unsourced
from sim.scenario.checks import NOTHING_SAYS
from sim.scenario.edit_paths import EditsFile

#: Bases of terms that no clause of a text says.
READ_OUT = ("assumed", "inferred")


def findings(result: Result, before: Result | None = None, files: Sequence[EditsFile] = ()) -> tuple[RunFinding, ...]:
    """Everything worth saying of a run: :func:`verdict_findings`, then :func:`note_findings`."""
    return (*verdict_findings(result), *note_findings(result, before, files))


def verdict_findings(result: Result) -> tuple[RunFinding, ...]:
    """What the evidence settles, what the model makes of it besides, and on which lines that hangs."""
    if not result.asked or result.joint_acceptability is None:
        return (kinds.NoVerdict(reason="nothing_filled_in" if verdicts.unfilled(result) else "nobody_asked"),)
    if settles_nothing(result):
        return (kinds.NoVerdict(reason="nothing_settled"),)
    return (*_settled(result), *_modelled(result), *list(without_lines(result))[:1])


def note_findings(
    result: Result, before: Result | None = None, files: Sequence[EditsFile] = ()
) -> tuple[RunFinding, ...]:
    """What stands below the table, only what matters.

    ``before`` is the result without its edits, ``files`` the files that these come from.
    """
    return (
        *_asks_for_more(result),
        *_graded_claims(result),
        *votes(result),
        *_joint_counts(result),
        *_sole_blockers(result),
        *_read_out(result),
        *_further_lines(result),
        *_turning_classes(result),
        *(kinds.UnplacedTerm(term=x) for x in result.unplaced),
        *_like_terms(result),
        *_open_issues(result),
        *_terms_not_in_the_sources(result),
        *_silences(result),
        *_not_modelled(result),
        *_edited(result, before, files),
        *_few_draws(result),
        *ages(result),
        *(kinds.FileWarning(warning=w) for w in _other_warnings(result)),
        draws_taken(result.settings),
    )


def evidence_settles(
    evidence: OverallEvidence, ranges: Mapping[str, OnEvidence], settings: Settings
) -> kinds.EvidenceSettles:
    """What the evidence settles; ``ranges`` are those of the parties of ``evidence``, by id."""
    return kinds.EvidenceSettles(
        verdict=evidence.verdict,
        parties=tuple(
            kinds.PartyEvidence.copying(x, party=id, by_inference=verdicts.refuses_by_inference(x))
            for id, x in ranges.items()
        ),
        edited=bool(settings.edits),
        no_deal_assumed=settings.no_deal_basis == "assumed",
    )


def draws_taken(settings: Settings) -> kinds.DrawsTaken:
    """How many draws a result counts."""
    return kinds.DrawsTaken.copying(settings, rules=settings.rules)


def _settled(result: Result) -> Iterator[RunFinding]:
    if result.settings.sources == "no articles":
        yield kinds.NoArticles()
    if unsourced(result.settings):
        yield kinds.Unsourced()
        return
    ranges = {id: (p.own or p).on_evidence for id in result.on_evidence.parties for p in [result.party(id)]}
    yield evidence_settles(result.on_evidence, ranges, result.settings)


def _modelled(result: Result) -> Iterator[RunFinding]:
    """The joint share, then every party that is on the wrong side of one half, or the filler that decides."""
    joint = result.joint_acceptability
    assert joint is not None
    word, parties = verdicts.outcome(result)
    weakest = min(result.asked, key=own_share)
    yield kinds.JointShare(
        share=joint.estimate,
        outcome=word,
        weakest=kinds.PartyShare(party=weakest.id, share=own_share(weakest)),
        others_not_modelled=bool(result.consent_not_modelled),
    )
    if word in ("refused", "divided"):
        for party in parties:
            yield kinds.BelowHalf(
                party=party.id,
                alone=party.own is not None,
                share=own_share(party),
                objection=party.main_objection,
                unknown=unknown_view(result, party),
            )
    elif word == "with_filler" and result.filler is not None:
        yield kinds.FillerDecides(filler=result.filler)


def unknown_view(result: Result, party: PartyResult) -> kinds.UnknownView | None:
    """Where a party objects to a term on which its view is unknown; None where there are no sources to look in."""
    objection = party.main_objection
    if objection is None or objection.kind != "issue" or objection.basis != "unknown" or unsourced(result.settings):
        return None
    cell: IssueRecord | None = next((x for x in party.issues if x.issue == objection.issue), None)
    return (
        None if cell is None else kinds.UnknownView(issue=cell.issue, searched=cell.searched, cited=bool(cell.evidence))
    )


def without_lines(result: Result) -> Iterator[kinds.WithoutLines]:
    """Each party asked that inferred or assumed lines turn away: which, and its share without them."""
    for party in result.asked:
        # An alliance is told by its own figures; its members' lines are told with the member.
        layers = (party.own or party).by_layer
        soft = [line for line in party.lines if line.crossed and line.basis in ("inferred", "assumed")]
        if soft and layers.stated - layers.assumed >= NOTABLE:
            yield kinds.WithoutLines(
                party=party.id, lines=tuple(map(kinds.LineName.copying, soft)), share=layers.stated
            )


def _further_lines(result: Result) -> list[kinds.WithoutLines]:
    """The lines that the verdict does not tell: all but the first party's, if there is a verdict."""
    there = any(x.kind == "joint_share" for x in verdict_findings(result))
    return list(without_lines(result))[1 if there else 0 :]


def _asks_for_more(result: Result) -> Iterator[kinds.AsksForMore]:
    """Who accepts what is less than it asks for."""
    asking = tuple(
        kinds.PartyDemands(
            party=party.id,
            share=own_share(party),
            demands=tuple(_unmet(x, {i.issue: i for i in party.issues}) for x in unmet),
        )
        for party in result.parties
        if (unmet := unmet_demands(result, party))
    )
    if asking:
        yield kinds.AsksForMore(parties=asking)


def _unmet(demand: DemandRecord, issues: Mapping[str, IssueRecord]) -> kinds.UnmetDemand:
    here = {i: issues[i] for i in demand.unmet}
    return kinds.UnmetDemand(
        demand=demand.demand,
        evidence=demand.evidence,
        terms={i: x.option for i, x in here.items()},
        seen_as={i: x.seen_as for i, x in here.items() if x.seen_as is not None},
        read_out=tuple(i for i, x in here.items() if x.term_basis == "inferred"),
    )


def unmet_demands(result: Result, party: PartyResult) -> list[DemandRecord]:
    """The demands of which a text that the party accepts gives less, as far as sources tell; without sources all.

    A party that refuses, is divided or is not known has its objection, or none, instead.
    """
    if party.silent or (party.own or party).verdict != "accepts" or settles_nothing(result):
        return []
    bases = ("stated", "inferred") if not unsourced(result.settings) else ("assumed",)
    return [x for x in party.demands if x.unmet and x.basis in bases]


def _open_issues(result: Result) -> Iterator[kinds.OpenIssues]:
    if result.open is not None:
        many = len(result.open.issues)
        mostly = 2 * many > sum(result.terms_by_basis.model_dump().values()) and not settles_nothing(result)
        yield kinds.OpenIssues(open=result.open, asked=bool(result.asked), mostly=mostly)


def _graded_claims(result: Result) -> Iterator[kinds.GradedClaims]:
    """Which of the words on parties asked are others without claims graded weak or single."""
    settled = {p.id: (p.own or p).on_evidence for p in result.asked}
    without = settled | {x.party: x.on_evidence for x in result.firm if x.party in settled}
    views = tuple(
        kinds.GradedView(party=x.party, claims=x.claims, on_evidence=settled[x.party], without=x.on_evidence)
        for x in result.firm
        if x.party in settled and _word(settled[x.party]) != _word(x.on_evidence)
    )
    if views and not settles_nothing(result):
        yield kinds.GradedClaims(on_evidence=result.on_evidence, without=verdicts.overall(without), parties=views)


def _word(evidence: OnEvidence) -> tuple[str, bool]:
    """What makes the word that a page has for what the evidence settles of a party."""
    return evidence.verdict, verdicts.refuses_by_inference(evidence)


def voting(result: Result) -> tuple[PartyResult, ...]:
    """The parties asked that decide by voters."""
    return tuple(p for p in result.asked if p.ratification is not None)


def votes(result: Result) -> Iterator[RunFinding]:
    """Whether the signing or the vote fails, and for each vote how its figure changes with the reading of polls."""
    parties = voting(result)
    signed = None if result.signed is None else result.signed.estimate
    if votes := tuple(kinds.PartyShare(party=p.id, share=p.acceptability.estimate) for p in parties):
        yield kinds.VoteOutcome(signed=signed, votes=votes)
    for party in parties:
        yield vote_reading(party)
        yield from inherited_polls(result, party)


def vote_reading(party: PartyResult) -> kinds.VoteReading:
    """A party that decides by voters under each reading of its polls."""
    assert party.ratification is not None
    assert party.decides is not None
    return kinds.VoteReading(
        party=party.id,
        polled=any(line.crossed for line in party.lines),
        quota=party.decides.quota,
        ratification=party.ratification,
    )


def inherited_polls(result: Result, party: PartyResult) -> Iterator[kinds.InheritedPoll]:
    """Which polls are read onto a term that nobody was asked about, since it is like another."""
    for issue, likes in result.likes.items():
        for option, other in likes.items():
            lines = [x for x in party.lines if x.terms.get(issue) == (option,)]
            if any(x.crossed and x.holds is not None and x.basis == "assumed" for x in lines):
                yield kinds.InheritedPoll(party=party.id, issue=issue, option=option, like=other)


def _joint_counts(result: Result) -> Iterator[kinds.JointCounts]:
    if result.joint_acceptability is not None and not settles_nothing(result):
        ratified = any(p.ratification for p in result.asked)
        yield kinds.JointCounts(parties=len(result.asked), weakest=result.weakest_party, ratified=ratified)


def _sole_blockers(result: Result) -> Iterator[kinds.SoleBlockers]:
    sole = [(p.sole_blocker or 0.0, p.name, p.id) for p in result.asked if (p.sole_blocker or 0.0) >= NOTABLE]
    if sole and len(result.asked) > 1:
        ranked = sorted(sole, reverse=True)
        yield kinds.SoleBlockers(parties=tuple(kinds.PartyShare(party=id, share=share) for share, _, id in ranked))


def _read_out(result: Result) -> Iterator[kinds.ReadOut]:
    """That parties asked refuse on the evidence over nothing that the text says in a clause; over which terms."""
    issues: dict[str, None] = {}
    bases: set[str | None] = set()
    who = []
    for party in result.asked:
        alone, objection = party.own or party, party.main_objection
        if alone.on_evidence.verdict != "refuses" or objection is None or objection.kind == "issue":
            continue
        lines = [x for x in party.lines if x.crossed and x.basis in ("stated", "edited")]
        if not lines or not all(x.term_basis in READ_OUT for x in lines):
            continue
        who.append(party.id)
        bases |= {x.term_basis for x in lines}
        read = {x.issue for x in party.issues if x.term_basis in READ_OUT}
        issues |= dict.fromkeys(i for x in lines for i in x.terms if i in read)
    if "inferred" in bases:
        yield kinds.ReadOut(parties=tuple(who), issues=tuple(issues), filler="assumed" in bases)


def _turning_classes(result: Result) -> Iterator[kinds.TurningClass]:
    issue = result.settings.turning_issue
    for party in result.asked:
        strip = (party.own or party).by_turning_class
        if issue is None or strip is None:
            continue
        shares = strip.model_dump().values()
        if min(shares) < HALF <= max(shares):
            importance = next(x.importance for x in party.issues if x.issue == issue)
            yield kinds.TurningClass(party=party.id, issue=issue, importance=importance, shares=strip)


def _terms(result: Result) -> dict[str, str | None]:
    return {i.issue: i.option for p in result.parties[:1] for i in p.issues}


def _like_terms(result: Result) -> Iterator[kinds.LikeTerm]:
    """Which terms of the text are read as another option is, since no file says more of them."""
    terms = _terms(result)
    for issue, likes in result.likes.items():
        if (option := terms.get(issue)) is not None and option in likes:
            yield kinds.LikeTerm(issue=issue, option=option, like=likes[option])


def _terms_not_in_the_sources(result: Result) -> Iterator[RunFinding]:
    sourced = not unsourced(result.settings)
    if result.filler is not None and sourced:
        yield kinds.FillerRange(filler=result.filler, decides=verdicts.depends_on_filler(result))
    proposed = result.terms_by_basis.proposed
    if proposed and sourced:
        yield kinds.ProposedTerms(proposed=proposed, terms=sum(result.terms_by_basis.model_dump().values()))
    if result.defaults:
        terms, left_open = _terms(result), () if result.open is None else result.open.issues
        yield kinds.DefaultTerms(terms={i: None if i in left_open else terms.get(i) for i in result.defaults})


def _silences(result: Result) -> Iterator[RunFinding]:
    """Parties asked on whose weightiest issues the sources say nothing; parties of whom they say nothing at all."""
    sourced = not unsourced(result.settings)
    weights = tuple(
        kinds.SilentWeight(
            party=p.id,
            share=p.weight_by_basis.unknown,
            searched=math.fsum(i.weight for i in p.issues if i.basis == "unknown" and i.searched is not None),
        )
        for p in result.asked
        if p.weight_by_basis.unknown > verdicts.SILENCE
    )
    if weights:
        yield kinds.SilentSources(sourced=sourced, parties=weights)
    if silent := tuple(p.id for p in result.parties if p.consent_needed and p.silent):
        yield kinds.SilentParties(sourced=sourced, parties=silent)


def _not_modelled(result: Result) -> Iterator[kinds.NotModelled]:
    modelled = {p.id for p in result.parties}
    if others := tuple(p for p in result.consent_not_modelled if p not in modelled):
        yield kinds.NotModelled(actors=others)


def _edited(result: Result, before: Result | None, files: Sequence[EditsFile]) -> Iterator[kinds.EditsMade]:
    """What was edited and, where the result without the edits is at hand, what that changed."""
    edits = result.settings.edits
    if edits and before is None:
        yield kinds.EditsMade(earlier=(), files=(), edits=edits, changes=None)
    elif edits and before is not None:
        earlier = before.settings.edits
        yield kinds.EditsMade(
            earlier=earlier,
            files=tuple(kinds.EditsOfFile(title=x.title, edits=x.count) for x in files),
            edits=edits[len(earlier) + sum(x.count for x in files) :],
            changes=tuple(_changes(before, result)),
        )


def _changes(before: Result, result: Result) -> Iterator[kinds.ShareChange]:
    then, now = before.joint_acceptability, result.joint_acceptability
    if then is not None and now is not None:
        yield kinds.ShareChange(measure="joint", party=None, before=then.estimate, after=now.estimate)
    old = {p.id: p.acceptability.estimate for p in before.parties}
    for p in result.parties:
        if p.id in old:
            yield kinds.ShareChange(measure="party", party=p.id, before=old[p.id], after=p.acceptability.estimate)
    if (first := before.negotiation) is not None and (second := result.negotiation) is not None:
        for measure in ("agreed", "ratification_failed", "broke_down"):
            old_share, new_share = getattr(first, measure).estimate, getattr(second, measure).estimate
            yield kinds.ShareChange(measure=measure, party=None, before=old_share, after=new_share)


def _few_draws(result: Result) -> Iterator[kinds.FewDraws]:
    shares = [(p.id, (p.own or p).acceptability) for p in result.parties if not p.silent]
    if wide := tuple(id for id, x in shares if x.low < HALF <= x.high and x.high - x.low > verdicts.WIDE):
        yield kinds.FewDraws(parties=wide)


def ages(result: Result) -> Iterator[kinds.PositionsAge]:
    """The parties of whom much weight rests on positions long before the text, or after it."""
    for age in ("older", "younger"):
        shares = [kinds.PartyShare(party=p.id, share=getattr(p.weight_by_age, age)) for p in result.parties]
        if old := tuple(x for x in shares if x.share > 0):
            yield kinds.PositionsAge(age=age, parties=old)


def _other_warnings(result: Result) -> list[str]:
    """The warnings of files that no other finding tells; in a result those of age, one a party, stand behind them."""
    aged = sum(p.weight_by_age.older > 0 or p.weight_by_age.younger > 0 for p in result.parties)
    of_files = result.warnings[: max(0, len(result.warnings) - aged)]
    return [w for w in of_files if not any(f": {x.party}: {NOTHING_SAYS} " in w for x in result.unplaced)]
