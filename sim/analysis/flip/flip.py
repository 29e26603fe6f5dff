"""Break-even and nearest flip of each party's expected gain: what re-weighting would turn it.

The expected gain is ``m = sum_j w_j d_j + c`` (minus r with a reservation value), with mean
weights w_j and mean unit differences ``d_j = E[sum_k p_k (v_j(x_j) - v_j(y_kj))]``: weights,
values, beliefs, cost and reservation of a party are drawn independently, so the mean gain is
the sum of products of means. Means of weights, beliefs, cost and reservation are taken over
the scenario's draws, those of values in closed form. What flips is the expected gain, not the
acceptability.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.analysis.flip import reweighting
from sim.analysis.flip.result import FlipResult, IssueFlip, Nearest, PartyFlip
from sim.analysis.flip.reweighting import AllowedWeights
from sim.analysis.shared.expected import expected_terms
from sim.analysis.shared.own_rules import unanswered
from sim.analysis.shared.parties import known_party, lines_crossed, sourced_veto
from sim.analysis.shared.records import about
from sim.engine.acceptability import TIE, Z95, accepts_each, wilson
from sim.engine.draws import Array, draws_in
from sim.engine.exact_sums import ExactSum, Totals
from sim.engine.objections import term_basis
from sim.engine.packages import OPEN
from sim.engine.preferences import Memo, preferences_for, weight_plan
from sim.engine.profiles import Case, Line, Ordinal, Profile
from sim.execution.fold import total
from sim.files.grammar import listed
from sim.results.records import Interval, LineRecord
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded
from sim.simulation.cases import CaseJob, compiled
from sim.simulation.summary import line_record

#: Changes of weight below this are rounding of the solver.
_STILL = 1e-9


def flip(loaded: Loaded, *, party: str | None = None) -> FlipResult:
    """Break-evens of weights, and the nearest weights at which a party's answer turns, on the scenario's draws.

    Args:
        loaded: the scenario.
        party: this party alone, by id; by default every one.

    Returns:
        A party each: weights are shares of 1, distances the sum of what weights move by. Parties with a utility or an
        acceptance of their own are left out, and named.

    Raises:
        UnknownName: for a party that there is not.
        Complaints: where ranges leave almost nothing to draw from, and where rules of their own leave no party.

    Example:
        >>> import sim
        >>> [party.id for party in sim.flip(sim.load("istanbul", draws=200), party="us").parties]
        ['us']
    """
    [case] = compiled([loaded])
    profiles = case.profiles if party is None else (known_party(case, party),)
    left_out = tuple(p.id for p in profiles if p.utility or p.acceptance)
    if left_out and len(left_out) == len(profiles):
        what = "which weights turn a party is worked out of sums that gain or lose, and this is a rule of its own"
        hint = "sensitivity by draws (sobol), or levers, ask with that rule"
        raise unanswered(loaded, case, left_out[0], what, hint)
    counted = tuple(p for p in profiles if p.id not in left_out)
    sums = total(Sums(case, tuple(p.id for p in counted)))
    return FlipResult(
        **about(case, loaded, FlipResult),
        party=party,
        assumed_terms=len(case.assumed_issues),
        terms=len(case.space.issues),
        sourced_veto=sourced_veto(case),
        parties=tuple(_party(_Means(case, p, part)) for p, part in zip(counted, sums, strict=True)),
        left_out=left_out,
    )


@dataclass
class Sums(CaseJob[list[Totals], list[Totals]]):
    """Sums over draws of what each party's expected gain is made of.

    Counted are the draws in which it accepts, and those in which each line binds that the text crosses. Summed are the
    weights, the probabilities of the outcomes of no deal, the cost, the reservation value, the gain and its square.
    """

    parties: tuple[str, ...]

    def block(self, batch: int, block: int) -> list[Totals]:
        """All parties in one block."""
        scenario = self.case.scenario
        memo, count = Memo(scenario.seed, block), draws_in(block, scenario.draws)
        return [self._of_party(self.case.profile(p), memo, count) for p in self.parties]

    def joined(self, one: list[Totals], other: list[Totals]) -> list[Totals]:
        """Party by party."""
        return [mine + theirs for mine, theirs in zip(one, other, strict=True)]

    def _of_party(self, profile: Profile, memo: Memo, count: int) -> Totals:
        case = self.case
        own = preferences_for(profile, case.space.sizes, memo)
        gain = own.gain(case.space.seen(case.text[None], profile.id)[0])[:count]
        accepts = accepts_each(own, case.space, case.text[None])[0, :count].sum()
        beliefs = np.zeros(len(profile.outcomes)) if own.beliefs is None else own.beliefs[:, :count].sum(axis=1)
        reservation = 0.0 if own.reservation is None else own.reservation
        single = [_sum(own.cost, count), _sum(reservation, count), gain.sum(), (gain**2).sum()]
        return Totals(
            np.array([accepts, *(own.binds(line)[:count].sum() for line in _crossed(case, profile))], np.int64),
            ExactSum.of(np.concatenate([own.weights[:, :count].sum(axis=1), beliefs, single])),
        )


def _crossed(case: Case, profile: Profile) -> list[Line]:
    """The lines of a party that the text crosses, in the order of their layers."""
    return sorted(lines_crossed(case, profile), key=lambda x: x.layer)


class _Means:
    """Means over draws of what a party's expected gain is made of.

    The gain as a score of ``weights`` and ``units`` against a ``threshold`` (see
    :mod:`sim.analysis.flip.reweighting`), and what bears on it.
    """

    def __init__(self, case: Case, profile: Profile, sums: Totals) -> None:
        self.case, self.profile, self.issues = case, profile, case.space.issues
        self.seen = case.space.seen(case.text[None], profile.id)[0]
        self.crossed = _crossed(case, profile)
        self.draws = case.scenario.draws
        self.accepted = int(sums.counts[0])
        self._binding = sums.counts[1:]
        ends = np.cumsum([len(self.issues), len(profile.outcomes)])
        self._weights, self._beliefs, single = np.split(sums.sums.values, ends)
        self._cost: float
        self._reservation: float
        self._gain: float
        self._square: float
        self._cost, self._reservation, self._gain, self._square = single.tolist()

    @cached_property
    def weights(self) -> Array:
        return self._weights / self.draws

    @property
    def cost(self) -> float:
        return self._cost / self.draws

    @property
    def reservation(self) -> float | None:
        return None if self.profile.reservation is None else self._reservation / self.draws

    @property
    def gain(self) -> Interval:
        mean = self._gain / self.draws
        error = math.sqrt(max(self._square / self.draws - mean**2, 0.0) / self.draws)
        return Interval(estimate=mean, low=mean - Z95 * error, high=mean + Z95 * error)

    @property
    def lines(self) -> tuple[LineRecord, ...]:
        shares = self._binding / self.draws
        return tuple(
            line_record(x, True, float(s), term_basis(self.case, x)) for x, s in zip(self.crossed, shares, strict=True)
        )

    @cached_property
    def units(self) -> Array:
        """What each issue is worth per unit of weight, shape ``(issues,)``; nothing where it is left open."""
        terms = expected_terms(self.profile, self.case.space.sizes, np.ones(len(self.seen)), self._beliefs)
        return np.array([0.0 if x == OPEN else terms[j][x] for j, x in enumerate(self.seen.tolist())])

    def possible(self, j: int) -> tuple[float, float]:
        """The least and the greatest that issue ``j`` could be worth per unit of weight."""
        option = int(self.seen[j])
        if option == OPEN:
            return 0.0, 0.0
        if self.reservation is not None:
            return 0.0, 1.0
        beliefs = self._beliefs / (self._beliefs.sum() or 1.0)  # their sums miss 1 by rounding alone
        outcomes = zip(beliefs.tolist(), self.profile.outcomes, strict=True)
        most = min(sum(share for share, y in outcomes if y[j] not in (OPEN, option)), 1.0)
        return 0.0 - most, most

    @property
    def threshold(self) -> float:
        return (self.reservation or 0.0) - self.cost

    @cached_property
    def margin(self) -> float:
        margin = float(self.weights @ self.units) - self.threshold
        return 0.0 if abs(margin) <= TIE else margin

    def unheard(self) -> Iterator[int]:
        """Issues that weigh something and turn nothing: no source orders the text and no deal there."""
        for j, cell in enumerate(self.profile.cells):
            low, high = self.possible(j)
            unordered = isinstance(cell.values, Ordinal) and self.seen[j] in (*cell.values.rest, *cell.values.unknown)
            if unordered and abs(self.units[j]) <= TIE < min(self.weights[j], high - low):
                yield j

    def reach(self, allowed: AllowedWeights) -> tuple[float, float]:
        """Between which ends weights that are allowed bring the expected gain."""
        least, greatest = reweighting.reach(self.units, allowed)
        return least - self.threshold + 0.0, greatest - self.threshold + 0.0

    def nearest(self, allowed: AllowedWeights) -> Nearest | None:
        """The nearest allowed weights at which the expected gain is zero; None on a party of which nothing is known."""
        move = None
        if not self.profile.silent:
            move = reweighting.nearest(self.weights, self.units, self.threshold, allowed)
        if move is None:
            return None
        changes = move.weights - self.weights
        return Nearest(
            distance=move.distance,
            moved=move.distance / 2,
            weights={i: float(w) for i, w in zip(self.issues, move.weights, strict=True)},
            changes={i: float(x) for i, x in zip(self.issues, changes, strict=True) if abs(x) > _STILL},
        )


def _sum(value: Array | float, count: int) -> float:
    return float(value[:count].sum()) if isinstance(value, np.ndarray) else value * count


# --- one party ------------------------------------------------------------------------------------


def _party(means: _Means) -> PartyFlip:
    profile, asked = means.profile, means.case.asked
    margin, cost, reservation = means.margin, means.cost, means.reservation
    free, classes = AllowedWeights.anything(len(means.units)), AllowedWeights.by(weight_plan(profile))
    anywhere, within = means.nearest(free), means.nearest(classes)
    reachable, reachable_within = means.reach(free), means.reach(classes)
    unheard = list(means.unheard())
    silent = "the sources are silent on it: there is nothing to weigh" if profile.silent else None
    forbidden = silent or f"under them the expected gain {_end(margin, reachable_within)}"
    return PartyFlip.copying(
        profile,
        asked=profile.id in asked,
        acceptability=wilson(means.accepted, means.draws),
        mean_gain=means.gain,
        margin=margin,
        flips_to="accepts" if margin < 0 else "refuses",
        cost=cost,
        cost_break_even=cost - margin,
        reservation=reservation,
        reservation_break_even=None if reservation is None else reservation + margin,
        reachable=reachable,
        nearest=anywhere,
        nearest_reason=None if anywhere else silent or _out_of_reach(means, reachable),
        reachable_within_classes=reachable_within,
        within_classes=within,
        within_classes_reason=None if within else forbidden,
        assumed_classes=tuple(
            c.issue
            for c in profile.cells
            if c.weight is None and c.importance != "unknown" and c.importance_basis == "assumed"
        ),
        silent_issues=tuple(means.issues[j] for j in unheard),
        silent_weight=float(sum(means.weights[j] for j in unheard)),
        lines=means.lines,
        issues=tuple(_issue(means, j) for j in range(len(means.issues))),
    )


def _out_of_reach(means: _Means, reachable: tuple[float, float]) -> str:
    """Why no weights at all turn the expected gain."""
    if means.reservation is None and means.threshold == 0:
        labels = labels_of(means.case.scenario.domain)
        differing = [labels.issue(i) for i, d in zip(means.issues, means.units, strict=True) if abs(d) > TIE]
        side = "against" if means.margin < 0 else "for"
        return f"every issue on which it gains or loses in expectation counts {side} the text ({listed(differing)})"
    return f"whatever the weights, the expected gain {_end(means.margin, reachable)}"


def _figure(gain: float) -> str:
    """Two places; small gains in full, since 0 would say that zero is reached."""
    if abs(gain) <= TIE:
        return "0"
    return f"{gain:+.2f}" if abs(gain) >= 0.01 else f"{gain:+.2g}"


def _end(margin: float, reachable: tuple[float, float]) -> str:
    """Where the expected gain stops on its way to zero."""
    low, high = (_figure(x) for x in reachable)
    return f"never rises above {high}" if margin < 0 else f"never falls below {low}"


def _issue(means: _Means, j: int) -> IssueFlip:
    option, cell, possible = int(means.seen[j]), means.profile.cells[j], means.possible(j)
    weight, unit = float(means.weights[j]), float(means.units[j])
    at, why = reweighting.weight_break_even(means.weights, means.units, means.threshold, j)
    difference, difference_why = reweighting.unit_break_even(weight, unit, means.margin, *possible)
    return IssueFlip(
        issue=means.issues[j],
        option=None if option == OPEN else means.case.space.options[j][option],
        importance=str(cell.importance) if cell.weight is None else f"weight {cell.weight.words}",
        weight=weight,
        difference=unit,
        contribution=weight * unit,
        weight_break_even=at,
        weight_reason=why,
        possible=possible,
        difference_break_even=difference,
        difference_reason=difference_why,
    )
