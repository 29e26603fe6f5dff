"""What of levers is worth saying, in the order in which a page says it: figures, and no words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sim.analysis.levers import result as kinds
from sim.analysis.levers.pairs import STRONGEST
from sim.analysis.levers.result import JointMoved, Lever, LeversFinding, LeversResult, Pair
from sim.analysis.shared import findings as shared
from sim.analysis.shared.counting import Verdict, too_near
from sim.engine.profiles import CellBasis
from sim.results.records import Interval
from sim.results.result import PartyShare
from sim.results.verdicts import HALF

#: Edits that would break an acceptance are named, up to this many.
NAMED = 3
_BASES: tuple[CellBasis, ...] = ("stated", "inferred", "assumed", "unknown", "edited")


def findings(result: LeversResult) -> tuple[LeversFinding, ...]:
    """Everything worth saying: :func:`lead_findings`, then :func:`note_findings`."""
    return (*lead_findings(result), *note_findings(result))


def lead_findings(result: LeversResult) -> tuple[LeversFinding, ...]:
    """The verdict, what turns it or comes nearest, and what would be without lines or under pairs of edits."""
    if result.joint is None or result.verdict is None:
        return (kinds.NoVerdictToTurn(),)
    caution = () if result.sourced_veto else shared.caution(result.assumed_terms, result.terms, result.settings)
    return (
        *shared.settled(result.on_evidence, result.settings),
        _verdict(result, result.joint, result.verdict),
        *caution,
        *_single(result),
        *_lines_dropped(result),
        *_pairs(result),
    )


def note_findings(result: LeversResult) -> tuple[LeversFinding, ...]:
    """What stands below the tables: what was tried, what was not, and what bears on reading them."""
    return (
        *_crossing_half(result),
        *_several_lines(result),
        *_ceilings(result),
        *_new_lines(result),
        *_pairs_tried(result),
        *([kinds.KindsTried(turning_issue=result.settings.turning_issue)] if result.levers else []),
        *_left_out(result),
        *([kinds.WeightRanges(parties=result.weight_ranges)] if result.weight_ranges else []),
        *([kinds.OnTopOf(edits=result.settings.edits)] if result.settings.edits else []),
        *([kinds.RunWithoutLines(edits=result.dropped[-1].edits)] if result.dropped else []),
        *([kinds.RunWithEdit(edit=result.levers[0].edit)] if result.levers else []),
        kinds.SameDraws.copying(
            result.settings,
            alliances=any(p.role == "alliance" for p in result.parties),
            rules=result.settings.rules,
        ),
    )


def _move(joint: JointMoved) -> kinds.Move:
    return kinds.Move(
        before=joint.before.estimate,
        after=joint.after.estimate,
        too_near=joint.too_near,
        verdict=joint.verdict_after if joint.flips else None,
    )


def _brief(lever: Lever) -> kinds.EditInBrief:
    return kinds.EditInBrief.copying(lever, joint=None if lever.joint is None else _move(lever.joint))


def _pair(pair: Pair) -> kinds.PairInBrief:
    first, second = pair.edits
    return kinds.PairInBrief(edits=(first.edit, second.edit), joint=None if pair.joint is None else _move(pair.joint))


# --- the lead -------------------------------------------------------------------------------


def _verdict(result: LeversResult, joint: Interval, verdict: Verdict) -> kinds.JointVerdict:
    stance = {"refused": "refuses", "divided": "divided"}.get(verdict)
    return kinds.JointVerdict(
        share=joint.estimate,
        verdict=verdict,
        parties=tuple(p.id for p in result.parties if p.verdict == stance),
        too_near=verdict == "singly" and too_near(joint),
    )


def _single(result: LeversResult) -> Iterator[LeversFinding]:
    """What single edits do to the verdict."""
    if not result.levers:
        yield kinds.NoEdits(party=result.party, issue=result.issue)
        return
    tried = kinds.Tried(edits=len(result.levers), party=result.party, issue=result.issue)
    if result.flipping:
        yield _turning(result, tried)
    elif result.stuck:
        yield from _stuck(result, tried)
    else:
        yield from _unturned(result, tried)


def _turning(result: LeversResult, tried: kinds.Tried) -> kinds.TurningEdits | kinds.BreakingEdits:
    """Which edits turn the verdict: of an accepted text, which would break it."""
    flipping = result.flipping
    counts = Counter(x.turns_on for x in flipping)
    bases = {basis: counts[basis] for basis in _BASES if counts[basis]}
    if not result.upward:
        furthest = tuple(map(_brief, flipping[:NAMED]))
        return kinds.BreakingEdits(tried=tried, breaking=len(flipping), furthest=furthest, bases=bases)
    return kinds.TurningEdits(
        tried=tried,
        turning=len(flipping),
        strongest=_brief(flipping[0]),
        reaches_half=any(x.joint is not None and x.joint.crosses_half for x in flipping),
        bases=bases,
    )


def _stuck(result: LeversResult, tried: kinds.Tried) -> Iterator[LeversFinding]:
    """Why no edit moves the joint share, and which moves its own party's furthest."""
    refusing = tuple(kinds.RefusingParty(party=p.id, lines=len(p.vetoes)) for p in result.parties if p.vetoes)
    some = result.joint is not None and result.joint.estimate > 0
    yield kinds.NoEditMoves(tried=tried, refusing=refusing, never_together=not refusing and not some)
    sign = 1 if result.upward else -1
    best = max(result.levers, key=lambda x: sign * x.own.change.estimate)
    if sign * best.own.change.estimate > 0:
        before, after = best.own.before.estimate, best.own.after.estimate
        yield kinds.FurthestAlone(edit=_brief(best), upward=result.upward, before=before, after=after)


def _unturned(result: LeversResult, tried: kinds.Tried) -> Iterator[LeversFinding]:
    """The strongest edit towards a flip, then one that goes further the other way."""
    sign = 1 if result.upward else -1
    moved = [(sign * x.joint.change.estimate, x) for x in result.levers if x.joint is not None]
    reach, towards = max(moved, key=lambda item: item[0])
    back, away = min(moved, key=lambda item: item[0])
    nearest = _brief(towards) if reach > 0 else None
    yield kinds.NoEditTurns(tried=tried, new_lines_apart=result.new_lines_flip, nearest=nearest)
    if -back > max(reach, 0.0):
        yield kinds.FurthestBack(edit=_brief(away), upward=not result.upward)


def _lines_dropped(result: LeversResult) -> Iterator[kinds.LinesDropped]:
    everybody = next((x for x in reversed(result.dropped) if x.lines > 1), None)
    if everybody is not None and everybody.joint is not None:
        yield kinds.LinesDropped(parties=everybody.parties, joint=_move(everybody.joint))


def _pairs(result: LeversResult) -> Iterator[kinds.TurningPairs | kinds.NoPairTurns]:
    pairs = result.pairs
    if pairs is None or not (result.levers or pairs.ranked):
        return
    first = _pair(pairs.ranked[0]) if pairs.ranked else None
    if pairs.flips and first is not None:
        yield kinds.TurningPairs(pairs=pairs.flips, furthest=first)
    else:
        yield kinds.NoPairTurns(needed=pairs.needed, nearest=first)


# --- the notes ------------------------------------------------------------------------------


def _crossing_half(result: LeversResult) -> Iterator[kinds.CrossingHalf]:
    """The joint share by itself, which may cross one half while the verdict stands, and the reverse."""
    moved = [x.joint for x in result.levers if x.joint is not None]
    crossing, near = sum(x.crosses_half for x in moved), sum(x.too_near for x in moved)
    if crossing or near:
        differs = crossing != sum(x.flips for x in moved)
        yield kinds.CrossingHalf(edits=len(result.levers), crossing=crossing, too_near=near, verdict_differs=differs)


def _several_lines(result: LeversResult) -> Iterator[kinds.SeveralLines]:
    for party in result.parties:
        if len(party.vetoes) > 1 and result.party in (None, party.id):
            yield kinds.SeveralLines(party=party.id, lines=len(party.vetoes))


def _ceilings(result: LeversResult) -> Iterator[kinds.Ceilings]:
    """How far edits of one party alone can lift a joint share below one half."""
    if result.joint is None or result.joint.estimate >= HALF or len(result.parties) < 2:
        return
    if low := [p for p in result.parties if p.ceiling < HALF and result.party in (None, p.id)]:
        yield kinds.Ceilings(parties=tuple(PartyShare(party=p.id, share=p.ceiling) for p in low))


def _new_lines(result: LeversResult) -> Iterator[kinds.NewLines]:
    if result.new_lines:
        parties = tuple(dict.fromkeys(x.party for x in result.new_lines))
        yield kinds.NewLines(edits=len(result.new_lines), parties=parties, breaks=result.new_lines_flip)


def _pairs_tried(result: LeversResult) -> Iterator[LeversFinding]:
    pairs = result.pairs
    if pairs is None:
        return
    yield kinds.PairsTried(across=pairs.across_counted, within=pairs.within_scored, strongest=STRONGEST)
    if pairs.wanted == "accepts" and pairs.ceiling < HALF:
        yield kinds.PairsCeiling(share=pairs.ceiling)
    elif not pairs.exhaustive:
        yield kinds.PairsLeft()


def _left_out(result: LeversResult) -> Iterator[kinds.CannotMatter | kinds.CannotBeMade]:
    if idle := [x for x in result.left_out if x.cannot_matter]:
        yield kinds.CannotMatter(edits=by_reason(idle))
    if barred := [x for x in result.left_out if not x.cannot_matter]:
        yield kinds.CannotBeMade(edits=by_reason(barred))


def by_reason(left_out: Sequence[kinds.LeftOut]) -> dict[kinds.Reason, int]:
    """How many edits were not run for each reason, most first."""
    counts: Counter[kinds.Reason] = Counter()
    for x in left_out:
        counts[x.reason] += x.count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
