"""The result of :func:`sim.analysis.sobol.sobol.sobol`; ``results/README.md`` documents every key."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.analysis.shared.records import Question
from sim.analysis.sobol.groups import Kind
from sim.results.records import Interval, Record, Versions
from sim.scenario import schema
from sim.scenario.labels import Labels

Level = Literal["party", "kind", "issue"]
Output = Literal["gain", "acceptance", "joint"]
OUTPUTS: tuple[Output, ...] = ("joint", "acceptance", "gain")


class GroupName(Record):
    """What a group of uncertain quantities is called."""

    party: str
    kind: Kind | None
    issue: str | None


class Index(Record):
    """First-order and total index of a group, shares of the variance."""

    first: Interval
    total: Interval


class GroupIndices(GroupName):
    """The indices of one group for each output, or why there is none."""

    level: Level
    idle: str | None
    joint: Index | None
    joint_reason: str | None
    acceptance: Index | None
    acceptance_reason: str | None
    acceptance_caution: str | None
    gain: Index | None
    gain_reason: str | None

    def index(self, output: Output) -> Index | None:
        """The index for an output."""
        return {"joint": self.joint, "acceptance": self.acceptance, "gain": self.gain}[output]

    def reason(self, output: Output) -> str | None:
        """Why there is no index for an output."""
        return {"joint": self.joint_reason, "acceptance": self.acceptance_reason, "gain": self.gain_reason}[output]


class PartySpread(Record):
    """A party's share, and the spread of its gain in units of utility."""

    id: str
    name: str
    role: schema.Role
    asked: bool
    acceptability: Interval
    mean_gain: float
    gain_sd: float


class Order(Record):
    """Whether the order of the leading groups, by total index, is settled."""

    level: Level
    output: Output
    party: str | None
    leaders: tuple[GroupName, ...]
    leaders_at_half: tuple[GroupName, ...]
    share_in_order: float | None
    settled: bool
    largest_shift: float
    widest: float


class SobolResult(Question):
    """Grouped Sobol' indices of one scenario.

    Example:
        >>> import sim
        >>> result: sim.SobolResult = sim.sobol(sim.load("istanbul"), n=64)
        >>> result.n
        64
    """

    schema_: Literal["sim.sobol/1"] = Field("sim.sobol/1", alias="schema")
    n: int
    evaluations: int
    resamples: int
    party: str | None
    assumed_terms: int
    terms: int
    sourced_veto: bool
    joint_acceptability: Interval | None
    joint_reason: str | None
    parties: tuple[PartySpread, ...]
    groups: tuple[GroupIndices, ...]
    orders: tuple[Order, ...]
    labels: Labels = Labels()
    versions: Versions

    def name(self, party: str) -> str:
        """A party's name; KeyError where there is none of that id."""
        return {p.id: p.name for p in self.parties}[party]
