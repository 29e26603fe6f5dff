"""Amendments as text: the most useful changes of each size, who gains and who loses by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sim.analysis.amend.result import Amend, AmendedTerm, Amendment, Blocker, Size
from sim.analysis.shared.records import PartyEffect
from sim.report.cautions import no_agreement
from sim.report.numbers import change, gain, interval, points
from sim.report.page import Column, Page, Sheet
from sim.report.verdict import (
    HALF,
    UNSTATED,
    caveat,
    compact,
    draws_words,
    filler_caution,
    listed,
    on_evidence,
    percent,
    unsourced,
)
from sim.results.records import Interval
from sim.scenario.labels import capital, spoken, verb

HEADER = ("scenario", "changes", "rank", "amendment", "party", "measure", "value", "low", "high", "asks")

#: In rows: an amendment asks all whom the text asks, or not all of them.
ALL, FEWER = "all", "fewer"
#: Names of parties are cut to this many characters, so that their lines stand beside their figures.
_NAME = 20
#: A mean gain falls by so much before a party is said to pay; a share moves by so much before that is said.
LOSS, MOVED = 0.01, 0.01
#: A mean gain that moves by less counts as nothing.
_STILL = 1e-3
_NUMBERS = {1: "one change", 2: "two changes", 3: "three changes"}
#: Among which amendments those that cost a party least were looked for.
_AMONG = {
    "reaching_half": "reach one half",
    "nearly_best": "bring at least 90% of the best rise",
    "raising": "raise the joint share",
}


def rows(result: Amend) -> Iterator[tuple[object, ...]]:
    """Tidy: a row an amendment, party (empty for the joint share) and measure; changes 0 is the text as tabled.

    Ranks are of those that ask ``all`` whom the text asks, and of those that ask ``fewer``.
    """
    id, base = result.scenario.id, result.base
    head: tuple[object, ...] = (id, 0, None, None)
    yield (*head, None, "joint_acceptability", *_ends(base.joint_acceptability), ALL)
    for standing in base.parties:
        yield (*head, standing.id, "acceptability", *_ends(standing.acceptability), ALL)
        yield (*head, standing.id, "mean_gain", standing.gain, None, None, ALL)
    for size in result.sizes:
        for asks, amendments in ((ALL, size.amendments), (FEWER, size.asking_fewer)):
            for rank, amendment in enumerate(amendments, 1):
                head = (id, size.changes, rank, "; ".join(map(change_ids, amendment.changes)))
                yield (*head, None, "joint_acceptability", *_ends(amendment.joint_acceptability), asks)
                yield (*head, None, "change", *_ends(amendment.change), asks)
                for party in amendment.parties:
                    yield (*head, party.id, "acceptability", *_ends(party.acceptability), asks)
                    yield (*head, party.id, "change", *_ends(party.change), asks)
                    yield (*head, party.id, "mean_gain", party.gain, None, None, asks)
                    yield (*head, party.id, "mean_gain_change", party.gain_change, None, None, asks)


def _ends(share: Interval) -> tuple[float, float, float]:
    return share.estimate, share.low, share.high


def page(result: Amend) -> Page:
    """The best amendments of each size, then the best change of every issue."""
    info = result.scenario
    positions = f", positions of {info.as_of}" if info.as_of != info.date else ""
    sheets = [_sheet(result, size) for size in _sizes(result)]
    if result.raised:
        sheets.append(_issues(result))
    sheets.append(_fewer(result))
    return Page(
        heading=f"{info.title} ({info.id}, {info.date}{positions}): amendments",
        lead=" ".join([*_lead(result), *_caution(result)]),
        sheets=tuple(sheet for sheet in sheets if sheet.rows),
        notes=tuple(_notes(result)),
        caveat=caveat([result.settings]),
    )


def in_table(size: Size) -> tuple[Amendment, ...]:
    """Amendments of a size that its table has: those that raise the joint share, or all where none does.

    The others are better than the text for the weakest party alone, which is no answer beside one that helps all.
    """
    raising = tuple(a for a in size.amendments if a.change.low > 0)
    return raising or size.amendments


def _sizes(result: Amend) -> list[Size]:
    """Sizes worth a table: where anything helps at all, those where something does."""
    return [size for size in result.sizes if size.raising or not result.raised]


def _asking_fewer(result: Amend) -> list[Amendment]:
    """Amendments that no longer ask somebody whom the text asks."""
    return [a for size in result.sizes for a in size.asking_fewer]


def change_ids(term: AmendedTerm) -> str:
    """A change by ids, as edits name them."""
    return f"{term.issue}: {term.before or 'open'} -> {term.to}"


def changed(result: Amend, term: AmendedTerm) -> str:
    """A change in words."""
    return result.labels.change(term.issue, term.before, term.to)


def _people(result: Amend, parties: Iterable[str]) -> str:
    return listed([spoken(result.names[p]) for p in parties])


def _issue_names(result: Amend, issues: Iterable[str], last: str = "and") -> str:
    return listed([result.labels.issue(i) for i in issues], last)


# --- the lead -------------------------------------------------------------------------------


def _lead(result: Amend) -> Iterator[str]:
    if not unsourced(result.settings):
        alone = result.base.on_evidence
        yield on_evidence(alone, {result.names[p]: alone.ranges[p] for p in alone.parties}, result.settings)
    if result.raised:
        yield _tabled(result)
        yield from _useful(result)
        yield from _apart(result)
        yield from _spared(result)
    else:
        yield from _useless(result)
        yield from _apart(result)


def _tabled(result: Amend) -> str:
    share = percent(result.base.joint_acceptability.estimate)
    return f"As tabled and modelled, all whose consent is needed accept together in {share} of draws."


def _useless(result: Amend) -> Iterator[str]:
    """What is said where no amendment raises the joint share."""
    none = f"No feasible amendment of up to {_words(result.options.changes)}"
    if result.base.joint_acceptability.estimate > 0:
        yield f"{none} raises that beyond sampling error."
        yield _tabled(result)
    elif any(size.best is not None and size.best.joint_acceptability.estimate > 0 for size in result.sizes):
        yield f"{none} lets all accept together beyond sampling error."
        yield _tabled(result)
    else:
        yield f"{none} lets all accept together in a single draw{_why(result)}."
        yield from _bare(result)
        yield "Listed below by how often the weakest party accepts, then by how few lines are still crossed."


def _useful(result: Amend) -> Iterator[str]:
    """The best single change, what it takes to reach one half, and the best of all."""
    single = _best_single(result)
    if single is None:
        yield "No single change raises that beyond sampling error."
    else:
        yield f"The most useful single change is {_summary(result, single)}."
    most = _words(result.options.changes)
    bests = [(size.changes, size.best) for size in result.sizes if size.raising and size.best is not None]
    changes, best = max(bests, key=lambda item: item[1].joint_acceptability.estimate)
    if result.base.joint_acceptability.estimate >= HALF:
        if changes > 1:
            yield f"The best of up to {most}: {_summary(result, best)}."
    elif any(best.reaches_half for _, best in bests):
        least, first = next((changes, best) for changes, best in bests if best.reaches_half)
        if least > 1:
            yield f"It takes {_words(least)} to reach one half: {_summary(result, first)}."
        else:
            also = f"; the best of up to {most} is {_summary(result, best)}" if changes > 1 else ""
            yield f"That is enough to reach one half{also}."
    else:
        also = f"; the best is {_summary(result, best)}" if changes > 1 else ""
        yield f"No amendment of up to {most} reaches one half{also}."


def _caution(result: Amend) -> Iterator[str]:
    """That most terms of the text are filler."""
    caution = filler_caution(result.base.assumed_terms, result.base.terms, result.settings)
    if caution is not None:
        yield caution


def _bare(result: Amend) -> Iterator[str]:
    """What would be left in the way if nobody who always refuses drew a line."""
    if result.without_lines is None:
        return
    share = result.without_lines.estimate
    yield (
        f"{'Even without' if share < HALF else 'Without'} any line of "
        f"{_people(result, (b.party for b in result.blockers if b.lines))} all would accept the text as tabled in "
        f"{percent(share)} of draws."
    )


def _apart(result: Amend) -> Iterator[str]:
    """That some amendments work by not asking somebody."""
    best = max(_asking_fewer(result), key=lambda a: a.joint_acceptability.estimate, default=None)
    if best is not None:
        yield f"Apart stands what works by not asking somebody who is asked now: at best {_summary(result, best)}."


def _best_single(result: Amend) -> Amendment | None:
    return max(_helpful(result), key=lambda a: a.joint_acceptability.estimate, default=None)


def _helpful(result: Amend) -> list[Amendment]:
    """The best single change of each issue, where it raises the joint share beyond sampling error."""
    return [x.amendment for x in result.issues if x.amendment is not None and x.amendment.change.low > 0]


def _summary(result: Amend, amendment: Amendment) -> str:
    """An amendment, what it gives, and whom it no longer or newly asks."""
    rise = points(amendment.change.estimate)
    parts = [f"{percent(amendment.joint_acceptability.estimate)}, {rise} point{'s' * (rise not in ('+1', '-1'))}"]
    if amendment.too_near:
        parts.append("too near one half to call")
    if amendment.no_longer_needed:
        parts.append(f"no longer asking {_people(result, amendment.no_longer_needed)}")
    if amendment.newly_needed:
        parts.append(f"asking {_people(result, amendment.newly_needed)} too")
    return f"{listed([changed(result, c) for c in amendment.changes])} ({'; '.join(parts)})"


def _why(result: Amend) -> str:
    if not result.blockers:
        return "; nobody refuses always, but never do all accept at once"
    return f". {'. '.join(capital(_blocked(result, b)) for b in result.blockers)}"


def _blocked(result: Amend, blocker: Blocker) -> str:
    name = result.names[blocker.party]
    if not blocker.lines:
        return f"{spoken(name)} {verb(name, singular='loses')} by the text in every draw"
    labels, parts = result.labels, []
    for basis in dict.fromkeys(x.basis for x in blocker.lines):
        lines = [x for x in blocker.lines if x.basis == basis]
        red = [
            f"'{labels.option(x.issue or '', x.option)}' ({labels.issue(x.issue or '')})"
            for x in lines
            if x.kind == "red_line"
        ]
        refusals = [labels.refusal(blocker.party, x.refusal) for x in lines if x.kind == "refusal"]
        if red:
            parts.append(f"its {basis} red line{'s' * (len(red) > 1)} against {listed(red)}")
        if refusals:
            parts.append(f"its {basis} refusal{'s' * (len(refusals) > 1)} {listed(refusals)}")
    return f"{spoken(name)} {verb(name, singular='rejects')} the text by {listed(parts)}"


def _spared(result: Amend) -> Iterator[str]:
    party = result.options.party
    if party is None:
        return
    name = spoken(result.names[party])
    whom = []
    for among, what in _AMONG.items():
        if sizes := [_words(size.changes) for size in result.sizes if size.ranked_among == among]:
            whom.append(f"of {listed(sizes, 'or')}, among those that {what}")
    if whom:
        yield f"Listed by what {name} loses least by: {'; '.join(whom)}."
    rest = [_words(size.changes) for size in result.sizes if size.ranked_by == "joint" and size.packages]
    if rest:
        yield f"Of {listed(rest, 'or')} none raises the joint share, so {name} is not looked at there."


def _words(changes: int) -> str:
    return _NUMBERS.get(changes, f"{changes} changes")


# --- the tables -----------------------------------------------------------------------------


def _table(result: Amend, amendments: Sequence[Amendment], title: str, tones: dict[int, str]) -> Sheet:
    return Sheet(
        columns=(
            Column("amendment", width=39),
            Column("joint"),
            Column("asked", whole=True, least=80),
            Column("accepts", right=True, least=80),
            Column("mean gain", right=True, least=90),
        ),
        rows=tuple(_row(result, amendment) for amendment in amendments),
        title=title,
        tones=tones,
    )


def _sheet(result: Amend, size: Size) -> Sheet:
    amendments = in_table(size)
    counts = (
        f"{size.packages - size.fewer_asked:,} feasible, {size.raising:,} raise the joint share beyond sampling error, "
        f"{size.reaching_half:,} reach one half"
    )
    tones = {k: "good" for k, amendment in enumerate(amendments) if amendment.flips and amendment.reaches_half}
    return _table(result, amendments, f"{capital(_words(size.changes))} ({counts})", tones)


def _fewer(result: Amend) -> Sheet:
    amendments = _asking_fewer(result)
    title = "Apart: what raises the figure by no longer asking somebody, whose refusal then no longer counts"
    return _table(result, amendments, title, dict.fromkeys(range(len(amendments)), "faint"))


def _row(result: Amend, amendment: Amendment) -> tuple[str, ...]:
    lines = [_line(result, c) for c in amendment.changes]
    lines += [f"(warning: {x.id}, {x.severity})" for x in amendment.breaks]
    lines += [f"(no longer asks {result.names[p]})" for p in amendment.no_longer_needed]
    if amendment.lines_crossed:
        lines.append(f"(still crosses {amendment.lines_crossed} line{'s' * (amendment.lines_crossed > 1)})")
    return (
        "\n".join(lines),
        f"{interval(amendment.joint_acceptability)}\n{change(amendment.change)}",
        "\n".join(_name(result, amendment, p) for p in amendment.parties),
        "\n".join(compact(p.acceptability.estimate) for p in amendment.parties),
        "\n".join(gain(p.gain_change) for p in amendment.parties),
    )


def _line(result: Amend, term: AmendedTerm) -> str:
    line = changed(result, term)
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
    helpful = sorted(_helpful(result), key=lambda a: -a.joint_acceptability.estimate)
    return Sheet(
        columns=(
            Column("best single change of an issue", width=46),
            Column("joint, change"),
            Column("who gains (+) and loses (-)", width=32, least=90),
        ),
        rows=tuple(
            (
                _line(result, a.changes[0]),
                f"{compact(a.joint_acceptability.estimate)}, {points(a.change.estimate)}",
                gainers(result, a),
            )
            for a in helpful
        ),
        title="Issue by issue, where a change of one alone raises the joint share beyond sampling error",
    )


def gainers(result: Amend, amendment: Amendment) -> str:
    """Who of the parties asked gains on average and who loses; a thousandth of the scale counts as nothing."""
    asked = [p for p in amendment.parties if p.consent_needed]
    up = ", ".join(result.names[p.id] for p in asked if p.gain_change >= _STILL)
    down = ", ".join(result.names[p.id] for p in asked if p.gain_change <= -_STILL)
    return "\n".join(f"{sign} {names}" for sign, names in (("+", up), ("-", down)) if names) or "nobody"


# --- the notes ------------------------------------------------------------------------------


def _notes(result: Amend) -> Iterator[str]:
    yield from _scope(result)
    in_tables = [a for size in _sizes(result) for a in in_table(size)]
    if any(c.basis == "assumed" for a in in_tables for c in a.changes) and not unsourced(result.settings):
        yield (
            "A term that is not in the sources is filler: changing it takes back nobody's word, but it does cost the "
            "parties whose mean gain falls."
        )
    yield from _payers(result)
    yield from _constraint_notes(result, in_tables)
    fewer = sum(size.fewer_asked for size in result.sizes)
    if fewer:
        yield (
            f"Amendments that ask fewer than the text does: {fewer:,}. They are counted and ranked apart; those are "
            "listed that raise the joint share beyond sampling error."
        )
    yield from _choice_notes(result)
    if result.base.open_issues:
        yield f"Open: {_issue_names(result, result.base.open_issues)}; closing an issue counts as a change."
    if result.base.may_be_open:
        yield "Nothing is opened: a text that leaves everything open costs nobody anything, so all would accept it."
    else:
        yield "Nothing is opened: a reservation value in numbers does not say what an open issue is worth."
    if (left_out := no_agreement(result.equal_no_deal)) is not None:
        yield left_out
    if result.options.keep:
        yield f"Kept as they are: {_issue_names(result, result.options.keep)}."
    if result.settings.edits:
        yield f"Edited before: {'; '.join(result.settings.edits)}."
    if result.consent_not_modelled:
        yield f"Consent of {len(result.consent_not_modelled)} others is needed but not modelled, and left out."
    yield (
        "Joint: share of draws in which all asked accept, below it the change in points, draw by draw. Mean gain: its "
        "change, on a scale where best to worst on everything is 1."
    )
    yield draws_words(result.settings)


def _scope(result: Amend) -> Iterator[str]:
    """Where nothing helps, where one may look further, and what cannot change alone."""
    idle = [x.issue for x in result.issues if x.amendment is not None and x.amendment.change.low <= 0]
    if result.raised and idle:
        which = _issue_names(result, idle, "or")
        yield f"By itself no change of {which} raises the joint share beyond sampling error."
    idle_sizes = [_words(size.changes) for size in result.sizes if not size.raising and size.packages]
    if result.raised and idle_sizes:
        yield f"Not listed, since none raises the joint share: amendments of {listed(idle_sizes, 'or')}."
    if not result.raised and result.options.changes < max(_NUMBERS):
        yield f"--changes {max(_NUMBERS)} looks further."
    stuck = [
        f"{result.labels.issue(x.issue)} ({', '.join(r.id for r in x.blocked_by)})"
        for x in result.issues
        if not x.alternatives
    ]
    if stuck:
        yield (
            "Cannot change alone, for constraints (sim show issues explains them, with --domain those of another "
            f"domain): {listed(stuck)}."
        )


def _payers(result: Amend) -> Iterator[str]:
    """Of the best amendment of each size: who loses on average and still accepts, and whose yes makes the figure."""
    before = {p.id: p for p in result.base.parties}
    for size in result.sizes:
        if size.best is None or size.best.change.low <= 0:
            continue
        who = [p for p in size.best.parties if p.consent_needed and p.id in before]
        paying = [
            f"{spoken(result.names[p.id])} loses on average (mean gain {before[p.id].gain:+.2f} to {p.gain:+.2f}) "
            f"{'but still accepts' if p.acceptability.low >= HALF else 'and accepts'} in "
            f"{percent(p.acceptability.estimate)} of draws"
            for p in who
            if p.gain_change <= -LOSS
        ]
        moved = [
            f"{spoken(result.names[p.id])} ({percent(before[p.id].acceptability.estimate)} to "
            f"{percent(p.acceptability.estimate)})"
            for p in who
            if abs(p.change.estimate) >= MOVED
        ]
        if paying:
            shares = f" Shares that move by a point or more: {listed(moved)}." if moved else ""
            payers = " ".join(f"{capital(x)}." for x in paying)
            yield f"Who pays for the best of {_words(size.changes)}? {payers}{shares}"


def _choice_notes(result: Amend) -> Iterator[str]:
    """How the amendments listed were picked, and what that does to their figures."""
    padded = sum(size.equalled_by_fewer for size in result.sizes)
    if padded:
        yield (
            f"Left out: {padded:,} amendments that do not beat the text, or a part of their own changes, beyond "
            "sampling error."
        )
    hidden = sum(len(size.amendments) - len(in_table(size)) for size in _sizes(result))
    if hidden:
        s, them = ("s", "it") if hidden == 1 else ("", "them")
        yield (
            f"Left out too: {hidden} of the best that help{s} the weakest party alone and raise{s} no joint share; "
            f"json and csv have {them}."
        )
    if not result.raised and any(size.amendments for size in result.sizes):
        yield (
            "Those listed do not raise the joint share either. They are shown for comparison: the weakest party "
            "accepts more often, or fewer lines are crossed."
        )
    if result.raised and result.settings.drawn:
        scored = sum(size.packages - size.fewer_asked for size in result.sizes)
        yield (
            f"Picked as the best of {scored:,} on these draws, so their figures are a little flattered and their "
            "intervals too narrow for that; another --seed tells how much."
        )


def _constraint_notes(result: Amend, amendments: Sequence[Amendment]) -> Iterator[str]:
    used = {x.id: x for a in amendments for c in a.changes for x in c.forced_by}
    used |= {x.id: x for a in amendments for x in a.breaks}
    for name in sorted(used):
        yield f"{name} ({used[name].severity}): {used[name].why}"
    if result.broken_already:
        names = listed([f"{x.id} ({x.severity})" for x in result.broken_already])
        yield f"The text itself breaks {names}, so amendments may too."
    if result.options.constraints != "legal":
        yield f"Constraints up to {result.options.constraints} bind."
