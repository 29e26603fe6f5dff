"""What came of the talks, as text: printed below the outcome of a negotiated run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import zip_longest

from sim.bargaining.lead import brief, changes, lead, name_of, shares, standing
from sim.bargaining.notes import notes
from sim.files.grammar import listed, plural
from sim.report.numbers import compact, percent
from sim.report.page import Column, Detail, Page, Sheet
from sim.report.verdict import objection_words
from sim.results.result import Result
from sim.results.talks import Breakdown, Negotiation, Refuser, TalksIssue, TalksMove, TalksText
from sim.scenario.labels import Labels

#: An issue with the tabled option in more than this share of the agreements is shown only if somebody likes another.
SETTLED = 0.95
#: At most this many issues are shown, those first on which the agreements stray most from the tabled text.
SHOWN = 8
#: Agreed options of an issue are listed down to this share, at most :data:`MOST` of them.
LEAST, MOST = 0.05, 3
#: Texts that failed in ratification are shown where so many draws ended so.
NOTABLE = 0.05
#: How many of those are shown.
FAILED = 3
#: Marks the option of the tabled text.
TABLED = "*"


def page(result: Result, before: Result | None = None) -> Page:
    """The talks of a negotiated result; ``before`` is it without its edits. Raises ValueError where there were none."""
    talks = result.negotiation
    if talks is None:
        how = f"scored with protocol {result.settings.protocol}"
        raise ValueError(f"{result.scenario.id}: {how}, so there were no talks")
    sheets: list[Sheet] = []
    under = [*_no_favourite(result, talks), *notes(result, talks, before)]
    if talks.agreements:
        issues = _moving(talks)
        sheets += [_gains(result, talks), *_moves(result, talks, issues)]
        under[:0] = _left_out(result.labels, talks, issues)
        sheets += _texts(result.labels, "Texts most often agreed on", talks.texts)
    sheets += _in_the_way(result, talks)
    if talks.ratification_failed.estimate >= NOTABLE:
        sheets += _texts(result.labels, "Texts most often turned down in ratification", talks.unratified_texts[:FAILED])
    return Page(
        heading=f"Talks: {name_of(talks)}",
        lead=lead(result, talks),
        sheets=tuple(replace(sheet, detail=True) for sheet in sheets),
        notes=tuple(under),
        brief=brief(result, talks),
    )


# --- what agreements are worth -------------------------------------------------------------


def _gains(result: Result, talks: Negotiation) -> Sheet:
    how, offers = talks.settings, talks.offers
    best = not talks.mediated or how.every_text  # a single text may go further than any candidate
    delay = any(p.gain is not None and p.gain.net_of_delay is not None for p in talks.parties)
    proposed = {p.party: p.proposed for p in talks.proposers}
    columns = [
        Column("party"),
        Column("in the talks", width=12),
        Column("asked in", right=True, width=5),
        Column("gain, 5 to 95%", width=20),
        Column("mean", right=True, width=5),
        *([Column("at best", right=True, width=5)] if best else []),
        *([Column("net of delay", right=True, width=6)] if delay else []),
        Column("loses in", right=True, width=5),
        *([Column("its offer", right=True, width=5)] if offers else []),
    ]
    rows, tones = [], {}
    for number, party in enumerate(talks.parties):
        gain, name = party.gain, party.party
        assert gain is not None
        asked = "100%" if name in how.proposers else compact(party.asked or 0.0)
        net = gain.net_of_delay if any(how.delay_cost.get(name, ())) else None
        row = (
            result.party(name).name,
            _seat(talks, name),
            asked,
            f"{gain.median:+.2f} [{gain.p05:+.2f}, {gain.p95:+.2f}]",
            f"{gain.mean:+.2f}",
            *([_or_dash(gain.best, "{:+.2f}".format)] if best else []),
            *([_or_dash(net, "{:+.2f}".format)] if delay else []),
            # Whoever is always asked never loses, where a yes is needed.
            _or_dash(None if asked == "100%" and talks.own is None else gain.worse_off),
            *([_or_dash(proposed.get(name))] if offers else []),
        )
        rows.append(row)
        if not party.at_table and name not in how.ratifiers:
            tones[number] = "faint"
    title = "What the agreements that stand bring, against no deal"
    return Sheet(tuple(columns), tuple(rows), title=title, tones=tones)


def _or_dash(value: float | None, form: Callable[[float], str] = compact) -> str:
    return "-" if value is None else form(value)


def _seat(talks: Negotiation, party: str) -> str:
    how = talks.settings
    seats = {"makes offers": how.proposers, "at the table": how.table, "ratifies": how.ratifiers}
    return next((words for words, parties in seats.items() if party in parties), "not there")


# --- what each would like best, and what is agreed ---------------------------------------------------------


def _moves(result: Result, talks: Negotiation, issues: list[int]) -> list[Sheet]:
    """For each issue a row a party: what it likes best and how often something else is agreed; beside them, what is."""
    if not issues:
        return []
    # In single text nobody has started from what it likes best.
    compared = not talks.mediated
    width = 3 if compared else 2
    rows = []
    for j in issues:
        issue, title = talks.issues[j], result.labels.issue(talks.issues[j].issue)
        own = [(p.party, *_favourite(result.labels, issue, p.issues[j])) for p in talks.proposers]
        parties = [(result.party(name).name, *cells)[:width] for name, *cells in own]
        for party, agreed in zip_longest(parties, _agreed(result.labels, issue)):
            rows.append((title, *(party or ("",) * width), agreed or ""))
            title = ""
    columns = (
        Column("issue", width=17),
        Column("party", width=13),
        Column("in its best text (of draws)", width=29),
        *([Column("other agreed", right=True, width=6)] if compared else []),
        Column("agreed (of agreements)", width=26),
    )
    title = f"What each would like best, and what is agreed ({TABLED} as tabled{_reach(talks)})"
    return [Sheet(columns, tuple(rows), title=title)]


def _reach(talks: Negotiation) -> str:
    """How far from the tabled text the favourites, and with offers the agreements, can be."""
    how = talks.settings
    if how.changes is None:
        return ""
    what = "favourites" if talks.mediated else "texts"
    return f"; {what} differ in at most {plural(how.changes, 'term')}{', or are named ones' if how.named_texts else ''}"


def _favourite(labels: Labels, issue: TalksIssue, move: TalksMove) -> tuple[str, str]:
    if move.opening_share is None:
        return "-", "-"
    return _option(labels, issue, move.opening, move.opening_share), _or_dash(move.moved)


def _no_favourite(result: Result, talks: Negotiation) -> list[str]:
    """A note on the draws in which somebody at the table would take no text, which the favourites leave out."""
    who = [f"{result.called(p.party)} in {percent(p.prefers_no_deal)}" for p in talks.parties if p.prefers_no_deal]
    if not who:
        return []
    note = f"Would rather have no deal than any text that may be proposed: {listed(who)} of draws."
    mute = any(p.prefers_no_deal for p in talks.proposers)
    if mute and talks.protocol == "alternating_offers":
        note += " Whoever makes offers makes none then."
    return [Detail(f"{note} What is in its best text leaves these draws out." if mute and talks.agreements else note)]


def _moving(talks: Negotiation) -> list[int]:
    """Issues on which agreements stray from the tabled text or somebody likes another, in the order of the text."""
    as_tabled = [_as_tabled(issue) for issue in talks.issues]
    moving = [
        j
        for j, issue in enumerate(talks.issues)
        if as_tabled[j] <= SETTLED or any(_elsewhere(p.issues[j], issue) for p in talks.proposers)
    ]
    return sorted(sorted(moving, key=lambda j: as_tabled[j])[:SHOWN])


def _elsewhere(move: TalksMove, issue: TalksIssue) -> bool:
    return move.opening_share is not None and move.opening != issue.tabled


def _left_out(labels: Labels, talks: Negotiation, issues: list[int]) -> list[str]:
    """A note on the issues that the table leaves out."""
    rest = [(labels.issue(issue.issue), _as_tabled(issue)) for j, issue in enumerate(talks.issues) if j not in issues]
    if not rest:
        return []
    least = min(share for _, share in rest)
    often = "all agreements" if least == 1 else f"{percent(least)} of agreements or more"
    return [Detail(f"Not in the table, and as tabled in {often}: {listed([name for name, _ in rest])}.")]


def _as_tabled(issue: TalksIssue) -> float:
    """Share of the agreements that keep the tabled option."""
    return dict(shares(issue))[issue.tabled]


def _option(labels: Labels, issue: TalksIssue, option: str | None, share: float) -> str:
    return f"{labels.option(issue.issue, option)}{TABLED if option == issue.tabled else ''} {compact(share)}"


def _agreed(labels: Labels, issue: TalksIssue) -> list[str]:
    """The most frequent options, best first, each with its share."""
    first, *more = sorted(shares(issue), key=lambda item: -item[1])
    return [_option(labels, issue, option, share) for option, share in (first, *more[: MOST - 1]) if share >= LEAST]


# --- why there is no agreement ---------------------------------------------------------------


def _in_the_way(result: Result, talks: Negotiation) -> list[Sheet]:
    """For each way of failing a row a party that is in the way, and what it objects to."""
    ends = []
    if talks.breakdown is not None:
        why = [*_otherwise(result, talks, talks.breakdown), *_refusers(result, talks.breakdown.in_the_way)]
        ends.append((f"{compact(talks.broke_down.estimate)} break down", why))
    if talks.turned_down:
        why = _refusers(result, talks.turned_down)
        ends.append((f"{compact(talks.ratification_failed.estimate)} not ratified", why))
    if not ends:
        return []
    rows = [(end if n == 0 else "", *row) for end, why in ends for n, row in enumerate(why)]
    columns = (
        Column("of all draws", width=16),
        Column("of these", right=True, width=6),
        Column("it alone", right=True, width=6),
        Column("over", width=18),
        Column("line crossed, or term that costs it most", width=43),
    )
    return [Sheet(columns, tuple(rows), title="What stands in the way where there is no agreement")]


def _refusers(result: Result, who: tuple[Refuser, ...]) -> list[tuple[str, str, str, str]]:
    return [
        (compact(x.share), compact(x.sole), result.party(x.party).name, _objection(result.labels, x))
        for x in who
        if x.share >= LEAST or x is who[0]
    ]


def _objection(labels: Labels, refuser: Refuser) -> str:
    """What it objects to, and in which share of its refusals if not in all, or how dear it is."""
    objection = refuser.objection
    if objection is None:
        return "no one term"
    words = objection_words(objection, labels, refuser.party)
    if objection.mean_loss is not None:
        return f"{words} (-{objection.mean_loss:.2f})"
    return words if objection.share in (None, 1.0) else f"{words} (in {percent(objection.share or 0.0)})"


def _otherwise(result: Result, talks: Negotiation, breakdown: Breakdown) -> list[tuple[str, str, str, str]]:
    """Breakdowns that no one party explains."""
    single, unavoidable = talks.mediated, breakdown.unavoidable or 0.0
    why = "some text near it suits all it needs" if single else "some text suits all it needs"
    over = "the mediation" if single else "tactics" if talks.own is None else "the protocol"
    insisting = (listed(standing(result, talks)), f"{why}, none brings what is insisted on to the end")
    rows = (
        (unavoidable, *insisting),
        (breakdown.missed - unavoidable, over, why),
        (breakdown.nobody_alone, "several together", "no text suits all but one of those it needs"),
    )
    return [(compact(share), "", who, text) for share, who, text in rows if share]


# --- texts ---------------------------------------------------------------------------------


def _texts(labels: Labels, title: str, texts: tuple[TalksText, ...]) -> list[Sheet]:
    if not texts:
        return []
    columns = (Column("share", right=True, width=5), Column("the tabled text, with", width=91))
    return [Sheet(columns, tuple((compact(t.share), _what(t, labels)) for t in texts), title=title)]


def _what(text: TalksText, labels: Labels) -> str:
    named = f"{listed([labels.text(x) for x in text.names])} = " if text.names else ""
    return "nothing changed" if text.tabled else named + ", ".join(changes(text, labels))
