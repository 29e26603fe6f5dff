"""The table of a run's page as data: the same parties, words and figures as on the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.files.written import markdown_line
from sim.report.numbers import compact, compact_range, per_cents, percent
from tests import small


def printed(result: sim.Result) -> list[list[str]]:
    """The cells of the table of the page."""
    rows = [line for line in result.to_markdown().splitlines() if line.startswith("| ")]
    return [re.split(r" \| ", row.strip("| ")) for row in rows[2:]]


def unfilled() -> sim.Loaded:
    """Nobody says anything, and nothing has a source."""
    party = {"role": "principal", "consent": "always"}
    truce = {"question": "Is there a truce?", "options": {"yes": "There is.", "no": "There is none."}}
    war = {"from": "2022-01-01", "basis": "assumed", "outcomes": {"on": {"truce": "no"}}}
    return sim.from_dict(
        {
            "id": "truce",
            "title": "A truce",
            "proposal": {
                "date": "2022-03-29",
                "summary": "A truce.",
                "terms": {"truce": {"option": "yes", "basis": "assumed"}},
            },
            "domain": {
                "issues": {"title": "Truce", "issues": {"truce": truce}, "no_deal": {"lotteries": {"war": war}}},
                "positions": {"a": {"name": "A", **party}, "b": {"name": "B", **party}},
            },
        },
        draws=50,
    )


def texts(folder: Path) -> dict[str, sim.Loaded]:
    every = sim.load(small.write(folder), draws=300)
    terms = every.scenario.proposal.terms
    return {
        "an alliance and unknown views": sim.load("istanbul", draws=300),
        "refused": sim.load("membership", draws=300),
        "articles alone": sim.load("istanbul", draws=300, evidence="articles"),
        "small": every,
        "settles nothing": every.with_({f"proposal.{issue}": "open" for issue in terms if not terms[issue].open}),
        "nothing filled in": unfilled(),
    }


TEXTS = (
    *("an alliance and unknown views", "refused", "articles alone", "small"),
    *("settles nothing", "nothing filled in"),
)


@pytest.mark.parametrize("name", TEXTS)
def test_the_table_says_what_the_page_says(name: str, tmp_path: Path) -> None:
    [result] = sim.score(texts(tmp_path)[name])
    rows, page = result.by_party(), printed(result)
    assert [row["party"] for row in rows] == [p.id for p in result.parties]
    assert len(page) == len(rows)
    for row, (called, verdict, evidence, gain, objection, needed) in zip(rows, page, strict=True):
        assert called == row["name"]
        assert needed == ("yes" if row["needed"] else "no")
        words, _, own = verdict.partition(" (own ")
        share = ""
        if row["share"] is not None:
            share = f" {compact(row['share'])} [{per_cents(row['share_low'])}, {per_cents(row['share_high'])}]"
        assert words.replace("(", "").replace(")", "") == f"{row['verdict']}{share}"
        assert not own or own == f"{percent(row['own'])})"
        if row["evidence_low"] is None:
            assert evidence in ("-", "no sources")
        else:
            assert evidence == compact_range(row["evidence_low"], row["evidence_high"])
        assert gain == "-" if row["gain"] is None else float(gain.split()[0]) == round(row["gain"], 2)
        if row["objection"] is not None:
            assert objection == markdown_line(row["objection"])
        else:
            assert objection in ("-", "none") or (row["unmet_demands"] and objection.startswith("none, but asks for"))


def test_an_alliance_has_its_own_beside_that_with_its_members() -> None:
    result = sim.run("istanbul", draws=300)
    rows = {row["party"]: row for row in result.by_party()}
    own = result.party("nato").own
    assert own is not None
    nato = rows.pop("nato")
    assert (nato["own"], nato["own_low"], nato["own_high"]) == own.acceptability.figures
    assert (nato["own_evidence_low"], nato["own_evidence_high"]) == (
        own.on_evidence.necessary,
        own.on_evidence.possible,
    )
    assert nato["own_verdict"] == "unknown"
    assert nato["own"] > nato["share"]
    assert all(value is None for row in rows.values() for key, value in row.items() if key.startswith("own"))


def test_words_of_texts_without_a_verdict(tmp_path: Path) -> None:
    every = texts(tmp_path)
    for name, word in (("settles nothing", "no verdict"), ("nothing filled in", "not filled in")):
        rows = sim.score(every[name])[0].by_party()
        assert {row["verdict"] for row in rows} == {word}
        assert all(row["share"] is row["evidence_low"] is None for row in rows)
