"""The result of :func:`sim.analysis.levers.levers.levers`; ``results/README.md`` documents every key."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from sim.analysis.shared.counting import Verdict
from sim.analysis.shared.evidence_alone import EvidenceAlone
from sim.analysis.shared.findings import MostlyFiller
from sim.analysis.shared.records import Question
from sim.engine.profiles import CellBasis
from sim.results.records import Finding, Interval, PartyRule, PartyVerdict, Record, Share, Sparing, Versions, kinds_of
from sim.results.result import EvidenceSettles, PartyShare, Unsourced
from sim.scenario import schema
from sim.scenario.labels import Labels

#: What an edit does to its cell.
Kind = Literal[
    "importance", "turning_issue", "drop_line", "drop_refusal", "add_line", "one_up", "to_top", "one_down", "to_bottom",
    "beliefs", "unknown", "holds",
]  # fmt: skip
#: Why edits were not run.
Reason = Literal[
    "consent_not_needed", "vetoes_anyway", "line_not_met", "no_term", "no_weight", "same_order", "beliefs_idle",
    "numeric", "forbidden", "nobody_asked",
]  # fmt: skip


#: Why there are no pairs where nobody wanted any.
PAIRS_NOT_ASKED = "not asked for"


class Shift(Record):
    """A share of draws before and after edits, on the same draws; the change has its paired 95% interval.

    ``gained`` and ``lost`` are the draws that turn to yes and to no.
    """

    before: Interval
    after: Interval
    change: Interval
    gained: int
    lost: int

    @property
    def still(self) -> bool:
        """Whether no draw turns either way; a change of zero may also be as many gained as lost."""
        return self.gained == self.lost == 0


class Moved(Shift):
    """A party's own share. It flips when its verdict is another."""

    verdict_before: PartyVerdict
    verdict_after: PartyVerdict
    flips: bool


class JointMoved(Shift):
    """The joint share, and the verdict, which hangs on each party asked as well. It flips when that is another."""

    verdict_before: Verdict
    verdict_after: Verdict
    flips: bool
    crosses_half: bool
    too_near: bool


class WithMembers(Record):
    """Acceptability of an alliance as results report it: with its members."""

    party: str
    before: float
    after: float


class Edited(Record):
    """One edit of one cell, in words and as a text for ``--set``."""

    party: str
    issue: str | None
    kind: Kind
    edit: str
    what: str
    before: str
    after: str
    basis: CellBasis
    line_basis: CellBasis | None
    evidence: tuple[str, ...]

    @property
    def turns_on(self) -> CellBasis:
        """The basis of what bears on the text: of a whole cell the line crossed there, before the ranking."""
        return self.basis if self.line_basis is None else self.line_basis


class Lever(Edited):
    """An edit, and what it does to the shares."""

    rank: int
    joint: JointMoved | None
    own: Moved
    with_members: tuple[WithMembers, ...]


class PartyMoved(Moved):
    """What an edit does to a party's share."""

    party: str


class Pair(Record):
    """Two edits together, and what they do."""

    rank: int
    edits: tuple[Edited, Edited]
    joint: JointMoved | None
    turns: bool
    own: tuple[PartyMoved, ...]


class Pairs(Record):
    """The pairs that were tried, and those that turn the verdict."""

    needed: bool
    wanted: Literal["accepts", "refuses"]
    across_counted: int
    within_scored: int
    exhaustive: bool
    rule: str
    ceiling: float
    flips: int
    ranked: tuple[Pair, ...] = Field(alias="found")


class Dropped(Record):
    """All red lines and refusals of some parties dropped at once; ``lines`` says how many."""

    parties: tuple[str, ...]
    edits: tuple[str, ...]
    lines: int
    joint: JointMoved | None
    own: tuple[PartyMoved, ...]


class AskedParty(Record):
    """Where a party asked stands before any edit; ``ceiling`` is the share in which all the others accept."""

    id: str
    name: str
    role: schema.Role
    acceptability: Interval
    verdict: PartyVerdict
    vetoes: tuple[str, ...]
    ceiling: float


class LeftOut(Record):
    """Edits that were not run, and why."""

    reason: Reason
    why: str
    cannot_matter: bool
    count: int
    edits: tuple[str, ...]


# --- what is worth saying ---------------------------------------------------------------------


class Move(Record):
    """From where to where the joint share moves; ``verdict`` is the one after it, None where it stays as it is."""

    before: Share
    after: Share
    too_near: bool
    verdict: Verdict | None


class EditInBrief(Record):
    """As a sentence has an edit: its text for ``--set``, what its cell rests on, and what it does."""

    party: str
    edit: str
    kind: Kind
    basis: CellBasis
    line_basis: CellBasis | None
    joint: Move | None


class PairInBrief(Record):
    """Two edits, by their texts, and where they take the joint share."""

    edits: tuple[str, str]
    joint: Move | None


class Tried(Record):
    """How many edits were tried, of all parties or of one, on all issues or on one."""

    edits: int
    party: str | None
    issue: str | None


class RefusingParty(Record):
    """A party asked, and over how many lines at once it rejects the text in every draw."""

    party: str
    lines: int


class NoVerdictToTurn(Finding, kind="nobody_asked"):
    """No party has to consent, so that there is no verdict to turn."""


class JointVerdict(Finding, kind="joint_verdict"):
    """The joint share and the verdict as modelled, and the parties who make it refused or divided."""

    share: Share
    verdict: Verdict
    parties: tuple[str, ...]
    too_near: bool


class NoEdits(Finding, kind="no_edits"):
    """There is no edit to try."""

    party: str | None
    issue: str | None


class TurningEdits(Finding, kind="turning_edits"):
    """How many edits turn the verdict on a text that is not accepted, the strongest, and what they rest on."""

    tried: Tried
    turning: int
    strongest: EditInBrief
    reaches_half: bool
    bases: dict[CellBasis, int]


class BreakingEdits(Finding, kind="breaking_edits"):
    """How many edits would break an acceptance, those that go furthest, and what they rest on."""

    tried: Tried
    breaking: int
    furthest: tuple[EditInBrief, ...]
    bases: dict[CellBasis, int]


class NoEditMoves(Finding, kind="no_edit_moves"):
    """No edit moves the joint share in any draw: for those ``refusing`` in all, or since never do all accept."""

    tried: Tried
    refusing: tuple[RefusingParty, ...]
    never_together: bool


class FurthestAlone(Finding, kind="furthest_alone"):
    """Where no edit moves the joint share: the one that moves its own party's furthest the wanted way."""

    edit: EditInBrief
    upward: bool
    before: Share
    after: Share


class NoEditTurns(Finding, kind="no_edit_turns"):
    """No edit turns the verdict; the ``nearest`` one, None where none moves the joint share the wanted way."""

    tried: Tried
    new_lines_apart: bool
    nearest: EditInBrief | None


class FurthestBack(Finding, kind="furthest_back"):
    """An edit that moves the joint share further the other way."""

    edit: EditInBrief
    upward: bool


class LinesDropped(Finding, kind="lines_dropped"):
    """What would be if parties that reject the text in every draw drew no lines."""

    parties: tuple[str, ...]
    joint: Move


class TurningPairs(Finding, kind="turning_pairs"):
    """How many pairs of edits turn the verdict as neither edit does alone."""

    pairs: int
    furthest: PairInBrief


class NoPairTurns(Finding, kind="no_pair_turns"):
    """No pair turns the verdict; ``needed``: nor does any edit. ``nearest``: None where none goes beyond one edit."""

    needed: bool
    nearest: PairInBrief | None


class CrossingHalf(Finding, kind="crossing_half"):
    """Under how many edits the joint share crosses one half or is too near it; whether the verdict turns likewise."""

    edits: int
    crossing: int
    too_near: int
    verdict_differs: bool


class SeveralLines(Finding, kind="several_lines"):
    """A party rejects the text in every draw over several lines at once, so that no one edit helps."""

    party: str
    lines: int


class Ceilings(Finding, kind="ceilings"):
    """How far edits of one party alone can lift the joint share: where all the others accept."""

    parties: tuple[PartyShare, ...]


class NewLines(Finding, kind="new_lines"):
    """Edits that add a line on a term of the text, counted apart; ``breaks``: the verdict."""

    edits: int
    parties: tuple[str, ...]
    breaks: bool


class PairsTried(Finding, kind="pairs_tried"):
    """How many pairs were looked at; of one party without a veto, those of so many of its ``strongest`` edits."""

    across: int
    within: int
    strongest: int


class PairsCeiling(Finding, kind="pairs_ceiling"):
    """How far edits of two parties can lift the joint share: where all the others accept."""

    share: Share


class PairsLeft(Finding, kind="pairs_left"):
    """Not every pair was looked at."""


class KindsTried(Finding, kind="kinds_tried"):
    """Edits were tried; of the turning issue, every class."""

    turning_issue: str | None


class CannotMatter(Finding, kind="cannot_matter"):
    """Edits not run since they cannot change anything, by reason, most first."""

    edits: dict[Reason, int]


class CannotBeMade(Finding, kind="cannot_be_made"):
    """Edits that there are none of, by reason, most first."""

    edits: dict[Reason, int]


class WeightRanges(Finding, kind="weight_ranges"):
    """Parties whose weights are ranges, so that changes of theirs carry more sampling error."""

    parties: tuple[str, ...]


class OnTopOf(Finding, kind="on_top_of"):
    """Edits of the scenario under which all others were tried."""

    edits: tuple[str, ...]


class RunWithoutLines(Finding, kind="run_without_lines"):
    """The edits by which a run shows the text without the lines dropped."""

    edits: tuple[str, ...]


class RunWithEdit(Finding, kind="run_with_edit"):
    """The first edit, which a run shows in full."""

    edit: str


class SameDraws(Finding, Sparing, kind="same_draws"):
    """How many draws every edit is counted on; ``alliances``: some party asked is one, and stands without members.

    ``rules`` are those of single parties that a program or a package brought, if there are any.
    """

    _SPARED: ClassVar[tuple[str, ...]] = ("rules",)

    draws: int
    seed: int
    drawn: bool
    alliances: bool
    rules: tuple[PartyRule, ...] = ()


LeversFinding = Annotated[Finding, kinds_of(globals(), EvidenceSettles, Unsourced, MostlyFiller)]


class LeversResult(Question):
    """The levers of one scenario.

    ``new_lines`` are the edits that add a red line on what the text says. They take the party's acceptance away in
    every draw, whatever the sources say, so they are told apart from the levers. So are the edits of ``fewer_asked``,
    which make the sources silent on a party that is asked and so drop it from the joint figure.

    Example:
        >>> import sim
        >>> result: sim.LeversResult = sim.levers(sim.load("istanbul", draws=200), party="us")
        >>> {lever.party for lever in result.levers}
        {'us'}
    """

    schema_: Literal["sim.levers/1"] = Field("sim.levers/1", alias="schema")
    party: str | None
    issue: str | None
    joint: Interval | None
    verdict: Verdict | None
    verdict_reason: str | None
    on_evidence: EvidenceAlone
    parties: tuple[AskedParty, ...]
    assumed_terms: int
    terms: int
    sourced_veto: bool
    weight_ranges: tuple[str, ...]
    names: dict[str, str]
    levers: tuple[Lever, ...]
    new_lines: tuple[Lever, ...]
    fewer_asked: tuple[Lever, ...]
    dropped: tuple[Dropped, ...]
    dropped_reason: str | None
    left_out: tuple[LeftOut, ...]
    pairs: Pairs | None
    pairs_reason: str | None
    findings: tuple[LeversFinding, ...] = ()  # not in older documents
    labels: Labels = Labels()
    versions: Versions

    @property
    def pairs_asked(self) -> bool:
        """Whether pairs of edits were asked for, also where there are none."""
        return self.pairs_reason != PAIRS_NOT_ASKED

    @property
    def upward(self) -> bool:
        """Whether a flip that is looked for is towards acceptance."""
        return self.verdict not in (None, "accepted")

    @property
    def stuck(self) -> bool:
        """Whether no lever moves the joint share in any draw."""
        return all(x.joint is None or x.joint.still for x in self.levers)

    @property
    def new_lines_flip(self) -> bool:
        """Whether some added line turns the verdict."""
        return any(x.joint is not None and x.joint.flips for x in self.new_lines)

    def brings_in(self, lever: Lever) -> bool:
        """Whether an edit is of a party on whom the sources are silent, which so gets a say."""
        return lever.party not in {party.id for party in self.parties}

    @property
    def flipping(self) -> tuple[Lever, ...]:
        """Levers that flip the verdict."""
        return tuple(x for x in self.levers if x.joint is not None and x.joint.flips)
