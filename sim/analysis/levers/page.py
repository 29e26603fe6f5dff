"""Levers as text: on which cell the verdict turns, strongest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sim.analysis.levers import result as records
from sim.analysis.levers.english import edit_name, names_of, say
from sim.analysis.levers.findings import lead_findings, note_findings
from sim.analysis.shared.english import VERDICT_WORDS
from sim.files.grammar import listed
from sim.report.numbers import compact
from sim.report.outcome import heading_of
from sim.report.page import Column, Detail, Page, Sheet
from sim.report.verdict import caveat
from sim.results.records import Interval, beyond_error
from sim.scenario.labels import spoken

#: How many levers and pairs a table has unless asked for others: the whole page, and the first screen (half, of both).
TOP, FIRST = 15, 6
#: Behind an edit by which a party has a say on whom the sources are silent.
SPEAKS = " +"
#: Kinds of findings that stand on the first screen, below its table.
_FIRST_KINDS = ("several_lines", "on_top_of", "run_with_edit", "same_draws")

HEADER = (
    "scenario", "set", "rank", "party", "issue", "kind", "edit", "what", "before", "after", "basis",
    "line_basis", "evidence",
    "joint_before", "joint_after", "joint_change", "joint_change_low", "joint_change_high", "joint_crosses_half",
    "joint_too_near", "verdict_before", "verdict_after", "verdict_flips",
    "own_before", "own_after", "own_change", "own_change_low", "own_change_high",
    "own_verdict_before", "own_verdict_after", "own_flips",
)  # fmt: skip
#: Columns that say ``true`` or ``false``.
FLAGS = ("joint_crosses_half", "joint_too_near", "verdict_flips", "own_flips")


def rows(result: records.LeversResult) -> Iterator[Sequence[object]]:
    """One row an edit, drop of lines or pair (``set`` says which, also of edits that are told apart).

    Parts are joined by `` + ``.
    """
    id = result.scenario.id
    sets = (("lever", result.levers), ("new_line", result.new_lines), ("fewer_asked", result.fewer_asked))
    for name, levers in sets:
        for lever in levers:
            yield id, name, lever.rank, *described([lever]), *_joint_moves(lever.joint), *_moves([lever.own])
    for rank, x in enumerate(result.dropped, 1):
        words = dropped_words(result.names, x.parties)
        what = [" + ".join(x.parties), "", "drop_lines", " + ".join(x.edits), words, *[""] * 5]
        yield id, "dropped", rank, *what, *_joint_moves(x.joint), *_moves(x.own)
    for pair in result.pairs.ranked if result.pairs else ():
        yield id, "pair", pair.rank, *described(pair.edits), *_joint_moves(pair.joint), *_moves(pair.own)


def described(edits: Sequence[records.Edited]) -> list[str]:
    """The columns of edits that say what they are."""
    columns = ("party", "issue", "kind", "edit", "what", "before", "after", "basis", "line_basis")
    described = [" + ".join(getattr(x, column) or "" for x in edits) for column in columns]
    return [*described, " + ".join(" ".join(x.evidence) for x in edits)]


def _shifted(moved: records.Shift) -> list[object]:
    change = moved.change
    return [moved.before.estimate, moved.after.estimate, change.estimate, change.low, change.high]


def _joint_moves(moved: records.JointMoved | None) -> list[object]:
    if moved is None:
        return [None] * 10
    half = [str(x).lower() for x in (moved.crosses_half, moved.too_near)]
    return [*_shifted(moved), *half, moved.verdict_before, moved.verdict_after, str(moved.flips).lower()]


def _moves(own: Sequence[records.Moved]) -> list[object]:
    """Of one party; of several there are no columns."""
    if len(own) != 1:
        return [None] * 8
    [moved] = own
    return [*_shifted(moved), moved.verdict_before, moved.verdict_after, str(moved.flips).lower()]


# --- the page -----------------------------------------------------------------------------


def page(result: records.LeversResult, top: int | None = None, first: bool = False) -> Page:
    """Lead, the strongest levers, pairs if asked for, and what bears on reading them.

    ``top`` rows a table, without as many as the whole page has, or the ``first`` screen.
    """
    names = names_of(result)
    top = top or (FIRST // (1 + result.pairs_asked) if first else TOP)
    return Page(
        heading=f"What the verdict turns on: {heading_of(result.scenario, result.settings)}",
        lead=" ".join(say(x, names) for x in lead_findings(result)),
        sheets=tuple(_sheets(result, top)),
        notes=(*_legend(result, result.levers[:top]), *(_note(x, say(x, names)) for x in note_findings(result))),
        caveat=caveat([result.settings]),
    )


def asked(full: bool) -> dict[str, object]:
    """Options of the page for a terminal, whose first screen has fewer rows."""
    return {"first": not full}


def _note(finding: records.LeversFinding, sentence: str) -> str:
    return sentence if finding.kind in _FIRST_KINDS else Detail(sentence)


def _legend(result: records.LeversResult, printed: Sequence[records.Lever]) -> Iterator[str]:
    """How to read the first table, whose rows are ``printed``."""
    if len(result.levers) > len(printed):
        yield f"Shown: the first {len(printed)} of {len(result.levers)} edits; --top shows more, json and csv hold all."
    if any(result.brings_in(x) for x in printed):
        yield f"{SPEAKS.strip()} lets a party speak on whom the sources are silent: the text then needs its yes too."
    marks = {flip_mark(x) for x in printed}
    if any(marks):
        own = "; in brackets, what the edited party alone becomes" if any(x.startswith("(") for x in marks) else ""
        yield f"becomes: the verdict as modelled under the edit, where it is another{own}."


def flip_mark(lever: records.Lever) -> str:
    """What an edit turns the verdict into; in brackets the party's own, where only that turns; or nothing."""
    if lever.joint is not None and lever.joint.flips:
        return VERDICT_WORDS[lever.joint.verdict_after]
    return f"({lever.own.verdict_after})" if lever.own.flips else ""


def bases_of(edit: records.Edited) -> str:
    """What an edit's cell rests on, for a cell of a table; a new red line is the edit's own."""
    if edit.kind == "add_line":
        return "assumed for the trial"
    if edit.line_basis in (None, edit.basis):
        return edit.basis
    return f"{edit.basis}, line {edit.line_basis}"


# --- tables -------------------------------------------------------------------------------


#: How far the joint share moves and where it ends, in the tables of all kinds of edits; :func:`_joint_cells`.
_JOINT = (Column("joint change, points", right=True, width=20), Column("joint", right=True, width=5))
_BASIS = Column("basis", width=8)


def _sheets(result: records.LeversResult, top: int) -> Iterator[Sheet]:
    if result.levers:
        yield _edits(result, result.levers[:top])
    if result.fewer_asked:
        rows = [(edit_name(result.names, x), bases_of(x), *_joint_cells(x.joint)) for x in result.fewer_asked[:top]]
        title = "Apart: edits that make the sources silent on a party asked, which is then no longer asked"
        tones = dict.fromkeys(range(len(rows)), "faint")
        yield Sheet((Column("edit", width=44), _BASIS, *_JOINT), tuple(rows), title=title, tones=tones, detail=True)
    if sum(x.lines for x in result.dropped) > 1:
        whose, lines = Column("without any line of", width=30), Column("lines dropped", right=True, width=7)
        dropped = tuple(_drop_row(result, x) for x in result.dropped)
        columns = (whose, lines, *_JOINT, Column("party", width=32))
        yield Sheet(columns, dropped, title="Red lines and refusals dropped", detail=True)
    if result.pairs and result.pairs.ranked:
        yield _pairs(result, result.pairs.ranked[:top])


def _edits(result: records.LeversResult, levers: Sequence[records.Lever]) -> Sheet:
    """Where no edit moves the joint share, how far each moves the edited party's own."""
    edit, party, becomes = Column("edit", width=30), Column("party", width=12), Column("becomes, modelled", width=11)
    columns: tuple[Column, ...] = (edit, _BASIS, *_JOINT, party, becomes)
    if result.stuck:
        edit, change = Column("edit", width=37), Column("party change, points", right=True, width=20)
        columns = (edit, _BASIS, change, party, becomes)
    rows = []
    for x in levers:
        change_cells = (points_cell(x.own.change),) if result.stuck else _joint_cells(x.joint)
        own = f"{compact(x.own.before.estimate)} to {compact(x.own.after.estimate)}"
        name = edit_name(result.names, x) + SPEAKS * result.brings_in(x)
        rows.append((name, bases_of(x), *change_cells, own, flip_mark(x)))
    return Sheet(columns, tuple(rows), tones=_tones([x.joint for x in levers]))


def _pairs(result: records.LeversResult, pairs: Sequence[records.Pair]) -> Sheet:
    """Two rows a pair."""
    rows = []
    for pair in pairs:
        first, second = pair.edits
        becomes = VERDICT_WORDS[pair.joint.verdict_after] if pair.joint is not None and pair.joint.flips else ""
        rows.append((edit_name(result.names, first), bases_of(first), *_joint_cells(pair.joint), becomes))
        rows.append((f"with {edit_name(result.names, second)}", bases_of(second), "", "", ""))
    columns = (Column("pair of edits", width=43), _BASIS, *_JOINT, Column("becomes", width=11))
    tones = {2 * k + half: tone for k, tone in _tones([x.joint for x in pairs]).items() for half in (0, 1)}
    return Sheet(columns, tuple(rows), title="Pairs of edits", tones=tones)


def _joint_cells(moved: records.JointMoved | None) -> tuple[str, str]:
    return _joint_points(moved), "-" if moved is None else compact(moved.after.estimate)


def dropped_words(names: Mapping[str, str], parties: Sequence[str]) -> str:
    """Lines of parties dropped together, as one edit; by the names of parties."""
    return f"drop all red lines and refusals of {listed([spoken(names[p]) for p in parties])}"


def _drop_row(result: records.LeversResult, x: records.Dropped) -> tuple[str, ...]:
    own = [(result.names[m.party], f"{compact(m.before.estimate)} to {compact(m.after.estimate)}") for m in x.own]
    return (
        listed([result.names[p] for p in x.parties]),
        str(x.lines),
        *_joint_cells(x.joint),
        ", ".join(words if len(own) == 1 else f"{who} {words}" for who, words in own),
    )


def _joint_points(moved: records.Shift | None) -> str:
    return "nobody asked" if moved is None else points_cell(moved.change)


def points_cell(change: Interval) -> str:
    """A change in points with its interval: ``+5.1 [+4.7, +5.5]``; finer where that leaves zero out by less."""
    figures = [100 * x for x in change.figures]
    apart = beyond_error(change)
    digits = next(d for d in (1, 2, 3) if d == 3 or not apart or all(round(x, d) for x in figures))
    estimate, low, high = (f"{x:+.{digits}f}" for x in figures)
    return re.sub(r"[-+](0\.0+)\b", r"\1", f"{estimate} [{low}, {high}]")


def _tones(joint: Sequence[records.JointMoved | None]) -> dict[int, str]:
    tones = {"accepted": "good", "refused": "bad"}
    flips = {k: moved.verdict_after for k, moved in enumerate(joint) if moved is not None and moved.flips}
    return {k: tones.get(verdict, "open") for k, verdict in flips.items()}
