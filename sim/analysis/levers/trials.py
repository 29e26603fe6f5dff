"""Sets of edits tried: each applied as ``--set`` would, checked, compiled and put to the vote, by whoever works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import TypeVar

import numpy as np

from sim.analysis.shared.at_hand import AtHand
from sim.analysis.shared.ballots import Ballots, Votes
from sim.analysis.shared.counting import BATCH, Count
from sim.engine.draws import BLOCK, block_count
from sim.engine.histogram import Counts
from sim.engine.packages import Mask
from sim.engine.preferences import Memo
from sim.engine.profiles import Case
from sim.execution.fold import Progress, fold
from sim.execution.job import Job, Key
from sim.files.ceilings import check_draws
from sim.files.complaints import Complaint, Complaints, raise_all
from sim.scenario.edit_paths import Edit
from sim.scenario.loading import Loaded, series
from sim.scenario.options import parsed_edits
from sim.simulation.cases import compiled, travels
from sim.simulation.contents import history


@dataclass(frozen=True)
class EditSet:
    """Edits to be made together, and the parties that they touch."""

    edits: tuple[str, ...]
    parties: tuple[str, ...]


@dataclass
class Trial:
    """What a set of edits comes to: who is asked then, and counts against the scenario as it is.

    ``own`` counts acceptance of the parties touched, each by itself; ``members`` that of alliances as results report
    it, where one of their voters is touched.
    """

    asked: tuple[str, ...]
    joint: Count
    own: dict[str, Count]
    members: dict[str, int]

    def __iadd__(self, other: Trial) -> Trial:
        """With what other draws count."""
        self.joint += other.joint
        for party, count in other.own.items():
            self.own[party] += count
        for party, accepts in other.members.items():
            self.members[party] += accepts
        return self


@dataclass
class Trials:
    """What sets of edits come to, beside the scenario as it is.

    ``sets`` has a trial a set, or why the rules of the files do not allow it. ``without[p]`` and ``without[p, q]`` are
    the draws in which all who are asked but these accept: no edits of those parties can bring the joint share above
    that. ``across[p, q]`` are the draws in which all accept with an edit of either party, shape
    ``(edits of p, edits of q)``, of those that leave everybody asked who is.
    """

    base: Trial
    sets: list[Trial | str]
    without: dict[tuple[str, ...], int] = field(default_factory=dict)
    across: dict[tuple[str, str], Counts] = field(default_factory=dict)


def tried(
    loaded: Loaded, case: Case, sets: Sequence[EditSet], *, pairs: int | None = None, progress: Progress | None = None
) -> Trials:
    """Try sets of edits of a scenario, whose case is given.

    The first ``pairs`` of them, of one edit each, are set beside each other too; none where it is None. ``progress`` is
    called with (steps done, steps in all). Raises InvalidArgument for more work than is taken on at once,
    :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing to draw from.
    """
    check_draws(case.scenario.draws, 1 + len(sets))
    # what is counted of pairs needs all votes of a block together
    size = BATCH if pairs is None else max(len(sets), 1)
    batches = tuple(tuple(sets[k : k + size]) for k in range(0, max(len(sets), 1), size))
    job = Trying(loaded, batches, pairs)
    job.base = loaded, case  # which are at hand here; other processes make theirs
    first, *others = fold(job, progress)
    for more in others:
        first.sets += more.sets
    return first


P = TypeVar("P")
R = TypeVar("R")


@dataclass
class EditSetJob(Job[P, R]):
    """Sets of edits in batches: what travels is the scenario, once, and the texts of the edits."""

    loaded: Loaded
    batches: tuple[tuple[EditSet, ...], ...]

    @property
    def lengths(self) -> list[int]:
        """The blocks of the scenario's draws, for each."""
        return [block_count(self.draws(0))] * len(self.batches)

    @property
    def travels(self) -> bool:
        """Unless a program has registered rules that the scenario names."""
        return travels(self.base[1])

    @cached_property
    def _known_by(self) -> str:
        return history(self.loaded)

    def key(self, batch: int) -> Key | None:
        """The scenario, and the texts of the edits in order, with the parties that are looked at."""
        if not self.travels:
            return None
        sets = [[list(one.edits), list(one.parties)] for one in self.batches[batch]]
        return {"scenario": self._known_by, "seed": self.loaded.scenario.seed, "sets": sets}

    def about(self, batch: int) -> list[str]:
        """The scenario."""
        return [self.loaded.scenario.id]

    def draws(self, batch: int) -> int:
        """Those of the scenario."""
        return self.loaded.scenario.draws

    @cached_property
    def base(self) -> tuple[Loaded, Case]:
        """The scenario, checked anew where it was sent, and its case."""
        whole = series(self.loaded)(())
        [case] = compiled([whole])
        return whole, case


@dataclass
class Trying(EditSetJob[Trials, Trials]):
    """Sets of edits put to the vote; the first ``pairs`` of a batch are set beside each other too."""

    pairs: int | None

    def key(self, batch: int) -> Key | None:
        """With what is paired."""
        key = super().key(batch)
        return None if key is None else {**key, "pairs": self.pairs}

    @cached_property
    def _polls(self) -> AtHand[_Poll]:
        return AtHand(self._poll)

    def _poll(self, batch: int) -> _Poll:
        loaded, case = self.base
        edited = variants(loaded, case, [one.edits for one in self.batches[batch]])
        return _Poll(case, edited, self.batches[batch], self.pairs)

    def block(self, batch: int, block: int) -> Trials:
        """One block under each of the sets."""
        memo = Memo(self.loaded.scenario.seed, block)
        return self._polls[batch].counted(memo, min(BLOCK, self.draws(batch) - block * BLOCK))

    def joined(self, one: Trials, other: Trials) -> Trials:
        """Set by set; what was wrong with a set is so in every block."""
        one.base += other.base
        for mine, theirs in zip(one.sets, other.sets, strict=True):
            if isinstance(mine, Trial) and isinstance(theirs, Trial):
                mine += theirs
        for parties, draws in other.without.items():
            one.without[parties] += draws
        for pair, counts in other.across.items():
            one.across[pair] += counts
        return one


def variants(loaded: Loaded, case: Case, sets: Sequence[tuple[str, ...]]) -> list[Case | str]:
    """The scenario under each set of edits, or why the rules of the files do not allow it."""
    edited = series(loaded)
    items: list[Loaded | str] = []
    for edits in sets:
        try:
            items.append(edited(_parsed(edits)))
        except Complaints as fault:
            items.append(_why(fault))
    try:  # all at once, since they share most of what is checked
        cases = iter(compiled([x for x in items if not isinstance(x, str)], case))
        return [x if isinstance(x, str) else next(cases) for x in items]
    except Complaints:
        return [x if isinstance(x, str) else _alone(x, case) for x in items]


def _parsed(texts: Sequence[str]) -> list[Edit]:
    complaints: list[Complaint] = []
    parsed = parsed_edits(texts, complaints)
    raise_all(complaints)
    return parsed


def _alone(item: Loaded, case: Case) -> Case | str:
    try:
        return compiled([item], case)[0]
    except Complaints as fault:
        return _why(fault)


def _why(fault: Complaints) -> str:
    return next(c.what for c in fault.complaints if c.severity == "error")


class _Poll:
    """The scenario as it is, ballot 0, and the sets of edits that can be made, put to the vote together."""

    def __init__(self, case: Case, variants: Sequence[Case | str], sets: Sequence[EditSet], pairs: int | None) -> None:
        self._case, self._variants, self._sets = case, variants, sets
        self._ballots = Ballots([case, *(x for x in variants if not isinstance(x, str))])
        self._alliances = [p.id for p in case.profiles if p.role == "alliance"]
        #: By party the ballots of its edits that are paired, if any are.
        self._paired: dict[str, list[int]] | None = None if pairs is None else {}
        ballot = 0
        for one, variant in zip(sets[:pairs], variants, strict=False):
            if not isinstance(variant, str):
                ballot += 1
                if self._paired is not None and set(case.asked) <= set(variant.asked):
                    self._paired.setdefault(one.parties[0], []).append(ballot)

    def counted(self, memo: Memo, count: int) -> Trials:
        """What one block counts."""
        votes = self._ballots.votes(memo, count)
        was = votes.joint(0)
        base = self._trial(votes, 0, was, [p.id for p in self._case.profiles])
        sets: list[Trial | str] = []
        ballot = 0
        for one, variant in zip(self._sets, self._variants, strict=True):
            if isinstance(variant, str):
                sets.append(variant)
            else:
                ballot += 1
                sets.append(self._trial(votes, ballot, was, one.parties))
        result = Trials(base, sets)
        for party in self._case.asked:
            self._leave_out(votes, (party,), result)
        if self._paired is not None:
            self._pair(votes, self._paired, result)
        return result

    def _trial(self, votes: Votes, ballot: int, was: Mask, parties: Sequence[str]) -> Trial:
        case = votes.cases[ballot]
        trial = Trial(case.asked, Count(), {party: Count() for party in parties}, {})
        trial.joint.add(votes.joint(ballot), was)
        for party, count in trial.own.items():
            count.add(votes.own[ballot][party], votes.own[0][party])
        for party in self._alliances:
            if ballot == 0 or set(case.voters(party)) & set(parties):
                trial.members[party] = int(votes.accepts(ballot, party).sum())
        return trial

    def _pair(self, votes: Votes, paired: dict[str, list[int]], result: Trials) -> None:
        parties = list(dict.fromkeys((*self._case.asked, *paired)))
        accepted = {
            p: np.stack([_consent(votes, b, p) for b in paired[p]]).astype(np.float32) for p in parties if p in paired
        }
        for one, other in combinations(parties, 2):
            others = self._leave_out(votes, (one, other), result)
            if one in accepted and other in accepted:
                # Sums of ones below 2^24: exact in single precision, in whatever order they are added.
                both = (accepted[one] * others) @ accepted[other].T
                result.across[one, other] = np.rint(both).astype(np.int64)

    def _leave_out(self, votes: Votes, left_out: tuple[str, ...], result: Trials) -> Mask:
        together = votes.together(0, [p for p in self._case.asked if p not in left_out])
        result.without[left_out] = int(together.sum())
        return together


def _consent(votes: Votes, ballot: int, party: str) -> Mask:
    """Acceptance by a party as far as it is asked."""
    return votes.own[ballot][party] if party in votes.cases[ballot].asked else np.ones(votes.draws, bool)
