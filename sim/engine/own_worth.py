"""Gains by a utility of its author's own, and the least gain that a party accepts by a rule of its author's own.

With a utility U in place of the weighted sum, the gain of a package x over no deal in one draw is

    g(x) = c + sum_k p_k (U(x, y_k) - U(y_k, x)),

where U(x, y) is the utility of x with the options of y on the issues that x leaves open: what a text does not say
stays as no deal leaves it, and of what an outcome does not say there is no gain or loss. So where x and y_k agree the
difference is exactly zero, and with the weighted sum this is the gain of :mod:`sim.engine.preferences`. With a
reservation value, ``g(x) = c + U(x) - r``. An issue of which neither says anything has weight and value 0.

What an issue adds to a gain is then no term of a sum. In its place stands what the gain loses where the text leaves
that issue open, which for the weighted sum is that term.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.engine.draws import Array, Index, in_draws
from sim.engine.packages import OPEN, Packages
from sim.files.arguments import InvalidArgument
from sim.files.own_rules import JudgingRule

if TYPE_CHECKING:
    from sim.engine.profiles import Profile

#: Worths of so many packages are kept a party and block, 32 kilobytes each: those of no deal come again and again.
AT_HAND = 64
#: Draws that a utility is given once more by themselves, to see that it treats each by itself.
_PROBED = 3
#: By how much a worth may differ when other draws stand beside its own: what rounding does.
_NEAR = 1e-9


def worth(party: str, rule: JudgingRule, values: Array, weights: Array) -> Array:
    """What a package is worth in some draws by a rule, shape ``(draws,)``; arguments have shape ``(issues, draws)``.

    Raises InvalidArgument, which names rule and party, where the rule gives anything else than a finite number a draw.

    >>> best = JudgingRule("utility", "best", lambda values, weights: (weights * values).max(axis=0))
    >>> worth("a", best, np.array([[1.0, 0.5], [0.0, 1.0]]), np.array([[0.4, 0.4], [0.6, 0.6]])).tolist()
    [0.4, 0.6]
    """
    count = values.shape[1]
    if count == 1:  # sums over one column are added in another order
        return worth(party, rule, values.repeat(2, axis=1), weights.repeat(2, axis=1))[:1]
    for drawn in (values, weights):
        drawn.flags.writeable = False
    return _checked(party, rule, _asked(party, rule, values, weights), count, "draw")


def least_gain(party: str, rule: JudgingRule, chance: Array) -> Array:
    """The least gain to which a party says yes, shape ``(draws,)`` as ``chance``. Raises as :func:`worth`.

    >>> least_gain("a", JudgingRule("acceptance", "up_to_one", lambda chance: chance), np.array([0.25, 0.5])).tolist()
    [0.25, 0.5]
    """
    chance = chance.view()
    chance.flags.writeable = False
    least = _asked(party, rule, chance)
    if np.ndim(least) == 0:  # type: ignore[arg-type]
        least = np.full(chance.shape, least)
    return _checked(party, rule, least, len(chance), "draw, or one for all,")


def _asked(party: str, rule: JudgingRule, *drawn: Array) -> object:
    """What a rule gives; what it raises says which rule it was."""
    try:
        return rule.function(*drawn)
    except InvalidArgument:
        raise
    except Exception as error:
        raise InvalidArgument(
            f"the {rule.kind} {rule.name} of {party} fails: {type(error).__name__}: {error}"
        ) from error


def _checked(party: str, rule: JudgingRule, answer: object, count: int, each: str) -> Array:
    """What a rule gave as an array of its own. Raises InvalidArgument."""
    called = f"the {rule.kind} {rule.name} of {party}"
    try:
        numbers = np.array(answer, float)
    except (TypeError, ValueError):
        raise InvalidArgument(f"{called} gives {answer!r}, where a number a {each} was asked for") from None
    if numbers.shape != (count,):
        raise InvalidArgument(
            f"{called} gives an array of shape {numbers.shape}, where a number a {each} is shape ({count},)"
        )
    if not np.isfinite(numbers).all():
        first = int(np.flatnonzero(~np.isfinite(numbers))[0])
        raise InvalidArgument(f"{called} gives {numbers[first]} in a draw, where a finite number was asked for")
    return numbers


class OwnWorth:
    """A party's gains by its own utility, in one block of draws, or some of them."""

    def __init__(
        self,
        profile: Profile,
        rule: JudgingRule,
        values: Sequence[Array],
        weights: Array,
        beliefs: Array | None,
        cost: Array | float,
        reservation: Array | float | None,
    ) -> None:
        """``values`` has an array ``(options, draws)`` an issue; ``weights`` has shape ``(issues, draws)``.

        ``beliefs`` has shape ``(outcomes, draws)``.
        """
        self.profile, self.rule, self.weights = profile, rule, weights
        self.cost, self.reservation, self.beliefs = cost, reservation, beliefs
        # An issue after the other, one row an option and a first one, of zeros, for an issue left open (-1).
        firsts = np.cumsum([0, *(len(options) + 1 for options in values)])
        self._rows = firsts[:-1] + 1
        self._values: Array = np.zeros((firsts[-1], values[0].shape[1]))
        for first, options in zip(self._rows, values, strict=True):
            self._values[first : first + len(options)] = options
        self._worths: dict[tuple[int, ...], Array] = {}
        self._probed = False

    def gain(self, seen: Packages, weights: Array | None = None, sure: int | None = None) -> Array:
        """The gain of one package (after effects), shape ``(draws,)``.

        ``weights`` stand in place of the party's own; with ``sure``, the outcome of no deal of that number is certain.
        """
        return self._gain(seen[None], None, weights, sure)

    def gains(self, seen: Packages, at: Index) -> Array:
        """Gains of a package a draw, shape ``(len(at),)``: row n of ``seen`` is that of draw ``at[n]``."""
        return self._gain(seen, at)

    def terms(self, seen: Packages, at: Index | None = None) -> list[Array | None]:
        """What each issue adds: the gain less that of the package with the issue left open; None where it is open.

        ``seen`` is one package or, with ``at``, one a draw.
        """
        rows = seen[None] if at is None else seen
        whole = self._gain(rows, at)
        out: list[Array | None] = []
        for j in range(rows.shape[1]):
            if (rows[:, j] == OPEN).all():
                out.append(None)
                continue
            without = rows.copy()
            without[:, j] = OPEN
            out.append(whole - self._gain(without, at))
        return out

    def _gain(self, rows: Packages, at: Index | None, weights: Array | None = None, sure: int | None = None) -> Array:
        """Of one package in all draws, or of row n in draw ``at[n]``."""
        count = self._values.shape[1] if at is None else len(at)
        total: Array = np.zeros(count) + _of(self.cost, at)
        if self.reservation is not None:
            return total + self._worth(rows, at, weights) - _of(self.reservation, at)
        shares: Sequence[Array | float] = () if self.beliefs is None else list(self.beliefs)
        if sure is not None:
            shares = [float(k == sure) for k in range(len(self.profile.outcomes))]
        for share, outcome in zip(shares, np.array(self.profile.outcomes, np.int16), strict=True):
            mine = np.where(rows == OPEN, outcome, rows)
            theirs = np.where(outcome == OPEN, rows, outcome)
            differ = (mine != theirs).any(axis=1)
            if differ.any() and not (isinstance(share, float) and share == 0):
                change = self._worth(mine, at, weights) - self._worth(theirs, at, weights)
                total += _of(share, at) * (change if at is None else np.where(differ, change, 0.0))
        return total

    def _worth(self, rows: Packages, at: Index | None, weights: Array | None) -> Array:
        """What packages are worth, one in all draws, or row n in draw ``at[n]``."""
        if at is not None:
            places = (rows + self._rows).T
            weighing = np.where(rows.T == OPEN, 0.0, self.weights[:, at])
            # In the order in memory of all draws at once: sums of other orders differ in the last digit.
            values = np.ascontiguousarray(self._values[places, at[None]])
            return worth(self.profile.id, self.rule, values, np.ascontiguousarray(weighing))
        if weights is not None:
            return self._one(rows[0], weights)
        key = tuple(rows[0].tolist())
        if key not in self._worths:
            if len(self._worths) >= AT_HAND:
                self._worths.clear()
            self._worths[key] = self._one(rows[0], self.weights)
        return self._worths[key]

    def _one(self, row: Packages, weights: Array) -> Array:
        values = self._values[row + self._rows]
        weighing = np.where((row == OPEN)[:, None], 0.0, weights)
        result = worth(self.profile.id, self.rule, values, weighing)
        if not self._probed:
            self._probed = True
            few = slice(0, _PROBED)
            alone = worth(self.profile.id, self.rule, values[:, few].copy(), weighing[:, few].copy())
            if not np.allclose(alone, result[few], rtol=_NEAR, atol=_NEAR):
                raise InvalidArgument(
                    f"the utility {self.rule.name} of {self.profile.id} gives a draw another worth when other draws "
                    f"stand beside it; draws know nothing of each other, so work along the first axis alone"
                )
        return result


def _of(drawn: Array | float, at: Index | None) -> Array | float:
    """What is drawn, or is a number, in some draws, in all without ``at``."""
    return drawn if at is None else in_draws(drawn, at)
