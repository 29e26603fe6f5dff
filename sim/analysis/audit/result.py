"""Cells by what they rest on and by what hangs on them: the records of ``sim.audit/1``."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from sim.analysis.audit.support import Weakness
from sim.engine.profiles import CellBasis
from sim.files.grammar import plural
from sim.report.looked_for import Missing
from sim.results.documents import Document
from sim.results.records import Count, Record, Share, Versions
from sim.scenario.labels import Labels

#: In the order in which a page has them.
Kind = Literal[
    "cell", "refusal", "stated", "inferred", "assumed", "unknown", "edited", "several_sources", "one_source",
    "no_source", "graded", "recalled", "secondary", "summaries", "younger", "place", "old", "searched", "not_searched",
]  # fmt: skip


class AuditedText(Record):
    """``asked`` are the parties whose answers make the verdict; ``counted`` is whether there is one."""

    id: str
    title: str
    date: dt.date
    as_of: dt.date
    draws: int
    seed: int
    asked: tuple[str, ...]
    counted: bool


class InForce(Record):
    """A cell or refusal at one text.

    Ages are days from it to the text's date, negative where it is younger; ``evidence_age`` is that of the newest row
    cited: where the text crosses lines of it, of the rows of these, and of a stated line only of those that make it
    stated. ``basis`` is that of the order of what the text says: assumed where its place is, whatever the basis of the
    rest. ``searched`` of a refusal is the oldest day among the cells of the issues that it names, None where one of
    them was never looked for; ``missing`` is what of a cell was looked for and not found. ``of_verdict`` is the share
    of the text's verdict (:mod:`sim.analysis.shared.verdict_shares`), ``by_lines`` what its red lines have of that,
    ``of_answer`` the share of the party's own answer, None where the sources are silent on the party.
    """

    text: str
    age: int | None
    evidence_age: int | None
    basis: CellBasis
    weak: tuple[Weakness, ...]
    searched: dt.date | None
    missing: Missing | None
    of_answer: Share | None
    of_verdict: Share
    by_lines: Share


class Audited(Record):
    """A position entry, an issue without one (``from`` is None), or a refusal.

    ``basis`` is of the ranking, or of the refusal; ``sourced`` is whether any of the bases is more than the modeller's
    own. ``documents`` are those cited, ``sources`` how many of them do not repeat each other. ``weak`` is how that is
    weak at some text, nothing where it is not ``sourced``; ``searched`` is the oldest day of all texts. ``verdicts``
    sums ``of_verdict`` over the texts; ``share`` is that over the number of verdicts, ``by_lines`` what red lines have
    of it.
    """

    rank: int
    kind: Literal["cell", "refusal"]
    party: str
    issue: str | None
    refusal: str | None
    start: dt.date | None = Field(alias="from")
    basis: CellBasis
    importance_basis: CellBasis | None
    line_bases: tuple[CellBasis, ...]
    evidence: tuple[str, ...]
    documents: Count
    sources: Count
    weak: tuple[Weakness, ...]
    sourced: bool
    searched: dt.date | None
    verdicts: float
    share: Share
    by_lines: Share
    texts: tuple[InForce, ...]


class NotFound(Record):
    """A cell of which something was looked for and not found; ``texts`` are those at which that is so."""

    party: str
    issue: str
    start: dt.date | None = Field(alias="from")
    searched: dt.date
    missing: Missing
    texts: tuple[str, ...]


class KindCount(Record):
    """How many cells and refusals are of a kind, at some text, in all and by party; and what hangs on them."""

    kind: Kind
    count: Count
    share: Share
    parties: dict[str, int]


class AuditResult(Document):
    """What verdicts hang on: ``entries`` (``found`` in JSON) are ordered by ``verdicts``, the greatest first.

    Example:
        >>> import sim
        >>> report: sim.AuditResult = sim.audit([sim.load("istanbul", draws=100)])
        >>> [text.id for text in report.texts]
        ['istanbul']
    """

    schema_: Literal["sim.audit/1"] = Field("sim.audit/1", alias="schema")
    title: str
    sources: bool
    texts: tuple[AuditedText, ...]
    counted: Count
    parties: dict[str, str]
    party_shares: dict[str, float]
    kinds: tuple[KindCount, ...]
    entries: tuple[Audited, ...] = Field(alias="found")
    not_found: tuple[NotFound, ...]
    labels: Labels = Labels()
    versions: Versions

    def _summary(self) -> str:
        """Which library it is about."""
        entries = plural(len(self.entries), "cell or refusal", "cells and refusals")
        return f"of {self.title}: {plural(len(self.texts), 'text')}, {entries}"

    def kind(self, kind: Kind) -> KindCount:
        """The counts of a kind; zeros where there is none."""
        empty = KindCount(kind=kind, count=0, share=0.0, parties={})
        return next((k for k in self.kinds if k.kind == kind), empty)
