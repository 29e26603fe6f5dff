"""Records that several questions share: how a text stands, the lines and constraints in its way, files left out."""

from __future__ import annotations

from typing import Literal

from sim.analysis.shared.counting import Verdict
from sim.analysis.shared.evidence_alone import EvidenceAlone
from sim.engine.packages import Rule
from sim.results.records import Interval, Record
from sim.scenario import schema


class ConstraintRef(Record):
    id: str
    severity: schema.Severity
    why: str


def constraint_ref(rule: Rule) -> ConstraintRef:
    """How a result names a constraint."""
    return ConstraintRef(id=rule.constraint.id, severity=rule.constraint.severity, why=rule.constraint.why)


class BlockingLine(Record):
    kind: Literal["red_line", "refusal"]
    issue: str | None
    option: str | None
    refusal: str | None
    basis: str


class Standing(Record):
    id: str
    acceptability: Interval
    gain: float


class Base(Record):
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
