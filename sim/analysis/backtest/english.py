"""A backtest in sentences: one function a kind of finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sim.analysis.backtest import result as kinds
from sim.analysis.backtest.findings import side
from sim.analysis.backtest.result import BacktestFigure, Forecaster, LeftOutBecause, Measure
from sim.files.grammar import ending, listed, plural
from sim.report import english
from sim.report.english import Names, by_kind
from sim.report.numbers import percent
from sim.results.records import Finding
from sim.scenario.labels import capital

#: Said under every table.
CAVEAT = (
    "Scores of how often shares of draws came out as answers. They measure this library on these rows; a share is "
    "still no chance of an event. How rows are scored is fixed in scenarios/backtest/PROTOCOL.md, its changes by date."
)
#: Who forecasts, as tables have it.
FORECASTER_NAMES: Mapping[Forecaster, str] = {
    "product": "this library",
    "with_demands": "this library, demands counted",
    "constant": "base rate of the other subjects",
    "refusal": "everybody refuses",
    "last_word": "last stated word wins",
    "camp": "the camp's end of the issue",
    "distance": "distance from the top option",
    "fixed_score": "fixed scores, thresholds",
}
MEASURE_NAMES: Mapping[Measure, str] = {"brier": "Brier score", "log": "log score", "auc": "area under the curve"}
#: Why rows are left out, behind a number of rows.
REASON_WORDS: Mapping[LeftOutBecause, str] = {
    "new_issue": "on what the issue space has no place for",
    "not_modelled": "of parties that are not modelled",
    "before": "not younger than the day",
    "party_silent": "of a party on which the library is silent that day",
    "not_scored": "for a reason told in the file",
    "conditional": "conditional",
    "divided": "divided",
    "silent": "without an answer",
    "weak": "weak",
}


def score(value: float | None) -> str:
    """A score or a difference, to two decimals; to a third where two would say 0 of what is not."""
    if value is None:
        return "undefined"
    digits = 3 if 0.0005 <= abs(value) < 0.005 else 2
    return f"{value:.{digits}f}" if abs(value) >= 0.0005 else "0.00"


def with_interval(figure: BacktestFigure) -> str:
    """A score with its interval: ``0.21 (0.06 to 0.41)``."""
    if figure.low is None or figure.high is None:
        return score(figure.estimate)
    return f"{score(figure.estimate)} ({score(figure.low)} to {score(figure.high)})"


def rows_scored(finding: kinds.RowsScored, names: Names) -> str:
    days = f"{finding.first}" if finding.first == finding.last else f"{finding.first} to {finding.last}"
    counts = f"{plural(finding.items, 'item')} and {plural(finding.subjects, 'subject')}"
    scored = f"{finding.rows:,} {ending(finding.rows, 'is', 'are')} scored"
    return f"Of {plural(finding.observed, 'observed answer')}, {scored} ({days}): {counts}."


def nothing_scored(finding: kinds.NothingScored, names: Names) -> str:
    return f"Of {plural(finding.observed, 'observed answer')} none can be scored, so there is no score."


def product_score(finding: kinds.ProductScore, names: Names) -> str:
    best = f"{score(finding.best_brier)} ({FORECASTER_NAMES[finding.best]})"
    worst = f"{score(finding.worst_brier)} ({FORECASTER_NAMES[finding.worst]})"
    own = with_interval(finding.brier)
    return (
        f"This library's Brier score is {own}; rules of thumb have {best} to {worst} on the same rows. Less is better."
    )


def comparisons(finding: kinds.Comparisons, names: Names) -> str:
    compared = plural(finding.compared, "comparison")
    if not finding.better and not finding.worse:
        return f"None of this can tell yet: in none of {compared} does the interval of the difference leave zero out."
    parts = [
        f"{word} than {_baselines(pairs)}"
        for word, pairs in (("better", finding.better), ("worse", finding.worse))
        if pairs
    ]
    rest = finding.compared - len(finding.better) - len(finding.worse)
    more = f" Of the other {plural(rest, 'comparison')} none can tell yet." if rest else ""
    return f"It is {'; '.join(parts)}, of {compared} without a correction for their number.{more}"


def _baselines(pairs: Sequence[tuple[Measure, Forecaster]]) -> str:
    """Baselines, each with the scores on which it is met."""
    by: dict[Forecaster, list[str]] = {}
    for measure, baseline in pairs:
        by.setdefault(baseline, []).append(MEASURE_NAMES[measure])
    return listed([f"'{FORECASTER_NAMES[baseline]}' ({listed(scores)})" for baseline, scores in by.items()])


def no_interval(finding: kinds.NoInterval, names: Names) -> str:
    rows = "The one row is" if finding.rows == 1 else f"All {finding.rows:,} rows are"
    return f"{rows} of one subject, so there is no interval, and none of this can tell yet."


def few_items(finding: kinds.FewItems, names: Names) -> str:
    has = f"{plural(finding.items, 'item')} {ending(finding.items, 'is', 'are')} here"
    return f"Some {finding.needed} independent items would be needed to tell; {has}."


def few_subjects(finding: kinds.FewSubjects, names: Names) -> str:
    return f"With {plural(finding.subjects, 'subject')} the intervals are rough, and likely too narrow."


def wrong_sides(finding: kinds.WrongSides, names: Names) -> str:
    rows, near = plural(finding.rows, "row"), finding.without_side
    level = (
        f" {near:,} {ending(near, 'has', 'have')} a share of one half to sampling error, and no side." if near else ""
    )
    if not finding.misses:
        return f"Of {rows} none came out on the other side of one half.{level}"
    sides = {"a yes where the party refused": finding.yes_for_a_no, "a no where it accepted": finding.no_for_a_yes}
    parts = listed([f"{count:,} {words}" for words, count in sides.items() if count])
    return f"{finding.misses:,} of {rows} came out on the other side of one half: {parts}.{level}"


def misses_hang_on(finding: kinds.MissesHangOn, names: Names) -> str:
    counts = {"a line": finding.lines, "a ranking": finding.rankings, "nothing": finding.nothing}
    parts = listed([f"{what} in {count:,}" for what, count in counts.items() if count])
    assumed = f"; it is assumed or unknown in {finding.assumed:,}" if finding.assumed else ""
    return f"What the misses hang on most is {parts}{assumed}."


def lines_bear(finding: kinds.LinesBear, names: Names) -> str:
    parts = []
    if finding.crossed is not None:
        share = percent(finding.crossed)
        refusals = plural(finding.firm_refusals, "firm refusal")
        parts.append(f"the library has a line in {share} of {refusals}")
    if finding.ruled_out is not None:
        share = percent(finding.ruled_out)
        parts.append(f"it rules out {share} of {plural(finding.acceptances, 'acceptance')}")
    return f"{capital('; '.join(parts))} (items weigh alike)."


def settled_right(finding: kinds.SettledRight, names: Names) -> str:
    if not finding.rows:
        return "The evidence alone settles none of these answers."
    settles = f"The evidence alone settles {plural(finding.rows, 'answer')}"
    return f"{settles}, of which {finding.right:,} came out so; the other rows rest on assumptions."


def demands_unmet(finding: kinds.DemandsUnmet, names: Names) -> str:
    rows = plural(finding.rows, "row")
    came = f"{finding.refused:,} came out a no, {finding.accepted:,} a yes"
    untold = side(finding.less, more_is_better=False) is None
    tell = "whether that is better, this cannot tell" if untold else "the interval of the difference leaves zero out"
    return (
        f"On {rows} the party asks for more than the term or text gives: {came}. With these forecast as a no, the "
        f"Brier score of all {finding.scored:,} rows is {with_interval(finding.brier)}; {tell}."
    )


def conditional_bounds(finding: kinds.ConditionalBounds, names: Names) -> str:
    rows = plural(finding.rows, "conditional answer")
    return (
        f"With {rows} counted as a yes the Brier score would be {score(finding.as_acceptance)}, as a no "
        f"{score(finding.as_refusal)}."
    )


def polls_undecided(finding: kinds.PollsUndecided, names: Names) -> str:
    low, high = percent(finding.least), percent(finding.most)
    shares = low if low == high else f"{low} to {high}"
    polls = plural(finding.polls, "poll")
    return f"In {polls} {shares} had no opinion; a poll counts by those who had one."


def left_out_rows(finding: kinds.LeftOutRows, names: Names) -> str:
    total = sum(x.rows for x in finding.reasons)
    verb = ending(total, "is", "are")
    parts = [f"{x.rows:,} {REASON_WORDS[x.because]}" for x in finding.reasons]
    return f"{plural(total, 'row')} {verb} left out: {listed(parts)}."


def readers_agree(finding: kinds.ReadersAgree, names: Names) -> str:
    if finding.share is None:
        return "The two readers coded no item in common."
    kappa = "undefined" if finding.kappa is None else f"{finding.kappa:.2f}"
    items = plural(finding.items, "item")
    return f"Two readers agree on {percent(finding.share)} of {items} that both coded; Cohen's kappa is {kappa}."


def with_younger(finding: kinds.WithYounger, names: Names) -> str:
    claims = plural(finding.claims, "claim")
    return f"The library was read as it stands, with {claims} younger than the day: this is no test."


#: The sentence of each kind.
SENTENCES: Mapping[str, Callable[[Any, Names], str]] = {**english.SENTENCES, **by_kind(globals())}


def say(finding: Finding, names: Names) -> str:
    """The sentence of a finding."""
    return SENTENCES[finding.kind](finding, names)


def sentences(some: Sequence[Finding], names: Names) -> list[str]:
    """The sentences of findings."""
    return [say(x, names) for x in some]
