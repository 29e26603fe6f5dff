"""Findings that several questions share: of the text as tabled, of what was left out, of what a result rests on."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.shared.evidence_alone import EvidenceAlone
from sim.analysis.shared.records import Base
from sim.results.findings import evidence_settles
from sim.results.records import Finding, Positive, Settings, Share
from sim.results.result import DrawsTaken, EvidenceSettles, Unsourced
from sim.results.verdicts import mostly_filler, unsourced
from sim.scenario import schema


class TabledShare(Finding, kind="tabled_share"):
    """What the text as tabled has, where others are set against it."""

    share: Share


class MostlyFiller(Finding, kind="mostly_filler"):
    """So many of the terms of a text are filler that a verdict is on that as much as on the sources."""

    assumed: int
    terms: int


class NoDealLeftOut(Finding, kind="no_deal_left_out"):
    """Outcomes of no deal that some package equals, which therefore is left out: it is no agreement."""

    outcomes: tuple[str, ...]


class ConstraintsBind(Finding, kind="constraints_bind"):
    """Other constraints than by default bind."""

    severity: schema.Severity


class EditedBefore(Finding, kind="edited_before"):
    """Edits of the scenario that were made before the question was asked."""

    edits: tuple[str, ...]


class ConsentLeftOut(Finding, kind="consent_left_out"):
    """Actors whose consent is needed and who are not modelled."""

    actors: tuple[str, ...]


class TalksConduct(Finding, kind="talks_conduct"):
    """By what the talks are held, as the scenario stands: assumptions of the modeller."""

    protocol: str
    proposers: tuple[str, ...]
    rounds: Positive


#: The kinds that a question may tell which sets other texts against the one tabled.
BESIDE_TABLED = (
    *(EvidenceSettles, TabledShare, Unsourced, MostlyFiller, NoDealLeftOut, ConstraintsBind, EditedBefore),
    *(ConsentLeftOut, DrawsTaken),
)


def settled(evidence: EvidenceAlone, settings: Settings) -> Iterator[EvidenceSettles]:
    """What the evidence settles of a text; nothing where nothing is sourced."""
    if not unsourced(settings):
        yield evidence_settles(evidence, {p: evidence.ranges[p] for p in evidence.parties}, settings)


def tabled_share(base: Base) -> TabledShare:
    """The joint share of the text as tabled."""
    return TabledShare(share=base.joint_acceptability.estimate)


def caution(assumed: int, terms: int, settings: Settings) -> Iterator[Unsourced | MostlyFiller]:
    """For a question that looks at no other fillings: that nothing is sourced, or that most of a text is filler."""
    if unsourced(settings):
        yield Unsourced()
    elif mostly_filler(assumed, terms):
        yield MostlyFiller(assumed=assumed, terms=terms)


def no_deal_left_out(outcomes: tuple[str, ...]) -> Iterator[NoDealLeftOut]:
    """That packages which equal outcomes of no deal are left out, if there are any."""
    if outcomes:
        yield NoDealLeftOut(outcomes=outcomes)


def rests_on(settings: Settings, not_modelled: tuple[str, ...]) -> Iterator[EditedBefore | ConsentLeftOut]:
    """Edits that were made before, and whose consent is left out."""
    if settings.edits:
        yield EditedBefore(edits=settings.edits)
    if not_modelled:
        yield ConsentLeftOut(actors=not_modelled)
