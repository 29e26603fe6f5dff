"""Lines that begin, lapse or change between the days of a sweep, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.analysis.sweep.days import LineTurn
from sim.analysis.sweep.sweep import Sweep
from sim.report.verdict import chance_words, red_line
from sim.scenario.labels import capital, possessive

#: Lines told at most.
MOST = 6


def line_notes(result: Sweep) -> Iterator[str]:
    """Between days: the lines of parties asked that the text crosses and that begin, lapse or change."""
    if result.lines is None:
        return
    told = _one_each([line for line in result.lines if line.consent_needed])
    if not told:
        yield "No line that the text crosses begins or lapses between these days."
        return
    more = f"; {len(told)} in all, the first {MOST} here" if len(told) > MOST else ""
    how = "begin or lapse" if all(len(lines) == 1 for lines in told) else "begin, lapse or change"
    yield f"Between these days lines {how} that the text crosses{more}."
    yield from (f"{capital(_line_turn(result, *lines))}." for lines in told[:MOST])


def _one_each(lines: Sequence[LineTurn]) -> list[tuple[LineTurn, ...]]:
    """Each turn by itself, but both of a line that on one day is put in the place of itself with other figures."""
    told: list[tuple[LineTurn, ...]] = []
    for line in lines:
        at = next((k for k, (first, *more) in enumerate(told) if not more and _replaces(line, first)), None)
        if at is None:
            told.append((line,))
        else:
            told[at] += (line,)
    return told


def _replaces(line: LineTurn, other: LineTurn) -> bool:
    same = ("party", "kind", "issue", "option", "refusal", "on")
    return line.begins and not other.begins and all(getattr(line, x) == getattr(other, x) for x in same)


def _line_turn(result: Sweep, line: LineTurn, instead: LineTurn | None = None) -> str:
    what = (
        red_line(result.labels, line.issue, line.option)
        if line.kind == "red_line"
        else f"refusal {result.labels.refusal(line.party, line.refusal)}"
    )
    now = instead or line
    whose = f"{possessive(result.names[now.party])} {now.basis} {what}"
    if instead is not None:
        return f"{whose} has other figures from {line.on} ({_figures(instead)}, before that {_figures(line)})"
    polled = "" if line.holds is None else f" ({_figures(line)})"
    when = f"begins on {line.on}" if line.begins else f"no longer holds from {line.on}"
    return f"{whose}{polled} {when}"


def _figures(line: LineTurn) -> str:
    return "for certain" if line.holds is None else chance_words(line.holds, line.quota)
