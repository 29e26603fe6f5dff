"""What results are made of: frozen records, a class a block of their JSON, whose keys ``results/README.md`` documents.

Shares of draws carry their 95% Wilson interval, which is sampling error only; ``on_evidence`` is what the evidence
alone allows.
"""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from importlib import metadata
from operator import or_
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from sim._version import __version__

PartyVerdict = Literal["accepts", "refuses", "divided"]
EvidenceVerdict = Literal["accepts", "refuses", "not settled"]


#: Shares are counts over counts, or sums of such, which may miss 0 and 1 by what rounding leaves.
SLACK = 1e-9


def _stopping(schema: Any) -> Any:
    if isinstance(schema, dict):
        whole = {key: _stopping(value) for key, value in schema.items()}
        return {**whole, "fail_fast": True} if schema.get("type") == "tuple" else whole
    return [_stopping(item) for item in schema] if isinstance(schema, list) else schema


class Record(BaseModel):
    """Whatever is printed or saved: numbers are finite, and there is no key that the model does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False, defer_build=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> Any:
        """Lists stop at their first item that is wrong: a file of a million would need gigabytes for its errors."""
        return _stopping(handler(source))

    @classmethod
    def copying(cls, source: object, /, **others: Any) -> Self:
        """A record with ``others`` and, for what else it requires, what ``source`` has under the same names."""
        wanted = [name for name, field in cls.model_fields.items() if field.is_required() and name not in others]
        return cls(**{name: getattr(source, name) for name in wanted}, **others)


class Sparing(Record):
    """A record in which some newer keys stand only where they say something, so that others stay as they were."""

    _SPARED: ClassVar[tuple[str, ...]] = ()

    @model_serializer(mode="wrap")
    def _spared(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        for name in self._SPARED:
            if getattr(self, name) in (None, ()):
                written.pop(name, None)
        return written


class Interval(Record):
    """An estimate with the ends of its 95% interval, sampling error only.

    Of a share of draws it is Wilson's; records of differences of shares or gains have intervals of this form too.

    Example:
        >>> import sim
        >>> share: sim.Interval = sim.run("istanbul", draws=500).joint_acceptability
        >>> share.low < share.estimate < share.high, len(share.figures)
        (True, 3)
    """

    estimate: float
    low: float
    high: float

    @property
    def figures(self) -> tuple[float, float, float]:
        """The three numbers, as CSV has them side by side."""
        return self.estimate, self.low, self.high


def beyond_error(change: Interval) -> bool:
    """Whether a difference is told from none: its interval leaves zero out."""
    return not change.low <= 0 <= change.high


def _share(value: float) -> float:
    if not -SLACK <= value <= 1 + SLACK:
        raise ValueError(f"a share lies between 0 and 1, and {value:g} does not")
    return value


def _shares(interval: Interval) -> Interval:
    for figure in interval.figures:
        _share(figure)
    if not interval.low - SLACK <= interval.estimate <= interval.high + SLACK:
        raise ValueError("an interval holds its estimate, and this one does not")
    return interval


def _range(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] > ends[1] + SLACK:
        raise ValueError(f"a range runs from low to high, not from {ends[0]:g} to {ends[1]:g}")
    return ends


#: A share of draws, of agreements or of weight; an interval of one; a range; one of shares; a number of things.
Share = Annotated[float, AfterValidator(_share)]
ShareInterval = Annotated[Interval, AfterValidator(_shares)]
Range = Annotated[tuple[float, float], AfterValidator(_range)]
ShareRange = Annotated[tuple[Share, Share], AfterValidator(_range)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class Finding(Record):
    """One fact of a result that is worth saying: a kind of its own, ids and figures, and no words.

    A question's kinds stand beside its record (``result.py``), what is worth saying in its ``findings.py``, and the
    sentence of each kind in its ``english.py``. A class names its kind: ``class BestRows(Finding, kind="best_rows")``.
    """

    kind: str = ""

    def __init_subclass__(cls, kind: str | None = None, **options: Any) -> None:
        """The one value that ``kind`` has, by which a reader of JSON tells findings apart."""
        super().__init_subclass__(**options)
        if kind is not None:
            cls.__annotations__["kind"] = Literal[kind]
            cls.kind = kind


@dataclass(frozen=True)
class Kinds:
    """In an annotation: a finding is of one of these kinds, which ``kind`` tells apart."""

    union: Any

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        """That of the union, so that a document read back has the kinds that it was written with."""
        return handler.generate_schema(self.union)


def kinds_of(module: Mapping[str, Any], *others: type[Finding]) -> Kinds:
    """The kinds that a module defines, and others."""
    own = [x for x in module.values() if isinstance(x, type) and x.__module__ == module["__name__"]]
    kinds = (*others, *(x for x in own if issubclass(x, Finding)))
    return Kinds(Annotated[reduce(or_, kinds), Field(discriminator="kind")])


class ScenarioInfo(Record):
    """Which text it is, and whose day's positions were used."""

    id: str
    title: str
    label: str | None = None  # not in older documents, as ``labels``
    date: dt.date
    as_of: dt.date
    sha256: str

    @property
    def name(self) -> str:
        """What to call the text in tables and sentences."""
        return self.label or self.title


class PartyRule(Record):
    """A rule of a program's or a package's own by which one party values packages, or says yes to gains.

    ``package`` and ``version`` are None for one that a program registered by itself, in ``module``.
    """

    party: str
    kind: Literal["utility", "acceptance"]
    name: str
    package: str | None
    version: str | None
    module: str


class Settings(Sparing):
    """What a run was made with."""

    _SPARED: ClassVar[tuple[str, ...]] = ("rules",)

    draws: Positive
    seed: Count
    protocol: str
    evidence: str
    no_deal: str | None
    no_deal_basis: str | None
    turning_issue: str | None
    edits: tuple[str, ...]
    sources: Literal["some", "none", "no articles"] = "some"  # not in older documents
    drawn: bool = True  # nor this
    rules: tuple[PartyRule, ...] = ()  # only where there are some


class OverallEvidence(Record):
    """What the evidence alone settles of the text, and who decides that."""

    verdict: Literal["accepted", "refused", "not settled"]
    parties: tuple[str, ...]
    by_inference: tuple[str, ...] = ()  # not in older documents


class Filler(Record):
    """What other values of the text's assumed terms do to the joint share."""

    low: Share
    median: Share
    high: Share
    assumed_terms: Count
    terms: Count
    fillings: Count
    every_filling: bool
    draws: Count


class OnEvidence(Record):
    """The shares between which the evidence alone leaves a party's acceptance."""

    necessary: Share
    possible: Share
    with_inferred: Share | None = None  # not in older documents
    verdict: EvidenceVerdict


class FirmRecord(Record):
    """A party asked of whom something in force rests on graded claims alone: what is left without these.

    Of an alliance its own, without its members.
    """

    party: str
    claims: tuple[str, ...]
    on_evidence: OnEvidence


class ByLayer(Record):
    """A share with the lines of each layer binding."""

    stated: Share
    inferred: Share
    assumed: Share


class ByTurningClass(Record):
    """A share with the turning issue at each class of importance."""

    none: Share
    minor: Share
    moderate: Share
    major: Share
    critical: Share


class Gain(Record):
    """The middle of a party's gain and its middle 90% of draws, in units of utility."""

    median: float
    p05: float
    p95: float


class Objection(Record):
    """What stands in a party's way: a line, or the issue that costs it most."""

    kind: Literal["red_line", "refusal", "issue"]
    issue: str | None
    option: str | None
    refusal: str | None
    share: Share | None
    mean_loss: float | None
    term_basis: str | None
    holds: ShareRange | None
    basis: str
    evidence: tuple[str, ...]


class Own(Record):
    """An alliance's own stance, without its members."""

    acceptability: ShareInterval
    verdict: PartyVerdict
    on_evidence: OnEvidence
    by_layer: ByLayer
    by_turning_class: ByTurningClass | None


class LineRecord(Record):
    """A red line or refusal in force, and in what share of draws the text crosses it."""

    kind: Literal["red_line", "refusal"]
    issue: str | None
    option: str | None
    refusal: str | None
    terms: dict[str, tuple[str, ...]]
    basis: str
    evidence: tuple[str, ...]
    holds: ShareRange | None
    why: str | None
    crossed: bool
    share: Share
    quota: Share | None = None  # not in older documents
    term_basis: str | None = None  # nor this


class DemandRecord(Record):
    """A demand in force: what would be enough, and the issues in which the text gives less or says nothing."""

    demand: str
    terms: dict[str, tuple[str, ...]]
    basis: str
    evidence: tuple[str, ...]
    why: str
    unmet: tuple[str, ...]
    left_open: tuple[str, ...]


class WeightByBasis(Record):
    """A party's expected weight, by what its rankings rest on."""

    stated: Share
    inferred: Share
    assumed: Share
    edited: Share
    unknown: Share


class BeliefsRecord(Record):
    """What a party expects of no deal: outcomes with ranges of their probability."""

    ranges: dict[str, ShareRange]
    basis: str
    evidence: tuple[str, ...]


class WeightByAge(Record):
    """A party's expected weight on positions much older or younger than the text."""

    older: Share
    younger: Share


class IssueRecord(Record):
    """One cell: what the text says on an issue, and where the party stands on it."""

    issue: str
    option: str | None
    seen_as: str | None
    ranking: tuple[tuple[str, ...], ...] | None
    importance: str
    weight: Share
    mean_gain: float
    start: dt.date | None = Field(alias="from")
    basis: str
    importance_basis: str
    evidence: tuple[str, ...]
    importance_evidence: tuple[str, ...]
    note: str | None
    searched: dt.date | None = None  # not in older documents
    term_basis: str | None = None  # nor this


class Unplaced(Record):
    """A term on which a party's file is silent while lines of the party bear on other options of the issue."""

    party: str
    issue: str
    option: str
    lines: str


class Decides(Record):
    """How a party that decides by voters does so."""

    by: Literal["majority"]
    of: Literal["voters"]
    quota: Share


class Ratification(Record):
    """Whether a vote of the people is won, by how the polls are read: shares of draws, but ``yes``."""

    passes: Share
    polls: Share
    mixed: Share
    decided: Share | None
    yes: ShareRange
    several_polls: bool = False  # not in older documents


class PartyResult(Sparing):
    """What a run says of one party.

    Example:
        >>> import sim
        >>> party: sim.PartyResult = sim.run("membership", draws=1000).party("russia")
        >>> party.name, party.verdict, party.main_objection.option
        ('Russia', 'refuses', 'nato_membership')
    """

    _SPARED: ClassVar[tuple[str, ...]] = ("mean_gain", "demands")

    id: str
    name: str
    role: str
    consent_needed: bool
    consent_because: str | None
    silent: bool
    verdict: PartyVerdict
    acceptability: ShareInterval
    own: Own | None
    on_evidence: OnEvidence
    by_layer: ByLayer
    by_turning_class: ByTurningClass | None
    gain: Gain
    mean_gain: float | None = None  # only with a utility of its own, where the issues' parts are no sum
    main_objection: Objection | None
    decides: Decides | None = None  # not in older documents
    ratification: Ratification | None = None
    sole_blocker: Share | None
    weight_by_basis: WeightByBasis
    weight_by_age: WeightByAge
    beliefs: BeliefsRecord | None
    cost: Range
    reservation: Range | None
    lines: tuple[LineRecord, ...]
    demands: tuple[DemandRecord, ...] = ()  # only where there are some
    issues: tuple[IssueRecord, ...]


class Completion(Record):
    """A way of closing the open issues, and the joint share with it."""

    terms: dict[str, str]
    joint_acceptability: Share
    calls_on: tuple[str, ...]


class Open(Record):
    """What closing the open issues would do."""

    issues: tuple[str, ...]
    completions: Count
    every_completion_listed: bool
    some_completion: Share | None
    every_completion: Share | None
    best: Completion | None
    worst: Completion | None


class TermsByBasis(Record):
    """How many terms of the text rest on what."""

    stated: Count
    inferred: Count
    proposed: Count = 0
    assumed: Count
    edited: Count
    open: Count


class TermChange(Record):
    """One term, as tabled and as agreed; None is open."""

    issue: str
    before: str | None = Field(alias="from")
    to: str | None


class Versions(Record):
    """Versions of what a result was made with."""

    sim: str
    python: str
    numpy: str
    mesa: str


def versions() -> Versions:
    """The versions in use."""
    return Versions(
        sim=__version__,
        python=platform.python_version(),
        numpy=metadata.version("numpy"),
        mesa=metadata.version("mesa"),
    )
