"""What the evidence alone allows of texts, for analyses that score many: as ``sim run`` works it out, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from sim.analysis.shared.ballots import same_space
from sim.engine.acceptability import evidence_masks
from sim.engine.draws import block_count, draws_in
from sim.engine.histogram import Counts
from sim.engine.packages import Mask
from sim.engine.preferences import Memo, preferences_for
from sim.engine.profiles import Case, Profile
from sim.execution.fold import total
from sim.results.records import OnEvidence, OverallEvidence
from sim.results.verdicts import overall
from sim.simulation.cases import CasesJob
from sim.simulation.summary import on_evidence


class EvidenceAlone(OverallEvidence):
    """``ranges`` are of the parties asked; of an alliance its own."""

    ranges: dict[str, OnEvidence]


@dataclass(frozen=True)
class TextOnEvidence:
    """Of one text: every party's range, an alliance's with its members, and what that comes to for those asked."""

    parties: Mapping[str, OnEvidence]
    alone: EvidenceAlone


def allowed(cases: Sequence[Case], draws: int, seed: int) -> list[TextOnEvidence]:
    """Of every case, on its own text; cases share what is the same for a party in several.

    Raises :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing to draw from.
    """
    if not cases:
        return []
    own, decided = total(EvidenceBounds(tuple(cases), draws, seed))
    ends = np.cumsum([0, *(len(case.profiles) for case in cases)])
    texts = []
    for case, (start, end) in zip(cases, pairwise(ends), strict=True):
        ids = [p.id for p in case.profiles]
        parties = {p: on_evidence(counts, draws) for p, counts in zip(ids, decided[start:end].tolist(), strict=True)}
        alone = dict(zip(ids, own[start:end].tolist(), strict=True))
        ranges = {p: on_evidence(alone[p], draws) for p in case.asked}
        texts.append(TextOnEvidence(parties, EvidenceAlone(**overall(ranges).model_dump(), ranges=ranges)))
    return texts


@dataclass
class EvidenceBounds(CasesJob[Counts, Counts]):
    """Draws in which parties accept on the evidence, as :func:`evidence_masks` says; ``(2, parties of all cases, 3)``.

    First a party's own answer, then an alliance's with its members.
    """

    number: int
    seed: int

    @property
    def lengths(self) -> tuple[int]:
        """All cases have the same draws."""
        return (block_count(self.number),)

    @cached_property
    def _spaces(self) -> list[int]:
        """Of every case the first one that has the same space."""
        return [next(k for k, other in enumerate(self.cases) if same_space(other, case)) for case in self.cases]

    def block(self, batch: int, block: int) -> Counts:
        """All cases in one block."""
        memo, count = Memo(self.seed, block), draws_in(block, self.number)
        known: dict[tuple[int, Profile, bytes], tuple[Mask, Counts]] = {}
        own: list[Counts] = []
        decided: list[Counts] = []
        for case, space in zip(self.cases, self._spaces, strict=True):
            ends: dict[str, tuple[Mask, Counts]] = {}
            for profile in case.profiles:
                key = (space, profile, case.text.tobytes())
                if key not in known:
                    mine = preferences_for(profile, case.space.sizes, memo)
                    three = np.stack(evidence_masks(mine, case.space, case.text))[:, :count]
                    known[key] = three, three.sum(axis=1)
                ends[profile.id] = known[key]
            for p, (_, counts) in ends.items():
                voters = case.voters(p)
                own.append(counts)
                decided.append(
                    counts if len(voters) == 1 else np.logical_and.reduce([ends[v][0] for v in voters]).sum(axis=1)
                )
        return np.array([own, decided], np.int64)
