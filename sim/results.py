"""The result of a run: one frozen pydantic model and its JSON.

``results/README.md`` documents every key. Shares of draws carry their 95% Wilson interval,
which is sampling error only; ``on_evidence`` is what the evidence alone allows.
"""

from __future__ import annotations

import datetime as dt
import platform
from importlib import metadata
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sim._version import __version__
from sim.naming import Labels

RESULTS = "sim.results/1"

PartyVerdict = Literal["accepts", "refuses", "divided"]
EvidenceVerdict = Literal["accepts", "refuses", "not settled"]


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Document(Record):
    """A record that is printed as one JSON object."""

    def to_json(self) -> str:
        return self.model_dump_json(by_alias=True, indent=1)


class Interval(Record):
    estimate: float
    low: float
    high: float


class ScenarioInfo(Record):
    id: str
    title: str
    label: str | None = None  # not in older documents, as ``labels``
    date: dt.date
    as_of: dt.date
    sha256: str

    @property
    def name(self) -> str:
        """What to call the text in tables and sentences."""
        return self.label or self.title


class Settings(Record):
    draws: int
    seed: int
    protocol: str
    evidence: str
    no_deal: str | None
    no_deal_basis: str | None
    turning_issue: str | None
    edits: tuple[str, ...]
    sources: Literal["some", "none", "no articles"] = "some"  # not in older documents


class OverallEvidence(Record):
    verdict: Literal["accepted", "refused", "not settled"]
    parties: tuple[str, ...]


class Filler(Record):
    low: float
    median: float
    high: float
    assumed_terms: int
    terms: int
    fillings: int
    every_filling: bool
    draws: int


class OnEvidence(Record):
    necessary: float
    possible: float
    verdict: EvidenceVerdict


class ByLayer(Record):
    stated: float
    inferred: float
    assumed: float


class ByTurningClass(Record):
    none: float
    minor: float
    moderate: float
    major: float
    critical: float


class Gain(Record):
    median: float
    p05: float
    p95: float


class Objection(Record):
    kind: Literal["red_line", "refusal", "issue"]
    issue: str | None
    option: str | None
    refusal: str | None
    share: float | None
    mean_loss: float | None
    term_basis: str | None
    holds: tuple[float, float] | None
    basis: str
    evidence: tuple[str, ...]


class Own(Record):
    acceptability: Interval
    verdict: PartyVerdict
    on_evidence: OnEvidence
    by_layer: ByLayer
    by_turning_class: ByTurningClass | None


class LineRecord(Record):
    kind: Literal["red_line", "refusal"]
    issue: str | None
    option: str | None
    refusal: str | None
    terms: dict[str, tuple[str, ...]]
    basis: str
    evidence: tuple[str, ...]
    holds: tuple[float, float] | None
    why: str | None
    crossed: bool
    share: float
    quota: float | None = None  # not in older documents


class WeightByBasis(Record):
    stated: float
    inferred: float
    assumed: float
    edited: float
    unknown: float


class BeliefsRecord(Record):
    ranges: dict[str, tuple[float, float]]
    basis: str
    evidence: tuple[str, ...]


class WeightByAge(Record):
    older: float
    younger: float


class IssueRecord(Record):
    issue: str
    option: str | None
    seen_as: str | None
    ranking: tuple[tuple[str, ...], ...] | None
    importance: str
    weight: float
    mean_gain: float
    start: dt.date | None = Field(alias="from")
    basis: str
    importance_basis: str
    evidence: tuple[str, ...]
    importance_evidence: tuple[str, ...]
    note: str | None


class Ratification(Record):
    """Whether a vote of the people is won, by how the polls are read: shares of draws, but ``yes``."""

    passes: float
    polls: float
    mixed: float
    decided: float | None
    yes: tuple[float, float]


class PartyResult(Record):
    id: str
    name: str
    role: str
    consent_needed: bool
    consent_because: str | None
    silent: bool
    verdict: PartyVerdict
    acceptability: Interval
    own: Own | None
    on_evidence: OnEvidence
    by_layer: ByLayer
    by_turning_class: ByTurningClass | None
    gain: Gain
    main_objection: Objection | None
    ratification: Ratification | None = None  # not in older documents
    sole_blocker: float | None
    weight_by_basis: WeightByBasis
    weight_by_age: WeightByAge
    beliefs: BeliefsRecord | None
    cost: tuple[float, float]
    reservation: tuple[float, float] | None
    lines: tuple[LineRecord, ...]
    issues: tuple[IssueRecord, ...]


class Completion(Record):
    terms: dict[str, str]
    joint_acceptability: float
    calls_on: tuple[str, ...]


class Open(Record):
    issues: tuple[str, ...]
    completions: int
    every_completion_listed: bool
    some_completion: float | None
    every_completion: float | None
    best: Completion | None
    worst: Completion | None


class TermsByBasis(Record):
    stated: int
    inferred: int
    proposed: int = 0
    assumed: int
    edited: int
    open: int


class TacticUsed(Record):
    """``tactic`` is None for a party that takes whatever is no worse than no deal."""

    party: str
    tactic: str | None
    parameter: str | None
    range: tuple[float, float] | None


class TalksSettings(Record):
    rounds: int
    proposers: tuple[str, ...]
    first_mover: str | None
    table: tuple[str, ...]
    ratifiers: tuple[str, ...]
    tactics: tuple[TacticUsed, ...]
    delay_cost: dict[str, tuple[float, float]]
    candidates: int
    every_text: bool
    changes: int | None
    named_texts: tuple[str, ...]
    equal_no_deal: tuple[str, ...] = ()
    temperature: tuple[float, float] | None


class AgreementRounds(Record):
    median: int
    p05: int
    p95: int


class TermChange(Record):
    issue: str
    before: str | None = Field(alias="from")
    to: str | None


class TalksText(Record):
    share: float
    tabled: bool
    names: tuple[str, ...]
    terms: dict[str, str | None]
    changes: tuple[TermChange, ...]


class TalksIssue(Record):
    issue: str
    tabled: str | None
    agreed: dict[str, float] | None
    left_open: float | None


class Move(Record):
    issue: str
    opening: str | None
    opening_share: float | None
    agreed: str | None
    agreed_share: float | None
    moved: float | None


class Proposer(Record):
    party: str
    proposed: float | None
    prefers_no_deal: float
    favourite_gain: float | None
    issues: tuple[Move, ...]


class TalksGain(Record):
    median: float
    p05: float
    p95: float
    mean: float
    best: float | None
    net_of_delay: float | None
    worse_off: float


class TalksParty(Record):
    party: str
    at_table: bool
    prefers_no_deal: float | None
    asked: float | None
    gain: TalksGain | None


class Refuser(Record):
    party: str
    share: float
    sole: float
    objection: Objection | None


class Breakdown(Record):
    """Why talks break down: shares of the draws in which they do."""

    missed: float
    unavoidable: float | None
    in_the_way: tuple[Refuser, ...]
    nobody_alone: float


class Efficiency(Record):
    efficient: Interval
    mean_slack: float


class AgainstVote(Record):
    """Shares of draws by what becomes of the tabled text taken or left, and of the talks."""

    accepted: Interval
    both: float
    agreed_only: float
    accepted_only: float
    neither: float


class Negotiation(Record):
    """How the talks over the text end; see :mod:`sim.talks.endings` for what ends them."""

    protocol: Literal["alternating_offers", "single_text"]
    settings: TalksSettings
    agreed: Interval
    ratification_failed: Interval
    broke_down: Interval
    agreements: int
    rounds: AgreementRounds | None
    agreed_by_round: tuple[float, ...]
    unratified_by_round: tuple[float, ...]
    breakdown: Breakdown | None
    turned_down: tuple[Refuser, ...]
    all_asked: float | None
    at_limit: float | None
    texts_draws: int
    different_texts: int
    texts: tuple[TalksText, ...]
    unratified_texts: tuple[TalksText, ...]
    issues: tuple[TalksIssue, ...]
    proposers: tuple[Proposer, ...]
    parties: tuple[TalksParty, ...]
    efficiency: Efficiency | None
    against_vote: AgainstVote | None


class Versions(Record):
    sim: str
    python: str
    numpy: str
    mesa: str


class Result(Document):
    """One scored scenario."""

    schema_: Literal["sim.result/1"] = Field("sim.result/1", alias="schema")
    scenario: ScenarioInfo
    settings: Settings
    joint_acceptability: Interval | None
    signed: Interval | None = None  # not in older documents
    joint_by_layer: ByLayer | None
    on_evidence: OverallEvidence
    weakest_party: str | None
    filler: Filler | None
    parties: tuple[PartyResult, ...]
    open: Open | None
    consent_not_modelled: tuple[str, ...]
    names: dict[str, str]
    terms_by_basis: TermsByBasis
    negotiation: Negotiation | None
    warnings: tuple[str, ...]
    verdict: str
    labels: Labels = Labels()
    versions: Versions

    def party(self, id: str) -> PartyResult:
        """The row of one party; KeyError where there is none."""
        for row in self.parties:
            if row.id == id:
                return row
        raise KeyError(id)

    @property
    def asked(self) -> tuple[PartyResult, ...]:
        """Rows of the parties whose consent is needed and on whom the sources are not silent."""
        return tuple(p for p in self.parties if p.consent_needed and not p.silent)


def versions() -> Versions:
    return Versions(
        sim=__version__,
        python=platform.python_version(),
        numpy=metadata.version("numpy"),
        mesa=metadata.version("mesa"),
    )
