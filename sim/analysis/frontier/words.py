"""Words that the table, the notes and the figure of a frontier share."""

from __future__ import annotations

import math
from collections.abc import Iterable

from sim.analysis.frontier.result import CrossedLine, Difference, Frontier, Point
from sim.analysis.frontier.solutions import Concept
from sim.files.grammar import listed
from sim.report.numbers import compact, percent
from sim.results.records import Interval
from sim.scenario.labels import spoken as called

#: How the points that bargaining theory singles out are called.
CONCEPTS: dict[Concept, str] = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai-Smorodinsky",
    "egalitarian": "egalitarian",
    "utilitarian": "utilitarian",
}

#: So many lines of a party are named.
_TOLD = 2


def gain(value: float) -> str:
    """An expected gain or a difference of two, to three places; 0 only for what is."""
    if abs(value) < 5e-4:
        return "0" if abs(value) <= 1e-12 else "<0.001" if value > 0 else ">-0.001"
    return f"{value:.3f}"


def guarantee(epsilon: float) -> str:
    """How far an approximate frontier may be off, rounded up."""
    step = 10.0 ** (math.floor(math.log10(epsilon)) - 2)
    return f"{math.ceil(epsilon / step) * step:.3g}"


def share(part: int, whole: int) -> str:
    """A share of packages; below 1% with one decimal."""
    found = part / whole if whole else 0.0
    if not 0 < found < 0.01:
        return percent(found)
    return "under 0.1%" if found < 0.0005 else f"{100 * found:.1f}%"


def agreed(on_means: bool | None, found: Interval | None) -> str:
    """Whether all who are asked accept on expected gains, and in which share of draws; a cell of a table."""
    if on_means is None or found is None:
        return "-"
    return f"{'yes' if on_means else 'no'}, {compact(found.estimate)}"


def singled(result: Frontier) -> dict[int, tuple[list[str], Point]]:
    """The points singled out with why, by their number, in the order in which they are told."""
    at: dict[int, tuple[list[str], Point]] = {}
    for solution in result.solutions:
        if solution.point is not None:
            at.setdefault(solution.point.number, ([], solution.point))[0].append(CONCEPTS[solution.concept])
    if result.least_bad is not None:
        at.setdefault(result.least_bad.number, ([], result.least_bad))[0].append("least bad for the worst off")
    if result.better is not None:
        all_gain = bool(result.proposals[0].distance)
        name = f"better for {all_of(result)} than the text" if all_gain else "better than the text, at nobody's cost"
        at.setdefault(result.better.number, ([], result.better))[0].append(name)
    return at


def changed(result: Frontier, found: Difference) -> str:
    """A changed term in words."""
    before = "open" if found.before is None else result.labels.option(found.issue, found.before)
    return f"{result.labels.issue(found.issue)}: {before} -> {result.labels.option(found.issue, found.after)}"


def all_of(result: Frontier) -> str:
    """The parties chosen, referred to."""
    return "both" if len(result.options.parties) == 2 else f"all {_number(len(result.options.parties))}"


def _number(count: int) -> str:
    words = {3: "three", 4: "four", 5: "five", 6: "six"}
    return words.get(count, str(count))


def line_words(result: Frontier, party: str, issue: str | None, option: str | None, refusal: str | None) -> str:
    """A line by what it refuses."""
    return result.labels.refusal(party, refusal) if option is None else result.labels.term(issue or "", option)


def who_vetoes(result: Frontier, lines: Iterable[CrossedLine]) -> str:
    """Parties with the lines that a text crosses, of each the first few."""
    by_party: dict[str, list[str]] = {}
    for line in lines:
        said = line_words(result, line.party, line.issue, line.option, line.refusal)
        by_party.setdefault(line.party, []).append(said)
    told = {p: what[:_TOLD] + [f"{len(what) - _TOLD} more"] * (len(what) > _TOLD) for p, what in by_party.items()}
    return listed([f"{called(result.names[p])} ({', '.join(what)})" for p, what in told.items()])
