"""Words that the table, the notes and the figure of a frontier share."""

from __future__ import annotations

from collections.abc import Iterable

from sim.analysis.frontier_results import CrossedLine, Difference, Frontier
from sim.analysis.solutions import Concept
from sim.verdict import listed

#: How the points that bargaining theory singles out are called.
CONCEPTS: dict[Concept, str] = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai-Smorodinsky",
    "egalitarian": "egalitarian",
    "utilitarian": "utilitarian",
}


def gain(value: float) -> str:
    """An expected gain or a difference of two, to three places; 0 only for what is."""
    if abs(value) < 5e-4:
        return "0" if abs(value) <= 1e-12 else "<0.001" if value > 0 else ">-0.001"
    return f"{value:.3f}"


def spoken(found: Difference) -> str:
    """A changed term in words."""
    return f"{found.issue}: {found.before or 'open'} -> {found.after}"


def all_of(result: Frontier) -> str:
    """The parties chosen, referred to."""
    return "both" if len(result.options.parties) == 2 else f"all {_number(len(result.options.parties))}"


def _number(count: int) -> str:
    words = {3: "three", 4: "four", 5: "five", 6: "six"}
    return words.get(count, str(count))


def who_vetoes(result: Frontier, lines: Iterable[CrossedLine]) -> str:
    """Parties with the lines that a text crosses."""
    by_party: dict[str, list[str]] = {}
    for line in lines:
        by_party.setdefault(line.party, []).append(line.option or f"“{line.refusal}”")
    return listed([f"{result.names[p]} ({', '.join(what)})" for p, what in by_party.items()])
