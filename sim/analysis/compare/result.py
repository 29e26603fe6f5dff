"""Proposals side by side: the records of ``sim.compare/1``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import Field

from sim.analysis.compare.fixed_scores import BaselineRow
from sim.files.arguments import UnknownName
from sim.files.grammar import plural
from sim.files.written import figure
from sim.results import records
from sim.results.documents import Cell, Document
from sim.results.records import Count, Finding, Interval, PartyVerdict, Record, Share
from sim.results.result import LineName, Outcome, Unsourced
from sim.results.verdicts import unsourced
from sim.scenario.labels import Labels

#: With up to this many rows, every two are compared term by term; with more, the best with each other one.
EVERY_PAIR = 3
#: A setting in which rows may differ.
SettingName = Literal["draws", "seed", "evidence", "no_deal"]

# --- rows ---------------------------------------------------------------------------------------


class RowSource(Record):
    """Where a row comes from: a scenario file that was scored, or a saved run."""

    kind: Literal["file", "saved"]
    path: str


class RowParty(Record):
    """A party in one row."""

    id: str
    name: str
    consent_needed: bool
    silent: bool
    verdict: PartyVerdict
    acceptability: Interval
    own: Interval | None
    on_evidence: records.OnEvidence
    sole_blocker: float | None


class FillerShare(Record):
    """How much of the text is the modeller's own, and what joint acceptability other filler would give."""

    assumed_terms: int
    terms: int
    more_than_half: bool
    low: float | None
    high: float | None


class ModelledVerdict(Record):
    """What the model makes of a row, whose doing it is, and in words."""

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
    scenario: records.ScenarioInfo
    settings: records.Settings
    joint_acceptability: Interval | None
    weakest_party: str | None
    weakest_share: float | None
    refusing: int
    on_evidence: records.OverallEvidence
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
    """An issue, and by how much the party gains more on it, in units of utility."""

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
    """What an edit does to a party's share."""

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
    """Ranks by gain on common draws, of all together and of each party."""

    draws: int
    seed: int
    jointly: Ranking | None
    jointly_missing: str | None
    parties: tuple[Ranking, ...]

    @property
    def rankings(self) -> tuple[Ranking, ...]:
        """The joint one, where there is one, then every party's."""
        return (*(() if self.jointly is None else (self.jointly,)), *self.parties)


# --- what is worth saying -----------------------------------------------------------------------------


class DifferentDomains(Finding, kind="different_domains"):
    """The rows are of domains with these titles, so that none is better than another."""

    domains: tuple[str, ...]


class RowByItself(Finding, kind="row_by_itself"):
    """A row that is not ranked; ``joint`` is null where nobody is asked."""

    row: str
    joint: Share | None


class NoRowAsks(Finding, kind="no_row_asks"):
    """No row has a joint share."""


class RowsOnEvidence(Finding, kind="rows_on_evidence"):
    """What the evidence alone settles of each row; ``edited``: of some row the evidence is edited."""

    accepted: tuple[str, ...]
    refused: tuple[str, ...]
    refused_by_inference: tuple[str, ...]
    unknown: tuple[str, ...]
    edited: bool


class BestRows(Finding, kind="best_rows"):
    """The row that does best, or those between which nothing decides; ``accepted`` of all ``rows`` are, as modelled."""

    best: tuple[str, ...]
    joint: Share
    accepted: Count
    rows: Count


class SameJointShare(Finding, kind="same_joint_share"):
    """Rows with the joint share of the best that come behind it; how many parties refuse it, and each of them."""

    best: str
    refusing: Count
    others: tuple[str, ...]
    refusing_others: tuple[Count, ...]


class AskedBy(Record):
    """The rows that ask a party."""

    party: str
    rows: tuple[str, ...]


class NotAsked(Finding, kind="not_asked"):
    """Parties that the best rows do not ask and others do; ``fewer``: these ask everybody else whom the best ask.

    ``level``: another row has the joint share of the best.
    """

    best: tuple[str, ...]
    level: bool
    parties: tuple[AskedBy, ...]
    fewer: bool


class AskedDifferently(Finding, kind="asked_differently"):
    """Rows between which nothing decides do not ask the same parties."""

    best: tuple[str, ...]


class RowShare(Record):
    """A row and its joint share."""

    row: str
    joint: Share


class RowsBehind(Finding, kind="rows_behind"):
    """The rows behind the best and those level with it, in order."""

    best: tuple[str, ...]
    rows: tuple[RowShare, ...]


class ClaimOnFiller(Finding, kind="claim_on_filler"):
    """Rows that are best or accepted, and mostly filler; ``sourced`` is false where nothing of them has a source."""

    rows: tuple[str, ...]
    assumed: Count
    terms: Count
    sourced: bool


class JointChange(Finding, kind="joint_change"):
    """The largest change of the joint share of ``effects`` edits."""

    before: str
    after: str
    change: float
    effects: Count


class LargestPartyChange(Finding, kind="party_change"):
    """The largest change of a party's share that any edit makes."""

    party: str
    before: str
    after: str
    share_before: Share
    share_after: Share


class DifferentDays(Finding, kind="different_days"):
    """Rows have the positions of different days."""

    days: tuple[dt.date, ...]


class DifferentSettings(Finding, kind="different_settings"):
    """Rows differ in a setting that bears on every share."""

    setting: SettingName
    values: tuple[str, ...]


class TalksNotCompared(Finding, kind="talks_not_compared"):
    """Rows of scenarios with talks, of which the vote on the text as it stands is compared."""

    rows: tuple[str, ...]


class AskedBySome(Finding, kind="asked_by_some"):
    """Parties that some rows ask and others do not, so that joint shares are over different parties."""

    parties: tuple[AskedBy, ...]


class FilledRows(Finding, kind="filled_rows"):
    """Rows whose text is for more than half filler, in a domain where the rest is not."""

    rows: tuple[str, ...]


class ConsentNotModelled(Finding, kind="consent_not_modelled"):
    """How many actors whose consent a row needs are no parties of the model."""

    actors: dict[str, Count]


class LineShare(LineName):
    """A line that a text crosses, and in which share of draws it binds."""

    share: Share


class TermLoss(Record):
    """A term that gives less in the worse text, as written and, where effects make something else of it, as seen."""

    issue: str
    in_better: str | None
    seen_in_better: str | None
    in_worse: str | None
    seen_in_worse: str | None
    difference: float


class TextVerdict(Record):
    """What a party makes of a row; of an alliance its own verdict and share."""

    row: str
    verdict: PartyVerdict
    share: Share
    consent_needed: bool


class VerdictTurns(Finding, kind="verdict_turns"):
    """Why a party's verdict is better on one row than on another.

    ``lines`` bind in the worse one and in fewer draws in the better; ``losses`` are the differing terms that give
    less, ``revalued`` unchanged ones that do since positions differ. ``gains_suffice``: without lines the party would
    accept the worse one in half of the draws.
    """

    party: str
    better: TextVerdict
    worse: TextVerdict
    lines: tuple[LineShare, ...]
    losses: tuple[TermLoss, ...]
    revalued: tuple[IssueGap, ...]
    gains_suffice: bool


class PartyGaps(Record):
    """Issues from which a party gains otherwise in one row than in another."""

    party: str
    issues: tuple[IssueGap, ...]


class ValuedOtherwise(Finding, kind="valued_otherwise"):
    """Terms that are the same in both rows and from which parties gain otherwise."""

    a: str
    b: str
    parties: tuple[PartyGaps, ...]


class NoDifference(Finding, kind="no_difference"):
    """Parties that hardly gain more from any term of one row than from that of another."""

    parties: tuple[str, ...]


class IssuesOfOne(Finding, kind="issues_of_one"):
    """Issues that of two rows compared only one has."""

    row: str
    issues: tuple[str, ...]


class WeightsHardlyMatter(Finding, kind="weights_hardly_matter"):
    """No party weighs an issue notably more in the draws that put one row first than in all."""


class BaselineAgainst(Record):
    """A row and a party of which fixed scores say one thing and the draws another; of an alliance its own share."""

    row: str
    party: str
    mean: float
    share: Share


class BaselineParts(Finding, kind="baseline_parts"):
    """Where a fixed-score average and the draws are on two sides, of ``cells`` rows and parties."""

    cells: Count
    accepts: tuple[BaselineAgainst, ...]
    refuses: tuple[BaselineAgainst, ...]


CompareFinding = Annotated[Finding, records.kinds_of(globals(), Unsourced)]

# --- the whole --------------------------------------------------------------------------------------


class ComparedRows(tuple[Row, ...]):
    """The rows of a comparison; called, its table, as of every other document."""

    def __new__(cls, rows: Iterable[Row], document: Document) -> Self:
        """As a tuple; ``document`` is what they are the rows of."""
        self = super().__new__(cls, rows)
        self._document = document
        return self

    _document: Document

    def __getnewargs__(self) -> tuple[tuple[Row, ...], Document]:
        """What a copy is made of."""
        return tuple(self), self._document

    def __call__(self) -> list[dict[str, Cell]]:
        """The table of ``--format csv``, a mapping of its columns a row."""
        return Document.rows(self._document)


class Comparison(Document):
    """Rows are sorted by joint acceptability, then the number of parties that refuse, then the weakest party's share.

    Best first; those of different domains are not ranked and stay in the order in which they were given.

    Example:
        >>> import sim
        >>> comparison: sim.Comparison = sim.compare(sim.load_all(["membership", "istanbul"], draws=200))
        >>> [(row.name, row.verdict.word) for row in comparison.rows]
        [('istanbul', 'refused'), ('membership', 'refused')]
    """

    schema_: Literal["sim.compare/1"] = Field("sim.compare/1", alias="schema")
    entries: tuple[Row, ...] = Field(alias="rows")
    smaa: Smaa | None
    smaa_missing: str | None
    differences: tuple[ProposalDifference, ...]
    changes: tuple[EditEffect, ...]
    warnings: tuple[str, ...]
    baseline: tuple[BaselineRow, ...] | None = None  # not in older documents
    findings: tuple[CompareFinding, ...] = ()  # not in older documents
    labels: Labels = Labels()
    versions: records.Versions

    @property
    def rows(self) -> ComparedRows:
        """The rows compared (``rows[0]``); called, as ``rows()``, the table of ``--format csv``."""
        return ComparedRows(self.entries, self)

    def _summary(self) -> str:
        """Which rows stand side by side."""
        return f"of {plural(len(self.entries), 'row')}: {', '.join(row.name for row in self.entries)}"

    @property
    def domains(self) -> tuple[str, ...]:
        """The titles of the rows' domains, as far as they are known; rows of several are not ranked."""
        return tuple(dict.fromkeys(row.domain for row in self.entries if row.domain is not None))

    def row(self, name: str) -> Row:
        """The row of a name. Raises UnknownName, with what may be meant, where there is none."""
        if name not in (rows := {row.name: row for row in self.rows}):
            raise UnknownName("row", name, rows)
        return rows[name]

    @property
    def called(self) -> dict[str, str]:
        """Names of rows to the names shown."""
        return {row.name: row.called for row in self.entries}

    @property
    def people(self) -> dict[str, str]:
        """Names of all parties by id, in the order in which they first come up."""
        return {p.id: p.name for row in self.entries for p in row.parties}
