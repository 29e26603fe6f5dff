"""The result of a run: one frozen record with the findings that it gives rise to, and their JSON."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from sim.results import records
from sim.results.documents import Cell, Document, scored_in_short
from sim.results.records import (
    Count,
    Finding,
    Objection,
    PartyResult,
    PartyRule,
    Record,
    Share,
    ShareInterval,
    Sparing,
)
from sim.results.talks import Negotiation
from sim.scenario.labels import Labels, row_of_party, spoken

#: A verdict as modelled in a word; ``singly``: each needed party accepts, but not all in one half of the draws;
#: ``with_filler``: accepted, but not with every filling of the terms that are the modeller's own.
Outcome = Literal["accepted", "with_filler", "singly", "divided", "refused", "none"]


class PartyShare(Record):
    """A share of draws that is a party's."""

    party: str
    share: Share


class NoVerdict(Finding, kind="no_verdict"):
    """There is no verdict, and why."""

    reason: Literal["nothing_filled_in", "nobody_asked", "nothing_settled"]


class NoArticles(Finding, kind="no_articles"):
    """Only articles count, and no source is one."""


class Unsourced(Finding, kind="unsourced"):
    """Nothing in the domain rests on a source."""


class PartyEvidence(Record):
    """What the evidence allows of a party's share; ``by_inference``: it refuses if inferred lines hold."""

    party: str
    necessary: Share
    possible: Share
    by_inference: bool


class EvidenceSettles(Finding, kind="on_evidence"):
    """What the evidence alone settles; ``parties`` are those who make it so."""

    verdict: Literal["accepted", "refused", "not settled"]
    parties: tuple[PartyEvidence, ...]
    edited: bool
    no_deal_assumed: bool


class JointShare(Finding, kind="joint_share"):
    """In which share of draws all who are asked accept, and what the model makes of the text."""

    share: Share
    outcome: Outcome
    weakest: PartyShare
    others_not_modelled: bool


class FillerDecides(Finding, kind="filler_decides"):
    """The text is accepted with its own filler, and not with every other."""

    filler: records.Filler


class UnknownView(Record):
    """The issue of an objection on which the party's view is unknown, and whether it was looked for."""

    issue: str
    searched: dt.date | None
    cited: bool


class BelowHalf(Finding, kind="below_half"):
    """A party asked that does not reach one half, and over what; ``alone``: an alliance without its members."""

    party: str
    alone: bool
    share: Share
    objection: Objection | None
    unknown: UnknownView | None


class LineName(Record):
    """A red line or refusal, by what names it."""

    kind: Literal["red_line", "refusal"]
    issue: str | None
    option: str | None
    refusal: str | None
    basis: str


class WithoutLines(Finding, kind="without_lines"):
    """What a party's share would be without the inferred and assumed lines that turn it away."""

    party: str
    lines: tuple[LineName, ...]
    share: Share


class VoteOutcome(Finding, kind="vote_outcome"):
    """Whether the signing or the vote fails; ``signed`` is None where nobody has to sign."""

    signed: Share | None
    votes: tuple[PartyShare, ...]


class VoteReading(Finding, kind="vote_reading"):
    """How a vote depends on the reading of polls; ``polled``: some poll bears on the text."""

    party: str
    polled: bool
    quota: Share
    ratification: records.Ratification


class InheritedPoll(Finding, kind="inherited_poll"):
    """No poll asked about an option: what is read there is that of the option it is like."""

    party: str
    issue: str
    option: str
    like: str


class JointCounts(Finding, kind="joint_counts"):
    """What the joint share counts."""

    parties: Count
    weakest: str | None
    ratified: bool


class GradedView(Record):
    """What the evidence settles of a party with all its claims, and ``without`` graded ones, on which that hangs."""

    party: str
    claims: tuple[str, ...]
    on_evidence: records.OnEvidence
    without: records.OnEvidence


class GradedClaims(Finding, kind="graded_claims"):
    """What the evidence settles of parties hangs on claims graded weak or single; so too of the text, perhaps.

    ``without`` is what is settled of the text without these claims.
    """

    on_evidence: records.OverallEvidence
    without: records.OverallEvidence
    parties: tuple[GradedView, ...]


class UnmetDemand(Record):
    """A demand of which the text gives less: by issue, what it says there; None is open.

    ``seen_as`` has what an effect makes of that for the party; ``read_out`` the issues whose term no clause says.
    """

    demand: str
    evidence: tuple[str, ...]
    terms: dict[str, str | None]
    seen_as: dict[str, str]
    read_out: tuple[str, ...]


class PartyDemands(PartyShare):
    """What a party asks for beyond the text that it accepts, as modelled, in this share of draws."""

    demands: tuple[UnmetDemand, ...]


class AsksForMore(Finding, kind="asks_for_more"):
    """Parties accept the text as modelled, as no worse than no deal, though it gives less than they ask for."""

    parties: tuple[PartyDemands, ...]


class SoleBlockers(Finding, kind="sole_blockers"):
    """Who is alone in refusing in a notable share of draws, the greatest first."""

    parties: tuple[PartyShare, ...]


class ReadOut(Finding, kind="read_out"):
    """Parties refuse on the evidence over terms that no clause of the text says."""

    parties: tuple[str, ...]
    issues: tuple[str, ...]
    filler: bool


class TurningClass(Finding, kind="turning_class"):
    """A party's verdict changes with the class of the turning issue."""

    party: str
    issue: str
    importance: str
    shares: records.ByTurningClass


class UnplacedTerm(Finding, kind="unplaced_term"):
    """A term on which a party's file is silent while its lines bear on other options."""

    term: records.Unplaced


class LikeTerm(Finding, kind="like_term"):
    """A term that is read as another option is."""

    issue: str
    option: str
    like: str


class OpenIssues(Finding, kind="open_issues"):
    """What closing the issues left open does; ``best`` and ``worst`` are named where the open issues are few.

    ``mostly``: more than half of the issues are open.
    """

    open: records.Open
    asked: bool
    mostly: bool = False  # not in older documents


class FillerRange(Finding, kind="filler_range"):
    """The joint share over other fillings of the terms that no source gives."""

    filler: records.Filler
    decides: bool


class ProposedTerms(Finding, kind="proposed_terms"):
    """Terms that are their author's own."""

    proposed: Count
    terms: Count


class DefaultTerms(Finding, kind="default_terms"):
    """What the issues' own defaults say in place of the text; None is open."""

    terms: dict[str, str | None]


class SilentWeight(PartyShare):
    """Weight on which the sources are silent, and how much of it was looked for."""

    searched: Share


class SilentSources(Finding, kind="silent_sources"):
    """Parties on whose weightiest issues the sources say nothing; ``sourced``: the domain has sources."""

    sourced: bool
    parties: tuple[SilentWeight, ...]


class SilentParties(Finding, kind="silent_parties"):
    """Parties whose consent is needed and on whom nothing is known."""

    sourced: bool
    parties: tuple[str, ...]


class NotModelled(Finding, kind="not_modelled"):
    """Actors whose consent is needed and who are no parties of the model."""

    actors: tuple[str, ...]


class EditsOfFile(Record):
    """A file of edits, and how many it holds."""

    title: str
    edits: Count


class ShareChange(Record):
    """A share before and after edits: of a party, or of what ``measure`` names."""

    measure: Literal["joint", "party", "agreed", "ratification_failed", "broke_down"]
    party: str | None
    before: Share
    after: Share


class EditsMade(Finding, kind="edited"):
    """What was edited and what that changed; ``changes`` is None where the result without the edits is not at hand."""

    earlier: tuple[str, ...]
    files: tuple[EditsOfFile, ...]
    edits: tuple[str, ...]
    changes: tuple[ShareChange, ...] | None


class FewDraws(Finding, kind="few_draws"):
    """Too few draws to tell on which side of one half these parties stand."""

    parties: tuple[str, ...]


class PositionsAge(Finding, kind="positions_age"):
    """Weight on positions long before the text, or after it."""

    age: Literal["older", "younger"]
    parties: tuple[PartyShare, ...]


class FileWarning(Finding, kind="file_warning"):
    """A warning of the files, in the words of :mod:`sim.files.complaints`."""

    warning: str


class DrawsTaken(Finding, Sparing, kind="draws"):
    """How many draws there are; ``drawn``: something is uncertain, so that they differ.

    ``rules`` are those of single parties that a program or a package brought, if there are any.
    """

    _SPARED: ClassVar[tuple[str, ...]] = ("rules",)

    draws: Count
    seed: Count
    drawn: bool
    rules: tuple[PartyRule, ...] = ()


RunFinding = Annotated[Finding, records.kinds_of(globals())]


class Result(Document):
    """One scored scenario; ``results/README.md`` documents every key.

    Shares (``acceptability``, ``joint_acceptability``) are of draws, between 0 and 1, with the ends of their 95%
    interval; gains are in units of utility.

    Example:
        >>> import sim
        >>> [result] = sim.score([sim.load("istanbul", draws=500)])
        >>> result.weakest_party, result.party("us").on_evidence.verdict
        ('ukrainian_public', 'not settled')
    """

    schema_: Literal["sim.result/1"] = Field("sim.result/1", alias="schema")
    scenario: records.ScenarioInfo
    settings: records.Settings
    joint_acceptability: ShareInterval | None
    signed: ShareInterval | None = None  # not in older documents
    joint_by_layer: records.ByLayer | None
    on_evidence: records.OverallEvidence
    weakest_party: str | None
    filler: records.Filler | None
    parties: tuple[PartyResult, ...]
    firm: tuple[records.FirmRecord, ...] = ()  # not in older documents
    open: records.Open | None
    consent_not_modelled: tuple[str, ...]
    names: dict[str, str]
    terms_by_basis: records.TermsByBasis
    defaults: tuple[str, ...] = ()
    likes: dict[str, dict[str, str]] = Field(default={})
    unplaced: tuple[records.Unplaced, ...] = ()
    negotiation: Negotiation | None
    warnings: tuple[str, ...]
    verdict: str
    findings: tuple[RunFinding, ...] = ()  # not in older documents
    labels: Labels = Labels()
    versions: records.Versions

    def _summary(self) -> str:
        """Which text it is about, and how that was scored."""
        return scored_in_short(self.scenario, self.settings)

    def party(self, id: str) -> PartyResult:
        """The row of one party. Raises UnknownName, a KeyError, with what may be meant, where there is none."""
        return row_of_party(id, self.parties)

    def called(self, id: str) -> str:
        """A party's name as it stands in a sentence."""
        return spoken(self.party(id).name)

    def by_party(self) -> list[dict[str, Cell]]:
        """The page's table of who accepts and why, a mapping a party, its figures as numbers; None where it has none.

        Keys: ``party`` (the id), ``name``; ``verdict``, the page's word (``accepts``, ``refuses``,
        ``refuses, inferred``, ``divided``, ``unknown`` where the evidence leaves both answers open, ``sources silent``
        or ``not filled in`` where nothing is known, ``no verdict`` of a text that settles nothing); ``share`` of draws
        that accept, with ``share_low`` and ``share_high`` of its 95% interval; ``evidence_low`` and ``evidence_high``,
        what the evidence alone allows; ``gain``, the median; ``objection``, the main one in the page's words;
        ``needed``, whether its consent is. Of an alliance these are with its members, and ``own_verdict``, ``own``,
        ``own_low``, ``own_high``, ``own_evidence_low`` and ``own_evidence_high`` without; None of others.

        Example:
            >>> import sim
            >>> rows = sim.run("membership", draws=1000).by_party()
            >>> rows[0]["name"], rows[0]["verdict"], rows[0]["objection"]
            ('Russia', 'refuses', "stated red line against 'NATO membership' (place towards NATO)")
        """
        rows: list[dict[str, Cell]] = importlib.import_module("sim.report.outcome").by_party(self)
        return rows

    @property
    def asked(self) -> tuple[PartyResult, ...]:
        """Rows of the parties whose consent is needed and on whom the sources are not silent."""
        return tuple(p for p in self.parties if p.consent_needed and not p.silent)


def json_of(results: Iterable[Result]) -> Iterator[str]:
    """Several results as one document of JSON, in pieces."""
    yield '{"schema": "sim.results/1", "results": ['
    for number, result in enumerate(results):
        yield f"{',' if number else ''}\n{result.to_json()}"
    yield "\n]}"


class Results(Document):
    """Several scored scenarios in one document, as ``sim run`` prints of several files.

    Example:
        >>> import sim
        >>> both = sim.Results(results=tuple(sim.score(sim.load_all(["istanbul", "membership"], draws=100))))
        >>> both
        <Results of istanbul, membership>
        >>> sorted({row["scenario"] for row in both.rows()})
        ['istanbul', 'membership']
    """

    schema_: Literal["sim.results/1"] = Field("sim.results/1", alias="schema")
    results: tuple[Result, ...]

    def to_json(self) -> str:
        """The document as JSON, each result as by itself."""
        return "".join(json_of(self.results))

    def _summary(self) -> str:
        """Which texts they are about."""
        return f"of {', '.join(x.scenario.id for x in self.results)}"
