"""What a search for amendments returns; ``results/README.md`` documents every key."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.analysis.shared.counting import Verdict
from sim.analysis.shared.records import Base, BlockingLine, ConstraintRef, PartyEffect
from sim.results.records import Document, Interval, Record, ScenarioInfo, Settings, TermChange, Versions
from sim.scenario import schema
from sim.scenario.labels import Labels

#: Among which amendments the best are looked for: all, or those that do some work, where a party is to be spared.
Pool = Literal["all", "raising", "reaching_half", "nearly_best"]


class AmendedTerm(TermChange):
    """``before`` is None for an open issue; ``basis`` is that of the term replaced."""

    basis: Literal["stated", "inferred", "proposed", "assumed", "edited", "open"]
    forced_by: tuple[ConstraintRef, ...]


class Amendment(Record):
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


class AmendOptions(Record):
    changes: int
    keep: tuple[str, ...]
    party: str | None
    constraints: schema.Severity
    top: int


class Amend(Document):
    """What changing the text would do; ``base`` is the text as tabled.

    ``equal_no_deal`` are the outcomes of no deal that some change of the text equals, which therefore is left out.
    """

    schema_: Literal["sim.amend/1"] = Field("sim.amend/1", alias="schema")
    scenario: ScenarioInfo
    settings: Settings
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
    labels: Labels = Labels()
    versions: Versions
