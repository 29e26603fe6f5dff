"""Tactics that are not built in: registered here, and looked at before they decide anything."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import pairwise
from typing import TypeVar, overload

import numpy as np

from sim.bargaining.tactics import ONE, TACTICS, Aspiration, ConcessionRule, Seen
from sim.engine.acceptability import TIE
from sim.engine.draws import Array, Index, in_draws
from sim.files.arguments import InvalidArgument
from sim.scenario.fields import Span
from sim.scenario.negotiation_schema import TACTICS as NAMES
from sim.scenario.negotiation_schema import Setting, TacticEntry

F = TypeVar("F", bound=Callable[..., object])
#: What is tried when a tactic is registered: best gains, and times from the first round to the last.
_BEST, _TIMES = (0.0, 0.25, 1.0), (0.0, 0.25, 0.5, 0.75, 1.0)
#: Numbers of best gains that are asked for apart from the others, and in another order.
_SOME: tuple[Index, ...] = tuple(np.array(some) for some in ([2], [1], [2, 1, 0], [0]))


@overload
def tactic(
    name: str,
    aspiration: None = None,
    *,
    parameter: str | None = None,
    range: tuple[float, float] | None = None,
    default: float | tuple[float, float] | None = None,
    reacts: bool = False,
    stands: bool = False,
    yields: bool = False,
    reachable: bool = False,
) -> Callable[[F], F]: ...
@overload
def tactic(
    name: str,
    aspiration: F,
    *,
    parameter: str | None = None,
    range: tuple[float, float] | None = None,
    default: float | tuple[float, float] | None = None,
    reacts: bool = False,
    stands: bool = False,
    yields: bool = False,
    reachable: bool = False,
) -> F: ...
def tactic(
    name: str,
    aspiration: F | None = None,
    *,
    parameter: str | None = None,
    range: tuple[float, float] | None = None,
    default: float | tuple[float, float] | None = None,
    reacts: bool = False,
    stands: bool = False,
    yields: bool = False,
    reachable: bool = False,
) -> F | Callable[[F], F]:
    """Register a tactic of one's own for alternating offers; without a function, a decorator of one.

    An aspiration says how much a party insists on in a round, as a gain over no deal: it takes ``(best, t, parameter,
    seen)`` and answers an array of the shape of ``best``, between 0 and ``best``. ``best`` is the party's largest gain
    from a candidate off its lines, shape ``(draws,)``; ``t`` runs from 0 in the first round to 1 in the last, a number
    or a number a draw; ``parameter`` likewise, drawn once a draw, 1 without one; ``seen`` is a :class:`sim.Seen`
    for a tactic that reacts, None for others. It answers for each draw by itself, changes no argument and draws nothing
    by chance.

    Built in are, with their parameter, the ends between which it lies, and what it is without being set:

    * ``boulware``: comes down late; ``exponent``, 1 to 100, 2 to 5;
    * ``linear``: comes down evenly, which is what a proposer does that has no tactic;
    * ``conceder``: comes down early; ``exponent``, 0 to 1, 0.2 to 0.5;
    * ``hardliner``: insists on its best to the end;
    * ``ultimatum``: insists on the best that all who are asked would take;
    * ``tit_for_tat``: gives as the others gave, times ``reciprocity``, 0 to 10, 1;
    * ``micro``: goes down its list of favourites, one whenever the others have gone as far.

    Args:
        name: the word in files: letters, digits and underscores.
        aspiration: the function.
        parameter: the key that files may set beside the word, with ``range`` and ``default``.
        range: the ends between which the parameter lies.
        default: what it is without being set, a number or a range to be drawn from.
        reacts: it goes by the offers of the others. One that does not must never rise from round to round.
        stands: it never comes down by itself: breakdowns over what it insists on are counted as unavoidable.
        yields: it is at 0 in the last round whatever the others do.
        reachable: its ``best`` is the largest gain among the texts that all who are asked would take.

    Returns:
        The function, as it was.

    Raises:
        InvalidArgument: for a name that another function has, for declarations that cannot be meant, and for a
            function that, tried on a few numbers, does not do what it must.

    Example:
        >>> import sim
        >>> @sim.tactic("patient", parameter="patience", range=(0, 10), default=(1, 2), yields=True)
        ... def patient(best, t, patience, seen):
        ...     return best * (1 - t ** (1 + patience))
        >>> loaded = sim.load(
        ...     "istanbul",
        ...     draws=200,
        ...     protocol="alternating_offers",
        ...     edits={"negotiation.tactics.russia": {"tactic": "patient", "patience": 3}},
        ... )
        >>> [result] = sim.score(loaded)
        >>> result.negotiation.settings.tactics[0].tactic
        'patient'
    """
    if aspiration is None:

        def register(function: F) -> F:
            return tactic(
                name,
                function,
                parameter=parameter,
                range=range,
                default=default,
                reacts=reacts,
                stands=stands,
                yields=yields,
                reachable=reachable,
            )

        return register
    if not callable(aspiration):
        raise InvalidArgument(f"an aspiration is a function of (best, t, parameter, seen), not {aspiration!r}")
    NAMES.check(name, aspiration)
    if reacts and (stands or yields):
        word = "stands" if stands else "yields"
        what = f"a tactic that {word} does so whatever the others do, and is asked without what it has seen"
        raise InvalidArgument(f"{what}: leave out {word}, or reacts")
    if stands and yields:
        raise InvalidArgument("a tactic that stands never comes down, and one that yields does: declare one of them")
    setting = _setting(name, parameter, range, default)
    rule = ConcessionRule(
        _watched(name, aspiration),
        reacts=reacts,
        reachable=reachable,
        stands=stands,
        yields=yields,
        parameter=setting.key if setting else None,
        default=setting.default if setting else ONE,
        own=True,
    )
    _tried(name, aspiration, rule, setting)
    NAMES.add(name, TacticEntry(setting), aspiration)
    TACTICS[name] = rule
    return aspiration


def _setting(
    name: str,
    parameter: str | None,
    ends: tuple[float, float] | None,
    default: float | tuple[float, float] | None,
) -> Setting | None:
    """The parameter as declared. Raises InvalidArgument."""
    if parameter is None:
        if ends is not None or default is not None:
            raise InvalidArgument(f"the tactic {name} has a range or a default and no parameter: name it")
        return None
    if not isinstance(parameter, str) or not parameter.isidentifier() or parameter == "tactic":
        raise InvalidArgument(f"a parameter is a key of a file, as 'patience', not {parameter!r}")
    low, high = _ends(name, "range", ends)
    begin, end = _ends(name, "default", default)
    if not low <= begin <= end <= high:
        what = f"the default of {parameter}, {Span(begin, end).words}, lies outside its range, {low:g} to {high:g}"
        raise InvalidArgument(f"{what}: move one of them")
    return Setting(parameter, low, high, Span(begin, end))


def _ends(name: str, what: str, value: object) -> Span:
    numbers = value if isinstance(value, (tuple, list)) else (value, value)
    try:
        low, high = (float(x) for x in numbers)
    except (TypeError, ValueError):
        low, high = np.nan, np.nan
    if not (np.isfinite(low) and low <= high):
        form = "a number or two" if what == "default" else "two"
        raise InvalidArgument(f"the {what} of the parameter of {name} is {form}, low before high; not {value!r}")
    return Span(low, high)


def _watched(name: str, aspiration: Callable[..., object]) -> Aspiration:
    """The function, with its arguments out of its reach and its answer looked at."""

    @wraps(aspiration)
    def watched(best: Array, t: float | Array, parameter: Array | float, seen: Seen | None) -> Array:
        if seen is not None:
            seen = Seen(*(_sealed(x) for x in (seen.before, seen.conceded, seen.entitled)))
        shape = np.shape(best)
        try:
            answer = aspiration(_sealed(best), _sealed(t), _sealed(parameter), seen)
            value = np.asarray(answer, float)
        except InvalidArgument:
            raise
        except Exception as error:
            raise InvalidArgument(f"the tactic {name} fails: {type(error).__name__}: {error}") from error
        what = f"the aspiration of the tactic {name}"
        if value.shape != shape:
            raise InvalidArgument(f"{what} has shape {value.shape}; it should be that of best, {shape}")
        if not np.isfinite(value).all():
            raise InvalidArgument(f"{what} is not a number in some draw; it lies between 0 and best")
        if (value < -TIE).any() or (value > best + TIE).any():
            odd = int(np.argmax((value < -TIE) | (value > best + TIE)))
            where = f"{value[odd]:.6g} where best is {best[odd]:.6g}"
            raise InvalidArgument(f"{what} is {where}; it lies between 0, no deal, and best")
        return value

    return watched


def _sealed(value: Array | float) -> Array:
    """A view that cannot be written to."""
    view = np.asarray(value).view()
    view.flags.writeable = False
    return view


def _tried(name: str, function: Callable[..., object], rule: ConcessionRule, setting: Setting | None) -> None:
    """Try a tactic on a few numbers. Raises InvalidArgument where it does not do what it must."""
    try:
        inspect.signature(function).bind(None, None, None, None)
    except TypeError:
        takes = "an aspiration takes (best, t, parameter, seen)"
        raise InvalidArgument(f"the tactic {name} cannot be called with four arguments; {takes}") from None
    except ValueError:  # a function that does not tell its arguments is tried all the same
        pass
    best = np.array(_BEST)
    seen = Seen(best / 2, np.array([-0.1, 0.0, 0.1]), np.zeros(3)) if rule.reacts else None
    for parameter in _parameters(setting):
        course = [rule.aspiration(best, np.asarray(t), parameter, seen) for t in _TIMES]
        each = rule.aspiration(best, np.array(_TIMES[:3]), parameter, seen)
        if not np.array_equal(rule.aspiration(best, np.asarray(_TIMES[0]), parameter, seen), course[0]):
            what = f"the tactic {name} answers the same question in two ways"
            raise InvalidArgument(f"{what}; let it draw nothing and remember nothing, so that runs can be repeated")
        if any(abs(each[k] - course[k][k]) > TIE for k in (0, 1, 2)):
            what = f"the tactic {name} answers otherwise where t is a number a draw"
            raise InvalidArgument(f"{what}; write it with numpy, draw by draw")
        for t, together in zip(_TIMES, course, strict=True):
            for some in _SOME:
                apart = rule.aspiration(
                    best[some], np.asarray(t), in_draws(parameter, some), None if seen is None else _those(seen, some)
                )
                if (np.abs(apart - together[some]) > TIE).any():
                    what = f"the tactic {name} answers otherwise for a draw when others are asked with it"
                    raise InvalidArgument(
                        f"{what}; let it answer for each draw by itself, without their mean or largest"
                    )
        if not rule.reacts and any((late > early + TIE).any() for early, late in pairwise(course)):
            what = f"the aspiration of the tactic {name} rises from round to round, and it does not react"
            raise InvalidArgument(f"{what}; let it never rise, or register it with reacts=True")
        if rule.stands and any((np.abs(now - course[0]) > TIE).any() for now in course):
            raise InvalidArgument(f"the tactic {name} stands, and comes down with time: leave out stands")
        if rule.yields and (course[-1] > TIE).any():
            what = f"the tactic {name} yields, and insists on something in the last round"
            raise InvalidArgument(f"{what}: leave out yields, or let it be 0 at t = 1")


def _those(seen: Seen, draws: Index) -> Seen:
    """What is seen in some of the draws."""
    return Seen(seen.before[draws], seen.conceded[draws], seen.entitled[draws])


def _parameters(setting: Setting | None) -> Iterator[Array | float]:
    """What the parameter may be, as numbers and as a number a draw."""
    if setting is None:
        yield 1.0
        return
    ends = (setting.low, *setting.default, setting.high)
    yield from ends
    yield np.array([ends[0], ends[1], ends[-1]])
