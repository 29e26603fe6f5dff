"""What the evidence alone allows of texts, for analyses that score many: as ``sim run`` works it out, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.shared.ballots import same_space
from sim.engine.acceptability import evidence_masks
from sim.engine.draws import blocks
from sim.engine.histogram import Counts
from sim.engine.packages import Mask
from sim.engine.preferences import Memo, preferences_for
from sim.engine.profiles import Case, Profile
from sim.results.records import OnEvidence, OverallEvidence
from sim.results.verdicts import overall
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
    own, decided = ([{p.id: np.zeros(3, np.int64) for p in case.profiles} for case in cases] for _ in range(2))
    spaces = [next(k for k, other in enumerate(cases) if same_space(other, case)) for case in cases]
    for block, count in enumerate(blocks(draws)):
        memo = Memo(seed, block)
        known: dict[tuple[int, Profile, bytes], tuple[Mask, Counts]] = {}
        for case, space, alone, whole in zip(cases, spaces, own, decided, strict=True):
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
                alone[p] += counts
                whole[p] += (
                    counts if len(voters) == 1 else np.logical_and.reduce([ends[v][0] for v in voters]).sum(axis=1)
                )
    texts = []
    for case, alone, whole in zip(cases, own, decided, strict=True):
        parties = {p: on_evidence(counts.tolist(), draws) for p, counts in whole.items()}
        ranges = {p: on_evidence(alone[p].tolist(), draws) for p in case.asked}
        texts.append(TextOnEvidence(parties, EvidenceAlone(**overall(ranges).model_dump(), ranges=ranges)))
    return texts
