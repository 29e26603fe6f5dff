"""Every complaint has a code of the documented list, which says what is wrong, whatever the English."""

from __future__ import annotations

import datetime as dt
import re
import typing
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.files.complaints import Code, Complaint
from sim.interop.formats import read_files
from sim.interop.table_importing import import_table
from tests import own_rules, small
from tests.scenario.test_faulty_files import CASES, Case, faulty, found

README = Path(__file__).parents[2] / "sim" / "README.md"
CODES = typing.get_args(Code)
#: How the words of a complaint begin or end, and what code these go with.
WORDS: tuple[tuple[str, str], ...] = (
    (r"unknown (key|column) ", "unknown_key"),
    (r"the (key|column) \w+ is missing", "missing_key"),
    (r"there is no (issue|party|actor|evidence|source|lottery) ", "unknown_name"),
    (r".* has no (option|outcome|refusal) ", "unknown_name"),
    (r".* stands here twice", "twice"),
    (r"a second (row|refusal|red line|entry|constraint) ", "twice"),
    (r"\w+ without evidence", "evidence"),
    (r"expected (a|an|one) ", "wrong_value|evidence|unreadable"),
    (r"breaks the \w+ constraint", "constraint"),
    (r"the (weights|beliefs) .*(sum|add up) to ", "ranges"),
    (r"the file is ", "unreadable"),
)


def test_codes_are_those_documented() -> None:
    [table] = re.findall(r"### What goes wrong\n.*?\n((?:\|.*\n)+)", README.read_text(encoding="utf-8"), re.DOTALL)
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(CODES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_faults_of_files_have_the_code_of_their_kind(case: Case, tmp_path: Path) -> None:
    files, _ = faulty(case)
    [complaint] = found(small.write(tmp_path, files))
    assert complaint.code in CODES
    kinds = {code for words, code in WORDS if re.match(words, complaint.what)}
    assert not kinds or complaint.code in "|".join(kinds).split("|"), complaint


def complaints(call: Callable[[], object]) -> tuple[Complaint, ...]:
    with pytest.raises(sim.Complaints) as error:
        call()
    return error.value.complaints


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


#: What is done, in a folder that is empty, and the code of what is wrong with it.
DONE: tuple[tuple[str, Callable[[Path], object]], ...] = (
    ("edit", lambda _: sim.load("istanbul", edits=["us.fighting.importance"])),
    ("edit", lambda _: sim.load("istanbul", edits=["proposal=1"])),
    ("unknown_name", lambda _: sim.load("istanbul", edits=["uss.fighting.importance=minor"])),
    ("wrong_value", lambda _: sim.load("istanbul", edits=["us.fighting.importance=hgih"])),
    ("idle", lambda _: sim.load("istanbul", edits=["ukraine.refuses.talks_of_neutrality_without_guarantee=none"])),
    ("wrong_value", lambda _: sim.load("istanbul", draws=0)),
    ("wrong_value", lambda _: sim.load("istanbul", evidence="some")),  # type: ignore[arg-type]
    ("unknown_name", lambda _: sim.load("istanbul", protocol="votes")),
    (
        "talks",
        lambda _: sim.load(
            "istanbul", edits=["negotiation.proposers=[ukrainian_public]", "negotiation.protocol=alternating_offers"]
        ),
    ),
    ("rules", lambda _: (own_rules.register(), sim.flip(own_rules.own(own_rules.scenario()), party="north"))),
    ("ranges", lambda _: sim.load("istanbul", edits=["us.fighting.weight=0.9", "us.sanctions.weight=0.9"])),
    ("missing_key", lambda _: sim.from_dict({"title": "x", "proposal": {}, "domain": {}})),
    ("wrong_file", lambda folder: sim.load(written(folder, "x.yaml", "issues: {}\n"))),
    ("wrong_file", lambda folder: sim.gather([written(folder, "x.txt", "")])),
    ("saved", lambda folder: sim.gather([written(folder, "x.json", "{}")])),
    ("unreadable", lambda folder: sim.load(written(folder, "x.yaml", ""))),
    ("edit", lambda _: sim.sweep(sim.load("istanbul", draws=50), ["us.no_deal.cost=0.1"])),
    ("twice", lambda _: sim.sweep(sim.load("istanbul", draws=50), ["us.no_deal.cost=0.1,0.1"])),
    ("format", lambda folder: read_files([written(folder, "x.xml", "<html></html>")])),
    ("format", lambda folder: import_table(written(folder, "x.csv", "a,b\n1,2\n"), dt.date(2022, 1, 1))),
)


@pytest.mark.parametrize(("code", "call"), DONE, ids=lambda x: x if isinstance(x, str) else "")
def test_faults_of_calls_have_the_code_of_their_kind(code: str, call: Callable[[Path], object], tmp_path: Path) -> None:
    assert {complaint.code for complaint in complaints(lambda: call(tmp_path))} == {code}


def test_there_is_an_example_of_every_code(tmp_path: Path) -> None:
    seen = {code for code, _ in DONE}
    for number, case in enumerate(CASES):
        folder = tmp_path / str(number)
        seen |= {complaint.code for complaint in found(small.write(folder, faulty(case)[0]))}
    assert seen == set(CODES)


def test_warnings_have_codes_too() -> None:
    loaded = sim.load("istanbul", edits=["us.nuclear_status.red_lines=[unrestricted]"])
    assert {warning.code for warning in loaded.warnings} <= set(CODES)
    assert loaded.warnings
    twice = sim.load("istanbul", edits=["us.no_deal.cost=0.1", "us.no_deal.cost=0.2"])
    assert "twice" in {warning.code for warning in twice.warnings}
