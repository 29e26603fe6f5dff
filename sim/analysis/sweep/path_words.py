"""Paths of edits in words, for headings and axes: what a path varies, and its values by their names."""

from __future__ import annotations

from sim.analysis.sweep.sweep import Path, Sweep
from sim.scenario.labels import possessive, spaced, spoken


def path_words(result: Sweep, path: Path) -> str:
    """What a path varies; a path of another kind as it is written."""
    head, *rest = path.path.split(".")
    if path.path == "as_of":
        return "the day of the positions"
    if head == "proposal" and len(rest) == 1:
        return f"{result.labels.issue(rest[0])} in the text"
    if head not in result.names or not rest:
        return path.path
    whose = possessive(result.names[head])
    if rest[0] == "no_deal" and len(rest) == 3 and rest[1] == "beliefs":
        return f"{whose} belief in {spaced(rest[2])}"
    if rest[0] == "refuses" and len(rest) > 1:
        return f"{whose} refusal {result.labels.refusal(head, rest[1])}"
    if rest[0] in result.labels.issues:
        what = {
            "importance": "importance of",
            "weight": "weight of",
            "ranking": "ranking on",
            "red_lines": "red lines on",
        }
        if len(rest) == 2 and rest[1] in what:
            return f"{what[rest[1]]} {result.labels.issue(rest[0])} for {spoken(result.names[head])}"
        if len(rest) == 1:
            return f"{whose} position on {result.labels.issue(rest[0])}"
    return path.path


def value_words(result: Sweep, path: Path, value: str) -> str:
    """A value by its name, where it is an option of the text; else as it was given."""
    head, *rest = path.path.split(".")
    if head == "proposal" and len(rest) == 1 and value in result.labels.options.get(rest[0], {}):
        return result.labels.option(rest[0], value)
    return value
