"""Sentences of the findings that several questions share, by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sim.analysis.shared import findings as kinds
from sim.files.grammar import plural
from sim.report import english
from sim.report.english import Names


def mostly_filler(finding: kinds.MostlyFiller, names: Names) -> str:
    count, terms = finding.assumed, finding.terms
    many = f"All {terms} terms" if count == terms else f"{count} of {terms} terms"
    return f"{many} of the text are filler, not in the sources; the verdict is on that as much as on the sources."


def no_deal_left_out(finding: kinds.NoDealLeftOut, names: Names) -> str:
    return english.no_agreement(finding.outcomes) or ""


def edited_before(finding: kinds.EditedBefore, names: Names) -> str:
    return f"Edited before: {'; '.join(finding.edits)}."


def consent_left_out(finding: kinds.ConsentLeftOut, names: Names) -> str:
    return f"Consent of {plural(len(finding.actors), 'other')} is needed but not modelled, and left out."


#: The sentence of each kind, those of a run among them.
SENTENCES: Mapping[str, Callable[[Any, Names], str]] = {
    **english.SENTENCES,
    "mostly_filler": mostly_filler,
    "no_deal_left_out": no_deal_left_out,
    "edited_before": edited_before,
    "consent_left_out": consent_left_out,
}
