"""What a search for amendments returns; ``results/README.md`` documents every key."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.analysis.shared.counting import Verdict
from sim.analysis.shared.findings import BESIDE_TABLED
from sim.analysis.shared.records import Base, ConstraintRef, PartyEffect, Question
from sim.results.records import Finding, Interval, Record, Share, TermChange, Versions, kinds_of
from sim.results.result import LineName
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
    lines: tuple[LineName, ...]


class AmendmentInBrief(Record):
    """As a sentence has an amendment: the terms it changes, what it gives, and whom it no longer or newly asks."""

    terms: tuple[TermChange, ...]
    share: Share
    change: float
    too_near: bool
    no_longer_needed: tuple[str, ...]
    newly_needed: tuple[str, ...]


class NoRise(Finding, kind="no_rise"):
    """No amendment helps: none raises the joint share, lets all accept beyond error, or in any draw (``never``).

    ``blockers`` are told of the last.
    """

    changes: int
    reason: Reason
    blockers: tuple[Blocker, ...]


class WithoutAnyLine(Finding, kind="without_any_line"):
    """The share of the text if these parties, who always refuse it over lines, drew none."""

    parties: tuple[str, ...]
    share: Share


class ListedByWeakest(Finding, kind="listed_by_weakest"):
    """There is no joint share to rank by, so the weakest party's ranks, then the lines still crossed."""


class BestSingleChange(Finding, kind="best_single_change"):
    """None where no single change raises the joint share beyond sampling error."""

    amendment: AmendmentInBrief | None


class BestAmendment(Finding, kind="best_amendment"):
    """Whether amendments of up to so many changes reach one half, and with how many at the least.

    ``half`` is ``tabled`` where the text is there already. ``amendment`` is the first that reaches it, where that
    takes several changes; else the best, where it makes several.
    """

    changes: int
    half: Half
    least: int | None
    amendment: AmendmentInBrief | None


class AskingFewer(Finding, kind="asking_fewer"):
    """The best of the amendments that work by not asking somebody whom the text asks."""

    amendment: AmendmentInBrief


class SparedAmong(Record):
    """Numbers of changes whose amendments were looked for among the same."""

    among: Pool
    changes: tuple[int, ...]


class PartySpared(Finding, kind="party_spared"):
    """Whose loss the lists are ordered by, and of which numbers of changes none helps, so that nothing is spared."""

    party: str
    ordered: tuple[SparedAmong, ...]
    unordered: tuple[int, ...]


class IdleIssues(Finding, kind="idle_issues"):
    """Issues no change of which raises the joint share by itself."""

    issues: tuple[str, ...]


class IdleSizes(Finding, kind="idle_sizes"):
    """Numbers of changes at which no amendment raises the joint share."""

    changes: tuple[int, ...]


class LookFurther(Finding, kind="look_further"):
    """Nothing helps, and more changes could be looked at: up to so many."""

    changes: int


class StuckIssue(Record):
    """An issue that no single change moves, and the constraints that hold it."""

    issue: str
    constraints: tuple[str, ...]


class StuckIssues(Finding, kind="stuck_issues"):
    """Issues that constraints keep from changing alone."""

    issues: tuple[StuckIssue, ...]


class FillerChanged(Finding, kind="filler_changed"):
    """Issues on which a listed amendment changes a term that is not in the sources."""

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


class WhoPays(Finding, kind="who_pays"):
    """Of the best amendment of so many changes: who loses by it, and whose share it moves."""

    changes: int
    payers: tuple[Payer, ...]
    moved: tuple[MovedShare, ...]


class ConstraintTouched(Finding, kind="constraint"):
    """A constraint that forces a change of a listed amendment, or that one breaks."""

    constraint: ConstraintRef


class BrokenByText(Finding, kind="broken_by_text"):
    """Constraints that the text breaks itself, so that they do not bind."""

    constraints: tuple[ConstraintRef, ...]


class FewerAsked(Finding, kind="fewer_asked"):
    """So many amendments ask fewer than the text does."""

    amendments: int


class PaddingLeftOut(Finding, kind="padding_left_out"):
    """So many amendments do not beat the text, or a part of their own changes."""

    amendments: int


class WeakestOnlyLeftOut(Finding, kind="weakest_only_left_out"):
    """So many of the best help the weakest party alone, so no table has them."""

    amendments: int


class ForComparison(Finding, kind="for_comparison"):
    """What is listed raises no joint share."""


class PickedBest(Finding, kind="picked_best"):
    """The best of so many on the same draws: their figures are a little flattered."""

    amendments: int


class ClosingCounts(Finding, kind="closing_counts"):
    """Issues that the text leaves open."""

    issues: tuple[str, ...]


class TermsStay(Finding, kind="terms_stay"):
    """Issues whose terms no amendment changes."""

    issues: tuple[str, ...]


class NothingOpened(Finding, kind="nothing_opened"):
    """No amendment opens an issue; ``reservation``: somebody's is a number, which does not say what open is worth."""

    reservation: bool


AmendFinding = Annotated[Finding, kinds_of(globals(), *BESIDE_TABLED)]


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

    Example:
        >>> import sim
        >>> amendments: sim.Amend = sim.amend(sim.load("istanbul", draws=200), changes=1)
        >>> [size.changes for size in amendments.sizes]
        [1]
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
