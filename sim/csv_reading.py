"""CSV to located trees: a table becomes a sequence of mappings, every cell with its place."""

from __future__ import annotations

import re
from collections.abc import Sequence as Seq

from sim.complaints import Complaint, did_you_mean
from sim.nodes import Mapping, Node, Scalar, Sequence
from sim.texts import Reading, Source, characters, unified, whole_file

_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_BARE = re.compile(r'[^,"\n]*')
_TO_CELL_END = re.compile(r"[^,\n]*")


def _cells(source: Source, complaints: list[Complaint]) -> list[list[Scalar]]:
    """Rows of located cells; an empty cell is None. Lines without any text are left out."""
    text = source.text
    rows: list[list[Scalar]] = []
    row: list[Scalar] = []
    at, line, start = 0, 0, 0  # index, line number and index of the line's first character
    while True:
        place = source.at(line, at - start)
        bad = False
        if text.startswith('"', at):
            match = _QUOTED.match(text, at)
            if match is None:
                complaints.append(Complaint(place, "table", "a quoted cell that never ends", "close the quote"))
                break
            value = match.group(1).replace('""', '"')
            line += match.group().count("\n")
            start = max(start, text.rfind("\n", 0, match.end()) + 1)
            at = match.end()
        else:
            match = _BARE.match(text, at)
            value = match.group() if match else ""
            at = match.end() if match else at
        rest = _TO_CELL_END.match(text, at)
        if rest is not None and rest.end() > at:
            quote = text[at] == '"'
            what = "a quote inside a cell that does not begin with one" if quote else "text after the closing quote"
            hint = 'put the whole cell in quotes and double the quotes inside it: "say ""yes"" now"'
            complaints.append(Complaint(source.at(line, at - start), "table", what, hint))
            bad, at = True, rest.end()
        row.append(Scalar(value or None, place, False, bad))
        if at < len(text) and text[at] == ",":
            at += 1
            continue
        if len(row) > 1 or row[0].value is not None or row[0].bad:
            rows.append(row)
        row = []
        if at >= len(text):
            break
        at += 1
        line, start = line + 1, at
        if at >= len(text):
            break
    return rows


def compose_csv(text: str, file: str, columns: Seq[str], optional: Seq[str] = ()) -> Reading:
    """Read a table with a header; each row becomes a mapping from column to cell.

    ``columns`` are the names a header may hold, ``optional`` those it may leave out. The tree is
    None if the header is of no use.
    """
    source = Source(unified(text), file)
    complaints: list[Complaint] = []
    if source.text.startswith("\ufeff"):
        place = source.at(0, 0)
        complaints.append(
            Complaint(place, "file", "a byte order mark", "save the file as UTF-8 without a byte order mark")
        )
        source = Source(source.text[1:], file)
    found = characters(source, tabs=False)
    if found:
        return Reading(None, complaints + found)
    rows = _cells(source, complaints)
    if not rows:
        empty = whole_file(file, "the file is empty", f"its header is {','.join(columns)}")
        return Reading(None, complaints or [empty])
    header, useless = rows[0], False
    names: list[str | None] = []
    for cell in header:
        name = str(cell.value or "").strip()
        if name not in columns:
            what = f"unknown column {name}" if name else "a column without a name"
            hint = did_you_mean(name, columns) if name else "delete the comma"
            complaints.append(Complaint(cell.place, "header", what, hint))
        elif name in names:
            complaints.append(Complaint(cell.place, "header", f"the column {name} stands here twice", "delete one"))
            names.append(None)
            continue
        names.append(name if name in columns else None)
    for name in columns:
        if name not in names and name not in optional:
            near = any(n is None for n in names)
            if not near or len([n for n in names if n is None]) < len([c for c in columns if c not in names]):
                complaints.append(Complaint(header[0].place, "header", f"the column {name} is missing", None))
            useless = True
    if useless:
        return Reading(None, complaints)
    out: list[Node] = []
    lengths = {len(cells) for cells in rows[1:]}
    # a comma too many in the header is one mistake, not one a row
    told = bool(complaints) and len(lengths) == 1 and len(header) not in lengths
    for cells in rows[1:]:
        bad = len(cells) != len(header) and not told
        if bad:
            extra = cells[len(header)] if len(cells) > len(header) else cells[-1]
            what = f"the row has {len(cells)} cells, the header has {len(header)}"
            hint = "put a cell that holds a comma in quotes" if len(cells) > len(header) else None
            complaints.append(Complaint(extra.place, "table", what, hint))
        pairs = {n: c for n, c in zip(names, cells, strict=False) if n is not None}
        out.append(Mapping(dict(pairs), cells[0].place, {n: c.place for n, c in pairs.items()}, bad))
    return Reading(Sequence(tuple(out), header[0].place), complaints)
