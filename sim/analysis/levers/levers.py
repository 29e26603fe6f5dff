"""Levers: single edits of positions, one at a time, scored on the scenario's own draws, strongest first.

The question is on which cell the verdict turns. Edits come from :mod:`sim.analysis.levers.edits`; each is applied as
``--set`` would and put to the vote with all others (:func:`sim.analysis.shared.ballots.polled`), so a lever's figures
are those of a run with that edit, to the last digit, and changes are taken draw by draw. Varying one input at a time
around a base case is the tornado diagram of decision analysis (R. A. Howard, "Decision analysis: practice and promise",
Management Science 34, 1988).
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.levers.edits import (
    CANNOT_BE_MADE,
    CANNOT_MATTER,
    LeverEdit,
    NotMade,
    Reason,
    certain_vetoes,
    lever_edits,
)
from sim.analysis.levers.lever_counts import LeverCounts, Steps
from sim.analysis.levers.lines_dropped import Drop, drops
from sim.analysis.levers.pairs import RULE, Stances, Together, at_end, strongest_across, within
from sim.analysis.levers.result import (
    Dropped,
    Edited,
    LeftOut,
    Lever,
    LeversResult,
    Pair,
    Pairs,
    PartyMoved,
    Standing,
    WithMembers,
)
from sim.analysis.shared.evidence_alone import allowed
from sim.analysis.shared.parties import sourced_veto
from sim.engine.profiles import Case, Line
from sim.files.complaints import Complaints, did_you_mean
from sim.report.verdict import red_line
from sim.results.records import versions
from sim.results.verdicts import stance
from sim.scenario.labels import Labels, labels_of
from sim.scenario.loading import Loaded, edited
from sim.simulation.runner import Progress
from sim.simulation.score import compiled
from sim.simulation.summary import scenario_info, settings

#: Pairs kept in a result, furthest first.
PAIRS_KEPT = 60
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
) -> LeversResult:
    """Score the single edits of a scenario's positions, or of one party or issue, strongest first.

    With ``pairs`` also pairs of edits. ``progress`` is called with (steps done, steps in all, which
    may grow). Raises ValueError for a party or issue there is not; Complaints as :func:`sim.simulation.score.compiled`.
    """
    _known("party", party, list(loaded.scenario.domain.positions))
    _known("issue", issue, list(loaded.scenario.domain.issues.issues))
    [case] = compiled([loaded])
    every, missing = lever_edits(case, party, issue)
    run = [e for e in every if e.idle is None] if case.asked else []
    steps = Steps(progress)
    made = _apply(loaded, [(e.text,) for e in run], steps)
    missing += [NotMade(e.text, "forbidden", m) for e, m in zip(run, made, strict=True) if isinstance(m, str)]
    ready = [(e, m) for e, m in zip(run, made, strict=True) if not isinstance(m, str)]
    # What makes the sources silent on a party asked drops it from the question, and so is no answer: it stands apart.
    done = [(e, m) for e, m in ready if set(case.asked) <= set(m.asked)]
    silencing = [(e, m) for e, m in ready if not set(case.asked) <= set(m.asked)]
    by_party: dict[str, list[int]] = {}
    for number, (edit, _) in enumerate(done, 1):
        by_party.setdefault(edit.party, []).append(number)
    together = Together(by_party, pairs)
    barring = drops(case, party) if issue is None else []
    bare = [(x, m) for x, m in zip(barring, _apply(loaded, [x.edits for x in barring], steps), strict=True)]
    bared = [(x, m) for x, m in bare if not isinstance(m, str) and set(case.asked) <= set(m.asked)]
    silenced = len(silencing)
    counts = LeverCounts(
        case,
        [m for _, m in (*done, *silencing, *bared)],
        [*((e.party,) for e, _ in (*done, *silencing)), *(x.parties for x, _ in bared)],
    )
    counts.poll(steps, together.add)
    scored = [_lever(counts, number, edit) for number, (edit, _) in enumerate(done, 1)]
    apart = [_lever(counts, number, edit) for number, (edit, _) in enumerate(silencing, len(done) + 1)]
    base = counts.share(counts.joint[0, 0]) if case.asked else None
    result = LeversResult(
        scenario=scenario_info(case, loaded.sha256),
        settings=settings(case),
        party=party,
        issue=issue,
        joint=base,
        verdict=None if base is None else counts.verdict(0),
        verdict_reason=None if case.asked else NO_JOINT,
        on_evidence=allowed([case], case.scenario.draws, case.scenario.seed)[0].alone,
        parties=tuple(_standing(case, counts, together, p) for p in case.asked),
        assumed_terms=len(case.assumed_issues),
        terms=len(case.space.issues),
        sourced_veto=sourced_veto(case),
        weight_ranges=tuple(
            p.id for p in case.profiles if any(c.weight is not None and c.weight.low < c.weight.high for c in p.cells)
        ),
        names={p.id: p.name for p in case.profiles},
        levers=_ranked([x for x in scored if x.kind != "add_line"]),
        new_lines=_ranked([x for x in scored if x.kind == "add_line"]),
        fewer_asked=_ranked(apart),
        dropped=tuple(_dropped(counts, len(done) + silenced + k, x) for k, (x, _) in enumerate(bared, 1)),
        dropped_reason=_not_dropped(bool(bared), issue, [m if isinstance(m, str) else SILENCED for _, m in bare]),
        left_out=_left_out(every, missing, bool(case.asked)),
        pairs=None,
        pairs_reason=NO_JOINT if pairs and not case.asked else (None if pairs else "not asked for"),
        labels=labels_of(case.scenario.domain),
        versions=versions(),
    )
    if not pairs or base is None:
        return result
    kept = [e for e in every if e.text not in {*(m.path for m in missing), *(e.text for e, _ in silencing)}]
    return result.model_copy(update={"pairs": _pairs(loaded, case, kept, done, counts, together, scored, steps)})


def _known(what: str, name: str | None, names: Sequence[str]) -> None:
    if name is not None and name not in names:
        raise ValueError(f"no {what} {name!r}; {did_you_mean(name, names, most=20)}")


def _apply(loaded: Loaded, sets: Sequence[Sequence[str]], steps: Steps) -> list[Case | str]:
    """The scenario under each set of edits, or why the rules of the files do not allow it."""
    steps.expect(2 * len(sets))
    found: list[Loaded | str] = []
    for edits in sets:
        try:
            found.append(edited(loaded, edits))
        except Complaints as fault:
            found.append(_first(fault))
        steps.step(2 if isinstance(found[-1], str) else 1)
    try:  # all at once, since they share most of what is checked
        cases = iter(compiled([x for x in found if not isinstance(x, str)]))
        return [x if isinstance(x, str) else next(cases) for x in found]
    except Complaints:
        return [x if isinstance(x, str) else _compiled(x) for x in found]


def _compiled(item: Loaded) -> Case | str:
    try:
        return compiled([item])[0]
    except Complaints as fault:
        return _first(fault)


def _first(fault: Complaints) -> str:
    return next(c.what for c in fault.complaints if c.severity == "error")


# --- records ------------------------------------------------------------------------------


def _edited(edit: LeverEdit) -> dict[str, object]:
    return {
        "party": edit.party, "issue": edit.issue, "kind": edit.kind, "edit": edit.text, "what": edit.what,
        "before": edit.before, "after": edit.after, "basis": edit.basis, "line_basis": edit.line_basis,
        "evidence": edit.evidence,
    }  # fmt: skip


def _lever(counts: LeverCounts, ballot: int, edit: LeverEdit) -> Lever:
    members = counts.members
    return Lever.model_validate(
        {
            **_edited(edit),
            "rank": ballot,
            "joint": counts.joint_moved(ballot),
            "own": counts.own_moved(ballot, edit.party),
            "with_members": tuple(
                WithMembers(party=p, before=members[0][p] / counts.draws, after=n / counts.draws)
                for p, n in members[ballot].items()
            ),
        }
    )


def _dropped(counts: LeverCounts, ballot: int, drop: Drop) -> Dropped:
    return Dropped(
        parties=drop.parties,
        edits=drop.edits,
        lines=drop.lines,
        joint=counts.joint_moved(ballot),
        own=tuple(PartyMoved(party=p, **dict(counts.own_moved(ballot, p))) for p in drop.parties),
    )


def _not_dropped(any_scored: bool, issue: str | None, faults: Sequence[str]) -> str | None:
    if any_scored:
        return None
    return "only edits on one issue were asked for" if issue is not None else next(iter(faults), NOTHING_TO_DROP)


def _ranked(found: Sequence[Lever]) -> tuple[Lever, ...]:
    """By how far the joint share moves, then by how far the party's own does, then in the order of the files."""

    def reach(lever: Lever) -> tuple[float, float]:
        joint = 0.0 if lever.joint is None else abs(lever.joint.change.estimate)
        return -joint, -abs(lever.own.change.estimate)

    ordered = sorted(found, key=reach)
    return tuple(x.model_copy(update={"rank": k}) for k, x in enumerate(ordered, 1))


def _standing(case: Case, counts: LeverCounts, together: Together, party: str) -> Standing:
    profile = case.profile(party)
    share = counts.share(counts.own[0][party][0])
    vetoes, labels = certain_vetoes(case, profile), labels_of(case.scenario.domain)
    return Standing(
        id=party,
        name=profile.name,
        role=profile.role,
        acceptability=share,
        verdict=stance(share),
        vetoes=tuple(_line_words(line, labels, party) for line in profile.lines if line in vetoes),
        ceiling=together.without[party,] / counts.draws,
    )


def _line_words(line: Line, labels: Labels, party: str) -> str:
    if line.kind == "red_line":
        return f"{line.basis} {red_line(labels, line.issue, line.id)}"
    return f"{line.basis} refusal {labels.refusal(party, line.id)}"


def _left_out(edits: Sequence[LeverEdit], missing: Sequence[NotMade], asked: bool) -> tuple[LeftOut, ...]:
    """What was not run, by reason and, within the rules of the files, by what they say."""
    groups: dict[tuple[Reason, str], list[str]] = {}
    for edit in edits:
        if edit.idle is not None:
            groups.setdefault((edit.idle, CANNOT_MATTER[edit.idle]), []).append(edit.text)
        elif not asked:
            groups.setdefault(("nobody_asked", CANNOT_BE_MADE["nobody_asked"]), []).append(edit.text)
    for item in missing:
        groups.setdefault((item.reason, item.why or CANNOT_BE_MADE[item.reason]), []).append(item.path)
    return tuple(
        LeftOut(reason=reason, why=why, cannot_matter=reason in CANNOT_MATTER, count=len(texts), edits=tuple(texts))
        for (reason, why), texts in groups.items()
    )


# --- pairs --------------------------------------------------------------------------------


def _pairs(
    loaded: Loaded,
    case: Case,
    every: Sequence[LeverEdit],
    done: Sequence[tuple[LeverEdit, Case]],
    counts: LeverCounts,
    together: Together,
    scored: Sequence[Lever],
    steps: Steps,
) -> Pairs:
    draws = counts.draws
    joint = [int(n) for n in counts.joint[:, 0]]
    stances = Stances(
        {p: counts.stance(0, p) for p in case.asked},
        [None, *(counts.stance(k, e.party) if e.party in m.asked else None for k, (e, m) in enumerate(done, 1))],
        [counts.verdict(k) for k in range(len(done) + 1)],
        draws,
    )
    upward = stances.upward
    across, counted, flips = strongest_across(together, joint, stances, PAIRS_KEPT)
    strength = {e.text: 0 for e in every} | {
        e.text: int(counts.own[k][e.party][1] - counts.own[k][e.party][2]) for k, (e, _) in enumerate(done, 1)
    }
    ended = {e.text for k, (e, _) in enumerate(done, 1) if at_end(stances.verdicts[k], upward)}
    inside, complete = within(case, [e for e in every if e.text not in ended], strength, stances)
    sets = [(done[a - 1][0], done[b - 1][0]) for a, b in across] + inside
    made = _apply(loaded, [[e.text for e in both] for both in sets], steps)
    ready = [
        (s, m) for s, m in zip(sets, made, strict=True) if not isinstance(m, str) and set(case.asked) <= {*m.asked}
    ]
    scores = LeverCounts(case, [m for _, m in ready], [tuple(dict.fromkeys(e.party for e in s)) for s, _ in ready])
    scores.poll(steps)
    of_single = {e.text: k for k, (e, _) in enumerate(done, 1)}
    sign = 1 if upward else -1
    found: list[tuple[bool, int, Pair]] = []
    for ballot, (both, _) in enumerate(ready, 1):
        reached = int(scores.joint[ballot, 0])
        moved = scores.joint_moved(ballot)
        alone = [of_single.get(e.text, 0) for e in both]
        turns = stances.turned(scores.verdict(ballot), [stances.verdicts[k] for k in alone])
        if not turns and sign * reached <= max(sign * joint[k] for k in alone):
            continue
        pair = Pair(
            rank=ballot,
            edits=(Edited.model_validate(_edited(both[0])), Edited.model_validate(_edited(both[1]))),
            joint=moved,
            turns=turns,
            own=tuple(PartyMoved(party=p, **dict(scores.own_moved(ballot, p))) for p in scores.own[ballot]),
        )
        found.append((not turns, -sign * reached, pair))
        if both[0].party == both[1].party:
            flips += turns
    found.sort(key=lambda item: item[:2])
    within_scored = sum(both[0].party == both[1].party for both, _ in ready)
    return Pairs(
        needed=not any(x.joint is not None and x.joint.flips and x.kind != "add_line" for x in scored),
        wanted="accepts" if upward else "refuses",
        across_counted=counted,
        within_scored=within_scored,
        exhaustive=complete,
        rule=RULE,
        ceiling=max((n for p, n in together.without.items() if len(p) == 2), default=draws) / draws,
        flips=flips,
        found=tuple(x.model_copy(update={"rank": k}) for k, (*_, x) in enumerate(found[:PAIRS_KEPT], 1)),
    )
