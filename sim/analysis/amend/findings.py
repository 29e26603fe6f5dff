"""What of a search for amendments is worth saying, in the order in which a page says it: figures, and no words."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.amend import result as kinds
from sim.analysis.amend.result import Amend, AmendFinding, Amendment, Size
from sim.analysis.shared import findings as shared
from sim.results.findings import draws_taken
from sim.results.records import TermChange
from sim.results.verdicts import HALF, unsourced

#: A mean gain falls by so much before a party is said to pay; a share moves by so much before that is said.
LOSS, MOVED = 0.01, 0.01
#: The most changes that can be asked for.
MOST_CHANGES = 3


def findings(result: Amend) -> tuple[AmendFinding, ...]:
    """Everything worth saying: :func:`lead_findings`, then :func:`note_findings`."""
    return (*lead_findings(result), *note_findings(result))


def lead_findings(result: Amend) -> tuple[AmendFinding, ...]:
    """What the text has as tabled, the amendments that help most, and what reaches one half."""
    reason = _reason(result)
    return (
        *shared.settled(result.base.on_evidence, result.settings),
        *(_useful(result) if reason is None else _useless(result, reason)),
        *shared.caution(result.base.assumed_terms, result.base.terms, result.settings),
    )


def note_findings(result: Amend) -> tuple[AmendFinding, ...]:
    """What stands below the tables."""
    return (
        *_idle(result),
        *_filler_changed(result),
        *_payers(result),
        *_constraints(result),
        *_left_out(result),
        *_opening(result),
        *shared.no_deal_left_out(result.equal_no_deal),
        *([kinds.TermsStay(issues=result.options.keep)] if result.options.keep else []),
        *shared.rests_on(result.settings, result.consent_not_modelled),
        draws_taken(result.settings),
    )


def in_table(size: Size) -> tuple[Amendment, ...]:
    """Amendments of a size that its table has: those that raise the joint share, or all where none does.

    The others are better than the text for the weakest party alone, which is no answer beside one that helps all.
    """
    raising = tuple(a for a in size.amendments if a.change.low > 0)
    return raising or size.amendments


def tabulated(result: Amend) -> list[Size]:
    """Sizes worth a table: where anything helps at all, those where something does."""
    return [size for size in result.sizes if size.raising or not result.raised]


def first_size(result: Amend) -> Size | None:
    """The size whose table answers: the first to reach one half, else that of the best; none where nothing helps."""
    bests = [(size, size.best) for size in result.sizes if size.raising and size.best is not None]
    reaching = [size for size, best in bests if best.reaches_half]
    return reaching[0] if reaching else max(bests, key=lambda x: _share(x[1]), default=(None, None))[0]


def asking_fewer(result: Amend) -> list[Amendment]:
    """Amendments that no longer ask somebody whom the text asks."""
    return [a for size in result.sizes for a in size.asking_fewer]


def helpful(result: Amend) -> list[Amendment]:
    """The best single change of each issue, where it raises the joint share beyond sampling error."""
    return [x.amendment for x in result.issues if x.amendment is not None and x.amendment.change.low > 0]


def _share(amendment: Amendment) -> float:
    return amendment.joint_acceptability.estimate


def brief(amendment: Amendment) -> kinds.AmendmentInBrief:
    """An amendment as a sentence has it."""
    return kinds.AmendmentInBrief.copying(
        amendment,
        terms=tuple(TermChange(issue=c.issue, before=c.before, to=c.to) for c in amendment.changes),
        share=_share(amendment),
        change=amendment.change.estimate,
    )


# --- the lead -------------------------------------------------------------------------------


def _useful(result: Amend) -> Iterator[AmendFinding]:
    """Where some amendment raises the joint share."""
    yield shared.tabled_share(result.base)
    single = max(helpful(result), key=_share, default=None)
    yield kinds.BestSingleChange(amendment=None if single is None else brief(single))
    yield from _half(result)
    yield from _apart(result)
    yield from _spared(result)


def _half(result: Amend) -> Iterator[kinds.BestAmendment]:
    """Whether one half is reached, and by how many changes."""
    bests = [(size.changes, size.best) for size in result.sizes if size.raising and size.best is not None]
    changes, best = max(bests, key=lambda item: _share(item[1]))
    reaching = [(n, amendment) for n, amendment in bests if amendment.reaches_half]
    half: kinds.Half = "reached" if reaching else "not_reached"
    least = None
    if result.base.joint_acceptability.estimate >= HALF:
        half = "tabled"
    elif reaching:
        least = reaching[0][0]
        changes, best = reaching[0] if least > 1 else (changes, best)
    if changes > 1 or half != "tabled":
        amendment = brief(best) if changes > 1 else None
        yield kinds.BestAmendment(changes=result.options.changes, half=half, least=least, amendment=amendment)


def _reason(result: Amend) -> kinds.Reason | None:
    """In which way no amendment helps; None where one raises the joint share."""
    if result.raised:
        return None
    if result.base.joint_acceptability.estimate > 0:
        return "no_rise"
    some = any(size.best is not None and _share(size.best) > 0 for size in result.sizes)
    return "within_error" if some else "never"


def _useless(result: Amend, reason: kinds.Reason) -> Iterator[AmendFinding]:
    """Where no amendment raises the joint share."""
    never = reason == "never"
    if not never:
        yield shared.tabled_share(result.base)
    yield kinds.NoRise(changes=result.options.changes, reason=reason, blockers=result.blockers if never else ())
    if never and result.without_lines is not None:
        parties = tuple(b.party for b in result.blockers if b.lines)
        yield kinds.WithoutAnyLine(parties=parties, share=result.without_lines.estimate)
    yield from _apart(result)


def _apart(result: Amend) -> Iterator[kinds.AskingFewer]:
    best = max(asking_fewer(result), key=_share, default=None)
    if best is not None:
        yield kinds.AskingFewer(amendment=brief(best))


def _spared(result: Amend) -> Iterator[kinds.PartySpared]:
    if result.options.party is None:
        return
    among: dict[kinds.Pool, list[int]] = {"reaching_half": [], "nearly_best": [], "raising": [], "all": []}
    for size in result.sizes:
        if size.packages:
            among[size.ranked_among].append(size.changes)
    unordered = among.pop("all")
    yield kinds.PartySpared(
        party=result.options.party,
        ordered=tuple(kinds.SparedAmong(among=x, changes=tuple(n)) for x, n in among.items() if n),
        unordered=tuple(unordered),
    )


# --- the notes ------------------------------------------------------------------------------


def _idle(result: Amend) -> Iterator[AmendFinding]:
    """Where nothing helps, where one may look further, and what cannot change alone."""
    idle = tuple(x.issue for x in result.issues if x.amendment is not None and x.amendment.change.low <= 0)
    if result.raised and idle:
        yield kinds.IdleIssues(issues=idle)
    sizes = tuple(size.changes for size in result.sizes if not size.raising and size.packages)
    if result.raised and sizes:
        yield kinds.IdleSizes(changes=sizes)
    if not result.raised and result.options.changes < MOST_CHANGES:
        yield kinds.LookFurther(changes=MOST_CHANGES)
    if stuck := [x for x in result.issues if not x.alternatives]:
        yield kinds.StuckIssues(
            issues=tuple(kinds.StuckIssue(issue=x.issue, constraints=tuple(r.id for r in x.blocked_by)) for x in stuck)
        )


def _in_tables(result: Amend) -> list[Amendment]:
    return [a for size in tabulated(result) for a in in_table(size)]


def _filler_changed(result: Amend) -> Iterator[kinds.FillerChanged]:
    issues = dict.fromkeys(c.issue for a in _in_tables(result) for c in a.changes if c.basis == "assumed")
    if issues and not unsourced(result.settings):
        yield kinds.FillerChanged(issues=tuple(issues))


def _payers(result: Amend) -> Iterator[kinds.WhoPays]:
    """Of the best amendment of each size: who loses on average, and whose yes makes the figure."""
    before = {p.id: p for p in result.base.parties}
    for size in result.sizes:
        if size.best is None or size.best.change.low <= 0:
            continue
        asked = [p for p in size.best.parties if p.consent_needed and p.id in before]
        payers = [
            kinds.Payer(
                party=p.id,
                gain_before=before[p.id].gain,
                gain=p.gain,
                share=p.acceptability.estimate,
                accepts=p.acceptability.low >= HALF,
            )
            for p in asked
            if p.gain_change <= -LOSS
        ]
        moved = [
            kinds.MovedShare(party=p.id, before=before[p.id].acceptability.estimate, after=p.acceptability.estimate)
            for p in asked
            if abs(p.change.estimate) >= MOVED
        ]
        if payers:
            yield kinds.WhoPays(changes=size.changes, payers=tuple(payers), moved=tuple(moved))


def _constraints(result: Amend) -> Iterator[AmendFinding]:
    amendments = _in_tables(result)
    touched = {x.id: x for a in amendments for c in a.changes for x in c.forced_by}
    touched |= {x.id: x for a in amendments for x in a.breaks}
    for name in sorted(touched):
        yield kinds.ConstraintTouched(constraint=touched[name])
    if result.broken_already:
        yield kinds.BrokenByText(constraints=result.broken_already)
    if result.options.constraints != "legal":
        yield shared.ConstraintsBind(severity=result.options.constraints)


def _left_out(result: Amend) -> Iterator[AmendFinding]:
    """How the amendments listed were picked, and what that does to their figures."""
    if fewer := sum(size.fewer_asked for size in result.sizes):
        yield kinds.FewerAsked(amendments=fewer)
    if padded := sum(size.equalled_by_fewer for size in result.sizes):
        yield kinds.PaddingLeftOut(amendments=padded)
    if weakest_only := sum(len(size.amendments) - len(in_table(size)) for size in tabulated(result)):
        yield kinds.WeakestOnlyLeftOut(amendments=weakest_only)
    if not result.raised and any(size.amendments for size in result.sizes):
        yield kinds.ForComparison()
    if _reason(result) == "never" and any(size.amendments for size in result.sizes):
        yield kinds.ListedByWeakest()
    if result.raised and result.settings.drawn:
        yield kinds.PickedBest(amendments=sum(size.packages - size.fewer_asked for size in result.sizes))


def _opening(result: Amend) -> Iterator[AmendFinding]:
    if result.base.open_issues:
        yield kinds.ClosingCounts(issues=result.base.open_issues)
    yield kinds.NothingOpened(reservation=not result.base.may_be_open)
