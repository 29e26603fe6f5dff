"""Talks held anew under sets of edits, on common draws, by whoever works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.levers.trials import EditSet, variants
from sim.analysis.shared.at_hand import AtHand
from sim.analysis.shared.counting import Count, change
from sim.analysis.shared.records import TalksEnds, talks_ends
from sim.bargaining.endings import AGREED, UNRATIFIED
from sim.bargaining.summary import own_rules, talks_settings
from sim.bargaining.tally import TalksTally
from sim.engine.acceptability import accepts_each
from sim.engine.draws import BLOCK, block_count
from sim.engine.packages import Mask
from sim.engine.preferences import Memo, Preferences, preferences_for
from sim.engine.profiles import Case, Profile
from sim.execution.fold import fold
from sim.execution.job import Job, Key
from sim.files.ceilings import check_draws
from sim.results.records import Interval
from sim.results.talks import TalksHeld
from sim.scenario.loading import Loaded, series
from sim.simulation.agenda import Agenda, agenda
from sim.simulation.cases import Progress, compiled, travels
from sim.simulation.contents import history

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
    each = ((), *(one.edits for one in sets))
    job = TryingTalks(loaded, tuple(each[k : k + BATCH] for k in range(0, len(each), BATCH)))
    job.base = loaded, case  # which are at hand here; other processes make theirs
    base, *others = [trial for batch in fold(job, progress) for trial in batch]
    assert not isinstance(base, str)
    return base, others


@dataclass
class TryingTalks(Job[list[_Talks | None], list[TalksTrial | str]]):
    """Sets of edits in batches, of which the first is none: what travels is the scenario, once, and their texts."""

    loaded: Loaded
    batches: tuple[tuple[tuple[str, ...], ...], ...]

    keeps = "ends"

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
        """The scenario, by what it is negotiated, and the texts of the edits."""
        if not self.travels:
            return None
        scenario = self.loaded.scenario
        return {
            "scenario": self._known_by,
            "seed": scenario.seed,
            "all draws": scenario.draws,
            "protocol": scenario.negotiation.protocol,
            "sets": [list(edits) for edits in self.batches[batch]],
        }

    def about(self, batch: int) -> list[str]:
        """The scenario."""
        return [self.loaded.scenario.id]

    def draws(self, batch: int) -> int:
        """Those of the scenario."""
        return self.loaded.scenario.draws

    # --- what a worker makes of it --------------------------------------------------------------------

    @cached_property
    def base(self) -> tuple[Loaded, Case]:
        """The scenario, checked anew where it was sent, and its case."""
        whole = series(self.loaded)(())
        [case] = compiled([whole])
        return whole, case

    @cached_property
    def _agenda(self) -> Agenda:
        return agenda(self.base[1])

    @cached_property
    def _variants(self) -> AtHand[list[Agenda | str]]:
        """By batch what is put to the parties under each set of edits, or why the rules of the files forbid it."""
        return AtHand(self._batch)

    def _batch(self, batch: int) -> list[Agenda | str]:
        sets = self.batches[batch]
        edited = iter(variants(*self.base, [edits for edits in sets if edits]))
        each = [next(edited) if edits else None for edits in sets]
        return [self._agenda if x is None else x if isinstance(x, str) else agenda(x) for x in each]

    @cached_property
    def _before(self) -> AtHand[NDArray[Any]]:
        """By block how each draw ends as the scenario stands."""
        seed = self.loaded.scenario.seed
        return AtHand(lambda block: self._talks(self._agenda, _Voters(seed, block))[1], _BLOCKS_AT_HAND)

    def block(self, batch: int, block: int) -> list[_Talks | None]:
        """The talks of one block under each of the sets; None of a set that is not allowed."""
        voters = _Voters(self.loaded.scenario.seed, block)
        return [None if isinstance(on, str) else self._counted(on, voters) for on in self._variants[batch]]

    def _counted(self, on: Agenda, voters: _Voters) -> _Talks:
        before = self._before[voters.block]
        tally, outcome = self._talks(on, voters)
        talks = _Talks(tally)
        talks.agreed.add(outcome == AGREED, before == AGREED)
        talks.unratified.add(outcome == UNRATIFIED, before == UNRATIFIED)
        return talks

    def _talks(self, on: Agenda, voters: _Voters) -> tuple[TalksTally, NDArray[Any]]:
        """Talks in one block: what they count, and how each draw ends, shape ``(draws,)``."""
        from sim.analysis.shared.negotiated import negotiate  # brings Mesa, which a vote does without

        draws = min(BLOCK, self.draws(0) - voters.block * BLOCK)
        tally, outcome = negotiate(on, voters.preferences(on.case), draws, voters.accepted(on.case)[:draws])
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
                conduct=TalksHeld(
                    protocol=on.case.scenario.negotiation.protocol,
                    own_rules=own_rules(tally.candidates),
                    settings=talks_settings(tally),
                ),
            )


class _Voters:
    """Everybody's preferences in one block, drawn once."""

    def __init__(self, seed: int, block: int) -> None:
        self.block = block
        self._memo = Memo(seed, block)
        self._known: dict[Profile, Preferences] = {}
        self._says: dict[tuple[Profile, bytes], Mask] = {}

    def preferences(self, case: Case) -> list[Preferences]:
        """In the order of the profiles; edits of positions leave issues and options as they are."""
        for profile in case.profiles:
            if profile not in self._known:
                self._known[profile] = preferences_for(profile, case.space.sizes, self._memo)
        return [self._known[profile] for profile in case.profiles]

    def accepted(self, case: Case) -> Mask:
        """Acceptance of the text as tabled by all who are asked, shape ``(BLOCK,)``."""
        joint = np.ones(BLOCK, bool)
        text = case.text.tobytes()
        for profile in case.profiles:
            if profile.id in case.asked:
                if (profile, text) not in self._says:
                    preferences = self._known[profile]
                    self._says[profile, text] = accepts_each(preferences, case.space, case.text[None])[0]
                joint &= self._says[profile, text]
        return joint
