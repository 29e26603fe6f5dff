"""A forecast in sentences: one function a kind of finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sim.analysis.forecast import result as kinds
from sim.analysis.shared.english import points_of
from sim.files.grammar import ending, listed, plural
from sim.report import english
from sim.report.english import Names, by_kind
from sim.report.verdict import UNKNOWN
from sim.results.records import Finding

#: Said under every table.
CAVEAT = (
    "A reading of the positions of that day: shares count preference profiles that agree with the sources, not chances "
    "that events will happen. Whether it was right, only what the parties said later can tell."
)


def library_name(library: str, without_younger: bool) -> str:
    """Which reading it is, as a title begins with it."""
    return f"{library}, without younger claims" if without_younger else library


def forecast_words(finding: kinds.ForecastWords, names: Names) -> str:
    counts = {
        "accepts": finding.accepts,
        "refuses": finding.refuses,
        "refuses by inference": finding.refuses_inferred,
        "divided": finding.divided,
        UNKNOWN: finding.unknown,
    }
    parts = [f"{word} {count}" for word, count in counts.items() if count]
    what = plural(finding.texts, "single term" if finding.single else "text")
    answers = plural(finding.answers, "answer")
    return (
        f"{library_name(finding.library, finding.without_younger)}: {answers} to {what}: {', '.join(parts) or 'none'}."
    )


def answers_moved(finding: kinds.AnswersMoved, names: Names) -> str:
    if not finding.claims:
        return f"{finding.library}: no claim is younger than the day."
    entries = plural(finding.dropped, "entry or refusal", "entries and refusals")
    return (
        f"{finding.library} without the {plural(finding.claims, 'claim')} younger than the day and the {entries} that "
        f"{ending(finding.dropped, 'cites', 'cite')} them: {finding.moved} of {plural(finding.answers, 'answer')} "
        f"{ending(finding.moved, 'has', 'have')} another word; the largest change of a share is "
        f"{points_of(finding.most).removeprefix('+')}."
    )


def single_terms(finding: kinds.SingleTerms, names: Names) -> str:
    return (
        f"{plural(finding.terms, 'single term')}: a text that says this alone. All else stays as no deal leaves it, so "
        "a yes means no worse than no deal on that issue, and not that it is enough."
    )


def less_than_asked(finding: kinds.LessThanAsked, names: Names) -> str:
    name = library_name(finding.library, finding.without_younger)
    what = "single terms" if finding.single else "texts"
    yes = f"{finding.answers:,} of {finding.accepted:,} answers to {what} that are a yes"
    to = ending(finding.answers, "is one", "are")
    return f"{name}: {yes} {to} to less than the party says it must get (less than asked)."


def said_instead(finding: kinds.SaidInstead, names: Names) -> str:
    issue, option = names.labels.issue(finding.issue), "left open"
    if finding.option is not None:
        option = f"'{names.labels.option(finding.issue, finding.option)}'"
    lacking = f"{finding.library} has no '{names.labels.option(finding.issue, finding.instead_of)}' ({issue})"
    return f"{lacking}: there {_quoted(finding.texts)} {ending(len(finding.texts), 'is', 'are')} read as {option}."


def mostly_open(finding: kinds.MostlyOpen, names: Names) -> str:
    many = len(finding.texts)
    leave = f"{ending(many, 'leaves', 'leave')} more than half of the issues open"
    return f"{_quoted(finding.texts)} {leave}: a yes to {ending(many, 'it', 'them')} means no worse than no deal."


def _quoted(texts: Sequence[str]) -> str:
    """Texts listed, whose names may hold commas."""
    return listed([f"'{text}'" for text in texts])


#: The sentence of each kind.
SENTENCES: Mapping[str, Callable[[Any, Names], str]] = {**english.SENTENCES, **by_kind(globals())}


def say(finding: Finding, names: Names) -> str:
    """The sentence of a finding."""
    return SENTENCES[finding.kind](finding, names)
