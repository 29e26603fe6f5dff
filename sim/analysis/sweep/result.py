"""The result of :func:`sim.analysis.sweep.sweep.sweep`; ``results/README.md`` documents every key."""

from __future__ import annotations

import datetime as dt
import math
from functools import cached_property
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from sim.analysis.shared.counting import Verdict
from sim.analysis.shared.evidence_alone import EvidenceAlone
from sim.analysis.shared.findings import TalksConduct
from sim.analysis.shared.records import ConstraintRef, Question, TalksEnds
from sim.results.records import (
    Count,
    Finding,
    Interval,
    Objection,
    OnEvidence,
    PartyVerdict,
    Positive,
    Record,
    Share,
    Sparing,
    Versions,
    kinds_of,
)
from sim.results.talks import TalksHeld
from sim.scenario.labels import Labels, row_of_party
from sim.scenario.schema import Basis

#: Up to so many characters a number of a range stands for people as it is.
_SHORT = 6
#: Why a text that equals an outcome of no deal has no joint figure: a yes to it is no agreement.
NO_AGREEMENT = "the text says no more than no deal"


class PartyPoint(Record):
    """A party at one point of the grid."""

    id: str
    consent_needed: bool
    silent: bool
    acceptability: Interval
    change: Interval
    verdict: PartyVerdict
    on_evidence: OnEvidence


class SweepPoint(Sparing):
    """One grid point; where its text breaks a hard constraint there are no figures, and ``missing`` says why.

    ``talks`` are there in a sweep of talks alone.
    """

    _SPARED: ClassVar[tuple[str, ...]] = ("talks",)

    values: tuple[str, ...]
    own: bool
    joint_acceptability: Interval | None = None
    change: Interval | None = None
    verdict: Verdict | None = None
    on_evidence: EvidenceAlone | None = None
    weakest_party: str | None = None
    missing: str | None
    breaks: tuple[ConstraintRef, ...] = ()
    parties: tuple[PartyPoint, ...] = ()
    talks: TalksEnds | None = None  # only where talks are held

    @property
    def feasible(self) -> bool:
        """Whether the text keeps every hard constraint there."""
        return not self.breaks

    @property
    def says_no_more(self) -> bool:
        """Whether its text equals an outcome of no deal."""
        return self.missing is not None and self.missing.startswith(NO_AGREEMENT)

    def party(self, id: str) -> PartyPoint:
        """The row of one party. Raises UnknownName, a KeyError, where there is none."""
        return row_of_party(id, self.parties)

    def needs(self, party: str) -> bool:
        """Whether the party is asked: its consent is needed, and the sources are not silent on it."""
        return self.feasible and (row := self.party(party)).consent_needed and not row.silent

    def acceptability(self, party: str | None) -> Interval | None:
        """The joint figure (party None) or a party's; None where there is none to tell."""
        if party is None:
            return self.joint_acceptability
        return self.party(party).acceptability if self.feasible and not self.party(party).silent else None

    def share(self, party: str | None) -> float | None:
        """The estimate of :meth:`acceptability`."""
        acceptability = self.acceptability(party)
        return None if acceptability is None else acceptability.estimate


class SweepPath(Record):
    """A path and its values; ``own`` are those that the scenario itself has there."""

    path: str
    values: tuple[str, ...]
    numbers: tuple[float, ...] | None
    own: tuple[str, ...]

    @cached_property
    def rounded(self) -> dict[str, str]:
        """By value the numbers of a range for people, to the fewest places at which they differ; else empty.

        What somebody wrote out by hand stays as it was written, and so do numbers that are short.
        """
        numbers = self.numbers or ()
        if len(numbers) < 3 or max(map(len, self.values)) <= _SHORT:
            return {}
        step = (numbers[-1] - numbers[0]) / (len(numbers) - 1)
        if not all(math.isclose(other - one, step, rel_tol=1e-6) for one, other in pairwise(numbers)):
            return {}
        for places in range(20):
            words = [_to_places(number, places) for number in numbers]
            if len({*words}) == len(words):
                each = zip(self.values, words, numbers, strict=True)
                return {value: word for value, word, number in each if float(word) != number}
        return {}


def _to_places(number: float, places: int) -> str:
    words = f"{number:.{places}f}"
    words = words.rstrip("0").rstrip(".") if places else words
    return "0" if words == "-0" else words


class Boundary(Record):
    """Two neighbouring grid points between which a share crosses one half; ``party`` is None for the joint figure."""

    party: str | None
    path: str
    below: str
    above: str
    elsewhere: str | None


class LineTurn(Record):
    """A line that the text as it stands crosses: in force from the day ``on`` (``begins``), or no longer."""

    party: str
    consent_needed: bool
    kind: Literal["red_line", "refusal"]
    issue: str | None
    option: str | None
    refusal: str | None
    basis: Basis
    holds: tuple[float, float] | None
    quota: float | None
    on: dt.date
    begins: bool


class TalksBoundary(Record):
    """Two neighbouring grid points between which the share of agreements that stand crosses one half."""

    path: str
    below: str
    above: str
    elsewhere: str | None


# --- findings: what talks over the grid come to --------------------------------------------


class ShareAt(Record):
    """A share of draws at a point of the grid, by its values."""

    values: tuple[str, ...]
    share: Share


class TalksRange(Finding, kind="talks_range"):
    """Where an agreement that stands is least and most likely; ``base`` is as the scenario stands.

    ``moving`` are the points whose share differs from that by more than sampling error.
    """

    protocol: str
    least: ShareAt
    most: ShareAt
    base: Share
    moving: int


class TalksHalf(Finding, kind="talks_half"):
    """At how many of ``points`` an agreement stands in one half of draws or more.

    Of one path ``between`` are up to a few places where that turns, ``turns`` how many there are; ``near`` are points
    at which one half lies within sampling error.
    """

    points: Positive
    above: Count
    turns: Count
    between: tuple[TalksBoundary, ...]
    near: tuple[tuple[str, ...], ...]


class Ground(Record):
    """What a party has against texts at some points: how many, up to a few of them; a line without what varies of it.

    Of an ``objection``, shares are those at the point where the party is in the way most often, and ``holds`` is there
    only where it is the same at all of them.
    """

    objection: Objection
    points: Positive
    values: tuple[tuple[str, ...], ...]


class Obstacle(Record):
    """A party that is most in the way at some points: how many, up to a few of them, and its share of draws there.

    ``objection`` is what it has against texts at the point where it is in the way most often, ``grounds`` what it has
    at which points, that of most points first, and at most a few.
    """

    party: str
    points: Positive
    values: tuple[tuple[str, ...], ...]
    least: Share
    most: Share
    objection: Objection | None
    grounds: tuple[Ground, ...] = ()


class TalksObstacles(Finding, kind="talks_obstacles"):
    """Who is in the way of agreements that stand, those first who are so at most of ``points``."""

    points: Count
    parties: tuple[Obstacle, ...]


class TalksUnratified(Finding, kind="talks_unratified"):
    """Where what is agreed fails in ratification most often, and least; ``parties`` turn it down."""

    least: ShareAt
    most: ShareAt
    parties: tuple[str, ...]


SweepFinding = Annotated[Finding, kinds_of(globals(), TalksConduct)]


class Sweep(Question, Sparing):
    """A sweep over one or two paths; ``points`` run over the values of the last path first.

    ``issues_begun`` are the issues that begin between the days of a sweep over days, each with its day. Where the
    points are negotiated, ``talks`` says by what as the scenario stands, and ``findings`` are about the talks.

    Example:
        >>> import sim
        >>> sweep: sim.Sweep = sim.sweep(sim.load("istanbul", draws=200), ["us.no_deal.cost=0:0.2:3"])
        >>> [point.values for point in sweep.points]
        [('0',), ('0.1',), ('0.2',)]
    """

    _SPARED: ClassVar[tuple[str, ...]] = ("talks", "talks_boundaries", "findings")

    schema_: Literal["sim.sweep/1"] = Field("sim.sweep/1", alias="schema")
    paths: tuple[SweepPath, ...]
    base: SweepPoint
    points: tuple[SweepPoint, ...]
    boundaries: tuple[Boundary, ...]
    lines: tuple[LineTurn, ...] | None
    issues_begun: dict[str, dt.date] = Field(default_factory=dict)
    assumed_terms: int
    terms: int
    names: dict[str, str]
    consent_not_modelled: tuple[str, ...]
    labels: Labels = Labels()
    versions: Versions
    talks: TalksHeld | None = None  # only where talks are held
    talks_boundaries: tuple[TalksBoundary, ...] = ()  # likewise
    findings: tuple[SweepFinding, ...] = ()  # likewise

    def point(self, *values: str) -> SweepPoint:
        """The point with these values, one a path; KeyError where there is none."""
        return {point.values: point for point in self.points}[values]
