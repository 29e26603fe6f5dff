"""How the talks of a block ended, draw by draw, whatever the protocol."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.draws import Array
from sim.engine.packages import Mask, Packages

#: What ``Ending.outcome`` says.
BREAKDOWN, AGREED, UNRATIFIED = 0, 1, 2
#: In every issue of ``Ending.opening`` where a proposer would rather have no deal than any candidate.
NO_FAVOURITE = -2


@dataclass(frozen=True)
class Refused:
    """What one party turns down, draw by draw: ``texts[n]`` in draw ``draws[n]``.

    ``party`` is a number of the case's profiles, ``draws`` has shape ``(k,)``, ``texts`` ``(k, issues)``.
    """

    party: int
    draws: NDArray[np.intp]
    texts: Packages


@dataclass(frozen=True)
class Interim:
    """How the talks of a block stand, draw by draw.

    ``open`` says where they go on, shape ``(BLOCK,)``; ``outcome`` how they would end if they ended now, as of
    :class:`Ending`; ``gains`` are over no deal from what is agreed so far, shape ``(parties, BLOCK)``, NaN where
    nothing is.
    """

    open: Mask
    outcome: NDArray[np.int8]
    gains: Array


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

    ``best`` is each party's largest gain from a candidate that crosses none of its lines, shape
    ``(parties, BLOCK)``, minus infinity where all do, NaN for parties that do not sit at the table.

    Why draws end without an agreement: ``missed`` marks breakdowns in which some candidate was in
    the zone of possible agreement, shape ``(BLOCK,)``; ``unavoidable`` those of them in which none of
    these brings the parties whose tactic stands (:class:`sim.bargaining.tactics.ConcessionRule`) what they insist on in
    the last round, in single text none. ``in_the_way`` tells of parties at the
    table. With offers, for breakdowns that are not missed: some candidate would suit everybody who
    is asked about it but the party, and the text is the one of these that it minds least. In single
    text: the party refuses the standing text. Either way several may be so in a draw.
    ``turned_down`` are the ratifiers' refusals of what was agreed.
    """

    outcome: NDArray[np.int8]
    text: Packages
    round: NDArray[np.int16]
    proposer: NDArray[np.int8]
    gains: Array
    slack: Array
    opening: Packages
    best: Array
    missed: Mask
    unavoidable: Mask
    in_the_way: tuple[Refused, ...]
    turned_down: tuple[Refused, ...]
