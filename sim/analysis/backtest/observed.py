"""A file of observed answers: who said what of which term or text, when, how firmly; read and checked.

Every fault has its place, and all are told at once. What a library has no place for may stand in the file, marked
``new:``, so that what is left out of a score can be counted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, ValidationError

from sim.files import nodes
from sim.files.complaints import Code, Complaint, did_you_mean, raise_errors
from sim.files.csv import compose_csv
from sim.files.nodes import Mapping, Scalar
from sim.files.text import read_table, whole_file
from sim.scenario import schema
from sim.scenario.fields import Day, Name, Text, fault
from sim.scenario.validation import faults_of

Answer = Literal["accepts", "refuses", "poll", "conditional", "divided", "silent"]
Firmness = Literal["red_line", "firm", "soft"]
Quality = Literal["strong", "fair", "weak"]

#: Marks an issue or an option that the issue space has no place for.
NEW = "new:"
#: Answers of somebody, who is more or less firm.
SPOKEN = ("accepts", "refuses", "conditional")
#: More rows than anybody codes by hand are a slip.
MOST_ROWS = 2_000
_SPLIT = re.compile(r"[\s;]+")


def _name_or_new(value: object) -> object:
    """A name, or one marked as new, which is kept with its mark."""
    if isinstance(value, str) and re.fullmatch(rf"{NEW}[A-Za-z0-9_]+", value):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_]+", value):
        raise fault("text", f"{value!r} is not a name: use letters, digits and underscores, behind {NEW} if it is new")
    return value


NewName = Annotated[str, BeforeValidator(_name_or_new)]


class ObservedAnswer(schema.Model):
    """A row of the file."""

    id: Name
    date: Day
    party: Name
    text: Name | None = None
    issue: NewName | None = None
    option: NewName | None = None
    answer: Answer
    firmness: Firmness | None = None
    share_accept: float | None = None
    share_reject: float | None = None
    subject: Name | None = None
    quality: Quality
    own: Literal["yes"] | None = None
    left_out: Text | None = None
    sources: tuple[str, ...] = ()
    note: Text | None = None

    @property
    def new(self) -> bool:
        """Whether the issue space has no place for it."""
        return any(name is not None and name.startswith(NEW) for name in (self.issue, self.option))

    @property
    def item(self) -> tuple[str, ...]:
        """A party with a term, or with a text."""
        return (self.party, self.text) if self.text is not None else (self.party, str(self.issue), str(self.option))

    @property
    def topic(self) -> str:
        """The subject: what rows that answer each other have in common."""
        return self.subject or self.text or self.issue or ""

    @property
    def outcome(self) -> float | None:
        """1 for a yes, 0 for a no, of a poll the share of a yes among those with an opinion; else None."""
        if self.share_accept is not None and self.share_reject is not None:
            return self.share_accept / (self.share_accept + self.share_reject)
        return {"accepts": 1.0, "refuses": 0.0}.get(self.answer)

    @property
    def undecided(self) -> float | None:
        """The share of a poll without an opinion."""
        if self.share_accept is None or self.share_reject is None:
            return None
        return max(0.0, 1 - (self.share_accept + self.share_reject) / 100)


COLUMNS = tuple(ObservedAnswer.model_fields)
REQUIRED = ("id", "date", "party", "answer", "quality")
_SHARES = ("share_accept", "share_reject")


def read_observed(file: Path, domain: schema.Domain, texts: Collection[str] | None) -> tuple[ObservedAnswer, ...]:
    """The rows of a file in its order; ``texts`` are the ids of texts in reach, None where no file of texts was named.

    Raises Complaints about all that is wrong, OSError where the file cannot be read.
    """
    optional = [name for name in COLUMNS if name not in REQUIRED]
    read = compose_csv(read_table(file), str(file), COLUMNS, optional, days=("date",))
    checker = _Checker(domain, texts, list(read.complaints))
    rows = [row for i, node in enumerate(nodes.items(read.node)) if (row := checker.row(i, node)) is not None]
    if not checker.complaints and not rows:
        checker.complaints.append(whole_file(str(file), "no answer stands below the header", "one row an answer"))
    if len(rows) > MOST_ROWS:
        what = f"{len(rows):,} rows are more than are taken on at once ({MOST_ROWS:,})"
        checker.complaints.append(whole_file(str(file), what, "split the file"))
    raise_errors(checker.complaints)
    return tuple(rows)


@dataclass
class _Checker:
    """Reads rows and collects what is wrong with them."""

    domain: schema.Domain
    texts: Collection[str] | None
    complaints: list[Complaint] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)

    def row(self, number: int, node: nodes.Node) -> ObservedAnswer | None:
        """The row as a model; None, with complaints, where it is wrong."""
        assert isinstance(node, Mapping)  # what a table is made of
        if node.bad:
            return None
        before = len(self.complaints)
        spoilt = {key for key, cell in node.items.items() if isinstance(cell, Scalar) and cell.bad}
        plain = {key: _text(cell) for key, cell in node.items.items()}
        for column in _SHARES:
            if column not in spoilt and (text := plain.get(column)) is not None:
                plain[column] = share = _percent(text)
                if share is None:
                    spoilt.add(column)
                    what = f"'{text}' is not a share between 0 and 100"
                    self._wrong(node, plain, column, what, "write per cents as a plain number: 36 or 72.8")
        sources = plain.get("sources")
        plain["sources"] = tuple(filter(None, _SPLIT.split(str(sources or ""))))
        row: ObservedAnswer | None = None
        try:
            row = ObservedAnswer.model_validate(plain)
        except ValidationError as error:
            for complaint in faults_of(error, ObservedAnswer, node, ("observed", number)):
                at = next((k for k, cell in node.items.items() if cell.place == complaint.place), None)
                if at not in spoilt:
                    self.complaints.append(replace(complaint, where=_where(plain, at)))
        if row is not None and not spoilt:
            self._names(node, plain, row)
            self._whole(node, plain, row)
        return row if len(self.complaints) == before and not spoilt else None

    def _wrong(
        self,
        node: Mapping,
        plain: dict[str, object],
        column: str,
        what: str,
        hint: str | None,
        code: Code = "wrong_value",
    ) -> None:
        cell = node.items.get(column)
        place = node.place if cell is None else cell.place
        self.complaints.append(Complaint(place, _where(plain, column), what, hint, code=code))

    def _names(self, node: Mapping, plain: dict[str, object], row: ObservedAnswer) -> None:
        """What is named: the party, the text, the issue and option, and the row itself."""

        def unknown(column: str, kind: str, known: Collection[str], more: str = "") -> None:
            name = str(plain[column])
            hints = [x for x in (did_you_mean(name, known), more) if x]
            what = f"there is no {kind} {name}"
            self._wrong(node, plain, column, what, "; ".join(hints) or None, "unknown_name")

        if row.id in self._ids:
            self._wrong(node, plain, "id", f"{row.id} stands here twice", "give each row an id of its own", "twice")
        self._ids.add(row.id)
        actors = {*self.domain.positions, *self.domain.sources.actors}
        if row.party not in actors:
            unknown("party", "party or actor", sorted(actors))
        if row.text is not None and self.texts is None:
            what, hint = f"there is no file of texts, and the row is of {row.text}", "name the file: --texts FILE"
            self._wrong(node, plain, "text", what, hint, "unknown_name")
        elif row.text is not None and row.text not in (self.texts or ()):
            unknown("text", "text", self.texts or ())
        if row.issue is None or row.issue.startswith(NEW):
            return
        issues = self.domain.issues.issues
        mark = f"what the space has no place for is marked {NEW}"
        if row.issue not in issues:
            unknown("issue", "issue", issues, mark)
        elif row.option is not None and not row.option.startswith(NEW) and row.option not in issues[row.issue].options:
            unknown("option", f"option of {row.issue}", issues[row.issue].options, mark)

    def _whole(self, node: Mapping, plain: dict[str, object], row: ObservedAnswer) -> None:
        """What the cells of a row say together."""
        if row.text is None and row.issue is None and row.left_out is None:
            hint = "name a text, or an issue and an option"
            self._wrong(node, plain, "text", "the row is of no text and of no term", hint, "missing_key")
        if row.text is not None and (row.issue is not None or row.option is not None):
            what = "the row is of a text and of a term"
            self._wrong(node, plain, "text", what, "make two rows of it, or name the text in the note", "contradiction")
        if row.issue is None and row.option is not None:
            what, hint = f"the option {row.option} stands without an issue", "name the issue"
            self._wrong(node, plain, "option", what, hint, "missing_key")
        if row.issue is not None and row.option is None and row.left_out is None:
            what = f"the issue {row.issue} stands without an option"
            hint = "name the option, or say under left_out why there is none"
            self._wrong(node, plain, "issue", what, hint, "missing_key")
        shares = [column for column in _SHARES if getattr(row, column) is not None]
        if row.answer == "poll" and len(shares) < 2:
            lacking = next(column for column in _SHARES if column not in shares)
            self._wrong(
                node, plain, lacking, f"a poll without {lacking}", "give both shares, in per cent", "missing_key"
            )
        if row.answer != "poll" and shares:
            what = f"a share stands beside '{row.answer}'"
            self._wrong(node, plain, shares[0], what, "a share is of a poll: write poll, or delete it", "contradiction")
        if row.share_accept is not None and row.share_reject is not None:
            total = row.share_accept + row.share_reject
            if not 0 < total <= 100 + 1e-9:
                what = f"the two shares add up to {total:g}, and not to more than 0 and at most 100"
                self._wrong(node, plain, "share_reject", what, "both are per cents of all who were asked")
        if row.answer in SPOKEN and row.firmness is None:
            hint = "write red_line, firm or soft"
            self._wrong(node, plain, "firmness", f"how firm is '{row.answer}'?", hint, "missing_key")
        if row.answer not in SPOKEN and row.firmness is not None:
            what, hint = f"nothing is firm about '{row.answer}'", "leave firmness empty"
            self._wrong(node, plain, "firmness", what, hint, "contradiction")


def _text(cell: nodes.Node) -> object:
    """What a cell holds, without blanks around it; None for nothing."""
    value = cell.value if isinstance(cell, Scalar) else None
    return (value.strip() or None) if isinstance(value, str) else value


def _percent(text: object) -> float | None:
    try:
        share = float(str(text))
    except ValueError:
        return None
    return share if math.isfinite(share) and 0 <= share <= 100 else None


def _where(plain: dict[str, object], column: str | None) -> str:
    return ": ".join(str(x) for x in ("observed", plain.get("id") or "row", column) if x)
