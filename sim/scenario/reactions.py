"""What the parties said of the texts: ``domain/reactions.csv``, read and checked.

A file that a domain may do without, about the texts beside it. No figure rests on it, so no run reads it and no saved
run holds it: ``sim validate`` checks it, ``sim show reactions`` and ``sim library`` show it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from sim.files import nodes
from sim.files.complaints import Complaint, Place, collecting, did_you_mean, in_order, raise_all, raise_errors
from sim.files.csv import compose_csv
from sim.files.nodes import Mapping, Scalar, Sequence
from sim.files.text import read_table
from sim.scenario import schema
from sim.scenario.catalogue import tree_of
from sim.scenario.loading import load_domain
from sim.scenario.validation import faults_of

FILE = "reactions.csv"
COLUMNS = tuple(schema.Reaction.model_fields)
OPTIONAL_COLUMNS = ("note",)
#: What is said of a text more than so many days after its date is no reaction to it.
DAYS = 14
_ID = re.compile(r"[^\s;,]+")


@dataclass(frozen=True)
class Reactions:
    """The rows of a domain as they stand in its file, and what is doubtful about them."""

    rows: tuple[schema.Reaction, ...] = ()
    warnings: tuple[Complaint, ...] = ()

    def of(self, text: str) -> dict[str, schema.Reaction]:
        """What was said of a text, by party."""
        return {row.party: row for row in self.rows if row.text == text}

    def citing(self, evidence: str) -> Iterator[str]:
        """Which rows cite a claim, in words."""
        return (f"{row.party} said of {row.text}" for row in self.rows if evidence in row.evidence)


def load_reactions(folder: Path, domain: schema.Domain) -> Reactions:
    """The reactions of a domain folder, none where it has no such file; ``domain`` is what else the folder holds.

    Texts are the files beside the folder; what is said of others is doubtful, not wrong, since a domain may be copied
    without its texts. Raises Complaints with all that is wrong; OSError where the file cannot be read.
    """
    file = folder / FILE
    if not file.exists():
        return Reactions()
    read = compose_csv(read_table(file), str(file), COLUMNS, OPTIONAL_COLUMNS)
    checker = _Checker(folder.parent, domain)
    rows = [row for i, node in enumerate(nodes.items(read.node)) if (row := checker.row(i, node)) is not None]
    complaints = [*read.complaints, *checker.complaints, *checker.strangers(str(file))]
    raise_errors(complaints)
    return Reactions(tuple(rows), in_order(complaints))


def load_all_reactions(folders: Iterable[Path]) -> dict[Path, Reactions]:
    """The reactions of domain folders, by folder; none where there is no such folder.

    Raises as :func:`load_reactions`, about all of them together.
    """
    out: dict[Path, Reactions] = {}
    complaints: list[Complaint] = []
    for folder in dict.fromkeys(folders):
        with collecting(complaints):
            out[folder] = load_reactions(folder, load_domain(folder)) if (folder / FILE).exists() else Reactions()
    raise_all(complaints)
    return out


@dataclass
class _Checker:
    """Reads rows and collects what is wrong with them; ``home`` is the folder of the texts."""

    home: Path
    domain: schema.Domain
    complaints: list[Complaint] = field(default_factory=list)
    #: Where each text is first named, and how often.
    _texts: dict[str, Place] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._claims = {row.id: row for row in self.domain.evidence}
        self._day = cache(self._day_of)

    def row(self, number: int, node: nodes.Node) -> schema.Reaction | None:
        """The row as a model; None, with complaints, where it is wrong."""
        assert isinstance(node, Mapping)  # what a table is made of
        if node.bad:
            return None
        before = len(self.complaints)
        node = node.having("evidence", _split(node.items["evidence"]))
        spoilt = {key for key, cell in node.items.items() if cell.bad}
        model: schema.Reaction | None = None
        try:
            model = schema.Reaction.model_validate(nodes.to_plain(node))
        except ValidationError as error:
            wrong = faults_of(error, schema.Reaction, node, ("reactions", number))
            self.complaints += [_named(c, node) for c in wrong if c.place not in {node.items[k].place for k in spoilt}]
            spoilt |= {str(d["loc"][0]) for d in error.errors(include_url=False)}
        sound = {k: str(v.value) for k, v in node.items.items() if isinstance(v, Scalar) and k not in spoilt}
        self._names(node, sound.get("text"), sound.get("party"))
        if "evidence" not in spoilt:
            self._evidence(node, sound)
        return model if len(self.complaints) == before and not spoilt else None

    def _names(self, node: Mapping, text: str | None, party: str | None) -> None:
        if text is not None:
            self._texts.setdefault(text, node.items["text"].place)
            self._counts[text] += 1
        if party is not None and party not in (parties := self.domain.positions):
            where = f"reactions: {text or 'text'}: party"
            hint = did_you_mean(party, parties)
            self.complaints.append(
                Complaint(node.items["party"].place, where, f"there is no party {party}", hint, code="unknown_name")
            )
        if text is not None and party is not None:
            if (text, party) in self._seen:
                what, hint = f"a second row of {party} on {text}", "one word a party: put the claims into one row"
                self.complaints.append(
                    Complaint(node.items["party"].place, f"reactions: {text}: {party}", what, hint, code="twice")
                )
            self._seen.add((text, party))

    def _evidence(self, node: Mapping, sound: dict[str, str]) -> None:
        text, party = sound.get("text"), sound.get("party")
        where = f"reactions: {text or 'text'}: {party or 'party'}: evidence"
        cell = node.items["evidence"]
        assert isinstance(cell, Sequence)
        if not len(cell):
            hint = "cite the claim that tells it; where nothing was found there is no row"
            self.complaints.append(Complaint(cell.place, where, "a word without evidence", hint, code="evidence"))
        ids: list[str] = []
        for item in cell:
            assert isinstance(item, Scalar)
            name = str(item.value)
            if name in ids:
                self.complaints.append(
                    Complaint(item.place, where, f"{name} stands here twice", "delete one", code="twice")
                )
            elif name not in self._claims:
                near = did_you_mean(name, self._claims)
                self.complaints.append(
                    Complaint(item.place, where, f"there is no evidence {name}", near, code="unknown_name")
                )
            elif (unfit := self._unfit(self._claims[name], text, party, sound.get("word"))) is not None:
                self.complaints.append(Complaint(item.place, where, *unfit, code="evidence"))
            ids.append(name)

    def _unfit(
        self, claim: schema.Evidence, text: str | None, party: str | None, word: str | None
    ) -> tuple[str, str] | None:
        """Why a claim cannot tell what this party said of this text, and what would be right."""
        if party in self.domain.positions and claim.party != party:
            return f"{claim.id} is of {claim.party}, not of {party}", "only a party's own words are its answer"
        day = None if text is None else self._day(text)
        if day is None:
            return None
        if claim.date < day and word != "proposes":
            return f"{claim.id} is from {claim.date}, before the text, which is of {day}", "no text is answered before"
        if (claim.date - day).days > DAYS:
            what = f"{claim.id} is from {claim.date}, more than {DAYS} days after the text, which is of {day}"
            return what, "what is said later may answer something else"
        return None

    def _day_of(self, text: str) -> dt.date | None:
        """The date of a text; None where there is no such text, or its date cannot be read."""
        date = nodes.find(tree_of(self.home / f"{text}.yaml")[0], ("proposal", "date"))
        try:
            return dt.date.fromisoformat(str(date.value)) if isinstance(date, Scalar) else None
        except ValueError:
            return None

    def strangers(self, file: str) -> list[Complaint]:
        """Warnings about texts that are not beside the domain; one where none of them is."""
        beside = {path.stem for path in self.home.glob("*.yaml")}
        absent = [text for text in self._texts if text not in beside]
        if len(absent) > 1 and len(absent) == len(self._texts):
            what = f"none of its {len(absent)} texts is in {self.home}"
            hint = "it seems to belong to another library: delete it here"
            return [Complaint(Place(file, 1, 1), "reactions", what, hint, "warning", code="missing_key")]
        out = []
        for text in absent:
            more = "" if self._counts[text] == 1 else f"; {self._counts[text]} rows are of it"
            where, what = f"reactions: {text}: text", f"there is no text {text} in {self.home}{more}"
            out.append(
                Complaint(self._texts[text], where, what, did_you_mean(text, beside), "warning", code="unknown_name")
            )
        return out


def _named(complaint: Complaint, node: Mapping) -> Complaint:
    """A complaint about a cell under the text and party of its row, as the other complaints about rows."""
    text, party = (x.value if isinstance(x := node.items.get(key), Scalar) else None for key in ("text", "party"))
    column = next((key for key, cell in node.items.items() if cell.place == complaint.place), None)
    steps = {"text": [], "party": [text or "text"]}.get(column or "", [text or "text", party or "party"])
    return replace(complaint, where=": ".join(["reactions", *map(str, steps), *([column] if column else [])]))


def _split(cell: nodes.Node) -> nodes.Node:
    """A cell of ids as a list, each with its place; a cell that is spoilt stays as it is."""
    assert isinstance(cell, Scalar)
    if cell.bad:
        return cell
    text, place = str(cell.value or ""), cell.place
    # in a cell of several lines only the first is shown with its place
    start = place.column + place.text.startswith('"', place.column - 1)
    items = [
        Scalar(m.group(), place if "\n" in text else replace(place, column=start + m.start()))
        for m in _ID.finditer(text)
    ]
    return Sequence(tuple(items), place)
