"""How parties concede: pure functions, and the registry that names them.

An *aspiration* is the least gain over no deal that a party will offer or accept in a round. It
lies between zero (no deal) and ``best``, the party's largest gain among the candidates that
cross none of its own lines. Time runs from ``t = 0`` in the first round to ``t = 1`` in the last.
Arrays have shape ``(draws,)``.

To add a tactic, write one function and one line of :data:`TACTICS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.draws import Array
from sim.fields import Span


@dataclass(frozen=True)
class Seen:
    """What a party goes by when it settles its aspiration for a round, in its own gains.

    ``before`` is its aspiration of the round before (``best`` at first); ``conceded`` what the
    offers of the others have risen by in its eyes between their last two, averaged over the
    others who have made two, zero before; ``entitled`` its gain from the worst of its own
    favourites that it may put forward when nobody runs ahead (see :func:`micro`).
    """

    before: Array
    conceded: Array
    entitled: Array


def by_time(best: Array, t: float, exponent: Array, seen: Seen | None) -> Array:
    """``best (1 - t^beta)``: late concessions for beta above 1 (boulware), early ones below (conceder).

    The time-dependent tactics of P. Faratin, C. Sierra and N. R. Jennings, "Negotiation decision
    functions for autonomous agents" (Robotics and Autonomous Systems 24, 1998); beta is the
    inverse of their exponent, and no deal their reservation value.
    """
    return best * (1.0 - t**exponent)


def hardliner(best: Array, t: float, exponent: Array, seen: Seen | None) -> Array:
    """``best`` to the end: takes what it wants most, or nothing."""
    return best


def tit_for_tat(best: Array, t: float, reciprocity: Array, seen: Seen | None) -> Array:
    """Give as the others gave, times ``reciprocity``; take back as they took back.

    Average tit-for-tat of Faratin, Sierra and Jennings (1998) with a window of one: ``a' = a -
    reciprocity x (rise of the others' offers in own gain)``, kept between zero and ``best``.
    """
    assert seen is not None
    return np.clip(seen.before - reciprocity * seen.conceded, 0.0, best)


def micro(best: Array, t: float, exponent: Array, seen: Seen | None) -> Array:
    """Go down one's own list of favourites by one, and only when the others have gone as far.

    MiCRO of D. de Jonge, "An analysis of the linear bilateral ANAC domains using the MiCRO
    benchmark strategy" (IJCAI 2022), which is for two; with more, the slowest of the others
    sets the pace. The aspiration is the gain of the worst favourite it may put forward.
    """
    assert seen is not None
    return seen.entitled


@dataclass(frozen=True)
class Tactic:
    """An entry of the registry: the function, whether it reacts to offers, and its parameter.

    ``parameter`` names what a file may set, None if nothing; ``allowed`` are its open ends and
    ``default`` what it is without being set.
    """

    aspiration: Callable[[Array, float, Array, Seen | None], Array]
    reacts: bool = False
    parameter: str | None = None
    allowed: Span = Span(0.0, float("inf"))
    default: Span = Span(1.0, 1.0)


TACTICS: dict[str, Tactic] = {
    "boulware": Tactic(by_time, parameter="exponent", allowed=Span(1.0, 100.0), default=Span(2.0, 5.0)),
    "linear": Tactic(by_time),
    "conceder": Tactic(by_time, parameter="exponent", allowed=Span(0.0, 1.0), default=Span(0.2, 0.5)),
    "hardliner": Tactic(hardliner),
    "tit_for_tat": Tactic(tit_for_tat, reacts=True, parameter="reciprocity", allowed=Span(0.0, 10.0)),
    "micro": Tactic(micro, reacts=True),
}
