"""Pick-freeze on the engine's own draws: what one party's groups of unknowns do to its gain and acceptance.

Sample A is block 2k and sample B block 2k + 1 of the scenario's streams. For each group the
text is scored a third time, on A with that group from B (:class:`sim.analysis.sobol.groups.Mixed`).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.analysis.shared.parties import lines_crossed
from sim.analysis.sobol.groups import Group, Mixed, groups_of
from sim.analysis.sobol.indices import Moments, moments, statistics
from sim.engine.acceptability import accepts_each
from sim.engine.draws import Array
from sim.engine.packages import OPEN, Mask, Packages
from sim.engine.preferences import Memo, Preferences
from sim.engine.profiles import Case, Profile, settled

OwnOutput = Literal["gain", "acceptance"]
_OUTPUTS: tuple[OwnOutput, ...] = ("gain", "acceptance")

#: Fewer draws than this on the rarer side make poor indices of acceptance.
FEW = 300


class PickFreeze:
    """Sums over draws for one party; nothing here grows with draws.

    ``live`` are the groups that are exchanged, ``idle`` those that cannot matter to this text,
    with the reason. ``accepted`` counts own acceptance over both samples.
    """

    def __init__(self, case: Case, profile: Profile, wanted: bool) -> None:
        """Not ``wanted``: only whether the party accepts is looked at."""
        self.case, self.profile = case, profile
        self.seen: Packages = case.space.seen(case.text[None], profile.id)[0]
        self.groups = groups_of(case, profile) if wanted else []
        reasons = {g: _idle(case, profile, self.seen, g) for g in self.groups}
        self.idle = {g: why for g, why in reasons.items() if why is not None}
        self.live = [g for g in self.groups if g not in self.idle]
        self.accepted = self.draws = self._halved = 0
        # on all draws, on the first half of them, and in every resample
        self._sums: dict[OwnOutput, list[Array]] = {}

    def add(self, base: Memo, other: Memo, count: int, half: int, taken: Array) -> Mask:
        """Add ``count`` draws of a pair of blocks; returns own acceptance in either, shape ``(2, count)``.

        The first ``half`` of them count for the half-way figures too; ``taken`` are bootstrap counts,
        shape ``(resamples, count)``.
        """
        votes = [self._vote(memo, count) for memo in (base, other)]
        votes += [self._vote(Mixed(base, other, group), count) for group in self.live]
        for output, k in zip(_OUTPUTS, (0, 1), strict=True):
            a, b, *mixed = (vote[k] for vote in votes)
            found = statistics(a, b, mixed)
            parts = [found.sum(axis=1), found[:, :half].sum(axis=1), taken @ found.T]
            sums = self._sums.setdefault(output, parts)
            if sums is not parts:
                for total, part in zip(sums, parts, strict=True):
                    total += part
        self.draws += count
        self._halved += half
        accepts: Mask = np.stack([votes[0][1], votes[1][1]])
        self.accepted += int(accepts.sum())
        return accepts

    def _vote(self, memo: Memo, count: int) -> tuple[Array, Mask]:
        preferences = Preferences(self.profile, self.case.space.sizes, memo)
        accepts = accepts_each(preferences, self.case.space, self.case.text[None])[0]
        return preferences.gain(self.seen)[:count], accepts[:count]

    @property
    def rare(self) -> str | None:
        """Why indices of acceptance are poor: too few draws go the rarer way; else None."""
        draws = 2 * self.draws
        seldom = min(self.accepted, draws - self.accepted)
        if not 0 < seldom < FEW:
            return None
        verb = "accepts" if seldom == self.accepted else "refuses"
        return f"rare: {verb} in only {seldom} of {draws:,} draws, too few for indices of its acceptance"

    @property
    def share(self) -> float:
        """The party's own acceptability over both samples."""
        return self.accepted / (2 * self.draws)

    def moments(self, output: OwnOutput) -> tuple[Moments, Moments, Moments]:
        """On all draws, on the first half of them, and (a leading axis of) resamples; groups are the ``live`` ones."""
        full, half, resampled = self._sums[output]
        return moments(full / self.draws), moments(half / self._halved), moments(resampled / self.draws)


def _idle(case: Case, profile: Profile, seen: Packages, group: Group) -> str | None:
    """Why a group cannot matter to this text, seen from the files alone; None where it may."""
    if group.kind == "lines":
        varying = any(not settled(line.holds, line.quota) for line in lines_crossed(case, profile))
        return None if varying else "the text crosses none of its lines that bind in some draws only"
    if group.issue is None:
        return None
    j = case.space.issue(group.issue)
    if int(seen[j]) == OPEN:
        return "left open by the text"
    if profile.cells[j].importance == "none":
        return "of no importance to it"
    if profile.reservation is None and not {o[j] for o in profile.outcomes} - {OPEN, int(seen[j])}:
        return "as no deal leaves it"
    return None
