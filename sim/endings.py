"""How the talks of a block ended, draw by draw, whatever the protocol."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.draws import Array
from sim.packages import Packages

#: What ``Ending.outcome`` says.
BREAKDOWN, AGREED, UNRATIFIED = 0, 1, 2
#: In every issue of ``Ending.opening`` where a proposer would rather have no deal than any candidate.
NO_FAVOURITE = -2


@dataclass(frozen=True)
class Ending:
    """Arrays over the draws of a block; ``parties`` in the order of the case's profiles.

    ``outcome`` is :data:`BREAKDOWN`, :data:`AGREED` or :data:`UNRATIFIED`, shape ``(BLOCK,)``;
    ``text`` the package agreed on (ratified or not), the tabled text where there is none, shape
    ``(BLOCK, issues)``; ``round`` the round of agreement counted from 1 (in single text that of
    the last change adopted, 0 if none was), 0 where there is none; ``proposer`` an index into
    the proposers, -1 where there is none and in single text.

    ``gains`` are over no deal from ``text``, shape ``(parties, BLOCK)``, NaN where the talks broke
    down. ``slack`` is how much more every party at the table whose consent ``text`` needs could
    have had from one and the same candidate in the zone of possible agreement: 0 where the
    agreement is (weakly) efficient, NaN where there is none. ``opening`` is each proposer's
    favourite candidate, the first of the equally good, :data:`NO_FAVOURITE` throughout where it
    would rather have no deal than any; shape ``(proposers, BLOCK, issues)``.
    """

    outcome: NDArray[np.int8]
    text: Packages
    round: NDArray[np.int16]
    proposer: NDArray[np.int8]
    gains: Array
    slack: Array
    opening: Packages
