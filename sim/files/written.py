"""How figures and texts are written as JSON, CSV and Markdown: the one place where numbers are rounded.

A mean is a sum of thousands of terms, and processors, libraries of linear algebra and versions of numpy differ in its
last digit or two. So that the same input gives the same bytes everywhere, what is written has twelve significant
digits. Reading it and writing it again changes nothing.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from sim.files.complaints import MARKS

#: Significant digits of a written figure; doubles have nearly sixteen, and sums of draws lose two or three.
DIGITS = 12
#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\n")


def figure(value: float) -> float:
    """A number as it is written; never minus zero.

    >>> figure(0.1 + 0.2), figure(-0.0)
    (0.3, 0.0)
    """
    return float(f"{value:.{DIGITS}g}") + 0.0


def json_text(value: Any) -> str:
    r"""Plain dictionaries, lists, texts and numbers as JSON, a key a line; marks of direction as ``\u202e``."""
    text = json.dumps(_rounded(value), indent=1, ensure_ascii=False, allow_nan=False)
    return MARKS.sub(lambda mark: f"\\u{ord(mark.group()):04x}", text)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return figure(value)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return value


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV; None becomes an empty field, and no text begins a formula: a quote stands before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(x) for x in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, float):
        return figure(value)
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\r", "\n")  # a bare one would end the row for some readers
        return f"'{text}" if text.startswith(_FORMULA) else text
    return value


#: Signs that are markup wherever they stand, then those that are it only where they touch something.
_INLINE = re.compile(
    r"[\\`*$]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|~(?=\S)|(?<=\S)~|(?<=\])[(:]|!(?=\[)|\|"
)
_BEFORE = r"\\\g<0>"
#: What makes a heading, a list, a quotation, a rule or a line under a heading of a line.
_BLOCK = re.compile(r"(?:#{1,6}|[-+])(?=\s|$)|>|(?:={1,}|-{2,})\s*$|\d{1,9}(?P<point>[.)])(?=\s|$)")


def markdown_line(text: str) -> str:
    r"""A text as one line of Markdown: a paragraph, a heading or an item of a list, with nothing in it that is markup.

    >>> print(markdown_line("# 2 * 3 <b>as_it_is</b> [40, 50]"))
    \# 2 \* 3 \<b>as_it_is\</b> [40, 50]
    """
    line = " ".join(text.split())
    start = _BLOCK.match(line)
    at = 0 if start is None else start.start("point") if start["point"] else start.start()
    escaped = _INLINE.sub(_BEFORE, line[at:])
    return escaped if start is None or escaped.startswith("\\") else f"{line[:at]}\\{escaped}"


def markdown_cell(text: str) -> str:
    """A text as a cell of a Markdown table; its lines stay lines."""
    return "<br>".join(_INLINE.sub(_BEFORE, " ".join(line.split())) for line in text.split("\n"))


def markdown_row(items: Iterable[str]) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(map(markdown_cell, items)) + " |"
