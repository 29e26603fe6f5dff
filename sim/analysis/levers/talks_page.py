"""Levers of talks as text: which edits move how the talks end, furthest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.analysis.levers import talks_result as records
from sim.analysis.levers.english import edit_name
from sim.analysis.levers.page import FIRST, TOP, bases_of, described, dropped_words, points_cell
from sim.analysis.levers.talks_english import names_of, say
from sim.analysis.levers.talks_findings import NOTABLE, lead_findings, note_findings
from sim.files.grammar import listed
from sim.report.numbers import compact
from sim.report.outcome import heading_of
from sim.report.page import Column, Detail, Page, Sheet
from sim.report.verdict import caveat

#: Kinds of findings that stand on the first screen, below its table.
_FIRST_KINDS = ("talks_conduct", "on_top_of", "run_with_edit", "same_draws")

#: Titles of tables of edits that are told apart.
_NEW_LINES = "Apart: edits that add a red line against a term of the tabled text, assumed for the trial"
_OTHERS_ASKED = "Apart: edits by which other parties have a say, since the sources fall silent on one, or one speaks"

HEADER = (
    "scenario", "set", "rank", "party", "issue", "kind", "edit", "what", "before", "after", "basis",
    "line_basis", "evidence",
    "agreed_before", "agreed_after", "agreed_change", "agreed_change_low", "agreed_change_high",
    "ratification_failed_before", "ratification_failed_after", "ratification_failed_change",
    "ratification_failed_change_low", "ratification_failed_change_high",
    "broke_down_before", "broke_down_after", "most_in_the_way",
)  # fmt: skip


def rows(result: records.TalksLevers) -> Iterator[Sequence[object]]:
    """One row an edit or drop of lines (``set`` says which, also of edits that are told apart)."""
    id = result.scenario.id
    sets = (("lever", result.levers), ("new_line", result.new_lines), ("others_asked", result.others_asked))
    for name, levers in sets:
        for lever in levers:
            yield id, name, lever.rank, *described([lever]), *_ends(result, lever)
    for rank, x in enumerate(result.dropped, 1):
        words = dropped_words(result.names, x.parties)
        what = [" + ".join(x.parties), "", "drop_lines", " + ".join(x.edits), words, *[""] * 5]
        yield id, "dropped", rank, *what, *_ends(result, x)


def _ends(result: records.TalksLevers, moved: records.TalksMoved) -> list[object]:
    base, after = result.base, moved.talks
    return [
        base.agreed.estimate, after.agreed.estimate, *after.change.figures,
        base.ratification_failed.estimate, after.ratification_failed.estimate, *moved.unratified_change.figures,
        base.broke_down.estimate, after.broke_down.estimate, next(iter(after.obstacles), None),
    ]  # fmt: skip


def page(result: records.TalksLevers, top: int | None = None, first: bool = False) -> Page:
    """Lead, the edits that move the talks furthest, and what bears on reading them.

    ``top`` rows a table, without as many as the whole page has, or the ``first`` screen.
    """
    names = names_of(result)
    top = top or (FIRST if first else TOP)
    notes = [(x.kind, say(x, names)) for x in note_findings(result)]
    return Page(
        heading=f"What the talks turn on: {heading_of(result.scenario, result.settings)}",
        lead=" ".join(say(x, names) for x in lead_findings(result)),
        sheets=tuple(_sheets(result, top)),
        notes=(
            *_legend(result, result.levers[:top]),
            *(words if kind in _FIRST_KINDS else Detail(words) for kind, words in notes),
        ),
        caveat=caveat([result.settings]),
    )


def asked(full: bool) -> dict[str, object]:
    """Options of the page for a terminal, whose first screen has fewer rows."""
    return {"first": not full}


def _legend(result: records.TalksLevers, printed: Sequence[records.TalksLever]) -> Iterator[str]:
    """How to read the first table, whose rows are ``printed``."""
    if len(result.levers) > len(printed):
        yield f"Shown: the first {len(printed)} of {len(result.levers)} edits; --top shows more, json and csv hold all."
    if printed:
        yield (
            f"Stands: the share of draws in which what is agreed is ratified; as the scenario stands "
            f"{compact(result.base.agreed.estimate)}{_otherwise(result)}. In the way: the party over which talks break "
            "down, or that turns down what is agreed, in most draws."
        )


def _otherwise(result: records.TalksLevers) -> str:
    """How else the talks end as the scenario stands."""
    failed = f", {compact(result.base.ratification_failed.estimate)} not ratified" if _ratified(result) else ""
    return f"{failed}, and talks break down in {compact(result.base.broke_down.estimate)}"


def _sheets(result: records.TalksLevers, top: int) -> Iterator[Sheet]:
    ratified = _ratified(result)
    columns = _columns(Column("edit", width=28), ratified)
    if result.levers:
        yield Sheet(columns, tuple(_row(result, x, ratified) for x in result.levers[:top]))
    for title, levers in ((_NEW_LINES, result.new_lines), (_OTHERS_ASKED, result.others_asked)):
        if levers:
            apart = tuple(_row(result, x, ratified) for x in levers[:top])
            yield Sheet(columns, apart, title=title, tones=dict.fromkeys(range(len(apart)), "faint"), detail=True)
    if sum(x.lines for x in result.dropped) > 1:
        columns = _columns(Column("without any line of", width=28), ratified)
        dropped = tuple(
            (listed([result.names[p] for p in x.parties]), f"{x.lines} dropped", *_cells(result, x, ratified))
            for x in result.dropped
        )
        yield Sheet(columns, dropped, title="Red lines and refusals dropped", detail=True)


def _ratified(result: records.TalksLevers) -> bool:
    """Whether ratification fails often enough anywhere to have a column."""
    ends = (result.base, *(x.talks for x in (*result.levers, *result.new_lines, *result.dropped)))
    return any(x.ratification_failed.estimate >= NOTABLE for x in ends)


def _columns(first: Column, ratified: bool) -> tuple[Column, ...]:
    change = Column("stands, change in points", right=True, width=18)
    failed = [Column("not ratified", right=True, width=8)] if ratified else []
    stands, party = Column("stands", right=True, width=6), Column("in the way", width=12)
    return (first, Column("basis", width=8), change, stands, *failed, Column("breaks down", right=True, width=6), party)


def _row(result: records.TalksLevers, lever: records.TalksLever, ratified: bool) -> tuple[str, ...]:
    return (edit_name(result.names, lever), bases_of(lever), *_cells(result, lever, ratified))


def _cells(result: records.TalksLevers, moved: records.TalksMoved, ratified: bool) -> tuple[str, ...]:
    ends = moved.talks
    party = next(iter(ends.obstacles), None)
    return (
        points_cell(ends.change),
        compact(ends.agreed.estimate),
        *([compact(ends.ratification_failed.estimate)] if ratified else []),
        compact(ends.broke_down.estimate),
        "nobody" if party is None else result.names[party],
    )
