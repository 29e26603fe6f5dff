"""Phrases of the search for the best packages."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.analysis.search.result import Answer, PartyLine, Search
from sim.files.grammar import listed
from sim.report.numbers import per_cents
from sim.scenario.labels import possessive, spoken


def name_of(result: Search, party: str) -> str:
    return result.names[party]


def called(result: Search, party: str) -> str:
    """A party's name as it stands in a sentence."""
    return spoken(result.names[party])


def opt(result: Search, issue: str, option: str | None) -> str:
    """An option's name; ``open`` for none."""
    return "open" if option is None else result.labels.option(issue, option)


def terms(result: Search, issue: str, option: str | None) -> str:
    return f"{result.labels.issue(issue)}: {opt(result, issue, option)}"


def near_name(result: Search) -> str:
    """The text searched near."""
    return result.labels.text(result.options.near or "")


def title(answer: Answer) -> str:
    return "the best that asks fewer" if answer.among == "asking_fewer" else "the best"


def share(value: float) -> str:
    """A share to a tenth of a per cent, for figures set against each other closely."""
    return f"{per_cents(value, 1)}%"


def packages(count: int, kind: str = "") -> str:
    return f"{count:,} {kind}package{'s' * (count != 1)}"


def which(result: Search, answer: Answer) -> str:
    """The packages in question."""
    size, options = result.space, result.options
    count = size.combinations if size.feasible is None else size.feasible
    said = packages(count, "" if size.feasible is None else "feasible ")
    if options.changes is not None:
        near = "the text" if options.near == result.scenario.id else near_name(result)
        said += f" within {options.changes} change{'s' * (options.changes != 1)} of {near}"
    if options.keep:
        said += f" with {listed([result.labels.issue(i) for i in options.keep])} as tabled"
    only = ["keep the constraints"] if size.feasible is None else []
    if answer.among == "asking_named":
        only.append(f"ask {listed([called(result, p) for p in answer.required])}")
    elif answer.among == "asking_all":
        only.append("ask all whom the text asks")
    elif answer.among == "asking_fewer":
        only.append("do not ask all whom the text asks")
    return f"those among {said} that {' and '.join(only)}" if only else said


def proven(answer: Answer) -> str:
    """What is shown of the packages not listed."""
    if answer.proven:
        others = {"none": "", "some": ", some are in as many", "unknown": ", others perhaps in as many"}[answer.as_good]
        return f"proven on these draws: none is accepted in more of them{others}"
    # A bound rounded down would not be one.
    most = f"{math.ceil(1000 * answer.at_most - 1e-9) / 10:.1f}%"
    further = ", and --effort looks further" if answer.unproven_by == "effort" else ""
    return f"not proven to be the best: on these draws none exceeds {most}{further}"


def crossed(result: Search, lines: Sequence[PartyLine]) -> str:
    """Lines with whose they are; a red line is at the option that the change takes away or brings."""
    owners = [called(result, x.party) for x in lines if x.kind == "red_line"]
    said = [f"red line{'s' * (len(owners) > 1)} of {listed(owners)}"] if owners else []
    said += [
        f"{possessive(result.names[x.party])} refusal {result.labels.refusal(x.party, x.refusal)}"
        for x in lines
        if x.kind == "refusal"
    ]
    return listed(said)


def text(result: Search) -> dict[str, str | None]:
    """The text as tabled; empty where no package was found."""
    for answer in result.answers:
        if answer.best is not None:
            return answer.best.terms | {c.issue: c.before for c in answer.best.changes}
    return {}
