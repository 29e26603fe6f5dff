"""Proposals side by side: the records of ``sim.compare/1``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.files.written import figure
from sim.report.english import several_domains
from sim.results.records import (
    Document,
    Interval,
    OnEvidence,
    OverallEvidence,
    PartyVerdict,
    Record,
    ScenarioInfo,
    Settings,
    Versions,
)
from sim.results.result import Outcome
from sim.results.verdicts import unsourced
from sim.scenario.labels import Labels

#: With up to this many rows, every two are compared term by term; with more, the best with each other one.
EVERY_PAIR = 3

# --- rows ---------------------------------------------------------------------------------------


class RowSource(Record):
    """Where a row comes from: a scenario file that was scored, or a saved run."""

    kind: Literal["file", "saved"]
    path: str


class RowParty(Record):
    id: str
    name: str
    consent_needed: bool
    silent: bool
    verdict: PartyVerdict
    acceptability: Interval
    own: Interval | None
    on_evidence: OnEvidence
    sole_blocker: float | None


class FillerShare(Record):
    """How much of the text is the modeller's own, and what joint acceptability other filler would give."""

    assumed_terms: int
    terms: int
    more_than_half: bool
    low: float | None
    high: float | None


class ModelledVerdict(Record):
    word: Outcome
    parties: tuple[str, ...]
    text: str


class Row(Record):
    """One proposal; ``name`` is unique, the id with the label of its edits; ``called`` is the same as shown.

    ``domain`` is the title of its domain, None where a saved run has no scenario file beside it.
    """

    name: str
    called: str
    label: str | None
    source: RowSource
    domain: str | None
    scenario: ScenarioInfo
    settings: Settings
    joint_acceptability: Interval | None
    weakest_party: str | None
    weakest_share: float | None
    refusing: int
    on_evidence: OverallEvidence
    parties: tuple[RowParty, ...]
    filler: FillerShare
    consent_not_modelled: tuple[str, ...]
    verdict: ModelledVerdict

    @property
    def joint(self) -> float | None:
        """The joint share; None where nobody is asked."""
        return None if self.joint_acceptability is None else self.joint_acceptability.estimate

    @property
    def merit(self) -> tuple[float, int, float]:
        """What rows are sorted by; a text that nobody is asked about comes last.

        Shares are rounded as they are written, so that a row that was saved ties with the same row scored again.
        """
        joint, weakest = (figure(-1.0 if share is None else share) for share in (self.joint, self.weakest_share))
        return joint, -self.refusing, weakest

    @property
    def asked(self) -> list[str]:
        """The parties whose answers make the joint share."""
        return [p.id for p in self.parties if p.consent_needed and not p.silent]

    @property
    def mostly_filler(self) -> bool:
        """Whether more than half of the text is filler, in a domain where the rest is not."""
        return self.filler.more_than_half and not unsourced(self.settings)


# --- two rows term by term ------------------------------------------------------------------------


class PartyTerm(Record):
    """A term as one party sees it in the one and the other text, and its mean gain from it in each."""

    party: str
    seen_in_a: str | None
    seen_in_b: str | None
    gain_in_a: float
    gain_in_b: float
    difference: float


class DifferingTerm(Record):
    """An issue whose term differs, as written or as some party sees it; an option is null where left open."""

    issue: str
    in_a: str | None
    in_b: str | None
    parties: tuple[PartyTerm, ...]


class IssueGap(Record):
    issue: str
    difference: float


class PartyDifference(Record):
    """One party's mean gain in the first text minus that in the second, and what it is made of.

    ``difference = from_differing_terms + from_other_terms + from_costs``, the first two of means over the
    draws, the last of middles of ranges. Of an alliance, verdicts are
    its own, without its members'. ``most_other_terms`` are the unchanged terms whose gain differs most. ``why`` is a
    sentence where the verdict changes, else null.
    """

    party: str
    name: str
    verdict_in_a: PartyVerdict
    verdict_in_b: PartyVerdict
    positions_differ: bool
    from_differing_terms: float
    from_other_terms: float
    from_costs: float
    difference: float
    most_other_terms: tuple[IssueGap, ...]
    why: str | None


class ProposalDifference(Record):
    """Proposal ``a`` against proposal ``b``, by the names of their rows."""

    a: str
    b: str
    terms: tuple[DifferingTerm, ...]
    parties: tuple[PartyDifference, ...]
    only_in_a: tuple[str, ...]
    only_in_b: tuple[str, ...]


# --- one scenario under different edits -------------------------------------------------------------


class RowShareChange(Record):
    """A share in the one and the other row; ``change`` has its paired 95% interval (sampling error only)."""

    before: float | None
    after: float | None
    change: Interval | None


class PartyChange(RowShareChange):
    party: str
    name: str


class EditEffect(Record):
    """Row ``after`` against row ``before``; without common draws the changes are null and ``missing`` says why."""

    scenario: str
    before: str
    after: str
    joint: RowShareChange
    parties: tuple[PartyChange, ...]
    missing: str | None


# --- ranks ----------------------------------------------------------------------------------------


class Ranked(Record):
    """One proposal in one ranking; shares of draws.

    ``ranks[r]`` is the rank acceptability index of rank r + 1, ``wins_over`` the pairwise winning
    index against each other proposal. ``first`` counts the draws in which the proposal is first, alone
    or with others. ``central_weights`` are mean weights, by party and issue, over these draws, and
    ``confidence`` the share of all draws in which it is first when weights are held there, so that it
    carries their sampling error besides its own; null with a reason in ``central_missing`` where the
    proposal is first in fewer than :data:`sim.analysis.compare.ranking.ENOUGH` draws.
    """

    proposal: str
    ranks: tuple[float, ...]
    wins_over: dict[str, float]
    first: int
    central_weights: dict[str, dict[str, float]] | None
    confidence: float | None
    central_missing: str | None


class Ranking(Record):
    """All proposals as one party ranks them; ``party`` is null for the needed parties jointly.

    ``mean_weights`` are mean weights by party and issue over all draws, to set central weights against.
    """

    party: str | None
    name: str
    mean_weights: dict[str, dict[str, float]]
    proposals: tuple[Ranked, ...]


class Smaa(Record):
    draws: int
    seed: int
    jointly: Ranking | None
    jointly_missing: str | None
    parties: tuple[Ranking, ...]

    @property
    def rankings(self) -> tuple[Ranking, ...]:
        """The joint one, where there is one, then every party's."""
        return (*(() if self.jointly is None else (self.jointly,)), *self.parties)


# --- the whole --------------------------------------------------------------------------------------


class Comparison(Document):
    """Rows are sorted by joint acceptability, then the number of parties that refuse, then the weakest party's share.

    Best first; those of different domains are not ranked and stay in the order in which they were given.
    """

    schema_: Literal["sim.compare/1"] = Field("sim.compare/1", alias="schema")
    rows: tuple[Row, ...]
    smaa: Smaa | None
    smaa_missing: str | None
    differences: tuple[ProposalDifference, ...]
    changes: tuple[EditEffect, ...]
    warnings: tuple[str, ...]
    labels: Labels = Labels()
    versions: Versions

    @property
    def apart(self) -> str | None:
        """The warning that the rows are of different domains; None where they are of one."""
        return several_domains([row.domain for row in self.rows if row.domain is not None])

    @property
    def called(self) -> dict[str, str]:
        """Names of rows to the names shown."""
        return {row.name: row.called for row in self.rows}

    @property
    def people(self) -> dict[str, str]:
        """Names of all parties by id, in the order in which they first come up."""
        return {p.id: p.name for row in self.rows for p in row.parties}
