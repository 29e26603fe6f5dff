"""What is asked of the server and what it answers, in JSON."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sim.files import arguments
from sim.scenario.schema import EvidenceMode

#: A request has at most so many bytes, and so many edits of so many characters.
MOST_BYTES, MOST_EDITS, LONGEST_EDIT = 64_000, 200, 4_000

Edit = Annotated[str, Field(max_length=LONGEST_EDIT)]
#: A day as commands take it, and in their words where it is none.
Day = Annotated[dt.date, BeforeValidator(lambda value: arguments.day("as_of", value))]


class Message(BaseModel):
    """A body of a request or of an answer: nothing in it is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EditsOfText(Message):
    """Edits of parties, as ``--set`` takes them, on a text by the positions of a day; null is what the file has."""

    text: Annotated[str, Field(max_length=200)]
    as_of: Day | None = None
    evidence: EvidenceMode | None = None
    edits: Annotated[list[Edit], Field(max_length=MOST_EDITS)]


class Fault(Message):
    """What is wrong with a request, or doubtful: the edit that is meant, if one is, in words, and where."""

    edit: str | None = None
    words: str
    place: str | None = None


class EditedParties(Message):
    """The parties that edits change, as the draw pack has them, with the rows that the page's own pack lacks.

    Rows are numbered on from ``first``, the number of rows in the pack; lower numbers are rows of the pack. ``lines``
    are objections over lines in words, by party; ``words`` the sentences of every cell, by party and issue;
    ``warnings`` what is doubtful about the edits.
    """

    parties: list[dict[str, Any]]
    first: int
    rows: int
    numbers: Literal["float32", "float64"]
    draws: int
    blob: str
    lines: dict[str, list[str]]
    words: dict[str, dict[str, list[str]]]
    warnings: list[Fault]


class Faults(Message):
    """All that is wrong with a request."""

    faults: list[Fault]


class LibraryReading(Message):
    """A file of edits that fits a text: what it is called, and its edits one by one, as ``--set`` takes them."""

    id: str
    title: str
    edits: list[str]


Kind = Literal["levers", "amendments", "search", "report", "figure"]
#: What a figure may be of.
Figure = Literal["verdict", "levers", "amendments", "search"]


class JobOrder(EditsOfText):
    """Long work on a text with edits, those of its terms included; ``figure`` and ``format`` are for a figure."""

    kind: Kind
    figure: Figure = "verdict"
    format: Literal["png", "svg"] = "svg"


class JobStart(Message):
    """That work has begun; whoever has its id may ask for it and stop it."""

    id: str


class JobState(Message):
    """How far work is, in steps and words; when it is done a section of the page (not of all), and its file's name."""

    state: Literal["running", "done", "failed"]
    done: int | None = None
    total: int | None = None
    words: str = ""
    html: str | None = None
    file: str | None = None


class Task(Message):
    """What a process is to do: a text by its file and the options that it was loaded with, and what is asked of it.

    ``sha256`` is that of the text as the server has it, by day and kind of evidence; ``words`` what commands call it.
    """

    order: JobOrder
    path: str
    options: dict[str, Any]
    sha256: str
    words: str


class Alive(Message):
    """That the server is there."""

    version: str
