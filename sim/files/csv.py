"""CSV to located trees: a table becomes a sequence of mappings, every cell with its place.

Spreadsheets write tables in more ways than one. Commas, semicolons and tabs are read alike, rows and columns that are
empty to the end are passed over, and what a spreadsheet does to a day or to letters is told once a column.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from collections.abc import Sequence as Seq

from sim.files.complaints import Complaint, did_you_mean
from sim.files.nodes import Mapping, Node, Scalar, Sequence
from sim.files.text import LocatedText, Reading, characters, unified, whole_file

_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
#: What may stand between cells: the cell without quotes, and all up to the cell's end.
_SEPARATORS = {sign: (re.compile(rf'[^{sign}"\n]*'), re.compile(rf"[^{sign}\n]*")) for sign in (",", ";", "\t")}
_SEPARATOR_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}
#: A first line with which some spreadsheets say what stands between cells.
_SAYS = re.compile(r'"?sep=([,;\t])"?\n', re.IGNORECASE)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DAY_NUMBER = re.compile(r"[1-9][0-9]{4}([.,][0-9]+)?", re.ASCII)
# 29.03.2022, 3/29/22, 29-Mar-2022, 2022/3/29, 29 березня 2022
_LOCAL_DAY = re.compile(
    r"[0-9]{1,4}([./\- ]+\w+)[./\- ]+[0-9]{1,4}\W*\w{0,2}\.?([T ,]+[0-9:. ]+([AP]M)?)?", re.IGNORECASE
)
_NEARLY_ISO = re.compile(r"[0-9]{4}-", re.ASCII)
_LONGEST_DAY = 40
#: The day before the first of the two calendars by which spreadsheets number days, with its false leap day of 1900.
_DAY_NOUGHT, _DAY_NOUGHT_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)


def separator(text: str, columns: Collection[str]) -> tuple[str, int]:
    """The sign between cells, by which the first line holds most of ``columns``, and where the table begins."""
    match = _SAYS.match(text)
    if match is not None:
        return match.group(1), match.end()
    first = text.lstrip("\n").partition("\n")[0]

    def known(sign: str) -> int:
        return sum(name.strip().strip('"').strip().lower() in columns for name in first.split(sign))

    return max(_SEPARATORS, key=known), 0


def day_of(number: float) -> str:
    """What a day number of a spreadsheet means: a day, and another where days are counted from 1904."""
    days = dt.timedelta(int(number))
    return f"{_DAY_NOUGHT + days} (in old files of a Mac {_DAY_NOUGHT_1904 + days})"


def cells_of(source: LocatedText, complaints: list[Complaint], sign: str, start: int) -> list[list[Scalar]]:
    """Rows of located cells; an empty cell is None. Lines without any text are left out.

    ``sign`` stands between cells, ``start`` is the index at which the table begins, at the start of a line.
    """
    text = source.text
    bare, to_cell_end = _SEPARATORS[sign]
    rows: list[list[Scalar]] = []
    row: list[Scalar] = []
    at, line = start, text.count("\n", 0, start)  # index, number of the line; start is where the line does
    while True:
        place = source.at(line, at - start)
        bad = False
        if text.startswith('"', at):
            match = _QUOTED.match(text, at)
            if match is None:
                complaints.append(
                    Complaint(place, "table", "a quoted cell that never ends", "close the quote", code="unreadable")
                )
                break
            value = match.group(1).replace('""', '"')
            line += match.group().count("\n")
            start = max(start, text.rfind("\n", 0, match.end()) + 1)
            at = match.end()
        else:
            match = bare.match(text, at)
            value = match.group() if match else ""
            at = match.end() if match else at
        rest = to_cell_end.match(text, at)
        if rest is not None and rest.end() > at:
            quote = text[at] == '"'
            what = "a quote inside a cell that does not begin with one" if quote else "text after the closing quote"
            hint = 'put the whole cell in quotes and double the quotes inside it: "say ""yes"" now"'
            complaints.append(Complaint(source.at(line, at - start), "table", what, hint, code="unreadable"))
            bad, at = True, rest.end()
        row.append(Scalar(value or None, place, False, bad))
        if at < len(text) and text[at] == sign:
            at += 1
            continue
        if any(cell.bad or str(cell.value or "").strip() for cell in row):
            rows.append(row)
        row = []
        if at >= len(text):
            break
        at += 1
        line, start = line + 1, at
        if at >= len(text):
            break
    return rows


def compose_csv(text: str, file: str, columns: Seq[str], optional: Seq[str], days: Collection[str] = ()) -> Reading:
    """Read a table with a header; each row becomes a mapping from column to cell.

    ``columns`` are the names a header may hold, ``optional`` those it may leave out, ``days`` those that hold days.
    The tree is None if the header is of no use.
    """
    source = LocatedText(unified(text), file)
    complaints = characters(source, tabs=False)
    if complaints:
        return Reading(None, complaints)
    sign, start = separator(source.text, columns)
    rows = _trimmed(cells_of(source, complaints, sign, start))
    if not rows:
        empty = whole_file(file, "the file is empty", f"its header is {','.join(columns)}")
        return Reading(None, complaints or [empty])
    header = rows[0]
    names: list[str | None] = []
    for cell in header:
        name = str(cell.value or "").strip()
        if name not in columns:
            what = f"unknown column {name}" if name else "a column without a name"
            hint = did_you_mean(name, columns) if name else "give it a name, or delete it"
            complaints.append(Complaint(cell.place, "header", what, hint, code="unknown_key"))
        elif name in names:
            complaints.append(
                Complaint(cell.place, "header", f"the column {name} stands here twice", "delete one", code="twice")
            )
            names.append(None)
            continue
        names.append(name if name in columns else None)
    if missing := [name for name in columns if name not in names and name not in optional]:
        # a name that is unknown stands for one that is missing
        if names.count(None) < len(missing):
            place = header[0].place
            complaints += [
                Complaint(place, "header", f"the column {name} is missing", code="missing_key") for name in missing
            ]
        return Reading(None, complaints)
    other = _other_separator(rows, sign)
    if other is not None:
        return Reading(None, [other])
    lengths = {len(cells) for cells in rows[1:]}
    if complaints and len(lengths) == 1 and len(header) not in lengths:
        return Reading(None, complaints)  # a comma too many in the header is one mistake, not one a row
    out: list[Node] = []
    for cells in _odd_cells(rows[1:], names, days, complaints):
        bad = len(cells) != len(header)
        if bad:
            extra = cells[len(header)] if len(cells) > len(header) else cells[-1]
            what = f"the row has {len(cells)} cells, the header has {len(header)}"
            hint = "put a cell that holds a comma in quotes" if len(cells) > len(header) else None
            complaints.append(Complaint(extra.place, "table", what, hint, code="unreadable"))
        pairs = {n: c for n, c in zip(names, cells, strict=False) if n is not None}
        out.append(Mapping(dict(pairs), cells[0].place, {n: c.place for n, c in pairs.items()}, bad))
    return Reading(Sequence(tuple(out), header[0].place), complaints)


def _other_separator(rows: Seq[Seq[Scalar]], sign: str) -> Complaint | None:
    """A complaint where rows are parted by another sign than the header."""
    width = len(rows[0])
    wrong = [cells[0] for cells in rows[1:] if len(cells) != width]
    for other in _SEPARATORS:
        alike = [cell for cell in wrong if cell.place.text.count(other) >= width - 1]
        if other != sign and len(alike) > 1 and width > 1:
            theirs, its = _SEPARATOR_NAMES[other], _SEPARATOR_NAMES[sign]
            what = f"{len(alike)} rows have {theirs} between cells, the header {its}"
            return Complaint(alike[0].place, "table", what, "save the whole table anew, in one form", code="unreadable")
    return None


def _trimmed(rows: list[list[Scalar]]) -> list[list[Scalar]]:
    """Rows without the columns behind the header's last name in which nothing stands, as spreadsheets write them."""
    header = rows[0] if rows else []
    width = len(header)
    while width > 1 and all(len(r) < width or (r[width - 1].value is None and not r[width - 1].bad) for r in rows):
        width -= 1
    return [row[:width] if len(row) <= len(header) else row for row in rows]


def _odd_cells(
    rows: Seq[list[Scalar]], names: Seq[str | None], days: Collection[str], complaints: list[Complaint]
) -> list[list[Scalar]]:
    """Rows in which what a spreadsheet made of days or letters is marked bad, with one complaint a column and kind."""
    out = [list(row) for row in rows]
    for column, name in enumerate(names):
        if name is None:
            continue
        odd: dict[str, list[Scalar]] = {}
        for row in out:
            if column >= len(row) or not isinstance(text := row[column].value, str):
                continue
            kind = _oddity(text.strip(), name in days)
            if kind is not None:
                odd.setdefault(kind, []).append(row[column])
                row[column] = Scalar(text, row[column].place, False, bad=True)
        for kind, cells in odd.items():
            first = str(cells[0].value).strip()[:40]
            count = "" if len(cells) == 1 else f"; so are {len(cells) - 1} more of this column"
            if kind == "lost":
                what = f"{first} has no letters{count}: they were lost when the table was saved"
                hint = "save the table as UTF-8 (CSV UTF-8 in a spreadsheet), and enter the words anew"
            elif kind == "number":
                what = f"{first} is the number of a day, {day_of(float(first.replace(',', '.')))}{count}"
                hint = "format the column as dates, YYYY-MM-DD, before saving"
            else:
                what = f"{first} is a date in local form{count}; expected YYYY-MM-DD"
                hint = "format the column as YYYY-MM-DD before saving; day and month are not guessed"
            complaints.append(Complaint(cells[0].place, f"column {name}", what, hint, code="wrong_value"))
    return out


def lost(text: str) -> bool:
    """Whether nothing but question marks, or signs of what could not be read, stands where letters stood."""
    return text.count("?") + text.count("\ufffd") > 1 and not any(c.isalnum() for c in text)


def _oddity(text: str, day: bool) -> str | None:
    if lost(text):
        return "lost"
    if not day or len(text) > _LONGEST_DAY or _ISO.fullmatch(text):
        return None
    if _DAY_NUMBER.fullmatch(text):
        return "number"
    return "local" if _LOCAL_DAY.fullmatch(text) and not _NEARLY_ISO.match(text) else None
