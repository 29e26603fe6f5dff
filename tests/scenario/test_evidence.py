"""Sentences, places, verification and demotion."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import schema
from sim.scenario.evidence import demoted, paragraphs, parse_places, sentences, verify
from sim.scenario.loading import load
from tests import small


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("One only", 1),
        ("One. Two! Three?", 3),
        ("The U.S. does not plan it. It said so.", 2),
        ("He left the U.S. The talks went on.", 1),  # letters with stops never end one
        ("Mr. Smith and Gen. Jones met. They spoke.", 2),
        ("J. R. Smith came. He left.", 2),
        ("It fell by 2.5 per cent. Then it rose.", 2),
        ("“It is over.” He left.", 2),
        ('He said: "It is over." Then he left.', 2),
        ("(It is over.) He left.", 2),
        ("Was it . . . over? Yes.", 2),
        ("It was over. . . . He left.", 1),
        ("It was... over. Yes.", 2),
        ("Really?! Yes.", 2),
        ("He asked “why?” and left.", 1),
        ("See Art. 5 of it. And No. 3 too.", 2),
        ("He said no. They left.", 2),
        ("On Mar. 10 they met. On Apr. 2 they left.", 2),
        ("At 5 p.m. they met. It ended.", 2),
        ("So did I. He left.", 2),
        ("It ended in 2022. 300 people came.", 2),
        ("No stop at the end. Here", 2),
    ],
)
def test_where_a_sentence_ends(text: str, count: int) -> None:
    assert len(sentences(text)) == count, sentences(text)


def test_closing_quotes_stay_with_their_sentence() -> None:
    assert sentences("“It is over.” He left.") == ["“It is over.”", "He left."]


@given(st.text("aB .!?\"”('1\u2026\n", max_size=60))
def test_sentences_lose_nothing_but_white_space(text: str) -> None:
    found = sentences(text)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(s == s.strip() and s for s in found)


def test_places() -> None:
    assert parse_places("p1.s2") == [(1, 2, 2)]
    assert parse_places("p1.s2-s4; p10.s1") == [(1, 2, 4), (10, 1, 1)]
    for text, what in [
        ("p1", "expected a place like"),
        ("p1.s2;", "found nothing"),
        ("p1.s3-s2", "upside down"),
        ("p0.s1", "count from 1"),
        ("P1.S1", "expected a place"),
        ("p١.s1", "expected a place"),
    ]:
        with pytest.raises(ValueError, match=what):
            parse_places(text)


def test_paragraphs_are_lines_that_are_not_blank() -> None:
    assert paragraphs("a\n\n  \nb\r\nc") == ["a", "b", "c"]


@pytest.fixture
def domain(deal: Path) -> schema.Domain:
    return load(deal).scenario.domain


def test_all_places_found(domain: schema.Domain, tmp_path: Path) -> None:
    (tmp_path / "a1.txt").write_text(small.TEXT)
    assert verify(domain.sources, domain.evidence, tmp_path) == []


def test_places_that_do_not_exist(domain: schema.Domain, tmp_path: Path) -> None:
    (tmp_path / "a1.txt").write_text("The minister asked for neutrality. He called it a danger.\n")
    found = [str(f) for f in verify(domain.sources, domain.evidence, tmp_path)]
    assert found == [
        "A1: E2: p1.s2-s3 does not exist: the paragraph has 2 sentences",
        "A1: E2: p2 does not exist: the text has 1 paragraphs",
        "A1: E3: p2 does not exist: the text has 1 paragraphs",
        "A1: E6: p2 does not exist: the text has 1 paragraphs",
    ]


def test_missing_and_changed_texts(domain: schema.Domain, tmp_path: Path) -> None:
    (found,) = verify(domain.sources, domain.evidence, tmp_path)
    assert (found.kind, found.what) == ("missing", "a1.txt is not there")
    (tmp_path / "a1.txt").write_text(small.TEXT)
    digest = hashlib.sha256(small.TEXT.encode()).hexdigest()
    for sha256, kinds in [(digest.upper(), []), ("0" * 64, ["changed"])]:
        source = domain.sources.sources["A1"].model_copy(update={"sha256": sha256})
        sources = domain.sources.model_copy(update={"sources": {"A1": source}})
        assert [f.kind for f in verify(sources, domain.evidence, tmp_path)] == kinds
    source = domain.sources.sources["A1"].model_copy(update={"file": "../a1.txt"})
    sources = domain.sources.model_copy(update={"sources": {"A1": source}})
    assert [f.what for f in verify(sources, (), tmp_path)] == ["../a1.txt is not the bare name of a file"]
    with pytest.raises(NotADirectoryError):
        verify(domain.sources, domain.evidence, tmp_path / "nowhere")


def test_rows_without_a_readable_place(domain: schema.Domain, tmp_path: Path) -> None:
    (tmp_path / "a1.txt").write_text(small.TEXT)
    rows = [domain.evidence[0].model_copy(update={"place": place}) for place in (None, "somewhere")]
    found = verify(domain.sources, rows, tmp_path)
    assert [f.what.split(",")[0] for f in found] == [
        "no place is given",
        "expected a place like p2.s3 or p2.s3-s5 (several with ; between)",
    ]


@pytest.mark.parametrize(
    ("basis", "ids", "mode", "expected"),
    [
        ("stated", ["E1"], "articles", "stated"),
        ("stated", ["E4"], "articles", "assumed"),
        ("inferred", ["E4", "E5"], "articles", "assumed"),
        ("inferred", ["E4", "E1"], "articles", "inferred"),
        ("inferred", ["E4"], "all", "inferred"),
        ("edited", ["E4"], "articles", "edited"),
        ("assumed", ["E1"], "articles", "assumed"),
        ("stated", ["unheard_of"], "articles", "stated"),
        ("stated", ["E1"], "firm", "assumed"),
        ("inferred", ["E2", "E1"], "firm", "assumed"),
        ("inferred", ["E1", "E4"], "firm", "inferred"),
        ("stated", ["E4"], "firm", "stated"),
        ("stated", ["unheard_of", "E2"], "firm", "assumed"),
        ("stated", ["unheard_of"], "firm", "stated"),
        ("stated", [], "firm", "stated"),
        ("edited", ["E1"], "firm", "edited"),
        ("stated", ["E1"], "all", "stated"),
    ],
)
def test_only_some_claims_count(
    basis: schema.Basis,
    ids: list[str],
    mode: schema.EvidenceMode,
    expected: str,
    domain: schema.Domain,
) -> None:
    grades: dict[str, schema.Grade] = {"E1": "single", "E2": "weak"}
    rows = {row.id: row.model_copy(update={"grade": grades.get(row.id)}) for row in domain.evidence}
    assert demoted(basis, ids, rows, domain.sources, mode) == expected


def test_what_cannot_be_traced_is_counted_in_the_guide() -> None:
    """Documents without an address and rows without a place: the articles have files and places of their own."""
    root = Path(__file__).parents[2]
    domain = load(root / "scenarios" / "istanbul.yaml").scenario.domain
    background = {name for name, source in domain.sources.sources.items() if source.origin != "article"}
    lost = [name for name in background if not domain.sources.sources[name].url]
    vague = [row for row in domain.evidence if row.source in background and not row.place]
    text = " ".join((root / "results" / "README.md").read_text(encoding="utf-8").split())
    [counts] = re.findall(
        r"(\d+) of the (\d+) documents beside the articles have no address, .*?, and (\d+) rows of evidence no place",
        text,
    )
    assert [int(count) for count in counts] == [len(lost), len(background), len(vague)]
