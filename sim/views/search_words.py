"""Phrases of the search for the best packages."""

from __future__ import annotations

from sim.analysis.search_results import Answer, Search


def name_of(result: Search, party: str) -> str:
    return result.names[party]


def share(value: float) -> str:
    """A share to a tenth of a per cent, for figures set against each other closely."""
    return f"{100 * value:.1f}%"


def proven(answer: Answer) -> str:
    """What is shown of the packages not listed."""
    if answer.proven:
        return "exact: none is accepted in more of these draws" + ("" if answer.alone else ", some in as many")
    return f"not proven to be the best: on these draws none exceeds {share(answer.at_most)}, and --effort looks further"
