"""Levers of talks: single edits of positions, under each of which the talks are held anew, on the same draws.

The edits are those of :mod:`sim.analysis.levers.levers`, and besides those that cannot matter to the text as tabled,
since talks may end on another. How the talks end under an edit is what a run with that edit has, to the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.levers import edits as edits_of
from sim.analysis.levers import talks_result as records
from sim.analysis.levers.edits import LeverEdit, NotMade
from sim.analysis.levers.levers import left_out
from sim.analysis.levers.result import Reason
from sim.analysis.levers.talks_findings import findings
from sim.analysis.levers.talks_trials import TalksTrial, talks_tried
from sim.analysis.levers.trials import EditSet
from sim.analysis.shared.parties import known_issues, known_party
from sim.analysis.shared.records import about
from sim.files.arguments import InvalidArgument
from sim.scenario.loading import Loaded
from sim.simulation.cases import Progress, compiled

#: Why an edit leaves what a party makes of every text as it is, and so the talks.
_IDLE: tuple[Reason, ...] = ("same_order", "no_weight")


def talks_levers(
    loaded: Loaded,
    *,
    protocol: str | None = None,
    party: str | None = None,
    issue: str | None = None,
    progress: Progress | None = None,
) -> records.TalksLevers:
    """Hold the talks of a scenario under single edits of its positions; those that move agreements furthest first.

    Args:
        loaded: the scenario.
        protocol: by which to negotiate, in place of the scenario's own.
        party: only edits of this party, by id.
        issue: only edits on this issue, by id.
        progress: called with (steps done, steps in all).

    Returns:
        The edits, each with how the talks end under it, and by how much the shares of agreements that stand and of
        those that fail in ratification change, between -1 and 1, with paired 95% intervals.

    Raises:
        InvalidArgument: where nothing is negotiated, since the protocol is a vote.
        UnknownName: for a party or issue that there is not.
        Complaints: where ranges leave almost nothing to draw from, or there are too many texts to propose.

    Example:
        >>> import sim
        >>> loaded = sim.load("istanbul", draws=200)
        >>> levers = sim.talks_levers(loaded, protocol="single_text", party="us", issue="sanctions").levers
        >>> -1 <= levers[0].talks.change.estimate <= 1
        True
    """
    if protocol is not None and loaded.scenario.negotiation.protocol != protocol:
        loaded = loaded.with_(protocol=protocol)
    if loaded.scenario.negotiation.protocol == "vote":
        raise InvalidArgument(
            "in a vote there are no talks; a protocol for them is alternating_offers or single_text, and levers() has "
            "what a vote turns on"
        )
    [case] = compiled([loaded])
    if party is not None:
        known_party(case, party)
    known_issues(case, [] if issue is None else [issue])
    every, missing = edits_of.lever_edits(case, party, issue)
    idle = [e for e in every if e.idle in _IDLE]
    run = [e for e in every if e.idle not in _IDLE]
    drops = edits_of.drops(case, party) if issue is None else []
    sets = [*(EditSet((e.edit,), (e.party,)) for e in run), *(EditSet(x.edits, x.parties) for x in drops)]
    base, trials = talks_tried(loaded, case, sets, progress)
    results = iter(trials)
    applied, bare = [(e, next(results)) for e in run], [(x, next(results)) for x in drops]
    missing += [NotMade(e.edit, "forbidden", why) for e, why in applied if isinstance(why, str)]
    ended = [(e, trial) for e, trial in applied if not isinstance(trial, str)]
    # what makes the sources silent on a party, or lets a silent one speak, moves the talks by who has a say: it stands
    # apart from what moves them by what somebody wants
    single = [(e, trial) for e, trial in ended if _with_a_say(trial) == _with_a_say(base)]
    others = [(e, trial) for e, trial in ended if _with_a_say(trial) != _with_a_say(base)]
    result = records.TalksLevers(
        **about(case, loaded, records.TalksLevers),
        party=party,
        issue=issue,
        talks=base.conduct,
        base=base.ends,
        assumed_terms=len(case.assumed_issues),
        terms=len(case.space.issues),
        weight_ranges=edits_of.weight_ranges(case),
        levers=_ranked([(e, trial) for e, trial in single if e.kind != "add_line"]),
        new_lines=_ranked([(e, trial) for e, trial in single if e.kind == "add_line"]),
        others_asked=_ranked(others),
        dropped=tuple(
            records.TalksDropped.copying(drop, talks=x.ends, unratified_change=x.unratified_change)
            for drop, x in bare
            if not isinstance(x, str) and _with_a_say(x) == _with_a_say(base)
        ),
        left_out=left_out(idle, missing, asked=True),
    )
    return result.model_copy(update={"findings": findings(result)})


def _with_a_say(trial: TalksTrial) -> set[str]:
    settings = trial.conduct.settings
    return {*trial.asked, *settings.table, *settings.ratifiers}


def _ranked(ended: Sequence[tuple[LeverEdit, TalksTrial]]) -> tuple[records.TalksLever, ...]:
    """By how far agreements that stand move, then by how far those not ratified do, then in the order of the files."""
    levers = [
        records.TalksLever.copying(edit, rank=1, talks=trial.ends, unratified_change=trial.unratified_change)
        for edit, trial in ended
    ]
    levers.sort(key=lambda x: (-abs(x.talks.change.estimate), -abs(x.unratified_change.estimate)))
    return tuple(x.model_copy(update={"rank": k}) for k, x in enumerate(levers, 1))
