"""Break-evens and nearest flips as a page and as tidy rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.analysis.flip.result import FlipResult, IssueFlip, Nearest, PartyFlip
from sim.files.grammar import ending, listed
from sim.report.english import ALLIANCE, draws_words, filler_caution
from sim.report.numbers import compact, percent
from sim.report.outcome import heading_of
from sim.report.page import Column, Page, Sheet, by_column
from sim.report.verdict import caveat, line_name
from sim.scenario.labels import Labels, capital, possessive, spoken

HEADER = ("scenario", "party", "issue", "measure", "value", "low", "high", "reason")
Row = tuple[str, str, str | None, str, float | None, float | None, float | None, str | None]

#: Changes of weight below this are not named.
SMALL = 0.0005
#: Rows of a party's break-evens where there are several parties.
MOST = 6
#: A smaller share of weight on issues without a source is not named in the lead.
NOTABLE = 0.05
#: Issues named on either side of a move.
_NAMED = 2


def rows(result: FlipResult) -> Iterator[Row]:
    """One figure a row."""
    for p in result.parties:
        yield from _figures(result, p)


def _figures(result: FlipResult, p: PartyFlip) -> Iterator[Row]:
    def figure(measure: str, *figures: float | None, reason: str | None = None, issue: str | None = None) -> Row:
        value, low, high = (*figures, None, None)[:3]
        return result.scenario.id, p.id, issue, measure, value, low, high, reason

    yield figure("acceptability", *p.acceptability.figures)
    yield figure("mean_gain", *p.mean_gain.figures)
    yield figure("margin", p.margin)
    yield figure("silent_weight", p.silent_weight)
    yield figure("cost_break_even", p.cost_break_even)
    if p.reservation is not None:
        yield figure("reservation_break_even", p.reservation_break_even)
    for measure, move, reason, reachable in (
        ("nearest", p.nearest, p.nearest_reason, p.reachable),
        ("within_classes", p.within_classes, p.within_classes_reason, p.reachable_within_classes),
    ):
        yield figure(f"{measure}.reachable", None, *reachable)
        yield figure(f"{measure}.distance", None if move is None else move.distance, reason=reason)
        for issue, weight in ({} if move is None else move.weights).items():
            yield figure(f"{measure}.weight", weight, issue=issue)
    for line in p.lines:
        yield figure(f"crosses {line_name(line, result.labels, p.id)}", line.share, issue=line.issue)
    for x in p.issues:
        yield figure("weight", x.weight, issue=x.issue)
        yield figure("difference", x.difference, *x.possible, issue=x.issue)
        yield figure("contribution", x.contribution, issue=x.issue)
        yield figure("weight_break_even", x.weight_break_even, reason=x.weight_reason, issue=x.issue)
        yield figure("difference_break_even", x.difference_break_even, reason=x.difference_reason, issue=x.issue)


def page(result: FlipResult) -> Page:
    """Who is near to turning and by what; one sheet of parties, one of break-evens for each that is asked."""
    parties = [p for p in result.parties if p.asked or result.party is not None] or list(result.parties)
    most = None if result.party is not None else MOST
    return Page(
        heading=heading_of(result.scenario, result.settings),
        lead=" ".join(_lead(result, parties)),
        sheets=(
            _parties(result.parties, result.labels),
            *(_issues(p, most, result.labels) for p in parties if _broken_even(p)),
        ),
        notes=tuple(_notes(result, parties)),
        caveat=caveat([result.settings]),
    )


# --- words ----------------------------------------------------------------------------------------


def signed(value: float) -> str:
    """A gain, never as -0.00; three places where two say nothing."""
    places = 2 if abs(value) >= 0.005 or value == 0 else 3
    text = f"{value:+.{places}f}"
    return text if float(text) else f"{0:.{places}f}"


def amount(value: float) -> str:
    """A weight: two places, three for small ones."""
    if 0 < value < SMALL:
        return "under 0.001"
    return f"{value:.2f}" if value >= 0.0095 or value == 0 else f"{value:.3f}"


def move(nearest: Nearest, labels: Labels, arrow: str = " to ") -> str:
    """From which issues to which the weight goes."""
    away = sorted((x, i) for i, x in nearest.changes.items() if x <= -SMALL)
    to = sorted(((-x, i) for i, x in nearest.changes.items() if x >= SMALL))
    return f"{_some([labels.issue(i) for _, i in away])}{arrow}{_some([labels.issue(i) for _, i in to])}"


def _some(issues: Sequence[str]) -> str:
    left = len(issues) - _NAMED
    return listed(issues) if left < 2 else f"{', '.join(issues[:_NAMED])} and {left} more"


def _lead(result: FlipResult, parties: Sequence[PartyFlip]) -> Iterator[str]:
    heard = [p for p in parties if not p.silent]
    if not heard:
        yield "The sources say nothing of the parties asked, so there are no weights to move."
        return
    groups = (
        ([spoken(p.name) for p in heard if p.margin > 0], "would gain by the text"),
        ([spoken(p.name) for p in heard if p.margin < 0], "would lose by it"),
        ([spoken(p.name) for p in heard if p.margin == 0], "would neither gain nor lose"),
    )
    sides = [f"{listed(names)} {verb}" for names, verb in groups if names]
    yield f"With the weights one would expect, {'; '.join(sides)}."
    if not result.sourced_veto:
        yield from filler_caution(result.assumed_terms, result.terms, result.settings)
    if turning := [(p, p.within_classes) for p in heard if p.within_classes is not None and not p.vetoes]:
        first, nearest = min(turning, key=lambda x: x[1].moved)
        yield _turning(first, nearest, result.labels, alone=len(heard) == 1)
        weakest = min(heard, key=lambda p: p.acceptability.estimate)
        if weakest is not first:
            yield f"By draws the weakest is {spoken(weakest.name)} ({percent(weakest.acceptability.estimate)})."
    if stuck := [spoken(p.name) for p in heard if p.within_classes is None and not p.vetoes]:
        yield f"No re-weighting that respects the importance classes turns {listed(stuck, 'or')}."
    if vetoed := [spoken(p.name) for p in heard if p.vetoes]:
        yield f"Whatever the weights, {listed(vetoed)} refuse{ending(len(vetoed), 's', '')} over red lines or refusals."
    if unheard := [f"{percent(p.silent_weight)} of {possessive(p.name)}" for p in heard if p.silent_weight >= NOTABLE]:
        yield "An issue on which the sources give no order counts as zero here, so what is not known does not show."
        yield f"Such issues have {listed(unheard)} weight; --method sobol tells what hangs on them."


def _turning(party: PartyFlip, nearest: Nearest, labels: Labels, alone: bool) -> str:
    if nearest.distance == 0:
        return f"{capital(spoken(party.name))} is exactly at its break-even."
    turns = "loss into a gain" if party.flips_to == "accepts" else "gain into a loss"
    how = f"moving {amount(nearest.moved)} of weight from {move(nearest, labels)} would turn its expected {turns}"
    accepts = f"it accepts in {percent(party.acceptability.estimate)} of draws"
    if alone:
        return f"{capital(accepts)}; within its importance classes, {how}."
    nearest_is = f"Nearest to turning by weights, within the importance classes, is {spoken(party.name)}"
    return f"{nearest_is} ({accepts}). {capital(how)}."


def sentence(party: PartyFlip, labels: Labels) -> str:
    """One party in two or three sentences."""
    who = f"{party.name}: expected gain {signed(party.margin)}"
    if party.silent:
        return f"{party.name}: {party.nearest_reason}."
    if party.margin == 0:
        return f"{who}, exactly at its break-even."
    wanted = "positive" if party.flips_to == "accepts" else "negative"
    anywhere, within = party.nearest, party.within_classes
    if anywhere is None:
        words = f"{who}; no re-weighting can make it {wanted}: {party.nearest_reason}."
    else:
        words = f"{who}; moving {amount(anywhere.moved)} of weight from {move(anywhere, labels)} would make it {wanted}"
        if within is None:
            words += f", but the importance classes forbid it: {party.within_classes_reason}."
        elif within.distance - anywhere.distance < SMALL:
            words += ", and the importance classes allow that."
        else:
            words += f"; within the importance classes, moving {amount(within.moved)} from {move(within, labels)}."
    if party.reservation is not None and party.reservation_break_even is not None:
        now, even = party.reservation, party.reservation_break_even
        words += f" It breaks even at a reservation value of {even:.2f} (now {now:.2f})."
    else:
        better = "worse" if party.margin < 0 else "better"
        words += f" It would also break even if no deal were {amount(abs(party.margin))} {better} for it."
    return words + "".join(_line_words(party, labels))


def _line_words(party: PartyFlip, labels: Labels) -> Iterator[str]:
    if party.vetoes:
        cited = [f" ({', '.join(x.evidence)})" if x.evidence else "" for x in party.vetoes]
        names = [line_name(x, labels, party.id) + rows for x, rows in zip(party.vetoes, cited, strict=True)]
        if len(names) > 2:
            names[1:] = [f"{len(names) - 1} more lines"]
        yield f" It refuses all the same, since the text crosses {' and '.join(names)}; no weights buy that off."
    for line in party.lines:
        if line.holds is not None:
            name = line_name(line, labels, party.id)
            yield f" In {percent(line.share)} of draws {name} binds besides, whatever the weights."


# --- sheets ---------------------------------------------------------------------------------------


def _parties(parties: Sequence[PartyFlip], labels: Labels) -> Sheet:
    columns = (
        (Column("party", width=16), [p.name for p in parties]),
        (Column("needed", width=6, least=90), ["yes" if p.asked else "no" for p in parties]),
        (Column("accepts", right=True, width=7), [compact(p.acceptability.estimate) for p in parties]),
        (Column("expected gain", right=True, width=8), [signed(p.margin) for p in parties]),
        (Column("rejects by a line", right=True, width=9), [compact(p.barred) if p.lines else "-" for p in parties]),
        (Column("weight to move", right=True, width=7), [_moved(p.within_classes) for p in parties]),
        (Column("from → to, within the classes", width=26), [_path(p, labels) for p in parties]),
        (Column("any weights", right=True, width=7), [_moved(p.nearest) for p in parties]),
    )
    tones = ["faint" if not p.asked or p.silent else "bad" if p.vetoes else "" for p in parties]
    return by_column(columns, tones=dict(enumerate(tones)))


def _moved(nearest: Nearest | None) -> str:
    return "-" if nearest is None else amount(nearest.moved)


def _path(party: PartyFlip, labels: Labels) -> str:
    within = party.within_classes
    if within is not None:
        return "at its break-even" if within.distance == 0 else move(within, labels, " → ")
    if party.silent:
        return "sources silent"
    return "no re-weighting can" if party.nearest is None else "the classes forbid it"


def _broken_even(party: PartyFlip) -> list[IssueFlip]:
    """Issues that can turn the expected gain by themselves."""
    return [x for x in party.issues if x.weight_break_even is not None or x.difference_break_even is not None]


def _issues(party: PartyFlip, most: int | None, labels: Labels) -> Sheet:
    issues = sorted(_broken_even(party), key=_nearness)
    title = f"{party.name}, expected gain {signed(party.margin)}"
    if most is not None and len(issues) > most:
        title += f"; the nearest {most} of {len(issues)} issues"
    issues = issues[:most]
    weights, differences = [x.weight_break_even for x in issues], [x.difference_break_even for x in issues]
    columns = (
        (Column("one issue alone", width=18), [labels.issue(x.issue) for x in issues]),
        (Column("importance", width=10, least=90), [x.importance for x in issues]),
        (Column("weight", right=True), [amount(x.weight) for x in issues]),
        (Column("breaks even at", right=True, width=8), ["-" if w is None else amount(w) for w in weights]),
        (Column("worth per unit", right=True, width=8), [signed(x.difference) for x in issues]),
        (Column("breaks even at", right=True, width=8), ["-" if d is None else signed(d) for d in differences]),
        (Column("adds", right=True), [signed(x.contribution) for x in issues]),
    )
    return by_column(columns, title)


def _nearness(x: IssueFlip) -> float:
    if x.weight_break_even is not None:
        return abs(x.weight_break_even - x.weight)
    return 1 + abs((x.difference_break_even or 0.0) - x.difference)


def _notes(result: FlipResult, parties: Sequence[PartyFlip]) -> Iterator[str]:
    yield from (sentence(p, result.labels) for p in parties)
    if doubtful := [spoken(p.name) for p in parties if p.mean_gain.low < 0 < p.mean_gain.high]:
        yield f"With this many draws the sign of the expected gain is not sure for {listed(doubtful)}."
    if any(p.lines for p in result.parties):
        yield (
            "Rejects by a line: the greatest share of draws in which one red line or refusal turns the text away, "
            "whatever the weights."
        )

    def some(issues: Sequence[str]) -> str:
        return _some([result.labels.issue(i) for i in issues])

    if silent := [f"{p.name}: {some(p.silent_issues)}" for p in parties if p.silent_issues]:
        yield (
            "Where the sources give no order between the text and no deal, an issue is as likely to be worth more as "
            f"less. Its expected difference is zero, and no weight on it turns anything: {'; '.join(silent)}."
        )
    yield (
        "What turns here is the expected gain, on mean weights and mean differences. The share of draws that accept "
        "need not cross one half at the same place."
    )
    if any(_broken_even(p) for p in parties):
        yield (
            "One issue alone: its weight changes and the others keep their proportions. Or else what the text is worth "
            "on it beside no deal, per unit of weight, changes. A dash: nothing possible does it."
        )
    yield "Weights sum to 1. Classes: every issue of a higher class weighs at least as much as every one of a lower."
    if assumed := [f"{possessive(p.name)} of {some(p.assumed_classes)}" for p in parties if p.assumed_classes]:
        yield f"Some classes are assumed, not read from sources: {'; '.join(assumed)}."
    if silent := [spoken(p.name) for p in result.parties if p.silent]:
        yield f"The sources are silent on {listed(silent)}."
    if result.left_out:
        yield (
            f"Left out: {listed(list(result.left_out))}, whose rules are their own: break-evens are worked out of sums."
        )
    allied = f" {ALLIANCE}" if any(p.role == "alliance" for p in result.parties) else ""
    yield draws_words(result.settings, "") + allied
