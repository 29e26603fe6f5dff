"""What a frontier of the package space returns; ``results/README.md`` documents every key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from pydantic import Field, PrivateAttr

from sim.analysis.frontier.solutions import Concept, Reason
from sim.analysis.shared.records import ConstraintRef, PartyLine, Question
from sim.analysis.shared.texts_beside import Skipped
from sim.files.arguments import InvalidArgument, UnknownName, several
from sim.results.records import Interval, Record, TermChange, Versions, WeightByBasis
from sim.scenario import schema
from sim.scenario.labels import Labels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Which lines bind: those of a layer and all firmer ones, or none.
RedLines = Literal["all", "inferred", "stated", "none"]
RED_LINES: tuple[RedLines, ...] = get_args(RedLines)
#: How the parties were chosen: named by the user, all principals, all parties with positions but ratifiers.
PartiesBy = Literal["named", "principals", "positions"]


class FrontierOptions(Record):
    """What was asked for."""

    parties: tuple[str, ...]
    parties_by: PartiesBy
    red_lines: RedLines
    constraints: schema.Severity
    keep: tuple[str, ...]
    epsilon: float
    top: int


class FrontierSpace(Record):
    """Packages in all; that keep the constraints and are not no deal; and that are possible agreements besides.

    ``possible_turned`` are possible ones with another option of the turning issue than the text; None without one.
    ``equal_no_deal`` are the outcomes of no deal that some package equals, which therefore is left out.
    """

    combinations: int
    feasible: int
    possible: int
    possible_turned: int | None
    equal_no_deal: tuple[str, ...]


class PollLine(PartyLine):
    """A line of a poll with a range, ``holds``; its mean decides whether it binds here.

    ``quota`` is that of a party that decides by voters, None where the range is one of chances.
    """

    holds: tuple[float, float]
    quota: float | None
    mean: float
    binds: bool


class FrontierPoint(Record):
    """A point of the frontier, and of its packages the one that changes the tabled text least.

    ``number`` counts from 1, best for the first party first. ``others`` are the gains of those asked besides.
    ``all_accept`` is by expected gains, ``joint_acceptability`` the share of draws.
    """

    number: int
    gains: dict[str, float]
    others: dict[str, float]
    packages: int | None
    terms: dict[str, str]
    changes: tuple[TermChange, ...]
    asks: tuple[str, ...]
    all_accept: bool
    joint_acceptability: Interval | None
    crosses: tuple[PartyLine, ...]
    breaks: tuple[ConstraintRef, ...]


class SolutionPoint(Record):
    """``value`` is what is greatest there: a product, a share of the ideals, a gain, a sum."""

    concept: Concept
    reason: Reason | None
    value: float | None
    ties: int
    point: FrontierPoint | None


class PartyRange(Record):
    """Of a party chosen: its gains on the frontier, and the most it gets where all get at least no deal."""

    id: str
    asked: Literal["always", "sometimes", "never"]
    least: float | None
    most: float | None
    ideal: float | None
    weight_by_basis: WeightByBasis


class Better(Record):
    """The point at which all parties chosen gain most at once over a proposal, or some at nobody's cost."""

    number: int
    gains: dict[str, float]
    changes: tuple[TermChange, ...]


class ProposalPlace(Record):
    """A shipped text under the scenario's positions, and how far from the frontier it lies.

    An open issue stays as no deal leaves it: it adds nothing to any gain. ``slack`` is how much all parties chosen
    could gain at once, negative where every point of the frontier gives some of them less. ``dominated``: a point
    gives none of them less and some more; over these points ``sum_gain`` and ``most_gain`` are the greatest gain of
    all together and of each. ``departs`` are issues to keep on which it has another option than the tabled text.
    """

    id: str
    title: str
    date: dt.date
    tabled: bool
    open_issues: tuple[str, ...]
    gains: dict[str, float]
    breaks: tuple[ConstraintRef, ...]
    crosses: tuple[PartyLine, ...]
    nobody_asked: bool
    departs: tuple[str, ...]
    equals_no_deal: tuple[str, ...]
    possible: bool | None
    all_accept: bool | None
    joint_acceptability: Interval | None
    efficient: bool | None
    slack: float | None
    distance: float | None
    dominated: bool | None
    dominating: int
    sum_gain: float | None
    most_gain: dict[str, float] | None
    better: Better | None


class ZoneParty(Record):
    """How many packages a party is asked about, and what it would answer."""

    id: str
    asked_about: int
    would_accept: int
    accepts: int
    refuses: int
    refuses_by_line: int


class ZonePair(Record):
    """How many packages several parties would accept together."""

    parties: tuple[str, ...]
    packages: int


class ZoneByLayer(Record):
    """The size of the zone with stated lines only, with inferred ones too, and with assumed ones too."""

    stated: int
    inferred: int
    assumed: int


class FrontierZone(Record):
    """Feasible packages that all who are asked accept on expected gains."""

    feasible: int
    acceptable: int
    acceptable_turned: int | None
    by_layer: ZoneByLayer
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
    listed: tuple[FrontierPoint, ...]


class PointGains(Record):
    """As a row of the CSV and a mark of the figure: every point, without its terms."""

    number: int
    gains: tuple[float, ...]
    packages: int | None
    all_accept: bool


class Frontier(Question):
    """The efficient packages of the whole space for some parties.

    Example:
        >>> import sim
        >>> loaded = sim.load("austria_1955/state_treaty_1955", draws=100)
        >>> frontier: sim.Frontier = sim.frontier(loaded, parties=["ussr", "austria"])
        >>> frontier.space.combinations >= frontier.space.feasible >= frontier.space.possible
        True
    """

    schema_: Literal["sim.frontier/1"] = Field("sim.frontier/1", alias="schema")
    options: FrontierOptions
    space: FrontierSpace
    parties: tuple[PartyRange, ...]
    frontier: Points
    solutions: tuple[SolutionPoint, ...]
    least_bad: FrontierPoint | None
    better: FrontierPoint | None
    polls: tuple[PollLine, ...]
    proposals: tuple[ProposalPlace, ...]
    skipped: tuple[Skipped, ...]
    zone: FrontierZone | None
    zone_missing: str | None
    names: dict[str, str]
    consent_not_modelled: tuple[str, ...]
    labels: Labels = Labels()
    versions: Versions
    _every: tuple[PointGains, ...] = PrivateAttr(default=())

    @property
    def every(self) -> tuple[PointGains, ...]:
        """All points of the frontier, which JSON leaves out for their number; empty in a document read back."""
        return self._every

    @property
    def whole(self) -> bool:
        """Whether its points are all at hand."""
        return len(self._every) == self.frontier.total

    def plot(
        self, path: str | Path | None = None, *, title: str | None = None, axes: Sequence[str] | None = None
    ) -> Figure:
        """The gains of two of the parties, by default the first two; otherwise as of every document."""
        if axes is not None:
            axes = several("axes", axes, "'russia', 'ukraine'")
            for party in axes:
                if party not in self.options.parties:
                    raise UnknownName("party of the frontier", party, self.options.parties)
            if len(axes) != 2:
                raise InvalidArgument(f"axes are two of the parties of the frontier, not {len(axes)}")
        return self._plotted(path, title, axes=axes)

    def with_every(self, points: tuple[PointGains, ...]) -> Frontier:
        """The document with all its points."""
        self._every = points
        return self
