"""Talks over a grid in sentences: one function a kind of finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sim.analysis.shared.findings import TalksConduct
from sim.analysis.sweep import result as kinds
from sim.analysis.sweep.findings import NAMED
from sim.analysis.sweep.result import Sweep
from sim.analysis.sweep.words import noun, path_words, value_words
from sim.bargaining.lead import conduct, name_of
from sim.files.grammar import ending, listed, plural
from sim.report.english import by_kind
from sim.report.numbers import percent
from sim.report.verdict import objection_words
from sim.results.records import Finding
from sim.scenario.labels import capital, spoken

#: Of a share that no value moves for certain.
STILL = "No value here moves that by more than sampling error."


def at_values(result: Sweep, values: Sequence[str]) -> str:
    """A point by its values, with their paths where there are two."""
    words = [value_words(result, path, v) for path, v in zip(result.paths, values, strict=True)]
    if len(words) == 1:
        return noun(result.paths[0]) + words[0]
    short = [noun(path) for path in result.paths]
    names = short if all(short) and len({*short}) > 1 else [f"{path_words(result, path)}: " for path in result.paths]
    return ", ".join(f"{name}{word}" for name, word in zip(names, words, strict=True))


def talks_range(finding: kinds.TalksRange, result: Sweep) -> str:
    how = "" if result.talks is None else f"Negotiated by {name_of(result.talks)}, "
    base = f"as the scenario stands in {percent(finding.base)}"
    if finding.least.share == finding.most.share:
        still = "" if finding.base == finding.most.share else f"; {base}"
        most = percent(finding.most.share)
        return capital(f"{how}an agreement that stands is reached in {most} of draws at each value here{still}.")
    least = f"{percent(finding.least.share)} of draws ({at_values(result, finding.least.values)})"
    most = f"{percent(finding.most.share)} ({at_values(result, finding.most.values)})"
    still = "" if finding.moving else f" {STILL}"
    return f"{capital(f'{how}an agreement that stands is reached in {least} to {most}; {base}.')}{still}"


def talks_half(finding: kinds.TalksHalf, result: Sweep) -> str:
    near = ""
    if finding.near:
        where = _where(finding.points, len(finding.near), finding.near[:NAMED], result)
        near = f", too near to call {where}"
    if finding.above in (0, finding.points):
        return f"The share stays {'at or above' if finding.above else 'below'} one half throughout{near}."
    if not finding.between:
        reach = ending(finding.above, "es", "")
        return f"{finding.above} of {plural(finding.points, 'combination')} reach{reach} one half{near}."
    path = result.paths[0]
    ends = [_crossing(path, x, result) for x in finding.between]
    more = finding.turns - len(ends)
    words = f"{', '.join(ends)} and so {more} times more" if more else listed(ends)
    return f"The share {words}{near}."


def _crossing(path: kinds.SweepPath, between: kinds.TalksBoundary, result: Sweep) -> str:
    """Which way one half is crossed, and between which values, in their order."""
    rises = path.values.index(between.below) < path.values.index(between.above)
    ends = (between.below, between.above) if rises else (between.above, between.below)
    one, other = (value_words(result, path, value) for value in ends)
    return f"{'reaches' if rises else 'falls below'} one half between {noun(path)}{one} and {other}"


def talks_obstacles(finding: kinds.TalksObstacles, result: Sweep) -> str:
    parts = []
    for x in finding.parties:
        share = percent(x.most) if percent(x.least) == percent(x.most) else f"{percent(x.least)} to {percent(x.most)}"
        where = _where(finding.points, x.points, x.values, result)
        parts.append(f"{spoken(result.names[x.party])} {where} ({share} of draws{_why(x, result)})")
    return f"Most often in the way of that: {'; '.join(parts)}."


def _why(party: kinds.Obstacle, result: Sweep) -> str:
    """Over what a party is in the way, at which of its points where that is not the same at all."""
    if not party.grounds:
        over = objection_words(party.objection, result.labels, party.party)
        return f"; over {over}" if over else ""
    parts = []
    for x in party.grounds:
        over = f"over {objection_words(x.objection, result.labels, party.party)}"
        apart = x.points < party.points
        parts.append(f"{_where(party.points, x.points, x.values, result)} {over}" if apart else over)
    if others := party.points - sum(x.points for x in party.grounds):
        parts.append(f"at {others} more over something else")
    return f"; {', '.join(parts)}"


def _where(all_points: int, points: int, some: Sequence[Sequence[str]], result: Sweep) -> str:
    """At which of all points, given up to a few of them."""
    if points == all_points:
        return "at every value" if len(result.paths) == 1 else "at every combination"
    if len(result.paths) == 2:
        return f"at {points} of {plural(all_points, 'combination')}"
    path = result.paths[0]
    words = [value_words(result, path, values[0]) for values in some]
    more = points - len(words)
    return f"at {noun(path)}{', '.join(words)} and {more} more" if more else f"at {noun(path)}{listed(words)}"


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
