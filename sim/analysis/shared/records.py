"""Records that several questions share: how a text stands, the lines and constraints in its way, files left out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.analysis.shared.counting import Verdict
from sim.analysis.shared.evidence_alone import EvidenceAlone
from sim.engine.packages import Rule
from sim.engine.profiles import Line
from sim.results.records import Document, Interval, Record, ScenarioInfo, Settings
from sim.scenario import schema


class Question(Document):
    """What the document of a question begins with: its form, which text it is on, and how that is scored."""

    schema_: str = Field(alias="schema")
    scenario: ScenarioInfo
    settings: Settings


class ConstraintRef(Record):
    """A constraint, by what a reader needs of it."""

    id: str
    severity: schema.Severity
    why: str


def constraint_ref(rule: Rule) -> ConstraintRef:
    """How a result names a constraint."""
    return ConstraintRef(id=rule.constraint.id, severity=rule.constraint.severity, why=rule.constraint.why)


class BlockingLine(Record):
    """A line in the way."""

    kind: Literal["red_line", "refusal"]
    issue: str | None
    option: str | None
    refusal: str | None
    basis: str


class PartyLine(BlockingLine):
    """A line, and who draws it."""

    party: str


def blocking_line(line: Line) -> BlockingLine:
    """How a result names a red line or a refusal."""
    return BlockingLine(
        kind=line.kind,
        issue=line.issue,
        option=line.id if line.kind == "red_line" else None,
        refusal=line.id if line.kind == "refusal" else None,
        basis=line.basis,
    )


def party_line(party: str, line: Line) -> PartyLine:
    """As :func:`blocking_line`, with who draws it."""
    return PartyLine(party=party, **blocking_line(line).model_dump())


class Standing(Record):
    """A party as the text is tabled: its share, and its mean gain in units of utility."""

    id: str
    acceptability: Interval
    gain: float


class PartyEffect(Record):
    """A party under a changed text, and against the text as tabled: an alliance accepts with its members."""

    id: str
    consent_needed: bool
    acceptability: Interval
    change: Interval
    gain: float
    gain_change: float


class Base(Record):
    """The text as tabled, against which others are measured."""

    joint_acceptability: Interval
    verdict: Verdict
    on_evidence: EvidenceAlone
    weakest_party: str
    open_issues: tuple[str, ...]
    may_be_open: bool
    assumed_terms: int
    terms: int
    parties: tuple[Standing, ...]


class Skipped(Record):
    """A file beside the scenario that is no proposal in the same space."""

    file: str
    why: str
