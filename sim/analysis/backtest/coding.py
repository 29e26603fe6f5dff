"""How far two readers agree who coded the same answers without seeing each other's coding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from sim.analysis.backtest.observed import ObservedAnswer
from sim.analysis.backtest.result import CodingAgreement


def last_answers(rows: Sequence[ObservedAnswer]) -> dict[tuple[str, ...], str]:
    """The answer of each item; of several the last by date, of one day the last of the file."""
    out: dict[tuple[str, ...], str] = {}
    for row in sorted(rows, key=lambda row: row.date):
        out[row.item] = row.answer
    return out


def agreed_items(first: Sequence[ObservedAnswer], second: Sequence[ObservedAnswer]) -> set[tuple[str, ...]]:
    """The items that both coded, and coded alike."""
    one, other = last_answers(first), last_answers(second)
    return {item for item, answer in one.items() if other.get(item) == answer}


def agreement(first: Sequence[ObservedAnswer], second: Sequence[ObservedAnswer]) -> CodingAgreement:
    """The raw share of agreement and Cohen's kappa, over the items that both coded.

    J. Cohen, *A coefficient of agreement for nominal scales*, 1960: what they agree on more than two readers would who
    give each answer as often as these do, but by chance.
    """
    one, other = last_answers(first), last_answers(second)
    both = [item for item in one if item in other]
    share = kappa = None
    if both:
        alike = Fraction(sum(one[item] == other[item] for item in both), len(both))
        mine, theirs = (Counter(answers[item] for item in both) for answers in (one, other))
        chance = sum((Fraction(mine[word] * theirs[word], len(both) ** 2) for word in mine), Fraction())
        share, kappa = float(alike), None if chance == 1 else float((alike - chance) / (1 - chance))
    return CodingAgreement(
        items=len(both),
        first_only=len(one) - len(both),
        second_only=len(other) - len(both),
        share=share,
        kappa=kappa,
    )
