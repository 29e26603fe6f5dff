"""What a search for the best packages returns; ``results/README.md`` documents every key."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.analysis.shared.findings import BESIDE_TABLED
from sim.analysis.shared.records import Base, ConstraintRef, PartyEffect, PartyLine, Question
from sim.results import records
from sim.results.records import Finding, Interval, Record, Share
from sim.results.result import LineName, PartyEvidence, PartyShare
from sim.scenario import schema
from sim.scenario.labels import Labels

#: Among which packages: all, those that ask everybody whom the text asks, those that do not, those that ask whom the
#: user named.
Among = Literal["all", "asking_all", "asking_fewer", "asking_named"]
#: Of the packages that ask everybody whom the text asks: the best of all is one of them, or asks fewer and has the
#: second answer; there is none; or they were not looked at.
Everybody = Literal["best", "searched", "none", "not_searched"]


class SearchOptions(Record):
    """What was asked for."""

    near: str | None
    changes: int | None
    keep: tuple[str, ...]
    ask: tuple[str, ...]
    constraints: schema.Severity
    top: int
    effort: int


class SearchSpace(Record):
    """Packages thought of, and those of them that keep the constraints and are not no deal.

    ``feasible`` is None where the search is near a text. ``equal_no_deal`` are the outcomes of no deal that some
    package equals, which therefore is left out.
    """

    combinations: int
    feasible: int | None
    equal_no_deal: tuple[str, ...]


class GainChange(Record):
    """By how much a party's mean gain changes, in units of utility."""

    party: str
    change: float


class ChangedTerm(Record):
    """A term of a package that is another than the text's; ``before`` is None for an open issue.

    ``gains`` are the changes of expected gain by this term, of the parties whom text or package asks; ``calls_on`` and
    ``spares`` are the parties that are asked because of it, or are not; ``clears`` and ``crosses`` the lines of parties
    asked that it no longer crosses, or crosses anew; ``without`` is the joint acceptability without it. All as if it
    alone were taken back.
    """

    issue: str
    before: str | None = Field(alias="from")
    after: str | None = Field(alias="to")
    basis: Literal["stated", "inferred", "proposed", "assumed", "edited", "open"]
    gains: tuple[GainChange, ...]
    calls_on: tuple[str, ...]
    spares: tuple[str, ...]
    clears: tuple[PartyLine, ...]
    crosses: tuple[PartyLine, ...]
    without: Interval


class PartyOutcome(PartyEffect):
    """A party that the text or the package asks; an alliance accepts with its members.

    ``weight_changed`` is the expected weight of the issues whose terms differ from the text's, by the basis of the
    ranking.
    """

    on_evidence: records.OnEvidence
    main_objection: records.Objection | None
    weight_by_basis: records.WeightByBasis
    weight_changed: records.WeightByBasis


class Best(Record):
    """``fresh`` is the joint figure on draws of another seed, by which the package was not picked.

    ``as_no_deal`` are the issues on which it says what every outcome of no deal has, too. ``idle`` are changes that,
    all taken back together, move no mean gain of anybody asked and leave the parties asked and the lines crossed as
    they are; ``unranked`` those of them on which the sources give no ranking of anybody asked.
    ``changes_from_near`` are the issues on which it differs from the text searched near; None without such a text.
    """

    terms: dict[str, str | None]
    changes: tuple[ChangedTerm, ...]
    changes_from_near: tuple[str, ...] | None
    joint_acceptability: Interval
    change: Interval
    fresh_seed: int
    fresh: Interval
    newly_needed: tuple[str, ...]
    no_longer_needed: tuple[str, ...]
    weakest_party: str
    as_no_deal: tuple[str, ...]
    idle: tuple[str, ...]
    unranked: tuple[str, ...]
    on_evidence: records.OverallEvidence
    breaks: tuple[ConstraintRef, ...]
    parties: tuple[PartyOutcome, ...]


class PackageTerm(Record):
    """A term; None is open."""

    issue: str
    option: str | None


class Listed(Record):
    """One of the best packages; ``against_best`` is its figure less the best one's, draw by draw.

    ``differs`` are its terms that are others than the best one's. ``alike`` are options that could stand in it and make
    no difference to any party in any draw.
    """

    terms: dict[str, str | None]
    joint_acceptability: Interval
    against_best: Interval
    differs: tuple[PackageTerm, ...]
    alike: tuple[PackageTerm, ...]


class OptionCount(Record):
    """In how many of the packages an option stands; None is open."""

    option: str | None
    packages: int


class IssueOptions(Record):
    """The options of an issue among the packages."""

    issue: str
    options: tuple[OptionCount, ...]


class Peers(Record):
    """The packages that these draws do not tell apart from the best, itself included; ``complete``: all there are."""

    packages: int
    complete: bool
    issues: tuple[IssueOptions, ...]


class SearchAnswer(Record):
    """The best package of some, and what is shown of the others.

    No package exceeds ``at_most`` on these draws. ``proven``: that is the best one's own share, so none is better;
    ``unproven_by`` is what stopped the proof: effort, or draws on which packages were not looked for. ``as_good``:
    whether others reach as much. ``list_proven``: no package that is not listed is better than one that is.
    """

    among: Among
    required: tuple[str, ...]
    at_most: float
    proven: bool
    unproven_by: Literal["effort", "draws"] | None
    as_good: Literal["none", "some", "unknown"]
    list_proven: bool
    boxes: int
    scored: int
    best: Best | None
    listed: tuple[Listed, ...]
    peers: Peers | None


class Veto(Record):
    """A party that all packages in question ask, and how many of them cross lines of it that always bind.

    ``packages`` is None where ``space.feasible`` is.
    """

    party: str
    packages: int | None
    lines: tuple[LineName, ...]


# What is worth saying


class LookedAt(Record):
    """Which packages were looked at: so many (``feasible``: of those that keep the constraints), and what they fulfil.

    ``near`` is None where ``changes`` counts from the text itself, or there is no such limit.
    """

    packages: int
    feasible: bool
    changes: int | None
    near: str | None
    keep: tuple[str, ...]
    among: Among
    required: tuple[str, ...]


class ProofState(Record):
    """What is shown of all packages: none exceeds ``at_most``; see :class:`SearchAnswer`."""

    at_most: Share
    proven: bool
    unproven_by: Literal["effort", "draws"] | None
    as_good: Literal["none", "some", "unknown"]


class BestPackage(Finding, kind="best_package"):
    """The best of the packages looked at; ``apart``: beside that of those that ask all whom the text asks."""

    looked_at: LookedAt
    apart: bool
    share: Share
    change: float
    no_longer_needed: tuple[str, ...]
    newly_needed: tuple[str, ...]
    proof: ProofState


class NoPackage(Finding, kind="no_package"):
    """No package seen is accepted by all it asks in any draw; ``rejections`` are lines that turn every one away."""

    looked_at: LookedAt
    apart: bool
    proof: ProofState
    rejections: tuple[PartyLine, ...]


class NoneBetterAskingFewer(Finding, kind="none_better_asking_fewer"):
    """The best package asks everybody whom the text asks; none better was come upon among the others."""


class AllAskFewer(Finding, kind="all_ask_fewer"):
    """No package looked at asks everybody whom the text asks."""


class Effort(Record):
    """Packages scored one by one, and boxes of others opened."""

    among: Among
    scored: int
    boxes: int


class ProofEffort(Finding, kind="proof_effort"):
    """What the proof took, or came to within ``effort`` boxes; ``drawn``: other draws may put another first."""

    proven: bool
    drawn: bool
    effort: int
    answers: tuple[Effort, ...]


class LooseBound(Finding, kind="loose_bound"):
    """Packages were looked for on so many draws only, so that what none exceeds is a loose bound."""

    draws: int


class UnmovedTerms(Record):
    """Issues of a package, of so many, that are as no deal would leave them."""

    among: Among
    issues: tuple[str, ...]
    terms: int


class AsNoDeal(Finding, kind="as_no_deal"):
    """Issues that the best packages leave as no deal would, where that is more than the ``tabled`` ones of the text."""

    bests: tuple[UnmovedTerms, ...]
    tabled: tuple[str, ...]


class SilentOn(Finding, kind="silent_on"):
    """Parties asked on most of whose weight the sources are silent."""

    parties: tuple[PartyShare, ...]


class SoftShares(Record):
    """Parties with the share of the weight of its changed terms that rests on no source."""

    among: Among
    parties: tuple[PartyShare, ...]


class SoftRankings(Finding, kind="soft_rankings"):
    """Parties for whom most of what the changed terms weigh rests on rankings that are assumed or unknown."""

    bests: tuple[SoftShares, ...]


class SameForAll(Finding, kind="same_for_all"):
    """Options that could stand in a best package and make no difference to any party."""

    among: Among
    terms: tuple[PackageTerm, ...]


class IdleChanges(Finding, kind="idle_changes"):
    """Changes of a best package that move nobody; ``ranked``: somebody asked has a ranking on the issue."""

    among: Among
    issues: tuple[str, ...]
    ranked: bool
    sourced: bool


class BestOnEvidence(Finding, kind="best_on_evidence"):
    """What the evidence alone settles of a best package; ``parties`` are those who make it so.

    ``by_inference`` would refuse it if inferred lines hold.
    """

    among: Among
    verdict: Literal["accepted", "refused", "not settled"]
    parties: tuple[PartyEvidence, ...]
    by_inference: tuple[str, ...]


class FreshShare(Record):
    """A package's share on the draws by which it was picked, and on fresh ones."""

    among: Among
    share: Share
    fresh: Share


class FreshDraws(Finding, kind="fresh_draws"):
    """How the best packages fare on draws by which they were not picked."""

    seed: int
    bests: tuple[FreshShare, ...]


class BreaksConstraint(Finding, kind="breaks_constraint"):
    """A best package breaks a constraint that only warns."""

    among: Among
    constraint: ConstraintRef


class FewerAreAsked(Finding, kind="fewer_are_asked"):
    """A best package no longer asks these, whose refusal then no longer counts."""

    among: Among
    parties: tuple[str, ...]


class LeftOpen(Finding, kind="left_open"):
    """Issues that the text, or the one searched near, leaves open; whether closing one counts as a change."""

    near: str | None
    issues: tuple[str, ...]
    closing_counts: bool


class StayOpen(Finding, kind="stay_open"):
    """Issues that these best packages leave open."""

    issues: tuple[str, ...]
    among: tuple[Among, ...]


class NotBinding(Finding, kind="not_binding"):
    """Constraints that the text, or the one searched near, breaks itself."""

    near: bool
    constraints: tuple[ConstraintRef, ...]


class MeanGains(Finding, kind="mean_gains"):
    """Mean gains are told, and on which scale."""


class ClosedForm(Finding, kind="closed_form"):
    """Mean gains are worked out, not averaged over draws as those of a run."""


SearchFinding = Annotated[Finding, records.kinds_of(globals(), *BESIDE_TABLED)]


class Search(Question):
    """The best packages of a space; ``base`` is the text as tabled.

    The first answer is on those that ask everybody whom the text asks. The second, on the others, is there where
    the best of them is better (``everybody`` is ``searched``). ``vetoes`` are told where no package was found that all
    accept.

    Example:
        >>> import sim
        >>> search: sim.Search = sim.search(sim.load("istanbul", draws=200), changes=1, texts=[])
        >>> search.answers[0].at_most <= 1
        True
    """

    schema_: Literal["sim.search/1"] = Field("sim.search/1", alias="schema")
    options: SearchOptions
    space: SearchSpace
    base: Base
    base_as_no_deal: tuple[str, ...]
    base_assumed: tuple[str, ...]
    base_proposed: tuple[str, ...]
    near: dict[str, str | None] | None
    answers: tuple[SearchAnswer, ...]
    everybody: Everybody
    searched_draws: int
    rejections: tuple[PartyLine, ...]
    vetoes: tuple[Veto, ...]
    broken_already: tuple[ConstraintRef, ...]
    names: dict[str, str]
    consent_not_modelled: tuple[str, ...]
    findings: tuple[SearchFinding, ...] = ()  # not in older documents
    labels: Labels = Labels()
    versions: records.Versions

    @property
    def answer(self) -> SearchAnswer:
        """On the packages in question that ask everybody whom the text asks, or whom the user named."""
        return self.answers[0]

    @property
    def asking_fewer(self) -> SearchAnswer | None:
        """On the packages that do not ask everybody whom the text asks, where the best of them is better."""
        return self.answers[1] if len(self.answers) > 1 else None

    @property
    def tabled(self) -> dict[str, str | None]:
        """The terms of the text as tabled; empty where there is no best package."""
        for best in (answer.best for answer in self.answers if answer.best is not None):
            return best.terms | {c.issue: c.before for c in best.changes}
        return {}
