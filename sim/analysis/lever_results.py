"""The result of :func:`sim.analysis.levers.levers`; ``results/README.md`` documents every key."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.analysis.lever_edits import Kind, Reason
from sim.profiles import CellBasis
from sim.results import Document, Interval, PartyVerdict, Record, ScenarioInfo, Settings, Versions
from sim.verdict import HALF


class Moved(Record):
    """A share of draws before and after edits, on the same draws; the change has its paired 95% interval."""

    before: Interval
    after: Interval
    change: Interval
    verdict: PartyVerdict
    flips: bool


class WithMembers(Record):
    """Acceptability of an alliance as results report it: with its members."""

    party: str
    before: float
    after: float


class Edited(Record):
    """One edit of one cell, in words and as a text for ``--set``."""

    party: str
    issue: str | None
    kind: Kind
    edit: str
    what: str
    before: str
    after: str
    basis: CellBasis
    evidence: tuple[str, ...]


class Lever(Edited):
    rank: int
    joint: Moved | None
    own: Moved
    with_members: tuple[WithMembers, ...]


class PartyMoved(Moved):
    party: str


class Pair(Record):
    rank: int
    edits: tuple[Edited, Edited]
    joint: Moved | None
    own: tuple[PartyMoved, ...]


class Pairs(Record):
    needed: bool
    wanted: Literal["accepts", "refuses"]
    across_counted: int
    within_scored: int
    exhaustive: bool
    rule: str
    ceiling: float
    flips: int
    found: tuple[Pair, ...]


class Dropped(Record):
    """All red lines and refusals of some parties dropped at once; ``lines`` says how many."""

    parties: tuple[str, ...]
    edits: tuple[str, ...]
    lines: int
    joint: Moved | None
    own: tuple[PartyMoved, ...]


class Standing(Record):
    """Where a party asked stands before any edit; ``ceiling`` is the share in which all the others accept."""

    id: str
    name: str
    acceptability: Interval
    verdict: PartyVerdict
    vetoes: tuple[str, ...]
    ceiling: float


class LeftOut(Record):
    reason: Reason
    why: str
    cannot_matter: bool
    count: int
    edits: tuple[str, ...]


class LeversResult(Document):
    """The levers of one scenario.

    ``new_lines`` are the edits that add a red line on what the text says. They take the party's acceptance away in
    every draw, whatever the sources say, so they are told apart from the levers.
    """

    schema_: Literal["sim.levers/1"] = Field("sim.levers/1", alias="schema")
    scenario: ScenarioInfo
    settings: Settings
    party: str | None
    issue: str | None
    joint: Interval | None
    verdict: PartyVerdict | None
    verdict_reason: str | None
    parties: tuple[Standing, ...]
    assumed_terms: int
    terms: int
    sourced_veto: bool
    names: dict[str, str]
    levers: tuple[Lever, ...]
    new_lines: tuple[Lever, ...]
    dropped: tuple[Dropped, ...]
    dropped_reason: str | None
    left_out: tuple[LeftOut, ...]
    pairs: Pairs | None
    pairs_reason: str | None
    versions: Versions

    @property
    def upward(self) -> bool:
        """Whether a flip would be to acceptance."""
        return self.joint is not None and self.joint.estimate < HALF

    @property
    def new_lines_flip(self) -> bool:
        return any(x.joint is not None and x.joint.flips for x in self.new_lines)

    @property
    def flipping(self) -> tuple[Lever, ...]:
        """Levers that flip the joint verdict."""
        return tuple(x for x in self.levers if x.joint is not None and x.joint.flips)
