"""Lines that begin or lapse between the days of a sweep, in words."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.day_lines import LineTurn
from sim.analysis.sweep import Sweep
from sim.naming import capital, possessive
from sim.verdict import red_line
from sim.voting_words import chance_words

#: Lines told at most.
MOST = 6


def line_notes(result: Sweep) -> Iterator[str]:
    """Between days: the lines of parties asked that the text crosses and that begin or lapse."""
    if result.lines is None:
        return
    told = [line for line in result.lines if line.consent_needed]
    if not told:
        yield "No line that the text crosses begins or lapses between these days."
        return
    more = f"; {len(told)} in all, the first {MOST} here" if len(told) > MOST else ""
    yield f"Between these days lines begin or lapse that the text crosses{more}."
    yield from (f"{capital(_line_turn(result, line))}." for line in told[:MOST])


def _line_turn(result: Sweep, line: LineTurn) -> str:
    what = (
        red_line(result.labels, line.issue, line.option)
        if line.kind == "red_line"
        else f"refusal {result.labels.refusal(line.party, line.refusal)}"
    )
    polled = ""
    if line.holds is not None:
        polled = f" ({chance_words(line.holds, line.quota)})"
    when = f"begins on {line.on}" if line.begins else f"no longer holds from {line.on}"
    return f"{possessive(result.names[line.party])} {line.basis} {what}{polled} {when}"
