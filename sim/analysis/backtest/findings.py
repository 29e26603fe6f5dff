"""What of a backtest is worth saying, in the order in which a page says it: figures, and no words."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.backtest import result as kinds
from sim.analysis.backtest.result import RULES, Backtest, BacktestFigure, BacktestFinding, Forecaster, Measure
from sim.results.result import Unsourced
from sim.results.verdicts import HALF

#: So many independent items would be needed to tell the product from a rule of thumb.
NEEDED = 110
#: With fewer subjects than this a bootstrap over them is rough.
LEAST_SUBJECTS = 10
#: The scores, and whether more is better.
MEASURES: dict[Measure, bool] = {"brier": False, "log": False, "auc": True}


def findings(result: Backtest) -> tuple[BacktestFinding, ...]:
    """Everything worth saying: :func:`lead_findings`, then :func:`note_findings`."""
    return (*lead_findings(result), *note_findings(result))


def lead_findings(result: Backtest) -> tuple[BacktestFinding, ...]:
    """How many rows were scored, how the product did, and whether that tells anything."""
    main = result.table("main")
    start = () if result.sources else (Unsourced(),)
    if not main.rows:
        return (*start, kinds.NothingScored(observed=len(result.answers)))
    dates = [x.date for x in result.answers if x.left_out is None]
    scored = kinds.RowsScored(
        observed=len(result.answers),
        rows=main.rows,
        items=main.items,
        subjects=main.subjects,
        first=min(dates),
        last=max(dates),
    )
    return (*start, scored, _product(result), *_told_apart(result), *_few(result))


def note_findings(result: Backtest) -> tuple[BacktestFinding, ...]:
    """What stands below the tables."""
    return (
        *_wrong(result),
        *_demands(result),
        *_lines(result),
        *_settled(result),
        *_bounds(result),
        *_undecided(result),
        *_left_out(result),
        *_readers(result),
        *_younger(result),
    )


def side(figure: BacktestFigure, more_is_better: bool) -> bool | None:
    """Whether a difference is for the product, against it (False), or neither, by its interval."""
    if figure.low is None or figure.high is None or figure.low <= 0 <= figure.high:
        return None
    return (figure.low > 0) == more_is_better


def _product(result: Backtest) -> kinds.ProductScore:
    main = result.table("main")
    own = main.score("product").brier
    others = {name: main.score(name).brier.estimate or 0.0 for name in RULES}
    best, worst = min(others, key=others.__getitem__), max(others, key=others.__getitem__)
    return kinds.ProductScore(brier=own, best=best, best_brier=others[best], worst=worst, worst_brier=others[worst])


def _told_apart(result: Backtest) -> Iterator[BacktestFinding]:
    main = result.table("main")
    if main.subjects < 2:
        yield kinds.NoInterval(rows=main.rows)
        return
    better: list[tuple[Measure, Forecaster]] = []
    worse: list[tuple[Measure, Forecaster]] = []
    compared = 0
    for measure, more in MEASURES.items():
        for x in main.differences:
            if x.forecaster not in RULES:
                continue
            figure = x.figure(measure)
            compared += figure.low is not None
            if (which := side(figure, more)) is not None:
                (better if which else worse).append((measure, x.forecaster))
    yield kinds.Comparisons(compared=compared, better=tuple(better), worse=tuple(worse))


def _few(result: Backtest) -> Iterator[BacktestFinding]:
    main = result.table("main")
    if main.items < NEEDED:
        yield kinds.FewItems(items=main.items, needed=NEEDED)
    if 1 < main.subjects < LEAST_SUBJECTS:
        yield kinds.FewSubjects(subjects=main.subjects)


def _wrong(result: Backtest) -> Iterator[BacktestFinding]:
    main = result.table("main")
    if not main.rows:
        return
    by_side = {
        which: sum(x.rows for x in result.misses if x.side == which) for which in ("yes_for_a_no", "no_for_a_yes")
    }
    total = sum(by_side.values())
    yield kinds.WrongSides(rows=main.rows, misses=total, without_side=_without_side(result), **by_side)
    if total:
        by_kind = {kind: sum(x.rows for x in result.misses if x.kind == kind) for kind in ("cell", None)}
        yield kinds.MissesHangOn(
            lines=total - sum(by_kind.values()),
            rankings=by_kind["cell"],
            nothing=by_kind[None],
            assumed=sum(x.rows for x in result.misses if x.basis in ("assumed", "unknown")),
        )


def _without_side(result: Backtest) -> int:
    shares = [x.forecast for x in result.answers if x.left_out is None and x.forecast is not None]
    return sum(share.low <= HALF <= share.high for share in shares)


def _demands(result: Backtest) -> Iterator[kinds.DemandsUnmet]:
    rows = [x for x in result.answers if x.left_out is None and x.unmet_demands]
    if rows:
        main = result.table("main")
        yield kinds.DemandsUnmet(
            rows=len(rows),
            scored=main.rows,
            refused=sum(x.outcome is not None and x.outcome < HALF for x in rows),
            accepted=sum(x.outcome is not None and x.outcome > HALF for x in rows),
            brier=main.score("with_demands").brier,
            less=next(x for x in main.differences if x.forecaster == "with_demands").brier,
        )


def _lines(result: Backtest) -> Iterator[kinds.LinesBear]:
    lines = result.lines
    if lines.firm_refusals or lines.acceptances:
        yield kinds.LinesBear(
            firm_refusals=lines.firm_refusals,
            crossed=lines.crossed,
            acceptances=lines.acceptances,
            ruled_out=lines.ruled_out,
        )


def _settled(result: Backtest) -> Iterator[kinds.SettledRight]:
    if result.sources and result.table("main").rows:
        yield kinds.SettledRight(rows=result.settled.rows, right=result.settled.right)


def _bounds(result: Backtest) -> Iterator[kinds.ConditionalBounds]:
    main, yes, no = (result.table(id) for id in ("main", "conditional_as_acceptance", "conditional_as_refusal"))
    if yes.rows > main.rows:
        yield kinds.ConditionalBounds(
            rows=yes.rows - main.rows,
            as_acceptance=yes.score("product").brier.estimate or 0.0,
            as_refusal=no.score("product").brier.estimate or 0.0,
        )


def _undecided(result: Backtest) -> Iterator[kinds.PollsUndecided]:
    shares = [x.undecided for x in result.answers if x.left_out is None and x.undecided is not None]
    if shares:
        yield kinds.PollsUndecided(polls=len(shares), least=min(shares), most=max(shares))


def _left_out(result: Backtest) -> Iterator[kinds.LeftOutRows]:
    if result.left_out:
        yield kinds.LeftOutRows(reasons=result.left_out)


def _readers(result: Backtest) -> Iterator[kinds.ReadersAgree]:
    if (agreed := result.agreement) is not None:
        yield kinds.ReadersAgree(items=agreed.items, share=agreed.share, kappa=agreed.kappa)


def _younger(result: Backtest) -> Iterator[kinds.WithYounger]:
    if not result.without_younger and (claims := max(day.claims for day in result.days)):
        yield kinds.WithYounger(claims=claims)
