"""The result of :func:`sim.analysis.levers.levers.levers`; ``results/README.md`` documents every key."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.analysis.levers.edits import Kind, Reason
from sim.analysis.shared.counting import Verdict
from sim.analysis.shared.evidence_alone import EvidenceAlone
from sim.analysis.shared.findings import MostlyFiller
from sim.analysis.shared.records import Question
from sim.engine.profiles import CellBasis
from sim.results.records import Finding, Interval, PartyVerdict, Record, Share, Versions
from sim.results.result import EvidenceSettles, PartyShare, Unsourced
from sim.scenario import schema
from sim.scenario.labels import Labels


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


class NoVerdictToTurn(Finding):
    """No party has to consent, so that there is no verdict to turn."""

    kind: Literal["nobody_asked"] = "nobody_asked"


class JointVerdict(Finding):
    """The joint share and the verdict as modelled, and the parties who make it refused or divided."""

    kind: Literal["joint_verdict"] = "joint_verdict"
    share: Share
    verdict: Verdict
    parties: tuple[str, ...]
    too_near: bool


class NoEdits(Finding):
    """There is no edit to try."""

    kind: Literal["no_edits"] = "no_edits"
    party: str | None
    issue: str | None


class TurningEdits(Finding):
    """How many edits turn the verdict on a text that is not accepted, the strongest, and what they rest on."""

    kind: Literal["turning_edits"] = "turning_edits"
    tried: Tried
    turning: int
    strongest: EditInBrief
    reaches_half: bool
    bases: dict[CellBasis, int]


class BreakingEdits(Finding):
    """How many edits would break an acceptance, those that go furthest, and what they rest on."""

    kind: Literal["breaking_edits"] = "breaking_edits"
    tried: Tried
    breaking: int
    furthest: tuple[EditInBrief, ...]
    bases: dict[CellBasis, int]


class NoEditMoves(Finding):
    """No edit moves the joint share in any draw: for those ``refusing`` in all, or since never do all accept."""

    kind: Literal["no_edit_moves"] = "no_edit_moves"
    tried: Tried
    refusing: tuple[RefusingParty, ...]
    never_together: bool


class FurthestAlone(Finding):
    """Where no edit moves the joint share: the one that moves its own party's furthest the wanted way."""

    kind: Literal["furthest_alone"] = "furthest_alone"
    edit: EditInBrief
    upward: bool
    before: Share
    after: Share


class NoEditTurns(Finding):
    """No edit turns the verdict; the ``nearest`` one, None where none moves the joint share the wanted way."""

    kind: Literal["no_edit_turns"] = "no_edit_turns"
    tried: Tried
    new_lines_apart: bool
    nearest: EditInBrief | None


class FurthestBack(Finding):
    """An edit that moves the joint share further the other way."""

    kind: Literal["furthest_back"] = "furthest_back"
    edit: EditInBrief
    upward: bool


class LinesDropped(Finding):
    """What would be if parties that reject the text in every draw drew no lines."""

    kind: Literal["lines_dropped"] = "lines_dropped"
    parties: tuple[str, ...]
    joint: Move


class TurningPairs(Finding):
    """How many pairs of edits turn the verdict as neither edit does alone."""

    kind: Literal["turning_pairs"] = "turning_pairs"
    pairs: int
    furthest: PairInBrief


class NoPairTurns(Finding):
    """No pair turns the verdict; ``needed``: nor does any edit. ``nearest``: None where none goes beyond one edit."""

    kind: Literal["no_pair_turns"] = "no_pair_turns"
    needed: bool
    nearest: PairInBrief | None


class CrossingHalf(Finding):
    """Under how many edits the joint share crosses one half or is too near it; whether the verdict turns likewise."""

    kind: Literal["crossing_half"] = "crossing_half"
    edits: int
    crossing: int
    too_near: int
    verdict_differs: bool


class SeveralLines(Finding):
    """A party rejects the text in every draw over several lines at once, so that no one edit helps."""

    kind: Literal["several_lines"] = "several_lines"
    party: str
    lines: int


class Ceilings(Finding):
    """How far edits of one party alone can lift the joint share: where all the others accept."""

    kind: Literal["ceilings"] = "ceilings"
    parties: tuple[PartyShare, ...]


class NewLines(Finding):
    """Edits that add a line on a term of the text, counted apart; ``breaks``: the verdict."""

    kind: Literal["new_lines"] = "new_lines"
    edits: int
    parties: tuple[str, ...]
    breaks: bool


class PairsTried(Finding):
    """How many pairs were looked at; of one party without a veto, those of so many of its ``strongest`` edits."""

    kind: Literal["pairs_tried"] = "pairs_tried"
    across: int
    within: int
    strongest: int


class PairsCeiling(Finding):
    """How far edits of two parties can lift the joint share: where all the others accept."""

    kind: Literal["pairs_ceiling"] = "pairs_ceiling"
    share: Share


class PairsLeft(Finding):
    """Not every pair was looked at."""

    kind: Literal["pairs_left"] = "pairs_left"


class KindsTried(Finding):
    """Edits were tried; of the turning issue, every class."""

    kind: Literal["kinds_tried"] = "kinds_tried"
    turning_issue: str | None


class CannotMatter(Finding):
    """Edits not run since they cannot change anything, by reason, most first."""

    kind: Literal["cannot_matter"] = "cannot_matter"
    edits: dict[Reason, int]


class CannotBeMade(Finding):
    """Edits that there are none of, by reason, most first."""

    kind: Literal["cannot_be_made"] = "cannot_be_made"
    edits: dict[Reason, int]


class WeightRanges(Finding):
    """Parties whose weights are ranges, so that changes of theirs carry more sampling error."""

    kind: Literal["weight_ranges"] = "weight_ranges"
    parties: tuple[str, ...]


class OnTopOf(Finding):
    """Edits of the scenario under which all others were tried."""

    kind: Literal["on_top_of"] = "on_top_of"
    edits: tuple[str, ...]


class RunWithoutLines(Finding):
    """The edits by which a run shows the text without the lines dropped."""

    kind: Literal["run_without_lines"] = "run_without_lines"
    edits: tuple[str, ...]


class RunWithEdit(Finding):
    """The first edit, which a run shows in full."""

    kind: Literal["run_with_edit"] = "run_with_edit"
    edit: str


class SameDraws(Finding):
    """How many draws every edit is counted on; ``alliances``: some party asked is one, and stands without members."""

    kind: Literal["same_draws"] = "same_draws"
    draws: int
    seed: int
    drawn: bool
    alliances: bool


LeversFinding = Annotated[
    NoVerdictToTurn
    | EvidenceSettles
    | JointVerdict
    | Unsourced
    | MostlyFiller
    | NoEdits
    | TurningEdits
    | BreakingEdits
    | NoEditMoves
    | FurthestAlone
    | NoEditTurns
    | FurthestBack
    | LinesDropped
    | TurningPairs
    | NoPairTurns
    | CrossingHalf
    | SeveralLines
    | Ceilings
    | NewLines
    | PairsTried
    | PairsCeiling
    | PairsLeft
    | KindsTried
    | CannotMatter
    | CannotBeMade
    | WeightRanges
    | OnTopOf
    | RunWithoutLines
    | RunWithEdit
    | SameDraws,
    Field(discriminator="kind"),
]


class LeversResult(Question):
    """The levers of one scenario.

    ``new_lines`` are the edits that add a red line on what the text says. They take the party's acceptance away in
    every draw, whatever the sources say, so they are told apart from the levers. So are the edits of ``fewer_asked``,
    which make the sources silent on a party that is asked and so drop it from the joint figure.
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

    @property
    def flipping(self) -> tuple[Lever, ...]:
        """Levers that flip the verdict."""
        return tuple(x for x in self.levers if x.joint is not None and x.joint.flips)
