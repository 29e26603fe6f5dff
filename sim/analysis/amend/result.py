"""What a search for amendments returns; ``results/README.md`` documents every key."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.analysis.shared.counting import Verdict
from sim.analysis.shared.findings import BesideTabled
from sim.analysis.shared.records import Base, BlockingLine, ConstraintRef, PartyEffect, Question
from sim.results.records import Finding, Interval, Record, Share, TermChange, Versions
from sim.scenario import schema
from sim.scenario.labels import Labels

#: Among which amendments the best are looked for: all, or those that do some work, where a party is to be spared.
Pool = Literal["all", "raising", "reaching_half", "nearly_best"]


#: In which way no amendment helps.
Reason = Literal["no_rise", "within_error", "never"]
#: Whether amendments reach one half, or the text as tabled is there already.
Half = Literal["tabled", "reached", "not_reached"]


class AmendedTerm(TermChange):
    """``before`` is None for an open issue; ``basis`` is that of the term replaced."""

    basis: Literal["stated", "inferred", "proposed", "assumed", "edited", "open"]
    forced_by: tuple[ConstraintRef, ...]


class Amendment(Record):
    """A package near the text: what changes, what it gives, and whom it costs."""

    changes: tuple[AmendedTerm, ...]
    joint_acceptability: Interval
    change: Interval
    verdict: Verdict
    reaches_half: bool
    too_near: bool
    flips: bool
    weakest_party: str
    forced: int
    lines_crossed: int
    breaks: tuple[ConstraintRef, ...]
    newly_needed: tuple[str, ...]
    no_longer_needed: tuple[str, ...]
    parties: tuple[PartyEffect, ...]


class Size(Record):
    """All amendments of one number of changes, and the best of them.

    ``amendments`` are the first of those that ``ranked_among`` names. ``best`` is the best by the joint figure,
    whatever the list is ordered by. All these, and all counts of them, still ask everybody whom the text asks; the
    best of the ``fewer_asked`` that do not, and raise the figure, are ``asking_fewer``.
    """

    changes: int
    packages: int
    nobody_asked: int
    fewer_asked: int
    raising: int
    reaching_half: int
    equalled_by_fewer: int
    ranked_by: Literal["joint", "party"]
    ranked_among: Pool
    amendments: tuple[Amendment, ...]
    best: Amendment | None
    asking_fewer: tuple[Amendment, ...]


class IssueBest(Record):
    """The best single change of one issue; none where every one breaks a constraint or asks fewer than the text."""

    issue: str
    alternatives: int
    amendment: Amendment | None
    blocked_by: tuple[ConstraintRef, ...]


class Blocker(Record):
    """A party that accepts the text in no draw, and the lines that it crosses in all of them."""

    party: str
    lines: tuple[BlockingLine, ...]


class AmendmentInBrief(Record):
    """As a sentence has an amendment: the terms it changes, what it gives, and whom it no longer or newly asks."""

    terms: tuple[TermChange, ...]
    share: Share
    change: float
    too_near: bool
    no_longer_needed: tuple[str, ...]
    newly_needed: tuple[str, ...]


class NoRise(Finding):
    """No amendment helps: none raises the joint share, lets all accept beyond error, or in any draw (``never``).

    ``blockers`` are told of the last.
    """

    kind: Literal["no_rise"] = "no_rise"
    changes: int
    reason: Reason
    blockers: tuple[Blocker, ...]


class WithoutAnyLine(Finding):
    """The share of the text if these parties, who always refuse it over lines, drew none."""

    kind: Literal["without_any_line"] = "without_any_line"
    parties: tuple[str, ...]
    share: Share


class ListedByWeakest(Finding):
    """There is no joint share to rank by, so the weakest party's ranks, then the lines still crossed."""

    kind: Literal["listed_by_weakest"] = "listed_by_weakest"


class BestSingleChange(Finding):
    """None where no single change raises the joint share beyond sampling error."""

    kind: Literal["best_single_change"] = "best_single_change"
    amendment: AmendmentInBrief | None


class BestAmendment(Finding):
    """Whether amendments of up to so many changes reach one half, and with how many at the least.

    ``half`` is ``tabled`` where the text is there already. ``amendment`` is the first that reaches it, where that
    takes several changes; else the best, where it makes several.
    """

    kind: Literal["best_amendment"] = "best_amendment"
    changes: int
    half: Half
    least: int | None
    amendment: AmendmentInBrief | None


class AskingFewer(Finding):
    """The best of the amendments that work by not asking somebody whom the text asks."""

    kind: Literal["asking_fewer"] = "asking_fewer"
    amendment: AmendmentInBrief


class SparedAmong(Record):
    """Numbers of changes whose amendments were looked for among the same."""

    among: Pool
    changes: tuple[int, ...]


class PartySpared(Finding):
    """Whose loss the lists are ordered by, and of which numbers of changes none helps, so that nothing is spared."""

    kind: Literal["party_spared"] = "party_spared"
    party: str
    ordered: tuple[SparedAmong, ...]
    unordered: tuple[int, ...]


class IdleIssues(Finding):
    """Issues no change of which raises the joint share by itself."""

    kind: Literal["idle_issues"] = "idle_issues"
    issues: tuple[str, ...]


class IdleSizes(Finding):
    """Numbers of changes at which no amendment raises the joint share."""

    kind: Literal["idle_sizes"] = "idle_sizes"
    changes: tuple[int, ...]


class LookFurther(Finding):
    """Nothing helps, and more changes could be looked at: up to so many."""

    kind: Literal["look_further"] = "look_further"
    changes: int


class StuckIssue(Record):
    """An issue that no single change moves, and the constraints that hold it."""

    issue: str
    constraints: tuple[str, ...]


class StuckIssues(Finding):
    """Issues that constraints keep from changing alone."""

    kind: Literal["stuck_issues"] = "stuck_issues"
    issues: tuple[StuckIssue, ...]


class FillerChanged(Finding):
    """Issues on which a listed amendment changes a term that is not in the sources."""

    kind: Literal["filler_changed"] = "filler_changed"
    issues: tuple[str, ...]


class Payer(Record):
    """A party that loses on average; ``accepts``: its acceptance lies at or above one half for certain."""

    party: str
    gain_before: float
    gain: float
    share: Share
    accepts: bool


class MovedShare(Record):
    """A party's share before and after."""

    party: str
    before: Share
    after: Share


class WhoPays(Finding):
    """Of the best amendment of so many changes: who loses by it, and whose share it moves."""

    kind: Literal["who_pays"] = "who_pays"
    changes: int
    payers: tuple[Payer, ...]
    moved: tuple[MovedShare, ...]


class ConstraintTouched(Finding):
    """A constraint that forces a change of a listed amendment, or that one breaks."""

    kind: Literal["constraint"] = "constraint"
    constraint: ConstraintRef


class BrokenByText(Finding):
    """Constraints that the text breaks itself, so that they do not bind."""

    kind: Literal["broken_by_text"] = "broken_by_text"
    constraints: tuple[ConstraintRef, ...]


class FewerAsked(Finding):
    """So many amendments ask fewer than the text does."""

    kind: Literal["fewer_asked"] = "fewer_asked"
    amendments: int


class PaddingLeftOut(Finding):
    """So many amendments do not beat the text, or a part of their own changes."""

    kind: Literal["padding_left_out"] = "padding_left_out"
    amendments: int


class WeakestOnlyLeftOut(Finding):
    """So many of the best help the weakest party alone, so no table has them."""

    kind: Literal["weakest_only_left_out"] = "weakest_only_left_out"
    amendments: int


class ForComparison(Finding):
    """What is listed raises no joint share."""

    kind: Literal["for_comparison"] = "for_comparison"


class PickedBest(Finding):
    """The best of so many on the same draws: their figures are a little flattered."""

    kind: Literal["picked_best"] = "picked_best"
    amendments: int


class ClosingCounts(Finding):
    """Issues that the text leaves open."""

    kind: Literal["closing_counts"] = "closing_counts"
    issues: tuple[str, ...]


class TermsStay(Finding):
    """Issues whose terms no amendment changes."""

    kind: Literal["terms_stay"] = "terms_stay"
    issues: tuple[str, ...]


class NothingOpened(Finding):
    """No amendment opens an issue; ``reservation``: somebody's is a number, which does not say what open is worth."""

    kind: Literal["nothing_opened"] = "nothing_opened"
    reservation: bool


AmendFinding = Annotated[
    BesideTabled
    | NoRise
    | WithoutAnyLine
    | ListedByWeakest
    | BestSingleChange
    | BestAmendment
    | AskingFewer
    | PartySpared
    | IdleIssues
    | IdleSizes
    | LookFurther
    | StuckIssues
    | FillerChanged
    | WhoPays
    | ConstraintTouched
    | BrokenByText
    | FewerAsked
    | PaddingLeftOut
    | WeakestOnlyLeftOut
    | ForComparison
    | PickedBest
    | ClosingCounts
    | NothingOpened
    | TermsStay,
    Field(discriminator="kind"),
]


class AmendOptions(Record):
    """What was asked for."""

    changes: int
    keep: tuple[str, ...]
    party: str | None
    constraints: schema.Severity
    top: int


class Amend(Question):
    """What changing the text would do; ``base`` is the text as tabled.

    ``equal_no_deal`` are the outcomes of no deal that some change of the text equals, which therefore is left out.
    """

    schema_: Literal["sim.amend/1"] = Field("sim.amend/1", alias="schema")
    options: AmendOptions
    base: Base
    sizes: tuple[Size, ...]
    issues: tuple[IssueBest, ...]
    raised: bool
    blockers: tuple[Blocker, ...]
    without_lines: Interval | None
    broken_already: tuple[ConstraintRef, ...]
    equal_no_deal: tuple[str, ...]
    names: dict[str, str]
    consent_not_modelled: tuple[str, ...]
    findings: tuple[AmendFinding, ...] = ()  # not in older documents
    labels: Labels = Labels()
    versions: Versions
