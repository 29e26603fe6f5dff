"""Amendments as text: the most useful changes of each size, who gains and who loses by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.analysis.amend.result import Amend, Amendment, Blocker, PartyEffect, Size, TermChange
from sim.files.grammar import listed
from sim.report.english import draws_words, evidence_sentence, filler_caution, no_agreement
from sim.report.numbers import change, compact, gain, interval, percent, points
from sim.report.page import Column, Page, Sheet
from sim.report.verdict import UNSTATED, caveat
from sim.results.records import Interval
from sim.results.verdicts import HALF, unsourced
from sim.scenario.labels import Labels, capital, spoken, verb

HEADER = ("scenario", "changes", "rank", "amendment", "party", "measure", "value", "low", "high", "asks")

#: In rows: an amendment asks all whom the text asks, or not all of them.
ALL, FEWER = "all", "fewer"
#: Names of parties are cut to this many characters, so that their lines stand beside their figures.
_NAME = 20
#: A mean gain falls by so much before a party is said to pay; a share moves by so much before that is said.
LOSS, MOVED = 0.01, 0.01
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
    yield (id, 0, None, None, None, "joint_acceptability", *_figures(base.joint_acceptability), ALL)
    for standing in base.parties:
        yield (id, 0, None, None, standing.id, "acceptability", *_figures(standing.acceptability), ALL)
        yield (id, 0, None, None, standing.id, "mean_gain", standing.gain, None, None, ALL)
    for size in result.sizes:
        for asks, told in ((ALL, size.amendments), (FEWER, size.asking_fewer)):
            for rank, found in enumerate(told, 1):
                head = (id, size.changes, rank, "; ".join(change_ids(c) for c in found.changes))
                yield (*head, None, "joint_acceptability", *_figures(found.joint_acceptability), asks)
                yield (*head, None, "change", *_figures(found.change), asks)
                for party in found.parties:
                    yield (*head, party.id, "acceptability", *_figures(party.acceptability), asks)
                    yield (*head, party.id, "change", *_figures(party.change), asks)
                    yield (*head, party.id, "mean_gain", party.gain, None, None, asks)
                    yield (*head, party.id, "mean_gain_change", party.gain_change, None, None, asks)


def _figures(found: Interval) -> tuple[float, float, float]:
    return found.estimate, found.low, found.high


def page(result: Amend) -> Page:
    """The best amendments of each size, then the best change of every issue."""
    info = result.scenario
    positions = f", positions of {info.as_of}" if info.as_of != info.date else ""
    sheets = [_sheet(result, size) for size in _listed(result)]
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


def shown(size: Size) -> tuple[Amendment, ...]:
    """Amendments of a size that a page shows: those that raise the joint share, or all where none does.

    The others are better than the text for the weakest party alone, which is no answer beside one that helps all.
    """
    raising = tuple(a for a in size.amendments if a.change.low > 0)
    return raising or size.amendments


def _listed(result: Amend) -> list[Size]:
    """Sizes worth a table: where anything helps at all, those where something does."""
    return [size for size in result.sizes if size.raising or not result.raised]


def change_ids(found: TermChange) -> str:
    """A change by ids, as edits name them."""
    return f"{found.issue}: {found.before or 'open'} -> {found.after}"


def changed(labels: Labels, found: TermChange) -> str:
    """A change in words."""
    before = "open" if found.before is None else labels.option(found.issue, found.before)
    return f"{labels.issue(found.issue)}: {before} -> {labels.option(found.issue, found.after)}"


# --- the lead -------------------------------------------------------------------------------


def _lead(result: Amend) -> Iterator[str]:
    base = result.base.joint_acceptability
    tabled = (
        f"As tabled and modelled, all whose consent is needed accept together in {percent(base.estimate)} of draws."
    )
    if not unsourced(result.settings):
        alone = result.base.on_evidence
        yield evidence_sentence(alone, {result.names[p]: alone.ranges[p] for p in alone.parties}, result.settings)
    most = _words(result.options.changes)
    if result.raised:
        yield tabled
    else:
        if base.estimate > 0:
            yield f"No feasible amendment of up to {most} raises that beyond sampling error."
        elif any(size.best is not None and size.best.joint_acceptability.estimate > 0 for size in result.sizes):
            yield f"No feasible amendment of up to {most} lets all accept together beyond sampling error."
        else:
            yield f"No feasible amendment of up to {most} lets all accept together in a single draw{_why(result)}."
            yield from _bare(result)
            yield "Listed below by how often the weakest party accepts, then by how few lines are still crossed."
            yield from _apart(result)
            return
        yield tabled
        yield from _apart(result)
        return
    found = [(size, size.best) for size in result.sizes if size.raising and size.best is not None]
    single = _best_single(result)
    if single is None:
        yield "No single change raises that beyond sampling error."
    else:
        yield f"The most useful single change is {_told(result, single)}."
    size, best = max(found, key=lambda item: item[1].joint_acceptability.estimate)
    if base.estimate >= HALF:
        if size.changes > 1:
            yield f"The best of up to {most}: {_told(result, best)}."
    elif any(best.reaches_half for _, best in found):
        least, first = next((size, best) for size, best in found if best.reaches_half)
        if least.changes > 1:
            yield f"It takes {_words(least.changes)} to reach one half: {_told(result, first)}."
        elif size.changes > 1:
            yield f"That is enough to reach one half; the best of up to {most} is {_told(result, best)}."
        else:
            yield "That is enough to reach one half."
    else:
        also = f"; the best is {_told(result, best)}" if size.changes > 1 else ""
        yield f"No amendment of up to {most} reaches one half{also}."
    yield from _apart(result)
    yield from _spared(result)


def _caution(result: Amend) -> Iterator[str]:
    """That most terms of the text are filler."""
    said = filler_caution(result.base.assumed_terms, result.base.terms, result.settings)
    if said is not None:
        yield said


def _bare(result: Amend) -> Iterator[str]:
    """What would be left in the way if nobody who always refuses drew a line."""
    if result.without_lines is None:
        return
    who = listed([spoken(result.names[b.party]) for b in result.blockers if b.lines])
    share = result.without_lines.estimate
    yield (
        f"{'Even without' if share < HALF else 'Without'} any line of {who} all would accept the text as tabled in "
        f"{percent(share)} of draws."
    )


def _apart(result: Amend) -> Iterator[str]:
    """That some amendments work by not asking somebody."""
    fewer = [a for size in result.sizes for a in size.asking_fewer]
    if fewer:
        best = max(fewer, key=lambda a: a.joint_acceptability.estimate)
        yield f"Apart stands what works by not asking somebody who is asked now: at best {_told(result, best)}."


def _best_single(result: Amend) -> Amendment | None:
    singles = [x.amendment for x in result.issues if x.amendment is not None and x.amendment.change.low > 0]
    return max(singles, key=lambda a: a.joint_acceptability.estimate, default=None)


def _told(result: Amend, found: Amendment) -> str:
    """An amendment, what it gives, and whom it no longer or newly asks."""
    change = points(found.change.estimate)
    parts = [f"{percent(found.joint_acceptability.estimate)}, {change} point{'s' * (change not in ('+1', '-1'))}"]
    if found.too_near:
        parts.append("too near one half to call")
    if found.no_longer_needed:
        parts.append(f"no longer asking {listed([spoken(result.names[p]) for p in found.no_longer_needed])}")
    if found.newly_needed:
        parts.append(f"asking {listed([spoken(result.names[p]) for p in found.newly_needed])} too")
    return f"{listed([changed(result.labels, c) for c in found.changes])} ({'; '.join(parts)})"


def _why(result: Amend) -> str:
    if not result.blockers:
        return "; nobody refuses always, but never do all accept at once"
    return f". {'. '.join(capital(_blocked(result, b)) for b in result.blockers)}"


def _blocked(result: Amend, blocker: Blocker) -> str:
    name = spoken(result.names[blocker.party])
    if not blocker.lines:
        return f"{name} {verb(result.names[blocker.party], singular='loses')} by the text in every draw"
    parts = []
    for basis in dict.fromkeys(x.basis for x in blocker.lines):
        drawn = [
            f"'{result.labels.option(x.issue or '', x.option)}' ({result.labels.issue(x.issue or '')})"
            for x in blocker.lines
            if x.basis == basis and x.kind == "red_line"
        ]
        refused = [
            result.labels.refusal(blocker.party, x.refusal)
            for x in blocker.lines
            if x.basis == basis and x.kind == "refusal"
        ]
        if drawn:
            parts.append(f"its {basis} red line{'s' * (len(drawn) > 1)} against {listed(drawn)}")
        if refused:
            parts.append(f"its {basis} refusal{'s' * (len(refused) > 1)} {listed(refused)}")
    return f"{name} {verb(result.names[blocker.party], singular='rejects')} the text by {listed(parts)}"


def _spared(result: Amend) -> Iterator[str]:
    party = result.options.party
    if party is None:
        return
    name = spoken(result.names[party])
    ranked = [size for size in result.sizes if size.ranked_by == "party"]
    whom = []
    for among, said in _AMONG.items():
        if sizes := [_words(size.changes) for size in ranked if size.ranked_among == among]:
            whom.append(f"of {listed(sizes, 'or')}, among those that {said}")
    if whom:
        yield f"Listed by what {name} loses least by: {'; '.join(whom)}."
    rest = [_words(size.changes) for size in result.sizes if size.ranked_by == "joint" and size.packages]
    if rest:
        yield f"Of {listed(rest, 'or')} none raises the joint share, so {name} is not looked at there."


def _words(changes: int) -> str:
    return _NUMBERS.get(changes, f"{changes} changes")


# --- the tables -----------------------------------------------------------------------------


def _columns() -> tuple[Column, ...]:
    return (
        Column("amendment", width=39),
        Column("joint"),
        Column("asked", whole=True, least=80),
        Column("accepts", right=True, least=80),
        Column("mean gain", right=True, least=90),
    )


def _sheet(result: Amend, size: Size) -> Sheet:
    number = _words(size.changes)
    feasible = size.packages - size.fewer_asked
    counts = (
        f"{feasible:,} feasible, {size.raising:,} raise the joint share beyond sampling error, "
        f"{size.reaching_half:,} reach one half"
    )
    return Sheet(
        columns=_columns(),
        rows=tuple(_row(result, found) for found in shown(size)),
        title=f"{number[0].upper()}{number[1:]} ({counts})",
        tones={k: "good" for k, found in enumerate(shown(size)) if found.flips and found.reaches_half},
    )


def _fewer(result: Amend) -> Sheet:
    """Amendments that no longer ask somebody whom the text asks."""
    fewer = [a for size in result.sizes for a in size.asking_fewer]
    return Sheet(
        columns=_columns(),
        rows=tuple(_row(result, found) for found in fewer),
        title="Apart: what raises the figure by no longer asking somebody, whose refusal then no longer counts",
        tones=dict.fromkeys(range(len(fewer)), "faint"),
    )


def _row(result: Amend, found: Amendment) -> tuple[str, ...]:
    lines = [_line(result, c) for c in found.changes]
    lines += [f"(warning: {x.id}, {x.severity})" for x in found.breaks]
    lines += [f"(no longer asks {result.names[p]})" for p in found.no_longer_needed]
    if found.lines_crossed:
        lines.append(f"(still crosses {found.lines_crossed} line{'s' * (found.lines_crossed > 1)})")
    names = [_name(result, found, p) for p in found.parties]
    return (
        "\n".join(lines),
        f"{interval(found.joint_acceptability)}\n{change(found.change)}",
        "\n".join(names),
        "\n".join(compact(p.acceptability.estimate) for p in found.parties),
        "\n".join(gain(p.gain_change) for p in found.parties),
    )


def _line(result: Amend, found: TermChange) -> str:
    said = changed(result.labels, found)
    if found.basis in UNSTATED and not unsourced(result.settings):
        said += f" ({UNSTATED[found.basis]})"
    if found.forced_by:
        said += f" (forced: {', '.join(f'{x.id}, {x.severity}' for x in found.forced_by)})"
    return said


def _name(result: Amend, found: Amendment, party: PartyEffect) -> str:
    """A name on one line; in brackets if the party is not asked."""
    name, mark = result.names[party.id], " (new)" if party.id in found.newly_needed else ""
    room = _NAME - len(mark) - (0 if party.consent_needed else 2)
    cut = name if len(name) <= room else f"{name[: room - 1]}…"
    return f"{cut}{mark}" if party.consent_needed else f"({cut})"


def _issues(result: Amend) -> Sheet:
    helpful = [a for x in result.issues if (a := x.amendment) is not None and a.change.low > 0]
    helpful.sort(key=lambda a: -a.joint_acceptability.estimate)
    return Sheet(
        columns=(
            Column("best single change of an issue", width=46),
            Column("joint, change"),
            Column("who gains (+) and loses (-)", width=32, least=90),
        ),
        rows=tuple((_line(result, a.changes[0]), _joint_change(a), gainers(result, a)) for a in helpful),
        title="Issue by issue, where a change of one alone raises the joint share beyond sampling error",
    )


def _joint_change(found: Amendment) -> str:
    return f"{compact(found.joint_acceptability.estimate)}, {points(found.change.estimate)}"


def gainers(result: Amend, found: Amendment) -> str:
    """Who of the parties asked gains on average and who loses; a thousandth of the scale counts as nothing."""
    up = [result.names[p.id] for p in found.parties if p.consent_needed and p.gain_change >= 1e-3]
    down = [result.names[p.id] for p in found.parties if p.consent_needed and p.gain_change <= -1e-3]
    said = [f"+ {', '.join(up)}"] if up else []
    said += [f"- {', '.join(down)}"] if down else []
    return "\n".join(said) or "nobody"


# --- the notes ------------------------------------------------------------------------------


def _notes(result: Amend) -> Iterator[str]:
    idle = [
        result.labels.issue(x.issue) for x in result.issues if x.amendment is not None and x.amendment.change.low <= 0
    ]
    if result.raised and idle:
        yield f"By itself no change of {listed(idle, 'or')} raises the joint share beyond sampling error."
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
    told = [a for size in _listed(result) for a in shown(size)]
    if any(c.basis == "assumed" for a in told for c in a.changes) and not unsourced(result.settings):
        yield (
            "A term that is not in the sources is filler: changing it takes back nobody's word, but it does cost the "
            "parties whose mean gain falls."
        )
    yield from _payers(result)
    yield from _constraint_notes(result, told)
    yield from _consent_notes(result)
    yield from _choice_notes(result)
    if result.base.open_issues:
        yield (
            f"Open: {listed([result.labels.issue(i) for i in result.base.open_issues])}; closing an issue counts as "
            "a change."
        )
    if result.base.may_be_open:
        yield "Nothing is opened: a text that leaves everything open costs nobody anything, so all would accept it."
    else:
        yield "Nothing is opened: a reservation value in numbers does not say what an open issue is worth."
    if (said := no_agreement(result.equal_no_deal)) is not None:
        yield said
    if result.options.keep:
        yield f"Kept as they are: {listed([result.labels.issue(i) for i in result.options.keep])}."
    if result.settings.edits:
        yield f"Edited before: {'; '.join(result.settings.edits)}."
    if result.consent_not_modelled:
        yield f"Consent of {len(result.consent_not_modelled)} others is needed but not modelled, and left out."
    yield (
        "Joint: share of draws in which all asked accept, below it the change in points, draw by draw. Mean gain: its "
        "change, on a scale where best to worst on everything is 1."
    )
    yield draws_words(result.settings)


def _payers(result: Amend) -> Iterator[str]:
    """Of the best amendment of each size: who loses on average and still accepts, and whose yes makes the figure."""
    before = {p.id: p for p in result.base.parties}
    for size in result.sizes:
        found = size.best
        if found is None or found.change.low <= 0:
            continue
        who = [p for p in found.parties if p.consent_needed and p.id in before]
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
        if not paying:
            continue
        said = f"Who pays for the best of {_words(size.changes)}? {' '.join(f'{capital(x)}.' for x in paying)}"
        if moved:
            said += f" Shares that move by a point or more: {listed(moved)}."
        yield said


def _choice_notes(result: Amend) -> Iterator[str]:
    """How the amendments told were picked, and what that does to their figures."""
    padded = sum(size.equalled_by_fewer for size in result.sizes)
    if padded:
        yield (
            f"Left out: {padded:,} amendments that do not beat the text, or a part of their own changes, beyond "
            "sampling error."
        )
    hidden = sum(len(size.amendments) - len(shown(size)) for size in _listed(result))
    if hidden:
        yield (
            f"Left out too: {hidden} of the best that help{'s' * (hidden == 1)} the weakest party alone and "
            f"raise{'s' * (hidden == 1)} no joint share; json and csv have {'it' if hidden == 1 else 'them'}."
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


def _constraint_notes(result: Amend, told: Sequence[Amendment]) -> Iterator[str]:
    used = {x.id: x for a in told for c in a.changes for x in c.forced_by}
    used |= {x.id: x for a in told for x in a.breaks}
    for name in sorted(used):
        yield f"{name} ({used[name].severity}): {used[name].why}"
    if result.broken_already:
        names = listed([f"{x.id} ({x.severity})" for x in result.broken_already])
        yield f"The text itself breaks {names}, so amendments may too."
    if result.options.constraints != "legal":
        yield f"Constraints up to {result.options.constraints} bind."


def _consent_notes(result: Amend) -> Iterator[str]:
    fewer = sum(size.fewer_asked for size in result.sizes)
    if fewer:
        yield (
            f"Amendments that ask fewer than the text does: {fewer:,}. They are counted and ranked apart; those are "
            "listed that raise the joint share beyond sampling error."
        )
