"""Amendments as text: the most useful changes of each size, who gains and who loses by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from sim.analysis.amend import findings
from sim.analysis.amend.english import say, size_words
from sim.analysis.amend.result import Amend, AmendedTerm, AmendFinding, Amendment, Size, WhoPays
from sim.analysis.shared.records import PartyEffect
from sim.files.grammar import ending, plural
from sim.report.english import Names
from sim.report.numbers import change, compact, gain, interval, points
from sim.report.outcome import dated
from sim.report.page import Column, Detail, Page, Sheet, by_column
from sim.report.verdict import UNSTATED, caveat
from sim.results.verdicts import unsourced
from sim.scenario.labels import capital

HEADER = ("scenario", "changes", "rank", "amendment", "party", "measure", "value", "low", "high", "asks")

#: In rows: an amendment asks all whom the text asks, or not all of them.
ALL, FEWER = "all", "fewer"
#: Names of parties are cut to this many characters, so that their lines stand beside their figures.
_NAME = 20
#: A mean gain that moves by less counts as nothing.
STILL = 1e-3
#: Kinds of findings that stand on the first screen, below its table.
_FIRST = ("look_further", "picked_best", "edited_before", "consent_left_out", "draws")
#: Said under every table.
_LEGEND = (
    "Joint: share of draws in which all asked accept, below it the change in points, draw by draw. Mean gain: its "
    "change, on a scale where best to worst on everything is 1."
)


def rows(result: Amend) -> Iterator[tuple[object, ...]]:
    """Tidy: a row an amendment, party (empty for the joint share) and measure; changes 0 is the text as tabled.

    Ranks are of those that ask ``all`` whom the text asks, and of those that ask ``fewer``.
    """
    id, base = result.scenario.id, result.base
    head: tuple[object, ...] = (id, 0, None, None)
    yield (*head, None, "joint_acceptability", *base.joint_acceptability.figures, ALL)
    for standing in base.parties:
        yield (*head, standing.id, "acceptability", *standing.acceptability.figures, ALL)
        yield (*head, standing.id, "mean_gain", standing.gain, None, None, ALL)
    for size in result.sizes:
        for asks, amendments in ((ALL, size.amendments), (FEWER, size.asking_fewer)):
            for rank, amendment in enumerate(amendments, 1):
                head = (id, size.changes, rank, "; ".join(map(change_ids, amendment.changes)))
                yield (*head, None, "joint_acceptability", *amendment.joint_acceptability.figures, asks)
                yield (*head, None, "change", *amendment.change.figures, asks)
                for party in amendment.parties:
                    yield (*head, party.id, "acceptability", *party.acceptability.figures, asks)
                    yield (*head, party.id, "change", *party.change.figures, asks)
                    yield (*head, party.id, "mean_gain", party.gain, None, None, asks)
                    yield (*head, party.id, "mean_gain_change", party.gain_change, None, None, asks)


def page(result: Amend) -> Page:
    """The best amendments of each size, then the best change of every issue."""
    names = Names(result.labels, result.names)
    first = findings.first_size(result)
    sheets = [_sheet(result, size, detail=size is not first) for size in findings.tabulated(result)]
    if result.raised:
        sheets.append(_issues(result))
    sheets.append(_fewer(result))
    notes = [_note(x, first, say(x, names)) for x in findings.note_findings(result)]
    return Page(
        heading=f"{dated(result.scenario)}: amendments",
        lead=" ".join(say(x, names) for x in findings.lead_findings(result)),
        sheets=tuple(sheet for sheet in sheets if sheet.rows),
        notes=(*notes[:-1], Detail(_LEGEND) if first is None else _LEGEND, notes[-1]),
        caveat=caveat([result.settings]),
    )


def _note(finding: AmendFinding, first: Size | None, sentence: str) -> str:
    """What the first screen says: who pays for the best amendment of its table, and what bears on all of it."""
    if isinstance(finding, WhoPays):
        return sentence if first is not None and finding.changes == first.changes else Detail(sentence)
    return sentence if finding.kind in _FIRST else Detail(sentence)


def change_ids(term: AmendedTerm) -> str:
    """A change by ids, as edits name them."""
    return f"{term.issue}: {term.before or 'open'} -> {term.to}"


# --- the tables -----------------------------------------------------------------------------


def _table(result: Amend, amendments: Sequence[Amendment], title: str, tones: dict[int, str], detail: bool) -> Sheet:
    def of_parties(line: Callable[[Amendment, PartyEffect], str]) -> list[str]:
        """A line for each of an amendment's parties, so that these columns stand beside each other."""
        return ["\n".join(line(a, p) for p in a.parties) for a in amendments]

    columns = (
        (Column("amendment", width=39), [_terms(result, a) for a in amendments]),
        (Column("joint"), [f"{interval(a.joint_acceptability)}\n{change(a.change)}" for a in amendments]),
        (Column("asked", whole=True, least=80), of_parties(partial(_name, result))),
        (Column("accepts", right=True, least=80), of_parties(lambda _, p: compact(p.acceptability.estimate))),
        (Column("mean gain", right=True, least=90), of_parties(lambda _, p: gain(p.gain_change))),
    )
    return by_column(columns, title, tones=tones, detail=detail)


def _sheet(result: Amend, size: Size, detail: bool) -> Sheet:
    amendments = findings.in_table(size)
    counts = (
        f"{size.packages - size.fewer_asked:,} feasible, {size.raising:,} {ending(size.raising, 'raises', 'raise')} "
        f"the joint share beyond sampling error, {size.reaching_half:,} "
        f"{ending(size.reaching_half, 'reaches', 'reach')} one half"
    )
    tones = {k: "good" for k, amendment in enumerate(amendments) if amendment.flips and amendment.reaches_half}
    return _table(result, amendments, f"{capital(size_words(size.changes))} ({counts})", tones, detail)


def _fewer(result: Amend) -> Sheet:
    amendments = findings.asking_fewer(result)
    title = "Apart: what raises the figure by no longer asking somebody, whose refusal then no longer counts"
    return _table(result, amendments, title, dict.fromkeys(range(len(amendments)), "faint"), detail=True)


def _terms(result: Amend, amendment: Amendment) -> str:
    """What changes, and what else the text then does."""
    lines = [_line(result, c) for c in amendment.changes]
    lines += [f"(warning: {x.id}, {x.severity})" for x in amendment.breaks]
    lines += [f"(no longer asks {result.names[p]})" for p in amendment.no_longer_needed]
    if amendment.lines_crossed:
        lines.append(f"(still crosses {plural(amendment.lines_crossed, 'line')})")
    return "\n".join(lines)


def _line(result: Amend, term: AmendedTerm) -> str:
    line = result.labels.change(term.issue, term.before, term.to)
    if term.basis in UNSTATED and not unsourced(result.settings):
        line += f" ({UNSTATED[term.basis]})"
    if term.forced_by:
        line += f" (forced: {', '.join(f'{x.id}, {x.severity}' for x in term.forced_by)})"
    return line


def _name(result: Amend, amendment: Amendment, party: PartyEffect) -> str:
    """A name on one line; in brackets if the party is not asked."""
    name, mark = result.names[party.id], " (new)" if party.id in amendment.newly_needed else ""
    room = _NAME - len(mark) - (0 if party.consent_needed else 2)
    cut = name if len(name) <= room else f"{name[: room - 1]}…"
    return f"{cut}{mark}" if party.consent_needed else f"({cut})"


def _issues(result: Amend) -> Sheet:
    best = sorted(findings.helpful(result), key=lambda a: -a.joint_acceptability.estimate)
    joint = [f"{compact(a.joint_acceptability.estimate)}, {points(a.change.estimate)}" for a in best]
    return by_column(
        [
            (Column("best single change of an issue", width=46), [_line(result, a.changes[0]) for a in best]),
            (Column("joint, change"), joint),
            (Column("who gains (+) and loses (-)", width=32, least=90), [gainers(result, a) for a in best]),
        ],
        "Issue by issue, where a change of one alone raises the joint share beyond sampling error",
        detail=True,
    )


def gainers(result: Amend, amendment: Amendment) -> str:
    """Who of the parties asked gains on average and who loses; a thousandth of the scale counts as nothing."""
    asked = [p for p in amendment.parties if p.consent_needed]
    up = ", ".join(result.names[p.id] for p in asked if p.gain_change >= STILL)
    down = ", ".join(result.names[p.id] for p in asked if p.gain_change <= -STILL)
    return "\n".join(f"{sign} {names}" for sign, names in (("+", up), ("-", down)) if names) or "nobody"
