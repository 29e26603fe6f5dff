"""Pages for notebooks: tables and sentences as HTML, whole in itself, with every text of the files as text."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence

from sim.files.complaints import visible
from sim.report.page import Detail, Page, Sheet

_RIGHT = ' style="text-align: right"'
_LEFT = ' style="text-align: left"'


def block(pages: Sequence[Page], picture: bytes | None = None) -> str:
    """The first screens of pages, each with a table where it has any, and a figure (a PNG) below the first of them."""
    parts = []
    for page in pages:
        parts += [f"<p><b>{text(page.heading)}</b></p>", _paragraph(page.brief or page.lead)]
        parts += [table(sheet) for sheet in page.sheets if not sheet.detail] or [table(x) for x in page.sheets[:1]]
        if picture is not None and page is pages[0]:
            data = base64.b64encode(picture).decode()
            parts.append(
                f'<p><img src="data:image/png;base64,{data}" alt="{text(page.heading)}" style="max-width: 100%"></p>'
            )
        notes = "".join(f"<li>{text(note)}</li>" for note in page.notes if not isinstance(note, Detail))
        parts.append(f"<ul>{notes}</ul>" if notes else "")
        parts.append(f"<p><i>{text(page.caveat)}</i></p>" if page.caveat else "")
    return f"<div>{''.join(parts)}</div>"


def table(sheet: Sheet) -> str:
    """A table, its lines of a cell as lines."""
    styles = [_RIGHT if column.right else _LEFT for column in sheet.columns]
    headings = (" ".join(column.heading.replace("-\n", "").split()) for column in sheet.columns)
    head = "".join(f"<th{style}>{text(heading)}</th>" for style, heading in zip(styles, headings, strict=True))
    rows = (
        "".join(f"<td{style}>{text(cell)}</td>" for style, cell in zip(styles, row, strict=True)) for row in sheet.rows
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    caption = _paragraph(sheet.title or "")
    return f"{caption}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def text(words: str) -> str:
    """Words that stay words, whatever signs they have."""
    return html.escape(visible(words)).replace("\n", "<br>")


def _paragraph(words: str) -> str:
    return f"<p>{text(words)}</p>" if words else ""
