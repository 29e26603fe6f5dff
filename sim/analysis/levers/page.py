"""Levers as text: on which cell the verdict turns, strongest first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sim.analysis.levers.notes import VERDICT_IN_WORDS, VERDICT_WORDS, flip_mark, notes
from sim.analysis.levers.result import Dropped, Edited, JointMoved, Lever, LeversResult, Moved, Pair, Shift
from sim.analysis.shared.counting import too_near
from sim.files.grammar import listed
from sim.report.english import evidence_sentence, filler_caution
from sim.report.numbers import compact, percent
from sim.report.outcome import heading_of
from sim.report.page import Column, Page, Sheet
from sim.report.verdict import caveat
from sim.results.verdicts import unsourced
from sim.scenario.labels import spoken, verb

#: How many levers and pairs a table shows unless told.
TOP = 15
#: Edits that would break an acceptance are named in the lead, up to this many.
_NAMED = 3

HEADER = (
    "scenario", "set", "rank", "party", "issue", "kind", "edit", "what", "before", "after", "basis",
    "line_basis", "evidence",
    "joint_before", "joint_after", "joint_change", "joint_change_low", "joint_change_high", "joint_crosses_half",
    "joint_too_near", "verdict_before", "verdict_after", "verdict_flips",
    "own_before", "own_after", "own_change", "own_change_low", "own_change_high",
    "own_verdict_before", "own_verdict_after", "own_flips",
)  # fmt: skip


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
    """One row an edit, drop of lines or pair (``set`` says which, also of edits that are told apart).

    Parts are joined by `` + ``.
    """
    id = result.scenario.id
    sets = (("lever", result.levers), ("new_line", result.new_lines), ("fewer_asked", result.fewer_asked))
    for name, levers in sets:
        for lever in levers:
            yield id, name, lever.rank, *_described([lever]), *_joint_moves(lever.joint), *_moves([lever.own])
    for rank, x in enumerate(result.dropped, 1):
        what = [" + ".join(x.parties), "", "drop_lines", " + ".join(x.edits), _dropped_words(result, x), *[""] * 5]
        yield id, "dropped", rank, *what, *_joint_moves(x.joint), *_moves(x.own)
    for pair in result.pairs.ranked if result.pairs else ():
        yield id, "pair", pair.rank, *_described(pair.edits), *_joint_moves(pair.joint), *_moves(pair.own)


def _described(edits: Sequence[Edited]) -> list[str]:
    columns = ("party", "issue", "kind", "edit", "what", "before", "after", "basis", "line_basis")
    described = [" + ".join(getattr(x, column) or "" for x in edits) for column in columns]
    return [*described, " + ".join(" ".join(x.evidence) for x in edits)]


def _shifted(moved: Shift) -> list[object]:
    change = moved.change
    return [moved.before.estimate, moved.after.estimate, change.estimate, change.low, change.high]


def _joint_moves(moved: JointMoved | None) -> list[object]:
    if moved is None:
        return [None] * 10
    half = [str(x).lower() for x in (moved.crosses_half, moved.too_near)]
    return [*_shifted(moved), *half, moved.verdict_before, moved.verdict_after, str(moved.flips).lower()]


def _moves(own: Sequence[Moved]) -> list[object]:
    """Of one party; of several there are no columns."""
    if len(own) != 1:
        return [None] * 8
    [moved] = own
    return [*_shifted(moved), moved.verdict_before, moved.verdict_after, str(moved.flips).lower()]


# --- the page -----------------------------------------------------------------------------


def page(result: LeversResult, top: int = TOP) -> Page:
    """Lead, the strongest levers, pairs if asked for, and what bears on reading them."""
    return Page(
        heading=f"What the verdict turns on: {heading_of(result.scenario, result.settings)}",
        lead=" ".join(_lead(result)),
        sheets=tuple(_sheets(result, top)),
        notes=tuple(notes(result, result.levers[:top])),
        caveat=caveat([result.settings]),
    )


def name(result: LeversResult, edit: Edited) -> str:
    """The edit with its party's name."""
    return f"{result.names[edit.party]}: {edit.what}"


def _lead(result: LeversResult) -> Iterator[str]:
    if result.joint is None or result.verdict is None:
        yield "No party with positions has to consent, so there is no verdict that an edit could turn."
        return
    if not unsourced(result.settings):
        ranges = {result.names[p]: x for p, x in result.on_evidence.ranges.items() if p in result.on_evidence.parties}
        yield evidence_sentence(result.on_evidence, ranges, result.settings)
    yield (
        f"As modelled, all whose consent is needed accept together in {percent(result.joint.estimate)} of draws, "
        f"which makes it {_verdict(result)}."
    )
    caution = filler_caution(result.assumed_terms, result.terms, result.settings)
    if caution is not None and not result.sourced_veto:
        yield caution
    whom = f" of {spoken(result.names[result.party])}" if result.party else ""
    on = f" on {result.labels.issue(result.issue)}" if result.issue else ""
    every = f"the {len(result.levers)} single edits tried{whom}{on}"
    if len(result.levers) == 1:
        every = f"the one edit tried{whom}{on}"
    if not result.levers:
        yield f"There is no single edit{whom}{on} that could change it."
    elif result.flipping:
        yield from _turning(result, every)
    elif result.stuck:
        yield f"None of {every} moves that figure at all{_because(result)}."
        sign = 1 if result.upward else -1
        best = max(result.levers, key=lambda x: sign * x.own.change.estimate)
        if sign * best.own.change.estimate > 0:
            way = "up" if result.upward else "down"
            itself = f"only for {spoken(result.names[best.party])} itself"
            yield f"Furthest {way} goes {_rests(result, best)}, and that {itself}: {_span(best.own)}."
    else:
        yield from _unturned(result, every)
    everybody = next((x for x in reversed(result.dropped) if x.lines > 1), None)
    if everybody is not None and everybody.joint is not None:
        whom = listed([spoken(result.names[p]) for p in everybody.parties])
        yield f"Without any red line or refusal of {whom} it would be {_after(everybody)}."
    if result.pairs is not None and (result.levers or result.pairs.ranked):
        yield _pairs_sentence(result)


def _turning(result: LeversResult, every: str) -> Iterator[str]:
    """Which edits turn the verdict: of an accepted text, which would break it."""
    flipping = result.flipping
    first, *others = flipping
    crossing = [x for x in flipping if x.joint is not None and x.joint.crosses_half]
    if result.upward:
        yield (
            f"The verdict as modelled turns on {len(flipping)} of {every}. The strongest is {_rests(result, first)}, "
            f"which takes it to {_after(first)}."
        )
        if not crossing:
            which = "It does not bring" if len(flipping) == 1 else "None of them brings"
            yield f"{which} the joint share to one half."
    else:
        named = [first, *others[: _NAMED - 1]]
        left = len(flipping) - len(named)
        furthest = f"; the {len(named)} that go furthest are these" if left else ""
        yield f"{len(flipping)} of {every} would break it{furthest}."
        for x in named:
            yield f"{_rests(result, x)} takes it to {_after(x)}."
    if others:
        yield f"Of these edits, {_bases(flipping)}."


def _unturned(result: LeversResult, every: str) -> Iterator[str]:
    """The strongest edit towards a flip, then one that goes further the other way."""
    sign = 1 if result.upward else -1
    moved = [(sign * x.joint.change.estimate, x) for x in result.levers if x.joint is not None]
    reach, towards = max(moved, key=lambda item: item[0])
    back, away = min(moved, key=lambda item: item[0])
    apart = ", new red lines apart," if result.new_lines_flip else ""
    if reach > 0:
        yield f"None of {every}{apart} turns that; nearest comes {_rests(result, towards)}: {_span(towards.joint)}."
    else:
        yield f"None of {every}{apart} turns that or brings it nearer to one half."
    if -back > max(reach, 0.0):
        yield f"Furthest {'down' if result.upward else 'up'} goes {_rests(result, away)}: {_span(away.joint)}."


def _verdict(result: LeversResult) -> str:
    assert result.verdict is not None
    of = {"refused": "refuses", "divided": "divided"}.get(result.verdict)
    if of is not None:
        return f"{result.verdict}, by {listed([spoken(p.name) for p in result.parties if p.verdict == of])}"
    near = ", but too near to one half to call"
    doubt = near if result.verdict == "singly" and result.joint is not None and too_near(result.joint) else ""
    return f"{VERDICT_IN_WORDS[result.verdict]}{doubt}"


def _rests(result: LeversResult, edit: Edited) -> str:
    return f'"{name(result, edit)}" ({_basis(edit)})'


def _basis(edit: Edited) -> str:
    if edit.kind == "drop_line":
        return f"a red line that is {edit.basis}"
    if edit.kind == "drop_refusal":
        return f"a refusal that is {edit.basis}"
    if edit.kind == "holds":
        return f"polls for a line that is {edit.basis}"
    basis = "nothing is known of it" if edit.basis == "unknown" else f"a cell that is {edit.basis}"
    return basis if edit.line_basis is None else f"{basis}, its red line {edit.line_basis}"


def _bases_of(edit: Edited) -> str:
    """The same for a cell of a table."""
    if edit.line_basis in (None, edit.basis):
        return edit.basis
    return f"{edit.basis}, line {edit.line_basis}"


def _after(edits: Lever | Pair | Dropped) -> str:
    """The joint share and the verdict after it, where that is another."""
    moved = edits.joint
    if moved is None:
        return "no figure"
    near = ", too near to call" if moved.too_near else ""
    turned = f" ({VERDICT_IN_WORDS[moved.verdict_after]})" if moved.flips else ""
    return f"{percent(moved.after.estimate)}{near}{turned}"


def _span(moved: Shift | None) -> str:
    return "" if moved is None else f"{percent(moved.before.estimate)} to {percent(moved.after.estimate)}"


def _bases(levers: Sequence[Lever]) -> str:
    counts: Counter[str] = Counter(x.turns_on for x in levers)
    words = {"stated": "what a source states", "unknown": "what is unknown"}
    order = ("stated", "inferred", "assumed", "unknown", "edited")
    parts = [f"{counts[b]} {words.get(b, f'what is {b}')}" for b in order if counts[b]]
    first = next(counts[b] for b in order if counts[b])
    return listed([parts[0].replace(" ", f" change{'s' * (first == 1)} ", 1), *parts[1:]])


def _because(result: LeversResult) -> str:
    barred = [p for p in result.parties if p.vetoes]
    if not barred:
        return "" if result.joint and result.joint.estimate > 0 else ", since the parties never all accept"
    if len(barred) > 1:
        return f", since {listed([spoken(p.name) for p in barred])} each reject the text in every draw"
    [party] = barred
    return (
        f", since {spoken(party.name)} {verb(party.name, singular='rejects')} the text in every draw"
        + (f" over {len(party.vetoes)} lines at once" if len(party.vetoes) > 1 else "")
    )  # fmt: skip


def _pairs_sentence(result: LeversResult) -> str:
    pairs = result.pairs
    assert pairs is not None
    if not pairs.ranked:
        return "No pair of edits found moves it further than one edit does."
    first = pairs.ranked[0]
    if pairs.flips:
        many = "One pair of edits turns" if pairs.flips == 1 else f"{pairs.flips:,} pairs of edits turn"
        before = "" if first.joint is None else f"{percent(first.joint.before.estimate)} to "
        furthest = f"Furthest goes {_both(result, first)}: {before}{_after(first)}."
        return f"{many} the verdict as neither edit does alone. {furthest}"
    more = "either" if pairs.needed else "further"
    return f"No pair of edits found turns it {more}. Nearest comes {_both(result, first)}: {_span(first.joint)}."


def _both(result: LeversResult, pair: Pair) -> str:
    return " together with ".join(f'"{name(result, x)}"' for x in pair.edits)


# --- tables -------------------------------------------------------------------------------


#: How far the joint share moves and where it ends, in the tables of all kinds of edits; :func:`_joint_cells`.
_JOINT = (Column("joint change, points", right=True, width=20), Column("joint", right=True, width=5))
_BASIS = Column("basis", width=8)


def _sheets(result: LeversResult, top: int) -> Iterator[Sheet]:
    if result.levers:
        yield _edits(result, result.levers[:top])
    if result.fewer_asked:
        rows = [(name(result, x), _bases_of(x), *_joint_cells(x.joint)) for x in result.fewer_asked[:top]]
        title = "Apart: edits that make the sources silent on a party asked, which is then no longer asked"
        tones = dict.fromkeys(range(len(rows)), "faint")
        yield Sheet((Column("edit", width=44), _BASIS, *_JOINT), tuple(rows), title=title, tones=tones)
    if sum(x.lines for x in result.dropped) > 1:
        columns = (
            Column("without any line of", width=30),
            Column("lines dropped", right=True, width=7),
            *_JOINT,
            Column("party", width=32),
        )
        dropped = tuple(_drop_row(result, x) for x in result.dropped)
        yield Sheet(columns, dropped, title="Red lines and refusals dropped")
    if result.pairs and result.pairs.ranked:
        yield _pairs(result, result.pairs.ranked[:top])


def _edits(result: LeversResult, levers: Sequence[Lever]) -> Sheet:
    """Where no edit moves the joint share, how far each moves the edited party's own."""
    edit, party, becomes = Column("edit", width=30), Column("party", width=12), Column("becomes, modelled", width=11)
    columns: tuple[Column, ...] = (edit, _BASIS, *_JOINT, party, becomes)
    if result.stuck:
        edit, change = Column("edit", width=37), Column("party change, points", right=True, width=20)
        columns = (edit, _BASIS, change, party, becomes)
    rows = []
    for x in levers:
        change_cells = (_points(x.own),) if result.stuck else _joint_cells(x.joint)
        own = f"{compact(x.own.before.estimate)} to {compact(x.own.after.estimate)}"
        rows.append((name(result, x), _bases_of(x), *change_cells, own, flip_mark(x)))
    return Sheet(columns, tuple(rows), tones=_tones([x.joint for x in levers]))


def _pairs(result: LeversResult, pairs: Sequence[Pair]) -> Sheet:
    """Two rows a pair."""
    rows = []
    for pair in pairs:
        first, second = pair.edits
        becomes = VERDICT_WORDS[pair.joint.verdict_after] if pair.joint is not None and pair.joint.flips else ""
        rows.append((name(result, first), _bases_of(first), *_joint_cells(pair.joint), becomes))
        rows.append((f"with {name(result, second)}", _bases_of(second), "", "", ""))
    columns = (Column("pair of edits", width=43), _BASIS, *_JOINT, Column("becomes", width=11))
    tones = {2 * k + half: tone for k, tone in _tones([x.joint for x in pairs]).items() for half in (0, 1)}
    return Sheet(columns, tuple(rows), title="Pairs of edits", tones=tones)


def _joint_cells(moved: JointMoved | None) -> tuple[str, str]:
    return _points(moved), "-" if moved is None else compact(moved.after.estimate)


def _dropped_words(result: LeversResult, x: Dropped) -> str:
    return f"drop all red lines and refusals of {listed([spoken(result.names[p]) for p in x.parties])}"


def _drop_row(result: LeversResult, x: Dropped) -> tuple[str, ...]:
    own = [(result.names[m.party], f"{compact(m.before.estimate)} to {compact(m.after.estimate)}") for m in x.own]
    return (
        listed([result.names[p] for p in x.parties]),
        str(x.lines),
        *_joint_cells(x.joint),
        ", ".join(words if len(own) == 1 else f"{who} {words}" for who, words in own),
    )


def _points(moved: Shift | None) -> str:
    if moved is None:
        return "nobody asked"
    change = moved.change
    points = f"{100 * change.estimate:+.1f} [{100 * change.low:+.1f}, {100 * change.high:+.1f}]"
    return re.sub(r"[-+](0\.0)\b", r"\1", points)


def _tones(joint: Sequence[JointMoved | None]) -> dict[int, str]:
    tones = {"accepted": "good", "refused": "bad"}
    flips = {k: moved.verdict_after for k, moved in enumerate(joint) if moved is not None and moved.flips}
    return {k: tones.get(verdict, "open") for k, verdict in flips.items()}
