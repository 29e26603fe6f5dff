"""One negotiation in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sim.analysis.trace.result import TraceAnswer, TraceResult, Turn
from sim.files.grammar import ending, listed
from sim.report.verdict import line_with_basis
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


def refusal(result: TraceResult, answer: TraceAnswer) -> str:
    """A refusal and its reason, without a full stop."""
    return f"{names(result, [answer.party])} refuses {because(result.labels, answer)}"


def because(labels: Labels, answer: TraceAnswer, brief: bool = False) -> str:
    """Why a party refuses; ``brief`` leaves out the issue that costs it most."""
    if answer.lines:
        first, more = line_with_basis(answer.lines[0], labels, answer.party), len(answer.lines) - 1
        return f"over its {first}" + (f" and {more} more" if more else "")
    cost = answer.cost
    if cost is not None and cost.against == "standing":
        return f"a loss of {amount(answer.wanted - answer.gain)}"
    got, wanted = gain(answer.gain), gain(answer.wanted)
    if got == wanted:
        got, wanted = gain(answer.gain, 4), gain(answer.wanted, 4)
    short = f"a gain of {got} over no deal" if answer.wanted == 0 else f"a gain of {got}, wanting {wanted}"
    if cost is None or brief:
        return short
    instead = "" if cost.against == "no_deal" else f" rather than {opt(labels, cost.issue, cost.instead)}"
    return (
        f"{short}: {labels.issue(cost.issue)}: {opt(labels, cost.issue, cost.option)}{instead} costs it most "
        f"({gain(-cost.amount)})"
    )


def answers(result: TraceResult, turn: Turn, begin: str = "") -> str:
    """Everybody's answer in a sentence or two, refusals first; ``begin`` is how the first begins."""
    parts = refusals(result, turn)
    content = [f"{names(result, [a.party])} ({gain(a.gain)})" for a in turn.answers if a.agrees]
    if content:
        parts.append(f"{listed(content)} {ending(len(content), 'accepts', 'accept')}")
    return " ".join(f"{capital(begin + part if k == 0 else part)}." for k, part in enumerate(parts))


def refusals(result: TraceResult, turn: Turn) -> list[str]:
    """Of everybody who refuses, as :func:`refusal`."""
    return [refusal(result, a) for a in turn.answers if not a.agrees]


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


# --- alternating offers, and votes --------------------------------------------------------------


@dataclass
class Stretch:
    """Rounds in a row in which the same is offered and answered: the first and last of them, its turns, the words.

    ``turns`` are those of the last round, ``words`` are of the first.
    """

    first: int
    last: int
    turns: list[Turn]
    words: str


def _offered(result: TraceResult, full: bool) -> Iterator[tuple[str, str]]:
    stretches = _stretches(result)
    hidden = slice(FIRST, len(stretches) - LAST)
    if full or len(stretches) < FIRST + LAST + 2:
        hidden = slice(0, 0)
    for stretch in stretches[: hidden.start]:
        yield from _in_full(result, stretch)
    if middle := stretches[hidden]:
        yield _span(middle[0].first, middle[-1].last), _passed_over(result, middle)
    for stretch in stretches[hidden.stop :]:
        yield from _in_full(result, stretch)


def _stretches(result: TraceResult) -> list[Stretch]:
    before: dict[str | None, Turn] = {}
    stretches: list[Stretch] = []
    for n, group in groupby(result.turns, key=lambda t: t.round):
        turns = list(group)
        if stretches and [_signature(t) for t in stretches[-1].turns] == [_signature(t) for t in turns]:
            stretches[-1].last, stretches[-1].turns = n, turns
        else:
            stretches.append(Stretch(n, n, turns, "\n".join(sentences(result, t, before) for t in turns)))
        before |= {t.party: t for t in turns if t.kind == "offer"}
    return stretches


def _in_full(result: TraceResult, stretch: Stretch) -> Iterator[tuple[str, str]]:
    yield str(stretch.first), stretch.words
    if stretch.last > stretch.first:
        again = _again(result, stretch.turns, stretch.last - stretch.first)
        yield _span(stretch.first + 1, stretch.last), again


def _passed_over(result: TraceResult, middle: Sequence[Stretch]) -> str:
    """Many rounds in a few sentences: who changes its offer how often, comes down how far, and is refused by whom."""
    between = [t for t in result.turns if middle[0].first <= t.round <= middle[-1].last]
    offers = [t for t in between if t.kind == "offer"]
    parts = []
    for party in dict.fromkeys(t.party for t in between if t.party is not None):
        own = [t for t in offers if t.party == party]
        if not own:
            parts.append(f"{capital(names(result, [party]))} offers nothing.")
            continue
        changed = sum(bool(t.since) for t in own)
        times = "does not change its offer" if not changed else f"changes its offer {_times(changed)}"
        much = ""
        if own[0].wanted is not None and own[-1].wanted is not None:
            first, last = gain(own[0].wanted), gain(own[-1].wanted)
            much = f", coming down from {first} to {last}" if first != last else f", insisting on {first}"
        parts.append(f"{capital(names(result, [party]))} {times}{much}.")
    if mediated := [t for t in offers if t.party is None]:
        parts.append(f"The mediator proposes something {_times(len(mediated))}.")
    refused = Counter(a.party for t in between for a in t.answers if not a.agrees)
    lines = Counter(a.party for t in between for a in t.answers if not a.agrees and a.lines)
    who = [
        f"{names(result, [p])} {n if k else f'refuses {n}'}" + (f" ({lines[p]} over its lines)" if lines[p] else "")
        for k, (p, n) in enumerate(refused.most_common())
    ]
    if who:
        parts.append(f"Of {len(offers)} offers {listed(who)}.")
    for party, offer in {t.party: t for t in offers if t.party is not None}.items():
        stands = text(result.labels, offer.changes, offer.names)
        parts.append(f"In the end {names(result, [party])} offers {stands}.")
    return " ".join(parts)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _signature(turn: Turn) -> tuple[object, ...]:
    """What must be equal for nothing to have changed."""
    return turn.kind, turn.party, turn.changes, turn.passed, _reasons(turn)


def _reasons(turn: Turn) -> tuple[object, ...]:
    """Who agrees, and which lines are in the way of the others."""
    return tuple(
        (a.party, a.agrees, tuple((x.kind, x.issue, x.option, x.refusal) for x in a.lines)) for a in turn.answers
    )


def _again(result: TraceResult, turns: Sequence[Turn], count: int) -> str:
    how = "The same again" if count == 1 else f"The same again, {_times(count)}"
    now = [(names(result, [t.party]), gain(t.wanted)) for t in turns if t.party is not None and t.wanted is not None]
    if not now:
        return f"{how}."
    when = f" {'now' if count == 1 else 'by then'} wants"
    wants = [f"{who}{when if k == 0 else ''} {much}" for k, (who, much) in enumerate(now)]
    return f"{how}; {listed(wants)}."


def sentences(result: TraceResult, turn: Turn, before: dict[str | None, Turn] | None = None) -> str:
    """One turn; ``before`` are the last offers by proposer."""
    if turn.kind == "no_offer":
        if not turn.wanted:
            return f"{_name(result, turn)} offers nothing: to any text off its lines it prefers no deal."
        wanted = gain(turn.wanted)
        return f"{_name(result, turn)} offers nothing: no text that crosses none of its lines brings it {wanted}."
    if turn.kind == "leave":
        return "The talks are broken off." if turn.party is None else f"{_name(result, turn)} leaves the talks."
    if turn.kind == "vote" and turn.equals_no_deal:
        stands = text(result.labels, turn.changes)
        return (
            f"What stands is {stands}. It says no more than no deal, so it is no agreement and is not put to the vote."
        )
    if turn.kind == "vote":
        return f"{_put(result, turn)} {answers(result, turn) or 'Nobody with positions has to consent.'}"
    if turn.kind == "ratification":
        return answers(result, turn, "in ratification, ")
    last = (before or {}).get(turn.party)
    if last is not None and not turn.since and _reasons(last) == _reasons(turn):
        return f"{_name(result, turn)} repeats its offer and is refused as before."
    end = " All agree." if turn.passed and len(turn.answers) > 1 else ""
    return f"{_offer(result, turn, before or {})} {answers(result, turn)}{end}"


def _offer(result: TraceResult, turn: Turn, before: dict[str | None, Turn]) -> str:
    who = _name(result, turn) + ("" if turn.gain is None else f" ({gain(turn.gain)})")
    theirs = [p for p, t in before.items() if p != turn.party and t.changes == turn.changes and p is not None]
    if theirs and turn.since != () and turn.changes:
        return f"{who} goes over to the last offer of {names(result, theirs)}."
    whole = text(result.labels, turn.changes, turn.names)
    if turn.since is None:
        return f"{who} offers {whole}."
    if not turn.since:
        return f"{who} repeats its offer."
    moved = listed([f"{term(result.labels, c)} (was {opt(result.labels, c.issue, c.before)})" for c in turn.since])
    if not turn.changes or turn.names:
        return f"{who} comes to {whole}, changing its offer in {moved}."
    now = "" if turn.changes == turn.since or len(turn.changes) > SPELLED else f"; now {whole}"
    return f"{who} changes its offer in {moved}{now}."


def _put(result: TraceResult, turn: Turn) -> str:
    if result.settings.protocol == "vote":
        return "The text as tabled is put to all whose consent it needs."
    return f"What stands is put to the vote: {text(result.labels, turn.changes)}."


def _name(result: TraceResult, turn: Turn) -> str:
    return "The mediator" if turn.party is None else capital(names(result, [turn.party]))


# --- a single text ---------------------------------------------------------------------------------


def _mediated(result: TraceResult, full: bool) -> Iterator[tuple[str, str]]:
    for failed, group in groupby(result.turns, key=lambda t: t.kind == "change" and not t.passed):
        run = list(group)
        if failed and len(run) > 1 and not full:
            yield _span(run[0].round, run[-1].round), _failures(result, run)
            continue
        for one in run:
            yield (str(one.round), _change(result, one)) if one.kind == "change" else ("end", sentences(result, one))


def _change(result: TraceResult, turn: Turn) -> str:
    [change] = turn.changes
    was = opt(result.labels, change.issue, change.before)
    proposed = f"Proposed: {term(result.labels, change)} instead of {was}."
    if turn.breaks:
        rules = listed([f"'{spaced(b)}'" for b in turn.breaks])
        return f"{proposed} It would break a constraint ({rules}) and is not put to anybody."
    if turn.equals_no_deal:
        return f"{proposed} It would say no more than no deal and is not put to anybody."
    if turn.passed:
        return f"{proposed} Adopted: {', '.join(_better(result, a) for a in turn.answers)}."
    against = refusals(result, turn) or ["nobody is better off by it, so it is left"]
    return " ".join([proposed, *(f"{capital(x)}." for x in against)])


def _better(result: TraceResult, answer: TraceAnswer) -> str:
    who, more = names(result, [answer.party]), answer.gain - answer.wanted
    if answer.frees:
        return f"{who} is off its lines ({gain(more)})"
    if answer.lucky:
        return f"{who} gives way by {amount(-more)}"
    return f"{who} loses nothing" if abs(more) < 1e-9 else f"{who} gains {amount(more)}"


def _failures(result: TraceResult, turns: Sequence[Turn]) -> str:
    """Changes that failed one after the other, by who refused them."""
    groups: dict[str, dict[str, None]] = {}
    for one in turns:
        [change] = one.changes
        against = [a for a in one.answers if not a.agrees]
        over = " (over a line)" if any(a.lines for a in against) else ""
        who = names(result, [a.party for a in against])
        kind = f"{who} {ending(len(against), 'refuses', 'refuse')}"
        if one.breaks:
            kind = "constraints bar"
        elif one.equals_no_deal:
            kind = "no more than no deal would be said by"
        elif not against:
            kind = "nobody is better off by"
        groups.setdefault(kind, {}).setdefault(f"{term(result.labels, change)}{over}")
    parts = [f"{capital(kind)} {_some(list(items))}." for kind, items in groups.items()]
    return " ".join([f"{len(turns)} proposals fail.", *parts])


def _some(items: Sequence[str]) -> str:
    more = len(items) - NAMED
    return ", ".join(items) if more < 2 else f"{', '.join(items[:NAMED])} and {more} more"
