"""One party's preferences in one block of draws: values, weights, beliefs, gains, bounds.

Utility of a package x is ``sum_j w_j v_j(x_j)`` with partial values in [0, 1] and weights on
the simplex. The gain over no deal in one draw is

    g(x) = c + sum_j w_j sum_k p_k (v_j(x_j) - v_j(y_kj)),

over issues j and no-deal outcomes k with probabilities p_k; issues that an outcome leaves out,
and terms with x_j = y_kj, add nothing. With a reservation value, ``g(x) = c + U(x) - r``.
Sums run over the issues in the order of the domain, so that an exact tie is exactly zero and a
package that is nowhere worse is never valued less. Sources: Lahdelma and Salminen, "SMAA-2"
(Operations Research 49, 2001); Lahdelma, Miettinen and Salminen, "Ordinal criteria in
stochastic multicriteria acceptability analysis" (EJOR 147, 2003); for the bounds, Greco,
Mousseau and Slowinski, "Ordinal regression revisited" (EJOR 191, 2008).

A party may value packages, and say yes, by rules of its author's own (:mod:`sim.engine.own_worth`):
:func:`preferences_for` gives everybody the right kind.

Arrays have shape ``(..., BLOCK)``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial, reduce
from typing import Any, Literal, TypeVar

import numpy as np

from sim.engine import draws
from sim.engine.draws import BLOCK, Array
from sim.engine.own_worth import OwnWorth, least_gain
from sim.engine.packages import OPEN, Mask, Packages
from sim.engine.profiles import TIE, Case, Cell, Line, Ordinal, Profile, stops
from sim.scenario import schema

T = TypeVar("T")
#: What an issue contributes to the plan of a party's weights: excluded, a class, unknown, a range.
PlanEntry = str | int | None | schema.Span
#: The options of no deal on an issue, each with its probability.
Mass = list[tuple[int, Array | float]]

_CLASS = {name: k for k, name in enumerate(schema.CLASSES)}


class Memo:
    """Arrays of one block that several profiles or scenarios share, kept by content."""

    def __init__(self, seed: int, block: int, least: float = draws.LEAST_KEPT / 10) -> None:
        """``least`` is the share of proposals that rejection has to keep; see :mod:`sim.engine.draws`."""
        self.seed, self.block, self.least = seed, block, least
        self._drawn: dict[Hashable, Any] = {}

    def copy(self) -> Memo:
        """One that knows the same arrays and grows by itself."""
        copied = Memo(self.seed, self.block, self.least)
        copied._drawn = dict(self._drawn)
        return copied

    def _once(self, key: Hashable, draw: Callable[[], T]) -> T:
        """What is drawn under a key: drawn when it is first asked for."""
        if key not in self._drawn:
            self._drawn[key] = draw()
        value: T = self._drawn[key]
        return value

    def stream(self, party: str, what: str) -> np.random.Generator:
        """The generator of one quantity of a party in this block; see :func:`sim.engine.draws.stream`."""
        return draws.stream(self.seed, party, what, self.block)

    def cell(self, party: str, cell: Cell, options: int) -> tuple[Array, Array]:
        """The issue's exponential, shape ``(BLOCK,)``, and values, shape ``(options, BLOCK)``.

        One stream a cell: the exponential comes first, so that it does not depend on the
        ranking and the ranking's draws do not depend on the importance.
        """

        def draw() -> tuple[Array, Array]:
            rng = self.stream(party, f"issue:{cell.issue}")
            raw = rng.standard_exponential(BLOCK)
            if not isinstance(cell.values, Ordinal):
                return raw, draws.cardinal_values(rng, np.array(cell.values.low), np.array(cell.values.high))
            v = cell.values
            values = draws.ordinal_values(rng, options, v.levels, v.rest_at, v.rest, v.unknown)
            for option, other in v.alike:
                values[option] = values[other]
            return raw, values

        return self._once((party, cell.issue, cell.values), draw)

    def exponentials(
        self, party: str, issues: tuple[str, ...], each: Sequence[Array]
    ) -> tuple[Array, dict[Hashable, Array]]:
        """Those of a party's issues, shape ``(issues, BLOCK)``, and what :func:`draws.order_by_class` knows of them."""
        return self._once((party, "exponentials", issues), lambda: (np.stack(each), {}))

    def weights(self, party: str, plan: Iterable[tuple[str, PlanEntry]], make: Callable[[], Array]) -> Array:
        """Weights under a plan (an entry an issue), shape ``(issues, BLOCK)``: they do not depend on the rankings."""
        return self._once((party, "weights", tuple(plan)), make)

    def beliefs(self, party: str, ranges: tuple[schema.Span, ...]) -> Array:
        """Probabilities of the outcomes of no deal, shape ``(outcomes, BLOCK)``: :func:`sim.engine.draws.beliefs`."""

        def draw() -> Array:
            low, high = np.array(ranges).T
            return draws.beliefs(self.stream(party, "no_deal.beliefs"), low, high, self.least)

        return self._once((party, "no_deal.beliefs", ranges), draw)

    def masses(self, party: str, lottery: Hashable, make: Callable[[], list[Mass]]) -> list[Mass]:
        """By issue, the options of no deal under what decides them: issues, outcomes, how likely a party finds each."""
        return self._once((party, "masses", lottery), make)

    def difference(self, values: Array, mass: Mass, option: int, make: Callable[[], Array | None]) -> Array | None:
        """What one issue adds before its weight, by what it is made of: values and masses of this memo, which stay."""
        return self._once(("difference", id(values), id(mass), option), make)

    def span(self, party: str, what: str, span: schema.Span) -> Array | float:
        """A quantity given as a range, shape ``(BLOCK,)``; a fixed one is a number."""
        if span.fixed:
            return span.low
        return self._once((party, what, span), lambda: draws.uniform(self.stream(party, what), span.low, span.high))

    def chance(self, party: str) -> Array:
        """A number in [0, 1) in each draw, for the least gain that a party accepts by a rule of its own."""
        return self._once((party, "acceptance"), lambda: self.stream(party, "acceptance").random(BLOCK))

    def holds(self, party: str, line: Line, end: Literal["low", "drawn", "high"] = "drawn") -> Mask:
        """In which draws a line binds, shape ``(BLOCK,)``: with the share drawn from its range, or with an end of it.

        Of a party that decides by voters it binds where so many refuse that the others are not more than the quota.
        The same people are the firmest everywhere, so of several lines the one with the largest share decides.

        Of others the share is a chance. One coin a party decides over all its lines, so of several lines some binds
        with the largest of their chances. For one line the three ends are nested.
        """
        if line.holds is None:
            return np.ones(BLOCK, bool)
        quota = line.quota
        if quota is not None:
            vote = (party, "stops", line.kind, line.issue, line.id, line.holds, quota, end)
            return self._once(vote, lambda: stops(self.refusing(party, line, end), quota))
        chance = (party, line.kind, line.issue, line.id, line.holds, end)
        return self._once(chance, lambda: self.coin(party) < self.refusing(party, line, end))

    def coin(self, party: str) -> Array:
        """What decides over all lines of a party that bind by chance, uniform on [0, 1), shape ``(BLOCK,)``."""
        return self._once((party, "coin"), lambda: self.stream(party, "lines").random(BLOCK))

    def refusing(self, party: str, line: Line, end: Literal["low", "drawn", "high"] = "drawn") -> Array:
        """The share that refuses what a line forbids, drawn from its range or an end of it; all without a range.

        Shape ``(BLOCK,)``. Every line has a stream of its own, but for one that is like another.
        """
        if line.holds is None:
            return np.ones(BLOCK)
        if end != "drawn":
            return np.full(BLOCK, line.holds.low if end == "low" else line.holds.high)
        rng = self.stream(party, f"line:{line.kind}:{line.issue}:{line.like or line.id}")
        return draws.uniform(rng, line.holds.low, line.holds.high)


class Preferences:
    """The preferences of one profile in one block of draws.

    ``values`` has for each issue an array of shape ``(options, BLOCK)``, ``weights`` is of shape ``(issues, BLOCK)``,
    made of ``exponentials``, one an issue, shape ``(BLOCK,)``; ``beliefs`` of shape ``(outcomes, BLOCK)``, None with a
    reservation value. Raises :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing, of weights when
    these are first asked for.

    >>> import sim
    >>> from sim.engine.profiles import compile_case
    >>> case = compile_case(sim.load("istanbul").scenario)
    >>> russia = Preferences(case.profile("russia"), case.space.sizes, Memo(seed=1, block=0))
    >>> russia.gain(case.space.seen(case.text[None], "russia")[0]).shape
    (4096,)
    """

    def __init__(self, profile: Profile, sizes: Sequence[int], memo: Memo) -> None:
        self.profile = profile
        self.sizes = tuple(sizes)
        self.memo = memo
        cells = [memo.cell(profile.id, c, n) for c, n in zip(profile.cells, sizes, strict=True)]
        self.values: list[Array] = [values for _, values in cells]
        self.exponentials: list[Array] = [raw for raw, _ in cells]
        self.cost = memo.span(profile.id, "no_deal.cost", profile.cost)
        self.reservation: Array | float | None = None
        self.beliefs: Array | None = None
        if profile.reservation is not None:
            self.reservation = memo.span(profile.id, "reservation", profile.reservation)
        elif profile.outcomes:
            self.beliefs = memo.beliefs(profile.id, profile.beliefs)
        #: Whether the party accepts what is put to it (:class:`sim.engine.acceptability.OnTable`), where it decides
        #: that for itself.
        self.decision: Callable[[Any], Any] | None = None
        self._terms: dict[tuple[int, int], Array | None] = {}
        lottery = (len(sizes), self.reservation is None, profile.outcomes, profile.beliefs)
        self._mass = memo.masses(profile.id, lottery, lambda: [self._outcome_mass(j) for j in range(len(sizes))])

    @cached_property
    def least(self) -> Array | float:
        """The least gain to which the party says yes where no line binds: zero, but for a rule of its own."""
        rule = self.profile.acceptance
        return 0.0 if rule is None else least_gain(self.profile.id, rule, self.memo.chance(self.profile.id))

    @property
    def enough(self) -> Array | float:
        """:attr:`least` as gains are compared with it: what misses it by rounding alone is enough."""
        return self.least - TIE

    # --- weights ------------------------------------------------------------------------

    @cached_property
    def weights(self) -> Array:
        """The weights as modelled, shape ``(issues, BLOCK)``. Raises as :meth:`weights_for` does."""
        return self.weights_for(weight_plan(self.profile))

    def weights_for(self, plan: Sequence[PlanEntry]) -> Array:
        """Weights under a plan, shape ``(issues, BLOCK)``; see :func:`weight_plan`.

        All plans rearrange the same exponentials, so they differ as little as they can.
        Raises :class:`sim.engine.draws.NothingFits` where ranges leave almost nothing.
        """
        plan = tuple(plan)
        named = zip((c.issue for c in self.profile.cells), plan, strict=True)
        return self.memo.weights(self.profile.id, named, lambda: self._make_weights(plan))

    def _make_weights(self, plan: Sequence[PlanEntry]) -> Array:
        issues = tuple(c.issue for c in self.profile.cells)
        raw, known = self.memo.exponentials(self.profile.id, issues, self.exponentials)
        out = np.zeros_like(raw)
        spans = {j: s for j, s in enumerate(plan) if isinstance(s, schema.Span)}
        fixed = [j for j, span in spans.items() if span.fixed]
        free = [j for j, s in enumerate(plan) if s != "none" and j not in fixed]
        left = 1.0
        for j in fixed:
            out[j] = spans[j].low
            left -= spans[j].low
        if not free:
            return out
        classes = [s if isinstance(s, int) else None for s in plan]
        if len(spans) > len(fixed):
            low = np.array([spans[j].low if j in spans else 0.0 for j in free])
            high = np.array([spans[j].high if j in spans else 1.0 for j in free])
            rng = self.memo.stream(self.profile.id, "weights")
            out[free] = draws.boxed_weights(rng, [classes[j] for j in free], low, high, left, self.memo.least)
        else:
            out[free] = draws.normalised(draws.order_by_class(raw, classes, known)[free], left)
        return out

    # --- gains --------------------------------------------------------------------------

    def _outcome_mass(self, issue: int) -> Mass:
        """For each option some outcome holds: its probability under the beliefs.

        Exactly 1.0 where all outcomes agree, so that agreement costs no rounding.
        """
        if self.beliefs is None:
            return []
        at: dict[int, list[int]] = {}
        for k, outcome in enumerate(self.profile.outcomes):
            if outcome[issue] != OPEN:
                at.setdefault(outcome[issue], []).append(k)
        if len(at) == 1 and len(next(iter(at.values()))) == len(self.profile.outcomes):
            return [(next(iter(at)), 1.0)]
        return [(option, reduce(np.add, (self.beliefs[k] for k in at[option]))) for option in sorted(at)]

    def difference(self, issue: int, option: int) -> Array | None:
        """``sum_k p_k (v(option) - v(y_k))`` of one issue, before its weight; None where zero.

        With a reservation value, ``v(option)``. Shape ``(BLOCK,)``.
        """
        make = partial(self._make_difference, issue, option)
        return self.memo.difference(self.values[issue], self._mass[issue], option, make)

    def _make_difference(self, issue: int, option: int) -> Array | None:
        if option == OPEN:
            return None
        values = self.values[issue]
        total: Array | None = None if self.reservation is None else values[option]
        # With a reservation value nothing has a mass.
        for other, mass in self._mass[issue]:
            if other == option:
                continue
            part = values[option] - values[other]
            if not isinstance(mass, float):
                part *= mass
            total = part if total is None else np.add(total, part, out=total)
        return total

    def term(self, issue: int, option: int) -> Array | None:
        """What one issue adds to the gain; None where nothing. Shape ``(BLOCK,)``."""
        at = (issue, option)
        if at not in self._terms:
            excluded = self.profile.cells[issue].importance == "none"
            d = None if excluded else self.difference(issue, option)
            self._terms[at] = None if d is None else self.weights[issue] * d
        return self._terms[at]

    def gains(self, seen: Packages) -> Iterator[tuple[int, Array]]:
        """Yield each package's number and gain, shape ``(BLOCK,)``; ``seen`` is after effects.

        Packages come in lexicographic order, so that common beginnings are summed once; the
        array yielded is overwritten by the next step.
        """
        issues = len(self.sizes)
        partials: list[Array | float] = [self.cost] * (issues + 1)
        buffers: list[Array | None] = [None] * (issues + 1)
        final = np.empty(BLOCK)
        previous: list[int] | None = None
        order = np.lexsort(seen.T[::-1]) if len(seen) > 1 else range(len(seen))
        for number in order:
            row = seen[number].tolist()
            first = 0
            if previous is not None:
                while first < issues and row[first] == previous[first]:
                    first += 1
            for j in range(first, issues):
                term = self.term(j, row[j])
                if term is None:
                    partials[j + 1] = partials[j]
                    continue
                buffer = buffers[j + 1]
                if buffer is None:
                    buffer = buffers[j + 1] = np.empty(BLOCK)
                partials[j + 1] = np.add(partials[j], term, out=buffer)
            previous = row
            total = partials[issues]
            if self.reservation is not None:
                yield int(number), np.subtract(total, self.reservation, out=final)
            elif isinstance(total, np.ndarray):
                yield int(number), total
            else:
                final.fill(total)
                yield int(number), final

    def gain(self, seen: Packages) -> Array:
        """The gain of one package (after effects), shape ``(BLOCK,)``."""
        return next(self.gains(seen[None]))[1].copy()

    def gain_with(self, weights: Array, seen: Packages) -> Array:
        """The gain of one package (after effects) under other weights of the same draws, shape ``(BLOCK,)``."""
        total = np.zeros(BLOCK) + self.cost
        for j, option in enumerate(seen.tolist()):
            d = self.difference(j, option)
            if d is not None:
                total += weights[j] * d
        return total if self.reservation is None else total - self.reservation

    def terms(self, seen: Packages) -> list[Array | None]:
        """What each issue of one package (after effects) adds to its gain, None where nothing."""
        return [self.term(j, option) for j, option in enumerate(seen.tolist())]

    def bears(self, issue: int, option: int) -> Array | None:
        """What of an option bears on gains: with as much of it, another option has the same part in every package."""
        return self.term(issue, option)

    # --- what the evidence alone allows ---------------------------------------------------

    def bounds(self, weights: Array, seen: Packages) -> tuple[Array, Array]:
        """Least and greatest gain of one package over everything that is not evidence.

        Open is every option of a ranking that is assumed or unknown, and of a known one those that it leaves out,
        neither named nor meant by ``rest``: worth anything in [0, 1]. The others are worth what is drawn. Values of
        different options vary apart, so that an issue adds at least ``w sum_k p_k (low(x) - high(y_k))`` and at most
        ``w sum_k p_k (high(x) - low(y_k))``; an outcome with the same option, or none, adds nothing. An option whose
        own place in a known order is assumed may stand below all others too, or above: between it and another lies
        anything in [-1, 1]. Beliefs that are assumed may be any probabilities: the gain is linear in them, so its
        extremes lie at single outcomes.
        ``weights`` must leave assumed importance unknown (:func:`weight_plan` with ``evidence=True``).
        """
        if self.reservation is not None:
            low, high = self._reach(weights, seen, lambda j: None)
            return low - self.reservation, high - self.reservation
        if self.beliefs is not None and self.profile.beliefs_basis not in ("assumed", "unknown"):
            return self._reach(weights, seen, lambda j: self._mass[j])
        outcomes = self.profile.outcomes
        if not outcomes:
            nothing = np.zeros(BLOCK) + self.cost
            return nothing, nothing
        sure = [self._reach(weights, seen, partial(_certain, outcome)) for outcome in outcomes]
        return np.minimum.reduce([low for low, _ in sure]), np.maximum.reduce([high for _, high in sure])

    def _reach(self, weights: Array, seen: Packages, mass: Callable[[int], Mass | None]) -> tuple[Array, Array]:
        """The sums of :meth:`bounds`; ``mass`` gives an issue's options of no deal, None where utility counts alone."""
        low = np.zeros(BLOCK) + self.cost
        high = low.copy()
        for j, option in enumerate(seen.tolist()):
            if option == OPEN:
                continue
            worst, best = self._ends(j, option)
            against = mass(j)
            if against is None:
                low += weights[j] * worst
                high += weights[j] * best
                continue
            least: Array | float = 0.0
            most: Array | float = 0.0
            for other, share in against:
                if other == option:
                    continue
                if not {option, other}.isdisjoint(self.profile.cells[j].assumed):
                    least, most = least - share, most + share
                    continue
                lowest, highest = self._ends(j, other)
                least = least + share * (worst - highest)
                most = most + share * (best - lowest)
            low += weights[j] * least
            high += weights[j] * most
        return low, high

    def _ends(self, issue: int, option: int) -> tuple[Array | float, Array | float]:
        """The least and the greatest value of an option on the evidence: what is drawn, or anything."""
        if self.profile.cells[issue].free(option):
            return 0.0, 1.0
        return self.values[issue][option], self.values[issue][option]

    def binds(self, line: Line, end: Literal["low", "drawn", "high"] = "drawn") -> Mask:
        """In which draws a line binds; see :meth:`Memo.holds`."""
        return self.memo.holds(self.profile.id, line, end)


class OwnPreferences(Preferences):
    """Preferences of a party that values packages by a utility of its author's own."""

    def __init__(self, profile: Profile, sizes: Sequence[int], memo: Memo) -> None:
        super().__init__(profile, sizes, memo)
        assert profile.utility is not None
        own = profile, profile.utility, self.values, self.weights, self.beliefs, self.cost, self.reservation
        self.worth = OwnWorth(*own)

    def difference(self, issue: int, option: int) -> Array | None:
        """No such thing: raises TypeError, so that nothing takes this utility for a sum."""
        raise TypeError(f"the utility {self.worth.rule.name} of {self.profile.id} is no sum over issues")

    term = difference

    def gains(self, seen: Packages) -> Iterator[tuple[int, Array]]:
        """As of :class:`Preferences`, in the order of the packages."""
        for number, row in enumerate(seen):
            yield number, self.worth.gain(row)

    def gain_with(self, weights: Array, seen: Packages) -> Array:
        """As of :class:`Preferences`."""
        shape = self.weights.shape
        return self.worth.gain(seen, np.broadcast_to(weights if weights.ndim == 2 else weights[:, None], shape))

    def terms(self, seen: Packages) -> list[Array | None]:
        """What the gain of the package loses where it leaves an issue open, issue by issue; None where it does."""
        return self.worth.terms(seen)

    def bears(self, issue: int, option: int) -> Array | None:
        """The values of the option."""
        values: Array = self.values[issue][option]
        return values

    def bounds(self, weights: Array, seen: Packages) -> tuple[Array, Array]:
        """As of :class:`Preferences` where all values are evidence; minus infinity and infinity where some are not.

        What a value that may be anything does to a utility of which nothing is known is not known either. The gain is
        linear in the beliefs in any case.
        """
        met = [{int(option), *(outcome[j] for outcome in self.profile.outcomes)} for j, option in enumerate(seen)]
        if self.reservation is not None:
            met = [{int(option)} for option in seen]
        if any(
            c.free(option) for c, options in zip(self.profile.cells, met, strict=True) for option in options - {OPEN}
        ):
            return np.full(BLOCK, -np.inf), np.full(BLOCK, np.inf)
        sure: Sequence[int | None] = [None]
        if self.reservation is None and self.profile.outcomes and self.profile.beliefs_basis in ("assumed", "unknown"):
            sure = range(len(self.profile.outcomes))
        gains = [self.worth.gain(seen, weights, k) for k in sure]
        return np.minimum.reduce(gains), np.maximum.reduce(gains)


def preferences_for(profile: Profile, sizes: Sequence[int], memo: Memo) -> Preferences:
    """A party's preferences in the block of a memo, by its utility: the one place that makes them for questions.

    >>> import sim
    >>> from sim.engine.profiles import compile_case
    >>> case = compile_case(sim.load("istanbul").scenario)
    >>> type(preferences_for(case.profile("russia"), case.space.sizes, Memo(seed=1, block=0))).__name__
    'Preferences'
    """
    return (Preferences if profile.utility is None else OwnPreferences)(profile, sizes, memo)


def preferences_of(case: Case, block: int) -> list[Preferences]:
    """Everybody's preferences in one block of draws, in the order of the case's profiles."""
    memo = Memo(case.scenario.seed, block)
    return [preferences_for(profile, case.space.sizes, memo) for profile in case.profiles]


def _certain(outcome: Sequence[int], issue: int) -> Mass:
    """The options of no deal on an issue where one outcome is certain."""
    return [] if outcome[issue] == OPEN else [(outcome[issue], 1.0)]


def uncertain(profile: Profile) -> bool:
    """Whether anything about a party's answers is drawn: its values, weights, view of no deal or lines from polls."""
    spans = [profile.cost]
    if profile.reservation is not None:
        spans.append(profile.reservation)
    elif len(profile.outcomes) > 1:
        spans += profile.beliefs
    spans += [cell.weight for cell in profile.cells if cell.weight is not None]
    return (
        profile.acceptance is not None
        or any(not span.fixed for span in spans)
        or any(cell.weight is None and cell.importance != "none" for cell in profile.cells)
        or any(
            isinstance(c.values, Ordinal) or c.values.low != c.values.high
            for c in profile.cells
            if profile.utility is not None or _weighs(c)
        )
        or any(line.holds not in (None, schema.Span(0, 0), schema.Span(1, 1)) for line in profile.lines)
    )


def _weighs(cell: Cell) -> bool:
    return cell.importance != "none" and cell.weight != schema.Span(0, 0)


def ranges(profile: Profile) -> Hashable:
    """What :func:`unfit_ranges` looks at, so that profiles alike in it are asked once."""
    beliefs = profile.beliefs if profile.reservation is None and profile.outcomes else None
    if not any(c.weight is not None and not c.weight.fixed for c in profile.cells):
        return profile.id, beliefs
    plans = weight_plan(profile), weight_plan(profile, evidence=True)
    return profile.id, beliefs, tuple(c.issue for c in profile.cells), plans


def unfit_ranges(profile: Profile, sizes: Sequence[int], seed: int) -> tuple[str, str] | None:
    """Whether anything fits in the ranges of a profile: None, or ``"weights"`` or ``"beliefs"`` and what was found.

    Draws one block where there are any, and asks for ten times as much as a run does, so that what passes here passes
    there.
    """
    memo = Memo(seed, 0, draws.LEAST_KEPT)
    about = "beliefs"
    try:
        if profile.reservation is None and profile.outcomes:
            memo.beliefs(profile.id, profile.beliefs)
        about = "weights"
        if any(c.weight is not None and not c.weight.fixed for c in profile.cells):
            preferences = Preferences(profile, sizes, memo)
            for evidence in (False, True):
                preferences.weights_for(weight_plan(profile, evidence=evidence))
    except draws.NothingFits as fault:
        return about, str(fault)
    return None


def weight_plan(
    profile: Profile, *, evidence: bool = False, issue: int | None = None, importance: schema.Importance | None = None
) -> tuple[PlanEntry, ...]:
    """How each issue's weight is drawn: ``"none"``, a class number, None for unknown, a range.

    With ``evidence``, assumed importance is unknown. ``issue`` and ``importance`` put another
    class in place of one issue's own (the turning-issue strip).
    """
    cells = profile.cells
    if issue is not None and importance is not None:
        changed = replace(cells[issue], importance=importance, weight=None, importance_basis="edited")
        cells = (*cells[:issue], changed, *cells[issue + 1 :])
    return tuple(_entry(c, evidence) for c in cells)


def _entry(cell: Cell, evidence: bool) -> PlanEntry:
    if evidence and cell.importance_basis in ("assumed", "unknown"):
        return None
    if cell.weight is not None:
        return cell.weight
    if cell.importance == "none":
        return "none"
    return None if cell.importance in (None, "unknown") else _CLASS[cell.importance]
