"""The result of a run: one frozen record with the findings that it gives rise to, and their JSON."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from sim.results.records import (
    ByLayer,
    ByTurningClass,
    Count,
    Document,
    Filler,
    Finding,
    Negotiation,
    Objection,
    Open,
    OverallEvidence,
    PartyResult,
    Ratification,
    Record,
    ScenarioInfo,
    Settings,
    Share,
    ShareInterval,
    TermsByBasis,
    Unplaced,
    Versions,
)
from sim.scenario.labels import Labels, spoken

#: A verdict as modelled in a word; ``singly``: each needed party accepts, but not all in one half of the draws;
#: ``with_filler``: accepted, but not with every filling of the terms that are the modeller's own.
Outcome = Literal["accepted", "with_filler", "singly", "divided", "refused", "none"]


class PartyShare(Record):
    """A share of draws that is a party's."""

    party: str
    share: Share


class NoVerdict(Finding):
    """There is no verdict, and why."""

    kind: Literal["no_verdict"] = "no_verdict"
    reason: Literal["nothing_filled_in", "nobody_asked", "nothing_settled"]


class NoArticles(Finding):
    """Only articles count, and no source is one."""

    kind: Literal["no_articles"] = "no_articles"


class Unsourced(Finding):
    """Nothing in the domain rests on a source."""

    kind: Literal["unsourced"] = "unsourced"


class PartyEvidence(Record):
    """What the evidence allows of a party's share; ``by_inference``: it refuses if inferred lines hold."""

    party: str
    necessary: Share
    possible: Share
    by_inference: bool


class EvidenceSettles(Finding):
    """What the evidence alone settles; ``parties`` are those who make it so."""

    kind: Literal["on_evidence"] = "on_evidence"
    verdict: Literal["accepted", "refused", "not settled"]
    parties: tuple[PartyEvidence, ...]
    edited: bool
    no_deal_assumed: bool


class JointShare(Finding):
    """In which share of draws all who are asked accept, and what the model makes of the text."""

    kind: Literal["joint_share"] = "joint_share"
    share: Share
    outcome: Outcome
    weakest: PartyShare
    others_not_modelled: bool


class FillerDecides(Finding):
    """The text is accepted with its own filler, and not with every other."""

    kind: Literal["filler_decides"] = "filler_decides"
    filler: Filler


class UnknownView(Record):
    """The issue of an objection on which the party's view is unknown, and whether it was looked for."""

    issue: str
    searched: dt.date | None
    cited: bool


class BelowHalf(Finding):
    """A party asked that does not reach one half, and over what; ``alone``: an alliance without its members."""

    kind: Literal["below_half"] = "below_half"
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


class WithoutLines(Finding):
    """What a party's share would be without the inferred and assumed lines that turn it away."""

    kind: Literal["without_lines"] = "without_lines"
    party: str
    lines: tuple[LineName, ...]
    share: Share


class VoteOutcome(Finding):
    """Whether the signing or the vote fails; ``signed`` is None where nobody has to sign."""

    kind: Literal["vote_outcome"] = "vote_outcome"
    signed: Share | None
    votes: tuple[PartyShare, ...]


class VoteReading(Finding):
    """How a vote depends on the reading of polls; ``polled``: some poll bears on the text."""

    kind: Literal["vote_reading"] = "vote_reading"
    party: str
    polled: bool
    quota: Share
    ratification: Ratification


class InheritedPoll(Finding):
    """No poll asked about an option: what is read there is that of the option it is like."""

    kind: Literal["inherited_poll"] = "inherited_poll"
    party: str
    issue: str
    option: str
    like: str


class JointCounts(Finding):
    """What the joint share counts."""

    kind: Literal["joint_counts"] = "joint_counts"
    parties: Count
    weakest: str | None
    ratified: bool


class SoleBlockers(Finding):
    """Who is alone in refusing in a notable share of draws, the greatest first."""

    kind: Literal["sole_blockers"] = "sole_blockers"
    parties: tuple[PartyShare, ...]


class ReadOut(Finding):
    """Parties refuse on the evidence over terms that no clause of the text says."""

    kind: Literal["read_out"] = "read_out"
    parties: tuple[str, ...]
    issues: tuple[str, ...]
    filler: bool


class TurningClass(Finding):
    """A party's verdict changes with the class of the turning issue."""

    kind: Literal["turning_class"] = "turning_class"
    party: str
    issue: str
    importance: str
    shares: ByTurningClass


class UnplacedTerm(Finding):
    """A term on which a party's file is silent while its lines bear on other options."""

    kind: Literal["unplaced_term"] = "unplaced_term"
    term: Unplaced


class LikeTerm(Finding):
    """A term that is read as another option is."""

    kind: Literal["like_term"] = "like_term"
    issue: str
    option: str
    like: str


class OpenIssues(Finding):
    """What closing the issues left open does; ``best`` and ``worst`` are named where the open issues are few."""

    kind: Literal["open_issues"] = "open_issues"
    open: Open
    asked: bool


class FillerRange(Finding):
    """The joint share over other fillings of the terms that no source gives."""

    kind: Literal["filler_range"] = "filler_range"
    filler: Filler
    decides: bool


class ProposedTerms(Finding):
    """Terms that are their author's own."""

    kind: Literal["proposed_terms"] = "proposed_terms"
    proposed: Count
    terms: Count


class DefaultTerms(Finding):
    """What the issues' own defaults say in place of the text; None is open."""

    kind: Literal["default_terms"] = "default_terms"
    terms: dict[str, str | None]


class SilentWeight(Record):
    """Weight on which the sources are silent, and how much of it was looked for."""

    party: str
    share: Share
    searched: Share


class SilentSources(Finding):
    """Parties on whose weightiest issues the sources say nothing; ``sourced``: the domain has sources."""

    kind: Literal["silent_sources"] = "silent_sources"
    sourced: bool
    parties: tuple[SilentWeight, ...]


class SilentParties(Finding):
    """Parties whose consent is needed and on whom nothing is known."""

    kind: Literal["silent_parties"] = "silent_parties"
    sourced: bool
    parties: tuple[str, ...]


class NotModelled(Finding):
    """Actors whose consent is needed and who are no parties of the model."""

    kind: Literal["not_modelled"] = "not_modelled"
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


class EditsMade(Finding):
    """What was edited and what that changed; ``changes`` is None where the result without the edits is not at hand."""

    kind: Literal["edited"] = "edited"
    earlier: tuple[str, ...]
    files: tuple[EditsOfFile, ...]
    edits: tuple[str, ...]
    changes: tuple[ShareChange, ...] | None


class FewDraws(Finding):
    """Too few draws to tell on which side of one half these parties stand."""

    kind: Literal["few_draws"] = "few_draws"
    parties: tuple[str, ...]


class PositionsAge(Finding):
    """Weight on positions long before the text, or after it."""

    kind: Literal["positions_age"] = "positions_age"
    age: Literal["older", "younger"]
    parties: tuple[PartyShare, ...]


class FileWarning(Finding):
    """A warning of the files, in the words of :mod:`sim.files.complaints`."""

    kind: Literal["file_warning"] = "file_warning"
    warning: str


class DrawsTaken(Finding):
    """How many draws there are; ``drawn``: something is uncertain, so that they differ."""

    kind: Literal["draws"] = "draws"
    draws: Count
    seed: Count
    drawn: bool


RunFinding = Annotated[
    NoVerdict
    | NoArticles
    | Unsourced
    | EvidenceSettles
    | JointShare
    | FillerDecides
    | BelowHalf
    | WithoutLines
    | VoteOutcome
    | VoteReading
    | InheritedPoll
    | JointCounts
    | SoleBlockers
    | ReadOut
    | TurningClass
    | UnplacedTerm
    | LikeTerm
    | OpenIssues
    | FillerRange
    | ProposedTerms
    | DefaultTerms
    | SilentSources
    | SilentParties
    | NotModelled
    | EditsMade
    | FewDraws
    | PositionsAge
    | FileWarning
    | DrawsTaken,
    Field(discriminator="kind"),
]


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
    scenario: ScenarioInfo
    settings: Settings
    joint_acceptability: ShareInterval | None
    signed: ShareInterval | None = None  # not in older documents
    joint_by_layer: ByLayer | None
    on_evidence: OverallEvidence
    weakest_party: str | None
    filler: Filler | None
    parties: tuple[PartyResult, ...]
    open: Open | None
    consent_not_modelled: tuple[str, ...]
    names: dict[str, str]
    terms_by_basis: TermsByBasis
    defaults: tuple[str, ...] = ()
    likes: dict[str, dict[str, str]] = Field(default={})
    unplaced: tuple[Unplaced, ...] = ()
    negotiation: Negotiation | None
    warnings: tuple[str, ...]
    verdict: str
    findings: tuple[RunFinding, ...] = ()  # not in older documents
    labels: Labels = Labels()
    versions: Versions

    def party(self, id: str) -> PartyResult:
        """The row of one party; KeyError where there is none."""
        for row in self.parties:
            if row.id == id:
                return row
        raise KeyError(id)

    def called(self, id: str) -> str:
        """A party's name as it stands in a sentence."""
        return spoken(self.party(id).name)

    @property
    def asked(self) -> tuple[PartyResult, ...]:
        """Rows of the parties whose consent is needed and on whom the sources are not silent."""
        return tuple(p for p in self.parties if p.consent_needed and not p.silent)
