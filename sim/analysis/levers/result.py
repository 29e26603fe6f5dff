"""The result of :func:`sim.analysis.levers.levers.levers`; ``results/README.md`` documents every key."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.analysis.levers.edits import Kind, Reason
from sim.analysis.shared.counting import Verdict
from sim.analysis.shared.evidence_alone import EvidenceAlone
from sim.engine.profiles import CellBasis
from sim.results.records import Document, Interval, PartyVerdict, Record, ScenarioInfo, Settings, Versions
from sim.scenario import schema
from sim.scenario.labels import Labels


class Shift(Record):
    """A share of draws before and after edits, on the same draws; the change has its paired 95% interval.

    ``gained`` and ``lost`` are the draws that turn to yes and to no.
    """

    before: Interval
    after: Interval
    change: Interval
    gained: int
    lost: int

    @property
    def still(self) -> bool:
        """Whether no draw turns either way; a change of zero may also be as many gained as lost."""
        return self.gained == self.lost == 0


class Moved(Shift):
    """A party's own share. It flips when its verdict is another."""

    verdict_before: PartyVerdict
    verdict_after: PartyVerdict
    flips: bool


class JointMoved(Shift):
    """The joint share, and the verdict, which hangs on each party asked as well. It flips when that is another."""

    verdict_before: Verdict
    verdict_after: Verdict
    flips: bool
    crosses_half: bool
    too_near: bool


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
    line_basis: CellBasis | None
    evidence: tuple[str, ...]

    @property
    def turns_on(self) -> CellBasis:
        """The basis of what bears on the text: of a whole cell the line crossed there, before the ranking."""
        return self.basis if self.line_basis is None else self.line_basis


class Lever(Edited):
    rank: int
    joint: JointMoved | None
    own: Moved
    with_members: tuple[WithMembers, ...]


class PartyMoved(Moved):
    party: str


class Pair(Record):
    rank: int
    edits: tuple[Edited, Edited]
    joint: JointMoved | None
    turns: bool
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
    ranked: tuple[Pair, ...] = Field(alias="found")


class Dropped(Record):
    """All red lines and refusals of some parties dropped at once; ``lines`` says how many."""

    parties: tuple[str, ...]
    edits: tuple[str, ...]
    lines: int
    joint: JointMoved | None
    own: tuple[PartyMoved, ...]


class AskedParty(Record):
    """Where a party asked stands before any edit; ``ceiling`` is the share in which all the others accept."""

    id: str
    name: str
    role: schema.Role
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
    every draw, whatever the sources say, so they are told apart from the levers. So are the edits of ``fewer_asked``,
    which make the sources silent on a party that is asked and so drop it from the joint figure.
    """

    schema_: Literal["sim.levers/1"] = Field("sim.levers/1", alias="schema")
    scenario: ScenarioInfo
    settings: Settings
    party: str | None
    issue: str | None
    joint: Interval | None
    verdict: Verdict | None
    verdict_reason: str | None
    on_evidence: EvidenceAlone
    parties: tuple[AskedParty, ...]
    assumed_terms: int
    terms: int
    sourced_veto: bool
    weight_ranges: tuple[str, ...]
    names: dict[str, str]
    levers: tuple[Lever, ...]
    new_lines: tuple[Lever, ...]
    fewer_asked: tuple[Lever, ...]
    dropped: tuple[Dropped, ...]
    dropped_reason: str | None
    left_out: tuple[LeftOut, ...]
    pairs: Pairs | None
    pairs_reason: str | None
    labels: Labels = Labels()
    versions: Versions

    @property
    def upward(self) -> bool:
        """Whether a flip that is looked for is towards acceptance."""
        return self.verdict not in (None, "accepted")

    @property
    def stuck(self) -> bool:
        """Whether no lever moves the joint share in any draw."""
        return all(x.joint is None or x.joint.still for x in self.levers)

    @property
    def new_lines_flip(self) -> bool:
        return any(x.joint is not None and x.joint.flips for x in self.new_lines)

    @property
    def flipping(self) -> tuple[Lever, ...]:
        """Levers that flip the verdict."""
        return tuple(x for x in self.levers if x.joint is not None and x.joint.flips)
