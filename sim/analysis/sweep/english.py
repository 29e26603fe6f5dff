"""Talks over a grid in sentences: one function a kind of finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sim.analysis.shared.findings import TalksConduct
from sim.analysis.sweep import result as kinds
from sim.analysis.sweep.result import Sweep
from sim.analysis.sweep.words import path_words, value_words
from sim.bargaining.lead import conduct, name_of
from sim.files.grammar import ending, listed, plural
from sim.report.english import by_kind
from sim.report.numbers import percent
from sim.report.verdict import objection_words
from sim.results.records import Finding
from sim.scenario.labels import capital, spoken


def at_values(result: Sweep, values: Sequence[str]) -> str:
    """A point by its values, with their paths where there are two."""
    words = [value_words(result, path, v) for path, v in zip(result.paths, values, strict=True)]
    if len(words) == 1:
        return words[0]
    return ", ".join(f"{path_words(result, path)}: {word}" for path, word in zip(result.paths, words, strict=True))


def talks_range(finding: kinds.TalksRange, result: Sweep) -> str:
    how = "" if result.talks is None else f"Negotiated by {name_of(result.talks)}, "
    base = f"as the scenario stands in {percent(finding.base)}"
    if finding.least.share == finding.most.share:
        return capital(
            f"{how}an agreement that stands is reached in {percent(finding.most.share)} of draws everywhere."
        )
    least = f"{percent(finding.least.share)} of draws ({at_values(result, finding.least.values)})"
    most = f"{percent(finding.most.share)} ({at_values(result, finding.most.values)})"
    return capital(f"{how}an agreement that stands is reached in {least} to {most}; {base}.")


def talks_obstacles(finding: kinds.TalksObstacles, result: Sweep) -> str:
    parts = []
    for x in finding.parties:
        over = objection_words(x.objection, result.labels, x.party)
        share = percent(x.most) if percent(x.least) == percent(x.most) else f"{percent(x.least)} to {percent(x.most)}"
        why = f"; over {over}" if over else ""
        parts.append(f"{spoken(result.names[x.party])} {_where(finding, x, result)} ({share} of draws{why})")
    return f"Most often in the way of that: {'; '.join(parts)}."


def _where(finding: kinds.TalksObstacles, party: kinds.Obstacle, result: Sweep) -> str:
    """At which points."""
    if party.points == finding.points:
        return "at every value" if len(result.paths) == 1 else "at every combination"
    if len(result.paths) == 2:
        return f"at {party.points} of {plural(finding.points, 'combination')}"
    words = [value_words(result, result.paths[0], values[0]) for values in party.values]
    more = party.points - len(words)
    return f"at {', '.join(words)} and {more} more" if more else f"at {listed(words)}"


def talks_unratified(finding: kinds.TalksUnratified, result: Sweep) -> str:
    who = listed([spoken(result.names[party]) for party in finding.parties])
    turn = ending(len(finding.parties), "turns", "turn")
    most = f"{percent(finding.most.share)} of draws ({at_values(result, finding.most.values)})"
    if finding.least.share == finding.most.share:
        return (
            f"{capital(who)} {turn} down what the others agree on in {percent(finding.most.share)} of draws throughout."
        )
    least = f"{percent(finding.least.share)} ({at_values(result, finding.least.values)})"
    return f"{capital(who)} {turn} down what the others agree on in {least} to {most}."


def talks_conduct(finding: TalksConduct, result: Sweep) -> str:
    assert result.talks is not None
    return conduct(result.talks, [result.names[p] for p in finding.proposers], finding.rounds)


#: The sentence of each kind.
SENTENCES: Mapping[str, Callable[[Any, Any], str]] = by_kind(globals())


def say(finding: Finding, result: Sweep) -> str:
    """The sentence of a finding, with the names that the result has."""
    return SENTENCES[finding.kind](finding, result)
