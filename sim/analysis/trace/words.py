"""One negotiation in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sim.analysis.trace.result import Answer, Crossed, TraceResult, Turn
from sim.files.grammar import listed
from sim.report.verdict import red_line
from sim.results.records import TermChange
from sim.scenario.labels import Labels, capital, spaced, spoken

#: Changes named of each kind where several fail in a row.
NAMED = 5
#: Up to so many terms of a text are spelled out after what is new in it.
SPELLED = 4
#: Of many stretches of rounds so many are told at the beginning and at the end.
FIRST, LAST = 1, 3


def rounds(result: TraceResult, full: bool = False) -> list[tuple[str, str]]:
    """What happened, as (round or rounds, sentences); rounds in which nothing changes in one sentence.

    Of many offers only the first and the last are told one by one, and of changes proposed by a mediator those
    adopted, unless with ``full``.
    """
    return list(_mediated(result, full) if result.settings.protocol == "single_text" else _offered(result, full))


# --- words -------------------------------------------------------------------------------------------


def gain(value: float, places: int = 2) -> str:
    """With its sign; never -0.00."""
    text = f"{value:+.{places}f}"
    return text if float(text) else f"{0:.{places}f}"


def amount(value: float) -> str:
    return "under 0.01" if 0 < value < 0.005 else f"{value:.2f}"


def names(result: TraceResult, parties: Iterable[str]) -> str:
    return listed([spoken(result.party(p).name) for p in parties])


def text(labels: Labels, changes: Sequence[TermChange], called: Sequence[str] = ()) -> str:
    """A text by its name, or by how it differs from the tabled one."""
    if called:
        return f"the text '{listed([labels.text(x) for x in called])}'"
    return f"the tabled text with {listed([term(labels, c) for c in changes])}" if changes else "the text as tabled"


def term(labels: Labels, change: TermChange) -> str:
    return f"{labels.issue(change.issue)}: {opt(labels, change.issue, change.to)}"


def opt(labels: Labels, issue: str, option: str | None) -> str:
    """An option's name; ``open`` for none."""
    return "open" if option is None else labels.option(issue, option)


def line(labels: Labels, crossed: Crossed, party: str) -> str:
    if crossed.kind == "red_line":
        return f"its {crossed.basis} {red_line(labels, crossed.issue, crossed.option)}"
    return f"its {crossed.basis} refusal {labels.refusal(party, crossed.refusal)}"


def refusal(result: TraceResult, answer: Answer) -> str:
    """A refusal and its reason, without a full stop."""
    return f"{names(result, [answer.party])} refuses {because(result.labels, answer)}"


def because(labels: Labels, answer: Answer, brief: bool = False) -> str:
    """Why a party refuses; ``brief`` leaves out the issue that costs it most."""
    if answer.lines:
        more = len(answer.lines) - 1
        return f"over {line(labels, answer.lines[0], answer.party)}" + (f" and {more} more" if more else "")
    cost = answer.cost
    if cost is not None and cost.against == "standing":
        return f"a loss of {amount(answer.wanted - answer.gain)}"
    got, wanted = gain(answer.gain), gain(answer.wanted)
    if got == wanted:
        got, wanted = gain(answer.gain, 4), gain(answer.wanted, 4)
    said = f"a gain of {got} over no deal" if answer.wanted == 0 else f"a gain of {got}, wanting {wanted}"
    if cost is None or brief:
        return said
    instead = "" if cost.against == "no_deal" else f" rather than {opt(labels, cost.issue, cost.instead)}"
    return (
        f"{said}: {labels.issue(cost.issue)}: {opt(labels, cost.issue, cost.option)}{instead} costs it most "
        f"({gain(-cost.amount)})"
    )


def answers(result: TraceResult, given: Sequence[Answer]) -> str:
    """Everybody's answer in a sentence or two, refusals first."""
    against = [refusal(result, a) for a in given if not a.agrees]
    content = [f"{names(result, [a.party])} ({gain(a.gain)})" for a in given if a.agrees]
    said = [f"{capital(x)}." for x in against]
    if content:
        said.append(f"{capital(listed(content))} {'accepts' if len(content) == 1 else 'accept'}.")
    return " ".join(said)


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


# --- alternating offers, and votes --------------------------------------------------------------


@dataclass
class Stretch:
    """Rounds in a row in which the same is offered and answered: the first and last of them, its turns, the words.

    ``turns`` are those of the last round, ``said`` tells the first.
    """

    first: int
    last: int
    turns: list[Turn]
    said: str


def _offered(result: TraceResult, full: bool) -> Iterator[tuple[str, str]]:
    stretches = _stretches(result)
    hidden = slice(FIRST, len(stretches) - LAST)
    if full or len(stretches) < FIRST + LAST + 2:
        hidden = slice(0, 0)
    for stretch in stretches[: hidden.start]:
        yield from _told(result, stretch)
    if middle := stretches[hidden]:
        yield _span(middle[0].first, middle[-1].last), _passed_over(result, middle)
    for stretch in stretches[hidden.stop :]:
        yield from _told(result, stretch)


def _stretches(result: TraceResult) -> list[Stretch]:
    before: dict[str | None, Turn] = {}
    found: list[Stretch] = []
    for n, group in groupby(result.turns, key=lambda t: t.round):
        turns = list(group)
        if found and [_signature(t) for t in found[-1].turns] == [_signature(t) for t in turns]:
            found[-1].last, found[-1].turns = n, turns
        else:
            found.append(Stretch(n, n, turns, "\n".join(turn(result, t, before) for t in turns)))
        before |= {t.party: t for t in turns if t.kind == "offer"}
    return found


def _told(result: TraceResult, stretch: Stretch) -> Iterator[tuple[str, str]]:
    yield str(stretch.first), stretch.said
    if stretch.last > stretch.first:
        again = _again(result, stretch.turns, stretch.last - stretch.first)
        yield _span(stretch.first + 1, stretch.last), again


def _passed_over(result: TraceResult, middle: Sequence[Stretch]) -> str:
    """Many rounds in a few sentences: who changes its offer how often, comes down how far, and is refused by whom."""
    between = [t for t in result.turns if middle[0].first <= t.round <= middle[-1].last]
    said = []
    for party in dict.fromkeys(t.party for t in between if t.party is not None):
        own = [t for t in between if t.party == party and t.kind == "offer"]
        if not own:
            said.append(f"{capital(names(result, [party]))} offers nothing.")
            continue
        changed = sum(bool(t.since) for t in own)
        times = "does not change its offer" if not changed else f"changes its offer {_times(changed)}"
        first, last = (gain(t.wanted or 0.0) for t in (own[0], own[-1]))
        much = f"coming down from {first} to {last}" if first != last else f"insisting on {first}"
        said.append(f"{capital(names(result, [party]))} {times}, {much}.")
    refused = Counter(a.party for t in between for a in t.answers if not a.agrees)
    lines = Counter(a.party for t in between for a in t.answers if not a.agrees and a.lines)
    of = sum(t.kind == "offer" for t in between)
    who = [
        f"{names(result, [p])} {n if k else f'refuses {n}'}" + (f" ({lines[p]} over its lines)" if lines[p] else "")
        for k, (p, n) in enumerate(refused.most_common())
    ]
    standing = {t.party: t for t in between if t.kind == "offer" and t.party is not None}
    stand = [f"{names(result, [p])} offers {text(result.labels, t.changes, t.names)}" for p, t in standing.items()]
    return " ".join([*said, *([f"Of {of} offers {listed(who)}."] if who else []), *(f"In the end {x}." for x in stand)])


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _signature(turn: Turn) -> tuple[object, ...]:
    """What must be equal for nothing to have changed."""
    return turn.kind, turn.party, turn.changes, turn.passed, _said(turn)


def _said(turn: Turn) -> tuple[object, ...]:
    return tuple(
        (a.party, a.agrees, tuple((x.kind, x.issue, x.option, x.refusal) for x in a.lines)) for a in turn.answers
    )


def _again(result: TraceResult, turns: Sequence[Turn], count: int) -> str:
    how = "The same again" if count == 1 else f"The same again, {_times(count)}"
    now = [(names(result, [t.party]), gain(t.wanted)) for t in turns if t.party is not None and t.wanted is not None]
    if not now:
        return f"{how}."
    (who, much), *others = now
    wants = [f"{who} {'now' if count == 1 else 'by then'} wants {much}", *(f"{who} {much}" for who, much in others)]
    return f"{how}; {listed(wants)}."


def turn(result: TraceResult, told: Turn, before: dict[str | None, Turn] | None = None) -> str:
    """One turn in sentences; ``before`` are the last offers by proposer."""
    if told.kind == "no_offer":
        if not told.wanted:
            return f"{_name(result, told)} offers nothing: to any text off its lines it prefers no deal."
        wanted = gain(told.wanted)
        return f"{_name(result, told)} offers nothing: no text that crosses none of its lines brings it {wanted}."
    if told.kind == "vote" and told.equals_no_deal:
        stands = text(result.labels, told.changes)
        return (
            f"What stands is {stands}. It says no more than no deal, so it is no agreement and is not put to the vote."
        )
    if told.kind == "vote":
        return f"{_put(result, told)} {answers(result, told.answers) or 'Nobody with positions has to consent.'}"
    if told.kind == "ratification":
        return f"In ratification, {answers(result, told.answers)}"
    last = (before or {}).get(told.party)
    if last is not None and not told.since and _said(last) == _said(told):
        return f"{_name(result, told)} repeats its offer and is refused as before."
    end = " All agree." if told.passed and len(told.answers) > 1 else ""
    return f"{_offer(result, told, before or {})} {answers(result, told.answers)}{end}"


def _offer(result: TraceResult, told: Turn, before: dict[str | None, Turn]) -> str:
    who = f"{_name(result, told)} ({gain(told.gain or 0.0)})"
    theirs = [p for p, t in before.items() if p != told.party and t.changes == told.changes and p is not None]
    if theirs and told.since != () and told.changes:
        return f"{who} goes over to the last offer of {names(result, theirs)}."
    if told.since is None:
        return f"{who} offers {text(result.labels, told.changes, told.names)}."
    if not told.since:
        return f"{who} repeats its offer."
    moved = listed([f"{term(result.labels, c)} (was {opt(result.labels, c.issue, c.before)})" for c in told.since])
    if not told.changes or told.names:
        return f"{who} comes to {text(result.labels, told.changes, told.names)}, changing its offer in {moved}."
    whole = (
        ""
        if told.changes == told.since or len(told.changes) > SPELLED
        else f"; now {text(result.labels, told.changes)}"
    )
    return f"{who} changes its offer in {moved}{whole}."


def _put(result: TraceResult, told: Turn) -> str:
    if result.settings.protocol == "vote":
        return "The text as tabled is put to all whose consent it needs."
    return f"What stands is put to the vote: {text(result.labels, told.changes)}."


def _name(result: TraceResult, told: Turn) -> str:
    return "The mediator" if told.party is None else capital(names(result, [told.party]))


# --- a single text ---------------------------------------------------------------------------------


def _mediated(result: TraceResult, full: bool) -> Iterator[tuple[str, str]]:
    for failed, group in groupby(result.turns, key=lambda t: t.kind == "change" and not t.passed):
        run = list(group)
        if failed and len(run) > 1 and not full:
            yield _span(run[0].round, run[-1].round), _failures(result, run)
            continue
        for one in run:
            yield (str(one.round), _change(result, one)) if one.kind == "change" else ("end", turn(result, one))


def _change(result: TraceResult, told: Turn) -> str:
    [change] = told.changes
    was = opt(result.labels, change.issue, change.before)
    said = f"Proposed: {term(result.labels, change)} instead of {was}."
    against = [refusal(result, a) for a in told.answers if not a.agrees]
    if told.breaks:
        rules = listed([f"'{spaced(b)}'" for b in told.breaks])
        return f"{said} It would break a constraint ({rules}) and is not put to anybody."
    if told.equals_no_deal:
        return f"{said} It would say no more than no deal and is not put to anybody."
    if told.passed:
        return f"{said} Adopted: {', '.join(_better(result, a) for a in told.answers)}."
    return (
        " ".join([said, *(f"{capital(x)}." for x in against)])
        if against
        else f"{said} Nobody is better off by it, so it is left."
    )


def _better(result: TraceResult, answer: Answer) -> str:
    who, more = names(result, [answer.party]), answer.gain - answer.wanted
    if answer.frees:
        return f"{who} is off its lines ({gain(more)})"
    if answer.lucky:
        return f"{who} gives way by {amount(-more)}"
    return f"{who} loses nothing" if abs(more) < 1e-9 else f"{who} gains {amount(more)}"


def _failures(result: TraceResult, told: Sequence[Turn]) -> str:
    """Changes that failed one after the other, by who refused them."""
    groups: dict[str, dict[str, None]] = {}
    for one in told:
        [change] = one.changes
        against = [a for a in one.answers if not a.agrees]
        over = " (over a line)" if any(a.lines for a in against) else ""
        who = names(result, [a.party for a in against])
        kind = f"{who} {'refuses' if len(against) == 1 else 'refuse'}"
        if one.breaks:
            kind = "constraints bar"
        elif one.equals_no_deal:
            kind = "no more than no deal would be said by"
        elif not against:
            kind = "nobody is better off by"
        groups.setdefault(kind, {}).setdefault(f"{term(result.labels, change)}{over}")
    parts = [f"{capital(kind)} {_some(list(items))}." for kind, items in groups.items()]
    return " ".join([f"{len(told)} proposals fail.", *parts])


def _some(items: Sequence[str]) -> str:
    more = len(items) - NAMED
    return ", ".join(items) if more < 2 else f"{', '.join(items[:NAMED])} and {more} more"
