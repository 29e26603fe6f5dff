"""The result of :func:`sim.analysis.levers.talks.talks_levers`; ``results/README.md`` documents every key."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.analysis.levers.result import (
    CannotBeMade,
    CannotMatter,
    Edited,
    EditInBrief,
    LeftOut,
    NoEdits,
    OnTopOf,
    RunWithEdit,
    SameDraws,
    Tried,
    WeightRanges,
)
from sim.analysis.shared.findings import ConsentLeftOut, MostlyFiller, TalksConduct
from sim.analysis.shared.records import Question, TalksEnds
from sim.results.records import Finding, Interval, Record, Share, Versions, beyond_error, kinds_of
from sim.results.result import Unsourced
from sim.results.talks import TalksHeld
from sim.scenario.labels import Labels


class TalksMoved(Record):
    """How talks end under edits; ``unratified_change`` is of agreements that fail in ratification, draw by draw."""

    talks: TalksEnds
    unratified_change: Interval

    @property
    def still(self) -> bool:
        """Whether as many draws end in an agreement that stands, or fail in ratification, as without the edits."""
        return self.talks.change.estimate == self.unratified_change.estimate == 0

    @property
    def moves(self) -> bool:
        """Whether the share of agreements that stand changes by more than sampling error."""
        return beyond_error(self.talks.change)


class TalksLever(Edited, TalksMoved):
    """An edit, and how the talks end under it."""

    rank: int


class TalksDropped(TalksMoved):
    """All red lines and refusals of some parties dropped at once; ``lines`` says how many."""

    parties: tuple[str, ...]
    edits: tuple[str, ...]
    lines: int


# --- what is worth saying ---------------------------------------------------------------------


class TalksShift(Record):
    """An edit, and from where to where it takes a share of draws."""

    edit: EditInBrief
    before: Share
    after: Share


class TalksBase(Finding, kind="talks_base"):
    """How often an agreement stands as the scenario does, and how often one fails in ratification."""

    protocol: str
    agreed: Share
    ratification_failed: Share


class TalksMoves(Finding, kind="talks_moves"):
    """How many edits move the share of agreements that stand by more than sampling error, and the furthest each way.

    ``by_chance`` is how many of as many edits would at most seem to if none did: intervals of 95% leave zero out that
    often, but that of an edit under which every draw ends alike is zero itself.
    """

    tried: Tried
    moving: int
    by_chance: int = 0
    up: TalksShift | None
    down: TalksShift | None


class TalksLinesAdded(Finding, kind="talks_lines_added"):
    """How many red lines that parties might draw against the tabled text stand apart, and the furthest that one goes.

    Counted are those that move the share of agreements that stand by more than sampling error.
    """

    tried: int
    moving: int
    furthest: TalksShift


class TalksRatification(Finding, kind="talks_ratification"):
    """The edit that moves the share of what fails in ratification furthest."""

    furthest: TalksShift


class TalksLinesDropped(Finding, kind="talks_lines_dropped"):
    """How often an agreement would stand if parties that reject the tabled text in every draw drew no lines."""

    parties: tuple[str, ...]
    before: Share
    after: Share


class TalksObstacle(Finding, kind="talks_obstacle"):
    """Who is most often in the way as the scenario stands, in what share of draws, and under how many edits others."""

    party: str
    share: Share
    others: dict[str, int]


class TalksKinds(Finding, kind="talks_kinds"):
    """Edits were tried; of the turning issue, every class."""

    turning_issue: str | None


TalksLeversFinding = Annotated[
    Finding,
    kinds_of(
        globals(),
        *(
            Unsourced,
            MostlyFiller,
            NoEdits,
            CannotMatter,
            CannotBeMade,
            WeightRanges,
            OnTopOf,
            ConsentLeftOut,
            TalksConduct,
        ),
        *(RunWithEdit, SameDraws),
    ),
]


class TalksLevers(Question):
    """The levers of talks: how they end under single edits of positions.

    ``new_lines`` are the edits that add a red line on what the tabled text says, ``others_asked`` those that make the
    sources silent on a party that has a say, or let a silent one have it; both are told apart.

    Example:
        >>> import sim
        >>> loaded = sim.load("istanbul", draws=200, protocol="alternating_offers")
        >>> result: sim.TalksLevers = sim.talks_levers(loaded, party="us", issue="sanctions")
        >>> {lever.party for lever in result.levers}
        {'us'}
    """

    schema_: Literal["sim.talks_levers/1"] = Field("sim.talks_levers/1", alias="schema")
    party: str | None
    issue: str | None
    talks: TalksHeld
    base: TalksEnds
    assumed_terms: int
    terms: int
    weight_ranges: tuple[str, ...]
    names: dict[str, str]
    consent_not_modelled: tuple[str, ...]
    levers: tuple[TalksLever, ...]
    new_lines: tuple[TalksLever, ...]
    others_asked: tuple[TalksLever, ...]
    dropped: tuple[TalksDropped, ...]
    left_out: tuple[LeftOut, ...]
    findings: tuple[TalksLeversFinding, ...] = ()
    labels: Labels = Labels()
    versions: Versions
