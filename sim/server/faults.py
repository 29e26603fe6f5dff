"""What is wrong with a request, as its answer says it: in the words of the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.files.complaints import Complaint
from sim.server.english import SERVER
from sim.server.messages import Fault, Faults

#: How the place of an edit begins: commands call it by its option.
_EDIT = re.compile(r"--set\[(\d+)\]")


def faults_of(complaints: Iterable[Complaint], edits: Sequence[str] = ()) -> Faults:
    """Complaints as faults, each with the one of these edits that it is about."""
    return Faults(faults=[_fault(complaint, edits) for complaint in complaints])


def _fault(complaint: Complaint, edits: Sequence[str]) -> Fault:
    at = _EDIT.match(complaint.place.file)
    edit = edits[int(at[1]) - 1] if at is not None and int(at[1]) <= len(edits) else None
    return Fault(edit=edit, words=in_words(complaint), place=_EDIT.sub(r"edits[\1]", str(complaint.place)))


def in_words(complaint: Complaint) -> str:
    """A complaint in a line, as the terminal has it, without its place."""
    return f"{complaint.where}: {complaint.what}" + (f"; {complaint.hint}" if complaint.hint else "")


def body_words(error: Mapping[str, Any]) -> str:
    """What is wrong with a request, as its check tells it, and where in it."""
    where = [str(part) for part in error["loc"] if part not in ("body", "query", "path")]
    if error["type"] == "value_error":  # of a check of our own, whose words are whole
        return str(error["ctx"]["error"])
    what = str(error["msg"])
    return SERVER["wrong_part"].format(where=".".join(where) or SERVER["request"], what=f"{what[:1].lower()}{what[1:]}")


def fault(words: str) -> Faults:
    """One fault that is about no edit."""
    return Faults(faults=[Fault(words=words)])
