"""Amendments as text: the most useful changes of each size, who gains and who loses by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.analysis.amendments import Amend, Amendment, Blocker, PartyEffect, Size, TermChange
from sim.results import Interval
from sim.sheets import Column, Page, Sheet
from sim.verdict import CAVEAT, HALF, compact, listed, percent, quoted
from sim.views.sweep import change, interval, points

HEADER = ("scenario", "changes", "rank", "amendment", "party", "measure", "value", "low", "high")

#: Names of parties are cut to this many characters, so that their lines stand beside their figures.
_NAME = 20
_NUMBERS = {1: "one change", 2: "two changes", 3: "three changes"}


def rows(result: Amend) -> Iterator[tuple[object, ...]]:
    """Tidy: a row an amendment, party (empty for the joint figure) and measure; changes 0 is the text as tabled."""
    id, base = result.scenario.id, result.base
    yield (id, 0, None, None, None, "joint_acceptability", *_figures(base.joint_acceptability))
    for standing in base.parties:
        yield (id, 0, None, None, standing.id, "acceptability", *_figures(standing.acceptability))
        yield (id, 0, None, None, standing.id, "mean_gain", standing.gain, None, None)
    for size in result.sizes:
        for rank, found in enumerate(size.amendments, 1):
            head = (id, size.changes, rank, "; ".join(spoken(c) for c in found.changes))
            yield (*head, None, "joint_acceptability", *_figures(found.joint_acceptability))
            yield (*head, None, "change", *_figures(found.change))
            for party in found.parties:
                yield (*head, party.id, "acceptability", *_figures(party.acceptability))
                yield (*head, party.id, "change", *_figures(party.change))
                yield (*head, party.id, "mean_gain", party.gain, None, None)
                yield (*head, party.id, "mean_gain_change", party.gain_change, None, None)


def _figures(found: Interval) -> tuple[float, float, float]:
    return found.estimate, found.low, found.high


def page(result: Amend) -> Page:
    """The best amendments of each size, then the best change of every issue."""
    info = result.scenario
    positions = f", positions of {info.as_of}" if info.as_of != info.date else ""
    sheets = [_sheet(result, size) for size in _listed(result)]
    if result.raised:
        sheets.append(_issues(result))
    return Page(
        heading=f"{info.title} ({info.id}, {info.date}{positions}): amendments",
        lead=" ".join(_lead(result)),
        sheets=tuple(sheet for sheet in sheets if sheet.rows),
        notes=tuple(_notes(result)),
        caveat=CAVEAT,
    )


def _listed(result: Amend) -> list[Size]:
    """Sizes worth a table: where anything helps at all, those where something does."""
    return [size for size in result.sizes if size.raising or not result.raised]


def spoken(found: TermChange) -> str:
    """A change in words."""
    return f"{found.issue}: {found.before or 'open'} -> {found.after}"


# --- the lead -------------------------------------------------------------------------------


def _lead(result: Amend) -> Iterator[str]:
    base = result.base.joint_acceptability
    yield f"As tabled, all whose consent is needed accept together in {percent(base.estimate)} of draws."
    most = _words(result.options.changes)
    if not result.raised:
        if base.estimate > 0:
            yield f"No feasible amendment of up to {most} raises that."
        else:
            yield f"No feasible amendment of up to {most} lets all accept together in a single draw{_why(result)}."
            yield "Listed below by how often the weakest party accepts, then by how few lines are still crossed."
        return
    found = [(size, best) for size in result.sizes if (best := _best(size)) is not None]
    told = []
    single = _best_single(result)
    if single is None:
        yield "No single change raises that."
    else:
        told.append(single)
        yield f"The most useful single change is {_told(result, single)}."
    size, best = max(found, key=lambda item: item[1].joint_acceptability.estimate)
    if base.estimate >= HALF:
        if size.changes > 1:
            told.append(best)
            yield f"The best of up to {most}: {_told(result, best)}."
    elif any(size.reaching_half for size, _ in found):
        least, first = next((size, best) for size, best in found if size.reaching_half)
        if least.changes > 1:
            told.append(first)
            yield f"It takes {_words(least.changes)} to reach one half: {_told(result, first)}."
        elif size.changes > 1:
            told.append(best)
            yield f"That is enough to reach one half; the best of up to {most} is {_told(result, best)}."
        else:
            yield "That is enough to reach one half."
    else:
        told.append(best)
        also = f"; the best is {_told(result, best)}" if size.changes > 1 else ""
        yield f"No amendment of up to {most} reaches one half{also}."
    if any(a.no_longer_needed for a in told):
        yield _asking_all(result)
    yield from _spared(result)


def _asking_all(result: Amend) -> str:
    """The best amendment that asks no fewer than the text."""
    full = [a for size in result.sizes if (a := size.asking_all) is not None and a.change.estimate > 0]
    if not full:
        return "None raises that and still asks all who are asked now."
    best = max(full, key=lambda a: a.joint_acceptability.estimate)
    return f"Of those that still ask all who are asked now, the best is {_told(result, best)}."


def _best_single(result: Amend) -> Amendment | None:
    singles = [x.amendment for x in result.issues if x.amendment is not None and x.amendment.change.estimate > 0]
    return max(singles, key=lambda a: a.joint_acceptability.estimate, default=None)


def _best(size: Size) -> Amendment | None:
    return max(size.amendments, key=lambda a: a.joint_acceptability.estimate, default=None)


def _told(result: Amend, found: Amendment) -> str:
    """An amendment, what it gives, and whom it no longer or newly asks."""
    parts = [f"{percent(found.joint_acceptability.estimate)}, {points(found.change.estimate)} points"]
    if found.no_longer_needed:
        parts.append(f"no longer asking {listed([result.names[p] for p in found.no_longer_needed])}")
    if found.newly_needed:
        parts.append(f"asking {listed([result.names[p] for p in found.newly_needed])} too")
    return f"{listed([spoken(c) for c in found.changes])} ({'; '.join(parts)})"


def _why(result: Amend) -> str:
    if not result.blockers:
        return "; nobody refuses always, but never do all accept at once"
    return f": {'; '.join(_blocked(result, b) for b in result.blockers)}"


def _blocked(result: Amend, blocker: Blocker) -> str:
    name = result.names[blocker.party]
    if not blocker.lines:
        return f"{name} loses by the text in every draw"
    lines = [
        f"{x.basis} red line {x.issue}: {x.option}"
        if x.kind == "red_line"
        else f"{x.basis} refusal {quoted(x.refusal)}"
        for x in blocker.lines
    ]
    return f"{name} rejects the text by its {listed(lines)}"


def _spared(result: Amend) -> Iterator[str]:
    party = result.options.party
    if party is None:
        return
    name = result.names[party]
    ranked = [size for size in result.sizes if size.ranked_by == "party"]
    reached = [_words(size.changes) for size in ranked if size.reaching_half]
    nearly = [_words(size.changes) for size in ranked if not size.reaching_half]
    whom = []
    if reached:
        whom.append(f"of {listed(reached, 'or')}, among those that reach one half")
    if nearly:
        whom.append(f"of {listed(nearly, 'or')}, among those that bring at least 90% of the best rise")
    if whom:
        yield f"Listed by what {name} loses least by: {'; '.join(whom)}."
    rest = [_words(size.changes) for size in result.sizes if size.ranked_by == "joint" and size.packages]
    if rest:
        yield f"Of {listed(rest, 'or')} none raises the joint figure, so {name} is not looked at there."


def _words(changes: int) -> str:
    return _NUMBERS.get(changes, f"{changes} changes")


# --- the tables -----------------------------------------------------------------------------


def _sheet(result: Amend, size: Size) -> Sheet:
    number = _words(size.changes)
    counts = (
        f"{size.packages:,} feasible, {size.raising:,} raise the joint figure, {size.reaching_half:,} reach one half"
    )
    return Sheet(
        columns=(
            Column("amendment", width=39),
            Column("joint"),
            Column("asked", least=80),
            Column("accepts", right=True, least=80),
            Column("mean gain", right=True, least=90),
        ),
        rows=tuple(_row(result, found) for found in size.amendments),
        title=f"{number[0].upper()}{number[1:]} ({counts})",
        tones={k: "good" for k, found in enumerate(size.amendments) if found.flips and found.reaches_half},
    )


def _row(result: Amend, found: Amendment) -> tuple[str, ...]:
    lines = [_line(c) for c in found.changes]
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


def _line(found: TermChange) -> str:
    said = spoken(found)
    if found.basis == "assumed":
        said += " (a term of ours)"
    if found.forced_by:
        said += f" (forced: {', '.join(f'{x.id}, {x.severity}' for x in found.forced_by)})"
    return said


def _name(result: Amend, found: Amendment, party: PartyEffect) -> str:
    """A name on one line; in brackets if the party is not asked."""
    name, mark = result.names[party.id], " (new)" if party.id in found.newly_needed else ""
    room = _NAME - len(mark) - (0 if party.consent_needed else 2)
    cut = name if len(name) <= room else f"{name[: room - 1]}…"
    return f"{cut}{mark}" if party.consent_needed else f"({cut})"


def gain(change: float) -> str:
    """A change of a mean gain, in units of utility."""
    return "0" if abs(change) < 5e-4 else f"{change:+.3f}"


def _issues(result: Amend) -> Sheet:
    helpful = [a for x in result.issues if (a := x.amendment) is not None and a.change.low > 0]
    helpful.sort(key=lambda a: -a.joint_acceptability.estimate)
    return Sheet(
        columns=(
            Column("best single change of an issue", width=46),
            Column("joint, change"),
            Column("who gains (+) and loses (-)", width=32, least=90),
        ),
        rows=tuple((_line(a.changes[0]), _joint_change(a), gainers(result, a)) for a in helpful),
        title="Issue by issue, where a change of one alone raises the joint figure beyond sampling error",
    )


def _joint_change(found: Amendment) -> str:
    return f"{compact(found.joint_acceptability.estimate)}, {points(found.change.estimate)}"


def gainers(result: Amend, found: Amendment) -> str:
    """Who of the parties asked gains on average and who loses; a thousandth of the scale counts as nothing."""
    up = [result.names[p.id] for p in found.parties if p.consent_needed and p.gain_change >= 1e-3]
    down = [result.names[p.id] for p in found.parties if p.consent_needed and p.gain_change <= -1e-3]
    said = [f"+ {', '.join(up)}"] if up else []
    said += [f"- {', '.join(down)}"] if down else []
    said += (
        [f"not asked: {', '.join(result.names[p] for p in found.no_longer_needed)}"] if found.no_longer_needed else []
    )
    return "\n".join(said) or "nobody"


# --- the notes ------------------------------------------------------------------------------


def _notes(result: Amend) -> Iterator[str]:
    idle = [x.issue for x in result.issues if x.amendment is not None and x.amendment.change.low <= 0]
    if result.raised and idle:
        yield f"By itself no change of {listed(idle, 'or')} raises the joint figure beyond sampling error."
    idle_sizes = [_words(size.changes) for size in result.sizes if not size.raising and size.packages]
    if result.raised and idle_sizes:
        yield f"Not listed, since none raises the joint figure: amendments of {listed(idle_sizes, 'or')}."
    if not result.raised and result.options.changes < max(_NUMBERS):
        yield f"--changes {max(_NUMBERS)} looks further."
    stuck = [f"{x.issue} ({', '.join(r.id for r in x.blocked_by)})" for x in result.issues if not x.alternatives]
    if stuck:
        yield f"Cannot change alone, for the constraints in brackets: {listed(stuck)}."
    shown = [a for size in _listed(result) for a in size.amendments]
    if any(c.basis == "assumed" for a in shown for c in a.changes):
        yield "A term of ours is filler that no source gives: changing it is nobody's concession."
    yield from _constraint_notes(result, shown)
    yield from _consent_notes(result, shown)
    padded = sum(size.equalled_by_fewer for size in result.sizes)
    if padded:
        yield f"Left out: {padded:,} amendments that a part of their own changes, or the text itself, equals or beats."
    if result.base.open_issues:
        yield f"Open: {listed(result.base.open_issues)}; closing an issue counts as a change."
    yield "Nothing is opened: a text that leaves everything open costs nobody anything, so all would accept it."
    if result.options.keep:
        yield f"Kept as they are: {listed(result.options.keep)}."
    if result.settings.edits:
        yield f"Edited before: {'; '.join(result.settings.edits)}."
    if result.consent_not_modelled:
        yield f"Consent of {len(result.consent_not_modelled)} others is needed but not modelled, and left out."
    yield (
        "Joint: share of draws in which all asked accept, below it the change in points, draw by draw. Mean gain: its "
        "change, on a scale where best to worst on everything is 1."
    )
    yield f"{result.settings.draws:,} draws, seed {result.settings.seed}; intervals are sampling error only."


def _constraint_notes(result: Amend, shown: Sequence[Amendment]) -> Iterator[str]:
    used = {x.id: x for a in shown for c in a.changes for x in c.forced_by}
    used |= {x.id: x for a in shown for x in a.breaks}
    for name in sorted(used):
        yield f"{name} ({used[name].severity}): {used[name].why}"
    if result.broken_already:
        names = listed([f"{x.id} ({x.severity})" for x in result.broken_already])
        yield f"The text itself breaks {names}, so amendments may too."
    if result.options.constraints != "legal":
        yield f"Constraints up to {result.options.constraints} bind."


def _consent_notes(result: Amend, shown: Sequence[Amendment]) -> Iterator[str]:
    fewer = [a for a in shown if a.no_longer_needed]
    if fewer:
        who = listed(sorted({result.names[p] for a in fewer for p in a.no_longer_needed}))
        verb = "works" if len(fewer) == 1 else "work"
        yield (
            f"{len(fewer)} of {len(shown)} listed {verb} without asking {who}, whose refusal then no longer counts; "
            "--keep the issue on which that hangs to look for others."
        )
