"""Findings of a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.analysis.forecast import result as kinds
from sim.results.records import Finding
from sim.results.result import Unsourced


def _words(**more: Any) -> kinds.ForecastWords:
    plain: dict[str, Any] = {
        "library": "scenarios",
        "without_younger": False,
        "single": False,
        "texts": 2,
        "answers": 10,
    }
    counts = {"accepts": 4, "refuses": 1, "refuses_inferred": 2, "divided": 1, "unknown": 2}
    return kinds.ForecastWords(**(plain | counts | more))


_EXAMPLES: list[Finding] = [
    Unsourced(),
    _words(),
    _words(single=True, texts=66, without_younger=True),
    _words(texts=1, answers=0, accepts=0, refuses=0, refuses_inferred=0, divided=0, unknown=0),
    kinds.AnswersMoved(library="scenarios", claims=0, dropped=0, moved=0, answers=10, most=0.0),
    kinds.AnswersMoved(library="scenarios", claims=1, dropped=1, moved=1, answers=10, most=0.125),
    kinds.AnswersMoved(library="scenarios", claims=9, dropped=17, moved=3, answers=380, most=1.0),
    kinds.SaidInstead(library="scenarios", texts=("A lease",), issue="land", instead_of="leased", option="ceded"),
    kinds.SaidInstead(library="scenarios", texts=("A lease", "A sale"), issue="land", instead_of="leased", option=None),
    kinds.MostlyOpen(texts=("A truce",)),
    kinds.MostlyOpen(texts=("A truce", "A lease")),
    kinds.SingleTerms(terms=66),
    kinds.LessThanAsked(library="scenarios", without_younger=False, single=False, answers=1, accepted=2),
    kinds.LessThanAsked(library="scenarios", without_younger=True, single=True, answers=12, accepted=40),
]
EXAMPLES: Sequence[Finding] = tuple(_EXAMPLES)
