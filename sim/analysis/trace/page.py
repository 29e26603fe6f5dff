"""One negotiation as a page and as tidy rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sim.analysis.trace.english import because, gain, names, refusal, rounds, text
from sim.analysis.trace.result import TracedParty, TraceResult
from sim.bargaining.notes import own_rules
from sim.files.grammar import listed
from sim.report.outcome import heading_of
from sim.report.page import Column, Detail, Page, Sheet
from sim.report.verdict import caveat
from sim.scenario.labels import capital, spoken

HEADER = (
    "scenario",
    "draw",
    "round",
    "turn",
    "event",
    "party",
    "issue",
    "before",
    "after",
    "gain",
    "wanted",
    "amount",
    "line",
    "basis",
)
Row = tuple[object, ...]

_ENDS = {
    "agreed": "the talks end in agreement",
    "breakdown": "the talks break down",
    "ratification_failed": "what is agreed fails in ratification",
}
_VOTES = {
    "agreed": "all whose consent is needed accept",
    "breakdown": "somebody at the table refuses",
    "ratification_failed": "only ratifiers refuse",
}
_PARTS = {
    "proposes": "makes offers",
    "asked": "at the table",
    "ratifies": "ratifies",
    "silent": "sources silent",
    "not_asked": "not asked",
}


def rows(result: TraceResult) -> Iterator[Row]:
    """An event a row: what is put forward, each change in it, each answer, each reason; last how it ended."""
    start = (result.scenario.id, result.draw)
    for number, turn in enumerate(result.turns, 1):
        at = (*start, turn.round, number)
        yield *at, turn.kind, turn.party, None, None, None, turn.gain, turn.wanted, None, None, None
        compared = "change_from_tabled" if turn.kind != "change" else "change_from_standing"
        for c in turn.changes:
            yield *at, compared, turn.party, c.issue, c.before, c.to, *[None] * 5
        for c in turn.since or ():
            yield *at, "change_from_last_offer", turn.party, c.issue, c.before, c.to, *[None] * 5
        for broken in turn.breaks:
            yield *at, "breaks_constraint", None, None, None, None, None, None, None, broken, None
        for a in turn.answers:
            event = "accepts" if a.agrees else "refuses"
            yield *at, event, a.party, None, None, None, a.gain, a.wanted, None, None, None
            for x in a.lines:
                name = x.option or x.refusal
                yield *at, f"crosses_{x.kind}", a.party, x.issue, None, None, None, None, None, name, x.basis
            if a.cost is not None:
                cost = a.cost
                event = f"costs_against_{cost.against}"
                yield *at, event, a.party, cost.issue, cost.instead, cost.option, None, None, cost.amount, None, None
    end = (*start, result.ended.round, None)
    yield *end, result.ended.outcome, result.ended.proposer, *[None] * 8
    for c in result.ended.changes:
        yield *end, "ends_with", None, c.issue, c.before, c.to, *[None] * 5
    for p in result.parties:
        yield *end, "gain_in_the_end", p.id, None, None, None, p.gain, None, None, None, None


def page(result: TraceResult, full: bool = False) -> Page:
    """The course of one draw: how it ended, what happened round by round, what everybody had of it.

    With ``full`` every round is there, else of many offers the first and the last.
    """
    course = rounds(result, full)
    shortened = not full and course != rounds(result, full=True)
    columns = (Column("round", width=7), Column("what happens", width=91))
    sheets = [Sheet(columns, tuple(course))] if course else []
    return Page(
        heading=heading_of(result.scenario, result.settings),
        lead=_lead(result),
        sheets=(*sheets, _parties(result)),
        notes=tuple(_notes(result, shortened)),
        caveat=caveat([result.settings]),
    )


def asked(full: bool) -> dict[str, object]:
    """Options of the page for a terminal, whose whole page tells every round."""
    return {"full": full}


# --- the lead ----------------------------------------------------------------------------------------


def _lead(result: TraceResult) -> str:
    example = "One draw shows how it may go; how often it goes which way is what sim run counts."
    return f"{_which(result)} {_end(result)}. {example}"


def _which(result: TraceResult) -> str:
    chosen, place = result.chosen, f"Draw {result.draw:,} (draws are counted from 0)"
    if chosen is None:
        return f"{place} of {result.settings.draws:,}."
    ends = (_VOTES if result.settings.protocol == "vote" else _ENDS)[chosen.outcome]
    if chosen.count == 1:
        return f"{place}, the only one of {chosen.of:,} in which {ends}."
    return f"{place}, a typical one of the {chosen.count:,} out of {chosen.of:,} in which {ends}."


def _end(result: TraceResult) -> str:
    """How it ended, without a full stop."""
    ended, last = result.ended, result.turns[-1] if result.turns else None
    against = [refusal(result, a) for a in last.answers if not a.agrees] if last else []
    if result.settings.protocol == "vote":
        return ". ".join(map(capital, against)) or "All whose consent the text needs accept it"
    if ended.outcome == "breakdown":
        return _broken(result, against)
    agreed = _agreed(result, text(result.labels, ended.changes, ended.names))
    if ended.outcome == "agreed":
        return agreed
    return f"{agreed}. In ratification, {'; '.join(against)}"


def _agreed(result: TraceResult, final: str) -> str:
    ended = result.ended
    if result.settings.protocol == "single_text":
        if ended.round is None:
            return f"In {_count(result.rounds)} no proposal is adopted, and the parties agree to {final}"
        return f"In {_count(result.rounds)}, of which round {ended.round} changes the text last, they come to {final}"
    if result.own is not None:
        whose = f", the offer of {names(result, [ended.proposer])}" if ended.proposer else ""
        when = f"In round {ended.round} of {result.rounds}" if result.rounds > 1 else "In the end"
        return f"{when} {final} is agreed{whose}"
    whose = names(result, [ended.proposer]) if ended.proposer else ""
    return f"In round {ended.round} of {result.rounds} all agree to the offer of {whose}, {final}"


def _broken(result: TraceResult, against: Sequence[str]) -> str:
    last, after = result.turns[-1] if result.turns else None, f"After {_count(result.rounds)}"
    if last is None and result.own is not None:
        return f"{after} nothing has been put forward, and the talks break down"
    if last is None:
        return "Nobody makes offers, so there is nothing to agree on"
    if last.kind == "leave":
        who = capital(names(result, [last.party])) + " leaves" if last.party else "The talks are broken off"
        return f"{who} in round {last.round}, without agreement"
    if result.settings.protocol == "single_text":
        return (
            f"{after} what stands, {text(result.labels, last.changes)}, is put to the vote. "
            f"{'. '.join(map(capital, against))}"
        )
    ends = []
    for turn in result.turns:
        if turn.round == last.round and turn.kind == "offer":
            no = [(names(result, [a.party]), a) for a in turn.answers if not a.agrees]
            refusing = listed([f"{name} ({because(result.labels, a, brief=True)})" for name, a in no])
            whose = names(result, [turn.party]) if turn.party else "the mediator"
            ends.append(f"{whose} is refused by {refusing}" if no else f"what {whose} proposes is refused by nobody")
    how = f"In the last, {'; '.join(ends)}" if ends else "In the last, nobody makes an offer"
    return f"{after} without agreement the talks break down. {how}"


def _count(rounds: int) -> str:
    return "one round" if rounds == 1 else f"{rounds} rounds"


# --- what everybody had of it -------------------------------------------------------------------------


def _parties(result: TraceResult) -> Sheet:
    voted = result.settings.protocol == "vote"
    tactics = any(p.delay_cost is not None for p in result.parties)
    cells: dict[Column, Callable[[TracedParty], str]] = {
        Column("party", width=16): lambda p: p.name,
        Column("part", width=15): lambda p: _PARTS[p.part],
    }
    if tactics or result.settings.protocol == "alternating_offers":
        cells[Column("tactic", width=31)] = _tactic
    if result.offers:
        cells[Column("favourite", right=True, width=9)] = _favourite
    cells[Column("as tabled", right=True, width=9)] = lambda p: _bracketed(p.tabled, p.tabled_needs)
    if not voted:
        cells[Column("as agreed", right=True, width=9)] = lambda p: _bracketed(p.gain, bool(p.needs))
    rows = tuple(tuple(cell(p) for cell in cells.values()) for p in result.parties)
    tones = {number: "faint" for number, p in enumerate(result.parties) if p.part in ("silent", "not_asked")}
    return Sheet(tuple(cells), rows, title="Gains over no deal in this draw", tones=tones)


def _favourite(party: TracedParty) -> str:
    if party.best is not None:
        return gain(party.best)
    return "-" if party.delay_cost is None else "no deal"


def _bracketed(value: float | None, needed: bool) -> str:
    if value is None:
        return "-"
    return gain(value) if needed else f"({gain(value)})"


def _tactic(party: TracedParty) -> str:
    if party.tactic is None:
        return "-"
    number = "" if party.parameter is None else f" {party.parameter:.2g}"
    cost = party.delay_cost
    delay = f", delay costs {'under 0.001' if cost < 0.0005 else f'{cost:.3f}'}" if cost else ""
    return f"{party.tactic.replace('_', ' ')}{number}{delay}"


def _notes(result: TraceResult, shortened: bool) -> Iterator[str]:
    if shortened:
        yield "Many rounds are told together; --full tells each in which something changes, json and csv tell all."
    chosen = result.chosen
    if chosen is not None and chosen.count > 1:
        marks = (
            "what each party gains by the text as tabled, and who accepts that,"
            if chosen.outcome == "breakdown" or result.settings.protocol == "vote"
            else "the round of agreement and what each party gains"
        )
        yield Detail(
            f"Typical: of the draws that end so, the one in which {marks} are nearest to the medians of these; the "
            "reasons given in it need not be the most frequent ones."
        )
    if result.own_rules:
        yield own_rules(result.own_rules)
    if result.own is not None and result.own.about:
        yield f"The protocol in its own words: {result.own.about}"
    behind = "" if result.settings.protocol == "single_text" else " Behind a name stands what the text brings it."
    yield (
        f"Gains are over no deal, in units of utility: 1 is all that a party cares about.{behind} In the table in "
        "brackets: no say."
    )
    if result.settings.protocol == "alternating_offers" and result.first_mover is not None:
        yield Detail(
            "Of the texts that bring it what it wants in a round, a party offers the one best for whichever of the "
            "others gains least by it. Where all of them cross somebody's line, it offers the first on the list. "
            f"{capital(spoken(result.party(result.first_mover).name))} begins; "
            f"{result.candidates:,} texts may be proposed."
        )
    if result.temperature:
        yield f"Temperature in this draw: {result.temperature:.3f}; a loss of that size is accepted in 37 of 100 cases."
