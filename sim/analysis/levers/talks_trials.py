"""Talks held anew under sets of edits, on common draws, by whoever works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.levers.trials import EditSet, EditSetJob, variants
from sim.analysis.shared.at_hand import AtHand
from sim.analysis.shared.ballots import Voters
from sim.analysis.shared.counting import Count, change
from sim.analysis.shared.records import TalksEnds, talks_ends, talks_held
from sim.bargaining.endings import AGREED, UNRATIFIED
from sim.bargaining.tally import TalksTally
from sim.engine.acceptability import accepts_each
from sim.engine.draws import BLOCK
from sim.engine.profiles import Case
from sim.execution.fold import fold
from sim.files.ceilings import check_draws
from sim.results.records import Interval
from sim.results.talks import TalksHeld
from sim.scenario.loading import Loaded
from sim.simulation.agenda import Agenda, agenda
from sim.simulation.cases import Progress

#: Sets of edits of a batch, and blocks whose talks without edits stay at hand, 8 KB each.
BATCH, _BLOCKS_AT_HAND = 4, 4_096


class TalksTrial(NamedTuple):
    """What talks come to under a set of edits, against those without: who is asked, and how they end.

    ``unratified_change`` is of agreements that fail in ratification. ``conduct`` says by what the talks are held.
    """

    asked: tuple[str, ...]
    ends: TalksEnds
    unratified_change: Interval
    conduct: TalksHeld


@dataclass
class _Talks:
    """Counts of one set of edits: of the talks, and of how draws end against those without edits."""

    tally: TalksTally
    agreed: Count = field(default_factory=Count)
    unratified: Count = field(default_factory=Count)

    def __iadd__(self, other: _Talks) -> _Talks:
        self.tally += other.tally
        self.agreed += other.agreed
        self.unratified += other.unratified
        return self


def talks_tried(
    loaded: Loaded, case: Case, sets: Sequence[EditSet], progress: Progress | None = None
) -> tuple[TalksTrial, list[TalksTrial | str]]:
    """Hold the talks of a scenario, whose case is given, as it is, and under each set of edits.

    A set that the rules of the files do not allow comes back as what they say. ``progress`` is called with (steps done,
    steps in all). Raises InvalidArgument for more work than is taken on at once,
    :class:`sim.engine.draws.NothingFits`, :class:`sim.bargaining.candidates.TooMany`.
    """
    check_draws(case.scenario.draws, 1 + len(sets))
    each = (EditSet((), ()), *sets)
    job = TryingTalks(loaded, tuple(each[k : k + BATCH] for k in range(0, len(each), BATCH)))
    job.base = loaded, case  # which are at hand here; other processes make theirs
    base, *others = [trial for batch in fold(job, progress) for trial in batch]
    assert not isinstance(base, str)
    return base, others


@dataclass
class TryingTalks(EditSetJob[list[_Talks | None], list[TalksTrial | str]]):
    """Sets of edits under which talks are held; the first of all is none."""

    keeps = "ends"
    segment = 4

    @cached_property
    def _agenda(self) -> Agenda:
        return agenda(self.base[1])

    @cached_property
    def _variants(self) -> AtHand[list[Agenda | str]]:
        """By batch what is put to the parties under each set of edits, or why the rules of the files forbid it."""
        return AtHand(self._batch)

    def _batch(self, batch: int) -> list[Agenda | str]:
        sets = [one.edits for one in self.batches[batch]]
        edited = iter(variants(*self.base, [edits for edits in sets if edits]))
        each = [next(edited) if edits else None for edits in sets]
        return [self._agenda if x is None else x if isinstance(x, str) else agenda(x) for x in each]

    @cached_property
    def _unedited(self) -> AtHand[tuple[TalksTally, NDArray[Any]]]:
        """By block the talks as the scenario stands; counts are large, so that only the last few stay at hand."""
        seed = self.loaded.scenario.seed
        return AtHand(lambda block: self._talks(self._agenda, Voters(seed, block)))

    @cached_property
    def _before(self) -> AtHand[NDArray[Any]]:
        """By block how each draw ends as the scenario stands."""
        return AtHand(lambda block: self._unedited[block][1], _BLOCKS_AT_HAND)

    def block(self, batch: int, block: int) -> list[_Talks | None]:
        """The talks of one block under each of the sets; None of a set that is not allowed."""
        voters = Voters(self.loaded.scenario.seed, block)
        return [None if isinstance(on, str) else self._counted(on, voters) for on in self._variants[batch]]

    def _counted(self, on: Agenda, voters: Voters) -> _Talks:
        before = self._before[voters.block]
        if on is self._agenda:
            tally, outcome = self._unedited[voters.block]
            tally = copy(tally)  # blocks are joined into the first of them
        else:
            tally, outcome = self._talks(on, voters)
        talks = _Talks(tally)
        talks.agreed.add(outcome == AGREED, before == AGREED)
        talks.unratified.add(outcome == UNRATIFIED, before == UNRATIFIED)
        return talks

    def _talks(self, on: Agenda, voters: Voters) -> tuple[TalksTally, NDArray[Any]]:
        """Talks in one block: what they count, and how each draw ends, shape ``(draws,)``."""
        from sim.analysis.shared.negotiated import negotiate  # brings Mesa, which a vote does without

        draws, case = min(BLOCK, self.draws(0) - voters.block * BLOCK), on.case
        # edits of positions leave issues and options as they are: one space
        each = {profile.id: voters.preferences(0, profile, case.space.sizes) for profile in case.profiles}
        accepted = np.ones(BLOCK, bool)
        for party in case.asked:
            accepted &= accepts_each(each[party], case.space, case.text[None])[0]
        tally, outcome = negotiate(on, [*each.values()], draws, accepted[:draws])
        return tally, outcome[:draws]

    def joined(self, one: list[_Talks | None], other: list[_Talks | None]) -> list[_Talks | None]:
        """Set by set; one that is not allowed is so in every block."""
        for mine, theirs in zip(one, other, strict=True):
            if mine is not None and theirs is not None:
                mine += theirs
        return one

    def end(self, batch: int, total: list[_Talks | None]) -> list[TalksTrial | str]:
        """How the talks end under each set, or why it is not allowed."""
        return list(self._ended(batch, total))

    def _ended(self, batch: int, total: list[_Talks | None]) -> Iterator[TalksTrial | str]:
        for on, talks in zip(self._variants[batch], total, strict=True):
            if isinstance(on, str) or talks is None:
                yield str(on)
                continue
            tally = talks.tally
            tally.candidates = on.candidates  # which did not travel
            yield TalksTrial(
                asked=on.case.asked,
                ends=talks_ends(tally, None if on is self._agenda else talks.agreed),
                unratified_change=change(talks.unratified, tally.draws),
                conduct=talks_held(tally),
            )
