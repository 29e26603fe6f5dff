"""Levers as text: on which cell the verdict turns, strongest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sim.analysis.lever_results import Edited, LeftOut, Lever, LeversResult, Moved, Pair
from sim.results import Interval
from sim.sheets import Column, Page, Sheet
from sim.tables import heading_of
from sim.verdict import CAVEAT, HALF, compact, listed, percent

#: How many levers and pairs a table shows unless told.
TOP = 15

HEADER = (
    "scenario", "set", "rank", "party", "issue", "kind", "edit", "what", "before", "after", "basis", "evidence",
    "joint_before", "joint_after", "joint_change", "joint_change_low", "joint_change_high", "joint_flips",
    "own_before", "own_after", "own_change", "own_change_low", "own_change_high", "own_flips",
)  # fmt: skip

#: Why edits were not run, in a few words behind their number.
_SHORT = {
    "consent_not_needed": "of parties whose consent is not needed",
    "vetoes_anyway": "of parties that another line of theirs keeps rejecting the text",
    "line_not_met": "of lines that do not bear on the text",
    "no_term": "of issues where nothing hangs on the order",
    "no_weight": "of issues without weight",
    "same_order": "of classes that leave all weights as they are",
    "beliefs_idle": "of beliefs on which nothing hangs",
    "numeric": "of cells given in numbers",
    "forbidden": "that the rules of the files forbid",
    "nobody_asked": "because nobody is asked",
}


@dataclass(frozen=True)
class LeversView:
    """The view with so many rows a table; JSON and CSV hold all."""

    top: int = TOP
    HEADER: ClassVar[Sequence[str]] = HEADER

    def rows(self, result: LeversResult) -> Iterator[Sequence[object]]:
        return rows(result)

    def page(self, result: LeversResult) -> Page:
        return page(result, self.top)


def rows(result: LeversResult) -> Iterator[Sequence[object]]:
    """One row a lever, a new red line or a pair (``set`` says which); the parts of a pair are joined by `` + ``."""
    for name, levers in (("lever", result.levers), ("new_line", result.new_lines)):
        for x in levers:
            yield (result.scenario.id, name, x.rank, *_said([x]), *_moves(x.joint), *_moves(x.own))
    for pair in result.pairs.found if result.pairs else ():
        own = pair.own[0] if len(pair.own) == 1 else None
        yield (result.scenario.id, "pair", pair.rank, *_said(pair.edits), *_moves(pair.joint), *_moves(own))


def _said(edits: Sequence[Edited]) -> list[object]:
    columns = [
        [x.party, x.issue or "", x.kind, x.edit, x.what, x.before, x.after, x.basis, " ".join(x.evidence)]
        for x in edits
    ]
    return [" + ".join(parts) for parts in zip(*columns, strict=True)]


def _moves(moved: Moved | None) -> list[object]:
    if moved is None:
        return [None] * 6
    change = moved.change
    return [
        moved.before.estimate,
        moved.after.estimate,
        change.estimate,
        change.low,
        change.high,
        str(moved.flips).lower(),
    ]


# --- the page -----------------------------------------------------------------------------


def page(result: LeversResult, top: int = TOP) -> Page:
    """Lead, the strongest levers, pairs if asked for, and what bears on reading them."""
    return Page(
        heading=f"What the verdict turns on: {heading_of(result.scenario, result.settings)}",
        lead=" ".join(_lead(result)),
        sheets=tuple(_sheets(result, top)),
        notes=tuple(_notes(result, top)),
        caveat=CAVEAT,
    )


def stuck(result: LeversResult) -> bool:
    """Whether no lever moves the joint figure in any draw."""
    return all(x.joint is None or x.joint.change.estimate == 0 for x in result.levers)


def name(result: LeversResult, edit: Edited) -> str:
    """The edit with its party's name."""
    return f"{result.names[edit.party]}: {edit.what}"


def _lead(result: LeversResult) -> Iterator[str]:
    if result.joint is None or result.verdict is None:
        yield "No party with positions has to consent, so there is no verdict that an edit could turn."
        return
    yield (
        f"As modelled, all whose consent is needed accept together in {percent(result.joint.estimate)} of draws: "
        f"{_verdict(result)}."
    )
    whom = f" of {result.names[result.party]}" if result.party else ""
    on = f" on {result.issue}" if result.issue else ""
    if not result.levers:
        yield f"There is no edit{whom}{on} that could change it."
        return
    every = f"the {len(result.levers)} single edits{whom}{on}" if len(result.levers) > 1 else f"the one edit{whom}{on}"
    flipping = result.flipping
    if flipping:
        first = flipping[0]
        yield (
            f"The verdict turns on {len(flipping)} of {every}; the strongest is {_rests(result, first)}, which "
            f"takes it to {_after(first)}."
        )
        if len(flipping) > 1:
            yield f"What they edit is {_bases(flipping)}."
    elif stuck(result):
        yield f"None of {every} moves that figure at all{_because(result)}."
        best = result.levers[0]
        if best.own.change.estimate:
            yield (
                f"Furthest goes {_rests(result, best)}, and that only for {result.names[best.party]} itself: "
                f"{_span(best.own)}."
            )
    else:
        best = result.levers[0]
        yield f"None of {every} flips that verdict; the strongest is {_rests(result, best)}: {_span(best.joint)}."
    if result.pairs is not None:
        yield _pairs_sentence(result)


def _verdict(result: LeversResult) -> str:
    if result.verdict == "accepts":
        return "accepted"
    if result.verdict == "divided":
        return "too near to one half to call"
    refusing = [p.name for p in result.parties if p.verdict == "refuses"]
    return f"refused, by {listed(refusing)}" if refusing else "too few, though no party refuses by itself"


def _rests(result: LeversResult, edit: Edited) -> str:
    return f'"{name(result, edit)}" ({_basis(edit)})'


def _basis(edit: Edited) -> str:
    if edit.kind == "drop_line":
        return f"a red line that is {edit.basis}"
    if edit.kind == "drop_refusal":
        return f"a refusal that is {edit.basis}"
    return "the sources are silent" if edit.basis == "unknown" else f"a cell that is {edit.basis}"


def _after(lever: Lever) -> str:
    return percent(lever.joint.after.estimate) if lever.joint else "no figure"


def _span(moved: Moved | None) -> str:
    return "" if moved is None else f"{percent(moved.before.estimate)} to {percent(moved.after.estimate)}"


def _bases(levers: Sequence[Lever]) -> str:
    counts: Counter[str] = Counter(x.basis for x in levers)
    words = {"stated": "stated by a source", "unknown": "unknown, the sources being silent"}
    order = ("stated", "inferred", "assumed", "unknown", "edited")
    return listed([f"in {counts[b]} {words.get(b, b)}" for b in order if counts[b]])


def _because(result: LeversResult) -> str:
    barred = [p for p in result.parties if p.vetoes]
    if not barred:
        return "" if result.joint and result.joint.estimate > 0 else ", since the parties never all accept"
    if len(barred) > 1:
        return f", since {listed([p.name for p in barred])} each reject the text in every draw"
    [party] = barred
    return (
        f", since {party.name} rejects the text in every draw"
        + (f" over {len(party.vetoes)} lines at once" if len(party.vetoes) > 1 else "")
    )  # fmt: skip


def _pairs_sentence(result: LeversResult) -> str:
    found = result.pairs
    assert found is not None
    if found.flips:
        first = found.found[0]
        many = "One pair of edits flips" if found.flips == 1 else f"{found.flips:,} pairs of edits flip"
        return (
            f"{'' if found.needed else 'Pairs are not needed then. '}{many} it where neither edit does alone: furthest "
            f"{_both(result, first)}, {_span(first.joint)}."
        )
    if found.found:
        first = found.found[0]
        return f"No pair of edits found flips it either; nearest comes {_both(result, first)}, {_span(first.joint)}."
    return "No pair of edits found moves it further than one edit does."


def _both(result: LeversResult, pair: Pair) -> str:
    return " together with ".join(f'"{name(result, x)}"' for x in pair.edits)


# --- tables -------------------------------------------------------------------------------


def _sheets(result: LeversResult, top: int) -> Iterator[Sheet]:
    shown = result.levers[:top]
    if shown:
        held = stuck(result)
        columns = (
            Column("edit", width=43 if held else 36),
            Column("basis", width=8),
            Column("party change, points" if held else "joint change, points", right=True, width=20),
            *(() if held else (Column("joint", right=True, width=5),)),
            Column("party", width=12),
            Column("flips", width=5),
        )
        made = []
        for x in shown:
            moved = x.own if held else x.joint
            joint = () if held else ("-" if x.joint is None else compact(x.joint.after.estimate),)
            party = f"{compact(x.own.before.estimate)} to {compact(x.own.after.estimate)}"
            made.append((name(result, x), x.basis, _points(moved), *joint, party, flip_mark(x)))
        yield Sheet(columns, tuple(made), tones=_tones([x.joint for x in shown]))
    pairs = result.pairs.found[:top] if result.pairs else ()
    if pairs:
        columns = (
            Column("pair of edits", width=49),
            Column("basis", width=8),
            Column("joint change, points", right=True, width=20),
            Column("joint", right=True, width=5),
            Column("flips", width=5),
        )
        made = []
        for pair in pairs:
            first, second = pair.edits
            after = "-" if pair.joint is None else compact(pair.joint.after.estimate)
            mark = "joint" if pair.joint is not None and pair.joint.flips else ""
            made.append((name(result, first), first.basis, _points(pair.joint), after, mark))
            made.append((f"with {name(result, second)}", second.basis, "", "", ""))
        tones = {2 * k + half: tone for k, tone in _tones([x.joint for x in pairs]).items() for half in (0, 1)}
        yield Sheet(columns, tuple(made), title="Pairs of edits", tones=tones)


def _points(moved: Moved | None) -> str:
    if moved is None:
        return "nobody asked"
    change: Interval = moved.change
    return f"{100 * change.estimate:+.1f} [{100 * change.low:+.1f}, {100 * change.high:+.1f}]"


def flip_mark(lever: Lever) -> str:
    """What an edit flips: the joint verdict, the party's own, or nothing."""
    if lever.joint is not None and lever.joint.flips:
        return "joint"
    return "party" if lever.own.flips else ""


def _tones(found: Sequence[Moved | None]) -> dict[int, str]:
    return {
        k: "good" if moved.verdict == "accepts" else "bad"
        for k, moved in enumerate(found)
        if moved is not None and moved.flips
    }


# --- notes --------------------------------------------------------------------------------


def _notes(result: LeversResult, top: int) -> Iterator[str]:
    if len(result.levers) > top:
        yield f"Shown: the first {top} of {len(result.levers)} edits; --top shows more, json and csv hold all."
    if any(flip_mark(x) == "party" for x in result.levers[:top]):
        yield "flips: 'joint' is the verdict of all; 'party' means that only the edited party's own verdict flips."
    for party in result.parties:
        if len(party.vetoes) > 1 and result.party in (None, party.id):
            more = ", and two edits cannot remove them all" if len(party.vetoes) > 2 else ""
            yield (
                f"{party.name} rejects the text in every draw over {len(party.vetoes)} lines at once "
                f"({'; '.join(party.vetoes)}). While one of them stands, no other edit of its positions matters{more}."
            )
    ceilings = _ceilings(result)
    if ceilings is not None:
        yield ceilings
    if result.new_lines:
        who = list(dict.fromkeys(result.names[x.party] for x in result.new_lines))
        flips = any(x.joint is not None and x.joint.flips for x in result.new_lines)
        yield (
            f"Left out of the table: {len(result.new_lines)} edits that add a red line on a term of the text (for "
            f"{listed(who, 'or')}). Each takes the joint figure to 0% by definition"
            + (", and so flips the verdict." if flips else ".")
        )
    yield from _pair_notes(result)
    idle = [x for x in result.left_out if x.cannot_matter]
    if idle:
        yield f"Not run, since they cannot change anything: {_counted(idle)}."
    barred = [x for x in result.left_out if not x.cannot_matter]
    if barred:
        yield f"Cannot be made: {_counted(barred)}."
    if result.settings.edits:
        yield f"On top of the edits of this run: {'; '.join(result.settings.edits)}."
    if result.levers:
        yield f"To see a whole run under the first edit, add --set '{result.levers[0].edit}' to sim run."
    yield (
        f"{result.settings.draws:,} draws, seed {result.settings.seed}, the same for every edit; intervals are "
        "sampling error only. An edit asks what if; it is no evidence that a party would move."
    )


def _counted(found: Sequence[LeftOut]) -> str:
    counts: Counter[str] = Counter()
    for x in found:
        counts[x.reason] += x.count
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return listed([f"{n} {_SHORT[r]}" for r, n in ordered])


def _ceilings(result: LeversResult) -> str | None:
    """How far edits of one party alone can lift a joint figure below one half."""
    if result.joint is None or result.joint.estimate >= HALF or len(result.parties) < 2:
        return None
    told: dict[str, list[str]] = {}
    for party in result.parties:
        if party.ceiling < HALF and result.party in (None, party.id):
            told.setdefault(percent(party.ceiling), []).append(party.name)
    if not told:
        return None
    figures = listed([f"{figure} ({', '.join(names)})" for figure, names in told.items()])
    return (
        f"However many edits are made of one party alone, the joint figure cannot pass {figures}: in no more draws do "
        "all the others accept."
    )


def _pair_notes(result: LeversResult) -> Iterator[str]:
    found = result.pairs
    if found is None:
        return
    looked = f"{found.across_counted:,} of two parties and {found.within_scored:,} of one"
    yield f"Pairs of edits looked at: {looked}, by this rule: {found.rule}."
    if found.wanted == "accepts" and found.ceiling < HALF:
        yield (
            f"No edits of two parties, however many, can lift the joint figure above {percent(found.ceiling)}: in no "
            "more draws do all the others accept."
        )
    elif not found.exhaustive:
        yield "The search of pairs is not exhaustive: weaker edits of one party may flip the verdict together."
