"""The result of :func:`sim.analysis.flip.flip.flip`; ``results/README.md`` documents every key."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from sim.analysis.shared.parties import certain
from sim.analysis.shared.records import Question
from sim.results.records import Interval, LineRecord, Record, Sparing, Versions
from sim.scenario import schema
from sim.scenario.labels import Labels


class Nearest(Record):
    """The nearest weights at which the expected gain is zero; ``moved`` is half of the L1 ``distance``."""

    distance: float
    moved: float
    weights: dict[str, float]
    changes: dict[str, float]


class IssueFlip(Record):
    """What an issue adds to a party's gain, and the weight or difference at which the gain is zero."""

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
    """How near a party's expected gain is to zero, and which weights would take it there."""

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


class FlipResult(Question, Sparing):
    """Break-evens and nearest flips of one scenario; ``left_out`` are parties that judge by rules of their own.

    Example:
        >>> import sim
        >>> flips: sim.FlipResult = sim.flip(sim.load("istanbul", draws=200))
        >>> [party.id for party in flips.parties][:2]
        ['russia', 'ukraine']
    """

    _SPARED: ClassVar[tuple[str, ...]] = ("left_out",)

    schema_: Literal["sim.flip/1"] = Field("sim.flip/1", alias="schema")
    party: str | None
    assumed_terms: int
    terms: int
    sourced_veto: bool
    parties: tuple[PartyFlip, ...]
    left_out: tuple[str, ...] = ()
    labels: Labels = Labels()
    versions: Versions
