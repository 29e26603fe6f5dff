"""What a frontier of the package space returns; ``results/README.md`` documents every key."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field, PrivateAttr

from sim import schema
from sim.analysis.amendments import BlockingLine, ConstraintRef
from sim.analysis.binding import RedLines
from sim.analysis.solutions import Concept, Reason
from sim.results import Document, Record, ScenarioInfo, Settings, Versions

#: How the parties were chosen: named by the user, all principals, all parties with positions but ratifiers.
PartiesBy = Literal["named", "principals", "positions"]


class Options(Record):
    parties: tuple[str, ...]
    parties_by: PartiesBy
    red_lines: RedLines
    constraints: schema.Severity
    epsilon: float
    top: int


class SpaceSize(Record):
    """Packages in all; that keep the constraints; and that are possible agreements besides."""

    combinations: int
    feasible: int
    possible: int


class Difference(Record):
    """A term that is another than in the text compared with; ``before`` is None where that leaves it open."""

    issue: str
    before: str | None = Field(alias="from")
    after: str = Field(alias="to")


class CrossedLine(BlockingLine):
    """A line of a party asked."""

    party: str


class Point(Record):
    """A point of the frontier, and of its packages the one that changes the tabled text least.

    ``number`` counts from 1, best for the first party first. ``others`` are the gains of those asked besides.
    """

    number: int
    gains: dict[str, float]
    others: dict[str, float]
    packages: int | None
    terms: dict[str, str]
    changes: tuple[Difference, ...]
    asks: tuple[str, ...]
    all_accept: bool
    crosses: tuple[CrossedLine, ...]
    breaks: tuple[ConstraintRef, ...]


class SolutionPoint(Record):
    """``value`` is what is greatest there: a product, a share of the ideals, a gain, a sum."""

    concept: Concept
    reason: Reason | None
    value: float | None
    ties: int
    point: Point | None


class PartyRange(Record):
    """Of a party chosen: its gains on the frontier, and the most it gets where all get at least no deal."""

    id: str
    asked: Literal["always", "sometimes", "never"]
    least: float | None
    most: float | None
    ideal: float | None


class Better(Record):
    """The point at which all parties chosen gain most at once over a proposal."""

    number: int
    gains: dict[str, float]
    changes: tuple[Difference, ...]


class ProposalPlace(Record):
    """A shipped text under the scenario's positions, and how far from the frontier it lies.

    An open issue stays as no deal leaves it: it adds nothing to any gain. ``slack`` is how much all parties chosen
    could gain at once, negative where every point of the frontier gives some of them less.
    """

    id: str
    title: str
    date: dt.date
    tabled: bool
    open_issues: tuple[str, ...]
    gains: dict[str, float]
    breaks: tuple[ConstraintRef, ...]
    crosses: tuple[CrossedLine, ...]
    nobody_asked: bool
    possible: bool | None
    efficient: bool | None
    slack: float | None
    distance: float | None
    better: Better | None


class Skipped(Record):
    """A file beside the scenario that is no proposal in the same space."""

    file: str
    why: str


class ZoneParty(Record):
    id: str
    asked_about: int
    would_accept: int
    refuses: int
    refuses_by_line: int


class ZonePair(Record):
    parties: tuple[str, ...]
    packages: int


class Zone(Record):
    """Feasible packages that all who are asked accept on expected gains."""

    feasible: int
    acceptable: int
    nobody_asked: int
    parties: tuple[ZoneParty, ...]
    pairs: tuple[ZonePair, ...]
    conflicts: tuple[tuple[str, ...], ...]


class Points(Record):
    """The frontier; ``listed`` are some of its points, spread evenly from first to last.

    ``epsilon`` is the guarantee: for every possible package some point gives each party chosen at most so much less.
    """

    total: int
    packages: int | None
    at_least_no_deal: int
    all_accept: int
    epsilon: float
    resolution: float
    listed: tuple[Point, ...]


class FrontierPoint(Record):
    """As a row of the CSV and a mark of the figure: every point, without its terms."""

    number: int
    gains: tuple[float, ...]
    packages: int | None
    all_accept: bool


class Frontier(Document):
    """The efficient packages of the whole space for some parties."""

    schema_: Literal["sim.frontier/1"] = Field("sim.frontier/1", alias="schema")
    scenario: ScenarioInfo
    settings: Settings
    options: Options
    space: SpaceSize
    parties: tuple[PartyRange, ...]
    frontier: Points
    solutions: tuple[SolutionPoint, ...]
    least_bad: Point | None
    proposals: tuple[ProposalPlace, ...]
    skipped: tuple[Skipped, ...]
    zone: Zone | None
    names: dict[str, str]
    consent_not_modelled: tuple[str, ...]
    versions: Versions
    _every: tuple[FrontierPoint, ...] = PrivateAttr(default=())

    @property
    def every(self) -> tuple[FrontierPoint, ...]:
        """All points of the frontier, which JSON leaves out for their number; empty in a document read back."""
        return self._every

    def with_every(self, points: tuple[FrontierPoint, ...]) -> Frontier:
        """The document with all its points."""
        self._every = points
        return self
