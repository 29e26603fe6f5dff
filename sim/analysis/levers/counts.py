"""Counts of draws behind levers, and the shares and verdicts that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sim.analysis.levers.result import JointMoved, Moved
from sim.analysis.shared.ballots import Votes, polled
from sim.analysis.shared.counting import Count, Verdict, change, interval, too_near, verdict_of
from sim.engine.profiles import Case
from sim.results.records import PartyVerdict
from sim.results.verdicts import HALF, stance
from sim.simulation.cases import Progress


class Steps:
    """Progress in steps: one for each edit applied and one for each scored."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress, self._done, self._all = progress, 0, 0

    def expect(self, steps: int) -> None:
        """So many steps more are to come."""
        self._all += steps

    def step(self, steps: int = 1) -> None:
        """So many are done."""
        self._done += steps
        if self._progress is not None:
            self._progress(min(self._done, self._all), self._all)


class LeverCounts:
    """Counts of draws over ballots, of which number 0 is the scenario as it is.

    ``joint[b]`` and ``own[b][party]`` are counts against ballot 0; ``members[b][party]`` counts acceptance of
    alliances as results report it. Only parties that the ballot's edits touch are counted.
    """

    def __init__(self, case: Case, variants: Sequence[Case], touched: Sequence[tuple[str, ...]]) -> None:
        self.case, self.cases, self.touched = case, [case, *variants], [(), *touched]
        self.draws = case.scenario.draws
        self.joint = [Count() for _ in self.cases]
        self.own = [{p: Count() for p in parties} for parties in ([p.id for p in case.profiles], *touched)]
        self.members: list[Counter[str]] = [Counter() for _ in self.cases]

    def poll(self, steps: Steps, watch: Callable[[Votes], None] | None = None) -> None:
        """Score every edit, block by block; ``watch`` sees the votes of each."""
        done = 0

        def progress(block: int, blocks: int) -> None:
            nonlocal done
            now = len(self.cases[1:]) * block // blocks
            steps.step(now - done)
            done = now

        for votes in polled(self.cases, self.draws, self.case.scenario.seed, progress=progress):
            self._add(votes)
            if watch is not None:
                watch(votes)

    def _add(self, votes: Votes) -> None:
        was = votes.joint(0)
        alliances = [p.id for p in self.case.profiles if p.role == "alliance"]
        for b in range(len(self.cases)):
            self.joint[b].add(votes.joint(b), was)
            for party, count in self.own[b].items():
                count.add(votes.own[b][party], votes.own[0][party])
            for party in alliances:
                if b == 0 or set(self.cases[b].voters(party)) & set(self.touched[b]):
                    self.members[b][party] += int(votes.accepts(b, party).sum())

    def stance(self, ballot: int, party: str) -> PartyVerdict:
        """A party's own; edits of others do not touch it."""
        return stance(interval(self.own[ballot].get(party, self.own[0][party]), self.draws))

    def verdict(self, ballot: int) -> Verdict:
        """The verdict under an edit."""
        asked = self.cases[ballot].asked
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
        if not self.cases[ballot].asked:
            return None
        shift = self._shift(self.joint[0], self.joint[ballot], (self.verdict(0), self.verdict(ballot)))
        was, now = shift["before"], shift["after"]
        crosses = (was.estimate >= HALF) != (now.estimate >= HALF)
        return JointMoved(**shift, crosses_half=crosses, too_near=too_near(now))

    def own_moved(self, ballot: int, party: str) -> Moved:
        """What an edit does to a party's own share."""
        stances = (self.stance(0, party), self.stance(ballot, party))
        return Moved(**self._shift(self.own[0][party], self.own[ballot][party], stances))
