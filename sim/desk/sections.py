"""What the page holds besides the desk, as its templates have it: what the verdict turns on, and the best amendments.

Figures come from the questions' own documents, on the draws of the pack, and stay in whole per cents with half of their
interval beside them: what a reader is to see is how far a figure goes, not its digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias
from urllib.parse import urlencode

from sim.analysis.amend import english as amend_english
from sim.analysis.amend.amend import amend
from sim.analysis.amend.findings import MOVED, asking_fewer, in_table, lead_findings
from sim.analysis.amend.page import STILL
from sim.analysis.amend.result import Amend, AmendedTerm, Amendment
from sim.analysis.levers import english as levers_english
from sim.analysis.levers import findings as levers_findings
from sim.analysis.levers.page import bases_of, dropped_words
from sim.analysis.levers.result import JointMoved, LeversResult
from sim.analysis.search import english as search_english
from sim.analysis.search.findings import lead_findings as search_lead
from sim.analysis.search.result import Best, Search
from sim.analysis.shared.counting import Verdict
from sim.analysis.shared.records import PartyEffect
from sim.files.arguments import InvalidArgument
from sim.report.english import Names
from sim.report.numbers import compact
from sim.report.verdict import UNSTATED
from sim.results.records import Interval
from sim.results.verdicts import unsourced
from sim.scenario.labels import Labels, capital
from sim.scenario.loading import Loaded
from sim.simulation.cases import Progress

#: Makes the link that puts edits, as ``--set`` takes them, into the desk of a page.
Link: TypeAlias = Callable[[Sequence[str]], str]
#: Edits that turn the verdict are listed up to so many; where fewer do, the strongest others up to so many in all.
MOST_EDITS, LEAST_EDITS = 6, 4
#: Amendments of a size that are listed.
MOST_AMENDMENTS = 3


def half_width(share: Interval) -> str:
    """Half of an interval in whole points; 1 where it is less."""
    return str(max(round(50 * (share.high - share.low)), 1))


@dataclass(frozen=True)
class ShareMove:
    """A share of draws before and after: in words, and in per cents for the bar."""

    before: str
    after: str
    error: str
    start: float
    end: float

    @property
    def low(self) -> float:
        """Where the bar begins."""
        return min(self.start, self.end)

    @property
    def length(self) -> float:
        """How long it is."""
        return abs(self.end - self.start)


def move(before: Interval, after: Interval) -> ShareMove:
    """From the one share to the other, with the error of the other."""
    start, end = (round(100 * share.estimate, 2) for share in (before, after))
    return ShareMove(compact(before.estimate), compact(after.estimate), half_width(after), start, end)


# --- what the verdict turns on ----------------------------------------------------------------


@dataclass(frozen=True)
class EditRow:
    """An edit, or a set of them, what it rests on, and what it does to all together; a link where a page can try it."""

    who: str
    what: str
    basis: str
    move: ShareMove
    verdict: Verdict
    words: str
    turns: bool
    link: str


@dataclass(frozen=True)
class LeversSection:
    """What the verdict turns on: in a sentence or two, by single edits, and where none does lines dropped."""

    lead: str
    edits: tuple[EditRow, ...]
    dropped: tuple[EditRow, ...]


def levers_of(result: LeversResult, link: Link = lambda _: "") -> LeversSection:
    """The edits that turn the verdict, or come nearest; where none turns it, lines dropped together too."""
    names = levers_english.names_of(result)
    lead = [levers_english.in_short(x, names) for x in levers_findings.lead_findings(result)]
    dropped = () if result.flipping else tuple(_dropped(result, link))
    return LeversSection(" ".join(x for x in lead if x), tuple(_strongest(result, link)), dropped)


def _strongest(result: LeversResult, link: Link) -> Iterator[EditRow]:
    turning = result.flipping[:MOST_EDITS]
    others = [x for x in result.levers if x not in result.flipping and x.joint is not None and not x.joint.still]
    for lever in (*turning, *others[: max(LEAST_EDITS - len(turning), 0)]):
        if lever.joint is not None:
            yield _turn(lever.joint, result.names[lever.party], lever.what, bases_of(lever), link([lever.edit]))


def _dropped(result: LeversResult, link: Link) -> Iterator[EditRow]:
    for x in result.dropped:
        if x.joint is not None and not x.joint.still and x.lines > 1:
            yield _turn(x.joint, "", dropped_words(result.names, x.parties), "", link(x.edits))


def _turn(joint: JointMoved, who: str, what: str, basis: str, link: str) -> EditRow:
    words = levers_english.IN_A_SENTENCE[joint.verdict_after]
    return EditRow(who, what, basis, move(joint.before, joint.after), joint.verdict_after, words, joint.flips, link)


# --- the best amendments ----------------------------------------------------------------------


@dataclass(frozen=True)
class ReplacedTerm:
    """A term that is replaced; ``unstated`` says where it comes from, if not from a source."""

    issue: str
    before: str
    to: str
    unstated: str
    forced_by: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """A party that gains or loses; its share before, where that moves by enough to be said, and after."""

    name: str
    before: str | None
    after: str


@dataclass(frozen=True)
class AmendmentRow:
    """An amendment: its terms, what it does to all together, whom it helps and costs, and its link into the desk."""

    terms: tuple[ReplacedTerm, ...]
    move: ShareMove
    helps: tuple[Side, ...]
    costs: tuple[Side, ...]
    no_longer: tuple[str, ...]
    newly: tuple[str, ...]
    breaks: tuple[str, ...]
    link: str


@dataclass(frozen=True)
class AmendmentsSection:
    """The best amendments, in a sentence or two, and by their number of changes; apart, those that ask fewer."""

    lead: str
    sizes: tuple[tuple[str, tuple[AmendmentRow, ...]], ...] = ()
    fewer: tuple[AmendmentRow, ...] = ()
    caution: str = ""


def amended(loaded: Loaded, progress: Progress | None = None) -> Amend | str:
    """The best amendments of up to two changes, or of one where two are too many; else why there are none."""
    why = ""
    for changes in (2, 1):
        try:
            return amend(loaded, changes=changes, progress=progress)
        except InvalidArgument as fault:
            why = str(fault)
    return f"{capital(why)}."


def amendments_of(result: Amend | str, link: Link | None = None) -> AmendmentsSection:
    """The best amendments of each size that raise the joint share; none where nothing does."""
    if isinstance(result, str):
        return AmendmentsSection(result)
    link = link or partial(link_to, result.scenario.sha256)
    names = Names(result.labels, result.names)
    lead = [amend_english.in_short(x, names) for x in lead_findings(result)]
    sizes = [
        (size.changes, in_table(size)[:MOST_AMENDMENTS]) for size in result.sizes if size.raising and size.amendments
    ]
    fewer = sorted(asking_fewer(result), key=lambda a: -a.joint_acceptability.estimate)[:1]
    return AmendmentsSection(
        lead=" ".join(x for x in lead if x),
        sizes=tuple(
            (capital(amend_english.size_words(n)), tuple(_row(result, a, link) for a in some))
            for n, some in sizes
            if some
        ),
        fewer=tuple(_row(result, a, link) for a in fewer),
        caution=" ".join(amend_english.say(x, names) for x in result.findings if x.kind == "picked_best"),
    )


def _row(result: Amend, amendment: Amendment, link: Link) -> AmendmentRow:
    sourced = not unsourced(result.settings)
    return AmendmentRow(
        terms=tuple(_term(term, result.labels, sourced=sourced) for term in amendment.changes),
        link=link([term_edit(term.issue, term.to) for term in amendment.changes]),
        **_effects(result, amendment),
    )


def term_edit(issue: str, option: str | None) -> str:
    """The edit that puts an option, or none, into a text."""
    return f"proposal.{issue}={option or 'open'}"


def _effects(result: Amend | Search, package: Amendment | Best) -> dict[str, Any]:
    """What a package does to all together, whom it helps and costs, and whom it asks."""
    before = {p.id: p.acceptability for p in result.base.parties}
    asked = [p for p in package.parties if p.consent_needed]
    sides = [(_direction(p), _side(result.names[p.id], before.get(p.id), p)) for p in asked]
    return {
        "move": move(result.base.joint_acceptability, package.joint_acceptability),
        "helps": tuple(side for direction, side in sides if direction > 0),
        "costs": tuple(side for direction, side in sides if direction < 0),
        "no_longer": tuple(result.names[p] for p in package.no_longer_needed),
        "newly": tuple(result.names[p] for p in package.newly_needed),
        "breaks": tuple(f"{x.id} ({x.severity}): {x.why}" for x in package.breaks),
    }


def _direction(party: PartyEffect) -> float:
    """Whether an amendment helps a party or costs it: by its share where that moves, else by its mean gain."""
    by_share, by_gain = party.change.estimate, party.gain_change
    return by_share if abs(by_share) >= MOVED else by_gain if abs(by_gain) >= STILL else 0.0


def _side(name: str, before: Interval | None, party: PartyEffect) -> Side:
    after = compact(party.acceptability.estimate)
    moved = before is not None and abs(party.change.estimate) >= MOVED
    return Side(name, compact(before.estimate) if before and moved else None, after)


def _term(term: AmendedTerm, labels: Labels, *, sourced: bool) -> ReplacedTerm:
    return ReplacedTerm(
        issue=capital(labels.issue(term.issue)),
        before=labels.option(term.issue, term.before),
        to=labels.option(term.issue, term.to),
        unstated=UNSTATED.get(term.basis, "") if sourced else "",
        forced_by=tuple(x.why for x in term.forced_by),
    )


def link_to(sha256: str, edits: Sequence[str], before: Sequence[str] = ()) -> str:
    """The link that puts edits into the desk of the page of this hash, as its script reads it.

    ``before`` are edits that the draft has already. They are made in this order; of two of the same path the later
    alone, in its own place.

    >>> link_to("12ab", ["proposal.land=open", "us.land.importance=minor"])
    '#land=open&us.land.importance=minor&pack=12ab'
    """
    values: dict[str, str] = {}
    for edit in (*before, *edits):
        path, value = edit.removeprefix("proposal.").split("=", 1)
        values.pop(path, None)
        values[path] = value
    return f"#{urlencode([*values.items(), ('pack', sha256[:12])])}"


# --- would any text do -------------------------------------------------------------------------


def search_of(result: Search, link: Link) -> AmendmentsSection:
    """The best package of all and, apart, the best that asks fewer, where it is better."""
    names = Names(result.labels, result.names)
    return AmendmentsSection(
        lead=" ".join(search_english.say(x, names) for x in search_lead(result)),
        sizes=tuple(
            (capital(search_english.title(answer.among)), (_package(result, answer.best, link),))
            for answer in result.answers
            if answer.best is not None
        ),
    )


def _package(result: Search, best: Best, link: Link) -> AmendmentRow:
    name, sourced = result.labels.option, not unsourced(result.settings)
    return AmendmentRow(
        terms=tuple(
            ReplacedTerm(
                issue=capital(result.labels.issue(term.issue)),
                before=name(term.issue, term.before),
                to=name(term.issue, term.after),
                unstated=UNSTATED.get(term.basis, "") if sourced else "",
                forced_by=(),
            )
            for term in best.changes
        ),
        link=link([term_edit(term.issue, term.after) for term in best.changes]),
        **_effects(result, best),
    )
