"""Counts of draws behind levers, and the shares and verdicts that follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.analysis.levers.result import JointMoved, Moved
from sim.analysis.levers.trials import Trial
from sim.analysis.shared.counting import Count, Verdict, change, interval, too_near, verdict_of
from sim.results.records import PartyVerdict
from sim.results.verdicts import HALF, stance
from sim.simulation.cases import Progress


class Steps:
    """Progress of parts of the work that come one after the other, as progress of the whole, which may grow."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress, self._before, self._part = progress, 0, 0

    def part(self) -> Progress:
        """What the next part is to call with (its steps done, its steps in all)."""
        self._before += self._part

        def progress(done: int, total: int) -> None:
            self._part = total
            if self._progress is not None:
                self._progress(self._before + done, self._before + total)

        return progress


class LeverCounts:
    """Counts of draws over ballots, of which number 0 is the scenario as it is.

    ``joint[b]`` and ``own[b][party]`` are counts against ballot 0; ``members[b][party]`` counts acceptance of
    alliances as results report it. Only parties that the ballot's edits touch are counted. ``asked[b]`` are those whose
    consent it needs.
    """

    def __init__(self, draws: int, trials: Sequence[Trial]) -> None:
        self.draws = draws
        self.asked = [trial.asked for trial in trials]
        self.joint = [trial.joint for trial in trials]
        self.own = [trial.own for trial in trials]
        self.members = [trial.members for trial in trials]

    def stance(self, ballot: int, party: str) -> PartyVerdict:
        """A party's own; edits of others do not touch it."""
        return stance(interval(self.own[ballot].get(party, self.own[0][party]), self.draws))

    def verdict(self, ballot: int) -> Verdict:
        """The verdict under an edit."""
        asked = self.asked[ballot]
        joint = interval(self.joint[ballot], self.draws) if asked else None
        return verdict_of(joint, [self.stance(ballot, p) for p in asked])

    def _shift(self, before: Count, after: Count, verdicts: tuple[str, str]) -> dict[str, Any]:
        return {
            "before": interval(before, self.draws),
            "after": interval(after, self.draws),
            "change": change(after, self.draws),
            "gained": after.gained,
            "lost": after.lost,
            "verdict_before": verdicts[0],
            "verdict_after": verdicts[1],
            "flips": verdicts[0] != verdicts[1],
        }

    def joint_moved(self, ballot: int) -> JointMoved | None:
        """None where nobody is asked any longer: the only party asked fell silent."""
        if not self.asked[ballot]:
            return None
        shift = self._shift(self.joint[0], self.joint[ballot], (self.verdict(0), self.verdict(ballot)))
        was, now = shift["before"], shift["after"]
        crosses = (was.estimate >= HALF) != (now.estimate >= HALF)
        return JointMoved(**shift, crosses_half=crosses, too_near=too_near(now))

    def own_moved(self, ballot: int, party: str) -> Moved:
        """What an edit does to a party's own share."""
        stances = (self.stance(0, party), self.stance(ballot, party))
        return Moved(**self._shift(self.own[0][party], self.own[ballot][party], stances))
