"""How the figures of a page come about, and what they leave out: half a page, with this text's own figures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from sim.desk.english import SAY
from sim.engine.acceptability import wilson
from sim.engine.profiles import Case
from sim.files.grammar import listed
from sim.report import english
from sim.results.findings import note_findings
from sim.results.records import Settings
from sim.results.result import Result
from sim.scenario.labels import capital, spoken

#: What a position may rest on, the surest first; the last two are no evidence.
BASES = ("stated", "inferred", "edited", "assumed", "unknown")
UNSAID = BASES[-2:]
#: Notes of a run that say who or what is missing from its figures.
MISSING = ("silent_sources", "silent_parties", "not_modelled", "positions_age")


def half_width(draws: int) -> float:
    """The greatest half-width of the 95% interval of a share, in points, rounded up to a tenth.

    >>> half_width(2048), half_width(10_000)
    (2.2, 1.0)
    """
    share = wilson(draws // 2, draws)
    return math.ceil(500 * (share.high - share.low)) / 10


def method(result: Result, case: Case) -> list[str]:
    """The paragraphs."""
    missing = unasked(result)
    return [
        SAY["method_figures"],
        accuracy(result.settings),
        " ".join(_rests_on(result, case)),
        SAY["method_left_out"].format(day=result.scenario.as_of),
        *([missing] if missing else []),
    ]


def unasked(result: Result) -> str:
    """Who or what is missing from the figures, first of all whose consent is needed and not modelled."""
    return " ".join(english.say(x, english.names_of(result)) for x in note_findings(result) if x.kind in MISSING)


def accuracy(settings: Settings) -> str:
    """How many draws there are, and how much that tells."""
    error = SAY["method_error"].format(points=half_width(settings.draws))
    return f"{english.draws_words(settings, error)} {SAY['method_convention']}"


def in_general(settings: Sequence[Settings]) -> list[str]:
    """The paragraphs that hold for all of several texts, which may have seeds of their own."""
    one = settings[0] if len({x.seed for x in settings}) == 1 else None
    error = f"{SAY['method_error'].format(points=half_width(settings[0].draws))}. {SAY['method_convention']}"
    return [SAY["method_figures"], capital(error) if one is None else accuracy(one), SAY["method_bases"]]


def _rests_on(result: Result, case: Case) -> Iterator[str]:
    """What the positions, the terms and the views of no deal rest on."""
    bases = Counter(issue.basis for party in result.parties for issue in party.issues)
    counts = [SAY["method_count"].format(count=bases[basis], basis=basis) for basis in BASES if bases[basis]]
    yield SAY["method_positions"].format(count=bases.total(), counts=listed(counts))
    filler = sum(basis == "assumed" for basis in case.term_basis.values())
    if filler:
        yield SAY["method_terms"].format(count=filler, all=len(case.term_basis))
    doubtful = [spoken(p.name) for p in case.profiles if p.reservation is None and p.beliefs_basis in UNSAID]
    if case.lottery is not None and doubtful:
        yield SAY["method_no_deal"].format(who=listed(doubtful))
    yield SAY["method_bases"]
