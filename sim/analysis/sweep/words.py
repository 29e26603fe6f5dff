"""What a sweep varies, in words: its paths and their values by name, and the lines that its days begin or end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.analysis.sweep.result import LineTurn, Sweep, SweepPath, SweepPoint
from sim.report.verdict import UNKNOWN, chance_words, evidence_word, line_with_basis
from sim.results.result import LineName
from sim.results.verdicts import unsourced
from sim.scenario.labels import capital, possessive, spaced, spoken

#: Lines named at most.
MOST = 6
#: What a cost of no deal is.
COST = (
    "Cost of no deal: what it costs the party besides what its outcomes bring, added to the gain of every text, in "
    "units of utility: from all issues at their worst for the party to all at their best is 1."
)
#: What the parts of a cell are called, before the issue.
_PARTS = {"importance": "importance of", "weight": "weight of", "ranking": "ranking on", "red_lines": "red lines on"}


def path_words(result: Sweep, path: SweepPath) -> str:
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
    if rest == ["no_deal", "cost"]:
        return f"{whose} cost of no deal"
    if rest[0] == "refuses" and len(rest) == 3 and rest[2] == "holds":
        return f"how far {whose} refusal {result.labels.refusal(head, rest[1])} holds"
    if rest[0] == "refuses" and len(rest) > 1:
        return f"{whose} refusal {result.labels.refusal(head, rest[1])}"
    if rest[0] in result.labels.issues and len(rest) == 2 and rest[1] in _PARTS:
        return f"{_PARTS[rest[1]]} {result.labels.issue(rest[0])} for {spoken(result.names[head])}"
    if rest[0] in result.labels.issues and len(rest) == 1:
        return f"{whose} position on {result.labels.issue(rest[0])}"
    return path.path


def value_words(result: Sweep, path: SweepPath, value: str) -> str:
    """A value by its name, where it is an option of the text; numbers of a range rounded; else as it was written."""
    head, *rest = path.path.split(".")
    if head == "proposal" and len(rest) == 1 and value in result.labels.options.get(rest[0], {}):
        return result.labels.option(rest[0], value)
    return path.rounded.get(value, value)


def noun(path: SweepPath) -> str:
    """What stands before values that are numbers, so that they do not stand bare: ``cost`` in ``cost 0.1``."""
    if path.path == "as_of" or not all(value.lstrip("+-.")[:1].isdigit() for value in path.values):
        return ""
    *before, last = path.path.split(".")
    return "belief " if "beliefs" in before else f"{spaced(last)} "


def some(words: Sequence[str], most: int) -> range:
    """Every so many of the values of a path, where there is room for ``most``: rather those with short names."""
    least = -(-len(words) // max(most, 1))
    steps = range(least, 2 * least) if least > 1 else range(1, 2)
    return min((range(0, len(words), step) for step in steps), key=lambda each: max(len(words[k]) for k in each))


def unknown(result: Sweep, point: SweepPoint) -> bool:
    """Whether the evidence alone leaves open what becomes of the text."""
    evidence = point.on_evidence
    return evidence is not None and evidence_word(evidence) == UNKNOWN and not unsourced(result.settings)


# --- lines that begin or lapse ----------------------------------------------------------------


def line_notes(result: Sweep) -> Iterator[str]:
    """Between days: the issues that begin; the lines of parties asked that the text crosses and that turn."""
    if result.lines is None:
        return
    for issue, day in result.issues_begun.items():
        yield f"{capital(result.labels.issue(issue))} is in force since {day}: on earlier days no figure counts it."
    turns = _one_each([line for line in result.lines if line.consent_needed])
    if not turns:
        yield "No line that the text crosses begins or lapses between these days."
        return
    more = f"; {len(turns)} in all, the first {MOST} here" if len(turns) > MOST else ""
    how = "begin or lapse" if all(len(lines) == 1 for lines in turns) else "begin, lapse or change"
    yield f"Between these days lines {how} that the text crosses{more}."
    yield from (f"{capital(_line_turn(result, *lines))}." for lines in turns[:MOST])


def _one_each(lines: Sequence[LineTurn]) -> list[tuple[LineTurn, ...]]:
    """Each turn by itself, but both of a line that on one day is put in the place of itself with other figures."""
    turns: list[tuple[LineTurn, ...]] = []
    for line in lines:
        at = next((k for k, (first, *more) in enumerate(turns) if not more and _replaces(line, first)), None)
        if at is None:
            turns.append((line,))
        else:
            turns[at] += (line,)
    return turns


def _replaces(line: LineTurn, other: LineTurn) -> bool:
    same = ("party", "kind", "issue", "option", "refusal", "on")
    return line.begins and not other.begins and all(getattr(line, x) == getattr(other, x) for x in same)


def _line_turn(result: Sweep, line: LineTurn, instead: LineTurn | None = None) -> str:
    named = LineName.copying(line, basis=(instead or line).basis)
    whose = f"{possessive(result.names[line.party])} {line_with_basis(named, result.labels, line.party)}"
    if instead is not None:
        return f"{whose} has other figures from {line.on} ({_figures(instead)}, before that {_figures(line)})"
    polled = "" if line.holds is None else f" ({_figures(line)})"
    return f"{whose}{polled} {'begins on' if line.begins else 'no longer holds from'} {line.on}"


def _figures(line: LineTurn) -> str:
    return "for certain" if line.holds is None else chance_words(line.holds, line.quota)
