"""Break-evens and nearest flips as a page and as tidy rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sim.analysis.flip.flip import FlipResult, IssueFlip, Nearest, PartyFlip
from sim.files.grammar import listed
from sim.report.english import ALLIANCE, draws_words, filler_caution
from sim.report.numbers import compact, percent
from sim.report.outcome import heading_of
from sim.report.page import Column, Page, Sheet
from sim.report.verdict import caveat, line_name
from sim.scenario.labels import Labels, capital, possessive, spoken

HEADER = ("scenario", "party", "issue", "measure", "value", "low", "high", "reason")
Row = tuple[str, str, str | None, str, float | None, float | None, float | None, str | None]

#: Changes of weight below this are not told.
SMALL = 0.0005
#: Rows of a party's break-evens when several parties are told.
MOST = 6
#: A smaller share of weight on issues without a source is not told in the lead.
NOTABLE = 0.05
#: Issues named on either side of a move.
_NAMED = 2


def rows(result: FlipResult) -> Iterator[Row]:
    """One figure a row."""
    name = result.scenario.id
    for p in result.parties:
        share, mean = p.acceptability, p.mean_gain
        yield name, p.id, None, "acceptability", share.estimate, share.low, share.high, None
        yield name, p.id, None, "mean_gain", mean.estimate, mean.low, mean.high, None
        yield name, p.id, None, "margin", p.margin, None, None, None
        yield name, p.id, None, "silent_weight", p.silent_weight, None, None, None
        yield name, p.id, None, "cost_break_even", p.cost_break_even, None, None, None
        if p.reservation is not None:
            yield name, p.id, None, "reservation_break_even", p.reservation_break_even, None, None, None
        for measure, found, reason, reachable in (
            ("nearest", p.nearest, p.nearest_reason, p.reachable),
            ("within_classes", p.within_classes, p.within_classes_reason, p.reachable_within_classes),
        ):
            yield name, p.id, None, f"{measure}.reachable", None, *reachable, None
            yield name, p.id, None, f"{measure}.distance", None if found is None else found.distance, None, None, reason
            for issue, weight in ({} if found is None else found.weights).items():
                yield name, p.id, issue, f"{measure}.weight", weight, None, None, None
        for line in p.lines:
            yield (
                name,
                p.id,
                line.issue,
                f"crosses {line_name(line, result.labels, p.id)}",
                line.share,
                None,
                None,
                None,
            )
        for x in p.issues:
            yield name, p.id, x.issue, "weight", x.weight, None, None, None
            yield name, p.id, x.issue, "difference", x.difference, *x.possible, None
            yield name, p.id, x.issue, "contribution", x.contribution, None, None, None
            yield name, p.id, x.issue, "weight_break_even", x.weight_break_even, None, None, x.weight_reason
            yield name, p.id, x.issue, "difference_break_even", x.difference_break_even, None, None, x.difference_reason


def page(result: FlipResult) -> Page:
    """Who is near to turning and by what; one sheet of parties, one of break-evens for each that is asked."""
    told = [p for p in result.parties if p.asked or result.party is not None] or list(result.parties)
    most = None if result.party is not None else MOST
    sheets = [
        _parties(result.parties, result.labels),
        *(_issues(p, most, result.labels) for p in told if _broken_even(p)),
    ]
    return Page(
        heading=heading_of(result.scenario, result.settings),
        lead=_lead(result, told),
        sheets=tuple(sheets),
        notes=tuple(_notes(result, told)),
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


def move(found: Nearest, labels: Labels, arrow: str = " to ") -> str:
    """From which issues to which the weight goes."""
    away = sorted((x, i) for i, x in found.changes.items() if x <= -SMALL)
    to = sorted(((-x, i) for i, x in found.changes.items() if x >= SMALL))
    return f"{_some([labels.issue(i) for _, i in away])}{arrow}{_some([labels.issue(i) for _, i in to])}"


def _some(issues: Sequence[str]) -> str:
    left = len(issues) - _NAMED
    return listed(issues) if left < 2 else f"{', '.join(issues[:_NAMED])} and {left} more"


def _lead(result: FlipResult, parties: Sequence[PartyFlip]) -> str:
    heard = [p for p in parties if not p.silent]
    if not heard:
        return "The sources say nothing of the parties asked, so there are no weights to move."
    sides = [
        f"{listed([spoken(p.name) for p in group])} {verb}"
        for group, verb in (
            ([p for p in heard if p.margin > 0], "would gain by the text"),
            ([p for p in heard if p.margin < 0], "would lose by it"),
            ([p for p in heard if p.margin == 0], "would neither gain nor lose"),
        )
        if group
    ]
    said = [f"With the weights one would expect, {'; '.join(sides)}."]
    caution = filler_caution(result.assumed_terms, result.terms, result.settings)
    if caution is not None and not result.sourced_veto:
        said.append(caution)
    turning = [p for p in heard if p.within_classes is not None and not p.vetoes]
    if turning:
        first = min(turning, key=_moved)
        said.append(_turning(first, result.labels, alone=len(heard) == 1))
        weakest = min(heard, key=lambda p: p.acceptability.estimate)
        if weakest is not first:
            said.append(f"By draws the weakest is {spoken(weakest.name)} ({percent(weakest.acceptability.estimate)}).")
    stuck = [spoken(p.name) for p in heard if p.within_classes is None and not p.vetoes]
    if stuck:
        said.append(f"No re-weighting that respects the importance classes turns {listed(stuck, 'or')}.")
    vetoed = [spoken(p.name) for p in heard if p.vetoes]
    if vetoed:
        refuse = "refuses" if len(vetoed) == 1 else "refuse"
        said.append(f"Whatever the weights, {listed(vetoed)} {refuse} over red lines or refusals.")
    unheard = [f"{percent(p.silent_weight)} of {possessive(p.name)}" for p in heard if p.silent_weight >= NOTABLE]
    if unheard:
        said.append(
            f"An issue on which the sources give no order counts as zero here, so what is not known does not show. "
            f"Such issues have {listed(unheard)} weight; --method sobol tells what hangs on them."
        )
    return " ".join(said)


def _moved(party: PartyFlip) -> float:
    return party.within_classes.moved if party.within_classes is not None else 1.0


def _turning(party: PartyFlip, labels: Labels, alone: bool) -> str:
    found = party.within_classes
    assert found is not None
    if found.distance == 0:
        return f"{capital(spoken(party.name))} is exactly at its break-even."
    turns = "loss into a gain" if party.flips_to == "accepts" else "gain into a loss"
    how = f"moving {amount(found.moved)} of weight from {move(found, labels)} would turn its expected {turns}"
    held = f"It accepts in {percent(party.acceptability.estimate)} of draws; within its importance classes, {how}."
    if alone:
        return held
    return (
        f"Nearest to turning by weights, within the importance classes, is {spoken(party.name)} (it accepts in "
        f"{percent(party.acceptability.estimate)} of draws). {capital(how)}."
    )


def sentence(party: PartyFlip, labels: Labels) -> str:
    """One party in two or three sentences."""
    who = f"{party.name}: expected gain {signed(party.margin)}"
    if party.silent:
        return f"{party.name}: {party.nearest_reason}."
    if party.margin == 0:
        return f"{who}, exactly at its break-even."
    wanted = "positive" if party.flips_to == "accepts" else "negative"
    if party.nearest is None:
        said = f"{who}; no re-weighting can make it {wanted}: {party.nearest_reason}."
    else:
        said = (
            f"{who}; moving {amount(party.nearest.moved)} of weight from {move(party.nearest, labels)} would make it "
            f"{wanted}"
        )
        if party.within_classes is None:
            said += f", but the importance classes forbid it: {party.within_classes_reason}."
        elif party.within_classes.distance - party.nearest.distance < SMALL:
            said += ", and the importance classes allow that."
        else:
            held = party.within_classes
            said += f"; within the importance classes, moving {amount(held.moved)} from {move(held, labels)}."
    if party.reservation is not None and party.reservation_break_even is not None:
        now, even = party.reservation, party.reservation_break_even
        said += f" It breaks even at a reservation value of {even:.2f} (now {now:.2f})."
    else:
        better = "worse" if party.margin < 0 else "better"
        said += f" It would also break even if no deal were {amount(abs(party.margin))} {better} for it."
    return said + _line_words(party, labels)


def _line_words(party: PartyFlip, labels: Labels) -> str:
    said = ""
    if party.vetoes:
        first, *rest = [f"{line_name(x, labels, party.id)}{_cited(x.evidence)}" for x in party.vetoes]
        more = f" and {len(rest)} more lines" if len(rest) > 1 else f" and {rest[0]}" if rest else ""
        said += f" It refuses all the same, since the text crosses {first}{more}; no weights buy that off."
    for line in party.lines:
        if line.holds is not None:
            name = line_name(line, labels, party.id)
            said += f" In {percent(line.share)} of draws {name} binds besides, whatever the weights."
    return said


def _cited(evidence: Iterable[str]) -> str:
    rows = ", ".join(evidence)
    return f" ({rows})" if rows else ""


# --- sheets ---------------------------------------------------------------------------------------


def _parties(parties: Sequence[PartyFlip], labels: Labels) -> Sheet:
    columns = (
        Column("party", width=16),
        Column("needed", width=6, least=90),
        Column("accepts", right=True, width=7),
        Column("expected gain", right=True, width=8),
        Column("rejects by a line", right=True, width=9),
        Column("weight to move", right=True, width=7),
        Column("from → to, within the classes", width=26),
        Column("any weights", right=True, width=7),
    )
    made, tones = [], {}
    for number, p in enumerate(parties):
        made.append(
            (
                p.name,
                "yes" if p.asked else "no",
                compact(p.acceptability.estimate),
                signed(p.margin),
                compact(p.barred) if p.lines else "-",
                "-" if p.within_classes is None else amount(p.within_classes.moved),
                _path(p, labels),
                "-" if p.nearest is None else amount(p.nearest.moved),
            )
        )
        if not p.asked or p.silent:
            tones[number] = "faint"
        elif p.vetoes:
            tones[number] = "bad"
    return Sheet(columns, tuple(made), tones=tones)


def _path(party: PartyFlip, labels: Labels) -> str:
    found = party.within_classes
    if found is None:
        if party.silent:
            return "sources silent"
        return "no re-weighting can" if party.nearest is None else "the classes forbid it"
    return "at its break-even" if found.distance == 0 else move(found, labels, " → ")


def _broken_even(party: PartyFlip) -> list[IssueFlip]:
    """Issues that can turn the expected gain by themselves."""
    return [x for x in party.issues if x.weight_break_even is not None or x.difference_break_even is not None]


def _issues(party: PartyFlip, most: int | None, labels: Labels) -> Sheet:
    columns = (
        Column("one issue alone", width=18),
        Column("importance", width=10, least=90),
        Column("weight", right=True),
        Column("breaks even at", right=True, width=8),
        Column("worth per unit", right=True, width=8),
        Column("breaks even at", right=True, width=8),
        Column("adds", right=True),
    )
    made = tuple(
        (
            labels.issue(x.issue),
            x.importance,
            amount(x.weight),
            "-" if x.weight_break_even is None else amount(x.weight_break_even),
            signed(x.difference),
            "-" if x.difference_break_even is None else signed(x.difference_break_even),
            signed(x.contribution),
        )
        for x in sorted(_broken_even(party), key=_nearness)
    )
    title = f"{party.name}, expected gain {signed(party.margin)}"
    if most is not None and len(made) > most:
        title += f"; the nearest {most} of {len(made)} issues"
    return Sheet(columns, made[:most], title=title)


def _nearness(x: IssueFlip) -> float:
    if x.weight_break_even is not None:
        return abs(x.weight_break_even - x.weight)
    return 1 + abs((x.difference_break_even or 0.0) - x.difference)


def _notes(result: FlipResult, told: Sequence[PartyFlip]) -> Iterator[str]:
    yield from (sentence(p, result.labels) for p in told)
    doubtful = [spoken(p.name) for p in told if p.mean_gain.low < 0 < p.mean_gain.high]
    if doubtful:
        yield f"With this many draws the sign of the expected gain is not sure for {listed(doubtful)}."
    if any(p.lines for p in result.parties):
        yield (
            "Rejects by a line: the greatest share of draws in which one red line or refusal turns the text away, "
            "whatever the weights."
        )
    silent = [f"{p.name}: {_some([result.labels.issue(i) for i in p.silent_issues])}" for p in told if p.silent_issues]
    if silent:
        yield (
            "Where the sources give no order between the text and no deal, an issue is as likely to be worth more as "
            f"less. Its expected difference is zero, and no weight on it turns anything: {'; '.join(silent)}."
        )
    yield (
        "What turns here is the expected gain, on mean weights and mean differences. The share of draws that accept "
        "need not cross one half at the same place."
    )
    if any(_broken_even(p) for p in told):
        yield (
            "One issue alone: its weight changes and the others keep their proportions. Or else what the text is worth "
            "on it beside no deal, per unit of weight, changes. A dash: nothing possible does it."
        )
    yield "Weights sum to 1. Classes: every issue of a higher class weighs at least as much as every one of a lower."
    assumed = [
        f"{possessive(p.name)} of {_some([result.labels.issue(i) for i in p.assumed_classes])}"
        for p in told
        if p.assumed_classes
    ]
    if assumed:
        yield f"Some classes are assumed, not read from sources: {'; '.join(assumed)}."
    if any(p.silent for p in result.parties):
        yield f"The sources are silent on {listed([spoken(p.name) for p in result.parties if p.silent])}."
    yield (
        draws_words(result.settings, "") + (f" {ALLIANCE}" if any(p.role == "alliance" for p in result.parties) else "")
    )
