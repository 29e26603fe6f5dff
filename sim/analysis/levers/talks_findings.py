"""What levers of talks come to that is worth saying, in the order of the page: figures, and no words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sim.analysis.levers import result as levers
from sim.analysis.levers import talks_result as kinds
from sim.analysis.levers.findings import by_reason
from sim.analysis.levers.talks_result import TalksLever, TalksLevers, TalksLeversFinding, TalksShift
from sim.analysis.shared import findings as shared
from sim.results.records import beyond_error

#: From this share of draws on it is said that what is agreed fails in ratification, and who is in the way.
NOTABLE = 0.05
#: How often a 95% interval leaves zero out where nothing moves.
CHANCE = 0.05


def findings(result: TalksLevers) -> tuple[TalksLeversFinding, ...]:
    """Everything worth saying: :func:`lead_findings`, then :func:`note_findings`."""
    return (*lead_findings(result), *note_findings(result))


def lead_findings(result: TalksLevers) -> tuple[TalksLeversFinding, ...]:
    """How the talks end, what moves that, and who is in the way."""
    base = result.base
    return (
        kinds.TalksBase(
            protocol=result.talks.protocol,
            agreed=base.agreed.estimate,
            ratification_failed=base.ratification_failed.estimate,
        ),
        *shared.caution(result.assumed_terms, result.terms, result.settings),
        *_moves(result),
        *_lines_added(result),
        *_ratification(result),
        *_lines_dropped(result),
        *_obstacle(result),
    )


def note_findings(result: TalksLevers) -> tuple[TalksLeversFinding, ...]:
    """What stands below the tables: by what the talks are held, what was tried, and what bears on reading them."""
    idle = [x for x in result.left_out if x.cannot_matter]
    barred = [x for x in result.left_out if not x.cannot_matter]
    return (
        shared.TalksConduct.copying(result.talks.settings, protocol=result.talks.protocol),
        *([kinds.TalksKinds(turning_issue=result.settings.turning_issue)] if result.levers else []),
        *([levers.CannotMatter(edits=by_reason(idle))] if idle else []),
        *([levers.CannotBeMade(edits=by_reason(barred))] if barred else []),
        *([levers.WeightRanges(parties=result.weight_ranges)] if result.weight_ranges else []),
        *([levers.OnTopOf(edits=result.settings.edits)] if result.settings.edits else []),
        *([shared.ConsentLeftOut(actors=result.consent_not_modelled)] if result.consent_not_modelled else []),
        *([levers.RunWithEdit(edit=result.levers[0].edit)] if result.levers else []),
        levers.SameDraws.copying(result.settings, alliances=False, rules=result.settings.rules),
    )


def _moves(result: TalksLevers) -> Iterator[TalksLeversFinding]:
    if not result.levers:
        yield levers.NoEdits(party=result.party, issue=result.issue)
        return
    moved = [x for x in result.levers if x.moves]
    up = [x for x in moved if x.talks.change.estimate > 0]
    down = [x for x in moved if x.talks.change.estimate < 0]
    yield kinds.TalksMoves(
        tried=levers.Tried(edits=len(result.levers), party=result.party, issue=result.issue),
        moving=len(moved),
        by_chance=round(CHANCE * len(result.levers)),
        up=_move(result, up[0]) if up else None,
        down=_move(result, down[0]) if down else None,
    )


def _lines_added(result: TalksLevers) -> Iterator[kinds.TalksLinesAdded]:
    """Of edits that add a red line nobody has stated, which stand apart, the one that goes furthest."""
    if moving := [x for x in result.new_lines if x.moves]:
        furthest = max(moving, key=lambda x: abs(x.talks.change.estimate))
        yield kinds.TalksLinesAdded(tried=len(result.new_lines), moving=len(moving), furthest=_move(result, furthest))


def _brief(lever: TalksLever) -> levers.EditInBrief:
    return levers.EditInBrief.copying(lever, joint=None)


def _move(result: TalksLevers, lever: TalksLever) -> TalksShift:
    """Of agreements that stand."""
    return TalksShift(edit=_brief(lever), before=result.base.agreed.estimate, after=lever.talks.agreed.estimate)


def _ratification(result: TalksLevers) -> Iterator[kinds.TalksRatification]:
    """What moves the share that fails in ratification furthest, if that is often, or becomes so."""
    if not result.levers:
        return
    furthest = max(result.levers, key=lambda x: abs(x.unratified_change.estimate))
    change, before = furthest.unratified_change, result.base.ratification_failed.estimate
    after = furthest.talks.ratification_failed.estimate
    if max(before, after) >= NOTABLE and beyond_error(change):
        yield kinds.TalksRatification(furthest=TalksShift(edit=_brief(furthest), before=before, after=after))


def _lines_dropped(result: TalksLevers) -> Iterator[kinds.TalksLinesDropped]:
    everybody = next((x for x in reversed(result.dropped) if x.lines > 1), None)
    if everybody is not None:
        yield kinds.TalksLinesDropped(
            parties=everybody.parties,
            before=result.base.agreed.estimate,
            after=everybody.talks.agreed.estimate,
        )


def _obstacle(result: TalksLevers) -> Iterator[kinds.TalksObstacle]:
    """Who is most in the way, and who is instead under how many edits."""
    party, share = next(iter(result.base.obstacles.items()), (None, 0.0))
    if party is None or share < NOTABLE:
        return
    yield kinds.TalksObstacle(party=party, share=min(share, 1.0), others=_others(result.levers, party))


def _others(levers: Sequence[TalksLever], party: str) -> dict[str, int]:
    first = [next(iter(x.talks.obstacles), None) for x in levers]
    counts = Counter(p for p in first if p is not None and p != party)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
