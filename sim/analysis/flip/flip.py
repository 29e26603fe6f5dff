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
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.flip import reweighting
from sim.analysis.flip.result import FlipResult, IssueFlip, Nearest, PartyFlip
from sim.analysis.flip.reweighting import AllowedWeights, Reweighting
from sim.analysis.shared.expected import expected_terms
from sim.analysis.shared.parties import known_party, lines_crossed, sourced_veto
from sim.engine.acceptability import TIE, Z95, accepts_each, wilson
from sim.engine.draws import BLOCK, Array
from sim.engine.objections import term_basis
from sim.engine.packages import OPEN
from sim.engine.preferences import Memo, Preferences, weight_plan
from sim.engine.profiles import Case, Cell, Ordinal, Profile
from sim.files.grammar import listed
from sim.results.records import Interval, LineRecord, versions
from sim.scenario.labels import labels_of
from sim.scenario.loading import Loaded
from sim.simulation.score import compiled
from sim.simulation.summary import line_record, scenario_info, settings

#: Changes of weight below this are rounding of the solver.
_STILL = 1e-9


def flip(loaded: Loaded, *, party: str | None = None) -> FlipResult:
    """Break-evens of weights, and the nearest weights at which a party's answer turns, on the scenario's draws.

    Args:
        loaded: the scenario.
        party: this party alone, by id; by default every one.

    Returns:
        A party each: weights are shares of 1, distances the sum of what weights move by.

    Raises:
        ValueError: for a party that there is not.
        Complaints: where ranges leave almost nothing to draw from.

    Example:
        >>> import sim
        >>> [party.id for party in sim.flip(sim.load("istanbul", draws=200), party="us").parties]
        ['us']
    """
    [case] = compiled([loaded])
    profiles = case.profiles if party is None else (known_party(case, party),)
    means = {p.id: _Means(case, p) for p in profiles}
    draws = case.scenario.draws
    for block in range(math.ceil(draws / BLOCK)):
        memo = Memo(case.scenario.seed, block)
        for party_means in means.values():
            party_means.add(memo, min(BLOCK, draws - block * BLOCK))
    return FlipResult(
        scenario=scenario_info(case, loaded.sha256),
        settings=settings(case),
        party=party,
        assumed_terms=len(case.assumed_issues),
        terms=len(case.space.issues),
        sourced_veto=sourced_veto(case),
        parties=tuple(_party(case, m) for m in means.values()),
        labels=labels_of(case.scenario.domain),
        versions=versions(),
    )


class _Means:
    """Sums over draws of what a party's expected gain is made of; nothing here grows with draws."""

    def __init__(self, case: Case, profile: Profile) -> None:
        self.case, self.profile = case, profile
        self.seen = case.space.seen(case.text[None], profile.id)[0]
        self.crossed = sorted(lines_crossed(case, profile), key=lambda x: x.layer)
        self.draws = self.accepted = 0
        self._weights: Array = np.zeros(len(profile.cells))
        self._beliefs: Array = np.zeros(len(profile.outcomes))
        self._binding: Array = np.zeros(len(self.crossed))
        self._cost = self._reservation = self._gain = self._square = 0.0

    def add(self, memo: Memo, count: int) -> None:
        own = Preferences(self.profile, self.case.space.sizes, memo)
        gain = own.gain(self.seen)[:count]
        self.draws += count
        self.accepted += int(accepts_each(own, self.case.space, self.case.text[None])[0, :count].sum())
        self._weights += own.weights[:, :count].sum(axis=1)
        if own.beliefs is not None:
            self._beliefs += own.beliefs[:, :count].sum(axis=1)
        self._cost += _sum(own.cost, count)
        self._reservation += _sum(0.0 if own.reservation is None else own.reservation, count)
        self._gain += float(gain.sum())
        self._square += float((gain**2).sum())
        self._binding += [own.binds(line)[:count].sum() for line in self.crossed]

    @property
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

    def units(self) -> tuple[Array, Array, Array]:
        """What each issue is worth per unit of weight, and the least and greatest it could be. Shapes ``(issues,)``."""
        units, low, high = np.zeros((3, len(self.seen)))
        terms = expected_terms(self.profile, self.case.space.sizes, np.ones(len(self.seen)), self._beliefs)
        beliefs = self._beliefs / (self._beliefs.sum() or 1.0)  # their sums miss 1 by rounding alone
        for j, option in enumerate(self.seen.tolist()):
            if option == OPEN:
                continue
            units[j], high[j] = terms[j][option], 1.0
            if self.reservation is None:
                outcomes = zip(beliefs, self.profile.outcomes, strict=True)
                high[j] = min(sum(share for share, y in outcomes if y[j] not in (OPEN, option)), 1.0)
                low[j] = 0.0 - high[j]
        return units, low, high


def _sum(value: Array | float, count: int) -> float:
    return float(value[:count].sum()) if isinstance(value, np.ndarray) else value * count


# --- one party ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Score:
    """The expected gain as a score against a threshold; see :mod:`sim.analysis.flip.reweighting`."""

    issues: Sequence[str]
    weights: Array
    units: Array
    threshold: float

    @property
    def margin(self) -> float:
        margin = float(self.weights @ self.units) - self.threshold
        return 0.0 if abs(margin) <= TIE else margin


def _party(case: Case, means: _Means) -> PartyFlip:
    profile = means.profile
    units, low, high = means.units()
    reservation, cost = means.reservation, means.cost
    score = _Score(case.space.issues, means.weights, units, (reservation or 0.0) - cost)
    margin = score.margin
    free, classes = AllowedWeights.anything(len(units)), AllowedWeights.by(weight_plan(profile))
    reachable, reachable_within = (
        (least - score.threshold + 0.0, greatest - score.threshold + 0.0)
        for least, greatest in (reweighting.reach(units, free), reweighting.reach(units, classes))
    )
    unheard = [
        j
        for j, cell in enumerate(profile.cells)
        if _unordered(cell, int(means.seen[j])) and abs(units[j]) <= TIE < min(score.weights[j], high[j] - low[j])
    ]
    silent = "the sources are silent on it: there is nothing to weigh" if profile.silent else None
    anywhere = None if silent else reweighting.nearest(score.weights, units, score.threshold, free)
    within = None if silent else reweighting.nearest(score.weights, units, score.threshold, classes)
    forbidden = silent or f"under them the expected gain {_end(score, reachable_within)}"
    return PartyFlip(
        id=profile.id,
        name=profile.name,
        role=profile.role,
        asked=profile.id in case.asked,
        silent=profile.silent,
        acceptability=wilson(means.accepted, means.draws),
        mean_gain=means.gain,
        margin=margin,
        flips_to="accepts" if margin < 0 else "refuses",
        cost=cost,
        cost_break_even=cost - margin,
        reservation=reservation,
        reservation_break_even=None if reservation is None else reservation + margin,
        reachable=reachable,
        nearest=_nearest(score, anywhere),
        nearest_reason=None if anywhere else silent or _out_of_reach(case, score, means, reachable),
        reachable_within_classes=reachable_within,
        within_classes=_nearest(score, within),
        within_classes_reason=None if within else forbidden,
        assumed_classes=tuple(
            c.issue
            for c in profile.cells
            if c.weight is None and c.importance != "unknown" and c.importance_basis == "assumed"
        ),
        silent_issues=tuple(score.issues[j] for j in unheard),
        silent_weight=float(sum(score.weights[j] for j in unheard)),
        lines=means.lines,
        issues=tuple(_issue(case, means, score, j, float(low[j]), float(high[j])) for j in range(len(units))),
    )


def _unordered(cell: Cell, option: int) -> bool:
    """Whether the sources give an option no place of its own in the ranking."""
    return isinstance(cell.values, Ordinal) and option in (*cell.values.rest, *cell.values.unknown)


def _nearest(score: _Score, move: Reweighting | None) -> Nearest | None:
    if move is None:
        return None
    changes = move.weights - score.weights
    return Nearest(
        distance=move.distance,
        moved=move.distance / 2,
        weights={i: float(w) for i, w in zip(score.issues, move.weights, strict=True)},
        changes={i: float(x) for i, x in zip(score.issues, changes, strict=True) if abs(x) > _STILL},
    )


def _out_of_reach(case: Case, score: _Score, means: _Means, reachable: tuple[float, float]) -> str:
    """Why no weights at all turn the expected gain."""
    if means.reservation is None and score.threshold == 0:
        labels = labels_of(case.scenario.domain)
        differing = [labels.issue(i) for i, d in zip(score.issues, score.units, strict=True) if abs(d) > TIE]
        side = "against" if score.margin < 0 else "for"
        return f"every issue on which it gains or loses in expectation counts {side} the text ({listed(differing)})"
    return f"whatever the weights, the expected gain {_end(score, reachable)}"


def _figure(gain: float) -> str:
    """Two places; small gains in full, since 0 would say that zero is reached."""
    if abs(gain) <= TIE:
        return "0"
    return f"{gain:+.2f}" if abs(gain) >= 0.01 else f"{gain:+.2g}"


def _end(score: _Score, reachable: tuple[float, float]) -> str:
    """Where the expected gain stops on its way to zero."""
    low, high = (_figure(x) for x in reachable)
    return f"never rises above {high}" if score.margin < 0 else f"never falls below {low}"


def _issue(case: Case, means: _Means, score: _Score, j: int, low: float, high: float) -> IssueFlip:
    option, cell = int(means.seen[j]), means.profile.cells[j]
    weight, unit = float(score.weights[j]), float(score.units[j])
    at, why = reweighting.weight_break_even(score.weights, score.units, score.threshold, j)
    difference, difference_why = reweighting.unit_break_even(weight, unit, score.margin, low, high)
    return IssueFlip(
        issue=score.issues[j],
        option=None if option == OPEN else case.space.options[j][option],
        importance=str(cell.importance) if cell.weight is None else f"weight {cell.weight.words}",
        weight=weight,
        difference=unit,
        contribution=weight * unit,
        weight_break_even=at,
        weight_reason=why,
        possible=(low, high),
        difference_break_even=difference,
        difference_reason=difference_why,
    )
