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
from typing import Literal

import numpy as np
from pydantic import Field

from sim.analysis.flip.reweighting import Allowed, Reweighting, nearest, reach, unit_break_even, weight_break_even
from sim.analysis.shared.expected import expected_values
from sim.analysis.shared.parties import certain, known_party, lines_crossed, sourced_veto
from sim.engine.acceptability import TIE, Z95, accepts_each, wilson
from sim.engine.draws import BLOCK, Array
from sim.engine.objections import term_basis
from sim.engine.packages import OPEN
from sim.engine.preferences import Memo, Preferences, weight_plan
from sim.engine.profiles import Case, Cell, Ordinal, Profile
from sim.files.grammar import listed
from sim.results.records import Document, Interval, LineRecord, Record, ScenarioInfo, Settings, Versions, versions
from sim.scenario import schema
from sim.scenario.labels import Labels, labels_of
from sim.scenario.loading import Loaded
from sim.simulation.score import compiled
from sim.simulation.summary import line_record, scenario_info, settings

#: Changes of weight below this are rounding of the solver.
_STILL = 1e-9


class Nearest(Record):
    """The nearest weights at which the expected gain is zero; ``moved`` is half of the L1 ``distance``."""

    distance: float
    moved: float
    weights: dict[str, float]
    changes: dict[str, float]


class IssueFlip(Record):
    issue: str
    option: str | None
    importance: str
    weight: float
    difference: float
    contribution: float
    weight_break_even: float | None
    weight_reason: str | None
    possible: tuple[float, float]
    difference_break_even: float | None
    difference_reason: str | None


class PartyFlip(Record):
    id: str
    name: str
    role: schema.Role
    asked: bool
    silent: bool
    acceptability: Interval
    mean_gain: Interval
    margin: float
    flips_to: Literal["accepts", "refuses"]
    cost: float
    cost_break_even: float
    reservation: float | None
    reservation_break_even: float | None
    reachable: tuple[float, float]
    nearest: Nearest | None
    nearest_reason: str | None
    reachable_within_classes: tuple[float, float]
    within_classes: Nearest | None
    within_classes_reason: str | None
    assumed_classes: tuple[str, ...]
    silent_issues: tuple[str, ...]
    silent_weight: float
    lines: tuple[LineRecord, ...]
    issues: tuple[IssueFlip, ...]

    @property
    def barred(self) -> float:
        """The greatest share of draws in which one line turns the text away, whatever the weights."""
        return max((x.share for x in self.lines), default=0.0)

    @property
    def vetoes(self) -> tuple[LineRecord, ...]:
        """Lines that bind in every draw: whatever the weights, the party refuses."""
        return tuple(x for x in self.lines if certain(x))


class FlipResult(Document):
    """Break-evens and nearest flips of one scenario."""

    schema_: Literal["sim.flip/1"] = Field("sim.flip/1", alias="schema")
    scenario: ScenarioInfo
    settings: Settings
    party: str | None
    assumed_terms: int
    terms: int
    sourced_veto: bool
    parties: tuple[PartyFlip, ...]
    labels: Labels = Labels()
    versions: Versions


def flip(loaded: Loaded, *, party: str | None = None) -> FlipResult:
    """Break-evens and nearest flips of every party, or of one, on the scenario's draws.

    Raises ValueError for a party there is not, Complaints where ranges leave almost nothing to draw from.
    """
    [case] = compiled([loaded])
    profiles = case.profiles if party is None else (known_party(case, party),)
    means = {p.id: _Means(case, p) for p in profiles}
    draws = case.scenario.draws
    for block in range(math.ceil(draws / BLOCK)):
        memo = Memo(case.scenario.seed, block)
        for found in means.values():
            found.add(memo, min(BLOCK, draws - block * BLOCK))
    return FlipResult(
        scenario=scenario_info(case, loaded.sha256),
        settings=settings(case),
        party=party,
        assumed_terms=len(case.assumed_issues),
        terms=len(case.space.issues),
        sourced_veto=sourced_veto(case),
        parties=tuple(_party(case, found) for found in means.values()),
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
        # their sums miss 1 by rounding alone
        beliefs = self._beliefs / (self._beliefs.sum() or 1.0)
        units, low, high = np.zeros((3, len(self.seen)))
        for j, option in enumerate(self.seen.tolist()):
            if option == OPEN:
                continue
            values = expected_values(self.profile.cells[j], self.case.space.sizes[j])
            if self.reservation is not None:
                units[j], high[j] = values[option], 1.0
                continue
            for share, outcome in zip(beliefs, self.profile.outcomes, strict=True):
                if outcome[j] not in (OPEN, option):
                    units[j] += share * (values[option] - values[outcome[j]])
                    high[j] += share
            high[j] = min(high[j], 1.0)
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
        found = float(self.weights @ self.units) - self.threshold
        return 0.0 if abs(found) <= TIE else found


def _party(case: Case, means: _Means) -> PartyFlip:
    profile = means.profile
    units, low, high = means.units()
    reservation, cost = means.reservation, means.cost
    score = _Score(case.space.issues, means.weights, units, (reservation or 0.0) - cost)
    margin = score.margin
    free = Allowed.anything(len(units))
    held = Allowed.by(weight_plan(profile))
    reachable, reachable_held = (
        (least - score.threshold + 0.0, greatest - score.threshold + 0.0)
        for least, greatest in (reach(units, free), reach(units, held))
    )
    unheard = [
        j
        for j, cell in enumerate(profile.cells)
        if _unordered(cell, int(means.seen[j])) and abs(units[j]) <= TIE < min(score.weights[j], high[j] - low[j])
    ]
    silent = "the sources are silent on it: there is nothing to weigh" if profile.silent else None
    anywhere = None if silent else nearest(score.weights, units, score.threshold, free)
    within = None if silent else nearest(score.weights, units, score.threshold, held)
    return PartyFlip(
        id=profile.id,
        name=profile.name,
        role=profile.role,
        asked=profile.id in case.asked,
        silent=profile.silent,
        acceptability=Interval(**wilson(means.accepted, means.draws)._asdict()),
        mean_gain=means.gain,
        margin=margin,
        flips_to="accepts" if margin < 0 else "refuses",
        cost=cost,
        cost_break_even=cost - margin,
        reservation=reservation,
        reservation_break_even=None if reservation is None else reservation + margin,
        reachable=reachable,
        nearest=_nearest(score, anywhere),
        nearest_reason=None if anywhere else silent or _stuck(case, score, means, reachable),
        reachable_within_classes=reachable_held,
        within_classes=_nearest(score, within),
        within_classes_reason=None if within else silent or _held_back(score, reachable_held),
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


def _nearest(score: _Score, found: Reweighting | None) -> Nearest | None:
    if found is None:
        return None
    changes = found.weights - score.weights
    return Nearest(
        distance=found.distance,
        moved=found.distance / 2,
        weights={i: float(w) for i, w in zip(score.issues, found.weights, strict=True)},
        changes={i: float(x) for i, x in zip(score.issues, changes, strict=True) if abs(x) > _STILL},
    )


def _stuck(case: Case, score: _Score, means: _Means, reachable: tuple[float, float]) -> str:
    """Why no weights at all turn the expected gain."""
    if means.reservation is None and score.threshold == 0:
        labels = labels_of(case.scenario.domain)
        differing = [labels.issue(i) for i, d in zip(score.issues, score.units, strict=True) if abs(d) > TIE]
        side = "against" if score.margin < 0 else "for"
        return f"every issue on which it gains or loses in expectation counts {side} the text ({listed(differing)})"
    return f"whatever the weights, the expected gain {_end(score, reachable)}"


def _held_back(score: _Score, reachable: tuple[float, float]) -> str:
    return f"under them the expected gain {_end(score, reachable)}"


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
    at, why = weight_break_even(score.weights, score.units, score.threshold, j)
    difference, difference_why = unit_break_even(weight, unit, score.margin, low, high)
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
