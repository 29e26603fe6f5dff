"""What blocks of draws count of a point of a sweep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.shared.counting import Count, Counts
from sim.bargaining.tally import TalksTally

Integers = NDArray[np.int64]


@dataclass
class PointCount:
    """What blocks of draws count of one point.

    ``own`` and ``decided`` are by party the draws in which the evidence allows a yes
    (:attr:`sim.engine.acceptability.Judgement.bounds`), by itself and of an alliance with its members; ``agreed``
    counts agreements that stand against those of the base.
    """

    votes: Counts = field(default_factory=Counts)
    own: dict[str, Integers] = field(default_factory=dict)
    decided: dict[str, Integers] = field(default_factory=dict)
    talks: TalksTally | None = None
    agreed: Count = field(default_factory=Count)

    def __iadd__(self, other: PointCount) -> PointCount:
        mine, theirs = self.votes, other.votes
        mine.joint += theirs.joint
        for p, count in theirs.parties.items():
            mine.parties.setdefault(p, Count())
            mine.parties[p] += count
        _add(mine.own, theirs.own)
        _add(self.own, other.own)
        _add(self.decided, other.decided)
        self.agreed += other.agreed
        if self.talks is None:
            self.talks = other.talks
        elif other.talks is not None:
            self.talks += other.talks
        return self


def _add(mine: dict[str, Any], theirs: Mapping[str, Any]) -> None:
    for key, count in theirs.items():
        mine[key] = mine[key] + count if key in mine else count
