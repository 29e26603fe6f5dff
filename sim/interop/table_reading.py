"""A table of parties by issues, as a grid of cells, to what each party thinks: orders, importance, red lines.

Two forms are read, told apart by the header. In the *wide* form a row is an option and a column a party; the row of an
issue whose option is the word ``importance`` holds the classes. In the *long* form a row is an option for one party.
Smaller ranks are better, equal ones tied, and an empty one is unknown, never worst.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import get_args

from sim.files.complaints import Complaint, Complaints, Place, collecting, did_you_mean
from sim.files.grammar import listed
from sim.interop.cells import TableCell, TableGrid, address, check, crossed, rank_of
from sim.interop.problems import ISSUES, OPTIONS, Problems
from sim.scenario import schema

#: Columns that both forms know, and those of the long form.
BOTH = ("issue", "option", "question", "meaning", "no_deal", "text")
LONG = ("party", "rank", "importance", "red_line")
WORDS = frozenset((*BOTH, *LONG, "no deal", "red line"))
#: Most parties of a table.
PARTIES = 50
_CLASSES: tuple[str, ...] = get_args(schema.Importance)
IMPORTANCE = "importance"


@dataclass
class Stance:
    """What a party thinks of an issue: a rank an option (those left out are unknown), a class, options it rejects."""

    ranks: dict[str, float] = field(default_factory=dict)
    importance: str | None = None
    lines: dict[str, None] = field(default_factory=dict)

    @property
    def ranking(self) -> list[list[str]]:
        """Levels of tied options, best first; none where fewer than two options have a rank."""
        if len(self.ranks) < 2:
            return []
        order = sorted(self.ranks, key=lambda o: self.ranks[o])
        return [list(level) for _, level in groupby(order, key=lambda o: self.ranks[o])]


@dataclass
class TableIssue:
    """An issue of a table: its question and options by name, each with a sentence where there is one."""

    place: Place
    question: str | None = None
    options: dict[str, str | None] = field(default_factory=dict)


@dataclass
class TableContent:
    """What a table says. ``outcomes`` of no deal and ``texts`` are by name: an option an issue, by names."""

    title: str | None
    issues: dict[str, TableIssue]
    parties: dict[str, Place]
    stances: dict[tuple[str, str], Stance]
    outcomes: dict[str, dict[str, str]]
    texts: dict[str, dict[str, str]]
    empty: list[str]
    warnings: list[Complaint]


def read_grid(file: str, grids: Sequence[TableGrid], sheet: str | None) -> TableContent:
    """The table of a file, on the sheet that is named, or the only one that holds a table. Raises Complaints."""
    grid, header = _chosen(file, grids, sheet)
    return _Reader(grid, header).read()


def _chosen(file: str, grids: Sequence[TableGrid], sheet: str | None) -> tuple[TableGrid, int]:
    """The sheet with a table, and the row of its header."""
    named = [g.sheet for g in grids if g.sheet is not None]
    if sheet is not None:
        if not named:
            raise Complaints([Complaint(Place("--sheet", 1, 1), "--sheet", "a CSV file has no sheets", code="format")])
        if sheet not in named:
            hint = did_you_mean(sheet, named)
            raise Complaints(
                [Complaint(Place("--sheet", 1, 1), "--sheet", f"there is no sheet {sheet}", hint, code="format")]
            )
        grids = [g for g in grids if g.sheet == sheet]
    tables = [(g, row) for g in grids if (row := _header(g)) is not None]
    if len(tables) == 1:
        return tables[0]
    if tables:
        names = listed([str(g.sheet) for g, _ in tables])
        place = tables[1][0].place(0, 0)
        raise Complaints(
            [Complaint(place, "sheet", f"{names} all hold a table", "say with --sheet NAME which one", code="format")]
        )
    hint = "its header holds issue and option, then a party a column; or party, issue, option and rank"
    if not grids:
        raise Complaints([Complaint(Place(file, 1, 1), "file", "no sheet holds anything", hint, code="format")])
    first = min(grids[0].cells)
    raise Complaints(
        [Complaint(grids[0].place(*first), "header", "no row has the columns issue and option", hint, code="format")]
    )


def _header(grid: TableGrid) -> int | None:
    words = ((row, {_column(cell)[0] for cell in cells.values()}) for row, cells in grid.rows.items())
    return next((row for row, kinds in words if {"issue", "option"} <= kinds), None)


def _word(text: str) -> str:
    """A heading as a word: small letters, underscores for blanks."""
    return re.sub(r"[\s_-]+", "_", text.lower())


def _column(cell: TableCell) -> tuple[str, str]:
    """What a column is and, behind a colon, its name: ``text: First draft``."""
    head, _, name = cell.text.partition(":")
    word = _word(head.strip())
    if word in ("text", "no_deal"):
        return word, name.strip()
    word = _word(cell.text)
    return {"red_lines": "red_line", "ranks": "rank", "issues": "issue", "options": "option"}.get(word, word), ""


class _Reader:
    """Reads one grid below its header, collecting what is wrong."""

    def __init__(self, grid: TableGrid, header: int) -> None:
        self.grid, self.header = grid, header
        self.problems = Problems()
        self._error, self._warn = self.problems.error, self.problems.warn
        self.issues: dict[str, TableIssue] = {}
        self.parties: dict[str, Place] = {}
        self.stances: dict[tuple[str, str], Stance] = {}
        self.packages: dict[str, dict[str, dict[str, str]]] = {"no_deal": {}, "text": {}}
        self.known: set[tuple[str, str, str]] = set()
        self.numbers_as_text: list[TableCell] = []
        self.between: dict[tuple[str, str, str], TableCell] = {}
        self._places: dict[tuple[str, str, str], Place] = {}
        self._folded: dict[str, dict[str, str]] = {}
        self.rows = {r: dict(cells) for r, cells in grid.rows.items() if r > header}
        kinds = {c: _column(cell) for c, cell in sorted(grid.rows[header].items())}
        self.long = any(kind == "party" for kind, _ in kinds.values())
        #: Columns by what they are, and what those are that a package or a party has.
        self.columns: dict[str, int] = {}
        self.package_columns: dict[int, tuple[str, str]] = {}
        self.party_columns: dict[int, str] = {}
        for column, (kind, name) in kinds.items():
            self._head(column, kind, name)

    def read(self) -> TableContent:
        title = self._above()
        heads = self.grid.rows[self.header]
        self._stray(heads)
        if self.long and "rank" not in self.columns:
            self._error(heads[self.columns["party"]].place, "header", "the column rank is missing")
        if not self.long and not self.party_columns:
            hint = "the names of the parties stand in the header, behind issue and option"
            self._error(self.grid.place(self.header, 0), "header", "no column of a party", hint)
        self.problems.settle()
        self._merged()
        self._fill()
        for row in sorted(self.rows):
            self._row(row)
        self.problems.settle()
        self._whole()
        outcomes, texts = (self._marked(kind) for kind in ("no_deal", "text"))
        empty = self._empty()
        self.problems.settle()
        warnings = self.problems.warnings
        return TableContent(title, self.issues, self.parties, self.stances, outcomes, texts, empty, warnings)

    # --- the frame --------------------------------------------------------------------------

    def _head(self, column: int, kind: str, name: str) -> None:
        """Sort a column of the header in."""
        cell = self.grid.rows[self.header][column]
        if kind in ("no_deal", "text"):
            if (kind, name) in self.package_columns.values():
                self._error(cell.place, "header", f"the column {cell.text} stands here twice", "name each")
            self.package_columns[column] = kind, name
            self.packages[kind][name] = {}
        elif kind in BOTH or (self.long and kind in LONG):
            if kind in self.columns:
                self._error(cell.place, "header", f"the column {cell.text} stands here twice", "delete one")
            self.columns.setdefault(kind, column)
        elif self.long:
            hint = did_you_mean(kind, (*BOTH, *LONG), most=20)
            self._error(cell.place, "header", f"unknown column {cell.text}", hint)
        elif kind in LONG:
            hint = "importance goes into a row of the issue, a red line is an x in the party's cell"
            self._error(cell.place, "header", f"no party can be called {cell.text}", hint)
        else:
            self._party(cell)
            self.party_columns[column] = cell.text

    def _above(self) -> str | None:
        """The title, where a single cell stands above the header; what else does is not read."""
        above = [cell for (r, _), cell in sorted(self.grid.cells.items()) if r < self.header]
        if len(above) > 1:
            self._warn(above[0].place, "header", f"what stands above the header is not read ({len(above)} cells)")
        return above[0].text if len(above) == 1 else None

    def _party(self, cell: TableCell) -> None:
        self._name(cell, "party")
        if cell.text in self.parties:
            self._error(cell.place, "header", f"the party {cell.text} stands here twice", "delete one column")
        self._alike(cell, "party")
        self.parties.setdefault(cell.text, cell.place)
        if len(self.parties) == PARTIES + 1:
            self._error(cell.place, "header", f"more than {PARTIES} parties")

    def _name(self, cell: TableCell, what: str) -> None:
        if self._named(cell) and len(cell.text) > 300:
            self._error(cell.place, what, f"a name of {len(cell.text)} letters; up to 300 are read")

    def _named(self, cell: TableCell) -> bool:
        """Whether a cell holds a name; complains of one that does not: of an error, or of letters that were lost."""
        with collecting(self.problems.errors):
            check(cell, "table", "a name")
            return True
        return False

    def _alike(self, cell: TableCell, what: str) -> None:
        """Complains where a name differs from another of the kind in capitals alone."""
        first = self._folded.setdefault(what, {}).setdefault(cell.text.casefold(), cell.text)
        if first != cell.text:
            hint = "write both alike if they are one, or name them apart"
            self._error(cell.place, what, f"{cell.text} differs from {first} in capitals alone", hint)

    def _stray(self, heads: dict[int, TableCell]) -> None:
        """Complains, once a column, of cells below no heading."""
        strays: set[int] = set()
        for r in sorted(self.rows):
            for c, cell in self.rows[r].items():
                if c not in heads and c not in strays:
                    strays.add(c)
                    self._error(cell.place, "table", "a cell below no heading", "name its column in the header")

    def _merged(self) -> None:
        """Merged names stand for every row that they cover; merged cells elsewhere could mean anything."""
        names = {self.columns[c] for c in ("party", "issue", "question") if c in self.columns}
        for merge in self.grid.merges:
            (top, left), (bottom, right) = merge.first, merge.last
            if bottom <= self.header:
                continue
            if left == right and left in names and top > self.header:
                cell = self.grid.cells.get(merge.first)
                for r in range(top + 1, bottom + 1) if cell is not None else ():
                    if r in self.rows and cell is not None:
                        self.rows[r].setdefault(left, cell)
            elif any(left <= c <= right for r in range(top, bottom + 1) for c in self.rows.get(r, ())):
                what = f"merged cells {merge.address}"
                self._error(self.grid.place(*merge.first), "table", what, "unmerge them, and fill in every cell")

    def _fill(self) -> None:
        """A name that is left empty is the one above, as where merged cells were saved as CSV.

        That is how issues are written; of a party, which every row should name, it is told.
        """
        for kind in ("party", "issue") if self.long else ("issue",):
            column = self.columns[kind]
            above: TableCell | None = None
            filled: list[str] = []
            nameless: list[int] = []
            for r in sorted(self.rows):
                own = self.rows[r].get(column)
                if own is not None:
                    above = own
                elif above is None:
                    nameless.append(r)
                else:
                    self.rows[r][column] = above
                    filled.append(self._address(r, column))
            if nameless:
                place = self.grid.place(nameless[0], column)
                self._error(place, "table", f"no {kind} is named here, nor above")
                self.rows = {r: cells for r, cells in self.rows.items() if r not in nameless}
            if filled and kind == "party":
                what = f"{kind} left empty in {_some(filled)}: read as the one above"
                self._warn(self.grid.place(self.header, column), "table", what)

    def _address(self, row: int, column: int) -> str:
        """What a spreadsheet calls a cell; lines of a CSV file are its rows."""
        return address(self.grid.place(row, column).line - 1, column)

    # --- rows -------------------------------------------------------------------------------

    def _row(self, row: int) -> None:
        cells = self.rows[row]
        issue, option = cells[self.columns["issue"]], cells.get(self.columns["option"])
        if option is None:
            self._error(self.grid.place(row, self.columns["option"]), f"issue {issue.text}", "no option is named here")
            return
        self._name(issue, "issue")
        if issue.text not in self.issues:
            self._alike(issue, "issue")
            if len(self.issues) == ISSUES:
                self._error(issue.place, "issue", f"more than {ISSUES} issues")
        named = self.issues.setdefault(issue.text, TableIssue(issue.place))
        asked = cells.get(self.columns.get("question", -1))
        if asked is not None:
            named.question = named.question or asked.text
        if _word(option.text) == IMPORTANCE and not self.long:
            self._classes(row, issue.text)
            return
        self._name(option, f"issue {issue.text}")
        if option.text not in named.options:
            self._alike(option, f"issue {issue.text}")
            if len(named.options) == OPTIONS:
                self._error(option.place, f"issue {issue.text}", f"more than {OPTIONS} options")
        elif not self.long:
            what = f"the option {option.text} stands here twice"
            self._error(option.place, f"issue {issue.text}", what, "delete one row")
        sentence = cells.get(self.columns.get("meaning", -1))
        named.options[option.text] = named.options.get(option.text) or (sentence.text if sentence else None)
        for c, (kind, name) in self.package_columns.items():
            if c in cells:
                self._choose(cells[c], kind, name, issue.text, option.text)
        if self.long:
            self._long_row(row, issue.text, option.text)
            return
        for c, party in self.party_columns.items():
            stance = self.stances.setdefault((party, issue.text), Stance())
            if c in cells:
                self._cell(cells[c], party, issue.text, option.text, stance, line=True)

    def _long_row(self, row: int, issue: str, option: str) -> None:
        cells = self.rows[row]
        who = cells[self.columns["party"]]
        if who.text not in self.parties:
            self._party(who)
        party = who.text
        if (party, issue, option) in self.known:
            self._error(who.place, f"{party}: {issue}: {option}", "a second row of this option", "delete one")
        self.known.add((party, issue, option))
        stance = self.stances.setdefault((party, issue), Stance())
        rank, line, importance = (cells.get(self.columns.get(c, -1)) for c in ("rank", "red_line", IMPORTANCE))
        if rank is not None:
            self._cell(rank, party, issue, option, stance, line=False)
        if line is not None and self._crossed(line, f"{party}: {issue}: {option}: red line"):
            stance.lines[option] = None
        if importance is not None:
            self._class(importance, party, issue)

    def _cell(self, cell: TableCell, party: str, issue: str, option: str, stance: Stance, line: bool) -> None:
        with collecting(self.problems.errors):
            rank = rank_of(cell, f"{party}: {issue}: {option}", line)
            if rank.as_text:
                self.numbers_as_text.append(cell)
            if rank.number is not None:
                if not rank.number.is_integer():
                    self.between[party, issue, option] = cell
                stance.ranks[option] = rank.number
                self._places[party, issue, option] = cell.place
            if rank.line:
                stance.lines[option] = None

    def _classes(self, row: int, issue: str) -> None:
        for c, cell in self.rows[row].items():
            if c in self.party_columns:
                self.stances.setdefault((self.party_columns[c], issue), Stance())
                self._class(cell, self.party_columns[c], issue)
            elif c in self.package_columns:
                self._error(cell.place, f"issue {issue}", "importance is no option of a text", "clear the cell")

    def _class(self, cell: TableCell, party: str, issue: str) -> None:
        if not self._named(cell):
            return
        word = _word(cell.text)
        where = f"{party}: {issue}: importance"
        if word not in _CLASSES:
            hint = did_you_mean(word, _CLASSES)
            self._error(cell.place, where, f"{cell.text[:40]} is not one of {', '.join(_CLASSES)}", hint)
            return
        stance = self.stances.setdefault((party, issue), Stance())
        if stance.importance not in (None, word):
            self._error(cell.place, where, f"{word} here, {stance.importance} above", "write one class an issue")
        stance.importance = word

    def _crossed(self, cell: TableCell, where: str) -> bool:
        """Whether a cell is crossed; not where it holds something else, which is a complaint."""
        with collecting(self.problems.errors):
            return crossed(cell, where)
        return False

    def _choose(self, cell: TableCell, kind: str, name: str, issue: str, option: str) -> None:
        words = "no deal" if kind == "no_deal" else "text"
        where = f"{words}{' ' if name else ''}{name}: {issue}"
        if not self._crossed(cell, where):
            return
        before = self.packages[kind][name].setdefault(issue, option)
        if before != option:
            hint = "no deal in more than one way has a column each: no_deal: NAME" if kind == "no_deal" else None
            self._error(cell.place, where, f"{option} is marked, and {before} above", hint or "mark one option")

    # --- the whole --------------------------------------------------------------------------

    def _whole(self) -> None:
        top = self.grid.place(self.header, 0)
        if not self.issues:
            self._error(top, "table", "nothing stands below the header")
        for name, named in self.issues.items():
            count = len(named.options)
            if count < 2:
                what = "one option: nothing to decide" if count else "no option"
                self._error(named.place, f"issue {name}", what, "an issue has at least two options")
        for (party, issue), stance in self.stances.items():
            size = len(self.issues[issue].options)
            for option, rank in stance.ranks.items():
                if size > 1 and not 1 <= rank <= size:
                    what = f"the rank {rank:g} among {size} options"
                    hint = f"1 is best, {size} worst; a score, where more is better, is no rank"
                    self._error(self._places[party, issue, option], f"{party}: {issue}: {option}", what, hint)
            if stance.importance == "none" and stance.lines:
                what = "a red line on an issue of importance none"
                place = self._places.get((party, issue, next(iter(stance.lines))), self.issues[issue].place)
                self._error(place, f"{party}: {issue}", what, "give an importance, or drop the red line")
        if self.issues and not any(self.packages["no_deal"].values()):
            hint = "add a column no_deal, with an x on each option that stays in place if nothing is agreed"
            self._error(top, "table", "nothing says what no deal brings", hint)
        silent = [i for i in self.issues if not any(i in p for p in self.packages["no_deal"].values())]
        if silent and len(silent) < len(self.issues):
            what = f"no option of {listed(silent)} is marked: there no deal costs or brings nothing"
            self._warn(top, "no deal", what)
        # two that share 1.5 are a tie, as statistics write it
        ranks = {key: list(self.stances[key[:2]].ranks.values()) for key in self.between}
        odd = [c for key, c in self.between.items() if ranks[key].count(self.stances[key[:2]].ranks[key[2]]) == 1]
        if odd:
            where = _some([f"{c.address} ({c.text})" for c in odd])
            what = f"ranks between whole numbers in {where}: only their order counts"
            self._warn(odd[0].place, "table", what)
        if self.numbers_as_text:
            where = _some([c.address for c in self.numbers_as_text])
            what = f"numbers stored as text in {where}: read as numbers"
            self._warn(self.numbers_as_text[0].place, "table", what)

    def _marked(self, kind: str) -> dict[str, dict[str, str]]:
        """Outcomes of no deal, or texts, with some option marked."""
        for name, package in self.packages[kind].items():
            if not package:
                place = self.grid.place(self.header, 0)
                self._warn(place, "header", f"nothing is marked in the column {kind.replace('_', ' ')} {name}")
        return {name: package for name, package in self.packages[kind].items() if package}

    def _empty(self) -> list[str]:
        """What is unknown because cells are empty, a line for each party and issue, with addresses where there are."""
        at: dict[tuple[str, str, str], str] = {}
        for row, cells in self.rows.items():
            option = cells.get(self.columns["option"])
            if option is not None:
                for c, party in self.party_columns.items():  # there are none in the long form
                    at[party, cells[self.columns["issue"]].text, option.text] = f" ({self._address(row, c)})"
        out = []
        for party in self.parties:
            for issue, named in self.issues.items():
                stance = self.stances.setdefault((party, issue), Stance())
                lacking = [o for o in named.options if o not in stance.ranks]
                words = [name + at.get((party, issue, name), "") for name in lacking]
                parts = []
                if len(lacking) == len(named.options):
                    parts.append(f"the order of {listed(words)}")
                elif len(stance.ranks) == 1 and lacking:
                    parts.append(
                        f"the order, since {next(iter(stance.ranks))} alone has a rank; empty: {listed(words)}"
                    )
                elif lacking:
                    parts.append(f"the rank of {listed(words)}")
                if stance.importance is None:
                    parts.append("importance")
                if parts:
                    out.append(f"{party}: {issue}: {'; '.join(parts)}")
        return out


def _some(addresses: Sequence[str], most: int = 12) -> str:
    more = f" and {len(addresses) - most} more" if len(addresses) > most else ""
    return ", ".join(addresses[:most]) + more
