"""Levers: single edits of positions, one at a time, scored on the scenario's own draws, strongest first.

The question is on which cell the verdict turns. Edits come from :mod:`sim.analysis.levers.edits`; each is applied as
``--set`` would and put to the vote with all others (:mod:`sim.analysis.levers.trials`), so a lever's figures
are those of a run with that edit, to the last digit, and changes are taken draw by draw. Varying one input at a time
around a base case is the tornado diagram of decision analysis (R. A. Howard, "Decision analysis: practice and promise",
Management Science 34, 1988).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeGuard

from sim.analysis.levers import edits as edits_of
from sim.analysis.levers import result as records
from sim.analysis.levers.counts import LeverCounts, Steps
from sim.analysis.levers.edits import CANNOT_BE_MADE, CANNOT_MATTER, Drop, LeverEdit, NotMade
from sim.analysis.levers.english import RULE
from sim.analysis.levers.findings import findings
from sim.analysis.levers.pairs import Stances, strongest_across, within
from sim.analysis.levers.trials import EditSet, Trial, Trials, tried
from sim.analysis.shared.counting import interval
from sim.analysis.shared.evidence_alone import allowed
from sim.analysis.shared.parties import known_issues, known_party, sourced_veto, vetoes
from sim.analysis.shared.records import about
from sim.engine.profiles import Case
from sim.results.verdicts import stance
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded
from sim.simulation.cases import Progress, compiled

#: Pairs in a result at most, furthest first.
MOST_PAIRS = 60
NO_JOINT = "no party with positions has to consent, so there is no joint share"
SILENCED = "without its lines the sources would be silent on a party asked, which would no longer be asked"
NOTHING_TO_DROP = "no line of a party asked rejects the text in every draw"


def levers(
    loaded: Loaded,
    *,
    party: str | None = None,
    issue: str | None = None,
    pairs: bool = False,
    progress: Progress | None = None,
) -> records.LeversResult:
    """Score the single edits of a scenario's positions, strongest first, on the draws of the scenario.

    Args:
        loaded: the scenario.
        party: only edits of this party, by id.
        issue: only edits on this issue, by id.
        pairs: pairs of edits too.
        progress: called with (steps done, steps in all, which may grow).

    Returns:
        The edits, each with the joint share under it and its change, between -1 and 1, with a paired 95% interval.

    Raises:
        UnknownName: for a party or issue that there is not.
        Complaints: where ranges leave almost nothing to draw from.

    Example:
        >>> import sim
        >>> strongest = sim.levers(sim.load("istanbul", draws=200), party="us", issue="sanctions").levers[0]
        >>> strongest.party
        'us'
    """
    [case] = compiled([loaded])
    if party is not None:
        known_party(case, party)
    known_issues(case, [] if issue is None else [issue])
    every, missing = edits_of.lever_edits(case, party, issue)
    run = [e for e in every if e.idle is None] if case.asked else []
    steps = Steps(progress)
    drops = edits_of.drops(case, party) if issue is None else []
    sets = [*(EditSet((e.edit,), (e.party,)) for e in run), *(EditSet(x.edits, x.parties) for x in drops)]
    trials = tried(loaded, case, sets, pairs=len(run) if pairs else None, progress=steps.part())
    results = iter(trials.sets)
    applied, bare = [(e, next(results)) for e in run], [(x, next(results)) for x in drops]
    missing += [NotMade(e.edit, "forbidden", why) for e, why in applied if isinstance(why, str)]
    # What makes the sources silent on a party asked drops it from the question, and so is no answer: it stands apart.
    single = [(e, trial) for e, trial in applied if _still_asks(trial, case)]
    silencing = [(e, x) for e, x in applied if isinstance(x, Trial) and not _still_asks(x, case)]
    dropped = [(x, trial) for x, trial in bare if _still_asks(trial, case)]
    in_order = [trial for some in (single, silencing, dropped) for _, trial in some]
    counts = LeverCounts(case.scenario.draws, [trials.base, *in_order])
    scored = [_lever(counts, number, edit) for number, (edit, _) in enumerate((*single, *silencing), 1)]
    main, apart = scored[: len(single)], scored[len(single) :]
    faults = [why if isinstance(why, str) else SILENCED for _, why in bare]
    result = records.LeversResult(
        **about(case, loaded, records.LeversResult),
        party=party,
        issue=issue,
        joint=interval(counts.joint[0], counts.draws) if case.asked else None,
        verdict=counts.verdict(0) if case.asked else None,
        verdict_reason=None if case.asked else NO_JOINT,
        on_evidence=allowed([case], case.scenario.draws, case.scenario.seed)[0].alone,
        parties=tuple(_asked(case, counts, trials.without[p,], p) for p in case.asked),
        assumed_terms=len(case.assumed_issues),
        terms=len(case.space.issues),
        sourced_veto=sourced_veto(case),
        weight_ranges=edits_of.weight_ranges(case),
        levers=_ranked([x for x in main if x.kind != "add_line"]),
        new_lines=_ranked([x for x in main if x.kind == "add_line"]),
        fewer_asked=_ranked(apart),
        dropped=tuple(_dropped(counts, len(scored) + k, x) for k, (x, _) in enumerate(dropped, 1)),
        dropped_reason=None if dropped else _not_dropped(issue, faults),
        left_out=left_out(every, missing, asked=bool(case.asked)),
        pairs=None,
        pairs_reason=NO_JOINT if pairs and not case.asked else (None if pairs else records.PAIRS_NOT_ASKED),
    )
    if pairs and case.asked:
        barred = {*(x.path for x in missing), *(e.edit for e, _ in silencing)}
        usable = [e for e in every if e.edit not in barred]
        of_two = _pairs(loaded, case, usable, [e for e, _ in single], counts, trials, not result.flipping, steps)
        result = result.model_copy(update={"pairs": of_two})
    return result.model_copy(update={"findings": findings(result)})


def _still_asks(trial: Trial | str, case: Case) -> TypeGuard[Trial]:
    """Whether all who are asked still are under a set of edits."""
    return not isinstance(trial, str) and set(case.asked) <= set(trial.asked)


# --- records ------------------------------------------------------------------------------


def _lever(counts: LeverCounts, ballot: int, edit: LeverEdit) -> records.Lever:
    members = counts.members
    return records.Lever.copying(
        edit,
        rank=ballot,
        joint=counts.joint_moved(ballot),
        own=counts.own_moved(ballot, edit.party),
        with_members=tuple(
            records.WithMembers(party=p, before=members[0][p] / counts.draws, after=n / counts.draws)
            for p, n in members[ballot].items()
        ),
    )


def _dropped(counts: LeverCounts, ballot: int, drop: Drop) -> records.Dropped:
    return records.Dropped.copying(drop, joint=counts.joint_moved(ballot), own=_own(counts, ballot, drop.parties))


def _own(counts: LeverCounts, ballot: int, parties: Iterable[str]) -> tuple[records.PartyMoved, ...]:
    return tuple(records.PartyMoved.copying(counts.own_moved(ballot, p), party=p) for p in parties)


def _not_dropped(issue: str | None, faults: Sequence[str]) -> str:
    return "only edits on one issue were asked for" if issue is not None else next(iter(faults), NOTHING_TO_DROP)


def _ranked(levers: Sequence[records.Lever]) -> tuple[records.Lever, ...]:
    """By how far the joint share moves, then by how far the party's own does, then in the order of the files."""

    def reach(lever: records.Lever) -> tuple[float, float]:
        joint = 0.0 if lever.joint is None else abs(lever.joint.change.estimate)
        return -joint, -abs(lever.own.change.estimate)

    return tuple(x.model_copy(update={"rank": k}) for k, x in enumerate(sorted(levers, key=reach), 1))


def _asked(case: Case, counts: LeverCounts, without: int, party: str) -> records.AskedParty:
    profile = case.profile(party)
    share = interval(counts.own[0][party], counts.draws)
    certain, labels = vetoes(case, profile), labels_of(case.scenario.domain)
    return records.AskedParty.copying(
        profile,
        acceptability=share,
        verdict=stance(share),
        vetoes=tuple(f"{x.basis} {edits_of.line_words(x, labels, party)}" for x in profile.lines if x in certain),
        ceiling=without / counts.draws,
    )


def left_out(edits: Sequence[LeverEdit], missing: Sequence[NotMade], *, asked: bool) -> tuple[records.LeftOut, ...]:
    """What was not run, by reason and, within the rules of the files, by what they say."""
    groups: dict[tuple[records.Reason, str], list[str]] = {}
    for edit in edits:
        if edit.idle is not None:
            groups.setdefault((edit.idle, CANNOT_MATTER[edit.idle]), []).append(edit.edit)
        elif not asked:
            groups.setdefault(("nobody_asked", CANNOT_BE_MADE["nobody_asked"]), []).append(edit.edit)
    for item in missing:
        groups.setdefault((item.reason, item.why or CANNOT_BE_MADE[item.reason]), []).append(item.path)
    return tuple(
        records.LeftOut(
            reason=reason, why=why, cannot_matter=reason in CANNOT_MATTER, count=len(texts), edits=tuple(texts)
        )
        for (reason, why), texts in groups.items()
    )


# --- pairs --------------------------------------------------------------------------------


def _pairs(
    loaded: Loaded,
    case: Case,
    usable: Sequence[LeverEdit],
    single: Sequence[LeverEdit],
    counts: LeverCounts,
    trials: Trials,
    needed: bool,
    steps: Steps,
) -> records.Pairs:
    """``usable`` are edits to make pairs of, ``single`` those already scored: number k is ballot k of ``counts``."""
    number = {e.edit: k for k, e in enumerate(single, 1)}
    by_party: dict[str, list[int]] = {}
    for k, e in enumerate(single, 1):
        by_party.setdefault(e.party, []).append(k)
    joint = [count.accepts for count in counts.joint]
    edited_stances = [
        counts.stance(k, e.party) if e.party in counts.asked[k] else None for k, e in enumerate(single, 1)
    ]
    stances = Stances(
        asked={p: counts.stance(0, p) for p in case.asked},
        edited=[None, *edited_stances],
        verdicts=[counts.verdict(k) for k in range(len(single) + 1)],
        draws=counts.draws,
    )
    sign = stances.sign
    across, counted, flips = strongest_across(trials.across, by_party, joint, stances, MOST_PAIRS)
    strength = {e.edit: 0 for e in usable}
    for k, e in enumerate(single, 1):
        own = counts.own[k][e.party]
        strength[e.edit] = own.gained - own.lost
    ended = {e.edit for k, e in enumerate(single, 1) if stances.ended(k)}
    inside, complete = within(case, [e for e in usable if e.edit not in ended], strength, stances)
    both_of = [(single[a - 1], single[b - 1]) for a, b in across] + inside
    sets = [EditSet(tuple(e.edit for e in x), tuple(dict.fromkeys(e.party for e in x))) for x in both_of]
    together = tried(loaded, case, sets, progress=steps.part())
    ready = [(x, trial) for x, trial in zip(both_of, together.sets, strict=True) if _still_asks(trial, case)]
    scores = LeverCounts(case.scenario.draws, [together.base, *(trial for _, trial in ready)])
    pairs: list[tuple[bool, int, records.Pair]] = []
    for ballot, (both, _) in enumerate(ready, 1):
        reached = scores.joint[ballot].accepts
        alone = [number.get(e.edit, 0) for e in both]
        turns = stances.turned(scores.verdict(ballot), [stances.verdicts[k] for k in alone])
        if not turns and sign * reached <= max(sign * joint[k] for k in alone):
            continue
        first, second = map(records.Edited.copying, both)
        pair = records.Pair(
            rank=ballot,
            edits=(first, second),
            joint=scores.joint_moved(ballot),
            turns=turns,
            own=_own(scores, ballot, scores.own[ballot]),
        )
        pairs.append((not turns, -sign * reached, pair))
        if first.party == second.party:
            flips += turns
    pairs.sort(key=lambda item: item[:2])
    return records.Pairs(
        needed=needed,
        wanted="accepts" if stances.upward else "refuses",
        across_counted=counted,
        within_scored=sum(one.party == other.party for (one, other), _ in ready),
        exhaustive=complete,
        rule=RULE,
        ceiling=max((n for p, n in trials.without.items() if len(p) == 2), default=counts.draws) / counts.draws,
        flips=flips,
        ranked=tuple(x.model_copy(update={"rank": k}) for k, (*_, x) in enumerate(pairs[:MOST_PAIRS], 1)),
    )
