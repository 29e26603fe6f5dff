"""Counts of draws behind levers, and the shares and verdicts that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.analysis.levers.result import JointMoved, Moved
from sim.analysis.shared.ballots import Votes, polled
from sim.analysis.shared.counting import Verdict, paired_change, too_near, verdict_of
from sim.engine.acceptability import wilson
from sim.engine.packages import Mask
from sim.engine.profiles import Case
from sim.results.records import Interval, PartyVerdict
from sim.results.verdicts import HALF, stance
from sim.simulation.runner import Progress

Counts = NDArray[np.int64]


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

    ``joint[b]`` and ``own[b][party]`` are (accepting, gained, lost) against ballot 0; ``members[b][party]`` counts
    acceptance of alliances as results report it. Only parties that the ballot's edits touch are counted.
    """

    def __init__(self, case: Case, variants: Sequence[Case], touched: Sequence[tuple[str, ...]]) -> None:
        self.case, self.cases, self.touched = case, [case, *variants], [(), *touched]
        self.draws = case.scenario.draws
        self.joint: Counts = np.zeros((len(self.cases), 3), np.int64)
        counted = ([p.id for p in case.profiles], *touched)
        self.own: list[dict[str, Counts]] = [{p: np.zeros(3, np.int64) for p in parties} for parties in counted]
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
            self.joint[b] += _changed(was, votes.joint(b))
            for party, count in self.own[b].items():
                count += _changed(votes.own[0][party], votes.own[b][party])
            for party in alliances:
                if b == 0 or set(self.cases[b].voters(party)) & set(self.touched[b]):
                    self.members[b][party] += int(votes.accepts(b, party).sum())

    def share(self, count: int) -> Interval:
        """A count of draws as a share with its interval."""
        return wilson(int(count), self.draws)

    def stance(self, ballot: int, party: str) -> PartyVerdict:
        """A party's own; edits of others do not touch it."""
        return stance(self.share(self.own[ballot].get(party, self.own[0][party])[0]))

    def verdict(self, ballot: int) -> Verdict:
        """The verdict under an edit."""
        asked = self.cases[ballot].asked
        joint = self.share(self.joint[ballot, 0]) if asked else None
        return verdict_of(joint, [self.stance(ballot, p) for p in asked])

    def _shift(self, before: Counts, after: Counts, verdicts: tuple[str, str]) -> dict[str, object]:
        now, gained, lost = (int(n) for n in after)
        return {
            "before": self.share(before[0]),
            "after": self.share(now),
            "change": Interval(**paired_change(gained, lost, self.draws)._asdict()),
            "gained": gained,
            "lost": lost,
            "verdict_before": verdicts[0],
            "verdict_after": verdicts[1],
            "flips": verdicts[0] != verdicts[1],
        }

    def joint_moved(self, ballot: int) -> JointMoved | None:
        """None where nobody is asked any longer: the only party asked fell silent."""
        if not self.cases[ballot].asked:
            return None
        was, now = self.share(self.joint[0, 0]), self.share(self.joint[ballot, 0])
        shift = self._shift(self.joint[0], self.joint[ballot], (self.verdict(0), self.verdict(ballot)))
        crosses = (was.estimate >= HALF) != (now.estimate >= HALF)
        return JointMoved.model_validate(shift | {"crosses_half": crosses, "too_near": too_near(now)})

    def own_moved(self, ballot: int, party: str) -> Moved:
        """What an edit does to a party's own share."""
        stances = (self.stance(0, party), self.stance(ballot, party))
        return Moved.model_validate(self._shift(self.own[0][party], self.own[ballot][party], stances))


def _changed(before: Mask, after: Mask) -> tuple[int, int, int]:
    """Draws that accept, that turn to yes and that turn to no."""
    return int(after.sum()), int((after & ~before).sum()), int((before & ~after).sum())
