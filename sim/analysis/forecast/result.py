"""What parties would make of texts and of single terms, by libraries as they stood on a day: ``sim.forecast/1``."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from sim.analysis.shared.readings import ForecastReading
from sim.files.grammar import plural
from sim.results.documents import Document
from sim.results.records import Count, Finding, Positive, Share, Versions, kinds_of
from sim.results.result import Unsourced


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


class LessThanAsked(Finding, kind="less_than_asked"):
    """How many of the answers that are a yes are one to less than the party says it must get."""

    library: str
    without_younger: bool
    single: bool
    answers: Count
    accepted: Count


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
