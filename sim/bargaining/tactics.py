"""How parties concede: pure functions, and the registry that names them.

An *aspiration* is the least gain over no deal that a party will offer or accept in a round. It
lies between zero (no deal) and ``best``, the party's largest gain among the candidates that
cross none of its own lines (of an ultimatum: among those that all asked would take). Time runs
from ``t = 0`` in the first round to ``t = 1`` in the last.
Arrays have shape ``(draws,)``.

To build in a tactic, write one function and one line of :data:`TACTICS` here, and its word with its parameter in
``TACTICS`` of :mod:`sim.scenario.negotiation_schema`, which files are read by (a test sees that both have the same
words); what runs and reports talks reads the registry. Others are registered by :func:`sim.tactic`
(:mod:`sim.bargaining.own_tactics`). Unless it reacts to offers, its aspiration must not rise from round to round.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from sim.engine.acceptability import TIE
from sim.engine.draws import Array, Index, in_draws
from sim.engine.preferences import Preferences
from sim.files.arguments import InvalidArgument
from sim.scenario.fields import Span
from sim.scenario.negotiation_schema import TACTICS as NAMES
from sim.scenario.negotiation_schema import NegotiationSettings, TacticName

ONE = Span(1.0, 1.0)
#: What says how much a party insists on: ``(best, t, parameter, seen)`` to an array of the shape of ``best``.
Aspiration: TypeAlias = "Callable[[Array, float | Array, Array | float, Seen | None], Array]"


@dataclass(frozen=True)
class Seen:
    """What a party that reacts to offers goes by when it settles its aspiration for a round, in its own gains.

    Attributes:
        before: its aspiration of the round before, not counting what delay costs; ``best`` at first. Shape
            ``(draws,)``, as the others.
        conceded: what the offers of the others have risen by in its eyes between their last two, averaged over the
            others who have made two; zero before.
        entitled: its gain from the worst of its own favourites that it may put forward when nobody runs ahead, for
            ``micro`` alone, zero for others.

    Example:
        >>> import numpy as np, sim
        >>> seen = sim.Seen(before=np.array([0.5]), conceded=np.array([0.1]), entitled=np.zeros(1))
        >>> (seen.before - seen.conceded).tolist()
        [0.4]
    """

    before: Array
    conceded: Array
    entitled: Array


def by_time(best: Array, t: float | Array, exponent: Array | float, seen: Seen | None) -> Array:
    """``best (1 - t^beta)``: late concessions for beta above 1 (boulware), early ones below (conceder).

    The time-dependent tactics of P. Faratin, C. Sierra and N. R. Jennings, "Negotiation decision
    functions for autonomous agents" (Robotics and Autonomous Systems 24, 1998); beta is the
    inverse of their exponent, and no deal their reservation value.

    >>> [by_time(np.array([1.0]), t, 2.0, None).tolist() for t in (0.0, 0.5, 1.0)]
    [[1.0], [0.75], [0.0]]
    """
    return best * (1.0 - t**exponent)


def hardliner(best: Array, t: float | Array, exponent: Array | float, seen: Seen | None) -> Array:
    """``best`` to the end: takes what it wants most, or nothing, whatever the others could take.

    As an ultimatum, ``best`` is the most that a text brings it which all asked would take: what the proposer asks
    for in the ultimatum game of W. Güth, R. Schmittberger and B. Schwarze, "An
    experimental analysis of ultimatum bargaining" (Journal of Economic Behavior and Organization 3,
    1982), where the other side takes anything that is no worse than nothing.
    """
    return best


def content(best: Array, t: float | Array, exponent: Array | float, seen: Seen | None) -> Array:
    """Zero: takes whatever is no worse than no deal. For parties that make no offers and have no tactic."""
    return np.zeros_like(best)


def tit_for_tat(best: Array, t: float | Array, reciprocity: Array | float, seen: Seen | None) -> Array:
    """Give as the others gave, times ``reciprocity``; take back as they took back.

    Absolute tit-for-tat of Faratin, Sierra and Jennings (1998) with a window of one and without its
    random term, in the party's own gain: ``a' = a - reciprocity x (rise of the others' offers)``, kept
    between zero and ``best``. Theirs is issue by issue and for two; the factor and the average over
    several others are ours.
    """
    assert seen is not None
    return np.clip(seen.before - reciprocity * seen.conceded, 0.0, best)


def micro(best: Array, t: float | Array, exponent: Array | float, seen: Seen | None) -> Array:
    """Go down one's own list of favourites by one, and only when the others have gone as far.

    MiCRO of D. de Jonge, "An analysis of the linear bilateral ANAC domains using the MiCRO
    benchmark strategy" (IJCAI 2022), which is for two; with more, the slowest of the others
    sets the pace. A party may go on to its favourite number k + 1 when each of the others has
    made k different offers. The aspiration is the gain of the worst favourite it has come to; of
    favourites that are as good the earlier candidate comes first.

    Where it may not go on, the paper has it repeat one of its earlier offers at random; here it
    offers the one best for the others among the candidates that reach its aspiration: with a cost
    of delay, or where texts are as good as the worst it has come to, that may be one it has not
    put forward yet.
    """
    assert seen is not None
    return seen.entitled


@dataclass(frozen=True)
class ConcessionRule:
    """An entry of the registry: the function, whether it reacts to offers, and its parameter.

    One that asks for a ``reachable`` text has as its ``best`` the largest gain among the candidates
    in the zone of possible agreement that need it, where there is one. One that ``stands`` never
    comes down by itself, whatever the others do; only delay makes it. A tactic with a ``list`` goes
    down the party's own favourites: when it comes to a further one, it puts that forward, as MiCRO
    does, and not what is worth most to the others. One that ``yields`` is at zero in the last round,
    whatever the others do. ``parameter`` names what a file may set, None if nothing, and ``default`` is
    what it is without being set; between which ends it may lie is said where files are read by it. One that is
    ``own`` is not built in, and what it answers is looked at.
    """

    aspiration: Aspiration
    reacts: bool = False
    reachable: bool = False
    stands: bool = False
    list: bool = False
    yields: bool = False
    parameter: str | None = None
    default: Span = ONE
    own: bool = False

    @property
    def declares(self) -> tuple[str, ...]:
        """Which of ``reacts``, ``stands``, ``yields`` and ``reachable`` it does."""
        return tuple(word for word in ("reacts", "stands", "yields", "reachable") if getattr(self, word))

    def taking(self, name: str) -> ConcessionRule:
        """The same with the parameter that files know of the tactic of that name."""
        setting = NAMES[name].setting
        return self if setting is None else replace(self, parameter=setting.key, default=setting.default)


#: Every tactic by its word, those that are registered too.
TACTICS: dict[str, ConcessionRule] = {
    name: rule.taking(name)
    for name, rule in {
        "boulware": ConcessionRule(by_time, yields=True),
        "linear": ConcessionRule(by_time, yields=True),
        "conceder": ConcessionRule(by_time, yields=True),
        "hardliner": ConcessionRule(hardliner, stands=True),
        "ultimatum": ConcessionRule(hardliner, reachable=True, stands=True),
        "tit_for_tat": ConcessionRule(tit_for_tat, reacts=True),
        "micro": ConcessionRule(micro, reacts=True, list=True),
    }.items()
}
#: What a party does that the scenario gives no tactic: one that makes offers, and one that makes none.
DEFAULT: TacticName = "linear"
OFFERING, LISTENING = TACTICS[DEFAULT], ConcessionRule(content, yields=True)


@dataclass(frozen=True)
class Concession:
    """How one party concedes in some draws.

    ``best`` is what its tactic begins at, floored at zero; ``parameter`` is the tactic's, ``delay``
    what each round after the first costs, in units of utility.
    """

    tactic: ConcessionRule
    best: Array
    parameter: Array | float
    delay: Array | float
    rounds: int

    def own(self, n: int | Index, seen: Seen | None = None) -> Array:
        """The tactic's aspiration in round n, counted from 0."""
        t = np.asarray(n) / (self.rounds - 1) if self.rounds > 1 else np.ones(())
        return self.tactic.aspiration(self.best, t, self.parameter, seen)

    def net(self, own: Array, n: int | Index) -> Array:
        """The aspiration less what delay has cost so far, never below no deal."""
        return np.maximum(own - self.delay * np.asarray(n), 0.0)

    def aspiration(self, n: int | Index) -> Array:
        """:meth:`net` of :meth:`own`, for tactics that do not react; ``n`` may differ from draw to draw."""
        return self.net(self.own(n), n)

    def in_draws(self, draws: Index | slice) -> Concession:
        """Only some of the draws."""
        parameter, delay = in_draws(self.parameter, draws), in_draws(self.delay, draws)
        return replace(self, best=self.best[draws], parameter=parameter, delay=delay)


def tactic_name(party: str, settings: NegotiationSettings, offers: bool) -> str | None:
    """The word for the tactic of a party that makes offers or does not; None for :data:`LISTENING`."""
    chosen = settings.tactics.get(party)
    return chosen.tactic if chosen else DEFAULT if offers else None


def tactic_of(party: str, settings: NegotiationSettings, offers: bool) -> ConcessionRule:
    """The tactic of a party that makes offers or does not."""
    name = tactic_name(party, settings, offers)
    return LISTENING if name is None else TACTICS[name]


def concession(preferences: Preferences, settings: NegotiationSettings, offers: bool, best: Array) -> Concession:
    """What the scenario says of a party's tactic, drawn for a block.

    ``offers`` says whether the party makes offers; ``best``, what its tactic begins at, has shape ``(BLOCK,)``
    and may be minus infinity.
    """
    party, memo = preferences.profile.id, preferences.memo
    tactic = tactic_of(party, settings, offers)
    result = Concession(
        tactic=tactic,
        best=np.maximum(best, 0.0),
        parameter=memo.span(party, "tactic", parameter_range(party, settings, tactic)),
        delay=memo.span(party, "delay_cost", settings.delay_cost.get(party, Span(0.0, 0.0))),
        rounds=settings.most_rounds,
    )
    if tactic.own and not tactic.reacts:
        _never_rises(result, settings.tactics[party].tactic)
    return result


def _never_rises(concession: Concession, name: str) -> None:
    """Raises InvalidArgument where a tactic that does not react insists on more than in the round before.

    The first round in which something can be agreed is looked for by halves, which relies on it.
    """
    before = concession.own(0)
    for n in range(1, concession.rounds):
        now = concession.own(n)
        if (now > before + TIE).any():
            what = f"the aspiration of the tactic {name} rises from round {n} to round {n + 1} of {concession.rounds}"
            raise InvalidArgument(f"{what}; let it never rise, or register it with reacts=True")
        before = now


def parameter_range(party: str, settings: NegotiationSettings, tactic: ConcessionRule) -> Span:
    """What the scenario says of the parameter of a party's tactic, else its default."""
    chosen = settings.tactics.get(party)
    own = None if chosen is None or tactic.parameter is None else chosen.span(tactic.parameter)
    return own or tactic.default
