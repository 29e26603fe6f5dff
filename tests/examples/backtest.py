"""Findings of a backtest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sim.analysis.backtest import result as kinds
from sim.results.records import Finding
from sim.results.result import Unsourced


def _figure(estimate: float, low: float | None = None, high: float | None = None) -> kinds.BacktestFigure:
    return kinds.BacktestFigure(estimate=estimate, low=low, high=high, undefined=0)


def _scored(**more: Any) -> kinds.RowsScored:
    first, last = dt.date(2026, 1, 6), dt.date(2026, 3, 5)
    return kinds.RowsScored(
        **({"observed": 40, "rows": 30, "items": 20, "subjects": 8, "first": first, "last": last} | more)
    )


def _product(figure: kinds.BacktestFigure) -> kinds.ProductScore:
    return kinds.ProductScore(brier=figure, best="camp", best_brier=0.05, worst="refusal", worst_brier=0.6)


def _bears(**more: Any) -> kinds.LinesBear:
    return kinds.LinesBear(**({"firm_refusals": 8, "crossed": 0.875, "acceptances": 3, "ruled_out": 0.0} | more))


_REASONS = [
    kinds.RowsLeftOut(because=because, rows=1 + k)
    for k, because in enumerate(
        (
            "new_issue",
            "not_modelled",
            "before",
            "party_silent",
            "not_scored",
            "conditional",
            "divided",
            "silent",
            "weak",
        )
    )
]

_EXAMPLES: list[Finding] = [
    Unsourced(),
    _scored(),
    _scored(observed=1, rows=1, items=1, subjects=1, last=dt.date(2026, 1, 6)),
    kinds.NothingScored(observed=1),
    kinds.NothingScored(observed=12),
    _product(_figure(0.214, 0.062, 0.41)),
    _product(_figure(0.004)),
    kinds.Comparisons(compared=16, better=(), worse=()),
    kinds.Comparisons(compared=16, better=(("brier", "refusal"), ("log", "refusal")), worse=(("auc", "camp"),)),
    kinds.Comparisons(compared=1, better=(("brier", "constant"),), worse=()),
    kinds.NoInterval(rows=1),
    kinds.NoInterval(rows=7),
    kinds.FewItems(items=1, needed=110),
    kinds.FewItems(items=24, needed=110),
    kinds.FewSubjects(subjects=2),
    kinds.WrongSides(rows=9, misses=0, without_side=0, yes_for_a_no=0, no_for_a_yes=0),
    kinds.WrongSides(rows=9, misses=0, without_side=1, yes_for_a_no=0, no_for_a_yes=0),
    kinds.WrongSides(rows=9, misses=3, without_side=4, yes_for_a_no=2, no_for_a_yes=1),
    kinds.WrongSides(rows=1, misses=1, without_side=0, yes_for_a_no=1, no_for_a_yes=0),
    kinds.MissesHangOn(lines=1, rankings=2, nothing=1, assumed=2),
    kinds.MissesHangOn(lines=0, rankings=1, nothing=0, assumed=0),
    _bears(),
    _bears(firm_refusals=0, crossed=None),
    _bears(acceptances=0, ruled_out=None, firm_refusals=1, crossed=1.0),
    kinds.SettledRight(rows=0, right=0),
    kinds.SettledRight(rows=1, right=1),
    kinds.SettledRight(rows=29, right=27),
    kinds.DemandsUnmet(rows=1, scored=5, refused=1, accepted=0, brier=_figure(0.1), less=_figure(0.02)),
    kinds.DemandsUnmet(
        rows=14, scored=48, refused=11, accepted=3, brier=_figure(0.13, 0.05, 0.24), less=_figure(0.05, -0.08, 0.16)
    ),
    kinds.DemandsUnmet(
        rows=18, scored=45, refused=18, accepted=0, brier=_figure(0.02, 0, 0.06), less=_figure(0.09, 0.01, 0.4)
    ),
    kinds.ConditionalBounds(rows=1, as_acceptance=0.1, as_refusal=0.18),
    kinds.ConditionalBounds(rows=4, as_acceptance=0.1, as_refusal=0.18),
    kinds.PollsUndecided(polls=1, least=0.1, most=0.1),
    kinds.PollsUndecided(polls=3, least=0.07, most=0.12),
    kinds.LeftOutRows(reasons=tuple(_REASONS)),
    kinds.LeftOutRows(reasons=(_REASONS[0],)),
    kinds.WithYounger(claims=1),
    kinds.WithYounger(claims=9),
    kinds.ReadersAgree(items=0, share=None, kappa=None),
    kinds.ReadersAgree(items=1, share=1.0, kappa=None),
    kinds.ReadersAgree(items=30, share=0.9, kappa=0.78),
]
EXAMPLES: Sequence[Finding] = tuple(_EXAMPLES)
