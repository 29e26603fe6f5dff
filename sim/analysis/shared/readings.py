"""Records of a reading: what parties make of texts and of single terms, by a library as it stood on a day."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from pydantic import Field

from sim.engine.profiles import CellBasis
from sim.results.records import ByLayer, OnEvidence, PartyVerdict, Positive, Record, Share, ShareInterval, Sparing
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


class ForecastAnswer(Sparing):
    """What a party would make of a text; of an alliance its own answer, whatever its members say.

    ``unmet_demands`` are the sourced ones of which the text gives less; they move no share. ``layer`` is the basis of
    what it hangs on, None where it hangs on nothing: the text is to the party what no deal would leave.
    """

    _SPARED: ClassVar[tuple[str, ...]] = ("unmet_demands",)

    party: str
    silent: bool
    verdict: PartyVerdict
    acceptability: ShareInterval
    by_layer: ByLayer
    on_evidence: OnEvidence
    layer: CellBasis | None
    hangs_on: HangsOn | None
    unmet_demands: tuple[str, ...] = ()  # only where there are some


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
