"""Sentences of the findings that several questions share, by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sim.analysis.shared import findings as kinds
from sim.analysis.shared.counting import Verdict
from sim.files.grammar import ending, listed, plural
from sim.report import english
from sim.report.english import Names
from sim.report.numbers import percent, points
from sim.results.result import LineName

#: A verdict in a cell of a table.
VERDICT_WORDS: dict[Verdict, str] = {
    "accepted": "accepted",
    "singly": "by each, not by all",
    "divided": "divided",
    "refused": "refused",
    "none": "-",
}


def tabled_share(finding: kinds.TabledShare, names: Names) -> str:
    share = percent(finding.share)
    return f"As tabled and modelled, all whose consent is needed accept together in {share} of draws."


def mostly_filler(finding: kinds.MostlyFiller, names: Names) -> str:
    return english.filler_words(finding.assumed, finding.terms)


def no_deal_left_out(finding: kinds.NoDealLeftOut, names: Names) -> str:
    return english.no_agreement(finding.outcomes) or ""


def constraints_bind(finding: kinds.ConstraintsBind, names: Names) -> str:
    return f"Constraints up to {finding.severity} bind."


def edited_before(finding: kinds.EditedBefore, names: Names) -> str:
    return f"Edited before: {'; '.join(finding.edits)}."


def consent_left_out(finding: kinds.ConsentLeftOut, names: Names) -> str:
    return f"Consent of {plural(len(finding.actors), 'other')} is needed but not modelled, and left out."


# Phrases


def people(parties: Iterable[str], names: Names, last: str = "and") -> str:
    """Parties as a sentence lists them."""
    return listed([names.spoken(p) for p in parties], last)


def issue_names(some: Iterable[str], names: Names, last: str = "and") -> str:
    """Issues as a sentence lists them."""
    return listed([names.labels.issue(i) for i in some], last)


def points_of(change: float) -> str:
    """A change of a share in words: ``+1 point``, ``-12 points``."""
    moved = points(change)
    return f"{moved} point{'' if moved in ('+1', '-1') else 's'}"


def asking(no_longer: Sequence[str], newly: Sequence[str], names: Names) -> list[str]:
    """Whom a changed text asks otherwise, in up to two phrases."""
    lost, new = people(no_longer, names), people(newly, names)
    return [f"no longer asking {lost}"] * bool(lost) + [f"asking {new} too"] * bool(new)


def lines_of(party: str, lines: Sequence[LineName], names: Names) -> str:
    """Lines of a party, listed by their bases: red lines of a basis before refusals."""
    labels, parts = names.labels, []
    for basis in dict.fromkeys(x.basis for x in lines):
        mine = [x for x in lines if x.basis == basis]
        red = [
            f"'{labels.option(x.issue or '', x.option)}' ({labels.issue(x.issue or '')})"
            for x in mine
            if x.kind == "red_line"
        ]
        refusals = [labels.refusal(party, x.refusal) for x in mine if x.kind == "refusal"]
        if red:
            parts.append(f"its {basis} red line{ending(len(red))} against {listed(red)}")
        if refusals:
            parts.append(f"its {basis} refusal{ending(len(refusals))} {listed(refusals)}")
    return listed(parts)


#: The sentence of each kind, those of a run among them.
SENTENCES: Mapping[str, Callable[[Any, Names], str]] = {**english.SENTENCES, **english.by_kind(globals())}
