"""What parties would make of texts and of single terms, by libraries as they stood on a day: ``sim.forecast/1``."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from sim.engine.profiles import CellBasis
from sim.files.grammar import plural
from sim.results.documents import Document
from sim.results.records import (
    ByLayer,
    Count,
    Finding,
    OnEvidence,
    PartyVerdict,
    Positive,
    Record,
    Share,
    ShareInterval,
    Versions,
    kinds_of,
)
from sim.results.result import Unsourced
from sim.scenario.evidence import Citation, Fate, Part, Reason
from sim.scenario.labels import Labels

#: What a term of a text rests on; ``single`` is the one term of a text that is there to be asked about it alone.
TextBasis = Literal["stated", "inferred", "proposed", "assumed", "single"]


class HangsOn(Record):
    """The cell or line on which a party's answer hangs most, and what share of it does.

    ``start`` is the day from which the entry, or the entry of the red line, is in force; None without an entry, and of
    a refusal.
    """

    kind: Literal["cell", "red_line", "refusal"]
    issue: str | None
    option: str | None
    refusal: str | None
    start: dt.date | None = Field(alias="from")
    basis: CellBasis
    evidence: tuple[str, ...]
    share: Share


class ForecastAnswer(Record):
    """What a party would make of a text; of an alliance its own answer, whatever its members say.

    ``layer`` is the basis of what it hangs on, None where it hangs on nothing: the text is to the party what no deal
    would leave.
    """

    party: str
    silent: bool
    verdict: PartyVerdict
    acceptability: ShareInterval
    by_layer: ByLayer
    on_evidence: OnEvidence
    layer: CellBasis | None
    hangs_on: HangsOn | None


class ForecastTerm(Record):
    """What a text says on an issue; ``option`` is None where it leaves it open.

    ``instead_of`` is what it would say in a library whose issue has that option.
    """

    option: str | None
    basis: TextBasis
    instead_of: str | None = None


class ForecastText(Record):
    """A text, or with ``single`` one term by itself; issues that ``terms`` do not name are open."""

    id: str
    title: str
    date: dt.date | None
    single: bool
    terms: dict[str, ForecastTerm]
    answers: tuple[ForecastAnswer, ...]

    def answer(self, party: str) -> ForecastAnswer:
        """What one party would make of it."""
        return next(x for x in self.answers if x.party == party)


class ClaimLeftOut(Record):
    """A claim that is younger than the day, and by what."""

    id: str
    date: dt.date
    source: str
    source_date: dt.date
    reasons: tuple[Reason, ...]


class CitationLeftOut(Record):
    """What of the library cites such claims, and what becomes of it without them."""

    part: Part
    party: str | None
    issue: str | None
    name: str | None
    start: dt.date | None = Field(alias="from")
    claims: tuple[str, ...]
    fate: Fate

    @property
    def citation(self) -> Citation:
        """The same as of :func:`sim.scenario.evidence.citations`."""
        return Citation(self.part, self.party, self.issue, self.name, self.start, self.claims, self.fate)


class ForecastReading(Record):
    """A library as it stood, or ``without_younger`` as it would have stood without claims younger than the day.

    ``sha256`` is that of its content as read here. ``claims`` and ``citations`` tell which claims are younger and what
    cites them, whether they are left out or not.
    """

    library: str
    title: str
    sha256: str
    without_younger: bool
    sources: bool
    no_deal: str | None
    issues: Positive
    parties: dict[str, str]
    claims: tuple[ClaimLeftOut, ...]
    citations: tuple[CitationLeftOut, ...]
    texts: tuple[ForecastText, ...]
    labels: Labels = Labels()

    def text(self, id: str) -> ForecastText:
        """A text by its id, or a single term by ``issue.option``."""
        return next(x for x in self.texts if x.id == id)


class ForecastWords(Finding, kind="forecast_words"):
    """How many answers to texts, or to single terms, a reading has of each word."""

    library: str
    without_younger: bool
    single: bool
    texts: Count
    answers: Count
    accepts: Count
    refuses: Count
    refuses_inferred: Count
    divided: Count
    unknown: Count


class AnswersMoved(Finding, kind="answers_moved"):
    """How many answers have another word where younger claims are left out, and how many claims and entries those are.

    ``most`` is the largest change of a share.
    """

    library: str
    claims: Count
    dropped: Count
    moved: Count
    answers: Count
    most: Share


class SaidInstead(Finding, kind="said_instead"):
    """A term of some texts that a library has no option for, and what stands in its place; None is open."""

    library: str
    texts: tuple[str, ...]
    issue: str
    instead_of: str
    option: str | None


class MostlyOpen(Finding, kind="mostly_open"):
    """Texts that leave more than half of the issues open."""

    texts: tuple[str, ...]


class SingleTerms(Finding, kind="single_terms"):
    """Single terms were asked about, each as a text that leaves all other issues open."""

    terms: Count


ForecastFinding = Annotated[Finding, kinds_of(globals(), Unsourced)]


class Forecast(Document):
    """What parties would make of texts and of every single term, by libraries as they stood on a day.

    Example:
        >>> import sim
        >>> offer = {"title": "A freeze", "date": "2026-02-01", "summary": "The line stays.", "terms": {
        ...     "fighting": {"option": "stops", "basis": "stated"},
        ...     "donbas": {"option": "frozen_line", "basis": "stated"}}}
        >>> forecast: sim.Forecast = sim.forecast(
        ...     {"title": "Two terms", "texts": {"freeze": offer}}, as_of="2025-12-24", draws=200)
        >>> [reading] = forecast.readings
        >>> answer = reading.text("freeze").answer("russia")
        >>> answer.hangs_on.issue in reading.labels.issues
        True
    """

    schema_: Literal["sim.forecast/1"] = Field("sim.forecast/1", alias="schema")
    title: str
    as_of: dt.date
    draws: Positive
    seed: Count
    readings: tuple[ForecastReading, ...]
    findings: tuple[ForecastFinding, ...] = ()
    versions: Versions

    def _summary(self) -> str:
        """Which texts, and of which day the libraries are."""
        texts = sum(not text.single for text in self.readings[0].texts) if self.readings else 0
        return f"of {self.title}: {plural(texts, 'text')} as of {self.as_of}, {plural(len(self.readings), 'reading')}"
